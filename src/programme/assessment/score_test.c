/*
 * The arithmetic against numbers worked out by hand, and the properties that make it fair: better
 * values never lower a score, units of measure do not matter, neighbours do not matter, a merger is
 * the sum of its parts, the same seed gives the same ranks.
 */
#include "platform/core/testing.h"
#include "programme/assessment/score.h"

#include <math.h>
#include <string.h>

static uint64_t state = 20261122;
static double any(void) /* in [0, 1) */
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 33) / 2147483648.0;
}

#define assert_near(actual, expected, within)                                                      \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected);                                         \
        if (!(fabs(actual_ - expected_) <= (within)))                                              \
            fail_msg("%.9g is not %.9g", actual_, expected_);                                      \
    } while (0)

static void values_become_points(void **unused)
{
    (void)unused;
    assert_near(score_goalpost(30, 20, 60), 25, 1e-12);
    assert_near(score_goalpost(10, 20, 60), 0, 0);
    assert_near(score_goalpost(99, 20, 60), 100, 0);
    assert_near(score_goalpost(30, 60, 20), 75, 1e-12); /* lower is better */
    assert_true(isnan(score_goalpost(5, 7, 7)));
    assert_true(isnan(score_goalpost(NAN, 0, 1)));
    assert_near(score_rubric(0), 0, 0);
    assert_near(score_rubric(1), 33.3, 0.05);
    assert_near(score_rubric(2), 66.7, 0.05);
    assert_near(score_rubric(1), 100.0 / 3, 1e-12);
    assert_near(score_rubric(2), 200.0 / 3, 1e-12);
    assert_near(score_rubric(3), 100, 0);
    assert_true(isnan(score_rubric(4)));
    assert_near(score_shrink(9, 12, 0.55, SCORE_SHRINK_M), 0.625, 1e-12); /* raw 0.75 */
    assert_near(score_shrink(0, 0, 0.4, SCORE_SHRINK_M), 0.4, 1e-12);
}

static struct score_result known(double points)
{
    return (struct score_result){.points = points, .low = points, .high = points};
}

static void imbalance_is_penalised(void **unused)
{
    (void)unused;
    struct score_result pillars[] = {known(80), known(50), known(20)};
    static const double weights[] = {.4, .3, .3};
    assert_near(score_whole(pillars, weights, 3).points, 45.84, 0.005);
    /* One pillar of the same three parts makes up for its weakness: the arithmetic mean. */
    struct score_part parts[] = {
        {SCORE_KNOWN, 80, .4}, {SCORE_KNOWN, 50, .3}, {SCORE_KNOWN, 20, .3}};
    assert_near(score_pillar(parts, 3).points, 53.0, 1e-9);
    pillars[2] = known(0); /* the floor: absent is 1 point, not the end of everything */
    assert_near(score_whole(pillars, weights, 3).points, exp(.4 * log(80) + .3 * log(50)), 1e-9);
}

static void what_is_missing_is_told(void **unused)
{
    (void)unused;
    struct score_part parts[] = {
        {SCORE_KNOWN, 60, 2}, {SCORE_NOT_REPORTED, 0, 1}, {SCORE_KNOWN, 90, 1}};
    struct score_result r = score_pillar(parts, 3);
    assert_near(r.points, (2 * 60 + 90) / 4.0, 1e-12);
    assert_near(r.low, r.points, 0);
    assert_near(r.high, (2 * 60 + 100 + 90) / 4.0, 1e-12);
    assert_int_equal(r.missing, 1);
    /* Not applicable: a fifth of the weight goes to the others, more is too much. */
    struct score_part fifth[] = {{SCORE_KNOWN, 50, 4}, {SCORE_NOT_APPLICABLE, 0, 1}};
    assert_near(score_pillar(fifth, 2).points, 50, 1e-12);
    assert_near(score_pillar(fifth, 2).high, 50, 1e-12);
    fifth[0].weight = 3.9;
    r = score_pillar(fifth, 2);
    assert_true(r.insufficient && isnan(r.points));
    assert_true(r.low < 50 && r.high > 50);
    static const double weights[] = {1, 1};
    struct score_result both[] = {known(70), r};
    struct score_result whole = score_whole(both, weights, 2);
    assert_true(whole.insufficient && isnan(whole.points) && whole.low < whole.high);
    assert_true(score_pillar(NULL, 0).insufficient);
}

enum { UNITS = 12, INDICATORS = 9, PILLARS = 3 };
struct cohort {
    struct score_cohort c;
    struct score_indicator indicators[INDICATORS];
    struct score_datum data[UNITS * INDICATORS];
    double weights[PILLARS];
};

static void make_cohort(struct cohort *x)
{
    *x = (struct cohort){.weights = {.4, .35, .25}};
    for (int i = 0; i < INDICATORS; i++)
        x->indicators[i] = (struct score_indicator){.pillar = i % PILLARS,
                                                    .weight = 1 + i % 2,
                                                    .goalposts = i != 4,
                                                    .lo = i == 7 ? 30 : 0,
                                                    .hi = i == 7 ? 2 : 40 + i};
    for (int i = 0; i < UNITS * INDICATORS; i++)
        x->data[i] = (struct score_datum){SCORE_KNOWN, 45 * any(), 3};
    x->c = (struct score_cohort){x->indicators, INDICATORS, x->weights, PILLARS, x->data, UNITS};
}

static const unsigned char seed[32] = "a round of the year 2026";

static void better_values_never_lower_a_score(void **unused)
{
    (void)unused;
    for (int round = 0; round < 20; round++) {
        struct cohort x;
        struct score_rank before[UNITS], after[UNITS];
        make_cohort(&x);
        score_ranks(&x.c, seed, before);
        int unit = (int)(any() * UNITS), i = (int)(any() * INDICATORS);
        struct score_datum *d = &x.data[unit * INDICATORS + i];
        d->value += x.indicators[i].hi < x.indicators[i].lo ? -7 : 7;
        if (!x.indicators[i].goalposts && d->value > 100)
            d->value = 100;
        score_ranks(&x.c, seed, after);
        assert_true(after[unit].points >= before[unit].points - 1e-12);
        assert_true(after[unit].rank <= before[unit].rank);
        for (int u = 0; u < UNITS; u++) /* independence of other municipalities */
            if (u != unit)
                assert_near(after[u].points, before[u].points, 0);
    }
}

static void units_of_measure_do_not_matter(void **unused)
{
    (void)unused;
    struct cohort x;
    struct score_rank metres[UNITS], kilometres[UNITS];
    make_cohort(&x);
    score_ranks(&x.c, seed, metres);
    x.indicators[2].lo /= 1000;
    x.indicators[2].hi /= 1000;
    for (int u = 0; u < UNITS; u++)
        x.data[u * INDICATORS + 2].value /= 1000;
    score_ranks(&x.c, seed, kilometres);
    for (int u = 0; u < UNITS; u++) {
        assert_near(kilometres[u].points, metres[u].points, 1e-9);
        assert_int_equal(kilometres[u].rank_low, metres[u].rank_low);
        assert_int_equal(kilometres[u].rank_high, metres[u].rank_high);
    }
}

/* The interval is exactly what the two ends of what is missing give, whatever is known. */
static void the_interval_is_nothing_and_everything(void **unused)
{
    (void)unused;
    for (int round = 0; round < 200; round++) {
        struct score_part parts[6], none[6], all[6];
        for (int i = 0; i < 6; i++) {
            parts[i] = (struct score_part){any() < 0.3 ? SCORE_NOT_REPORTED : SCORE_KNOWN,
                                           100 * any(), 0.5 + any()};
            none[i] = all[i] = parts[i];
            if (parts[i].status == SCORE_NOT_REPORTED) {
                none[i] = (struct score_part){SCORE_KNOWN, 0, parts[i].weight};
                all[i] = (struct score_part){SCORE_KNOWN, 100, parts[i].weight};
            }
        }
        struct score_result r = score_pillar(parts, 6);
        assert_near(r.low, score_pillar(none, 6).points, 1e-9);
        assert_near(r.points, r.low, 1e-9);
        assert_near(r.high, score_pillar(all, 6).points, 1e-9);
    }
}

/* What moves in a draw: the official weights, the goalposts by up to a tenth, each value by its
 * error; nothing else. */
static void ranks_are_uncertain_for_three_reasons(void **unused)
{
    (void)unused;
    struct score_indicator indicators[] = {{0, 1, true, 0, 100}, {1, 1, true, 0, 100}};
    static const double equal[] = {.5, .5}, first[] = {1, 1e-9};
    struct score_datum mirrored[] = {{SCORE_KNOWN, 80, 0, 0},
                                     {SCORE_KNOWN, 50, 0, 0},
                                     {SCORE_KNOWN, 50, 0, 0},
                                     {SCORE_KNOWN, 80, 0, 0}};
    struct score_rank r[2];
    struct score_cohort c = {indicators, 2, equal, 2, mirrored, 2};
    assert_int_equal(SCORE_DRAWS, 1000);
    score_ranks(&c, seed, r); /* by weights: either may be first */
    assert_int_equal(r[0].rank_low, 1);
    assert_int_equal(r[0].rank_high, 2);
    c.pillar_weights = first; /* one pillar decides, and no draw of its weight changes that */
    score_ranks(&c, seed, r);
    assert_int_equal(r[0].rank_high, 1);
    assert_int_equal(r[1].rank_low, 2);
    /* By goalposts: the second pillar's are moved, so 60 of one may beat 60.5 of the other. */
    struct score_datum close[] = {{SCORE_KNOWN, 60.5, 0, 0},
                                  {SCORE_KNOWN, 60, 0, 0},
                                  {SCORE_KNOWN, 60, 0, 0},
                                  {SCORE_KNOWN, 60.4, 0, 0}};
    c = (struct score_cohort){indicators, 2, equal, 2, close, 2};
    score_ranks(&c, seed, r);
    assert_int_equal(r[0].rank_low, 1);
    assert_int_equal(r[0].rank_high, 2);
    /* By error of a value: 70 and 60 of one pillar are apart at 1 point, not at 20. */
    struct score_datum apart[] = {{SCORE_KNOWN, 70, 1, 0},
                                  {SCORE_KNOWN, 50, 0, 0},
                                  {SCORE_KNOWN, 60, 1, 0},
                                  {SCORE_KNOWN, 50, 0, 0}};
    c = (struct score_cohort){indicators, 2, first, 2, apart, 2};
    score_ranks(&c, seed, r);
    assert_int_equal(r[0].rank_high, 1);
    apart[0].error = apart[2].error = 20;
    score_ranks(&c, seed, r);
    assert_int_equal(r[0].rank_high, 2);
}

static void what_citizens_say_stands_beside(void **unused)
{
    (void)unused;
    struct score_perception x = score_perceived(70, 3, 55, 4);
    assert_near(x.gap, 15, 1e-12);
    assert_near(x.low, 15 - 1.96 * 5, 1e-12); /* 3 and 4 make 5 */
    assert_near(x.high, 15 + 1.96 * 5, 1e-12);
    assert_true(isnan(score_perceived(NAN, 0, 55, 4).gap));
    assert_true(isnan(score_perceived(70, 3, NAN, 4).low));
}

static void a_merger_is_the_sum_of_its_parts(void **unused)
{
    (void)unused;
    /* Shares are kept as numerator and denominator: 30 of 40 and 5 of 60 are 35 of 100. */
    double merged = score_goalpost((30 + 5) / (40.0 + 60), 0, 1);
    assert_near(merged, 35, 1e-12);
    assert_true(
        fabs(merged - (score_goalpost(30 / 40.0, 0, 1) + score_goalpost(5 / 60.0, 0, 1)) / 2) > 5);
}

/* How many municipalities another seed ranks otherwise. */
static int ranks_by_seed(void)
{
    struct cohort x;
    struct score_rank one[UNITS], two[UNITS], other[UNITS];
    static const unsigned char another[32] = "another";
    int differ = 0;
    make_cohort(&x);
    x.data[0].status = SCORE_NOT_REPORTED;
    x.data[5 * INDICATORS].status = SCORE_NOT_APPLICABLE; /* a third of its pillar: not ranked */
    score_ranks(&x.c, seed, one);
    score_ranks(&x.c, seed, two);
    score_ranks(&x.c, another, other);
    for (int u = 0; u < UNITS; u++) {
        assert_int_equal(one[u].rank, two[u].rank);
        assert_int_equal(one[u].rank_low, two[u].rank_low);
        assert_int_equal(one[u].rank_high, two[u].rank_high);
        differ += one[u].rank_low != other[u].rank_low || one[u].rank_high != other[u].rank_high;
        if (u == 5) {
            assert_true(isnan(one[u].points) && one[u].rank == 0 && one[u].rank_low == 0);
            continue;
        }
        assert_true(one[u].rank_low >= 1 && one[u].rank_high <= UNITS);
        assert_true(one[u].rank_low <= one[u].rank_high);
    }
    return differ;
}

static void the_same_seed_gives_the_same_ranks(void **unused)
{
    (void)unused;
    int differ = 0; /* two seeds may agree about one random cohort */
    for (int round = 0; round < 30; round++)
        differ += ranks_by_seed();
    assert_true(differ > 0);
}

static void certain_differences_have_narrow_ranks(void **unused)
{
    (void)unused;
    struct cohort x;
    struct score_rank ranks[UNITS];
    int bands[UNITS];
    make_cohort(&x);
    for (int i = 0; i < UNITS * INDICATORS; i++) { /* unit 0 best by far, the others alike */
        bool lower = x.indicators[i % INDICATORS].hi < x.indicators[i % INDICATORS].lo;
        x.data[i].value = i < INDICATORS ? (lower ? 3 : 38) : (lower ? 20 : 15);
    }
    score_ranks(&x.c, seed, ranks);
    assert_int_equal(ranks[0].rank, 1);
    assert_int_equal(ranks[0].rank_high, 1);
    assert_true(ranks[3].rank_high - ranks[3].rank_low >= 7);
    score_bands(ranks, UNITS, bands);
    assert_int_equal(bands[0], 1);
    for (int u = 1; u < UNITS; u++)
        assert_int_equal(bands[u], 2);
}

static void groups_of_peers_are_not_too_small(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct score_traits units[40];
    int groups[40], sizes[40] = {0};
    for (int i = 0; i < 40; i++) /* 20 mountain, 20 others of which 12 aiyl aimaks and 8 towns */
        units[i] = (struct score_traits){{i < 20, i >= 32, i % 3, i % 2}};
    int n = score_peers(a, units, 40, groups);
    for (int i = 0; i < 40; i++)
        sizes[groups[i]]++;
    for (int g = 0; g < n; g++)
        assert_true(sizes[g] >= SCORE_PEERS_MIN);
    for (int i = 0; i < 40; i++)
        for (int k = 0; k < 40; k++)
            if (groups[i] == groups[k])
                assert_int_equal(units[i].v[0], units[k].v[0]);
    assert_int_not_equal(groups[25], groups[35]); /* town and aiyl aimak */
    assert_int_equal(score_peers(a, units, 7, groups), 1);
    assert_int_equal(score_peers(a, units, 0, groups), 0);
    static const double people[] = {500, 100, 900, 400, 800, 700};
    int terciles[6];
    static const int expected[] = {1, 0, 2, 0, 2, 1};
    score_terciles(a, people, 6, terciles);
    for (int i = 0; i < 6; i++)
        assert_int_equal(terciles[i], expected[i]);
    arena_free(a);
}

static void improvement_has_a_threshold(void **unused)
{
    (void)unused;
    assert_true(score_improved(50, 55, 2, true));
    assert_false(score_improved(50, 54.9, 0, true));
    assert_false(score_improved(50, 55, 3, true)); /* 1.96 * 3 = 5.88 */
    assert_true(score_improved(50, 56, 3, true));
    assert_false(score_improved(50, 90, 1, false));
    assert_near(score_priority(0.2, 30, 0.5), 7, 1e-12);
}

static void anybody_can_draw_the_sample_again(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct str keys[11];
    bool picked[11], again[11];
    int n = 0, same = 0;
    for (int i = 0; i < 11; i++)
        keys[i] = arena_printf(a, "4170421501%04d/water_quality", i);
    score_sample(a, STR("2026-round-1"), keys, 11, picked);
    score_sample(a, STR("2026-round-2"), keys, 11, again);
    for (int i = 0; i < 11; i++) {
        n += picked[i];
        same += picked[i] == again[i];
    }
    assert_int_equal(n, 3); /* a fifth of 11, rounded up */
    assert_true(same < 11);
    /* Worked out with sha256sum. */
    static const bool expected[11] = {true, true,  false, false, false, false,
                                      true, false, false, false, false};
    for (int i = 0; i < 11; i++)
        assert_int_equal(picked[i], expected[i]);
    score_sample(a, STR("x"), keys, 0, picked);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_points),
        cmocka_unit_test(imbalance_is_penalised),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(better_values_never_lower_a_score),
        cmocka_unit_test(units_of_measure_do_not_matter),
        cmocka_unit_test(the_interval_is_nothing_and_everything),
        cmocka_unit_test(ranks_are_uncertain_for_three_reasons),
        cmocka_unit_test(what_citizens_say_stands_beside),
        cmocka_unit_test(a_merger_is_the_sum_of_its_parts),
        cmocka_unit_test(the_same_seed_gives_the_same_ranks),
        cmocka_unit_test(certain_differences_have_narrow_ranks),
        cmocka_unit_test(groups_of_peers_are_not_too_small),
        cmocka_unit_test(improvement_has_a_threshold),
        cmocka_unit_test(anybody_can_draw_the_sample_again),
    };
    return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
