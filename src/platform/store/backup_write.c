/*
 * Writing a backup, in three steps.
 *
 *   1. Rows. Inside one read snapshot a zip with the tables is written; a table is read page by
 * page by its primary key, as the compressor asks for bytes, so memory stays at one page.
 *   2. Files and the manifest are added outside of the snapshot, which may take hours with many
 *      photos and would keep the database from tidying up. The list of files was made inside it, so
 *      every file that a row of the snapshot mentions is there (a file is durable before its row).
 *   3. The whole is read back and compared, synced, and only then gets its name.
 */
#include "platform/store/backup_source.h"

#include "platform/core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_ROWS 200
#define PAGE_BYTES (1 << 20)

/* --- rows ------------------------------------------------------------------------------------ */

struct job {
    struct db *db;
    struct arena *a;
    struct backup_manifest manifest;
    const char *data_dir, *partial;
    const struct backup_progress *progress;
    int64_t rows_done, rows_total, files_done;
    bool manifest_given;
    enum err first_fault;
};

struct table_reader {
    struct job *job;
    struct tx *tx;
    struct backup_table *table;
    struct backup_source source;
    struct arena *page, *next;    /* the running query borrows its key while the next is noted */
    struct db_value *last, *seen; /* keys; NULL before the first row */
    struct db_query first_page, next_page;
    enum db_type *in, *out;
    int64_t rows, expected;
    bool end;
};

static void put_json_string(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    buf_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(b, s.p + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n') {
            buf_cstr(b, "\\n");
        } else {
            buf_cstr(b, "\\u00");
            buf_char(b, hex[c >> 4]);
            buf_char(b, hex[c & 15]);
        }
    }
    buf_put(b, s.p + from, s.n - from);
    buf_char(b, '"');
}

static void put_json_value(struct buf *b, const struct db_value *v)
{
    if (db_value_is_null(v)) {
        buf_cstr(b, "null");
    } else if (v->type == DB_I64) {
        buf_i64(b, v->i);
    } else if (v->type == DB_STR) {
        put_json_string(b, v->s);
    } else if (v->type == DB_BLOB) {
        buf_char(b, '"');
        buf_base64url(b, v->s.p, v->s.n);
        buf_char(b, '"');
    } else if (__builtin_isnan(v->f)) {
        buf_cstr(b, "\"NaN\"");
    } else if (__builtin_isinf(v->f)) {
        buf_cstr(b, v->f > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    } else {
        size_t from = b->n;
        buf_double(b, v->f);
        /* So that a reader keeps it a fraction: "2" would come back as a whole number. */
        if (!memchr(b->p + from, '.', b->n - from) && !memchr(b->p + from, 'e', b->n - from))
            buf_cstr(b, ".0");
    }
}

static void keep_key(struct table_reader *r, const struct db_value *values)
{
    const struct backup_table *t = r->table;
    arena_reset(r->next);
    r->seen = ARENA_ARRAY(r->next, struct db_value, (size_t)t->key_count);
    for (int i = 0; i < t->key_count; i++) {
        r->seen[i] = values[t->key[i]];
        r->seen[i].s = arena_str(r->next, r->seen[i].s);
    }
}

static enum err put_row(void *arg, const struct db_value *values)
{
    struct table_reader *r = arg;
    struct buf *b = &r->source.pending;
    for (int i = 0; i < r->table->column_count; i++) {
        buf_char(b, i ? ',' : '{');
        put_json_string(b, r->table->columns[i].name);
        buf_char(b, ':');
        put_json_value(b, &values[i]);
    }
    buf_cstr(b, "}\n");
    r->rows++;
    r->end = false;
    keep_key(r, values);
    return b->n >= PAGE_BYTES ? ERR_TOO_LARGE : ERR_OK; /* enough for one page: see fill_table */
}

static enum err fill_table(struct backup_source *s)
{
    struct table_reader *r = s->arg;
    enum err rc;
    if (r->end)
        return ERR_OK;
    r->end = true;
    const struct db_query *query = r->last ? &r->next_page : &r->first_page;
    int64_t before = r->rows;
    rc = tx_run_once(r->tx, query, r->last, put_row, r, NULL);
    if (rc == ERR_TOO_LARGE && r->rows > before)
        rc = ERR_OK;
    struct arena *page = r->page;
    r->page = r->next;
    r->next = page;
    r->last = r->seen;
    r->job->rows_done += r->rows - before;
    backup_tick(r->job->progress, "rows", r->job->rows_done, r->job->rows_total);
    if (rc == ERR_OK && r->end && r->rows != r->expected) {
        LOG(LOG_ERROR, "backup.rows", LOG_S("table", r->table->name), LOG_I("rows", r->rows),
            LOG_I("expected", r->expected));
        rc = ERR_IO;
    }
    if (rc == ERR_OK && r->end)
        r->table->rows = r->rows;
    return rc;
}

static enum err open_table(struct backup_source *s)
{
    struct table_reader *r = s->arg;
    r->job->rows_done -= r->rows;
    r->rows = 0;
    r->last = r->seen = NULL;
    r->end = false;
    return ERR_OK;
}

/* SELECT ... [WHERE (key) > (last key)] ORDER BY key LIMIT n */
static struct db_query page_query(struct table_reader *r, struct arena *a, bool next)
{
    const struct backup_table *t = r->table;
    struct buf *sql = buf_in(a), *key = buf_in(a);
    for (int i = 0; i < t->key_count; i++) {
        buf_cstr(key, i ? ", " : "");
        backup_put_name(key, t->columns[t->key[i]].name);
    }
    for (int i = 0; i < t->column_count; i++) {
        buf_cstr(sql, i ? ", " : "SELECT ");
        backup_put_name(sql, t->columns[i].name);
    }
    buf_cstr(sql, " FROM ");
    backup_put_name(sql, t->name);
    if (next) {
        buf_cstr(sql, " WHERE (");
        buf_str(sql, buf_view(key));
        buf_cstr(sql, ") > (");
        for (int i = 0; i < t->key_count; i++) {
            buf_cstr(sql, i ? ", " : "");
            backup_put_parameter(sql, r->tx, i + 1);
        }
        buf_char(sql, ')');
    }
    buf_cstr(sql, " ORDER BY ");
    buf_str(sql, buf_view(key));
    buf_printf(sql, " LIMIT %d", PAGE_ROWS);
    return backup_query(a, "backup_rows", sql, r->in, next ? t->key_count : 0, r->out,
                        t->column_count, false);
}

static void free_arena(void *a)
{
    arena_free(a);
}

static enum err add_table(struct job *job, zip_t *zip, struct tx *tx, struct backup_table *t)
{
    struct arena *a = job->a;
    struct table_reader *r = ARENA_NEW(a, struct table_reader);
    enum err rc;
    *r = (struct table_reader){.job = job, .tx = tx, .table = t};
    r->page = arena_new();
    r->next = arena_new();
    arena_defer(a, free_arena, r->page);
    arena_defer(a, free_arena, r->next);
    r->in = ARENA_ARRAY(a, enum db_type, (size_t)t->key_count);
    r->out = ARENA_ARRAY(a, enum db_type, (size_t)t->column_count);
    for (int i = 0; i < t->key_count; i++)
        r->in[i] = t->columns[t->key[i]].type;
    for (int i = 0; i < t->column_count; i++)
        r->out[i] = t->columns[i].type;
    r->first_page = page_query(r, a, false);
    r->next_page = page_query(r, a, true);
    TRY(backup_count_rows(tx, t, &r->expected));
    job->rows_total += r->expected;
    r->source = (struct backup_source){.open = open_table,
                                       .fill = fill_table,
                                       .arg = r,
                                       .first_fault = &job->first_fault,
                                       .bytes_out = &t->bytes,
                                       .hash_out = t->hash};
    TRY(backup_add_member(zip, backup_member(a, "tables", t->name, ".jsonl"), &r->source, true));
out:
    return rc;
}

static enum err write_rows_fn(struct tx *tx, void *arg)
{
    struct job *job = arg;
    zip_t *zip = NULL;
    enum err rc;
    int code = 0;
    job->first_fault = ERR_OK;
    job->rows_done = job->rows_total = 0;
    job->manifest = (struct backup_manifest){0};
    TRY(tx_deadline(tx, BACKUP_STATEMENT_MS));
    TRY(backup_read_migrations(tx, job->a, &job->manifest));
    TRY(backup_read_schema(tx, job->a, &job->manifest.tables));
    if (job->data_dir)
        TRY(backup_list_files(job->db, job->a, job->data_dir, job->partial, &job->manifest.files));

    unlink(job->partial);
    int fd = open(job->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || close(fd) != 0 ||
        !(zip = zip_open(job->partial, ZIP_CREATE | ZIP_TRUNCATE, &code))) {
        LOG(LOG_ERROR, "backup.create", LOG_C("path", job->partial), LOG_I("errno", errno));
        FAIL(ERR_IO);
    }
    for (size_t i = 0; i < job->manifest.tables.n; i++)
        TRY(add_table(job, zip, tx, &job->manifest.tables.v[i]));
    if (job->manifest.tables.n) {
        rc = backup_close_zip(zip, &job->first_fault);
        zip = NULL;
    }
out:
    if (zip)
        zip_discard(zip);
    return rc;
}

/* --- files ----------------------------------------------------------------------------------- */

struct file_reader {
    struct job *job;
    struct backup_file *file;
    const char *path;
    int fd;
    struct backup_source source;
};

static enum err open_file(struct backup_source *s)
{
    struct file_reader *r = s->arg;
    r->fd = open(r->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (r->fd < 0 && errno == ENOENT) {
        r->file->gone = true; /* swept since: no row of the snapshot mentions it */
        return ERR_OK;
    }
    if (r->fd < 0) {
        LOG(LOG_ERROR, "backup.read", LOG_C("path", r->path), LOG_I("errno", errno));
        return ERR_IO;
    }
    return ERR_OK;
}

static enum err fill_file(struct backup_source *s)
{
    struct file_reader *r = s->arg;
    if (r->fd < 0)
        return ERR_OK;
    char *to = buf_reserve(&s->pending, 1 << 16);
    ssize_t n;
    do
        n = read(r->fd, to, 1 << 16);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        LOG(LOG_ERROR, "backup.read", LOG_C("path", r->path), LOG_I("errno", errno));
        return ERR_IO;
    }
    s->pending.n += (size_t)n;
    return ERR_OK;
}

static void close_file(struct backup_source *s)
{
    struct file_reader *r = s->arg;
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    backup_tick(r->job->progress, "files", ++r->job->files_done, (int64_t)r->job->manifest.files.n);
}

/* Photos are compressed already; trying again only costs time. */
static bool worth_compressing(const char *path)
{
    unsigned char head[12] = {0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : 0;
    if (fd >= 0)
        close(fd);
    if (n < 12)
        return true;
    return memcmp(head, "\xff\xd8\xff", 3) != 0 && memcmp(head, "\x89PNG", 4) != 0 &&
           memcmp(head, "PK\3\4", 4) != 0 &&
           !(memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0);
}

static enum err fill_manifest(struct backup_source *s)
{
    struct job *job = s->arg;
    if (job->manifest_given)
        return ERR_OK;
    job->manifest_given = true;
    char *text = backup_manifest_text(&job->manifest);
    buf_cstr(&s->pending, text);
    free(text);
    return ERR_OK;
}

static enum err add_files_and_manifest(struct job *job)
{
    enum err rc = ERR_OK;
    int code = 0;
    struct backup_source manifest = {
        .fill = fill_manifest, .arg = job, .first_fault = &job->first_fault};
    zip_t *zip =
        zip_open(job->partial, ZIP_CREATE | (job->manifest.tables.n ? 0 : ZIP_TRUNCATE), &code);
    if (!zip) {
        LOG(LOG_ERROR, "backup.create", LOG_C("path", job->partial), LOG_I("zip_error", code));
        return ERR_IO;
    }
    for (size_t i = 0; i < job->manifest.files.n; i++) {
        struct backup_file *f = &job->manifest.files.v[i];
        struct file_reader *r = ARENA_NEW(job->a, struct file_reader);
        *r = (struct file_reader){.job = job, .file = f, .fd = -1};
        r->path = arena_cstr(job->a, arena_printf(job->a, "%s/%.*s", job->data_dir, STRF(f->name)));
        r->source = (struct backup_source){.open = open_file,
                                           .fill = fill_file,
                                           .close = close_file,
                                           .arg = r,
                                           .first_fault = &job->first_fault,
                                           .bytes_out = &f->bytes,
                                           .hash_out = f->hash};
        TRY(backup_add_member(zip, backup_member(job->a, "files", f->name, ""), &r->source,
                              worth_compressing(r->path)));
    }
    TRY(backup_add_member(zip, BACKUP_MANIFEST, &manifest, true));
    rc = backup_close_zip(zip, &job->first_fault);
    zip = NULL;
out:
    if (zip)
        zip_discard(zip);
    return rc;
}

/* --- the whole ------------------------------------------------------------------------------- */

static enum err check_and_rename(struct job *job, const char *path)
{
    enum err rc;
    int fd = -1;
    struct str directory = str_from(path);
    while (directory.n && directory.p[directory.n - 1] != '/')
        directory.n--;
    TRY(backup_check(job->partial, job->progress));
    fd = open(job->partial, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) != 0 || fsync(fd) != 0 || rename(job->partial, path) != 0)
        FAIL(ERR_IO);
    close(fd);
    fd =
        open(directory.n ? arena_cstr(job->a, directory) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        FAIL(ERR_IO);
out:
    if (rc == ERR_IO)
        LOG(LOG_ERROR, "backup.rename", LOG_C("path", path), LOG_I("errno", errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

/* From before the snapshot of the rows until their files are read; -1: there are no files. */
static int hold_files(struct arena *a, const char *data_dir)
{
    int fd = data_dir ? open(arena_cstr(a, arena_printf(a, "%s/files", data_dir)),
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                      : -1;
    if (fd >= 0)
        (void)!flock(fd, LOCK_SH);
    return fd;
}

enum err backup_write(struct db *db, const char *data_dir, const char *path,
                      const struct backup_progress *progress)
{
    struct arena *a = arena_new();
    enum err rc;
    struct job job = {.db = db,
                      .a = a,
                      .data_dir = data_dir,
                      .partial = arena_cstr(a, arena_printf(a, "%s.partial", path)),
                      .progress = progress};
    int lock = hold_files(a, data_dir);
    TRY(db_read(db, SCOPE_COUNTRY, write_rows_fn, &job));
    TRY(add_files_and_manifest(&job));
    TRY(check_and_rename(&job, path));
    LOG(LOG_INFO, "backup.written", LOG_C("path", path), LOG_I("rows", job.rows_done),
        LOG_I("files", job.manifest.files.n));
out:
    if (rc != ERR_OK)
        unlink(job.partial);
    if (lock >= 0)
        close(lock);
    arena_free(a);
    return rc;
}
