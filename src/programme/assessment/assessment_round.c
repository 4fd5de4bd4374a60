/*
 * The life of a round: opened for all partner municipalities, closed (which draws what is
 * verified), appealed, frozen. Whoever runs it cannot choose whom to verify: the random part
 * follows from the seed, the rest from rules that are kept with each answer.
 */
#include "programme/assessment/assessment_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/trail.h"

#include <math.h>
#include <stdlib.h>

#define JUMP_POINTS 30.0 /* since the round before */
#define OUTLIER_MADS 3.0 /* scaled median deviations from the median */
#define OUTLIER_LEAST 8  /* municipalities that make a median worth having */

/* --- opening --- */

static bool in_round(const struct place *p)
{
    return place_is_municipality(p) && p->partner && !p->successor;
}

static enum err check_framework(struct tx *tx, struct arena *a, const struct framework *f)
{
    struct sql_framework_stored_rows rows;
    enum err rc = sql_framework_stored(tx, a, &rows);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        if (str_eq(rows.v[i].code, f->code) && !str_eq(rows.v[i].digest, f->digest))
            rc = ERR_CONFLICT;
    return rc;
}

enum err round_open(struct app *app, struct tx *tx, struct arena *a, const struct round_input *in)
{
    const struct framework *f = framework_newest();
    const struct territory *t = territory_get(app, a);
    enum err rc = ERR_OK;
    if (in->from_day > in->to_day || in->opens_day > in->closes_day ||
        in->closes_day >= in->appeals_day || in->opens_day <= in->from_day || !in->code.n ||
        in->seed.n < 8)
        FAIL(ERR_INPUT);
    TRY(check_framework(tx, a, f));
    TRY(sql_framework_keep(tx, NULL, .code = f->code, .digest = f->digest, .body = f->body,
                           .at_ms = in->at_ms));
    TRY(sql_round_put(tx, NULL, .code = in->code, .framework = f->code, .from_day = in->from_day,
                      .to_day = in->to_day, .opens_day = in->opens_day,
                      .closes_day = in->closes_day, .appeals_day = in->appeals_day,
                      .seed = in->seed, .at_ms = in->at_ms, .person = in->person));
    for (size_t i = 0; i < t->n; i++)
        if (in_round(t->all[i]))
            TRY(sql_entry_put(tx, NULL, .unit = t->all[i]->code, .round = in->code));
out:
    return rc;
}

/* --- who is verified --- */

struct drawn {
    struct str unit;
    int indicator;
    double points;
    char grade;
    bool random, jump, outlier;
};
struct draw {
    struct drawn *v;
    size_t n, cap;
};

static int by_double(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_double);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Far from what others say of the same indicator. A rubric has only four values. */
static void mark_outliers(struct arena *a, const struct framework *f, struct draw *d)
{
    double *points = ARENA_ARRAY(a, double, d->n), *away = ARENA_ARRAY(a, double, d->n);
    for (size_t i = 0; i < f->scored; i++) {
        size_t n = 0;
        if (f->indicators.v[i].kind == KIND_RUBRIC)
            continue;
        for (size_t k = 0; k < d->n; k++)
            if (d->v[k].indicator == (int)i)
                points[n++] = d->v[k].points;
        if (n < OUTLIER_LEAST)
            continue;
        double middle = median(points, n);
        for (size_t k = 0; k < n; k++)
            away[k] = fabs(points[k] - middle);
        double spread = 1.4826 * median(away, n); /* that of a normal distribution */
        for (size_t k = 0; k < d->n && spread > 0; k++)
            if (d->v[k].indicator == (int)i)
                d->v[k].outlier = fabs(d->v[k].points - middle) > OUTLIER_MADS * spread;
    }
}

static enum err mark_jumps(struct tx *tx, struct arena *a, const struct framework *f,
                           const struct round *before, struct draw *d)
{
    struct sql_point_previous_rows rows = {0};
    size_t at = 0;
    enum err rc = before ? sql_point_previous(tx, a, &rows, .round = before->code) : ERR_OK;
    /* Both are in the order of municipalities. */
    for (size_t k = 0; rc == ERR_OK && k < d->n; k++) {
        while (at < rows.n && str_compare(rows.v[at].unit, d->v[k].unit) < 0)
            at++;
        for (size_t i = at; i < rows.n && str_eq(rows.v[i].unit, d->v[k].unit); i++)
            if (str_eq(rows.v[i].what, f->indicators.v[d->v[k].indicator].code))
                d->v[k].jump = fabs(rows.v[i].points - d->v[k].points) >= JUMP_POINTS;
    }
    return rc;
}

static void mark_random(struct arena *a, const struct round *round, struct draw *d)
{
    struct str *keys = ARENA_ARRAY(a, struct str, d->n);
    bool *picked = ARENA_ARRAY(a, bool, d->n);
    for (size_t k = 0; k < d->n; k++)
        keys[k] = arena_printf(a, "%.*s/%.*s", STRF(d->v[k].unit),
                               STRF(round->framework->indicators.v[d->v[k].indicator].code));
    score_sample(a, round->seed, keys, d->n, picked);
    for (size_t k = 0; k < d->n; k++)
        d->v[k].random = picked[k];
}

static enum err keep_draw(struct tx *tx, struct arena *a, const struct round *round,
                          const struct draw *d)
{
    enum err rc = ERR_OK;
    for (size_t k = 0; k < d->n; k++) {
        const struct drawn *x = &d->v[k];
        struct buf *why = buf_in(a);
        const struct {
            bool is;
            const char *code;
        } reasons[] = {{x->random, "random"},
                       {x->jump, "jump"},
                       {x->grade == 'D', "grade_d"},
                       {x->outlier, "outlier"}};
        for (size_t i = 0; i < COUNT_OF(reasons); i++)
            if (reasons[i].is) {
                if (why->n)
                    buf_char(why, ',');
                buf_cstr(why, reasons[i].code);
            }
        if (why->n)
            TRY(sql_check_put(tx, NULL, .unit = x->unit, .round = round->code,
                              .indicator = round->framework->indicators.v[x->indicator].code,
                              .reasons = buf_view(why)));
    }
out:
    return rc;
}

static enum err move(struct tx *tx, const struct round *round, enum stage from, const char *to)
{
    int64_t changed = 0;
    if (round->stage != from)
        return ERR_CONFLICT;
    enum err rc = sql_round_stage(tx, &changed, .code = round->code, .revision = round->revision,
                                  .stage = str_from(to));
    return rc == ERR_OK && changed != 1 ? ERR_CONFLICT : rc;
}

enum err round_close(struct tx *tx, struct arena *a, const struct round *round,
                     const struct round *before)
{
    const struct framework *f = round->framework;
    struct sql_value_all_rows rows;
    struct draw d = {0};
    enum err rc = ERR_OK;
    TRY(move(tx, round, STAGE_OPEN, "verify"));
    TRY(sql_value_all(tx, a, &rows, .round = round->code));
    for (size_t k = 0; k < rows.n; k++) {
        const struct sql_value_all_row *row = &rows.v[k];
        int at = framework_indicator(f, row->indicator);
        struct answer x = {.value = row->value, .whole = row->whole};
        if (at < 0 || at >= (int)f->scored || row->computed ||
            !status_parse(row->status, &x.status) || x.status != SCORE_KNOWN)
            continue;
        ARENA_PUSH(a, d,
                   ((struct drawn){.unit = row->unit,
                                   .indicator = at,
                                   .grade = row->grade.p[0],
                                   .points = answer_points(&f->indicators.v[at], &x, NAN)}));
    }
    mark_random(a, round, &d);
    mark_outliers(a, f, &d);
    TRY(mark_jumps(tx, a, f, before, &d));
    TRY(keep_draw(tx, a, round, &d));
out:
    return rc;
}

enum err round_appeals(struct tx *tx, const struct round *round)
{
    return move(tx, round, STAGE_VERIFY, "appeal");
}

/* --- verdicts --- */

static enum err keep_verdict(struct tx *tx, const struct round *round,
                             const struct verdict_input *in, struct assessment_fault *fault)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    int at = framework_indicator(round->framework, in->indicator);
    *fault = (struct assessment_fault){-1, MSG_NONE};
    if (at < 0)
        FAIL(ERR_NOT_FOUND);
    struct answer_input as = {.unit = in->unit,
                              .indicator = in->indicator,
                              .answer = in->answer,
                              .grade = 'A',
                              .note = in->note};
    *fault = answer_check(&round->framework->indicators.v[at], &as);
    if (fault->m == MSG_NONE && in->note.n == 0)
        *fault = (struct assessment_fault){ANSWER_NOTE, MSG_assessment_fault_why};
    if (fault->m != MSG_NONE)
        FAIL(ERR_INPUT);
    bool known = in->answer.status == SCORE_KNOWN;
    TRY(sql_value_verify(
        tx, &changed, .unit = in->unit, .round = round->code, .indicator = in->indicator,
        .status = str_from(status_code(in->answer.status)), .value = known ? in->answer.value : NAN,
        .whole = known ? in->answer.whole : NAN, .note = in->note, .at_ms = in->at_ms,
        .person = in->person));
    if (changed != 1)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_round_touch(tx, &changed, .code = round->code));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
out:
    return rc;
}

enum err answer_verify(struct tx *tx, struct arena *a, const struct round *round,
                       const struct verdict_input *in, struct assessment_fault *fault)
{
    (void)a;
    *fault = (struct assessment_fault){-1, MSG_NONE};
    return round->stage == STAGE_VERIFY ? keep_verdict(tx, round, in, fault) : ERR_CONFLICT;
}

enum err appeal_file(struct tx *tx, struct arena *a, const struct round *round, struct str unit,
                     struct str indicator, struct str words, int64_t id, int64_t person,
                     int64_t at_ms, int64_t today)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    struct sql_entry_get_row entry;
    if (round->stage != STAGE_APPEAL || today > round->appeals_day)
        FAIL(ERR_CONFLICT);
    if (words.n == 0)
        FAIL(ERR_INPUT);
    if (framework_indicator(round->framework, indicator) < 0)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_entry_get(tx, a, &entry, .unit = unit, .round = round->code));
    TRY(sql_appeal_put(tx, NULL, .unit = unit, .id = id, .round = round->code,
                       .indicator = indicator, .words = words, .at_ms = at_ms, .person = person));
    TRY(sql_round_touch(tx, &changed, .code = round->code));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
out:
    return rc;
}

enum err appeal_decide(struct tx *tx, struct arena *a, const struct round *round, int64_t id,
                       bool accept, const struct verdict_input *in, struct assessment_fault *fault)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    (void)a;
    *fault = (struct assessment_fault){-1, MSG_NONE};
    if (round->stage != STAGE_APPEAL)
        FAIL(ERR_CONFLICT);
    if (in->note.n == 0) {
        *fault = (struct assessment_fault){ANSWER_NOTE, MSG_assessment_fault_why};
        FAIL(ERR_INPUT);
    }
    if (accept)
        TRY(keep_verdict(tx, round, in, fault));
    TRY(sql_appeal_decide(tx, &changed, .unit = in->unit, .id = id,
                          .decision = accept ? STR("accepted") : STR("refused"), .reason = in->note,
                          .at_ms = in->at_ms, .person = in->person));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(sql_round_touch(tx, NULL, .code = round->code));
out:
    return rc;
}

/* --- the record --- */

static void take_traits(struct arena *a, const struct territory *t,
                        const struct sql_trait_list_rows *traits, struct record *r)
{
    double *people = ARENA_ARRAY(a, double, r->unit_count);
    int *terciles = ARENA_ARRAY(a, int, r->unit_count);
    for (size_t u = 0; u < r->unit_count; u++) {
        struct record_unit *x = &r->units[u];
        const struct place *p = territory_find(t, x->code);
        people[u] = p ? (double)p->population : 0;
        x->traits.v[1] = p && p->kind != PLACE_AIMAK;
        for (size_t i = 0; i < traits->n; i++)
            if (str_eq(traits->v[i].unit, x->code)) {
                x->traits.v[0] = traits->v[i].mountain != 0;
                x->traits.v[3] = traits->v[i].subsidised != 0;
            }
    }
    score_terciles(a, people, r->unit_count, terciles);
    for (size_t u = 0; u < r->unit_count; u++)
        r->units[u].traits.v[2] = terciles[u];
}

static void take_answer(const struct round *round, const struct sql_value_all_row *row,
                        struct record_unit *u)
{
    int at = framework_indicator(round->framework, row->indicator);
    if (at < 0)
        return;
    struct judged *j = &u->answers[at];
    INVARIANT(status_parse(row->status, &j->self.status));
    j->self.value = row->value;
    j->self.whole = row->whole;
    j->final = j->self;
    j->grade = row->grade.n ? row->grade.p[0] : 'D';
    j->verified = row->verified_status.p != NULL;
    j->computed = row->computed && !j->verified;
    if (j->verified) {
        INVARIANT(status_parse(row->verified_status, &j->final.status));
        j->final.value = row->verified_value;
        j->final.whole = row->verified_whole;
        j->grade = 'A';
        j->random = row->reasons.p && str_starts(row->reasons, STR("random"));
    }
}

static struct record_unit *unit_of(struct record *r, struct str code)
{
    for (size_t u = r->unit_count; u-- > 0;)
        if (str_eq(r->units[u].code, code))
            return &r->units[u];
    return NULL;
}

/* The means of a group in the round before: nobody's score depends on what a neighbour does now. */
static enum err take_means(struct tx *tx, struct arena *a, const struct round *before,
                           struct record *r)
{
    const struct framework *f = r->framework;
    struct sql_value_all_rows rows = {0};
    int *peers = record_peers(a, r, &r->groups);
    size_t n = f->indicators.n * (size_t)(r->groups ? r->groups : 1);
    double *part = ARENA_ARRAY(a, double, n), *whole = ARENA_ARRAY(a, double, n);
    enum err rc = before ? sql_value_all(tx, a, &rows, .round = before->code) : ERR_OK;
    r->means = ARENA_ARRAY(a, double, n);
    for (size_t k = 0; rc == ERR_OK && k < rows.n; k++) {
        const struct sql_value_all_row *row = &rows.v[k];
        const struct record_unit *u = unit_of(r, row->unit);
        int at = framework_indicator(f, row->indicator);
        bool verified = row->verified_status.p != NULL;
        double value = verified ? row->verified_value : row->value;
        double all = verified ? row->verified_whole : row->whole;
        if (!u || at < 0 || f->indicators.v[at].kind != KIND_SHARE || isnan(value) || isnan(all))
            continue;
        size_t cell = (size_t)peers[u - r->units] * f->indicators.n + (size_t)at;
        part[cell] += value;
        whole[cell] += all;
    }
    for (size_t k = 0; k < n; k++)
        r->means[k] = whole[k] > 0 ? part[k] / whole[k] : NAN;
    return rc;
}

enum err round_record(struct app *app, struct tx *tx, struct arena *a, const struct round *round,
                      const struct round *before, struct record *out)
{
    struct sql_entry_list_rows entries;
    struct sql_value_all_rows rows;
    struct sql_trait_list_rows traits;
    const struct framework *f = round->framework;
    enum err rc = ERR_OK;
    size_t at = 0;
    *out = (struct record){.round = round->code, .framework = f, .seed = round->seed};
    TRY(sql_entry_list(tx, a, &entries, .round = round->code));
    TRY(sql_value_all(tx, a, &rows, .round = round->code));
    TRY(sql_trait_list(tx, a, &traits));
    out->units = ARENA_ARRAY(a, struct record_unit, entries.n);
    out->unit_count = entries.n;
    for (size_t u = 0; u < entries.n; u++) {
        struct record_unit *x = &out->units[u];
        x->code = entries.v[u].unit;
        x->answers = ARENA_ARRAY(a, struct judged, f->indicators.n);
        for (size_t i = 0; i < f->indicators.n; i++)
            x->answers[i] = (struct judged){.self = {SCORE_NOT_REPORTED, NAN, NAN},
                                            .final = {SCORE_NOT_REPORTED, NAN, NAN},
                                            .grade = 'D'};
        for (; at < rows.n && str_eq(rows.v[at].unit, x->code); at++)
            take_answer(round, &rows.v[at], x);
    }
    take_traits(a, territory_get(app, a), &traits, out);
    TRY(take_means(tx, a, before, out));
out:
    return rc;
}

/* --- freezing --- */

struct freezing {
    struct app *app;
    struct arena *a;
    struct str code, text, digest;
    struct round round;
    struct record record;
    int64_t at_ms;
};

static enum err read_inputs(struct tx *tx, void *arg)
{
    struct freezing *z = arg;
    struct rounds all = {0};
    struct sql_appeal_list_rows appeals;
    enum err rc = ERR_OK;
    TRY(rounds_read(tx, z->a, STR_NULL, &all));
    const struct round *round = rounds_find(&all, z->code);
    if (!round)
        FAIL(ERR_NOT_FOUND);
    if (round->stage != STAGE_APPEAL)
        FAIL(ERR_CONFLICT);
    TRY(sql_appeal_list(tx, z->a, &appeals, .round = z->code, .unit = STR_NULL));
    for (size_t i = 0; i < appeals.n; i++)
        if (!appeals.v[i].decision.p)
            FAIL(ERR_CONFLICT);
    z->round = *round;
    TRY(round_record(z->app, tx, z->a, round, rounds_frozen(&all, round), &z->record));
out:
    return rc;
}

static enum err put_unit(struct tx *tx, const struct freezing *z, size_t u)
{
    const struct record *r = &z->record;
    const struct record_result *x = &r->results[u];
    const struct framework *f = r->framework;
    struct str unit = r->units[u].code;
    char grade[2] = {x->grade, 0};
    enum err rc = ERR_OK;
    TRY(sql_result_put(tx, NULL, .unit = unit, .round = z->code, .points = x->whole.points,
                       .low = x->whole.low, .high = x->whole.high, .factor = x->factor,
                       .missing = x->whole.missing, .grade = str_from(grade),
                       .conditions = x->conditions, .peers = x->peers, .rank = x->rank.rank,
                       .rank_low = x->rank.rank_low, .rank_high = x->rank.rank_high,
                       .band = x->band));
    for (size_t p = 0; p < f->pillars.n; p++)
        TRY(sql_point_put(tx, NULL, .unit = unit, .round = z->code,
                          .what = arena_printf(z->a, "pillar:%.*s", STRF(f->pillars.v[p].code)),
                          .points = x->pillars[p].points, .low = x->pillars[p].low,
                          .high = x->pillars[p].high));
    for (size_t i = 0; i < f->scored; i++)
        if (!isnan(x->points[i]))
            TRY(sql_point_put(tx, NULL, .unit = unit, .round = z->code,
                              .what = f->indicators.v[i].code, .points = x->points[i], .low = NAN,
                              .high = NAN));
    TRY(count_frozen(tx, z->a, unit, z->code));
    TRY(trail_append(tx, unit, "assessment_frozen",
                     arena_printf(z->a, "%.*s/%.*s", STRF(z->code), STRF(z->digest)), z->digest,
                     NULL));
out:
    return rc;
}

static enum err write_frozen(struct tx *tx, void *arg)
{
    struct freezing *z = arg;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(sql_round_freeze(tx, &changed, .code = z->code, .revision = z->round.revision,
                         .digest = z->digest, .snapshot = z->text, .at_ms = z->at_ms));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    for (size_t u = 0; u < z->record.unit_count; u++)
        TRY(put_unit(tx, z, u));
out:
    return rc;
}

enum err round_freeze(struct app *app, struct arena *a, struct str code, int64_t at_ms,
                      struct str *digest)
{
    struct freezing z = {.app = app, .a = a, .code = code, .at_ms = at_ms};
    enum err rc = ERR_OK;
    TRY(db_read(app->db, SCOPE_COUNTRY, read_inputs, &z));
    record_compute(a, &z.record);
    z.text = record_text(a, &z.record);
    z.digest = digest_of(a, z.text);
    TRY(db_write(app->db, SCOPE_COUNTRY, write_frozen, &z));
    *digest = z.digest;
out:
    return rc;
}
