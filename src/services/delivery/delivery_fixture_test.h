/*
 * What the tests of delivery share: a program on either engine with the demo's places, a registry
 * with two providers, and short ways to run a rule and to look into the tables.
 *
 * The clock stands still at noon of a day: Wednesday, 15 July 2026, at first. The shipped calendar
 * has one public holiday in the two months after it: Monday, 31 August.
 */
#ifndef DELIVERY_FIXTURE_TEST_H
#define DELIVERY_FIXTURE_TEST_H

#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "services/delivery/delivery_web.h"

#define HOME "41702205848000"        /* Teploklyuchenka */
#define VILLAGE_ONE "41702205848010" /* Ak-Suu */
#define VILLAGE_TWO "41702205848020"
#define OTHER "41704235837000" /* Kok-Jar */
#define VILLAGE_OTHER "41704235837010"
#define TODAY (day_from_civil((struct civil){2026, 7, 15}))

/* Weekdays as schedules keep them. */
#define MON 1
#define WED 4
#define THU 8

struct delivery_test {
    struct test_app *t;
    struct app *app;
    struct arena *a;
    int64_t waste, water; /* providers of the services of these names */
};
void delivery_test_begin(struct delivery_test *d, void **state);
void delivery_test_end(struct delivery_test *d);
/* Noon of that day is now. */
void delivery_test_day(int64_t day);

/* One rule in a transaction of its own, in the scope of a municipality. */
typedef enum err (*delivery_test_fn)(struct delivery_test *d, struct tx *tx, void *arg);
enum err delivery_test_write(struct delivery_test *d, const char *unit, delivery_test_fn fn,
                             void *arg);
enum err delivery_test_read(struct delivery_test *d, const char *unit, delivery_test_fn fn,
                            void *arg);

/* A schedule of waste collection in both villages on Mondays and Thursdays from today on, 8 to 12,
 * to be changed before it is added. */
struct schedule delivery_test_schedule(struct delivery_test *d);
struct schedule_try {
    const char *unit; /* NULL: HOME */
    struct schedule_input in;
    bool repeated;
    struct delivery_faults faults;
};
enum err delivery_test_add(struct delivery_test *d, struct schedule_try *s);
/* Adds it; the test fails when it cannot. Returns its id. */
int64_t delivery_test_added(struct delivery_test *d, struct schedule s);

struct visits delivery_test_visits(struct delivery_test *d, const char *unit, int64_t from_day,
                                   int64_t to_day);
/* The visit of a village on a day; the test fails when there is not exactly one. */
struct visit delivery_test_visit(struct delivery_test *d, const char *village, int64_t day);
/* By its number. */
struct visit delivery_test_again(struct delivery_test *d, int64_t id);

/* What the office (provider 0) or a provider's staff says of a visit. */
struct word {
    int64_t visit, provider;
    enum visit_state outcome;
    const char *reason, *once;
    int64_t said_ms;
    struct delivery_faults faults;
    bool repeated;
};
enum err delivery_test_say(struct delivery_test *d, struct word *w);
/* Said now by the office; the test fails when it is not taken. */
void delivery_test_done(struct delivery_test *d, int64_t visit);
void delivery_test_missed(struct delivery_test *d, int64_t visit, const char *reason);

struct complaint {
    int64_t visit;
    const char *words, *email, *once;
    struct delivery_faults faults;
    bool repeated;
};
enum err delivery_test_complain(struct delivery_test *d, struct complaint *c);
/* The number of the latest dispute of a visit. */
int64_t delivery_test_dispute(struct delivery_test *d, int64_t visit);
enum err delivery_test_answer(struct delivery_test *d, int64_t dispute, bool upheld,
                              const char *answer);
/* Upholds or rejects the one dispute that this makes. */
void delivery_test_disputed(struct delivery_test *d, int64_t visit, bool upheld);

struct visit_reading delivery_test_reading(struct delivery_test *d, const char *unit, int64_t id);

/* "/desk/.../visits/#" with # replaced. */
const char *delivery_test_path(struct delivery_test *d, const char *path, int64_t id);
/* "2026-07-15", as addresses and forms have it. */
const char *delivery_test_date(struct delivery_test *d, int64_t day);

/* Makes the waste charter of a municipality with one promise measured by "visits_done",
 * in force from today; through the desk's pages. */
void delivery_test_promise(struct delivery_test *d, const char *unit);

#endif
