/*
 * A member of a zip that is made while the compressor reads it: neither its size nor its bytes are
 * known beforehand, so a backup of any size needs the memory of one page. Private to store/.
 */
#ifndef STORE_BACKUP_SOURCE_H
#define STORE_BACKUP_SOURCE_H

#include "platform/store/backup_parts.h"

struct backup_source {
    enum err (*open)(struct backup_source *s);
    /* Puts the next bytes into s->pending; nothing at the end. */
    enum err (*fill)(struct backup_source *s);
    void (*close)(struct backup_source *s);
    void *arg;

    struct buf pending;
    size_t given;
    int64_t bytes;
    crypto_hash_sha256_state hash;
    enum err rc;
    enum err *first_fault; /* of the whole archive */
    int64_t *bytes_out;    /* where size and hash go at the end; may be NULL */
    char *hash_out;
};

/* `s` is borrowed until the archive is closed. */
MUST enum err backup_add_member(zip_t *zip, const char *name, struct backup_source *s,
                                bool compress);
/* Writes the archive: here the members are read. The archive is gone afterwards, whatever happened.
 */
MUST enum err backup_close_zip(zip_t *zip, const enum err *first_fault);

#endif
