/*
 * Lists that people import: a CSV with a header line, read by column name, every fault collected
 * with its row and column so that all can be mended at once. Nothing is stored while reading: the
 * caller writes only when table_faults() is 0, so a file is taken whole or not at all.
 */
#ifndef FORMATS_TABLE_IN_H
#define FORMATS_TABLE_IN_H

#include "platform/core/csv.h"
#include "platform/i18n/message.h"

struct table_column {
    const char *name; /* header text; case and blanks around it are ignored */
    bool required;    /* the column must exist and its cells must not be empty */
};

struct table_fault {
    int64_t line;       /* of the file, from 1 */
    const char *column; /* NULL: the whole line */
    struct str value;   /* what stands there, at most 60 characters */
    enum msg what;
};

struct table_in;

/* The header is the first of the first six lines that names a column: a title may stand above it.
 * `text` and `a` must outlive the table. Faults of the header are collected too: check table_faults
 * before the first row. */
struct table_in *table_open(struct arena *a, struct str text, const struct table_column *columns,
                            int count);
/* The next row; false at the end or when the file is broken beyond reading on. Empty lines are
 * skipped. */
bool table_next(struct table_in *t);
int64_t table_line(const struct table_in *t);
/* The cell, trimmed, borrowed until the next row; empty when the column is absent. */
struct str table_cell(const struct table_in *t, int column);
bool table_has(const struct table_in *t, int column);
/* Typed cells; an empty optional cell gives false without a fault, a wrong one false with a fault.
 */
bool table_i64(struct table_in *t, int column, int64_t min, int64_t max, int64_t *out);
bool table_double(struct table_in *t, int column, double min, double max, double *out);
bool table_day(struct table_in *t, int column, int64_t *out);
/* Adds a fault of this row; column -1: of the whole row. */
void table_fault(struct table_in *t, int column, enum msg what);
/* A fault found after the whole file was read: the caller kept the line and the value. */
void table_fault_at(struct table_in *t, int64_t line, int column, struct str value, enum msg what);

int64_t table_faults(const struct table_in *t);
/* The first 200 faults; the count above may be larger. */
const struct table_fault *table_fault_list(const struct table_in *t, size_t *n);
/* One line a fault, in the language: "Row 17, column "lat", "4x.5": not a number." */
void table_fault_report(const struct table_in *t, enum lang lang, struct buf *out);

#endif
