/*
 * What reports and answers left for the totals, added to them.
 *
 * A row of running totals is hit by everybody who reports the same service: on PostgreSQL their
 * transactions would conflict, and of sixty at once most would give up. So they only leave a row
 * each (case_totals_move), which conflicts with nobody, and this job adds up what is there, a
 * municipality in one transaction. Readers add what waits, so the figures are exact at any moment;
 * the counters of tally.h hear of it here, within a minute.
 */
#include "voice/cases/cases_internal.h"

struct fold {
    struct arena *arena;
    struct str unit;
};

static bool is_nothing(const struct case_totals *t)
{
    return !t->received && !t->answered && !t->resolved && !t->in_time && !t->rated && !t->stars;
}

enum err case_totals_raise(struct tx *tx, struct str unit, struct str service, int64_t day,
                           const struct case_totals *by)
{
    enum err rc = ERR_OK;
    if (is_nothing(by))
        return ERR_OK;
    TRY(sql_total_add(tx, NULL, .unit = unit, .service = service, .day = day,
                      .received = by->received, .answered = by->answered, .resolved = by->resolved,
                      .in_time = by->in_time, .rated = by->rated, .stars = by->stars));
    rc = sql_total_add_later(tx, NULL, .unit = unit, .service = service, .day = day,
                             .received = by->received, .answered = by->answered,
                             .resolved = by->resolved, .in_time = by->in_time, .rated = by->rated,
                             .stars = by->stars);
out:
    return rc;
}

/* The totals that results of programmes are made of. */
static enum err tell_counters(struct tx *tx, struct str unit, const struct sql_total_changes_row *r)
{
    enum err rc = ERR_OK;
    struct tally_fact f = {.counter = &cases_received_counter,
                           .unit = unit,
                           .day = r->day,
                           .values = {r->service},
                           .amount = r->received};
    TRY(tally_change(tx, &f));
    f.counter = &cases_resolved_counter;
    f.amount = r->resolved;
    rc = tally_change(tx, &f);
out:
    return rc;
}

/* Rows come day by day: when one is over, the sum of its services is raised too. */
static enum err fold_fn(struct tx *tx, void *arg)
{
    const struct fold *f = arg;
    struct sql_total_changes_rows rows;
    struct case_totals all = {0};
    enum err rc = ERR_OK;
    TRY(sql_total_changes(tx, f->arena, &rows, .unit = f->unit));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_total_changes_row *r = &rows.v[i];
        struct case_totals one = {r->received, r->answered, r->resolved,
                                  r->in_time,  r->rated,    r->stars};
        TRY(sql_service_put(tx, NULL, .unit = f->unit, .service = r->service));
        TRY(case_totals_raise(tx, f->unit, r->service, r->day, &one));
        TRY(tell_counters(tx, f->unit, r));
        case_totals_add(&all, &one);
        if (i + 1 == rows.n || rows.v[i + 1].day != r->day) {
            TRY(case_totals_raise(tx, f->unit, STR(""), r->day, &all));
            all = (struct case_totals){0};
        }
    }
    rc = sql_total_changes_taken(tx, NULL, .unit = f->unit);
out:
    return rc;
}

struct waiting {
    struct arena *arena;
    struct sql_total_change_units_rows units;
};

static enum err find_fn(struct tx *tx, void *arg)
{
    struct waiting *w = arg;
    return sql_total_change_units(tx, w->arena, &w->units);
}

enum err cases_fold(struct app *app)
{
    struct waiting w = {.arena = arena_new()};
    struct arena *a = arena_new();
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_fn, &w);
    for (size_t i = 0; rc == ERR_OK && i < w.units.n; i++) {
        struct fold f = {.arena = a, .unit = w.units.v[i].unit};
        rc = db_write(app->db, f.unit, fold_fn, &f);
        arena_reset(a);
    }
    arena_free(a);
    arena_free(w.arena);
    return rc;
}

enum err case_job_fold(struct app *app, struct arena *a)
{
    (void)a;
    return cases_fold(app);
}
