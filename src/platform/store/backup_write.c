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
#include "platform/store/backup_parts.h"

#include "platform/core/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_ROWS 200
#define PAGE_BYTES (1 << 20)
#define FOLDERS_DEEP 16

/* --- a member of the zip that is made while it is read --------------------------------------- */

struct source {
    enum err (*open)(struct source *s);
    /* Puts the next bytes into s->pending; nothing at the end. */
    enum err (*fill)(struct source *s);
    void (*close)(struct source *s);
    void *arg;

    struct buf pending;
    size_t given;
    int64_t bytes;
    crypto_hash_sha256_state hash;
    enum err rc;
    enum err *first_fault; /* of the whole archive */
    int64_t *bytes_out;    /* where size and hash go at the end; may be NULL */
    char *hash_out;
};

static zip_int64_t give_bytes(struct source *s, char *to, zip_uint64_t room)
{
    zip_uint64_t n = 0;
    while (n < room) {
        size_t have = s->pending.n - s->given;
        if (!have) {
            buf_clear(&s->pending);
            s->given = 0;
            s->rc = s->fill(s);
            if (s->rc != ERR_OK)
                return -1;
            if (!s->pending.n)
                break;
            continue;
        }
        size_t take = have < room - n ? have : (size_t)(room - n);
        memcpy(to + n, s->pending.p + s->given, take);
        s->given += take;
        n += take;
    }
    crypto_hash_sha256_update(&s->hash, (const unsigned char *)to, n);
    s->bytes += (int64_t)n;
    return (zip_int64_t)n;
}

static void finish_source(struct source *s)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    if (s->close)
        s->close(s);
    if (s->bytes_out)
        *s->bytes_out = s->bytes;
    if (s->hash_out) {
        crypto_hash_sha256_final(&s->hash, digest);
        backup_hash_text(digest, s->hash_out);
    }
    buf_free(&s->pending);
}

static zip_int64_t answer_zip(void *arg, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
    struct source *s = arg;
    zip_error_t error;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        crypto_hash_sha256_init(&s->hash);
        s->bytes = 0;
        s->given = 0;
        buf_clear(&s->pending);
        s->rc = s->open ? s->open(s) : ERR_OK;
        if (s->rc != ERR_OK && *s->first_fault == ERR_OK)
            *s->first_fault = s->rc;
        return s->rc == ERR_OK ? 0 : -1;
    case ZIP_SOURCE_READ: {
        zip_int64_t got = give_bytes(s, data, n);
        if (got < 0 && *s->first_fault == ERR_OK)
            *s->first_fault = s->rc;
        return got;
    }
    case ZIP_SOURCE_CLOSE:
        finish_source(s);
        return 0;
    case ZIP_SOURCE_STAT:
        zip_stat_init(data);
        return sizeof(zip_stat_t);
    case ZIP_SOURCE_ERROR:
        zip_error_init_with_code(&error, ZIP_ER_READ);
        return zip_error_to_data(&error, data, n);
    case ZIP_SOURCE_FREE:
        buf_free(&s->pending);
        return 0;
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_READABLE;
    default:
        return -1;
    }
}

static enum err add_member(zip_t *zip, const char *name, struct source *s, bool compress)
{
    zip_source_t *source = zip_source_function(zip, answer_zip, s);
    zip_int64_t at = source ? zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        if (source)
            zip_source_free(source);
        LOG(LOG_ERROR, "backup.add", LOG_C("member", name), LOG_C("reason", zip_strerror(zip)));
        return ERR_IO;
    }
    if (zip_set_file_compression(zip, (zip_uint64_t)at, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                                 0) != 0 ||
        zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX,
                                         (zip_uint32_t)(S_IFREG | 0600) << 16) != 0)
        return ERR_IO;
    return ERR_OK;
}

/* Writes the archive: here the members are read. */
static enum err close_zip(zip_t *zip, enum err *first_fault)
{
    if (zip_close(zip) == 0)
        return ERR_OK;
    zip_error_t *error = zip_get_error(zip);
    enum err rc = *first_fault;
    if (rc == ERR_OK)
        rc =
            zip_error_system_type(error) == ZIP_ET_SYS && (zip_error_code_system(error) == ENOSPC ||
                                                           zip_error_code_system(error) == EDQUOT)
                ? ERR_UNAVAILABLE
                : ERR_IO;
    LOG(LOG_ERROR, "backup.write", LOG_C("reason", zip_strerror(zip)),
        LOG_C("error", err_name(rc)));
    zip_discard(zip);
    return rc;
}

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
    struct source source;
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

static enum err fill_table(struct source *s)
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

static enum err open_table(struct source *s)
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
    r->source = (struct source){.open = open_table,
                                .fill = fill_table,
                                .arg = r,
                                .first_fault = &job->first_fault,
                                .bytes_out = &t->bytes,
                                .hash_out = t->hash};
    TRY(add_member(zip, backup_member(a, "tables", t->name, ".jsonl"), &r->source, true));
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
        rc = close_zip(zip, &job->first_fault);
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
    struct source source;
};

static enum err open_file(struct source *s)
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

static enum err fill_file(struct source *s)
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

static void close_file(struct source *s)
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

static enum err fill_manifest(struct source *s)
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
    struct source manifest = {.fill = fill_manifest, .arg = job, .first_fault = &job->first_fault};
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
        r->source = (struct source){.open = open_file,
                                    .fill = fill_file,
                                    .close = close_file,
                                    .arg = r,
                                    .first_fault = &job->first_fault,
                                    .bytes_out = &f->bytes,
                                    .hash_out = f->hash};
        TRY(add_member(zip, backup_member(job->a, "files", f->name, ""), &r->source,
                       worth_compressing(r->path)));
    }
    TRY(add_member(zip, BACKUP_MANIFEST, &manifest, true));
    rc = close_zip(zip, &job->first_fault);
    zip = NULL;
out:
    if (zip)
        zip_discard(zip);
    return rc;
}

struct listing {
    struct arena *a;
    struct backup_files *out;
    dev_t device;
    struct stat avoid[8];
    size_t avoid_count;
};

static void avoid_file(struct listing *l, struct arena *a, const char *path, const char *end)
{
    struct stat st;
    if (path && l->avoid_count < COUNT_OF(l->avoid) &&
        stat(arena_cstr(a, arena_printf(a, "%s%s", path, end)), &st) == 0)
        l->avoid[l->avoid_count++] = st;
}

static bool is_avoided(const struct listing *l, const struct stat *st)
{
    for (size_t i = 0; i < l->avoid_count; i++)
        if (l->avoid[i].st_dev == st->st_dev && l->avoid[i].st_ino == st->st_ino)
            return true;
    return false;
}

static enum err list_folder(struct listing *l, int parent, const char *name, struct str prefix,
                            int depth)
{
    enum err rc = ERR_OK;
    struct dirent *e;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        if (errno == ENOENT && depth)
            return ERR_OK;
        LOG(LOG_ERROR, "backup.read", LOG_C("path", name), LOG_I("errno", errno));
        return ERR_IO;
    }
    while ((e = readdir(dir))) {
        struct stat st;
        struct str part = str_from(e->d_name);
        if (str_eq(part, STR(".")) || str_eq(part, STR("..")) ||
            (depth == 0 && str_eq(part, STR(BACKUP_UNFINISHED))) ||
            fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        struct str whole = prefix.n ? arena_printf(l->a, "%.*s/%s", STRF(prefix), e->d_name)
                                    : arena_str(l->a, part);
        if (S_ISDIR(st.st_mode) && depth < FOLDERS_DEEP)
            TRY(list_folder(l, fd, e->d_name, whole, depth + 1));
        else if (S_ISREG(st.st_mode) && !is_avoided(l, &st))
            ARENA_PUSH(l->a, *l->out, ((struct backup_file){.name = whole}));
    }
out:
    closedir(dir);
    return rc;
}

enum err backup_list_files(const struct db *db, struct arena *a, const char *data_dir,
                           const char *except, struct backup_files *out)
{
    struct listing l = {.a = a, .out = out};
    const char *database = sqlite_path(db);
    *out = (struct backup_files){0};
    avoid_file(&l, a, database, "");
    avoid_file(&l, a, database, "-wal");
    avoid_file(&l, a, database, "-shm");
    avoid_file(&l, a, database, ".lock");
    avoid_file(&l, a, except, "");
    return list_folder(&l, AT_FDCWD, data_dir, STR(""), 0);
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
    TRY(db_read(db, SCOPE_COUNTRY, write_rows_fn, &job));
    TRY(add_files_and_manifest(&job));
    TRY(check_and_rename(&job, path));
    LOG(LOG_INFO, "backup.written", LOG_C("path", path), LOG_I("rows", job.rows_done),
        LOG_I("files", job.manifest.files.n));
out:
    if (rc != ERR_OK)
        unlink(job.partial);
    arena_free(a);
    return rc;
}
