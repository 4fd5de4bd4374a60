-- How many of each sex came and were counted without names ('': nobody said). unit: where it was held; day and kind are
-- the event's, frozen with the first count. active: the event was not cancelled.
CREATE TABLE event_heads (
    unit TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    sex TEXT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    heads BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (unit, event_id, sex)
);
CREATE INDEX event_heads_event ON event_heads (event_id);

-- What was agreed at an event: who does it by when, and when it was done. who: an office, shown in public.
CREATE TABLE event_task (
    event_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    due_day BIGINT NOT NULL,
    done_day BIGINT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (event_id, id)
);
CREATE UNIQUE INDEX event_task_once ON event_task (once) WHERE once IS NOT NULL;

-- When the invitation went out by e-mail.
ALTER TABLE event_guest ADD COLUMN mailed_ms BIGINT;
