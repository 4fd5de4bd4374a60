/* The tree is one: every parent stands before its children, no code twice, services bear the codes
 * of the catalogue's own data. */
#include "community/topics/topics.h"
#include "platform/store/fixture_test.h"

static void parents_stand_before_children(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < topics_count; i++) {
        bool found = topics[i].parent == NULL;
        for (size_t k = 0; k < i; k++) {
            found = found || strcmp(topics[k].code, topics[i].parent) == 0;
            assert_string_not_equal(topics[k].code, topics[i].code);
        }
        if (!found)
            fail_msg("%s stands before its parent", topics[i].code);
    }
}

static void a_topic_lies_within_what_is_above_it(void **unused)
{
    (void)unused;
    assert_true(topics_within(STR("water"), STR("services")));
    assert_true(topics_within(STR("water"), STR("water")));
    assert_false(topics_within(STR("services"), STR("water")));
    assert_false(topics_within(STR("nothing"), STR("services")));
    assert_null(topics_find(STR("")));
    assert_true(topics_find(STR("water"))->service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_stand_before_children),
        cmocka_unit_test(a_topic_lies_within_what_is_above_it),
    };
    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
