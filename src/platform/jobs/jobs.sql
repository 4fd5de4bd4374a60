-- query: job_add :exec
-- in: unit str, id i64, kind str, payload str, due_ms i64, once_key str?, now_ms i64
INSERT INTO job (unit, id, kind, payload, state, attempt, due_ms, once_key, worker, error,
                 created_ms, changed_ms)
VALUES ($unit, $id, $kind, $payload, 'waiting', 0, $due_ms, $once_key, '', '', $now_ms, $now_ms)
ON CONFLICT DO NOTHING;

-- query: job_next :one
-- out: due_ms i64?
SELECT min(due_ms) AS due_ms FROM job WHERE due_ms IS NOT NULL;

-- query: job_lease :many
-- The job that has been due longest; also one whose lease ended, because its process died.
-- in: now_ms i64, until_ms i64, worker str
-- out: unit str, id i64, kind str, payload str, attempt i64
-- sqlite:
UPDATE job SET state = 'running', attempt = attempt + 1, due_ms = $until_ms, worker = $worker,
               changed_ms = $now_ms
 WHERE (unit, id) IN (SELECT unit, id FROM job WHERE due_ms <= $now_ms
                       ORDER BY due_ms, id LIMIT 1)
RETURNING unit, id, kind, payload, attempt;
-- postgres:
UPDATE job SET state = 'running', attempt = attempt + 1, due_ms = $until_ms, worker = $worker,
               changed_ms = $now_ms
 WHERE (unit, id) IN (SELECT unit, id FROM job WHERE due_ms <= $now_ms
                       ORDER BY due_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING unit, id, kind, payload, attempt;

-- query: job_hold :exec
-- Gives a job that has been taken more time, when its kind asks for it.
-- in: unit str, id i64, attempt i64, until_ms i64
UPDATE job SET due_ms = $until_ms
 WHERE unit = $unit AND id = $id AND attempt = $attempt AND state = 'running';

-- query: job_end :exec
-- in: unit str, id i64, attempt i64, state str, due_ms i64?, error str, now_ms i64
UPDATE job SET state = $state, due_ms = $due_ms, error = $error, changed_ms = $now_ms
 WHERE unit = $unit AND id = $id AND attempt = $attempt AND state = 'running';

-- query: job_purge :exec
-- in: before_ms i64
DELETE FROM job WHERE due_ms IS NULL AND changed_ms < $before_ms AND state = 'done';

-- query: job_counts :many
-- due_ms: since when the first of them could have run; many are made long before they are due.
-- out: state str, n i64, oldest_ms i64, due_ms i64?
SELECT state, count(*) AS n, min(created_ms) AS oldest_ms, min(due_ms) AS due_ms FROM job
 WHERE state <> 'done'
 GROUP BY state ORDER BY state;

-- query: job_failed :many
-- in: limit i64
-- out: unit str, id i64, kind str, attempt i64, error str, created_ms i64, changed_ms i64
SELECT unit, id, kind, attempt, error, created_ms, changed_ms FROM job
 WHERE state <> 'done' AND state = 'failed' ORDER BY created_ms DESC, id DESC LIMIT $limit;

-- query: job_again :exec
-- in: unit str, id i64, now_ms i64
UPDATE job SET state = 'waiting', attempt = 0, due_ms = $now_ms, changed_ms = $now_ms,
               once_key = NULL
 WHERE unit = $unit AND id = $id AND state = 'failed';

-- query: job_drop :exec
-- in: unit str, id i64
DELETE FROM job WHERE unit = $unit AND id = $id AND state = 'failed';

-- query: schedule_claim :many
-- One row when this instance may run it now.
-- in: name str, now_ms i64, every_ms i64, until_ms i64, worker str
-- out: name str
INSERT INTO schedule_run (name, ran_ms, held_until_ms, failures, worker, error, took_ms)
VALUES ($name, 0, $until_ms, 0, $worker, '', 0)
ON CONFLICT (name) DO UPDATE SET held_until_ms = $until_ms, worker = $worker
 WHERE schedule_run.ran_ms + $every_ms <= $now_ms AND schedule_run.held_until_ms <= $now_ms
RETURNING name;

-- query: schedule_done :exec
-- in: name str, until_ms i64, ran_ms i64, took_ms i64
UPDATE schedule_run SET ran_ms = $ran_ms, held_until_ms = 0, failures = 0, error = '',
                        took_ms = $took_ms
 WHERE name = $name AND held_until_ms = $until_ms;

-- query: schedule_failed :exec
-- in: name str, until_ms i64, again_ms i64, error str
UPDATE schedule_run SET held_until_ms = $again_ms, failures = failures + 1, error = $error
 WHERE name = $name AND held_until_ms = $until_ms;

-- query: schedule_list :many
-- out: name str, ran_ms i64, held_until_ms i64, failures i64, error str, took_ms i64
SELECT name, ran_ms, held_until_ms, failures, error, took_ms FROM schedule_run ORDER BY name;
