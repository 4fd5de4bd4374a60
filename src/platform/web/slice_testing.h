/*
 * For tests of slices: an app on a fresh, migrated database of either engine, without a server.
 *
 *     static void keeps_its_word(void **state)
 *     {
 *         struct slice_test t;
 *         slice_test_begin(&t, state, slices, COUNT_OF(slices));
 *         ... t.app.db ...
 *         slice_test_end(&t);
 *     }
 *     int main(void)
 *     {
 *         static const struct slice_test_body bodies[] = {BODY(keeps_its_word)};
 *         return slice_test_run("charter", bodies, COUNT_OF(bodies));
 *     }
 *
 * Each body runs on SQLite, and on PostgreSQL where there is one (AIMAK_TEST_PG). What a
 * transaction finds is judged outside of it: it may run on another thread. A test program that
 * includes this also compiles platform/store/fixture_test.c.
 */
#ifndef WEB_SLICE_TESTING_H
#define WEB_SLICE_TESTING_H

#include "platform/core/log.h"
#include "platform/core/testing.h"
#include "platform/store/fixture_test.h"
#include "platform/web/slice.h"

#include <ftw.h>
#include <unistd.h>

struct slice_test {
    struct scratch_place place;
    char data[64]; /* the data directory, removed with what is in it */
    struct app app;
    struct arena *arena; /* of the test */
};

static inline int slice_test_remove(const char *path, const struct stat *s, int kind, struct FTW *f)
{
    (void)s;
    (void)kind;
    (void)f;
    return remove(path);
}

static inline void slice_test_begin(struct slice_test *t, void **state,
                                    const struct slice *const *slices, size_t n)
{
    *t = (struct slice_test){0};
    assert_true(place_make(&t->place, *(const bool *)*state));
    t->arena = arena_new();
    t->app.slices = slices;
    t->app.slice_count = n;
    snprintf(t->data, sizeof t->data, "/tmp/aimak-slice-XXXXXX");
    assert_non_null(mkdtemp(t->data));
    t->app.data_dir = t->data;
    t->app.public_url = "https://aimak.example";
    struct {
        const struct migration **v;
        size_t n, cap;
    } all = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; slices[i]->migrations && slices[i]->migrations[k]; k++)
            ARENA_PUSH(t->arena, all, slices[i]->migrations[k]);
    assert_int_equal(db_open(&t->app.db, str_from(t->place.url), NULL), ERR_OK);
    assert_int_equal(migrate_up(t->app.db, all.v, all.n, NULL), ERR_OK);
}

/* Another program on the same database: for what several instances do. */
static inline struct db *slice_test_open_again(struct slice_test *t)
{
    struct db *db = NULL;
    assert_int_equal(db_open(&db, str_from(t->place.url), NULL), ERR_OK);
    return db;
}

static inline void slice_test_end(struct slice_test *t)
{
    db_close(t->app.db);
    place_remove(&t->place);
    nftw(t->data, slice_test_remove, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(t->arena);
}

struct slice_test_body {
    const char *name;
    CMUnitTestFunction run;
};
#define BODY(f)                                                                                    \
    {                                                                                              \
#f, f                                                                                      \
    }

static inline int slice_test_run(const char *group, const struct slice_test_body *bodies, size_t n)
{
    static bool engines[] = {false, true};
    struct arena *a = arena_new();
    size_t count = scratch_postgres() ? 2 * n : n;
    struct CMUnitTest *tests = ARENA_ARRAY(a, struct CMUnitTest, count);
    if (count == n)
        print_message("# skipped: the PostgreSQL half; AIMAK_TEST_PG is not set\n");
    log_set_level(LOG_ERROR);
    property_seed_any();
    for (size_t i = 0; i < count; i++) {
        struct str name =
            arena_printf(a, "%s: %s", i < n ? "sqlite" : "postgres", bodies[i % n].name);
        tests[i].name = arena_cstr(a, name);
        tests[i].test_func = bodies[i % n].run;
        tests[i].initial_state = &engines[i / n];
    }
    int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    arena_free(a);
    return failed;
}

#endif
