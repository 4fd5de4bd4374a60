/*
 * Migrations: numbered SQL files of each slice (voice/cases/001_cases.sql), compiled into the
 * program for both engines, applied in the order of the slice list and then of their numbers, each
 * in one transaction, recorded in table `migration` with the hash of its text. An applied migration
 * whose text has changed stops the program: history is never rewritten, a new file is added.
 *
 * One SQL text serves both engines. Written with PostgreSQL's type names BIGINT, DOUBLE PRECISION,
 * TEXT, BYTEA; for SQLite tools/sqlc turns them into INTEGER, REAL, TEXT, BLOB and makes each
 * table STRICT. For every table whose first primary-key column is `unit`, the PostgreSQL text gets
 * a forced row-level security policy on app.unit. Sections for one engine alone stand between
 * "-- only: sqlite" / "-- only: postgres" and "-- end".
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "platform/store/db.h"

struct migration {
    const char *slice; /* "cases" */
    int number;        /* 1 for 001_... */
    const char *name;  /* "001_cases" */
    const char *sqlite;
    const char *postgres;
};

/* Applies what is missing. `applied` (may be NULL) gets how many were. */
MUST enum err migrate_up(struct db *db, const struct migration *const *all, size_t n, int *applied);
/* How many are missing; ERR_CONFIG when the database is newer than the program or was altered. */
MUST enum err migrate_pending(struct db *db, const struct migration *const *all, size_t n,
                              int *pending);

#endif
