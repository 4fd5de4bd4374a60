-- query: request_put :exec
-- in: unit str, token str, number str, key_id i64, once str?, digest str, at_ms i64
INSERT INTO open311_request (unit, token, number, key_id, once, digest, at_ms)
VALUES ($unit, $token, $number, $key_id, $once, $digest, $at_ms);

-- query: request_by_once :one
-- in: unit str, key_id i64, once str
-- out: token str, number str, digest str
SELECT token, number, digest FROM open311_request
 WHERE unit = $unit AND key_id = $key_id AND once = $once;

-- query: request_by_token :one
-- in: unit str, token str
-- out: number str
SELECT number FROM open311_request WHERE unit = $unit AND token = $token;
