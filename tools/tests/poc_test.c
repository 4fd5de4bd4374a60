/* The compiler of catalogues: what it refuses (faults/poc), and what it makes of a good catalogue.
 */
#include "faults_test.h"

#include "poc/poc.h"

/* Placeholders, plurals, braces, continued lines, escapes, comments, obsolete entries. */
static void output_is_golden(void **state)
{
    struct arena *a = arena_new();
    struct source_list files = {0};
    struct output_list out = {0};
    (void)state;
    bundle_split(a, file_read(a, "tools/tests/sample/messages.txt"), &files);
    assert_int_equal(files.n, 6);
    assert_string_equal(compile_bundle(a, poc_compile, &files, &out).p, "");
    golden_check(&out);
    arena_free(a);
}

static void bad_bytes_are_placed(void **state)
{
    struct arena *a = arena_new();
    struct source_list files = {0};
    struct output_list out = {0};
    (void)state;
    ARENA_PUSH(a, files, ((struct source){"po/a.ky.po", STR("msgid \"\"\n# Ооба \xD0\n")}));
    assert_string_equal(compile_bundle(a, poc_compile, &files, &out).p,
                        "po/a.ky.po:2:8: error: not UTF-8 text: save the file as UTF-8 without "
                        "control characters\n");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_golden),
        cmocka_unit_test(bad_bytes_are_placed),
    };
    return faults_main("poc", poc_compile, tests, COUNT_OF(tests));
}
