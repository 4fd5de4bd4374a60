/* Views: searching, splitting, and reading numbers to the last bit. */
#include "platform/core/str.h"

#include "platform/core/testing.h"

static void test_compares_bytes(void **state)
{
    (void)state;
    assert_true(str_eq(STR(""), STR_NULL));
    assert_true(str_eq(STR("кат"), STR("кат")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq_nocase_ascii(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_eq_nocase_ascii(STR("a["), STR("A{")));
    assert_true(str_starts(STR("aimak"), STR("aim")));
    assert_true(str_starts(STR_NULL, STR("")));
    assert_false(str_starts(STR("ai"), STR("aim")));
    assert_true(str_ends(STR("page.html"), STR(".html")));
    assert_false(str_ends(STR("html"), STR(".html")));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("b"), STR("ab")) > 0);
    assert_true(str_compare(STR("ab"), STR("abc")) < 0);
    assert_true(str_compare(STR("\xD0"), STR("z")) > 0);
    assert_int_equal(str_compare(STR(""), STR_NULL), 0);
}

static void test_finds_and_slices(void **state)
{
    (void)state;
    assert_int_equal(str_find_char(STR("a=b=c"), '='), 1);
    assert_int_equal(str_find_char(STR_NULL, '='), -1);
    assert_int_equal(str_find(STR("one two"), STR("two")), 4);
    assert_int_equal(str_find(STR("one"), STR("one two")), -1);
    assert_int_equal(str_find(STR("one"), STR("")), 0);
    assert_str_equal(str_slice(STR("abcdef"), 2, 3), STR("cde"));
    assert_str_equal(str_slice(STR("abc"), 1, SIZE_MAX), STR("bc"));
    assert_str_equal(str_slice(STR("abc"), 9, 1), STR(""));
    assert_null(str_slice(STR_NULL, 0, 1).p);
    assert_str_equal(str_trim(STR(" \t a b\r\n")), STR("a b"));
    assert_str_equal(str_trim(STR("  ")), STR(""));
}

static void test_splits_into_every_part(void **state)
{
    (void)state;
    struct str rest = STR(",a,,b,"), part;
    static const char *const expected[] = {"", "a", "", "b", ""};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(str_split(&rest, ',', &part));
        assert_str_equal(part, str_from(expected[i]));
    }
    assert_false(str_split(&rest, ',', &part));
    rest = STR("");
    assert_true(str_split(&rest, ',', &part));
    assert_int_equal(part.n, 0);
    assert_false(str_split(&rest, ',', &part));
    rest = STR_NULL;
    assert_false(str_split(&rest, ',', &part));
}

static void test_reads_whole_numbers(void **state)
{
    (void)state;
    int64_t i = 7;
    uint64_t u = 7;
    assert_true(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
    assert_true(str_to_i64(STR("-0"), &i) && i == 0);
    assert_true(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    i = 7;
    static const char *const wrong[] = {"",
                                        "-",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "0x1",
                                        "١",
                                        "--1",
                                        "9223372036854775808",
                                        "-9223372036854775809"};
    for (size_t k = 0; k < COUNT_OF(wrong); k++)
        assert_false(str_to_i64(str_from(wrong[k]), &i));
    assert_int_equal(i, 7);
    assert_false(str_to_u64(STR("18446744073709551616"), &u));
    assert_false(str_to_u64(STR("-1"), &u));
    assert_false(str_to_u64(STR_NULL, &u));
}

static void test_whole_numbers_round_trip(void **state)
{
    (void)state;
    property_seed(11);
    struct buf b = BUF_EMPTY;
    for (int k = 0; k < 20000; k++) {
        int64_t v = property_i64(), back = ~v;
        char libc[32];
        buf_clear(&b);
        buf_i64(&b, v);
        snprintf(libc, sizeof(libc), "%lld", (long long)v);
        assert_str_equal(buf_view(&b), str_from(libc));
        assert_true(str_to_i64(buf_view(&b), &back) && back == v);
    }
    buf_free(&b);
}

static void test_reads_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } right[] = {
        {"0", 0},           {"-0.5", -0.5}, {"42.87", 42.87},
        {"1e3", 1000},      {"1E+2", 100},  {"2.5e-3", 0.0025},
        {"007.25", 7.25},   {"1e-400", 0},  {"1.7976931348623157e308", 1.7976931348623157e308},
        {"5e-324", 5e-324}, {"0.1", 0.1},   {"9007199254740993", 9007199254740992.0},
    };
    for (size_t k = 0; k < COUNT_OF(right); k++) {
        double v = -1;
        assert_true(str_to_double(str_from(right[k].text), &v));
        assert_true(v == right[k].value);
    }
    static const char *const wrong[] = {"",
                                        "-",
                                        ".5",
                                        "5.",
                                        "1,5",
                                        "1 5",
                                        "+1",
                                        "nan",
                                        "inf",
                                        "0x1",
                                        "1e",
                                        "1e+",
                                        "1e+-1",
                                        "1e999",
                                        "1.2.3",
                                        "e5",
                                        "1e5x",
                                        "1e99999999999999999999",
                                        "1e4294967296",
                                        "1e-4294967296"};
    double v = 7;
    for (size_t k = 0; k < COUNT_OF(wrong); k++) {
        if (str_to_double(str_from(wrong[k]), &v))
            fail_msg("took \"%s\" for a number", wrong[k]);
    }
    assert_true(v == 7);
    char nines[402];
    memset(nines, '9', sizeof(nines));
    assert_false(str_to_double(str_of(nines, 401), &v));
    assert_true(str_to_double(str_of(nines, 300), &v) && v == 1e300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compares_bytes),           cmocka_unit_test(test_finds_and_slices),
        cmocka_unit_test(test_splits_into_every_part),   cmocka_unit_test(test_reads_whole_numbers),
        cmocka_unit_test(test_whole_numbers_round_trip), cmocka_unit_test(test_reads_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
