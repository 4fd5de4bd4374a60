/*
 * Background work: a durable queue in the database, and a schedule.
 *
 * A job is enqueued in the transaction of its cause, so it exists exactly when the cause does. A
 * worker thread leases it (one program instance or many), runs it with an arena of its own, and
 * marks it done, or puts it off with back-off (1, 5, 25 minutes, 2 hours, 10 hours) up to its limit
 * of attempts; then it waits for a person on the operations page. A job may run twice after a
 * crash: its handler must bear that.
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "platform/web/slice.h"

struct job {
    int64_t id;
    struct str unit; /* "*" for none */
    struct str kind;
    struct str payload; /* JSON or plain text, made by the slice */
    int attempt;        /* 1 for the first */
};
struct job_def {
    const char *kind;
    enum err (*run)(struct app *app, struct arena *a, const struct job *job);
    int max_attempts; /* 0 = 6 */
};
struct schedule_def {
    const char *name;
    int64_t every_ms;
    enum err (*run)(struct app *app, struct arena *a);
};

/* In the caller's transaction. run_at_ms 0: at once. `key` (may be NULL view): a second job with the same key
 * is not added while the first waits. */
MUST enum err job_enqueue(struct tx *tx, struct str unit, const char *kind, struct str payload,
                          int64_t run_at_ms, struct str key);

struct job_runner;
MUST enum err job_runner_start(struct job_runner **out, struct app *app, int threads);
void job_runner_stop(struct job_runner *r);
/* Tests and commands: runs everything due now in this thread; returns how many ran. */
MUST enum err job_run_due(struct app *app, int *ran);
MUST enum err schedule_run_now(struct app *app, const char *name);

#endif
