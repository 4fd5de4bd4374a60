-- --- people ---

-- query: person_add :exec
-- in: id i64, name str, lang str, email str?, phone str?, notices i64, fictional i64, now_ms i64
INSERT INTO person (id, name, lang, email, phone, notices, fictional, created_ms)
VALUES ($id, $name, $lang, $email, $phone, $notices, $fictional, $now_ms);

-- query: person_get :one
-- in: id i64
-- out: name str, lang str, email str?, phone str?, notices i64, fictional i64, created_ms i64, disabled_ms i64?
SELECT name, lang, email, phone, notices, fictional, created_ms, disabled_ms
  FROM person WHERE id = $id;

-- query: person_set_contacts :exec
-- in: id i64, name str, phone str?, notices i64, lang str
UPDATE person SET name = $name, phone = $phone, notices = $notices, lang = $lang WHERE id = $id;

-- query: person_set_email :exec
-- in: id i64, email str?
UPDATE person SET email = $email WHERE id = $id;

-- query: person_disable :exec
-- in: id i64, disabled_ms i64?
UPDATE person SET disabled_ms = $disabled_ms WHERE id = $id;

-- query: person_names :many
-- Names of several people at once; ids as a JSON array.
-- in: ids str
-- out: id i64, name str
-- sqlite:
SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each($ids)) ORDER BY id;
-- postgres:
SELECT id, name FROM person
 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($ids AS json)))
 ORDER BY id;

-- query: people_in_scope :many
-- Holders of a role in exactly this scope today.
-- in: scope str, day i64
-- out: id i64, name str, role str
SELECT p.id AS id, p.name AS name, g.role AS role
  FROM role_grant g JOIN person p ON p.id = g.person_id
 WHERE g.scope = $scope AND g.valid_from <= $day AND (g.valid_to IS NULL OR g.valid_to >= $day)
   AND g.ended_ms IS NULL AND p.disabled_ms IS NULL
 ORDER BY p.name, p.id;

-- query: person_email_get :one
-- in: email str
-- out: person_id i64, disabled_ms i64?
SELECT e.person_id AS person_id, p.disabled_ms AS disabled_ms
  FROM person_email e JOIN person p ON p.id = e.person_id
 WHERE e.email = $email;

-- query: person_email_put :exec
-- The address may have passed from one person to another.
-- in: email str, person_id i64, now_ms i64
INSERT INTO person_email (email, person_id, proved_ms) VALUES ($email, $person_id, $now_ms)
ON CONFLICT (email) DO UPDATE SET person_id = excluded.person_id, proved_ms = excluded.proved_ms;

-- query: person_email_drop :exec
-- All but this one.
-- in: person_id i64, keep str
DELETE FROM person_email WHERE person_id = $person_id AND email <> $keep;

-- --- staff ---

-- query: credential_add :exec
-- in: person_id i64, login str, password str, must_change i64, totp blob?, totp_ms i64?, now_ms i64
INSERT INTO credential (person_id, login, password, password_ms, must_change, totp, totp_ms,
                        totp_step, code_tries, code_tries_until_ms)
VALUES ($person_id, $login, $password, $now_ms, $must_change, $totp, $totp_ms, 0, 0, 0);

-- query: credential_by_login :one
-- in: login str
-- out: person_id i64, password str, must_change i64, totp blob?, disabled_ms i64?, fictional i64
SELECT c.person_id AS person_id, c.password AS password, c.must_change AS must_change,
       c.totp AS totp, p.disabled_ms AS disabled_ms, p.fictional AS fictional
  FROM credential c JOIN person p ON p.id = c.person_id
 WHERE c.login = $login;

-- query: credential_get :one
-- in: person_id i64
-- out: login str, password str, password_ms i64, must_change i64, totp blob?, totp_ms i64?, totp_step i64, code_tries i64, code_tries_until_ms i64
SELECT login, password, password_ms, must_change, totp, totp_ms, totp_step, code_tries,
       code_tries_until_ms
  FROM credential WHERE person_id = $person_id;

-- query: credential_set_password :exec
-- in: person_id i64, password str, must_change i64, now_ms i64
UPDATE credential SET password = $password, must_change = $must_change, password_ms = $now_ms
 WHERE person_id = $person_id;

-- query: credential_rehash :exec
-- The same password under today's parameters, unless it was changed meanwhile.
-- in: person_id i64, was str, password str
UPDATE credential SET password = $password WHERE person_id = $person_id AND password = $was;

-- query: credential_must_change :exec
-- in: person_id i64
UPDATE credential SET must_change = 1 WHERE person_id = $person_id;

-- query: credential_set_totp :exec
-- in: person_id i64, totp blob?, totp_ms i64?, step i64
UPDATE credential SET totp = $totp, totp_ms = $totp_ms, totp_step = $step, code_tries = 0
 WHERE person_id = $person_id;

-- query: credential_use_step :exec
-- No row changes when a code of this half minute, or of a later one, was taken already.
-- in: person_id i64, step i64
UPDATE credential SET totp_step = $step, code_tries = 0
 WHERE person_id = $person_id AND totp_step < $step;

-- query: credential_count_try :exec
-- in: person_id i64, tries i64, until_ms i64
UPDATE credential SET code_tries = $tries, code_tries_until_ms = $until_ms
 WHERE person_id = $person_id;

-- query: recovery_add :exec
-- in: person_id i64, hash blob
INSERT INTO recovery_code (person_id, hash) VALUES ($person_id, $hash);

-- query: recovery_clear :exec
-- in: person_id i64
DELETE FROM recovery_code WHERE person_id = $person_id;

-- query: recovery_use :exec
-- in: person_id i64, hash blob, now_ms i64
UPDATE recovery_code SET used_ms = $now_ms
 WHERE person_id = $person_id AND hash = $hash AND used_ms IS NULL;

-- query: recovery_left :one
-- in: person_id i64
-- out: n i64
SELECT count(*) AS n FROM recovery_code WHERE person_id = $person_id AND used_ms IS NULL;

-- --- roles ---

-- query: grant_add :exec
-- in: id i64, person_id i64, role str, scope str, valid_from i64, valid_to i64?, given_by i64, now_ms i64
INSERT INTO role_grant (id, person_id, role, scope, valid_from, valid_to, given_by, given_ms)
VALUES ($id, $person_id, $role, $scope, $valid_from, $valid_to, $given_by, $now_ms);

-- query: grant_end :exec
-- in: person_id i64, id i64, ended_by i64, now_ms i64
UPDATE role_grant SET ended_by = $ended_by, ended_ms = $now_ms
 WHERE id = $id AND person_id = $person_id AND ended_ms IS NULL;

-- query: grants_of :many
-- in: person_id i64
-- out: id i64, role str, scope str, valid_from i64, valid_to i64?, given_by i64, given_ms i64, ended_by i64?, ended_ms i64?
SELECT id, role, scope, valid_from, valid_to, given_by, given_ms, ended_by, ended_ms
  FROM role_grant WHERE person_id = $person_id ORDER BY id;

-- query: staff_in_scope :many
-- Everybody who holds or held a role in exactly this scope, a row for each grant.
-- in: scope str
-- out: id i64, name str, login str?, disabled_ms i64?, totp_ms i64?, role str, scope str, valid_from i64, valid_to i64?, ended_ms i64?
SELECT p.id AS id, p.name AS name, c.login AS login, p.disabled_ms AS disabled_ms,
       c.totp_ms AS totp_ms, g.role AS role, g.scope AS scope, g.valid_from AS valid_from,
       g.valid_to AS valid_to, g.ended_ms AS ended_ms
  FROM role_grant g JOIN person p ON p.id = g.person_id
  LEFT JOIN credential c ON c.person_id = p.id
 WHERE g.scope = $scope
 ORDER BY p.name, p.id, g.id;

-- query: staff_all :many
-- The same for every scope, for those whose own scope is wider than a municipality.
-- in: limit i64
-- out: id i64, name str, login str?, disabled_ms i64?, totp_ms i64?, role str, scope str, valid_from i64, valid_to i64?, ended_ms i64?
SELECT p.id AS id, p.name AS name, c.login AS login, p.disabled_ms AS disabled_ms,
       c.totp_ms AS totp_ms, g.role AS role, g.scope AS scope, g.valid_from AS valid_from,
       g.valid_to AS valid_to, g.ended_ms AS ended_ms
  FROM role_grant g JOIN person p ON p.id = g.person_id
  LEFT JOIN credential c ON c.person_id = p.id
 ORDER BY p.name, p.id, g.id
 LIMIT $limit;

-- --- sessions ---

-- query: session_add :exec
-- in: id i64, token_hash blob, person_id i64, staff i64, second_factor i64, browser str, now_ms i64, expires_ms i64
INSERT INTO session (id, token_hash, person_id, staff, second_factor, browser, created_ms, seen_ms,
                     expires_ms)
VALUES ($id, $token_hash, $person_id, $staff, $second_factor, $browser, $now_ms, $now_ms,
        $expires_ms);

-- query: session_actor :many
-- Who is behind a cookie: a row for each role valid today, or one without a role.
-- in: token_hash blob, now_ms i64, day i64
-- out: id i64, person_id i64, name str, staff i64, second_factor i64, must_change i64?, seen_ms i64, role str?, scope str?
SELECT s.id AS id, s.person_id AS person_id, p.name AS name, s.staff AS staff,
       s.second_factor AS second_factor, c.must_change AS must_change, s.seen_ms AS seen_ms,
       g.role AS role, g.scope AS scope
  FROM session s
  JOIN person p ON p.id = s.person_id AND p.disabled_ms IS NULL
  LEFT JOIN credential c ON c.person_id = s.person_id
  LEFT JOIN role_grant g ON g.person_id = s.person_id AND s.staff = 1 AND g.valid_from <= $day
       AND (g.valid_to IS NULL OR g.valid_to >= $day) AND g.ended_ms IS NULL
 WHERE s.token_hash = $token_hash AND s.expires_ms > $now_ms
 ORDER BY g.id;

-- query: session_seen :exec
-- in: id i64, seen_ms i64
UPDATE session SET seen_ms = $seen_ms WHERE id = $id AND seen_ms < $seen_ms;

-- query: session_rotate :exec
-- A new cookie for the same session.
-- in: id i64, person_id i64, token_hash blob, second_factor i64
UPDATE session SET token_hash = $token_hash, second_factor = $second_factor
 WHERE id = $id AND person_id = $person_id;

-- query: session_end :exec
-- in: id i64, person_id i64
DELETE FROM session WHERE id = $id AND person_id = $person_id;

-- query: session_end_others :exec
-- in: person_id i64, keep i64
DELETE FROM session WHERE person_id = $person_id AND id <> $keep;

-- query: session_list :many
-- in: person_id i64, now_ms i64
-- out: id i64, staff i64, second_factor i64, browser str, created_ms i64, seen_ms i64
SELECT id, staff, second_factor, browser, created_ms, seen_ms FROM session
 WHERE person_id = $person_id AND expires_ms > $now_ms
 ORDER BY seen_ms DESC, id DESC;

-- query: session_purge :exec
-- in: now_ms i64, staff_before_ms i64
DELETE FROM session
 WHERE expires_ms <= $now_ms OR (staff = 1 AND seen_ms < $staff_before_ms);

-- query: session_count :one
-- in: now_ms i64
-- out: n i64
SELECT count(*) AS n FROM session WHERE expires_ms > $now_ms;

-- --- one-time codes ---

-- query: login_code_add :exec
-- in: id i64, purpose str, email str, person_id i64?, ticket_hash blob?, code_hash blob, link_hash blob, lang str, now_ms i64, expires_ms i64
INSERT INTO login_code (id, purpose, email, person_id, ticket_hash, code_hash, link_hash, lang,
                        tries, created_ms, expires_ms)
VALUES ($id, $purpose, $email, $person_id, $ticket_hash, $code_hash, $link_hash, $lang, 0,
        $now_ms, $expires_ms);

-- query: login_code_recent :one
-- How many were sent to an address since then.
-- in: email str, since_ms i64
-- out: n i64
SELECT count(*) AS n FROM login_code
 WHERE email = $email AND created_ms > $since_ms AND purpose <> 'support';

-- query: login_code_by_ticket :many
-- What the six digits typed in this browser may be compared with.
-- in: purpose str, email str, ticket_hash blob, now_ms i64
-- out: id i64, purpose str, person_id i64?, code_hash blob, lang str, tries i64
SELECT id, purpose, person_id, code_hash, lang, tries FROM login_code
 WHERE email = $email AND used_ms IS NULL AND expires_ms > $now_ms
   AND ((purpose = $purpose AND ticket_hash = $ticket_hash)
        OR (purpose = 'support' AND $purpose = 'login'))
 ORDER BY id DESC LIMIT 8;

-- query: login_code_by_link :one
-- in: link_hash blob, now_ms i64
-- out: id i64, purpose str, email str, person_id i64?, lang str
SELECT id, purpose, email, person_id, lang FROM login_code
 WHERE link_hash = $link_hash AND used_ms IS NULL AND expires_ms > $now_ms
   AND purpose IN ('login', 'support', 'reset');

-- query: login_code_try :exec
-- in: id i64
UPDATE login_code SET tries = tries + 1 WHERE id = $id;

-- query: login_code_use :exec
-- in: id i64, most_tries i64, now_ms i64
UPDATE login_code SET used_ms = $now_ms
 WHERE id = $id AND used_ms IS NULL AND tries <= $most_tries AND expires_ms > $now_ms;

-- query: login_code_purge :exec
-- in: before_ms i64
DELETE FROM login_code WHERE expires_ms < $before_ms;

-- --- keys of programs ---

-- query: api_key_add :exec
-- in: id i64, hash blob, name str, contact str, scope str, created_by i64, now_ms i64
INSERT INTO api_key (id, hash, name, contact, scope, created_by, created_ms)
VALUES ($id, $hash, $name, $contact, $scope, $created_by, $now_ms);

-- query: api_key_find :one
-- in: hash blob
-- out: id i64, scope str
SELECT id, scope FROM api_key WHERE hash = $hash AND revoked_ms IS NULL;

-- query: api_key_get :one
-- in: id i64
-- out: name str, scope str, revoked_ms i64?
SELECT name, scope, revoked_ms FROM api_key WHERE id = $id;

-- query: api_key_list :many
-- in: limit i64
-- out: id i64, name str, contact str, scope str, created_by i64, created_ms i64, revoked_ms i64?
SELECT id, name, contact, scope, created_by, created_ms, revoked_ms FROM api_key
 ORDER BY id DESC LIMIT $limit;

-- query: api_key_revoke :exec
-- in: id i64, revoked_by i64, now_ms i64
UPDATE api_key SET revoked_by = $revoked_by, revoked_ms = $now_ms
 WHERE id = $id AND revoked_ms IS NULL;
