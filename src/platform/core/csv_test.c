/* CSV: what spreadsheets write, what they must never run, and everything written read back. */
#include "platform/core/csv.h"

#include "platform/core/testing.h"

/* All records as text: fields in brackets, a slash after each record, then the fault if any. */
static void dump(struct buf *out, struct csv_reader *r)
{
    struct csv_record record;
    bool more;
    enum err rc;
    while ((rc = csv_next(r, &record, &more)) == ERR_OK && more) {
        for (size_t i = 0; i < record.n; i++)
            buf_printf(out, "[%.*s]", STRF(record.field[i]));
        buf_char(out, '/');
    }
    if (rc) {
        buf_printf(out, "!%s@%d", err_name(rc), (int)csv_line(r));
        assert_int_equal(csv_next(r, &record, &more), rc);
        assert_false(more);
    }
}

static void assert_reads(struct str text, const char *expected)
{
    struct buf out = BUF_EMPTY;
    struct csv_reader *r = csv_open_str(text);
    dump(&out, r);
    csv_close(r);
    assert_str_equal(buf_view(&out), str_from(expected));
    if (text.n) { /* and the same through a file */
        FILE *file = fmemopen((void *)(uintptr_t)text.p, text.n, "r");
        assert_non_null(file);
        buf_clear(&out);
        r = csv_open_file(file);
        dump(&out, r);
        csv_close(r);
        fclose(file);
        assert_str_equal(buf_view(&out), str_from(expected));
    }
    buf_free(&out);
}

static void test_reads_what_spreadsheets_write(void **state)
{
    (void)state;
    assert_reads(STR(""), "");
    assert_reads(STR("\xEF\xBB\xBF"), "");
    assert_reads(STR("a,b\r\n1,2\r\n"), "[a][b]/[1][2]/");
    assert_reads(STR("a,b\n1,2"), "[a][b]/[1][2]/");
    assert_reads(STR("\xEF\xBB\xBF"
                     "айыл;калк\r\nКөк-Жар;1 234,5\r\n"),
                 "[айыл][калк]/[Көк-Жар][1 234,5]/");
    assert_reads(STR("\"a;b;c\",d\n"), "[a;b;c][d]/");
    assert_reads(STR("\"a,b,c\";d\n"), "[a,b,c][d]/");
    assert_reads(STR("\"two\r\nlines\",\"say \"\"hi\"\"\"\n,\n"),
                 "[two\r\nlines][say \"hi\"]/[][]/");
    assert_reads(STR("a\n\n\"\"\n"), "[a]/[]/[]/");
    assert_reads(STR(" a , b \n"), "[ a ][ b ]/");
    assert_reads(STR("a,"), "[a][]/");
}

static void test_broken_files_name_their_line(void **state)
{
    (void)state;
    assert_reads(STR("a\nb\n\"never closed\n\n\n"), "[a]/[b]/!parse@3");
    assert_reads(STR("a\n\"x\"y\n"), "[a]/!parse@2");
    assert_reads(STR("a\n\"two\nlines\"y\n"), "[a]/!parse@3");
    assert_reads(STR("a\nb\"c\n"), "[a]/!parse@2");
    assert_reads(STR("a\nb\rc\n"), "[a]/!parse@2");
    assert_reads(STR("a\rb"), "!parse@1");
    assert_reads(STR("a\nb,\xFF,c\n"), "[a]/!parse@2");
    assert_reads(STR("a\0b\n"), "!parse@1");
    /* Half a letter each side of a comma is not a letter. */
    assert_reads(STR("\xD0,\xB0\n"), "!parse@1");
}

static void test_lines_are_counted_through_quotes(void **state)
{
    (void)state;
    struct csv_reader *r = csv_open_str(STR("a\n\"1\n2\n3\",x\nb\n"));
    struct csv_record record;
    bool more;
    static const int lines[] = {1, 2, 5};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(csv_next(r, &record, &more), ERR_OK);
        assert_true(more);
        assert_int_equal(record.line, lines[i]);
        assert_int_equal(csv_line(r), lines[i]);
    }
    csv_close(r);
    csv_close(NULL);
}

static enum err read_one(struct str text, size_t *fields)
{
    struct csv_reader *r = csv_open_str(text);
    struct csv_record record = {0};
    bool more;
    enum err rc = csv_next(r, &record, &more);
    *fields = record.n;
    csv_close(r);
    return rc;
}

static void test_bounds(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    size_t n;
    for (int i = 1; i < 1000; i++)
        buf_char(&b, ',');
    assert_int_equal(read_one(buf_view(&b), &n), ERR_OK);
    assert_int_equal(n, 1000);
    buf_char(&b, ',');
    assert_int_equal(read_one(buf_view(&b), &n), ERR_TOO_LARGE);
    buf_clear(&b);
    for (int i = 0; i < 1024 * 1024; i++)
        buf_char(&b, 'x');
    assert_int_equal(read_one(buf_view(&b), &n), ERR_OK);
    buf_char(&b, 'x');
    assert_int_equal(read_one(buf_view(&b), &n), ERR_TOO_LARGE);
    b.p[0] = '"';
    assert_int_equal(read_one(buf_view(&b), &n), ERR_TOO_LARGE);
    buf_free(&b);
}

static void test_read_errors_are_told(void **state)
{
    (void)state;
    FILE *folder = fopen("/", "r");
    assert_non_null(folder);
    struct csv_reader *r = csv_open_file(folder);
    struct csv_record record;
    bool more = true;
    assert_int_equal(csv_next(r, &record, &more), ERR_IO);
    assert_false(more);
    csv_close(r);
    fclose(folder);
}

static void test_writing_quotes_where_needed(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct csv_writer w = {.out = &b};
    csv_text(&w, STR("plain"));
    csv_text(&w, STR_NULL);
    csv_text(&w, STR("a,b"));
    csv_text(&w, STR("a;b"));
    csv_text(&w, STR("say \"hi\""));
    csv_number(&w, -5);
    csv_double(&w, -0.5);
    csv_end(&w);
    csv_text(&w, STR("two\nlines"));
    csv_end(&w);
    assert_str_equal(buf_view(&b), STR("plain,,\"a,b\",\"a;b\",\"say \"\"hi\"\"\",-5,-0.5\r\n"
                                       "\"two\nlines\"\r\n"));
    buf_free(&b);
}

static void test_no_text_becomes_a_formula(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"=HYPERLINK(1)", "'=HYPERLINK(1)"},
        {"+996", "'+996"},
        {"-", "'-"},
        {"@SUM", "'@SUM"},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},
        {"=1,2", "\"'=1,2\""},
        {"a=1", "a=1"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buf b = BUF_EMPTY;
        struct csv_writer w = {.out = &b};
        csv_text(&w, str_from(texts[i][0]));
        assert_str_equal(buf_view(&b), str_from(texts[i][1]));
        buf_free(&b);
    }
}

/* A text that begins as a byte-order mark does must not be taken for one. */
static void test_a_first_cell_keeps_its_mark(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct csv_writer w = {.out = &b};
    csv_text(&w, STR("\xEF\xBB\xBF text"));
    csv_end(&w);
    assert_reads(buf_view(&b), "[\xEF\xBB\xBF text]/");
    buf_free(&b);
}

/* One random table, written, read back through memory and through a file in small steps. */
static void check_table(struct arena *a, size_t rows, size_t columns)
{
    struct buf *text = buf_in(a);
    struct csv_writer w = {.out = text};
    struct str *cells = ARENA_ARRAY(a, struct str, rows * columns);
    for (size_t i = 0; i < rows * columns; i++) {
        struct buf *cell = buf_in(a);
        property_text(cell, 12);
        cells[i] = buf_view(cell);
        csv_text(&w, cells[i]);
        if (i % columns == columns - 1)
            csv_end(&w);
    }
    FILE *file = fmemopen(text->p, text->n, "r");
    struct csv_reader *readers[2] = {csv_open_str(buf_view(text)), csv_open_file(file)};
    for (size_t k = 0; k < 2; k++) {
        struct csv_record record;
        bool more;
        for (size_t row = 0; row < rows; row++) {
            assert_int_equal(csv_next(readers[k], &record, &more), ERR_OK);
            assert_true(more);
            assert_int_equal(record.n, columns);
            for (size_t c = 0; c < columns; c++) {
                struct str cell = cells[row * columns + c], read = record.field[c];
                if (cell.n && strchr("=+-@\t\r\n", cell.p[0])) {
                    assert_int_equal(read.p[0], '\'');
                    read = str_slice(read, 1, read.n);
                }
                assert_str_equal(read, cell);
            }
        }
        assert_int_equal(csv_next(readers[k], &record, &more), ERR_OK);
        assert_false(more);
        csv_close(readers[k]);
    }
    fclose(file);
}

static void test_what_is_written_is_read_back(void **state)
{
    (void)state;
    property_seed(61);
    for (int i = 0; i < 1500; i++) {
        struct arena *a = arena_new();
        size_t columns = (size_t)property_between(1, 6);
        size_t rows = (size_t)property_between(1, 12);
        if (i % 100 == 0) /* several windows of the file */
            rows = 4000;
        check_table(a, rows, columns);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_spreadsheets_write),
        cmocka_unit_test(test_broken_files_name_their_line),
        cmocka_unit_test(test_lines_are_counted_through_quotes),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_read_errors_are_told),
        cmocka_unit_test(test_writing_quotes_where_needed),
        cmocka_unit_test(test_no_text_becomes_a_formula),
        cmocka_unit_test(test_a_first_cell_keeps_its_mark),
        cmocka_unit_test(test_what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
