-- Background work. A job belongs to a municipality, or to the installation (unit '*').
-- due_ms: when it may be taken next; while it runs, when its lease ends; NULL: nothing more to do.
CREATE TABLE job (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    due_ms BIGINT,
    once_key TEXT,
    worker TEXT NOT NULL,
    error TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX job_due ON job (due_ms, id) WHERE due_ms IS NOT NULL;
CREATE INDEX job_ended ON job (changed_ms) WHERE due_ms IS NULL;
CREATE INDEX job_open ON job (state, created_ms) WHERE state <> 'done';
CREATE UNIQUE INDEX job_once ON job (unit, kind, once_key) WHERE state = 'waiting';

-- When each schedule ran last to a good end, so that only one instance runs it.
-- held_until_ms: end of the lease while it runs; time of the next try after a failure.
CREATE TABLE schedule_run (
    name TEXT NOT NULL PRIMARY KEY,
    ran_ms BIGINT NOT NULL,
    held_until_ms BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    worker TEXT NOT NULL,
    error TEXT NOT NULL,
    took_ms BIGINT NOT NULL
);
