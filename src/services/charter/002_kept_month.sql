-- How promises were kept in the calendar month of month_day (its first day) up to as_of_ms, and in the whole
-- month before it: what the municipality's page says of a change. NULL until they are counted.
ALTER TABLE charter_kept ADD COLUMN month_day BIGINT;
ALTER TABLE charter_kept ADD COLUMN month_kept BIGINT;
ALTER TABLE charter_kept ADD COLUMN month_counted BIGINT;
ALTER TABLE charter_kept ADD COLUMN before_kept BIGINT;
ALTER TABLE charter_kept ADD COLUMN before_counted BIGINT;
