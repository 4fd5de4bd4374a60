/*
 * What the tests of the desk share: the program with the rooms that cases stand on, on either
 * engine; staff that the tests may name; reports of any day; and the page of a case taken apart.
 */
#ifndef CASES_DESK_FIXTURE_TEST_H
#define CASES_DESK_FIXTURE_TEST_H

#include "tests/support/client.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "voice/cases/cases_desk_internal.h"

#define HOME "41704235825000"
#define HOME_VILLAGE "41704235825010"
#define OTHER "41704235837000"
#define BASE "/desk/" HOME "/cases"
#define OFFICER_AIDA 5001
#define OFFICER_BOLOT 5002
#define HEAD_CHOLPON 5003

/* Days of the promise for every report that is made from now on; < 0: no promise. */
extern int64_t desk_promise_days;

struct test_app *desk_open(void **state);
/* Logs in as one of the people above, with the second factor. */
void desk_login(struct test_app *t, int64_t person, enum role role, const char *scope);

/* A report of somebody on the web, `days` ago; change what matters before sending. */
struct case_input desk_sample(const char *words);
struct case_receipt desk_send(struct test_app *t, struct case_input in, int64_t days_ago);
/* Any rule by anybody, outside of the pages. */
struct case_change desk_change(struct test_app *t, struct str number, enum case_by by);
enum err desk_step(struct test_app *t, struct str number, enum case_by by, enum case_state to,
                   const char *answer);
enum err desk_support(struct test_app *t, struct str number, const char *who);
struct case_record desk_record(struct test_app *t, struct str number);
struct case_events desk_events(struct test_app *t, struct str number);
/* Rows of the audit of the municipality with that action. */
size_t desk_audited(struct test_app *t, const char *action);

/* "/desk/HOME/cases/NUMBER" and what follows. */
const char *desk_path(struct test_app *t, struct str number, const char *rest);
/* The latest event that the page of a case was made with. */
const char *desk_seen(struct test_app *t, struct str number);
/* "ID.VERSION" of a row, as the list's checkbox has it. */
const char *desk_value(struct test_app *t, struct str number);
/* Numbers in the order of a list's page. */
struct desk_numbers {
    struct str *v;
    size_t n, cap;
};
struct desk_numbers desk_numbers_of(struct test_app *t, struct test_answer page);
/* href of the link with this rel; NULL when the page has none. */
const char *desk_link(struct test_app *t, struct test_answer page, const char *rel);
#define desk_holds(t, page, receipt, wanted)                                                       \
    assert_int_equal(str_find((page).body, (receipt).number) >= 0, (wanted))

struct desk_test_body {
    const char *name;
    CMUnitTestFunction run;
};
int desk_test_run(const char *group, const struct desk_test_body *bodies, size_t n);
const char *desk_text(struct test_app *t, struct str s);

#endif
