/*
 * Fuzzing the compiler of queries: any text, as queries and as a migration, gives faults or two
 * outputs, and the statements written for a good one are SQL text again, without names of
 * parameters.
 */
#include "sqlc/sqlc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_statement(struct arena *a, struct diag *d, const struct query *q, int engine,
                            size_t order)
{
    struct buf *text = buf_in(a);
    query_render(text, q, (enum sql_engine)engine, order);
    struct source again = {"again.sql", buf_view(text)};
    struct token_list tokens;
    INVARIANT(sql_tokens(a, d, &again, 0, again.text.n, &tokens));
    for (size_t i = 0; i < tokens.n; i++) {
        INVARIANT(tokens.v[i].kind != TOKEN_COMMENT && !token_is_sign(&tokens.v[i], ';'));
        if (tokens.v[i].kind == TOKEN_PARAM)
            INVARIANT(engine == SQL_POSTGRES && is_digit(tokens.v[i].text.p[1]));
    }
}

static void check_queries(struct arena *a, const struct source *source)
{
    struct diag d = {BUF_EMPTY, 0};
    struct query_list queries = {0};
    query_parse(a, &d, source, &queries);
    for (size_t i = 0; i < queries.n; i++)
        query_check(a, &d, &queries.v[i]);
    for (size_t i = 0; i < queries.n && !d.errors; i++)
        for (int engine = 0; engine < SQL_ENGINES; engine++)
            check_statement(a, &d, &queries.v[i], engine, 0);
    buf_free(&d.text);
}

static void compile(struct arena *a, const struct source *source)
{
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("fuzz")};
    struct output_list out = {0};
    ARENA_PUSH(a, in.files, *source);
    sqlc_compile(a, &d, &in, &out);
    INVARIANT(d.errors ? out.n == 0 && d.text.n > 0 : out.n == 2);
    buf_free(&d.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct source queries = {"fuzz.sql", arena_str(a, str_of((const char *)data, size))};
    struct source migration = {"001_fuzz.sql", queries.text};
    if (queries.text.p && source_check(&d, &queries)) {
        check_queries(a, &queries);
        compile(a, &queries);
        compile(a, &migration);
    }
    buf_free(&d.text);
    arena_free(a);
    return 0;
}
