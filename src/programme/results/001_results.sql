-- Programmes, and what they promised to change. Country-wide.
CREATE TABLE result_programme (
    code TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    text_ky TEXT NOT NULL,
    text_ru TEXT NOT NULL,
    text_en TEXT NOT NULL,
    from_month BIGINT NOT NULL, -- half-open, as every period here
    to_month BIGINT NOT NULL,
    identifier TEXT NOT NULL,   -- IATI activity identifier
    funder TEXT NOT NULL,
    implementer TEXT NOT NULL,
    status BIGINT NOT NULL      -- IATI activity status: 2 under way, 4 closed
);

-- Ways to divide entered values. An overlapping one is never summed; "?" (unknown) is a member of each.
CREATE TABLE result_dimension (
    code TEXT NOT NULL PRIMARY KEY,
    overlapping BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL
);
CREATE TABLE result_member (
    dimension TEXT NOT NULL,
    code TEXT NOT NULL,
    position BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    PRIMARY KEY (dimension, code)
);

-- An indicator in the version of its reference sheet that holds (current = 1), and those before.
CREATE TABLE result_indicator (
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    current BIGINT NOT NULL,
    programme TEXT NOT NULL,
    position BIGINT NOT NULL,
    level TEXT NOT NULL,
    measure TEXT NOT NULL,
    rule TEXT NOT NULL,
    decimals BIGINT NOT NULL,
    ascending BIGINT NOT NULL,
    topic TEXT NOT NULL,
    source TEXT NOT NULL,       -- "entered", or the code of a counter
    filters TEXT NOT NULL,      -- "service=water;basis=counted,area"
    base_source TEXT NOT NULL,  -- of a ratio: the counter of its denominator
    base_filters TEXT NOT NULL,
    dimensions TEXT NOT NULL,   -- of entered values: "sex,age"
    frequency TEXT NOT NULL,    -- quarter, year, once
    due_days BIGINT NOT NULL,   -- after the end of the period
    vocabulary TEXT NOT NULL,   -- IATI indicator vocabulary: 3 US framework, 9 SDG, 99 own
    reference TEXT NOT NULL,
    changed_ms BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    change_note TEXT NOT NULL,
    PRIMARY KEY (code, version)
);
CREATE UNIQUE INDEX result_indicator_current ON result_indicator (code) WHERE current = 1;

-- The sheet's texts: name, unit, definition, rationale, source, method, responsible, limitations, targets, quality,
-- published (the wording of a published number).
CREATE TABLE result_text (
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    field TEXT NOT NULL,
    ky TEXT NOT NULL,
    ru TEXT NOT NULL,
    en TEXT NOT NULL,
    PRIMARY KEY (code, version, field)
);

-- Two indicators whose numbers differ because their definitions do: why.
CREATE TABLE result_pair (
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    why_ky TEXT NOT NULL,
    why_ru TEXT NOT NULL,
    why_en TEXT NOT NULL,
    PRIMARY KEY (first, second)
);

-- Baselines, targets and actual values; of a municipality, or of the country (unit '*'). Nothing is overwritten:
-- a correction is a row of its own that names the one it takes the place of.
CREATE TABLE result_value (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    indicator TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    from_month BIGINT NOT NULL,
    to_month BIGINT NOT NULL,
    amount BIGINT NOT NULL, -- times 10 to the power of the indicator's decimals; numerator of a ratio
    base BIGINT,            -- denominator of a ratio
    words TEXT NOT NULL,    -- of measure text
    source TEXT NOT NULL,   -- entered, import, records
    state TEXT NOT NULL,    -- draft, submitted, verified, locked
    grade TEXT NOT NULL,    -- A verified against the record, B record, C estimate, D none
    in_force BIGINT NOT NULL,
    supersedes BIGINT NOT NULL, -- 0: none
    why TEXT NOT NULL,          -- of the correction
    note TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX result_value_in_force ON result_value (unit, indicator, kind, from_month, to_month)
 WHERE in_force = 1;
CREATE INDEX result_value_indicator ON result_value (indicator, kind, from_month);
CREATE UNIQUE INDEX result_value_correction ON result_value (unit, supersedes) WHERE supersedes > 0 AND in_force = 0
   AND state IN ('draft', 'submitted');

-- A value's disaggregation: "age=15-29;sex=f".
CREATE TABLE result_cell (
    unit TEXT NOT NULL,
    value BIGINT NOT NULL,
    cell TEXT NOT NULL,
    amount BIGINT NOT NULL,
    base BIGINT,
    PRIMARY KEY (unit, value, cell)
);
CREATE TABLE result_evidence (
    unit TEXT NOT NULL,
    value BIGINT NOT NULL,
    id BIGINT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    PRIMARY KEY (unit, value, id)
);
CREATE TABLE result_step (
    unit TEXT NOT NULL,
    value BIGINT NOT NULL,
    id BIGINT NOT NULL,
    step TEXT NOT NULL,
    note TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (unit, value, id)
);
-- Somebody went there and counted again: recounted / reported is the verification factor.
CREATE TABLE result_visit (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    indicator TEXT NOT NULL,
    from_month BIGINT NOT NULL,
    to_month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    reported BIGINT NOT NULL,
    recounted BIGINT NOT NULL,
    note TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX result_visit_indicator ON result_visit (indicator, unit);

-- People whom a new or better service reached: a village, a day, a document. `basis` says how they were counted, which
-- is where two published totals part: "counted" household by household, or "area", the other residents of the
-- villages where the work was done.
CREATE TABLE result_record (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    service TEXT NOT NULL,
    basis TEXT NOT NULL,
    village TEXT NOT NULL,
    day BIGINT NOT NULL,
    people BIGINT NOT NULL,
    women BIGINT,
    document TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    withdrawn_why TEXT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX result_record_day ON result_record (unit, service, day);
-- Steps of a municipality on its way: joined the programme, concluded a partnership, organised a service.
CREATE TABLE result_milestone (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    milestone TEXT NOT NULL,
    service TEXT NOT NULL,
    day BIGINT NOT NULL,
    document TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    withdrawn_why TEXT NOT NULL,
    PRIMARY KEY (unit, id)
);

-- A figure as somebody published it, in their words: to be laid beside what the records say.
CREATE TABLE result_published (
    indicator TEXT NOT NULL,
    amount BIGINT NOT NULL,
    from_month BIGINT NOT NULL,
    to_month BIGINT NOT NULL,
    wording TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (indicator, source)
);
