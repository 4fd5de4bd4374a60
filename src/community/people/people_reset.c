/*
 * Staff who forgot their password get a link by e-mail. It stands for the password alone: the code
 * from the phone is asked all the same, and then a new password is chosen before anything else. So
 * who reads somebody's mail does not get in, and an account without a phone gets no link: its head
 * or the administrator gives it a new password.
 *
 * The answer is the same and costs the same whether there is such an account or not.
 */
#include "community/people/people_internal.h"
#include "community/people/people_mail.h"
#include "community/people/people_tpl.h"

/* Letters to one account; the address has its own limit an hour (mail_code_send). */
static const struct rate_limit per_login = {1, 3};

enum { R_LOGIN };
static const struct field reset_fields[] = {
    [R_LOGIN] = {"login", FIELD_LINE, .required = true, .max = 100, .label = MSG_people_login_login,
                 .autocomplete = "username"},
};

static enum err show_reset(struct req *r, struct form *form, int status)
{
    struct login_view v = {.form = form, .staff_href = STR(WEB_LOGIN_PATH)};
    struct page page = {
        .title = msg_text(r->ui.lang, MSG_people_reset_title), .width = PAGE_NARROW, .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_reset(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_reset_page(struct req *r)
{
    return show_reset(r, FORM_NEW(r, reset_fields), 200);
}

struct resetting {
    struct req *r;
    struct str login;
    struct mail_code code;
};

/* The account that may get a link. *person not set: there is none. */
static enum err find_account(struct tx *tx, const struct resetting *s, struct i64_opt *person,
                             struct str *email)
{
    struct sql_credential_by_login_row row;
    struct account account;
    const struct req *r = s->r;
    enum err rc = sql_credential_by_login(tx, r->arena, &row, .login = s->login);
    *person = I64_NONE;
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    TRY(account_read(tx, r->arena, row.person_id, &account));
    if (row.disabled_ms.set || !row.totp.p || str_empty(account.email) ||
        (row.fictional && !r->app->demo))
        return ERR_OK;
    *person = I64(row.person_id);
    *email = account.email;
out:
    return rc;
}

static enum err reset_fn(struct tx *tx, void *arg)
{
    struct resetting *s = arg;
    struct mail_code code = s->code;
    struct i64_opt person;
    enum err rc = ERR_OK;
    TRY(find_account(tx, s, &person, &code.email));
    if (!person.set) /* a row that nobody is told of: as much work as for an account */
        return mail_code_insert(tx, s->r->arena, s->r->app, &code, I64_NONE, s->r->ui.lang);
    rc = mail_code_send(tx, s->r, &code, person, MSG_people_reset_subject, MSG_people_reset_body);
out:
    return rc;
}

enum err people_reset_post(struct req *r)
{
    struct form *form = NULL;
    int64_t wait_ms = 0;
    enum err rc = FORM_READ(r, reset_fields, &form);
    if (rc == ERR_INPUT)
        return show_reset(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    struct resetting s = {.r = r, .login = login_folded(r->arena, form->v[R_LOGIN].s)};
    mail_code_make(r->arena, "reset", STR("-"), &s.code);
    if (app_rate_allows(r->app, "people_reset", s.login, per_login, &wait_ms))
        TRY(req_write(r, reset_fn, &s));
    else
        LOG(LOG_WARN, "password_reset.limited");
    resp_notice(r, MSG_people_reset_sent);
    resp_redirect(r, STR(WEB_LOGIN_PATH));
out:
    return rc;
}
