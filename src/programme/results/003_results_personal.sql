-- Whether an indicator counts people, so that small numbers of it are withheld from the public: said by its sheet, not
-- guessed from the wording of its unit.
ALTER TABLE result_indicator ADD COLUMN personal BIGINT NOT NULL DEFAULT 0;
UPDATE result_indicator SET personal = 1
 WHERE EXISTS (SELECT 1 FROM result_text t WHERE t.code = result_indicator.code AND t.version = result_indicator.version
                AND t.field = 'unit' AND t.en IN ('people', 'participations'));
