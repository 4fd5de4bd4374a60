/* Which backups stay and which go. */
#include "cmd/keep.h"

#include "platform/core/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void touch(const char *directory, const char *name)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
}

static bool there(const char *directory, const char *name)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return access(path, F_OK) == 0;
}

static void names_by_universal_time(void **state)
{
    (void)state;
    char name[100];
    assert_true(keep_name(name, sizeof(name), "/b", INT64_C(1795317300000)));
    assert_string_equal(name, "/b/aimak-20261122-031500.zip");
    assert_false(keep_name(name, 20, "/b", 0));
}

static void keeps_the_newest_and_strangers(void **state)
{
    (void)state;
    char directory[] = "/tmp/aimak-keep.XXXXXX";
    assert_non_null(mkdtemp(directory));
    touch(directory, "aimak-20260101-000000.zip");
    touch(directory, "aimak-20251231-235959.zip");
    touch(directory, "aimak-20260102-000000.zip");
    touch(directory, "aimak-1.zip");
    touch(directory, "letters.txt");
    assert_true(keep_newest(directory, 2));
    assert_false(there(directory, "aimak-20251231-235959.zip"));
    assert_true(there(directory, "aimak-20260101-000000.zip"));
    assert_true(there(directory, "aimak-20260102-000000.zip"));
    assert_true(there(directory, "aimak-1.zip"));
    assert_true(there(directory, "letters.txt"));
    assert_true(keep_newest(directory, 5));
    assert_true(there(directory, "aimak-20260101-000000.zip"));
    assert_true(keep_remove_tree(directory));
    assert_false(there(directory, ""));
    assert_false(keep_newest(directory, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_by_universal_time),
        cmocka_unit_test(keeps_the_newest_and_strangers),
    };
    return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
