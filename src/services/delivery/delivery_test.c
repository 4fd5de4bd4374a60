/*
 * The rules of delivery on both engines: which visits a schedule makes and never unmakes, which
 * word counts, who may say it, disputes, what a merger moves, and what the clock does.
 */
#include "services/delivery/delivery_fixture_test.h"

#include "community/calendar/calendar.h"

/* --- what a schedule makes --- */

static bool has(const struct visits *all, const char *village, int64_t day)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].day == day && str_eq(all->v[i].village, str_from(village)))
            return true;
    return false;
}

static void weekdays_in_each_village_and_not_on_holidays(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t holiday = day_from_civil((struct civil){2026, 8, 31}), end = TODAY + 60;
    assert_true(calendar_holiday(d.a, holiday, LANG_KY).p && day_weekday(holiday) == 1);
    delivery_test_added(&d, delivery_test_schedule(&d));
    struct visits all = delivery_test_visits(&d, HOME, TODAY - 30, end);
    size_t expected = 0;
    for (int64_t day = TODAY; day <= end; day++) {
        bool comes = (day_weekday(day) == 1 || day_weekday(day) == 4) && day != holiday;
        assert_int_equal(has(&all, VILLAGE_ONE, day), comes);
        assert_int_equal(has(&all, VILLAGE_TWO, day), comes);
        expected += comes ? 2 : 0;
    }
    assert_int_equal(all.n, expected);
    assert_true(all.v[0].provider_id == d.waste && all.v[0].time_from.v == 480);
    assert_int_equal(delivery_test_visits(&d, OTHER, TODAY - 30, end).n, 0);

    /* Another one, which comes on holidays too. */
    struct schedule s = delivery_test_schedule(&d);
    s.route = STR("2");
    s.holidays = true;
    delivery_test_added(&d, s);
    assert_int_equal(delivery_test_visits(&d, HOME, holiday, holiday).n, 2);
    delivery_test_end(&d);
}

static void every_so_many_days_until_its_last(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    struct schedule s = delivery_test_schedule(&d);
    s.weekdays = 0;
    s.every_days = 10;
    s.village_count = 0;
    s.from_day = TODAY + 3;
    s.to_day = I64(TODAY + 33);
    delivery_test_added(&d, s);
    struct visits all = delivery_test_visits(&d, HOME, TODAY, TODAY + 62);
    assert_int_equal(all.n, 4); /* the last day counts */
    for (size_t i = 0; i < all.n; i++) {
        assert_int_equal(all.v[i].day, TODAY + 3 + 10 * (int64_t)i);
        assert_true(str_eq(all.v[i].village, STR("")));
    }
    delivery_test_end(&d);
}

static void a_stop_loses_no_visit_and_again_makes_none(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    struct schedule s = delivery_test_schedule(&d);
    s.weekdays = WED;
    delivery_test_added(&d, s);
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 400).n, 2 * 9);
    assert_int_equal(delivery_job_ahead(d.app, d.a), ERR_OK);
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 400).n, 2 * 9);

    delivery_test_day(TODAY + 150); /* the program stood still */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(delivery_job_ahead(d.app, d.a), ERR_OK);
        struct visits all = delivery_test_visits(&d, HOME, TODAY, TODAY + 400);
        int64_t expected = 0;
        for (int64_t day = TODAY; day <= TODAY + 150 + DELIVERY_AHEAD_DAYS; day += 7)
            expected += calendar_holiday(d.a, day, LANG_KY).p ? 0 : 2;
        assert_int_equal(all.n, expected);
    }
    delivery_test_end(&d);
}

/* --- a change leaves what was expected as it was --- */

static void a_change_begins_tomorrow_at_the_earliest(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    struct schedule first = delivery_test_schedule(&d);
    first.weekdays = WED;
    delivery_test_added(&d, first);
    delivery_test_day(TODAY + 14); /* a Wednesday with a visit */
    struct schedule_try change = {.in = {.s = delivery_test_schedule(&d), .replaces = first.id}};
    change.in.s.weekdays = THU;
    change.in.s.from_day = TODAY + 14;
    assert_int_equal(delivery_test_add(&d, &change), ERR_INPUT);
    assert_true(change.faults.n == 1 && change.faults.v[0].field == SCHEDULE_FROM &&
                change.faults.v[0].m == MSG_delivery_fault_from_change);
    change.in.s.from_day = TODAY + 15;
    assert_int_equal(delivery_test_add(&d, &change), ERR_OK);
    struct visits all = delivery_test_visits(&d, HOME, TODAY, TODAY + 400);
    for (size_t i = 0; i < all.n; i++) {
        bool before = all.v[i].day <= TODAY + 14;
        assert_int_equal(day_weekday(all.v[i].day), before ? 3 : 4);
        assert_int_equal(all.v[i].schedule_id == 0, 1); /* lists do not carry it */
    }
    assert_true(has(&all, VILLAGE_ONE, TODAY) && has(&all, VILLAGE_ONE, TODAY + 14) &&
                has(&all, VILLAGE_TWO, TODAY + 15));

    /* Somebody else changes the one that has ended by now. */
    struct schedule_try late = {.in = {.s = delivery_test_schedule(&d), .replaces = first.id}};
    late.in.s.from_day = TODAY + 20;
    assert_int_equal(delivery_test_add(&d, &late), ERR_CONFLICT);
    delivery_test_end(&d);
}

struct ending {
    int64_t id, last;
};
static enum err end_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct ending *e = arg;
    return delivery_end_schedule(tx, d->a, STR(HOME), e->id, e->last, 9);
}

static void it_ends_today_and_one_not_begun_is_called_off(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    struct schedule s = delivery_test_schedule(&d), ahead = delivery_test_schedule(&d);
    s.weekdays = WED | THU;
    delivery_test_added(&d, s);
    ahead.route = STR("2");
    ahead.from_day = TODAY + 5;
    delivery_test_added(&d, ahead);
    struct ending e = {s.id, TODAY - 1};
    assert_int_equal(delivery_test_write(&d, HOME, end_fn, &e), ERR_INPUT);
    e.last = TODAY;
    for (int i = 0; i < 2; i++) /* the button pressed again */
        assert_int_equal(delivery_test_write(&d, HOME, end_fn, &e), ERR_OK);
    e = (struct ending){ahead.id, TODAY};
    assert_int_equal(delivery_test_write(&d, HOME, end_fn, &e), ERR_OK);
    struct visits all = delivery_test_visits(&d, HOME, TODAY, TODAY + 100);
    assert_int_equal(all.n, 2);
    assert_true(all.v[0].day == TODAY && all.v[1].day == TODAY);
    assert_int_equal(delivery_job_ahead(d.app, d.a), ERR_OK); /* and they do not come back */
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 100).n, 2);
    e = (struct ending){12345, TODAY};
    assert_int_equal(delivery_test_write(&d, HOME, end_fn, &e), ERR_NOT_FOUND);
    delivery_test_end(&d);
}

static void faults_name_their_field_and_keep_nothing(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    static const struct str foreign[] = {STRI(VILLAGE_OTHER)}, itself[] = {STRI(HOME)};
    struct schedule good = delivery_test_schedule(&d);
    struct {
        struct schedule s;
        int field;
    } wrong[13];
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i].s = good;
#define WRONG(i, f, change)                                                                        \
    wrong[i].field = f;                                                                            \
    wrong[i].s.change
    WRONG(0, SCHEDULE_SERVICE, service = STR("lighting")); /* not in the registry */
    WRONG(1, SCHEDULE_PROVIDER, provider_id = 501);        /* of another municipality */
    WRONG(2, SCHEDULE_DAYS, weekdays = 0);
    WRONG(3, SCHEDULE_EVERY, every_days = 3); /* and weekdays */
    WRONG(4, SCHEDULE_FROM, from_day = TODAY - 1);
    WRONG(5, SCHEDULE_FROM, from_day = TODAY + 367);
    WRONG(6, SCHEDULE_TO, to_day = I64(TODAY - 1));
    WRONG(7, SCHEDULE_TIME, time_to = I64(8 * 60));
    WRONG(8, SCHEDULE_TIME, time_from = I64_NONE);
    WRONG(9, SCHEDULE_VILLAGES, villages = foreign);
    wrong[9].s.village_count = 1;
    WRONG(10, SCHEDULE_VILLAGES, villages = itself);
    wrong[10].s.village_count = 1;
    WRONG(11, SCHEDULE_DAYS, weekdays = 0x80);
    WRONG(12, SCHEDULE_EVERY, every_days = 61);
    wrong[12].s.weekdays = 0;
#undef WRONG
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct schedule_try t = {.in = {.s = wrong[i].s}};
        assert_int_equal(delivery_test_add(&d, &t), ERR_INPUT);
        assert_int_equal(t.faults.n, 1);
        assert_int_equal(t.faults.v[0].field, wrong[i].field);
    }
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY - 400, TODAY + 400).n, 0);
    /* The same form twice is one schedule. */
    struct schedule_try once = {.in = {.s = good, .once = STR("one-form")}};
    assert_int_equal(delivery_test_add(&d, &once), ERR_OK);
    size_t n = delivery_test_visits(&d, HOME, TODAY, TODAY + 400).n;
    once.in.s.id++;
    assert_int_equal(delivery_test_add(&d, &once), ERR_OK);
    assert_true(once.repeated);
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 400).n, n);
    delivery_test_end(&d);
}

/* --- the log --- */

/* Today's visit in the first village, and one of yesterday. */
static int64_t visit_today(struct delivery_test *d)
{
    struct schedule s = delivery_test_schedule(d);
    s.weekdays = 0x7f;
    delivery_test_added(d, s);
    return delivery_test_visit(d, VILLAGE_ONE, TODAY).id;
}

static void the_latest_word_counts_not_the_latest_arrival(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d), nine = day_start_ms(TODAY) + 9 * MS_HOUR;
    struct word crew = {.visit = id, .provider = d.waste, .outcome = VISIT_DONE};
    struct word office = {.visit = id, .outcome = VISIT_MISSED, .reason = "The lorry broke down"};
    /* The office at noon; the crew's word of nine o'clock comes out of the phone two days later. */
    assert_int_equal(delivery_test_say(&d, &office), ERR_OK);
    delivery_test_day(TODAY + 2);
    crew.said_ms = nine;
    assert_int_equal(delivery_test_say(&d, &crew), ERR_OK);
    struct visit v = delivery_test_again(&d, id);
    assert_int_equal(v.state, VISIT_MISSED);
    assert_str_equal(v.reason, STR("The lorry broke down"));
    assert_int_equal(v.state_ms, day_start_ms(TODAY) + 12 * MS_HOUR);
    struct visit_reading r = delivery_test_reading(&d, HOME, id);
    assert_int_equal(r.events.n, 2); /* both stay */
    assert_true(r.events.v[1].said_ms == nine && r.events.v[1].at_ms > nine + MS_DAY);

    /* A later word changes it, and takes the reason away. */
    crew.said_ms = day_start_ms(TODAY) + 13 * MS_HOUR;
    assert_int_equal(delivery_test_say(&d, &crew), ERR_OK);
    v = delivery_test_again(&d, id);
    assert_int_equal(v.state, VISIT_DONE);
    assert_null(v.reason.p);
    delivery_test_end(&d);
}

static void a_phones_clock_is_believed_within_bounds(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d), now = clock_now_ms(), start = day_start_ms(TODAY);
    const int64_t said[] = {now + 1, start - 1, 0, -5, INT64_MAX, start, now},
                  taken[] = {now, now, now, now, now, start, now};
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct word w = {.visit = id, .outcome = VISIT_DONE, .said_ms = said[i]};
        assert_int_equal(delivery_test_say(&d, &w), ERR_OK);
        struct visit_reading r = delivery_test_reading(&d, HOME, id);
        assert_int_equal(r.events.v[i].said_ms, taken[i]);
    }
    delivery_test_end(&d);
}

static void sent_twice_is_one_word(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d);
    struct word w = {.visit = id, .outcome = VISIT_DONE, .once = "phone-key-1"};
    assert_int_equal(delivery_test_say(&d, &w), ERR_OK);
    assert_false(w.repeated);
    assert_int_equal(delivery_test_say(&d, &w), ERR_OK);
    assert_true(w.repeated);
    assert_int_equal(delivery_test_reading(&d, HOME, id).events.n, 1);
    delivery_test_end(&d);
}

static void who_may_say_it_and_how_late(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d);
    struct word w = {.visit = id, .provider = d.water, .outcome = VISIT_DONE};
    assert_int_equal(delivery_test_say(&d, &w), ERR_NOT_FOUND); /* somebody else's */
    w = (struct word){.visit = id + 1000000, .outcome = VISIT_DONE};
    assert_int_equal(delivery_test_say(&d, &w), ERR_NOT_FOUND);
    w = (struct word){.visit = id, .outcome = VISIT_EXPECTED};
    assert_int_equal(delivery_test_say(&d, &w), ERR_INPUT);
    w = (struct word){.visit = id, .outcome = VISIT_MISSED};
    assert_int_equal(delivery_test_say(&d, &w), ERR_INPUT); /* without a reason */
    assert_true(w.faults.n == 1 && w.faults.v[0].field == CONFIRM_REASON);
    w.visit = delivery_test_visit(&d, VILLAGE_ONE, TODAY + 1).id;
    w.outcome = VISIT_DONE;
    assert_int_equal(delivery_test_say(&d, &w), ERR_INPUT); /* tomorrow */
    assert_int_equal(w.faults.v[0].m, MSG_delivery_fault_early);

    const struct {
        int64_t provider;
        int days;
    } limits[] = {{d.waste, DELIVERY_LATE_DAYS_PROVIDER}, {0, DELIVERY_LATE_DAYS_OFFICE}};
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        w = (struct word){.visit = id, .provider = limits[i].provider, .outcome = VISIT_DONE};
        delivery_test_day(TODAY + limits[i].days + 1);
        assert_int_equal(delivery_test_say(&d, &w), ERR_INPUT);
        assert_int_equal(w.faults.v[0].m, MSG_delivery_fault_late);
        delivery_test_day(TODAY + limits[i].days);
        assert_int_equal(delivery_test_say(&d, &w), ERR_OK);
    }
    assert_int_equal(delivery_test_reading(&d, HOME, id).events.n, 2);
    delivery_test_end(&d);
}

/* --- disputes --- */

static void what_can_be_disputed_and_how_often(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d);
    struct complaint c = {.visit = id, .words = "Nobody came"};
    assert_int_equal(delivery_test_complain(&d, &c), ERR_DENIED); /* it may come yet */
    delivery_test_done(&d, id);
    c.words = " x ";
    c.email = "nobody";
    assert_int_equal(delivery_test_complain(&d, &c), ERR_INPUT);
    assert_true(c.faults.n >= 1);
    c = (struct complaint){.visit = id, .words = "Nobody came", .once = "one-form"};
    for (int i = 0; i < 2; i++)
        assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    assert_true(c.repeated);
    assert_int_equal(delivery_test_again(&d, id).disputes, 1);
    c.once = NULL;
    for (int i = 1; i < DELIVERY_DISPUTES_MAX; i++)
        assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    assert_int_equal(delivery_test_complain(&d, &c), ERR_RATE);
    assert_int_equal(delivery_test_again(&d, id).disputes, DELIVERY_DISPUTES_MAX);

    int64_t second = delivery_test_visit(&d, VILLAGE_TWO, TODAY).id;
    delivery_test_missed(&d, second, "Snow");
    c.visit = second; /* the log says so itself */
    assert_int_equal(delivery_test_complain(&d, &c), ERR_DENIED);
    delivery_test_day(TODAY + DELIVERY_DISPUTE_DAYS + 1);
    c.visit = id;
    assert_int_equal(delivery_test_complain(&d, &c), ERR_DENIED); /* too long ago */
    /* Yesterday's silence can be disputed; today's silence cannot yet. */
    c.visit = delivery_test_visit(&d, VILLAGE_ONE, TODAY + DELIVERY_DISPUTE_DAYS).id;
    assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    delivery_test_end(&d);
}

struct outbox_look {
    struct sql_dispute_contact_row contact;
    int64_t dispute;
};
static enum err contact_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct outbox_look *o = arg;
    return sql_dispute_contact(tx, d->a, &o->contact, .unit = STR(HOME), .id = o->dispute);
}

static void one_answer_for_all_to_see_and_contacts_forgotten(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = visit_today(&d);
    delivery_test_done(&d, id);
    struct complaint c = {.visit = id, .words = "Nobody came", .email = "aida@example.kg"};
    assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    int64_t dispute = delivery_test_dispute(&d, id);
    assert_int_equal(delivery_test_answer(&d, dispute, true, " "), ERR_INPUT);
    assert_int_equal(delivery_test_answer(&d, dispute, true, "You are right"), ERR_OK);
    assert_int_equal(delivery_test_answer(&d, dispute, false, "Or not"), ERR_CONFLICT);
    struct visit v = delivery_test_again(&d, id);
    assert_true(v.upheld && v.disputes == 0);
    assert_int_equal(visit_look(&v, TODAY), LOOK_UPHELD);
    assert_int_equal(delivery_test_complain(&d, &c), ERR_DENIED); /* agreed already */

    struct outbox_look look = {.dispute = dispute};
    delivery_test_day(TODAY + DELIVERY_CONTACT_DAYS - 1);
    assert_int_equal(delivery_job_forget(d.app, d.a), ERR_OK);
    assert_int_equal(delivery_test_read(&d, HOME, contact_fn, &look), ERR_OK);
    assert_str_equal(look.contact.email, STR("aida@example.kg"));
    delivery_test_day(TODAY + DELIVERY_CONTACT_DAYS + 1);
    assert_int_equal(delivery_job_forget(d.app, d.a), ERR_OK);
    assert_int_equal(delivery_test_read(&d, HOME, contact_fn, &look), ERR_OK);
    assert_null(look.contact.email.p);

    /* One rejected keeps the visit, and the next dispute of it is heard. */
    int64_t second = delivery_test_visit(&d, VILLAGE_TWO, TODAY + 20).id;
    delivery_test_done(&d, second);
    delivery_test_disputed(&d, second, false);
    v = delivery_test_again(&d, second);
    assert_true(!v.upheld && v.disputes == 0);
    delivery_test_disputed(&d, second, true);
    assert_true(delivery_test_again(&d, second).upheld);
    delivery_test_end(&d);
}

/* --- what staff see of it --- */

struct summing {
    struct actor actor;
    struct visit_summary out;
};
static enum err sum_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct summing *s = arg;
    return delivery_summary(tx, d->a, &s->actor, STR(HOME), day_today(), &s->out);
}
static enum err member_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    return catalogue_add_member(tx, STR(HOME), d->waste, *(int64_t *)arg);
}

static struct visit_summary sum(struct delivery_test *d, enum role role, int64_t person,
                                const char *scope)
{
    struct summing s = {.actor = {.person_id = person, .grant_count = 1}};
    s.actor.grants[0].role = role;
    snprintf(s.actor.grants[0].scope, sizeof s.actor.grants[0].scope, "%s", scope);
    assert_int_equal(delivery_test_read(d, HOME, sum_fn, &s), ERR_OK);
    return s.out;
}

static void the_summary_is_of_what_one_may_see(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t person = 4711;
    assert_int_equal(delivery_test_write(&d, HOME, member_fn, &person), ERR_OK);
    struct schedule water = delivery_test_schedule(&d);
    water.service = STR("water");
    water.provider_id = d.water;
    water.weekdays = 0x7f;
    delivery_test_added(&d, water);
    struct schedule waste = delivery_test_schedule(&d);
    waste.weekdays = 0x7f;
    delivery_test_added(&d, waste);
    delivery_test_day(TODAY + 20);
    struct visits today = delivery_test_visits(&d, HOME, TODAY + 20, TODAY + 20);
    assert_int_equal(today.n, 4);
    for (size_t i = 0; i < today.n; i++)
        if (str_eq(today.v[i].village, STR(VILLAGE_ONE)))
            delivery_test_done(&d, today.v[i].id);
        else if (today.v[i].provider_id == d.waste)
            delivery_test_missed(&d, today.v[i].id, "Snow");
    struct complaint c = {.visit = today.v[0].id, .words = "Nobody came"};
    assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);

    struct visit_summary s = sum(&d, ROLE_OFFICER, 4712, HOME);
    assert_true(s.today_expected == 4 && s.today_done == 2 && s.today_missed == 1);
    assert_int_equal(s.unconfirmed_before_today, 20 * 4);
    assert_int_equal(s.disputed_open, 1);
    s = sum(&d, ROLE_PROVIDER, person, HOME);
    assert_true(s.today_expected == 2 && s.today_done == 1 && s.today_missed == 1);
    assert_int_equal(s.unconfirmed_before_today, DELIVERY_LATE_DAYS_PROVIDER * 2);
    assert_int_equal(s.disputed_open, 0);
    s = sum(&d, ROLE_PROVIDER, 4713, HOME); /* of no provider here */
    assert_true(s.today_expected == 0 && s.unconfirmed_before_today == 0);
    s = sum(&d, ROLE_OFFICER, 4714, OTHER); /* of another municipality */
    assert_true(s.today_expected == 0 && s.unconfirmed_before_today == 0);
    delivery_test_end(&d);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(weekdays_in_each_village_and_not_on_holidays),
        BODY(every_so_many_days_until_its_last),
        BODY(a_stop_loses_no_visit_and_again_makes_none),
        BODY(a_change_begins_tomorrow_at_the_earliest),
        BODY(it_ends_today_and_one_not_begun_is_called_off),
        BODY(faults_name_their_field_and_keep_nothing),
        BODY(the_latest_word_counts_not_the_latest_arrival),
        BODY(a_phones_clock_is_believed_within_bounds),
        BODY(sent_twice_is_one_word),
        BODY(who_may_say_it_and_how_late),
        BODY(what_can_be_disputed_and_how_often),
        BODY(one_answer_for_all_to_see_and_contacts_forgotten),
        BODY(the_summary_is_of_what_one_may_see),
    };
    return slice_test_run("delivery", bodies, COUNT_OF(bodies));
}
