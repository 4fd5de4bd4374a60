-- Units of the country by SOATE code. Country-wide reference data: no municipality column.
CREATE TABLE place (
    code TEXT NOT NULL PRIMARY KEY,
    level BIGINT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_ky_draft BIGINT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    partner BIGINT NOT NULL,
    demo BIGINT NOT NULL
);

-- Where a unit belonged, and when: villages move when municipalities merge.
CREATE TABLE place_parent (
    code TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    parent TEXT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (code, valid_from)
);

CREATE TABLE place_succession (
    predecessor TEXT NOT NULL PRIMARY KEY,
    successor TEXT NOT NULL,
    day BIGINT NOT NULL,
    decision TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL
);

-- Simplified outlines: rings of "lon lat" pairs, points parted by commas, rings by semicolons.
CREATE TABLE place_boundary (
    code TEXT NOT NULL PRIMARY KEY,
    rings TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE place_population (
    code TEXT NOT NULL,
    year BIGINT NOT NULL,
    sex TEXT NOT NULL,
    age TEXT NOT NULL,
    people BIGINT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (code, year, sex, age)
);

-- One row, raised by every change, so that other instances of the program notice it.
CREATE TABLE territory_version (
    one BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO territory_version (one, version) VALUES (1, 1);
