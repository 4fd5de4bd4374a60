-- query: persons_put :exec
-- in: id i64, family str, given str, patronymic str, family_key str, name_key str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, fictional i64, created_ms i64, created_by i64
INSERT INTO persons (id, root, family, given, patronymic, family_key, name_key, sex, birth_year, band, phone, email, home,
                     village, disability, position, grp, organisation, fictional, revision, created_ms, created_by)
VALUES ($id, $id, $family, $given, $patronymic, $family_key, $name_key, $sex, $birth_year, $band, $phone, $email, $home,
        $village, $disability, $position, $grp, $organisation, $fictional, 1, $created_ms, $created_by);

-- query: persons_set :exec
-- in: id i64, revision i64, family str, given str, patronymic str, family_key str, name_key str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str
UPDATE persons SET family = $family, given = $given, patronymic = $patronymic, family_key = $family_key,
       name_key = $name_key, sex = $sex, birth_year = $birth_year, band = $band, phone = $phone, email = $email,
       home = $home, village = $village, disability = $disability, position = $position, grp = $grp,
       organisation = $organisation, revision = revision + 1
 WHERE id = $id AND revision = $revision;

-- query: persons_get :one
-- in: id i64
-- out: id i64, root i64, parent i64?, family str, given str, patronymic str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, revision i64, created_ms i64
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons WHERE id = $id;

-- query: persons_of_root :many
-- Everybody who is this person.
-- in: root i64
-- out: id i64, root i64, parent i64?, family str, given str, patronymic str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, revision i64, created_ms i64
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons WHERE root = $root ORDER BY id;

-- query: persons_candidates :many
-- Who may be the same: the family name (or the given one in its place) or the telephone. Scored in C.
-- in: family_key str, given_key str, phone str?, limit i64
-- out: id i64, root i64, parent i64?, family str, given str, patronymic str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, revision i64, created_ms i64
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons
 WHERE id IN (SELECT id FROM persons WHERE family_key = $family_key
              UNION SELECT id FROM persons WHERE family_key = $given_key
              UNION SELECT id FROM persons WHERE phone = $phone)
   AND id = root
 ORDER BY id LIMIT $limit;

-- query: persons_roots :many
-- in: ids str
-- out: id i64, root i64
-- sqlite:
SELECT id, root FROM persons WHERE id IN (SELECT value FROM json_each($ids)) ORDER BY id;
-- postgres:
SELECT id, root FROM persons
 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($ids AS json))) ORDER BY id;

-- query: persons_many :many
-- in: ids str
-- out: id i64, root i64, parent i64?, family str, given str, patronymic str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, revision i64, created_ms i64
-- sqlite:
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons WHERE id IN (SELECT value FROM json_each($ids)) ORDER BY id;
-- postgres:
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($ids AS json))) ORDER BY id;

-- query: persons_list :many
-- By the beginning of the family name; of one municipality or of all.
-- in: home str?, low str, high str, limit i64
-- out: id i64, root i64, parent i64?, family str, given str, patronymic str, sex str, birth_year i64?, band str, phone str?, email str?, home str, village str, disability str, position str, grp str, organisation str, revision i64, created_ms i64
SELECT id, root, parent, family, given, patronymic, sex, birth_year, band, phone, email, home, village, disability,
       position, grp, organisation, revision, created_ms
  FROM persons
 WHERE family_key >= $low AND family_key < $high AND id = root AND ($home IS NULL OR home = $home)
 ORDER BY family_key, id LIMIT $limit;

-- query: persons_pairs :many
-- Two persons with one name (and years of birth that agree, or one municipality) or one telephone, on whom nobody
-- has said anything yet. Scored in C.
-- in: home str?, limit i64
-- out: low i64, high i64
SELECT a.id AS low, b.id AS high FROM persons a JOIN persons b ON b.name_key = a.name_key AND b.id > a.id
 WHERE a.id = a.root AND b.id = b.root
   AND (abs(a.birth_year - b.birth_year) <= 1
        OR ((a.birth_year IS NULL OR b.birth_year IS NULL) AND a.home = b.home))
   AND ($home IS NULL OR a.home = $home OR b.home = $home)
   AND NOT EXISTS (SELECT 1 FROM persons_verdict v WHERE v.low = a.id AND v.high = b.id)
UNION
SELECT a.id AS low, b.id AS high FROM persons a JOIN persons b ON b.phone = a.phone AND b.id > a.id
 WHERE a.id = a.root AND b.id = b.root AND ($home IS NULL OR a.home = $home OR b.home = $home)
   AND NOT EXISTS (SELECT 1 FROM persons_verdict v WHERE v.low = a.id AND v.high = b.id)
ORDER BY 1, 2 LIMIT $limit;

-- query: persons_move_home :exec
-- A merger of municipalities: who lived in one of them lives in the new one.
-- in: home str, into str
UPDATE persons SET home = $into WHERE home = $home;

-- query: persons_set_parent :exec
-- in: id i64, parent i64?
UPDATE persons SET parent = $parent WHERE id = $id;

-- query: persons_set_root :exec
-- in: id i64, root i64
UPDATE persons SET root = $root WHERE id = $id;

-- query: persons_position_put :exec
-- in: person i64, id i64, position str, grp str, organisation str, home str, from_day i64
INSERT INTO persons_position (person, id, position, grp, organisation, home, from_day)
VALUES ($person, $id, $position, $grp, $organisation, $home, $from_day);

-- query: persons_position_end :exec
-- in: person i64, to_day i64
UPDATE persons_position SET to_day = $to_day WHERE person = $person AND to_day IS NULL;

-- query: persons_positions :many
-- Of everybody who is this person, newest first.
-- in: root i64
-- out: person i64, position str, grp str, organisation str, home str, from_day i64, to_day i64?
SELECT q.person, q.position, q.grp, q.organisation, q.home, q.from_day, q.to_day
  FROM persons p JOIN persons_position q ON q.person = p.id
 WHERE p.root = $root ORDER BY q.from_day DESC, q.id DESC;

-- query: persons_verdict_put :exec
-- in: low i64, high i64, same i64, score i64, at_ms i64, by_person i64
INSERT INTO persons_verdict (low, high, same, score, at_ms, by_person)
VALUES ($low, $high, $same, $score, $at_ms, $by_person)
    ON CONFLICT (low, high) DO UPDATE SET same = $same, score = $score, at_ms = $at_ms, by_person = $by_person;

-- query: persons_merge_put :exec
-- in: id i64, gone i64, kept i64, at_ms i64, by_person i64
INSERT INTO persons_merge (id, gone, kept, at_ms, by_person) VALUES ($id, $gone, $kept, $at_ms, $by_person);

-- query: persons_merge_undo :exec
-- in: gone i64, undone_ms i64, undone_by i64
UPDATE persons_merge SET undone_ms = $undone_ms, undone_by = $undone_by WHERE gone = $gone AND undone_ms IS NULL;

-- query: persons_verdicts_between :many
-- in: low i64, high i64
-- out: same i64, score i64, at_ms i64
SELECT same, score, at_ms FROM persons_verdict WHERE low = $low AND high = $high;

-- query: persons_broken :one
-- For the doctor: a root that is no root.
-- out: n i64
SELECT count(*) AS n FROM persons p LEFT JOIN persons r ON r.id = p.root
 WHERE r.id IS NULL OR r.root <> r.id OR (p.parent IS NULL) <> (p.root = p.id);

-- query: persons_count :one
-- out: people i64, records i64
SELECT count(DISTINCT root) AS people, count(*) AS records FROM persons;
