/* See desk_fixture_test.h. */
#include "voice/cases/desk_fixture_test.h"

#include "community/calendar/calendar.h"
#include "platform/channels/outbox.h"
#include "platform/jobs/jobs.h"
#include "platform/tally/tally.h"
#include "platform/trail/audit.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

#include <stdlib.h>

int64_t desk_promise_days = -1;

/* The neighbours that the tests steer; the rest is real. */
__attribute__((weak)) enum err charter_deadline(struct tx *tx, struct arena *a, struct str unit,
                                                struct str service, struct str fault, int64_t day,
                                                struct promise *out)
{
    (void)tx, (void)a, (void)unit, (void)service, (void)fault, (void)day;
    *out = (struct promise){.id = 7, .amount = desk_promise_days};
    return desk_promise_days < 0 ? ERR_NOT_FOUND : ERR_OK;
}
__attribute__((weak)) enum err charter_promises(struct tx *tx, struct arena *a, struct str unit,
                                                struct str service, int64_t day,
                                                struct promises *out)
{
    (void)tx, (void)a, (void)unit, (void)service, (void)day, (void)out;
    return ERR_OK;
}
__attribute__((weak)) void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}
__attribute__((weak)) enum err outbox_put(struct tx *tx, const struct outbox_message *m)
{
    (void)tx, (void)m;
    return ERR_OK;
}
__attribute__((weak)) enum err job_enqueue(struct tx *tx, struct str unit, const char *kind,
                                           struct str payload, int64_t run_at_ms, struct str key)
{
    (void)tx, (void)unit, (void)kind, (void)payload, (void)run_at_ms, (void)key;
    return ERR_OK;
}
__attribute__((weak)) enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id,
                                              struct str *email, enum lang *lang)
{
    (void)tx, (void)a, (void)person_id;
    *email = STR_NULL;
    *lang = LANG_RU;
    return ERR_OK;
}

static const struct person_name staff[] = {
    {OFFICER_AIDA, STRI("Демо Аида")},
    {OFFICER_BOLOT, STRI("Демо Болот")},
    {HEAD_CHOLPON, STRI("Демо Чолпон")},
};
__attribute__((weak)) enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit,
                                                 unsigned roles, struct person_names *out)
{
    (void)tx;
    *out = (struct person_names){0};
    for (size_t i = 0; i < COUNT_OF(staff) && str_eq(unit, STR(HOME)); i++) {
        enum role role = staff[i].id == HEAD_CHOLPON ? ROLE_HEAD : ROLE_OFFICER;
        if (roles & (1u << role))
            ARENA_PUSH(a, *out, staff[i]);
    }
    return ERR_OK;
}
__attribute__((weak)) enum err people_names(struct tx *tx, struct arena *a, const int64_t *ids,
                                            size_t n, struct person_names *out)
{
    (void)tx;
    *out = (struct person_names){0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < COUNT_OF(staff); k++)
            if (staff[k].id == ids[i])
                ARENA_PUSH(a, *out, staff[k]);
    return ERR_OK;
}
__attribute__((weak)) struct str person_name_in(const struct person_names *names, int64_t id)
{
    for (size_t i = 0; i < names->n; i++)
        if (names->v[i].id == id)
            return names->v[i].name;
    return STR_NULL;
}

/* --- the program --- */

struct test_app *desk_open(void **state)
{
    /* At noon: "an hour ago" is the same day, whenever the tests run. */
    clock_set_for_test(0);
    clock_set_for_test(day_start_ms(day_today()) + MS_DAY / 2);
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &trail_slice, &tally_slice, &places_slice,
                    &calendar_slice, &catalogue_slice, &cases_slice, &cases_desk_slice);
    struct demo_context demo = {.arena = t->arena};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    desk_promise_days = -1;
    return t;
}

void desk_login(struct test_app *t, int64_t person, enum role role, const char *scope)
{
    struct actor actor = {.person_id = person,
                          .session_id = 1,
                          .second_factor = true,
                          .name = STR("Демо кызматкер"),
                          .grant_count = 1};
    actor.grants[0].role = role;
    snprintf(actor.grants[0].scope, sizeof actor.grants[0].scope, "%s", scope);
    test_login(t, &actor);
}

const char *desk_text(struct test_app *t, struct str s)
{
    return arena_cstr(t->arena, s);
}

/* --- reports --- */

struct case_input desk_sample(const char *words)
{
    return (struct case_input){
        .unit = STR(HOME),
        .service = STR("water"),
        .village = STR(HOME_VILLAGE),
        .street = STR("Достук көчөсү"),
        .words = str_from(words),
        .channel = STR("web"),
    };
}

struct case_receipt desk_send(struct test_app *t, struct case_input in, int64_t days_ago)
{
    struct case_receipt receipt = {0};
    struct case_faults faults = {0};
    /* An hour back, so that what follows today lies behind it. */
    in.at_ms = clock_now_ms() - days_ago * MS_DAY - MS_HOUR;
    assert_int_equal(cases_submit(&t->app, t->arena, &in, &receipt, &faults), ERR_OK);
    return receipt;
}

struct rule {
    struct test_app *t;
    struct str number, words;
    struct case_change c;
    enum case_state to;
    struct case_record record;
    struct case_events events;
    const char *action;
    size_t n;
};

static enum err find_fn(struct tx *tx, void *arg)
{
    struct rule *rule = arg;
    return cases_find(tx, rule->t->arena, rule->number, &rule->c.unit, &rule->c.id);
}

struct case_change desk_change(struct test_app *t, struct str number, enum case_by by)
{
    struct rule rule = {.t = t, .number = number};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, find_fn, &rule), ERR_OK);
    rule.c.by = by;
    rule.c.person = by == CASE_BY_STAFF ? OFFICER_BOLOT : 0;
    return rule.c;
}

static enum err step_fn(struct tx *tx, void *arg)
{
    struct rule *rule = arg;
    struct case_faults faults = {0};
    struct case_step step = {
        .to = rule->to, .answer = rule->words, .passed_to = STR("Райводоканал")};
    return cases_transition(&rule->t->app, tx, rule->t->arena, &rule->c, &step, &faults);
}

enum err desk_step(struct test_app *t, struct str number, enum case_by by, enum case_state to,
                   const char *answer)
{
    struct rule rule = {.t = t, .c = desk_change(t, number, by), .to = to};
    rule.words = str_from(answer);
    return db_write(t->app.db, rule.c.unit, step_fn, &rule);
}

static enum err support_fn(struct tx *tx, void *arg)
{
    struct rule *rule = arg;
    bool counted;
    return cases_support(&rule->t->app, tx, rule->t->arena, &rule->c, rule->words, &counted);
}

enum err desk_support(struct test_app *t, struct str number, const char *who)
{
    struct rule rule = {.t = t, .c = desk_change(t, number, CASE_BY_REPORTER)};
    rule.words = str_from(who);
    return db_write(t->app.db, rule.c.unit, support_fn, &rule);
}

static enum err record_fn(struct tx *tx, void *arg)
{
    struct rule *rule = arg;
    struct arena *a = rule->t->arena;
    enum err rc = ERR_OK;
    TRY(cases_get(tx, a, rule->c.unit, rule->c.id, day_today(), &rule->record));
    TRY(cases_events(tx, a, rule->c.unit, rule->c.id, true, &rule->events));
out:
    return rc;
}

static struct rule read_case(struct test_app *t, struct str number)
{
    struct rule rule = {.t = t, .c = desk_change(t, number, CASE_BY_SYSTEM)};
    assert_int_equal(db_read(t->app.db, rule.c.unit, record_fn, &rule), ERR_OK);
    return rule;
}

struct case_record desk_record(struct test_app *t, struct str number)
{
    return read_case(t, number).record;
}

struct case_events desk_events(struct test_app *t, struct str number)
{
    return read_case(t, number).events;
}

static enum err audit_fn(struct tx *tx, void *arg)
{
    struct rule *rule = arg;
    struct audit_rows rows = {0};
    const struct audit_filter reads = {.reads_only = true};
    enum err rc = audit_of_unit(tx, rule->t->arena, STR(HOME), &reads, 0, 1000, &rows);
    rule->n = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        rule->n += str_eq(rows.v[i].action, str_from(rule->action));
    return rc;
}

size_t desk_audited(struct test_app *t, const char *action)
{
    struct rule rule = {.t = t, .action = action};
    assert_int_equal(db_read(t->app.db, STR(HOME), audit_fn, &rule), ERR_OK);
    return rule.n;
}

/* --- pages --- */

const char *desk_path(struct test_app *t, struct str number, const char *rest)
{
    return desk_text(t, arena_printf(t->arena, BASE "/%.*s%s", STRF(number), rest));
}

const char *desk_seen(struct test_app *t, struct str number)
{
    struct test_answer page = test_get(t, desk_path(t, number, ""));
    assert_int_equal(page.status, 200);
    struct str seen = test_field(t, page, "seen");
    assert_non_null(seen.p);
    return desk_text(t, seen);
}

const char *desk_value(struct test_app *t, struct str number)
{
    struct case_record c = desk_record(t, number);
    return desk_text(t,
                     arena_printf(t->arena, "%lld.%lld", (long long)c.p.id, (long long)c.version));
}

struct desk_numbers desk_numbers_of(struct test_app *t, struct test_answer page)
{
    struct desk_numbers numbers = {0};
    const struct str mark = STR("<span class=\"case-number\">");
    struct str rest = page.body;
    assert_int_equal(page.status, 200);
    for (ptrdiff_t at; (at = str_find(rest, mark)) >= 0;) {
        rest = str_slice(rest, (size_t)at + mark.n, rest.n);
        ARENA_PUSH(t->arena, numbers,
                   arena_str(t->arena, str_slice(rest, 0, (size_t)str_find_char(rest, '<'))));
    }
    return numbers;
}

const char *desk_link(struct test_app *t, struct test_answer page, const char *rel)
{
    struct str mark = arena_printf(t->arena, "<a rel=\"%s\" href=\"", rel);
    ptrdiff_t at = str_find(page.body, mark);
    if (at < 0)
        return NULL;
    struct str rest = str_slice(page.body, (size_t)at + mark.n, page.body.n);
    rest = str_slice(rest, 0, (size_t)str_find_char(rest, '"'));
    struct buf *plain = buf_in(t->arena);
    for (struct str part = rest; part.n;) {
        ptrdiff_t amp = str_find(part, STR("&amp;"));
        buf_str(plain, str_slice(part, 0, amp < 0 ? part.n : (size_t)amp + 1));
        part = amp < 0 ? STR("") : str_slice(part, (size_t)amp + 5, part.n);
    }
    return desk_text(t, buf_view(plain));
}

/* --- running on both engines --- */

int desk_test_run(const char *group, const struct desk_test_body *bodies, size_t n)
{
    static bool engines[] = {false, true};
    struct arena *a = arena_new();
    size_t count = getenv("AIMAK_TEST_PG") ? 2 * n : n;
    struct CMUnitTest *tests = ARENA_ARRAY(a, struct CMUnitTest, count);
    if (count == n)
        print_message("# skipped: the PostgreSQL half; AIMAK_TEST_PG is not set\n");
    for (size_t i = 0; i < count; i++) {
        struct str name =
            arena_printf(a, "%s: %s", i < n ? "sqlite" : "postgres", bodies[i % n].name);
        tests[i].name = arena_cstr(a, name);
        tests[i].test_func = bodies[i % n].run;
        tests[i].initial_state = &engines[i / n];
    }
    int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    arena_free(a);
    return failed;
}
