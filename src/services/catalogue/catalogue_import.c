/*
 * `aimak import coverage FILE.csv`: counts of people served, as a provider's spreadsheet or a
 * survey has them. Taken whole or not at all; run twice it changes nothing; a row that says
 * something else for the same village, level and day withdraws the count that stood there.
 */
#include "services/catalogue/catalogue_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

enum { C_VILLAGE, C_SERVICE, C_LEVEL, C_PEOPLE, C_WOMEN, C_DAY, C_METHOD, C_NOTE };
static const struct table_column columns[] = {
    [C_VILLAGE] = {"village", true}, [C_SERVICE] = {"service", true}, [C_LEVEL] = {"level", false},
    [C_PEOPLE] = {"people", true},   [C_WOMEN] = {"women", false},    [C_DAY] = {"day", true},
    [C_METHOD] = {"method", true},   [C_NOTE] = {"note", false},
};

struct count_row {
    int64_t line;
    struct str unit, village, service, level, note;
    int64_t people, day;
    struct i64_opt women;
    enum count_method method;
};
struct coverage_import {
    struct arena *arena;
    const struct territory *territory;
    bool dry_run;
    struct count_row *v;
    size_t n, cap;
    struct import_counts counts;
    struct over_rows {
        size_t *v; /* rows whose village would have more people counted than live there */
        size_t n, cap;
    } over;
    bool checked; /* the transaction came to its end and was rolled back because nothing is kept */
};

static bool same_place(const struct count_row *a, const struct count_row *b)
{
    return a->day == b->day && str_eq(a->village, b->village) && str_eq(a->service, b->service);
}

static void read_row(struct table_in *t, struct app *app, struct coverage_import *in)
{
    struct arena *a = in->arena;
    struct count_row row = {.line = table_line(t)};
    const struct catalogue *catalogue = catalogue_get(app, a);
    const struct place *village = territory_find(in->territory, table_cell(t, C_VILLAGE));
    const struct place *unit = village ? place_municipality(village) : NULL;
    const struct service_kind *kind = catalogue_find(catalogue, table_cell(t, C_SERVICE));
    if (table_cell(t, C_VILLAGE).n && (!unit || unit == village))
        table_fault(t, C_VILLAGE, MSG_catalogue_import_village);
    if (table_cell(t, C_SERVICE).n && !kind)
        table_fault(t, C_SERVICE, MSG_catalogue_import_service);
    if (kind && !coverage_level_fits(kind, table_cell(t, C_LEVEL)))
        table_fault(t, C_LEVEL, MSG_catalogue_fault_level);
    table_i64(t, C_PEOPLE, 0, COVERAGE_PEOPLE_MAX, &row.people);
    row.women.set = table_i64(t, C_WOMEN, 0, COVERAGE_PEOPLE_MAX, &row.women.v);
    if (row.women.set && row.women.v > row.people)
        table_fault(t, C_WOMEN, MSG_catalogue_fault_women);
    if (table_day(t, C_DAY, &row.day) &&
        (row.day > day_today() || row.day < coverage_earliest_day()))
        table_fault(t, C_DAY, MSG_catalogue_fault_day);
    if (table_cell(t, C_METHOD).n && !count_method_parse(table_cell(t, C_METHOD), &row.method))
        table_fault(t, C_METHOD, MSG_catalogue_import_method);
    if (table_faults(t))
        return;
    INVARIANT(unit && village && kind); /* an empty cell of a wanted column is a fault, too */
    row.unit = unit->code;
    row.village = village->code;
    row.service = kind->code;
    row.level = arena_str(a, table_cell(t, C_LEVEL));
    row.note = arena_str(a, table_cell(t, C_NOTE));
    ARENA_PUSH(a, *in, row);
}

static int compare_rows(const void *a, const void *b)
{
    const struct count_row *x = a, *y = b;
    int order = str_compare(x->village, y->village);
    if (!order)
        order = str_compare(x->service, y->service);
    if (!order)
        order = x->day < y->day ? -1 : x->day > y->day;
    if (!order)
        order = str_compare(x->level, y->level);
    if (!order)
        order = x->line < y->line ? -1 : x->line > y->line;
    return order;
}

static void find_doubles(struct table_in *t, const struct coverage_import *in)
{
    for (size_t i = 1; i < in->n; i++)
        if (same_place(&in->v[i], &in->v[i - 1]) && str_eq(in->v[i].level, in->v[i - 1].level))
            table_fault_at(t, in->v[i].line, C_LEVEL, in->v[i].level, MSG_catalogue_import_twice);
}

static enum err put_row(struct tx *tx, struct coverage_import *in, const struct count_row *row)
{
    enum err rc = ERR_OK;
    struct sql_coverage_on_day_rows there;
    struct str method = str_from(count_method_code(row->method));
    bool changed = false, told = false;
    in->counts.rows++;
    TRY(sql_coverage_on_day(tx, in->arena, &there, .unit = row->unit, .service = row->service,
                            .village = row->village, .day = row->day));
    for (size_t i = 0; i < there.n; i++) {
        const struct sql_coverage_on_day_row *old = &there.v[i];
        if (old->day != row->day || !str_eq(old->level, row->level))
            continue;
        if (old->people == row->people && old->women.set == row->women.set &&
            old->women.v == row->women.v && str_eq(old->method, method)) {
            in->counts.same++;
            goto out;
        }
        changed = true;
        TRY(coverage_tell(tx, in->arena, row->unit, row->service, row->village, row->level, -1));
        told = true;
        TRY(sql_coverage_withdraw(tx, NULL, .unit = row->unit, .id = old->id,
                                  .at_ms = clock_now_ms(), .person = 0, .why = STR("import")));
    }
    in->counts.changed += changed;
    in->counts.added += !changed;
    if (!told)
        TRY(coverage_tell(tx, in->arena, row->unit, row->service, row->village, row->level, -1));
    TRY(sql_coverage_put(tx, NULL, .unit = row->unit, .id = id_new(), .service = row->service,
                         .village = row->village, .level = row->level, .people = row->people,
                         .women = row->women, .day = row->day, .method = method,
                         .evidence_file = STR_NULL, .evidence_name = STR_NULL,
                         .evidence_type = STR_NULL, .evidence_public = 0, .note = row->note,
                         .recorded_ms = clock_now_ms(), .recorded_by = 0, .once = STR_NULL));
    TRY(coverage_tell(tx, in->arena, row->unit, row->service, row->village, row->level, 1));
out:
    return rc;
}

static enum err write_counts(struct tx *tx, void *arg)
{
    struct coverage_import *in = arg;
    enum err rc = ERR_OK;
    in->counts = (struct import_counts){0};
    in->over = (struct over_rows){0};
    in->checked = false;
    for (size_t i = 0; i < in->n; i++)
        TRY(put_row(tx, in, &in->v[i]));
    for (size_t i = 0; i < in->n; i++) {
        const struct count_row *row = &in->v[i];
        int64_t people = 0;
        if (i > 0 && same_place(row, &in->v[i - 1]))
            continue;
        TRY(coverage_sum(tx, in->arena, row->unit, row->service, row->village, row->day, &people));
        const struct place *village = territory_find(in->territory, row->village);
        if (village->population > 0 && people > village->population)
            ARENA_PUSH(in->arena, in->over, i);
    }
    in->checked = true;
    if (in->dry_run || in->over.n)
        FAIL(ERR_CONFLICT); /* rolls back */
out:
    return rc;
}

enum err catalogue_load_coverage(struct app *app, struct arena *a, struct str text, bool dry_run,
                                 struct table_in **table, struct import_counts *counts)
{
    struct coverage_import in = {
        .arena = a, .territory = territory_get(app, a), .dry_run = dry_run};
    struct table_in *t = table_open(a, text, columns, COUNT_OF(columns));
    *table = t;
    while (table_next(t))
        read_row(t, app, &in);
    if (in.n)
        qsort(in.v, in.n, sizeof *in.v, compare_rows);
    find_doubles(t, &in);
    if (table_faults(t) > 0)
        return ERR_INPUT;
    enum err rc = db_write(app->db, SCOPE_COUNTRY, write_counts, &in);
    *counts = in.counts;
    if (rc != ERR_CONFLICT || !in.checked)
        return rc;
    for (size_t i = 0; i < in.over.n; i++) {
        const struct count_row *row = &in.v[in.over.v[i]];
        struct buf *people = buf_in(a);
        buf_i64(people, row->people);
        table_fault_at(t, row->line, C_PEOPLE, buf_view(people), MSG_catalogue_import_sum);
    }
    return in.over.n ? ERR_INPUT : ERR_OK;
}

static int load_coverage(struct app *app, struct import_run *run)
{
    return import_finish(run, catalogue_load_coverage(app, run->arena, run->text, run->dry_run,
                                                      &run->table, &run->counts));
}

int catalogue_import_coverage(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_coverage);
}
