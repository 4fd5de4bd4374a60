/*
 * SQL as the compiler of queries sees it: a list of tokens with comments. It does not know SQL's
 * grammar, only as much of it as the checks need; the databases themselves judge the rest in the
 * test that prepares every statement on both.
 */
#ifndef TOOLS_SQLC_SQL_H
#define TOOLS_SQLC_SQL_H

#include "common/source.h"

enum token_kind {
    TOKEN_WORD, /* keyword or name */
    TOKEN_NUMBER,
    TOKEN_TEXT,    /* 'text' */
    TOKEN_QUOTED,  /* "name" */
    TOKEN_PARAM,   /* $name */
    TOKEN_SIGN,    /* one character, or :: */
    TOKEN_COMMENT, /* from "--" to the end of the line, without it */
    TOKEN_END,     /* behind the last one */
};

struct token {
    enum token_kind kind;
    struct str text; /* view into the source */
    size_t at;
    struct str space; /* blanks before it */
};
struct token_list {
    struct token *v;
    size_t n, cap; /* n without TOKEN_END, which stands at v[n] */
};

/* A run of tokens: tokens first .. end-1. */
struct token_range {
    const struct token *first, *end;
};

/* Splits bytes [from, to) of a source into tokens; false after a fault (an open quote). Comments
 * between slash-star marks count as blanks. */
bool sql_tokens(struct arena *a, struct diag *d, const struct source *source, size_t from,
                size_t to, struct token_list *out);
/* The same without comments. */
struct token_range sql_without_comments(struct arena *a, struct token_range range);

/* Is it that keyword, in any case? `word` in capitals. */
bool token_is(const struct token *t, const char *word);
bool token_is_sign(const struct token *t, char sign);
/* Skips a parenthesis and all up to its partner; returns the token behind it, at most `end`. */
const struct token *token_skip_parens(const struct token *t, const struct token *end);
/* Every ( has its ). Adds a fault otherwise. */
bool sql_check_parens(struct diag *d, const struct source *source, struct token_range range);

enum sql_engine { SQL_SQLITE, SQL_POSTGRES, SQL_ENGINES };

/* The type of PostgreSQL as SQLite calls it, or NULL when the token begins no such type. *used gets
 * the number of tokens it takes. */
const char *sql_sqlite_type(const struct token *t, const struct token *end, size_t *used);

#endif
