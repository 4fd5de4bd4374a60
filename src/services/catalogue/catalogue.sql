-- query: service_kinds :many
-- out: code str, grp str, icon str, name_ky str, name_ru str, name_en str, text_ky str, text_ru str, text_en str
SELECT code, grp, icon, name_ky, name_ru, name_en, text_ky, text_ru, text_en
  FROM service_kind ORDER BY position, code;

-- query: service_faults :many
-- out: code str, service str, urgent i64, private i64, name_ky str, name_ru str, name_en str
SELECT code, service, urgent, private, name_ky, name_ru, name_en
  FROM service_fault WHERE active = 1 ORDER BY service, position, code;

-- query: service_levels :many
-- out: code str, service str, rank i64, name_ky str, name_ru str, name_en str
SELECT code, service, rank, name_ky, name_ru, name_en FROM service_level ORDER BY service, rank;

-- query: catalogue_version_get :one
-- out: version i64
SELECT version FROM catalogue_version WHERE one = 1;

-- query: catalogue_version_raise :exec
UPDATE catalogue_version SET version = version + 1 WHERE one = 1;

-- query: unit_services :many
-- The registry today, with the people that the latest count of each village and level found. A person
-- is counted once a service: where a village has several levels, they add up to its people served.
-- in: unit str
-- out: service str, provider_id i64?, provider_name str?, mode str, since_day i64, decision str, note str, provided i64, people i64
SELECT s.service, s.provider_id, p.name AS provider_name, s.mode, s.since_day, s.decision, s.note,
       s.provided,
       CAST(COALESCE((SELECT SUM(c.people) FROM coverage c
                       WHERE c.unit = s.unit AND c.service = s.service AND c.withdrawn = 0
                         AND c.day = (SELECT MAX(d.day) FROM coverage d
                                       WHERE d.unit = c.unit AND d.service = c.service
                                         AND d.village = c.village AND d.level = c.level
                                         AND d.withdrawn = 0)), 0) AS BIGINT) AS people
  FROM unit_service s
  LEFT JOIN provider p ON p.unit = s.unit AND p.id = s.provider_id
 WHERE s.unit = $unit AND s.current = 1
 ORDER BY s.service;
