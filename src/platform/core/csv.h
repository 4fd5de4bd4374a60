/*
 * CSV after RFC 4180, streaming both ways, UTF-8 with or without a byte-order mark.
 *
 * Reading accepts comma or semicolon (found from the first line), CRLF or LF, quoted fields with
 * line breaks. A blank line is a record with one empty field. Bounds: 1 MiB a record, 1,000 fields.
 * Writing quotes where needed and, so that a spreadsheet never takes a resident's words for a
 * formula, puts an apostrophe before a text that starts with = + - @ tab, CR or LF (OWASP "CSV
 * injection"); numbers are written as numbers.
 */
#ifndef CORE_CSV_H
#define CORE_CSV_H

#include "platform/core/buf.h"

#include <stdio.h>

struct csv_reader;

/* Reads from memory (borrowed until csv_close) or a file. */
struct csv_reader *csv_open_str(struct str text);
struct csv_reader *csv_open_file(FILE *file); /* borrowed */
void csv_close(struct csv_reader *r);

struct csv_record {
    const struct str *field; /* valid until the next call */
    size_t n;
    int64_t line; /* where the record starts, from 1 */
};
/* ERR_OK with *more false at the end; ERR_PARSE for broken quoting, a lone CR or bad UTF-8;
 * ERR_TOO_LARGE; ERR_IO. After a fault every call gives the same code. */
MUST enum err csv_next(struct csv_reader *r, struct csv_record *out, bool *more);
/* The line of the latest record or fault; for a quote that is never closed, where it opened. */
int64_t csv_line(const struct csv_reader *r);

struct csv_writer {
    struct buf *out;
    bool started; /* a field of this record is already written */
};
void csv_text(struct csv_writer *w, struct str s); /* NULL view: empty field */
void csv_number(struct csv_writer *w, int64_t v);
void csv_double(struct csv_writer *w, double v);
void csv_end(struct csv_writer *w); /* CRLF */

#endif
