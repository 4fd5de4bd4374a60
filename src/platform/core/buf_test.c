/* Buffers, and the machine forms of numbers and bytes. */
#include "platform/core/buf.h"

#include "platform/core/testing.h"

#include <math.h>

static struct buf b;

static int clear(void **state)
{
    (void)state;
    buf_free(&b);
    return 0;
}

static struct str number(double v)
{
    buf_clear(&b);
    buf_double(&b, v);
    return buf_view(&b);
}

static struct str fixed(double v, int decimals)
{
    buf_clear(&b);
    buf_fixed(&b, v, decimals);
    return buf_view(&b);
}

static void test_grows_and_keeps_what_was_written(void **state)
{
    (void)state;
    assert_non_null(buf_view(&b).p);
    for (int i = 0; i < 100000; i++)
        buf_char(&b, (char)('a' + i % 26));
    assert_int_equal(b.n, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.p[i], 'a' + i % 26);
    size_t cap = b.cap;
    buf_clear(&b);
    assert_int_equal(b.n, 0);
    assert_int_equal(b.cap, cap);
    buf_str(&b, STR_NULL);
    buf_cstr(&b, NULL);
    buf_put(&b, NULL, 0);
    assert_int_equal(b.n, 0);
    memcpy(buf_reserve(&b, 3), "abc", 3);
    b.n += 3;
    assert_str_equal(buf_view(&b), STR("abc"));
}

static void test_prints_across_a_full_buffer(void **state)
{
    (void)state;
    for (size_t filled = 0; filled < 600; filled++) {
        buf_free(&b);
        for (size_t i = 0; i < filled; i++)
            buf_char(&b, '.');
        buf_printf(&b, "%s=%d", "key", 12345);
        assert_int_equal(b.n, filled + 9);
        assert_str_equal(str_slice(buf_view(&b), filled, 9), STR("key=12345"));
    }
}

static void test_arena_owns_its_buffers(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct buf *mine = buf_in(a);
    for (int i = 0; i < 5000; i++)
        buf_cstr(mine, "text ");
    assert_int_equal(mine->n, 25000);
    arena_free(a); /* the leak checker of the sanitizer build sees whether the bytes went too */
}

static void test_writes_the_shortest_decimal(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {42.87, "42.87"},
        {100, "100"},
        {123456789012345680.0, "123456789012345680"},
        {1e20, "100000000000000000000"},
        {1e21, "1e21"},
        {1.5e300, "1.5e300"},
        {1e-6, "0.000001"},
        {1.25e-7, "1.25e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {NAN, "0"},
        {INFINITY, "0"},
        {-INFINITY, "0"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_str_equal(number(cases[i].value), str_from(cases[i].text));
}

static void test_decimals_round_trip(void **state)
{
    (void)state;
    property_seed(12);
    for (int i = 0; i < 20000; i++) {
        double v, back;
        uint64_t bits = random_u64();
        memcpy(&v, &bits, sizeof(v));
        if (i % 2)
            v = (double)property_between(-100000000, 100000000) / 1000;
        if (!isfinite(v))
            continue;
        struct str text = number(v);
        if (!str_to_double(text, &back) || back != v)
            fail_msg("%.17g became %.*s", v, STRF(text));
        if (i % 2) /* what was typed with three decimals is never written longer */
            assert_true(text.n <= strlen("-100000.000") + 1);
    }
}

/* The short way for up to six decimals writes what the C library's digits say. */
static void test_millionths_are_written_as_typed(void **state)
{
    (void)state;
    property_seed(13);
    for (int i = 0; i < 20000; i++) {
        int64_t most = i % 3 ? 999999999999999 : 180000000;
        int64_t n = property_between(-most, most), one = 1000000;
        char text[32];
        int length = snprintf(text, sizeof text, "%s%lld.%06lld", n < 0 ? "-" : "",
                              (long long)(llabs(n) / one), (long long)(llabs(n) % one));
        while (text[length - 1] == '0')
            text[--length] = '\0';
        if (text[length - 1] == '.')
            text[--length] = '\0';
        assert_str_equal(number((double)n / 1e6), n ? str_from(text) : STR("0"));
    }
    assert_str_equal(number(0.000001), STR("0.000001"));
    assert_str_equal(number(0.0000015), STR("0.0000015"));
    assert_str_equal(number(999999999.999999), STR("999999999.999999"));
    assert_str_equal(number(1000000000.000001), STR("1000000000.000001"));
    assert_str_equal(number(74.5698765432), STR("74.5698765432"));
}

static void test_rounds_as_people_do(void **state)
{
    (void)state;
    assert_str_equal(fixed(2.675, 2), STR("2.68"));
    assert_str_equal(fixed(-2.675, 2), STR("-2.68"));
    assert_str_equal(fixed(0.125, 2), STR("0.13"));
    assert_str_equal(fixed(0.5, 0), STR("1"));
    assert_str_equal(fixed(0.49, 0), STR("0"));
    assert_str_equal(fixed(999.995, 2), STR("1000.00"));
    assert_str_equal(fixed(0.0049, 2), STR("0.00"));
    assert_str_equal(fixed(-0.0049, 2), STR("0.00"));
    assert_str_equal(fixed(0.005, 2), STR("0.01"));
    assert_str_equal(fixed(0.05, 0), STR("0"));
    assert_str_equal(fixed(9.9, 0), STR("10"));
    assert_str_equal(fixed(12, 3), STR("12.000"));
    assert_str_equal(fixed(0, 2), STR("0.00"));
    assert_str_equal(fixed(1234.5, 0), STR("1235"));
    assert_str_equal(fixed(1e22, 1), STR("10000000000000000000000.0"));
    assert_str_equal(fixed(NAN, 1), STR("0.0"));
}

/* Against integers: n thousandths, rounded to hundredths half away from zero. */
static void test_fixed_agrees_with_integers(void **state)
{
    (void)state;
    property_seed(13);
    for (int i = 0; i < 20000; i++) {
        int64_t n = property_between(-5000000, 5000000);
        int64_t size = n < 0 ? -n : n, hundredths = (size + 5) / 10;
        char expected[40];
        snprintf(expected, sizeof(expected), "%s%d.%02d", n < 0 && hundredths ? "-" : "",
                 (int)(hundredths / 100), (int)(hundredths % 100));
        assert_str_equal(fixed((double)n / 1000, 2), str_from(expected));
    }
}

/* Against the C library, which rounds the double itself: away from the middle both must agree. */
static void test_fixed_agrees_with_the_library(void **state)
{
    static const double sizes[] = {1e-7, 1e-3, 1, 100, 1e6, 1e9, 1e15};
    (void)state;
    property_seed(14);
    for (int i = 0; i < 50000; i++) {
        double v = (double)property_between(-1000000007, 1000000007) / 1000000007.0 *
                   sizes[property_between(0, COUNT_OF(sizes) - 1)];
        int decimals = (int)property_between(0, 8);
        double scaled = fabs(v) * pow(10, decimals);
        if (fabs(scaled - floor(scaled) - 0.5) < 1e-5 || scaled > 1e10)
            continue;
        char expected[64];
        snprintf(expected, sizeof expected, "%.*f", decimals, v);
        const char *text = expected;
        if (*text == '-' && strspn(text, "-0.") == strlen(text))
            text++; /* never "-0.00" */
        assert_str_equal(fixed(v, decimals), str_from(text));
    }
}

static void test_encodes_bytes(void **state)
{
    (void)state;
    buf_percent(&b, STR("a-b._~ /?&=%\xD3\xA9"));
    assert_str_equal(buf_view(&b), STR("a-b._~%20%2F%3F%26%3D%25%D3%A9"));
    buf_clear(&b);
    buf_hex(&b, "\x00\x7F\xFF", 3);
    assert_str_equal(buf_view(&b), STR("007fff"));
    /* The vectors of RFC 4648 section 10, without padding, and both characters of section 5. */
    static const char *const vectors[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "-_-_"}};
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        buf_clear(&b);
        buf_base64url(&b, vectors[i][0], strlen(vectors[i][0]));
        assert_str_equal(buf_view(&b), str_from(vectors[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_grows_and_keeps_what_was_written, clear),
        cmocka_unit_test_teardown(test_prints_across_a_full_buffer, clear),
        cmocka_unit_test_teardown(test_arena_owns_its_buffers, clear),
        cmocka_unit_test_teardown(test_writes_the_shortest_decimal, clear),
        cmocka_unit_test_teardown(test_decimals_round_trip, clear),
        cmocka_unit_test_teardown(test_millionths_are_written_as_typed, clear),
        cmocka_unit_test_teardown(test_rounds_as_people_do, clear),
        cmocka_unit_test_teardown(test_fixed_agrees_with_integers, clear),
        cmocka_unit_test_teardown(test_fixed_agrees_with_the_library, clear),
        cmocka_unit_test_teardown(test_encodes_bytes, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
