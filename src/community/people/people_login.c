/*
 * Staff log in: password, then the code from the phone.
 *
 * Whatever is wrong about a log-in, the answer is the same and takes as long: who has an account is
 * nobody's business. Failures are limited by log-in and address together, and by log-in alone; a
 * browser in which somebody has logged in before has a limit of its own ("device" cookie), so that
 * strangers who try passwords cannot keep the owner out.
 */
#include "community/people/people_internal.h"
#include "community/people/people_tpl.h"

#include "platform/web/ratelimit.h"

#include <sodium.h>

/* --- limits on failures --- */

#define DEVICE_COOKIE "device"
#define DEVICE_SECONDS (180 * 86400)
#define DEVICE_RANDOM 16 /* characters */

static const struct rate_limit per_place = {1, 5};   /* one log-in from one address */
static const struct rate_limit per_device = {2, 10}; /* one log-in in a browser that knows it */
static const struct rate_limit per_login = {6, 20};  /* one log-in from everywhere else */

struct attempt {
    struct str place;   /* log-in and address */
    struct str account; /* device, or log-in */
    bool device;
};

/* What proves that this log-in succeeded in this browser: random text and its keyed hash. */
static struct str device_proof(struct req *r, struct str random, struct str login)
{
    struct str text = arena_printf(r->arena, "%.*s\n%.*s", STRF(random), STRF(login));
    struct str hash = people_hash(r->arena, r->app, "device", text);
    struct buf *out = buf_in(r->arena);
    buf_str(out, random);
    buf_base64url(out, hash.p, 16);
    return buf_view(out);
}

static bool device_is_known(struct req *r, struct str login)
{
    struct str cookie = req_cookie(r, DEVICE_COOKIE);
    if (cookie.n <= DEVICE_RANDOM)
        return false;
    struct str proof = device_proof(r, str_slice(cookie, 0, DEVICE_RANDOM), login);
    return proof.n == cookie.n && sodium_memcmp(proof.p, cookie.p, proof.n) == 0;
}

static bool attempt_allowed(struct req *r, struct str login, struct attempt *out, int64_t *wait_ms)
{
    char address[64];
    struct str here = ratelimit_address_key(r->http->address, address);
    out->place = arena_printf(r->arena, "%.*s\n%.*s", STRF(here), STRF(login));
    out->device = device_is_known(r, login);
    out->account = out->device ? req_cookie(r, DEVICE_COOKIE) : login;
    return app_rate_allows(r->app, "people_place", out->place, per_place, wait_ms) &&
           app_rate_allows(r->app, out->device ? "people_device" : "people_login", out->account,
                           out->device ? per_device : per_login, wait_ms);
}

static void attempt_forgive(struct req *r, const struct attempt *a)
{
    app_rate_forgive(r->app, "people_place", a->place, per_place);
    app_rate_forgive(r->app, a->device ? "people_device" : "people_login", a->account,
                     a->device ? per_device : per_login);
}

/* --- the password --- */

enum { L_LOGIN, L_PASSWORD, L_NEXT };
static const struct field login_fields[] = {
    [L_LOGIN] = {"login", FIELD_LINE, .required = true, .max = 100, .label = MSG_people_login_login,
                 .autocomplete = "username"},
    [L_PASSWORD] = {"password", FIELD_PASSWORD, .required = true, .max = PASSWORD_MOST,
                    .label = MSG_people_login_password},
    [L_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

enum err login_show(struct req *r, login_template *template, struct form *form, struct str next,
                    int status)
{
    struct login_view v = {
        .form = form,
        .next = next,
        .staff_href = with_next(r->arena, WEB_LOGIN_PATH, next),
        .mail_href = with_next(r->arena, "/login/email", next),
    };
    struct page page = {
        .title = msg_text(r->ui.lang, MSG_people_login_title), .width = PAGE_NARROW, .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    template(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_login_page(struct req *r)
{
    struct str next = next_of(req_query(r, "next"));
    if (r->actor.person_id) {
        go_next(r, next, access_allows_somewhere(&r->actor, PERM_STAFF));
        return ERR_OK;
    }
    return login_show(r, tpl_people_login, FORM_NEW(r, login_fields), next, 200);
}

struct entering {
    struct req *r;
    struct str login, checked,
        fresh_hash; /* checked: the hash that the password was found right by */
    struct session_new session;
    bool found, entered;
    struct sql_credential_by_login_row row;
    bool needs_second_factor;
};

static enum err read_login(struct tx *tx, void *arg)
{
    struct entering *e = arg;
    enum err rc = sql_credential_by_login(tx, e->r->arena, &e->row, .login = e->login);
    /* Everybody knows the passwords of fictional people: none of them outside a demonstration. */
    e->found = rc == ERR_OK && !e->row.disabled_ms.set && (!e->row.fictional || e->r->app->demo);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static bool role_needs_second_factor(enum role role)
{
    for (int p = 0; p < PERM__MAX; p++)
        if (access_role_carries(role, (enum permission)p) &&
            access_needs_second_factor((enum permission)p))
            return true;
    return false;
}

static enum err enter(struct tx *tx, void *arg)
{
    struct entering *e = arg;
    struct actor actor = {.person_id = e->session.person};
    struct staff_grants grants;
    enum err rc = ERR_OK;
    /* Changed or shut while the password was being hashed: then it was the wrong one. */
    e->entered = false;
    TRY(read_login(tx, e));
    if (!e->found || e->row.person_id != e->session.person || !str_eq(e->row.password, e->checked))
        return ERR_OK;
    if (e->fresh_hash.p)
        TRY(sql_credential_rehash(tx, NULL, .person_id = e->session.person, .was = e->checked,
                                  .password = e->fresh_hash));
    TRY(session_insert(tx, e->r, &e->session));
    TRY(staff_grants_of(tx, e->r->arena, e->session.person, &grants));
    e->needs_second_factor = false;
    for (size_t i = 0; i < grants.n; i++)
        if (grant_is_live(&grants.v[i], day_today()) && role_needs_second_factor(grants.v[i].role))
            e->needs_second_factor = true;
    rc = audit_write(tx, &actor, SCOPE_COUNTRY, AUDIT_DID, "login", e->session.person, STR_NULL,
                     STR("password"));
    e->entered = rc == ERR_OK;
out:
    return rc;
}

/* Where a fresh log-in goes: the code, a new password, setting up a phone, or where it wanted to.
 */
static void go_on(struct req *r, const struct entering *e, struct str next)
{
    if (e->row.totp.p)
        resp_redirect(r, with_next(r->arena, WEB_SECOND_FACTOR_PATH, next));
    else if (e->row.must_change)
        resp_redirect(r, with_next(r->arena, WEB_PASSWORD_PATH, next));
    else if (e->needs_second_factor)
        resp_redirect(r, with_next(r->arena, "/account/phone", next));
    else
        go_next(r, next, true);
}

static void remember_device(struct req *r, struct str login)
{
    struct str random = str_slice(id_secret(r->arena, 16), 0, DEVICE_RANDOM);
    resp_cookie(r, DEVICE_COOKIE, device_proof(r, random, login), DEVICE_SECONDS, true);
}

enum err people_login_post(struct req *r)
{
    struct form *form = NULL;
    struct attempt attempt;
    struct password_verdict verdict = {0};
    int64_t wait_ms = 0;
    enum err rc = FORM_READ(r, login_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[L_NEXT].s);
    if (rc == ERR_INPUT)
        return login_show(r, tpl_people_login, form, next, 422);
    struct entering e = {.r = r, .login = login_folded(r->arena, form->v[L_LOGIN].s)};
    if (!attempt_allowed(r, e.login, &attempt, &wait_ms)) {
        LOG(LOG_WARN, "login.limited");
        answer_wait(r, wait_ms);
        return ERR_OK;
    }
    TRY(req_read(r, read_login, &e));
    e.checked = e.found ? e.row.password : STR("");
    TRY(password_check(e.checked, form->v[L_PASSWORD].s, &verdict));
    if (verdict.right && verdict.old &&
        password_hash(r->arena, form->v[L_PASSWORD].s, &e.fresh_hash) != ERR_OK)
        e.fresh_hash = STR_NULL; /* next time */
    if (verdict.right) {
        session_make(r, e.row.person_id, true, &e.session);
        TRY(req_write(r, enter, &e));
    }
    if (!e.entered) {
        LOG(LOG_WARN, "login.failed", LOG_I("person", e.found ? e.row.person_id : 0));
        form_fault(r, form, -1, MSG_people_login_wrong);
        return login_show(r, tpl_people_login, form, next, 422);
    }
    attempt_forgive(r, &attempt);
    remember_device(r, e.login);
    session_give(r, &e.session);
    go_on(r, &e, next);
out:
    if (rc == ERR_RATE) {
        answer_wait(r, 2 * MS_SECOND);
        rc = ERR_OK;
    }
    return rc;
}

/* --- the second factor --- */

enum { CODE_TRIES = 5 };
#define CODE_TRIES_MS (15 * MS_MINUTE)

enum { C_CODE, C_NEXT };
static const struct field code_fields[] = {
    [C_CODE] = {"code", FIELD_LINE, .required = true, .max = 40, .label = MSG_people_code_code,
                .hint = MSG_people_code_hint, .autocomplete = "one-time-code", .width = 10},
    [C_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

struct checking {
    struct req *r;
    struct str typed;
    struct str recovery_hash;
    struct session_turn turn;
    int64_t now_ms, wait_ms;
    bool right, demo;
    struct account account;
};

static enum err open_secret(struct req *r, struct str sealed, struct str *out)
{
    if (people_unseal(r->arena, r->app, totp_purpose(r->arena, r->actor.person_id), sealed, out))
        return ERR_OK;
    LOG(LOG_ERROR, "totp.sealed", LOG_I("person", r->actor.person_id));
    return ERR_CONFIG;
}

/* Counts the attempt; false when there were too many in the last quarter of an hour. */
static enum err count_try(struct tx *tx, struct checking *c,
                          const struct sql_credential_get_row *row)
{
    bool window = row->code_tries_until_ms > c->now_ms;
    int64_t tries = window ? row->code_tries : 0;
    c->wait_ms = tries >= CODE_TRIES ? row->code_tries_until_ms - c->now_ms : 0;
    if (c->wait_ms > 0)
        return ERR_OK;
    return sql_credential_count_try(
        tx, NULL, .person_id = c->r->actor.person_id, .tries = tries + 1,
        .until_ms = window ? row->code_tries_until_ms : c->now_ms + CODE_TRIES_MS);
}

static enum err check_code(struct tx *tx, void *arg)
{
    struct checking *c = arg;
    struct req *r = c->r;
    int64_t person = r->actor.person_id, step = 0, changed = 0;
    struct sql_credential_get_row row;
    struct str secret;
    const char *how = "code";
    enum err rc = ERR_OK;
    c->right = false;
    TRY(sql_credential_get(tx, r->arena, &row, .person_id = person));
    TRY(account_read(tx, r->arena, person, &c->account));
    if (!row.totp.p)
        return ERR_NOT_FOUND;
    c->demo = demo_shows_code(r, &c->account);
    TRY(count_try(tx, c, &row));
    if (c->wait_ms > 0)
        return ERR_OK;
    TRY(open_secret(r, row.totp, &secret));
    if (totp_matches(secret, c->typed, c->now_ms, c->demo ? -1 : row.totp_step, &step)) {
        TRY(sql_credential_use_step(tx, &changed, .person_id = person, .step = step));
        c->right = changed > 0 || c->demo;
    } else {
        TRY(sql_recovery_use(tx, &changed, .person_id = person, .hash = c->recovery_hash,
                             .now_ms = c->now_ms));
        c->right = changed > 0;
        how = "recovery_code";
    }
    if (!c->right)
        return ERR_OK;
    TRY(sql_credential_count_try(tx, NULL, .person_id = person, .tries = 0, .until_ms = 0));
    TRY(session_turn_write(tx, r, &c->turn));
    rc = audit_write(tx, &r->actor, SCOPE_COUNTRY, AUDIT_DID, "second_factor", person, STR_NULL,
                     str_from(how));
out:
    return rc;
}

static enum err read_own(struct tx *tx, void *arg)
{
    struct checking *c = arg;
    struct sql_credential_get_row row;
    enum err rc = account_read(tx, c->r->arena, c->r->actor.person_id, &c->account);
    if (rc != ERR_OK || !c->account.has_totp)
        return rc;
    c->demo = demo_shows_code(c->r, &c->account);
    if (c->demo)
        rc = sql_credential_get(tx, c->r->arena, &row, .person_id = c->r->actor.person_id);
    if (rc == ERR_OK && c->demo)
        rc = open_secret(c->r, row.totp, &c->typed);
    return rc;
}

static enum err show_code(struct req *r, struct form *form, struct str next, int status)
{
    struct checking c = {.r = r};
    enum err rc = req_read(r, read_own, &c);
    if (rc != ERR_OK)
        return rc;
    if (c.account.login.n == 0 || !c.account.has_totp) {
        resp_redirect(r, c.account.login.n ? with_next(r->arena, "/account/phone", next)
                                           : STR(WEB_ACCOUNT_PATH));
        return ERR_OK;
    }
    struct code_view v = {.form = form, .next = next, .recovery = c.account.recovery_left > 0};
    if (c.demo)
        v.demo_code = totp_text(r->arena, totp_code_at(c.typed, totp_step_at(clock_now_ms())));
    struct page page = {
        .title = msg_text(r->ui.lang, MSG_people_code_title), .width = PAGE_NARROW, .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_code(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_code_page(struct req *r)
{
    struct str next = next_of(req_query(r, "next"));
    if (r->actor.second_factor) {
        go_next(r, next, true);
        return ERR_OK;
    }
    return show_code(r, FORM_NEW(r, code_fields), next, 200);
}

enum err people_code_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, code_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[C_NEXT].s);
    if (rc == ERR_INPUT)
        return show_code(r, form, next, 422);
    struct checking c = {.r = r, .typed = form->v[C_CODE].s, .now_ms = clock_now_ms()};
    c.recovery_hash = people_hash(r->arena, r->app, "recovery", recovery_folded(r->arena, c.typed));
    session_turn_make(r, true, &c.turn);
    TRY(req_write(r, check_code, &c));
    if (c.wait_ms > 0) {
        LOG(LOG_WARN, "second_factor.limited", LOG_I("person", r->actor.person_id));
        FORM_FAULT_ARGS(r, form, C_CODE, MSG_people_code_wait,
                        ARG_N("n", (c.wait_ms + MS_MINUTE - 1) / MS_MINUTE));
        return show_code(r, form, next, 429);
    }
    if (!c.right) {
        LOG(LOG_WARN, "second_factor.failed", LOG_I("person", r->actor.person_id));
        form_fault(r, form, C_CODE, MSG_people_code_wrong);
        return show_code(r, form, next, 422);
    }
    session_turn_give(r, &c.turn);
    if (r->actor.must_change_password)
        resp_redirect(r, with_next(r->arena, WEB_PASSWORD_PATH, next));
    else
        go_next(r, next, true);
out:
    return rc;
}

/* --- out --- */

static enum err end_own(struct tx *tx, void *arg)
{
    struct req *r = arg;
    enum err rc =
        sql_session_end(tx, NULL, .id = r->actor.session_id, .person_id = r->actor.person_id);
    if (rc == ERR_OK)
        rc = audit_write(tx, &r->actor, SCOPE_COUNTRY, AUDIT_DID, "logout", r->actor.person_id,
                         STR_NULL, STR_NULL);
    return rc;
}

enum err people_logout(struct req *r)
{
    enum err rc = r->actor.session_id ? req_write(r, end_own, r) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    req_session_clear(r);
    resp_notice(r, MSG_people_logged_out);
    resp_redirect(r, STR("/"));
    return ERR_OK;
}
