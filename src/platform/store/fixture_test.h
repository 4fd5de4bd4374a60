/*
 * What the store's tests share: a fresh database on either engine, a small schema with a
 * municipality column, and queries written by hand (the compiler of queries is tested elsewhere).
 */
#ifndef STORE_FIXTURE_TEST_H
#define STORE_FIXTURE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/store/engine.h"
#include "platform/store/migrate.h"

/* A place for one database: a temporary directory, or a schema of the scratch PostgreSQL. */
struct scratch_place {
    bool postgres;
    char directory[64];
    char url[512];
    char schema[40];
};
/* False when this engine is not available (AIMAK_TEST_PG is not set). */
bool place_make(struct scratch_place *p, bool postgres);
void place_remove(struct scratch_place *p);
/* Opens and migrates. Fails the test when it cannot. */
struct db *place_open(const struct scratch_place *p, const struct db_options *options);
/* The URL of the scratch PostgreSQL, or NULL. */
const char *scratch_postgres(void);

extern const struct migration fixture_migration;

/* Table item (unit, id, word UNIQUE, weight, body) and table part (unit, id, item -> item). */
extern const struct db_query item_insert, item_get, item_list, item_set_word, item_delete,
    item_count, item_list_any_unit, part_insert, item_spin, item_spin_write;

#define V_I64(x) ((struct db_value){.type = DB_I64, .i = (x)})
#define V_F64(x) ((struct db_value){.type = DB_F64, .f = (x)})
#define V_STR(x) ((struct db_value){.type = DB_STR, .s = (x)})
#define V_BLOB(x) ((struct db_value){.type = DB_BLOB, .s = (x)})
#define V_NULL(t) ((struct db_value){.type = (t), .null = true})

#define UNIT STR("41702215010000")
#define OTHER_UNIT STR("41703220830000")

/* Inserts item `id` of UNIT with word NULL. */
enum err insert_item(struct tx *tx, int64_t id);
/* db_fn forms: arg is int64_t *. */
enum err insert_item_fn(struct tx *tx, void *arg);
enum err count_items_fn(struct tx *tx, void *arg);
enum err put_number(void *arg, const struct db_value *values);
int64_t count_items(struct db *db);

#endif
