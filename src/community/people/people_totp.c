/*
 * The second factor: six digits from a phone, RFC 6238 with SHA-1 and steps of 30 seconds (what
 * every authenticator understands), taken one step early or late, and never twice. The secret lies
 * in the database encrypted under the installation's key. (The only file with <nettle/hmac.h>:
 * libsodium has no SHA-1.)
 */
#include "community/people/people_internal.h"

#include <nettle/hmac.h>
#include <sodium.h>

enum { STEP_S = 30, DRIFT = 1 };

int64_t totp_step_at(int64_t now_ms)
{
    return now_ms / 1000 / STEP_S;
}

int totp_code_at(struct str secret, int64_t step)
{
    struct hmac_sha1_ctx hmac;
    uint8_t counter[8], digest[SHA1_DIGEST_SIZE];
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1_set_key(&hmac, secret.n, (const uint8_t *)secret.p);
    hmac_sha1_update(&hmac, sizeof(counter), counter);
    hmac_sha1_digest(&hmac, sizeof(digest), digest);
    /* Dynamic truncation, RFC 4226 section 5.3. */
    unsigned at = digest[SHA1_DIGEST_SIZE - 1] & 0xfu;
    uint32_t code = ((uint32_t)digest[at] & 0x7f) << 24 | (uint32_t)digest[at + 1] << 16 |
                    (uint32_t)digest[at + 2] << 8 | digest[at + 3];
    sodium_memzero(&hmac, sizeof(hmac));
    return (int)(code % 1000000);
}

struct str totp_text(struct arena *a, int code)
{
    return arena_printf(a, "%06d", code);
}

bool digits_of(struct str typed, char out[7])
{
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ' || typed.p[i] == '-')
            continue;
        if (n == 6 || typed.p[i] < '0' || typed.p[i] > '9')
            return false;
        out[n++] = typed.p[i];
    }
    out[n] = '\0';
    return n == 6;
}

bool totp_matches(struct str secret, struct str typed, int64_t now_ms, int64_t after_step,
                  int64_t *step)
{
    char digits[7], expected[7];
    int64_t now = totp_step_at(now_ms);
    bool found = false;
    if (!digits_of(typed, digits))
        return false;
    for (int64_t s = now - DRIFT; s <= now + DRIFT; s++) {
        snprintf(expected, sizeof(expected), "%06d", totp_code_at(secret, s));
        /* Newest last; every step is computed whatever the result. */
        if (sodium_memcmp(expected, digits, 6) == 0 && s > after_step) {
            *step = s;
            found = true;
        }
    }
    return found;
}

struct str totp_base32(struct arena *a, struct str secret)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buf *out = buf_in(a);
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < secret.n; i++) {
        bits = (bits << 8 | (unsigned char)secret.p[i]) & 0xffff;
        for (have += 8; have >= 5; have -= 5)
            buf_char(out, alphabet[bits >> (have - 5) & 31]);
    }
    if (have > 0)
        buf_char(out, alphabet[bits << (5 - have) & 31]);
    return buf_view(out);
}

struct str totp_address(struct arena *a, struct str secret, struct str issuer, struct str login)
{
    struct buf *out = buf_in(a);
    buf_cstr(out, "otpauth://totp/");
    buf_percent(out, issuer);
    buf_char(out, ':');
    buf_percent(out, login);
    buf_cstr(out, "?secret=");
    buf_str(out, totp_base32(a, secret));
    buf_cstr(out, "&issuer=");
    buf_percent(out, issuer);
    return buf_view(out);
}

/* The secrets of the demonstration's people are known to everybody. */
bool demo_shows_code(const struct req *r, const struct account *account)
{
    struct str address = r->http->address;
    bool loopback = str_starts(address, STR("127.")) || str_eq(address, STR("::1"));
    return r->app->demo && r->app->development && account->fictional && loopback;
}

/* --- keeping secrets --- */

void people_key(const struct app *app, const char *purpose, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose), app->key,
                       sizeof(app->key));
}

struct str people_hash(struct arena *a, const struct app *app, const char *purpose,
                       struct str secret)
{
    unsigned char key[32];
    char *out = arena_alloc(a, 32);
    people_key(app, purpose, key);
    crypto_generichash((unsigned char *)out, 32, (const unsigned char *)secret.p, secret.n, key,
                       sizeof(key));
    sodium_memzero(key, sizeof(key));
    return str_of(out, 32);
}

struct str people_seal(struct arena *a, const struct app *app, const char *purpose,
                       struct str secret)
{
    unsigned char key[32];
    size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.n;
    unsigned char *out = arena_alloc(a, n);
    people_key(app, purpose, key);
    random_fill(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.p,
                          secret.n, out, key);
    sodium_memzero(key, sizeof(key));
    return str_of((char *)out, n);
}

bool people_unseal(struct arena *a, const struct app *app, const char *purpose, struct str sealed,
                   struct str *out)
{
    unsigned char key[32];
    const size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (sealed.n <= extra)
        return false;
    const unsigned char *bytes = (const unsigned char *)sealed.p;
    unsigned char *plain = arena_alloc(a, sealed.n - extra);
    people_key(app, purpose, key);
    bool good = crypto_secretbox_open_easy(plain, bytes + crypto_secretbox_NONCEBYTES,
                                           sealed.n - crypto_secretbox_NONCEBYTES, bytes, key) == 0;
    sodium_memzero(key, sizeof(key));
    *out = str_of((char *)plain, sealed.n - extra);
    return good;
}
