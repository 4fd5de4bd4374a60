/*
 * "/desk": today's desk. One municipality is shown at once; who works in several chooses. Read in
 * one snapshot, with a number of queries that does not grow with history.
 */
#include "front/desk/desk.h"
#include "front/desk/desk_tpl.h"
#include "front/desk/desk_view.h"

#include "platform/core/clock.h"

#define UNITS_MAX 60
#define LINES 5

/* The municipality, or those in a wider scope, in which somebody holds a role. */
static void add_units(struct req *r, const struct territory *t, struct str scope,
                      struct desk_view *v)
{
    for (size_t i = 0; i < t->n && v->units.n < UNITS_MAX; i++) {
        const struct place *p = t->all[i];
        bool known = false;
        if (!place_is_municipality(p) || p->successor || !access_unit_within(p->code, scope))
            continue;
        for (size_t k = 0; k < v->units.n; k++)
            known = known || str_eq(v->units.v[k].code, p->code);
        if (known)
            continue;
        struct desk_unit unit = {
            .code = p->code,
            .name = place_name(p, r->ui.lang),
            .where = p->parent ? place_full_name(r->arena, p->parent, r->ui.lang) : STR(""),
            .href = arena_printf(r->arena, "/desk?unit=%.*s", STRF(p->code)),
            .cases = access_allows(&r->actor, PERM_CASES_READ, p->code),
            .visits = access_allows(&r->actor, PERM_DELIVERY_LOG, p->code),
            .judges = access_allows(&r->actor, PERM_SERVICES_EDIT, p->code),
        };
        ARENA_PUSH(r->arena, v->units, unit);
    }
}

static void choose_unit(struct req *r, struct desk_view *v)
{
    struct str chosen = req_query(r, "unit");
    for (size_t i = 0; i < v->units.n; i++)
        if (v->units.n == 1 || str_eq(v->units.v[i].code, chosen))
            v->unit = &v->units.v[i];
}

struct today {
    struct req *r;
    struct desk_view *v;
    int64_t day;
    struct case_desk_counts counts;
    struct case_briefs late, voices, changes;
    struct case_totals totals[2]; /* now; a week ago */
    struct consultations consultations;
    struct visit_summary visits;
};

static enum err read_today(struct tx *tx, void *arg)
{
    struct today *d = arg;
    struct arena *a = d->r->arena;
    struct str unit = d->v->unit->code;
    enum err rc = ERR_OK;
    d->consultations = (struct consultations){0};
    TRY(charter_consultations(tx, a, unit, d->day, &d->consultations));
    if (d->v->unit->visits)
        TRY(delivery_summary(tx, a, &d->r->actor, unit, d->day, &d->visits));
    if (!d->v->unit->cases)
        goto out;
    TRY(cases_desk_counts(tx, a, unit, d->r->actor.person_id, d->day, &d->counts));
    TRY(cases_desk_late(tx, a, unit, d->day, LINES, &d->late));
    TRY(cases_desk_voices(tx, a, unit, LINES, &d->voices));
    TRY(cases_desk_changes(tx, a, unit, LINES, &d->changes));
    TRY(cases_totals_at(tx, a, unit, (const int64_t[]){d->day, d->day - 7}, 2, d->totals));
out:
    return rc;
}

static struct str title_of(struct req *r, const struct case_brief *b)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct service_kind *kind = NULL;
    const struct service_fault *fault = catalogue_find_fault(catalogue, b->fault, &kind);
    if (fault)
        return text3_get(&fault->name, r->ui.lang);
    kind = catalogue_find(catalogue, b->service);
    return kind ? text3_get(&kind->name, r->ui.lang) : b->number;
}

static void fill_lines(struct today *d, const struct case_briefs *from, bool late,
                       struct desk_case_lines *to)
{
    struct req *r = d->r;
    for (size_t i = 0; i < from->n; i++) {
        const struct case_brief *b = &from->v[i];
        struct buf *note = buf_in(r->arena);
        if (late)
            MSG_PUT(note, r->ui.lang, MSG_desk_days_late, ARG_N("n", b->late_days));
        else
            lang_ago(note, r->ui.lang, b->at_ms, r->ui.now_ms);
        struct desk_case_line line = {
            .href = arena_printf(r->arena, "%.*s/%.*s", STRF(d->v->base), STRF(b->number)),
            .title = title_of(r, b),
            .words = b->words,
            .note = buf_view(note),
            .state = case_states[b->state].name,
            .tone = (enum tone)case_states[b->state].tone,
        };
        ARENA_PUSH(r->arena, *to, line);
    }
}

static struct desk_consultation consultation_of(struct req *r, const struct consultation *c)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), c->service);
    return (struct desk_consultation){
        .service = kind ? text3_get(&kind->name, r->ui.lang) : c->service,
        .code = c->service,
        .until_day = c->until_day,
    };
}

/* A password alone would show a desk without its figures, as if there were no work: the code is
 * asked for first, of whom some page will ask for it anyway. */
static bool half_way_in(const struct actor *actor)
{
    for (int p = 0; p < PERM__MAX; p++)
        if (access_lacks_second_factor(actor, (enum permission)p, STR_NULL))
            return true;
    return false;
}

static enum err desk_today_page(struct req *r)
{
    if (half_way_in(&r->actor)) {
        resp_redirect(r, STR(WEB_SECOND_FACTOR_PATH "?next=/desk"));
        return ERR_OK;
    }
    struct desk_view *v = ARENA_NEW(r->arena, struct desk_view);
    struct today d = {.r = r, .v = v, .day = day_today()};
    const struct territory *t = territory_get(r->app, r->arena);
    enum err rc = ERR_OK;
    v->person = r->actor.name;
    for (int i = 0; i < r->actor.grant_count; i++)
        if (r->actor.grants[i].role != ROLE_RESIDENT)
            add_units(r, t, str_from(r->actor.grants[i].scope), v);
    choose_unit(r, v);
    if (v->unit) {
        v->base = arena_printf(r->arena, "/desk/%.*s/cases", STRF(v->unit->code));
        v->visits = arena_printf(r->arena, "/desk/%.*s/visits", STRF(v->unit->code));
        v->disputes = arena_printf(r->arena, "/desk/%.*s/disputes", STRF(v->unit->code));
        v->head = access_allows(&r->actor, PERM_CASES_SUPERVISE, v->unit->code);
        TRY(req_read(r, read_today, &d));
        struct desk_unit *unit = ARENA_NEW(r->arena, struct desk_unit);
        *unit = *v->unit;
        unit->counts = d.counts;
        unit->day = d.visits;
        v->unit = unit;
        fill_lines(&d, &d.late, true, &v->late);
        fill_lines(&d, &d.voices, false, &v->voices);
        fill_lines(&d, &d.changes, false, &v->changes);
        v->received7 = d.totals[0].received - d.totals[1].received;
        v->resolved7 = d.totals[0].resolved - d.totals[1].resolved;
        v->in_time7 = d.totals[0].in_time - d.totals[1].in_time;
        for (size_t i = 0; i < d.consultations.n; i++)
            ARENA_PUSH(r->arena, v->consultations, consultation_of(r, &d.consultations.v[i]));
    }
    desk_menu(r, &v->menu);
    struct page page = {.title = msg_text(r->ui.lang, MSG_desk_title), .section = SECTION_DESK};
    if (v->unit) {
        page.unit_name = v->unit->name;
        page.unit_href = v->unit->href;
    }
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_desk_today(out, &r->ui, v);
    page_close(out, r, &page);
out:
    return rc;
}

static const struct route routes[] = {
    ROUTE("GET", "/desk", desk_today_page, PERM_STAFF, 0),
};

const struct slice desk_slice = {
    .name = "desk",
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
