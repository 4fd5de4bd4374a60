/* The front pages: figures of the country are kept for half a minute and no longer, and the
 * municipality's page counts the report that has just come. */
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "front/home/home_internal.h"
#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#define HOME "41704235825000"
#define NOON INT64_C(1795327200000) /* 22 November 2026, 12:00 in Bishkek */

__attribute__((weak)) void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}
__attribute__((weak)) void demo_note_login(struct demo_context *d, struct demo_login login)
{
    (void)d, (void)login;
}

static struct test_app *open_app(void)
{
    struct test_app *t =
        TEST_APP(&trail_slice, &outbox_slice, &tally_slice, &places_slice, &calendar_slice,
                 &catalogue_slice, &charter_slice, &delivery_slice, &cases_slice, &home_slice);
    struct demo_context demo = {.arena = t->arena};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

static void report(struct test_app *t, const char *words)
{
    struct case_faults faults = {0};
    struct case_receipt receipt;
    struct case_input in = {.unit = STR(HOME),
                            .fault = STR("water.leak"),
                            .street = STR("Demo street"),
                            .words = str_from(words),
                            .channel = STR("web")};
    assert_int_equal(cases_submit(&t->app, t->arena, &in, &receipt, &faults), ERR_OK);
}

/* Reports of a year in the line of HOME. */
static int64_t reports_in_table(struct test_app *t)
{
    struct test_answer a = test_get(t, "/compare.csv");
    assert_int_equal(a.status, 200);
    struct str rest = a.body, line, cell;
    int64_t n = -1;
    while (str_split(&rest, '\n', &line)) {
        if (!str_starts(line, STR(HOME ",")))
            continue;
        for (int i = 0; i < 7; i++)
            assert_true(str_split(&line, ',', &cell));
        assert_true(str_to_i64(cell, &n));
    }
    return n;
}

/* A square says what it is: its colour is explained, and those who take no part are not a row of
 * dashes each. */
static void test_squares_are_explained_and_silent_rows_wait(void **state)
{
    (void)state;
    clock_set_for_test(NOON);
    struct test_app *t = open_app();
    struct test_answer a = test_get(t, "/");
    test_contains(a, "tile-map__tile step-0");
    test_contains(a, "class=\"legend\"");
    test_contains(a, "No data");
    report(t, "The only report of the country");
    clock_set_for_test(NOON + MS_MINUTE);
    a = test_get(t, "/compare");
    test_contains(a, ">1 municipality<");
    test_contains(a, "There is no data yet for 51 more municipalities");
    test_contains(a, "all=1");
    a = test_get(t, "/compare?all=1");
    test_contains(a, ">52 municipalities<");
    test_lacks(a, "There is no data yet");
    clock_set_for_test(0);
    test_app_close(t);
}

static void test_figures_are_kept_for_a_while(void **state)
{
    (void)state;
    clock_set_for_test(NOON);
    struct test_app *t = open_app();
    assert_int_equal(reports_in_table(t), 0);
    report(t, "The first report of the day");
    assert_int_equal(reports_in_table(t), 0);
    clock_set_for_test(NOON + 29 * MS_SECOND);
    assert_int_equal(reports_in_table(t), 0);
    clock_set_for_test(NOON + 30 * MS_SECOND);
    assert_int_equal(reports_in_table(t), 1);
    report(t, "The second report of the day");
    clock_set_for_test(NOON + 25 * MS_SECOND); /* set back: nobody waits for it to catch up */
    assert_int_equal(reports_in_table(t), 2);
    test_app_close(t);
    t = open_app(); /* another database in the same process */
    assert_int_equal(reports_in_table(t), 0);
    test_app_close(t);
    clock_set_for_test(0);
}

static void test_unit_page_counts_at_once(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    struct test_answer a = test_get(t, "/m/" HOME);
    assert_int_equal(a.status, 200);
    test_lacks(a, "<title>Reports by month");
    struct str before = a.body;
    report(t, "A report that the page must count");
    a = test_get(t, "/m/" HOME);
    assert_int_equal(a.status, 200);
    assert_false(str_eq(a.body, before));
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_are_kept_for_a_while),
        cmocka_unit_test(test_squares_are_explained_and_silent_rows_wait),
        cmocka_unit_test(test_unit_page_counts_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
