/*
 * One PostgreSQL connection.
 *
 * Every wait is ours: the socket is non-blocking, and each answer has a deadline after which the
 * connection is closed. Neither TCP timeouts nor libpq's connect_timeout notice a frozen server,
 * whose kernel goes on acknowledging; measured in a fail-over drill, a blocking client hung as long
 * as the server was frozen, and libpq's own list of hosts never came to the second (facts: libpq
 * duties). Hence also the hosts one by one.
 *
 * Parameters travel in binary with declared types (no escaping, no terminator, no guessing of
 * types); results as text, because sums of BIGINT are NUMERIC and text reads them all.
 */
#include "platform/store/pg.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>

#define CONNECT_MS 2000 /* one host: TCP, TLS, password, first query */
#define GRACE_MS 500    /* beyond the server's own limit */
#define PLANS_KEPT 1024
#define OLDEST_SERVER 130000

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

/* --- the URL ------------------------------------------------------------------------------- */

/* The i-th of a comma-separated list, cut in place; a list of one stands for all. */
static const char *list_item(char *list, int at, int *count)
{
    int n = 0;
    const char *found = NULL, *only = list;
    if (!list)
        return NULL;
    for (char *p = list, *end; p; p = end ? end + 1 : NULL, n++) {
        end = strchr(p, ',');
        if (n == at)
            found = p;
    }
    if (count && n > *count)
        *count = n;
    return found ? found : n == 1 ? only : NULL;
}

static const char *copy_item(const char *item)
{
    size_t n = item ? strcspn(item, ",") : 0;
    char *copy = n ? strndup(item, n) : NULL;
    INVARIANT(copy || !n);
    return copy;
}

static char *option(PQconninfoOption *all, const char *key)
{
    for (PQconninfoOption *o = all; o->keyword; o++)
        if (strcmp(o->keyword, key) == 0)
            return o->val;
    return NULL;
}

/* What this file decides itself for each attempt. */
static bool own_key(const char *key)
{
    static const char *const own[] = {"host",
                                      "hostaddr",
                                      "port",
                                      "client_encoding",
                                      "connect_timeout",
                                      "target_session_attrs",
                                      "application_name"};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}

enum err pg_target_parse(struct pg_target *t, struct str url)
{
    char *text = strndup(url.p, url.n), *fault = NULL;
    INVARIANT(text);
    t->parsed = PQconninfoParse(text, &fault);
    free(text);
    PQfreemem(fault); /* may quote the password: not logged */
    if (!t->parsed) {
        LOG(LOG_ERROR, "db.url",
            LOG_C("expected", "postgresql://USER:PASSWORD@HOST[:PORT][,HOST...]/DATABASE"));
        return ERR_CONFIG;
    }
    char *hosts = option(t->parsed, "host"), *addresses = option(t->parsed, "hostaddr"),
         *ports = option(t->parsed, "port");
    t->host_count = 1;
    list_item(hosts, 0, &t->host_count);
    list_item(addresses, 0, &t->host_count);
    t->hosts = calloc((size_t)t->host_count, sizeof *t->hosts);
    INVARIANT(t->hosts);
    for (int i = 0; i < t->host_count; i++)
        t->hosts[i] = (struct pg_host){.host = copy_item(list_item(hosts, i, NULL)),
                                       .address = copy_item(list_item(addresses, i, NULL)),
                                       .port = copy_item(list_item(ports, i, NULL))};

    size_t n = 0;
    for (PQconninfoOption *o = t->parsed; o->keyword; o++)
        n++;
    t->keys = calloc(n + 8, sizeof *t->keys);
    t->values = calloc(n + 8, sizeof *t->values);
    INVARIANT(t->keys && t->values);
    n = 0;
    for (PQconninfoOption *o = t->parsed; o->keyword; o++)
        if (o->val && *o->val && !own_key(o->keyword)) {
            t->keys[n] = o->keyword;
            t->values[n++] = o->val;
        }
    return ERR_OK;
}

void pg_target_free(struct pg_target *t)
{
    for (int i = 0; i < t->host_count; i++) {
        free((char *)t->hosts[i].host);
        free((char *)t->hosts[i].address);
        free((char *)t->hosts[i].port);
    }
    free(t->hosts);
    free(t->keys);
    free(t->values);
    PQconninfoFree(t->parsed);
}

/* --- waiting ------------------------------------------------------------------------------- */

int64_t pg_deadline(int64_t statement_ms)
{
    return statement_ms ? clock_monotonic_ms() + statement_ms + GRACE_MS : 0;
}

static enum err wait_socket(struct pg_conn *c, short events, int64_t deadline_ms)
{
    for (;;) {
        int64_t left = deadline_ms ? deadline_ms - clock_monotonic_ms() : 60000;
        struct pollfd p = {.fd = PQsocket(c->handle), .events = events};
        if (p.fd < 0)
            return ERR_RETRY;
        if (left <= 0)
            return ERR_TIMEOUT;
        int n = poll(&p, 1, (int)(left > 60000 ? 60000 : left));
        if (n > 0)
            return ERR_OK;
        if (n < 0 && errno != EINTR)
            return ERR_RETRY;
    }
}

/* Marks the connection as finished and says how the transaction stands. */
static enum err lose(struct pg_conn *c, enum err why, const char *during)
{
    if (!c->lost)
        LOG(LOG_WARN, "db.lost", LOG_C("during", during), LOG_C("reason", err_name(why)),
            LOG_C("host", PQhost(c->handle)), LOG_C("detail", PQerrorMessage(c->handle)));
    c->lost = true;
    return why;
}

/* Sends what is buffered and waits for the next result; NULL at the end of the statement. */
static enum err next_result(struct pg_conn *c, int64_t deadline_ms, PGresult **out,
                            const char *during)
{
    enum err rc = ERR_OK;
    int unsent;
    *out = NULL;
    while ((unsent = PQflush(c->handle)) == 1) {
        TRY(wait_socket(c, POLLIN | POLLOUT, deadline_ms));
        if (!PQconsumeInput(c->handle))
            FAIL(ERR_RETRY);
    }
    if (unsent < 0)
        FAIL(ERR_RETRY);
    while (PQisBusy(c->handle)) {
        TRY(wait_socket(c, POLLIN, deadline_ms));
        if (!PQconsumeInput(c->handle))
            FAIL(ERR_RETRY);
    }
    *out = PQgetResult(c->handle);
out:
    return rc == ERR_OK ? rc : lose(c, rc, during);
}

/* --- what the server's codes mean ---------------------------------------------------------- */

static enum err say(enum log_level level, enum err rc, const PGresult *r, const char *during)
{
    LOG(level, "db.postgres", LOG_C("during", during),
        LOG_C("code", PQresultErrorField(r, PG_DIAG_SQLSTATE)),
        LOG_C("detail", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)));
    return rc;
}

static enum err meaning_of(struct pg_conn *c, const PGresult *r, const char *during)
{
    const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    struct str s = str_from(code);
    c->unique = false;
    if (!code || PQstatus(c->handle) == CONNECTION_BAD)
        return lose(c, ERR_RETRY, during);
    /* The server goes, has become a standby, or does not know our statement any more. */
    if (str_starts(s, STR("08")) || str_starts(s, STR("57P0")) || str_eq(s, STR("25006")) ||
        str_starts(s, STR("25P0")) || str_eq(s, STR("26000")) || str_eq(s, STR("42P05")) ||
        str_eq(s, STR("0A000")))
        return lose(c, ERR_RETRY, during);
    if (str_eq(s, STR("40001")) || str_eq(s, STR("40P01")))
        return ERR_RETRY;
    if (str_starts(s, STR("23"))) {
        c->unique = str_eq(s, STR("23505"));
        return ERR_CONFLICT;
    }
    if (str_eq(s, STR("57014")) || str_eq(s, STR("55P03")))
        return say(LOG_WARN, ERR_TIMEOUT, r, during);
    if (str_eq(s, STR("42501")))
        return say(LOG_ERROR, ERR_DENIED, r, during);
    if (str_starts(s, STR("22")))
        return say(LOG_WARN, ERR_INPUT, r, during);
    if (str_starts(s, STR("54")))
        return say(LOG_WARN, ERR_TOO_LARGE, r, during);
    if (str_starts(s, STR("53")) || str_starts(s, STR("58")) || str_starts(s, STR("XX")))
        return say(LOG_ERROR, ERR_UNAVAILABLE, r, during);
    return say(LOG_ERROR, ERR_CONFIG, r, during); /* the statement does not fit the schema */
}

static void take_notice(void *arg, const PGresult *r)
{
    struct pg_conn *c = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    bool warning = severity && strcmp(severity, "WARNING") == 0;
    c->warned = c->warned || warning;
    LOG(warning ? LOG_WARN : LOG_DEBUG, "db.notice",
        LOG_C("code", PQresultErrorField(r, PG_DIAG_SQLSTATE)),
        LOG_C("detail", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)));
}

/* --- connecting ---------------------------------------------------------------------------- */

static enum err reach_host(struct pg_conn *c, const struct pg_target *t, int64_t deadline_ms)
{
    const struct pg_host *h = &t->hosts[c->host];
    const char *keys[96], *values[96];
    size_t n = 0;
    while (t->keys[n])
        n++;
    INVARIANT(n + 8 < COUNT_OF(keys));
    memcpy(keys, t->keys, n * sizeof *keys);
    memcpy(values, t->values, n * sizeof *values);
    struct {
        const char *key, *value;
    } own[] = {{"host", h->host},
               {"hostaddr", h->address},
               {"port", h->port},
               {"client_encoding", "UTF8"},
               {"application_name", "aimak"}};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (own[i].value) {
            keys[n] = own[i].key;
            values[n++] = own[i].value;
        }
    keys[n] = values[n] = NULL;

    c->handle = PQconnectStartParams(keys, values, 0);
    INVARIANT(c->handle);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(c->handle) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
           state != PGRES_POLLING_FAILED) {
        enum err rc =
            wait_socket(c, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_ms);
        if (rc != ERR_OK)
            return rc;
        state = PQconnectPoll(c->handle);
    }
    if (PQstatus(c->handle) != CONNECTION_OK || PQsetnonblocking(c->handle, 1) != 0)
        return ERR_RETRY;
    PQsetNoticeReceiver(c->handle, take_notice, c);
    return ERR_OK;
}

struct session {
    bool seen, bypasses, read_only;
    int64_t version;
};

static enum err see_session(void *arg, const struct db_value *v)
{
    struct session *s = arg;
    *s = (struct session){true, v[0].i != 0, v[1].i != 0, v[2].i};
    return ERR_OK;
}

/* Settings of the session and what must be known of it, in one round trip. */
static enum err greet(struct pg_conn *c, const struct pg_target *t, int64_t deadline_ms,
                      struct session *s)
{
    static const enum db_type in[] = {DB_STR};
    static const enum db_type out[] = {DB_I64, DB_I64, DB_I64, DB_STR, DB_STR,
                                       DB_STR, DB_STR, DB_STR, DB_STR};
    static const struct db_query query = {
        .name = "session",
        .postgres =
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE (rolsuper OR rolbypassrls)"
            "  AND rolname IN (current_user, session_user)),"
            " current_setting('transaction_read_only')::boolean,"
            " current_setting('server_version_num')::bigint,"
            " set_config('statement_timeout', $1, false),"
            " set_config('idle_in_transaction_session_timeout', '60000', false),"
            " set_config('TimeZone', 'UTC', false),"
            " set_config('bytea_output', 'hex', false),"
            " set_config('row_security', 'on', false),"
            " set_config('extra_float_digits', '1', false)",
        .in = in,
        .in_count = 1,
        .out = out,
        .out_count = 9,
    };
    char ms[24];
    int64_t affected = 0;
    int n = snprintf(ms, sizeof ms, "%lld", (long long)t->statement_ms);
    const struct db_value values[] = {{.type = DB_STR, .s = str_of(ms, (size_t)n)}};
    return pg_conn_run(c, &query, values, see_session, s, &affected, false, deadline_ms);
}

static enum err check_session(const struct pg_conn *c, const struct session *s)
{
    const char *encoding = PQparameterStatus(c->handle, "server_encoding"), *hint = NULL;
    if (s->bypasses)
        hint = "this role is a superuser or has BYPASSRLS, so row-level security would not hold; "
               "use a plain role that owns the database";
    else if (s->version < OLDEST_SERVER)
        hint = "PostgreSQL 13 or newer is needed";
    else if (!encoding || strcmp(encoding, "UTF8") != 0)
        hint = "the database must have the encoding UTF8";
    if (!hint)
        return ERR_OK;
    LOG(LOG_ERROR, "db.unfit", LOG_C("host", PQhost(c->handle)), LOG_C("user", PQuser(c->handle)),
        LOG_C("hint", hint));
    return ERR_CONFIG;
}

enum err pg_conn_open(struct pg_conn **out, struct pg_target *t)
{
    enum err rc = ERR_UNAVAILABLE;
    int first = atomic_load(&t->first_host);
    *out = NULL;
    for (int i = 0; i < t->host_count; i++) {
        struct pg_conn *c = calloc(1, sizeof *c);
        INVARIANT(c);
        c->host = (first + i) % t->host_count;
        int64_t deadline_ms = clock_monotonic_ms() + CONNECT_MS;
        struct session s = {0};
        rc = reach_host(c, t, deadline_ms);
        if (rc == ERR_OK)
            rc = greet(c, t, deadline_ms, &s);
        if (rc == ERR_OK)
            rc = check_session(c, &s);
        if (rc == ERR_OK && s.read_only && !t->any_host) {
            LOG(LOG_INFO, "db.standby", LOG_C("host", PQhost(c->handle)));
            rc = ERR_UNAVAILABLE;
        } else if (rc == ERR_OK) {
            atomic_store(&t->first_host, c->host);
            *out = c;
            return ERR_OK;
        } else if (rc != ERR_CONFIG) {
            LOG(LOG_WARN, "db.unreachable", LOG_C("host", t->hosts[c->host].host),
                LOG_C("port", t->hosts[c->host].port), LOG_C("reason", err_name(rc)),
                LOG_C("detail", PQerrorMessage(c->handle)));
            rc = ERR_UNAVAILABLE;
        }
        pg_conn_close(c);
        if (rc == ERR_CONFIG)
            break;
    }
    return rc;
}

void pg_conn_close(struct pg_conn *c)
{
    if (!c)
        return;
    PQfinish(c->handle);
    buf_free(&c->bytes);
    free(c->plans);
    free(c);
}

bool pg_conn_alive(struct pg_conn *c)
{
    struct pollfd p = {.fd = PQsocket(c->handle), .events = POLLIN};
    if (c->lost || p.fd < 0)
        return false;
    if (poll(&p, 1, 0) <= 0)
        return true;
    return PQconsumeInput(c->handle) && PQstatus(c->handle) == CONNECTION_OK &&
           !(p.revents & (POLLHUP | POLLERR));
}

/* --- statements ---------------------------------------------------------------------------- */

enum err pg_conn_exec(struct pg_conn *c, const char *sql, int64_t deadline_ms, char *tag,
                      const char *during)
{
    enum err rc = ERR_OK, first = ERR_OK;
    PGresult *r;
    if (!PQsendQuery(c->handle, sql))
        return lose(c, ERR_RETRY, during);
    for (;;) {
        rc = next_result(c, deadline_ms, &r, during);
        if (rc != ERR_OK)
            return first != ERR_OK && first != ERR_RETRY ? first : rc;
        if (!r)
            return first;
        ExecStatusType status = PQresultStatus(r);
        if (first == ERR_OK && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
            status != PGRES_EMPTY_QUERY)
            first = meaning_of(c, r, during);
        if (tag)
            snprintf(tag, 64, "%s", PQcmdStatus(r));
        PQclear(r);
    }
}

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
        return lose(c, ERR_RETRY, query->name);
    do {
        rc = next_result(c, deadline_ms, &r, query->name);
        if (rc != ERR_OK)
            return rc;
        if (r && found == ERR_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
            found = meaning_of(c, r, query->name);
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

static bool read_column(struct pg_conn *c, const PGresult *r, int at, enum db_type type,
                        struct db_value *v)
{
    *v = (struct db_value){.type = type, .null = PQgetisnull(r, 0, at)};
    if (v->null)
        return true;
    struct str text = str_of(PQgetvalue(r, 0, at), (size_t)PQgetlength(r, 0, at));
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

static enum err give_row(struct pg_conn *c, const PGresult *r, const struct db_query *query,
                         struct db_value *values, db_row_fn row, void *arg)
{
    size_t bytes = 1;
    for (int i = 0; i < query->out_count; i++)
        if (query->out[i] == DB_BLOB)
            bytes += (size_t)PQgetlength(r, 0, i) / 2;
    buf_clear(&c->bytes);
    buf_reserve(&c->bytes, bytes);
    for (int i = 0; i < query->out_count; i++)
        if (!read_column(c, r, i, query->out[i], &values[i])) {
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
        rc = next_result(c, deadline_ms, &r, query->name);
        if (rc != ERR_OK || !r)
            break;
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
            if (!checked && found == ERR_OK)
                found = check_columns(r, query);
            checked = true;
            if (status == PGRES_SINGLE_TUPLE && found == ERR_OK)
                found = give_row(c, r, query, values, row, arg);
        } else if (status != PGRES_COMMAND_OK && found == ERR_OK) {
            found = meaning_of(c, r, query->name);
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
        FAIL(lose(c, ERR_RETRY, query->name));
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
