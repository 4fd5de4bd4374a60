/*
 * The sums of a plan, in one place: what an action costs, by whose money, and whether it adds up.
 * Money is tyiyn; a plan is written in whole som.
 */
#ifndef PLANS_SUM_H
#define PLANS_SUM_H

#include "platform/core/money.h"

enum plan_source {
    PLAN_OWN,     /* the municipality's budget */
    PLAN_GRANT,   /* a grant that was or is to be won */
    PLAN_CASH,    /* residents, in money */
    PLAN_KIND,    /* residents, in work and materials, valued in som */
    PLAN_PARTNER, /* anybody else */
    PLAN_SOURCES
};
struct plan_cost {
    int64_t total;            /* as it was written down, not computed */
    int64_t by[PLAN_SOURCES]; /* tyiyn */
};

/* No amount above 100 million som: over a hundred actions nothing overflows. */
#define PLAN_AMOUNT_MAX INT64_C(10000000000)
#define PLAN_ACTIONS_MAX 100
/* Every amount lies within the bound, is not negative and whole som. */
bool plan_cost_ok(const struct plan_cost *c);
/* Sum of the sources; false when it does not fit. */
MUST bool plan_cost_sources(const struct plan_cost *c, int64_t *sum);
/* The sources make up the total, exactly. */
bool plan_cost_adds_up(const struct plan_cost *c);
/* Adds `c` to `sum`, source by source and the total; false, and `sum` untouched, on overflow. */
MUST bool plan_cost_add(struct plan_cost *sum, const struct plan_cost *c);
/* A part of a whole in per cent for people, rounded half up; -1 when there is no whole. Over 100
 * when more came than was promised. */
int64_t plan_percent(int64_t part, int64_t whole);
/*
 * How far a plan is, 0 to 100: the mean of its actions' percentages, weighted by their cost, or
 * evenly when nothing costs anything. Rounded down, so that 100 means that all is done. `n` at most
 * PLAN_ACTIONS_MAX; -1 without actions.
 */
int64_t plan_weighted_percent(const int64_t *percent, const int64_t *cost, size_t n);

#endif
