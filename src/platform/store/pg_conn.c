/*
 * One PostgreSQL connection.
 *
 * Every wait is ours: the socket is non-blocking, and each answer has a deadline after which the
 * connection is closed. Neither TCP timeouts nor libpq's connect_timeout notice a frozen server,
 * whose kernel goes on acknowledging; measured in a fail-over drill, a blocking client hung as long
 * as the server was frozen.
 */
#include "platform/store/pg.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>
#include <poll.h>

#define GRACE_MS 500 /* beyond the server's own limit */

/* --- waiting ------------------------------------------------------------------------------- */

int64_t pg_deadline(int64_t statement_ms)
{
    return statement_ms ? clock_monotonic_ms() + statement_ms + GRACE_MS : 0;
}

enum err pg_wait_socket(struct pg_conn *c, short events, int64_t deadline_ms)
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
enum err pg_lose(struct pg_conn *c, enum err why, const char *during)
{
    if (!c->lost)
        LOG(LOG_WARN, "db.lost", LOG_C("during", during), LOG_C("reason", err_name(why)),
            LOG_C("host", PQhost(c->handle)), LOG_C("detail", PQerrorMessage(c->handle)));
    c->lost = true;
    return why;
}

/* Sends what is buffered and waits for the next result; NULL at the end of the statement. */
enum err pg_next_result(struct pg_conn *c, int64_t deadline_ms, PGresult **out, const char *during)
{
    enum err rc = ERR_OK;
    int unsent;
    *out = NULL;
    while ((unsent = PQflush(c->handle)) == 1) {
        TRY(pg_wait_socket(c, POLLIN | POLLOUT, deadline_ms));
        if (!PQconsumeInput(c->handle))
            FAIL(ERR_RETRY);
    }
    if (unsent < 0)
        FAIL(ERR_RETRY);
    while (PQisBusy(c->handle)) {
        TRY(pg_wait_socket(c, POLLIN, deadline_ms));
        if (!PQconsumeInput(c->handle))
            FAIL(ERR_RETRY);
    }
    *out = PQgetResult(c->handle);
out:
    return rc == ERR_OK ? rc : pg_lose(c, rc, during);
}

/* --- what the server's codes mean ---------------------------------------------------------- */

static enum err say(enum log_level level, enum err rc, const PGresult *r, const char *during)
{
    LOG(level, "db.postgres", LOG_C("during", during),
        LOG_C("code", PQresultErrorField(r, PG_DIAG_SQLSTATE)),
        LOG_C("detail", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)));
    return rc;
}

enum err pg_meaning_of(struct pg_conn *c, const PGresult *r, const char *during)
{
    const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    struct str s = str_from(code);
    c->unique = false;
    if (!code || PQstatus(c->handle) == CONNECTION_BAD)
        return pg_lose(c, ERR_RETRY, during);
    /* The server goes, has become a standby, or does not know our statement any more. */
    if (str_starts(s, STR("08")) || str_starts(s, STR("57P0")) || str_eq(s, STR("25006")) ||
        str_starts(s, STR("25P0")) || str_eq(s, STR("26000")) || str_eq(s, STR("42P05")) ||
        str_eq(s, STR("0A000")))
        return pg_lose(c, ERR_RETRY, during);
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

void pg_take_notice(void *arg, const PGresult *r)
{
    struct pg_conn *c = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    bool warning = severity && strcmp(severity, "WARNING") == 0;
    c->warned = c->warned || warning;
    LOG(warning ? LOG_WARN : LOG_DEBUG, "db.notice",
        LOG_C("code", PQresultErrorField(r, PG_DIAG_SQLSTATE)),
        LOG_C("detail", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)));
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
        return pg_lose(c, ERR_RETRY, during);
    for (;;) {
        rc = pg_next_result(c, deadline_ms, &r, during);
        if (rc != ERR_OK)
            return first != ERR_OK && first != ERR_RETRY ? first : rc;
        if (!r)
            return first;
        ExecStatusType status = PQresultStatus(r);
        if (first == ERR_OK && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
            status != PGRES_EMPTY_QUERY)
            first = pg_meaning_of(c, r, during);
        if (tag)
            snprintf(tag, 64, "%s", PQcmdStatus(r));
        PQclear(r);
    }
}
