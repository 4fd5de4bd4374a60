/*
 * Results of programmes: indicators with their reference sheets, targets and actual values.
 *
 * A value comes from the records of the program, by a counter that a slice announces
 * (platform/tally) and fixed filters, so that it is fresh and opens to its records; or somebody
 * enters or imports it, with evidence, and others verify and lock it. Two different numbers can
 * only come from two indicators, each with its own definition.
 *
 * Periods are half-open intervals of months (tally_month), so that calendar years and the US fiscal
 * year are two views of the same.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include "platform/tally/tally.h"

enum result_measure {
    MEASURE_COUNT,
    MEASURE_RATIO, /* numerator and denominator are kept, never the quotient alone */
    MEASURE_ORDINAL,
    MEASURE_CURRENCY, /* tyiyn: two decimals */
    MEASURE_TEXT,
    MEASURE__MAX
};
/* How values of several municipalities and periods become one. */
enum result_rule {
    RULE_SUM,
    RULE_RATIO, /* of sums; never a mean of ratios */
    RULE_MAX,
    RULE_LAST,    /* of each municipality the latest; these add up */
    RULE_PERSONS, /* distinct persons, from the counter's sets */
    RULE_UNITS,   /* how many municipalities have more than nothing */
    RULE_NONE,    /* not at all */
    RULE__MAX
};

struct result_programme {
    struct str code;
    struct text3 name, text;
    int64_t from_month, to_month;
    struct str identifier, funder, implementer;
    int status; /* IATI activity status */
};
struct result_text {
    struct str field;
    struct text3 text;
};
struct result_indicator {
    struct str code;
    int64_t version;
    bool current;
    struct str programme, level;
    enum result_measure measure;
    enum result_rule rule;
    int decimals; /* amounts are kept times 10 to this power */
    bool ascending;
    struct str topic, source, filters, base_source, base_filters, dimensions, frequency;
    int64_t due_days;
    struct str vocabulary, reference;
    int64_t changed_ms, changed_by;
    struct str change_note;
    bool personal; /* counts people: small numbers are withheld from the public */
    struct text3 name, unit, definition;
    struct {
        struct result_text *v;
        size_t n, cap;
    } texts;                                      /* the whole sheet */
    const struct counter *counter, *base_counter; /* NULL: entered, or announced by no slice yet */
};
struct result_indicators {
    struct result_indicator *v;
    size_t n, cap;
};
bool results_is_entered(const struct result_indicator *i);

struct result_programmes {
    struct result_programme *v;
    size_t n, cap;
};
MUST enum err results_programmes(struct tx *tx, struct arena *a, struct result_programmes *out);
/* All in their present versions (code NULL), in order; or one in every version, newest first. */
MUST enum err results_indicators(const struct app *app, struct tx *tx, struct arena *a,
                                 struct str code, struct result_indicators *out);

/* --- periods --- */

struct result_period {
    struct str code; /* as asked: "2018", "2018Q2", "FY2018", "FY2018Q1", "2018-03" */
    int64_t from, to;
};
/* False when it is none. Also ISO 8601 "2018-04-01/P3M" and DHIS2's "201803" and "2017Oct" (a US
 * fiscal year by the year in which it begins). */
bool results_period_parse(struct arena *a, struct str code, struct result_period *out);
/* The calendar code of a whole year, quarter or month; else "2016-10/2021-09", first and last
 * month. */
struct str results_period_code(struct arena *a, int64_t from, int64_t to);
struct str results_period_text(struct arena *a, enum lang lang, int64_t from, int64_t to);

/* --- reading --- */

enum { RESULT_SPLIT_NONE = -1, RESULT_SPLIT_ALL = -2 };
struct result_ask {
    const struct result_indicator *indicator;
    struct str unit;       /* NULL: the country */
    bool by_place;         /* by municipality; of a municipality by village (records alone) */
    int split;             /* dimension told apart, by its place in results_dimensions() */
    const int64_t *bounds; /* as in struct tally_ask */
    size_t periods;
    bool unverified; /* entered values that nobody verified yet, too */
};
struct result_row {
    struct str place;
    size_t period;
    struct str values[TALLY_DIMENSIONS]; /* NULL: put together */
    int64_t amount;
    struct i64_opt base; /* of a ratio */
    bool withheld;       /* results_public() alone: there is a number, but not for the public */
};
struct result_rows {
    struct result_row *v;
    size_t n, cap;
};
/* Ordered by place, period, values. No rows: no data (which is not zero). In the scope of the
 * municipality, or of the country when `unit` is NULL. */
MUST enum err results_read(struct tx *tx, struct arena *a, const struct result_ask *ask,
                           struct result_rows *out);

/* A way to divide the indicator's values. */
struct result_dimension {
    struct str code, name;
    bool overlapping;
};
struct result_dimensions {
    struct result_dimension v[TALLY_DIMENSIONS];
    size_t n;
};
MUST enum err results_dimensions(struct tx *tx, struct arena *a, enum lang lang,
                                 const struct result_indicator *i, struct result_dimensions *out);

/* The same for the public: small numbers of people, and whatever would give them away, are
 * withheld; such rows say so and carry no number. Every public output takes its numbers from here
 * (the rule: results_public.h). Always in the scope of the country. */
MUST enum err results_public(const struct app *app, struct tx *tx, struct arena *a,
                             const struct result_programme *p, const struct result_ask *ask,
                             struct result_rows *out);

/* The number as a plain double; of a ratio the share, NAN without a denominator. */
double results_amount_double(const struct result_indicator *i, int64_t amount, struct i64_opt base);

extern const struct slice results_slice;

#endif
