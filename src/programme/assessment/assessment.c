/* Reading rounds and answers; saving an answer of the self-score; what can be computed. */
#include "programme/assessment/assessment_internal.h"

#include "platform/core/clock.h"

#include <math.h>

static const struct {
    const char *code;
    enum msg name;
} stages[STAGE__MAX] = {
    [STAGE_OPEN] = {"open", MSG_assessment_stage_open},
    [STAGE_VERIFY] = {"verify", MSG_assessment_stage_verify},
    [STAGE_APPEAL] = {"appeal", MSG_assessment_stage_appeal},
    [STAGE_FROZEN] = {"frozen", MSG_assessment_stage_frozen},
};

enum msg stage_message(enum stage s)
{
    INVARIANT((unsigned)s < STAGE__MAX);
    return stages[s].name;
}

static const char *const statuses[] = {
    [SCORE_KNOWN] = "known", [SCORE_NOT_APPLICABLE] = "na", [SCORE_NOT_REPORTED] = "missing"};

const char *status_code(enum score_status s)
{
    INVARIANT((unsigned)s < COUNT_OF(statuses));
    return statuses[s];
}

bool status_parse(struct str code, enum score_status *out)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (str_eq(code, str_from(statuses[i]))) {
            *out = (enum score_status)i;
            return true;
        }
    return false;
}

/* --- rounds --- */

enum err rounds_read(struct tx *tx, struct arena *a, struct str unit, struct rounds *out)
{
    struct sql_round_list_rows rows;
    enum err rc = sql_round_list(tx, a, &rows, .unit = unit);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_round_list_row *row = &rows.v[i];
        struct round r = {.code = row->code,
                          .framework = framework_find(row->framework),
                          .from_day = row->from_day,
                          .to_day = row->to_day,
                          .opens_day = row->opens_day,
                          .closes_day = row->closes_day,
                          .appeals_day = row->appeals_day,
                          .seed = row->seed,
                          .revision = row->revision,
                          .frozen_ms = row->frozen_ms.v,
                          .digest = row->digest};
        for (int s = 0; s < STAGE__MAX; s++)
            if (str_eq(row->stage, str_from(stages[s].code)))
                r.stage = (enum stage)s;
        if (r.framework) /* of a newer program: cannot be shown here */
            ARENA_PUSH(a, *out, r);
    }
    return rc;
}

const struct round *rounds_find(const struct rounds *all, struct str code)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, code))
            return &all->v[i];
    return NULL;
}

const struct round *rounds_frozen(const struct rounds *all, const struct round *than)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].stage == STAGE_FROZEN && (!than || all->v[i].to_day < than->to_day))
            return &all->v[i];
    return NULL;
}

/* --- answers --- */

static struct answer answer_of(struct str status, double value, double whole)
{
    struct answer x = {.value = value, .whole = whole};
    INVARIANT(status_parse(status, &x.status));
    return x;
}

static void take_value(const struct sql_value_list_row *row, struct given *g)
{
    g->j.self = answer_of(row->status, row->value, row->whole);
    g->j.final = g->j.self;
    g->j.grade = row->grade.n ? row->grade.p[0] : 'D';
    g->j.computed = row->computed != 0;
    g->note = row->note;
    g->changed_ms = row->changed_ms;
    g->href = row->computed ? row->href : STR_NULL;
    if (row->verified_status.p) {
        g->j.final = answer_of(row->verified_status, row->verified_value, row->verified_whole);
        g->j.verified = true;
        g->j.computed = false;
        g->j.grade = 'A';
        g->verified_note = row->verified_note;
        g->verified_ms = row->verified_ms.v;
    }
}

enum err given_read(struct tx *tx, struct arena *a, const struct round *round, struct str unit,
                    struct given **out)
{
    const struct framework *f = round->framework;
    struct sql_value_list_rows rows;
    struct sql_check_of_unit_rows checks;
    struct given *all = ARENA_ARRAY(a, struct given, f->indicators.n);
    enum err rc = ERR_OK;
    for (size_t i = 0; i < f->indicators.n; i++)
        all[i].j = (struct judged){.self = {SCORE_NOT_REPORTED, NAN, NAN},
                                   .final = {SCORE_NOT_REPORTED, NAN, NAN},
                                   .grade = 'D'};
    TRY(sql_value_list(tx, a, &rows, .unit = unit, .round = round->code));
    TRY(sql_check_of_unit(tx, a, &checks, .unit = unit, .round = round->code));
    for (size_t k = 0; k < rows.n; k++) {
        int at = framework_indicator(f, rows.v[k].indicator);
        if (at >= 0)
            take_value(&rows.v[k], &all[at]);
    }
    for (size_t k = 0; k < checks.n; k++) {
        int at = framework_indicator(f, checks.v[k].indicator);
        if (at < 0)
            continue;
        all[at].reasons = checks.v[k].reasons;
        all[at].j.random = str_starts(checks.v[k].reasons, STR("random"));
    }
    *out = all;
out:
    return rc;
}

struct assessment_fault answer_check(const struct indicator *i, const struct answer_input *in)
{
    const struct answer *x = &in->answer;
    struct assessment_fault fine = {-1, MSG_NONE};
    if (x->status == SCORE_NOT_APPLICABLE)
        return i->kind == KIND_CONDITION
                   ? (struct assessment_fault){ANSWER_STATUS, MSG_assessment_fault_condition_na}
               : in->note.n == 0
                   ? (struct assessment_fault){ANSWER_NOTE, MSG_assessment_fault_na_why}
                   : fine;
    if (x->status == SCORE_NOT_REPORTED)
        return fine;
    if (in->grade < 'A' || in->grade > 'D')
        return (struct assessment_fault){ANSWER_GRADE, MSG_assessment_fault_grade};
    switch (i->kind) {
    case KIND_RUBRIC:
        if (!(x->value >= 0 && x->value <= 3) || x->value != floor(x->value))
            return (struct assessment_fault){ANSWER_VALUE, MSG_assessment_fault_level};
        break;
    case KIND_CONDITION:
        if (x->value != 0 && x->value != 1)
            return (struct assessment_fault){ANSWER_VALUE, MSG_assessment_fault_level};
        break;
    case KIND_SHARE:
        if (!(x->whole > 0 && x->whole <= 1e13))
            return (struct assessment_fault){ANSWER_WHOLE, MSG_assessment_fault_whole};
        /* What was collected may be more than what was planned, but not many times more. */
        if (!(x->value >= 0 && x->value <= 2 * x->whole))
            return (struct assessment_fault){ANSWER_VALUE, MSG_assessment_fault_part};
        break;
    default:
        if (!(fabs(x->value) <= 1e12))
            return (struct assessment_fault){ANSWER_VALUE, MSG_assessment_fault_number};
    }
    return fine;
}

/* Is the municipality still to answer? */
static enum err check_open(struct tx *tx, struct arena *a, const struct round *round,
                           struct str unit, int64_t today)
{
    struct sql_entry_get_row entry;
    enum err rc = sql_entry_get(tx, a, &entry, .unit = unit, .round = round->code);
    if (rc != ERR_OK)
        return rc;
    return round->stage != STAGE_OPEN || today < round->opens_day || today > round->closes_day ||
                   entry.submitted_ms.set
               ? ERR_CONFLICT
               : ERR_OK;
}

/* href: the records of a computed one; NULL view: what people said. */
static enum err put_value(struct tx *tx, const struct round *round, const struct answer_input *in,
                          bool computed, struct str href)
{
    char grade[2] = {in->grade, 0};
    bool known = in->answer.status == SCORE_KNOWN;
    if (!known)
        grade[0] = 'D';
    return sql_value_put(
        tx, NULL, .unit = in->unit, .round = round->code, .indicator = in->indicator,
        .status = str_from(status_code(in->answer.status)), .value = known ? in->answer.value : NAN,
        .whole = known ? in->answer.whole : NAN, .grade = str_from(grade),
        .note = in->note.p ? in->note : STR(""), .computed = computed, .href = href,
        .at_ms = in->at_ms, .person = in->person);
}

enum err answer_save(struct tx *tx, struct arena *a, const struct round *round,
                     const struct answer_input *in, int64_t today, struct assessment_fault *fault)
{
    enum err rc = ERR_OK;
    int at = framework_indicator(round->framework, in->indicator);
    *fault = (struct assessment_fault){-1, MSG_NONE};
    if (at < 0)
        FAIL(ERR_NOT_FOUND);
    const struct indicator *i = &round->framework->indicators.v[at];
    TRY(check_open(tx, a, round, in->unit, today));
    if (in->counted)
        FAIL(ERR_DENIED);
    *fault = answer_check(i, in);
    if (fault->m != MSG_NONE || in->grade == 'A')
        FAIL(ERR_INPUT);
    TRY(put_value(tx, round, in, false, STR_NULL));
out:
    return rc;
}

/* The records tell it: nobody types. */
static struct answer counted_answer(const struct indicator *i, const struct assessment_answer *from)
{
    struct answer x = {SCORE_KNOWN, from->value, i->kind == KIND_SHARE ? from->whole : NAN};
    if (i->kind == KIND_CONDITION)
        x.value = from->value > 0;
    return x;
}

enum err answers_compute(struct app *app, struct tx *tx, struct arena *a, const struct round *round,
                         struct str unit, int64_t at_ms, struct given *given, bool keep)
{
    const struct framework *f = round->framework;
    enum err rc = ERR_OK;
    for (size_t k = 0; k < f->indicators.n; k++) {
        const struct indicator *i = &f->indicators.v[k];
        const struct assessment_source *source =
            i->source.n ? assessment_source_find(i->source) : NULL;
        struct assessment_ask ask = {app,          tx, a, unit, i->source_of, round->from_day,
                                     round->to_day};
        struct assessment_answer answer = {.value = NAN, .whole = NAN};
        struct given *g = &given[k];
        if (!source)
            continue;
        TRY(source->count(&ask, &answer));
        if (!answer.known && !g->j.computed)
            continue; /* what somebody said stands */
        struct answer_input in = {
            .unit = unit,
            .indicator = i->code,
            .answer = {SCORE_NOT_REPORTED, NAN, NAN},
            .grade = 'B',
            .at_ms = at_ms,
        };
        if (answer.known)
            in.answer = counted_answer(i, &answer);
        g->j.self = g->j.final = in.answer;
        g->j.grade = answer.known ? 'B' : 'D';
        g->j.computed = answer.known;
        g->href = answer.known ? answer.href : STR_NULL;
        g->changed_ms = answer.known ? at_ms : 0;
        g->note = STR("");
        if (keep)
            TRY(put_value(tx, round, &in, answer.known, g->href));
    }
out:
    return rc;
}

enum err entry_submit(struct app *app, struct tx *tx, struct arena *a, const struct round *round,
                      struct str unit, int64_t person, int64_t at_ms, int64_t today)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    struct given *given;
    TRY(check_open(tx, a, round, unit, today));
    TRY(given_read(tx, a, round, unit, &given));
    TRY(answers_compute(app, tx, a, round, unit, at_ms, given, true));
    TRY(sql_entry_submit(tx, &changed, .unit = unit, .round = round->code, .at_ms = at_ms,
                         .person = person));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(count_submission(tx, unit, at_ms));
out:
    return rc;
}
