/*
 * The HTTP server: starting, stopping, counting. See http_exchange.c for what happens to a request.
 *
 * Stopping: new connections are turned away, those in hand finish; then nothing is left suspended,
 * the workers end, and last the library. MHD_quiesce_daemon is not used: with a pool of epoll
 * threads it and the thread may both remove the listening socket, and the second to come aborts
 * the process. New connections are turned away by policy instead.
 */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/http_exchange.h"

#include <errno.h>
#include <unistd.h>

enum { FLUSH_AFTER_GRACE_MS = 500 };

static enum MHD_Result on_address(void *arg, const struct sockaddr *address, socklen_t size)
{
    (void)size;
    struct http_server *s = arg;
    return connections_admit(s->connections, address) ? MHD_YES : MHD_NO;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *s = arg;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        exchange_lost(s, *context);
        connections_remove(s->connections, *context);
        *context = NULL;
        return;
    }
    int socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const struct sockaddr *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    struct connection *one = connections_add(s->connections, socket, address);
    (void)connection_enter(one, STAGE_HEAD,
                           clock_monotonic_ms() + s->options.header_timeout_s * MS_SECOND);
    *context = one;
}

static void on_log(void *arg, const char *format, va_list args)
{
    (void)arg;
    char line[256];
    vsnprintf(line, sizeof(line), format, args);
    LOG(LOG_DEBUG, "http.library", LOG_C("message", line));
}

/* --- start and stop --- */

static void set_defaults(struct http_server_options *o)
{
    o->io_threads = o->io_threads ? o->io_threads : 2;
    o->workers = o->workers ? o->workers : 48;
    o->queue = o->queue ? o->queue : 512;
    o->connections = o->connections ? o->connections : 1024;
    o->header_timeout_s = o->header_timeout_s ? o->header_timeout_s : 10;
    o->idle_timeout_s = o->idle_timeout_s ? o->idle_timeout_s : 30;
    o->grace_s = o->grace_s ? o->grace_s : 20;
    o->bytes_per_second = o->bytes_per_second ? o->bytes_per_second : 2048;
    o->body_memory = o->body_memory ? o->body_memory : 96 * 1024 * 1024;
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
    const struct http_server_options *o = &s->options;
    /* A pool of one is no pool. */
    struct MHD_OptionItem pool[] = {
        {o->io_threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->io_threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, on_address,
        s, exchange_proceed, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        s->listener, MHD_OPTION_ARRAY, pool, MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, s, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_end, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
}

static void free_server(struct http_server *s)
{
    connections_free(s->connections);
    pthread_cond_destroy(&s->idle);
    pthread_mutex_destroy(&s->idle_lock);
    free(s);
}

enum err http_server_start(struct http_server **out, const struct http_server_options *options)
{
    enum err rc = ERR_OK;
    *out = NULL;
    struct http_server *s = err_memory(calloc(1, sizeof(*s)));
    s->options = *options;
    set_defaults(&s->options);
    s->options.connections = http_listen_room(s->options.connections);
    pthread_mutex_init(&s->idle_lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->connections = connections_new(s->options.per_address, s->options.trusted_proxy);
    TRY(http_listen(s->options.listen, &s->listener, &s->port));
    if (s->options.bound)
        s->options.bound(s->options.arg, s);
    s->workers = workers_start(s->options.workers, s->options.queue, exchange_run, exchange_finish);
    s->daemon = start_daemon(s);
    if (!s->daemon) {
        LOG(LOG_ERROR, "http.start_failed", LOG_I("errno", errno));
        close(s->listener);
        workers_close(s->workers);
        INVARIANT(workers_stop(s->workers, MS_MINUTE));
        FAIL(ERR_IO);
    }
    *out = s;
    s = NULL;
out:
    if (s)
        free_server(s);
    return rc;
}

int http_server_port(const struct http_server *s)
{
    return s->port;
}

/* Waits until every exchange is completed; false when that takes longer. */
static bool wait_idle(struct http_server *s, int64_t wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / MS_SECOND;
    until.tv_nsec += (long)(wait_ms % MS_SECOND) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    int rc = 0;
    pthread_mutex_lock(&s->idle_lock);
    while (atomic_load(&s->active) > 0 && rc == 0)
        rc = pthread_cond_timedwait(&s->idle, &s->idle_lock, &until);
    pthread_mutex_unlock(&s->idle_lock);
    return rc == 0;
}

bool http_server_stop(struct http_server *s, int64_t grace_ms)
{
    if (!s)
        return true;
    atomic_store(&s->stopping, true);
    connections_refuse_new(s->connections);
    bool idle = wait_idle(s, grace_ms);
    workers_close(s->workers);
    if (!idle) {
        workers_abandon(s->workers, exchange_abandon_waiting, exchange_abandon_running);
        idle = wait_idle(s, FLUSH_AFTER_GRACE_MS);
    }
    if (!idle)
        LOG(LOG_WARN, "http.stopped_early", LOG_I("unfinished", atomic_load(&s->active)));
    /* Workers first: none may be inside MHD_resume_connection when the daemon goes. */
    bool all_ended = workers_stop(s->workers, FLUSH_AFTER_GRACE_MS);
    MHD_stop_daemon(s->daemon);
    if (!all_ended) {
        LOG(LOG_ERROR, "http.handler_stuck");
        return false;
    }
    free_server(s);
    return true;
}

void http_server_stats(const struct http_server *s, struct http_server_stats *out)
{
    struct workers_count w;
    workers_count(s->workers, &w);
    *out = (struct http_server_stats){
        .requests = atomic_load_explicit(&s->requests, memory_order_relaxed),
        .refused_busy = atomic_load_explicit(&s->refused_busy, memory_order_relaxed),
        .refused_bad = atomic_load_explicit(&s->refused_bad, memory_order_relaxed),
        .connections_now = connections_now(s->connections),
        .queue_now = w.waiting,
        .queue_peak = w.peak,
        .body_bytes_now = atomic_load_explicit(&s->body_bytes, memory_order_relaxed),
    };
    for (size_t i = 0; i < COUNT_OF(out->status_class); i++)
        out->status_class[i] = atomic_load_explicit(&s->status_class[i], memory_order_relaxed);
}
