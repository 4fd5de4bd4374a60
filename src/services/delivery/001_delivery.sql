-- When a service comes where: each schedule makes the visits that are expected. A schedule is never
-- changed but by its end: another one follows it. weekdays: bit 0 Monday ... bit 6 Sunday; or every so many
-- days from from_day on. Times are minutes of the municipal day. made_to: visits exist up to that day.
CREATE TABLE visit_schedule (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    route TEXT NOT NULL,
    provider_id BIGINT NOT NULL,
    weekdays BIGINT NOT NULL,
    every_days BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    time_from BIGINT,
    time_to BIGINT,
    holidays BIGINT NOT NULL,
    note TEXT NOT NULL,
    made_to BIGINT NOT NULL,
    once TEXT,
    follows BIGINT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    ended_ms BIGINT,
    ended_by BIGINT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX visit_schedule_once ON visit_schedule (unit, once) WHERE once IS NOT NULL;
CREATE INDEX visit_schedule_made ON visit_schedule (made_to);

-- Without a village: the whole municipality, such as the hours of reception.
CREATE TABLE visit_schedule_village (
    unit TEXT NOT NULL,
    schedule_id BIGINT NOT NULL,
    village TEXT NOT NULL,
    PRIMARY KEY (unit, schedule_id, village)
);

-- One expected visit of one village, and what became of it by the latest word (visit_event). upheld: a
-- resident said that it did not happen, and the municipality agreed.
CREATE TABLE visit (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    service TEXT NOT NULL,
    route TEXT NOT NULL,
    village TEXT NOT NULL,
    provider_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    time_from BIGINT,
    time_to BIGINT,
    state TEXT NOT NULL,
    state_ms BIGINT,
    reason TEXT,
    upheld BIGINT NOT NULL,
    disputes BIGINT NOT NULL,
    photos BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX visit_once ON visit (unit, schedule_id, village, day);
CREATE INDEX visit_by_day ON visit (unit, day, id);
CREATE INDEX visit_by_service ON visit (unit, service, day, id);
CREATE INDEX visit_waiting ON visit (unit, day, id) WHERE state = 'expected';

-- Everything that was said of a visit, in the order it came. said_ms: when it was said on the phone, which
-- may have had no signal for days; the latest word counts, not the latest arrival.
CREATE TABLE visit_event (
    unit TEXT NOT NULL,
    visit_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    said_ms BIGINT NOT NULL,
    person BIGINT NOT NULL,
    reason TEXT,
    once TEXT,
    trail BIGINT NOT NULL,
    PRIMARY KEY (unit, visit_id, id),
    FOREIGN KEY (unit, visit_id) REFERENCES visit (unit, id) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX visit_event_once ON visit_event (unit, once) WHERE once IS NOT NULL;

CREATE TABLE visit_photo (
    unit TEXT NOT NULL,
    visit_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    large TEXT NOT NULL,
    small TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    PRIMARY KEY (unit, visit_id, id),
    FOREIGN KEY (unit, visit_id) REFERENCES visit (unit, id) ON UPDATE CASCADE
);

-- "Was not collected here." Words and contacts are for the municipality; what everybody sees is the state
-- and the answer. Contacts are erased some weeks after the answer.
CREATE TABLE visit_dispute (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    visit_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    words TEXT NOT NULL,
    lang TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    once TEXT,
    state TEXT NOT NULL,
    answer TEXT,
    answered_ms BIGINT,
    answered_by BIGINT,
    PRIMARY KEY (unit, id),
    FOREIGN KEY (unit, visit_id) REFERENCES visit (unit, id) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX visit_dispute_once ON visit_dispute (unit, once) WHERE once IS NOT NULL;
CREATE INDEX visit_dispute_of ON visit_dispute (unit, visit_id, id);
CREATE INDEX visit_dispute_state ON visit_dispute (unit, state, id);
CREATE INDEX visit_dispute_contact ON visit_dispute (answered_ms) WHERE email IS NOT NULL OR phone IS NOT NULL;
