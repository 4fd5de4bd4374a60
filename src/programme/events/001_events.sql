-- What the programme and municipalities hold for people. unit: where it takes place. topics: codes of
-- community/topics, blank between, the main one first. minutes: how long it lasts in all. present: attendances that
-- count, kept with them.
CREATE TABLE event (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    topics TEXT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    place TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    organiser TEXT NOT NULL,
    agenda TEXT NOT NULL,
    open_registration BIGINT NOT NULL,
    test_max BIGINT,
    certificate_minutes BIGINT,
    cost BIGINT,
    state TEXT NOT NULL,
    present BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX event_by_id ON event (id);
CREATE UNIQUE INDEX event_once ON event (once) WHERE once IS NOT NULL;
CREATE INDEX event_by_day ON event (from_day, id);
CREATE INDEX event_by_unit_day ON event (unit, from_day, id);

-- Who was invited or has registered, and what they answered. code: on the guest's QR.
CREATE TABLE event_guest (
    event_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    code TEXT NOT NULL,
    rsvp TEXT NOT NULL,
    source TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (event_id, person)
);
CREATE UNIQUE INDEX event_guest_code ON event_guest (code);
CREATE UNIQUE INDEX event_guest_once ON event_guest (once) WHERE once IS NOT NULL;
CREATE INDEX event_guest_person ON event_guest (person);

-- Who was there: one row for a person and an event. unit: where the person was from on that day (where it took place,
-- if that is not known); what is beside it is frozen as of that day too. root: who is meant today (community/persons).
-- active: it counts: neither withdrawn nor of a cancelled event.
CREATE TABLE attendance (
    unit TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    root BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sex TEXT NOT NULL,
    band TEXT NOT NULL,
    grp TEXT NOT NULL,
    position TEXT NOT NULL,
    home_known BIGINT NOT NULL,
    disability TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    pre BIGINT,
    post BIGINT,
    how TEXT NOT NULL,
    said_ms BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (unit, event_id, person)
);
CREATE UNIQUE INDEX attendance_of_event ON attendance (event_id, person);
CREATE INDEX attendance_of_person ON attendance (person);
CREATE INDEX attendance_of_root ON attendance (root, day);

-- Everything that was said of attendance and of the event itself. late: more than three days after its end.
CREATE TABLE event_log (
    event_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    what TEXT NOT NULL,
    person BIGINT NOT NULL,
    detail TEXT NOT NULL,
    late BIGINT NOT NULL,
    said_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (event_id, id)
);
CREATE UNIQUE INDEX event_log_once ON event_log (once) WHERE once IS NOT NULL;

-- unit: that of the attendance.
CREATE TABLE event_certificate (
    unit TEXT NOT NULL,
    number TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sex TEXT NOT NULL,
    issued_day BIGINT NOT NULL,
    issued_by BIGINT NOT NULL,
    revoked_ms BIGINT,
    PRIMARY KEY (unit, number)
);
CREATE UNIQUE INDEX event_certificate_number ON event_certificate (number);
CREATE UNIQUE INDEX event_certificate_of ON event_certificate (event_id, person);
