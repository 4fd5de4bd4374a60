/*
 * What guards an account of staff: the password, the phone that shows codes, and the recovery codes
 * for who loses it.
 */
#include "community/people/people_account.h"
#include "community/people/people_tpl.h"

#include "platform/formats/qr.h"

#include <sodium.h>

/* Guesses at the present password by somebody who found an open session. */
static const struct rate_limit per_person = {1, 5};

/* Right, or ERR_RATE (answered), or a fault of that field. */
static enum err check_present(struct req *r, const struct own_account *own, struct str hash,
                              struct str typed, bool *right)
{
    struct password_verdict verdict = {0};
    int64_t wait_ms = 0;
    struct str key = arena_printf(r->arena, "%lld", (long long)own->account.id);
    if (!app_rate_allows(r->app, "people_present", key, per_person, &wait_ms)) {
        answer_wait(r, wait_ms);
        return ERR_OK;
    }
    enum err rc = password_check(hash, typed, &verdict);
    if (rc == ERR_RATE) {
        answer_wait(r, 2 * MS_SECOND);
        return ERR_OK;
    }
    *right = verdict.right;
    if (verdict.right)
        app_rate_forgive(r->app, "people_present", key, per_person);
    return rc;
}

struct hash_reading {
    struct req *r;
    struct str hash;
};

static enum err read_hash(struct tx *tx, void *arg)
{
    struct hash_reading *h = arg;
    struct sql_credential_get_row row;
    enum err rc = sql_credential_get(tx, h->r->arena, &row, .person_id = h->r->actor.person_id);
    h->hash = rc == ERR_OK ? row.password : STR("");
    return rc;
}

/* The fields, the present password being asked for or not. */
static const struct field *fields_asking(struct req *r, const struct field *fields, size_t n,
                                         int present, bool asked)
{
    struct field *copy = ARENA_ARRAY(r->arena, struct field, n);
    memcpy(copy, fields, n * sizeof(*copy));
    copy[present].required = asked;
    return copy;
}

/* --- the password --- */

enum { P_PRESENT, P_FRESH, P_AGAIN, P_NEXT };
static const struct field password_fields[] = {
    [P_PRESENT] = {"present", FIELD_PASSWORD, .max = PASSWORD_MOST,
                   .label = MSG_people_password_present},
    [P_FRESH] = {"fresh", FIELD_PASSWORD, .required = true, .max = PASSWORD_MOST,
                 .label = MSG_people_password_new, .hint = MSG_people_password_hint,
                 .autocomplete = "new-password"},
    [P_AGAIN] = {"again", FIELD_PASSWORD, .required = true, .max = PASSWORD_MOST,
                 .label = MSG_people_password_again, .autocomplete = "new-password"},
    [P_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

/* Who has a password made by somebody else has just logged in with it, or with a code. */
static const struct field *password_fields_of(struct req *r, const struct own_account *own)
{
    return fields_asking(r, password_fields, COUNT_OF(password_fields), P_PRESENT,
                         !own->account.must_change);
}

static enum err show_password(struct req *r, const struct own_account *own, struct form *form,
                              struct str next, int status)
{
    struct password_view v = {.form = form,
                              .next = next,
                              .login = own->account.login,
                              .made_for_you = own->account.must_change};
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_password_title),
                        .width = PAGE_NARROW,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_password(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err open_staff_account(struct req *r, struct own_account *own)
{
    enum err rc = own_account_open(r, own);
    if (rc == ERR_OK && !r->answered && !own->staff)
        rc = ERR_NOT_FOUND; /* residents have neither password nor codes */
    return rc;
}

enum err people_password_page(struct req *r)
{
    struct own_account own;
    TRY_ANSWERED(open_staff_account(r, &own));
    return show_password(r, &own, FORM_NEW(r, password_fields), next_of(req_query(r, "next")), 200);
}

struct changing {
    struct req *r;
    struct str was, hash;
    struct session_turn turn;
    bool changed;
};

static enum err change_password(struct tx *tx, void *arg)
{
    struct changing *c = arg;
    struct req *r = c->r;
    int64_t person = r->actor.person_id;
    struct sql_credential_get_row row;
    enum err rc = ERR_OK;
    c->changed = false;
    TRY(sql_credential_get(tx, r->arena, &row, .person_id = person));
    if (!str_eq(row.password, c->was)) /* somebody else changed it meanwhile */
        return ERR_CONFLICT;
    TRY(sql_credential_set_password(tx, NULL, .person_id = person, .password = c->hash,
                                    .must_change = 0, .now_ms = clock_now_ms()));
    TRY(sql_session_end_others(tx, NULL, .person_id = person, .keep = r->actor.session_id));
    TRY(session_turn_write(tx, r, &c->turn));
    rc = audit_write(tx, &r->actor, SCOPE_COUNTRY, AUDIT_DID, "password_change", person, STR_NULL,
                     STR_NULL);
    c->changed = rc == ERR_OK;
out:
    return rc;
}

/* Faults of the new password. The present one was checked already, so comparing is cheap. */
static enum err judge_fresh(struct req *r, const struct own_account *own, struct form *form,
                            struct str hash)
{
    struct password_verdict same = {0};
    struct str fresh = form->v[P_FRESH].s;
    enum msg fault = password_fault(r->arena, fresh, own->account.login, own->account.name);
    if (fault != MSG_NONE)
        form_fault(r, form, P_FRESH, fault);
    else if (!str_eq(fresh, form->v[P_AGAIN].s))
        form_fault(r, form, P_AGAIN, MSG_people_password_differs);
    if (form->fault_count > 0)
        return ERR_OK;
    enum err rc = password_check(hash, fresh, &same);
    if (rc == ERR_OK && same.right)
        form_fault(r, form, P_FRESH, MSG_people_password_same);
    return rc;
}

enum err people_password_post(struct req *r)
{
    struct own_account own;
    struct form *form = NULL;
    struct hash_reading present = {.r = r};
    bool right = false;
    TRY_ANSWERED(open_staff_account(r, &own));
    enum err rc = form_read(r, password_fields_of(r, &own), (int)COUNT_OF(password_fields), &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[P_NEXT].s);
    if (rc == ERR_INPUT)
        return show_password(r, &own, form, next, 422);
    TRY(req_read(r, read_hash, &present));
    if (!own.account.must_change) {
        TRY(check_present(r, &own, present.hash, form->v[P_PRESENT].s, &right));
        if (r->answered)
            return ERR_OK;
        if (!right)
            form_fault(r, form, P_PRESENT, MSG_people_password_present_wrong);
    }
    TRY(judge_fresh(r, &own, form, present.hash));
    if (form->fault_count > 0)
        return show_password(r, &own, form, next, 422);
    struct changing c = {.r = r, .was = present.hash};
    TRY(password_hash(r->arena, form->v[P_FRESH].s, &c.hash));
    session_turn_make(r, r->actor.second_factor, &c.turn);
    TRY(req_write(r, change_password, &c));
    session_turn_give(r, &c.turn);
    resp_notice(r, MSG_people_password_done);
    if (!own.account.has_totp && next.p)
        resp_redirect(r, with_next(r->arena, "/account/phone", next));
    else
        resp_redirect(r, next.p ? next : STR(WEB_ACCOUNT_PATH));
out:
    if (rc == ERR_RATE) {
        answer_wait(r, 2 * MS_SECOND);
        rc = ERR_OK;
    }
    return rc;
}

/* --- the phone --- */

#define SETUP_MS (30 * MS_MINUTE)

enum { T_CODE, T_PRESENT, T_SETUP, T_NEXT };
static const struct field phone_fields[] = {
    [T_CODE] = {"code", FIELD_LINE, .required = true, .max = 20, .label = MSG_people_code_code,
                .autocomplete = "one-time-code", .width = 10},
    [T_PRESENT] = {"present", FIELD_PASSWORD, .max = PASSWORD_MOST,
                   .label = MSG_people_password_present},
    [T_SETUP] = {"setup", FIELD_LINE, .required = true, .max = 400, .label = MSG_people_next},
    [T_NEXT] = {"next", FIELD_LINE, .max = 2000, .label = MSG_people_next},
};

/* To replace a phone takes the password once more. */
static const struct field *phone_fields_of(struct req *r, const struct own_account *own)
{
    return fields_asking(r, phone_fields, COUNT_OF(phone_fields), T_PRESENT, own->account.has_totp);
}

/* The secret travels in the page, sealed, until the first code proves that the phone has it. */
static const char *setup_purpose(const struct req *r)
{
    return arena_cstr(r->arena,
                      arena_printf(r->arena, "totp setup of %lld", (long long)r->actor.person_id));
}

static struct str setup_seal(struct req *r, struct str secret)
{
    struct buf *plain = buf_in(r->arena), *out = buf_in(r->arena);
    int64_t now = clock_now_ms();
    buf_put(plain, &now, sizeof(now));
    buf_str(plain, secret);
    struct str sealed = people_seal(r->arena, r->app, setup_purpose(r), buf_view(plain));
    buf_base64url(out, sealed.p, sealed.n);
    return buf_view(out);
}

static bool setup_open(struct req *r, struct str text, struct str *secret)
{
    unsigned char bytes[300];
    struct str plain;
    size_t n;
    int64_t made;
    if (sodium_base642bin(bytes, sizeof(bytes), text.p, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        !people_unseal(r->arena, r->app, setup_purpose(r), str_of((char *)bytes, n), &plain) ||
        plain.n != sizeof(made) + TOTP_BYTES)
        return false;
    memcpy(&made, plain.p, sizeof(made));
    *secret = str_slice(plain, sizeof(made), TOTP_BYTES);
    return clock_now_ms() - made < SETUP_MS && made <= clock_now_ms();
}

static struct str in_groups(struct arena *a, struct str s)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; i < s.n; i++) {
        if (i && i % 4 == 0)
            buf_char(out, ' ');
        buf_char(out, s.p[i]);
    }
    return buf_view(out);
}

static enum err show_phone(struct req *r, const struct own_account *own, struct form *form,
                           struct str secret, struct str next, int status)
{
    struct qr code;
    struct buf *qr = buf_in(r->arena);
    /* In Latin: each Cyrillic letter would take six characters of the code. */
    struct str address = totp_address(r->arena, secret, STR("Aimak"), own->account.login);
    enum err rc = qr_encode(r->arena, address, &code);
    if (rc != ERR_OK)
        return rc;
    qr_svg(qr, &code, msg_text(r->ui.lang, MSG_people_phone_qr));
    struct totp_view v = {
        .form = form,
        .qr = {buf_view(qr)},
        .secret_text = in_groups(r->arena, totp_base32(r->arena, secret)),
        .sealed = setup_seal(r, secret),
        .next = next,
        .again = own->account.has_totp,
    };
    if (demo_shows_code(r, &own->account))
        v.demo_code = totp_text(r->arena, totp_code_at(secret, totp_step_at(clock_now_ms())));
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_phone_title), .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_people_phone(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static struct str fresh_secret(struct req *r)
{
    char *bytes = arena_alloc(r->arena, TOTP_BYTES);
    random_fill(bytes, TOTP_BYTES);
    return str_of(bytes, TOTP_BYTES);
}

enum err people_totp_page(struct req *r)
{
    struct own_account own;
    TRY_ANSWERED(open_staff_account(r, &own));
    struct form *form = form_new(r, phone_fields_of(r, &own), (int)COUNT_OF(phone_fields));
    return show_phone(r, &own, form, fresh_secret(r), next_of(req_query(r, "next")), 200);
}

struct setting_up {
    struct req *r;
    struct str sealed;
    struct str hashes[RECOVERY_CODES];
    int64_t step;
    struct session_turn turn;
};

static enum err write_recovery(struct tx *tx, const struct setting_up *s)
{
    int64_t person = s->r->actor.person_id;
    enum err rc = sql_recovery_clear(tx, NULL, .person_id = person);
    for (int i = 0; rc == ERR_OK && i < RECOVERY_CODES; i++)
        rc = sql_recovery_add(tx, NULL, .person_id = person, .hash = s->hashes[i]);
    return rc;
}

static enum err write_phone(struct tx *tx, void *arg)
{
    struct setting_up *s = arg;
    struct req *r = s->r;
    int64_t person = r->actor.person_id;
    enum err rc = ERR_OK;
    TRY(sql_credential_set_totp(tx, NULL, .person_id = person, .totp = s->sealed,
                                .totp_ms = I64(clock_now_ms()), .step = s->step));
    TRY(write_recovery(tx, s));
    TRY(sql_session_end_others(tx, NULL, .person_id = person, .keep = r->actor.session_id));
    TRY(session_turn_write(tx, r, &s->turn));
    rc = audit_write(tx, &r->actor, SCOPE_COUNTRY, AUDIT_DID, "phone_set", person, STR_NULL,
                     STR_NULL);
out:
    return rc;
}

static void make_recovery(struct req *r, struct str codes[RECOVERY_CODES],
                          struct str hashes[RECOVERY_CODES])
{
    for (int i = 0; i < RECOVERY_CODES; i++) {
        codes[i] = recovery_make(r->arena);
        hashes[i] = people_hash(r->arena, r->app, "recovery", recovery_folded(r->arena, codes[i]));
    }
}

static enum err show_recovery(struct req *r, struct str *codes, struct str next)
{
    struct recovery_view v = {codes, RECOVERY_CODES, next.p ? next : STR(WEB_ACCOUNT_PATH)};
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_recovery_title),
                        .width = PAGE_NARROW};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_people_recovery(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_totp_post(struct req *r)
{
    struct own_account own;
    struct form *form = NULL;
    struct str secret, codes[RECOVERY_CODES];
    struct setting_up s = {.r = r};
    struct hash_reading present = {.r = r};
    TRY_ANSWERED(open_staff_account(r, &own));
    enum err rc = form_read(r, phone_fields_of(r, &own), (int)COUNT_OF(phone_fields), &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    struct str next = next_of(form->v[T_NEXT].s);
    if (!form->v[T_SETUP].s.n || !setup_open(r, form->v[T_SETUP].s, &secret)) {
        form->summary = MSG_common_form_stale;
        form->fault_count++;
        return show_phone(r, &own, form, fresh_secret(r), next, 422);
    }
    if (rc == ERR_INPUT)
        return show_phone(r, &own, form, secret, next, 422);
    if (own.account.has_totp) {
        bool right = false;
        TRY(req_read(r, read_hash, &present));
        TRY(check_present(r, &own, present.hash, form->v[T_PRESENT].s, &right));
        if (r->answered)
            return ERR_OK;
        if (!right)
            form_fault(r, form, T_PRESENT, MSG_people_password_present_wrong);
    }
    if (!totp_matches(secret, form->v[T_CODE].s, clock_now_ms(), -1, &s.step))
        form_fault(r, form, T_CODE, MSG_people_phone_wrong);
    if (form->fault_count > 0)
        return show_phone(r, &own, form, secret, next, 422);
    s.sealed = people_seal(r->arena, r->app, totp_purpose(r->arena, own.account.id), secret);
    make_recovery(r, codes, s.hashes);
    session_turn_make(r, true, &s.turn);
    TRY(req_write(r, write_phone, &s));
    session_turn_give(r, &s.turn);
    return show_recovery(r, codes, next);
out:
    return rc;
}

static enum err write_recovery_only(struct tx *tx, void *arg)
{
    struct setting_up *s = arg;
    enum err rc = write_recovery(tx, s);
    if (rc == ERR_OK)
        rc = audit_write(tx, &s->r->actor, SCOPE_COUNTRY, AUDIT_DID, "recovery_new",
                         s->r->actor.person_id, STR_NULL, STR_NULL);
    return rc;
}

enum err people_recovery_post(struct req *r)
{
    struct own_account own;
    struct str codes[RECOVERY_CODES];
    struct setting_up s = {.r = r};
    TRY_ANSWERED(open_staff_account(r, &own));
    if (!own.account.has_totp)
        return ERR_NOT_FOUND;
    make_recovery(r, codes, s.hashes);
    enum err rc = req_write(r, write_recovery_only, &s);
    return rc == ERR_OK ? show_recovery(r, codes, STR_NULL) : rc;
}
