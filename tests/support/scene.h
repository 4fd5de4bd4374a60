/*
 * A municipality on a day, for the tests of what programs read (the JSON API, Open311, downloads):
 * the program with every room that cases stand on and the territory of the demonstration, at noon
 * of 31 March 2026. Keys and people are not what these tests judge: they are answered here.
 */
#ifndef TESTS_SUPPORT_SCENE_H
#define TESTS_SUPPORT_SCENE_H

/* The store's fixture has a struct of the same name as community/places. */
#define place scratch_place
#include "platform/tally/tally.h"
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "services/charter/charter.h"
#include "voice/cases/cases.h"

#define KOK_JAR "41704235837000"
#define KUM_DOBO "41704235825000"
#define NOW_MS INT64_C(1774940400000) /* 31 March 2026, 13:00 in Bishkek */

__attribute__((weak)) enum err people_check_api_key(struct tx *tx, struct arena *a, struct str key,
                                                    struct str unit, int64_t *key_id)
{
    (void)tx, (void)a, (void)unit;
    *key_id = 7;
    return str_eq(key, STR("good-key")) ? ERR_OK : ERR_DENIED;
}
__attribute__((weak)) enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id,
                                              struct str *email, enum lang *lang)
{
    (void)tx, (void)a, (void)person_id, (void)lang;
    *email = STR_NULL;
    return ERR_OK;
}
__attribute__((weak)) enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit,
                                                 unsigned roles, struct person_names *out)
{
    (void)tx, (void)a, (void)unit, (void)roles, (void)out;
    return ERR_OK;
}

/* With the slices under test behind those that they stand on. */
#define SCENE_OPEN(state, ...)                                                                     \
    scene_begin(TEST_APP_ON(*(const bool *)*(state), &web_slice, &jobs_slice, &outbox_slice,       \
                            &trail_slice, &tally_slice, &places_slice, &calendar_slice,            \
                            &catalogue_slice, &charter_slice, __VA_ARGS__))
static inline struct test_app *scene_begin(struct test_app *t)
{
    struct demo_context demo = {.arena = t->arena};
    clock_set_for_test(NOW_MS);
    demo.today = day_today();
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

static inline void close_scene(struct test_app *t)
{
    clock_set_for_test(0);
    test_app_close(t);
}

#endif
