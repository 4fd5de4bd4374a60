/*
 * The catalogue in memory: fifteen or so kinds of services with their faults and levels, read by
 * every form and list, changed a few times a year (core/snapshot.h).
 */
#include "services/catalogue/catalogue_internal.h"

#include "platform/core/snapshot.h"

struct catalogue_snapshot {
    struct snapshot base;
    struct catalogue c;
};

static struct snapshot_slot slot = SNAPSHOT_SLOT;

static struct service_kind *find_kind(struct service_kind *kinds, size_t n, struct str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(kinds[i].code, code))
            return &kinds[i];
    return NULL;
}

static void take_faults(struct catalogue_snapshot *s, struct service_kind *kinds,
                        const struct sql_service_faults_rows *rows)
{
    struct service_fault *faults = ARENA_ARRAY(s->base.arena, struct service_fault, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        const struct sql_service_faults_row *row = &rows->v[i];
        struct service_kind *kind = find_kind(kinds, s->c.n, row->service);
        faults[i] = (struct service_fault){
            .code = row->code,
            .name = {{row->name_ky, row->name_ru, row->name_en}},
            .hint = {{row->hint_ky, row->hint_ru, row->hint_en}},
            .urgent = row->urgent != 0,
            .private_by_default = row->private != 0,
        };
        if (!row->active) { /* behind all others */
            if (s->c.retired_count++ == 0)
                s->c.retired = &faults[i];
            continue;
        }
        /* Rows come grouped by service, so a kind's faults lie together. */
        if (kind && kind->fault_count++ == 0)
            kind->faults = &faults[i];
    }
}

static void take_levels(struct catalogue_snapshot *s, struct service_kind *kinds,
                        const struct sql_service_levels_rows *rows)
{
    struct service_level *levels = ARENA_ARRAY(s->base.arena, struct service_level, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        const struct sql_service_levels_row *row = &rows->v[i];
        struct service_kind *kind = find_kind(kinds, s->c.n, row->service);
        levels[i] = (struct service_level){
            .code = row->code,
            .name = {{row->name_ky, row->name_ru, row->name_en}},
            .rank = (int)row->rank,
        };
        if (kind && kind->level_count++ == 0)
            kind->levels = &levels[i];
    }
}

static enum err read_snapshot(struct tx *tx, void *arg)
{
    struct catalogue_snapshot *s = arg;
    struct sql_service_kinds_rows kind_rows;
    struct sql_service_faults_rows faults;
    struct sql_service_levels_rows levels;
    struct sql_catalogue_version_get_row version;
    enum err rc = ERR_OK;
    TRY(sql_service_kinds(tx, s->base.arena, &kind_rows));
    TRY(sql_service_faults(tx, s->base.arena, &faults));
    TRY(sql_service_levels(tx, s->base.arena, &levels));
    TRY(sql_catalogue_version_get(tx, s->base.arena, &version));
    struct service_kind *kinds = ARENA_ARRAY(s->base.arena, struct service_kind, kind_rows.n + 1);
    for (size_t i = 0; i < kind_rows.n; i++) {
        const struct sql_service_kinds_row *row = &kind_rows.v[i];
        kinds[i] = (struct service_kind){
            .code = row->code,
            .name = {{row->name_ky, row->name_ru, row->name_en}},
            .description = {{row->text_ky, row->text_ru, row->text_en}},
            .group = row->grp,
            .icon = row->icon,
        };
    }
    s->c = (struct catalogue){kinds, kind_rows.n};
    s->c.version = version.version;
    take_faults(s, kinds, &faults);
    take_levels(s, kinds, &levels);
out:
    return rc;
}

enum err catalogue_reload(struct app *app)
{
    struct catalogue_snapshot *s = snapshot_new(sizeof *s);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_snapshot, s);
    if (rc == ERR_OK)
        snapshot_replace(&slot, &s->base);
    else
        snapshot_drop(&s->base);
    return rc;
}

static struct catalogue_snapshot *hold(struct arena *a)
{
    return snapshot_hold(&slot, a);
}

const struct catalogue *catalogue_get(struct app *app, struct arena *a)
{
    (void)app;
    return &hold(a)->c;
}

const struct service_kind *catalogue_find(const struct catalogue *c, struct str code)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->v[i].code, code))
            return &c->v[i];
    return NULL;
}

const struct service_fault *catalogue_find_fault(const struct catalogue *c, struct str code,
                                                 const struct service_kind **kind)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t f = 0; f < c->v[i].fault_count; f++)
            if (str_eq(c->v[i].faults[f].code, code)) {
                if (kind)
                    *kind = &c->v[i];
                return &c->v[i].faults[f];
            }
    for (size_t i = 0; i < c->retired_count; i++)
        if (str_eq(c->retired[i].code, code)) {
            ptrdiff_t dot = str_find_char(code, '.');
            if (kind)
                *kind = catalogue_find(c, str_slice(code, 0, dot > 0 ? (size_t)dot : 0));
            return &c->retired[i];
        }
    return NULL;
}

int64_t catalogue_version(struct arena *a)
{
    return hold(a)->c.version;
}
