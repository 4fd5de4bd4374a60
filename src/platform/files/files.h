/*
 * Files that people uploaded, after re-encoding, and evidence documents: kept in the data
 * directory under the SHA-256 of their bytes ("files/ab/cd/abcd..."), written through a temporary
 * name, synced, renamed, before the transaction that refers to them: a row never points at a file
 * that was not durable. Names are not secrets and not addresses: a page serves a file only through
 * a route of the slice that owns the row, which decides access each time.
 *
 * A file whose transaction failed, or whose row went, is swept once a day (files_sweep.c) when it
 * is a day old and no row of any slice names it. So a slice that keeps names of files announces
 * them: `files` and `file_columns` of its descriptor. A column that holds one is called `file`,
 * `large` or `small`, or ends in `_file`: by that name a test finds the one that was forgotten.
 */
#ifndef FILES_FILES_H
#define FILES_FILES_H

#include "platform/web/slice.h"

#define FILE_ID_LENGTH 64

/* Stores the bytes; `id` (hex SHA-256) in the arena. The same bytes give the same id, which is then
 * as young as a new one: the caller's transaction has a day to name it.
 * ERR_UNAVAILABLE when the disk is full. */
MUST enum err file_put(struct app *app, struct arena *a, struct str bytes, struct str *id);
MUST enum err file_open(struct app *app, struct str id, int *fd, int64_t *size);
MUST enum err file_read(struct app *app, struct arena *a, struct str id, int64_t max,
                        struct str *bytes);
/* Answers with the file: inline for our own images, as attachment for anything else. */
MUST enum err resp_stored_file(struct req *r, struct str id, const char *content_type,
                               struct str download_name);

/* --- what may go --- */

/* For `files` of a slice's descriptor: a row names this file (NULL view: none; the same one may be
 * named many times). */
void file_used(struct file_uses *uses, struct str id);

struct file_sweep {
    int64_t files, bytes; /* on disk, unfinished ones too */
    int64_t unused;       /* of them a day old and named by no row */
    int64_t unused_bytes;
    int64_t removed;       /* of the unused; 0 in a dry run */
    int64_t missing;       /* named by a row and not on disk */
    struct str missing_id; /* one of them; NULL view when there is none */
    bool refused;          /* so many are unused that directory and database hardly belong together:
                              nothing was removed */
};
/* Looks at all files and all rows; removes what is unused unless `dry_run`. Never a file that a
 * row names, that is younger than a day, or while a restore or a backup is at work on the directory
 * (then nothing is removed; the next run does). */
MUST enum err files_sweep(struct app *app, struct arena *a, bool dry_run, struct file_sweep *out);

extern const struct slice files_slice; /* the daily sweep, and what the doctor says of it */

#endif
