/*
 * A burst main, and the whole village reports it: everybody at the same service of the same
 * municipality in the same seconds, on both engines. Each report is taken, once; the totals are
 * exact in every snapshot, also while they are being added up.
 */
#include "voice/cases/cases_internal.h"
#include "voice/cases/cases_testing.h"

#include "platform/core/clock.h"

#include <pthread.h>

enum { PEOPLE = 48, EACH = 6 };

struct crowd {
    struct app *app;
    pthread_barrier_t all_there;
    atomic_int refused, repeated, untrue, folds;
    atomic_bool over;
    bool one_form; /* everybody sends the same form */
};
struct villager {
    struct crowd *crowd;
    int nth;
    pthread_t thread;
};

/* Judged by the test afterwards: no assertions on other threads. */
static void send_one(struct villager *v, struct arena *a, int nth)
{
    struct case_input in = cases_sample();
    struct case_receipt receipt = {0};
    struct case_faults faults = {0};
    in.once = v->crowd->one_form ? STR("the same form")
                                 : arena_printf(a, "form %d of villager %d", nth, v->nth);
    in.words =
        arena_printf(a, "%d-үйдөн %d-жолу кайрылып жатабыз: эки күндөн бери суу жок", v->nth, nth);
    enum err rc = cases_submit(v->crowd->app, a, &in, &receipt, &faults);
    if (rc != ERR_OK)
        print_message("# villager %d, report %d: %s\n", v->nth, nth, err_name(rc));
    atomic_fetch_add(&v->crowd->refused, rc != ERR_OK);
    atomic_fetch_add(&v->crowd->repeated, receipt.repeated);
}

static void *villager(void *arg)
{
    struct villager *v = arg;
    struct arena *a = arena_new();
    pthread_barrier_wait(&v->crowd->all_there);
    for (int i = 0; i < (v->crowd->one_form ? 1 : EACH); i++)
        send_one(v, a, i);
    arena_free(a);
    return NULL;
}

struct look {
    struct arena *arena;
    struct case_totals service, all;
    struct sql_recount_row again;
};

static enum err look_fn(struct tx *tx, void *arg)
{
    struct look *l = arg;
    int64_t today = day_today();
    enum err rc = ERR_OK;
    TRY(cases_totals(tx, l->arena, UNIT_HOME, STR("water"), today, &l->service));
    TRY(cases_totals_at(tx, l->arena, UNIT_HOME, &today, 1, &l->all));
    TRY(sql_recount(tx, l->arena, &l->again, .unit = UNIT_HOME, .service = STR("water"),
                    .day = today));
out:
    return rc;
}

/* What the job does, and somebody who looks on. */
static void *job_and_reader(void *arg)
{
    struct crowd *c = arg;
    while (!atomic_load(&c->over)) {
        struct look l = {.arena = arena_new()};
        enum err rc = cases_fold(c->app);
        atomic_fetch_add(&c->folds, rc == ERR_OK);
        rc = db_read(c->app->db, UNIT_HOME, look_fn, &l);
        if (rc != ERR_OK || l.service.received != l.again.received ||
            l.all.received != l.again.received)
            atomic_fetch_add(&c->untrue, 1);
        arena_free(l.arena);
        usleep(2000);
    }
    return NULL;
}

static void gather(struct crowd *c)
{
    static struct villager people[PEOPLE];
    pthread_t job;
    pthread_barrier_init(&c->all_there, NULL, PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = (struct villager){.crowd = c, .nth = i};
        assert_int_equal(pthread_create(&people[i].thread, NULL, villager, &people[i]), 0);
    }
    assert_int_equal(pthread_create(&job, NULL, job_and_reader, c), 0);
    for (int i = 0; i < PEOPLE; i++)
        pthread_join(people[i].thread, NULL);
    atomic_store(&c->over, true);
    pthread_join(job, NULL);
    pthread_barrier_destroy(&c->all_there);
}

static int64_t received(struct cases_test *t)
{
    return cases_totals_of(t, UNIT_HOME, STR_NULL, day_today()).received;
}

static void everybody_is_heard(void **state)
{
    struct cases_test t;
    struct db_stats stats;
    cases_begin(&t, state);
    struct crowd c = {.app = t.app};
    gather(&c);
    assert_int_equal(c.refused, 0);
    assert_int_equal(c.repeated, 0);
    assert_int_equal(c.untrue, 0);
    assert_true(c.folds > 0);
    assert_int_equal(received(&t), PEOPLE * EACH);
    /* Nobody was made to wait for others either: a run that is repeated is the exception. */
    db_stats(t.app->db, &stats);
    print_message("# %d reports, %d run again\n", PEOPLE * EACH, (int)stats.retries);
    assert_true(stats.retries < PEOPLE * EACH / 10);
    assert_int_equal(cases_fold(t.app), ERR_OK);
    assert_int_equal(received(&t), PEOPLE * EACH);
    cases_end(&t);
}

static void one_form_makes_one_report(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct crowd c = {.app = t.app, .one_form = true};
    gather(&c);
    assert_int_equal(c.refused, 0);
    assert_int_equal(c.repeated, PEOPLE - 1);
    assert_int_equal(received(&t), 1);
    cases_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {BODY(everybody_is_heard),
                                                    BODY(one_form_makes_one_report)};
    return slice_test_run("cases_crowd", bodies, COUNT_OF(bodies));
}
