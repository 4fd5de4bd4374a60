/*
 * The PostgreSQL engine: a pool of connections, transactions, and when to run one again.
 *
 * Isolation. Writes run SERIALIZABLE, because slices are written and first tested on SQLite, where
 * transactions really are serial: what reads "not taken" and then inserts must not meet a
 * second one doing the same (write skew), and no slice should have to think of it. The price is
 * predicate locks (some per cent) and now and then a run that is repeated, which fn must bear
 * anyway. Reads run REPEATABLE READ READ ONLY: one snapshot, no locks, never repeated for a
 * conflict. db_append runs REPEATABLE READ: predicate locks are kept by the page of an index, also
 * for the look at a foreign key, and people who report at once write to the same page.
 *
 * A transaction that met others waits for its turn in a lane before it runs again: those of this
 * process that have to be repeated then come one by one and no longer meet each other. Without it,
 * of fifty that raise the same number most give up.
 *
 * A unique key that is hit is believed only on the second run: the first may have lost a
 * race against a transaction that its snapshot cannot see, and then fn would neither insert the row
 * nor find it. The second run's snapshot contains the winner.
 *
 * Commit. Before COMMIT is sent, any failure is certain: nothing was done. A refusal of COMMIT is
 * certain too. But a connection that is lost, or passes its deadline, between COMMIT and its
 * answer is unknown, and so is a COMMIT that came with a warning (a cancelled wait for the
 * synchronous standby says "committed locally" in this way). Then fn runs again only if it carries
 * an idempotency key.
 *
 * A server that is gone must not cost every caller a connection timeout: after a failed
 * attempt one caller at a time tries again, every PROBE_MS at most; the others get
 * ERR_UNAVAILABLE at once.
 */
#include "platform/store/pg.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>

#define RUNS_MAX 12
#define BACKOFF_FIRST_US 1000
#define BACKOFF_LAST_US 200000
#define PROBE_MS 300

struct postgres_db {
    struct db base;
    struct pg_target target;
    pthread_mutex_t lock;
    pthread_cond_t free, lane_free;
    bool lane_taken;       /* while a transaction is repeated because of others */
    struct pg_conn **idle; /* a stack: the warmest first */
    int idle_count, conn_count, conn_max;
    bool down, probing;
    int64_t next_probe_ms;
};

struct postgres_tx {
    struct tx base;
    struct pg_conn *conn;
    enum tx_kind kind;
    int run;
    bool unique_seen; /* in an earlier run */
};

/* --- the pool ------------------------------------------------------------------------------ */

static struct timespec until(int64_t deadline_ms)
{
    return (struct timespec){.tv_sec = (time_t)(deadline_ms / 1000),
                             .tv_nsec = (long)(deadline_ms % 1000) * 1000000};
}

/* An idle connection, or leave to open one (*out NULL), or why not. */
static enum err claim(struct postgres_db *d, struct pg_conn **out)
{
    int64_t deadline_ms = clock_monotonic_ms() + d->base.options.busy_ms;
    struct timespec end = until(deadline_ms);
    enum err rc = ERR_OK;
    *out = NULL;
    pthread_mutex_lock(&d->lock);
    while (!d->idle_count && d->conn_count >= d->conn_max && rc == ERR_OK)
        if (pthread_cond_clockwait(&d->free, &d->lock, CLOCK_MONOTONIC, &end) == ETIMEDOUT &&
            !d->idle_count && d->conn_count >= d->conn_max)
            rc = ERR_BUSY;
    if (rc == ERR_OK && d->idle_count) {
        *out = d->idle[--d->idle_count];
    } else if (rc == ERR_OK && d->down && (d->probing || clock_monotonic_ms() < d->next_probe_ms)) {
        rc = ERR_UNAVAILABLE;
    } else if (rc == ERR_OK) {
        d->probing = d->down;
        d->conn_count++;
    }
    pthread_mutex_unlock(&d->lock);
    return rc;
}

/* conn NULL: a place that was claimed but came to nothing. */
static void release(struct postgres_db *d, struct pg_conn *conn)
{
    bool keep = conn && !conn->lost;
    pthread_mutex_lock(&d->lock);
    if (keep)
        d->idle[d->idle_count++] = conn;
    else
        d->conn_count--;
    pthread_cond_signal(&d->free);
    pthread_mutex_unlock(&d->lock);
    if (!keep)
        pg_conn_close(conn);
}

static enum err acquire(struct postgres_db *d, struct pg_conn **out)
{
    enum err rc;
    for (;;) {
        TRY(claim(d, out));
        if (!*out)
            break;
        if (pg_conn_alive(*out))
            return ERR_OK;
        (*out)->lost = true;
        release(d, *out);
    }
    rc = pg_conn_open(out, &d->target);
    pthread_mutex_lock(&d->lock);
    d->down = rc != ERR_OK;
    d->probing = false;
    d->next_probe_ms = clock_monotonic_ms() + PROBE_MS;
    pthread_mutex_unlock(&d->lock);
    if (rc != ERR_OK)
        release(d, NULL);
out:
    return rc;
}

/* --- transactions -------------------------------------------------------------------------- */

static enum err begin(struct postgres_tx *tx)
{
    static const char *const levels[] = {[TX_READ] = "REPEATABLE READ READ ONLY",
                                         [TX_WRITE] = "SERIALIZABLE",
                                         [TX_APPEND] = "REPEATABLE READ"};
    char sql[160];
    snprintf(sql, sizeof sql, "BEGIN ISOLATION LEVEL %s; SET LOCAL app.unit = '%.*s'",
             levels[tx->kind], STRF(tx->base.scope)); /* letters, digits, '*': db.c has looked */
    return pg_conn_exec(tx->conn, sql, pg_deadline(tx->base.statement_ms), NULL, "begin");
}

static void roll_back(struct postgres_tx *tx)
{
    if (!tx->conn->lost && pg_conn_exec(tx->conn, "ROLLBACK", pg_deadline(tx->base.statement_ms),
                                        NULL, "rollback") != ERR_OK)
        tx->conn->lost = true;
}

/* ERR_OK: committed. ERR_RETRY: certainly not committed. ERR_UNAVAILABLE: nobody knows. */
static enum err commit(struct postgres_tx *tx)
{
    char tag[64] = "";
    tx->conn->warned = false;
    enum err rc =
        pg_conn_exec(tx->conn, "COMMIT", pg_deadline(tx->base.statement_ms), tag, "commit");
    if (rc == ERR_OK && strcmp(tag, "COMMIT") == 0 && !tx->conn->warned)
        return ERR_OK;
    if (rc == ERR_OK && strcmp(tag, "ROLLBACK") == 0)
        return ERR_UNAVAILABLE;
    if (rc != ERR_OK && !tx->conn->lost)
        return rc; /* refused by a living server: conflict with others, or a deferred constraint */
    LOG(LOG_ERROR, "db.commit_unknown", LOG_C("host", PQhost(tx->conn->handle)),
        LOG_I("will_repeat", tx->base.idempotent));
    tx->conn->lost = true;
    return tx->base.idempotent ? ERR_RETRY : ERR_UNAVAILABLE;
}

/* One run of fn on one connection. */
static enum err run_once(struct postgres_tx *tx, db_fn fn, void *arg)
{
    enum err rc = begin(tx);
    if (rc != ERR_OK)
        goto out;
    rc = tx_call(&tx->base, fn, arg);
    if (rc == ERR_OK && tx->base.writable) {
        rc = commit(tx);
        if (rc == ERR_CONFLICT && tx->conn->unique && !tx->unique_seen)
            rc = ERR_RETRY;
        return rc;
    }
out:
    roll_back(tx);
    return rc;
}

static void back_off(int run)
{
    int64_t us = (int64_t)BACKOFF_FIRST_US << (run < 10 ? run : 10);
    if (us > BACKOFF_LAST_US)
        us = BACKOFF_LAST_US;
    us = us / 2 + (int64_t)(random_u64() % (uint64_t)(us / 2 + 1));
    struct timespec t = {.tv_sec = 0, .tv_nsec = (long)us * 1000};
    nanosleep(&t, NULL);
}

/* One run from claiming a connection to giving it back. *lost: the connection broke meanwhile. */
static enum err run_on_connection(struct postgres_db *d, struct postgres_tx *tx, db_fn fn,
                                  void *arg, bool *lost)
{
    *lost = false;
    db_count_waiting(&d->base, 1);
    enum err rc = acquire(d, &tx->conn);
    if (rc == ERR_OK) {
        rc = run_once(tx, fn, arg);
        *lost = tx->conn->lost;
        release(d, tx->conn);
    }
    db_count_waiting(&d->base, -1);
    return rc;
}

/* Waits for the lane; false when give_up_ms has come. */
static bool enter_lane(struct postgres_db *d, int64_t give_up_ms)
{
    struct timespec end = until(give_up_ms);
    pthread_mutex_lock(&d->lock);
    while (d->lane_taken &&
           pthread_cond_clockwait(&d->lane_free, &d->lock, CLOCK_MONOTONIC, &end) != ETIMEDOUT)
        continue;
    bool mine = !d->lane_taken;
    d->lane_taken = true;
    pthread_mutex_unlock(&d->lock);
    return mine;
}

static void leave_lane(struct postgres_db *d)
{
    pthread_mutex_lock(&d->lock);
    d->lane_taken = false;
    pthread_cond_signal(&d->lane_free);
    pthread_mutex_unlock(&d->lock);
}

static enum err postgres_transact(struct db *db, struct str scope, db_fn fn, void *arg,
                                  enum tx_kind kind)
{
    struct postgres_db *d = (struct postgres_db *)db;
    bool unique_seen = false, idempotent = false, in_lane = false, lost = false;
    int64_t give_up_ms = clock_monotonic_ms() + d->base.options.statement_ms;
    enum err rc = ERR_OK;
    for (int run = 0;; run++) {
        struct postgres_tx tx = {
            .base = {.db = db,
                     .scope = scope,
                     .writable = kind != TX_READ,
                     .idempotent = idempotent,
                     .statement_ms = d->base.options.statement_ms},
            .kind = kind,
            .run = run,
            .unique_seen = unique_seen,
        };
        rc = run_on_connection(d, &tx, fn, arg, &lost);
        if (rc == ERR_OK && kind != TX_READ)
            atomic_fetch_add(&db->commits, 1);
        if (rc != ERR_RETRY)
            break;
        rc = lost ? ERR_UNAVAILABLE : ERR_BUSY;
        if (run + 1 >= RUNS_MAX || clock_monotonic_ms() >= give_up_ms)
            break;
        atomic_fetch_add(&db->retries, 1);
        idempotent = tx.base.idempotent;
        bool met_key = tx.unique_seen && !unique_seen; /* to be looked for at once */
        unique_seen = unique_seen || tx.unique_seen;
        if (!met_key)
            back_off(run);
        if (!lost && !met_key && !in_lane && !(in_lane = enter_lane(d, give_up_ms)))
            break;
    }
    if (in_lane)
        leave_lane(d);
    return rc;
}

/* --- inside a transaction -------------------------------------------------------------------- */

/* Keeps the common part of the transaction true to what happened on the connection. */
static enum err settle(struct postgres_tx *tx, enum err rc)
{
    if (tx->conn->lost)
        tx->base.lost = true;
    if (rc == ERR_CONFLICT && tx->conn->unique && !tx->unique_seen) {
        tx->unique_seen = true;
        return ERR_RETRY;
    }
    return rc;
}

static enum err postgres_run(struct tx *base, const struct db_query *query,
                             const struct db_value *values, db_row_fn row, void *arg,
                             int64_t *affected, bool keep)
{
    struct postgres_tx *tx = (struct postgres_tx *)base;
    return settle(tx, pg_conn_run(tx->conn, query, values, row, arg, affected, keep,
                                  pg_deadline(base->statement_ms)));
}

static enum err postgres_script(struct tx *base, const char *sql)
{
    struct postgres_tx *tx = (struct postgres_tx *)base;
    return settle(tx, pg_conn_exec(tx->conn, sql, pg_deadline(base->statement_ms), NULL, "script"));
}

static enum err postgres_savepoint(struct tx *base, enum savepoint_step step)
{
    struct postgres_tx *tx = (struct postgres_tx *)base;
    char sql[80];
    if (step == SAVEPOINT_UNDO)
        snprintf(sql, sizeof sql, "ROLLBACK TO nested%d; RELEASE nested%d", base->depth,
                 base->depth);
    else
        snprintf(sql, sizeof sql,
                 step == SAVEPOINT_OPEN ? "SAVEPOINT nested%d" : "RELEASE nested%d", base->depth);
    return settle(tx,
                  pg_conn_exec(tx->conn, sql, pg_deadline(base->statement_ms), NULL, "savepoint"));
}

static enum err postgres_set_deadline(struct tx *base, int64_t statement_ms)
{
    struct postgres_tx *tx = (struct postgres_tx *)base;
    char sql[80];
    snprintf(sql, sizeof sql, "SET LOCAL statement_timeout = %lld", (long long)statement_ms);
    return settle(tx,
                  pg_conn_exec(tx->conn, sql, pg_deadline(base->statement_ms), NULL, "deadline"));
}

/* --- the database ---------------------------------------------------------------------------- */

static enum err postgres_ping(struct db *db)
{
    struct postgres_db *d = (struct postgres_db *)db;
    struct pg_conn *conn = NULL;
    enum err rc = ERR_OK;
    for (int run = 0; run < 2; run++) { /* an idle connection may have died: once more on another */
        TRY(acquire(d, &conn));
        rc = pg_conn_exec(conn, "SELECT 1", pg_deadline(db->options.statement_ms), NULL, "ping");
        bool lost = conn->lost;
        release(d, conn);
        if (!lost)
            break;
    }
out:
    return rc == ERR_RETRY ? ERR_UNAVAILABLE : rc;
}

static void postgres_stats(struct db *db, struct db_stats *out)
{
    (void)db;
    (void)out;
}

static void postgres_close(struct db *db)
{
    struct postgres_db *d = (struct postgres_db *)db;
    for (int i = 0; i < d->idle_count; i++)
        pg_conn_close(d->idle[i]);
    pg_target_free(&d->target);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->free);
    pthread_cond_destroy(&d->lane_free);
    free(d->idle);
    free(d);
}

static const struct engine postgres_engine = {
    .transact = postgres_transact,
    .ping = postgres_ping,
    .stats = postgres_stats,
    .close = postgres_close,
    .run = postgres_run,
    .script = postgres_script,
    .savepoint = postgres_savepoint,
    .deadline = postgres_set_deadline,
};

enum err postgres_open(struct db **out, struct str url, const struct db_options *options)
{
    struct postgres_db *d = calloc(1, sizeof *d);
    struct pg_conn *conn = NULL;
    enum err rc;
    INVARIANT(d);
    d->base.engine = &postgres_engine;
    d->base.options = *options;
    d->conn_max = options->readers * 2;
    d->idle = calloc((size_t)d->conn_max, sizeof(struct pg_conn *));
    INVARIANT(d->idle);
    d->target.statement_ms = options->statement_ms;
    d->target.any_host = options->read_only;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->free, NULL);
    pthread_cond_init(&d->lane_free, NULL);
    TRY(pg_target_parse(&d->target, url));
    TRY(acquire(d, &conn));
    release(d, conn);
    *out = &d->base;
out:
    if (rc != ERR_OK)
        postgres_close(&d->base);
    return rc;
}
