/*
 * `aimak doctor`: looks for what is wrong with an installation and says how to repair it. Reads
 * only, so it may run beside a serving process.
 */
#include "cmd/commands.h"
#include "cmd/house.h"
#include "platform/core/clock.h"
#include "platform/store/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LEAST_FREE_MIB 512

/* Prints one line and counts it; `fault` is what to do, or NULL when all is well. */
static void check(int *faults, const char *what, const char *fault)
{
    if (fault) {
        printf("FAULT  %s: %s\n", what, fault);
        (*faults)++;
    } else {
        printf("ok     %s\n", what);
    }
}

static void check_directory(const char *data, int *faults)
{
    struct stat seen;
    struct statvfs disk;
    char path[4200], text[300];
    if (stat(data, &seen) != 0 || !S_ISDIR(seen.st_mode)) {
        check(faults, "data directory", "it is not there; `aimak serve` makes it, or give --data");
        return;
    }
    /* Whoever tries the program out has made the directory with mkdir; nothing in it is real. */
    if ((seen.st_mode & 077) && house_is_demo(data))
        printf("ok     data directory (others may look into it: a demonstration holds no real "
               "people; else chmod 700)\n");
    else
        check(faults, "data directory is private",
              seen.st_mode & 077 ? "others may look into it: chmod 700" : NULL);
    int fd = house_path(path, sizeof(path), data, ".doctor")
                 ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                 : -1;
    bool durable = fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    check(faults, "data directory can be written",
          durable ? NULL : "run this as the account that serves, or repair the disk");
    if (statvfs(data, &disk) == 0) {
        int64_t mib = (int64_t)(disk.f_bavail * disk.f_frsize >> 20);
        snprintf(text, sizeof(text), "only %lld MiB are free; make room for at least %d",
                 (long long)mib, LEAST_FREE_MIB);
        check(faults, "free space", mib < LEAST_FREE_MIB ? text : NULL);
    }
}

static void check_key(const char *data, int *faults)
{
    char path[4200];
    struct stat seen;
    if (!house_path(path, sizeof(path), data, "key") || stat(path, &seen) != 0)
        check(faults, "installation key",
              "it is missing: restore it from a backup. With a new one, which serve would make, "
              "everybody has to log in again, and links in letters end");
    else if (seen.st_size != 32)
        check(faults, "installation key", "it is damaged: restore it from a backup");
    else
        check(faults, "installation key is private",
              seen.st_mode & 077 ? "others may read it: chmod 600" : NULL);
}

static void check_address(const struct options *o, int *faults)
{
    bool plain = o->public_url && strncmp(o->public_url, "http://", 7) == 0 &&
                 strncmp(o->public_url, "http://127.", 11) != 0 &&
                 strncmp(o->public_url, "http://localhost", 16) != 0;
    check(faults, "public address",
          plain ? "people's passwords would travel unprotected: use https in --public-url" : NULL);
}

static void check_clock(int *faults)
{
    struct civil today = day_to_civil(day_today());
    check(faults, "clock",
          today.year < 2026 ? "it is set to the past: deadlines would be wrong" : NULL);
}

static void check_schema(const struct house *h, int *faults)
{
    char text[100];
    if (h->pending == h->migrations)
        snprintf(text, sizeof(text), "the database is empty: `aimak serve` prepares it");
    else
        snprintf(text, sizeof(text), "%d migrations are missing: aimak migrate", h->pending);
    check(faults, "migrations", h->pending > 0 ? text : NULL);
}

static void check_database(struct house *h, int *faults)
{
    struct buf text = BUF_EMPTY;
    int found = 0;
    bool postgres = db_is_postgres(h->app.db);
    check(faults, postgres ? "database answers (PostgreSQL)" : "database answers (SQLite)",
          db_ping(h->app.db) == ERR_OK ? NULL : "start its server, or repair the disk");
    if (db_check(h->app.db, &text, &found) != ERR_OK) {
        check(faults, "database is sound", "the check could not be finished");
    } else if (found > 0) {
        *faults += found;
        struct str rest = buf_view(&text), line;
        while (str_split(&rest, '\n', &line) && line.n > 0)
            printf("FAULT  database: %.*s\n", STRF(line));
    } else {
        check(faults, "database is sound", NULL);
    }
    buf_free(&text);
}

static void check_slices(struct house *h, int *faults)
{
    if (house_start(h) != EXIT_DONE) {
        check(faults, "slices", "they do not start; see the lines above");
        return;
    }
    check(faults, "slices start", NULL);
    for (size_t i = 0; i < h->app.slice_count; i++) {
        const struct slice *s = h->app.slices[i];
        struct buf text = BUF_EMPTY;
        int found = 0;
        if (!s->doctor)
            continue;
        enum err rc = s->doctor(&h->app, &text, &found);
        if (rc != ERR_OK) {
            check(faults, s->name, "its self-check could not be finished");
        } else if (found > 0) {
            *faults += found;
            printf("FAULT  %s: %.*s%s", s->name, STRF(buf_view(&text)),
                   text.n && text.p[text.n - 1] == '\n' ? "" : "\n");
        } else if (text.n > 0) {
            printf("ok     %s: %.*s\n", s->name, STRF(str_trim(buf_view(&text))));
        } else {
            check(faults, s->name, NULL);
        }
        buf_free(&text);
    }
}

/* Before the first start there is nothing to examine: no file of a database in the place where it
 * would be, and no key, which every start makes. A server's database may be anything. */
static bool is_untouched(const struct options *o)
{
    char path[4200];
    struct stat seen;
    const char *file = strncmp(o->db, "sqlite:", 7) == 0 ? o->db + 7 : NULL;
    return file && stat(file, &seen) != 0 && errno == ENOENT &&
           house_path(path, sizeof(path), o->data, "key") && stat(path, &seen) != 0;
}

static int say_untouched(const struct options *o)
{
    printf(
        "There is no installation here yet: neither the database %s nor a key in %s.\n"
        "`aimak serve` makes both at its first start, `aimak demo` a demonstration. If there is\n"
        "an installation elsewhere, say where: --db and --data, or --settings FILE.\n",
        o->db, o->data);
    return EXIT_FAULT;
}

static int run(const struct options *o, int argc, char **argv)
{
    struct house h;
    int faults = 0;
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    if (is_untouched(o))
        return say_untouched(o);
    check_directory(o->data, &faults);
    check_key(o->data, &faults);
    check_address(o, &faults);
    check_clock(&faults);
    if (house_open(&h, o, HOUSE_READ_ONLY | HOUSE_ANY_SCHEMA | HOUSE_LOOK) != EXIT_DONE) {
        check(&faults, "database", "it cannot be opened; see the lines above");
    } else {
        check_database(&h, &faults);
        check_schema(&h, &faults);
        if (h.pending == 0)
            check_slices(&h, &faults);
        house_close(&h);
    }
    if (faults == 0)
        puts("No fault was found.");
    else
        printf("%d fault%s found.\n", faults, faults == 1 ? " was" : "s were");
    return faults ? EXIT_FAULT : EXIT_DONE;
}

const struct own_command command_doctor = {
    .name = "doctor",
    .usage = "",
    .summary = "Look for faults of the installation and say how to repair them",
    .help =
        "Checks the data directory, the key, the clock, free space, the database, its migrations, "
        "and\n"
        "what each part of the program knows of itself. Changes nothing, and may run while the\n"
        "program serves. Exit code 1 when a fault was found, and where there is no installation "
        "yet.\n\n"
        "Examples:\n"
        "  aimak doctor --data /var/lib/aimak\n"
        "  aimak doctor || mail -s 'Aimak needs a look' admin@example.kg </dev/null\n",
    .run = run,
};
