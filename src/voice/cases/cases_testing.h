/*
 * What the tests of cases share: an app on either engine with the rooms that cases stands on, a
 * small territory, a promise, and short ways to do what people do.
 */
#ifndef CASES_TESTING_H
#define CASES_TESTING_H

#include "platform/core/testing.h"
#include "platform/web/slice_testing.h"

#include "platform/core/id.h"

#include "community/calendar/calendar.h"
#include "voice/cases/cases_internal.h"

/* Of the demo territory: one with four villages, and one with a single village. */
#define UNIT_HOME STR("41704235825000")
#define UNIT_OTHER STR("41704235837000")
#define VILLAGE_OTHER STR("41704235837010")
static inline int64_t day_at(int year, int month, int day)
{
    return day_from_civil((struct civil){year, month, day});
}
#define VILLAGE_HOME STR("41704235825010")
#define VILLAGE_SECOND STR("41704235825020")

/* What the neighbouring rooms were asked for. */
struct cases_world {
    bool promised;
    struct promise promise; /* of every service, when promised */
    struct {
        struct sent {
            struct str to, subject, body;
            enum lang lang;
        } v[64];
        size_t n;
    } sent;
    struct {
        struct queued {
            struct str unit, kind, payload;
            int64_t run_at_ms;
        } v[64];
        size_t n;
    } queued;
    int open_letters; /* with a link in them, but not erased after sending */
    struct arena *arena;
};
extern struct cases_world world;

struct cases_test {
    struct slice_test base;
    struct app *app;
    struct arena *arena;
    bool damaged; /* the test spoiled the records: cases_end does not ask the doctor */
};
const struct place *cases_place(struct cases_test *t, struct str code);
void cases_begin(struct cases_test *t, void **state);
void cases_end(struct cases_test *t);
/* What the self-check finds wrong. */
int cases_faults(struct cases_test *t);

/* A report as most people make it; change what matters before sending. */
struct case_input cases_sample(void);
/* Sends it; fails the test when it is not accepted. Id and unit through *c, ready for a change. */
struct case_receipt cases_send(struct cases_test *t, struct case_input in, struct case_change *c);

/* One rule in a transaction of its own; writes the version back. */
enum err cases_do_step(struct cases_test *t, struct case_change *c, enum case_state to,
                       const char *answer);
typedef enum err (*case_rule)(struct cases_test *t, struct tx *tx, struct case_change *c,
                              void *arg);
enum err cases_do(struct cases_test *t, struct case_change *c, case_rule rule, void *arg);
int64_t cases_id_of(struct cases_test *t, struct str number);
struct case_record cases_look_up(struct cases_test *t, struct str unit, int64_t id);
/* Reading, each in a snapshot of its own. */
struct case_public cases_public_of(struct cases_test *t, struct case_change c);
enum err cases_public_result(struct cases_test *t, struct case_change c);
struct case_photos cases_photos_of(struct cases_test *t, struct case_change c);
struct case_events cases_events_of(struct cases_test *t, struct case_change c, bool all);
struct case_list cases_list_of(struct cases_test *t, struct case_filter f);
struct case_list cases_similar_of(struct cases_test *t, struct case_similar like);
struct case_figures cases_figures_of(struct cases_test *t, struct str unit, int64_t today);
bool cases_figures_in_all(struct cases_test *t, struct str unit, int64_t today,
                          struct case_figures *out);
struct case_totals cases_totals_of(struct cases_test *t, struct str unit, struct str service,
                                   int64_t day);
/* Services added up, of several days at once. */
void cases_totals_on(struct cases_test *t, struct str unit, const int64_t *days, size_t count,
                     struct case_totals *out);
struct measure_result cases_measure(struct cases_test *t, const char *code,
                                    struct measure_query query);
bool cases_knows(struct cases_test *t, struct case_change c, struct str secret);
/* The same figures counted from the cases themselves, by statements of the tests' own. */
struct case_totals cases_recount(struct cases_test *t, struct str unit, struct str service,
                                 int64_t day);
int64_t cases_median_recount(struct cases_test *t, struct str unit, int64_t today);

/* Rules for cases_do. arg: struct case_step *; struct str * (who; ERR_CONFLICT when counted
 * before); int * (stars); struct str * (fault); struct case_look *; int64_t * (id of a photo to
 * show). */
enum err cases_rule_step(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg);
enum err cases_rule_support(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg);
enum err cases_rule_rate(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg);
enum err cases_rule_reclassify(struct cases_test *t, struct tx *tx, struct case_change *c,
                               void *arg);
enum err cases_rule_look(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg);
enum err cases_rule_show_photo(struct cases_test *t, struct tx *tx, struct case_change *c,
                               void *arg);
/* Around the rules: a total that no record has; a public answer that the log commits to as
 * something else (arg: int64_t *, entry of the log). */
enum err cases_rule_spoil_total(struct cases_test *t, struct tx *tx, struct case_change *c,
                                void *arg);
enum err cases_rule_forge_answer(struct cases_test *t, struct tx *tx, struct case_change *c,
                                 void *arg);
struct case_change as_staff(struct case_change c);
struct case_change as_reporter(struct case_change c);

#endif
