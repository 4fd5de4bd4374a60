/* Messages from their cause to a small mail server of the test's own, on both engines. */
#include "platform/channels/outbox_internal.h"
#include "platform/net/http_client.h"
#include "platform/net/net_testing.h"
#include "platform/web/slice_testing.h"

#include <pthread.h>

#define START_MS INT64_C(1795317300000)

static const struct slice *const slices[] = {&jobs_slice, &outbox_slice};

/* --- the mail server: takes what it is given, answers RCPT as told --- */

struct mail_server {
    int listener, port;
    pthread_t thread;
    _Atomic int letters;
    const char *rcpt;
    char last[8000];
};

static const char *answer_to(struct mail_server *m, struct str line)
{
    if (str_starts(line, STR("EHLO")))
        return "250 mail.example\r\n";
    if (str_starts(line, STR("RCPT")))
        return m->rcpt;
    if (str_starts(line, STR("DATA")))
        return "354 go on\r\n";
    if (str_starts(line, STR("QUIT")))
        return "221 bye\r\n";
    return "250 ok\r\n";
}

static bool take_until(struct client *c, struct str mark, char *out, size_t most)
{
    ptrdiff_t at;
    while ((at = str_find(buf_view(&c->in), mark)) < 0)
        if (!client_fill(c, 3000))
            return false;
    size_t n = (size_t)at + mark.n;
    snprintf(out, most, "%.*s", (int)n, c->in.p);
    memmove(c->in.p, c->in.p + n, c->in.n - n);
    c->in.n -= n;
    return true;
}

static void *serve(void *arg)
{
    struct mail_server *m = arg;
    for (int fd; (fd = accept(m->listener, NULL, NULL)) >= 0;) {
        struct client c = {.fd = fd};
        char line[1000];
        client_send(&c, STR("220 mail.example\r\n"));
        while (take_until(&c, STR("\r\n"), line, sizeof line)) {
            client_send(&c, str_from(answer_to(m, str_from(line))));
            if (str_starts(str_from(line), STR("DATA")) &&
                take_until(&c, STR("\r\n.\r\n"), m->last, sizeof m->last)) {
                m->letters++;
                client_send(&c, STR("250 queued\r\n"));
            }
        }
        client_close(&c);
    }
    return NULL;
}

static void start(struct mail_server *m)
{
    char url[64];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    *m = (struct mail_server){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                              .rcpt = "250 ok\r\n"};
    assert_int_equal(bind(m->listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(m->listener, (struct sockaddr *)&at, &size), 0);
    assert_int_equal(listen(m->listener, 4), 0);
    assert_int_equal(pthread_create(&m->thread, NULL, serve, m), 0);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", ntohs(at.sin_port));
    setenv("AIMAK_SMTP_URL", url, 1);
    setenv("AIMAK_MAIL_FROM", "Aimak <no-reply@aimak.example>", 1);
}

static void stop(struct mail_server *m)
{
    shutdown(m->listener, SHUT_RDWR);
    pthread_join(m->thread, NULL);
    close(m->listener);
    unsetenv("AIMAK_SMTP_URL");
    unsetenv("AIMAK_MAIL_FROM");
}

/* --- helpers --- */

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    clock_set_for_test(START_MS);
    unsetenv("AIMAK_SMTP_URL");
}

static void end(struct slice_test *t)
{
    clock_set_for_test(0);
    slice_test_end(t);
}

static enum err put(struct tx *tx, void *arg)
{
    return outbox_put(tx, arg);
}

static struct outbox_message notice(void)
{
    return (struct outbox_message){.unit = UNIT,
                                   .channel = "email",
                                   .to = STR("reader@people.example"),
                                   .person_id = 7,
                                   .lang = LANG_KY,
                                   .subject = STR("Кайрылууңуз кабыл алынды"),
                                   .body = STR("Саламатсызбы!"),
                                   .cause = "case_state",
                                   .cause_id = STR("7K3M")};
}

static struct outbox_message code(void)
{
    struct outbox_message m = notice();
    m.unit = SCOPE_COUNTRY;
    m.cause = "login_code";
    m.body = STR("code 123456");
    m.secret = true;
    return m;
}

static void send_one(struct slice_test *t, struct outbox_message m, enum err want)
{
    assert_int_equal(db_write(t->app.db, m.unit, put, &m), want);
}

static int run(struct slice_test *t)
{
    int n = -1;
    assert_int_equal(job_run_due(&t->app, &n), ERR_OK);
    return n;
}

struct looking {
    struct arena *a;
    struct sql_outbox_list_rows list;
    struct sql_outbox_get_row row;
    struct outbox_records person;
    struct str state;
};

static enum err look(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    enum err rc = ERR_OK;
    TRY(sql_outbox_list(tx, l->a, &l->list, .state = l->state, .limit = 10));
    TRY(outbox_of_person(tx, l->a, 7, &l->person));
    if (l->list.n > 0)
        rc = sql_outbox_get(tx, l->a, &l->row, .unit = l->list.v[0].unit, .id = l->list.v[0].id);
out:
    return rc;
}

/* The newest message in that state; fails when there are not `n` of them. */
static struct looking check_state(struct slice_test *t, const char *state, size_t n)
{
    struct looking l = {.a = t->arena, .state = str_from(state)};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, look, &l), ERR_OK);
    assert_int_equal(l.list.n, n);
    return l;
}

/* --- tests --- */

static void sends_and_remembers(void **state)
{
    struct slice_test t;
    struct mail_server m;
    begin(&t, state);
    start(&m);
    send_one(&t, notice(), ERR_OK);
    check_state(&t, "waiting", 1);
    assert_int_equal(run(&t), 1);
    assert_int_equal(m.letters, 1);
    assert_non_null(strstr(m.last, "To: <reader@people.example>\r\n"));
    assert_non_null(strstr(m.last, "From: \"Aimak\"\r\n <no-reply@aimak.example>\r\n"));
    struct looking l = check_state(&t, "sent", 1);
    assert_true(str_eq(l.row.body, STR("Саламатсызбы!")));
    assert_int_equal(l.person.n, 1);
    assert_true(str_eq(l.person.v[0].cause, STR("case_state")));
    assert_int_equal(run(&t), 0);
    stop(&m);
    end(&t);
}

static void erases_secrets_once_sent(void **state)
{
    struct slice_test t;
    struct mail_server m;
    begin(&t, state);
    start(&m);
    send_one(&t, code(), ERR_OK);
    assert_int_equal(run(&t), 1);
    assert_int_equal(m.letters, 1);
    assert_non_null(strstr(m.last, "code 123456"));
    struct looking l = check_state(&t, "sent", 1);
    assert_true(str_eq(l.row.body, STR("")));
    stop(&m);
    end(&t);
}

static void waits_for_a_mail_server(void **state)
{
    struct slice_test t;
    struct mail_server m;
    begin(&t, state);
    send_one(&t, notice(), ERR_OK);
    send_one(&t, code(), ERR_OK);
    assert_int_equal(run(&t), 2);
    struct looking l = check_state(&t, "waiting", 2);
    assert_true(str_find(l.list.v[0].detail, STR("no mail server")) == 0);
    struct buf *text = buf_in(t.arena);
    int faults = 0;
    assert_int_equal(outbox_slice.doctor(&t.app, text, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(text), STR("no mail server is configured (AIMAK_SMTP_URL); 2 "
                                             "messages wait")) >= 0);
    outbox_slice.metrics(&t.app, text);
    assert_true(str_find(buf_view(text), STR("aimak_mail_configured 0\n")) > 0);
    assert_true(str_find(buf_view(text), STR("aimak_outbox{state=\"waiting\"} 2\n")) > 0);
    /* A day later one is set up: the notice goes out, the code has expired. */
    clock_set_for_test(START_MS + MS_DAY);
    assert_int_equal(schedule_run_now(&t.app, "outbox_sweep"), ERR_OK);
    assert_int_equal(run(&t), 0);
    l = check_state(&t, "failed", 1);
    assert_true(str_eq(l.list.v[0].detail, STR("expired")));
    assert_true(str_eq(l.row.body, STR("")));
    start(&m);
    assert_int_equal(schedule_run_now(&t.app, "outbox_sweep"), ERR_OK);
    assert_int_equal(run(&t), 1);
    assert_int_equal(m.letters, 1);
    check_state(&t, "sent", 1);
    stop(&m);
    end(&t);
}

static void keeps_mail_of_a_demo(void **state)
{
    struct slice_test t;
    begin(&t, state);
    t.app.demo = true;
    send_one(&t, code(), ERR_OK);
    assert_int_equal(run(&t), 1);
    struct looking l = check_state(&t, "kept", 1);
    assert_true(str_eq(l.row.body, STR("code 123456"))); /* shown at /demo/mail */
    struct buf *text = buf_in(t.arena);
    int faults = 0;
    assert_int_equal(outbox_slice.doctor(&t.app, text, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    end(&t);
}

static void tells_for_now_from_for_good(void **state)
{
    struct slice_test t;
    struct mail_server m;
    begin(&t, state);
    start(&m);
    m.rcpt = "450 4.2.1 mailbox busy\r\n";
    send_one(&t, notice(), ERR_OK);
    assert_int_equal(run(&t), 1);
    struct looking l = check_state(&t, "waiting", 1);
    assert_true(str_find(l.list.v[0].detail, STR("mailbox busy")) >= 0);
    /* The sweep does not put a second job beside the one that backs off. */
    clock_set_for_test(START_MS + MS_MINUTE - 1);
    assert_int_equal(schedule_run_now(&t.app, "outbox_sweep"), ERR_OK);
    assert_int_equal(run(&t), 0);
    m.rcpt = "250 ok\r\n";
    clock_set_for_test(START_MS + 2 * MS_MINUTE);
    assert_int_equal(schedule_run_now(&t.app, "outbox_sweep"), ERR_OK);
    assert_int_equal(run(&t), 1);
    assert_int_equal(m.letters, 1);
    check_state(&t, "sent", 1);
    m.rcpt = "550 5.1.1 no such user\r\n";
    send_one(&t, notice(), ERR_OK);
    assert_int_equal(run(&t), 1);
    l = check_state(&t, "failed", 1);
    assert_true(str_find(l.list.v[0].detail, STR("no such user")) >= 0);
    /* A letter that stays is a fault of the installation; one to nobody is not. */
    struct buf *text = buf_in(t.arena);
    int faults = 0;
    assert_int_equal(outbox_slice.doctor(&t.app, text, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    m.rcpt = "450 4.2.1 mailbox busy\r\n";
    send_one(&t, notice(), ERR_OK);
    assert_int_equal(run(&t), 1);
    clock_set_for_test(clock_now_ms() + 2 * MS_HOUR);
    assert_int_equal(outbox_slice.doctor(&t.app, text, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    stop(&m);
    end(&t);
}

static void gives_up_after_a_night(void **state)
{
    struct slice_test t;
    begin(&t, state);
    setenv("AIMAK_SMTP_URL", "smtp://127.0.0.1:1", 1); /* nobody listens there */
    setenv("AIMAK_MAIL_FROM", "a@aimak.example", 1);
    send_one(&t, notice(), ERR_OK);
    int runs = 0;
    for (int hour = 0; hour < 30; hour++) {
        clock_set_for_test(START_MS + hour * MS_HOUR);
        runs += run(&t);
    }
    assert_int_equal(runs, 6);
    struct looking l = check_state(&t, "failed", 1);
    assert_int_equal(l.list.v[0].attempts, 6);
    unsetenv("AIMAK_SMTP_URL");
    end(&t);
}

static void refuses_what_is_no_address(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct outbox_message m = notice();
    m.to = STR("a@b.kg\r\nBcc: c@d.kg");
    send_one(&t, m, ERR_INPUT);
    check_state(&t, "waiting", 0);
    assert_int_equal(run(&t), 0);
    end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(sends_and_remembers),         BODY(erases_secrets_once_sent),
        BODY(waits_for_a_mail_server),     BODY(keeps_mail_of_a_demo),
        BODY(tells_for_now_from_for_good), BODY(gives_up_after_a_night),
        BODY(refuses_what_is_no_address),
    };
    http_client_global_start();
    int failed = slice_test_run("outbox", bodies, COUNT_OF(bodies));
    http_client_global_stop();
    return failed;
}
