/* See delivery_fixture_test.h. */
#include "services/delivery/delivery_fixture_test.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "services/charter/charter.h"

#include "platform/channels/outbox.h"
#include "platform/core/id.h"
#include "platform/jobs/jobs.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"

/* --- the program --- */

void delivery_test_day(int64_t day)
{
    clock_set_for_test(day_start_ms(day) + 12 * MS_HOUR);
}

static enum err fill_registry(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct str unit = str_from(arg);
    static const struct {
        const char *service;
        enum service_mode mode;
    } lines[] = {{"waste", MODE_ENTERPRISE}, {"water", MODE_WATER_USERS}, {"culture", MODE_OWN}};
    struct provider waste = {.id = d->waste, .name = STR("Taza"), .kind = MODE_ENTERPRISE},
                    water = {.id = d->water, .name = STR("Bulak"), .kind = MODE_WATER_USERS};
    enum err rc = ERR_OK;
    TRY(catalogue_add_provider(tx, unit, &waste));
    TRY(catalogue_add_provider(tx, unit, &water));
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        bool changed;
        struct catalogue_faults faults = {0};
        struct service_entry entry = {.unit = unit,
                                      .service = str_from(lines[i].service),
                                      .provided = true,
                                      .mode = lines[i].mode,
                                      .provider_id = i == 0   ? d->waste
                                                     : i == 1 ? d->water
                                                              : 0,
                                      .since_day = TODAY - 1000,
                                      .decision = STR("14"),
                                      .note = STR("")};
        TRY(catalogue_set_service(d->app, tx, d->a, &entry, &changed, &faults));
    }
out:
    return rc;
}

void delivery_test_begin(struct delivery_test *d, void **state)
{
    static const char *const units[] = {HOME, OTHER};
    delivery_test_day(TODAY);
    struct test_app *t =
        TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice, &outbox_slice,
                    &tally_slice, &places_slice, &people_slice, &calendar_slice, &catalogue_slice,
                    &charter_slice, &delivery_slice);
    *d = (struct delivery_test){.t = t, .app = &t->app, .a = t->arena};
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    /* Numbers of their own in each municipality: what leaks from one to another shows. */
    for (size_t i = COUNT_OF(units); i-- > 0;) {
        d->waste = i == 0 ? 511 : 501;
        d->water = d->waste + 1;
        assert_int_equal(
            delivery_test_write(d, units[i], fill_registry, (void *)(uintptr_t)units[i]), ERR_OK);
    }
}

void delivery_test_end(struct delivery_test *d)
{
    test_app_close(d->t);
    clock_set_for_test(0);
}

struct run {
    struct delivery_test *d;
    delivery_test_fn fn;
    void *arg;
};

static enum err run(struct tx *tx, void *arg)
{
    struct run *r = arg;
    return r->fn(r->d, tx, r->arg);
}

enum err delivery_test_write(struct delivery_test *d, const char *unit, delivery_test_fn fn,
                             void *arg)
{
    struct run r = {d, fn, arg};
    return db_write(d->app->db, str_from(unit), run, &r);
}

enum err delivery_test_read(struct delivery_test *d, const char *unit, delivery_test_fn fn,
                            void *arg)
{
    struct run r = {d, fn, arg};
    return db_read(d->app->db, str_from(unit), run, &r);
}

/* --- schedules --- */

struct schedule delivery_test_schedule(struct delivery_test *d)
{
    static const struct str villages[] = {STRI(VILLAGE_ONE), STRI(VILLAGE_TWO)};
    return (struct schedule){.id = id_new(),
                             .service = STR("waste"),
                             .route = STR("1"),
                             .provider_id = d->waste,
                             .weekdays = MON | THU,
                             .from_day = TODAY,
                             .time_from = I64(8 * 60),
                             .time_to = I64(12 * 60),
                             .villages = villages,
                             .village_count = 2};
}

static enum err add_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct schedule_try *s = arg;
    s->faults = (struct delivery_faults){0};
    return delivery_add_schedule(d->app, tx, d->a, str_from(s->unit ? s->unit : HOME), &s->in,
                                 &s->repeated, &s->faults);
}

enum err delivery_test_add(struct delivery_test *d, struct schedule_try *s)
{
    return delivery_test_write(d, s->unit ? s->unit : HOME, add_fn, s);
}

int64_t delivery_test_added(struct delivery_test *d, struct schedule s)
{
    struct schedule_try try = {.in = {.s = s}};
    assert_int_equal(delivery_test_add(d, &try), ERR_OK);
    return s.id;
}

/* --- visits --- */

struct days {
    const char *unit;
    int64_t from, to;
    struct visits visits;
};

static enum err days_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct days *days = arg;
    struct sql_visits_of_days_rows rows;
    enum err rc =
        sql_visits_of_days(tx, d->a, &rows, .unit = str_from(days->unit), .from_day = days->from,
                           .to_day = days->to, .service = STR_NULL, .village = STR_NULL);
    days->visits = (struct visits){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(d->a, days->visits, VISIT_OF(rows.v[i]));
    return rc;
}

struct visits delivery_test_visits(struct delivery_test *d, const char *unit, int64_t from_day,
                                   int64_t to_day)
{
    struct days days = {.unit = unit, .from = from_day, .to = to_day};
    assert_int_equal(delivery_test_read(d, unit, days_fn, &days), ERR_OK);
    return days.visits;
}

struct visit delivery_test_visit(struct delivery_test *d, const char *village, int64_t day)
{
    struct visits all = delivery_test_visits(d, HOME, day, day);
    struct visit found = {0};
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.v[i].village, str_from(village))) {
            found = all.v[i];
            n++;
        }
    assert_int_equal(n, 1);
    return found;
}

struct one {
    int64_t id;
    struct visit visit;
};

static enum err again_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct one *one = arg;
    return delivery_visit(tx, d->a, STR(HOME), one->id, &one->visit);
}

struct visit delivery_test_again(struct delivery_test *d, int64_t id)
{
    struct one one = {.id = id};
    assert_int_equal(delivery_test_read(d, HOME, again_fn, &one), ERR_OK);
    return one.visit;
}

/* --- words --- */

static enum err say_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct word *w = arg;
    struct visit_reader reader = {.person = 77, .office = w->provider == 0};
    struct visit_confirmation in = {
        .unit = STR(HOME),
        .visit = w->visit,
        .outcome = w->outcome,
        .reason = w->reason ? str_from(w->reason) : STR_NULL,
        .said_ms = w->said_ms,
        .once = w->once ? str_from(w->once) : STR_NULL,
    };
    if (w->provider)
        ARENA_PUSH(d->a, reader.providers, w->provider);
    w->faults = (struct delivery_faults){0};
    return delivery_confirm(tx, d->a, &reader, &in, &w->repeated, &w->faults);
}

enum err delivery_test_say(struct delivery_test *d, struct word *w)
{
    return delivery_test_write(d, HOME, say_fn, w);
}

void delivery_test_done(struct delivery_test *d, int64_t visit)
{
    struct word w = {.visit = visit, .outcome = VISIT_DONE};
    assert_int_equal(delivery_test_say(d, &w), ERR_OK);
}

void delivery_test_missed(struct delivery_test *d, int64_t visit, const char *reason)
{
    struct word w = {.visit = visit, .outcome = VISIT_MISSED, .reason = reason};
    assert_int_equal(delivery_test_say(d, &w), ERR_OK);
}

/* --- disputes --- */

static enum err complain_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct complaint *c = arg;
    struct dispute_input in = {.unit = STR(HOME),
                               .visit = c->visit,
                               .words = str_from(c->words),
                               .email = c->email ? str_from(c->email) : STR_NULL,
                               .lang = LANG_RU,
                               .once = c->once ? str_from(c->once) : STR_NULL};
    c->faults = (struct delivery_faults){0};
    return delivery_add_dispute(tx, d->a, &in, &c->repeated, &c->faults);
}

enum err delivery_test_complain(struct delivery_test *d, struct complaint *c)
{
    return delivery_test_write(d, HOME, complain_fn, c);
}

struct visit_reading delivery_test_reading(struct delivery_test *d, const char *unit, int64_t id);

struct all_of {
    const char *unit;
    int64_t id;
    struct visit_reading reading;
};

static enum err reading_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    struct all_of *all = arg;
    struct visit_reading *r = &all->reading;
    struct str unit = str_from(all->unit);
    enum err rc = ERR_OK;
    TRY(delivery_visit(tx, d->a, unit, all->id, &r->visit));
    TRY(sql_visit_events(tx, d->a, &r->events, .unit = unit, .visit_id = all->id));
    TRY(sql_visit_photos(tx, d->a, &r->photos, .unit = unit, .visit_id = all->id));
    TRY(sql_disputes_of_visit(tx, d->a, &r->disputes, .unit = unit, .visit_id = all->id));
out:
    return rc;
}

struct visit_reading delivery_test_reading(struct delivery_test *d, const char *unit, int64_t id)
{
    struct all_of all = {.unit = unit, .id = id};
    assert_int_equal(delivery_test_read(d, unit, reading_fn, &all), ERR_OK);
    return all.reading;
}

int64_t delivery_test_dispute(struct delivery_test *d, int64_t visit)
{
    struct visit_reading r = delivery_test_reading(d, HOME, visit);
    assert_true(r.disputes.n > 0);
    return r.disputes.v[r.disputes.n - 1].id;
}

struct verdict {
    int64_t dispute;
    bool upheld;
    const char *answer;
};

static enum err answer_fn(struct delivery_test *d, struct tx *tx, void *arg)
{
    const struct verdict *v = arg;
    struct delivery_faults faults = {0};
    struct dispute_answer in = {.unit = STR(HOME),
                                .dispute = v->dispute,
                                .upheld = v->upheld,
                                .answer = str_from(v->answer),
                                .person = 88};
    return delivery_answer_dispute(d->app, tx, d->a, &in, &faults);
}

enum err delivery_test_answer(struct delivery_test *d, int64_t dispute, bool upheld,
                              const char *answer)
{
    struct verdict v = {dispute, upheld, answer};
    return delivery_test_write(d, HOME, answer_fn, &v);
}

void delivery_test_disputed(struct delivery_test *d, int64_t visit, bool upheld)
{
    struct complaint c = {.visit = visit, .words = "Nobody came"};
    assert_int_equal(delivery_test_complain(d, &c), ERR_OK);
    assert_int_equal(
        delivery_test_answer(d, delivery_test_dispute(d, visit), upheld, "We have checked"),
        ERR_OK);
}

/* --- addresses and forms --- */

const char *delivery_test_path(struct delivery_test *d, const char *path, int64_t id)
{
    struct str s = str_from(path);
    ptrdiff_t at = str_find_char(s, '#');
    assert_true(at >= 0);
    return arena_cstr(
        d->a, arena_printf(d->a, "%.*s%lld%s", (int)at, path, (long long)id, path + at + 1));
}

const char *delivery_test_date(struct delivery_test *d, int64_t day)
{
    struct buf *out = buf_in(d->a);
    buf_day(out, day);
    return arena_cstr(d->a, buf_view(out));
}

void delivery_test_promise(struct delivery_test *d, const char *unit)
{
    const char *base = arena_cstr(d->a, arena_printf(d->a, "/desk/%s/charters/waste", unit));
    const char *today = delivery_test_date(d, day_today());
#define AT(tail) arena_cstr(d->a, arena_printf(d->a, "%s" tail, base))
    test_login_as(d->t, ROLE_HEAD, unit);
    test_status(test_post(d->t, AT("/draft"), "revision", "0", NULL), 303);
    struct test_answer a =
        test_post(d->t, AT("/promises/new"), "revision", "0", "measure", "visits_done", NULL);
    test_status(a, 303);
    const char *words = arena_cstr(d->a, test_header_of(a, "Location"));
    a = test_post(d->t, words, "revision", "0", "text_ky", "Жадыбал боюнча", "text_ru",
                  "По графику", "text_en", "By the schedule", NULL);
    test_status(a, 303);
    a = test_post(d->t, AT("/intro"), "revision", "0", "intro_ky", "к", "intro_ru", "р", "intro_en",
                  "e", "contact", "0 (000) 11-22-33", NULL);
    test_status(a, 303);
    a = test_post(d->t, AT("/approve"), "revision", "0", "number", "7/3", "day", today, NULL);
    test_status(a, 303);
    a = test_post(d->t, AT("/publish"), "revision", "0", "from", today, NULL);
    test_status(a, 303);
    test_new_visitor(d->t);
#undef AT
}
