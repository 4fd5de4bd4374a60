/* Between the files of this slice. */
#ifndef JOBS_JOBS_INTERNAL_H
#define JOBS_JOBS_INTERNAL_H

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/jobs/jobs.h"
#include "platform/jobs/jobs_sql.h"

/* Wait after the attempt with that number, from 1. */
int64_t job_back_off_ms(int64_t attempt);
/* "host:pid", for people who look for a hanging job. */
struct str job_worker_name(struct arena *a);
/* Takes and runs one job that is due. */
MUST enum err job_run_one(struct app *app, bool *ran);
/* When the next job will be due; not set when none waits. */
MUST enum err job_next_due(struct app *app, struct i64_opt *due_ms);

#define JOBS_ROUTES 2
extern const struct route jobs_routes[JOBS_ROUTES];

#endif
