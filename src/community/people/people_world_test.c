/* See people_testing.h. */
#include "tests/support/client.h"

#include "community/people/people_testing.h"

void demo_note_login(struct demo_context *d, struct demo_login login)
{
    ARENA_PUSH(d->arena, d->logins, login);
}
void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}

void desk_begin(struct desk_test *d, void **state)
{
    struct demo_context demo = {0};
    d->now_ms = START_MS;
    clock_set_for_test(d->now_ms);
    sessions_forget();
    d->t = TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &outbox_slice, &trail_slice,
                       &places_slice, &people_slice);
    d->arena = demo.arena = d->t->arena;
    assert_int_equal(places_slice.demo(&d->t->app, &demo), ERR_OK);
    test_new_visitor(d->t);
}

void desk_end(struct desk_test *d)
{
    clock_set_for_test(0);
    test_app_close(d->t);
}

void desk_move_clock(struct desk_test *d, int64_t ms)
{
    d->now_ms += ms;
    clock_set_for_test(d->now_ms);
}

static int64_t add(struct desk_test *d, const char *login, enum role role, const char *scope,
                   struct str secret)
{
    int64_t id = 0;
    struct new_staff s = {.name = arena_printf(d->arena, "Test %s", login),
                          .login = str_from(login),
                          .email = strchr(login, '@') ? str_from(login) : STR(""),
                          .password = STR(PASSWORD),
                          .totp_secret = secret,
                          .lang = LANG_EN,
                          .role = role,
                          .scope = str_from(scope)};
    assert_int_equal(people_add_staff(&d->t->app, &s, &id), ERR_OK);
    return id;
}

int64_t desk_add(struct desk_test *d, const char *login, enum role role, const char *scope)
{
    return add(d, login, role, scope, STR(SECRET));
}

int64_t desk_add_plain(struct desk_test *d, const char *login, enum role role, const char *scope)
{
    return add(d, login, role, scope, STR(""));
}

const char *desk_code(const struct desk_test *d)
{
    return desk_text((struct desk_test *)d,
                     totp_text(d->arena, totp_code_at(STR(SECRET), totp_step_at(d->now_ms))));
}

struct test_answer desk_password(struct desk_test *d, const char *login, const char *password)
{
    return test_post(d->t, "/login", "login", login, "password", password, NULL);
}

void desk_log_in(struct desk_test *d, const char *login)
{
    desk_move_clock(d, 61 * MS_SECOND);
    test_new_visitor(d->t);
    struct test_answer a = desk_password(d, login, PASSWORD);
    test_status(a, 303);
    test_header_is(a, "Location", "/login/code");
    a = test_post(d->t, "/login/code", "code", desk_code(d), NULL);
    test_status(a, 303);
    assert_true(desk_is_in(d));
}

bool desk_is_in(struct desk_test *d)
{
    struct test_answer a = test_get(d->t, "/account");
    if (a.status == 200)
        return true;
    test_status(a, 303);
    return false;
}

/* --- letters --- */

struct letters {
    struct arena *a;
    struct sql_outbox_kept_rows rows;
};

static enum err read_letters(struct tx *tx, void *arg)
{
    struct letters *l = arg;
    return sql_outbox_kept(tx, l->a, &l->rows, .limit = 100);
}

static struct letters letters_of(struct desk_test *d)
{
    struct letters l = {.a = d->arena};
    assert_int_equal(db_read(d->t->app.db, SCOPE_COUNTRY, read_letters, &l), ERR_OK);
    return l;
}

size_t desk_letters_to(struct desk_test *d, const char *address)
{
    struct letters l = letters_of(d);
    size_t n = 0;
    for (size_t i = 0; i < l.rows.n; i++)
        n += str_eq(l.rows.v[i].address, str_from(address));
    return n;
}

struct desk_letter desk_letter_to(struct desk_test *d, const char *address)
{
    struct letters l = letters_of(d);
    for (size_t i = 0; i < l.rows.n; i++)
        if (str_eq(l.rows.v[i].address, str_from(address)))
            return (struct desk_letter){l.rows.v[i].subject, l.rows.v[i].body};
    fail_msg("no letter to %s", address);
    return (struct desk_letter){0};
}

const char *desk_digits(struct desk_test *d, struct desk_letter l)
{
    assert_true(l.subject.n > 6);
    return desk_text(d, str_slice(l.subject, l.subject.n - 6, 6));
}

const char *desk_link(struct desk_test *d, struct desk_letter l)
{
    ptrdiff_t at = str_find(l.body, STR("https://aimak.test/"));
    assert_true(at >= 0);
    struct str link = str_slice(l.body, (size_t)at + strlen("https://aimak.test"), l.body.n);
    return desk_text(d, str_slice(link, 0, (size_t)str_find_char(link, '\n')));
}

/* --- text --- */

const char *desk_text(struct desk_test *d, struct str s)
{
    return arena_cstr(d->arena, s);
}

const char *desk_path(struct desk_test *d, const char *format, ...)
{
    struct buf *out = buf_in(d->arena);
    va_list args;
    va_start(args, format);
    buf_vprintf(out, format, args);
    va_end(args);
    return desk_text(d, buf_view(out));
}

struct str desk_between(struct test_answer a, const char *before, const char *after)
{
    ptrdiff_t at = str_find(a.body, str_from(before));
    if (at < 0)
        fail_msg("the page lacks \"%s\"", before);
    struct str rest = str_slice(a.body, (size_t)at + strlen(before), a.body.n);
    ptrdiff_t end = str_find(rest, str_from(after));
    assert_true(end >= 0);
    return str_slice(rest, 0, (size_t)end);
}

/* --- the database --- */

struct holding {
    struct arena *a;
    struct str text;
    bool found;
};

static enum err look_in_row(void *arg, const struct db_value *values)
{
    struct holding *h = arg;
    h->found = h->found || str_find(values[0].s, h->text) >= 0;
    return ERR_OK;
}

static enum err look_in_tables(struct tx *tx, void *arg)
{
    static const char *const columns[][2] = {
        {"person", "name || coalesce(email, '') || coalesce(phone, '')"},
        {"credential", "login || password"},
        {"api_key", "name || contact || scope"},
        {"login_code", "email || purpose"},
        {"session", "browser"},
        {"audit", "action || object || detail"},
    };
    static const char *const blobs[][2] = {{"session", "token_hash"},   {"login_code", "code_hash"},
                                           {"login_code", "link_hash"}, {"api_key", "hash"},
                                           {"recovery_code", "hash"},   {"credential", "totp"}};
    static const enum db_type text[] = {DB_STR}, blob[] = {DB_BLOB};
    static const char *const names[] = {"it"};
    struct holding *h = arg;
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < COUNT_OF(columns) + COUNT_OF(blobs); i++) {
        bool is_text = i < COUNT_OF(columns);
        const char *const *of = is_text ? columns[i] : blobs[i - COUNT_OF(columns)];
        const char *sql =
            arena_cstr(h->a, arena_printf(h->a, "SELECT %s AS it FROM %s WHERE %s IS NOT NULL",
                                          of[1], of[0], of[1]));
        struct db_query *q = ARENA_NEW(h->a, struct db_query);
        *q = (struct db_query){.name = "look",
                               .sqlite = sql,
                               .postgres = sql,
                               .out = is_text ? text : blob,
                               .out_names = names,
                               .out_count = 1};
        rc = tx_run(tx, q, NULL, look_in_row, h, NULL);
    }
    return rc;
}

bool desk_database_holds(struct desk_test *d, struct str text)
{
    /* The arena lives until the end of the test: statements are cached by address. */
    struct holding h = {.a = d->arena, .text = text};
    assert_int_equal(db_read(d->t->app.db, SCOPE_COUNTRY, look_in_tables, &h), ERR_OK);
    return h.found;
}
