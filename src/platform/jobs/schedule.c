/*
 * Schedules: a row each, claimed by one instance with a lease, so that two programs on one
 * database (or one that restarts often) do a nightly work once.
 */
#include "platform/core/log.h"
#include "platform/jobs/jobs_internal.h"

#include <pthread.h>

/* A schedule may take long; a dead instance's claim ends after this. */
#define CLAIM_MS (30 * MS_MINUTE)

struct claim {
    struct arena *a;
    const struct schedule_def *def;
    bool anyway;
    int64_t now, until;
    struct str worker;
    struct sql_schedule_claim_rows rows;
    int64_t took_ms;
    int64_t again_ms;
    enum err result;
};

static enum err claim_it(struct tx *tx, void *arg)
{
    struct claim *c = arg;
    /* "Anyway" claims as if the last run were long ago, but never beside a running one. */
    int64_t every = c->anyway ? -c->now : c->def->every_ms;
    return sql_schedule_claim(tx, c->a, &c->rows, .name = str_from(c->def->name), .now_ms = c->now,
                              .every_ms = every, .until_ms = c->until, .worker = c->worker);
}

static enum err note_end(struct tx *tx, void *arg)
{
    const struct claim *c = arg;
    if (c->result == ERR_OK)
        return sql_schedule_done(tx, NULL, .name = str_from(c->def->name), .until_ms = c->until,
                                 .ran_ms = c->now, .took_ms = c->took_ms);
    return sql_schedule_failed(tx, NULL, .name = str_from(c->def->name), .until_ms = c->until,
                               .again_ms = c->again_ms, .error = str_from(err_name(c->result)));
}

struct last_runs {
    struct arena *a;
    struct sql_schedule_list_rows rows;
};

static enum err list_runs(struct tx *tx, void *arg)
{
    struct last_runs *l = arg;
    return sql_schedule_list(tx, l->a, &l->rows);
}

static const struct sql_schedule_list_row *find_run(const struct last_runs *l, const char *name)
{
    for (size_t i = 0; i < l->rows.n; i++)
        if (str_eq(l->rows.v[i].name, str_from(name)))
            return &l->rows.v[i];
    return NULL;
}

static enum err run_claimed(struct app *app, struct claim *c, int64_t failures)
{
    struct arena *a = arena_new();
    int64_t started = clock_monotonic_ms();
    c->result = c->def->run(app, a);
    arena_free(a);
    c->took_ms = clock_monotonic_ms() - started;
    int64_t wait = job_back_off_ms(failures + 1);
    c->again_ms = clock_now_ms() + (wait < c->def->every_ms ? wait : c->def->every_ms);
    LOG(c->result == ERR_OK ? LOG_INFO : LOG_WARN, "schedule.ran", LOG_C("name", c->def->name),
        LOG_C("result", err_name(c->result)), LOG_I("ms", c->took_ms));
    enum err rc = db_write(app->db, SCOPE_COUNTRY, note_end, c);
    return rc != ERR_OK ? rc : c->result;
}

/* Claims and runs; *ran says whether this instance got it. */
static enum err run_schedule(struct app *app, const struct schedule_def *def, bool anyway,
                             int64_t failures, bool *ran)
{
    struct claim c = {.a = arena_new(), .def = def, .anyway = anyway, .now = clock_now_ms()};
    c.until = c.now + CLAIM_MS;
    c.worker = job_worker_name(c.a);
    enum err rc = db_write(app->db, SCOPE_COUNTRY, claim_it, &c);
    *ran = rc == ERR_OK && c.rows.n > 0;
    if (*ran)
        rc = run_claimed(app, &c, failures);
    arena_free(c.a);
    return rc;
}

/* --- what every instance does for itself --- */

enum { MOST_LOCAL = 64 };
static struct {
    const struct schedule_def *def;
    int64_t ran_ms;
} local[MOST_LOCAL];
static pthread_mutex_t local_lock = PTHREAD_MUTEX_INITIALIZER;

/* True, and noted, when the interval has passed since it ran in this process. */
static bool local_is_due(const struct schedule_def *def, int64_t now)
{
    bool due = false;
    pthread_mutex_lock(&local_lock);
    for (size_t i = 0; i < MOST_LOCAL; i++) {
        if (local[i].def && local[i].def != def)
            continue;
        due = !local[i].def || local[i].ran_ms + def->every_ms <= now || local[i].ran_ms > now;
        local[i].def = def;
        if (due)
            local[i].ran_ms = now;
        break;
    }
    pthread_mutex_unlock(&local_lock);
    return due;
}

static enum err run_local(struct app *app, const struct schedule_def *def)
{
    struct arena *a = arena_new();
    enum err rc = def->run(app, a);
    arena_free(a);
    if (rc != ERR_OK)
        LOG(LOG_WARN, "schedule.ran", LOG_C("name", def->name), LOG_C("result", err_name(rc)));
    return rc;
}

/* --- running --- */

enum err schedule_run_now(struct app *app, const char *name)
{
    for (size_t i = 0; i < app->slice_count; i++) {
        for (size_t k = 0; k < app->slices[i]->schedule_count; k++) {
            const struct schedule_def *def = &app->slices[i]->schedules[k];
            bool ran;
            if (strcmp(def->name, name) != 0)
                continue;
            if (def->each_instance)
                return run_local(app, def);
            enum err rc = run_schedule(app, def, true, 0, &ran);
            return rc == ERR_OK && !ran ? ERR_BUSY : rc;
        }
    }
    return ERR_NOT_FOUND;
}

enum err schedule_run_due(struct app *app, int *ran)
{
    struct last_runs last = {.a = arena_new()};
    int n = 0;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, list_runs, &last);
    for (size_t i = 0; rc == ERR_OK && i < app->slice_count; i++) {
        for (size_t k = 0; k < app->slices[i]->schedule_count; k++) {
            const struct schedule_def *def = &app->slices[i]->schedules[k];
            const struct sql_schedule_list_row *row = find_run(&last, def->name);
            int64_t now = clock_now_ms();
            bool did = false;
            if (def->each_instance) {
                n += local_is_due(def, now) && run_local(app, def) == ERR_OK;
                continue;
            }
            if (row && (row->ran_ms + def->every_ms > now || row->held_until_ms > now))
                continue;
            /* One failing schedule must not keep the others from running. */
            enum err one = run_schedule(app, def, false, row ? row->failures : 0, &did);
            if (one != ERR_OK && !did)
                rc = one;
            n += did;
        }
    }
    if (ran)
        *ran = n;
    arena_free(last.a);
    return rc;
}
