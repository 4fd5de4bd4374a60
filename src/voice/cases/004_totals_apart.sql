-- What totals are to be raised by and are not yet. A report leaves such a row instead of raising the totals of its
-- service itself: on PostgreSQL everybody who reports the same service would wait for that one row, and fail. A job
-- adds them to case_total within a minute; whoever reads totals adds those that still wait.
CREATE TABLE case_total_change (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    day BIGINT NOT NULL,
    received BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    resolved BIGINT NOT NULL,
    in_time BIGINT NOT NULL,
    rated BIGINT NOT NULL,
    stars BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);

-- From here on case_total holds, under the service '', all services together: a page that shows a year of months
-- reads a row a month instead of one for each service.
INSERT INTO case_total (unit, service, day, received, answered, resolved, in_time, rated, stars)
SELECT d.unit, '', d.day, CAST(SUM(t.received) AS BIGINT), CAST(SUM(t.answered) AS BIGINT),
       CAST(SUM(t.resolved) AS BIGINT), CAST(SUM(t.in_time) AS BIGINT), CAST(SUM(t.rated) AS BIGINT),
       CAST(SUM(t.stars) AS BIGINT)
  FROM (SELECT DISTINCT unit, day FROM case_total) d
  JOIN case_service s ON s.unit = d.unit
  JOIN case_total t ON t.unit = s.unit AND t.service = s.service
 WHERE t.day = (SELECT MAX(m.day) FROM case_total m
                 WHERE m.unit = s.unit AND m.service = s.service AND m.day <= d.day)
 GROUP BY d.unit, d.day;
