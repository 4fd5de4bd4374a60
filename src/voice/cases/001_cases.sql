-- Where a case stands: the number that people know leads to the municipality and the row. The only
-- table of cases that is not parted by municipality, so that numbers are unique in the country.
CREATE TABLE case_number (
    number TEXT NOT NULL PRIMARY KEY,
    unit TEXT NOT NULL,
    id BIGINT NOT NULL
);

-- One report and its present state. Nothing personal stands here but `words` and `street`, which may
-- hold anything people type: only words_public and street_public are ever shown in public.
-- unseen: nobody has looked at them yet; look: that, or something added later waits for a look;
-- held: looks like spam, shown to nobody until a look.
CREATE TABLE cases (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    number TEXT NOT NULL,
    version BIGINT NOT NULL,
    once TEXT,
    service TEXT NOT NULL,
    fault TEXT NOT NULL,
    village TEXT,
    street TEXT,
    street_key TEXT,
    street_public TEXT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    words TEXT,
    words_public TEXT,
    words_hash BIGINT,
    hide BIGINT NOT NULL,
    held BIGINT NOT NULL,
    unseen BIGINT NOT NULL,
    look BIGINT NOT NULL,
    lang TEXT NOT NULL,
    channel TEXT NOT NULL,
    entered_by BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_ms BIGINT NOT NULL,
    open BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_day BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    promise_id BIGINT NOT NULL,
    due_day BIGINT,
    answer TEXT,
    answered_ms BIGINT,
    answered_day BIGINT,
    answered_work BIGINT,
    resolved_ms BIGINT,
    resolved_day BIGINT,
    resolved_work BIGINT,
    left_day BIGINT,
    left_work BIGINT,
    late_ms BIGINT,
    assignee BIGINT NOT NULL,
    duplicate_of TEXT,
    passed_to TEXT,
    support BIGINT NOT NULL,
    photos BIGINT NOT NULL,
    photos_public BIGINT NOT NULL,
    stars BIGINT,
    rated_day BIGINT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX cases_once ON cases (unit, once) WHERE once IS NOT NULL;
-- Public lists, newest first, and records behind a promise. By the time of the report, not by id: ids
-- run ahead for as long as a program whose clock was wrong is not restarted.
CREATE INDEX cases_by_time ON cases (unit, created_ms, id);
CREATE INDEX cases_by_service ON cases (unit, service, created_ms, id);
CREATE INDEX cases_by_village ON cases (unit, village, created_ms, id);
CREATE INDEX cases_by_state ON cases (unit, state, created_ms, id);
CREATE INDEX cases_by_change ON cases (unit, changed_ms);
-- Work list, late first; figures of what is open; similar reports.
CREATE INDEX cases_open_due ON cases (unit, due_day, id) WHERE open = 1;
CREATE INDEX cases_open_fault ON cases (unit, fault, created_ms) WHERE open = 1;
CREATE INDEX cases_open ON cases (unit, created_ms, id, due_day, held, open) WHERE open = 1;
CREATE INDEX cases_to_look ON cases (unit, id) WHERE look = 1;
-- What became late and was not told to the head yet, all municipalities.
CREATE INDEX cases_late_untold ON cases (due_day) WHERE open = 1 AND late_ms IS NULL;
CREATE INDEX cases_on_map ON cases (unit, lat, lon) WHERE lat IS NOT NULL;
CREATE INDEX cases_duplicates ON cases (unit, duplicate_of, id) WHERE duplicate_of IS NOT NULL;
CREATE INDEX cases_same_words ON cases (unit, words_hash, created_ms) WHERE words_hash IS NOT NULL;

-- Who reported: apart from the case, so that no public page ever reads this table.
CREATE TABLE case_reporter (
    unit TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    secret_hash TEXT NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    person BIGINT NOT NULL,
    PRIMARY KEY (unit, case_id),
    FOREIGN KEY (unit, case_id) REFERENCES cases (unit, id) ON UPDATE CASCADE
);
CREATE INDEX case_reporter_person ON case_reporter (person, case_id) WHERE person <> 0;

-- Everything that ever happened to a case, in order; never changed but by the look at its words.
-- visible: 0 inside only, 1 public, 2 waits for a look. trail: entry of the public log that commits to it, 0 none.
CREATE TABLE case_event (
    unit TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    person BIGINT NOT NULL,
    state TEXT,
    words TEXT,
    visible BIGINT NOT NULL,
    detail TEXT,
    trail BIGINT NOT NULL,
    PRIMARY KEY (unit, case_id, id),
    FOREIGN KEY (unit, case_id) REFERENCES cases (unit, id) ON UPDATE CASCADE
);

-- visible as above.
CREATE TABLE case_photo (
    unit TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    large TEXT NOT NULL,
    small TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    actor TEXT NOT NULL,
    added_ms BIGINT NOT NULL,
    visible BIGINT NOT NULL,
    PRIMARY KEY (unit, case_id, id),
    FOREIGN KEY (unit, case_id) REFERENCES cases (unit, id) ON UPDATE CASCADE
);

-- "Me too": once a person or browser.
CREATE TABLE case_support (
    unit TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    who TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, case_id, who),
    FOREIGN KEY (unit, case_id) REFERENCES cases (unit, id) ON UPDATE CASCADE
);

-- Services that have had a report, so that totals are found by seeking, not by scanning.
CREATE TABLE case_service (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    PRIMARY KEY (unit, service)
);

-- Running totals up to and including a day: the count of any period is the difference of two rows,
-- however long the history is. A day without change has no row.
CREATE TABLE case_total (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    day BIGINT NOT NULL,
    received BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    resolved BIGINT NOT NULL,
    in_time BIGINT NOT NULL,
    rated BIGINT NOT NULL,
    stars BIGINT NOT NULL,
    PRIMARY KEY (unit, service, day)
);

-- How long first answers took: how many, by the day of the answer and the step of time (hours up to
-- three days, then days). A median read from it is exact to what a page shows of it.
CREATE TABLE case_answer_time (
    unit TEXT NOT NULL,
    day BIGINT NOT NULL,
    service TEXT NOT NULL,
    hours BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    PRIMARY KEY (unit, day, service, hours)
);
CREATE INDEX case_answer_time_day ON case_answer_time (day, unit, hours, answers);

-- What strangers may see of a case. Every public page, feed, export and API reads this view, so a new
-- one cannot forget to leave something out. A reporter's wish for privacy hides all but service, village
-- and state; what looks like spam is not there until somebody has looked.
CREATE VIEW case_public AS
SELECT unit, id, number, service, fault, village,
       CASE WHEN hide = 0 THEN street_public END AS street,
       CASE WHEN hide = 0 THEN lat END AS lat,
       CASE WHEN hide = 0 THEN lon END AS lon,
       CASE WHEN hide = 0 THEN words_public END AS words,
       hide, state, state_ms, open, created_ms, created_day, changed_ms, promise_id, due_day, answer,
       answered_ms, answered_day, answered_work, resolved_ms, resolved_day, resolved_work,
       left_day, left_work, duplicate_of, passed_to, support,
       CASE WHEN hide = 0 THEN photos_public ELSE 0 END AS photos, stars
  FROM cases
 WHERE held = 0;
