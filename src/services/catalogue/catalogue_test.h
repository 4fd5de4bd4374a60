/*
 * What the tests of the catalogue share: the program on either engine with the demo's territory,
 * and short ways to run a rule or a reading in a transaction of its own.
 */
#ifndef CATALOGUE_TEST_H
#define CATALOGUE_TEST_H

/* The store's fixture has a struct of the same name as community/places. */
#define place scratch_place
#include "platform/tally/tally.h"
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "services/catalogue/catalogue_internal.h"

#include "platform/core/id.h"

/* A municipality of the demo with two villages, and another one. */
#define UNIT_TWO "41702205848000"
#define VILLAGE_ONE "41702205848010" /* 2,349 people */
#define VILLAGE_TWO "41702205848020" /* 554 */
#define UNIT_OTHER "41704235837000"

static inline struct test_app *catalogue_test_begin(void **state)
{
    struct test_app *t = TEST_APP_ON(*(const bool *)*state, &web_slice, &tally_slice, &places_slice,
                                     &people_slice, &calendar_slice, &catalogue_slice);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    return t;
}

typedef enum err (*catalogue_rule)(struct test_app *t, struct tx *tx, void *arg);
struct catalogue_doing {
    struct test_app *t;
    catalogue_rule rule;
    void *arg;
};
static inline enum err catalogue_do_fn(struct tx *tx, void *arg)
{
    struct catalogue_doing *d = arg;
    return d->rule(d->t, tx, d->arg);
}
static inline enum err catalogue_write(struct test_app *t, const char *unit, catalogue_rule rule,
                                       void *arg)
{
    struct catalogue_doing d = {t, rule, arg};
    return db_write(t->app.db, str_from(unit), catalogue_do_fn, &d);
}
static inline enum err catalogue_look(struct test_app *t, const char *unit, catalogue_rule rule,
                                      void *arg)
{
    struct catalogue_doing d = {t, rule, arg};
    return db_read(t->app.db, str_from(unit), catalogue_do_fn, &d);
}

/* One change of the registry, with what was wrong with it. */
struct entry_try {
    struct service_entry entry;
    bool changed;
    struct catalogue_faults faults;
};
static inline enum err try_entry(struct test_app *t, struct tx *tx, void *arg)
{
    struct entry_try *e = arg;
    struct sql_registry_history_rows history;
    e->faults = (struct catalogue_faults){0};
    if (e->entry.seen < 0) { /* whoever edits has seen the latest */
        enum err rc = sql_registry_history(tx, t->arena, &history, .unit = e->entry.unit,
                                           .service = e->entry.service);
        if (rc != ERR_OK)
            return rc;
        e->entry.seen = history.n ? history.v[0].id : 0;
    }
    return catalogue_set_service(&t->app, tx, t->arena, &e->entry, &e->changed, &e->faults);
}

struct count_try {
    struct coverage_input in;
    bool repeated;
    struct catalogue_faults faults;
};
static inline enum err try_count(struct test_app *t, struct tx *tx, void *arg)
{
    struct count_try *c = arg;
    c->faults = (struct catalogue_faults){0};
    return catalogue_add_coverage(&t->app, tx, t->arena, &c->in, &c->repeated, &c->faults);
}

struct unit_reading {
    struct str unit, service;
    struct unit_services services;
    struct coverage_records records;
    struct providers providers;
};
static inline enum err read_unit(struct test_app *t, struct tx *tx, void *arg)
{
    struct unit_reading *u = arg;
    enum err rc = ERR_OK;
    u->services = (struct unit_services){0};
    u->records = (struct coverage_records){0};
    u->providers = (struct providers){0};
    TRY(catalogue_unit_services(tx, t->arena, u->unit, &u->services));
    TRY(catalogue_providers(tx, t->arena, u->unit, &u->providers));
    if (u->service.p)
        TRY(catalogue_coverage(tx, t->arena, u->unit, u->service, &u->records));
out:
    return rc;
}
static inline struct unit_reading catalogue_of(struct test_app *t, const char *unit,
                                               const char *service)
{
    struct unit_reading u = {.unit = str_from(unit), .service = str_from(service)};
    assert_int_equal(catalogue_look(t, unit, read_unit, &u), ERR_OK);
    return u;
}
static inline const struct unit_service *service_of(const struct unit_reading *u,
                                                    const char *service)
{
    for (size_t i = 0; i < u->services.n; i++)
        if (str_eq(u->services.v[i].service, str_from(service)))
            return &u->services.v[i];
    return NULL;
}

#endif
