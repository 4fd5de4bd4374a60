/*
 * The store's contract, one body of tests for both engines: what db.h promises must be
 * true of SQLite in a file, SQLite in memory and PostgreSQL.
 */
#include "platform/store/fixture_test.h"

#include <pthread.h>
#include <unistd.h>

enum kind { FILE_KIND, MEMORY_KIND, POSTGRES_KIND };

struct bench {
    struct scratch_place place;
    struct db *db;
};

static void set_up(struct bench *b, void **state, const struct db_options *options)
{
    enum kind kind = *(enum kind *)*state;
    memset(b, 0, sizeof *b);
    assert_true(place_make(&b->place, kind == POSTGRES_KIND));
    if (kind == MEMORY_KIND) {
        place_remove(&b->place);
        snprintf(b->place.url, sizeof b->place.url, "sqlite::memory:");
    }
    b->db = place_open(&b->place, options);
}

static void tear_down(struct bench *b)
{
    db_close(b->db);
    place_remove(&b->place);
}

struct item {
    int rows;
    int64_t id;
    char word[64], body[64];
    size_t word_n, body_n;
    bool word_null, weight_null, body_null;
    double weight;
};

static enum err see_item(void *arg, const struct db_value *v)
{
    struct item *it = arg;
    it->rows++;
    it->id = v[1].i;
    it->word_null = v[2].null;
    it->weight_null = v[3].null;
    it->body_null = v[4].null;
    it->weight = v[3].f;
    it->word_n = v[2].s.n;
    it->body_n = v[4].s.n;
    if (!v[2].null)
        memcpy(it->word, v[2].s.p, v[2].s.n);
    if (!v[4].null)
        memcpy(it->body, v[4].s.p, v[4].s.n);
    return ERR_OK;
}

static enum err write_values_fn(struct tx *tx, void *arg)
{
    enum err rc;
    (void)arg;
    TRY(tx_run(tx, &item_insert,
               (struct db_value[]){V_STR(UNIT), V_I64(INT64_MIN), V_STR(STR("Көк-Жар «ү»")),
                                   V_F64(0.1), V_BLOB(str_of("\0\x01\xff\\x", 5))},
               NULL, NULL, NULL));
    TRY(tx_run(tx, &item_insert,
               (struct db_value[]){V_STR(UNIT), V_I64(INT64_MAX), V_STR(STR("")),
                                   V_F64(-1.7976931348623157e308), V_BLOB(STR(""))},
               NULL, NULL, NULL));
    TRY(tx_run(tx, &item_insert,
               (struct db_value[]){V_STR(UNIT), V_I64(0), V_STR(STR_NULL), V_NULL(DB_F64),
                                   V_NULL(DB_BLOB)},
               NULL, NULL, NULL));
out:
    return rc;
}

static enum err read_item_fn(struct tx *tx, void *arg)
{
    struct item *it = arg;
    return tx_run(tx, &item_get, (struct db_value[]){V_STR(UNIT), V_I64(it->id)}, see_item, it,
                  NULL);
}

static void values_survive(void **state)
{
    struct bench b;
    set_up(&b, state, NULL);
    assert_int_equal(db_write(b.db, UNIT, write_values_fn, NULL), ERR_OK);

    struct item low = {.id = INT64_MIN}, high = {.id = INT64_MAX}, none = {.id = 0};
    assert_int_equal(db_read(b.db, UNIT, read_item_fn, &low), ERR_OK);
    assert_int_equal(low.rows, 1);
    assert_true(low.id == INT64_MIN && low.weight == 0.1);
    assert_true(str_eq(str_of(low.word, low.word_n), STR("Көк-Жар «ү»")));
    assert_int_equal(low.body_n, 5);
    assert_memory_equal(low.body, "\0\x01\xff\\x", 5);

    assert_int_equal(db_read(b.db, UNIT, read_item_fn, &high), ERR_OK);
    assert_true(high.id == INT64_MAX && high.weight == -1.7976931348623157e308);
    assert_true(!high.word_null && high.word_n == 0 && !high.body_null && high.body_n == 0);

    assert_int_equal(db_read(b.db, UNIT, read_item_fn, &none), ERR_OK);
    assert_true(none.rows == 1 && none.word_null && none.weight_null && none.body_null);
    tear_down(&b);
}

struct outcome {
    int64_t id;
    enum err rc;
    int runs;
};

static enum err insert_then_return_fn(struct tx *tx, void *arg)
{
    struct outcome *o = arg;
    enum err rc;
    o->runs++;
    TRY(insert_item(tx, o->id));
    rc = o->rc;
out:
    return rc;
}

static void failing_fn_leaves_nothing(void **state)
{
    struct bench b;
    set_up(&b, state, NULL);
    struct outcome o = {.id = 1, .rc = ERR_NOT_FOUND};
    assert_int_equal(db_write(b.db, UNIT, insert_then_return_fn, &o), ERR_NOT_FOUND);
    assert_int_equal(count_items(b.db), 0);
    o.rc = ERR_OK;
    assert_int_equal(db_write(b.db, UNIT, insert_then_return_fn, &o), ERR_OK);
    assert_int_equal(count_items(b.db), 1);
    tear_down(&b);
}

static enum err conflict_ignored_fn(struct tx *tx, void *arg)
{
    int64_t n = 0;
    enum err rc = insert_item(tx, 2);
    if (rc != ERR_OK)
        return rc;
    if (insert_item(tx, 1) != ERR_CONFLICT)
        return ERR_INPUT;
    /* After a failed statement nothing goes any more, on both engines. */
    *(enum err *)arg = tx_run(tx, &item_count, NULL, put_number, &n, NULL);
    return ERR_OK;
}

static void conflict_closes_the_transaction(void **state)
{
    struct bench b;
    int64_t one = 1;
    enum err second = ERR_OK;
    set_up(&b, state, NULL);
    assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &one), ERR_OK);
    assert_int_equal(db_write(b.db, UNIT, conflict_ignored_fn, &second), ERR_CONFLICT);
    assert_int_equal(second, ERR_CONFLICT);
    assert_int_equal(count_items(b.db), 1);
    tear_down(&b);
}

static enum err orphan_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_run(tx, &part_insert, (struct db_value[]){V_STR(UNIT), V_I64(1), V_I64(404)}, NULL,
                  NULL, NULL);
}

static void deferred_foreign_key_is_a_conflict(void **state)
{
    struct bench b;
    int64_t one = 1;
    set_up(&b, state, NULL);
    assert_int_equal(db_write(b.db, UNIT, orphan_fn, NULL), ERR_CONFLICT);
    assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &one), ERR_OK);
    tear_down(&b);
}

static enum err nested_fn(struct tx *tx, void *arg)
{
    enum err rc;
    int64_t a = 10, again = 10, c = 12;
    int64_t *inner = arg;
    struct outcome undone = {.id = 11, .rc = ERR_NOT_FOUND};
    TRY(tx_nested(tx, insert_item_fn, &a));
    inner[0] = tx_nested(tx, insert_item_fn, &again);
    inner[1] = tx_nested(tx, insert_then_return_fn, &undone);
    TRY(tx_nested(tx, insert_item_fn, &c));
    TRY(tx_run(tx, &item_count, NULL, put_number, &inner[2], NULL));
out:
    return rc;
}

static enum err nested_twice_fn(struct tx *tx, void *arg)
{
    int64_t id = 20;
    enum err rc;
    TRY(insert_item(tx, id));
    TRY(tx_nested(tx, nested_fn, arg));
    rc = ERR_DENIED;
out:
    return rc;
}

static enum err nested_outer_fn(struct tx *tx, void *arg)
{
    int64_t id = 30;
    if (tx_nested(tx, nested_twice_fn, arg) != ERR_DENIED)
        return ERR_INPUT;
    return insert_item(tx, id);
}

static void nested_undoes_its_part_only(void **state)
{
    struct bench b;
    int64_t inner[3] = {0};
    set_up(&b, state, NULL);
    assert_int_equal(db_write(b.db, UNIT, nested_outer_fn, inner), ERR_OK);
    assert_int_equal(inner[2], 3); /* 20, 10 and 12, all undone afterwards */
    assert_int_equal(count_items(b.db), 1);
    assert_int_equal(db_write(b.db, UNIT, nested_fn, inner), ERR_OK);
    assert_int_equal(inner[0], ERR_CONFLICT);
    assert_int_equal(inner[1], ERR_NOT_FOUND);
    assert_int_equal(inner[2], 3);
    assert_int_equal(count_items(b.db), 3);
    tear_down(&b);
}

struct rows {
    int64_t seen, stop_at;
};

static enum err stop_early(void *arg, const struct db_value *v)
{
    struct rows *r = arg;
    r->seen++;
    return v[0].i == r->stop_at ? ERR_TOO_LARGE : ERR_OK;
}

static enum err many_rows_fn(struct tx *tx, void *arg)
{
    struct rows *r = arg;
    enum err rc;
    int64_t changed = 0, after = 0;
    for (int64_t i = 1; i <= 500; i++)
        TRY(insert_item(tx, i));
    const struct db_value from[] = {V_STR(UNIT), V_I64(1)};
    if (tx_run(tx, &item_list, from, stop_early, r, NULL) != ERR_TOO_LARGE)
        FAIL(ERR_INPUT);
    /* The loop ended by the caller's wish harms nothing. */
    TRY(tx_run(tx, &item_delete, (struct db_value[]){V_STR(UNIT), V_I64(451)}, NULL, NULL,
               &changed));
    if (changed != 50)
        FAIL(ERR_INPUT);
    TRY(tx_run(tx, &item_count, NULL, put_number, &after, NULL));
    if (after != 450)
        FAIL(ERR_INPUT);
out:
    return rc;
}

static void rows_come_in_order_and_may_stop(void **state)
{
    struct bench b;
    struct rows r = {.stop_at = 7};
    set_up(&b, state, NULL);
    assert_int_equal(db_write(b.db, UNIT, many_rows_fn, &r), ERR_OK);
    assert_int_equal(r.seen, 7);
    assert_int_equal(count_items(b.db), 450);
    tear_down(&b);
}

static enum err bad_text_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &item_insert,
                  (struct db_value[]){V_STR(UNIT), V_I64(1), V_STR(*(struct str *)arg),
                                      V_NULL(DB_F64), V_NULL(DB_BLOB)},
                  NULL, NULL, NULL);
}

static void broken_text_is_refused(void **state)
{
    struct bench b;
    struct str bad[] = {str_of("a\0b", 3),
                        STR("\xff"),
                        STR("\xc0\xaf"),
                        STR("\xe2\x82"),
                        STR("\xed\xa0\x80"),
                        STR("\xf4\x90\x80\x80"),
                        STR("\xf0\x80\x80\x80 end")};
    struct str good = STR("a\tb\n ң өү \xf0\x9f\x92\xa7");
    set_up(&b, state, NULL);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(db_write(b.db, UNIT, bad_text_fn, &bad[i]), ERR_INPUT);
    assert_int_equal(db_write(b.db, UNIT, bad_text_fn, &good), ERR_OK);
    assert_int_equal(db_write(b.db, STR("1'; x"), bad_text_fn, &good), ERR_INPUT);
    tear_down(&b);
}

static enum err spin_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_run(tx, &item_spin, NULL, NULL, NULL, NULL);
}

static void deadline_stops_a_statement(void **state)
{
    struct bench b;
    int64_t one = 1;
    set_up(&b, state, &(struct db_options){.statement_ms = 150});
    assert_int_equal(db_read(b.db, UNIT, spin_fn, NULL), ERR_TIMEOUT);
    assert_int_equal(db_write(b.db, UNIT, spin_fn, NULL), ERR_TIMEOUT);
    assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &one), ERR_OK);
    assert_int_equal(count_items(b.db), 1);
    tear_down(&b);
}

static enum err nowhere_fn(struct tx *tx, void *arg)
{
    static const enum db_type out[] = {DB_I64};
    static const struct db_query nowhere = {.name = "nowhere",
                                            .sqlite = "SELECT count(*) FROM nowhere",
                                            .postgres = "SELECT count(*) FROM nowhere",
                                            .out = out,
                                            .out_count = 1};
    (void)arg;
    return tx_run(tx, &nowhere, NULL, NULL, NULL, NULL);
}

static void missing_table_is_a_configuration_error(void **state)
{
    struct bench b;
    set_up(&b, state, NULL);
    assert_int_equal(db_read(b.db, UNIT, nowhere_fn, NULL), ERR_CONFIG);
    assert_int_equal(db_ping(b.db), ERR_OK);
    tear_down(&b);
}

/* --- readers beside a writer ---------------------------------------------------------------- */

struct mover {
    struct db *db;
    atomic_bool stop;
    atomic_int wrong, reads;
};

/* Moves one item from low ids to high ids: every snapshot holds exactly 20. */
static enum err move_fn(struct tx *tx, void *arg)
{
    int64_t *id = arg;
    enum err rc;
    TRY(tx_run(tx, &item_delete, (struct db_value[]){V_STR(UNIT), V_I64(*id)}, NULL, NULL, NULL));
    for (int64_t i = *id; i < 20; i++)
        TRY(insert_item(tx, i));
out:
    return rc;
}

struct two_counts {
    int64_t first, second;
};

static enum err two_counts_fn(struct tx *tx, void *arg)
{
    struct two_counts *t = arg;
    enum err rc;
    TRY(tx_run(tx, &item_count, NULL, put_number, &t->first, NULL));
    usleep(500);
    TRY(tx_run(tx, &item_count, NULL, put_number, &t->second, NULL));
out:
    return rc;
}

static void *snapshot_reader(void *arg)
{
    struct mover *m = arg;
    while (!atomic_load(&m->stop)) {
        struct two_counts t = {0};
        if (db_read(m->db, UNIT, two_counts_fn, &t) != ERR_OK || t.first != 20 || t.second != 20)
            atomic_fetch_add(&m->wrong, 1);
        atomic_fetch_add(&m->reads, 1);
    }
    return NULL;
}

static void readers_see_snapshots(void **state)
{
    struct bench b;
    pthread_t reader[4];
    set_up(&b, state, NULL);
    struct mover m = {.db = b.db};
    int64_t id = 0;
    assert_int_equal(db_write(b.db, UNIT, move_fn, &id), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(reader); i++)
        pthread_create(&reader[i], NULL, snapshot_reader, &m);
    for (int i = 0; i < 100; i++) {
        id = i % 20;
        assert_int_equal(db_write(b.db, UNIT, move_fn, &id), ERR_OK);
    }
    atomic_store(&m.stop, true);
    for (size_t i = 0; i < COUNT_OF(reader); i++)
        pthread_join(reader[i], NULL);
    assert_int_equal(atomic_load(&m.wrong), 0);
    assert_true(atomic_load(&m.reads) > 0);
    tear_down(&b);
}

/* --- the serial illusion --------------------------------------------------------------------- */

struct counter_thread {
    struct db *db;
    int64_t from;
    int failed;
};

/* Reads the number of items and inserts that number as an id: two runs on the same state collide.
 */
static enum err next_number_fn(struct tx *tx, void *arg)
{
    int64_t n = 0;
    enum err rc;
    (void)arg;
    TRY(tx_run(tx, &item_count, NULL, put_number, &n, NULL));
    TRY(tx_run(
        tx, &item_insert,
        (struct db_value[]){V_STR(UNIT), V_I64(n), V_NULL(DB_STR), V_NULL(DB_F64), V_NULL(DB_BLOB)},
        NULL, NULL, NULL));
out:
    return rc;
}

static void *count_up(void *arg)
{
    struct counter_thread *t = arg;
    for (int i = 0; i < 10; i++)
        /* A unique key hit under concurrency is a plain conflict on PostgreSQL; the caller's to
         * repeat. */
        for (enum err rc = ERR_CONFLICT; rc == ERR_CONFLICT || rc == ERR_BUSY;)
            if ((rc = db_write(t->db, UNIT, next_number_fn, NULL)) != ERR_OK &&
                rc != ERR_CONFLICT && rc != ERR_BUSY)
                t->failed++;
    return NULL;
}

static void writes_look_serial(void **state)
{
    struct bench b;
    pthread_t thread[6];
    struct counter_thread t[6];
    set_up(&b, state, NULL);
    for (size_t i = 0; i < COUNT_OF(thread); i++) {
        t[i] = (struct counter_thread){.db = b.db};
        pthread_create(&thread[i], NULL, count_up, &t[i]);
    }
    for (size_t i = 0; i < COUNT_OF(thread); i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(t[i].failed, 0);
    }
    assert_int_equal(count_items(b.db), 60);
    tear_down(&b);
}

/* --- migrations ------------------------------------------------------------------------------ */

static void migrations_are_applied_once_and_guarded(void **state)
{
    struct bench b;
    int pending = -1, applied = -1;
    set_up(&b, state, NULL);
    static const struct migration second = {.slice = "fixture",
                                            .number = 2,
                                            .name = "002_more",
                                            .sqlite = "CREATE TABLE more (id INTEGER PRIMARY KEY)"
                                                      " STRICT; INSERT INTO more VALUES (7);",
                                            .postgres = "CREATE TABLE more (id BIGINT PRIMARY KEY);"
                                                        " INSERT INTO more VALUES (7);"};
    static const struct migration broken = {.slice = "fixture",
                                            .number = 3,
                                            .name = "003_broken",
                                            .sqlite = "CREATE TABLE half (id INTEGER PRIMARY KEY);"
                                                      " INSERT INTO nowhere VALUES (1);",
                                            .postgres = "CREATE TABLE half (id BIGINT PRIMARY KEY);"
                                                        " INSERT INTO nowhere VALUES (1);"};
    struct migration changed = fixture_migration;
    changed.sqlite = changed.postgres = "CREATE TABLE other (id BIGINT)";
    const struct migration *all[] = {&fixture_migration, &second, &broken};

    assert_int_equal(migrate_pending(b.db, all, 2, &pending), ERR_OK);
    assert_int_equal(pending, 1);
    assert_int_equal(migrate_up(b.db, all, 2, &applied), ERR_OK);
    assert_int_equal(applied, 1);
    assert_int_equal(migrate_up(b.db, all, 2, &applied), ERR_OK);
    assert_int_equal(applied, 0);
    /* A broken one leaves nothing behind and may be tried again. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(migrate_up(b.db, all, 3, &applied), ERR_CONFIG);
        assert_int_equal(migrate_pending(b.db, all, 3, &pending), ERR_OK);
        assert_int_equal(pending, 1);
    }
    /* An altered text, and a database newer than the program, stop it. */
    all[0] = &changed;
    assert_int_equal(migrate_up(b.db, all, 2, &applied), ERR_CONFIG);
    all[0] = &fixture_migration;
    assert_int_equal(migrate_up(b.db, all, 1, &applied), ERR_CONFIG);
    assert_int_equal(migrate_pending(b.db, all, 1, &pending), ERR_CONFIG);
    tear_down(&b);
}

static void reopening_keeps_everything(void **state)
{
    struct bench b;
    int64_t id = 5;
    set_up(&b, state, NULL);
    if (*(enum kind *)*state != MEMORY_KIND) {
        assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_OK);
        db_close(b.db);
        b.db = place_open(&b.place, NULL);
        assert_int_equal(count_items(b.db), 1);
    }
    tear_down(&b);
}

static void stats_count(void **state)
{
    struct bench b;
    struct db_stats before, after;
    int64_t id = 1;
    set_up(&b, state, NULL);
    db_stats(b.db, &before);
    assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_OK);
    assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_CONFLICT);
    count_items(b.db);
    db_stats(b.db, &after);
    assert_int_equal(after.writes - before.writes, 2);
    assert_int_equal(after.reads - before.reads, 1);
    assert_true(after.commits > before.commits);
    assert_true(after.queue_peak >= 1 && after.queue_now == 0);
    if (*(enum kind *)*state == FILE_KIND)
        assert_true(after.wal_bytes > 0);
    tear_down(&b);
}

static enum err see_number(void *arg, const struct db_value *v)
{
    *(int64_t *)arg = v[0].i;
    return ERR_OK;
}

static enum err statistics_there_fn(struct tx *tx, void *arg)
{
    static const enum db_type out[] = {DB_I64};
    static const struct db_query count = {.name = "statistics",
                                          .sqlite = "SELECT count(*) FROM sqlite_stat1",
                                          .out = out,
                                          .out_count = 1};
    return tx_run(tx, &count, NULL, see_number, arg, NULL);
}

static void statistics_are_gathered(void **state)
{
    struct bench b;
    set_up(&b, state, NULL);
    for (int64_t id = 1; id <= 20; id++)
        assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_OK);
    assert_int_equal(db_refresh_statistics(b.db), ERR_OK);
    assert_int_equal(db_refresh_statistics(b.db), ERR_OK);
    if (*(enum kind *)*state != POSTGRES_KIND) {
        int64_t rows = 0;
        assert_int_equal(db_read(b.db, UNIT, statistics_there_fn, &rows), ERR_OK);
        assert_true(rows > 0);
    }
    assert_int_equal(count_items(b.db), 20);
    tear_down(&b);
}

static void read_only_store_refuses_writes(void **state)
{
    struct bench b;
    int64_t id = 1;
    set_up(&b, state, NULL);
    if (*(enum kind *)*state != MEMORY_KIND) {
        struct db *second = NULL;
        assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_OK);
        assert_int_equal(
            db_open(&second, str_from(b.place.url), &(struct db_options){.read_only = true}),
            ERR_OK);
        assert_int_equal(count_items(second), 1);
        id = 2;
        assert_int_equal(db_write(second, UNIT, insert_item_fn, &id), ERR_DENIED);
        assert_int_equal(db_write(b.db, UNIT, insert_item_fn, &id), ERR_OK);
        assert_int_equal(count_items(second), 2);
        db_close(second);
    }
    tear_down(&b);
}

int main(void)
{
    static enum kind kinds[] = {FILE_KIND, MEMORY_KIND, POSTGRES_KIND};
    static const char *const names[] = {"file", "memory", "postgres"};
    static const struct {
        const char *name;
        CMUnitTestFunction run;
    } bodies[] = {
        {"values_survive", values_survive},
        {"failing_fn_leaves_nothing", failing_fn_leaves_nothing},
        {"conflict_closes_the_transaction", conflict_closes_the_transaction},
        {"deferred_foreign_key_is_a_conflict", deferred_foreign_key_is_a_conflict},
        {"nested_undoes_its_part_only", nested_undoes_its_part_only},
        {"rows_come_in_order_and_may_stop", rows_come_in_order_and_may_stop},
        {"broken_text_is_refused", broken_text_is_refused},
        {"deadline_stops_a_statement", deadline_stops_a_statement},
        {"missing_table_is_a_configuration_error", missing_table_is_a_configuration_error},
        {"readers_see_snapshots", readers_see_snapshots},
        {"writes_look_serial", writes_look_serial},
        {"migrations_are_applied_once_and_guarded", migrations_are_applied_once_and_guarded},
        {"reopening_keeps_everything", reopening_keeps_everything},
        {"stats_count", stats_count},
        {"statistics_are_gathered", statistics_are_gathered},
        {"read_only_store_refuses_writes", read_only_store_refuses_writes},
    };
    static struct CMUnitTest tests[COUNT_OF(bodies) * COUNT_OF(kinds)];
    static char labels[COUNT_OF(tests)][80];
    size_t count = COUNT_OF(tests);
    if (!scratch_postgres()) {
        print_message("# skipped: the PostgreSQL half; AIMAK_TEST_PG is not set\n");
        count -= COUNT_OF(bodies);
    }
    for (size_t i = 0; i < count; i++) {
        size_t body = i % COUNT_OF(bodies), kind = i / COUNT_OF(bodies);
        snprintf(labels[i], sizeof labels[i], "%s: %s", names[kind], bodies[body].name);
        tests[i] = (struct CMUnitTest){
            .name = labels[i], .test_func = bodies[body].run, .initial_state = &kinds[kind]};
    }
    return _cmocka_run_group_tests("store", tests, count, NULL, NULL);
}
