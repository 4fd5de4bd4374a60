/*
 * The story from its records on both engines: every published number comes out of raw rows under
 * the definition of its indicator; the kept totals equal a recount; withdrawing a record takes it
 * out of every number. Periods by hand.
 */
#define place scratch_place
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "programme/results/results_internal.h"
#include "services/catalogue/catalogue.h"

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

struct reading {
    struct test_app *t;
    struct result_story_lines lines;
    struct str unit;
    int64_t counted, area, units;
    const char *service;
};

static enum err read_lines(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    r->lines = (struct result_story_lines){0};
    return results_story(&r->t->app, tx, r->t->arena, &r->lines);
}

static int64_t counted_of(struct test_app *t, const char *code)
{
    struct reading r = {.t = t};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, read_lines, &r), ERR_OK);
    for (size_t i = 0; i < r.lines.n; i++)
        if (str_eq(r.lines.v[i].indicator->code, str_from(code)))
            return r.lines.v[i].counted.present ? r.lines.v[i].counted.amount : -1;
    fail_msg("nothing was published about %s", code);
    return 0;
}

static void the_story_comes_out_of_the_records(void **state)
{
    static const struct {
        const char *code;
        int64_t published;
    } figures[] = {
        {"cami.partners", 50},          {"cami.partnerships", 32},
        {"cami.organised", 16},         {"cami.priority", 6},
        {"cami.water_improved", 15636}, {"cami.water_gained", 31000},
        {"cami.water_units", 24},       {"cami.waste_benefiting", 53245},
        {"cami.waste_improved", 23000}, {"cami.waste_units", 9},
        {"cami.lighting", 6000},        {"cami.lighting_units", 5},
        {"cami.feedback_pilot", 1},
    };
    struct test_app *t = begin(state);
    assert_int_equal(counted_of(t, "cami.water_improved"), -1); /* no records: no number */
    fill(t);
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        if (counted_of(t, figures[i].code) != figures[i].published)
            fail_msg("%s: %lld", figures[i].code, (long long)counted_of(t, figures[i].code));
    fill(t); /* again: nothing twice */
    assert_int_equal(counted_of(t, "cami.water_gained"), 31000);
    test_app_close(t);
}

/* --- raw rows, by the table's own columns --- */

static enum err sum_row(void *arg, const struct sql_results_records_count_row *row)
{
    struct reading *r = arg;
    if (!str_eq(row->service, str_from(r->service)))
        return ERR_OK;
    if (str_eq(row->basis, STR("counted")))
        r->counted += row->people;
    else
        r->area += row->people;
    return ERR_OK;
}

static enum err sum_unit(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return sql_results_records_count(tx, sum_row, r, .unit = r->unit);
}

static void a_recount_of_raw_rows_says_the_same(void **state)
{
    struct test_app *t = begin(state);
    fill(t);
    const struct territory *all = territory_get(&t->app, t->arena);
    struct reading water = {.t = t, .service = "water"}, waste = {.t = t, .service = "waste"};
    struct reading *both[] = {&water, &waste};
    struct str units[64];
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (place_is_municipality(all->all[i]))
            units[n++] = all->all[i]->code;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < n; i++) {
            int64_t before = both[k]->counted + both[k]->area;
            both[k]->unit = units[i];
            assert_int_equal(db_read(t->app.db, units[i], sum_unit, both[k]), ERR_OK);
            both[k]->units += both[k]->counted + both[k]->area > before;
        }
    assert_int_equal(water.counted, counted_of(t, "cami.water_improved"));
    assert_int_equal(water.counted + water.area, counted_of(t, "cami.water_gained"));
    assert_int_equal(water.units, counted_of(t, "cami.water_units"));
    assert_int_equal(waste.counted, counted_of(t, "cami.waste_improved"));
    assert_int_equal(waste.counted + waste.area, counted_of(t, "cami.waste_benefiting"));

    const struct counter *counters[] = {&results_people_counter, &results_milestones_counter};
    for (size_t c = 0; c < 2; c++) {
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(&t->app, t->arena, counters[c], units, n, &faults), ERR_OK);
        assert_int_equal(faults.n, 0);
        assert_true(faults.rows > 40);
    }
    test_app_close(t);
}

struct withdrawing {
    struct test_app *t;
    struct str unit;
    int64_t people;
    struct sql_results_records_rows rows;
};

static enum err withdraw_first(struct tx *tx, void *arg)
{
    struct withdrawing *w = arg;
    enum err rc = ERR_OK;
    TRY(sql_results_records(tx, w->t->arena, &w->rows, .unit = w->unit, .from_day = 0,
                            .to_day = 40000));
    for (size_t i = 0; i < w->rows.n; i++)
        if (str_eq(w->rows.v[i].service, STR("waste")) &&
            str_eq(w->rows.v[i].basis, STR("counted"))) {
            w->people = w->rows.v[i].people;
            TRY(results_record_withdraw(tx, w->t->arena, w->unit, w->rows.v[i].id,
                                        STR("counted twice")));
            rc = results_record_withdraw(tx, w->t->arena, w->unit, w->rows.v[i].id, STR("again"));
            return rc == ERR_CONFLICT ? ERR_OK : ERR_PARSE;
        }
    rc = ERR_NOT_FOUND;
out:
    return rc;
}

static void a_withdrawn_record_leaves_every_number(void **state)
{
    struct test_app *t = begin(state);
    fill(t);
    const struct territory *all = territory_get(&t->app, t->arena);
    struct withdrawing w = {.t = t};
    for (size_t i = 0; i < all->n && w.people == 0; i++) {
        if (!place_is_municipality(all->all[i]))
            continue;
        w.unit = all->all[i]->code;
        enum err rc = db_write(t->app.db, w.unit, withdraw_first, &w);
        assert_true(rc == ERR_OK || rc == ERR_NOT_FOUND);
    }
    assert_true(w.people > 0);
    assert_int_equal(counted_of(t, "cami.waste_improved"), 23000 - w.people);
    assert_int_equal(counted_of(t, "cami.waste_benefiting"), 53245 - w.people);
    assert_int_equal(counted_of(t, "cami.water_gained"), 31000);
    struct tally_faults faults = {0};
    assert_int_equal(tally_check(&t->app, t->arena, &results_people_counter, &w.unit, 1, &faults),
                     ERR_OK);
    assert_int_equal(faults.n, 0);
    struct test_answer a = test_get(
        t, arena_cstr(t->arena, arena_printf(t->arena, "/m/%.*s/results/records", STRF(w.unit))));
    assert_int_equal(a.status, 200);
    test_contains(a, "Withdrawn: counted twice");
    test_app_close(t);
}

static void pages_show_both_definitions(void **state)
{
    struct test_app *t = begin(state);
    test_contains(test_get(t, "/results"), "no data yet");
    fill(t);
    struct test_answer a = test_get(t, "/results?programme=cami");
    assert_int_equal(a.status, 200);
    test_contains(a, "15,636");
    test_contains(a, "31,000");
    a = test_get(t, "/results/i/cami.water_improved");
    assert_int_equal(a.status, 200);
    test_contains(a, "Why two numbers differ");
    test_contains(a, "31,000");
    test_contains(a, "The records say the same: 15,636.");
    test_contains(a, "/results/records?from=2016-10-01&amp;to=2021-09-30&amp;service=water&amp;"
                     "basis=counted&amp;programme=cami");
    a = test_get(t, "/results/i/cami.water_improved?period=FY2019");
    assert_int_equal(a.status, 200);
    test_contains(a, "US fiscal year 2019");
    assert_int_equal(test_get(t, "/results/i/cami.water_improved?period=soon").status, 422);
    assert_int_equal(test_get(t, "/results/i/nothing").status, 404);
    assert_int_equal(test_get(t, "/results?programme=nothing").status, 404);
    test_contains(test_get(t, "/results?programme=sa2"), "88%");
    test_app_close(t);
}

static void periods_are_months(void **state)
{
    static const struct {
        const char *code;
        int64_t from, to;
    } good[] = {
        {"2018", 2018 * 12, 2019 * 12},
        {"2018Q2", 2018 * 12 + 3, 2018 * 12 + 6},
        {"FY2018", 2017 * 12 + 9, 2018 * 12 + 9},
        {"FY2018Q1", 2017 * 12 + 9, 2018 * 12},
        {"FY2018Q4", 2018 * 12 + 6, 2018 * 12 + 9},
        {"2018-03", 2018 * 12 + 2, 2018 * 12 + 3},
        {"201803", 2018 * 12 + 2, 2018 * 12 + 3},
        {"2017Oct", 2017 * 12 + 9, 2018 * 12 + 9},
        {"2015-06-01/P1M", 2015 * 12 + 5, 2015 * 12 + 6},
        {"2015-10/2016-09", 2015 * 12 + 9, 2016 * 12 + 9},
    };
    static const char *const bad[] = {"",       "18",      "2018Q5",          "2018-13",     "FY18",
                                      "201813", "2018Nov", "2018-03/2018-02", "2018-03/P0M", "x"};
    struct arena *a = arena_new();
    struct result_period p;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(results_period_parse(a, str_from(good[i].code), &p));
        assert_int_equal(p.from, good[i].from);
        assert_int_equal(p.to, good[i].to);
        struct result_period again;
        assert_true(results_period_parse(a, results_period_code(a, p.from, p.to), &again));
        assert_true(again.from == p.from && again.to == p.to);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(results_period_parse(a, str_from(bad[i]), &p));
    arena_free(a);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(the_story_comes_out_of_the_records),
        BODY(a_recount_of_raw_rows_says_the_same),
        BODY(a_withdrawn_record_leaves_every_number),
        BODY(pages_show_both_definitions),
        BODY(periods_are_months),
    };
    return slice_test_run("results", bodies, COUNT_OF(bodies));
}
