-- query: tally_add :exec
-- in: unit str, counter str, month i64, village str, cell str, amount i64
INSERT INTO tally (unit, counter, month, village, cell, amount)
VALUES ($unit, $counter, $month, $village, $cell, $amount)
ON CONFLICT (unit, counter, month, village, cell) DO UPDATE SET amount = tally.amount + excluded.amount;

-- query: tally_put :exec
-- A row of a counter that is counted again: the old ones are gone.
-- in: unit str, counter str, month i64, village str, cell str, amount i64, people blob?
INSERT INTO tally (unit, counter, month, village, cell, amount, people)
VALUES ($unit, $counter, $month, $village, $cell, $amount, $people);

-- query: tally_people_get :one
-- in: unit str, counter str, month i64, village str, cell str
-- out: people blob?
SELECT people FROM tally
 WHERE unit = $unit AND counter = $counter AND month = $month AND village = $village AND cell = $cell;

-- query: tally_people_put :exec
-- in: unit str, counter str, month i64, village str, cell str, people blob
UPDATE tally SET people = $people
 WHERE unit = $unit AND counter = $counter AND month = $month AND village = $village AND cell = $cell;

-- query: tally_clear :exec
-- in: unit str, counter str
DELETE FROM tally WHERE unit = $unit AND counter = $counter;

-- query: tally_of_unit :each
-- in: unit str, counter str, from_month i64, to_month i64
-- out: village str, month i64, cell str, amount i64, people blob?
SELECT village, month, cell, amount, people FROM tally
 WHERE unit = $unit AND counter = $counter AND month >= $from_month AND month < $to_month;

-- query: tally_of_units :each
-- in: counter str, from_month i64, to_month i64
-- out: unit str, month i64, cell str, amount i64, people blob?
SELECT unit, month, cell, amount, people FROM tally
 WHERE counter = $counter AND month >= $from_month AND month < $to_month;

-- query: tally_sum_of_units :each
-- The same when one period is asked of a counter without persons.
-- in: counter str, from_month i64, to_month i64
-- out: unit str, cell str, amount i64
SELECT unit, cell, CAST(SUM(amount) AS BIGINT) AS amount FROM tally
 WHERE counter = $counter AND month >= $from_month AND month < $to_month
 GROUP BY unit, cell;

-- --- changes on their way to the country's totals ---

-- query: tally_delta_add :exec
-- in: unit str, id i64, counter str, month i64, cell str, amount i64, person i64
INSERT INTO tally_delta (unit, id, counter, month, cell, amount, person)
VALUES ($unit, $id, $counter, $month, $cell, $amount, $person);

-- query: tally_delta_units :many
-- out: unit str
SELECT DISTINCT unit FROM tally_delta;

-- query: tally_delta_take :many
-- in: unit str, limit i64
-- out: id i64, counter str, month i64, cell str, amount i64, person i64, number i64?
SELECT d.id, d.counter, d.month, d.cell, d.amount, d.person, p.number
  FROM tally_delta d LEFT JOIN tally_person p ON p.person = d.person AND d.person > 0
 WHERE d.unit = $unit ORDER BY d.id LIMIT $limit;

-- query: tally_delta_taken :exec
-- in: unit str, last_id i64
DELETE FROM tally_delta WHERE unit = $unit AND id <= $last_id;

-- query: tally_delta_clear :exec
-- in: counter str
DELETE FROM tally_delta WHERE counter = $counter;

-- query: tally_delta_of :each
-- in: counter str, from_month i64, to_month i64
-- out: month i64, cell str, amount i64, person i64, number i64?
SELECT d.month, d.cell, d.amount, d.person, p.number
  FROM tally_delta d LEFT JOIN tally_person p ON p.person = d.person AND d.person > 0
 WHERE d.counter = $counter AND d.month >= $from_month AND d.month < $to_month;

-- --- the country ---

-- query: tally_country_add :exec
-- in: counter str, month i64, cell str, amount i64
INSERT INTO tally_country (counter, month, cell, amount) VALUES ($counter, $month, $cell, $amount)
ON CONFLICT (counter, month, cell) DO UPDATE SET amount = tally_country.amount + excluded.amount;

-- query: tally_country_people :one
-- in: counter str, month i64, cell str
-- out: people blob?
SELECT people FROM tally_country WHERE counter = $counter AND month = $month AND cell = $cell;

-- query: tally_country_people_put :exec
-- in: counter str, month i64, cell str, people blob
UPDATE tally_country SET people = $people
 WHERE counter = $counter AND month = $month AND cell = $cell;

-- query: tally_country_put :exec
-- in: counter str, month i64, cell str, amount i64, people blob?
INSERT INTO tally_country (counter, month, cell, amount, people)
VALUES ($counter, $month, $cell, $amount, $people);

-- query: tally_country_clear :exec
-- in: counter str
DELETE FROM tally_country WHERE counter = $counter;

-- query: tally_of_country :each
-- in: counter str, from_month i64, to_month i64
-- out: month i64, cell str, amount i64, people blob?
SELECT month, cell, amount, people FROM tally_country
 WHERE counter = $counter AND month >= $from_month AND month < $to_month;

-- query: tally_person_add :exec
-- in: person i64, number i64
INSERT INTO tally_person (person, number) VALUES ($person, $number);

-- query: tally_person_last :one
-- out: number i64
SELECT COALESCE(MAX(number), 0) AS number FROM tally_person;

-- query: tally_person_of_all :each
-- out: person i64, number i64
SELECT person, number FROM tally_person;
