-- Queries of every kind, for the tests of sqlc: compared with golden/, compiled, and run.

-- query: sample_add :exec
-- Adds a thing.
-- in: unit str, id i64, name str, note str?, due_day i64?,
--     share f64?, body blob?
INSERT INTO thing (unit, id, name, note, due_day, share, body)
VALUES ($unit, $id, $name, $note, $due_day, $share, $body);

-- query: sample_get :one
-- One thing, as it was put. Ends */ nothing.
-- in: unit str, id i64
-- out: id i64, name str, note str?, due_day i64?, share f64?, body blob?
SELECT id, name, note, due_day, share, body FROM thing WHERE unit = $unit AND id = $id;

-- query: sample_list :many
-- in: unit str, text str?, limit i64
-- out: id i64, name str, late f64
-- order: due "due_day IS NULL, due_day, id" | newest "id DESC"
SELECT t.id, t.name, CAST(coalesce(t.due_day, 0) AS DOUBLE PRECISION) /* a
   comment */ AS late -- and another
  FROM thing t
 WHERE t.unit = $unit AND ($text IS NULL OR t.name || '$text ?1 -- "' = $text || '$text ?1 -- "')
 ORDER BY $order LIMIT $limit;

-- query: sample_each :each
-- in: unit str
-- out: id i64, name str, body blob?
SELECT id, name, body FROM thing WHERE unit = $unit ORDER BY id;

-- query: sample_count :one
-- out: n i64
SELECT count(*) AS n FROM thing;

-- query: sample_rename :many
-- in: unit str, old str, new str
-- out: id i64, same i64
WITH wanted AS (SELECT t.id FROM thing t WHERE t.unit = $unit AND t.name = $old)
UPDATE thing SET name = $new WHERE unit = $unit AND id IN (SELECT w.id FROM wanted w)
RETURNING id, CASE WHEN name IS NOT DISTINCT FROM $new THEN 1 ELSE 0 END AS same;

-- query: sample_wrong_null :one
-- Declares as never NULL what may be: the call fails, and the log says why.
-- in: unit str, id i64
-- out: note str
SELECT note FROM thing WHERE unit = $unit AND id = $id;

-- query: sample_wrong_one :one
-- Says one row where there are more.
-- in: unit str
-- out: id i64
SELECT id FROM thing WHERE unit = $unit;

-- query: sample_engine :one
-- out: name str
-- sqlite:
SELECT 'sqlite' AS name;
-- postgres:
SELECT 'postgres'::text AS "name";

-- query: sample_clear :exec
DELETE FROM thing;
