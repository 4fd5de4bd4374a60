-- When a municipality merges, its counts end on that day under its code and go on under the successor's: so that a
-- day's people served are those of one municipality, and the country's total counts nobody twice.
ALTER TABLE coverage ADD COLUMN handed_over_day BIGINT;
ALTER TABLE coverage ADD COLUMN taken_over_day BIGINT;
