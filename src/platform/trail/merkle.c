/* The tree of RFC 6962; see merkle.h. */
#include "platform/trail/merkle.h"

#include <sodium.h>

static struct hash hash_of(unsigned char prefix, struct str a, struct str b)
{
    crypto_hash_sha256_state state;
    struct hash out;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &prefix, 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)a.p, a.n);
    crypto_hash_sha256_update(&state, (const unsigned char *)b.p, b.n);
    crypto_hash_sha256_final(&state, out.b);
    return out;
}

/* Leaves and nodes are hashed with different prefixes, so that neither can pass for the other. */
struct hash merkle_leaf(struct str bytes)
{
    return hash_of(0, bytes, STR(""));
}

struct hash merkle_parent(struct hash left, struct hash right)
{
    return hash_of(1, hash_str(&left), hash_str(&right));
}

void merkle_add(struct merkle *m, struct hash leaf, merkle_node_fn node, void *arg)
{
    struct hash h = leaf;
    int level = 0;
    /* Each peak that is there already is the left half of a subtree that is now complete. */
    for (; m->size >> level & 1; level++) {
        h = merkle_parent(m->peaks[level], h);
        if (node)
            node(arg, level + 1, m->size >> (level + 1), h);
    }
    INVARIANT(level < MERKLE_LEVELS);
    m->peaks[level] = h;
    m->size++;
}

struct hash merkle_root(const struct merkle *m)
{
    struct hash root = {{0}};
    bool any = false;
    if (m->size == 0)
        crypto_hash_sha256(root.b, NULL, 0);
    for (int level = 0; level < MERKLE_LEVELS; level++) {
        if (!(m->size >> level & 1))
            continue;
        root = any ? merkle_parent(m->peaks[level], root) : m->peaks[level];
        any = true;
    }
    return root;
}

size_t merkle_pack(const struct merkle *m, unsigned char out[MERKLE_LEVELS * MERKLE_HASH])
{
    size_t n = 0;
    for (int level = MERKLE_LEVELS - 1; level >= 0; level--) {
        if (!(m->size >> level & 1))
            continue;
        memcpy(out + n, m->peaks[level].b, MERKLE_HASH);
        n += MERKLE_HASH;
    }
    return n;
}

bool merkle_unpack(struct merkle *m, uint64_t size, struct str peaks)
{
    size_t at = 0;
    *m = (struct merkle){.size = size};
    if (size >> MERKLE_LEVELS || peaks.n != (size_t)__builtin_popcountll(size) * MERKLE_HASH)
        return false;
    for (int level = MERKLE_LEVELS - 1; level >= 0; level--) {
        if (!(size >> level & 1))
            continue;
        memcpy(m->peaks[level].b, peaks.p + at, MERKLE_HASH);
        at += MERKLE_HASH;
    }
    return true;
}

/* The largest power of two smaller than n (n > 1). */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

int merkle_path(uint64_t seq, uint64_t size, struct merkle_range out[MERKLE_LEVELS])
{
    INVARIANT(seq < size && !(size >> MERKLE_LEVELS));
    uint64_t from = 0, to = size;
    int n = 0;
    while (to - from > 1) {
        uint64_t middle = from + split(to - from);
        if (seq < middle) {
            out[n++] = (struct merkle_range){middle, to};
            to = middle;
        } else {
            out[n++] = (struct merkle_range){from, middle};
            from = middle;
        }
    }
    for (int i = 0; i < n / 2; i++) { /* from the leaf upwards */
        struct merkle_range swap = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = swap;
    }
    return n;
}

bool merkle_proves(struct hash leaf, uint64_t seq, uint64_t size, const struct hash *path, size_t n,
                   struct hash root)
{
    if (seq >= size)
        return false;
    uint64_t node = seq, last = size - 1;
    struct hash h = leaf;
    for (size_t i = 0; i < n; i++) {
        if (last == 0)
            return false;
        if (node & 1 || node == last) {
            h = merkle_parent(path[i], h);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            h = merkle_parent(h, path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(h, root);
}
