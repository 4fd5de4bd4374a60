/*
 * Values that people enter, on both engines: what does not hold together is refused, a value's way
 * to locked needs a second person, a locked one changes only by a correction, and files come back
 * as they went out. And the IATI file: against the schema where it is at hand, and the rules.
 */
#define place scratch_place
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "platform/web/import.h"
#include "programme/results/results_exchange.h"
#include "programme/results/results_value.h"
#include "services/catalogue/catalogue.h"

#include <libxml/xmlschemas.h>

#define KOK_JAR "41704235837000"
#define OTHER "41702205848000"

static struct test_app *begin(void **state)
{
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &tally_slice, &places_slice, &people_slice,
                    &calendar_slice, &catalogue_slice, &results_slice);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

struct lists {
    struct test_app *t;
    struct result_indicators indicators;
    struct result_members members;
    struct result_entry entry;
    enum msg why_not;
    /* a step */
    int64_t id, person;
    enum result_step step;
    /* reading */
    struct result_rows rows;
    struct result_ask ask;
    bool unverified;
};

static enum err read_lists(struct tx *tx, void *arg)
{
    struct lists *l = arg;
    enum err rc = ERR_OK;
    l->indicators = (struct result_indicators){0};
    TRY(results_indicators(&l->t->app, tx, l->t->arena, STR_NULL, &l->indicators));
    TRY(results_members(tx, l->t->arena, &l->members));
out:
    return rc;
}

static struct lists lists_of(struct test_app *t)
{
    struct lists l = {.t = t};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, read_lists, &l), ERR_OK);
    return l;
}

static struct result_entry entry_of(const struct lists *l, const char *indicator, int64_t from,
                                    int64_t to, int64_t amount)
{
    return (struct result_entry){.indicator = results_find(&l->indicators, str_from(indicator)),
                                 .unit = STR(KOK_JAR),
                                 .id = id_new(),
                                 .kind = STR("actual"),
                                 .from = from,
                                 .to = to,
                                 .amount = amount,
                                 .grade = STR("B"),
                                 .person = 1};
}

static enum err write_entry(struct tx *tx, void *arg)
{
    struct lists *l = arg;
    return results_value_enter(tx, l->t->arena, &l->members, &l->entry, &l->why_not);
}

static enum msg enter(struct lists *l, struct result_entry e)
{
    l->entry = e;
    l->why_not = MSG_NONE;
    enum err rc = db_write(l->t->app.db, e.unit, write_entry, l);
    assert_true(rc == ERR_OK || rc == ERR_INPUT);
    assert_int_equal(rc == ERR_INPUT, l->why_not != MSG_NONE);
    return l->why_not;
}

static enum err write_step(struct tx *tx, void *arg)
{
    struct lists *l = arg;
    return results_value_step(tx, l->t->arena, STR(KOK_JAR), l->id, l->step, STR_NULL, STR_NULL,
                              l->person);
}

static enum err step(struct lists *l, int64_t id, enum result_step s, int64_t person)
{
    l->id = id;
    l->step = s;
    l->person = person;
    return db_write(l->t->app.db, STR(KOK_JAR), write_step, l);
}

static enum err read_rows(struct tx *tx, void *arg)
{
    struct lists *l = arg;
    return results_read(tx, l->t->arena, &l->ask, &l->rows);
}

/* -1: no data. */
static int64_t number(struct lists *l, const char *indicator, int64_t from, int64_t to,
                      bool unverified)
{
    int64_t bounds[2] = {from, to};
    l->ask = (struct result_ask){.indicator = results_find(&l->indicators, str_from(indicator)),
                                 .split = RESULT_SPLIT_NONE,
                                 .bounds = bounds,
                                 .periods = 1,
                                 .unverified = unverified};
    assert_int_equal(db_read(l->t->app.db, SCOPE_COUNTRY, read_rows, l), ERR_OK);
    return l->rows.n == 1 ? l->rows.v[0].amount : -1;
}

#define Y22 (2022 * 12)

static void what_does_not_hold_together_is_refused(void **state)
{
    struct test_app *t = begin(state);
    struct lists l = lists_of(t);
    struct result_cell cells[] = {{STR("sex=f"), 30, I64_NONE, 0}, {STR("sex=m"), 20, I64_NONE, 0}};
    struct result_entry e = entry_of(&l, "sa2.volunteers", Y22, Y22 + 12, 51);
    e.cells = cells;
    e.cell_count = 2;
    assert_int_equal(enter(&l, e), MSG_results_fault_partition);
    e.amount = 50;
    e.id = id_new();
    assert_int_equal(enter(&l, e), MSG_NONE);
    /* An overlapping dimension need not add up, but no part is larger than the whole. */
    struct result_cell groups[] = {{STR("group=youth"), 50, I64_NONE, 0},
                                   {STR("group=poor"), 40, I64_NONE, 0}};
    e = entry_of(&l, "sa2.volunteers", Y22 + 12, Y22 + 24, 50);
    e.cells = groups;
    e.cell_count = 2;
    assert_int_equal(enter(&l, e), MSG_NONE);
    groups[0].amount = 51;
    e = entry_of(&l, "sa2.volunteers", Y22 + 24, Y22 + 36, 50);
    e.cells = groups;
    e.cell_count = 2;
    assert_int_equal(enter(&l, e), MSG_results_fault_larger);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.volunteers", Y22 + 6, Y22 + 18, 5)),
                     MSG_results_fault_overlap);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.volunteers", Y22 + 36, Y22 + 36, 5)),
                     MSG_results_fault_period);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.volunteers", 2090 * 12, 2091 * 12, 5)),
                     MSG_results_fault_future);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.partners", Y22, Y22 + 12, 5)),
                     MSG_results_fault_counted);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.improved_share", Y22, Y22 + 12, 5)),
                     MSG_results_fault_base);
    e = entry_of(&l, "sa2.volunteers", Y22 + 36, Y22 + 48, 5);
    e.grade = STR("E");
    assert_int_equal(enter(&l, e), MSG_results_fault_grade);
    test_app_close(t);
}

static void a_locked_value_changes_only_by_a_correction(void **state)
{
    struct test_app *t = begin(state);
    struct lists l = lists_of(t);
    struct result_entry e = entry_of(&l, "sa2.volunteers", Y22, Y22 + 12, 40);
    assert_int_equal(enter(&l, e), MSG_NONE);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, false), -1); /* not verified */
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), 40);
    /* A draft gives way to another entry of the same period. */
    struct result_entry again = entry_of(&l, "sa2.volunteers", Y22, Y22 + 12, 44);
    assert_int_equal(enter(&l, again), MSG_NONE);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), 44);
    assert_int_equal(step(&l, e.id, STEP_SUBMIT, 1), ERR_CONFLICT);     /* it was replaced */
    assert_int_equal(step(&l, again.id, STEP_VERIFY, 2), ERR_CONFLICT); /* not submitted yet */
    assert_int_equal(step(&l, again.id, STEP_SUBMIT, 1), ERR_OK);
    assert_int_equal(step(&l, again.id, STEP_VERIFY, 1), ERR_DENIED); /* who entered it */
    assert_int_equal(step(&l, again.id, STEP_VERIFY, 2), ERR_OK);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, false), 44);
    assert_int_equal(step(&l, again.id, STEP_LOCK, 2), ERR_OK);
    assert_int_equal(enter(&l, entry_of(&l, "sa2.volunteers", Y22, Y22 + 12, 50)),
                     MSG_results_fault_correct);
    struct result_entry right = entry_of(&l, "sa2.volunteers", Y22, Y22 + 12, 41);
    right.corrects = again.id;
    assert_int_equal(enter(&l, right), MSG_results_fault_why);
    right.why = STR("three were listed twice");
    assert_int_equal(enter(&l, right), MSG_NONE);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, false), 44); /* until verified */
    assert_int_equal(step(&l, right.id, STEP_SUBMIT, 1), ERR_OK);
    assert_int_equal(step(&l, right.id, STEP_VERIFY, 2), ERR_OK);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, false), 41);
    test_app_close(t);
}

static void ratios_are_those_of_sums(void **state)
{
    struct test_app *t = begin(state);
    struct lists l = lists_of(t);
    struct result_entry a = entry_of(&l, "sa2.improved_share", Y22, Y22 + 12, 1),
                        b = entry_of(&l, "sa2.improved_share", Y22, Y22 + 12, 30);
    a.base = I64(2);
    b.base = I64(40);
    b.unit = STR(OTHER);
    assert_int_equal(enter(&l, a), MSG_NONE);
    assert_int_equal(enter(&l, b), MSG_NONE);
    assert_int_equal(number(&l, "sa2.improved_share", Y22, Y22 + 12, true), 31);
    assert_true(l.rows.v[0].base.set && l.rows.v[0].base.v == 42);
    test_app_close(t);
}

/* --- files --- */

static enum err import(struct test_app *t, const char *text, bool dry_run, struct buf *report,
                       struct import_counts *counts)
{
    struct table_in *table = NULL;
    enum err rc = results_import(&t->app, t->arena, str_from(text), dry_run, &table, counts);
    if (rc == ERR_INPUT)
        table_fault_report(table, LANG_EN, report);
    return rc;
}

static void files_are_taken_whole_or_not_at_all(void **state)
{
    static const char good[] = "indicator,unit,period,value,denominator,grade,sex,age,service\r\n"
                               "sa2.volunteers," KOK_JAR ",2022,12,,B,,,\r\n"
                               "sa2.volunteers," KOK_JAR ",2022,7,,B,f,,\r\n"
                               "sa2.volunteers," KOK_JAR ",2022,5,,B,m,,\r\n"
                               "sa2.volunteers," OTHER ",FY2022,9,,C,,,\r\n"
                               "sa2.funding," KOK_JAR ",2022Q2,1500.50,,A,,,\r\n"
                               "sa2.improved_share," KOK_JAR ",2022,3,4,B,,,\r\n";
    static const struct {
        const char *row, *told;
    } bad[] = {
        {"sa2.volunteers," KOK_JAR ",2023,10,,B,,,\r\nsa2.volunteers," KOK_JAR ",2023,6,,B,f,,\r\n",
         "do not add up"},
        {"sa2.volunteers," KOK_JAR ",2022Q3,10,,B,,,\r\n", "overlaps"},
        {"nothing," KOK_JAR ",2023,10,,B,,,\r\n", "no such indicator"},
        {"sa2.volunteers,41799999999999,2023,10,,B,,,\r\n", "no such municipality"},
        {"sa2.volunteers," KOK_JAR ",soon,10,,B,,,\r\n", "no such period"},
        {"sa2.volunteers," KOK_JAR ",2023,many,,B,,,\r\n", "Not a number"},
        {"sa2.volunteers," KOK_JAR ",2023,10,,B,,7-8,\r\n", "no such member"},
        {"sa2.volunteers," KOK_JAR ",2023,10,,B,f,,\r\n", "total is missing"},
        {"sa2.volunteers," KOK_JAR ",2022,12,,B,,,\r\n", "stands twice"},
        {"sa2.partners," KOK_JAR ",2022,12,,B,,,\r\n", "counted from records"},
        {"sa2.improved_share," KOK_JAR ",2023,3,,B,,,\r\n", "denominator"},
    };
    struct test_app *t = begin(state);
    struct import_counts counts = {0};
    struct lists l = lists_of(t);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buf *report = buf_in(t->arena);
        struct str text = arena_printf(t->arena, "%s%s", good, bad[i].row);
        assert_int_equal(import(t, arena_cstr(t->arena, text), false, report, &counts), ERR_INPUT);
        if (str_find(buf_view(report), str_from(bad[i].told)) < 0 ||
            str_find(buf_view(report), STR("ow ")) < 0)
            fail_msg("%s: %.*s", bad[i].row, STRF(buf_view(report)));
        assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), -1);
    }
    struct buf *none = buf_in(t->arena);
    assert_int_equal(import(t, good, true, none, &counts), ERR_OK);
    assert_int_equal(counts.added, 4);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), -1); /* a dry run */
    assert_int_equal(import(t, good, false, none, &counts), ERR_OK);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), 12);
    assert_int_equal(number(&l, "sa2.funding", Y22 + 3, Y22 + 6, true), 150050);

    /* What goes out comes in again, and then nothing is new. */
    struct buf *out = buf_in(t->arena);
    assert_int_equal(results_export(&t->app, t->arena, STR_NULL, false, false, out), ERR_OK);
    assert_true(str_find(buf_view(out), STR("1500.50")) > 0);
    assert_int_equal(import(t, arena_cstr(t->arena, buf_view(out)), false, none, &counts), ERR_OK);
    assert_int_equal(counts.added, 0);
    assert_int_equal(counts.same, 4);
    test_app_close(t);
}

static struct str changed(struct test_app *t, struct str xml, const char *from, const char *to)
{
    ptrdiff_t at = str_find(xml, str_from(from));
    assert_true(at > 0);
    return arena_printf(t->arena, "%.*s%s%.*s", STRF(str_slice(xml, 0, (size_t)at)), to,
                        STRF(str_slice(xml, (size_t)at + strlen(from), xml.n)));
}

static void dhis_documents_come_back(void **state)
{
    static const char *const good =
        "{\"dataValues\": [{\"dataElement\": \"sa2.volunteers\", \"period\": \"2022\", "
        "\"orgUnit\": \"" KOK_JAR "\", \"value\": \"12\"}, {\"dataElement\": \"sa2.volunteers\", "
        "\"period\": \"2022\", \"orgUnit\": \"" KOK_JAR "\", \"categoryOptionCombo\": \"sex=f\", "
        "\"value\": \"7\"}, {\"dataElement\": \"sa2.volunteers\", \"period\": \"2022\", "
        "\"orgUnit\": \"" KOK_JAR "\", \"categoryOptionCombo\": \"sex=m\", \"value\": \"5\"}, "
        "{\"dataElement\": \"sa2.improved_share\", \"period\": \"2021Oct\", \"orgUnit\": \"" KOK_JAR
        "\", \"value\": \"3\"}, {\"dataElement\": \"sa2.improved_share\", \"period\": "
        "\"2021Oct\", \"orgUnit\": \"" KOK_JAR "\", \"attributeOptionCombo\": \"denominator\", "
        "\"value\": \"4\"}]}";
    struct test_app *t = begin(state);
    struct import_counts counts = {0};
    struct table_in *table = NULL;
    int64_t skipped = 0;
    struct lists l = lists_of(t);
    assert_int_equal(results_dhis_read(&t->app, t->arena, str_from(good), false, &table, &counts),
                     ERR_OK);
    assert_int_equal(counts.added, 2);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), 12);
    assert_int_equal(number(&l, "sa2.improved_share", Y22 - 3, Y22 + 9, true), 3);
    assert_int_equal(l.rows.v[0].base.v, 4);
    for (int adx = 0; adx < 2; adx++) {
        struct buf *out = buf_in(t->arena);
        assert_int_equal(results_dhis_write(&t->app, t->arena, STR_NULL, adx == 1, out, &skipped),
                         ERR_OK);
        assert_int_equal(skipped, 0);
        assert_true(str_find(buf_view(out), adx ? STR("2021-10-01/P12M") : STR("2021Oct")) > 0);
        assert_int_equal(
            results_dhis_read(&t->app, t->arena, buf_view(out), false, &table, &counts), ERR_OK);
        assert_int_equal(counts.added, 0);
        assert_int_equal(counts.same, 2);
    }
    struct str bad = changed(t, str_from(good), "\"value\": \"7\"", "\"value\": \"8\"");
    assert_int_equal(results_dhis_read(&t->app, t->arena, bad, false, &table, &counts), ERR_INPUT);
    bad = changed(t, str_from(good), "sex=f", "tribe=f");
    assert_int_equal(results_dhis_read(&t->app, t->arena, bad, false, &table, &counts), ERR_PARSE);
    assert_int_equal(results_dhis_read(&t->app, t->arena, STR("<adx"), false, &table, &counts),
                     ERR_PARSE);
    test_app_close(t);
}

/* --- pages --- */

static void staff_enter_and_another_verifies(void **state)
{
#define PAGE "/desk/" KOK_JAR "/results/sa2.volunteers"
    struct test_app *t = begin(state);
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    test_contains(test_get(t, "/desk/" KOK_JAR "/results"), "Volunteers");
    struct test_answer a = test_post(t, PAGE, "period", "2022", "value", "12", "cells",
                                     "sex=f: 8\nsex=m: 5", "grade", "B", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "do not add up");
    a = test_post(t, PAGE, "period", "2022", "value", "12", "cells", "sex=f: 8\nsex=m: 4", "grade",
                  "B", NULL);
    assert_int_equal(a.status, 303);
    a = test_follow(t, a);
    test_contains(a, "Draft");
    test_contains(a, "sex=f");
    struct lists l = lists_of(t);
    assert_int_equal(number(&l, "sa2.volunteers", Y22, Y22 + 12, true), 12);
    /* Somebody of the programme goes there and counts again. */
    assert_int_equal(test_post(t, PAGE "/visit", "visit_period", "2022", "visit_day", "2023-05-02",
                               "recounted", "9", NULL)
                         .status,
                     403);
    test_login_as(t, ROLE_PROGRAMME, "*");
    a = test_post(t, PAGE "/visit", "visit_period", "2023", "visit_day", "2023-05-02", "recounted",
                  "9", NULL);
    assert_int_equal(a.status, 422); /* nothing was reported for that year */
    a = test_post(t, PAGE "/visit", "visit_period", "2022", "visit_day", "2023-05-02", "recounted",
                  "9", NULL);
    assert_int_equal(a.status, 303);
    test_contains(test_follow(t, a), "75%");
    assert_int_equal(test_get(t, "/desk/" KOK_JAR "/results/sa2.partners").status, 404);
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    assert_int_equal(test_get(t, "/desk/" OTHER "/results").status, 403);
    test_app_close(t);
}

/* --- IATI --- */

static struct str iati_of(struct test_app *t)
{
    char path[128];
    int64_t size = 0;
    snprintf(path, sizeof path, "%s/iati.xml", t->app.data_dir);
    FILE *file = fopen(path, "w+b");
    assert_non_null(file);
    assert_int_equal(results_iati_write(&t->app, fileno(file), &size), ERR_OK);
    assert_true(size > 2000);
    char *text = arena_alloc(t->arena, (size_t)size + 1);
    rewind(file);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return str_of(text, (size_t)size);
}

static int rules_broken(struct test_app *t, struct str xml, const char *rule)
{
    struct buf *faults = buf_in(t->arena);
    int n = 0;
    assert_true(results_iati_check(xml, day_today(), faults, &n));
    if (n && !rule)
        print_message("# %.*s", STRF(buf_view(faults)));
    if (rule)
        assert_true(str_find(buf_view(faults), str_from(rule)) >= 0);
    return n;
}

static void the_iati_file_keeps_the_rules(void **state)
{
    struct test_app *t = begin(state);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(results_slice.demo(&t->app, &demo), ERR_OK);
    struct str xml = iati_of(t);
    assert_int_equal(rules_broken(t, xml, NULL), 0);
    assert_true(str_find(xml, STR("<dimension name=\"sex\" value=\"f\"")) > 0);
    assert_true(str_find(xml, STR("<location ref=\"" OTHER "\"")) > 0);
    /* And each rule is one that can be broken. */
    rules_broken(t, changed(t, xml, "<sector vocabulary=\"1\" code=\"15112\"/>", ""), "6.2.2");
    rules_broken(t, changed(t, xml, "<recipient-country code=\"KG\"/>", ""), "3.1.1");
    rules_broken(t, changed(t, xml, "KG-AIMAK-CAMI", "KG-OTHER"), "1.1.21");
    rules_broken(t, changed(t, xml, "<actual value=\"", "<actual value=\"about "), "8.9.1");
    rules_broken(t, changed(t, xml, "<period-start iso-date=\"2", "<period-start iso-date=\"9"),
                 "8.6.1");
    rules_broken(t,
                 changed(t, xml, "activity-date type=\"2\" iso-date=\"2",
                         "activity-date type=\"2\" iso-date=\"9"),
                 "6.11.4");
    test_app_close(t);
}

/* The schemas of the standard are not part of this project. */
static struct str schema_path(struct arena *a)
{
    const char *folder = getenv("AIMAK_IATI");
    return arena_printf(a, "%s/iati-activities-schema.xsd",
                        folder ? folder : "../shared/data/iati");
}

static bool schema_is_here(void)
{
    struct arena *a = arena_new();
    bool here = access(arena_cstr(a, schema_path(a)), R_OK) == 0;
    arena_free(a);
    return here;
}

static void the_iati_file_fits_the_schema(void **state)
{
    struct arena *a = arena_new();
    struct str path = schema_path(a);
    struct test_app *t = begin(state);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(results_slice.demo(&t->app, &demo), ERR_OK);
    struct str xml = iati_of(t);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(arena_cstr(a, path));
    xmlSchemaPtr schema = xmlSchemaParse(parser);
    assert_non_null(schema);
    xmlDocPtr doc = xmlReadMemory(xml.p, (int)xml.n, "activities.xml", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
    assert_int_equal(xmlSchemaValidateDoc(valid, doc), 0);
    xmlSchemaFreeValidCtxt(valid);
    xmlFreeDoc(doc);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    arena_free(a);
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(what_does_not_hold_together_is_refused),
        BODY(a_locked_value_changes_only_by_a_correction),
        BODY(ratios_are_those_of_sums),
        BODY(files_are_taken_whole_or_not_at_all),
        BODY(dhis_documents_come_back),
        BODY(staff_enter_and_another_verifies),
        BODY(the_iati_file_keeps_the_rules),
        BODY(the_iati_file_fits_the_schema),
    };
    size_t n = COUNT_OF(bodies);
    if (!schema_is_here()) {
        n--;
        print_message("# absent: the_iati_file_fits_the_schema; no schemas in "
                      "../shared/data/iati (or AIMAK_IATI)\n");
    }
    return slice_test_run("results_value", bodies, n);
}
