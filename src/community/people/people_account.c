/*
 * The own account: contacts and language, sessions, and who looked at the own data. (Password and
 * phone: people_security.c.)
 */
#include "community/people/people_account.h"
#include "community/people/people_mail.h"
#include "community/people/people_tpl.h"

#include "platform/channels/outbox.h"

/* --- the gate --- */

static enum err read_account(struct tx *tx, void *arg)
{
    struct own_account *own = arg;
    return account_read(tx, own->r->arena, own->r->actor.person_id, &own->account);
}

enum err own_account_open(struct req *r, struct own_account *out)
{
    *out = (struct own_account){.r = r};
    enum err rc = req_read(r, read_account, out);
    if (rc != ERR_OK)
        return rc;
    out->staff = out->account.login.n > 0;
    /* A stolen password alone must not be enough to take over the account. */
    if (out->account.has_totp && !r->actor.second_factor) {
        if (!str_eq(r->http->method, STR("GET")))
            return ERR_DENIED;
        resp_redirect(r, with_next(r->arena, WEB_SECOND_FACTOR_PATH, r->http->target));
    }
    return ERR_OK;
}

/* --- the page --- */

enum { A_NAME, A_PHONE, A_LANG, A_NOTICES };
static const struct choice languages[] = {{"ky", MSG_people_lang_ky},
                                          {"ru", MSG_people_lang_ru},
                                          {"en", MSG_people_lang_en},
                                          {NULL, MSG_NONE}};
static const struct field account_fields[] = {
    [A_NAME] = {"name", FIELD_LINE, .max = 100, .label = MSG_people_account_name,
                .autocomplete = "name"},
    [A_PHONE] = {"phone", FIELD_PHONE, .label = MSG_people_account_telephone},
    [A_LANG] = {"language", FIELD_CHOICE, .required = true, .choices = languages,
                .label = MSG_people_account_language, .hint = MSG_people_account_language_hint},
    [A_NOTICES] = {"notices", FIELD_BOOL, .label = MSG_people_account_notices},
};

struct account_reading {
    struct req *r;
    struct account_view *v;
};

static enum err read_lists(struct tx *tx, void *arg)
{
    struct account_reading *reading = arg;
    struct req *r = reading->r;
    struct account_view *v = reading->v;
    struct staff_grants grants;
    struct sql_session_list_rows sessions;
    enum err rc = ERR_OK;
    v->roles.n = v->sessions.n = 0;
    TRY(staff_grants_of(tx, r->arena, r->actor.person_id, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        const struct staff_grant *g = &grants.v[i];
        if (grant_is_live(g, day_today()))
            ARENA_PUSH(r->arena, v->roles,
                       ((struct account_role){MSG(role_message(g->role)),
                                              scope_name(r->app, r->arena, g->scope, r->ui.lang),
                                              g->from, g->to}));
    }
    TRY(sql_session_list(tx, r->arena, &sessions, .person_id = r->actor.person_id,
                         .now_ms = clock_now_ms()));
    for (size_t i = 0; i < sessions.n; i++) {
        const struct sql_session_list_row *s = &sessions.v[i];
        bool here = s->id == r->actor.session_id;
        int64_t seen = session_seen_ms(s->id, here ? clock_now_ms() : s->seen_ms);
        if (s->staff && clock_now_ms() - seen >= STAFF_IDLE_MS)
            continue;
        ARENA_PUSH(r->arena, v->sessions,
                   ((struct account_session){s->id, s->browser, s->created_ms, seen, here}));
    }
out:
    return rc;
}

static enum err show_account(struct req *r, const struct own_account *own, struct form *form,
                             int status)
{
    const struct account *a = &own->account;
    struct account_view v = {
        .form = form,
        .name = a->name,
        .login = a->login,
        .email = a->email,
        .staff = own->staff,
        .has_totp = a->has_totp,
        .totp_ms = a->totp_ms,
        .password_ms = a->password_ms,
        .recovery_left = a->recovery_left,
    };
    struct account_reading reading = {r, &v};
    enum err rc = req_read(r, read_lists, &reading);
    if (rc != ERR_OK)
        return rc;
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_account_title), .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_account(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_account_page(struct req *r)
{
    struct own_account own;
    enum err rc = own_account_open(r, &own);
    if (rc != ERR_OK || r->answered)
        return rc;
    struct form *form = FORM_NEW(r, account_fields);
    form_set(form, A_NAME, own.account.name);
    form_set(form, A_PHONE, own.account.phone);
    form_set(form, A_LANG, str_from(lang_code(own.account.lang)));
    if (own.account.notices)
        form_set(form, A_NOTICES, STR("1"));
    return show_account(r, &own, form, 200);
}

struct saving {
    struct req *r;
    const struct own_account *own;
    struct form *form;
};

static enum err save_account(struct tx *tx, void *arg)
{
    struct saving *s = arg;
    const struct form *f = s->form;
    enum err rc = ERR_OK;
    int64_t person = s->r->actor.person_id;
    struct str name = s->own->staff || !f->v[A_NAME].s.p ? s->own->account.name : f->v[A_NAME].s;
    TRY(sql_person_set_contacts(tx, NULL, .id = person, .name = name,
                                .phone = f->v[A_PHONE].s.n ? f->v[A_PHONE].s : STR_NULL,
                                .notices = f->v[A_NOTICES].present, .lang = f->v[A_LANG].s));
    rc = audit_write(tx, &s->r->actor, SCOPE_COUNTRY, AUDIT_DID, "account_change", person, STR_NULL,
                     STR_NULL);
out:
    return rc;
}

enum err people_account_post(struct req *r)
{
    struct own_account own;
    struct form *form = NULL;
    TRY_ANSWERED(own_account_open(r, &own));
    enum err rc = FORM_READ(r, account_fields, &form);
    if (rc == ERR_INPUT)
        return show_account(r, &own, form, 422);
    if (rc != ERR_OK)
        return rc;
    struct saving saving = {r, &own, form};
    rc = req_write(r, save_account, &saving);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_people_saved);
    /* The platform takes the language from the address and remembers it. */
    resp_redirect(r, arena_printf(r->arena, "/account?lang=%.*s", STRF(form->v[A_LANG].s)));
    return ERR_OK;
}

/* --- a new address --- */

enum { E_EMAIL, E_CODE };
static const struct field email_fields[] = {
    [E_EMAIL] = {"email", FIELD_EMAIL, .max = 200, .label = MSG_people_email_new},
    [E_CODE] = {"code", FIELD_LINE, .max = 20, .label = MSG_people_mail_code_code,
                .autocomplete = "one-time-code", .width = 10},
};

static enum err show_email(struct req *r, struct form *form, struct str sent_to, int status)
{
    struct email_view v = {.form = form, .sent_to = sent_to};
    struct page page = {
        .title = msg_text(r->ui.lang, MSG_people_email_title), .width = PAGE_NARROW, .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_email(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_account_email_page(struct req *r)
{
    struct own_account own;
    struct mail_ticket ticket = {0};
    TRY_ANSWERED(own_account_open(r, &own));
    bool waiting = !req_query(r, "again").p && mail_ticket_read(r, "email", &ticket);
    return show_email(r, FORM_NEW(r, email_fields), waiting ? ticket.email : STR_NULL, 200);
}

struct proving {
    struct req *r;
    const struct own_account *own;
    struct mail_code code;
    struct mail_ticket ticket;
    struct str typed;
    struct mail_code_found found;
};

static enum err send_proof(struct tx *tx, void *arg)
{
    struct proving *p = arg;
    return mail_code_send(tx, p->r, &p->code, I64_NONE, MSG_people_email_subject,
                          MSG_people_email_body);
}

static enum err check_proof(struct tx *tx, void *arg)
{
    struct proving *p = arg;
    int64_t person = p->r->actor.person_id;
    struct str email = p->ticket.email;
    enum err rc = mail_code_check(tx, p->r, "email", &p->ticket, p->typed, &p->found);
    if (rc != ERR_OK || !p->found.right)
        return rc;
    TRY(sql_person_set_email(tx, NULL, .id = person, .email = email));
    if (!p->own->staff) {
        TRY(sql_person_email_put(tx, NULL, .email = email, .person_id = person,
                                 .now_ms = clock_now_ms()));
        TRY(sql_person_email_drop(tx, NULL, .person_id = person, .keep = email));
    }
    rc = audit_write(tx, &p->r->actor, SCOPE_COUNTRY, AUDIT_DID, "email_change", person, STR_NULL,
                     STR_NULL);
out:
    return rc;
}

static enum err start_proof(struct req *r, struct proving *p, struct form *form)
{
    struct str email = login_folded(r->arena, form->v[E_EMAIL].s);
    if (!email_address_ok(email)) {
        FORM_FAULT_ARGS(r, form, E_EMAIL, MSG_common_fault_email,
                        ARG_S("label", msg_text(r->ui.lang, MSG_people_email_new)));
        return show_email(r, form, STR_NULL, 422);
    }
    mail_code_make(r->arena, "email", email, &p->code);
    enum err rc = req_write(r, send_proof, p);
    if (rc != ERR_OK)
        return rc;
    mail_ticket_give(r, &p->code);
    resp_redirect(r, STR("/account/email"));
    return ERR_OK;
}

enum err people_account_email_post(struct req *r)
{
    struct own_account own;
    struct form *form = NULL;
    TRY_ANSWERED(own_account_open(r, &own));
    struct proving p = {.r = r, .own = &own};
    bool waiting = mail_ticket_read(r, "email", &p.ticket);
    enum err rc = FORM_READ(r, email_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    bool typed_code = form->v[E_CODE].present && waiting;
    if (rc == ERR_INPUT)
        return show_email(r, form, typed_code ? p.ticket.email : STR_NULL, 422);
    if (!typed_code)
        return start_proof(r, &p, form);
    p.typed = form->v[E_CODE].s;
    rc = req_write(r, check_proof, &p);
    if (rc != ERR_OK)
        return rc;
    if (!p.found.right) {
        form_fault(r, form, E_CODE, mail_code_fault(&p.found));
        return show_email(r, form, p.ticket.email, 422);
    }
    mail_ticket_drop(r);
    resp_notice(r, MSG_people_email_done);
    resp_redirect(r, STR(WEB_ACCOUNT_PATH));
    return ERR_OK;
}

/* --- sessions --- */

enum { S_ID, S_OTHERS };
static const struct field session_fields[] = {
    [S_ID] = {"id", FIELD_INT, .min = 1, .max = INT64_MAX, .label = MSG_people_account_sessions},
    [S_OTHERS] = {"others", FIELD_BOOL, .label = MSG_people_account_sessions_end},
};

struct ending {
    struct req *r;
    int64_t id;
    bool others;
};

static enum err end_sessions(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    const struct actor *actor = &e->r->actor;
    enum err rc = ERR_OK;
    if (e->others)
        TRY(sql_session_end_others(tx, NULL, .person_id = actor->person_id,
                                   .keep = actor->session_id));
    else
        TRY(sql_session_end(tx, NULL, .id = e->id, .person_id = actor->person_id));
    rc = audit_write(tx, actor, SCOPE_COUNTRY, AUDIT_DID, "session_end", actor->person_id, STR_NULL,
                     STR_NULL);
out:
    return rc;
}

enum err people_session_end(struct req *r)
{
    struct own_account own;
    struct form *form = NULL;
    TRY_ANSWERED(own_account_open(r, &own));
    enum err rc = FORM_READ(r, session_fields, &form);
    if (rc != ERR_OK)
        return rc;
    struct ending ending = {r, form->v[S_ID].i, form->v[S_OTHERS].present};
    rc = req_write(r, end_sessions, &ending);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_people_session_ended);
    resp_redirect(r, STR(WEB_ACCOUNT_PATH));
    return ERR_OK;
}

/* --- who looked --- */

enum { SEEN_PAGE = 50 };

struct seeing {
    struct req *r;
    int64_t before;
    struct audit_rows rows;
    struct person_names names;
};

static enum err read_seen(struct tx *tx, void *arg)
{
    struct seeing *s = arg;
    enum err rc =
        audit_of_person(tx, s->r->arena, s->r->actor.person_id, s->before, SEEN_PAGE + 1, &s->rows);
    return rc == ERR_OK ? audit_names(tx, s->r->arena, &s->rows, &s->names) : rc;
}

enum err people_seen_page(struct req *r)
{
    struct own_account own;
    struct seeing s = {.r = r};
    struct seen_view v = {.older = STR_NULL};
    TRY_ANSWERED(own_account_open(r, &own));
    if (!str_to_i64(req_query(r, "before"), &s.before) || s.before < 0)
        s.before = 0;
    enum err rc = req_read(r, read_seen, &s);
    if (rc != ERR_OK)
        return rc;
    if (s.rows.n > SEEN_PAGE) {
        s.rows.n = SEEN_PAGE;
        v.older = arena_printf(r->arena, "/account/seen?before=%lld",
                               (long long)s.rows.v[SEEN_PAGE - 1].id);
    }
    audit_lines_of(r, &s.rows, &s.names, &v.lines);
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_seen_title)};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_people_seen(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}
