-- The public log of each municipality: see trail.h. Entries wait in trail_pending until the
-- sequencer gives them their place; no transaction of a resident waits for another's.
CREATE TABLE trail_pending (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    commitment BYTEA NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE TABLE trail_entry (
    unit TEXT NOT NULL,
    seq BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    commitment BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (unit, seq)
);
CREATE UNIQUE INDEX trail_entry_id ON trail_entry (unit, id);
CREATE INDEX trail_entry_subject ON trail_entry (unit, subject, seq);

-- What makes a commitment unguessable. Not public; destroyed when a person is to be forgotten.
CREATE TABLE trail_salt (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    PRIMARY KEY (unit, id)
);

-- Roots of complete subtrees, level 1 and up, for proofs of inclusion.
CREATE TABLE trail_node (
    unit TEXT NOT NULL,
    level BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (unit, level, position)
);

-- Where the log ends: its last leaf, the peaks of its tree, and what was signed last.
CREATE TABLE trail_head (
    unit TEXT NOT NULL,
    size BIGINT NOT NULL,
    last BYTEA NOT NULL,
    peaks BYTEA NOT NULL,
    signed_size BIGINT NOT NULL,
    signed_ms BIGINT NOT NULL,
    PRIMARY KEY (unit)
);
CREATE TABLE trail_checkpoint (
    unit TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    at_ms BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (unit, size)
);
-- Public keys that checkpoints were signed with, so that old ones can be checked for ever.
CREATE TABLE trail_key (
    public_key BYTEA NOT NULL PRIMARY KEY,
    since_ms BIGINT NOT NULL
);
