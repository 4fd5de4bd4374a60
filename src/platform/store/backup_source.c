/* Members made while they are read, and the writing of the archive; see backup_source.h. */
#include "platform/store/backup_source.h"

#include "platform/core/log.h"

#include <errno.h>
#include <sys/stat.h>

static zip_int64_t give_bytes(struct backup_source *s, char *to, zip_uint64_t room)
{
    zip_uint64_t n = 0;
    while (n < room) {
        size_t have = s->pending.n - s->given;
        if (!have) {
            buf_clear(&s->pending);
            s->given = 0;
            s->rc = s->fill(s);
            if (s->rc != ERR_OK)
                return -1;
            if (!s->pending.n)
                break;
            continue;
        }
        size_t take = have < room - n ? have : (size_t)(room - n);
        memcpy(to + n, s->pending.p + s->given, take);
        s->given += take;
        n += take;
    }
    crypto_hash_sha256_update(&s->hash, (const unsigned char *)to, n);
    s->bytes += (int64_t)n;
    return (zip_int64_t)n;
}

static void finish_source(struct backup_source *s)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    if (s->close)
        s->close(s);
    if (s->bytes_out)
        *s->bytes_out = s->bytes;
    if (s->hash_out) {
        crypto_hash_sha256_final(&s->hash, digest);
        backup_hash_text(digest, s->hash_out);
    }
    buf_free(&s->pending);
}

static zip_int64_t answer_zip(void *arg, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
    struct backup_source *s = arg;
    zip_error_t error;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        crypto_hash_sha256_init(&s->hash);
        s->bytes = 0;
        s->given = 0;
        buf_clear(&s->pending);
        s->rc = s->open ? s->open(s) : ERR_OK;
        if (s->rc != ERR_OK && *s->first_fault == ERR_OK)
            *s->first_fault = s->rc;
        return s->rc == ERR_OK ? 0 : -1;
    case ZIP_SOURCE_READ: {
        zip_int64_t got = give_bytes(s, data, n);
        if (got < 0 && *s->first_fault == ERR_OK)
            *s->first_fault = s->rc;
        return got;
    }
    case ZIP_SOURCE_CLOSE:
        finish_source(s);
        return 0;
    case ZIP_SOURCE_STAT:
        zip_stat_init(data);
        return sizeof(zip_stat_t);
    case ZIP_SOURCE_ERROR:
        zip_error_init_with_code(&error, ZIP_ER_READ);
        return zip_error_to_data(&error, data, n);
    case ZIP_SOURCE_FREE:
        buf_free(&s->pending);
        return 0;
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_READABLE;
    default:
        return -1;
    }
}

enum err backup_add_member(zip_t *zip, const char *name, struct backup_source *s, bool compress)
{
    zip_source_t *source = zip_source_function(zip, answer_zip, s);
    zip_int64_t at = source ? zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        if (source)
            zip_source_free(source);
        LOG(LOG_ERROR, "backup.add", LOG_C("member", name), LOG_C("reason", zip_strerror(zip)));
        return ERR_IO;
    }
    if (zip_set_file_compression(zip, (zip_uint64_t)at, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                                 0) != 0 ||
        zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX,
                                         (zip_uint32_t)(S_IFREG | 0600) << 16) != 0)
        return ERR_IO;
    return ERR_OK;
}

enum err backup_close_zip(zip_t *zip, const enum err *first_fault)
{
    if (zip_close(zip) == 0)
        return ERR_OK;
    zip_error_t *error = zip_get_error(zip);
    enum err rc = *first_fault;
    if (rc == ERR_OK)
        rc =
            zip_error_system_type(error) == ZIP_ET_SYS && (zip_error_code_system(error) == ENOSPC ||
                                                           zip_error_code_system(error) == EDQUOT)
                ? ERR_UNAVAILABLE
                : ERR_IO;
    LOG(LOG_ERROR, "backup.write", LOG_C("reason", zip_strerror(zip)),
        LOG_C("error", err_name(rc)));
    zip_discard(zip);
    return rc;
}
