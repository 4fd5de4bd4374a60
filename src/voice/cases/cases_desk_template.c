/*
 * Ready answers: those that come with the program, as a municipality changed them, and its own.
 * Each is in three languages, because an answer goes out in the language of the report.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

#include <inttypes.h>

#define ANY_STATE CASE__MAX
static const struct {
    const char *code;
    enum case_state state;
    enum msg name, text;
} shipped[] = {
    {"thanks", ANY_STATE, MSG_casesdesk_tpl_thanks, MSG_casesdesk_tpl_thanks_text},
    {"details", ANY_STATE, MSG_casesdesk_tpl_details, MSG_casesdesk_tpl_details_text},
    {"waiting", ANY_STATE, MSG_casesdesk_tpl_waiting, MSG_casesdesk_tpl_waiting_text},
    {"planned", CASE_ACCEPTED, MSG_casesdesk_tpl_planned, MSG_casesdesk_tpl_planned_text},
    {"started", CASE_IN_PROGRESS, MSG_casesdesk_tpl_started, MSG_casesdesk_tpl_started_text},
    {"done", CASE_RESOLVED, MSG_casesdesk_tpl_done, MSG_casesdesk_tpl_done_text},
    {"in_order", CASE_RESOLVED, MSG_casesdesk_tpl_in_order, MSG_casesdesk_tpl_in_order_text},
    {"private", CASE_REFUSED, MSG_casesdesk_tpl_private, MSG_casesdesk_tpl_private_text},
    {"no_place", CASE_REFUSED, MSG_casesdesk_tpl_no_place, MSG_casesdesk_tpl_no_place_text},
    {"no_money", CASE_REFUSED, MSG_casesdesk_tpl_no_money, MSG_casesdesk_tpl_no_money_text},
    {"other_body", CASE_PASSED, MSG_casesdesk_tpl_other_body, MSG_casesdesk_tpl_other_body_text},
};

/* --- reading --- */

static struct desk_template as_shipped(size_t i, enum lang lang)
{
    struct desk_template t = {.key = str_from(shipped[i].code),
                              .any_state = shipped[i].state == ANY_STATE,
                              .state = shipped[i].state,
                              .name = msg_text(lang, shipped[i].name)};
    for (int l = 0; l < LANG__MAX; l++)
        t.text.in[l] = msg_text((enum lang)l, shipped[i].text);
    return t;
}

static void take_row(struct desk_template *t, const struct sql_template_list_row *row)
{
    t->id = row->id;
    t->name = row->name;
    t->hidden = row->hidden != 0;
    t->any_state = !case_state_parse(row->state, &t->state);
    t->text = (struct text3){{row->ky, row->ru, row->en}};
}

enum err desk_templates(struct tx *tx, struct arena *a, struct str unit, enum lang lang,
                        struct desk_templates *out)
{
    struct sql_template_list_rows rows = {0};
    enum err rc = sql_template_list(tx, a, &rows, .unit = unit);
    *out = (struct desk_templates){0};
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        struct desk_template t = as_shipped(i, lang);
        for (size_t k = 0; k < rows.n; k++)
            if (rows.v[k].code.p && str_eq(rows.v[k].code, t.key))
                take_row(&t, &rows.v[k]);
        ARENA_PUSH(a, *out, t);
    }
    for (size_t k = 0; k < rows.n; k++) {
        if (rows.v[k].code.p)
            continue;
        struct desk_template t = {.own = true, .key = arena_printf(a, "%" PRId64, rows.v[k].id)};
        take_row(&t, &rows.v[k]);
        ARENA_PUSH(a, *out, t);
    }
    return ERR_OK;
}

const struct desk_template *desk_template_find(const struct desk_templates *all, struct str key)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].key, key))
            return &all->v[i];
    return NULL;
}

/* --- the text for one case --- */

/* NULL for a word in braces that is no placeholder of ours. */
static struct str placeholder(struct arena *a, struct str name, enum lang lang,
                              const struct desk_letter *l)
{
    const struct territory *t = territory_get(l->app, a);
    if (str_eq(name, STR("number")))
        return l->number;
    if (str_eq(name, STR("service")))
        return case_title(l->app, a, l->service, l->fault, lang);
    if (str_eq(name, STR("village")) || str_eq(name, STR("unit"))) {
        bool village = name.p[0] == 'v' && l->village.p;
        const struct place *p = territory_find(t, village ? l->village : l->unit);
        return p ? place_name(p, lang) : STR("");
    }
    if (str_eq(name, STR("day"))) {
        struct buf *day = buf_in(a);
        if (l->due_day)
            lang_date(day, lang, l->due_day);
        return l->due_day ? buf_view(day) : STR("…");
    }
    return STR_NULL;
}

struct str desk_template_text(struct arena *a, const struct desk_template *t, enum lang lang,
                              const struct desk_letter *letter)
{
    struct str text = text3_get(&t->text, lang);
    struct buf *out = buf_in(a);
    while (text.n) {
        ptrdiff_t open = str_find_char(text, '{');
        ptrdiff_t close = open < 0 ? -1 : str_find_char(str_slice(text, (size_t)open, text.n), '}');
        if (close < 0)
            break;
        struct str name = str_slice(text, (size_t)open + 1, (size_t)close - 1);
        struct str value = placeholder(a, name, lang, letter);
        buf_str(out, str_slice(text, 0, (size_t)open));
        if (value.p)
            buf_str(out, value);
        else
            buf_str(out, str_slice(text, (size_t)open, (size_t)close + 1));
        text = str_slice(text, (size_t)open + (size_t)close + 1, text.n);
    }
    buf_str(out, text);
    return buf_view(out);
}

/* --- pages --- */

static struct str templates_base(struct req *r)
{
    return arena_printf(r->arena, "/desk/%.*s/templates", STRF(r->unit));
}

struct template_read {
    struct req *r;
    struct desk_templates all;
};
static enum err read_all(struct tx *tx, void *arg)
{
    struct template_read *d = arg;
    return desk_templates(tx, d->r->arena, d->r->unit, d->r->ui.lang, &d->all);
}

enum err desk_templates_page(struct req *r)
{
    struct template_read d = {.r = r};
    enum err rc = req_read(r, read_all, &d);
    if (rc != ERR_OK)
        return rc;
    struct desk_templates_view v = {.base = templates_base(r), .list_href = desk_base(r)};
    for (size_t i = 0; i < d.all.n; i++) {
        const struct desk_template *t = &d.all.v[i];
        struct desk_template_line line = {
            .href = arena_printf(r->arena, "%.*s/%.*s", STRF(v.base), STRF(t->key)),
            .name = t->name,
            .text = text3_get(&t->text, r->ui.lang),
            .state = t->any_state ? MSG_NONE : case_states[t->state].name,
            .own = t->own,
            .changed = !t->own && t->id,
            .hidden = t->hidden,
        };
        ARENA_PUSH(r->arena, v.rows, line);
    }
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_templates_title));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_desk_templates(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static const struct field template_fields[] = {
    [DESK_TPL_NAME] = {"name", FIELD_LINE, .required = true, .max = 80,
                       .label = MSG_casesdesk_tpl_name, .hint = MSG_casesdesk_tpl_name_hint},
    [DESK_TPL_STATE] = {"state", FIELD_CODE, .max = 20, .label = MSG_casesdesk_tpl_state},
    [DESK_TPL_KY] = {"ky", FIELD_TEXT, .max = 2000, .rows = 4, .label = MSG_casesdesk_tpl_ky},
    [DESK_TPL_RU] = {"ru", FIELD_TEXT, .max = 2000, .rows = 4, .label = MSG_casesdesk_tpl_ru},
    [DESK_TPL_EN] = {"en", FIELD_TEXT, .max = 2000, .rows = 4, .label = MSG_casesdesk_tpl_en},
    [DESK_TPL_HIDDEN] = {"hidden", FIELD_BOOL, .label = MSG_casesdesk_tpl_hidden},
};

/* States that an answer may end in or go with. */
static struct option_list template_states(struct req *r)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (int s = 0; s < CASE__MAX; s++)
        if (case_states[s].answered || s == CASE_ACCEPTED || s == CASE_IN_PROGRESS)
            ARENA_PUSH(r->arena, list,
                       ((struct option){.value = str_from(case_states[s].code),
                                        .text = msg_text(r->ui.lang, case_states[s].name)}));
    return (struct option_list){list.v, list.n};
}

static enum err show_template(struct req *r, const struct desk_template *t, struct form *form,
                              int status)
{
    struct str base = templates_base(r);
    struct desk_template_view v = {
        .form = form,
        .list_href = base,
        .states = template_states(r),
        .own = t && t->own,
        .changed = t && t->id && !t->own,
        .fresh = !t,
    };
    if (t)
        v.drop_path = arena_printf(r->arena, "%.*s/%.*s/drop", STRF(base), STRF(t->key));
    struct page page = desk_page(r, t ? t->name : msg_text(r->ui.lang, MSG_casesdesk_tpl_new));
    page.form = form;
    page.width = PAGE_NARROW;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_desk_template(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err find_template(struct req *r, const struct desk_template **out)
{
    struct str key = req_param(r, "template");
    struct template_read *d = ARENA_NEW(r->arena, struct template_read);
    *out = NULL;
    if (str_eq(key, STR("new")))
        return ERR_OK;
    d->r = r;
    enum err rc = req_read(r, read_all, d);
    if (rc == ERR_OK && !(*out = desk_template_find(&d->all, key)))
        rc = ERR_NOT_FOUND;
    return rc;
}

enum err desk_template_page(struct req *r)
{
    const struct desk_template *t;
    enum err rc = find_template(r, &t);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, template_fields);
    if (t) {
        form_set(form, DESK_TPL_NAME, t->name);
        form_set(form, DESK_TPL_STATE,
                 t->any_state ? STR_NULL : str_from(case_states[t->state].code));
        for (int l = 0; l < LANG__MAX; l++)
            form_set(form, DESK_TPL_KY + l, t->text.in[l]);
        form_set_int(form, DESK_TPL_HIDDEN, t->hidden);
    }
    return show_template(r, t, form, 200);
}

struct template_write {
    struct req *r;
    const struct form *form;
    struct str code; /* NULL: own */
    int64_t id, now_ms;
};
static enum err put_template(struct tx *tx, void *arg)
{
    struct template_write *w = arg;
    const struct field_value *v = w->form->v;
    return sql_template_put(tx, NULL, .unit = w->r->unit, .id = w->id, .code = w->code,
                            .state = v[DESK_TPL_STATE].present ? v[DESK_TPL_STATE].s : STR(""),
                            .name = v[DESK_TPL_NAME].s,
                            .ky = v[DESK_TPL_KY].present ? v[DESK_TPL_KY].s : STR(""),
                            .ru = v[DESK_TPL_RU].present ? v[DESK_TPL_RU].s : STR(""),
                            .en = v[DESK_TPL_EN].present ? v[DESK_TPL_EN].s : STR(""),
                            .hidden = v[DESK_TPL_HIDDEN].present,
                            .changed_by = w->r->actor.person_id, .changed_ms = w->now_ms);
}

static void check_template(struct req *r, struct form *form)
{
    enum case_state state;
    if (form->v[DESK_TPL_STATE].present && !case_state_parse(form->v[DESK_TPL_STATE].s, &state))
        FORM_FAULT_ARGS(r, form, DESK_TPL_STATE, MSG_common_fault_choice,
                        ARG_S("label", msg_text(r->ui.lang, MSG_casesdesk_tpl_state)));
    if (!form->v[DESK_TPL_KY].present && !form->v[DESK_TPL_RU].present)
        form_fault(r, form, DESK_TPL_KY, MSG_casesdesk_fault_tpl_empty);
}

enum err desk_template_post(struct req *r)
{
    const struct desk_template *t;
    struct form *form = NULL;
    enum err rc = ERR_OK;
    TRY(find_template(r, &t));
    rc = FORM_READ(r, template_fields, &form);
    if (rc == ERR_OK)
        check_template(r, form);
    if (form && form->fault_count)
        return show_template(r, t, form, 422);
    if (rc != ERR_OK)
        goto out;
    struct template_write w = {.r = r, .form = form, .now_ms = clock_now_ms()};
    w.id = t && t->id ? t->id : id_new();
    w.code = t && !t->own ? t->key : STR_NULL;
    TRY(req_write(r, put_template, &w));
    resp_notice(r, MSG_casesdesk_tpl_saved);
    resp_redirect(r, templates_base(r));
out:
    return rc;
}

static enum err drop_template(struct tx *tx, void *arg)
{
    struct template_write *w = arg;
    return sql_template_drop(tx, NULL, .unit = w->r->unit, .id = w->id);
}

/* An own one is gone; one that came with the program is again as it was. */
enum err desk_template_drop_post(struct req *r)
{
    const struct desk_template *t;
    enum err rc = ERR_OK;
    TRY(find_template(r, &t));
    if (!t)
        FAIL(ERR_NOT_FOUND);
    struct template_write w = {.r = r, .id = t->id};
    if (t->id)
        TRY(req_write(r, drop_template, &w));
    resp_notice(r, t->own ? MSG_casesdesk_tpl_dropped : MSG_casesdesk_tpl_restored);
    resp_redirect(r, templates_base(r));
out:
    return rc;
}
