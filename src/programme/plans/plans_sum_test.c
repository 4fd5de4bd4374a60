/* Sums of plans: what adds up, what does not, and what holds for any amounts. */
#include "platform/core/testing.h"

#include "platform/core/clock.h"
#include "programme/plans/plans_sum.h"

#define RUNS 20000
#define SOM 100

/* xorshift: the same run each time. */
static uint64_t state = 88172645463325252u;
static int64_t draw(int64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int64_t)(state % (uint64_t)below);
}

static struct plan_cost any_cost(void)
{
    struct plan_cost c = {0};
    for (int i = 0; i < PLAN_SOURCES; i++)
        c.by[i] = draw(3) == 0 ? 0 : draw(PLAN_AMOUNT_MAX / SOM / PLAN_SOURCES) * SOM;
    assert_true(plan_cost_sources(&c, &c.total));
    return c;
}

static void adding_up(void **unused)
{
    (void)unused;
    for (int k = 0; k < RUNS; k++) {
        struct plan_cost c = any_cost();
        int at = (int)draw(PLAN_SOURCES + 1);
        int64_t off = (1 + draw(1000)) * (draw(2) ? 1 : -1);
        assert_true(plan_cost_adds_up(&c));
        assert_true(plan_cost_ok(&c));
        /* One amount wrong by anything at all is seen. */
        if (at == PLAN_SOURCES)
            c.total += off;
        else
            c.by[at] += off;
        assert_false(plan_cost_adds_up(&c));
    }
}

/* However actions are grouped and ordered, the sum is the same, and it adds up when they do. */
static void order_does_not_matter(void **unused)
{
    (void)unused;
    for (int k = 0; k < RUNS / 100; k++) {
        struct plan_cost all[PLAN_ACTIONS_MAX], one = {0}, back = {0}, halves = {0};
        struct plan_cost half[2] = {{0}, {0}};
        size_t n = (size_t)draw(PLAN_ACTIONS_MAX) + 1;
        for (size_t i = 0; i < n; i++)
            all[i] = any_cost();
        for (size_t i = 0; i < n; i++) {
            assert_true(plan_cost_add(&one, &all[i]));
            assert_true(plan_cost_add(&back, &all[n - 1 - i]));
            assert_true(plan_cost_add(&half[i % 2], &all[i]));
        }
        assert_true(plan_cost_add(&halves, &half[0]));
        assert_true(plan_cost_add(&halves, &half[1]));
        assert_memory_equal(&one, &back, sizeof one);
        assert_memory_equal(&one, &halves, sizeof one);
        assert_true(plan_cost_adds_up(&one));
    }
}

static void bounds(void **unused)
{
    (void)unused;
    struct plan_cost c = {.total = 50, .by = {50}};
    assert_false(plan_cost_ok(&c)); /* half a som */
    c = (struct plan_cost){.total = 0, .by = {-100, 100}};
    assert_true(plan_cost_adds_up(&c));
    assert_false(plan_cost_ok(&c));
    c = (struct plan_cost){.total = PLAN_AMOUNT_MAX + SOM, .by = {PLAN_AMOUNT_MAX + SOM}};
    assert_false(plan_cost_ok(&c));
    c = (struct plan_cost){.by = {INT64_MAX, INT64_MAX}};
    assert_false(plan_cost_adds_up(&c));
    struct plan_cost sum = {.total = 7, .by = {INT64_MAX}}, before = sum;
    assert_false(plan_cost_add(&sum, &(struct plan_cost){.total = 1, .by = {1}}));
    assert_memory_equal(&sum, &before, sizeof sum);
}

static void percentages(void **unused)
{
    (void)unused;
    assert_int_equal(plan_percent(1, 0), -1);
    assert_int_equal(plan_percent(0, 700), 0);
    assert_int_equal(plan_percent(1, 3), 33);
    assert_int_equal(plan_percent(1, 8), 13);
    assert_int_equal(plan_percent(3, 2), 150);
    assert_int_equal(plan_weighted_percent(NULL, NULL, 0), -1);
    assert_int_equal(plan_weighted_percent((int64_t[]){100, 0}, (int64_t[]){300, 100}, 2), 75);
    assert_int_equal(plan_weighted_percent((int64_t[]){100, 0}, (int64_t[]){0, 0}, 2), 50);
    /* All but a hair is not all. */
    assert_int_equal(plan_weighted_percent((int64_t[]){100, 99}, (int64_t[]){1000000, 1}, 2), 99);
    for (int k = 0; k < RUNS / 100; k++) {
        int64_t percent[PLAN_ACTIONS_MAX], cost[PLAN_ACTIONS_MAX];
        size_t n = (size_t)draw(PLAN_ACTIONS_MAX) + 1;
        bool all = true;
        for (size_t i = 0; i < n; i++) {
            percent[i] = draw(4) == 0 ? draw(101) : 100;
            cost[i] = (1 + draw(PLAN_AMOUNT_MAX / SOM - 1)) * SOM;
            all = all && percent[i] == 100;
        }
        int64_t was = plan_weighted_percent(percent, cost, n);
        assert_in_range(was, 0, 100);
        assert_int_equal(was == 100, all);
        /* More work done never means less of the plan done. */
        size_t at = (size_t)draw((int64_t)n);
        percent[at] = 100;
        assert_true(plan_weighted_percent(percent, cost, n) >= was);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_up),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(bounds),
        cmocka_unit_test(percentages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
