/*
 * Spreadsheets as people send them: what xlsx.h writes comes back cell by cell, and a damaged file
 * is refused, wherever it is cut or changed.
 */
#include "platform/core/testing.h"

#include "platform/core/csv.h"
#include "platform/formats/xlsx.h"
#include "platform/formats/xlsx_in.h"

static struct str made(struct arena *a)
{
    static const struct xlsx_column columns[] = {
        {STRI("family"), XLSX_TEXT, 0, false},
        {STRI("birth_year"), XLSX_INT, 0, false},
        {STRI("note"), XLSX_TEXT, 0, false},
    };
    struct xlsx_about about = {.title = STR("Тизме"), .total_label = STR("Бардыгы")};
    struct xlsx *x = NULL;
    struct buf *out = buf_in(a);
    assert_int_equal(xlsx_begin(&x, &about), ERR_OK);
    xlsx_sheet(x, STR("1"), columns, COUNT_OF(columns));
    xlsx_text(x, STR("Демоева \"Айгүл\", кызы"));
    xlsx_int(x, 1980);
    xlsx_text(x, STR("a\nb"));
    xlsx_row_end(x);
    xlsx_blank(x);
    xlsx_blank(x);
    xlsx_text(x, STR("=1+1"));
    xlsx_row_end(x);
    assert_int_equal(xlsx_finish(x, out), ERR_OK);
    return buf_view(out);
}

static void cells_come_back(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str csv;
    struct csv_record record;
    bool more = true, head = false, first = false, second = false;
    assert_int_equal(xlsx_in_csv(a, made(a), &csv), ERR_OK);
    struct csv_reader *r = csv_open_str(csv);
    while (csv_next(r, &record, &more) == ERR_OK && more) {
        if (record.n < 3)
            continue;
        if (str_eq(record.field[0], STR("family"))) {
            head = str_eq(record.field[1], STR("birth_year"));
        } else if (str_eq(record.field[0], STR("Демоева \"Айгүл\", кызы"))) {
            first = str_eq(record.field[1], STR("1980")) && str_eq(record.field[2], STR("a b"));
        } else if (str_eq(record.field[2], STR("=1+1"))) {
            second = record.field[0].n == 0 && record.field[1].n == 0;
        }
    }
    csv_close(r);
    assert_true(head);
    assert_true(first);
    assert_true(second);
    arena_free(a);
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str whole = made(a), csv;
    assert_int_equal(xlsx_in_csv(a, STR("PK\x03\x04 and no more"), &csv), ERR_PARSE);
    assert_false(xlsx_in_is(STR("family,given")));
    for (size_t n = 0; n < whole.n; n += 97)
        assert_int_not_equal(xlsx_in_csv(a, str_slice(whole, 0, n), &csv), ERR_OK);
    /* A changed byte: the same cells, others, or a refusal; never anything worse. */
    for (size_t at = 0; at < whole.n; at += 41) {
        char *copy = arena_cstr(a, whole);
        copy[at] = (char)(copy[at] ^ 0x55);
        enum err rc = xlsx_in_csv(a, str_of(copy, whole.n), &csv);
        assert_true(rc == ERR_OK || rc == ERR_PARSE || rc == ERR_TOO_LARGE);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_back),
        cmocka_unit_test(damage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
