/* Workbooks taken apart with libzip and libxml2, as a spreadsheet program would. */
#include "platform/core/clock.h"
#include "platform/core/testing.h"
#include "platform/formats/xlsx.h"
#include "platform/formats/xml_check.h"

#include <dirent.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static const struct xlsx_about about = {
    .title = STRI("Кайрылуулар"),
    .note = STRI("Ак-Суу, 22.11.2026"),
    .author = STRI("Ак-Суу айыл өкмөтү"),
    .total_label = STRI("Бардыгы"),
    .made_ms = INT64_C(1795317300000),
};
enum { NAME, PEOPLE, SUM, SHARE, DAY_, TIME_, RATE, COLUMNS };
static const struct xlsx_column columns[COLUMNS] = {
    [NAME] = {.title = STRI("Айыл"), .type = XLSX_TEXT},
    [PEOPLE] = {.title = STRI("Адам"), .type = XLSX_INT, .total = true},
    [SUM] = {.title = STRI("Сумма, сом"), .type = XLSX_MONEY, .total = true},
    [SHARE] = {.title = STRI("Үлүш"), .type = XLSX_PERCENT},
    [DAY_] = {.title = STRI("Күнү"), .type = XLSX_DATE},
    [TIME_] = {.title = STRI("Убакыт"), .type = XLSX_TIME},
    [RATE] = {.title = STRI("Орточо"), .type = XLSX_DECIMAL},
};

/* A part of the package as a document; names become plain (the main namespace is taken off). */
static xmlDocPtr part(const struct buf *file, const char *name)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(file->p, file->n, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    assert_non_null(zip);
    zip_file_t *member = zip_fopen(zip, name, 0);
    if (!member)
        fail_msg("no part %s", name);
    struct buf text = BUF_EMPTY;
    zip_int64_t n;
    while ((n = zip_fread(member, buf_reserve(&text, 65536), 65536)) > 0)
        text.n += (size_t)n;
    zip_fclose(member);
    zip_discard(zip);
    buf_char(&text, '\0');
    char *space = strstr(text.p, "xmlns=");
    if (space)
        memcpy(space, "plain", 5);
    text.n--;
    xmlDocPtr doc = read_back(&text);
    buf_free(&text);
    return doc;
}

static void fill(struct xlsx *x)
{
    xlsx_sheet(x, STR("Отчёт: 2026/11"), columns, COLUMNS);
    xlsx_text(x, STR("=1+1"));
    xlsx_int(x, 1200);
    xlsx_money(x, 123450);
    xlsx_decimal(x, 0.875);
    xlsx_day(x, 20779);
    xlsx_time(x, INT64_C(1795317300000));
    xlsx_decimal(x, 4.25);
    xlsx_row_end(x);
    xlsx_text(x, STR("Теп\x01ке\xFF <&> ң"));
    xlsx_int(x, 34);
    xlsx_money(x, -50);
    xlsx_decimal(x, NAN);
    xlsx_row_end(x);
    xlsx_text(x, STR_NULL);
    xlsx_opt(x, I64_NONE);
    xlsx_blank(x);
    xlsx_row_end(x);
}

static void writes_a_typed_table(void **state)
{
    (void)state;
    struct xlsx *x;
    struct buf file = BUF_EMPTY;
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    fill(x);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    xmlDocPtr sheet = part(&file, "xl/worksheets/sheet1.xml");
    check_xpath(sheet, "//c[@r='A1']/is/t", "Кайрылуулар");
    check_xpath(sheet, "//c[@r='A2']/is/t", "Ак-Суу, 22.11.2026");
    check_xpath(sheet, "//c[@r='B4']/is/t", "Адам");
    check_xpath(sheet, "//c[@r='A5']/@t", "inlineStr");
    check_xpath(sheet, "//c[@r='A5']/is/t", "=1+1");
    check_xpath(sheet, "count(//c[@r='A5']/f)", "0");
    check_xpath(sheet, "number(//c[@r='B5']/v)", "1200");
    check_xpath(sheet, "number(//c[@r='C5']/v)", "1234.5");
    check_xpath(sheet, "number(//c[@r='D5']/v)", "0.875");
    check_xpath(sheet, "number(//c[@r='E5']/v)", "46348");                          /* 22.11.2026 */
    check_xpath(sheet, "round(number(//c[@r='F5']/v) * 86400) mod 86400", "33300"); /* 09:15 */
    check_xpath(sheet, "//c[@r='A6']/is/t", "Тепке\xEF\xBF\xBD <&> ң");
    check_xpath(sheet, "count(//c[@r='D6'])", "0");
    check_xpath(sheet, "count(//row[@r='7']/c)", "0");
    check_xpath(sheet, "//c[@r='A8']/is/t", "Бардыгы");
    check_xpath(sheet, "//c[@r='B8']/f", "SUBTOTAL(109,B5:B7)");
    check_xpath(sheet, "number(//c[@r='B8']/v)", "1234");
    check_xpath(sheet, "number(//c[@r='C8']/v)", "1234");
    check_xpath(sheet, "count(//c[@r='G8']/f)", "0");
    check_xpath(sheet, "//autoFilter/@ref", "A4:G7");
    check_xpath(sheet, "//pane/@state", "frozen");
    check_xpath(sheet, "//pane/@ySplit", "4");
    xmlFreeDoc(sheet);
    xmlDocPtr book = part(&file, "xl/workbook.xml");
    check_xpath(book, "//sheet/@name", "Отчёт- 2026-11");
    xmlFreeDoc(book);
    xmlDocPtr core = part(&file, "docProps/core.xml");
    check_xpath(core, "//*[local-name()='title']", "Кайрылуулар");
    check_xpath(core, "//*[local-name()='created']", "2026-11-22T03:15:00Z");
    xmlFreeDoc(core);
    buf_free(&file);
}

/* The format that a cell's style leads to. */
static void check_number_format(const struct buf *file, const char *cell, const char *want)
{
    char path[120];
    xmlDocPtr sheet = part(file, "xl/worksheets/sheet1.xml");
    snprintf(path, sizeof path, "string(//c[@r='%s']/@s)", cell);
    xmlXPathContextPtr context = xmlXPathNewContext(sheet);
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)path, context);
    int style = (int)xmlXPathCastToNumber(found);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    xmlFreeDoc(sheet);
    xmlDocPtr styles = part(file, "xl/styles.xml");
    snprintf(path, sizeof path, "//numFmt[@numFmtId=//cellXfs/xf[%d]/@numFmtId]/@formatCode",
             style + 1);
    check_xpath(styles, path, want);
    xmlFreeDoc(styles);
}

static void formats_by_type(void **state)
{
    (void)state;
    struct xlsx *x;
    struct buf file = BUF_EMPTY;
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    fill(x);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    check_number_format(&file, "B5", "#,##0");
    check_number_format(&file, "C5", "#,##0.00");
    check_number_format(&file, "D5", "0%");
    check_number_format(&file, "E5", "dd.mm.yyyy");
    check_number_format(&file, "F5", "dd.mm.yyyy hh:mm");
    check_number_format(&file, "G5", "#,##0.0");
    check_number_format(&file, "C8", "#,##0.00");
    buf_free(&file);
}

static void names_sheets_apart(void **state)
{
    (void)state;
    static const struct xlsx_column one[] = {{.title = STRI("a"), .type = XLSX_TEXT}};
    struct xlsx *x;
    struct buf file = BUF_EMPTY;
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    xlsx_sheet(x, STR("Бир"), one, 1);
    xlsx_sheet(x, STR("Бир"), one, 1);
    xlsx_sheet(x, STR(""), one, 1);
    xlsx_sheet(x, STR("history"), one, 1);
    xlsx_sheet(x, STR("Абдан узун аталыш, отуз бир белгиден ашкан"), one, 1);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    xmlDocPtr book = part(&file, "xl/workbook.xml");
    check_xpath(book, "//sheet[1]/@name", "Бир");
    check_xpath(book, "//sheet[2]/@name", "Бир (2)");
    check_xpath(book, "//sheet[3]/@name", " (3)");
    check_xpath(book, "//sheet[4]/@name", "history (4)");
    check_xpath(book, "string-length(//sheet[5]/@name)", "31");
    xmlFreeDoc(book);
    buf_free(&file);
}

static void keeps_long_ids_and_cuts_long_text(void **state)
{
    (void)state;
    static const struct xlsx_column two[] = {{.title = STRI("id"), .type = XLSX_INT},
                                             {.title = STRI("t"), .type = XLSX_TEXT}};
    struct xlsx *x;
    struct buf file = BUF_EMPTY, text = BUF_EMPTY;
    for (int i = 0; i < 33000; i++)
        buf_cstr(&text, "ң");
    assert_int_equal(xlsx_begin(&x, &(struct xlsx_about){0}), ERR_OK);
    xlsx_sheet(x, STR("s"), two, 2);
    xlsx_int(x, INT64_C(9007199254740993));
    xlsx_text(x, buf_view(&text));
    xlsx_row_end(x);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    xmlDocPtr sheet = part(&file, "xl/worksheets/sheet1.xml");
    check_xpath(sheet, "//c[@r='A2']/is/t", "9007199254740993");
    check_xpath(sheet, "string-length(//c[@r='B2']/is/t)", "32767");
    xmlFreeDoc(sheet);
    buf_free(&file);
    buf_free(&text);
}

static int files_in(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void leaves_no_files_and_reports_a_lost_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/aimak-xlsx-test-XXXXXX";
    struct xlsx *x;
    struct buf file = BUF_EMPTY;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    fill(x);
    xlsx_abandon(x);
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    fill(x);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    assert_int_equal(files_in(folder), 0);
    rmdir(folder);
    assert_int_equal(xlsx_begin(&x, &about), ERR_IO);
    assert_null(x);
    unsetenv("TMPDIR");
    buf_free(&file);
}

static void streams_many_rows(void **state)
{
    (void)state;
    struct xlsx *x;
    struct buf file = BUF_EMPTY;
    struct rusage before, after;
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    xlsx_sheet(x, STR("s"), columns, 3);
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < 60000; i++) {
        char name[40];
        int n = snprintf(name, sizeof name, "Айыл номер %d", i);
        xlsx_text(x, str_of(name, (size_t)n));
        xlsx_int(x, i);
        xlsx_money(x, i);
        xlsx_row_end(x);
    }
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(xlsx_finish(x, &file), ERR_OK);
    if (!TEST_SANITIZED)
        assert_true(after.ru_maxrss - before.ru_maxrss < 4000); /* KB */
    xmlDocPtr sheet = part(&file, "xl/worksheets/sheet1.xml");
    check_xpath(sheet, "number(//c[@r='B60005']/v)", "1799970000");
    xmlFreeDoc(sheet);
    buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_many_rows),
        cmocka_unit_test(writes_a_typed_table),
        cmocka_unit_test(formats_by_type),
        cmocka_unit_test(names_sheets_apart),
        cmocka_unit_test(keeps_long_ids_and_cuts_long_text),
        cmocka_unit_test(leaves_no_files_and_reports_a_lost_folder),
    };
    int failed = cmocka_run_group_tests_name("xlsx", tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
