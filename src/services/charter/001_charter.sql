-- Versions of the charter of a service. Only a draft is ever edited: what residents or the council were shown
-- stays as it was, and a change is a new version. Whether a published version is in force or was
-- superseded follows from the days from which it and its successors are valid.
CREATE TABLE charter (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    intro_ky TEXT NOT NULL,
    intro_ru TEXT NOT NULL,
    intro_en TEXT NOT NULL,
    contact TEXT NOT NULL,
    consult_from BIGINT,
    consult_to BIGINT,
    consult_ended TEXT,
    resolution TEXT,
    resolution_day BIGINT,
    valid_from BIGINT,
    digest TEXT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    approved_ms BIGINT,
    approved_by BIGINT,
    published_ms BIGINT,
    published_by BIGINT,
    PRIMARY KEY (unit, service, version)
);

CREATE TABLE charter_promise (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    version BIGINT NOT NULL,
    id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    text_ky TEXT NOT NULL,
    text_ru TEXT NOT NULL,
    text_en TEXT NOT NULL,
    measure TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    working_days BIGINT NOT NULL,
    remedy_ky TEXT NOT NULL,
    remedy_ru TEXT NOT NULL,
    remedy_en TEXT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (unit, service, version, id)
);

-- What people said in a consultation, and what they were answered.
CREATE TABLE charter_comment (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    version BIGINT NOT NULL,
    author TEXT NOT NULL,
    words TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    look TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_ms BIGINT,
    answered_by BIGINT,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE INDEX charter_comment_version ON charter_comment (unit, service, version);
CREATE UNIQUE INDEX charter_comment_once ON charter_comment (unit, once);

-- How often measured promises were kept in the 90 days before as_of_ms; service '' is all of them.
CREATE TABLE charter_kept (
    unit TEXT NOT NULL,
    service TEXT NOT NULL,
    kept BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    as_of_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, service)
);

-- The second wall behind charter.c: the database itself refuses to change what was shown.
-- only: sqlite
CREATE TRIGGER charter_kept_published BEFORE UPDATE ON charter
WHEN OLD.state = 'published'
BEGIN SELECT RAISE(ABORT, 'a published charter never changes'); END;
CREATE TRIGGER charter_kept_words BEFORE UPDATE ON charter
WHEN OLD.state <> 'draft' AND (NEW.intro_ky <> OLD.intro_ky OR NEW.intro_ru <> OLD.intro_ru
     OR NEW.intro_en <> OLD.intro_en OR NEW.contact <> OLD.contact)
BEGIN SELECT RAISE(ABORT, 'only a draft is edited'); END;
CREATE TRIGGER charter_kept_row BEFORE DELETE ON charter
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'only a draft is thrown away'); END;
CREATE TRIGGER charter_kept_promise BEFORE UPDATE ON charter_promise
WHEN (SELECT state FROM charter c WHERE c.unit = OLD.unit AND c.service = OLD.service
         AND c.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'promises of a draft alone are edited'); END;
CREATE TRIGGER charter_kept_promise_row BEFORE DELETE ON charter_promise
WHEN (SELECT state FROM charter c WHERE c.unit = OLD.unit AND c.service = OLD.service
         AND c.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'promises of a draft alone are removed'); END;
-- end
-- only: postgres
CREATE FUNCTION charter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' OR (TG_OP = 'DELETE' AND OLD.state <> 'draft') THEN
        RAISE EXCEPTION 'a published charter never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (NEW.intro_ky <> OLD.intro_ky OR NEW.intro_ru <> OLD.intro_ru
        OR NEW.intro_en <> OLD.intro_en OR NEW.contact <> OLD.contact) THEN
        RAISE EXCEPTION 'only a draft is edited' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charter_guard BEFORE UPDATE OR DELETE ON charter
    FOR EACH ROW EXECUTE FUNCTION charter_guard();
CREATE FUNCTION charter_promise_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM charter c WHERE c.unit = OLD.unit AND c.service = OLD.service
           AND c.version = OLD.version) <> 'draft' THEN
        RAISE EXCEPTION 'promises of a draft alone are edited' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charter_promise_guard BEFORE UPDATE OR DELETE ON charter_promise
    FOR EACH ROW EXECUTE FUNCTION charter_promise_guard();
-- end
