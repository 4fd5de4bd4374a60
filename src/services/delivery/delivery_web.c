/* How a visit is put into words, and what several pages read; see delivery_web.h. */
#include "services/delivery/delivery_web.h"

#include "community/people/people.h"
#include "platform/web/export.h"

static const char *const visit_css[LOOK__MAX] = {
    [LOOK_AHEAD] = "",
    [LOOK_TODAY] = "",
    [LOOK_DONE] = "visit--done",
    [LOOK_MISSED] = "visit--missed",
    [LOOK_UNCONFIRMED] = "visit--missed",
    [LOOK_UPHELD] = "visit--missed",
};

struct str delivery_service_name(struct req *r, struct str service)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), service);
    return kind ? text3_get(&kind->name, r->ui.lang) : service;
}

static void put_minutes(struct buf *out, int64_t minutes)
{
    buf_printf(out, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

struct str delivery_time(struct arena *a, struct i64_opt from, struct i64_opt to)
{
    struct buf *out = buf_in(a);
    if (from.set)
        put_minutes(out, from.v);
    if (from.set && to.set) {
        buf_cstr(out, "–");
        put_minutes(out, to.v);
    }
    return buf_view(out);
}

static struct str where_of(struct req *r, struct str village)
{
    const struct place *p =
        village.n ? territory_find(territory_get(r->app, r->arena), village) : NULL;
    if (p)
        return place_name(p, r->ui.lang);
    return village.n ? village : msg_text(r->ui.lang, MSG_delivery_whole_unit);
}

struct visit_row delivery_row(struct req *r, const struct visit *v, const char *area,
                              const struct providers *providers)
{
    int64_t today = day_of_ms(r->ui.now_ms);
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), v->service);
    enum visit_look look = visit_look(v, today);
    struct str base =
        arena_printf(r->arena, "/%s/%.*s/visits/%lld", area, STRF(r->unit), (long long)v->id);
    struct visit_row row = {
        .id = v->id,
        .day = v->day,
        .href = base,
        .service = kind ? text3_get(&kind->name, r->ui.lang) : v->service,
        .icon = kind ? kind->icon : STR("calendar"),
        .where = where_of(r, v->village),
        .route = v->route,
        .time = delivery_time(r->arena, v->time_from, v->time_to),
        .look = look,
        .state = visit_look_message(look),
        .tone = (enum tone)visit_look_tone(look),
        .css = visit_css[look],
        .reason = delivery_reason_text(r->arena, r->ui.lang, v->reason),
        .state_ms = v->state_ms,
        .disputes = v->disputes,
        .photos = v->photos,
        .disputable = delivery_disputable(v, today),
        .dispute_href =
            arena_printf(r->arena, "/m/%.*s/visits/%lld/dispute", STRF(r->unit), (long long)v->id),
    };
    for (size_t i = 0; providers && i < providers->n; i++)
        if (providers->v[i].id == v->provider_id)
            row.provider = providers->v[i].name;
    return row;
}

void delivery_export_row(struct export *x, const struct visit_row *row)
{
    export_day(x, row->day);
    export_text(x, row->time);
    export_text(x, row->service);
    export_text(x, row->route);
    export_text(x, row->where);
    export_text(x, row->provider);
    export_msg(x, row->state);
    export_text(x, row->reason);
    if (row->state_ms)
        export_time(x, row->state_ms);
    else
        export_blank(x);
}

/* "Mondays and Thursdays" as short names; "every 10 days". */
struct str delivery_schedule_days(struct req *r, const struct schedule *s)
{
    struct buf *out = buf_in(r->arena);
    if (s->every_days) {
        MSG_PUT(out, r->ui.lang, MSG_delivery_every_days, ARG_N("n", s->every_days));
        return buf_view(out);
    }
    for (int d = 0; d < 7; d++) {
        if (!((s->weekdays >> d) & 1))
            continue;
        if (out->n)
            buf_cstr(out, ", ");
        lang_weekday(out, r->ui.lang, d + 1);
    }
    return buf_view(out);
}

struct str delivery_schedule_villages(struct req *r, const struct schedule *s)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct buf *out = buf_in(r->arena);
    if (s->village_count == 0)
        return msg_text(r->ui.lang, MSG_delivery_whole_unit);
    for (size_t i = 0; i < s->village_count; i++) {
        const struct place *p = territory_find(t, s->villages[i]);
        if (i)
            buf_cstr(out, ", ");
        buf_str(out, p ? place_name(p, r->ui.lang) : s->villages[i]);
    }
    return buf_view(out);
}

void delivery_show_faults(struct req *r, struct form *form, const int *fields,
                          const struct delivery_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        const struct delivery_fault *f = &faults->v[i];
        size_t n = 0;
        while (n < COUNT_OF(f->args) && f->args[n].name)
            n++;
        form_fault_args(r, form, fields[f->field], f->m, f->args, n);
    }
}

struct page delivery_page(struct req *r, bool desk, struct str title, const struct crumb *crumbs,
                          size_t n)
{
    return (struct page){
        .title = title,
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
        .section = desk ? SECTION_DESK : SECTION_UNIT,
        .crumbs = crumbs,
        .crumb_count = n,
    };
}

struct option_list delivery_village_options(struct req *r)
{
    const struct place *unit = places_unit(r);
    struct option *options = ARENA_ARRAY(r->arena, struct option, unit->child_count + 1);
    for (size_t i = 0; i < unit->child_count; i++)
        options[i] = (struct option){.value = unit->children[i]->code,
                                     .text = place_name(unit->children[i], r->ui.lang)};
    return (struct option_list){options, unit->child_count};
}

enum err delivery_read_choices(struct tx *tx, struct req *r, int64_t from_day,
                               struct delivery_choices *out)
{
    struct sql_visit_services_rows rows;
    enum err rc = sql_visit_services(tx, r->arena, &rows, .unit = r->unit, .from_day = from_day);
    if (rc != ERR_OK)
        return rc;
    struct option *services = ARENA_ARRAY(r->arena, struct option, rows.n + 1);
    struct option *routes = ARENA_ARRAY(r->arena, struct option, rows.n + 1);
    *out = (struct delivery_choices){{services, 0}, {routes, 0}};
    for (size_t i = 0; i < rows.n; i++) {
        struct str service = rows.v[i].service, route = rows.v[i].route;
        bool known = false;
        /* Rows come by service. */
        if (!out->services.n || !str_eq(services[out->services.n - 1].value, service))
            services[out->services.n++] =
                (struct option){.value = service, .text = delivery_service_name(r, service)};
        for (size_t k = 0; k < out->routes.n; k++)
            known = known || str_eq(routes[k].value, route);
        if (route.n && !known)
            routes[out->routes.n++] = (struct option){.value = route, .text = route};
    }
    return ERR_OK;
}

enum err delivery_route_id(const struct req *r, const char *name, int64_t *id)
{
    return str_to_i64(req_param(r, name), id) && *id > 0 ? ERR_OK : ERR_NOT_FOUND;
}

/* --- one visit --- */

static enum err read_visit(struct tx *tx, void *arg)
{
    struct visit_reading *v = arg;
    struct req *r = v->r;
    struct arena *a = r->arena;
    enum err rc = ERR_OK;
    v->providers = (struct providers){0};
    TRY(delivery_visit(tx, a, v->unit, v->id, &v->visit));
    TRY(catalogue_providers(tx, a, v->unit, &v->providers));
    TRY(delivery_reader(tx, a, &r->actor, v->unit, &v->reader));
    TRY(sql_visit_events(tx, a, &v->events, .unit = v->unit, .visit_id = v->id));
    TRY(sql_visit_photos(tx, a, &v->photos, .unit = v->unit, .visit_id = v->id));
    TRY(sql_disputes_of_visit(tx, a, &v->disputes, .unit = v->unit, .visit_id = v->id));
    if (v->names) {
        int64_t *ids = ARENA_ARRAY(a, int64_t, v->events.n + 1);
        for (size_t i = 0; i < v->events.n; i++)
            ids[i] = v->events.v[i].person;
        *v->names = (struct person_names){0};
        TRY(people_names(tx, a, ids, v->events.n, v->names));
    }
out:
    return rc;
}

enum err delivery_read_visit(struct req *r, struct visit_reading *out)
{
    out->r = r;
    out->unit = r->unit;
    enum err rc = delivery_route_id(r, "id", &out->id);
    if (rc == ERR_OK)
        rc = req_read(r, read_visit, out);
    /* Settled visits stay with who answered for them; their addresses lead here after a merger. */
    struct place_refs earlier = place_ancestors(r->arena, places_unit(r));
    for (size_t i = 0; rc == ERR_NOT_FOUND && i < earlier.n; i++) {
        out->unit = earlier.v[i]->code;
        rc = db_read(r->db, SCOPE_COUNTRY, read_visit, out);
    }
    return rc;
}

static const struct {
    const char *kind;
    enum msg what;
    const char *css;
} event_looks[] = {
    {"done", MSG_delivery_event_done, "timeline__item--good"},
    {"missed", MSG_delivery_event_missed, "timeline__item--bad"},
    {"upheld", MSG_delivery_event_upheld, "timeline__item--bad"},
    {"rejected", MSG_delivery_event_rejected, ""},
};

static void fill_events(struct req *r, const struct visit_reading *v, bool desk,
                        struct visit_view *out)
{
    for (size_t i = 0; i < v->events.n; i++) {
        const struct sql_visit_events_row *e = &v->events.v[i];
        struct event_row row = {.what = MSG_NONE,
                                .at_ms = e->at_ms,
                                .said_ms = e->said_ms,
                                .late = e->at_ms - e->said_ms > MS_HOUR,
                                .reason = delivery_reason_text(r->arena, r->ui.lang, e->reason),
                                .css = ""};
        for (size_t k = 0; k < COUNT_OF(event_looks); k++)
            if (str_eq(e->kind, str_from(event_looks[k].kind))) {
                row.what = event_looks[k].what;
                row.css = event_looks[k].css;
            }
        if (row.what == MSG_NONE)
            continue;
        /* The answer stands with its dispute. */
        if (row.what == MSG_delivery_event_upheld || row.what == MSG_delivery_event_rejected)
            row.reason = STR_NULL;
        if (desk && v->names)
            row.person = person_name_in(v->names, e->person);
        ARENA_PUSH(r->arena, out->events, row);
    }
}

struct dispute_row delivery_dispute_row(struct req *r, struct str state)
{
    struct dispute_row row = {.open = str_eq(state, STR("open"))};
    bool upheld = str_eq(state, STR("upheld"));
    (void)r;
    row.state = row.open ? MSG_delivery_dispute_open
                : upheld ? MSG_delivery_dispute_upheld
                         : MSG_delivery_dispute_rejected;
    row.tone = row.open ? TONE_WAIT : upheld ? TONE_BAD : TONE_NEUTRAL;
    return row;
}

/* Words of residents and hidden photos are for the desk alone. */
void delivery_fill_visit(struct req *r, const struct visit_reading *v, bool desk,
                         struct visit_view *out)
{
    const char *area = desk ? "desk" : "m";
    *out = (struct visit_view){
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base =
            arena_printf(r->arena, "/%s/%.*s/visits/%lld", area, STRF(r->unit), (long long)v->id),
        .list_href = arena_printf(r->arena, "/%s/%.*s/visits", area, STRF(r->unit)),
        .calendar_href = arena_printf(r->arena, "/m/%.*s/calendar", STRF(r->unit)),
        .row = delivery_row(r, &v->visit, area, &v->providers),
        .office = v->reader.office,
    };
    out->row.disputable = out->row.disputable && str_eq(v->unit, r->unit);
    fill_events(r, v, desk, out);
    for (size_t i = 0; i < v->photos.n; i++) {
        const struct sql_visit_photos_row *p = &v->photos.v[i];
        struct str base = arena_printf(r->arena, "/m/%.*s/visits/%lld/photo/%lld", STRF(r->unit),
                                       (long long)v->id, (long long)p->id);
        if (p->shown || desk)
            ARENA_PUSH(
                r->arena, out->photos,
                ((struct photo_row){
                    .id = p->id,
                    .large = base,
                    .small = arena_printf(r->arena, "%.*s/small", STRF(base)),
                    .action = arena_printf(r->arena, "/desk/%.*s/visits/%lld/photo/%lld",
                                           STRF(r->unit), (long long)v->id, (long long)p->id),
                    .width = p->width,
                    .height = p->height,
                    .shown = p->shown != 0}));
    }
    for (size_t i = 0; i < v->disputes.n; i++) {
        const struct sql_disputes_of_visit_row *d = &v->disputes.v[i];
        struct dispute_row row = delivery_dispute_row(r, d->state);
        row.id = d->id;
        row.at_ms = d->at_ms;
        row.words = desk ? d->words : STR("");
        row.answer = d->answer;
        row.answered_ms = d->answered_ms.v;
        row.href =
            arena_printf(r->arena, "/desk/%.*s/disputes/%lld", STRF(r->unit), (long long)d->id);
        ARENA_PUSH(r->arena, out->disputes, row);
    }
}
