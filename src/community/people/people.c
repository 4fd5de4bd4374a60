/*
 * People: their names, contacts, accounts and roles, and the descriptor of the room.
 */
#include "community/people/people_internal.h"

#include "community/places/places.h"
#include "platform/channels/outbox.h"
#include "platform/core/utf8.h"

#include <sodium.h>

/* --- names and contacts, for other rooms --- */

enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit, unsigned roles,
                           struct person_names *out)
{
    struct sql_people_in_scope_rows rows;
    enum role role;
    *out = (struct person_names){0};
    enum err rc = sql_people_in_scope(tx, a, &rows, .scope = unit, .day = day_today());
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_people_in_scope_row *row = &rows.v[i];
        if (!role_parse(row->role, &role) || !(roles & 1u << role))
            continue;
        /* Several roles of one person stand together. */
        if (out->n > 0 && out->v[out->n - 1].id == row->id)
            continue;
        ARENA_PUSH(a, *out, ((struct person_name){row->id, row->name}));
    }
    return rc;
}

enum err people_names(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                      struct person_names *out)
{
    struct sql_person_names_rows rows;
    struct buf *list = buf_in(a);
    *out = (struct person_names){0};
    buf_char(list, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(list, ',');
        buf_i64(list, ids[i]);
    }
    buf_char(list, ']');
    enum err rc = n == 0 ? ERR_OK : sql_person_names(tx, a, &rows, .ids = buf_view(list));
    for (size_t i = 0; n > 0 && rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out, ((struct person_name){rows.v[i].id, rows.v[i].name}));
    return rc;
}

struct str person_name_in(const struct person_names *names, int64_t id)
{
    for (size_t i = 0; i < names->n; i++)
        if (names->v[i].id == id)
            return names->v[i].name;
    return STR_NULL;
}

enum err people_name(struct tx *tx, struct arena *a, int64_t person_id, struct str *out)
{
    struct sql_person_get_row row;
    enum err rc = sql_person_get(tx, a, &row, .id = person_id);
    if (rc == ERR_OK)
        *out = row.name;
    return rc;
}

enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id, struct str *email,
                        enum lang *lang)
{
    struct sql_person_get_row row;
    enum err rc = sql_person_get(tx, a, &row, .id = person_id);
    if (rc != ERR_OK)
        return rc;
    if (row.disabled_ms.set)
        return ERR_NOT_FOUND;
    *email = row.notices ? row.email : STR_NULL;
    if (!lang_parse(row.lang, lang))
        *lang = LANG_KY;
    return ERR_OK;
}

/* --- accounts --- */

struct str login_folded(struct arena *a, struct str typed)
{
    struct buf *out = buf_in(a);
    uint32_t code;
    typed = str_trim(typed);
    for (size_t at = 0; utf8_next(typed, &at, &code);)
        buf_utf8(out, utf8_lower(code));
    return buf_view(out);
}

enum err account_read(struct tx *tx, struct arena *a, int64_t person, struct account *out)
{
    struct sql_person_get_row p;
    struct sql_credential_get_row c;
    struct sql_recovery_left_row left;
    enum err rc = sql_person_get(tx, a, &p, .id = person);
    if (rc != ERR_OK)
        return rc;
    *out = (struct account){
        .id = person,
        .name = p.name,
        .login = STR(""),
        .email = p.email,
        .phone = p.phone,
        .notices = p.notices != 0,
        .disabled = p.disabled_ms.set,
        .fictional = p.fictional != 0,
    };
    if (!lang_parse(p.lang, &out->lang))
        out->lang = LANG_KY;
    rc = sql_credential_get(tx, a, &c, .person_id = person);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    out->login = c.login;
    out->has_totp = c.totp.p != NULL;
    out->totp_ms = c.totp_ms.v;
    out->must_change = c.must_change != 0;
    out->password_ms = c.password_ms;
    rc = sql_recovery_left(tx, a, &left, .person_id = person);
    if (rc == ERR_OK)
        out->recovery_left = left.n;
    return rc;
}

enum err staff_insert(struct tx *tx, struct arena *a, const struct actor *actor,
                      struct staff_input *in)
{
    struct sql_credential_by_login_row taken;
    enum err rc = sql_credential_by_login(tx, a, &taken, .login = in->login);
    if (rc == ERR_OK) {
        in->id = taken.person_id;
        return ERR_CONFLICT;
    }
    if (rc != ERR_NOT_FOUND)
        return rc;
    struct str email = in->email.n ? in->email : STR_NULL;
    TRY(sql_person_add(tx, NULL, .id = in->id, .name = in->name,
                       .lang = str_from(lang_code(in->lang)), .email = email, .notices = 1,
                       .fictional = in->fictional, .now_ms = in->now_ms));
    TRY(sql_credential_add(
        tx, NULL, .person_id = in->id, .login = in->login, .password = in->hash,
        .must_change = in->must_change, .totp = in->totp_sealed.n ? in->totp_sealed : STR_NULL,
        .totp_ms = in->totp_sealed.n ? I64(in->now_ms) : I64_NONE, .now_ms = in->now_ms));
    TRY(sql_grant_add(tx, NULL, .id = in->grant_id, .person_id = in->id,
                      .role = str_from(role_code(in->role)), .scope = in->scope,
                      .valid_from = in->from, .valid_to = in->to, .given_by = actor->person_id,
                      .now_ms = in->now_ms));
    rc = audit_write(tx, actor, in->scope, AUDIT_DID, "staff_add", in->id, STR_NULL,
                     str_from(role_code(in->role)));
out:
    return rc;
}

struct adding {
    struct arena *a;
    struct staff_input in;
};

static enum err add_staff(struct tx *tx, void *arg)
{
    struct adding *adding = arg;
    struct actor nobody = {0};
    return staff_insert(tx, adding->a, &nobody, &adding->in);
}

const char *totp_purpose(struct arena *a, int64_t person)
{
    return arena_cstr(a, arena_printf(a, "totp of %lld", (long long)person));
}

bool login_is_good(struct str login)
{
    size_t n = utf8_length(login);
    if (n < 3 || n > 100 || !utf8_is_text(login))
        return false;
    return str_find_char(login, ' ') < 0 && str_find_char(login, '\t') < 0;
}

enum err people_add_staff(struct app *app, const struct new_staff *s, int64_t *person_id)
{
    struct arena *a = arena_new();
    struct adding adding = {.a = a};
    enum err rc = ERR_OK;
    struct staff_input *in = &adding.in;
    *in = (struct staff_input){
        .name = str_trim(s->name),
        .login = login_folded(a, s->login),
        .email = login_folded(a, s->email),
        .lang = s->lang,
        .role = s->role,
        .scope = s->scope,
        .from = day_today(),
        .fictional = s->fictional,
        .must_change = s->must_change,
        .id = id_new(),
        .grant_id = id_new(),
        .now_ms = clock_now_ms(),
    };
    int64_t fresh = in->id;
    if (!login_is_good(in->login) || in->name.n == 0 || !role_is_staff(s->role) ||
        !scope_exists(app, a, s->scope) || (in->email.n && !email_address_ok(in->email)))
        FAIL(ERR_INPUT);
    TRY(password_hash(a, s->password, &in->hash));
    if (s->totp_secret.n)
        in->totp_sealed = people_seal(a, app, totp_purpose(a, fresh), s->totp_secret);
    rc = db_write(app->db, SCOPE_COUNTRY, add_staff, &adding);
out:
    *person_id = adding.in.id;
    arena_free(a);
    return rc;
}

bool scope_exists(struct app *app, struct arena *a, struct str scope)
{
    return str_eq(scope, SCOPE_COUNTRY) || territory_find(territory_get(app, a), scope) != NULL;
}

struct str scope_name(struct app *app, struct arena *a, struct str scope, enum lang lang)
{
    if (str_eq(scope, SCOPE_COUNTRY))
        return msg_text(lang, MSG_people_scope_country);
    const struct place *p = territory_find(territory_get(app, a), scope);
    return p ? place_name(p, lang) : scope;
}

/* --- going on --- */

struct str next_of(struct str typed)
{
    if (!typed.p || typed.n > 2000 || !path_is_local(typed))
        return STR_NULL;
    if (str_starts(typed, STR(WEB_LOGIN_PATH)) || str_starts(typed, STR("/logout")))
        return STR_NULL;
    return typed;
}

void go_next(struct req *r, struct str next, bool staff)
{
    if (next.p)
        resp_redirect(r, next);
    else
        resp_redirect(r, staff ? STR("/desk") : STR(WEB_ACCOUNT_PATH));
}

struct str with_next(struct arena *a, const char *path, struct str next)
{
    struct buf *out = buf_in(a);
    buf_cstr(out, path);
    if (next.p) {
        buf_cstr(out, "?next=");
        buf_percent(out, next);
    }
    return buf_view(out);
}

void answer_wait(struct req *r, int64_t wait_ms)
{
    resp_error_status(r, 429, (wait_ms + 999) / 1000);
}

/* --- the descriptor --- */

static enum err start(struct app *app)
{
    (void)app;
    if (sodium_init() < 0)
        return ERR_CONFIG;
    app_set_hooks(&(struct app_hooks){.load_actor = people_load_actor});
    return ERR_OK;
}

static const struct schedule_def schedules[] = {
    {"sessions_seen", MS_MINUTE, sessions_flush, .each_instance = true},
    {"sessions_purge", MS_HOUR, sessions_purge},
};

static const struct route routes[] = {
    ROUTE("GET", WEB_LOGIN_PATH, people_login_page, PERM_PUBLIC, 0),
    ROUTE("POST", WEB_LOGIN_PATH, people_login_post, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("GET", WEB_SECOND_FACTOR_PATH, people_code_page, PERM_LOGGED_IN, 0),
    ROUTE("POST", WEB_SECOND_FACTOR_PATH, people_code_post, PERM_LOGGED_IN, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/login/email", people_mail_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/login/email", people_mail_post, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/login/email/code", people_mail_code_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/login/email/code", people_mail_code_post, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/login/link/{token}", people_link_page, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("POST", "/login/link/{token}", people_link_post, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/login/password", people_reset_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/login/password", people_reset_post, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("POST", "/logout", people_logout, PERM_PUBLIC, 0),
    ROUTE("GET", WEB_ACCOUNT_PATH, people_account_page, PERM_LOGGED_IN, 0),
    ROUTE("POST", WEB_ACCOUNT_PATH, people_account_post, PERM_LOGGED_IN, 0),
    ROUTE("GET", "/account/email", people_account_email_page, PERM_LOGGED_IN, 0),
    ROUTE("POST", "/account/email", people_account_email_post, PERM_LOGGED_IN, ROUTE_RATE_LOGIN),
    ROUTE("POST", "/account/sessions", people_session_end, PERM_LOGGED_IN, 0),
    ROUTE("GET", WEB_PASSWORD_PATH, people_password_page, PERM_LOGGED_IN, 0),
    ROUTE("POST", WEB_PASSWORD_PATH, people_password_post, PERM_LOGGED_IN, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/account/phone", people_totp_page, PERM_LOGGED_IN, 0),
    ROUTE("POST", "/account/phone", people_totp_post, PERM_LOGGED_IN, ROUTE_RATE_LOGIN),
    ROUTE("POST", "/account/phone/codes", people_recovery_post, PERM_LOGGED_IN, ROUTE_RATE_LOGIN),
    ROUTE("GET", "/account/seen", people_seen_page, PERM_LOGGED_IN, 0),
    ROUTE("GET", "/desk/staff", people_staff_page, PERM_STAFF_MANAGE, 0),
    ROUTE("GET", "/desk/staff.{format}", people_staff_export, PERM_STAFF_MANAGE, 0),
    ROUTE("GET", "/desk/staff/new", people_staff_new_page, PERM_STAFF_MANAGE, 0),
    ROUTE("POST", "/desk/staff/new", people_staff_new_post, PERM_STAFF_MANAGE, 0),
    ROUTE("GET", "/desk/staff/{person}", people_staff_person_page, PERM_STAFF_MANAGE, 0),
    ROUTE("POST", "/desk/staff/{person}", people_staff_person_post, PERM_STAFF_MANAGE, 0),
    ROUTE("GET", "/desk/audit", people_audit_page, PERM_AUDIT_READ, 0),
    ROUTE("GET", "/desk/audit.csv", people_audit_csv, PERM_AUDIT_READ, 0),
    ROUTE("GET", "/desk/keys", people_keys_page, PERM_API_KEYS, 0),
    ROUTE("POST", "/desk/keys", people_keys_post, PERM_API_KEYS, 0),
    ROUTE("POST", "/desk/keys/{key}", people_key_revoke, PERM_API_KEYS, 0),
};

struct session_count {
    int64_t n;
};

static enum err count_sessions(struct tx *tx, void *arg)
{
    struct sql_session_count_row row;
    enum err rc = sql_session_count(tx, NULL, &row, .now_ms = clock_now_ms());
    if (rc == ERR_OK)
        *(int64_t *)arg = row.n;
    return rc;
}

static void metrics(struct app *app, struct buf *out)
{
    int64_t n = 0;
    if (db_read(app->db, SCOPE_COUNTRY, count_sessions, &n) == ERR_OK)
        buf_printf(out,
                   "# HELP aimak_sessions Sessions that have not ended.\n"
                   "# TYPE aimak_sessions gauge\naimak_sessions %lld\n",
                   (long long)n);
}

const struct slice people_slice = {
    .name = "people",
    .migrations = people_migrations,
    .queries = people_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .commands = people_commands,
    .command_count = PEOPLE_COMMANDS,
    .start = start,
    .demo = people_demo,
    .metrics = metrics,
};
