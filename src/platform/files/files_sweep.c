/*
 * What nobody refers to goes: once a day, files that are a day old and named by no row.
 *
 * Why no file that is needed can be lost:
 *   - The names in rows are read in one snapshot of the whole country, before any file is looked
 * at. A row that came after the snapshot names a file that file_put() wrote or made young again not
 *     long before, so that file is younger than a day; or it took the name over from a row of the
 *     snapshot.
 *   - A file's age is read again, and the file removed, under an exclusive lock on the directory;
 *     file_put() makes a file young under the shared one, which a backup holds too.
 *   - While a restore is not finished there are files without rows: nothing is removed.
 *   - When more than half of all old files seem unused, the likelier reason is that the program was
 *     started with the database of one installation and the directory of another, or that a slice
 *     forgot to announce its files: nothing is removed, and the doctor says so.
 */
#include "platform/files/files_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/jobs/jobs.h"
#include "platform/store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OLD_MS MS_DAY
/* So few are removed without asking whether half of the files can be unused. */
#define FEW 20

/* A name shortened to 128 bits: half the memory, and if two names were ever alike in it, one file
 * more would be kept. */
struct short_name {
    uint64_t high, low;
};
struct file_uses {
    struct arena *a;
    struct short_name *v;
    size_t n, cap;
    bool *seen; /* on disk; beside v once it is sorted */
};

static uint64_t hex_value(struct str digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.n; i++)
        value = value << 4 |
                (uint64_t)(digits.p[i] <= '9' ? digits.p[i] - '0' : digits.p[i] - 'a' + 10);
    return value;
}

static struct short_name short_name_of(struct str id)
{
    return (struct short_name){hex_value(str_slice(id, 0, 16)), hex_value(str_slice(id, 16, 16))};
}

void file_used(struct file_uses *uses, struct str id)
{
    if (file_id_valid(id))
        ARENA_PUSH(uses->a, *uses, short_name_of(id));
}

static int compare_names(const void *a, const void *b)
{
    const struct short_name *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return x->low < y->low ? -1 : x->low > y->low;
}

/* --- rows --- */

struct reading {
    struct app *app;
    struct file_uses *uses;
};

static enum err read_uses_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    enum err rc = ERR_OK;
    r->uses->n = 0;
    for (size_t i = 0; i < r->app->slice_count; i++)
        if (r->app->slices[i]->files)
            TRY(r->app->slices[i]->files(tx, r->uses));
out:
    return rc;
}

static enum err read_uses(struct app *app, struct file_uses *uses)
{
    struct reading reading = {app, uses};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_uses_fn, &reading);
    size_t kept = 0;
    if (rc != ERR_OK)
        return rc;
    if (uses->n)
        qsort(uses->v, uses->n, sizeof *uses->v, compare_names);
    for (size_t i = 0; i < uses->n; i++)
        if (!kept || compare_names(&uses->v[i], &uses->v[kept - 1]) != 0)
            uses->v[kept++] = uses->v[i];
    uses->n = kept;
    uses->seen = ARENA_ARRAY(uses->a, bool, kept + 1);
    return ERR_OK;
}

/* --- files --- */

struct walk {
    const struct file_uses *uses;
    struct file_sweep *out;
    int64_t before_s; /* older than this is old */
    int lock;         /* of the directory; -1: only look */
    int64_t old;
};

/* Is it named by a row? Another name than that of a finished file never is. */
static bool is_used(const struct walk *w, struct str name)
{
    if (!file_id_valid(name) || !w->uses->n)
        return false;
    struct short_name key = short_name_of(name);
    const struct short_name *found =
        bsearch(&key, w->uses->v, w->uses->n, sizeof key, compare_names);
    if (found)
        w->uses->seen[found - w->uses->v] = true;
    return found != NULL;
}

/* "abcd...": finished; "abcd....0123456789abcdef": was being written when the program stopped. Any
 * other name was not made here and is left alone. */
static bool is_ours(struct str name)
{
    if (file_id_valid(name))
        return true;
    return name.n == FILE_ID_LENGTH + 17 && name.p[FILE_ID_LENGTH] == '.' &&
           file_id_valid(str_slice(name, 0, FILE_ID_LENGTH));
}

/* Under the exclusive lock, once more: somebody may have sent the same bytes again just now. */
static void remove_if_old(struct walk *w, int folder, const char *name)
{
    struct stat st;
    if (flock(w->lock, LOCK_EX | LOCK_NB) != 0)
        return;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime < w->before_s &&
        unlinkat(folder, name, 0) == 0)
        w->out->removed++;
    flock(w->lock, LOCK_UN);
}

static void look_at(struct walk *w, int folder, const char *name)
{
    struct stat st;
    struct str id = str_from(name);
    if (!is_ours(id) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode))
        return;
    bool used = is_used(w, id), old = st.st_mtime < w->before_s;
    w->out->files++;
    w->out->bytes += st.st_size;
    w->old += old;
    if (used || !old)
        return;
    w->out->unused++;
    w->out->unused_bytes += st.st_size;
    if (w->lock >= 0)
        remove_if_old(w, folder, name);
}

/* Two levels of folders with names of two digits; no folder is as good as an empty one. */
static enum err walk_folder(struct walk *w, int parent, const char *name, int depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    enum err rc = ERR_OK;
    if (!dir) {
        bool absent = fd < 0 && errno == ENOENT;
        if (fd >= 0)
            close(fd);
        return absent ? ERR_OK : ERR_IO;
    }
    for (struct dirent *e; rc == ERR_OK && (e = readdir(dir));) {
        if (depth == 2)
            look_at(w, fd, e->d_name);
        else if (e->d_name[0] != '.' && strlen(e->d_name) == 2)
            rc = walk_folder(w, fd, e->d_name, depth + 1);
    }
    closedir(dir);
    return rc;
}

static void note_missing(const struct file_uses *uses, struct arena *a, struct file_sweep *out)
{
    for (size_t i = 0; i < uses->n; i++) {
        if (uses->seen[i])
            continue;
        out->missing++;
        if (!out->missing_id.p)
            out->missing_id =
                arena_printf(a, "%016" PRIx64 "%016" PRIx64, uses->v[i].high, uses->v[i].low);
    }
}

enum err files_sweep(struct app *app, struct arena *a, bool dry_run, struct file_sweep *out)
{
    struct file_uses uses = {.a = a};
    const char *root = arena_cstr(a, arena_printf(a, "%s/files", app->data_dir));
    struct walk w = {
        .uses = &uses, .out = out, .before_s = (clock_now_ms() - OLD_MS) / MS_SECOND, .lock = -1};
    enum err rc = ERR_OK;
    *out = (struct file_sweep){0};
    TRY(read_uses(app, &uses));
    TRY(walk_folder(&w, AT_FDCWD, root, 0));
    note_missing(&uses, a, out);
    out->refused = out->unused > FEW && out->unused > w.old / 2;
    if (dry_run || out->refused || out->unused == 0 || backup_restore_unfinished(app->data_dir))
        goto out;
    struct file_sweep again = {0};
    w.out = &again;
    w.lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w.lock < 0)
        FAIL(ERR_IO);
    TRY(walk_folder(&w, AT_FDCWD, root, 0));
    out->removed = again.removed;
out:
    if (w.lock >= 0)
        close(w.lock);
    return rc;
}

/* --- the slice --- */

static enum err run_sweep(struct app *app, struct arena *a)
{
    struct file_sweep found;
    enum err rc = files_sweep(app, a, false, &found);
    if (rc == ERR_OK && (found.unused > 0 || found.missing > 0))
        LOG(found.refused || found.missing ? LOG_WARN : LOG_INFO, "files.swept",
            LOG_I("files", found.files), LOG_I("unused", found.unused),
            LOG_I("removed", found.removed), LOG_I("missing", found.missing));
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct file_sweep found;
    struct arena *a = arena_new();
    enum err rc = files_sweep(app, a, true, &found);
    if (rc != ERR_OK)
        goto out;
    if (found.missing) {
        buf_printf(out,
                   "%" PRId64 " file(s) that rows name are not in the data directory, one begins "
                   "with %.*s: give the right --data, or restore a backup\n",
                   found.missing, STRF(found.missing_id));
        ++*faults;
    }
    if (found.refused) {
        buf_printf(out,
                   "%" PRId64 " of %" PRId64 " files belong to no row: is this the directory of "
                   "this database? Nothing is removed\n",
                   found.unused, found.files);
        ++*faults;
    }
    if (!found.missing && !found.refused)
        buf_printf(out,
                   "%" PRId64 " kept, %" PRId64 " that no row names (the program removes these "
                   "once a day)",
                   found.files - found.unused, found.unused);
out:
    arena_free(a);
    return rc;
}

static const struct schedule_def schedules[] = {
    {.name = "files_sweep", .every_ms = MS_DAY, .run = run_sweep}};

const struct slice files_slice = {
    .name = "files",
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .doctor = doctor,
};
