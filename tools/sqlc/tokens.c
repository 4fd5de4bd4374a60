/*
 * SQL text to tokens; see sql.h.
 */
#include "sqlc/sql.h"

struct lexer {
    struct diag *d;
    const struct source *source;
    const char *t;
    size_t at, end;
};

/* Blanks and slash-star comments; false when such a comment stays open. */
static bool skip_space(struct lexer *x)
{
    while (x->at < x->end) {
        if (is_blank(x->t[x->at])) {
            x->at++;
        } else if (x->t[x->at] == '/' && x->at + 1 < x->end && x->t[x->at + 1] == '*') {
            ptrdiff_t close = str_find(str_of(x->t + x->at + 2, x->end - x->at - 2), STR("*/"));
            if (close < 0) {
                diag_error(x->d, x->source, x->at, "the comment is not closed");
                return false;
            }
            x->at += (size_t)close + 4;
        } else {
            break;
        }
    }
    return true;
}

/* 'text' and "name": the quote itself is written twice inside. */
static bool quoted(struct lexer *x, char quote)
{
    size_t start = x->at++;
    while (x->at < x->end) {
        if (x->t[x->at++] != quote)
            continue;
        if (x->at == x->end || x->t[x->at] != quote)
            return true;
        x->at++;
    }
    diag_error(x->d, x->source, start, "the quoted %s is not closed",
               quote == '\'' ? "text" : "name");
    return false;
}

static bool next(struct lexer *x, struct token *out)
{
    size_t before = x->at;
    if (!skip_space(x))
        return false;
    *out = (struct token){
        .kind = TOKEN_END, .at = x->at, .space = str_of(x->t + before, x->at - before)};
    if (x->at == x->end)
        return true;
    char c = x->t[x->at], following = x->at + 1 < x->end ? x->t[x->at + 1] : 0;
    bool ok = true;
    if (is_name_start(c) || (unsigned char)c >= 0x80) {
        out->kind = TOKEN_WORD;
        while (x->at < x->end && (is_name_char(x->t[x->at]) || (unsigned char)x->t[x->at] >= 0x80))
            x->at++;
    } else if (is_digit(c)) {
        out->kind = TOKEN_NUMBER;
        while (x->at < x->end && (is_name_char(x->t[x->at]) || x->t[x->at] == '.'))
            x->at++;
    } else if (c == '\'' || c == '"') {
        out->kind = c == '\'' ? TOKEN_TEXT : TOKEN_QUOTED;
        ok = quoted(x, c);
    } else if (c == '$' && is_name_char(following)) {
        out->kind = TOKEN_PARAM;
        x->at++;
        while (x->at < x->end && is_name_char(x->t[x->at]))
            x->at++;
    } else if (c == '-' && following == '-') {
        out->kind = TOKEN_COMMENT;
        while (x->at < x->end && x->t[x->at] != '\n')
            x->at++;
    } else {
        out->kind = TOKEN_SIGN;
        x->at += c == ':' && following == ':' ? 2 : 1;
    }
    out->text = str_of(x->t + out->at, x->at - out->at);
    return ok;
}

bool sql_tokens(struct arena *a, struct diag *d, const struct source *source, size_t from,
                size_t to, struct token_list *out)
{
    struct lexer x = {d, source, source->text.p, from, to};
    struct token token;
    *out = (struct token_list){0};
    do {
        if (!next(&x, &token))
            return false;
        ARENA_PUSH(a, *out, token);
    } while (token.kind != TOKEN_END);
    out->n--;
    return true;
}

struct token_range sql_without_comments(struct arena *a, struct token_range range)
{
    struct token_list kept = {0};
    for (const struct token *t = range.first; t < range.end; t++)
        if (t->kind != TOKEN_COMMENT)
            ARENA_PUSH(a, kept, *t);
    struct token last = {.kind = TOKEN_END, .at = range.end->at};
    ARENA_PUSH(a, kept, last);
    return (struct token_range){kept.v, kept.v + kept.n - 1};
}

bool token_is(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && str_eq_nocase_ascii(t->text, str_from(word));
}

bool token_is_sign(const struct token *t, char sign)
{
    return t->kind == TOKEN_SIGN && t->text.n == 1 && t->text.p[0] == sign;
}

const struct token *token_skip_parens(const struct token *t, const struct token *end)
{
    int depth = 0;
    for (; t < end; t++) {
        depth += token_is_sign(t, '(');
        depth -= token_is_sign(t, ')');
        if (depth <= 0)
            return t + 1;
    }
    return end;
}

bool sql_check_parens(struct diag *d, const struct source *source, struct token_range range)
{
    int depth = 0;
    const struct token *open = range.first;
    for (const struct token *t = range.first; t < range.end; t++) {
        if (token_is_sign(t, '(') && depth++ == 0)
            open = t;
        if (token_is_sign(t, ')') && depth-- == 0) {
            diag_error(d, source, t->at, "this ) has no ( before it");
            return false;
        }
    }
    if (depth)
        diag_error(d, source, open->at, "this ( is not closed");
    return depth == 0;
}

const char *sql_sqlite_type(const struct token *t, const struct token *end, size_t *used)
{
    *used = 1;
    if (token_is(t, "BIGINT"))
        return "INTEGER";
    if (token_is(t, "TEXT"))
        return "TEXT";
    if (token_is(t, "BYTEA"))
        return "BLOB";
    if (token_is(t, "DOUBLE") && t + 1 < end && token_is(t + 1, "PRECISION")) {
        *used = 2;
        return "REAL";
    }
    return NULL;
}
