/*
 * The code that tplc makes of tools/tests/sample, run with writers that show which rule each value
 * was written by. The real writers are tested with the platform's web.
 */
#include "platform/core/testing.h"
#include "sample_tpl.h"

/* <rule:value> */
static void show(struct buf *out, const char *rule, struct str value)
{
    buf_printf(out, "[%s:%.*s]", rule, STRF(value));
}

static void show_number(struct buf *out, const char *rule, int64_t value)
{
    buf_printf(out, "[%s:%lld]", rule, (long long)value);
}

void html_text(struct buf *out, const struct ui *ui, struct str s)
{
    (void)ui;
    show(out, "text", s);
}
void html_cstr(struct buf *out, const struct ui *ui, const char *s)
{
    (void)ui;
    show(out, "cstr", str_from(s));
}
void html_html(struct buf *out, const struct ui *ui, struct html h)
{
    (void)ui;
    show(out, "html", h.s);
}
void html_url(struct buf *out, const struct ui *ui, struct url u)
{
    (void)ui;
    show(out, "url", u.s);
}
void html_int(struct buf *out, const struct ui *ui, int64_t v)
{
    (void)ui;
    show_number(out, "int", v);
}
void html_text3(struct buf *out, const struct ui *ui, struct text3 t)
{
    show(out, "text3", text3_get(&t, ui->lang));
}
void html_text3_plain(struct buf *out, const struct ui *ui, struct text3 t)
{
    show(out, "text3", text3_get(&t, ui->lang));
}
void html_day(struct buf *out, const struct ui *ui, struct day_value d)
{
    (void)ui;
    show_number(out, "day", d.day);
}
void html_time(struct buf *out, const struct ui *ui, struct time_value t)
{
    (void)ui;
    show_number(out, "time", t.ms);
}
void html_ago(struct buf *out, const struct ui *ui, struct ago_value t)
{
    (void)ui;
    show_number(out, "ago", t.ms);
}
void html_money(struct buf *out, const struct ui *ui, struct money_value m)
{
    (void)ui;
    show_number(out, "money", m.tyiyn);
}
void html_percent(struct buf *out, const struct ui *ui, struct percent_value p)
{
    (void)ui;
    show_number(out, "percent", (int64_t)(p.fraction * 100));
}
void html_people(struct buf *out, const struct ui *ui, struct people_value p)
{
    (void)ui;
    show_number(out, "people", p.n);
}
void html_plain(struct buf *out, const struct ui *ui, struct plain_number n)
{
    (void)ui;
    show_number(out, "plain", n.v);
}
void html_msg(struct buf *out, const struct ui *ui, struct msg_value m)
{
    show(out, "msg", msg_text(ui->lang, m.m));
}
void html_url_part(struct buf *out, const struct ui *ui, struct str s)
{
    (void)ui;
    show(out, "part", s);
}
void html_url_part_int(struct buf *out, const struct ui *ui, int64_t v)
{
    (void)ui;
    show_number(out, "part", v);
}
void html_message(struct buf *out, const struct ui *ui, enum msg m, const struct msg_arg *args,
                  size_t n)
{
    buf_cstr(out, "[message:");
    msg_put(out, ui->lang, m, args, n);
    buf_cstr(out, "]");
}
void sample_box(struct buf *out, const struct ui *ui, const char *name, int64_t n)
{
    (void)ui;
    buf_printf(out, "<box %s %lld>", name, (long long)n);
}
void sample_line(struct buf *out, const struct ui *ui)
{
    (void)ui;
    buf_cstr(out, "<hr>");
}

static const struct sample_row rows[] = {
    {STRI("a/b"), 3, 100, false},
    {STRI("<c>"), 4, 200, true},
    {STRI("d"), 10, 300, true},
};

static struct sample_view view_of(size_t count)
{
    return (struct sample_view){
        .title = STR("T&T"),
        .query = STR("q q"),
        .rows = {rows, count},
        .body = {STR("<em>")},
        .picture = {STR("/p.png")},
        .place = {{STR("Кок-Жар"), STR("Кок-Джар"), STR("Kok-Jar")}},
        .count = 7,
        .size = 2,
    };
}

static void check(const struct sample_view *v, bool open, const char *expected)
{
    const struct ui ui = {.lang = LANG_EN};
    struct buf out = BUF_EMPTY;
    tpl_sample_page(&out, &ui, v, open);
    assert_str_equal(buf_view(&out), str_from(expected));
    buf_free(&out);
}

#define PAGE_HEAD                                                                                  \
    "<!DOCTYPE html>\n"                                                                            \
    "<title>[text:T&T] – [msg:Yes]</title>\n"                                                    \
    "<script src=\"[url:/p.png]\" defer></script>\n"                                               \
    "<h1 class=\"heading-l\" id='top'>[message:T&T: fill this in]</h1>\n"

static void a_page_is_written(void **state)
{
    struct sample_view v = view_of(3);
    (void)state;
    check(&v, true,
          PAGE_HEAD
          "<ul>\n"
          "<li data-index=\"[int:0]\">\n"
          "<a href=\"/c/[part:a/b]?n=[part:3]&amp;all\" title=\"[text:a/b]\">[text:a/b]</a>\n"
          "[ago:100]\n</li>\n"
          "<li class=\"late\" data-index=\"[int:1]\">\n"
          "<a href=\"/c/[part:<c>]?n=[part:4]&amp;all\" title=\"[text:<c>]\">[text:<c>]</a>\n"
          "[ago:200]\n</li>\n"
          "<li class=\"late very\" data-index=\"[int:2]\">\n"
          "<a href=\"/c/[part:d]?n=[part:10]&amp;all\" title=\"[text:d]\">[text:d]</a>\n"
          "[ago:300]\n</li>\n"
          "</ul>\n"
          "<i>0</i>\n"
          "<p>1 ***</p>\n"
          "<p translate=\"no\">Aimak &amp; [text3:Kok-Jar]</p>\n"
          "<img src=\"[url:/p.png]\" alt=\"[msg:No]\"> [html:<em>]\n"
          "<a href=\"/a?q=[part:q q]#[part:7]\">[cstr:x]</a>\n"
          "<a href=\"[url:q q]?page=[part:2]\">[day:20779] [money:1500050] [percent:50]</a>\n"
          "<p>[message:a b: no more than 2 characters]\n"
          "[message:Next: must be 22 November 2026 or more] "
          "[message:Kok-Jar: must be 1.00\u00A0som or less]\n"
          "[message:c: must be 1 January 1970, 06:00 or more] "
          "[message:T&T: must be 2026 or less]</p>\n"
          "<textarea name=\"t\" title=\"[time:0]\">\n  [text:T&T]\n    \n5\n</textarea>\n"
          "<pre>\n 1\n   2</pre>\n"
          "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/><g><title>[msg:All]</title></g></svg>\n"
          "<box a, b 3>\n"
          "<input value=\"x\" checked disabled>");
}

static void other_branches_are_written(void **state)
{
    struct sample_view v = view_of(0);
    struct buf out = BUF_EMPTY;
    const struct ui ui = {.lang = LANG_EN};
    (void)state;
    tpl_sample_page(&out, &ui, &v, false);
    assert_true(str_starts(buf_view(&out), STR(PAGE_HEAD "<hr>\n<i>0</i>\n<p>2 </p>\n")));
    assert_true(str_find(buf_view(&out), STR("<a href=\"/b?q=")) > 0);
    assert_true(str_ends(buf_view(&out), STR("<input value=\"x\"  disabled>")));
    struct sample_row many[100];
    memset(many, 0, sizeof(many));
    v.rows = v.none = (struct sample_rows){many, COUNT_OF(many)};
    buf_clear(&out);
    tpl_sample_page(&out, &ui, &v, false);
    assert_true(str_find(buf_view(&out), STR("</h1>\n<p>[plain:14]</p>\n<b>[int:0]</b><b>")) > 0);
    buf_clear(&out);
    tpl_sample_static(&out, &ui);
    tpl_sample_empty(&out, &ui);
    assert_str_equal(buf_view(&out), STR("<p>1</p>"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_written),
        cmocka_unit_test(other_branches_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
