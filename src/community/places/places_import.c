/*
 * Loading the territory from files: units of the state classifier, outlines, population.
 *
 * Each import reads the whole file first and collects every fault with its row and column; then it
 * writes all in one transaction, or nothing. Running it twice changes nothing: rows are upserted.
 */
#include "community/places/places_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/formats/geo.h"
#include "platform/formats/table_in.h"
#include "platform/web/import.h"

#define PEOPLE_MAX 20000000
#define UNITS_MAX 20000

/* --- units --- */

enum { U_CODE, U_LEVEL, U_TYPE, U_PARENT, U_RU, U_KY, U_KY_SOURCE, U_EN, U_LAT, U_LON, U_PARTNER };
static const struct table_column unit_columns[] = {
    [U_CODE] = {"code", true},
    [U_LEVEL] = {"level", true},
    [U_TYPE] = {"type", true},
    [U_PARENT] = {"parent_code", false},
    [U_RU] = {"name_ru", true},
    [U_KY] = {"name_ky", false},
    [U_KY_SOURCE] = {"name_ky_source", false},
    [U_EN] = {"name_en", false},
    [U_LAT] = {"lat", false},
    [U_LON] = {"lon", false},
    [U_PARTNER] = {"partner", false},
};

struct unit_row {
    struct str code, parent, name_ky, name_ru, name_en;
    enum place_kind kind;
    int64_t level, line;
    double lat, lon; /* NAN: none */
    bool draft, partner;
};

struct unit_import {
    struct arena *arena;
    struct unit_rows {
        struct unit_row *v;
        size_t n, cap;
    } rows;
    const struct territory *before;
    bool demo;
    int64_t added, changed, same;
};

static bool code_is_soate(struct str code)
{
    int64_t number;
    return code.n == 14 && str_to_i64(code, &number) && number > 0;
}

static struct unit_row read_unit(struct table_in *t, struct arena *a)
{
    struct unit_row row = {
        .line = table_line(t), .lat = __builtin_nan(""), .lon = __builtin_nan("")};
    row.code = arena_str(a, table_cell(t, U_CODE));
    row.parent = arena_str(a, table_cell(t, U_PARENT));
    row.name_ru = arena_str(a, table_cell(t, U_RU));
    row.name_ky = arena_str(a, table_cell(t, U_KY));
    row.name_en = arena_str(a, table_cell(t, U_EN));
    if (row.code.n && !code_is_soate(row.code))
        table_fault(t, U_CODE, MSG_places_import_code);
    if (row.parent.n && !code_is_soate(row.parent))
        table_fault(t, U_PARENT, MSG_places_import_code);
    if (table_i64(t, U_LEVEL, 0, 4, &row.level) && row.level > 0 && row.parent.n == 0)
        table_fault(t, U_PARENT, MSG_places_import_no_parent);
    if (table_cell(t, U_TYPE).n && !place_kind_parse(table_cell(t, U_TYPE), &row.kind))
        table_fault(t, U_TYPE, MSG_places_import_type);
    bool lat = table_double(t, U_LAT, -90, 90, &row.lat);
    bool lon = table_double(t, U_LON, -180, 180, &row.lon);
    if (lat != lon)
        table_fault(t, lat ? U_LON : U_LAT, MSG_places_import_half_point);
    int64_t partner = 0;
    row.partner = table_i64(t, U_PARTNER, 0, 1, &partner) && partner == 1;
    /* A Kyrgyz name that the classifier lacks is shown as the Russian one, marked as draft. */
    struct str source = table_cell(t, U_KY_SOURCE);
    row.draft =
        row.name_ky.n == 0 || str_starts(source, STR("derived")) || str_eq(source, STR("draft"));
    if (row.name_ky.n == 0)
        row.name_ky = row.name_ru;
    return row;
}

static int by_code(const void *x, const void *y)
{
    const struct unit_row *a = x, *b = y;
    int order = str_compare(a->code, b->code);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static const struct unit_row *find_row(const struct unit_rows *rows, struct str code)
{
    size_t low = 0, high = rows->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(rows->v[middle].code, code);
        if (order == 0)
            return &rows->v[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Faults that only the whole file shows: a code twice, a parent nobody knows, a circle of parents.
 */
static void check_tree(struct table_in *t, struct unit_import *in)
{
    struct unit_rows *rows = &in->rows;
    if (rows->n > 1)
        qsort(rows->v, rows->n, sizeof *rows->v, by_code);
    for (size_t i = 0; i < rows->n; i++) {
        const struct unit_row *row = &rows->v[i];
        if (i > 0 && str_eq(row->code, rows->v[i - 1].code))
            table_fault_at(t, row->line, U_CODE, row->code, MSG_places_import_code_twice);
        if (row->parent.n == 0)
            continue;
        const struct unit_row *parent = find_row(rows, row->parent);
        if (!parent && !territory_find(in->before, row->parent))
            table_fault_at(t, row->line, U_PARENT, row->parent, MSG_places_import_parent_unknown);
        else if (parent && parent->level >= row->level)
            table_fault_at(t, row->line, U_PARENT, row->parent, MSG_places_import_parent_level);
    }
}

static bool unit_is_same(const struct unit_row *row, const struct place *p)
{
    struct str parent = place_entry(p)->parent_code;
    bool point = row->lat == row->lat;
    return str_eq(row->name_ru, p->name.in[LANG_RU]) &&
           str_eq(row->name_ky, place_name(p, LANG_KY)) &&
           str_eq(row->name_en, p->name.in[LANG_EN]) && row->kind == p->kind &&
           row->level == p->level && str_eq(row->parent, parent) &&
           row->draft == p->name_ky_draft && point == p->has_point &&
           (!point || (row->lat == p->lat && row->lon == p->lon)) && (!row->partner || p->partner);
}

static void count_changes(struct unit_import *in)
{
    in->added = in->changed = in->same = 0;
    for (size_t i = 0; i < in->rows.n; i++) {
        const struct place *p = territory_find(in->before, in->rows.v[i].code);
        if (!p)
            in->added++;
        else if (unit_is_same(&in->rows.v[i], p))
            in->same++;
        else
            in->changed++;
    }
}

static enum err write_units(struct tx *tx, void *arg)
{
    struct unit_import *in = arg;
    enum err rc = ERR_OK;
    bool wrote = false;
    for (size_t i = 0; i < in->rows.n; i++) {
        const struct unit_row *row = &in->rows.v[i];
        const struct place *p = territory_find(in->before, row->code);
        if (p && unit_is_same(row, p))
            continue;
        wrote = true;
        /* A merged unit keeps the parent it had; the classifier may still list it. */
        TRY(sql_place_put(tx, NULL, .code = row->code, .level = row->level,
                          .kind = str_from(place_kind_code(row->kind)),
                          .parent = row->parent.n ? row->parent : STR_NULL, .name_ky = row->name_ky,
                          .name_ru = row->name_ru, .name_en = row->name_en,
                          .name_ky_draft = row->draft, .lat = row->lat, .lon = row->lon,
                          .valid_from = 0, .partner = row->partner, .demo = in->demo));
        if (row->parent.n && (!p || !p->successor))
            TRY(sql_place_parent_open(tx, NULL, .code = row->code, .valid_from = 0,
                                      .parent = row->parent));
    }
    if (wrote)
        TRY(territory_changed(tx));
out:
    return rc;
}

enum err places_load_units(struct app *app, struct arena *a, struct str text, bool dry_run,
                           bool demo, struct table_in **table, struct import_counts *counts)
{
    struct unit_import in = {.arena = a, .demo = demo};
    in.before = territory_get(app, a);
    struct table_in *t = table_open(a, text, unit_columns, COUNT_OF(unit_columns));
    *table = t;
    while (table_faults(t) < 10000 && table_next(t)) {
        if (in.rows.n >= UNITS_MAX) {
            table_fault(t, -1, MSG_table_too_large);
            break;
        }
        ARENA_PUSH(a, in.rows, read_unit(t, a));
    }
    if (table_faults(t) == 0)
        check_tree(t, &in);
    if (table_faults(t) > 0)
        return ERR_INPUT;
    count_changes(&in);
    counts->rows = (int64_t)in.rows.n;
    counts->added = in.added;
    counts->changed = in.changed;
    counts->same = in.same;
    if (dry_run)
        return ERR_OK;
    enum err rc = db_write(app->db, SCOPE_COUNTRY, write_units, &in);
    if (rc == ERR_OK && in.added + in.changed > 0)
        rc = territory_reload(app);
    return rc;
}

/* --- population --- */

enum { P_CODE, P_YEAR, P_SEX, P_AGE, P_PEOPLE, P_SOURCE };
static const struct table_column population_columns[] = {
    [P_CODE] = {"code", true}, [P_YEAR] = {"year", true},     [P_SEX] = {"sex", false},
    [P_AGE] = {"age", false},  [P_PEOPLE] = {"people", true}, [P_SOURCE] = {"source", false},
};

struct population_import {
    struct arena *arena;
    struct population_put {
        struct str code, sex, age, source;
        int64_t year, people, line;
        bool known, same; /* of the row that is stored already */
    } * v;
    size_t n, cap;
};

static void read_population(struct table_in *t, struct arena *a, const struct territory *territory,
                            struct population_import *rows)
{
    struct population_put row = {.line = table_line(t)};
    row.code = arena_str(a, table_cell(t, P_CODE));
    row.sex = arena_str(a, table_cell(t, P_SEX));
    row.age = arena_str(a, table_cell(t, P_AGE));
    row.source = arena_str(a, table_cell(t, P_SOURCE));
    if (row.code.n && !territory_find(territory, row.code))
        table_fault(t, P_CODE, MSG_places_import_unit_unknown);
    table_i64(t, P_YEAR, 1900, 2200, &row.year);
    table_i64(t, P_PEOPLE, 0, PEOPLE_MAX, &row.people);
    if (row.sex.n && !str_eq(row.sex, STR("f")) && !str_eq(row.sex, STR("m")))
        table_fault(t, P_SEX, MSG_places_import_sex);
    if (row.age.n > 12)
        table_fault(t, P_AGE, MSG_places_import_age);
    ARENA_PUSH(a, *rows, row);
}

static int by_figure(const void *x, const void *y)
{
    const struct population_put *a = x, *b = y;
    int order = str_compare(a->code, b->code);
    if (order == 0)
        order = (a->year > b->year) - (a->year < b->year);
    if (order == 0)
        order = str_compare(a->sex, b->sex);
    return order ? order : str_compare(a->age, b->age);
}

/* Sorts the rows; the same figure twice in one file is a fault, not a matter of which comes last.
 */
static void check_figures(struct table_in *t, struct population_import *in)
{
    if (in->n > 1)
        qsort(in->v, in->n, sizeof *in->v, by_figure);
    for (size_t i = 1; i < in->n; i++)
        if (by_figure(&in->v[i - 1], &in->v[i]) == 0) {
            const struct population_put *a = &in->v[i - 1], *b = &in->v[i];
            const struct population_put *later = a->line > b->line ? a : b;
            table_fault_at(t, later->line, P_CODE, later->code, MSG_places_import_figure_twice);
        }
}

/* Which of the sorted rows are stored already, and with the same figure. */
static enum err compare_population(struct tx *tx, void *arg)
{
    struct population_import *in = arg;
    struct sql_population_all_rows stored = {0};
    enum err rc = ERR_OK;
    TRY(sql_population_all(tx, in->arena, &stored));
    for (size_t i = 0; i < stored.n; i++) {
        const struct sql_population_all_row *s = &stored.v[i];
        const struct population_put key = {
            .code = s->code, .year = s->year, .sex = s->sex, .age = s->age};
        struct population_put *row = bsearch(&key, in->v, in->n, sizeof *in->v, by_figure);
        if (!row)
            continue;
        row->known = true;
        row->same = row->people == s->people && str_eq(row->source, s->source);
    }
out:
    return rc;
}

static enum err write_population(struct tx *tx, void *arg)
{
    struct population_import *in = arg;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < in->n; i++)
        if (!in->v[i].same)
            TRY(sql_population_put(tx, NULL, .code = in->v[i].code, .year = in->v[i].year,
                                   .sex = in->v[i].sex, .age = in->v[i].age,
                                   .people = in->v[i].people, .source = in->v[i].source));
    TRY(territory_changed(tx));
out:
    return rc;
}

enum err places_load_population(struct app *app, struct arena *a, struct str text, bool dry_run,
                                struct table_in **table, struct import_counts *counts)
{
    const struct territory *territory = territory_get(app, a);
    struct population_import rows = {.arena = a};
    struct table_in *t = table_open(a, text, population_columns, COUNT_OF(population_columns));
    *table = t;
    while (table_faults(t) < 10000 && table_next(t))
        read_population(t, a, territory, &rows);
    check_figures(t, &rows);
    if (table_faults(t) > 0)
        return ERR_INPUT;
    enum err rc = rows.n > 0 ? db_read(app->db, SCOPE_COUNTRY, compare_population, &rows) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    *counts = (struct import_counts){.rows = (int64_t)rows.n};
    for (size_t i = 0; i < rows.n; i++)
        *(rows.v[i].same    ? &counts->same
          : rows.v[i].known ? &counts->changed
                            : &counts->added) += 1;
    if (dry_run || counts->added + counts->changed == 0)
        return ERR_OK;
    rc = db_write(app->db, SCOPE_COUNTRY, write_population, &rows);
    return rc == ERR_OK ? territory_reload(app) : rc;
}

/* --- outlines --- */

/* About what one pixel of the national map covers. */
#define OUTLINE_TOLERANCE_M 400

struct outline {
    const struct place *place;
    struct geo_area area;
    struct str rings; /* as they are stored */
    bool known, same; /* of the outline that is stored already */
};
struct outline_import {
    struct arena *arena;
    const struct territory *territory;
    struct str source;
    struct outline_list {
        struct outline *v;
        size_t n, cap;
    } list;
    struct buf *faults;
    enum lang lang;
    int64_t fault_count;
};

/* P-codes of the common operational datasets are "KG" and the last eleven digits of the SOATE code.
 */
static const struct place *outline_place(const struct outline_import *in,
                                         const struct json *properties)
{
    struct str code = json_str_of(properties, "code");
    if (code.n == 0) {
        struct str pcode = json_str_of(properties, "pcode");
        if (pcode.n == 13 && str_starts(pcode, STR("KG")))
            code = arena_printf(in->arena, "417%.*s", STRF(str_slice(pcode, 2, 11)));
    }
    return territory_find(in->territory, code);
}

static enum err take_outline(void *arg, const struct geo_feature *f)
{
    struct outline_import *in = arg;
    enum msg what = MSG_NONE;
    const struct place *place = outline_place(in, f->properties);
    if (!place)
        what = MSG_places_import_unit_unknown;
    else if (f->kind != GEO_AREA)
        what = MSG_places_import_no_area;
    for (size_t i = 0; place && i < in->list.n; i++)
        if (in->list.v[i].place == place)
            what = MSG_places_import_code_twice;
    if (what != MSG_NONE) {
        in->fault_count++;
        MSG_PUT(in->faults, in->lang, MSG_places_import_feature, ARG_N("n", (int64_t)f->index));
        buf_char(in->faults, ' ');
        buf_str(in->faults, msg_text(in->lang, what));
        buf_char(in->faults, '\n');
        return in->fault_count < 200 ? ERR_OK : ERR_INPUT;
    }
    struct outline outline = {place, geo_area_copy(in->arena, &f->area)};
    ARENA_PUSH(in->arena, in->list, outline);
    return ERR_OK;
}

static enum err compare_outlines(struct tx *tx, void *arg)
{
    struct outline_import *in = arg;
    struct sql_boundary_all_rows stored = {0};
    enum err rc = ERR_OK;
    TRY(sql_boundary_all(tx, in->arena, &stored));
    for (size_t i = 0; i < in->list.n; i++)
        for (size_t k = 0; k < stored.n; k++)
            if (str_eq(stored.v[k].code, in->list.v[i].place->code)) {
                in->list.v[i].known = true;
                in->list.v[i].same = str_eq(stored.v[k].rings, in->list.v[i].rings);
            }
out:
    return rc;
}

static enum err write_outlines(struct tx *tx, void *arg)
{
    struct outline_import *in = arg;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < in->list.n; i++)
        if (!in->list.v[i].same)
            TRY(sql_boundary_put(tx, NULL, .code = in->list.v[i].place->code,
                                 .rings = in->list.v[i].rings, .source = in->source));
    TRY(territory_changed(tx));
out:
    return rc;
}

static void thin_out(struct outline_import *in)
{
    struct geo_area *areas = ARENA_ARRAY(in->arena, struct geo_area, in->list.n + 1);
    for (size_t i = 0; i < in->list.n; i++)
        areas[i] = in->list.v[i].area;
    geo_simplify(in->arena, areas, in->list.n, OUTLINE_TOLERANCE_M);
    for (size_t i = 0; i < in->list.n; i++) {
        struct buf *rings = buf_in(in->arena);
        in->list.v[i].area = areas[i];
        outline_write(rings, &areas[i]);
        in->list.v[i].rings = buf_view(rings);
    }
}

/* Thins the outlines, counts what is new and stores that. */
static enum err store_outlines(struct app *app, struct outline_import *in, bool dry_run,
                               struct import_counts *counts)
{
    thin_out(in);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, compare_outlines, in);
    if (rc != ERR_OK)
        return rc;
    *counts = (struct import_counts){.rows = (int64_t)in->list.n};
    for (size_t i = 0; i < in->list.n; i++)
        *(in->list.v[i].same    ? &counts->same
          : in->list.v[i].known ? &counts->changed
                                : &counts->added) += 1;
    if (dry_run || counts->added + counts->changed == 0)
        return ERR_OK;
    rc = db_write(app->db, SCOPE_COUNTRY, write_outlines, in);
    return rc == ERR_OK ? territory_reload(app) : rc;
}

enum err places_load_outlines(struct app *app, struct import_run *run)
{
    struct outline_import in = {.arena = run->arena,
                                .territory = territory_get(app, run->arena),
                                .source = str_from(run->path),
                                .faults = buf_in(run->arena),
                                .lang = run->lang};
    struct geo_fault fault = {0};
    enum err rc = geo_read(run->text, NULL, take_outline, &in, &fault);
    if (rc == ERR_PARSE || rc == ERR_TOO_LARGE) {
        fprintf(stderr, "%s: %zu: %s\n", run->path, fault.feature, fault.text);
        run->fault = MSG_places_import_geojson;
        rc = ERR_INPUT;
    } else if (in.fault_count > 0) {
        fprintf(stderr, "%.*s", STRF(buf_view(in.faults)));
        run->fault = MSG_places_import_geojson;
        rc = ERR_INPUT;
    }
    if (rc == ERR_OK && in.list.n > 0)
        rc = store_outlines(app, &in, run->dry_run, &run->counts);
    return rc;
}

static int load_outlines(struct app *app, struct import_run *run)
{
    return import_finish(run, places_load_outlines(app, run));
}

/* --- command line --- */

int places_import_boundaries(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_outlines);
}

static int load_units(struct app *app, struct import_run *run)
{
    return import_finish(run, places_load_units(app, run->arena, run->text, run->dry_run, false,
                                                &run->table, &run->counts));
}

static int load_population(struct app *app, struct import_run *run)
{
    return import_finish(run, places_load_population(app, run->arena, run->text, run->dry_run,
                                                     &run->table, &run->counts));
}

int places_import_units(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_units);
}

int places_import_population(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_population);
}
