/*
 * Statements on one PostgreSQL connection: prepared on first use and remembered by the address of
 * their query, parameters out, rows in.
 *
 * Parameters travel in binary with declared types (no escaping, no terminator, no guessing of
 * types); results as text, because sums of BIGINT are NUMERIC and text reads them all.
 */
#include "platform/store/pg.h"

#include "platform/core/log.h"

#include <endian.h>

#define PLANS_KEPT 1024

/* Type numbers of the server, fixed for ever (pg_type.dat). */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_NUMERIC = 1700,
};

static size_t plan_place(const struct pg_conn *c, const struct db_query *query)
{
    size_t mask = c->plan_places - 1;
    size_t at = (size_t)(((uintptr_t)query >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & mask;
    while (c->plans[at].query && c->plans[at].query != query)
        at = (at + 1) & mask;
    return at;
}

static void grow_plans(struct pg_conn *c)
{
    struct pg_plan *old = c->plans;
    size_t places = c->plan_places;
    c->plan_places = places ? places * 2 : 64;
    c->plans = calloc(c->plan_places, sizeof *c->plans);
    INVARIANT(c->plans);
    for (size_t i = 0; i < places; i++)
        if (old[i].query)
            c->plans[plan_place(c, old[i].query)] = old[i];
    free(old);
}

static void type_numbers(const struct db_query *query, Oid *out)
{
    static const Oid numbers[] = {
        [DB_I64] = OID_INT8, [DB_F64] = OID_FLOAT8, [DB_STR] = OID_TEXT, [DB_BLOB] = OID_BYTEA};
    for (int i = 0; i < query->in_count; i++)
        out[i] = numbers[query->in[i]];
}

static enum err prepare(struct pg_conn *c, const struct db_query *query, const Oid *types,
                        const char *name, int64_t deadline_ms)
{
    PGresult *r;
    enum err rc, found = ERR_OK;
    if (!PQsendPrepare(c->handle, name, query->postgres, query->in_count, types))
        return pg_lose(c, ERR_RETRY, query->name);
    do {
        rc = pg_next_result(c, deadline_ms, &r, query->name);
        if (rc != ERR_OK)
            return rc;
        if (r && found == ERR_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
            found = pg_meaning_of(c, r, query->name);
        PQclear(r);
    } while (r);
    return found;
}

/* The server-side name of a statement, prepared on its first use on this connection. Empty: to be
 * sent in full. */
static enum err find_plan(struct pg_conn *c, const struct db_query *query, const Oid *types,
                          int64_t deadline_ms, char name[24])
{
    if (c->plan_count * 2 >= c->plan_places && c->plan_places < PLANS_KEPT * 2)
        grow_plans(c);
    struct pg_plan *plan = &c->plans[plan_place(c, query)];
    name[0] = 0;
    if (plan->query && plan->sql == query->postgres) {
        snprintf(name, 24, "q%d", plan->number);
        return ERR_OK;
    }
    if (!plan->query && c->plan_count >= PLANS_KEPT)
        return ERR_OK;
    int number = ++c->next_plan;
    snprintf(name, 24, "q%d", number);
    enum err rc = prepare(c, query, types, name, deadline_ms);
    if (rc != ERR_OK)
        return rc;
    c->plan_count += plan->query == NULL;
    *plan = (struct pg_plan){.query = query, .sql = query->postgres, .number = number};
    return ERR_OK;
}

/* Parameters as libpq wants them; numbers are turned into network order in place. */
struct parameters {
    const char **values;
    int *lengths, *formats;
    uint64_t *numbers;
    Oid *types;
};

static void fill(struct parameters *p, const struct db_query *query, const struct db_value *values)
{
    type_numbers(query, p->types);
    for (int i = 0; i < query->in_count; i++) {
        const struct db_value *v = &values[i];
        p->formats[i] = 1;
        p->values[i] = NULL;
        p->lengths[i] = 0;
        if (db_value_is_null(v))
            continue;
        if (v->type == DB_STR || v->type == DB_BLOB) {
            INVARIANT(v->s.n < INT32_MAX);
            p->values[i] = v->s.p;
            p->lengths[i] = (int)v->s.n;
            continue;
        }
        uint64_t bits;
        if (v->type == DB_I64)
            bits = (uint64_t)v->i;
        else
            memcpy(&bits, &v->f, sizeof bits);
        p->numbers[i] = htobe64(bits);
        p->values[i] = (const char *)&p->numbers[i];
        p->lengths[i] = 8;
    }
}

static bool fits(enum db_type type, Oid oid)
{
    switch (type) {
    case DB_I64:
        return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_NUMERIC ||
               oid == OID_BOOL;
    case DB_F64:
        return oid == OID_FLOAT8 || oid == OID_FLOAT4 || oid == OID_NUMERIC || oid == OID_INT8 ||
               oid == OID_INT4;
    case DB_STR:
        return oid == OID_TEXT || oid == OID_VARCHAR || oid == OID_BPCHAR || oid == OID_NAME ||
               oid == OID_UNKNOWN;
    case DB_BLOB:
        return oid == OID_BYTEA;
    }
    return false;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static bool read_column(struct pg_conn *c, const PGresult *r, int nth, int at, enum db_type type,
                        struct db_value *v)
{
    *v = (struct db_value){.type = type, .null = PQgetisnull(r, nth, at)};
    if (v->null)
        return true;
    struct str text = str_of(PQgetvalue(r, nth, at), (size_t)PQgetlength(r, nth, at));
    switch (type) {
    case DB_I64:
        if (PQftype(r, at) == OID_BOOL) {
            v->i = str_eq(text, STR("t"));
            return true;
        }
        return str_to_i64(text, &v->i);
    case DB_F64:
        return str_to_double(text, &v->f);
    case DB_STR:
        v->s = text;
        return true;
    case DB_BLOB: /* "\x00ff": room for all of them was made beforehand */
        v->s = str_of(c->bytes.p + c->bytes.n, text.n / 2 - 1);
        for (size_t i = 2; i + 1 < text.n; i += 2)
            c->bytes.p[c->bytes.n++] = (char)(hex_digit(text.p[i]) << 4 | hex_digit(text.p[i + 1]));
        return true;
    }
    return false;
}

static enum err give_row(struct pg_conn *c, const PGresult *r, int nth,
                         const struct db_query *query, struct db_value *values, db_row_fn row,
                         void *arg)
{
    size_t bytes = 1;
    for (int i = 0; i < query->out_count; i++)
        if (query->out[i] == DB_BLOB)
            bytes += (size_t)PQgetlength(r, nth, i) / 2;
    buf_clear(&c->bytes);
    buf_reserve(&c->bytes, bytes);
    for (int i = 0; i < query->out_count; i++)
        if (!read_column(c, r, nth, i, query->out[i], &values[i])) {
            LOG(LOG_ERROR, "db.column_value", LOG_C("query", query->name), LOG_I("column", i),
                LOG_C("expected", db_type_name(query->out[i])));
            return ERR_CONFIG;
        }
    return row(arg, values);
}

static enum err check_columns(const PGresult *r, const struct db_query *query)
{
    if (PQnfields(r) != query->out_count) {
        LOG(LOG_ERROR, "db.query_shape", LOG_C("query", query->name),
            LOG_I("columns", PQnfields(r)));
        return ERR_CONFIG;
    }
    for (int i = 0; i < query->out_count; i++)
        if (!fits(query->out[i], PQftype(r, i))) {
            LOG(LOG_ERROR, "db.column_type", LOG_C("query", query->name), LOG_I("column", i),
                LOG_C("expected", db_type_name(query->out[i])), LOG_I("oid", PQftype(r, i)));
            return ERR_CONFIG;
        }
    return ERR_OK;
}

/* Reads to the end even when somebody said stop: the connection must be clean for the next one. */
static enum err take_rows(struct pg_conn *c, const struct db_query *query, db_row_fn row, void *arg,
                          int64_t *affected, int64_t deadline_ms)
{
    enum err rc, found = ERR_OK;
    bool checked = false;
    struct db_value small[24], *values = small;
    if (query->out_count > (int)COUNT_OF(small))
        values = calloc((size_t)query->out_count, sizeof *values);
    INVARIANT(values);
    for (;;) {
        PGresult *r;
        rc = pg_next_result(c, deadline_ms, &r, query->name);
        if (rc != ERR_OK || !r)
            break;
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
            if (!checked && found == ERR_OK)
                found = check_columns(r, query);
            checked = true;
            /* Of rows that came one by one, the last result holds none. */
            for (int i = 0; i < PQntuples(r) && found == ERR_OK; i++)
                found = give_row(c, r, i, query, values, row, arg);
        } else if (status != PGRES_COMMAND_OK && found == ERR_OK) {
            found = pg_meaning_of(c, r, query->name);
        }
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
            (void)!str_to_i64(str_from(PQcmdTuples(r)), affected);
        PQclear(r);
    }
    if (values != small)
        free(values);
    return found != ERR_OK ? found : rc;
}

enum err pg_conn_run(struct pg_conn *c, const struct db_query *query, const struct db_value *values,
                     db_row_fn row, void *arg, int64_t *affected, bool keep, int64_t deadline_ms)
{
    enum { SMALL = 32 };
    size_t n = (size_t)query->in_count, room = n < SMALL ? SMALL : n;
    const char *value_space[SMALL];
    int length_space[SMALL], format_space[SMALL];
    uint64_t number_space[SMALL];
    Oid type_space[SMALL];
    struct parameters p = {value_space, length_space, format_space, number_space, type_space};
    bool large = room > SMALL;
    enum err rc;
    char name[24] = "";
    if (large) {
        p = (struct parameters){calloc(room, sizeof *p.values), calloc(room, sizeof *p.lengths),
                                calloc(room, sizeof *p.formats), calloc(room, sizeof *p.numbers),
                                calloc(room, sizeof *p.types)};
        INVARIANT(p.values && p.lengths && p.formats && p.numbers && p.types);
    }
    fill(&p, query, values);
    c->unique = false;
    if (keep)
        TRY(find_plan(c, query, p.types, deadline_ms, name));
    int sent = name[0] ? PQsendQueryPrepared(c->handle, name, query->in_count, p.values, p.lengths,
                                             p.formats, 0)
                       : PQsendQueryParams(c->handle, query->postgres, query->in_count, p.types,
                                           p.values, p.lengths, p.formats, 0);
    if (!sent)
        FAIL(pg_lose(c, ERR_RETRY, query->name));
    if (!query->whole) /* a result for each row, so that a table of any size passes through */
        PQsetSingleRowMode(c->handle);
    rc = take_rows(c, query, row, arg, affected, deadline_ms);
out:
    if (large) {
        free(p.values);
        free(p.lengths);
        free(p.formats);
        free(p.numbers);
        free(p.types);
    }
    return rc;
}
