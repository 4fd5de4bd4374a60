-- Every message that leaves, by municipality ('*': the installation itself, such as log-in codes).
-- state: waiting, sent, failed, kept (demo: shown on a page instead of sent).
CREATE TABLE outbox (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    person_id BIGINT,
    lang TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    cause TEXT NOT NULL,
    cause_id TEXT NOT NULL,
    secret BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    detail TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    PRIMARY KEY (unit, id)
);
CREATE INDEX outbox_waiting ON outbox (created_ms) WHERE state = 'waiting';
CREATE INDEX outbox_person ON outbox (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state, id);
