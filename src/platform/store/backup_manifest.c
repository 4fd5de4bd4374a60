/*
 * The manifest of a backup: written last, read first. Everything in it is checked before use, since
 * a backup may come from anywhere: names stay below their folder, sizes and hashes must fit.
 */
#include "platform/store/backup_parts.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>

#define MANIFEST_MAX (256 << 20)
#define MEMBER_NAME_MAX 400

void backup_tick(const struct backup_progress *progress, const char *what, int64_t done,
                 int64_t total)
{
    if (progress && progress->tick)
        progress->tick(progress->arg, what, done, total);
}

void backup_hash_text(const unsigned char digest[crypto_hash_sha256_BYTES],
                      char out[BACKUP_HASH_LENGTH + 1])
{
    struct buf b = BUF_EMPTY;
    buf_hex(&b, digest, crypto_hash_sha256_BYTES);
    memcpy(out, b.p, BACKUP_HASH_LENGTH);
    out[BACKUP_HASH_LENGTH] = 0;
    buf_free(&b);
}

const char *backup_member(struct arena *a, const char *folder, struct str name, const char *end)
{
    return arena_cstr(a, arena_printf(a, "%s/%.*s%s", folder, STRF(name), end));
}

/* --- writing --------------------------------------------------------------------------------- */

static json_t *text(struct str s)
{
    json_t *j = json_stringn(s.p ? s.p : "", s.n);
    INVARIANT(j);
    return j;
}

static json_t *table_json(const struct backup_table *t)
{
    json_t *columns = json_array(), *key = json_array();
    for (int i = 0; i < t->column_count; i++)
        json_array_append_new(columns, json_pack("{s:o, s:s}", "name", text(t->columns[i].name),
                                                 "type", db_type_name(t->columns[i].type)));
    for (int i = 0; i < t->key_count; i++)
        json_array_append_new(key, text(t->columns[t->key[i]].name));
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:s}", "name", text(t->name), "columns", columns,
                     "key", key, "rows", (json_int_t)t->rows, "bytes", (json_int_t)t->bytes,
                     "sha256", t->hash);
}

char *backup_manifest_text(const struct backup_manifest *m)
{
    struct buf when = BUF_EMPTY;
    json_t *migrations = json_array(), *tables = json_array(), *files = json_array();
    for (size_t i = 0; i < m->migrations.n; i++) {
        const struct backup_migration *g = &m->migrations.v[i];
        json_array_append_new(migrations,
                              json_pack("{s:o, s:I, s:o}", "slice", text(g->slice), "number",
                                        (json_int_t)g->number, "name", text(g->name)));
    }
    for (size_t i = 0; i < m->tables.n; i++)
        json_array_append_new(tables, table_json(&m->tables.v[i]));
    for (size_t i = 0; i < m->files.n; i++) {
        const struct backup_file *f = &m->files.v[i];
        if (!f->gone)
            json_array_append_new(files,
                                  json_pack("{s:o, s:I, s:s}", "name", text(f->name), "bytes",
                                            (json_int_t)f->bytes, "sha256", f->hash));
    }
    buf_rfc3339(&when, clock_now_ms());
    json_t *root =
        json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o}", "format", BACKUP_FORMAT, "version",
                  BACKUP_VERSION, "program", AIMAK_VERSION, "made", text(buf_view(&when)),
                  "migrations", migrations, "tables", tables, "files", files);
    INVARIANT(root);
    char *out = json_dumps(root, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    INVARIANT(out);
    json_decref(root);
    buf_free(&when);
    return out;
}

/* --- reading --------------------------------------------------------------------------------- */

static enum err damaged(const char *member, const char *what)
{
    LOG(LOG_ERROR, "backup.damaged", LOG_C("member", member), LOG_C("what", what));
    return ERR_PARSE;
}

enum err backup_open_zip(zip_t **out, const char *path)
{
    int code = 0;
    *out = zip_open(path, ZIP_RDONLY, &code);
    if (*out)
        return ERR_OK;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    LOG(LOG_ERROR, "backup.open", LOG_C("path", path), LOG_C("reason", zip_error_strerror(&error)));
    bool missing = code == ZIP_ER_NOENT || code == ZIP_ER_OPEN || code == ZIP_ER_READ;
    zip_error_fini(&error);
    return missing ? ERR_IO : ERR_PARSE;
}

static struct str json_text(const json_t *object, const char *key, struct arena *a)
{
    const json_t *j = json_object_get(object, key);
    return json_is_string(j) ? arena_str(a, str_of(json_string_value(j), json_string_length(j)))
                             : STR_NULL;
}

static bool json_number(const json_t *object, const char *key, int64_t *out)
{
    const json_t *j = json_object_get(object, key);
    *out = json_is_integer(j) ? (int64_t)json_integer_value(j) : -1;
    return *out >= 0;
}

static bool json_hash(const json_t *object, struct arena *a, char out[BACKUP_HASH_LENGTH + 1])
{
    struct str s = json_text(object, "sha256", a);
    if (s.n != BACKUP_HASH_LENGTH)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
    return true;
}

/* A path that stays where it is put: no empty, "." or ".." part, nothing absolute. */
static bool name_is_safe(struct str name)
{
    struct str rest = name, part;
    if (name.n == 0 || name.n > MEMBER_NAME_MAX || str_find_char(name, '\\') >= 0 ||
        memchr(name.p, 0, name.n))
        return false;
    while (str_split(&rest, '/', &part))
        if (part.n == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return false;
    return true;
}

static bool read_columns(const json_t *j, struct arena *a, struct backup_table *t)
{
    const json_t *columns = json_object_get(j, "columns");
    size_t n = json_array_size(columns);
    if (n == 0 || n > 1000)
        return false;
    t->columns = ARENA_ARRAY(a, struct backup_column, n);
    t->column_count = (int)n;
    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(columns, i);
        struct str type = json_text(c, "type", a);
        t->columns[i].name = json_text(c, "name", a);
        bool known = false;
        for (int k = DB_I64; k <= DB_BLOB; k++)
            if (str_eq(type, str_from(db_type_name((enum db_type)k)))) {
                t->columns[i].type = (enum db_type)k;
                known = true;
            }
        if (!known || str_empty(t->columns[i].name))
            return false;
    }
    return true;
}

static bool read_table(const json_t *j, struct arena *a, struct backup_table *t)
{
    t->name = json_text(j, "name", a);
    return name_is_safe(t->name) && str_find_char(t->name, '/') < 0 &&
           json_number(j, "rows", &t->rows) && json_number(j, "bytes", &t->bytes) &&
           json_hash(j, a, t->hash) && read_columns(j, a, t);
}

static bool read_lists(const json_t *root, struct arena *a, struct backup_manifest *m)
{
    const json_t *migrations = json_object_get(root, "migrations"),
                 *tables = json_object_get(root, "tables"), *files = json_object_get(root, "files"),
                 *j;
    size_t i;
    if (!json_is_array(migrations) || !json_is_array(tables) || !json_is_array(files))
        return false;
    json_array_foreach(migrations, i, j)
    {
        struct backup_migration g = {.slice = json_text(j, "slice", a),
                                     .name = json_text(j, "name", a)};
        if (!g.slice.p || !g.name.p || !json_number(j, "number", &g.number))
            return false;
        ARENA_PUSH(a, m->migrations, g);
    }
    json_array_foreach(tables, i, j)
    {
        struct backup_table t = {0};
        if (!read_table(j, a, &t) || backup_find_table(&m->tables, t.name))
            return false;
        ARENA_PUSH(a, m->tables, t);
    }
    json_array_foreach(files, i, j)
    {
        struct backup_file f = {.name = json_text(j, "name", a)};
        if (!name_is_safe(f.name) || !json_number(j, "bytes", &f.bytes) || !json_hash(j, a, f.hash))
            return false;
        ARENA_PUSH(a, m->files, f);
    }
    return true;
}

static enum err read_whole(zip_t *zip, const char *name, struct buf *out)
{
    zip_stat_t st;
    zip_file_t *f = NULL;
    enum err rc = ERR_OK;
    if (zip_stat(zip, name, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
        FAIL(damaged(name, "missing"));
    if (st.size > MANIFEST_MAX)
        FAIL(ERR_TOO_LARGE);
    f = zip_fopen(zip, name, 0);
    char *p = buf_reserve(out, (size_t)st.size + 1);
    if (!f || zip_fread(f, p, st.size + 1) != (zip_int64_t)st.size)
        FAIL(damaged(name, "unreadable"));
    out->n += (size_t)st.size;
out:
    if (f)
        zip_fclose(f);
    return rc;
}

enum err backup_manifest_read(zip_t *zip, struct arena *a, struct backup_manifest *out)
{
    struct buf bytes = BUF_EMPTY;
    json_t *root = NULL;
    json_error_t error;
    enum err rc;
    int64_t version;
    *out = (struct backup_manifest){0};
    TRY(read_whole(zip, BACKUP_MANIFEST, &bytes));
    root = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, &error);
    if (!str_eq(json_text(root, "format", a), STR(BACKUP_FORMAT)) ||
        !json_number(root, "version", &version))
        FAIL(damaged(BACKUP_MANIFEST, "not a backup of this program"));
    if (version != BACKUP_VERSION) {
        LOG(LOG_ERROR, "backup.version", LOG_I("version", version),
            LOG_C("hint", "made by a newer program; install that one"));
        FAIL(ERR_CONFIG);
    }
    if (!read_lists(root, a, out))
        FAIL(damaged(BACKUP_MANIFEST, "malformed"));
out:
    json_decref(root);
    buf_free(&bytes);
    return rc;
}

/* --- checking -------------------------------------------------------------------------------- */

static enum err check_member(zip_t *zip, const char *name, int64_t bytes, int64_t rows,
                             const char *hash)
{
    enum { PIECE = 1 << 16 };
    unsigned char *piece = malloc(PIECE), digest[crypto_hash_sha256_BYTES];
    char found[BACKUP_HASH_LENGTH + 1];
    crypto_hash_sha256_state state;
    int64_t seen = 0, lines = 0;
    zip_int64_t n = 0;
    enum err rc = ERR_OK;
    INVARIANT(piece);
    zip_file_t *f = zip_fopen(zip, name, 0);
    if (!f)
        FAIL(damaged(name, "missing"));
    crypto_hash_sha256_init(&state);
    while ((n = zip_fread(f, piece, PIECE)) > 0) {
        crypto_hash_sha256_update(&state, piece, (size_t)n);
        seen += n;
        if (seen > bytes)
            break;
        for (zip_int64_t i = 0; rows >= 0 && i < n; i++)
            lines += piece[i] == '\n';
    }
    crypto_hash_sha256_final(&state, digest);
    backup_hash_text(digest, found);
    if (n < 0)
        FAIL(damaged(name, zip_file_strerror(f)));
    if (seen != bytes || strcmp(found, hash) != 0)
        FAIL(damaged(name, "size or SHA-256 differs"));
    if (rows >= 0 && lines != rows)
        FAIL(damaged(name, "number of rows differs"));
out:
    if (f)
        zip_fclose(f);
    free(piece);
    return rc;
}

enum err backup_check_members(zip_t *zip, const struct backup_manifest *m,
                              const struct backup_progress *progress)
{
    struct arena *a = arena_new();
    enum err rc = ERR_OK;
    int64_t done = 0, total = 0;
    for (size_t i = 0; i < m->tables.n; i++)
        total += m->tables.v[i].bytes;
    for (size_t i = 0; i < m->files.n; i++)
        total += m->files.v[i].bytes;
    for (size_t i = 0; i < m->tables.n; i++) {
        const struct backup_table *t = &m->tables.v[i];
        backup_tick(progress, "check", done, total);
        TRY(check_member(zip, backup_member(a, "tables", t->name, ".jsonl"), t->bytes, t->rows,
                         t->hash));
        done += t->bytes;
    }
    for (size_t i = 0; i < m->files.n; i++) {
        const struct backup_file *f = &m->files.v[i];
        if (f->gone)
            continue;
        backup_tick(progress, "check", done, total);
        TRY(check_member(zip, backup_member(a, "files", f->name, ""), f->bytes, -1, f->hash));
        done += f->bytes;
        arena_reset(a);
    }
    backup_tick(progress, "check", total, total);
out:
    arena_free(a);
    return rc;
}

enum err backup_check(const char *path, const struct backup_progress *progress)
{
    struct arena *a = arena_new();
    struct backup_manifest m;
    zip_t *zip = NULL;
    enum err rc;
    TRY(backup_open_zip(&zip, path));
    TRY(backup_manifest_read(zip, a, &m));
    TRY(backup_check_members(zip, &m, progress));
out:
    if (zip)
        zip_discard(zip);
    arena_free(a);
    return rc;
}
