/*
 * Restoring a backup: everything is checked before anything is touched, files are put in place and
 * made durable first, then one transaction brings schema and rows. A marker in the data directory
 * says that files there may be unfinished, so a restore that was killed starts over
 * by itself, and one that was killed after its commit is only finished.
 */
#include "platform/store/backup_restore.h"

#include "platform/core/log.h"

/* --- what the database holds now ------------------------------------------------------------- */

static const struct migration *find_migration(const struct backup_restore *r,
                                              const struct backup_migration *g)
{
    for (size_t i = 0; i < r->all_count; i++)
        if (str_eq(g->slice, str_from(r->all[i]->slice)) && g->number == r->all[i]->number)
            return r->all[i];
    return NULL;
}

static bool in_manifest(const struct backup_restore *r, struct str slice, int64_t number)
{
    for (size_t i = 0; i < r->manifest.migrations.n; i++)
        if (str_eq(r->manifest.migrations.v[i].slice, slice) &&
            r->manifest.migrations.v[i].number == number)
            return true;
    return false;
}

static enum err knows_migrations(const struct backup_restore *r)
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
    struct backup_restore *r = arg;
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
    struct backup_restore *restore;
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

/* --- the one transaction --------------------------------------------------------------------- */

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

static enum err apply_migrations(struct backup_restore *r, struct tx *tx)
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
    struct backup_restore *r = arg;
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
        TRY(backup_load_table(r, tx, t, backup_find_table(&now, t->name)));
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

/* --- the whole ------------------------------------------------------------------------------- */

static enum err finish(struct backup_restore *r)
{
    enum err rc;
    TRY(backup_files_done(r));
    TRY(migrate_up(r->db, r->all, r->all_count, NULL));
    LOG(LOG_INFO, "backup.restored", LOG_C("path", r->path), LOG_I("rows", r->rows_total),
        LOG_I("files", r->manifest.files.n));
out:
    return rc;
}

/* Looks at the target before anything is written. *done: an earlier run had already committed. */
static enum err examine(struct backup_restore *r, bool *done)
{
    struct counts counts = {.restore = r};
    int pending = 0;
    enum err rc;
    *done = false;
    TRY(knows_migrations(r));
    TRY(migrate_pending(r->db, r->all, r->all_count, &pending));
    r->fresh = pending == (int)r->all_count;
    TRY(db_read(r->db, SCOPE_COUNTRY, compare_counts_fn, &counts));
    if (!r->fresh && backup_files_unfinished(r) && counts.equal && !counts.empty) {
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
    struct backup_restore r = {.db = db,
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
        rc = backup_put_files(&r, &touched);
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
        backup_clear_files(&r);
    if (r.zip)
        zip_discard(r.zip);
    arena_free(r.a);
    return rc;
}
