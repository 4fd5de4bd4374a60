/*
 * Files that people uploaded, after re-encoding, and evidence documents: kept in the data
 * directory under the SHA-256 of their bytes ("files/ab/cd/abcd..."), written through a temporary
 * name, synced, renamed, before the transaction that refers to them: a row never points at a file
 * that was not durable. A file whose transaction then failed stays, without a row; nothing serves
 * it, and nothing sweeps it either. Names are not secrets and not
 * addresses: a page serves a file only through a route of the slice that owns the row, which
 * decides access each time.
 */
#ifndef FILES_FILES_H
#define FILES_FILES_H

#include "platform/web/slice.h"

#define FILE_ID_LENGTH 64

/* Stores the bytes; `id` (hex SHA-256) in the arena. The same bytes give the same id.
 * ERR_UNAVAILABLE when the disk is full. */
MUST enum err file_put(struct app *app, struct arena *a, struct str bytes, struct str *id);
MUST enum err file_open(struct app *app, struct str id, int *fd, int64_t *size);
MUST enum err file_read(struct app *app, struct arena *a, struct str id, int64_t max,
                        struct str *bytes);
/* Answers with the file: inline for our own images, as attachment for anything else. */
MUST enum err resp_stored_file(struct req *r, struct str id, const char *content_type,
                               struct str download_name);

#endif
