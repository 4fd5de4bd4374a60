/*
 * The file store: see files.h. Durability before reference: bytes are synced, then the name, then
 * the directory, and only then does the caller's transaction mention them.
 */
#include "platform/files/files_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/web/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_id_valid(struct str id)
{
    if (id.n != FILE_ID_LENGTH)
        return false;
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f')))
            return false;
    return true;
}

static char *file_path(struct app *app, struct arena *a, struct str id)
{
    return arena_cstr(
        a, arena_printf(a, "%s/files/%.2s/%.2s/%.*s", app->data_dir, id.p, id.p + 2, STRF(id)));
}

/* Makes data_dir/files/ab/cd; existing directories are fine. */
static enum err make_directories(struct app *app, struct arena *a, struct str id)
{
    struct str levels[] = {
        arena_printf(a, "%s/files", app->data_dir),
        arena_printf(a, "%s/files/%.2s", app->data_dir, id.p),
        arena_printf(a, "%s/files/%.2s/%.2s", app->data_dir, id.p, id.p + 2),
    };
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (mkdir(levels[i].p, 0750) != 0 && errno != EEXIST)
            return ERR_UNAVAILABLE;
    return ERR_OK;
}

static enum err write_all(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t done = write(fd, bytes.p, bytes.n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return ERR_UNAVAILABLE;
        bytes = str_slice(bytes, (size_t)done, bytes.n);
    }
    return ERR_OK;
}

static enum err sync_directory_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = arena_cstr(a, str_of(path, (size_t)(slash - path)));
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ERR_UNAVAILABLE;
    int failed = fsync(fd);
    close(fd);
    return failed ? ERR_UNAVAILABLE : ERR_OK;
}

/* A file that is there is made as young as a new one, so that the sweep leaves it to the row that
 * will name it. Under a shared lock: the sweep looks at a file's age and removes it under the
 * exclusive one, so a file that was found here is not gone a moment later. */
static bool taken_again(struct app *app, struct arena *a, const char *path, size_t size)
{
    struct stat there;
    const char *root = arena_cstr(a, arena_printf(a, "%s/files", app->data_dir));
    int lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0)
        return false;
    bool taken = flock(lock, LOCK_SH) == 0 && stat(path, &there) == 0 &&
                 (size_t)there.st_size == size && utimensat(AT_FDCWD, path, NULL, 0) == 0;
    close(lock);
    return taken;
}

enum err file_put(struct app *app, struct arena *a, struct str bytes, struct str *id)
{
    enum err rc = ERR_OK;
    int fd = -1;
    char *temporary = NULL;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
    struct buf *hex = buf_in(a);
    buf_hex(hex, hash, sizeof hash);
    *id = arena_str(a, buf_view(hex));

    char *path = file_path(app, a, *id);
    if (taken_again(app, a, path, bytes.n))
        return ERR_OK;

    TRY(make_directories(app, a, *id));
    temporary =
        arena_cstr(a, arena_printf(a, "%s.%016llx", path, (unsigned long long)random_u64()));
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0)
        FAIL(ERR_UNAVAILABLE);
    TRY(write_all(fd, bytes));
    if (fsync(fd) != 0 || rename(temporary, path) != 0)
        FAIL(ERR_UNAVAILABLE);
    TRY(sync_directory_of(a, path));
out:
    if (fd >= 0)
        close(fd);
    if (rc != ERR_OK) {
        if (temporary)
            unlink(temporary);
        LOG(LOG_ERROR, "file.write_failed", LOG_C("reason", strerror(errno)),
            LOG_I("bytes", bytes.n));
    }
    return rc;
}

enum err file_open(struct app *app, struct str id, int *fd, int64_t *size)
{
    if (!file_id_valid(id))
        return ERR_NOT_FOUND;
    struct arena *a = arena_new();
    struct stat st;
    enum err rc = ERR_OK;
    *fd = open(file_path(app, a, id), O_RDONLY | O_CLOEXEC);
    if (*fd < 0) {
        rc = errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE;
    } else if (fstat(*fd, &st) != 0) {
        close(*fd);
        rc = ERR_UNAVAILABLE;
    } else {
        *size = st.st_size;
    }
    arena_free(a);
    return rc;
}

enum err file_read(struct app *app, struct arena *a, struct str id, int64_t max, struct str *bytes)
{
    int fd = -1;
    int64_t size = 0;
    enum err rc = ERR_OK;
    TRY(file_open(app, id, &fd, &size));
    if (size > max)
        FAIL(ERR_TOO_LARGE);
    char *p = arena_alloc(a, (size_t)size + 1);
    for (int64_t at = 0; at < size;) {
        ssize_t got = read(fd, p + at, (size_t)(size - at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            FAIL(ERR_UNAVAILABLE);
        at += got;
    }
    *bytes = str_of(p, (size_t)size);
out:
    if (fd >= 0)
        close(fd);
    return rc;
}

enum err resp_stored_file(struct req *r, struct str id, const char *content_type,
                          struct str download_name)
{
    int fd = -1;
    int64_t size = 0;
    enum err rc = ERR_OK;
    TRY(file_open(r->app, id, &fd, &size));
    resp_file(r, fd, size, content_type);
    if (!str_starts(str_from(content_type), STR("image/")))
        resp_attachment(r, download_name);
out:
    return rc;
}
