-- --- schedules ---

-- query: schedule_put :exec
-- in: unit str, id i64, service str, route str, provider_id i64, weekdays i64, every_days i64, from_day i64, to_day i64?,
--     time_from i64?, time_to i64?, holidays i64, note str, made_to i64, once str?, follows i64?, created_ms i64,
--     created_by i64
INSERT INTO visit_schedule (unit, id, service, route, provider_id, weekdays, every_days, from_day, to_day,
                            time_from, time_to, holidays, note, made_to, once, follows, created_ms,
                            created_by)
VALUES ($unit, $id, $service, $route, $provider_id, $weekdays, $every_days, $from_day, $to_day,
        $time_from, $time_to, $holidays, $note, $made_to, $once, $follows, $created_ms, $created_by);

-- query: schedule_village_put :exec
-- in: unit str, schedule_id i64, village str
INSERT INTO visit_schedule_village (unit, schedule_id, village) VALUES ($unit, $schedule_id, $village)
ON CONFLICT (unit, schedule_id, village) DO NOTHING;

-- query: visit_schedule_list :many
-- in: unit str
-- out: id i64, service str, route str, provider_id i64, weekdays i64, every_days i64, from_day i64, to_day i64?,
--      time_from i64?, time_to i64?, holidays i64, note str, made_to i64, follows i64?
SELECT id, service, route, provider_id, weekdays, every_days, from_day, to_day, time_from, time_to,
       holidays, note, made_to, follows
  FROM visit_schedule WHERE unit = $unit ORDER BY service, route, from_day DESC, id DESC;

-- query: schedule_villages :many
-- in: unit str
-- out: schedule_id i64, village str
SELECT schedule_id, village FROM visit_schedule_village WHERE unit = $unit ORDER BY schedule_id, village;

-- query: schedule_by_once :one
-- in: unit str, once str
-- out: id i64
SELECT id FROM visit_schedule WHERE unit = $unit AND once = $once;

-- query: schedule_made :exec
-- in: unit str, id i64, made_to i64
UPDATE visit_schedule SET made_to = $made_to WHERE unit = $unit AND id = $id AND made_to < $made_to;

-- query: schedule_end :exec
-- in: unit str, id i64, to_day i64, at_ms i64, person i64
UPDATE visit_schedule SET to_day = $to_day, ended_ms = $at_ms, ended_by = $person
 WHERE unit = $unit AND id = $id AND (to_day IS NULL OR to_day > $to_day);

-- query: schedules_behind :many
-- Municipalities with a schedule whose visits do not reach far enough ahead.
-- in: to_day i64
-- out: unit str
SELECT DISTINCT unit FROM visit_schedule
 WHERE made_to < $to_day AND (to_day IS NULL OR to_day > made_to) ORDER BY unit;

-- query: schedule_copy :exec
-- For a merger: the same schedule goes on under the successor.
-- in: from_unit str, id i64, into_unit str, from_day i64, made_to i64
INSERT INTO visit_schedule (unit, id, service, route, provider_id, weekdays, every_days, from_day, to_day,
                            time_from, time_to, holidays, note, made_to, follows, created_ms, created_by)
SELECT CAST($into_unit AS TEXT), id, service, route, provider_id, weekdays, every_days,
       CAST($from_day AS BIGINT), to_day, time_from, time_to, holidays, note, CAST($made_to AS BIGINT), id,
       created_ms, created_by
  FROM visit_schedule WHERE unit = $from_unit AND id = $id;

-- query: schedule_villages_copy :exec
-- in: from_unit str, id i64, into_unit str
INSERT INTO visit_schedule_village (unit, schedule_id, village)
SELECT CAST($into_unit AS TEXT), schedule_id, village FROM visit_schedule_village
 WHERE unit = $from_unit AND schedule_id = $id;

-- --- visits ---

-- query: visit_put :exec
-- Again for the same village and day: nothing.
-- in: unit str, id i64, schedule_id i64, service str, route str, village str, provider_id i64, day i64, time_from i64?,
--     time_to i64?
INSERT INTO visit (unit, id, schedule_id, service, route, village, provider_id, day, time_from, time_to,
                   state, upheld, disputes, photos)
VALUES ($unit, $id, $schedule_id, $service, $route, $village, $provider_id, $day, $time_from, $time_to,
        'expected', 0, 0, 0)
ON CONFLICT (unit, schedule_id, village, day) DO NOTHING;

-- query: visit_drop_ahead :exec
-- Visits of a schedule that ends: only those that nobody has said anything of, and none of the past.
-- in: unit str, schedule_id i64, after_day i64
DELETE FROM visit
 WHERE unit = $unit AND schedule_id = $schedule_id AND day > $after_day AND state = 'expected'
   AND disputes = 0 AND upheld = 0
   AND NOT EXISTS (SELECT 1 FROM visit_event e WHERE e.unit = visit.unit AND e.visit_id = visit.id)
   AND NOT EXISTS (SELECT 1 FROM visit_dispute d WHERE d.unit = visit.unit AND d.visit_id = visit.id);

-- query: visit_get :one
-- in: unit str, id i64
-- out: schedule_id i64, service str, route str, village str, provider_id i64, day i64, time_from i64?, time_to i64?,
--      state str, state_ms i64?, reason str?, upheld i64, disputes i64, photos i64
SELECT schedule_id, service, route, village, provider_id, day, time_from, time_to, state, state_ms, reason,
       upheld, disputes, photos
  FROM visit WHERE unit = $unit AND id = $id;

-- query: visit_settle :exec
-- in: unit str, id i64, state str, state_ms i64?, reason str?
UPDATE visit SET state = $state, state_ms = $state_ms, reason = $reason WHERE unit = $unit AND id = $id;

-- query: visit_count :exec
-- in: unit str, id i64, disputes i64, photos i64, upheld i64
UPDATE visit SET disputes = disputes + $disputes, photos = photos + $photos,
                 upheld = CASE WHEN $upheld = 1 THEN 1 ELSE upheld END
 WHERE unit = $unit AND id = $id;

-- query: visits_of_days :many
-- The round of some days; of one provider, or of all (provider_id -1).
-- in: unit str, from_day i64, to_day i64, service str?, village str?
-- out: id i64, service str, route str, village str, provider_id i64, day i64, time_from i64?, time_to i64?, state str,
--      state_ms i64?, reason str?, upheld i64, disputes i64, photos i64
SELECT id, service, route, village, provider_id, day, time_from, time_to, state, state_ms, reason, upheld,
       disputes, photos
  FROM visit
 WHERE unit = $unit AND day >= $from_day AND day <= $to_day
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village OR village = '')
 ORDER BY day, COALESCE(time_from, 0), service, route, village, id;

-- query: visits_unconfirmed :many
-- Days that passed and nobody said whether it happened.
-- in: unit str, from_day i64, before_day i64
-- out: id i64, service str, route str, village str, provider_id i64, day i64, time_from i64?, time_to i64?, state str,
--      state_ms i64?, reason str?, upheld i64, disputes i64, photos i64
SELECT id, service, route, village, provider_id, day, time_from, time_to, state, state_ms, reason, upheld,
       disputes, photos
  FROM visit
 WHERE unit = $unit AND state = 'expected' AND day >= $from_day AND day < $before_day
 ORDER BY day DESC, COALESCE(time_from, 0), service, route, village, id;

-- query: visit_summary :one
-- in: unit str, today i64, since_day i64
-- out: expected i64, done i64, missed i64, unconfirmed i64, disputed i64
SELECT
 (SELECT COUNT(*) FROM visit WHERE unit = $unit AND day = $today) AS expected,
 (SELECT COUNT(*) FROM visit WHERE unit = $unit AND day = $today AND state = 'done') AS done,
 (SELECT COUNT(*) FROM visit WHERE unit = $unit AND day = $today AND state = 'missed') AS missed,
 (SELECT COUNT(*) FROM visit WHERE unit = $unit AND state = 'expected' AND day < $today
     AND day >= $since_day) AS unconfirmed,
 (SELECT COUNT(*) FROM visit_dispute WHERE unit = $unit AND state = 'open') AS disputed;

-- query: visits_next :many
-- in: unit str, service str?, today i64, limit i64
-- out: service str, route str, village str, day i64, time_from i64?, time_to i64?
SELECT service, route, village, day, time_from, time_to FROM visit
 WHERE unit = $unit AND state = 'expected' AND day >= $today AND ($service IS NULL OR service = $service)
 ORDER BY day, COALESCE(time_from, 0), service, route, village LIMIT $limit;

-- query: visit_measure :one
-- Every visit that was due: done and not upheld as disputed is kept; a past one that nobody confirmed is not.
-- in: unit str, service str, route str?, from_day i64, to_day i64, today i64
-- out: counted i64, kept i64
SELECT COUNT(*) AS counted,
       CAST(COALESCE(SUM(CASE WHEN state = 'done' AND upheld = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS kept
  FROM visit
 WHERE unit = $unit AND service = $service AND day >= $from_day AND day <= $to_day
   AND (day < $today OR (day = $today AND state <> 'expected'))
   AND ($route IS NULL OR route = $route);

-- query: visit_tally :many
-- Visits that were due (as the measure counts them) from a day on, and before it from another, by service.
-- in: unit str, before_day i64, from_day i64, today i64
-- out: service str, due i64, missed i64, due_before i64, missed_before i64
SELECT service,
       CAST(SUM(CASE WHEN day >= $from_day THEN 1 ELSE 0 END) AS BIGINT) AS due,
       CAST(SUM(CASE WHEN day >= $from_day AND NOT (state = 'done' AND upheld = 0) THEN 1 ELSE 0 END) AS BIGINT) AS missed,
       CAST(SUM(CASE WHEN day < $from_day THEN 1 ELSE 0 END) AS BIGINT) AS due_before,
       CAST(SUM(CASE WHEN day < $from_day AND NOT (state = 'done' AND upheld = 0) THEN 1 ELSE 0 END) AS BIGINT) AS missed_before
  FROM visit
 WHERE unit = $unit AND day >= $before_day AND day <= $today AND (day < $today OR state <> 'expected')
 GROUP BY service ORDER BY service;

-- query: visit_records :many
-- The records behind the measure, newest first. outcome: 0 all that count, 1 kept, 2 not kept. The page
-- begins behind (edge_day, edge_id); with edge_day 0 at the newest.
-- in: unit str, service str?, route str?, village str?, from_day i64, to_day i64, today i64, outcome i64, edge_day i64,
--     edge_id i64, limit i64
-- out: id i64, service str, route str, village str, provider_id i64, day i64, time_from i64?, time_to i64?, state str,
--      state_ms i64?, reason str?, upheld i64, disputes i64, photos i64
SELECT id, service, route, village, provider_id, day, time_from, time_to, state, state_ms, reason, upheld,
       disputes, photos
  FROM visit
 WHERE unit = $unit AND day >= $from_day AND day <= $to_day
   AND (day < $today OR (day = $today AND state <> 'expected'))
   AND ($service IS NULL OR service = $service)
   AND ($route IS NULL OR route = $route)
   AND ($village IS NULL OR village = $village OR village = '')
   AND ($outcome = 0 OR ($outcome = 1 AND state = 'done' AND upheld = 0)
                     OR ($outcome = 2 AND NOT (state = 'done' AND upheld = 0)))
   AND ($edge_day = 0 OR day < $edge_day OR (day = $edge_day AND id < $edge_id))
 ORDER BY day DESC, id DESC LIMIT $limit;

-- query: visit_records_count :one
-- in: unit str, service str?, route str?, village str?, from_day i64, to_day i64, today i64
-- out: counted i64, kept i64
SELECT COUNT(*) AS counted,
       CAST(COALESCE(SUM(CASE WHEN state = 'done' AND upheld = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS kept
  FROM visit
 WHERE unit = $unit AND day >= $from_day AND day <= $to_day
   AND (day < $today OR (day = $today AND state <> 'expected'))
   AND ($service IS NULL OR service = $service)
   AND ($route IS NULL OR route = $route)
   AND ($village IS NULL OR village = $village OR village = '');

-- query: visit_services :many
-- Which services have visits, and their routes: for the filters.
-- in: unit str, from_day i64
-- out: service str, route str
SELECT DISTINCT service, route FROM visit_schedule
 WHERE unit = $unit AND (to_day IS NULL OR to_day >= $from_day) ORDER BY service, route;

-- --- what was said of them ---

-- query: visit_event_put :exec
-- in: unit str, visit_id i64, id i64, kind str, at_ms i64, said_ms i64, person i64, reason str?, once str?, trail i64
INSERT INTO visit_event (unit, visit_id, id, kind, at_ms, said_ms, person, reason, once, trail)
VALUES ($unit, $visit_id, $id, $kind, $at_ms, $said_ms, $person, $reason, $once, $trail);

-- query: visit_event_by_once :many
-- in: unit str, once str
-- out: visit_id i64
SELECT visit_id FROM visit_event WHERE unit = $unit AND once = $once;

-- query: visit_decision :many
-- The word that counts: the latest one said.
-- in: unit str, visit_id i64
-- out: kind str, said_ms i64, reason str?
SELECT kind, said_ms, reason FROM visit_event
 WHERE unit = $unit AND visit_id = $visit_id AND kind IN ('done', 'missed')
 ORDER BY said_ms DESC, id DESC LIMIT 1;

-- query: visit_events :many
-- in: unit str, visit_id i64
-- out: id i64, kind str, at_ms i64, said_ms i64, person i64, reason str?
SELECT id, kind, at_ms, said_ms, person, reason FROM visit_event
 WHERE unit = $unit AND visit_id = $visit_id ORDER BY id;

-- query: visit_last_words :many
-- Who said what counts, for the log of some days.
-- in: unit str, from_day i64, to_day i64
-- out: visit_id i64, at_ms i64, person i64
SELECT e.visit_id, e.at_ms, e.person
  FROM visit v JOIN visit_event e ON e.unit = v.unit AND e.visit_id = v.id
 WHERE v.unit = $unit AND v.day >= $from_day AND v.day <= $to_day AND e.kind IN ('done', 'missed')
 ORDER BY e.visit_id, e.said_ms, e.id;

-- query: visit_photo_put :exec
-- in: unit str, visit_id i64, id i64, event_id i64, large str, small str, width i64, height i64
INSERT INTO visit_photo (unit, visit_id, id, event_id, large, small, width, height, shown)
VALUES ($unit, $visit_id, $id, $event_id, $large, $small, $width, $height, 1);

-- query: visit_photos :many
-- in: unit str, visit_id i64
-- out: id i64, event_id i64, large str, small str, width i64, height i64, shown i64
SELECT id, event_id, large, small, width, height, shown FROM visit_photo
 WHERE unit = $unit AND visit_id = $visit_id ORDER BY id;

-- query: visit_files :each
-- Every file that a row names, of all municipalities.
-- out: large str, small str
SELECT large, small FROM visit_photo;

-- query: visit_photo_show :exec
-- in: unit str, visit_id i64, id i64, shown i64
UPDATE visit_photo SET shown = $shown WHERE unit = $unit AND visit_id = $visit_id AND id = $id;

-- --- disputes ---

-- query: dispute_put :exec
-- in: unit str, id i64, visit_id i64, at_ms i64, words str, lang str, email str?, phone str?, once str?
INSERT INTO visit_dispute (unit, id, visit_id, at_ms, words, lang, email, phone, once, state)
VALUES ($unit, $id, $visit_id, $at_ms, $words, $lang, $email, $phone, $once, 'open');

-- query: dispute_by_once :many
-- in: unit str, once str
-- out: id i64
SELECT id FROM visit_dispute WHERE unit = $unit AND once = $once;

-- query: dispute_get :one
-- Without the contacts.
-- in: unit str, id i64
-- out: visit_id i64, at_ms i64, words str, lang str, has_contact i64, state str, answer str?, answered_ms i64?
SELECT visit_id, at_ms, words, lang,
       CAST(CASE WHEN email IS NULL AND phone IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_contact,
       state, answer, answered_ms
  FROM visit_dispute WHERE unit = $unit AND id = $id;

-- query: dispute_contact :one
-- in: unit str, id i64
-- out: email str?, phone str?, lang str
SELECT email, phone, lang FROM visit_dispute WHERE unit = $unit AND id = $id;

-- query: dispute_answer :exec
-- in: unit str, id i64, state str, answer str, answered_ms i64, answered_by i64
UPDATE visit_dispute SET state = $state, answer = $answer, answered_ms = $answered_ms, answered_by = $answered_by
 WHERE unit = $unit AND id = $id AND state = 'open';

-- query: dispute_list :many
-- Open ones first, the oldest of them on top; then the answered, newest first.
-- in: unit str, limit i64
-- out: id i64, visit_id i64, at_ms i64, words str, state str, answer str?, answered_ms i64?, service str, route str,
--      village str, provider_id i64, day i64, visit_state str
SELECT d.id, d.visit_id, d.at_ms, d.words, d.state, d.answer, d.answered_ms, v.service, v.route, v.village,
       v.provider_id, v.day, v.state AS visit_state
  FROM visit_dispute d JOIN visit v ON v.unit = d.unit AND v.id = d.visit_id
 WHERE d.unit = $unit
 ORDER BY CASE WHEN d.state = 'open' THEN 0 ELSE 1 END,
          CASE WHEN d.state = 'open' THEN d.id ELSE -d.id END
 LIMIT $limit;

-- query: disputes_of_visit :many
-- in: unit str, visit_id i64
-- out: id i64, at_ms i64, words str, state str, answer str?, answered_ms i64?
SELECT id, at_ms, words, state, answer, answered_ms FROM visit_dispute
 WHERE unit = $unit AND visit_id = $visit_id ORDER BY id;

-- query: dispute_forget :exec
-- Contacts are of no use any more.
-- in: before_ms i64
UPDATE visit_dispute SET email = NULL, phone = NULL
 WHERE answered_ms < $before_ms AND (email IS NOT NULL OR phone IS NOT NULL);

-- --- mergers ---

-- query: visits_unsettled :many
-- Nobody has said what became of them, or a resident waits for an answer.
-- in: unit str, day i64
-- out: id i64
SELECT id FROM visit
 WHERE unit = $unit AND day <= $day AND (state = 'expected' OR disputes > 0) ORDER BY id;

-- query: visit_move :exec
-- What hangs on it follows.
-- in: unit str, id i64, into str
UPDATE visit SET unit = $into WHERE unit = $unit AND id = $id;
