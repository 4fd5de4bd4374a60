-- Short public notes of a municipality.
CREATE TABLE note (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (unit, id)
);
