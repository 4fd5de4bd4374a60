/*
 * The arena compiled with AIMAK_GUARD whatever the build says, over counting malloc and free. Its
 * functions take the place of the library's.
 */
#ifndef AIMAK_GUARD
#define AIMAK_GUARD 1
#endif
#define GUARD_COUNTED 1

#include "platform/core/arena.h"

static size_t guard_mallocs, guard_frees, guard_latest_size;

static void *counted_malloc(size_t n)
{
    guard_mallocs++;
    guard_latest_size = n;
    return malloc(n);
}

static void counted_free(void *p)
{
    guard_frees++;
    free(p);
}

#define malloc counted_malloc
#define free counted_free
#include "platform/core/arena.c"
#undef malloc
#undef free

#include "platform/core/arena_test.c"
