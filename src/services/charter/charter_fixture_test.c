/* See charter_fixture_test.h. */
#include "services/charter/charter_fixture_test.h"

#include "community/calendar/calendar.h"
#include "platform/jobs/jobs.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

/* --- measures over records in memory --- */

struct test_records test_records;
int test_counts;

static enum err count_records(struct tx *tx, struct arena *a, const struct measure_query *q,
                              struct measure_result *out)
{
    (void)tx;
    (void)a;
    __atomic_add_fetch(&test_counts, 1, __ATOMIC_RELAXED);
    *out = (struct measure_result){0};
    for (size_t i = 0; i < test_records.n; i++) {
        const struct test_record *r = &test_records.v[i];
        if (!str_eq(r->unit, q->unit) || !str_eq(r->service, q->service) ||
            (q->kind.p && !str_eq(r->kind, q->kind)) || r->day < q->from_day || r->day > q->to_day)
            continue;
        out->counted++;
        out->kept += r->took <= q->amount;
    }
    return ERR_OK;
}

static const struct measure measures[] = {
    {.code = "resolve_within_days",
     .label = MSG_cases_measure_resolve,
     .sentence = MSG_cases_measure_resolve_sentence,
     .sentence_working = MSG_cases_measure_resolve_sentence_working,
     .takes_amount = true,
     .by_fault = true,
     .count = count_records,
     .records_path = "/m/{unit}/reports"},
    {.code = "visits_done",
     .label = MSG_charter_measure,
     .sentence = MSG_charter_promises,
     .count = count_records},
};
const struct slice measures_slice = {
    .name = "measures", .measures = measures, .measure_count = COUNT_OF(measures)};

/* --- the program --- */

void charter_test_day(int64_t day)
{
    clock_set_for_test(day_start_ms(day) + 12 * MS_HOUR);
}

void charter_test_begin(struct charter_test *c, void **state)
{
    charter_test_day(TODAY);
    test_records.n = 0;
    struct test_app *t = TEST_APP_ON(*(const bool *)*state, &web_slice, &jobs_slice, &trail_slice,
                                     &tally_slice, &places_slice, &calendar_slice, &catalogue_slice,
                                     &measures_slice, &charter_slice);
    struct demo_context demo = {.arena = t->arena, .today = TODAY};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    *c = (struct charter_test){.t = t, .app = &t->app, .a = t->arena, .unit = STR(KOK_JAR)};
}

void charter_test_end(struct charter_test *c)
{
    test_app_close(c->t);
    clock_set_for_test(0);
}

struct run {
    struct charter_test *c;
    charter_test_fn fn;
    void *arg;
};

static enum err run(struct tx *tx, void *arg)
{
    struct run *r = arg;
    return r->fn(r->c, tx, r->arg);
}

enum err charter_test_write(struct charter_test *c, charter_test_fn fn, void *arg)
{
    struct run r = {c, fn, arg};
    return db_write(c->app->db, c->unit, run, &r);
}

enum err charter_test_read(struct charter_test *c, charter_test_fn fn, void *arg)
{
    struct run r = {c, fn, arg};
    return db_read(c->app->db, c->unit, run, &r);
}

/* --- writing --- */

struct draft {
    struct charter_change change;
    const struct test_promise *promises;
    size_t n;
    int64_t version, from_day, to_day, amount;
    struct charter_faults faults;
};

static enum err write_draft(struct charter_test *c, struct tx *tx, void *arg)
{
    struct draft *d = arg;
    struct text3 intro = {{STR("Киришүү"), STR("Вступление"), STR("Introduction")}};
    enum err rc = ERR_OK;
    d->faults = (struct charter_faults){0};
    TRY(charter_draft(tx, c->a, &d->change, &d->version));
    d->change.version = d->version;
    TRY(charter_set_intro(tx, c->a, &d->change, &intro, STR("dispatcher, 0 (000) 11-22-33"),
                          &d->faults));
    for (size_t i = 0; i < d->n; i++) {
        const struct test_promise *p = &d->promises[i];
        struct charter_terms terms = {str_from(p->measure), str_from(p->kind), p->amount,
                                      p->working};
        struct charter_words words = {
            .text = {{arena_printf(c->a, "%s ky", p->text), arena_printf(c->a, "%s ru", p->text),
                      arena_printf(c->a, "%s en", p->text)}},
            .remedy = {{STR("кечирим"), STR("извинение"), STR("an apology")}},
            .contact = STR("")};
        int64_t id = 0;
        TRY(charter_set_terms(c->app, tx, c->a, &d->change, &id, &terms, &d->faults));
        TRY(charter_set_words(tx, c->a, &d->change, id, &words, &d->faults));
    }
out:
    return rc;
}

int64_t charter_test_draft(struct charter_test *c, const char *service,
                           const struct test_promise *promises, size_t n)
{
    struct draft d = {.change = {.unit = c->unit, .service = str_from(service), .person = 7},
                      .promises = promises,
                      .n = n};
    assert_int_equal(charter_test_write(c, write_draft, &d), ERR_OK);
    return d.version;
}

static enum err write_publication(struct charter_test *c, struct tx *tx, void *arg)
{
    struct draft *d = arg;
    enum err rc = ERR_OK;
    d->faults = (struct charter_faults){0};
    TRY(charter_approve(tx, c->a, &d->change, STR("7/3"), day_today(), &d->faults));
    TRY(charter_publish(tx, c->a, &d->change, d->from_day, &d->faults));
out:
    return rc;
}

void charter_test_publish(struct charter_test *c, const char *service, int64_t version,
                          int64_t from_day)
{
    struct draft d = {
        .change = {.unit = c->unit, .service = str_from(service), .version = version, .person = 8},
        .from_day = from_day};
    assert_int_equal(charter_test_write(c, write_publication, &d), ERR_OK);
}

static enum err write_consultation(struct charter_test *c, struct tx *tx, void *arg)
{
    struct draft *d = arg;
    d->faults = (struct charter_faults){0};
    return charter_open_consultation(tx, c->a, &d->change, day_today(), d->to_day, &d->faults);
}

void charter_test_consult(struct charter_test *c, const char *service, int64_t version,
                          int64_t to_day)
{
    struct draft d = {.change = {.unit = c->unit, .service = str_from(service), .version = version},
                      .to_day = to_day};
    assert_int_equal(charter_test_write(c, write_consultation, &d), ERR_OK);
}

void charter_test_merge(struct charter_test *c, const char *from, const char *into)
{
    struct buf *day = buf_in(c->a);
    buf_day(day, day_today());
    const char *argv[] = {"--into",     into,       "--from",
                          from,         "--date",   arena_cstr(c->a, buf_view(day)),
                          "--decision", "Decision", NULL};
    for (size_t i = 0; i < places_slice.command_count; i++)
        if (strcmp(places_slice.commands[i].name, "merge") == 0) {
            assert_int_equal(places_slice.commands[i].run(c->app, 8, (char **)argv), 0);
            return;
        }
    fail();
}

static enum err write_amount(struct charter_test *c, struct tx *tx, void *arg)
{
    struct draft *d = arg;
    struct promises all = {0};
    struct charter_version v = {
        .unit = c->unit, .service = d->change.service, .version = d->change.version};
    enum err rc = ERR_OK;
    TRY(charter_promises_of(tx, c->a, &v, &all));
    struct charter_terms terms = {all.v[0].measure, all.v[0].kind, d->amount,
                                  all.v[0].working_days};
    TRY(charter_set_terms(c->app, tx, c->a, &d->change, &all.v[0].id, &terms, &d->faults));
out:
    return rc;
}

void charter_test_amount(struct charter_test *c, const char *service, int64_t version,
                         int64_t amount)
{
    struct draft d = {.change = {.unit = c->unit, .service = str_from(service), .version = version},
                      .amount = amount};
    assert_int_equal(charter_test_write(c, write_amount, &d), ERR_OK);
}

/* --- reading --- */

struct reading {
    struct str service;
    int64_t day, version;
    struct promises promises;
    struct charter_versions versions;
    struct charter_comments comments;
};

static enum err read_promises(struct charter_test *c, struct tx *tx, void *arg)
{
    struct reading *r = arg;
    r->promises = (struct promises){0};
    return charter_promises(tx, c->a, c->unit, r->service, r->day, &r->promises);
}

struct promises charter_test_promises(struct charter_test *c, const char *service, int64_t day)
{
    struct reading r = {.service = str_from(service), .day = day};
    assert_int_equal(charter_test_read(c, read_promises, &r), ERR_OK);
    return r.promises;
}

static enum err read_all(struct charter_test *c, struct tx *tx, void *arg)
{
    struct reading *r = arg;
    struct charter_version v = {.unit = c->unit, .service = r->service, .version = r->version};
    enum err rc = ERR_OK;
    r->promises = (struct promises){0};
    r->versions = (struct charter_versions){0};
    r->comments = (struct charter_comments){0};
    TRY(charter_promises_of(tx, c->a, &v, &r->promises));
    TRY(charter_versions(tx, c->a, c->unit, r->service, day_today(), &r->versions));
    TRY(charter_comments(tx, c->a, c->unit, r->service, r->version, r->version, &r->comments));
out:
    return rc;
}

struct promises charter_test_promises_of(struct charter_test *c, const char *service,
                                         int64_t version)
{
    struct reading r = {.service = str_from(service), .version = version};
    assert_int_equal(charter_test_read(c, read_all, &r), ERR_OK);
    return r.promises;
}

struct charter_versions charter_test_versions(struct charter_test *c, const char *service)
{
    struct reading r = {.service = str_from(service)};
    assert_int_equal(charter_test_read(c, read_all, &r), ERR_OK);
    return r.versions;
}

struct charter_version charter_test_version(struct charter_test *c, const char *service,
                                            int64_t version)
{
    struct charter_versions all = charter_test_versions(c, service);
    const struct charter_version *v = charter_version_find(&all, str_from(service), version);
    assert_non_null(v);
    return *v;
}

struct str charter_test_snapshot(struct charter_test *c, const char *service, int64_t version)
{
    struct reading r = {.service = str_from(service), .version = version};
    struct buf *out = buf_in(c->a);
    assert_int_equal(charter_test_read(c, read_all, &r), ERR_OK);
    const struct charter_version *v = charter_version_find(&r.versions, r.service, version);
    assert_non_null(v);
    buf_printf(out, "%lld %d %.*s|%.*s %lld %lld %lld %.*s\n", (long long)v->revision,
               (int)v->state, STRF(v->contact), STRF(v->resolution), (long long)v->resolution_day,
               (long long)v->valid_from, (long long)v->consult_to, STRF(v->digest));
    for (int l = 0; l < LANG__MAX; l++)
        buf_printf(out, "%.*s|", STRF(v->intro.in[l]));
    for (size_t i = 0; i < r.promises.n; i++) {
        const struct promise *p = &r.promises.v[i];
        buf_printf(out, "\n%lld %d %.*s %.*s %lld %d %.*s", (long long)p->id, p->position,
                   STRF(p->measure), STRF(p->kind), (long long)p->amount, p->working_days,
                   STRF(p->contact));
        for (int l = 0; l < LANG__MAX; l++)
            buf_printf(out, "|%.*s|%.*s", STRF(p->text.in[l]), STRF(p->remedy.in[l]));
    }
    return buf_view(out);
}
