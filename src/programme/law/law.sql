-- query: law_act_put :exec
-- in: id i64, path str, issuer str, kind str, number str, day i64, title_ky str, title_ru str, standing str, source str,
--     created_ms i64, created_by i64
INSERT INTO law_act (id, path, issuer, kind, number, day, title_ky, title_ru, standing, source, created_ms, created_by)
VALUES ($id, $path, $issuer, $kind, $number, $day, $title_ky, $title_ru, $standing, $source, $created_ms, $created_by)
ON CONFLICT (path) DO UPDATE SET title_ky = excluded.title_ky, title_ru = excluded.title_ru,
    standing = excluded.standing, source = excluded.source;

-- query: law_act_by_path :one
-- in: path str
-- out: id i64, path str, issuer str, kind str, number str, day i64, title_ky str, title_ru str, standing str, source str
SELECT id, path, issuer, kind, number, day, title_ky, title_ru, standing, source FROM law_act WHERE path = $path;

-- query: law_acts_newest :many
-- in: limit i64
-- out: id i64, path str, issuer str, kind str, number str, day i64, title_ky str, title_ru str, standing str, source str
SELECT id, path, issuer, kind, number, day, title_ky, title_ru, standing, source
  FROM law_act ORDER BY day DESC, id DESC LIMIT $limit;

-- query: law_acts_of_topic :many
-- in: topic str, limit i64
-- out: id i64, path str, issuer str, kind str, number str, day i64, title_ky str, title_ru str, standing str, source str
SELECT a.id, a.path, a.issuer, a.kind, a.number, a.day, a.title_ky, a.title_ru, a.standing, a.source
  FROM law_topic t JOIN law_act a ON a.id = t.act
 WHERE t.topic = $topic ORDER BY a.day DESC, a.id DESC LIMIT $limit;

-- query: law_topics_of :many
-- in: act i64
-- out: topic str
SELECT topic FROM law_topic WHERE act = $act ORDER BY topic;

-- query: law_topic_counts :many
-- out: topic str, n i64
SELECT topic, COUNT(*) AS n FROM law_topic GROUP BY topic ORDER BY topic;

-- query: law_topic_put :exec
-- in: topic str, act i64
INSERT INTO law_topic (topic, act) VALUES ($topic, $act) ON CONFLICT (topic, act) DO NOTHING;

-- query: law_topics_clear :exec
-- in: act i64
DELETE FROM law_topic WHERE act = $act;

-- query: law_expressions :many
-- Every wording of an act, the latest first.
-- in: act i64
-- out: id i64, lang str, from_day i64, to_day i64?, digest str
SELECT id, lang, from_day, to_day, digest FROM law_expression
 WHERE act = $act ORDER BY from_day DESC, lang;

-- query: law_expressions_all :many
-- For the doctor.
-- out: id i64, lang str, from_day i64, digest str, path str
SELECT e.id, e.lang, e.from_day, e.digest, a.path FROM law_expression e JOIN law_act a ON a.id = e.act
 ORDER BY a.path, e.lang, e.from_day;

-- query: law_expression_put :exec
-- in: id i64, act i64, lang str, from_day i64, to_day i64?, digest str, created_ms i64, created_by i64
INSERT INTO law_expression (id, act, lang, from_day, to_day, digest, created_ms, created_by)
VALUES ($id, $act, $lang, $from_day, $to_day, $digest, $created_ms, $created_by);

-- query: law_expression_end :exec
-- in: id i64, to_day i64?
UPDATE law_expression SET to_day = $to_day WHERE id = $id;

-- query: law_docs_end :exec
-- in: expression i64, to_day i64?
UPDATE law_doc SET to_day = $to_day WHERE expression = $expression;

-- query: law_part_put :exec
-- in: expression i64, position i64, eid str, kind str, label str, heading str, words str
INSERT INTO law_part (expression, position, eid, kind, label, heading, words)
VALUES ($expression, $position, $eid, $kind, $label, $heading, $words);

-- query: law_parts :many
-- in: expression i64
-- out: position i64, eid str, kind str, label str, heading str, words str
SELECT position, eid, kind, label, heading, words FROM law_part WHERE expression = $expression ORDER BY position;

-- query: law_doc_put :exec
-- in: id i64, act i64, expression i64, position i64, from_day i64, to_day i64?, head str, head_stems str, body str,
--     body_stems str, marks str
INSERT INTO law_doc (id, act, expression, position, from_day, to_day, head, head_stems, body, body_stems, marks)
VALUES ($id, $act, $expression, $position, $from_day, $to_day, $head, $head_stems, $body, $body_stems, $marks);

-- query: law_index_put :exec
-- Triggers may not write the index (trusted_schema is off), so whoever writes a document does. PostgreSQL has a column for it.
-- in: id i64
-- sqlite:
INSERT INTO law_index (rowid, head, head_stems, body, body_stems, marks)
SELECT id, head, head_stems, body, body_stems, marks FROM law_doc WHERE id = $id;
-- postgres:
UPDATE law_doc SET marks = marks WHERE id = $id AND FALSE;

-- query: law_index_drop_act :exec
-- Before the marks of an act's documents change: the index must be told what it holds.
-- in: act i64
-- sqlite:
INSERT INTO law_index (law_index, rowid, head, head_stems, body, body_stems, marks)
SELECT 'delete', id, head, head_stems, body, body_stems, marks FROM law_doc WHERE act = $act;
-- postgres:
UPDATE law_doc SET marks = marks WHERE act = $act AND FALSE;

-- query: law_docs_mark :exec
-- in: expression i64, marks str
UPDATE law_doc SET marks = $marks WHERE expression = $expression;

-- query: law_index_put_act :exec
-- in: act i64
-- sqlite:
INSERT INTO law_index (rowid, head, head_stems, body, body_stems, marks)
SELECT id, head, head_stems, body, body_stems, marks FROM law_doc WHERE act = $act;
-- postgres:
UPDATE law_doc SET marks = marks WHERE act = $act AND FALSE;

-- query: law_index_missing :one
-- After a restore the documents are there and the index is empty.
-- out: missing i64
-- sqlite:
SELECT EXISTS (SELECT 1 FROM law_doc)
       AND NOT EXISTS (SELECT 1 FROM law_index WHERE law_index MATCH 'zlky OR zlru') AS missing;
-- postgres:
SELECT CAST(0 AS BIGINT) AS missing;

-- query: law_index_rebuild :exec
-- sqlite:
INSERT INTO law_index (law_index) VALUES ('rebuild');
-- postgres:
UPDATE law_doc SET marks = marks WHERE FALSE;

-- query: law_search :many
-- Work is bounded: at most $candidates documents of the head and as many of all are ranked, the newest first taken.
-- in: head str, match str, on i64, candidates i64, limit i64, offset i64
-- out: id i64, act i64, expression i64, position i64, lang str, from_day i64, to_day i64?, path str, issuer str, kind str,
--     number str, day i64, title_ky str, title_ru str, standing str, looked i64
-- sqlite:
WITH found AS (
    SELECT id, MIN(rank) AS rank, COUNT(*) OVER () AS looked FROM (
        SELECT * FROM (
            SELECT d.id AS id, 2 * bm25(law_index, 6.0, 6.0, 1.0, 1.0, 0.0) AS rank
              FROM law_index JOIN law_doc d ON d.id = law_index.rowid
             WHERE law_index MATCH $head AND d.from_day <= $on AND (d.to_day IS NULL OR d.to_day > $on)
             ORDER BY law_index.rowid DESC LIMIT $candidates)
        UNION ALL
        SELECT * FROM (
            SELECT d.id AS id, bm25(law_index, 6.0, 6.0, 1.0, 1.0, 0.0) AS rank
              FROM law_index JOIN law_doc d ON d.id = law_index.rowid
             WHERE law_index MATCH $match AND d.from_day <= $on AND (d.to_day IS NULL OR d.to_day > $on)
             ORDER BY law_index.rowid DESC LIMIT $candidates))
     GROUP BY id ORDER BY MIN(rank), id DESC LIMIT $limit OFFSET $offset)
SELECT d.id, d.act, d.expression, d.position, e.lang, e.from_day, e.to_day, a.path, a.issuer, a.kind, a.number, a.day,
       a.title_ky, a.title_ru, a.standing, found.looked
  FROM found JOIN law_doc d ON d.id = found.id JOIN law_expression e ON e.id = d.expression
  JOIN law_act a ON a.id = d.act
 ORDER BY found.rank, d.id DESC;
-- postgres:
WITH found AS (
    SELECT id, MAX(rank) AS rank, COUNT(*) OVER () AS looked FROM (
        (SELECT d.id, 2 * ts_rank('{0.1, 0.1, 0.1, 1.0}', d.head_search, CAST(CAST($head AS TEXT) AS tsquery)) AS rank
           FROM law_doc d
          WHERE d.head_search @@ CAST(CAST($head AS TEXT) AS tsquery) AND d.from_day <= $on AND (d.to_day IS NULL OR d.to_day > $on)
          LIMIT $candidates)
        UNION ALL
        (SELECT d.id, ts_rank('{0.1, 0.1, 0.1, 1.0}', d.search, CAST(CAST($match AS TEXT) AS tsquery)) AS rank
           FROM law_doc d
          WHERE d.search @@ CAST(CAST($match AS TEXT) AS tsquery) AND d.from_day <= $on AND (d.to_day IS NULL OR d.to_day > $on)
          LIMIT $candidates)) c
     GROUP BY id ORDER BY MAX(rank) DESC, id DESC LIMIT $limit OFFSET $offset)
SELECT d.id, d.act, d.expression, d.position, e.lang, e.from_day, e.to_day, a.path, a.issuer, a.kind, a.number, a.day,
       a.title_ky, a.title_ru, a.standing, found.looked
  FROM found JOIN law_doc d ON d.id = found.id JOIN law_expression e ON e.id = d.expression
  JOIN law_act a ON a.id = d.act
 ORDER BY found.rank DESC, d.id DESC;

-- query: law_hit_words :many
-- The words of several articles at once, for their snippets. `ids` is a JSON list of the ids of documents, as text.
-- in: ids str
-- out: doc i64, label str, heading str, eid str, kind str, words str, position i64
-- sqlite:
SELECT d.id AS doc, p.label, p.heading, p.eid, p.kind, p.words, p.position
  FROM json_each($ids) j JOIN law_doc d ON d.id = CAST(j.value AS INTEGER)
  JOIN law_part p ON p.expression = d.expression
   AND p.position >= d.position AND p.position < d.position + 400
 WHERE p.position < COALESCE((SELECT MIN(n.position) FROM law_doc n WHERE n.expression = d.expression
                                 AND n.position > d.position), p.position + 1)
 ORDER BY d.id, p.position;
-- postgres:
SELECT d.id AS doc, p.label, p.heading, p.eid, p.kind, p.words, p.position
  FROM jsonb_array_elements_text(CAST(CAST($ids AS TEXT) AS jsonb)) AS j(value) JOIN law_doc d ON d.id = CAST(j.value AS BIGINT)
  JOIN law_part p ON p.expression = d.expression
   AND p.position >= d.position AND p.position < d.position + 400
 WHERE p.position < COALESCE((SELECT MIN(n.position) FROM law_doc n WHERE n.expression = d.expression
                                 AND n.position > d.position), p.position + 1)
 ORDER BY d.id, p.position;

-- --- links ---

-- query: law_link_put :exec
-- in: act i64, kind str, other i64, note str
INSERT INTO law_link (act, kind, other, note) VALUES ($act, $kind, $other, $note)
ON CONFLICT (act, kind, other) DO UPDATE SET note = excluded.note;

-- query: law_link_remove :exec
-- in: act i64, kind str, other i64
DELETE FROM law_link WHERE act = $act AND kind = $kind AND other = $other;

-- query: law_links :many
-- Both ways: `back` is 1 where the other act does it to this one.
-- in: act i64
-- out: back i64, kind str, note str, path str, issuer str, akind str, number str, day i64, title_ky str, title_ru str
SELECT 0 AS back, l.kind AS kind, l.note AS note, a.path, a.issuer, a.kind AS akind, a.number, a.day AS day, a.title_ky, a.title_ru
  FROM law_link l JOIN law_act a ON a.id = l.other WHERE l.act = $act
UNION ALL
SELECT 1 AS back, l.kind AS kind, l.note AS note, a.path, a.issuer, a.kind AS akind, a.number, a.day AS day, a.title_ky, a.title_ru
  FROM law_link l JOIN law_act a ON a.id = l.act WHERE l.other = $act
 ORDER BY back, kind, day;

-- --- collections ---

-- query: law_collection_put :exec
-- in: id i64, code str, title_ky str, title_ru str, title_en str, edition i64, day i64, created_ms i64, created_by i64
INSERT INTO law_collection (id, code, title_ky, title_ru, title_en, edition, day, created_ms, created_by)
VALUES ($id, $code, $title_ky, $title_ru, $title_en, $edition, $day, $created_ms, $created_by);

-- query: law_collection_get :one
-- in: code str
-- out: id i64, code str, title_ky str, title_ru str, title_en str, edition i64, day i64
SELECT id, code, title_ky, title_ru, title_en, edition, day FROM law_collection WHERE code = $code;

-- query: law_collection_set :exec
-- in: id i64, title_ky str, title_ru str, title_en str, edition i64, day i64
UPDATE law_collection SET title_ky = $title_ky, title_ru = $title_ru, title_en = $title_en, edition = $edition, day = $day
 WHERE id = $id;

-- query: law_collection_items_clear :exec
-- in: collection i64
DELETE FROM law_collection_item WHERE collection = $collection;

-- query: law_collection_remove :exec
-- in: id i64
DELETE FROM law_collection WHERE id = $id;

-- query: law_collections :many
-- out: id i64, code str, title_ky str, title_ru str, title_en str, edition i64, day i64, units i64, copies i64
SELECT c.id, c.code, c.title_ky, c.title_ru, c.title_en, c.edition, c.day,
       (SELECT COUNT(DISTINCT d.recipient) FROM law_delivery d WHERE d.collection = c.id) AS units,
       COALESCE((SELECT CAST(SUM(d.copies) AS BIGINT) FROM law_delivery d WHERE d.collection = c.id), 0) AS copies
  FROM law_collection c ORDER BY c.day DESC, c.id DESC;

-- query: law_collection_item_put :exec
-- in: collection i64, position i64, act i64
INSERT INTO law_collection_item (collection, position, act) VALUES ($collection, $position, $act);

-- query: law_collection_acts :many
-- in: collection i64
-- out: id i64, path str, issuer str, kind str, number str, day i64, title_ky str, title_ru str, standing str, source str
SELECT a.id, a.path, a.issuer, a.kind, a.number, a.day, a.title_ky, a.title_ru, a.standing, a.source
  FROM law_collection_item i JOIN law_act a ON a.id = i.act
 WHERE i.collection = $collection ORDER BY i.position;

-- query: law_collection_parts :many
-- The wording in force on a day of every act of a collection, in one language.
-- in: collection i64, lang str, on i64
-- out: act i64, eid str, kind str, label str, heading str, words str
SELECT e.act, p.eid, p.kind, p.label, p.heading, p.words
  FROM law_collection_item i JOIN law_expression e ON e.act = i.act
  JOIN law_part p ON p.expression = e.id
 WHERE i.collection = $collection AND e.lang = $lang AND e.from_day <= $on
   AND (e.to_day IS NULL OR e.to_day > $on)
 ORDER BY i.position, p.position;

-- query: law_collection_topics :many
-- in: collection i64
-- out: topic str, act i64
SELECT t.topic, t.act FROM law_collection_item i JOIN law_topic t ON t.act = i.act
 WHERE i.collection = $collection ORDER BY t.topic, i.position;

-- query: law_delivery_put :exec
-- in: collection i64, recipient str, day i64, place str, copies i64, created_ms i64, created_by i64
INSERT INTO law_delivery (collection, recipient, day, place, copies, created_ms, created_by)
VALUES ($collection, $recipient, $day, $place, $copies, $created_ms, $created_by);

-- query: law_deliveries :many
-- in: collection i64, after str, limit i64
-- out: recipient str, day i64, place str, copies i64
SELECT recipient, day, place, copies FROM law_delivery
 WHERE collection = $collection AND recipient > $after ORDER BY recipient, day LIMIT $limit;

-- query: law_deliveries_of_place :many
-- Every delivery to a place, the earliest of each edition first: for counting again.
-- in: place str
-- out: collection i64, recipient str, day i64, copies i64
SELECT collection, recipient, day, copies FROM law_delivery
 WHERE place = $place ORDER BY collection, recipient, day;

-- query: law_delivery_first :one
-- Of a body and an edition: how often it received copies, the first day, and whether it was under the same code.
-- in: collection i64, recipient str
-- out: n i64, day i64?, same_place i64
SELECT COUNT(*) AS n, MIN(day) AS day, COUNT(DISTINCT place) AS same_place FROM law_delivery
 WHERE collection = $collection AND recipient = $recipient;

-- query: law_collection_sums :one
-- in: collection i64
-- out: units i64, copies i64
SELECT COUNT(DISTINCT recipient) AS units, COALESCE(CAST(SUM(copies) AS BIGINT), 0) AS copies
  FROM law_delivery WHERE collection = $collection;
