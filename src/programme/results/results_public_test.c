/*
 * What the public may see: through every public output on both engines, and an attacker who adds
 * and subtracts everything that is shown, for every period, and must not reach a small number.
 */
#define place scratch_place
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "programme/results/results_exchange.h"
#include "programme/results/results_public.h"
#include "programme/results/results_value.h"
#include "services/catalogue/catalogue.h"

#include <unistd.h>

enum { UNITS = 9, QUARTERS = 8, CELLS = UNITS * QUARTERS, START = 2018 * 12 };

static struct test_app *begin(void **state)
{
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &tally_slice, &places_slice, &people_slice,
                    &calendar_slice, &catalogue_slice, &results_slice);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

/* Municipalities of two oblasts: five of the first, four of the second. */
static void choose_units(struct test_app *t, const struct place **units)
{
    const struct territory *all = territory_get(&t->app, t->arena);
    const struct place *first = NULL;
    size_t n = 0, others = 0;
    for (size_t i = 0; i < all->n && n + others < UNITS; i++) {
        const struct place *p = all->all[i];
        if (!place_is_municipality(p))
            continue;
        if (!first)
            first = place_oblast(p);
        if (place_oblast(p) == first && n < 5)
            units[n++] = p;
        else if (place_oblast(p) != first && others < UNITS - 5)
            units[5 + others++] = p;
    }
    assert_int_equal(n, 5);
    assert_int_equal(others, UNITS - 5);
}

/* --- records --- */

struct filling {
    struct test_app *t;
    const struct place *units[UNITS];
    int64_t people[UNITS][QUARTERS];
    struct str unit;
    size_t at;
};

static enum err put_unit(struct tx *tx, void *arg)
{
    struct filling *f = arg;
    enum err rc = ERR_OK;
    for (size_t q = 0; q < QUARTERS; q++) {
        int64_t people = f->people[f->at][q];
        struct result_record r = {.unit = f->units[f->at]->code,
                                  .id = id_new(),
                                  .programme = STR("cami"),
                                  .service = STR("water"),
                                  .basis = STR("counted"),
                                  .village = STR(""),
                                  .day = tally_month_start(START + 3 * (int64_t)q) + 5,
                                  .people = people,
                                  .document = STR("list")};
        if (people)
            TRY(results_record_add(tx, &r));
    }
out:
    return rc;
}

static void put_all(struct filling *f)
{
    for (f->at = 0; f->at < UNITS; f->at++)
        assert_int_equal(db_write(f->t->app.db, f->units[f->at]->code, put_unit, f), ERR_OK);
    assert_int_equal(tally_fold(&f->t->app), ERR_OK);
}

/* --- the attacker: linear algebra over everything that is shown --- */

#define PRIME 2147483647ULL
struct attack {
    struct filling *f;
    uint64_t basis[CELLS][CELLS]; /* row k has its first entry, 1, in column k; or is empty */
    bool has[CELLS];
    size_t shown, withheld;
};

static uint64_t inverse(uint64_t x)
{
    uint64_t r = 1, e = PRIME - 2;
    for (; e; e >>= 1, x = x * x % PRIME)
        if (e & 1)
            r = r * x % PRIME;
    return r;
}

/* True when the sum can be reckoned from what is known; learns it when `keep`. */
static bool reckon(struct attack *at, const bool *sum, bool keep)
{
    uint64_t v[CELLS];
    for (size_t k = 0; k < CELLS; k++)
        v[k] = sum[k];
    for (size_t k = 0; k < CELLS; k++) {
        if (!v[k])
            continue;
        if (at->has[k]) {
            uint64_t times = PRIME - v[k];
            for (size_t j = k; j < CELLS; j++)
                v[j] = (v[j] + times * at->basis[k][j]) % PRIME;
            continue;
        }
        if (keep) {
            uint64_t times = inverse(v[k]);
            for (size_t j = 0; j < CELLS; j++)
                at->basis[k][j] = v[j] * times % PRIME;
            at->has[k] = true;
        }
        return false;
    }
    return true;
}

static void sum_of(const struct filling *f, struct str place, size_t from, size_t to, bool *sum)
{
    for (size_t u = 0; u < UNITS; u++)
        for (size_t q = 0; q < QUARTERS; q++)
            sum[u * QUARTERS + q] = q >= from && q < to &&
                                    (!place.p || str_eq(place, f->units[u]->code) ||
                                     str_eq(place, place_oblast(f->units[u])->code));
}

static void learn(struct attack *at, const struct result_rows *rows, size_t from, size_t to)
{
    bool sum[CELLS];
    for (size_t k = 0; k < rows->n; k++) {
        at->withheld += rows->v[k].withheld;
        if (rows->v[k].withheld) {
            assert_int_equal(rows->v[k].amount, 0);
            continue;
        }
        at->shown++;
        sum_of(at->f, rows->v[k].place, from, to, sum);
        reckon(at, sum, true);
    }
}

/* Who is not in a list at all has nobody there: that is known too. */
static void learn_absent(struct attack *at, const struct result_rows *rows, size_t from, size_t to)
{
    bool sum[CELLS];
    for (size_t u = 0; u < UNITS; u++) {
        bool listed = false;
        for (size_t k = 0; k < rows->n; k++)
            listed = listed || str_eq(rows->v[k].place, at->f->units[u]->code);
        sum_of(at->f, at->f->units[u]->code, from, to, sum);
        if (!listed)
            reckon(at, sum, true);
    }
}

static enum err read_everything(struct tx *tx, void *arg)
{
    struct attack *at = arg;
    struct test_app *t = at->f->t;
    struct result_indicators all = {0};
    struct result_programmes programmes = {0};
    enum err rc = ERR_OK;
    TRY(results_indicators(&t->app, tx, t->arena, STR_NULL, &all));
    TRY(results_programmes(tx, t->arena, &programmes));
    const struct result_indicator *i = results_find(&all, STR("cami.water_improved"));
    const struct result_programme *p = results_programme(&programmes, STR("cami"));
    assert_non_null(i);
    assert_true(results_counts_people(i));
    for (size_t from = 0; from < QUARTERS; from++)
        for (size_t to = from + 1; to <= QUARTERS; to++) {
            int64_t bounds[2] = {START + 3 * (int64_t)from, START + 3 * (int64_t)to};
            struct result_rows rows, oblasts;
            struct result_ask ask = {
                .indicator = i, .split = RESULT_SPLIT_NONE, .bounds = bounds, .periods = 1};
            TRY(results_public(&t->app, tx, t->arena, p, &ask, &rows));
            learn(at, &rows, from, to);
            ask.by_place = true;
            TRY(results_public_oblasts(&t->app, tx, t->arena, p, &ask, &rows, &oblasts));
            learn(at, &rows, from, to);
            learn(at, &oblasts, from, to);
            learn_absent(at, &rows, from, to);
        }
out:
    return rc;
}

/* No small number of any municipality, over any period, can be reckoned; nor one of an oblast. */
static void nothing_small_is_known(struct attack *at)
{
    bool sum[CELLS];
    for (size_t u = 0; u < UNITS; u++)
        for (size_t from = 0; from < QUARTERS; from++) {
            int64_t people = 0;
            for (size_t to = from + 1; to <= QUARTERS; to++) {
                people += at->f->people[u][to - 1];
                if (people < 1 || people >= RESULTS_FEW)
                    continue;
                sum_of(at->f, at->f->units[u]->code, from, to, sum);
                if (reckon(at, sum, false)) {
                    for (size_t v = 0; v < UNITS; v++)
                        for (size_t q = 0; q < QUARTERS; q++)
                            print_message("%lld%s", (long long)at->f->people[v][q],
                                          q == QUARTERS - 1 ? "\n" : " ");
                    fail_msg("%lld people of unit %zu, quarters %zu to %zu, are no secret",
                             (long long)people, u, from, to);
                }
            }
        }
}

static void adding_and_subtracting_gives_nobody_away(void **state)
{
    uint64_t seed = 20260101;
    for (int round = 0; round < 12; round++) {
        struct test_app *t = begin(state);
        struct filling *f = ARENA_NEW(t->arena, struct filling);
        struct attack *at = ARENA_NEW(t->arena, struct attack);
        f->t = t;
        at->f = f;
        choose_units(t, f->units);
        for (size_t u = 0; u < UNITS; u++)
            for (size_t q = 0; q < QUARTERS; q++) {
                seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
                unsigned dice = (unsigned)(seed >> 33);
                /* From rounds with a single small number to rounds full of them. */
                f->people[u][q] = dice % 100 < (unsigned)round * 8 + 2
                                      ? (dice >> 8) % RESULTS_FEW
                                      : RESULTS_FEW + (dice >> 8) % 90;
            }
        put_all(f);
        assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, read_everything, at), ERR_OK);
        assert_true(at->shown > 0);
        nothing_small_is_known(at);
        test_app_close(t);
    }
}

static void plenty_is_shown_in_full(void **state)
{
    struct test_app *t = begin(state);
    struct filling *f = ARENA_NEW(t->arena, struct filling);
    struct attack *at = ARENA_NEW(t->arena, struct attack);
    f->t = t;
    at->f = f;
    choose_units(t, f->units);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t q = 0; q < QUARTERS; q++)
            f->people[u][q] = RESULTS_FEW + (int64_t)(u * q);
    put_all(f);
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, read_everything, at), ERR_OK);
    assert_int_equal(at->withheld, 0);
    test_app_close(t);
}

/* --- every public output --- */

/* The first municipality has 3 people in 2018 and 40 in 2019, each neighbour its own number. */
static void fill_known(struct filling *f)
{
    for (size_t u = 0; u < UNITS; u++) {
        f->people[u][0] = 1000 + 111 * (int64_t)u;
        f->people[u][4] = 2000 + 111 * (int64_t)u;
    }
    f->people[0][0] = 3;
    f->people[0][4] = 4040;
}

/* The line of the open file: indicator, municipality, period. */
static bool has_line(struct test_answer a, struct str unit, const char *period)
{
    char line[200];
    snprintf(line, sizeof line, "cami.water_improved,%.*s,actual,%s,", STRF(unit), period);
    return str_find(a.body, str_from(line)) >= 0;
}

static void every_public_output_keeps_the_rule(void **state)
{
    struct test_app *t = begin(state);
    struct filling *f = ARENA_NEW(t->arena, struct filling);
    f->t = t;
    choose_units(t, f->units);
    fill_known(f);
    put_all(f);

    /* The open file: the small year is not there, nor its other year's share of the sum, nor those
     * of a second one in the same oblast. */
    struct test_answer a = test_get(t, "/open/results.csv");
    assert_int_equal(a.status, 200);
    size_t y2018 = 0, y2019 = 0;
    for (size_t u = 0; u < 5; u++) {
        y2018 += has_line(a, f->units[u]->code, "2018");
        y2019 += has_line(a, f->units[u]->code, "2019");
    }
    assert_false(has_line(a, f->units[0]->code, "2018"));
    assert_false(has_line(a, f->units[0]->code, "2019"));
    assert_int_equal(y2018, 3);
    assert_int_equal(y2019, 3);

    /* IATI: the same, as values with a place. */
    a = test_get(t, "/open/iati/activities.xml");
    assert_int_equal(a.status, 200);
    test_lacks(a, "value=\"3\"");
    test_lacks(a, "value=\"4040\"");
    test_contains(a, "value=\"1444\"");

    /* The page: whole time in full, a year without the two, a month not at all. */
    a = test_get(t, "/results/i/cami.water_improved");
    test_contains(a, "4,043");
    a = test_get(t, "/results/i/cami.water_improved?period=2018");
    test_contains(a, "withheld");
    test_lacks(a, "1,111"); /* the next smallest of the oblast */
    test_contains(a, "1,222");
    a = test_get(t, "/results/i/cami.water_improved?period=2019");
    test_lacks(a, "4,040");
    test_lacks(a, "2,111");
    a = test_get(t, "/results/i/cami.water_improved?period=2018-01");
    test_contains(a, "The number of this period is withheld");
    test_lacks(a, "1,222");

    /* The records: with the whole time's sum public, one small record withholds them all. */
    a = test_get(t, arena_cstr(t->arena, arena_printf(t->arena, "/m/%.*s/results/records",
                                                      STRF(f->units[0]->code))));
    assert_int_equal(a.status, 200);
    test_contains(a, "withheld");
    test_lacks(a, "4,040");
    test_lacks(a, "4,043");
    test_app_close(t);
}

/* --- divisions that were entered by hand --- */

static enum err enter_volunteers(struct tx *tx, void *arg)
{
    static const int64_t women[UNITS] = {2, 30, 20, 25, 40, 50, 60, 70, 80};
    struct filling *f = arg;
    struct arena *a = f->t->arena;
    struct result_indicators all = {0};
    struct result_members m;
    enum err rc = ERR_OK;
    TRY(results_indicators(&f->t->app, tx, a, STR_NULL, &all));
    TRY(results_members(tx, a, &m));
    for (size_t u = 0; u < UNITS; u++) {
        enum msg why_not = MSG_NONE;
        struct result_cell cells[] = {{STR("sex=f"), women[u], I64_NONE, 0},
                                      {STR("sex=m"), 31, I64_NONE, 0}};
        struct result_entry e = {.indicator = results_find(&all, STR("sa2.volunteers")),
                                 .unit = f->units[u]->code,
                                 .id = id_new(),
                                 .kind = STR("actual"),
                                 .from = 2022 * 12,
                                 .to = 2023 * 12,
                                 .amount = women[u] + 31,
                                 .words = STR(""),
                                 .grade = STR("B"),
                                 .note = STR("told by Demo Person by telephone"),
                                 .source = STR("entered"),
                                 .cells = cells,
                                 .cell_count = 2};
        TRY(results_value_enter(tx, a, &m, &e, &why_not));
        TRY(results_value_step(tx, a, e.unit, e.id, STEP_SUBMIT, STR_NULL, STR_NULL, 0));
        if (u < UNITS - 1)
            TRY(results_value_step(tx, a, e.unit, e.id, STEP_VERIFY, STR_NULL, STR_NULL, 0));
    }
out:
    return rc;
}

static bool has_cell(struct test_app *t, struct test_answer a, struct str unit, int64_t n)
{
    struct str line =
        arena_printf(t->arena, "sa2.volunteers,%.*s,actual,2022,%lld,", STRF(unit), (long long)n);
    return str_find(a.body, line) >= 0;
}

static void entered_divisions_keep_the_rule(void **state)
{
    struct test_app *t = begin(state);
    struct filling *f = ARENA_NEW(t->arena, struct filling);
    f->t = t;
    choose_units(t, f->units);
    assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, enter_volunteers, f), ERR_OK);
    struct test_answer a = test_get(t, "/open/results.csv");
    assert_true(has_cell(t, a, f->units[0]->code, 33)); /* its total stands there */
    assert_false(has_cell(t, a, f->units[0]->code, 2)); /* nothing of its division */
    assert_false(has_cell(t, a, f->units[0]->code, 31));
    assert_true(has_cell(t, a, f->units[2]->code, 51));
    assert_false(has_cell(t, a, f->units[2]->code, 20)); /* the smallest other one goes with it */
    assert_true(has_cell(t, a, f->units[1]->code, 30));
    assert_true(has_cell(t, a, f->units[1]->code, 31));
    assert_false(has_cell(t, a, f->units[UNITS - 1]->code, 111)); /* nobody verified it */
    test_lacks(a, "Demo Person"); /* notes of the staff stay with the staff */
    a = test_get(t, "/results/i/sa2.volunteers");
    test_contains(a, "297"); /* women of the verified */
    struct buf *own = buf_in(t->arena);
    assert_int_equal(results_export(&t->app, t->arena, STR_NULL, false, false, own), ERR_OK);
    assert_true(str_find(buf_view(own), STR(",2022,2,")) >= 0); /* whoever runs it sees all */
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(adding_and_subtracting_gives_nobody_away),
        BODY(plenty_is_shown_in_full),
        BODY(every_public_output_keeps_the_rule),
        BODY(entered_divisions_keep_the_rule),
    };
    return slice_test_run("results_public", bodies, COUNT_OF(bodies));
}
