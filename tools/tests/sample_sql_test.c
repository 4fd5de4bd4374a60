/*
 * The code that sqlc makes of tools/tests/sample, run on both engines: what is bound comes back,
 * each kind of query keeps its contract, and the walls of row security stand.
 */
#include "platform/store/fixture_test.h"

#include "platform/core/log.h"
#include "platform/core/testing.h"
#include "sample_sql.h"

static enum err add_things(struct tx *tx, void *arg)
{
    enum err rc;
    int64_t changed = 0;
    (void)arg;
    TRY(sql_sample_add(tx, &changed, .unit = UNIT, .id = 1, .name = STR("суу"), .note = STR(""),
                       .due_day = I64(20), .share = 0.25, .body = str_of("a\0b", 3)));
    assert_int_equal(changed, 1);
    TRY(sql_sample_add(tx, NULL, .unit = UNIT, .id = 2, .name = STR("жол"), .share = (double)NAN));
    TRY(sql_sample_add(tx, NULL, .unit = UNIT, .id = 3, .name = STR("чырак"), .due_day = I64(10),
                       .share = 1));
out:
    return rc;
}

static enum err add_elsewhere(struct tx *tx, void *arg)
{
    (void)arg;
    return sql_sample_add(tx, NULL, .unit = OTHER_UNIT, .id = 9, .name = STR("x"), .share = 0);
}

static enum err check_one(struct tx *tx, void *arg)
{
    struct arena *a = arg;
    struct sql_sample_get_row row;
    assert_int_equal(sql_sample_get(tx, a, &row, .unit = UNIT, .id = 1), ERR_OK);
    assert_int_equal(row.id, 1);
    assert_str_equal(row.name, STR("суу"));
    assert_non_null(row.note.p);
    assert_int_equal(row.note.n, 0);
    assert_true(row.due_day.set && row.due_day.v == 20);
    assert_true(row.share == 0.25);
    assert_str_equal(row.body, str_of("a\0b", 3));
    assert_int_equal(sql_sample_get(tx, a, &row, .unit = UNIT, .id = 2), ERR_OK);
    assert_null(row.note.p);
    assert_null(row.body.p);
    assert_false(row.due_day.set);
    assert_true(isnan(row.share));
    assert_int_equal(sql_sample_get(tx, a, &row, .unit = UNIT, .id = 7), ERR_NOT_FOUND);
    assert_int_equal(row.id, 0);
    return ERR_OK;
}

static enum err check_many(struct tx *tx, void *arg)
{
    struct arena *a = arg;
    struct sql_sample_list_rows rows;
    assert_int_equal(sql_sample_list(tx, a, &rows, .unit = UNIT, .limit = 9), ERR_OK);
    assert_int_equal(rows.n, 3);
    assert_int_equal(rows.v[0].id, 3);
    assert_int_equal(rows.v[1].id, 1);
    assert_int_equal(rows.v[2].id, 2);
    assert_str_equal(rows.v[1].name, STR("суу"));
    assert_true(rows.v[0].late == 10.0);
    assert_int_equal(
        sql_sample_list(tx, a, &rows, .unit = UNIT, .limit = 2, .order = SQL_SAMPLE_LIST_NEWEST),
        ERR_OK);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.v[0].id, 3);
    assert_int_equal(rows.v[1].id, 2);
    assert_int_equal(sql_sample_list(tx, a, &rows, .unit = UNIT, .limit = 9, .text = STR("жол")),
                     ERR_OK);
    assert_int_equal(rows.n, 1);
    assert_int_equal(sql_sample_list(tx, a, &rows, .unit = UNIT, .limit = 9, .text = STR("no")),
                     ERR_OK);
    assert_int_equal(rows.n, 0);
    return ERR_OK;
}

struct seen {
    int64_t ids, stop_at;
    size_t names;
};

static enum err see(void *arg, const struct sql_sample_each_row *row)
{
    struct seen *seen = arg;
    seen->ids = seen->ids * 10 + row->id;
    seen->names += row->name.n;
    assert_true((row->body.p != NULL) == (row->id == 1));
    return row->id == seen->stop_at ? ERR_TOO_LARGE : ERR_OK;
}

static enum err check_each(struct tx *tx, void *arg)
{
    struct seen all = {0}, some = {.stop_at = 2};
    (void)arg;
    assert_int_equal(sql_sample_each(tx, see, &all, .unit = UNIT), ERR_OK);
    assert_int_equal(all.ids, 123);
    assert_int_equal(all.names, 6 + 6 + 10);
    assert_int_equal(sql_sample_each(tx, see, &some, .unit = UNIT), ERR_TOO_LARGE);
    assert_int_equal(some.ids, 12);
    return ERR_OK;
}

static enum err check_mistakes(struct tx *tx, void *arg)
{
    struct arena *a = arg;
    struct sql_sample_wrong_null_row note;
    struct sql_sample_wrong_one_row one;
    struct sql_sample_get_row row;
    log_set_level(LOG_ERROR + 1);
    assert_int_equal(sql_sample_wrong_null(tx, a, &note, .unit = UNIT, .id = 1), ERR_OK);
    assert_int_equal(sql_sample_wrong_null(tx, a, &note, .unit = UNIT, .id = 2), ERR_PARSE);
    assert_int_equal(sql_sample_wrong_one(tx, a, &one, .unit = UNIT), ERR_PARSE);
    assert_int_equal(sql_sample_get(tx, a, &row, .id = 1), ERR_INPUT); /* unit forgotten */
    log_set_level(LOG_WARN);
    return ERR_OK;
}

static enum err rename_things(struct tx *tx, void *arg)
{
    struct arena *a = arg;
    struct sql_sample_rename_rows rows;
    enum err rc =
        sql_sample_rename(tx, a, &rows, .unit = UNIT, .old = STR("жол"), .new = STR("көчө"));
    assert_int_equal(rc, ERR_OK);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.v[0].id, 2);
    assert_int_equal(rows.v[0].same, 1);
    return rc;
}

static enum err count_things(struct tx *tx, void *arg)
{
    struct sql_sample_count_row row;
    enum err rc = sql_sample_count(tx, NULL, &row);
    *(int64_t *)arg = row.n;
    return rc;
}

static enum err engine_name(struct tx *tx, void *arg)
{
    struct sql_sample_engine_row row;
    enum err rc = sql_sample_engine(tx, arg, &row);
    assert_str_equal(row.name, tx_is_postgres(tx) ? STR("postgres") : STR("sqlite"));
    return rc;
}

static void run_on(bool postgres)
{
    struct scratch_place place;
    struct db *db = NULL;
    struct arena *a = arena_new();
    int applied = 0;
    int64_t n = 0;
    size_t migrations = 0;
    assert_true(place_make(&place, postgres));
    log_set_level(LOG_WARN);
    while (sample_migrations[migrations])
        migrations++;
    assert_int_equal(db_open(&db, str_from(place.url), NULL), ERR_OK);
    assert_int_equal(migrate_up(db, sample_migrations, migrations, &applied), ERR_OK);
    assert_int_equal(applied, 2);
    assert_int_equal(db_write(db, UNIT, add_things, NULL), ERR_OK);
    assert_int_equal(db_write(db, OTHER_UNIT, add_elsewhere, NULL), ERR_OK);
    assert_int_equal(db_read(db, UNIT, check_one, a), ERR_OK);
    assert_int_equal(db_read(db, UNIT, check_many, a), ERR_OK);
    assert_int_equal(db_read(db, UNIT, check_each, NULL), ERR_OK);
    assert_int_equal(db_read(db, UNIT, check_mistakes, a), ERR_OK);
    assert_int_equal(db_read(db, UNIT, engine_name, a), ERR_OK);
    assert_int_equal(db_write(db, UNIT, rename_things, a), ERR_OK);
    assert_int_equal(db_read(db, SCOPE_COUNTRY, count_things, &n), ERR_OK);
    assert_int_equal(n, 4);
    assert_int_equal(db_read(db, UNIT, count_things, &n), ERR_OK);
    assert_int_equal(n, postgres ? 3 : 4); /* row security is PostgreSQL's */
    if (postgres) {
        log_set_level(LOG_ERROR + 1);
        assert_int_not_equal(db_write(db, UNIT, add_elsewhere, NULL), ERR_OK);
        log_set_level(LOG_WARN);
    }
    db_close(db);
    place_remove(&place);
    arena_free(a);
}

static void on_sqlite(void **state)
{
    (void)state;
    run_on(false);
}

static void on_postgres(void **state)
{
    (void)state;
    run_on(true);
}

static void queries_say_what_they_do(void **state)
{
    size_t n = 0, writers = 0;
    (void)state;
    for (; sample_queries[n]; n++)
        writers += sample_queries[n]->writes;
    assert_int_equal(n, 11);
    assert_int_equal(writers, 3); /* add, rename, clear */
    assert_string_equal(sample_queries[2]->name, "sample_list:due");
    assert_string_equal(sample_queries[3]->name, "sample_list:newest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_say_what_they_do),
        cmocka_unit_test(on_sqlite),
        cmocka_unit_test(on_postgres),
    };
    size_t count = COUNT_OF(tests);
    if (!scratch_postgres()) {
        print_message("# skipped: the PostgreSQL half; AIMAK_TEST_PG is not set\n");
        count--;
    }
    return _cmocka_run_group_tests("sample_sql", tests, count, NULL, NULL);
}
