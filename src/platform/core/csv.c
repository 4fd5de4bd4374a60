/*
 * Reading and writing CSV.
 *
 * The reader keeps one record at a time: its bytes in a buffer, the ends of its fields in a table.
 * Input comes through a window, which is the whole text or a chunk of the file, so files of any
 * size pass through constant memory.
 *
 * The separator is guessed from the first line because spreadsheets write what the desktop's
 * regional settings say: semicolons where the comma is the decimal mark.
 */
#include "platform/core/csv.h"

#include "platform/core/utf8.h"

enum { WINDOW = 64 * 1024, MAX_RECORD = 1024 * 1024, MAX_FIELDS = 1000 };
enum { NO_BYTE = -1 };
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct csv_reader {
    FILE *file;         /* NULL when the text is in memory */
    char *window_owned; /* the file's window */
    struct str window;
    size_t at;
    bool at_end, file_failed;

    char separator; /* NUL until the first record */
    enum err failed;
    int64_t line_now;  /* where the next byte stands */
    int64_t line_said; /* of the latest record or fault */
    size_t record_bytes;

    struct buf bytes;
    size_t end[MAX_FIELDS];
    struct str field[MAX_FIELDS];
    size_t n;
};

struct csv_reader *csv_open_str(struct str text)
{
    struct csv_reader *r = err_memory(calloc(1, sizeof(*r)));
    r->window = text;
    r->at_end = true;
    r->line_now = r->line_said = 1;
    return r;
}

struct csv_reader *csv_open_file(FILE *file)
{
    struct csv_reader *r = csv_open_str(STR(""));
    r->file = file;
    r->window_owned = err_memory(malloc(WINDOW));
    r->at_end = false;
    return r;
}

void csv_close(struct csv_reader *r)
{
    if (!r)
        return;
    buf_free(&r->bytes);
    free(r->window_owned);
    free(r);
}

int64_t csv_line(const struct csv_reader *r)
{
    return r->line_said;
}

/* --- bytes --- */

static void refill(struct csv_reader *r)
{
    size_t n = fread(r->window_owned, 1, WINDOW, r->file);
    r->window = str_of(r->window_owned, n);
    r->at = 0;
    if (n < WINDOW) {
        r->at_end = true;
        r->file_failed = ferror(r->file) != 0;
    }
}

static int peek(struct csv_reader *r)
{
    if (r->at == r->window.n && !r->at_end)
        refill(r);
    return r->at < r->window.n ? (unsigned char)r->window.p[r->at] : NO_BYTE;
}

static int take(struct csv_reader *r)
{
    int c = peek(r);
    if (c != NO_BYTE) {
        r->at++;
        r->record_bytes++;
        if (c == '\n')
            r->line_now++;
    }
    return c;
}

/* Skips the byte-order mark and counts both separators of the first line, outside quotes. */
static void begin(struct csv_reader *r)
{
    size_t commas = 0, semicolons = 0;
    bool quoted = false;
    (void)peek(r);
    if (str_starts(str_slice(r->window, r->at, 3), STR(BYTE_ORDER_MARK)))
        r->at += 3;
    for (size_t i = r->at; i < r->window.n; i++) {
        char c = r->window.p[i];
        if (c == '"')
            quoted = !quoted;
        else if (c == '\n' && !quoted)
            break;
        else if (!quoted) {
            commas += c == ',';
            semicolons += c == ';';
        }
    }
    r->separator = semicolons > commas ? ';' : ',';
}

/* --- fields --- */

static enum err fault(struct csv_reader *r, enum err rc, int64_t line)
{
    r->line_said = line;
    return rc;
}

/* The text between quotes; the opening one is taken. */
static enum err take_quoted(struct csv_reader *r)
{
    int64_t opened = r->line_now;
    for (;;) {
        int c = take(r);
        if (c == NO_BYTE)
            return fault(r, ERR_PARSE, opened);
        if (c == '"') {
            if (peek(r) != '"')
                return ERR_OK;
            take(r);
        }
        buf_char(&r->bytes, (char)c);
        if (r->record_bytes > MAX_RECORD)
            return fault(r, ERR_TOO_LARGE, opened);
    }
}

/* The separator, line break or end that must follow a field. */
static enum err take_after_field(struct csv_reader *r, bool *more_fields)
{
    int64_t line = r->line_now;
    int c = take(r);
    *more_fields = c == r->separator;
    if (c == '\r')
        c = take(r);
    else if (c == r->separator || c == NO_BYTE)
        return ERR_OK;
    return c == '\n' ? ERR_OK : fault(r, ERR_PARSE, line);
}

static enum err take_plain(struct csv_reader *r)
{
    for (;;) {
        int c = peek(r);
        if (c == NO_BYTE || c == '\n' || c == '\r' || c == r->separator)
            return ERR_OK;
        if (c == '"')
            return fault(r, ERR_PARSE, r->line_now);
        buf_char(&r->bytes, (char)take(r));
        if (r->record_bytes > MAX_RECORD)
            return fault(r, ERR_TOO_LARGE, r->line_now);
    }
}

static enum err take_field(struct csv_reader *r, bool *more_fields)
{
    enum err rc = ERR_OK;
    if (r->n == MAX_FIELDS)
        FAIL(fault(r, ERR_TOO_LARGE, r->line_now));
    if (peek(r) == '"') {
        take(r);
        TRY(take_quoted(r));
    } else {
        TRY(take_plain(r));
    }
    r->end[r->n++] = r->bytes.n;
    TRY(take_after_field(r, more_fields));
out:
    return rc;
}

static enum err take_record(struct csv_reader *r)
{
    enum err rc = ERR_OK;
    bool more_fields = true;
    int64_t line = r->line_now;
    r->n = 0;
    r->record_bytes = 0;
    buf_clear(&r->bytes);
    while (more_fields)
        TRY(take_field(r, &more_fields));
    if (r->file_failed)
        FAIL(fault(r, ERR_IO, r->line_now));
    r->line_said = line;
    /* The buffer no longer moves, so views into it can be made. */
    struct str bytes = buf_view(&r->bytes);
    for (size_t i = 0, from = 0; i < r->n; from = r->end[i++]) {
        r->field[i] = str_slice(bytes, from, r->end[i] - from);
        if (!utf8_is_text(r->field[i]))
            FAIL(ERR_PARSE);
    }
out:
    return rc;
}

enum err csv_next(struct csv_reader *r, struct csv_record *out, bool *more)
{
    *more = false;
    if (r->failed)
        return r->failed;
    if (r->separator == '\0')
        begin(r);
    if (peek(r) == NO_BYTE) {
        r->failed = r->file_failed ? ERR_IO : ERR_OK;
        return r->failed;
    }
    r->failed = take_record(r);
    if (r->failed)
        return r->failed;
    *out = (struct csv_record){.field = r->field, .n = r->n, .line = r->line_said};
    *more = true;
    return ERR_OK;
}

/* --- writing --- */

static void begin_field(struct csv_writer *w)
{
    if (w->started)
        buf_char(w->out, ',');
    w->started = true;
}

static bool is_formula(struct str s)
{
    return s.n && s.p[0] != '\0' && strchr("=+-@\t\r\n", s.p[0]);
}

/* Semicolons too, since readers with other regional settings split on them; and what a reader would
 * take for a byte-order mark. */
static bool needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\0' && strchr("\",;\r\n\t", s.p[i]))
            return true;
    }
    return str_starts(s, STR(BYTE_ORDER_MARK)) || str_starts(s, STR(" ")) || str_ends(s, STR(" "));
}

void csv_text(struct csv_writer *w, struct str s)
{
    begin_field(w);
    bool quotes = needs_quotes(s);
    if (quotes)
        buf_char(w->out, '"');
    if (is_formula(s))
        buf_char(w->out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(w->out, '"');
        buf_char(w->out, s.p[i]);
    }
    if (quotes)
        buf_char(w->out, '"');
}

void csv_number(struct csv_writer *w, int64_t v)
{
    begin_field(w);
    buf_i64(w->out, v);
}

void csv_double(struct csv_writer *w, double v)
{
    begin_field(w);
    buf_double(w->out, v);
}

void csv_end(struct csv_writer *w)
{
    buf_cstr(w->out, "\r\n");
    w->started = false;
}
