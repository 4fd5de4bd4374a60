-- Headings in an index of their own. An index of words does not hold their weights: asking for common words in headings
-- alone had to look at every article that has them anywhere.
-- only: postgres
ALTER TABLE law_doc ADD COLUMN head_search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', head || ' . ' || head_stems), 'A') ||
    setweight(to_tsvector('simple', marks), 'C')) STORED;
CREATE INDEX law_doc_head_search ON law_doc USING gin (head_search) WITH (fastupdate = off);
-- end
