/*
 * Backup and restore: one file out, one command back. The format is a plain zip, so that a
 * municipality can read it without us and move between SQLite and PostgreSQL with it:
 *
 *   tables/cases.jsonl   the rows of a table, one JSON object a line; bytes as base64url
 *   files/ab/cd/abcd...  the files of the data directory
 *   manifest.json        version, migrations, columns, and for each member its size and SHA-256
 *
 * It holds residents' data in clear: its file is readable by its owner alone, and belongs on a
 * disk that is encrypted.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "platform/store/migrate.h"

struct backup_progress {
    /* what: "rows", "files", "check", "restore rows", "restore files"; may be called often. */
    void (*tick)(void *arg, const char *what, int64_t done, int64_t total);
    void *arg;
};

/* Writes `path` through a temporary name beside it, reads it back (sizes, hashes, numbers of rows)
 * and renames it. The rows are one snapshot; files that their rows mention are all there. May run
 * beside a running server (db_options.read_only). The database's own files, the backup itself and
 * unfinished restores in data_dir are left out. Holds a shared lock on data_dir/files meanwhile, so
 * that nothing is removed there. data_dir NULL: rows only.
 * ERR_UNAVAILABLE when the disk is full, ERR_IO when a file cannot be read or written. */
MUST enum err backup_write(struct db *db, const char *data_dir, const char *path,
                           const struct backup_progress *progress);

/* Is a restore into this data directory under way, or was it broken off? Then there are files
 * whose rows are still to come. */
bool backup_restore_unfinished(const char *data_dir);

/* Checks a backup without touching anything: ERR_PARSE when it is damaged or no backup at all. */
MUST enum err backup_check(const char *path, const struct backup_progress *progress);

/* Into an empty database and an empty data directory; all or nothing.
 * A database without any migration is brought to the backup's state and filled in one transaction,
 * then migrated up: an older backup goes into a newer program, and rows that migrations themselves
 * insert are replaced by the backup's. One that is migrated already must be at the
 * backup's state and hold no row, else ERR_CONFIG or ERR_CONFLICT.
 * A file in data_dir is ERR_CONFLICT, the database's own files and `path` excepted.
 * ERR_CONFIG too when the backup is of a newer program; ERR_PARSE when it is damaged.
 * Interrupted by a crash, it is simply run again. data_dir NULL: the backup must hold no files. */
MUST enum err backup_restore(struct db *db, const struct migration *const *all, size_t n,
                             const char *data_dir, const char *path,
                             const struct backup_progress *progress);

#endif
