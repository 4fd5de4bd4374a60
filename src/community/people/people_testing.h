/*
 * What the tests of this room's pages share: a program with a territory and staff, and a person at
 * a browser who logs in the way people do.
 */
#ifndef PEOPLE_TESTING_H
#define PEOPLE_TESTING_H

#include "community/people/people_internal.h"
#include "community/people/people_mail.h"

#include "community/places/places.h"
#include "platform/channels/outbox.h"
#include "platform/channels/outbox_sql.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "platform/web/slice_testing.h"

/* Of tests/support/client.h, which only tests themselves may include: before this. */
struct test_app;
struct test_answer;

#define HOME "41704235837000"
#define NEAR "41704235825000"
#define PASSWORD "жашыл алма бешик"
#define SECRET "12345678901234567890"
#define START_MS INT64_C(1795000000000) /* 18 November 2026, in the afternoon */

struct desk_test {
    struct test_app *t;
    struct arena *arena;
    int64_t now_ms;
};

void desk_begin(struct desk_test *d, void **state);
void desk_end(struct desk_test *d);
void desk_move_clock(struct desk_test *d, int64_t ms);

/* Staff with PASSWORD and, unless plain, SECRET for the second factor. */
int64_t desk_add(struct desk_test *d, const char *login, enum role role, const char *scope);
int64_t desk_add_plain(struct desk_test *d, const char *login, enum role role, const char *scope);
/* The code that a phone with SECRET shows now. */
const char *desk_code(const struct desk_test *d);
/* Password, then code: a fresh half minute each time, since none is taken twice. */
void desk_log_in(struct desk_test *d, const char *login);
struct test_answer desk_password(struct desk_test *d, const char *login, const char *password);
/* Is somebody logged in, with the second factor or without? */
bool desk_is_in(struct desk_test *d);

/* The newest letter to an address; fails the test when there is none. */
struct desk_letter {
    struct str subject, body;
};
struct desk_letter desk_letter_to(struct desk_test *d, const char *address);
size_t desk_letters_to(struct desk_test *d, const char *address);
/* The six digits of its subject; the path of its link. */
const char *desk_digits(struct desk_test *d, struct desk_letter l);
const char *desk_link(struct desk_test *d, struct desk_letter l);

/* A view as a C string of the arena, for paths. */
const char *desk_text(struct desk_test *d, struct str s);
const char *desk_path(struct desk_test *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What stands between two texts of a page. */
struct str desk_between(struct test_answer a, const char *before, const char *after);
/* Is that text in any table of the database? */
bool desk_database_holds(struct desk_test *d, struct str text);

#endif
