-- Frameworks that a round used, word for word: the file in the program may not differ from it any more.
CREATE TABLE assessment_framework (
    code TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    stored_ms BIGINT NOT NULL,
    PRIMARY KEY (code)
);

-- One assessment of many municipalities. from_day, to_day: what is assessed. stage: open (self-scores come in),
-- verify, appeal, frozen. seed decides the sample and the ranks. revision grows with every verified value and
-- decision, so that nothing slips in while the round is frozen.
CREATE TABLE assessment_round (
    code TEXT NOT NULL,
    framework TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    opens_day BIGINT NOT NULL,
    closes_day BIGINT NOT NULL,
    appeals_day BIGINT NOT NULL,
    stage TEXT NOT NULL,
    seed TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    frozen_ms BIGINT,
    digest TEXT,
    snapshot TEXT,
    PRIMARY KEY (code)
);

-- A municipality in a round.
CREATE TABLE assessment_entry (
    unit TEXT NOT NULL,
    round TEXT NOT NULL,
    submitted_ms BIGINT,
    submitted_by BIGINT,
    PRIMARY KEY (unit, round)
);
CREATE INDEX assessment_entry_round ON assessment_entry (round, unit);

-- One answer: to an indicator, or to a minimum condition (value 1: met). status: known, na, missing. A share keeps
-- its part and its whole. verified_*: what the verifier found, or an appeal decided; the answer itself stays.
CREATE TABLE assessment_value (
    unit TEXT NOT NULL,
    round TEXT NOT NULL,
    indicator TEXT NOT NULL,
    status TEXT NOT NULL,
    value DOUBLE PRECISION,
    whole DOUBLE PRECISION,
    grade TEXT NOT NULL,
    note TEXT NOT NULL,
    computed BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    verified_status TEXT,
    verified_value DOUBLE PRECISION,
    verified_whole DOUBLE PRECISION,
    verified_note TEXT,
    verified_ms BIGINT,
    verified_by BIGINT,
    PRIMARY KEY (unit, round, indicator)
);
CREATE INDEX assessment_value_round ON assessment_value (round, unit, indicator);

CREATE TABLE assessment_evidence (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    round TEXT NOT NULL,
    indicator TEXT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_public BIGINT NOT NULL,
    added_ms BIGINT NOT NULL,
    added_by BIGINT NOT NULL,
    removed_ms BIGINT,
    PRIMARY KEY (unit, id)
);
CREATE INDEX assessment_evidence_of ON assessment_evidence (unit, round, indicator);

-- Which answers are verified, and why: random, jump, grade_d, outlier, joined with commas.
CREATE TABLE assessment_check (
    unit TEXT NOT NULL,
    round TEXT NOT NULL,
    indicator TEXT NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (unit, round, indicator)
);
CREATE INDEX assessment_check_round ON assessment_check (round, unit, indicator);

CREATE TABLE assessment_appeal (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    round TEXT NOT NULL,
    indicator TEXT NOT NULL,
    words TEXT NOT NULL,
    filed_ms BIGINT NOT NULL,
    filed_by BIGINT NOT NULL,
    decision TEXT,
    reason TEXT,
    decided_ms BIGINT,
    decided_by BIGINT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX assessment_appeal_once ON assessment_appeal (unit, round, indicator);
CREATE INDEX assessment_appeal_round ON assessment_appeal (round, unit, id);

-- What decides who is compared with whom, besides kind and population. mountain: group of the national contest.
CREATE TABLE assessment_trait (
    unit TEXT NOT NULL,
    mountain BIGINT NOT NULL,
    subsidised BIGINT NOT NULL,
    PRIMARY KEY (unit)
);

-- What the frozen snapshot says, for pages: derived from it, `doctor` compares. rank 0: not ranked.
CREATE TABLE assessment_result (
    unit TEXT NOT NULL,
    round TEXT NOT NULL,
    points DOUBLE PRECISION,
    low DOUBLE PRECISION NOT NULL,
    high DOUBLE PRECISION NOT NULL,
    factor DOUBLE PRECISION NOT NULL,
    missing BIGINT NOT NULL,
    grade TEXT NOT NULL,
    conditions BIGINT NOT NULL,
    peers BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    rank_low BIGINT NOT NULL,
    rank_high BIGINT NOT NULL,
    band BIGINT NOT NULL,
    PRIMARY KEY (unit, round)
);
CREATE INDEX assessment_result_round ON assessment_result (round, unit);

-- Points of a pillar ("pillar:water") or an indicator ("water_reach"); those have no interval.
CREATE TABLE assessment_point (
    unit TEXT NOT NULL,
    round TEXT NOT NULL,
    what TEXT NOT NULL,
    points DOUBLE PRECISION,
    low DOUBLE PRECISION,
    high DOUBLE PRECISION,
    PRIMARY KEY (unit, round, what)
);
CREATE INDEX assessment_point_what ON assessment_point (round, what, unit);
