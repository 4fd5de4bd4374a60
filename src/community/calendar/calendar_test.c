/* Working days over weekends, fixed and movable holidays, and days moved by decision. */
#include "community/calendar/calendar.h"

#include "community/calendar/calendar_sql.h"
#include "platform/core/clock.h"
#include "platform/core/testing.h"
#include "platform/web/slice_testing.h"

static const struct slice *const slices[] = {&calendar_slice};

static int64_t day(int year, int month, int d)
{
    return day_from_civil((struct civil){year, month, d});
}

static void knows_who_works(void **state)
{
    struct slice_test t;
    slice_test_begin(&t, state, slices, COUNT_OF(slices));
    assert_int_equal(calendar_slice.start(&t.app), ERR_OK);
    struct arena *a = t.arena;
    assert_true(calendar_is_working_day(a, day(2026, 11, 23)));  /* Monday */
    assert_false(calendar_is_working_day(a, day(2026, 11, 22))); /* Sunday */
    assert_false(calendar_is_working_day(a, day(2026, 8, 31)));  /* Independence Day, Monday */
    assert_false(calendar_is_working_day(a, day(2026, 5, 27)));  /* Kurman ait 2026 */
    /* 7 and 8 November 2026 are Saturday and Sunday: Monday and Tuesday are off instead. */
    assert_false(calendar_is_working_day(a, day(2026, 11, 9)));
    assert_false(calendar_is_working_day(a, day(2026, 11, 10)));
    assert_true(calendar_is_working_day(a, day(2026, 11, 11)));
    assert_str_equal(calendar_holiday(a, day(2026, 3, 21), LANG_KY), STR("Нооруз майрамы"));
    assert_null(calendar_holiday(a, day(2026, 11, 23), LANG_KY).p);
    slice_test_end(&t);
}

static void counts_terms(void **state)
{
    struct slice_test t;
    slice_test_begin(&t, state, slices, COUNT_OF(slices));
    assert_int_equal(calendar_slice.start(&t.app), ERR_OK);
    struct arena *a = t.arena;
    int64_t friday = day(2026, 11, 20);
    assert_int_equal(calendar_add_working_days(a, friday, 0), friday);
    assert_int_equal(calendar_add_working_days(a, friday, 1), day(2026, 11, 23));
    assert_int_equal(calendar_add_working_days(a, day(2026, 11, 21), 0), day(2026, 11, 23));
    assert_int_equal(calendar_add_working_days(a, day(2026, 11, 6), 1), day(2026, 11, 11));
    assert_int_equal(calendar_working_days(a, friday, day(2026, 11, 27)), 5);
    assert_int_equal(calendar_working_days(a, friday, friday), 0);
    for (int64_t start = day(2026, 1, 1); start < day(2026, 3, 1); start++)
        for (int64_t n = 1; n < 15; n++) /* the two agree with each other */
            assert_int_equal(
                calendar_working_days(a, start, calendar_add_working_days(a, start, n)), n);
    slice_test_end(&t);
}

static enum err move_a_saturday(struct tx *tx, void *arg)
{
    (void)arg;
    return sql_holiday_put(tx, NULL, .day = day(2026, 11, 21), .off = 0,
                           .name_ky = STR("Жумуш күнү"), .name_ru = STR("Рабочий день"),
                           .name_en = STR("Working day"), .source = STR("test"));
}

static void a_single_day_wins(void **state)
{
    struct slice_test t;
    slice_test_begin(&t, state, slices, COUNT_OF(slices));
    assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, move_a_saturday, NULL), ERR_OK);
    assert_int_equal(calendar_slice.start(&t.app), ERR_OK);
    assert_true(calendar_is_working_day(t.arena, day(2026, 11, 21)));
    slice_test_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(knows_who_works),
        BODY(counts_terms),
        BODY(a_single_day_wins),
    };
    return slice_test_run("calendar", bodies, COUNT_OF(bodies));
}
