/*
 * The national editor: kinds of services, the faults people report about them, ladders of levels,
 * in three languages. What is here appears in every municipality, so nothing is deleted: a fault
 * that is no longer offered stays readable in old reports.
 */
#include "services/catalogue/catalogue_read.h"
#include "services/catalogue/catalogue_tpl.h"

#define EDITOR_PATH "/desk/catalogue"

static const struct choice groups[] = {{"utilities", MSG_catalogue_group_utilities},
                                       {"roads", MSG_catalogue_group_roads},
                                       {"social", MSG_catalogue_group_social},
                                       {"culture", MSG_catalogue_group_culture},
                                       {"land", MSG_catalogue_group_land},
                                       {"office", MSG_catalogue_group_office},
                                       {NULL, MSG_NONE}};
/* Of assets/icons. */
static const char *const icons[] = {
    "water",      "sewerage", "waste",       "lighting",     "roads",   "transport",
    "parks",      "sport",    "culture",     "kindergarten", "lessons", "veterinary",
    "irrigation", "pasture",  "information", "office",
};

static enum msg group_message(struct str code)
{
    for (const struct choice *c = groups; c->value; c++)
        if (str_eq(code, str_from(c->value)))
            return c->label;
    return MSG_catalogue_group_office;
}

/* The permission must hold for the whole country. */
static enum err check_editor(const struct req *r)
{
    return access_allows(&r->actor, PERM_CATALOGUE_EDIT, SCOPE_COUNTRY) ? ERR_OK : ERR_DENIED;
}

static struct page editor_page(struct req *r, struct str title, const struct crumb *crumbs,
                               size_t n, const struct form *form)
{
    (void)r;
    return (struct page){
        .title = title, .section = SECTION_DESK, .crumbs = crumbs, .crumb_count = n, .form = form};
}

enum err catalogue_editor(struct req *r)
{
    enum err rc = check_editor(r);
    if (rc != ERR_OK)
        return rc;
    const struct catalogue *c = catalogue_get(r->app, r->arena);
    struct editor_view v = {.base = STR(EDITOR_PATH)};
    for (size_t i = 0; i < c->n; i++)
        ARENA_PUSH(r->arena, v.kinds,
                   ((struct editor_kind){
                       .href = arena_printf(r->arena, EDITOR_PATH "/%.*s", STRF(c->v[i].code)),
                       .name = text3_get(&c->v[i].name, r->ui.lang),
                       .code = c->v[i].code,
                       .group = group_message(c->v[i].group),
                       .faults = (int64_t)c->v[i].fault_count,
                       .levels = (int64_t)c->v[i].level_count,
                   }));
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}};
    struct page page =
        editor_page(r, msg_text(r->ui.lang, MSG_catalogue_editor_title), crumbs, 1, NULL);
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_catalogue_editor(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- writing: any of the three forms --- */

struct editor_change {
    struct req *r;
    enum { PUT_KIND, SAVE_KIND, PUT_FAULT, SAVE_FAULT, PUT_LEVEL, SAVE_LEVEL } what;
    struct sql_kind_put_in kind;
    struct sql_fault_put_in fault;
    struct sql_level_put_in level;
};

static enum err write_one(struct tx *tx, const struct editor_change *c)
{
    const struct sql_kind_put_in *k = &c->kind;
    const struct sql_fault_put_in *f = &c->fault;
    const struct sql_level_put_in *l = &c->level;
    switch (c->what) {
    case PUT_KIND:
        return sql_kind_put_run(tx, NULL, k);
    case SAVE_KIND:
        return sql_kind_save(tx, NULL, .code = k->code, .grp = k->grp, .icon = k->icon,
                             .name_ky = k->name_ky, .name_ru = k->name_ru, .name_en = k->name_en,
                             .text_ky = k->text_ky, .text_ru = k->text_ru, .text_en = k->text_en);
    case PUT_FAULT:
        return sql_fault_put_run(tx, NULL, f);
    case SAVE_FAULT:
        return sql_fault_save(tx, NULL, .code = f->code, .position = f->position,
                              .urgent = f->urgent, .private = f->private, .active = f->active,
                              .name_ky = f->name_ky, .name_ru = f->name_ru, .name_en = f->name_en,
                              .hint_ky = f->hint_ky, .hint_ru = f->hint_ru, .hint_en = f->hint_en);
    case PUT_LEVEL:
        return sql_level_put_run(tx, NULL, l);
    case SAVE_LEVEL:
        return sql_level_save(tx, NULL, .code = l->code, .rank = l->rank, .name_ky = l->name_ky,
                              .name_ru = l->name_ru, .name_en = l->name_en);
    }
    return ERR_INPUT;
}

static enum err write_change(struct tx *tx, void *arg)
{
    enum err rc = ERR_OK;
    TRY(write_one(tx, arg));
    TRY(sql_catalogue_version_raise(tx, NULL));
out:
    return rc;
}

static enum err keep_change(struct req *r, struct editor_change *c)
{
    enum err rc = req_write(r, write_change, c);
    return rc == ERR_OK ? catalogue_reload(r->app) : rc;
}

/* A code of one word, as addresses and files have it: "water", "leak". */
static bool is_word(struct str s)
{
    if (s.n < 2 || s.n > 30 || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              s.p[i] == '_'))
            return false;
    return !str_eq(s, STR("new"));
}

/* --- a kind --- */

enum { K_CODE, K_GROUP, K_ICON, K_KY, K_RU, K_EN, K_TEXT_KY, K_TEXT_RU, K_TEXT_EN };
static const struct field kind_fields[] = {
    [K_CODE] = {"code", FIELD_CODE, .max = 30, .label = MSG_catalogue_code,
                .hint = MSG_catalogue_code_hint},
    [K_GROUP] = {"group", FIELD_CHOICE, .required = true, .choices = groups,
                 .label = MSG_catalogue_group},
    [K_ICON] = {"icon", FIELD_CODE, .required = true, .label = MSG_catalogue_icon},
    [K_KY] = {"name_ky", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ky},
    [K_RU] = {"name_ru", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ru},
    [K_EN] = {"name_en", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_en},
    [K_TEXT_KY] = {"text_ky", FIELD_TEXT, .rows = 3, .required = true, .max = 300,
                   .label = MSG_catalogue_text_ky},
    [K_TEXT_RU] = {"text_ru", FIELD_TEXT, .rows = 3, .required = true, .max = 300,
                   .label = MSG_catalogue_text_ru},
    [K_TEXT_EN] = {"text_en", FIELD_TEXT, .rows = 3, .required = true, .max = 300,
                   .label = MSG_catalogue_text_en},
};

static struct option_list icon_options(struct req *r)
{
    struct option *options = ARENA_ARRAY(r->arena, struct option, COUNT_OF(icons));
    for (size_t i = 0; i < COUNT_OF(icons); i++)
        options[i] = (struct option){.value = str_from(icons[i]), .text = str_from(icons[i])};
    return (struct option_list){options, COUNT_OF(icons)};
}

static struct editor_item fault_item(struct req *r, const struct service_kind *kind,
                                     const struct service_fault *f, int64_t position, bool active)
{
    struct str word = str_slice(f->code, kind->code.n + 1, f->code.n);
    return (struct editor_item){
        .href =
            arena_printf(r->arena, EDITOR_PATH "/%.*s/faults/%.*s", STRF(kind->code), STRF(word)),
        .code = f->code,
        .name = text3_get(&f->name, r->ui.lang),
        .position = position,
        .urgent = f->urgent,
        .is_private = f->private_by_default,
        .active = active,
    };
}

static void list_items(struct req *r, const struct service_kind *kind, struct editor_view *v)
{
    const struct catalogue *c = catalogue_get(r->app, r->arena);
    struct str prefix = arena_printf(r->arena, "%.*s.", STRF(kind->code));
    for (size_t i = 0; i < kind->fault_count; i++)
        ARENA_PUSH(r->arena, v->faults,
                   fault_item(r, kind, &kind->faults[i], (int64_t)i + 1, true));
    for (size_t i = 0; i < c->retired_count; i++)
        if (str_starts(c->retired[i].code, prefix))
            ARENA_PUSH(r->arena, v->faults, fault_item(r, kind, &c->retired[i], 0, false));
    for (size_t i = 0; i < kind->level_count; i++) {
        const struct service_level *l = &kind->levels[i];
        struct str word = str_slice(l->code, kind->code.n + 1, l->code.n);
        ARENA_PUSH(r->arena, v->levels,
                   ((struct editor_item){
                       .href = arena_printf(r->arena, EDITOR_PATH "/%.*s/levels/%.*s",
                                            STRF(kind->code), STRF(word)),
                       .code = l->code,
                       .name = text3_get(&l->name, r->ui.lang),
                       .position = l->rank,
                       .active = true,
                   }));
    }
}

static enum err show_kind(struct req *r, const struct service_kind *kind, struct form *form,
                          int status)
{
    struct editor_view v = {
        .is_new = !kind,
        .form = form,
        .icons = icon_options(r),
        .base =
            kind ? arena_printf(r->arena, EDITOR_PATH "/%.*s", STRF(kind->code)) : STR(EDITOR_PATH),
        .name = kind ? text3_get(&kind->name, r->ui.lang)
                     : msg_text(r->ui.lang, MSG_catalogue_kind_new),
    };
    if (kind)
        list_items(r, kind, &v);
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {STR(EDITOR_PATH), msg_text(r->ui.lang, MSG_catalogue_editor_title)},
    };
    struct page page = editor_page(r, v.name, crumbs, COUNT_OF(crumbs), form);
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_editor_kind(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static void set_text3(struct form *form, int first, const struct text3 *t)
{
    for (int l = 0; l < LANG__MAX; l++)
        form_set(form, first + l, t->in[l]);
}

/* {service} of the address: a kind, or NULL for "new". */
static enum err find_kind(struct req *r, const struct service_kind **kind)
{
    enum err rc = check_editor(r);
    *kind = NULL;
    if (rc == ERR_OK && !str_eq(req_param(r, "service"), STR("new")))
        rc = catalogue_route_service(r, kind);
    return rc;
}

enum err catalogue_editor_kind(struct req *r)
{
    const struct service_kind *kind;
    enum err rc = find_kind(r, &kind);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, kind_fields);
    if (kind) {
        form_set(form, K_GROUP, kind->group);
        form_set(form, K_ICON, kind->icon);
        set_text3(form, K_KY, &kind->name);
        set_text3(form, K_TEXT_KY, &kind->description);
    }
    return show_kind(r, kind, form, 200);
}

static void check_kind(struct req *r, const struct service_kind *kind, struct form *form)
{
    bool icon_known = false;
    for (size_t i = 0; i < COUNT_OF(icons); i++)
        icon_known = icon_known || str_eq(form->v[K_ICON].s, str_from(icons[i]));
    if (form->v[K_ICON].present && !icon_known)
        form_fault(r, form, K_ICON, MSG_catalogue_fault_icon);
    if (kind)
        return;
    if (!is_word(form->v[K_CODE].s))
        form_fault(r, form, K_CODE, MSG_catalogue_fault_code);
    else if (catalogue_find(catalogue_get(r->app, r->arena), form->v[K_CODE].s))
        form_fault(r, form, K_CODE, MSG_catalogue_fault_code_taken);
}

enum err catalogue_editor_kind_post(struct req *r)
{
    const struct service_kind *kind;
    struct form *form = NULL;
    enum err rc = find_kind(r, &kind);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, kind_fields, &form);
    if (!form)
        return rc;
    check_kind(r, kind, form);
    if (form->fault_count)
        return show_kind(r, kind, form, 422);
    struct editor_change c = {
        .r = r,
        .what = kind ? SAVE_KIND : PUT_KIND,
        .kind = {.code = kind ? kind->code : form->v[K_CODE].s,
                 .grp = form->v[K_GROUP].s,
                 .icon = form->v[K_ICON].s,
                 .name_ky = form->v[K_KY].s,
                 .name_ru = form->v[K_RU].s,
                 .name_en = form->v[K_EN].s,
                 .text_ky = form->v[K_TEXT_KY].s,
                 .text_ru = form->v[K_TEXT_RU].s,
                 .text_en = form->v[K_TEXT_EN].s},
    };
    rc = keep_change(r, &c);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* another editor was first with this code */
        return rc;
    resp_notice(r, MSG_catalogue_saved);
    resp_redirect(r, arena_printf(r->arena, EDITOR_PATH "/%.*s", STRF(c.kind.code)));
    return ERR_OK;
}

/* --- faults and levels: items of a kind --- */

enum {
    I_WORD,
    I_POSITION,
    I_KY,
    I_RU,
    I_EN,
    I_HINT_KY,
    I_HINT_RU,
    I_HINT_EN,
    I_URGENT,
    I_PRIVATE,
    I_ACTIVE
};
static const struct field fault_fields[] = {
    [I_WORD] = {"word", FIELD_CODE, .max = 30, .label = MSG_catalogue_code,
                .hint = MSG_catalogue_code_hint},
    [I_POSITION] = {"position", FIELD_INT, .required = true, .min = 1, .max = 1000,
                    .label = MSG_catalogue_position, .hint = MSG_catalogue_position_hint},
    [I_KY] = {"name_ky", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ky},
    [I_RU] = {"name_ru", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ru},
    [I_EN] = {"name_en", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_en},
    [I_HINT_KY] = {"hint_ky", FIELD_LINE, .max = 200, .label = MSG_catalogue_hint_ky},
    [I_HINT_RU] = {"hint_ru", FIELD_LINE, .max = 200, .label = MSG_catalogue_hint_ru},
    [I_HINT_EN] = {"hint_en", FIELD_LINE, .max = 200, .label = MSG_catalogue_hint_en},
    [I_URGENT] = {"urgent", FIELD_BOOL, .label = MSG_catalogue_urgent},
    [I_PRIVATE] = {"private", FIELD_BOOL, .label = MSG_catalogue_private},
    [I_ACTIVE] = {"active", FIELD_BOOL, .label = MSG_catalogue_active},
};
static const struct field level_fields[] = {
    [I_WORD] = {"word", FIELD_CODE, .max = 30, .label = MSG_catalogue_code,
                .hint = MSG_catalogue_code_hint},
    [I_POSITION] = {"position", FIELD_INT, .required = true, .min = 0, .max = 20,
                    .label = MSG_catalogue_rank, .hint = MSG_catalogue_rank_hint},
    [I_KY] = {"name_ky", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ky},
    [I_RU] = {"name_ru", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_ru},
    [I_EN] = {"name_en", FIELD_LINE, .required = true, .max = 120, .label = MSG_catalogue_name_en},
};

/* What the address names: a fault or level of a kind, or a new one (both NULL). */
struct editor_target {
    const struct service_kind *kind;
    bool is_level, is_new;
    struct str code;
    const struct service_fault *fault;
    const struct service_level *level;
    bool active;
};

static enum err find_target(struct req *r, bool is_level, struct editor_target *t)
{
    enum err rc = ERR_OK;
    *t = (struct editor_target){.is_level = is_level, .active = true};
    TRY(find_kind(r, &t->kind));
    if (!t->kind)
        FAIL(ERR_NOT_FOUND);
    struct str word = req_param(r, "word");
    t->is_new = str_eq(word, STR("new"));
    if (t->is_new)
        goto out;
    t->code = arena_printf(r->arena, is_level ? "%.*s:%.*s" : "%.*s.%.*s", STRF(t->kind->code),
                           STRF(word));
    for (size_t i = 0; is_level && i < t->kind->level_count; i++)
        if (str_eq(t->kind->levels[i].code, t->code))
            t->level = &t->kind->levels[i];
    if (!is_level)
        t->fault = catalogue_find_fault(catalogue_get(r->app, r->arena), t->code, NULL);
    if (!t->level && !t->fault)
        FAIL(ERR_NOT_FOUND);
    t->active = is_level;
    for (size_t i = 0; i < t->kind->fault_count; i++)
        t->active = t->active || &t->kind->faults[i] == t->fault;
out:
    return rc;
}

static enum err show_item(struct req *r, const struct editor_target *t, struct form *form,
                          int status)
{
    enum msg is_new = t->is_level ? MSG_catalogue_level_new : MSG_catalogue_fault_new;
    const struct text3 *name = t->fault ? &t->fault->name : t->level ? &t->level->name : NULL;
    struct str title = name ? text3_get(name, r->ui.lang) : msg_text(r->ui.lang, is_new);
    struct editor_view v = {.form = form, .is_new = t->is_new, .name = title};
    v.base = arena_printf(r->arena, EDITOR_PATH "/%.*s", STRF(t->kind->code));
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {STR(EDITOR_PATH), msg_text(r->ui.lang, MSG_catalogue_editor_title)},
        {v.base, text3_get(&t->kind->name, r->ui.lang)},
    };
    struct page page = editor_page(r, title, crumbs, COUNT_OF(crumbs), form);
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_editor_item(out, &r->ui, &v, t->is_level);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err open_item(struct req *r, bool is_level)
{
    struct editor_target t;
    enum err rc = find_target(r, is_level, &t);
    if (rc != ERR_OK)
        return rc;
    struct form *form = is_level ? FORM_NEW(r, level_fields) : FORM_NEW(r, fault_fields);
    if (t.level) {
        set_text3(form, I_KY, &t.level->name);
        form_set_int(form, I_POSITION, t.level->rank);
    } else if (t.fault) {
        size_t at = 0;
        while (at < t.kind->fault_count && &t.kind->faults[at] != t.fault)
            at++;
        set_text3(form, I_KY, &t.fault->name);
        set_text3(form, I_HINT_KY, &t.fault->hint);
        form_set_int(form, I_POSITION, ((int64_t)at + 1) * 10);
        form_set_int(form, I_URGENT, t.fault->urgent);
        form_set_int(form, I_PRIVATE, t.fault->private_by_default);
        form_set_int(form, I_ACTIVE, t.active);
    } else {
        size_t n = is_level ? t.kind->level_count : t.kind->fault_count;
        form_set_int(form, I_POSITION, is_level ? (int64_t)n : ((int64_t)n + 1) * 10);
        if (!is_level)
            form_set_int(form, I_ACTIVE, 1);
    }
    return show_item(r, &t, form, 200);
}

static void check_item(struct req *r, struct editor_target *t, struct form *form)
{
    const struct catalogue *c = catalogue_get(r->app, r->arena);
    struct str word = form->v[I_WORD].s;
    if (!t->is_new)
        return;
    if (!is_word(word)) {
        form_fault(r, form, I_WORD, MSG_catalogue_fault_code);
        return;
    }
    t->code = arena_printf(r->arena, t->is_level ? "%.*s:%.*s" : "%.*s.%.*s", STRF(t->kind->code),
                           STRF(word));
    bool taken = !t->is_level && catalogue_find_fault(c, t->code, NULL);
    for (size_t i = 0; t->is_level && i < t->kind->level_count; i++)
        taken = taken || str_eq(t->kind->levels[i].code, t->code);
    if (taken)
        form_fault(r, form, I_WORD, MSG_catalogue_fault_code_taken);
    else if (t->is_level && t->kind->level_count >= CATALOGUE_LEVELS_MAX)
        form_fault(r, form, -1, MSG_catalogue_fault_levels_many);
}

static struct str text_or_null(const struct field_value *v)
{
    return v->present ? v->s : STR_NULL;
}

static enum err save_item(struct req *r, bool is_level)
{
    struct editor_target t;
    struct form *form = NULL;
    enum err rc = find_target(r, is_level, &t);
    if (rc != ERR_OK)
        return rc;
    rc = is_level ? FORM_READ(r, level_fields, &form) : FORM_READ(r, fault_fields, &form);
    if (!form)
        return rc;
    check_item(r, &t, form);
    if (form->fault_count)
        return show_item(r, &t, form, 422);
    const struct field_value *v = form->v;
    struct editor_change c = {.r = r};
    if (is_level) {
        c.what = t.is_new ? PUT_LEVEL : SAVE_LEVEL;
        c.level = (struct sql_level_put_in){.code = t.code,
                                            .service = t.kind->code,
                                            .rank = v[I_POSITION].i,
                                            .name_ky = v[I_KY].s,
                                            .name_ru = v[I_RU].s,
                                            .name_en = v[I_EN].s};
    } else {
        c.what = t.is_new ? PUT_FAULT : SAVE_FAULT;
        c.fault = (struct sql_fault_put_in){.code = t.code,
                                            .service = t.kind->code,
                                            .position = v[I_POSITION].i,
                                            .urgent = v[I_URGENT].present,
                                            .private = v[I_PRIVATE].present,
                                            .active = v[I_ACTIVE].present,
                                            .name_ky = v[I_KY].s,
                                            .name_ru = v[I_RU].s,
                                            .name_en = v[I_EN].s,
                                            .hint_ky = text_or_null(&v[I_HINT_KY]),
                                            .hint_ru = text_or_null(&v[I_HINT_RU]),
                                            .hint_en = text_or_null(&v[I_HINT_EN])};
    }
    rc = keep_change(r, &c);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* another editor was first with this code */
        return rc;
    resp_notice(r, MSG_catalogue_saved);
    resp_redirect(r, arena_printf(r->arena, EDITOR_PATH "/%.*s", STRF(t.kind->code)));
    return ERR_OK;
}

enum err catalogue_editor_fault(struct req *r)
{
    return open_item(r, false);
}
enum err catalogue_editor_fault_post(struct req *r)
{
    return save_item(r, false);
}
enum err catalogue_editor_level(struct req *r)
{
    return open_item(r, true);
}
enum err catalogue_editor_level_post(struct req *r)
{
    return save_item(r, true);
}
