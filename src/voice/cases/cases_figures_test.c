/*
 * What is counted and listed, on both engines: promises measured from records, lists, similar
 * reports, figures that equal a recount after anything that people do, mergers.
 */
#include "voice/cases/cases_internal.h"
#include "voice/cases/cases_testing.h"

#include "platform/core/clock.h"

/* --- measures --- */

static struct measure_result measure(struct cases_test *t, const char *code, int64_t amount,
                                     bool working, int64_t from, int64_t to)
{
    return cases_measure(t, code,
                         (struct measure_query){.unit = UNIT_HOME,
                                                .service = STR("water"),
                                                .amount = amount,
                                                .working_days = working,
                                                .from_day = from,
                                                .to_day = to});
}

static void promises_are_measured_from_records(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    int64_t monday = day_at(2026, 9, 7);
    struct case_change on_time, slow, open, refused, refused_late, fresh;
    clock_set_for_test(day_start_ms(monday) + 10 * MS_HOUR);
    cases_send(&t, cases_sample(), &on_time);
    cases_send(&t, cases_sample(), &slow);
    cases_send(&t, cases_sample(), &open);
    cases_send(&t, cases_sample(), &refused);
    cases_send(&t, cases_sample(), &refused_late);
    clock_set_for_test(day_start_ms(monday + 3));
    assert_int_equal(cases_do_step(&t, &on_time, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(cases_do_step(&t, &refused, CASE_REFUSED, "Себеби"), ERR_OK);
    /* Friday and Monday: 3 working days are over on Thursday the 10th. */
    clock_set_for_test(day_start_ms(monday + 7));
    assert_int_equal(cases_do_step(&t, &slow, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(cases_do_step(&t, &refused_late, CASE_REFUSED, "Себеби"), ERR_OK);
    cases_send(&t, cases_sample(), &fresh);
    struct measure_result r = measure(&t, "resolve_within_days", 3, true, monday, monday + 7);
    /* on time; slow; open too long; refused too late. Not: refused in time; fresh. */
    assert_int_equal(r.kept, 1);
    assert_int_equal(r.counted, 4);
    r = measure(&t, "resolve_within_days", 5, true, monday, monday + 7);
    assert_int_equal(r.kept, 2); /* Monday the 14th is the fifth working day */
    assert_int_equal(r.counted, 2);
    r = measure(&t, "resolve_within_days", 5, false, monday, monday + 7);
    assert_int_equal(r.kept, 1);
    assert_int_equal(r.counted, 4);
    r = measure(&t, "answer_within_days", 3, true, monday, monday + 7);
    assert_int_equal(r.kept, 2); /* a refusal with its reason is an answer */
    assert_int_equal(r.counted, 5);
    r = measure(&t, "resolve_within_days", 3, true, monday + 1, monday + 7);
    assert_int_equal(r.counted, 0);

    /* Each figure opens to its records. */
    struct case_filter f = {.unit = UNIT_HOME,
                            .service = STR("water"),
                            .from_day = monday,
                            .to_day = monday + 7,
                            .measure = CASE_MEASURE_RESOLVE,
                            .amount = 3,
                            .working_days = true,
                            .max = 50};
    assert_int_equal(cases_list_of(&t, f).n, 4);
    f.outcome = CASE_KEPT;
    struct case_list kept = cases_list_of(&t, f);
    assert_int_equal(kept.n, 1);
    assert_int_equal(kept.v[0].id, on_time.id);
    f.outcome = CASE_BROKEN;
    assert_int_equal(cases_list_of(&t, f).n, 3);
    f.measure = CASE_MEASURE_ANSWER;
    assert_int_equal(cases_list_of(&t, f).n, 3);
    f.outcome = CASE_COUNTED;
    assert_int_equal(cases_list_of(&t, f).n, 5);
    cases_end(&t);
}

/* --- lists --- */

static void lists_filter_and_page(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c[12] = {0};
    int64_t now = clock_now_ms();
    for (int i = 0; i < 12; i++) {
        clock_set_for_test(now + i / 4); /* several in one millisecond */
        struct case_input in = cases_sample();
        in.fault = i % 2 ? STR("waste.dump") : STR("water.leak");
        in.service = STR_NULL;
        in.village = i % 3 ? VILLAGE_HOME : VILLAGE_SECOND;
        cases_send(&t, in, &c[i]);
    }
    assert_int_equal(cases_do_step(&t, &c[0], CASE_RESOLVED, "Болду"), ERR_OK);
    struct case_filter f = {.unit = UNIT_HOME, .max = 5};
    struct case_list page = cases_list_of(&t, f);
    assert_true(page.n == 5 && page.more && page.v[0].id == c[11].id);
    f.edge_ms = page.v[4].created_ms;
    f.edge_id = page.v[4].id;
    page = cases_list_of(&t, f);
    assert_true(page.n == 5 && page.more && page.v[0].id == c[6].id);
    f.edge_ms = page.v[4].created_ms;
    f.edge_id = page.v[4].id;
    page = cases_list_of(&t, f);
    assert_true(page.n == 2 && !page.more && page.v[1].id == c[0].id);
    /* And back: the five behind c[1], still newest first. */
    f.edge_ms = page.v[0].created_ms;
    f.edge_id = c[1].id;
    f.newer = true;
    page = cases_list_of(&t, f);
    assert_true(page.n == 5 && page.more && page.v[0].id == c[6].id && page.v[4].id == c[2].id);
    f = (struct case_filter){.unit = UNIT_HOME, .max = 50, .service = STR("waste")};
    assert_int_equal(cases_list_of(&t, f).n, 6);
    f.village = VILLAGE_SECOND;
    assert_int_equal(cases_list_of(&t, f).n, 2);
    f.service = STR_NULL;
    assert_int_equal(cases_list_of(&t, f).n, 4);
    f = (struct case_filter){.unit = UNIT_HOME, .max = 50, .states = CASE_BIT(CASE_RECEIVED)};
    assert_int_equal(cases_list_of(&t, f).n, 11);
    f.states = CASE_BIT(CASE_RESOLVED);
    assert_int_equal(cases_list_of(&t, f).n, 1);
    f.states = CASE_BIT(CASE_RESOLVED) | CASE_BIT(CASE_REFUSED);
    assert_int_equal(cases_list_of(&t, f).n, 1);
    f.states = 0;
    f.overdue = true;
    assert_int_equal(cases_list_of(&t, f).n, 0);
    f = (struct case_filter){.unit = UNIT_HOME, .max = 50, .from_day = day_today() + 1};
    assert_int_equal(cases_list_of(&t, f).n, 0);
    f = (struct case_filter){.unit = UNIT_OTHER, .max = 50};
    assert_int_equal(cases_list_of(&t, f).n, 0);
    cases_end(&t);
}

static void similar_reports_are_found(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_change near, street, far, hidden, closed;
    in.fault = STR("water.leak");
    in.has_point = true;
    in.lat = 42.2010;
    in.lon = 75.7000;
    cases_send(&t, in, &near);
    in.lat = 42.2100; /* a kilometre away, another street */
    in.street = STR("Токтогул көчөсү");
    cases_send(&t, in, &far);
    in.lat = 42.2011;
    in.hide = true;
    cases_send(&t, in, &hidden);
    in.hide = false;
    cases_send(&t, in, &closed);
    assert_int_equal(cases_do_step(&t, &closed, CASE_RESOLVED, "Болду"), ERR_OK);
    in.has_point = false;
    in.street = STR("достук  КӨЧӨСҮ 12");
    cases_send(&t, in, &street);

    struct case_similar like = {.service = STR("water"),
                                .fault = STR("water.leak"),
                                .village = VILLAGE_HOME,
                                .street = STR("Достук көчөсү, 12"),
                                .has_point = true,
                                .lat = 42.2,
                                .lon = 75.7};
    struct case_list found = cases_similar_of(&t, like);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.v[0].id, near.id);
    assert_int_equal(found.v[1].id, street.id);
    like.fault = STR("water.none");
    assert_int_equal(cases_similar_of(&t, like).n, 0);
    like.fault = STR("water.leak");
    like.has_point = false;
    like.street = STR_NULL; /* the village alone */
    assert_int_equal(cases_similar_of(&t, like).n, 3);
    clock_set_for_test(clock_now_ms() + 31 * MS_DAY);
    assert_int_equal(cases_similar_of(&t, like).n, 0);
    cases_end(&t);
}

/* Which questions find a report must not give away more of its place than is public: a row of
 * questions along a street would measure it to the metre. */
static void nearby_is_judged_by_the_public_place(void **state)
{
    struct cases_test t;
    struct case_change c;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    in.fault = STR("water.leak");
    in.street = STR_NULL;
    in.has_point = true;
    in.lat = 42.20049; /* public: 42.2 */
    in.lon = 75.7;
    cases_send(&t, in, &c);
    struct case_similar like = {.service = STR("water"),
                                .fault = STR("water.leak"),
                                .has_point = true,
                                .lat = 42.1974, /* 289 m from where it is said to be, 344 from it */
                                .lon = 75.7};
    struct case_list found = cases_similar_of(&t, like);
    assert_int_equal(found.n, 1);
    assert_true(found.v[0].lat == 42.2 && found.v[0].lon == 75.7);
    like.lat = 42.2030; /* 333 m from where it is said to be, 279 from it */
    assert_int_equal(cases_similar_of(&t, like).n, 0);
    cases_end(&t);
}

/* --- figures equal a recount --- */

/* As many days as one query takes, one of them twice and one before the first report. */
static void check_days_at_once(struct cases_test *t, int64_t start, int64_t day)
{
    int64_t days[CASE_TOTALS_DAYS];
    struct case_totals at[CASE_TOTALS_DAYS];
    for (size_t i = 0; i < COUNT_OF(days); i++)
        days[i] = day - (int64_t)i * 2;
    days[3] = days[1];
    days[5] = start - 400;
    cases_totals_on(t, UNIT_HOME, days, COUNT_OF(days), at);
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        struct case_totals all = cases_recount(t, UNIT_HOME, STR("water"), days[i]);
        struct case_totals roads = cases_recount(t, UNIT_HOME, STR("roads"), days[i]);
        case_totals_add(&all, &roads);
        assert_memory_equal(&at[i], &all, sizeof all);
    }
    assert_true(at[0].received > at[8].received || at[0].resolved > at[8].resolved);
    assert_int_equal(at[5].received, 0);
    cases_totals_on(t, UNIT_HOME, days, 1, at);
    assert_true(at[0].received > 0);
}

/* What results of programmes are made of: the kept totals against the cases. */
static void check_counters(struct cases_test *t)
{
    const struct str units[] = {UNIT_HOME, UNIT_OTHER};
    const struct counter *counters[] = {&cases_received_counter, &cases_resolved_counter};
    for (size_t c = 0; c < COUNT_OF(counters); c++) {
        struct arena *a = arena_new();
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(t->app, a, counters[c], units, COUNT_OF(units), &faults),
                         ERR_OK);
        assert_int_equal(faults.n, 0);
        assert_true(faults.rows > 0);
        arena_free(a);
    }
}

/* Every day of every service, counted again from the cases themselves. */
static void check_every_day(struct cases_test *t, int64_t from, int64_t to)
{
    for (int64_t d = from; d <= to; d++)
        for (int s = 0; s < 2; s++) {
            struct str service = s ? STR("water") : STR("roads");
            struct case_totals kept = cases_totals_of(t, UNIT_HOME, service, d);
            struct case_totals again = cases_recount(t, UNIT_HOME, service, d);
            assert_memory_equal(&kept, &again, sizeof kept);
        }
    check_days_at_once(t, from, to);
}

static void figures_equal_a_recount(void **state)
{
    struct cases_test t;
    struct case_change c[40] = {0};
    size_t n = 0;
    property_seed(20261122);
    cases_begin(&t, state);
    world.promised = true;
    world.promise = (struct promise){.amount = 4, .working_days = true};
    int64_t start = day_at(2026, 3, 2), day = start;
    for (int i = 0; i < 160; i++) {
        day += property_between(0, 3);
        clock_set_for_test(day_start_ms(day) + property_between(0, MS_DAY - 1));
        if (property_between(0, 7) == 0) /* some changes are added up, some wait until the end */
            assert_int_equal(cases_fold(t.app), ERR_OK);
        if (n == 0 || (n < COUNT_OF(c) && property_between(0, 3) == 0)) {
            struct case_input in = cases_sample();
            in.service = property_between(0, 1) ? STR("water") : STR("roads");
            in.suspicious = property_between(0, 9) == 0;
            cases_send(&t, in, &c[n++]);
            continue;
        }
        struct case_change who = c[property_between(0, (int64_t)n - 1)];
        if (property_between(0, 3) == 0)
            who = as_reporter(who);
        struct str fault = property_between(0, 1) ? STR("roads.pothole") : STR("water.leak");
        int stars = (int)property_between(1, 5);
        struct case_look look = {.words = STR("Көрүлдү")};
        struct case_step step = {.to = (enum case_state)property_between(0, CASE__MAX - 1),
                                 .answer = STR("Жооп"),
                                 .passed_to = STR("РЭС")};
        enum err rc;
        switch (property_between(0, 5)) {
        case 0:
            rc = cases_do(&t, &who, cases_rule_reclassify, &fault);
            break;
        case 1:
            rc = cases_do(&t, &who, cases_rule_rate, &stars);
            break;
        case 2:
            rc = cases_do(&t, &who, cases_rule_look, &look);
            break;
        default:
            rc = cases_do(&t, &who, cases_rule_step, &step);
        }
        assert_true(rc == ERR_OK || rc == ERR_DENIED || rc == ERR_INPUT);
    }
    check_every_day(&t, start, day);
    check_counters(&t);
    /* The table of the country says the same as the page of the municipality. */
    struct case_figures one = cases_figures_of(&t, UNIT_HOME, day), all;
    assert_true(cases_figures_in_all(&t, UNIT_HOME, day, &all));
    assert_memory_equal(&one, &all, sizeof one);
    assert_int_equal(one.median_answer_ms, cases_median_recount(&t, UNIT_HOME, day));
    assert_true(one.received365 > 0 && one.resolved365 > 0 && one.rated > 0);
    /* Nothing changes when what waits is added up. */
    assert_int_equal(cases_fold(t.app), ERR_OK);
    check_every_day(&t, start, day);
    check_counters(&t);
    assert_true(cases_figures_in_all(&t, UNIT_HOME, day, &all));
    assert_memory_equal(&one, &all, sizeof one);
    cases_end(&t);
}

static void answers_are_counted_in_steps(void **state)
{
    (void)state;
    assert_int_equal(case_answer_step(0), 0);
    assert_int_equal(case_answer_step(-5), 0);
    assert_int_equal(case_answer_step(59 * MS_MINUTE), 0);
    assert_int_equal(case_answer_step(71 * MS_HOUR + 59 * MS_MINUTE), 71);
    assert_int_equal(case_answer_step(72 * MS_HOUR), 72);
    assert_int_equal(case_answer_step(95 * MS_HOUR), 72);
    assert_int_equal(case_answer_step(96 * MS_HOUR), 96);
}

/* --- mergers --- */

static enum err merge_fn(struct tx *tx, void *arg)
{
    struct cases_test *t = arg;
    return cases_merged(t->app, tx, UNIT_HOME, UNIT_OTHER, day_today());
}

static void open_cases_go_to_the_successor(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change open, done, double_;
    struct case_input in = cases_sample();
    struct case_photo_input photo = {
        .large = STR("aa"), .small = STR("bb"), .width = 4, .height = 3};
    in.photos = &photo;
    in.photo_count = 1;
    struct case_receipt receipt = cases_send(&t, in, &open);
    cases_send(&t, cases_sample(), &done);
    cases_send(&t, cases_sample(), &double_);
    struct str who = STR("b:1");
    assert_int_equal(cases_do(&t, &open, cases_rule_support, &who), ERR_OK);
    assert_int_equal(cases_do_step(&t, &done, CASE_RESOLVED, "Болду"), ERR_OK);
    struct case_step join = {.to = CASE_DUPLICATE, .duplicate = receipt.number};
    assert_int_equal(cases_do(&t, &double_, cases_rule_step, &join), ERR_OK);
    assert_int_equal(db_write(t.app->db, SCOPE_COUNTRY, merge_fn, &t), ERR_OK);

    int64_t today = day_today();
    struct case_figures old = cases_figures_of(&t, UNIT_HOME, today);
    struct case_figures now = cases_figures_of(&t, UNIT_OTHER, today);
    assert_true(old.open == 0 && old.received30 == 1 && old.resolved30 == 1);
    assert_true(now.open == 1 && now.received30 == 2);
    check_counters(&t);
    open.unit = double_.unit = UNIT_OTHER;
    assert_int_equal(cases_look_up(&t, open.unit, open.id).p.support, 2);
    assert_int_equal(cases_photos_of(&t, open).n, 1);
    assert_true(cases_knows(&t, open, receipt.secret));
    struct case_events events = cases_events_of(&t, open, false);
    assert_int_equal(events.v[events.n - 1].kind, CASE_EVENT_MOVED);
    assert_str_equal(events.v[events.n - 1].detail, UNIT_HOME);
    assert_int_equal(cases_id_of(&t, receipt.number), open.id);
    assert_int_equal(cases_do_step(&t, &open, CASE_RESOLVED, "Бүттү"), ERR_OK);
    assert_int_equal(cases_look_up(&t, UNIT_HOME, done.id).p.state, CASE_RESOLVED);
    for (int s = 0; s < 2; s++) {
        struct str unit = s ? UNIT_OTHER : UNIT_HOME;
        struct case_totals kept = cases_totals_of(&t, unit, STR("water"), today);
        struct case_totals again = cases_recount(&t, unit, STR("water"), today);
        assert_memory_equal(&kept, &again, sizeof kept);
    }
    cases_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(promises_are_measured_from_records),
        BODY(lists_filter_and_page),
        BODY(similar_reports_are_found),
        BODY(nearby_is_judged_by_the_public_place),
        BODY(figures_equal_a_recount),
        BODY(answers_are_counted_in_steps),
        BODY(open_cases_go_to_the_successor),
    };
    return slice_test_run("cases_figures", bodies, COUNT_OF(bodies));
}
