/*
 * Identifiers.
 *
 * A row id is a positive 63-bit number, ordered by time of making: 42 bits of milliseconds since
 * 2020-01-01 UTC (until the year 2159), 10 bits of a per-process random node, 11 bits of a counter.
 * Made by the program, never by the database, so that an insert can be repeated safely and both
 * engines agree. Thread-safe, strictly increasing within a process.
 */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "platform/core/arena.h"

int64_t id_new(void);
/* The millisecond (UTC) in which the id was made. */
int64_t id_time_ms(int64_t id);
/* The smallest id that could be made at that time: turns a time range into an id range. */
int64_t id_floor(int64_t utc_ms);

/* 128 random bits (or more) as URL-safe text without padding, for secret links and tokens. */
struct str id_secret(struct arena *a, size_t bytes);

/*
 * A public report number that can be read over a phone: eight digits and letters in two groups
 * and a check character, "7K3M-Q2XD-4", from an alphabet without 0/O, 1/I/L, 5/S, 2/Z, U/V or
 * anything that Kyrgyz and Latin hands write alike. Random, so one number says nothing of the next.
 */
struct str id_number(struct arena *a);
/* Accepts lower case, missing or extra dashes and blanks, Cyrillic look-alikes; writes the
 * canonical form. False when the check character does not fit. */
bool id_number_parse(struct arena *a, struct str typed, struct str *canonical);

#endif
