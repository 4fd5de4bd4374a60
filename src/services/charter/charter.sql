-- --- reading ---

-- query: charter_versions :many
-- Every version, of one service or of all; the newest first.
-- in: unit str, service str?
-- out: service str, version i64, state str, revision i64, intro_ky str, intro_ru str, intro_en str, contact str,
--      consult_from i64?, consult_to i64?, consult_ended str?, resolution str?, resolution_day i64?, valid_from i64?,
--      digest str?, created_ms i64, published_ms i64?
SELECT service, version, state, revision, intro_ky, intro_ru, intro_en, contact, consult_from, consult_to,
       consult_ended, resolution, resolution_day, valid_from, digest, created_ms, published_ms
  FROM charter
 WHERE unit = $unit AND ($service IS NULL OR service = $service)
 ORDER BY service, version DESC;

-- query: charter_count_published :many
-- in: unit str
-- out: service str, day i64
SELECT service, valid_from AS day FROM charter WHERE unit = $unit AND state = 'published';

-- query: charter_units :many
-- Municipalities with a published charter, for the totals. Country scope.
-- out: unit str
SELECT DISTINCT unit FROM charter WHERE state = 'published' ORDER BY unit;

-- query: charter_promises_get :many
-- The promises of one version.
-- in: unit str, service str, version i64
-- out: service str, version i64, id i64, position i64, text_ky str, text_ru str, text_en str, measure str, kind str,
--      amount i64, working_days i64, remedy_ky str, remedy_ru str, remedy_en str, contact str
SELECT service, version, id, position, text_ky, text_ru, text_en, measure, kind, amount, working_days,
       remedy_ky, remedy_ru, remedy_en, contact
  FROM charter_promise
 WHERE unit = $unit AND service = $service AND version = $version
 ORDER BY position, id;

-- query: charter_promises_published :many
-- The promises of every version that was in force at some time up to a day, the newest version first: the
-- versions before tell since when a promise has been made.
-- in: unit str, service str?, day i64
-- out: service str, version i64, id i64, position i64, text_ky str, text_ru str, text_en str, measure str, kind str,
--      amount i64, working_days i64, remedy_ky str, remedy_ru str, remedy_en str, contact str, valid_from i64,
--      charter_contact str
SELECT p.service, p.version, p.id, p.position, p.text_ky, p.text_ru, p.text_en, p.measure, p.kind, p.amount,
       p.working_days, p.remedy_ky, p.remedy_ru, p.remedy_en, p.contact, c.valid_from,
       c.contact AS charter_contact
  FROM charter c
  JOIN charter_promise p ON p.unit = c.unit AND p.service = c.service AND p.version = c.version
 WHERE c.unit = $unit AND ($service IS NULL OR c.service = $service)
   AND c.state = 'published' AND c.valid_from <= $day
 ORDER BY p.service, p.version DESC, p.position, p.id;

-- query: charter_promises_deadline :many
-- Promises in force that may set the deadline of a report about a fault: about it, or about any.
-- in: unit str, service str, fault str, day i64
-- out: id i64, version i64, position i64, text_ky str, text_ru str, text_en str, kind str, amount i64, working_days i64,
--      remedy_ky str, remedy_ru str, remedy_en str, contact str, charter_contact str, valid_from i64
SELECT p.id, p.version, p.position, p.text_ky, p.text_ru, p.text_en, p.kind, p.amount, p.working_days,
       p.remedy_ky, p.remedy_ru, p.remedy_en, p.contact, c.contact AS charter_contact, c.valid_from
  FROM charter c
  JOIN charter_promise p ON p.unit = c.unit AND p.service = c.service AND p.version = c.version
 WHERE c.unit = $unit AND c.service = $service
   AND c.version = (SELECT MAX(n.version) FROM charter n
                     WHERE n.unit = $unit AND n.service = $service AND n.state = 'published'
                       AND n.valid_from <= $day)
   AND p.measure = 'resolve_within_days' AND (p.kind = '' OR p.kind = $fault)
 ORDER BY p.position, p.id;

-- query: charter_counts :many
-- How many promises each version has, and how many comments wait for something.
-- in: unit str
-- out: service str, version i64, promises i64, comments i64, waiting i64
SELECT c.service, c.version,
       (SELECT COUNT(*) FROM charter_promise p WHERE p.unit = c.unit AND p.service = c.service
           AND p.version = c.version) AS promises,
       (SELECT COUNT(*) FROM charter_comment m WHERE m.unit = c.unit AND m.service = c.service
           AND m.version = c.version) AS comments,
       (SELECT COUNT(*) FROM charter_comment m WHERE m.unit = c.unit AND m.service = c.service
           AND m.version = c.version
           AND (m.look = 'waits' OR (m.look = 'shown' AND m.answer = ''))) AS waiting
  FROM charter c
 WHERE c.unit = $unit
 ORDER BY c.service, c.version DESC;

-- query: charter_waiting :one
-- Comments of a service since its last published version that were not looked at or not answered.
-- in: unit str, service str
-- out: n i64
SELECT COUNT(*) AS n
  FROM charter_comment m
 WHERE m.unit = $unit AND m.service = $service
   AND m.version > (SELECT COALESCE(MAX(c.version), 0) FROM charter c
                     WHERE c.unit = $unit AND c.service = $service AND c.state = 'published')
   AND (m.look = 'waits' OR (m.look = 'shown' AND m.answer = ''));

-- query: charter_consultations_open :many
-- in: unit str, today i64
-- out: service str, version i64, consult_to i64
SELECT c.service, c.version, c.consult_to
  FROM charter c
 WHERE c.unit = $unit AND c.state = 'consultation' AND c.consult_ended IS NULL
   AND c.consult_from <= $today AND c.consult_to >= $today
 ORDER BY c.consult_to, c.service;

-- query: charter_published_since :many
-- in: unit str, from_ms i64
-- out: service str, version i64, valid_from i64?
SELECT service, version, valid_from FROM charter
 WHERE unit = $unit AND state = 'published' AND published_ms >= $from_ms
 ORDER BY published_ms DESC, service;

-- --- editing ---

-- query: charter_insert :exec
-- in: unit str, service str, version i64, intro_ky str, intro_ru str, intro_en str, contact str, created_ms i64, created_by i64
INSERT INTO charter (unit, service, version, state, revision, intro_ky, intro_ru, intro_en, contact, created_ms,
                     created_by)
VALUES ($unit, $service, $version, 'draft', 1, $intro_ky, $intro_ru, $intro_en, $contact, $created_ms,
        $created_by);

-- query: charter_touch :exec
-- in: unit str, service str, version i64, revision i64
UPDATE charter SET revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state = 'draft';

-- query: charter_save_intro :exec
-- in: unit str, service str, version i64, intro_ky str, intro_ru str, intro_en str, contact str
UPDATE charter SET intro_ky = $intro_ky, intro_ru = $intro_ru, intro_en = $intro_en, contact = $contact
 WHERE unit = $unit AND service = $service AND version = $version AND state = 'draft';

-- query: charter_delete :exec
-- in: unit str, service str, version i64
DELETE FROM charter WHERE unit = $unit AND service = $service AND version = $version AND state = 'draft';

-- query: charter_promise_insert :exec
-- in: unit str, service str, version i64, id i64, position i64, text_ky str, text_ru str, text_en str, measure str, kind str,
--     amount i64, working_days i64, remedy_ky str, remedy_ru str, remedy_en str, contact str
INSERT INTO charter_promise (unit, service, version, id, position, text_ky, text_ru, text_en, measure, kind, amount,
                             working_days, remedy_ky, remedy_ru, remedy_en, contact)
VALUES ($unit, $service, $version, $id, $position, $text_ky, $text_ru, $text_en, $measure, $kind, $amount,
        $working_days, $remedy_ky, $remedy_ru, $remedy_en, $contact);

-- query: charter_promise_update :exec
-- in: unit str, service str, version i64, id i64, position i64, text_ky str, text_ru str, text_en str, measure str, kind str,
--     amount i64, working_days i64, remedy_ky str, remedy_ru str, remedy_en str, contact str
UPDATE charter_promise
   SET position = $position, text_ky = $text_ky, text_ru = $text_ru, text_en = $text_en, measure = $measure,
       kind = $kind, amount = $amount, working_days = $working_days, remedy_ky = $remedy_ky,
       remedy_ru = $remedy_ru, remedy_en = $remedy_en, contact = $contact
 WHERE unit = $unit AND service = $service AND version = $version AND id = $id;

-- query: charter_promise_delete :exec
-- in: unit str, service str, version i64, id i64
DELETE FROM charter_promise
 WHERE unit = $unit AND service = $service AND version = $version AND id = $id;

-- query: charter_promises_delete :exec
-- in: unit str, service str, version i64
DELETE FROM charter_promise WHERE unit = $unit AND service = $service AND version = $version;

-- --- from state to state; the revision says that nobody was quicker ---

-- query: charter_open :exec
-- in: unit str, service str, version i64, revision i64, consult_from i64, consult_to i64
UPDATE charter SET state = 'consultation', consult_from = $consult_from, consult_to = $consult_to,
       revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state = 'draft';

-- query: charter_end :exec
-- in: unit str, service str, version i64, revision i64, reason str
UPDATE charter SET consult_ended = $reason, revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state = 'consultation';

-- query: charter_approve :exec
-- in: unit str, service str, version i64, revision i64, resolution str, resolution_day i64, approved_ms i64, approved_by i64
UPDATE charter SET state = 'approved', resolution = $resolution, resolution_day = $resolution_day,
       approved_ms = $approved_ms, approved_by = $approved_by, revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state IN ('draft', 'consultation');

-- query: charter_take_back :exec
-- Back to what it was before the approval, which nobody outside has seen.
-- in: unit str, service str, version i64, revision i64
UPDATE charter SET state = CASE WHEN consult_from IS NULL THEN 'draft' ELSE 'consultation' END,
       resolution = NULL, resolution_day = NULL, approved_ms = NULL, approved_by = NULL,
       revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state = 'approved';

-- query: charter_publish :exec
-- in: unit str, service str, version i64, revision i64, valid_from i64, digest str, published_ms i64, published_by i64
UPDATE charter SET state = 'published', valid_from = $valid_from, digest = $digest,
       published_ms = $published_ms, published_by = $published_by, revision = revision + 1
 WHERE unit = $unit AND service = $service AND version = $version AND revision = $revision
   AND state = 'approved';

-- --- comments ---

-- query: charter_comment_insert :exec
-- in: unit str, id i64, service str, version i64, author str, words str, at_ms i64, once str?
INSERT INTO charter_comment (unit, id, service, version, author, words, at_ms, look, answer, once)
VALUES ($unit, $id, $service, $version, $author, $words, $at_ms, 'waits', '', $once);

-- query: charter_comment_by_once :one
-- in: unit str, once str
-- out: id i64
SELECT id FROM charter_comment WHERE unit = $unit AND once = $once;

-- query: charter_comment_same :one
-- in: unit str, service str, version i64, words str
-- out: n i64
SELECT COUNT(*) AS n FROM charter_comment
 WHERE unit = $unit AND service = $service AND version = $version AND words = $words;

-- query: charter_comment_get :one
-- in: unit str, id i64
-- out: id i64, service str, version i64, author str, words str, at_ms i64, look str, answer str, answered_ms i64?
SELECT id, service, version, author, words, at_ms, look, answer, answered_ms
  FROM charter_comment WHERE unit = $unit AND id = $id;

-- query: charter_comments_get :many
-- Oldest first; of one version, or of all from version `least` on.
-- in: unit str, service str, least i64, most i64
-- out: id i64, service str, version i64, author str, words str, at_ms i64, look str, answer str, answered_ms i64?
SELECT id, service, version, author, words, at_ms, look, answer, answered_ms
  FROM charter_comment
 WHERE unit = $unit AND service = $service AND version >= $least AND version <= $most
 ORDER BY at_ms, id;

-- query: charter_comment_look :exec
-- in: unit str, id i64, look str, answer str, answered_ms i64?, answered_by i64?
UPDATE charter_comment
   SET look = $look, answer = $answer, answered_ms = $answered_ms, answered_by = $answered_by
 WHERE unit = $unit AND id = $id;

-- --- totals ---

-- query: charter_kept_clear :exec
-- in: unit str
DELETE FROM charter_kept WHERE unit = $unit;

-- query: charter_kept_insert :exec
-- in: unit str, service str, kept i64, counted i64, as_of_ms i64, month_day i64, month_kept i64, month_counted i64,
--     before_kept i64, before_counted i64
INSERT INTO charter_kept (unit, service, kept, counted, as_of_ms, month_day, month_kept, month_counted,
                          before_kept, before_counted)
VALUES ($unit, $service, $kept, $counted, $as_of_ms, $month_day, $month_kept, $month_counted, $before_kept,
        $before_counted);

-- query: charter_kept_list :many
-- out: unit str, service str, kept i64, counted i64, as_of_ms i64, month_day i64?, month_kept i64?, month_counted i64?,
--      before_kept i64?, before_counted i64?
SELECT unit, service, kept, counted, as_of_ms, month_day, month_kept, month_counted, before_kept, before_counted
  FROM charter_kept
 ORDER BY unit, service;

-- query: charter_kept_of_unit :many
-- in: unit str
-- out: service str, kept i64, counted i64, as_of_ms i64, month_day i64?, month_kept i64?, month_counted i64?,
--      before_kept i64?, before_counted i64?
SELECT service, kept, counted, as_of_ms, month_day, month_kept, month_counted, before_kept, before_counted
  FROM charter_kept
 WHERE unit = $unit
 ORDER BY service;

-- --- self-check ---

-- query: charter_published_list :many
-- Country scope.
-- out: unit str, service str, version i64, digest str?, intro_ky str, intro_ru str, intro_en str, contact str,
--      resolution str?, resolution_day i64?, valid_from i64?
SELECT unit, service, version, digest, intro_ky, intro_ru, intro_en, contact, resolution, resolution_day, valid_from
  FROM charter WHERE state = 'published' ORDER BY unit, service, version;
