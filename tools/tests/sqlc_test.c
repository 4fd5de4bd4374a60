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
        cmocka_unit_test(name_of_a_slice_is_checked),
    };
    return faults_main("sqlc", sqlc_compile, tests, COUNT_OF(tests));
}
