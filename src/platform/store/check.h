/*
 * The store's part of `aimak doctor`: is the database sound, and set up so that it keeps its
 * promises?
 *
 * SQLite: every page and index, foreign keys. PostgreSQL: foreign text encoding, a server that may
 * lose acknowledged rows (fsync, full_page_writes), indexes that are not valid, and tables of
 * municipalities without the second wall (forced row-level security). Reads only; on a large file
 * it takes a while.
 */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "platform/core/buf.h"
#include "platform/store/db.h"

/* One line for each fault, with what to do, added to `out`; *faults counts them. ERR_OK also when
 * faults were found; another code when the database could not be asked. */
MUST enum err db_check(struct db *db, struct buf *out, int *faults);

#endif
