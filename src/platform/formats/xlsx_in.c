/*
 * Reading XLSX: a ZIP (libzip) of XML parts (libxml2's pull reader, which neither loads external
 * entities nor grows with the document). Everything is bounded before it is unpacked: what a ZIP
 * says of its sizes is compared with what comes out.
 */
#include "platform/formats/xlsx_in.h"

#include <libxml/xmlreader.h>
#include <zip.h>

enum { CELL_MAX = 32767, STRINGS_MAX = 1000000 };

struct strings {
    struct str *v;
    size_t n, cap;
};

bool xlsx_in_is(struct str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04"));
}

/* The part's bytes; a part that is not there is an empty view. */
static enum err unpack(struct arena *a, zip_t *zip, const char *name, struct str *out)
{
    zip_stat_t stat;
    zip_file_t *file = NULL;
    enum err rc = ERR_OK;
    *out = STR_NULL;
    if (zip_stat(zip, name, 0, &stat) != 0)
        return ERR_OK;
    if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > XLSX_IN_MAX)
        return ERR_TOO_LARGE;
    file = zip_fopen(zip, name, 0);
    if (!file)
        return ERR_PARSE;
    char *bytes = arena_alloc(a, (size_t)stat.size + 1);
    zip_int64_t got = zip_fread(file, bytes, stat.size);
    if (got < 0 || (zip_uint64_t)got != stat.size)
        rc = ERR_PARSE;
    zip_fclose(file);
    *out = str_of(bytes, (size_t)stat.size);
    return rc;
}

static xmlTextReaderPtr open_xml(struct str text)
{
    return xmlReaderForMemory(text.p, (int)text.n, "part.xml", NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static bool is(xmlTextReaderPtr r, const char *name)
{
    const xmlChar *local = xmlTextReaderConstLocalName(r);
    return local && strcmp((const char *)local, name) == 0;
}

static void add_text(struct buf *out, xmlTextReaderPtr r)
{
    const xmlChar *text = xmlTextReaderConstValue(r);
    struct str s = str_from((const char *)text);
    if (s.p && out->n < CELL_MAX)
        buf_str(out, s);
}

static bool is_text(int type)
{
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE;
}

/* Shared texts, in their order; what is spoken (rPh) is left out. */
static enum err read_strings(struct arena *a, struct str part, struct strings *out)
{
    xmlTextReaderPtr r = part.p ? open_xml(part) : NULL;
    struct buf *text = buf_in(a);
    bool in_t = false, in_phonetic = false;
    int more = 0;
    if (!part.p)
        return ERR_OK;
    if (!r)
        return ERR_PARSE;
    while ((more = xmlTextReaderRead(r)) == 1 && out->n < STRINGS_MAX) {
        int type = xmlTextReaderNodeType(r);
        bool begins = type == XML_READER_TYPE_ELEMENT, ends = type == XML_READER_TYPE_END_ELEMENT;
        bool empty = begins && xmlTextReaderIsEmptyElement(r);
        if (begins && is(r, "si")) {
            buf_clear(text);
            if (empty)
                ARENA_PUSH(a, *out, STR(""));
        } else if (ends && is(r, "si")) {
            ARENA_PUSH(a, *out, arena_str(a, buf_view(text)));
        } else if ((begins || ends) && is(r, "t")) {
            in_t = begins && !empty;
        } else if ((begins || ends) && is(r, "rPh")) {
            in_phonetic = begins && !empty;
        } else if (is_text(type) && in_t && !in_phonetic) {
            add_text(text, r);
        }
    }
    xmlFreeTextReader(r);
    return more == 0 ? ERR_OK : more < 0 ? ERR_PARSE : ERR_TOO_LARGE;
}

/* "BC12": column 54 (from 0), row 12; what is not given counts on from the last one. */
static void place_of(xmlTextReaderPtr r, int64_t *column, int64_t *row)
{
    xmlChar *at = xmlTextReaderGetAttribute(r, (const xmlChar *)"r");
    int64_t c = 0, n = 0;
    for (const xmlChar *p = at; p && *p; p++)
        if (*p >= 'A' && *p <= 'Z' && c < 100000)
            c = c * 26 + (*p - 'A' + 1);
        else if (*p >= '0' && *p <= '9' && n < INT64_C(100000000))
            n = n * 10 + (*p - '0');
    if (c)
        *column = c - 1;
    if (n)
        *row = n;
    xmlFree(at);
}

struct sheet {
    struct arena *a;
    const struct strings *strings;
    struct buf *out;
    int64_t row, column; /* of the cell: row from 1, column from 0 */
    int64_t line, cells; /* written: lines begun, cells in this line */
    char type;           /* s shared, b boolean, e error, else as it is */
    struct buf *value;
};

static void put_cell(struct sheet *s, struct str text)
{
    buf_char(s->out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_char(s->out, '"');
        /* A line stays a row. */
        buf_char(s->out, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
    }
    buf_char(s->out, '"');
}

static enum err end_cell(struct sheet *s)
{
    struct str text = str_trim(buf_view(s->value));
    int64_t index = 0;
    if (s->row > XLSX_IN_ROWS || s->column >= XLSX_IN_COLUMNS)
        return text.n ? ERR_TOO_LARGE : ERR_OK;
    if (s->row < 1 || s->row < s->line || (s->row == s->line && s->column < s->cells))
        return ERR_PARSE; /* cells out of order, or outside of a row */
    if (s->type == 's')
        text = str_to_i64(text, &index) && index >= 0 && (size_t)index < s->strings->n
                   ? s->strings->v[index]
                   : STR("");
    else if (s->type == 'b')
        text = str_eq(text, STR("1")) ? STR("TRUE") : STR("FALSE");
    for (; s->line < s->row; s->line++, s->cells = 0)
        if (s->line > 0)
            buf_cstr(s->out, "\r\n");
    for (int64_t commas = s->column - s->cells + (s->cells > 0); commas > 0; commas--)
        buf_char(s->out, ',');
    put_cell(s, text);
    s->cells = s->column + 1;
    buf_clear(s->value);
    return ERR_OK;
}

static char cell_type(xmlTextReaderPtr r)
{
    xmlChar *t = xmlTextReaderGetAttribute(r, (const xmlChar *)"t");
    char type = t && strcmp((const char *)t, "s") == 0   ? 's'
                : t && strcmp((const char *)t, "b") == 0 ? 'b'
                                                         : ' ';
    xmlFree(t);
    return type;
}

static enum err read_sheet(struct sheet *s, struct str part)
{
    xmlTextReaderPtr r = open_xml(part);
    bool in_value = false;
    enum err rc = ERR_OK;
    int more = 0;
    if (!r)
        return ERR_PARSE;
    while (rc == ERR_OK && (more = xmlTextReaderRead(r)) == 1) {
        int type = xmlTextReaderNodeType(r);
        bool begins = type == XML_READER_TYPE_ELEMENT, ends = type == XML_READER_TYPE_END_ELEMENT;
        bool empty = begins && xmlTextReaderIsEmptyElement(r);
        if (begins && is(r, "row")) {
            int64_t none = 0;
            s->row++;
            s->column = -1;
            place_of(r, &none, &s->row);
        } else if (begins && is(r, "c")) {
            s->column++;
            place_of(r, &s->column, &s->row);
            s->type = cell_type(r);
            buf_clear(s->value);
        } else if (ends && is(r, "c")) {
            rc = end_cell(s);
        } else if ((begins || ends) && (is(r, "v") || is(r, "t"))) {
            in_value = begins && !empty;
        } else if (is_text(type) && in_value) {
            add_text(s->value, r);
        }
    }
    xmlFreeTextReader(r);
    return rc != ERR_OK ? rc : more < 0 ? ERR_PARSE : ERR_OK;
}

enum err xlsx_in_csv(struct arena *a, struct str bytes, struct str *csv)
{
    enum err rc = ERR_OK;
    zip_error_t fault;
    zip_error_init(&fault);
    struct strings strings = {0};
    struct str part;
    struct sheet s = {.a = a, .strings = &strings, .out = buf_in(a), .value = buf_in(a)};
    zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, &fault);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &fault) : NULL;
    *csv = STR_NULL;
    if (!zip) {
        zip_source_free(source);
        FAIL(ERR_PARSE);
    }
    TRY(unpack(a, zip, "xl/sharedStrings.xml", &part));
    TRY(read_strings(a, part, &strings));
    TRY(unpack(a, zip, "xl/worksheets/sheet1.xml", &part));
    if (!part.p)
        FAIL(ERR_PARSE);
    TRY(read_sheet(&s, part));
    buf_cstr(s.out, "\r\n");
    *csv = buf_view(s.out);
out:
    if (zip)
        zip_discard(zip);
    zip_error_fini(&fault);
    return rc;
}
