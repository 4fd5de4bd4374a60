-- Kept totals: see tally.h. `people` is a set of persons (tally_people.h), NULL for other counters.
CREATE TABLE tally (
    unit TEXT NOT NULL,
    counter TEXT NOT NULL,
    month BIGINT NOT NULL,
    village TEXT NOT NULL,
    cell TEXT NOT NULL,
    amount BIGINT NOT NULL,
    people BYTEA,
    PRIMARY KEY (unit, counter, month, village, cell)
);
CREATE INDEX tally_of_counter ON tally (counter, month);

-- Changes that the country's totals do not hold yet.
CREATE TABLE tally_delta (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    counter TEXT NOT NULL,
    month BIGINT NOT NULL,
    cell TEXT NOT NULL,
    amount BIGINT NOT NULL,
    person BIGINT NOT NULL, -- 0: none
    PRIMARY KEY (unit, id)
);
CREATE INDEX tally_delta_counter ON tally_delta (counter, month);
CREATE TABLE tally_country (
    counter TEXT NOT NULL,
    month BIGINT NOT NULL,
    cell TEXT NOT NULL,
    amount BIGINT NOT NULL,
    people BYTEA, -- of the numbers below, not of ids
    PRIMARY KEY (counter, month, cell)
);
-- Small numbers for persons, in the order in which the fold met them: a set of the country's
-- persons is then a bitmap.
CREATE TABLE tally_person (
    person BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
CREATE UNIQUE INDEX tally_person_number ON tally_person (number);
