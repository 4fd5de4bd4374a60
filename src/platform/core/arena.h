/*
 * Request- and job-scoped memory: allocate freely, release everything at once.
 *
 * One arena per request, job or command; not thread-safe. Allocation never fails (out of memory
 * aborts). Built with -Dguard=true (sanitizer builds) every allocation is its own malloc, so
 * that use-after-free and overruns inside the arena are seen.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "platform/core/str.h"

#include <stdarg.h>

struct arena;

struct arena *arena_new(void);
/* Runs deferred clean-ups, last first, then releases every byte. NULL is allowed. */
void arena_free(struct arena *a);
/* As arena_free, but the arena stays usable and keeps its first block. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type; never NULL, also for 0 bytes. */
void *arena_alloc(struct arena *a, size_t n);
/* Room for `count` items of `size`; aborts on overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

/* Copies. A NULL view stays NULL. The copy is NUL-terminated beyond its length. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Runs fn(ptr) when the arena is freed or reset. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

/* Bytes handed out since creation or reset. */
size_t arena_used(const struct arena *a);

/*
 * A growing array inside an arena:
 *     struct thing_list { struct thing *v; size_t n, cap; } list = {0};
 *     ARENA_PUSH(a, list, ((struct thing){...}));
 */
#define ARENA_PUSH(a, list, item)                                                                  \
    do {                                                                                           \
        if ((list).n == (list).cap)                                                                \
            (list).v =                                                                             \
                arena_grow((a), (list).v, (list).n, &(list).cap, sizeof(__typeof__(*(list).v)));   \
        (list).v[(list).n++] = (item);                                                             \
    } while (0)
void *arena_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size);

#endif
