/*
 * Shared inside the open data room: how a file is declared, how its rows are written, and how an
 * edition of it is kept.
 *
 * A file is one `struct open_file`: its columns with type, unit and meaning, and a function that
 * writes its rows. The writer checks each value against the declared column, and the codebook and
 * datapackage.json are made from the same declaration, so none of them can say anything else than
 * what stands in the files.
 *
 *     static const struct open_column columns[] = {
 *         OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
 *         OPEN_PEOPLE("population", MSG_opendata_u_people, MSG_opendata_c_population),
 *         OPEN_WITHHELD,
 *     };
 *     ... open_text(w, unit); open_people(w, 3);  -> blank, and "population" stands in `withheld`
 *     open_row(w);
 */
#ifndef OPENDATA_INTERNAL_H
#define OPENDATA_INTERNAL_H

#include "front/opendata/opendata.h"

#include "community/places/places.h"
#include "platform/core/csv.h"
#include "platform/core/figure.h"
#include "platform/formats/json.h"

#include <sodium.h>

/* Rows read in one transaction; memory is bounded by it. */
#define OPEN_CHUNK 1000
/* An edition is made again after this time. */
#define OPEN_EDITION_MS (60 * INT64_C(60000))
/* Longest period for the whole country; any for one municipality. */
#define OPEN_COUNTRY_DAYS 92
/* Files made at the same time; one more is asked to come back. */
#define OPEN_MAKERS 2
/* Decimals of coordinates; those of reports are decided in cases.h. */
#define OPEN_CASE_DECIMALS CASE_PUBLIC_DECIMALS
#define OPEN_PLACE_DECIMALS 5

#define OPEN_LICENCE "CC-BY-4.0"
#define OPEN_LICENCE_URL "https://creativecommons.org/licenses/by/4.0/"

/* --- declarations --- */

enum open_type {
    OPEN_TEXT,
    OPEN_CODE, /* text of letters, digits and marks, to look up or to join by */
    OPEN_INT,
    OPEN_DECIMAL,
    OPEN_BOOL,  /* true, false */
    OPEN_DAY,   /* 2026-03-31, of the municipal calendar */
    OPEN_MONTH, /* 2026-03 */
    OPEN_TIME,  /* 2026-03-31T07:00:00Z */
    OPEN_TYPE__MAX
};
const char *open_type_code(enum open_type t); /* as Table Schema names it: "yearmonth" */
enum msg open_type_message(enum open_type t);

struct open_column {
    const char *name;
    enum open_type type;
    bool blank; /* may be empty: unknown, none, or withheld */
    int few;    /* people from 1 to few - 1 are withheld; 0: never */
    enum msg unit;
    enum msg meaning;
    const char *(*values)(size_t i); /* the words it may be; NULL at the end; may be NULL */
};
#define OPEN_COLUMN(name_, type_, meaning_)                                                        \
    {                                                                                              \
        .name = (name_), .type = (type_), .meaning = (meaning_)                                    \
    }
#define OPEN_BLANK(name_, type_, meaning_)                                                         \
    {                                                                                              \
        .name = (name_), .type = (type_), .meaning = (meaning_), .blank = true                     \
    }
#define OPEN_VALUES(name_, values_, meaning_)                                                      \
    {                                                                                              \
        .name = (name_), .type = OPEN_CODE, .meaning = (meaning_), .values = (values_)             \
    }
#define OPEN_UNIT(name_, type_, unit_, meaning_)                                                   \
    {                                                                                              \
        .name = (name_), .type = (type_), .unit = (unit_), .meaning = (meaning_), .blank = true    \
    }
/* How many records there are: shown in full (core/figure.h), and always known. */
#define OPEN_COUNT(name_, unit_, meaning_)                                                         \
    {                                                                                              \
        .name = (name_), .type = OPEN_INT, .unit = (unit_), .meaning = (meaning_)                  \
    }
/* How many people there are: withheld where the rule says so. */
#define OPEN_PEOPLE(name_, unit_, meaning_)                                                        \
    {                                                                                              \
        .name = (name_), .type = OPEN_INT, .unit = (unit_), .meaning = (meaning_), .blank = true,  \
        .few = FIGURE_FEW                                                                          \
    }
/* The last column of a file with withheld counts; the writer fills it. */
#define OPEN_WITHHELD_NAME "withheld"
#define OPEN_WITHHELD                                                                              \
    {                                                                                              \
        .name = OPEN_WITHHELD_NAME, .type = OPEN_TEXT, .meaning = MSG_opendata_c_withheld,         \
        .blank = true                                                                              \
    }

/* What is asked for. */
struct open_question {
    struct app *app;
    struct arena *arena; /* of the whole question; rows have arenas of their own */
    const struct territory *territory;
    struct place_codes units; /* municipalities of record, merged ones too, by code */
    bool one_unit;            /* one municipality, and those that merged into it */
    bool has_days;
    int64_t from_day, to_day; /* both included; without has_days everything */
    int64_t today;
};

struct open_writer;
typedef enum err (*open_rows_fn)(const struct open_question *q, struct open_writer *w);

struct open_file {
    const char *name; /* "figures_by_month": /open/figures_by_month.csv */
    enum msg title, about;
    const struct open_column *columns;
    size_t column_count;
    const char *const *keys; /* columns that identify a row; ends with NULL */
    bool by_unit, by_day;    /* heeds ?m=, ?from= and ?to= */
    bool geo;                /* also as GeoJSON */
    open_rows_fn rows;
};
extern const struct open_file *const open_files[]; /* ends with NULL */
const struct open_file *open_file_find(struct str name);

extern const struct open_file open_municipalities, open_places, open_cases, open_visits,
    open_promises, open_figures, open_months, open_codebook;

/* --- writing --- */

enum open_format { OPEN_CSV, OPEN_JSONL, OPEN_GEOJSON, OPEN_FORMAT__MAX };
const char *open_format_ending(enum open_format f); /* "jsonl" */
const char *open_format_type(enum open_format f);   /* content type */

struct open_writer {
    const struct open_file *file;
    enum open_format format;
    int fd;
    struct buf out;
    struct csv_writer csv;
    struct json_writer json;
    size_t at;                 /* the next column */
    struct buf withheld;       /* names of columns withheld in this row */
    const struct place *place; /* of this row, for its geometry */
    int64_t rows, bytes;
    crypto_generichash_state hash;
};
/* The descriptor stays the caller's. open_finish writes what is left and gives the content's hash
 * as hex of 32 characters. open_drop releases memory, also after a failure. */
void open_begin(struct open_writer *w, const struct open_file *file, enum open_format format,
                int fd);
MUST enum err open_finish(struct open_writer *w, struct buf *hash);
void open_drop(struct open_writer *w);

/* One call a column, in their order; another type or too many are bugs. */
void open_text(struct open_writer *w, struct str s); /* NULL or empty: blank; TEXT and CODE */
void open_cstr(struct open_writer *w, const char *s);
void open_int(struct open_writer *w, int64_t v);
void open_opt(struct open_writer *w, struct i64_opt v);
void open_decimal(struct open_writer *w, bool known, double v, int decimals);
void open_bool(struct open_writer *w, bool v);
void open_day(struct open_writer *w, int64_t day); /* 0: blank */
void open_month(struct open_writer *w, int year, int month);
void open_time(struct open_writer *w, int64_t ms); /* 0: blank */
void open_blank(struct open_writer *w);
/* A number of people in a column with `few`: withheld when it is small. */
void open_people(struct open_writer *w, int64_t v);
/* Ends the row; gives the withheld columns where the file has that column. ERR_UNAVAILABLE when the
 * disk is full. */
MUST enum err open_row(struct open_writer *w);

/* --- editions --- */

struct open_edition {
    int fd; /* -1: none */
    int64_t size, rows;
    int64_t made_ms, changed_ms; /* changed: when its content last became another */
    char hash[33];
};
/* What is kept of a file without filter, for the page; false when nothing was made yet. */
bool open_edition_look(struct app *app, struct arena *a, const struct open_file *file,
                       enum open_format format, struct open_edition *out);
/* The edition to send: kept and fresh, or made now. ERR_BUSY when too many are being made. The
 * descriptor becomes the caller's. */
MUST enum err open_edition_get(const struct open_question *q, struct str unit,
                               const struct open_file *file, enum open_format format,
                               struct open_edition *out);
/* Removes what a killed process left behind. */
void open_edition_sweep(struct app *app);

/* --- the files' own helpers --- */

/* The municipality that a code of record belongs to today. */
struct str open_unit_today(const struct open_question *q, struct str unit);
/* Pages and documents. */
MUST enum err opendata_codebook(struct req *r);
MUST enum err opendata_package(struct req *r);

#endif
