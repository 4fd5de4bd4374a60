/*
 * Demo: two frozen rounds and one under way, for the municipalities of the demo. Answers are drawn
 * from the municipality's code, so each run gives the same; they go through the same rules as real
 * ones: the draw of who is verified, verdicts, appeals, freezing.
 */
#include "programme/assessment/assessment_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/web/demo.h"

#include <math.h>

#define KOK_JAR STR("41704235837000")
#define YEAR_DAYS 365

struct demo_round {
    struct app *app;
    struct arena *a;
    int64_t today;
    int ago; /* rounds before the one under way */
    struct round_input in;
    struct round round;
    struct str evidence; /* file id */
    bool known;
};

/* In [0, 1). */
static double roll(struct str unit, struct str what, uint64_t salt)
{
    return (double)(demo_draw(unit, demo_draw(what, salt)) >> 11) / 9007199254740992.0;
}

static struct round_input plan(const struct demo_round *d)
{
    int64_t to = d->today - 10 - (int64_t)d->ago * YEAR_DAYS;
    return (struct round_input){
        .code = arena_printf(d->a, "%d", day_to_civil(to).year),
        .from_day = to - YEAR_DAYS + 1,
        .to_day = to,
        .opens_day = to + 1,
        .closes_day = to + 31,
        .appeals_day = to + 75,
        .seed = arena_printf(d->a, "demo round %d", d->ago),
        .at_ms = day_start_ms(to + 1),
    };
}

/* How good the answer is, 0 to 1: the municipality, the subject, chance, and a little better each
 * year. */
static double quality(const struct demo_round *d, struct str unit, const struct indicator *i)
{
    double q = 0.40 + 0.38 * roll(unit, STR("quality"), 1) + 0.35 * (roll(unit, i->code, 2) - 0.5) -
               0.05 * d->ago + 0.12 * (roll(unit, i->code, 10 + (uint64_t)d->ago) - 0.5);
    return fmin(fmax(q, 0), 1);
}

static double whole_of(struct str unit, const struct indicator *i)
{
    static const char *const small[] = {"transport",     "gatherings",    "women_deputies",
                                        "access",        "land_auctions", "staff_filled",
                                        "staff_trained", "charters",      "acts_published",
                                        "documents",     "proposals"};
    double r = roll(unit, i->code, 3);
    for (size_t k = 0; k < COUNT_OF(small); k++)
        if (str_eq(i->code, str_from(small[k])))
            return 6 + floor(25 * r);
    return 400 + floor(9000 * r);
}

static struct answer_input answer_for(const struct demo_round *d, struct str unit,
                                      const struct indicator *i)
{
    double q = quality(d, unit, i), chance = roll(unit, i->code, 20 + (uint64_t)d->ago);
    double grade = roll(unit, i->code, 30) + 0.25 * roll(unit, STR("care"), 1);
    struct answer_input in = {.unit = unit,
                              .indicator = i->code,
                              .answer = {SCORE_KNOWN, NAN, NAN},
                              .grade = (char)(grade < 0.98   ? 'B'
                                              : grade < 1.12 ? 'C'
                                                             : 'D'),
                              .note = STR(""),
                              .at_ms = day_start_ms(d->in.opens_day + 12)};
    if (i->kind == KIND_CONDITION) {
        in.answer.value = roll(unit, i->code, 4) < 0.86 + 0.04 * (2 - d->ago);
        in.grade = 'B';
        return in;
    }
    if (chance < 0.02) {
        in.answer.status = SCORE_NOT_REPORTED;
        return in;
    }
    if (chance > 0.985 && i->source.n == 0) {
        in.answer.status = SCORE_NOT_APPLICABLE;
        in.note = STR("Бул кызмат бизде жок");
        return in;
    }
    if (i->kind == KIND_RUBRIC)
        in.answer.value = fmin(floor(4 * q), 3);
    else if (i->kind == KIND_NUMBER)
        in.answer.value = round(10 * (i->lo + q * (i->hi - i->lo))) / 10;
    else {
        in.answer.whole = whole_of(unit, i);
        in.answer.value = round(in.answer.whole * (i->lo + q * (i->hi - i->lo)) / 100);
    }
    return in;
}

static enum err put(struct tx *tx, const struct demo_round *d, const struct answer_input *in)
{
    char grade[2] = {in->answer.status == SCORE_KNOWN ? in->grade : 'D', 0};
    return sql_value_put(
        tx, NULL, .unit = in->unit, .round = d->in.code, .indicator = in->indicator,
        .status = str_from(status_code(in->answer.status)), .value = in->answer.value,
        .whole = in->answer.whole, .grade = str_from(grade), .note = in->note, .computed = 0,
        .href = STR_NULL, .at_ms = in->at_ms, .person = 0);
}

/* --- a round of years ago --- */

static enum err fill_unit(struct tx *tx, struct demo_round *d, struct str unit)
{
    const struct framework *f = framework_newest();
    bool now = d->ago == 0;
    double done = now ? 0.3 + 0.7 * roll(unit, STR("done"), 5) : 1;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        struct answer_input in = answer_for(d, unit, k);
        if ((now && roll(unit, k->code, 6) > done) || in.answer.status == SCORE_NOT_REPORTED)
            continue;
        TRY(put(tx, d, &in));
    }
    /* What the demo's own records tell comes from them, and replaces what was drawn. */
    if (!now) {
        struct given *given;
        TRY(given_read(tx, d->a, &d->round, unit, &given));
        TRY(answers_compute(d->app, tx, d->a, &d->round, unit, d->in.at_ms, given, true));
    }
    if (d->evidence.p && str_eq(unit, KOK_JAR))
        for (size_t i = 0; i < f->indicators.n; i++)
            if (f->indicators.v[i].kind == KIND_RUBRIC)
                TRY(sql_evidence_put(tx, NULL, .unit = unit, .id = id_at(d->in.at_ms),
                                     .round = d->in.code, .indicator = f->indicators.v[i].code,
                                     .file = d->evidence, .name = STR("токтом-үлгү.pdf"),
                                     .type = STR("application/pdf"), .is_public = i % 3 != 0,
                                     .at_ms = d->in.at_ms, .person = 0));
out:
    return rc;
}

static enum err find_round(struct tx *tx, struct demo_round *d, struct rounds *all)
{
    *all = (struct rounds){0};
    enum err rc = rounds_read(tx, d->a, STR_NULL, all);
    const struct round *round = rc == ERR_OK ? rounds_find(all, d->in.code) : NULL;
    if (rc == ERR_OK && !round)
        return ERR_NOT_FOUND;
    if (rc == ERR_OK)
        d->round = *round;
    return rc;
}

static enum err open_and_fill(struct tx *tx, void *arg)
{
    struct demo_round *d = arg;
    struct rounds all = {0};
    struct sql_entry_list_rows entries;
    enum err rc = ERR_OK;
    d->in = plan(d);
    TRY(rounds_read(tx, d->a, STR_NULL, &all));
    d->known = rounds_find(&all, d->in.code) != NULL;
    if (d->known)
        goto out;
    TRY(round_open(d->app, tx, d->a, &d->in));
    TRY(find_round(tx, d, &all));
    TRY(sql_entry_list(tx, d->a, &entries, .round = d->in.code));
    for (size_t u = 0; u < entries.n; u++) {
        struct str unit = entries.v[u].unit;
        TRY(sql_trait_put(tx, NULL, .unit = unit, .mountain = roll(unit, STR("m"), 7) < 0.45,
                          .subsidised = roll(unit, STR("s"), 8) < 0.6));
        TRY(fill_unit(tx, d, unit));
        if (d->ago > 0) {
            int64_t at_ms = day_start_ms(d->in.closes_day - 2);
            TRY(sql_entry_submit(tx, NULL, .unit = unit, .round = d->in.code, .at_ms = at_ms,
                                 .person = 0));
            TRY(count_submission(tx, unit, at_ms));
        }
    }
out:
    return rc;
}

/* What the verifier found: mostly what had been said, now and then less. */
static enum err verify_unit(struct tx *tx, struct demo_round *d, struct str unit)
{
    struct given *given;
    const struct framework *f = d->round.framework;
    enum err rc = ERR_OK;
    TRY(given_read(tx, d->a, &d->round, unit, &given));
    for (size_t i = 0; i < f->scored; i++) {
        const struct indicator *k = &f->indicators.v[i];
        struct verdict_input in = {.unit = unit,
                                   .indicator = k->code,
                                   .answer = given[i].j.self,
                                   .note = STR("Документ менен дал келет"),
                                   .at_ms = day_start_ms(d->in.closes_day + 15)};
        struct assessment_fault fault;
        if (!given[i].reasons.p || in.answer.status != SCORE_KNOWN)
            continue;
        if (roll(unit, k->code, 40 + (uint64_t)d->ago) < 0.16) {
            in.note = STR("Документте азыраак көрсөтүлгөн");
            if (k->kind == KIND_RUBRIC)
                in.answer.value = fmax(in.answer.value - 1, 0);
            else if (k->kind == KIND_SHARE)
                in.answer.value = round(in.answer.value * 0.85);
            else
                in.answer.value += (k->lo - k->hi) * 0.15;
        }
        TRY(answer_verify(tx, d->a, &d->round, &in, &fault));
    }
out:
    return rc;
}

static enum err close_and_verify(struct tx *tx, void *arg)
{
    struct demo_round *d = arg;
    struct rounds all;
    struct sql_entry_list_rows entries;
    enum err rc = ERR_OK;
    TRY(find_round(tx, d, &all));
    TRY(round_close(tx, d->a, &d->round, rounds_frozen(&all, &d->round)));
    TRY(find_round(tx, d, &all));
    TRY(sql_entry_list(tx, d->a, &entries, .round = d->in.code));
    for (size_t u = 0; u < entries.n; u++)
        TRY(verify_unit(tx, d, entries.v[u].unit));
out:
    return rc;
}

/* Two municipalities object; one is right. */
static enum err appeal(struct tx *tx, void *arg)
{
    struct demo_round *d = arg;
    struct rounds all;
    struct sql_entry_list_rows entries;
    enum err rc = ERR_OK;
    TRY(find_round(tx, d, &all));
    TRY(round_appeals(tx, &d->round));
    TRY(find_round(tx, d, &all));
    TRY(sql_entry_list(tx, d->a, &entries, .round = d->in.code));
    for (size_t u = 0; u < 2 && u < entries.n; u++) {
        struct str unit = entries.v[u].unit;
        int64_t day = d->in.appeals_day - 10, id = id_at(day_start_ms(day));
        struct assessment_fault fault;
        struct verdict_input in = {.unit = unit,
                                   .indicator = STR("boards"),
                                   .answer = {SCORE_KNOWN, 3, NAN},
                                   .note = u ? STR("Сүрөттөр жетишсиз")
                                             : STR("Бардык айылдын сүрөттөрү тиркелди"),
                                   .at_ms = day_start_ms(day + 5)};
        struct given *given;
        TRY(given_read(tx, d->a, &d->round, unit, &given));
        if (!given[framework_indicator(d->round.framework, in.indicator)].changed_ms)
            continue;
        TRY(appeal_file(tx, d->a, &d->round, unit, in.indicator,
                        STR("Такталар бардык айылда бар, сүрөттөрү бар"), id, 0, day_start_ms(day),
                        day));
        TRY(appeal_decide(tx, d->a, &d->round, id, u == 0, &in, &fault));
    }
out:
    return rc;
}

/* The least that a reader takes for a PDF; it says that it is a sample. */
static const char sample_pdf[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 120]/Contents 4 0 R/Resources<</Font"
    "<</F 5 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 47>>stream\nBT /F 18 Tf 30 60 Td (Demo: sample document) Tj ET\nendstream "
    "endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

enum err assessment_demo(struct app *app, struct demo_context *demo)
{
    struct arena *a = arena_new();
    struct str evidence, digest;
    enum err rc = ERR_OK;
    TRY(file_put(app, a, str_of(sample_pdf, sizeof sample_pdf - 1), &evidence));
    for (int ago = 2; ago >= 0; ago--) {
        struct demo_round d = {
            .app = app, .a = a, .today = demo->today, .ago = ago, .evidence = evidence};
        TRY(db_write(app->db, SCOPE_COUNTRY, open_and_fill, &d));
        if (d.known || ago == 0)
            continue;
        TRY(db_write(app->db, SCOPE_COUNTRY, close_and_verify, &d));
        TRY(db_write(app->db, SCOPE_COUNTRY, appeal, &d));
        TRY(round_freeze(app, a, d.in.code, day_start_ms(d.in.appeals_day + 3), &digest));
    }
    demo_note_address(demo,
                      (struct demo_address){STR("How municipalities compare"), STR("/assessment")});
    demo_note_address(demo, (struct demo_address){STR("Assessment of Kok-Jar"),
                                                  STR("/m/41704235837000/assessment")});
out:
    arena_free(a);
    return rc;
}
