-- Reports that programs sent with a key: which key, under which token and idempotency key. Rows stay with the
-- municipality that took the report, also when it merges into another.
CREATE TABLE open311_request (
    unit TEXT NOT NULL,
    token TEXT NOT NULL,
    number TEXT NOT NULL,
    key_id BIGINT NOT NULL,
    once TEXT,
    digest TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (unit, token)
);
CREATE UNIQUE INDEX open311_request_once ON open311_request (unit, key_id, once) WHERE once IS NOT NULL;
