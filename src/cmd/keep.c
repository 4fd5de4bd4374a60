/* The directory of backups; see keep.h. */
#include "cmd/keep.h"

#include "platform/core/clock.h"

#include <dirent.h>
#include <fnmatch.h>
#include <ftw.h>
#include <unistd.h>

#define NAME_PATTERN                                                                               \
    "aimak-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9].zip"

bool keep_name(char *out, size_t size, const char *directory, int64_t utc_ms)
{
    int64_t second = utc_ms / MS_SECOND;
    int64_t of_day = second % 86400;
    struct civil d = day_to_civil(second / 86400);
    int n =
        snprintf(out, size, "%s/aimak-%04d%02d%02d-%02d%02d%02d.zip", directory, d.year, d.month,
                 d.day, (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
    return n > 0 && (size_t)n < size;
}

static int is_backup(const struct dirent *entry)
{
    return fnmatch(NAME_PATTERN, entry->d_name, 0) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool keep_newest(const char *directory, int count)
{
    struct dirent **found;
    int n = scandir(directory, &found, is_backup, by_name);
    bool fine = n >= 0;
    for (int i = 0; i < n; i++) {
        char path[4500];
        int length = snprintf(path, sizeof(path), "%s/%s", directory, found[i]->d_name);
        if (i < n - count && (length >= (int)sizeof(path) || unlink(path) != 0))
            fine = false;
        free(found[i]);
    }
    if (n >= 0)
        free(found);
    return fine;
}

static int remove_entry(const char *path, const struct stat *seen, int type, struct FTW *ftw)
{
    (void)seen;
    (void)type;
    (void)ftw;
    return remove(path);
}

bool keep_remove_tree(const char *directory)
{
    return nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}
