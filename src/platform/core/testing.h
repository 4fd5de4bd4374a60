/*
 * What tests share: cmocka with the headers it forgets to include, a seeded generator for property
 * tests, and a way to see that a broken invariant stops the process. Only tests include this.
 *
 * The generator is random_u64() of clock.h after property_seed(). A failing property prints the
 * seed; AIMAK_SEED=N runs the test with another one.
 */
#ifndef CORE_TESTING_H
#define CORE_TESTING_H

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Starts a repeatable stream of random numbers. */
static inline void property_seed(uint64_t seed)
{
    uint64_t wanted;
    if (str_to_u64(str_from(getenv("AIMAK_SEED")), &wanted) && wanted)
        seed = wanted;
    random_seed_for_test(seed);
}

/* Another seed each time, for tests in which nothing should depend on it: says how to repeat the
 * run. */
static inline void property_seed_any(void)
{
    uint64_t seed = random_u64() >> 1 | 1;
    uint64_t wanted;
    if (str_to_u64(str_from(getenv("AIMAK_SEED")), &wanted) && wanted)
        seed = wanted;
    printf("# AIMAK_SEED=%llu repeats this run\n", (unsigned long long)seed);
    random_seed_for_test(seed);
}

/* A number from least to most, both included. */
static inline int64_t property_between(int64_t least, int64_t most)
{
    uint64_t span = (uint64_t)most - (uint64_t)least + 1;
    return (int64_t)((uint64_t)least + (span ? random_u64() % span : random_u64()));
}

/* Any 64-bit number, small ones and ends of the range more often than chance. */
static inline int64_t property_i64(void)
{
    switch (random_u64() % 8) {
    case 0:
        return property_between(-100, 100);
    case 1:
        return INT64_MAX - property_between(0, 2);
    case 2:
        return INT64_MIN + property_between(0, 2);
    default:
        return (int64_t)random_u64() >> (random_u64() % 63);
    }
}

/* Appends up to `max` code points that utf8_is_text accepts; letters and CSV's own signs often. */
static inline void property_text(struct buf *b, int64_t max)
{
    static const char signs[] = ",;\"\r\n\t '=+-@.{}";
    for (int64_t n = property_between(0, max); n > 0; n--) {
        switch (random_u64() % 5) {
        case 0:
            buf_char(b, signs[random_u64() % (sizeof(signs) - 1)]);
            break;
        case 1:
            buf_char(b, (char)property_between('a', 'z'));
            break;
        case 2:
            buf_utf8(b, (uint32_t)property_between(0x0400, 0x04FF));
            break;
        case 3:
            buf_utf8(b, (uint32_t)property_between(0x00A0, 0xD7FF));
            break;
        default:
            buf_utf8(b, (uint32_t)property_between(0x10000, 0x10FFFF));
        }
    }
}

/* Fails unless the view has exactly these bytes. */
#define assert_str_equal(actual, expected)                                                         \
    do {                                                                                           \
        struct str actual_ = (actual), expected_ = (expected);                                     \
        if (!str_eq(actual_, expected_))                                                           \
            fail_msg("\"%.*s\" is not \"%.*s\"", STRF(actual_), STRF(expected_));                  \
    } while (0)

/* True when fn(arg) ends the process with abort(), as INVARIANT does. */
static inline bool aborts(void (*fn)(void *), void *arg)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(3);
        fn(arg);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* Memory and time mean nothing in a build with a sanitizer. gcc says so by macros, clang by
 * __has_feature. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TEST_SANITIZED 1
#endif
#endif
#ifndef TEST_SANITIZED
#define TEST_SANITIZED 0
#endif

#endif
