/*
 * PostgreSQL inside the store: where it is and how a session begins (pg_target.c), a connection
 * that never blocks beyond its deadline (pg_conn.c), its statements (pg_statement.c), and the pool
 * with its transactions (postgres.c). Private to store/.
 */
#ifndef STORE_PG_H
#define STORE_PG_H

#include "platform/core/buf.h"
#include "platform/store/engine.h"

#include <libpq-fe.h>
#include <pthread.h>

struct pg_host {
    const char *host, *address, *port; /* NULL: libpq's default */
};

/* Where to connect: the URL taken apart, so that each host gets a deadline of its own. */
struct pg_target {
    PQconninfoOption *parsed; /* owns the strings */
    const char **keys, **values;
    struct pg_host *hosts;
    int host_count;
    atomic_int first_host; /* the one that served last */
    int64_t statement_ms;
    bool any_host; /* a standby will do: this store only reads */
};

struct pg_plan {
    const struct db_query *query; /* NULL: free place */
    const char *sql;
    int number; /* its name on the server */
};

struct pg_conn {
    PGconn *handle;
    int host;
    struct pg_plan *plans; /* hash table by address of the query */
    size_t plan_count, plan_places;
    int next_plan;
    struct buf bytes; /* decoded BYTEA of the current row */
    bool lost;        /* to be closed; nothing more can be done with it */
    bool warned;      /* the server sent a warning since this was cleared */
    bool unique;      /* the latest failure was a unique key */
};

MUST enum err pg_target_parse(struct pg_target *t, struct str url);
void pg_target_free(struct pg_target *t);

/* Tries the hosts one by one, each with its own deadline, until one is usable for writing.
 * ERR_CONFIG when the role or the server is unfit, ERR_UNAVAILABLE when none answered. */
MUST enum err pg_conn_open(struct pg_conn **out, struct pg_target *t);
void pg_conn_close(struct pg_conn *c);
/* False when the server has closed an idle connection meanwhile. Does not block. */
bool pg_conn_alive(struct pg_conn *c);

/* Statements without parameters; rows are dropped. *tag (may be NULL, 64 bytes) gets the last
 * command's tag. ERR_RETRY: run the whole transaction again (c->lost: on another connection). */
MUST enum err pg_conn_exec(struct pg_conn *c, const char *sql, int64_t deadline_ms, char *tag,
                           const char *during);
MUST enum err pg_conn_run(struct pg_conn *c, const struct db_query *query,
                          const struct db_value *values, db_row_fn row, void *arg,
                          int64_t *affected, bool keep, int64_t deadline_ms);

/* --- between the files of one connection --- */

/* Waits for the socket; ERR_TIMEOUT, or ERR_RETRY when it is gone. */
MUST enum err pg_wait_socket(struct pg_conn *c, short events, int64_t deadline_ms);
/* Sends what is buffered and waits for the next result; NULL at the end of the statement. */
MUST enum err pg_next_result(struct pg_conn *c, int64_t deadline_ms, PGresult **out,
                             const char *during);
/* Marks the connection as finished, logs once, and returns `why`. */
enum err pg_lose(struct pg_conn *c, enum err why, const char *during);
/* What an error of the server means to the transaction; logs what an operator must know. */
enum err pg_meaning_of(struct pg_conn *c, const PGresult *r, const char *during);
void pg_take_notice(void *conn, const PGresult *r);

/* Monotonic time by which a statement must have answered. The server has a shorter limit of its own
 * and normally speaks first, which keeps the connection. 0 = no limit. */
int64_t pg_deadline(int64_t statement_ms);

#endif
