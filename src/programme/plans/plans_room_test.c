/*
 * Plans on both engines: what does not add up is refused, what the council approved stays, money
 * counts for whom it came from, totals equal the records after any work, a list goes out to Excel
 * and comes back the same, and nobody's name is public.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/places/places.h"
#include "programme/assessment/assessment.h"
#include "programme/events/events.h"
#include "programme/plans/plans_internal.h"
#include "programme/plans/plans_view.h"
#include "services/catalogue/catalogue.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/formats/table_in.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

#define HOME "41704235837000"  /* Kok-Jar */
#define OTHER "41702205848000" /* Teploklyuchenka */
#define TODAY (day_from_civil((struct civil){2026, 7, 15}))
#define SOM INT64_C(100)

struct world {
    struct test_app *t;
    struct app *app;
    struct arena *a;
};

static struct world begin(void **state)
{
    clock_set_for_test(day_start_ms(TODAY) + 12 * MS_HOUR);
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice, &outbox_slice,
                    &tally_slice, &places_slice, &people_slice, &calendar_slice, &persons_slice,
                    &catalogue_slice, &events_slice, &assessment_slice, &plans_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return (struct world){t, &t->app, t->arena};
}

static void end(struct world *w)
{
    test_app_close(w->t);
    clock_set_for_test(0);
}

/* --- plain SQL --- */

struct plain {
    struct db_query query;
    int64_t value;
};
static enum err take_value(void *arg, const struct db_value *values)
{
    ((struct plain *)arg)->value = values[0].i;
    return ERR_OK;
}
static enum err ask_plain(struct tx *tx, void *arg)
{
    struct plain *p = arg;
    return tx_run(tx, &p->query, NULL, p->query.writes ? NULL : take_value, p, NULL);
}
static int64_t number(struct world *w, const char *sql)
{
    static const enum db_type types[] = {DB_I64};
    static const char *const names[] = {"n"};
    /* Statements are cached by their address: it stays as long as the program under test. */
    struct plain *p = ARENA_NEW(w->a, struct plain);
    *p = (struct plain){.query = {.name = "plain",
                                  .sqlite = sql,
                                  .postgres = sql,
                                  .out = types,
                                  .out_count = 1,
                                  .out_names = names}};
    assert_int_equal(db_read(w->app->db, SCOPE_COUNTRY, ask_plain, p), ERR_OK);
    return p->value;
}
static enum err change(struct world *w, const char *sql)
{
    struct plain *p = ARENA_NEW(w->a, struct plain);
    *p = (struct plain){.query = {.name = "plain", .sqlite = sql, .postgres = sql, .writes = true}};
    return db_write(w->app->db, SCOPE_COUNTRY, ask_plain, p);
}

static const struct counter *const all_counters[] = {
    &plans_approved,           &plans_actions_done,           &plans_contribution_own,
    &plans_contribution_grant, &plans_contribution_residents, &plans_contribution_partner};

static void totals_are_true(struct world *w)
{
    const struct territory *t = territory_get(w->app, w->a);
    struct str *codes = ARENA_ARRAY(w->a, struct str, t->n);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]))
            codes[n++] = t->all[i]->code;
    for (size_t i = 0; i < COUNT_OF(all_counters); i++) {
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(w->app, w->a, all_counters[i], codes, n, &faults), ERR_OK);
        for (size_t k = 0; k < faults.n; k++)
            print_message("# %s %.*s %.*s: kept %lld, counted %lld\n", all_counters[i]->code,
                          STRF(faults.v[k].unit), STRF(faults.v[k].cell),
                          (long long)faults.v[k].kept, (long long)faults.v[k].counted);
        assert_int_equal(faults.n, 0);
    }
}

struct total {
    const struct counter *counter;
    const char *unit;
    struct arena *a;
    int64_t amount;
};
static enum err read_total(struct tx *tx, void *arg)
{
    static const int64_t bounds[] = {0, 12 * 9999};
    struct total *t = arg;
    struct tally_rows rows = {0};
    struct tally_ask ask = {.counter = t->counter,
                            .unit = t->unit ? str_from(t->unit) : STR_NULL,
                            .bounds = bounds,
                            .periods = 1};
    enum err rc = tally_read(tx, t->a, &ask, &rows);
    t->amount = rc == ERR_OK && rows.n ? rows.v[0].amount : 0;
    return rc;
}
static int64_t total(struct world *w, const struct counter *counter, const char *unit)
{
    struct total t = {counter, unit, w->a, 0};
    assert_int_equal(db_read(w->app->db, SCOPE_COUNTRY, read_total, &t), ERR_OK);
    return t.amount;
}

#define AT(w, format, ...) arena_cstr((w)->a, arena_printf((w)->a, (format), __VA_ARGS__))

/* --- through the pages, from the problem to the resolution --- */

static const char *begin_plan(struct world *w)
{
    struct test_answer a = test_post(w->t, "/desk/" HOME "/plans/new", "topic", "water", "title_ky",
                                     "Таза суу", "title_en", "Clean water", "problem",
                                     "Суу эки саат келет", "origin", "survey", NULL);
    test_status(a, 303);
    return arena_cstr(w->a, test_header_of(a, "Location"));
}

static void add_action(struct world *w, const char *base, const char *title, const char *own)
{
    test_status(test_post(w->t, AT(w, "%s/actions/new", base), "revision", "0", "title", title,
                          "responsible", "Officer", "from", "2026-08-01", "to", "2026-10-01",
                          "cost", own, "own", own, NULL),
                303);
}

static const char *village_of(struct world *w, const char *unit)
{
    const struct place *p = territory_find(territory_get(w->app, w->a), str_from(unit));
    assert_non_null(p);
    return arena_cstr(w->a, p->child_count ? p->children[0]->code : p->code);
}

static const char *ready_plan(struct world *w)
{
    const char *base = begin_plan(w);
    test_status(test_post(w->t, AT(w, "%s/text", base), "revision", "0", "topic", "water",
                          "title_ky", "Таза суу", "title_en", "Clean water", "problem",
                          "Two hours of water", "objective", "Water day and night", "risks",
                          "Prices rise\nMoney comes late", NULL),
                303);
    add_action(w, base, "Lay the pipe", "450000");
    add_action(w, base, "Set the meters", "60000");
    test_status(test_post(w->t, AT(w, "%s/people", base), "revision", "0", "village",
                          village_of(w, HOME), "people", "583", NULL),
                303);
    test_status(test_post(w->t, AT(w, "%s/group", base), "family", "Үлгүбаева", "given", "Мисал",
                          "duty", "head", NULL),
                303);
    return base;
}

static void approve(struct world *w, const char *base, const char *number_, const char *day)
{
    test_login_as(w->t, ROLE_HEAD, HOME);
    test_status(test_post(w->t, AT(w, "%s/submit", base), "revision", "0", NULL), 303);
    test_status(test_post(w->t, AT(w, "%s/approve", base), "revision", "0", "number", number_,
                          "day", day, NULL),
                303);
    test_login_as(w->t, ROLE_OFFICER, HOME);
}

static void from_the_problem_to_the_resolution(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = begin_plan(&w);
    struct test_answer a = test_get(t, base);
    test_contains(a, "Write the objective");
    test_contains(a, "Add the actions");
    /* One som too much by source: refused beside the cost, nothing kept. */
    a = test_post(t, AT(&w, "%s/actions/new", base), "revision", "0", "title", "Lay the pipe",
                  "responsible", "Officer", "from", "2026-08-01", "to", "2026-10-01", "cost",
                  "2630000", "own", "450000", "grant", "1800000", "cash", "120000", "kind",
                  "260001", NULL);
    test_status(a, 422);
    test_contains(a, "do not add up to the cost");
    a = test_post(t, AT(&w, "%s/actions/new", base), "revision", "0", "title", "Lay the pipe",
                  "responsible", "Officer", "from", "2026-08-01", "to", "2026-10-01", "cost",
                  "10,50", "own", "10,50", NULL);
    test_status(a, 422);
    test_contains(a, "whole number of som");
    a = test_post(t, AT(&w, "%s/actions/new", base), "revision", "0", "title", "Lay the pipe",
                  "responsible", "Officer", "from", "2026-10-01", "to", "2026-08-01", "cost", "0",
                  NULL);
    test_status(a, 422);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM plan_action"), 0);
    /* Villages of another municipality are none of this plan's. */
    test_status(test_post(t, AT(&w, "%s/people", base), "revision", "0", "village",
                          village_of(&w, OTHER), "people", "10", NULL),
                422);
    /* The head alone submits, and only what is whole. */
    test_status(test_post(t, AT(&w, "%s/submit", base), "revision", "0", NULL), 403);
    test_login_as(t, ROLE_HEAD, HOME);
    test_status(test_post(t, AT(&w, "%s/submit", base), "revision", "0", NULL), 403);
    test_login_as(t, ROLE_OFFICER, HOME);
    base = ready_plan(&w);
    const char *id = strrchr(base, '/') + 1, *open = AT(&w, "/plans/%s", id);
    test_status(test_get(t, open), 404);
    approve(&w, base, "4/7", "2026-07-14");
    /* Public: everything but names. */
    test_new_visitor(t);
    a = test_get(t, open);
    test_status(a, 200);
    test_contains(a, "Water day and night");
    test_contains(a, "510,000");
    test_contains(a, "4/7");
    test_lacks(a, "Үлгүбаева");
    test_lacks(test_get(t, AT(&w, "%s/v/1/print", open)), "Үлгүбаева");
    test_contains(test_get(t, "/plans"), "Clean water");
    test_contains(test_get(t, "/m/" HOME "/plans"), "Clean water");
    test_lacks(test_get(t, "/m/" OTHER "/plans"), "Clean water");
    test_status(test_get(t, AT(&w, "%s/v/1/plan.pdf", open)), 200);
    test_status(test_get(t, AT(&w, "%s/v/2/plan.pdf", open)), 404);
    /* The desk of another municipality does not know it. */
    test_login_as(t, ROLE_HEAD, OTHER);
    test_status(test_get(t, base), 403);
    test_status(test_get(t, AT(&w, "/desk/" OTHER "/plans/%s", id)), 404);
    assert_int_equal(total(&w, &plans_approved, HOME), 1);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM trail_pending WHERE kind = "
                                "'plan_approved'"),
                     1);
    totals_are_true(&w);
    end(&w);
}

/* --- what was approved stays; an amendment says what changes --- */

static void an_approved_plan_never_changes(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w);
    approve(&w, base, "4/7", "2026-07-14");
    int64_t action = number(&w, "SELECT min(id) AS n FROM plan_action");
    const char *edit = AT(&w, "%s/actions/%lld", base, (long long)action);
    test_status(test_post(t, edit, "revision", "0", "title", "Another", "responsible", "x", "from",
                          "2026-08-01", "to", "2026-10-01", "cost", "0", NULL),
                409);
    assert_int_not_equal(change(&w, "UPDATE plan_action SET own = own + 100, cost = cost + 100"),
                         ERR_OK);
    assert_int_not_equal(change(&w, "DELETE FROM plan_action"), ERR_OK);
    assert_int_not_equal(change(&w, "DELETE FROM plan_version"), ERR_OK);
    assert_int_not_equal(change(&w, "UPDATE plan_version SET objective = 'x'"), ERR_OK);
    assert_int_not_equal(change(&w, "UPDATE plan_people SET people = 1"), ERR_OK);

    test_status(test_post(t, AT(&w, "%s/amend", base), "revision", "0", NULL), 303);
    test_contains(test_get(t, base), "Say what has changed");
    test_status(test_post(t, edit, "revision", "0", "title", "Lay the pipe", "responsible",
                          "Officer", "from", "2026-08-01", "to", "2026-12-01", "cost", "500000",
                          "own", "500000", NULL),
                303);
    add_action(&w, base, "Train the crew", "5000");
    /* Meanwhile everybody sees the first version. */
    const char *open = AT(&w, "/plans/%s", strrchr(base, '/') + 1);
    test_contains(test_get(t, open), "510,000");
    test_status(test_post(t, AT(&w, "%s/text", base), "revision", "0", "problem", "Two hours",
                          "objective", "Water day and night", "risks", "Prices rise", "changes",
                          "The pipe costs more", NULL),
                303);
    approve(&w, base, "5/1", "2026-07-15");
    struct test_answer a = test_get(t, open);
    test_contains(a, "565,000");
    test_contains(a, "The pipe costs more");
    test_contains(a, "changed");
    test_contains(a, "new</span>");
    a = test_get(t, AT(&w, "%s/v/1", open));
    test_contains(a, "510,000");
    test_contains(a, "was amended later");
    /* A plan counts once. */
    assert_int_equal(total(&w, &plans_approved, HOME), 1);
    totals_are_true(&w);
    int faults = 0;
    struct buf *said = buf_in(w.a);
    assert_int_equal(plans_slice.doctor(w.app, said, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    end(&w);
}

static void a_changed_word_is_found(void **state)
{
    struct world w = begin(state);
    int faults = 0;
    struct buf *said = buf_in(w.a);
    test_login_as(w.t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w);
    approve(&w, base, "4/7", "2026-07-14");
    /* The name stands in the plan, which no trigger guards: the digest does. */
    assert_int_equal(change(&w, "UPDATE plan SET title_ky = 'Башка'"), ERR_OK);
    assert_int_equal(plans_slice.doctor(w.app, said, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    end(&w);
}

/* --- work and money --- */

static void progress_and_money(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w);
    approve(&w, base, "4/7", "2026-07-01");
    int64_t action = number(&w, "SELECT min(id) AS n FROM plan_action");
    const char *say = AT(&w, "%s/actions/%lld/progress", base, (long long)action);
    test_status(test_post(t, say, "percent", "101", "day", "2026-07-10", NULL), 422);
    test_status(test_post(t, say, "percent", "100", "day", "2026-07-16", NULL), 422); /* tomorrow */
    test_status(test_post(t, say, "percent", "100", "day", "2026-06-30", NULL), 422);
    test_status(test_post(t, say, "percent", "100", "day", "2026-07-10", NULL), 303);
    assert_int_equal(total(&w, &plans_actions_done, HOME), 1);
    /* Said again, it is done once; taken back, not at all. */
    test_status(test_post(t, say, "percent", "100", "day", "2026-07-11", NULL), 303);
    assert_int_equal(total(&w, &plans_actions_done, HOME), 1);
    test_status(test_post(t, say, "percent", "90", "day", "2026-07-12", NULL), 303);
    assert_int_equal(total(&w, &plans_actions_done, HOME), 0);

    const char *money = AT(&w, "%s/money", base);
    test_status(test_post(t, money, "source", "own", "payer", OTHER, "amount", "1000", "day",
                          "2026-07-10", "document", "No. 1", NULL),
                422); /* no part of this plan */
    test_status(test_post(t, money, "source", "own", "payer", HOME, "amount", "1000", "day",
                          "2026-07-10", "document", "No. 1", "once", "AAAAAAAAAAAAAAAAAAAAAA",
                          NULL),
                303);
    test_status(test_post(t, money, "source", "own", "payer", HOME, "amount", "1000", "day",
                          "2026-07-10", "document", "No. 1", "once", "AAAAAAAAAAAAAAAAAAAAAA",
                          NULL),
                303); /* the same form sent twice */
    test_status(test_post(t, money, "source", "kind", "payer", HOME, "amount", "700", "day",
                          "2026-07-10", "document", "Journal", NULL),
                303);
    assert_int_equal(total(&w, &plans_contribution_own, HOME), 1000);
    assert_int_equal(total(&w, &plans_contribution_residents, HOME), 700);
    int64_t paid = number(&w, "SELECT min(id) AS n FROM plan_money");
    const char *back = AT(&w, "%s/money/%lld", base, (long long)paid);
    test_status(test_post(t, back, NULL), 422); /* not without a reason */
    test_status(test_post(t, back, "why", "Wrong account", NULL), 303);
    test_status(test_post(t, back, "why", "Wrong account", NULL), 404);
    assert_int_equal(total(&w, &plans_contribution_own, HOME), 0);
    test_contains(test_get(t, AT(&w, "%s?now=1", base)), "Wrong account");
    totals_are_true(&w);
    end(&w);
}

/* --- of two municipalities --- */

static void a_joint_plan(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w), *shares = AT(&w, "%s/shares", base);
    test_status(test_post(t, shares, "revision", "0", "member", OTHER, "amount", "200000", NULL),
                303);
    struct test_answer a = test_get(t, base);
    test_contains(a, "310,000"); /* what is left for the leading one */
    test_contains(a, "The resolutions of the partners&#39; councils are missing");
    test_lacks(a, "do not add up to the own money");
    test_status(test_post(t, shares, "revision", "0", "member", OTHER, "amount", "200001", "number",
                          "9/4", "day", "2026-07-10", NULL),
                303);
    test_contains(test_get(t, base), "do not add up to the own money");
    test_status(test_post(t, shares, "revision", "0", "member", OTHER, "amount", "200000", "number",
                          "9/4", "day", "2026-07-10", NULL),
                303);
    test_status(test_post(t, AT(&w, "%s/people", base), "revision", "0", "village",
                          village_of(&w, OTHER), "people", "10", NULL),
                303);
    approve(&w, base, "4/7", "2026-07-11");
    test_contains(test_get(t, "/m/" OTHER "/plans"), "Clean water");
    test_status(test_post(t, AT(&w, "%s/money", base), "source", "own", "payer", OTHER, "amount",
                          "50000", "day", "2026-07-12", "document", "No. 3", NULL),
                303);
    /* Credited to who paid. */
    assert_int_equal(total(&w, &plans_contribution_own, OTHER), 50000);
    assert_int_equal(total(&w, &plans_contribution_own, HOME), 0);
    totals_are_true(&w);
    end(&w);
}

/* --- out to a spreadsheet and back --- */

static void a_list_comes_back_the_same(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w);
    struct test_answer file = test_get(t, AT(&w, "%s/plan.xlsx", base));
    test_status(file, 200);
    for (int l = 0; l < LANG__MAX; l++) { /* whatever language the reader has */
        struct plan_actions list = {0};
        struct table_in *table = plans_import_read(w.a, file.body, (enum lang)l, &list);
        assert_int_equal(table_faults(table), 0);
        assert_int_equal(list.n, 2);
        assert_str_equal(list.v[0].title, STR("Lay the pipe"));
        assert_int_equal(list.v[0].cost.total, 450000 * SOM);
        assert_int_equal(list.v[0].cost.by[PLAN_OWN], 450000 * SOM);
        assert_int_equal(list.v[0].from_day, day_from_civil((struct civil){2026, 8, 1}));
        assert_int_equal(list.v[1].to_day, day_from_civil((struct civil){2026, 10, 1}));
    }
    int64_t ids = number(&w, "SELECT sum(id % 1000000) AS n FROM plan_action");
    const char *import = AT(&w, "%s/import", base);
    struct test_part parts[] = {{"revision", NULL, NULL, STR("0")},
                                {"file", "plan.xlsx", "application/octet-stream", file.body},
                                {"do", NULL, NULL, STR("import")}};
    test_status(test_post_parts(t, import, parts, COUNT_OF(parts)), 303);
    assert_int_equal(number(&w, "SELECT sum(id % 1000000) AS n FROM plan_action"), ids);
    /* One wrong sum among the rows: nothing is kept, and the row and column are named. */
    parts[1].value = STR("Action,Responsible,Begins,Ends,\"Cost, som\",Own budget,Grant\r\n"
                         "Pipe,Officer,2026-08-01,2026-09-01,100,60,40\r\n"
                         "Pump,Officer,01.08.2026,2026-09-01,100,60,41\r\n");
    struct test_answer a = test_post_parts(t, import, parts, COUNT_OF(parts));
    test_status(a, 422);
    test_contains(a, "Row 3");
    test_contains(a, "Cost, som");
    test_contains(a, "do not add up");
    parts[1].value = STR("Action,Responsible,Begins,Ends,\"Cost, som\",Own budget,Grant\r\n"
                         "Pipe,,2026-13-01,2026-09-01,1O0,60,40\r\n");
    a = test_post_parts(t, import, parts, COUNT_OF(parts));
    test_status(a, 422);
    assert_int_equal(number(&w, "SELECT sum(id % 1000000) AS n FROM plan_action"), ids);
    /* A dry run keeps nothing either. */
    parts[1].value = STR("Action,Responsible,Begins,Ends,\"Cost, som\",Own budget,Grant\r\n"
                         "Pump,Officer,01.08.2026,2026-09-01,100,60,40\r\n");
    parts[2].value = STR("check");
    a = test_post_parts(t, import, parts, COUNT_OF(parts));
    test_status(a, 200);
    test_contains(a, "The file is right");
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM plan_action"), 2);
    end(&w);
}

/* --- any work at all --- */

static uint64_t dice = 88172645463325252u;
static int64_t draw(int64_t below)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (int64_t)(dice % (uint64_t)below);
}

struct work {
    struct world *w;
    struct plan_change c;
    int64_t fresh;
    int what;
};
static enum err some_work(struct tx *tx, void *arg)
{
    struct work *k = arg;
    struct arena *a = k->w->a;
    struct plan p;
    struct plan_faults faults = {0};
    enum err rc = ERR_OK;
    TRY(plan_read(tx, a, k->c.plan, PLAN_IN_FORCE, &p));
    const struct plan_action *x = &p.actions.v[(size_t)draw((int64_t)p.actions.n)];
    if (k->what < 5) {
        struct plan_saying say = {.id = k->fresh,
                                  .action = x->id,
                                  .percent = draw(3) ? draw(101) : 100,
                                  .day = TODAY - draw(14),
                                  .note = STR("")};
        rc = plan_say_progress(tx, a, &k->c, &say, &faults);
    } else if (k->what < 9 || p.payments.n == 0) {
        struct plan_receipt in = {.id = k->fresh,
                                  .action = draw(2) ? x->id : 0,
                                  .amount = (1 + draw(100000)) * SOM,
                                  .day = TODAY - draw(14),
                                  .source = (enum plan_source)draw(PLAN_SOURCES),
                                  .payer = STR(HOME),
                                  .document = STR("No. 1")};
        rc = plan_receive(tx, a, &k->c, &in, &faults);
    } else {
        const struct plan_payment *m = &p.payments.v[(size_t)draw((int64_t)p.payments.n)];
        rc = plan_withdraw(tx, a, &k->c, m->id, STR("Wrong"), &faults);
        rc = rc == ERR_CONFLICT ? ERR_OK : rc; /* it was taken back before */
    }
out:
    return rc;
}

static void totals_equal_records_after_any_work(void **state)
{
    struct world w = begin(state);
    test_login_as(w.t, ROLE_OFFICER, HOME);
    const char *base = ready_plan(&w);
    approve(&w, base, "4/7", "2026-07-01");
    for (int i = 0; i < 150; i++) {
        struct work k = {.w = &w, .fresh = id_new(), .what = (int)draw(11)};
        k.c = (struct plan_change){.unit = STR(HOME), .person = 1};
        assert_true(str_to_i64(str_from(strrchr(base, '/') + 1), &k.c.plan));
        assert_int_equal(db_write(w.app->db, STR(HOME), some_work, &k), ERR_OK);
    }
    totals_are_true(&w);
    int64_t kept = total(&w, &plans_contribution_own, NULL) +
                   total(&w, &plans_contribution_grant, NULL) +
                   total(&w, &plans_contribution_residents, NULL) +
                   total(&w, &plans_contribution_partner, NULL);
    assert_int_equal(kept * SOM, number(&w, "SELECT CAST(sum(amount) AS BIGINT) AS n FROM "
                                            "plan_money WHERE withdrawn_ms IS NULL"));
    end(&w);
}

static void the_demonstration(void **state)
{
    struct world w = begin(state);
    struct demo_context demo = {.arena = w.a, .today = TODAY};
    int faults = 0;
    struct buf *said = buf_in(w.a);
    assert_int_equal(plans_slice.demo(w.app, &demo), ERR_OK);
    int64_t n = number(&w, "SELECT count(*) AS n FROM plan");
    assert_true(n >= 3);
    assert_int_equal(plans_slice.demo(w.app, &demo), ERR_OK);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM plan"), n);
    totals_are_true(&w);
    assert_int_equal(plans_slice.doctor(w.app, said, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    end(&w);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(from_the_problem_to_the_resolution),
        BODY(an_approved_plan_never_changes),
        BODY(a_changed_word_is_found),
        BODY(progress_and_money),
        BODY(a_joint_plan),
        BODY(a_list_comes_back_the_same),
        BODY(totals_equal_records_after_any_work),
        BODY(the_demonstration),
    };
    return slice_test_run("plans_room", bodies, COUNT_OF(bodies));
}
