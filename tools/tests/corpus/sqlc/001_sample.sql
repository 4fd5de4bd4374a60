-- A comment that is not part of the text.
CREATE TABLE thing (
    unit TEXT NOT NULL, -- the municipality
    id BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (name <> '-- ;'),
    -- a line of comment
    note TEXT,
    due_day BIGINT,
    share DOUBLE PRECISION CHECK (share >= 0 AND share <= 1),
    body BYTEA,
    PRIMARY KEY (unit, id)
);
CREATE INDEX thing_name ON thing (unit, name);

CREATE TABLE word (
    code TEXT PRIMARY KEY,
    unit TEXT
);
