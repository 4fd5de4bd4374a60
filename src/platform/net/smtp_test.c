/*
 * Sending mail to a small server that follows a script: it accepts, refuses for now or for good at
 * each step, or hangs up there.
 */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/http_client.h"
#include "platform/net/net_testing.h"

#include <pthread.h>

/* What the server says at each step; NULL hangs up instead, "" says nothing and waits. */
struct script {
    const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *end;
};

static const struct script obliging = {
    .greeting = "220 mail.example ESMTP\r\n",
    .ehlo = "250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
    .auth = "235 2.7.0 welcome\r\n",
    .mail = "250 2.1.0 ok\r\n",
    .rcpt = "250 2.1.5 ok\r\n",
    .data = "354 go on\r\n",
    .end = "250 2.0.0 queued as 42\r\n",
};

struct mail_server {
    struct script script;
    int listener, port;
    pthread_t thread;
    struct buf heard; /* every byte of the client */
};

static const char *answer_to(const struct script *s, struct str line)
{
    if (str_starts(line, STR("EHLO")) || str_starts(line, STR("HELO")))
        return s->ehlo;
    if (str_starts(line, STR("AUTH")))
        return "334 \r\n"; /* what follows is the answer to it */
    if (str_starts(line, STR("MAIL")))
        return s->mail;
    if (str_starts(line, STR("RCPT")))
        return s->rcpt;
    if (str_starts(line, STR("DATA")))
        return s->data;
    if (str_starts(line, STR("QUIT")))
        return "221 bye\r\n";
    return "500 what?\r\n";
}

/* Says it; false to hang up. */
static bool say(struct client *c, const char *words)
{
    return words && (!*words || client_send(c, str_from(words)));
}

/* Everything up to and with `mark`. */
static bool hear(struct mail_server *m, struct client *c, struct str mark, struct buf *out)
{
    ptrdiff_t at;
    while ((at = str_find(buf_view(&c->in), mark)) < 0)
        if (!client_fill(c, 5000))
            return false;
    size_t n = (size_t)at + mark.n;
    buf_clear(out);
    buf_put(out, c->in.p, n);
    buf_put(&m->heard, c->in.p, n);
    memmove(c->in.p, c->in.p + n, c->in.n - n);
    c->in.n -= n;
    return true;
}

static void *serve(void *arg)
{
    struct mail_server *m = arg;
    struct client c = {.fd = accept(m->listener, NULL, NULL)};
    struct buf line = BUF_EMPTY;
    bool on = c.fd >= 0 && say(&c, m->script.greeting);
    while (on && hear(m, &c, STR("\r\n"), &line)) {
        on = say(&c, answer_to(&m->script, buf_view(&line)));
        if (on && str_starts(buf_view(&line), STR("AUTH")))
            on = hear(m, &c, STR("\r\n"), &line) && say(&c, m->script.auth);
        if (on && str_starts(buf_view(&line), STR("DATA")) && m->script.data[0] == '3')
            on = hear(m, &c, STR("\r\n.\r\n"), &line) && say(&c, m->script.end);
    }
    buf_free(&line);
    client_close(&c);
    return NULL;
}

static void start(struct mail_server *m, struct script script)
{
    *m = (struct mail_server){.script = script,
                              .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    assert_int_equal(bind(m->listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(m->listener, (struct sockaddr *)&at, &size), 0);
    assert_int_equal(listen(m->listener, 4), 0);
    m->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&m->thread, NULL, serve, m), 0);
}

static void stop(struct mail_server *m)
{
    shutdown(m->listener, SHUT_RDWR); /* lets a waiting accept() return */
    pthread_join(m->thread, NULL);
    close(m->listener);
    buf_free(&m->heard);
}

#define LETTER                                                                                     \
    "From: <office@aimak.example>\r\nTo: <a@people.example>\r\n"                                   \
    "Subject: =?UTF-8?B?0JbQvtC+0L8=?=\r\n\r\nСалам\r\n.\r\n..end\r\n"

static enum err send_to(struct mail_server *m, struct smtp_message message, struct buf *detail)
{
    char url[64];
    snprintf(url, sizeof(url), "smtp://127.0.0.1:%d", m->port);
    message.url = url;
    message.from = message.from ? message.from : "office@aimak.example";
    message.to = message.to ? message.to : "a@people.example";
    message.data = message.data.p ? message.data : STR(LETTER);
    message.timeout_ms = message.timeout_ms ? message.timeout_ms : 5000;
    return smtp_send(&message, detail);
}

static void delivers(void **state)
{
    (void)state;
    struct mail_server m;
    struct buf detail = BUF_EMPTY;
    start(&m, obliging);
    assert_int_equal(
        send_to(&m, (struct smtp_message){.user = "office", .password = "secret"}, &detail),
        ERR_OK);
    assert_int_equal(detail.n, 0);
    pthread_join(m.thread, NULL);
    struct str heard = buf_view(&m.heard);
    assert_true(str_find(heard, STR("AUTH PLAIN\r\nAG9mZmljZQBzZWNyZXQ=\r\n")) > 0);
    assert_true(str_find(heard, STR("MAIL FROM:<office@aimak.example>")) > 0);
    assert_true(str_find(heard, STR("RCPT TO:<a@people.example>\r\n")) > 0);
    /* The message as given, with dots at line starts doubled (RFC 5321 section 4.5.2). */
    assert_true(str_find(heard, STR("\r\n\r\nСалам\r\n..\r\n...end\r\n.\r\n")) > 0);
    close(m.listener);
    buf_free(&m.heard);
    buf_free(&detail);
}

struct trouble {
    const char *name;
    struct script script;
    enum err rc;
    const char *detail; /* its beginning */
};

static void tells_for_now_from_for_good(void **state)
{
    (void)state;
    struct trouble each[] = {
        {"greeting 554", obliging, ERR_UNAVAILABLE, "554 "},
        {"greeting, hang up", obliging, ERR_UNAVAILABLE, ""},
        {"ehlo 502", obliging, ERR_UNAVAILABLE, "502 "},
        {"ehlo, hang up", obliging, ERR_UNAVAILABLE, ""},
        {"auth 535", obliging, ERR_UNAVAILABLE, "535 "},
        {"mail 451", obliging, ERR_UNAVAILABLE, "451 "},
        {"mail 550", obliging, ERR_UNAVAILABLE, "550 "},
        {"rcpt 450", obliging, ERR_UNAVAILABLE, "450 "},
        {"rcpt 550", obliging, ERR_INPUT, "550 5.1.1 no such person"},
        {"rcpt, hang up", obliging, ERR_UNAVAILABLE, ""},
        {"data 554", obliging, ERR_INPUT, "554 "},
        {"data 421", obliging, ERR_UNAVAILABLE, "421 "},
        {"end 452", obliging, ERR_UNAVAILABLE, "452 "},
        {"end 554", obliging, ERR_INPUT, "554 "},
        {"end, hang up", obliging, ERR_UNAVAILABLE, ""},
    };
    each[0].script.greeting = "554 no service\r\n";
    each[1].script.greeting = NULL;
    each[2].script.ehlo = "502 no\r\n";
    each[3].script.ehlo = NULL;
    each[4].script.auth = "535 5.7.8 wrong password\r\n";
    each[5].script.mail = "451 later\r\n";
    each[6].script.mail = "550 sender unknown\r\n";
    each[7].script.rcpt = "450 mailbox busy\r\n";
    each[8].script.rcpt = "550-5.1.1 nobody of that name\r\n550 5.1.1 no such person\r\n";
    each[9].script.rcpt = NULL;
    each[10].script.data = "554 no\r\n";
    each[11].script.data = "421 closing\r\n";
    each[12].script.end = "452 disk full\r\n";
    each[13].script.end = "554 looks like spam\r\n";
    each[14].script.end = NULL;
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct mail_server m;
        struct buf detail = BUF_EMPTY;
        start(&m, each[i].script);
        enum err rc =
            send_to(&m, (struct smtp_message){.user = "office", .password = "secret"}, &detail);
        if (rc != each[i].rc)
            fail_msg("%s: %s (%.*s)", each[i].name, err_name(rc), STRF(buf_view(&detail)));
        if (!str_starts(buf_view(&detail), str_from(each[i].detail)) || detail.n == 0)
            fail_msg("%s: %.*s", each[i].name, STRF(buf_view(&detail)));
        assert_true(str_find(buf_view(&detail), STR("secret")) < 0);
        buf_free(&detail);
        stop(&m);
    }
}

static void does_not_wait_for_ever(void **state)
{
    (void)state;
    struct mail_server m;
    struct buf detail = BUF_EMPTY;
    struct script silent = obliging;
    silent.rcpt = "";
    start(&m, silent);
    int64_t started = clock_monotonic_ms();
    assert_int_equal(send_to(&m, (struct smtp_message){.timeout_ms = 300}, &detail),
                     ERR_UNAVAILABLE);
    assert_true(clock_monotonic_ms() - started < 2000);
    buf_free(&detail);
    stop(&m);
}

static void refuses_what_could_be_two_messages(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "",      "nobody", "@x",     "a@",          "a b@x", "<a@x>", "a@x>\r\nRCPT TO:<b@x",
        "a@x\n", "a@x\r",  "a@x\tb", "a@x> SIZE=1",
    };
    static const char *const messages[] = {
        "A: b\n\nbody\r\n",
        "A: b\r\n\r\nx\n.\nMAIL FROM:<a@x>\r\n",
        "A: b\r\n\r\nx\r.\r\n",
        "A: b\r\n\r\nx\r",
        "",
    };
    struct buf detail = BUF_EMPTY;
    struct smtp_message m = {.url = "smtp://127.0.0.1:1", .from = "a@x", .data = STR(LETTER)};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        m.to = addresses[i];
        m.from = "a@x";
        if (smtp_send(&m, &detail) != ERR_INPUT)
            fail_msg("taken: %s", addresses[i]);
        m.to = "a@x";
        m.from = addresses[i];
        if (smtp_send(&m, &detail) != ERR_CONFIG)
            fail_msg("taken as sender: %s", addresses[i]);
    }
    m.from = "a@x";
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        m.data = str_from(messages[i]);
        if (smtp_send(&m, &detail) != ERR_INPUT)
            fail_msg("taken: %s", messages[i]);
    }
    m.data = STR("A: b\r\n\r\nNUL \0\r\n");
    assert_int_equal(smtp_send(&m, &detail), ERR_INPUT);
    m.data = STR(LETTER);
    static const char *const urls[] = {"", "http://127.0.0.1", "127.0.0.1:25",
                                       "file:///etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        m.url = urls[i];
        if (smtp_send(&m, &detail) != ERR_CONFIG)
            fail_msg("taken: %s", urls[i]);
    }
    buf_free(&detail);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivers),
        cmocka_unit_test(tells_for_now_from_for_good),
        cmocka_unit_test(does_not_wait_for_ever),
        cmocka_unit_test(refuses_what_could_be_two_messages),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_client_global_stop();
    return failed;
}
