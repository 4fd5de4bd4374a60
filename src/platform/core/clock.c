/*
 * The wall clock and the kernel's random numbers, replaceable by tests. Calendar arithmetic is in
 * calendar.c.
 */
#include "platform/core/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/random.h>

static _Atomic int64_t frozen_ms;
static _Atomic uint64_t seeded; /* state of the repeatable stream; 0 when the kernel is asked */

static int64_t read_us(clockid_t which)
{
    struct timespec t;
    INVARIANT(clock_gettime(which, &t) == 0);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    int64_t frozen = atomic_load(&frozen_ms);
    return frozen ? frozen : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

void clock_set_for_test(int64_t now_ms)
{
    atomic_store(&frozen_ms, now_ms);
}

/* SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixer, so threads can share it. */
static uint64_t next_seeded(void)
{
    const uint64_t step = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = atomic_fetch_add(&seeded, step) + step;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void random_fill(void *bytes, size_t n)
{
    unsigned char *p = bytes;
    if (atomic_load(&seeded)) {
        while (n) {
            uint64_t v = next_seeded();
            size_t part = n < sizeof(v) ? n : sizeof(v);
            memcpy(p, &v, part);
            p += part;
            n -= part;
        }
        return;
    }
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            INVARIANT(errno == EINTR);
            continue;
        }
        p += got;
        n -= (size_t)got;
    }
}

uint64_t random_u64(void)
{
    uint64_t v;
    random_fill(&v, sizeof(v));
    return v;
}

void random_seed_for_test(uint64_t seed)
{
    atomic_store(&seeded, seed);
}
