/*
 * The head's page: what is past its promised day, with whom it lies, and since when.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"

#include <inttypes.h>

#define ROWS_MAX 100

struct overdue {
    struct req *r;
    int64_t today;
    struct case_desk_counts counts;
    struct desk_rows rows;
    struct sql_desk_by_assignee_rows people;
    struct sql_desk_by_service_rows services;
    struct person_names names, colleagues;
};

static enum err read_overdue(struct tx *tx, void *arg)
{
    struct overdue *d = arg;
    struct req *r = d->r;
    struct arena *a = r->arena;
    const struct desk_filter late = {
        .unit = r->unit, .due = DESK_DUE_LATE, .sort = DESK_BY_DUE, .max = ROWS_MAX, .brief = true};
    enum err rc = ERR_OK;
    d->colleagues = (struct person_names){0};
    TRY(cases_desk_counts(tx, a, r->unit, r->actor.person_id, d->today, &d->counts));
    TRY(desk_list(tx, a, &late, d->today, &d->rows));
    TRY(sql_desk_by_assignee(tx, a, &d->people, .unit = r->unit, .today = d->today));
    TRY(sql_desk_by_service(tx, a, &d->services, .unit = r->unit, .today = d->today));
    int64_t *ids = ARENA_ARRAY(a, int64_t, d->people.n);
    for (size_t i = 0; i < d->people.n; i++)
        ids[i] = d->people.v[i].assignee;
    TRY(desk_names(tx, a, ids, d->people.n, &d->names));
    TRY(desk_colleagues(r, tx, &d->colleagues));
out:
    return rc;
}

static int64_t days_late(struct i64_opt oldest, int64_t today)
{
    return oldest.set && oldest.v < today ? today - oldest.v : 0;
}

static void fill_loads(struct overdue *d, struct desk_overdue_view *v)
{
    struct req *r = d->r;
    struct str base = desk_base(r);
    for (size_t i = 0; i < d->people.n; i++) {
        const struct sql_desk_by_assignee_row *row = &d->people.v[i];
        struct desk_load load = {
            .name = row->assignee ? desk_who(r, &d->names, row->assignee)
                                  : msg_text(r->ui.lang, MSG_casesdesk_unassigned),
            .href = row->assignee
                        ? arena_printf(r->arena, "%.*s?who=%" PRId64, STRF(base), row->assignee)
                        : arena_printf(r->arena, "%.*s?who=none", STRF(base)),
            .open = row->n,
            .late = row->late,
            .oldest_days = days_late(row->oldest, d->today),
        };
        ARENA_PUSH(r->arena, v->people, load);
    }
    for (size_t i = 0; i < d->services.n; i++) {
        const struct sql_desk_by_service_row *row = &d->services.v[i];
        struct desk_load load = {
            .name = case_title(r->app, r->arena, row->service, STR(""), r->ui.lang),
            .href = arena_printf(r->arena, "%.*s?service=%.*s", STRF(base), STRF(row->service)),
            .open = row->n,
            .late = row->late,
            .oldest_days = days_late(row->oldest, d->today),
        };
        ARENA_PUSH(r->arena, v->services, load);
    }
}

enum err desk_overdue_page(struct req *r)
{
    struct overdue d = {.r = r, .today = day_today()};
    enum err rc = ERR_OK;
    TRY(req_read(r, read_overdue, &d));
    struct str base = desk_base(r);
    struct desk_overdue_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .list_href = base,
        .late_href = arena_printf(r->arena, "%.*s?due=late", STRF(base)),
        .xlsx = arena_printf(r->arena, "%.*s.xlsx?due=late", STRF(base)),
        .print = arena_printf(r->arena, "%.*s/print?due=late", STRF(base)),
        .counts = d.counts,
        .more = d.rows.more,
        .form = desk_bulk_form(r),
        .assignees = desk_people(r, &d.colleagues),
    };
    fill_loads(&d, &v);
    for (size_t i = 0; i < d.rows.n; i++)
        ARENA_PUSH(r->arena, v.rows, desk_line_of(r, &d.rows.v[i], &d.names, d.today));
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_overdue_title));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_desk_overdue(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
