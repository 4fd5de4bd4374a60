/*
 * The schema as each engine describes it, in the same terms: tables, columns of four types, and the
 * primary key, by which a table is read page by page.
 */
#include "platform/store/backup_parts.h"

#include "platform/core/log.h"

static const enum db_type column_types[] = {DB_STR, DB_STR, DB_STR, DB_I64};

static const struct db_query list_columns = {
    .name = "backup_columns",
    .sqlite = "SELECT t.name, c.name, c.type, c.pk FROM pragma_table_list AS t"
              " JOIN pragma_table_xinfo(t.name) AS c"
              " WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'migration'"
              " AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND c.hidden = 0"
              " ORDER BY t.name, c.cid",
    .postgres =
        "SELECT c.relname::text, a.attname::text, a.atttypid::regtype::text,"
        " coalesce((SELECT k.place FROM pg_catalog.pg_index AS i,"
        "   unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)"
        "   WHERE i.indrelid = c.oid AND i.indisprimary AND k.attnum = a.attnum), 0)"
        " FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'migration'"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
        " ORDER BY c.relname, a.attnum",
    .out = column_types,
    .out_count = 4,
};

static bool type_of(struct str declared, enum db_type *out)
{
    static const struct {
        struct str declared;
        enum db_type type;
    } known[] = {
        {STRI("INTEGER"), DB_I64},
        {STRI("INT"), DB_I64},
        {STRI("bigint"), DB_I64},
        {STRI("integer"), DB_I64},
        {STRI("smallint"), DB_I64},
        {STRI("REAL"), DB_F64},
        {STRI("double precision"), DB_F64},
        {STRI("real"), DB_F64},
        {STRI("TEXT"), DB_STR},
        {STRI("text"), DB_STR},
        {STRI("BLOB"), DB_BLOB},
        {STRI("bytea"), DB_BLOB},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(known[i].declared, declared)) {
            *out = known[i].type;
            return true;
        }
    return false;
}

struct reading {
    struct arena *a;
    struct backup_schema *schema;
    size_t column_room;
};

static enum err see_column(void *arg, const struct db_value *v)
{
    struct reading *r = arg;
    struct backup_schema *s = r->schema;
    struct backup_column column = {.name = arena_str(r->a, v[1].s), .key = (int)v[3].i};
    if (!type_of(v[2].s, &column.type)) {
        LOG(LOG_ERROR, "backup.column_type", LOG_S("table", v[0].s), LOG_S("column", v[1].s),
            LOG_S("type", v[2].s));
        return ERR_CONFIG;
    }
    if (!s->n || !str_eq(s->v[s->n - 1].name, v[0].s)) {
        struct backup_table table = {.name = arena_str(r->a, v[0].s)};
        ARENA_PUSH(r->a, *s, table);
        r->column_room = 0;
    }
    struct backup_table *t = &s->v[s->n - 1];
    struct {
        struct backup_column *v;
        size_t n, cap;
    } list = {t->columns, (size_t)t->column_count, r->column_room};
    ARENA_PUSH(r->a, list, column);
    t->columns = list.v;
    t->column_count++;
    r->column_room = list.cap;
    if (column.key > t->key_count)
        t->key_count = column.key;
    return ERR_OK;
}

enum err backup_read_schema(struct tx *tx, struct arena *a, struct backup_schema *out)
{
    struct reading r = {.a = a, .schema = out};
    enum err rc;
    *out = (struct backup_schema){0};
    TRY(tx_run(tx, &list_columns, NULL, see_column, &r, NULL));
    for (size_t i = 0; i < out->n; i++) {
        struct backup_table *t = &out->v[i];
        t->key = ARENA_ARRAY(a, int, (size_t)t->key_count + 1);
        for (int c = 0; c < t->column_count; c++)
            if (t->columns[c].key)
                t->key[t->columns[c].key - 1] = c;
        if (!t->key_count) {
            LOG(LOG_ERROR, "backup.no_key", LOG_S("table", t->name),
                LOG_C("hint", "every table needs a primary key"));
            FAIL(ERR_CONFIG);
        }
    }
out:
    return rc;
}

struct backup_table *backup_find_table(const struct backup_schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->n; i++)
        if (str_eq(schema->v[i].name, name))
            return &schema->v[i];
    return NULL;
}

void backup_put_name(struct buf *b, struct str name)
{
    buf_char(b, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, name.p[i]);
    }
    buf_char(b, '"');
}

void backup_put_parameter(struct buf *b, const struct tx *tx, int number)
{
    buf_char(b, tx_is_postgres(tx) ? '$' : '?');
    buf_i64(b, number);
}

struct db_query backup_query(struct arena *a, const char *name, const struct buf *sql,
                             const enum db_type *in, int in_count, const enum db_type *out,
                             int out_count, bool writes)
{
    const char *text = arena_cstr(a, buf_view(sql));
    return (struct db_query){.name = name,
                             .sqlite = text,
                             .postgres = text,
                             .in = in,
                             .in_count = in_count,
                             .out = out,
                             .out_count = out_count,
                             .writes = writes};
}

static enum err put_count(void *arg, const struct db_value *v)
{
    *(int64_t *)arg = v[0].i;
    return ERR_OK;
}

enum err backup_count_rows(struct tx *tx, const struct backup_table *table, int64_t *rows)
{
    static const enum db_type number[] = {DB_I64};
    struct arena *a = arena_new();
    struct buf *sql = buf_in(a);
    buf_cstr(sql, "SELECT count(*) FROM ");
    backup_put_name(sql, table->name);
    struct db_query query = backup_query(a, "backup_count", sql, NULL, 0, number, 1, false);
    enum err rc = tx_run_once(tx, &query, NULL, put_count, rows, NULL);
    arena_free(a);
    return rc;
}

static enum err see_migration(void *arg, const struct db_value *v)
{
    void **both = arg;
    struct arena *a = both[0];
    struct backup_manifest *m = both[1];
    ARENA_PUSH(a, m->migrations,
               ((struct backup_migration){
                   .slice = arena_str(a, v[0].s), .number = v[1].i, .name = arena_str(a, v[2].s)}));
    return ERR_OK;
}

enum err backup_read_migrations(struct tx *tx, struct arena *a, struct backup_manifest *out)
{
    static const enum db_type types[] = {DB_STR, DB_I64, DB_STR};
    static const struct db_query query = {
        .name = "backup_migrations",
        .sqlite = "SELECT slice, number, name FROM migration ORDER BY slice, number",
        .postgres = "SELECT slice, number, name FROM migration ORDER BY slice, number",
        .out = types,
        .out_count = 3,
    };
    void *both[] = {a, out};
    out->migrations.n = 0;
    return tx_run(tx, &query, NULL, see_migration, both, NULL);
}
