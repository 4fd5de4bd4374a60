/*
 * Cases in the public log, and whether both still agree.
 *
 * The log commits to what was said in public and when: that a report came, each state with its
 * answer, further answers, that the promised day passed. It holds the number, the kind and a hash;
 * the words themselves stay here, and whoever changes them here no longer matches the log.
 */
#include "voice/cases/cases_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/trail/trail.h"

/* What the doctor compares with the log at each visit. */
#define DOCTOR_DAYS 7
#define DOCTOR_EVENTS 500

/* Kinds by what the log calls them; the others are not committed to. */
static const char *const logged[CASE_EVENT__MAX] = {
    [CASE_EVENT_REPORT] = "case_report", [CASE_EVENT_STATE] = "case_state",
    [CASE_EVENT_ANSWER] = "case_answer", [CASE_EVENT_LATE] = "case_late",
    [CASE_EVENT_CLASS] = "case_class",   [CASE_EVENT_RATED] = "case_rated",
    [CASE_EVENT_MOVED] = "case_moved",   [CASE_EVENT_SETTLED] = "case_settled",
};

/* Fields in a fixed order, each behind its length, so that no two events have the same text. */
static struct str payload_of(struct arena *a, struct str number, const struct sql_event_put_in *e)
{
    struct buf *out = buf_in(a);
    const struct str parts[] = {number, e->kind, e->state, e->words, e->detail};
    buf_printf(out, "case-event-v1 ");
    buf_i64(out, e->at_ms);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        buf_char(out, ' ');
        buf_i64(out, parts[i].p ? (int64_t)parts[i].n : -1);
        buf_char(out, ':');
        if (parts[i].p)
            buf_str(out, parts[i]);
    }
    return buf_view(out);
}

enum err case_trail(struct tx *tx, struct arena *a, struct str number, struct sql_event_put_in *e)
{
    enum case_event_kind kind;
    e->trail = 0;
    INVARIANT(case_event_parse(e->kind, &kind));
    if (e->visible != CASE_SHOWN || !logged[kind])
        return ERR_OK;
    return trail_append(tx, e->unit, logged[kind], number, payload_of(a, number, e), &e->trail);
}

/* --- the doctor --- */

struct visit {
    struct arena *arena;
    struct buf *out;
    int *faults;
    struct sql_service_all_rows services;
    struct str unit;
    size_t from, to; /* services of this municipality */
    int64_t today;
};

static enum err services_fn(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    return sql_service_all(tx, v->arena, &v->services);
}

static void compare_totals(struct visit *v, struct str service, const struct case_totals *kept,
                           const struct case_totals *counted)
{
    if (memcmp(kept, counted, sizeof *kept) == 0)
        return;
    buf_printf(v->out, "cases: totals of %.*s, %.*s do not equal the records\n", STRF(v->unit),
               STRF(str_empty(service) ? STR("all services") : service));
    ++*v->faults;
}

/* Of each service, and of all together. */
static enum err check_totals(struct tx *tx, struct visit *v)
{
    struct case_totals kept, all = {0};
    enum err rc = ERR_OK;
    for (size_t i = v->from; i < v->to; i++) {
        struct str service = v->services.v[i].service;
        struct sql_recount_row row = {0};
        TRY(cases_totals(tx, v->arena, v->unit, service, v->today, &kept));
        TRY(sql_recount(tx, v->arena, &row, .unit = v->unit, .service = service, .day = v->today));
        struct case_totals counted = {row.received, row.answered, row.resolved,
                                      row.in_time,  row.rated,    row.stars};
        compare_totals(v, service, &kept, &counted);
        case_totals_add(&all, &counted);
    }
    TRY(cases_totals(tx, v->arena, v->unit, STR_NULL, v->today, &kept));
    compare_totals(v, STR(""), &kept, &all);
out:
    return rc;
}

static enum err check_log(struct tx *tx, struct visit *v)
{
    struct sql_event_logged_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_event_logged(tx, v->arena, &rows, .unit = v->unit,
                         .since_ms = clock_now_ms() - DOCTOR_DAYS * MS_DAY,
                         .limit = DOCTOR_EVENTS));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_event_logged_row *r = &rows.v[i];
        struct sql_event_put_in e = {.kind = r->kind,
                                     .at_ms = r->at_ms,
                                     .state = r->state,
                                     .words = r->words,
                                     .detail = r->detail};
        bool same = false;
        rc = trail_matches(tx, v->unit, r->trail, payload_of(v->arena, r->number, &e), &same);
        if (rc != ERR_OK && rc != ERR_NOT_FOUND)
            goto out;
        if (rc == ERR_NOT_FOUND || !same) {
            buf_printf(v->out, "cases: report %.*s is not as the public log has it\n",
                       STRF(r->number));
            ++*v->faults;
        }
        rc = ERR_OK;
    }
out:
    return rc;
}

static enum err check_fn(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    enum err rc = ERR_OK;
    TRY(check_totals(tx, v));
    TRY(check_log(tx, v));
out:
    return rc;
}

enum err cases_doctor(struct app *app, struct buf *out, int *faults)
{
    struct visit v = {.arena = arena_new(), .out = out, .faults = faults, .today = day_today()};
    struct arena *list = v.arena;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, services_fn, &v);
    for (v.from = 0; rc == ERR_OK && v.from < v.services.n; v.from = v.to) {
        v.unit = v.services.v[v.from].unit;
        for (v.to = v.from; v.to < v.services.n && str_eq(v.services.v[v.to].unit, v.unit); v.to++)
            continue;
        v.arena = arena_new();
        rc = db_read(app->db, v.unit, check_fn, &v);
        arena_free(v.arena);
    }
    arena_free(list);
    return rc;
}
