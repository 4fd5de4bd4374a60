-- --- the national catalogue ---

-- query: service_kinds :many
-- out: code str, grp str, icon str, name_ky str, name_ru str, name_en str, text_ky str, text_ru str, text_en str
SELECT code, grp, icon, name_ky, name_ru, name_en, text_ky, text_ru, text_en
  FROM service_kind ORDER BY position, code;

-- query: service_faults :many
-- Also those no longer offered: old reports still name them.
-- out: code str, service str, position i64, urgent i64, private i64, active i64, name_ky str, name_ru str, name_en str,
--      hint_ky str?, hint_ru str?, hint_en str?
SELECT code, service, position, urgent, private, active, name_ky, name_ru, name_en, hint_ky, hint_ru,
       hint_en
  FROM service_fault ORDER BY active DESC, service, position, code;

-- query: service_levels :many
-- out: code str, service str, rank i64, name_ky str, name_ru str, name_en str
SELECT code, service, rank, name_ky, name_ru, name_en FROM service_level ORDER BY service, rank, code;

-- query: catalogue_version_get :one
-- out: version i64
SELECT version FROM catalogue_version WHERE one = 1;

-- query: catalogue_version_raise :exec
UPDATE catalogue_version SET version = version + 1 WHERE one = 1;

-- query: kind_put :exec
-- A new kind stands last in its lists.
-- in: code str, grp str, icon str, name_ky str, name_ru str, name_en str, text_ky str, text_ru str, text_en str
INSERT INTO service_kind (code, grp, icon, position, name_ky, name_ru, name_en, text_ky, text_ru, text_en)
VALUES ($code, $grp, $icon, (SELECT COALESCE(MAX(position), 0) + 10 FROM service_kind),
        $name_ky, $name_ru, $name_en, $text_ky, $text_ru, $text_en);

-- query: kind_save :exec
-- in: code str, grp str, icon str, name_ky str, name_ru str, name_en str, text_ky str, text_ru str, text_en str
UPDATE service_kind
   SET grp = $grp, icon = $icon, name_ky = $name_ky, name_ru = $name_ru, name_en = $name_en,
       text_ky = $text_ky, text_ru = $text_ru, text_en = $text_en
 WHERE code = $code;

-- query: fault_put :exec
-- in: code str, service str, position i64, urgent i64, private i64, active i64, name_ky str, name_ru str, name_en str,
--     hint_ky str?, hint_ru str?, hint_en str?
INSERT INTO service_fault (code, service, position, urgent, private, active, name_ky, name_ru, name_en,
                           hint_ky, hint_ru, hint_en)
VALUES ($code, $service, $position, $urgent, $private, $active, $name_ky, $name_ru, $name_en,
        $hint_ky, $hint_ru, $hint_en);

-- query: fault_save :exec
-- in: code str, position i64, urgent i64, private i64, active i64, name_ky str, name_ru str, name_en str,
--     hint_ky str?, hint_ru str?, hint_en str?
UPDATE service_fault
   SET position = $position, urgent = $urgent, private = $private, active = $active,
       name_ky = $name_ky, name_ru = $name_ru, name_en = $name_en,
       hint_ky = $hint_ky, hint_ru = $hint_ru, hint_en = $hint_en
 WHERE code = $code;

-- query: level_put :exec
-- in: code str, service str, rank i64, name_ky str, name_ru str, name_en str
INSERT INTO service_level (code, service, rank, name_ky, name_ru, name_en)
VALUES ($code, $service, $rank, $name_ky, $name_ru, $name_en);

-- query: level_save :exec
-- in: code str, rank i64, name_ky str, name_ru str, name_en str
UPDATE service_level SET rank = $rank, name_ky = $name_ky, name_ru = $name_ru, name_en = $name_en
 WHERE code = $code;

-- --- the registry of a municipality ---

-- query: unit_services :many
-- The registry today in the order of the catalogue, with the people that the latest count of each village and level found. A person
-- is counted once a service: where a village has several levels, they add up to its people served.
-- in: unit str
-- out: service str, provider_id i64?, provider_name str?, provider_phone str?, mode str, since_day i64, decision str,
--      note str, provided i64, people i64
SELECT s.service, s.provider_id, p.name AS provider_name, p.phone AS provider_phone, s.mode,
       s.since_day, s.decision, s.note, s.provided, CAST(COALESCE(c.people, 0) AS BIGINT) AS people
  FROM unit_service s
  JOIN service_kind k ON k.code = s.service
  LEFT JOIN provider p ON p.unit = s.unit AND p.id = s.provider_id
  LEFT JOIN (SELECT service, SUM(people) AS people FROM coverage_now
              WHERE unit = $unit AND served = 1 GROUP BY service) c ON c.service = s.service
 WHERE s.unit = $unit AND s.current = 1
 ORDER BY k.position, s.service;

-- query: registry_history :many
-- Everything ever recorded of a service, the present entry first.
-- in: unit str, service str
-- out: id i64, mode str, provider_id i64?, provider_name str?, since_day i64, decision str, note str, provided i64,
--      recorded_ms i64, current i64
SELECT s.id, s.mode, s.provider_id, p.name AS provider_name, s.since_day, s.decision, s.note, s.provided,
       s.recorded_ms, s.current
  FROM unit_service s
  LEFT JOIN provider p ON p.unit = s.unit AND p.id = s.provider_id
 WHERE s.unit = $unit AND s.service = $service
 ORDER BY s.id DESC;

-- query: registry_close :exec
-- in: unit str, service str, id i64
UPDATE unit_service SET current = 0
 WHERE unit = $unit AND service = $service AND id = $id AND current = 1;

-- query: registry_put :exec
-- in: unit str, service str, id i64, mode str, provider_id i64?, since_day i64, decision str, note str, provided i64,
--     recorded_ms i64, recorded_by i64
INSERT INTO unit_service (unit, service, id, mode, provider_id, since_day, decision, note, provided,
                          recorded_ms, recorded_by, current)
VALUES ($unit, $service, $id, $mode, $provider_id, $since_day, $decision, $note, $provided,
        $recorded_ms, $recorded_by, 1);

-- --- providers ---

-- query: provider_list :many
-- in: unit str
-- out: id i64, name str, kind str, phone str?, email str?, active i64, services i64
SELECT p.id, p.name, p.kind, p.phone, p.email, p.active,
       (SELECT COUNT(*) FROM unit_service s
         WHERE s.unit = p.unit AND s.provider_id = p.id AND s.current = 1 AND s.provided = 1) AS services
  FROM provider p WHERE p.unit = $unit
 ORDER BY p.active DESC, p.name, p.id;

-- query: provider_put :exec
-- in: unit str, id i64, name str, kind str, phone str?, email str?, created_ms i64
INSERT INTO provider (unit, id, name, kind, phone, email, active, created_ms)
VALUES ($unit, $id, $name, $kind, $phone, $email, 1, $created_ms)
ON CONFLICT (unit, id) DO NOTHING;

-- query: provider_save :exec
-- in: unit str, id i64, name str, kind str, phone str?, email str?, active i64
UPDATE provider SET name = $name, kind = $kind, phone = $phone, email = $email, active = $active
 WHERE unit = $unit AND id = $id;

-- query: provider_members :many
-- in: unit str, provider_id i64
-- out: person_id i64
SELECT person_id FROM provider_member WHERE unit = $unit AND provider_id = $provider_id ORDER BY person_id;

-- query: provider_member_put :exec
-- in: unit str, provider_id i64, person_id i64
INSERT INTO provider_member (unit, provider_id, person_id) VALUES ($unit, $provider_id, $person_id)
ON CONFLICT (unit, provider_id, person_id) DO NOTHING;

-- query: provider_member_drop :exec
-- in: unit str, provider_id i64, person_id i64
DELETE FROM provider_member
 WHERE unit = $unit AND provider_id = $provider_id AND person_id = $person_id;

-- query: providers_of_person :many
-- in: unit str, person_id i64
-- out: provider_id i64
SELECT provider_id FROM provider_member WHERE unit = $unit AND person_id = $person_id
 ORDER BY provider_id;

-- --- people served ---

-- query: coverage_records :many
-- Every count of a service that was ever recorded, newest first. in_force: it counts today, as in coverage_now
-- (joined, that view would be made of the whole country first).
-- in: unit str, service str
-- out: id i64, village str, level str, people i64, women i64?, day i64, method str, note str, evidence_file str?,
--      evidence_name str?, evidence_type str?, evidence_public i64?, recorded_ms i64, withdrawn i64, withdrawn_ms i64?,
--      withdrawn_why str?, in_force i64
SELECT c.id, c.village, c.level, c.people, c.women, c.day, c.method, c.note, c.evidence_file,
       c.evidence_name, c.evidence_type, c.evidence_public, c.recorded_ms, c.withdrawn, c.withdrawn_ms,
       c.withdrawn_why,
       CAST(CASE WHEN c.withdrawn <> 0 OR EXISTS
                      (SELECT 1 FROM coverage d
                        WHERE d.unit = c.unit AND d.service = c.service AND d.village = c.village
                          AND d.level = c.level AND d.withdrawn = 0
                          AND (d.day > c.day OR (d.day = c.day AND d.id > c.id)))
                 THEN 0 ELSE 1 END AS BIGINT) AS in_force
  FROM coverage c
 WHERE c.unit = $unit AND c.service = $service
 ORDER BY c.day DESC, c.id DESC;

-- query: coverage_news :many
-- Services whose people were counted anew. What a successor took over at a merger was counted before from_day.
-- in: unit str, from_ms i64, from_day i64
-- out: service str, day i64
SELECT service, MAX(day) AS day FROM coverage
 WHERE unit = $unit AND recorded_ms >= $from_ms AND day >= $from_day AND withdrawn = 0
 GROUP BY service ORDER BY service;

-- query: coverage_files :each
-- Every file that a row names, of all municipalities.
-- out: evidence_file str
SELECT evidence_file FROM coverage WHERE evidence_file IS NOT NULL;

-- query: coverage_get :one
-- in: unit str, id i64
-- out: service str, village str, level str, people i64, day i64, withdrawn i64, evidence_file str?,
--      evidence_name str?, evidence_type str?, evidence_public i64?
SELECT service, village, level, people, day, withdrawn, evidence_file, evidence_name, evidence_type,
       evidence_public
  FROM coverage WHERE unit = $unit AND id = $id;

-- query: coverage_by_once :one
-- in: unit str, once str
-- out: n i64
SELECT COUNT(*) AS n FROM coverage WHERE unit = $unit AND once = $once;

-- query: coverage_put :exec
-- in: unit str, id i64, service str, village str, level str, people i64, women i64?, day i64, method str,
--     evidence_file str?, evidence_name str?, evidence_type str?, evidence_public i64, note str, recorded_ms i64,
--     recorded_by i64, once str?
INSERT INTO coverage (unit, id, service, village, level, people, women, day, method, evidence_file,
                      evidence_name, evidence_type, evidence_public, note, recorded_ms, recorded_by,
                      withdrawn, once)
VALUES ($unit, $id, $service, $village, $level, $people, $women, $day, $method, $evidence_file,
        $evidence_name, $evidence_type, $evidence_public, $note, $recorded_ms, $recorded_by, 0, $once);

-- query: coverage_withdraw :exec
-- in: unit str, id i64, at_ms i64, person i64, why str
UPDATE coverage SET withdrawn = 1, withdrawn_ms = $at_ms, withdrawn_by = $person, withdrawn_why = $why
 WHERE unit = $unit AND id = $id AND withdrawn = 0;

-- query: coverage_on_day :many
-- What each level of a village counted on a day: the latest count up to then.
-- in: unit str, service str, village str, day i64
-- out: id i64, level str, people i64, women i64?, day i64, method str
SELECT c.id, c.level, c.people, c.women, c.day, c.method
  FROM coverage c
 WHERE c.unit = $unit AND c.service = $service AND c.village = $village AND c.withdrawn = 0
   AND c.day <= $day
   AND NOT EXISTS (SELECT 1 FROM coverage d
                    WHERE d.unit = c.unit AND d.service = c.service AND d.village = c.village
                      AND d.level = c.level AND d.withdrawn = 0 AND d.day <= $day
                      AND (d.day > c.day OR (d.day = c.day AND d.id > c.id)))
 ORDER BY c.level;

-- query: coverage_in_force :many
-- For a merger: the counts that the successor takes over.
-- in: unit str
-- out: id i64, service str, village str, level str
SELECT id, service, village, level FROM coverage_now WHERE unit = $unit ORDER BY id;

-- query: coverage_hand_over :exec
-- in: unit str, day i64
UPDATE coverage SET handed_over_day = $day WHERE unit = $unit AND handed_over_day IS NULL;

-- query: coverage_of_cell :many
-- What counts, in the order in which one count follows the other; nothing of life without the service.
-- in: unit str, service str, village str, level str
-- out: people i64, women i64?, day i64, taken_over_day i64?, handed_over_day i64?
SELECT c.people, c.women, c.day, c.taken_over_day, c.handed_over_day
  FROM coverage c LEFT JOIN service_level l ON l.code = c.level
 WHERE c.unit = $unit AND c.service = $service AND c.village = $village AND c.level = $level AND c.withdrawn = 0
   AND (l.rank IS NULL OR l.rank > 0)
 ORDER BY c.day, c.id;

-- query: coverage_of_unit :many
-- The same of every cell.
-- in: unit str
-- out: service str, village str, level str, people i64, women i64?, day i64, taken_over_day i64?, handed_over_day i64?
SELECT c.service, c.village, c.level, c.people, c.women, c.day, c.taken_over_day, c.handed_over_day
  FROM coverage c LEFT JOIN service_level l ON l.code = c.level
 WHERE c.unit = $unit AND c.withdrawn = 0 AND (l.rank IS NULL OR l.rank > 0)
 ORDER BY c.service, c.village, c.level, c.day, c.id;

-- query: coverage_take_over :exec
-- in: from_unit str, id i64, into_unit str, new_id i64, at_ms i64, day i64
INSERT INTO coverage (unit, id, service, village, level, people, women, day, method, evidence_file,
                      evidence_name, evidence_type, evidence_public, note, recorded_ms, recorded_by,
                      withdrawn, taken_over_day)
SELECT CAST($into_unit AS TEXT), CAST($new_id AS BIGINT), service, village, level, people, women, day, method,
       evidence_file, evidence_name, evidence_type, evidence_public, note, CAST($at_ms AS BIGINT),
       recorded_by, 0, CAST($day AS BIGINT)
  FROM coverage WHERE unit = $from_unit AND id = $id;

-- query: provider_take_over :exec
-- The provider keeps its id, so that what names it goes on doing so.
-- in: from_unit str, into_unit str
INSERT INTO provider (unit, id, name, kind, phone, email, active, created_ms)
SELECT CAST($into_unit AS TEXT), id, name, kind, phone, email, active, created_ms FROM provider
 WHERE unit = $from_unit
ON CONFLICT (unit, id) DO NOTHING;

-- query: provider_member_take_over :exec
-- in: from_unit str, into_unit str
INSERT INTO provider_member (unit, provider_id, person_id)
SELECT CAST($into_unit AS TEXT), provider_id, person_id FROM provider_member WHERE unit = $from_unit
ON CONFLICT (unit, provider_id, person_id) DO NOTHING;
