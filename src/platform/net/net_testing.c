/* See net_testing.h. */
#include "platform/net/net_testing.h"

#include <fcntl.h>

struct client client_open(int port)
{
    struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int rc;
    do
        rc = connect(c.fd, (struct sockaddr *)&to, sizeof(to));
    while (rc != 0 && errno == EINTR);
    assert_int_equal(rc, 0);
    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return c;
}

void client_close(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    buf_free(&c->in);
}

/* False when the server has closed its end. */
bool client_send(struct client *c, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return true;
}

/* Reads some more; false at the end, on an error or when nothing comes for wait_ms. */
bool client_fill(struct client *c, int wait_ms)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (poll(&p, 1, wait_ms) <= 0)
        return false;
    char *to = buf_reserve(&c->in, 65536);
    ssize_t n = recv(c->fd, to, 65536, 0);
    if (n > 0)
        c->in.n += (size_t)n;
    return n > 0;
}

struct str reply_header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line, wanted = str_from(name);
    while (str_split(&rest, '\n', &line))
        if (line.n > wanted.n && line.p[wanted.n] == ':' &&
            str_eq_nocase_ascii(str_slice(line, 0, wanted.n), wanted))
            return str_trim(str_slice(line, wanted.n + 1, line.n));
    return STR_NULL;
}

/* The next answer, by its Content-Length. `head_only`: the answer to a HEAD. */
struct reply client_read(struct client *c, bool head_only, int wait_ms)
{
    struct reply r = {0};
    ptrdiff_t end;
    while ((end = str_find(buf_view(&c->in), STR("\r\n\r\n"))) < 0)
        if (!client_fill(c, wait_ms))
            return r;
    size_t head = (size_t)end + 4;
    r.head = str_slice(buf_view(&c->in), 0, head);
    int64_t length = 0;
    struct str said = reply_header(&r, "Content-Length");
    if (said.p && !head_only)
        assert_true(str_to_i64(said, &length));
    int64_t status = 0;
    assert_true(str_starts(r.head, STR("HTTP/1.1 ")));
    assert_true(str_to_i64(str_slice(r.head, 9, 3), &status));
    if (status == 304 || status == 204)
        length = 0;
    size_t whole = head + (size_t)length;
    while (c->in.n < whole)
        if (!client_fill(c, wait_ms))
            return (struct reply){0};
    INVARIANT(c->in.p);
    buf_put(&r.bytes, c->in.p, whole);
    r.head = str_slice(buf_view(&r.bytes), 0, head);
    r.body = str_slice(buf_view(&r.bytes), head, whole - head);
    r.status = (int)status;
    memmove(c->in.p, c->in.p + whole, c->in.n - whole);
    c->in.n -= whole;
    return r;
}

void reply_free(struct reply *r)
{
    buf_free(&r->bytes);
}

/* True when the server has closed and left nothing unread. */
bool client_at_end(struct client *c, int wait_ms)
{
    return c->in.n == 0 && !client_fill(c, wait_ms) && c->in.n == 0 &&
           poll(&(struct pollfd){.fd = c->fd, .events = POLLIN}, 1, 0) == 1;
}

/* One exchange on a connection of its own. */
struct reply ask(int port, struct str request)
{
    struct client c = client_open(port);
    (void)client_send(&c, request);
    struct reply r = client_read(&c, str_starts(request, STR("HEAD ")), 5000);
    client_close(&c);
    return r;
}

int ask_status(int port, struct str request)
{
    struct reply r = ask(port, request);
    int status = r.status;
    reply_free(&r);
    return status;
}

char test_byte(size_t at)
{
    return (char)('a' + (at * at + at / 7) % 26);
}

/* A descriptor of an unnamed file with TEST_BIG bytes. */
static int big_file(void)
{
    FILE *file = tmpfile();
    for (size_t i = 0; i < TEST_BIG; i++)
        fputc(test_byte(i), file);
    fflush(file);
    int fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    fclose(file);
    return fd;
}

static const char asset[] = TEST_ASSET;

static void say_back(const struct http_request *in, struct http_response *out)
{
    out->status = 200;
    http_response_header(out, "Content-Type", STR("text/plain; charset=utf-8"));
    buf_printf(&out->body, "%.*s|%.*s|%.*s|%.*s|%.*s|%s|", STRF(in->method), STRF(in->path),
               STRF(in->query), STRF(in->target), STRF(in->address),
               in->secure ? "secure" : "plain");
    buf_str(&out->body, in->body);
}

void pause_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000}, NULL);
}

static void handle(void *arg, const struct http_request *in, struct http_response *out)
{
    struct fixture *f = arg;
    atomic_fetch_add(&f->handled, 1);
    int64_t n;
    if (str_eq(in->path, STR("/asset"))) {
        out->status = 200;
        http_response_header(out, "Content-Type", STR("text/css"));
        out->static_body = asset;
        out->static_size = sizeof(asset) - 1;
    } else if (str_eq(in->path, STR("/file"))) {
        out->status = 200;
        out->file_fd = big_file();
        out->file_size = TEST_BIG;
    } else if (str_eq(in->path, STR("/short"))) {
        out->status = 200;
        out->file_fd = big_file();
        out->file_size = TEST_BIG + 1;
    } else if (str_starts(in->path, STR("/bytes/")) && str_to_i64(str_slice(in->path, 7, 20), &n)) {
        out->status = 200;
        http_response_header(out, "Content-Type", STR("text/html; charset=utf-8"));
        http_response_header(out, "ETag", STR("\"v1\""));
        for (int64_t i = 0; i < n; i++)
            buf_char(&out->body, test_byte((size_t)i));
    } else if (str_starts(in->path, STR("/sleep/")) && str_to_i64(str_slice(in->path, 7, 20), &n)) {
        pause_ms(n);
        out->status = 200;
        buf_cstr(&out->body, "slept");
    } else if (str_eq(in->path, STR("/redirect"))) {
        out->status = 302;
        http_response_header(out, "Location", in->query);
    } else if (str_starts(in->path, STR("/header/"))) {
        char name[100];
        snprintf(name, sizeof(name), "%.*s", STRF(str_slice(in->path, 8, in->path.n)));
        out->status = 200;
        buf_str(&out->body, http_request_header(in, name));
    } else if (str_eq(in->path, STR("/nothing"))) {
        out->status = 204;
    } else if (str_eq(in->path, STR("/split"))) {
        out->status = 303;
        http_response_header(out, "Location", STR("/a\r\nX-Evil: 1"));
    } else if (str_eq(in->path, STR("/missing"))) {
        out->status = 404;
        buf_cstr(&out->body, "no such page");
    } else {
        say_back(in, out);
    }
}

static int64_t limit_of(void *arg, struct str method, struct str path)
{
    (void)arg;
    if (str_eq(path, STR("/missing")))
        return -1;
    if (!str_eq(method, STR("POST")))
        return 0;
    return str_eq(path, STR("/upload")) ? 8 << 20 : 1000;
}

struct fixture *fixture_start(struct http_server_options o)
{
    struct fixture *f = calloc(1, sizeof(*f));
    o.listen = o.listen ? o.listen : "127.0.0.1:0";
    o.body_limit = limit_of;
    o.handle = handle;
    o.arg = f;
    assert_int_equal(http_server_start(&f->server, &o), ERR_OK);
    f->port = http_server_port(f->server);
    assert_true(f->port > 0);
    return f;
}

void fixture_stop(struct fixture *f)
{
    assert_true(http_server_stop(f->server, 5000));
    free(f);
}

void check_reply(int port, const char *request, int status, const char *body)
{
    struct reply r = ask(port, str_from(request));
    if (r.status != status || !str_eq(r.body, str_from(body)))
        fail_msg("%s\n-> %d %.*s (expected %d %s)", request, r.status, STRF(r.body), status, body);
    assert_int_equal(reply_header(&r, "X-Request-Id").n, 16);
    reply_free(&r);
}

void fixture_wait_empty(struct fixture *f)
{
    struct http_server_stats stats;
    for (int i = 0; i < 500; i++) {
        http_server_stats(f->server, &stats);
        if (stats.connections_now == 0)
            return;
        pause_ms(10);
    }
    fail_msg("%d connections stay open", (int)stats.connections_now);
}
