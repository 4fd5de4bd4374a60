-- Persons who took part in something of the programme: not accounts. `home` is where they live or work, a
-- municipality. `root`: the person who is meant (itself, or the one it was merged into, at the end of the chain);
-- `parent`: the person it was merged into directly, so that each merge can be taken back alone.
CREATE TABLE persons (
    id BIGINT NOT NULL,
    root BIGINT NOT NULL,
    parent BIGINT,
    family TEXT NOT NULL,
    given TEXT NOT NULL,
    patronymic TEXT NOT NULL,
    family_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    sex TEXT NOT NULL,
    birth_year BIGINT,
    band TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    home TEXT NOT NULL,
    village TEXT NOT NULL,
    disability TEXT NOT NULL,
    position TEXT NOT NULL,
    grp TEXT NOT NULL,
    organisation TEXT NOT NULL,
    fictional BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX persons_by_root ON persons (root, id);
CREATE INDEX persons_by_family ON persons (family_key, id);
CREATE INDEX persons_by_name ON persons (name_key, id);
CREATE INDEX persons_by_phone ON persons (phone, id) WHERE phone IS NOT NULL;
CREATE INDEX persons_by_home ON persons (home, family_key, id);

-- Where a person worked, and as what. to_day NULL: still.
CREATE TABLE persons_position (
    person BIGINT NOT NULL,
    id BIGINT NOT NULL,
    position TEXT NOT NULL,
    grp TEXT NOT NULL,
    organisation TEXT NOT NULL,
    home TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    PRIMARY KEY (person, id),
    FOREIGN KEY (person) REFERENCES persons (id)
);

-- What a human said of two persons: never asked again. low < high.
CREATE TABLE persons_verdict (
    low BIGINT NOT NULL,
    high BIGINT NOT NULL,
    same BIGINT NOT NULL,
    score BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    PRIMARY KEY (low, high)
);

-- Every merge, and when it was taken back.
CREATE TABLE persons_merge (
    id BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    undone_ms BIGINT,
    undone_by BIGINT,
    PRIMARY KEY (id)
);
CREATE INDEX persons_merge_of ON persons_merge (gone, id);
CREATE INDEX persons_merge_kept ON persons_merge (kept, id);
