/* The operations page of jobs. */
#include "platform/jobs/jobs_internal.h"
#include "tests/support/client.h"

static enum err answer;

static enum err run(struct app *app, struct arena *a, const struct job *job)
{
    (void)app;
    (void)a;
    (void)job;
    return answer;
}

static const struct job_def defs[] = {{.kind = "fragile", .run = run}};
static const struct slice sample = {.name = "sample", .jobs = defs, .job_count = COUNT_OF(defs)};

static enum err add(struct tx *tx, void *arg)
{
    (void)arg;
    return job_enqueue(tx, STR("41702215010000"), "fragile", STR("p"), 0, STR_NULL);
}

static void failed_jobs_wait_for_a_person(void **state)
{
    (void)state;
    struct test_app *t = TEST_APP(&web_slice, &jobs_slice, &sample);
    answer = ERR_INPUT;
    for (int i = 0; i < 2; i++)
        assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, add, NULL), ERR_OK);
    assert_int_equal(job_run_due(&t->app, NULL), ERR_OK);
    assert_int_equal(schedule_run_now(&t->app, "jobs_purge"), ERR_OK);
    test_login_as(t, ROLE_HEAD, "41702215010000");
    test_status(test_get(t, "/desk/jobs"), 403);
    test_login_as(t, ROLE_ADMINISTRATOR, "*");
    struct test_answer a = test_get(t, "/desk/jobs");
    test_status(a, 200);
    test_contains(a, "fragile");
    test_contains(a, "jobs_purge");
    char id[32];
    snprintf(id, sizeof id, "%.*s", STRF(test_field(t, a, "id")));
    answer = ERR_OK;
    a = test_post(t, "/desk/jobs", "unit", "41702215010000", "id", id, "do", "again", NULL);
    test_status(a, 303);
    int ran = 0;
    assert_int_equal(job_run_due(&t->app, &ran), ERR_OK);
    assert_int_equal(ran, 1);
    a = test_get(t, "/desk/jobs");
    snprintf(id, sizeof id, "%.*s", STRF(test_field(t, a, "id")));
    a = test_post(t, "/desk/jobs", "unit", "41702215010000", "id", id, "do", "drop", NULL);
    test_status(a, 303);
    test_contains(test_follow(t, a), "No job has failed.");
    a = test_post(t, "/desk/jobs", "unit", "41702215010000", "id", id, "do", "drop", NULL);
    test_status(a, 404);
    a = test_post(t, "/desk/jobs", "unit", "41702215010000", "id", id, "do", "dance", NULL);
    test_status(a, 422);
    test_app_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failed_jobs_wait_for_a_person)};
    return cmocka_run_group_tests_name("jobs_web", tests, NULL, NULL);
}
