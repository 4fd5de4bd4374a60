/* Opening and closing everything; see house.h. */
#include "cmd/house.h"

#include "cmd/slices.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool house_path(char *out, size_t size, const char *data, const char *name)
{
    int n = snprintf(out, size, "%s/%s", data, name);
    return n > 0 && (size_t)n < size;
}

bool house_is_demo(const char *data)
{
    char path[4200];
    struct stat seen;
    return house_path(path, sizeof(path), data, "demo") && stat(path, &seen) == 0;
}

size_t house_migrations(const struct migration *const **out)
{
    static const struct migration *all[1024];
    static size_t count;
    if (count == 0) {
        for (size_t i = 0; i < all_slices_count; i++) {
            const struct migration *const *m = all_slices[i]->migrations;
            for (; m && *m; m++) {
                INVARIANT(count < COUNT_OF(all));
                all[count++] = *m;
            }
        }
    }
    *out = all;
    return count;
}

/* mkdir -p, readable by the owner alone: uploads and keys live there. */
static bool make_directory(const char *path)
{
    char part[4200];
    size_t n = strlen(path);
    if (n >= sizeof(part))
        return false;
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        part[i] = kept;
    }
    return true;
}

static bool write_key(int fd, const unsigned char key[32])
{
    return write(fd, key, 32) == 32 && fsync(fd) == 0;
}

/* The installation secret: made on first use, never replaced. */
static bool load_key(const char *data, bool look, unsigned char key[32])
{
    char path[4200], fresh[4200];
    if (!house_path(path, sizeof(path), data, "key") ||
        !house_path(fresh, sizeof(fresh), data, "key.new"))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && look) {
        memset(key, 0, 32);
        return true;
    }
    if (fd < 0 && errno == ENOENT) {
        random_fill(key, 32);
        unlink(fresh);
        fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return false;
        bool written = write_key(fd, key);
        close(fd);
        /* link() instead of rename(): a second process that was faster keeps its key. */
        if (!written || (link(fresh, path) != 0 && errno != EEXIST))
            return false;
        unlink(fresh);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return false;
    char extra;
    bool whole = read(fd, key, 32) == 32 && read(fd, &extra, 1) == 0;
    close(fd);
    if (!whole)
        cli_say("%s must hold 32 bytes; restore it from a backup", path);
    return whole;
}

static int explain_open(enum err rc, const struct options *o)
{
    /* The URL may hold a password, so only its kind is repeated; the log line above has the rest.
     */
    const char *kind = strncmp(o->db, "sqlite:", 7) == 0 ? o->db : "the PostgreSQL database";
    switch (rc) {
    case ERR_CONFIG:
        cli_say("cannot use %s: see the log line above", kind);
        break;
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
        cli_say("%s does not answer or its disk is full; try again when it is back", kind);
        break;
    default:
        cli_say("cannot open %s (%s)", kind, err_name(rc));
        break;
    }
    return EXIT_ENVIRONMENT;
}

static int bring_schema(struct house *h, unsigned flags)
{
    const struct migration *const *all;
    size_t n = house_migrations(&all);
    h->migrations = (int)n;
    enum err rc = migrate_pending(h->app.db, all, n, &h->pending);
    if (rc == ERR_CONFIG) {
        cli_say("the database was made by a newer version of this program, or its record of "
                "migrations was altered; see the log line above");
        return EXIT_ENVIRONMENT;
    }
    if (rc == ERR_OK && h->pending > 0 && (flags & HOUSE_MIGRATE)) {
        rc = migrate_up(h->app.db, all, n, &h->applied);
        if (rc != ERR_OK)
            cli_say("a migration failed; the database stays as it was before it");
    } else if (rc == ERR_OK && h->pending > 0 && !(flags & HOUSE_ANY_SCHEMA)) {
        cli_say("the database lacks %d migrations: run `aimak migrate` first", h->pending);
        return EXIT_ENVIRONMENT;
    }
    if (rc != ERR_OK)
        cli_say("the database cannot be prepared (%s)", err_name(rc));
    return rc == ERR_OK ? EXIT_DONE : EXIT_ENVIRONMENT;
}

int house_start(struct house *h)
{
    for (size_t i = 0; i < all_slices_count; i++) {
        if (!all_slices[i]->start)
            continue;
        enum err rc = all_slices[i]->start(&h->app);
        if (rc != ERR_OK) {
            cli_say("%s does not start (%s)", all_slices[i]->name, err_name(rc));
            return EXIT_ENVIRONMENT;
        }
    }
    enum err rc = app_start(&h->app);
    if (rc != ERR_OK) {
        cli_say("the pages cannot be brought up (%s)", err_name(rc));
        return EXIT_ENVIRONMENT;
    }
    h->started = true;
    return EXIT_DONE;
}

int house_open(struct house *h, const struct options *o, unsigned flags)
{
    *h = (struct house){.app = {
                            .slices = all_slices,
                            .slice_count = all_slices_count,
                            .data_dir = o->data,
                            .public_url = o->public_url ? o->public_url : "http://127.0.0.1:8080",
                        }};
    h->app.development = strncmp(h->app.public_url, "http://", 7) == 0;
    bool look = (flags & HOUSE_LOOK) != 0;
    if (!look && !make_directory(o->data)) {
        cli_say("cannot make the directory %s: %s", o->data, strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    if (!(flags & HOUSE_NO_KEY) && !load_key(o->data, look, h->app.key)) {
        cli_say("cannot read or make the installation key in %s", o->data);
        return EXIT_ENVIRONMENT;
    }
    h->app.demo = house_is_demo(o->data);
    struct db_options options = {.read_only = (flags & HOUSE_READ_ONLY) != 0};
    enum err rc = db_open(&h->app.db, str_from(o->db), &options);
    if (rc != ERR_OK)
        return explain_open(rc, o);
    int code = bring_schema(h, flags);
    if (code == EXIT_DONE && (flags & HOUSE_START))
        code = house_start(h);
    if (code != EXIT_DONE)
        house_close(h);
    return code;
}

void house_close(struct house *h)
{
    if (h->started)
        app_stop(&h->app);
    db_close(h->app.db);
    h->app.db = NULL;
    h->started = false;
}
