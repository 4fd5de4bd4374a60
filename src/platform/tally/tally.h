/*
 * Totals that are always fresh, and that can be counted again.
 *
 * A slice announces counters: what its records add up to (hearings held, people served, people who
 * took part). Whoever writes such a record says so with tally_change() in the same transaction;
 * whoever takes it back says the same with the sign turned. The totals then need no nightly run.
 * The same slice also tells how to count from the records alone (`recount`), so that tally_check()
 * can say whether the kept totals are true: nothing is ever repaired in silence.
 *
 * A total is kept per municipality, village, calendar month and cell: one value for each dimension
 * of the counter ("f|15-29"). Country-wide totals are kept too, folded once a minute from a list of
 * changes, so that no two municipalities write the same row; readers add what is not yet folded.
 *
 * Three kinds:
 *   COUNTER_FLOW    what happens on a day. The months of a period add up.
 *   COUNTER_STOCK   a state that holds from a day on, told as changes: +120 people served on the
 * day of the count, -20 on the day of the next one. A period's value is the state at its end.
 *   COUNTER_PEOPLE  who took part. `amount` counts participations, which add up; `people` counts
 *                   distinct persons, which do not: whoever came in two months, or from two
 *                   municipalities, is one person of the year and of the country. So sets of
 * persons are kept, and united for whatever period and territory is asked.
 */
#ifndef TALLY_TALLY_H
#define TALLY_TALLY_H

#include "platform/jobs/jobs.h"

enum { TALLY_DIMENSIONS = 4 };

/* One way to divide a total. The values of a partition add up to it ("unknown" is one of them);
 * those of an overlapping dimension may count a person several times and are never summed. */
struct tally_dimension {
    const char *code; /* "sex", "age", "service" */
    enum msg label;
    bool overlapping;
    /* How a value reads; TALLY_UNKNOWN never comes here. A value that is not known any more reads
     * as its code. */
    struct str (*value_text)(struct app *app, struct arena *a, enum lang lang, struct str value);
};
#define TALLY_UNKNOWN STR("?")

enum counter_kind { COUNTER_FLOW, COUNTER_STOCK, COUNTER_PEOPLE };

struct counter;
struct tally_fact {
    const struct counter *counter;
    struct str unit;    /* municipality */
    struct str village; /* NULL: of no village in particular */
    int64_t day;
    struct str values[TALLY_DIMENSIONS]; /* in the counter's order; NULL or empty: unknown. Codes:
                                            a-z 0-9 _ . - + : and at most 40 bytes */
    int64_t amount; /* signed, not 0; for COUNTER_PEOPLE participations, nearly always 1 or -1 */
    int64_t person; /* COUNTER_PEOPLE alone; > 0, or TALLY_NOBODY */
};
/* People who were counted and not written down: participations, of whom nobody knows whether they
 * are other persons than those of another day. They are in `amount` and not in `people`. */
#define TALLY_NOBODY (-1)
/* The fact is borrowed for the call. */
typedef enum err (*tally_fact_fn)(void *arg, const struct tally_fact *fact);

struct counter {
    const char *code; /* "events.participations": the slice's name, a dot, the thing */
    enum msg label;   /* what is counted: "People who took part" */
    enum counter_kind kind;
    const struct tally_dimension *dimensions[TALLY_DIMENSIONS]; /* NULL: no more */
    /* Every fact of that municipality from the records, in any order. Facts that cancel out may be
     * left away. */
    enum err (*recount)(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg);
    /* Path of the page that lists the records, "/m/{unit}/hearings"; NULL: there is none. Asked
     * with ?from=DAY&to=DAY and the values of the dimensions by their codes. */
    const char *records_path;
};

/* In the transaction of the record, in the scope of its municipality or of the country. ERR_INPUT
 * (and a log line) when the fact is malformed: a fault of the caller. Calls with amount 0 change
 * nothing. */
MUST enum err tally_change(struct tx *tx, const struct tally_fact *fact);

/* Months are numbered: year * 12 + month - 1. */
int64_t tally_month(int64_t day);
int64_t tally_month_start(int64_t month); /* its first day */

/* The counter with that code, searched over all slices; NULL when unknown. */
const struct counter *tally_counter(const struct app *app, struct str code);
/* Position of the dimension in the counter; -1: it has no such dimension. */
int tally_dimension_of(const struct counter *c, struct str code);

enum { TALLY_WANT_MAX = 16, TALLY_PERIODS_MAX = 240 };
struct tally_want { /* only facts whose dimension has one of these values; n == 0: any */
    const struct str *v;
    size_t n;
};
struct tally_ask {
    const struct counter *counter;
    struct str unit; /* NULL: the country */
    bool by_place;   /* of the country: by municipality; of a municipality: by village */
    bool keep[TALLY_DIMENSIONS]; /* dimensions told apart; the others are put together */
    struct tally_want want[TALLY_DIMENSIONS];
    /* Period i holds the months from bounds[i] up to, not including, bounds[i + 1]. Ascending;
     * `periods` + 1 of them. Periods without any fact have no row (a stock that does not change
     * keeps its rows). */
    const int64_t *bounds;
    size_t periods;
};
struct tally_row {
    struct str place; /* code; NULL when not asked by place, empty: of no village in particular */
    size_t period;
    struct str values[TALLY_DIMENSIONS]; /* NULL: put together */
    int64_t amount;
    int64_t people; /* distinct; COUNTER_PEOPLE alone */
};
struct tally_rows {
    struct tally_row *v; /* ordered by place, period, values */
    size_t n, cap;
};
/* In the scope of the municipality, or of the country when `unit` is NULL. */
MUST enum err tally_read(struct tx *tx, struct arena *a, const struct tally_ask *ask,
                         struct tally_rows *out);

/* A kept total that the records do not bear out. */
struct tally_fault {
    const struct counter *counter;
    struct str unit, village; /* unit "*": the country's total against its municipalities' */
    int64_t month;
    struct str cell;
    int64_t kept, counted; /* amounts, or persons when the amounts agree */
};
struct tally_faults {
    struct tally_fault *v;
    size_t n, cap;
    int64_t rows, units; /* how much was compared */
};
/* Counts again from the records of every municipality in `units` and compares each row, then the
 * country's rows with their sums. Opens its own transactions, one a municipality; a total that is
 * right at every moment stays right meanwhile. At most 1,000 faults are told. */
MUST enum err tally_check(struct app *app, struct arena *a, const struct counter *counter,
                          const struct str *units, size_t n, struct tally_faults *out);
/* Throws the kept totals of the counter away and keeps what the records say. For a counter that is
 * new in this version, and for a person who was told by tally_check what is wrong. */
MUST enum err tally_rebuild(struct app *app, const struct counter *counter, const struct str *units,
                            size_t n);
/* Folds what waits into the country's totals; the schedule does it every minute. */
MUST enum err tally_fold(struct app *app);

extern const struct slice tally_slice;

#endif
