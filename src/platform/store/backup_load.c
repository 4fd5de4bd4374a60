/*
 * Rows of a backup into a table: line by line, many rows to one INSERT, memory bounded by a batch.
 */
#include "platform/store/backup_restore.h"

#include "platform/core/log.h"

#include <sodium/utils.h>

#define BATCH_ROWS 100
#define BATCH_PARAMETERS 2000
#define BATCH_BYTES (4 << 20)
#define LINE_MAX_BYTES (128 << 20)

struct lines {
    zip_file_t *file;
    struct buf bytes;
    size_t at;
    bool end;
};

/* The next line without its end; borrowed until the next call. *more false at the end. */
static enum err next_line(struct lines *l, struct str *out, bool *more)
{
    size_t searched = l->at;
    for (;;) {
        char *end = l->bytes.n > searched
                        ? memchr(l->bytes.p + searched, '\n', l->bytes.n - searched)
                        : NULL;
        if (end) {
            *out = str_of(l->bytes.p + l->at, (size_t)(end - (l->bytes.p + l->at)));
            l->at = (size_t)(end - l->bytes.p) + 1;
            *more = true;
            return ERR_OK;
        }
        if (l->end) {
            *more = false;
            return l->at == l->bytes.n ? ERR_OK : ERR_PARSE;
        }
        if (l->at) {
            memmove(l->bytes.p, l->bytes.p + l->at, l->bytes.n - l->at);
            l->bytes.n -= l->at;
            l->at = 0;
        }
        if (l->bytes.n > LINE_MAX_BYTES)
            return ERR_TOO_LARGE;
        searched = l->bytes.n;
        zip_int64_t n = zip_fread(l->file, buf_reserve(&l->bytes, 1 << 18), 1 << 18);
        if (n < 0)
            return ERR_PARSE;
        l->bytes.n += (size_t)n;
        l->end = n == 0;
    }
}

struct batch {
    struct backup_restore *restore;
    struct tx *tx;
    struct arena *a; /* of the batch */
    const struct backup_table *from, *to;
    struct db_query full; /* for room_rows rows */
    enum db_type *in;
    struct db_value *values;
    const char **names;
    json_t **rows; /* hold the texts that `values` borrow */
    int room_rows, n;
    size_t bytes;
};

/* INSERT of `rows` rows; a row that a migration made is replaced. */
static struct db_query insert_query(const struct batch *b, struct arena *a, int rows)
{
    struct buf *sql = buf_in(a);
    const struct backup_table *t = b->from;
    int parameter = 0, others = 0;
    buf_cstr(sql, "INSERT INTO ");
    backup_put_name(sql, t->name);
    for (int i = 0; i < t->column_count; i++) {
        buf_cstr(sql, i ? ", " : " (");
        backup_put_name(sql, t->columns[i].name);
    }
    buf_cstr(sql, ") VALUES ");
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < t->column_count; i++) {
            buf_cstr(sql, i ? ", " : row ? "), (" : "(");
            backup_put_parameter(sql, b->tx, ++parameter);
        }
    buf_cstr(sql, ") ON CONFLICT (");
    for (int i = 0; i < b->to->key_count; i++) {
        buf_cstr(sql, i ? ", " : "");
        backup_put_name(sql, b->to->columns[b->to->key[i]].name);
    }
    for (int i = 0; i < b->to->column_count; i++) {
        struct str name = b->to->columns[i].name;
        if (b->to->columns[i].key)
            continue;
        buf_cstr(sql, others++ ? ", " : ") DO UPDATE SET ");
        backup_put_name(sql, name);
        buf_cstr(sql, " = excluded.");
        backup_put_name(sql, name);
    }
    if (!others)
        buf_cstr(sql, ") DO NOTHING");
    return backup_query(a, "restore_rows", sql, b->in, parameter, NULL, 0, true);
}

static enum err flush(struct batch *b)
{
    enum err rc = ERR_OK;
    if (b->n == b->room_rows) {
        TRY(tx_run_once(b->tx, &b->full, b->values, NULL, NULL, NULL));
    } else if (b->n) {
        struct db_query query = insert_query(b, b->a, b->n);
        TRY(tx_run_once(b->tx, &query, b->values, NULL, NULL, NULL));
    }
    b->restore->rows_done += b->n;
    backup_tick(b->restore->progress, "restore rows", b->restore->rows_done,
                b->restore->rows_total);
out:
    for (int i = 0; i < b->n; i++)
        json_decref(b->rows[i]);
    b->n = 0;
    b->bytes = 0;
    arena_reset(b->a);
    return rc;
}

static bool read_fraction(const json_t *j, double *out)
{
    static const struct {
        struct str text;
        double value;
    } named[] = {{STRI("NaN"), __builtin_nan("")},
                 {STRI("Infinity"), __builtin_inf()},
                 {STRI("-Infinity"), -__builtin_inf()}};
    if (json_is_number(j)) {
        *out = json_number_value(j);
        return true;
    }
    for (size_t i = 0; json_is_string(j) && i < COUNT_OF(named); i++)
        if (str_eq(str_from(json_string_value(j)), named[i].text)) {
            *out = named[i].value;
            return true;
        }
    return false;
}

static bool read_value(struct arena *a, const json_t *j, struct db_value *v)
{
    if (!j)
        return false;
    if (json_is_null(j)) {
        v->null = true;
        return true;
    }
    struct str text = STR_NULL;
    if (json_is_string(j))
        text = str_of(json_string_value(j), json_string_length(j));
    size_t n = 0;
    char *bytes;
    switch (v->type) {
    case DB_I64:
        v->i = (int64_t)json_integer_value(j);
        return json_is_integer(j);
    case DB_F64:
        return read_fraction(j, &v->f);
    case DB_STR:
        v->s = text;
        return text.p != NULL;
    case DB_BLOB:
        bytes = arena_alloc(a, text.n + 1);
        v->s.p = bytes;
        if (!text.p || sodium_base642bin((unsigned char *)bytes, text.n + 1, text.p, text.n, NULL,
                                         &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
            return false;
        v->s.n = n;
        return true;
    }
    return false;
}

static enum err add_row(struct batch *b, struct str line)
{
    const struct backup_table *t = b->from;
    json_error_t error;
    json_t *row = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &error);
    bool good = json_is_object(row) && json_object_size(row) == (size_t)t->column_count;
    for (int i = 0; good && i < t->column_count; i++) {
        struct db_value *v = &b->values[b->n * t->column_count + i];
        *v = (struct db_value){.type = t->columns[i].type};
        good = read_value(b->a, json_object_get(row, b->names[i]), v);
    }
    if (!good) {
        json_decref(row);
        LOG(LOG_ERROR, "backup.row", LOG_S("table", t->name),
            LOG_I("row", b->restore->rows_done + b->n + 1));
        return ERR_PARSE;
    }
    b->rows[b->n++] = row;
    b->bytes += line.n;
    return b->n == b->room_rows || b->bytes > BATCH_BYTES ? flush(b) : ERR_OK;
}

static bool columns_fit(const struct backup_table *from, const struct backup_table *to)
{
    if (!to || to->column_count != from->column_count)
        return false;
    for (int i = 0; i < from->column_count; i++) {
        bool found = false;
        for (int k = 0; k < to->column_count; k++)
            found = found || (str_eq(from->columns[i].name, to->columns[k].name) &&
                              from->columns[i].type == to->columns[k].type);
        if (!found)
            return false;
    }
    return true;
}

enum err backup_load_table(struct backup_restore *r, struct tx *tx, const struct backup_table *from,
                           const struct backup_table *to)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    struct lines lines = {0};
    struct batch b = {.restore = r, .tx = tx, .from = from, .to = to};
    b.a = arena_new();
    if (!columns_fit(from, to)) {
        LOG(LOG_ERROR, "backup.columns", LOG_S("table", from->name),
            LOG_C("hint", "the table of this program has other columns"));
        FAIL(ERR_CONFIG);
    }
    b.room_rows = BATCH_PARAMETERS / from->column_count;
    b.room_rows = b.room_rows > BATCH_ROWS ? BATCH_ROWS : b.room_rows < 1 ? 1 : b.room_rows;
    size_t cells = (size_t)b.room_rows * (size_t)from->column_count;
    b.in = ARENA_ARRAY(a, enum db_type, cells);
    b.values = ARENA_ARRAY(a, struct db_value, cells);
    b.rows = ARENA_ARRAY(a, json_t *, (size_t)b.room_rows);
    b.names = ARENA_ARRAY(a, const char *, (size_t)from->column_count);
    for (int i = 0; i < from->column_count; i++)
        b.names[i] = arena_cstr(a, from->columns[i].name);
    for (size_t i = 0; i < cells; i++)
        b.in[i] = from->columns[i % (size_t)from->column_count].type;
    b.full = insert_query(&b, a, b.room_rows);

    lines.file = zip_fopen(r->zip, backup_member(a, "tables", from->name, ".jsonl"), 0);
    if (!lines.file)
        FAIL(ERR_PARSE);
    for (bool more = true; more;) {
        struct str line;
        TRY(next_line(&lines, &line, &more));
        if (more)
            TRY(add_row(&b, line));
    }
    TRY(flush(&b));
out:
    for (int i = 0; i < b.n; i++)
        json_decref(b.rows[i]);
    if (lines.file)
        zip_fclose(lines.file);
    buf_free(&lines.bytes);
    arena_free(b.a);
    arena_free(a);
    return rc;
}
