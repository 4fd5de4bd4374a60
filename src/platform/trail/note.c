/* Signed notes; see note.h. */
#include "platform/trail/note.h"

#define DASH "\xE2\x80\x94 "

enum { ED25519 = 1, KEY_HASH = 4, SIGNATURE = KEY_HASH + crypto_sign_BYTES };

void note_key_derive(struct note_key *out, const unsigned char installation[32])
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    INVARIANT(crypto_kdf_derive_from_key(seed, sizeof seed, 1, "aimktrl1", installation) == 0);
    crypto_sign_seed_keypair(out->public_key, out->secret_key, seed);
    sodium_memzero(seed, sizeof seed);
}

static void put_base64(struct buf *out, const unsigned char *bytes, size_t n)
{
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *to = buf_reserve(out, room);
    sodium_bin2base64(to, room, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    out->n += room - 1;
}

static bool read_base64(unsigned char *out, size_t n, struct str s)
{
    size_t got = 0;
    const char *end = NULL;
    return sodium_base642bin(out, n, s.p, s.n, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           got == n && end == s.p + s.n;
}

/* The first bytes of a hash over name and key: which of several keys a signature is of. */
static void key_hash(unsigned char out[KEY_HASH], struct str name,
                     const unsigned char public_key[crypto_sign_PUBLICKEYBYTES])
{
    unsigned char h[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)name.p, name.n);
    crypto_hash_sha256_update(&state, (const unsigned char *)"\n\x01", 2);
    crypto_hash_sha256_update(&state, public_key, crypto_sign_PUBLICKEYBYTES);
    crypto_hash_sha256_final(&state, h);
    memcpy(out, h, KEY_HASH);
}

void note_key_text(struct buf *out, struct str name,
                   const unsigned char public_key[crypto_sign_PUBLICKEYBYTES])
{
    unsigned char hash[KEY_HASH], typed[1 + crypto_sign_PUBLICKEYBYTES] = {ED25519};
    key_hash(hash, name, public_key);
    memcpy(typed + 1, public_key, crypto_sign_PUBLICKEYBYTES);
    buf_str(out, name);
    buf_char(out, '+');
    buf_hex(out, hash, sizeof hash);
    buf_char(out, '+');
    put_base64(out, typed, sizeof typed);
}

void checkpoint_sign(struct buf *out, const struct checkpoint *c, const struct note_key *key)
{
    unsigned char signature[SIGNATURE];
    size_t from = out->n;
    buf_str(out, c->origin);
    buf_printf(out, "\n%llu\n", (unsigned long long)c->size);
    put_base64(out, c->root.b, MERKLE_HASH);
    buf_char(out, '\n');
    key_hash(signature, c->origin, key->public_key);
    crypto_sign_detached(signature + KEY_HASH, NULL, (const unsigned char *)out->p + from,
                         out->n - from, key->secret_key);
    buf_cstr(out, "\n" DASH);
    buf_str(out, c->origin);
    buf_char(out, ' ');
    put_base64(out, signature, sizeof signature);
    buf_char(out, '\n');
}

enum err checkpoint_read(struct str note, struct checkpoint *out)
{
    struct str rest = note, size, root, gap;
    if (!str_split(&rest, '\n', &out->origin) || !str_split(&rest, '\n', &size) ||
        !str_split(&rest, '\n', &root) || !str_split(&rest, '\n', &gap))
        return ERR_PARSE;
    if (str_empty(out->origin) || !str_to_u64(size, &out->size) ||
        !read_base64(out->root.b, MERKLE_HASH, root) || !str_empty(gap))
        return ERR_PARSE;
    return ERR_OK;
}

bool checkpoint_signed_by(struct str note,
                          const unsigned char public_key[crypto_sign_PUBLICKEYBYTES])
{
    ptrdiff_t gap = str_find(note, STR("\n\n"));
    if (gap < 0)
        return false;
    struct str text = str_slice(note, 0, (size_t)gap + 1);
    struct str rest = str_slice(note, (size_t)gap + 2, note.n), line;
    while (str_split(&rest, '\n', &line)) {
        if (!str_starts(line, STR(DASH)))
            continue;
        struct str signer = str_slice(line, strlen(DASH), line.n);
        ptrdiff_t blank = str_find_char(signer, ' ');
        unsigned char hash[KEY_HASH], signature[SIGNATURE];
        if (blank < 0 || !read_base64(signature, sizeof signature,
                                      str_slice(signer, (size_t)blank + 1, signer.n)))
            continue;
        key_hash(hash, str_slice(signer, 0, (size_t)blank), public_key);
        if (memcmp(hash, signature, KEY_HASH) == 0 &&
            crypto_sign_verify_detached(signature + KEY_HASH, (const unsigned char *)text.p, text.n,
                                        public_key) == 0)
            return true;
    }
    return false;
}
