/*
 * Migrations: compares the program's list with table `migration` and applies what is missing.
 *
 * The record of a migration is inserted before its text runs, in the same transaction: of two
 * programs that start at once on one PostgreSQL, the second waits at that key, finds the work done
 * and goes on. So no lock statement is needed, which not every PostgreSQL-like server has.
 */
#include "platform/store/migrate.h"
#include "platform/store/engine.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

/* A new index over millions of rows takes minutes; nobody waits for an answer meanwhile. */
#define MIGRATION_STATEMENT_MS (30 * MS_MINUTE)

static const char create_sqlite[] =
    "CREATE TABLE IF NOT EXISTS migration (slice TEXT NOT NULL, number INTEGER NOT NULL,"
    " name TEXT NOT NULL, hash TEXT NOT NULL, applied_ms INTEGER NOT NULL,"
    " PRIMARY KEY (slice, number)) STRICT";
static const char create_postgres[] =
    "CREATE TABLE IF NOT EXISTS migration (slice TEXT NOT NULL, number BIGINT NOT NULL,"
    " name TEXT NOT NULL, hash TEXT NOT NULL, applied_ms BIGINT NOT NULL,"
    " PRIMARY KEY (slice, number))";

static const enum db_type no_types[1];
static const enum db_type one_number[] = {DB_I64};
static const enum db_type record_types[] = {DB_STR, DB_I64, DB_STR, DB_STR};
static const enum db_type insert_types[] = {DB_STR, DB_I64, DB_STR, DB_STR, DB_I64};

static const struct db_query table_exists = {
    .name = "migration_table_exists",
    .sqlite = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'",
    .postgres = "SELECT count(*) FROM pg_catalog.pg_class c"
                " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relname = 'migration' AND c.relkind = 'r'"
                " AND n.nspname = current_schema()",
    .in = no_types,
    .out = one_number,
    .out_count = 1,
};
static const struct db_query list_records = {
    .name = "migration_list",
    .sqlite = "SELECT slice, number, name, hash FROM migration ORDER BY slice, number",
    .postgres = "SELECT slice, number, name, hash FROM migration ORDER BY slice, number",
    .in = no_types,
    .out = record_types,
    .out_count = 4,
};
static const struct db_query insert_record = {
    .name = "migration_insert",
    .sqlite = "INSERT INTO migration (slice, number, name, hash, applied_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5)",
    .postgres = "INSERT INTO migration (slice, number, name, hash, applied_ms)"
                " VALUES ($1, $2, $3, $4, $5)",
    .in = insert_types,
    .in_count = 5,
    .writes = true,
};

static const char *text_of(const struct migration *m, bool postgres)
{
    return postgres ? m->postgres : m->sqlite;
}

static struct str hash_of(const struct migration *m, bool postgres, char out[2 * 32 + 1])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    const char *text = text_of(m, postgres);
    crypto_hash_sha256(digest, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(out, 2 * 32 + 1, digest, sizeof digest);
    return str_of(out, 2 * 32);
}

/* What the database says, held against the program's list. */
struct survey {
    const struct migration *const *all;
    size_t n;
    bool postgres;
    bool *applied; /* by place in `all` */
    bool altered;
};

static enum err see_record(void *arg, const struct db_value *v)
{
    struct survey *s = arg;
    char hash[2 * 32 + 1];
    for (size_t i = 0; i < s->n; i++) {
        const struct migration *m = s->all[i];
        if (!str_eq(v[0].s, str_from(m->slice)) || v[1].i != m->number)
            continue;
        s->applied[i] = true;
        if (!str_eq(v[3].s, hash_of(m, s->postgres, hash))) {
            s->altered = true;
            LOG(LOG_ERROR, "db.migration_altered", LOG_S("slice", v[0].s), LOG_S("name", v[2].s),
                LOG_C("hint", "an applied migration must never change; add a new file"));
        }
        return ERR_OK;
    }
    s->altered = true;
    LOG(LOG_ERROR, "db.migration_unknown", LOG_S("slice", v[0].s), LOG_S("name", v[2].s),
        LOG_C("hint", "the database was written by a newer program; install that one"));
    return ERR_OK;
}

static enum err one_value(void *arg, const struct db_value *v)
{
    *(int64_t *)arg = v[0].i;
    return ERR_OK;
}

static enum err survey_fn(struct tx *tx, void *arg)
{
    struct survey *s = arg;
    int64_t tables = 0;
    enum err rc;
    memset(s->applied, 0, s->n * sizeof *s->applied);
    s->altered = false;
    TRY(tx_run(tx, &table_exists, NULL, one_value, &tables, NULL));
    if (tables)
        TRY(tx_run(tx, &list_records, NULL, see_record, s, NULL));
    if (s->altered)
        FAIL(ERR_CONFIG);
out:
    return rc;
}

static struct survey survey_new(struct db *db, const struct migration *const *all, size_t n)
{
    struct survey s = {.all = all, .n = n, .postgres = db_is_postgres(db)};
    s.applied = calloc(n + 1, sizeof *s.applied);
    INVARIANT(s.applied);
    return s;
}

enum err migrate_pending(struct db *db, const struct migration *const *all, size_t n, int *pending)
{
    struct survey s = survey_new(db, all, n);
    enum err rc;
    *pending = 0;
    TRY(db_read(db, SCOPE_COUNTRY, survey_fn, &s));
    for (size_t i = 0; i < n; i++)
        *pending += !s.applied[i];
out:
    free(s.applied);
    return rc;
}

enum err migrate_create_table(struct tx *tx)
{
    return tx_script(tx, tx_is_postgres(tx) ? create_postgres : create_sqlite);
}

static enum err create_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return migrate_create_table(tx);
}

enum err migrate_apply(struct tx *tx, const struct migration *m)
{
    char hash[2 * 32 + 1];
    enum err rc;
    const struct db_value record[] = {
        {.type = DB_STR, .s = str_from(m->slice)},
        {.type = DB_I64, .i = m->number},
        {.type = DB_STR, .s = str_from(m->name)},
        {.type = DB_STR, .s = hash_of(m, tx_is_postgres(tx), hash)},
        {.type = DB_I64, .i = clock_now_ms()},
    };
    TRY(tx_deadline(tx, MIGRATION_STATEMENT_MS));
    TRY(tx_run(tx, &insert_record, record, NULL, NULL, NULL));
    TRY(tx_script(tx, text_of(m, tx_is_postgres(tx))));
out:
    return rc;
}

static enum err apply_fn(struct tx *tx, void *arg)
{
    return migrate_apply(tx, arg);
}

enum err migrate_up(struct db *db, const struct migration *const *all, size_t n, int *applied)
{
    struct survey s = survey_new(db, all, n);
    enum err rc;
    int done = 0;
    /* Two programs that create the table at once: the loser sees it when it looks again. */
    rc = db_write(db, SCOPE_COUNTRY, create_fn, NULL);
    if (rc == ERR_CONFLICT)
        rc = db_write(db, SCOPE_COUNTRY, create_fn, NULL);
    if (rc != ERR_OK)
        goto out;
    TRY(db_read(db, SCOPE_COUNTRY, survey_fn, &s));
    for (size_t i = 0; i < n; i++) {
        if (s.applied[i])
            continue;
        rc = db_write(db, SCOPE_COUNTRY, apply_fn, (void *)all[i]);
        if (rc ==
            ERR_CONFLICT) { /* applied meanwhile by another program, or the text is at fault */
            TRY(db_read(db, SCOPE_COUNTRY, survey_fn, &s));
            if (s.applied[i])
                continue;
            rc = ERR_CONFIG;
        }
        if (rc != ERR_OK) {
            LOG(LOG_ERROR, "db.migration_failed", LOG_C("name", all[i]->name),
                LOG_C("slice", all[i]->slice), LOG_C("error", err_name(rc)));
            goto out;
        }
        LOG(LOG_INFO, "db.migrated", LOG_C("slice", all[i]->slice), LOG_C("name", all[i]->name));
        done++;
    }
out:
    if (applied)
        *applied = done;
    free(s.applied);
    return rc;
}
