/*
 * The municipality's desk: what is asked, what is answered, one indicator a page (each saved on its
 * own, so a lost connection loses one answer at most), submission, appeals.
 */
#include "programme/assessment/assessment_form.h"
#include "programme/assessment/assessment_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"

/* --- the list --- */

struct desk_data {
    struct req *r;
    struct rounds rounds;
    const struct round *round;
    struct given *given;
    struct sql_evidence_list_rows evidence;
    struct sql_entry_get_row entry;
};

static enum err read_desk(struct tx *tx, void *arg)
{
    struct desk_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->rounds = (struct rounds){0};
    TRY(rounds_read(tx, r->arena, r->unit, &d->rounds));
    struct str wanted = req_query(r, "round");
    d->round = wanted.p ? rounds_find(&d->rounds, wanted) : d->rounds.n ? &d->rounds.v[0] : NULL;
    if (!d->round)
        FAIL(wanted.p ? ERR_NOT_FOUND : ERR_OK);
    TRY(given_read(tx, r->arena, d->round, r->unit, &d->given));
    TRY(sql_evidence_list(tx, r->arena, &d->evidence, .unit = r->unit, .round = d->round->code));
    TRY(sql_entry_get(tx, r->arena, &d->entry, .unit = r->unit, .round = d->round->code));
    if (d->round->stage == STAGE_OPEN && !d->entry.submitted_ms.set)
        TRY(answers_compute(r->app, tx, r->arena, d->round, r->unit, r->ui.now_ms, d->given,
                            false));
out:
    return rc;
}

static void fill_rows(const struct desk_data *d, struct desk_view_assessment *v)
{
    struct req *r = d->r;
    const struct framework *f = d->round->framework;
    int pillar = -1;
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        const struct given *g = &d->given[i];
        bool computed = g->j.computed;
        struct str href = arena_printf(r->arena, "%.*s/%.*s?round=%.*s", STRF(v->base),
                                       STRF(k->code), STRF(d->round->code));
        bool answered = computed || g->changed_ms;
        v->all += !computed;
        v->answered += !computed && answered;
        v->computed += computed;
        if (k->kind == KIND_CONDITION) {
            ARENA_PUSH(r->arena, v->conditions,
                       ((struct condition_row){.name = text3_get(&k->name, r->ui.lang),
                                               .met = g->j.final.value >= 1,
                                               .known = answered,
                                               .computed = computed,
                                               .form_href = href}));
            continue;
        }
        ARENA_PUSH(
            r->arena, v->answers,
            ((struct answer_row){.code = k->code,
                                 .name = text3_get(&k->name, r->ui.lang),
                                 .value = answered ? answer_text(r, k, &g->j.final) : STR(""),
                                 .grade = arena_printf(r->arena, "%c", g->j.grade),
                                 .form_href = href,
                                 .computed = computed,
                                 .answered = answered,
                                 .verified = g->j.verified,
                                 .state = reasons_text(r, g->reasons),
                                 .href = g->href,
                                 .new_pillar = k->pillar != pillar,
                                 .pillar = pillar_name(f, k->pillar, r->ui.lang),
                                 .evidence = evidence_links(r, &d->evidence, k->code, false)}));
        pillar = k->pillar;
    }
}

static struct crumb desk_crumb(struct req *r)
{
    return (struct crumb){arena_printf(r->arena, "/desk/%.*s/assessment", STRF(r->unit)),
                          msg_text(r->ui.lang, MSG_assessment_desk_title)};
}

enum err assessment_desk_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct desk_data d = {.r = r};
    TRY(req_read(r, read_desk, &d));
    int64_t today = day_of_ms(r->ui.now_ms);
    struct desk_view_assessment v = {.base = desk_crumb(r).href, .any = d.round != NULL};
    for (size_t i = 0; i < d.rounds.n; i++)
        ARENA_PUSH(r->arena, v.rounds,
                   ((struct link_item){.text = d.rounds.v[i].code,
                                       .href = arena_printf(r->arena, "%.*s?round=%.*s",
                                                            STRF(v.base), STRF(d.rounds.v[i].code)),
                                       .here = &d.rounds.v[i] == d.round}));
    if (d.round) {
        v.round = d.round->code;
        v.stage = stage_message(d.round->stage);
        v.submitted = d.entry.submitted_ms.set;
        v.submitted_ms = d.entry.submitted_ms.v;
        v.open = d.round->stage == STAGE_OPEN && !v.submitted && today >= d.round->opens_day &&
                 today <= d.round->closes_day;
        v.appeals = d.round->stage == STAGE_APPEAL && today <= d.round->appeals_day;
        v.closes_day = d.round->closes_day;
        v.appeals_day = d.round->appeals_day;
        v.can_submit = v.open && req_allows(r, PERM_ASSESS_SUBMIT);
        v.table_href =
            arena_printf(r->arena, "%.*s/table?round=%.*s", STRF(v.base), STRF(d.round->code));
        v.submit_action =
            arena_printf(r->arena, "%.*s/submit?round=%.*s", STRF(v.base), STRF(d.round->code));
        fill_rows(&d, &v);
    }
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}};
    struct page page =
        assessment_page(r, true, msg_text(r->ui.lang, MSG_assessment_desk_title), crumbs, 1);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_assessment_desk(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- one answer --- */

static const struct field appeal_fields[] = {
    {"words", FIELD_TEXT, .required = true, .min = 10, .max = 2000,
     .label = MSG_assessment_appeal_words, .hint = MSG_assessment_appeal_hint, .rows = 4},
};

static bool is_editable(const struct answer_data *d)
{
    int64_t today = day_of_ms(d->r->ui.now_ms);
    return d->round->stage == STAGE_OPEN && !d->entry.submitted_ms.set &&
           today >= d->round->opens_day && today <= d->round->closes_day &&
           !d->given[d->at].j.computed;
}

static enum err show_answer(const struct answer_data *d, struct form *form, struct form *appeal,
                            int status)
{
    struct req *r = d->r;
    const struct framework *f = d->round->framework;
    const struct indicator *i = &f->indicators.v[d->at];
    struct crumb back = desk_crumb(r);
    struct answer_view v = {.form = form, .appeal = appeal, .editable = is_editable(d)};
    v.back = arena_printf(r->arena, "%.*s?round=%.*s", STRF(back.href), STRF(d->round->code));
    answer_fill_view(d, &v);
    v.keep = arena_printf(r->arena, "assessment %.*s %.*s %.*s", STRF(r->unit),
                          STRF(d->round->code), STRF(i->code));
    v.keep_base = arena_printf(r->arena, "%lld", (long long)d->given[d->at].changed_ms);
    if ((size_t)d->at + 1 < f->indicators.n)
        v.next = arena_printf(r->arena, "%.*s/%.*s?round=%.*s", STRF(back.href),
                              STRF(f->indicators.v[d->at + 1].code), STRF(d->round->code));
    v.can_appeal = d->round->stage == STAGE_APPEAL && !answer_appeal(d) &&
                   day_of_ms(r->ui.now_ms) <= d->round->appeals_day;
    v.appeal_action = arena_printf(r->arena, "%.*s/%.*s/appeal?round=%.*s", STRF(back.href),
                                   STRF(i->code), STRF(d->round->code));
    for (size_t k = 0; v.editable && k < d->evidence.n; k++)
        if (str_eq(d->evidence.v[k].indicator, i->code))
            ARENA_PUSH(r->arena, v.remove,
                       ((struct link_item){.text = d->evidence.v[k].name,
                                           .href = arena_printf(r->arena, "%.*s/remove/%lld",
                                                                STRF(back.href),
                                                                (long long)d->evidence.v[k].id)}));
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}, back};
    struct page page = assessment_page(r, true, v.name, crumbs, COUNT_OF(crumbs));
    page.form = form->fault_count || form->summary ? form : appeal;
    if (v.editable)
        page.scripts[0] = "draft.js";
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_assessment_answer(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err assessment_answer_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct answer_data d = {.r = r, .want_round = req_query(r, "round")};
    TRY(req_read(r, answer_data_read, &d));
    struct form *form = FORM_NEW(r, assessment_answer_fields);
    const struct given *g = &d.given[d.at];
    answer_to_form(form, &d.round->framework->indicators.v[d.at], &g->j.self, g->j.grade, g->note);
    TRY(show_answer(&d, form, FORM_NEW(r, appeal_fields), 200));
out:
    return rc;
}

struct stored_file {
    int64_t id;
    struct str file, name, type;
};
struct answer_change {
    struct answer_data d;
    struct answer_input in;
    struct assessment_fault fault;
    struct stored_file files[3];
    int file_count;
    bool is_public;
};

/* A picture is written anew, without the camera's data; a PDF is only ever downloaded. */
static enum err store_files(struct req *r, struct form *form, struct answer_change *c)
{
    const struct field_value *v = &form->v[ASSESS_FILE];
    enum err rc = ERR_OK;
    for (int i = 0; i < v->n && i < (int)COUNT_OF(c->files); i++) {
        struct stored_file *f = &c->files[i];
        struct str data = v->files[i].data;
        struct buf *name = buf_in(r->arena);
        utf8_clean(name, v->files[i].name);
        f->name = utf8_prefix(str_trim(buf_view(name)), 120);
        if (!f->name.n)
            f->name = msg_text(r->ui.lang, MSG_assessment_proof);
        f->id = id_new();
        f->type = STR("application/pdf");
        if (!str_starts(data, STR("%PDF-"))) {
            struct image_pair pair;
            enum image_fault fault = IMAGE_FINE;
            rc = image_convert(r->arena, data, &pair, &fault);
            if (rc == ERR_INPUT)
                form_fault(r, form, ASSESS_FILE, MSG_assessment_fault_file);
            TRY(rc);
            data = pair.large.jpeg;
            f->type = STR("image/jpeg");
        }
        TRY(file_put(r->app, r->arena, data, &f->file));
        c->file_count = i + 1;
    }
    c->is_public = form->v[ASSESS_PUBLIC].present;
out:
    return rc;
}

static enum err write_answer(struct tx *tx, void *arg)
{
    struct answer_change *c = arg;
    struct req *r = c->d.r;
    enum err rc = ERR_OK;
    TRY(answer_data_read(tx, &c->d));
    c->in.counted = c->d.given[c->d.at].j.computed;
    TRY(answer_save(tx, r->arena, c->d.round, &c->in, day_of_ms(r->ui.now_ms), &c->fault));
    for (int i = 0; i < c->file_count; i++)
        TRY(sql_evidence_put(tx, NULL, .unit = r->unit, .id = c->files[i].id,
                             .round = c->d.round->code, .indicator = c->in.indicator,
                             .file = c->files[i].file, .name = c->files[i].name,
                             .type = c->files[i].type, .is_public = c->is_public,
                             .at_ms = r->ui.now_ms, .person = r->actor.person_id));
out:
    return rc;
}

enum err assessment_answer_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct answer_change c = {.d = {.r = r, .want_round = req_query(r, "round")},
                              .fault = {-1, MSG_NONE}};
    TRY(req_read(r, answer_data_read, &c.d));
    const struct indicator *i = &c.d.round->framework->indicators.v[c.d.at];
    rc = FORM_READ(r, assessment_answer_fields, &form);
    if (!form)
        return rc;
    c.in =
        (struct answer_input){.unit = r->unit,
                              .indicator = i->code,
                              .grade = form->v[ASSESS_GRADE].s.n ? form->v[ASSESS_GRADE].s.p[0] : 0,
                              .note = form->v[ASSESS_NOTE].s,
                              .person = r->actor.person_id,
                              .at_ms = r->ui.now_ms};
    if (rc == ERR_OK && !answer_from_form(r, form, i, &c.in.answer))
        rc = ERR_INPUT;
    if (rc == ERR_OK)
        rc = store_files(r, form, &c);
    if (rc == ERR_OK)
        rc = req_write(r, write_answer, &c);
    if (rc == ERR_INPUT) {
        answer_show_fault(r, form, i, c.fault);
        return show_answer(&c.d, form, FORM_NEW(r, appeal_fields), 422);
    }
    TRY(rc);
    resp_notice(r, MSG_assessment_saved);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/assessment?round=%.*s#%.*s", STRF(r->unit),
                                  STRF(c.d.round->code), STRF(i->code)));
out:
    return rc;
}

struct file_removal {
    struct req *r;
    int64_t id;
    struct str round;
};

static enum err write_removal(struct tx *tx, void *arg)
{
    struct file_removal *x = arg;
    struct sql_evidence_get_row row;
    struct sql_entry_get_row entry;
    enum err rc = ERR_OK;
    TRY(sql_evidence_get(tx, x->r->arena, &row, .unit = x->r->unit, .id = x->id));
    TRY(sql_entry_get(tx, x->r->arena, &entry, .unit = x->r->unit, .round = row.round));
    /* What was submitted stays: the score rests on it. */
    if (entry.submitted_ms.set)
        FAIL(ERR_CONFLICT);
    TRY(sql_evidence_remove(tx, NULL, .unit = x->r->unit, .id = x->id, .at_ms = x->r->ui.now_ms));
    x->round = row.round;
out:
    return rc;
}

enum err assessment_remove_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct file_removal x = {.r = r};
    if (!str_to_i64(req_param(r, "id"), &x.id))
        FAIL(ERR_NOT_FOUND);
    TRY(req_write(r, write_removal, &x));
    resp_notice(r, MSG_assessment_file_removed);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/assessment?round=%.*s", STRF(r->unit),
                                  STRF(x.round)));
out:
    return rc;
}

/* --- submission, appeals --- */

static enum err write_submission(struct tx *tx, void *arg)
{
    struct desk_data *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    TRY(read_desk(tx, d));
    if (!d->round)
        FAIL(ERR_NOT_FOUND);
    TRY(entry_submit(r->app, tx, r->arena, d->round, r->unit, r->actor.person_id, r->ui.now_ms,
                     day_of_ms(r->ui.now_ms)));
out:
    return rc;
}

enum err assessment_submit_post(struct req *r)
{
    struct desk_data d = {.r = r};
    enum err rc = req_write(r, write_submission, &d);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_assessment_submitted);
    resp_redirect(r, desk_crumb(r).href);
    return ERR_OK;
}

struct appeal_change {
    struct answer_data d;
    struct str words;
    int64_t id;
};

static enum err write_appeal(struct tx *tx, void *arg)
{
    struct appeal_change *c = arg;
    struct req *r = c->d.r;
    enum err rc = ERR_OK;
    TRY(answer_data_read(tx, &c->d));
    TRY(appeal_file(tx, r->arena, c->d.round, r->unit,
                    c->d.round->framework->indicators.v[c->d.at].code, c->words, c->id,
                    r->actor.person_id, r->ui.now_ms, day_of_ms(r->ui.now_ms)));
out:
    return rc;
}

enum err assessment_appeal_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct appeal_change c = {.d = {.r = r, .want_round = req_query(r, "round")}, .id = id_new()};
    TRY(req_read(r, answer_data_read, &c.d));
    rc = FORM_READ(r, appeal_fields, &form);
    if (!form)
        return rc;
    c.words = form->v[0].s;
    if (rc == ERR_OK)
        rc = req_write(r, write_appeal, &c);
    if (rc == ERR_INPUT)
        return show_answer(&c.d, FORM_NEW(r, assessment_answer_fields), form, 422);
    TRY(rc);
    resp_notice(r, MSG_assessment_appeal_filed);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/assessment?round=%.*s", STRF(r->unit),
                                  STRF(c.d.round->code)));
out:
    return rc;
}
