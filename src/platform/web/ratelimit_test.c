/* Token buckets: how many, how long to wait, whose, and what a flood of strangers does. */
#include "platform/web/ratelimit.h"

#include "platform/core/testing.h"

#include <pthread.h>
#include <stdatomic.h>

static const struct rate_limit limit = {.per_minute = 6, .burst = 3}; /* one in ten seconds */

static bool ask(struct ratelimit *l, const char *key, int64_t now_ms, int64_t *wait_ms)
{
    return ratelimit_allows(l, STR("write"), str_from(key), limit, now_ms, wait_ms);
}

static void test_burst_then_wait(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    int64_t wait = -1;
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(ask(l, "a", 1000, &wait));
        assert_int_equal(wait, 0);
    }
    assert_false(ask(l, "a", 1000, &wait));
    assert_int_equal(wait, 10000);
    assert_false(ask(l, "a", 8000, &wait));
    assert_int_equal(wait, 3000);
    assert_true(ask(l, "a", 11000, &wait)); /* exactly when it said */
    assert_false(ask(l, "a", 11000, &wait));
    ratelimit_free(l);
}

/* Refused attempts cost nothing: who waits as told is let in, however often he asked before. */
static void test_refusals_are_not_counted(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    int64_t wait;
    (void)state;
    for (int i = 0; i < 50; i++)
        (void)ask(l, "a", 0, &wait);
    assert_true(ask(l, "a", 10000, &wait));
    ratelimit_free(l);
}

static void test_full_again_after_rest(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    int64_t wait;
    int allowed = 0;
    (void)state;
    for (int i = 0; i < 10; i++)
        allowed += ask(l, "a", 0, &wait);
    for (int i = 0; i < 10; i++)
        allowed += ask(l, "a", 3600000, &wait);
    assert_int_equal(allowed, 6); /* no saving up over the burst */
    ratelimit_free(l);
}

static void test_keys_and_purposes_are_apart(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    int64_t wait;
    (void)state;
    for (int i = 0; i < 4; i++)
        (void)ask(l, "a", 0, &wait);
    assert_true(ask(l, "b", 0, &wait));
    assert_true(ratelimit_allows(l, STR("login"), STR("a"), limit, 0, &wait));
    /* "ab"+"c" is not "a"+"bc" */
    for (int i = 0; i < 4; i++)
        (void)ratelimit_allows(l, STR("ab"), STR("c"), limit, 0, &wait);
    assert_true(ratelimit_allows(l, STR("a"), STR("bc"), limit, 0, &wait));
    ratelimit_free(l);
}

/* A clock that is set back must not lock anybody out for longer than the burst lasts. */
static void test_clock_goes_back(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    int64_t wait;
    (void)state;
    assert_true(ask(l, "a", 1000000, &wait));
    assert_true(ask(l, "a", 1000000, &wait));
    (void)ask(l, "a", 990000, &wait);
    assert_true(ask(l, "a", 1011000, &wait));
    ratelimit_free(l);
}

/* More strangers than there are slots: memory stays, and who is at his limit stays there. */
static void test_flood_keeps_the_busy(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    char key[32];
    int64_t wait;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(ask(l, "busy", 0, &wait));
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "stranger-%d", i);
        (void)ask(l, key, i / 10, &wait);
    }
    assert_false(ask(l, "busy", 500, &wait));
    ratelimit_free(l);
}

static void *hammer(void *arg)
{
    static atomic_int allowed;
    int64_t wait;
    for (int i = 0; i < 2000; i++)
        if (ask(arg, "shared", 0, &wait))
            allowed++;
    return &allowed;
}

static void test_threads_share_one_bucket(void **state)
{
    struct ratelimit *l = ratelimit_new(64);
    pthread_t threads[4];
    void *allowed = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, l), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], &allowed);
    assert_int_equal(*(atomic_int *)allowed, 3);
    ratelimit_free(l);
}

static void key_is(const char *address, const char *expected)
{
    char room[64];
    assert_str_equal(ratelimit_address_key(str_from(address), room), str_from(expected));
}

static void test_address_keys(void **state)
{
    (void)state;
    key_is("203.0.113.7", "203.0.113.7");
    key_is("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::/64");
    key_is("2001:db8:1:2::9", "2001:0db8:0001:0002::/64");
    key_is("::ffff:203.0.113.7", "203.0.113.7");
    key_is("", "");
    key_is("not:an:address", "not:an:address");
    key_is("a very long text that no address of this world has, longer than the room for one",
           "a very long text that no address of this world has, longer than the room for one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_then_wait),
        cmocka_unit_test(test_refusals_are_not_counted),
        cmocka_unit_test(test_full_again_after_rest),
        cmocka_unit_test(test_keys_and_purposes_are_apart),
        cmocka_unit_test(test_clock_goes_back),
        cmocka_unit_test(test_flood_keeps_the_busy),
        cmocka_unit_test(test_threads_share_one_bucket),
        cmocka_unit_test(test_address_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
