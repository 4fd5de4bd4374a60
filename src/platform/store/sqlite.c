/*
 * A SQLite database: the lock that keeps it to one process, the readers, and the way to the writer.
 *
 * In memory (tests) there is one connection for everything, because a shared cache would bring
 * table locks that the real thing does not have.
 */
#include "platform/store/sqlite.h"

#include "platform/core/buf.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x41494D4B /* "AIMK", in the header of the file; file(1) shows it */

static enum err read_in(struct sqlite_db *d, struct sqlite_conn *c, struct str scope, db_fn fn,
                        void *arg)
{
    struct sqlite_tx tx = {
        .base = {.db = &d->base, .scope = scope, .statement_ms = d->base.options.statement_ms},
        .conn = c,
    };
    enum err rc = sqlite_conn_begin(c);
    if (rc == ERR_OK)
        rc = tx_call(&tx.base, fn, arg);
    sqlite_conn_reset(c);
    return rc;
}

static enum err read_memory(struct sqlite_db *d, struct str scope, db_fn fn, void *arg)
{
    enum err rc;
    pthread_mutex_lock(&d->memory_lock);
    TRY(sqlite_conn_exec(d->memory, "PRAGMA query_only=ON"));
    rc = read_in(d, d->memory, scope, fn, arg);
out:
    if (sqlite_conn_exec(d->memory, "PRAGMA query_only=OFF") != ERR_OK)
        rc = ERR_UNAVAILABLE;
    pthread_mutex_unlock(&d->memory_lock);
    return rc;
}

static enum err take_reader(struct sqlite_db *d, struct sqlite_conn **out)
{
    enum err rc = ERR_OK;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t wait = d->base.options.busy_ms, ns = until.tv_nsec + wait % 1000 * 1000000;
    until.tv_sec += (time_t)(wait / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);

    *out = NULL;
    pthread_mutex_lock(&d->readers_lock);
    while (!d->idle_count && d->reader_count >= d->base.options.readers && rc == ERR_OK)
        if (pthread_cond_clockwait(&d->reader_free, &d->readers_lock, CLOCK_MONOTONIC, &until) ==
                ETIMEDOUT &&
            !d->idle_count && d->reader_count >= d->base.options.readers)
            rc = ERR_BUSY;
    if (rc == ERR_OK && d->idle_count)
        *out = d->idle[--d->idle_count];
    else if (rc == ERR_OK)
        d->reader_count++;
    pthread_mutex_unlock(&d->readers_lock);
    if (rc != ERR_OK || *out)
        return rc;

    rc = sqlite_conn_open(out, d->path, SQLITE_USE_READ, d->base.options.busy_ms);
    if (rc != ERR_OK) {
        pthread_mutex_lock(&d->readers_lock);
        d->reader_count--;
        pthread_cond_signal(&d->reader_free);
        pthread_mutex_unlock(&d->readers_lock);
    }
    return rc;
}

static void give_reader(struct sqlite_db *d, struct sqlite_conn *c)
{
    bool keep = !c->broken;
    pthread_mutex_lock(&d->readers_lock);
    if (keep)
        d->idle[d->idle_count++] = c;
    else
        d->reader_count--;
    pthread_cond_signal(&d->reader_free);
    pthread_mutex_unlock(&d->readers_lock);
    if (!keep)
        sqlite_conn_close(c);
}

static enum err sqlite_read(struct db *db, struct str scope, db_fn fn, void *arg)
{
    struct sqlite_db *d = (struct sqlite_db *)db;
    struct sqlite_conn *c;
    enum err rc;
    if (!d->path)
        return read_memory(d, scope, fn, arg);
    TRY(take_reader(d, &c));
    rc = read_in(d, c, scope, fn, arg);
    give_reader(d, c);
out:
    return rc;
}

static enum err sqlite_transact(struct db *db, struct str scope, db_fn fn, void *arg,
                                enum tx_kind kind)
{
    return kind == TX_READ ? sqlite_read(db, scope, fn, arg)
                           : writer_run(((struct sqlite_db *)db)->writer, scope, fn, arg);
}

static enum err ping_fn(struct tx *tx, void *arg)
{
    static const enum db_type out[] = {DB_I64};
    static const struct db_query query = {
        .name = "ping", .sqlite = "SELECT count(*) FROM sqlite_master", .out = out, .out_count = 1};
    (void)arg;
    return tx_run(tx, &query, NULL, NULL, NULL, NULL);
}

static enum err sqlite_ping(struct db *db)
{
    return sqlite_read(db, SCOPE_COUNTRY, ping_fn, NULL);
}

static void sqlite_stats(struct db *db, struct db_stats *out)
{
    struct sqlite_db *d = (struct sqlite_db *)db;
    struct stat st;
    struct buf name = BUF_EMPTY;
    if (!d->path)
        return;
    buf_cstr(&name, d->path);
    buf_put(&name, "-wal", sizeof "-wal");
    if (stat(name.p, &st) == 0)
        out->wal_bytes = st.st_size;
    buf_free(&name);
}

static void sqlite_close(struct db *db)
{
    struct sqlite_db *d = (struct sqlite_db *)db;
    for (int i = 0; i < d->idle_count; i++)
        sqlite_conn_close(d->idle[i]);
    if (d->writer)
        writer_stop(d->writer); /* closes the connection that writes, after every other */
    pthread_mutex_destroy(&d->readers_lock);
    pthread_cond_destroy(&d->reader_free);
    pthread_mutex_destroy(&d->memory_lock);
    if (d->lock_fd >= 0)
        close(d->lock_fd); /* releases the lock; the file stays, removing it would race */
    free(d->idle);
    free(d->path);
    free(d);
}

static const struct engine sqlite_engine = {
    .transact = sqlite_transact,
    .ping = sqlite_ping,
    .stats = sqlite_stats,
    .close = sqlite_close,
    .run = sqlite_run,
    .script = sqlite_script,
    .savepoint = sqlite_savepoint,
    .deadline = sqlite_set_deadline,
};

/* One process per file. The lock is the kernel's: it dies with its holder. */
static enum err lock_file(struct sqlite_db *d)
{
    enum err rc = ERR_OK;
    char pid[32] = "";
    struct buf name = BUF_EMPTY;
    buf_cstr(&name, d->path);
    buf_put(&name, ".lock", sizeof ".lock");
    d->lock_fd = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (d->lock_fd < 0) {
        LOG(LOG_ERROR, "db.open", LOG_C("path", d->path), LOG_I("errno", errno),
            LOG_C("hint", "the directory must exist and be writable"));
        FAIL(ERR_CONFIG);
    }
    if (flock(d->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t n = read(d->lock_fd, pid, sizeof pid - 1);
        LOG(LOG_ERROR, "db.locked", LOG_C("path", d->path),
            LOG_S("process", str_trim(str_of(pid, n > 0 ? (size_t)n : 0))),
            LOG_C("hint", "another process uses this database file; stop it first"));
        FAIL(ERR_CONFIG);
    }
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(d->lock_fd, 0) != 0 || pwrite(d->lock_fd, pid, (size_t)n, 0) != n)
        LOG(LOG_WARN, "db.lock_note", LOG_I("errno", errno)); /* the lock itself holds */
    /* Residents' data: the file is created for its owner alone; SQLite's -wal and -shm follow it.
     */
    int fd = open(d->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
out:
    buf_free(&name);
    return rc;
}

static enum err get_number(struct sqlite_conn *c, const char *sql, int64_t *out)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(c->handle, sql, -1, &s, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(s, 0);
        code = SQLITE_OK;
    }
    enum err rc = code == SQLITE_OK ? ERR_OK : sqlite_error(c, code, sql);
    sqlite3_finalize(s);
    return rc;
}

/* Refuses a file of another program; marks a new one as ours. */
static enum err check_owner(struct sqlite_db *d, struct sqlite_conn *c)
{
    enum err rc;
    int64_t id = 0, objects = 0;
    char sql[64];
    TRY(get_number(c, "PRAGMA application_id", &id));
    TRY(get_number(c, "SELECT count(*) FROM sqlite_master", &objects));
    if (id == APPLICATION_ID)
        goto out;
    if (objects || id) {
        LOG(LOG_ERROR, "db.foreign", LOG_C("path", d->path),
            LOG_C("hint", "this SQLite file was made by another program"));
        FAIL(ERR_CONFIG);
    }
    if (!d->base.options.read_only) {
        snprintf(sql, sizeof sql, "PRAGMA application_id=%d", APPLICATION_ID);
        TRY(sqlite_conn_exec(c, sql));
    }
out:
    return rc;
}

static enum err open_file(struct sqlite_db *d)
{
    enum err rc;
    struct sqlite_conn *c = NULL;
    if (d->base.options.read_only) {
        TRY(take_reader(d, &c));
        rc = check_owner(d, c);
        give_reader(d, c);
        return rc;
    }
    TRY(lock_file(d));
    TRY(sqlite_conn_open(&c, d->path, SQLITE_USE_WRITE, d->base.options.busy_ms));
    TRY(check_owner(d, c));
    TRY(writer_start(&d->writer, d, c));
    c = NULL;
out:
    sqlite_conn_close(c);
    return rc;
}

static enum err open_memory(struct sqlite_db *d)
{
    enum err rc;
    TRY(sqlite_conn_open(&d->memory, ":memory:", SQLITE_USE_MEMORY, d->base.options.busy_ms));
    rc = writer_start(&d->writer, d, d->memory);
    if (rc != ERR_OK)
        sqlite_conn_close(d->memory);
out:
    return rc;
}

/* Counting every allocation takes one lock for all connections; nobody reads the counts. */
static void set_up_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
                         0); /* too late in a process that used it before */
}

enum err sqlite_open(struct db **out, struct str path, const struct db_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    enum err rc;
    pthread_once(&once, set_up_library);
    if (sqlite3_libversion_number() < 3037000 || !sqlite3_threadsafe()) {
        LOG(LOG_ERROR, "db.version", LOG_C("sqlite", sqlite3_libversion()),
            LOG_C("hint", "SQLite 3.37 or newer, built for threads, is needed"));
        return ERR_CONFIG;
    }
    struct sqlite_db *d = calloc(1, sizeof *d);
    INVARIANT(d);
    d->base.engine = &sqlite_engine;
    d->base.options = *options;
    d->lock_fd = -1;
    d->idle = calloc((size_t)options->readers, sizeof(struct sqlite_conn *));
    INVARIANT(d->idle);
    pthread_mutex_init(&d->readers_lock, NULL);
    pthread_cond_init(&d->reader_free, NULL);
    pthread_mutex_init(&d->memory_lock, NULL);
    if (str_eq(path, STR(":memory:"))) {
        rc = open_memory(d);
    } else {
        d->path = strndup(path.p, path.n);
        INVARIANT(d->path);
        rc = open_file(d);
    }
    if (rc != ERR_OK)
        sqlite_close(&d->base);
    else
        *out = &d->base;
    return rc;
}

const char *sqlite_path(const struct db *db)
{
    return db->engine == &sqlite_engine ? ((const struct sqlite_db *)db)->path : NULL;
}

bool db_is_postgres(const struct db *db)
{
    return db->engine != &sqlite_engine;
}

bool tx_is_postgres(const struct tx *tx)
{
    return db_is_postgres(tx->db);
}
