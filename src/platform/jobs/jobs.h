/*
 * Background work: a durable queue in the database, and a schedule.
 *
 * A job is enqueued in the transaction of its cause, so it exists exactly when the cause does. A
 * worker thread leases it (one program instance or many), runs it with an arena of its own, and
 * marks it done, or puts it off with back-off (1, 5, 25 minutes, 2 hours, 10 hours) up to its limit
 * of attempts; then it waits for a person on the operations page. A job may run twice after a
 * crash: its handler must bear that.
 *
 * Schedules run on one instance at a time; a failed run is tried again with the same back-off.
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
    /* Runs outside of any transaction. ERR_INPUT: this job can never work, do not try again. */
    enum err (*run)(struct app *app, struct arena *a, const struct job *job);
    int max_attempts; /* 0 = 6 */
    int64_t lease_ms; /* how long a run may take before others think it dead; 0 = 10 minutes */
};
struct schedule_def {
    const char *name;
    int64_t every_ms; /* from start to start; the first run comes at once */
    enum err (*run)(struct app *app, struct arena *a);
    /* Runs on every instance, for what each keeps in its own memory: no claim, no record. */
    bool each_instance;
};

/* In the caller's transaction; `unit` must lie in its scope ("*": only in SCOPE_COUNTRY). run_at_ms
 * 0: at once. `key` (may be a NULL view): a second job of that kind and unit with the same key is
 * not added while the first waits. The payload holds at most 64 KiB, and no personal data that the
 * tables have anyway: ids suffice. */
MUST enum err job_enqueue(struct tx *tx, struct str unit, const char *kind, struct str payload,
                          int64_t run_at_ms, struct str key);

struct job_runner;
/* `threads` workers (0 = 2) and one for the schedules. */
MUST enum err job_runner_start(struct job_runner **out, struct app *app, int threads);
/* Waits for what is running now. NULL is allowed. */
void job_runner_stop(struct job_runner *r);

/* Tests and commands: runs every job that is due now, also those that they enqueue, in this
 * thread; `ran` (may be NULL) gets how many. No schedules. */
MUST enum err job_run_due(struct app *app, int *ran);
/* Runs the schedule now, whether it is due or not, and notes it. ERR_NOT_FOUND when unknown. */
MUST enum err schedule_run_now(struct app *app, const char *name);
/* Runs the schedules that are due; `ran` (may be NULL) gets how many. */
MUST enum err schedule_run_due(struct app *app, int *ran);

/* When the schedule last ran to a good end, on any instance; 0: never. For self-checks. */
MUST enum err schedule_last_run(struct app *app, const char *name, int64_t *ran_ms);

extern const struct slice jobs_slice;

#endif
