/* The clock, the calendar against libc and against counting, and the kernel's random numbers. */
#include "platform/core/clock.h"

#include "platform/core/testing.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/syscall.h>

/* Takes the place of libc's: the kernel may be interrupted and may give less than asked for. */
ssize_t getrandom(void *bytes, size_t n, unsigned flags)
{
    static unsigned calls;
    if (++calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_getrandom, bytes, n > 1000 ? 1000 : n, flags);
}

static struct buf b;

static struct str text_of(void (*write)(struct buf *, int64_t), int64_t v)
{
    buf_clear(&b);
    write(&b, v);
    return buf_view(&b);
}

static int give_back(void **state)
{
    (void)state;
    buf_free(&b);
    clock_set_for_test(0);
    random_seed_for_test(0);
    return 0;
}

static void test_clock_can_be_frozen(void **state)
{
    (void)state;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    assert_in_range(clock_now_ms() - now + 1, 1, 10000);
    clock_set_for_test(INT64_C(1795309200000));
    assert_true(clock_now_ms() == INT64_C(1795309200000));
    assert_true(day_today() == day_of_ms(INT64_C(1795309200000)));
    int64_t before = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= before);
    int64_t ms = clock_monotonic_ms();
    assert_in_range(ms - before / 1000 + 1, 1, 10000);
    clock_set_for_test(0);
    assert_in_range(clock_now_ms() - now + 1, 1, 10000);
}

/* Walks 1800 to 2200 a day at a time, with the lengths of months as the only knowledge. */
static void test_days_and_dates_agree_over_400_years(void **state)
{
    (void)state;
    struct civil c = {1800, 1, 1};
    int64_t day = -62091;
    int weekday = 3; /* 1 January 1800 was a Wednesday */
    for (; c.year < 2200; day++) {
        struct civil got = day_to_civil(day);
        assert_true(got.year == c.year && got.month == c.month && got.day == c.day);
        assert_true(day_from_civil(c) == day);
        assert_int_equal(day_weekday(day), weekday);
        weekday = weekday % 7 + 1;
        if (++c.day > day_days_in_month(c.year, c.month)) {
            c.day = 1;
            if (++c.month > 12) {
                c.month = 1;
                c.year++;
            }
        }
    }
    assert_int_equal(day + 62091, 400 * 365 + 97);
    struct civil epoch = day_to_civil(0);
    assert_true(epoch.year == 1970 && epoch.month == 1 && epoch.day == 1);
}

static void test_instants_agree_with_libc(void **state)
{
    (void)state;
    static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    property_seed(31);
    for (int i = 0; i < 20000; i++) {
        time_t seconds = (time_t)property_between(INT64_C(-62135596800), INT64_C(253402300799));
        int64_t ms = (int64_t)seconds * 1000 + property_between(0, 999), back;
        struct tm utc, local;
        char expected[64];
        time_t shifted = seconds + 6 * 3600;
        gmtime_r(&seconds, &utc);
        gmtime_r(&shifted, &local);
        snprintf(expected, sizeof(expected), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                 weekdays[utc.tm_wday], utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900,
                 utc.tm_hour, utc.tm_min, utc.tm_sec);
        assert_str_equal(text_of(buf_http_date, ms), str_from(expected));
        assert_true(http_date_parse(str_from(expected), &back));
        assert_int_equal(back, (int64_t)seconds * 1000);
        if (local.tm_year + 1900 > 9999)
            continue;
        snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d+06:00",
                 local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                 local.tm_sec);
        struct str written = text_of(buf_rfc3339, ms);
        assert_str_equal(written, str_from(expected));
        assert_true(rfc3339_parse(written, &back) && back == (int64_t)seconds * 1000);
        int64_t day = day_of_ms(ms), parsed;
        assert_true(day_start_ms(day) <= ms && ms < day_start_ms(day + 1));
        assert_true(day_parse(text_of(buf_day, day), &parsed) && parsed == day);
        assert_str_equal(buf_view(&b), str_of(expected, 10));
    }
}

static void test_municipal_midnight(void **state)
{
    (void)state;
    int64_t ms;
    assert_true(rfc3339_parse(STR("2026-11-22T17:59:59.999Z"), &ms));
    assert_str_equal(text_of(buf_day, day_of_ms(ms)), STR("2026-11-22"));
    assert_str_equal(text_of(buf_day, day_of_ms(ms + 1)), STR("2026-11-23"));
    assert_str_equal(text_of(buf_rfc3339, ms + 1), STR("2026-11-23T00:00:00+06:00"));
    assert_true(day_start_ms(day_of_ms(ms + 1)) == ms + 1);
}

static void test_only_real_dates_are_read(void **state)
{
    (void)state;
    int64_t day = 7;
    assert_true(day_parse(STR("2024-02-29"), &day) && day == 19782);
    assert_true(day_parse(STR("1969-12-31"), &day) && day == -1);
    static const char *const wrong[] = {
        "",           "2023-02-29", "1900-02-29", "2026-13-01",  "2026-00-10",
        "2026-01-00", "2026-04-31", "2026-1-01",  "2026-01-011", "2026/01/01",
        "26-01-01",   "+026-01-01", "2026-01-0x", " 2026-01-01"};
    day = 7;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(day_parse(str_from(wrong[i]), &day));
    assert_true(day == 7);
}

static void test_timestamps_of_any_zone_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } right[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t06:00:00+06:00", 0},
        {"1969-12-31 16:00:00.25-08:00", 250},
        {"1970-01-01T00:00:00.123456789z", 123},
        {"1990-12-31T23:59:60Z", INT64_C(662688000000)}, /* the example of RFC 3339 */
        {"1937-01-01T12:00:27.87+00:20", INT64_C(-1041337172130)},
    };
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        int64_t ms = 7;
        if (!rfc3339_parse(str_from(right[i].text), &ms) || ms != right[i].ms)
            fail_msg("%s read as %lld", right[i].text, (long long)ms);
    }
    static const char *const wrong[] = {
        "",
        "2026-11-22",
        "2026-11-22T09:15:00",
        "2026-11-22T09:15Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:00Z",
        "2026-11-22T09:15:61Z",
        "2026-11-22T09:15:00.Z",
        "2026-11-22T09:15:00+6:00",
        "2026-11-22T09:15:00+0600",
        "2026-11-22T09:15:00+24:00",
        "2026-11-22T09:15:00Zx",
        "2026-02-30T09:15:00Z",
    };
    int64_t ms = 7;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (rfc3339_parse(str_from(wrong[i]), &ms))
            fail_msg("took \"%s\" for a timestamp", wrong[i]);
    }
}

/* Numbers from a damaged row must not stop the process or run into undefined behaviour. */
static void test_far_days_are_clamped(void **state)
{
    (void)state;
    static const int64_t far[] = {INT64_MIN, INT64_MIN / 2, INT64_MAX / 2, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(far); i++) {
        struct civil c = day_to_civil(far[i]);
        assert_in_range(c.month, 1, 12);
        assert_in_range(c.day, 1, 31);
        assert_in_range(day_weekday(far[i]), 1, 7);
        assert_true((day_start_ms(far[i]) < 0) == (far[i] < 0));
        assert_true((day_of_ms(far[i]) < 0) == (far[i] < 0));
        assert_true(text_of(buf_rfc3339, far[i]).n > 20);
        assert_true(text_of(buf_http_date, far[i]).n > 20);
    }
}

static void test_what_is_no_http_date(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Sun, 22 Nov 2026 03:15:00 UTC",
        "Mon, 22 Nov 2026 03:15:00 GMT", /* it was a Sunday */
        "Sun, 22 Nov 2026 24:15:00 GMT",
        "Sun, 22 Nov 2026 03:60:00 GMT",
        "Mon, 31 Nov 2026 03:15:00 GMT",
        "Sun, 22 nov 2026 03:15:00 GMT",
        "Sun, 22 Nov 2026 03:15:00 GMT ",
        "Sun, 00 Nov 2026 03:15:00 GMT",
        "Sunday, 22-Nov-26 03:15:00 GMT",
        "Sun Nov 22 03:15:00 2026",
    };
    int64_t ms = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(http_date_parse(str_from(bad[i]), &ms));
    assert_int_equal(ms, 7);
}

static void test_random_bytes_are_random(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    unsigned char *bytes = calloc(1, SIZE), other[64] = {0};
    size_t counts[256] = {0};
    assert_non_null(bytes);
    random_fill(bytes, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        counts[bytes[i]]++;
    /* 4,096 of each value are expected; 10 standard deviations are 640. */
    for (size_t i = 0; i < 256; i++)
        assert_in_range(counts[i], 4096 - 640, 4096 + 640);
    random_fill(other, sizeof(other));
    assert_memory_not_equal(bytes, other, sizeof(other));
    assert_true(random_u64() != random_u64());
    unsigned char guard[3] = {1, 2, 3};
    random_fill(guard, 0);
    assert_memory_equal(guard, "\1\2\3", 3);
    free(bytes);
}

static void test_a_seeded_stream_repeats(void **state)
{
    (void)state;
    unsigned char first[37], second[37];
    random_seed_for_test(5);
    random_fill(first, sizeof(first));
    uint64_t next = random_u64();
    random_seed_for_test(5);
    random_fill(second, sizeof(second));
    assert_memory_equal(first, second, sizeof(first));
    assert_true(random_u64() == next);
    random_seed_for_test(6);
    random_fill(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    random_seed_for_test(0);
    uint64_t real = random_u64();
    random_seed_for_test(5);
    random_fill(second, sizeof(second));
    random_seed_for_test(0);
    assert_true(random_u64() != real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_clock_can_be_frozen, give_back),
        cmocka_unit_test_teardown(test_days_and_dates_agree_over_400_years, give_back),
        cmocka_unit_test_teardown(test_instants_agree_with_libc, give_back),
        cmocka_unit_test_teardown(test_municipal_midnight, give_back),
        cmocka_unit_test_teardown(test_only_real_dates_are_read, give_back),
        cmocka_unit_test_teardown(test_timestamps_of_any_zone_are_read, give_back),
        cmocka_unit_test_teardown(test_far_days_are_clamped, give_back),
        cmocka_unit_test_teardown(test_what_is_no_http_date, give_back),
        cmocka_unit_test_teardown(test_random_bytes_are_random, give_back),
        cmocka_unit_test_teardown(test_a_seeded_stream_repeats, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
