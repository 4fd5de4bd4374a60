/*
 * Residents log in by e-mail: six digits, or a link.
 *
 * Every address gets an answer that looks the same, whether anybody is known by it or not; who logs
 * in for the first time becomes known then. The digits work only in the browser that asked for them
 * ("ticket" cookie), so nobody can guess at codes that others asked for. The link works anywhere,
 * but only a button on its page uses it up: mail scanners that open links change nothing.
 *
 * Both are single use, live for ten minutes and are kept as keyed hashes.
 */
#include "community/people/people_mail.h"
#include "community/people/people_internal.h"
#include "community/people/people_tpl.h"

#include "platform/channels/outbox.h"

#include <sodium.h>

#define TICKET_COOKIE "ticket"

/* --- codes --- */

void mail_code_make(struct arena *a, const char *purpose, struct str email, struct mail_code *out)
{
    unsigned long long number = random_u64() % 1000000; /* 2^64 is 1.8e13 times that: even enough */
    *out = (struct mail_code){
        .id = id_new(),
        .purpose = purpose,
        .email = email,
        .digits = arena_printf(a, "%06llu", number),
        .ticket = id_secret(a, 24),
        .link = id_secret(a, 24),
        .now_ms = clock_now_ms(),
    };
}

static struct str digits_hash(struct arena *a, const struct app *app, int64_t id, struct str digits)
{
    return people_hash(a, app, "login digits",
                       arena_printf(a, "%lld\n%.*s", (long long)id, STRF(digits)));
}

/* The ticket holds the address, so that the next page knows it: kept from other eyes, and from
 * change. */
static struct str ticket_value(struct req *r, const struct mail_code *c)
{
    struct str text =
        arena_printf(r->arena, "%s\n%.*s\n%.*s", c->purpose, STRF(c->ticket), STRF(c->email));
    struct str sealed = people_seal(r->arena, r->app, "ticket", text);
    struct buf *out = buf_in(r->arena);
    buf_base64url(out, sealed.p, sealed.n);
    return buf_view(out);
}

void mail_ticket_give(struct req *r, const struct mail_code *c)
{
    resp_cookie(r, TICKET_COOKIE, ticket_value(r, c), MAIL_CODE_MS / MS_SECOND, false);
}

void mail_ticket_drop(struct req *r)
{
    resp_cookie(r, TICKET_COOKIE, STR(""), -1, false);
}

bool mail_ticket_read(struct req *r, const char *purpose, struct mail_ticket *out)
{
    struct str cookie = req_cookie(r, TICKET_COOKIE), text, part;
    if (cookie.n < 32 || cookie.n > 1000)
        return false;
    unsigned char *bytes = arena_alloc(r->arena, cookie.n);
    size_t n;
    if (sodium_base642bin(bytes, cookie.n, cookie.p, cookie.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        !people_unseal(r->arena, r->app, "ticket", str_of((char *)bytes, n), &text))
        return false;
    if (!str_split(&text, '\n', &part) || !str_eq(part, str_from(purpose)) ||
        !str_split(&text, '\n', &part))
        return false;
    out->hash = people_hash(r->arena, r->app, "login ticket", part);
    out->email = text;
    return out->email.n > 0;
}

enum err mail_code_insert(struct tx *tx, struct arena *a, const struct app *app,
                          const struct mail_code *c, struct i64_opt person, enum lang lang)
{
    return sql_login_code_add(
        tx, NULL, .id = c->id, .purpose = str_from(c->purpose), .email = c->email,
        .person_id = person,
        .ticket_hash = c->ticket.p ? people_hash(a, app, "login ticket", c->ticket) : STR_NULL,
        .code_hash = digits_hash(a, app, c->id, c->digits),
        .link_hash = people_hash(a, app, "login link", c->link), .lang = str_from(lang_code(lang)),
        .now_ms = c->now_ms, .expires_ms = c->now_ms + MAIL_CODE_MS);
}

enum err mail_code_send(struct tx *tx, struct req *r, const struct mail_code *c,
                        struct i64_opt person, enum msg subject, enum msg body)
{
    struct sql_login_code_recent_row recent;
    enum lang lang = r->ui.lang;
    enum err rc = ERR_OK;
    TRY(sql_login_code_recent(tx, r->arena, &recent, .email = c->email,
                              .since_ms = c->now_ms - MS_HOUR));
    if (recent.n >= MAIL_CODES_AN_HOUR) {
        LOG(LOG_WARN, "login_code.limited");
        return ERR_OK;
    }
    TRY(mail_code_insert(tx, r->arena, r->app, c, person, lang));
    struct str link =
        arena_printf(r->arena, "%s/login/link/%.*s", r->app->public_url, STRF(c->link));
    struct msg_arg args[] = {ARG_S("code", c->digits), ARG_N("n", MAIL_CODE_MS / MS_MINUTE),
                             ARG_S("link", link)};
    struct outbox_message m = {
        .unit = SCOPE_COUNTRY,
        .channel = "email",
        .to = c->email,
        .lang = lang,
        .subject = MSG_STR(r->arena, lang, subject, ARG_S("code", c->digits)),
        .body = msg_str(r->arena, lang, body, args, COUNT_OF(args)),
        .cause = "login_code",
        .secret = true,
    };
    rc = outbox_put(tx, &m);
out:
    return rc;
}

enum err mail_code_check(struct tx *tx, struct req *r, const char *purpose,
                         const struct mail_ticket *ticket, struct str typed,
                         struct mail_code_found *out)
{
    struct sql_login_code_by_ticket_rows rows;
    char digits[7];
    int64_t used = 0, now = clock_now_ms();
    enum err rc = ERR_OK;
    *out = (struct mail_code_found){0};
    bool six = digits_of(typed, digits);
    TRY(sql_login_code_by_ticket(tx, r->arena, &rows, .purpose = str_from(purpose),
                                 .email = ticket->email, .ticket_hash = ticket->hash,
                                 .now_ms = now));
    for (size_t i = 0; i < rows.n && !out->right; i++) {
        const struct sql_login_code_by_ticket_row *row = &rows.v[i];
        out->spent = out->spent || row->tries >= MAIL_CODE_TRIES;
        if (row->tries >= MAIL_CODE_TRIES)
            continue;
        TRY(sql_login_code_try(tx, NULL, .id = row->id));
        struct str expected = row->code_hash;
        struct str got = digits_hash(r->arena, r->app, row->id, six ? str_from(digits) : STR(""));
        if (expected.n != got.n || sodium_memcmp(expected.p, got.p, got.n) != 0)
            continue;
        TRY(sql_login_code_use(tx, &used, .id = row->id, .most_tries = MAIL_CODE_TRIES,
                               .now_ms = now));
        out->right = used > 0;
        out->support = str_eq(row->purpose, STR("support"));
        out->person = row->person_id;
        if (!lang_parse(row->lang, &out->lang))
            out->lang = LANG_KY;
    }
    out->none = rows.n == 0;
out:
    return rc;
}

/* --- asking for a code --- */

enum { M_EMAIL, M_NEXT };
static const struct field mail_fields[] = {
    [M_EMAIL] = {"email", FIELD_EMAIL, .required = true, .max = 200,
                 .label = MSG_people_mail_email},
    [M_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

enum err people_mail_page(struct req *r)
{
    struct str next = next_of(req_query(r, "next"));
    if (r->actor.person_id) {
        go_next(r, next, access_allows_somewhere(&r->actor, PERM_STAFF));
        return ERR_OK;
    }
    return login_show(r, tpl_people_mail, FORM_NEW(r, mail_fields), next, 200);
}

struct asking {
    struct req *r;
    struct mail_code code;
};

static enum err ask(struct tx *tx, void *arg)
{
    struct asking *asking = arg;
    return mail_code_send(tx, asking->r, &asking->code, I64_NONE, MSG_people_mail_subject,
                          MSG_people_mail_body);
}

enum err people_mail_post(struct req *r)
{
    struct form *form = NULL;
    struct asking asking = {.r = r};
    enum err rc = FORM_READ(r, mail_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[M_NEXT].s);
    struct str email = login_folded(r->arena, form->v[M_EMAIL].s);
    if (rc == ERR_OK && !email_address_ok(email)) {
        FORM_FAULT_ARGS(r, form, M_EMAIL, MSG_common_fault_email,
                        ARG_S("label", msg_text(r->ui.lang, MSG_people_mail_email)));
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return login_show(r, tpl_people_mail, form, next, 422);
    mail_code_make(r->arena, "login", email, &asking.code);
    TRY(req_write(r, ask, &asking));
    mail_ticket_give(r, &asking.code);
    resp_redirect(r, with_next(r->arena, "/login/email/code", next));
out:
    return rc;
}

/* --- the digits --- */

enum { D_CODE, D_NEXT };
static const struct field digits_fields[] = {
    [D_CODE] = {"code", FIELD_LINE, .required = true, .max = 20, .label = MSG_people_mail_code_code,
                .autocomplete = "one-time-code", .width = 10},
    [D_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

static enum err show_digits(struct req *r, struct form *form, const struct mail_ticket *ticket,
                            struct str next, int status)
{
    struct mail_code_view v = {
        .form = form, .email = ticket->email, .next = next, .minutes = MAIL_CODE_MS / MS_MINUTE};
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_mail_code_title),
                        .width = PAGE_NARROW,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_mail_code(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_mail_code_page(struct req *r)
{
    struct mail_ticket ticket;
    struct str next = next_of(req_query(r, "next"));
    if (!mail_ticket_read(r, "login", &ticket)) {
        resp_redirect(r, with_next(r->arena, "/login/email", next));
        return ERR_OK;
    }
    return show_digits(r, FORM_NEW(r, digits_fields), &ticket, next, 200);
}

/* A resident, or whom `aimak user code` was run for, comes in. */
struct arriving {
    struct req *r;
    struct mail_ticket ticket;
    struct str typed, link_hash;
    struct mail_code_found found;
    struct session_new session;
    int64_t fresh_person;
    bool arrived, staff, totp;
};

static enum err add_resident(struct tx *tx, struct arriving *a, struct str email)
{
    enum err rc = ERR_OK;
    int64_t now = a->session.now_ms;
    TRY(sql_person_add(tx, NULL, .id = a->fresh_person, .name = STR(""),
                       .lang = str_from(lang_code(a->r->ui.lang)), .email = email, .notices = 1,
                       .fictional = 0, .now_ms = now));
    rc =
        sql_person_email_put(tx, NULL, .email = email, .person_id = a->fresh_person, .now_ms = now);
out:
    return rc;
}

/* Whose session it becomes: the code's person, the address's, or a new one. */
static enum err find_person(struct tx *tx, struct arriving *a, struct str email, int64_t *person)
{
    struct sql_person_email_get_row known;
    struct account account;
    enum err rc = ERR_OK;
    if (a->found.person.set) {
        *person = a->found.person.v;
        TRY(account_read(tx, a->r->arena, *person, &account));
        a->staff = account.login.n > 0;
        a->totp = account.has_totp;
        return account.disabled ? ERR_DENIED : ERR_OK;
    }
    rc = sql_person_email_get(tx, a->r->arena, &known, .email = email);
    if (rc == ERR_NOT_FOUND) {
        *person = a->fresh_person;
        return add_resident(tx, a, email);
    }
    *person = known.person_id;
    if (rc == ERR_OK && known.disabled_ms.set)
        rc = ERR_DENIED;
out:
    return rc;
}

static enum err arrive(struct tx *tx, struct arriving *a, struct str email, const char *how)
{
    enum err rc = ERR_OK;
    struct session_new session = a->session;
    TRY(find_person(tx, a, email, &session.person));
    struct actor actor = {.person_id = session.person};
    session.staff = a->staff;
    if (a->staff) {
        /* A code stands for a password that somebody does not have. */
        session.expires_ms = session.now_ms + STAFF_MOST_MS;
        TRY(sql_credential_must_change(tx, NULL, .person_id = session.person));
    }
    TRY(session_insert(tx, a->r, &session));
    rc = audit_write(tx, &actor, SCOPE_COUNTRY, AUDIT_DID, "login", session.person, STR_NULL,
                     str_from(how));
    a->arrived = rc == ERR_OK;
    a->session.staff = a->staff;
out:
    return rc;
}

static enum err arrive_by_digits(struct tx *tx, void *arg)
{
    struct arriving *a = arg;
    a->arrived = a->staff = a->totp = false;
    enum err rc = mail_code_check(tx, a->r, "login", &a->ticket, a->typed, &a->found);
    if (rc == ERR_OK && a->found.right)
        rc = arrive(tx, a, a->ticket.email, "code");
    return rc;
}

static void arriving_make(struct req *r, struct arriving *out)
{
    *out = (struct arriving){.r = r, .fresh_person = id_new()};
    session_make(r, 0, false, &out->session);
}

static void go_in(struct req *r, const struct arriving *a, struct str next)
{
    session_give(r, &a->session);
    mail_ticket_drop(r);
    if (a->totp)
        resp_redirect(r, with_next(r->arena, WEB_SECOND_FACTOR_PATH, next));
    else if (a->staff)
        resp_redirect(r, with_next(r->arena, WEB_PASSWORD_PATH, next));
    else
        go_next(r, next, false);
}

enum err people_mail_code_post(struct req *r)
{
    struct form *form = NULL;
    struct arriving a;
    struct mail_ticket ticket;
    enum err rc = FORM_READ(r, digits_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[D_NEXT].s);
    if (!mail_ticket_read(r, "login", &ticket)) {
        resp_notice(r, MSG_people_mail_code_gone);
        resp_redirect(r, with_next(r->arena, "/login/email", next));
        return ERR_OK;
    }
    if (rc == ERR_INPUT)
        return show_digits(r, form, &ticket, next, 422);
    arriving_make(r, &a);
    a.ticket = ticket;
    a.typed = form->v[D_CODE].s;
    TRY(req_write(r, arrive_by_digits, &a));
    if (a.arrived) {
        go_in(r, &a, next);
        return ERR_OK;
    }
    LOG(LOG_WARN, "login_code.failed");
    form_fault(r, form, D_CODE, mail_code_fault(&a.found));
    return show_digits(r, form, &ticket, next, 422);
out:
    return rc;
}

enum msg mail_code_fault(const struct mail_code_found *found)
{
    return found->spent ? MSG_people_mail_code_spent : MSG_people_mail_code_wrong;
}

/* --- the link --- */

struct link_look {
    struct req *r;
    struct str hash;
    bool good;
};

static enum err look_at_link(struct tx *tx, void *arg)
{
    struct link_look *look = arg;
    struct sql_login_code_by_link_row row;
    enum err rc = sql_login_code_by_link(tx, look->r->arena, &row, .link_hash = look->hash,
                                         .now_ms = clock_now_ms());
    look->good = rc == ERR_OK;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum err show_link(struct req *r, bool good)
{
    struct link_view v = {
        .form = form_new(r, NULL, 0),
        .good = good,
        .action = arena_printf(r->arena, "/login/link/%.*s", STRF(req_param(r, "token"))),
    };
    enum msg title = good ? MSG_people_link_title : MSG_people_link_gone;
    struct page page = {.title = msg_text(r->ui.lang, title), .width = PAGE_NARROW};
    struct buf *out = resp_html(r, good ? 200 : 410);
    page_open(out, r, &page);
    tpl_people_link(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_link_page(struct req *r)
{
    struct link_look look = {
        .r = r, .hash = people_hash(r->arena, r->app, "login link", req_param(r, "token"))};
    enum err rc = req_read(r, look_at_link, &look);
    return rc == ERR_OK ? show_link(r, look.good) : rc;
}

static enum err arrive_by_link(struct tx *tx, void *arg)
{
    struct arriving *a = arg;
    struct sql_login_code_by_link_row row;
    int64_t used = 0, now = clock_now_ms();
    a->arrived = a->staff = a->totp = false;
    enum err rc =
        sql_login_code_by_link(tx, a->r->arena, &row, .link_hash = a->link_hash, .now_ms = now);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    TRY(sql_login_code_use(tx, &used, .id = row.id, .most_tries = INT32_MAX, .now_ms = now));
    if (used == 0)
        return ERR_OK;
    a->found = (struct mail_code_found){.right = true, .person = row.person_id};
    rc = arrive(tx, a, row.email, "link");
out:
    return rc;
}

enum err people_link_post(struct req *r)
{
    struct arriving a;
    struct form *form = NULL;
    enum err rc = form_read(r, NULL, 0, &form);
    if (rc == ERR_INPUT)
        return people_link_page(r); /* the page was stale: shown again, with a fresh token */
    if (rc != ERR_OK)
        return rc;
    arriving_make(r, &a);
    a.link_hash = people_hash(r->arena, r->app, "login link", req_param(r, "token"));
    rc = req_write(r, arrive_by_link, &a);
    if (rc != ERR_OK)
        return rc;
    if (!a.arrived)
        return show_link(r, false);
    go_in(r, &a, STR_NULL);
    return ERR_OK;
}
