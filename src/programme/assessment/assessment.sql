-- --- frameworks and rounds ---

-- query: framework_keep :exec
-- in: code str, digest str, body str, at_ms i64
INSERT INTO assessment_framework (code, digest, body, stored_ms) VALUES ($code, $digest, $body, $at_ms)
ON CONFLICT (code) DO NOTHING;

-- query: framework_stored :many
-- out: code str, digest str
SELECT code, digest FROM assessment_framework ORDER BY code;

-- query: round_put :exec
-- in: code str, framework str, from_day i64, to_day i64, opens_day i64, closes_day i64, appeals_day i64, seed str,
--     at_ms i64, person i64
INSERT INTO assessment_round (code, framework, from_day, to_day, opens_day, closes_day, appeals_day, stage, seed,
                              revision, created_ms, created_by)
VALUES ($code, $framework, $from_day, $to_day, $opens_day, $closes_day, $appeals_day, 'open', $seed, 1, $at_ms,
        $person);

-- query: round_list :many
-- in: unit str?
-- out: code str, framework str, from_day i64, to_day i64, opens_day i64, closes_day i64, appeals_day i64, stage str,
--      seed str, revision i64, frozen_ms i64?, digest str?
SELECT code, framework, from_day, to_day, opens_day, closes_day, appeals_day, stage, seed, revision, frozen_ms,
       digest
  FROM assessment_round r
 WHERE CAST($unit AS TEXT) IS NULL
    OR EXISTS (SELECT 1 FROM assessment_entry e WHERE e.unit = $unit AND e.round = r.code)
 ORDER BY to_day DESC, code DESC;

-- query: round_stage :exec
-- in: code str, revision i64, stage str
UPDATE assessment_round SET stage = $stage, revision = revision + 1
 WHERE code = $code AND revision = $revision AND stage <> 'frozen';

-- query: round_touch :exec
-- in: code str
UPDATE assessment_round SET revision = revision + 1 WHERE code = $code AND stage <> 'frozen';

-- query: round_freeze :exec
-- in: code str, revision i64, digest str, snapshot str, at_ms i64
UPDATE assessment_round
   SET stage = 'frozen', revision = revision + 1, digest = $digest, snapshot = $snapshot, frozen_ms = $at_ms
 WHERE code = $code AND revision = $revision AND stage = 'appeal';

-- query: round_snapshot :one
-- in: code str
-- out: digest str, snapshot str, frozen_ms i64
SELECT digest, snapshot, frozen_ms FROM assessment_round WHERE code = $code AND stage = 'frozen';

-- --- municipalities in a round ---

-- query: entry_put :exec
-- in: unit str, round str
INSERT INTO assessment_entry (unit, round) VALUES ($unit, $round) ON CONFLICT (unit, round) DO NOTHING;

-- query: entry_follow :exec
-- For a merger: the successor answers in the rounds that are open.
-- in: from_unit str, into_unit str
INSERT INTO assessment_entry (unit, round)
SELECT CAST($into_unit AS TEXT), e.round FROM assessment_entry e JOIN assessment_round r ON r.code = e.round
 WHERE e.unit = $from_unit AND e.submitted_ms IS NULL AND r.stage = 'open'
ON CONFLICT (unit, round) DO NOTHING;

-- query: entry_leave :exec
-- in: unit str
DELETE FROM assessment_entry
 WHERE unit = $unit AND submitted_ms IS NULL
   AND EXISTS (SELECT 1 FROM assessment_round r WHERE r.code = assessment_entry.round AND r.stage = 'open');

-- query: entry_submit :exec
-- in: unit str, round str, at_ms i64, person i64
UPDATE assessment_entry SET submitted_ms = $at_ms, submitted_by = $person
 WHERE unit = $unit AND round = $round AND submitted_ms IS NULL;

-- query: entry_get :one
-- in: unit str, round str
-- out: submitted_ms i64?
SELECT submitted_ms FROM assessment_entry WHERE unit = $unit AND round = $round;

-- query: assessment_submissions :many
-- in: unit str
-- out: round str, submitted_ms i64
SELECT round, submitted_ms FROM assessment_entry WHERE unit = $unit AND submitted_ms IS NOT NULL ORDER BY round;

-- query: entry_list :many
-- in: round str
-- out: unit str, submitted_ms i64?, answered i64, checks i64, checked i64
SELECT e.unit AS unit, e.submitted_ms AS submitted_ms,
       (SELECT count(*) FROM assessment_value v WHERE v.unit = e.unit AND v.round = e.round
           AND v.status <> 'missing') AS answered,
       (SELECT count(*) FROM assessment_check c WHERE c.unit = e.unit AND c.round = e.round) AS checks,
       (SELECT count(*) FROM assessment_check c JOIN assessment_value v
            ON v.unit = c.unit AND v.round = c.round AND v.indicator = c.indicator
         WHERE c.unit = e.unit AND c.round = e.round AND v.verified_ms IS NOT NULL) AS checked
  FROM assessment_entry e WHERE e.round = $round ORDER BY e.unit;

-- --- answers ---

-- query: value_put :exec
-- in: unit str, round str, indicator str, status str, value f64?, whole f64?, grade str, note str, computed i64,
--     href str?, at_ms i64, person i64
INSERT INTO assessment_value (unit, round, indicator, status, value, whole, grade, note, computed, href, changed_ms,
                              changed_by)
VALUES ($unit, $round, $indicator, $status, $value, $whole, $grade, $note, $computed, $href, $at_ms, $person)
ON CONFLICT (unit, round, indicator) DO UPDATE
   SET status = excluded.status, value = excluded.value, whole = excluded.whole, grade = excluded.grade,
       note = excluded.note, computed = excluded.computed, href = excluded.href, changed_ms = excluded.changed_ms,
       changed_by = excluded.changed_by;

-- query: value_verify :exec
-- in: unit str, round str, indicator str, status str, value f64?, whole f64?, note str, at_ms i64, person i64
UPDATE assessment_value
   SET verified_status = $status, verified_value = $value, verified_whole = $whole, verified_note = $note,
       verified_ms = $at_ms, verified_by = $person
 WHERE unit = $unit AND round = $round AND indicator = $indicator;

-- query: value_list :many
-- Of one municipality.
-- in: unit str, round str
-- out: indicator str, status str, value f64?, whole f64?, grade str, note str, computed i64, href str?,
--      changed_ms i64, verified_status str?, verified_value f64?, verified_whole f64?, verified_note str?, verified_ms i64?
SELECT indicator, status, value, whole, grade, note, computed, href, changed_ms, verified_status, verified_value,
       verified_whole, verified_note, verified_ms
  FROM assessment_value WHERE unit = $unit AND round = $round ORDER BY indicator;

-- query: value_all :many
-- Of all municipalities of a round.
-- in: round str
-- out: unit str, indicator str, status str, value f64?, whole f64?, grade str, computed i64, verified_status str?,
--      verified_value f64?, verified_whole f64?, reasons str?
SELECT v.unit AS unit, v.indicator AS indicator, v.status AS status, v.value AS value, v.whole AS whole,
       v.grade AS grade, v.computed AS computed, v.verified_status AS verified_status,
       v.verified_value AS verified_value, v.verified_whole AS verified_whole, c.reasons AS reasons
  FROM assessment_value v
  JOIN assessment_entry e ON e.unit = v.unit AND e.round = v.round
  LEFT JOIN assessment_check c ON c.unit = v.unit AND c.round = v.round AND c.indicator = v.indicator
 WHERE v.round = $round AND e.submitted_ms IS NOT NULL ORDER BY v.unit, v.indicator;

-- query: evidence_put :exec
-- in: unit str, id i64, round str, indicator str, file str, name str, type str, is_public i64, at_ms i64, person i64
INSERT INTO assessment_evidence (unit, id, round, indicator, file, name, type, is_public, added_ms, added_by)
VALUES ($unit, $id, $round, $indicator, $file, $name, $type, $is_public, $at_ms, $person);

-- query: evidence_remove :exec
-- in: unit str, id i64, at_ms i64
UPDATE assessment_evidence SET removed_ms = $at_ms WHERE unit = $unit AND id = $id AND removed_ms IS NULL;

-- query: evidence_list :many
-- in: unit str, round str
-- out: id i64, indicator str, file str, name str, type str, is_public i64, added_ms i64
SELECT id, indicator, file, name, type, is_public, added_ms FROM assessment_evidence
 WHERE unit = $unit AND round = $round AND removed_ms IS NULL ORDER BY indicator, id;

-- query: evidence_get :one
-- in: unit str, id i64
-- out: round str, indicator str, file str, name str, type str, is_public i64
SELECT round, indicator, file, name, type, is_public FROM assessment_evidence
 WHERE unit = $unit AND id = $id AND removed_ms IS NULL;

-- --- verification and appeals ---

-- query: check_put :exec
-- in: unit str, round str, indicator str, reasons str
INSERT INTO assessment_check (unit, round, indicator, reasons) VALUES ($unit, $round, $indicator, $reasons)
ON CONFLICT (unit, round, indicator) DO NOTHING;

-- query: check_of_unit :many
-- in: unit str, round str
-- out: indicator str, reasons str
SELECT indicator, reasons FROM assessment_check WHERE unit = $unit AND round = $round ORDER BY indicator;

-- query: appeal_put :exec
-- in: unit str, id i64, round str, indicator str, words str, at_ms i64, person i64
INSERT INTO assessment_appeal (unit, id, round, indicator, words, filed_ms, filed_by)
VALUES ($unit, $id, $round, $indicator, $words, $at_ms, $person);

-- query: appeal_decide :exec
-- in: unit str, id i64, decision str, reason str, at_ms i64, person i64
UPDATE assessment_appeal SET decision = $decision, reason = $reason, decided_ms = $at_ms, decided_by = $person
 WHERE unit = $unit AND id = $id AND decision IS NULL;

-- query: appeal_list :many
-- in: round str, unit str?
-- out: unit str, id i64, indicator str, words str, filed_ms i64, decision str?, reason str?, decided_ms i64?
SELECT unit, id, indicator, words, filed_ms, decision, reason, decided_ms FROM assessment_appeal
 WHERE round = $round AND (CAST($unit AS TEXT) IS NULL OR unit = $unit) ORDER BY unit, id;

-- --- peers, results ---

-- query: trait_put :exec
-- in: unit str, mountain i64, subsidised i64
INSERT INTO assessment_trait (unit, mountain, subsidised) VALUES ($unit, $mountain, $subsidised)
ON CONFLICT (unit) DO UPDATE SET mountain = excluded.mountain, subsidised = excluded.subsidised;

-- query: trait_list :many
-- out: unit str, mountain i64, subsidised i64
SELECT unit, mountain, subsidised FROM assessment_trait ORDER BY unit;

-- query: result_put :exec
-- in: unit str, round str, points f64?, low f64, high f64, factor f64, missing i64, grade str, conditions i64,
--     peers i64, rank i64, rank_low i64, rank_high i64, band i64
INSERT INTO assessment_result (unit, round, points, low, high, factor, missing, grade, conditions, peers, rank,
                               rank_low, rank_high, band)
VALUES ($unit, $round, $points, $low, $high, $factor, $missing, $grade, $conditions, $peers, $rank, $rank_low,
        $rank_high, $band)
ON CONFLICT (unit, round) DO NOTHING;

-- query: point_put :exec
-- in: unit str, round str, what str, points f64?, low f64?, high f64?
INSERT INTO assessment_point (unit, round, what, points, low, high)
VALUES ($unit, $round, $what, $points, $low, $high) ON CONFLICT (unit, round, what) DO NOTHING;

-- query: result_list :many
-- in: round str
-- out: unit str, points f64?, low f64, high f64, factor f64, missing i64, grade str, conditions i64, peers i64,
--      rank i64, rank_low i64, rank_high i64, band i64
SELECT unit, points, low, high, factor, missing, grade, conditions, peers, rank, rank_low, rank_high, band
  FROM assessment_result WHERE round = $round ORDER BY peers, CASE WHEN rank = 0 THEN 1 ELSE 0 END, rank, unit;

-- query: result_of_unit :many
-- Newest round first.
-- in: unit str
-- out: round str, framework str, to_day i64, frozen_ms i64, points f64?, low f64, high f64, factor f64, missing i64, grade str, conditions i64,
--      peers i64, rank i64, rank_low i64, rank_high i64, band i64
SELECT s.round AS round, r.framework AS framework, r.to_day AS to_day, r.frozen_ms AS frozen_ms, s.points AS points, s.low AS low, s.high AS high, s.factor AS factor,
       s.missing AS missing, s.grade AS grade, s.conditions AS conditions, s.peers AS peers, s.rank AS rank,
       s.rank_low AS rank_low, s.rank_high AS rank_high, s.band AS band
  FROM assessment_result s JOIN assessment_round r ON r.code = s.round
 WHERE s.unit = $unit ORDER BY r.to_day DESC, s.round DESC;

-- query: point_of_unit :many
-- in: unit str, round str
-- out: what str, points f64?, low f64?, high f64?
SELECT what, points, low, high FROM assessment_point WHERE unit = $unit AND round = $round ORDER BY what;

-- query: peer_means :many
-- Means of a peer group in a round, without the municipality itself.
-- in: round str, peers i64, unit str
-- out: what str, points f64?, n i64
SELECT p.what AS what, avg(p.points) AS points, count(p.points) AS n
  FROM assessment_point p JOIN assessment_result s ON s.unit = p.unit AND s.round = p.round
 WHERE p.round = $round AND s.peers = $peers AND s.unit <> $unit GROUP BY p.what ORDER BY p.what;

-- query: point_previous :many
-- The latest frozen points of indicators of every municipality, for the round before a day.
-- in: round str
-- out: unit str, what str, points f64?
SELECT unit, what, points FROM assessment_point WHERE round = $round ORDER BY unit, what;

-- query: risers :many
-- Municipalities whose indicator rose by at least five points between two frozen rounds, most first.
-- in: before str, after str, what str, unit str
-- out: unit str, was f64, now f64
SELECT n.unit AS unit, b.points AS was, n.points AS now
  FROM assessment_point n
  JOIN assessment_point b ON b.unit = n.unit AND b.round = $before AND b.what = n.what
 WHERE n.round = $after AND n.what = $what AND n.unit <> $unit AND n.points - b.points >= 5 AND n.points >= 60
 ORDER BY n.points - b.points DESC, n.unit LIMIT 5;

-- query: assessment_files :each
-- Every file that a row names, of all municipalities.
-- out: file str
SELECT file FROM assessment_evidence;
