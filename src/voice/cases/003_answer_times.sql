-- The middle answer time of one municipality stands on its page and over its list of reports: read from the
-- index alone, three hundred rows instead of three hundred look-ups.
CREATE INDEX case_answer_time_unit ON case_answer_time (unit, day, hours, answers);
