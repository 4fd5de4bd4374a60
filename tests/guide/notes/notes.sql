-- query: note_list :many
-- Newest first: ids are ordered by time.
-- in: unit str, limit i64
-- out: id i64, words str
SELECT id, words FROM note WHERE unit = $unit ORDER BY id DESC LIMIT $limit;

-- query: note_add :exec
-- in: unit str, id i64, words str
INSERT INTO note (unit, id, words) VALUES ($unit, $id, $words);
