/*
 * The HTTP server: libmicrohttpd reads and sends, this file decides, workers answer.
 *
 * An exchange is one request and its answer. It begins when the library has read the request line
 * (begin), goes through the callback on_request several times (head; body, piece by piece; end),
 * and ends in on_completed. Between end and answer the connection is suspended and a worker has
 * the exchange alone.
 *
 * What the library demands of suspending (its manual, section "Suspend and resume"):
 *   - suspend in the callback, and before the worker can possibly resume;
 *   - queue the answer in the callback that follows the resume, in the I/O thread;
 *   - nothing may be suspended when the daemon stops, or it aborts the process.
 * MHD_quiesce_daemon is not used: with a pool of epoll threads it and the thread may both remove
 * the listening socket, and the second to come aborts. New connections are turned away by policy.
 */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/server_parts.h"

#include <microhttpd.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_MEMORY = 32 * 1024,  /* of the library per connection: request head, answer head */
    LARGEST_HEAD = 16 * 1024, /* leaves room for the head of the answer */
    MOST_HEADERS = 100,
    FIRST_BODY_ROOM = 64 * 1024,
    FLUSH_AFTER_GRACE_MS = 500,
};

struct http_server {
    struct http_server_options options;
    struct MHD_Daemon *daemon;
    struct workers *workers;
    struct connections *connections;
    int listener, port;
    atomic_bool stopping;
    atomic_llong active; /* exchanges begun and not completed */
    pthread_mutex_t idle_lock;
    pthread_cond_t idle;
    atomic_llong requests, refused_busy, refused_bad, status_class[6], body_bytes;
};

struct exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct connection *one;
    enum { STEP_HEAD, STEP_BODY, STEP_WORK, STEP_SENT } step;
    atomic_int refs; /* the connection, the answer's body, an abandoned worker */
    atomic_bool abandoned;
    bool close, cut_short;
    struct http_request request;
    struct http_response response;
    char *room; /* copy of the head, headers, decoded path */
    char *body;
    size_t body_size, body_cap;
    int64_t body_limit, body_started_ms;
    const char *target_at, *body_at; /* in the library's buffer; for http_framing_* only */
    bool chunked;
    char address[48];
    size_t target_size;
    char target[];
};

/* --- life of an exchange --- */

static void exchange_release(void *arg)
{
    struct exchange *ex = arg;
    if (atomic_fetch_sub(&ex->refs, 1) > 1)
        return;
    if (ex->response.file_fd >= 0)
        close(ex->response.file_fd);
    buf_free(&ex->response.headers);
    buf_free(&ex->response.body);
    atomic_fetch_sub(&ex->server->body_bytes, (long long)ex->body_cap);
    free(ex->body);
    free(ex->room);
    free(ex);
}

static void *begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_server *s = arg;
    size_t n = strlen(target);
    struct exchange *ex = err_memory(calloc(1, sizeof(*ex) + n + 1));
    memcpy(ex->target, target, n);
    ex->target_size = n;
    ex->target_at = target;
    ex->server = s;
    ex->connection = connection;
    ex->one =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    ex->response.file_fd = -1;
    atomic_store(&ex->refs, 1);
    ex->request.target = str_of(ex->target, n);
    snprintf(ex->request.id, sizeof(ex->request.id), "%016llx", (unsigned long long)random_u64());
    memcpy(ex->address, ex->one->address, sizeof(ex->address));
    ex->request.address = str_from(ex->address);
    atomic_fetch_add(&s->active, 1);
    atomic_fetch_add_explicit(&s->requests, 1, memory_order_relaxed);
    return ex;
}

/* How long sending or reading `bytes` may take, from now. */
static int64_t deadline_for(const struct http_server *s, int64_t from_ms, int64_t bytes)
{
    return from_ms + s->options.grace_s * MS_SECOND +
           bytes * MS_SECOND / s->options.bytes_per_second;
}

/* --- answering --- */

static void count_status(struct http_server *s, int status)
{
    if (status == 503)
        atomic_fetch_add_explicit(&s->refused_busy, 1, memory_order_relaxed);
    else if (status >= 400 && status < 500)
        atomic_fetch_add_explicit(&s->refused_bad, 1, memory_order_relaxed);
}

static void count_class(struct http_server *s, int status)
{
    int class = status / 100;
    if (class > 0 && class < 6)
        atomic_fetch_add_explicit(&s->status_class[class], 1, memory_order_relaxed);
}

/* Gives the header lines to the library, which wants each as two C strings. */
static void add_headers(struct MHD_Response *to, struct buf *lines)
{
    for (size_t at = 0; at < lines->n;) {
        char *line = lines->p + at;
        char *end = memchr(line, '\r', lines->n - at);
        char *colon = end ? memchr(line, ':', (size_t)(end - line)) : NULL;
        if (!colon)
            return;
        *colon = *end = '\0';
        const char *value = colon + 1;
        while (*value == ' ')
            value++;
        if (*value) /* the library takes no empty value, and none of the headers it makes itself */
            (void)MHD_add_response_header(to, line, value);
        at = (size_t)(end - lines->p) + 2;
    }
}

static struct MHD_Response *make_response(struct exchange *ex, struct http_response *r)
{
    if (r->file_fd >= 0) {
        int fd = r->file_fd;
        r->file_fd = -1;
        return MHD_create_response_from_fd64((uint64_t)r->file_size, fd);
    }
    if (r->static_body)
        return MHD_create_response_from_buffer(r->static_size, (void *)(uintptr_t)r->static_body,
                                               MHD_RESPMEM_PERSISTENT);
    if (r->body.n == 0)
        return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (r != &ex->response)
        return MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_COPY);
    atomic_fetch_add(&ex->refs, 1);
    return MHD_create_response_from_buffer_with_free_callback_cls(r->body.n, r->body.p,
                                                                  exchange_release, ex);
}

static int64_t response_size(const struct http_response *r)
{
    return r->file_fd >= 0 ? r->file_size : (int64_t)(r->static_body ? r->static_size : r->body.n);
}

/* Hands the answer to the library. MHD_NO (which closes the connection) if it cannot be sent. */
static enum MHD_Result send_response(struct exchange *ex, struct http_response *r)
{
    struct http_server *s = ex->server;
    if (atomic_load(&s->stopping))
        ex->close = true;
    int64_t deadline = deadline_for(s, clock_monotonic_ms(), response_size(r));
    if (!connection_enter(ex->one, STAGE_SEND, deadline))
        return MHD_NO;
    struct MHD_Response *response = make_response(ex, r);
    INVARIANT(response != NULL);
    add_headers(response, &r->headers);
    (void)MHD_add_response_header(response, "X-Request-Id", ex->request.id);
    if (ex->close)
        (void)MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result sent = MHD_queue_response(ex->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    ex->step = STEP_SENT;
    if (sent == MHD_YES)
        count_class(s, r->status);
    return sent;
}

static void fill_refusal(struct exchange *ex, int status, struct http_response *out)
{
    *out = (struct http_response){.status = status, .file_fd = -1};
    if (status == 503)
        http_response_header(out, "Retry-After", STR("2"));
    if (ex->server->options.refuse) {
        ex->server->options.refuse(ex->server->options.arg, &ex->request, out);
        out->status = status;
        return;
    }
    http_response_header(out, "Content-Type", STR("text/plain; charset=utf-8"));
    buf_printf(&out->body, "%d %s\n", status, MHD_get_reason_phrase_for((unsigned)status));
}

/* A refusal by the server itself, in place of a handler's answer. */
static enum MHD_Result refuse(struct exchange *ex, int status, bool close_after)
{
    struct http_response r;
    fill_refusal(ex, status, &r);
    ex->close = ex->close || close_after;
    count_status(ex->server, status);
    enum MHD_Result sent = send_response(ex, &r);
    buf_free(&r.headers);
    buf_free(&r.body);
    return sent;
}

/*
 * A refusal while a body is still coming in, when the library takes no answer: written straight to
 * the socket, on which nothing of this exchange has been sent; the connection must be closed next.
 */
static void refuse_on_socket(struct exchange *ex, int status)
{
    struct http_response r;
    struct buf text = BUF_EMPTY;
    fill_refusal(ex, status, &r);
    count_status(ex->server, status);
    count_class(ex->server, status);
    buf_printf(&text, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\nConnection: close\r\n", status,
               MHD_get_reason_phrase_for((unsigned)status), r.body.n);
    buf_printf(&text, "X-Request-Id: %s\r\n", ex->request.id);
    buf_str(&text, buf_view(&r.headers));
    buf_cstr(&text, "\r\n");
    if (!str_eq(ex->request.method, STR("HEAD")))
        buf_str(&text, buf_view(&r.body));
    (void)!send(ex->one->socket, text.p, text.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    ex->close = ex->cut_short = true;
    buf_free(&text);
    buf_free(&r.headers);
    buf_free(&r.body);
}

/* --- workers --- */

/* The library would try for ever to send bytes that a file does not have. */
static void check_file(struct exchange *ex)
{
    struct http_response *r = &ex->response;
    struct stat st;
    if (r->file_fd < 0 ||
        (r->file_size >= 0 && fstat(r->file_fd, &st) == 0 && st.st_size >= r->file_size))
        return;
    LOG(LOG_ERROR, "http.short_file", LOG_S("path", ex->request.path),
        LOG_I("promised", r->file_size));
    close(r->file_fd);
    r->file_fd = -1;
    buf_clear(&r->headers);
    r->status = 500;
}

static void run(void *job)
{
    struct exchange *ex = job;
    if (atomic_load(&ex->abandoned))
        return;
    struct http_server *s = ex->server;
    log_set_request(str_from(ex->request.id));
    s->options.handle(s->options.arg, &ex->request, &ex->response);
    if (ex->response.status < 100 || ex->response.status > 599) {
        LOG(LOG_ERROR, "http.no_status", LOG_S("path", ex->request.path),
            LOG_I("status", ex->response.status));
        ex->response.status = 500;
    }
    check_file(ex);
    http_gzip_response(&ex->request, &ex->response);
    log_set_request(STR(""));
}

static void finish(void *job)
{
    struct exchange *ex = job;
    if (atomic_load(&ex->abandoned))
        exchange_release(ex);
    else
        MHD_resume_connection(ex->connection); /* the I/O thread may free `ex` from here on */
}

/* The server stops and will not wait for this one any longer. */
static void abandon_waiting(void *job)
{
    struct exchange *ex = job;
    atomic_store(&ex->abandoned, true);
    MHD_resume_connection(ex->connection);
}

static void abandon_running(void *job)
{
    struct exchange *ex = job;
    atomic_fetch_add(&ex->refs, 1);
    abandon_waiting(ex);
}

static enum MHD_Result dispatch(struct exchange *ex)
{
    struct http_server *s = ex->server;
    ex->request.body = str_of(ex->body ? ex->body : "", ex->body_size);
    if (!connection_enter(ex->one, STAGE_WORK, INT64_MAX))
        return MHD_NO;
    if (!workers_reserve(s->workers))
        return refuse(ex, 503, atomic_load(&s->stopping));
    ex->step = STEP_WORK;
    MHD_suspend_connection(ex->connection);
    workers_push(s->workers, ex);
    return MHD_YES;
}

static enum MHD_Result answer(struct exchange *ex)
{
    if (atomic_load(&ex->abandoned))
        return refuse(ex, 503, true);
    return send_response(ex, &ex->response);
}

/* --- reading a request --- */

struct header_list {
    struct http_header each[MOST_HEADERS];
    size_t n;
    bool too_many;
};

static enum MHD_Result collect_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                      size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    struct header_list *list = arg;
    if (list->n == MOST_HEADERS) {
        list->too_many = true;
        return MHD_NO;
    }
    list->each[list->n].name = str_of(name, name_size);
    list->each[list->n].value = str_of(value ? value : "", value ? value_size : 0);
    list->n++;
    return MHD_YES;
}

/* Copies the head, so that an abandoned worker may still look at it when the connection is gone. */
static void keep_head(struct exchange *ex, const struct http_head *head)
{
    size_t list_size = head->header_count * sizeof(struct http_header);
    ex->room = err_memory(malloc(list_size + head->size + ex->target_size + 1));
    struct http_header *list = (struct http_header *)(void *)ex->room;
    char *copy = ex->room + list_size;
    memcpy(copy, head->method, head->size);
    for (size_t i = 0; i < head->header_count; i++) {
        struct str name = head->headers[i].name, value = head->headers[i].value;
        list[i].name = str_of(copy + (name.p - head->method), name.n);
        list[i].value = str_trim(str_of(copy + (value.p - head->method), value.n));
    }
    ex->request.method = str_from(copy);
    ex->request.headers = list;
    ex->request.header_count = head->header_count;
}

static char *path_room(struct exchange *ex, const struct http_head *head)
{
    return ex->room + head->header_count * sizeof(struct http_header) + head->size;
}

/* The proxy appends the address it saw: only the last element of the last line is its word. */
static void believe_proxy(struct exchange *ex)
{
    struct str last = STR_NULL;
    for (size_t i = 0; i < ex->request.header_count; i++)
        if (str_eq_nocase_ascii(ex->request.headers[i].name, STR("X-Forwarded-For")))
            last = ex->request.headers[i].value;
    struct str rest = last, part, client = STR_NULL;
    while (str_split(&rest, ',', &part))
        client = str_trim(part);
    unsigned char scrap[16];
    char text[sizeof(ex->address)];
    if (client.n > 0 && client.n < sizeof(text)) {
        snprintf(text, sizeof(text), "%.*s", STRF(client));
        if (inet_pton(AF_INET, text, scrap) == 1 || inet_pton(AF_INET6, text, scrap) == 1) {
            memcpy(ex->address, text, sizeof(text));
            ex->request.address = str_from(ex->address);
        }
    }
    ex->request.secure =
        str_eq_nocase_ascii(http_request_header(&ex->request, "X-Forwarded-Proto"), STR("https"));
}

/* The body is announced: is it wanted, and how much of it? */
static enum MHD_Result expect_body(struct exchange *ex, int64_t length)
{
    struct http_server *s = ex->server;
    ex->body_limit =
        s->options.body_limit
            ? s->options.body_limit(s->options.arg, ex->request.method, ex->request.path)
            : 0;
    if (ex->body_limit < 0) {
        ex->close = true;
        return dispatch(ex);
    }
    if (length > ex->body_limit)
        return refuse(ex, 413, true);
    if (atomic_load_explicit(&s->body_bytes, memory_order_relaxed) >= s->options.body_memory)
        return refuse(ex, 503, true);
    return MHD_YES;
}

static enum MHD_Result read_head(struct exchange *ex, const char *method, const char *version)
{
    struct header_list list;
    list.n = 0;
    list.too_many = false;
    (void)MHD_get_connection_values_n(ex->connection, MHD_HEADER_KIND, collect_header, &list);
    struct http_head head = {
        .method = method,
        .target = ex->target_at,
        .target_size = ex->target_size,
        .version = version,
        .size = MHD_get_connection_info(ex->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
                    ->header_size,
        .headers = list.each,
        .header_count = list.n,
    };
    if (list.too_many || head.size > LARGEST_HEAD)
        return refuse(ex, 431, true);
    struct http_framing framing;
    if (http_framing_check(&head, &framing) != ERR_OK)
        return refuse(ex, 400, true);
    keep_head(ex, &head);
    struct http_target target;
    if (http_target_parse(ex->request.target, path_room(ex, &head), &target) != ERR_OK)
        return refuse(ex, 400, true);
    ex->request.path = target.path;
    ex->request.query = target.query;
    if (ex->one->trusted)
        believe_proxy(ex);
    ex->close = framing.keep_alive_unsafe;
    ex->chunked = framing.chunked;
    ex->body_at = method + head.size;
    ex->step = STEP_BODY;
    ex->body_started_ms = clock_monotonic_ms();
    if (!connection_enter(ex->one, STAGE_BODY, deadline_for(ex->server, ex->body_started_ms, 0)))
        return MHD_NO;
    return framing.length == 0 ? MHD_YES : expect_body(ex, framing.length);
}

/* Room for n more bytes, within the memory that all bodies may take together. */
static bool grow_body(struct exchange *ex, size_t n)
{
    struct http_server *s = ex->server;
    if (n <= ex->body_cap - ex->body_size)
        return true;
    size_t cap = ex->body_cap ? 2 * ex->body_cap : FIRST_BODY_ROOM;
    while (cap < ex->body_size + n)
        cap *= 2;
    if (cap > (size_t)ex->body_limit)
        cap = (size_t)ex->body_limit;
    long long more = (long long)(cap - ex->body_cap);
    if (atomic_fetch_add(&s->body_bytes, more) + more > s->options.body_memory) {
        atomic_fetch_sub(&s->body_bytes, more);
        return false;
    }
    ex->body = err_memory(realloc(ex->body, cap));
    ex->body_cap = cap;
    return true;
}

static enum MHD_Result read_body(struct exchange *ex, const char *bytes, size_t n)
{
    if (ex->chunked && bytes >= ex->body_at &&
        !http_framing_chunk(str_of(ex->body_at, (size_t)(bytes - ex->body_at)))) {
        refuse_on_socket(ex, 400);
        return MHD_NO;
    }
    if (n > (size_t)ex->body_limit - ex->body_size) {
        refuse_on_socket(ex, 413);
        return MHD_NO;
    }
    if (!grow_body(ex, n)) {
        refuse_on_socket(ex, 503);
        return MHD_NO;
    }
    memcpy(ex->body + ex->body_size, bytes, n);
    ex->body_size += n;
    int64_t deadline = deadline_for(ex->server, ex->body_started_ms, (int64_t)ex->body_size);
    return connection_enter(ex->one, STAGE_BODY, deadline) ? MHD_YES : MHD_NO;
}

/* --- what the library calls --- */

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    (void)arg, (void)connection, (void)url;
    struct exchange *ex = *context;
    switch (ex->step) {
    case STEP_HEAD:
        return read_head(ex, method, version);
    case STEP_BODY: {
        if (*upload_size == 0)
            return dispatch(ex);
        size_t n = *upload_size;
        *upload_size = 0;
        return read_body(ex, upload, n);
    }
    case STEP_WORK:
        return answer(ex);
    case STEP_SENT:
        break;
    }
    return MHD_NO;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    (void)connection;
    struct http_server *s = arg;
    struct exchange *ex = *context;
    if (!ex)
        return;
    *context = NULL;
    if (ex->step == STEP_HEAD &&
        why == MHD_REQUEST_TERMINATED_WITH_ERROR) /* refused unseen by us */
        count_status(s, 400);
    if (ex->step == STEP_BODY && !ex->cut_short && atomic_load(&ex->one->stage) == STAGE_CUT)
        refuse_on_socket(ex, 408);
    ex->one->linger = ex->close;
    (void)connection_enter(ex->one, STAGE_HEAD,
                           clock_monotonic_ms() + s->options.idle_timeout_s * MS_SECOND);
    exchange_release(ex);
    if (atomic_fetch_sub(&s->active, 1) == 1 && atomic_load(&s->stopping)) {
        pthread_mutex_lock(&s->idle_lock);
        pthread_cond_signal(&s->idle);
        pthread_mutex_unlock(&s->idle_lock);
    }
}

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

/* Running out of descriptors makes the library stop accepting altogether. */
static void make_room_for_sockets(struct http_server_options *o)
{
    struct rlimit limit;
    rlim_t others = 512, wanted = (rlim_t)o->connections + others;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted) {
        o->connections =
            (int)(limit.rlim_cur > 2 * others ? limit.rlim_cur - others : limit.rlim_cur / 2);
        LOG(LOG_WARN, "http.few_descriptors", LOG_I("limit", limit.rlim_cur),
            LOG_I("connections", o->connections));
    }
}

static enum err open_listener(struct http_server *s)
{
    enum err rc = ERR_CONFIG;
    int fd = -1;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    char host[256];
    struct str listen_at = str_from(s->options.listen);
    const char *colon = listen_at.p ? strrchr(listen_at.p, ':') : NULL;
    if (!colon)
        FAIL(ERR_CONFIG);
    struct str name = str_of(listen_at.p, (size_t)(colon - listen_at.p));
    if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
        name = str_slice(name, 1, name.n - 2);
    uint64_t port;
    if (name.n >= sizeof(host) || !str_to_u64(str_from(colon + 1), &port) || port > UINT16_MAX)
        FAIL(ERR_CONFIG);
    snprintf(host, sizeof(host), "%.*s", STRF(name));
    if (getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found) != 0)
        FAIL(ERR_CONFIG);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &size) != 0)
        FAIL(ERR_IO);
    /* The port stands at the same place in both address families. */
    s->port = ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
    s->listener = fd;
    fd = -1;
    rc = ERR_OK;
out:
    if (rc != ERR_OK)
        LOG(LOG_ERROR, "http.listen_failed", LOG_S("listen", listen_at),
            LOG_I("errno", rc == ERR_IO ? errno : 0));
    if (fd >= 0)
        close(fd);
    if (found)
        freeaddrinfo(found);
    return rc;
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
        s, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        s->listener, MHD_OPTION_ARRAY, pool, MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
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
    make_room_for_sockets(&s->options);
    pthread_mutex_init(&s->idle_lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->connections = connections_new(s->options.per_address, s->options.trusted_proxy);
    TRY(open_listener(s));
    s->workers = workers_start(s->options.workers, s->options.queue, run, finish);
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
        workers_abandon(s->workers, abandon_waiting, abandon_running);
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
