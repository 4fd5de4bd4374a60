/* Soundness of a database; see check.h. */
#include "platform/store/check.h"

#include "platform/store/engine.h"

#define MOST_LINES 20

struct check {
    struct buf *out;
    int *faults;
    bool postgres;
    const struct probe *probe;
};

/* A question whose rows are the faults: one text column, NULL-free. "ok" is no fault. */
struct probe {
    struct db_query query;
    const char *before, *after; /* around the row's text */
};

static const enum db_type text_column[] = {DB_STR};
static const char *const text_name[] = {"fault"};
#define PROBE(name_, sqlite_, postgres_, before_, after_)                                          \
    {                                                                                              \
        .query = {.name = (name_),                                                                 \
                  .sqlite = (sqlite_),                                                             \
                  .postgres = (postgres_),                                                         \
                  .out = text_column,                                                              \
                  .out_names = text_name,                                                          \
                  .out_count = 1},                                                                 \
        .before = (before_), .after = (after_)                                                     \
    }

static const struct probe sqlite_probes[] = {
    PROBE("check_pages", "SELECT integrity_check FROM pragma_integrity_check(20)", NULL,
          "the file is damaged: ", "; restore a backup"),
    PROBE("check_references",
          "SELECT DISTINCT \"table\" || ' refers to missing rows of ' || parent "
          "FROM pragma_foreign_key_check LIMIT 20",
          NULL, "", "; restore a backup, or ask for help before going on"),
};

static const struct probe postgres_probes[] = {
    PROBE("check_encoding", NULL,
          "SELECT current_setting('server_encoding') "
          "WHERE current_setting('server_encoding') <> 'UTF8'",
          "the database is encoded in ",
          "; make a new one with ENCODING 'UTF8' and restore into it"),
    PROBE("check_durability", NULL,
          "SELECT name FROM pg_settings "
          "WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name",
          "a power failure would lose data: switch ", " on in postgresql.conf"),
    PROBE("check_indexes", NULL,
          "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
          "WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace "
          "ORDER BY 1 LIMIT 20",
          "index ", " is not valid: REINDEX it"),
    PROBE("check_walls", NULL,
          "SELECT c.relname::text FROM pg_class c "
          "JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
          "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
          "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace "
          "AND a.attname = 'unit' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) "
          "ORDER BY 1 LIMIT 20",
          "table ", " has lost its row-level security: municipalities could see each other's rows"),
};

static enum err put_fault(void *arg, const struct db_value *values)
{
    struct check *c = arg;
    if (str_eq(values[0].s, STR("ok")))
        return ERR_OK;
    if (++*c->faults <= MOST_LINES) {
        buf_cstr(c->out, c->probe->before);
        buf_str(c->out, values[0].s);
        buf_cstr(c->out, c->probe->after);
        buf_char(c->out, '\n');
    }
    return ERR_OK;
}

static enum err ask_fn(struct tx *tx, void *arg)
{
    struct check *c = arg;
    enum err rc = ERR_OK;
    size_t n = c->postgres ? COUNT_OF(postgres_probes) : COUNT_OF(sqlite_probes);
    /* fn may run again after a lost connection: forget what was found before. */
    buf_clear(c->out);
    *c->faults = 0;
    TRY(tx_deadline(tx, 0));
    for (size_t i = 0; i < n; i++) {
        c->probe = c->postgres ? &postgres_probes[i] : &sqlite_probes[i];
        TRY(tx_run_once(tx, &c->probe->query, NULL, put_fault, c, NULL));
    }
out:
    return rc;
}

enum err db_check(struct db *db, struct buf *out, int *faults)
{
    struct buf found = BUF_EMPTY;
    int count = 0;
    struct check c = {.out = &found, .faults = &count, .postgres = db_is_postgres(db)};
    enum err rc = db_read(db, SCOPE_COUNTRY, ask_fn, &c);
    if (rc == ERR_OK) {
        buf_str(out, buf_view(&found));
        *faults += count;
    }
    buf_free(&found);
    return rc;
}
