/*
 * What programme staff do, on both engines: reference sheets and their rules, records and their
 * withdrawal, stories and the report; and the counters of a new version, counted once from records
 * older than they are.
 */
#define place scratch_place
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "platform/tally/tally_sql.h"
#include "programme/results/results_count.h"
#include "services/catalogue/catalogue.h"

#define KOK_JAR "41704235837000"

static struct test_app *begin(void **state)
{
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &tally_slice, &places_slice, &people_slice,
                    &calendar_slice, &catalogue_slice, &results_slice);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

static void fill(struct test_app *t)
{
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(results_slice.demo(&t->app, &demo), ERR_OK);
}

/* --- counters --- */

static enum err falsify(struct tx *tx, void *arg)
{
    return sql_tally_add(tx, NULL, .unit = str_from((const char *)arg),
                         .counter = STR("results.people"), .month = 2018 * 12, .village = STR(""),
                         .cell = STR("water|counted|?|cami"), .amount = 7);
}

static size_t faults_of(struct test_app *t, struct str unit)
{
    struct tally_faults faults = {0};
    assert_int_equal(tally_check(&t->app, t->arena, &results_people_counter, &unit, 1, &faults),
                     ERR_OK);
    size_t n = 0; /* of that municipality; the country's row was not touched */
    for (size_t i = 0; i < faults.n; i++)
        n += str_eq(faults.v[i].unit, unit);
    return n;
}

static void older_records_are_counted_once(void **state)
{
    struct test_app *t = begin(state);
    struct str unit = STR(KOK_JAR);
    fill(t);
    assert_int_equal(faults_of(t, unit), 0);
    /* As if the counter had come after the records. */
    assert_int_equal(db_write(t->app.db, unit, falsify, KOK_JAR), ERR_OK);
    assert_true(faults_of(t, unit) > 0);
    assert_int_equal(results_count_missing(&t->app, t->arena), ERR_OK);
    assert_int_equal(faults_of(t, unit), 0);
    /* From then on a wrong total is told, not repaired. */
    assert_int_equal(db_write(t->app.db, unit, falsify, KOK_JAR), ERR_OK);
    assert_int_equal(results_count_missing(&t->app, t->arena), ERR_OK);
    assert_true(faults_of(t, unit) > 0);
    test_app_close(t);
}

/* --- reference sheets --- */

#define SHEET(code_, measure_, rule_, source_, filters_, ru_definition_, note_)                    \
    "code", code_, "programme", "cami", "level", "output", "measure", measure_, "rule", rule_,     \
        "decimals", "0", "personal", "1", "topic", "water", "source", source_, "filters",          \
        filters_, "frequency", "year", "due_days", "30", "vocabulary", "99", "reference", "x",     \
        "change_note", note_, "name_ky", "А", "name_ru", "Б", "name_en", "Pumps", "unit_ky",       \
        "насос", "unit_ru", "насос", "unit_en", "pumps", "definition_ky", "Орнотулган насостор",   \
        "definition_ru", ru_definition_, "definition_en", "Pumps that were installed", NULL

static void a_number_needs_a_definition(void **state)
{
    static const char new_sheet[] = "/desk/results/indicators";
    struct test_app *t = begin(state);
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    assert_int_equal(test_get(t, new_sheet).status, 403);
    test_login_as(t, ROLE_PROGRAMME, "*");
    test_contains(test_get(t, new_sheet), "results.people");
    struct test_answer a =
        test_post(t, new_sheet, SHEET("cami.pumps", "count", "sum", "entered", "", "", ""));
    assert_int_equal(a.status, 422);
    a = test_post(t, new_sheet, SHEET("Pumps", "count", "sum", "entered", "", "Насосы", ""));
    assert_int_equal(a.status, 422);
    test_contains(a, "small Latin letter");
    a = test_post(
        t, new_sheet,
        SHEET("cami.pumps", "count", "sum", "results.people", "colour=red", "Насосы", ""));
    assert_int_equal(a.status, 422);
    test_contains(a, "not divided so");
    a = test_post(t, new_sheet,
                  SHEET("cami.pumps", "count", "sum", "nobody.counts", "", "Насосы", ""));
    test_contains(a, "no such counter");
    a = test_post(t, new_sheet,
                  SHEET("cami.pumps", "count", "persons", "results.people", "", "Насосы", ""));
    test_contains(a, "distinct persons apart");
    a = test_post(t, new_sheet, SHEET("cami.pumps", "ratio", "sum", "entered", "", "Насосы", ""));
    test_contains(a, "not put together so");
    a = test_post(t, new_sheet,
                  SHEET("cami.partners", "count", "sum", "entered", "", "Насосы", ""));
    test_contains(a, "There is such a code");
    a = test_post(t, new_sheet, SHEET("cami.pumps", "count", "sum", "entered", "", "Насосы", ""));
    assert_int_equal(a.status, 303);
    test_contains(test_get(t, "/results/i/cami.pumps"), "Pumps that were installed");
    test_contains(test_get(t, "/results/i/cami.pumps"), "version 1");
    test_app_close(t);
}

static void a_sheet_changes_by_versions(void **state)
{
    static const char page[] = "/desk/results/indicators/cami.pumps";
    struct test_app *t = begin(state);
    test_login_as(t, ROLE_PROGRAMME, "*");
    assert_int_equal(test_get(t, page).status, 404);
    struct test_answer a =
        test_post(t, "/desk/results/indicators",
                  SHEET("cami.pumps", "count", "sum", "entered", "", "Насосы", ""));
    assert_int_equal(a.status, 303);
    test_contains(test_get(t, page), "Насосы");
    a = test_post(t, page, SHEET("cami.pumps", "count", "sum", "entered", "", "Все насосы", ""));
    assert_int_equal(a.status, 422); /* why? */
    a = test_post(t, page,
                  SHEET("cami.pumps", "count", "max", "entered", "", "Все насосы", "clearer"));
    assert_int_equal(a.status, 422);
    test_contains(a, "another indicator");
    a = test_post(t, page,
                  SHEET("cami.pumps", "count", "sum", "entered", "", "Все насосы", "clearer"));
    assert_int_equal(a.status, 303);
    a = test_get(t, "/results/i/cami.pumps");
    test_contains(a, "version 2");
    test_contains(a, "clearer");
    /* The new sheet takes values at once. */
    a = test_post(t, "/desk/" KOK_JAR "/results/cami.pumps", "period", "2019", "value", "12",
                  "grade", "B", NULL);
    assert_int_equal(a.status, 303);
    test_app_close(t);
}

/* --- records --- */

static void records_are_entered_and_withdrawn(void **state)
{
#define ACHIEVED "/desk/" KOK_JAR "/achieved/people"
    struct test_app *t = begin(state);
    const struct place *unit = territory_find(territory_get(&t->app, t->arena), STR(KOK_JAR));
    const char *village = arena_cstr(t->arena, unit->children[0]->code);
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    struct test_answer a = test_post(t, ACHIEVED, "programme", "cami", "service", "water",
                                     "village", village, "basis", "counted", "day", "2019-05-06",
                                     "people", "120", "women", "60", "document", "List 7", NULL);
    assert_int_equal(a.status, 403); /* the programme's records are the programme's */
    test_login_as(t, ROLE_PROGRAMME, "*");
    a = test_post(t, ACHIEVED, "programme", "cami", "service", "water", "village", village, "basis",
                  "counted", "day", "2019-05-06", "people", "120", "women", "130", "document",
                  "List 7", NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, ACHIEVED, "programme", "cami", "service", "water", "village", "41702205848000",
                  "basis", "counted", "day", "2019-05-06", "people", "120", "document", "List 7",
                  NULL);
    assert_int_equal(a.status, 422); /* not a village of this municipality */
    a = test_post(t, ACHIEVED, "programme", "nothing", "service", "water", "village", village,
                  "basis", "counted", "day", "2019-05-06", "people", "120", "document", "List 7",
                  NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, ACHIEVED, "programme", "cami", "service", "water", "village", village, "basis",
                  "counted", "day", "2019-05-06", "people", "120", "women", "60", "document",
                  "List 7", NULL);
    assert_int_equal(a.status, 303);
    a = test_follow(t, a);
    test_contains(a, "List 7");
    test_contains(test_get(t, "/results/i/cami.water_improved"), "120");
    ptrdiff_t at = str_find(a.body, STR(ACHIEVED "/"));
    assert_true(at > 0);
    struct str rest = str_slice(a.body, (size_t)at, 200);
    const char *action = arena_cstr(t->arena, str_slice(rest, 0, (size_t)str_find_char(rest, '"')));
    assert_int_equal(test_post(t, action, "why", "", NULL).status, 422);
    assert_int_equal(test_post(t, action, "why", "counted twice", NULL).status, 303);
    test_contains(test_get(t, "/desk/" KOK_JAR "/achieved"), "counted twice");
    test_lacks(test_get(t, "/results/i/cami.water_improved"), "120");
    test_app_close(t);
}

/* --- the office and the report --- */

static void the_office_tells_who_owes_a_report(void **state)
{
    struct test_app *t = begin(state);
    fill(t);
    test_login_as(t, ROLE_PROGRAMME, "*");
    struct test_answer a = test_get(t, "/desk/results");
    assert_int_equal(a.status, 200);
    test_contains(a, "of 44 reported");
    test_contains(a, "/results/sa2.volunteers"); /* somebody's values wait */
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    assert_int_equal(test_get(t, "/desk/results").status, 403);
    test_app_close(t);
}

static void the_report_has_figures_and_stories(void **state)
{
    struct test_app *t = begin(state);
    fill(t);
    test_login_as(t, ROLE_PROGRAMME, "*");
    struct test_answer a =
        test_post(t, "/desk/results/stories", "programme", "cami", "place", KOK_JAR, "month",
                  "2019-05", "title", "Water came", "words", "A pump was mended.", NULL);
    assert_int_equal(a.status, 303);
    assert_int_equal(test_post(t, "/desk/results/stories", "programme", "none", "month", "2019-05",
                               "title", "x", "words", "y", NULL)
                         .status,
                     422);
    assert_int_equal(test_post(t, "/desk/results/stories", "programme", "cami", "month", "2019",
                               "title", "x", "words", "y", NULL)
                         .status,
                     422);
    a = test_get(t, "/results/report?programme=cami&period=2019Q2");
    assert_int_equal(a.status, 200);
    test_contains(a, "A pump was mended.");
    test_contains(a, "15,636"); /* since the beginning */
    test_lacks(test_get(t, "/results/report?programme=cami&period=2019Q3"), "A pump was mended.");
    assert_int_equal(test_get(t, "/results/report?period=soon").status, 422);
    assert_int_equal(test_get(t, "/results/report?programme=none").status, 404);
    a = test_get(t, "/results/report.pdf?programme=cami&period=2019Q2");
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, STR("%PDF-")));
    assert_true(a.body.n > 5000);
    a = test_get(t, "/results/report.xlsx?programme=cami&period=2019Q2");
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, STR("PK")));
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(older_records_are_counted_once),     BODY(a_number_needs_a_definition),
        BODY(a_sheet_changes_by_versions),        BODY(records_are_entered_and_withdrawn),
        BODY(the_office_tells_who_owes_a_report), BODY(the_report_has_figures_and_stories),
    };
    return slice_test_run("results_work", bodies, COUNT_OF(bodies));
}
