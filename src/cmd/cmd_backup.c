/*
 * `aimak backup`, `aimak restore` and `aimak verify`: one file to keep, one command to have
 * everything back, and the proof that the file is good: it is restored beside, into a directory
 * that is thrown away.
 */
#include "cmd/commands.h"
#include "cmd/house.h"
#include "cmd/keep.h"
#include "platform/core/clock.h"
#include "platform/store/backup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void tick(void *arg, const char *what, int64_t done, int64_t total)
{
    struct progress *bar = arg;
    if (bar->what != what || bar->total != total)
        progress_start(bar, what, total);
    progress_at(bar, done);
}

static int finish(struct progress *bar, enum err rc, const char *what, const char *path)
{
    progress_end(bar);
    if (rc == ERR_PARSE)
        cli_say("%s is no whole backup of this program: it is damaged or something else", path);
    else if (rc == ERR_CONFLICT)
        cli_say("the installation is not empty: a backup is restored only into an empty one");
    else if (rc == ERR_CONFIG)
        cli_say("%s was made by a newer version of this program: upgrade first", path);
    else if (rc != ERR_OK)
        cli_say("%s %s failed (%s)", what, path, err_name(rc));
    return cli_exit(rc);
}

static bool is_directory(const char *path)
{
    struct stat seen;
    return stat(path, &seen) == 0 && S_ISDIR(seen.st_mode);
}

static int run_backup(const struct options *o, int argc, char **argv)
{
    struct house h;
    char path[4200];
    const char *keep_text = NULL;
    int64_t keep = 0;
    if (!cli_value(&argc, argv, "--keep", &keep_text) || !cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    if (keep_text && (!str_to_i64(str_from(keep_text), &keep) || keep < 1 || keep > 10000)) {
        cli_say("--keep needs a number from 1 to 10000");
        return EXIT_BAD_USAGE;
    }
    bool into = is_directory(argv[0]);
    if (keep && !into) {
        cli_say("--keep counts the backups of a directory, and %s is none", argv[0]);
        return EXIT_BAD_USAGE;
    }
    if (into ? !keep_name(path, sizeof(path), argv[0], clock_now_ms())
             : snprintf(path, sizeof(path), "%s", argv[0]) >= (int)sizeof(path)) {
        cli_say("the name is too long");
        return EXIT_FAULT;
    }
    int code = house_open(&h, o, HOUSE_READ_ONLY);
    if (code != EXIT_DONE)
        return code;
    struct progress bar = {0};
    enum err rc = backup_write(h.app.db, o->data, path, &(struct backup_progress){tick, &bar});
    code = finish(&bar, rc, "backing up to", path);
    house_close(&h);
    if (code != EXIT_DONE)
        return code;
    puts(path);
    if (keep && !keep_newest(argv[0], (int)keep)) {
        cli_say("older backups in %s could not be removed: %s", argv[0], strerror(errno));
        code = EXIT_ENVIRONMENT;
    }
    return code;
}

static int restore(const struct options *o, const char *path)
{
    struct house h;
    const struct migration *const *all;
    size_t n = house_migrations(&all);
    if (access(path, R_OK) != 0) {
        cli_say("cannot read %s: %s", path, strerror(errno));
        return EXIT_FAULT;
    }
    int code = house_open(&h, o, HOUSE_ANY_SCHEMA | HOUSE_NO_KEY);
    if (code != EXIT_DONE)
        return code;
    struct progress bar = {0};
    enum err rc =
        backup_restore(h.app.db, all, n, o->data, path, &(struct backup_progress){tick, &bar});
    code = finish(&bar, rc, "restoring", path);
    house_close(&h);
    return code;
}

static int run_restore(const struct options *o, int argc, char **argv)
{
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    int code = restore(o, argv[0]);
    if (code == EXIT_DONE)
        printf("%s was restored to %s. Look it over with `aimak doctor`, then serve.\n", argv[0],
               o->data);
    return code;
}

static int run_verify(const struct options *o, int argc, char **argv)
{
    (void)o;
    struct options there = {.data = NULL};
    char data[4200];
    const char *base = getenv("TMPDIR");
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    if (snprintf(data, sizeof(data), "%s/aimak-verify.XXXXXX", base && *base ? base : "/tmp") >=
            (int)sizeof(data) ||
        !mkdtemp(data)) {
        cli_say("cannot make a directory to restore into: %s", strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    there.data = data;
    snprintf(there.db_default, sizeof(there.db_default), "sqlite:%.4000s/aimak.db", data);
    there.db = there.db_default;
    int code = restore(&there, argv[0]);
    if (!keep_remove_tree(data))
        cli_say("%s could not be removed: %s", data, strerror(errno));
    if (code == EXIT_DONE)
        printf("%s is whole: it was restored completely and thrown away again.\n", argv[0]);
    return code;
}

const struct own_command command_backup = {
    .name = "backup",
    .usage = "FILE.zip | DIRECTORY [--keep N]",
    .summary = "Write everything into one file, also while serving",
    .help =
        "Holds the rows of every table, uploaded files and the installation key, so keep it as "
        "safe as\n"
        "the installation. The file appears under its name only when it is complete and was read\n"
        "back. In a directory it is named by date and time.\n\n"
        "  --keep N    leave only the newest N backups in DIRECTORY\n\n"
        "Examples:\n"
        "  aimak backup /media/usb/aimak.zip\n"
        "  aimak backup /var/backups/aimak --keep 14\n",
    .run = run_backup,
};

const struct own_command command_restore = {
    .name = "restore",
    .usage = "FILE.zip",
    .summary = "Bring a backup back into an empty installation",
    .help =
        "All or nothing. The backup may come from the other database engine: this is also the way "
        "to move\n"
        "between SQLite and PostgreSQL.\n\n"
        "Examples:\n"
        "  aimak restore aimak.zip --data /var/lib/aimak\n"
        "  aimak restore aimak.zip --db postgresql://aimak@localhost/aimak --data /var/lib/aimak\n",
    .run = run_restore,
};

const struct own_command command_verify = {
    .name = "verify",
    .usage = "FILE.zip",
    .summary = "Prove that a backup can be restored, by restoring it aside",
    .help = "Restores the backup into a temporary directory (TMPDIR) and removes that again. "
            "Touches no\n"
            "installation. Exit code 1 when the file is damaged.\n\n"
            "Examples:\n"
            "  aimak verify /var/backups/aimak/aimak-20261122-031500.zip\n",
    .run = run_verify,
};
