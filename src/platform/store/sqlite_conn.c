/*
 * One SQLite connection: how it is set up, its prepared statements, and what its result codes mean.
 *
 * Debian 12 ships SQLite 3.40.1, which has the WAL-reset bug (sqlite.org/wal.html#walresetbug,
 * fixed in 3.51.3): two connections that write or checkpoint at once can lose a commit. So one
 * connection of the process writes and checkpoints, and every other is opened read-only, with
 * query_only, without automatic checkpoints and without the checkpoint at close.
 */
#include "platform/store/sqlite.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#define PLANS_KEPT 1024           /* statements remembered by one connection */
#define STEPS_BETWEEN_CHECKS 2000 /* virtual machine steps: some tens of microseconds */

static int past_deadline(void *arg)
{
    struct sqlite_conn *c = arg;
    if (!c->deadline_us || clock_monotonic_us() < c->deadline_us)
        return 0;
    c->late = true;
    return 1;
}

enum err sqlite_error(struct sqlite_conn *c, int code, const char *during)
{
    int primary = code & 0xff;
    enum err rc = ERR_UNAVAILABLE;
    enum log_level level = LOG_ERROR;
    switch (primary) {
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_NOMEM:
        err_memory(NULL); /* ends the process */
        break;
    case SQLITE_INTERRUPT:
        rc = ERR_TIMEOUT;
        level = LOG_WARN;
        break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        c->broken = true;
        break;
    case SQLITE_TOOBIG:
        rc = ERR_TOO_LARGE;
        break;
    default: /* a statement that does not fit the schema: not migrated, or a bug */
        rc = ERR_CONFIG;
    }
    LOG(level, "db.sqlite", LOG_C("during", during), LOG_I("code", code),
        LOG_C("meaning", sqlite3_errstr(code)),
        LOG_C("detail", c->handle ? sqlite3_errmsg(c->handle) : ""),
        LOG_I("errno", c->handle ? sqlite3_system_errno(c->handle) : 0));
    return rc;
}

enum err sqlite_conn_exec(struct sqlite_conn *c, const char *sql)
{
    int code = sqlite3_exec(c->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ERR_OK : sqlite_error(c, code, sql);
}

static void set_limits(sqlite3 *h)
{
    sqlite3_limit(h, SQLITE_LIMIT_LENGTH, 64 << 20);
    sqlite3_limit(h, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
    sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(h, SQLITE_LIMIT_TRIGGER_DEPTH, 16);
    sqlite3_limit(h, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
}

enum err sqlite_conn_open(struct sqlite_conn **out, const char *path, enum sqlite_use use,
                          int64_t busy_ms)
{
    enum err rc = ERR_OK;
    struct sqlite_conn *c = calloc(1, sizeof *c);
    INVARIANT(c);
    *out = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE |
                (use == SQLITE_USE_READ ? SQLITE_OPEN_READONLY
                                        : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(path, &c->handle, flags, NULL);
    if (code != SQLITE_OK) {
        rc = sqlite_error(c, code, "open");
        goto out;
    }
    sqlite3 *h = c->handle;
    set_limits(h);
    sqlite3_busy_timeout(h, (int)busy_ms);
    sqlite3_progress_handler(h, STEPS_BETWEEN_CHECKS, past_deadline, c);
    sqlite3_wal_autocheckpoint(h, 0); /* the writer decides when */

    TRY(sqlite_conn_exec(c, "PRAGMA mmap_size=0"));
    TRY(sqlite_conn_exec(c, "PRAGMA cell_size_check=ON"));
    if (use == SQLITE_USE_WRITE) {
        TRY(sqlite_conn_exec(c, "PRAGMA journal_mode=WAL"));
        TRY(sqlite_conn_exec(c, "PRAGMA synchronous=FULL"));
        TRY(sqlite_conn_exec(c, "PRAGMA journal_size_limit=67108864"));
        TRY(sqlite_conn_exec(c, "PRAGMA cache_size=-16000"));
    } else if (use == SQLITE_USE_READ) {
        sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        TRY(sqlite_conn_exec(c, "PRAGMA query_only=ON"));
        TRY(sqlite_conn_exec(c, "PRAGMA cache_size=-4000"));
    }
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    *out = c;
out:
    if (rc != ERR_OK)
        sqlite_conn_close(c);
    return rc;
}

void sqlite_conn_close(struct sqlite_conn *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->plan_places; i++)
        sqlite3_finalize(c->plans[i].statement);
    free(c->plans);
    sqlite3_finalize(c->begin);
    sqlite3_finalize(c->rollback);
    sqlite3_close_v2(c->handle);
    free(c);
}

/* Runs a statement without parameters and rows that is kept compiled. */
static int run_kept(struct sqlite_conn *c, sqlite3_stmt **kept, const char *sql)
{
    if (!*kept) {
        int code = sqlite3_prepare_v3(c->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
        if (code != SQLITE_OK)
            return code;
    }
    sqlite3_step(*kept);
    return sqlite3_reset(*kept);
}

enum err sqlite_conn_begin(struct sqlite_conn *c)
{
    int code = run_kept(c, &c->begin, "BEGIN");
    return code == SQLITE_OK ? ERR_OK : sqlite_error(c, code, "begin");
}

bool sqlite_conn_reset(struct sqlite_conn *c)
{
    if (sqlite_conn_in_transaction(c) && run_kept(c, &c->rollback, "ROLLBACK") != SQLITE_OK)
        c->broken = c->broken || sqlite_conn_in_transaction(c);
    return !c->broken;
}

static size_t plan_place(const struct sqlite_conn *c, const struct db_query *query)
{
    size_t mask = c->plan_places - 1;
    size_t at = (size_t)(((uintptr_t)query >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & mask;
    while (c->plans[at].query && c->plans[at].query != query)
        at = (at + 1) & mask;
    return at;
}

static void grow_plans(struct sqlite_conn *c)
{
    struct sqlite_plan *old = c->plans;
    size_t places = c->plan_places;
    c->plan_places = places ? places * 2 : 64;
    c->plans = calloc(c->plan_places, sizeof *c->plans);
    INVARIANT(c->plans);
    for (size_t i = 0; i < places; i++)
        if (old[i].query)
            c->plans[plan_place(c, old[i].query)] = old[i];
    free(old);
}

/* Compiles and checks what the query object promises about its text. */
static enum err prepare(struct sqlite_conn *c, const struct db_query *query, bool keep,
                        sqlite3_stmt **out)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v3(c->handle, query->sqlite, -1,
                                  keep ? SQLITE_PREPARE_PERSISTENT : 0, &s, NULL);
    if (code != SQLITE_OK)
        return sqlite_error(c, code, query->name);
    if (!s || sqlite3_bind_parameter_count(s) > query->in_count ||
        sqlite3_column_count(s) != query->out_count ||
        (!query->writes && !sqlite3_stmt_readonly(s))) {
        LOG(LOG_ERROR, "db.query_shape", LOG_C("query", query->name),
            LOG_I("parameters", s ? sqlite3_bind_parameter_count(s) : -1),
            LOG_I("columns", s ? sqlite3_column_count(s) : -1));
        sqlite3_finalize(s);
        return ERR_CONFIG;
    }
    *out = s;
    return ERR_OK;
}

/* The statement of a query, from the cache or compiled. *kept says who owns it. */
static enum err find_plan(struct sqlite_conn *c, const struct db_query *query, bool keep,
                          sqlite3_stmt **out, bool *kept)
{
    *kept = false;
    if (!keep)
        return prepare(c, query, false, out);
    if (c->plan_count * 2 >= c->plan_places && c->plan_places < PLANS_KEPT * 2)
        grow_plans(c);
    struct sqlite_plan *plan = &c->plans[plan_place(c, query)];
    if (plan->query && plan->sql == query->sqlite) {
        *kept = true;
        *out = plan->statement;
        return ERR_OK;
    }
    bool room = plan->query || c->plan_count < PLANS_KEPT;
    enum err rc = prepare(c, query, room, out);
    if (rc != ERR_OK || !room)
        return rc;
    sqlite3_finalize(plan->statement);
    c->plan_count += plan->query == NULL;
    *plan = (struct sqlite_plan){.query = query, .sql = query->sqlite, .statement = *out};
    *kept = true;
    return ERR_OK;
}

static int bind(sqlite3_stmt *s, const struct db_query *query, const struct db_value *values)
{
    int count = sqlite3_bind_parameter_count(s), code = SQLITE_OK;
    for (int i = 0; i < count && code == SQLITE_OK; i++) {
        const struct db_value *v = &values[i];
        if (db_value_is_null(v))
            code = sqlite3_bind_null(s, i + 1);
        else if (query->in[i] == DB_I64)
            code = sqlite3_bind_int64(s, i + 1, v->i);
        else if (query->in[i] == DB_F64)
            code = sqlite3_bind_double(s, i + 1, v->f);
        else if (query->in[i] == DB_STR)
            code = sqlite3_bind_text64(s, i + 1, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
        else
            code = sqlite3_bind_blob64(s, i + 1, v->s.p, v->s.n, SQLITE_STATIC);
    }
    return code;
}

/* Values keep their declared type, as they must on PostgreSQL; no silent conversion. */
static bool read_column(sqlite3_stmt *s, int at, enum db_type type, struct db_value *v)
{
    int have = sqlite3_column_type(s, at);
    *v = (struct db_value){.type = type};
    if (have == SQLITE_NULL) {
        v->null = true;
        return true;
    }
    switch (type) {
    case DB_I64:
        v->i = sqlite3_column_int64(s, at);
        return have == SQLITE_INTEGER;
    case DB_F64:
        v->f = sqlite3_column_double(s, at);
        return have == SQLITE_FLOAT || have == SQLITE_INTEGER;
    case DB_STR:
        v->s.p = (const char *)sqlite3_column_text(s, at);
        v->s.n = (size_t)sqlite3_column_bytes(s, at);
        return have == SQLITE_TEXT;
    case DB_BLOB:
        v->s.p = sqlite3_column_blob(s, at);
        v->s.n = (size_t)sqlite3_column_bytes(s, at);
        if (!v->s.p)
            v->s.p = "";
        return have == SQLITE_BLOB;
    }
    return false;
}

static enum err step_rows(struct sqlite_conn *c, sqlite3_stmt *s, const struct db_query *query,
                          db_row_fn row, void *arg)
{
    struct db_value small[24], *values = small;
    if (query->out_count > (int)COUNT_OF(small))
        values = calloc((size_t)query->out_count, sizeof *values);
    INVARIANT(values);
    enum err rc = ERR_OK;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < query->out_count; i++)
            if (!read_column(s, i, query->out[i], &values[i])) {
                LOG(LOG_ERROR, "db.column_type", LOG_C("query", query->name), LOG_I("column", i),
                    LOG_C("expected", db_type_name(query->out[i])));
                FAIL(ERR_CONFIG);
            }
        TRY(row(arg, values));
    }
    if (code != SQLITE_DONE)
        rc = sqlite_error(c, code, query->name);
out:
    if (values != small)
        free(values);
    return rc;
}

enum err sqlite_run(struct tx *tx, const struct db_query *query, const struct db_value *values,
                    db_row_fn row, void *arg, int64_t *affected, bool keep)
{
    struct sqlite_conn *c = ((struct sqlite_tx *)tx)->conn;
    sqlite3_stmt *s = NULL;
    bool kept = false;
    enum err rc;
    TRY(find_plan(c, query, keep, &s, &kept));
    int code = bind(s, query, values);
    if (code != SQLITE_OK) {
        rc = sqlite_error(c, code, query->name);
    } else {
        c->late = false;
        c->deadline_us = tx->statement_ms ? clock_monotonic_us() + tx->statement_ms * 1000 : 0;
        rc = step_rows(c, s, query, row, arg);
        c->deadline_us = 0;
        if (rc == ERR_OK && query->writes)
            *affected = sqlite3_changes64(c->handle);
    }
    sqlite3_reset(s);
    if (kept)
        sqlite3_clear_bindings(s);
    else
        sqlite3_finalize(s);
out:
    tx->lost = !sqlite_conn_in_transaction(c);
    return rc;
}

enum err sqlite_script(struct tx *tx, const char *sql)
{
    struct sqlite_conn *c = ((struct sqlite_tx *)tx)->conn;
    c->late = false;
    c->deadline_us = tx->statement_ms ? clock_monotonic_us() + tx->statement_ms * 1000 : 0;
    int code = sqlite3_exec(c->handle, sql, NULL, NULL, NULL);
    enum err rc = code == SQLITE_OK ? ERR_OK : sqlite_error(c, code, "script");
    c->deadline_us = 0;
    tx->lost = !sqlite_conn_in_transaction(c);
    return rc;
}

enum err sqlite_savepoint(struct tx *tx, enum savepoint_step step)
{
    struct sqlite_conn *c = ((struct sqlite_tx *)tx)->conn;
    char sql[64];
    if (step == SAVEPOINT_OPEN)
        snprintf(sql, sizeof sql, "SAVEPOINT nested%d", tx->depth);
    else if (step == SAVEPOINT_KEEP)
        snprintf(sql, sizeof sql, "RELEASE nested%d", tx->depth);
    else
        snprintf(sql, sizeof sql, "ROLLBACK TO nested%d; RELEASE nested%d", tx->depth, tx->depth);
    enum err rc = sqlite_conn_exec(c, sql);
    tx->lost = !sqlite_conn_in_transaction(c);
    return rc;
}

enum err sqlite_set_deadline(struct tx *tx, int64_t statement_ms)
{
    (void)tx;
    (void)statement_ms; /* read at the start of each statement */
    return ERR_OK;
}
