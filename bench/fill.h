/*
 * Shared by the parts of bench_fill: a made-up country of any size, the same in every run.
 */
#ifndef BENCH_FILL_H
#define BENCH_FILL_H

#include "community/places/places.h"
#include "platform/store/db.h"

/* Services that the made-up municipalities provide and promise something for. */
#define FILL_SERVICES 8
#define FILL_PROMISE_DAYS 10 /* working days in which every report is promised to be resolved */

struct fill_unit {
    char code[32];
    const struct place *place;
    int64_t promise[FILL_SERVICES]; /* id of the promise that sets a report's deadline */
};

/* A number that people know, and where it leads. */
struct fill_number {
    char text[16];
    int32_t unit;
    int64_t id;
};

struct fill {
    struct app *app;
    struct arena *arena; /* for as long as the program */
    int64_t today, now_ms;
    int64_t unit_count, report_count;
    struct fill_unit *units;
    struct fill_number *numbers; /* report_count of them */
    struct str services[FILL_SERVICES];
};

/* Splitmix64: every municipality has its own stream, so none depends on another. */
struct dice {
    uint64_t state;
};
static inline uint64_t dice_next(struct dice *d)
{
    uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}
static inline int64_t dice_below(struct dice *d, int64_t n)
{
    return (int64_t)(dice_next(d) % (uint64_t)n);
}
static inline double dice_share(struct dice *d) /* in (0, 1] */
{
    return ((double)(dice_next(d) >> 11) + 1) / 9007199254740992.0;
}

/* Reports [from, to) of one municipality (counted from 0 in the whole), with events, reporters,
 * totals and answer times. */
MUST enum err fill_reports(struct fill *f, int32_t unit, int64_t from, int64_t to);
/* The numbers of all reports, in the order of the index. */
MUST enum err fill_numbers(struct fill *f);

#endif
