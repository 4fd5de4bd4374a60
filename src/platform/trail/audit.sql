-- query: audit_add :exec
-- in: unit str, id i64, at_ms i64, actor i64, action str, is_read i64, person i64?, object str,
--     detail str
INSERT INTO audit (unit, id, at_ms, actor, action, is_read, person, object, detail)
VALUES ($unit, $id, $at_ms, $actor, $action, $is_read, $person, $object, $detail);

-- query: audit_unit :many
-- Newest first; `before` is the last id of the page before; 0 in actor and person: anybody.
-- in: unit str, before i64, from_ms i64, to_ms i64, actor i64, person i64, reads_only i64, limit i64
-- out: unit str, id i64, at_ms i64, actor i64, action str, is_read i64, person i64?, object str,
--     detail str
SELECT unit, id, at_ms, actor, action, is_read, person, object, detail FROM audit
 WHERE unit = $unit AND id < $before AND at_ms >= $from_ms AND at_ms < $to_ms
   AND (CAST($actor AS BIGINT) = 0 OR actor = $actor)
   AND (CAST($person AS BIGINT) = 0 OR person = $person)
   AND (CAST($reads_only AS BIGINT) = 0 OR is_read <> 0)
 ORDER BY id DESC LIMIT $limit;

-- query: audit_person :many
-- What was done with a person's data, by whomever, anywhere.
-- in: person i64, before i64, limit i64
-- out: unit str, id i64, at_ms i64, actor i64, action str, is_read i64, person i64?, object str,
--     detail str
SELECT unit, id, at_ms, actor, action, is_read, person, object, detail FROM audit
 WHERE person = $person AND id < $before ORDER BY id DESC LIMIT $limit;
