/*
 * A restore under way, and its two halves: rows (backup_load.c) and files (backup_put.c). Private
 * to store/.
 */
#ifndef STORE_BACKUP_RESTORE_H
#define STORE_BACKUP_RESTORE_H

#include "platform/store/backup_parts.h"

struct backup_restore {
    struct db *db;
    struct arena *a;
    const struct migration *const *all;
    size_t all_count;
    const char *data_dir, *path;
    const struct backup_progress *progress;
    zip_t *zip;
    struct backup_manifest manifest;
    bool fresh; /* no migration has been applied yet */
    int64_t rows_done, rows_total;
};

/* Rows of one table, inside the transaction. `to` is the table of the database, NULL: it has none.
 */
MUST enum err backup_load_table(struct backup_restore *r, struct tx *tx,
                                const struct backup_table *from, const struct backup_table *to);

/* Files into the data directory, durable, with a marker beside them until backup_files_done.
 * *touched: files may have been put there, also when it fails. */
MUST enum err backup_put_files(struct backup_restore *r, bool *touched);
/* A marker is there: files may be unfinished. */
bool backup_files_unfinished(struct backup_restore *r);
MUST enum err backup_files_done(struct backup_restore *r);
/* After a failure: takes away what this run has put there, and the marker last. */
void backup_clear_files(struct backup_restore *r);

#endif
