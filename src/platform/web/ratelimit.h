/*
 * Limits on how often somebody may do something: one token bucket per key (an address, an account),
 * in a table of fixed size.
 *
 * The bucket is kept as one instant, the time at which it would be full again (GCRA, "virtual
 * scheduling", ITU-T I.371): an attempt is allowed while that instant lies less than `burst`
 * attempts ahead. Keys are kept as keyed hashes only. When a flood of new keys meets a full row of
 * the table, the key that is nearest to being forgotten anyway makes room: memory is bounded, and a
 * busy attacker cannot push himself out.
 */
#ifndef WEB_RATELIMIT_H
#define WEB_RATELIMIT_H

#include "platform/web/slice.h"

struct ratelimit;

/* slots: rounded up to a power of two, at least 64; 16 bytes each. */
struct ratelimit *ratelimit_new(size_t slots);
void ratelimit_free(struct ratelimit *l);

/* Counts an attempt of `key` under `purpose`; true when it is within per_minute and burst (both >
 * 0). Else *wait_ms says when the next one will be; refused attempts are not counted, so waiting
 * helps. Thread-safe. */
bool ratelimit_allows(struct ratelimit *l, struct str purpose, struct str key,
                      struct rate_limit limit, int64_t now_ms, int64_t *wait_ms);

/* Takes back one attempt that was counted: a log-in that succeeded shall not use up the attempts of
 * those who mistype. Thread-safe. */
void ratelimit_forgive(struct ratelimit *l, struct str purpose, struct str key,
                       struct rate_limit limit, int64_t now_ms);

/* The part of a client address that one customer holds: all of IPv4, the first 64 bits of IPv6.
 * Written into `out`; an address that is none is taken as it is. */
struct str ratelimit_address_key(struct str address, char out[64]);

#endif
