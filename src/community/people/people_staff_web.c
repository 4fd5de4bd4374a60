/*
 * The desk's pages of staff: who works here, with which roles until when, and help for who lost a
 * password or a phone.
 */
#include "community/people/people_staff_web.h"
#include "community/people/people_tpl.h"

#include "community/places/places.h"
#include "platform/channels/outbox.h"
#include "platform/web/export.h"

enum { MOST_ROWS = 1000 };

/* --- places that somebody may manage --- */

bool scopes_are_many(const struct actor *actor, enum permission p)
{
    struct arena *a = arena_new();
    bool many = false;
    const struct territory *t = territory_get(NULL, a);
    for (int i = 0; i < actor->grant_count && !many; i++) {
        const struct role_grant *g = &actor->grants[i];
        const struct place *place = territory_find(t, str_from(g->scope));
        many = access_role_carries(g->role, p) && (!place || !place_is_municipality(place));
    }
    arena_free(a);
    return many;
}

struct option_list scope_options(struct req *r, enum permission p)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (int i = 0; i < r->actor.grant_count; i++) {
        struct str scope = str_from(r->actor.grants[i].scope);
        bool known = false;
        for (size_t k = 0; k < list.n; k++)
            known = known || str_eq(list.v[k].value, scope);
        if (known || !access_role_carries(r->actor.grants[i].role, p))
            continue;
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = scope,
                                    .text = scope_name(r->app, r->arena, scope, r->ui.lang)}));
    }
    return (struct option_list){list.v, list.n};
}

/* The one municipality that a name or code means; NULL view when none or several. */
struct str scope_find(struct req *r, struct str typed)
{
    const struct territory *t = territory_get(r->app, r->arena);
    typed = str_trim(typed);
    if (str_eq(typed, SCOPE_COUNTRY) ||
        str_eq(typed, msg_text(r->ui.lang, MSG_people_scope_country)))
        return SCOPE_COUNTRY;
    const struct place *p = territory_find(t, typed);
    if (p)
        return p->code;
    struct place_hits hits = territory_search(t, r->arena, typed, 10);
    struct str found = STR_NULL;
    for (size_t i = 0; i < hits.n; i++) {
        const struct place *hit = hits.v[i].place;
        if (hit->kind == PLACE_VILLAGE)
            continue;
        if (found.p)
            return STR_NULL;
        found = hit->code;
    }
    return found;
}

/* --- the list --- */

struct listing {
    struct req *r;
    struct str scope; /* NULL: everywhere that the reader may look */
    struct staff_view *v;
};

struct staff_row {
    int64_t id;
    struct str name, login;
    bool disabled, has_totp;
    struct str role, scope;
    int64_t from;
    struct i64_opt to, ended_ms;
};

static void add_row(struct listing *l, const struct staff_row *row)
{
    struct staff_view *v = l->v;
    struct req *r = l->r;
    enum role role;
    if (!role_parse(row->role, &role) || !access_allows(&r->actor, PERM_STAFF_MANAGE, row->scope))
        return;
    if (v->lines.n == 0 || v->lines.v[v->lines.n - 1].id != row->id)
        ARENA_PUSH(r->arena, v->lines,
                   ((struct staff_line){.id = row->id,
                                        .name = row->name,
                                        .login = row->login,
                                        .disabled = row->disabled,
                                        .has_totp = row->has_totp}));
    struct staff_grant g = {.from = row->from, .to = row->to, .ended_ms = row->ended_ms};
    struct staff_role_line line = {
        .role = MSG(role_message(role)),
        .scope = v->wide ? scope_name(r->app, r->arena, row->scope, r->ui.lang) : STR(""),
        .from = row->from,
        .to = row->ended_ms.set ? I64(day_of_ms(row->ended_ms.v)) : row->to,
        .live = grant_is_live(&g, day_today()),
    };
    ARENA_PUSH(r->arena, v->lines.v[v->lines.n - 1].roles, line);
}

#define STAFF_ROW(row_)                                                                            \
    (&(struct staff_row){.id = (row_)->id,                                                         \
                         .name = (row_)->name,                                                     \
                         .login = (row_)->login,                                                   \
                         .disabled = (row_)->disabled_ms.set,                                      \
                         .has_totp = (row_)->totp_ms.set,                                          \
                         .role = (row_)->role,                                                     \
                         .scope = (row_)->scope,                                                   \
                         .from = (row_)->valid_from,                                               \
                         .to = (row_)->valid_to,                                                   \
                         .ended_ms = (row_)->ended_ms})

static enum err read_staff(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct req *r = l->r;
    enum err rc = ERR_OK;
    l->v->lines.n = 0;
    if (l->scope.p) {
        struct sql_staff_in_scope_rows rows;
        TRY(sql_staff_in_scope(tx, r->arena, &rows, .scope = l->scope));
        for (size_t i = 0; i < rows.n; i++)
            add_row(l, STAFF_ROW(&rows.v[i]));
    } else {
        struct sql_staff_all_rows rows;
        TRY(sql_staff_all(tx, r->arena, &rows, .limit = MOST_ROWS));
        for (size_t i = 0; i < rows.n; i++)
            add_row(l, STAFF_ROW(&rows.v[i]));
        l->v->cut = rows.n == MOST_ROWS;
    }
out:
    return rc;
}

enum { Q_PLACE };
static const struct field search_fields[] = {
    [Q_PLACE] = {"place", FIELD_LINE, .max = 80, .label = MSG_people_staff_place},
};

/* Whose staff is asked for, and who they are; faults of the search stay in the form. */
static enum err list_staff(struct req *r, struct form **form, struct staff_view *v,
                           struct listing *l)
{
    struct option_list scopes = scope_options(r, PERM_STAFF_MANAGE);
    enum err rc = form_read_query(r, search_fields, (int)COUNT_OF(search_fields), form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    *v = (struct staff_view){.new_href = STR("/desk/staff/new"), .form = *form};
    *l = (struct listing){.r = r, .v = v, .scope = STR_NULL};
    struct str place = (*form)->v[Q_PLACE].s;
    v->wide = scopes.n > 1 || scopes_are_many(&r->actor, PERM_STAFF_MANAGE);
    if (!v->wide && scopes.n == 1) {
        l->scope = scopes.v[0].value;
    } else if (place.n) {
        l->scope = scope_find(r, place);
        if (!l->scope.p)
            form_fault(r, *form, Q_PLACE, MSG_people_scope_unknown);
    }
    v->scope_name = l->scope.p ? scope_name(r->app, r->arena, l->scope, r->ui.lang) : STR("");
    return (*form)->fault_count == 0 ? req_read(r, read_staff, l) : ERR_OK;
}

/* The same list as a file. */
static struct str export_href(struct req *r, const char *format, struct str place)
{
    struct buf *out = buf_in(r->arena);
    buf_printf(out, "/desk/staff.%s", format);
    if (place.n) {
        buf_cstr(out, "?place=");
        buf_percent(out, place);
    }
    return buf_view(out);
}

enum err people_staff_page(struct req *r)
{
    struct form *form = NULL;
    struct staff_view v;
    struct listing l;
    enum err rc = list_staff(r, &form, &v, &l);
    if (rc != ERR_OK)
        return rc;
    v.xlsx = export_href(r, "xlsx", form->v[Q_PLACE].s);
    v.csv = export_href(r, "csv", form->v[Q_PLACE].s);
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_staff_title),
                        .section = SECTION_DESK,
                        .width = PAGE_WIDE,
                        .form = form};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_people_staff(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* A row for each role, as whoever checks rights needs it. */
enum err people_staff_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_people_account_name, XLSX_TEXT, 30, false},
        {MSG_people_login_login, XLSX_TEXT, 26, false},
        {MSG_people_staff_roles, XLSX_TEXT, 26, false},
        {MSG_people_staff_place, XLSX_TEXT, 34, false},
        {MSG_people_staff_from, XLSX_DATE, 0, false},
        {MSG_people_staff_to, XLSX_DATE, 0, false},
        {MSG_people_staff_state, XLSX_TEXT, 24, false},
    };
    struct form *form = NULL;
    struct staff_view v;
    struct listing l;
    struct export *x;
    enum err rc = ERR_OK;
    TRY(list_staff(r, &form, &v, &l));
    if (form->fault_count > 0)
        FAIL(ERR_NOT_FOUND);
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_people_staff_title),
                                 .author = v.scope_name,
                                 .note = v.scope_name,
                                 .name = STR("staff")};
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < v.lines.n; i++) {
        const struct staff_line *line = &v.lines.v[i];
        for (size_t k = 0; k < line->roles.n; k++) {
            const struct staff_role_line *role = &line->roles.v[k];
            export_text(x, line->name);
            export_text(x, line->login);
            export_msg(x, role->role.m);
            export_text(x, role->scope.n ? role->scope : v.scope_name);
            export_day(x, role->from);
            if (role->to.set)
                export_day(x, role->to.v);
            else
                export_blank(x);
            export_msg(x, line->disabled   ? MSG_people_staff_disabled
                          : line->has_totp ? MSG_people_staff_ready
                                           : MSG_people_staff_no_phone);
            export_row(x);
        }
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- somebody new --- */

enum { N_NAME, N_LOGIN, N_EMAIL, N_ROLE, N_SCOPE, N_FROM, N_TO };
static const struct field new_fields[] = {
    [N_NAME] = {"name", FIELD_LINE, .required = true, .max = 100, .label = MSG_people_account_name,
                .autocomplete = "off"},
    [N_LOGIN] = {"login", FIELD_LINE, .required = true, .min = 3, .max = 100,
                 .label = MSG_people_login_login, .hint = MSG_people_staff_login_hint,
                 .autocomplete = "off"},
    [N_EMAIL] = {"email", FIELD_EMAIL, .max = 200, .label = MSG_people_mail_email,
                 .hint = MSG_people_staff_email_hint, .autocomplete = "off"},
    [N_ROLE] = {"role", FIELD_CODE, .required = true, .max = 20, .label = MSG_people_staff_role},
    [N_SCOPE] = {"scope", FIELD_LINE, .required = true, .max = 80, .label = MSG_people_staff_place,
                 .hint = MSG_people_staff_place_hint},
    [N_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_people_staff_from},
    [N_TO] = {"to", FIELD_DATE, .label = MSG_people_staff_to, .hint = MSG_people_staff_to_hint},
};

/* Every role that the actor may give somewhere. */
static struct option_list role_options(struct req *r)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    unsigned roles = 0;
    for (int i = 0; i < r->actor.grant_count; i++)
        roles |= staff_grantable(&r->actor, str_from(r->actor.grants[i].scope));
    /* The own role may be given in a smaller place. */
    for (int i = 0; i < r->actor.grant_count; i++)
        if (access_role_carries(r->actor.grants[i].role, PERM_STAFF_MANAGE) &&
            scopes_are_many(&r->actor, PERM_STAFF_MANAGE))
            roles |= 1u << r->actor.grants[i].role;
    for (int role = 0; role < ROLE__MAX; role++)
        if (roles & 1u << role)
            ARENA_PUSH(
                r->arena, list,
                ((struct option){.value = str_from(role_code((enum role)role)),
                                 .text = msg_text(r->ui.lang, role_message((enum role)role))}));
    return (struct option_list){list.v, list.n};
}

static enum err show_new(struct req *r, struct form *form, int status)
{
    struct staff_new_view v = {
        .form = form,
        .roles = role_options(r),
        .scopes = scope_options(r, PERM_STAFF_MANAGE),
        .free_scope = scopes_are_many(&r->actor, PERM_STAFF_MANAGE),
    };
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_staff_add),
                        .section = SECTION_DESK,
                        .width = PAGE_NARROW,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_staff_new(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_staff_new_page(struct req *r)
{
    struct form *form = FORM_NEW(r, new_fields);
    struct option_list scopes = scope_options(r, PERM_STAFF_MANAGE);
    form_set_int(form, N_FROM, day_today());
    if (scopes.n == 1 && !scopes_are_many(&r->actor, PERM_STAFF_MANAGE))
        form_set(form, N_SCOPE, scopes.v[0].value);
    return show_new(r, form, 200);
}

/* A role as a form asks for it, checked against what the actor may give. */
struct wanted_role {
    enum role role;
    struct str scope;
    int64_t from;
    struct i64_opt to;
};
struct wanted_fields {
    int role, scope, from, to;
};

static bool read_wanted(struct req *r, struct form *f, struct wanted_fields at,
                        struct wanted_role *out)
{
    *out = (struct wanted_role){.from = f->v[at.from].i};
    out->scope = scope_find(r, f->v[at.scope].s);
    if (f->v[at.to].present)
        out->to = I64(f->v[at.to].i);
    if (!out->scope.p)
        form_fault(r, f, at.scope, MSG_people_scope_unknown);
    else if (!role_parse(f->v[at.role].s, &out->role))
        form_fault(r, f, at.role, MSG_people_staff_role_denied);
    else if (!(staff_grantable(&r->actor, out->scope) & 1u << out->role))
        form_fault(r, f, at.role, MSG_people_staff_role_denied);
    if (out->to.set && out->to.v < out->from)
        form_fault(r, f, at.to, MSG_people_staff_to_early);
    if (out->to.set && out->to.v < day_today())
        form_fault(r, f, at.to, MSG_people_staff_to_past);
    return f->fault_count == 0;
}

static enum err show_secret(struct req *r, struct str name, struct str login, struct str secret,
                            struct str back)
{
    struct secret_view v = {name, login, secret, back};
    enum msg title = login.n ? MSG_people_secret_password : MSG_people_secret_key;
    struct page page = {
        .title = msg_text(r->ui.lang, title), .section = SECTION_DESK, .width = PAGE_NARROW};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_people_secret(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_show_key(struct req *r, struct str name, struct str key)
{
    return show_secret(r, name, STR(""), key, STR("/desk/keys"));
}

struct staff_adding {
    struct req *r;
    struct staff_input in;
};

static enum err insert_staff(struct tx *tx, void *arg)
{
    struct staff_adding *adding = arg;
    return staff_insert(tx, adding->r->arena, &adding->r->actor, &adding->in);
}

enum err people_staff_new_post(struct req *r)
{
    struct form *form = NULL;
    struct wanted_role wanted;
    struct staff_adding adding = {.r = r};
    enum err rc = FORM_READ(r, new_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    if (rc == ERR_INPUT)
        return show_new(r, form, 422);
    struct str email = login_folded(r->arena, form->v[N_EMAIL].s);
    struct str login = login_folded(r->arena, form->v[N_LOGIN].s);
    if (!login_is_good(login))
        form_fault(r, form, N_LOGIN, MSG_people_staff_login_bad);
    if (!read_wanted(r, form, (struct wanted_fields){N_ROLE, N_SCOPE, N_FROM, N_TO}, &wanted))
        return show_new(r, form, 422);
    struct str password = password_make(r->arena);
    adding.in = (struct staff_input){
        .name = form->v[N_NAME].s,
        .login = login,
        .email = email,
        .lang = r->ui.lang,
        .role = wanted.role,
        .scope = wanted.scope,
        .from = wanted.from,
        .to = wanted.to,
        .must_change = true,
        .id = id_new(),
        .grant_id = id_new(),
        .now_ms = clock_now_ms(),
    };
    TRY(password_hash(r->arena, password, &adding.in.hash));
    int64_t fresh = adding.in.id;
    rc = req_write(r, insert_staff, &adding);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, N_LOGIN, MSG_people_staff_login_taken);
        return show_new(r, form, 422);
    }
    TRY(rc);
    return show_secret(r, adding.in.name, login, password,
                       arena_printf(r->arena, "/desk/staff/%lld", (long long)fresh));
out:
    return rc;
}

/* --- one person --- */

enum { D_DO, D_GRANT, D_ROLE, D_SCOPE, D_FROM, D_TO };
static const struct field person_fields[] = {
    [D_DO] = {"do", FIELD_CODE, .required = true, .max = 20, .label = MSG_people_next},
    [D_GRANT] = {"grant", FIELD_INT, .min = 1, .max = INT64_MAX, .label = MSG_people_next},
    [D_ROLE] = {"role", FIELD_CODE, .max = 20, .label = MSG_people_staff_role},
    [D_SCOPE] = {"scope", FIELD_LINE, .max = 80, .label = MSG_people_staff_place,
                 .hint = MSG_people_staff_place_hint},
    [D_FROM] = {"from", FIELD_DATE, .label = MSG_people_staff_from},
    [D_TO] = {"to", FIELD_DATE, .label = MSG_people_staff_to, .hint = MSG_people_staff_to_hint},
};

/* A person as the manager may see them, read in the same transaction as any change. */
struct managed {
    struct req *r;
    int64_t person;
    struct account account;
    struct staff_grants grants;
    bool visible, may_manage;
    int64_t sessions;
    /* the change */
    struct str what, hash;
    int64_t grant, grant_id, now_ms;
    struct wanted_role wanted;
    bool done;
};

static enum err read_managed(struct tx *tx, void *arg)
{
    struct managed *m = arg;
    struct req *r = m->r;
    struct sql_session_list_rows sessions;
    enum err rc = ERR_OK;
    m->visible = false;
    TRY(account_read(tx, r->arena, m->person, &m->account));
    TRY(staff_grants_of(tx, r->arena, m->person, &m->grants));
    for (size_t i = 0; i < m->grants.n; i++)
        if (access_allows(&r->actor, PERM_STAFF_MANAGE, m->grants.v[i].scope))
            m->visible = true;
    /* Somebody else's person does not exist. */
    if (!m->visible || m->account.login.n == 0)
        return ERR_NOT_FOUND;
    m->may_manage = staff_may_manage(&r->actor, m->person, &m->grants, day_today());
    TRY(sql_session_list(tx, r->arena, &sessions, .person_id = m->person,
                         .now_ms = clock_now_ms()));
    m->sessions = (int64_t)sessions.n;
out:
    return rc;
}

static enum err open_managed(struct req *r, struct managed *out)
{
    *out = (struct managed){.r = r, .grant_id = id_new(), .now_ms = clock_now_ms()};
    if (!str_to_i64(req_param(r, "person"), &out->person))
        return ERR_NOT_FOUND;
    return req_read(r, read_managed, out);
}

static enum err show_person(struct req *r, const struct managed *m, struct form *form, int status)
{
    struct staff_person_view v = {
        .give = form,
        .roles = role_options(r),
        .scopes = scope_options(r, PERM_STAFF_MANAGE),
        .free_scope = scopes_are_many(&r->actor, PERM_STAFF_MANAGE),
        .action = arena_printf(r->arena, "/desk/staff/%lld", (long long)m->person),
        .person = {.id = m->person,
                   .name = m->account.name,
                   .login = m->account.login,
                   .disabled = m->account.disabled},
        .may_manage = m->may_manage,
        .has_totp = m->account.has_totp,
        .sessions = m->sessions,
    };
    if (m->person == r->actor.person_id)
        v.give = NULL;
    for (size_t i = 0; i < m->grants.n; i++) {
        const struct staff_grant *g = &m->grants.v[i];
        if (!access_allows(&r->actor, PERM_STAFF_MANAGE, g->scope))
            continue;
        bool live = grant_is_live(g, day_today());
        bool may = m->person != r->actor.person_id &&
                   (staff_grantable(&r->actor, g->scope) & 1u << g->role) != 0;
        ARENA_PUSH(
            r->arena, v.person.roles,
            ((struct staff_role_line){.id = g->id,
                                      .role = MSG(role_message(g->role)),
                                      .scope = scope_name(r->app, r->arena, g->scope, r->ui.lang),
                                      .from = g->from,
                                      .to = g->ended_ms.set ? I64(day_of_ms(g->ended_ms.v)) : g->to,
                                      .live = live,
                                      .may_end = live && may}));
    }
    struct page page = {.title = m->account.name, .section = SECTION_DESK, .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_staff_person(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static struct form *give_form(struct req *r)
{
    struct form *form = FORM_NEW(r, person_fields);
    struct option_list scopes = scope_options(r, PERM_STAFF_MANAGE);
    form_set_int(form, D_FROM, day_today());
    if (scopes.n == 1 && !scopes_are_many(&r->actor, PERM_STAFF_MANAGE))
        form_set(form, D_SCOPE, scopes.v[0].value);
    return form;
}

enum err people_staff_person_page(struct req *r)
{
    struct managed m;
    enum err rc = open_managed(r, &m);
    return rc == ERR_OK ? show_person(r, &m, give_form(r), 200) : rc;
}

/* --- changes of one person --- */

static const struct staff_grant *find_grant(const struct managed *m, int64_t id)
{
    for (size_t i = 0; i < m->grants.n; i++)
        if (m->grants.v[i].id == id)
            return &m->grants.v[i];
    return NULL;
}

static enum err do_give(struct tx *tx, struct managed *m)
{
    const struct wanted_role *w = &m->wanted;
    struct actor *actor = &m->r->actor;
    enum err rc = ERR_OK;
    if (m->person == actor->person_id || !(staff_grantable(actor, w->scope) & 1u << w->role))
        return ERR_DENIED;
    TRY(sql_grant_add(tx, NULL, .id = m->grant_id, .person_id = m->person,
                      .role = str_from(role_code(w->role)), .scope = w->scope,
                      .valid_from = w->from, .valid_to = w->to, .given_by = actor->person_id,
                      .now_ms = m->now_ms));
    rc = audit_write(tx, actor, w->scope, AUDIT_DID, "role_give", m->person, STR_NULL,
                     str_from(role_code(w->role)));
out:
    return rc;
}

static enum err do_end(struct tx *tx, struct managed *m)
{
    const struct staff_grant *g = find_grant(m, m->grant);
    struct actor *actor = &m->r->actor;
    enum err rc = ERR_OK;
    if (!g)
        return ERR_NOT_FOUND;
    if (m->person == actor->person_id || !(staff_grantable(actor, g->scope) & 1u << g->role))
        return ERR_DENIED;
    TRY(sql_grant_end(tx, NULL, .person_id = m->person, .id = g->id, .ended_by = actor->person_id,
                      .now_ms = m->now_ms));
    rc = audit_write(tx, actor, g->scope, AUDIT_DID, "role_take", m->person, STR_NULL,
                     str_from(role_code(g->role)));
out:
    return rc;
}

/* Where a change of the account is on record: at the place of the first role. */
static struct str place_of(const struct managed *m)
{
    for (size_t i = 0; i < m->grants.n; i++)
        if (access_allows(&m->r->actor, PERM_STAFF_MANAGE, m->grants.v[i].scope))
            return m->grants.v[i].scope;
    return SCOPE_COUNTRY;
}

static enum err do_account(struct tx *tx, struct managed *m)
{
    const char *action;
    enum err rc = ERR_OK;
    if (!m->may_manage)
        return ERR_DENIED;
    if (str_eq(m->what, STR("password"))) {
        TRY(sql_credential_set_password(tx, NULL, .person_id = m->person, .password = m->hash,
                                        .must_change = 1, .now_ms = m->now_ms));
        action = "password_reset";
    } else if (str_eq(m->what, STR("phone"))) {
        TRY(sql_credential_set_totp(tx, NULL, .person_id = m->person, .totp = STR_NULL,
                                    .totp_ms = I64_NONE, .step = 0));
        TRY(sql_recovery_clear(tx, NULL, .person_id = m->person));
        action = "phone_reset";
    } else if (str_eq(m->what, STR("disable"))) {
        TRY(sql_person_disable(tx, NULL, .id = m->person, .disabled_ms = I64(m->now_ms)));
        action = "staff_disable";
    } else if (str_eq(m->what, STR("enable"))) {
        TRY(sql_person_disable(tx, NULL, .id = m->person, .disabled_ms = I64_NONE));
        action = "staff_enable";
    } else {
        return ERR_INPUT;
    }
    TRY(sql_session_end_others(tx, NULL, .person_id = m->person, .keep = 0));
    rc = audit_write(tx, &m->r->actor, place_of(m), AUDIT_DID, action, m->person, STR_NULL,
                     STR_NULL);
out:
    return rc;
}

static enum err change_managed(struct tx *tx, void *arg)
{
    struct managed *m = arg;
    enum err rc = read_managed(tx, m);
    if (rc != ERR_OK)
        return rc;
    if (str_eq(m->what, STR("give")))
        return do_give(tx, m);
    if (str_eq(m->what, STR("end")))
        return do_end(tx, m);
    return do_account(tx, m);
}

enum err people_staff_person_post(struct req *r)
{
    struct managed m;
    struct form *form = NULL;
    struct str password = STR_NULL;
    enum err rc = open_managed(r, &m);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, person_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    if (rc == ERR_INPUT)
        return show_person(r, &m, form, 422);
    m.what = form->v[D_DO].s;
    m.grant = form->v[D_GRANT].i;
    if (str_eq(m.what, STR("give"))) {
        if (!form->v[D_FROM].present)
            form->v[D_FROM].i = day_today();
        if (!read_wanted(r, form, (struct wanted_fields){D_ROLE, D_SCOPE, D_FROM, D_TO}, &m.wanted))
            return show_person(r, &m, form, 422);
    }
    if (str_eq(m.what, STR("password"))) {
        if (!m.may_manage)
            return ERR_DENIED;
        password = password_make(r->arena);
        TRY(password_hash(r->arena, password, &m.hash));
    }
    TRY(req_write(r, change_managed, &m));
    struct str back = arena_printf(r->arena, "/desk/staff/%lld", (long long)m.person);
    if (password.p)
        return show_secret(r, m.account.name, m.account.login, password, back);
    resp_notice(r, MSG_people_saved);
    resp_redirect(r, back);
out:
    return rc;
}
