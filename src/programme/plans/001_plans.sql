-- A service improvement action plan. unit: the municipality that leads it. origin: what it comes from ("gap", "event",
-- "survey", "other") and origin_ref which one ("2026/water.coverage", an event's id, words). version: the latest
-- approved one, 0 while there is none; approved_day: of the first resolution.
CREATE TABLE plan (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    origin TEXT NOT NULL,
    origin_ref TEXT NOT NULL,
    version BIGINT NOT NULL,
    approved_day BIGINT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX plan_by_id ON plan (id);
CREATE UNIQUE INDEX plan_once ON plan (once) WHERE once IS NOT NULL;
CREATE INDEX plan_by_day ON plan (approved_day, id);

-- What the council has before it. Only a draft is edited; a submitted version waits for the resolution or comes back;
-- an approved one never changes, and a change is the next version. risks: a line each. basis: what it rests on in law.
CREATE TABLE plan_version (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    problem TEXT NOT NULL,
    objective TEXT NOT NULL,
    basis TEXT NOT NULL,
    risks TEXT NOT NULL,
    changes TEXT NOT NULL,
    returned TEXT NOT NULL,
    resolution TEXT,
    resolution_day BIGINT,
    digest TEXT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    submitted_ms BIGINT,
    submitted_by BIGINT,
    approved_ms BIGINT,
    approved_by BIGINT,
    PRIMARY KEY (unit, plan, version)
);

-- id: the same in every version, so that progress follows the action. Money in tyiyn, whole som; the five sources add
-- up to cost.
CREATE TABLE plan_action (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    version BIGINT NOT NULL,
    id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    responsible TEXT NOT NULL,
    result TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    own BIGINT NOT NULL,
    grant_money BIGINT NOT NULL,
    cash BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    partner BIGINT NOT NULL,
    PRIMARY KEY (unit, plan, version, id)
);

-- How many people of which village are to have a better service.
CREATE TABLE plan_people (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    version BIGINT NOT NULL,
    village TEXT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (unit, plan, version, village)
);

-- Of a plan of several municipalities: what each of them pays of the own money, and its council's resolution.
CREATE TABLE plan_share (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    version BIGINT NOT NULL,
    member TEXT NOT NULL,
    amount BIGINT NOT NULL,
    resolution TEXT NOT NULL,
    resolution_day BIGINT,
    PRIMARY KEY (unit, plan, version, member)
);
CREATE INDEX plan_share_member ON plan_share (member, plan);

-- The working group: persons of community/persons. duty: "head", "member", "secretary".
CREATE TABLE plan_member (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    person BIGINT NOT NULL,
    duty TEXT NOT NULL,
    added_ms BIGINT NOT NULL,
    added_by BIGINT NOT NULL,
    PRIMARY KEY (unit, plan, person)
);
CREATE INDEX plan_member_person ON plan_member (person);

-- What was said of an action's progress; the latest word (by id) counts.
CREATE TABLE plan_progress (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    id BIGINT NOT NULL,
    action BIGINT NOT NULL,
    percent BIGINT NOT NULL,
    day BIGINT NOT NULL,
    note TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, plan, id)
);
CREATE INDEX plan_progress_action ON plan_progress (unit, action, id);
CREATE UNIQUE INDEX plan_progress_once ON plan_progress (once) WHERE once IS NOT NULL;

CREATE TABLE plan_photo (
    unit TEXT NOT NULL,
    plan BIGINT NOT NULL,
    id BIGINT NOT NULL,
    progress BIGINT NOT NULL,
    large_file TEXT NOT NULL,
    small_file TEXT NOT NULL,
    PRIMARY KEY (unit, plan, id)
);

-- Money and work that really came. unit: who is credited (of a joint plan, the municipality that paid). Taken back by
-- withdrawal with a reason, never erased.
CREATE TABLE plan_money (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    plan BIGINT NOT NULL,
    action BIGINT NOT NULL,
    source TEXT NOT NULL,
    amount BIGINT NOT NULL,
    day BIGINT NOT NULL,
    topic TEXT NOT NULL,
    document TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    withdrawn_ms BIGINT,
    withdrawn_by BIGINT,
    why TEXT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE INDEX plan_money_plan ON plan_money (plan, id);
CREATE UNIQUE INDEX plan_money_once ON plan_money (once) WHERE once IS NOT NULL;

-- The second wall behind plans_edit.c: what the council has or had before it stays.
-- only: sqlite
CREATE TRIGGER plan_version_keeps BEFORE UPDATE ON plan_version WHEN OLD.state = 'approved'
BEGIN SELECT RAISE(ABORT, 'an approved plan never changes'); END;
CREATE TRIGGER plan_version_stays BEFORE DELETE ON plan_version WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'only a draft is thrown away'); END;
CREATE TRIGGER plan_action_keeps BEFORE UPDATE ON plan_action
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'actions of a draft alone are edited'); END;
CREATE TRIGGER plan_action_stays BEFORE DELETE ON plan_action
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'actions of a draft alone are removed'); END;
CREATE TRIGGER plan_action_comes BEFORE INSERT ON plan_action
WHEN (SELECT state FROM plan_version v WHERE v.unit = NEW.unit AND v.plan = NEW.plan AND v.version = NEW.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'actions are added to a draft alone'); END;
CREATE TRIGGER plan_people_keeps BEFORE UPDATE ON plan_people
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a draft alone is edited'); END;
CREATE TRIGGER plan_people_stays BEFORE DELETE ON plan_people
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a draft alone is edited'); END;
CREATE TRIGGER plan_share_keeps BEFORE UPDATE ON plan_share
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) = 'approved'
BEGIN SELECT RAISE(ABORT, 'an approved plan never changes'); END;
CREATE TRIGGER plan_share_stays BEFORE DELETE ON plan_share
WHEN (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan AND v.version = OLD.version) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a draft alone is edited'); END;
-- end
-- only: postgres
CREATE FUNCTION plan_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'approved' OR (TG_OP = 'DELETE' AND OLD.state <> 'draft') THEN
        RAISE EXCEPTION 'an approved plan never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_version_guard BEFORE UPDATE OR DELETE ON plan_version
    FOR EACH ROW EXECUTE FUNCTION plan_version_guard();
CREATE FUNCTION plan_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan
           AND v.version = OLD.version) <> 'draft' THEN
        RAISE EXCEPTION 'a draft alone is edited' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_action_guard BEFORE UPDATE OR DELETE ON plan_action
    FOR EACH ROW EXECUTE FUNCTION plan_part_guard();
CREATE TRIGGER plan_people_guard BEFORE UPDATE OR DELETE ON plan_people
    FOR EACH ROW EXECUTE FUNCTION plan_part_guard();
CREATE TRIGGER plan_share_guard BEFORE DELETE ON plan_share
    FOR EACH ROW EXECUTE FUNCTION plan_part_guard();
CREATE FUNCTION plan_action_guard_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM plan_version v WHERE v.unit = NEW.unit AND v.plan = NEW.plan
           AND v.version = NEW.version) <> 'draft' THEN
        RAISE EXCEPTION 'actions are added to a draft alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_action_guard_new BEFORE INSERT ON plan_action
    FOR EACH ROW EXECUTE FUNCTION plan_action_guard_new();
CREATE FUNCTION plan_share_guard_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM plan_version v WHERE v.unit = OLD.unit AND v.plan = OLD.plan
           AND v.version = OLD.version) = 'approved' THEN
        RAISE EXCEPTION 'an approved plan never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_share_guard_set BEFORE UPDATE ON plan_share
    FOR EACH ROW EXECUTE FUNCTION plan_share_guard_set();
-- end
