/* The compiler of queries: what it refuses (faults/sqlc), and what it makes of good ones. */
#include "faults_test.h"

#include "sqlc/sqlc.h"

/* The text of applied migrations is compared by its hash: what is golden here must not change. */
static void output_is_golden(void **state)
{
    static const char *const names[] = {"sample.sql", "002_more.sql", "001_sample.sql"};
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("sample")};
    struct output_list out = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *path = arena_printf(a, "tools/tests/sample/%s", names[i]).p;
        ARENA_PUSH(a, in.files, ((struct source){path, file_read(a, path)}));
    }
    sqlc_compile(a, &d, &in, &out);
    assert_int_equal(d.errors, 0);
    golden_check(&out);
    arena_free(a);
}

/* A better comment must not stop a program whose database has the migration already. */
static void comments_are_not_part_of_a_migration(void **state)
{
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct source plain = {"001_a.sql",
                           STR("CREATE TABLE a (\n    id BIGINT PRIMARY KEY,\n"
                               "    b TEXT\n);\n-- only: sqlite\nDROP TABLE b;\n-- end\n")};
    struct source told = {"001_a.sql", STR("-- A table.\n\nCREATE TABLE a ( -- so\n    -- its key\n"
                                           "    id BIGINT PRIMARY KEY, -- key\n    b TEXT\n);\n\n"
                                           "-- only: sqlite\n-- now\nDROP TABLE b;\n\n-- end\n")};
    struct migration_list first = {0}, second = {0};
    (void)state;
    migration_parse(a, &d, &plain, &first);
    migration_parse(a, &d, &told, &second);
    assert_int_equal(d.errors, 0);
    for (int engine = 0; engine < SQL_ENGINES; engine++)
        assert_true(str_eq(buf_view(first.v[0].text[engine]), buf_view(second.v[0].text[engine])));
    arena_free(a);
}

/* The head of a query and its statement, compiled; the only query of the result. */
static struct query compile_query(struct arena *a, const char *text)
{
    struct diag d = {BUF_EMPTY, 0};
    struct source *source = ARENA_NEW(a, struct source);
    struct query_list list = {0};
    *source = (struct source){"x.sql", str_from(text)};
    query_parse(a, &d, source, &list);
    assert_int_equal(list.n, 1);
    query_check(a, &d, &list.v[0]);
    assert_int_equal(d.errors, 0);
    return list.v[0];
}

static void writing_is_seen(void **state)
{
    static const struct {
        const char *text;
        bool writes;
    } cases[] = {
        {"-- query: a :one\n-- out: id i64\nSELECT id FROM t;", false},
        {"-- query: a :one\n-- out: id i64\nselect id from t where note = 'INSERT (UPDATE';",
         false},
        {"-- query: a :exec\ninsert into t (id) VALUES (1);", true},
        {"-- query: a :exec\nUPDATE t SET id = 1;", true},
        {"-- query: a :one\n-- out: id i64\n"
         "WITH RECURSIVE x AS (SELECT 1) SELECT id FROM x;",
         false},
        {"-- query: a :exec\nWITH x (id) AS (SELECT 1), y AS (SELECT 2) DELETE FROM t;", true},
        {"-- query: a :one\n-- out: id i64\n"
         "WITH x AS (DELETE FROM t RETURNING id) SELECT id FROM x;",
         true},
        {"-- query: a :one\n-- out: id i64\nSELECT id FROM t FOR UPDATE;", true},
        {"-- query: a :one\n-- out: id i64\nSELECT id FROM t FOR NO KEY UPDATE;", true},
        {"-- query: a :one\n-- out: n i64\n-- sqlite:\nSELECT 1 AS n;\n-- postgres:\n"
         "-- locks\nSELECT 1 AS n FROM t FOR SHARE;",
         true},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(compile_query(a, cases[i].text).writes, cases[i].writes);
    arena_free(a);
}

/* Lists of result columns that a simple look would cut in the wrong place. */
static void result_columns_are_found(void **state)
{
    static const char *const cases[] = {
        "SELECT DISTINCT a, b FROM t;",
        "SELECT DISTINCT ON (x, y) a, t.b FROM t;",
        "SELECT ALL a, f(x, (SELECT c FROM d), 'from, where') AS b;",
        "SELECT a IS NOT DISTINCT FROM b AS a, b FROM t;",
        "SELECT a, CASE WHEN x THEN y ELSE z END AS b WHERE 1 = 1;",
        "SELECT x a, count(*) \"b\" FROM t GROUP BY x UNION ALL SELECT 1, 2;",
        "WITH q AS (SELECT 1, 2, 3) SELECT q.a, q.b FROM q ORDER BY 1;",
        "INSERT INTO t (a, b, c) SELECT a, b, c FROM u WHERE a > 0 RETURNING a, b;",
        "UPDATE t SET c = (SELECT 1 FROM u) WHERE a = 1 RETURNING t.a, A - 1 AS B;",
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        compile_query(a,
                      arena_printf(a, "-- query: x :many\n-- out: a i64, b i64\n%s", cases[i]).p);
    arena_free(a);
}

static void statements_are_written_for_each_engine(void **state)
{
    struct arena *a = arena_new();
    struct buf *sqlite = buf_in(a), *postgres = buf_in(a);
    struct query q = compile_query(
        a, "-- query: x :many\n-- in: b str, a f64\n-- out: c i64\n-- order: up \"c\" | down \"c "
           "DESC\"\n"
           "SELECT CAST($a AS DOUBLE   PRECISION)/CAST('BYTEA $a' AS BYTEA) -- BIGINT\n  AS c\n"
           "FROM \"TEXT\" WHERE b=$b OR $b  ||  $a='' ORDER BY $order;");
    (void)state;
    query_render(sqlite, &q, SQL_SQLITE, 1);
    query_render(postgres, &q, SQL_POSTGRES, 0);
    assert_true(
        str_eq(buf_view(sqlite),
               STR("SELECT CAST(?2 AS REAL)/CAST('BYTEA $a' AS BLOB) AS c FROM \"TEXT\" WHERE "
                   "b=?1 OR ?1 || ?2='' ORDER BY c DESC")));
    assert_true(
        str_eq(buf_view(postgres),
               STR("SELECT CAST($2 AS DOUBLE PRECISION)/CAST('BYTEA $a' AS BYTEA) AS c FROM "
                   "\"TEXT\" WHERE b=$1 OR $1 || $2='' ORDER BY c")));
    arena_free(a);
}

static void name_of_a_slice_is_checked(void **state)
{
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("Cases-1")};
    struct output_list out = {0};
    (void)state;
    sqlc_compile(a, &d, &in, &out);
    assert_int_equal(d.errors, 1);
    assert_int_equal(out.n, 0);
    buf_free(&d.text);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_golden),
        cmocka_unit_test(comments_are_not_part_of_a_migration),
        cmocka_unit_test(writing_is_seen),
        cmocka_unit_test(result_columns_are_found),
        cmocka_unit_test(statements_are_written_for_each_engine),
        cmocka_unit_test(name_of_a_slice_is_checked),
    };
    return faults_main("sqlc", sqlc_compile, tests, COUNT_OF(tests));
}
