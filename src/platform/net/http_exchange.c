/*
 * One request and its answer: libmicrohttpd reads and sends, this file decides, workers answer.
 *
 * An exchange begins when the library has read the request line, goes through exchange_proceed
 * several times (head; body, piece by piece; end), and ends in exchange_end. Between end and
 * answer the connection is suspended and a worker has the exchange alone.
 *
 * What the library demands of suspending (its manual, section "Suspend and resume"):
 *   - suspend in the callback, and before the worker can possibly resume;
 *   - queue the answer in the callback that follows the resume, in the I/O thread;
 *   - nothing may be suspended when the daemon stops, or it aborts the process.
 */
#include "platform/net/http_exchange.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LARGEST_HEAD = HTTP_HEAD_MEMORY / 2, /* leaves room for the head of the answer */
    MOST_HEADERS = 100,
    FIRST_BODY_ROOM = 64 * 1024,
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

/* The library would take the query apart as well, at some 60 bytes of the head's memory for each
 * name, and a query of 500 names would get no answer at all: without memory left it cannot even
 * refuse. Queries are read by http_target.c, so in the library's own copy (its buffer, and
 * writable) the query becomes one long name. Lengths stay, which is all that http_framing.c looks
 * at. */
static void hide_query(const char *target, size_t n)
{
    char *at = (char *)(uintptr_t)target, *end = at + n;
    while ((at = memchr(at, '&', (size_t)(end - at))))
        *at++ = '_';
}

void *exchange_begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_server *s = arg;
    size_t n = strlen(target);
    struct exchange *ex = err_memory(calloc(1, sizeof(*ex) + n + 1));
    memcpy(ex->target, target, n);
    hide_query(target, n);
    ex->target_size = n;
    ex->target_at = target;
    ex->server = s;
    ex->connection = connection;
    ex->one =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    exchange_lost(s, ex->one);
    ex->one->exchange = ex;
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

static void count_refusal(struct http_server *s, int status)
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
        if (out->status / 100 != status / 100)
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
    count_refusal(ex->server, status);
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
    count_refusal(ex->server, status);
    count_class(ex->server, status);
    buf_printf(&text, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\nConnection: close\r\n", r.status,
               MHD_get_reason_phrase_for((unsigned)r.status), r.body.n);
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

void exchange_run(void *job)
{
    struct exchange *ex = job;
    if (atomic_load(&ex->abandoned))
        return;
    struct http_server *s = ex->server;
    log_set_request(str_from(ex->request.id));
    s->options.handle(s->options.arg, &ex->request, &ex->response);
    if (ex->response.status < 200 || ex->response.status > 599) {
        LOG(LOG_ERROR, "http.no_status", LOG_S("path", ex->request.path),
            LOG_I("status", ex->response.status));
        ex->response.status = 500;
    }
    check_file(ex);
    http_gzip_response(&ex->request, &ex->response);
    log_set_request(STR(""));
}

void exchange_finish(void *job)
{
    struct exchange *ex = job;
    if (atomic_load(&ex->abandoned))
        exchange_release(ex);
    else
        MHD_resume_connection(ex->connection); /* the I/O thread may free `ex` from here on */
}

/* The server stops and will not wait for this one any longer. */
void exchange_abandon_waiting(void *job)
{
    struct exchange *ex = job;
    atomic_store(&ex->abandoned, true);
    MHD_resume_connection(ex->connection);
}

void exchange_abandon_running(void *job)
{
    struct exchange *ex = job;
    atomic_fetch_add(&ex->refs, 1);
    exchange_abandon_waiting(ex);
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
        http_forwarded(&ex->request, ex->address, sizeof(ex->address));
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

enum MHD_Result exchange_proceed(void *arg, struct MHD_Connection *connection, const char *url,
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

static void leave(struct http_server *s, struct exchange *ex)
{
    ex->one->exchange = NULL;
    exchange_release(ex);
    if (atomic_fetch_sub(&s->active, 1) == 1 && atomic_load(&s->stopping)) {
        pthread_mutex_lock(&s->idle_lock);
        pthread_cond_signal(&s->idle);
        pthread_mutex_unlock(&s->idle_lock);
    }
}

void exchange_lost(struct http_server *s, struct connection *one)
{
    struct exchange *ex = one->exchange;
    if (!ex)
        return;
    if (ex->step == STEP_HEAD)
        refuse_on_socket(ex, 431);
    one->linger = true;
    leave(s, ex);
}

void exchange_end(void *arg, struct MHD_Connection *connection, void **context,
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
        count_refusal(s, 400);
    if (ex->step == STEP_BODY && !ex->cut_short && atomic_load(&ex->one->stage) == STAGE_CUT)
        refuse_on_socket(ex, 408);
    ex->one->linger = ex->close || why == MHD_REQUEST_TERMINATED_WITH_ERROR;
    (void)connection_enter(ex->one, STAGE_HEAD,
                           clock_monotonic_ms() + s->options.idle_timeout_s * MS_SECOND);
    leave(s, ex);
}
