/*
 * Logging in, as people and attackers do it: passwords, codes, letters, sessions.
 */
#include "tests/support/client.h"

#include "community/people/people_testing.h"

#include "platform/store/db.h"

static const char *cookie(struct desk_test *d)
{
    const struct test_cookie *c = test_cookie_of(d->t, "session");
    return c ? desk_text(d, c->value) : NULL;
}

/* Another browser with that cookie. */
static void take_cookie(struct desk_test *d, const char *value)
{
    test_new_visitor(d->t);
    struct test_cookie c = {STR("__Host-session"), str_from(value), STR("")};
    ARENA_PUSH(d->arena, d->t->cookies, c);
}

/* --- password and code --- */

static void staff_log_in_with_password_and_code(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head@kok-jar.demo", ROLE_HEAD, HOME);
    struct test_answer a = test_get(d.t, "/desk/staff");
    test_status(a, 303);
    test_header_is(a, "Location", "/login?next=%2Fdesk%2Fstaff");
    a = test_follow(d.t, a);
    test_status(a, 200);
    assert_str_equal(test_field(d.t, a, "next"), STR("/desk/staff"));

    a = test_post(d.t, "/login", "login", " Head@Kok-Jar.demo ", "password", PASSWORD, "next",
                  "/desk/staff", NULL);
    test_status(a, 303);
    test_header_is(a, "Location", "/login/code?next=%2Fdesk%2Fstaff");
    struct str attributes = test_cookie_of(d.t, "session")->attributes;
    assert_true(str_find(attributes, STR("HttpOnly")) > 0);
    assert_true(str_find(attributes, STR("SameSite=Strict")) > 0);
    assert_true(str_find(attributes, STR("Secure")) > 0);
    assert_true(str_find(attributes, STR("Max-Age")) < 0); /* until the browser closes */
    assert_true(str_starts(test_cookie_of(d.t, "session")->name, STR("__Host-")));

    /* The password alone opens neither the desk's data nor the account. */
    test_header_is(test_get(d.t, "/desk/staff"), "Location", "/login/code?next=%2Fdesk%2Fstaff");
    test_header_is(test_get(d.t, "/account"), "Location", "/login/code?next=%2Faccount");
    test_status(test_post(d.t, "/account", "language", "ru", NULL), 403);
    test_status(test_post(d.t, "/account/phone/codes", NULL), 403);

    const char *before = cookie(&d);
    a = test_post(d.t, "/login/code", "code", desk_code(&d), "next", "/desk/staff", NULL);
    test_status(a, 303);
    test_header_is(a, "Location", "/desk/staff");
    const char *after = cookie(&d);
    assert_string_not_equal(before, after);
    test_status(test_get(d.t, "/desk/staff"), 200);
    test_header_is(test_get(d.t, "/login"), "Location", "/desk");

    take_cookie(&d, before); /* the cookie of before the code is worth nothing now */
    assert_false(desk_is_in(&d));
    take_cookie(&d, after);
    assert_true(desk_is_in(&d));
    assert_false(desk_database_holds(&d, str_from(after)));

    a = test_post(d.t, "/logout", NULL);
    test_status(a, 303);
    take_cookie(&d, after);
    assert_false(desk_is_in(&d));
    desk_end(&d);
}

static void a_cookie_from_elsewhere_is_never_adopted(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    const char *planted = "planted-planted-planted-planted-planted-pla";
    take_cookie(&d, planted);
    assert_false(desk_is_in(&d));
    test_status(desk_password(&d, "head", PASSWORD), 303);
    assert_string_not_equal(cookie(&d), planted);
    take_cookie(&d, planted);
    assert_false(desk_is_in(&d));
    /* Logging in again as somebody else ends the session that the browser had. */
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "head");
    const char *head = cookie(&d);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    take_cookie(&d, head);
    assert_false(desk_is_in(&d));
    desk_end(&d);
}

/* The page without what is new in every answer and what was typed. */
static struct str essence(struct desk_test *d, struct test_answer a)
{
    struct buf *out = buf_in(d->arena);
    struct str rest = a.body;
    for (ptrdiff_t at; (at = str_find(rest, STR(" value=\""))) >= 0;) {
        buf_str(out, str_slice(rest, 0, (size_t)at));
        rest = str_slice(rest, (size_t)at + 8, rest.n);
        rest = str_slice(rest, (size_t)str_find_char(rest, '"'), rest.n);
    }
    buf_str(out, rest);
    return buf_view(out);
}

static void wrong_is_wrong_whatever_was_wrong(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_add(&d, "former", ROLE_OFFICER, HOME);
    char *args[] = {"former"};
    assert_int_equal(people_commands[5].run(&d.t->app, 1, args), 0);
    struct test_answer known = desk_password(&d, "officer", "some wrong password");
    struct test_answer unknown = desk_password(&d, "nobody", "some wrong password");
    struct test_answer shut = desk_password(&d, "former", PASSWORD);
    test_status(known, 422);
    test_status(unknown, 422);
    test_status(shut, 422);
    test_contains(known, "The log-in name or the password is wrong");
    test_lacks(known, "some wrong password");
    assert_str_equal(essence(&d, known), essence(&d, unknown));
    assert_str_equal(essence(&d, known), essence(&d, shut));
    assert_null(cookie(&d));
    desk_end(&d);
}

static void passwords_cannot_be_tried_for_long(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    for (int i = 0; i < 12; i++) { /* who types it right may do so often */
        test_status(desk_password(&d, "officer", PASSWORD), 303);
        test_new_visitor(d.t);
    }
    for (int i = 0; i < 5; i++)
        test_status(desk_password(&d, "officer", "some wrong password"), 422);
    struct test_answer a = desk_password(&d, "officer", PASSWORD);
    test_status(a, 429);
    assert_true(test_header_of(a, "Retry-After").n > 0);
    test_contains(a, "too many attempts");
    /* The limit is the log-in's, not the person's who happens to have it. */
    for (int i = 0; i < 5; i++)
        test_status(desk_password(&d, "nobody", "some wrong password"), 422);
    test_status(desk_password(&d, "nobody", "some wrong password"), 429);
    /* Elsewhere the owner still gets in. */
    d.t->address = "198.51.100.9";
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    desk_end(&d);
}

/* From many addresses at once; the owner's own browser is not kept out by it. */
static void a_crowd_of_guessers_does_not_lock_the_owner_out(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    struct test_cookie device = *test_cookie_of(d.t, "device");
    test_new_visitor(d.t);
    int refused = 0;
    for (int i = 0; i < 40; i++) {
        d.t->address = desk_path(&d, "198.51.100.%d", i);
        refused += desk_password(&d, "officer", "some wrong password").status == 429;
    }
    assert_int_equal(refused, 20);
    d.t->address = "192.0.2.1";
    test_status(desk_password(&d, "officer", PASSWORD), 429);
    ARENA_PUSH(d.arena, d.t->cookies, device);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    /* The proof is of one log-in only, and cannot be made up. */
    desk_add(&d, "another", ROLE_OFFICER, HOME);
    test_new_visitor(d.t);
    device.value = STR("0123456789abcdefAAAAAAAAAAAAAAAAAAAAAA");
    ARENA_PUSH(d.arena, d.t->cookies, device);
    test_status(desk_password(&d, "officer", PASSWORD), 429);
    desk_end(&d);
}

static void a_code_is_taken_once_and_guessed_rarely(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "officer");
    /* The same half minute again: somebody looked over the shoulder. */
    const char *seen = desk_code(&d);
    test_new_visitor(d.t);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    struct test_answer a = test_post(d.t, "/login/code", "code", seen, NULL);
    test_status(a, 422);
    test_contains(a, "This code is not right");
    desk_move_clock(&d, 30 * MS_SECOND);
    test_status(test_post(d.t, "/login/code", "code", seen, NULL), 422);
    for (int i = 0; i < 3; i++)
        test_status(test_post(d.t, "/login/code", "code", "12 34 56", NULL), 422);
    /* Five were wrong: now not even the right one, also not in a new session. */
    a = test_post(d.t, "/login/code", "code", desk_code(&d), NULL);
    test_status(a, 429);
    test_contains(a, "Try again in 15 minutes");
    test_new_visitor(d.t);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    test_status(test_post(d.t, "/login/code", "code", desk_code(&d), NULL), 429);
    desk_move_clock(&d, 15 * MS_MINUTE);
    test_status(test_post(d.t, "/login/code", "code", desk_code(&d), NULL), 303);
    assert_true(desk_is_in(&d));
    desk_end(&d);
}

static void fictional_people_stay_in_the_demonstration(void **state)
{
    struct desk_test d;
    struct demo_context demo = {0};
    desk_begin(&d, state);
    demo.arena = d.arena;
    assert_int_equal(people_slice.demo(&d.t->app, &demo), ERR_OK);
    size_t logins = demo.logins.n;
    assert_int_equal(logins, 10);
    assert_int_equal(people_slice.demo(&d.t->app, &demo), ERR_OK); /* again: nothing doubles */
    const char *login = desk_text(&d, demo.logins.v[0].login);
    const char *password = desk_text(&d, demo.logins.v[0].password);
    test_status(desk_password(&d, login, password), 422);
    d.t->app.demo = true;
    test_status(desk_password(&d, login, password), 303);
    test_lacks(test_get(d.t, "/login/code"), "Demo:");
    test_new_visitor(d.t);
    d.t->app.development = true;
    d.t->secure = false;
    test_status(desk_password(&d, login, password), 303);
    test_lacks(test_get(d.t, "/login/code"), "Demo:"); /* not to another computer */
    d.t->address = "127.0.0.1";
    struct test_answer a = test_get(d.t, "/login/code");
    test_contains(a, "Demo:");
    const char *code = desk_text(&d, desk_between(a, "<strong class=\"number\">", "</strong>"));
    for (int i = 0; i < 2; i++) { /* a guide shows it twice within a minute */
        test_status(test_post(d.t, "/login/code", "code", code, NULL), 303);
        assert_true(desk_is_in(&d));
        test_new_visitor(d.t);
        test_status(desk_password(&d, login, password), 303);
    }
    /* Real staff get no such help. */
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    test_new_visitor(d.t);
    test_status(desk_password(&d, "officer", PASSWORD), 303);
    test_lacks(test_get(d.t, "/login/code"), "Demo:");
    desk_end(&d);
}

/* --- where to go on --- */

static void nobody_is_sent_to_another_site(void **state)
{
    static const char *const bad[] = {
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)",
        "///evil.example",       "evil.example",    "/login?next=/x",   "/logout",
        "\\\\evil.example",      "http:/evil",
    };
    struct desk_test d;
    desk_begin(&d, state);
    desk_add_plain(&d, "provider", ROLE_PROVIDER, HOME);
    desk_add_plain(&d, "deputy", ROLE_DEPUTY, HOME);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        test_new_visitor(d.t);
        struct test_answer a =
            test_post(d.t, "/login", "login", "deputy", "password", PASSWORD, "next", bad[i], NULL);
        test_status(a, 303);
        test_header_is(a, "Location", "/desk");
        struct buf *path = buf_in(d.arena);
        buf_cstr(path, "/login?next=");
        buf_percent(path, str_from(bad[i]));
        test_new_visitor(d.t);
        a = test_get(d.t, desk_text(&d, buf_view(path)));
        assert_null(test_field(d.t, a, "next").p);
    }
    test_new_visitor(d.t);
    struct test_answer a = test_post(d.t, "/login", "login", "deputy", "password", PASSWORD, "next",
                                     "/m/" HOME "/report?x=1", NULL);
    test_header_is(a, "Location", "/m/" HOME "/report?x=1");
    desk_end(&d);
}

static void forms_of_strangers_do_nothing(void **state)
{
    static const struct test_header foreign[] = {{"Origin", "https://evil.example"},
                                                 {"Sec-Fetch-Site", "cross-site"},
                                                 {NULL, NULL}},
                                    ours[] = {{"Origin", "https://aimak.test"},
                                              {"Sec-Fetch-Site", "same-origin"},
                                              {NULL, NULL}};
    static const char *const paths[] = {
        "/login",         "/login/email",      "/login/email/code", "/logout",
        "/account",       "/account/sessions", "/account/password", "/account/phone",
        "/account/email", "/desk/staff/new",   "/desk/keys"};
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    desk_log_in(&d, "head");
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct test_request r = {.method = "POST",
                                 .path = paths[i],
                                 .body = STR("login=head&password=x&others=1&language=ru"),
                                 .content_type = "application/x-www-form-urlencoded",
                                 .headers = foreign};
        test_status(test_send(d.t, &r), 403);
        r.headers = NULL;
        test_status(test_send(d.t, &r), 403);
        r.headers = ours; /* an old page of ours: nothing is done, the form comes again */
        struct test_answer a = test_send(d.t, &r);
        assert_true(a.status == 422 || a.status == 403 || a.status == 303);
        assert_true(desk_is_in(&d));
    }
    desk_end(&d);
}

/* --- sessions --- */

static void sessions_end_by_themselves(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "officer");
    desk_move_clock(&d, STAFF_IDLE_MS - 1);
    assert_true(desk_is_in(&d));
    desk_move_clock(&d, STAFF_IDLE_MS - 1);
    assert_true(desk_is_in(&d));
    desk_move_clock(&d, STAFF_IDLE_MS);
    assert_false(desk_is_in(&d));
    assert_false(desk_is_in(&d)); /* asking does not wake it */

    desk_log_in(&d, "officer");
    int64_t began = d.now_ms;
    while (d.now_ms + 20 * MS_MINUTE < began + STAFF_MOST_MS) {
        desk_move_clock(&d, 20 * MS_MINUTE);
        assert_true(desk_is_in(&d));
    }
    desk_move_clock(&d, began + STAFF_MOST_MS - d.now_ms);
    assert_false(desk_is_in(&d)); /* twelve hours, however busy */
    desk_end(&d);
}

static void what_was_seen_outlives_the_process(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "officer");
    const char *mine = cookie(&d);
    desk_move_clock(&d, 20 * MS_MINUTE);
    assert_true(desk_is_in(&d));
    struct db_stats before, after;
    db_stats(d.t->app.db, &before);
    for (int i = 0; i < 20; i++)
        assert_true(desk_is_in(&d));
    db_stats(d.t->app.db, &after);
    assert_int_equal(before.writes, after.writes); /* reading pages writes nothing */
    assert_int_equal(schedule_run_now(&d.t->app, "sessions_seen"), ERR_OK);
    db_stats(d.t->app.db, &after);
    assert_int_equal(before.writes + 1, after.writes);
    assert_int_equal(schedule_run_now(&d.t->app, "sessions_seen"), ERR_OK);
    db_stats(d.t->app.db, &after);
    assert_int_equal(before.writes + 1, after.writes); /* nothing new, nothing written */

    sessions_forget(); /* a restart */
    desk_move_clock(&d, 20 * MS_MINUTE);
    take_cookie(&d, mine);
    assert_true(desk_is_in(&d));
    sessions_forget();
    desk_move_clock(&d, 20 * MS_MINUTE); /* the last look was not written before the restart */
    assert_false(desk_is_in(&d));

    desk_move_clock(&d, MS_HOUR);
    assert_int_equal(schedule_run_now(&d.t->app, "sessions_purge"), ERR_OK);
    struct buf *text = buf_in(d.arena);
    people_slice.metrics(&d.t->app, text);
    assert_true(str_find(buf_view(text), STR("\naimak_sessions 0\n")) > 0);
    desk_end(&d);
}

static void sessions_are_listed_and_ended(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_add(&d, "other", ROLE_OFFICER, HOME);
    desk_log_in(&d, "other");
    const char *others = cookie(&d);
    desk_log_in(&d, "officer");
    const char *first = cookie(&d);
    desk_log_in(&d, "officer");
    const char *second = cookie(&d);
    struct test_answer a = test_get(d.t, "/account");
    test_contains(a, "tag--good\">here");
    struct str id = test_field(d.t, a, "id");
    assert_true(id.n > 0);
    /* Only the own ones: the id of somebody else's session does nothing. */
    take_cookie(&d, others);
    test_status(test_post(d.t, "/account/sessions", "id", desk_text(&d, id), NULL), 303);
    take_cookie(&d, first);
    assert_true(desk_is_in(&d));
    take_cookie(&d, second);
    test_status(test_post(d.t, "/account/sessions", "id", desk_text(&d, id), NULL), 303);
    assert_true(desk_is_in(&d));
    take_cookie(&d, first);
    assert_false(desk_is_in(&d));

    desk_log_in(&d, "officer");
    const char *third = cookie(&d);
    test_status(test_post(d.t, "/account/sessions", "others", "1", NULL), 303);
    take_cookie(&d, second);
    assert_false(desk_is_in(&d));
    take_cookie(&d, third);
    assert_true(desk_is_in(&d));
    take_cookie(&d, others);
    assert_true(desk_is_in(&d));
    desk_end(&d);
}

/* --- letters --- */

static void residents_log_in_by_code(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    struct test_answer a =
        test_post(d.t, "/login/email", "email", " Ainura@Example.KG", "next", "/m/" HOME, NULL);
    test_status(a, 303);
    test_header_is(a, "Location", "/login/email/code?next=%2Fm%2F" HOME);
    a = test_follow(d.t, a);
    test_contains(a, "ainura@example.kg");
    struct desk_letter letter = desk_letter_to(&d, "ainura@example.kg");
    const char *digits = desk_digits(&d, letter);
    assert_true(str_find(letter.body, str_from(digits)) > 0);
    assert_false(desk_database_holds(&d, str_from(digits)));

    a = test_post(d.t, "/login/email/code", "code", "000000", NULL);
    test_status(a, 422);
    a = test_post(d.t, "/login/email/code", "code", digits, "next", "/m/" HOME, NULL);
    test_status(a, 303);
    test_header_is(a, "Location", "/m/" HOME);
    struct str attributes = test_cookie_of(d.t, "session")->attributes;
    assert_true(str_find(attributes, STR("SameSite=Lax")) > 0);
    assert_true(str_find(attributes, STR("Max-Age=2592000")) > 0);
    assert_true(desk_is_in(&d));
    test_status(test_get(d.t, "/desk/staff"), 403);
    test_status(test_get(d.t, "/account/password"), 404); /* residents have none */
    desk_move_clock(&d, RESIDENT_MOST_MS - 1);
    assert_true(desk_is_in(&d));
    desk_move_clock(&d, 1);
    assert_false(desk_is_in(&d));

    /* The second time it is the same person. */
    for (int i = 0; i < 2; i++) {
        test_new_visitor(d.t);
        test_post(d.t, "/login/email", "email", "ainura@example.kg", NULL);
        digits = desk_digits(&d, desk_letter_to(&d, "ainura@example.kg"));
        test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 303);
        if (i == 0)
            test_status(test_post(d.t, "/account", "name", "Demo Ainura", "language", "en", NULL),
                        303);
    }
    assert_str_equal(test_field(d.t, test_get(d.t, "/account"), "name"), STR("Demo Ainura"));
    desk_end(&d);
}

static void a_mailed_code_serves_once_soon_and_here(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    test_post(d.t, "/login/email", "email", "a@example.kg", NULL);
    const char *digits = desk_digits(&d, desk_letter_to(&d, "a@example.kg"));

    /* Another browser that asks for the same address gets a code of its own, not a try at this. */
    struct test_cookie ticket = *test_cookie_of(d.t, "ticket");
    test_new_visitor(d.t);
    test_header_is(test_get(d.t, "/login/email/code"), "Location", "/login/email");
    test_header_is(test_post(d.t, "/login/email/code", "code", digits, NULL), "Location",
                   "/login/email");
    desk_move_clock(&d, MS_MINUTE);
    test_post(d.t, "/login/email", "email", "a@example.kg", NULL);
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 422);

    test_new_visitor(d.t);
    ARENA_PUSH(d.arena, d.t->cookies, ticket);
    desk_move_clock(&d, MAIL_CODE_MS - MS_MINUTE);
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 422); /* too late */

    test_new_visitor(d.t);
    test_post(d.t, "/login/email", "email", "b@example.kg", NULL);
    digits = desk_digits(&d, desk_letter_to(&d, "b@example.kg"));
    ticket = *test_cookie_of(d.t, "ticket");
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 303);
    test_new_visitor(d.t);
    ARENA_PUSH(d.arena, d.t->cookies, ticket);
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 422); /* used */

    test_new_visitor(d.t);
    test_post(d.t, "/login/email", "email", "c@example.kg", NULL);
    digits = desk_digits(&d, desk_letter_to(&d, "c@example.kg"));
    const char *wrong = strcmp(digits, "111111") == 0 ? "222222" : "111111";
    for (int i = 0; i < MAIL_CODE_TRIES; i++)
        test_status(test_post(d.t, "/login/email/code", "code", wrong, NULL), 422);
    struct test_answer a = test_post(d.t, "/login/email/code", "code", digits, NULL);
    test_status(a, 422);
    test_contains(a, "does not work any more");
    desk_end(&d);
}

static void opening_a_link_does_not_use_it_up(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    test_post(d.t, "/login/email", "email", "a@example.kg", NULL);
    const char *link = desk_link(&d, desk_letter_to(&d, "a@example.kg"));
    assert_false(desk_database_holds(&d, str_from(link + strlen("/login/link/"))));
    test_new_visitor(d.t);
    for (int i = 0; i < 3; i++) { /* scanners of mail, previews of messengers */
        test_status(test_get(d.t, link), 200);
        assert_false(desk_is_in(&d));
    }
    test_status(test_post(d.t, link, NULL), 303);
    assert_true(desk_is_in(&d));
    test_new_visitor(d.t);
    test_status(test_get(d.t, link), 410);
    test_status(test_post(d.t, link, NULL), 410);
    assert_false(desk_is_in(&d));

    test_post(d.t, "/login/email", "email", "a@example.kg", NULL);
    link = desk_link(&d, desk_letter_to(&d, "a@example.kg"));
    test_new_visitor(d.t);
    desk_move_clock(&d, MAIL_CODE_MS);
    test_status(test_post(d.t, link, NULL), 410);
    test_status(test_post(d.t, "/login/link/made-up", NULL), 410);
    desk_end(&d);
}

static void letters_tell_nothing_and_do_not_flood(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer@example.kg", ROLE_OFFICER, HOME);
    struct test_answer staff = test_post(d.t, "/login/email", "email", "officer@example.kg", NULL);
    struct test_answer unknown = test_post(d.t, "/login/email", "email", "nobody@example.kg", NULL);
    assert_int_equal(staff.status, unknown.status);
    assert_str_equal(test_header_of(staff, "Location"), test_header_of(unknown, "Location"));
    assert_int_equal(desk_letters_to(&d, "nobody@example.kg"), 1);
    /* Who reads the officer's mail becomes a resident by it, not the officer. */
    test_post(d.t, "/login/email", "email", "officer@example.kg", NULL);
    const char *digits = desk_digits(&d, desk_letter_to(&d, "officer@example.kg"));
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 303);
    assert_true(desk_is_in(&d));
    test_lacks(test_get(d.t, "/account"), "Service officer");
    test_status(test_get(d.t, "/desk/staff"), 403);

    test_new_visitor(d.t);
    for (int i = 0; i < 12; i++) {
        d.t->address = desk_path(&d, "198.51.100.%d", i);
        test_status(test_post(d.t, "/login/email", "email", "flood@example.kg", NULL), 303);
    }
    assert_int_equal(desk_letters_to(&d, "flood@example.kg"), MAIL_CODES_AN_HOUR);
    desk_move_clock(&d, MS_HOUR);
    test_post(d.t, "/login/email", "email", "flood@example.kg", NULL);
    assert_int_equal(desk_letters_to(&d, "flood@example.kg"), MAIL_CODES_AN_HOUR + 1);
    test_status(test_post(d.t, "/login/email", "email", "a@b\nBcc: x@example.kg", NULL), 422);
    test_status(test_post(d.t, "/login/email", "email", "nonsense", NULL), 422);
    desk_end(&d);
}

/* --- the command line --- */

/* What a command prints on standard output. */
static struct str output_of(struct desk_test *d, int command, int argc, char **argv, int *code)
{
    char path[] = "/tmp/aimak-people-XXXXXX", text[4096];
    int fd = mkstemp(path), kept = dup(1);
    assert_true(fd >= 0 && kept >= 0);
    fflush(stdout);
    dup2(fd, 1);
    *code = people_commands[command].run(&d->t->app, argc, argv);
    fflush(stdout);
    dup2(kept, 1);
    close(kept);
    ssize_t n = pread(fd, text, sizeof(text), 0);
    close(fd);
    unlink(path);
    assert_true(n >= 0);
    return arena_str(d->arena, str_of(text, (size_t)n));
}
enum { USER_ADD, USER_LIST, USER_ROLE, USER_PASSWORD, USER_CODE, USER_DISABLE };

static void support_lets_people_in(void **state)
{
    struct desk_test d;
    int code;
    desk_begin(&d, state);
    desk_add(&d, "officer@example.kg", ROLE_OFFICER, HOME);
    struct str out = output_of(&d, USER_CODE, 1, (char *[]){"officer@example.kg"}, &code), digits;
    assert_int_equal(code, 0);
    assert_true(str_split(&out, '\n', &digits) && digits.n == 6);
    struct str link = str_trim(out);
    assert_true(str_starts(link, STR("https://aimak.test/login/link/")));
    link = str_slice(link, strlen("https://aimak.test"), link.n);
    struct test_answer a = test_post(d.t, desk_text(&d, link), NULL);
    test_status(a, 303);
    test_header_is(a, "Location", "/login/code"); /* the phone is still asked for */
    assert_true(str_find(test_cookie_of(d.t, "session")->attributes, STR("Strict")) > 0);
    a = test_post(d.t, "/login/code", "code", desk_code(&d), NULL);
    test_header_is(a, "Location", "/account/password"); /* and a new password */
    test_header_is(test_get(d.t, "/desk/staff"), "Location",
                   "/account/password?next=%2Fdesk%2Fstaff");

    /* By the digits, for somebody on the telephone. */
    test_new_visitor(d.t);
    out = output_of(&d, USER_CODE, 1, (char *[]){"officer@example.kg"}, &code);
    assert_true(str_split(&out, '\n', &digits));
    test_post(d.t, "/login/email", "email", "officer@example.kg", NULL);
    a = test_post(d.t, "/login/email/code", "code", desk_text(&d, digits), NULL);
    test_header_is(a, "Location", "/login/code");
    output_of(&d, USER_CODE, 1, (char *[]){"nobody@example.kg"}, &code);
    assert_int_equal(code, 1);
    desk_end(&d);
}

/* A link replaces the password that was forgotten, and nothing else. */
static void a_forgotten_password_needs_mail_and_phone(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "officer@example.kg", ROLE_OFFICER, HOME);
    desk_add_plain(&d, "new@example.kg", ROLE_OFFICER, HOME); /* has no phone yet */
    struct test_answer known =
        test_post(d.t, "/login/password", "login", " Officer@Example.kg ", NULL);
    struct str notice_known = essence(&d, test_follow(d.t, known));
    static const char *const no_letter[] = {"nobody@example.kg", "new@example.kg"};
    for (size_t i = 0; i < COUNT_OF(no_letter); i++) {
        test_new_visitor(d.t);
        struct test_answer a = test_post(d.t, "/login/password", "login", no_letter[i], NULL);
        test_status(a, 303);
        assert_str_equal(essence(&d, test_follow(d.t, a)), notice_known);
    }
    assert_int_equal(desk_letters_to(&d, "new@example.kg"), 0);
    assert_int_equal(desk_letters_to(&d, "officer@example.kg"), 1);

    const char *link = desk_link(&d, desk_letter_to(&d, "officer@example.kg"));
    test_new_visitor(d.t);
    test_status(test_get(d.t, link), 200);
    struct test_answer a = test_post(d.t, link, NULL);
    test_header_is(a, "Location", "/login/code"); /* the phone is asked all the same */
    test_status(test_get(d.t, "/desk/staff"), 303);
    a = test_post(d.t, "/login/code", "code", desk_code(&d), NULL);
    test_header_is(a, "Location", "/account/password");
    a = test_post(d.t, "/account/password", "fresh", "ак боз ат минген", "again",
                  "ак боз ат минген", NULL);
    test_status(a, 303);
    test_new_visitor(d.t);
    test_status(test_post(d.t, link, NULL), 410); /* once */
    test_status(desk_password(&d, "officer@example.kg", PASSWORD), 422);
    test_status(desk_password(&d, "officer@example.kg", "ак боз ат минген"), 303);

    /* No flood of letters, whoever asks. */
    for (int i = 0; i < 8; i++) {
        test_new_visitor(d.t);
        test_status(test_post(d.t, "/login/password", "login", "officer@example.kg", NULL), 303);
        desk_move_clock(&d, MS_MINUTE);
    }
    assert_in_range(desk_letters_to(&d, "officer@example.kg"), 2, MAIL_CODES_AN_HOUR);
    desk_end(&d);
}

static void the_first_administrator_comes_from_the_command_line(void **state)
{
    struct desk_test d;
    int code;
    desk_begin(&d, state);
    char *add[] = {"admin@example.kg", "--name", "Test Admin", "--role",
                   "administrator",    "--in",   "*"};
    struct str password = str_trim(output_of(&d, USER_ADD, 7, add, &code));
    assert_int_equal(code, 0);
    assert_int_equal(password.n, 17);
    output_of(
        &d, USER_ADD, 7,
        (char *[]){"admin@example.kg", "--name", "Again", "--role", "administrator", "--in", "*"},
        &code);
    assert_int_equal(code, 1);
    output_of(&d, USER_ADD, 7, (char *[]){"x.y", "--name", "X", "--role", "king", "--in", "*"},
              &code);
    assert_int_equal(code, 1);
    output_of(&d, USER_ADD, 7, (char *[]){"x.y", "--name", "X", "--role", "officer", "--in", "123"},
              &code);
    assert_int_equal(code, 1);
    output_of(&d, USER_ADD, 1, (char *[]){"x.y"}, &code);
    assert_int_equal(code, 2);

    struct test_answer a = desk_password(&d, "admin@example.kg", desk_text(&d, password));
    test_header_is(a, "Location", "/account/password");
    test_status(test_post(d.t, "/account/password", "fresh", PASSWORD, "again", PASSWORD, NULL),
                303);
    char *role[] = {"admin@example.kg", "officer", "--in", HOME, "--to", "2026-12-31"};
    output_of(&d, USER_ROLE, 6, role, &code);
    assert_int_equal(code, 0);
    struct str list = output_of(&d, USER_LIST, 2, (char *[]){"--in", HOME}, &code);
    assert_true(
        str_starts(list, STR("admin@example.kg\tofficer\t" HOME "\t2026-11-18\t2026-12-31")));
    output_of(&d, USER_ROLE, 5, (char *[]){"admin@example.kg", "officer", "--in", HOME, "--take"},
              &code);
    assert_int_equal(code, 0);
    output_of(&d, USER_ROLE, 5, (char *[]){"admin@example.kg", "officer", "--in", HOME, "--take"},
              &code);
    assert_int_equal(code, 1); /* there was none any more */
    const char *mine = cookie(&d);
    password = str_trim(output_of(&d, USER_PASSWORD, 1, (char *[]){"admin@example.kg"}, &code));
    take_cookie(&d, mine);
    assert_false(desk_is_in(&d));
    test_status(desk_password(&d, "admin@example.kg", PASSWORD), 422);
    test_status(desk_password(&d, "admin@example.kg", desk_text(&d, password)), 303);
    output_of(&d, USER_DISABLE, 1, (char *[]){"admin@example.kg"}, &code);
    assert_false(desk_is_in(&d));
    test_status(desk_password(&d, "admin@example.kg", desk_text(&d, password)), 422);
    output_of(&d, USER_DISABLE, 2, (char *[]){"admin@example.kg", "--undo"}, &code);
    test_status(desk_password(&d, "admin@example.kg", desk_text(&d, password)), 303);
    desk_end(&d);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(staff_log_in_with_password_and_code),
        BODY(a_cookie_from_elsewhere_is_never_adopted),
        BODY(wrong_is_wrong_whatever_was_wrong),
        BODY(passwords_cannot_be_tried_for_long),
        BODY(a_crowd_of_guessers_does_not_lock_the_owner_out),
        BODY(a_code_is_taken_once_and_guessed_rarely),
        BODY(fictional_people_stay_in_the_demonstration),
        BODY(nobody_is_sent_to_another_site),
        BODY(forms_of_strangers_do_nothing),
        BODY(sessions_end_by_themselves),
        BODY(what_was_seen_outlives_the_process),
        BODY(sessions_are_listed_and_ended),
        BODY(residents_log_in_by_code),
        BODY(a_mailed_code_serves_once_soon_and_here),
        BODY(opening_a_link_does_not_use_it_up),
        BODY(letters_tell_nothing_and_do_not_flood),
        BODY(support_lets_people_in),
        BODY(a_forgotten_password_needs_mail_and_phone),
        BODY(the_first_administrator_comes_from_the_command_line),
    };
    return slice_test_run("people_login", bodies, COUNT_OF(bodies));
}
