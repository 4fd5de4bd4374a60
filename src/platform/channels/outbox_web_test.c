/* The pages of messages: who may see them, and what they must not show. */
#include "platform/channels/outbox_view.h"
#include "tests/support/client.h"

static enum err put(struct tx *tx, void *arg)
{
    return outbox_put(tx, arg);
}

static void write_message(struct test_app *t, const char *body, bool secret)
{
    struct outbox_message m = {.unit = STR("41702215010000"),
                               .channel = "email",
                               .to = STR("reader@people.example"),
                               .lang = LANG_KY,
                               .subject = STR("Кабыл алынды <b>"),
                               .body = str_from(body),
                               .cause = "case_state",
                               .secret = secret};
    assert_int_equal(db_write(t->app.db, m.unit, put, &m), ERR_OK);
}

static struct test_app *open_app(void)
{
    unsetenv("AIMAK_SMTP_URL");
    return TEST_APP(&web_slice, &jobs_slice, &outbox_slice);
}

static void demo_mail_is_for_this_computer_only(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    write_message(t, "Code: 123456\n\nhttp://127.0.0.1:8080/in/abc?x=1 or later", true);
    t->address = "127.0.0.1";
    test_status(test_get(t, "/demo/mail"), 404); /* no demonstration */
    t->app.demo = true;
    t->address = "203.0.113.7";
    test_status(test_get(t, "/demo/mail"), 404);
    t->address = "127.0.0.1";
    struct test_answer a = test_get(t, "/demo/mail");
    test_status(a, 200);
    test_contains(a, "Code: 123456");
    test_contains(a, "Кабыл алынды &lt;b&gt;");
    test_contains(a, "href=\"http://127.0.0.1:8080/in/abc?x=1\"");
    assert_int_equal(job_run_due(&t->app, NULL), ERR_OK); /* kept, not sent */
    test_contains(test_get(t, "/demo/mail"), "Code: 123456");
    setenv("AIMAK_SMTP_URL", "smtps://mail.example", 1);
    test_status(test_get(t, "/demo/mail"), 404); /* real mail is nobody's to look at */
    unsetenv("AIMAK_SMTP_URL");
    test_app_close(t);
}

static void desk_page_is_for_operators(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    test_status(test_get(t, "/desk/outbox"), 303);
    test_login_as(t, ROLE_OFFICER, "41702215010000");
    test_status(test_get(t, "/desk/outbox"), 403);
    test_login_as(t, ROLE_ADMINISTRATOR, "*");
    struct test_answer a = test_get(t, "/desk/outbox");
    test_status(a, 200);
    test_contains(a, "No message is waiting.");
    write_message(t, "the body", false);
    assert_int_equal(job_run_due(&t->app, NULL), ERR_OK);
    a = test_get(t, "/desk/outbox");
    test_contains(a, "AIMAK_SMTP_URL");
    test_contains(a, "people.example");
    test_contains(a, "case_state");
    /* No personal data for who only runs the machine. */
    test_lacks(a, "reader@");
    test_lacks(a, "Кабыл");
    test_lacks(a, "the body");
    test_app_close(t);
}

static void failed_messages_go_again(void **state)
{
    (void)state;
    struct test_app *t = open_app();
    write_message(t, "the body", false);
    setenv("AIMAK_SMTP_URL", "smtp://127.0.0.1:1", 1);
    setenv("AIMAK_MAIL_FROM", "a@aimak.example", 1);
    int64_t now = clock_now_ms();
    for (int i = 0; i < 30; i++) {
        clock_set_for_test(now + i * MS_HOUR);
        assert_int_equal(job_run_due(&t->app, NULL), ERR_OK);
    }
    test_login_as(t, ROLE_ADMINISTRATOR, "*");
    struct test_answer a = test_get(t, "/desk/outbox");
    struct str id = test_field(t, a, "id");
    assert_non_null(id.p);
    char text[32];
    snprintf(text, sizeof text, "%.*s", STRF(id));
    a = test_post(t, "/desk/outbox/again", "unit", "41702215010000", "id", text, NULL);
    test_status(a, 303);
    test_contains(test_follow(t, a), "The message is in the queue again.");
    a = test_post(t, "/desk/outbox/again", "unit", "41702215010000", "id", text, NULL);
    test_status(a, 404); /* not failed any more */
    int ran = 0;
    assert_int_equal(job_run_due(&t->app, &ran), ERR_OK);
    assert_int_equal(ran, 1);
    test_status(test_post(t, "/desk/outbox/again", "unit", "", "id", "x", NULL), 422);
    clock_set_for_test(0);
    unsetenv("AIMAK_SMTP_URL");
    test_app_close(t);
}

static void addresses_are_blotted_out(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_true(str_eq(outbox_blot(a, STR("550 <bob@x.kg>: no such user bob@x.kg")),
                       STR("550 …@… no such user …@…")));
    assert_true(str_eq(outbox_blot(a, STR("")), STR("")));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_mail_is_for_this_computer_only),
        cmocka_unit_test(desk_page_is_for_operators),
        cmocka_unit_test(failed_messages_go_again),
        cmocka_unit_test(addresses_are_blotted_out),
    };
    return cmocka_run_group_tests_name("outbox_web", tests, NULL, NULL);
}
