/*
 * Kept totals on both engines, against a plain list of facts in memory: every question is answered
 * from the list too, and the answers must be the same, before and after the fold, with changes
 * taken back. Then totals that somebody altered, which the check must name, and the rebuild mend.
 */
#include "platform/core/clock.h"
#include "platform/tally/tally_internal.h"
#include "platform/web/slice_testing.h"

static const struct tally_dimension sex = {.code = "sex"}, age = {.code = "age"};

enum { FACTS_MAX = 4000 };
struct record {
    struct tally_fact fact;
};
static struct {
    struct record v[FACTS_MAX];
    size_t n;
} records;

static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg)
{
    enum err rc = ERR_OK;
    (void)tx;
    (void)a;
    for (size_t i = 0; i < records.n && rc == ERR_OK; i++)
        if (records.v[i].fact.counter == c && str_eq(records.v[i].fact.unit, unit))
            rc = fact(arg, &records.v[i].fact);
    return rc;
}

static const struct counter people = {.code = "test.people",
                                      .kind = COUNTER_PEOPLE,
                                      .dimensions = {&sex, &age},
                                      .recount = recount},
                            hearings = {.code = "test.hearings",
                                        .kind = COUNTER_FLOW,
                                        .dimensions = {&sex},
                                        .recount = recount},
                            served = {
                                .code = "test.served", .kind = COUNTER_STOCK, .recount = recount};
static const struct counter *const counters[] = {&people, &hearings, &served};

static const struct slice test_slice = {
    .name = "tally_test", .counters = counters, .counter_count = COUNT_OF(counters)};
static const struct slice *const slices[] = {&jobs_slice, &tally_slice, &test_slice};

static uint64_t seed;
static size_t below(size_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(seed >> 33) % n;
}

static const struct str units[] = {STRI("41702215010000"), STRI("41703220830000"),
                                   STRI("41704235837000")};
static const struct str villages[] = {STRI(""), STRI("41702215010010"), STRI("41702215010020")};
static const struct str sexes[] = {STRI(""), STRI("f"), STRI("m")};
static const struct str ages[] = {STRI("0-14"), STRI("15-29"), STRI("30+")};

static enum err change(struct tx *tx, void *arg)
{
    return tally_change(tx, arg);
}

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    records.n = 0;
    seed = 4711;
}

static void tell(struct slice_test *t, const struct tally_fact *f)
{
    assert_int_equal(db_write(t->app.db, f->unit, change, (void *)f), ERR_OK);
    assert_true(records.n < FACTS_MAX);
    records.v[records.n++].fact = *f;
}

static struct tally_fact random_fact(void)
{
    struct tally_fact f = {.counter = counters[below(3)],
                           .unit = units[below(3)],
                           .village = villages[below(3)],
                           .day = day_from_civil((struct civil){2025, 1, 1}) + (int64_t)below(720),
                           .amount = 1 + (int64_t)below(3)};
    if (f.counter != &served)
        f.values[0] = sexes[below(3)];
    if (f.counter == &people) {
        f.values[1] = ages[below(3)];
        f.person = INT64_C(1000000007) * (1 + (int64_t)below(25));
    }
    return f;
}

/* Some are taken back: the same fact, the sign turned. */
static void tell_many(struct slice_test *t, int n)
{
    for (int i = 0; i < n; i++) {
        struct tally_fact f =
            records.n > 0 && below(4) == 0 ? records.v[below(records.n)].fact : random_fact();
        if (below(4) == 0)
            f.amount = -f.amount;
        tell(t, &f);
    }
}

/* --- the answer from the list --- */

static struct str shown(struct str v)
{
    return v.n ? v : TALLY_UNKNOWN;
}

static bool in_row(const struct tally_ask *ask, const struct tally_row *row,
                   const struct tally_fact *f)
{
    int64_t month = tally_month(f->day), from = ask->bounds[row->period];
    if (f->counter != ask->counter || (ask->unit.p && !str_eq(ask->unit, f->unit)))
        return false;
    if (month >= ask->bounds[row->period + 1] ||
        (month < from && ask->counter->kind != COUNTER_STOCK))
        return false;
    if (ask->by_place && !str_eq(row->place, ask->unit.p ? f->village : f->unit))
        return false;
    for (int i = 0; i < TALLY_DIMENSIONS; i++) {
        if (row->values[i].p && !str_eq(row->values[i], shown(f->values[i])))
            return false;
        bool any = ask->want[i].n == 0;
        for (size_t k = 0; k < ask->want[i].n; k++)
            any = any || str_eq(ask->want[i].v[k], shown(f->values[i]));
        if (!any)
            return false;
    }
    return true;
}

/* A person is there while the participations of one month, village and cell add up to more than 0.
 */
static int64_t count_people(const struct tally_ask *ask, const struct tally_row *row)
{
    int64_t n = 0;
    for (int64_t p = 1; p <= 25; p++) {
        bool there = false;
        for (size_t i = 0; i < records.n && !there; i++) {
            const struct tally_fact *f = &records.v[i].fact;
            if (f->person != INT64_C(1000000007) * p || !in_row(ask, row, f))
                continue;
            int64_t sum = 0;
            for (size_t k = 0; k < records.n; k++) {
                const struct tally_fact *g = &records.v[k].fact;
                bool unit_row = ask->unit.p || ask->by_place;
                if (g->counter == f->counter && g->person == f->person &&
                    tally_month(g->day) == tally_month(f->day) &&
                    str_eq(g->values[0], f->values[0]) && str_eq(g->values[1], f->values[1]) &&
                    (!unit_row || (str_eq(g->unit, f->unit) && str_eq(g->village, f->village))))
                    sum += g->amount;
            }
            there = sum > 0;
        }
        n += there;
    }
    return n;
}

struct asking {
    struct arena *a;
    struct tally_ask ask;
    struct tally_rows rows;
};

static enum err read_rows(struct tx *tx, void *arg)
{
    struct asking *q = arg;
    return tally_read(tx, q->a, &q->ask, &q->rows);
}

static int64_t amount_of(const struct tally_ask *ask, const struct tally_row *row)
{
    int64_t sum = 0;
    for (size_t i = 0; i < records.n; i++)
        if (in_row(ask, row, &records.v[i].fact))
            sum += records.v[i].fact.amount;
    return sum;
}

static void compare_answer(struct slice_test *t, struct asking *q)
{
    q->a = t->arena;
    assert_int_equal(db_read(t->app.db, q->ask.unit.p ? q->ask.unit : SCOPE_COUNTRY, read_rows, q),
                     ERR_OK);
    int64_t total = 0, expected = 0;
    for (size_t i = 0; i < q->rows.n; i++) {
        const struct tally_row *row = &q->rows.v[i];
        assert_int_equal(row->amount, amount_of(&q->ask, row));
        if (q->ask.counter->kind == COUNTER_PEOPLE)
            assert_int_equal(row->people, count_people(&q->ask, row));
        total += row->amount;
    }
    /* No row is missing: a question without any division has the sum of all rows. */
    struct tally_ask plain = q->ask;
    plain.by_place = false;
    for (size_t p = 0; p < plain.periods; p++) {
        struct tally_row all = {.period = p};
        expected += amount_of(&plain, &all);
    }
    assert_int_equal(total, expected);
}

static void compare_all(struct slice_test *t)
{
    int64_t first = 2025 * 12;
    int64_t quarters[9], one[2] = {first, first + 24}, part[2] = {first + 5, first + 9};
    for (int i = 0; i < 9; i++)
        quarters[i] = first + 3 * i;
    const int64_t *bounds[] = {one, part, quarters};
    static const size_t periods[] = {1, 1, 8};
    static const struct str young[] = {STRI("0-14"), STRI("15-29")};
    for (size_t c = 0; c < COUNT_OF(counters); c++)
        for (size_t b = 0; b < COUNT_OF(bounds); b++)
            for (unsigned bits = 0; bits < 32; bits++) {
                struct asking q = {.ask = {.counter = counters[c],
                                           .by_place = bits & 1,
                                           .bounds = bounds[b],
                                           .periods = periods[b]}};
                q.ask.keep[0] = bits & 2;
                q.ask.keep[1] = bits & 4;
                if (bits & 8)
                    q.ask.unit = units[1];
                if ((bits & 16) && counters[c] == &people)
                    q.ask.want[1] = (struct tally_want){young, 2};
                compare_answer(t, &q);
            }
}

static void answers_are_those_of_the_records(void **state)
{
    struct slice_test t;
    begin(&t, state);
    tell_many(&t, 150);
    compare_all(&t);
    assert_int_equal(tally_fold(&t.app), ERR_OK);
    compare_all(&t);
    tell_many(&t, 60); /* part folded, part not */
    compare_all(&t);
    assert_int_equal(tally_fold(&t.app), ERR_OK);
    compare_all(&t);
    slice_test_end(&t);
}

/* --- checking and mending --- */

static size_t check(struct slice_test *t, const struct counter *c, struct tally_faults *faults)
{
    assert_int_equal(tally_check(&t->app, t->arena, c, units, COUNT_OF(units), faults), ERR_OK);
    return faults->n;
}

static enum err alter(struct tx *tx, void *arg)
{
    return sql_tally_add(tx, NULL, .unit = units[0], .counter = str_from((const char *)arg),
                         .month = 2025 * 12, .village = STR(""), .cell = STR("x"), .amount = 5);
}

static void a_wrong_total_is_named_and_not_repaired(void **state)
{
    struct slice_test t;
    struct tally_faults faults;
    begin(&t, state);
    tell_many(&t, 120);
    for (size_t c = 0; c < COUNT_OF(counters); c++) {
        assert_int_equal(check(&t, counters[c], &faults), 0);
        assert_int_equal(faults.units, 3);
        assert_true(faults.rows > 3);
    }
    assert_int_equal(db_write(t.app.db, units[0], alter, (void *)"test.hearings"), ERR_OK);
    /* The row itself; and the country's total, which is now not that of its municipalities. */
    assert_int_equal(check(&t, &hearings, &faults), 2);
    assert_string_equal(arena_cstr(t.arena, faults.v[1].unit), "*");
    assert_string_equal(arena_cstr(t.arena, faults.v[0].unit), "41702215010000");
    assert_string_equal(arena_cstr(t.arena, faults.v[0].cell), "x");
    assert_int_equal(faults.v[0].month, 2025 * 12);
    assert_int_equal(faults.v[0].kept, 5);
    assert_int_equal(faults.v[0].counted, 0);
    assert_int_equal(check(&t, &hearings, &faults), 2); /* it still is */
    slice_test_end(&t);
}

static void a_record_that_nobody_told_of_is_found(void **state)
{
    struct slice_test t;
    struct tally_faults faults;
    begin(&t, state);
    tell_many(&t, 50);
    struct tally_fact silent = {.counter = &people,
                                .unit = units[2],
                                .day = 20400,
                                .amount = 1,
                                .values = {STR("f"), STR("30+")},
                                .person = 99};
    records.v[records.n++].fact = silent;
    assert_int_equal(check(&t, &people, &faults), 1);
    assert_int_equal(faults.v[0].counted - faults.v[0].kept, 1);
    slice_test_end(&t);
}

static void rebuilt_totals_are_those_of_the_records(void **state)
{
    struct slice_test t;
    struct tally_faults faults;
    begin(&t, state);
    tell_many(&t, 80);
    assert_int_equal(tally_fold(&t.app), ERR_OK);
    for (int i = 0; i < 40; i++) /* records that were never told of */
        records.v[records.n++].fact = random_fact();
    for (size_t c = 0; c < COUNT_OF(counters); c++) {
        assert_int_equal(tally_rebuild(&t.app, counters[c], units, COUNT_OF(units)), ERR_OK);
        assert_int_equal(check(&t, counters[c], &faults), 0);
    }
    compare_all(&t);
    tell_many(&t, 40); /* and goes on from there */
    assert_int_equal(tally_fold(&t.app), ERR_OK);
    compare_all(&t);
    slice_test_end(&t);
}

static void a_malformed_fact_changes_nothing(void **state)
{
    struct slice_test t;
    begin(&t, state);
    log_set_level(LOG_ERROR + 1);
    struct tally_fact nobody = {.counter = &people, .unit = units[0], .day = 20400, .amount = 1},
                      somebody = {.counter = &hearings,
                                  .unit = units[0],
                                  .day = 20400,
                                  .amount = 1,
                                  .person = 7},
                      odd = {.counter = &hearings,
                             .unit = units[0],
                             .day = 20400,
                             .amount = 1,
                             .values = {STR("a|b")}},
                      nothing = {.counter = &hearings, .unit = units[0], .day = 20400};
    assert_int_equal(db_write(t.app.db, units[0], change, &nobody), ERR_INPUT);
    assert_int_equal(db_write(t.app.db, units[0], change, &somebody), ERR_INPUT);
    assert_int_equal(db_write(t.app.db, units[0], change, &odd), ERR_INPUT);
    assert_int_equal(db_write(t.app.db, units[0], change, &nothing), ERR_OK);
    log_set_level(LOG_ERROR);
    compare_all(&t);
    slice_test_end(&t);
}

static void counters_are_found_by_code(void **state)
{
    struct slice_test t;
    begin(&t, state);
    assert_ptr_equal(tally_counter(&t.app, STR("test.served")), &served);
    assert_null(tally_counter(&t.app, STR("test.nothing")));
    assert_int_equal(tally_dimension_of(&people, STR("age")), 1);
    assert_int_equal(tally_dimension_of(&served, STR("age")), -1);
    assert_int_equal(tally_month(day_from_civil((struct civil){2026, 11, 30})), 2026 * 12 + 10);
    assert_int_equal(tally_month_start(2026 * 12 + 10),
                     day_from_civil((struct civil){2026, 11, 1}));
    slice_test_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(answers_are_those_of_the_records),      BODY(a_wrong_total_is_named_and_not_repaired),
        BODY(a_record_that_nobody_told_of_is_found), BODY(rebuilt_totals_are_those_of_the_records),
        BODY(a_malformed_fact_changes_nothing),      BODY(counters_are_found_by_code),
    };
    return slice_test_run("tally", bodies, COUNT_OF(bodies));
}
