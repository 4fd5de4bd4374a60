/* See plans_sum.h. */
#include "programme/plans/plans_sum.h"

#define TYIYN_IN_SOM 100

bool plan_cost_ok(const struct plan_cost *c)
{
    if (c->total < 0 || c->total > PLAN_AMOUNT_MAX || c->total % TYIYN_IN_SOM != 0)
        return false;
    for (int i = 0; i < PLAN_SOURCES; i++)
        if (c->by[i] < 0 || c->by[i] > PLAN_AMOUNT_MAX || c->by[i] % TYIYN_IN_SOM != 0)
            return false;
    return true;
}

bool plan_cost_sources(const struct plan_cost *c, int64_t *sum)
{
    int64_t s = 0;
    for (int i = 0; i < PLAN_SOURCES; i++)
        if (!money_add(s, c->by[i], &s))
            return false;
    *sum = s;
    return true;
}

bool plan_cost_adds_up(const struct plan_cost *c)
{
    int64_t sum;
    return plan_cost_sources(c, &sum) && sum == c->total;
}

bool plan_cost_add(struct plan_cost *sum, const struct plan_cost *c)
{
    struct plan_cost s = *sum;
    if (!money_add(s.total, c->total, &s.total))
        return false;
    for (int i = 0; i < PLAN_SOURCES; i++)
        if (!money_add(s.by[i], c->by[i], &s.by[i]))
            return false;
    *sum = s;
    return true;
}

int64_t plan_percent(int64_t part, int64_t whole)
{
    int64_t percent;
    if (whole <= 0 || !money_share(part, 100, whole, &percent))
        return -1;
    return percent;
}

int64_t plan_weighted_percent(const int64_t *percent, const int64_t *cost, size_t n)
{
    int64_t whole = 0, reached = 0;
    if (n == 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        whole += cost[i];
    for (size_t i = 0; i < n; i++)
        reached += percent[i] * (whole > 0 ? cost[i] : 1);
    return reached / (whole > 0 ? whole : (int64_t)n);
}
