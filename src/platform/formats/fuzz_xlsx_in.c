/*
 * Fuzzing: any bytes sent in as a spreadsheet are refused, or become lines that the reader of lists
 * takes, within the bounds. What does not begin like a ZIP is put into one (shared texts, a zero
 * byte, the sheet), so that changes reach the XML and are not all refused for their checksum.
 */
#include "platform/formats/xlsx_in.h"

#include "platform/core/csv.h"

#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void add_part(zip_t *zip, const char *name, struct str text)
{
    zip_source_t *source = zip_source_buffer(zip, text.p, text.n, 0);
    INVARIANT(source && zip_file_add(zip, name, source, 0) >= 0);
}

/* A workbook of these parts, in the arena. */
static struct str packed(struct arena *a, struct str strings, struct str sheet)
{
    zip_stat_t stat;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip = out ? zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    INVARIANT(zip);
    zip_source_keep(out);
    add_part(zip, "xl/sharedStrings.xml", strings);
    add_part(zip, "xl/worksheets/sheet1.xml", sheet);
    INVARIANT(zip_close(zip) == 0);
    INVARIANT(zip_source_open(out) == 0 && zip_source_stat(out, &stat) == 0);
    char *bytes = arena_alloc(a, (size_t)stat.size);
    INVARIANT(zip_source_read(out, bytes, stat.size) == (zip_int64_t)stat.size);
    zip_source_close(out);
    zip_source_free(out);
    return str_of(bytes, (size_t)stat.size);
}

static void check_lines(struct str csv)
{
    struct csv_record record;
    struct csv_reader *r = csv_open_str(csv);
    int64_t lines = 0;
    bool more = true;
    enum err rc;
    while ((rc = csv_next(r, &record, &more)) == ERR_OK && more) {
        INVARIANT(record.n <= XLSX_IN_COLUMNS);
        INVARIANT(++lines <= XLSX_IN_ROWS + 1);
    }
    INVARIANT(rc == ERR_OK);
    csv_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new();
    struct str whole = str_of((const char *)bytes, n), sheet = whole, strings, csv;
    if (!xlsx_in_is(whole) && str_split(&sheet, '\0', &strings))
        whole = packed(a, strings, sheet);
    enum err rc = xlsx_in_csv(a, whole, &csv);
    INVARIANT(rc == ERR_OK || rc == ERR_PARSE || rc == ERR_TOO_LARGE);
    if (rc == ERR_OK)
        check_lines(csv);
    arena_free(a);
    return 0;
}
