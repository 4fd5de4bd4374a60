/* The same form twice: one piece of work, one answer; anything else is work of its own. */
#include "tests/support/client.h"

#include "platform/web/once.h"
#include "platform/web/sample_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static const unsigned char one[ONCE_KEY_BYTES] = "one", two[ONCE_KEY_BYTES] = "two";

/* --- the table --- */

static void test_done_is_remembered(void **state)
{
    struct once_table *t = once_new(8);
    struct once_result r = {.location = "/there", .cookies = "Set-Cookie: a=b\r\n"}, seen = {0};
    (void)state;
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_FIRST);
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_LATE);
    assert_int_equal(once_begin(t, two, 0, &seen), ONCE_FIRST);
    once_end(t, one, &r);
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_DONE);
    assert_string_equal(seen.location, "/there");
    assert_string_equal(seen.cookies, "Set-Cookie: a=b\r\n");
    once_end(t, two, NULL);
    assert_int_equal(once_begin(t, two, 0, &seen), ONCE_FIRST);
    once_free(t);
}

/* A row that is full forgets what was done longest ago, never what is being worked on. */
static void test_full_row(void **state)
{
    struct once_table *t = once_new(1);
    struct once_result r = {.location = "/"}, seen;
    unsigned char key[ONCE_KEY_BYTES] = {0};
    (void)state;
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_FIRST);
    for (unsigned char i = 0; i < 200; i++) {
        key[9] = i;
        assert_int_equal(once_begin(t, key, 0, &seen), ONCE_FIRST);
        once_end(t, key, &r);
        assert_int_equal(once_begin(t, key, 0, &seen), ONCE_DONE);
    }
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_LATE);
    for (unsigned char i = 0; i < 7; i++) { /* all places are busy now */
        key[10] = (unsigned char)(i + 1);
        assert_int_equal(once_begin(t, key, 0, &seen), ONCE_FIRST);
    }
    key[10] = 99;
    assert_int_equal(once_begin(t, key, 0, &seen), ONCE_FIRST);
    once_end(t, key, &r); /* had no place: forgotten at once, and nothing breaks */
    assert_int_equal(once_begin(t, key, 0, &seen), ONCE_FIRST);
    once_end(t, one, &r);
    assert_int_equal(once_begin(t, one, 0, &seen), ONCE_DONE);
    once_free(t);
}

struct race {
    struct once_table *t;
    atomic_int firsts, done, fails;
};

static void *run_race(void *arg)
{
    struct race *race = arg;
    struct once_result seen = {0};
    switch (once_begin(race->t, one, 20000, &seen)) {
    case ONCE_FIRST:
        usleep(20000);
        if (atomic_fetch_add(&race->firsts, 1) == 0) { /* the first try fails, the second is kept */
            once_end(race->t, one, NULL);
        } else {
            once_end(race->t, one, &(struct once_result){.location = "/kept"});
        }
        break;
    case ONCE_DONE:
        atomic_fetch_add(&race->done, strcmp(seen.location, "/kept") == 0);
        break;
    case ONCE_LATE:
        atomic_fetch_add(&race->fails, 1);
    }
    return NULL;
}

static void test_race(void **state)
{
    enum { THREADS = 16 };
    struct race race = {.t = once_new(64)};
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_race, &race), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(race.firsts, 2);
    assert_int_equal(race.done, THREADS - 2);
    assert_int_equal(race.fails, 0);
    once_free(race.t);
}

/* --- requests --- */

static int open_app(void **state)
{
    struct test_app *t = TEST_APP(&web_slice, &sample_slice);
    sample_handled = 0;
    *state = t;
    return 0;
}

static int close_app(void **state)
{
    test_app_close(*state);
    return 0;
}

static struct test_answer send_to(struct test_app *t, const char *path, const char *token,
                                  const char *once, const char *words)
{
    struct test_header headers[3] = {{"Origin", "https://aimak.test"}};
    struct str body = arena_printf(t->arena, "words=%s&csrf=%s&once=%s", words, token, once);
    return test_send(t, &(struct test_request){.method = "POST",
                                               .path = path,
                                               .body = body,
                                               .content_type = "application/x-www-form-urlencoded",
                                               .headers = headers});
}

static struct test_answer send_form(struct test_app *t, const char *token, const char *once,
                                    const char *words)
{
    return send_to(t, "/form", token, once, words);
}

static void test_twice(void **state)
{
    struct test_app *t = *state;
    const char *token = arena_cstr(t->arena, test_token(t)), *key = "0123456789abcdefghijkl";
    for (int i = 0; i < 3; i++) {
        struct test_answer a = send_form(t, token, key, "hello");
        test_status(a, 303);
        assert_true(str_eq(test_header_of(a, "Location"), STR("/page")));
        assert_true(str_find(test_header_of(a, "Set-Cookie"), STR("notice=")) >= 0);
        assert_int_equal(sample_handled, 1);
    }
    test_status(send_form(t, token, key, "other"), 303); /* other words are another intention */
    assert_int_equal(sample_handled, 2);
    test_status(send_form(t, token, "0123456789abcdefghijkm", "hello"), 303);
    assert_int_equal(sample_handled, 3);
    for (int i = 0; i < 2; i++) /* without a key nobody can know */
        test_status(send_form(t, token, "short", "hello"), 303);
    assert_int_equal(sample_handled, 5);
    test_status(send_form(t, token, key, ""), 422);
    test_status(send_form(t, token, key, ""), 422); /* a refusal is not remembered */
}

/* Who pressed twice sees the second answer: it brings the session of the first. */
static void test_cookies_again(void **state)
{
    struct test_app *t = *state;
    const char *token = arena_cstr(t->arena, test_token(t)), *key = "0123456789abcdefghijkl";
    for (int i = 0; i < 3; i++) {
        struct test_answer a = send_to(t, "/login-test", token, key, "known-token");
        test_status(a, 303);
        assert_true(str_find(test_header_of(a, "Set-Cookie"), STR("session=known-token")) >= 0);
        assert_int_equal(sample_handled, 1);
        for (size_t k = 0; k < t->cookies.n; k++) /* the first answer never arrived */
            if (str_ends(t->cookies.v[k].name, STR("session")))
                t->cookies.v[k] = t->cookies.v[--t->cookies.n];
    }
}

static void test_others_are_others(void **state)
{
    struct test_app *t = *state;
    const char *key = "0123456789abcdefghijkl";
    test_status(send_form(t, arena_cstr(t->arena, test_token(t)), key, "hello"), 303);
    test_new_visitor(t);
    test_status(send_form(t, arena_cstr(t->arena, test_token(t)), key, "hello"), 303);
    assert_int_equal(sample_handled, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done_is_remembered),
        cmocka_unit_test(test_full_row),
        cmocka_unit_test(test_race),
        cmocka_unit_test_setup_teardown(test_twice, open_app, close_app),
        cmocka_unit_test_setup_teardown(test_cookies_again, open_app, close_app),
        cmocka_unit_test_setup_teardown(test_others_are_others, open_app, close_app),
    };
    return cmocka_run_group_tests_name("web_once", tests, NULL, NULL);
}
