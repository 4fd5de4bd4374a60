/* Options in every spelling, what is refused, and the bar's text. */
#include "platform/core/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static void takes_flags_and_values_anywhere(void **state)
{
    (void)state;
    char *argv[] = {"units.csv", "--dry-run", "--year", "2021", "--sex=f", "--year=2022", "more"};
    int argc = 7;
    const char *year = "2000", *sex = NULL, *other = "kept";
    assert_true(cli_flag(&argc, argv, "--dry-run"));
    assert_false(cli_flag(&argc, argv, "--dry-run"));
    assert_true(cli_value(&argc, argv, "--year", &year));
    assert_true(cli_value(&argc, argv, "--sex", &sex));
    assert_true(cli_value(&argc, argv, "--other", &other));
    assert_string_equal(year, "2022");
    assert_string_equal(sex, "f");
    assert_string_equal(other, "kept");
    assert_true(cli_arguments(&argc, argv, 2, 2));
    assert_int_equal(argc, 2);
    assert_string_equal(argv[0], "units.csv");
    assert_string_equal(argv[1], "more");
}

static void leaves_what_follows_two_dashes(void **state)
{
    (void)state;
    char *argv[] = {"--", "--dry-run"};
    int argc = 2;
    assert_false(cli_flag(&argc, argv, "--dry-run"));
    assert_true(cli_arguments(&argc, argv, 1, 1));
    assert_string_equal(argv[0], "--dry-run");
}

static void refuses_what_is_left_over(void **state)
{
    (void)state;
    char *unknown[] = {"--what"};
    char *lone[] = {"--year"};
    char *many[] = {"a", "b"};
    char *dash[] = {"-"};
    int argc = 1;
    const char *year = NULL;
    assert_false(cli_arguments(&argc, unknown, 0, 5));
    assert_false(cli_value(&argc, lone, "--year", &year));
    argc = 2;
    assert_false(cli_arguments(&argc, many, 0, 1));
    assert_false(cli_arguments(&argc, many, 3, 9));
    argc = 1;
    assert_true(cli_arguments(&argc, dash, 1, 1)); /* standard input */
}

static void gives_every_failure_an_exit_code(void **state)
{
    (void)state;
    assert_int_equal(cli_exit(ERR_OK), 0);
    for (int rc = 1; rc < ERR__MAX; rc++)
        assert_in_range((uintmax_t)cli_exit((enum err)rc), 1, 3);
    assert_int_equal(cli_exit(ERR_INPUT), EXIT_FAULT);
    assert_int_equal(cli_exit(ERR_UNAVAILABLE), EXIT_ENVIRONMENT);
}

/* What the bar wrote to standard error while it ran. */
static size_t captured(char *out, size_t size, const char *wish)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    setenv("AIMAK_PROGRESS", wish, 1);
    struct progress p;
    progress_start(&p, "Importing units", 200);
    progress_at(&p, 1);
    progress_at(&p, 2); /* too soon after the first: not drawn */
    progress_at(&p, 200);
    progress_end(&p);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t n = read(ends[0], out, size - 1);
    close(ends[0]);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static void draws_only_for_people(void **state)
{
    (void)state;
    char text[1024];
    assert_int_equal(captured(text, sizeof(text), "never"), 0);
    assert_true(captured(text, sizeof(text), "always") > 0);
    assert_non_null(strstr(text, "Importing units  [........................]  0 of 200"));
    assert_non_null(strstr(text, "[########################]  200 of 200"));
    assert_null(strstr(text, "  2 of 200"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_flags_and_values_anywhere),
        cmocka_unit_test(leaves_what_follows_two_dashes),
        cmocka_unit_test(refuses_what_is_left_over),
        cmocka_unit_test(gives_every_failure_an_exit_code),
        cmocka_unit_test(draws_only_for_people),
    };
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
