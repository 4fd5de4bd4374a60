/*
 * Time, behind an interface that tests can drive. UTC milliseconds inside, calendar dates at the
 * edges. Kyrgyzstan has kept UTC+6 without daylight saving since August 2005 (IANA zone
 * Asia/Bishkek), so the municipal calendar is a fixed offset; dates before that are shown with it
 * too.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include "platform/core/buf.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)
#define BISHKEK_OFFSET_MS (6 * MS_HOUR)

int64_t clock_now_ms(void);       /* since 1970-01-01 UTC */
int64_t clock_monotonic_ms(void); /* for deadlines and durations */
int64_t clock_monotonic_us(void);

/* Tests: freeze the wall clock (and move it); 0 gives the real one back. */
void clock_set_for_test(int64_t now_ms);

/*
 * A calendar date is a day number since 1970-01-01 in the municipal calendar; stored as integer.
 * Numbers beyond a million years from now, as a damaged row may hold, are clamped.
 */
struct civil {
    int year, month, day; /* month 1-12, day 1-31 */
};
int64_t day_of_ms(int64_t utc_ms);      /* municipal day that contains the instant */
int64_t day_start_ms(int64_t day);      /* instant of municipal midnight */
int64_t day_today(void);                /* municipal day now */
int64_t day_from_civil(struct civil c); /* proleptic Gregorian; the date must be a real one */
struct civil day_to_civil(int64_t day);
int day_weekday(int64_t day); /* 1 Monday ... 7 Sunday (ISO 8601) */
int day_days_in_month(int year, int month);

/* "2026-11-22", whole string, real dates only. */
bool day_parse(struct str s, int64_t *day);
void buf_day(struct buf *b, int64_t day);
/* RFC 3339 with zone. Writing uses +06:00 ("2026-11-22T09:15:00+06:00"); reading takes any zone. */
void buf_rfc3339(struct buf *b, int64_t utc_ms);
bool rfc3339_parse(struct str s, int64_t *utc_ms);
/* "Sun, 22 Nov 2026 03:15:00 GMT" (RFC 9110 section 5.6.7; also RSS and mail). */
void buf_http_date(struct buf *b, int64_t utc_ms);
/* The same form read, whole seconds; the two obsolete forms and wrong weekdays are no date. */
bool http_date_parse(struct str s, int64_t *utc_ms);

/* Random bytes from the kernel, fit for secrets. Thread-safe. A test may seed a repeatable stream
 * instead; 0 gives the kernel's back. */
void random_fill(void *bytes, size_t n);
uint64_t random_u64(void);
void random_seed_for_test(uint64_t seed);

#endif
