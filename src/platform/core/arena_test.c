/*
 * Arenas in the build's own mode. arena_guard_test.c runs the same file compiled with the guard, so
 * both modes keep the same contract in every build.
 */
#include "platform/core/arena.h"

#include "platform/core/testing.h"

#include <stdalign.h>

static void test_memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    property_seed(21);
    struct arena *a = arena_new();
    struct piece {
        unsigned char *p;
        size_t n;
        unsigned char mark;
    };
    struct piece pieces[2000];
    for (int round = 0; round < 2; round++) {
        size_t total = 0;
        for (size_t i = 0; i < COUNT_OF(pieces); i++) {
            size_t n =
                (size_t)(i % 100 == 0 ? property_between(0, 300000) : property_between(0, 200));
            pieces[i] = (struct piece){arena_alloc(a, n), n, (unsigned char)random_u64()};
            assert_int_equal((uintptr_t)pieces[i].p % alignof(max_align_t), 0);
            for (size_t k = 0; k < n; k++)
                assert_true(pieces[i].p[k] == 0);
            memset(pieces[i].p, pieces[i].mark, n);
            total += n;
        }
        assert_int_equal(arena_used(a), total);
        for (size_t i = 0; i < COUNT_OF(pieces); i++) {
            for (size_t k = 0; k < pieces[i].n; k++)
                assert_true(pieces[i].p[k] == pieces[i].mark);
        }
        arena_reset(a); /* the second round gets used memory, which must be zero again */
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
    arena_free(NULL);
}

static void test_copies_end_with_nul_and_keep_null(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    char text[] = "Талас";
    struct str copy = arena_str(a, str_from(text));
    memset(text, 'x', sizeof(text) - 1);
    assert_str_equal(copy, STR("Талас"));
    assert_int_equal(copy.p[copy.n], '\0');
    assert_null(arena_str(a, STR_NULL).p);
    assert_null(arena_cstr(a, STR_NULL));
    assert_non_null(arena_str(a, STR("")).p);
    assert_string_equal(arena_cstr(a, str_of("abcdef", 3)), "abc");
    copy = arena_printf(a, "%s/%05d/%.*s", "a", 42, STRF(STR("tail")));
    assert_str_equal(copy, STR("a/00042/tail"));
    assert_int_equal(copy.p[copy.n], '\0');
    arena_free(a);
}

static char order[16];

static void note(void *letter)
{
    strncat(order, letter, 1);
}

static struct arena *late;

static void note_and_defer(void *letter)
{
    note(letter);
    arena_defer(late, note, arena_cstr(late, STR("z")));
}

static void test_clean_ups_run_last_first(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    order[0] = '\0';
    arena_defer(a, note, arena_cstr(a, STR("a")));
    arena_defer(a, note, arena_cstr(a, STR("b")));
    arena_reset(a);
    assert_string_equal(order, "ba");
    arena_defer(a, note, arena_cstr(a, STR("c")));
    late = a;
    arena_defer(a, note_and_defer, arena_cstr(a, STR("d")));
    arena_free(a);
    assert_string_equal(order,
                        "badzc"); /* one deferred during the clean-up runs at once after it */
}

static void test_lists_grow(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct {
        int64_t *v;
        size_t n, cap;
    } list = {0};
    for (int64_t i = 0; i < 10000; i++)
        ARENA_PUSH(a, list, i * i);
    assert_int_equal(list.n, 10000);
    for (int64_t i = 0; i < 10000; i++)
        assert_true(list.v[i] == i * i);
    int64_t *array = ARENA_ARRAY(a, int64_t, 100);
    assert_true(array[0] == 0 && array[99] == 0);
    arena_free(a);
}

static void ask_for_too_much(void *a)
{
    arena_array(a, SIZE_MAX / 4, 8);
}

static void ask_for_most_of_memory(void *a)
{
    volatile size_t most = SIZE_MAX - 8; /* or the compiler itself sees that it cannot be */
    arena_alloc(a, most);
}

static void test_overflow_aborts(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_true(aborts(ask_for_too_much, a));
    assert_true(aborts(ask_for_most_of_memory, a));
    arena_free(a);
}

#ifdef GUARD_COUNTED
/* One malloc for every allocation, of exactly its size, and each of them freed. */
static void test_guard_gives_each_allocation_a_malloc(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 16, 7, 0, 100000, 3};
    struct arena *a = arena_new();
    size_t mallocs = guard_mallocs, frees = guard_frees;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        arena_alloc(a, sizes[i]);
        assert_int_equal(guard_mallocs, mallocs + i + 1);
        assert_int_equal(guard_latest_size, sizes[i] ? sizes[i] : 1);
    }
    arena_str(a, STR("text"));
    assert_int_equal(guard_latest_size, 5);
    assert_int_equal(guard_frees, frees);
    arena_reset(a);
    assert_int_equal(guard_frees, frees + COUNT_OF(sizes) + 1);
    arena_alloc(a, 9);
    arena_free(a); /* the piece, the list of pieces and the arena itself */
    assert_int_equal(guard_frees, frees + COUNT_OF(sizes) + 4);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(test_copies_end_with_nul_and_keep_null),
        cmocka_unit_test(test_clean_ups_run_last_first),
        cmocka_unit_test(test_lists_grow),
        cmocka_unit_test(test_overflow_aborts),
#ifdef GUARD_COUNTED
        cmocka_unit_test(test_guard_gives_each_allocation_a_malloc),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
