/* Snapshots: readers keep what they hold, the last one frees it, threads agree. */
#include "platform/core/snapshot.h"
#include "platform/core/testing.h"

struct numbers {
    struct snapshot base;
    int a, b; /* always equal: a torn snapshot would show */
};

static struct snapshot_slot slot = SNAPSHOT_SLOT;
static int freed;

static void count_free(void *unused)
{
    (void)unused;
    __atomic_add_fetch(&freed, 1, __ATOMIC_SEQ_CST);
}

static void put(int value)
{
    struct numbers *n = snapshot_new(sizeof *n);
    n->a = n->b = value;
    arena_defer(n->base.arena, count_free, NULL);
    snapshot_replace(&slot, &n->base);
}

static void reader_keeps_the_old_one(void **state)
{
    (void)state;
    put(1);
    struct arena *a = arena_new();
    const struct numbers *held = snapshot_hold(&slot, a);
    int before = freed;
    put(2);
    assert_int_equal(held->a, 1);
    assert_int_equal(freed, before);
    struct arena *b = arena_new();
    assert_int_equal(((struct numbers *)snapshot_hold(&slot, b))->a, 2);
    arena_free(b);
    assert_int_equal(freed, before);
    arena_free(a);
    assert_int_equal(freed, before + 1);
}

static void unused_one_goes_at_once(void **state)
{
    (void)state;
    put(3);
    int before = freed;
    put(4);
    assert_int_equal(freed, before + 1);
}

static void an_empty_slot_has_none(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    put(5);
    int before = freed;
    const struct numbers *held = snapshot_find(&slot, a);
    assert_int_equal(held->a, 5);
    snapshot_replace(&slot, NULL);
    assert_null(snapshot_find(&slot, a));
    assert_int_equal(held->a, 5);
    assert_int_equal(freed, before);
    arena_free(a);
    assert_int_equal(freed, before + 1);
    put(6);
}

static void *read_many(void *arg)
{
    int *torn = arg;
    for (int i = 0; i < 2000; i++) {
        struct arena *a = arena_new();
        const struct numbers *n = snapshot_hold(&slot, a);
        if (n->a != n->b)
            __atomic_add_fetch(torn, 1, __ATOMIC_SEQ_CST);
        arena_free(a);
    }
    return NULL;
}

static void threads_agree(void **state)
{
    (void)state;
    pthread_t readers[4];
    int torn = 0;
    put(0);
    int before = freed;
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_many, &torn), 0);
    for (int i = 1; i <= 500; i++)
        put(i);
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(torn, 0);
    assert_int_equal(freed - before, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_keeps_the_old_one),
        cmocka_unit_test(unused_one_goes_at_once),
        cmocka_unit_test(an_empty_slot_has_none),
        cmocka_unit_test(threads_agree),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
