-- Who did what, and who read whose personal data: see audit.h.
CREATE TABLE audit (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    action TEXT NOT NULL,
    is_read BIGINT NOT NULL,
    person BIGINT,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX audit_person ON audit (person, id) WHERE person IS NOT NULL;
