/*
 * Spreadsheets for officers, councils and ministries (libxlsxwriter inside xlsx.c): a title, a
 * header row that stays when scrolling, filters, typed columns, a totals row. Rows are streamed:
 * memory does not grow with their number.
 *
 * Text is always written as text: "=1+1" typed by a resident is never a formula. Totals are
 * formulas over the column with the computed value stored, so that viewers that do not calculate
 * show it too. Money is written in som (tyiyn / 100), dates as real dates of the municipal
 * calendar.
 *
 *     struct xlsx *x;
 *     TRY(xlsx_begin(&x, &about));
 *     xlsx_sheet(x, name, columns, COUNT_OF(columns));
 *     for each row: xlsx_text(x, s); xlsx_int(x, n); ... xlsx_row_end(x);
 *     TRY(xlsx_finish(x, out));        // or xlsx_abandon(x)
 *
 * A call that does not match its column's type is a bug (INVARIANT); xlsx_blank fits every column.
 */
#ifndef FORMATS_XLSX_H
#define FORMATS_XLSX_H

#include "platform/core/buf.h"

enum xlsx_type {
    XLSX_TEXT,
    XLSX_INT,
    XLSX_DECIMAL, /* one decimal */
    XLSX_MONEY,   /* tyiyn in; 1 234,50 shown */
    XLSX_PERCENT, /* a fraction in; 87 % shown */
    XLSX_DATE,    /* day number in; 22.11.2026 shown */
    XLSX_TIME,    /* UTC milliseconds in; 22.11.2026 15:04 municipal time shown */
};
struct xlsx_column {
    struct str title;
    enum xlsx_type type;
    int width;  /* characters; 0: by type */
    bool total; /* sum in the last row (INT, DECIMAL, MONEY) */
};
struct xlsx_about {
    struct str title;       /* document property, and the first line of each sheet */
    struct str note;        /* second line: source, date, filter used; NULL: none */
    struct str author;      /* the municipality */
    struct str total_label; /* "Бардыгы"; in the first column of the totals row */
    int64_t made_ms;
};

struct xlsx;
/* ERR_IO when no temporary file can be made (TMPDIR, else /tmp). */
MUST enum err xlsx_begin(struct xlsx **out, const struct xlsx_about *about);
/* Ends the sheet before, if any. Columns are borrowed until the next sheet or the end. Characters
 * that a sheet name may not hold are replaced, and long names cut at 31. */
void xlsx_sheet(struct xlsx *x, struct str name, const struct xlsx_column *columns, size_t n);

void xlsx_text(struct xlsx *x, struct str s); /* cut at 32,767 characters, Excel's limit */
void xlsx_int(struct xlsx *x, int64_t v);     /* over 15 digits (ids): as text, so none is lost */
void xlsx_opt(struct xlsx *x, struct i64_opt v);
void xlsx_decimal(struct xlsx *x, double v); /* NAN: blank; also for PERCENT */
void xlsx_money(struct xlsx *x, int64_t tyiyn);
void xlsx_day(struct xlsx *x, int64_t day);
void xlsx_time(struct xlsx *x, int64_t utc_ms);
void xlsx_blank(struct xlsx *x);
/* Cells not written stay blank. */
void xlsx_row_end(struct xlsx *x);

/* Writes the file into `out` and releases everything, also on error. ERR_IO (disk full),
 * ERR_TOO_LARGE (over 1,048,576 rows in a sheet). */
MUST enum err xlsx_finish(struct xlsx *x, struct buf *out);
void xlsx_abandon(struct xlsx *x);

#endif
