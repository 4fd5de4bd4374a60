/* See snapshot.h. References are counted under the slot's lock, so no atomics are needed. */
#include "platform/core/snapshot.h"

struct hold {
    struct snapshot_slot *slot;
    struct snapshot *s;
};

void *snapshot_new(size_t size)
{
    struct arena *a = arena_new();
    struct snapshot *s = arena_alloc(a, size);
    s->arena = a;
    s->references = 1;
    return s;
}

void snapshot_drop(struct snapshot *s)
{
    arena_free(s->arena);
}

static void release(struct snapshot_slot *slot, struct snapshot *s)
{
    pthread_mutex_lock(&slot->lock);
    bool last = --s->references == 0;
    pthread_mutex_unlock(&slot->lock);
    if (last)
        snapshot_drop(s);
}

static void release_hold(void *hold)
{
    struct hold *h = hold;
    release(h->slot, h->s);
}

void snapshot_replace(struct snapshot_slot *slot, struct snapshot *s)
{
    pthread_mutex_lock(&slot->lock);
    struct snapshot *old = slot->current;
    slot->current = s;
    pthread_mutex_unlock(&slot->lock);
    if (old)
        release(slot, old);
}

void *snapshot_find(struct snapshot_slot *slot, struct arena *a)
{
    struct hold *h = ARENA_NEW(a, struct hold);
    pthread_mutex_lock(&slot->lock);
    h->slot = slot;
    h->s = slot->current;
    if (h->s)
        h->s->references++;
    pthread_mutex_unlock(&slot->lock);
    if (h->s)
        arena_defer(a, release_hold, h);
    return h->s;
}

void *snapshot_hold(struct snapshot_slot *slot, struct arena *a)
{
    void *s = snapshot_find(slot, a);
    INVARIANT(s != NULL);
    return s;
}
