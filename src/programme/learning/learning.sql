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

-- --- experts ---

-- query: learning_expert_put :exec
-- in: account i64, topics str, gender_day i64?, gender_proof str, active i64, created_ms i64, created_by i64
INSERT INTO learning_expert (account, topics, gender_day, gender_proof, active, created_ms, created_by)
VALUES ($account, $topics, $gender_day, $gender_proof, $active, $created_ms, $created_by)
    ON CONFLICT (account) DO UPDATE SET topics = $topics, gender_day = $gender_day, gender_proof = $gender_proof,
       active = $active;

-- query: learning_experts :many
-- out: account i64, topics str, gender_day i64?, gender_proof str, active i64
SELECT account, topics, gender_day, gender_proof, active FROM learning_expert ORDER BY account;

-- query: learning_expert_get :many
-- in: account i64
-- out: topics str, gender_day i64?, active i64
SELECT topics, gender_day, active FROM learning_expert WHERE account = $account;

-- --- questions ---

-- query: learning_question_put :exec
-- in: unit str, id i64, topic str, lang str, title str, words str, asked_day i64, created_ms i64, created_by i64, once str?
INSERT INTO learning_question (unit, id, topic, lang, title, words, state, asked_day, expert, due_day, answer, answered_day,
                               open_title, open_words, open_answer, search, published_day, revision, created_ms, created_by,
                               once)
VALUES ($unit, $id, $topic, $lang, $title, $words, 'asked', $asked_day, 0, NULL, '', NULL, '', '', '', '', NULL, 1,
        $created_ms, $created_by, $once);

-- query: learning_question_route :exec
-- in: id i64, revision i64, expert i64, due_day i64?
UPDATE learning_question SET state = 'routed', expert = $expert, due_day = $due_day, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state IN ('asked', 'routed');

-- query: learning_question_answer :exec
-- in: id i64, revision i64, answer str, answered_day i64
UPDATE learning_question SET state = 'answered', answer = $answer, answered_day = $answered_day, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state IN ('routed', 'answered');

-- query: learning_question_publish :exec
-- in: id i64, revision i64, open_title str, open_words str, open_answer str, search str, published_day i64
UPDATE learning_question SET state = 'published', open_title = $open_title, open_words = $open_words,
       open_answer = $open_answer, search = $search, published_day = $published_day, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'answered';

-- query: learning_question_close :exec
-- in: id i64, revision i64
UPDATE learning_question SET state = 'closed', revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'answered';

-- query: learning_question_get :one
-- in: id i64
-- out: unit str, id i64, topic str, lang str, title str, words str, state str, asked_day i64, expert i64, due_day i64?, answer str, answered_day i64?, open_title str, open_words str, open_answer str, published_day i64?, revision i64, created_by i64
SELECT unit, id, topic, lang, title, words, state, asked_day, expert, due_day, answer, answered_day, open_title, open_words,
       open_answer, published_day, revision, created_by
  FROM learning_question WHERE id = $id;

-- query: learning_question_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_question WHERE once = $once;

-- query: learning_question_list :many
-- The knowledge base, newest first; words and topics as for practices.
-- in: topics str?, a1 str?, b1 str?, a2 str?, b2 str?, a3 str?, b3 str?, a4 str?, b4 str?, day i64, id i64, limit i64
-- out: id i64, topic str, lang str, open_title str, open_words str, open_answer str, published_day i64?
SELECT id, topic, lang, open_title, open_words, open_answer, published_day FROM learning_question
 WHERE state = 'published' AND published_day <= $day AND (published_day < $day OR id < $id)
   AND ($topics IS NULL OR $topics LIKE '%|' || topic || '|%')
   AND ($a1 IS NULL OR search LIKE $a1 OR search LIKE $b1)
   AND ($a2 IS NULL OR search LIKE $a2 OR search LIKE $b2)
   AND ($a3 IS NULL OR search LIKE $a3 OR search LIKE $b3)
   AND ($a4 IS NULL OR search LIKE $a4 OR search LIKE $b4)
 ORDER BY published_day DESC, id DESC LIMIT $limit;

-- query: learning_question_waiting :many
-- In a state, oldest first.
-- in: state str, limit i64
-- out: unit str, id i64, topic str, title str, asked_day i64, due_day i64?, expert i64
SELECT unit, id, topic, title, asked_day, due_day, expert FROM learning_question
 WHERE state = $state ORDER BY id LIMIT $limit;

-- query: learning_question_own :many
-- in: unit str, limit i64
-- out: id i64, topic str, title str, state str, asked_day i64
SELECT id, topic, title, state, asked_day FROM learning_question WHERE unit = $unit ORDER BY id DESC LIMIT $limit;

-- query: learning_question_best :many
-- in: topic str, limit i64
-- out: id i64, open_title str
SELECT id, open_title FROM learning_question WHERE topic = $topic AND state = 'published'
 ORDER BY published_day DESC, id DESC LIMIT $limit;

-- query: learning_question_counted :each
-- in: unit str
-- out: asked_day i64, answered_day i64?, topic str
SELECT asked_day, answered_day, topic FROM learning_question WHERE unit = $unit;

-- query: learning_citation_clear :exec
-- in: question i64
DELETE FROM learning_citation WHERE question = $question;

-- query: learning_citation_put :exec
-- in: unit str, question i64, position i64, words str
INSERT INTO learning_citation (unit, question, position, words) VALUES ($unit, $question, $position, $words);

-- query: learning_citations :many
-- in: question i64
-- out: words str
SELECT words FROM learning_citation WHERE question = $question ORDER BY position;

-- --- agreements ---

-- query: learning_agreement_put :exec
-- in: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, subject str, basis str, from_day i64, to_day i64?, created_ms i64, created_by i64, once str?
INSERT INTO learning_agreement (unit, id, topic, title_ky, title_ru, title_en, subject, basis, from_day, to_day, state,
                                force_day, ended_day, end_note, revision, created_ms, created_by, once)
VALUES ($unit, $id, $topic, $title_ky, $title_ru, $title_en, $subject, $basis, $from_day, $to_day, 'draft', NULL, NULL, '',
        1, $created_ms, $created_by, $once);

-- query: learning_agreement_set :exec
-- in: id i64, revision i64, topic str, title_ky str, title_ru str, title_en str, subject str, basis str, from_day i64, to_day i64?
UPDATE learning_agreement SET topic = $topic, title_ky = $title_ky, title_ru = $title_ru, title_en = $title_en,
       subject = $subject, basis = $basis, from_day = $from_day, to_day = $to_day, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'draft';

-- query: learning_agreement_set_state :exec
-- in: id i64, state str, force_day i64?, ended_day i64?, end_note str
UPDATE learning_agreement SET state = $state, force_day = $force_day, ended_day = $ended_day, end_note = $end_note,
       revision = revision + 1
 WHERE id = $id;

-- query: learning_agreement_touch :exec
-- A decision of a party changes what others saw.
-- in: id i64
UPDATE learning_agreement SET revision = revision + 1 WHERE id = $id;

-- query: learning_agreement_get :one
-- in: id i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, subject str, basis str, from_day i64, to_day i64?, state str, force_day i64?, ended_day i64?, end_note str, revision i64
SELECT unit, id, topic, title_ky, title_ru, title_en, subject, basis, from_day, to_day, state, force_day, ended_day, end_note,
       revision
  FROM learning_agreement WHERE id = $id;

-- query: learning_agreement_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_agreement WHERE once = $once;

-- query: learning_agreement_list :many
-- Those in force or ended, newest first.
-- in: state str, day i64, id i64, limit i64
-- out: unit str, id i64, topic str, title_ky str, title_ru str, title_en str, state str, from_day i64, to_day i64?, force_day i64?, parties i64
SELECT unit, id, topic, title_ky, title_ru, title_en, state, from_day, to_day, force_day,
       (SELECT count(*) FROM learning_party p WHERE p.agreement = g.id) AS parties
  FROM learning_agreement g
 WHERE state = $state AND force_day <= $day AND (force_day < $day OR id < $id)
 ORDER BY force_day DESC, id DESC LIMIT $limit;

-- query: learning_agreement_of_unit :many
-- in: unit str, limit i64
-- out: id i64, topic str, title_ky str, title_ru str, title_en str, state str, from_day i64, to_day i64?, share i64
SELECT g.id, g.topic, g.title_ky, g.title_ru, g.title_en, g.state, g.from_day, g.to_day, p.share
  FROM learning_party p JOIN learning_agreement g ON g.id = p.agreement
 WHERE p.unit = $unit ORDER BY g.id DESC LIMIT $limit;

-- query: learning_agreement_counted :each
-- in: unit str
-- out: force_day i64, topic str
SELECT force_day, topic FROM learning_agreement WHERE unit = $unit AND force_day IS NOT NULL;

-- query: learning_party_counted :each
-- in: unit str
-- out: force_day i64, topic str
SELECT force_day, topic FROM learning_party WHERE unit = $unit AND force_day IS NOT NULL;

-- query: learning_party_clear :exec
-- in: agreement i64
DELETE FROM learning_party WHERE agreement = $agreement;

-- query: learning_party_put :exec
-- in: unit str, agreement i64, position i64, share i64, topic str
INSERT INTO learning_party (unit, agreement, position, share, decision, decision_day, topic, force_day)
VALUES ($unit, $agreement, $position, $share, '', NULL, $topic, NULL);

-- query: learning_party_begin :exec
-- in: agreement i64, force_day i64
UPDATE learning_party SET force_day = $force_day WHERE agreement = $agreement;

-- query: learning_party_decide :exec
-- in: unit str, agreement i64, decision str, decision_day i64
UPDATE learning_party SET decision = $decision, decision_day = $decision_day
 WHERE unit = $unit AND agreement = $agreement;

-- query: learning_parties :many
-- in: agreement i64
-- out: unit str, share i64, decision str, decision_day i64?
SELECT unit, share, decision, decision_day FROM learning_party WHERE agreement = $agreement ORDER BY position;

-- query: learning_performance_put :exec
-- in: unit str, id i64, agreement i64, day i64, words str, spent i64?, created_ms i64, created_by i64, once str?
INSERT INTO learning_performance (unit, id, agreement, day, words, spent, created_ms, created_by, once)
VALUES ($unit, $id, $agreement, $day, $words, $spent, $created_ms, $created_by, $once);

-- query: learning_performance_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_performance WHERE once = $once;

-- query: learning_performance_list :many
-- in: agreement i64, limit i64
-- out: unit str, day i64, words str, spent i64?
SELECT unit, day, words, spent FROM learning_performance WHERE agreement = $agreement ORDER BY day DESC, id DESC LIMIT $limit;

-- query: learning_performance_sum :one
-- in: agreement i64
-- out: spent i64
SELECT CAST(coalesce(sum(spent), 0) AS BIGINT) AS spent FROM learning_performance WHERE agreement = $agreement;

-- --- the gender lens ---

-- query: learning_checks :many
-- in: kind str
-- out: code str, text_ky str, text_ru str, text_en str
SELECT code, text_ky, text_ru, text_en FROM learning_check WHERE kind = $kind ORDER BY position;

-- query: learning_lens_put :exec
-- in: unit str, id i64, kind str, object str, expert i64, created_ms i64, once str?
INSERT INTO learning_lens (unit, id, kind, object, state, expert, done_day, revision, created_ms, once)
VALUES ($unit, $id, $kind, $object, 'open', $expert, NULL, 1, $created_ms, $once);

-- query: learning_lens_by_once :many
-- in: once str
-- out: id i64
SELECT id FROM learning_lens WHERE once = $once;

-- query: learning_lens_get :one
-- in: id i64
-- out: unit str, id i64, kind str, object str, state str, expert i64, done_day i64?, revision i64
SELECT unit, id, kind, object, state, expert, done_day, revision FROM learning_lens WHERE id = $id;

-- query: learning_lens_finish :exec
-- in: id i64, revision i64, done_day i64
UPDATE learning_lens SET state = 'done', done_day = $done_day, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'open';

-- query: learning_lens_open :many
-- in: limit i64
-- out: unit str, id i64, kind str, object str, expert i64
SELECT unit, id, kind, object, expert FROM learning_lens WHERE state = 'open' ORDER BY id LIMIT $limit;

-- query: learning_lens_list :many
-- in: day i64, id i64, limit i64
-- out: unit str, id i64, kind str, object str, done_day i64?, found i64, settled i64
SELECT unit, id, kind, object, done_day,
       (SELECT count(*) FROM learning_finding f WHERE f.lens = l.id) AS found,
       (SELECT count(*) FROM learning_finding f WHERE f.lens = l.id AND f.state <> 'open') AS settled
  FROM learning_lens l
 WHERE state = 'done' AND done_day <= $day AND (done_day < $day OR id < $id)
 ORDER BY done_day DESC, id DESC LIMIT $limit;

-- query: learning_lens_answer_put :exec
-- in: unit str, lens i64, code str, said str, words str
INSERT INTO learning_lens_answer (unit, lens, code, said, words) VALUES ($unit, $lens, $code, $said, $words);

-- query: learning_lens_answers :many
-- in: lens i64
-- out: code str, said str, words str
SELECT code, said, words FROM learning_lens_answer WHERE lens = $lens;

-- query: learning_lens_counted :each
-- in: unit str
-- out: done_day i64, kind str
SELECT done_day, kind FROM learning_lens WHERE unit = $unit AND done_day IS NOT NULL;

-- query: learning_finding_put :exec
-- in: unit str, id i64, lens i64, code str, words str
INSERT INTO learning_finding (unit, id, lens, code, words, action, office, due_day, state, closed_day, note, revision)
VALUES ($unit, $id, $lens, $code, $words, '', '', NULL, 'open', NULL, '', 1);

-- query: learning_finding_get :one
-- in: id i64
-- out: unit str, id i64, lens i64, code str, words str, action str, office str, due_day i64?, state str, closed_day i64?, note str, revision i64
SELECT unit, id, lens, code, words, action, office, due_day, state, closed_day, note, revision
  FROM learning_finding WHERE id = $id;

-- query: learning_finding_set :exec
-- in: id i64, revision i64, action str, office str, due_day i64?, state str, closed_day i64?, note str
UPDATE learning_finding SET action = $action, office = $office, due_day = $due_day, state = $state, closed_day = $closed_day,
       note = $note, revision = revision + 1
 WHERE id = $id AND revision = $revision AND state = 'open';

-- query: learning_findings_of :many
-- in: lens i64
-- out: id i64, code str, words str, action str, office str, due_day i64?, state str, closed_day i64?, note str
SELECT id, code, words, action, office, due_day, state, closed_day, note FROM learning_finding WHERE lens = $lens ORDER BY id;

-- query: learning_finding_own :many
-- in: unit str, limit i64
-- out: id i64, words str, action str, due_day i64?, state str
SELECT id, words, action, due_day, state FROM learning_finding WHERE unit = $unit ORDER BY id DESC LIMIT $limit;

-- query: learning_finding_counted :each
-- in: unit str
-- out: closed_day i64, kind str
SELECT f.closed_day, l.kind FROM learning_finding f JOIN learning_lens l ON l.id = f.lens
 WHERE f.unit = $unit AND f.state = 'done' AND f.closed_day IS NOT NULL;
