/*
 * The promises of a draft. First what a promise is counted by, from which its sentence follows in
 * three languages; then the words, side by side.
 */
#include "services/charter/charter_desk.h"
#include "services/charter/charter_tpl.h"

/* --- what it is counted by --- */

#define NOT_MEASURED "none" /* of the radio buttons; an empty value would be "nothing chosen" */

static const struct field terms_fields[] = {
    CHARTER_REVISION_FIELD,
    [CHARTER_T_MEASURE] = {"measure", FIELD_CODE, .required = true, .max = 40,
                           .label = MSG_charter_measure, .hint = MSG_charter_measure_hint,
                           .missing = MSG_charter_fault_measure},
    [CHARTER_T_AMOUNT] = {"amount", FIELD_INT, .max = CHARTER_MAX_AMOUNT, .width = 4,
                          .label = MSG_charter_amount, .hint = MSG_charter_amount_hint},
    [CHARTER_T_WORKING] = {"working", FIELD_BOOL, .label = MSG_charter_working},
    [CHARTER_T_KIND] = {"kind", FIELD_CODE, .max = 40, .label = MSG_charter_kind,
                        .hint = MSG_charter_kind_hint},
};
static const int terms_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_MEASURE] = CHARTER_T_MEASURE + 1,
    [CHARTER_FIELD_AMOUNT] = CHARTER_T_AMOUNT + 1,
    [CHARTER_FIELD_KIND] = CHARTER_T_KIND + 1,
};

/* Every measure that some slice announces, and none at all. */
static struct option_list measure_options(struct req *r)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (size_t i = 0; i < r->app->slice_count; i++) {
        const struct slice *s = r->app->slices[i];
        for (size_t k = 0; k < s->measure_count; k++) {
            struct charter_terms terms = {.measure = str_from(s->measures[k].code), .amount = 3};
            struct text3 sentence = charter_sentence(r->app, r->arena, &terms);
            struct option option = {
                .value = terms.measure,
                .text = msg_text(r->ui.lang, s->measures[k].label),
                .hint = MSG_STR(r->arena, r->ui.lang, MSG_charter_measure_example,
                                ARG_S("sentence", text3_get(&sentence, r->ui.lang))),
            };
            ARENA_PUSH(r->arena, list, option);
        }
    }
    ARENA_PUSH(r->arena, list,
               ((struct option){.value = STR(NOT_MEASURED),
                                .text = msg_text(r->ui.lang, MSG_charter_measure_none),
                                .hint = msg_text(r->ui.lang, MSG_charter_measure_none_hint)}));
    return (struct option_list){list.v, list.n};
}

static struct option_list kind_options(struct req *r, const struct service_kind *kind)
{
    struct option *v = ARENA_ARRAY(r->arena, struct option, kind->fault_count + 1);
    for (size_t i = 0; i < kind->fault_count; i++)
        v[i] = (struct option){.value = kind->faults[i].code,
                               .text = text3_get(&kind->faults[i].name, r->ui.lang)};
    return (struct option_list){v, kind->fault_count};
}

static enum err show_terms(const struct desk *d, const struct promise *p, struct form *form,
                           int status)
{
    struct req *r = d->r;
    struct desk_terms_view v = {
        .kind = d->kind,
        .back_href = d->href,
        .action = r->ui.path,
        .form = form,
        .measures = measure_options(r),
        .kinds = kind_options(r, d->kind),
        .fresh = !p,
    };
    struct page page = charter_desk_page(
        r, d, msg_text(r->ui.lang, p ? MSG_charter_terms_title : MSG_charter_new_title));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_charter_desk_terms(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* The draft and, when the address names one, its promise. Sends elsewhere (and says so) when there
 * is no draft to edit. */
static enum err load_promise(struct req *r, struct desk *d, const struct promise **p, bool *gone)
{
    enum err rc = charter_desk_load(r, d);
    *gone = false;
    if (rc != ERR_OK)
        return rc;
    if (!d->working || d->working->state != CHARTER_DRAFT) {
        *gone = true;
        resp_redirect(r, d->href);
        return ERR_OK;
    }
    if (!p)
        return ERR_OK;
    *p = charter_desk_promise(d);
    return *p ? ERR_OK : ERR_NOT_FOUND;
}

enum err charter_desk_terms_new(struct req *r)
{
    struct desk d;
    bool gone;
    enum err rc = load_promise(r, &d, NULL, &gone);
    if (rc != ERR_OK || gone)
        return rc;
    struct form *form = FORM_NEW(r, terms_fields);
    charter_desk_stamp(&d, form);
    form_set_int(form, CHARTER_T_WORKING, 1);
    return show_terms(&d, NULL, form, 200);
}

enum err charter_desk_terms(struct req *r)
{
    struct desk d;
    bool gone;
    const struct promise *p = NULL;
    enum err rc = load_promise(r, &d, &p, &gone);
    if (rc != ERR_OK || gone)
        return rc;
    struct form *form = FORM_NEW(r, terms_fields);
    charter_desk_stamp(&d, form);
    form_set(form, CHARTER_T_MEASURE, p->measure.n ? p->measure : STR(NOT_MEASURED));
    if (p->amount > 0)
        form_set_int(form, CHARTER_T_AMOUNT, p->amount);
    form_set_int(form, CHARTER_T_WORKING, p->working_days || p->amount == 0);
    form_set(form, CHARTER_T_KIND, p->kind);
    return show_terms(&d, p, form, 200);
}

static enum err rule_terms(struct tx *tx, struct desk_write *w)
{
    const struct form *f = w->form;
    struct charter_terms terms = {
        .measure = f->v[CHARTER_T_MEASURE].s,
        .kind = f->v[CHARTER_T_KIND].s,
        .amount = f->v[CHARTER_T_AMOUNT].i,
        .working_days = f->v[CHARTER_T_WORKING].present,
    };
    int64_t id = w->id;
    if (str_eq(terms.measure, STR(NOT_MEASURED)))
        terms.measure = STR("");
    enum err rc = charter_set_terms(w->app, tx, w->arena, &w->change, &id, &terms, &w->faults);
    w->made = id;
    return rc;
}

static enum err save_terms(struct req *r, bool fresh)
{
    struct desk d;
    bool gone;
    struct form *form = NULL;
    const struct promise *p = NULL;
    struct desk_write w = {.rule = rule_terms};
    enum err rc = load_promise(r, &d, fresh ? NULL : &p, &gone);
    if (rc != ERR_OK || gone)
        return rc;
    w.id = p ? p->id : 0;
    rc = FORM_READ(r, terms_fields, &form);
    if (rc == ERR_INPUT)
        return show_terms(&d, p, form, 422);
    if (rc != ERR_OK)
        return rc;
    rc = charter_desk_write(&d, &w, form);
    if (rc == ERR_OK) {
        resp_redirect(
            r, arena_printf(r->arena, "%.*s/promises/%lld", STRF(d.href), (long long)w.made));
        return ERR_OK;
    }
    rc = charter_desk_refused(&d, form, &w, terms_map, rc);
    return rc == ERR_INPUT ? show_terms(&d, p, form, 422) : rc;
}

enum err charter_desk_terms_new_post(struct req *r)
{
    return save_terms(r, true);
}

enum err charter_desk_terms_post(struct req *r)
{
    return save_terms(r, false);
}

/* --- words --- */

static const struct field words_fields[] = {
    CHARTER_REVISION_FIELD,
    [CHARTER_W_TEXT_KY] = {"text_ky", FIELD_TEXT, .required = true, .max = CHARTER_MAX_TEXT,
                           .rows = 4, .label = MSG_charter_in_ky},
    [CHARTER_W_TEXT_RU] = {"text_ru", FIELD_TEXT, .required = true, .max = CHARTER_MAX_TEXT,
                           .rows = 4, .label = MSG_charter_in_ru},
    [CHARTER_W_TEXT_EN] = {"text_en", FIELD_TEXT, .required = true, .max = CHARTER_MAX_TEXT,
                           .rows = 4, .label = MSG_charter_in_en},
    [CHARTER_W_REMEDY_KY] = {"remedy_ky", FIELD_TEXT, .max = CHARTER_MAX_TEXT, .rows = 4,
                             .label = MSG_charter_in_ky},
    [CHARTER_W_REMEDY_RU] = {"remedy_ru", FIELD_TEXT, .max = CHARTER_MAX_TEXT, .rows = 4,
                             .label = MSG_charter_in_ru},
    [CHARTER_W_REMEDY_EN] = {"remedy_en", FIELD_TEXT, .max = CHARTER_MAX_TEXT, .rows = 4,
                             .label = MSG_charter_in_en},
    [CHARTER_W_CONTACT] = {"contact", FIELD_LINE, .max = CHARTER_MAX_LINE,
                           .label = MSG_charter_promise_contact_label,
                           .hint = MSG_charter_promise_contact_hint, .autocomplete = "off"},
};
static const int words_map[CHARTER_FIELD__MAX] = {
    [CHARTER_FIELD_TEXT_KY] = CHARTER_W_TEXT_KY + 1,
    [CHARTER_FIELD_TEXT_RU] = CHARTER_W_TEXT_RU + 1,
    [CHARTER_FIELD_TEXT_EN] = CHARTER_W_TEXT_EN + 1,
    [CHARTER_FIELD_REMEDY_KY] = CHARTER_W_REMEDY_KY + 1,
    [CHARTER_FIELD_REMEDY_RU] = CHARTER_W_REMEDY_RU + 1,
    [CHARTER_FIELD_REMEDY_EN] = CHARTER_W_REMEDY_EN + 1,
    [CHARTER_FIELD_CONTACT] = CHARTER_W_CONTACT + 1,
};

static enum err show_words(const struct desk *d, const struct promise *p, struct form *form,
                           int status)
{
    struct req *r = d->r;
    struct str action =
        arena_printf(r->arena, "%.*s/promises/%lld", STRF(d->href), (long long)p->id);
    struct desk_words_view v = {
        .kind = d->kind,
        .back_href = d->href,
        .action = action,
        .terms_href = arena_printf(r->arena, "%.*s/measure", STRF(action)),
        .measured_by = charter_measured_by(r, d->kind, p),
        .form = form,
        .measured = p->measure.n > 0,
    };
    struct page page = charter_desk_page(r, d, msg_text(r->ui.lang, MSG_charter_words_title));
    page.form = form;
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_charter_desk_words(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err charter_desk_words(struct req *r)
{
    struct desk d;
    bool gone;
    const struct promise *p = NULL;
    enum err rc = load_promise(r, &d, &p, &gone);
    if (rc != ERR_OK || gone)
        return rc;
    struct form *form = FORM_NEW(r, words_fields);
    charter_desk_stamp(&d, form);
    for (int l = 0; l < LANG__MAX; l++) {
        form_set(form, CHARTER_W_TEXT_KY + l, p->text.in[l]);
        form_set(form, CHARTER_W_REMEDY_KY + l, p->remedy.in[l]);
    }
    form_set(form, CHARTER_W_CONTACT, p->contact);
    return show_words(&d, p, form, 200);
}

static enum err rule_words(struct tx *tx, struct desk_write *w)
{
    const struct field_value *v = w->form->v;
    struct charter_words words = {
        .text = {{v[CHARTER_W_TEXT_KY].s, v[CHARTER_W_TEXT_RU].s, v[CHARTER_W_TEXT_EN].s}},
        .remedy = {{v[CHARTER_W_REMEDY_KY].s, v[CHARTER_W_REMEDY_RU].s, v[CHARTER_W_REMEDY_EN].s}},
        .contact = v[CHARTER_W_CONTACT].s,
    };
    return charter_set_words(tx, w->arena, &w->change, w->id, &words, &w->faults);
}

enum err charter_desk_words_post(struct req *r)
{
    struct desk d;
    bool gone;
    struct form *form = NULL;
    const struct promise *p = NULL;
    struct desk_write w = {.rule = rule_words};
    enum err rc = load_promise(r, &d, &p, &gone);
    if (rc != ERR_OK || gone)
        return rc;
    w.id = p->id;
    rc = FORM_READ(r, words_fields, &form);
    if (rc == ERR_INPUT)
        return show_words(&d, p, form, 422);
    if (rc != ERR_OK)
        return rc;
    rc = charter_desk_write(&d, &w, form);
    if (rc == ERR_OK)
        return charter_desk_done(r, MSG_charter_done_saved, charter_desk_href(&d, "#promises"));
    rc = charter_desk_refused(&d, form, &w, words_map, rc);
    return rc == ERR_INPUT ? show_words(&d, p, form, 422) : rc;
}
