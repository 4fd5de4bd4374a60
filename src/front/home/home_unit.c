/*
 * "/m/{unit}": a municipality's page. What is promised and how well it is kept, what came in and
 * how fast it was answered, who is served, what comes next. Read in one snapshot, with a number of
 * queries that does not grow with history.
 */
#include "front/home/home_internal.h"
#include "front/home/home_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/figure.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#include <math.h>

#define VISITS_SHOWN 4
#define MONTHS_SHOWN 12

struct unit_figures {
    struct arena *arena;
    struct str unit;
    const struct place *place;
    struct place_codes family; /* itself first */
    int64_t today;
    struct unit_services services;
    struct unit_kept_list kept;
    struct case_figures cases;
    struct next_visits visits;
    struct consultations consultations;
    int64_t month_start[MONTHS_SHOWN + 1]; /* days; the last is tomorrow */
    int64_t before[MONTHS_SHOWN + 1];      /* the day before each */
    struct case_totals totals[MONTHS_SHOWN + 1];
    struct month_changes changes;
};

static void add_figures(struct case_figures *sum, const struct case_figures *more)
{
    sum->open += more->open;
    sum->overdue += more->overdue;
    sum->received30 += more->received30;
    sum->resolved30 += more->resolved30;
    sum->received365 += more->received365;
    sum->resolved365 += more->resolved365;
    sum->in_time365 += more->in_time365;
    if (sum->median_answer_ms < 0)
        sum->median_answer_ms = more->median_answer_ms;
}

static void plan_months(struct unit_figures *f)
{
    struct civil now = day_to_civil(f->today);
    for (int i = 0; i < MONTHS_SHOWN; i++) {
        int months = now.year * 12 + now.month - 1 - (MONTHS_SHOWN - 1 - i);
        f->month_start[i] = day_from_civil((struct civil){months / 12, months % 12 + 1, 1});
    }
    f->month_start[MONTHS_SHOWN] = f->today + 1;
    for (int i = 0; i <= MONTHS_SHOWN; i++)
        f->before[i] = f->month_start[i] - 1;
}

/* What merged into this municipality counts for it: how its promises were kept, what was reported
 * to it. */
static enum err add_predecessor(struct tx *tx, struct unit_figures *f, struct str unit)
{
    struct case_figures cases;
    struct case_totals totals[MONTHS_SHOWN + 1];
    enum err rc = ERR_OK;
    TRY(charter_kept_unit(tx, f->arena, unit, &f->kept));
    TRY(cases_figures(tx, f->arena, unit, f->today, &cases));
    add_figures(&f->cases, &cases);
    TRY(cases_totals_at(tx, f->arena, unit, f->before, COUNT_OF(f->before), totals));
    for (int i = 0; i <= MONTHS_SHOWN; i++) {
        f->totals[i].received += totals[i].received;
        f->totals[i].answered += totals[i].answered;
        f->totals[i].resolved += totals[i].resolved;
    }
out:
    return rc;
}

static enum err read_figures(struct tx *tx, void *arg)
{
    struct unit_figures *f = arg;
    struct arena *a = f->arena;
    enum err rc = ERR_OK;
    f->services = (struct unit_services){0};
    f->kept = (struct unit_kept_list){0};
    f->visits = (struct next_visits){0};
    f->consultations = (struct consultations){0};
    TRY(catalogue_unit_services(tx, a, f->unit, &f->services));
    TRY(charter_kept_unit(tx, a, f->unit, &f->kept));
    TRY(charter_consultations(tx, a, f->unit, f->today, &f->consultations));
    TRY(cases_figures(tx, a, f->unit, f->today, &f->cases));
    TRY(delivery_next(tx, a, f->unit, STR_NULL, f->today, VISITS_SHOWN, &f->visits));
    TRY(cases_totals_at(tx, a, f->unit, f->before, COUNT_OF(f->before), f->totals));
    TRY(home_read_changes(tx, a, f->unit, f->today, &f->changes));
    for (size_t i = 1; i < f->family.n; i++)
        TRY(add_predecessor(tx, f, f->family.v[i]));
out:
    return rc;
}

static struct kept kept_of(const struct unit_figures *f, struct str service)
{
    struct kept sum = {0};
    for (size_t i = 0; i < f->kept.n; i++)
        if (str_eq(f->kept.v[i].service, service)) {
            sum.kept += f->kept.v[i].last90.kept;
            sum.counted += f->kept.v[i].last90.counted;
        }
    return sum;
}

static void fill_services(struct req *r, const struct unit_figures *f, struct unit_view *v)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    for (size_t i = 0; i < f->services.n; i++) {
        const struct unit_service *s = &f->services.v[i];
        const struct service_kind *kind = catalogue_find(catalogue, s->service);
        if (!kind || !s->active)
            continue;
        struct unit_service_card card = {
            .href =
                arena_printf(r->arena, "/m/%.*s/services/%.*s", STRF(f->unit), STRF(kind->code)),
            .name = text3_get(&kind->name, r->ui.lang),
            .icon = kind->icon,
            .provider = s->provider_name,
            .kept = kept_of(f, kind->code),
        };
        ARENA_PUSH(r->arena, v->services, card);
        if (s->people_served > 0 && !figure_is_few(s->people_served) && f->place->population > 0)
            ARENA_PUSH(r->arena, v->served,
                       ((struct chart_point){card.name, 100.0 * (double)s->people_served /
                                                            (double)f->place->population}));
    }
}

static void fill_visits(struct req *r, const struct unit_figures *f, struct unit_view *v)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct territory *t = territory_get(r->app, r->arena);
    for (size_t i = 0; i < f->visits.n; i++) {
        const struct next_visit *visit = &f->visits.v[i];
        const struct service_kind *kind = catalogue_find(catalogue, visit->service);
        const struct place *village = territory_find(t, visit->village);
        struct unit_visit row = {
            .day = visit->day,
            .service = kind ? text3_get(&kind->name, r->ui.lang) : visit->service,
            .where = village ? place_name(village, r->ui.lang) : visit->route,
        };
        ARENA_PUSH(r->arena, v->visits, row);
    }
}

static void fill_months(struct req *r, const struct unit_figures *f, struct unit_view *v)
{
    for (int i = 0; i < MONTHS_SHOWN; i++) {
        struct civil c = day_to_civil(f->month_start[i]);
        struct buf *label = buf_in(r->arena);
        lang_month(label, r->ui.lang, c.year, c.month);
        int64_t received = f->totals[i + 1].received - f->totals[i].received;
        ARENA_PUSH(r->arena, v->months, ((struct chart_point){buf_view(label), (double)received}));
        v->any_reports = v->any_reports || received > 0;
    }
}

static void fill_consultations(struct req *r, const struct unit_figures *f, struct unit_view *v)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    for (size_t i = 0; i < f->consultations.n; i++) {
        const struct consultation *c = &f->consultations.v[i];
        const struct service_kind *kind = catalogue_find(catalogue, c->service);
        struct unit_consultation row = {
            .href =
                arena_printf(r->arena, "/m/%.*s/services/%.*s", STRF(f->unit), STRF(c->service)),
            .service = kind ? text3_get(&kind->name, r->ui.lang) : c->service,
            .until = c->until_day,
        };
        ARENA_PUSH(r->arena, v->consultations, row);
    }
}

/* The last two months of the chart: this one so far, and the one before. */
static void fill_changes(struct req *r, const struct unit_figures *f, struct unit_view *v)
{
    const struct case_totals *now = &f->totals[MONTHS_SHOWN], *month = now - 1, *before = now - 2;
    struct month_reports reports = {
        .received = now->received - month->received,
        .answered = now->answered - month->answered,
        .received_before = month->received - before->received,
        .answered_before = month->answered - before->answered,
    };
    home_tell_changes(r, &f->changes, &reports, &f->services, &f->kept, f->today, &v->changes);
}

enum err home_unit(struct req *r)
{
    enum err rc = ERR_OK;
    struct unit_figures f = {
        .arena = r->arena, .unit = r->unit, .place = places_unit(r), .today = day_today()};
    f.family = place_family(r->arena, f.place);
    plan_months(&f);
    TRY(db_read(r->db, place_family_scope(f.place), read_figures, &f));

    struct str name = place_name(f.place, r->ui.lang);
    struct unit_view v = {
        .place = f.place,
        .name = name,
        .where = f.place->parent ? place_full_name(r->arena, f.place->parent, r->ui.lang) : STR(""),
        .report_href = arena_printf(r->arena, "/m/%.*s/report", STRF(f.unit)),
        .reports_href = arena_printf(r->arena, "/m/%.*s/reports", STRF(f.unit)),
        .overdue_href = arena_printf(r->arena, "/m/%.*s/reports?overdue=1", STRF(f.unit)),
        .calendar_href = arena_printf(r->arena, "/m/%.*s/calendar", STRF(f.unit)),
        .cases = f.cases,
        .kept = kept_of(&f, STR("")),
    };
    fill_services(r, &f, &v);
    fill_visits(r, &f, &v);
    fill_months(r, &f, &v);
    fill_consultations(r, &f, &v);
    fill_changes(r, &f, &v);
    struct buf *answer = buf_in(r->arena);
    if (f.cases.median_answer_ms >= 0)
        lang_duration(answer, r->ui.lang, f.cases.median_answer_ms);
    v.answer_time = buf_view(answer);
    struct buf *map = buf_in(r->arena);
    places_unit_map(map, &r->ui, r->app, r->arena, f.place, NULL, 0);
    v.map = (struct html){buf_view(map)};
    v.month_chart = (struct chart){.title = msg_text(r->ui.lang, MSG_home_unit_months),
                                   .v = v.months.v,
                                   .n = v.months.n,
                                   .target = NAN};
    v.served_chart = (struct chart){.title = msg_text(r->ui.lang, MSG_home_unit_served),
                                    .unit = STR("%"),
                                    .v = v.served.v,
                                    .n = v.served.n,
                                    .target = 100};

    struct page page = {
        .title = name,
        .unit_name = name,
        .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(f.unit)),
        .section = SECTION_UNIT,
        .width = PAGE_BARE,
        .feed = arena_printf(r->arena, "/m/%.*s/reports.rss", STRF(f.unit)).p,
    };
    resp_cache_public(r, 30);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_home_unit(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
