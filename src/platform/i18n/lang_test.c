/*
 * Languages, with ICU (CLDR) as the oracle for everything that is CLDR's form; the exceptions named
 * in lang.h are compared as text.
 */
#include "platform/i18n/lang.h"

#include "platform/core/clock.h"
#include "platform/core/testing.h"

#include <unicode/udat.h>
#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>
#include <unicode/ureldatefmt.h>
#include <unicode/ustring.h>

#define NBSP "\xC2\xA0"

static struct buf b;

static int clear(void **state)
{
    (void)state;
    buf_free(&b);
    random_seed_for_test(0);
    return 0;
}

/* Writes with the given call and compares. */
#define assert_writes(expected, call)                                                              \
    do {                                                                                           \
        buf_clear(&b);                                                                             \
        call;                                                                                      \
        assert_str_equal(buf_view(&b), str_from(expected));                                        \
    } while (0)

/* --- the oracle --- */

static char oracle_text[512];

static const char *from_utf16(const UChar *text, int32_t n)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t length;
    u_strToUTF8(oracle_text, sizeof(oracle_text) - 1, &length, text, n, &error);
    assert_true(U_SUCCESS(error));
    oracle_text[length] = '\0';
    return oracle_text;
}

static void to_utf16(UChar to[200], const char *text)
{
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(to, 200, NULL, text, -1, &error);
    assert_true(U_SUCCESS(error));
}

/* A formatter for an ICU number skeleton. */
static UNumberFormatter *formatter(enum lang lang, const char *skeleton)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar pattern[200];
    to_utf16(pattern, skeleton);
    UNumberFormatter *f = unumf_openForSkeletonAndLocale(pattern, -1, lang_code(lang), &error);
    assert_true(U_SUCCESS(error));
    return f;
}

static const char *format(UNumberFormatter *f, const char *decimal)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar text[200];
    UFormattedNumber *result = unumf_openResult(&error);
    unumf_formatDecimal(f, decimal, -1, result, &error);
    int32_t n = unumf_resultToString(result, text, 200, &error);
    assert_true(U_SUCCESS(error));
    unumf_closeResult(result);
    return from_utf16(text, n);
}

static UDateFormat *date_formatter(enum lang lang, const char *pattern)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar text[200], zone[200];
    to_utf16(text, pattern);
    to_utf16(zone, "Asia/Bishkek");
    UDateFormat *f =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, lang_code(lang), zone, -1, text, -1, &error);
    assert_true(U_SUCCESS(error));
    return f;
}

static const char *format_date(UDateFormat *f, int64_t utc_ms)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar text[200];
    int32_t n = udat_format(f, (UDate)utc_ms, text, 200, NULL, &error);
    assert_true(U_SUCCESS(error));
    return from_utf16(text, n);
}

/* --- languages --- */

static void test_codes(void **state)
{
    (void)state;
    enum lang lang;
    for (unsigned i = 0; i < LANG__MAX; i++) {
        assert_true(lang_parse(str_from(lang_code((enum lang)i)), &lang));
        assert_int_equal(lang, i);
    }
    assert_string_equal(lang_name(LANG_KY), "Кыргызча");
    assert_string_equal(lang_name(LANG_RU), "Русский");
    assert_string_equal(lang_name(LANG_EN), "English");
    assert_false(lang_parse(STR("KY"), &lang));
    assert_false(lang_parse(STR("de"), &lang));
    assert_false(lang_parse(STR(""), &lang));
    assert_false(lang_parse(STR_NULL, &lang));
}

static void test_negotiation(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum lang lang;
    } cases[] = {
        {"", LANG_KY},
        {"ru", LANG_RU},
        {"ru-KG,ru;q=0.9,en;q=0.8", LANG_RU},
        {"en-US,en;q=0.9", LANG_EN},
        {"de-DE, en;q=0.5, ru;q=0.7", LANG_RU},
        {"ru;q=0.3, ky;q=0.31", LANG_KY},
        {"ru;q=0.312,en;q=0.313", LANG_EN},
        {"RU ; Q=1", LANG_RU},
        {"en , ru", LANG_EN},
        {"uz,kk;q=0.9", LANG_KY},
        {"ru;q=0,en;q=0.1", LANG_EN},
        {"*", LANG_KY},
        {"ru;q=0.5,*", LANG_KY},
        {"ru;level=1;q=0.2,en;q=0.3", LANG_EN},
        {"english", LANG_KY},
        {"en;q=2", LANG_KY},
        {"en;q=1.001", LANG_KY},
        {"en;q=0.1234", LANG_KY},
        {"en;q=x,ru;q=0.001", LANG_RU},
        {",,;;q=,-,", LANG_KY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (lang_negotiate(str_from(cases[i].header)) != cases[i].lang)
            fail_msg("\"%s\" is not %s", cases[i].header, lang_code(cases[i].lang));
    }
    assert_int_equal(lang_negotiate(STR_NULL), LANG_KY);
}

static void test_plural_forms_agree_with_cldr(void **state)
{
    (void)state;
    static const char *const names[LANG__MAX][3] = {
        {"one", "other"}, {"one", "few", "many"}, {"one", "other"}};
    property_seed(91);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        UErrorCode error = U_ZERO_ERROR;
        UPluralRules *rules = uplrules_open(lang_code((enum lang)i), &error);
        assert_true(U_SUCCESS(error));
        for (int64_t k = 0; k < 20000; k++) {
            int64_t n = k < 2000 ? k : property_between(0, INT64_C(1) << 50);
            UChar name[20];
            int32_t length = uplrules_select(rules, (double)n, name, 20, &error);
            assert_true(U_SUCCESS(error));
            const char *expected = from_utf16(name, length);
            assert_string_equal(names[i][lang_plural((enum lang)i, n)], expected);
            assert_string_equal(names[i][lang_plural((enum lang)i, -n)], expected);
        }
        uplrules_close(rules);
    }
    assert_int_equal(lang_plural(LANG_RU, INT64_MIN), 2); /* ...808 */
}

static void test_text_falls_back(void **state)
{
    (void)state;
    struct text3 t = {{STRI("ky"), STRI("ru"), STRI("en")}};
    assert_str_equal(text3_get(&t, LANG_EN), STR("en"));
    t.in[LANG_EN] = STR_NULL;
    assert_str_equal(text3_get(&t, LANG_EN), STR("ky"));
    t.in[LANG_KY] = STR("");
    assert_str_equal(text3_get(&t, LANG_EN), STR("ru"));
    assert_str_equal(text3_get(&t, LANG_KY), STR("ru"));
    t = (struct text3){{STR_NULL, STR_NULL, STR("en")}};
    assert_str_equal(text3_get(&t, LANG_RU), STR("en"));
    t.in[LANG_EN] = STR_NULL;
    assert_true(str_empty(text3_get(&t, LANG_RU)));
}

/* --- numbers --- */

static void test_numbers_agree_with_cldr(void **state)
{
    (void)state;
    property_seed(92);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        enum lang lang = (enum lang)i;
        UNumberFormatter *f = formatter(lang, "");
        for (int k = 0; k < 3000; k++) {
            char decimal[32];
            int64_t v = property_i64();
            snprintf(decimal, sizeof(decimal), "%lld", (long long)v);
            assert_writes(format(f, decimal), lang_number(&b, lang, v));
        }
        unumf_close(f);
    }
    assert_writes("1" NBSP "234" NBSP "567", lang_number(&b, LANG_KY, 1234567));
    assert_writes("1,234,567", lang_number(&b, LANG_EN, 1234567));
}

static void test_decimals_agree_with_cldr(void **state)
{
    (void)state;
    property_seed(93);
    static const char *const skeletons[] = {"precision-integer rounding-mode-half-up",
                                            ".0 rounding-mode-half-up", ".00 rounding-mode-half-up",
                                            ".000 rounding-mode-half-up"};
    for (unsigned i = 0; i < LANG__MAX; i++) {
        for (int decimals = 0; decimals < 4; decimals++) {
            enum lang lang = (enum lang)i;
            UNumberFormatter *f = formatter(lang, skeletons[decimals]);
            for (int k = 0; k < 1000; k++) {
                /* Not below zero: ICU keeps the sign of what rounds to "-0", we do not. */
                double v = (double)property_between(0, 99999999) / 1000;
                struct buf decimal = BUF_EMPTY;
                buf_double(&decimal, v);
                buf_char(&decimal, '\0');
                assert_writes(format(f, decimal.p), lang_decimal(&b, lang, v, decimals));
                buf_free(&decimal);
            }
            unumf_close(f);
        }
    }
    assert_writes("-1" NBSP "234,50", lang_decimal(&b, LANG_RU, -1234.5, 2));
    assert_writes("0.00", lang_decimal(&b, LANG_EN, -0.001, 2));
    assert_writes("–", lang_decimal(&b, LANG_EN, 0.0 / 0.0, 2));
}

static void test_percent_agrees_with_cldr(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LANG__MAX; i++) {
        enum lang lang = (enum lang)i;
        UNumberFormatter *f =
            formatter(lang, "percent scale/100 precision-integer rounding-mode-half-up");
        for (int thousandths = 0; thousandths < 30000; thousandths += 5) {
            char decimal[32];
            snprintf(decimal, sizeof(decimal), "%d.%03d", thousandths / 1000, thousandths % 1000);
            assert_writes(format(f, decimal), lang_percent(&b, lang, (double)thousandths / 1000));
        }
        unumf_close(f);
    }
    assert_writes("87%", lang_percent(&b, LANG_KY, 0.874));
    assert_writes("87" NBSP "%", lang_percent(&b, LANG_RU, 0.874));
    assert_writes("15%", lang_percent(&b, LANG_EN, 0.145));
    assert_writes("-5%", lang_percent(&b, LANG_EN, -0.05));
    assert_writes("0%", lang_percent(&b, LANG_EN, -0.001));
    assert_writes("1,000%", lang_percent(&b, LANG_EN, 10));
    assert_writes("–", lang_percent(&b, LANG_RU, 1 / 0.0));
}

static void test_money(void **state)
{
    (void)state;
    property_seed(94);
    UNumberFormatter *f = formatter(LANG_KY, "currency/KGS");
    for (int k = 0; k < 3000; k++) {
        struct buf decimal = BUF_EMPTY;
        int64_t v = property_i64();
        uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        buf_printf(&decimal, "%s%llu.%02u", v < 0 ? "-" : "", (unsigned long long)(size / 100),
                   (unsigned)(size % 100));
        buf_char(&decimal, '\0');
        assert_writes(format(f, decimal.p), lang_money(&b, LANG_KY, v));
        buf_free(&decimal);
    }
    unumf_close(f);
    assert_writes("15" NBSP "000,50" NBSP "сом", lang_money(&b, LANG_RU, 1500050));
    assert_writes("15,000.50" NBSP "som", lang_money(&b, LANG_EN, 1500050));
    assert_writes("0.00" NBSP "som", lang_money(&b, LANG_EN, 0));
    assert_writes("-0,05" NBSP "сом", lang_money(&b, LANG_KY, -5));
}

static void test_bytes_agree_with_cldr(void **state)
{
    (void)state;
    static const char *const units[] = {"kilobyte", "megabyte", "gigabyte", "terabyte"};
    property_seed(95);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        enum lang lang = (enum lang)i;
        UNumberFormatter *whole = formatter(lang, "unit/byte unit-width-full-name");
        for (int n = 0; n < 1000; n++) {
            char decimal[32];
            snprintf(decimal, sizeof(decimal), "%d", n);
            assert_writes(format(whole, decimal), lang_bytes(&b, lang, n));
        }
        unumf_close(whole);
        int64_t unit = 1000;
        for (size_t u = 0; u < COUNT_OF(units); u++, unit *= 1000) {
            char skeleton[100], decimal[40];
            snprintf(skeleton, sizeof(skeleton), "unit/%s .# rounding-mode-half-up", units[u]);
            UNumberFormatter *f = formatter(lang, skeleton);
            for (int k = 0; k < 300; k++) {
                int64_t n = property_between(unit, unit * 1000 - unit / 20 - 1);
                if (k < 3)
                    n = unit + unit / 20 * k;
                snprintf(decimal, sizeof(decimal), "%llde-%d", (long long)n, 3 * (int)(u + 1));
                assert_writes(format(f, decimal), lang_bytes(&b, lang, n));
            }
            unumf_close(f);
        }
    }
    assert_writes("1,2 МБ", lang_bytes(&b, LANG_KY, 1200000));
    assert_writes("1 MB", lang_bytes(&b, LANG_EN, 999999)); /* never "1,000 kB" */
    assert_writes("999.9 kB", lang_bytes(&b, LANG_EN, 999949));
    assert_writes("-2 bytes", lang_bytes(&b, LANG_EN, -2));
    assert_writes("-1,5 кБ", lang_bytes(&b, LANG_RU, -1500));
    assert_writes("9" NBSP "223" NBSP "372 ТБ", lang_bytes(&b, LANG_RU, INT64_MAX));
}

/* --- dates --- */

/* ICU with our fixed patterns, for the names and for the calendar, from 2006 on: the zone has had
 * our offset since then. */
static void test_dates_agree_with_cldr(void **state)
{
    (void)state;
    static const char *const dates[LANG__MAX] = {"y-'ж'. d-MMMM", "d MMMM y\xC2\xA0'г'.",
                                                 "d MMMM y"};
    static const char *const months[LANG__MAX] = {"y-'ж'. MMMM", "LLLL y\xC2\xA0'г'.", "LLLL y"};
    static const char *const times[LANG__MAX] = {"y-'ж'. d-MMMM HH:mm",
                                                 "d MMMM y\xC2\xA0'г'., HH:mm", "d MMMM y, HH:mm"};
    property_seed(96);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        enum lang lang = (enum lang)i;
        UDateFormat *date = date_formatter(lang, dates[i]),
                    *month = date_formatter(lang, months[i]);
        UDateFormat *time = date_formatter(lang, times[i]), *full = date_formatter(lang, "cccc");
        UDateFormat *brief = date_formatter(lang, "ccc"),
                    *figures = date_formatter(lang, "dd.MM.y");
        for (int k = 0; k < 2000; k++) {
            int64_t ms = property_between(INT64_C(1136073600000), INT64_C(7258118400000));
            int64_t day = day_of_ms(ms);
            struct civil c = day_to_civil(day);
            assert_writes(format_date(date, ms), lang_date(&b, lang, day));
            assert_writes(format_date(month, ms), lang_month(&b, lang, c.year, c.month));
            assert_writes(format_date(time, ms), lang_datetime(&b, lang, ms));
            assert_writes(format_date(full, ms), lang_weekday(&b, lang, day_weekday(day)));
            assert_writes(format_date(brief, ms), lang_weekday_short(&b, lang, day_weekday(day)));
            assert_writes(format_date(figures, ms), lang_date_short(&b, lang, day));
        }
        udat_close(date);
        udat_close(month);
        udat_close(time);
        udat_close(full);
        udat_close(brief);
        udat_close(figures);
    }
}

static void test_dates_have_the_promised_form(void **state)
{
    (void)state;
    int64_t day = day_from_civil((struct civil){2026, 11, 22});
    int64_t ms = day_start_ms(day) + 9 * MS_HOUR + 15 * MS_MINUTE + 59 * MS_SECOND;
    assert_writes("2026-ж. 22-ноябрь", lang_date(&b, LANG_KY, day));
    assert_writes("22 ноября 2026" NBSP "г.", lang_date(&b, LANG_RU, day));
    assert_writes("22 November 2026", lang_date(&b, LANG_EN, day));
    assert_writes("22.11.2026", lang_date_short(&b, LANG_EN, day));
    assert_writes("2026-ж. ноябрь", lang_month(&b, LANG_KY, 2026, 11));
    assert_writes("2026-ж. 22-ноябрь 09:15", lang_datetime(&b, LANG_KY, ms));
    assert_writes("22 ноября 2026" NBSP "г., 09:15", lang_datetime(&b, LANG_RU, ms));
    assert_writes("22 November 2026, 09:15", lang_datetime(&b, LANG_EN, ms));
    assert_writes("дүйшөмбү", lang_weekday(&b, LANG_KY, 1));
    assert_writes("вс", lang_weekday_short(&b, LANG_RU, 7));
}

/* --- durations --- */

static void test_durations_agree_with_cldr(void **state)
{
    (void)state;
    static const char *const units[] = {"minute", "hour", "day"};
    static const int64_t ms[] = {MS_MINUTE, MS_HOUR, MS_DAY}, most[] = {60, 24, 3000};
    property_seed(97);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        for (size_t u = 0; u < COUNT_OF(units); u++) {
            enum lang lang = (enum lang)i;
            char skeleton[100], decimal[32];
            snprintf(skeleton, sizeof(skeleton), "unit/%s unit-width-full-name", units[u]);
            UNumberFormatter *f = formatter(lang, skeleton);
            for (int64_t n = 1; n < most[u]; n++) {
                int64_t length = n * ms[u] + property_between(0, ms[u] - 1);
                snprintf(decimal, sizeof(decimal), "%d", (int)n);
                const char *expected = format(f, decimal);
                assert_writes(expected, lang_duration(&b, lang, length));
                assert_writes(expected, lang_duration(&b, lang, -length));
            }
            unumf_close(f);
        }
    }
    assert_writes("бир мүнөттөн аз", lang_duration(&b, LANG_KY, MS_MINUTE - 1));
    assert_writes("меньше минуты", lang_duration(&b, LANG_RU, 0));
    assert_writes("less than a minute", lang_duration(&b, LANG_EN, -1));
    buf_clear(&b);
    lang_duration(&b, LANG_EN, INT64_MIN);
    assert_true(str_ends(buf_view(&b), STR(" days")));
}

static void test_ago_agrees_with_cldr(void **state)
{
    (void)state;
    static const URelativeDateTimeUnit units[] = {UDAT_REL_UNIT_MINUTE, UDAT_REL_UNIT_HOUR,
                                                  UDAT_REL_UNIT_DAY};
    static const int64_t ms[] = {MS_MINUTE, MS_HOUR, MS_DAY}, most[] = {60, 24, 2000};
    const int64_t now = INT64_C(1795309200000);
    property_seed(98);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        enum lang lang = (enum lang)i;
        UErrorCode error = U_ZERO_ERROR;
        URelativeDateTimeFormatter *f = ureldatefmt_open(lang_code(lang), NULL, UDAT_STYLE_LONG,
                                                         UDISPCTX_CAPITALIZATION_NONE, &error);
        assert_true(U_SUCCESS(error));
        for (size_t u = 0; u < COUNT_OF(units); u++) {
            for (int64_t n = 1; n < most[u]; n++) {
                UChar text[200];
                int64_t apart = n * ms[u] + property_between(0, ms[u] - 1);
                int32_t length =
                    ureldatefmt_formatNumeric(f, (double)-n, units[u], text, 200, &error);
                assert_writes(from_utf16(text, length), lang_ago(&b, lang, now - apart, now));
                length = ureldatefmt_formatNumeric(f, (double)n, units[u], text, 200, &error);
                assert_writes(from_utf16(text, length), lang_ago(&b, lang, now + apart, now));
                assert_true(U_SUCCESS(error));
            }
        }
        ureldatefmt_close(f);
    }
    assert_writes("азыр эле", lang_ago(&b, LANG_KY, now - MS_MINUTE + 1, now));
    assert_writes("только что", lang_ago(&b, LANG_RU, now, now));
    assert_writes("just now", lang_ago(&b, LANG_EN, now + MS_MINUTE - 1, now));
    assert_writes("3 күндөн кийин", lang_ago(&b, LANG_KY, now + 3 * MS_DAY, now));
    assert_writes("21 минуту назад", lang_ago(&b, LANG_RU, now - 21 * MS_MINUTE, now));
    buf_clear(&b);
    lang_ago(&b, LANG_EN, INT64_MIN, INT64_MAX);
    assert_true(str_ends(buf_view(&b), STR(" days ago")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_codes, clear),
        cmocka_unit_test_teardown(test_negotiation, clear),
        cmocka_unit_test_teardown(test_plural_forms_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_text_falls_back, clear),
        cmocka_unit_test_teardown(test_numbers_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_decimals_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_percent_agrees_with_cldr, clear),
        cmocka_unit_test_teardown(test_money, clear),
        cmocka_unit_test_teardown(test_bytes_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_dates_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_dates_have_the_promised_form, clear),
        cmocka_unit_test_teardown(test_durations_agree_with_cldr, clear),
        cmocka_unit_test_teardown(test_ago_agrees_with_cldr, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
