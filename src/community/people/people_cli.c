/*
 * aimak user ...: the first administrator, help for somebody who cannot log in, and lists. Whoever
 * can run this holds the database anyway, so there is no question of rights; what is done is on
 * record as done by the program.
 */
#include "community/people/people_mail.h"

#include "platform/core/cli.h"

#include <stdio.h>

struct user_command {
    struct app *app;
    struct arena *a;
    struct str login, name, email, scope, hash;
    enum lang lang;
    enum role role;
    int64_t id, from, now_ms, changed;
    struct i64_opt to;
    bool take, undo, phone;
    struct mail_code code;
    struct sql_staff_all_rows rows;
};

static bool read_text(int *argc, char **argv, const char *name, struct str *out)
{
    const char *value = NULL;
    if (!cli_value(argc, argv, name, &value))
        return false;
    if (value)
        *out = str_from(value);
    return true;
}

static bool read_day(int *argc, char **argv, const char *name, bool *given, int64_t *out)
{
    struct str text = STR_NULL;
    if (!read_text(argc, argv, name, &text))
        return false;
    *given = text.p != NULL;
    if (!text.p || day_parse(text, out))
        return true;
    cli_say("%s takes a day as YYYY-MM-DD", name);
    return false;
}

static bool read_role(struct str code, enum role *out)
{
    if (role_parse(code, out) && role_is_staff(*out))
        return true;
    cli_say("there is no role %.*s; the roles are:", STRF(code));
    for (int i = 0; i < ROLE__MAX; i++)
        if (role_is_staff((enum role)i))
            cli_say("  %s", role_code((enum role)i));
    return false;
}

static bool read_scope(struct user_command *u)
{
    if (scope_exists(u->app, u->a, u->scope))
        return true;
    cli_say("no unit has the code %.*s; --in takes a SOATE code, or '*' for the country",
            STRF(u->scope));
    return false;
}

static enum err find_login(struct tx *tx, struct user_command *u)
{
    struct sql_credential_by_login_row row;
    enum err rc = sql_credential_by_login(tx, u->a, &row, .login = u->login);
    if (rc == ERR_OK)
        u->id = row.person_id;
    return rc;
}

static int finish(struct user_command *u, enum err rc)
{
    if (rc == ERR_NOT_FOUND)
        cli_say("nobody has the log-in %.*s (aimak user list shows them)", STRF(u->login));
    else if (rc != ERR_OK)
        cli_say("%s", err_name(rc));
    arena_free(u->a);
    return rc == ERR_NOT_FOUND ? EXIT_FAULT : cli_exit(rc);
}

static struct user_command begin(struct app *app)
{
    return (struct user_command){.app = app,
                                 .a = arena_new(),
                                 .now_ms = clock_now_ms(),
                                 .lang = LANG_KY,
                                 .from = day_today()};
}

static int bad_usage(struct user_command *u)
{
    arena_free(u->a);
    return EXIT_BAD_USAGE;
}

/* --- add --- */

static int user_add(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    struct str role = STR_NULL, lang = STR("ky");
    int64_t id = 0;
    if (!read_text(&argc, argv, "--name", &u.name) || !read_text(&argc, argv, "--role", &role) ||
        !read_text(&argc, argv, "--in", &u.scope) || !read_text(&argc, argv, "--email", &u.email) ||
        !read_text(&argc, argv, "--lang", &lang) || !cli_arguments(&argc, argv, 1, 1))
        return bad_usage(&u);
    if (!u.name.n || !role.p || !u.scope.p || !lang_parse(lang, &u.lang)) {
        cli_say("--name, --role and --in are needed; --lang is ky, ru or en");
        return bad_usage(&u);
    }
    if (!read_role(role, &u.role) || !read_scope(&u)) {
        arena_free(u.a);
        return EXIT_FAULT;
    }
    u.login = str_from(argv[0]);
    struct str password = password_make(u.a);
    enum err rc = people_add_staff(app,
                                   &(struct new_staff){.name = u.name,
                                                       .login = u.login,
                                                       .email = u.email,
                                                       .password = password,
                                                       .lang = u.lang,
                                                       .role = u.role,
                                                       .scope = u.scope,
                                                       .must_change = true},
                                   &id);
    if (rc == ERR_CONFLICT)
        cli_say("the log-in %.*s is taken", STRF(u.login));
    else if (rc == ERR_INPUT)
        cli_say("a log-in has 3 to 100 characters without blanks; an e-mail address is optional");
    else if (rc != ERR_OK)
        cli_say("%s", err_name(rc));
    else
        printf("%.*s\n", STRF(password));
    arena_free(u.a);
    return rc == ERR_CONFLICT || rc == ERR_INPUT ? EXIT_FAULT : cli_exit(rc);
}

/* --- list --- */

enum { MOST_LISTED = 100000 };

static enum err read_all(struct tx *tx, void *arg)
{
    struct user_command *u = arg;
    return sql_staff_all(tx, u->a, &u->rows, .limit = MOST_LISTED);
}

static void print_user(struct user_command *u, const struct sql_staff_all_row *row)
{
    struct staff_grant g = {
        .from = row->valid_from, .to = row->valid_to, .ended_ms = row->ended_ms};
    struct buf *line = buf_in(u->a);
    buf_str(line, row->login.p ? row->login : STR("-"));
    buf_char(line, '\t');
    buf_str(line, row->role);
    buf_char(line, '\t');
    buf_str(line, row->scope);
    buf_char(line, '\t');
    buf_day(line, row->valid_from);
    buf_char(line, '\t');
    if (row->ended_ms.set)
        buf_day(line, day_of_ms(row->ended_ms.v));
    else if (row->valid_to.set)
        buf_day(line, row->valid_to.v);
    buf_char(line, '\t');
    buf_cstr(line, row->disabled_ms.set             ? "disabled"
                   : grant_is_live(&g, day_today()) ? ""
                                                    : "ended");
    buf_char(line, '\t');
    buf_str(line, row->name);
    printf("%.*s\n", STRF(buf_view(line)));
}

static int user_list(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    if (!read_text(&argc, argv, "--in", &u.scope) || !cli_arguments(&argc, argv, 0, 0))
        return bad_usage(&u);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_all, &u);
    for (size_t i = 0; rc == ERR_OK && i < u.rows.n; i++)
        if (!u.scope.p || access_unit_within(u.rows.v[i].scope, u.scope))
            print_user(&u, &u.rows.v[i]);
    return finish(&u, rc);
}

/* --- role --- */

static enum err take_roles(struct tx *tx, struct user_command *u)
{
    struct staff_grants grants;
    enum err rc = staff_grants_of(tx, u->a, u->id, &grants);
    for (size_t i = 0; rc == ERR_OK && i < grants.n; i++) {
        const struct staff_grant *g = &grants.v[i];
        if (g->role != u->role || !str_eq(g->scope, u->scope) || g->ended_ms.set)
            continue;
        u->changed++;
        rc = sql_grant_end(tx, NULL, .person_id = u->id, .id = g->id, .ended_by = 0,
                           .now_ms = u->now_ms);
    }
    return rc;
}

static enum err write_role(struct tx *tx, void *arg)
{
    struct user_command *u = arg;
    struct str code = str_from(role_code(u->role));
    enum err rc = ERR_OK;
    u->changed = 0;
    TRY(find_login(tx, u));
    if (u->take)
        TRY(take_roles(tx, u));
    else
        TRY(sql_grant_add(tx, NULL, .id = id_new(), .person_id = u->id, .role = code,
                          .scope = u->scope, .valid_from = u->from, .valid_to = u->to,
                          .given_by = 0, .now_ms = u->now_ms));
    rc = audit_write(tx, NULL, u->scope, AUDIT_DID, u->take ? "role_take" : "role_give", u->id,
                     STR_NULL, code);
out:
    return rc;
}

static int user_role(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    bool has_from, has_to;
    int64_t to = 0;
    u.take = cli_flag(&argc, argv, "--take");
    if (!read_text(&argc, argv, "--in", &u.scope) ||
        !read_day(&argc, argv, "--from", &has_from, &u.from) ||
        !read_day(&argc, argv, "--to", &has_to, &to) || !cli_arguments(&argc, argv, 2, 2))
        return bad_usage(&u);
    if (!u.scope.p) {
        cli_say("--in is needed");
        return bad_usage(&u);
    }
    if (has_to)
        u.to = I64(to);
    if (!read_role(str_from(argv[1]), &u.role) || !read_scope(&u)) {
        arena_free(u.a);
        return EXIT_FAULT;
    }
    if (has_to && to < u.from) {
        cli_say("--to lies before --from");
        arena_free(u.a);
        return EXIT_FAULT;
    }
    u.login = login_folded(u.a, str_from(argv[0]));
    enum err rc = db_write(app->db, SCOPE_COUNTRY, write_role, &u);
    if (rc == ERR_OK && u.take && u.changed == 0) {
        cli_say("%.*s holds no such role there", STRF(u.login));
        arena_free(u.a);
        return EXIT_FAULT;
    }
    return finish(&u, rc);
}

/* --- password --- */

static enum err write_password(struct tx *tx, void *arg)
{
    struct user_command *u = arg;
    enum err rc = ERR_OK;
    TRY(find_login(tx, u));
    TRY(sql_credential_set_password(tx, NULL, .person_id = u->id, .password = u->hash,
                                    .must_change = 1, .now_ms = u->now_ms));
    if (u->phone) {
        TRY(sql_credential_set_totp(tx, NULL, .person_id = u->id, .totp = STR_NULL,
                                    .totp_ms = I64_NONE, .step = 0));
        TRY(sql_recovery_clear(tx, NULL, .person_id = u->id));
    }
    TRY(sql_session_end_others(tx, NULL, .person_id = u->id, .keep = 0));
    rc = audit_write(tx, NULL, SCOPE_COUNTRY, AUDIT_DID,
                     u->phone ? "phone_reset" : "password_reset", u->id, STR_NULL, STR_NULL);
out:
    return rc;
}

static int user_password(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    u.phone = cli_flag(&argc, argv, "--phone");
    if (!cli_arguments(&argc, argv, 1, 1))
        return bad_usage(&u);
    u.login = login_folded(u.a, str_from(argv[0]));
    struct str password = password_make(u.a);
    enum err rc = password_hash(u.a, password, &u.hash);
    if (rc == ERR_OK)
        rc = db_write(app->db, SCOPE_COUNTRY, write_password, &u);
    if (rc == ERR_OK)
        printf("%.*s\n", STRF(password));
    return finish(&u, rc);
}

/* --- code --- */

static enum err write_code(struct tx *tx, void *arg)
{
    struct user_command *u = arg;
    struct sql_person_email_get_row known;
    enum err rc = find_login(tx, u);
    if (rc == ERR_NOT_FOUND) {
        rc = sql_person_email_get(tx, u->a, &known, .email = u->login);
        if (rc == ERR_OK)
            u->id = known.person_id;
    }
    if (rc != ERR_OK)
        return rc;
    TRY(mail_code_insert(tx, u->a, u->app, &u->code, I64(u->id), LANG_KY));
    rc = audit_write(tx, NULL, SCOPE_COUNTRY, AUDIT_DID, "support_code", u->id, STR_NULL, STR_NULL);
out:
    return rc;
}

static int user_code(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    if (!cli_arguments(&argc, argv, 1, 1))
        return bad_usage(&u);
    u.login = login_folded(u.a, str_from(argv[0]));
    mail_code_make(u.a, "support", u.login, &u.code);
    u.code.ticket = STR_NULL;
    enum err rc = db_write(app->db, SCOPE_COUNTRY, write_code, &u);
    if (rc == ERR_OK)
        printf("%.*s\n%s/login/link/%.*s\n", STRF(u.code.digits), app->public_url,
               STRF(u.code.link));
    return finish(&u, rc);
}

/* --- disable --- */

static enum err write_disabled(struct tx *tx, void *arg)
{
    struct user_command *u = arg;
    enum err rc = ERR_OK;
    TRY(find_login(tx, u));
    TRY(sql_person_disable(tx, NULL, .id = u->id,
                           .disabled_ms = u->undo ? I64_NONE : I64(u->now_ms)));
    TRY(sql_session_end_others(tx, NULL, .person_id = u->id, .keep = 0));
    rc = audit_write(tx, NULL, SCOPE_COUNTRY, AUDIT_DID, u->undo ? "staff_enable" : "staff_disable",
                     u->id, STR_NULL, STR_NULL);
out:
    return rc;
}

static int user_disable(struct app *app, int argc, char **argv)
{
    struct user_command u = begin(app);
    u.undo = cli_flag(&argc, argv, "--undo");
    if (!cli_arguments(&argc, argv, 1, 1))
        return bad_usage(&u);
    u.login = login_folded(u.a, str_from(argv[0]));
    return finish(&u, db_write(app->db, SCOPE_COUNTRY, write_disabled, &u));
}

const struct command people_commands[PEOPLE_COMMANDS] = {
    {"user add", "LOGIN --name NAME --role ROLE --in CODE|'*' [--email ADDRESS] [--lang ky|ru|en]",
     "Add a staff member; prints a first password",
     "The first password has to be changed at the first log-in. Roles: officer, accountant, head,\n"
     "deputy, group_member, provider, programme, national, administrator. --in takes the SOATE\n"
     "code of a municipality, raion or oblast, or '*' for the whole country.\n\n"
     "Examples:\n"
     "  aimak user add admin@example.kg --name \"A. Administrator\" --role administrator --in '*'\n"
     "  aimak user add head@kok-jar.example --name \"B. Head\" --role head --in 41704235837000\n",
     user_add, true},
    {"user list", "[--in CODE]", "List staff: log-in, role, place, from, to, state, name",
     "One line for each role, columns separated by tabs.\n\n"
     "Example:\n  aimak user list --in 41704235837000\n",
     user_list, true, true},
    {"user role", "LOGIN ROLE --in CODE|'*' [--from DAY] [--to DAY] [--take]",
     "Give a role, or take it back",
     "--to is the last day. --take ends the role now; its history stays.\n\n"
     "Examples:\n"
     "  aimak user role a.officer officer --in 41704235837000 --to 2027-12-31\n"
     "  aimak user role a.officer officer --in 41704235837000 --take\n",
     user_role, true},
    {"user password", "LOGIN [--phone]", "Set a new first password and print it",
     "Ends all sessions of that person. --phone also forgets the phone that shows codes, for who\n"
     "lost it: it is set up again at the next log-in.\n\n"
     "Example:\n  aimak user password a.officer\n",
     user_password, true},
    {"user code", "LOGIN|EMAIL", "Print a one-time code and link to log in with",
     "For ten minutes and one log-in. Residents type the code at /login/email after their "
     "address;\n"
     "the link works for everybody. Staff then choose a new password; the code from the phone\n"
     "is still asked for.\n\n"
     "Example:\n  aimak user code resident@example.kg\n",
     user_code, true},
    {"user disable", "LOGIN [--undo]", "Shut an account; ends its sessions",
     "What the person did stays on record.\n\nExample:\n  aimak user disable a.officer\n",
     user_disable, true},
};
