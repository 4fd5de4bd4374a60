/* The frame and the pieces: what they write for good, missing and hostile data. */
#include "tests/support/client.h"

#include "platform/web/assets.h"
#include "platform/web/components.h"

#include <math.h>

#define EVIL "<script>\"'&"
#define EVIL_ESCAPED "&lt;script&gt;&quot;&#39;&amp;"

static struct page shown;
static void (*content)(struct buf *out, const struct ui *ui);
static struct test_app *app;

static enum err get_page(struct req *r)
{
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &shown);
    if (content)
        content(out, &r->ui);
    page_close(out, r, &shown);
    return ERR_OK;
}

static const struct route routes[] = {ROUTE("GET", "/page", get_page, PERM_PUBLIC, 0)};
static const struct slice sample = {
    .name = "sample", .routes = routes, .route_count = COUNT_OF(routes)};

static int open_app(void **state)
{
    (void)state;
    app = TEST_APP(&web_slice, &sample);
    shown = (struct page){.title = STR("Title")};
    content = NULL;
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    page_set_navigation(NULL);
    test_app_close(app);
    return 0;
}

static struct test_answer show(void (*fn)(struct buf *, const struct ui *))
{
    content = fn;
    struct test_answer a = test_get(app, "/page");
    test_status(a, 200);
    return a;
}

static size_t count_of(struct str s, const char *part)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(s, str_from(part))) >= 0; n++)
        s = str_slice(s, (size_t)at + 1, s.n);
    return n;
}

/* --- the frame --- */

static void test_frame(void **state)
{
    (void)state;
    struct test_answer a = show(NULL);
    assert_true(str_starts(a.body, STR("<!doctype html>")));
    test_contains(a, "<title>Title – Aimak</title>");
    test_contains(a, "href=\"#main\" class=\"govuk-skip-link\"");
    test_contains(a, "<main id=\"main\"");
    test_contains(a, asset_url("style.css"));
    test_contains(a, asset_url("app.js"));
    assert_int_equal(count_of(a.body, "aria-current=\"true\""), 1);
    assert_int_equal(count_of(a.body, "<main"), 1);
    test_contains(a, "href=\"/about\"");
    test_lacks(a, "demo-ribbon");
    /* The policy forbids them, so a page that has them is broken. */
    test_lacks(a, "style=\"");
    test_lacks(a, "onclick");
    app->app.demo = true;
    test_contains(show(NULL), "demo-ribbon");
}

static void test_frame_in_three_languages(void **state)
{
    static const char *const skip[] = {"Негизги", "Перейти", "Skip"};
    (void)state;
    for (int lang = 0; lang < LANG__MAX; lang++) {
        app->lang = (enum lang)lang;
        test_contains(show(NULL), skip[lang]);
    }
}

static void test_frame_escapes(void **state)
{
    static const struct crumb crumbs[] = {{STRI("javascript:alert(1)"), STRI(EVIL)}};
    (void)state;
    shown = (struct page){.title = STR(EVIL),
                          .description = STR(EVIL),
                          .unit_name = STR(EVIL),
                          .unit_href = STR("/m/1"),
                          .crumbs = crumbs,
                          .crumb_count = 1,
                          .feed = "/feed?a=1&b=\""};
    struct test_answer a = show(NULL);
    test_lacks(a, EVIL);
    test_lacks(a, "javascript:");
    test_contains(a, "<title>" EVIL_ESCAPED " – " EVIL_ESCAPED "</title>");
    test_contains(a, "content=\"" EVIL_ESCAPED "\"");
    test_contains(a, "href=\"/feed?a=1&amp;b=&quot;\"");
}

static void test_scripts_of_a_page(void **state)
{
    (void)state;
    shown.scripts[0] = "report.js";
    test_contains(show(NULL), asset_url("report.js"));
}

static void test_print_form(void **state)
{
    (void)state;
    shown.print_only = true;
    struct test_answer a = show(NULL);
    test_lacks(a, "site-header");
    test_lacks(a, "site-footer");
    test_contains(a, "sheet-page");
}

static void test_account(void **state)
{
    (void)state;
    test_contains(show(NULL), "href=\"/login\"");
    test_login_as(app, ROLE_RESIDENT, "*");
    test_contains(show(NULL), "href=\"/account\"");
    test_contains(show(NULL), "action=\"/logout\"");
    test_lacks(show(NULL), "href=\"/login\"");
    test_lacks(show(NULL), "href=\"/desk\"");
    test_login_as(app, ROLE_OFFICER, "41702220820000");
    test_contains(show(NULL), "href=\"/desk\"");
}

static void navigate(struct buf *out, struct req *r, const struct page *page)
{
    html_text(out, &r->ui, page->title);
    buf_cstr(out, "<i>menu</i>");
}

static void test_navigation_hook(void **state)
{
    (void)state;
    page_set_navigation(navigate);
    test_contains(show(NULL), "Title<i>menu</i>");
}

/* --- pieces --- */

static void put_pieces(struct buf *out, const struct ui *ui)
{
    ui_tag(out, ui, TONE_BAD, STR(EVIL));
    ui_notice(out, ui, TONE_WAIT, STR(EVIL));
    ui_empty(out, ui, MSG_common_no_data, STR("javascript:alert(1)"), MSG_common_add);
    ui_figure(out, ui, (struct html){STR("<b>7</b>")}, MSG_common_total, STR("/list?a=1&b=2"));
    ui_pager(out, ui, STR_NULL, STR("/list?before=\"7\""));
    ui_exports(out, ui, STR("/x.xlsx"), STR_NULL, STR_NULL);
    ui_icon_named(out, ui, STR(EVIL));
    ui_hidden(out, ui, "name", STR(EVIL));
    ui_link_button(out, ui, STR("data:text/html,x"), MSG_common_show, BUTTON_PRIMARY);
    ui_button_named(out, ui, MSG_common_save, BUTTON_WARNING, "do", EVIL);
}

static void test_pieces_escape(void **state)
{
    (void)state;
    struct test_answer a = show(put_pieces);
    test_lacks(a, EVIL);
    test_lacks(a, "javascript:");
    test_lacks(a, "data:text");
    test_contains(a, "class=\"tag tag--bad\">" EVIL_ESCAPED);
    test_contains(a, "<b>7</b>");
    test_contains(a, "href=\"/list?before=&quot;7&quot;\"");
    assert_int_equal(count_of(a.body, "rel=\"prev\""), 0);
    test_contains(a, "href=\"/x.xlsx\"");
}

static void put_forms(struct buf *out, const struct ui *ui)
{
    ui_form_open(out, ui, NULL, STR("/x?a=\"&b"));
    ui_form_close(out, ui);
    ui_form_open_get(out, ui, STR("/search"));
    ui_form_close(out, ui);
}

static void test_forms_carry_tokens(void **state)
{
    (void)state;
    struct test_answer a = show(put_forms);
    test_contains(a, "action=\"/x?a=&quot;&amp;b\"");
    assert_int_equal(count_of(a.body, "name=\"csrf\""), 1); /* never in an address */
    assert_true(test_field(app, a, "csrf").n > 40);
}

enum { F_PLACE };
static const struct field place_fields[] = {
    {"place", FIELD_CODE, .required = true, .label = MSG_common_choose, .hint = MSG_common_search}};

static void put_options(struct buf *out, const struct ui *ui)
{
    static const struct option options[] = {
        {STRI("a"), STRI(EVIL), STR_NULL, STRI("First")},
        {STRI("b\""), STRI("B"), STR_NULL, STRI("First")},
        {STRI("c"), STRI("C"), STRI("hint of C"), STRI(EVIL)},
        {STRI("d"), STRI("D"), STR_NULL, STR_NULL},
    };
    struct form *f = FORM_NEW(ui->req, place_fields);
    form_set(f, F_PLACE, STR("b\""));
    ui_select(out, ui, f, F_PLACE, (struct option_list){options, COUNT_OF(options)});
    ui_radios(out, ui, f, F_PLACE, (struct option_list){options, COUNT_OF(options)});
}

static void test_options(void **state)
{
    (void)state;
    struct test_answer a = show(put_options);
    test_lacks(a, EVIL);
    test_contains(a, "<option value=\"b&quot;\" selected>B</option>");
    assert_int_equal(count_of(a.body, "<optgroup"), 2);
    assert_int_equal(count_of(a.body, "</optgroup>"), 2);
    test_contains(a, "value=\"b&quot;\" checked");
    test_contains(a, "aria-describedby=\"place-hint\"");
    test_contains(a, "hint of C");
}

/* --- shares and charts --- */

static void put_kept(struct buf *out, const struct ui *ui)
{
    ui_kept_bar(out, ui, 101, 107);
    ui_kept_bar(out, ui, 0, 0);
}

static void test_kept_bar(void **state)
{
    (void)state;
    struct test_answer a = show(put_kept);
    test_contains(a, "kept kept--good");
    test_contains(a, "width=\"94.4\"");
    test_contains(a, "94%");
    test_contains(a, "101");
    test_contains(a, "Nothing to count yet");
    assert_int_equal(count_of(a.body, "kept__fill"), 1);
    assert_int_equal(ui_kept_tone(85, 100), TONE_GOOD);
    assert_int_equal(ui_kept_tone(84, 100), TONE_WAIT);
    assert_int_equal(ui_kept_tone(64, 100), TONE_BAD);
    assert_int_equal(ui_kept_tone(0, 0), TONE_NEUTRAL);
    /* By the figure that stands beside the colour: 84.5 % reads "85%". */
    assert_int_equal(ui_kept_percent(845, 1000), 85);
    assert_int_equal(ui_kept_tone(845, 1000), TONE_GOOD);
    assert_int_equal(ui_kept_tone(644, 1000), TONE_BAD);
    assert_int_equal(ui_kept_percent(0, 0), -1);
}

static void put_legend(struct buf *out, const struct ui *ui)
{
    ui_kept_legend(out, ui);
}

static void test_kept_legend(void **state)
{
    (void)state;
    struct test_answer a = show(put_legend);
    test_contains(a, "85% and more");
    test_contains(a, "65–84%");
    test_contains(a, "under 65%");
}

static const struct chart_point points[] = {
    {STRI("Jan"), 20}, {STRI("Feb"), NAN}, {STRI(EVIL), 50}, {STRI("Apr"), -3}};

static void put_charts(struct buf *out, const struct ui *ui)
{
    struct chart c = {STR("Chart " EVIL), STR("%"), points, COUNT_OF(points), 80};
    ui_chart_bars(out, ui, &c);
    ui_chart_line(out, ui, &c);
    c.unit = STR("m³");
    c.target = NAN;
    ui_chart_line(out, ui, &c);
    c.n = 0;
    ui_chart_bars(out, ui, &c);
    ui_chart_line(out, ui, &c);
    c.n = 1;
    ui_chart_line(out, ui, &c);
}

static void test_charts(void **state)
{
    (void)state;
    struct test_answer a = show(put_charts);
    test_lacks(a, EVIL);
    test_lacks(a, "nan");
    test_lacks(a, "inf");
    test_contains(a, "width=\"20.0\"");   /* of 100 per cent, not of the largest bar */
    test_contains(a, "d=\"M80.0 0v10\""); /* the target */
    test_contains(a, "M0.0 48.0h0M73.3 30.0h0L110.0 60.0"); /* a gap where there is no data */
    test_contains(a, "aria-label=\"Chart " EVIL_ESCAPED ": Jan – 20");
    assert_int_equal(count_of(a.body, "<details"), 6);
    assert_int_equal(count_of(a.body, "<details"), count_of(a.body, "</details>"));
    test_contains(a, "No data");
    /* As beside every other figure of the page; the blank belongs to Russian alone. */
    test_contains(a, "50%");
    test_lacks(a, "\xc2\xa0%");
    test_contains(a, "50\xc2\xa0m³");
}

/* Axes end at 1, 2 or 5 times a power of ten at or above the largest value. */
static double axis_value;
static void put_axis(struct buf *out, const struct ui *ui)
{
    struct chart_point p = {STR("x"), axis_value};
    struct chart c = {STR("c"), STR_NULL, &p, 1, NAN};
    ui_chart_line(out, ui, &c);
}

static void test_axis(void **state)
{
    static const struct {
        double value;
        const char *top;
    } each[] = {{0, ">1<"},  {0.3, ">0.5<"}, {1, ">1<"},
                {7, ">10<"}, {21, ">50<"},   {1001, ">2,000<"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        axis_value = each[i].value;
        test_contains(show(put_axis), each[i].top);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_app, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_frame),
        TEST(test_frame_in_three_languages),
        TEST(test_frame_escapes),
        TEST(test_scripts_of_a_page),
        TEST(test_print_form),
        TEST(test_account),
        TEST(test_navigation_hook),
        TEST(test_pieces_escape),
        TEST(test_forms_carry_tokens),
        TEST(test_options),
        TEST(test_kept_bar),
        TEST(test_kept_legend),
        TEST(test_charts),
        TEST(test_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
