/* See assessment_form.h. */
#include "programme/assessment/assessment_form.h"

#include "platform/core/clock.h"

#include <math.h>

#define EVIDENCE_MAX (10 << 20)

static const struct choice status_choices[] = {{"known", MSG_assessment_status_known},
                                               {"na", MSG_assessment_not_applicable},
                                               {"missing", MSG_assessment_status_missing},
                                               {NULL, MSG_NONE}};
static const struct choice grade_choices[] = {{"B", MSG_assessment_grade_b},
                                              {"C", MSG_assessment_grade_c},
                                              {"D", MSG_assessment_grade_d},
                                              {NULL, MSG_NONE}};
const struct field assessment_answer_fields[ASSESS_FIELDS] = {
    [ASSESS_STATUS] = {"status", FIELD_CHOICE, .required = true, .choices = status_choices,
                       .label = MSG_assessment_status},
    [ASSESS_LEVEL] = {"level", FIELD_INT, .min = 0, .max = 3, .label = MSG_assessment_level},
    [ASSESS_VALUE] = {"value", FIELD_DECIMAL, .min = -1000000000000, .max = 1000000000000,
                      .label = MSG_assessment_value, .width = 10},
    [ASSESS_WHOLE] = {"whole", FIELD_DECIMAL, .min = 0, .max = 10000000000000,
                      .label = MSG_assessment_whole, .width = 10},
    [ASSESS_GRADE] = {"grade", FIELD_CHOICE, .choices = grade_choices,
                      .label = MSG_assessment_where_from},
    [ASSESS_NOTE] = {"note", FIELD_TEXT, .max = 1000, .label = MSG_assessment_note, .rows = 3},
    [ASSESS_FILE] = {"evidence", FIELD_FILES, .count = 3, .max = EVIDENCE_MAX,
                     .label = MSG_assessment_file, .hint = MSG_assessment_file_hint,
                     .accept = "application/pdf,image/jpeg,image/png"},
    [ASSESS_PUBLIC] = {"public", FIELD_BOOL, .label = MSG_assessment_file_public},
};

enum err answer_data_read(struct tx *tx, void *arg)
{
    struct answer_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->rounds = (struct rounds){0};
    TRY(rounds_read(tx, r->arena, r->unit, &d->rounds));
    d->round = d->want_round.p ? rounds_find(&d->rounds, d->want_round)
               : d->rounds.n   ? &d->rounds.v[0]
                               : NULL;
    if (!d->round)
        FAIL(ERR_NOT_FOUND);
    d->at = framework_indicator(d->round->framework, req_param(r, "indicator"));
    if (d->at < 0)
        FAIL(ERR_NOT_FOUND);
    TRY(given_read(tx, r->arena, d->round, r->unit, &d->given));
    TRY(sql_evidence_list(tx, r->arena, &d->evidence, .unit = r->unit, .round = d->round->code));
    TRY(sql_entry_get(tx, r->arena, &d->entry, .unit = r->unit, .round = d->round->code));
    TRY(sql_appeal_list(tx, r->arena, &d->appeals, .round = d->round->code, .unit = r->unit));
    if (d->round->stage == STAGE_OPEN && !d->entry.submitted_ms.set)
        TRY(answers_compute(r->app, tx, r->arena, d->round, r->unit, r->ui.now_ms, d->given,
                            false));
out:
    return rc;
}

enum err answer_sheet_read(struct req *r, struct tx *tx, struct answer_sheet *out)
{
    enum err rc = ERR_OK;
    struct sql_entry_get_row entry;
    struct str wanted = req_query(r, "round");
    int64_t today = day_of_ms(r->ui.now_ms);
    *out = (struct answer_sheet){0};
    TRY(rounds_read(tx, r->arena, r->unit, &out->rounds));
    out->round = wanted.p        ? rounds_find(&out->rounds, wanted)
                 : out->rounds.n ? &out->rounds.v[0]
                                 : NULL;
    if (!out->round)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_entry_get(tx, r->arena, &entry, .unit = r->unit, .round = out->round->code));
    TRY(given_read(tx, r->arena, out->round, r->unit, &out->given));
    bool open = out->round->stage == STAGE_OPEN && !entry.submitted_ms.set;
    if (open)
        TRY(answers_compute(r->app, tx, r->arena, out->round, r->unit, r->ui.now_ms, out->given,
                            false));
    out->editable = open && today >= out->round->opens_day && today <= out->round->closes_day;
out:
    return rc;
}

const struct sql_appeal_list_row *answer_appeal(const struct answer_data *d)
{
    for (size_t i = 0; i < d->appeals.n; i++)
        if (str_eq(d->appeals.v[i].indicator, d->round->framework->indicators.v[d->at].code))
            return &d->appeals.v[i];
    return NULL;
}

bool answer_from_form(struct req *r, struct form *f, const struct indicator *i, struct answer *out)
{
    bool levels = i->kind == KIND_RUBRIC || i->kind == KIND_CONDITION;
    const struct field_value *level = &f->v[ASSESS_LEVEL], *value = &f->v[ASSESS_VALUE],
                             *whole = &f->v[ASSESS_WHOLE];
    *out = (struct answer){SCORE_KNOWN, NAN, NAN};
    if (!status_parse(f->v[ASSESS_STATUS].s, &out->status))
        return false;
    if (out->status != SCORE_KNOWN)
        return true;
    if (levels) {
        if (!level->present)
            form_fault(r, f, ASSESS_LEVEL, MSG_assessment_fault_level);
        out->value = (double)level->i;
        return level->present;
    }
    if (!value->present)
        form_fault(r, f, ASSESS_VALUE, MSG_assessment_fault_number);
    if (i->kind == KIND_SHARE && !whole->present)
        form_fault(r, f, ASSESS_WHOLE, MSG_assessment_fault_whole);
    out->value = value->f;
    if (i->kind == KIND_SHARE)
        out->whole = whole->f;
    return value->present && (i->kind != KIND_SHARE || whole->present);
}

static void set_double(struct form *f, int field, double v)
{
    struct buf *text = buf_in(f->arena);
    if (isnan(v))
        return;
    buf_double(text, v);
    form_set(f, field, buf_view(text));
}

void answer_to_form(struct form *f, const struct indicator *i, const struct answer *x, char grade,
                    struct str note)
{
    form_set(f, ASSESS_STATUS, str_from(status_code(x->status)));
    form_set(f, ASSESS_NOTE, note);
    form_set(f, ASSESS_GRADE, arena_printf(f->arena, "%c", grade == 'A' ? 'B' : grade));
    if (x->status != SCORE_KNOWN) {
        form_set(f, ASSESS_STATUS, x->status == SCORE_NOT_APPLICABLE ? STR("na") : STR("known"));
        form_set(f, ASSESS_GRADE, STR("B"));
        return;
    }
    if (i->kind == KIND_RUBRIC || i->kind == KIND_CONDITION)
        form_set_int(f, ASSESS_LEVEL, (int64_t)x->value);
    else {
        set_double(f, ASSESS_VALUE, x->value);
        set_double(f, ASSESS_WHOLE, x->whole);
    }
}

void answer_show_fault(struct req *r, struct form *f, const struct indicator *i,
                       struct assessment_fault fault)
{
    bool levels = i->kind == KIND_RUBRIC || i->kind == KIND_CONDITION;
    static const int fields[] = {[ANSWER_STATUS] = ASSESS_STATUS,
                                 [ANSWER_VALUE] = ASSESS_VALUE,
                                 [ANSWER_WHOLE] = ASSESS_WHOLE,
                                 [ANSWER_GRADE] = ASSESS_GRADE,
                                 [ANSWER_NOTE] = ASSESS_NOTE};
    if (fault.m == MSG_NONE)
        return;
    int field = fault.field < 0 ? -1 : fields[fault.field];
    form_fault(r, f, field == ASSESS_VALUE && levels ? ASSESS_LEVEL : field, fault.m);
}

static struct option_list levels_of(struct req *r, const struct indicator *i)
{
    enum lang lang = r->ui.lang;
    if (i->kind == KIND_CONDITION) {
        struct option *o = ARENA_ARRAY(r->arena, struct option, 2);
        o[0] = (struct option){.value = STR("1"), .text = msg_text(lang, MSG_assessment_met)};
        o[1] = (struct option){.value = STR("0"), .text = msg_text(lang, MSG_assessment_not_met)};
        return (struct option_list){o, 2};
    }
    struct option *o = ARENA_ARRAY(r->arena, struct option, 4);
    o[0] = (struct option){.value = STR("0"), .text = msg_text(lang, MSG_assessment_level_none)};
    for (int k = 1; k <= 3; k++)
        o[k] = (struct option){.value = arena_printf(r->arena, "%d", k),
                               .text = MSG_STR(r->arena, lang, MSG_assessment_level_proof,
                                               ARG_PLAIN("n", k),
                                               ARG_S("proof", text3_get(&i->levels[k - 1], lang)))};
    return (struct option_list){o, 4};
}

void answer_fill_view(const struct answer_data *d, struct answer_view *v)
{
    struct req *r = d->r;
    const struct indicator *i = &d->round->framework->indicators.v[d->at];
    const struct given *g = &d->given[d->at];
    const struct sql_appeal_list_row *appeal = answer_appeal(d);
    v->name = text3_get(&i->name, r->ui.lang);
    v->what = text3_get(&i->what, r->ui.lang);
    v->proof = text3_get(&i->proof, r->ui.lang);
    v->goal = goal_text(r, i);
    v->pillar = pillar_name(d->round->framework, i->pillar, r->ui.lang);
    v->rubric = i->kind == KIND_RUBRIC || i->kind == KIND_CONDITION;
    v->share = i->kind == KIND_SHARE;
    v->condition = i->kind == KIND_CONDITION;
    v->levels = levels_of(r, i);
    v->computed = g->j.computed;
    v->computed_value = answer_text(r, i, &g->j.self);
    v->computed_href = g->href;
    v->said = answer_text(r, i, &g->j.self);
    v->why = g->note;
    if (g->j.verified)
        v->verified = MSG_STR(r->arena, r->ui.lang, MSG_assessment_verdict_is,
                              ARG_S("value", answer_text(r, i, &g->j.final)),
                              ARG_S("note", g->verified_note.p ? g->verified_note : STR("")));
    v->reasons = reasons_text(r, g->reasons);
    v->evidence = evidence_links(r, &d->evidence, i->code, false);
    if (appeal) {
        v->appealed = appeal->words;
        if (appeal->decision.p)
            v->decision =
                MSG_STR(r->arena, r->ui.lang,
                        str_eq(appeal->decision, STR("accepted")) ? MSG_assessment_appeal_accepted
                                                                  : MSG_assessment_appeal_refused,
                        ARG_S("reason", appeal->reason));
    }
}

struct str reasons_text(struct req *r, struct str reasons)
{
    static const struct {
        const char *code;
        enum msg name;
    } all[] = {{"random", MSG_assessment_why_random},
               {"jump", MSG_assessment_why_jump},
               {"grade_d", MSG_assessment_why_grade},
               {"outlier", MSG_assessment_why_outlier}};
    struct buf *out = buf_in(r->arena);
    struct str rest = reasons, part;
    while (reasons.p && str_split(&rest, ',', &part))
        for (size_t i = 0; i < COUNT_OF(all); i++)
            if (str_eq(part, str_from(all[i].code))) {
                if (out->n)
                    buf_cstr(out, "; ");
                buf_str(out, msg_text(r->ui.lang, all[i].name));
            }
    return buf_view(out);
}
