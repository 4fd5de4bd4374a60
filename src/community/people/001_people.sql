-- People, how they prove who they are, what they may do and since when. Country-wide: a person may
-- hold roles in several municipalities, and logs in before it is known in which they will work.
CREATE TABLE person (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    lang TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    notices BIGINT NOT NULL,
    fictional BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    disabled_ms BIGINT
);

-- An address that somebody proved to own by a code. Apart from person.email, where messages go:
-- colleagues may share the mailbox of their office, but each address logs in one person.
CREATE TABLE person_email (
    email TEXT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    proved_ms BIGINT NOT NULL
);
CREATE INDEX person_email_person ON person_email (person_id);

-- Staff. password: Argon2id in PHC form; totp: the secret, encrypted; totp_step: the last half
-- minute whose code was taken, so that none is taken twice.
CREATE TABLE credential (
    person_id BIGINT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    password TEXT NOT NULL,
    password_ms BIGINT NOT NULL,
    must_change BIGINT NOT NULL,
    totp BYTEA,
    totp_ms BIGINT,
    totp_step BIGINT NOT NULL,
    code_tries BIGINT NOT NULL,
    code_tries_until_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX credential_login ON credential (login);

CREATE TABLE recovery_code (
    person_id BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    used_ms BIGINT,
    PRIMARY KEY (person_id, hash)
);

-- Days are municipal; valid_to is the last one. A grant that was taken back keeps its row.
CREATE TABLE role_grant (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    given_by BIGINT NOT NULL,
    given_ms BIGINT NOT NULL,
    ended_by BIGINT,
    ended_ms BIGINT
);
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE INDEX role_grant_scope ON role_grant (scope);

-- staff: roles count, half an hour of silence ends it. token_hash: the cookie itself is nowhere.
CREATE TABLE session (
    id BIGINT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    staff BIGINT NOT NULL,
    second_factor BIGINT NOT NULL,
    browser TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_ms);

-- One-time codes and links. purpose: login (of a resident), email (proves a new address), support
-- (printed by `aimak user code`). ticket_hash ties the six digits to the browser that asked.
CREATE TABLE login_code (
    id BIGINT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    person_id BIGINT,
    ticket_hash BYTEA,
    code_hash BYTEA NOT NULL,
    link_hash BYTEA NOT NULL,
    lang TEXT NOT NULL,
    tries BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX login_code_email ON login_code (email, created_ms);
CREATE UNIQUE INDEX login_code_link ON login_code (link_hash);
CREATE INDEX login_code_expires ON login_code (expires_ms);

-- Keys of programs that send reports through Open311.
CREATE TABLE api_key (
    id BIGINT NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_by BIGINT,
    revoked_ms BIGINT
);
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);
CREATE INDEX api_key_scope ON api_key (scope);
