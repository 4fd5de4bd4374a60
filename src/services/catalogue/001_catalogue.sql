-- The national catalogue: kinds of local services, faults people report, ladders of service levels. Country-wide.
CREATE TABLE service_kind (
    code TEXT NOT NULL PRIMARY KEY,
    grp TEXT NOT NULL,
    icon TEXT NOT NULL,
    position BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    text_ky TEXT NOT NULL,
    text_ru TEXT NOT NULL,
    text_en TEXT NOT NULL
);

CREATE TABLE service_fault (
    code TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    position BIGINT NOT NULL,
    urgent BIGINT NOT NULL,
    private BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    active BIGINT NOT NULL
);

CREATE TABLE service_level (
    code TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    rank BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL
);

CREATE TABLE catalogue_version (
    one BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO catalogue_version (one, version) VALUES (1, 1);

-- Who provides services in a municipality, besides the aiyl okmotu itself.
CREATE TABLE provider (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    active BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);

CREATE TABLE provider_member (
    unit TEXT NOT NULL,
    provider_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (unit, provider_id, person_id)
);
CREATE INDEX provider_member_person ON provider_member (person_id);

-- The registry: each change opens a new row, so that what was true on a day can be read back.
CREATE TABLE unit_service (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    id BIGINT NOT NULL,
    mode TEXT NOT NULL,
    provider_id BIGINT,
    since_day BIGINT NOT NULL,
    decision TEXT NOT NULL,
    note TEXT NOT NULL,
    provided BIGINT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    current BIGINT NOT NULL,
    PRIMARY KEY (unit, service, id)
);
CREATE UNIQUE INDEX unit_service_current ON unit_service (unit, service) WHERE current = 1;

-- People served, per village and level, as counted on a day by a stated method.
CREATE TABLE coverage (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    village TEXT NOT NULL,
    level TEXT NOT NULL,
    people BIGINT NOT NULL,
    women BIGINT,
    day BIGINT NOT NULL,
    method TEXT NOT NULL,
    evidence_file TEXT,
    evidence_name TEXT,
    note TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX coverage_service ON coverage (unit, service, village, level, day);
