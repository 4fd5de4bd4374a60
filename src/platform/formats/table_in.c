/*
 * Reading imported lists: see table_in.h. The file is already in memory; cells are views into it
 * or into the CSV reader's buffer, so a list of a million rows costs one row of memory.
 */
#include "platform/formats/table_in.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#define FAULTS_KEPT 200
#define COLUMNS_MAX 64
#define HEADER_WITHIN 6

struct table_in {
    struct arena *arena;
    struct csv_reader *reader;
    const struct table_column *columns;
    int count;
    int at[COLUMNS_MAX]; /* position in the file of each declared column, -1 absent */
    struct csv_record record;
    int64_t fault_count;
    struct table_fault_items {
        struct table_fault *v;
        size_t n, cap;
    } faults;
};

static void add_fault(struct table_in *t, int64_t line, const char *column, struct str value,
                      enum msg what)
{
    t->fault_count++;
    if (t->faults.n >= FAULTS_KEPT)
        return;
    struct table_fault fault = {
        .line = line,
        .column = column,
        .value = arena_str(t->arena, utf8_prefix(value, 60)),
        .what = what,
    };
    ARENA_PUSH(t->arena, t->faults, fault);
}

static void read_fault(struct table_in *t, enum err rc)
{
    add_fault(t, csv_line(t->reader), NULL, STR(""),
              rc == ERR_TOO_LARGE ? MSG_table_too_large : MSG_table_broken);
}

static void close_reader(void *reader)
{
    csv_close(reader);
}

static bool names_a_column(const struct table_in *t)
{
    for (int c = 0; c < t->count; c++)
        for (size_t i = 0; i < t->record.n; i++)
            if (str_eq_nocase_ascii(str_trim(t->record.field[i]), str_from(t->columns[c].name)))
                return true;
    return false;
}

/* Our own spreadsheets have a title above their header: lines that name no column are passed over,
 * but only a few, so that a list without a header is told so. */
static void read_header(struct table_in *t)
{
    bool more = false;
    for (int line = 0; line < HEADER_WITHIN; line++) {
        enum err rc = csv_next(t->reader, &t->record, &more);
        if (rc != ERR_OK) {
            read_fault(t, rc);
            return;
        }
        if (!more || names_a_column(t))
            break;
    }
    for (int c = 0; c < t->count; c++) {
        t->at[c] = -1;
        for (size_t i = 0; more && i < t->record.n; i++)
            if (str_eq_nocase_ascii(str_trim(t->record.field[i]), str_from(t->columns[c].name))) {
                if (t->at[c] >= 0)
                    add_fault(t, 1, t->columns[c].name, STR(""), MSG_table_column_twice);
                t->at[c] = (int)i;
            }
        if (t->at[c] < 0 && t->columns[c].required)
            add_fault(t, 1, t->columns[c].name, STR(""), MSG_table_column_missing);
    }
}

struct table_in *table_open(struct arena *a, struct str text, const struct table_column *columns,
                            int count)
{
    INVARIANT(count <= COLUMNS_MAX);
    struct table_in *t = ARENA_NEW(a, struct table_in);
    t->arena = a;
    t->columns = columns;
    t->count = count;
    t->reader = csv_open_str(text);
    arena_defer(a, close_reader, t->reader);
    read_header(t);
    return t;
}

static bool record_is_empty(const struct csv_record *record)
{
    for (size_t i = 0; i < record->n; i++)
        if (!str_empty(str_trim(record->field[i])))
            return false;
    return true;
}

bool table_next(struct table_in *t)
{
    bool more = true;
    for (;;) {
        enum err rc = csv_next(t->reader, &t->record, &more);
        if (rc != ERR_OK) {
            read_fault(t, rc);
            return false;
        }
        if (!more)
            return false;
        if (!record_is_empty(&t->record))
            break;
    }
    for (int c = 0; c < t->count; c++)
        if (t->columns[c].required && t->at[c] >= 0 && str_empty(table_cell(t, c)))
            table_fault(t, c, MSG_table_cell_missing);
    return true;
}

int64_t table_line(const struct table_in *t)
{
    return t->record.line;
}

bool table_has(const struct table_in *t, int column)
{
    return t->at[column] >= 0;
}

struct str table_cell(const struct table_in *t, int column)
{
    int at = t->at[column];
    if (at < 0 || (size_t)at >= t->record.n)
        return STR("");
    return str_trim(t->record.field[at]);
}

void table_fault(struct table_in *t, int column, enum msg what)
{
    add_fault(t, t->record.line, column >= 0 ? t->columns[column].name : NULL,
              column >= 0 ? table_cell(t, column) : STR(""), what);
}

void table_fault_at(struct table_in *t, int64_t line, int column, struct str value, enum msg what)
{
    add_fault(t, line, column >= 0 ? t->columns[column].name : NULL, value, what);
}

bool table_i64(struct table_in *t, int column, int64_t min, int64_t max, int64_t *out)
{
    struct str cell = table_cell(t, column);
    if (cell.n == 0)
        return false;
    if (!str_to_i64(cell, out)) {
        table_fault(t, column, MSG_table_not_a_number);
        return false;
    }
    if (*out < min || *out > max) {
        table_fault(t, column, MSG_table_out_of_range);
        return false;
    }
    return true;
}

bool table_double(struct table_in *t, int column, double min, double max, double *out)
{
    struct str cell = table_cell(t, column);
    if (cell.n == 0)
        return false;
    if (!str_to_double(cell, out)) {
        table_fault(t, column, MSG_table_not_a_number);
        return false;
    }
    if (!(*out >= min && *out <= max)) {
        table_fault(t, column, MSG_table_out_of_range);
        return false;
    }
    return true;
}

bool table_day(struct table_in *t, int column, int64_t *out)
{
    struct str cell = table_cell(t, column);
    if (cell.n == 0)
        return false;
    if (!day_parse(cell, out)) {
        table_fault(t, column, MSG_table_not_a_date);
        return false;
    }
    return true;
}

int64_t table_faults(const struct table_in *t)
{
    return t->fault_count;
}

const struct table_fault *table_fault_list(const struct table_in *t, size_t *n)
{
    *n = t->faults.n;
    return t->faults.v;
}

void table_fault_report(const struct table_in *t, enum lang lang, struct buf *out)
{
    for (size_t i = 0; i < t->faults.n; i++) {
        const struct table_fault *f = &t->faults.v[i];
        if (f->column)
            MSG_PUT(out, lang, MSG_table_fault_cell, ARG_N("row", f->line),
                    ARG_S("column", str_from(f->column)), ARG_S("value", f->value));
        else
            MSG_PUT(out, lang, MSG_table_fault_row, ARG_N("row", f->line));
        buf_char(out, ' ');
        buf_str(out, msg_text(lang, f->what));
        buf_char(out, '\n');
    }
    if (t->fault_count > (int64_t)t->faults.n) {
        MSG_PUT(out, lang, MSG_table_faults_more,
                ARG_N("n", t->fault_count - (int64_t)t->faults.n));
        buf_char(out, '\n');
    }
}
