/* The tree against the known hashes of RFC 6962's reference implementation, and proofs of every
 * leaf. */
#include "platform/trail/merkle.h"

#include "platform/core/testing.h"

#include <sodium.h>

static struct hash from_hex(const char *hex)
{
    struct hash h;
    assert_int_equal(sodium_hex2bin(h.b, sizeof h.b, hex, strlen(hex), NULL, NULL, NULL), 0);
    return h;
}

/* Leaves and roots of the test data of the Certificate Transparency project. */
static const struct {
    struct str leaf;
    const char *root;
} known[] = {
    {STRI(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {STRI("\0"), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {STRI("\x10"), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {STRI("\x20\x21"), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {STRI("\x30\x31"), "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {STRI("\x40\x41\x42\x43"), "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {STRI("\x50\x51\x52\x53\x54\x55\x56\x57"),
     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {STRI("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static void grows_as_the_standard_says(void **state)
{
    (void)state;
    struct merkle m = {0};
    assert_true(hash_eq(merkle_root(&m), from_hex("e3b0c44298fc1c149afbf4c8996fb924"
                                                  "27ae41e4649b934ca495991b7852b855")));
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        unsigned char peaks[MERKLE_LEVELS * MERKLE_HASH];
        merkle_add(&m, merkle_leaf(known[i].leaf), NULL, NULL);
        assert_true(hash_eq(merkle_root(&m), from_hex(known[i].root)));
        struct merkle back;
        size_t n = merkle_pack(&m, peaks);
        assert_true(merkle_unpack(&back, m.size, str_of((const char *)peaks, n)));
        assert_true(hash_eq(merkle_root(&back), from_hex(known[i].root)));
        assert_false(merkle_unpack(&back, m.size + 1, str_of((const char *)peaks, n + 1)));
    }
}

enum { MOST = 70 };

static struct hash leaves[MOST];

/* Straight from the definition: MTH(D[n]). */
static struct hash root_of(uint64_t from, uint64_t to)
{
    uint64_t n = to - from, half = 1;
    if (n == 1)
        return leaves[from];
    while (half * 2 < n)
        half *= 2;
    return merkle_parent(root_of(from, from + half), root_of(from + half, to));
}

static int nodes_seen;

static void check_node(void *arg, int level, uint64_t position, struct hash h)
{
    (void)arg;
    uint64_t width = UINT64_C(1) << level;
    assert_true(hash_eq(h, root_of(position * width, (position + 1) * width)));
    nodes_seen++;
}

static void proves_every_leaf_of_every_size(void **state)
{
    (void)state;
    struct merkle m = {0};
    property_seed(31);
    random_fill(leaves, sizeof leaves);
    for (uint64_t size = 1; size <= MOST; size++) {
        merkle_add(&m, leaves[size - 1], check_node, NULL);
        assert_true(hash_eq(merkle_root(&m), root_of(0, size)));
        for (uint64_t seq = 0; seq < size; seq++) {
            struct merkle_range ranges[MERKLE_LEVELS];
            struct hash path[MERKLE_LEVELS];
            size_t n = (size_t)merkle_path(seq, size, ranges);
            for (size_t i = 0; i < n; i++)
                path[i] = root_of(ranges[i].from, ranges[i].to);
            struct hash root = merkle_root(&m);
            assert_true(merkle_proves(leaves[seq], seq, size, path, n, root));
            /* Nothing else is proved by it. */
            assert_false(merkle_proves(leaves[(seq + 1) % MOST], seq, size, path, n, root));
            assert_false(merkle_proves(leaves[seq], seq, size, path, n + 1, root));
            assert_false(n > 0 && merkle_proves(leaves[seq], seq, size, path, n - 1, root));
            assert_false(merkle_proves(leaves[seq], size, size, path, n, root));
            if (n > 0) {
                path[n / 2].b[3] ^= 1;
                assert_false(merkle_proves(leaves[seq], seq, size, path, n, root));
            }
        }
    }
    assert_int_equal(nodes_seen, 35 + 17 + 8 + 4 + 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_as_the_standard_says),
        cmocka_unit_test(proves_every_leaf_of_every_size),
    };
    return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
