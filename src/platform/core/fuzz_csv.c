/*
 * Fuzzing the CSV reader: any bytes, through memory and through a file, must give the same records
 * or the same fault; fields are UTF-8 within the bounds; and what was read, written and read again
 * is the same.
 */
#include "platform/core/csv.h"

#include "platform/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the record's fields; the apostrophe before a formula makes the second reading differ. */
static bool write_record(struct csv_writer *w, const struct csv_record *record)
{
    bool same = true;
    for (size_t i = 0; i < record->n; i++) {
        struct str field = record->field[i];
        if (field.n && strchr("=+-@\t\r\n", field.p[0]))
            same = false;
        csv_text(w, field);
    }
    csv_end(w);
    return same;
}

static void check_record(const struct csv_record *record)
{
    INVARIANT(record->n >= 1 && record->n <= 1000);
    for (size_t i = 0; i < record->n; i++)
        INVARIANT(utf8_is_text(record->field[i]) && record->field[i].n <= 1024 * 1024);
}

/* Reads all of it, writing it anew to `out`; *same as above. */
static enum err copy(struct csv_reader *r, struct buf *out, bool *same, int64_t *line)
{
    struct csv_writer w = {.out = out};
    struct csv_record record;
    bool more;
    enum err rc;
    *same = true;
    while ((rc = csv_next(r, &record, &more)) == ERR_OK && more) {
        check_record(&record);
        if (!write_record(&w, &record))
            *same = false;
    }
    *line = csv_line(r);
    csv_close(r);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = BUF_EMPTY, file_once = BUF_EMPTY, twice = BUF_EMPTY;
    bool same, ignored;
    int64_t line, file_line;
    enum err rc = copy(csv_open_str(str_of((const char *)data, size)), &once, &same, &line);
    if (size) {
        FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
        INVARIANT(file);
        INVARIANT(copy(csv_open_file(file), &file_once, &ignored, &file_line) == rc);
        INVARIANT(line == file_line && str_eq(buf_view(&once), buf_view(&file_once)));
        fclose(file);
    }
    /* A fault can come after good records; those read back like any. */
    enum err again = copy(csv_open_str(buf_view(&once)), &twice, &ignored, &line);
    INVARIANT(again == ERR_OK || again == ERR_TOO_LARGE); /* quoting can make a record longer */
    if (same && again == ERR_OK)
        INVARIANT(str_eq(buf_view(&once), buf_view(&twice)));
    buf_free(&once);
    buf_free(&file_once);
    buf_free(&twice);
    return 0;
}
