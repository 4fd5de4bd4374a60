/*
 * The rules of charters on both engines: how a version comes about, that what was shown never
 * changes, which promise sets a deadline, and that measured promises equal a recount.
 */
#include "services/charter/charter_fixture_test.h"

#include "community/calendar/calendar.h"
#include "platform/jobs/jobs.h"
#include "platform/web/demo.h"

#define WATER "water"

static const struct test_promise two[] = {
    {"Leak in 3 days", "resolve_within_days", "water.leak", 3, true},
    {"Anything in 10 days", "resolve_within_days", "", 10, false},
};

/* --- the way of a version --- */

static void comes_into_force_on_its_day(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    int64_t v = charter_test_draft(&c, WATER, two, 2);
    assert_int_equal(v, 1);
    assert_int_equal(charter_test_version(&c, WATER, 1).state, CHARTER_DRAFT);
    assert_int_equal(charter_test_promises(&c, WATER, TODAY + 400).n, 0);

    charter_test_publish(&c, WATER, 1, TODAY + 10);
    struct charter_version shown = charter_test_version(&c, WATER, 1);
    assert_int_equal(shown.state, CHARTER_PUBLISHED);
    assert_str_equal(shown.resolution, STR("7/3"));
    assert_int_equal(shown.resolution_day, TODAY);
    assert_int_equal(charter_test_promises(&c, WATER, TODAY + 9).n, 0);
    struct promises p = charter_test_promises(&c, WATER, TODAY + 10);
    assert_int_equal(p.n, 2);
    assert_str_equal(p.v[0].text.in[LANG_RU], STR("Leak in 3 days ru"));
    assert_str_equal(p.v[0].contact, STR("dispatcher, 0 (000) 11-22-33"));
    assert_int_equal(p.v[0].since_day, TODAY + 10);
    assert_int_equal(charter_test_promises(&c, "waste", TODAY + 10).n, 0);
    charter_test_end(&c);
}

static void next_version_supersedes_and_leaves_the_first_as_it_was(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_publish(&c, WATER, 1, TODAY);
    struct str before = charter_test_snapshot(&c, WATER, 1);

    assert_int_equal(charter_test_draft(&c, WATER, NULL, 0), 2);
    charter_test_amount(&c, WATER, 2, 2);
    charter_test_publish(&c, WATER, 2, TODAY + 30);
    assert_str_equal(charter_test_snapshot(&c, WATER, 1), before);
    assert_int_equal(charter_test_version(&c, WATER, 1).valid_to, TODAY + 29);
    assert_int_equal(charter_test_promises(&c, WATER, TODAY + 29).v[0].amount, 3);
    assert_int_equal(charter_test_promises(&c, WATER, TODAY + 30).v[0].amount, 2);

    charter_test_day(TODAY + 30);
    assert_int_equal(charter_test_version(&c, WATER, 1).state, CHARTER_SUPERSEDED);
    assert_int_equal(charter_test_version(&c, WATER, 2).state, CHARTER_PUBLISHED);
    charter_test_end(&c);
}

/* The terms stay: promised since the first version. They change: since the version that did it. */
static void promised_since_the_terms_are_what_they_are(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_publish(&c, WATER, 1, TODAY);
    for (int64_t v = 2; v <= 4; v++) {
        assert_int_equal(charter_test_draft(&c, WATER, NULL, 0), v);
        if (v != 3)
            charter_test_amount(&c, WATER, v, v == 2 ? 5 : 3);
        charter_test_publish(&c, WATER, v, TODAY + 10 * v);
    }
    struct promises p = charter_test_promises(&c, WATER, TODAY + 35);
    assert_int_equal(p.v[0].since_day, TODAY + 20); /* five days since version 2 */
    assert_int_equal(p.v[1].since_day, TODAY);
    p = charter_test_promises(&c, WATER, TODAY + 40);
    assert_int_equal(p.v[0].amount, 3);
    assert_int_equal(p.v[0].since_day, TODAY + 40); /* the break counts, not the earlier three */
    assert_int_equal(p.v[1].since_day, TODAY);
    charter_test_end(&c);
}

/* --- nothing that was shown changes --- */

struct attempt {
    struct charter_change change;
    int64_t promise;
    int which;
};

enum { ATTEMPTS = 11 };

/* Every rule that could change a version, one after the other. */
static enum err try_rule(struct charter_test *c, struct tx *tx, void *arg)
{
    struct attempt *t = arg;
    struct charter_faults faults = {0};
    struct text3 words = {{STR("башка"), STR("другое"), STR("other")}};
    struct charter_words whole = {.text = words, .remedy = words, .contact = STR("x")};
    struct charter_terms terms = {.measure = STR("")};
    int64_t id = t->promise, fresh = 0;
    switch (t->which) {
    case 0:
        return charter_discard(tx, c->a, &t->change);
    case 1:
        return charter_set_intro(tx, c->a, &t->change, &words, STR("x"), &faults);
    case 2:
        return charter_set_terms(c->app, tx, c->a, &t->change, &id, &terms, &faults);
    case 3:
        return charter_set_terms(c->app, tx, c->a, &t->change, &fresh, &terms, &faults);
    case 4:
        return charter_set_words(tx, c->a, &t->change, id, &whole, &faults);
    case 5:
        return charter_remove_promise(tx, c->a, &t->change, id);
    case 6:
        return charter_move_promise(tx, c->a, &t->change, id, 1);
    case 7:
        return charter_open_consultation(tx, c->a, &t->change, TODAY + 50, TODAY + 70, &faults);
    case 8:
        return charter_approve(tx, c->a, &t->change, STR("9/9"), TODAY, &faults);
    case 9:
        return charter_take_back(tx, c->a, &t->change);
    default:
        return charter_publish(tx, c->a, &t->change, TODAY + 60, &faults);
    }
}

static void assert_untouchable(struct charter_test *c, int64_t version)
{
    struct str before = charter_test_snapshot(c, WATER, version);
    struct promises promises = charter_test_promises_of(c, WATER, version);
    for (int i = 0; i < ATTEMPTS; i++) {
        struct attempt t = {.change = {.unit = c->unit, .service = STR(WATER), .version = version},
                            .promise = promises.v[0].id,
                            .which = i};
        enum err rc = charter_test_write(c, try_rule, &t);
        if (rc != ERR_DENIED)
            fail_msg("rule %d on version %lld gave %s", i, (long long)version, err_name(rc));
        assert_str_equal(charter_test_snapshot(c, WATER, version), before);
    }
}

/* Queries that go past the rules: the database itself refuses. */
static enum err try_query(struct charter_test *c, struct tx *tx, void *arg)
{
    struct attempt *t = arg;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    switch (t->which) {
    case 0:
        rc = sql_charter_promise_update(
            tx, &changed, .unit = c->unit, .service = STR(WATER), .version = t->change.version,
            .id = t->promise, .position = 1, .text_ky = STR("x"), .text_ru = STR("x"),
            .text_en = STR("x"), .measure = STR(""), .kind = STR(""), .amount = 0,
            .working_days = 0, .remedy_ky = STR(""), .remedy_ru = STR(""), .remedy_en = STR(""),
            .contact = STR(""));
        break;
    case 1:
        rc = sql_charter_promise_delete(tx, &changed, .unit = c->unit, .service = STR(WATER),
                                        .version = t->change.version, .id = t->promise);
        break;
    case 2:
        rc = sql_charter_promises_delete(tx, &changed, .unit = c->unit, .service = STR(WATER),
                                         .version = t->change.version);
        break;
    case 3:
        rc = sql_charter_delete(tx, &changed, .unit = c->unit, .service = STR(WATER),
                                .version = t->change.version);
        break;
    default:
        rc = sql_charter_save_intro(
            tx, &changed, .unit = c->unit, .service = STR(WATER), .version = t->change.version,
            .intro_ky = STR("x"), .intro_ru = STR("x"), .intro_en = STR("x"), .contact = STR("x"));
    }
    return rc == ERR_OK && changed > 0 ? ERR_OK : rc == ERR_OK ? ERR_NOT_FOUND : rc;
}

static void assert_guarded(struct charter_test *c, int64_t version)
{
    struct promises promises = charter_test_promises_of(c, WATER, version);
    struct str before = charter_test_snapshot(c, WATER, version);
    for (int i = 0; i < 5; i++) {
        struct attempt t = {
            .change = {.version = version}, .promise = promises.v[0].id, .which = i};
        assert_int_not_equal(charter_test_write(c, try_query, &t), ERR_OK);
        assert_str_equal(charter_test_snapshot(c, WATER, version), before);
    }
}

static void what_was_shown_never_changes(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_publish(&c, WATER, 1, TODAY);
    assert_untouchable(&c, 1);
    assert_guarded(&c, 1);

    charter_test_draft(&c, WATER, NULL, 0);
    charter_test_consult(&c, WATER, 2, TODAY + 20);
    assert_untouchable(&c, 2);
    assert_guarded(&c, 2);
    charter_test_day(TODAY + 21); /* over: it can be approved, but not edited; so take the next */
    assert_int_equal(charter_test_version(&c, WATER, 2).state, CHARTER_DISCUSSED);
    assert_int_equal(charter_test_draft(&c, WATER, NULL, 0), 3);
    assert_untouchable(&c, 2);
    assert_untouchable(&c, 1);
    charter_test_publish(&c, WATER, 3, TODAY + 21);
    assert_int_equal(charter_test_version(&c, WATER, 1).state, CHARTER_SUPERSEDED);
    for (int64_t v = 1; v <= 3; v++) {
        assert_untouchable(&c, v);
        assert_guarded(&c, v);
    }
    charter_test_end(&c);
}

/* Rows that somebody slipped past the rules are found by the self-check. */
static enum err slip_in(struct charter_test *c, struct tx *tx, void *arg)
{
    (void)arg;
    return sql_charter_promise_insert(
        tx, NULL, .unit = c->unit, .service = STR(WATER), .version = 1, .id = 99, .position = 9,
        .text_ky = STR("x"), .text_ru = STR("x"), .text_en = STR("x"), .measure = STR(""),
        .kind = STR(""), .amount = 0, .working_days = 0, .remedy_ky = STR(""), .remedy_ru = STR(""),
        .remedy_en = STR(""), .contact = STR(""));
}

static void doctor_sees_a_changed_charter(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_publish(&c, WATER, 1, TODAY);
    int faults = 0;
    assert_int_equal(charter_slice.doctor(c.app, buf_in(c.a), &faults), ERR_OK);
    assert_int_equal(faults, 0);
    assert_int_equal(charter_test_write(&c, slip_in, NULL), ERR_OK);
    struct buf *out = buf_in(c.a);
    assert_int_equal(charter_slice.doctor(c.app, out, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(out), STR("water in " KOK_JAR)) >= 0);
    charter_test_end(&c);
}

/* --- what the rules refuse --- */

struct refusal {
    int which;
    int64_t version, revision, from, to, resolution_day;
    const char *resolution;
    struct charter_faults faults;
    int64_t made;
};

static enum err try_step(struct charter_test *c, struct tx *tx, void *arg)
{
    struct refusal *r = arg;
    struct charter_change change = {
        .unit = c->unit, .service = STR(WATER), .version = r->version, .revision = r->revision};
    r->faults = (struct charter_faults){0};
    switch (r->which) {
    case 0:
        return charter_open_consultation(tx, c->a, &change, r->from, r->to, &r->faults);
    case 1:
        return charter_approve(tx, c->a, &change, str_from(r->resolution), r->resolution_day,
                               &r->faults);
    case 2:
        return charter_publish(tx, c->a, &change, r->from, &r->faults);
    case 3:
        return charter_end_consultation(tx, c->a, &change, str_from(r->resolution), &r->faults);
    case 4:
        return charter_take_back(tx, c->a, &change);
    default:
        return charter_draft(tx, c->a, &change, &r->made);
    }
}

static void assert_fault(struct charter_test *c, struct refusal r, enum charter_field field,
                         enum msg m)
{
    assert_int_equal(charter_test_write(c, try_step, &r), ERR_INPUT);
    assert_true(r.faults.n >= 1);
    assert_int_equal(r.faults.v[0].field, field);
    assert_string_equal(msg_key(r.faults.v[0].m), msg_key(m));
}

static void dates_and_numbers_must_make_sense(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    assert_fault(&c, (struct refusal){0, 1, .from = TODAY - 1, .to = TODAY + 20},
                 CHARTER_FIELD_FROM, MSG_charter_fault_from);
    assert_fault(&c, (struct refusal){0, 1, .from = TODAY, .to = TODAY + 3}, CHARTER_FIELD_TO,
                 MSG_charter_fault_short);
    assert_fault(&c, (struct refusal){0, 1, .from = TODAY, .to = TODAY + 181}, CHARTER_FIELD_TO,
                 MSG_charter_fault_endless);
    assert_fault(&c, (struct refusal){1, 1, .resolution = " ", .resolution_day = TODAY},
                 CHARTER_FIELD_RESOLUTION, MSG_charter_fault_resolution);
    assert_fault(&c, (struct refusal){1, 1, .resolution = "1/1", .resolution_day = TODAY + 1},
                 CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_future);
    assert_fault(&c, (struct refusal){1, 1, .resolution = "1/1", .resolution_day = TODAY - 4000},
                 CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_old);
    /* Not before it was approved. */
    struct refusal early = {2, 1, .from = TODAY};
    assert_int_equal(charter_test_write(&c, try_step, &early), ERR_DENIED);
    charter_test_publish(&c, WATER, 1, TODAY);

    /* The next one cannot begin before the first, nor on its day, nor in the past. */
    charter_test_draft(&c, WATER, NULL, 0);
    struct refusal approve = {1, 2, .resolution = "2/1", .resolution_day = TODAY};
    assert_int_equal(charter_test_write(&c, try_step, &approve), ERR_OK);
    assert_fault(&c, (struct refusal){2, 2, .from = TODAY}, CHARTER_FIELD_FROM,
                 MSG_charter_fault_from_before);
    assert_fault(&c, (struct refusal){2, 2, .from = TODAY - 1}, CHARTER_FIELD_FROM,
                 MSG_charter_fault_from);
    /* Entered by mistake: back to a draft, and again. */
    struct refusal back = {4, 2};
    assert_int_equal(charter_test_write(&c, try_step, &back), ERR_OK);
    assert_int_equal(charter_test_version(&c, WATER, 2).state, CHARTER_DRAFT);
    assert_null(charter_test_version(&c, WATER, 2).resolution.p);
    charter_test_publish(&c, WATER, 2, TODAY + 1);
    charter_test_end(&c);
}

static void an_unfinished_draft_stays_inside(void **state)
{
    static const struct test_promise none[1];
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, none, 0);
    assert_fault(&c, (struct refusal){0, 1, .from = TODAY, .to = TODAY + 20}, CHARTER_FIELD_WHOLE,
                 MSG_charter_fault_gaps);
    assert_fault(&c, (struct refusal){1, 1, .resolution = "1/1", .resolution_day = TODAY},
                 CHARTER_FIELD_WHOLE, MSG_charter_fault_gaps);

    /* Each gap by itself. */
    struct promise p = {
        .id = 5, .text = {{STR("а"), STR("б"), STR("")}}, .remedy = {{STR("а"), STR(""), STR("")}}};
    struct promises promises = {.v = &p, .n = 1};
    struct charter_version v = {.intro = {{STR("а"), STR(""), STR("")}}, .contact = STR("")};
    struct charter_gaps gaps = {0};
    charter_find_gaps(c.a, &v, &promises, &gaps);
    assert_int_equal(gaps.n, 4);
    v = (struct charter_version){.intro = {{STR(""), STR(""), STR("")}}, .contact = STR("x")};
    p.text.in[LANG_EN] = STR("c");
    p.remedy = (struct text3){{STR(""), STR(""), STR("")}};
    gaps.n = 0;
    charter_find_gaps(c.a, &v, &promises, &gaps);
    assert_int_equal(gaps.n, 0);
    charter_test_end(&c);
}

static void who_saved_from_an_older_page_is_told(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    int64_t seen = charter_test_version(&c, WATER, 1).revision;
    charter_test_amount(&c, WATER, 1, 4); /* somebody else */
    struct refusal late = {1, 1, .revision = seen, .resolution = "1/1", .resolution_day = TODAY};
    assert_int_equal(charter_test_write(&c, try_step, &late), ERR_CONFLICT);
    late.revision = charter_test_version(&c, WATER, 1).revision;
    assert_int_equal(charter_test_write(&c, try_step, &late), ERR_OK);
    charter_test_end(&c);
}

/* --- words follow the number --- */

struct terms_write {
    int64_t version, id;
    struct charter_terms terms;
    struct charter_words words;
    bool set_words;
    struct charter_faults faults;
};

static enum err write_terms(struct charter_test *c, struct tx *tx, void *arg)
{
    struct terms_write *w = arg;
    struct charter_change change = {.unit = c->unit, .service = STR(WATER), .version = w->version};
    w->faults = (struct charter_faults){0};
    if (w->set_words)
        return charter_set_words(tx, c->a, &change, w->id, &w->words, &w->faults);
    return charter_set_terms(c->app, tx, c->a, &change, &w->id, &w->terms, &w->faults);
}

static void nobody_types_the_number_twice(void **state)
{
    static const struct test_promise none[1];
    struct charter_test c;
    charter_test_begin(&c, state);
    int64_t v = charter_test_draft(&c, WATER, none, 0);
    struct terms_write w = {.version = v,
                            .terms = {STR("resolve_within_days"), STR("water.leak"), 3, true}};
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_OK);
    struct promise p = charter_test_promises_of(&c, WATER, v).v[0];
    assert_str_equal(p.text.in[LANG_EN], STR("We solve the problem within 3 working days"));
    assert_str_equal(p.text.in[LANG_RU], STR("Решаем проблему в течение 3 рабочих дней"));
    assert_str_equal(p.text.in[LANG_KY], STR("Көйгөйдү 3 жумуш күнүнүн ичинде чечебиз"));

    /* Untouched words become the new sentence, plural and kind of days included. */
    w.terms.amount = 1;
    w.terms.working_days = false;
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_OK);
    p = charter_test_promises_of(&c, WATER, v).v[0];
    assert_str_equal(p.text.in[LANG_EN], STR("We solve the problem within 1 day"));

    /* Own words keep all but the number, and only where it stands by itself. */
    w.words = (struct charter_words){
        .text = {{STR("11 көчөдө 1 күндө"), STR("без числа"), STR("1 day on street 11")}},
        .remedy = {{STR(""), STR(""), STR("")}},
        .contact = STR("")};
    w.set_words = true;
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_OK);
    w.set_words = false;
    w.terms.amount = 14;
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_OK);
    p = charter_test_promises_of(&c, WATER, v).v[0];
    assert_str_equal(p.text.in[LANG_KY], STR("11 көчөдө 14 күндө"));
    assert_str_equal(p.text.in[LANG_RU], STR("без числа"));
    assert_str_equal(p.text.in[LANG_EN], STR("14 day on street 11"));
    assert_true(charter_text_has_amount(&p, LANG_KY));
    assert_false(charter_text_has_amount(&p, LANG_RU));

    /* What a measure does not take is left out; what does not exist is refused. */
    w.terms = (struct charter_terms){STR("visits_done"), STR("water.leak"), 5, true};
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_OK);
    p = charter_test_promises_of(&c, WATER, v).v[0];
    assert_int_equal(p.amount, 0);
    assert_int_equal(p.kind.n, 0);
    static const struct {
        const char *measure, *kind;
        int64_t amount;
        enum charter_field field;
    } wrong[] = {{"unheard_of", "", 3, CHARTER_FIELD_MEASURE},
                 {"resolve_within_days", "", 0, CHARTER_FIELD_AMOUNT},
                 {"resolve_within_days", "", 3651, CHARTER_FIELD_AMOUNT},
                 {"resolve_within_days", "waste.dump", 3, CHARTER_FIELD_KIND}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        w.terms = (struct charter_terms){str_from(wrong[i].measure), str_from(wrong[i].kind),
                                         wrong[i].amount, false};
        assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_INPUT);
        assert_int_equal(w.faults.v[0].field, wrong[i].field);
    }
    charter_test_end(&c);
}

static void promises_move_and_go_and_are_not_too_many(void **state)
{
    static const struct test_promise eight[] = {{"a", "", ""}, {"b", "", ""}, {"c", "", ""},
                                                {"d", "", ""}, {"e", "", ""}, {"f", "", ""},
                                                {"g", "", ""}, {"h", "", ""}};
    struct charter_test c;
    charter_test_begin(&c, state);
    int64_t v = charter_test_draft(&c, WATER, eight, 8);
    struct terms_write w = {.version = v, .terms = {.measure = STR("")}};
    assert_int_equal(charter_test_write(&c, write_terms, &w), ERR_INPUT);
    assert_int_equal(w.faults.v[0].m, MSG_charter_fault_many);

    struct promises p = charter_test_promises_of(&c, WATER, v);
    struct attempt down = {.change = {.unit = c.unit, .service = STR(WATER), .version = v},
                           .promise = p.v[0].id,
                           .which = 6};
    assert_int_equal(charter_test_write(&c, try_rule, &down), ERR_OK);
    struct attempt remove = down;
    remove.promise = p.v[2].id;
    remove.which = 5;
    assert_int_equal(charter_test_write(&c, try_rule, &remove), ERR_OK);
    assert_int_equal(charter_test_write(&c, try_rule, &remove), ERR_NOT_FOUND);
    p = charter_test_promises_of(&c, WATER, v);
    assert_int_equal(p.n, 7);
    static const char *const order[] = {"b en", "a en", "d en"};
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_str_equal(p.v[i].text.in[LANG_EN], str_from(order[i]));
    charter_test_end(&c);
}

/* --- deadlines --- */

struct deadline {
    const char *fault;
    int64_t day;
    struct promise out;
};

static enum err read_deadline(struct charter_test *c, struct tx *tx, void *arg)
{
    struct deadline *d = arg;
    return charter_deadline(tx, c->a, c->unit, STR(WATER), str_from(d->fault), d->day, &d->out);
}

static void the_best_fitting_promise_sets_the_deadline(void **state)
{
    static const struct test_promise promises[] = {
        {"slow", "resolve_within_days", "", 10, false},
        {"leak", "resolve_within_days", "water.leak", 20, false},
        {"pressure working", "resolve_within_days", "water.pressure", 3, true},
        {"pressure calendar", "resolve_within_days", "water.pressure", 4, false},
        {"faster", "resolve_within_days", "", 9, false},
        {"visits", "visits_done", "", 0, false},
        {"unmeasured", "", "", 0, false},
    };
    /* 3 June 2026 is a Wednesday: 3 working days end on Monday the 8th, 4 days on Sunday. On a
     * Monday 3 working days end on Thursday, before the 4 days. */
    static const struct {
        const char *fault;
        int64_t after;
        const char *expected; /* NULL: none */
    } table[] = {
        {"water.leak", 0, "leak en"}, /* its own promise, though a general one is stricter */
        {"water.none", 0, "faster en"},
        {"", 0, "faster en"},
        {"water.pressure", 0, "pressure calendar en"},
        {"water.pressure", 5, "pressure working en"},
        {"water.leak", -1, NULL}, /* the day before it is in force */
    };
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, promises, COUNT_OF(promises));
    struct deadline none = {.fault = "water.leak", .day = TODAY};
    assert_int_equal(charter_test_read(&c, read_deadline, &none), ERR_NOT_FOUND);
    charter_test_publish(&c, WATER, 1, TODAY);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct deadline d = {.fault = table[i].fault, .day = TODAY + table[i].after};
        enum err rc = charter_test_read(&c, read_deadline, &d);
        assert_int_equal(rc, table[i].expected ? ERR_OK : ERR_NOT_FOUND);
        if (table[i].expected)
            assert_str_equal(d.out.text.in[LANG_EN], str_from(table[i].expected));
    }
    charter_test_end(&c);
}

/* --- consultation --- */

struct say {
    struct charter_change change;
    struct charter_comment_input in;
    int64_t id;
    enum charter_look look;
    const char *answer; /* NULL: a comment is added instead */
    struct charter_faults faults;
    struct charter_comments all;
};

static enum err write_say(struct charter_test *c, struct tx *tx, void *arg)
{
    struct say *s = arg;
    s->faults = (struct charter_faults){0};
    s->all = (struct charter_comments){0};
    enum err rc = ERR_OK;
    if (s->answer)
        TRY(charter_answer_comment(tx, c->a, &s->change, s->id, s->look, str_from(s->answer),
                                   &s->faults));
    else
        TRY(charter_add_comment(tx, c->a, &s->change, &s->in, &s->faults));
    TRY(charter_comments(tx, c->a, c->unit, s->change.service, 1, 99, &s->all));
out:
    return rc;
}

static void people_are_heard_before_the_council_decides(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    struct say s = {.change = {.unit = c.unit, .service = STR(WATER), .version = 1},
                    .in = {STR(" Aida "), STR("Two days, please"), STR("once-1")}};
    charter_test_draft(&c, WATER, two, 2);
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_NOT_FOUND); /* not shown yet */
    charter_test_consult(&c, WATER, 1, TODAY + 9);

    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK); /* sent twice */
    s.in.once = STR("once-2");
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK); /* said twice */
    assert_int_equal(s.all.n, 1);
    assert_str_equal(s.all.v[0].author, STR("Aida"));
    assert_int_equal(s.all.v[0].look, CHARTER_WAITS);
    int64_t first = s.all.v[0].id;
    s.in = (struct charter_comment_input){STR(""), STR("Call me on 0700"), STR_NULL};
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    assert_int_equal(s.all.n, 2);
    int64_t second = s.all.v[1].id;
    s.in.words = STR("  ");
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_INPUT);

    /* While it is open nobody decides; after the last day nobody comments. */
    struct refusal approve = {1, 1, .resolution = "5/5", .resolution_day = TODAY + 10};
    assert_int_equal(charter_test_write(&c, try_step, &approve), ERR_DENIED);
    charter_test_day(TODAY + 9);
    s.in.words = STR("On the last day");
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    int64_t third = s.all.v[2].id;
    charter_test_day(TODAY + 10);
    s.in.words = STR("Too late");
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_DENIED);

    /* Neither looked at nor answered: the council waits. */
    assert_fault(&c, approve, CHARTER_FIELD_WHOLE, MSG_charter_fault_unanswered);
    s.id = second;
    s.look = CHARTER_HIDDEN;
    s.answer = "";
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    s.id = third;
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    s.id = first;
    s.look = CHARTER_SHOWN;
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    assert_fault(&c, approve, CHARTER_FIELD_WHOLE, MSG_charter_fault_unanswered);
    s.answer = "Taken up";
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_OK);
    s.answer = "";
    assert_int_equal(charter_test_write(&c, write_say, &s), ERR_INPUT); /* not withdrawn */
    approve.resolution_day = TODAY + 5;
    assert_fault(&c, approve, CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_before_end);
    approve.resolution_day = TODAY + 10;
    assert_int_equal(charter_test_write(&c, try_step, &approve), ERR_OK);
    charter_test_end(&c);
}

struct open_list {
    int64_t today;
    struct consultations out;
};

static enum err read_open(struct charter_test *c, struct tx *tx, void *arg)
{
    struct open_list *l = arg;
    return charter_consultations(tx, c->a, c->unit, l->today, &l->out);
}

static void open_consultations_are_announced(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_consult(&c, WATER, 1, TODAY + 9);
    static const struct {
        int64_t after;
        size_t n;
    } table[] = {{-1, 0}, {0, 1}, {9, 1}, {10, 0}};
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct open_list l = {.today = TODAY + table[i].after};
        assert_int_equal(charter_test_read(&c, read_open, &l), ERR_OK);
        assert_int_equal(l.out.n, table[i].n);
        if (l.out.n)
            assert_int_equal(l.out.v[0].until_day, TODAY + 9);
    }
    /* No second draft while people talk about this one; ended early, with a reason, there is. */
    struct refusal draft = {9, .version = 0};
    assert_int_equal(charter_test_write(&c, try_step, &draft), ERR_DENIED);
    assert_fault(&c, (struct refusal){3, 1, .resolution = ""}, CHARTER_FIELD_REASON,
                 MSG_charter_fault_reason);
    struct refusal end = {3, 1, .resolution = "A wrong number"};
    assert_int_equal(charter_test_write(&c, try_step, &end), ERR_OK);
    assert_int_equal(charter_test_version(&c, WATER, 1).state, CHARTER_DISCUSSED);
    struct open_list l = {.today = TODAY};
    assert_int_equal(charter_test_read(&c, read_open, &l), ERR_OK);
    assert_int_equal(l.out.n, 0);
    assert_int_equal(charter_test_write(&c, try_step, &draft), ERR_OK);
    assert_int_equal(draft.made, 2);
    charter_test_end(&c);
}

/* --- how promises are kept --- */

struct measuring {
    struct arena *a; /* of read_country */
    struct str service;
    int64_t today;
    struct promises_kept kept;
    struct unit_kept_list totals, all;
};

static enum err read_measured(struct charter_test *c, struct tx *tx, void *arg)
{
    struct measuring *m = arg;
    m->kept = (struct promises_kept){0};
    return charter_measure(c->app, tx, c->a, c->unit, m->service, m->today, &m->kept);
}

static enum err read_totals(struct charter_test *c, struct tx *tx, void *arg)
{
    struct measuring *m = arg;
    m->totals = (struct unit_kept_list){0};
    return charter_kept_unit(tx, c->a, c->unit, &m->totals);
}

static struct kept recount(const struct promise *p, int64_t from, int64_t to)
{
    struct kept kept = {0};
    for (size_t i = 0; i < test_records.n; i++) {
        const struct test_record *r = &test_records.v[i];
        bool about = str_eq(r->unit, STR(KOK_JAR)) && str_eq(r->service, p->service) &&
                     (p->kind.n == 0 || str_eq(r->kind, p->kind));
        if (about && r->day >= from && r->day <= to && r->day >= p->since_day) {
            kept.counted++;
            kept.kept += r->took <= p->amount;
        }
    }
    return kept;
}

static void assert_kept(struct kept x, struct kept y)
{
    assert_int_equal(x.kept, y.kept);
    assert_int_equal(x.counted, y.counted);
}

static void measured_promises_equal_a_recount(void **state)
{
    static const struct test_promise water[] = {
        {"leak", "resolve_within_days", "water.leak", 3, true},
        {"any", "resolve_within_days", "", 7, false},
        {"any again", "resolve_within_days", "", 7, false}, /* the same terms: counted once */
        {"quality", "", "", 0, false},
    };
    static const struct test_promise waste[] = {{"dump", "resolve_within_days", "waste.dump", 9}};
    static const char *const kinds[] = {"water.leak", "water.none", "waste.dump"};
    struct charter_test c;
    charter_test_begin(&c, state);
    property_seed(26);
    charter_test_draft(&c, WATER, water, COUNT_OF(water));
    charter_test_publish(&c, WATER, 1, TODAY);
    charter_test_draft(&c, "waste", waste, 1);
    charter_test_publish(&c, "waste", 1, TODAY + 300);
    for (size_t i = 0; i < COUNT_OF(test_records.v); i++) {
        int kind = (int)property_between(0, 2);
        test_records.v[test_records.n++] = (struct test_record){
            .unit = property_between(0, 9) ? STR(KOK_JAR) : STR(TEPLO),
            .service = kind < 2 ? STR(WATER) : STR("waste"),
            .kind = str_from(kinds[kind]),
            .day = TODAY + property_between(-100, 400),
            .took = property_between(0, 12),
        };
    }
    for (int64_t after = 0; after <= 400; after += 57) {
        struct measuring m = {.today = TODAY + after};
        struct kept all = {0}, of_water = {0};
        test_counts = 0;
        assert_int_equal(charter_test_read(&c, read_measured, &m), ERR_OK);
        assert_int_equal(m.kept.n, after < 300 ? 4 : 5);
        assert_true(test_counts <= 3 * 3); /* three promises with terms of their own at most */
        for (size_t i = 0; i < m.kept.n; i++) {
            const struct promise_kept *k = &m.kept.v[i];
            if (!k->promise.measure.n) {
                assert_null(k->measure);
                assert_int_equal(k->last365.counted, 0);
                continue;
            }
            assert_kept(k->last30, recount(&k->promise, m.today - 29, m.today));
            assert_kept(k->last90, recount(&k->promise, m.today - 89, m.today));
            assert_kept(k->last365, recount(&k->promise, m.today - 364, m.today));
            if (str_eq(k->promise.text.in[LANG_EN], STR("any again en")))
                continue;
            all.kept += k->last90.kept;
            all.counted += k->last90.counted;
            if (str_eq(k->promise.service, STR(WATER))) {
                of_water.kept += k->last90.kept;
                of_water.counted += k->last90.counted;
            }
        }
        assert_kept(m.kept.all90, all);

        /* The totals of pages with many services say the same. */
        charter_test_day(m.today);
        assert_int_equal(charter_refresh(c.app, c.a, c.unit), ERR_OK);
        assert_int_equal(charter_test_read(&c, read_totals, &m), ERR_OK);
        assert_int_equal(m.totals.n, after < 300 ? 2 : 3);
        for (size_t i = 0; i < m.totals.n; i++) {
            const struct unit_kept *k = &m.totals.v[i];
            assert_int_equal(k->as_of_ms, clock_now_ms());
            if (k->service.n == 0)
                assert_kept(k->last90, all);
            else if (str_eq(k->service, STR(WATER)))
                assert_kept(k->last90, of_water);
        }
    }
    charter_test_end(&c);
}

static enum err read_country(struct tx *tx, void *arg)
{
    struct measuring *m = arg;
    m->all = (struct unit_kept_list){0};
    return charter_kept_all(tx, m->a, &m->all);
}

static void totals_follow_publication_schedule_and_merger(void **state)
{
    struct charter_test c;
    struct measuring m = {0};
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    assert_int_equal(charter_test_read(&c, read_totals, &m), ERR_OK);
    assert_int_equal(m.totals.n, 0);
    charter_test_publish(&c, WATER, 1, TODAY);
    int ran = 0;
    assert_int_equal(job_run_due(c.app, &ran), ERR_OK); /* enqueued by the publication */
    assert_int_equal(ran, 1);
    assert_int_equal(charter_test_read(&c, read_totals, &m), ERR_OK);
    assert_int_equal(m.totals.n, 2);

    test_records.v[test_records.n++] =
        (struct test_record){STR(KOK_JAR), STR(WATER), STR("water.none"), TODAY, 4};
    assert_int_equal(schedule_run_now(c.app, "charter_kept"), ERR_OK);
    m.a = c.a;
    assert_int_equal(db_read(c.app->db, SCOPE_COUNTRY, read_country, &m), ERR_OK);
    assert_int_equal(m.all.n, 2);
    assert_str_equal(m.all.v[0].unit, c.unit);
    assert_int_equal(m.all.v[0].last90.counted, 1);
    assert_int_equal(m.all.v[0].last90.kept, 1);

    /* Who merged keeps what it promised and how that was kept: counted on, under its own code. */
    charter_test_merge(&c, KOK_JAR, TEPLO);
    assert_int_equal(schedule_run_now(c.app, "charter_kept"), ERR_OK);
    assert_int_equal(db_read(c.app->db, SCOPE_COUNTRY, read_country, &m), ERR_OK);
    assert_int_equal(m.all.n, 2);
    assert_str_equal(m.all.v[0].unit, c.unit);
    assert_int_equal(m.all.v[0].last90.counted, 1);
    assert_int_equal(charter_test_promises(&c, WATER, TODAY).n, 2);
    charter_test_end(&c);
}

static void records_open_to_what_was_counted(void **state)
{
    struct charter_test c;
    struct measuring m = {.service = STR(WATER), .today = TODAY + 20};
    charter_test_begin(&c, state);
    charter_test_draft(&c, WATER, two, 2);
    charter_test_publish(&c, WATER, 1, TODAY);
    assert_int_equal(charter_test_read(&c, read_measured, &m), ERR_OK);
    struct str href = charter_records_href(c.a, c.unit, STR_NULL, &m.kept.v[0], m.today, 30);
    struct str expected = arena_printf(
        c.a, "/m/" KOK_JAR "/reports?service=water&promise=%lld&from=2026-06-03&to=2026-06-23",
        (long long)m.kept.v[0].promise.id);
    assert_str_equal(href, expected); /* not before it was promised */
    href = charter_records_href(c.a, c.unit, STR_NULL, &m.kept.v[0], m.today, 7);
    assert_true(str_find(href, STR("&from=2026-06-17&to=2026-06-23")) > 0);
    charter_test_end(&c);
}

/* --- the demo --- */

static void demo_is_repeatable(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    struct demo_context demo = {.arena = c.a, .today = TODAY};
    assert_int_equal(charter_slice.demo(c.app, &demo), ERR_OK);
    struct promises water = charter_test_promises(&c, WATER, TODAY);
    assert_in_range(water.n, 2, 4);
    struct charter_versions waste = charter_test_versions(&c, "waste");
    assert_int_equal(waste.v[0].state, CHARTER_CONSULTATION);
    struct str before = charter_test_snapshot(&c, "waste", waste.v[0].version);
    assert_int_equal(charter_slice.demo(c.app, &demo), ERR_OK);
    assert_str_equal(charter_test_snapshot(&c, "waste", waste.v[0].version), before);
    assert_int_equal(charter_test_versions(&c, "waste").n, waste.n);

    /* Elsewhere they differ. */
    c.unit = STR(TEPLO);
    struct promises other = charter_test_promises(&c, WATER, TODAY);
    bool differs = other.n != water.n;
    for (size_t i = 0; !differs && i < water.n; i++)
        differs = !str_eq(water.v[i].text.in[LANG_KY], other.v[i].text.in[LANG_KY]);
    assert_true(differs);
    int faults = 0;
    assert_int_equal(charter_slice.doctor(c.app, buf_in(c.a), &faults), ERR_OK);
    assert_int_equal(faults, 0);
    charter_test_end(&c);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(comes_into_force_on_its_day),
        BODY(next_version_supersedes_and_leaves_the_first_as_it_was),
        BODY(promised_since_the_terms_are_what_they_are),
        BODY(what_was_shown_never_changes),
        BODY(doctor_sees_a_changed_charter),
        BODY(dates_and_numbers_must_make_sense),
        BODY(an_unfinished_draft_stays_inside),
        BODY(who_saved_from_an_older_page_is_told),
        BODY(nobody_types_the_number_twice),
        BODY(promises_move_and_go_and_are_not_too_many),
        BODY(the_best_fitting_promise_sets_the_deadline),
        BODY(people_are_heard_before_the_council_decides),
        BODY(open_consultations_are_announced),
        BODY(measured_promises_equal_a_recount),
        BODY(totals_follow_publication_schedule_and_merger),
        BODY(records_open_to_what_was_counted),
        BODY(demo_is_repeatable),
    };
    return slice_test_run("charter", bodies, COUNT_OF(bodies));
}
