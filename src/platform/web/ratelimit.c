/* Token buckets in a table of fixed size; see ratelimit.h. */
#include "platform/web/ratelimit.h"

#include "platform/core/clock.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>

#define WAYS 8   /* slots of one row, compared one by one */
#define LOCKS 64 /* rows share these */

struct slot {
    uint64_t key;    /* 0: free */
    int64_t full_ms; /* when the bucket is full again */
};

struct ratelimit {
    size_t rows; /* power of two */
    struct slot *slots;
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    pthread_mutex_t lock[LOCKS];
};

struct ratelimit *ratelimit_new(size_t slots)
{
    struct ratelimit *l = calloc(1, sizeof(*l));
    INVARIANT(l);
    l->rows = 8;
    while (l->rows * WAYS < slots)
        l->rows *= 2;
    l->slots = calloc(l->rows * WAYS, sizeof(*l->slots));
    INVARIANT(l->slots);
    randombytes_buf(l->hash_key, sizeof(l->hash_key));
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&l->lock[i], NULL);
    return l;
}

void ratelimit_free(struct ratelimit *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&l->lock[i]);
    free(l->slots);
    free(l);
}

static uint64_t hash_of(const struct ratelimit *l, struct str purpose, struct str key)
{
    struct buf text = BUF_EMPTY;
    unsigned char digest[crypto_shorthash_BYTES];
    uint64_t h;

    buf_u64(&text, purpose.n); /* so that no purpose and key can be taken for another pair */
    buf_char(&text, ':');
    buf_str(&text, purpose);
    buf_str(&text, key);
    crypto_shorthash(digest, (const unsigned char *)text.p, text.n, l->hash_key);
    buf_free(&text);
    memcpy(&h, digest, sizeof(h));
    return h ? h : 1;
}

static int64_t step_of(struct rate_limit limit)
{
    int64_t step_ms = MS_MINUTE / limit.per_minute;
    return step_ms < 1 ? 1 : step_ms;
}

bool ratelimit_allows(struct ratelimit *l, struct str purpose, struct str key,
                      struct rate_limit limit, int64_t now_ms, int64_t *wait_ms)
{
    INVARIANT(limit.per_minute > 0 && limit.burst > 0);
    uint64_t h = hash_of(l, purpose, key);
    size_t row = (size_t)(h >> 32) & (l->rows - 1);
    struct slot *slots = l->slots + row * WAYS, *mine = NULL, *oldest = slots;
    int64_t step_ms = step_of(limit);
    bool allowed;

    pthread_mutex_lock(&l->lock[row % LOCKS]);
    for (size_t i = 0; i < WAYS && !mine; i++) {
        if (slots[i].key == h)
            mine = &slots[i];
        else if (slots[i].full_ms < oldest->full_ms) /* a free slot has 0 */
            oldest = &slots[i];
    }
    if (!mine) {
        mine = oldest;
        *mine = (struct slot){.key = h, .full_ms = now_ms};
    }
    if (mine->full_ms < now_ms)
        mine->full_ms = now_ms;
    int64_t ahead = mine->full_ms - now_ms, room = step_ms * limit.burst;
    allowed = ahead + step_ms <= room;
    if (allowed)
        mine->full_ms += step_ms;
    *wait_ms = allowed ? 0 : ahead + step_ms - room;
    pthread_mutex_unlock(&l->lock[row % LOCKS]);
    return allowed;
}

void ratelimit_forgive(struct ratelimit *l, struct str purpose, struct str key,
                       struct rate_limit limit, int64_t now_ms)
{
    INVARIANT(limit.per_minute > 0 && limit.burst > 0);
    uint64_t h = hash_of(l, purpose, key);
    size_t row = (size_t)(h >> 32) & (l->rows - 1);
    struct slot *slots = l->slots + row * WAYS;

    pthread_mutex_lock(&l->lock[row % LOCKS]);
    for (size_t i = 0; i < WAYS; i++)
        if (slots[i].key == h && slots[i].full_ms > now_ms)
            slots[i].full_ms -= step_of(limit);
    pthread_mutex_unlock(&l->lock[row % LOCKS]);
}

struct str ratelimit_address_key(struct str address, char out[64])
{
    char text[64];
    unsigned char bytes[16];

    if (address.n == 0 || address.n >= sizeof(text))
        return address;
    memcpy(text, address.p, address.n);
    text[address.n] = '\0';
    if (!strchr(text, ':') || inet_pton(AF_INET6, text, bytes) != 1)
        return address;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    int n = memcmp(bytes, mapped, sizeof(mapped)) == 0
                ? snprintf(out, 64, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15])
                : snprintf(out, 64, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1],
                           bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
    return str_of(out, (size_t)n);
}
