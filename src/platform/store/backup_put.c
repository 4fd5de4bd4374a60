/*
 * Files of a backup into an empty data directory, durable before the rows that mention them. The
 * marker names every file of its restore, so that a later run may remove those and no other.
 */
#include "platform/store/backup.h"
#include "platform/store/backup_restore.h"

#include "platform/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_EACH_FILES 200

static const char *below(struct backup_restore *r, struct str name)
{
    return arena_cstr(r->a, arena_printf(r->a, "%s/%.*s", r->data_dir, STRF(name)));
}

static enum err file_fault(const char *path)
{
    LOG(LOG_ERROR, "backup.file", LOG_C("path", path), LOG_I("errno", errno));
    return errno == ENOSPC || errno == EDQUOT ? ERR_UNAVAILABLE : ERR_IO;
}

static enum err make_parents(struct backup_restore *r, struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/') {
            const char *folder = below(r, str_slice(name, 0, i));
            if (mkdir(folder, 0750) != 0 && errno != EEXIST)
                return file_fault(folder);
        }
    return ERR_OK;
}

/* One flush for a file each, or one for all: the second also waits for other programs' data. */
static bool syncs_whole(const struct backup_restore *r)
{
    return r->manifest.files.n > SYNC_EACH_FILES;
}

static enum err sync_parents(struct backup_restore *r, struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/') {
            int fd = open(below(r, str_slice(name, 0, i)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            bool done = fd >= 0 && fsync(fd) == 0;
            if (fd >= 0)
                close(fd);
            if (!done)
                return file_fault(below(r, name));
        }
    return ERR_OK;
}

static enum err extract(struct backup_restore *r, const struct backup_file *f)
{
    enum { PIECE = 1 << 16 };
    const char *path = below(r, f->name);
    char *piece = malloc(PIECE);
    int64_t seen = 0;
    zip_int64_t n = 0;
    int fd = -1;
    enum err rc;
    INVARIANT(piece);
    zip_file_t *in = zip_fopen(r->zip, backup_member(r->a, "files", f->name, ""), 0);
    if (!in)
        FAIL(ERR_PARSE);
    TRY(make_parents(r, f->name));
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        FAIL(file_fault(path));
    while ((n = zip_fread(in, piece, PIECE)) > 0) {
        for (zip_int64_t at = 0; at < n;) {
            ssize_t done = write(fd, piece + at, (size_t)(n - at));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                FAIL(file_fault(path));
            at += done;
        }
        seen += n;
    }
    if (n < 0 || seen != f->bytes)
        FAIL(ERR_PARSE);
    if (!syncs_whole(r)) {
        if (fsync(fd) != 0)
            FAIL(file_fault(path));
        TRY(sync_parents(r, f->name));
    }
out:
    if (fd >= 0)
        close(fd);
    if (in)
        zip_fclose(in);
    free(piece);
    return rc;
}

/* Of the whole file system, when many files were written; else the folder alone. */
static enum err sync_data_dir(struct backup_restore *r, bool whole)
{
    int fd = open(r->data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && (whole ? syncfs(fd) : fsync(fd)) == 0;
    enum err rc = done ? ERR_OK : file_fault(r->data_dir);
    if (fd >= 0)
        close(fd);
    return rc;
}

static void remove_file(struct backup_restore *r, struct str name)
{
    unlink(below(r, name));
    for (size_t k = name.n; k > 0; k--)
        if (name.p[k - 1] == '/' && rmdir(below(r, str_slice(name, 0, k - 1))) != 0)
            break;
}

void backup_clear_files(struct backup_restore *r)
{
    for (size_t i = 0; i < r->manifest.files.n; i++)
        remove_file(r, r->manifest.files.v[i].name);
    unlink(below(r, STR(BACKUP_UNFINISHED)));
}

bool backup_restore_unfinished(const char *data_dir)
{
    char path[4200];
    int n = snprintf(path, sizeof path, "%s/%s", data_dir, BACKUP_UNFINISHED);
    return n < 0 || (size_t)n >= sizeof path || access(path, F_OK) == 0;
}

bool backup_files_unfinished(struct backup_restore *r)
{
    return r->data_dir && access(below(r, STR(BACKUP_UNFINISHED)), F_OK) == 0;
}

/* The marker names every file of its restore, so that a later one removes those and no other. */
static enum err write_marker(struct backup_restore *r)
{
    const char *path = below(r, STR(BACKUP_UNFINISHED));
    FILE *f = fopen(path, "we");
    if (!f)
        return file_fault(path);
    for (size_t i = 0; i < r->manifest.files.n; i++)
        fprintf(f, "%.*s\n", STRF(r->manifest.files.v[i].name));
    bool written = fflush(f) == 0 && fsync(fileno(f)) == 0;
    written = fclose(f) == 0 && written;
    return written ? sync_data_dir(r, false) : file_fault(path);
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(((const struct backup_file *)a)->name,
                       ((const struct backup_file *)b)->name);
}

static enum err read_marker(struct backup_restore *r, struct backup_files *out)
{
    const char *path = below(r, STR(BACKUP_UNFINISHED));
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    FILE *f = fopen(path, "re");
    if (!f)
        return file_fault(path);
    while ((n = getline(&line, &room, f)) > 0)
        ARENA_PUSH(r->a, *out,
                   ((struct backup_file){
                       .name = arena_str(r->a, str_of(line, (size_t)n - (line[n - 1] == '\n')))}));
    free(line);
    fclose(f);
    if (out->n)
        qsort(out->v, out->n, sizeof *out->v, compare_names);
    return ERR_OK;
}

/* Every file that is there must be of an unfinished restore; then they go. */
static enum err empty_data_dir(struct backup_restore *r)
{
    struct backup_files present, unfinished = {0};
    enum err rc;
    TRY(backup_list_files(r->db, r->a, r->data_dir, r->path, &present));
    if (backup_files_unfinished(r))
        TRY(read_marker(r, &unfinished));
    for (size_t i = 0; i < present.n; i++)
        if (!unfinished.n || !bsearch(&present.v[i], unfinished.v, unfinished.n,
                                      sizeof *unfinished.v, compare_names)) {
            LOG(LOG_ERROR, "backup.not_empty", LOG_C("data_dir", r->data_dir),
                LOG_S("file", present.v[i].name),
                LOG_C("hint", "restore into an empty data directory"));
            FAIL(ERR_CONFLICT);
        }
    for (size_t i = 0; i < present.n; i++)
        remove_file(r, present.v[i].name);
out:
    return rc;
}

enum err backup_put_files(struct backup_restore *r, bool *touched)
{
    enum err rc;
    if (!r->data_dir)
        return r->manifest.files.n ? ERR_CONFLICT : ERR_OK;
    TRY(empty_data_dir(r));
    *touched = true;
    TRY(write_marker(r));
    for (size_t i = 0; i < r->manifest.files.n; i++) {
        backup_tick(r->progress, "restore files", (int64_t)i, (int64_t)r->manifest.files.n);
        TRY(extract(r, &r->manifest.files.v[i]));
    }
    TRY(sync_data_dir(r, syncs_whole(r)));
out:
    return rc;
}

enum err backup_files_done(struct backup_restore *r)
{
    if (!r->data_dir)
        return ERR_OK;
    unlink(below(r, STR(BACKUP_UNFINISHED)));
    return sync_data_dir(r, false);
}
