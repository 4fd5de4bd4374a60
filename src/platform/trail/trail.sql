-- query: trail_add :exec
-- in: unit str, id i64, at_ms i64, kind str, subject str, commitment blob
INSERT INTO trail_pending (unit, id, at_ms, kind, subject, commitment)
VALUES ($unit, $id, $at_ms, $kind, $subject, $commitment);

-- query: trail_salt_add :exec
-- in: unit str, id i64, salt blob
INSERT INTO trail_salt (unit, id, salt) VALUES ($unit, $id, $salt);

-- query: trail_salt_get :one
-- in: unit str, id i64
-- out: salt blob
SELECT salt FROM trail_salt WHERE unit = $unit AND id = $id;

-- query: trail_salt_drop :exec
-- in: unit str, id i64
DELETE FROM trail_salt WHERE unit = $unit AND id = $id;

-- query: trail_commitment :one
-- in: unit str, id i64
-- out: commitment blob
SELECT commitment FROM trail_entry WHERE unit = $unit AND id = $id
UNION ALL
SELECT commitment FROM trail_pending WHERE unit = $unit AND id = $id;

-- query: trail_range :many
-- in: unit str, from_seq i64, limit i64
-- out: unit str, seq i64, at_ms i64, kind str, subject str, commitment blob, previous blob,
--     leaf blob
SELECT unit, seq, at_ms, kind, subject, commitment, previous, leaf FROM trail_entry
 WHERE unit = $unit AND seq >= $from_seq ORDER BY seq LIMIT $limit;

-- query: trail_subject :many
-- in: unit str, subject str, limit i64
-- out: unit str, seq i64, at_ms i64, kind str, subject str, commitment blob, previous blob,
--     leaf blob
SELECT unit, seq, at_ms, kind, subject, commitment, previous, leaf FROM trail_entry
 WHERE unit = $unit AND subject = $subject ORDER BY seq LIMIT $limit;

-- query: trail_work :many
-- Municipalities with entries to place, or with placed ones that are not signed yet.
-- in: signed_before_ms i64
-- out: unit str
SELECT unit FROM trail_pending
UNION
SELECT unit FROM trail_head WHERE size > signed_size AND signed_ms <= $signed_before_ms;

-- query: trail_take :many
-- in: unit str, limit i64
-- out: id i64, at_ms i64, kind str, subject str, commitment blob
SELECT id, at_ms, kind, subject, commitment FROM trail_pending WHERE unit = $unit
 ORDER BY id LIMIT $limit;

-- query: trail_taken :exec
-- in: unit str, last_id i64
DELETE FROM trail_pending WHERE unit = $unit AND id <= $last_id;

-- query: trail_place :exec
-- in: unit str, seq i64, id i64, at_ms i64, kind str, subject str, commitment blob, previous blob,
--     leaf blob
INSERT INTO trail_entry (unit, seq, id, at_ms, kind, subject, commitment, previous, leaf)
VALUES ($unit, $seq, $id, $at_ms, $kind, $subject, $commitment, $previous, $leaf);

-- query: trail_node_add :exec
-- in: unit str, level i64, position i64, hash blob
INSERT INTO trail_node (unit, level, position, hash) VALUES ($unit, $level, $position, $hash);

-- query: trail_node_get :one
-- in: unit str, level i64, position i64
-- out: hash blob
SELECT hash FROM trail_node WHERE unit = $unit AND level = $level AND position = $position;

-- query: trail_leaf_get :one
-- in: unit str, seq i64
-- out: leaf blob
SELECT leaf FROM trail_entry WHERE unit = $unit AND seq = $seq;

-- query: trail_head_get :one
-- in: unit str
-- out: size i64, last blob, peaks blob, signed_size i64, signed_ms i64
SELECT size, last, peaks, signed_size, signed_ms FROM trail_head WHERE unit = $unit;

-- query: trail_head_put :exec
-- in: unit str, size i64, last blob, peaks blob, signed_size i64, signed_ms i64
INSERT INTO trail_head (unit, size, last, peaks, signed_size, signed_ms)
VALUES ($unit, $size, $last, $peaks, $signed_size, $signed_ms)
ON CONFLICT (unit) DO UPDATE SET size = $size, last = $last, peaks = $peaks,
    signed_size = $signed_size, signed_ms = $signed_ms;

-- query: trail_checkpoint_add :exec
-- in: unit str, size i64, root blob, at_ms i64, note str
INSERT INTO trail_checkpoint (unit, size, root, at_ms, note)
VALUES ($unit, $size, $root, $at_ms, $note);

-- query: trail_checkpoint_last :many
-- in: unit str
-- out: size i64, root blob, at_ms i64, note str
SELECT size, root, at_ms, note FROM trail_checkpoint WHERE unit = $unit
 ORDER BY size DESC LIMIT 1;

-- query: trail_checkpoints :many
-- in: unit str, above i64, limit i64
-- out: size i64, root blob, note str
SELECT size, root, note FROM trail_checkpoint WHERE unit = $unit AND size > $above
 ORDER BY size LIMIT $limit;

-- query: trail_key_add :exec
-- in: public_key blob, since_ms i64
INSERT INTO trail_key (public_key, since_ms) VALUES ($public_key, $since_ms)
ON CONFLICT (public_key) DO NOTHING;

-- query: trail_keys :many
-- out: public_key blob
SELECT public_key FROM trail_key ORDER BY since_ms;

-- query: trail_units :many
-- out: unit str
SELECT unit FROM trail_head
UNION
SELECT unit FROM trail_entry
UNION
SELECT unit FROM trail_checkpoint
ORDER BY unit;

-- query: trail_waiting :one
-- out: n i64, oldest_ms i64?
SELECT count(*) AS n, min(at_ms) AS oldest_ms FROM trail_pending;
