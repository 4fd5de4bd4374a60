/*
 * Editions: a file as it was made at some moment, kept in the data directory for an hour. Who asks
 * again gets the same bytes, so a program that follows the files loads each once, what is published
 * does not change from request to request, and the cost of a file over the whole country is paid at
 * most once an hour.
 *
 * "open/NAME.FORMAT" or "open/NAME@UNIT.FORMAT": the content, then a trailer of TRAILER bytes that
 * says its hash, its rows, when it was made and when its content last became another. The name is
 * put on by rename, so a reader finds an old edition or a new one, never a part. What is asked with
 * a period is made for that answer alone and has no name at all.
 */
#include "front/opendata/opendata_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRAILER 112
#define TEMPORARY ".making-"
#define LEFT_OVER_S 7200

/* --- names --- */

static struct str folder(struct app *app, struct arena *a)
{
    return arena_printf(a, "%s/open", app->data_dir);
}

static char *edition_path(struct app *app, struct arena *a, struct str unit,
                          const struct open_file *file, enum open_format format)
{
    struct str path = arena_printf(a, "%.*s/%s%s%.*s.%s", STRF(folder(app, a)), file->name,
                                   unit.n ? "@" : "", STRF(unit), open_format_ending(format));
    return arena_cstr(a, path);
}

/* What an edition was made by: one of another declaration is not this file. */
static void declaration_hash(const struct open_file *file, char out[17])
{
    crypto_generichash_state state;
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    struct buf hex = BUF_EMPTY;
    crypto_generichash_init(&state, NULL, 0, sizeof bytes);
    crypto_generichash_update(&state, (const unsigned char *)AIMAK_VERSION, sizeof AIMAK_VERSION);
    for (size_t i = 0; i < file->column_count; i++) {
        const struct open_column *c = &file->columns[i];
        unsigned char facts[] = {(unsigned char)c->type, (unsigned char)c->few};
        crypto_generichash_update(&state, (const unsigned char *)c->name, strlen(c->name) + 1);
        crypto_generichash_update(&state, facts, sizeof facts);
    }
    crypto_generichash_final(&state, bytes, sizeof bytes);
    buf_hex(&hex, bytes, 8);
    memcpy(out, hex.p, 16);
    out[16] = '\0';
    buf_free(&hex);
}

/* --- the trailer --- */

static void trailer_write(char out[TRAILER + 1], const struct open_file *file,
                          const struct open_edition *e)
{
    char declared[17];
    declaration_hash(file, declared);
    int n = snprintf(out, TRAILER + 1, "\naimak %s %s %lld %lld %lld ", declared, e->hash,
                     (long long)e->made_ms, (long long)e->changed_ms, (long long)e->rows);
    INVARIANT(n > 0 && n < TRAILER);
    memset(out + n, ' ', TRAILER - (size_t)n);
    out[TRAILER - 1] = '\n';
    out[TRAILER] = '\0';
}

/* False for an edition of another declaration, or one that somebody damaged. */
static bool trailer_read(int fd, const struct open_file *file, struct open_edition *out)
{
    char text[TRAILER + 1], declared[17];
    struct stat st;
    struct str rest, word;
    int64_t *const numbers[] = {&out->made_ms, &out->changed_ms, &out->rows};
    if (fstat(fd, &st) != 0 || st.st_size < TRAILER ||
        pread(fd, text, TRAILER, st.st_size - TRAILER) != TRAILER)
        return false;
    declaration_hash(file, declared);
    rest = str_trim(str_of(text, TRAILER));
    if (!str_split(&rest, ' ', &word) || !str_eq(word, STR("aimak")) ||
        !str_split(&rest, ' ', &word) || !str_eq(word, str_from(declared)) ||
        !str_split(&rest, ' ', &word) || word.n != sizeof out->hash - 1)
        return false;
    memcpy(out->hash, word.p, word.n);
    out->hash[word.n] = '\0';
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!str_split(&rest, ' ', &word) || !str_to_i64(str_trim(word), numbers[i]))
            return false;
    out->size = st.st_size - TRAILER;
    out->fd = fd;
    return true;
}

static bool edition_open(const char *path, const struct open_file *file, struct open_edition *out)
{
    *out = (struct open_edition){.fd = -1};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (trailer_read(fd, file, out))
        return true;
    close(fd);
    *out = (struct open_edition){.fd = -1};
    return false;
}

bool open_edition_look(struct app *app, struct arena *a, const struct open_file *file,
                       enum open_format format, struct open_edition *out)
{
    if (!edition_open(edition_path(app, a, STR_NULL, file, format), file, out))
        return false;
    close(out->fd);
    out->fd = -1;
    return true;
}

/* --- making --- */

static pthread_mutex_t makers_lock = PTHREAD_MUTEX_INITIALIZER;
static int makers;

static bool maker_enter(void)
{
    pthread_mutex_lock(&makers_lock);
    bool free_place = makers < OPEN_MAKERS;
    makers += free_place;
    pthread_mutex_unlock(&makers_lock);
    return free_place;
}

static void maker_leave(void)
{
    pthread_mutex_lock(&makers_lock);
    makers--;
    pthread_mutex_unlock(&makers_lock);
}

static int temporary_file(struct app *app, struct arena *a, char **path)
{
    struct str dir = folder(app, a);
    if (mkdir(dir.p, 0750) != 0 && errno != EEXIST)
        return -1;
    *path = arena_cstr(a, arena_printf(a, "%.*s/" TEMPORARY "XXXXXX", STRF(dir)));
    return mkostemp(*path, O_CLOEXEC);
}

/* Writes the rows, and behind them the trailer. */
static enum err fill(const struct open_question *q, const struct open_file *file,
                     enum open_format format, struct open_edition *e,
                     const struct open_edition *before)
{
    struct open_writer w;
    struct buf hash = BUF_EMPTY;
    char trailer[TRAILER + 1];
    enum err rc = ERR_OK;
    open_begin(&w, file, format, e->fd);
    TRY(file->rows(q, &w));
    TRY(open_finish(&w, &hash));
    INVARIANT(hash.n == sizeof e->hash - 1);
    memcpy(e->hash, hash.p, hash.n);
    e->size = w.bytes;
    e->rows = w.rows;
    e->made_ms = e->changed_ms = clock_now_ms();
    if (strcmp(e->hash, before->hash) == 0)
        e->changed_ms = before->changed_ms;
    trailer_write(trailer, file, e);
    if (write(e->fd, trailer, TRAILER) != TRAILER)
        rc = ERR_UNAVAILABLE;
out:
    open_drop(&w);
    buf_free(&hash);
    return rc;
}

static enum err make(const struct open_question *q, const char *path, const struct open_file *file,
                     enum open_format format, const struct open_edition *before,
                     struct open_edition *out)
{
    char *temporary = NULL;
    enum err rc = ERR_OK;
    *out = (struct open_edition){.fd = temporary_file(q->app, q->arena, &temporary)};
    if (out->fd < 0)
        return ERR_UNAVAILABLE;
    TRY(fill(q, file, format, out, before));
    if (path && rename(temporary, path) != 0)
        FAIL(ERR_UNAVAILABLE);
    if (path)
        temporary = NULL;
out:
    if (temporary)
        unlink(temporary);
    if (rc != ERR_OK) {
        close(out->fd);
        out->fd = -1;
        LOG(LOG_WARN, "open.not_made", LOG_C("file", file->name), LOG_C("error", err_name(rc)));
    }
    return rc;
}

enum err open_edition_get(const struct open_question *q, struct str unit,
                          const struct open_file *file, enum open_format format,
                          struct open_edition *out)
{
    struct open_edition before = {.fd = -1};
    const char *path = q->has_days ? NULL : edition_path(q->app, q->arena, unit, file, format);
    int64_t now = clock_now_ms();
    bool kept = path && edition_open(path, file, &before);
    if (kept && now >= before.made_ms && now - before.made_ms < OPEN_EDITION_MS) {
        *out = before;
        return ERR_OK;
    }
    if (!maker_enter()) {
        *out = before; /* better an hour old than none */
        return kept ? ERR_OK : ERR_BUSY;
    }
    enum err rc = make(q, path, file, format, &before, out);
    maker_leave();
    if (kept)
        close(before.fd);
    if (rc == ERR_OK && lseek(out->fd, 0, SEEK_SET) != 0)
        rc = ERR_IO;
    return rc;
}

void open_edition_sweep(struct app *app)
{
    struct arena *a = arena_new();
    struct str dir = folder(app, a);
    DIR *d = app->data_dir ? opendir(dir.p) : NULL;
    for (struct dirent *entry; d && (entry = readdir(d));) {
        struct stat st;
        if (strncmp(entry->d_name, TEMPORARY, sizeof TEMPORARY - 1) == 0 &&
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            time(NULL) - st.st_mtime > LEFT_OVER_S)
            unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d)
        closedir(d);
    arena_free(a);
}
