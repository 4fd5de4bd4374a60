/*
 * For those who run the program: is it alive, can it serve, how is it doing (Prometheus text
 * format 0.0.4). Metrics are for loopback or the bearer of a token; they hold no personal data.
 */
#include "platform/web/web_priv.h"

#include <sodium.h>

enum err web_health_live(struct req *r)
{
    buf_cstr(resp_text(r, 200), "ok\n");
    return ERR_OK;
}

enum err web_health_ready(struct req *r)
{
    enum err rc = db_ping(r->app->db);
    struct buf *out = resp_text(r, rc == ERR_OK ? 200 : 503);
    buf_cstr(out, rc == ERR_OK ? "ready\n" : "database unavailable\n");
    if (rc != ERR_OK)
        resp_header(r, "Retry-After", STR("5"));
    return ERR_OK;
}

static bool may_read_metrics(struct req *r)
{
    struct str given = req_header(r, "Authorization");
    if (r->app->metrics_token) {
        struct str wanted = arena_printf(r->arena, "Bearer %s", r->app->metrics_token);
        return given.n == wanted.n && sodium_memcmp(given.p, wanted.p, wanted.n) == 0;
    }
    /* A proxy on this machine that was not named as trusted makes everybody look like loopback. */
    if (req_header(r, "X-Forwarded-For").p || req_header(r, "Forwarded").p ||
        req_header(r, "Via").p)
        return false;
    return str_starts(r->http->address, STR("127.")) || str_eq(r->http->address, STR("::1"));
}

static void gauge(struct buf *out, const char *name, const char *help, int64_t v)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help, name, name,
               (long long)v);
}

static void counter(struct buf *out, const char *name, const char *help, int64_t v)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n%s %lld\n", name, help, name, name,
               (long long)v);
}

static void write_requests(struct buf *out, struct web_counters *c)
{
    buf_cstr(out, "# HELP aimak_responses_total Answers by class of status\n"
                  "# TYPE aimak_responses_total counter\n");
    for (int i = 1; i < 6; i++)
        buf_printf(out, "aimak_responses_total{class=\"%dxx\"} %lld\n", i, (long long)c->status[i]);
    buf_cstr(out, "# HELP aimak_request_seconds Time in a worker\n"
                  "# TYPE aimak_request_seconds histogram\n");
    int64_t sum = 0;
    for (int i = 0; i <= LATENCY_BUCKETS; i++) {
        sum += c->latency[i];
        buf_cstr(out, "aimak_request_seconds_bucket{le=\"");
        if (i < LATENCY_BUCKETS)
            buf_double(out, (double)web_latency_bounds_us[i] / 1e6);
        else
            buf_cstr(out, "+Inf");
        buf_printf(out, "\"} %lld\n", (long long)sum);
    }
    buf_cstr(out, "aimak_request_seconds_sum ");
    buf_double(out, (double)c->latency_sum_us / 1e6);
    buf_printf(out, "\naimak_request_seconds_count %lld\n", (long long)sum);
    counter(out, "aimak_csrf_refused_total", "Requests refused as caused by another site",
            c->csrf_refused);
    int64_t limited = 0;
    for (int i = 0; i < RATE__MAX; i++)
        limited += c->rate_refused[i];
    counter(out, "aimak_rate_limited_total", "Requests refused by a rate limit", limited);
}

static void write_server(struct buf *out, const struct http_server *server)
{
    struct http_server_stats s;
    http_server_stats(server, &s);
    counter(out, "aimak_http_requests_total", "Requests read", s.requests);
    counter(out, "aimak_http_refused_busy_total", "Refused because a queue was full",
            s.refused_busy);
    counter(out, "aimak_http_refused_bad_total", "Refused as malformed", s.refused_bad);
    gauge(out, "aimak_http_connections", "Open connections", s.connections_now);
    gauge(out, "aimak_http_queue", "Requests waiting for a worker", s.queue_now);
    gauge(out, "aimak_http_queue_peak", "Most requests that ever waited", s.queue_peak);
    gauge(out, "aimak_http_body_bytes", "Request bodies in memory", s.body_bytes_now);
}

static void write_store(struct buf *out, struct db *db)
{
    struct db_stats s;
    db_stats(db, &s);
    counter(out, "aimak_db_reads_total", "Snapshots read", s.reads);
    counter(out, "aimak_db_writes_total", "Transactions written", s.writes);
    counter(out, "aimak_db_commits_total", "Commits (one may hold many transactions)", s.commits);
    counter(out, "aimak_db_retries_total", "Transactions run again", s.retries);
    counter(out, "aimak_db_busy_total", "Callers turned away by a full queue", s.busy);
    gauge(out, "aimak_db_queue", "Writers waiting", s.queue_now);
    gauge(out, "aimak_db_wal_bytes", "Write-ahead log", s.wal_bytes);
}

enum err web_health_metrics(struct req *r)
{
    if (!may_read_metrics(r))
        return ERR_DENIED;
    struct buf *out = resp_bytes(r, 200, "text/plain; version=0.0.4; charset=utf-8");
    buf_printf(out,
               "# HELP aimak_build_info Version\n# TYPE aimak_build_info gauge\n"
               "aimak_build_info{version=\"%s\"} 1\n",
               AIMAK_VERSION);
    write_requests(out, &r->app->web->counters);
    if (r->app->server)
        write_server(out, r->app->server);
    write_store(out, r->app->db);
    for (size_t i = 0; i < r->app->slice_count; i++)
        if (r->app->slices[i]->metrics)
            r->app->slices[i]->metrics(r->app, out);
    return ERR_OK;
}
