/*
 * Where PostgreSQL is and how a connection to it begins: the URL taken apart, the hosts tried one
 * by one, the session set up and checked.
 *
 * libpq would walk the list of hosts itself, but in a non-blocking connect nothing enforces its
 * connect_timeout: one frozen host, whose kernel still accepts, hides all behind it. So each host
 * is a connection attempt of its own with its own deadline, the one that served last first.
 */
#include "platform/store/pg.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <poll.h>

#define CONNECT_MS 2000 /* one host: TCP, TLS, password, first query */
#define OLDEST_SERVER 130000

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
            pg_wait_socket(c, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_ms);
        if (rc != ERR_OK)
            return rc;
        state = PQconnectPoll(c->handle);
    }
    if (PQstatus(c->handle) != CONNECTION_OK || PQsetnonblocking(c->handle, 1) != 0)
        return ERR_RETRY;
    PQsetNoticeReceiver(c->handle, pg_take_notice, c);
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
