/*
 * A round from its opening to the frozen record, as the municipality, the verifier and the public
 * meet it over HTTP; and the rules that refuse. On both engines.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "platform/channels/outbox.h"
#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/formats/xlsx_in.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "programme/assessment/assessment_view.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#include <math.h>

#define HOME "41704235837000"
#define OTHER "41702205848000"
#define TODAY (day_from_civil((struct civil){2026, 7, 15}))

struct test {
    struct test_app *t;
    struct arena *a;
    struct rounds rounds;
};

static void day(int64_t d)
{
    clock_set_for_test(day_start_ms(d) + 12 * MS_HOUR);
}

static void begin(struct test *x, void **state)
{
    day(TODAY);
    struct test_app *t = TEST_APP_ON(
        *(const bool *)*state, &web_slice, &jobs_slice, &trail_slice, &outbox_slice, &tally_slice,
        &files_slice, &places_slice, &people_slice, &calendar_slice, &catalogue_slice,
        &charter_slice, &delivery_slice, &cases_slice, &assessment_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    *x = (struct test){.t = t, .a = t->arena};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
}

static void end(struct test *x)
{
    test_app_close(x->t);
    clock_set_for_test(0);
}

static enum err read_rounds(struct tx *tx, void *arg)
{
    struct test *x = arg;
    x->rounds = (struct rounds){0};
    return rounds_read(tx, x->a, STR_NULL, &x->rounds);
}

static const struct round *the_round(struct test *x)
{
    assert_int_equal(db_read(x->t->app.db, SCOPE_COUNTRY, read_rounds, x), ERR_OK);
    assert_int_equal(x->rounds.n, 1);
    return &x->rounds.v[0];
}

/* Kept totals are those of the records, in every municipality and in the country. */
static void totals_are_true(struct test *x)
{
    static const struct counter *const all[] = {&assessment_submitted, &assessment_frozen,
                                                &assessment_improved};
    const struct territory *t = territory_get(&x->t->app, x->a);
    struct str *codes = ARENA_ARRAY(x->a, struct str, t->n);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]))
            codes[n++] = t->all[i]->code;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(&x->t->app, x->a, all[i], codes, n, &faults), ERR_OK);
        assert_int_equal(faults.n, 0);
        assert_true(faults.rows > 0 || i == 2);
    }
}

/* As programme staff; open from today for thirty days. */
static void open_round(struct test *x)
{
    test_login_as(x->t, ROLE_PROGRAMME, "*");
    struct test_answer a = test_post(x->t, "/desk/assessment", "code", "2026", "from", "2025-07-01",
                                     "to", "2026-06-30", "opens", "2026-07-15", "closes",
                                     "2026-08-14", "appeals", "2026-09-30", NULL);
    assert_int_equal(a.status, 303);
}

static void step(struct test *x, const char *name, int status)
{
    test_login_as(x->t, ROLE_PROGRAMME, "*");
    assert_int_equal(test_post(x->t, "/desk/assessment/2026", "step", name, NULL).status, status);
}

static int said(struct test *x, const char *indicator, const char *field, const char *value,
                const char *whole)
{
    const char *path =
        arena_cstr(x->a, arena_printf(x->a, "/desk/" HOME "/assessment/%s?round=2026", indicator));
    return whole ? test_post(x->t, path, "status", "known", field, value, "whole", whole, "grade",
                             "B", "note", "", NULL)
                       .status
                 : test_post(x->t, path, "status", "known", field, value, "grade", "B", "note", "",
                             NULL)
                       .status;
}

/* Every indicator that is not computed; `level` for rubrics, shares at that many per cent. */
static void fill(struct test *x)
{
    const struct framework *f = framework_newest();
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        const char *code = arena_cstr(x->a, k->code);
        if (k->kind == KIND_RUBRIC)
            assert_int_equal(said(x, code, "level", "3", NULL), 303);
        else if (k->kind == KIND_CONDITION)
            assert_int_equal(said(x, code, "level", "1", NULL), 303);
        else if (k->kind == KIND_SHARE)
            assert_int_equal(said(x, code, "value", "60", "100"), 303);
        else
            assert_int_equal(said(x, code, "value", "12,5", NULL), 303);
    }
}

static void a_round_from_opening_to_the_frozen_record(void **state)
{
    struct test x;
    struct str digest;
    begin(&x, state);
    open_round(&x);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    test_contains(test_get(x.t, "/desk/" HOME "/assessment"), "2026");
    fill(&x);
    /* The officer may answer, the head submits. */
    assert_int_equal(test_post(x.t, "/desk/" HOME "/assessment/submit?round=2026", NULL).status,
                     403);
    test_login_as(x.t, ROLE_HEAD, HOME);
    assert_int_equal(test_post(x.t, "/desk/" HOME "/assessment/submit?round=2026", NULL).status,
                     303);
    assert_int_equal(test_post(x.t, "/desk/" HOME "/assessment/submit?round=2026", NULL).status,
                     409);
    assert_int_equal(said(&x, "landfill", "level", "1", NULL), 409);

    step(&x, "appeals", 409); /* not yet */
    step(&x, "close", 303);
    step(&x, "close", 409);
    const struct round *round = the_round(&x);
    assert_int_equal(round->stage, STAGE_VERIFY);
    struct test_answer a = test_get(x.t, "/desk/assessment/2026/" HOME);
    assert_int_equal(a.status, 200);
    /* A verdict needs its reason, and does not overwrite what was said. */
    assert_int_equal(test_post(x.t, "/desk/assessment/2026/" HOME "/landfill", "status", "known",
                               "level", "2", "note", "", NULL)
                         .status,
                     422);
    assert_int_equal(test_post(x.t, "/desk/assessment/2026/" HOME "/landfill", "status", "known",
                               "level", "2", "note", "No opinion of the ecologist", NULL)
                         .status,
                     303);
    test_contains(test_get(x.t, "/desk/assessment/2026/" HOME "/landfill"), "ecologist");

    step(&x, "appeals", 303);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    const char *appeal = "/desk/" HOME "/assessment/landfill/appeal?round=2026";
    assert_int_equal(test_post(x.t, appeal, "words", "short", NULL).status, 422);
    assert_int_equal(test_post(x.t, appeal, "words", "The opinion is on page three", NULL).status,
                     303);
    assert_int_equal(test_post(x.t, appeal, "words", "The opinion is on page three", NULL).status,
                     409);
    step(&x, "freeze", 409); /* an appeal waits */
    assert_int_equal(test_post(x.t, "/desk/assessment/2026/" HOME "/landfill", "status", "known",
                               "level", "3", "note", "It is there", "public", "1", NULL)
                         .status,
                     303);
    step(&x, "freeze", 303);
    step(&x, "freeze", 409);

    /* The public sees the decided value, the snapshot, and the same digest in the log. */
    test_logout(x.t);
    round = the_round(&x);
    digest = round->digest;
    assert_int_equal(round->stage, STAGE_FROZEN);
    a = test_get(x.t, "/assessment/snapshot/2026");
    assert_int_equal(a.status, 200);
    assert_true(str_eq(digest_of(x.a, a.body), digest));
    struct record_verdict v;
    struct str fault;
    assert_int_equal(record_verify(x.a, a.body, &v, &fault), ERR_OK);
    assert_true(v.same);
    a = test_get(x.t, "/m/" HOME "/assessment");
    assert_int_equal(a.status, 200);
    test_contains(a, arena_cstr(x.a, digest));
    test_contains(test_get(x.t, "/assessment"), arena_cstr(x.a, digest));
    assert_int_equal(test_get(x.t, "/m/" HOME "/assessment.xlsx").status, 200);
    assert_int_equal(test_get(x.t, "/assessment.csv").status, 200);
    assert_int_equal(test_get(x.t, "/m/" HOME "/assessment?round=2020").status, 404);
    totals_are_true(&x);
    /* Who said nothing has a score of zeroes and an interval that says so. */
    a = test_get(x.t, "/m/" OTHER "/assessment?lang=en");
    assert_int_equal(a.status, 200);
    test_contains(a, "not reported");
    end(&x);
}

static void answers_are_refused_with_their_reason(void **state)
{
    struct test x;
    begin(&x, state);
    open_round(&x);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    const char *tests = "/desk/" HOME "/assessment/water_tests?round=2026";
    assert_int_equal(said(&x, "water_tests", "level", "4", NULL), 422);
    assert_int_equal(said(&x, "water_tests", "value", "2", NULL), 422); /* no level */
    assert_int_equal(said(&x, "lighting", "value", "130", "0"), 422);   /* of nothing */
    assert_int_equal(said(&x, "lighting", "value", "300", "100"), 422); /* three times all */
    assert_int_equal(said(&x, "lighting", "value", "60", "100"), 303);
    assert_int_equal(said(&x, "collection", "value", "120", "100"), 303);   /* more than due */
    assert_int_equal(said(&x, "promises_kept", "value", "60", "100"), 303); /* nothing to count */
    assert_int_equal(said(&x, "no_such_thing", "value", "60", "100"), 404);
    assert_int_equal(test_post(x.t, tests, "status", "na", "grade", "B", "note", "", NULL).status,
                     422); /* why? */
    assert_int_equal(
        test_post(x.t, tests, "status", "na", "grade", "B", "note", "No supply", NULL).status, 303);
    assert_int_equal(test_post(x.t, "/desk/" HOME "/assessment/audit_clean?round=2026", "status",
                               "na", "grade", "B", "note", "No", NULL)
                         .status,
                     422);
    /* Grade A is the verifier's. */
    assert_int_equal(
        test_post(x.t, tests, "status", "known", "level", "2", "grade", "A", NULL).status, 422);
    /* Not of another municipality; not when the days are over. */
    assert_int_equal(test_get(x.t, "/desk/" OTHER "/assessment").status, 403);
    assert_int_equal(test_get(x.t, "/desk/assessment").status, 403);
    day(TODAY + 31);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    assert_int_equal(said(&x, "lighting", "value", "50", "100"), 409);
    end(&x);
}

static void a_round_needs_its_days_in_order(void **state)
{
    struct test x;
    begin(&x, state);
    open_round(&x);
    struct test_answer a =
        test_post(x.t, "/desk/assessment", "code", "2027", "from", "2026-07-01", "to", "2027-06-30",
                  "opens", "2027-07-15", "closes", "2027-07-10", "appeals", "2027-09-30", NULL);
    assert_int_equal(a.status, 422);
    a = test_post(x.t, "/desk/assessment", "code", "2026", "from", "2025-07-01", "to", "2026-06-30",
                  "opens", "2026-07-15", "closes", "2026-08-14", "appeals", "2026-09-30", NULL);
    assert_int_equal(a.status, 422); /* the code is taken */
    assert_int_equal(the_round(&x)->stage, STAGE_OPEN);
    end(&x);
}

struct merger {
    struct test *x;
};
static enum err merge(struct tx *tx, void *arg)
{
    struct merger *m = arg;
    return assessment_slice.merged(&m->x->t->app, tx, STR(HOME), STR(OTHER), TODAY);
}
static enum err is_in(struct tx *tx, void *arg)
{
    struct test *x = arg;
    struct sql_entry_get_row row;
    return sql_entry_get(tx, x->a, &row, .unit = STR(HOME), .round = STR("2026"));
}

static void a_merged_municipality_leaves_an_open_round(void **state)
{
    struct test x;
    begin(&x, state);
    open_round(&x);
    struct merger m = {&x};
    assert_int_equal(db_read(x.t->app.db, SCOPE_COUNTRY, is_in, &x), ERR_OK);
    assert_int_equal(db_write(x.t->app.db, SCOPE_COUNTRY, merge, &m), ERR_OK);
    assert_int_equal(db_write(x.t->app.db, SCOPE_COUNTRY, merge, &m), ERR_OK);
    assert_int_equal(db_read(x.t->app.db, SCOPE_COUNTRY, is_in, &x), ERR_NOT_FOUND);
    end(&x);
}

/* --- what the records tell --- */

struct plain {
    struct db_query query;
    double value;
};
static enum err take_value(void *arg, const struct db_value *values)
{
    ((struct plain *)arg)->value = (double)values[0].i;
    return ERR_OK;
}
static enum err ask_plain(struct tx *tx, void *arg)
{
    struct plain *p = arg;
    return tx_run(tx, &p->query, NULL, take_value, p, NULL);
}
/* Of HOME, by a statement that the program does not use. */
static double counted(struct test *x, const char *sql)
{
    static const enum db_type types[] = {DB_I64};
    static const char *const names[] = {"n"};
    struct plain *p = ARENA_NEW(x->a, struct plain);
    *p = (struct plain){.query = {.name = "plain",
                                  .sqlite = sql,
                                  .postgres = sql,
                                  .out = types,
                                  .out_count = 1,
                                  .out_names = names}};
    assert_int_equal(db_read(x->t->app.db, STR(HOME), ask_plain, p), ERR_OK);
    return p->value;
}

/* --- the demo: the same rules at the size of the programme --- */

static enum err the_gaps(struct tx *tx, void *arg)
{
    struct assessment_gaps *out = arg;
    static struct arena *a;
    a = a ? a : arena_new();
    *out = (struct assessment_gaps){0};
    return assessment_gaps(tx, a, STR(HOME), 5, out);
}

static void the_demo_verifies(void **state)
{
    struct test x;
    struct assessment_gaps gaps;
    struct buf *out;
    int faults = 0;
    begin(&x, state);
    struct demo_context demo = {.arena = x.a, .today = TODAY};
    assert_int_equal(assessment_slice.demo(&x.t->app, &demo), ERR_OK);
    assert_int_equal(assessment_slice.demo(&x.t->app, &demo), ERR_OK); /* again: nothing new */
    assert_int_equal(db_read(x.t->app.db, SCOPE_COUNTRY, read_rounds, &x), ERR_OK);
    assert_int_equal(x.rounds.n, 3);
    out = buf_in(x.a);
    assert_int_equal(assessment_slice.doctor(&x.t->app, out, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    /* Gaps: five, the most urgent first, each with a distance in its own units. */
    assert_int_equal(db_read(x.t->app.db, STR(HOME), the_gaps, &gaps), ERR_OK);
    assert_int_equal(gaps.n, 5);
    for (size_t i = 0; i < gaps.n; i++) {
        assert_true(i == 0 || gaps.v[i].priority <= gaps.v[i - 1].priority);
        assert_true(gaps.v[i].points < 100);
        assert_true(isnan(gaps.v[i].value) || gaps.v[i].value != gaps.v[i].target);
    }
    struct test_answer a = test_get(x.t, "/m/" HOME "/assessment?lang=en");
    assert_int_equal(a.status, 200);
    test_contains(a, "Where to begin");
    totals_are_true(&x);
    assert_true(counted(&x, "SELECT CAST(sum(amount) AS BIGINT) AS n FROM tally WHERE unit = '" HOME
                            "' AND counter = 'assessment.frozen'") == 2);
    /* Evidence: public files for everybody, the others for staff alone. */
    assert_true(str_find(a.body, STR("/assessment/evidence/")) >= 0);
    end(&x);
}

struct computing {
    struct test *x;
    const struct round *round;
    struct given *given;
};
static enum err compute_home(struct tx *tx, void *arg)
{
    struct computing *c = arg;
    enum err rc = given_read(tx, c->x->a, c->round, STR(HOME), &c->given);
    if (rc != ERR_OK)
        return rc;
    return answers_compute(&c->x->t->app, tx, c->x->a, c->round, STR(HOME), clock_now_ms(),
                           c->given, false);
}

#define COUNTED(x_, ...) counted((x_), arena_cstr((x_)->a, arena_printf((x_)->a, __VA_ARGS__)))

static void computed_answers_are_what_the_records_add_up_to(void **state)
{
    struct test x;
    begin(&x, state);
    struct demo_context demo = {.arena = x.a, .today = TODAY};
    assert_int_equal(people_slice.demo(&x.t->app, &demo), ERR_OK);
    assert_int_equal(catalogue_slice.demo(&x.t->app, &demo), ERR_OK);
    assert_int_equal(charter_slice.demo(&x.t->app, &demo), ERR_OK);
    assert_int_equal(delivery_slice.demo(&x.t->app, &demo), ERR_OK);
    assert_int_equal(cases_slice.demo(&x.t->app, &demo), ERR_OK);
    open_round(&x);
    struct computing c = {&x, the_round(&x), NULL};
    const struct framework *f = c.round->framework;
    long long from = c.round->from_day, to = c.round->to_day;
    assert_int_equal(db_read(x.t->app.db, STR(HOME), compute_home, &c), ERR_OK);
#define GIVEN(code_) (&c.given[framework_indicator(f, STR(code_))])
    /* Visits of the period: all that were due, less those not done. */
    const struct given *visits = GIVEN("waste_visits");
    assert_true(visits->j.computed && visits->j.grade == 'B');
    assert_true(visits->j.self.whole ==
                COUNTED(&x,
                        "SELECT count(*) AS n FROM visit WHERE unit = '" HOME "' AND service = "
                        "'waste' AND day BETWEEN %lld AND %lld",
                        from, to));
    assert_true(visits->j.self.whole > 10);
    assert_true(visits->j.self.value ==
                COUNTED(&x,
                        "SELECT count(*) AS n FROM visit WHERE unit = '" HOME "' AND service = "
                        "'waste' AND state = 'done' AND upheld = 0 AND day BETWEEN %lld AND %lld",
                        from, to));
    assert_true(visits->j.self.value < visits->j.self.whole);
    /* Reports that were solved in the period, and those of them by the promised day. */
    const struct given *on_time = GIVEN("on_time");
    assert_true(on_time->j.computed);
    assert_true(on_time->j.self.whole ==
                COUNTED(&x,
                        "SELECT count(*) AS n FROM cases WHERE unit = '" HOME
                        "' AND resolved_day BETWEEN %lld AND %lld",
                        from, to));
    assert_true(on_time->j.self.value ==
                COUNTED(&x,
                        "SELECT count(*) AS n FROM cases WHERE unit = '" HOME
                        "' AND resolved_day BETWEEN %lld AND %lld AND resolved_day <= due_day",
                        from, to));
    assert_true(on_time->j.self.value > 0 && on_time->j.self.value < on_time->j.self.whole);
    /* People with waste collection: the latest count of each village. */
    const struct given *waste = GIVEN("waste_reach");
    assert_true(waste->j.computed);
    assert_true(waste->j.self.value > 0 &&
                waste->j.self.value ==
                    counted(&x, "SELECT CAST(sum(c.people) AS BIGINT) AS n FROM coverage c JOIN "
                                "service_level l ON l.code = c.level WHERE c.unit = '" HOME "' AND "
                                "c.service = 'waste' AND l.rank > 0 AND c.withdrawn = 0 AND NOT "
                                "EXISTS (SELECT 1 FROM coverage n WHERE n.unit = c.unit AND "
                                "n.village = c.village AND n.level = c.level AND n.withdrawn = 0 "
                                "AND n.day > c.day)"));
    assert_true(waste->j.self.value <= waste->j.self.whole);
    assert_true(GIVEN("charters")->j.computed);
    assert_true(GIVEN("promises_kept")->j.computed);
    assert_true(GIVEN("answer_days")->j.computed);
    /* All open to their records. */
    test_logout(x.t);
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct given *g = &c.given[i];
        if (!g->j.computed)
            continue;
        struct test_answer a = test_get(x.t, arena_cstr(x.a, g->href));
        if (a.status != 200)
            fail_msg("%.*s: %.*s is %d", STRF(f->indicators.v[i].code), STRF(g->href), a.status);
    }
    /* What the records do not tell is left to people: no hearing is on record here. */
    assert_false(GIVEN("hearings")->j.computed);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    assert_int_equal(said(&x, "hearings", "value", "3", NULL), 303);
    assert_int_equal(said(&x, "waste_visits", "value", "9", "9"), 403);
    assert_int_equal(db_read(x.t->app.db, STR(HOME), compute_home, &c), ERR_OK);
    assert_true(GIVEN("hearings")->j.self.value == 3 && !GIVEN("hearings")->j.computed);
    end(&x);
}

/* --- paper and spreadsheet --- */

static struct str answers_csv(struct test *x)
{
    struct str csv;
    struct test_answer a =
        test_get(x->t, "/desk/" HOME "/assessment/table/answers.xlsx?round=2026");
    assert_int_equal(a.status, 200);
    assert_int_equal(xlsx_in_csv(x->a, a.body, &csv), ERR_OK);
    return csv;
}

#define TABLE "/desk/" HOME "/assessment/table?round=2026"

static void a_sheet_goes_out_and_comes_back(void **state)
{
    struct test x;
    begin(&x, state);
    open_round(&x);
    test_login_as(x.t, ROLE_OFFICER, HOME);
    assert_int_equal(said(&x, "lighting", "value", "60", "100"), 303);
    struct str csv = answers_csv(&x);
    assert_true(str_find(csv, STR("lighting")) >= 0);
    /* As it went: nothing changes. */
    struct test_answer a =
        test_post(x.t, TABLE "&lang=en", "text", arena_cstr(x.a, csv), "do", "import", NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "Answers changed: 0; unchanged: 1");
    /* A few lines of one's own, with a comma, Cyrillic letters for the source, a word for "n/a". */
    const char *lines = "Код;Жооп;Баары;Тиешеси жок (x);Булак: B, C же D;Түшүндүрмө\n"
                        "landfill;2;;;В;\n"
                        "lighting;12,5;200;;С;эсеп\n"
                        "water_tests;;;x;;Суу түтүгү жок\n"
                        "parks;;;;;\n";
    a = test_post(x.t, TABLE "&lang=en", "text", lines, "do", "check", NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "Nothing is saved yet");
    assert_true(counted(&x, "SELECT count(*) AS n FROM assessment_value WHERE unit = '" HOME
                            "' AND status <> 'missing'") == 1); /* it was only tried */
    a = test_post(x.t, TABLE "&lang=en", "text", lines, "do", "import", NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "Answers changed: 3;");
    assert_true(counted(&x, "SELECT count(*) AS n FROM assessment_value WHERE unit = '" HOME
                            "' AND indicator = 'lighting' AND value = 12.5 AND whole = 200 AND "
                            "grade = 'C'") == 1);
    assert_true(counted(&x, "SELECT count(*) AS n FROM assessment_value WHERE unit = '" HOME
                            "' AND indicator = 'water_tests' AND status = 'na'") == 1);
    /* One fault among good rows: its row and column, and nothing of the sheet is saved. */
    a = test_post(x.t, TABLE "&lang=en", "text",
                  "Code;Answer;Whole\n"
                  "sport;3;\n"
                  "culture;7;\n"
                  "no_such_thing;1;\n"
                  "lighting;many;100\n"
                  "sport;1;\n",
                  "do", "import", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "Row 3");
    test_contains(a, "Row 4");
    test_contains(a, "There is no such indicator");
    test_contains(a, "Row 5, column “Answer”, “many”");
    test_contains(a, "Row 6");
    assert_true(counted(&x, "SELECT count(*) AS n FROM assessment_value WHERE unit = '" HOME
                            "' AND indicator = 'sport'") == 0);
    /* No sheet at all. */
    assert_int_equal(test_post(x.t, TABLE, "text", "a;b\n1;2\n", "do", "import", NULL).status, 422);
    assert_int_equal(test_post(x.t, TABLE, "text", "", "do", "import", NULL).status, 422);
    /* The paper form and the answers given so far. */
    a = test_get(x.t, "/desk/" HOME "/assessment/table/form.pdf?round=2026");
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, STR("%PDF-")));
    a = test_get(x.t, "/desk/" HOME "/assessment/table/answers.pdf?round=2026");
    assert_int_equal(a.status, 200);
    /* Submitted: the sheet is still given, but not taken. */
    test_login_as(x.t, ROLE_HEAD, HOME);
    assert_int_equal(test_post(x.t, "/desk/" HOME "/assessment/submit?round=2026", NULL).status,
                     303);
    assert_int_equal(test_post(x.t, TABLE, "text", lines, "do", "import", NULL).status, 409);
    (void)answers_csv(&x);
    end(&x);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_round_from_opening_to_the_frozen_record),
        BODY(answers_are_refused_with_their_reason),
        BODY(a_round_needs_its_days_in_order),
        BODY(a_merged_municipality_leaves_an_open_round),
        BODY(the_demo_verifies),
        BODY(a_sheet_goes_out_and_comes_back),
        BODY(computed_answers_are_what_the_records_add_up_to),
    };
    return slice_test_run("assessment", bodies, COUNT_OF(bodies));
}
