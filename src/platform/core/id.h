/*
 * Identifiers.
 *
 * A row id is a positive 63-bit number, ordered by time of making: 42 bits of milliseconds since
 * 2020-01-01 UTC (until the year 2159), 10 bits of a per-process random node, 11 bits of a counter.
 * Made by the program, never by the database, so that an insert can be repeated safely and both
 * engines agree. Thread-safe, strictly increasing within a process
 * (also when the clock is set back: ids then go on from the latest one).
 */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "platform/core/arena.h"

int64_t id_new(void);
/* The millisecond (UTC) in which the id was made. */
int64_t id_time_ms(int64_t id);
/* The smallest id that could be made at that time: turns a time range into an id range. Clamped. */
int64_t id_floor(int64_t utc_ms);
/* An id for something of another time than now (imports, demonstrations): 2 million calls in a row
 * for the same millisecond give different ids. All before 2020 are of its first one. */
int64_t id_at(int64_t utc_ms);

/* `bytes` random bytes (16 to 256) as URL-safe base64 without padding, for secret links and tokens.
 */
struct str id_secret(struct arena *a, size_t bytes);

/*
 * A public report number that can be read over a phone and written down by hand: eight random
 * characters in two groups and a check character, "7K3M-Q4DA-N". The alphabet has 19 characters:
 * 3 4 6 7 8 9 A D E F G J K M N Q R T W. It has neither side of 0/O, 1/I/L, 5/S, 2/Z, U/V, and no
 * letter that Cyrillic and Latin hands write alike but read differently (B C H P X Y).
 *
 * The check character is that of the pure systems of ISO 7064 (as in MOD 11-2) with modulus 19 and
 * radix 2: it finds every single wrong character and every exchange of two characters. About
 * 1.7e10 numbers, chosen at random, so one says nothing of the next; the caller keeps a unique
 * key and asks again in the rare case that a number is taken.
 */
struct str id_number(struct arena *a);
/* The same number for the same seed, for demonstrations whose addresses stay the same; the seed's
 * remainder by 19^8 (about 1.7e10) decides. */
struct str id_number_of(struct arena *a, uint64_t seed);
/* Accepts lower case, missing or extra dashes and blanks, and Cyrillic letters that look like one
 * of ours (А Е К М Т З) or that a listener writes for one (Д Ф Г Й Н Р); writes the canonical form.
 * False when the length or the check character does not fit. */
bool id_number_parse(struct arena *a, struct str typed, struct str *canonical);

#endif
