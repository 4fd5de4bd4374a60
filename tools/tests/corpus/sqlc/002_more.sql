ALTER TABLE word ADD COLUMN seen BIGINT;
-- only: sqlite
-- SQLite's own way.
CREATE TRIGGER thing_added AFTER INSERT ON thing BEGIN
    INSERT INTO word (code, unit, seen) VALUES (new.name, new.unit, 1)
        ON CONFLICT DO NOTHING;
END;
-- end
-- only: postgres
CREATE FUNCTION thing_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO word (code, unit, seen) VALUES (new.name, new.unit, 1) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER thing_added AFTER INSERT ON thing FOR EACH ROW EXECUTE FUNCTION thing_added();
-- end
INSERT INTO word (code, unit, seen) VALUES ('first', NULL, CAST(0 AS BIGINT));

CREATE TABLE unit_note (unit TEXT PRIMARY KEY, note TEXT NOT NULL);
