/*
 * Learning on both engines: who may take which step, that nothing incomplete is published, that
 * search forgives, that totals equal the records after any work, and what the pages show to whom.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/persons/persons.h"
#include "community/places/places.h"
#include "programme/assessment/assessment.h"
#include "programme/events/events.h"
#include "programme/law/law.h"
#include "programme/learning/learning_internal.h"
#include "services/catalogue/catalogue.h"
#include "services/charter/charter.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

#define HOME "41702205848000"  /* Teploklyuchenka */
#define OTHER "41704235837000" /* Kok-Jar */
#define TODAY (day_from_civil((struct civil){2026, 7, 15}))

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
                    &events_slice, &law_slice, &assessment_slice, &learning_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return (struct world){t, &t->app, t->arena};
}

static void end(struct world *w)
{
    test_app_close(w->t);
    clock_set_for_test(0);
}

#define AT(w, ...) arena_cstr((w)->a, arena_printf((w)->a, __VA_ARGS__))

/* --- the rules, one transaction each --- */

struct task {
    struct world *w;
    enum {
        ADD,
        CHANGE,
        STEP,
        BEGIN,
        FINISH,
        GET,
    } deed;
    struct practice p;
    struct replication n;
    const char *step, *note;
    enum learn_fault fault;
};

static enum err perform(struct tx *tx, void *arg)
{
    struct task *k = arg;
    struct arena *a = k->w->a;
    switch (k->deed) {
    case ADD:
        return practice_add(tx, a, &k->p, 1, STR_NULL, &k->fault);
    case CHANGE:
        return practice_change(tx, a, &k->p, 1, &k->fault);
    case STEP:
        return practice_step(tx, a, k->p.id, str_from(k->step),
                             k->note ? str_from(k->note) : STR(""), TODAY, 1, &k->fault);
    case BEGIN:
        return replication_begin(tx, a, &k->n, TODAY, 1, STR_NULL, &k->fault);
    case FINISH:
        return replication_finish(tx, a, &k->n, TODAY, 1, &k->fault);
    case GET:
        return practice_get(tx, a, k->p.id, &k->p);
    }
    return ERR_INPUT;
}

static enum err run(struct world *w, struct task *k)
{
    k->w = w;
    return db_write(w->app->db, SCOPE_COUNTRY, perform, k);
}

static struct practice whole(const char *unit, const char *topic, const char *title)
{
    struct practice p = {.unit = str_from(unit),
                         .id = id_new(),
                         .topic = str_from(topic),
                         .office = STR("Коммуналдык бөлүм"),
                         .phone = STR("+996312000000"),
                         .cost = I64(4800000),
                         .people = I64(120)};
    p.title.in[LANG_KY] = str_from(title);
    p.parts[PART_PROBLEM].in[LANG_KY] = STR("Суу күндө эки саат келчү");
    p.parts[PART_DONE].in[LANG_KY] = STR("Насосту алмаштырдык");
    p.parts[PART_RESULT].in[LANG_KY] = STR("Суу күнү-түнү келет");
    p.parts[PART_CONDITIONS].in[LANG_KY] = STR("Тарифти көтөрүүгө макулдук");
    return p;
}

static enum err step(struct world *w, int64_t id, const char *word, const char *note,
                     enum learn_fault *fault)
{
    struct task k = {.deed = STEP, .p.id = id, .step = word, .note = note};
    enum err rc = run(w, &k);
    *fault = k.fault;
    return rc;
}

static int64_t publish(struct world *w, struct practice p)
{
    struct task k = {.deed = ADD, .p = p};
    enum learn_fault fault;
    assert_int_equal(run(w, &k), ERR_OK);
    assert_int_equal(step(w, p.id, "submit", NULL, &fault), ERR_OK);
    assert_int_equal(step(w, p.id, "publish", NULL, &fault), ERR_OK);
    return p.id;
}

static void totals_are_true(struct world *w)
{
    const struct territory *t = territory_get(w->app, w->a);
    struct str *codes = ARENA_ARRAY(w->a, struct str, t->n);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]))
            codes[n++] = t->all[i]->code;
    for (size_t i = 0; i < learning_slice.counter_count; i++) {
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(w->app, w->a, learning_slice.counters[i], codes, n, &faults),
                         ERR_OK);
        for (size_t k = 0; k < faults.n; k++)
            print_message("# %s %.*s %.*s: kept %lld, counted %lld\n",
                          learning_slice.counters[i]->code, STRF(faults.v[k].unit),
                          STRF(faults.v[k].cell), (long long)faults.v[k].kept,
                          (long long)faults.v[k].counted);
        assert_int_equal(faults.n, 0);
    }
}

struct total {
    const struct counter *counter;
    struct arena *a;
    int64_t amount;
};
static enum err read_total(struct tx *tx, void *arg)
{
    struct total *f = arg;
    int64_t bounds[2] = {2000 * 12, 2100 * 12};
    struct tally_ask ask = {.counter = f->counter, .bounds = bounds, .periods = 1};
    struct tally_rows rows;
    enum err rc = tally_read(tx, f->a, &ask, &rows);
    f->amount = rc == ERR_OK && rows.n ? rows.v[0].amount : 0;
    return rc;
}
static int64_t total(struct world *w, const struct counter *counter)
{
    struct total f = {.counter = counter, .a = w->a};
    assert_int_equal(db_read(w->app->db, SCOPE_COUNTRY, read_total, &f), ERR_OK);
    return f.amount;
}

/* --- practices --- */

static void a_practice_is_published_whole(void **state)
{
    struct world w = begin(state);
    enum learn_fault fault;
    struct practice p = whole(HOME, "water", "Насосту алмаштыруу");
    p.parts[PART_CONDITIONS].in[LANG_KY] = STR("");
    struct task k = {.deed = ADD, .p = p};
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(step(&w, p.id, "publish", NULL, &fault), ERR_INPUT); /* not handed in */
    assert_int_equal(fault, LEARN_STATE);
    assert_int_equal(step(&w, p.id, "submit", NULL, &fault), ERR_INPUT);
    assert_int_equal(fault, LEARN_WORDS);
    /* Words of another language do not fill the gap of this one. */
    p.parts[PART_CONDITIONS].in[LANG_RU] = STR("Нужно согласие на тариф");
    p.revision = 1;
    k = (struct task){.deed = CHANGE, .p = p};
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(step(&w, p.id, "submit", NULL, &fault), ERR_INPUT);
    p.parts[PART_CONDITIONS].in[LANG_KY] = STR("Тарифке макулдук");
    p.phone = STR("");
    p.revision = 2;
    k = (struct task){.deed = CHANGE, .p = p};
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(step(&w, p.id, "submit", NULL, &fault), ERR_INPUT);
    assert_int_equal(fault, LEARN_OFFICE);
    k.p.revision = 2; /* somebody else's page */
    assert_int_equal(run(&w, &k), ERR_CONFLICT);
    k.p.revision = 3;
    k.p.phone = STR("+996312000000");
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(step(&w, p.id, "submit", NULL, &fault), ERR_OK);
    assert_int_equal(step(&w, p.id, "return", NULL, &fault), ERR_INPUT); /* not without a word */
    assert_int_equal(fault, LEARN_RESULT);
    assert_int_equal(step(&w, p.id, "return", "Чыгымын кошуңуз", &fault), ERR_OK);
    assert_int_equal(step(&w, p.id, "submit", NULL, &fault), ERR_OK);
    assert_int_equal(total(&w, &learning_practices_published), 0);
    assert_int_equal(step(&w, p.id, "publish", NULL, &fault), ERR_OK);
    assert_int_equal(total(&w, &learning_practices_published), 1);
    assert_int_equal(step(&w, p.id, "publish", NULL, &fault), ERR_INPUT);
    /* Published, it cannot lose what makes it whole. */
    k = (struct task){.deed = GET, .p.id = p.id};
    assert_int_equal(run(&w, &k), ERR_OK);
    k.deed = CHANGE;
    k.p.parts[PART_RESULT].in[LANG_KY] = STR("");
    assert_int_equal(run(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_WORDS);
    /* Taken out and put back it was published once. */
    assert_int_equal(step(&w, p.id, "retire", "Насос эскирди", &fault), ERR_OK);
    assert_int_equal(step(&w, p.id, "restore", NULL, &fault), ERR_OK);
    assert_int_equal(total(&w, &learning_practices_published), 1);
    totals_are_true(&w);
    end(&w);
}

static void what_is_repeated_is_followed_to_a_result(void **state)
{
    struct world w = begin(state);
    int64_t id = publish(&w, whole(HOME, "water", "Насосту алмаштыруу"));
    struct task own = {.deed = BEGIN, .n = {.unit = STR(HOME), .id = id_new(), .practice = id}};
    assert_int_equal(run(&w, &own), ERR_INPUT);
    assert_int_equal(own.fault, LEARN_OWN);
    struct task k = {.deed = BEGIN, .n = {.unit = STR(OTHER), .id = id_new(), .practice = id}};
    assert_int_equal(run(&w, &k), ERR_OK);
    struct task again = {.deed = BEGIN, .n = {.unit = STR(OTHER), .id = id_new(), .practice = id}};
    assert_int_equal(run(&w, &again), ERR_INPUT);
    assert_int_equal(again.fault, LEARN_AGAIN);
    assert_int_equal(total(&w, &learning_replications_begun), 1);
    assert_int_equal(total(&w, &learning_replications_done), 0);
    k.deed = FINISH;
    k.n.revision = 1;
    k.n.state = STR("done");
    k.n.done_day = I64(TODAY);
    assert_int_equal(run(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_RESULT);
    k.n.result = STR("Суу келди");
    k.n.done_day = I64(TODAY + 1);
    assert_int_equal(run(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_DAYS);
    k.n.done_day = I64(TODAY);
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(run(&w, &k), ERR_INPUT); /* it ended */
    assert_int_equal(k.fault, LEARN_STATE);
    assert_int_equal(total(&w, &learning_replications_done), 1);
    struct task get = {.deed = GET, .p.id = id};
    assert_int_equal(run(&w, &get), ERR_OK);
    assert_int_equal(get.p.repeated, 1);
    assert_int_equal(practice_grade(get.p.documents, true, get.p.repeated), 4);
    totals_are_true(&w);
    end(&w);
}

static void totals_survive_any_work(void **state)
{
    struct world w = begin(state);
    static const char *const topics[] = {"water", "waste", "budget"};
    static const char *const units[] = {HOME, OTHER};
    static const char *const steps[] = {"submit", "publish", "retire", "restore", "return"};
    int64_t ids[12];
    uint64_t dice = 7;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        struct task k = {.deed = ADD, .p = whole(units[i % 2], topics[i % 3], "Үлгү")};
        ids[i] = k.p.id;
        if (i < COUNT_OF(ids) / 2)
            publish(&w, k.p);
        else
            assert_int_equal(run(&w, &k), ERR_OK);
    }
    for (int i = 0; i < 200; i++) {
        dice = demo_draw(STR("learning"), dice);
        int64_t id = ids[dice % COUNT_OF(ids)];
        struct task k = {
            .deed = STEP, .p.id = id, .step = steps[dice / 64 % COUNT_OF(steps)], .note = "себеп"};
        if (dice / 1024 % 4 == 0) {
            k = (struct task){.deed = GET, .p.id = id};
            assert_int_equal(run(&w, &k), ERR_OK);
            k.deed = CHANGE;
            k.p.topic = str_from(topics[dice / 4096 % 3]);
        } else if (dice / 1024 % 4 == 1) {
            k = (struct task){
                .deed = BEGIN,
                .n = {.unit = str_from(units[dice / 4096 % 2]), .id = id_new(), .practice = id}};
        }
        enum err rc = run(&w, &k);
        assert_true(rc == ERR_OK || rc == ERR_INPUT);
        if (rc == ERR_OK && k.deed == BEGIN && dice / 65536 % 2) {
            k.deed = FINISH;
            k.n.revision = 1;
            k.n.state = dice / 131072 % 2 ? STR("done") : STR("stopped");
            k.n.result = STR("натыйжа");
            k.n.done_day = I64(TODAY);
            assert_int_equal(run(&w, &k), ERR_OK);
        }
    }
    assert_true(total(&w, &learning_practices_published) > 0);
    assert_true(total(&w, &learning_replications_done) > 0);
    totals_are_true(&w);
    end(&w);
}

static void search_forgives(void **state)
{
    struct world w = begin(state);
    static const char *const found[] = {
        "/learn?q=%D1%81%D1%83%D1%83%D0%BD%D1%83%D0%BD", /* суунун: another form of суу */
        "/learn?q=%D0%9D%D0%90%D0%A1%D0%9E%D0%A1",       /* НАСОС */
        "/learn?q=%D0%BAy%D0%BD%D1%83-%D1%82%D1%83%D0%BD%D1%83", /* күнү-түнү without ү, Latin y */
        "/learn?topic=services",                                 /* the subject above */
        "/learn?q=%25%27&topic=water",                           /* signs are no words */
    };
    static const char *const missed[] = {
        "/learn?q=%D0%BC%D0%B5%D0%BA%D1%82%D0%B5%D0%BF", /* мектеп */
        "/learn?topic=finance",
        "/learn?q=%D0%9D%D0%90%D0%A1%D0%9E%D0%A1+%D0%BC%D0%B5%D0%BA%D1%82%D0%B5%D0%BF",
    };
    publish(&w, whole(HOME, "water", "Насосту алмаштыруу"));
    for (size_t i = 0; i < COUNT_OF(found); i++)
        test_contains(test_get(w.t, found[i]), "Насосту алмаштыруу");
    for (size_t i = 0; i < COUNT_OF(missed); i++)
        test_contains(test_get(w.t, missed[i]), "No practice found");
    end(&w);
}

static void pages_of_practices(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    struct test_answer a = test_post(
        t, "/desk/" HOME "/learning/practices/new", "revision", "0", "topic", "water", "title_ky",
        "Насос", "problem_ky", "Көйгөй", "done_ky", "Иш", "result_ky", "Натыйжа", "conditions_ky",
        "Шарт", "office", "Бөлүм", "phone", "+996312000000", "cost", "1200,50", NULL);
    test_status(a, 303);
    struct str path = test_header_of(a, "Location");
    a = test_follow(t, a);
    test_contains(a, "Hand in");
    struct str id = str_slice(path, strlen("/desk/" HOME "/learning/practices/"), path.n);
    const char *open = AT(&w, "/learn/practices/%.*s", STRF(id));
    test_status(test_get(t, open), 404); /* a draft is nobody's */
    const char *review = AT(&w, "/desk/learning/practices/%.*s", STRF(id));
    test_status(test_post(t, AT(&w, "%.*s/step", STRF(path)), "step", "publish", NULL), 403);
    test_status(test_post(t, AT(&w, "%.*s/step", STRF(path)), "step", "submit", NULL), 303);
    test_status(test_get(t, review), 403);
    test_login_as(t, ROLE_OFFICER, OTHER); /* a foreign municipality does not see it */
    test_status(test_get(t, AT(&w, "/desk/" OTHER "/learning/practices/%.*s", STRF(id))), 404);
    test_login_as(t, ROLE_PROGRAMME, "*");
    test_contains(test_get(t, "/desk/learning"), "Насос");
    test_contains(test_get(t, review), "Publish");
    test_status(test_post(t, AT(&w, "%s/step", review), "step", "return", "note", "", NULL), 422);
    test_status(test_post(t, AT(&w, "%s/step", review), "step", "publish", NULL), 303);
    test_new_visitor(t);
    a = test_get(t, open);
    test_status(a, 200);
    test_contains(a, "Натыйжа");
    test_contains(a, "1,200.50");
    test_lacks(a, "We will repeat this");
    test_contains(test_get(t, "/m/" HOME "/learning"), "Насос");
    test_contains(test_get(t, "/learn/practices.csv"), "Насос");
    test_status(test_get(t, "/learn/practices.xlsx"), 200);
    /* Another municipality repeats it and tells how it ended. */
    test_login_as(t, ROLE_HEAD, OTHER);
    test_contains(test_get(t, open), "We will repeat this");
    a = test_post(t, "/desk/" OTHER "/learning/replications/new", "practice",
                  AT(&w, "%.*s", STRF(id)), "plan", "Биз да", NULL);
    test_status(a, 303);
    path = test_header_of(a, "Location");
    const char *own = AT(&w, "%.*s", STRF(path));
    test_contains(test_get(t, own), "under way");
    test_status(test_post(t, own, "revision", "1", "state", "done", "result", "", NULL), 422);
    static const char pdf[] = "%PDF-1.4\n%%EOF\n";
    struct test_part parts[] = {
        {"revision", NULL, NULL, STR("1")},
        {"state", NULL, NULL, STR("done")},
        {"day", NULL, NULL, STR("2026-07-14")},
        {"result", NULL, NULL, STR("Суу келди")},
        {"evidence", "акт.pdf", "application/pdf", str_of(pdf, sizeof pdf - 1)},
    };
    test_status(test_post_parts(t, own, parts, COUNT_OF(parts)), 422); /* before it began */
    parts[2].value = STR("2026-07-15");
    test_status(test_post_parts(t, own, parts, COUNT_OF(parts)), 303);
    test_new_visitor(t);
    a = test_get(t, open);
    test_contains(a, "Суу келди");
    test_contains(a, "repeated elsewhere with a result");
    test_contains(test_get(t, "/learn/replications.csv"), "Суу келди");
    totals_are_true(&w);
    end(&w);
}

static void the_demonstration_is_true(void **state)
{
    struct world w = begin(state);
    struct demo_context demo = {.arena = w.a, .today = TODAY};
    assert_int_equal(learning_slice.demo(w.app, &demo), ERR_OK);
    assert_int_equal(learning_slice.demo(w.app, &demo), ERR_OK); /* a second time adds nothing */
    assert_int_equal(total(&w, &learning_practices_published), 4);
    assert_int_equal(total(&w, &learning_replications_done), 3);
    totals_are_true(&w);
    end(&w);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_practice_is_published_whole),
        BODY(what_is_repeated_is_followed_to_a_result),
        BODY(totals_survive_any_work),
        BODY(search_forgives),
        BODY(pages_of_practices),
        BODY(the_demonstration_is_true),
    };
    return slice_test_run("learning", bodies, COUNT_OF(bodies));
}
