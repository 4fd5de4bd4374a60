/*
 * The life of a job: enqueued, leased, run, done; or put off, and given up after its attempts.
 *
 * The lease is a time in the row itself. Whoever takes a job moves its due time to the end of the
 * lease and counts the attempt; should the process die, the job is due again by itself. The
 * attempt's number is also the token of the lease: who finishes late, after somebody else took the
 * job over, changes nothing.
 */
#include "platform/jobs/jobs.h"

#include "platform/core/log.h"
#include "platform/jobs/jobs_internal.h"

#include <limits.h>
#include <unistd.h>

#define LEASE_MS (10 * MS_MINUTE)

enum { MOST_ATTEMPTS = 6, MOST_PAYLOAD = 64 << 10, MOST_IN_A_ROW = 100000 };

int64_t job_back_off_ms(int64_t attempt)
{
    static const int64_t waits[] = {MS_MINUTE, 5 * MS_MINUTE, 25 * MS_MINUTE, 2 * MS_HOUR,
                                    10 * MS_HOUR};
    int64_t last = (int64_t)COUNT_OF(waits) - 1;
    return waits[attempt < 1 ? 0 : attempt - 1 > last ? last : attempt - 1];
}

struct str job_worker_name(struct arena *a)
{
    char host[HOST_NAME_MAX + 1] = "";
    gethostname(host, sizeof host - 1);
    return arena_printf(a, "%s:%d", host, (int)getpid());
}

enum err job_enqueue(struct tx *tx, struct str unit, const char *kind, struct str payload,
                     int64_t run_at_ms, struct str key)
{
    INVARIANT(payload.n <= MOST_PAYLOAD);
    int64_t now = clock_now_ms();
    return sql_job_add(tx, NULL, .unit = unit, .id = id_new(), .kind = str_from(kind),
                       .payload = payload.p ? payload : STR(""),
                       .due_ms = run_at_ms > now ? run_at_ms : now, .once_key = key, .now_ms = now);
}

static const struct job_def *find_def(const struct app *app, struct str kind)
{
    for (size_t i = 0; i < app->slice_count; i++)
        for (size_t k = 0; k < app->slices[i]->job_count; k++)
            if (str_eq(kind, str_from(app->slices[i]->jobs[k].kind)))
                return &app->slices[i]->jobs[k];
    return NULL;
}

/* --- taking --- */

struct taking {
    struct arena *a;
    struct str worker;
    int64_t now;
    struct sql_job_lease_rows rows;
};

static enum err next_due(struct tx *tx, void *arg)
{
    struct sql_job_next_row row;
    enum err rc = sql_job_next(tx, NULL, &row);
    if (rc == ERR_OK)
        *(struct i64_opt *)arg = row.due_ms;
    return rc;
}

enum err job_next_due(struct app *app, struct i64_opt *due_ms)
{
    return db_read(app->db, SCOPE_COUNTRY, next_due, due_ms);
}

static enum err take(struct tx *tx, void *arg)
{
    struct taking *t = arg;
    return sql_job_lease(tx, t->a, &t->rows, .now_ms = t->now, .until_ms = t->now + LEASE_MS,
                         .worker = t->worker);
}

/* --- ending --- */

struct ending {
    const struct job *job;
    const char *state;
    struct i64_opt due_ms;
    const char *error;
    int64_t now;
    int64_t changed;
};

static enum err put_end(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    return sql_job_end(tx, &e->changed, .unit = e->job->unit, .id = e->job->id,
                       .attempt = e->job->attempt, .state = str_from(e->state), .due_ms = e->due_ms,
                       .error = str_from(e->error), .now_ms = e->now);
}

static enum err end_job(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    enum err rc = tx_nested(tx, put_end, e);
    if (rc != ERR_CONFLICT)
        return rc;
    /* It was to wait again, but a younger job with its key waits already and will do its work. */
    e->state = "done";
    e->due_ms = I64_NONE;
    return put_end(tx, e);
}

static enum err hold_longer(struct tx *tx, void *arg)
{
    const struct ending *e = arg;
    return sql_job_hold(tx, NULL, .unit = e->job->unit, .id = e->job->id,
                        .attempt = e->job->attempt, .until_ms = e->due_ms.v);
}

/* What becomes of a job whose handler returned rc. */
static struct ending judge(const struct job *job, const struct job_def *def, enum err rc)
{
    struct ending e = {.job = job, .state = "done", .error = "", .now = clock_now_ms()};
    if (rc == ERR_OK)
        return e;
    int most = def && def->max_attempts ? def->max_attempts : MOST_ATTEMPTS;
    e.error = err_name(rc);
    e.state = "failed";
    if (rc != ERR_INPUT && job->attempt < most) {
        e.state = "waiting";
        e.due_ms = I64(e.now + job_back_off_ms(job->attempt));
    }
    return e;
}

static enum err run_handler(struct app *app, const struct job *job, const struct job_def *def)
{
    int most = def->max_attempts ? def->max_attempts : MOST_ATTEMPTS;
    if (job->attempt > most)
        return ERR_TIMEOUT; /* each run died with its process or its lease */
    if (def->lease_ms > LEASE_MS) {
        struct ending e = {.job = job, .due_ms = I64(clock_now_ms() + def->lease_ms)};
        enum err rc = db_write(app->db, SCOPE_COUNTRY, hold_longer, &e);
        if (rc != ERR_OK)
            return rc;
    }
    struct arena *a = arena_new();
    enum err rc = def->run(app, a, job);
    arena_free(a);
    return rc;
}

static enum err run_job(struct app *app, const struct job *job)
{
    char id[32];
    int n = snprintf(id, sizeof id, "job-%lld", (long long)job->id);
    struct str before = log_request();
    log_set_request(str_of(id, (size_t)n));
    const struct job_def *def = find_def(app, job->kind);
    int64_t started = clock_monotonic_ms();
    /* A kind that is unknown here may be known to a newer instance: it counts as a failed attempt.
     */
    enum err rc = def ? run_handler(app, job, def) : ERR_NOT_FOUND;
    struct ending e = judge(job, def, rc);
    LOG(rc == ERR_OK ? LOG_INFO : LOG_WARN, "job.ran", LOG_S("kind", job->kind),
        LOG_I("attempt", job->attempt), LOG_C("state", e.state), LOG_C("result", err_name(rc)),
        LOG_I("ms", clock_monotonic_ms() - started));
    rc = db_write(app->db, SCOPE_COUNTRY, end_job, &e);
    if (rc == ERR_OK && e.changed == 0)
        LOG(LOG_WARN, "job.lease_lost", LOG_S("kind", job->kind));
    log_set_request(before);
    return rc;
}

enum err job_run_one(struct app *app, bool *ran)
{
    struct i64_opt due = I64_NONE;
    *ran = false;
    /* Looking is a read: an idle queue costs no write transaction. */
    enum err rc = job_next_due(app, &due);
    if (rc != ERR_OK || !due.set || due.v > clock_now_ms())
        return rc;
    struct taking t = {.a = arena_new(), .now = clock_now_ms()};
    t.worker = job_worker_name(t.a);
    rc = db_write(app->db, SCOPE_COUNTRY, take, &t);
    if (rc == ERR_OK && t.rows.n > 0) {
        const struct sql_job_lease_row *row = &t.rows.v[0];
        struct job job = {.id = row->id,
                          .unit = row->unit,
                          .kind = row->kind,
                          .payload = row->payload,
                          .attempt = (int)row->attempt};
        *ran = true;
        rc = run_job(app, &job);
    }
    arena_free(t.a);
    return rc;
}

enum err job_run_due(struct app *app, int *ran)
{
    int n = 0;
    bool more = true;
    enum err rc = ERR_OK;
    while (rc == ERR_OK && more && n < MOST_IN_A_ROW) {
        rc = job_run_one(app, &more);
        n += more;
    }
    if (ran)
        *ran = n;
    return rc;
}
