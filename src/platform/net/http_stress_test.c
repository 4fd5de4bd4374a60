/* The server under stress: slow clients, too many of them, clients that leave, stopping. */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/net_testing.h"

#include <pthread.h>

/* --- slow clients --- */

static void cuts_slow_clients_off(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){
        .header_timeout_s = 1, .grace_s = 1, .bytes_per_second = 1000000, .idle_timeout_s = 1});
    enum { EACH = 10 };
    struct client head[EACH], body[EACH], reader[EACH], silent[EACH];
    for (int i = 0; i < EACH; i++) {
        head[i] = client_open(f->port);
        body[i] = client_open(f->port);
        reader[i] = client_open(f->port);
        silent[i] = client_open(f->port);
        /* A small window, so that the answer cannot wait in the kernel. */
        setsockopt(reader[i].fd, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int));
        client_send(&head[i], STR("GET / HTTP/1.1\r\nHost: h\r\n"));
        client_send(&body[i], STR("POST /f HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n"));
        for (int j = 0; j < 20; j++) /* 20 MB */
            client_send(&reader[i], STR("GET /file HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    int64_t started = clock_monotonic_ms(), slowest = 0;
    while (clock_monotonic_ms() < started + 2700) {
        for (int i = 0; i < EACH; i++) {
            client_send(&head[i], STR("X: a\r\n"));
            client_send(&body[i], STR("."));
        }
        int64_t asked = clock_monotonic_ms();
        assert_int_equal(ask_status(f->port, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
        if (clock_monotonic_ms() - asked > slowest)
            slowest = clock_monotonic_ms() - asked;
        pause_ms(100);
    }
    assert_true(slowest < 1000);
    fixture_wait_empty(f);
    for (int i = 0; i < EACH; i++) {
        assert_int_equal(client_read(&head[i], false, 0).status, 0);
        struct reply r = client_read(&body[i], false, 0);
        assert_int_equal(r.status, 408);
        assert_true(str_eq(reply_header(&r, "Connection"), STR("close")));
        reply_free(&r);
        client_close(&head[i]);
        client_close(&body[i]);
        client_close(&reader[i]);
        client_close(&silent[i]);
    }
    fixture_stop(f);
}

/* --- too many --- */

struct asker {
    int port;
    struct str request;
    int status;
    bool retry_after;
};

static void *ask_in_thread(void *arg)
{
    struct asker *a = arg;
    struct reply r = ask(a->port, a->request);
    a->status = r.status;
    a->retry_after = reply_header(&r, "Retry-After").p != NULL;
    reply_free(&r);
    return NULL;
}

static void answers_busy_when_the_queue_is_full(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){.workers = 2, .queue = 3});
    enum { ALL = 12 };
    struct asker each[ALL];
    pthread_t thread[ALL];
    for (int i = 0; i < ALL; i++) {
        each[i] =
            (struct asker){f->port, STR("GET /sleep/300 HTTP/1.1\r\nHost: h\r\n\r\n"), 0, false};
        assert_int_equal(pthread_create(&thread[i], NULL, ask_in_thread, &each[i]), 0);
    }
    int served = 0, busy = 0;
    for (int i = 0; i < ALL; i++) {
        pthread_join(thread[i], NULL);
        served += each[i].status == 200;
        busy += each[i].status == 503 && each[i].retry_after;
    }
    assert_int_equal(served, 5);
    assert_int_equal(busy, ALL - 5);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_int_equal(stats.refused_busy, ALL - 5);
    assert_in_range(stats.queue_peak, 3, 5); /* a job passes the queue even if a worker is idle */
    assert_int_equal(stats.queue_now, 0);
    /* And it recovers. */
    assert_int_equal(ask_status(f->port, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
    fixture_stop(f);
}

static void bounds_connections(void **state)
{
    (void)state;
    enum { ALL = 1000, BOUND = 200 };
    struct fixture *f = fixture_start((struct http_server_options){.connections = BOUND});
    struct client *c = calloc(ALL, sizeof(*c));
    for (int i = 0; i < ALL; i++)
        c[i] = client_open(f->port);
    pause_ms(100);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_true(stats.connections_now > 0 && stats.connections_now <= BOUND);
    /* All are served in the end, as the ones before them leave. */
    for (int i = 0; i < ALL; i++)
        assert_true(
            client_send(&c[i], STR("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")));
    for (int i = 0; i < ALL; i++) {
        struct reply r = client_read(&c[i], false, 5000);
        assert_int_equal(r.status, 200);
        reply_free(&r);
        client_close(&c[i]);
    }
    assert_int_equal(atomic_load(&f->handled), ALL);
    free(c);
    fixture_stop(f);
}

static void bounds_connections_of_one_address(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){.per_address = 5});
    struct client c[8];
    int open = 0;
    for (int i = 0; i < 8; i++) {
        c[i] = client_open(f->port);
        client_send(&c[i], STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        struct reply r = client_read(&c[i], false, 2000);
        open += r.status == 200;
        reply_free(&r);
    }
    assert_int_equal(open, 5);
    for (int i = 0; i < 8; i++)
        client_close(&c[i]);
    fixture_wait_empty(f);
    assert_int_equal(ask_status(f->port, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
    fixture_stop(f);
    /* The proxy stands for many. */
    f = fixture_start((struct http_server_options){.per_address = 2, .trusted_proxy = "127.0.0.1"});
    for (int i = 0; i < 8; i++)
        c[i] = client_open(f->port);
    for (int i = 0; i < 8; i++) {
        client_send(&c[i], STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        struct reply r = client_read(&c[i], false, 2000);
        assert_int_equal(r.status, 200);
        reply_free(&r);
        client_close(&c[i]);
    }
    fixture_stop(f);
}

static void survives_clients_that_leave(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){.workers = 4});
    for (int i = 0; i < 40; i++) {
        struct client c = client_open(f->port);
        client_send(&c, i % 2 ? STR("GET /sleep/20 HTTP/1.1\r\nHost: h\r\n\r\n")
                              : STR("POST /upload HTTP/1.1\r\nHost: h\r\n"
                                    "Content-Length: 100000\r\n\r\nabc"));
        if (i % 4 > 1) /* a reset instead of an orderly end */
            setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        client_close(&c);
    }
    fixture_wait_empty(f);
    struct http_server_stats stats;
    http_server_stats(f->server, &stats);
    assert_int_equal(stats.body_bytes_now, 0);
    assert_int_equal(ask_status(f->port, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
    fixture_stop(f);
}

/* --- stopping --- */

struct loader {
    int port;
    int answered, busy;
};

/* Keeps asking on one connection until the server goes away. */
static void *load(void *arg)
{
    struct loader *l = arg;
    for (;;) {
        struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)l->port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        if (connect(c.fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
            client_close(&c);
            return NULL;
        }
        struct reply r;
        bool more = true;
        while (more) {
            (void)client_send(&c, STR("GET /sleep/3 HTTP/1.1\r\nHost: h\r\n\r\n"));
            r = client_read(&c, false, 5000);
            l->answered += r.status == 200;
            l->busy += r.status == 503;
            more = r.status == 200 && !reply_header(&r, "Connection").p;
            bool gone = r.status == 0;
            reply_free(&r);
            if (gone) {
                client_close(&c);
                return NULL;
            }
        }
        client_close(&c);
    }
}

static void loses_no_answer_when_stopping(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        struct fixture *f = fixture_start((struct http_server_options){.workers = 8});
        enum { LOADERS = 24 };
        struct loader each[LOADERS];
        pthread_t thread[LOADERS];
        for (int i = 0; i < LOADERS; i++) {
            each[i] = (struct loader){.port = f->port};
            assert_int_equal(pthread_create(&thread[i], NULL, load, &each[i]), 0);
        }
        pause_ms(100 + 13 * round);
        assert_true(http_server_stop(f->server, 5000));
        int answered = 0;
        for (int i = 0; i < LOADERS; i++) {
            pthread_join(thread[i], NULL);
            answered += each[i].answered;
            assert_int_equal(each[i].busy, 0);
        }
        assert_true(answered > LOADERS);
        assert_int_equal(answered, atomic_load(&f->handled));
        free(f);
    }
}

static void stops_within_its_grace(void **state)
{
    (void)state;
    struct fixture *f = fixture_start((struct http_server_options){.workers = 1});
    struct asker each[3];
    pthread_t thread[3];
    for (int i = 0; i < 3; i++) {
        each[i] =
            (struct asker){f->port, STR("GET /sleep/400 HTTP/1.1\r\nHost: h\r\n\r\n"), 0, false};
        pthread_create(&thread[i], NULL, ask_in_thread, &each[i]);
    }
    /* And one that is still sending its body. */
    struct client slow = client_open(f->port);
    client_send(&slow, STR("POST /f HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n"));
    pause_ms(100);
    int64_t started = clock_monotonic_ms();
    assert_true(http_server_stop(f->server, 100));
    assert_true(clock_monotonic_ms() - started < 3000);
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(each[i].status, 503);
    }
    assert_int_equal(client_read(&slow, false, 5000).status, 0);
    client_close(&slow);
    free(f);
}

static struct fixture *stuck; /* kept: its worker uses it to the end of the program */

static void says_when_a_handler_is_stuck(void **state)
{
    (void)state;
    stuck = fixture_start((struct http_server_options){.workers = 1});
    struct client c = client_open(stuck->port);
    client_send(&c, STR("GET /sleep/2500 HTTP/1.1\r\nHost: h\r\n\r\n"));
    pause_ms(50);
    assert_false(http_server_stop(stuck->server, 50));
    struct reply r = client_read(&c, false, 1000);
    assert_int_equal(r.status, 503);
    reply_free(&r);
    client_close(&c);
    pause_ms(2500);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_slow_clients_off),
        cmocka_unit_test(answers_busy_when_the_queue_is_full),
        cmocka_unit_test(bounds_connections),
        cmocka_unit_test(bounds_connections_of_one_address),
        cmocka_unit_test(survives_clients_that_leave),
        cmocka_unit_test(loses_no_answer_when_stopping),
        cmocka_unit_test(stops_within_its_grace),
        cmocka_unit_test(says_when_a_handler_is_stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
