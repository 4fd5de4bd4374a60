/*
 * The territory in memory: built from the tables in one pass, never changed, replaced as a whole
 * (core/snapshot.h). Merged units stay in it, pointing at their successor, so that old addresses
 * can be answered.
 */
#include "community/places/places_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/core/utf8.h"
#include "platform/jobs/jobs.h"

static struct snapshot_slot slot = SNAPSHOT_SLOT;

/* --- kinds --- */

static const struct {
    const char *code;
    int level;
    enum msg name;
} kinds[PLACE__MAX] = {
    [PLACE_COUNTRY] = {"country", 0, MSG_places_kind_country},
    [PLACE_OBLAST] = {"oblast", 1, MSG_places_kind_oblast},
    [PLACE_CITY_REPUBLICAN] = {"city_republican", 1, MSG_places_kind_city},
    [PLACE_RAION] = {"raion", 2, MSG_places_kind_raion},
    [PLACE_CITY_OBLAST] = {"city_oblast", 2, MSG_places_kind_city},
    [PLACE_CITY_RAION] = {"city_raion", 3, MSG_places_kind_city},
    [PLACE_CITY_PART] = {"city_part", 2, MSG_places_kind_city_part},
    [PLACE_SETTLEMENT] = {"settlement", 3, MSG_places_kind_settlement},
    [PLACE_AIMAK] = {"ayil_aimak", 3, MSG_places_kind_aimak},
    [PLACE_VILLAGE] = {"village", 4, MSG_places_kind_village},
};

const char *place_kind_code(enum place_kind kind)
{
    return kinds[kind].code;
}

enum msg place_kind_message(enum place_kind kind)
{
    return kinds[kind].name;
}

bool place_kind_parse(struct str code, enum place_kind *out)
{
    if (str_eq(code, STR("city_district"))) { /* the classifier's word for parts of Bishkek */
        *out = PLACE_CITY_PART;
        return true;
    }
    for (int k = 0; k < PLACE__MAX; k++)
        if (str_eq(code, str_from(kinds[k].code))) {
            *out = (enum place_kind)k;
            return true;
        }
    return false;
}

bool place_is_municipality(const struct place *p)
{
    switch (p->kind) {
    case PLACE_AIMAK:
    case PLACE_CITY_RAION:
    case PLACE_CITY_OBLAST:
    case PLACE_CITY_REPUBLICAN:
        return true;
    case PLACE_COUNTRY:
    case PLACE_OBLAST:
    case PLACE_RAION:
    case PLACE_CITY_PART:
    case PLACE_SETTLEMENT:
    case PLACE_VILLAGE:
    case PLACE__MAX:
        break;
    }
    return false;
}

/* --- building --- */

static struct place_entry *entry_find(const struct territory_snapshot *s, struct str code)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(s->entries[middle].p.code, code);
        if (order == 0)
            return &s->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void fill_entry(struct arena *a, struct place_entry *e, const struct sql_place_all_row *row)
{
    enum place_kind kind = PLACE_VILLAGE;
    if (!place_kind_parse(row->kind, &kind))
        LOG(LOG_WARN, "places.unknown_kind", LOG_S("code", row->code), LOG_S("kind", row->kind));
    e->p.code = row->code;
    e->p.level = (int)row->level;
    e->p.kind = kind;
    /* The classifier lacks some Kyrgyz names; the import keeps the Russian one in their place. Here
     * it is said for what it is: pages fall back to it and mark its language. */
    bool lacks = row->name_ky_draft != 0 && str_eq(row->name_ky, row->name_ru);
    e->p.name.in[LANG_KY] = lacks ? STR_NULL : row->name_ky;
    e->p.name.in[LANG_RU] = row->name_ru;
    e->p.name.in[LANG_EN] = row->name_en;
    e->p.name_ky_draft = row->name_ky_draft != 0;
    e->p.valid_from = row->valid_from;
    e->p.valid_to = row->valid_to.set ? row->valid_to.v : INT64_MAX;
    e->p.has_point = row->lat == row->lat && row->lon == row->lon; /* NAN: unknown */
    e->p.lat = e->p.has_point ? row->lat : 0;
    e->p.lon = e->p.has_point ? row->lon : 0;
    e->p.partner = row->partner != 0;
    e->demo = row->demo != 0;
    e->parent_code = row->parent.p ? row->parent : STR("");
    for (int l = 0; l < LANG__MAX; l++) {
        struct buf *key = buf_in(a);
        places_search_key(key, l == LANG_KY ? place_name(&e->p, LANG_KY) : e->p.name.in[l]);
        e->key[l] = buf_view(key);
    }
}

/* Kyrgyz name first: the order of lists. Search keys put ң ө ү beside н о у, as a reader expects.
 */
static int by_name(const void *x, const void *y)
{
    const struct place_entry *a = place_entry(*(const struct place *const *)x);
    const struct place_entry *b = place_entry(*(const struct place *const *)y);
    struct str ka = a->key[LANG_KY].n ? a->key[LANG_KY] : a->key[LANG_RU];
    struct str kb = b->key[LANG_KY].n ? b->key[LANG_KY] : b->key[LANG_RU];
    return str_compare(ka, kb);
}

static void link_children(struct territory_snapshot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct place_entry *parent = entry_find(s, s->entries[i].parent_code);
        s->entries[i].p.parent = parent ? &parent->p : NULL;
        if (parent && s->entries[i].p.valid_to == INT64_MAX)
            parent->p.child_count++;
    }
    for (size_t i = 0; i < s->n; i++) {
        struct place_entry *e = &s->entries[i];
        e->children = ARENA_ARRAY(s->base.arena, const struct place *, e->p.child_count);
        e->p.children = e->children;
        e->p.child_count = 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        struct place_entry *e = &s->entries[i];
        if (!e->p.parent || e->p.valid_to != INT64_MAX)
            continue;
        struct place_entry *parent = entry_find(s, e->p.parent->code);
        parent->children[parent->p.child_count++] = &e->p;
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->entries[i].p.child_count > 1)
            qsort(s->entries[i].children, s->entries[i].p.child_count, sizeof(const struct place *),
                  by_name);
}

static void link_predecessors(struct territory_snapshot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct place_entry *into = &s->entries[i];
        size_t count = 0;
        for (size_t j = 0; j < s->n; j++)
            count += s->entries[j].p.successor == &into->p;
        if (count == 0)
            continue;
        const struct place **list = ARENA_ARRAY(s->base.arena, const struct place *, count);
        for (size_t j = 0; j < s->n; j++)
            if (s->entries[j].p.successor == &into->p)
                list[into->p.predecessor_count++] = &s->entries[j].p;
        into->p.predecessors = list;
    }
}

/*
 * People of each place's latest year. A row for all sexes and ages is the total; without one the
 * finest partition given is summed. Then parents without a figure of their own get their
 * children's.
 */
static void fill_population(struct territory_snapshot *s,
                            const struct sql_population_rows_all_rows *rows)
{
    for (size_t i = 0; i < rows->n;) {
        struct place_entry *e = entry_find(s, rows->v[i].code);
        int64_t total = -1, by_sex = 0, by_age = 0, by_both = 0;
        size_t first = i;
        for (; i < rows->n && str_eq(rows->v[i].code, rows->v[first].code); i++) {
            const struct sql_population_rows_all_row *row = &rows->v[i];
            if (row->sex.n == 0 && row->age.n == 0)
                total = row->people;
            else if (row->age.n == 0)
                by_sex += row->people;
            else if (row->sex.n == 0)
                by_age += row->people;
            else
                by_both += row->people;
        }
        if (!e)
            continue;
        e->p.population = total >= 0 ? total : by_both ? by_both : by_sex ? by_sex : by_age;
        e->p.population_year = (int)rows->v[first].year;
    }
    for (int level = 3; level >= 0; level--)
        for (size_t i = 0; i < s->n; i++) {
            struct place_entry *e = &s->entries[i];
            if (e->p.level != level || e->p.population > 0)
                continue;
            for (size_t c = 0; c < e->p.child_count; c++) {
                e->p.population += e->p.children[c]->population;
                if (e->p.children[c]->population_year > e->p.population_year)
                    e->p.population_year = e->p.children[c]->population_year;
            }
        }
}

static void fill_country(struct territory_snapshot *s)
{
    size_t count = 0;
    const struct place **all = ARENA_ARRAY(s->base.arena, const struct place *, s->n + 1);
    const struct place **oblasts = ARENA_ARRAY(s->base.arena, const struct place *, s->n + 1);
    for (size_t i = 0; i < s->n; i++) {
        const struct place *p = &s->entries[i].p;
        all[i] = p;
        if (p->kind == PLACE_COUNTRY && !s->t.country)
            s->t.country = p;
        if ((p->kind == PLACE_OBLAST || p->kind == PLACE_CITY_REPUBLICAN) &&
            p->valid_to == INT64_MAX)
            oblasts[count++] = p;
        s->t.demo = s->t.demo || s->entries[i].demo;
    }
    qsort(oblasts, count, sizeof(const struct place *), by_name);
    s->t.all = all;
    s->t.n = s->n;
    s->t.oblasts = oblasts;
    s->t.oblast_count = count;
}

static enum err read_snapshot(struct tx *tx, void *arg)
{
    struct territory_snapshot *s = arg;
    struct sql_place_all_rows rows;
    struct sql_succession_all_rows successions;
    struct sql_boundary_all_rows boundaries;
    struct sql_population_rows_all_rows population;
    struct sql_territory_version_get_row version;
    enum err rc = ERR_OK;
    s->t = (struct territory){0};
    TRY(sql_place_all(tx, s->base.arena, &rows));
    TRY(sql_succession_all(tx, s->base.arena, &successions));
    TRY(sql_boundary_all(tx, s->base.arena, &boundaries));
    TRY(sql_population_rows_all(tx, s->base.arena, &population));
    TRY(sql_territory_version_get(tx, s->base.arena, &version));

    s->n = rows.n;
    s->entries = ARENA_ARRAY(s->base.arena, struct place_entry, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        fill_entry(s->base.arena, &s->entries[i], &rows.v[i]);
    link_children(s);
    for (size_t i = 0; i < successions.n; i++) {
        struct place_entry *from = entry_find(s, successions.v[i].predecessor);
        struct place_entry *into = entry_find(s, successions.v[i].successor);
        if (from && into && from->p.valid_to != INT64_MAX)
            from->p.successor = &into->p;
    }
    for (size_t i = 0; i < boundaries.n; i++) {
        struct place_entry *e = entry_find(s, boundaries.v[i].code);
        if (e && !outline_parse(s->base.arena, boundaries.v[i].rings, &e->outline))
            LOG(LOG_WARN, "places.bad_outline", LOG_S("code", boundaries.v[i].code));
    }
    if (successions.n > 0)
        link_predecessors(s);
    fill_population(s, &population);
    fill_country(s);
    s->t.has_boundaries = boundaries.n > 0;
    s->t.version = version.version;
out:
    return rc;
}

enum err territory_reload(struct app *app)
{
    struct territory_snapshot *s = snapshot_new(sizeof *s);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_snapshot, s);
    if (rc == ERR_OK)
        snapshot_replace(&slot, &s->base);
    else
        snapshot_drop(&s->base);
    return rc;
}

enum err territory_changed(struct tx *tx)
{
    return sql_territory_version_raise(tx, NULL);
}

static enum err read_version(struct tx *tx, void *arg)
{
    struct arena *a = arena_new();
    struct sql_territory_version_get_row row = {0};
    enum err rc = sql_territory_version_get(tx, a, &row);
    *(int64_t *)arg = row.version;
    arena_free(a);
    return rc;
}

/* Another instance may have changed the territory: look once a minute. */
static enum err reload_if_changed(struct app *app, struct arena *a)
{
    int64_t version = 0;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_version, &version);
    if (rc == ERR_OK && version != territory_get(app, a)->version)
        rc = territory_reload(app);
    return rc;
}

const struct territory *territory_get(struct app *app, struct arena *a)
{
    (void)app;
    struct territory_snapshot *s = snapshot_hold(&slot, a);
    return &s->t;
}

/* --- looking up --- */

const struct place *territory_find(const struct territory *t, struct str code)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(t->all[middle]->code, code);
        if (order == 0)
            return t->all[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct place *place_municipality(const struct place *p)
{
    /* A chain of mergers and parents is short; the bound only stops a loop made by bad data. */
    for (int steps = 0; p && steps < 16; steps++) {
        if (p->successor)
            p = p->successor;
        else if (place_is_municipality(p))
            return p;
        else
            p = p->parent;
    }
    return NULL;
}

static void add_family(struct arena *a, struct place_codes *list, const struct place *p)
{
    ARENA_PUSH(a, *list, p->code);
    for (size_t i = 0; i < p->predecessor_count; i++)
        add_family(a, list, p->predecessors[i]);
}

struct place_codes place_family(struct arena *a, const struct place *p)
{
    struct place_codes list = {0};
    add_family(a, &list, p);
    return list;
}

struct str place_family_scope(const struct place *p)
{
    return p->predecessor_count > 0 ? SCOPE_COUNTRY : p->code;
}

static void add_ancestors(struct arena *a, struct place_refs *list, const struct place *p)
{
    for (size_t i = 0; i < p->predecessor_count; i++) {
        ARENA_PUSH(a, *list, p->predecessors[i]);
        add_ancestors(a, list, p->predecessors[i]);
    }
}

struct place_refs place_ancestors(struct arena *a, const struct place *p)
{
    struct place_refs list = {0};
    add_ancestors(a, &list, p);
    return list;
}

const struct place *place_ancestor(const struct place *p, struct str code)
{
    for (size_t i = 0; i < p->predecessor_count; i++) {
        const struct place *before = p->predecessors[i];
        const struct place *found =
            str_eq(before->code, code) ? before : place_ancestor(before, code);
        if (found)
            return found;
    }
    return NULL;
}

const struct place *place_oblast(const struct place *p)
{
    for (int steps = 0; p && steps < 16; steps++, p = p->parent)
        if (p->level == 1)
            return p;
    return NULL;
}

bool place_within(const struct place *p, const struct place *ancestor)
{
    for (int steps = 0; p && steps < 16; steps++, p = p->parent)
        if (p == ancestor)
            return true;
    return false;
}

struct str place_name(const struct place *p, enum lang lang)
{
    return text3_get(&p->name, lang);
}

struct str place_full_name(struct arena *a, const struct place *p, enum lang lang)
{
    struct buf *out = buf_in(a);
    for (int steps = 0; p && p->level > 0 && steps < 16; steps++, p = p->parent) {
        if (out->n > 0)
            buf_cstr(out, ", ");
        buf_str(out, place_name(p, lang));
    }
    return buf_view(out);
}

enum err places_population(struct tx *tx, struct arena *a, struct str code, int year,
                           struct population_rows *out)
{
    struct sql_population_of_rows rows;
    enum err rc = sql_population_of(tx, a, &rows, .code = code, .year = year);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(a, *out,
                   ((struct population_row){.year = (int)rows.v[i].year,
                                            .sex = rows.v[i].sex,
                                            .age = rows.v[i].age,
                                            .people = rows.v[i].people}));
    return ERR_OK;
}

/* --- hooks of the platform --- */

static bool unit_within(struct str unit, struct str scope)
{
    if (str_eq(scope, SCOPE_COUNTRY) || str_eq(unit, scope))
        return true;
    struct arena *a = arena_new();
    const struct territory *t = territory_get(NULL, a);
    const struct place *p = territory_find(t, unit);
    const struct place *ancestor = territory_find(t, scope);
    bool within = p && ancestor && place_within(p, ancestor);
    /* After a merger the successor's staff answer for what the old municipality left, and a role
     * that was held in the old one is held in the new. */
    if (!within && p && ancestor && place_is_municipality(ancestor))
        within = place_municipality(p) == place_municipality(ancestor);
    arena_free(a);
    return within;
}

/* {unit} of an address: a municipality of today, any unit where the route allows, or a merged one
 * that leads to its successor. */
static enum err check_unit(struct req *r, struct str code, bool any_level, struct str *moved_to)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    if (!p)
        return ERR_NOT_FOUND;
    r->unit_data = p;
    if (any_level)
        return ERR_OK;
    const struct place *today = place_municipality(p);
    if (!today)
        return ERR_NOT_FOUND;
    if (today != p) { /* a merged municipality, or a village's code */
        *moved_to = today->code;
        return ERR_CONFLICT;
    }
    return ERR_OK;
}

const struct place *places_unit(const struct req *r)
{
    INVARIANT(r->unit_data != NULL);
    return r->unit_data;
}

static enum err start(struct app *app)
{
    access_set_within(unit_within);
    app_set_hooks(&(struct app_hooks){.check_unit = check_unit});
    return territory_reload(app);
}

static const struct schedule_def schedules[] = {
    {"territory_reload", MS_MINUTE, reload_if_changed, .each_instance = true},
};

static const struct command commands[] = {
    {"import units", "FILE.csv [--dry-run]", "Load units of the state classifier (SOATE)",
     "Columns: code, level, type, parent_code, name_ru, and optionally name_ky, name_ky_source,\n"
     "name_en, lat, lon, partner. Repeatable: a second run changes only what differs.\n"
     "One wrong row refuses the file; every fault is named by row and column.\n\n"
     "Example:\n  aimak import units units.csv --dry-run\n",
     places_import_units, true},
    {"import boundaries", "FILE.geojson [--dry-run]", "Load outlines of units",
     "A FeatureCollection of Polygon or MultiPolygon features. The unit is found by the property\n"
     "code (SOATE), or pcode (KG and the last 11 digits). Outlines are simplified for the maps.\n\n"
     "Example:\n  aimak import boundaries oblasts.geojson\n",
     places_import_boundaries, true},
    {"import population", "FILE.csv [--dry-run]", "Load population by year, sex and age band",
     "Columns: code, year, sex (f, m or empty for both), age (such as 16-29, or empty for all),\n"
     "people, and optionally source.\n\n"
     "Example:\n  aimak import population population.csv\n",
     places_import_population, true},
    {"merge", "--into CODE --from CODE[,CODE...] --date YYYY-MM-DD --decision TEXT",
     "Merge municipalities from a date",
     "Villages move to the new municipality from that date; old pages redirect; figures of "
     "earlier\n"
     "days stay with the units that had them.\n\n"
     "Example:\n  aimak merge --into 41704235837000 --from 41704235820000 --date 2025-01-01 \\\n"
     "      --decision \"Law of 1 August 2024\"\n",
     places_merge_command, true},
};

static const struct route routes[] = {
    ROUTE("GET", "/desk/places", places_admin_page, PERM_PLACES_EDIT, 0),
    ROUTE("GET", "/desk/places/merge", places_merge_page, PERM_PLACES_EDIT, 0),
    ROUTE("POST", "/desk/places/merge", places_merge_post, PERM_PLACES_EDIT, 0),
};

const struct slice places_slice = {
    .name = "places",
    .migrations = places_migrations,
    .queries = places_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .start = start,
    .demo = places_demo,
};
