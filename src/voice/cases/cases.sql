-- query: case_number_put :exec
-- in: number str, unit str, id i64
INSERT INTO case_number (number, unit, id) VALUES ($number, $unit, $id);

-- query: case_number_get :one
-- in: number str
-- out: unit str, id i64
SELECT unit, id FROM case_number WHERE number = $number;

-- query: case_by_once :one
-- in: unit str, once str
-- out: id i64, number str, due_day i64?
SELECT id, number, due_day FROM cases WHERE unit = $unit AND once = $once;

-- query: case_put :exec
-- in: unit str, id i64, number str, once str?, service str, fault str, village str?, street str?,
--     street_key str?, street_public str?, lat f64?, lon f64?, words str?, words_public str?, words_hash i64?,
--     hide i64, held i64, unseen i64, look i64, lang str, channel str, entered_by i64, state str, created_ms i64,
--     created_day i64, promise_id i64, due_day i64?, photos i64, photos_public i64, search_key str
INSERT INTO cases (unit, id, number, version, once, service, fault, village, street, street_key,
                   street_public, lat, lon, words, words_public, words_hash, hide, held, unseen, look, lang,
                   channel, entered_by, state, state_ms, open, created_ms, created_day, changed_ms,
                   promise_id, due_day, assignee, support, photos, photos_public, search_key)
VALUES ($unit, $id, $number, 1, $once, $service, $fault, $village, $street, $street_key,
        $street_public, $lat, $lon, $words, $words_public, $words_hash, $hide, $held, $unseen, $look, $lang,
        $channel, $entered_by, $state, $created_ms, 1, $created_ms, $created_day, $created_ms,
        $promise_id, $due_day, 0, 0, $photos, $photos_public, $search_key);

-- query: case_days :each
-- What counts as received and as resolved, by days.
-- in: unit str
-- out: service str, created_day i64, resolved_day i64?, n i64
SELECT service, created_day, resolved_day, COUNT(*) AS n FROM cases
 WHERE unit = $unit AND held = 0 GROUP BY service, created_day, resolved_day;

-- query: case_get :one
-- in: unit str, id i64
-- out: number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      lat f64?, lon f64?, words str?, words_public str?, hide i64, held i64, unseen i64, look i64, lang str, channel str,
--      entered_by i64, state str, state_ms i64, open i64, created_ms i64, created_day i64, changed_ms i64,
--      promise_id i64, due_day i64?, answer str?, answered_ms i64?, answered_day i64?, answered_work i64?,
--      resolved_ms i64?, resolved_day i64?, resolved_work i64?, left_day i64?, left_work i64?, late_ms i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, photos_public i64,
--      stars i64?, rated_day i64?
SELECT number, version, service, fault, village, street, street_public, lat, lon, words,
       words_public, hide, held, unseen, look, lang, channel, entered_by, state, state_ms, open, created_ms,
       created_day, changed_ms, promise_id, due_day, answer, answered_ms, answered_day,
       answered_work, resolved_ms, resolved_day, resolved_work, left_day, left_work, late_ms,
       assignee, duplicate_of, passed_to, support, photos, photos_public, stars, rated_day
  FROM cases WHERE unit = $unit AND id = $id;

-- query: case_save :exec
-- Everything about a case that may change, when nobody else has changed it since it was read.
-- in: unit str, id i64, version i64, service str, fault str, village str?, street str?, street_key str?,
--     street_public str?, lat f64?, lon f64?, words_public str?, hide i64, held i64, unseen i64, look i64, state str,
--     state_ms i64, open i64, changed_ms i64, promise_id i64, due_day i64?, answer str?,
--     answered_ms i64?, answered_day i64?, answered_work i64?, resolved_ms i64?, resolved_day i64?,
--     resolved_work i64?, left_day i64?, left_work i64?, late_ms i64?, assignee i64, duplicate_of str?,
--     passed_to str?, support i64, photos i64, photos_public i64, stars i64?, rated_day i64?
UPDATE cases
   SET version = version + 1, service = $service, fault = $fault, village = $village,
       street = $street, street_key = $street_key, street_public = $street_public, lat = $lat,
       lon = $lon, words_public = $words_public, hide = $hide, held = $held, unseen = $unseen, look = $look,
       state = $state, state_ms = $state_ms, open = $open, changed_ms = $changed_ms,
       promise_id = $promise_id, due_day = $due_day, answer = $answer, answered_ms = $answered_ms,
       answered_day = $answered_day, answered_work = $answered_work, resolved_ms = $resolved_ms,
       resolved_day = $resolved_day, resolved_work = $resolved_work, left_day = $left_day,
       left_work = $left_work, late_ms = $late_ms, assignee = $assignee,
       duplicate_of = $duplicate_of, passed_to = $passed_to, support = $support, photos = $photos,
       photos_public = $photos_public, stars = $stars, rated_day = $rated_day
 WHERE unit = $unit AND id = $id AND version = $version;

-- query: case_same_words :one
-- How many reports of the municipality with these words came since.
-- in: unit str, words_hash i64, since_ms i64
-- out: n i64
SELECT count(*) AS n FROM cases
 WHERE unit = $unit AND words_hash = $words_hash AND created_ms >= $since_ms;

-- query: case_followers :many
-- Cases that are duplicates of this one: their reporters hear what becomes of it.
-- in: unit str, number str
-- out: id i64
SELECT id FROM cases WHERE unit = $unit AND duplicate_of = $number ORDER BY id;

-- --- the reporter ---

-- query: reporter_put :exec
-- in: unit str, case_id i64, secret_hash str, name str?, email str?, phone str?, person i64
INSERT INTO case_reporter (unit, case_id, secret_hash, name, email, phone, person)
VALUES ($unit, $case_id, $secret_hash, $name, $email, $phone, $person);

-- query: reporter_get :one
-- in: unit str, case_id i64
-- out: secret_hash str, name str?, email str?, phone str?, person i64
SELECT secret_hash, name, email, phone, person FROM case_reporter
 WHERE unit = $unit AND case_id = $case_id;

-- query: reporter_forget :exec
-- in: unit str, case_id i64
UPDATE case_reporter SET name = NULL, email = NULL, phone = NULL, person = 0
 WHERE unit = $unit AND case_id = $case_id;

-- --- events, photos, support ---

-- query: event_put :exec
-- in: unit str, case_id i64, id i64, kind str, at_ms i64, actor str, person i64, state str?, words str?,
--     visible i64, detail str?, trail i64
INSERT INTO case_event (unit, case_id, id, kind, at_ms, actor, person, state, words, visible, detail, trail)
VALUES ($unit, $case_id, $id, $kind, $at_ms, $actor, $person, $state, $words, $visible, $detail, $trail);

-- query: event_list :many
-- Oldest first. Public pages read event_list_public instead.
-- in: unit str, case_id i64
-- out: id i64, kind str, at_ms i64, actor str, person i64, state str?, words str?, visible i64, detail str?
SELECT id, kind, at_ms, actor, person, state, words, visible, detail FROM case_event
 WHERE unit = $unit AND case_id = $case_id ORDER BY id;

-- query: event_logged :many
-- Events of a municipality that the public log commits to, made since an id; moved cases left out (their log is
-- that of the earlier municipality).
-- in: unit str, since_ms i64, limit i64
-- out: number str, id i64, kind str, at_ms i64, state str?, words str?, detail str?, trail i64
SELECT c.number, e.id, e.kind, e.at_ms, e.state, e.words, e.detail, e.trail
  FROM cases c JOIN case_event e ON e.unit = c.unit AND e.case_id = c.id
 WHERE c.unit = $unit AND c.changed_ms >= $since_ms AND e.trail <> 0
   AND NOT EXISTS (SELECT 1 FROM case_event m
                    WHERE m.unit = c.unit AND m.case_id = c.id AND m.kind = 'moved')
 ORDER BY e.id DESC LIMIT $limit;

-- query: event_list_public :many
-- in: unit str, case_id i64
-- out: id i64, kind str, at_ms i64, actor str, state str?, words str?, detail str?
SELECT id, kind, at_ms, actor, state, words, detail FROM case_event
 WHERE unit = $unit AND case_id = $case_id AND visible = 1 ORDER BY id;

-- query: event_look :exec
-- The look at what a reporter added later.
-- in: unit str, case_id i64, id i64, words str?, visible i64
UPDATE case_event SET words = $words, visible = $visible
 WHERE unit = $unit AND case_id = $case_id AND id = $id AND visible = 2;

-- query: event_waiting :one
-- in: unit str, case_id i64
-- out: n i64
SELECT (SELECT count(*) FROM case_event
         WHERE unit = $unit AND case_id = $case_id AND visible = 2)
     + (SELECT count(*) FROM case_photo
         WHERE unit = $unit AND case_id = $case_id AND visible = 2) AS n;

-- query: photo_put :exec
-- in: unit str, case_id i64, id i64, large str, small str, width i64, height i64, actor str, added_ms i64,
--     visible i64
INSERT INTO case_photo (unit, case_id, id, large, small, width, height, actor, added_ms, visible)
VALUES ($unit, $case_id, $id, $large, $small, $width, $height, $actor, $added_ms, $visible);

-- query: photo_list :many
-- in: unit str, case_id i64
-- out: id i64, large str, small str, width i64, height i64, actor str, added_ms i64, visible i64
SELECT id, large, small, width, height, actor, added_ms, visible FROM case_photo
 WHERE unit = $unit AND case_id = $case_id ORDER BY id;

-- query: case_files :each
-- Every file that a row names, of all municipalities.
-- out: large str, small str
SELECT large, small FROM case_photo;

-- query: photo_look :exec
-- in: unit str, case_id i64, id i64, visible i64
UPDATE case_photo SET visible = $visible
 WHERE unit = $unit AND case_id = $case_id AND id = $id;

-- query: support_put :exec
-- in: unit str, case_id i64, who str, at_ms i64
INSERT INTO case_support (unit, case_id, who, at_ms) VALUES ($unit, $case_id, $who, $at_ms)
ON CONFLICT (unit, case_id, who) DO NOTHING;

-- query: support_take :exec
-- in: unit str, case_id i64, who str
DELETE FROM case_support WHERE unit = $unit AND case_id = $case_id AND who = $who;

-- query: support_by :one
-- in: unit str, case_id i64, who str
-- out: n i64
SELECT count(*) AS n FROM case_support
 WHERE unit = $unit AND case_id = $case_id AND who = $who;

-- --- totals ---

-- query: service_put :exec
-- in: unit str, service str
INSERT INTO case_service (unit, service) VALUES ($unit, $service)
ON CONFLICT (unit, service) DO NOTHING;

-- query: total_add :exec
-- Adds to the day's running totals; a new day starts from the latest before it.
-- in: unit str, service str, day i64, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
INSERT INTO case_total (unit, service, day, received, answered, resolved, in_time, rated, stars)
SELECT $unit, $service, $day, COALESCE(MAX(p.received), 0) + $received,
       COALESCE(MAX(p.answered), 0) + $answered, COALESCE(MAX(p.resolved), 0) + $resolved,
       COALESCE(MAX(p.in_time), 0) + $in_time, COALESCE(MAX(p.rated), 0) + $rated,
       COALESCE(MAX(p.stars), 0) + $stars
  FROM (SELECT received, answered, resolved, in_time, rated, stars FROM case_total
         WHERE unit = $unit AND service = $service AND day <= $day
         ORDER BY day DESC LIMIT 1) p
 WHERE 1 = 1
ON CONFLICT (unit, service, day) DO UPDATE SET
    received = case_total.received + $received, answered = case_total.answered + $answered,
    resolved = case_total.resolved + $resolved, in_time = case_total.in_time + $in_time,
    rated = case_total.rated + $rated, stars = case_total.stars + $stars;

-- query: total_add_later :exec
-- And to every later day: none, unless what is counted lies in the past.
-- in: unit str, service str, day i64, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
UPDATE case_total
   SET received = received + $received, answered = answered + $answered,
       resolved = resolved + $resolved, in_time = in_time + $in_time, rated = rated + $rated,
       stars = stars + $stars
 WHERE unit = $unit AND service = $service AND day > $day;

-- query: total_change_put :exec
-- in: unit str, id i64, service str, day i64, received i64, answered i64, resolved i64, in_time i64, rated i64,
--     stars i64
INSERT INTO case_total_change (unit, id, service, day, received, answered, resolved, in_time, rated, stars)
VALUES ($unit, $id, $service, $day, $received, $answered, $resolved, $in_time, $rated, $stars);

-- query: total_change_units :many
-- out: unit str
SELECT DISTINCT unit FROM case_total_change;

-- query: total_changes :many
-- in: unit str
-- out: day i64, service str, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
SELECT day, service, CAST(SUM(received) AS BIGINT) AS received, CAST(SUM(answered) AS BIGINT) AS answered,
       CAST(SUM(resolved) AS BIGINT) AS resolved, CAST(SUM(in_time) AS BIGINT) AS in_time,
       CAST(SUM(rated) AS BIGINT) AS rated, CAST(SUM(stars) AS BIGINT) AS stars
  FROM case_total_change WHERE unit = $unit
 GROUP BY day, service ORDER BY day, service;

-- query: total_changes_taken :exec
-- Those that total_changes read in the same transaction: its snapshot holds no others.
-- in: unit str
DELETE FROM case_total_change WHERE unit = $unit;

-- query: total_changes_all :many
-- in: to_day i64
-- out: unit str, day i64, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
SELECT unit, day, CAST(SUM(received) AS BIGINT) AS received, CAST(SUM(answered) AS BIGINT) AS answered,
       CAST(SUM(resolved) AS BIGINT) AS resolved, CAST(SUM(in_time) AS BIGINT) AS in_time,
       CAST(SUM(rated) AS BIGINT) AS rated, CAST(SUM(stars) AS BIGINT) AS stars
  FROM case_total_change WHERE day <= $to_day
 GROUP BY unit, day ORDER BY unit, day;

-- query: total_of :many
-- A service ('': all together) at the end of a day: the running totals, and what waits to be added to them.
-- in: unit str, service str, day i64
-- out: received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
SELECT t.received, t.answered, t.resolved, t.in_time, t.rated, t.stars
  FROM (SELECT received, answered, resolved, in_time, rated, stars FROM case_total
         WHERE unit = $unit AND service = $service AND day <= $day
         ORDER BY day DESC LIMIT 1) t
 UNION ALL
SELECT received, answered, resolved, in_time, rated, stars FROM case_total_change
 WHERE unit = $unit AND day <= $day AND ($service = '' OR service = $service);

-- query: total_at_days :many
-- Running totals of a municipality at the end of up to 16 days, each named once: services together. One
-- statement, because a page asks for a year of months. With waits = 1, what is to be added from a day on.
-- SQLite must be told to look up the row; PostgreSQL reads every day's row unless it is told LATERAL.
-- in: unit str, day0 i64?, day1 i64?, day2 i64?, day3 i64?, day4 i64?, day5 i64?,
--     day6 i64?, day7 i64?, day8 i64?, day9 i64?, day10 i64?, day11 i64?,
--     day12 i64?, day13 i64?, day14 i64?, day15 i64?
-- out: waits i64, at_day i64, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
-- sqlite:
WITH wanted (at_day) AS (VALUES
    ($day0), ($day1), ($day2), ($day3), ($day4), ($day5), ($day6), ($day7), ($day8), ($day9),
    ($day10), ($day11), ($day12), ($day13), ($day14), ($day15))
SELECT 0 AS waits, w.at_day, t.received, t.answered, t.resolved, t.in_time, t.rated, t.stars
  FROM wanted w
 CROSS JOIN case_total t
 WHERE w.at_day IS NOT NULL
   AND t.rowid = (SELECT m.rowid FROM case_total m
                   WHERE m.unit = $unit AND m.service = '' AND m.day <= w.at_day
                   ORDER BY m.day DESC LIMIT 1)
 UNION ALL
SELECT 1, day, received, answered, resolved, in_time, rated, stars
  FROM case_total_change WHERE unit = $unit;
-- postgres:
WITH wanted (at_day) AS (VALUES
    ($day0), ($day1), ($day2), ($day3), ($day4), ($day5), ($day6), ($day7), ($day8), ($day9),
    ($day10), ($day11), ($day12), ($day13), ($day14), ($day15))
SELECT CAST(0 AS BIGINT) AS waits, w.at_day, t.received, t.answered, t.resolved, t.in_time, t.rated, t.stars
  FROM wanted w
 CROSS JOIN LATERAL (SELECT m.received, m.answered, m.resolved, m.in_time, m.rated, m.stars
                       FROM case_total m
                      WHERE m.unit = $unit AND m.service = '' AND m.day <= w.at_day
                      ORDER BY m.day DESC LIMIT 1) t
 WHERE w.at_day IS NOT NULL
 UNION ALL
SELECT 1, day, received, answered, resolved, in_time, rated, stars
  FROM case_total_change WHERE unit = $unit;

-- query: total_at_all :many
-- The same for the country at the end of one day, without what waits.
-- in: day i64
-- out: unit str, received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
-- sqlite:
SELECT t.unit, t.received, t.answered, t.resolved, t.in_time, t.rated, t.stars
  FROM (SELECT DISTINCT unit FROM case_service) s
 CROSS JOIN case_total t
 WHERE t.rowid = (SELECT m.rowid FROM case_total m
                   WHERE m.unit = s.unit AND m.service = '' AND m.day <= $day
                   ORDER BY m.day DESC LIMIT 1)
 ORDER BY s.unit;
-- postgres:
SELECT s.unit, t.received, t.answered, t.resolved, t.in_time, t.rated, t.stars
  FROM (SELECT DISTINCT unit FROM case_service) s
 CROSS JOIN LATERAL (SELECT m.received, m.answered, m.resolved, m.in_time, m.rated, m.stars
                       FROM case_total m
                      WHERE m.unit = s.unit AND m.service = '' AND m.day <= $day
                      ORDER BY m.day DESC LIMIT 1) t
 ORDER BY s.unit;

-- query: answer_time_add :exec
-- in: unit str, day i64, service str, hours i64, answers i64
INSERT INTO case_answer_time (unit, day, service, hours, answers)
VALUES ($unit, $day, $service, $hours, $answers)
ON CONFLICT (unit, day, service, hours) DO UPDATE SET
    answers = case_answer_time.answers + excluded.answers;

-- query: answer_times :many
-- in: unit str, from_day i64, to_day i64
-- out: hours i64, answers i64
SELECT hours, CAST(SUM(answers) AS BIGINT) AS answers FROM case_answer_time
 WHERE unit = $unit AND day >= $from_day AND day <= $to_day
 GROUP BY hours HAVING SUM(answers) > 0 ORDER BY hours;

-- query: answer_times_all :many
-- in: from_day i64, to_day i64
-- out: unit str, hours i64, answers i64
SELECT unit, hours, CAST(SUM(answers) AS BIGINT) AS answers FROM case_answer_time
 WHERE day >= $from_day AND day <= $to_day
 GROUP BY unit, hours HAVING SUM(answers) > 0 ORDER BY unit, hours;

-- query: open_counts :one
-- in: unit str, today i64
-- out: open i64, overdue i64
SELECT count(*) AS open,
       COALESCE(CAST(SUM(CASE WHEN due_day < $today THEN 1 ELSE 0 END) AS BIGINT), 0) AS overdue
  FROM cases WHERE unit = $unit AND open = 1 AND held = 0;

-- query: open_counts_all :many
-- Municipality by municipality, so that an index answers it alone as in open_counts. (As a list, not as a table to
-- join: joined with what waits, SQLite reads every open report and more.)
-- in: today i64
-- out: unit str, open i64, overdue i64
SELECT unit, count(*) AS open,
       CAST(SUM(CASE WHEN due_day < $today THEN 1 ELSE 0 END) AS BIGINT) AS overdue
  FROM cases
 WHERE unit IN (SELECT unit FROM case_service UNION SELECT unit FROM case_total_change)
   AND open = 1 AND held = 0
 GROUP BY unit ORDER BY unit;

-- --- what strangers see ---

-- query: public_get :one
-- in: unit str, id i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public WHERE unit = $unit AND id = $id;

-- query: list_all :many
-- The same conditions, each list led by the index that its filter needs. edge: where the page begins, the row
-- itself excluded; edge_id negative for the oldest behind it.
-- in: unit str, service str?, fault str?, village str?, states str?, overdue i64, today i64, from_ms i64, to_ms i64,
--     edge_ms i64, edge_id i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
-- order: newest "created_ms DESC, id DESC" | oldest "created_ms, id"
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public
 WHERE unit = $unit AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR ($edge_id < 0 AND id > -$edge_id) OR ($edge_id > 0 AND id < $edge_id))
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($fault IS NULL OR fault = $fault)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($overdue = 0 OR (open = 1 AND due_day < $today))
 ORDER BY $order LIMIT $limit;

-- query: list_service :many
-- With the records behind a measure: 1 answer, 2 resolution; outcome 0 counted, 1 kept, 2 broken.
-- in: unit str, service str, fault str?, village str?, states str?, overdue i64, today i64, from_ms i64, to_ms i64,
--     edge_ms i64, edge_id i64, measure i64, outcome i64, working i64, amount i64, cutoff_day i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
-- order: newest "created_ms DESC, id DESC" | oldest "created_ms, id"
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public
 WHERE unit = $unit AND service = $service AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR ($edge_id < 0 AND id > -$edge_id) OR ($edge_id > 0 AND id < $edge_id))
   AND ($village IS NULL OR village = $village)
   AND ($fault IS NULL OR fault = $fault)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($overdue = 0 OR (open = 1 AND due_day < $today))
   AND ($measure = 0
        OR ($measure = 1 AND $outcome IN (0, 1) AND answered_day IS NOT NULL
            AND CASE WHEN $working = 1 THEN answered_work
                     ELSE answered_day - created_day END <= $amount)
        OR ($measure = 1 AND $outcome IN (0, 2)
            AND (CASE WHEN $working = 1 THEN answered_work
                      ELSE answered_day - created_day END > $amount
                 OR (answered_day IS NULL AND left_day IS NULL AND created_day <= $cutoff_day)
                 OR (answered_day IS NULL
                     AND CASE WHEN $working = 1 THEN left_work
                              ELSE left_day - created_day END > $amount)))
        OR ($measure = 2 AND $outcome IN (0, 1) AND resolved_day IS NOT NULL
            AND CASE WHEN $working = 1 THEN resolved_work
                     ELSE resolved_day - created_day END <= $amount)
        OR ($measure = 2 AND $outcome IN (0, 2)
            AND (CASE WHEN $working = 1 THEN resolved_work
                      ELSE resolved_day - created_day END > $amount
                 OR (resolved_day IS NULL AND left_day IS NULL AND created_day <= $cutoff_day)
                 OR (resolved_day IS NULL
                     AND CASE WHEN $working = 1 THEN left_work
                              ELSE left_day - created_day END > $amount))))
 ORDER BY $order LIMIT $limit;

-- query: list_village :many
-- in: unit str, service str?, fault str?, village str, states str?, overdue i64, today i64, from_ms i64, to_ms i64,
--     edge_ms i64, edge_id i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
-- order: newest "created_ms DESC, id DESC" | oldest "created_ms, id"
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public
 WHERE unit = $unit AND village = $village AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR ($edge_id < 0 AND id > -$edge_id) OR ($edge_id > 0 AND id < $edge_id))
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($overdue = 0 OR (open = 1 AND due_day < $today))
 ORDER BY $order LIMIT $limit;

-- query: list_state :many
-- in: unit str, service str?, fault str?, village str?, state str, states str?, overdue i64, today i64, from_ms i64, to_ms i64,
--     edge_ms i64, edge_id i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
-- order: newest "created_ms DESC, id DESC" | oldest "created_ms, id"
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public
 WHERE unit = $unit AND state = $state AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR ($edge_id < 0 AND id > -$edge_id) OR ($edge_id > 0 AND id < $edge_id))
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($fault IS NULL OR fault = $fault)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($overdue = 0 OR (open = 1 AND due_day < $today))
 ORDER BY $order LIMIT $limit;

-- query: list_open :many
-- in: unit str, service str?, fault str?, village str?, states str?, overdue i64, today i64, from_ms i64, to_ms i64,
--     edge_ms i64, edge_id i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
-- order: newest "created_ms DESC, id DESC" | oldest "created_ms, id"
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars
  FROM case_public
 WHERE unit = $unit AND open = 1 AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR ($edge_id < 0 AND id > -$edge_id) OR ($edge_id > 0 AND id < $edge_id))
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($fault IS NULL OR fault = $fault)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($overdue = 0 OR (open = 1 AND due_day < $today))
 ORDER BY $order LIMIT $limit;

-- query: similar_fault :many
-- Open reports of the same fault since a time, newest first; near or in the same street.
-- in: unit str, fault str, service str, since_ms i64, village str?, street_key str?, south f64?, north f64?,
--     west f64?, east f64?, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?
SELECT p.id, p.number, p.service, p.fault, p.village, p.street, p.lat, p.lon, p.words, p.hide, p.state,
       p.state_ms, p.open, p.created_ms, p.changed_ms, p.due_day, p.answer, p.answered_ms,
       p.resolved_ms, p.resolved_day, p.duplicate_of, p.passed_to, p.support, p.photos, p.stars
  FROM cases c JOIN case_public p ON p.unit = c.unit AND p.id = c.id
 WHERE c.unit = $unit AND c.open = 1 AND c.fault = $fault AND c.service = $service
   AND c.created_ms >= $since_ms AND c.hide = 0 AND c.held = 0
   AND ((c.village = $village AND c.street_key = $street_key)
        OR (c.village = $village AND $street_key IS NULL AND $south IS NULL)
        OR (c.lat >= $south AND c.lat <= $north AND c.lon >= $west AND c.lon <= $east))
 ORDER BY c.created_ms DESC LIMIT $limit;

-- query: recount :one
-- What case_total keeps, counted from the records: for the doctor and the tests.
-- in: unit str, service str, day i64
-- out: received i64, answered i64, resolved i64, in_time i64, rated i64, stars i64
SELECT count(*) AS received,
       COALESCE(SUM(CASE WHEN answered_day <= $day THEN 1 ELSE 0 END), 0) AS answered,
       COALESCE(SUM(CASE WHEN resolved_day <= $day THEN 1 ELSE 0 END), 0) AS resolved,
       COALESCE(SUM(CASE WHEN resolved_day <= $day AND resolved_day <= due_day
                         THEN 1 ELSE 0 END), 0) AS in_time,
       COALESCE(SUM(CASE WHEN rated_day <= $day THEN 1 ELSE 0 END), 0) AS rated,
       COALESCE(SUM(CASE WHEN rated_day <= $day THEN stars ELSE 0 END), 0) AS stars
  FROM cases
 WHERE unit = $unit AND service = $service AND held = 0 AND created_day <= $day;

-- query: recount_answer_times :many
-- What case_answer_time keeps, as it was before it was put into steps.
-- in: unit str, from_day i64, to_day i64
-- out: took_ms i64
SELECT answered_ms - created_ms AS took_ms FROM cases
 WHERE unit = $unit AND held = 0 AND answered_day >= $from_day AND answered_day <= $to_day
 ORDER BY took_ms;

-- query: service_all :many
-- Services that have had a report.
-- out: unit str, service str
SELECT unit, service FROM case_service
 UNION
SELECT unit, service FROM case_total_change
 ORDER BY unit, service;

-- --- deadlines ---

-- query: late_untold :many
-- Open cases whose promised day has passed and whose head does not know yet. (unit || '': sort these few, do not
-- walk all open cases in the order of an index.)
-- in: today i64, limit i64
-- out: unit str, id i64
SELECT unit, id FROM cases
 WHERE open = 1 AND late_ms IS NULL AND held = 0 AND due_day < $today
 ORDER BY unit || '', due_day LIMIT $limit;

-- --- measures of the charter ---

-- query: measure_answer :one
-- Of the reports received in the period: how many were answered within the amount, and how many count.
-- in: unit str, service str, fault str?, from_ms i64, to_ms i64, working i64, amount i64, cutoff_day i64
-- out: counted i64, kept i64
SELECT count(*) AS counted,
       COALESCE(CAST(SUM(CASE WHEN answered_day IS NOT NULL
                 AND CASE WHEN $working = 1 THEN answered_work
                          ELSE answered_day - created_day END <= $amount
                THEN 1 ELSE 0 END) AS BIGINT), 0) AS kept
  FROM cases
 WHERE unit = $unit AND service = $service AND created_ms >= $from_ms AND created_ms < $to_ms
   AND ($fault IS NULL OR fault = $fault) AND held = 0
   AND (answered_day IS NOT NULL
        OR (left_day IS NOT NULL
            AND CASE WHEN $working = 1 THEN left_work ELSE left_day - created_day END > $amount)
        OR (left_day IS NULL AND created_day <= $cutoff_day));

-- query: measure_resolve :one
-- in: unit str, service str, fault str?, from_ms i64, to_ms i64, working i64, amount i64, cutoff_day i64
-- out: counted i64, kept i64
SELECT count(*) AS counted,
       COALESCE(CAST(SUM(CASE WHEN resolved_day IS NOT NULL
                 AND CASE WHEN $working = 1 THEN resolved_work
                          ELSE resolved_day - created_day END <= $amount
                THEN 1 ELSE 0 END) AS BIGINT), 0) AS kept
  FROM cases
 WHERE unit = $unit AND service = $service AND created_ms >= $from_ms AND created_ms < $to_ms
   AND ($fault IS NULL OR fault = $fault) AND held = 0
   AND (resolved_day IS NOT NULL
        OR (left_day IS NOT NULL
            AND CASE WHEN $working = 1 THEN left_work ELSE left_day - created_day END > $amount)
        OR (left_day IS NULL AND created_day <= $cutoff_day));

-- --- mergers ---

-- query: case_open_ids :many
-- What goes to the successor: open cases, and duplicates of them, whose reporters follow.
-- in: unit str
-- out: id i64, number str
SELECT id, number FROM cases
 WHERE unit = $unit
   AND (open = 1 OR duplicate_of IN (SELECT o.number FROM cases o
                                      WHERE o.unit = $unit AND o.open = 1))
 ORDER BY id;

-- query: case_move :exec
-- Events, photos, supports and the reporter follow by their foreign keys.
-- in: unit str, id i64, into str
UPDATE cases SET unit = $into, once = NULL, version = version + 1 WHERE unit = $unit AND id = $id;

-- query: case_number_move :exec
-- in: number str, unit str
UPDATE case_number SET unit = $unit WHERE number = $number;
