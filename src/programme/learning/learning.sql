-- query: learning_practice_put :exec
-- in: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, cost i64?, people i64?, from_day i64?, to_day i64?, office str, phone str, email str, search str, created_ms i64, created_by i64, once str?
INSERT INTO learning_practice (unit, id, topic, title_ky, title_ru, title_en, cost, people, from_day, to_day, office, phone,
                               email, search, state, published_day, revision, created_ms, created_by, once)
VALUES ($unit, $id, $topic, $title_ky, $title_ru, $title_en, $cost, $people, $from_day, $to_day, $office, $phone, $email,
        $search, 'draft', NULL, 1, $created_ms, $created_by, $once);

-- query: learning_practice_set :exec
-- in: id i64, revision i64, topic str, title_ky str, title_ru str, title_en str, cost i64?, people i64?, from_day i64?, to_day i64?, office str, phone str, email str, search str
UPDATE learning_practice SET topic = $topic, title_ky = $title_ky, title_ru = $title_ru, title_en = $title_en, cost = $cost,
       people = $people, from_day = $from_day, to_day = $to_day, office = $office, phone = $phone, email = $email,
       search = $search, revision = revision + 1
 WHERE id = $id AND revision = $revision;

-- query: learning_practice_set_state :exec
-- in: id i64, state str, published_day i64?
UPDATE learning_practice SET state = $state, published_day = $published_day, revision = revision + 1 WHERE id = $id;

-- query: learning_practice_text_clear :exec
-- in: practice i64
DELETE FROM learning_practice_text WHERE practice = $practice;

-- query: learning_practice_text_put :exec
-- in: unit str, practice i64, lang str, problem str, done str, result str, conditions str
INSERT INTO learning_practice_text (unit, practice, lang, problem, done, result, conditions)
VALUES ($unit, $practice, $lang, $problem, $done, $result, $conditions);

-- query: learning_practice_texts :many
-- in: practice i64
-- out: lang str, problem str, done str, result str, conditions str
SELECT lang, problem, done, result, conditions FROM learning_practice_text WHERE practice = $practice ORDER BY lang;

-- query: learning_practice_get :one
-- in: id i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, cost i64?, people i64?, from_day i64?, to_day i64?, office str, phone str, email str, state str, published_day i64?, revision i64, repeated i64, repeating i64, documents i64
SELECT unit, id, topic, title_ky, title_ru, title_en, cost, people, from_day, to_day, office, phone, email, state,
       published_day, revision,
       (SELECT count(*) FROM learning_replication r WHERE r.practice = p.id AND r.state = 'done') AS repeated,
       (SELECT count(*) FROM learning_replication r WHERE r.practice = p.id AND r.state = 'begun') AS repeating,
       (SELECT count(*) FROM learning_evidence e WHERE e.kind = 'practice' AND e.subject = p.id) AS documents
  FROM learning_practice p WHERE id = $id;

-- query: learning_practice_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_practice WHERE once = $once;

-- query: learning_practice_list :many
-- In a state, newest first, from behind (day, id). topics: "|water|waste|". Four words, each as two patterns of its search
-- key. unit: of one municipality alone.
-- in: state str, unit str?, topics str?, a1 str?, b1 str?, a2 str?, b2 str?, a3 str?, b3 str?, a4 str?, b4 str?, day i64, id i64, limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, cost i64?, people i64?, office str, published_day i64?, repeated i64, documents i64
SELECT unit, id, topic, title_ky, title_ru, title_en, cost, people, office, published_day,
       (SELECT count(*) FROM learning_replication r WHERE r.practice = p.id AND r.state = 'done') AS repeated,
       (SELECT count(*) FROM learning_evidence e WHERE e.kind = 'practice' AND e.subject = p.id) AS documents
  FROM learning_practice p
 WHERE state = $state AND published_day <= $day AND (published_day < $day OR id < $id)
   AND ($unit IS NULL OR unit = $unit)
   AND ($topics IS NULL OR $topics LIKE '%|' || topic || '|%')
   AND ($a1 IS NULL OR search LIKE $a1 OR search LIKE $b1)
   AND ($a2 IS NULL OR search LIKE $a2 OR search LIKE $b2)
   AND ($a3 IS NULL OR search LIKE $a3 OR search LIKE $b3)
   AND ($a4 IS NULL OR search LIKE $a4 OR search LIKE $b4)
 ORDER BY published_day DESC, id DESC LIMIT $limit;

-- query: learning_practice_waiting :many
-- Submitted, oldest first.
-- in: limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str
SELECT unit, id, topic, title_ky, title_ru, title_en FROM learning_practice
 WHERE state = 'submitted' ORDER BY id LIMIT $limit;

-- query: learning_practice_own :many
-- in: unit str, limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, state str
SELECT unit, id, topic, title_ky, title_ru, title_en, state FROM learning_practice
 WHERE unit = $unit ORDER BY id DESC LIMIT $limit;

-- query: learning_practice_best :many
-- Of a topic, those that were repeated most, for a gap.
-- in: topic str, limit i64
-- out: unit str, id i64, title_ky str, title_ru str, title_en str, repeated i64
SELECT unit, id, title_ky, title_ru, title_en,
       (SELECT count(*) FROM learning_replication r WHERE r.practice = p.id AND r.state = 'done') AS repeated
  FROM learning_practice p WHERE topic = $topic AND state = 'published'
 ORDER BY repeated DESC, published_day DESC, id DESC LIMIT $limit;

-- query: learning_practice_counted :each
-- in: unit str
-- out: published_day i64, topic str
SELECT published_day, topic FROM learning_practice WHERE unit = $unit AND published_day IS NOT NULL;

-- --- documents ---

-- query: learning_evidence_put :exec
-- in: unit str, id i64, kind str, subject i64, file str, name str, type str, created_ms i64, created_by i64
INSERT INTO learning_evidence (unit, id, kind, subject, file, name, type, created_ms, created_by)
VALUES ($unit, $id, $kind, $subject, $file, $name, $type, $created_ms, $created_by);

-- query: learning_evidence_list :many
-- in: kind str, subject i64
-- out: id i64, name str, type str
SELECT id, name, type FROM learning_evidence WHERE kind = $kind AND subject = $subject ORDER BY id;

-- query: learning_evidence_get :one
-- in: id i64
-- out: unit str, kind str, subject i64, file str, name str, type str
SELECT unit, kind, subject, file, name, type FROM learning_evidence WHERE id = $id;

-- query: learning_evidence_remove :exec
-- in: id i64
DELETE FROM learning_evidence WHERE id = $id;

-- query: learning_files :each
-- out: file str
SELECT file FROM learning_evidence;

-- --- repeating ---

-- query: learning_replication_put :exec
-- in: unit str, id i64, practice i64, topic str, begun_day i64, due_day i64?, plan str, created_ms i64, created_by i64, once str?
INSERT INTO learning_replication (unit, id, practice, topic, state, begun_day, due_day, plan, done_day, result, changed, cost,
                                  people, revision, created_ms, created_by, once)
VALUES ($unit, $id, $practice, $topic, 'begun', $begun_day, $due_day, $plan, NULL, '', '', NULL, NULL, 1, $created_ms,
        $created_by, $once);

-- query: learning_replication_finish :exec
-- in: id i64, revision i64, state str, done_day i64?, result str, changed str, cost i64?, people i64?
UPDATE learning_replication SET state = $state, done_day = $done_day, result = $result, changed = $changed, cost = $cost,
       people = $people, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'begun';

-- query: learning_replication_get :one
-- in: id i64
-- out: unit str, id i64, practice i64, topic str, state str, begun_day i64, due_day i64?, plan str, done_day i64?, result str, changed str, cost i64?, people i64?, revision i64
SELECT unit, id, practice, topic, state, begun_day, due_day, plan, done_day, result, changed, cost, people, revision
  FROM learning_replication WHERE id = $id;

-- query: learning_replication_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_replication WHERE once = $once;

-- query: learning_replication_same :many
-- What the unit has going or done of this practice.
-- in: unit str, practice i64
-- out: id i64
SELECT id FROM learning_replication WHERE unit = $unit AND practice = $practice AND state <> 'stopped';

-- query: learning_replication_of :many
-- in: practice i64, limit i64
-- out: unit str, id i64, state str, begun_day i64, due_day i64?, done_day i64?, result str, changed str, cost i64?, people i64?
SELECT unit, id, state, begun_day, due_day, done_day, result, changed, cost, people FROM learning_replication
 WHERE practice = $practice ORDER BY state, id DESC LIMIT $limit;

-- query: learning_replication_own :many
-- in: unit str, limit i64
-- out: id i64, practice i64, state str, begun_day i64, due_day i64?, done_day i64?, title_ky str, title_ru str, title_en str
SELECT r.id, r.practice, r.state, r.begun_day, r.due_day, r.done_day, p.title_ky, p.title_ru, p.title_en
  FROM learning_replication r JOIN learning_practice p ON p.id = r.practice
 WHERE r.unit = $unit ORDER BY r.id DESC LIMIT $limit;

-- query: learning_replication_best :many
-- Who repeated something of a topic with a result, newest first.
-- in: topic str, limit i64
-- out: unit str, practice i64, done_day i64
SELECT unit, practice, done_day FROM learning_replication
 WHERE topic = $topic AND state = 'done' AND done_day IS NOT NULL ORDER BY done_day DESC, id DESC LIMIT $limit;

-- query: learning_replication_late :many
-- Going on beyond their day, for the programme's staff.
-- in: day i64, limit i64
-- out: unit str, id i64, practice i64, due_day i64, title_ky str, title_ru str, title_en str
SELECT r.unit, r.id, r.practice, r.due_day, p.title_ky, p.title_ru, p.title_en
  FROM learning_replication r JOIN learning_practice p ON p.id = r.practice
 WHERE r.state = 'begun' AND r.due_day < $day ORDER BY r.due_day, r.id LIMIT $limit;

-- query: learning_replication_export :many
-- in: limit i64
-- out: unit str, practice i64, state str, begun_day i64, done_day i64?, result str, changed str, cost i64?, people i64?, title_ky str, title_ru str, title_en str, owner str
SELECT r.unit, r.practice, r.state, r.begun_day, r.done_day, r.result, r.changed, r.cost, r.people, p.title_ky, p.title_ru,
       p.title_en, p.unit AS owner
  FROM learning_replication r JOIN learning_practice p ON p.id = r.practice
 ORDER BY r.id DESC LIMIT $limit;

-- query: learning_replication_counted :each
-- in: unit str
-- out: begun_day i64, done_day i64?, topic str, state str
SELECT begun_day, done_day, topic, state FROM learning_replication WHERE unit = $unit;

-- --- log ---

-- query: learning_log_put :exec
-- in: unit str, subject i64, id i64, kind str, what str, note str, at_ms i64, by_person i64
INSERT INTO learning_log (unit, subject, id, kind, what, note, at_ms, by_person)
VALUES ($unit, $subject, $id, $kind, $what, $note, $at_ms, $by_person);

-- query: learning_log_list :many
-- in: subject i64, limit i64
-- out: what str, note str, at_ms i64, by_person i64
SELECT what, note, at_ms, by_person FROM learning_log WHERE subject = $subject ORDER BY id DESC LIMIT $limit;
