/*
 * Help for tests that speak to the server over a real socket: a client that sends exactly the
 * bytes it is told to, and reads one answer at a time.
 */
#ifndef NET_NET_TESTING_H
#define NET_NET_TESTING_H

#include "platform/net/http_server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    int fd;
    struct buf in; /* read and not yet taken */
};

struct reply {
    int status;            /* 0: the connection ended (or nothing came in time) without an answer */
    struct str head, body; /* in `bytes` */
    struct buf bytes;
};

static inline struct client client_open(int port)
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

static inline void client_close(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    buf_free(&c->in);
}

/* False when the server has closed its end. */
static inline bool client_send(struct client *c, struct str bytes)
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
static inline bool client_fill(struct client *c, int wait_ms)
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

static inline struct str reply_header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line, wanted = str_from(name);
    while (str_split(&rest, '\n', &line))
        if (line.n > wanted.n && line.p[wanted.n] == ':' &&
            str_eq_nocase_ascii(str_slice(line, 0, wanted.n), wanted))
            return str_trim(str_slice(line, wanted.n + 1, line.n));
    return STR_NULL;
}

/* The next answer, by its Content-Length. `head_only`: the answer to a HEAD. */
static inline struct reply client_read(struct client *c, bool head_only, int wait_ms)
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
    buf_put(&r.bytes, c->in.p, whole);
    r.head = str_slice(buf_view(&r.bytes), 0, head);
    r.body = str_slice(buf_view(&r.bytes), head, whole - head);
    r.status = (int)status;
    memmove(c->in.p, c->in.p + whole, c->in.n - whole);
    c->in.n -= whole;
    return r;
}

static inline void reply_free(struct reply *r)
{
    buf_free(&r->bytes);
}

/* True when the server has closed and left nothing unread. */
static inline bool client_at_end(struct client *c, int wait_ms)
{
    return c->in.n == 0 && !client_fill(c, wait_ms) && c->in.n == 0 &&
           poll(&(struct pollfd){.fd = c->fd, .events = POLLIN}, 1, 0) == 1;
}

/* One exchange on a connection of its own. */
static inline struct reply ask(int port, struct str request)
{
    struct client c = client_open(port);
    (void)client_send(&c, request);
    struct reply r = client_read(&c, str_starts(request, STR("HEAD ")), 5000);
    client_close(&c);
    return r;
}

static inline int ask_status(int port, struct str request)
{
    struct reply r = ask(port, request);
    int status = r.status;
    reply_free(&r);
    return status;
}

#endif
