/*
 * Sets of persons against a plain table of counts, over seeded random changes; and bytes that are
 * no set.
 */
#include "platform/store/fixture_test.h"
#include "platform/tally/tally_people.h"

static uint64_t state = 20261122;

static uint64_t next_random(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 33;
}

enum { PERSONS = 40 };
/* Ids from small to the largest a 63-bit id can be. */
static uint64_t id_of(size_t i)
{
    return i < 20 ? 1 + 3 * i : UINT64_C(0x7fffffffffffffff) - 1000003 * (PERSONS - i);
}

static void a_set_is_what_its_changes_add_up_to(void **unused)
{
    (void)unused;
    struct buf set = BUF_EMPTY, next = BUF_EMPTY;
    int64_t counts[PERSONS] = {0};
    for (int round = 0; round < 3000; round++) {
        struct people_change changes[5];
        size_t n = 1 + next_random() % 5;
        for (size_t i = 0; i < n; i++) {
            size_t who = next_random() % PERSONS;
            changes[i] = (struct people_change){id_of(who), (int64_t)(next_random() % 5) - 2};
            counts[who] += changes[i].by;
        }
        people_sort(changes, n);
        buf_clear(&next);
        assert_true(people_apply(&next, buf_view(&set), changes, n));
        struct buf swap = set;
        set = next;
        next = swap;
        int64_t expected = 0;
        for (size_t i = 0; i < PERSONS; i++)
            expected += counts[i] > 0;
        assert_int_equal(people_count(buf_view(&set)), expected);
    }
    struct people_reader r = people_read(buf_view(&set));
    size_t who = 0;
    while (people_next(&r)) {
        while (counts[who] == 0)
            who++;
        assert_true(r.person == id_of(who));
        assert_int_equal(r.count, counts[who]);
        who++;
    }
    assert_false(r.broken);
    buf_free(&set);
    buf_free(&next);
}

static void a_set_of_nobody_is_empty(void **unused)
{
    (void)unused;
    struct buf one = BUF_EMPTY, none = BUF_EMPTY;
    struct people_change come = {77, 2}, go = {77, -2};
    assert_true(people_apply(&one, STR_NULL, &come, 1));
    assert_int_equal(people_count(buf_view(&one)), 1);
    assert_true(people_apply(&none, buf_view(&one), &go, 1));
    assert_int_equal(none.n, 0);
    buf_free(&one);
    buf_free(&none);
}

static void broken_bytes_are_no_set(void **unused)
{
    (void)unused;
    struct buf out = BUF_EMPTY;
    struct people_change c = {5, 1};
    static const struct str broken[] = {
        STRI("\x05"),                                                 /* no count */
        STRI("\x85"),                                                 /* cut off in a number */
        STRI("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x02"),     /* more than 64 bits */
        STRI("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02\x02\x02"), /* runs over */
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        assert_int_equal(people_count(broken[i]), -1);
        buf_clear(&out);
        assert_false(people_apply(&out, broken[i], &c, 1));
    }
    /* A step of nothing would be the same person twice. */
    assert_int_equal(people_count(str_of("\x05\x02\0\x02", 4)), -1);
    buf_free(&out);
}

static void tables_give_each_key_one_place(void **unused)
{
    (void)unused;
    struct id_table ids = {0};
    struct text_table texts = {.a = arena_new()};
    bool added;
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 0; i < 5000; i++) {
            char text[24];
            int n = snprintf(text, sizeof text, "%llu|f", (unsigned long long)(i * 7));
            assert_int_equal(id_table_put(&ids, (i + 1) << 20, &added), i);
            assert_int_equal(added, round == 0);
            assert_int_equal(text_table_put(&texts, str_of(text, (size_t)n), &added), i);
            assert_int_equal(added, round == 0);
        }
    id_table_free(&ids);
    arena_free(texts.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_what_its_changes_add_up_to),
        cmocka_unit_test(a_set_of_nobody_is_empty),
        cmocka_unit_test(broken_bytes_are_no_set),
        cmocka_unit_test(tables_give_each_key_one_place),
    };
    return cmocka_run_group_tests_name("tally_people", tests, NULL, NULL);
}
