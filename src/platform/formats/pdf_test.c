/* Documents read back by poppler's programs: pdftotext, pdftoppm, pdfinfo, pdffonts. */
#include "platform/formats/image_samples.h"
#include "platform/formats/pdf.h"

#include "platform/core/testing.h"

#include <pthread.h>

static struct pdf_options options = {
    .title = STRI("Суу: тейлөө хартиясы"),
    .author = STRI("Ак-Суу айыл өкмөтү"),
    .lang = LANG_KY,
    .footer = STRI("Версия 3"),
    .made_ms = INT64_C(1795317300000),
    .accent = 0x1F5A8A,
};

static struct str finish(struct arena *a, struct pdf *p)
{
    struct buf *out = buf_in(a);
    enum err rc = pdf_finish(p, out);
    if (rc != ERR_OK)
        fail_msg("%s", err_name(rc));
    return buf_view(out);
}

/* What the command prints about the document; "%s" stands for the file. */
static struct str ask(struct arena *a, struct str pdf, const char *command)
{
    char path[] = "/tmp/aimak-pdf-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, pdf.p, pdf.n) == (ssize_t)pdf.n);
    close(fd);
    const char *place = strstr(command, "%s");
    struct str line = arena_printf(a, "%.*s%s%s", (int)(place - command), command, path, place + 2);
    FILE *pipe = popen(arena_cstr(a, line), "r");
    assert_non_null(pipe);
    struct buf *out = buf_in(a);
    size_t n;
    while ((n = fread(buf_reserve(out, 65536), 1, 65536, pipe)) > 0)
        out->n += n;
    int status = pclose(pipe);
    unlink(path);
    if (status != 0)
        fail_msg("%.*s ended with %d: is poppler-utils installed?", STRF(line), status);
    return buf_view(out);
}

static int count_of(struct str s, struct str word)
{
    int n = 0;
    for (ptrdiff_t at; (at = str_find(s, word)) >= 0; n++)
        s = str_slice(s, (size_t)at + word.n, s.n);
    return n;
}

static void check_has(struct str text, const char *word)
{
    if (str_find(text, str_from(word)) < 0)
        fail_msg("\"%s\" is not in\n%.*s", word, STRF(text));
}

static const struct pdf_column columns[] = {
    {STRI("Айыл"), 3, PDF_LEFT}, {STRI("Адам саны"), 1, PDF_RIGHT}, {STRI("Үлүш"), 1, PDF_RIGHT}};

static void put_rows(struct pdf *p, int rows)
{
    pdf_table(p, columns, COUNT_OF(columns));
    for (int i = 0; i < rows; i++) {
        pdf_cell(p, STR("Теплоключенка"));
        pdf_cell(p, STR("11 234"));
        pdf_cell(p, STR("87 %"));
    }
    pdf_table_total(p);
    pdf_cell(p, STR("Бардыгы"));
    pdf_cell(p, STR("44 936"));
    pdf_cell(p, STR_NULL);
}

static void put_everything(struct arena *a, struct pdf *p)
{
    struct qr q;
    struct raster r = sample_fields(a, 80, 40);
    assert_int_equal(qr_encode(a, STR("https://aimak.example/m/1"), &q), ERR_OK);
    pdf_heading(p, 1, STR("Таза суу: биздин милдеттенме"));
    pdf_paragraph(p, PDF_LEAD, PDF_LEFT, STR("Үзгүлтүксүз камсыз болууга укуктуу, кеңеш."));
    pdf_promise(p, STR("24 саат"), STR("Суу өчсө, калыбына келтиребиз"), STR("Жума күнү да"));
    pdf_heading(p, 2, STR("Ким жооп берет"));
    pdf_fact(p, STR("Тейлөөчү"), STR("«Ак-Булак» бирикмеси"));
    pdf_bullet(p, STR("Ачык маалымат"));
    pdf_rule(p);
    pdf_space(p, 5);
    put_rows(p, 3);
    pdf_image(p, sample_jpeg(a, &r, STR_NULL), 80, 40, 60, 40, STR("Сүрөт: көчө"));
    pdf_qr(p, &q, 30, STR("Жандуу баракча"), STR("Кодду сканерлеңиз"));
    pdf_signature(p, STR("Башчысы"), STR("Н. Демонов"));
    pdf_page_break(p);
    pdf_paragraph(p, PDF_SMALL, PDF_CENTRE, STR("Экинчи бет"));
}

static void keeps_kyrgyz_text_and_fonts(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf *p = pdf_new(a, &options);
    put_everything(a, p);
    struct str pdf = finish(a, p);
    struct str text = ask(a, pdf, "pdftotext -layout %s - 2>&1");
    static const char *const words[] = {"Таза суу: биздин милдеттенме",
                                        "Үзгүлтүксүз камсыз болууга укуктуу, кеңеш.",
                                        "24 саат",
                                        "Суу өчсө, калыбына келтиребиз",
                                        "Тейлөөчү",
                                        "«Ак-Булак» бирикмеси",
                                        "Адам саны",
                                        "44 936",
                                        "Сүрөт: көчө",
                                        "Кодду сканерлеңиз",
                                        "Н. Демонов",
                                        "Экинчи бет",
                                        "Версия 3",
                                        "1/2",
                                        "2/2"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        check_has(text, words[i]);
    struct str info = ask(a, pdf, "pdfinfo %s 2>&1");
    check_has(info, "Title:           Суу: тейлөө хартиясы");
    check_has(info, "Author:          Ак-Суу айыл өкмөтү");
    check_has(info, "Tagged:          yes");
    check_has(info, "Pages:           2");
    check_has(info, "(A4)");
    assert_int_equal(count_of(info, STR("Error")), 0);
    check_has(pdf, "/Lang (ky)");
    struct str tags = ask(a, pdf, "pdfinfo -struct-text %s 2>&1");
    check_has(tags, "H1 (block)\n    \"Таза суу: биздин милдеттенме\"");
    check_has(tags, "TH\n        \"Айыл\"");
    assert_int_equal(count_of(tags, STR("Warning")), 0);
    /* Every font: embedded, a subset, with a way back to Unicode. */
    struct str fonts = ask(a, pdf, "pdffonts %s 2>&1");
    assert_true(count_of(fonts, STR("yes yes yes")) >= 2);
    assert_int_equal(count_of(fonts, STR("yes yes yes")), count_of(fonts, STR("\n")) - 2);
    arena_free(a);
}

static void same_input_same_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct str first = STR_NULL;
    for (int i = 0; i < 2; i++) {
        struct pdf *p = pdf_new(a, &options);
        put_everything(a, p);
        struct str pdf = finish(a, p);
        assert_true(i == 0 || str_eq(pdf, first));
        first = pdf;
    }
    struct raster r = sample_fields(a, 80, 40);
    assert_true(str_find(first, sample_jpeg(a, &r, STR_NULL)) > 0); /* as it is */
    arena_free(a);
}

static void repeats_the_head_of_a_table(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf *p = pdf_new(a, &options);
    put_rows(p, 150);
    struct str pdf = finish(a, p);
    struct str text = ask(a, pdf, "pdftotext -layout %s - 2>&1");
    struct str info = ask(a, pdf, "pdfinfo %s 2>&1");
    int pages = count_of(text, STR("\f"));
    assert_true(pages >= 3);
    assert_int_equal(count_of(text, STR("Адам саны")), pages);
    assert_int_equal(count_of(text, STR("Теплоключенка")), 150);
    assert_int_equal(count_of(info, STR("Pages:")), 1);
    arena_free(a);
}

static void makes_a_poster_fit_one_page(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf_options poster = options;
    poster.one_page = true;
    struct pdf *p = pdf_new(a, &poster);
    for (int i = 0; i < 18; i++)
        pdf_promise(p, STR("24 саат"), STR("Суу өчсө, калыбына келтиребиз"), STR("Жума күнү да"));
    struct str pdf = finish(a, p);
    check_has(ask(a, pdf, "pdfinfo %s 2>&1"), "Pages:           1");
    assert_int_equal(count_of(ask(a, pdf, "pdftotext -layout %s - 2>&1"), STR("Жума күнү да")), 18);
    for (int i = 0; i < 60; i++)
        pdf_promise(p, STR("24 саат"), STR("Суу"), STR_NULL);
    struct buf *out = buf_in(a);
    buf_cstr(out, "before");
    assert_int_equal(pdf_finish(p, out), ERR_TOO_LARGE);
    assert_true(str_eq(buf_view(out), STR("before")));
    arena_free(a);
}

/* The page as grey pixels at 144 dpi: two pixels a point. */
static const unsigned char *render(struct arena *a, struct str pdf, int *width, int *height)
{
    struct str pgm = ask(a, pdf, "pdftoppm -gray -r 144 %s");
    int used = 0;
    char *head = arena_cstr(a, str_slice(pgm, 0, 40));
    assert_int_equal(sscanf(head, "P5 %d %d 255%n", width, height, &used), 2);
    return (const unsigned char *)pgm.p + used + 1;
}

static void prints_a_readable_code(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf *p = pdf_new(a, &options);
    struct qr q;
    int width, height;
    assert_int_equal(qr_encode(a, STR("https://aimak.example/c/7K3M"), &q), ERR_OK);
    pdf_qr(p, &q, 50, STR("а"), STR("б"));
    const unsigned char *pixel = render(a, finish(a, p), &width, &height);
    assert_int_equal(width, 1191);
    double corner = 18 * 144 / 25.4, module = 50 * 144 / 25.4 / (q.size + 2 * QR_QUIET);
    for (int y = -QR_QUIET; y < q.size + QR_QUIET; y++)
        for (int x = -QR_QUIET; x < q.size + QR_QUIET; x++) {
            int left = (int)(corner + (x + QR_QUIET + 0.5) * module);
            int top = (int)(corner + (y + QR_QUIET + 0.5) * module);
            bool inside = x >= 0 && y >= 0 && x < q.size && y < q.size;
            assert_int_equal(pixel[top * width + left] < 128, inside && qr_dark(&q, x, y));
        }
    arena_free(a);
}

static void bears_any_text(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf *p = pdf_new(a, &options);
    struct buf *noise = buf_in(a), *word = buf_in(a), *lines = buf_in(a);
    property_seed(5);
    random_fill(buf_reserve(noise, 300), 300);
    noise->n = 300;
    for (int i = 0; i < 8000; i++)
        buf_cstr(word, "ң");
    for (int i = 0; i < 300; i++)
        buf_cstr(lines, "сап\n");
    pdf_paragraph(p, PDF_BODY, PDF_LEFT, buf_view(noise));
    pdf_paragraph(p, PDF_BODY, PDF_LEFT, buf_view(word));
    pdf_paragraph(p, PDF_BODY, PDF_LEFT, STR_NULL);
    pdf_heading(p, 3, buf_view(lines));
    pdf_fact(p, buf_view(lines), buf_view(word));
    pdf_bullet(p, STR(""));
    pdf_promise(p, buf_view(lines), buf_view(lines), buf_view(noise));
    pdf_table(p, columns, COUNT_OF(columns));
    pdf_cell(p, buf_view(lines));
    pdf_cell(p, buf_view(word));
    pdf_cell(p, buf_view(noise));
    pdf_signature(p, buf_view(noise), STR(""));
    struct str pdf = finish(a, p);
    struct str info = ask(a, pdf, "pdfinfo %s 2>&1");
    assert_int_equal(count_of(info, STR("Error")), 0);
    assert_int_equal(count_of(ask(a, pdf, "pdftotext %s - 2>&1"), STR("ңңң")) > 2000, 1);
    arena_free(a);
}

static void *make_one(void *arg)
{
    for (int i = 0; i < 3; i++) {
        struct arena *a = arena_new();
        struct pdf *p = pdf_new(a, &options);
        struct buf *out = buf_in(a);
        put_everything(a, p);
        if (pdf_finish(p, out) != ERR_OK || !str_eq(buf_view(out), *(struct str *)arg)) {
            arena_free(a);
            return arg;
        }
        arena_free(a);
    }
    return NULL;
}

static void serves_many_threads(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct pdf *p = pdf_new(a, &options);
    put_everything(a, p);
    struct str want = finish(a, p);
    pthread_t thread[4];
    for (size_t i = 0; i < COUNT_OF(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, make_one, &want), 0);
    for (size_t i = 0; i < COUNT_OF(thread); i++) {
        void *wrong;
        assert_int_equal(pthread_join(thread[i], &wrong), 0);
        assert_null(wrong);
    }
    arena_free(a);
}

static void finds_fonts_with_our_letters(void **state)
{
    (void)state;
    assert_true(pdf_fonts_ok());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_fonts_with_our_letters),
        cmocka_unit_test(keeps_kyrgyz_text_and_fonts),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(repeats_the_head_of_a_table),
        cmocka_unit_test(makes_a_poster_fit_one_page),
        cmocka_unit_test(prints_a_readable_code),
        cmocka_unit_test(bears_any_text),
        cmocka_unit_test(serves_many_threads),
    };
    return cmocka_run_group_tests_name("pdf", tests, NULL, NULL);
}
