/*
 * Rows into CSV, JSON lines or GeoJSON, one column after the other as the file declares them. What
 * is written goes to a descriptor in pieces, so memory stays small however long the file is.
 */
#include "front/opendata/opendata_internal.h"

#include "platform/core/clock.h"

#include <errno.h>
#include <unistd.h>

#define PIECE (64 << 10)

static const struct {
    const char *ending, *type;
} formats[OPEN_FORMAT__MAX] = {
    [OPEN_CSV] = {"csv", "text/csv; charset=utf-8; header=present"},
    [OPEN_JSONL] = {"jsonl", "application/jsonl; charset=utf-8"},
    [OPEN_GEOJSON] = {"geojson", "application/geo+json"},
};

const char *open_format_ending(enum open_format f)
{
    return formats[f].ending;
}

const char *open_format_type(enum open_format f)
{
    return formats[f].type;
}

static const struct {
    const char *code;
    enum msg name;
} types[OPEN_TYPE__MAX] = {
    [OPEN_TEXT] = {"string", MSG_opendata_type_text},
    [OPEN_CODE] = {"string", MSG_opendata_type_code},
    [OPEN_INT] = {"integer", MSG_opendata_type_int},
    [OPEN_DECIMAL] = {"number", MSG_opendata_type_decimal},
    [OPEN_BOOL] = {"boolean", MSG_opendata_type_bool},
    [OPEN_DAY] = {"date", MSG_opendata_type_day},
    [OPEN_MONTH] = {"yearmonth", MSG_opendata_type_month},
    [OPEN_TIME] = {"datetime", MSG_opendata_type_time},
};

const char *open_type_code(enum open_type t)
{
    return types[t].code;
}

enum msg open_type_message(enum open_type t)
{
    return types[t].name;
}

/* --- pieces --- */

static enum err flush(struct open_writer *w)
{
    struct str rest = buf_view(&w->out);
    crypto_generichash_update(&w->hash, (const unsigned char *)rest.p, rest.n);
    w->bytes += (int64_t)rest.n;
    while (rest.n > 0) {
        ssize_t done = write(w->fd, rest.p, rest.n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return ERR_UNAVAILABLE;
        rest = str_slice(rest, (size_t)done, rest.n);
    }
    buf_clear(&w->out);
    return ERR_OK;
}

void open_begin(struct open_writer *w, const struct open_file *file, enum open_format format,
                int fd)
{
    *w = (struct open_writer){.file = file, .format = format, .fd = fd};
    w->csv.out = &w->out;
    crypto_generichash_init(&w->hash, NULL, 0, crypto_generichash_BYTES_MIN);
    if (format == OPEN_GEOJSON) {
        buf_cstr(&w->out, "{\"type\":\"FeatureCollection\",\"features\":[");
    } else if (format == OPEN_CSV) {
        buf_cstr(&w->out, "\xef\xbb\xbf"); /* without it Excel takes Cyrillic for something else */
        for (size_t i = 0; i < file->column_count; i++)
            csv_text(&w->csv, str_from(file->columns[i].name));
        csv_end(&w->csv);
    }
}

enum err open_finish(struct open_writer *w, struct buf *hash)
{
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    INVARIANT(w->at == 0);
    if (w->format == OPEN_GEOJSON)
        buf_cstr(&w->out, "\n]}\n");
    enum err rc = flush(w);
    crypto_generichash_final(&w->hash, bytes, sizeof bytes);
    buf_hex(hash, bytes, sizeof bytes);
    return rc;
}

void open_drop(struct open_writer *w)
{
    buf_free(&w->out);
    buf_free(&w->withheld);
}

/* --- values --- */

static void begin_row(struct open_writer *w)
{
    buf_clear(&w->withheld);
    if (w->format == OPEN_CSV)
        return;
    if (w->format == OPEN_GEOJSON)
        buf_cstr(&w->out, w->rows ? ",\n" : "\n");
    w->json = json_to(&w->out);
    json_open(&w->json, NULL);
    if (w->format == OPEN_GEOJSON) {
        json_put_cstr(&w->json, "type", "Feature");
        json_open(&w->json, "properties");
    }
}

/* The column that this value belongs to: declared with this type, and in its turn. */
static const struct open_column *next(struct open_writer *w)
{
    if (w->at == 0)
        begin_row(w);
    INVARIANT(w->at < w->file->column_count);
    return &w->file->columns[w->at++];
}

static void put_blank(struct open_writer *w, const struct open_column *c)
{
    INVARIANT(c->blank);
    if (w->format == OPEN_CSV)
        csv_text(&w->csv, STR_NULL);
    else
        json_put_null(&w->json, c->name);
}

static void put_text(struct open_writer *w, const struct open_column *c, struct str s)
{
    if (!s.n)
        put_blank(w, c);
    else if (w->format == OPEN_CSV)
        csv_text(&w->csv, s);
    else
        json_put_str(&w->json, c->name, s);
}

void open_text(struct open_writer *w, struct str s)
{
    const struct open_column *c = next(w);
    INVARIANT(c->type == OPEN_TEXT || c->type == OPEN_CODE);
    put_text(w, c, s);
}

void open_cstr(struct open_writer *w, const char *s)
{
    open_text(w, str_from(s));
}

static void put_int(struct open_writer *w, const struct open_column *c, int64_t v)
{
    INVARIANT(c->type == OPEN_INT);
    if (w->format == OPEN_CSV)
        csv_number(&w->csv, v);
    else
        json_put_i64(&w->json, c->name, v);
}

void open_int(struct open_writer *w, int64_t v)
{
    const struct open_column *c = next(w);
    INVARIANT(c->few == 0); /* people go through open_people */
    put_int(w, c, v);
}

void open_opt(struct open_writer *w, struct i64_opt v)
{
    if (v.set)
        open_int(w, v.v);
    else
        open_blank(w);
}

void open_decimal(struct open_writer *w, bool known, double v, int decimals)
{
    const struct open_column *c = next(w);
    INVARIANT(c->type == OPEN_DECIMAL);
    if (!known) {
        put_blank(w, c);
    } else if (w->format == OPEN_CSV) {
        struct buf text = BUF_EMPTY;
        double rounded;
        buf_fixed(&text, v, decimals);
        INVARIANT(str_to_double(buf_view(&text), &rounded));
        csv_double(&w->csv, rounded);
        buf_free(&text);
    } else {
        json_put_fixed(&w->json, c->name, v, decimals);
    }
}

void open_bool(struct open_writer *w, bool v)
{
    const struct open_column *c = next(w);
    INVARIANT(c->type == OPEN_BOOL);
    if (w->format == OPEN_CSV)
        csv_text(&w->csv, v ? STR("true") : STR("false"));
    else
        json_put_bool(&w->json, c->name, v);
}

/* Dates: at most 40 characters, and the same text in every format. */
static void put_date(struct open_writer *w, enum open_type type, bool known, struct buf *text)
{
    const struct open_column *c = next(w);
    INVARIANT(c->type == type);
    put_text(w, c, known ? buf_view(text) : STR_NULL);
    buf_free(text);
}

void open_day(struct open_writer *w, int64_t day)
{
    struct buf text = BUF_EMPTY;
    buf_day(&text, day);
    put_date(w, OPEN_DAY, day != 0, &text);
}

void open_month(struct open_writer *w, int year, int month)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text, "%04d-%02d", year, month);
    put_date(w, OPEN_MONTH, true, &text);
}

/* In UTC, as Table Schema's default for `datetime` wants it. */
void open_time(struct open_writer *w, int64_t ms)
{
    struct buf text = BUF_EMPTY;
    int64_t second = ms / MS_SECOND;
    buf_day(&text, day_of_ms(ms - BISHKEK_OFFSET_MS));
    second %= 86400;
    buf_printf(&text, "T%02d:%02d:%02dZ", (int)(second / 3600), (int)(second / 60 % 60),
               (int)(second % 60));
    put_date(w, OPEN_TIME, ms > 0, &text);
}

void open_blank(struct open_writer *w)
{
    put_blank(w, next(w));
}

/* --- small numbers of people --- */

void open_people(struct open_writer *w, int64_t v)
{
    const struct open_column *c = next(w);
    INVARIANT(c->few == FIGURE_FEW);
    if (!figure_is_few(v)) {
        put_int(w, c, v);
        return;
    }
    if (w->withheld.n)
        buf_char(&w->withheld, ' ');
    buf_cstr(&w->withheld, c->name);
    put_blank(w, c);
}

/* --- the end of a row --- */

enum err open_row(struct open_writer *w)
{
    const struct open_file *f = w->file;
    if (w->at + 1 == f->column_count && strcmp(f->columns[w->at].name, OPEN_WITHHELD_NAME) == 0)
        open_text(w, buf_view(&w->withheld));
    INVARIANT(w->at == f->column_count);
    if (w->format == OPEN_CSV) {
        csv_end(&w->csv);
    } else {
        if (w->format == OPEN_GEOJSON) {
            json_close(&w->json);
            place_put_geometry(&w->json, "geometry", w->place);
        }
        json_close(&w->json);
        if (w->format == OPEN_JSONL)
            buf_char(&w->out, '\n');
    }
    w->at = 0;
    w->rows++;
    return w->out.n >= PIECE ? flush(w) : ERR_OK;
}
