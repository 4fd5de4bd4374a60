/*
 * Staff, accounts, keys and the record, as heads, administrators and people who want more than
 * their due use the pages.
 */
#include "tests/support/client.h"

#include "community/people/people_testing.h"

static struct test_answer act(struct desk_test *d, int64_t person, const char *what)
{
    return test_post(d->t, desk_path(d, "/desk/staff/%lld", (long long)person), "do", what, NULL);
}

static struct test_answer give(struct desk_test *d, int64_t person, const char *role,
                               const char *scope)
{
    return test_post(d->t, desk_path(d, "/desk/staff/%lld", (long long)person), "do", "give",
                     "role", role, "scope", scope, "from", "2026-11-18", NULL);
}

static void a_new_officer_gets_to_work(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    desk_log_in(&d, "head");
    struct test_answer a =
        test_post(d.t, "/desk/staff/new", "name", "Test Officer", "login", "New.Officer", "role",
                  "officer", "scope", HOME, "from", "2026-11-18", NULL);
    test_status(a, 200);
    const char *password = desk_text(&d, desk_between(a, "spellcheck=\"false\" value=\"", "\""));
    test_contains(test_get(d.t, "/desk/staff"), "Test Officer");

    test_new_visitor(d.t);
    a = test_post(d.t, "/login", "login", "new.officer", "password", password, "next",
                  "/desk/staff", NULL);
    test_header_is(a, "Location", "/account/password?next=%2Fdesk%2Fstaff");
    test_status(test_post(d.t, "/account/password", "fresh", "short", "again", "short", NULL), 422);
    a = test_post(d.t, "/account/password", "fresh", PASSWORD, "again", "another one 1", NULL);
    test_contains(a, "The two are not the same");
    a = test_post(d.t, "/account/password", "fresh", password, "again", password, NULL);
    test_contains(a, "Choose another than the present one");
    a = test_post(d.t, "/account/password", "fresh", PASSWORD, "again", PASSWORD, "next", "/m/x",
                  NULL);
    test_header_is(a, "Location", "/account/phone?next=%2Fm%2Fx");

    a = test_get(d.t, "/account/phone");
    test_contains(a, "<svg");
    const char *setup = desk_text(&d, test_field(d.t, a, "setup"));
    a = test_post(d.t, "/account/phone", "setup", setup, "code", "000000", NULL);
    test_status(a, 422);
    struct str shown = desk_between(a, "<p translate=\"no\"><strong>", "</strong>");
    assert_int_equal(shown.n, 39); /* 32 characters in groups of four */
    /* The secret from the page, back to bytes: what a phone does. */
    char secret[TOTP_BYTES];
    unsigned bits = 0, have = 0;
    size_t n = 0;
    for (size_t i = 0; i < shown.n; i++) {
        char c = shown.p[i];
        if (c == ' ')
            continue;
        bits = bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26);
        have += 5;
        if (have >= 8) {
            secret[n++] = (char)(bits >> (have - 8));
            have -= 8;
        }
    }
    struct str code =
        totp_text(d.arena, totp_code_at(str_of(secret, TOTP_BYTES), totp_step_at(d.now_ms)));
    setup = desk_text(&d, test_field(d.t, a, "setup"));
    a = test_post(d.t, "/account/phone", "setup", setup, "code", desk_text(&d, code), NULL);
    test_status(a, 200);
    const char *recovery = desk_text(&d, desk_between(a, "<li class=\"number\">", "</li>"));
    test_status(test_get(d.t, "/account"), 200);
    test_contains(test_get(d.t, "/account"), "8 left");

    /* The phone is lost: a recovery code lets in once. */
    for (int i = 0; i < 2; i++) {
        test_new_visitor(d.t);
        test_status(desk_password(&d, "new.officer", PASSWORD), 303);
        test_status(test_post(d.t, "/login/code", "code", recovery, NULL), i ? 422 : 303);
    }
    /* A setup of somebody else, or an old one, is worth nothing. */
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "officer");
    test_status(test_post(d.t, "/account/phone", "setup", setup, "code", desk_text(&d, code),
                          "present", PASSWORD, NULL),
                422);
    desk_end(&d);
}

static void roles_hold_from_day_to_day(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    int64_t person = desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "head");
    struct test_answer a =
        test_post(d.t, desk_path(&d, "/desk/staff/%lld", (long long)person), "do", "give", "role",
                  "deputy", "scope", HOME, "from", "2026-11-20", "to", "2026-11-19", NULL);
    test_status(a, 422);
    a = test_get(d.t, desk_path(&d, "/desk/staff/%lld", (long long)person));
    struct str grant = test_field(d.t, a, "grant");
    test_status(test_post(d.t, desk_path(&d, "/desk/staff/%lld", (long long)person), "do", "end",
                          "grant", desk_text(&d, grant), NULL),
                303);
    a = test_post(d.t, desk_path(&d, "/desk/staff/%lld", (long long)person), "do", "give", "role",
                  "officer", "scope", HOME, "from", "2026-11-20", "to", "2026-11-21", NULL);
    test_status(a, 303);
    for (int day = 18; day <= 22; day++) {
        desk_log_in(&d, "officer");
        bool holds = day == 20 || day == 21;
        struct test_answer frame = test_get(d.t, "/account");
        assert_int_equal(str_find(frame.body, STR("href=\"/desk\"")) >= 0, holds);
        desk_move_clock(&d, MS_DAY);
    }
    desk_end(&d);
}

static void a_role_taken_away_is_gone_at_once(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "admin", ROLE_ADMINISTRATOR, "*");
    int64_t person = desk_add(&d, "head", ROLE_HEAD, HOME);
    desk_log_in(&d, "head");
    struct test_cookie head = *test_cookie_of(d.t, "session");
    test_status(test_get(d.t, "/desk/staff"), 200);
    desk_log_in(&d, "admin");
    const char *page = desk_path(&d, "/desk/staff/%lld", (long long)person);
    struct str grant = test_field(d.t, test_get(d.t, page), "grant");
    test_status(test_post(d.t, page, "do", "end", "grant", desk_text(&d, grant), NULL), 303);
    struct test_cookie admin = *test_cookie_of(d.t, "session");
    test_new_visitor(d.t);
    ARENA_PUSH(d.arena, d.t->cookies, head);
    test_status(test_get(d.t, "/desk/staff"), 403);
    test_new_visitor(d.t);
    ARENA_PUSH(d.arena, d.t->cookies, admin);
    test_status(act(&d, person, "disable"), 303);
    test_new_visitor(d.t);
    ARENA_PUSH(d.arena, d.t->cookies, head);
    assert_false(desk_is_in(&d));
    test_status(desk_password(&d, "head", PASSWORD), 422);
    desk_end(&d);
}

static void nobody_climbs(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    int64_t head = desk_add(&d, "head", ROLE_HEAD, HOME);
    int64_t officer = desk_add(&d, "officer", ROLE_OFFICER, HOME);
    int64_t admin = desk_add(&d, "admin", ROLE_ADMINISTRATOR, "*");
    int64_t foreign = desk_add(&d, "foreign", ROLE_OFFICER, NEAR);
    desk_log_in(&d, "head");
    test_status(give(&d, officer, "head", HOME), 422);
    test_status(give(&d, officer, "administrator", "*"), 422);
    test_status(give(&d, officer, "national", "*"), 422);
    test_status(give(&d, officer, "officer", NEAR), 422);
    test_status(give(&d, officer, "resident", HOME), 422);
    test_status(give(&d, head, "accountant", HOME), 403); /* the own roles */
    test_status(act(&d, head, "password"), 403);
    test_status(act(&d, officer, "nonsense"), 422);
    /* Other people's staff do not exist. */
    struct test_answer missing = test_get(d.t, "/desk/staff/123");
    struct test_answer theirs =
        test_get(d.t, desk_path(&d, "/desk/staff/%lld", (long long)foreign));
    test_status(missing, 404);
    test_status(theirs, 404);
    test_status(give(&d, foreign, "officer", HOME), 404);
    test_status(act(&d, admin, "password"), 404);
    test_lacks(test_get(d.t, "/desk/staff"), "Test foreign");
    struct test_answer a = test_post(d.t, "/desk/staff/new", "name", "X", "login", "x.new", "role",
                                     "administrator", "scope", "*", "from", "2026-11-18", NULL);
    test_status(a, 422);
    test_status(desk_password(&d, "x.new", PASSWORD), 422);

    /* An officer who is administrator too: the head may end the one role, but not take the account.
     */
    desk_log_in(&d, "admin");
    test_status(give(&d, officer, "administrator", HOME), 303);
    test_status(give(&d, officer, "administrator", "*"), 422);
    desk_log_in(&d, "head");
    test_status(act(&d, officer, "password"), 403);
    test_status(act(&d, officer, "phone"), 403);
    test_status(act(&d, officer, "disable"), 403);
    desk_log_in(&d, "officer");
    test_status(test_get(d.t, "/desk/audit"), 403); /* administrators see no personal data */
    desk_end(&d);
}

static void passwords_and_phones_are_changed_with_care(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    int64_t officer = desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_log_in(&d, "officer");
    struct test_cookie elsewhere = *test_cookie_of(d.t, "session");
    desk_log_in(&d, "officer");
    struct test_cookie before = *test_cookie_of(d.t, "session");
    test_status(test_post(d.t, "/account/password", "present", "wrong wrong", "fresh",
                          "ак боз ат минген", "again", "ак боз ат минген", NULL),
                422);
    test_status(test_post(d.t, "/account/password", "fresh", "ак боз ат минген", "again",
                          "ак боз ат минген", NULL),
                422);
    test_status(test_post(d.t, "/account/password", "present", PASSWORD, "fresh",
                          "ак боз ат минген", "again", "ак боз ат минген", NULL),
                303);
    assert_true(desk_is_in(&d));
    struct test_cookie *old[] = {&elsewhere, &before};
    for (size_t i = 0; i < COUNT_OF(old); i++) {
        test_new_visitor(d.t);
        ARENA_PUSH(d.arena, d.t->cookies, *old[i]);
        assert_false(desk_is_in(&d));
    }
    test_status(desk_password(&d, "officer", PASSWORD), 422);
    test_status(desk_password(&d, "officer", "ак боз ат минген"), 303);
    /* The head resets both; the second factor is not lifted by a new password alone. */
    desk_log_in(&d, "head");
    struct test_answer a = act(&d, officer, "password");
    test_status(a, 200);
    const char *fresh = desk_text(&d, desk_between(a, "spellcheck=\"false\" value=\"", "\""));
    test_new_visitor(d.t);
    test_header_is(desk_password(&d, "officer", fresh), "Location", "/login/code");
    desk_log_in(&d, "head");
    test_status(act(&d, officer, "phone"), 303);
    test_new_visitor(d.t);
    test_header_is(desk_password(&d, "officer", fresh), "Location", "/account/password");
    desk_end(&d);
}

static void the_list_of_staff_leaves_as_a_file(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_add(&d, "stranger", ROLE_OFFICER, NEAR);
    desk_log_in(&d, "head");
    test_contains(test_get(d.t, "/desk/staff"), "/desk/staff.xlsx");
    struct test_answer a = test_get(d.t, "/desk/staff.csv");
    test_status(a, 200);
    test_contains(a, "officer");
    test_contains(a, "2026-11-18"); /* since when */
    test_lacks(a, "stranger");
    a = test_get(d.t, "/desk/staff.xlsx");
    test_status(a, 200);
    assert_true(str_starts(a.body, STR("PK")));
    test_status(test_get(d.t, "/desk/staff.pdf"), 404);
    desk_log_in(&d, "officer");
    test_status(test_get(d.t, "/desk/staff.csv"), 403);
    desk_end(&d);
}

struct key_check {
    struct arena *a;
    struct str key;
    enum err home, near, country, wrong;
};

static enum err check_key(struct tx *tx, void *arg)
{
    struct key_check *k = arg;
    int64_t id;
    k->home = people_check_api_key(tx, k->a, k->key, STR(HOME), &id);
    k->near = people_check_api_key(tx, k->a, k->key, STR(NEAR), &id);
    k->country = people_check_api_key(tx, k->a, k->key, STR("*"), &id);
    k->wrong = people_check_api_key(tx, k->a, STR_NULL, STR(HOME), &id);
    return ERR_OK;
}

static void keys_are_shown_once_and_good_in_one_place(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    desk_add(&d, "other", ROLE_HEAD, NEAR);
    desk_log_in(&d, "head");
    /* One municipality is a choice: nothing says how to type it. */
    test_lacks(test_get(d.t, "/desk/keys"), "scope-hint");
    struct test_answer a = test_post(d.t, "/desk/keys", "name", "Test bot", "contact",
                                     "bot@example.kg", "scope", HOME, NULL);
    test_status(a, 200);
    struct key_check k = {.a = d.arena};
    k.key = desk_between(a, "spellcheck=\"false\" value=\"", "\"");
    assert_false(desk_database_holds(&d, k.key));
    test_lacks(test_get(d.t, "/desk/keys"), desk_text(&d, k.key));
    assert_int_equal(db_read(d.t->app.db, SCOPE_COUNTRY, check_key, &k), ERR_OK);
    assert_int_equal(k.home, ERR_OK);
    assert_int_equal(k.near, ERR_DENIED);
    assert_int_equal(k.country, ERR_DENIED);
    assert_int_equal(k.wrong, ERR_DENIED);
    test_status(
        test_post(d.t, "/desk/keys", "name", "X", "contact", "x@example.kg", "scope", NEAR, NULL),
        422);
    struct str action = desk_between(test_get(d.t, "/desk/keys"), "action=\"/desk/keys/", "\"");
    const char *revoke = desk_path(&d, "/desk/keys/%.*s", STRF(action));
    desk_log_in(&d, "other");
    test_lacks(test_get(d.t, "/desk/keys"), "Test bot");
    test_status(test_post(d.t, revoke, NULL), 404);
    desk_log_in(&d, "head");
    test_status(test_post(d.t, revoke, NULL), 303);
    assert_int_equal(db_read(d.t->app.db, SCOPE_COUNTRY, check_key, &k), ERR_OK);
    assert_int_equal(k.home, ERR_DENIED);
    desk_end(&d);
}

static void the_record_shows_who_did_what(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    desk_add(&d, "head", ROLE_HEAD, HOME);
    int64_t officer = desk_add(&d, "officer", ROLE_OFFICER, HOME);
    desk_add(&d, "other", ROLE_HEAD, NEAR);
    desk_log_in(&d, "head");
    test_status(give(&d, officer, "deputy", HOME), 303);
    struct test_answer a = test_get(d.t, "/desk/audit");
    test_contains(a, "Gave a role: Deputy of the council");
    test_contains(a, "Test officer");
    test_lacks(a, "Test other");
    a = test_get(d.t, "/desk/audit.csv?from=2026-11-18&to=2026-11-18");
    test_contains(a, "Gave a role: Deputy of the council");
    a = test_get(d.t, "/desk/audit.csv?to=2026-11-17");
    test_lacks(a, "Gave a role");
    test_lacks(test_get(d.t, "/desk/audit.csv?reads=1"), "Gave a role");
    test_status(test_get(d.t, "/desk/audit?place=" NEAR), 422);
    test_lacks(test_get(d.t, "/desk/audit?place=" NEAR), "Test other");
    test_status(test_get(d.t, "/desk/audit.csv?place=" NEAR), 422);
    /* The person concerned sees it too. */
    desk_log_in(&d, "officer");
    test_contains(test_get(d.t, "/account/seen"), "Gave a role: Deputy of the council");
    test_contains(test_get(d.t, "/account/seen"), "Test head");
    test_status(test_get(d.t, "/desk/audit"), 403);
    desk_end(&d);
}

static void a_new_address_is_proved_first(void **state)
{
    struct desk_test d;
    desk_begin(&d, state);
    test_post(d.t, "/login/email", "email", "a@example.kg", NULL);
    const char *digits = desk_digits(&d, desk_letter_to(&d, "a@example.kg"));
    test_status(test_post(d.t, "/login/email/code", "code", digits, NULL), 303);
    test_status(test_post(d.t, "/account/email", "email", "b@example.kg", NULL), 303);
    test_contains(test_get(d.t, "/account"), "a@example.kg");
    digits = desk_digits(&d, desk_letter_to(&d, "b@example.kg"));
    const char *wrong = strcmp(digits, "111111") == 0 ? "222222" : "111111";
    test_status(test_post(d.t, "/account/email", "code", wrong, NULL), 422);
    test_status(test_post(d.t, "/account/email", "code", digits, NULL), 303);
    test_contains(test_get(d.t, "/account"), "b@example.kg");
    test_lacks(test_get(d.t, "/account"), "a@example.kg");
    desk_end(&d);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_new_officer_gets_to_work),
        BODY(roles_hold_from_day_to_day),
        BODY(a_role_taken_away_is_gone_at_once),
        BODY(nobody_climbs),
        BODY(passwords_and_phones_are_changed_with_care),
        BODY(the_list_of_staff_leaves_as_a_file),
        BODY(keys_are_shown_once_and_good_in_one_place),
        BODY(the_record_shows_who_did_what),
        BODY(a_new_address_is_proved_first),
    };
    return slice_test_run("people_staff", bodies, COUNT_OF(bodies));
}
