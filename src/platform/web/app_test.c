/*
 * Requests through the whole program without a socket: routes, languages, municipalities, errors,
 * permissions, caches, the pages of the platform itself. What attackers try is in security_test.c.
 */
#include "tests/support/client.h"

#include "platform/web/assets.h"
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

/* --- routes and languages --- */

static void test_routes(void **state)
{
    struct test_app *t = *state;
    test_status(test_get(t, "/page"), 200);
    test_status(test_get(t, "/nothing"), 404);
    struct test_answer a =
        test_send(t, &(struct test_request){.method = "DELETE", .path = "/form"});
    test_status(a, 405);
    test_header_is(a, "Allow", "GET, HEAD, POST");
    test_status(test_send(t, &(struct test_request){.method = "TRACE", .path = "/page"}), 405);
    test_status(test_send(t, &(struct test_request){.method = "HEAD", .path = "/page"}), 200);
    a = test_send(t, &(struct test_request){.method = "OPTIONS", .path = "/form"});
    test_status(a, 204);
    assert_true(test_header_has(a, "Allow", "POST"));
}

static void test_final_slash(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/page/?a=1&b=%D2%AF");
    test_status(a, 301);
    test_header_is(a, "Location", "/page?a=1&b=%D2%AF");
    test_header_is(test_get(t, "/folder"), "Location", "/folder/");
    test_status(test_get(t, "/nothing/"), 404);
}

static void test_language_order(void **state)
{
    struct test_app *t = *state;
    t->lang = LANG_RU;
    test_contains(test_get(t, "/page"), "<html lang=\"ru\"");
    test_contains(test_get(t, "/page?lang=en"), "<html lang=\"en\"");
    assert_non_null(test_cookie_of(t, "lang"));
    test_contains(test_get(t, "/page"), "<html lang=\"en\""); /* remembered over the header */
    test_contains(test_get(t, "/page?lang=xx"), "<html lang=\"en\"");
    test_new_visitor(t);
    test_contains(test_get_with(t, "/page", "Accept-Language", "de"), "<html lang=\"ru\"");
}

static void test_kyrgyz_is_first(void **state)
{
    struct test_app *t = *state;
    struct http_request in = {.method = STR("GET"),
                              .path = STR("/page"),
                              .query = STR(""),
                              .target = STR("/page"),
                              .address = STR("203.0.113.7")};
    struct http_response out = {.file_fd = -1};
    app_handle(&t->app, &in, &out);
    assert_true(str_find(buf_view(&out.body), STR("<html lang=\"ky\"")) >= 0);
    buf_free(&out.headers);
    buf_free(&out.body);
}

/* The switch keeps the page and its query, and never leads to another site. */
static void test_language_switch(void **state)
{
    struct test_app *t = *state;
    test_contains(test_get(t, "/page?a=1&lang=ru&b=%22%3E"),
                  "href=\"/page?a=1&amp;b=%22%3E&amp;lang=ky\"");
    test_contains(test_get(t, "/m/" UNIT), "href=\"/m/" UNIT "?lang=ky\"");
    struct test_answer a = test_get(t, "//evil.example/x");
    test_status(a, 404);
    test_lacks(a, "//evil.example");
    a = test_get(t, "/%2fevil.example");
    test_lacks(a, "\"//evil.example");
    test_contains(test_get(t, "/x%22%3E%3Cscript%3E"), "x%22%3E%3Cscript%3E?lang=ky");
}

static void test_bad_query_is_refused(void **state)
{
    static const char *const paths[] = {"/page?a=%ff", "/page?a=%zz", "/page?a=%00"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct test_answer a = test_get(*state, paths[i]);
        test_status(a, 400);
        test_contains(a, "cannot be read");
    }
}

/* --- municipalities --- */

static void test_unit(void **state)
{
    struct test_app *t = *state;
    test_contains(test_get(t, "/m/" UNIT), UNIT);
    test_status(test_get(t, "/m/41700000000404"), 404);
    test_status(test_get(t, "/m/abc"), 404);
}

static void test_merged_unit_moves(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/m/" MERGED "?a=1");
    test_status(a, 301);
    test_header_is(a, "Location", "/m/" UNIT "?a=1");
    a = test_get(t, "/m/" MERGED "/task/a%20%22b");
    test_status(a, 301);
    test_header_is(a, "Location", "/m/" UNIT "/task/a%20%22b");
    test_status(test_get(t, "/any/" MERGED), 200);
    /* A form that was open during the merger goes on with its body. */
    a = test_post(t, "/m/" MERGED "/task/x", "words", "x", NULL);
    test_status(a, 308);
}

/* --- errors --- */

static void test_error_statuses(void **state)
{
    static const struct {
        int code, status;
    } expected[] = {
        {ERR_INPUT, 422},  {ERR_PARSE, 400},       {ERR_TOO_LARGE, 413}, {ERR_NOT_FOUND, 404},
        {ERR_DENIED, 403}, {ERR_LOGIN, 401},       {ERR_CONFLICT, 409},  {ERR_BUSY, 503},
        {ERR_RATE, 429},   {ERR_UNAVAILABLE, 503}, {ERR_TIMEOUT, 503},   {ERR_IO, 503},
        {ERR_CONFIG, 503}, {ERR_RETRY, 503},       {ERR__MAX, 503},      {999, 503},
    };
    struct test_app *t = *state;
    for (int lang = 0; lang < LANG__MAX; lang++)
        for (size_t i = 0; i < COUNT_OF(expected); i++) {
            char path[64];
            t->lang = (enum lang)lang;
            snprintf(path, sizeof path, "/fail/%d", expected[i].code);
            struct test_answer a = test_get(t, path);
            test_status(a, expected[i].status);
            test_contains(a, "<h1>");
            test_contains(a, "class=\"lead\"");
            assert_true(test_header_has(a, "Content-Type", "text/html"));
            if (a.status == 503 || a.status == 429)
                assert_true(test_header_of(a, "Retry-After").n > 0);
        }
}

static void test_silent_handler(void **state)
{
    struct test_answer a = test_get(*state, "/silence");
    test_status(a, 500);
    test_contains(a, "Something went wrong");
    test_contains(a, "test-");
}

static void test_errors_for_programs(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/api/v1/fail/4");
    test_status(a, 404);
    assert_true(test_header_has(a, "Content-Type", "application/json"));
    test_contains(a, "\"code\":\"not_found\"");
    test_contains(test_get(t, "/api/v1/nothing"), "\"not_found\"");
    test_status(test_get(t, "/api/v1/mine"), 401);

    a = test_get(t, "/open311/v2/fail/1.xml");
    test_status(a, 400);
    test_contains(a, "<code>400</code>\n<description>");
    a = test_get(t, "/open311/v2/fail/4.json");
    test_status(a, 404);
    test_contains(a, "[{\"code\":\"404\",\"description\":");
    test_status(test_get(t, "/open311/v2/fail/6.json"), 403);
    test_status(test_get(t, "/open311/v2/fail/10.xml"), 503);
    test_contains(test_get(t, "/m/" UNIT "/open311/v2/nothing.xml"), "<errors>");
}

static void test_error_replaces_half_an_answer(void **state)
{
    struct test_answer a = test_get(*state, "/half");
    test_status(a, 503);
    test_lacks(a, "half of a secret");
    assert_null(test_header_of(a, "X-Half").p);
    assert_null(test_cookie_of(*state, "half"));
}

static struct test_answer refuse(struct test_app *t, int status, const char *path)
{
    struct http_header headers[] = {{STR("Accept-Language"), STR("ru")}};
    struct http_request in = {.path = str_from(path), .headers = headers, .header_count = 1};
    struct http_response out = {.status = status, .file_fd = -1};
    struct test_answer a;
    app_refuse(&t->app, &in, &out);
    a = (struct test_answer){out.status, arena_str(t->arena, buf_view(&out.body)),
                             arena_str(t->arena, buf_view(&out.headers))};
    buf_free(&out.headers);
    buf_free(&out.body);
    return a;
}

/* What the server refuses before there is a request worth the name. */
static void test_refusals_of_the_server(void **state)
{
    static const int statuses[] = {400, 408, 413, 431, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct test_answer a = refuse(*state, statuses[i], NULL);
        test_status(a, statuses[i]);
        test_contains(a, "<html lang=\"ru\"");
    }
    test_contains(refuse(*state, 413, "/api/v1/things"), "\"status\":413");
    assert_true(test_header_of(refuse(*state, 503, "/"), "Retry-After").n > 0);
}

static void test_body_limits(void **state)
{
    struct test_app *t = *state;
    assert_int_equal(app_body_limit(&t->app, STR("POST"), STR("/form")), BODY_LIMIT);
    assert_int_equal(app_body_limit(&t->app, STR("POST"), STR("/big")), BODY_LIMIT_BIG);
    assert_int_equal(app_body_limit(&t->app, STR("POST"), STR("/nothing")), -1);
    assert_int_equal(app_body_limit(&t->app, STR("PUT"), STR("/form")), -1);
}

/* --- permissions --- */

static void test_log_in_first(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/mine?a=1&lang=ru");
    test_status(a, 303);
    test_header_is(a, "Location", "/login?next=%2Fmine%3Fa%3D1");
    test_login_as(t, ROLE_RESIDENT, "*");
    test_status(test_get(t, "/mine"), 200);
    test_status(test_get(t, "/desk"), 403);
    test_new_visitor(t);
    a = test_post(t, "/m/" UNIT "/task/x", "words", "x", NULL);
    test_status(a, 401);
    assert_int_equal(sample_handled, 0);
}

static void test_foreign_municipality(void **state)
{
    struct test_app *t = *state;
    test_login_as(t, ROLE_OFFICER, UNIT);
    test_status(test_get(t, "/m/" UNIT "/task/x"), 200);
    test_status(test_get(t, "/m/" OTHER "/task/x"), 403);
    test_status(test_post(t, "/m/" OTHER "/task/x", "words", "x", NULL), 403);
    assert_int_equal(sample_handled, 0);
    test_status(test_post(t, "/m/" UNIT "/task/x", "words", "x", NULL), 303);
    assert_int_equal(sample_handled, 1);
    /* Unknown and foreign look different only to those who may know. */
    test_new_visitor(t);
    test_status(test_get(t, "/m/41700000000404/task/x"), 404);
}

static void test_missing_steps_are_asked_for(void **state)
{
    struct test_app *t = *state;
    struct actor actor = {.person_id = 9, .grant_count = 1};
    actor.grants[0].role = ROLE_OFFICER;
    snprintf(actor.grants[0].scope, sizeof actor.grants[0].scope, UNIT);
    test_login(t, &actor);
    test_status(test_get(t, "/desk"), 200);
    test_header_is(test_get(t, "/desk/cases"), "Location", "/login/code?next=%2Fdesk%2Fcases");
    test_status(test_post(t, "/m/" UNIT "/task/x", "words", "x", NULL), 403);
    actor.must_change_password = true;
    test_login(t, &actor);
    test_header_is(test_get(t, "/desk"), "Location", "/account/password?next=%2Fdesk");
    assert_int_equal(sample_handled, 0);
}

static enum err no_database(struct req *r, struct str token)
{
    (void)token;
    r->actor.person_id = 7; /* half loaded */
    return ERR_UNAVAILABLE;
}

/* Sessions cannot be looked up: public pages stay, as for a stranger; the rest says so. */
static void test_sessions_unavailable(void **state)
{
    struct test_app *t = *state;
    test_login_as(t, ROLE_HEAD, UNIT);
    struct app_hooks before = app_get_hooks();
    app_set_hooks(&(struct app_hooks){.load_actor = no_database});
    test_contains(test_get(t, "/whoami"), "0");
    test_status(test_get(t, "/mine"), 503);
    app_set_hooks(&before);
}

/* --- caches --- */

static void test_cache_rules(void **state)
{
    struct test_app *t = *state;
    test_header_is(test_get(t, "/page"), "Cache-Control", "public, max-age=60");
    assert_true(test_header_has(test_get(t, "/page"), "Vary", "Cookie, Accept-Language"));
    test_header_is(test_get(t, "/whoami"), "Cache-Control", "private, no-store");
    test_header_is(test_get(t, "/form"), "Cache-Control", "private, no-cache"); /* a token inside */
    test_header_is(test_get(t, "/page?lang=ru"), "Cache-Control",
                   "private, no-cache"); /* a cookie */
    test_login_as(t, ROLE_OFFICER, UNIT);
    test_header_is(test_get(t, "/page"), "Cache-Control", "private, no-store");
    test_header_is(test_get(t, "/nothing"), "Cache-Control", "private, no-store");
}

static void test_not_modified(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, "/versioned");
    struct str tag = test_header_of(a, "ETag");
    test_status(a, 200);
    const char *etag = arena_cstr(t->arena, tag);
    a = test_get_with(t, "/versioned", "If-None-Match", etag);
    test_status(a, 304);
    assert_int_equal(a.body.n, 0);
    test_status(test_get_with(t, "/versioned", "If-None-Match",
                              arena_cstr(t->arena, arena_printf(t->arena, "\"x\", W/%s", etag))),
                304);
    test_status(test_get_with(t, "/versioned", "If-None-Match", "\"other\""), 200);
    t->lang = LANG_RU; /* the same page in another language is another page */
    test_status(test_get_with(t, "/versioned", "If-None-Match", etag), 200);
    t->lang = LANG_EN;
    test_login_as(t, ROLE_OFFICER, UNIT);
    test_status(test_get_with(t, "/versioned", "If-None-Match", etag), 200);
}

/* --- the platform's own pages --- */

static void test_assets(void **state)
{
    struct test_app *t = *state;
    struct test_answer a = test_get(t, asset_url("style.css"));
    test_status(a, 200);
    test_header_is(a, "Content-Type", "text/css; charset=utf-8");
    test_header_is(a, "Cache-Control", "public, max-age=31536000, immutable");
    assert_true(a.body.n > 1000);
    struct test_answer packed =
        test_get_with(t, asset_url("style.css"), "Accept-Encoding", "br, gzip");
    test_header_is(packed, "Content-Encoding", "gzip");
    assert_true(packed.body.n < a.body.n / 2);
    assert_memory_equal(packed.body.p, "\x1f\x8b", 2);
    a = test_get_with(t, asset_url("style.css"), "Accept-Encoding", "gzip;q=0");
    assert_null(test_header_of(a, "Content-Encoding").p);
    test_header_is(test_get(t, "/assets/style.css"), "Cache-Control", "public, max-age=300");
    /* A page kept from before an upgrade still gets a style, but not for a year. */
    a = test_get(t, "/assets/style-0123456789.css");
    test_status(a, 200);
    test_header_is(a, "Cache-Control", "public, max-age=300");
    test_status(test_get(t, "/assets/none.css"), 404);
    test_status(test_get(t, "/assets/..%2fapp.js"), 404);
    test_header_is(test_get(t, "/favicon.ico"), "Location", asset_url("favicon.svg"));
    test_contains(test_get(t, "/robots.txt"), "Disallow: /desk");
}

static void test_health(void **state)
{
    struct test_app *t = *state;
    test_contains(test_get(t, "/healthz"), "ok");
    test_contains(test_get(t, "/readyz"), "ready");
}

static void test_metrics(void **state)
{
    struct test_app *t = *state;
    test_status(test_get(t, "/metrics"), 403); /* from outside */
    t->address = "127.0.0.1";
    test_get(t, "/nothing");
    struct test_answer a = test_get(t, "/metrics");
    test_status(a, 200);
    test_contains(a, "aimak_responses_total{class=\"4xx\"} 2\n");
    test_contains(a, "aimak_request_seconds_bucket{le=\"+Inf\"} 2\n");
    test_contains(a, "aimak_request_seconds_count 2\n");
    test_contains(a, "aimak_db_reads_total");
    /* A proxy on this machine makes everybody look local. */
    test_status(test_get_with(t, "/metrics", "X-Forwarded-For", "198.51.100.1"), 403);
    t->app.metrics_token = "secret";
    test_status(test_get(t, "/metrics"), 403);
    test_status(test_get_with(t, "/metrics", "Authorization", "Bearer wrong!"), 403);
    t->address = "203.0.113.7";
    test_status(test_get_with(t, "/metrics", "Authorization", "Bearer secret"), 200);
}

static enum err answer_nothing(struct req *r)
{
    (void)r;
    return ERR_NOT_FOUND;
}

static void test_colliding_routes(void **state)
{
    static const struct route one[] = {ROUTE("GET", "/x/{a}", answer_nothing, PERM_PUBLIC, 0)};
    static const struct route two[] = {ROUTE("GET", "/x/{b}", answer_nothing, PERM_PUBLIC, 0)};
    static const struct slice first = {.name = "first", .routes = one, .route_count = 1};
    static const struct slice second = {.name = "second", .routes = two, .route_count = 1};
    static const struct slice *const slices[] = {&first, &second};
    struct app app = {.slices = slices, .slice_count = 2};
    (void)state;
    assert_int_equal(app_start(&app), ERR_CONFIG);
    assert_null(app.web);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_app, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_routes),
        TEST(test_final_slash),
        TEST(test_language_order),
        TEST(test_kyrgyz_is_first),
        TEST(test_language_switch),
        TEST(test_bad_query_is_refused),
        TEST(test_unit),
        TEST(test_merged_unit_moves),
        TEST(test_error_statuses),
        TEST(test_silent_handler),
        TEST(test_errors_for_programs),
        TEST(test_error_replaces_half_an_answer),
        TEST(test_refusals_of_the_server),
        TEST(test_body_limits),
        TEST(test_log_in_first),
        TEST(test_foreign_municipality),
        TEST(test_missing_steps_are_asked_for),
        TEST(test_sessions_unavailable),
        TEST(test_cache_rules),
        TEST(test_not_modified),
        TEST(test_assets),
        TEST(test_health),
        TEST(test_metrics),
        TEST(test_colliding_routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
