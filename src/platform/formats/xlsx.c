/*
 * The one file that includes libxlsxwriter; see xlsx.h.
 *
 * The library writes files only, so a workbook goes through a temporary file. Its constant-memory
 * mode keeps one row: cells must come in order, which this interface makes natural. Text is
 * cleaned first, because the library would write broken UTF-8 into the XML and Excel would refuse
 * the whole file.
 */
#include "platform/formats/xlsx.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/core/utf8.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include <xlsxwriter.h>

enum { MOST_TEXT = 32767, MOST_NAME = 31, DAY_1970 = 25569, MINUTES_A_DAY = 24 * 60 };
/* Beyond 15 digits a spreadsheet rounds. */
#define MOST_EXACT INT64_C(999999999999999)

struct total {
    int64_t whole; /* INT, MONEY */
    double decimal;
};

struct xlsx {
    struct arena *a;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    char *path;
    char *title, *note, *total_label;
    const struct xlsx_column *columns;
    struct total *totals;
    size_t n, at;
    uint32_t header_row, row;
    int sheets;
    lxw_format *title_format, *note_format, *head_format;
    lxw_format *cell[XLSX_TIME + 1], *sum[XLSX_TIME + 1];
    struct buf text;
    enum err rc; /* the first failure; later calls do nothing */
};

/* --- text --- */

/* A NUL-terminated copy of at most `most` UTF-16 units, as Excel counts. */
static const char *clean(struct buf *out, struct str s, size_t most)
{
    buf_clear(out);
    utf8_clean(out, s);
    struct str text = buf_view(out);
    uint32_t code;
    size_t end = 0;
    for (size_t at = 0; utf8_next(text, &at, &code);) {
        size_t units = code > 0xFFFF ? 2 : 1;
        if (units > most)
            break;
        most -= units;
        end = at;
    }
    out->n = end;
    buf_char(out, '\0');
    return out->p;
}

static char *clean_copy(struct xlsx *x, struct str s)
{
    const char *text = clean(&x->text, s, 255);
    return arena_cstr(x->a, str_from(text));
}

static void note_result(struct xlsx *x, lxw_error code)
{
    if (code == LXW_NO_ERROR || x->rc != ERR_OK)
        return;
    x->rc = code == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE ? ERR_TOO_LARGE : ERR_IO;
    LOG(LOG_WARN, "xlsx.failed", LOG_C("why", lxw_strerror(code)));
}

/* --- the book --- */

static const struct kind {
    const char *format;
    double width;
    bool right;
} kinds[] = {
    [XLSX_TEXT] = {"General", 26, false},
    [XLSX_INT] = {"#,##0", 12, true},
    [XLSX_DECIMAL] = {"#,##0.0", 12, true},
    [XLSX_MONEY] = {"#,##0.00", 16, true},
    [XLSX_PERCENT] = {"0%", 10, true},
    [XLSX_DATE] = {"dd.mm.yyyy", 12, true},
    [XLSX_TIME] = {"dd.mm.yyyy hh:mm", 17, true},
};

static lxw_format *add_format(struct xlsx *x, const struct kind *kind)
{
    lxw_format *f = workbook_add_format(x->book);
    format_set_num_format(f, kind->format);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (!kind->right)
        format_set_text_wrap(f);
    return f;
}

static void add_formats(struct xlsx *x)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        x->cell[i] = add_format(x, &kinds[i]);
        x->sum[i] = add_format(x, &kinds[i]);
        format_set_bold(x->sum[i]);
        format_set_top(x->sum[i], LXW_BORDER_THIN);
    }
    x->title_format = workbook_add_format(x->book);
    format_set_bold(x->title_format);
    format_set_font_size(x->title_format, 14);
    x->note_format = workbook_add_format(x->book);
    format_set_font_color(x->note_format, 0x595959);
    x->head_format = workbook_add_format(x->book);
    format_set_bold(x->head_format);
    format_set_text_wrap(x->head_format);
    format_set_align(x->head_format, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bottom(x->head_format, LXW_BORDER_MEDIUM);
    format_set_bg_color(x->head_format, 0xE8EEF4);
}

/* A name for the temporary file; the library opens it again by name. */
static enum err make_path(struct xlsx *x, const char *folder)
{
    x->path = arena_cstr(x->a, arena_printf(x->a, "%s/aimak-XXXXXX.xlsx", folder));
    int fd = mkstemps(x->path, 5);
    if (fd < 0) {
        LOG(LOG_ERROR, "xlsx.temporary", LOG_C("folder", folder), LOG_I("errno", errno));
        return ERR_IO;
    }
    close(fd);
    return ERR_OK;
}

enum err xlsx_begin(struct xlsx **out, const struct xlsx_about *about)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !folder[0])
        folder = "/tmp";
    struct arena *a = arena_new();
    struct xlsx *x = ARENA_NEW(a, struct xlsx);
    x->a = a;
    *out = NULL;
    enum err rc = make_path(x, folder);
    if (rc != ERR_OK) {
        arena_free(a);
        return rc;
    }
    x->title = clean_copy(x, about->title);
    x->note = clean_copy(x, about->note);
    x->total_label = clean_copy(x, about->total_label);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = (char *)(uintptr_t)folder};
    x->book = workbook_new_opt(x->path, &options);
    INVARIANT(x->book);
    lxw_doc_properties properties = {.title = x->title,
                                     .author = clean_copy(x, about->author),
                                     .created = (time_t)(about->made_ms / MS_SECOND)};
    workbook_set_properties(x->book, &properties);
    add_formats(x);
    *out = x;
    return ERR_OK;
}

/* --- sheets --- */

/* Excel's rules for names: none of []:*?/\, no apostrophe at the ends, unique whatever the case,
 * "History" reserved. */
static const char *sheet_name(struct xlsx *x, struct str name)
{
    struct buf safe = BUF_EMPTY;
    for (size_t i = 0; i < name.n; i++)
        buf_char(&safe, strchr("[]:*?/\\'\n\t\r", name.p[i]) ? '-' : name.p[i]);
    char *base = arena_cstr(x->a, str_trim(str_from(clean(&x->text, buf_view(&safe), MOST_NAME))));
    buf_free(&safe);
    if (base[0] && workbook_validate_sheet_name(x->book, base) == LXW_NO_ERROR &&
        !str_eq_nocase_ascii(str_from(base), STR("History")))
        return base;
    for (int i = x->sheets;; i++) {
        struct str shorter = str_from(clean(&x->text, str_from(base), MOST_NAME - 6));
        char *other = arena_cstr(x->a, arena_printf(x->a, "%.*s (%d)", STRF(shorter), i));
        if (workbook_validate_sheet_name(x->book, other) == LXW_NO_ERROR)
            return other;
    }
}

static void write_heading(struct xlsx *x)
{
    x->row = 0;
    if (x->title[0])
        note_result(x, worksheet_write_string(x->sheet, x->row++, 0, x->title, x->title_format));
    if (x->note[0])
        note_result(x, worksheet_write_string(x->sheet, x->row++, 0, x->note, x->note_format));
    if (x->row > 0)
        x->row++; /* an empty line keeps filters and sorting to the table */
    x->header_row = x->row;
    for (size_t i = 0; i < x->n; i++) {
        const struct xlsx_column *c = &x->columns[i];
        double width = c->width > 0 ? c->width : kinds[c->type].width;
        worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
        note_result(x, worksheet_write_string(x->sheet, x->row, (lxw_col_t)i,
                                              clean(&x->text, c->title, 255), x->head_format));
    }
    x->row++;
    worksheet_freeze_panes(x->sheet, x->row, 0);
}

static bool has_totals(const struct xlsx *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->columns[i].total)
            return true;
    return false;
}

static void column_letters(char out[4], size_t column)
{
    char reversed[4];
    int n = 0;
    for (size_t c = column + 1; c > 0; c = (c - 1) / 26)
        reversed[n++] = (char)('A' + (c - 1) % 26);
    for (int i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = '\0';
}

static double total_value(const struct xlsx *x, size_t i)
{
    if (x->columns[i].type == XLSX_DECIMAL)
        return x->totals[i].decimal;
    return x->columns[i].type == XLSX_MONEY ? (double)x->totals[i].whole / 100
                                            : (double)x->totals[i].whole;
}

/* SUBTOTAL, not SUM: the total follows the filter that the reader sets. */
static void write_totals(struct xlsx *x)
{
    uint32_t first = x->header_row + 2, last = x->row; /* as Excel counts, from 1 */
    for (size_t i = 0; i < x->n; i++) {
        const struct xlsx_column *c = &x->columns[i];
        char letters[4], formula[64];
        column_letters(letters, i);
        snprintf(formula, sizeof formula, "=SUBTOTAL(109,%s%u:%s%u)", letters, first, letters,
                 last);
        if (c->total)
            note_result(x, worksheet_write_formula_num(x->sheet, x->row, (lxw_col_t)i, formula,
                                                       x->sum[c->type], total_value(x, i)));
        else
            note_result(x, worksheet_write_string(x->sheet, x->row, (lxw_col_t)i,
                                                  i == 0 ? x->total_label : "", x->sum[XLSX_TEXT]));
    }
    x->row++;
}

static void end_sheet(struct xlsx *x)
{
    if (!x->sheet)
        return;
    INVARIANT(x->at == 0); /* xlsx_row_end was called */
    uint32_t last = x->row > x->header_row + 1 ? x->row - 1 : x->row;
    note_result(x, worksheet_autofilter(x->sheet, x->header_row, 0, last, (lxw_col_t)(x->n - 1)));
    if (has_totals(x) && x->row > x->header_row + 1)
        write_totals(x);
    x->sheet = NULL;
}

void xlsx_sheet(struct xlsx *x, struct str name, const struct xlsx_column *columns, size_t n)
{
    INVARIANT(n > 0 && n <= 1000);
    end_sheet(x);
    x->columns = columns;
    x->n = n;
    x->at = 0;
    x->totals = ARENA_ARRAY(x->a, struct total, n);
    x->sheets++;
    x->sheet = workbook_add_worksheet(x->book, sheet_name(x, name));
    INVARIANT(x->sheet);
    worksheet_set_paper(x->sheet, 9); /* A4 */
    worksheet_set_landscape(x->sheet);
    worksheet_fit_to_pages(x->sheet, 1, 0);
    write_heading(x);
    worksheet_repeat_rows(x->sheet, x->header_row, x->header_row);
}

/* --- cells --- */

/* The column of the next cell, whose type must be one of the two. */
static lxw_col_t next_cell(struct xlsx *x, enum xlsx_type type, enum xlsx_type or_type)
{
    INVARIANT(x->sheet && x->at < x->n);
    enum xlsx_type is = x->columns[x->at].type;
    INVARIANT(is == type || is == or_type);
    return (lxw_col_t)x->at++;
}

static void put_number(struct xlsx *x, lxw_col_t column, double v)
{
    if (x->rc == ERR_OK)
        note_result(x, worksheet_write_number(x->sheet, x->row, column, v,
                                              x->cell[x->columns[column].type]));
}

static void put_text(struct xlsx *x, lxw_col_t column, struct str s)
{
    if (x->rc == ERR_OK && !str_empty(s))
        note_result(x, worksheet_write_string(x->sheet, x->row, column,
                                              clean(&x->text, s, MOST_TEXT), x->cell[XLSX_TEXT]));
}

void xlsx_text(struct xlsx *x, struct str s)
{
    put_text(x, next_cell(x, XLSX_TEXT, XLSX_TEXT), s);
}

void xlsx_int(struct xlsx *x, int64_t v)
{
    lxw_col_t column = next_cell(x, XLSX_INT, XLSX_TEXT);
    if (x->columns[column].type == XLSX_TEXT || v > MOST_EXACT || v < -MOST_EXACT) {
        char digits[24];
        int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
        put_text(x, column, str_of(digits, (size_t)n));
        return;
    }
    INVARIANT(!__builtin_add_overflow(x->totals[column].whole, v, &x->totals[column].whole));
    put_number(x, column, (double)v);
}

void xlsx_opt(struct xlsx *x, struct i64_opt v)
{
    if (v.set)
        xlsx_int(x, v.v);
    else
        xlsx_blank(x);
}

void xlsx_decimal(struct xlsx *x, double v)
{
    lxw_col_t column = next_cell(x, XLSX_DECIMAL, XLSX_PERCENT);
    if (!isfinite(v))
        return;
    x->totals[column].decimal += v;
    put_number(x, column, v);
}

void xlsx_money(struct xlsx *x, int64_t tyiyn)
{
    lxw_col_t column = next_cell(x, XLSX_MONEY, XLSX_MONEY);
    INVARIANT(!__builtin_add_overflow(x->totals[column].whole, tyiyn, &x->totals[column].whole));
    put_number(x, column, (double)tyiyn / 100);
}

void xlsx_day(struct xlsx *x, int64_t day)
{
    put_number(x, next_cell(x, XLSX_DATE, XLSX_DATE), (double)(day + DAY_1970));
}

void xlsx_time(struct xlsx *x, int64_t utc_ms)
{
    /* Whole minutes: a spreadsheet would show 15:03:59.999 for 15:04. */
    int64_t minutes = (utc_ms + BISHKEK_OFFSET_MS) / MS_MINUTE;
    put_number(x, next_cell(x, XLSX_TIME, XLSX_TIME), (double)minutes / MINUTES_A_DAY + DAY_1970);
}

void xlsx_blank(struct xlsx *x)
{
    INVARIANT(x->sheet && x->at < x->n);
    x->at++;
}

void xlsx_row_end(struct xlsx *x)
{
    INVARIANT(x->sheet);
    if (x->row >= LXW_ROW_MAX - 1 && x->rc == ERR_OK)
        x->rc = ERR_TOO_LARGE; /* one row is kept for the totals */
    x->at = 0;
    if (x->rc == ERR_OK)
        x->row++;
}

/* --- the end --- */

static void release(struct xlsx *x)
{
    unlink(x->path);
    buf_free(&x->text);
    arena_free(x->a);
}

static enum err read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return ERR_IO;
    size_t n;
    do {
        n = fread(buf_reserve(out, 65536), 1, 65536, file);
        out->n += n;
    } while (n > 0);
    enum err rc = ferror(file) ? ERR_IO : ERR_OK;
    fclose(file);
    return rc;
}

enum err xlsx_finish(struct xlsx *x, struct buf *out)
{
    end_sheet(x);
    note_result(x, workbook_close(x->book)); /* releases the book, also on failure */
    enum err rc = x->rc;
    if (rc == ERR_OK)
        rc = read_file(x->path, out);
    release(x);
    return rc;
}

void xlsx_abandon(struct xlsx *x)
{
    if (!x)
        return;
    lxw_workbook_free(x->book);
    release(x);
}
