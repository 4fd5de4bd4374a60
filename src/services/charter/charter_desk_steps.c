/*
 * The steps of a charter that ask for something: introduction, consultation, its early end,
 * approval, publication; and the answers to comments. Each is one form on one page, described by
 * one row of the table below.
 */
#include "services/charter/charter_desk.h"
#include "services/charter/charter_tpl.h"

#include "platform/core/clock.h"

/* How long a consultation lasts unless somebody says otherwise. */
#define CONSULTATION_DAYS 14

struct step {
    const char *path;
    const struct field *fields;
    int count;
    const int *map; /* of charter_show_faults */
    enum msg title, lead, button, done;
    enum button_kind kind;
    unsigned states; /* 1 << enum charter_state of the working version */
    void (*fill)(const struct desk *d, struct form *f);
    enum err (*rule)(struct tx *tx, struct desk_write *w);
};

static struct str value_of(const struct desk_write *w, int field)
{
    return w->form->v[field].s;
}

/* --- introduction and contact --- */

enum { I_KY = 1, I_RU, I_EN, I_CONTACT };
static const struct field intro_fields[] = {
    CHARTER_REVISION_FIELD,
    [I_KY] = {"intro_ky", FIELD_TEXT, .max = CHARTER_MAX_INTRO, .rows = 3,
              .label = MSG_charter_intro_ky},
    [I_RU] = {"intro_ru", FIELD_TEXT, .max = CHARTER_MAX_INTRO, .rows = 3,
              .label = MSG_charter_intro_ru},
    [I_EN] = {"intro_en", FIELD_TEXT, .max = CHARTER_MAX_INTRO, .rows = 3,
              .label = MSG_charter_intro_en},
    [I_CONTACT] = {"contact", FIELD_LINE, .required = true, .max = CHARTER_MAX_LINE,
                   .label = MSG_charter_contact, .hint = MSG_charter_contact_hint,
                   .autocomplete = "off"},
};
static const int intro_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_INTRO_KY] = I_KY + 1,
    [CHARTER_FIELD_INTRO_RU] = I_RU + 1,
    [CHARTER_FIELD_INTRO_EN] = I_EN + 1,
    [CHARTER_FIELD_CONTACT] = I_CONTACT + 1,
};

static void fill_intro(const struct desk *d, struct form *f)
{
    for (int l = 0; l < LANG__MAX; l++)
        form_set(f, I_KY + l, d->working->intro.in[l]);
    form_set(f, I_CONTACT, d->working->contact);
}

static enum err rule_intro(struct tx *tx, struct desk_write *w)
{
    struct text3 intro = {{value_of(w, I_KY), value_of(w, I_RU), value_of(w, I_EN)}};
    return charter_set_intro(tx, w->arena, &w->change, &intro, value_of(w, I_CONTACT), &w->faults);
}

/* --- consultation --- */

enum { D_FROM = 1, D_TO };
static const struct field consult_fields[] = {
    CHARTER_REVISION_FIELD,
    [D_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_charter_consult_from},
    [D_TO] = {"to", FIELD_DATE, .required = true, .label = MSG_charter_consult_to,
              .hint = MSG_charter_consult_to_hint},
};
static const int consult_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_FROM] = D_FROM + 1,
    [CHARTER_FIELD_TO] = D_TO + 1,
};

static void fill_consult(const struct desk *d, struct form *f)
{
    form_set_int(f, D_FROM, d->today);
    form_set_int(f, D_TO, d->today + CONSULTATION_DAYS);
}

static enum err rule_consult(struct tx *tx, struct desk_write *w)
{
    return charter_open_consultation(tx, w->arena, &w->change, w->form->v[D_FROM].i,
                                     w->form->v[D_TO].i, &w->faults);
}

enum { E_REASON = 1 };
static const struct field end_fields[] = {
    CHARTER_REVISION_FIELD,
    [E_REASON] = {"reason", FIELD_TEXT, .required = true, .max = CHARTER_MAX_TEXT, .rows = 3,
                  .label = MSG_charter_end_reason, .hint = MSG_charter_end_reason_hint},
};
static const int end_map[CHARTER_FIELD__MAX] = {[CHARTER_FIELD_REASON] = E_REASON + 1};

static enum err rule_end(struct tx *tx, struct desk_write *w)
{
    return charter_end_consultation(tx, w->arena, &w->change, value_of(w, E_REASON), &w->faults);
}

/* --- approval and publication --- */

enum { P_NUMBER = 1, P_DAY };
static const struct field approve_fields[] = {
    CHARTER_REVISION_FIELD,
    [P_NUMBER] = {"number", FIELD_LINE, .required = true, .max = 40, .width = 10,
                  .label = MSG_charter_approve_number, .hint = MSG_charter_approve_number_hint,
                  .autocomplete = "off"},
    [P_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_charter_approve_day},
};
static const int approve_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_RESOLUTION] = P_NUMBER + 1,
    [CHARTER_FIELD_RESOLUTION_DAY] = P_DAY + 1,
};

static enum err rule_approve(struct tx *tx, struct desk_write *w)
{
    return charter_approve(tx, w->arena, &w->change, value_of(w, P_NUMBER), w->form->v[P_DAY].i,
                           &w->faults);
}

static const struct field publish_fields[] = {
    CHARTER_REVISION_FIELD,
    [D_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_charter_publish_from,
                .hint = MSG_charter_publish_from_hint},
};

static void fill_publish(const struct desk *d, struct form *f)
{
    form_set_int(f, D_FROM, d->today);
}

static enum err rule_publish(struct tx *tx, struct desk_write *w)
{
    return charter_publish(tx, w->arena, &w->change, w->form->v[D_FROM].i, &w->faults);
}

#define STATE(s) (1u << CHARTER_##s)
enum { STEP_INTRO, STEP_CONSULT, STEP_END, STEP_APPROVE, STEP_PUBLISH };
static const struct step steps[] = {
    [STEP_INTRO] = {"/intro", intro_fields, COUNT_OF(intro_fields), intro_map,
                    MSG_charter_intro_title, MSG_charter_intro_lead, MSG_common_save,
                    MSG_charter_done_saved, BUTTON_PRIMARY, STATE(DRAFT), fill_intro, rule_intro},
    [STEP_CONSULT] = {"/consultation", consult_fields, COUNT_OF(consult_fields), consult_map,
                      MSG_charter_consult_title, MSG_charter_consult_lead,
                      MSG_charter_consult_button, MSG_charter_done_consult, BUTTON_PRIMARY,
                      STATE(DRAFT), fill_consult, rule_consult},
    [STEP_END] = {"/consultation/end", end_fields, COUNT_OF(end_fields), end_map,
                  MSG_charter_end_title, MSG_charter_end_lead, MSG_charter_end_title,
                  MSG_charter_done_end, BUTTON_WARNING, STATE(CONSULTATION), NULL, rule_end},
    [STEP_APPROVE] = {"/approve", approve_fields, COUNT_OF(approve_fields), approve_map,
                      MSG_charter_approve_title, MSG_charter_approve_lead,
                      MSG_charter_approve_button, MSG_charter_done_approve, BUTTON_PRIMARY,
                      STATE(DRAFT) | STATE(DISCUSSED), NULL, rule_approve},
    [STEP_PUBLISH] = {"/publish", publish_fields, COUNT_OF(publish_fields), consult_map,
                      MSG_charter_publish_title, MSG_charter_publish_lead,
                      MSG_charter_publish_title, MSG_charter_done_publish, BUTTON_PRIMARY,
                      STATE(APPROVED), fill_publish, rule_publish},
};

/* --- what all steps do --- */

static enum err show_step(const struct desk *d, const struct step *s, struct form *form, int status)
{
    struct req *r = d->r;
    struct desk_form_view v = {
        .kind = d->kind,
        .back_href = d->href,
        .action = charter_desk_href(d, s->path),
        .form = form,
        .title = s->title,
        .lead = s->lead,
        .button = s->button,
        .button_kind = s->kind,
    };
    struct page page = charter_desk_page(r, d, msg_text(r->ui.lang, s->title));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_charter_desk_form(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* Is the charter at a point where this step is the one to take? */
static bool in_turn(const struct desk *d, const struct step *s)
{
    return d->working && (s->states & (1u << d->working->state));
}

static enum err step_page(struct req *r, const struct step *s)
{
    struct desk d;
    enum err rc = charter_desk_load(r, &d);
    if (rc != ERR_OK)
        return rc;
    if (!in_turn(&d, s)) {
        resp_redirect(r, d.href);
        return ERR_OK;
    }
    struct form *form = form_new(r, s->fields, s->count);
    charter_desk_stamp(&d, form);
    if (s->fill)
        s->fill(&d, form);
    return show_step(&d, s, form, 200);
}

static enum err step_post(struct req *r, const struct step *s)
{
    struct desk d;
    struct form *form = NULL;
    struct desk_write w = {.rule = s->rule};
    enum err rc = charter_desk_load(r, &d);
    if (rc != ERR_OK)
        return rc;
    rc = form_read(r, s->fields, s->count, &form);
    if (rc == ERR_INPUT)
        return show_step(&d, s, form, 422);
    if (rc != ERR_OK)
        return rc;
    rc = in_turn(&d, s) ? charter_desk_write(&d, &w, form) : ERR_DENIED;
    if (rc == ERR_OK)
        return charter_desk_done(r, s->done, d.href);
    rc = charter_desk_refused(&d, form, &w, s->map, rc);
    return rc == ERR_INPUT ? show_step(&d, s, form, 422) : rc;
}

enum err charter_desk_intro(struct req *r)
{
    return step_page(r, &steps[STEP_INTRO]);
}
enum err charter_desk_intro_post(struct req *r)
{
    return step_post(r, &steps[STEP_INTRO]);
}
enum err charter_desk_consult(struct req *r)
{
    return step_page(r, &steps[STEP_CONSULT]);
}
enum err charter_desk_consult_post(struct req *r)
{
    return step_post(r, &steps[STEP_CONSULT]);
}
enum err charter_desk_end(struct req *r)
{
    return step_page(r, &steps[STEP_END]);
}
enum err charter_desk_end_post(struct req *r)
{
    return step_post(r, &steps[STEP_END]);
}
enum err charter_desk_approve(struct req *r)
{
    return step_page(r, &steps[STEP_APPROVE]);
}
enum err charter_desk_approve_post(struct req *r)
{
    return step_post(r, &steps[STEP_APPROVE]);
}
enum err charter_desk_publish(struct req *r)
{
    return step_page(r, &steps[STEP_PUBLISH]);
}
enum err charter_desk_publish_post(struct req *r)
{
    return step_post(r, &steps[STEP_PUBLISH]);
}

/* --- comments --- */

static struct str comment_href(const struct desk *d, int64_t id)
{
    return arena_printf(d->r->arena, "%.*s/comments/%lld", STRF(d->href), (long long)id);
}

enum err charter_desk_comments(struct req *r)
{
    struct desk d;
    struct desk_comments_view v = {0};
    enum err rc = charter_desk_load(r, &d);
    if (rc != ERR_OK)
        return rc;
    v.kind = d.kind;
    v.back_href = d.href;
    for (size_t i = 0; i < d.comments.n; i++) {
        const struct charter_comment *c = &d.comments.v[i];
        ARENA_PUSH(r->arena, v.comments, ((struct comment_item){c, comment_href(&d, c->id)}));
    }
    struct page page = charter_desk_page(r, &d, msg_text(r->ui.lang, MSG_charter_comments));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_charter_desk_comments(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static const struct choice looks[] = {
    {"shown", MSG_charter_look_shown},
    {"hidden", MSG_charter_look_hidden},
    {NULL, MSG_NONE},
};
static const struct field answer_fields[] = {
    CHARTER_REVISION_FIELD,
    [CHARTER_A_LOOK] = {"look", FIELD_CHOICE, .required = true, .choices = looks,
                        .label = MSG_charter_look, .hint = MSG_charter_look_hint},
    [CHARTER_A_ANSWER] = {"answer", FIELD_TEXT, .max = CHARTER_MAX_WORDS,
                          .label = MSG_charter_answer, .hint = MSG_charter_answer_hint},
};
static const int answer_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_ANSWER] = CHARTER_A_ANSWER + 1,
};

/* The comment in the address, of this service and not yet decided upon; or NULL. */
static const struct charter_comment *comment_of(const struct desk *d)
{
    int64_t id;
    if (!str_to_i64(req_param(d->r, "comment"), &id))
        return NULL;
    for (size_t i = 0; i < d->comments.n; i++)
        if (d->comments.v[i].id == id)
            return &d->comments.v[i];
    return NULL;
}

static enum err show_comment(const struct desk *d, const struct charter_comment *c,
                             struct form *form, int status)
{
    struct req *r = d->r;
    struct desk_comment_view v = {
        .kind = d->kind,
        .c = c,
        .back_href = charter_desk_href(d, "/comments"),
        .action = comment_href(d, c->id),
        .form = form,
    };
    struct page page = charter_desk_page(r, d, msg_text(r->ui.lang, MSG_charter_comment));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_charter_desk_comment(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err charter_desk_comment(struct req *r)
{
    struct desk d;
    enum err rc = charter_desk_load(r, &d);
    if (rc != ERR_OK)
        return rc;
    const struct charter_comment *c = comment_of(&d);
    if (!c)
        return ERR_NOT_FOUND;
    struct form *form = FORM_NEW(r, answer_fields);
    charter_desk_stamp(&d, form);
    if (c->look != CHARTER_WAITS)
        form_set(form, CHARTER_A_LOOK, c->look == CHARTER_SHOWN ? STR("shown") : STR("hidden"));
    form_set(form, CHARTER_A_ANSWER, c->answer);
    return show_comment(&d, c, form, 200);
}

static enum err rule_answer(struct tx *tx, struct desk_write *w)
{
    bool shown = str_eq(value_of(w, CHARTER_A_LOOK), STR("shown"));
    return charter_answer_comment(tx, w->arena, &w->change, w->id,
                                  shown ? CHARTER_SHOWN : CHARTER_HIDDEN,
                                  value_of(w, CHARTER_A_ANSWER), &w->faults);
}

enum err charter_desk_comment_post(struct req *r)
{
    struct desk d;
    struct form *form = NULL;
    struct desk_write w = {.rule = rule_answer};
    enum err rc = charter_desk_load(r, &d);
    if (rc != ERR_OK)
        return rc;
    const struct charter_comment *c = comment_of(&d);
    if (!c)
        return ERR_NOT_FOUND;
    w.id = c->id;
    rc = FORM_READ(r, answer_fields, &form);
    if (rc == ERR_INPUT)
        return show_comment(&d, c, form, 422);
    if (rc != ERR_OK)
        return rc;
    rc = charter_desk_write(&d, &w, form);
    if (rc == ERR_OK)
        return charter_desk_done(r, MSG_charter_done_answer, charter_desk_href(&d, "/comments"));
    rc = charter_desk_refused(&d, form, &w, answer_map, rc);
    return rc == ERR_INPUT ? show_comment(&d, c, form, 422) : rc;
}
