/*
 * The store: one interface, two engines.
 *
 *   db_read(db, scope, fn, arg)   fn sees one read-only snapshot
 *   db_write(db, scope, fn, arg)  fn runs in one transaction; returns after it is durable
 *   db_append(db, scope, fn, arg) the same for a crowd: fn only adds rows of its own
 *
 * `fn` must be safe to run twice: on PostgreSQL the whole of it is repeated after serialization
 * failures, lost connections and the first hit on a unique key (postgres.c says why); on SQLite it
 * may be rolled back with its savepoint and run again when a neighbour in its group broke the
 * transaction. So fn reads and writes the store and its own arg, makes ids before it starts, and
 * touches nothing else. It never hashes a password, decodes an image, talks to a network or opens
 * another transaction. It may run on another thread than its caller's; the log lines it writes
 * carry the caller's request id.
 *
 * When a statement fails, both engines behave alike: the transaction (or the innermost tx_nested)
 * can only be rolled back. Every further statement returns the first failure at once, and so does
 * db_write even if fn says ERR_OK. What may fail and be survived goes into tx_nested.
 *
 * SQLite: all writes pass one writer thread, which commits many callers' work together, each in a
 * savepoint of its own (writer.c has the essay). synchronous=FULL. Reads take a connection
 * from a small pool. One process per file, enforced by a lock.
 * PostgreSQL: a pool, own deadlines per statement, hosts tried one by one, retry with jitter. A
 * connection lost during COMMIT is "unknown", not "failed": fn is run again only if it set
 * an idempotency key (tx_idempotent), else the caller gets ERR_UNAVAILABLE.
 *
 * Scope: the SOATE code of the municipality whose rows the transaction may touch, or SCOPE_COUNTRY.
 * On PostgreSQL it becomes `SET LOCAL app.unit`, which row-level security compares with each row's
 * `unit` column: the second wall behind the access rules. On SQLite it is checked by the tests
 * only.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "platform/core/arena.h"

struct db;
struct tx;

#define SCOPE_COUNTRY STR("*")

struct db_options {
    int readers; /* snapshots at once; 0 = default (8); PostgreSQL adds as many for writes */
    int64_t statement_ms; /* deadline of one statement; 0 = default (5,000) */
    int64_t busy_ms;      /* how long a caller waits for its turn; 0 = 2,000 */
    bool read_only;       /* beside a running server: takes no lock, db_write gives ERR_DENIED */
};

/* url: "sqlite:PATH", "sqlite::memory:" (tests; each open is its own), "postgresql://...".
 * Opens, checks version, role and lock; does not migrate. ERR_CONFIG, with a log line that says
 * what to do, when the URL is malformed, another process holds the file, the file belongs to
 * another program, or the PostgreSQL role could bypass row-level security. */
MUST enum err db_open(struct db **out, struct str url, const struct db_options *options);
/* No call may be under way. NULL is allowed. */
void db_close(struct db *db);
bool db_is_postgres(const struct db *db);

typedef enum err (*db_fn)(struct tx *tx, void *arg);
/* fn's own result, or
 *   ERR_BUSY         no turn within busy_ms, or too many conflicts with others; nothing was done
 *   ERR_UNAVAILABLE  disk full or failing, server gone; recovers by itself
 *   ERR_TIMEOUT      a statement passed its deadline
 *   ERR_CONFLICT     a constraint (unique key, foreign key, check)
 *   ERR_DENIED       row-level security, or a write on a read-only store
 *   ERR_INPUT        scope is not a unit code
 * A result other than ERR_OK rolls back what fn did. */
MUST enum err db_read(struct db *db, struct str scope, db_fn fn, void *arg);
MUST enum err db_write(struct db *db, struct str scope, db_fn fn, void *arg);
/* Like db_write, for what many people do at once and where nobody may stand in another's way. fn
 * changes and deletes no row that was there before, and what it reads decides nothing that another
 * fn of its kind could spoil at the same instant, but for what a unique key or a foreign key guards
 * (those hold, and a unique key that was hit is looked for once more, as in db_write). On
 * PostgreSQL it then runs under REPEATABLE READ: SERIALIZABLE keeps account of whole pages of an
 * index, so that of people who report at once most would be run again. On SQLite it is db_write. */
MUST enum err db_append(struct db *db, struct str scope, db_fn fn, void *arg);

/* Lets the engine look at how values are spread, so that it chooses indexes by what is there: for
 * once a day and after an import. SQLite looks at a few hundred rows of each index (milliseconds);
 * PostgreSQL does the same by itself (autovacuum), so nothing happens there. */
MUST enum err db_refresh_statistics(struct db *db);

/* One round trip (or SELECT 1), for /readyz. */
MUST enum err db_ping(struct db *db);

/* --- for generated code (tools/sqlc) and store/ itself; slices use the generated wrappers --- */

enum db_type { DB_I64, DB_F64, DB_STR, DB_BLOB };

struct db_value {
    enum db_type type;
    bool null;
    int64_t i;
    double f;
    struct str s; /* text and blobs; borrowed until the call returns; p == NULL is NULL too */
};

struct db_query {
    const char *name;     /* "case_by_number", for logs and tests */
    const char *sqlite;   /* text with ?1 ?2 ... */
    const char *postgres; /* text with $1 $2 ... */
    const enum db_type *in;
    int in_count;
    const enum db_type *out;
    const char *const *out_names;
    int out_count;
    bool writes;
    bool whole; /* the caller keeps all rows anyway: they may come at once instead of one by one */
};              /* one static object per statement: prepared statements are cached by its address */

/* Runs a statement. Rows are given one by one to `row`; its values are borrowed for the call.
 * A result other than ERR_OK from `row` ends the loop and is returned; the transaction stays
 * usable. `row` must not use the transaction: collect first, then ask again (a query per row would
 * be invisible on SQLite and ruinous on PostgreSQL). Text must be UTF-8 without NUL, else ERR_INPUT
 * (PostgreSQL could not keep it). *affected (may be NULL) gets the number of rows changed, for
 * statements without rows. */
typedef enum err (*db_row_fn)(void *arg, const struct db_value *values);
MUST enum err tx_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                     db_row_fn row, void *arg, int64_t *affected);
/* A savepoint around part of a transaction: rolls back to it when fn fails, and goes on. */
MUST enum err tx_nested(struct tx *tx, db_fn fn, void *arg);
/* Says that this transaction carries an idempotency key under a unique constraint, so running it
 * again after an unknown commit finds its own row (ERR_CONFLICT) instead of doubling it. */
void tx_idempotent(struct tx *tx);
struct str tx_scope(const struct tx *tx);
bool tx_is_postgres(const struct tx *tx);

struct db_stats {
    int64_t reads, writes;         /* calls that came to an end, whatever it was */
    int64_t commits;               /* durable commits; writes / commits is the size of a group */
    int64_t retries;               /* runs of fn beyond the first */
    int64_t queue_now, queue_peak; /* writers waiting (SQLite) or connections in use (PostgreSQL) */
    int64_t busy;                  /* calls refused with ERR_BUSY */
    int64_t wal_bytes;             /* SQLite: size of the write-ahead log */
};
void db_stats(struct db *db, struct db_stats *out);

#endif
