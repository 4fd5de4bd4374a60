/*
 * The heads of queries: `-- query:`, `-- in:`, `-- out:`, `-- order:`, and where each statement
 * begins and ends. See tools/README.md for the language.
 */
#include "sqlc/sqlc.h"

struct parser {
    struct arena *a;
    struct diag *d;
    const struct source *source;
    const struct token *t; /* current */
    const struct token *end;
    struct query query;
    bool open; /* a query has begun */
    struct column_list
        *unfinished; /* a list that ended with a comma: the next comment continues it */
};

/* Splits "-- word: rest"; false for other comments. */
static bool directive(const struct token *t, struct str *word, struct str *rest)
{
    struct str text = str_trim(str_slice(t->text, 2, t->text.n));
    size_t n = 0;
    while (n < text.n && is_name_char(text.p[n]))
        n++;
    if (n == 0 || n == text.n || text.p[n] != ':')
        return false;
    *word = str_slice(text, 0, n);
    *rest = str_trim(str_slice(text, n + 1, text.n));
    static const char *const known[] = {"query",  "in",       "out",  "order",
                                        "sqlite", "postgres", "only", "end"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(*word, str_from(known[i])))
            return true;
    return false;
}

static size_t offset_of(const struct parser *p, struct str part)
{
    return (size_t)(part.p - p->source->text.p);
}

/* The next word of a line; its view is empty at the end. */
static struct str take_word(struct str *rest)
{
    struct str trimmed = str_trim(*rest);
    size_t n = 0;
    while (n < trimmed.n && !is_blank(trimmed.p[n]))
        n++;
    *rest = str_slice(trimmed, n, trimmed.n);
    return str_slice(trimmed, 0, n);
}

static bool parse_type(struct str word, struct column *out)
{
    static const struct {
        struct str name;
        enum column_type type;
    } types[] = {{STRI("i64"), COLUMN_I64},
                 {STRI("f64"), COLUMN_F64},
                 {STRI("str"), COLUMN_STR},
                 {STRI("blob"), COLUMN_BLOB}};
    out->nullable = str_ends(word, STR("?"));
    word.n -= out->nullable;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_eq(word, types[i].name)) {
            out->type = types[i].type;
            return true;
        }
    return false;
}

/* "unit str, state str?" */
static void parse_columns(struct parser *p, struct column_list *list, struct str rest)
{
    struct str item;
    bool more = str_ends(rest, STR(","));
    p->unfinished = more ? list : NULL;
    if (more)
        rest.n--;
    while (str_split(&rest, ',', &item)) {
        size_t at = offset_of(p, str_trim(item).n ? str_trim(item) : item);
        struct column column = {.at = at, .name = take_word(&item)};
        struct str type = take_word(&item);
        if (!is_snake_name(column.name) || take_word(&item).n || !parse_type(type, &column)) {
            diag_error(
                p->d, p->source, at,
                "expected NAME TYPE, ... where TYPE is i64, f64, str or blob, with ? behind it "
                "if it may be NULL");
            continue;
        }
        if (is_c_keyword(column.name)) {
            diag_error(p->d, p->source, at, "\"%.*s\" is a word of C: choose another name",
                       STRF(column.name));
        }
        for (size_t i = 0; i < list->n; i++)
            if (str_eq(list->v[i].name, column.name))
                diag_error(p->d, p->source, at, "\"%.*s\" is declared twice", STRF(column.name));
        ARENA_PUSH(p->a, *list, column);
    }
}

/* due "due_day, id" | newest "id DESC" */
static void parse_orders(struct parser *p, struct str rest)
{
    struct sort_order_list *list = &p->query.orders;
    while (str_trim(rest).n) {
        struct str name = take_word(&rest), text = str_trim(rest);
        ptrdiff_t close = str_starts(text, STR("\"")) && text.n > 1
                              ? str_find_char(str_slice(text, 1, text.n), '"')
                              : -1;
        if (!is_snake_name(name) || close < 1) {
            diag_error(p->d, p->source, offset_of(p, name),
                       "expected NAME \"columns\" | NAME \"columns\"");
            return;
        }
        struct sort_order order = {name, str_slice(text, 1, (size_t)close), offset_of(p, name)};
        for (size_t i = 0; i < list->n; i++)
            if (str_eq(list->v[i].name, name))
                diag_error(p->d, p->source, order.at, "the order \"%.*s\" is declared twice",
                           STRF(name));
        ARENA_PUSH(p->a, *list, order);
        rest = str_trim(str_slice(text, (size_t)close + 2, text.n));
        if (rest.n && rest.p[0] != '|') {
            diag_error(p->d, p->source, offset_of(p, rest), "expected | between two orders");
            return;
        }
        rest = str_slice(rest, 1, rest.n);
    }
    if (!list->n)
        diag_error(p->d, p->source, p->t->at, "expected NAME \"columns\" | NAME \"columns\"");
}

static void end_query(struct parser *p, struct query_list *out)
{
    const struct query *q = &p->query;
    if (p->unfinished)
        diag_error(p->d, p->source, q->at, "a list of this query ends with a comma");
    p->unfinished = NULL;
    if (!p->open)
        return;
    bool has[SQL_ENGINES] = {q->body[SQL_SQLITE].first, q->body[SQL_POSTGRES].first};
    if (!has[SQL_SQLITE] && !has[SQL_POSTGRES])
        diag_error(p->d, p->source, q->at, "the query \"%.*s\" has no statement", STRF(q->name));
    else if (!has[SQL_SQLITE] || !has[SQL_POSTGRES])
        diag_error(p->d, p->source, q->at, "the query \"%.*s\" has no statement for %s",
                   STRF(q->name),
                   has[SQL_SQLITE] ? "PostgreSQL (-- postgres:)" : "SQLite (-- sqlite:)");
    else
        ARENA_PUSH(p->a, *out, *q);
    p->open = false;
}

/* -- query: NAME :KIND */
static void begin_query(struct parser *p, struct query_list *out, struct str rest)
{
    static const char *const kinds[] = {":one", ":many", ":each", ":exec"};
    end_query(p, out);
    p->query = (struct query){.source = p->source, .at = p->t->at, .name = take_word(&rest)};
    struct str kind = take_word(&rest);
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kind, str_from(kinds[i]))) {
            p->query.kind = (enum query_kind)i;
            known = true;
        }
    if (!is_snake_name(p->query.name) || !known || take_word(&rest).n)
        diag_error(p->d, p->source, p->t->at,
                   "expected: -- query: name_in_small_letters :one, :many, :each or :exec");
    for (size_t i = 0; i < out->n; i++)
        if (str_eq(out->v[i].name, p->query.name))
            diag_error(p->d, p->source, p->t->at, "the query \"%.*s\" is defined already, in %s:%d",
                       STRF(p->query.name), out->v[i].source->path,
                       source_line(out->v[i].source, out->v[i].at));
    p->open = true;
}

/* The statement at the current token, up to its ";". */
static struct token_range take_statement(struct parser *p)
{
    const struct token *first = p->t;
    struct str word, rest;
    for (; p->t < p->end && !token_is_sign(p->t, ';'); p->t++) {
        if (p->t->kind == TOKEN_COMMENT && directive(p->t, &word, &rest)) {
            diag_error(p->d, p->source, first->at, "this statement has no ; at its end");
            return (struct token_range){first, p->t};
        }
    }
    if (p->t == p->end)
        diag_error(p->d, p->source, first->at, "this statement has no ; at its end");
    struct token_range range = {first, p->t};
    if (p->t < p->end)
        p->t++;
    return sql_without_comments(p->a, range);
}

static void statement(struct parser *p, enum sql_engine engine, bool both)
{
    size_t at = p->t->at;
    struct token_range range = take_statement(p);
    struct query *q = &p->query;
    if (p->unfinished)
        diag_error(p->d, p->source, at, "the list above ends with a comma");
    p->unfinished = NULL;
    if (!p->open)
        diag_error(p->d, p->source, at, "a statement without \"-- query: NAME :KIND\" before it");
    else if (q->body[engine].first || (both && q->body[SQL_POSTGRES].first))
        diag_error(p->d, p->source, at,
                   "the query \"%.*s\" has its statement already: two need \"-- sqlite:\" and "
                   "\"-- postgres:\" before them",
                   STRF(q->name));
    else if (range.first == range.end)
        diag_error(p->d, p->source, at, "an empty statement");
    else
        q->body[engine] = range;
    if (both && p->open) {
        q->body[SQL_POSTGRES] = q->body[SQL_SQLITE];
        q->one_text = true;
    }
}

/* "-- sqlite:" or "-- postgres:" and the statement behind it. */
static void engine_statement(struct parser *p, enum sql_engine engine)
{
    size_t at = p->t->at;
    struct str word, rest;
    p->t++;
    while (p->t < p->end && p->t->kind == TOKEN_COMMENT && !directive(p->t, &word, &rest))
        p->t++;
    if (p->t == p->end || p->t->kind == TOKEN_COMMENT)
        diag_error(p->d, p->source, at, "expected a statement below");
    else
        statement(p, engine, false);
}

static void comment(struct parser *p, struct query_list *out)
{
    struct str word, rest;
    struct column_list *continued = p->unfinished;
    struct str text = str_slice(p->t->text, 2, p->t->text.n);
    p->unfinished = NULL;
    if (!directive(p->t, &word, &rest)) {
        if (continued)
            parse_columns(p, continued, str_trim(text));
        else if (p->open && !p->query.body[SQL_SQLITE].first && !p->query.body[SQL_POSTGRES].first)
            ARENA_PUSH(p->a, p->query.doc, str_trim(text));
        p->t++;
        return;
    }
    bool query = str_eq(word, STR("query"));
    if (continued)
        diag_error(p->d, p->source, p->t->at, "the list above ends with a comma");
    if (str_eq(word, STR("only")) || str_eq(word, STR("end"))) {
        diag_error(
            p->d, p->source, p->t->at,
            "\"-- only:\" belongs into migrations; here \"-- sqlite:\" and \"-- postgres:\"");
    } else if (query) {
        begin_query(p, out, rest);
    } else if (!p->open) {
        diag_error(p->d, p->source, p->t->at, "\"-- %.*s:\" without \"-- query: NAME :KIND\" above",
                   STRF(word));
    } else if (str_eq(word, STR("sqlite"))) {
        engine_statement(p, SQL_SQLITE);
        return;
    } else if (str_eq(word, STR("postgres"))) {
        engine_statement(p, SQL_POSTGRES);
        return;
    } else if (p->query.body[SQL_SQLITE].first || p->query.body[SQL_POSTGRES].first) {
        diag_error(p->d, p->source, p->t->at, "\"-- %.*s:\" must stand before the statement",
                   STRF(word));
    } else if (str_eq(word, STR("order"))) {
        parse_orders(p, rest);
    } else {
        parse_columns(p, str_eq(word, STR("in")) ? &p->query.in : &p->query.out, rest);
    }
    p->t++;
}

void query_parse(struct arena *a, struct diag *d, const struct source *source,
                 struct query_list *out)
{
    struct token_list tokens;
    if (!sql_tokens(a, d, source, 0, source->text.n, &tokens))
        return;
    struct parser p = {.a = a, .d = d, .source = source, .t = tokens.v, .end = tokens.v + tokens.n};
    while (p.t < p.end) {
        if (p.t->kind == TOKEN_COMMENT)
            comment(&p, out);
        else
            statement(&p, SQL_SQLITE, true);
    }
    end_query(&p, out);
}
