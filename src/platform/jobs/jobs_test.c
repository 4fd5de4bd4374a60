/* The queue and the schedules on both engines, with time that stands still until moved. */
#include "platform/jobs/jobs_internal.h"
#include "platform/web/slice_testing.h"

#include <pthread.h>

#define START_MS INT64_C(1795317300000)

static _Atomic int ran, nightly_ran, reloaded;
static enum err answer; /* what the handler returns */
static char seen[64];   /* payload of the last run */
static int seen_attempt;
static struct i64_opt lease_end; /* as the handler saw it */
static bool enqueue_again;       /* the handler enqueues a job with its own key */
static _Atomic int runs_of[400];

static enum err add_in(struct tx *tx, void *arg);

static enum err note(struct app *app, struct arena *a, const struct job *job)
{
    (void)a;
    snprintf(seen, sizeof seen, "%.*s", STRF(job->payload));
    seen_attempt = job->attempt;
    assert_int_equal(job_next_due(app, &lease_end), ERR_OK);
    ran++;
    if (enqueue_again) {
        enqueue_again = false;
        assert_int_equal(db_write(app->db, UNIT, add_in, "again"), ERR_OK);
    }
    return answer;
}

static enum err count_run(struct app *app, struct arena *a, const struct job *job)
{
    (void)app;
    (void)a;
    int64_t n;
    assert_true(str_to_i64(job->payload, &n));
    runs_of[n]++;
    return ERR_OK;
}

static enum err reload(struct app *app, struct arena *a)
{
    (void)app;
    (void)a;
    reloaded++;
    return ERR_OK;
}

static enum err nightly(struct app *app, struct arena *a)
{
    (void)app;
    (void)a;
    nightly_ran++;
    return answer;
}

static const struct job_def defs[] = {{.kind = "note", .run = note},
                                      {.kind = "count", .run = count_run},
                                      {.kind = "long", .run = note, .lease_ms = 2 * MS_HOUR},
                                      {.kind = "twice", .run = note, .max_attempts = 2}};
static const struct schedule_def schedules[] = {
    {.name = "nightly", .every_ms = MS_DAY, .run = nightly},
    {.name = "reload", .every_ms = MS_MINUTE, .run = reload, .each_instance = true}};
static const struct slice test_slice = {.name = "test",
                                        .jobs = defs,
                                        .job_count = COUNT_OF(defs),
                                        .schedules = schedules,
                                        .schedule_count = COUNT_OF(schedules)};
static const struct slice *const slices[] = {&jobs_slice, &test_slice};

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    clock_set_for_test(START_MS);
    ran = nightly_ran = 0;
    answer = ERR_OK;
    enqueue_again = false;
    memset((void *)runs_of, 0, sizeof runs_of);
}

static void end(struct slice_test *t)
{
    clock_set_for_test(0);
    slice_test_end(t);
}

/* --- helpers: arg is the payload; kind "note", key "k" --- */

static enum err add_in(struct tx *tx, void *arg)
{
    return job_enqueue(tx, UNIT, "note", str_from(arg), 0, STR("k"));
}

static enum err add_then_fail(struct tx *tx, void *arg)
{
    enum err rc = add_in(tx, arg);
    return rc == ERR_OK ? ERR_NOT_FOUND : rc;
}

static enum err add_twice(struct tx *tx, void *arg)
{
    enum err rc = add_in(tx, arg);
    return rc == ERR_OK ? add_in(tx, "second") : rc;
}

static enum err add_later(struct tx *tx, void *arg)
{
    (void)arg;
    return job_enqueue(tx, SCOPE_COUNTRY, "note", STR("later"), START_MS + MS_HOUR, STR_NULL);
}

static enum err add_kind(struct tx *tx, void *arg)
{
    return job_enqueue(tx, SCOPE_COUNTRY, arg, STR("p"), 0, STR_NULL);
}

static enum err add_many(struct tx *tx, void *arg)
{
    enum err rc = ERR_OK;
    (void)arg;
    for (int i = 0; i < 400 && rc == ERR_OK; i++) {
        char number[8];
        int n = snprintf(number, sizeof number, "%d", i);
        rc = job_enqueue(tx, i % 2 ? UNIT : OTHER_UNIT, "count", str_of(number, (size_t)n), 0,
                         STR_NULL);
    }
    return rc;
}

static void add(struct slice_test *t, db_fn fn, const char *arg)
{
    assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, fn, (void *)(uintptr_t)arg), ERR_OK);
}

static void check_runs(struct slice_test *t, int want)
{
    int n = -1;
    assert_int_equal(job_run_due(&t->app, &n), ERR_OK);
    assert_int_equal(n, want);
}

struct counting {
    struct arena *a;
    struct sql_job_counts_rows rows;
};

static enum err read_counts(struct tx *tx, void *arg)
{
    struct counting *c = arg;
    return sql_job_counts(tx, c->a, &c->rows);
}

static int64_t in_state(struct slice_test *t, const char *state)
{
    struct counting c = {.a = t->arena};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, read_counts, &c), ERR_OK);
    for (size_t i = 0; i < c.rows.n; i++)
        if (str_eq(c.rows.v[i].state, str_from(state)))
            return c.rows.v[i].n;
    return 0;
}

static void move_clock(int64_t ms)
{
    clock_set_for_test(clock_now_ms() + ms);
}

/* --- tests --- */

static void exists_when_its_cause_does(void **state)
{
    struct slice_test t;
    begin(&t, state);
    assert_int_equal(db_write(t.app.db, UNIT, add_then_fail, "lost"), ERR_NOT_FOUND);
    check_runs(&t, 0);
    assert_int_equal(db_write(t.app.db, UNIT, add_in, "kept"), ERR_OK);
    check_runs(&t, 1);
    assert_string_equal(seen, "kept");
    assert_int_equal(seen_attempt, 1);
    check_runs(&t, 0);
    assert_int_equal(in_state(&t, "waiting") + in_state(&t, "running"), 0);
    end(&t);
}

static void waits_for_its_time(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_later, NULL);
    check_runs(&t, 0);
    move_clock(MS_HOUR - 1);
    check_runs(&t, 0);
    move_clock(1);
    check_runs(&t, 1);
    end(&t);
}

static void one_waits_for_each_key(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_twice, "first");
    check_runs(&t, 1);
    assert_string_equal(seen, "first");
    /* While it runs, a new cause is a new job. */
    enqueue_again = true;
    add(&t, add_in, "outer");
    check_runs(&t, 2);
    assert_string_equal(seen, "again");
    /* It fails and would wait again, but a younger one with its key waits already. */
    answer = ERR_UNAVAILABLE;
    enqueue_again = true;
    add(&t, add_in, "outer");
    check_runs(&t, 2);
    assert_int_equal(in_state(&t, "waiting"), 1);
    end(&t);
}

static void backs_off_and_gives_up(void **state)
{
    static const int minutes[] = {1, 5, 25, 120, 600};
    struct slice_test t;
    begin(&t, state);
    answer = ERR_UNAVAILABLE;
    add(&t, add_in, "p");
    check_runs(&t, 1);
    for (size_t i = 0; i < COUNT_OF(minutes); i++) {
        move_clock(minutes[i] * MS_MINUTE - 1);
        check_runs(&t, 0);
        move_clock(1);
        check_runs(&t, 1);
        assert_int_equal(seen_attempt, (int)i + 2);
    }
    assert_int_equal(in_state(&t, "failed"), 1);
    move_clock(30 * MS_DAY);
    check_runs(&t, 0);
    end(&t);
}

static void gives_up_at_once_on_bad_input(void **state)
{
    struct slice_test t;
    begin(&t, state);
    answer = ERR_INPUT;
    add(&t, add_in, "p");
    check_runs(&t, 1);
    assert_int_equal(in_state(&t, "failed"), 1);
    answer = ERR_OK;
    add(&t, add_kind, "unheard of");
    check_runs(&t, 1);
    assert_int_equal(in_state(&t, "waiting"), 1);
    end(&t);
}

static enum err lease_and_die(struct tx *tx, void *arg)
{
    struct sql_job_lease_rows rows;
    int64_t now = clock_now_ms();
    return sql_job_lease(tx, arg, &rows, .now_ms = now, .until_ms = now + 10 * MS_MINUTE,
                         .worker = STR("dead"));
}

/* Transactions may run on another thread, so what they find is judged outside. */
struct late {
    struct arena *a;
    struct sql_job_lease_rows rows;
    int64_t id, changed;
};

static enum err end_late(struct tx *tx, void *arg)
{
    struct late *l = arg;
    return sql_job_end(tx, &l->changed, .unit = UNIT, .id = l->id, .attempt = 1,
                       .state = STR("done"), .due_ms = I64_NONE, .error = STR(""), .now_ms = 0);
}

static enum err lease_again(struct tx *tx, void *arg)
{
    struct late *l = arg;
    return sql_job_lease(tx, l->a, &l->rows, .now_ms = clock_now_ms(),
                         .until_ms = clock_now_ms() + MS_MINUTE, .worker = STR("second"));
}

static void survives_the_death_of_a_worker(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_in, "p");
    assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, lease_and_die, t.arena), ERR_OK);
    assert_int_equal(in_state(&t, "running"), 1);
    move_clock(10 * MS_MINUTE - 1);
    check_runs(&t, 0);
    move_clock(1);
    struct late late = {.a = t.arena};
    assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, lease_again, &late), ERR_OK);
    assert_int_equal(late.rows.n, 1);
    assert_int_equal(late.rows.v[0].attempt, 2);
    /* The first worker was only slow; its word no longer counts. */
    late.id = late.rows.v[0].id;
    assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, end_late, &late), ERR_OK);
    assert_int_equal(late.changed, 0);
    move_clock(MS_MINUTE);
    check_runs(&t, 1);
    assert_int_equal(seen_attempt, 3);
    end(&t);
}

static void a_job_that_kills_is_given_up(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_kind, "twice");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(db_write(t.app.db, SCOPE_COUNTRY, lease_and_die, t.arena), ERR_OK);
        move_clock(10 * MS_MINUTE);
    }
    check_runs(&t, 1);
    assert_int_equal(ran, 0); /* its handler was not called a third time */
    assert_int_equal(in_state(&t, "failed"), 1);
    end(&t);
}

struct crew {
    struct app app;
    enum err rc;
};

static void *run_all(void *arg)
{
    struct crew *c = arg;
    /* Conflicts between instances are part of the game: look again until nothing is left. */
    for (int quiet = 0, n; quiet<3; quiet = n> 0 ? 0 : quiet + 1) {
        n = 0;
        c->rc = job_run_due(&c->app, &n);
        if (c->rc != ERR_OK && c->rc != ERR_BUSY)
            break;
    }
    return NULL;
}

static void many_workers_run_each_job_once(void **state)
{
    struct slice_test t;
    begin(&t, state);
    clock_set_for_test(0);
    add(&t, add_many, NULL);
    /* A SQLite file has one process; PostgreSQL may serve several programs. */
    struct db *second = t.place.postgres ? slice_test_open_again(&t) : NULL;
    struct crew crew[8];
    pthread_t thread[8];
    for (size_t i = 0; i < COUNT_OF(crew); i++) {
        crew[i] = (struct crew){.app = t.app};
        if (second && i % 2)
            crew[i].app.db = second;
        assert_int_equal(pthread_create(&thread[i], NULL, run_all, &crew[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(crew); i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(crew[i].rc, ERR_OK);
    }
    for (size_t i = 0; i < COUNT_OF(runs_of); i++)
        assert_int_equal(runs_of[i], 1);
    db_close(second);
    end(&t);
}

static void long_jobs_hold_longer(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_kind, "long");
    check_runs(&t, 1);
    assert_int_equal(ran, 1);
    assert_true(lease_end.set && lease_end.v == START_MS + 2 * MS_HOUR);
    add(&t, add_kind, "note");
    check_runs(&t, 1);
    assert_true(lease_end.set && lease_end.v == START_MS + 10 * MS_MINUTE);
    end(&t);
}

static void schedules_run_once_a_period(void **state)
{
    struct slice_test t;
    int n;
    begin(&t, state);
    assert_int_equal(schedule_run_due(&t.app, &n), ERR_OK);
    assert_int_equal(n, 4); /* nightly, reload, and two of this slice */
    assert_int_equal(schedule_run_due(&t.app, &n), ERR_OK);
    assert_int_equal(n, 0);
    move_clock(MS_DAY - 1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 1);
    move_clock(1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 2);
    assert_int_equal(schedule_run_now(&t.app, "nightly"), ERR_OK);
    assert_int_equal(nightly_ran, 3);
    assert_int_equal(schedule_run_now(&t.app, "unheard of"), ERR_NOT_FOUND);
    end(&t);
}

static void failed_schedules_come_again_soon(void **state)
{
    struct slice_test t;
    begin(&t, state);
    answer = ERR_IO;
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 1);
    move_clock(MS_MINUTE - 1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 1);
    /* Once in a busy hour is no fault; again and again is. */
    struct buf *report = buf_in(t.arena);
    int faults = 0;
    assert_int_equal(jobs_slice.doctor(&t.app, report, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    move_clock(1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    move_clock(5 * MS_MINUTE);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 3);
    assert_int_equal(jobs_slice.doctor(&t.app, report, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(report), STR("schedule nightly failed 3 times in a row: io\n")) >=
                0);
    int64_t ran_ms = 1;
    assert_int_equal(schedule_last_run(&t.app, "nightly", &ran_ms), ERR_OK);
    assert_int_equal(ran_ms, 0);
    move_clock(25 * MS_MINUTE);
    answer = ERR_OK;
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(nightly_ran, 4);
    assert_int_equal(schedule_last_run(&t.app, "nightly", &ran_ms), ERR_OK);
    assert_true(ran_ms > 0);
    faults = 0;
    assert_int_equal(jobs_slice.doctor(&t.app, report, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    end(&t);
}

static void *run_schedules(void *arg)
{
    struct crew *c = arg;
    c->rc = schedule_run_due(&c->app, NULL);
    return NULL;
}

/* A claim by somebody else does not keep an instance from renewing its own memory. */
static void each_instance_renews_its_memory(void **state)
{
    struct slice_test t;
    begin(&t, state);
    reloaded = 0;
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(reloaded, 1);
    move_clock(MS_MINUTE - 1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(reloaded, 1);
    move_clock(1);
    assert_int_equal(schedule_run_due(&t.app, NULL), ERR_OK);
    assert_int_equal(reloaded, 2);
    assert_int_equal(schedule_run_now(&t.app, "reload"), ERR_OK);
    assert_int_equal(reloaded, 3);
    end(&t);
}

static void one_instance_runs_a_schedule(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct db *second = t.place.postgres ? slice_test_open_again(&t) : NULL;
    struct crew crew[6];
    pthread_t thread[6];
    for (size_t i = 0; i < COUNT_OF(crew); i++) {
        crew[i] = (struct crew){.app = t.app};
        if (second && i % 2)
            crew[i].app.db = second;
        assert_int_equal(pthread_create(&thread[i], NULL, run_schedules, &crew[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(crew); i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(crew[i].rc, ERR_OK);
    }
    assert_int_equal(nightly_ran, 1);
    db_close(second);
    end(&t);
}

static void old_records_are_swept(void **state)
{
    struct slice_test t;
    begin(&t, state);
    add(&t, add_in, "p");
    check_runs(&t, 1);
    answer = ERR_INPUT;
    add(&t, add_in, "p");
    check_runs(&t, 1);
    struct buf *text = buf_in(t.arena);
    jobs_slice.metrics(&t.app, text);
    assert_true(str_find(buf_view(text), STR("aimak_jobs{state=\"failed\"} 1\n")) > 0);
    move_clock(8 * MS_DAY);
    assert_int_equal(schedule_run_now(&t.app, "jobs_purge"), ERR_OK);
    assert_int_equal(in_state(&t, "failed"), 1); /* a failed job waits for a person */
    end(&t);
}

static void the_runner_works_alone(void **state)
{
    struct slice_test t;
    struct job_runner *r = NULL;
    begin(&t, state);
    clock_set_for_test(0);
    add(&t, add_in, "p");
    assert_int_equal(job_runner_start(&r, &t.app, 2), ERR_OK);
    int64_t until = clock_monotonic_ms() + 10 * MS_SECOND;
    while ((ran == 0 || nightly_ran == 0) && clock_monotonic_ms() < until)
        usleep(2000);
    int64_t stopping = clock_monotonic_ms();
    job_runner_stop(r);
    assert_true(clock_monotonic_ms() - stopping < 500);
    assert_int_equal(ran, 1);
    assert_int_equal(nightly_ran, 1);
    end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(exists_when_its_cause_does),
        BODY(waits_for_its_time),
        BODY(one_waits_for_each_key),
        BODY(backs_off_and_gives_up),
        BODY(gives_up_at_once_on_bad_input),
        BODY(survives_the_death_of_a_worker),
        BODY(a_job_that_kills_is_given_up),
        BODY(many_workers_run_each_job_once),
        BODY(long_jobs_hold_longer),
        BODY(schedules_run_once_a_period),
        BODY(failed_schedules_come_again_soon),
        BODY(each_instance_renews_its_memory),
        BODY(one_instance_runs_a_schedule),
        BODY(old_records_are_swept),
        BODY(the_runner_works_alone),
    };
    return slice_test_run("jobs", bodies, COUNT_OF(bodies));
}
