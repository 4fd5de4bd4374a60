/*
 * "What changed this month" on a municipality's page: this calendar month so far beside the whole
 * one before it, so that a change can be seen without remembering. Only what did change is said,
 * and when nothing did, that.
 */
#include "front/home/home_internal.h"

#include "platform/core/clock.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"

/* A share of kept promises is said to have changed from so many points on, and only where so many
 * records were counted in either month: below that it is chance. */
#define CHANGE_POINTS 5
#define CHANGE_LEAST 5
/* What was counted longer ago than this before the month is no news, whenever it was typed in (a
 * merger copies counts). */
#define COUNT_NEWS_DAYS 31

struct month_change_days month_change_days(int64_t today)
{
    struct civil c = day_to_civil(today);
    struct month_change_days d;
    c.day = 1;
    d.month = day_from_civil(c);
    d.before = d.month - day_to_civil(d.month - 1).day;
    return d;
}

enum err home_read_changes(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                           struct month_changes *out)
{
    struct month_change_days d = month_change_days(today);
    int64_t from_ms = day_start_ms(d.month);
    enum err rc = ERR_OK;
    *out = (struct month_changes){.days = d};
    TRY(charter_published(tx, a, unit, from_ms, &out->charters));
    TRY(catalogue_coverage_news(tx, a, unit, from_ms, d.month - COUNT_NEWS_DAYS, &out->counts));
    TRY(delivery_tally(tx, a, unit, d.before, d.month, today, &out->visits));
out:
    return rc;
}

/* --- in words --- */

struct telling {
    struct req *r;
    struct str unit;
    const struct month_changes *c;
    struct str before; /* "October 2026" */
    struct unit_changes *out;
};

static struct str service_name(const struct telling *t, struct str service)
{
    const struct service_kind *kind =
        catalogue_find(catalogue_get(t->r->app, t->r->arena), service);
    return kind ? text3_get(&kind->name, t->r->ui.lang) : service;
}

static struct str service_href(const struct telling *t, struct str service, const char *rest)
{
    return arena_printf(t->r->arena, "/m/%.*s/services/%.*s%s", STRF(t->unit), STRF(service), rest);
}

static void tell(struct telling *t, const char *icon, struct str href, struct str text)
{
    ARENA_PUSH(t->r->arena, *t->out, ((struct unit_change){icon, href, text}));
}

static struct str percent(const struct telling *t, int64_t percent)
{
    struct buf *out = buf_in(t->r->arena);
    lang_percent(out, t->r->ui.lang, (double)percent / 100);
    return buf_view(out);
}

static void tell_reports(struct telling *t, const struct month_reports *m)
{
    if (!m->received && !m->answered && !m->received_before && !m->answered_before)
        return;
    tell(t, "report", arena_printf(t->r->arena, "/m/%.*s/reports", STRF(t->unit)),
         MSG_STR(t->r->arena, t->r->ui.lang, MSG_home_change_reports,
                 ARG_N("received", m->received), ARG_N("answered", m->answered),
                 ARG_S("month", t->before), ARG_N("received_before", m->received_before),
                 ARG_N("answered_before", m->answered_before)));
}

static void tell_charters(struct telling *t)
{
    for (size_t i = 0; i < t->c->charters.n; i++) {
        const struct charter_news *n = &t->c->charters.v[i];
        struct buf *rest = buf_in(t->r->arena);
        buf_printf(rest, "/v/%lld", (long long)n->version);
        tell(t, "check", service_href(t, n->service, arena_cstr(t->r->arena, buf_view(rest))),
             MSG_STR(t->r->arena, t->r->ui.lang, MSG_home_change_charter,
                     ARG_S("service", service_name(t, n->service)),
                     ARG_DATE("day", n->valid_from)));
    }
}

/* Totals of what merged into the municipality stand in the list too: added up by service. */
static struct unit_kept sum_of(const struct unit_kept_list *kept, struct str service,
                               int64_t month_day)
{
    struct unit_kept sum = {.service = service};
    for (size_t i = 0; i < kept->n; i++) {
        const struct unit_kept *k = &kept->v[i];
        if (!str_eq(k->service, service) || k->month_day != month_day)
            continue;
        sum.month.kept += k->month.kept;
        sum.month.counted += k->month.counted;
        sum.before.kept += k->before.kept;
        sum.before.counted += k->before.counted;
    }
    return sum;
}

static void tell_kept(struct telling *t, const struct unit_services *services,
                      const struct unit_kept_list *kept)
{
    for (size_t i = 0; i < services->n; i++) {
        struct str service = services->v[i].service;
        struct unit_kept k = sum_of(kept, service, t->c->days.month);
        int64_t now = ui_kept_percent(k.month.kept, k.month.counted);
        int64_t before = ui_kept_percent(k.before.kept, k.before.counted);
        if (k.month.counted < CHANGE_LEAST || k.before.counted < CHANGE_LEAST ||
            (now - before < CHANGE_POINTS && before - now < CHANGE_POINTS))
            continue;
        tell(t, now > before ? "check" : "alert", service_href(t, service, ""),
             MSG_STR(t->r->arena, t->r->ui.lang,
                     now > before ? MSG_home_change_better : MSG_home_change_worse,
                     ARG_S("service", service_name(t, service)), ARG_S("now", percent(t, now)),
                     ARG_S("month", t->before), ARG_S("before", percent(t, before))));
    }
}

static void tell_services(struct telling *t, const struct unit_services *services, int64_t today)
{
    for (size_t i = 0; i < services->n; i++) {
        const struct unit_service *s = &services->v[i];
        if (s->since_day < t->c->days.month || s->since_day > today)
            continue;
        tell(t, s->active ? "info" : "alert", service_href(t, s->service, ""),
             MSG_STR(t->r->arena, t->r->ui.lang,
                     s->active ? MSG_home_change_service : MSG_home_change_stopped,
                     ARG_S("service", service_name(t, s->service)), ARG_DATE("day", s->since_day)));
    }
}

static void tell_counts(struct telling *t)
{
    for (size_t i = 0; i < t->c->counts.n; i++) {
        const struct coverage_news *n = &t->c->counts.v[i];
        tell(t, "people", service_href(t, n->service, "/coverage"),
             MSG_STR(t->r->arena, t->r->ui.lang, MSG_home_change_count,
                     ARG_S("service", service_name(t, n->service)), ARG_DATE("day", n->day)));
    }
}

static void tell_visits(struct telling *t, int64_t today)
{
    for (size_t i = 0; i < t->c->visits.n; i++) {
        const struct visit_tally *v = &t->c->visits.v[i];
        if (v->missed == 0)
            continue;
        struct buf *href = buf_in(t->r->arena);
        buf_printf(href, "/m/%.*s/visits?outcome=broken&service=%.*s&from=", STRF(t->unit),
                   STRF(v->service));
        buf_day(href, t->c->days.month);
        buf_cstr(href, "&to=");
        buf_day(href, today);
        tell(t, "calendar", buf_view(href),
             MSG_STR(t->r->arena, t->r->ui.lang, MSG_home_change_visits,
                     ARG_S("service", service_name(t, v->service)), ARG_N("missed", v->missed),
                     ARG_N("due", v->due), ARG_S("month", t->before),
                     ARG_N("missed_before", v->missed_before), ARG_N("due_before", v->due_before)));
    }
}

void home_tell_changes(struct req *r, const struct month_changes *c,
                       const struct month_reports *reports, const struct unit_services *services,
                       const struct unit_kept_list *kept, int64_t today, struct unit_changes *out)
{
    struct civil before = day_to_civil(c->days.before);
    struct buf *month = buf_in(r->arena);
    lang_month(month, r->ui.lang, before.year, before.month);
    struct telling t = {.r = r, .unit = r->unit, .c = c, .before = buf_view(month), .out = out};
    tell_charters(&t);
    tell_services(&t, services, today);
    tell_kept(&t, services, kept);
    tell_visits(&t, today);
    tell_reports(&t, reports);
    tell_counts(&t);
}
