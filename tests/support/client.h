/*
 * A browser without a socket, for every slice's tests: a program with the slices under test on a
 * fresh database, and a visitor who opens pages, fills in forms and logs in. Cookies, the CSRF
 * token and the idempotency key are handled as a browser with our pages does.
 *
 *     static int open_app(void **state)
 *     {
 *         *state = TEST_APP(&places_slice, &cases_slice);
 *         return 0;
 *     }
 *     static void test_report(void **state)
 *     {
 *         struct test_app *t = *state;
 *         struct test_answer a = test_get(t, "/m/41702220820000/report");
 *         assert_int_equal(a.status, 200);
 *         a = test_post(t, "/m/41702220820000/report", "service", "water", "words", "No water",
 * NULL); assert_int_equal(a.status, 303); a = test_follow(t, a); test_login_as(t, ROLE_OFFICER,
 * "41702220820000"); test_contains(test_get(t, "/desk"), "No water");
 *     }
 *     static int close_app(void **state)
 *     {
 *         test_app_close(*state);
 *         return 0;
 *     }
 *
 * The database is SQLite in memory. For both engines: bodies run by slice_test_run
 * (slice_testing.h), with TEST_APP_ON(*(const bool *)*state, ...). Every request runs in the
 * calling thread. Answers and what they point to live until test_app_close.
 */
#ifndef TESTS_SUPPORT_CLIENT_H
#define TESTS_SUPPORT_CLIENT_H

#include "platform/core/testing.h"
#include "platform/web/slice.h"

struct test_cookie {
    struct str name, value, attributes;
};

struct test_app {
    struct app app; /* first member: handlers' r->app is the test's */
    struct arena *arena;
    char data_dir[64];

    /* The visitor. Set freely between requests. */
    enum lang lang;      /* sent as Accept-Language; LANG_EN at first, so tests read well */
    const char *address; /* of the client; "203.0.113.7" */
    const char *host;    /* "aimak.test" */
    bool secure;         /* behind TLS: true (cookies are __Host- then anyway) */
    struct {
        struct test_cookie *v;
        size_t n, cap;
    } cookies;

    /* Without the slice `places` every code of 14 digits is a municipality but this; and this one
     * moved. */
    const char *unknown_unit, *moved_from, *moved_to;

    struct test_private *priv;
};

struct test_answer {
    int status;
    struct str body;    /* also of files and embedded assets */
    struct str headers; /* "Name: value\r\n" lines */
};

/* Migrates, runs each slice's `start`, then app_start. Fails the test when anything fails. Rate
 * limits are off. */
struct test_app *test_app_open(bool postgres, const struct slice *const *slices, size_t n);
#define TEST_APP(...) TEST_APP_ON(false, __VA_ARGS__)
#define TEST_APP_ON(postgres, ...)                                                                 \
    test_app_open((postgres), (const struct slice *const[]){__VA_ARGS__},                          \
                  sizeof((const struct slice *const[]){__VA_ARGS__}) / sizeof(struct slice *))
void test_app_close(struct test_app *t);

/* --- asking --- */
struct test_header {
    const char *name, *value;
};
struct test_request {
    const char *method; /* NULL: GET */
    const char *path;   /* with the query, percent-encoded */
    struct str body;
    const char *content_type;
    const struct test_header
        *headers; /* ends with a NULL name; added to cookies, Host and language */
};
/* Exactly what is given: no token, no Origin. Cookies are sent and taken. */
struct test_answer test_send(struct test_app *t, const struct test_request *request);
struct test_answer test_get(struct test_app *t, const char *path);
struct test_answer test_get_with(struct test_app *t, const char *path, const char *header,
                                 const char *value);
/* Fields as name, value, ..., NULL; urlencoded, with Origin, CSRF token and, unless given, "once".
 */
struct test_answer test_post(struct test_app *t, const char *path, ...) __attribute__((sentinel));
/* A file of a multipart form; without filename a plain field. */
struct test_part {
    const char *name, *filename, *type;
    struct str value;
};
struct test_answer test_post_parts(struct test_app *t, const char *path,
                                   const struct test_part *parts, size_t n);
/* GET of the Location (or X-Location); fails the test when there is none. */
struct test_answer test_follow(struct test_app *t, struct test_answer a);
/* A token that this visitor's next POST may carry. */
struct str test_token(struct test_app *t);

/* --- looking --- */
/* First header of that name; NULL view when absent. */
struct str test_header_of(struct test_answer a, const char *name);
/* Value of the first form field of that name in the page (hidden fields too); NULL view when
 * absent. */
struct str test_field(struct test_app *t, struct test_answer a, const char *name);
/* The cookie jar's entry by plain name, without the prefix; NULL when there is none. */
const struct test_cookie *test_cookie_of(const struct test_app *t, const char *name);
/* Each fails the test, with the beginning of the answer, when it does not hold. */
#define test_status(answer, status) test_check_status((answer), (status), __FILE__, __LINE__)
#define test_header_is(answer, name, value)                                                        \
    assert_str_equal(test_header_of((answer), (name)), str_from(value))
#define test_header_has(answer, name, part)                                                        \
    (str_find(test_header_of((answer), (name)), str_from(part)) >= 0)
void test_check_status(struct test_answer a, int status, const char *file, int line);
#define test_contains(answer, text) test_check_text((answer), (text), true, __FILE__, __LINE__)
#define test_lacks(answer, text) test_check_text((answer), (text), false, __FILE__, __LINE__)
void test_check_text(struct test_answer a, const char *text, bool wanted, const char *file,
                     int line);

/* --- who asks --- */
/* Somebody else's browser: no cookies. */
void test_new_visitor(struct test_app *t);
/* Logs in as a person with this one role in this scope ("*": country), second factor passed.
 * Returns the person's id, the same for the same role and scope. No row is made in any table. */
int64_t test_login_as(struct test_app *t, enum role role, const char *scope);
/* Logs in as this actor (a person of the database, several roles, no second factor, ...). */
void test_login(struct test_app *t, const struct actor *actor);
void test_logout(struct test_app *t);

#endif
