-- Reading for machines (cases_open.c). Every statement reads case_public and repeats hide = 0, those of events and
-- photos too: each is a way out of its own.

-- query: search_unit :many
-- in: unit str, service str?, village str?, codes str?, states str?, from_ms i64, to_ms i64, edge_ms i64,
--     edge_id i64, skip i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?, unit str
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars, unit
  FROM case_public
 WHERE unit = $unit AND hide = 0
   AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR id < $edge_id)
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($codes IS NULL OR $codes LIKE '%,' || CASE fault WHEN '' THEN service ELSE fault END || ',%')
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
 ORDER BY created_ms DESC, id DESC LIMIT $limit OFFSET $skip;

-- query: search_units :many
-- The same of several municipalities (a JSON list of codes), which have merged.
-- in: units str, service str?, village str?, codes str?, states str?, from_ms i64, to_ms i64, edge_ms i64,
--     edge_id i64, skip i64, limit i64
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?, unit str
-- sqlite:
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars, unit
  FROM case_public
 WHERE unit IN (SELECT value FROM json_each($units)) AND hide = 0
   AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR id < $edge_id)
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($codes IS NULL OR $codes LIKE '%,' || CASE fault WHEN '' THEN service ELSE fault END || ',%')
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
 ORDER BY created_ms DESC, id DESC LIMIT $limit OFFSET $skip;
-- postgres:
SELECT id, number, service, fault, village, street, lat, lon, words, hide, state, state_ms, open,
       created_ms, changed_ms, due_day, answer, answered_ms, resolved_ms, resolved_day,
       duplicate_of, passed_to, support, photos, stars, unit
  FROM case_public
 WHERE unit IN (SELECT jsonb_array_elements_text(CAST($units AS JSONB))) AND hide = 0
   AND created_ms >= $from_ms AND created_ms <= $to_ms
   AND (created_ms <> $edge_ms OR id < $edge_id)
   AND ($service IS NULL OR service = $service)
   AND ($village IS NULL OR village = $village)
   AND ($codes IS NULL OR $codes LIKE '%,' || CASE fault WHEN '' THEN service ELSE fault END || ',%')
   AND ($states IS NULL OR $states LIKE '%,' || state || ',%')
 ORDER BY created_ms DESC, id DESC LIMIT $limit OFFSET $skip;

-- query: search_numbers :many
-- in: numbers str
-- out: id i64, number str, service str, fault str, village str?, street str?, lat f64?, lon f64?, words str?,
--      hide i64, state str, state_ms i64, open i64, created_ms i64, changed_ms i64, due_day i64?, answer str?,
--      answered_ms i64?, resolved_ms i64?, resolved_day i64?, duplicate_of str?, passed_to str?, support i64,
--      photos i64, stars i64?, unit str
-- sqlite:
SELECT p.id, p.number, p.service, p.fault, p.village, p.street, p.lat, p.lon, p.words, p.hide,
       p.state, p.state_ms, p.open, p.created_ms, p.changed_ms, p.due_day, p.answer, p.answered_ms,
       p.resolved_ms, p.resolved_day, p.duplicate_of, p.passed_to, p.support, p.photos, p.stars,
       p.unit
  FROM case_number n JOIN case_public p ON p.unit = n.unit AND p.id = n.id
 WHERE n.number IN (SELECT value FROM json_each($numbers)) AND p.hide = 0
 ORDER BY p.created_ms DESC, p.id DESC;
-- postgres:
SELECT p.id, p.number, p.service, p.fault, p.village, p.street, p.lat, p.lon, p.words, p.hide,
       p.state, p.state_ms, p.open, p.created_ms, p.changed_ms, p.due_day, p.answer, p.answered_ms,
       p.resolved_ms, p.resolved_day, p.duplicate_of, p.passed_to, p.support, p.photos, p.stars,
       p.unit
  FROM case_number n JOIN case_public p ON p.unit = n.unit AND p.id = n.id
 WHERE n.number IN (SELECT jsonb_array_elements_text(CAST($numbers AS JSONB))) AND p.hide = 0
 ORDER BY p.created_ms DESC, p.id DESC;

-- query: search_notes :many
-- What the municipality said, of the cases with these ids (a JSON list).
-- in: unit str, ids str
-- out: case_id i64, at_ms i64, state str?, words str?
-- sqlite:
SELECT e.case_id, e.at_ms, e.state, e.words
  FROM case_event e JOIN case_public p ON p.unit = e.unit AND p.id = e.case_id
 WHERE e.unit = $unit AND e.case_id IN (SELECT value FROM json_each($ids))
   AND e.visible = 1 AND p.hide = 0 AND e.kind IN ('state', 'answer')
 ORDER BY e.case_id, e.id;
-- postgres:
SELECT e.case_id, e.at_ms, e.state, e.words
  FROM case_event e JOIN case_public p ON p.unit = e.unit AND p.id = e.case_id
 WHERE e.unit = $unit
   AND e.case_id IN (SELECT CAST(jsonb_array_elements_text(CAST($ids AS JSONB)) AS BIGINT))
   AND e.visible = 1 AND p.hide = 0 AND e.kind IN ('state', 'answer')
 ORDER BY e.case_id, e.id;

-- query: search_photos :many
-- in: unit str, ids str
-- out: case_id i64, id i64
-- sqlite:
SELECT f.case_id, f.id
  FROM case_photo f JOIN case_public p ON p.unit = f.unit AND p.id = f.case_id
 WHERE f.unit = $unit AND f.case_id IN (SELECT value FROM json_each($ids))
   AND f.visible = 1 AND p.hide = 0
 ORDER BY f.case_id, f.id;
-- postgres:
SELECT f.case_id, f.id
  FROM case_photo f JOIN case_public p ON p.unit = f.unit AND p.id = f.case_id
 WHERE f.unit = $unit
   AND f.case_id IN (SELECT CAST(jsonb_array_elements_text(CAST($ids AS JSONB)) AS BIGINT))
   AND f.visible = 1 AND p.hide = 0
 ORDER BY f.case_id, f.id;
