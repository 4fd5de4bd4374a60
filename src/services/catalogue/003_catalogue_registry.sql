-- The icon of that name is "lessons".
UPDATE service_kind SET icon = 'lessons' WHERE code = 'extracurricular';

-- Hints under the faults of the report form.
ALTER TABLE service_fault ADD COLUMN hint_ky TEXT;
ALTER TABLE service_fault ADD COLUMN hint_ru TEXT;
ALTER TABLE service_fault ADD COLUMN hint_en TEXT;

-- A count that turned out to be wrong is withdrawn, with a reason, and stays readable. `once` makes a form
-- that was sent twice one count. The evidence is shown to everybody only where somebody said that it
-- names no people.
ALTER TABLE coverage ADD COLUMN once TEXT;
ALTER TABLE coverage ADD COLUMN evidence_type TEXT;
ALTER TABLE coverage ADD COLUMN evidence_public BIGINT;
ALTER TABLE coverage ADD COLUMN withdrawn_ms BIGINT;
ALTER TABLE coverage ADD COLUMN withdrawn_by BIGINT;
ALTER TABLE coverage ADD COLUMN withdrawn_why TEXT;
CREATE UNIQUE INDEX coverage_once ON coverage (unit, once, level) WHERE once IS NOT NULL;

-- The counts in force: the latest of each village and level. Level rank 0 is life without the service:
-- those people are counted, but not as served.
CREATE VIEW coverage_now AS
SELECT c.unit, c.id, c.service, c.village, c.level, c.people, c.women, c.day, c.method,
       CAST(CASE WHEN l.rank = 0 THEN 0 ELSE 1 END AS BIGINT) AS served
  FROM coverage c
  LEFT JOIN service_level l ON l.code = c.level
 WHERE c.withdrawn = 0
   AND NOT EXISTS (SELECT 1 FROM coverage d
                    WHERE d.unit = c.unit AND d.service = c.service AND d.village = c.village
                      AND d.level = c.level AND d.withdrawn = 0
                      AND (d.day > c.day OR (d.day = c.day AND d.id > c.id)));
