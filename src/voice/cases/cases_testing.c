/* See cases_testing.h. */
#include "voice/cases/cases_testing.h"

#include "community/people/people.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/jobs/jobs.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

struct cases_world world;

/* The neighbours that this room asks for a promise, a person or a message, as far as the tests need
 * to see and steer them. The rest is real. */
__attribute__((weak)) enum err charter_deadline(struct tx *tx, struct arena *a, struct str unit,
                                                struct str service, struct str fault, int64_t day,
                                                struct promise *out)
{
    (void)tx, (void)a, (void)unit, (void)fault, (void)day;
    if (!world.promised || (world.promise.service.p && !str_eq(world.promise.service, service)))
        return ERR_NOT_FOUND;
    *out = world.promise;
    return ERR_OK;
}
__attribute__((weak)) enum err charter_promises(struct tx *tx, struct arena *a, struct str unit,
                                                struct str service, int64_t day,
                                                struct promises *out)
{
    (void)tx, (void)unit, (void)service, (void)day;
    if (world.promised)
        ARENA_PUSH(a, *out, world.promise);
    return ERR_OK;
}
void demo_note_address(struct demo_context *d, struct demo_address address)
{
    (void)d, (void)address;
}
__attribute__((weak)) enum err outbox_put(struct tx *tx, const struct outbox_message *m)
{
    (void)tx;
    /* No assertion here: this may run on the writer's thread. */
    world.open_letters += !m->secret;
    if (world.sent.n == COUNT_OF(world.sent.v))
        world.sent.n = 0;
    world.sent.v[world.sent.n++] =
        (struct sent){arena_str(world.arena, m->to), arena_str(world.arena, m->subject),
                      arena_str(world.arena, m->body), m->lang};
    return ERR_OK;
}
__attribute__((weak)) enum err job_enqueue(struct tx *tx, struct str unit, const char *kind,
                                           struct str payload, int64_t run_at_ms, struct str key)
{
    (void)tx, (void)key;
    if (world.queued.n == COUNT_OF(world.queued.v))
        world.queued.n = 0;
    world.queued.v[world.queued.n++] =
        (struct queued){arena_str(world.arena, unit), arena_str(world.arena, str_from(kind)),
                        arena_str(world.arena, payload), run_at_ms};
    return ERR_OK;
}
__attribute__((weak)) enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id,
                                              struct str *email, enum lang *lang)
{
    (void)tx;
    *email = arena_printf(a, "person%d@demo.example", (int)person_id);
    *lang = LANG_RU;
    return ERR_OK;
}
__attribute__((weak)) enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit,
                                                 unsigned roles, struct person_names *out)
{
    (void)tx, (void)unit;
    if (roles == 1u << ROLE_HEAD)
        ARENA_PUSH(a, *out, ((struct person_name){77, STR("Демо Башчы")}));
    return ERR_OK;
}

void cases_begin(struct cases_test *t, void **state)
{
    static const struct slice *const slices[] = {&trail_slice,    &tally_slice,     &places_slice,
                                                 &calendar_slice, &catalogue_slice, &cases_slice};
    struct demo_context demo = {0};
    t->damaged = false;
    slice_test_begin(&t->base, state, slices, COUNT_OF(slices));
    t->app = &t->base.app;
    t->arena = t->base.arena;
    world = (struct cases_world){.arena = t->arena};
    for (size_t i = 0; i < COUNT_OF(slices); i++)
        if (slices[i]->start)
            assert_int_equal(slices[i]->start(t->app), ERR_OK);
    assert_int_equal(places_slice.demo(t->app, &demo), ERR_OK);
}

const struct place *cases_place(struct cases_test *t, struct str code)
{
    const struct place *p = territory_find(territory_get(t->app, t->arena), code);
    assert_non_null(p);
    return p;
}

int cases_faults(struct cases_test *t)
{
    int faults = 0;
    struct buf *out = buf_in(t->arena);
    assert_int_equal(cases_slice.doctor(t->app, out, &faults), ERR_OK);
    if (faults && !t->damaged)
        print_message("# %.*s", STRF(buf_view(out)));
    return faults;
}

void cases_end(struct cases_test *t)
{
    assert_int_equal(world.open_letters, 0);
    /* Whatever a test did: totals equal the records, and the public log commits to what is shown.
     */
    if (!t->damaged)
        assert_int_equal(cases_faults(t), 0);
    clock_set_for_test(0);
    slice_test_end(&t->base);
}

struct case_input cases_sample(void)
{
    return (struct case_input){
        .unit = UNIT_HOME,
        .service = STR("water"),
        .village = VILLAGE_HOME,
        .street = STR("Достук көчөсү, 12"),
        .words = STR("Эки күндөн бери суу жок"),
        .channel = STR("web"),
    };
}

struct case_receipt cases_send(struct cases_test *t, struct case_input in, struct case_change *c)
{
    struct case_receipt receipt = {0};
    struct case_faults faults = {0};
    enum err rc = cases_submit(t->app, t->arena, &in, &receipt, &faults);
    for (size_t i = 0; i < faults.n; i++)
        print_message("# fault %d %s\n", faults.v[i].field, msg_key(faults.v[i].m));
    assert_int_equal(rc, ERR_OK);
    if (c) {
        *c = (struct case_change){.unit = in.unit, .by = CASE_BY_STAFF, .person = 5};
        c->id = cases_id_of(t, receipt.number);
    }
    return receipt;
}

struct by_number {
    struct arena *a;
    struct str number, unit;
    int64_t id;
};
static enum err find_fn(struct tx *tx, void *arg)
{
    struct by_number *f = arg;
    return cases_find(tx, f->a, f->number, &f->unit, &f->id);
}
int64_t cases_id_of(struct cases_test *t, struct str number)
{
    struct by_number f = {.a = t->arena, .number = number};
    assert_int_equal(db_read(t->app->db, SCOPE_COUNTRY, find_fn, &f), ERR_OK);
    return f.id;
}

struct doing {
    struct cases_test *t;
    struct case_change *c;
    case_rule rule;
    void *arg;
};
static enum err do_fn(struct tx *tx, void *arg)
{
    struct doing *d = arg;
    return d->rule(d->t, tx, d->c, d->arg);
}
enum err cases_do(struct cases_test *t, struct case_change *c, case_rule rule, void *arg)
{
    struct doing d = {t, c, rule, arg};
    return db_write(t->app->db, c->unit, do_fn, &d);
}

enum err cases_rule_step(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct case_faults faults = {0};
    return cases_transition(t->app, tx, t->arena, c, arg, &faults);
}
enum err cases_do_step(struct cases_test *t, struct case_change *c, enum case_state to,
                       const char *answer)
{
    struct case_step step = {
        .to = to, .answer = str_from(answer), .passed_to = STR("Райводоканал")};
    return cases_do(t, c, cases_rule_step, &step);
}

enum err cases_rule_show_photo(struct cases_test *t, struct tx *tx, struct case_change *c,
                               void *arg)
{
    return cases_look_photo(t->app, tx, t->arena, c, *(int64_t *)arg, true);
}

enum err cases_rule_support(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    bool counted;
    struct str *who = arg;
    enum err rc = cases_support(t->app, tx, t->arena, c, *who, &counted);
    return rc != ERR_OK ? rc : counted ? ERR_OK : ERR_CONFLICT;
}

enum err cases_rule_rate(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct case_faults faults = {0};
    return cases_rate(t->app, tx, t->arena, c, *(int *)arg, STR("Рахмат"), &faults);
}

enum err cases_rule_reclassify(struct cases_test *t, struct tx *tx, struct case_change *c,
                               void *arg)
{
    struct case_faults faults = {0};
    return cases_reclassify(t->app, tx, t->arena, c, STR_NULL, *(struct str *)arg, &faults);
}

enum err cases_rule_look(struct cases_test *t, struct tx *tx, struct case_change *c, void *arg)
{
    struct case_faults faults = {0};
    return cases_look(t->app, tx, t->arena, c, arg, &faults);
}

enum err cases_rule_spoil_total(struct cases_test *t, struct tx *tx, struct case_change *c,
                                void *arg)
{
    (void)t, (void)arg;
    return sql_total_add(tx, NULL, .unit = c->unit, .service = STR("water"), .day = day_today(),
                         .received = 1, .answered = 0, .resolved = 0, .in_time = 0, .rated = 0,
                         .stars = 0);
}

enum err cases_rule_forge_answer(struct cases_test *t, struct tx *tx, struct case_change *c,
                                 void *arg)
{
    (void)t;
    return sql_event_put(tx, NULL, .unit = c->unit, .case_id = c->id, .id = id_new(),
                         .kind = STR("answer"), .at_ms = clock_now_ms(), .actor = STR("staff"),
                         .person = 5, .state = STR_NULL, .words = STR("Эч качан айтылбаган сөз"),
                         .visible = CASE_SHOWN, .detail = STR_NULL, .trail = *(int64_t *)arg);
}

/* --- reading --- */

struct reading {
    struct cases_test *t;
    struct case_change c;
    struct str text, unit;
    int64_t day;
    bool all, found;
    const struct case_filter *filter;
    const struct case_similar *like;
    const struct measure *measure;
    struct measure_query query;
    struct case_record record;
    struct case_public shown;
    struct case_photos photos;
    struct case_events events;
    struct case_list list;
    struct case_figures figures;
    struct all_case_figures every;
    struct case_totals totals;
    struct measure_result result;
    int64_t middle;
};
static void read_it(struct reading *r, struct str unit, db_fn fn)
{
    assert_int_equal(db_read(r->t->app->db, unit, fn, r), ERR_OK);
}

static enum err look_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_get(tx, r->t->arena, r->c.unit, r->c.id, day_today(), &r->record);
}
struct case_record cases_look_up(struct cases_test *t, struct str unit, int64_t id)
{
    struct reading r = {.t = t, .c = {.unit = unit, .id = id}};
    read_it(&r, unit, look_fn);
    return r.record;
}

static enum err public_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_get_public(tx, r->t->arena, r->c.unit, r->c.id, day_today(), &r->shown);
}
struct case_public cases_public_of(struct cases_test *t, struct case_change c)
{
    struct reading r = {.t = t, .c = c};
    read_it(&r, c.unit, public_fn);
    return r.shown;
}
enum err cases_public_result(struct cases_test *t, struct case_change c)
{
    struct reading r = {.t = t, .c = c};
    return db_read(t->app->db, c.unit, public_fn, &r);
}

static enum err photos_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_photos(tx, r->t->arena, r->c.unit, r->c.id, &r->photos);
}
struct case_photos cases_photos_of(struct cases_test *t, struct case_change c)
{
    struct reading r = {.t = t, .c = c};
    read_it(&r, c.unit, photos_fn);
    return r.photos;
}

static enum err events_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_events(tx, r->t->arena, r->c.unit, r->c.id, r->all, &r->events);
}
struct case_events cases_events_of(struct cases_test *t, struct case_change c, bool all)
{
    struct reading r = {.t = t, .c = c, .all = all};
    read_it(&r, c.unit, events_fn);
    return r.events;
}

static enum err list_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_list(r->t->app, tx, r->t->arena, r->filter, day_today(), &r->list);
}
struct case_list cases_list_of(struct cases_test *t, struct case_filter f)
{
    struct reading r = {.t = t, .filter = &f};
    read_it(&r, f.unit, list_fn);
    return r.list;
}

static enum err similar_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_similar(r->t->app, tx, r->t->arena, UNIT_HOME, r->like, 5, &r->list);
}
struct case_list cases_similar_of(struct cases_test *t, struct case_similar like)
{
    struct reading r = {.t = t, .like = &like};
    read_it(&r, UNIT_HOME, similar_fn);
    return r.list;
}

static enum err figures_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_figures(tx, r->t->arena, r->unit, r->day, &r->figures);
}
struct case_figures cases_figures_of(struct cases_test *t, struct str unit, int64_t today)
{
    struct reading r = {.t = t, .unit = unit, .day = today};
    read_it(&r, unit, figures_fn);
    return r.figures;
}

static enum err figures_all_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_figures_all(tx, r->t->arena, r->day, &r->every);
}
bool cases_figures_in_all(struct cases_test *t, struct str unit, int64_t today,
                          struct case_figures *out)
{
    struct reading r = {.t = t, .day = today};
    read_it(&r, SCOPE_COUNTRY, figures_all_fn);
    for (size_t i = 0; i < r.every.n; i++)
        if (str_eq(r.every.v[i].unit, unit)) {
            *out = r.every.v[i].f;
            return true;
        }
    return false;
}

static enum err totals_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_totals(tx, r->t->arena, r->unit, r->text, r->day, &r->totals);
}
struct case_totals cases_totals_of(struct cases_test *t, struct str unit, struct str service,
                                   int64_t day)
{
    struct reading r = {.t = t, .unit = unit, .text = service, .day = day};
    read_it(&r, unit, totals_fn);
    return r.totals;
}

struct totals_reading {
    struct arena *arena;
    struct str unit;
    const int64_t *days;
    size_t count;
    struct case_totals *out;
};
static enum err totals_on_fn(struct tx *tx, void *arg)
{
    struct totals_reading *r = arg;
    return cases_totals_at(tx, r->arena, r->unit, r->days, r->count, r->out);
}
void cases_totals_on(struct cases_test *t, struct str unit, const int64_t *days, size_t count,
                     struct case_totals *out)
{
    struct totals_reading r = {t->arena, unit, days, count, out};
    assert_int_equal(db_read(t->app->db, unit, totals_on_fn, &r), ERR_OK);
}

static enum err measure_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return r->measure->count(tx, r->t->arena, &r->query, &r->result);
}
struct measure_result cases_measure(struct cases_test *t, const char *code,
                                    struct measure_query query)
{
    struct reading r = {.t = t, .query = query};
    for (size_t i = 0; i < cases_slice.measure_count; i++)
        if (strcmp(cases_slice.measures[i].code, code) == 0)
            r.measure = &cases_slice.measures[i];
    assert_non_null(r.measure);
    read_it(&r, query.unit, measure_fn);
    return r.result;
}

static enum err knows_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    return cases_check_secret(r->t->app, tx, r->t->arena, r->c.unit, r->c.id, r->text, &r->found);
}
bool cases_knows(struct cases_test *t, struct case_change c, struct str secret)
{
    struct reading r = {.t = t, .c = c, .text = secret};
    read_it(&r, c.unit, knows_fn);
    return r.found;
}

/* --- counting again --- */

static enum err recount_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    struct sql_recount_row row = {0};
    enum err rc =
        sql_recount(tx, r->t->arena, &row, .unit = r->unit, .service = r->text, .day = r->day);
    r->totals = (struct case_totals){row.received, row.answered, row.resolved,
                                     row.in_time,  row.rated,    row.stars};
    return rc;
}
struct case_totals cases_recount(struct cases_test *t, struct str unit, struct str service,
                                 int64_t day)
{
    struct reading r = {.t = t, .unit = unit, .text = service, .day = day};
    read_it(&r, unit, recount_fn);
    return r.totals;
}

static enum err times_fn(struct tx *tx, void *arg)
{
    struct reading *r = arg;
    struct sql_recount_answer_times_rows rows;
    enum err rc = sql_recount_answer_times(tx, r->t->arena, &rows, .unit = r->unit,
                                           .from_day = r->day - 89, .to_day = r->day);
    /* The lower middle one. */
    r->middle = rc == ERR_OK && rows.n ? rows.v[(rows.n - 1) / 2].took_ms : -1;
    return rc;
}
int64_t cases_median_recount(struct cases_test *t, struct str unit, int64_t today)
{
    struct reading r = {.t = t, .unit = unit, .day = today};
    read_it(&r, unit, times_fn);
    /* Cut as a page shows it: hours, beyond three days days. */
    int64_t step = r.middle < 72 * MS_HOUR ? MS_HOUR : MS_DAY;
    return r.middle < 0 ? -1 : r.middle - r.middle % step;
}

struct case_change as_staff(struct case_change c)
{
    c.by = CASE_BY_STAFF;
    c.person = 5;
    return c;
}
struct case_change as_reporter(struct case_change c)
{
    c.by = CASE_BY_REPORTER;
    c.person = 0;
    return c;
}
