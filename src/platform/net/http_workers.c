/*
 * The threads that run handlers, and the bounded queue before them.
 *
 * Waking a thread costs more than most pages, so at most one is on its way at a time: a push wakes
 * one only if none is, and a worker that takes a job and sees more wakes the next before it
 * starts. Under load a worker thus takes job after job without sleeping, and handlers that block
 * still find all threads within as many steps. The one that went idle last is woken first: its
 * stack and caches are warm.
 */
#include "platform/core/clock.h"
#include "platform/net/server_parts.h"

#include <pthread.h>

struct worker {
    struct workers *pool;
    pthread_t thread;
    pthread_cond_t wake;
    struct worker *next_idle;
    void *job;  /* inside run() */
    bool woken; /* taken off the idle list */
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    struct worker *idle;
    void **ring;
    size_t head, queued, cap;
    bool waking; /* one is on its way */
    bool quit;
    void (*run)(void *job);
    void (*finish)(void *job);
    struct worker *each;
    int threads, alive;
    atomic_bool closed;
    atomic_int pushing;   /* reserved, not yet pushed */
    atomic_llong pending; /* reserved, not yet finished */
    atomic_llong waiting, peak;
};

static void note_waiting(struct workers *w)
{
    long long n = (long long)w->queued;
    atomic_store_explicit(&w->waiting, n, memory_order_relaxed);
    if (n > atomic_load_explicit(&w->peak, memory_order_relaxed))
        atomic_store_explicit(&w->peak, n, memory_order_relaxed);
}

/* Both are called with the lock held. */
static void wake_one(struct workers *w)
{
    struct worker *one = w->idle;
    if (!one || w->waking || w->queued == 0)
        return;
    w->idle = one->next_idle;
    w->waking = one->woken = true;
    pthread_cond_signal(&one->wake);
}

/* The next job, or NULL when the pool ends. */
static void *next_job(struct worker *me)
{
    struct workers *w = me->pool;
    while (w->queued == 0) {
        if (w->quit)
            return NULL;
        me->woken = false;
        me->next_idle = w->idle;
        w->idle = me;
        while (!me->woken && !w->quit)
            pthread_cond_wait(&me->wake, &w->lock);
        if (me->woken)
            w->waking = false;
    }
    me->job = w->ring[w->head];
    w->head = (w->head + 1) % w->cap;
    w->queued--;
    note_waiting(w);
    wake_one(w);
    return me->job;
}

static void *worker_main(void *arg)
{
    struct worker *me = arg;
    struct workers *w = me->pool;
    pthread_mutex_lock(&w->lock);
    for (void *job; (job = next_job(me));) {
        pthread_mutex_unlock(&w->lock);
        w->run(job);
        pthread_mutex_lock(&w->lock);
        me->job = NULL;
        pthread_mutex_unlock(&w->lock);
        w->finish(job);
        atomic_fetch_sub(&w->pending, 1);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    http_gzip_thread_end();
    pthread_mutex_lock(&w->lock);
    w->alive--;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_start(int threads, int queue, void (*run)(void *job),
                              void (*finish)(void *job))
{
    struct workers *w = err_memory(calloc(1, sizeof(*w)));
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    w->run = run;
    w->finish = finish;
    w->threads = w->alive = threads;
    w->cap = (size_t)queue + (size_t)threads;
    w->ring = err_memory(calloc(w->cap, sizeof(*w->ring)));
    w->each = err_memory(calloc((size_t)threads, sizeof(*w->each)));
    for (int i = 0; i < threads; i++) {
        struct worker *one = &w->each[i];
        one->pool = w;
        pthread_cond_init(&one->wake, NULL);
        INVARIANT(pthread_create(&one->thread, NULL, worker_main, one) == 0);
        pthread_setname_np(one->thread, "worker");
    }
    return w;
}

bool workers_reserve(struct workers *w)
{
    /* `pushing` is raised before `closed` is read, so workers_close sees this call or is seen. */
    atomic_fetch_add(&w->pushing, 1);
    bool fits = atomic_fetch_add(&w->pending, 1) < (long long)w->cap;
    if (fits && !atomic_load(&w->closed))
        return true;
    atomic_fetch_sub(&w->pending, 1);
    atomic_fetch_sub(&w->pushing, 1);
    return false;
}

void workers_push(struct workers *w, void *job)
{
    pthread_mutex_lock(&w->lock);
    INVARIANT(w->queued < w->cap);
    w->ring[(w->head + w->queued++) % w->cap] = job;
    note_waiting(w);
    wake_one(w);
    pthread_mutex_unlock(&w->lock);
    atomic_fetch_sub(&w->pushing, 1);
}

void workers_close(struct workers *w)
{
    atomic_store(&w->closed, true);
    while (atomic_load(&w->pushing) > 0)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

void workers_abandon(struct workers *w, void (*waiting)(void *job), void (*running)(void *job))
{
    pthread_mutex_lock(&w->lock);
    for (; w->queued > 0; w->queued--) {
        waiting(w->ring[w->head]);
        w->head = (w->head + 1) % w->cap;
        atomic_fetch_sub(&w->pending, 1);
    }
    note_waiting(w);
    for (int i = 0; i < w->threads; i++)
        if (w->each[i].job)
            running(w->each[i].job);
    pthread_mutex_unlock(&w->lock);
}

bool workers_stop(struct workers *w, int64_t wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / MS_SECOND;
    until.tv_nsec += (long)(wait_ms % MS_SECOND) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    for (int i = 0; i < w->threads; i++)
        pthread_cond_signal(&w->each[i].wake);
    int rc = 0;
    while (w->alive > 0 && rc == 0)
        rc = pthread_cond_timedwait(&w->ended, &w->lock, &until);
    bool all = w->alive == 0;
    pthread_mutex_unlock(&w->lock);
    if (!all) {
        for (int i = 0; i < w->threads; i++)
            pthread_detach(w->each[i].thread); /* nobody will wait for them */
        return false;
    }
    for (int i = 0; i < w->threads; i++) {
        pthread_join(w->each[i].thread, NULL);
        pthread_cond_destroy(&w->each[i].wake);
    }
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->lock);
    free(w->each);
    free(w->ring);
    free(w);
    return true;
}

void workers_count(const struct workers *w, struct workers_count *out)
{
    out->waiting = atomic_load_explicit(&w->waiting, memory_order_relaxed);
    out->peak = atomic_load_explicit(&w->peak, memory_order_relaxed);
}
