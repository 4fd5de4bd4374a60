/* Row ids under threads and moving clocks; report numbers as people type them. */
#include "platform/core/id.h"

#include "platform/core/testing.h"

#include <pthread.h>

enum { THREADS = 4, EACH = 50000, NUMBER_SIGNS = 9 };

static void *make_ids(void *to)
{
    int64_t *ids = to;
    for (int i = 0; i < EACH; i++)
        ids[i] = id_new();
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void test_ids_of_threads_increase_and_differ(void **state)
{
    (void)state;
    int64_t *ids = calloc(THREADS * EACH, sizeof(*ids));
    pthread_t threads[THREADS];
    assert_non_null(ids);
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, make_ids, ids + t * EACH), 0);
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    for (int t = 0; t < THREADS; t++) {
        for (int i = 1; i < EACH; i++)
            assert_true(ids[t * EACH + i] > ids[t * EACH + i - 1]);
    }
    qsort(ids, THREADS * EACH, sizeof(*ids), by_value);
    assert_true(ids[0] > 0);
    for (int i = 1; i < THREADS * EACH; i++)
        assert_true(ids[i] != ids[i - 1]);
    free(ids);
}

static void test_ids_carry_their_time(void **state)
{
    (void)state;
    int64_t ahead = clock_now_ms() + 100 * MS_DAY;
    clock_set_for_test(ahead);
    int64_t id = id_new();
    assert_true(id_time_ms(id) == ahead);
    assert_true(id_floor(ahead) <= id && id < id_floor(ahead + 1));
    assert_true(id_time_ms(id_floor(ahead)) == ahead);
    int64_t next = id_new();
    assert_true(next > id && id_time_ms(next) == ahead);
    /* Set back by an hour: ids go on from the latest. */
    clock_set_for_test(ahead - MS_HOUR);
    assert_true(id_new() > next);
    /* More ids than the counter holds borrow from the next millisecond. */
    clock_set_for_test(ahead + 1);
    for (int i = 0; i < 5000; i++)
        next = id_new();
    assert_true(id_time_ms(next) > ahead + 1 && id_time_ms(next) <= ahead + 4);
    clock_set_for_test(ahead + MS_DAY);
    assert_true(id_time_ms(id_new()) == ahead + MS_DAY);
    clock_set_for_test(0);
    assert_true(id_floor(0) == 0);
    assert_true(id_floor(INT64_MAX) > id_floor(ahead));
    assert_true(id_floor(INT64_MIN) == 0);
}

static void test_ids_of_another_time_differ(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static int64_t ids[MANY];
    const int64_t past = INT64_C(1700000000123);
    for (int i = 0; i < MANY; i++) {
        ids[i] = id_at(past);
        assert_true(id_time_ms(ids[i]) == past);
    }
    qsort(ids, MANY, sizeof(ids[0]), by_value);
    for (int i = 1; i < MANY; i++)
        assert_true(ids[i] != ids[i - 1]);
}

/* Of what is older than the first millisecond there is no other time to tell them apart. */
static void test_ids_of_long_ago_are_positive(void **state)
{
    (void)state;
    enum { ROUND = 1 << 21 }; /* every turn once, wherever the process began */
    unsigned char *met = calloc(ROUND, 1);
    assert_non_null(met);
    for (int i = 0; i < ROUND - 1; i++) {
        int64_t id = id_at(INT64_C(1475452800000)); /* 2016-10-03 */
        assert_true(id > 0 && id < ROUND);
        assert_int_equal(met[id], 0);
        met[id] = 1;
    }
    free(met);
}

static void test_secrets(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str one = id_secret(a, 16), two = id_secret(a, 16);
    assert_int_equal(one.n, 22);
    assert_int_equal(id_secret(a, 32).n, 43);
    assert_false(str_eq(one, two));
    for (size_t i = 0; i < one.n; i++)
        assert_true(isalnum((unsigned char)one.p[i]) || one.p[i] == '-' || one.p[i] == '_');
    arena_free(a);
}

static const char signs[] = "346789ADEFGJKMNQRTW";

static void test_numbers_have_their_form(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    property_seed(41);
    for (int i = 0; i < 5000; i++) {
        struct str number = id_number(a), back;
        assert_int_equal(number.n, 11);
        for (size_t k = 0; k < number.n; k++) {
            if (k == 4 || k == 9)
                assert_int_equal(number.p[k], '-');
            else
                assert_non_null(strchr(signs, number.p[k]));
        }
        assert_true(id_number_parse(a, number, &back));
        assert_str_equal(back, number);
    }
    struct str known;
    assert_true(id_number_parse(a, STR("7K3M-Q4DA-N"), &known)); /* the example of id.h */
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct str number = id_number_of(a, seed * UINT64_C(0x9e3779b97f4a7c15));
        assert_true(id_number_parse(a, number, &known));
        assert_str_equal(number, id_number_of(a, seed * UINT64_C(0x9e3779b97f4a7c15)));
        assert_false(str_eq(number, id_number_of(a, (seed + 1) * UINT64_C(0x9e3779b97f4a7c15))));
    }
    random_seed_for_test(0);
    assert_false(str_eq(id_number(a), id_number(a)));
    arena_free(a);
}

/* Another hand: small letters, Cyrillic twins, dashes and blanks of all kinds or none. */
static void put_as_typed(struct buf *b, struct str number)
{
    static const struct {
        char ours;
        const char *theirs[2];
    } twins[] = {{'A', {"А", "а"}}, {'E', {"Е", "е"}}, {'K', {"К", "к"}}, {'M', {"М", "м"}},
                 {'T', {"Т", "т"}}, {'3', {"З", "з"}}, {'D', {"Д", "д"}}, {'F', {"Ф", "ф"}},
                 {'G', {"Г", "г"}}, {'J', {"Й", "й"}}, {'N', {"Н", "н"}}, {'R', {"Р", "р"}}};
    static const char *const gaps[] = {"", "-", " ", "–", " — ", "\xC2\xA0", "_", "."};
    for (size_t i = 0; i < number.n; i++) {
        const char *typed = NULL;
        bool cyrillic = random_u64() % 2;
        if (number.p[i] == '-' || random_u64() % 5 == 0)
            buf_cstr(b, gaps[random_u64() % COUNT_OF(gaps)]);
        if (number.p[i] == '-')
            continue;
        for (size_t k = 0; cyrillic && k < COUNT_OF(twins); k++) {
            if (twins[k].ours == number.p[i])
                typed = twins[k].theirs[random_u64() % 2];
        }
        if (typed)
            buf_cstr(b, typed);
        else
            buf_char(b, (char)(random_u64() % 2 ? tolower(number.p[i]) : number.p[i]));
    }
}

static void test_numbers_are_read_as_people_type_them(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    property_seed(42);
    for (int i = 0; i < 5000; i++) {
        struct str number = id_number(a), back;
        struct buf *typed = buf_in(a);
        put_as_typed(typed, number);
        if (!id_number_parse(a, buf_view(typed), &back))
            fail_msg("%.*s typed as \"%.*s\" was refused", STRF(number), STRF(buf_view(typed)));
        assert_str_equal(back, number);
    }
    arena_free(a);
}

/* Every single wrong sign and every exchange of two signs is found. */
static void test_slips_are_found(void **state)
{
    (void)state;
    property_seed(43);
    for (int i = 0; i < 200; i++) {
        struct arena *a = arena_new();
        struct str number = id_number(a), back;
        char text[NUMBER_SIGNS] = {0};
        size_t n = 0;
        for (size_t k = 0; k < number.n; k++) {
            if (number.p[k] != '-')
                text[n++] = number.p[k];
        }
        for (size_t k = 0; k < NUMBER_SIGNS; k++) {
            char right = text[k];
            for (size_t s = 0; s < sizeof(signs) - 1; s++) {
                text[k] = signs[s];
                assert_true(id_number_parse(a, str_of(text, n), &back) == (signs[s] == right));
            }
            text[k] = right;
            for (size_t j = k + 1; j < NUMBER_SIGNS; j++) {
                text[k] = text[j];
                text[j] = right;
                assert_true(id_number_parse(a, str_of(text, n), &back) == (text[k] == right));
                text[j] = text[k];
                text[k] = right;
            }
        }
        arena_free(a);
    }
}

static void test_other_texts_are_no_numbers(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str back = STR_NULL;
    char longest[400];
    memset(longest, ' ', sizeof(longest));
    memcpy(longest, "7K3MQ4DAN", 9);
    assert_true(id_number_parse(a, str_of(longest, 200), &back));
    back = STR_NULL;
    assert_false(id_number_parse(a, str_of(longest, 201), &back));
    static const char *const wrong[] = {"",
                                        "-",
                                        "7K3M-Q4DA",
                                        "7K3M-Q4DA-NN",
                                        "7K3M-Q4DA-W",
                                        "7K3M-Q4DA-N!",
                                        "7K3M-Q4DA-\xD0",
                                        "OIL5-2ZUV-0"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(id_number_parse(a, str_from(wrong[i]), &back));
    assert_false(id_number_parse(a, STR("7K3M-Q4DA-N\0"), &back));
    assert_false(id_number_parse(a, STR_NULL, &back));
    assert_null(back.p);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_of_threads_increase_and_differ),
        cmocka_unit_test(test_ids_carry_their_time),
        cmocka_unit_test(test_ids_of_another_time_differ),
        cmocka_unit_test(test_ids_of_long_ago_are_positive),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_numbers_have_their_form),
        cmocka_unit_test(test_numbers_are_read_as_people_type_them),
        cmocka_unit_test(test_slips_are_found),
        cmocka_unit_test(test_other_texts_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
