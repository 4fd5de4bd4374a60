-- Counters whose totals this installation holds: one that a new version brings is counted from its records once.
CREATE TABLE result_counted (
    counter TEXT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL
);

-- Success stories for the reports of a programme, written by its staff; of a municipality, or "*".
CREATE TABLE result_success (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    month BIGINT NOT NULL, -- the story belongs to the reports whose period holds it
    lang TEXT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    withdrawn BIGINT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE INDEX result_success_month ON result_success (programme, month);
-- What waits for somebody to verify it; and who takes part in a programme and so owes reports.
CREATE INDEX result_value_state ON result_value (state);
CREATE INDEX result_milestone_programme ON result_milestone (programme, milestone);
