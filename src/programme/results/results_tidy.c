/*
 * Tidy files: one row is an indicator, a municipality, a period and one full disaggregation. What
 * is written here can be read back. A file is taken whole or not at all: every fault is named by
 * row and column before anything is written.
 */
#include "programme/results/results_value.h"

#include "programme/results/results_public.h"

#include "platform/core/cli.h"
#include "platform/core/csv.h"
#include "platform/web/import.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    C_INDICATOR,
    C_UNIT,
    C_KIND,
    C_PERIOD,
    C_VALUE,
    C_BASE,
    C_GRADE,
    C_NOTE,
    C_WORDS,
    C_STATE,
    C__FIXED
};
static const struct table_column fixed[C__FIXED] = {
    [C_INDICATOR] = {"indicator", true}, [C_UNIT] = {"unit", true},
    [C_KIND] = {"kind", false},          [C_PERIOD] = {"period", true},
    [C_VALUE] = {"value", true},         [C_BASE] = {"denominator", false},
    [C_GRADE] = {"grade", false},        [C_NOTE] = {"note", false},
    [C_WORDS] = {"words", false},        [C_STATE] = {"state", false},
};

/* --- reading --- */

struct row {
    const struct result_indicator *indicator;
    struct str unit, kind, cell, grade, note, words;
    int64_t from, to, amount, line;
    struct i64_opt base;
};
struct loading {
    struct app *app;
    struct arena *a;
    const struct territory *territory;
    struct result_indicators indicators;
    struct result_members members;
    struct table_in *table;
    bool dry_run, checked;
    struct {
        struct row *v;
        size_t n, cap;
    } rows;
    struct {
        struct result_entry *v;
        size_t n, cap;
    } entries;
    struct import_counts counts;
    size_t failed; /* entry that the rules refused while writing */
    enum msg why_not;
};

static enum err read_lists(struct tx *tx, void *arg)
{
    struct loading *l = arg;
    enum err rc = ERR_OK;
    l->indicators = (struct result_indicators){0};
    TRY(results_indicators(l->app, tx, l->a, STR_NULL, &l->indicators));
    TRY(results_members(tx, l->a, &l->members));
out:
    return rc;
}

/* The dimensions' own columns, as one cell. */
static struct str cell_of(struct loading *l)
{
    struct buf *out = buf_in(l->a);
    for (size_t d = 0; d < l->members.dimensions.n; d++) {
        struct str value = table_cell(l->table, C__FIXED + (int)d);
        if (!value.n)
            continue;
        if (out->n)
            buf_char(out, ';');
        buf_str(out, l->members.dimensions.v[d].code);
        buf_char(out, '=');
        buf_str(out, value);
    }
    return buf_view(out);
}

static void read_row(struct loading *l)
{
    struct table_in *t = l->table;
    struct arena *a = l->a;
    struct result_period period;
    struct row row = {
        .line = table_line(t),
        .indicator = results_find(&l->indicators, table_cell(t, C_INDICATOR)),
        .kind = table_cell(t, C_KIND).n ? arena_str(a, table_cell(t, C_KIND)) : STR("actual"),
        .grade = table_cell(t, C_GRADE).n ? arena_str(a, table_cell(t, C_GRADE)) : STR("D"),
        .note = arena_str(a, table_cell(t, C_NOTE)),
        .words = arena_str(a, table_cell(t, C_WORDS))};
    struct str unit = table_cell(t, C_UNIT);
    const struct place *p = territory_find(l->territory, unit);
    bool country = str_eq(unit, STR("*"));
    if (!row.indicator) {
        if (table_cell(t, C_INDICATOR).n)
            table_fault(t, C_INDICATOR, MSG_results_fault_no_definition);
        return;
    }
    if (unit.n && !country && (!p || !place_is_municipality(p)))
        table_fault(t, C_UNIT, MSG_results_fault_unit);
    row.unit = country ? STR("*") : p ? p->code : STR("");
    if (!results_period_parse(a, table_cell(t, C_PERIOD), &period)) {
        if (table_cell(t, C_PERIOD).n)
            table_fault(t, C_PERIOD, MSG_results_fault_period);
        return;
    }
    row.from = period.from;
    row.to = period.to;
    if (table_cell(t, C_VALUE).n &&
        !results_amount_parse(table_cell(t, C_VALUE), row.indicator->decimals, &row.amount))
        table_fault(t, C_VALUE, MSG_results_fault_number);
    if (table_cell(t, C_BASE).n) {
        row.base.set = true;
        if (!results_amount_parse(table_cell(t, C_BASE), row.indicator->decimals, &row.base.v))
            table_fault(t, C_BASE, MSG_results_fault_number);
    }
    enum msg m = results_cell_normal(a, &l->members, row.indicator, cell_of(l), &row.cell);
    if (m != MSG_NONE)
        table_fault(t, -1, m);
    ARENA_PUSH(a, l->rows, row);
}

static int by_value(const void *x, const void *y)
{
    const struct row *a = x, *b = y;
    int order = str_compare(a->indicator->code, b->indicator->code);
    if (order == 0)
        order = str_compare(a->unit, b->unit);
    if (order == 0)
        order = str_compare(a->kind, b->kind);
    if (order == 0)
        order = (a->from > b->from) - (a->from < b->from);
    if (order == 0)
        order = (a->to > b->to) - (a->to < b->to);
    if (order == 0) /* the total, whose cell is empty, stands first */
        order = str_compare(a->cell, b->cell);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static bool same_value(const struct row *a, const struct row *b)
{
    return a->indicator == b->indicator && str_eq(a->unit, b->unit) && str_eq(a->kind, b->kind) &&
           a->from == b->from && a->to == b->to;
}

/* Rows of one value become an entry; faults are laid to the row that shows them. */
static void take_value(struct loading *l, const struct row *first, size_t n)
{
    struct result_cell *cells = ARENA_ARRAY(l->a, struct result_cell, n);
    struct result_entry e = {.indicator = first->indicator,
                             .unit = first->unit,
                             .id = id_new(),
                             .kind = first->kind,
                             .from = first->from,
                             .to = first->to,
                             .amount = first->amount,
                             .base = first->base,
                             .words = first->words,
                             .grade = first->grade,
                             .note = first->note,
                             .source = STR("import"),
                             .cells = cells,
                             .cell_count = n - 1};
    ptrdiff_t bad = -1;
    if (first->cell.n) {
        table_fault_at(l->table, first->line, C_VALUE, first->cell, MSG_results_fault_no_total);
        return;
    }
    for (size_t k = 1; k < n; k++)
        cells[k - 1] =
            (struct result_cell){first[k].cell, first[k].amount, first[k].base, first[k].line};
    enum msg m = n > 1 && !first[1].cell.n
                     ? MSG_results_fault_twice
                     : results_value_check(l->a, &l->members, &e, day_today(), &bad);
    if (m != MSG_NONE) {
        int64_t line = bad >= 0                       ? cells[bad].line
                       : m == MSG_results_fault_twice ? first[1].line
                                                      : first->line;
        int column = m == MSG_results_fault_kind     ? C_KIND
                     : m == MSG_results_fault_grade  ? C_GRADE
                     : m == MSG_results_fault_base   ? C_BASE
                     : m == MSG_results_fault_future ? C_PERIOD
                     : m == MSG_results_fault_period ? C_PERIOD
                     : m == MSG_results_fault_counted || m == MSG_results_fault_no_definition
                         ? C_INDICATOR
                         : C_VALUE;
        table_fault_at(l->table, line, column, bad >= 0 ? cells[bad].cell : STR(""), m);
        return;
    }
    ARENA_PUSH(l->a, l->entries, e);
}

static void find_overlaps(struct loading *l)
{
    for (size_t i = 1; i < l->rows.n; i++) {
        const struct row *a = &l->rows.v[i - 1], *b = &l->rows.v[i];
        if (a->indicator == b->indicator && str_eq(a->unit, b->unit) && str_eq(a->kind, b->kind) &&
            str_eq(a->kind, STR("actual")) && !same_value(a, b) && b->from < a->to)
            table_fault_at(l->table, b->line, C_PERIOD, results_period_code(l->a, b->from, b->to),
                           MSG_results_fault_overlap);
    }
}

static bool is_there(struct tx *tx, struct arena *a, const struct result_entry *e, enum err *rc)
{
    struct sql_results_value_meets_rows there;
    struct sql_results_value_cells_of_rows cells;
    *rc = sql_results_value_meets(tx, a, &there, .unit = e->unit, .indicator = e->indicator->code,
                                  .kind = e->kind, .from_month = e->from, .to_month = e->to);
    for (size_t k = 0; *rc == ERR_OK && k < there.n; k++) {
        const struct sql_results_value_meets_row *v = &there.v[k];
        if (v->from_month != e->from || v->to_month != e->to || v->amount != e->amount ||
            v->base.set != e->base.set || v->base.v != e->base.v)
            continue;
        *rc = sql_results_value_cells_of(tx, a, &cells, .unit = e->unit, .value = v->id);
        if (*rc != ERR_OK || cells.n != e->cell_count)
            return false;
        for (size_t c = 0; c < cells.n; c++)
            if (!str_eq(cells.v[c].cell, e->cells[c].cell) ||
                cells.v[c].amount != e->cells[c].amount)
                return false;
        return true;
    }
    return false;
}

static enum err write_entries(struct tx *tx, void *arg)
{
    struct loading *l = arg;
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    l->counts = (struct import_counts){.rows = (int64_t)l->rows.n};
    l->checked = false;
    l->why_not = MSG_NONE;
    for (size_t i = 0; i < l->entries.n; i++) {
        arena_reset(a);
        if (is_there(tx, a, &l->entries.v[i], &rc)) {
            l->counts.same++;
            continue;
        }
        if (rc != ERR_OK)
            goto out;
        rc = results_value_enter(tx, a, &l->members, &l->entries.v[i], &l->why_not);
        if (rc == ERR_INPUT)
            l->failed = i;
        if (rc != ERR_OK)
            goto out;
        l->counts.added++;
    }
    l->checked = true;
    if (l->dry_run)
        FAIL(ERR_CONFLICT); /* rolls back */
out:
    arena_free(a);
    return rc;
}

static int64_t line_of(const struct loading *l, const struct result_entry *e)
{
    for (size_t i = 0; i < l->rows.n; i++) {
        const struct row *r = &l->rows.v[i];
        if (r->indicator == e->indicator && str_eq(r->unit, e->unit) && str_eq(r->kind, e->kind) &&
            r->from == e->from && r->to == e->to)
            return r->line;
    }
    return 0;
}

enum err results_import(struct app *app, struct arena *a, struct str text, bool dry_run,
                        struct table_in **table, struct import_counts *counts)
{
    struct loading l = {.app = app, .a = a, .territory = territory_get(app, a), .dry_run = dry_run};
    enum err rc = ERR_OK;
    TRY(db_read(app->db, SCOPE_COUNTRY, read_lists, &l));
    struct table_column *columns =
        ARENA_ARRAY(a, struct table_column, C__FIXED + l.members.dimensions.n);
    memcpy(columns, fixed, sizeof fixed);
    for (size_t d = 0; d < l.members.dimensions.n; d++)
        columns[C__FIXED + d].name = arena_cstr(a, l.members.dimensions.v[d].code);
    *table = l.table = table_open(a, text, columns, C__FIXED + (int)l.members.dimensions.n);
    while (table_next(l.table))
        read_row(&l);
    if (table_faults(l.table) > 0)
        FAIL(ERR_INPUT);
    if (l.rows.n > 1)
        qsort(l.rows.v, l.rows.n, sizeof *l.rows.v, by_value);
    find_overlaps(&l);
    for (size_t i = 0, n; i < l.rows.n; i += n) {
        for (n = 1; i + n < l.rows.n && same_value(&l.rows.v[i], &l.rows.v[i + n]); n++)
            ;
        take_value(&l, &l.rows.v[i], n);
    }
    if (table_faults(l.table) > 0)
        FAIL(ERR_INPUT);
    rc = db_write(app->db, SCOPE_COUNTRY, write_entries, &l);
    *counts = l.counts;
    if (rc == ERR_CONFLICT && l.checked)
        rc = ERR_OK;
    if (rc == ERR_INPUT && l.why_not != MSG_NONE) {
        const struct result_entry *e = &l.entries.v[l.failed];
        table_fault_at(l.table, line_of(&l, e), C_PERIOD, results_period_code(a, e->from, e->to),
                       l.why_not);
    }
out:
    return rc;
}

static int load(struct app *app, struct import_run *run)
{
    return import_finish(
        run, results_import(app, run->arena, run->text, run->dry_run, &run->table, &run->counts));
}

int results_command_import(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load);
}

/* --- writing --- */

struct exporting {
    struct app *app;
    struct arena *a;
    struct str programme;
    bool counted, open; /* open: for the public */
    struct csv_writer w;
    struct result_indicators indicators;
    struct result_programmes programmes;
    struct sql_results_dimensions_rows dimensions;
    struct result_cover **covers; /* of each indicator; NULL: nothing is withheld */
    int64_t value_id;             /* the value whose rows come, and whether its total was shown */
    bool value_shown;
};

static struct str member_of(struct str cell, struct str dimension)
{
    struct str rest = cell, part;
    while (cell.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        if (at > 0 && str_eq(str_slice(part, 0, (size_t)at), dimension))
            return str_slice(part, (size_t)at + 1, part.n);
    }
    return STR("");
}

/* A plain number, which no spreadsheet takes for a formula: without csv_text's apostrophe. */
static void put_amount(struct csv_writer *w, const struct result_indicator *i, int64_t amount)
{
    struct result_indicator plain = {.decimals = i->decimals};
    if (i->decimals == 0) {
        csv_number(w, amount);
        return;
    }
    struct buf text = BUF_EMPTY;
    results_amount_plain(&text, &plain, amount, I64_NONE);
    csv_text(w, buf_view(&text));
    buf_free(&text);
}

static void put_line(struct exporting *x, const struct result_indicator *i, struct str unit,
                     struct str kind, int64_t from, int64_t to, int64_t amount, struct i64_opt base,
                     struct str grade, struct str note, struct str words, struct str state,
                     struct str cell)
{
    struct csv_writer *w = &x->w;
    struct arena *a = arena_new();
    csv_text(w, i->code);
    csv_text(w, unit);
    csv_text(w, kind);
    csv_text(w, results_period_code(a, from, to));
    put_amount(w, i, amount);
    if (base.set)
        put_amount(w, i, base.v);
    else
        csv_text(w, STR(""));
    csv_text(w, grade);
    csv_text(w, note);
    csv_text(w, words);
    csv_text(w, state);
    for (size_t d = 0; d < x->dimensions.n; d++)
        csv_text(w, member_of(cell, x->dimensions.v[d].code));
    if (x->counted) { /* of counters: dimensions that no entered value has */
        csv_text(w, member_of(cell, STR("basis")));
        csv_text(w, member_of(cell, STR("level")));
        csv_text(w, i->source);
    }
    csv_end(w);
    arena_free(a);
}

/* Of the public file: not the staff's notes, and of counts of people what the one rule lets
 * through (results_public.h). Values come by indicator, so one cover is at hand at a time. */
static enum err put_value(void *arg, const struct sql_results_value_export_row *row)
{
    struct exporting *x = arg;
    const struct result_indicator *i = results_find(&x->indicators, row->indicator);
    struct str note = row->note;
    if (!i)
        return ERR_OK;
    if (x->open) {
        const struct result_cover *c = x->covers[i - x->indicators.v];
        bool actual = str_eq(row->kind, STR("actual"));
        note = STR("");
        if (str_eq(row->kind, STR("baseline")) &&
            (row->cell.n || !results_public_alone(i, row->amount, row->base)))
            return ERR_OK;
        if (actual && !row->cell.n) {
            x->value_shown = results_cover_shows_value(c, row->unit, row->from_month, row->to_month,
                                                       row->amount, row->base);
            x->value_id = row->id;
        }
        if (actual && (x->value_id != row->id || !x->value_shown ||
                       (row->cell.n && !results_cover_shows_cells(c, row->unit, row->id))))
            return ERR_OK;
    }
    put_line(x, i, row->unit, row->kind, row->from_month, row->to_month, row->amount, row->base,
             row->grade, note, row->words, row->state, row->cell);
    return ERR_OK;
}

static enum err read_covers(struct tx *tx, struct exporting *x)
{
    enum err rc = ERR_OK;
    x->covers = ARENA_ARRAY(x->a, struct result_cover *, x->indicators.n);
    for (size_t k = 0; x->open && k < x->indicators.n; k++) {
        const struct result_programme *p =
            results_programme(&x->programmes, x->indicators.v[k].programme);
        if (p)
            TRY(results_cover_values(x->app, tx, x->a, p, &x->indicators.v[k], &x->covers[k]));
    }
out:
    return rc;
}

/* By municipality and calendar year. */
static enum err put_counted(struct tx *tx, struct exporting *x, const struct result_indicator *i)
{
    const struct result_programme *p = results_programme(&x->programmes, i->programme);
    int64_t bounds[64];
    struct result_rows rows;
    size_t n = 0;
    enum err rc = ERR_OK;
    if (!p || !i->counter)
        goto out;
    int64_t end = results_end_of_data(p, day_today());
    for (int64_t m = p->from_month / 12 * 12; m < end + 12 && n < COUNT_OF(bounds); m += 12)
        bounds[n++] = m;
    if (n < 2)
        goto out;
    struct result_ask ask = {.indicator = i,
                             .by_place = true,
                             .split = RESULT_SPLIT_NONE,
                             .bounds = bounds,
                             .periods = n - 1};
    if (x->open)
        TRY(results_public(x->app, tx, x->a, p, &ask, &rows));
    else
        TRY(results_read(tx, x->a, &ask, &rows));
    for (size_t k = 0; k < rows.n; k++) {
        const struct result_row *r = &rows.v[k];
        if (!r->withheld)
            put_line(x, i, r->place, STR("actual"), bounds[r->period], bounds[r->period + 1],
                     r->amount, r->base, STR("A"), STR(""), STR(""), STR("counted"), STR(""));
    }
out:
    return rc;
}

static enum err read_export(struct tx *tx, void *arg)
{
    struct exporting *x = arg;
    enum err rc = ERR_OK;
    buf_clear(x->w.out);
    x->w.started = false;
    x->indicators = (struct result_indicators){0};
    x->programmes = (struct result_programmes){0};
    TRY(results_programmes(tx, x->a, &x->programmes));
    TRY(results_indicators(x->app, tx, x->a, STR_NULL, &x->indicators));
    TRY(sql_results_dimensions(tx, x->a, &x->dimensions));
    TRY(read_covers(tx, x));
    for (int c = 0; c < C__FIXED; c++)
        csv_text(&x->w, str_from(fixed[c].name));
    for (size_t d = 0; d < x->dimensions.n; d++)
        csv_text(&x->w, x->dimensions.v[d].code);
    if (x->counted) {
        csv_text(&x->w, STR("basis"));
        csv_text(&x->w, STR("level"));
        csv_text(&x->w, STR("source"));
    }
    csv_end(&x->w);
    TRY(sql_results_value_export(tx, put_value, x, .programme = x->programme, .unit = STR_NULL,
                                 .verified = x->open));
    for (size_t i = 0; x->counted && i < x->indicators.n; i++)
        if (!x->programme.p || str_eq(x->indicators.v[i].programme, x->programme))
            TRY(put_counted(tx, x, &x->indicators.v[i]));
out:
    return rc;
}

enum err results_export(struct app *app, struct arena *a, struct str programme, bool counted,
                        bool open, struct buf *out)
{
    struct exporting x = {.app = app,
                          .a = a,
                          .programme = programme,
                          .counted = counted,
                          .open = open,
                          .w = {.out = out}};
    return db_read(app->db, SCOPE_COUNTRY, read_export, &x);
}

enum err results_open_csv(struct req *r)
{
    struct buf *out = resp_csv(r, "results.csv");
    struct buf *text = buf_in(r->arena);
    enum err rc = results_export(r->app, r->arena, STR_NULL, true, true, text);
    if (rc == ERR_OK) {
        buf_str(out, buf_view(text));
        resp_cache_public(r, 300);
    }
    return rc;
}

int results_command_export(struct app *app, int argc, char **argv)
{
    const char *programme = NULL;
    bool counted = cli_flag(&argc, argv, "--counted");
    if (!cli_value(&argc, argv, "--programme", &programme) || !cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    struct buf *out = buf_in(a);
    enum err rc = results_export(app, a, str_from(programme), counted, false, out);
    if (rc == ERR_OK)
        fwrite(out->p, 1, out->n, stdout);
    else
        cli_say("the values cannot be read (%s)", err_name(rc));
    arena_free(a);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}
