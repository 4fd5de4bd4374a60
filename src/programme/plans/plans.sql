-- --- reading ---

-- query: plans_get :one
-- in: id i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, origin str, origin_ref str, version i64, approved_day i64?, created_ms i64
SELECT unit, id, topic, title_ky, title_ru, title_en, origin, origin_ref, version, approved_day, created_ms
  FROM plan WHERE id = $id;

-- query: plans_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM plan WHERE once = $once;

-- query: plans_public :many
-- Approved plans of the country, newest first, from behind (day, id).
-- in: topic str?, day i64, id i64, limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, version i64, approved_day i64
SELECT unit, id, topic, title_ky, title_ru, title_en, version, approved_day
  FROM plan
 WHERE approved_day IS NOT NULL AND approved_day <= $day AND (approved_day < $day OR id < $id)
   AND ($topic IS NULL OR topic = $topic)
 ORDER BY approved_day DESC, id DESC LIMIT $limit;

-- query: plans_of_units :many
-- All plans that some municipalities (a JSON array) lead, or share in once they are approved; newest first.
-- in: units str, topic str?, limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, version i64, approved_day i64?
-- sqlite:
SELECT unit, id, topic, title_ky, title_ru, title_en, version, approved_day
  FROM plan
 WHERE ($topic IS NULL OR topic = $topic)
   AND id IN (SELECT p.id FROM plan p WHERE p.unit IN (SELECT value FROM json_each($units))
              UNION
              SELECT s.plan FROM plan_share s JOIN plan p ON p.id = s.plan AND p.version = s.version
               WHERE s.member IN (SELECT value FROM json_each($units)))
 ORDER BY id DESC LIMIT $limit;
-- postgres:
SELECT unit, id, topic, title_ky, title_ru, title_en, version, approved_day
  FROM plan
 WHERE ($topic IS NULL OR topic = $topic)
   AND id IN (SELECT p.id FROM plan p WHERE p.unit IN (SELECT value FROM json_array_elements_text(CAST($units AS json)))
              UNION
              SELECT s.plan FROM plan_share s JOIN plan p ON p.id = s.plan AND p.version = s.version
               WHERE s.member IN (SELECT value FROM json_array_elements_text(CAST($units AS json))))
 ORDER BY id DESC LIMIT $limit;

-- query: plans_totals :many
-- What the shown version of each of some plans (a JSON array of ids) adds up to; the latest version where none is
-- approved.
-- in: plans str
-- out: plan i64, state str, actions i64, cost i64, own i64, people i64, to_day i64, done i64
-- sqlite:
SELECT p.id AS plan, v.state,
       (SELECT COUNT(*) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS actions,
       (SELECT COALESCE(SUM(a.cost), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS cost,
       (SELECT COALESCE(SUM(a.own), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS own,
       (SELECT COALESCE(SUM(m.people), 0) FROM plan_people m WHERE m.unit = v.unit AND m.plan = v.plan AND m.version = v.version) AS people,
       (SELECT COALESCE(MAX(a.to_day), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS to_day,
       (SELECT COUNT(*) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version
           AND (SELECT g.percent FROM plan_progress g WHERE g.unit = a.unit AND g.action = a.id ORDER BY g.id DESC LIMIT 1) = 100) AS done
  FROM plan p
  JOIN plan_version v ON v.unit = p.unit AND v.plan = p.id
   AND v.version = CASE WHEN p.version > 0 THEN p.version
                        ELSE (SELECT MAX(x.version) FROM plan_version x WHERE x.unit = p.unit AND x.plan = p.id) END
 WHERE p.id IN (SELECT value FROM json_each($plans))
 ORDER BY p.id;
-- postgres:
SELECT p.id AS plan, v.state,
       (SELECT COUNT(*) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS actions,
       CAST((SELECT COALESCE(SUM(a.cost), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS BIGINT) AS cost,
       CAST((SELECT COALESCE(SUM(a.own), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS BIGINT) AS own,
       CAST((SELECT COALESCE(SUM(m.people), 0) FROM plan_people m WHERE m.unit = v.unit AND m.plan = v.plan AND m.version = v.version) AS BIGINT) AS people,
       (SELECT COALESCE(MAX(a.to_day), 0) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version) AS to_day,
       (SELECT COUNT(*) FROM plan_action a WHERE a.unit = v.unit AND a.plan = v.plan AND a.version = v.version
           AND (SELECT g.percent FROM plan_progress g WHERE g.unit = a.unit AND g.action = a.id ORDER BY g.id DESC LIMIT 1) = 100) AS done
  FROM plan p
  JOIN plan_version v ON v.unit = p.unit AND v.plan = p.id
   AND v.version = CASE WHEN p.version > 0 THEN p.version
                        ELSE (SELECT MAX(x.version) FROM plan_version x WHERE x.unit = p.unit AND x.plan = p.id) END
 WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($plans AS json)))
 ORDER BY p.id;

-- query: plan_versions_of :many
-- The newest first.
-- in: unit str, plan i64
-- out: version i64, state str, revision i64, problem str, objective str, basis str, risks str, changes str, returned str, resolution str?, resolution_day i64?, digest str?, created_ms i64, submitted_ms i64?, approved_ms i64?
SELECT version, state, revision, problem, objective, basis, risks, changes, returned, resolution, resolution_day, digest,
       created_ms, submitted_ms, approved_ms
  FROM plan_version WHERE unit = $unit AND plan = $plan ORDER BY version DESC;

-- query: plan_actions_of :many
-- in: unit str, plan i64, version i64
-- out: id i64, position i64, title str, responsible str, result str, from_day i64, to_day i64, cost i64, own i64, grant_money i64, cash i64, kind i64, partner i64
SELECT id, position, title, responsible, result, from_day, to_day, cost, own, grant_money, cash, kind, partner
  FROM plan_action WHERE unit = $unit AND plan = $plan AND version = $version ORDER BY position, id;

-- query: plan_people_of :many
-- in: unit str, plan i64, version i64
-- out: village str, people i64
SELECT village, people FROM plan_people WHERE unit = $unit AND plan = $plan AND version = $version ORDER BY village;

-- query: plan_shares_of :many
-- in: unit str, plan i64, version i64
-- out: member str, amount i64, resolution str, resolution_day i64?
SELECT member, amount, resolution, resolution_day
  FROM plan_share WHERE unit = $unit AND plan = $plan AND version = $version ORDER BY member;

-- query: plan_members_of :many
-- in: unit str, plan i64
-- out: person i64, duty str
SELECT person, duty FROM plan_member WHERE unit = $unit AND plan = $plan
 ORDER BY CASE duty WHEN 'head' THEN 0 WHEN 'secretary' THEN 1 ELSE 2 END, added_ms, person;

-- query: plan_progress_of :many
-- The newest first.
-- in: unit str, plan i64
-- out: id i64, action i64, percent i64, day i64, note str, at_ms i64
SELECT id, action, percent, day, note, at_ms FROM plan_progress WHERE unit = $unit AND plan = $plan ORDER BY id DESC;

-- query: plan_progress_last :many
-- in: unit str, action i64
-- out: id i64, percent i64, day i64
SELECT id, percent, day FROM plan_progress WHERE unit = $unit AND action = $action ORDER BY id DESC LIMIT 1;

-- query: plan_progress_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM plan_progress WHERE once = $once;

-- query: plan_photos_of :many
-- in: unit str, plan i64
-- out: id i64, progress i64, large_file str, small_file str
SELECT id, progress, large_file, small_file FROM plan_photo WHERE unit = $unit AND plan = $plan ORDER BY id;

-- query: plan_photo_files :each
-- out: large_file str, small_file str
SELECT large_file, small_file FROM plan_photo;

-- query: plan_money_of :many
-- The newest first.
-- in: plan i64
-- out: unit str, id i64, action i64, source str, amount i64, day i64, document str, withdrawn_ms i64?, why str
SELECT unit, id, action, source, amount, day, document, withdrawn_ms, why FROM plan_money WHERE plan = $plan ORDER BY id DESC;

-- query: plan_money_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM plan_money WHERE once = $once;

-- --- drafts ---

-- query: plan_insert :exec
-- in: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, origin str, origin_ref str, created_ms i64, created_by i64, once str?
INSERT INTO plan (unit, id, topic, title_ky, title_ru, title_en, origin, origin_ref, version, approved_day, created_ms,
                  created_by, once)
VALUES ($unit, $id, $topic, $title_ky, $title_ru, $title_en, $origin, $origin_ref, 0, NULL, $created_ms, $created_by,
        $once);

-- query: plan_set_title :exec
-- The name stands in what the council approved: it is set before the first approval alone.
-- in: unit str, id i64, topic str, title_ky str, title_ru str, title_en str
UPDATE plan SET topic = $topic, title_ky = $title_ky, title_ru = $title_ru, title_en = $title_en
 WHERE unit = $unit AND id = $id AND version = 0;

-- query: plan_delete :exec
-- in: unit str, id i64
DELETE FROM plan WHERE unit = $unit AND id = $id AND version = 0;

-- query: plan_version_insert :exec
-- in: unit str, plan i64, version i64, problem str, objective str, basis str, risks str, created_ms i64, created_by i64
INSERT INTO plan_version (unit, plan, version, state, revision, problem, objective, basis, risks, changes, returned,
                          created_ms, created_by)
VALUES ($unit, $plan, $version, 'draft', 1, $problem, $objective, $basis, $risks, '', '', $created_ms, $created_by);

-- query: plan_version_touch :exec
-- in: unit str, plan i64, version i64, revision i64
UPDATE plan_version SET revision = revision + 1
 WHERE unit = $unit AND plan = $plan AND version = $version AND revision = $revision AND state = 'draft';

-- query: plan_version_set :exec
-- in: unit str, plan i64, version i64, problem str, objective str, basis str, risks str, changes str
UPDATE plan_version SET problem = $problem, objective = $objective, basis = $basis, risks = $risks, changes = $changes
 WHERE unit = $unit AND plan = $plan AND version = $version AND state = 'draft';

-- query: plan_version_delete :exec
-- in: unit str, plan i64, version i64
DELETE FROM plan_version WHERE unit = $unit AND plan = $plan AND version = $version AND state = 'draft';

-- query: plan_action_insert :exec
-- in: unit str, plan i64, version i64, id i64, position i64, title str, responsible str, result str, from_day i64, to_day i64, cost i64, own i64, grant_money i64, cash i64, kind i64, partner i64
INSERT INTO plan_action (unit, plan, version, id, position, title, responsible, result, from_day, to_day, cost, own,
                         grant_money, cash, kind, partner)
VALUES ($unit, $plan, $version, $id, $position, $title, $responsible, $result, $from_day, $to_day, $cost, $own,
        $grant_money, $cash, $kind, $partner);

-- query: plan_action_delete :exec
-- in: unit str, plan i64, version i64, id i64
DELETE FROM plan_action WHERE unit = $unit AND plan = $plan AND version = $version AND id = $id;

-- query: plan_actions_delete :exec
-- in: unit str, plan i64, version i64
DELETE FROM plan_action WHERE unit = $unit AND plan = $plan AND version = $version;

-- query: plan_people_insert :exec
-- in: unit str, plan i64, version i64, village str, people i64
INSERT INTO plan_people (unit, plan, version, village, people) VALUES ($unit, $plan, $version, $village, $people);

-- query: plan_people_delete :exec
-- in: unit str, plan i64, version i64
DELETE FROM plan_people WHERE unit = $unit AND plan = $plan AND version = $version;

-- query: plan_share_insert :exec
-- in: unit str, plan i64, version i64, member str, amount i64, resolution str, resolution_day i64?
INSERT INTO plan_share (unit, plan, version, member, amount, resolution, resolution_day)
VALUES ($unit, $plan, $version, $member, $amount, $resolution, $resolution_day);

-- query: plan_share_delete :exec
-- in: unit str, plan i64, version i64, member str
DELETE FROM plan_share WHERE unit = $unit AND plan = $plan AND version = $version AND member = $member;

-- query: plan_shares_delete :exec
-- in: unit str, plan i64, version i64
DELETE FROM plan_share WHERE unit = $unit AND plan = $plan AND version = $version;

-- query: plan_member_insert :exec
-- in: unit str, plan i64, person i64, duty str, added_ms i64, added_by i64
INSERT INTO plan_member (unit, plan, person, duty, added_ms, added_by)
VALUES ($unit, $plan, $person, $duty, $added_ms, $added_by)
ON CONFLICT (unit, plan, person) DO UPDATE SET duty = excluded.duty;

-- query: plan_member_delete :exec
-- in: unit str, plan i64, person i64
DELETE FROM plan_member WHERE unit = $unit AND plan = $plan AND person = $person;

-- --- from state to state ---

-- query: plan_version_submit :exec
-- in: unit str, plan i64, version i64, revision i64, submitted_ms i64, submitted_by i64
UPDATE plan_version SET state = 'submitted', returned = '', submitted_ms = $submitted_ms, submitted_by = $submitted_by,
       revision = revision + 1
 WHERE unit = $unit AND plan = $plan AND version = $version AND revision = $revision AND state = 'draft';

-- query: plan_version_return :exec
-- in: unit str, plan i64, version i64, revision i64, returned str
UPDATE plan_version SET state = 'draft', returned = $returned, revision = revision + 1
 WHERE unit = $unit AND plan = $plan AND version = $version AND revision = $revision AND state = 'submitted';

-- query: plan_version_approve :exec
-- in: unit str, plan i64, version i64, revision i64, resolution str, resolution_day i64, digest str, approved_ms i64, approved_by i64
UPDATE plan_version SET state = 'approved', resolution = $resolution, resolution_day = $resolution_day, digest = $digest,
       approved_ms = $approved_ms, approved_by = $approved_by, revision = revision + 1
 WHERE unit = $unit AND plan = $plan AND version = $version AND revision = $revision AND state = 'submitted';

-- query: plan_set_approved :exec
-- in: unit str, id i64, version i64, approved_day i64
UPDATE plan SET version = $version, approved_day = COALESCE(approved_day, $approved_day)
 WHERE unit = $unit AND id = $id;

-- --- progress and money ---

-- query: plan_progress_insert :exec
-- in: unit str, plan i64, id i64, action i64, percent i64, day i64, note str, at_ms i64, by_person i64, once str?
INSERT INTO plan_progress (unit, plan, id, action, percent, day, note, at_ms, by_person, once)
VALUES ($unit, $plan, $id, $action, $percent, $day, $note, $at_ms, $by_person, $once);

-- query: plan_photo_insert :exec
-- in: unit str, plan i64, id i64, progress i64, large_file str, small_file str
INSERT INTO plan_photo (unit, plan, id, progress, large_file, small_file)
VALUES ($unit, $plan, $id, $progress, $large_file, $small_file);

-- query: plan_money_insert :exec
-- in: unit str, id i64, plan i64, action i64, source str, amount i64, day i64, topic str, document str, at_ms i64, by_person i64, once str?
INSERT INTO plan_money (unit, id, plan, action, source, amount, day, topic, document, at_ms, by_person, why, once)
VALUES ($unit, $id, $plan, $action, $source, $amount, $day, $topic, $document, $at_ms, $by_person, '', $once);

-- query: plan_money_withdraw :exec
-- in: unit str, id i64, plan i64, withdrawn_ms i64, withdrawn_by i64, why str
UPDATE plan_money SET withdrawn_ms = $withdrawn_ms, withdrawn_by = $withdrawn_by, why = $why
 WHERE unit = $unit AND id = $id AND plan = $plan AND withdrawn_ms IS NULL;

-- --- counting again ---

-- query: plans_counted_approved :each
-- in: unit str
-- out: topic str, day i64
SELECT p.topic, v.resolution_day AS day
  FROM plan p JOIN plan_version v ON v.unit = p.unit AND v.plan = p.id AND v.version = 1
 WHERE p.unit = $unit AND v.state = 'approved';

-- query: plans_counted_done :each
-- in: unit str
-- out: topic str, day i64
SELECT p.topic, g.day
  FROM plan_progress g JOIN plan p ON p.unit = g.unit AND p.id = g.plan
 WHERE g.unit = $unit AND g.percent = 100
   AND NOT EXISTS (SELECT 1 FROM plan_progress n WHERE n.unit = g.unit AND n.action = g.action AND n.id > g.id);

-- query: plans_counted_money :each
-- in: unit str
-- out: topic str, source str, day i64, amount i64
SELECT topic, source, day, amount FROM plan_money WHERE unit = $unit AND withdrawn_ms IS NULL;

-- --- the doctor ---

-- query: plans_doctor_sums :one
-- Actions whose sources do not add up to their cost, and plans that name a version that was not approved.
-- out: actions i64, plans i64
SELECT (SELECT COUNT(*) FROM plan_action WHERE cost <> own + grant_money + cash + kind + partner) AS actions,
       (SELECT COUNT(*) FROM plan p WHERE p.version > 0
           AND NOT EXISTS (SELECT 1 FROM plan_version v WHERE v.unit = p.unit AND v.plan = p.id
                              AND v.version = p.version AND v.state = 'approved')) AS plans;

-- query: plans_doctor_approved :many
-- in: after i64, limit i64
-- out: plan i64
SELECT DISTINCT plan FROM plan_version WHERE state = 'approved' AND plan > $after ORDER BY plan LIMIT $limit;
