/*
 * Data that many threads read at every request and that changes a few times a year (the territory,
 * the catalogue of services, the working calendar): kept in memory as one immutable snapshot,
 * replaced as a whole. A reader holds the snapshot that is current when it asks until its own arena
 * ends; the last one to let go of an old snapshot frees it. The lock is held for a few
 * instructions.
 *
 *     struct territory_snapshot { struct snapshot base; struct territory t; };
 *     static struct snapshot_slot slot = SNAPSHOT_SLOT;
 *     struct territory_snapshot *s = snapshot_new(sizeof *s);   fill it from s->base.arena, then
 *     snapshot_replace(&slot, &s->base);                        or snapshot_drop(&s->base) on
 * failure
 *     ...
 *     s = snapshot_hold(&slot, r->arena);
 */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include "platform/core/arena.h"

#include <pthread.h>

struct snapshot {
    struct arena *arena; /* everything of the snapshot, itself included */
    int references;
};

struct snapshot_slot {
    pthread_mutex_t lock;
    struct snapshot *current;
};
#define SNAPSHOT_SLOT                                                                              \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER                                                          \
    }

/* `size` bytes that begin with a struct snapshot, zeroed, in an arena of their own. */
void *snapshot_new(size_t size);
/* Throws a snapshot away that was never made current. */
void snapshot_drop(struct snapshot *s);
/* Makes it current (NULL: none is); the one before lives on while somebody holds it. */
void snapshot_replace(struct snapshot_slot *slot, struct snapshot *s);
/* The current one, held until the arena is freed or reset. One must have been made current. */
void *snapshot_hold(struct snapshot_slot *slot, struct arena *a);
/* The same, NULL when none is current. */
void *snapshot_find(struct snapshot_slot *slot, struct arena *a);

#endif
