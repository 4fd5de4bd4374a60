/*
 * Answers that nobody types: what the program's own records say of a municipality. Sources of rooms
 * below are here; rooms beside add theirs (hearings held, collection rate) when they start.
 */
#include "programme/assessment/assessment_internal.h"

#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#include "platform/core/clock.h"

#include <math.h>

enum { SOURCES_MAX = 32, HELPS_MAX = 8 };
static const struct assessment_source *sources[SOURCES_MAX];
static size_t source_count;
static assessment_help_fn helps[HELPS_MAX];
static size_t help_count;

const struct assessment_source *assessment_source_find(struct str code)
{
    for (size_t i = 0; i < source_count; i++)
        if (str_eq(code, str_from(sources[i]->code)))
            return sources[i];
    return NULL;
}

void assessment_add_source(const struct assessment_source *source)
{
    for (size_t i = 0; i < source_count; i++)
        if (strcmp(sources[i]->code, source->code) == 0) {
            sources[i] = source;
            return;
        }
    INVARIANT(source_count < SOURCES_MAX);
    sources[source_count++] = source;
}

void assessment_add_help(assessment_help_fn fn)
{
    for (size_t i = 0; i < help_count; i++)
        if (helps[i] == fn)
            return;
    INVARIANT(help_count < HELPS_MAX);
    helps[help_count++] = fn;
}

enum err assessment_help_of(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                            struct str topic, struct assessment_helps *out)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < help_count; i++)
        TRY(helps[i](app, tx, a, lang, topic, out));
out:
    return rc;
}

static void share(struct assessment_answer *out, int64_t part, int64_t whole)
{
    out->known = whole > 0;
    out->value = (double)part;
    out->whole = (double)whole;
}

/* People served, over people who live there. */
static enum err count_coverage(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct unit_services all = {0};
    const struct place *p = territory_find(territory_get(q->app, q->arena), q->unit);
    enum err rc = catalogue_unit_services(q->tx, q->arena, q->unit, &all);
    /* A service that is not in a kept registry reaches nobody; who keeps none is asked. */
    if (p && all.n)
        share(out, 0, p->population);
    for (size_t i = 0; rc == ERR_OK && p && i < all.n; i++)
        if (str_eq(all.v[i].service, q->of) && all.v[i].active)
            share(out, all.v[i].people_served, p->population);
    if (out->known && out->value > out->whole)
        out->value = out->whole;
    out->href =
        arena_printf(q->arena, "/m/%.*s/services/%.*s/coverage", STRF(q->unit), STRF(q->of));
    return rc;
}

static enum err count_promises(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct promises_kept all = {0};
    int64_t kept = 0, counted = 0;
    enum err rc = charter_measure(q->app, q->tx, q->arena, q->unit, STR_NULL, q->to_day, &all);
    for (size_t i = 0; i < all.n; i++) {
        kept += all.v[i].last365.kept;
        counted += all.v[i].last365.counted;
    }
    share(out, kept, counted);
    out->href = arena_printf(q->arena, "/m/%.*s/services", STRF(q->unit));
    return rc;
}

/* Services of the registry that have promises in force. */
static enum err count_charters(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct unit_services services = {0};
    struct promises promises = {0};
    int64_t with = 0, all = 0;
    enum err rc = ERR_OK;
    TRY(catalogue_unit_services(q->tx, q->arena, q->unit, &services));
    TRY(charter_promises(q->tx, q->arena, q->unit, STR_NULL, q->to_day, &promises));
    for (size_t i = 0; i < services.n; i++) {
        bool found = false;
        if (!services.v[i].active)
            continue;
        for (size_t k = 0; k < promises.n && !found; k++)
            found = str_eq(promises.v[k].service, services.v[i].service);
        with += found;
        all++;
    }
    share(out, with, all);
    out->href = arena_printf(q->arena, "/m/%.*s/services", STRF(q->unit));
out:
    return rc;
}

/* Solved reports of the period that were solved by the promised day; of one service, or of all. */
static enum err count_on_time(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct case_totals before = {0}, after = {0};
    enum err rc = ERR_OK;
    if (q->of.n) {
        TRY(cases_totals(q->tx, q->arena, q->unit, q->of, q->from_day - 1, &before));
        TRY(cases_totals(q->tx, q->arena, q->unit, q->of, q->to_day, &after));
    } else {
        struct case_totals both[2] = {{0}};
        const int64_t days[] = {q->from_day - 1, q->to_day};
        TRY(cases_totals_at(q->tx, q->arena, q->unit, days, COUNT_OF(days), both));
        before = both[0];
        after = both[1];
    }
    share(out, after.in_time - before.in_time, after.resolved - before.resolved);
    out->href = arena_printf(q->arena, "/m/%.*s/reports", STRF(q->unit));
out:
    return rc;
}

static enum err count_answer_days(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct case_figures f = {0};
    enum err rc = cases_figures(q->tx, q->arena, q->unit, q->to_day, &f);
    out->known = rc == ERR_OK && f.median_answer_ms >= 0;
    out->value = round((double)f.median_answer_ms / (double)MS_DAY * 100) / 100;
    out->whole = NAN;
    out->href = arena_printf(q->arena, "/m/%.*s/reports", STRF(q->unit));
    return rc;
}

static enum err count_visits(const struct assessment_ask *q, struct assessment_answer *out)
{
    struct visit_tallies all = {0};
    enum err rc =
        delivery_tally(q->tx, q->arena, q->unit, q->from_day, q->from_day, q->to_day, &all);
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.v[i].service, q->of))
            share(out, all.v[i].due - all.v[i].missed, all.v[i].due);
    out->href = arena_printf(q->arena, "/m/%.*s/visits?service=%.*s", STRF(q->unit), STRF(q->of));
    return rc;
}

void assessment_own_sources(void)
{
    static const struct assessment_source own[] = {
        {"coverage", count_coverage},       {"promises", count_promises},
        {"charters", count_charters},       {"on_time", count_on_time},
        {"answer_days", count_answer_days}, {"visits", count_visits}};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (!assessment_source_find(str_from(own[i].code)))
            assessment_add_source(&own[i]);
}
