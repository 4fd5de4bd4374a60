/*
 * Rules of the people room by themselves: codes, passwords, sealed secrets, who may give which
 * role; and what other rooms ask it.
 */
#include "community/people/people_internal.h"

#include "community/places/places.h"
#include "platform/core/testing.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "platform/web/slice_testing.h"

#include <pthread.h>
#include <sodium.h>
#include <time.h>

#define HOME "41704235837000"
#define NEAR "41704235825000"
#define RAION "41704235000000"
#define OBLAST "41704000000000"

void demo_note_login(struct demo_context *d, struct demo_login login)
{
    (void)d, (void)login;
}
void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}

static void begin(struct slice_test *t, void **state)
{
    static const struct slice *const slices[] = {&jobs_slice, &trail_slice, &places_slice,
                                                 &people_slice};
    struct demo_context demo = {0};
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    random_fill(t->app.key, sizeof(t->app.key));
    assert_int_equal(places_slice.start(&t->app), ERR_OK);
    assert_int_equal(people_slice.start(&t->app), ERR_OK);
    demo.arena = t->arena;
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
}

/* --- codes --- */

/* RFC 6238 appendix B, SHA-1; the last six of its eight digits. */
static void codes_are_those_of_the_standard(void **state)
{
    static const struct {
        int64_t seconds;
        int code;
    } vectors[] = {{59, 287082},       {1111111109, 81804},  {1111111111, 50471},
                   {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++)
        assert_int_equal(
            totp_code_at(STR("12345678901234567890"), totp_step_at(vectors[i].seconds * 1000)),
            vectors[i].code);
}

static void codes_drift_a_step_and_never_back(void **state)
{
    struct str secret = STR("12345678901234567890");
    const int64_t now = 1111111109000, here = totp_step_at(now);
    struct arena *a = arena_new();
    (void)state;
    for (int64_t step = here - 2; step <= here + 2; step++) {
        int64_t found = 0;
        bool near = step >= here - 1 && step <= here + 1;
        struct str code = totp_text(a, totp_code_at(secret, step));
        assert_int_equal(totp_matches(secret, code, now, -1, &found), near);
        assert_true(!near || found == step);
        /* Taken before: this step, and all before it. */
        assert_false(totp_matches(secret, code, now, step, &found));
        assert_int_equal(totp_matches(secret, code, now, step - 1, &found), near);
    }
    int64_t step;
    assert_true(totp_matches(secret, STR("081 804"), now, -1, &step));
    assert_false(totp_matches(secret, STR("81804"), now, -1, &step));
    assert_false(totp_matches(secret, STR("0818041"), now, -1, &step));
    assert_false(totp_matches(secret, STR("08180x"), now, -1, &step));
    assert_false(totp_matches(secret, STR_NULL, now, -1, &step));
    arena_free(a);
}

static void addresses_for_the_phone_are_well_formed(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    /* RFC 4648 section 10, without padding. */
    assert_str_equal(totp_base32(a, STR("f")), STR("MY"));
    assert_str_equal(totp_base32(a, STR("fo")), STR("MZXQ"));
    assert_str_equal(totp_base32(a, STR("foo")), STR("MZXW6"));
    assert_str_equal(totp_base32(a, STR("foob")), STR("MZXW6YQ"));
    assert_str_equal(totp_base32(a, STR("fooba")), STR("MZXW6YTB"));
    assert_str_equal(totp_base32(a, STR("foobar")), STR("MZXW6YTBOI"));
    assert_str_equal(totp_address(a, STR("foobar"), STR("Aimak"), STR("a b@c")),
                     STR("otpauth://totp/Aimak:a%20b%40c?secret=MZXW6YTBOI&issuer=Aimak"));
    arena_free(a);
}

static void sealed_secrets_open_only_as_they_were(void **state)
{
    struct app one = {0}, other = {0};
    struct arena *a = arena_new();
    struct str out;
    (void)state;
    memset(one.key, 1, sizeof(one.key));
    memset(other.key, 2, sizeof(other.key));
    struct str secret = STR("a secret of 20 bytes");
    struct str sealed = people_seal(a, &one, totp_purpose(a, 7), secret);
    assert_true(str_find(sealed, str_slice(secret, 0, 8)) < 0);
    assert_true(people_unseal(a, &one, totp_purpose(a, 7), sealed, &out));
    assert_str_equal(out, secret);
    assert_false(people_unseal(a, &one, totp_purpose(a, 8), sealed, &out)); /* another's row */
    assert_false(people_unseal(a, &other, totp_purpose(a, 7), sealed, &out));
    for (size_t i = 0; i < sealed.n; i++) {
        char *changed = arena_cstr(a, sealed);
        changed[i] ^= 1;
        assert_false(people_unseal(a, &one, totp_purpose(a, 7), str_of(changed, sealed.n), &out));
    }
    assert_false(people_unseal(a, &one, totp_purpose(a, 7), str_slice(sealed, 0, 40), &out));
    assert_false(people_unseal(a, &one, totp_purpose(a, 7), STR_NULL, &out));
    struct str again = people_seal(a, &one, totp_purpose(a, 7), secret);
    assert_false(str_eq(sealed, again));
    arena_free(a);
}

/* --- passwords --- */

static void passwords_are_told_apart(void **state)
{
    struct arena *a = arena_new();
    struct str hash, again;
    struct password_verdict v;
    (void)state;
    assert_int_equal(password_hash(a, STR("жашыл алма бешик"), &hash), ERR_OK);
    assert_int_equal(password_hash(a, STR("жашыл алма бешик"), &again), ERR_OK);
    assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(hash, again));
    assert_int_equal(password_check(hash, STR("жашыл алма бешик"), &v), ERR_OK);
    assert_true(v.right && !v.old);
    assert_int_equal(password_check(hash, STR("жашыл алма бешил"), &v), ERR_OK);
    assert_false(v.right);
    assert_int_equal(password_check(hash, STR_NULL, &v), ERR_OK);
    assert_false(v.right);
    assert_int_equal(password_check(STR(""), STR(""), &v), ERR_OK);
    assert_false(v.right);
    assert_int_equal(password_check(STR("not a hash"), STR("x"), &v), ERR_OK);
    assert_false(v.right);
    arena_free(a);
}

static void weaker_hashes_are_renewed(void **state)
{
    char text[crypto_pwhash_STRBYTES];
    struct password_verdict v;
    (void)state;
    assert_int_equal(
        crypto_pwhash_str_alg(text, "secret word", 11, 1, 1 << 20, crypto_pwhash_ALG_ARGON2ID13),
        0);
    assert_int_equal(password_check(str_from(text), STR("secret word"), &v), ERR_OK);
    assert_true(v.right && v.old);
    assert_int_equal(password_check(str_from(text), STR("secret words"), &v), ERR_OK);
    assert_false(v.right || v.old);
}

/* Processor time, the least of several: what others do on this machine does not count. */
static int64_t cost_us(struct str hash)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        struct timespec from, to;
        struct password_verdict v;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        assert_int_equal(password_check(hash, STR("some wrong password"), &v), ERR_OK);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        int64_t us = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
        least = us < least ? us : least;
    }
    return least;
}

static void nobody_costs_as_much_as_somebody(void **state)
{
    struct arena *a = arena_new();
    struct str hash;
    (void)state;
    assert_int_equal(password_hash(a, STR("some password of somebody"), &hash), ERR_OK);
    int64_t known = cost_us(hash), unknown = cost_us(STR(""));
    assert_true(unknown > known / 2 && unknown < known * 2);
    arena_free(a);
}

static void passwords_guessed_first_are_refused(void **state)
{
    static const struct {
        const char *password;
        enum msg fault;
    } tries[] = {
        {"", MSG_people_password_short},
        {"abcdefghi", MSG_people_password_short},
        {"айылөкмөт", MSG_people_password_short}, /* nine letters, eighteen bytes */
        {"1234567890", MSG_people_password_common},
        {"0987654321", MSG_people_password_common},
        {"20251122202", MSG_people_password_common}, /* digits only */
        {"aaaaaaaaaaaa", MSG_people_password_common},
        {"abcabcabcabc", MSG_people_password_common},
        {"abcdefghijkl", MSG_people_password_common},
        {"password2026", MSG_people_password_common},
        {"2026Password!", MSG_people_password_common},
        {"Кыргызстан2026", MSG_people_password_common},
        {"КЫРГЫЗСТАН", MSG_people_password_common},
        {"йцукенгшщз", MSG_people_password_common},
        {"a.asanova@kok-jar.kg", MSG_people_password_own},
        {"a.asanova2026", MSG_people_password_own},
        {"Асанова2026", MSG_people_password_own},
        {"жашыл алма бешик", MSG_NONE},
        {"k3m9x-p7q2w-a8d4f", MSG_NONE},
        {"passwordless tea", MSG_NONE},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        enum msg fault = password_fault(a, str_from(tries[i].password), STR("a.asanova@kok-jar.kg"),
                                        STR("Асанова Айгүл"));
        if (fault != tries[i].fault)
            fail_msg("%s: %s", tries[i].password, fault ? msg_key(fault) : "taken");
    }
    for (int i = 0; i < 200; i++) {
        struct str made = password_make(a);
        assert_int_equal(made.n, 17);
        assert_int_equal(password_fault(a, made, STR("login"), STR("name")), MSG_NONE);
        assert_int_equal(recovery_folded(a, recovery_make(a)).n, 12);
    }
    assert_str_equal(recovery_folded(a, STR(" ABCD-efgh 2345")), STR("abcdefgh2345"));
    arena_free(a);
}

static void *wait_in_pool(void *arg)
{
    enum err *rc = arg;
    *rc = password_pool_enter();
    if (*rc == ERR_OK)
        password_pool_leave();
    return NULL;
}

/* Two run, eight wait, the eleventh is sent away at once; who waits gets in when one leaves. */
static void a_flood_of_log_ins_is_sent_away(void **state)
{
    pthread_t threads[8];
    enum err results[8];
    (void)state;
    assert_int_equal(password_pool_enter(), ERR_OK);
    assert_int_equal(password_pool_enter(), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_in_pool, &results[i]), 0);
    int64_t until = clock_monotonic_ms() + 1500;
    while (password_pool_waiting() < (int)COUNT_OF(threads) && clock_monotonic_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    assert_int_equal(password_pool_waiting(), COUNT_OF(threads));
    int64_t began = clock_monotonic_ms();
    assert_int_equal(password_pool_enter(), ERR_RATE);
    assert_true(clock_monotonic_ms() - began < 500);
    password_pool_leave();
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(results[i], ERR_OK);
    }
    /* One place is free again; with both taken nobody waits for ever. */
    assert_int_equal(password_pool_enter(), ERR_OK);
    began = clock_monotonic_ms();
    assert_int_equal(password_pool_enter(), ERR_RATE);
    assert_true(clock_monotonic_ms() - began < 10000);
    password_pool_leave();
    password_pool_leave();
}

/* --- roles --- */

#define BIT(role) (1u << ROLE_##role)
#define OFFICE (BIT(OFFICER) | BIT(ACCOUNTANT) | BIT(DEPUTY) | BIT(GROUP_MEMBER) | BIT(PROVIDER))

static struct actor actor_with(enum role role, const char *scope)
{
    struct actor a = {.person_id = 1, .second_factor = true, .grant_count = 1};
    a.grants[0].role = role;
    snprintf(a.grants[0].scope, sizeof(a.grants[0].scope), "%s", scope);
    return a;
}

static void roles_are_given_downwards(void **state)
{
    const unsigned below_admin = OFFICE | BIT(HEAD) | BIT(PROGRAMME) | BIT(NATIONAL);
    static const struct {
        enum role role;
        const char *scope, *where;
        unsigned may;
    } rules[] = {
        {ROLE_HEAD, HOME, HOME, OFFICE},
        {ROLE_HEAD, HOME, NEAR, 0},
        {ROLE_HEAD, HOME, RAION, 0},
        {ROLE_HEAD, HOME, "*", 0},
        {ROLE_HEAD, RAION, HOME, OFFICE | BIT(HEAD)},
        {ROLE_HEAD, RAION, RAION, OFFICE},
        {ROLE_OFFICER, HOME, HOME, 0},
        {ROLE_NATIONAL, "*", HOME, 0},
        {ROLE_PROGRAMME, "*", HOME, 0},
        {ROLE_RESIDENT, "*", HOME, 0},
        {ROLE_ADMINISTRATOR, HOME, NEAR, 0},
        {ROLE_ADMINISTRATOR, HOME, "*", 0},
    };
    struct slice_test t;
    begin(&t, state);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct actor a = actor_with(rules[i].role, rules[i].scope);
        if (staff_grantable(&a, str_from(rules[i].where)) != rules[i].may)
            fail_msg("%s in %s for %s: %x", role_code(rules[i].role), rules[i].scope,
                     rules[i].where, staff_grantable(&a, str_from(rules[i].where)));
    }
    struct actor admin = actor_with(ROLE_ADMINISTRATOR, "*");
    assert_int_equal(staff_grantable(&admin, STR("*")), below_admin);
    assert_int_equal(staff_grantable(&admin, STR(HOME)), below_admin | BIT(ADMINISTRATOR));
    admin = actor_with(ROLE_ADMINISTRATOR, OBLAST);
    assert_int_equal(staff_grantable(&admin, STR(OBLAST)), below_admin);
    assert_int_equal(staff_grantable(&admin, STR(RAION)), below_admin | BIT(ADMINISTRATOR));
    /* No role at all, no matter who. */
    assert_int_equal(staff_grantable(&admin, STR(HOME)) & BIT(RESIDENT), 0);
    slice_test_end(&t);
}

static void accounts_are_touched_from_above(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct actor head = actor_with(ROLE_HEAD, HOME);
    struct staff_grant officer = {.role = ROLE_OFFICER, .scope = STR(HOME), .from = 10};
    struct staff_grant foreign = {.role = ROLE_OFFICER, .scope = STR(NEAR), .from = 10};
    struct staff_grant admin = {.role = ROLE_ADMINISTRATOR, .scope = STR("*"), .from = 10};
    struct staff_grant list[2] = {officer};
    struct staff_grants g = {list, 1, 2};
    assert_true(staff_may_manage(&head, 2, &g, 100));
    assert_false(staff_may_manage(&head, 1, &g, 100)); /* the own account */
    /* With a role that the head cannot give, resetting the password would be a way up. */
    list[1] = admin;
    g.n = 2;
    assert_false(staff_may_manage(&head, 2, &g, 100));
    list[1] = foreign;
    assert_false(staff_may_manage(&head, 2, &g, 100));
    list[1].from = 200; /* one that is still to come counts too */
    assert_false(staff_may_manage(&head, 2, &g, 100));
    list[1].from = 10;
    list[1].to = I64(99); /* over */
    assert_true(staff_may_manage(&head, 2, &g, 100));
    list[1].to = I64(100); /* its last day */
    assert_false(staff_may_manage(&head, 2, &g, 100));
    list[1].ended_ms = I64(5);
    assert_true(staff_may_manage(&head, 2, &g, 100));
    g.n = 0; /* a resident */
    assert_false(staff_may_manage(&head, 2, &g, 100));
    list[0].ended_ms = I64(5); /* former staff of ours, of others */
    g.n = 1;
    assert_true(staff_may_manage(&head, 2, &g, 100));
    list[0].scope = STR(NEAR);
    assert_false(staff_may_manage(&head, 2, &g, 100));
    slice_test_end(&t);
}

/* --- what other rooms ask --- */

struct asked {
    struct arena *a;
    int64_t ids[4];
    struct person_names heads, staff, names;
    struct str email, name;
    enum lang lang;
    enum err contact, unknown;
};

static enum err ask(struct tx *tx, void *arg)
{
    struct asked *q = arg;
    int64_t wanted[] = {q->ids[1], 0, 12345, q->ids[0]};
    enum err rc = ERR_OK;
    TRY(people_with_roles(tx, q->a, STR(HOME), BIT(HEAD), &q->heads));
    TRY(people_with_roles(tx, q->a, STR(HOME), BIT(HEAD) | BIT(OFFICER), &q->staff));
    TRY(people_names(tx, q->a, wanted, COUNT_OF(wanted), &q->names));
    TRY(people_name(tx, q->a, q->ids[0], &q->name));
    q->contact = people_contact(tx, q->a, q->ids[0], &q->email, &q->lang);
    q->unknown = people_name(tx, q->a, 12345, &q->name);
out:
    return rc;
}

static int64_t add(struct slice_test *t, const char *login, enum role role, const char *scope)
{
    int64_t id = 0;
    struct new_staff s = {.name = str_from(login),
                          .login = str_from(login),
                          .email = STR("Post@Example.KG"),
                          .password = STR("жашыл алма бешик"),
                          .lang = LANG_RU,
                          .role = role,
                          .scope = str_from(scope)};
    assert_int_equal(people_add_staff(&t->app, &s, &id), ERR_OK);
    return id;
}

static void other_rooms_find_people(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct asked q = {.a = t.arena};
    q.ids[0] = add(&t, "b.head", ROLE_HEAD, HOME);
    q.ids[1] = add(&t, "a.officer", ROLE_OFFICER, HOME);
    q.ids[2] = add(&t, "c.head", ROLE_HEAD, NEAR);
    assert_int_equal(db_read(t.app.db, SCOPE_COUNTRY, ask, &q), ERR_OK);
    assert_int_equal(q.heads.n, 1);
    assert_int_equal(q.heads.v[0].id, q.ids[0]);
    assert_int_equal(q.staff.n, 2);
    assert_str_equal(q.staff.v[0].name, STR("a.officer"));
    assert_int_equal(q.names.n, 2);
    assert_str_equal(person_name_in(&q.names, q.ids[1]), STR("a.officer"));
    assert_null(person_name_in(&q.names, 12345).p);
    assert_int_equal(q.contact, ERR_OK);
    assert_str_equal(q.email, STR("post@example.kg"));
    assert_int_equal(q.lang, LANG_RU);
    assert_int_equal(q.unknown, ERR_NOT_FOUND);
    slice_test_end(&t);
}

static void bad_accounts_are_not_made(void **state)
{
    struct slice_test t;
    begin(&t, state);
    int64_t id = 0, first = add(&t, "a.officer", ROLE_OFFICER, HOME);
    struct new_staff s = {.name = STR("A"),
                          .login = STR(" A.Officer "),
                          .password = STR("жашыл алма бешик"),
                          .role = ROLE_OFFICER,
                          .scope = STR(HOME)};
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_CONFLICT);
    assert_int_equal(id, first);
    s.login = STR("a b");
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_INPUT);
    s.login = STR("ab");
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_INPUT);
    s.login = STR("another");
    s.scope = STR("41700000000404");
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_INPUT);
    s.scope = STR(HOME);
    s.role = ROLE_RESIDENT;
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_INPUT);
    s.role = ROLE_OFFICER;
    s.email = STR("nonsense");
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_INPUT);
    s.email = STR("");
    assert_int_equal(people_add_staff(&t.app, &s, &id), ERR_OK);
    slice_test_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(codes_are_those_of_the_standard),
        BODY(codes_drift_a_step_and_never_back),
        BODY(addresses_for_the_phone_are_well_formed),
        BODY(sealed_secrets_open_only_as_they_were),
        BODY(passwords_are_told_apart),
        BODY(weaker_hashes_are_renewed),
        BODY(nobody_costs_as_much_as_somebody),
        BODY(passwords_guessed_first_are_refused),
        BODY(a_flood_of_log_ins_is_sent_away),
        BODY(roles_are_given_downwards),
        BODY(accounts_are_touched_from_above),
        BODY(other_rooms_find_people),
        BODY(bad_accounts_are_not_made),
    };
    return slice_test_run("people", bodies, COUNT_OF(bodies));
}
