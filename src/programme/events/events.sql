-- query: events_put :exec
-- in: unit str, id i64, kind str, topics str, title_ky str, title_ru str, title_en str, place str, from_day i64, to_day i64, minutes i64, organiser str, agenda str, open_registration i64, test_max i64?, certificate_minutes i64?, cost i64?, state str, present i64, created_ms i64, created_by i64, once str?
INSERT INTO event (unit, id, kind, topics, title_ky, title_ru, title_en, place, from_day, to_day, minutes, organiser,
                   agenda, open_registration, test_max, certificate_minutes, cost, state, present, revision, created_ms,
                   created_by, once)
VALUES ($unit, $id, $kind, $topics, $title_ky, $title_ru, $title_en, $place, $from_day, $to_day, $minutes, $organiser,
        $agenda, $open_registration, $test_max, $certificate_minutes, $cost, $state, $present, 1, $created_ms,
        $created_by, $once);

-- query: event_set :exec
-- in: id i64, revision i64, kind str, topics str, title_ky str, title_ru str, title_en str, place str, from_day i64, to_day i64, minutes i64, organiser str, agenda str, open_registration i64, test_max i64?, certificate_minutes i64?, cost i64?
UPDATE event SET kind = $kind, topics = $topics, title_ky = $title_ky, title_ru = $title_ru, title_en = $title_en,
       place = $place, from_day = $from_day, to_day = $to_day, minutes = $minutes, organiser = $organiser,
       agenda = $agenda, open_registration = $open_registration, test_max = $test_max,
       certificate_minutes = $certificate_minutes, cost = $cost, revision = revision + 1
 WHERE id = $id AND revision = $revision;

-- query: event_set_state :exec
-- in: id i64, state str
UPDATE event SET state = $state, revision = revision + 1 WHERE id = $id;

-- query: event_present :exec
-- in: id i64, change i64
UPDATE event SET present = present + $change WHERE id = $id;

-- query: event_get :one
-- in: id i64
-- out: unit str, id i64, kind str, topics str, title_ky str, title_ru str, title_en str, place str, from_day i64, to_day i64, minutes i64, organiser str, agenda str, open_registration i64, test_max i64?, certificate_minutes i64?, cost i64?, state str, present i64, revision i64
SELECT unit, id, kind, topics, title_ky, title_ru, title_en, place, from_day, to_day, minutes, organiser, agenda,
       open_registration, test_max, certificate_minutes, cost, state, present, revision
  FROM event WHERE id = $id;

-- query: event_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM event WHERE once = $once;

-- query: events_list_all :many
-- Newest first, from behind (day, id); of the country.
-- in: kind str?, from_day i64, to_day i64, day i64, id i64, limit i64
-- out: unit str, id i64, kind str, topics str, title_ky str, title_ru str, title_en str, place str, from_day i64, to_day i64, minutes i64, organiser str, agenda str, open_registration i64, test_max i64?, certificate_minutes i64?, cost i64?, state str, present i64, revision i64
SELECT unit, id, kind, topics, title_ky, title_ru, title_en, place, from_day, to_day, minutes, organiser, agenda,
       open_registration, test_max, certificate_minutes, cost, state, present, revision
  FROM event
 WHERE from_day >= $from_day AND from_day <= $to_day AND from_day <= $day AND (from_day < $day OR id < $id)
   AND ($kind IS NULL OR kind = $kind)
 ORDER BY from_day DESC, id DESC LIMIT $limit;

-- query: events_list_of :many
-- The same of some municipalities (a JSON array).
-- in: units str, kind str?, from_day i64, to_day i64, day i64, id i64, limit i64
-- out: unit str, id i64, kind str, topics str, title_ky str, title_ru str, title_en str, place str, from_day i64, to_day i64, minutes i64, organiser str, agenda str, open_registration i64, test_max i64?, certificate_minutes i64?, cost i64?, state str, present i64, revision i64
-- sqlite:
SELECT unit, id, kind, topics, title_ky, title_ru, title_en, place, from_day, to_day, minutes, organiser, agenda,
       open_registration, test_max, certificate_minutes, cost, state, present, revision
  FROM event
 WHERE unit IN (SELECT value FROM json_each($units))
   AND from_day >= $from_day AND from_day <= $to_day AND from_day <= $day AND (from_day < $day OR id < $id)
   AND ($kind IS NULL OR kind = $kind)
 ORDER BY from_day DESC, id DESC LIMIT $limit;
-- postgres:
SELECT unit, id, kind, topics, title_ky, title_ru, title_en, place, from_day, to_day, minutes, organiser, agenda,
       open_registration, test_max, certificate_minutes, cost, state, present, revision
  FROM event
 WHERE unit IN (SELECT value FROM json_array_elements_text(CAST($units AS json)))
   AND from_day >= $from_day AND from_day <= $to_day AND from_day <= $day AND (from_day < $day OR id < $id)
   AND ($kind IS NULL OR kind = $kind)
 ORDER BY from_day DESC, id DESC LIMIT $limit;

-- query: event_move :exec
-- A merger takes what is still to come along.
-- in: unit str, into str, day i64
UPDATE event SET unit = $into WHERE unit = $unit AND state = 'planned' AND to_day >= $day;

-- --- guests ---

-- query: guest_put :exec
-- in: event_id i64, person i64, code str, rsvp str, source str, at_ms i64, once str?
INSERT INTO event_guest (event_id, person, code, rsvp, source, at_ms, once)
VALUES ($event_id, $person, $code, $rsvp, $source, $at_ms, $once)
    ON CONFLICT (event_id, person) DO UPDATE SET rsvp = $rsvp, at_ms = $at_ms;

-- query: guest_rsvp :exec
-- in: code str, rsvp str, at_ms i64
UPDATE event_guest SET rsvp = $rsvp, at_ms = $at_ms WHERE code = $code;

-- query: guest_by_code :many
-- in: code str
-- out: event_id i64, person i64, rsvp str
SELECT event_id, person, rsvp FROM event_guest WHERE code = $code;

-- query: guest_by_once :many
-- in: once str
-- out: event_id i64, code str
SELECT event_id, code FROM event_guest WHERE once = $once;

-- query: guests_of :many
-- in: event_id i64
-- out: person i64, code str, rsvp str, source str, at_ms i64, mailed_ms i64?
SELECT person, code, rsvp, source, at_ms, mailed_ms FROM event_guest WHERE event_id = $event_id ORDER BY person;

-- query: guests_mailed :exec
-- Invited by e-mail just now: everybody on this list (a JSON array of persons).
-- in: event_id i64, persons str, mailed_ms i64?
-- sqlite:
UPDATE event_guest SET mailed_ms = $mailed_ms
 WHERE event_id = $event_id AND person IN (SELECT value FROM json_each($persons));
-- postgres:
UPDATE event_guest SET mailed_ms = $mailed_ms
 WHERE event_id = $event_id
   AND person IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($persons AS json)));

-- --- heads ---

-- query: event_heads_put :exec
-- in: unit str, event_id i64, sex str, day i64, kind str, heads i64, active i64
INSERT INTO event_heads (unit, event_id, sex, day, kind, heads, active)
VALUES ($unit, $event_id, $sex, $day, $kind, $heads, $active)
    ON CONFLICT (unit, event_id, sex) DO UPDATE SET heads = $heads, active = $active;

-- query: event_heads_of :many
-- in: event_id i64
-- out: unit str, sex str, day i64, kind str, heads i64, active i64
SELECT unit, sex, day, kind, heads, active FROM event_heads WHERE event_id = $event_id ORDER BY sex;

-- query: event_heads_switch :exec
-- in: event_id i64, active i64
UPDATE event_heads SET active = $active WHERE event_id = $event_id;

-- query: event_heads_counted :each
-- in: unit str
-- out: sex str, day i64, kind str, heads i64
SELECT sex, day, kind, heads FROM event_heads WHERE unit = $unit AND active = 1 AND heads > 0;

-- --- what was agreed ---

-- query: event_task_put :exec
-- in: event_id i64, id i64, what str, who str, due_day i64, created_ms i64, created_by i64, once str?
INSERT INTO event_task (event_id, id, what, who, due_day, created_ms, created_by, once)
VALUES ($event_id, $id, $what, $who, $due_day, $created_ms, $created_by, $once);

-- query: event_task_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM event_task WHERE once = $once;

-- query: event_task_done :exec
-- in: event_id i64, id i64, done_day i64?
UPDATE event_task SET done_day = $done_day WHERE event_id = $event_id AND id = $id;

-- query: event_tasks_of :many
-- What is not done first, then by the day.
-- in: event_id i64
-- out: id i64, what str, who str, due_day i64, done_day i64?
SELECT id, what, who, due_day, done_day FROM event_task
 WHERE event_id = $event_id ORDER BY CASE WHEN done_day IS NULL THEN 0 ELSE 1 END, due_day, id;

-- --- attendance ---

-- query: attendance_put :exec
-- in: unit str, event_id i64, person i64, root i64, day i64, kind str, sex str, band str, grp str, position str, home_known i64, disability str, minutes i64, pre i64?, post i64?, how str, said_ms i64, withdrawn i64, active i64
INSERT INTO attendance (unit, event_id, person, root, day, kind, sex, band, grp, position, home_known, disability,
                        minutes, pre, post, how, said_ms, withdrawn, active)
VALUES ($unit, $event_id, $person, $root, $day, $kind, $sex, $band, $grp, $position, $home_known, $disability,
        $minutes, $pre, $post, $how, $said_ms, $withdrawn, $active);

-- query: attendance_set :exec
-- in: event_id i64, person i64, minutes i64, pre i64?, post i64?, said_ms i64, withdrawn i64, active i64
UPDATE attendance SET minutes = $minutes, pre = $pre, post = $post, said_ms = $said_ms, withdrawn = $withdrawn,
       active = $active
 WHERE event_id = $event_id AND person = $person;

-- query: attendance_set_root :exec
-- in: person i64, root i64
UPDATE attendance SET root = $root WHERE person = $person;

-- query: attendance_switch :exec
-- Of a cancelled event nothing counts; of one that was held after all everything not withdrawn.
-- in: event_id i64, active i64
UPDATE attendance SET active = $active WHERE event_id = $event_id AND withdrawn = 0;

-- query: attendance_get :many
-- in: event_id i64, person i64
-- out: unit str, event_id i64, person i64, root i64, day i64, kind str, sex str, band str, grp str, position str, home_known i64, disability str, minutes i64, pre i64?, post i64?, how str, said_ms i64, withdrawn i64, active i64
SELECT unit, event_id, person, root, day, kind, sex, band, grp, position, home_known, disability, minutes, pre, post,
       how, said_ms, withdrawn, active
  FROM attendance WHERE event_id = $event_id AND person = $person;

-- query: attendance_list :many
-- in: event_id i64
-- out: unit str, event_id i64, person i64, root i64, day i64, kind str, sex str, band str, grp str, position str, home_known i64, disability str, minutes i64, pre i64?, post i64?, how str, said_ms i64, withdrawn i64, active i64
SELECT unit, event_id, person, root, day, kind, sex, band, grp, position, home_known, disability, minutes, pre, post,
       how, said_ms, withdrawn, active
  FROM attendance WHERE event_id = $event_id ORDER BY person;

-- query: attendance_of_one :many
-- in: person i64
-- out: unit str, event_id i64, person i64, root i64, day i64, kind str, sex str, band str, grp str, position str, home_known i64, disability str, minutes i64, pre i64?, post i64?, how str, said_ms i64, withdrawn i64, active i64
SELECT unit, event_id, person, root, day, kind, sex, band, grp, position, home_known, disability, minutes, pre, post,
       how, said_ms, withdrawn, active
  FROM attendance WHERE person = $person;

-- query: attendance_history :many
-- What a person took part in, newest first.
-- in: root i64, limit i64
-- out: event_id i64, day i64, minutes i64, title_ky str, title_ru str, title_en str
SELECT a.event_id, a.day, a.minutes, e.title_ky, e.title_ru, e.title_en
  FROM attendance a JOIN event e ON e.id = a.event_id
 WHERE a.root = $root AND a.active = 1 ORDER BY a.day DESC, a.event_id LIMIT $limit;

-- query: attendance_groups :many
-- What a public page may say of an event, before small cells are hidden.
-- in: event_id i64
-- out: sex str, band str, grp str, disability str, n i64
SELECT sex, band, grp, disability, count(*) AS n FROM attendance
 WHERE event_id = $event_id AND active = 1 GROUP BY sex, band, grp, disability;

-- query: attendance_sums :one
-- in: event_id i64
-- out: people i64, units i64, minutes i64, pairs i64, gained i64, possible i64, twice i64
SELECT count(DISTINCT root) AS people, count(DISTINCT unit) AS units,
       CAST(coalesce(sum(minutes), 0) AS BIGINT) AS minutes,
       CAST(coalesce(sum(CASE WHEN pre IS NOT NULL AND post IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS pairs,
       CAST(coalesce(sum(CASE WHEN pre IS NOT NULL AND post IS NOT NULL THEN post - pre ELSE 0 END), 0) AS BIGINT) AS gained,
       CAST(coalesce(sum(CASE WHEN pre IS NOT NULL AND post IS NOT NULL
                              THEN (SELECT test_max FROM event WHERE id = $event_id) - pre ELSE 0 END), 0) AS BIGINT) AS possible,
       count(*) - count(DISTINCT root) AS twice
  FROM attendance WHERE event_id = $event_id AND active = 1;

-- query: attendance_counted :each
-- The records behind the counter, of one municipality.
-- in: unit str
-- out: root i64, day i64, kind str, sex str, band str, grp str
SELECT root, day, kind, sex, band, grp FROM attendance WHERE unit = $unit AND active = 1;

-- query: event_counted :each
-- in: unit str
-- out: from_day i64, kind str, topics str
SELECT from_day, kind, topics FROM event WHERE unit = $unit AND state = 'held';

-- query: certificate_counted :each
-- in: unit str
-- out: issued_day i64, kind str, sex str
SELECT issued_day, kind, sex FROM event_certificate WHERE unit = $unit AND revoked_ms IS NULL;

-- query: trainet_rows :many
-- Each training with its participants, for the report view.
-- in: from_day i64, to_day i64, limit i64
-- out: unit str, id i64, topics str, title_en str, from_day i64, to_day i64, minutes i64, cost i64?, women i64, men i64, unknown i64
SELECT e.unit, e.id, e.topics, e.title_en, e.from_day, e.to_day, e.minutes, e.cost,
       (SELECT count(*) FROM attendance a WHERE a.event_id = e.id AND a.active = 1 AND a.sex = 'f') AS women,
       (SELECT count(*) FROM attendance a WHERE a.event_id = e.id AND a.active = 1 AND a.sex = 'm') AS men,
       (SELECT count(*) FROM attendance a WHERE a.event_id = e.id AND a.active = 1 AND a.sex = '') AS unknown
  FROM event e
 WHERE e.from_day >= $from_day AND e.from_day <= $to_day AND e.kind = 'training' AND e.state = 'held'
 ORDER BY e.from_day, e.id LIMIT $limit;

-- --- log ---

-- query: event_log_put :exec
-- in: event_id i64, id i64, what str, person i64, detail str, late i64, said_ms i64, at_ms i64, by_person i64, once str?
INSERT INTO event_log (event_id, id, what, person, detail, late, said_ms, at_ms, by_person, once)
VALUES ($event_id, $id, $what, $person, $detail, $late, $said_ms, $at_ms, $by_person, $once);

-- query: event_log_by_once :many
-- in: once str
-- out: event_id i64
SELECT event_id FROM event_log WHERE once = $once;

-- query: event_log_list :many
-- in: event_id i64, limit i64
-- out: what str, person i64, detail str, late i64, said_ms i64, at_ms i64, by_person i64
SELECT what, person, detail, late, said_ms, at_ms, by_person FROM event_log
 WHERE event_id = $event_id ORDER BY id DESC LIMIT $limit;

-- query: event_log_late :one
-- in: event_id i64
-- out: n i64
SELECT count(*) AS n FROM event_log WHERE event_id = $event_id AND late = 1;

-- --- certificates ---

-- query: certificate_put :exec
-- in: unit str, number str, event_id i64, person i64, kind str, sex str, issued_day i64, issued_by i64
INSERT INTO event_certificate (unit, number, event_id, person, kind, sex, issued_day, issued_by)
VALUES ($unit, $number, $event_id, $person, $kind, $sex, $issued_day, $issued_by);

-- query: certificate_get :many
-- in: number str
-- out: unit str, number str, event_id i64, person i64, kind str, sex str, issued_day i64, revoked_ms i64?
SELECT unit, number, event_id, person, kind, sex, issued_day, revoked_ms FROM event_certificate WHERE number = $number;

-- query: certificates_of :many
-- in: event_id i64
-- out: unit str, number str, person i64, kind str, sex str, issued_day i64, revoked_ms i64?
SELECT unit, number, person, kind, sex, issued_day, revoked_ms FROM event_certificate
 WHERE event_id = $event_id ORDER BY person;

-- query: certificate_revoke :exec
-- in: number str, revoked_ms i64?
UPDATE event_certificate SET revoked_ms = $revoked_ms WHERE number = $number;

-- query: events_wrong_present :one
-- For the doctor: events whose kept number is not that of their rows, and attendances of who is somebody else today.
-- out: n i64
SELECT (SELECT count(*) FROM event e
         WHERE e.present <> (SELECT count(*) FROM attendance a WHERE a.event_id = e.id AND a.active = 1)
                            + (SELECT coalesce(sum(h.heads), 0) FROM event_heads h
                                WHERE h.event_id = e.id AND h.active = 1)) AS n;

-- --- what an assessment and its gaps ask ---

-- query: event_hearings_of :one
-- in: unit str, topic str?, from_day i64, to_day i64
-- out: n i64
SELECT count(*) AS n FROM event
 WHERE unit = $unit AND kind = 'hearing' AND state = 'held' AND from_day >= $from_day AND from_day <= $to_day
   AND (CAST($topic AS TEXT) IS NULL OR ' ' || topics || ' ' LIKE '% ' || CAST($topic AS TEXT) || ' %');

-- query: event_hearing_people :one
-- Residents of the municipality who came to hearings, by name or counted; told: those whose sex is known.
-- in: unit str, from_day i64, to_day i64
-- out: n i64, told i64, women i64
SELECT CAST(coalesce(sum(p.n), 0) AS BIGINT) AS n,
       CAST(coalesce(sum(CASE WHEN p.sex IN ('f', 'm') THEN p.n ELSE 0 END), 0) AS BIGINT) AS told,
       CAST(coalesce(sum(CASE WHEN p.sex = 'f' THEN p.n ELSE 0 END), 0) AS BIGINT) AS women
  FROM (SELECT a.sex AS sex, 1 AS n FROM attendance a
         WHERE a.unit = $unit AND a.kind = 'hearing' AND a.active = 1 AND a.day >= $from_day AND a.day <= $to_day
        UNION ALL
        SELECT h.sex AS sex, h.heads AS n FROM event_heads h
         WHERE h.unit = $unit AND h.kind = 'hearing' AND h.active = 1 AND h.day >= $from_day AND h.day <= $to_day) p;

-- query: event_helps :many
-- Where one could learn about a subject, newest first.
-- in: topic str, from_day i64
-- out: id i64, kind str, title_ky str, title_ru str, title_en str, from_day i64
SELECT id, kind, title_ky, title_ru, title_en, from_day FROM event
 WHERE from_day >= $from_day AND state <> 'cancelled'
   AND kind IN ('training', 'study_tour', 'roundtable', 'forum', 'national_forum')
   AND ' ' || topics || ' ' LIKE '% ' || CAST($topic AS TEXT) || ' %'
 ORDER BY from_day DESC, id DESC LIMIT 3;
