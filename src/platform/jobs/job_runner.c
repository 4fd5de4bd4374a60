/* The threads that run jobs and schedules while the program serves. */
#include "platform/core/log.h"
#include "platform/jobs/jobs_internal.h"

#include <pthread.h>

/* How often an idle worker looks; what is enqueued starts within that time. */
#define LOOK_MS MS_SECOND
#define SCHEDULE_LOOK_MS (15 * MS_SECOND)
/* After a failure of the store: let it recover. */
#define PAUSE_MS (5 * MS_SECOND)

enum { DEFAULT_THREADS = 2, MOST_THREADS = 32 };

struct job_runner {
    struct app *app;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    pthread_t thread[MOST_THREADS + 1];
    int count;
};

/* Waits, or returns at once when stopping; true to go on. */
static bool rest(struct job_runner *r, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / MS_SECOND;
    until.tv_nsec += ms % MS_SECOND * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && ms > 0)
        if (pthread_cond_timedwait(&r->wake, &r->lock, &until) != 0)
            break;
    bool go_on = !r->stopping;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void *work(void *arg)
{
    struct job_runner *r = arg;
    int64_t wait = 0;
    while (rest(r, wait)) {
        bool ran = false;
        enum err rc = job_run_one(r->app, &ran);
        if (rc != ERR_OK)
            LOG(LOG_WARN, "jobs.store", LOG_C("result", err_name(rc)));
        wait = rc != ERR_OK ? PAUSE_MS : ran ? 0 : LOOK_MS;
    }
    return NULL;
}

static void *keep_schedule(void *arg)
{
    struct job_runner *r = arg;
    int64_t wait = 0;
    while (rest(r, wait)) {
        enum err rc = schedule_run_due(r->app, NULL);
        if (rc != ERR_OK)
            LOG(LOG_WARN, "schedule.store", LOG_C("result", err_name(rc)));
        wait = SCHEDULE_LOOK_MS;
    }
    return NULL;
}

enum err job_runner_start(struct job_runner **out, struct app *app, int threads)
{
    struct job_runner *r = err_memory(calloc(1, sizeof *r));
    pthread_condattr_t attributes;
    r->app = app;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (threads <= 0)
        threads = DEFAULT_THREADS;
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
    for (int i = 0; i <= threads; i++) {
        if (pthread_create(&r->thread[i], NULL, i == 0 ? keep_schedule : work, r) != 0) {
            LOG(LOG_ERROR, "jobs.thread", LOG_I("started", i));
            job_runner_stop(r);
            return ERR_UNAVAILABLE;
        }
        r->count++;
    }
    *out = r;
    return ERR_OK;
}

void job_runner_stop(struct job_runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
    for (int i = 0; i < r->count; i++)
        pthread_join(r->thread[i], NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
