/* The HTTP client against our own server: what it sends, what it refuses, how it fails. */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/http_client.h"
#include "platform/net/net_testing.h"

struct bench {
    struct fixture *server;
    struct arena *arena;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    b->server = fixture_start((struct http_server_options){.workers = 4});
    b->arena = arena_new();
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    fixture_stop(b->server);
    arena_free(b->arena);
    free(b);
    return 0;
}

/* A URL of the test server. */
static const char *at(struct bench *b, const char *host, const char *path)
{
    return arena_printf(b->arena, "http://%s:%d%s", host, b->server->port, path).p;
}

static enum err get(struct bench *b, const char *url, bool allow_private,
                    struct http_client_response *out)
{
    struct http_client_request in = {
        .method = "GET", .url = url, .allow_private = allow_private, .timeout_ms = 3000};
    return http_client_send(b->arena, &in, out);
}

static void sends_and_receives(void **state)
{
    struct bench *b = *state;
    struct http_client_response out;
    assert_int_equal(get(b, at(b, "127.0.0.1", "/a?b"), true, &out), ERR_OK);
    assert_int_equal(out.status, 200);
    assert_true(str_eq(out.body, STR("GET|/a|b|/a?b|127.0.0.1|plain|")));
    assert_true(str_starts(out.headers, STR("HTTP/1.1 200 OK\r\n")));
    assert_true(str_find(out.headers, STR("X-Request-Id: ")) > 0);
    const struct str headers[] = {STRI("X-One: 1"), STRI("Content-Type: text/plain")};
    struct http_client_request in = {.method = "POST",
                                     .url = at(b, "localhost", "/f"),
                                     .headers = headers,
                                     .header_count = 2,
                                     .body = STR("hello\0there"),
                                     .allow_private = true};
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_true(str_ends(out.body, STR("|hello\0there")));
    in.url = at(b, "127.0.0.1", "/header/x-one");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_true(str_eq(out.body, STR("1")));
    in.method = "POST";
    in.body = STR_NULL;
    in.url = at(b, "127.0.0.1", "/header/content-length");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_true(str_eq(out.body, STR("0")));
    in.method = "HEAD";
    in.url = at(b, "127.0.0.1", "/asset");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_int_equal(out.status, 200);
    assert_int_equal(out.body.n, 0);
    in.method = "DELETE";
    in.url = at(b, "127.0.0.1", "/thing");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_true(str_starts(out.body, STR("DELETE|/thing")));
    in.method = "GET";
    in.url = at(b, "127.0.0.1", "/missing");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_int_equal(out.status, 404);
}

static void refuses_urls(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {
        "",
        "a",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://h",
        "smtp://h",
        "http://",
        "http://u:p@127.0.0.1/",
        "http://h /",
        "http://h\r\n",
        "https://h/\nHost:x",
        "javascript:1",
    };
    struct http_client_response out;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (get(b, bad[i], true, &out) != ERR_INPUT)
            fail_msg("taken: %s", bad[i]);
    const struct str header = STR("X: a\r\nY: b");
    struct http_client_request in = {.method = "GET",
                                     .url = at(b, "127.0.0.1", "/"),
                                     .headers = &header,
                                     .header_count = 1,
                                     .allow_private = true};
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_INPUT);
    assert_int_equal(atomic_load(&b->server->handled), 0);
}

static void goes_nowhere_private(void **state)
{
    struct bench *b = *state;
    struct http_client_response out;
    static const char *const hosts[] = {"127.0.0.1", "localhost",         "[::1]",
                                        "127.1",     "2130706433",        "0x7f.0.0.1",
                                        "0.0.0.0",   "[::ffff:127.0.0.1]"};
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        const char *url = arena_printf(b->arena, "https://%s:%d/", hosts[i], b->server->port).p;
        if (get(b, url, false, &out) != ERR_DENIED)
            fail_msg("went to %s", url);
        if (get(b, at(b, hosts[i], "/"), false, &out) != ERR_DENIED)
            fail_msg("went to %s", hosts[i]);
    }
    assert_int_equal(get(b, "https://169.254.169.254/latest/meta-data/", false, &out), ERR_DENIED);
    assert_int_equal(get(b, "https://10.0.0.1/", false, &out), ERR_DENIED);
    /* Plain http leaves this machine never. */
    assert_int_equal(get(b, "http://10.0.0.1/", true, &out), ERR_DENIED);
    assert_int_equal(get(b, "http://198.51.100.1/", true, &out), ERR_DENIED);
    /* A connection that was allowed is not lent to a request that is not. */
    assert_int_equal(get(b, at(b, "127.0.0.1", "/"), true, &out), ERR_OK);
    assert_int_equal(get(b, at(b, "127.0.0.1", "/"), false, &out), ERR_DENIED);
    assert_int_equal(atomic_load(&b->server->handled), 1);
}

static void follows_redirects_with_care(void **state)
{
    struct bench *b = *state;
    struct http_client_response out;
    assert_int_equal(get(b, at(b, "127.0.0.1", "/redirect?/a"), true, &out), ERR_OK);
    assert_true(str_starts(out.body, STR("GET|/a|")));
    static const struct {
        const char *to;
        enum err rc;
    } each[] = {
        {"file:///etc/passwd", ERR_INPUT},    {"ftp://127.0.0.1/", ERR_INPUT},
        {"http://10.0.0.1/", ERR_DENIED},     {"http://169.254.169.254/", ERR_DENIED},
        {"http://u:p@127.0.0.1/", ERR_INPUT},
    };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        const char *path = arena_printf(b->arena, "/redirect?%s", each[i].to).p;
        if (get(b, at(b, "127.0.0.1", path), true, &out) != each[i].rc)
            fail_msg("%s", each[i].to);
    }
    /* Round and round. */
    assert_int_equal(get(b, at(b, "127.0.0.1", "/redirect?/redirect"), true, &out), ERR_OK);
    const char *loop = at(b, "127.0.0.1", "/redirect?/redirect?/redirect?/redirect?/redirect?/a");
    assert_int_equal(get(b, loop, true, &out), ERR_UNAVAILABLE);
    /* Keys stay with the host they were meant for. */
    const struct str header = STR("X-Key: secret");
    struct http_client_request in = {
        .method = "GET", .headers = &header, .header_count = 1, .allow_private = true};
    in.url = at(b, "127.0.0.1", "/redirect?/header/x-key");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_true(str_eq(out.body, STR("secret")));
    const char *other = at(b, "localhost", "/header/x-key");
    in.url = at(b, "127.0.0.1", arena_printf(b->arena, "/redirect?%s", other).p);
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_int_equal(out.status, 200);
    assert_int_equal(out.body.n, 0);
    /* What changes something is sent once. */
    in.method = "POST";
    in.url = at(b, "127.0.0.1", "/redirect?/a");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_int_equal(out.status, 302);
}

static void bounds_time_and_size(void **state)
{
    struct bench *b = *state;
    struct http_client_response out;
    struct http_client_request in = {.method = "GET",
                                     .url = at(b, "127.0.0.1", "/sleep/600"),
                                     .timeout_ms = 200,
                                     .allow_private = true};
    int64_t started = clock_monotonic_ms();
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_TIMEOUT);
    assert_true(clock_monotonic_ms() - started < 500);
    in.timeout_ms = 0;
    in.url = at(b, "127.0.0.1", "/bytes/1048576");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_OK);
    assert_int_equal(out.body.n, 1048576);
    in.url = at(b, "127.0.0.1", "/bytes/1048577");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_TOO_LARGE);
    in.max_response = 1000;
    in.url = at(b, "127.0.0.1", "/bytes/1001");
    assert_int_equal(http_client_send(b->arena, &in, &out), ERR_TOO_LARGE);
}

static void says_when_nobody_answers(void **state)
{
    struct bench *b = *state;
    struct http_client_response out;
    /* TLS where there is none. */
    const char *url = arena_printf(b->arena, "https://127.0.0.1:%d/", b->server->port).p;
    assert_int_equal(get(b, url, true, &out), ERR_UNAVAILABLE);
    /* A port that nobody listens on: taken and given back. */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(to);
    assert_int_equal(bind(fd, (struct sockaddr *)&to, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &size), 0);
    url = arena_printf(b->arena, "http://127.0.0.1:%d/", ntohs(to.sin_port)).p;
    assert_int_equal(get(b, url, true, &out), ERR_UNAVAILABLE);
    close(fd);
    assert_int_equal(get(b, "https://nowhere.invalid/", false, &out), ERR_UNAVAILABLE);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sends_and_receives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_urls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_nowhere_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_redirects_with_care, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_time_and_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_when_nobody_answers, set_up, tear_down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_client_global_stop();
    return failed;
}
