/*
 * The files of the data directory that belong into a backup: regular files, without following
 * links, and without the database's own, which a backup holds as rows.
 */
#include "platform/store/backup_parts.h"

#include "platform/core/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS_DEEP 16

struct listing {
    struct arena *a;
    struct backup_files *out;
    dev_t device;
    struct stat avoid[8];
    size_t avoid_count;
};

static void avoid_file(struct listing *l, struct arena *a, const char *path, const char *end)
{
    struct stat st;
    if (path && l->avoid_count < COUNT_OF(l->avoid) &&
        stat(arena_cstr(a, arena_printf(a, "%s%s", path, end)), &st) == 0)
        l->avoid[l->avoid_count++] = st;
}

static bool is_avoided(const struct listing *l, const struct stat *st)
{
    for (size_t i = 0; i < l->avoid_count; i++)
        if (l->avoid[i].st_dev == st->st_dev && l->avoid[i].st_ino == st->st_ino)
            return true;
    return false;
}

static enum err list_folder(struct listing *l, int parent, const char *name, struct str prefix,
                            int depth)
{
    enum err rc = ERR_OK;
    struct dirent *e;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        if (errno == ENOENT && depth)
            return ERR_OK;
        LOG(LOG_ERROR, "backup.read", LOG_C("path", name), LOG_I("errno", errno));
        return ERR_IO;
    }
    while ((e = readdir(dir))) {
        struct stat st;
        struct str part = str_from(e->d_name);
        if (str_eq(part, STR(".")) || str_eq(part, STR("..")) ||
            (depth == 0 && str_eq(part, STR(BACKUP_UNFINISHED))) ||
            fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        struct str whole = prefix.n ? arena_printf(l->a, "%.*s/%s", STRF(prefix), e->d_name)
                                    : arena_str(l->a, part);
        if (S_ISDIR(st.st_mode) && depth < FOLDERS_DEEP)
            TRY(list_folder(l, fd, e->d_name, whole, depth + 1));
        else if (S_ISREG(st.st_mode) && !is_avoided(l, &st))
            ARENA_PUSH(l->a, *l->out, ((struct backup_file){.name = whole}));
    }
out:
    closedir(dir);
    return rc;
}

enum err backup_list_files(const struct db *db, struct arena *a, const char *data_dir,
                           const char *except, struct backup_files *out)
{
    struct listing l = {.a = a, .out = out};
    const char *database = sqlite_path(db);
    *out = (struct backup_files){0};
    avoid_file(&l, a, database, "");
    avoid_file(&l, a, database, "-wal");
    avoid_file(&l, a, database, "-shm");
    avoid_file(&l, a, database, ".lock");
    avoid_file(&l, a, except, "");
    return list_folder(&l, AT_FDCWD, data_dir, STR(""), 0);
}
