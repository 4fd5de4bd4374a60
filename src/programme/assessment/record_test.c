/*
 * The framework file, and the frozen record: whatever was decided, a stranger with the snapshot
 * gets the same scores and ranks, and a changed byte shows.
 */
#include "platform/core/testing.h"
#include "programme/assessment/assessment_internal.h"

#include <math.h>

static struct str broken(struct arena *a, const char *find, const char *put)
{
    struct str body = framework_newest()->body;
    ptrdiff_t at = str_find(body, str_from(find));
    assert_true(at >= 0);
    return arena_printf(a, "%.*s%s%.*s", (int)at, body.p, put,
                        STRF(str_slice(body, (size_t)at + strlen(find), body.n)));
}

static void the_shipped_framework_is_whole(void **unused)
{
    (void)unused;
    const struct framework *f = framework_newest();
    double all = 0;
    assert_int_equal(f->domains.n, 4);
    assert_int_equal(f->pillars.n, 12);
    assert_true(f->scored >= 60);
    assert_int_equal(f->indicators.n - f->scored, 4); /* the minimum conditions */
    for (size_t p = 0; p < f->pillars.n; p++) {
        double inside = 0;
        all += f->pillars.v[p].weight;
        for (size_t i = 0; i < f->scored; i++)
            inside += f->indicators.v[i].pillar == (int)p;
        assert_true(inside >= 5); /* one that does not apply leaves four fifths */
    }
    assert_true(fabs(all - 100) < 1e-9);
    for (size_t i = 0; i < f->indicators.n; i++)
        for (int lang = 0; lang < LANG__MAX; lang++) {
            assert_true(f->indicators.v[i].name.in[lang].n > 0);
            assert_true(f->indicators.v[i].what.in[lang].n > 0);
            assert_true(f->indicators.v[i].proof.in[lang].n > 0 || f->indicators.v[i].source.n ||
                        f->indicators.v[i].kind == KIND_RUBRIC);
            for (int level = 0; level < 3; level++) /* each level names its document */
                assert_true(f->indicators.v[i].kind != KIND_RUBRIC ||
                            f->indicators.v[i].levels[level].in[lang].n > 0);
        }
    assert_ptr_equal(framework_find(f->code), f);
    assert_null(framework_find(STR("aimak-0")));
}

static void a_fault_in_the_file_is_named(void **unused)
{
    (void)unused;
    static const struct {
        const char *find, *put, *says;
    } faults[] = {
        {"goal: 50 100 percent standard", "goal: 50 50 percent standard", "goal"},
        {"goal: 50 100 percent standard", "goal: 50 100 litres standard", "unknown unit"},
        {"topic: water\n", "topic: wather\n", "topic"},
        {"indicator: water_hours", "indicator: water_reach", "twice"},
        {"Кызматтар | Услуги | Services", "Кызматтар | Услуги", "three texts"},
        {"own: 40", "own: 140", "own"},
        {"base: 80\n", "", "base"},
        {"own: 40", "owns: 40", "unknown key"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct framework f;
        struct str fault;
        assert_int_equal(framework_parse(a, broken(a, faults[i].find, faults[i].put), &f, &fault),
                         ERR_PARSE);
        if (str_find(fault, str_from(faults[i].says)) < 0)
            fail_msg("%s: says %.*s", faults[i].put, STRF(fault));
    }
    arena_free(a);
}

/* --- records --- */

static uint64_t state = 42;
static double any(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 33) / 2147483648.0;
}

enum { UNITS = 20 };

static struct judged answer(const struct indicator *k, double q)
{
    struct judged j = {.self = {SCORE_KNOWN, NAN, NAN}, .grade = 'B'};
    if (k->kind == KIND_CONDITION)
        j.self.value = 1;
    else if (k->kind == KIND_RUBRIC)
        j.self.value = floor(3.99 * q);
    else if (k->kind == KIND_NUMBER)
        j.self.value = k->lo + q * (k->hi - k->lo);
    else {
        j.self.whole = 2000;
        j.self.value = 20 * (k->lo + q * (k->hi - k->lo));
    }
    j.final = j.self;
    return j;
}

static struct record make_record(struct arena *a)
{
    const struct framework *f = framework_newest();
    struct record r = {
        .round = STR("2026"), .framework = f, .seed = STR("a seed of a test"), .unit_count = UNITS};
    r.units = ARENA_ARRAY(a, struct record_unit, UNITS);
    for (int u = 0; u < UNITS; u++) {
        double q = 0.2 + 0.6 * any();
        r.units[u].code = arena_printf(a, "417042350%02d000", u);
        r.units[u].traits.v[0] = u % 2;
        r.units[u].answers = ARENA_ARRAY(a, struct judged, f->indicators.n);
        for (size_t i = 0; i < f->indicators.n; i++)
            r.units[u].answers[i] =
                answer(&f->indicators.v[i], fmin(fmax(q + 0.3 * (any() - 0.5), 0), 1));
    }
    (void)record_peers(a, &r, &r.groups);
    r.means = ARENA_ARRAY(a, double, (size_t)r.groups * f->indicators.n);
    for (size_t i = 0; i < (size_t)r.groups * f->indicators.n; i++)
        r.means[i] = NAN;
    return r;
}

static void a_stranger_gets_the_same(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    struct record_verdict v;
    struct str fault;
    r.units[3].answers[7].self.status = r.units[3].answers[7].final.status = SCORE_NOT_REPORTED;
    r.units[4].answers[1].verified = r.units[4].answers[1].random = true;
    r.units[4].answers[1].final.value *= 0.5;
    r.units[4].answers[1].grade = 'A';
    r.means[0] = 0.123456789;
    record_compute(a, &r);
    struct str text = record_text(a, &r);
    assert_int_equal(record_verify(a, text, &v, &fault), ERR_OK);
    if (!v.same)
        fail_msg("%.*s", STRF(v.difference));
    assert_int_equal(v.units, UNITS);
    assert_true(str_eq(v.digest, digest_of(a, text)));
    /* One digit of a result: it does not follow from the inputs any more. */
    char *changed = arena_cstr(a, text);
    char *at = strstr(changed, "\"results\"");
    assert_non_null(at);
    at = strstr(at, "\"points\":");
    at[9] = at[9] == '9' ? '8' : (char)(at[9] + 1);
    assert_int_equal(record_verify(a, str_of(changed, text.n), &v, &fault), ERR_OK);
    assert_false(v.same);
    assert_true(v.difference.n > 0);
    /* No snapshot at all. */
    assert_int_equal(record_verify(a, STR("{\"formula\":\"another\"}"), &v, &fault), ERR_PARSE);
    assert_true(fault.n > 0);
    assert_int_equal(record_verify(a, STR("["), &v, &fault), ERR_PARSE);
    assert_int_equal(record_verify(a, str_slice(text, 0, text.n / 2), &v, &fault), ERR_PARSE);
    arena_free(a);
}

static void what_was_too_good_lowers_the_rest(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    const struct framework *f = r.framework;
    record_compute(a, &r);
    double before = r.results[0].whole.points, other = r.results[1].whole.points;
    int number = framework_indicator(f, STR("water_hours"));
    struct judged *j = &r.units[0].answers[number];
    j->self.value = 24; /* 100 points said, 50 found */
    j->final.value = 14;
    j->final.status = SCORE_KNOWN;
    j->verified = true;
    j->grade = 'A';
    record_compute(a, &r); /* by risk, not at random: no correction of the others */
    assert_true(r.results[0].factor == 1);
    j->random = true;
    record_compute(a, &r);
    assert_true(fabs(r.results[0].factor - 0.5) < 1e-9);
    assert_true(r.results[0].whole.points < before);
    assert_true(fabs(r.results[0].points[number] - 50) < 1e-9); /* its own value is as found */
    assert_true(r.results[1].whole.points == other);
    /* Modesty gains nothing. */
    j->self.value = 5;
    record_compute(a, &r);
    assert_true(r.results[0].factor == 1);
    /* What the program counted is not corrected. */
    j->self.value = 24;
    int counted = framework_indicator(f, STR("promises_kept"));
    double was = r.results[0].points[counted];
    r.units[0].answers[counted].computed = true;
    record_compute(a, &r);
    assert_true(fabs(r.results[0].points[counted] - was) < 1e-9);
    arena_free(a);
}

static void the_grade_stands_beside_the_score(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    record_compute(a, &r);
    double points = r.results[2].whole.points;
    assert_int_equal(r.results[2].grade, 'B');
    assert_true(r.results[2].rank.rank > 0);
    for (size_t i = 0; i < r.framework->scored; i += 3) /* a third is an estimate */
        r.units[2].answers[i].grade = 'C';
    record_compute(a, &r);
    assert_int_equal(r.results[2].grade, 'C');
    assert_true(r.results[2].whole.points == points);
    assert_int_equal(r.results[2].rank.rank, 0); /* not in the public ranking */
    /* Nor does a failed condition change the score. */
    r.units[5].answers[r.framework->scored].final.value = 0;
    points = r.results[5].whole.points;
    struct score_rank rank = r.results[5].rank;
    assert_true(r.results[5].conditions && r.results[5].band > 0);
    record_compute(a, &r);
    assert_false(r.results[5].conditions);
    assert_int_equal(r.results[5].band, 0); /* no award */
    assert_true(r.results[5].whole.points == points);
    assert_int_equal(r.results[5].rank.rank, rank.rank);
    assert_int_equal(r.results[5].rank.rank_high, rank.rank_high);
    arena_free(a);
}

static void nobody_moves_anothers_score(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    double before[UNITS];
    record_compute(a, &r);
    for (int u = 0; u < UNITS; u++)
        before[u] = r.results[u].whole.points;
    for (size_t i = 0; i < r.framework->scored; i++)
        r.units[9].answers[i] = answer(&r.framework->indicators.v[i], any());
    record_compute(a, &r);
    for (int u = 0; u < UNITS; u++)
        if (u != 9)
            assert_true(r.results[u].whole.points == before[u]);
    arena_free(a);
}

static void small_shares_are_drawn_to_their_peers(void **unused)
{
    (void)unused;
    struct indicator k = {.kind = KIND_SHARE, .lo = 0, .hi = 100, .base = 0.3};
    struct answer x = {SCORE_KNOWN, 9, 12};
    assert_true(fabs(answer_points(&k, &x, 0.55) - 62.5) < 1e-9);
    assert_true(fabs(answer_points(&k, &x, NAN) - 100 * (9 + 20 * 0.3) / 32) < 1e-9);
    x.status = SCORE_NOT_APPLICABLE;
    assert_true(isnan(answer_points(&k, &x, 0.55)));
}

/* Two municipalities become one: its answers are the sums of their parts and wholes, and its points
 * are those of the sums, not a mean of theirs. */
static void a_merger_is_counted_from_the_sums(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    const struct framework *f = r.framework;
    struct record_unit *big = &r.units[0], *small = &r.units[1], *one = &r.units[2];
    for (size_t i = 0; i < f->scored; i++) {
        if (f->indicators.v[i].kind != KIND_SHARE)
            continue;
        struct answer x = {SCORE_KNOWN, floor(4000 * any()), 4000},
                      y = {SCORE_KNOWN, floor(300 * any()), 300};
        big->answers[i].final = big->answers[i].self = x;
        small->answers[i].final = small->answers[i].self = y;
        one->answers[i].final = one->answers[i].self =
            (struct answer){SCORE_KNOWN, x.value + y.value, x.whole + y.whole};
    }
    record_compute(a, &r);
    for (size_t i = 0; i < f->scored; i++) {
        const struct indicator *k = &f->indicators.v[i];
        const struct answer *x = &big->answers[i].final, *y = &small->answers[i].final;
        if (k->kind != KIND_SHARE)
            continue;
        double share = (x->value + y->value + 20 * k->base) / (x->whole + y->whole + 20);
        assert_true(fabs(r.results[2].points[i] - score_goalpost(100 * share, k->lo, k->hi)) <
                    1e-9);
    }
    arena_free(a);
}

/* Who did not report by the deadline has 0 there, and it is told how much that may hide. */
static void not_reported_is_nothing_and_flagged(void **unused)
{
    (void)unused;
    struct arena *a = arena_new();
    struct record r = make_record(a);
    record_compute(a, &r);
    double before = r.results[7].whole.points;
    assert_int_equal(r.results[7].whole.missing, 0);
    assert_true(r.results[7].whole.low == r.results[7].whole.high);
    for (size_t i = 0; i < 4; i++)
        r.units[7].answers[i].self.status = r.units[7].answers[i].final.status = SCORE_NOT_REPORTED;
    record_compute(a, &r);
    assert_int_equal(r.results[7].whole.missing, 4);
    assert_true(r.results[7].whole.points < before);
    assert_true(r.results[7].whole.points == r.results[7].whole.low);
    assert_true(r.results[7].whole.high >= before);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_framework_is_whole),
        cmocka_unit_test(a_fault_in_the_file_is_named),
        cmocka_unit_test(a_stranger_gets_the_same),
        cmocka_unit_test(what_was_too_good_lowers_the_rest),
        cmocka_unit_test(the_grade_stands_beside_the_score),
        cmocka_unit_test(nobody_moves_anothers_score),
        cmocka_unit_test(a_merger_is_counted_from_the_sums),
        cmocka_unit_test(not_reported_is_nothing_and_flagged),
        cmocka_unit_test(small_shares_are_drawn_to_their_peers),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
