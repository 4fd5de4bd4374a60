/* The route tree: what is found, with which values, and which sets of routes are refused. */
#include "platform/web/router.h"

#include "platform/core/testing.h"

static enum err handler(struct req *r)
{
    (void)r;
    return ERR_OK;
}

#define GET(p) ROUTE("GET", p, handler, PERM_PUBLIC, 0)
#define POST(p) ROUTE("POST", p, handler, PERM_PUBLIC, 0)

static const struct route routes[] = {
    GET("/"),
    GET("/m/{unit}"),
    GET("/m/{unit}/report"),
    POST("/m/{unit}/report"),
    GET("/m/{unit}/services/{service}"),
    GET("/m/find/nearest"),
    GET("/c/{number}"),
    GET("/open311/v2/"),
    GET("/open311/v2/requests.{format}"),
    POST("/open311/v2/requests.{format}"),
    GET("/open311/v2/requests/{id}.{format}"),
    GET("/open311/v2/services/{code}.{format}"),
    GET("/a/b/c"),
    GET("/a/{x}"),
    GET("/tiles/{z}-{y}/{rest}"),
    POST("/only/post"),
};

static struct router *tree;

static int build(void **state)
{
    const char *why = NULL;
    (void)state;
    tree = router_new();
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        if (router_add(tree, &routes[i], &why) != ERR_OK)
            return 1;
    return 0;
}

static int drop(void **state)
{
    (void)state;
    router_free(tree);
    return 0;
}

static struct route_match find(const char *method, const char *path)
{
    struct route_match m;
    bool known = router_find(tree, str_from(method), str_from(path), &m);
    if (!known)
        assert_null(m.route);
    return m;
}

static void finds(const char *method, const char *path, const char *pattern, const char *first,
                  const char *second)
{
    struct route_match m = find(method, path);
    if (!m.route)
        fail_msg("not found: %s", path);
    assert_string_equal(m.route->path, pattern);
    assert_str_equal(m.param[0], str_from(first));
    assert_str_equal(m.param[1], str_from(second));
    assert_true(m.param_count >= (first != NULL) + (second != NULL));
}

static void test_found(void **state)
{
    (void)state;
    finds("GET", "/", "/", NULL, NULL);
    finds("GET", "/m/41702220820000", "/m/{unit}", "41702220820000", NULL);
    finds("POST", "/m/417/report", "/m/{unit}/report", "417", NULL);
    finds("HEAD", "/m/417/report", "/m/{unit}/report", "417", NULL);
    finds("GET", "/m/417/services/water", "/m/{unit}/services/{service}", "417", "water");
    finds("GET", "/open311/v2/", "/open311/v2/", NULL, NULL);
    finds("GET", "/open311/v2/requests.json", "/open311/v2/requests.{format}", "json", NULL);
    finds("GET", "/open311/v2/requests/7K3M.xml", "/open311/v2/requests/{id}.{format}", "7K3M",
          "xml");
    finds("GET", "/tiles/3-4/x", "/tiles/{z}-{y}/{rest}", "3", "4");
    assert_string_equal(find("POST", "/m/417/report").route->method, "POST");
}

static void test_last_dot_splits(void **state)
{
    (void)state;
    finds("GET", "/open311/v2/services/a.b.c.json", "/open311/v2/services/{code}.{format}", "a.b.c",
          "json");
}

/* A literal wins, but a literal that leads nowhere does not hide the pattern beside it. */
static void test_order(void **state)
{
    (void)state;
    finds("GET", "/m/find/nearest", "/m/find/nearest", NULL, NULL);
    finds("GET", "/m/find", "/m/{unit}", "find", NULL);
    finds("GET", "/m/find/report", "/m/{unit}/report", "find", NULL);
    finds("GET", "/a/b", "/a/{x}", "b", NULL);
    finds("GET", "/a/b/c", "/a/b/c", NULL, NULL);
}

static void test_not_found(void **state)
{
    static const char *const paths[] = {
        "",
        "m/417",
        "/m",
        "/m/",
        "/m//report",
        "/m/417/",
        "/m/417/reports",
        "//m/417",
        "/open311/v2",
        "/open311/v2/requests.",
        "/open311/v2/requests",
        "/open311/v2/services/.json",
        "/a/b/c/d",
        "/tiles/-4/x",
        "/nothing",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct route_match m;
        if (router_find(tree, STR("GET"), str_from(paths[i]), &m))
            fail_msg("found: %s", paths[i]);
        assert_null(m.param[0].p);
    }
}

static void test_method_not_allowed(void **state)
{
    (void)state;
    struct route_match m = find("DELETE", "/m/417/report");
    assert_null(m.route);
    assert_string_equal(m.allow, "GET, HEAD, POST");
    assert_string_equal(find("GET", "/only/post").allow, "POST");
    assert_null(find("get", "/").route);
}

/* A long path with many dots must not take long: names may share only one segment's text. */
static void test_long_segment(void **state)
{
    struct buf path = BUF_EMPTY;
    struct route_match m;
    (void)state;
    buf_cstr(&path, "/open311/v2/services/");
    for (int i = 0; i < 8000; i++)
        buf_char(&path, i % 2 ? '.' : 'a');
    buf_cstr(&path, "/x");
    int64_t begun = clock_monotonic_ms();
    for (int i = 0; i < 100; i++)
        assert_false(router_find(tree, STR("GET"), buf_view(&path), &m));
    assert_true(clock_monotonic_ms() - begun < 1000);
    buf_free(&path);
}

static enum err add_two(const struct route *a, const struct route *b, const char **why)
{
    struct router *r = router_new();
    enum err rc = router_add(r, a, why);
    if (rc == ERR_OK && b)
        rc = router_add(r, b, why);
    router_free(r);
    return rc;
}

static void test_refused_routes(void **state)
{
    static const struct route twins[][2] = {
        {GET("/x/{a}"), GET("/x/{b}")},
        {GET("/x"), GET("/x")},
        {GET("/x.{a}"), GET("/x.{b}")},
    };
    static const struct route malformed[] = {
        GET("x"),
        GET(""),
        GET("/x/{"),
        GET("/x/}"),
        GET("/x/{}"),
        GET("/{a}{b}"),
        GET("/{A}"),
        GET("/{a b}"),
        ROUTE("FETCH", "/x", handler, PERM_PUBLIC, 0),
        GET("/{a}/{b}/{c}/{d}/{e}/{f}/{g}"),
        ROUTE("GET", "/x", NULL, PERM_PUBLIC, 0),
    };
    const char *why;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(twins); i++)
        assert_int_equal(add_two(&twins[i][0], &twins[i][1], &why), ERR_CONFIG);
    for (size_t i = 0; i < COUNT_OF(malformed); i++)
        if (add_two(&malformed[i], NULL, &why) != ERR_CONFIG)
            fail_msg("taken: %s", malformed[i].path);
    static const struct route get = GET("/x/{a}"), post = POST("/x/{b}");
    assert_int_equal(add_two(&get, &post, &why), ERR_OK);
}

static void test_reason_names_both(void **state)
{
    static const struct route a = GET("/x/{a}"), b = GET("/x/{b}");
    struct router *r = router_new();
    const char *why = "";
    (void)state;
    assert_int_equal(router_add(r, &a, &why), ERR_OK);
    assert_int_equal(router_add(r, &b, &why), ERR_CONFIG);
    assert_non_null(strstr(why, "/x/{b}"));
    assert_non_null(strstr(why, "router_test.c"));
    router_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_last_dot_splits),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_method_not_allowed),
        cmocka_unit_test(test_long_segment),
        cmocka_unit_test(test_refused_routes),
        cmocka_unit_test(test_reason_names_both),
    };
    return cmocka_run_group_tests(tests, build, drop);
}
