/*
 * The Merkle tree of RFC 6962 section 2.1 over SHA-256, growing leaf by leaf: only the peaks (roots
 * of the complete subtrees that the leaves so far make up) are kept.
 */
#ifndef TRAIL_MERKLE_H
#define TRAIL_MERKLE_H

#include "platform/core/str.h"

#define MERKLE_HASH 32
#define MERKLE_LEVELS 48

struct hash {
    unsigned char b[MERKLE_HASH];
};

struct merkle {
    uint64_t size; /* leaves */
    /* peaks[i] is the root of a complete subtree of 2^i leaves, where bit i of size is set. */
    struct hash peaks[MERKLE_LEVELS];
};

struct hash merkle_leaf(struct str bytes);
struct hash merkle_parent(struct hash left, struct hash right);

/* Called for each complete subtree that the new leaf closes, level 1 and up. */
typedef void (*merkle_node_fn)(void *arg, int level, uint64_t position, struct hash h);
void merkle_add(struct merkle *m, struct hash leaf, merkle_node_fn node, void *arg);
struct hash merkle_root(const struct merkle *m);

/* The peaks as bytes, highest level first, and back; false when the length does not fit. */
size_t merkle_pack(const struct merkle *m, unsigned char out[MERKLE_LEVELS * MERKLE_HASH]);
bool merkle_unpack(struct merkle *m, uint64_t size, struct str peaks);

/* The subtrees whose roots make up the proof that leaf `seq` is in the tree of `size` leaves, from
 * the leaf upwards; those that are not complete have to be computed from smaller ones. */
struct merkle_range {
    uint64_t from, to; /* leaves from <= i < to */
};
int merkle_path(uint64_t seq, uint64_t size, struct merkle_range out[MERKLE_LEVELS]);
/* Does the path lead from the leaf to the root? (RFC 9162 section 2.1.3.2) */
bool merkle_proves(struct hash leaf, uint64_t seq, uint64_t size, const struct hash *path, size_t n,
                   struct hash root);

static inline bool hash_eq(struct hash a, struct hash b)
{
    return memcmp(a.b, b.b, MERKLE_HASH) == 0;
}
static inline struct str hash_str(const struct hash *h)
{
    return str_of((const char *)h->b, MERKLE_HASH);
}
static inline bool hash_from(struct hash *out, struct str s)
{
    if (s.n != MERKLE_HASH)
        return false;
    memcpy(out->b, s.p, MERKLE_HASH);
    return true;
}

#endif
