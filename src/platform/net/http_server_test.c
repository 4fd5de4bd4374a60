/* The server over real sockets: what it passes on, and how it answers. */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/net_testing.h"
#include "platform/net/server_parts.h"

#include <zlib.h>

/* --- plain requests --- */

static void passes_the_request_on(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
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
    fixture_stop(f);
}

static void answers_in_every_way(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    check_reply(f->port, "GET /asset HTTP/1.1\r\nHost: h\r\n\r\n", 200, TEST_ASSET);
    check_reply(f->port, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", 204, "");
    struct reply r = ask(f->port, STR("GET /file HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.n, TEST_BIG);
    for (size_t i = 0; i < TEST_BIG; i++)
        if (r.body.p[i] != test_byte(i))
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
    fixture_stop(f);
}

static void keeps_connections_and_order(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    struct client c = client_open(f->port);
    assert_true(client_send(&c, STR("GET /sleep/50 HTTP/1.1\r\nHost: h\r\n\r\n"
                                    "HEAD /one HTTP/1.1\r\nHost: h\r\n\r\n"
                                    "POST /two HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                                    "GET /asset HTTP/1.1\r\nHost: h\r\n\r\n")));
    static const char *const expected[] = {"slept", "", "POST|/two||/two|127.0.0.1|plain|abc",
                                           TEST_ASSET};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        struct reply r = client_read(&c, i == 1, 5000);
        assert_int_equal(r.status, 200);
        assert_true(str_eq(r.body, str_from(expected[i])));
        assert_null(reply_header(&r, "Connection").p);
        reply_free(&r);
    }
    /* Still open, and still the same connection. */
    pause_ms(50);
    assert_true(client_send(&c, STR("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")));
    struct reply r = client_read(&c, false, 5000);
    assert_int_equal(r.status, 200);
    assert_true(client_at_end(&c, 5000));
    reply_free(&r);
    client_close(&c);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_int_equal(stats.requests, 5);
    assert_int_equal(stats.status_class[2], 5);
    fixture_stop(f);
}

static void believes_only_the_trusted_proxy(void **state)
{
    (void)state;
    static const char forwarded[] = "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: https\r\n"
                                    "X-Forwarded-For: 1.1.1.1\r\n"
                                    "X-Forwarded-For: 2.2.2.2, 2001:db8::7\r\n\r\n";
    static const char forged[] = "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4, x\r\n\r\n";
    struct fixture *f = fixture_start((struct http_server_options){.trusted_proxy = "127.0.0.1"});
    check_reply(f->port, forwarded, 200, "GET|/||/|2001:db8::7|secure|");
    check_reply(f->port, forged, 200, "GET|/||/|127.0.0.1|plain|");
    fixture_stop(f);
    f = fixture_start((struct http_server_options){.trusted_proxy = "127.0.0.2"});
    check_reply(f->port, forwarded, 200, "GET|/||/|127.0.0.1|plain|");
    fixture_stop(f);
    f = fixture_start((struct http_server_options){0});
    check_reply(f->port, forwarded, 200, "GET|/||/|127.0.0.1|plain|");
    fixture_stop(f);
}

/* --- bodies --- */

static struct str spaces(size_t n)
{
    static char bytes[1 << 20];
    memset(bytes, ' ', sizeof(bytes));
    return str_of(bytes, n);
}

static int status_of_many(int port, const char *before, const char *each, int n, const char *after)
{
    struct buf text = BUF_EMPTY;
    buf_cstr(&text, before);
    for (int i = 0; i < n; i++)
        buf_cstr(&text, each);
    buf_cstr(&text, after);
    int status = ask_status(port, buf_view(&text));
    buf_free(&text);
    return status;
}

/* The library keeps a record for each name in a query and each cookie, and gives up when its memory
 * for the head is used up. Nobody is left without an answer for that, and nothing is left behind:
 * else the server would not stop at once. */
static void answers_heads_of_many_parts(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    static const char head[] = " HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_int_equal(status_of_many(f->port, "GET /?", "a=1&", 600, head), 200);
    assert_int_equal(status_of_many(f->port, "GET /?", "?a&", 3000, head), 200);
    for (int n = 600; n < 3000; n += 300) {
        assert_int_equal(status_of_many(f->port, "GET / HTTP/1.1\r\nHost: h\r\nCookie: ", "a=1;", n,
                                        "b=2\r\n\r\n"),
                         431);
        assert_int_equal(
            status_of_many(f->port, "GET / HTTP/1.1\r\nHost: h\r\n", "a:1\r\n", n, "\r\n"), 431);
    }
    int64_t began_ms = clock_monotonic_ms();
    fixture_stop(f);
    assert_true(clock_monotonic_ms() - began_ms < 3000);
}

static void refuses_large_bodies_early(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    /* Announced only: the answer comes before the body. */
    assert_int_equal(ask_status(f->port, STR("POST /f HTTP/1.1\r\nHost: h\r\n"
                                             "Content-Length: 1001\r\n\r\n")),
                     413);
    assert_int_equal(ask_status(f->port, STR("GET / HTTP/1.1\r\nHost: h\r\n"
                                             "Content-Length: 1\r\n\r\n")),
                     413);
    assert_int_equal(ask_status(f->port, STR("POST /missing HTTP/1.1\r\nHost: h\r\n"
                                             "Content-Length: 1000000\r\n\r\n")),
                     404);
    /* A client that keeps sending must be able to read the answer, not meet a reset. */
    struct client c = client_open(f->port);
    assert_true(client_send(&c, STR("POST /upload HTTP/1.1\r\nHost: h\r\n"
                                    "Content-Length: 900000000\r\n\r\n")));
    pause_ms(50);
    assert_true(client_send(&c, spaces(1 << 20)));
    pause_ms(50);
    assert_true(client_send(&c, spaces(1 << 20)));
    struct reply r = client_read(&c, false, 5000);
    assert_int_equal(r.status, 413);
    assert_true(client_at_end(&c, 5000));
    reply_free(&r);
    client_close(&c);
    /* Chunked, so found out on the way. */
    struct buf b = BUF_EMPTY;
    buf_cstr(&b, "POST /f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 11; i++) {
        buf_cstr(&b, "64\r\n");
        buf_str(&b, spaces(100));
        buf_cstr(&b, "\r\n");
    }
    buf_cstr(&b, "0\r\n\r\n");
    assert_int_equal(ask_status(f->port, buf_view(&b)), 413);
    buf_free(&b);
    assert_int_equal(atomic_load(&f->handled), 1); /* the one for /missing */
    fixture_wait_empty(f);
    fixture_stop(f);
}

static void takes_exactly_the_limit(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    for (int round = 0; round < 3; round++) {
        size_t size = round == 0 ? 1000 : (8 << 20) - (size_t)(round - 1);
        struct buf b = BUF_EMPTY;
        buf_printf(&b, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                   round == 0 ? "/f" : "/upload", size);
        size_t head = b.n;
        for (size_t i = 0; i < size; i++)
            buf_char(&b, test_byte(i));
        struct reply r = ask(f->port, buf_view(&b));
        assert_int_equal(r.status, 200);
        assert_true(str_ends(r.body, str_slice(buf_view(&b), head, size)));
        reply_free(&r);
        buf_free(&b);
    }
    fixture_wait_empty(f);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_int_equal(stats.body_bytes_now, 0);
    fixture_stop(f);
}

static void says_continue_only_when_welcome(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    struct client c = client_open(f->port);
    assert_true(client_send(&c, STR("POST /f HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                                    "Content-Length: 2\r\n\r\n")));
    struct reply r = client_read(&c, true, 5000);
    assert_int_equal(r.status, 100);
    reply_free(&r);
    assert_true(client_send(&c, STR("ok")));
    r = client_read(&c, false, 5000);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    client_close(&c);
    assert_int_equal(ask_status(f->port, STR("POST /f HTTP/1.1\r\nHost: h\r\n"
                                             "Expect: 100-continue\r\n"
                                             "Content-Length: 2000\r\n\r\n")),
                     413);
    fixture_stop(f);
}

static void bounds_the_memory_of_bodies(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){.body_memory = 300000});
    static const char head[] = "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 250000\r\n\r\n";
    struct client one = client_open(f->port), two = client_open(f->port);
    assert_true(client_send(&one, str_from(head)));
    assert_true(client_send(&one, spaces(249999)));
    pause_ms(100);
    assert_true(client_send(&two, str_from(head)));
    (void)client_send(&two, spaces(250000));
    struct reply r = client_read(&two, false, 5000);
    assert_int_equal(r.status, 503);
    assert_true(str_eq(reply_header(&r, "Retry-After"), STR("2")));
    reply_free(&r);
    client_close(&two);
    assert_true(client_send(&one, STR(" ")));
    r = client_read(&one, false, 5000);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    client_close(&one);
    fixture_wait_empty(f);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_int_equal(stats.body_bytes_now, 0);
    fixture_stop(f);
}

static void never_called(void *arg, const struct http_request *in, struct http_response *out)
{
    (void)arg, (void)in, (void)out;
    abort();
}

static void reports_a_bad_address(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "127.0.0.1", "127.0.0.1:x", "[::1", "127.0.0.1:65536"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct http_server *s;
        struct http_server_options o = {.listen = bad[i], .handle = never_called};
        if (http_server_start(&s, &o) != ERR_CONFIG)
            fail_msg("%s was taken", bad[i]);
    }
    struct fixture *f = fixture_start((struct http_server_options){.listen = "[::1]:0"});
    char same[32];
    snprintf(same, sizeof(same), "[::1]:%d", f->port);
    struct http_server *s;
    struct http_server_options o = {.listen = same, .handle = never_called};
    assert_int_equal(http_server_start(&s, &o), ERR_IO);
    fixture_stop(f);
}

/* --- compression --- */

static void compresses_text(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){0});
    struct reply r = ask(f->port, STR("GET /bytes/30000 HTTP/1.1\r\nHost: h\r\n"
                                      "Accept-Encoding: gzip, br\r\n\r\n"));
    assert_int_equal(r.status, 200);
    assert_true(str_eq(reply_header(&r, "Content-Encoding"), STR("gzip")));
    assert_true(str_eq(reply_header(&r, "Vary"), STR("Accept-Encoding")));
    assert_true(str_eq(reply_header(&r, "ETag"), STR("W/\"v1\"")));
    assert_true(r.body.n < 25000);
    unsigned char plain[40000];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)r.body.p,
                  .avail_in = (uInt)r.body.n,
                  .next_out = plain,
                  .avail_out = sizeof(plain)};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, 30000);
    for (size_t i = 0; i < 30000; i++)
        assert_int_equal(plain[i], test_byte(i));
    inflateEnd(&z);
    reply_free(&r);
    r = ask(f->port, STR("GET /bytes/30000 HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_null(reply_header(&r, "Content-Encoding").p);
    assert_true(str_eq(reply_header(&r, "Vary"), STR("Accept-Encoding")));
    assert_true(str_eq(reply_header(&r, "ETag"), STR("\"v1\"")));
    assert_int_equal(r.body.n, 30000);
    reply_free(&r);
    r = ask(f->port, STR("GET /bytes/1024 HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n"));
    assert_null(reply_header(&r, "Content-Encoding").p);
    assert_null(reply_header(&r, "Vary").p);
    reply_free(&r);
    fixture_stop(f);
}

static void reads_accept_encoding(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool accepted;
    } each[] = {
        {"gzip", true},         {"GZIP", true},
        {"br, gzip", true},     {"*", true},
        {"gzip;q=0.5", true},   {"gzip; q=0.001", true},
        {"gzip;q=0", false},    {"gzip ; q=0.000", false},
        {"*;q=0", false},       {"*, gzip;q=0", false},
        {"identity", false},    {"", false},
        {"br", false},          {"xgzip", false},
        {"gzip;q=0, *", false},
    };
    for (size_t i = 0; i < COUNT_OF(each); i++)
        if (http_gzip_accepted(str_from(each[i].value)) != each[i].accepted)
            fail_msg("%s", each[i].value);
    assert_false(http_gzip_accepted(STR_NULL));
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_request_on),
        cmocka_unit_test(answers_in_every_way),
        cmocka_unit_test(keeps_connections_and_order),
        cmocka_unit_test(believes_only_the_trusted_proxy),
        cmocka_unit_test(answers_heads_of_many_parts),
        cmocka_unit_test(refuses_large_bodies_early),
        cmocka_unit_test(takes_exactly_the_limit),
        cmocka_unit_test(says_continue_only_when_welcome),
        cmocka_unit_test(bounds_the_memory_of_bodies),
        cmocka_unit_test(reports_a_bad_address),
        cmocka_unit_test(compresses_text),
        cmocka_unit_test(reads_accept_encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
