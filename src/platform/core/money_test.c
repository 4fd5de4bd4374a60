/* Money: sums at the edges of 64 bits, rounding, and amounts as people type them. */
#include "platform/core/money.h"

#include "platform/core/testing.h"

static void test_sums_say_when_they_overflow(void **state)
{
    (void)state;
    int64_t out = 7;
    assert_true(money_add(INT64_MAX - 1, 1, &out) && out == INT64_MAX);
    assert_true(money_add(5, -12, &out) && out == -7);
    out = 7;
    assert_false(money_add(INT64_MAX, 1, &out));
    assert_false(money_add(INT64_MIN, -1, &out));
    assert_false(money_multiply(INT64_MAX / 2, 3, &out));
    assert_false(money_multiply(INT64_MIN, -1, &out));
    assert_int_equal(out, 7);
    assert_true(money_multiply(-150, 12, &out) && out == -1800);
}

static void test_shares_round_half_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        int64_t tyiyn, numerator, denominator, share;
    } cases[] = {
        {100, 1, 3, 33},
        {200, 1, 3, 67},
        {1, 1, 2, 1},
        {-1, 1, 2, -1},
        {-100, 1, 3, -33},
        {100, -1, 8, -13},
        {100, 1, -8, -13},
        {-100, 1, -8, 13},
        {0, 5, 9, 0},
        {INT64_MAX, 3, 3, INT64_MAX},
        {INT64_MIN, 1, 1, INT64_MIN},
        {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN},
        {INT64_MAX, 1, INT64_MIN, -1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t out = 7;
        assert_true(money_share(cases[i].tyiyn, cases[i].numerator, cases[i].denominator, &out));
        assert_true(out == cases[i].share);
    }
    int64_t out = 7;
    assert_false(money_share(1, 1, 0, &out));
    assert_false(money_share(INT64_MAX, 2, 1, &out));
    assert_false(money_share(INT64_MIN, 1, -1, &out));
    assert_false(money_share(INT64_MIN, INT64_MIN, 1, &out));
    assert_int_equal(out, 7);
}

/* |share * denominator - tyiyn * numerator| is never more than half the denominator. */
static void test_a_share_is_the_nearest(void **state)
{
    (void)state;
    property_seed(51);
    for (int i = 0; i < 50000; i++) {
        int64_t tyiyn = property_i64(), numerator = property_between(-1000000, 1000000);
        int64_t denominator = property_between(1, 1000000), share;
        if (!money_share(tyiyn, numerator, denominator, &share))
            continue;
        __int128 off = (__int128)share * denominator - (__int128)tyiyn * numerator;
        if (off < 0)
            off = -off;
        assert_true(2 * off <= denominator);
    }
}

static void test_amounts_are_read_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t tyiyn;
    } right[] = {
        {"1234,50", 123450},
        {"1 234.5", 123450},
        {"1234", 123400},
        {" 0,05 ", 5},
        {"0", 0},
        {"-12.3", -1230},
        {"12 345 678", 1234567800},
        {"1\xC2\xA0"
         "234,00",
         123400},
        {"15\xE2\x80\xAF"
         "000",
         1500000},
        {"007", 700},
        {"92233720368547758.07", INT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        int64_t out = 7;
        if (!money_parse(str_from(right[i].text), &out) || out != right[i].tyiyn)
            fail_msg("\"%s\" read as %lld", right[i].text, (long long)out);
    }
    /* What could be meant in two ways is refused. */
    static const char *const wrong[] = {"",
                                        "-",
                                        ",5",
                                        "5,",
                                        "1,234",
                                        "1.234",
                                        "1,2.3",
                                        "12 50",
                                        "1 23",
                                        "1234 567",
                                        "1 234 56",
                                        "1  234",
                                        "1 2345",
                                        "1,234.50",
                                        "12,5 0",
                                        "1e3",
                                        "+5",
                                        "--5",
                                        "12 сом",
                                        "0x10",
                                        "12..5",
                                        "1 ,5",
                                        "92233720368547758.08",
                                        "99999999999999999999"};
    int64_t out = 7;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (money_parse(str_from(wrong[i]), &out))
            fail_msg("\"%s\" read as %lld", wrong[i], (long long)out);
    }
    assert_int_equal(out, 7);
}

static void test_amounts_round_trip(void **state)
{
    (void)state;
    property_seed(52);
    struct buf b = BUF_EMPTY;
    for (int i = 0; i < 20000; i++) {
        int64_t v = property_i64(), back;
        buf_clear(&b);
        buf_money(&b, v);
        if (v == INT64_MIN) { /* written, though beyond what is read */
            assert_str_equal(buf_view(&b), STR("-92233720368547758.08"));
            continue;
        }
        assert_true(money_parse(buf_view(&b), &back) && back == v);
    }
    buf_clear(&b);
    buf_money(&b, -5);
    assert_str_equal(buf_view(&b), STR("-0.05"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_say_when_they_overflow),
        cmocka_unit_test(test_shares_round_half_away_from_zero),
        cmocka_unit_test(test_a_share_is_the_nearest),
        cmocka_unit_test(test_amounts_are_read_as_people_type_them),
        cmocka_unit_test(test_amounts_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
