/*
 * The rules of cases on both engines: the state table, every rule, idempotency, stale versions,
 * deadlines over holidays.
 */
#include "voice/cases/cases_testing.h"

#include "platform/core/clock.h"
#include "platform/jobs/jobs.h"

#include <inttypes.h>

/* --- the state table --- */

static void states_have_no_dead_ends(void **state)
{
    (void)state;
    for (int s = 0; s < CASE__MAX; s++) {
        const struct case_state_def *d = &case_states[s];
        enum case_state parsed;
        assert_true(case_state_parse(str_from(d->code), &parsed) && (int)parsed == s);
        assert_true(d->name && d->public_name && d->action);
        /* Nobody moves to the same state, nothing returns to "received". */
        assert_false((d->next | d->next_reporter) & CASE_BIT(s));
        assert_false((d->next | d->next_reporter) & CASE_BIT(CASE_RECEIVED));
        /* What is open, staff can end in each way, and the reporter can withdraw. */
        unsigned endings = CASE_BIT(CASE_RESOLVED) | CASE_BIT(CASE_REFUSED) |
                           CASE_BIT(CASE_DUPLICATE) | CASE_BIT(CASE_PASSED);
        if (d->open) {
            assert_int_equal(d->next & endings, endings);
            assert_true(d->next_reporter & CASE_BIT(CASE_WITHDRAWN));
        } else if (s != CASE_WITHDRAWN) {
            /* What the municipality ended, the reporter can open again. */
            assert_true(d->next_reporter & CASE_BIT(CASE_REOPENED));
        }
        /* Only the reporter confirms and withdraws. */
        assert_false(d->next & (CASE_BIT(CASE_CONFIRMED) | CASE_BIT(CASE_WITHDRAWN)));
        /* The reporter never speaks for the municipality. */
        assert_false(d->next_reporter & ~(CASE_BIT(CASE_CONFIRMED) | CASE_BIT(CASE_REOPENED) |
                                          CASE_BIT(CASE_WITHDRAWN)));
        if (d->needs_answer)
            assert_true(d->answered && !d->open);
    }
    /* Every state can be reached from the first. */
    unsigned reached = CASE_BIT(CASE_RECEIVED);
    for (int round = 0; round < CASE__MAX; round++)
        for (int s = 0; s < CASE__MAX; s++)
            if (reached & CASE_BIT(s))
                reached |= case_states[s].next | case_states[s].next_reporter;
    assert_int_equal(reached, (1u << CASE__MAX) - 1);
}

/* Tries every step from every state, by staff and reporter, against the table. */
static void steps_follow_the_table(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change original;
    struct case_receipt first = cases_send(&t, cases_sample(), &original);
    /* Ways to reach each state. */
    static const enum case_state ways[CASE__MAX][3] = {
        [CASE_ACCEPTED] = {CASE_ACCEPTED},
        [CASE_IN_PROGRESS] = {CASE_IN_PROGRESS},
        [CASE_RESOLVED] = {CASE_RESOLVED},
        [CASE_CONFIRMED] = {CASE_RESOLVED, CASE_CONFIRMED},
        [CASE_REOPENED] = {CASE_RESOLVED, CASE_REOPENED},
        [CASE_REFUSED] = {CASE_REFUSED},
        [CASE_DUPLICATE] = {CASE_DUPLICATE},
        [CASE_PASSED] = {CASE_PASSED},
        [CASE_WITHDRAWN] = {CASE_WITHDRAWN},
    };
    for (int from = 0; from < CASE__MAX; from++)
        for (int to = 0; to < CASE__MAX; to++)
            for (int by = 0; by < 2; by++) {
                struct case_change c;
                cases_send(&t, cases_sample(), &c);
                for (int i = 0; i < 3 && ways[from][i]; i++) {
                    enum case_state way = ways[from][i];
                    struct case_change who =
                        way == CASE_CONFIRMED || way == CASE_WITHDRAWN ? as_reporter(c) : c;
                    struct case_step step = {.to = way,
                                             .answer = STR("Чара көрүлдү"),
                                             .duplicate = first.number,
                                             .passed_to = STR("Райводоканал")};
                    assert_int_equal(cases_do(&t, &who, cases_rule_step, &step), ERR_OK);
                }
                struct case_change who = by ? as_reporter(c) : c;
                struct case_step step = {.to = (enum case_state)to,
                                         .answer = STR("Дагы сөз"),
                                         .duplicate = first.number,
                                         .passed_to = STR("Райводоканал")};
                unsigned next = by ? case_states[from].next_reporter : case_states[from].next;
                enum err expected = next & CASE_BIT(to) ? ERR_OK : ERR_DENIED;
                assert_int_equal(cases_do(&t, &who, cases_rule_step, &step), expected);
                struct case_record r = cases_look_up(&t, c.unit, c.id);
                assert_int_equal(r.p.state, expected == ERR_OK ? to : from);
            }
    cases_end(&t);
}

/* --- a report --- */

static void a_report_is_kept_once(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    in.once = STR("AbCdEfGhIjKlMnOpQrStUv");
    in.reporter_email = STR("jashoochu@demo.example");
    struct case_change c;
    struct case_receipt one = cases_send(&t, in, &c), two = cases_send(&t, in, NULL);
    assert_false(one.repeated);
    assert_true(two.repeated);
    assert_str_equal(two.number, one.number);
    /* The browser whose first answer was lost still learns its link. */
    assert_str_equal(two.secret, one.secret);
    assert_int_equal(world.sent.n, 1);
    /* The same key in another municipality is another report. */
    in.unit = UNIT_OTHER;
    in.village = VILLAGE_OTHER;
    struct case_receipt three = cases_send(&t, in, NULL);
    assert_false(three.repeated || str_eq(three.secret, one.secret));
    bool right = false;
    assert_true(cases_knows(&t, c, one.secret));
    assert_false(cases_knows(&t, c, three.secret));
    assert_false(cases_knows(&t, c, STR("")));
    assert_false(cases_knows(&t, c, STR("AAAAAAAAAAAAAAAAAAAAAA")));
    (void)right;
    cases_end(&t);
}

struct fault_case {
    const char *what;
    enum case_field field;
    enum msg m;
};
static void expect_fault(struct cases_test *t, struct case_input in, enum case_field field,
                         enum msg m)
{
    struct case_faults faults = {0};
    assert_int_equal(cases_check(t->app, t->arena, &in, &faults), ERR_INPUT);
    if (faults.n != 1 || faults.v[0].field != field || faults.v[0].m != m)
        fail_msg("expected %s, got %zu faults, first %s", msg_key(m), faults.n,
                 msg_key(faults.v[0].m));
}

static void wrong_reports_are_named_by_field(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct buf *long_words = buf_in(t.arena);
    for (int i = 0; i < 4001; i++)
        buf_cstr(long_words, "ө");
    struct case_input in = cases_sample();
    in.service = STR("circus");
    expect_fault(&t, in, CASE_FIELD_SERVICE, MSG_cases_fault_service);
    in = cases_sample();
    in.service = STR_NULL;
    expect_fault(&t, in, CASE_FIELD_SERVICE, MSG_cases_fault_service_missing);
    in = cases_sample();
    in.fault = STR("waste.dump"); /* not a fault of water */
    expect_fault(&t, in, CASE_FIELD_FAULT, MSG_cases_fault_fault);
    in = cases_sample();
    in.village = VILLAGE_OTHER; /* of another municipality */
    expect_fault(&t, in, CASE_FIELD_VILLAGE, MSG_cases_fault_village);
    in = cases_sample();
    in.village = in.street = STR_NULL;
    expect_fault(&t, in, CASE_FIELD_VILLAGE, MSG_cases_fault_where);
    in = cases_sample();
    in.has_point = true;
    in.lat = 41.2;
    in.lon = 72.5;
    expect_fault(&t, in, CASE_FIELD_POINT, MSG_cases_fault_point);
    in = cases_sample();
    in.words = STR("  \n ");
    expect_fault(&t, in, CASE_FIELD_WORDS, MSG_cases_fault_words_missing);
    in = cases_sample();
    in.words = buf_view(long_words);
    expect_fault(&t, in, CASE_FIELD_WORDS, MSG_cases_fault_long);
    in = cases_sample();
    in.words = STR("\xff\xfe");
    expect_fault(&t, in, CASE_FIELD_WORDS, MSG_cases_fault_text);
    in = cases_sample();
    in.reporter_email = STR("no address");
    expect_fault(&t, in, CASE_FIELD_EMAIL, MSG_cases_fault_email);
    in = cases_sample();
    in.reporter_phone = STR("call me");
    expect_fault(&t, in, CASE_FIELD_PHONE, MSG_cases_fault_phone);
    in = cases_sample();
    in.unit = VILLAGE_HOME;
    in.village = STR_NULL;
    expect_fault(&t, in, CASE_FIELD_WHOLE, MSG_cases_fault_unit);
    in = cases_sample();
    in.photo_count = 4;
    expect_fault(&t, in, CASE_FIELD_PHOTOS, MSG_cases_fault_photos);

    /* What the program can find out itself is not asked for. */
    struct case_faults none = {0};
    in = cases_sample();
    in.service = in.village = in.street = in.words = STR_NULL;
    in.fault = STR("water.leak");
    in.has_point = true;
    in.lat = cases_place(&t, VILLAGE_SECOND)->lat;
    in.lon = cases_place(&t, VILLAGE_SECOND)->lon;
    assert_int_equal(cases_check(t.app, t.arena, &in, &none), ERR_OK);
    assert_str_equal(in.service, STR("water"));
    assert_str_equal(in.village, VILLAGE_SECOND);
    in = cases_sample();
    in.unit = UNIT_OTHER; /* has one village */
    in.village = in.street = STR_NULL;
    assert_int_equal(cases_check(t.app, t.arena, &in, &none), ERR_OK);
    assert_str_equal(in.village, VILLAGE_OTHER);
    in = cases_sample();
    in.fault = STR("water.bill"); /* a matter between two */
    assert_int_equal(cases_check(t.app, t.arena, &in, &none), ERR_OK);
    assert_true(in.hide);
    cases_end(&t);
}

static void deadlines_skip_weekends_and_holidays(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    world.promised = true;
    world.promise = (struct promise){.id = 9, .amount = 3, .working_days = true};
    static const struct {
        int from[3], due[3];
    } rows[] = {
        {{2026, 11, 2}, {2026, 11, 5}},  /* Monday: Tue, Wed, Thu */
        {{2026, 11, 5}, {2026, 11, 12}}, /* Thursday: Fri 6; Sat 7, Sun 8 are holidays, so Mon 9 and
                                            Tue 10 are off; Wed 11, Thu 12 */
        {{2026, 12, 31}, {2027, 1, 6}},  /* New Year on Friday; Mon 4, Tue 5, Wed 6 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t from = day_at(rows[i].from[0], rows[i].from[1], rows[i].from[2]);
        clock_set_for_test(day_start_ms(from) + 23 * MS_HOUR); /* late in the municipal day */
        struct case_change c;
        struct case_receipt r = cases_send(&t, cases_sample(), &c);
        int64_t due = day_at(rows[i].due[0], rows[i].due[1], rows[i].due[2]);
        assert_int_equal(r.due_day, due);
        struct case_record record = cases_look_up(&t, c.unit, c.id);
        assert_int_equal(record.p.due_day, due);
        assert_int_equal(record.promise_id, 9);
    }
    world.promise.working_days = false;
    clock_set_for_test(day_start_ms(day_at(2026, 11, 5)));
    assert_int_equal(cases_send(&t, cases_sample(), NULL).due_day, day_at(2026, 11, 8));
    world.promised = false;
    assert_int_equal(cases_send(&t, cases_sample(), NULL).due_day, 0);
    cases_end(&t);
}

/* --- rules --- */

static void an_answer_is_asked_for_where_it_matters(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    cases_send(&t, cases_sample(), &c);
    assert_int_equal(cases_do_step(&t, &c, CASE_REFUSED, NULL), ERR_INPUT);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "  "), ERR_INPUT);
    struct case_step nowhere = {.to = CASE_PASSED, .answer = STR("Бизге тиешелүү эмес")};
    assert_int_equal(cases_do(&t, &c, cases_rule_step, &nowhere), ERR_INPUT);
    struct case_step original = {.to = CASE_DUPLICATE, .duplicate = STR("7K3M-Q4DA-N")};
    assert_int_equal(cases_do(&t, &c, cases_rule_step, &original), ERR_INPUT);
    struct case_record r = cases_look_up(&t, c.unit, c.id);
    assert_true(r.p.state == CASE_RECEIVED && r.version == 1 && !r.p.answer.p);
    /* Accepting says nothing yet: no answer is counted. */
    assert_int_equal(cases_do_step(&t, &c, CASE_ACCEPTED, NULL), ERR_OK);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.answered_ms, 0);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Түтүк алмаштырылды"), ERR_OK);
    r = cases_look_up(&t, c.unit, c.id);
    assert_true(r.p.answered_ms > 0 && r.p.resolved_ms > 0);
    assert_str_equal(r.p.answer, STR("Түтүк алмаштырылды"));
    cases_end(&t);
}

static void who_comes_second_is_told(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    cases_send(&t, cases_sample(), &c);
    c.version = 1;
    assert_int_equal(cases_do_step(&t, &c, CASE_ACCEPTED, NULL), ERR_OK);
    /* The second officer still looks at version 1. */
    assert_int_equal(cases_do_step(&t, &c, CASE_REFUSED, "Жок"), ERR_CONFLICT);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.state, CASE_ACCEPTED);
    c.version = 2;
    assert_int_equal(cases_do_step(&t, &c, CASE_IN_PROGRESS, NULL), ERR_OK);
    /* An unknown case, and one of another municipality. */
    struct case_change other = c;
    other.version = 0;
    other.unit = UNIT_OTHER;
    assert_int_equal(cases_do_step(&t, &other, CASE_ACCEPTED, NULL), ERR_NOT_FOUND);
    cases_end(&t);
}

static void a_reopened_resolution_does_not_count(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    int64_t monday = day_at(2026, 9, 7);
    struct case_change c;
    clock_set_for_test(day_start_ms(monday) + 9 * MS_HOUR);
    cases_send(&t, cases_sample(), &c);
    clock_set_for_test(day_start_ms(monday + 1));
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(cases_figures_of(&t, c.unit, monday + 1).resolved30, 1);
    struct case_change reporter = as_reporter(c);
    assert_int_equal(cases_do_step(&t, &reporter, CASE_REOPENED, NULL), ERR_INPUT);
    assert_int_equal(cases_do_step(&t, &reporter, CASE_REOPENED, "Дагы агып жатат"), ERR_OK);
    struct case_figures f = cases_figures_of(&t, c.unit, monday + 1);
    assert_int_equal(f.resolved30, 0);
    assert_int_equal(f.open, 1);
    /* The reporter's words wait for a look. */
    struct case_record r = cases_look_up(&t, c.unit, c.id);
    assert_true(r.look);
    assert_int_equal(r.p.resolved_ms, 0);
    /* The first answer stays the first answer. */
    assert_int_equal(r.p.answered_ms, day_start_ms(monday + 1));
    clock_set_for_test(day_start_ms(monday + 4));
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Эми болду"), ERR_OK);
    assert_int_equal(cases_do_step(&t, &reporter, CASE_CONFIRMED, NULL), ERR_OK);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.resolved_ms, day_start_ms(monday + 4));
    /* Reopening ends after thirty days. */
    clock_set_for_test(day_start_ms(monday + 4 + CASE_REOPEN_DAYS + 1));
    assert_int_equal(cases_do_step(&t, &reporter, CASE_REOPENED, "Кайра"), ERR_DENIED);
    cases_end(&t);
}

static void support_counts_once(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    struct case_receipt first = cases_send(&t, cases_sample(), &c);
    struct str one = STR("b:1"), two = STR("b:2"), empty = STR("");
    assert_int_equal(cases_do(&t, &c, cases_rule_support, &one), ERR_OK);
    assert_int_equal(cases_do(&t, &c, cases_rule_support, &one), ERR_CONFLICT);
    assert_int_equal(cases_do(&t, &c, cases_rule_support, &two), ERR_OK);
    assert_int_equal(cases_do(&t, &c, cases_rule_support, &empty), ERR_INPUT);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.support, 2);
    /* With others behind it, a report is no longer its reporter's alone. */
    struct case_change reporter = as_reporter(c);
    assert_int_equal(cases_do_step(&t, &reporter, CASE_WITHDRAWN, NULL), ERR_DENIED);

    /* A duplicate brings its reporter and its supporters; taken back, they leave. */
    struct case_change d;
    cases_send(&t, cases_sample(), &d);
    assert_int_equal(cases_do(&t, &d, cases_rule_support, &one), ERR_OK);
    struct case_step join = {.to = CASE_DUPLICATE, .duplicate = first.number};
    assert_int_equal(cases_do(&t, &d, cases_rule_step, &join), ERR_OK);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.support, 4);
    assert_str_equal(cases_look_up(&t, d.unit, d.id).p.duplicate_of, first.number);
    assert_int_equal(cases_do(&t, &d, cases_rule_support, &two), ERR_DENIED);
    struct case_step self = {.to = CASE_DUPLICATE, .duplicate = first.number};
    assert_int_equal(cases_do(&t, &c, cases_rule_step, &self), ERR_INPUT);
    assert_int_equal(cases_do_step(&t, &d, CASE_REOPENED, "Башка жер экен"), ERR_OK);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.support, 2);
    assert_null(cases_look_up(&t, d.unit, d.id).p.duplicate_of.p);
    cases_end(&t);
}

static void followers_hear_of_the_original(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_change c, d;
    in.reporter_email = STR("biri@demo.example");
    struct case_receipt first = cases_send(&t, in, &c);
    in.reporter_email = STR("eki@demo.example");
    in.lang = LANG_RU;
    struct case_receipt second = cases_send(&t, in, &d);
    struct case_step join = {.to = CASE_DUPLICATE, .duplicate = first.number};
    assert_int_equal(cases_do(&t, &d, cases_rule_step, &join), ERR_OK);
    world.sent.n = 0;
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Түтүк алмашты"), ERR_OK);
    assert_int_equal(world.sent.n, 2);
    assert_str_equal(world.sent.v[0].to, STR("biri@demo.example"));
    assert_str_equal(world.sent.v[1].to, STR("eki@demo.example"));
    assert_int_equal(world.sent.v[1].lang, LANG_RU);
    assert_true(str_find(world.sent.v[0].body, STR("Түтүк алмашты")) > 0);
    assert_true(str_find(world.sent.v[1].body, second.number) > 0);
    assert_true(str_find(world.sent.v[1].body, first.number) > 0);
    /* Each link opens only its own report. */
    for (int i = 0; i < 2; i++) {
        struct str body = world.sent.v[i].body;
        ptrdiff_t at = str_find(body, STR("?key="));
        assert_true(at > 0);
        struct str key = str_slice(body, (size_t)at + 5, 22);
        assert_int_equal(cases_knows(&t, c, key), i == 0);
        assert_int_equal(cases_knows(&t, d, key), i == 1);
    }
    cases_end(&t);
}

static void only_an_answer_is_rated(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    cases_send(&t, cases_sample(), &c);
    struct case_change reporter = as_reporter(c);
    int five = 5, two = 2, six = 6;
    assert_int_equal(cases_do(&t, &reporter, cases_rule_rate, &five), ERR_DENIED);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(cases_do(&t, &c, cases_rule_rate, &five), ERR_DENIED);
    assert_int_equal(cases_do(&t, &reporter, cases_rule_rate, &six), ERR_INPUT);
    assert_int_equal(cases_do(&t, &reporter, cases_rule_rate, &five), ERR_OK);
    assert_int_equal(cases_do(&t, &reporter, cases_rule_rate, &two), ERR_OK);
    struct case_figures f = cases_figures_of(&t, c.unit, day_today());
    assert_true(f.rated == 1 && f.rating_sum == 2);
    cases_end(&t);
}

static void a_corrected_service_takes_its_figures_along(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    world.promised = true;
    world.promise = (struct promise){.id = 3, .amount = 10, .service = STR("waste")};
    cases_send(&t, cases_sample(), &c);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    struct str fault = STR("waste.dump"), unknown = STR("waste.circus");
    assert_int_equal(cases_do(&t, &c, cases_rule_reclassify, &unknown), ERR_INPUT);
    assert_int_equal(cases_do(&t, &c, cases_rule_reclassify, &fault), ERR_OK);
    int64_t today = day_today();
    assert_int_equal(cases_totals_of(&t, c.unit, STR("water"), today).received, 0);
    assert_int_equal(cases_totals_of(&t, c.unit, STR("waste"), today).received, 1);
    assert_int_equal(cases_totals_of(&t, c.unit, STR("waste"), today).resolved, 1);
    struct case_record r = cases_look_up(&t, c.unit, c.id);
    assert_str_equal(r.p.service, STR("waste"));
    assert_int_equal(r.p.due_day, today + 10);
    assert_int_equal(cases_totals_of(&t, c.unit, STR("waste"), today).in_time, 1);
    cases_end(&t);
}

/* --- what strangers see --- */

static void nothing_typed_is_public_before_a_look(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_photo_input photo = {
        .large = STR("aa"), .small = STR("bb"), .width = 4, .height = 3};
    in.photos = &photo;
    in.photo_count = 1;
    struct case_change c;
    cases_send(&t, in, &c);
    struct case_public p = cases_public_of(&t, c);
    assert_true(!p.words.p && !p.street.p && p.photos == 0);
    assert_str_equal(p.village, VILLAGE_HOME);
    struct case_look look = {.words = STR("Эки күндөн бери суу жок (аты алынды)"),
                             .street = STR("Достук көчөсү")};
    assert_int_equal(cases_do(&t, &c, cases_rule_look, &look), ERR_OK);
    p = cases_public_of(&t, c);
    assert_str_equal(p.words, look.words);
    assert_str_equal(p.street, look.street);
    struct case_record r = cases_look_up(&t, c.unit, c.id);
    assert_true(r.look && !r.unseen); /* the photo still waits */
    assert_str_equal(r.words, in.words);

    struct case_photos photos = cases_photos_of(&t, c);
    assert_int_equal(photos.n, 1);
    assert_int_equal(photos.v[0].visible, CASE_WAITS);
    assert_int_equal(cases_do(&t, &c, cases_rule_show_photo, &photos.v[0].id), ERR_OK);
    assert_int_equal(cases_public_of(&t, c).photos, 1);
    assert_false(cases_look_up(&t, c.unit, c.id).look);

    /* Privacy asked for: no look can undo it. */
    in.hide = true;
    cases_send(&t, in, &c);
    assert_int_equal(cases_do(&t, &c, cases_rule_look, &look), ERR_DENIED);
    photos = cases_photos_of(&t, c);
    assert_int_equal(cases_do(&t, &c, cases_rule_show_photo, &photos.v[0].id), ERR_DENIED);
    struct case_look nothing = {STR_NULL, STR_NULL};
    assert_int_equal(cases_do(&t, &c, cases_rule_look, &nothing), ERR_OK);
    p = cases_public_of(&t, c);
    assert_true(!p.words.p && !p.street.p && !p.has_point && p.hide);
    cases_end(&t);
}

static void spam_is_held_back_and_counts_for_nothing(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_change c;
    in.suspicious = true;
    cases_send(&t, in, &c);
    assert_int_equal(cases_public_result(&t, c), ERR_NOT_FOUND);
    struct case_figures f = cases_figures_of(&t, c.unit, day_today());
    assert_true(f.open == 0 && f.received30 == 0);
    struct case_look look = {.words = STR("Суу жок")};
    assert_int_equal(cases_do(&t, &c, cases_rule_look, &look), ERR_OK);
    assert_int_equal(cases_public_result(&t, c), ERR_OK);
    f = cases_figures_of(&t, c.unit, day_today());
    assert_true(f.open == 1 && f.received30 == 1);

    /* The same long words again and again: the third is held, the eleventh refused. */
    in.suspicious = false;
    in.words = STR("Арзан баада баары бар, тез арада чалыңыз, жеткирип беребиз!");
    for (int i = 0; i < 10; i++) {
        cases_send(&t, in, &c);
        assert_int_equal(cases_public_result(&t, c), i < 2 ? ERR_OK : ERR_NOT_FOUND);
    }
    struct case_receipt receipt;
    struct case_faults faults = {0};
    assert_int_equal(cases_submit(t.app, t.arena, &in, &receipt, &faults), ERR_RATE);
    /* Another day it may be said again. */
    clock_set_for_test(clock_now_ms() + 2 * MS_DAY);
    cases_send(&t, in, &c);
    cases_end(&t);
}

static enum err contact_rule(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct actor reader = {.person_id = 41};
    return cases_contact(t->app, tx, t->arena, c->unit, c->id, &reader, arg);
}
static enum err forget_rule(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    (void)arg;
    return cases_forget(t->app, tx, t->arena, c);
}

static void reading_a_contact_leaves_a_trace(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_change c;
    struct case_contact contact = {0};
    in.reporter_name = STR("Демо Жашоочу");
    in.reporter_phone = STR("+996 700 000 001");
    struct case_receipt receipt = cases_send(&t, in, &c);
    assert_int_equal(cases_do(&t, &c, contact_rule, &contact), ERR_OK);
    assert_str_equal(contact.name, in.reporter_name);
    assert_str_equal(contact.phone, in.reporter_phone);
    struct case_events inside = cases_events_of(&t, c, true), shown = cases_events_of(&t, c, false);
    const struct case_event *last = &inside.v[inside.n - 1];
    assert_true(last->kind == CASE_EVENT_CONTACT && last->person == 41);
    assert_int_equal(shown.n, 1);
    struct case_change reporter = as_reporter(c);
    assert_int_equal(cases_do(&t, &reporter, forget_rule, NULL), ERR_OK);
    assert_int_equal(cases_do(&t, &c, contact_rule, &contact), ERR_OK);
    assert_true(!contact.name.p && !contact.phone.p);
    /* The link still opens it. */
    assert_true(cases_knows(&t, c, receipt.secret));
    cases_end(&t);
}

/* --- the clock --- */

static enum err run_ask(struct cases_test *t, const struct queued *q)
{
    struct job job = {.unit = q->unit, .kind = q->kind, .payload = q->payload, .attempt = 1};
    return case_job_ask(t->app, t->arena, &job);
}

static void the_question_is_asked_and_settled(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_input in = cases_sample();
    struct case_change c;
    int64_t start = day_start_ms(day_at(2026, 9, 7));
    in.reporter_email = STR("jashoochu@demo.example");
    clock_set_for_test(start);
    cases_send(&t, in, &c);
    assert_int_equal(world.queued.n, 0);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(world.queued.n, 1);
    assert_int_equal(world.queued.v[0].run_at_ms, start + 3 * MS_DAY);
    clock_set_for_test(start + 3 * MS_DAY);
    world.sent.n = 0;
    assert_int_equal(run_ask(&t, &world.queued.v[0]), ERR_OK);
    assert_int_equal(run_ask(&t, &world.queued.v[0]),
                     ERR_OK); /* after a crash: once all the same */
    assert_int_equal(world.sent.n, 1);
    assert_int_equal(world.queued.n, 2);
    clock_set_for_test(world.queued.v[1].run_at_ms);
    assert_int_equal(run_ask(&t, &world.queued.v[1]), ERR_OK);
    assert_int_equal(world.sent.n, 2);
    struct case_events shown = cases_events_of(&t, c, false);
    assert_int_equal(shown.v[shown.n - 1].kind, CASE_EVENT_SETTLED);
    assert_int_equal(cases_look_up(&t, c.unit, c.id).p.state, CASE_RESOLVED);

    /* A case that was reopened meanwhile is not asked about. */
    clock_set_for_test(start);
    cases_send(&t, in, &c);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    struct queued ask = world.queued.v[world.queued.n - 1];
    clock_set_for_test(start + MS_DAY);
    struct case_change reporter = as_reporter(c);
    assert_int_equal(cases_do_step(&t, &reporter, CASE_REOPENED, "Жок"), ERR_OK);
    world.sent.n = 0;
    clock_set_for_test(start + 3 * MS_DAY);
    assert_int_equal(run_ask(&t, &ask), ERR_OK);
    assert_int_equal(world.sent.n, 0);
    cases_end(&t);
}

static void late_cases_go_to_the_head_once(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    int64_t monday = day_at(2026, 9, 7);
    struct case_change c, done, held;
    world.promised = true;
    world.promise = (struct promise){.amount = 2, .working_days = true};
    clock_set_for_test(day_start_ms(monday));
    struct case_receipt receipt = cases_send(&t, cases_sample(), &c);
    cases_send(&t, cases_sample(), &done);
    struct case_input spam = cases_sample();
    spam.suspicious = true;
    cases_send(&t, spam, &held);
    assert_int_equal(cases_do_step(&t, &done, CASE_RESOLVED, "Болду"), ERR_OK);
    clock_set_for_test(day_start_ms(monday + 2)); /* the promised day itself */
    assert_int_equal(case_job_late(t.app, t.arena), ERR_OK);
    assert_int_equal(world.sent.n, 0);
    clock_set_for_test(day_start_ms(monday + 3));
    assert_int_equal(case_job_late(t.app, t.arena), ERR_OK);
    assert_int_equal(case_job_late(t.app, t.arena), ERR_OK);
    assert_int_equal(world.sent.n, 1);
    assert_str_equal(world.sent.v[0].to, STR("person77@demo.example"));
    assert_true(str_find(world.sent.v[0].body, receipt.number) > 0);
    struct case_events shown = cases_events_of(&t, c, false);
    assert_int_equal(shown.v[shown.n - 1].kind, CASE_EVENT_LATE);
    struct case_figures f = cases_figures_of(&t, c.unit, monday + 3);
    assert_true(f.open == 1 && f.overdue == 1);
    assert_int_equal(cases_public_of(&t, c).late_days, 1);
    cases_end(&t);
}

static void the_doctor_finds_what_was_changed(void **state)
{
    struct cases_test t;
    cases_begin(&t, state);
    struct case_change c;
    int64_t unknown_entry = 4711;
    cases_send(&t, cases_sample(), &c);
    assert_int_equal(cases_do_step(&t, &c, CASE_RESOLVED, "Болду"), ERR_OK);
    assert_int_equal(cases_faults(&t), 0);
    t.damaged = true;
    assert_int_equal(cases_do(&t, &c, cases_rule_spoil_total, NULL), ERR_OK);
    assert_int_equal(cases_faults(&t), 1);
    assert_int_equal(cases_do(&t, &c, cases_rule_forge_answer, &unknown_entry), ERR_OK);
    assert_int_equal(cases_faults(&t), 2);
    cases_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(states_have_no_dead_ends),
        BODY(steps_follow_the_table),
        BODY(a_report_is_kept_once),
        BODY(wrong_reports_are_named_by_field),
        BODY(deadlines_skip_weekends_and_holidays),
        BODY(an_answer_is_asked_for_where_it_matters),
        BODY(who_comes_second_is_told),
        BODY(a_reopened_resolution_does_not_count),
        BODY(support_counts_once),
        BODY(followers_hear_of_the_original),
        BODY(only_an_answer_is_rated),
        BODY(a_corrected_service_takes_its_figures_along),
        BODY(nothing_typed_is_public_before_a_look),
        BODY(spam_is_held_back_and_counts_for_nothing),
        BODY(reading_a_contact_leaves_a_trace),
        BODY(the_question_is_asked_and_settled),
        BODY(late_cases_go_to_the_head_once),
        BODY(the_doctor_finds_what_was_changed),
    };
    return slice_test_run("cases", bodies, COUNT_OF(bodies));
}
