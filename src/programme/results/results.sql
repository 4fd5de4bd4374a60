-- --- programmes, indicators, dimensions ---

-- query: results_programmes :many
-- out: code str, name_ky str, name_ru str, name_en str, text_ky str, text_ru str, text_en str, from_month i64,
--      to_month i64, identifier str, funder str, implementer str, status i64
SELECT code, name_ky, name_ru, name_en, text_ky, text_ru, text_en, from_month, to_month, identifier, funder, implementer,
       status
  FROM result_programme ORDER BY position, code;

-- query: results_indicators :many
-- Every indicator in its present version, or one in every version.
-- in: code str?
-- out: code str, version i64, current i64, programme str, level str, measure str, rule str, decimals i64, ascending i64,
--      topic str, source str, filters str, base_source str, base_filters str, dimensions str, frequency str, due_days i64,
--      vocabulary str, reference str, changed_ms i64, changed_by i64, change_note str,
--      personal i64
SELECT i.code, i.version, i.current, i.programme, i.level, i.measure, i.rule, i.decimals, i.ascending, i.topic, i.source,
       i.filters, i.base_source, i.base_filters, i.dimensions, i.frequency, i.due_days, i.vocabulary, i.reference,
       i.changed_ms, i.changed_by, i.change_note, i.personal
  FROM result_indicator i JOIN result_programme p ON p.code = i.programme
 WHERE ($code IS NULL AND i.current = 1) OR i.code = $code
 ORDER BY p.position, i.position, i.code, i.version DESC;

-- query: results_texts :many
-- Of the present versions, or of every version of one.
-- in: code str?
-- out: code str, version i64, field str, ky str, ru str, en str
SELECT t.code, t.version, t.field, t.ky, t.ru, t.en
  FROM result_text t JOIN result_indicator i ON i.code = t.code AND i.version = t.version
 WHERE ($code IS NULL AND i.current = 1) OR i.code = $code;

-- query: results_indicator_retire :exec
-- in: code str, version i64
UPDATE result_indicator SET current = 0 WHERE code = $code AND version = $version AND current = 1;

-- query: results_indicator_put :exec
-- in: code str, version i64, programme str, position i64, level str, measure str, rule str, decimals i64, ascending i64,
--     topic str, source str, filters str, base_source str, base_filters str, dimensions str, frequency str, due_days i64,
--     vocabulary str, reference str, changed_ms i64, changed_by i64, change_note str,
--     personal i64
INSERT INTO result_indicator (code, version, current, programme, position, level, measure, rule, decimals, ascending,
                              topic, source, filters, base_source, base_filters, dimensions, frequency, due_days,
                              vocabulary, reference, changed_ms, changed_by, change_note, personal)
VALUES ($code, $version, 1, $programme, $position, $level, $measure, $rule, $decimals, $ascending, $topic, $source,
        $filters, $base_source, $base_filters, $dimensions, $frequency, $due_days, $vocabulary, $reference, $changed_ms,
        $changed_by, $change_note, $personal);

-- query: results_indicator_position :one
-- in: code str
-- out: position i64
SELECT CAST(COALESCE((SELECT MAX(position) FROM result_indicator WHERE code = $code),
                     (SELECT MAX(position) + 10 FROM result_indicator), 10) AS BIGINT) AS position;

-- query: results_text_put :exec
-- in: code str, version i64, field str, ky str, ru str, en str
INSERT INTO result_text (code, version, field, ky, ru, en) VALUES ($code, $version, $field, $ky, $ru, $en);

-- query: results_dimensions :many
-- out: code str, overlapping i64, name_ky str, name_ru str, name_en str
SELECT code, overlapping, name_ky, name_ru, name_en FROM result_dimension ORDER BY code;

-- query: results_members :many
-- out: dimension str, code str, name_ky str, name_ru str, name_en str
SELECT dimension, code, name_ky, name_ru, name_en FROM result_member ORDER BY dimension, position, code;

-- query: results_pairs :many
-- out: first str, second str, why_ky str, why_ru str, why_en str
SELECT first, second, why_ky, why_ru, why_en FROM result_pair ORDER BY first, second;

-- query: results_published :many
-- out: indicator str, amount i64, from_month i64, to_month i64, wording str, source str
SELECT indicator, amount, from_month, to_month, wording, source FROM result_published ORDER BY indicator, source;

-- --- values ---

-- query: results_value_sums :each
-- What is in force, put together over the municipalities. verified: only what somebody verified.
-- in: indicator str, kind str, from_month i64, to_month i64, verified i64
-- out: from_month i64, to_month i64, amount i64, base i64
SELECT from_month, to_month, CAST(SUM(amount) AS BIGINT) AS amount, CAST(COALESCE(SUM(base), 0) AS BIGINT) AS base
  FROM result_value
 WHERE indicator = $indicator AND kind = $kind AND in_force = 1 AND from_month >= $from_month
   AND to_month <= $to_month AND ($verified = 0 OR state IN ('verified', 'locked'))
 GROUP BY from_month, to_month;

-- query: results_value_rows :each
-- in: indicator str, kind str, unit str?, from_month i64, to_month i64, verified i64
-- out: unit str, id i64, from_month i64, to_month i64, amount i64, base i64?
SELECT unit, id, from_month, to_month, amount, base
  FROM result_value
 WHERE indicator = $indicator AND kind = $kind AND in_force = 1 AND from_month >= $from_month
   AND to_month <= $to_month AND ($unit IS NULL OR unit = $unit)
   AND ($verified = 0 OR state IN ('verified', 'locked'));

-- query: results_value_cells :each
-- in: indicator str, kind str, unit str?, from_month i64, to_month i64, verified i64
-- out: unit str, id i64, from_month i64, to_month i64, cell str, amount i64, base i64?
SELECT v.unit, v.id, v.from_month, v.to_month, c.cell, c.amount, c.base
  FROM result_value v JOIN result_cell c ON c.unit = v.unit AND c.value = v.id
 WHERE v.indicator = $indicator AND v.kind = $kind AND v.in_force = 1 AND v.from_month >= $from_month
   AND v.to_month <= $to_month AND ($unit IS NULL OR v.unit = $unit)
   AND ($verified = 0 OR v.state IN ('verified', 'locked'))
 ORDER BY v.unit, v.id;

-- query: results_targets :many
-- Targets and baselines of the country and of one municipality.
-- in: unit str
-- out: unit str, id i64, indicator str, kind str, from_month i64, to_month i64, amount i64, base i64?, note str
SELECT unit, id, indicator, kind, from_month, to_month, amount, base, note
  FROM result_value
 WHERE kind IN ('target', 'baseline') AND in_force = 1 AND unit IN ('*', $unit)
 ORDER BY indicator, kind, from_month, to_month;

-- query: results_value_get :one
-- in: unit str, id i64
-- out: indicator str, version i64, kind str, from_month i64, to_month i64, amount i64, base i64?, words str, source str,
--      state str, grade str, in_force i64, supersedes i64, why str, note str, recorded_ms i64, recorded_by i64
SELECT indicator, version, kind, from_month, to_month, amount, base, words, source, state, grade, in_force, supersedes,
       why, note, recorded_ms, recorded_by
  FROM result_value WHERE unit = $unit AND id = $id;

-- query: results_value_list :many
-- Every version of every value of an indicator in one municipality, newest first.
-- in: unit str, indicator str
-- out: id i64, version i64, kind str, from_month i64, to_month i64, amount i64, base i64?, words str, source str,
--      state str, grade str, in_force i64, supersedes i64, why str, recorded_ms i64
SELECT id, version, kind, from_month, to_month, amount, base, words, source, state, grade, in_force, supersedes, why,
       recorded_ms
  FROM result_value WHERE unit = $unit AND indicator = $indicator
 ORDER BY from_month DESC, kind, id DESC LIMIT 500;

-- query: results_value_export :each
-- Tidy rows: totals first, then cells.
-- in: programme str?, unit str?, verified i64
-- out: unit str, id i64, indicator str, kind str, from_month i64, to_month i64, cell str, amount i64, base i64?,
--      words str, state str, grade str, note str
SELECT v.unit, v.id, v.indicator, v.kind, v.from_month, v.to_month, COALESCE(c.cell, '') AS cell,
       CAST(CASE WHEN c.cell IS NULL THEN v.amount ELSE c.amount END AS BIGINT) AS amount,
       CASE WHEN c.cell IS NULL THEN v.base ELSE c.base END AS base,
       v.words, v.state, v.grade, v.note
  FROM result_value v
  JOIN result_indicator i ON i.code = v.indicator AND i.current = 1
  LEFT JOIN (SELECT unit, value, cell, amount, base FROM result_cell
             UNION ALL SELECT unit, id, NULL, 0, NULL FROM result_value) c ON c.unit = v.unit AND c.value = v.id
 WHERE v.in_force = 1 AND ($programme IS NULL OR i.programme = $programme) AND ($unit IS NULL OR v.unit = $unit)
   AND ($verified = 0 OR v.state IN ('verified', 'locked'))
 ORDER BY v.indicator, v.unit, v.kind, v.from_month, v.id, cell;

-- query: results_value_cells_of :many
-- in: unit str, value i64
-- out: cell str, amount i64, base i64?
SELECT cell, amount, base FROM result_cell WHERE unit = $unit AND value = $value ORDER BY cell;

-- query: results_value_meets :many
-- What is in force or waits as a correction and shares a month with the period.
-- in: unit str, indicator str, kind str, from_month i64, to_month i64
-- out: id i64, from_month i64, to_month i64, state str, in_force i64, amount i64, base i64?
SELECT id, from_month, to_month, state, in_force, amount, base
  FROM result_value
 WHERE unit = $unit AND indicator = $indicator AND kind = $kind AND from_month < $to_month
   AND to_month > $from_month AND in_force = 1;

-- query: results_value_of :many
-- The value of that very period, verified or not.
-- in: unit str, indicator str, from_month i64, to_month i64
-- out: amount i64
SELECT amount FROM result_value
 WHERE unit = $unit AND indicator = $indicator AND kind = 'actual' AND from_month = $from_month
   AND to_month = $to_month AND in_force = 1;

-- query: results_value_put :exec
-- in: unit str, id i64, indicator str, version i64, kind str, from_month i64, to_month i64, amount i64, base i64?,
--     words str, source str, state str, grade str, in_force i64, supersedes i64, why str, note str, recorded_ms i64,
--     recorded_by i64
INSERT INTO result_value (unit, id, indicator, version, kind, from_month, to_month, amount, base, words, source, state,
                          grade, in_force, supersedes, why, note, recorded_ms, recorded_by)
VALUES ($unit, $id, $indicator, $version, $kind, $from_month, $to_month, $amount, $base, $words, $source, $state, $grade,
        $in_force, $supersedes, $why, $note, $recorded_ms, $recorded_by);

-- query: results_value_force :exec
-- in: unit str, id i64, in_force i64
UPDATE result_value SET in_force = $in_force WHERE unit = $unit AND id = $id;

-- query: results_value_state :exec
-- in: unit str, id i64, before str, after str, grade str
UPDATE result_value SET state = $after, grade = $grade WHERE unit = $unit AND id = $id AND state = $before;

-- query: results_cell_put :exec
-- in: unit str, value i64, cell str, amount i64, base i64?
INSERT INTO result_cell (unit, value, cell, amount, base) VALUES ($unit, $value, $cell, $amount, $base);

-- query: results_step_put :exec
-- in: unit str, value i64, id i64, step str, note str, at_ms i64, person i64
INSERT INTO result_step (unit, value, id, step, note, at_ms, person)
VALUES ($unit, $value, $id, $step, $note, $at_ms, $person);

-- query: results_steps :many
-- in: unit str, value i64
-- out: step str, note str, at_ms i64, person i64
SELECT step, note, at_ms, person FROM result_step WHERE unit = $unit AND value = $value ORDER BY id;

-- query: results_evidence_put :exec
-- in: unit str, value i64, id i64, file str, name str, type str
INSERT INTO result_evidence (unit, value, id, file, name, type) VALUES ($unit, $value, $id, $file, $name, $type);

-- query: results_evidence :many
-- in: unit str, value i64
-- out: id i64, file str, name str, type str
SELECT id, file, name, type FROM result_evidence WHERE unit = $unit AND value = $value ORDER BY id;

-- query: results_visit_put :exec
-- in: unit str, id i64, indicator str, from_month i64, to_month i64, day i64, reported i64, recounted i64, note str,
--     at_ms i64, person i64
INSERT INTO result_visit (unit, id, indicator, from_month, to_month, day, reported, recounted, note, at_ms, person)
VALUES ($unit, $id, $indicator, $from_month, $to_month, $day, $reported, $recounted, $note, $at_ms, $person);

-- query: results_visits :many
-- in: indicator str, unit str?
-- out: unit str, id i64, from_month i64, to_month i64, day i64, reported i64, recounted i64, note str
SELECT unit, id, from_month, to_month, day, reported, recounted, note
  FROM result_visit WHERE indicator = $indicator AND ($unit IS NULL OR unit = $unit)
 ORDER BY day DESC, id DESC LIMIT 200;

-- query: results_reported_units :each
-- What a municipality has reported, for what is overdue.
-- in: unit str, from_month i64, to_month i64
-- out: indicator str, from_month i64, to_month i64
SELECT indicator, from_month, to_month FROM result_value
 WHERE unit = $unit AND kind = 'actual' AND in_force = 1 AND state <> 'draft' AND from_month >= $from_month AND to_month <= $to_month;

-- --- records ---

-- query: results_record_put :exec
-- in: unit str, id i64, programme str, service str, basis str, village str, day i64, people i64, women i64?, document str,
--     recorded_ms i64, recorded_by i64
INSERT INTO result_record (unit, id, programme, service, basis, village, day, people, women, document, recorded_ms,
                           recorded_by, withdrawn, withdrawn_why)
VALUES ($unit, $id, $programme, $service, $basis, $village, $day, $people, $women, $document, $recorded_ms,
        $recorded_by, 0, '');

-- query: results_record_get :one
-- in: unit str, id i64
-- out: programme str, service str, basis str, village str, day i64, people i64, women i64?, withdrawn i64
SELECT programme, service, basis, village, day, people, women, withdrawn
  FROM result_record WHERE unit = $unit AND id = $id;

-- query: results_record_withdraw :exec
-- in: unit str, id i64, why str
UPDATE result_record SET withdrawn = 1, withdrawn_why = $why WHERE unit = $unit AND id = $id AND withdrawn = 0;

-- query: results_records :many
-- in: unit str, from_day i64, to_day i64
-- out: id i64, programme str, service str, basis str, village str, day i64, people i64, women i64?, document str,
--      withdrawn i64, withdrawn_why str
SELECT id, programme, service, basis, village, day, people, women, document, withdrawn, withdrawn_why
  FROM result_record WHERE unit = $unit AND day >= $from_day AND day <= $to_day
 ORDER BY day DESC, id DESC LIMIT 2000;

-- query: results_records_count :each
-- Everything that counts, of one municipality.
-- in: unit str
-- out: programme str, service str, basis str, village str, day i64, people i64, women i64?
SELECT programme, service, basis, village, day, people, women
  FROM result_record WHERE unit = $unit AND withdrawn = 0;

-- query: results_milestone_put :exec
-- in: unit str, id i64, programme str, milestone str, service str, day i64, document str, recorded_ms i64,
--     recorded_by i64
INSERT INTO result_milestone (unit, id, programme, milestone, service, day, document, recorded_ms, recorded_by, withdrawn,
                              withdrawn_why)
VALUES ($unit, $id, $programme, $milestone, $service, $day, $document, $recorded_ms, $recorded_by, 0, '');

-- query: results_milestone_get :one
-- in: unit str, id i64
-- out: programme str, milestone str, service str, day i64, withdrawn i64
SELECT programme, milestone, service, day, withdrawn FROM result_milestone WHERE unit = $unit AND id = $id;

-- query: results_milestone_withdraw :exec
-- in: unit str, id i64, why str
UPDATE result_milestone SET withdrawn = 1, withdrawn_why = $why WHERE unit = $unit AND id = $id AND withdrawn = 0;

-- query: results_milestones :many
-- in: unit str, from_day i64, to_day i64
-- out: id i64, programme str, milestone str, service str, day i64, document str, withdrawn i64, withdrawn_why str
SELECT id, programme, milestone, service, day, document, withdrawn, withdrawn_why
  FROM result_milestone WHERE unit = $unit AND day >= $from_day AND day <= $to_day
 ORDER BY day DESC, id DESC LIMIT 2000;

-- query: results_milestones_count :each
-- in: unit str
-- out: programme str, milestone str, service str, day i64
SELECT programme, milestone, service, day FROM result_milestone WHERE unit = $unit AND withdrawn = 0;

-- query: results_records_any :one
-- in: unit str
-- out: n i64
SELECT CAST((SELECT COUNT(*) FROM result_record WHERE unit = $unit)
          + (SELECT COUNT(*) FROM result_milestone WHERE unit = $unit) AS BIGINT) AS n;

-- query: results_files :each
-- Every file that a row names, of all municipalities.
-- out: file str
SELECT file FROM result_evidence;

-- --- what was counted, who owes, success stories ---

-- query: results_counted :many
-- out: counter str
SELECT counter FROM result_counted;

-- query: results_counted_put :exec
-- in: counter str, at_ms i64
INSERT INTO result_counted (counter, at_ms) VALUES ($counter, $at_ms) ON CONFLICT (counter) DO NOTHING;

-- query: results_partners :many
-- Municipalities that joined a programme.
-- in: programme str
-- out: unit str
SELECT DISTINCT unit FROM result_milestone
 WHERE programme = $programme AND milestone = 'joined' AND withdrawn = 0 ORDER BY unit;

-- query: results_reported :many
-- What was reported of an indicator since a month.
-- in: indicator str, from_month i64
-- out: unit str, from_month i64, to_month i64
SELECT unit, from_month, to_month FROM result_value
 WHERE indicator = $indicator AND kind = 'actual' AND from_month >= $from_month AND in_force = 1 AND state <> 'draft';

-- query: results_waiting :many
-- in: state str
-- out: unit str, id i64, indicator str, from_month i64, to_month i64, recorded_ms i64
SELECT unit, id, indicator, from_month, to_month, recorded_ms FROM result_value
 WHERE state = $state AND (in_force = 1 OR (supersedes > 0 AND why <> '')) ORDER BY recorded_ms, unit, id LIMIT 200;

-- query: results_success_put :exec
-- in: unit str, id i64, programme str, month i64, lang str, title str, words str, recorded_ms i64, recorded_by i64
INSERT INTO result_success (unit, id, programme, month, lang, title, words, withdrawn, recorded_ms, recorded_by)
VALUES ($unit, $id, $programme, $month, $lang, $title, $words, 0, $recorded_ms, $recorded_by);

-- query: results_success_withdraw :exec
-- in: unit str, id i64
UPDATE result_success SET withdrawn = 1 WHERE unit = $unit AND id = $id AND withdrawn = 0;

-- query: results_successes :many
-- in: programme str, from_month i64, to_month i64
-- out: unit str, id i64, month i64, lang str, title str, words str
SELECT unit, id, month, lang, title, words FROM result_success
 WHERE programme = $programme AND month >= $from_month AND month < $to_month AND withdrawn = 0
 ORDER BY month DESC, id DESC LIMIT 200;
