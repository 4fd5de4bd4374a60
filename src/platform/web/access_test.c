/* Who may do what: the table's promises, scopes, dates' results, the second factor. */
#include "platform/web/access.h"

#include "platform/core/testing.h"

#define AIMAK "41702220820000"
#define VILLAGE "41702220820010"
#define NEIGHBOUR "41702220825000"
#define RAION "41702220000000"
#define OBLAST "41702000000000"
#define OTHER_OBLAST "41703000000000"

static struct actor person(enum role role, const char *scope)
{
    struct actor a = {.person_id = 5, .second_factor = true, .grant_count = 1};
    a.grants[0].role = role;
    snprintf(a.grants[0].scope, sizeof a.grants[0].scope, "%s", scope);
    return a;
}

static void test_nobody(void **state)
{
    struct actor nobody = {0};
    (void)state;
    assert_true(access_allows(&nobody, PERM_PUBLIC, STR(AIMAK)));
    for (int p = PERM_PUBLIC + 1; p < PERM__MAX; p++) {
        assert_false(access_allows(&nobody, (enum permission)p, STR(AIMAK)));
        assert_false(access_allows_somewhere(&nobody, (enum permission)p));
    }
    /* Grants without a person are worth nothing. */
    struct actor ghost = person(ROLE_ADMINISTRATOR, "*");
    ghost.person_id = 0;
    assert_false(access_allows(&ghost, PERM_OPERATE, STR("*")));
}

static void test_resident_is_no_staff(void **state)
{
    struct actor a = person(ROLE_RESIDENT, "*");
    (void)state;
    for (int p = PERM_LOGGED_IN + 1; p < PERM__MAX; p++)
        assert_false(access_allows_somewhere(&a, (enum permission)p));
    assert_true(access_allows(&a, PERM_LOGGED_IN, STR(AIMAK)));
}

static void test_administrator_sees_no_personal_data(void **state)
{
    static const enum permission personal[] = {PERM_CASES_READ, PERM_CASES_CONTACT, PERM_CASES_WORK,
                                               PERM_CASES_SUPERVISE, PERM_AUDIT_READ};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(personal); i++) {
        assert_false(access_role_carries(ROLE_ADMINISTRATOR, personal[i]));
        assert_false(access_role_carries(ROLE_PROGRAMME, personal[i]));
        assert_false(access_role_carries(ROLE_NATIONAL, personal[i]));
        assert_true(access_needs_second_factor(personal[i]));
    }
}

static void test_every_permission_is_somebodys(void **state)
{
    (void)state;
    for (int p = PERM_STAFF; p < PERM__MAX; p++) {
        int roles = 0;
        for (int role = 0; role < ROLE__MAX; role++)
            roles += access_role_carries((enum role)role, (enum permission)p);
        assert_true(roles > 0);
        assert_true(strlen(permission_code((enum permission)p)) > 0);
        assert_false(access_role_carries(ROLE_RESIDENT, (enum permission)p));
    }
}

static void test_scopes(void **state)
{
    struct actor a = person(ROLE_OFFICER, AIMAK);
    (void)state;
    assert_true(access_allows(&a, PERM_CASES_WORK, STR(AIMAK)));
    assert_true(access_allows(&a, PERM_CASES_WORK, STR(VILLAGE)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(NEIGHBOUR)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(RAION)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR("*")));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR("")));
    assert_true(access_allows_somewhere(&a, PERM_CASES_WORK));
    /* A forgotten unit is not "anywhere". */
    assert_false(access_allows(&a, PERM_CASES_WORK, STR_NULL));

    a = person(ROLE_HEAD, OBLAST);
    assert_true(access_allows(&a, PERM_CASES_WORK, STR(AIMAK)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(OTHER_OBLAST)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR("*")));

    a = person(ROLE_ADMINISTRATOR, "*");
    assert_true(access_allows(&a, PERM_OPERATE, STR("*")));
    assert_true(access_allows(&a, PERM_PLACES_EDIT, STR(AIMAK)));

    a = person(ROLE_HEAD, "");
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(AIMAK)));
}

static void test_prefixes_are_whole_groups(void **state)
{
    (void)state;
    /* 41702210000000 ends in a zero that belongs to the raion's own number. */
    assert_true(access_unit_within(STR("41702210815000"), STR("41702210000000")));
    assert_false(access_unit_within(STR("41702211815000"), STR("41702210000000")));
    assert_false(access_unit_within(STR("417"), STR("41702210000000")));
    assert_false(access_unit_within(STR("41702210815000"), STR("417")));
    assert_true(access_unit_within(STR(AIMAK), STR("41700000000000")));
}

static void test_role_and_scope_go_together(void **state)
{
    struct actor a = person(ROLE_OFFICER, AIMAK);
    (void)state;
    a.grant_count = 2;
    a.grants[1].role = ROLE_DEPUTY;
    snprintf(a.grants[1].scope, sizeof a.grants[1].scope, "%s", NEIGHBOUR);
    assert_true(access_allows(&a, PERM_STAFF, STR(NEIGHBOUR)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(NEIGHBOUR)));
}

static void test_second_factor(void **state)
{
    struct actor a = person(ROLE_HEAD, AIMAK);
    (void)state;
    a.second_factor = false;
    assert_false(access_allows(&a, PERM_CASES_CONTACT, STR(AIMAK)));
    assert_false(access_allows_somewhere(&a, PERM_CASES_CONTACT));
    assert_true(access_allows(&a, PERM_STAFF, STR(AIMAK)));
    assert_true(access_lacks_second_factor(&a, PERM_CASES_CONTACT, STR(AIMAK)));
    /* Asked for only where it would help. */
    assert_false(access_lacks_second_factor(&a, PERM_CASES_CONTACT, STR(NEIGHBOUR)));
    assert_false(access_lacks_second_factor(&a, PERM_OPERATE, STR("*")));
    a.second_factor = true;
    assert_false(access_lacks_second_factor(&a, PERM_CASES_CONTACT, STR(AIMAK)));
}

static bool everything_within(struct str unit, struct str scope)
{
    return unit.n && scope.n;
}

static void test_places_decide_when_there(void **state)
{
    struct actor a = person(ROLE_OFFICER, AIMAK);
    (void)state;
    access_set_within(everything_within);
    assert_true(access_allows(&a, PERM_CASES_WORK, STR(NEIGHBOUR)));
    assert_false(access_allows(&a, PERM_CASES_WORK, STR("*")));
    access_set_within(NULL);
    assert_false(access_allows(&a, PERM_CASES_WORK, STR(NEIGHBOUR)));
}

static void test_role_codes(void **state)
{
    enum role role;
    (void)state;
    for (int i = 0; i < ROLE__MAX; i++) {
        assert_true(role_parse(str_from(role_code((enum role)i)), &role));
        assert_int_equal(role, i);
    }
    assert_false(role_parse(STR("root"), &role));
    assert_false(role_parse(STR_NULL, &role));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_resident_is_no_staff),
        cmocka_unit_test(test_administrator_sees_no_personal_data),
        cmocka_unit_test(test_every_permission_is_somebodys),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_prefixes_are_whole_groups),
        cmocka_unit_test(test_role_and_scope_go_together),
        cmocka_unit_test(test_second_factor),
        cmocka_unit_test(test_places_decide_when_there),
        cmocka_unit_test(test_role_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
