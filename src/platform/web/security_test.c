/*
 * What an attacker tries: requests from other sites, other people's tokens, shadowed cookies,
 * redirects to elsewhere, headers smuggled in, more attempts than anybody needs.
 */
#include "tests/support/client.h"

#include "platform/core/id.h"
#include "platform/web/sample_test.h"

#define UNIT "41702220820000"
#define OTHER "41703220830000"
#define MERGED "41702220825000"

static int open_app(void **state)
{
    struct test_app *t = TEST_APP(&web_slice, &sample_slice);
    t->moved_from = MERGED;
    t->moved_to = UNIT;
    sample_handled = 0;
    sample_words[0] = '\0';
    *state = t;
    return 0;
}

static int close_app(void **state)
{
    test_app_close(*state);
    return 0;
}

/* --- proof of origin --- */

static struct test_answer post_as(struct test_app *t, const char *path, const char *token,
                                  const char *origin, const char *site)
{
    struct test_header headers[3] = {{0}};
    int n = 0;
    if (origin)
        headers[n++] = (struct test_header){"Origin", origin};
    if (site)
        headers[n] = (struct test_header){"Sec-Fetch-Site", site};
    struct str body = arena_printf(t->arena, "words=hello&csrf=%s", token);
    return test_send(t, &(struct test_request){.method = "POST",
                                               .path = path,
                                               .body = body,
                                               .content_type = "application/x-www-form-urlencoded",
                                               .headers = headers});
}

static const char *fresh_token(struct test_app *t)
{
    return arena_cstr(t->arena, test_token(t));
}

static void test_token_good(void **state)
{
    struct test_app *t = *state;
    test_status(post_as(t, "/form", fresh_token(t), "https://aimak.test", "same-origin"), 303);
    test_status(post_as(t, "/form", fresh_token(t), NULL, NULL), 303); /* an old browser */
    test_status(post_as(t, "/form", fresh_token(t), NULL, "none"), 303);
    /* Some extensions blank the Origin; the browser's own word stands. */
    test_status(post_as(t, "/form", fresh_token(t), "null", "same-origin"), 303);
    assert_int_equal(sample_handled, 4);
    assert_string_equal(sample_words, "hello");
}

/* Another site's request is refused even with a good token. */
static void test_foreign_origin(void **state)
{
    static const char *const cases[][2] = {
        {"https://evil.example", NULL},
        {"https://evil.example", "cross-site"},
        {"https://aimak.test.evil.example", NULL},
        {"https://evil.example", "same-origin"},
        {"null", NULL},
        {NULL, "cross-site"},
        {NULL, "same-site"},
        {"https://aimak.test", "same-site"},
        {"https://aimak.test:444", NULL},
        {"http://aimak.test", NULL},
        {"aimak.test", NULL},
        {"", NULL},
    };
    struct test_app *t = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct test_answer a = post_as(t, "/form", fresh_token(t), cases[i][0], cases[i][1]);
        test_status(a, 403);
        test_contains(a, "another site");
    }
    assert_int_equal(sample_handled, 0);
}

/* A stale page of ours comes back with what was typed; nothing is done. */
static void test_token_bad_from_our_page(void **state)
{
    static const char *const bad[] = {
        "", "x", "AAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAA"};
    struct test_app *t = *state;
    fresh_token(t);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct test_answer a = post_as(t, "/form", bad[i], "https://aimak.test", "same-origin");
        test_status(a, 422);
        test_contains(a, "This page was open for too long");
        assert_str_equal(test_field(t, a, "words"), STR("hello"));
        assert_true(test_field(t, a, "csrf").n > 40);
    }
    assert_int_equal(sample_handled, 0);
    test_status(post_as(t, "/form", "", NULL, NULL), 403); /* nobody says where it comes from */
    test_status(post_as(t, "/careless", "", "https://aimak.test", "same-origin"), 403);
    assert_int_equal(sample_handled, 0);
    test_status(post_as(t, "/careless", fresh_token(t), "https://aimak.test", "same-origin"), 303);
    assert_int_equal(sample_handled, 1);
}

static void test_token_is_bound_to_the_visitor(void **state)
{
    struct test_app *t = *state;
    const char *mine = fresh_token(t);
    test_new_visitor(t);
    test_status(post_as(t, "/form", mine, NULL, NULL), 403); /* no cookie at all */
    const char *other = fresh_token(t);
    test_status(post_as(t, "/form", mine, NULL, NULL), 403); /* another visitor's */
    test_status(post_as(t, "/form", other, NULL, NULL), 303);
    /* Logging in makes tokens from before void. */
    test_login_as(t, ROLE_OFFICER, UNIT);
    test_status(post_as(t, "/form", other, NULL, NULL), 403);
    const char *logged_in = fresh_token(t);
    test_status(post_as(t, "/form", logged_in, NULL, NULL), 303);
    test_logout(t);
    test_status(post_as(t, "/form", logged_in, NULL, NULL), 403);
}

static void test_token_is_masked(void **state)
{
    struct test_app *t = *state;
    struct str a = test_token(t), b = test_token(t);
    assert_int_equal(a.n, b.n);
    size_t same = 0;
    for (size_t i = 0; i < a.n; i++)
        same += a.p[i] == b.p[i];
    assert_true(same < a.n / 4);
}

static void test_token_in_a_header(void **state)
{
    struct test_app *t = *state;
    struct test_header headers[] = {{"X-CSRF-Token", fresh_token(t)}, {0}};
    struct test_request request = {.method = "POST",
                                   .path = "/form",
                                   .body = STR("words=hello"),
                                   .content_type = "application/x-www-form-urlencoded",
                                   .headers = headers};
    test_status(test_send(t, &request), 303);
    headers[0].value = "wrong";
    test_status(test_send(t, &request), 403);
}

/* A route without CSRF takes no cookie as proof: it must not see the session at all. */
static void test_api_ignores_the_session(void **state)
{
    struct test_app *t = *state;
    test_login_as(t, ROLE_HEAD, UNIT);
    struct test_header headers[] = {{"Origin", "https://evil.example"}, {0}};
    struct test_answer a = test_send(t, &(struct test_request){.method = "POST",
                                                               .path = "/api/v1/things",
                                                               .body = STR("{}"),
                                                               .content_type = "application/json",
                                                               .headers = headers});
    test_status(a, 200);
    test_contains(a, "{\"person\":0}");
    assert_true(str_find(test_get(t, "/api/v1/whoami").body, STR("0")) != 0); /* reads know him */
}

/* --- sessions and cookies --- */

static void test_session_cookie(void **state)
{
    struct test_app *t = *state;
    struct str token = id_secret(t->arena, 32);
    struct str before = test_token(t);
    test_post(t, "/login-test", "words", arena_cstr(t->arena, token), NULL);
    const struct test_cookie *c = test_cookie_of(t, "session");
    assert_non_null(c);
    assert_str_equal(c->name, STR("__Host-session"));
    assert_str_equal(c->value, token);
    assert_true(str_find(c->attributes, STR("; Path=/; HttpOnly; SameSite=Lax; Secure")) >= 0);
    assert_true(str_find(c->attributes, STR("Domain")) < 0);
    assert_true(before.n > 0);
}

static void test_logout_clears(void **state)
{
    struct test_app *t = *state;
    test_login_as(t, ROLE_RESIDENT, "*");
    struct test_answer a = test_post(t, "/logout-test", NULL);
    test_status(a, 303);
    assert_null(test_cookie_of(t, "session"));
    test_status(test_get(t, "/mine"), 303);
}

static void add_cookie(struct test_app *t, const char *name, const char *value)
{
    struct test_cookie c = {str_from(name), str_from(value), STR("")};
    ARENA_PUSH(t->arena, t->cookies, c);
}

/* Neither a cookie without the prefix (set by a neighbouring host or over plain HTTP) nor two of
 * one name are taken. */
static void test_cookie_shadowing(void **state)
{
    struct test_app *t = *state;
    test_login_as(t, ROLE_RESIDENT, "*");
    const char *token = arena_cstr(t->arena, test_cookie_of(t, "session")->value);
    test_new_visitor(t);
    add_cookie(t, "session", token);
    test_status(test_get(t, "/mine"), 303);
    test_new_visitor(t);
    add_cookie(t, "__Host-session", token);
    test_status(test_get(t, "/mine"), 200);
    add_cookie(t, "__Host-session", "another");
    test_status(test_get(t, "/mine"), 303);
    test_new_visitor(t);
    add_cookie(t, "__Host-session", "another");
    add_cookie(t, "__Host-session", token);
    test_status(test_get(t, "/mine"), 303);
}

static void test_development_cookies(void **state)
{
    struct test_app *t = *state;
    t->app.development = true;
    test_get(t, "/page?lang=ru");
    const struct test_cookie *c = test_cookie_of(t, "lang");
    assert_str_equal(c->name, STR("lang"));
    assert_true(str_find(c->attributes, STR("Secure")) < 0);
    assert_true(str_find(c->attributes, STR("HttpOnly")) >= 0);
}

static void test_notice(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_follow(t, test_post(t, "/form", "words", "x", NULL));
    test_contains(a, "<strong>Save</strong>");
    assert_null(test_cookie_of(t, "notice"));
    test_lacks(test_get(t, "/page"), "<strong>Save</strong>");
    /* Nobody can make us say something. */
    add_cookie(t, "__Host-notice", "common_save.AAAAAAAAAAAAAAAAAAAAAA");
    test_lacks(test_get(t, "/page"), "<strong>Save</strong>");
    add_cookie(t, "__Host-notice", "");
    test_status(test_get(t, "/page"), 200);
}

/* --- redirects, headers --- */

static void test_open_redirect(void **state)
{
    static const char *const foreign[] = {
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/%0d%0aSet-Cookie:x=1",
        "/%09/evil.example",
        "/ok%00",
    };
    struct test_app *t = *state;
    for (size_t i = 0; i < COUNT_OF(foreign); i++) {
        struct buf *path = buf_in(t->arena);
        buf_printf(path, "/redirect?next=%s", foreign[i]);
        struct test_answer a = test_get(t, arena_cstr(t->arena, buf_view(path)));
        if (a.status == 303)
            test_header_is(a, "Location", "/");
        else
            test_status(a, 400);
    }
    test_header_is(test_get(t, "/redirect?next=/m/x?a=b%26c"), "Location", "/m/x?a=b&c");
    test_header_is(test_get(t, "/redirect?next=/%D2%AF%20%22"), "Location", "/%D2%AF%20%22");
}

static void test_redirect_for_scripts(void **state)
{
    struct test_answer a =
        test_get_with(*state, "/redirect?next=/page", "X-Requested-With", "fetch");
    test_status(a, 204);
    test_header_is(a, "X-Location", "/page");
    assert_null(test_header_of(a, "Location").p);
}

static void test_header_injection(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/injection?v=a%0d%0aX-Evil:%201%0d%0a%0d%0abody");
    assert_null(test_header_of(a, "X-Evil").p);
    assert_int_equal(a.body.n, 0);
    a = test_get(t, "/injection?v=a%22;%20filename=evil.exe%0a;%20Domain=evil");
    assert_null(test_header_of(a, "X-Evil").p);
    test_header_is(a, "Content-Disposition",
                   "attachment; filename=\"a___filename_evil.exe___Domain_evil\"; "
                   "filename*=UTF-8''a%22%3B%20filename%3Devil.exe%0A%3B%20Domain%3Devil");
    const struct test_cookie *c = test_cookie_of(t, "test");
    assert_true(str_find(c->attributes, STR("Domain")) < 0);
    assert_true(str_find(c->attributes, STR("SameSite=Strict")) >= 0);
    a = test_get(t, "/injection?v=%D0%96%D0%B0%D0%B7%D1%83%D1%83.xlsx");
    assert_true(test_header_has(a, "Content-Disposition",
                                "filename*=UTF-8''%D0%96%D0%B0%D0%B7%D1%83%D1%83.xlsx"));
}

static void test_security_headers(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/page");
    struct str csp = test_header_of(a, "Content-Security-Policy");
    assert_true(str_find(csp, STR("default-src 'none'")) >= 0);
    assert_true(str_find(csp, STR("frame-ancestors 'none'")) >= 0);
    assert_true(str_find(csp, STR("form-action 'self'")) >= 0);
    assert_true(str_find(csp, STR("base-uri 'none'")) >= 0);
    assert_true(str_find(csp, STR("unsafe")) < 0);
    test_header_is(a, "X-Content-Type-Options", "nosniff");
    test_header_is(a, "Referrer-Policy", "same-origin");
    test_header_is(a, "Cross-Origin-Opener-Policy", "same-origin");
    test_header_is(a, "Cross-Origin-Resource-Policy", "same-origin");
    assert_true(test_header_has(a, "Permissions-Policy", "geolocation=(self), camera=(self)"));
    assert_true(test_header_has(a, "Strict-Transport-Security", "max-age=31536000"));
    assert_null(test_header_of(a, "Access-Control-Allow-Origin").p);
    t->secure = false;
    assert_null(test_header_of(test_get(t, "/page"), "Strict-Transport-Security").p);
    test_status(test_get(t, "/nothing"), 404);
    test_header_is(test_get(t, "/nothing"), "X-Content-Type-Options", "nosniff");
    /* Open data is open to pages of others, pages are not. */
    test_header_is(test_get(t, "/api/v1/whoami"), "Access-Control-Allow-Origin", "*");
    assert_null(test_header_of(test_get(t, "/api/v1/mine"), "Access-Control-Allow-Origin").p);
}

/* --- limits --- */

static void test_rate_of_writes(void **state)
{
    struct test_app *t = *state;
    t->app.limits[RATE_WRITE] = (struct rate_limit){.per_minute = 2, .burst = 3};
    for (int i = 0; i < 3; i++)
        test_status(test_post(t, "/form", "words", "x", NULL), 303);
    struct test_answer a = test_post(t, "/form", "words", "x", NULL);
    test_status(a, 429);
    test_contains(a, "Wait 30 seconds");
    test_header_is(a, "Retry-After", "30");
    assert_int_equal(sample_handled, 3);
    test_status(test_get(t, "/form"), 200); /* reading goes on */
    t->address = "203.0.113.8";
    test_status(test_post(t, "/form", "words", "x", NULL), 303);
    t->address = "203.0.113.7";
    test_login_as(t, ROLE_RESIDENT, "*"); /* a known person has own limits */
    test_status(test_post(t, "/form", "words", "x", NULL), 303);
}

static void test_rate_of_everything(void **state)
{
    struct test_app *t = *state;
    t->app.limits[RATE_ALL] = (struct rate_limit){.per_minute = 60, .burst = 5};
    for (int i = 0; i < 5; i++)
        test_status(test_get(t, "/page"), 200);
    test_status(test_get(t, "/page"), 429);
    test_contains(test_get(t, "/api/v1/whoami"), "\"rate\"");
    test_status(test_get(t, "/healthz"), 200); /* whoever watches the program is not stopped */
    t->address = "2001:db8::1";
    for (int i = 0; i < 5; i++)
        test_status(test_get(t, "/page"), 200);
    t->address = "2001:db8::2"; /* the same customer */
    test_status(test_get(t, "/page"), 429);
}

static void test_rate_of_accounts(void **state)
{
    struct test_app *t = *state;
    struct rate_limit limit = {.per_minute = 1, .burst = 2};
    int64_t wait;
    assert_true(app_rate_allows(&t->app, "password", STR("a"), limit, &wait));
    assert_true(app_rate_allows(&t->app, "password", STR("a"), limit, &wait));
    assert_false(app_rate_allows(&t->app, "password", STR("a"), limit, &wait));
    assert_true(wait > 50000 && wait <= 60000);
    assert_true(app_rate_allows(&t->app, "password", STR("b"), limit, &wait));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_app, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_token_good),
        TEST(test_foreign_origin),
        TEST(test_token_bad_from_our_page),
        TEST(test_token_is_bound_to_the_visitor),
        TEST(test_token_is_masked),
        TEST(test_token_in_a_header),
        TEST(test_api_ignores_the_session),
        TEST(test_session_cookie),
        TEST(test_logout_clears),
        TEST(test_cookie_shadowing),
        TEST(test_development_cookies),
        TEST(test_notice),
        TEST(test_open_redirect),
        TEST(test_redirect_for_scripts),
        TEST(test_header_injection),
        TEST(test_security_headers),
        TEST(test_rate_of_writes),
        TEST(test_rate_of_everything),
        TEST(test_rate_of_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
