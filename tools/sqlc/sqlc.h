/*
 * The compiler of queries and migrations: SLICE.sql and NNN_*.sql -> SLICE_sql.h, SLICE_sql.c.
 */
#ifndef TOOLS_SQLC_SQLC_H
#define TOOLS_SQLC_SQLC_H

#include "common/output.h"
#include "sqlc/sql.h"

enum column_type { COLUMN_I64, COLUMN_F64, COLUMN_STR, COLUMN_BLOB };
struct column {
    struct str name;
    enum column_type type;
    bool nullable;
    size_t at;
};
struct column_list {
    struct column *v;
    size_t n, cap;
};

/* One of the orders that `-- order:` allows. */
struct sort_order {
    struct str name, text;
    size_t at;
};
struct sort_order_list {
    struct sort_order *v;
    size_t n, cap;
};
struct str_list {
    struct str *v;
    size_t n, cap;
};

enum query_kind { QUERY_ONE, QUERY_MANY, QUERY_EACH, QUERY_EXEC };

struct query {
    const struct source *source;
    struct str name;
    size_t at;
    enum query_kind kind;
    struct str_list doc; /* lines of the comment */
    struct column_list in, out;
    struct sort_order_list orders;
    bool one_text;                        /* the same statement for both engines */
    struct token_range body[SQL_ENGINES]; /* without comments and ";"; first NULL when missing */
    bool writes;                          /* filled by query_check */
};
struct query_list {
    struct query *v;
    size_t n, cap;
};

struct migration_text {
    const struct source *source;
    int number;
    struct str name; /* "001_cases" */
    struct buf *text[SQL_ENGINES];
};
struct migration_list {
    struct migration_text *v; /* sorted by number */
    size_t n, cap;
};

/* Reads the queries of one file. */
void query_parse(struct arena *a, struct diag *d, const struct source *source,
                 struct query_list *out);
/* Compares what a query declares with what its statements do. */
void query_check(struct arena *a, struct diag *d, struct query *query);
/* The statement for one engine, on one line; `order` is ignored when the query declares none. */
void query_render(struct buf *out, const struct query *query, enum sql_engine engine, size_t order);

/* Is it the name of a migration, NNN_name.sql? */
bool migration_is(const struct source *source);
/* Reads a migration and makes its text for both engines. */
void migration_parse(struct arena *a, struct diag *d, const struct source *source,
                     struct migration_list *out);

void sqlc_emit_header(struct buf *out, struct str slice, const struct query_list *queries);
void sqlc_emit_code(struct buf *out, struct str slice, const struct query_list *queries,
                    const struct migration_list *migrations);
/* The whole compiler (tool_fn). */
void sqlc_compile(struct arena *a, struct diag *d, const struct tool_input *in,
                  struct output_list *out);

#endif
