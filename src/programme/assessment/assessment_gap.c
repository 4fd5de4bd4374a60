/* What a municipality lacks, in the order in which it pays to begin. */
#include "programme/assessment/assessment_internal.h"

#include <math.h>
#include <stdlib.h>

static int by_priority(const void *x, const void *y)
{
    const struct assessment_gap *a = x, *b = y;
    if (a->priority != b->priority)
        return a->priority < b->priority ? 1 : -1;
    return str_compare(a->indicator, b->indicator);
}

/* Share of the whole score that a point of this indicator moves. */
static double weight_of(const struct framework *f, const struct indicator *i)
{
    double pillars = 0, inside = 0;
    for (size_t p = 0; p < f->pillars.n; p++)
        pillars += f->pillars.v[p].weight;
    for (size_t k = 0; k < f->scored; k++)
        inside += f->indicators.v[k].pillar == i->pillar ? f->indicators.v[k].weight : 0;
    return f->pillars.v[i->pillar].weight / pillars * i->weight / inside;
}

static struct assessment_gap gap_of(const struct round *round, const struct indicator *i,
                                    const struct answer *x, double points)
{
    struct assessment_gap g = {.round = round->code,
                               .indicator = i->code,
                               .topic = i->topic,
                               .pillar = round->framework->pillars.v[i->pillar].code,
                               .name = i->name,
                               .what = i->what,
                               .unit_code = i->kind == KIND_RUBRIC ? STR("") : i->unit,
                               .value = NAN,
                               .target = i->kind == KIND_RUBRIC ? 3 : i->hi,
                               .people_or_things = NAN,
                               .points = isnan(points) ? 0 : points,
                               .own = i->own};
    if (x->status == SCORE_KNOWN)
        g.value = i->kind == KIND_SHARE ? 100 * x->value / x->whole : x->value;
    if (i->kind == KIND_SHARE && x->status == SCORE_KNOWN)
        g.people_or_things = ceil(fabs(i->hi / 100 * x->whole - x->value) - 1e-9);
    g.priority = score_priority(weight_of(round->framework, i), g.points, i->own);
    return g;
}

enum err assessment_gaps(struct tx *tx, struct arena *a, struct str unit, size_t max,
                         struct assessment_gaps *out)
{
    struct rounds all = {0};
    struct given *given;
    struct sql_point_of_unit_rows points;
    enum err rc = ERR_OK;
    TRY(rounds_read(tx, a, unit, &all));
    const struct round *round = rounds_frozen(&all, NULL);
    if (!round)
        goto out;
    TRY(given_read(tx, a, round, unit, &given));
    TRY(sql_point_of_unit(tx, a, &points, .unit = unit, .round = round->code));
    for (size_t k = 0; k < round->framework->scored; k++) {
        const struct indicator *i = &round->framework->indicators.v[k];
        const struct answer *x = &given[k].j.final;
        double p = NAN;
        for (size_t n = 0; n < points.n; n++)
            if (str_eq(points.v[n].what, i->code))
                p = points.v[n].points;
        if (x->status == SCORE_NOT_APPLICABLE || p >= 99.95)
            continue;
        ARENA_PUSH(a, *out, gap_of(round, i, x, p));
    }
    if (out->n > 1)
        qsort(out->v, out->n, sizeof *out->v, by_priority);
    if (out->n > max)
        out->n = max;
out:
    return rc;
}
