/*
 * What happens to cases by the clock: the question whether it is fixed, the promised day that
 * passes, and what becomes of open cases when municipalities merge.
 *
 * Nothing closes by itself. A resolution that the reporter never confirms stays "resolved, says the
 * municipality": after CASE_REMIND_DAYS the reporter is asked once more, after CASE_REOPEN_DAYS it
 * is noted in public that no answer came, and the reporter is told.
 */
#include "voice/cases/cases_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/log.h"
#include "platform/jobs/jobs.h"

#include <inttypes.h>

/* Cases told to a head at once; the rest follow with the next run. */
#define LATE_AT_ONCE 500

/* --- is it fixed? --- */

/* "NUMBER STATE_MS": the step that asked. Another step since makes the job void. */
static enum err enqueue_ask(struct case_work *w, int64_t run_at_ms)
{
    struct str payload =
        arena_printf(w->arena, "%.*s %" PRId64, STRF(w->is.number), w->is.state_ms);
    struct str key = arena_printf(w->arena, "case_ask %.*s %" PRId64, STRF(payload), run_at_ms);
    return job_enqueue(w->tx, w->unit, "case_ask", payload, run_at_ms, key);
}

enum err case_job_enqueue(struct case_work *w)
{
    if (w->state != CASE_RESOLVED)
        return ERR_OK;
    return enqueue_ask(w, w->is.state_ms + CASE_REMIND_DAYS * MS_DAY);
}

struct ask {
    struct app *app;
    struct arena *arena;
    struct str number;
    int64_t state_ms;
    struct str unit;
    int64_t id;
};

static enum err find_fn(struct tx *tx, void *arg)
{
    struct ask *ask = arg;
    return cases_find(tx, ask->arena, ask->number, &ask->unit, &ask->id);
}

/* Has this been done already? A job may run twice. */
static enum err has_event(struct case_work *w, enum case_event_kind kind, int64_t since_ms,
                          bool *found)
{
    struct case_events events = {0};
    enum err rc = cases_events(w->tx, w->arena, w->unit, w->id, true, &events);
    *found = false;
    for (size_t i = 0; rc == ERR_OK && i < events.n; i++)
        *found = *found || (events.v[i].kind == kind && events.v[i].at_ms >= since_ms);
    return rc;
}

static enum err ask_fn(struct tx *tx, void *arg)
{
    struct ask *ask = arg;
    struct case_change change = {.unit = ask->unit, .id = ask->id, .by = CASE_BY_SYSTEM};
    struct case_work w;
    bool done;
    enum err rc = ERR_OK;
    TRY(case_work_begin(&w, ask->app, tx, ask->arena, &change));
    if (w.state != CASE_RESOLVED || w.is.state_ms != ask->state_ms)
        goto out;
    int64_t last_ms = ask->state_ms + CASE_REOPEN_DAYS * MS_DAY;
    bool settle = w.now_ms >= last_ms;
    enum case_event_kind kind = settle ? CASE_EVENT_SETTLED : CASE_EVENT_ASKED;
    TRY(has_event(&w, kind, ask->state_ms, &done));
    if (done)
        goto out;
    struct case_event_input event = {.kind = kind, .visible = settle ? CASE_SHOWN : CASE_INSIDE};
    TRY(case_work_event(&w, &event));
    TRY(case_notify(&w, settle ? CASE_NOTICE_SETTLED : CASE_NOTICE_REMIND, STR_NULL));
    if (!settle)
        TRY(enqueue_ask(&w, last_ms));
out:
    return rc;
}

enum err case_job_ask(struct app *app, struct arena *a, const struct job *job)
{
    struct str rest = job->payload, number = STR_NULL, ms = STR_NULL;
    struct ask ask = {.app = app, .arena = a};
    if (!str_split(&rest, ' ', &number) || !str_split(&rest, ' ', &ms) ||
        !str_to_i64(ms, &ask.state_ms))
        return ERR_PARSE;
    ask.number = number;
    /* The municipality may have merged since: the number knows. */
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_fn, &ask);
    if (rc != ERR_OK)
        return rc;
    return db_write(app->db, ask.unit, ask_fn, &ask);
}

/* --- the promised day passed --- */

struct late_run {
    struct app *app;
    struct arena *arena;
    int64_t today;
    struct sql_late_untold_rows rows;
    size_t from, to; /* of one municipality */
};

static enum err find_late_fn(struct tx *tx, void *arg)
{
    struct late_run *run = arg;
    return sql_late_untold(tx, run->arena, &run->rows, .today = run->today, .limit = LATE_AT_ONCE);
}

enum err case_work_late(struct case_work *w)
{
    struct case_event_input event = {.kind = CASE_EVENT_LATE, .visible = CASE_SHOWN};
    w->is.late_ms = I64(w->now_ms);
    enum err rc = case_work_event(w, &event);
    return rc != ERR_OK ? rc : case_work_save(w);
}

static enum err tell_late_fn(struct tx *tx, void *arg)
{
    struct late_run *run = arg;
    struct case_late_list late = {0};
    enum err rc = ERR_OK;
    for (size_t i = run->from; i < run->to; i++) {
        struct case_change change = {
            .unit = run->rows.v[i].unit, .id = run->rows.v[i].id, .by = CASE_BY_SYSTEM};
        struct case_work w;
        TRY(case_work_begin(&w, run->app, tx, run->arena, &change));
        if (!w.is.open || w.is.late_ms.set || !w.is.due_day.set || w.is.due_day.v >= run->today)
            continue;
        TRY(case_work_late(&w));
        ARENA_PUSH(run->arena, late,
                   ((struct case_late){w.is.number, w.is.service, w.is.fault, w.is.due_day.v}));
    }
    if (late.n)
        TRY(case_notify_late(run->app, tx, run->arena, run->rows.v[run->from].unit, &late));
out:
    return rc;
}

enum err case_job_late(struct app *app, struct arena *a)
{
    struct late_run run = {.app = app, .arena = a, .today = day_today()};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_late_fn, &run);
    if (rc != ERR_OK)
        return rc;
    for (run.from = 0; run.from < run.rows.n; run.from = run.to) {
        struct str unit = run.rows.v[run.from].unit;
        for (run.to = run.from; run.to < run.rows.n && str_eq(run.rows.v[run.to].unit, unit);
             run.to++)
            continue;
        enum err told = db_write(app->db, unit, tell_late_fn, &run);
        if (told != ERR_OK) {
            LOG(LOG_WARN, "cases.late_not_told", LOG_S("unit", unit),
                LOG_C("error", err_name(told)));
            rc = told; /* the others are told all the same */
        }
    }
    return rc;
}

/* --- mergers --- */

enum err cases_merged(struct app *app, struct tx *tx, struct str from, struct str into, int64_t day)
{
    struct arena *a = arena_new();
    struct sql_case_open_ids_rows rows;
    enum err rc = ERR_OK;
    (void)app;
    (void)day;
    TRY(sql_case_open_ids(tx, a, &rows, .unit = from));
    for (size_t i = 0; i < rows.n; i++) {
        struct sql_case_get_row row = {0};
        int64_t id = rows.v[i].id, moved = 0;
        TRY(sql_case_get(tx, a, &row, .unit = from, .id = id));
        TRY(sql_case_move(tx, &moved, .unit = from, .id = id, .into = into));
        if (moved != 1)
            FAIL(ERR_CONFLICT);
        TRY(sql_case_number_move(tx, NULL, .number = rows.v[i].number, .unit = into));
        TRY(case_totals_move(tx, a, from, &row, into, &row));
        struct sql_event_put_in put = {.unit = into,
                                       .case_id = id,
                                       .id = id_new(),
                                       .kind = case_event_code(CASE_EVENT_MOVED),
                                       .at_ms = clock_now_ms(),
                                       .actor = case_by_code(CASE_BY_SYSTEM),
                                       .visible = CASE_SHOWN,
                                       .detail = from};
        TRY(case_trail(tx, a, rows.v[i].number, &put));
        TRY(sql_event_put_run(tx, NULL, &put));
    }
out:
    arena_free(a);
    return rc;
}
