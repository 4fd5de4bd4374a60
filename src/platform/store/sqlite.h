/*
 * SQLite inside the store: a connection with its statements (sqlite_conn.c), the database with its
 * lock and readers (sqlite.c), the writer thread (writer.c). Private to store/.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "platform/store/engine.h"

#include <pthread.h>
#include <sqlite3.h>

struct sqlite_plan {
    const struct db_query *query; /* NULL: free place */
    const char *sql;
    sqlite3_stmt *statement;
};

struct sqlite_conn {
    sqlite3 *handle;
    struct sqlite_plan *plans; /* hash table by address of the query */
    size_t plan_count, plan_places;
    sqlite3_stmt *begin, *rollback; /* of readers: compiled once, when first used */
    int64_t deadline_us;            /* of the running statement; 0 = none */
    bool late;                      /* the deadline stopped it */
    bool broken;                    /* to be closed and opened again */
};

enum sqlite_use {
    SQLITE_USE_WRITE,  /* the only connection that writes and checkpoints */
    SQLITE_USE_READ,   /* a snapshot reader */
    SQLITE_USE_MEMORY, /* reads and writes in turn */
};

struct writer;
struct sqlite_db {
    struct db base;
    char *path; /* NULL: in memory */
    int lock_fd;

    struct writer *writer;

    /* Readers: a stack, so that a quiet server keeps few connections warm. */
    pthread_mutex_t readers_lock;
    pthread_cond_t reader_free;
    struct sqlite_conn **idle;
    int idle_count, reader_count;

    /* In memory there is one connection; whoever uses it holds this. */
    pthread_mutex_t memory_lock;
    struct sqlite_conn *memory;

    atomic_int_least64_t wal_pages;
};

struct sqlite_tx {
    struct tx base;
    struct sqlite_conn *conn;
};

MUST enum err sqlite_conn_open(struct sqlite_conn **out, const char *path, enum sqlite_use use,
                               int64_t busy_ms);
void sqlite_conn_close(struct sqlite_conn *c);
/* One statement without parameters or rows, such as COMMIT. Logs nothing but the unexpected. */
MUST enum err sqlite_conn_exec(struct sqlite_conn *c, const char *sql);
/* Ends whatever transaction is open. False when the connection must be replaced. */
bool sqlite_conn_reset(struct sqlite_conn *c);
/* A transaction that reads: its snapshot is taken by the first statement. */
MUST enum err sqlite_conn_begin(struct sqlite_conn *c);
/* True while a transaction is open: SQLite ends one by itself on some failures. */
static inline bool sqlite_conn_in_transaction(const struct sqlite_conn *c)
{
    return !sqlite3_get_autocommit(c->handle);
}
/* What a result code means to the caller; logs the ones that an operator must know. */
enum err sqlite_error(struct sqlite_conn *c, int code, const char *during);

enum err sqlite_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                    db_row_fn row, void *arg, int64_t *affected, bool keep);
enum err sqlite_script(struct tx *tx, const char *sql);
enum err sqlite_savepoint(struct tx *tx, enum savepoint_step step);
enum err sqlite_set_deadline(struct tx *tx, int64_t statement_ms);

MUST enum err writer_start(struct writer **out, struct sqlite_db *db, struct sqlite_conn *conn);
enum err writer_run(struct writer *w, struct str scope, db_fn fn, void *arg);
/* Finishes what was accepted, closes the connection. */
void writer_stop(struct writer *w);

#endif
