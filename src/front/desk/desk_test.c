/* The desk's first page: one municipality at once, a choice between several, nothing of cases for
 * who may not read them. */
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "front/desk/desk.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

#define HOME "41704235825000"

__attribute__((weak)) void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}
__attribute__((weak)) void demo_note_login(struct demo_context *d, struct demo_login login)
{
    (void)d, (void)login;
}

static void test_one_or_many(void **state)
{
    (void)state;
    struct test_app *t =
        TEST_APP(&trail_slice, &tally_slice, &places_slice, &calendar_slice, &catalogue_slice,
                 &charter_slice, &delivery_slice, &cases_slice, &cases_desk_slice, &desk_slice);
    struct demo_context demo = {.arena = t->arena};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    test_login_as(t, ROLE_OFFICER, HOME);
    struct test_answer a = test_get(t, "/desk");
    assert_int_equal(a.status, 200);
    test_contains(a, "/desk/" HOME "/cases?due=late");
    test_lacks(a, "/desk/" HOME "/overdue");
    test_contains(a, "/desk/" HOME "/charters");
    test_lacks(a, "/desk/staff"); /* not of an officer, and its room is not in this house */
    test_login_as(t, ROLE_HEAD, HOME);
    a = test_get(t, "/desk");
    test_contains(a, "/desk/" HOME "/overdue");
    test_contains(a, "The last seven days");
    test_login_as(t, ROLE_DEPUTY, HOME);
    a = test_get(t, "/desk");
    assert_int_equal(a.status, 200);
    test_lacks(a, "/cases");
    test_login_as(t, ROLE_HEAD, "*");
    a = test_get(t, "/desk");
    test_contains(a, "Choose a municipality");
    a = test_get(t, "/desk?unit=" HOME);
    test_contains(a, "/desk/" HOME "/cases?due=late");
    test_login_as(t, ROLE_OFFICER, HOME);
    a = test_get(t, "/desk?unit=41704235837000"); /* not theirs: their own */
    test_contains(a, "/desk/" HOME "/cases");
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_or_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
