/* What the queue announces: its tables, the sweeping of old records, and its state of health. */
#include "platform/jobs/jobs_internal.h"

#define KEEP_MS (7 * MS_DAY)
/* A run that failed once or twice comes again within minutes: a busy hour, not a fault. */
#define FAILED_RUNS 3

struct report {
    struct arena *a;
    struct sql_job_counts_rows counts;
    struct sql_schedule_list_rows runs;
};

static enum err read_report(struct tx *tx, void *arg)
{
    struct report *r = arg;
    enum err rc = ERR_OK;
    TRY(sql_job_counts(tx, r->a, &r->counts));
    TRY(sql_schedule_list(tx, r->a, &r->runs));
out:
    return rc;
}

static enum err purge(struct tx *tx, void *arg)
{
    return sql_job_purge(tx, arg, .before_ms = clock_now_ms() - KEEP_MS);
}

static enum err run_purge(struct app *app, struct arena *a)
{
    (void)a;
    int64_t purged;
    return db_write(app->db, SCOPE_COUNTRY, purge, &purged);
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct report r = {.a = arena_new()};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_report, &r);
    int64_t now = clock_now_ms();
    for (size_t i = 0; rc == ERR_OK && i < r.counts.n; i++) {
        const struct sql_job_counts_row *c = &r.counts.v[i];
        if (str_eq(c->state, STR("failed"))) {
            buf_printf(out,
                       "%lld jobs failed for good, the oldest %lld hours ago: the operations page "
                       "says why and can try them again\n",
                       (long long)c->n, (long long)((now - c->oldest_ms) / MS_HOUR));
            (*faults)++;
        } else if (c->due_ms.set && now - c->due_ms.v >= MS_DAY) {
            buf_printf(out,
                       "jobs that were due %lld hours ago have not run: is the program serving?\n",
                       (long long)((now - c->due_ms.v) / MS_HOUR));
            (*faults)++;
        }
    }
    for (size_t i = 0; rc == ERR_OK && i < r.runs.n; i++) {
        const struct sql_schedule_list_row *s = &r.runs.v[i];
        if (s->failures < FAILED_RUNS)
            continue;
        buf_printf(out, "schedule %.*s failed %lld times in a row: %.*s\n", STRF(s->name),
                   (long long)s->failures, STRF(s->error));
        (*faults)++;
    }
    arena_free(r.a);
    return rc;
}

struct last_run {
    struct arena *a;
    const char *name;
    int64_t ran_ms;
};

static enum err read_last_run(struct tx *tx, void *arg)
{
    struct last_run *l = arg;
    struct sql_schedule_list_rows rows;
    enum err rc = sql_schedule_list(tx, l->a, &rows);
    l->ran_ms = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        if (str_eq(rows.v[i].name, str_from(l->name)))
            l->ran_ms = rows.v[i].ran_ms;
    return rc;
}

enum err schedule_last_run(struct app *app, const char *name, int64_t *ran_ms)
{
    struct last_run l = {.a = arena_new(), .name = name};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_last_run, &l);
    *ran_ms = l.ran_ms;
    arena_free(l.a);
    return rc;
}

static int64_t count_of(const struct report *r, struct str state)
{
    for (size_t i = 0; i < r->counts.n; i++)
        if (str_eq(r->counts.v[i].state, state))
            return r->counts.v[i].n;
    return 0;
}

static void metrics(struct app *app, struct buf *out)
{
    static const struct str states[] = {STRI("waiting"), STRI("running"), STRI("failed")};
    struct report r = {.a = arena_new()};
    if (db_read(app->db, SCOPE_COUNTRY, read_report, &r) == ERR_OK) {
        buf_cstr(out, "# TYPE aimak_jobs gauge\n");
        for (size_t i = 0; i < COUNT_OF(states); i++)
            buf_printf(out, "aimak_jobs{state=\"%s\"} %lld\n", states[i].p,
                       (long long)count_of(&r, states[i]));
        buf_cstr(out, "# TYPE aimak_schedule_age_seconds gauge\n");
        for (size_t i = 0; i < r.runs.n; i++)
            if (r.runs.v[i].ran_ms > 0)
                buf_printf(out, "aimak_schedule_age_seconds{name=\"%.*s\"} %lld\n",
                           STRF(r.runs.v[i].name),
                           (long long)((clock_now_ms() - r.runs.v[i].ran_ms) / MS_SECOND));
    }
    arena_free(r.a);
}

static enum err run_statistics(struct app *app, struct arena *a)
{
    (void)a;
    return db_refresh_statistics(app->db);
}

static const struct schedule_def schedules[] = {
    {.name = "jobs_purge", .every_ms = 6 * MS_HOUR, .run = run_purge},
    {.name = "store_statistics", .every_ms = MS_DAY, .run = run_statistics},
};

const struct slice jobs_slice = {
    .name = "jobs",
    .migrations = jobs_migrations,
    .queries = jobs_queries,
    .routes = jobs_routes,
    .route_count = JOBS_ROUTES,
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .doctor = doctor,
    .metrics = metrics,
};
