/* The shared ground of the store's tests; see fixture_test.h. */
#include "platform/store/fixture_test.h"

#include "platform/core/log.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <unistd.h>

const struct migration fixture_migration = {
    .slice = "fixture",
    .number = 1,
    .name = "001_fixture",
    .sqlite = "CREATE TABLE item (unit TEXT NOT NULL, id INTEGER NOT NULL, word TEXT UNIQUE,"
              " weight REAL, body BLOB, PRIMARY KEY (unit, id)) STRICT;\n"
              "CREATE TABLE part (unit TEXT NOT NULL, id INTEGER NOT NULL, item INTEGER NOT NULL,"
              " PRIMARY KEY (unit, id), FOREIGN KEY (unit, item) REFERENCES item (unit, id)"
              " DEFERRABLE INITIALLY DEFERRED) STRICT;",
    .postgres =
        "CREATE TABLE item (unit TEXT NOT NULL, id BIGINT NOT NULL, word TEXT UNIQUE,"
        " weight DOUBLE PRECISION, body BYTEA, PRIMARY KEY (unit, id));\n"
        "CREATE TABLE part (unit TEXT NOT NULL, id BIGINT NOT NULL, item BIGINT NOT NULL,"
        " PRIMARY KEY (unit, id), FOREIGN KEY (unit, item) REFERENCES item (unit, id)"
        " DEFERRABLE INITIALLY DEFERRED);\n"
        "ALTER TABLE item ENABLE ROW LEVEL SECURITY; ALTER TABLE item FORCE ROW LEVEL SECURITY;\n"
        "CREATE POLICY unit_wall ON item USING (current_setting('app.unit', true) IN ('*', "
        "unit));\n"
        "ALTER TABLE part ENABLE ROW LEVEL SECURITY; ALTER TABLE part FORCE ROW LEVEL SECURITY;\n"
        "CREATE POLICY unit_wall ON part USING (current_setting('app.unit', true) IN ('*', unit));",
};

static const enum db_type item_types[] = {DB_STR, DB_I64, DB_STR, DB_F64, DB_BLOB};
static const enum db_type unit_id[] = {DB_STR, DB_I64};
static const enum db_type unit_id_word[] = {DB_STR, DB_I64, DB_STR};
static const enum db_type part_types[] = {DB_STR, DB_I64, DB_I64};
static const enum db_type number[] = {DB_I64};

const struct db_query item_insert = {
    .name = "item_insert",
    .sqlite = "INSERT INTO item (unit, id, word, weight, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    .postgres = "INSERT INTO item (unit, id, word, weight, body) VALUES ($1, $2, $3, $4, $5)",
    .in = item_types,
    .in_count = 5,
    .writes = true,
};
const struct db_query item_get = {
    .name = "item_get",
    .sqlite = "SELECT unit, id, word, weight, body FROM item WHERE unit = ?1 AND id = ?2",
    .postgres = "SELECT unit, id, word, weight, body FROM item WHERE unit = $1 AND id = $2",
    .in = unit_id,
    .in_count = 2,
    .out = item_types,
    .out_count = 5,
};
const struct db_query item_list = {
    .name = "item_list",
    .sqlite = "SELECT id FROM item WHERE unit = ?1 AND id >= ?2 ORDER BY id",
    .postgres = "SELECT id FROM item WHERE unit = $1 AND id >= $2 ORDER BY id",
    .in = unit_id,
    .in_count = 2,
    .out = number,
    .out_count = 1,
};
const struct db_query item_set_word = {
    .name = "item_set_word",
    .sqlite = "UPDATE item SET word = ?3 WHERE unit = ?1 AND id = ?2",
    .postgres = "UPDATE item SET word = $3 WHERE unit = $1 AND id = $2",
    .in = unit_id_word,
    .in_count = 3,
    .writes = true,
};
const struct db_query item_delete = {
    .name = "item_delete",
    .sqlite = "DELETE FROM item WHERE unit = ?1 AND id >= ?2",
    .postgres = "DELETE FROM item WHERE unit = $1 AND id >= $2",
    .in = unit_id,
    .in_count = 2,
    .writes = true,
};
const struct db_query item_count = {
    .name = "item_count",
    .sqlite = "SELECT count(*) FROM item",
    .postgres = "SELECT count(*) FROM item",
    .out = number,
    .out_count = 1,
};
const struct db_query item_list_any_unit = {
    .name = "item_list_any_unit",
    .sqlite = "SELECT id FROM item ORDER BY id",
    .postgres = "SELECT id FROM item ORDER BY id",
    .out = number,
    .out_count = 1,
};
const struct db_query part_insert = {
    .name = "part_insert",
    .sqlite = "INSERT INTO part (unit, id, item) VALUES (?1, ?2, ?3)",
    .postgres = "INSERT INTO part (unit, id, item) VALUES ($1, $2, $3)",
    .in = part_types,
    .in_count = 3,
    .writes = true,
};
/* Takes for ever, reading. */
const struct db_query item_spin = {
    .name = "item_spin",
    .sqlite = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
              " SELECT count(*) FROM n WHERE i < 0",
    .postgres = "WITH RECURSIVE n (i) AS (SELECT 1::bigint UNION ALL SELECT i + 1 FROM n)"
                " SELECT count(*) FROM n WHERE i < 0",
    .out = number,
    .out_count = 1,
};
/* Takes for ever, writing, so that SQLite has to roll back the whole transaction. */
const struct db_query item_spin_write = {
    .name = "item_spin_write",
    .sqlite = "INSERT INTO item (unit, id) WITH RECURSIVE n (i) AS"
              " (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
              " SELECT '41702215010000', i + 900000000 FROM n WHERE i % 1000000 < 3",
    .postgres = "INSERT INTO item (unit, id) WITH RECURSIVE n (i) AS"
                " (SELECT 1::bigint UNION ALL SELECT i + 1 FROM n)"
                " SELECT '41702215010000', i + 900000000 FROM n WHERE i % 1000000 < 3",
    .writes = true,
};

enum err insert_item(struct tx *tx, int64_t id)
{
    const struct db_value v[] = {V_STR(UNIT), V_I64(id), V_NULL(DB_STR), V_F64(0.5),
                                 V_BLOB(STR("body"))};
    return tx_run(tx, &item_insert, v, NULL, NULL, NULL);
}

enum err insert_item_fn(struct tx *tx, void *arg)
{
    return insert_item(tx, *(int64_t *)arg);
}

enum err put_number(void *arg, const struct db_value *values)
{
    *(int64_t *)arg = values[0].i;
    return ERR_OK;
}

enum err count_items_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &item_count, NULL, put_number, arg, NULL);
}

int64_t count_items(struct db *db)
{
    int64_t n = -1;
    assert_int_equal(db_read(db, SCOPE_COUNTRY, count_items_fn, &n), ERR_OK);
    return n;
}

const char *scratch_postgres(void)
{
    const char *url = getenv("AIMAK_TEST_PG");
    return url && *url ? url : NULL;
}

static void scratch_command(const char *format, const char *name)
{
    char sql[200];
    PGconn *c = PQconnectdb(scratch_postgres());
    assert_int_equal(PQstatus(c), CONNECTION_OK);
    snprintf(sql, sizeof sql, "SET client_min_messages = warning; %s SCHEMA %s %s", format, name,
             strcmp(format, "DROP") == 0 ? "CASCADE" : "");
    PGresult *r = PQexec(c, sql);
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(c);
}

bool place_make(struct scratch_place *p, bool postgres)
{
    static int made;
    *p = (struct scratch_place){.postgres = postgres};
    if (postgres) {
        const char *base = scratch_postgres();
        if (!base)
            return false;
        snprintf(p->schema, sizeof p->schema, "store_%ld_%d", (long)getpid(), ++made);
        scratch_command("CREATE", p->schema);
        snprintf(p->url, sizeof p->url, "%s%coptions=-csearch_path%%3D%s", base,
                 strchr(base, '?') ? '&' : '?', p->schema);
        return true;
    }
    snprintf(p->directory, sizeof p->directory, "/tmp/aimak-store-XXXXXX");
    if (!mkdtemp(p->directory))
        return false;
    snprintf(p->url, sizeof p->url, "sqlite:%s/test.db", p->directory);
    return true;
}

void place_remove(struct scratch_place *p)
{
    if (p->postgres) {
        scratch_command("DROP", p->schema);
        return;
    }
    DIR *dir = opendir(p->directory);
    struct dirent *e;
    char name[400];
    while (dir && (e = readdir(dir)))
        if (e->d_name[0] != '.') {
            snprintf(name, sizeof name, "%s/%s", p->directory, e->d_name);
            unlink(name);
        }
    if (dir)
        closedir(dir);
    rmdir(p->directory);
}

struct db *place_open(const struct scratch_place *p, const struct db_options *options)
{
    static const struct migration *const all[] = {&fixture_migration};
    struct db *db = NULL;
    log_set_level(LOG_WARN);
    assert_int_equal(db_open(&db, str_from(p->url), options), ERR_OK);
    assert_int_equal(migrate_up(db, all, 1, NULL), ERR_OK);
    return db;
}
