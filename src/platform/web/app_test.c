/* Requests through the whole program without a socket. */
#include "tests/support/client.h"

static enum err show_hello(struct req *r)
{
    buf_cstr(resp_text(r, 200), "hello");
    return ERR_OK;
}

static const struct route routes[] = {
    ROUTE("GET", "/hello", show_hello, PERM_PUBLIC, 0),
};
static const struct slice sample = {
    .name = "sample", .routes = routes, .route_count = COUNT_OF(routes)};

static void test_hello(void **state)
{
    struct test_app *t = TEST_APP(&web_slice, &sample);
    (void)state;
    struct test_answer a = test_get(t, "/hello");
    assert_int_equal(a.status, 200);
    test_contains(a, "hello");
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hello),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
