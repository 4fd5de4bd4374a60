/*
 * The store's front: chooses the engine and keeps the rules that both must obey, so that what works
 * on one works on the other.
 */
#include "platform/store/engine.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#define SLOW_STATEMENT_MS 500

/* The transaction that this thread is running, to catch one inside another: on SQLite it would wait
 * for itself, on PostgreSQL it would empty the pool. */
static _Thread_local const struct tx *running;

const char *db_type_name(enum db_type type)
{
    switch (type) {
    case DB_I64:
        return "i64";
    case DB_F64:
        return "f64";
    case DB_STR:
        return "str";
    case DB_BLOB:
        return "blob";
    }
    return "unknown";
}

enum err db_open(struct db **out, struct str url, const struct db_options *options)
{
    struct db_options o = options ? *options : (struct db_options){0};
    *out = NULL;
    if (o.readers <= 0)
        o.readers = 8;
    if (o.statement_ms <= 0)
        o.statement_ms = 5000;
    if (o.busy_ms <= 0)
        o.busy_ms = 2000;

    if (str_starts(url, STR("sqlite:"))) {
        struct str path = str_slice(url, strlen("sqlite:"), url.n);
        if (!str_empty(path))
            return sqlite_open(out, path, &o);
    } else if (str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://"))) {
        return postgres_open(out, url, &o);
    }
    LOG(LOG_ERROR, "db.url", LOG_C("expected", "sqlite:PATH or postgresql://USER@HOST/DATABASE"));
    return ERR_CONFIG;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    INVARIANT(atomic_load(&db->users) == 0);
    db->engine->close(db);
}

/* SOATE codes are digits; "*" is the country. Anything else never reaches SET LOCAL. */
static bool scope_is_valid(struct str scope)
{
    if (str_eq(scope, SCOPE_COUNTRY))
        return true;
    if (scope.n == 0 || scope.n > 32)
        return false;
    for (size_t i = 0; i < scope.n; i++) {
        char c = scope.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

static enum err call(struct db *db, struct str scope, db_fn fn, void *arg, enum tx_kind kind)
{
    bool write = kind != TX_READ;
    INVARIANT(!running || running->db != db);
    if (!scope_is_valid(scope))
        return ERR_INPUT;
    if (write && db->options.read_only)
        return ERR_DENIED;
    atomic_fetch_add(&db->users, 1);
    enum err rc = db->engine->transact(db, scope, fn, arg, kind);
    atomic_fetch_add(write ? &db->writes : &db->reads, 1);
    if (rc == ERR_RETRY)
        rc = ERR_BUSY;
    if (rc == ERR_BUSY)
        atomic_fetch_add(&db->busy, 1);
    atomic_fetch_sub(&db->users, 1);
    return rc;
}

enum err db_read(struct db *db, struct str scope, db_fn fn, void *arg)
{
    return call(db, scope, fn, arg, TX_READ);
}

enum err db_write(struct db *db, struct str scope, db_fn fn, void *arg)
{
    return call(db, scope, fn, arg, TX_WRITE);
}

enum err db_append(struct db *db, struct str scope, db_fn fn, void *arg)
{
    return call(db, scope, fn, arg, TX_APPEND);
}

enum err db_ping(struct db *db)
{
    atomic_fetch_add(&db->users, 1);
    enum err rc = db->engine->ping(db);
    atomic_fetch_sub(&db->users, 1);
    return rc;
}

void db_stats(struct db *db, struct db_stats *out)
{
    *out = (struct db_stats){
        .reads = atomic_load(&db->reads),
        .writes = atomic_load(&db->writes),
        .commits = atomic_load(&db->commits),
        .retries = atomic_load(&db->retries),
        .queue_now = atomic_load(&db->waiting),
        .queue_peak = atomic_load(&db->waiting_peak),
        .busy = atomic_load(&db->busy),
    };
    db->engine->stats(db, out);
}

void db_count_waiting(struct db *db, int by)
{
    int_least64_t now = atomic_fetch_add(&db->waiting, by) + by;
    int_least64_t peak = atomic_load(&db->waiting_peak);
    while (now > peak && !atomic_compare_exchange_weak(&db->waiting_peak, &peak, now))
        ;
}

enum err tx_call(struct tx *tx, db_fn fn, void *arg)
{
    const struct tx *outer = running;
    running = tx;
    enum err rc = fn(tx, arg);
    running = outer;
    if (tx->failed == ERR_RETRY)
        return ERR_RETRY;
    return rc == ERR_OK ? tx->failed : rc;
}

/* Well-formed UTF-8 (RFC 3629) without NUL: what a PostgreSQL text column can hold. */
static bool text_is_storable(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
    while (p < end) {
        unsigned c = *p;
        if (c < 0x80) {
            if (c == 0)
                return false;
            p++;
            continue;
        }
        int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
        if (c < 0xC2 || c > 0xF4 || end - p <= more)
            return false;
        unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (p[1] < low || p[1] > high)
            return false;
        for (int i = 2; i <= more; i++)
            if ((p[i] & 0xC0) != 0x80)
                return false;
        p += more + 1;
    }
    return true;
}

struct guarded_row {
    struct tx *tx;
    db_row_fn row;
    void *arg;
    enum err rc;
};

/* Remembers whether it was the caller's function that ended the loop, which harms nothing. */
static enum err give_row(void *arg, const struct db_value *values)
{
    struct guarded_row *g = arg;
    if (!g->row)
        return ERR_OK;
    g->tx->in_row = true;
    g->rc = g->row(g->arg, values);
    g->tx->in_row = false;
    return g->rc;
}

static enum err run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                    db_row_fn row, void *arg, int64_t *affected, bool keep)
{
    INVARIANT(!tx->in_row);
    INVARIANT(tx->writable || !query->writes);
    if (affected)
        *affected = 0;
    if (tx->failed)
        return tx->failed;
    for (int i = 0; i < query->in_count; i++) {
        INVARIANT(values[i].type == query->in[i]);
        if (values[i].type == DB_STR && !db_value_is_null(&values[i]) &&
            !text_is_storable(values[i].s))
            return tx->failed = ERR_INPUT;
    }

    struct guarded_row g = {.tx = tx, .row = row, .arg = arg};
    int64_t changed = 0, started = clock_monotonic_ms();
    enum err rc = tx->db->engine->run(tx, query, values, give_row, &g, &changed, keep);
    int64_t took = clock_monotonic_ms() - started;
    if (took >= SLOW_STATEMENT_MS)
        LOG(LOG_WARN, "db.slow", LOG_C("query", query->name), LOG_I("took_ms", took));
    if (rc != ERR_OK && g.rc == ERR_OK)
        tx->failed = rc;
    else if (tx->lost && !tx->failed)
        tx->failed = ERR_UNAVAILABLE;
    if (affected && rc == ERR_OK)
        *affected = changed;
    return rc;
}

enum err tx_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                db_row_fn row, void *arg, int64_t *affected)
{
    return run(tx, query, values, row, arg, affected, true);
}

enum err tx_run_once(struct tx *tx, const struct db_query *query, const struct db_value *values,
                     db_row_fn row, void *arg, int64_t *affected)
{
    return run(tx, query, values, row, arg, affected, false);
}

enum err tx_script(struct tx *tx, const char *sql)
{
    INVARIANT(!tx->in_row && tx->writable);
    if (tx->failed)
        return tx->failed;
    return tx->failed = tx->db->engine->script(tx, sql);
}

static enum err statistics_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_is_postgres(tx) ? ERR_OK : tx_script(tx, "PRAGMA analysis_limit=400; ANALYZE");
}

enum err db_refresh_statistics(struct db *db)
{
    return db_write(db, SCOPE_COUNTRY, statistics_fn, NULL);
}

enum err tx_deadline(struct tx *tx, int64_t statement_ms)
{
    if (tx->failed)
        return tx->failed;
    tx->statement_ms = statement_ms;
    return tx->failed = tx->db->engine->deadline(tx, statement_ms);
}

enum err tx_nested(struct tx *tx, db_fn fn, void *arg)
{
    INVARIANT(!tx->in_row);
    if (tx->failed)
        return tx->failed;
    tx->depth++;
    enum err rc = tx->db->engine->savepoint(tx, SAVEPOINT_OPEN);
    if (rc != ERR_OK) {
        tx->failed = rc;
        tx->depth--;
        return rc;
    }
    rc = fn(tx, arg);
    if (rc == ERR_OK)
        rc = tx->failed;
    /* A conflict with another transaction, or a lost one, cannot be mended by a part of it. */
    if (!tx->lost && tx->failed != ERR_RETRY) {
        enum err step =
            tx->db->engine->savepoint(tx, rc == ERR_OK ? SAVEPOINT_KEEP : SAVEPOINT_UNDO);
        tx->failed = step;
        if (step != ERR_OK)
            rc = step;
    } else {
        rc = tx->failed;
    }
    tx->depth--;
    return rc;
}

void tx_idempotent(struct tx *tx)
{
    tx->idempotent = true;
}

struct str tx_scope(const struct tx *tx)
{
    return tx->scope;
}
