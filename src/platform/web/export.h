/*
 * Downloads of lists: one description of columns and one loop over rows give the spreadsheet and
 * the CSV, so that the two never differ in what they hold.
 *
 *     struct export *x;
 *     TRY(export_begin(r, format, &about, columns, COUNT_OF(columns), &x));
 *     for each row: export_text(x, name); export_int(x, people); export_row(x);
 *     TRY(export_end(x));
 *
 * The CSV is for programs: plain numbers, dates as 2026-11-22, times with their zone, shares as
 * 0.874, no heading and no totals. The spreadsheet is for people.
 */
#ifndef WEB_EXPORT_H
#define WEB_EXPORT_H

#include "platform/formats/xlsx.h"
#include "platform/web/req.h"

struct export_column {
    enum msg title;
    enum xlsx_type type;
    int width;  /* characters in the spreadsheet; 0: by type */
    bool total; /* sum in the last row of the spreadsheet */
};
struct export_about {
    struct str title;  /* heading of the sheet */
    struct str note;   /* filter used, how it was counted; NULL: only when it was made */
    struct str author; /* the municipality */
    struct str name;   /* of the file, without its ending: "services-41704235837000" */
};

struct export;
/* format: "xlsx" or "csv"; ERR_NOT_FOUND for any other. The columns are borrowed until the end. */
MUST enum err export_begin(struct req *r, struct str format, const struct export_about *about,
                           const struct export_column *columns, size_t n, struct export **out);
void export_text(struct export *x, struct str s); /* NULL view: blank */
void export_msg(struct export *x, enum msg m);
void export_int(struct export *x, int64_t v);
void export_opt(struct export *x, struct i64_opt v);
/* Of people: blank when so few are withheld (core/figure.h). */
void export_people(struct export *x, struct i64_opt v);
/* Of a column of XLSX_MONEY; tyiyn. Not set: blank. In the CSV 1234.50. */
void export_money(struct export *x, struct i64_opt tyiyn);
void export_share(struct export *x, int64_t part, int64_t whole); /* whole <= 0: blank */
void export_day(struct export *x, int64_t day);
void export_time(struct export *x, int64_t utc_ms);
void export_blank(struct export *x);
void export_row(struct export *x);
/* Answers. The request's arena releases what an unfinished export holds. */
MUST enum err export_end(struct export *x);

#endif
