/*
 * What the tests of the charter share: a program on either engine with the demo's places, a slice
 * that announces measures over records in memory, and short ways to write, approve and publish.
 */
#ifndef CHARTER_FIXTURE_TEST_H
#define CHARTER_FIXTURE_TEST_H

#include "platform/web/slice_testing.h"
#include "tests/support/client.h"

#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"

#define KOK_JAR "41704235837000"
#define TEPLO "41702205848000"
#define TODAY (day_from_civil((struct civil){2026, 6, 3})) /* a Wednesday */

/* Records of the pretended measures: when something fell due to be counted, and how long it took.
 */
struct test_record {
    struct str unit, service, kind;
    int64_t day, took;
};
extern struct test_records {
    struct test_record v[400];
    size_t n;
} test_records;
extern int test_counts; /* how often a measure was asked */
extern const struct slice measures_slice;

struct charter_test {
    struct test_app *t;
    struct app *app;
    struct arena *a;
    struct str unit;
};
void charter_test_begin(struct charter_test *c, void **state);
void charter_test_end(struct charter_test *c);
/* Noon of that day is now. */
void charter_test_day(int64_t day);

/* One rule in a transaction of its own. */
typedef enum err (*charter_test_fn)(struct charter_test *c, struct tx *tx, void *arg);
enum err charter_test_write(struct charter_test *c, charter_test_fn fn, void *arg);
enum err charter_test_read(struct charter_test *c, charter_test_fn fn, void *arg);

struct test_promise {
    const char *text, *measure, *kind;
    int64_t amount;
    bool working;
};
/* A draft of those promises, complete in three languages. Returns its version. */
int64_t charter_test_draft(struct charter_test *c, const char *service,
                           const struct test_promise *promises, size_t n);
/* Approved today, published from a day on. */
void charter_test_publish(struct charter_test *c, const char *service, int64_t version,
                          int64_t from_day);
void charter_test_consult(struct charter_test *c, const char *service, int64_t version,
                          int64_t to_day);
/* Municipalities merge today: the command of the places. */
void charter_test_merge(struct charter_test *c, const char *from, const char *into);
/* Changes the amount of the first promise of a draft. */
void charter_test_amount(struct charter_test *c, const char *service, int64_t version,
                         int64_t amount);

struct promises charter_test_promises(struct charter_test *c, const char *service, int64_t day);
struct promises charter_test_promises_of(struct charter_test *c, const char *service,
                                         int64_t version);
struct charter_versions charter_test_versions(struct charter_test *c, const char *service);
struct charter_version charter_test_version(struct charter_test *c, const char *service,
                                            int64_t version);
/* Everything that stands in the tables of a version, as one text. */
struct str charter_test_snapshot(struct charter_test *c, const char *service, int64_t version);

#endif
