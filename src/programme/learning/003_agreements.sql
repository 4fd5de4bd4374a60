-- What municipalities do together: the first party (unit) keeps it. state: draft, in_force, ended.
CREATE TABLE learning_agreement (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    subject TEXT NOT NULL,
    basis TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    state TEXT NOT NULL,
    force_day BIGINT,
    ended_day BIGINT,
    end_note TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_agreement_by_id ON learning_agreement (id);
CREATE UNIQUE INDEX learning_agreement_once ON learning_agreement (once) WHERE once IS NOT NULL;
CREATE INDEX learning_agreement_by_state ON learning_agreement (state, force_day, id);

-- share: hundredths of a per cent; those of an agreement are 10,000. decision: number of the council's resolution. topic and
-- force_day repeat those of the agreement, so that a municipality's own rows say what it takes part in.
CREATE TABLE learning_party (
    unit TEXT NOT NULL,
    agreement BIGINT NOT NULL,
    position BIGINT NOT NULL,
    share BIGINT NOT NULL,
    decision TEXT NOT NULL,
    decision_day BIGINT,
    topic TEXT NOT NULL,
    force_day BIGINT,
    PRIMARY KEY (unit, agreement)
);
CREATE INDEX learning_party_of ON learning_party (agreement, position);

-- What came of it, told by a party. spent: tyiyn.
CREATE TABLE learning_performance (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    agreement BIGINT NOT NULL,
    day BIGINT NOT NULL,
    words TEXT NOT NULL,
    spent BIGINT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_performance_once ON learning_performance (once) WHERE once IS NOT NULL;
CREATE INDEX learning_performance_of ON learning_performance (agreement, day, id);
