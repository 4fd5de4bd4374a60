/*
 * Backup and restore: one file out, one command back. The format is a zip with the rows of every
 * table (tables.jsonl per table, engine-neutral), the files of the data directory, and a manifest
 * with SHA-256 of each member, so a municipality can move between SQLite and PostgreSQL with it.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "platform/store/migrate.h"

struct backup_progress {
    void (*tick)(void *arg, const char *what, int64_t done, int64_t total);
    void *arg;
};

/* Writes `path` through a temporary name, checked (reads it back, compares counts) before rename.
 */
MUST enum err backup_write(struct db *db, const char *data_dir, const char *path,
                           const struct backup_progress *progress);
/* Into an empty, migrated database and an empty data directory; all or nothing. */
MUST enum err backup_restore(struct db *db, const char *data_dir, const char *path,
                             const struct backup_progress *progress);

#endif
