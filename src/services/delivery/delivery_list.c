/*
 * The public log of visits: the records that the charter's promise "visits_done" counts, with the
 * same filters, and nothing else; also as a spreadsheet and a CSV. Who confirmed is not in it.
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "services/charter/charter.h"

#include "platform/web/export.h"

#define PAGE_ROWS 50
#define EXPORT_ROWS 100000
#define PERIOD_DAYS 30

enum { L_SERVICE, L_ROUTE, L_VILLAGE, L_FROM, L_TO, L_OUTCOME, L_PROMISE, L_EDGE, L_OF };
static const struct choice outcomes[] = {{"all", MSG_delivery_outcome_all},
                                         {"kept", MSG_delivery_outcome_kept},
                                         {"broken", MSG_delivery_outcome_broken},
                                         {NULL, MSG_NONE}};
static const struct field list_fields[] = {
    [L_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_delivery_service},
    [L_ROUTE] = {"kind", FIELD_LINE, .max = 80, .label = MSG_delivery_route},
    [L_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_delivery_village},
    [L_FROM] = {"from", FIELD_DATE, .label = MSG_delivery_from},
    [L_TO] = {"to", FIELD_DATE, .label = MSG_delivery_to},
    [L_OUTCOME] = {"outcome", FIELD_CHOICE, .choices = outcomes, .label = MSG_delivery_outcome},
    [L_PROMISE] = {"promise", FIELD_INT, .min = 1, .max = INT64_MAX, .label = MSG_delivery_service},
    [L_EDGE] = {"before", FIELD_CODE, .max = 40, .label = MSG_delivery_day},
    /* A municipality that merged into this one: the visits that stayed under its name. */
    [L_OF] = {"of", FIELD_CODE, .max = 14, .label = MSG_delivery_village},
};

struct listing {
    struct req *r;
    struct form *form;
    struct str of;                      /* NULL: the municipality of the address */
    struct str unit;                    /* whose visits: that, or `of` */
    struct str service, route, village; /* NULL: all */
    int64_t from_day, to_day, today, promise, edge_day, edge_id;
    int outcome; /* 0 all, 1 kept, 2 broken */
    size_t limit;
    struct sql_visit_records_rows rows;
    struct sql_visit_records_count_row count;
    struct delivery_choices choices;
    struct providers providers;
};

/* A promise of the charter may be about one route; its page links here with its number. */
static enum err apply_promise(struct tx *tx, struct listing *l)
{
    struct promises promises = {0};
    if (!l->promise || l->route.p)
        return ERR_OK;
    enum err rc = charter_promises(tx, l->r->arena, l->unit, STR_NULL, l->today, &promises);
    for (size_t i = 0; rc == ERR_OK && i < promises.n; i++)
        if (promises.v[i].id == l->promise) {
            l->service = promises.v[i].service;
            l->route = str_empty(promises.v[i].kind) ? STR_NULL : promises.v[i].kind;
        }
    return rc;
}

static enum err read_list(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct req *r = l->r;
    enum err rc = ERR_OK;
    l->providers = (struct providers){0};
    TRY(apply_promise(tx, l));
    TRY(sql_visit_records(tx, r->arena, &l->rows, .unit = l->unit, .service = l->service,
                          .route = l->route, .village = l->village, .from_day = l->from_day,
                          .to_day = l->to_day, .today = l->today, .outcome = l->outcome,
                          .edge_day = l->edge_day, .edge_id = l->edge_id,
                          .limit = (int64_t)l->limit + 1));
    TRY(sql_visit_records_count(tx, r->arena, &l->count, .unit = l->unit, .service = l->service,
                                .route = l->route, .village = l->village, .from_day = l->from_day,
                                .to_day = l->to_day, .today = l->today));
    TRY(delivery_read_choices(tx, r, l->from_day, &l->choices));
    TRY(catalogue_providers(tx, r->arena, l->unit, &l->providers));
out:
    return rc;
}

static struct str value_of(const struct form *f, int field)
{
    return f->v[field].present && f->v[field].fault == MSG_NONE ? f->v[field].s : STR_NULL;
}

/* "20743.812345": day and id of the last row of the page before. */
static void take_edge(struct listing *l, struct str edge)
{
    struct str day;
    if (!edge.p || !str_split(&edge, '.', &day) || !str_to_i64(day, &l->edge_day) ||
        !str_to_i64(edge, &l->edge_id) || l->edge_day <= 0)
        l->edge_day = l->edge_id = 0;
}

static enum err take_filters(struct req *r, struct listing *l, size_t limit)
{
    *l = (struct listing){.r = r, .today = day_of_ms(r->ui.now_ms), .limit = limit};
    enum err rc = form_read_query(r, list_fields, COUNT_OF(list_fields), &l->form);
    if (!l->form)
        return rc;
    const struct form *f = l->form;
    l->unit = r->unit;
    l->of = value_of(f, L_OF);
    if (l->of.p) {
        const struct place *before = place_ancestor(places_unit(r), l->of);
        if (!before)
            return ERR_NOT_FOUND;
        l->unit = before->code;
    }
    l->service = value_of(f, L_SERVICE);
    l->route = value_of(f, L_ROUTE);
    l->village = value_of(f, L_VILLAGE);
    l->to_day = value_of(f, L_TO).p ? f->v[L_TO].i : l->today;
    l->from_day = value_of(f, L_FROM).p ? f->v[L_FROM].i : l->to_day - PERIOD_DAYS + 1;
    if (value_of(f, L_PROMISE).p)
        l->promise = f->v[L_PROMISE].i;
    l->outcome = str_eq(f->v[L_OUTCOME].s, STR("kept"))     ? 1
                 : str_eq(f->v[L_OUTCOME].s, STR("broken")) ? 2
                                                            : 0;
    take_edge(l, value_of(f, L_EDGE));
    for (int i = 0; i < l->form->count; i++)
        l->form->v[i].fault = MSG_NONE;
    l->form->fault_count = 0;
    form_set_int(l->form, L_FROM, l->from_day);
    form_set_int(l->form, L_TO, l->to_day);
    return ERR_OK;
}

static void put_parameter(struct buf *out, const char *name, struct str value)
{
    if (!value.p)
        return;
    buf_printf(out, "&%s=", name);
    buf_percent(out, value);
}

/* This list with another outcome, another page, as a file. */
static struct str address(const struct listing *l, const char *format, int outcome, bool older)
{
    struct buf *out = buf_in(l->r->arena);
    buf_printf(out, "/m/%.*s/visits%s?from=", STRF(l->r->unit), format);
    buf_day(out, l->from_day);
    buf_cstr(out, "&to=");
    buf_day(out, l->to_day);
    put_parameter(out, "service", l->service);
    put_parameter(out, "kind", l->route);
    put_parameter(out, "village", l->village);
    put_parameter(out, "of", l->of);
    if (outcome)
        put_parameter(out, "outcome", str_from(outcomes[outcome].value));
    if (older) {
        const struct sql_visit_records_row *last = &l->rows.v[l->limit - 1];
        buf_printf(out, "&before=%lld.%lld", (long long)last->day, (long long)last->id);
    }
    return buf_view(out);
}

enum err delivery_list(struct req *r)
{
    enum err rc = ERR_OK;
    struct listing l;
    TRY(take_filters(r, &l, PAGE_ROWS));
    TRY(db_read(r->db, l.of.p ? SCOPE_COUNTRY : r->unit, read_list, &l));
    form_set(l.form, L_SERVICE, l.service);
    form_set(l.form, L_ROUTE, l.route);
    struct list_view v = {
        .base = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
        .action = arena_printf(r->arena, "/m/%.*s/visits", STRF(r->unit)),
        .form = l.form,
        .services = l.choices.services,
        .routes = l.choices.routes,
        .villages = delivery_village_options(r),
        .from_day = l.from_day,
        .to_day = l.to_day,
        .counted = l.count.counted,
        .kept = l.count.kept,
        .outcome = l.outcome,
        .all_href = address(&l, "", 0, false),
        .kept_href = address(&l, "", 1, false),
        .broken_href = address(&l, "", 2, false),
        .xlsx = address(&l, ".xlsx", l.outcome, false),
        .csv = address(&l, ".csv", l.outcome, false),
        .calendar_href = arena_printf(r->arena, "/m/%.*s/calendar", STRF(r->unit)),
    };
    for (size_t i = 0; i < l.rows.n && i < l.limit; i++) {
        struct visit visit = VISIT_OF(l.rows.v[i]);
        ARENA_PUSH(r->arena, v.rows, delivery_row(r, &visit, "m", &l.providers));
    }
    if (l.rows.n > l.limit)
        v.older = address(&l, "", l.outcome, true);
    if (l.edge_day)
        v.newest = address(&l, "", l.outcome, false);
    struct crumb crumbs[] = {{v.calendar_href, msg_text(r->ui.lang, MSG_delivery_calendar_title)}};
    struct page page =
        delivery_page(r, false, msg_text(r->ui.lang, MSG_delivery_list_title), crumbs, 1);
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_list(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err delivery_list_export(struct req *r)
{
    static const struct export_column columns[] = {
        DELIVERY_EXPORT_COLUMNS,
        {MSG_delivery_counts_kept, XLSX_INT, 0, true},
    };
    enum err rc = ERR_OK;
    struct listing l;
    struct export *x;
    TRY(take_filters(r, &l, EXPORT_ROWS));
    TRY(db_read(r->db, l.of.p ? SCOPE_COUNTRY : r->unit, read_list, &l));
    struct str unit_name = place_name(places_unit(r), r->ui.lang);
    struct export_about about = {
        .title = msg_text(r->ui.lang, MSG_delivery_list_title),
        .author = unit_name,
        .note = MSG_STR(r->arena, r->ui.lang, MSG_delivery_export_note, ARG_S("unit", unit_name),
                        ARG_DATE("from", l.from_day), ARG_DATE("to", l.to_day)),
        .name = arena_printf(r->arena, "visits-%.*s", STRF(r->unit)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < l.rows.n && i < l.limit; i++) {
        struct visit visit = VISIT_OF(l.rows.v[i]);
        struct visit_row row = delivery_row(r, &visit, "m", &l.providers);
        delivery_export_row(x, &row);
        export_int(x, row.look == LOOK_DONE);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}
