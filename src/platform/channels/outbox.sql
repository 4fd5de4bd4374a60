-- query: outbox_add :exec
-- in: unit str, id i64, channel str, address str, person_id i64?, lang str, subject str, body str,
--     cause str, cause_id str, secret i64, now_ms i64
INSERT INTO outbox (unit, id, channel, address, person_id, lang, subject, body, cause, cause_id,
                    secret, state, attempts, detail, created_ms)
VALUES ($unit, $id, $channel, $address, $person_id, $lang, $subject, $body, $cause, $cause_id,
        $secret, 'waiting', 0, '', $now_ms);

-- query: outbox_get :one
-- in: unit str, id i64
-- out: channel str, address str, lang str, subject str, body str, secret i64, state str,
--     created_ms i64
SELECT channel, address, lang, subject, body, secret, state, created_ms FROM outbox
 WHERE unit = $unit AND id = $id;

-- query: outbox_try :exec
-- Notes an attempt that did not end it.
-- in: unit str, id i64, attempts i64, detail str
UPDATE outbox SET attempts = $attempts, detail = $detail
 WHERE unit = $unit AND id = $id AND state = 'waiting';

-- query: outbox_end :exec
-- Codes and links do not outlive their use: `erase` empties the body.
-- in: unit str, id i64, state str, attempts i64, detail str, erase i64, now_ms i64
UPDATE outbox SET state = $state, attempts = $attempts, detail = $detail, ended_ms = $now_ms,
                  body = CASE WHEN $erase <> 0 THEN '' ELSE body END
 WHERE unit = $unit AND id = $id AND state = 'waiting';

-- query: outbox_expire :exec
-- Codes that could not be sent in time are of no use any more.
-- in: before_ms i64, now_ms i64
UPDATE outbox SET state = 'failed', detail = 'expired', body = '', ended_ms = $now_ms
 WHERE state = 'waiting' AND secret <> 0 AND created_ms < $before_ms;

-- query: outbox_waiting :many
-- in: before_ms i64, limit i64
-- out: unit str, id i64
SELECT unit, id FROM outbox WHERE state = 'waiting' AND created_ms < $before_ms
 ORDER BY created_ms LIMIT $limit;

-- query: outbox_counts :many
-- Only what is not sent: this is asked often, and what was sent grows for ever.
-- out: state str, n i64
SELECT state, count(*) AS n FROM outbox WHERE state IN ('waiting', 'failed', 'kept')
 GROUP BY state ORDER BY state;

-- query: outbox_oldest :one
-- out: created_ms i64?
SELECT min(created_ms) AS created_ms FROM outbox WHERE state = 'waiting';

-- query: outbox_list :many
-- Newest first, for the operations page: no bodies.
-- in: state str, limit i64
-- out: unit str, id i64, address str, subject str, cause str, attempts i64, detail str,
--     created_ms i64
SELECT unit, id, address, subject, cause, attempts, detail, created_ms FROM outbox
 WHERE state = $state ORDER BY id DESC LIMIT $limit;

-- query: outbox_kept :many
-- The demo's mail page: whole messages.
-- in: limit i64
-- out: id i64, address str, lang str, subject str, body str, state str, created_ms i64
SELECT id, address, lang, subject, body, state, created_ms FROM outbox
 WHERE state IN ('waiting', 'kept') ORDER BY id DESC LIMIT $limit;

-- query: outbox_again :exec
-- in: unit str, id i64
UPDATE outbox SET state = 'waiting', attempts = 0, detail = '', ended_ms = NULL
 WHERE unit = $unit AND id = $id AND state = 'failed' AND secret = 0;

-- query: outbox_of_person :many
-- What a person was sent, for the person's own page.
-- in: person_id i64, limit i64
-- out: unit str, id i64, channel str, address str, subject str, cause str, state str,
--     created_ms i64
SELECT unit, id, channel, address, subject, cause, state, created_ms FROM outbox
 WHERE person_id = $person_id ORDER BY id DESC LIMIT $limit;
