/*
 * Counters of assessment: self-scores submitted, results frozen, municipalities that improved. What
 * is improved is said here once, for pages and for the programme's results alike.
 */
#include "programme/assessment/assessment_internal.h"

#include "platform/core/clock.h"

#include <math.h>

static struct str value_grade(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    static const struct str letters[] = {STRI("A"), STRI("B"), STRI("C"), STRI("D")};
    (void)app, (void)a, (void)lang;
    return v.n == 1 && v.p[0] >= 'a' && v.p[0] <= 'd' ? letters[v.p[0] - 'a'] : v;
}
static const struct tally_dimension by_grade = {"grade", MSG_assessment_grade, false, value_grade};

const struct sql_result_of_unit_row *result_before(const struct sql_result_of_unit_rows *all,
                                                   const struct sql_result_of_unit_row *row)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].to_day < row->to_day && all->v[i].frozen_ms <= row->frozen_ms)
            return &all->v[i];
    return NULL;
}

bool result_improved(const struct sql_result_of_unit_row *before,
                     const struct sql_result_of_unit_row *now)
{
    /* Standard error of a difference of two scores of this grade, errors of indicators being
     * independent: about one sixth of a single indicator's. */
    double se = grade_error(now->grade.p[0]) / 6 * M_SQRT2;
    return before && str_eq(before->framework, now->framework) && !isnan(before->points) &&
           !isnan(now->points) &&
           score_improved(before->points, now->points, se, now->conditions != 0);
}

/* Values of counters are in small letters. */
static struct str grade_code(struct str grade)
{
    static const struct str codes[] = {STRI("a"), STRI("b"), STRI("c"), STRI("d")};
    return grade.n == 1 && grade.p[0] >= 'A' && grade.p[0] <= 'D' ? codes[grade.p[0] - 'A']
                                                                  : STR_NULL;
}

static struct tally_fact fact_of(const struct counter *c, struct str unit, int64_t at_ms)
{
    return (struct tally_fact){.counter = c, .unit = unit, .day = day_of_ms(at_ms), .amount = 1};
}

enum err count_submission(struct tx *tx, struct str unit, int64_t at_ms)
{
    struct tally_fact fact = fact_of(&assessment_submitted, unit, at_ms);
    return tally_change(tx, &fact);
}

enum err count_frozen(struct tx *tx, struct arena *a, struct str unit, struct str round)
{
    struct sql_result_of_unit_rows all;
    enum err rc = ERR_OK;
    TRY(sql_result_of_unit(tx, a, &all, .unit = unit));
    for (size_t i = 0; i < all.n; i++) {
        const struct sql_result_of_unit_row *row = &all.v[i];
        struct tally_fact frozen = fact_of(&assessment_frozen, unit, row->frozen_ms);
        struct tally_fact improved = fact_of(&assessment_improved, unit, row->frozen_ms);
        if (!str_eq(row->round, round))
            continue;
        frozen.values[0] = grade_code(row->grade);
        TRY(tally_change(tx, &frozen));
        if (result_improved(result_before(&all, row), row))
            TRY(tally_change(tx, &improved));
    }
out:
    return rc;
}

static enum err recount_submitted(struct tx *tx, struct arena *a, const struct counter *c,
                                  struct str unit, tally_fact_fn fact, void *arg)
{
    struct sql_assessment_submissions_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_assessment_submissions(tx, a, &rows, .unit = unit));
    for (size_t i = 0; i < rows.n; i++) {
        struct tally_fact f = fact_of(c, unit, rows.v[i].submitted_ms);
        TRY(fact(arg, &f));
    }
out:
    return rc;
}

static enum err recount_results(struct tx *tx, struct arena *a, const struct counter *c,
                                struct str unit, tally_fact_fn fact, void *arg)
{
    struct sql_result_of_unit_rows all;
    enum err rc = ERR_OK;
    TRY(sql_result_of_unit(tx, a, &all, .unit = unit));
    for (size_t i = 0; i < all.n; i++) {
        const struct sql_result_of_unit_row *row = &all.v[i];
        struct tally_fact f = fact_of(c, unit, row->frozen_ms);
        if (c == &assessment_frozen)
            f.values[0] = grade_code(row->grade);
        else if (!result_improved(result_before(&all, row), row))
            continue;
        TRY(fact(arg, &f));
    }
out:
    return rc;
}

const struct counter assessment_submitted = {
    .code = "assessment.submitted",
    .label = MSG_assessment_counter_submitted,
    .kind = COUNTER_FLOW,
    .recount = recount_submitted,
    .records_path = "/m/{unit}/assessment",
};
const struct counter assessment_frozen = {
    .code = "assessment.frozen",
    .label = MSG_assessment_counter_frozen,
    .kind = COUNTER_FLOW,
    .dimensions = {&by_grade},
    .recount = recount_results,
    .records_path = "/m/{unit}/assessment",
};
const struct counter assessment_improved = {
    .code = "assessment.improved",
    .label = MSG_assessment_counter_improved,
    .kind = COUNTER_FLOW,
    .recount = recount_results,
    .records_path = "/m/{unit}/assessment",
};
