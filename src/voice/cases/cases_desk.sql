-- --- the work list ---
--
-- One list of conditions, five ways through the table: each is led by the index of its order. A page lies between two
-- edges, themselves excluded; the edge that the page does not need is beyond every row. word1..4: LIKE patterns of
-- search_key. due: 1 late, 2 due today. `created_ms + 0` keeps the planner from leading by the time of the report. brief: words cut, no answer, for the screen.

-- query: desk_due :many
-- Open cases, late first.
-- in: unit str, service str?, fault str?, village str?, assignee i64?, states str?, due i64, today i64, photo i64, look i64,
--     held i64, word1 str?, word2 str?, word3 str?, word4 str?, from_ms i64, to_ms i64, low_due i64, low_ms i64, low_id i64, high_due i64,
--     high_ms i64, high_id i64, limit i64, brief i64
-- out: id i64, number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      words str?, words_public str?, hide i64, held i64, look i64, channel str, state str, state_ms i64, open i64,
--      created_ms i64, changed_ms i64, due_day i64?, answer str?, answered_ms i64?, resolved_ms i64?, resolved_day i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, stars i64?
-- order: rising "COALESCE(due_day, 4000000), created_ms, id" | falling "COALESCE(due_day, 4000000) DESC, created_ms DESC, id DESC"
SELECT id, number, version, service, fault, village, street, street_public,
       CASE WHEN $brief = 1 THEN substr(words, 1, 160) ELSE words END AS words, words_public, hide, held,
       look, channel, state, state_ms, open, created_ms, changed_ms, due_day,
       CASE WHEN $brief = 1 THEN NULL ELSE answer END AS answer, answered_ms, resolved_ms, resolved_day,
       assignee, duplicate_of, passed_to, support, photos, stars
  FROM cases
 WHERE unit = $unit AND open = 1
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($village IS NULL OR village = $village)
   AND ($assignee IS NULL OR assignee = $assignee)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($due = 0 OR ($due = 1 AND due_day < $today) OR ($due = 2 AND due_day = $today))
   AND ($photo = 0 OR photos > 0)
   AND ($look = 0 OR look = 1)
   AND ($held = 1 OR held = 0)
   AND ($word1 IS NULL OR search_key LIKE $word1)
   AND ($word2 IS NULL OR search_key LIKE $word2)
   AND ($word3 IS NULL OR search_key LIKE $word3)
   AND ($word4 IS NULL OR search_key LIKE $word4)
   AND created_ms + 0 >= $from_ms AND created_ms + 0 <= $to_ms
   AND (COALESCE(due_day, 4000000), created_ms, id) > ($low_due, $low_ms, $low_id)
   AND (COALESCE(due_day, 4000000), created_ms, id) < ($high_due, $high_ms, $high_id)
 ORDER BY $order LIMIT $limit;

-- query: desk_open :many
-- Open cases by the time of the report.
-- in: unit str, service str?, fault str?, village str?, assignee i64?, states str?, due i64, today i64, photo i64, look i64,
--     held i64, word1 str?, word2 str?, word3 str?, word4 str?, from_ms i64, to_ms i64, low_ms i64, low_id i64, high_ms i64, high_id i64, limit i64, brief i64
-- out: id i64, number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      words str?, words_public str?, hide i64, held i64, look i64, channel str, state str, state_ms i64, open i64,
--      created_ms i64, changed_ms i64, due_day i64?, answer str?, answered_ms i64?, resolved_ms i64?, resolved_day i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, stars i64?
-- order: falling "created_ms DESC, id DESC" | rising "created_ms, id"
SELECT id, number, version, service, fault, village, street, street_public,
       CASE WHEN $brief = 1 THEN substr(words, 1, 160) ELSE words END AS words, words_public, hide, held,
       look, channel, state, state_ms, open, created_ms, changed_ms, due_day,
       CASE WHEN $brief = 1 THEN NULL ELSE answer END AS answer, answered_ms, resolved_ms, resolved_day,
       assignee, duplicate_of, passed_to, support, photos, stars
  FROM cases
 WHERE unit = $unit AND open = 1
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($village IS NULL OR village = $village)
   AND ($assignee IS NULL OR assignee = $assignee)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($due = 0 OR ($due = 1 AND due_day < $today) OR ($due = 2 AND due_day = $today))
   AND ($photo = 0 OR photos > 0)
   AND ($look = 0 OR look = 1)
   AND ($held = 1 OR held = 0)
   AND ($word1 IS NULL OR search_key LIKE $word1)
   AND ($word2 IS NULL OR search_key LIKE $word2)
   AND ($word3 IS NULL OR search_key LIKE $word3)
   AND ($word4 IS NULL OR search_key LIKE $word4)
   AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms, id) > ($low_ms, $low_id) AND (created_ms, id) < ($high_ms, $high_id)
 ORDER BY $order LIMIT $limit;

-- query: desk_time :many
-- All cases by the time of the report.
-- in: unit str, service str?, fault str?, village str?, assignee i64?, states str?, due i64, today i64, photo i64, look i64,
--     held i64, word1 str?, word2 str?, word3 str?, word4 str?, from_ms i64, to_ms i64, low_ms i64, low_id i64, high_ms i64, high_id i64, limit i64, brief i64
-- out: id i64, number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      words str?, words_public str?, hide i64, held i64, look i64, channel str, state str, state_ms i64, open i64,
--      created_ms i64, changed_ms i64, due_day i64?, answer str?, answered_ms i64?, resolved_ms i64?, resolved_day i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, stars i64?
-- order: falling "created_ms DESC, id DESC" | rising "created_ms, id"
SELECT id, number, version, service, fault, village, street, street_public,
       CASE WHEN $brief = 1 THEN substr(words, 1, 160) ELSE words END AS words, words_public, hide, held,
       look, channel, state, state_ms, open, created_ms, changed_ms, due_day,
       CASE WHEN $brief = 1 THEN NULL ELSE answer END AS answer, answered_ms, resolved_ms, resolved_day,
       assignee, duplicate_of, passed_to, support, photos, stars
  FROM cases
 WHERE unit = $unit
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($village IS NULL OR village = $village)
   AND ($assignee IS NULL OR assignee = $assignee)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($due = 0 OR ($due = 1 AND due_day < $today) OR ($due = 2 AND due_day = $today))
   AND ($photo = 0 OR photos > 0)
   AND ($look = 0 OR look = 1)
   AND ($held = 1 OR held = 0)
   AND ($word1 IS NULL OR search_key LIKE $word1)
   AND ($word2 IS NULL OR search_key LIKE $word2)
   AND ($word3 IS NULL OR search_key LIKE $word3)
   AND ($word4 IS NULL OR search_key LIKE $word4)
   AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms, id) > ($low_ms, $low_id) AND (created_ms, id) < ($high_ms, $high_id)
 ORDER BY $order LIMIT $limit;

-- query: desk_change :many
-- All cases, the latest change first.
-- in: unit str, service str?, fault str?, village str?, assignee i64?, states str?, due i64, today i64, photo i64, look i64,
--     held i64, word1 str?, word2 str?, word3 str?, word4 str?, from_ms i64, to_ms i64, low_ms i64, low_id i64, high_ms i64, high_id i64, limit i64, brief i64
-- out: id i64, number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      words str?, words_public str?, hide i64, held i64, look i64, channel str, state str, state_ms i64, open i64,
--      created_ms i64, changed_ms i64, due_day i64?, answer str?, answered_ms i64?, resolved_ms i64?, resolved_day i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, stars i64?
-- order: falling "changed_ms DESC, id DESC" | rising "changed_ms, id"
SELECT id, number, version, service, fault, village, street, street_public,
       CASE WHEN $brief = 1 THEN substr(words, 1, 160) ELSE words END AS words, words_public, hide, held,
       look, channel, state, state_ms, open, created_ms, changed_ms, due_day,
       CASE WHEN $brief = 1 THEN NULL ELSE answer END AS answer, answered_ms, resolved_ms, resolved_day,
       assignee, duplicate_of, passed_to, support, photos, stars
  FROM cases
 WHERE unit = $unit
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($village IS NULL OR village = $village)
   AND ($assignee IS NULL OR assignee = $assignee)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($due = 0 OR ($due = 1 AND due_day < $today) OR ($due = 2 AND due_day = $today))
   AND ($photo = 0 OR photos > 0)
   AND ($look = 0 OR look = 1)
   AND ($held = 1 OR held = 0)
   AND ($word1 IS NULL OR search_key LIKE $word1)
   AND ($word2 IS NULL OR search_key LIKE $word2)
   AND ($word3 IS NULL OR search_key LIKE $word3)
   AND ($word4 IS NULL OR search_key LIKE $word4)
   AND created_ms + 0 >= $from_ms AND created_ms + 0 <= $to_ms
   AND (changed_ms, id) > ($low_ms, $low_id) AND (changed_ms, id) < ($high_ms, $high_id)
 ORDER BY $order LIMIT $limit;

-- query: desk_look :many
-- What waits for a look.
-- in: unit str, service str?, fault str?, village str?, assignee i64?, states str?, due i64, today i64, photo i64, look i64,
--     held i64, word1 str?, word2 str?, word3 str?, word4 str?, from_ms i64, to_ms i64, low_ms i64, low_id i64, high_ms i64, high_id i64, limit i64, brief i64
-- out: id i64, number str, version i64, service str, fault str, village str?, street str?, street_public str?,
--      words str?, words_public str?, hide i64, held i64, look i64, channel str, state str, state_ms i64, open i64,
--      created_ms i64, changed_ms i64, due_day i64?, answer str?, answered_ms i64?, resolved_ms i64?, resolved_day i64?,
--      assignee i64, duplicate_of str?, passed_to str?, support i64, photos i64, stars i64?
-- order: falling "created_ms DESC, id DESC" | rising "created_ms, id"
SELECT id, number, version, service, fault, village, street, street_public,
       CASE WHEN $brief = 1 THEN substr(words, 1, 160) ELSE words END AS words, words_public, hide, held,
       look, channel, state, state_ms, open, created_ms, changed_ms, due_day,
       CASE WHEN $brief = 1 THEN NULL ELSE answer END AS answer, answered_ms, resolved_ms, resolved_day,
       assignee, duplicate_of, passed_to, support, photos, stars
  FROM cases
 WHERE unit = $unit AND look = 1
   AND ($service IS NULL OR service = $service)
   AND ($fault IS NULL OR fault = $fault)
   AND ($village IS NULL OR village = $village)
   AND ($assignee IS NULL OR assignee = $assignee)
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
   AND ($due = 0 OR ($due = 1 AND due_day < $today) OR ($due = 2 AND due_day = $today))
   AND ($photo = 0 OR photos > 0)
   AND ($look = 0 OR look = 1)
   AND ($held = 1 OR held = 0)
   AND ($word1 IS NULL OR search_key LIKE $word1)
   AND ($word2 IS NULL OR search_key LIKE $word2)
   AND ($word3 IS NULL OR search_key LIKE $word3)
   AND ($word4 IS NULL OR search_key LIKE $word4)
   AND created_ms + 0 >= $from_ms AND created_ms + 0 <= $to_ms
   AND (created_ms, id) > ($low_ms, $low_id) AND (created_ms, id) < ($high_ms, $high_id)
 ORDER BY $order LIMIT $limit;

-- query: desk_by_ids :many
-- Chosen rows, for what became of them. ids: ",1,2,3,".
-- in: unit str, ids str
-- out: id i64, number str, service str, fault str, state str
-- sqlite:
SELECT id, number, service, fault, state FROM cases
 WHERE unit = $unit AND id IN (SELECT value FROM json_each('[' || trim($ids, ',') || ']')) ORDER BY id;
-- postgres:
SELECT id, number, service, fault, state FROM cases
 WHERE unit = $unit AND id = ANY (CAST(string_to_array(trim($ids, ','), ',') AS BIGINT[])) ORDER BY id;

-- --- figures over the list ---

-- query: desk_counts :many
-- Of what is open, by state; read from the index alone (|| '' keeps the planner from the index of all states).
-- in: unit str, today i64, person i64
-- out: state str, n i64, late i64, due_today i64, unassigned i64, mine i64, mine_late i64
SELECT state || '' AS state, count(*) AS n,
       CAST(SUM(CASE WHEN due_day < $today THEN 1 ELSE 0 END) AS BIGINT) AS late,
       CAST(SUM(CASE WHEN due_day = $today THEN 1 ELSE 0 END) AS BIGINT) AS due_today,
       CAST(SUM(CASE WHEN assignee = 0 THEN 1 ELSE 0 END) AS BIGINT) AS unassigned,
       CAST(SUM(CASE WHEN assignee = $person THEN 1 ELSE 0 END) AS BIGINT) AS mine,
       CAST(SUM(CASE WHEN assignee = $person AND due_day < $today THEN 1 ELSE 0 END) AS BIGINT) AS mine_late
  FROM cases WHERE unit = $unit AND open = 1 AND held = 0 GROUP BY state || '';

-- query: desk_look_count :one
-- in: unit str
-- out: n i64
SELECT count(*) AS n FROM cases WHERE unit = $unit AND look = 1;

-- query: desk_by_assignee :many
-- Who has what: open and late, and the oldest promised day.
-- in: unit str, today i64
-- out: assignee i64, n i64, late i64, oldest i64?
SELECT assignee, count(*) AS n,
       CAST(SUM(CASE WHEN due_day < $today THEN 1 ELSE 0 END) AS BIGINT) AS late, MIN(due_day) AS oldest
  FROM cases WHERE unit = $unit AND open = 1 AND held = 0 GROUP BY assignee ORDER BY late DESC, n DESC, assignee;

-- query: desk_by_service :many
-- in: unit str, today i64
-- out: service str, n i64, late i64, oldest i64?
SELECT service || '' AS service, count(*) AS n,
       CAST(SUM(CASE WHEN due_day < $today THEN 1 ELSE 0 END) AS BIGINT) AS late, MIN(due_day) AS oldest
  FROM cases WHERE unit = $unit AND open = 1 AND held = 0 GROUP BY service || '' ORDER BY late DESC, n DESC;

-- --- one case ---

-- query: desk_last_event :one
-- The latest of what an officer must have seen before changing a case. That somebody read the contacts, or that
-- the reporter was reminded, changes nothing.
-- in: unit str, case_id i64
-- out: id i64
SELECT COALESCE(MAX(id), 0) AS id FROM case_event
 WHERE unit = $unit AND case_id = $case_id AND kind NOT IN ('contact', 'asked');

-- query: desk_contact_known :one
-- Is there something to read? Without reading it.
-- in: unit str, case_id i64
-- out: name i64, email i64, phone i64, account i64
SELECT CASE WHEN name IS NULL THEN 0 ELSE 1 END AS name, CASE WHEN email IS NULL THEN 0 ELSE 1 END AS email,
       CASE WHEN phone IS NULL THEN 0 ELSE 1 END AS phone, CASE WHEN person = 0 THEN 0 ELSE 1 END AS account
  FROM case_reporter WHERE unit = $unit AND case_id = $case_id;

-- --- contacts in a spreadsheet ---

-- query: desk_contacts :many
-- Of the chosen cases. ids as above.
-- in: unit str, ids str
-- out: case_id i64, name str?, email str?, phone str?
-- sqlite:
SELECT case_id, name, email, phone FROM case_reporter
 WHERE unit = $unit AND case_id IN (SELECT value FROM json_each('[' || trim($ids, ',') || ']'))
   AND (name IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL) ORDER BY case_id;
-- postgres:
SELECT case_id, name, email, phone FROM case_reporter
 WHERE unit = $unit AND case_id = ANY (CAST(string_to_array(trim($ids, ','), ',') AS BIGINT[]))
   AND (name IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL) ORDER BY case_id;

-- query: desk_contacts_read :exec
-- Notes with each of them who read its contacts.
-- in: unit str, ids str, event i64, at_ms i64, person i64
-- sqlite:
INSERT INTO case_event (unit, case_id, id, kind, at_ms, actor, person, visible, trail)
SELECT unit, case_id, $event, 'contact', $at_ms, 'staff', $person, 0, 0 FROM case_reporter
 WHERE unit = $unit AND case_id IN (SELECT value FROM json_each('[' || trim($ids, ',') || ']'))
   AND (name IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL);
-- postgres:
INSERT INTO case_event (unit, case_id, id, kind, at_ms, actor, person, visible, trail)
SELECT unit, case_id, $event, 'contact', $at_ms, 'staff', $person, 0, 0 FROM case_reporter
 WHERE unit = $unit AND case_id = ANY (CAST(string_to_array(trim($ids, ','), ',') AS BIGINT[]))
   AND (name IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL);

-- --- the desk's first page ---

-- query: desk_voices :many
-- The newest words of residents.
-- in: unit str, limit i64
-- out: id i64, number str, service str, fault str, village str?, words str, state str, created_ms i64, stars i64?
SELECT id, number, service, fault, village, substr(words, 1, 300) AS words, state, created_ms, stars FROM cases
 WHERE unit = $unit AND held = 0 AND words IS NOT NULL ORDER BY created_ms DESC, id DESC LIMIT $limit;

-- query: desk_changes :many
-- in: unit str, limit i64
-- out: id i64, number str, service str, fault str, state str, changed_ms i64, assignee i64
SELECT id, number, service, fault, state, changed_ms, assignee FROM cases
 WHERE unit = $unit AND held = 0 ORDER BY changed_ms DESC, id DESC LIMIT $limit;

-- --- ready answers ---

-- query: template_list :many
-- in: unit str
-- out: id i64, code str?, state str, name str, ky str, ru str, en str, hidden i64
SELECT id, code, state, name, ky, ru, en, hidden FROM case_template WHERE unit = $unit ORDER BY id;

-- query: template_put :exec
-- in: unit str, id i64, code str?, state str, name str, ky str, ru str, en str, hidden i64, changed_by i64, changed_ms i64
INSERT INTO case_template (unit, id, code, state, name, ky, ru, en, hidden, changed_by, changed_ms)
VALUES ($unit, $id, $code, $state, $name, $ky, $ru, $en, $hidden, $changed_by, $changed_ms)
ON CONFLICT (unit, id) DO UPDATE SET state = excluded.state, name = excluded.name, ky = excluded.ky,
    ru = excluded.ru, en = excluded.en, hidden = excluded.hidden, changed_by = excluded.changed_by,
    changed_ms = excluded.changed_ms;

-- query: template_drop :exec
-- in: unit str, id i64
DELETE FROM case_template WHERE unit = $unit AND id = $id;
