/* The worker pool by itself: all threads are used, the bound holds, nothing is lost at the end. */
#include "platform/core/clock.h"
#include "platform/core/testing.h"
#include "platform/net/server_parts.h"

#include <pthread.h>

static atomic_int running, most, finished, given_up;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open_gate;

static void wait_at_gate(void *job)
{
    (void)job;
    int now = atomic_fetch_add(&running, 1) + 1;
    int before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now))
        ;
    pthread_mutex_lock(&gate);
    while (!open_gate)
        pthread_cond_wait(&opened, &gate);
    pthread_mutex_unlock(&gate);
    atomic_fetch_sub(&running, 1);
}

static void pass(void *job)
{
    (void)job;
}

static void count_finished(void *job)
{
    (void)job;
    atomic_fetch_add(&finished, 1);
}

static void count_given_up(void *job)
{
    (void)job;
    atomic_fetch_add(&given_up, 1);
}

static void set_gate(bool open)
{
    pthread_mutex_lock(&gate);
    open_gate = open;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&gate);
}

static void wait_running(int n)
{
    for (int i = 0; i < 5000 && atomic_load(&running) != n; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_int_equal(atomic_load(&running), n);
}

static int reset(void **state)
{
    (void)state;
    running = most = finished = given_up = 0;
    set_gate(false);
    return 0;
}

static void *job(intptr_t n)
{
    return (void *)(n + 1);
}

static void blocked_handlers_occupy_every_thread(void **state)
{
    (void)state;
    enum { THREADS = 8, QUEUE = 5 };
    struct workers *w = workers_start(THREADS, QUEUE, wait_at_gate, count_finished);
    for (int i = 0; i < THREADS + QUEUE; i++) {
        assert_true(workers_reserve(w));
        workers_push(w, job(i));
    }
    assert_false(workers_reserve(w));
    wait_running(THREADS);
    struct workers_count count;
    workers_count(w, &count);
    assert_int_equal(count.waiting, QUEUE);
    set_gate(true);
    workers_close(w);
    assert_true(workers_stop(w, 5000));
    assert_int_equal(atomic_load(&finished), THREADS + QUEUE);
    assert_int_equal(atomic_load(&most), THREADS);
}

static void closing_and_giving_up(void **state)
{
    (void)state;
    struct workers *w = workers_start(2, 10, wait_at_gate, count_finished);
    for (int i = 0; i < 7; i++) {
        assert_true(workers_reserve(w));
        workers_push(w, job(i));
    }
    wait_running(2);
    workers_close(w);
    assert_false(workers_reserve(w));
    workers_abandon(w, count_given_up, count_finished);
    assert_int_equal(atomic_load(&given_up), 5);
    assert_int_equal(atomic_load(&finished), 2); /* told of, not ended */
    set_gate(true);
    assert_true(workers_stop(w, 5000));
    assert_int_equal(atomic_load(&finished), 4);
}

struct pusher {
    struct workers *pool;
    int pushed, full;
};

static void *push_many(void *arg)
{
    struct pusher *p = arg;
    for (int i = 0; i < 20000; i++)
        if (workers_reserve(p->pool)) {
            workers_push(p->pool, job(i));
            p->pushed++;
        } else {
            p->full++;
        }
    return NULL;
}

static void every_job_runs_once(void **state)
{
    (void)state;
    struct workers *w = workers_start(6, 50, pass, count_finished);
    struct pusher each[3] = {{.pool = w}, {.pool = w}, {.pool = w}};
    pthread_t thread[3];
    int pushed = 0;
    for (size_t i = 0; i < COUNT_OF(each); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, push_many, &each[i]), 0);
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        pthread_join(thread[i], NULL);
        pushed += each[i].pushed;
        assert_int_equal(each[i].pushed + each[i].full, 20000);
    }
    workers_close(w);
    assert_true(workers_stop(w, 5000));
    assert_true(pushed > 0);
    assert_int_equal(atomic_load(&finished), pushed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(blocked_handlers_occupy_every_thread, reset),
        cmocka_unit_test_setup(closing_and_giving_up, reset),
        cmocka_unit_test_setup(every_job_runs_once, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
