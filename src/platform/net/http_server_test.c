/* The server over real sockets: what it passes on, how it answers, what it does under stress. */
#include "platform/core/clock.h"
#include "platform/net/net_testing.h"
#include "platform/net/server_parts.h"

#include <fcntl.h>
#include <pthread.h>
#include <zlib.h>

/* --- a server whose handler says back what it got --- */

struct fixture {
    struct http_server *server;
    int port;
    atomic_int handled;
};

enum { BIG = 1000000 };

static char big_byte(size_t at)
{
    return (char)('a' + (at * at + at / 7) % 26);
}

/* A descriptor of an unnamed file with BIG bytes. */
static int big_file(void)
{
    FILE *file = tmpfile();
    for (size_t i = 0; i < BIG; i++)
        fputc(big_byte(i), file);
    fflush(file);
    int fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    fclose(file);
    return fd;
}

static const char asset[] = "an asset that lives as long as the program";

static void say_back(const struct http_request *in, struct http_response *out)
{
    out->status = 200;
    http_response_header(out, "Content-Type", STR("text/plain; charset=utf-8"));
    buf_printf(&out->body, "%.*s|%.*s|%.*s|%.*s|%.*s|%s|", STRF(in->method), STRF(in->path),
               STRF(in->query), STRF(in->target), STRF(in->address),
               in->secure ? "secure" : "plain");
    buf_str(&out->body, in->body);
}

static void pause_ms(int64_t ms)
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
        out->file_size = BIG;
    } else if (str_eq(in->path, STR("/short"))) {
        out->status = 200;
        out->file_fd = big_file();
        out->file_size = BIG + 1;
    } else if (str_starts(in->path, STR("/bytes/")) && str_to_i64(str_slice(in->path, 7, 20), &n)) {
        out->status = 200;
        http_response_header(out, "Content-Type", STR("text/html; charset=utf-8"));
        http_response_header(out, "ETag", STR("\"v1\""));
        for (int64_t i = 0; i < n; i++)
            buf_char(&out->body, big_byte((size_t)i));
    } else if (str_starts(in->path, STR("/sleep/")) && str_to_i64(str_slice(in->path, 7, 20), &n)) {
        pause_ms(n);
        out->status = 200;
        buf_cstr(&out->body, "slept");
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

static struct fixture *start(struct http_server_options o)
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

static void stop(struct fixture *f)
{
    assert_true(http_server_stop(f->server, 5000));
    free(f);
}

static void check_reply(int port, const char *request, int status, const char *body)
{
    struct reply r = ask(port, str_from(request));
    if (r.status != status || !str_eq(r.body, str_from(body)))
        fail_msg("%s\n-> %d %.*s (expected %d %s)", request, r.status, STRF(r.body), status, body);
    assert_int_equal(reply_header(&r, "X-Request-Id").n, 16);
    reply_free(&r);
}

/* --- plain requests --- */

static void passes_the_request_on(void **state)
{
    (void)state;
    struct fixture *f = start((struct http_server_options){0});
    check_reply(f->port, "GET /a%20b/%D2%A3?x=%41&y HTTP/1.1\r\nHost: h\r\n\r\n", 200,
                "GET|/a b/ң|x=%41&y|/a%20b/%D2%A3?x=%41&y|127.0.0.1|plain|");
    check_reply(f->port, "GET / HTTP/1.0\r\n\r\n", 200, "GET|/||/|127.0.0.1|plain|");
    check_reply(f->port, "GET http://h/abs?q HTTP/1.1\r\nHost: h\r\n\r\n", 200,
                "GET|/abs|q|http://h/abs?q|127.0.0.1|plain|");
    check_reply(f->port, "POST /f HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", 200,
                "POST|/f||/f|127.0.0.1|plain|hello");
    check_reply(f->port,
                "POST /f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
                200, "POST|/f||/f|127.0.0.1|plain|hello world");
    check_reply(f->port, "PROPFIND /f HTTP/1.1\r\nHost: h\r\n\r\n", 200,
                "PROPFIND|/f||/f|127.0.0.1|plain|");
    stop(f);
}

static void answers_in_every_way(void **state)
{
    (void)state;
    struct fixture *f = start((struct http_server_options){0});
    check_reply(f->port, "GET /asset HTTP/1.1\r\nHost: h\r\n\r\n", 200, asset);
    check_reply(f->port, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", 204, "");
    struct reply r = ask(f->port, STR("GET /file HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.n, BIG);
    for (size_t i = 0; i < BIG; i++)
        if (r.body.p[i] != big_byte(i))
            fail_msg("byte %zu differs", i);
    reply_free(&r);
    /* A file that is shorter than promised must not become a connection that hangs. */
    assert_int_equal(ask_status(f->port, STR("GET /short HTTP/1.1\r\nHost: h\r\n\r\n")), 500);
    r = ask(f->port, STR("HEAD /asset HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_int_equal(r.status, 200);
    assert_true(str_eq(reply_header(&r, "Content-Length"), STR("42")));
    reply_free(&r);
    r = ask(f->port, STR("GET /split HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_true(str_eq(reply_header(&r, "Location"), STR("/a  X-Evil: 1")));
    assert_null(reply_header(&r, "X-Evil").p);
    reply_free(&r);
    stop(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_request_on),
        cmocka_unit_test(answers_in_every_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
