/*
 * The writer: many callers, one connection, one disk flush for all who wait.
 *
 * The problem. A commit that may be acknowledged honestly costs a flush of the disk, 1 to 5 ms on
 * common hardware, whatever its size. Let 48 threads commit for themselves and they queue for the
 * same lock, unfairly: SQLite's busy handler sleeps and retries, and we measured a thread waiting
 * for 3.6 s while others passed it. Nor may two connections of SQLite 3.40 write and checkpoint at
 * once (see sqlite_conn.c).
 *
 * The idea. Callers put a job into a queue and sleep. One thread takes jobs in order and runs them
 * in one transaction, each in a savepoint:
 *
 *     BEGIN IMMEDIATE
 *       SAVEPOINT member; fn of caller 1; RELEASE member
 *       SAVEPOINT member; fn of caller 2; ROLLBACK TO member; RELEASE member      (it failed)
 *       SAVEPOINT member; fn of caller 3; RELEASE member
 *     COMMIT                                       <- the one flush; then all three are woken
 *
 * Nobody waits for company: the group is whoever arrived while the previous flush ran, plus
 * whoever comes while the group runs. So an idle store answers after one flush, and under load
 * groups grow by themselves until the flush no longer matters. No timer is to be tuned. A group
 * ends when the queue is empty, or at GROUP_MEMBERS or GROUP_US, so that its first member does not
 * wait for ever.
 *
 * What must hold, and why it does.
 *   1. Acknowledged means durable: a caller is woken only after COMMIT returned, with
 *      synchronous=FULL. When COMMIT fails, every member of the group is told ERR_UNAVAILABLE, also
 *      those whose fn failed by itself: they may have judged by rows of a neighbour that are now
 *      gone (a "taken" number that is not taken).
 *   2. One failure does not take its neighbours down. A constraint or a refusal undoes its own
 *      savepoint. But some failures make SQLite roll back the whole transaction (disk full, I/O
 *      error, a deadline in the middle of an UPDATE; sqlite.org/lang_transaction.html). Then the
 *      culprit gets its error, and the members before it run again in the next transaction, which
 *      is why fn must be safe to run twice. Each such accident removes one job, so it ends.
 *   3. A deferred foreign key is checked at COMMIT, where it would fail everybody; so it is looked
 * at when its member ends.
 *   4. A caller may give up while its job is still queued (ERR_BUSY: nothing was done), never once
 * it was taken: fn's arg lives on the caller's stack.
 *
 * Checkpoints belong to the same thread, between groups, when the log has grown: the passive kind,
 * which never waits for readers; above RESTART_PAGES the kind that makes the log start over.
 */
#include "platform/store/sqlite.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#define QUEUE_PLACES 256
#define GROUP_MEMBERS 256
#define GROUP_US 25000

/* In pages of 4 KiB. */
#define CHECKPOINT_PAGES 1000      /* when nobody waits */
#define CHECKPOINT_BUSY_PAGES 4000 /* under load: pages written often are copied once */
#define RESTART_PAGES 16000

enum job_state { JOB_QUEUED, JOB_TAKEN };

struct job {
    struct str scope, request;
    db_fn fn;
    void *arg;
    enum err rc;
    enum job_state state; /* under the writer's lock */
    int runs;
    atomic_uint done; /* a futex: no lock to fight for when a whole group wakes */
    struct job *next, *previous;
};

struct writer {
    struct sqlite_db *db;
    struct sqlite_conn *conn;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t work, room;
    struct job *first, *last;
    int queued, waiting_for_room;
    bool closing;

    /* The thread's own. */
    struct job *again; /* members of a broken group, oldest first */
    sqlite3_stmt *begin, *open, *keep, *undo, *commit;
    int64_t pages_seen, next_checkpoint;
};

/* --- the callers' side --------------------------------------------------------------------- */

static struct timespec monotonic_after(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

static void unlink_job(struct writer *w, struct job *j)
{
    *(j->previous ? &j->previous->next : &w->first) = j->next;
    *(j->next ? &j->next->previous : &w->last) = j->previous;
    j->next = j->previous = NULL;
    w->queued--;
    if (w->waiting_for_room)
        pthread_cond_signal(&w->room);
}

/* Waits for a place; false when none came free in time. */
static bool enqueue(struct writer *w, struct job *j, const struct timespec *until)
{
    bool in = true;
    pthread_mutex_lock(&w->lock);
    while (w->queued >= QUEUE_PLACES && in) {
        w->waiting_for_room++;
        if (pthread_cond_clockwait(&w->room, &w->lock, CLOCK_MONOTONIC, until) == ETIMEDOUT)
            in = w->queued < QUEUE_PLACES;
        w->waiting_for_room--;
    }
    if (in) {
        j->previous = w->last;
        *(w->last ? &w->last->next : &w->first) = j;
        w->last = j;
        if (w->queued++ == 0)
            pthread_cond_signal(&w->work);
    }
    pthread_mutex_unlock(&w->lock);
    return in;
}

/* True when the job was still queued and is now out of it. */
static bool withdraw(struct writer *w, struct job *j)
{
    pthread_mutex_lock(&w->lock);
    bool queued = j->state == JOB_QUEUED;
    if (queued)
        unlink_job(w, j);
    pthread_mutex_unlock(&w->lock);
    return queued;
}

/* Sleeps until the job is done; with a time limit (monotonic, absolute), false when it passed. */
static bool wait_done(struct job *j, const struct timespec *until)
{
    while (!atomic_load_explicit(&j->done, memory_order_acquire))
        if (syscall(SYS_futex, &j->done, FUTEX_WAIT_BITSET_PRIVATE, 0, until, NULL,
                    FUTEX_BITSET_MATCH_ANY) != 0 &&
            errno == ETIMEDOUT)
            return atomic_load_explicit(&j->done, memory_order_acquire);
    return true;
}

enum err writer_run(struct writer *w, struct str scope, db_fn fn, void *arg)
{
    struct job j = {.scope = scope, .request = log_request(), .fn = fn, .arg = arg, .rc = ERR_BUSY};
    struct timespec until = monotonic_after(w->db->base.options.busy_ms);
    db_count_waiting(&w->db->base, 1);
    if (enqueue(w, &j, &until) && !wait_done(&j, &until) && !withdraw(w, &j))
        wait_done(&j, NULL);
    db_count_waiting(&w->db->base, -1);
    return j.rc;
}

/* --- the thread's side --------------------------------------------------------------------- */

static struct job *take(struct writer *w)
{
    struct job *j = w->again;
    if (j) {
        w->again = j->next;
        j->next = NULL;
        return j;
    }
    pthread_mutex_lock(&w->lock);
    j = w->first;
    if (j) {
        unlink_job(w, j);
        j->state = JOB_TAKEN;
        j->rc = ERR_UNAVAILABLE;
    }
    pthread_mutex_unlock(&w->lock);
    return j;
}

/* The caller may be gone as soon as `done` is set; waking a futex that is no more is harmless. */
static void finish(struct job *j, enum err rc)
{
    j->rc = rc;
    atomic_store_explicit(&j->done, 1, memory_order_release);
    syscall(SYS_futex, &j->done, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static bool queue_is_empty(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool empty = !w->first;
    pthread_mutex_unlock(&w->lock);
    return empty && !w->again;
}

static int note_wal_size(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct writer *w = arg;
    (void)handle;
    (void)name;
    atomic_store(&w->db->wal_pages, pages);
    return SQLITE_OK;
}

static int step(sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    sqlite3_reset(s);
    return code;
}

static void drop_statements(struct writer *w)
{
    sqlite3_stmt **all[] = {&w->begin, &w->open, &w->keep, &w->undo, &w->commit};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        sqlite3_finalize(*all[i]);
        *all[i] = NULL;
    }
}

static enum err prepare_statements(struct writer *w)
{
    struct {
        sqlite3_stmt **statement;
        const char *sql;
    } all[] = {
        {&w->begin, "BEGIN IMMEDIATE"}, {&w->open, "SAVEPOINT member"},
        {&w->keep, "RELEASE member"},   {&w->undo, "ROLLBACK TO member"},
        {&w->commit, "COMMIT"},
    };
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        int code = sqlite3_prepare_v3(w->conn->handle, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      all[i].statement, NULL);
        if (code != SQLITE_OK)
            return sqlite_error(w->conn, code, all[i].sql);
    }
    sqlite3_wal_hook(w->conn->handle, note_wal_size, w);
    return ERR_OK;
}

/* A connection that SQLite gave up (torn page, unfinished rollback) is opened afresh. */
static enum err replace_connection(struct writer *w)
{
    LOG(LOG_WARN, "db.reopen", LOG_C("path", w->db->path ? w->db->path : ":memory:"));
    drop_statements(w);
    sqlite_conn_close(w->conn);
    w->conn = NULL;
    enum err rc =
        sqlite_conn_open(&w->conn, w->db->path, SQLITE_USE_WRITE, w->db->base.options.busy_ms);
    return rc == ERR_OK ? prepare_statements(w) : rc;
}

static enum err begin(struct writer *w)
{
    enum err rc = ERR_OK;
    if (!w->conn || (!sqlite_conn_reset(w->conn) && w->db->path))
        TRY(replace_connection(w));
    int code = step(w->begin);
    if (code != SQLITE_DONE)
        rc = sqlite_error(w->conn, code, "begin");
out:
    return rc;
}

/* Runs one member in its savepoint. False when the transaction is gone, and with it the work of
 * the members before. */
static bool run_member(struct writer *w, struct job *j)
{
    struct sqlite_tx tx = {
        .base = {.db = &w->db->base,
                 .scope = j->scope,
                 .writable = true,
                 .statement_ms = w->db->base.options.statement_ms},
        .conn = w->conn,
    };
    if (j->runs++)
        atomic_fetch_add(&w->db->base.retries, 1);
    int code = step(w->open);
    if (code != SQLITE_DONE) {
        j->rc = sqlite_error(w->conn, code, "savepoint");
        return sqlite_conn_in_transaction(w->conn);
    }
    log_set_request(j->request);
    j->rc = tx_call(&tx.base, j->fn, j->arg);
    if (!sqlite_conn_in_transaction(w->conn)) {
        if (j->rc == ERR_OK)
            j->rc = ERR_UNAVAILABLE;
        return false;
    }
    int unresolved = 0, peak = 0;
    sqlite3_db_status(w->conn->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &peak, 0);
    if (j->rc == ERR_OK && unresolved)
        j->rc = ERR_CONFLICT;
    if (j->rc != ERR_OK && (code = step(w->undo)) != SQLITE_DONE)
        j->rc = sqlite_error(w->conn, code, "undo");
    code = step(w->keep);
    if (code != SQLITE_DONE) {
        j->rc = sqlite_error(w->conn, code, "release");
        sqlite_conn_reset(w->conn);
    }
    return sqlite_conn_in_transaction(w->conn);
}

static enum err commit(struct writer *w)
{
    int code = step(w->commit);
    if (code == SQLITE_DONE) {
        atomic_fetch_add(&w->db->base.commits, 1);
        return ERR_OK;
    }
    enum err rc = sqlite_error(w->conn, code, "commit");
    sqlite_conn_reset(w->conn);
    return rc;
}

static void run_group(struct writer *w)
{
    struct job *group[GROUP_MEMBERS], *j;
    size_t n = 0;
    enum err rc = begin(w);
    if (rc != ERR_OK) {
        while ((j = take(w)))
            finish(j, rc);
        return;
    }
    int64_t end_us = clock_monotonic_us() + GROUP_US;
    while (n < GROUP_MEMBERS && (n == 0 || clock_monotonic_us() < end_us) && (j = take(w))) {
        bool alive = run_member(w, j);
        log_set_request(STR(""));
        if (alive) {
            group[n++] = j;
            continue;
        }
        finish(j, j->rc);
        while (n--) {
            group[n]->next = w->again;
            w->again = group[n];
        }
        return;
    }
    rc = commit(w);
    for (size_t i = 0; i < n; i++)
        finish(group[i], rc == ERR_OK ? group[i]->rc : rc);
}

static void checkpoint(struct writer *w)
{
    int64_t pages = atomic_load(&w->db->wal_pages);
    if (!w->conn || !w->db->path)
        return;
    if (pages < w->pages_seen)
        w->next_checkpoint = CHECKPOINT_PAGES; /* the log has started over */
    w->pages_seen = pages;
    if (pages < w->next_checkpoint ||
        (pages < w->next_checkpoint + CHECKPOINT_BUSY_PAGES - CHECKPOINT_PAGES &&
         !queue_is_empty(w)))
        return;
    int in_log = 0, copied = 0;
    int mode = pages >= RESTART_PAGES ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_busy_timeout(w->conn->handle, 50);
    int code = sqlite3_wal_checkpoint_v2(w->conn->handle, NULL, mode, &in_log, &copied);
    sqlite3_busy_timeout(w->conn->handle, (int)w->db->base.options.busy_ms);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        (void)sqlite_error(w->conn, code, "checkpoint"); /* commits go on into the log */
    w->next_checkpoint = pages + CHECKPOINT_PAGES;
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->first && !w->again && !w->closing)
            pthread_cond_wait(&w->work, &w->lock);
        bool end = !w->first && !w->again;
        pthread_mutex_unlock(&w->lock);
        if (end)
            return NULL;
        if (!w->db->path)
            pthread_mutex_lock(&w->db->memory_lock);
        run_group(w);
        checkpoint(w);
        if (!w->db->path)
            pthread_mutex_unlock(&w->db->memory_lock);
    }
}

enum err writer_start(struct writer **out, struct sqlite_db *db, struct sqlite_conn *conn)
{
    struct writer *w = calloc(1, sizeof *w);
    INVARIANT(w);
    w->db = db;
    w->conn = conn;
    w->next_checkpoint = CHECKPOINT_PAGES;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    pthread_cond_init(&w->room, NULL);
    enum err rc = prepare_statements(w);
    if (rc == ERR_OK && pthread_create(&w->thread, NULL, writer_main, w) != 0)
        rc = ERR_UNAVAILABLE;
    if (rc != ERR_OK) {
        drop_statements(w);
        free(w);
        return rc;
    }
    *out = w;
    return ERR_OK;
}

void writer_stop(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    drop_statements(w);
    sqlite_conn_close(w->conn); /* as the last one it empties the log */
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->room);
    free(w);
}
