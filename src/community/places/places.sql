-- query: place_all :many
-- The whole territory, for the snapshot in memory.
-- out: code str, level i64, kind str, parent str?, name_ky str, name_ru str, name_en str, name_ky_draft i64, lat f64?, lon f64?, valid_from i64, valid_to i64?, partner i64, demo i64
SELECT code, level, kind, parent, name_ky, name_ru, name_en, name_ky_draft, lat, lon,
       valid_from, valid_to, partner, demo
  FROM place
 ORDER BY code;

-- query: place_put :exec
-- in: code str, level i64, kind str, parent str?, name_ky str, name_ru str, name_en str, name_ky_draft i64, lat f64?, lon f64?, valid_from i64, partner i64, demo i64
INSERT INTO place (code, level, kind, parent, name_ky, name_ru, name_en, name_ky_draft, lat, lon,
                   valid_from, partner, demo)
VALUES ($code, $level, $kind, $parent, $name_ky, $name_ru, $name_en, $name_ky_draft, $lat, $lon,
        $valid_from, $partner, $demo)
ON CONFLICT (code) DO UPDATE SET
    level = excluded.level, kind = excluded.kind, parent = excluded.parent,
    name_ky = excluded.name_ky, name_ru = excluded.name_ru, name_en = excluded.name_en,
    name_ky_draft = excluded.name_ky_draft, lat = excluded.lat, lon = excluded.lon,
    partner = CASE WHEN excluded.partner > place.partner THEN excluded.partner ELSE place.partner END,
    demo = CASE WHEN excluded.demo < place.demo THEN excluded.demo ELSE place.demo END;

-- query: place_mark_partner :exec
-- in: code str
UPDATE place SET partner = 1 WHERE code = $code;

-- query: place_parent_open :exec
-- A unit's first known parent; nothing changes when it has one already.
-- in: code str, valid_from i64, parent str
INSERT INTO place_parent (code, valid_from, parent) VALUES ($code, $valid_from, $parent)
ON CONFLICT (code, valid_from) DO UPDATE SET parent = excluded.parent;

-- query: place_parent_close :exec
-- in: code str, day i64
UPDATE place_parent SET valid_to = $day WHERE code = $code AND valid_to IS NULL AND valid_from < $day;

-- query: place_parents_on :many
-- Who belonged to whom on a day: figures of that time add up by it.
-- in: day i64
-- out: code str, parent str
SELECT code, parent FROM place_parent
 WHERE valid_from <= $day AND (valid_to IS NULL OR valid_to > $day)
 ORDER BY code;

-- query: place_move :exec
-- in: code str, parent str
UPDATE place SET parent = $parent WHERE code = $code;

-- query: place_close :exec
-- in: code str, day i64
UPDATE place SET valid_to = $day WHERE code = $code AND valid_to IS NULL;

-- query: succession_put :exec
-- in: predecessor str, successor str, day i64, decision str, recorded_ms i64, recorded_by i64
INSERT INTO place_succession (predecessor, successor, day, decision, recorded_ms, recorded_by)
VALUES ($predecessor, $successor, $day, $decision, $recorded_ms, $recorded_by);

-- query: succession_all :many
-- out: predecessor str, successor str, day i64, decision str
SELECT predecessor, successor, day, decision FROM place_succession ORDER BY day, predecessor;

-- query: boundary_all :many
-- out: code str, rings str
SELECT code, rings FROM place_boundary ORDER BY code;

-- query: boundary_put :exec
-- in: code str, rings str, source str
INSERT INTO place_boundary (code, rings, source) VALUES ($code, $rings, $source)
ON CONFLICT (code) DO UPDATE SET rings = excluded.rings, source = excluded.source;

-- query: population_put :exec
-- in: code str, year i64, sex str, age str, people i64, source str
INSERT INTO place_population (code, year, sex, age, people, source)
VALUES ($code, $year, $sex, $age, $people, $source)
ON CONFLICT (code, year, sex, age) DO UPDATE SET people = excluded.people, source = excluded.source;

-- query: population_all :many
-- What is stored, to tell an import's new figures from those that are there.
-- out: code str, year i64, sex str, age str, people i64, source str
SELECT code, year, sex, age, people, source FROM place_population;

-- query: population_of :many
-- The latest year up to the given one.
-- in: code str, year i64
-- out: year i64, sex str, age str, people i64
SELECT year, sex, age, people FROM place_population
 WHERE code = $code
   AND year = (SELECT MAX(year) FROM place_population WHERE code = $code AND year <= $year)
 ORDER BY sex, age;

-- query: population_rows_all :many
-- Every figure of each place's latest year, for the totals in the snapshot.
-- out: code str, year i64, sex str, age str, people i64
SELECT p.code, p.year, p.sex, p.age, p.people
  FROM place_population p
  JOIN (SELECT code, MAX(year) AS year FROM place_population GROUP BY code) latest
    ON latest.code = p.code AND latest.year = p.year
 ORDER BY p.code;

-- query: territory_version_get :one
-- out: version i64
SELECT version FROM territory_version WHERE one = 1;

-- query: territory_version_raise :exec
UPDATE territory_version SET version = version + 1 WHERE one = 1;
