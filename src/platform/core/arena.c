/*
 * Arenas: a chain of blocks from which memory is handed out by moving a pointer.
 *
 * Blocks double up to a bound, so a small request costs one malloc and a large one few. Memory is
 * zeroed when handed out, not when the block is made, because a reset arena reuses its block.
 *
 * With AIMAK_GUARD each allocation is a malloc of exactly its size, remembered in a list, so that
 * the address sanitizer sees an overrun of one byte and every use after arena_free.
 */
#include "platform/core/arena.h"

#include <stdalign.h>

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *ptr;
};

#ifdef AIMAK_GUARD

struct arena {
    void **each;
    size_t n, cap;
    struct deferred *deferred;
    size_t used;
};

static void *take(struct arena *a, size_t n)
{
    if (a->n == a->cap) {
        a->cap = a->cap ? 2 * a->cap : 64;
        a->each = err_memory(realloc(a->each, a->cap * sizeof(*a->each)));
    }
    void *p = err_memory(malloc(n ? n : 1));
    a->each[a->n++] = p;
    return p;
}

struct arena *arena_new(void)
{
    return err_memory(calloc(1, sizeof(struct arena)));
}

static void release(struct arena *a, bool keep)
{
    while (a->n)
        free(a->each[--a->n]);
    if (!keep)
        free(a->each);
}

#else

enum { FIRST_BLOCK = 8 * 1024, LARGEST_BLOCK = 256 * 1024 };

struct block {
    struct block *next; /* the one made before */
    size_t n, cap;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest, *first;
    struct deferred *deferred;
    size_t used;
};

static struct block *block_new(size_t cap)
{
    struct block *block = err_memory(malloc(sizeof(struct block) + cap));
    block->next = NULL;
    block->n = 0;
    block->cap = cap;
    return block;
}

static void *take(struct arena *a, size_t n)
{
    enum { ALIGN = alignof(max_align_t) };
    size_t need = (n + ALIGN - 1) / ALIGN * ALIGN;
    struct block *block = a->newest;
    if (need > block->cap - block->n) {
        size_t cap = block->cap * 2 < LARGEST_BLOCK ? block->cap * 2 : LARGEST_BLOCK;
        if (need > cap / 2) {
            /* Large pieces get a block of their own, behind the one that still has room. */
            struct block *own = block_new(need);
            own->n = need;
            own->next = block->next;
            block->next = own;
            return own->bytes;
        }
        struct block *more = block_new(cap);
        more->next = block;
        a->newest = block = more;
    }
    void *p = block->bytes + block->n;
    block->n += need;
    return p;
}

struct arena *arena_new(void)
{
    struct arena *a = err_memory(calloc(1, sizeof(struct arena)));
    a->newest = a->first = block_new(FIRST_BLOCK);
    return a;
}

static void release(struct arena *a, bool keep)
{
    struct block *block = a->newest;
    while (block) {
        struct block *next = block->next;
        if (!keep || block != a->first)
            free(block);
        block = next;
    }
    if (keep) {
        a->first->next = NULL;
        a->first->n = 0;
        a->newest = a->first;
    }
}

#endif

/* A clean-up may itself allocate or defer, so the list is read anew each time. */
static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct deferred d = *a->deferred;
        a->deferred = d.next;
        d.fn(d.ptr);
    }
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    release(a, false);
    free(a);
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    release(a, true);
    a->used = 0;
}

/* The bound keeps size arithmetic of `take` from wrapping; nothing here is near it. */
static void *take_counted(struct arena *a, size_t n)
{
    INVARIANT(n <= PTRDIFF_MAX / 2);
    a->used += n;
    return take(a, n);
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(take_counted(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    INVARIANT(!__builtin_mul_overflow(count, size, &n));
    return arena_alloc(a, n);
}

char *arena_cstr(struct arena *a, struct str s)
{
    if (!s.p)
        return NULL;
    char *copy = take_counted(a, s.n + 1);
    memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
    return (struct str){arena_cstr(a, s), s.p ? s.n : 0};
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    INVARIANT(n >= 0);
    char *text = take_counted(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){text, (size_t)n};
}

void arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
    struct deferred *d = ARENA_NEW(a, struct deferred);
    *d = (struct deferred){a->deferred, fn, ptr};
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void *arena_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? 2 * *cap : 8;
    INVARIANT(more > *cap);
    void *v = arena_array(a, more, size);
    if (n)
        memcpy(v, old, n * size);
    *cap = more;
    return v;
}
