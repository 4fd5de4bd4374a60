/* What the operations page shows. */
#ifndef JOBS_JOBS_VIEW_H
#define JOBS_JOBS_VIEW_H

#include "platform/jobs/jobs_internal.h"

struct jobs_line {
    struct str unit, id, kind, error;
    int64_t attempts, created_ms;
};
struct schedule_line {
    struct str name, error;
    int64_t ran_ms, took_ms, failures;
};
struct jobs_view {
    int64_t waiting, running, failed;
    struct {
        struct jobs_line *v;
        size_t n;
    } lines;
    struct {
        struct schedule_line *v;
        size_t n;
    } schedules;
};

#endif
