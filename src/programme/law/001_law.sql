-- The library of legal acts. An act is a work; what is read is an expression of it: a language and the day from which
-- that wording is in force. Wordings never change: a change of the law, or of our text of it, is the next version.
CREATE TABLE law_act (
    id BIGINT NOT NULL,
    path TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    day BIGINT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    standing TEXT NOT NULL,
    source TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX law_act_path ON law_act (path);
CREATE INDEX law_act_day ON law_act (day, id);

-- to_day is the day on which the next version took its place, or the act ended; NULL while it is in force.
CREATE TABLE law_expression (
    id BIGINT NOT NULL,
    act BIGINT NOT NULL,
    lang TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    digest TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX law_expression_version ON law_expression (act, lang, from_day);

-- The structure of an expression in reading order: parts, chapters, articles, paragraphs.
CREATE TABLE law_part (
    expression BIGINT NOT NULL,
    position BIGINT NOT NULL,
    eid TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    heading TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (expression, position)
);

CREATE TABLE law_topic (
    topic TEXT NOT NULL,
    act BIGINT NOT NULL,
    PRIMARY KEY (topic, act)
);
CREATE INDEX law_topic_act ON law_topic (act);

-- One act does something to another: amends, repeals, implements, corrects, cites.
CREATE TABLE law_link (
    act BIGINT NOT NULL,
    kind TEXT NOT NULL,
    other BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (act, kind, other)
);
CREATE INDEX law_link_other ON law_link (other);

-- What search looks at: an article (or the act itself, position -1), as words and as stems, ready for the index of either
-- engine. `marks` holds topics and language as words, so that filters are part of the query.
CREATE TABLE law_doc (
    id BIGINT NOT NULL,
    act BIGINT NOT NULL,
    expression BIGINT NOT NULL,
    position BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    head TEXT NOT NULL,
    head_stems TEXT NOT NULL,
    body TEXT NOT NULL,
    body_stems TEXT NOT NULL,
    marks TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX law_doc_expression ON law_doc (expression, position);
CREATE INDEX law_doc_act ON law_doc (act);

-- only: sqlite
CREATE VIRTUAL TABLE law_index USING fts5 (head, head_stems, body, body_stems, marks, content='law_doc',
    content_rowid='id', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER law_part_kept BEFORE UPDATE ON law_part
BEGIN SELECT RAISE(ABORT, 'a wording never changes'); END;
CREATE TRIGGER law_part_kept_row BEFORE DELETE ON law_part
BEGIN SELECT RAISE(ABORT, 'a wording never changes'); END;
-- end
-- only: postgres
ALTER TABLE law_doc ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', head || ' . ' || head_stems), 'A') ||
    setweight(to_tsvector('simple', body || ' . ' || body_stems), 'D') ||
    setweight(to_tsvector('simple', marks), 'C')) STORED;
CREATE INDEX law_doc_search ON law_doc USING gin (search) WITH (fastupdate = off);
CREATE FUNCTION law_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a wording never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER law_part_guard BEFORE UPDATE OR DELETE ON law_part
    FOR EACH ROW EXECUTE FUNCTION law_part_guard();
-- end

-- An ordered selection of acts that is printed and given out: the Sbornik, by edition.
CREATE TABLE law_collection (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    title_ky TEXT NOT NULL,
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    edition BIGINT NOT NULL,
    day BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX law_collection_code ON law_collection (code);

CREATE TABLE law_collection_item (
    collection BIGINT NOT NULL,
    position BIGINT NOT NULL,
    act BIGINT NOT NULL,
    PRIMARY KEY (collection, position)
);

-- Which body received how many copies of an edition. `place` is its code, '' where it has none here.
CREATE TABLE law_delivery (
    collection BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    day BIGINT NOT NULL,
    place TEXT NOT NULL,
    copies BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (collection, recipient, day)
);
CREATE INDEX law_delivery_place ON law_delivery (place);
