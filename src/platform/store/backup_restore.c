/*
 * Restoring a backup: everything is checked before anything is touched, files are put in place and
 * made durable first, then one transaction brings schema and rows. A marker in the data directory
 * says that files there may be unfinished, so a restore that was killed starts over
 * by itself, and one that was killed after its commit is only finished.
 */
#include "platform/store/backup_parts.h"

#include "platform/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium/utils.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_ROWS 100
#define BATCH_PARAMETERS 2000
#define BATCH_BYTES (4 << 20)
#define SYNC_EACH_FILES 200
#define LINE_MAX_BYTES (128 << 20)

struct restore {
    struct db *db;
    struct arena *a;
    const struct migration *const *all;
    size_t all_count;
    const char *data_dir, *path;
    const struct backup_progress *progress;
    zip_t *zip;
    struct backup_manifest manifest;
    bool fresh; /* no migration has been applied yet */
    int64_t rows_done, rows_total;
};

/* --- what the database holds now ------------------------------------------------------------- */

static const struct migration *find_migration(const struct restore *r,
                                              const struct backup_migration *g)
{
    for (size_t i = 0; i < r->all_count; i++)
        if (str_eq(g->slice, str_from(r->all[i]->slice)) && g->number == r->all[i]->number)
            return r->all[i];
    return NULL;
}

static bool in_manifest(const struct restore *r, struct str slice, int64_t number)
{
    for (size_t i = 0; i < r->manifest.migrations.n; i++)
        if (str_eq(r->manifest.migrations.v[i].slice, slice) &&
            r->manifest.migrations.v[i].number == number)
            return true;
    return false;
}

static enum err knows_migrations(const struct restore *r)
{
    for (size_t i = 0; i < r->manifest.migrations.n; i++) {
        const struct backup_migration *g = &r->manifest.migrations.v[i];
        if (!find_migration(r, g)) {
            LOG(LOG_ERROR, "backup.newer", LOG_S("slice", g->slice), LOG_S("name", g->name),
                LOG_C("hint", "the backup was made by a newer program; install that one"));
            return ERR_CONFIG;
        }
    }
    return ERR_OK;
}

static enum err same_migrations_fn(struct tx *tx, void *arg)
{
    struct restore *r = arg;
    struct backup_manifest now = {0};
    enum err rc;
    TRY(backup_read_migrations(tx, r->a, &now));
    bool same = now.migrations.n == r->manifest.migrations.n;
    for (size_t i = 0; i < now.migrations.n; i++)
        same = same && in_manifest(r, now.migrations.v[i].slice, now.migrations.v[i].number);
    if (!same) {
        LOG(LOG_ERROR, "backup.other_state",
            LOG_C("hint", "restore into a new database that was not migrated"));
        FAIL(ERR_CONFIG);
    }
out:
    return rc;
}

struct counts {
    struct restore *restore;
    bool equal, empty;
};

static enum err compare_counts_fn(struct tx *tx, void *arg)
{
    struct counts *c = arg;
    struct backup_schema now;
    enum err rc;
    c->equal = c->empty = true;
    TRY(backup_read_schema(tx, c->restore->a, &now));
    for (size_t i = 0; i < now.n; i++) {
        const struct backup_table *t =
            backup_find_table(&c->restore->manifest.tables, now.v[i].name);
        int64_t rows = 0;
        TRY(backup_count_rows(tx, &now.v[i], &rows));
        c->empty = c->empty && rows == 0;
        c->equal = c->equal && rows == (t ? t->rows : 0);
    }
out:
    return rc;
}

/* --- rows ------------------------------------------------------------------------------------ */

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
    struct restore *restore;
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

static enum err load_table(struct restore *r, struct tx *tx, const struct backup_table *from,
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

/* Foreign keys wait until all tables are loaded. PostgreSQL needs those that are not deferrable to
 * be made so, and back again, in the same transaction. */
struct foreign_keys {
    struct arena *a;
    struct buf defer, restore;
};

static enum err see_foreign_key(void *arg, const struct db_value *v)
{
    struct foreign_keys *f = arg;
    for (int i = 0; i < 2; i++) {
        struct buf *b = i ? &f->restore : &f->defer;
        buf_cstr(b, "ALTER TABLE ");
        backup_put_name(b, v[0].s);
        buf_cstr(b, " ALTER CONSTRAINT ");
        backup_put_name(b, v[1].s);
        buf_cstr(b, i ? " NOT DEFERRABLE;" : " DEFERRABLE INITIALLY DEFERRED;");
    }
    return ERR_OK;
}

static enum err defer_foreign_keys(struct tx *tx, struct foreign_keys *f)
{
    static const enum db_type two_texts[] = {DB_STR, DB_STR};
    static const struct db_query list = {
        .name = "restore_foreign_keys",
        .postgres = "SELECT t.relname::text, c.conname::text FROM pg_catalog.pg_constraint AS c"
                    " JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid"
                    " JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace"
                    " WHERE c.contype = 'f' AND NOT c.condeferrable"
                    " AND n.nspname = current_schema() ORDER BY 1, 2",
        .out = two_texts,
        .out_count = 2,
    };
    enum err rc;
    if (!tx_is_postgres(tx))
        return tx_script(tx, "PRAGMA defer_foreign_keys = ON");
    TRY(tx_run(tx, &list, NULL, see_foreign_key, f, NULL));
    buf_cstr(&f->defer, "SET CONSTRAINTS ALL DEFERRED");
    buf_char(&f->defer, 0);
    TRY(tx_script(tx, f->defer.p));
out:
    return rc;
}

static enum err check_foreign_keys(struct tx *tx, struct foreign_keys *f)
{
    enum err rc;
    if (!tx_is_postgres(tx))
        return ERR_OK; /* the writer looks at the end of each member */
    TRY(tx_script(tx, "SET CONSTRAINTS ALL IMMEDIATE"));
    buf_char(&f->restore, 0);
    TRY(tx_script(tx, f->restore.p));
out:
    return rc;
}

static enum err apply_migrations(struct restore *r, struct tx *tx)
{
    enum err rc;
    TRY(migrate_create_table(tx));
    for (size_t i = 0; i < r->all_count; i++)
        if (in_manifest(r, str_from(r->all[i]->slice), r->all[i]->number))
            TRY(migrate_apply(tx, r->all[i]));
    if (tx_is_postgres(tx)) /* nothing may be pending when constraints are altered */
        TRY(tx_script(tx, "SET CONSTRAINTS ALL IMMEDIATE"));
out:
    return rc;
}

static enum err restore_rows_fn(struct tx *tx, void *arg)
{
    struct restore *r = arg;
    struct foreign_keys keys = {.a = r->a};
    struct backup_schema now;
    struct counts counts = {.restore = r};
    enum err rc;
    r->rows_done = 0;
    TRY(tx_deadline(tx, BACKUP_STATEMENT_MS));
    if (r->fresh)
        TRY(apply_migrations(r, tx));
    TRY(backup_read_schema(tx, r->a, &now));
    TRY(defer_foreign_keys(tx, &keys));
    for (size_t i = 0; i < r->manifest.tables.n; i++) {
        const struct backup_table *t = &r->manifest.tables.v[i];
        TRY(load_table(r, tx, t, backup_find_table(&now, t->name)));
    }
    TRY(check_foreign_keys(tx, &keys));
    TRY(compare_counts_fn(tx, &counts));
    if (!counts.equal) {
        LOG(LOG_ERROR, "backup.counts",
            LOG_C("hint", "the database holds rows that are not in the backup"));
        FAIL(ERR_CONFLICT);
    }
out:
    buf_free(&keys.defer);
    buf_free(&keys.restore);
    return rc;
}

/* --- files ----------------------------------------------------------------------------------- */

static const char *below(struct restore *r, struct str name)
{
    return arena_cstr(r->a, arena_printf(r->a, "%s/%.*s", r->data_dir, STRF(name)));
}

static enum err file_fault(const char *path)
{
    LOG(LOG_ERROR, "backup.file", LOG_C("path", path), LOG_I("errno", errno));
    return errno == ENOSPC || errno == EDQUOT ? ERR_UNAVAILABLE : ERR_IO;
}

static enum err make_parents(struct restore *r, struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/') {
            const char *folder = below(r, str_slice(name, 0, i));
            if (mkdir(folder, 0750) != 0 && errno != EEXIST)
                return file_fault(folder);
        }
    return ERR_OK;
}

/* One flush for a file each, or one for all: the second also waits for other programs' data. */
static bool syncs_whole(const struct restore *r)
{
    return r->manifest.files.n > SYNC_EACH_FILES;
}

static enum err sync_parents(struct restore *r, struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/') {
            int fd = open(below(r, str_slice(name, 0, i)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            bool done = fd >= 0 && fsync(fd) == 0;
            if (fd >= 0)
                close(fd);
            if (!done)
                return file_fault(below(r, name));
        }
    return ERR_OK;
}

static enum err extract(struct restore *r, const struct backup_file *f)
{
    enum { PIECE = 1 << 16 };
    const char *path = below(r, f->name);
    char *piece = malloc(PIECE);
    int64_t seen = 0;
    zip_int64_t n = 0;
    int fd = -1;
    enum err rc;
    INVARIANT(piece);
    zip_file_t *in = zip_fopen(r->zip, backup_member(r->a, "files", f->name, ""), 0);
    if (!in)
        FAIL(ERR_PARSE);
    TRY(make_parents(r, f->name));
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        FAIL(file_fault(path));
    while ((n = zip_fread(in, piece, PIECE)) > 0) {
        for (zip_int64_t at = 0; at < n;) {
            ssize_t done = write(fd, piece + at, (size_t)(n - at));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                FAIL(file_fault(path));
            at += done;
        }
        seen += n;
    }
    if (n < 0 || seen != f->bytes)
        FAIL(ERR_PARSE);
    if (!syncs_whole(r)) {
        if (fsync(fd) != 0)
            FAIL(file_fault(path));
        TRY(sync_parents(r, f->name));
    }
out:
    if (fd >= 0)
        close(fd);
    if (in)
        zip_fclose(in);
    free(piece);
    return rc;
}

/* Of the whole file system, when many files were written; else the folder alone. */
static enum err sync_data_dir(struct restore *r, bool whole)
{
    int fd = open(r->data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && (whole ? syncfs(fd) : fsync(fd)) == 0;
    enum err rc = done ? ERR_OK : file_fault(r->data_dir);
    if (fd >= 0)
        close(fd);
    return rc;
}

static void remove_file(struct restore *r, struct str name)
{
    unlink(below(r, name));
    for (size_t k = name.n; k > 0; k--)
        if (name.p[k - 1] == '/' && rmdir(below(r, str_slice(name, 0, k - 1))) != 0)
            break;
}

/* After a failure: takes away what this run has put there, and the marker last. */
static void clear_files(struct restore *r)
{
    for (size_t i = 0; i < r->manifest.files.n; i++)
        remove_file(r, r->manifest.files.v[i].name);
    unlink(below(r, STR(BACKUP_UNFINISHED)));
}

static bool is_unfinished(struct restore *r)
{
    return r->data_dir && access(below(r, STR(BACKUP_UNFINISHED)), F_OK) == 0;
}

/* The marker names every file of its restore, so that a later one removes those and no other. */
static enum err write_marker(struct restore *r)
{
    const char *path = below(r, STR(BACKUP_UNFINISHED));
    FILE *f = fopen(path, "we");
    if (!f)
        return file_fault(path);
    for (size_t i = 0; i < r->manifest.files.n; i++)
        fprintf(f, "%.*s\n", STRF(r->manifest.files.v[i].name));
    bool written = fflush(f) == 0 && fsync(fileno(f)) == 0;
    written = fclose(f) == 0 && written;
    return written ? sync_data_dir(r, false) : file_fault(path);
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(((const struct backup_file *)a)->name,
                       ((const struct backup_file *)b)->name);
}

static enum err read_marker(struct restore *r, struct backup_files *out)
{
    const char *path = below(r, STR(BACKUP_UNFINISHED));
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    FILE *f = fopen(path, "re");
    if (!f)
        return file_fault(path);
    while ((n = getline(&line, &room, f)) > 0)
        ARENA_PUSH(r->a, *out,
                   ((struct backup_file){
                       .name = arena_str(r->a, str_of(line, (size_t)n - (line[n - 1] == '\n')))}));
    free(line);
    fclose(f);
    if (out->n)
        qsort(out->v, out->n, sizeof *out->v, compare_names);
    return ERR_OK;
}

/* Every file that is there must be of an unfinished restore; then they go. */
static enum err empty_data_dir(struct restore *r)
{
    struct backup_files present, unfinished = {0};
    enum err rc;
    TRY(backup_list_files(r->db, r->a, r->data_dir, r->path, &present));
    if (is_unfinished(r))
        TRY(read_marker(r, &unfinished));
    for (size_t i = 0; i < present.n; i++)
        if (!unfinished.n || !bsearch(&present.v[i], unfinished.v, unfinished.n,
                                      sizeof *unfinished.v, compare_names)) {
            LOG(LOG_ERROR, "backup.not_empty", LOG_C("data_dir", r->data_dir),
                LOG_S("file", present.v[i].name),
                LOG_C("hint", "restore into an empty data directory"));
            FAIL(ERR_CONFLICT);
        }
    for (size_t i = 0; i < present.n; i++)
        remove_file(r, present.v[i].name);
out:
    return rc;
}

/* *touched: files may have been put there. */
static enum err put_files(struct restore *r, bool *touched)
{
    enum err rc;
    if (!r->data_dir)
        return r->manifest.files.n ? ERR_CONFLICT : ERR_OK;
    TRY(empty_data_dir(r));
    *touched = true;
    TRY(write_marker(r));
    for (size_t i = 0; i < r->manifest.files.n; i++) {
        backup_tick(r->progress, "restore files", (int64_t)i, (int64_t)r->manifest.files.n);
        TRY(extract(r, &r->manifest.files.v[i]));
    }
    TRY(sync_data_dir(r, syncs_whole(r)));
out:
    return rc;
}

/* --- the whole ------------------------------------------------------------------------------- */

static enum err finish(struct restore *r)
{
    enum err rc = ERR_OK;
    if (r->data_dir) {
        unlink(below(r, STR(BACKUP_UNFINISHED)));
        TRY(sync_data_dir(r, false));
    }
    TRY(migrate_up(r->db, r->all, r->all_count, NULL));
    LOG(LOG_INFO, "backup.restored", LOG_C("path", r->path), LOG_I("rows", r->rows_total),
        LOG_I("files", r->manifest.files.n));
out:
    return rc;
}

/* Looks at the target before anything is written. *done: an earlier run had already committed. */
static enum err examine(struct restore *r, bool *done)
{
    struct counts counts = {.restore = r};
    int pending = 0;
    enum err rc;
    *done = false;
    TRY(knows_migrations(r));
    TRY(migrate_pending(r->db, r->all, r->all_count, &pending));
    r->fresh = pending == (int)r->all_count;
    TRY(db_read(r->db, SCOPE_COUNTRY, compare_counts_fn, &counts));
    if (!r->fresh && is_unfinished(r) && counts.equal && !counts.empty) {
        *done = true;
        goto out;
    }
    if (!r->fresh)
        TRY(db_read(r->db, SCOPE_COUNTRY, same_migrations_fn, r));
    if (!counts.empty) {
        LOG(LOG_ERROR, "backup.not_empty",
            LOG_C("hint", "restore into a new, empty database; nothing was changed"));
        FAIL(ERR_CONFLICT);
    }
out:
    return rc;
}

enum err backup_restore(struct db *db, const struct migration *const *all, size_t n,
                        const char *data_dir, const char *path,
                        const struct backup_progress *progress)
{
    enum err rc;
    bool done = false, touched = false;
    struct restore r = {.db = db,
                        .a = arena_new(),
                        .all = all,
                        .all_count = n,
                        .data_dir = data_dir,
                        .path = path,
                        .progress = progress};
    TRY(backup_open_zip(&r.zip, path));
    TRY(backup_manifest_read(r.zip, r.a, &r.manifest));
    TRY(backup_check_members(r.zip, &r.manifest, progress));
    for (size_t i = 0; i < r.manifest.tables.n; i++)
        r.rows_total += r.manifest.tables.v[i].rows;
    TRY(examine(&r, &done));
    if (!done) {
        struct counts counts = {.restore = &r};
        rc = put_files(&r, &touched);
        if (rc == ERR_OK) {
            rc = db_write(db, SCOPE_COUNTRY, restore_rows_fn, &r);
            /* A connection lost during COMMIT: the database itself knows. */
            if (rc == ERR_UNAVAILABLE &&
                db_read(db, SCOPE_COUNTRY, compare_counts_fn, &counts) == ERR_OK && counts.equal &&
                !counts.empty)
                rc = ERR_OK;
        }
        if (rc != ERR_OK)
            goto out;
    }
    touched = false;
    TRY(finish(&r));
out:
    if (touched)
        clear_files(&r);
    if (r.zip)
        zip_discard(r.zip);
    arena_free(r.a);
    return rc;
}
