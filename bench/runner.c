/* Recorded statements on plain SQLite and plain libpq; see runner.h. */
#include "runner.h"

#include "platform/core/clock.h"

#include <endian.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#define PLANS 4096
#define COLUMNS_MOST 64

struct plan {
    const struct db_query *query;
    sqlite3_stmt *statement;
    char name[16]; /* on the PostgreSQL server */
};

struct runner {
    sqlite3 *lite;
    PGconn *pg;
    int plan_count;
    struct plan plans[PLANS];
};

static void fail(struct runner *r, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, r->lite ? sqlite3_errmsg(r->lite) : PQerrorMessage(r->pg));
    exit(EXIT_ENVIRONMENT);
}

struct runner *runner_open(const char *url, bool write)
{
    struct runner *r = err_memory(calloc(1, sizeof *r));
    if (strncmp(url, "sqlite:", 7) != 0) {
        r->pg = PQconnectdb(url);
        if (PQstatus(r->pg) != CONNECTION_OK)
            fail(r, "connect");
        return r;
    }
    if (sqlite3_open_v2(url + 7, &r->lite,
                        SQLITE_OPEN_NOMUTEX |
                            (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY),
                        NULL) != SQLITE_OK)
        fail(r, url);
    sqlite3_busy_timeout(r->lite, 5000);
    /* As sqlite_conn_open() sets them. */
    runner_script(r, write ? "PRAGMA mmap_size=0; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                             "PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000"
                           : "PRAGMA mmap_size=0; PRAGMA query_only=ON; PRAGMA cache_size=-4000");
    return r;
}

void runner_close(struct runner *r)
{
    for (int i = 0; i < PLANS; i++)
        sqlite3_finalize(r->plans[i].statement);
    sqlite3_close(r->lite);
    if (r->pg)
        PQfinish(r->pg);
    free(r);
}

void runner_script(struct runner *r, const char *sql)
{
    if (r->lite) {
        if (sqlite3_exec(r->lite, sql, NULL, NULL, NULL) != SQLITE_OK)
            fail(r, sql);
        return;
    }
    PGresult *result = PQexec(r->pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail(r, sql);
    PQclear(result);
}

void runner_scope(struct runner *r, struct str scope)
{
    char sql[80];
    if (r->lite)
        return;
    snprintf(sql, sizeof sql, "SET LOCAL app.unit = '%.*s'", STRF(scope));
    runner_script(r, sql);
}

static struct plan *plan_of(struct runner *r, const struct db_query *query)
{
    size_t at = (size_t)(((uintptr_t)query >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % PLANS;
    while (r->plans[at].query && r->plans[at].query != query)
        at = (at + 1) % PLANS;
    struct plan *p = &r->plans[at];
    if (p->query)
        return p;
    INVARIANT(++r->plan_count < PLANS / 2);
    p->query = query;
    if (r->lite) {
        if (sqlite3_prepare_v3(r->lite, query->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &p->statement,
                               NULL) != SQLITE_OK)
            fail(r, query->name);
        return p;
    }
    static const Oid numbers[] = {[DB_I64] = 20, [DB_F64] = 701, [DB_STR] = 25, [DB_BLOB] = 17};
    Oid types[COLUMNS_MOST];
    INVARIANT(query->in_count <= COLUMNS_MOST);
    for (int i = 0; i < query->in_count; i++)
        types[i] = numbers[query->in[i]];
    snprintf(p->name, sizeof p->name, "b%d", r->plan_count);
    PGresult *result = PQprepare(r->pg, p->name, query->postgres, query->in_count, types);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail(r, query->name);
    PQclear(result);
    return p;
}

static bool is_null(const struct db_value *v)
{
    return v->null || ((v->type == DB_STR || v->type == DB_BLOB) && !v->s.p);
}

static int64_t run_lite(struct runner *r, struct plan *p, const struct recorded *q)
{
    sqlite3_stmt *s = p->statement;
    int64_t rows = 0;
    int code, count = sqlite3_bind_parameter_count(s);
    for (int i = 0; i < count; i++) {
        const struct db_value *v = &q->values[i];
        if (is_null(v))
            sqlite3_bind_null(s, i + 1);
        else if (v->type == DB_I64)
            sqlite3_bind_int64(s, i + 1, v->i);
        else if (v->type == DB_F64)
            sqlite3_bind_double(s, i + 1, v->f);
        else if (v->type == DB_STR)
            sqlite3_bind_text(s, i + 1, v->s.p, (int)v->s.n, SQLITE_STATIC);
        else
            sqlite3_bind_blob(s, i + 1, v->s.p, (int)v->s.n, SQLITE_STATIC);
    }
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        rows++;
        for (int i = 0; i < q->query->out_count; i++) {
            if (q->query->out[i] == DB_I64)
                (void)sqlite3_column_int64(s, i);
            else if (q->query->out[i] == DB_F64)
                (void)sqlite3_column_double(s, i);
            else
                (void)sqlite3_column_text(s, i);
        }
    }
    sqlite3_reset(s);
    if (code != SQLITE_DONE)
        fail(r, q->query->name);
    return rows;
}

static int64_t run_pg(struct runner *r, struct plan *p, const struct recorded *q)
{
    const char *values[COLUMNS_MOST];
    int lengths[COLUMNS_MOST], formats[COLUMNS_MOST];
    uint64_t numbers[COLUMNS_MOST];
    for (int i = 0; i < q->query->in_count; i++) {
        const struct db_value *v = &q->values[i];
        uint64_t bits = 0;
        formats[i] = 1;
        values[i] = NULL;
        lengths[i] = 0;
        if (is_null(v))
            continue;
        if (v->type == DB_STR || v->type == DB_BLOB) {
            values[i] = v->s.p;
            lengths[i] = (int)v->s.n;
            continue;
        }
        memcpy(&bits, v->type == DB_I64 ? (const void *)&v->i : (const void *)&v->f, sizeof bits);
        numbers[i] = htobe64(bits);
        values[i] = (const char *)&numbers[i];
        lengths[i] = 8;
    }
    PGresult *result =
        PQexecPrepared(r->pg, p->name, q->query->in_count, values, lengths, formats, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail(r, q->query->name);
    int64_t rows = PQntuples(result);
    PQclear(result);
    return rows;
}

int64_t runner_query(struct runner *r, const struct recorded *q)
{
    struct plan *p = plan_of(r, q->query);
    return r->lite ? run_lite(r, p, q) : run_pg(r, p, q);
}

int64_t runner_page(struct runner *r, const struct recording *page)
{
    int64_t rows = 0;
    int open = -1;
    char begin[160];
    for (size_t i = 0; i < page->n; i++) {
        const struct recorded *q = &page->v[i];
        if (q->transaction != open) {
            if (open >= 0)
                runner_script(r, "ROLLBACK");
            open = q->transaction;
            if (r->lite)
                runner_script(r, "BEGIN");
            else {
                snprintf(begin, sizeof begin,
                         "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.unit ="
                         " '%.*s'",
                         STRF(page->scopes[open]));
                runner_script(r, begin);
            }
        }
        rows += runner_query(r, q);
    }
    if (open >= 0)
        runner_script(r, "ROLLBACK");
    return rows;
}
