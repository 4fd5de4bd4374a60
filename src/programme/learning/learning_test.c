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
    struct test_app *t = TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice,
                                     &outbox_slice, &tally_slice, &places_slice, &people_slice,
                                     &calendar_slice, &persons_slice, &catalogue_slice,
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

/* --- consultations --- */

struct more {
    struct world *w;
    enum {
        EXPERT,
        ASK,
        ROUTE,
        ANSWER,
        PUBLISH,
        CLOSE,
        ADD_IN,
        CHANGE_IN,
        DECIDE,
        BEGIN_IN,
        END_IN,
        REPORT,
        READ_IN,
        OPEN_LENS,
        FINISH_LENS,
        FOLLOW,
        FINDINGS,
        LATEST_QUESTION
    } deed;
    int64_t id, revision, by, expert;
    bool gender;
    struct question q;
    struct agreement g;
    struct str words, unit;
    struct str open[3];
    struct lens l;
    struct lens_answer answers[40];
    int64_t ids[40];
    size_t n, where;
    struct finding f;
    struct sql_learning_findings_of_rows findings;
    enum learn_fault fault;
};

static enum err perform_more(struct tx *tx, void *arg)
{
    struct more *k = arg;
    struct arena *a = k->w->a;
    int64_t fresh = k->ids[0];
    switch (k->deed) {
    case EXPERT:
        return sql_learning_expert_put(tx, NULL, .account = k->expert, .topics = STR(""),
                                       .gender_day = k->gender ? I64(TODAY - 100) : I64_NONE,
                                       .gender_proof = STR("7"), .active = 1, .created_ms = 1,
                                       .created_by = 1);
    case ASK:
        return question_ask(tx, a, &k->q, TODAY, k->by, STR_NULL, &k->fault);
    case ROUTE:
        return question_route(tx, a, k->id, k->revision, k->expert, I64(TODAY + 5), TODAY, k->by,
                              &k->fault);
    case ANSWER:
        return question_answer(tx, a, k->id, k->revision, k->words,
                               (struct str[]){STR("34-берене"), STR("")}, 2, TODAY, k->by,
                               &k->fault);
    case PUBLISH:
        return question_publish(tx, a, k->id, k->revision, k->open, TODAY, k->by, &k->fault);
    case CLOSE:
        return question_close(tx, a, k->id, k->revision, k->words, k->by, &k->fault);
    case ADD_IN:
        return agreement_add(tx, a, &k->g, 1, STR_NULL, &k->fault);
    case CHANGE_IN:
        return agreement_change(tx, a, &k->g, 1, &k->fault);
    case DECIDE:
        return agreement_decide(tx, a, k->id, k->revision, k->unit, k->words, TODAY, TODAY, 1,
                                &k->fault);
    case BEGIN_IN:
        return agreement_begin(tx, a, k->id, k->revision, TODAY, 1, &k->fault);
    case END_IN:
        return agreement_end(tx, a, k->id, k->revision, k->words, TODAY, 1, &k->fault);
    case REPORT:
        return agreement_report(tx, a, k->id, fresh, k->unit, TODAY, k->words, I64(500), TODAY, 1,
                                STR_NULL, &k->fault);
    case READ_IN:
        return agreement_get(tx, a, k->id, &k->g);
    case OPEN_LENS:
        return lens_open(tx, a, &k->l, k->by, STR_NULL, &k->fault);
    case FINISH_LENS: {
        struct sql_learning_checks_rows checks;
        enum err rc = sql_learning_checks(tx, a, &checks, .kind = k->l.kind);
        if (rc != ERR_OK)
            return rc;
        assert_true(checks.n > 5 && checks.n <= COUNT_OF(k->ids));
        for (size_t i = 0; i < checks.n; i++) {
            k->answers[i].code = checks.v[i].code;
            if (!k->answers[i].said.p)
                k->answers[i].said = STR("yes");
        }
        return lens_finish(tx, a, k->id, k->revision, k->answers, checks.n, k->ids, TODAY, k->by,
                           &k->fault, &k->where);
    }
    case FOLLOW:
        return finding_follow(tx, a, &k->f, TODAY, 1, &k->fault);
    case FINDINGS:
        return sql_learning_findings_of(tx, a, &k->findings, .lens = k->id);
    case LATEST_QUESTION: {
        struct sql_learning_question_own_rows rows;
        enum err rc = sql_learning_question_own(tx, a, &rows, .unit = k->unit, .limit = 1);
        k->id = rc == ERR_OK && rows.n ? rows.v[0].id : 0;
        return rc;
    }
    }
    return ERR_INPUT;
}

static enum err more(struct world *w, struct more *k)
{
    k->w = w;
    return db_write(w->app->db, SCOPE_COUNTRY, perform_more, k);
}

static void register_expert(struct world *w, int64_t account, bool gender)
{
    struct more k = {.deed = EXPERT, .expert = account, .gender = gender};
    assert_int_equal(more(w, &k), ERR_OK);
}

static void a_question_goes_its_way(void **state)
{
    struct world w = begin(state);
    struct more k = {.deed = ASK,
                     .by = 5,
                     .q = {.unit = STR(HOME),
                           .id = id_new(),
                           .topic = STR("tariffs"),
                           .lang = STR("ky"),
                           .title = STR("Тарифти ким бекитет?"),
                           .words = STR("Суунун тарифин ким бекитет?")}};
    register_expert(&w, 77, false);
    assert_int_equal(more(&w, &k), ERR_OK);
    k.id = k.q.id;
    k.revision = 1;
    k.deed = ANSWER; /* nobody was asked yet */
    k.words = STR("Айылдык кеңеш.");
    k.by = 77;
    assert_int_equal(more(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_EXPERT);
    k.deed = ROUTE;
    k.expert = 78; /* not registered */
    assert_int_equal(more(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_EXPERT);
    k.expert = 77;
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(more(&w, &k), ERR_CONFLICT); /* an old page */
    k.deed = ANSWER;
    k.revision = 2;
    k.by = 79; /* another expert than the one who was asked */
    assert_int_equal(more(&w, &k), ERR_INPUT);
    assert_int_equal(total(&w, &learning_consultations_answered), 0);
    k.by = 77;
    assert_int_equal(more(&w, &k), ERR_OK);
    k.revision = 3; /* made better: still one consultation */
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(total(&w, &learning_consultations_asked), 1);
    assert_int_equal(total(&w, &learning_consultations_answered), 1);
    k.deed = PUBLISH;
    k.revision = 4;
    k.open[0] = STR("Тарифти ким бекитет?");
    k.open[1] = STR("Суунун тарифин ким бекитет?");
    k.open[2] = STR("Айылдык кеңеш, мыйзамдын 34-беренеси.");
    assert_int_equal(more(&w, &k), ERR_INPUT); /* the expert's own */
    assert_int_equal(k.fault, LEARN_FOUR_EYES);
    k.by = 5;
    k.open[1] = STR("Мага 0555 12 34 56 чалыңыз");
    assert_int_equal(more(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_NAMES);
    k.open[1] =
        STR("2021-жылдын 20-октябрындагы № 123 мыйзам боюнча 15 000 сом"); /* no telephone */
    test_contains(test_get(w.t, "/learn/questions"), "No answer found");
    assert_int_equal(more(&w, &k), ERR_OK);
    test_contains(test_get(w.t, "/learn/questions?q=%D1%82%D0%B0%D1%80%D0%B8%D1%84"),
                  "Тарифти ким бекитет?");
    struct test_answer page = test_get(w.t, AT(&w, "/learn/questions/%lld", (long long)k.id));
    test_contains(page, "34-берене");
    test_contains(page, "/law?q=");
    test_lacks(page, "Teploklyuchenka");
    test_contains(test_get(w.t, "/learn/questions.csv"), "34-беренеси");
    totals_are_true(&w);
    end(&w);
}

static void names_are_found_in_any_form(void **state)
{
    struct world w = begin(state);
    struct person_names names = {0};
    ARENA_PUSH(w.a, names, ((struct person_name){1, STR("Демоева Айгүл")}));
    static const struct {
        const char *text;
        bool found;
    } cases[] = {
        {"Айгулдун сурамы", true},
        {"ДЕМОЕВОЙ ответили", true},
        {"Суу жок", false},
        {"office@aimak.demo", true},
        {"+996 (555) 123-456", true},
        {"№ 123, 2021, 4800000 сом", false},
        {"Айылдык кеңеш чечет", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str text = str_from(cases[i].text);
        if (question_has_names(w.a, &text, 1, &names) != cases[i].found)
            fail_msg("%s", cases[i].text);
    }
    end(&w);
}

static void pages_of_questions(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    int64_t account = 0;
    struct new_staff expert = {.name = STR("Эксперт Мисалов"),
                               .login = STR("expert@aimak.demo"),
                               .email = STR(""),
                               .password = STR("only-for-this-test-7"),
                               .role = ROLE_NATIONAL,
                               .scope = STR("*"),
                               .fictional = true};
    assert_int_equal(people_add_staff(w.app, &expert, &account), ERR_OK);
    test_login_as(t, ROLE_OFFICER, HOME);
    test_status(test_post(t, "/desk/" HOME "/learning/questions/new", "topic", "water", "title", "",
                          "words", "Суроо", NULL),
                422);
    struct test_answer a = test_post(t, "/desk/" HOME "/learning/questions/new", "topic", "water",
                                     "title", "Насос кимдики?", "words", "Насос кимдики?", NULL);
    test_status(a, 303);
    test_contains(test_follow(t, a), "waits for an expert");
    struct more k = {.deed = LATEST_QUESTION, .unit = STR(HOME)};
    assert_int_equal(more(&w, &k), ERR_OK);
    const char *staff = AT(&w, "/desk/learning/questions/%lld", (long long)k.id);
    test_status(test_get(t, staff), 403);
    test_login_as(t, ROLE_OFFICER, OTHER);
    test_status(test_get(t, AT(&w, "/desk/" OTHER "/learning/questions/%lld", (long long)k.id)),
                404);
    test_login_as(t, ROLE_PROGRAMME, "*");
    test_contains(test_get(t, "/desk/learning"), "Насос кимдики?");
    test_contains(test_get(t, staff), "No expert is registered yet");
    const char *who = AT(&w, "%lld", (long long)account);
    test_status(test_post(t, "/desk/learning/experts", "account", "12345", "active", "on", NULL),
                422);
    test_status(test_post(t, "/desk/learning/experts", "account", who, "active", "on", "gender_day",
                          "2026-01-10", "gender_proof", "", NULL),
                422);
    test_status(test_post(t, "/desk/learning/experts", "account", who, "active", "on", NULL), 303);
    test_contains(test_get(t, "/desk/learning/experts"), "Эксперт Мисалов");
    test_status(test_post(t, AT(&w, "%s/route", staff), "revision", "1", "expert", who, NULL), 303);
    test_status(
        test_post(t, AT(&w, "%s/answer", staff), "revision", "2", "answer", "Сиздики", NULL),
        422); /* not the one who was asked */
    struct actor actor = {.person_id = account, .second_factor = true, .grant_count = 1};
    actor.grants[0].role = ROLE_NATIONAL;
    actor.grants[0].scope[0] = '*';
    test_login(t, &actor);
    test_contains(test_get(t, staff), "Answer");
    test_status(test_post(t, AT(&w, "%s/answer", staff), "revision", "2", "answer",
                          "Муниципалдык менчик", "basis1", "Мыйзам № 123", NULL),
                303);
    test_status(test_post(t, AT(&w, "%s/publish", staff), "revision", "3", "open_title", "Насос",
                          "open_words", "Кимдики?", "open_answer", "Аймактыкы", NULL),
                422);
    test_login_as(t, ROLE_PROGRAMME, "*");
    a = test_post(t, AT(&w, "%s/publish", staff), "revision", "3", "open_title", "Насос",
                  "open_words", "Мисалов кандай дейт?", "open_answer", "Аймактыкы", NULL);
    test_status(a, 422);
    test_contains(a, "There is still a name");
    test_status(test_post(t, AT(&w, "%s/publish", staff), "revision", "3", "open_title", "Насос",
                          "open_words", "Кимдики?", "open_answer", "Аймактыкы", NULL),
                303);
    test_new_visitor(t);
    test_contains(test_get(t, AT(&w, "/learn/questions/%lld", (long long)k.id)), "Аймактыкы");
    totals_are_true(&w);
    end(&w);
}

/* --- agreements --- */

static struct agreement joint(int64_t share, int64_t rest)
{
    struct agreement g = {.unit = STR(HOME),
                          .id = id_new(),
                          .topic = STR("waste"),
                          .title = {{[LANG_KY] = STR("Таштандыны чогуу чыгаруу")}},
                          .subject = STR("Бир унаа эки аймакка"),
                          .from_day = TODAY,
                          .party_count = 2};
    g.parties[0] = (struct agreement_party){.unit = STR(HOME), .share = share};
    g.parties[1] = (struct agreement_party){.unit = STR(OTHER), .share = rest};
    return g;
}

static void shares_sum_to_the_whole(void **state)
{
    struct world w = begin(state);
    static const struct {
        int64_t share, rest;
        bool fine;
    } cases[] = {{6000, 4000, true},  {3333, 6667, true}, {6000, 3999, false},
                 {6000, 4001, false}, {10000, 0, false},  {10001, -1, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct more k = {.deed = ADD_IN, .g = joint(cases[i].share, cases[i].rest)};
        assert_int_equal(more(&w, &k), cases[i].fine ? ERR_OK : ERR_INPUT);
        assert_int_equal(k.fault, cases[i].fine ? LEARN_FINE : LEARN_SHARES);
    }
    struct more twice = {.deed = ADD_IN, .g = joint(5000, 5000)};
    twice.g.parties[1].unit = STR(HOME);
    assert_int_equal(more(&w, &twice), ERR_INPUT);
    assert_int_equal(twice.fault, LEARN_PARTIES);
    end(&w);
}

static void nothing_is_in_force_before_all_decided(void **state)
{
    struct world w = begin(state);
    struct more k = {.deed = ADD_IN, .g = joint(6000, 4000)};
    assert_int_equal(more(&w, &k), ERR_OK);
    k.id = k.g.id;
    const char *open = AT(&w, "/learn/agreements/%lld", (long long)k.id);
    k.deed = BEGIN_IN;
    k.revision = 1;
    assert_int_equal(more(&w, &k), ERR_INPUT);
    assert_int_equal(k.fault, LEARN_DECISION);
    k.deed = DECIDE;
    k.unit = STR(HOME);
    k.words = STR("№ 12");
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(more(&w, &k), ERR_CONFLICT); /* the page is an old one now */
    /* Other shares than those decided about: the decision is void. */
    struct more change = {.deed = CHANGE_IN, .g = joint(5000, 5000)};
    change.g.id = k.id;
    change.g.revision = 2;
    assert_int_equal(more(&w, &change), ERR_OK);
    k.deed = READ_IN;
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_false(k.g.parties[0].decision_day.set);
    static const char *const units[] = {HOME, OTHER};
    k.deed = DECIDE;
    for (int i = 0; i < 2; i++) {
        k.revision = 3 + i;
        k.unit = str_from(units[i]);
        assert_int_equal(more(&w, &k), ERR_OK);
    }
    test_status(test_get(w.t, open), 404);
    assert_int_equal(total(&w, &learning_agreements), 0);
    k.deed = REPORT;
    k.ids[0] = id_new();
    assert_int_equal(more(&w, &k), ERR_INPUT); /* nothing to report of yet */
    k.deed = BEGIN_IN;
    k.revision = 5;
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(total(&w, &learning_agreements), 1);
    assert_int_equal(total(&w, &learning_agreement_parties), 2);
    change.g.revision = 6;
    assert_int_equal(more(&w, &change), ERR_CONFLICT); /* in force it stays as it is */
    k.deed = REPORT;
    k.unit = STR("41702205800000");
    assert_int_equal(more(&w, &k), ERR_INPUT); /* not a party */
    k.unit = STR(OTHER);
    k.words = STR("96 сапар");
    assert_int_equal(more(&w, &k), ERR_OK);
    struct test_answer page = test_get(w.t, open);
    test_contains(page, "96 сапар");
    test_contains(page, "share 50%");
    test_contains(test_get(w.t, "/learn/agreements"), "Таштандыны чогуу чыгаруу");
    test_contains(test_get(w.t, "/learn/agreements.csv"), "Таштандыны чогуу чыгаруу");
    k.deed = END_IN;
    k.words = STR("Мөөнөтү бүттү");
    k.revision = 6;
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(total(&w, &learning_agreements), 1);
    totals_are_true(&w);
    end(&w);
}

static void pages_of_agreements(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    const char *draft = "/desk/" HOME "/learning/agreements/new";
    test_login_as(t, ROLE_HEAD, HOME);
    test_status(test_get(t, draft), 200);
    test_contains(test_post(t, draft, "revision", "0", "topic", "waste", "title_ky", "Чогуу",
                            "subject", "Унаа", "from", "2026-08-01", "share", "60", "unit2", OTHER,
                            "share2", "39.99", NULL),
                  "sum to 100");
    test_contains(test_post(t, draft, "revision", "0", "topic", "waste", "title_ky", "Чогуу",
                            "subject", "Унаа", "from", "2026-08-01", "share", "60.005", "unit2",
                            OTHER, "share2", "39.995", NULL),
                  "sum to 100");
    struct test_answer a = test_post(t, draft, "revision", "0", "topic", "waste", "title_ky",
                                     "Чогуу", "subject", "Унаа", "from", "2026-08-01", "share",
                                     "60,01", "unit2", OTHER, "share2", "39,99", NULL);
    test_status(a, 303);
    struct str path = test_header_of(a, "Location");
    struct str id = str_slice(path, strlen("/desk/" HOME "/learning/agreements/"), path.n);
    const char *own = AT(&w, "%.*s", STRF(path)),
               *theirs = AT(&w, "/desk/" OTHER "/learning/agreements/%.*s", STRF(id));
    test_contains(test_get(t, own), "60.01%");
    test_status(test_get(t, AT(&w, "%s/edit", own)), 200);
    test_status(test_post(t, AT(&w, "%s/step", own), "revision", "1", "step", "decide", "words",
                          "№ 4", "day", "2026-07-10", NULL),
                303);
    test_login_as(t, ROLE_HEAD, OTHER);
    test_status(test_get(t, AT(&w, "%s/edit", theirs)), 404); /* the first party's pen */
    test_status(test_post(t, AT(&w, "%s/step", theirs), "revision", "2", "step", "decide", "words",
                          "№ 9", "day", "2026-07-12", NULL),
                303);
    test_status(test_post(t, AT(&w, "%s/step", theirs), "revision", "3", "step", "begin", NULL),
                403);
    test_login_as(t, ROLE_HEAD, HOME);
    test_status(test_post(t, AT(&w, "%s/step", own), "revision", "3", "step", "begin", NULL), 303);
    test_contains(test_get(t, own), "in force");
    test_new_visitor(t);
    test_contains(test_get(t, "/m/" OTHER "/learning"), "Чогуу");
    totals_are_true(&w);
    end(&w);
}

/* --- the gender lens --- */

static void what_a_lens_finds_is_followed(void **state)
{
    struct world w = begin(state);
    struct more k = {.deed = OPEN_LENS,
                     .by = 77,
                     .l = {.unit = STR(HOME),
                           .id = id_new(),
                           .kind = STR("plan"),
                           .object = STR("2026-жылдын планы")}};
    register_expert(&w, 77, false);
    assert_int_equal(more(&w, &k), ERR_INPUT); /* not trained for it */
    assert_int_equal(k.fault, LEARN_EXPERT);
    register_expert(&w, 77, true);
    assert_int_equal(more(&w, &k), ERR_OK);
    k.id = k.l.id;
    k.deed = FINISH_LENS;
    k.revision = 1;
    for (size_t i = 0; i < COUNT_OF(k.ids); i++)
        k.ids[i] = id_new();
    k.answers[1].said = STR("no");
    k.answers[3].said = STR("partly");
    k.answers[3].words = STR("Акча бөлүнгөн эмес");
    assert_int_equal(more(&w, &k), ERR_INPUT); /* a "no" without a word */
    assert_int_equal(k.fault, LEARN_RESULT);
    assert_int_equal(k.where, 1);
    k.answers[1].words = STR("Өзүнчө суралган эмес");
    test_status(test_get(w.t, AT(&w, "/learn/gender/%lld", (long long)k.id)), 404);
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(total(&w, &learning_lenses_done), 1);
    k.deed = FINDINGS;
    assert_int_equal(more(&w, &k), ERR_OK);
    assert_int_equal(k.findings.n, 2);
    struct more f = {.deed = FOLLOW,
                     .f = {.id = k.findings.v[0].id, .revision = 1, .state = STR("open")}};
    assert_int_equal(more(&w, &f), ERR_INPUT);
    assert_int_equal(f.fault, LEARN_ACTION);
    f.f.action = STR("Аялдар менен жыйын өткөрүү");
    f.f.office = STR("Социалдык бөлүм");
    assert_int_equal(more(&w, &f), ERR_INPUT); /* no day */
    assert_int_equal(f.fault, LEARN_DAYS);
    f.f.due_day = I64(TODAY + 30);
    assert_int_equal(more(&w, &f), ERR_OK);
    f.f.revision = 2;
    f.f.state = STR("done");
    assert_int_equal(more(&w, &f), ERR_INPUT); /* how? */
    f.f.note = STR("Жыйын өттү, 42 аял келди");
    assert_int_equal(more(&w, &f), ERR_OK);
    assert_int_equal(total(&w, &learning_findings_closed), 1);
    struct more d = {.deed = FOLLOW,
                     .f = {.id = k.findings.v[1].id,
                           .revision = 1,
                           .state = STR("declined"),
                           .note = STR("Бюджет бекитилген")}};
    assert_int_equal(more(&w, &d), ERR_OK);
    assert_int_equal(total(&w, &learning_findings_closed), 1); /* declined is not acted on */
    struct test_answer page = test_get(w.t, AT(&w, "/learn/gender/%lld", (long long)k.id));
    test_contains(page, "42 аял келди");
    test_contains(page, "Бюджет бекитилген");
    test_contains(test_get(w.t, "/learn/gender"), "2 of 2 findings settled");
    test_contains(test_get(w.t, "/learn/gender.csv"), "2026-жылдын планы");
    test_login_as(w.t, ROLE_OFFICER, HOME);
    test_contains(test_get(w.t, "/desk/" HOME "/learning"), "Өзүнчө суралган эмес");
    test_status(test_get(w.t, AT(&w, "/desk/" HOME "/learning/findings/%lld",
                                 (long long)k.findings.v[0].id)),
                200);
    totals_are_true(&w);
    end(&w);
}

static void pages_of_the_lens(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    int64_t me = test_login_as(t, ROLE_PROGRAMME, "*");
    test_status(test_post(t, "/desk/learning/gender/new", "unit", HOME, "kind", "plan", "plan",
                          "План 2026", NULL),
                422); /* not a trained expert */
    register_expert(&w, me, true);
    struct test_answer a = test_post(t, "/desk/learning/gender/new", "unit", HOME, "kind", "plan",
                                     "plan", "План 2026", NULL);
    test_status(a, 303);
    struct str path = test_header_of(a, "Location");
    const char *lens = AT(&w, "%.*s", STRF(path));
    test_contains(test_get(t, lens), "Are 30 per cent at least of the working group women?");
    test_status(test_post(t, lens, "revision", "1", "said_group", "no", NULL), 422);
    test_status(test_post(t, lens, "revision", "1", "said_group", "no", "words_group", "5 ичинен 1",
                          "said_asked", "yes", "said_people", "yes", "said_money", "na",
                          "said_work", "yes", "said_harm", "yes", "said_meetings", "yes",
                          "said_measured", "yes", NULL),
                303);
    test_contains(test_get(t, lens), "5 ичинен 1");
    test_login_as(t, ROLE_OFFICER, HOME);
    test_contains(test_get(t, "/desk/" HOME "/learning"), "5 ичинен 1");
    totals_are_true(&w);
    end(&w);
}

static void the_demonstration_is_true(void **state)
{
    struct world w = begin(state);
    struct demo_context demo = {.arena = w.a, .today = TODAY};
    int64_t account;
    struct new_staff expert = {.name = STR("Эксперт Мисалов"),
                               .login = STR("expert@aimak.demo"),
                               .email = STR(""),
                               .password = STR("only-for-this-test-7"),
                               .role = ROLE_PROGRAMME,
                               .scope = STR("*"),
                               .fictional = true};
    assert_int_equal(people_add_staff(w.app, &expert, &account), ERR_OK);
    assert_int_equal(learning_slice.demo(w.app, &demo), ERR_OK);
    assert_int_equal(learning_slice.demo(w.app, &demo), ERR_OK); /* a second time adds nothing */
    assert_int_equal(total(&w, &learning_practices_published), 4);
    assert_int_equal(total(&w, &learning_replications_done), 3);
    assert_int_equal(total(&w, &learning_consultations_asked), 3);
    assert_int_equal(total(&w, &learning_consultations_answered), 2);
    assert_int_equal(total(&w, &learning_agreements), 1);
    assert_int_equal(total(&w, &learning_lenses_done), 1);
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
        BODY(a_question_goes_its_way),
        BODY(names_are_found_in_any_form),
        BODY(pages_of_questions),
        BODY(shares_sum_to_the_whole),
        BODY(nothing_is_in_force_before_all_decided),
        BODY(pages_of_agreements),
        BODY(what_a_lens_finds_is_followed),
        BODY(pages_of_the_lens),
        BODY(the_demonstration_is_true),
    };
    return slice_test_run("learning", bodies, COUNT_OF(bodies));
}
