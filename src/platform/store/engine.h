/*
 * What an engine provides, and what the two engines share. Private to store/.
 *
 * db.c keeps the rules that must be the same everywhere (a failed statement closes its
 * transaction, text is UTF-8, no transaction inside a transaction); an engine only executes.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "platform/store/migrate.h"

#include <stdatomic.h>

enum savepoint_step { SAVEPOINT_OPEN, SAVEPOINT_KEEP, SAVEPOINT_UNDO };

enum tx_kind { TX_READ, TX_WRITE, TX_APPEND };

struct engine {
    enum err (*transact)(struct db *db, struct str scope, db_fn fn, void *arg, enum tx_kind kind);
    enum err (*ping)(struct db *db);
    void (*stats)(struct db *db, struct db_stats *out);
    void (*close)(struct db *db);

    /* One statement. `keep`: the query object is static, so its plan may be kept. */
    enum err (*run)(struct tx *tx, const struct db_query *query, const struct db_value *values,
                    db_row_fn row, void *arg, int64_t *affected, bool keep);
    /* Several statements without parameters or rows. */
    enum err (*script)(struct tx *tx, const char *sql);
    enum err (*savepoint)(struct tx *tx, enum savepoint_step step);
    enum err (*deadline)(struct tx *tx, int64_t statement_ms);
};

struct db {
    const struct engine *engine;
    struct db_options options; /* defaults filled in */
    atomic_int_least64_t reads, writes, commits, retries, busy, waiting, waiting_peak;
    atomic_int users; /* calls under way */
};

struct tx {
    struct db *db;
    struct str scope;
    bool writable;
    bool idempotent;
    bool in_row;     /* a row callback is running */
    enum err failed; /* the first failure; only a rollback helps from here */
    bool lost;       /* the failure took the whole transaction, savepoints included */
    int depth;       /* open savepoints */
    int64_t statement_ms;
};

/* Fills in the common part and runs fn under the rules above. The engine then commits or not. */
enum err tx_call(struct tx *tx, db_fn fn, void *arg);

/* Like tx_run for a query object that is not static: nothing is remembered by its address. */
MUST enum err tx_run_once(struct tx *tx, const struct db_query *query,
                          const struct db_value *values, db_row_fn row, void *arg,
                          int64_t *affected);
/* Statements of a migration: no parameters, no rows. */
MUST enum err tx_script(struct tx *tx, const char *sql);
/* Deadline of this transaction's later statements; 0 = none. For migrations and backups. */
MUST enum err tx_deadline(struct tx *tx, int64_t statement_ms);

/* Parts of migrate_up, for a restore that does everything in one transaction. */
MUST enum err migrate_create_table(struct tx *tx);
MUST enum err migrate_apply(struct tx *tx, const struct migration *m);

static inline bool db_value_is_null(const struct db_value *v)
{
    return v->null || ((v->type == DB_STR || v->type == DB_BLOB) && !v->s.p);
}
const char *db_type_name(enum db_type type);

/* Counts a caller that waits for its turn (+1, -1) and keeps the peak. */
void db_count_waiting(struct db *db, int by);

MUST enum err sqlite_open(struct db **out, struct str path, const struct db_options *options);
MUST enum err postgres_open(struct db **out, struct str url, const struct db_options *options);

/* The database file (SQLite), or NULL. */
const char *sqlite_path(const struct db *db);

#endif
