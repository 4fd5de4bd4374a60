/*
 * The pages of delivery through the whole program without a socket, on both engines: what residents
 * see and say, what the crew and the office do, who sees what, files, and that the numbers beside a
 * promise are the rows that they open to.
 */
#include "services/delivery/delivery_fixture_test.h"

#include "community/calendar/calendar.h"

#include "platform/formats/image_samples.h"
#include "platform/trail/audit.h"

#define PUBLIC "/m/" HOME
#define DESK "/desk/" HOME

static const enum lang languages[] = {LANG_KY, LANG_RU, LANG_EN};

static const char *say(struct delivery_test *d, enum lang lang, enum msg m)
{
    return arena_cstr(d->a, msg_text(lang, m));
}

static size_t times(struct str text, const char *part)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(text, str_from(part))) >= 0; n++)
        text = str_slice(text, (size_t)at + strlen(part), text.n);
    return n;
}

/* Daily in both villages, waste. */
static void every_day(struct delivery_test *d, const char *unit, int64_t from_day)
{
    static const struct str other[] = {STRI(VILLAGE_OTHER)};
    struct schedule_try s = {.unit = unit, .in = {.s = delivery_test_schedule(d), .demo = true}};
    s.in.s.weekdays = 0x7f;
    s.in.s.from_day = from_day;
    if (strcmp(unit, OTHER) == 0) {
        s.in.s.villages = other;
        s.in.s.village_count = 1;
        s.in.s.provider_id = 501;
    }
    assert_int_equal(delivery_test_add(d, &s), ERR_OK);
}

/* --- the charter measures itself --- */

/* The n-th address in the page that begins like this, as a browser would follow it. */
static const char *link_of(struct delivery_test *d, struct test_answer a, const char *begin,
                           size_t n)
{
    struct str rest = a.body;
    ptrdiff_t body = str_find(rest, STR("<main"));
    assert_true(body >= 0); /* the head has addresses of its own, of other languages */
    rest = str_slice(rest, (size_t)body, rest.n);
    for (size_t i = 0;; i++) {
        ptrdiff_t at = str_find(rest, str_from(begin));
        if (at < 0)
            return NULL;
        rest = str_slice(rest, (size_t)at, rest.n);
        if (i == n)
            break;
        rest = str_slice(rest, 1, rest.n);
    }
    struct str href = str_slice(rest, 0, (size_t)str_find_char(rest, '"'));
    struct buf *plain = buf_in(d->a);
    for (ptrdiff_t amp; (amp = str_find(href, STR("&amp;"))) >= 0;) {
        buf_str(plain, str_slice(href, 0, (size_t)amp + 1));
        href = str_slice(href, (size_t)amp + 5, href.n);
    }
    buf_str(plain, href);
    return arena_cstr(d->a, buf_view(plain));
}

/* Rows of a list of visits in the page. */
static size_t rows_in(struct test_answer a)
{
    return times(a.body, "<tr class=\"govuk-table__row\">\n<th scope=\"row\"");
}

struct opened {
    int64_t kept, counted;
};

/* What the page of the service says of the n-th period, checked against the list that it opens
 * to: all of it, the kept ones, the others, and the file. */
static struct opened opens_to_what_it_says(struct delivery_test *d, const char *unit, size_t n)
{
    const char *begin =
        arena_cstr(d->a, arena_printf(d->a, "/m/%s/visits?service=waste&amp;promise=", unit));
    struct test_answer page =
        test_get(d->t, arena_cstr(d->a, arena_printf(d->a, "/m/%s/services/waste", unit)));
    test_status(page, 200);
    const char *href = link_of(d, page, begin, n);
    if (!href) { /* nothing to count yet */
        return (struct opened){0};
    }
    ptrdiff_t at = str_find(page.body, str_from(begin));
    struct str rest = str_slice(page.body, (size_t)at, page.body.n);
    for (size_t i = 0; i < n; i++) {
        rest = str_slice(rest, 1, rest.n);
        rest = str_slice(rest, (size_t)str_find(rest, str_from(begin)), rest.n);
    }
    rest = str_slice(rest, (size_t)str_find_char(rest, '>') + 1, rest.n);
    struct str words = str_slice(rest, 0, (size_t)str_find_char(rest, '<')), number;
    struct opened said = {0};
    /* "Kept 5 of 9", "5 of 9" */
    int64_t *to[] = {&said.kept, &said.counted};
    size_t found = 0;
    while (str_split(&words, ' ', &number))
        if (found < 2 && str_to_i64(number, to[found]))
            found++;
    assert_int_equal(found, 2);

    const struct {
        const char *more;
        int64_t rows;
    } parts[] = {{"", said.counted},
                 {"&outcome=kept", said.kept},
                 {"&outcome=broken", said.counted - said.kept}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *path = arena_cstr(d->a, arena_printf(d->a, "%s%s", href, parts[i].more));
        struct test_answer list = test_get(d->t, path);
        test_status(list, 200);
        assert_int_equal(rows_in(list), parts[i].rows);
        const char *csv =
            arena_cstr(d->a, arena_printf(d->a, "/m/%s/visits.csv%s", unit, strchr(path, '?')));
        struct test_answer file = test_get(d->t, csv);
        test_status(file, 200);
        assert_int_equal(times(file.body, "\r\n"), parts[i].rows + 1);
    }
    return said;
}

static void the_numbers_are_the_rows_they_open(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY - 10); /* before anybody promised it */
    every_day(&d, OTHER, TODAY);
    delivery_test_promise(&d, HOME);
    delivery_test_promise(&d, OTHER);
    delivery_test_day(TODAY + 4);
    int64_t one[5], two[5];
    for (int i = 0; i < 5; i++) {
        one[i] = delivery_test_visit(&d, VILLAGE_ONE, TODAY + i).id;
        two[i] = delivery_test_visit(&d, VILLAGE_TWO, TODAY + i).id;
    }
    delivery_test_done(&d, one[0]);
    delivery_test_missed(&d, two[0], "Snow");
    delivery_test_done(&d, one[1]);
    delivery_test_disputed(&d, one[1], true);
    delivery_test_done(&d, two[1]);
    delivery_test_disputed(&d, two[1], false);
    /* Both of the third day: silence. The fourth: one waits for an answer to a dispute. */
    delivery_test_done(&d, one[3]);
    struct complaint c = {.visit = one[3], .words = "Nobody came"};
    assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    delivery_test_done(&d, two[3]);
    /* Today: one is done, of the other nothing is said yet, so it does not count yet. */
    delivery_test_done(&d, one[4]);
    for (size_t period = 0; period < 3; period++) {
        struct opened o = opens_to_what_it_says(&d, HOME, period);
        assert_true(o.kept == 5 && o.counted == 9);
    }
    /* Cancelled visits are not counted: they are no more. */
    test_login_as(d.t, ROLE_OFFICER, HOME);
    const char *end = delivery_test_path(&d, DESK "/schedules/#/end",
                                         delivery_test_again(&d, one[0]).schedule_id);
    test_status(test_post(d.t, end, "last", delivery_test_date(&d, TODAY + 4), NULL), 303);
    test_new_visitor(d.t);
    delivery_test_day(TODAY + 12);
    struct opened o = opens_to_what_it_says(&d, HOME, 1);
    assert_true(o.kept == 5 && o.counted == 10); /* today's silence became yesterday's */

    /* A merger: what waits moves, what is settled stays with its time. */
    int64_t other = delivery_test_visits(&d, OTHER, TODAY, TODAY + 11).n;
    assert_int_equal(other, 12);
    test_login_as(d.t, ROLE_NATIONAL, "*");
    struct test_answer a = test_post(d.t, "/desk/places/merge", "into", OTHER, "from", HOME, "day",
                                     delivery_test_date(&d, TODAY + 12), "decision", "1", NULL);
    test_status(a, 303);
    test_new_visitor(d.t);
    for (size_t period = 0; period < 3; period++) {
        o = opens_to_what_it_says(&d, OTHER, period);
        /* Silence of the third day and of one visit of the fifth, and the disputed one. */
        assert_true(o.kept == 1 && o.counted == other + 4);
    }
    /* What HOME promised is shown there too, with the records that stayed with it. */
    for (size_t period = 3; period < 6; period++) {
        o = opens_to_what_it_says(&d, OTHER, period);
        assert_true(o.kept == 4 && o.counted == 6);
    }
    struct test_answer list =
        test_get(d.t, link_of(&d, test_get(d.t, "/m/" OTHER "/services/waste"),
                              "/m/" OTHER "/visits?service=waste&amp;promise=", 3));
    const char *row = link_of(&d, list, delivery_test_path(&d, "/m/" OTHER "/visits/#", two[3]), 0);
    assert_non_null(row);
    test_contains(test_get(d.t, row), say(&d, LANG_EN, MSG_delivery_look_done));
    assert_int_equal(test_get(d.t, PUBLIC "/visits").status, 301);
    struct visit_reading moved = delivery_test_reading(&d, OTHER, one[3]);
    assert_true(moved.events.n == 1 && moved.disputes.n == 1);
    delivery_test_end(&d);
}

static void merge_into(struct delivery_test *d, const char *from, const char *into, int64_t day)
{
    test_login_as(d->t, ROLE_NATIONAL, "*");
    test_status(test_post(d->t, "/desk/places/merge", "into", into, "from", from, "day",
                          delivery_test_date(d, day), "decision", "1", NULL),
                303);
    test_new_visitor(d->t);
}

/* Who came is said of an old visit after one merger and after two, on every page and in the file.
 */
static void old_visits_keep_their_provider(void **state)
{
    static const char *const successors[] = {OTHER, "41704235825000"};
    struct delivery_test d;
    const char *unit = HOME;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    struct visit settled = delivery_test_visit(&d, VILLAGE_ONE, TODAY);
    delivery_test_done(&d, settled.id);
    for (size_t i = 0; i < COUNT_OF(successors); i++) {
        delivery_test_day(TODAY + (int64_t)i + 1);
        merge_into(&d, unit, successors[i], TODAY + (int64_t)i + 1);
        unit = successors[i];
        const char *base = arena_cstr(d.a, arena_printf(d.a, "/m/%s/visits", unit));
        const char *days = arena_cstr(
            d.a, arena_printf(d.a, "?service=waste&of=" HOME "&from=%s&to=%s",
                              delivery_test_date(&d, TODAY), delivery_test_date(&d, TODAY)));
        struct test_answer a = test_get(
            d.t, arena_cstr(d.a, arena_printf(d.a, "%s/%lld", base, (long long)settled.id)));
        test_status(a, 200);
        test_contains(a, "Taza");
        a = test_get(d.t, arena_cstr(d.a, arena_printf(d.a, "%s.csv%s", base, days)));
        test_status(a, 200);
        test_contains(a, "Taza");
        /* What goes on does so under the same provider. */
        struct visits next = delivery_test_visits(&d, unit, TODAY + 3, TODAY + 3);
        assert_true(next.n > 0);
        test_login_as(d.t, ROLE_OFFICER, unit);
        a = test_get(d.t, arena_cstr(d.a, arena_printf(d.a, "/desk/%s/visits/%lld", unit,
                                                       (long long)next.v[0].id)));
        test_status(a, 200);
        test_contains(a, "Taza");
        test_new_visitor(d.t);
    }
    delivery_test_end(&d);
}

static void schedules_go_on_under_the_successor(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    delivery_test_day(TODAY + 3);
    test_login_as(d.t, ROLE_NATIONAL, "*");
    test_status(test_post(d.t, "/desk/places/merge", "into", OTHER, "from", HOME, "day",
                          delivery_test_date(&d, TODAY + 3), "decision", "1", NULL),
                303);
    assert_int_equal(delivery_job_ahead(d.app, d.a), ERR_OK);
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 90).n, 0);
    struct visits all = delivery_test_visits(&d, OTHER, TODAY, TODAY + 90);
    int64_t expected = 0;
    for (int64_t day = TODAY; day <= TODAY + 3 + DELIVERY_AHEAD_DAYS; day++)
        expected += day_from_civil((struct civil){2026, 8, 31}) == day ? 0 : 2;
    assert_int_equal(all.n, expected);
    /* Staff of the provider went along. */
    assert_int_equal(all.v[0].provider_id, d.waste);
    delivery_test_end(&d);
}

/* --- what residents see --- */

static void the_calendar_speaks_three_languages(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        test_contains(test_get(d.t, PUBLIC "/calendar"),
                      say(&d, languages[i], MSG_delivery_calendar_none));
    }
    delivery_test_added(&d, delivery_test_schedule(&d)); /* Mondays and Thursdays */
    struct schedule library = delivery_test_schedule(&d);
    library.service = STR("culture");
    library.route = STR("<Library> & hall");
    library.provider_id = 0;
    library.village_count = 0;
    library.weekdays = WED;
    delivery_test_added(&d, library);
    delivery_test_missed(&d, delivery_test_visits(&d, HOME, TODAY, TODAY).v[0].id, "Flood <1>");
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        struct test_answer a = test_get(d.t, PUBLIC "/calendar");
        test_status(a, 200);
        test_contains(a, say(&d, languages[i], MSG_delivery_look_missed));
        test_contains(a, "Flood &lt;1&gt;");
        test_contains(a, "&lt;Library&gt; &amp; hall");
        test_lacks(a, "Taza"); /* nothing of the waste today */
        assert_int_equal(times(a.body, "calendar__day--missed"), 1);
        /* 16 20 23 27 30 July: waste; 22 29: library */
        assert_int_equal(times(a.body, "calendar__day--expected"), 7);
    }
    struct test_answer a = test_get(d.t, PUBLIC "/calendar?service=waste");
    assert_int_equal(times(a.body, "calendar__day--expected"), 5);
    assert_int_equal(times(a.body, "calendar__day--missed"), 0);
    a = test_get(d.t, PUBLIC "/calendar?day=2026-07-16&village=" VILLAGE_TWO);
    assert_int_equal(times(a.body, "<li><p>"), 1); /* the other village is left out */
    /* What makes no sense shows everything, this month. */
    a = test_get(d.t, PUBLIC "/calendar?month=2026-77&day=x&village=" VILLAGE_OTHER "&service=%22");
    test_status(a, 200);
    test_contains(a, "July 2026");
    test_contains(test_get(d.t, PUBLIC "/calendar?month=2026-08"), "August 2026");
    test_contains(test_get(d.t, PUBLIC "/calendar?day=2026-08-31"),
                  arena_cstr(d.a, calendar_holiday(d.a, day_from_civil((struct civil){2026, 8, 31}),
                                                   LANG_EN)));
    delivery_test_end(&d);
}

static void telephones_can_follow_it(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    struct schedule s = delivery_test_schedule(&d);
    s.route = STR("Чоң; таштанды, экинчи маршрут боюнча ар бир көчөдөн чогултулат");
    delivery_test_added(&d, s);
    d.t->lang = LANG_KY;
    struct test_answer a = test_get(d.t, PUBLIC "/calendar.ics");
    test_status(a, 200);
    test_header_is(a, "Content-Type", "text/calendar; charset=utf-8");
    assert_true(str_starts(a.body, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")));
    size_t events = times(a.body, "BEGIN:VEVENT\r\n");
    assert_int_equal(events, delivery_test_visits(&d, HOME, TODAY, TODAY + 62).n);
    assert_int_equal(times(a.body, "END:VEVENT\r\n"), events);
    test_contains(a, "DTSTART:20260716T020000Z"); /* 8 o'clock at UTC+6 */
    test_contains(a, "DTEND:20260716T060000Z");
    test_contains(a, "Чоң\\; таштанды\\,");
    struct str rest = a.body, line;
    while (str_split(&rest, '\n', &line)) {
        if (line.n == 0 && rest.n == 0)
            break;
        assert_true(line.n <= 76 && line.p[line.n - 1] == '\r');    /* 75 octets and the end */
        size_t first = line.p[0] == ' ';                            /* a folded line */
        assert_true(((unsigned char)line.p[first] & 0xc0) != 0x80); /* no character is cut */
    }
    a = test_get(d.t, PUBLIC "/calendar.ics?village=" VILLAGE_ONE "&service=waste");
    assert_int_equal(times(a.body, "BEGIN:VEVENT\r\n"), events / 2);
    delivery_test_day(TODAY + 1);
    delivery_test_missed(&d, delivery_test_visit(&d, VILLAGE_ONE, TODAY + 1).id, "Snow");
    assert_int_equal(times(test_get(d.t, PUBLIC "/calendar.ics").body, "STATUS:CANCELLED"), 1);
    /* Before six in the morning it is still the day before in UTC. */
    struct schedule early = delivery_test_schedule(&d);
    early.service = STR("culture");
    early.provider_id = 0;
    early.weekdays = 0x7f;
    early.from_day = TODAY + 3;
    early.to_day = I64(TODAY + 3);
    early.time_from = I64(3 * 60 + 30);
    delivery_test_added(&d, early);
    test_contains(test_get(d.t, PUBLIC "/calendar.ics"), "DTSTART:20260717T213000Z");
    delivery_test_end(&d);
}

static void long_lists_turn_pages_and_leave_nothing_out(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY - 40);
    struct test_answer a =
        test_get(d.t, PUBLIC "/visits?from=2026-06-05&to=2026-07-15&service=waste");
    size_t rows = rows_in(a), pages = 1;
    assert_int_equal(rows, 50);
    for (const char *older;
         (older = link_of(
              &d, a,
              PUBLIC "/visits?from=2026-06-05&amp;to=2026-07-15&amp;service=waste&amp;before=", 0));
         pages++) {
        a = test_get(d.t, older);
        rows += rows_in(a);
        assert_true(pages < 9);
    }
    assert_int_equal(rows, 80); /* today's silence is not in it */
    test_contains(a, say(&d, LANG_EN, MSG_delivery_look_unconfirmed));
    a = test_get(d.t, PUBLIC "/visits.xlsx?from=2026-06-05&to=2026-07-15");
    test_status(a, 200);
    assert_true(str_starts(a.body, STR("PK")));
    assert_int_equal(test_get(d.t, PUBLIC "/visits.pdf").status, 404);
    a = test_get(d.t, PUBLIC "/visits.csv?from=2026-06-05&to=2026-07-15&village=" VILLAGE_ONE);
    assert_int_equal(times(a.body, "\r\n"), 41);
    test_status(test_get(d.t, PUBLIC "/visits?from=x&to=-1&before=zz&outcome=7&promise=-3"), 200);
    delivery_test_end(&d);
}

/* --- a resident says that it is not so --- */

static int64_t done_today(struct delivery_test *d)
{
    every_day(d, HOME, TODAY);
    int64_t id = delivery_test_visit(d, VILLAGE_ONE, TODAY).id;
    delivery_test_done(d, id);
    return id;
}

static void anybody_can_say_it_was_not_so(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = done_today(&d);
    const char *visit = delivery_test_path(&d, PUBLIC "/visits/#", id),
               *form = delivery_test_path(&d, PUBLIC "/visits/#/dispute", id);
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        test_contains(test_get(d.t, visit), say(&d, languages[i], MSG_delivery_dispute_link));
        test_status(test_get(d.t, form), 200);
        struct test_answer a =
            test_post(d.t, form, "words", " a ", "email", "CANARY", "phone", "12", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"email-fault\"");
        test_contains(a, "id=\"phone-fault\"");
        test_contains(a, "value=\"CANARY\"");
        a = test_post(d.t, form, "words", " a ", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"words-fault\"");
        test_contains(a, say(&d, languages[i], MSG_delivery_fault_words));
    }
    d.t->lang = LANG_EN;
    assert_int_equal(delivery_test_again(&d, id).disputes, 0);
    struct test_answer a =
        test_post(d.t, form, "words", "CANARY the end of the street", "email", "canary@example.kg",
                  "phone", "0555 123 456", "once", "the-same-form-012345_-", NULL);
    test_status(a, 303);
    a = test_follow(d.t, a);
    test_contains(a, say(&d, LANG_EN, MSG_delivery_dispute_sent));
    test_contains(a, say(&d, LANG_EN, MSG_delivery_dispute_open));
    test_status(test_post(d.t, form, "words", "CANARY the end of the street", "once",
                          "the-same-form-012345_-", NULL),
                303);
    assert_int_equal(delivery_test_again(&d, id).disputes, 1);
    /* With an account it is the same form. */
    test_login_as(d.t, ROLE_RESIDENT, HOME);
    test_status(test_post(d.t, form, "words", "CANARY and not to us", NULL), 303);
    assert_int_equal(delivery_test_again(&d, id).disputes, 2);

    /* Words and contacts are nowhere in public, whatever the address. */
    test_new_visitor(d.t);
    const char *pages[] = {visit,
                           form,
                           PUBLIC "/visits",
                           PUBLIC "/visits.csv",
                           PUBLIC "/calendar",
                           PUBLIC "/calendar.ics"};
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        a = test_get(d.t, pages[i]);
        test_status(a, 200);
        test_lacks(a, "CANARY");
        test_lacks(a, "canary@");
        test_lacks(a, "123 456");
    }
    /* Not of another municipality, and not of a visit that is not there. */
    test_status(test_get(d.t, delivery_test_path(&d, "/m/" OTHER "/visits/#", id)), 404);
    test_status(test_post(d.t, delivery_test_path(&d, "/m/" OTHER "/visits/#/dispute", id), "words",
                          "Nobody came", NULL),
                404);
    test_status(test_get(d.t, PUBLIC "/visits/0"), 404);
    test_status(test_get(d.t, PUBLIC "/visits/99999999999999999999"), 404);

    /* One that cannot be disputed says so, and a form that was open before is told. */
    int64_t tomorrow = delivery_test_visit(&d, VILLAGE_ONE, TODAY + 1).id;
    form = delivery_test_path(&d, PUBLIC "/visits/#/dispute", tomorrow);
    test_contains(test_get(d.t, form), say(&d, LANG_EN, MSG_delivery_fault_not_disputable));
    a = test_post(d.t, form, "words", "Nobody came", NULL);
    test_status(a, 422);
    test_contains(a, say(&d, LANG_EN, MSG_delivery_fault_not_disputable));
    delivery_test_end(&d);
}

static void a_flood_from_one_address_is_stopped(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = done_today(&d);
    const char *form = delivery_test_path(&d, PUBLIC "/visits/#/dispute", id);
    for (int i = 0; i < 10; i++)
        test_status(test_post(d.t, form, "words", "Nobody came", NULL), 303);
    struct test_answer a = test_post(d.t, form, "words", "Nobody came", NULL);
    test_status(a, 429);
    assert_int_equal(delivery_test_again(&d, id).disputes, 10);
    d.t->address = "203.0.113.99"; /* somebody else is heard */
    test_status(test_post(d.t, form, "words", "Nobody came", NULL), 303);
    delivery_test_end(&d);
}

static enum err audits_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct audit_filter reads = {.reads_only = true};
    return audit_of_unit(tx, d->a, STR(HOME), &reads, 0, 10, arg);
}

static void the_office_answers_and_who_looked_is_noted(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    int64_t id = done_today(&d);
    struct complaint c = {.visit = id, .words = "CANARY nobody", .email = "canary@example.kg"};
    assert_int_equal(delivery_test_complain(&d, &c), ERR_OK);
    int64_t dispute = delivery_test_dispute(&d, id);
    const char *page = delivery_test_path(&d, DESK "/disputes/#", dispute),
               *contact = delivery_test_path(&d, DESK "/disputes/#/contact", dispute);
    /* Who provides it does not judge it, nor does another municipality. */
    test_login_as(d.t, ROLE_PROVIDER, HOME);
    test_status(test_get(d.t, page), 403);
    test_status(test_get(d.t, DESK "/disputes"), 403);
    test_status(test_post(d.t, page, "decision", "rejected", "answer", "It was so", NULL), 403);
    test_login_as(d.t, ROLE_DEPUTY, HOME);
    test_status(test_get(d.t, page), 403);
    int64_t officer = test_login_as(d.t, ROLE_OFFICER, HOME);
    test_contains(test_get(d.t, DESK "/disputes"), "CANARY nobody");
    struct test_answer a = test_get(d.t, page);
    test_contains(a, "CANARY nobody");
    test_lacks(a, "canary@example.kg");
    struct audit_rows audits = {0};
    assert_int_equal(delivery_test_read(&d, HOME, audits_fn, &audits), ERR_OK);
    assert_int_equal(audits.n, 0);
    test_contains(test_post(d.t, contact, "x", "", NULL), "canary@example.kg");
    assert_int_equal(delivery_test_read(&d, HOME, audits_fn, &audits), ERR_OK);
    assert_true(audits.n == 1 && audits.v[0].actor == officer);

    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        a = test_post(d.t, page, "answer", "We have seen it", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"decision-fault\"");
        test_contains(a, "We have seen it");
        a = test_post(d.t, page, "decision", "upheld", "answer", "  ", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"answer-fault\"");
    }
    d.t->lang = LANG_EN;
    test_status(test_post(d.t, page, "decision", "upheld", "answer", "You <are> right", NULL), 303);
    a = test_post(d.t, page, "decision", "rejected", "answer", "No, it was so", NULL);
    test_status(a, 422); /* a colleague was faster; what was typed is still there */
    test_new_visitor(d.t);
    a = test_get(d.t, delivery_test_path(&d, PUBLIC "/visits/#", id));
    test_contains(a, "You &lt;are&gt; right");
    test_contains(a, say(&d, LANG_EN, MSG_delivery_look_upheld));
    test_lacks(a, "No, it was so");
    delivery_test_end(&d);
}

/* --- the crew's round --- */

static enum err member_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    return catalogue_add_member(tx, STR(HOME), d->waste, *(int64_t *)arg);
}

static void a_provider_sees_and_confirms_their_own(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    struct schedule water = delivery_test_schedule(&d);
    water.service = STR("water");
    water.provider_id = d.water;
    water.weekdays = 0x7f;
    water.villages++; /* the second village alone */
    water.village_count = 1;
    delivery_test_added(&d, water);
    struct visits today = delivery_test_visits(&d, HOME, TODAY, TODAY);
    int64_t own = 0, foreign = 0;
    for (size_t i = 0; i < today.n; i++)
        *(today.v[i].provider_id == d.waste ? &own : &foreign) = today.v[i].id;
    const char *mine = delivery_test_path(&d, DESK "/visits/#", own),
               *theirs = delivery_test_path(&d, DESK "/visits/#", foreign);

    int64_t person = test_login_as(d.t, ROLE_PROVIDER, HOME);
    struct test_answer a = test_get(d.t, DESK "/visits");
    test_contains(a, say(&d, LANG_EN, MSG_delivery_no_provider));
    assert_int_equal(times(a.body, "data-visit-form"), 0);
    assert_int_equal(delivery_test_write(&d, HOME, member_fn, &person), ERR_OK);
    a = test_get(d.t, DESK "/visits");
    assert_int_equal(times(a.body, "data-visit-form"), 2);
    test_lacks(a, "Bulak");
    test_lacks(a, DESK "/disputes");
    test_status(test_get(d.t, theirs), 404);
    test_status(test_post(d.t, theirs, "outcome", "done", NULL), 404);
    a = test_get(d.t, DESK "/visits.csv?from=2026-07-15&to=2026-07-15");
    assert_int_equal(times(a.body, "\r\n"), 3);
    test_lacks(a, "Bulak");
    a = test_get(d.t, DESK "/visits/print");
    test_contains(a, "Taza");
    test_lacks(a, "Bulak");
    test_status(test_get(d.t, DESK "/schedules"), 403);

    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        a = test_post(d.t, mine, "outcome", "missed", "reason", " ", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"why-fault\"");
        test_contains(a, say(&d, languages[i], MSG_delivery_fault_reason));
        a = test_post(d.t, mine, "outcome", "missed", "why", "other", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"reason-fault\"");
        a = test_post(d.t, mine, "reason", "Snow", NULL);
        test_status(a, 422);
        test_contains(a, "id=\"outcome-fault\"");
        test_contains(a, "Snow");
    }
    d.t->lang = LANG_EN;
    char else_id[24];
    snprintf(else_id, sizeof else_id, "%lld", (long long)person + 1);
    a = test_post(d.t, mine, "outcome", "done", "person", else_id, "csrf", "stale", NULL);
    test_status(a, 403); /* kept in the phone by who was logged in before */
    test_contains(a, say(&d, LANG_EN, MSG_delivery_fault_person));
    test_status(test_post(d.t, mine, "outcome", "done", "person", else_id, NULL), 403);
    a = test_post(d.t, mine, "outcome", "missed", "reason", "Snow & ice", "once",
                  "a-key-kept-in-a-phone1", "at_ms", "1", NULL);
    test_status(a, 303);
    test_status(test_post(d.t, mine, "outcome", "missed", "reason", "Snow & ice", "once",
                          "a-key-kept-in-a-phone1", NULL),
                303);
    assert_int_equal(delivery_test_reading(&d, HOME, own).events.n, 1);
    a = test_follow(d.t, a);
    test_contains(a, "Snow &amp; ice");
    assert_int_equal(times(a.body, "data-visit-form"), 1);

    /* Another municipality's provider, officers, deputies, residents: not this door. */
    test_login_as(d.t, ROLE_PROVIDER, OTHER);
    test_status(test_post(d.t, mine, "outcome", "done", NULL), 403);
    test_login_as(d.t, ROLE_OFFICER, OTHER);
    test_status(test_get(d.t, mine), 403);
    test_login_as(d.t, ROLE_DEPUTY, HOME);
    test_status(test_get(d.t, DESK "/visits"), 403);
    test_login_as(d.t, ROLE_RESIDENT, HOME);
    test_status(test_get(d.t, DESK "/visits"), 403);
    test_new_visitor(d.t);
    test_status(test_get(d.t, DESK "/visits"), 303); /* to log in */
    /* The office corrects; who said what is for the desk alone. */
    test_login_as(d.t, ROLE_OFFICER, HOME);
    test_contains(test_get(d.t, DESK "/visits"), "Bulak");
    test_status(test_post(d.t, mine, "outcome", "done", NULL), 303);
    assert_int_equal(delivery_test_again(&d, own).state, VISIT_DONE);
    delivery_test_end(&d);
}

static void what_waits_is_listed_until_it_is_said(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    delivery_test_day(TODAY + 1);
    test_login_as(d.t, ROLE_OFFICER, HOME);
    struct test_answer a = test_get(d.t, DESK "/visits?show=waiting");
    assert_int_equal(times(a.body, "data-visit-form"), 2);
    test_contains(a, "<b>2</b>");
    delivery_test_done(&d, delivery_test_visit(&d, VILLAGE_ONE, TODAY).id);
    a = test_get(d.t, DESK "/visits?show=waiting");
    assert_int_equal(times(a.body, "data-visit-form"), 1);
    a = test_get(d.t, DESK "/visits?day=2026-07-20"); /* nothing to say of a day to come */
    assert_int_equal(times(a.body, "data-visit="), 2);
    assert_int_equal(times(a.body, "data-visit-form"), 0);
    test_status(test_get(d.t, DESK "/visits?day=nonsense"), 200);
    delivery_test_end(&d);
}

/* A usual reason is told to everybody in their own language, with the crew's own words behind it.
 */
static void a_usual_reason_is_read_in_every_language(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    int64_t one = delivery_test_visit(&d, VILLAGE_ONE, TODAY).id,
            two = delivery_test_visit(&d, VILLAGE_TWO, TODAY).id;
    test_login_as(d.t, ROLE_OFFICER, HOME);
    d.t->lang = LANG_KY;
    test_status(test_post(d.t, delivery_test_path(&d, DESK "/visits/#", one), "outcome", "missed",
                          "why", "road", NULL),
                303);
    test_status(test_post(d.t, delivery_test_path(&d, DESK "/visits/#", two), "outcome", "missed",
                          "why", "fuel", "reason", "as <ever>", NULL),
                303);
    assert_int_equal(test_post(d.t, delivery_test_path(&d, DESK "/visits/#", one), "outcome",
                               "missed", "why", "flood", NULL)
                         .status,
                     422);
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        const char *road = say(&d, languages[i], MSG_delivery_why_road),
                   *fuel =
                       arena_cstr(d.a, arena_printf(d.a, "%s: as &lt;ever&gt;",
                                                    say(&d, languages[i], MSG_delivery_why_fuel)));
        const char *pages[] = {PUBLIC "/visits", PUBLIC "/calendar", DESK "/visits",
                               DESK "/visits/print"};
        for (size_t k = 0; k < COUNT_OF(pages); k++) {
            struct test_answer a = test_get(d.t, pages[k]);
            test_contains(a, road);
            test_contains(a, fuel);
            test_lacks(a, "why:");
        }
        struct test_answer a = test_get(d.t, delivery_test_path(&d, PUBLIC "/visits/#", two));
        assert_int_equal(times(a.body, fuel), 2); /* the state, and the history */
        test_contains(test_get(d.t, PUBLIC "/visits.csv"), road);
        test_contains(test_get(d.t, DESK "/visits.csv"), road);
    }
    delivery_test_end(&d);
}

/* --- photos --- */

static struct test_answer send_photo(struct delivery_test *d, const char *path, struct str file)
{
    const struct test_part parts[] = {
        {.name = "outcome", .value = STR("done")},
        {.name = "photo", .filename = "CANARY.jpg", .type = "image/jpeg", .value = file},
    };
    return test_post_parts(d->t, path, parts, COUNT_OF(parts));
}

static void photos_are_bare_bounded_and_can_be_hidden(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    every_day(&d, HOME, TODAY);
    int64_t id = delivery_test_visit(&d, VILLAGE_ONE, TODAY).id;
    const char *desk = delivery_test_path(&d, DESK "/visits/#", id),
               *public = delivery_test_path(&d, PUBLIC "/visits/#", id);
    test_login_as(d.t, ROLE_OFFICER, HOME);
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        struct test_answer a = send_photo(&d, desk, STR("no photo at all"));
        test_status(a, 422);
        test_contains(a, "id=\"photo-fault\"");
        test_contains(a, say(&d, languages[i], MSG_delivery_fault_photo));
    }
    d.t->lang = LANG_EN;
    struct buf *large = buf_in(d.a);
    for (size_t i = 0; i < (10 << 20) + 1; i++)
        buf_char(large, 'x');
    struct test_answer a = send_photo(&d, desk, buf_view(large));
    assert_true(a.status == 422 || a.status == 413);
    assert_int_equal(delivery_test_again(&d, id).state, VISIT_EXPECTED);

    struct raster fields = sample_fields(d.a, 120, 80);
    test_status(send_photo(&d, desk, sample_jpeg(d.a, &fields, sample_exif(d.a, 6, true))), 303);
    struct visit_reading r = delivery_test_reading(&d, HOME, id);
    assert_true(r.photos.n == 1 && r.visit.photos == 1);
    const char *photo = delivery_test_path(
        &d, arena_cstr(d.a, arena_printf(d.a, "%s/photo/#", public)), r.photos.v[0].id);
    const char *small = arena_cstr(d.a, arena_printf(d.a, "%s/small", photo));
    test_new_visitor(d.t);
    test_contains(test_get(d.t, public), photo);
    for (int i = 0; i < 2; i++) {
        a = test_get(d.t, i ? small : photo);
        test_status(a, 200);
        test_header_is(a, "Content-Type", "image/jpeg");
        assert_true(str_find(a.body, STR(SAMPLE_SECRET)) < 0 && str_find(a.body, STR("Exif")) < 0);
        struct raster seen = sample_decode_jpeg(d.a, a.body);
        assert_true(seen.width == 80 && seen.height == 120); /* upright */
    }
    /* It shows a face: the office hides it, nobody else can. */
    const char *hide = delivery_test_path(
        &d, arena_cstr(d.a, arena_printf(d.a, "%s/photo/#", desk)), r.photos.v[0].id);
    test_login_as(d.t, ROLE_PROVIDER, HOME);
    test_status(test_post(d.t, hide, "shown", "no", NULL), 403);
    test_login_as(d.t, ROLE_OFFICER, HOME);
    test_status(test_post(d.t, hide, "shown", "no", NULL), 303);
    test_status(test_get(d.t, photo), 200);
    test_new_visitor(d.t);
    test_status(test_get(d.t, photo), 404);
    test_status(test_get(d.t, small), 404);
    test_lacks(test_get(d.t, public), "photo/");
    test_login_as(d.t, ROLE_OFFICER, OTHER);
    test_status(test_get(d.t, photo), 404);
    delivery_test_end(&d);
}

/* --- schedules --- */

static void schedules_are_made_changed_and_ended(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    test_login_as(d.t, ROLE_OFFICER, HOME);
    test_contains(test_get(d.t, DESK "/schedules"), say(&d, LANG_EN, MSG_delivery_schedules_none));
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        d.t->lang = languages[i];
        struct test_answer a =
            test_post(d.t, DESK "/schedules/new", "service", "lighting", "route", "CANARY", "from",
                      "2026-07-15", "time_from", "25:00", "villages", VILLAGE_OTHER, NULL);
        test_status(a, 422);
        test_contains(a, "id=\"time_from-fault\"");
        test_contains(a, say(&d, languages[i], MSG_delivery_fault_time_format));
        a = test_post(d.t, DESK "/schedules/new", "service", "lighting", "route", "CANARY", "from",
                      "2026-07-14", "villages", VILLAGE_OTHER, NULL);
        test_status(a, 422);
        static const char *const fields[] = {"service-fault", "days-fault", "from-fault",
                                             "villages-fault"};
        for (size_t k = 0; k < COUNT_OF(fields); k++)
            test_contains(a, arena_cstr(d.a, arena_printf(d.a, "id=\"%s\"", fields[k])));
        test_contains(a, "value=\"CANARY\"");
    }
    d.t->lang = LANG_EN;
    struct test_answer a =
        test_post(d.t, DESK "/schedules/new", "service", "waste", "route", "First", "provider",
                  "511", "days", "1", "days", "4", "from", "16.07.2026", "time_from", "8",
                  "time_to", "12.30", "villages", VILLAGE_ONE, NULL);
    test_status(a, 303);
    a = test_follow(d.t, a);
    test_contains(a, "08:00–12:30");
    test_contains(a, "Monday, Thursday");
    struct visit v = delivery_test_visit(&d, VILLAGE_ONE, TODAY + 1);
    assert_true(v.time_from.v == 480 && v.time_to.v == 750);
    assert_int_equal(v.provider_id, d.waste);

    const char *schedule =
        delivery_test_path(&d, DESK "/schedules/#", delivery_test_again(&d, v.id).schedule_id);
    a = test_get(d.t, schedule);
    test_status(a, 200);
    assert_str_equal(test_field(d.t, a, "time_to"), STR("12:30"));
    a = test_post(d.t, schedule, "service", "waste", "route", "First", "days", "2", "from",
                  "2026-07-15", NULL);
    test_status(a, 422);
    test_contains(a, say(&d, LANG_EN, MSG_delivery_fault_from_change));
    a = test_post(d.t, schedule, "service", "waste", "route", "First", "days", "2", "from",
                  "2026-07-20", NULL);
    test_status(a, 303);
    assert_int_equal(delivery_test_visits(&d, HOME, TODAY, TODAY + 6).n, 2); /* Thu, then Tue */
    const char *end = arena_cstr(d.a, arena_printf(d.a, "%s/end", schedule));
    test_status(test_post(d.t, end, "last", "2026-07-01", NULL), 303); /* has ended before that */
    test_login_as(d.t, ROLE_OFFICER, OTHER);
    test_status(test_get(d.t, schedule), 403);
    delivery_test_end(&d);
}

static void the_page_of_a_service_tells_its_days(void **state)
{
    struct delivery_test d;
    delivery_test_begin(&d, state);
    test_lacks(test_get(d.t, PUBLIC "/services/waste"),
               say(&d, LANG_EN, MSG_delivery_section_title));
    delivery_test_added(&d, delivery_test_schedule(&d));
    struct test_answer a = test_get(d.t, PUBLIC "/services/waste");
    test_contains(a, say(&d, LANG_EN, MSG_delivery_section_title));
    test_contains(a, "Monday, Thursday, 08:00–12:00");
    test_contains(a, "16 July 2026");
    test_contains(a, PUBLIC "/calendar?service=waste");
    test_lacks(test_get(d.t, PUBLIC "/services/water"),
               say(&d, LANG_EN, MSG_delivery_section_title));
    delivery_test_end(&d);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(the_numbers_are_the_rows_they_open),
        BODY(old_visits_keep_their_provider),
        BODY(schedules_go_on_under_the_successor),
        BODY(the_calendar_speaks_three_languages),
        BODY(telephones_can_follow_it),
        BODY(long_lists_turn_pages_and_leave_nothing_out),
        BODY(anybody_can_say_it_was_not_so),
        BODY(a_flood_from_one_address_is_stopped),
        BODY(the_office_answers_and_who_looked_is_noted),
        BODY(a_provider_sees_and_confirms_their_own),
        BODY(what_waits_is_listed_until_it_is_said),
        BODY(a_usual_reason_is_read_in_every_language),
        BODY(photos_are_bare_bounded_and_can_be_hidden),
        BODY(schedules_are_made_changed_and_ended),
        BODY(the_page_of_a_service_tells_its_days),
    };
    return slice_test_run("delivery_web", bodies, COUNT_OF(bodies));
}
