-- Where the records behind a computed answer are listed, as it was when the answer was kept.
ALTER TABLE assessment_value ADD COLUMN href TEXT;
