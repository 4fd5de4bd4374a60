-- What a municipality did and how it came out, for others to repeat. state: draft, submitted, published, retired.
-- published_day is that of the first time and stays. search: the search key of all its words, a blank before each.
CREATE TABLE learning_practice (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    cost BIGINT,
    people BIGINT,
    from_day BIGINT,
    to_day BIGINT,
    office TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    search TEXT NOT NULL,
    state TEXT NOT NULL,
    published_day BIGINT,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_practice_by_id ON learning_practice (id);
CREATE UNIQUE INDEX learning_practice_once ON learning_practice (once) WHERE once IS NOT NULL;
CREATE INDEX learning_practice_by_state ON learning_practice (state, published_day, id);
CREATE INDEX learning_practice_by_topic ON learning_practice (topic, state, published_day);

-- Its words: a row for each language that is filled in.
CREATE TABLE learning_practice_text (
    unit TEXT NOT NULL,
    practice BIGINT NOT NULL,
    lang TEXT NOT NULL,
    problem TEXT NOT NULL,
    done TEXT NOT NULL,
    result TEXT NOT NULL,
    conditions TEXT NOT NULL,
    PRIMARY KEY (unit, practice, lang)
);
CREATE INDEX learning_practice_text_of ON learning_practice_text (practice);

-- Documents behind a record of this room: kind says of what (practice, replication, agreement).
CREATE TABLE learning_evidence (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_evidence_by_id ON learning_evidence (id);
CREATE INDEX learning_evidence_of ON learning_evidence (kind, subject);

-- A municipality (unit) repeats the practice of another one. state: begun, done, stopped.
CREATE TABLE learning_replication (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    topic TEXT NOT NULL,
    state TEXT NOT NULL,
    begun_day BIGINT NOT NULL,
    due_day BIGINT,
    plan TEXT NOT NULL,
    done_day BIGINT,
    result TEXT NOT NULL,
    changed TEXT NOT NULL,
    cost BIGINT,
    people BIGINT,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_replication_by_id ON learning_replication (id);
CREATE UNIQUE INDEX learning_replication_once ON learning_replication (once) WHERE once IS NOT NULL;
CREATE UNIQUE INDEX learning_replication_single ON learning_replication (unit, practice) WHERE state <> 'stopped';
CREATE INDEX learning_replication_of ON learning_replication (practice, state);
CREATE INDEX learning_replication_due ON learning_replication (state, due_day, id);
CREATE INDEX learning_replication_topic ON learning_replication (topic, state, done_day);

-- Every step of every record of this room: who did it, when, and what they wrote.
CREATE TABLE learning_log (
    unit TEXT NOT NULL,
    subject BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    note TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    PRIMARY KEY (unit, subject, id)
);
CREATE INDEX learning_log_of ON learning_log (subject, id);
