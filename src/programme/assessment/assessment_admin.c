/*
 * The desk of programme and national staff: rounds, how far they are, what is to be verified and
 * why, verdicts, appeals, freezing.
 */
#include "programme/assessment/assessment_form.h"
#include "programme/assessment/assessment_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* --- all rounds --- */

static const struct field round_fields[ROUND_FIELDS] = {
    [ROUND_CODE] = {"code", FIELD_CODE, .required = true, .max = 20,
                    .label = MSG_assessment_round_code, .hint = MSG_assessment_round_code_hint,
                    .width = 10},
    [ROUND_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_assessment_period_from},
    [ROUND_TO] = {"to", FIELD_DATE, .required = true, .label = MSG_assessment_period_to},
    [ROUND_OPENS] = {"opens", FIELD_DATE, .required = true, .label = MSG_assessment_opens},
    [ROUND_CLOSES] = {"closes", FIELD_DATE, .required = true, .label = MSG_assessment_closes},
    [ROUND_APPEALS] = {"appeals", FIELD_DATE, .required = true,
                       .label = MSG_assessment_appeals_until},
};

struct admin_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round;
    struct sql_entry_list_rows entries;
    struct sql_appeal_list_rows appeals;
};

static enum err read_rounds(struct tx *tx, void *arg)
{
    struct admin_data *d = arg;
    d->rounds = (struct rounds){0};
    return rounds_read(tx, d->r->arena, STR_NULL, &d->rounds);
}

static bool is_manager(const struct req *r)
{
    return access_allows(&r->actor, PERM_ASSESS_MANAGE, STR("*"));
}

static struct crumb admin_crumb(struct req *r)
{
    return (struct crumb){STR("/desk/assessment"),
                          msg_text(r->ui.lang, MSG_assessment_admin_title)};
}

static enum err show_admin(struct req *r, struct form *form, int status)
{
    enum err rc = ERR_OK;
    struct admin_data d = {.r = r};
    struct admin_view v = {.manager = is_manager(r), .form = form};
    TRY(req_read(r, read_rounds, &d));
    for (size_t i = 0; i < d.rounds.n; i++) {
        const struct round *x = &d.rounds.v[i];
        ARENA_PUSH(r->arena, v.rounds,
                   ((struct round_row){
                       .code = x->code,
                       .href = arena_printf(r->arena, "/desk/assessment/%.*s", STRF(x->code)),
                       .stage = stage_message(x->stage),
                       .from_day = x->from_day,
                       .to_day = x->to_day,
                       .closes_day = x->closes_day}));
    }
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}};
    struct page page =
        assessment_page(r, true, msg_text(r->ui.lang, MSG_assessment_admin_title), crumbs, 1);
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_assessment_admin(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err assessment_admin_page(struct req *r)
{
    return show_admin(r, FORM_NEW(r, round_fields), 200);
}

struct opening {
    struct req *r;
    struct round_input in;
};

static enum err write_opening(struct tx *tx, void *arg)
{
    struct opening *o = arg;
    return round_open(o->r->app, tx, o->r->arena, &o->in);
}

enum err assessment_admin_post(struct req *r)
{
    struct form *form = NULL;
    if (!is_manager(r))
        return ERR_DENIED;
    enum err rc = FORM_READ(r, round_fields, &form);
    if (!form)
        return rc;
    const struct field_value *v = form->v;
    struct opening o = {.r = r,
                        .in = {.code = v[ROUND_CODE].s,
                               .from_day = v[ROUND_FROM].i,
                               .to_day = v[ROUND_TO].i,
                               .opens_day = v[ROUND_OPENS].i,
                               .closes_day = v[ROUND_CLOSES].i,
                               .appeals_day = v[ROUND_APPEALS].i,
                               .seed = id_secret(r->arena, 16),
                               .person = r->actor.person_id,
                               .at_ms = r->ui.now_ms}};
    if (rc == ERR_OK) {
        rc = req_write(r, write_opening, &o);
        if (rc == ERR_INPUT)
            form_fault(r, form, ROUND_CLOSES, MSG_assessment_fault_days);
        if (rc == ERR_CONFLICT)
            form_fault(r, form, ROUND_CODE, MSG_assessment_fault_code);
    }
    if (rc == ERR_INPUT || rc == ERR_CONFLICT)
        return show_admin(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_assessment_round_opened);
    resp_redirect(r, STR("/desk/assessment"));
    return ERR_OK;
}

/* --- one round --- */

static enum err read_round(struct tx *tx, void *arg)
{
    struct admin_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    TRY(read_rounds(tx, d));
    d->round = rounds_find(&d->rounds, req_param(r, "round"));
    if (!d->round)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_entry_list(tx, r->arena, &d->entries, .round = d->round->code));
    TRY(sql_appeal_list(tx, r->arena, &d->appeals, .round = d->round->code, .unit = STR_NULL));
out:
    return rc;
}

static struct str unit_name(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p ? place_name(p, r->ui.lang) : code;
}

static void fill_round(const struct admin_data *d, struct round_view *v)
{
    struct req *r = d->r;
    static const struct {
        const char *next;
        enum msg label;
    } steps[STAGE__MAX] = {[STAGE_OPEN] = {"close", MSG_assessment_do_close},
                           [STAGE_VERIFY] = {"appeals", MSG_assessment_do_appeals},
                           [STAGE_APPEAL] = {"freeze", MSG_assessment_do_freeze}};
    v->next = steps[d->round->stage].next;
    v->has_next = v->next != NULL && v->manager;
    v->next_action = v->next ? steps[d->round->stage].label : MSG_NONE;
    for (size_t i = 0; i < d->entries.n; i++) {
        const struct sql_entry_list_row *x = &d->entries.v[i];
        if (!access_allows(&r->actor, PERM_ASSESS_VERIFY, x->unit))
            continue;
        v->submitted += x->submitted_ms.set;
        v->checks += x->checks;
        v->checked += x->checked;
        ARENA_PUSH(r->arena, v->units,
                   ((struct round_unit_row){
                       .name = unit_name(r, x->unit),
                       .href = arena_printf(r->arena, "%.*s/%.*s", STRF(v->action), STRF(x->unit)),
                       .submitted_ms = x->submitted_ms.v,
                       .answered = x->answered,
                       .checks = x->checks,
                       .checked = x->checked}));
    }
    for (size_t i = 0; i < d->appeals.n; i++) {
        const struct sql_appeal_list_row *x = &d->appeals.v[i];
        int at = framework_indicator(d->round->framework, x->indicator);
        if (at < 0 || !access_allows(&r->actor, PERM_ASSESS_VERIFY, x->unit))
            continue;
        ARENA_PUSH(r->arena, v->appeals,
                   ((struct appeal_row){
                       .unit = unit_name(r, x->unit),
                       .name = text3_get(&d->round->framework->indicators.v[at].name, r->ui.lang),
                       .words = x->words,
                       .href = arena_printf(r->arena, "%.*s/%.*s/%.*s", STRF(v->action),
                                            STRF(x->unit), STRF(x->indicator)),
                       .decision = x->decision,
                       .reason = x->reason}));
    }
}

enum err assessment_round_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct admin_data d = {.r = r};
    TRY(req_read(r, read_round, &d));
    struct round_view v = {
        .code = d.round->code,
        .back = STR("/desk/assessment"),
        .action = arena_printf(r->arena, "/desk/assessment/%.*s", STRF(d.round->code)),
        .seed = d.round->seed,
        .stage = stage_message(d.round->stage),
        .manager = is_manager(r),
        .from_day = d.round->from_day,
        .to_day = d.round->to_day,
        .closes_day = d.round->closes_day,
        .appeals_day = d.round->appeals_day,
    };
    if (d.round->digest.p) {
        v.digest = d.round->digest;
        v.snapshot_href = arena_printf(r->arena, "/assessment/snapshot/%.*s", STRF(d.round->code));
    }
    fill_round(&d, &v);
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}, admin_crumb(r)};
    struct page page = assessment_page(
        r, true, MSG_STR(r->arena, r->ui.lang, MSG_assessment_round_n, ARG_S("code", v.code)),
        crumbs, COUNT_OF(crumbs));
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_round(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

static const struct choice step_choices[] = {{"close", MSG_assessment_do_close},
                                             {"appeals", MSG_assessment_do_appeals},
                                             {"freeze", MSG_assessment_do_freeze},
                                             {NULL, MSG_NONE}};
static const struct field step_fields[] = {
    {"step", FIELD_CHOICE, .required = true, .choices = step_choices,
     .label = MSG_assessment_round},
};

struct step {
    struct admin_data d;
    bool close;
};

static enum err write_step(struct tx *tx, void *arg)
{
    struct step *s = arg;
    enum err rc = ERR_OK;
    TRY(read_round(tx, &s->d));
    if (s->close)
        TRY(round_close(tx, s->d.r->arena, s->d.round, rounds_frozen(&s->d.rounds, s->d.round)));
    else
        TRY(round_appeals(tx, s->d.round));
out:
    return rc;
}

enum err assessment_round_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct step s = {.d = {.r = r}};
    struct str digest;
    if (!is_manager(r))
        return ERR_DENIED;
    TRY(FORM_READ(r, step_fields, &form));
    if (str_eq(form->v[0].s, STR("freeze")))
        TRY(round_freeze(r->app, r->arena, req_param(r, "round"), r->ui.now_ms, &digest));
    else {
        s.close = str_eq(form->v[0].s, STR("close"));
        TRY(req_write(r, write_step, &s));
    }
    resp_notice(r, MSG_assessment_step_done);
    resp_redirect(r, arena_printf(r->arena, "/desk/assessment/%.*s", STRF(req_param(r, "round"))));
out:
    if (rc == ERR_CONFLICT)
        r->error_detail = MSG_assessment_step_conflict;
    return rc;
}

/* --- what is verified of one municipality --- */

struct checks_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round;
    struct given *given;
    struct sql_evidence_list_rows evidence;
};

static enum err read_checks(struct tx *tx, void *arg)
{
    struct checks_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->rounds = (struct rounds){0};
    TRY(rounds_read(tx, r->arena, r->unit, &d->rounds));
    d->round = rounds_find(&d->rounds, req_param(r, "round"));
    if (!d->round)
        FAIL(ERR_NOT_FOUND);
    TRY(given_read(tx, r->arena, d->round, r->unit, &d->given));
    TRY(sql_evidence_list(tx, r->arena, &d->evidence, .unit = r->unit, .round = d->round->code));
out:
    return rc;
}

enum err assessment_checks_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct checks_data d = {.r = r};
    TRY(req_read(r, read_checks, &d));
    const struct framework *f = d.round->framework;
    struct check_view v = {.back =
                               arena_printf(r->arena, "/desk/assessment/%.*s", STRF(d.round->code)),
                           .unit_name = place_name(places_unit(r), r->ui.lang),
                           .round = d.round->code};
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct given *g = &d.given[i];
        const struct indicator *k = &f->indicators.v[i];
        if (!g->reasons.p)
            continue;
        ARENA_PUSH(
            r->arena, v.answers,
            ((struct answer_row){.name = text3_get(&k->name, r->ui.lang),
                                 .value = answer_text(r, k, &g->j.self),
                                 .past = g->j.verified ? answer_text(r, k, &g->j.final) : STR(""),
                                 .state = reasons_text(r, g->reasons),
                                 .grade = arena_printf(r->arena, "%c", g->j.grade),
                                 .verified = g->j.verified,
                                 .form_href = arena_printf(r->arena, "%.*s/%.*s/%.*s", STRF(v.back),
                                                           STRF(r->unit), STRF(k->code)),
                                 .evidence = evidence_links(r, &d.evidence, k->code, false)}));
    }
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        admin_crumb(r),
        {v.back, MSG_STR(r->arena, r->ui.lang, MSG_assessment_round_n, ARG_S("code", v.round))}};
    struct page page = assessment_page(r, true, msg_text(r->ui.lang, MSG_assessment_checks_title),
                                       crumbs, COUNT_OF(crumbs));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_checks(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- a verdict, or the decision of an appeal --- */

static enum err show_check(const struct answer_data *d, struct form *form, int status)
{
    struct req *r = d->r;
    const struct sql_appeal_list_row *appeal = answer_appeal(d);
    struct answer_view v = {.form = form, .verifier = true};
    v.back =
        arena_printf(r->arena, "/desk/assessment/%.*s/%.*s", STRF(d->round->code), STRF(r->unit));
    answer_fill_view(d, &v);
    v.decide = d->round->stage == STAGE_APPEAL && appeal && !appeal->decision.p;
    v.editable = v.decide || d->round->stage == STAGE_VERIFY;
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             admin_crumb(r),
                             {v.back, place_name(places_unit(r), r->ui.lang)}};
    struct page page = assessment_page(r, true, v.name, crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_assessment_verdict(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err assessment_check_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct answer_data d = {.r = r, .want_round = req_param(r, "round")};
    TRY(req_read(r, answer_data_read, &d));
    struct form *form = FORM_NEW(r, assessment_answer_fields);
    const struct given *g = &d.given[d.at];
    answer_to_form(form, &d.round->framework->indicators.v[d.at], &g->j.final, g->j.grade,
                   g->verified_note);
    TRY(show_check(&d, form, 200));
out:
    return rc;
}

struct verdict {
    struct answer_data d;
    struct verdict_input in;
    struct assessment_fault fault;
    bool decide, accept;
};

static enum err write_verdict(struct tx *tx, void *arg)
{
    struct verdict *v = arg;
    struct req *r = v->d.r;
    enum err rc = ERR_OK;
    TRY(answer_data_read(tx, &v->d));
    if (!v->decide) {
        TRY(answer_verify(tx, r->arena, v->d.round, &v->in, &v->fault));
        goto out;
    }
    const struct sql_appeal_list_row *appeal = answer_appeal(&v->d);
    if (!appeal)
        FAIL(ERR_NOT_FOUND);
    TRY(appeal_decide(tx, r->arena, v->d.round, appeal->id, v->accept, &v->in, &v->fault));
out:
    return rc;
}

enum err assessment_check_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct verdict v = {.d = {.r = r, .want_round = req_param(r, "round")},
                        .fault = {-1, MSG_NONE}};
    TRY(req_read(r, answer_data_read, &v.d));
    const struct indicator *i = &v.d.round->framework->indicators.v[v.d.at];
    rc = FORM_READ(r, assessment_answer_fields, &form);
    if (!form)
        return rc;
    v.in = (struct verdict_input){.unit = r->unit,
                                  .indicator = i->code,
                                  .note = form->v[ASSESS_NOTE].s,
                                  .person = r->actor.person_id,
                                  .at_ms = r->ui.now_ms};
    v.decide = v.d.round->stage == STAGE_APPEAL;
    /* The tick says that the appeal is right; without it the value stays as it was. */
    v.accept = form->v[ASSESS_PUBLIC].present;
    if (rc == ERR_OK && (!v.decide || v.accept) && !answer_from_form(r, form, i, &v.in.answer))
        rc = ERR_INPUT;
    if (rc == ERR_OK)
        rc = req_write(r, write_verdict, &v);
    if (rc == ERR_INPUT) {
        answer_show_fault(r, form, i, v.fault);
        return show_check(&v.d, form, 422);
    }
    TRY(rc);
    resp_notice(r, MSG_assessment_saved);
    resp_redirect(r, arena_printf(r->arena, "/desk/assessment/%.*s/%.*s", STRF(v.d.round->code),
                                  STRF(r->unit)));
out:
    return rc;
}
