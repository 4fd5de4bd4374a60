-- The work list of staff.

-- Number, street and words as utf8_search_key writes them, with a blank before each word: what the work list
-- is searched by. Inside only, like the words themselves.
ALTER TABLE cases ADD search_key TEXT;

-- Open cases, late first, those without a promise behind all others. Holds what is counted of open cases, so
-- that the figures over the list are read from it alone.
DROP INDEX cases_open_due;
CREATE INDEX cases_desk ON cases (unit, COALESCE(due_day, 4000000), created_ms, id, state, assignee, due_day, held, open)
 WHERE open = 1;

-- Ready answers. A row with the code of a shipped one stands in its place; one without is the
-- municipality's own. state: '' for any; else offered only for entering it. hidden: not offered.
CREATE TABLE case_template (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    code TEXT,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    ky TEXT NOT NULL,
    ru TEXT NOT NULL,
    en TEXT NOT NULL,
    hidden BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX case_template_code ON case_template (unit, code) WHERE code IS NOT NULL;
