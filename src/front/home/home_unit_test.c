/*
 * A municipality's page through the whole program without a socket, on both engines: what changed
 * this month and what is said when nothing did; what becomes of figures when municipalities merge.
 */
#define place scratch_place
#include "platform/tally/tally.h"
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "front/home/home.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "platform/channels/outbox.h"
#include "platform/core/id.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#define KOK_JAR "41704235837000"
#define KUM_DOBO "41704235825000"
#define PAGE "/m/" KOK_JAR
#define TODAY (day_from_civil((struct civil){2026, 6, 24})) /* a Wednesday */

static struct test_app *open_scene(void **state, bool charters)
{
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &outbox_slice, &trail_slice,
                    &people_slice, &tally_slice, &places_slice, &calendar_slice, &catalogue_slice,
                    &charter_slice, &delivery_slice, &cases_slice, &home_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    clock_set_for_test(day_start_ms(TODAY) + 12 * MS_HOUR);
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    if (charters)
        assert_int_equal(charter_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

static void close_scene(struct test_app *t)
{
    clock_set_for_test(0);
    test_app_close(t);
}

/* --- deeds --- */

struct deed {
    struct test_app *t;
    struct str unit, number;
    int64_t at_ms;
};

static enum err resolve_fn(struct tx *tx, void *arg)
{
    struct deed *d = arg;
    struct arena *a = d->t->arena;
    struct case_faults faults = {0};
    struct str unit;
    int64_t id;
    enum err rc = ERR_OK;
    TRY(cases_find(tx, a, d->number, &unit, &id));
    struct case_change c = {
        .unit = unit, .id = id, .by = CASE_BY_STAFF, .person = 7, .at_ms = d->at_ms};
    TRY(cases_transition(&d->t->app, tx, a, &c,
                         &(struct case_step){.to = CASE_RESOLVED, .answer = STR("Repaired")},
                         &faults));
out:
    return rc;
}

/* A leak of that day, resolved after so many days. */
static struct str leak(struct test_app *t, const char *unit, int64_t day, int days)
{
    const struct place *place = territory_find(territory_get(&t->app, t->arena), str_from(unit));
    struct case_input in = {.unit = place->code,
                            .village = place->children[0]->code,
                            .fault = STR("water.leak"),
                            .words = arena_printf(t->arena, "A pipe leaks, %lld", (long long)day),
                            .lang = LANG_EN,
                            .channel = STR("web"),
                            .at_ms = day_start_ms(day) + 10 * MS_HOUR};
    struct case_receipt receipt;
    struct case_faults faults = {0};
    assert_int_equal(cases_submit(&t->app, t->arena, &in, &receipt, &faults), ERR_OK);
    struct deed d = {.t = t, .number = receipt.number, .at_ms = in.at_ms + days * MS_DAY};
    assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, resolve_fn, &d), ERR_OK);
    return receipt.number;
}

static void count_kept(struct test_app *t)
{
    assert_int_equal(schedule_run_now(&t->app, "charter_kept"), ERR_OK);
}

static enum err coverage_fn(struct tx *tx, void *arg)
{
    struct deed *d = arg;
    const struct territory *places = territory_get(&d->t->app, d->t->arena);
    const struct place *unit = territory_find(places, d->unit);
    struct catalogue_faults faults = {0};
    bool repeated, changed;
    enum err rc = ERR_OK;
    struct service_entry entry = {.unit = d->unit,
                                  .service = STR("water"),
                                  .provided = true,
                                  .mode = MODE_OWN,
                                  .since_day = TODAY - 900,
                                  .decision = STR("Resolution 1")};
    struct coverage_input in = {.unit = d->unit,
                                .service = STR("water"),
                                .village = unit->children[0]->code,
                                .day = TODAY - 3,
                                .method = COUNT_HOUSEHOLDS,
                                .level_count = 1,
                                .levels = {{.level = STR("water:yard"), .people = 20}}};
    TRY(catalogue_set_service(&d->t->app, tx, d->t->arena, &entry, &changed, &faults));
    TRY(catalogue_add_coverage(&d->t->app, tx, d->t->arena, &in, &repeated, &faults));
    assert_int_equal(faults.n, 0);
out:
    return rc;
}

static void merge(struct test_app *t, const char *from, const char *into)
{
    const char *argv[] = {"--into",     into,         "--from",     from, "--date",
                          "2026-06-24", "--decision", "Decision 7", NULL};
    for (size_t i = 0; i < places_slice.command_count; i++)
        if (strcmp(places_slice.commands[i].name, "merge") == 0) {
            assert_int_equal(places_slice.commands[i].run(&t->app, 8, (char **)argv), 0);
            return;
        }
    fail();
}

/* --- what changed --- */

static void a_quiet_month_is_said_to_be_quiet(void **state)
{
    struct test_app *t = open_scene(state, false);
    struct test_answer a = test_get(t, PAGE);
    test_status(a, 200);
    test_contains(a, "What changed this month");
    test_contains(a, "Nothing has changed since the beginning of the month");
    t->lang = LANG_KY;
    test_contains(test_get(t, PAGE), "Бул айда эмне өзгөрдү");
    close_scene(t);
}

static void this_month_stands_beside_the_last(void **state)
{
    struct test_app *t = open_scene(state, true);
    struct deed d = {.t = t, .unit = STR(KOK_JAR)};
    assert_int_equal(db_write(t->app.db, d.unit, coverage_fn, &d), ERR_OK);
    /* The demo's charter promises a leak to be repaired in some days: May was bad, June is good. */
    for (int i = 0; i < 6; i++) {
        leak(t, KOK_JAR, day_from_civil((struct civil){2026, 5, 4 + i}), i ? 20 : 1);
        leak(t, KOK_JAR, day_from_civil((struct civil){2026, 6, 3 + i}), 1);
    }
    count_kept(t);
    struct test_answer a = test_get(t, PAGE);
    test_lacks(a, "Nothing has changed");
    /* Answered in June: six of June, and the five of May that took 20 days until 25 to 29 May. */
    test_contains(a,
                  "Reports so far this month: 6 came in, 6 were answered. In May 2026: 6 and 6.");
    test_contains(a, "promises are kept better, 100% so far (May 2026: ");
    test_contains(a, "the people who get the service were counted anew, 21 June 2026");
    test_contains(a, PAGE "/services/water/coverage");
    test_lacks(a, "promises are kept worse");
    close_scene(t);
}

static void chance_is_no_change(void **state)
{
    struct test_app *t = open_scene(state, true);
    for (int i = 0; i < 1; i++) {
        leak(t, KOK_JAR, day_from_civil((struct civil){2026, 5, 4 + i}), 20);
        leak(t, KOK_JAR, day_from_civil((struct civil){2026, 6, 3 + i}), 1);
    }
    count_kept(t);
    struct deed d = {.t = t, .unit = STR(KOK_JAR)};
    assert_int_equal(db_write(t->app.db, d.unit, coverage_fn, &d), ERR_OK);
    test_lacks(test_get(t, PAGE), "promises are kept better");
    close_scene(t);
}

/* --- mergers --- */

static void figures_roll_up_to_the_successor(void **state)
{
    struct test_app *t = open_scene(state, true);
    struct str number = leak(t, KUM_DOBO, TODAY - 9, 1);
    leak(t, KOK_JAR, TODAY - 8, 1);
    count_kept(t);
    test_contains(test_get(t, "/m/" KUM_DOBO), "Reports so far this month: 1 came in");
    merge(t, KUM_DOBO, KOK_JAR);

    struct test_answer a = test_get(t, "/m/" KUM_DOBO);
    test_status(a, 301);
    test_header_is(a, "Location", PAGE);
    a = test_get(t, PAGE);
    test_contains(a, "Reports so far this month: 2 came in, 2 were answered");
    /* As before and after a recount: what was promised goes on being counted. */
    for (int round = 0; round < 2; round++) {
        a = test_get(t, "/compare?oblast=41704000000000");
        test_lacks(a, KUM_DOBO);
        a = test_get(t, PAGE "/services/water");
        test_contains(a, "What was promised before the merger");
        test_contains(a, "of=" KUM_DOBO);
        count_kept(t);
    }
    /* The records behind the old promise are where its figure leads. */
    a = test_get(t, PAGE "/reports");
    test_lacks(a, arena_cstr(t->arena, number));
    test_contains(a, PAGE "/reports?of=" KUM_DOBO);
    a = test_get(t, PAGE "/reports?of=" KUM_DOBO);
    test_contains(a, arena_cstr(t->arena, number));
    test_contains(a, "when it became part of this municipality");
    test_status(test_get(t, PAGE "/reports?of=41702205848000"), 404); /* no relation */
    test_status(test_get(t, PAGE "/visits?of=" KUM_DOBO), 200);
    test_status(test_get(t, PAGE "/visits?of=41702205848000"), 404);
    close_scene(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_quiet_month_is_said_to_be_quiet),
        BODY(this_month_stands_beside_the_last),
        BODY(chance_is_no_change),
        BODY(figures_roll_up_to_the_successor),
    };
    return slice_test_run("home_unit", bodies, COUNT_OF(bodies));
}
