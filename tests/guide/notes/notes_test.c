/* Everybody reads, staff write, strangers do not. */
#include "notes.h"

#include "tests/support/client.h"

#define PAGE "/m/41704235837000/notes"

static void staff_write_and_all_read(void **state)
{
    (void)state;
    struct test_app *t = TEST_APP(&notes_slice);
    test_status(test_get(t, PAGE), 200);
    test_login_as(t, ROLE_HEAD, "41704235837000");
    test_status(test_post(t, PAGE, "words", "Water <will> be off", NULL), 303);
    test_status(test_post(t, PAGE, "words", "", NULL), 422);
    test_new_visitor(t);
    test_contains(test_get(t, PAGE), "Water &lt;will&gt; be off");
    test_status(test_post(t, PAGE, "words", "Not mine to say", NULL), 401);
    test_lacks(test_get(t, PAGE), "Not mine");
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(staff_write_and_all_read)};
    return cmocka_run_group_tests_name("guide", tests, NULL, NULL);
}
