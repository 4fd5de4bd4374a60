/*
 * Events on both engines: the published figures come out of raw rows, totals equal the records
 * after any work with merges, withdrawals and cancellations, what somebody was stays frozen, and
 * pages show names to nobody who may not see them.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/places/places.h"
#include "programme/events/events_internal.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "programme/assessment/assessment.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

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
                                     &calendar_slice, &persons_slice, &events_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return (struct world){t, &t->app, t->arena};
}

static void end(struct world *w)
{
    test_app_close(w->t);
    clock_set_for_test(0);
}

/* --- a number by plain SQL --- */

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
    return tx_run(tx, &p->query, NULL, take_value, p, NULL);
}
/* # stands for the first day that does not count any more. */
static int64_t number(struct world *w, const char *sql, int64_t before)
{
    static const enum db_type types[] = {DB_I64};
    static const char *const names[] = {"n"};
    struct buf *text = buf_in(w->a);
    for (const char *c = sql; *c; c++)
        if (*c == '#')
            buf_i64(text, before);
        else
            buf_char(text, *c);
    const char *whole = arena_cstr(w->a, buf_view(text));
    /* Statements are cached by their address: it stays as long as the program under test. */
    struct plain *p = ARENA_NEW(w->a, struct plain);
    *p = (struct plain){.query = {.name = "plain",
                                  .sqlite = whole,
                                  .postgres = whole,
                                  .out = types,
                                  .out_count = 1,
                                  .out_names = names}};
    assert_int_equal(db_read(w->app->db, SCOPE_COUNTRY, ask_plain, p), ERR_OK);
    return p->value;
}

/* --- totals against records --- */

static const struct counter *const all_counters[] = {&events_held, &events_participations,
                                                     &events_certificates};

static struct str *units_of(struct world *w, size_t *n)
{
    const struct territory *t = territory_get(w->app, w->a);
    struct str *codes = ARENA_ARRAY(w->a, struct str, t->n);
    *n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]))
            codes[(*n)++] = t->all[i]->code;
    return codes;
}

static void totals_are_true(struct world *w)
{
    size_t n;
    const struct str *codes = units_of(w, &n);
    for (size_t i = 0; i < COUNT_OF(all_counters); i++) {
        struct tally_faults faults = {0};
        assert_int_equal(tally_check(w->app, w->a, all_counters[i], codes, n, &faults), ERR_OK);
        for (size_t k = 0; k < faults.n; k++)
            print_message("# %s %.*s %.*s: kept %lld, counted %lld\n", all_counters[i]->code,
                          STRF(faults.v[k].unit), STRF(faults.v[k].cell),
                          (long long)faults.v[k].kept, (long long)faults.v[k].counted);
        assert_int_equal(faults.n, 0);
    }
    assert_int_equal(number(w,
                            "SELECT count(*) AS n FROM event e WHERE present <> (SELECT count(*) "
                            "FROM attendance a WHERE a.event_id = e.id AND a.active = 1) + "
                            "(SELECT coalesce(sum(h.heads), 0) FROM event_heads h WHERE "
                            "h.event_id = e.id AND h.active = 1)",
                            0),
                     0);
    assert_int_equal(number(w,
                            "SELECT count(*) AS n FROM attendance a JOIN persons p ON p.id = "
                            "a.person WHERE p.root <> a.root",
                            0),
                     0);
}

struct figure {
    const struct counter *counter;
    const char *kinds[2];
    const char *topic;
    int64_t amount, people, units;
    struct world *w;
    int64_t before;
};
static enum err read_figure(struct tx *tx, void *arg)
{
    struct figure *f = arg;
    int64_t bounds[2] = {2016 * 12 + 9, tally_month(f->before)};
    struct str kinds[2] = {str_from(f->kinds[0]), str_from(f->kinds[1])},
               topic = str_from(f->topic);
    struct tally_ask ask = {.counter = f->counter, .bounds = bounds, .periods = 1};
    struct tally_rows rows;
    ask.want[0].v = kinds;
    ask.want[0].n = f->kinds[1] ? 2 : 1;
    if (f->topic) {
        ask.want[1].v = &topic;
        ask.want[1].n = 1;
    }
    enum err rc = tally_read(tx, f->w->a, &ask, &rows);
    f->amount = f->people = f->units = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        f->amount += rows.v[i].amount;
        f->people += rows.v[i].people;
    }
    ask.by_place = true;
    if (rc == ERR_OK)
        rc = tally_read(tx, f->w->a, &ask, &rows);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        f->units += rows.v[i].amount > 0;
    return rc;
}
static struct figure figure(struct world *w, const struct counter *counter, const char *kind,
                            const char *also, const char *topic, int64_t before)
{
    struct figure f = {
        .counter = counter, .kinds = {kind, also}, .topic = topic, .w = w, .before = before};
    assert_int_equal(db_read(w->app->db, SCOPE_COUNTRY, read_figure, &f), ERR_OK);
    return f;
}

static void the_public_story_comes_out_of_the_rows(void **state)
{
    struct world w = begin(state);
    struct demo_context demo = {.arena = w.a, .today = TODAY};
    int64_t sheet = day_from_civil((struct civil){2019, 1, 1}),
            end_day = day_from_civil((struct civil){2021, 10, 1});
    int64_t began = clock_monotonic_ms();
    assert_int_equal(events_slice.demo(w.app, &demo), ERR_OK);
    print_message("# the demonstration of events: %lld ms\n",
                  (long long)(clock_monotonic_ms() - began));
    static const struct {
        const char *sql;
        int64_t value;
        bool to_2018;
    } told[] = {
        {"SELECT count(*) AS n FROM event WHERE kind = 'hearing' AND state = 'held' AND from_day "
         "< #",
         62, true},
        {"SELECT count(*) AS n FROM attendance WHERE kind = 'hearing' AND active = 1 AND day < #",
         3298, true},
        {"SELECT count(DISTINCT unit) AS n FROM event WHERE kind = 'hearing' AND state = 'held' "
         "AND topics LIKE 'budget%' AND from_day < #",
         16, true},
        {"SELECT count(*) AS n FROM event WHERE kind = 'dialogue' AND state = 'held' AND from_day "
         "< #",
         590, false},
        {"SELECT count(DISTINCT root) AS n FROM attendance WHERE kind = 'training' AND active = 1 "
         "AND day < #",
         1126, true},
        {"SELECT count(*) AS n FROM event WHERE kind = 'forum' AND state = 'held' AND from_day < #",
         2, true},
        {"SELECT count(DISTINCT root) AS n FROM attendance WHERE kind = 'forum' AND active = 1 "
         "AND day < #",
         229, true},
        {"SELECT count(DISTINCT unit) AS n FROM attendance WHERE kind = 'forum' AND active = 1 "
         "AND day < #",
         35, true},
        {"SELECT count(DISTINCT root) AS n FROM attendance WHERE kind = 'national_forum' AND "
         "active = 1 AND day < #",
         133, false},
        {"SELECT count(DISTINCT unit) AS n FROM attendance WHERE kind IN ('study_tour', "
         "'roundtable') AND active = 1 AND day < #",
         32, true},
        {"SELECT count(DISTINCT unit) AS n FROM attendance WHERE day < #", 50, false},
        {"SELECT count(*) AS n FROM persons WHERE fictional = 0 AND created_ms > # * 0", 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(told); i++)
        assert_int_equal(number(&w, told[i].sql, told[i].to_2018 ? sheet : end_day), told[i].value);
    /* The counters say the same. */
    assert_int_equal(figure(&w, &events_held, "hearing", NULL, NULL, sheet).amount, 62);
    assert_int_equal(figure(&w, &events_held, "hearing", NULL, "budget", sheet).units, 16);
    assert_int_equal(figure(&w, &events_held, "dialogue", NULL, NULL, end_day).amount, 590);
    struct figure f = figure(&w, &events_participations, "hearing", NULL, NULL, sheet);
    assert_int_equal(f.amount, 3298);
    assert_true(f.people < f.amount);
    assert_int_equal(figure(&w, &events_participations, "training", NULL, NULL, sheet).people,
                     1126);
    f = figure(&w, &events_participations, "forum", NULL, NULL, sheet);
    assert_int_equal(f.people, 229);
    assert_int_equal(f.units, 35);
    f = figure(&w, &events_participations, "study_tour", "roundtable", NULL, sheet);
    assert_int_equal(f.units, 32);
    totals_are_true(&w);
    int64_t rows = number(&w, "SELECT count(*) AS n FROM attendance WHERE day >= # * 0", 1);
    assert_int_equal(events_slice.demo(w.app, &demo), ERR_OK);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance WHERE day >= # * 0", 1),
                     rows);
    end(&w);
}

/* --- rules --- */

enum deed {
    ADD_PERSON,
    CHANGE_PERSON,
    ADD_EVENT,
    MARK,
    STATE,
    MERGE,
    UNDO,
    CERTIFY,
    REVOKE,
    HEADS,
    INVITE,
    CERTIFICATES,
    ROW
};
struct task {
    struct world *w;
    enum deed deed;
    struct register_person p;
    struct event e;
    struct mark m;
    int64_t one, two, heads[EVENTS_HEADS];
    const char *word;
    int64_t issued;
    enum person_fault person_fault;
    enum event_fault event_fault;
    enum mark_fault mark_fault;
    struct sql_attendance_get_rows rows;
    struct sql_certificates_of_rows certificates;
};

static enum err do_task(struct tx *tx, void *arg)
{
    struct task *k = arg;
    struct arena *a = k->w->a;
    switch (k->deed) {
    case ADD_PERSON:
        return persons_add(tx, a, &k->p, TODAY, true, 1, &k->person_fault);
    case CHANGE_PERSON:
        return persons_change(tx, a, &k->p, TODAY, &k->person_fault);
    case ADD_EVENT:
        return events_add(tx, a, &k->e, 1, STR_NULL, &k->event_fault);
    case MARK:
        return events_mark(tx, a, &k->m, &k->mark_fault);
    case STATE:
        return events_set_state(tx, a, k->one, str_from(k->word), 1);
    case MERGE:
        return persons_merge(k->w->app, tx, a, k->one, k->two, 1);
    case UNDO:
        return persons_undo(k->w->app, tx, a, k->one, 1);
    case CERTIFY:
        return events_certify(tx, a, k->one, 1, &k->issued);
    case REVOKE:
        return events_revoke(tx, a, str_from(k->word));
    case HEADS:
        return events_set_heads(tx, a, k->one, k->heads, 1, &k->mark_fault);
    case INVITE:
        return events_invite(k->w->app, tx, a, k->one, 1, &k->issued);
    case CERTIFICATES:
        return sql_certificates_of(tx, a, &k->certificates, .event_id = k->one);
    case ROW:
        return sql_attendance_get(tx, a, &k->rows, .event_id = k->one, .person = k->two);
    }
    return ERR_INPUT;
}

static enum err run(struct world *w, struct task *k)
{
    k->w = w;
    return db_write(w->app->db, SCOPE_COUNTRY, do_task, k);
}

static int64_t person(struct world *w, const char *family, const char *given, const char *unit)
{
    struct task k = {.deed = ADD_PERSON,
                     .p = {.id = id_new(),
                           .family = str_from(family),
                           .given = str_from(given),
                           .sex = STR("f"),
                           .birth_year = I64(1990),
                           .home = str_from(unit),
                           .group = STR("resident")}};
    assert_int_equal(run(w, &k), ERR_OK);
    return k.p.id;
}

static int64_t event(struct world *w, const char *kind, int64_t day)
{
    struct task k = {.deed = ADD_EVENT,
                     .e = {.unit = STR(HOME),
                           .id = id_new(),
                           .kind = str_from(kind),
                           .topics = STR("budget hearings"),
                           .title = {{STR("Угуу"), STR("Слушания"), STR("Hearing")}},
                           .from_day = day,
                           .to_day = day,
                           .minutes = 180,
                           .open_registration = true,
                           .test_max = I64(20),
                           .certificate_minutes = I64(120)}};
    assert_int_equal(run(w, &k), ERR_OK);
    return k.e.id;
}

static enum err mark(struct world *w, int64_t e, int64_t p, bool present, int64_t said_ms)
{
    struct task k = {.deed = MARK,
                     .m = {.event = e,
                           .person = p,
                           .present = present,
                           .how = "list",
                           .said_ms = said_ms,
                           .by = 1}};
    return run(w, &k);
}

static struct sql_attendance_get_row row_of(struct world *w, int64_t e, int64_t p)
{
    struct task k = {.deed = ROW, .one = e, .two = p};
    assert_int_equal(run(w, &k), ERR_OK);
    assert_int_equal(k.rows.n, 1);
    return k.rows.v[0];
}

static void what_somebody_was_is_frozen(void **state)
{
    struct world w = begin(state);
    int64_t p = person(&w, "Демоева", "Айгүл", HOME), e = event(&w, "training", TODAY - 1);
    assert_int_equal(mark(&w, e, p, true, 0), ERR_OK);
    struct task k = {.deed = CHANGE_PERSON,
                     .p = {.id = p,
                           .revision = 1,
                           .family = STR("Демоева"),
                           .given = STR("Айгүл"),
                           .sex = STR("f"),
                           .birth_year = I64(1950),
                           .home = STR(OTHER),
                           .group = STR("deputy")}};
    assert_int_equal(run(&w, &k), ERR_OK);
    struct sql_attendance_get_row row = row_of(&w, e, p);
    assert_str_equal(row.unit, STR(HOME));
    assert_str_equal(row.band, STR("30-44"));
    assert_str_equal(row.grp, STR("resident"));
    /* Marked once more and taken back: still what it was. */
    assert_int_equal(mark(&w, e, p, false, 0), ERR_OK);
    assert_int_equal(mark(&w, e, p, true, 0), ERR_OK);
    assert_str_equal(row_of(&w, e, p).unit, STR(HOME));
    totals_are_true(&w);
    end(&w);
}

static void the_latest_word_counts(void **state)
{
    struct world w = begin(state);
    int64_t p = person(&w, "Демоева", "Айгүл", HOME), e = event(&w, "training", TODAY);
    int64_t noon = clock_now_ms();
    assert_int_equal(mark(&w, e, p, true, noon - 1000), ERR_OK);
    assert_int_equal(mark(&w, e, p, false, noon - 500), ERR_OK);
    /* This one waited in a phone. */
    assert_int_equal(mark(&w, e, p, true, noon - 800), ERR_OK);
    assert_int_equal(row_of(&w, e, p).active, 0);
    struct task twice = {.deed = MARK,
                         .m = {.event = e,
                               .person = p,
                               .present = true,
                               .how = "list",
                               .said_ms = noon - 100,
                               .once = STR("once-and-for-all-1234")}};
    assert_int_equal(run(&w, &twice), ERR_OK);
    assert_int_equal(run(&w, &twice), ERR_OK);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM event_log WHERE once IS NOT NULL", 0),
                     1);
    /* Not before it began, not beyond the test, nobody unknown. */
    int64_t later = event(&w, "training", TODAY + 2);
    assert_int_equal(mark(&w, later, p, true, 0), ERR_INPUT);
    assert_int_equal(mark(&w, e, 12345, true, 0), ERR_INPUT);
    twice.m.once = STR_NULL;
    twice.m.post = I64(21);
    assert_int_equal(run(&w, &twice), ERR_INPUT);
    assert_int_equal(twice.mark_fault, MARK_TEST);
    totals_are_true(&w);
    end(&w);
}

/* Anything in any order: totals equal the records, and a merge leaves participations alone. */
static void totals_survive_any_work(void **state)
{
    struct world w = begin(state);
    enum { PEOPLE = 9, EVENTS = 4 };
    int64_t people[PEOPLE], events[EVENTS];
    uint64_t dice = 11;
    for (int i = 0; i < PEOPLE; i++)
        people[i] = person(&w, "Демоева", "Айгүл", i % 2 ? HOME : OTHER);
    for (int i = 0; i < EVENTS; i++)
        events[i] = event(&w, i % 2 ? "training" : "hearing", TODAY - 40 * i - 1);
    for (int step = 0; step < 150; step++) {
        dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t d = dice >> 24;
        int64_t p = people[d % PEOPLE], q = people[d / 16 % PEOPLE], e = events[d / 256 % EVENTS];
        struct task k = {.one = p, .two = q};
        switch (d / 4096 % 8) {
        case 0:
            k.deed = MERGE;
            break;
        case 1:
            k.deed = UNDO;
            break;
        case 2:
            k.deed = STATE;
            k.one = e;
            k.word = d / 65536 % 2 ? "held" : "cancelled";
            break;
        case 3:
            k.deed = d / 65536 % 2 ? CERTIFY : HEADS;
            k.one = e;
            for (int i = 0; i < EVENTS_HEADS; i++)
                k.heads[i] = (int64_t)(d >> (20 + 3 * i)) % 7;
            break;
        default:
            k.deed = MARK;
            k.m = (struct mark){
                .event = e, .person = p, .present = d / 65536 % 3 != 0, .how = "list", .by = 1};
        }
        enum err rc = run(&w, &k);
        assert_true(rc == ERR_OK || rc == ERR_INPUT);
        if (step % 30 == 29)
            totals_are_true(&w);
    }
    assert_true(number(&w, "SELECT count(*) AS n FROM attendance WHERE active = 1", 0) > 3);
    totals_are_true(&w);
    end(&w);
}

/* Participations without names: they count, and nobody becomes a person by it. */
static void heads_are_participations_of_nobody(void **state)
{
    struct world w = begin(state);
    int64_t p = person(&w, "Демоева", "Айгүл", HOME), e = event(&w, "hearing", TODAY - 1);
    int64_t next = tally_month_start(tally_month(TODAY) + 1);
    assert_int_equal(mark(&w, e, p, true, 0), ERR_OK);
    struct task k = {.deed = HEADS, .one = e, .heads = {30, 12, 3}};
    assert_int_equal(run(&w, &k), ERR_OK);
    struct figure f = figure(&w, &events_participations, "hearing", NULL, NULL, next);
    assert_int_equal(f.amount, 46);
    assert_int_equal(f.people, 1);
    totals_are_true(&w);
    /* Said anew it replaces what was said; of a cancelled event nothing counts. */
    k.heads[0] = 20, k.heads[2] = 0;
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(figure(&w, &events_participations, "hearing", NULL, NULL, next).amount, 33);
    struct task cancel = {.deed = STATE, .one = e, .word = "cancelled"};
    assert_int_equal(run(&w, &cancel), ERR_OK);
    assert_int_equal(figure(&w, &events_participations, "hearing", NULL, NULL, next).amount, 0);
    assert_int_equal(run(&w, &k), ERR_INPUT);
    assert_int_equal(k.mark_fault, MARK_EVENT);
    totals_are_true(&w);
    cancel.word = "held";
    assert_int_equal(run(&w, &cancel), ERR_OK);
    assert_int_equal(figure(&w, &events_participations, "hearing", NULL, NULL, next).amount, 33);
    assert_int_equal(tally_fold(w.app), ERR_OK);
    totals_are_true(&w);
    size_t n;
    const struct str *codes = units_of(&w, &n);
    assert_int_equal(tally_rebuild(w.app, &events_participations, codes, n), ERR_OK);
    totals_are_true(&w);
    f = figure(&w, &events_participations, "hearing", NULL, NULL, next);
    assert_int_equal(f.amount, 33);
    assert_int_equal(f.people, 1);
    /* On the pages: 34 participations would say that nobody came twice. */
    test_new_visitor(w.t);
    struct test_answer a =
        test_get(w.t, arena_cstr(w.a, arena_printf(w.a, "/events/%lld", (long long)e)));
    test_contains(a, "Participations: 33; counted without names: 32.");
    test_contains(a, "Nobody knows whether people counted without names");
    end(&w);
}

/* Two municipalities become one: what was stays, who lives there lives in the new one. */
struct merger {
    struct world *w;
};
static enum err merge_units(struct tx *tx, void *arg)
{
    struct merger *m = arg;
    enum err rc = persons_slice.merged(m->w->app, tx, STR(OTHER), STR(HOME), TODAY);
    return rc == ERR_OK ? events_slice.merged(m->w->app, tx, STR(OTHER), STR(HOME), TODAY) : rc;
}
static void a_merger_keeps_history(void **state)
{
    struct world w = begin(state);
    int64_t p = person(&w, "Демоева", "Айгүл", OTHER), e = event(&w, "training", TODAY - 40),
            later = event(&w, "training", TODAY - 1);
    assert_int_equal(mark(&w, e, p, true, 0), ERR_OK);
    struct merger m = {&w};
    assert_int_equal(db_write(w.app->db, SCOPE_COUNTRY, merge_units, &m), ERR_OK);
    assert_str_equal(row_of(&w, e, p).unit, STR(OTHER));
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM persons WHERE home = '" HOME "'", 0), 1);
    assert_int_equal(mark(&w, later, p, true, 0), ERR_OK);
    assert_str_equal(row_of(&w, later, p).unit, STR(HOME));
    totals_are_true(&w);
    end(&w);
}

static void small_groups_stay_hidden(void **state)
{
    (void)state;
    struct group_cell v[] = {{.n = 20}, {.n = 3}, {.n = 9}, {.n = 0}};
    struct group_cells cells = {v, COUNT_OF(v), COUNT_OF(v)};
    events_hide_small(&cells);
    assert_false(v[0].hidden);
    assert_true(v[1].hidden);
    assert_true(v[2].hidden); /* else 3 is the total less the others */
    assert_false(v[3].hidden);
    struct group_cell two[] = {{.n = 20}, {.n = 3}, {.n = 4}};
    cells = (struct group_cells){two, COUNT_OF(two), COUNT_OF(two)};
    events_hide_small(&cells);
    assert_false(two[0].hidden);
    assert_true(two[1].hidden && two[2].hidden);
}

/* --- pages --- */

#define AT(w, format, id) arena_cstr((w)->a, arena_printf((w)->a, (format), (long long)(id)))

static void pages_of_an_event(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    test_login_as(t, ROLE_OFFICER, HOME);
    struct test_answer a =
        test_post(t, "/desk/events/new", "revision", "0", "kind", "hearing", "topic", "budget",
                  "title_ky", "Бюджеттик угуу", "unit", HOME, "from", "2026-07-15", "hours", "3",
                  "open", "on", "test_max", "20", "certificate_hours", "2", NULL);
    test_status(a, 303);
    const char *base = arena_cstr(w.a, test_header_of(a, "Location"));
    int64_t id = number(&w, "SELECT max(id) AS n FROM event", 0);
    /* Of a foreign municipality nothing can be planned. */
    test_status(test_post(t, "/desk/events/new", "revision", "0", "kind", "hearing", "topic",
                          "budget", "title_ky", "Угуу", "unit", OTHER, "from", "2026-07-15",
                          "hours", "3", NULL),
                422);
    const char *add = AT(&w, "/desk/events/%lld/add", id);
    test_status(test_post(t, add, "family", "Демоева", "given", "Айгүл", "birth_year", "1990",
                          "sex", "f", "home", HOME, "as", "present", NULL),
                303);
    /* The same name again: first the question, then one answer or the other. */
    a = test_post(t, add, "family", "Демоева", "given", "Айгул", "birth_year", "1990", "sex", "f",
                  "home", HOME, "as", "present", NULL);
    test_status(a, 422);
    test_contains(a, "Same year of birth");
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM persons", 0), 1);
    int64_t first = number(&w, "SELECT max(id) AS n FROM persons", 0);
    test_status(test_post(t, add, "family", "Демоева", "given", "Айгул", "birth_year", "1990",
                          "sex", "f", "home", HOME, "same", AT(&w, "%lld", first), "as", "present",
                          NULL),
                303);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance", 0), 1);
    /* The paper sheet: one bad row, nothing; then all of it; again, nobody twice. */
    const char *import = AT(&w, "/desk/events/%lld/import", id);
    const char *good = "family,given,birth_year,sex,municipality,pre,post\r\n"
                       "Үлгүбаев,Азат,1980,m," HOME ",10,15\r\n"
                       "Сынаков,Бакыт,1970,m," OTHER ",5,20\r\n";
    const char *bad = "family,given,birth_year,sex,municipality,pre,post\r\n"
                      "Үлгүбаев,Азат,1980,m," HOME ",10,15\r\n"
                      "Сынаков,Бакыт,1970,m,41700000000000,5,21\r\n";
    test_status(test_post(t, import, "text", bad, "do", "import", NULL), 422);
    test_status(test_post(t, import, "text", good, "do", "check", NULL), 200);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance", 0), 1);
    test_status(test_post(t, import, "text", good, "do", "import", NULL), 200);
    test_status(test_post(t, import, "text", good, "do", "import", NULL), 200);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance", 0), 3);
    /* 5 + 15 of 10 + 15 possible. */
    test_contains(test_get(t, base), "80%");
    test_contains(test_get(t, AT(&w, "/desk/events/%lld/people", id)), "Үлгүбаев");
    test_status(test_get(t, AT(&w, "/desk/events/%lld/people.xlsx", id)), 200);
    test_status(test_get(t, AT(&w, "/desk/events/%lld/sheet.pdf", id)), 200);
    test_status(test_get(t, "/desk/events/trainet.xlsx"), 200);
    test_status(test_post(t, AT(&w, "/desk/events/%lld/certificates", id), NULL), 303);
    test_status(test_get(t, AT(&w, "/desk/events/%lld/certificates.pdf", id)), 200);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM event_certificate", 0), 3);
    totals_are_true(&w);

    /* The public sees totals and no names. */
    test_new_visitor(t);
    a = test_get(t, AT(&w, "/events/%lld", id));
    test_status(a, 200);
    test_lacks(a, "Үлгүбаев");
    test_contains(a, "So few people");
    test_contains(test_get(t, "/events"), "Бюджеттик угуу");
    test_contains(test_get(t, "/m/" HOME "/events"), "Бюджеттик угуу");
    test_lacks(test_get(t, "/m/" OTHER "/events"), "Бюджеттик угуу");
    test_status(test_get(t, AT(&w, "/desk/events/%lld", id)), 303);
    test_login_as(t, ROLE_HEAD, OTHER);
    test_status(test_get(t, AT(&w, "/desk/events/%lld", id)), 404);
    end(&w);
}

static void guests_and_codes(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    int64_t id = event(&w, "training", TODAY), foreign = event(&w, "training", TODAY);
    struct test_answer a = test_post(t, AT(&w, "/events/%lld/register", id), "family", "Демоева",
                                     "given", "Айгүл", "home", HOME, "sex", "f", NULL);
    test_status(a, 303);
    const char *own = arena_cstr(w.a, test_header_of(a, "Location"));
    a = test_get(t, own);
    test_status(a, 200);
    test_lacks(a, "Демоева");
    test_status(test_post(t, own, "rsvp", "maybe", NULL), 303);
    const char *code = strrchr(own, '/') + 1;
    test_status(test_get(t, arena_cstr(w.a, arena_printf(w.a, "/events/%lld/guest/%s",
                                                         (long long)foreign, code))),
                404);
    test_login_as(t, ROLE_OFFICER, HOME);
    test_contains(test_get(t, AT(&w, "/desk/events/%lld/people", id)), "perhaps");
    test_status(test_post(t, AT(&w, "/desk/events/%lld/code", foreign), "code", code, NULL), 422);
    test_status(test_post(t, AT(&w, "/desk/events/%lld/code", id), "code", code, NULL), 303);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance WHERE active = 1", 0), 1);
    /* What one person kept on a phone is not taken from another one who is logged in now, with an
     * old token or a new one. */
    int64_t listed = number(&w, "SELECT max(person) AS n FROM attendance", 0);
    const char *mark_path = AT(&w, "/desk/events/%lld/mark", id);
    a = test_post(t, mark_path, "person", AT(&w, "%lld", listed), "present", "no", "keeper", "4711",
                  "csrf", "stale", NULL);
    test_status(a, 403);
    test_contains(a, "marked by somebody else");
    test_status(test_post(t, mark_path, "person", AT(&w, "%lld", listed), "present", "no", "keeper",
                          "4711", NULL),
                403);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM attendance WHERE active = 1", 0), 1);
    test_status(test_post(t, mark_path, "person", AT(&w, "%lld", listed), "present", "yes",
                          "keeper", AT(&w, "%lld", test_login_as(t, ROLE_OFFICER, HOME)), NULL),
                303);
    /* Who is not on the list of this event cannot be marked on it by a number. */
    int64_t stranger = person(&w, "Үлгүбаев", "Азат", OTHER);
    test_status(test_post(t, AT(&w, "/desk/events/%lld/mark", id), "person",
                          AT(&w, "%lld", stranger), "present", "yes", NULL),
                422);
    totals_are_true(&w);
    end(&w);
}

static void letters_tasks_and_filters(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    int64_t id = event(&w, "dialogue", TODAY);
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *base = AT(&w, "/desk/events/%lld", id);
#define UNDER(path) arena_cstr(w.a, arena_printf(w.a, "%s" path, base))
    test_lacks(test_get(t, base), "Send invitations by e-mail");
    test_status(test_post(t, UNDER("/add"), "family", "Демоева", "given", "Айгүл", "email",
                          "demo@example.org", "as", "guest", NULL),
                303);
    test_status(
        test_post(t, UNDER("/add"), "family", "Сынаков", "given", "Бакыт", "as", "guest", NULL),
        303);
    test_contains(test_get(t, base), "Send invitations by e-mail");
    test_status(test_post(t, UNDER("/invite"), NULL), 303);
    test_status(test_post(t, UNDER("/invite"), NULL), 303); /* nobody is written to twice */
    assert_int_equal(number(&w,
                            "SELECT count(*) AS n FROM outbox WHERE address = 'demo@example.org' "
                            "AND cause = 'event_invitation' AND body LIKE '%/guest/%'",
                            0),
                     1);
    assert_int_equal(number(&w, "SELECT count(*) AS n FROM outbox", 0), 1);
    /* What was agreed is shown in public, with its day. */
    test_status(test_post(t, UNDER("/tasks"), "what", "Көпүрөнү оңдоо", "who", "Катчы", NULL), 422);
    test_status(test_post(t, UNDER("/tasks"), "what", "Көпүрөнү оңдоо", "who", "Катчы", "due",
                          "2026-07-10", NULL),
                303);
    int64_t task = number(&w, "SELECT max(id) AS n FROM event_task", 0);
    const char *shown = AT(&w, "/events/%lld", id);
    test_contains(test_get(t, shown), "Overdue");
    const char *close = arena_cstr(w.a, arena_printf(w.a, "%s/tasks/%lld", base, (long long)task));
    test_status(test_post(t, close, "done", "yes", NULL), 303);
    test_lacks(test_get(t, shown), "Overdue");
    test_contains(test_get(t, shown), "Көпүрөнү оңдоо");
    test_status(
        test_post(t, arena_cstr(w.a, arena_printf(w.a, "%s/tasks/1", base)), "done", "yes", NULL),
        404);
    test_status(test_post(t, UNDER("/heads"), "women", "7", "men", "x", NULL), 422);
    test_status(test_post(t, UNDER("/heads"), "women", "7", "men", "5", NULL), 303);
    test_status(test_post(t, UNDER("/invite"), NULL), 409); /* it was held meanwhile */
    totals_are_true(&w);
    /* Nobody from elsewhere does any of it. */
    test_login_as(t, ROLE_OFFICER, OTHER);
    test_status(test_post(t, UNDER("/heads"), "women", "1", NULL), 404);
    test_status(test_post(t, close, "done", "no", NULL), 404);
    test_status(test_post(t, UNDER("/invite"), NULL), 404);
    test_new_visitor(t);
    test_contains(test_get(t, "/events?unit=" HOME), "Participations: 12");
    test_lacks(test_get(t, "/events?unit=" OTHER), "Participations: 12");
    end(&w);
}

static void a_certificate_can_be_checked(void **state)
{
    struct world w = begin(state);
    struct test_app *t = w.t;
    int64_t p = person(&w, "Демоева", "Айгүл", HOME), e = event(&w, "training", TODAY - 3);
    assert_int_equal(mark(&w, e, p, true, 0), ERR_OK);
    struct task k = {.deed = CERTIFY, .one = e};
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(k.issued, 1);
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(k.issued, 0); /* nobody gets two */
    test_login_as(t, ROLE_OFFICER, HOME);
    test_status(test_get(t, AT(&w, "/desk/events/%lld/certificates.pdf", e)), 200);
    test_new_visitor(t);
    test_status(test_get(t, "/events/certificates/7K3M-Q4DA-N"), 404);
    k = (struct task){.deed = CERTIFICATES, .one = e};
    assert_int_equal(run(&w, &k), ERR_OK);
    assert_int_equal(k.certificates.n, 1);
    struct str number_of = k.certificates.v[0].number;
    const char *path =
        arena_cstr(w.a, arena_printf(w.a, "/events/certificates/%.*s", STRF(number_of)));
    struct test_answer a = test_get(t, path);
    test_status(a, 200);
    test_contains(a, "A certificate with this number was given");
    test_lacks(a, "Демоева");
    test_contains(a, "Д. А.");
    struct str signature = events_sign(w.app, w.a, number_of);
    a = test_get(t, arena_cstr(w.a, arena_printf(w.a, "%s?s=%.*s", path, STRF(signature))));
    test_contains(a, "number and signature are right");
    a = test_get(t, arena_cstr(w.a, arena_printf(w.a, "%s?s=A%.*s", path, STRF(signature))));
    test_contains(a, "was not made by us");
    /* Taken back at the desk of its own event; a foreign number is not found there. */
    int64_t foreign = event(&w, "training", TODAY - 3);
    test_login_as(t, ROLE_OFFICER, HOME);
    test_contains(test_get(t, AT(&w, "/desk/events/%lld/certificates", e)), "Демоева");
    const char *word = arena_cstr(w.a, number_of);
    test_status(test_post(t, AT(&w, "/desk/events/%lld/certificates/revoke", foreign), "number",
                          word, NULL),
                404);
    for (int again = 0; again < 2; again++) /* once is enough */
        test_status(
            test_post(t, AT(&w, "/desk/events/%lld/certificates/revoke", e), "number", word, NULL),
            303);
    test_new_visitor(t);
    test_contains(test_get(t, path), "taken back");
    totals_are_true(&w);
    end(&w);
}

/* --- what an assessment gets --- */

static void an_assessment_counts_what_was_held(void **state)
{
    clock_set_for_test(day_start_ms(TODAY) + 12 * MS_HOUR);
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice, &outbox_slice,
                    &tally_slice, &files_slice, &places_slice, &people_slice, &calendar_slice,
                    &persons_slice, &catalogue_slice, &charter_slice, &delivery_slice, &cases_slice,
                    &events_slice, &assessment_slice);
    struct world w = {t, &t->app, t->arena};
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    test_login_as(t, ROLE_PROGRAMME, "*");
    test_status(test_post(t, "/desk/assessment", "code", "2026", "from", "2025-07-01", "to",
                          "2026-06-30", "opens", "2026-07-15", "closes", "2026-08-14", "appeals",
                          "2026-09-30", NULL),
                303);
    test_login_as(t, ROLE_OFFICER, HOME);
    const char *page = "/desk/" HOME "/assessment/hearings?round=2026&lang=en";
    /* Nothing on record: the municipality answers itself. */
    test_contains(test_get(t, page), "name=\"value\"");
    int64_t hearing = event(&w, "hearing", 20400);
    int64_t late = event(&w, "hearing", 20640), /* after the period */
        planned = event(&w, "hearing", 20500), training = event(&w, "training", 20410);
    struct task held = {.deed = STATE, .word = "held"};
    const int64_t done[] = {hearing, late, training};
    for (size_t i = 0; i < COUNT_OF(done); i++) {
        held.one = done[i];
        assert_int_equal(run(&w, &held), ERR_OK);
    }
    for (int i = 0; i < 6; i++) {
        char given[2] = {(char)('A' + i), 0};
        int64_t p = person(&w, "Demoeva", given, i < 5 ? HOME : OTHER);
        assert_int_equal(mark(&w, hearing, p, true, day_start_ms(20400) + MS_HOUR), ERR_OK);
        assert_int_equal(mark(&w, training, p, true, day_start_ms(20410) + MS_HOUR), ERR_OK);
    }
    (void)planned;
    struct test_answer a = test_get(t, page);
    assert_int_equal(a.status, 200);
    assert_true(str_find(a.body, STR("name=\"value\"")) < 0);
    test_contains(a, "<strong>1 ");
    test_contains(a, "/m/" HOME "/events?kind=hearing&amp;from=2025-07-01&amp;to=2026-06-30");
    a = test_get(t, "/m/" HOME "/events?kind=hearing&from=2025-07-01&to=2026-06-30");
    test_contains(a, AT(&w, "/events/%lld\"", hearing));
    assert_true(str_find(a.body, arena_printf(w.a, "/events/%lld\"", (long long)late)) < 0);
    /* Five women of five; the guest from elsewhere counts at home. */
    a = test_get(t, "/desk/" HOME "/assessment/women_hearings?round=2026&lang=en");
    test_contains(a, "(5 ");
    a = test_get(t, "/desk/" HOME "/assessment/hearing_held?round=2026&lang=en");
    test_contains(a, "<strong>Met");
    test_app_close(t);
    clock_set_for_test(0);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(the_public_story_comes_out_of_the_rows),
        BODY(what_somebody_was_is_frozen),
        BODY(the_latest_word_counts),
        BODY(totals_survive_any_work),
        BODY(heads_are_participations_of_nobody),
        BODY(a_merger_keeps_history),
        BODY(small_groups_stay_hidden),
        BODY(pages_of_an_event),
        BODY(guests_and_codes),
        BODY(letters_tasks_and_filters),
        BODY(a_certificate_can_be_checked),
        BODY(an_assessment_counts_what_was_held),
    };
    return slice_test_run("events", bodies, COUNT_OF(bodies));
}
