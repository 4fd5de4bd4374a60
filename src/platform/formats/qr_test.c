/* The matrix of a QR code: its fixed patterns, its format bits, and the SVG made of it. */
#include "platform/formats/qr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void check_finder(const struct qr *q, int left, int top)
{
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 7; x++) {
            bool ring = x == 0 || x == 6 || y == 0 || y == 6;
            bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            assert_int_equal(qr_dark(q, left + x, top + y), ring || core);
        }
}

/* Format information (ISO/IEC 18004 section 7.9): 15 bits beside the first finder pattern. */
static unsigned format_bits(const struct qr *q)
{
    static const int x[15] = {0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8};
    static const int y[15] = {8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0};
    unsigned bits = 0;
    for (int i = 0; i < 15; i++)
        bits = bits << 1 | qr_dark(q, x[i], y[i]);
    return bits ^ 0x5412;
}

static void has_the_fixed_patterns(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct qr q;
    assert_int_equal(qr_encode(a, STR("https://aimak.example/m/41702205600000"), &q), ERR_OK);
    assert_int_equal(q.size, 29); /* 38 bytes at level M: version 3 */
    check_finder(&q, 0, 0);
    check_finder(&q, q.size - 7, 0);
    check_finder(&q, 0, q.size - 7);
    for (int i = 8; i < q.size - 8; i++) {
        assert_int_equal(qr_dark(&q, i, 6), i % 2 == 0);
        assert_int_equal(qr_dark(&q, 6, i), i % 2 == 0);
    }
    assert_int_equal(format_bits(&q) >> 13, 0); /* 00 is level M */
    arena_free(a);
}

static void refuses_nothing_and_too_much(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct qr q;
    char *text = arena_alloc(a, 2332);
    memset(text, 'a', 2332);
    assert_int_equal(qr_encode(a, STR(""), &q), ERR_INPUT);
    assert_int_equal(qr_encode(a, str_of(text, 2332), &q), ERR_TOO_LARGE);
    assert_int_equal(qr_encode(a, str_of(text, 2331), &q), ERR_OK);
    assert_int_equal(q.size, 177);
    arena_free(a);
}

/* Paints the runs of the path back and compares. */
static void svg_shows_the_matrix(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct qr q;
    assert_int_equal(qr_encode(a, STR("ң ө ү"), &q), ERR_OK);
    struct buf *b = buf_in(a);
    qr_svg(b, &q, STR("\"><script>"));
    buf_char(b, '\0');
    assert_null(strstr(b->p, "<script"));
    bool *seen = ARENA_ARRAY(a, bool, (size_t)(q.size * q.size));
    const char *p = strstr(b->p, "#000");
    int runs = 0, x, y, n, m;
    assert_non_null(p);
    p += strlen("#000\" d=\"");
    for (int used = 0; sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &m, &used) == 4; p += used) {
        assert_int_equal(n, m);
        for (int i = 0; i < n; i++)
            seen[(y - QR_QUIET) * q.size + x - QR_QUIET + i] = true;
        runs++;
    }
    assert_true(runs > 50);
    for (int i = 0; i < q.size * q.size; i++)
        assert_int_equal(seen[i], q.dark[i]);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_fixed_patterns),
        cmocka_unit_test(refuses_nothing_and_too_much),
        cmocka_unit_test(svg_shows_the_matrix),
    };
    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
