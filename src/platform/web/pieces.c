/* Pieces of content: icons, tags, notices, figures, bars, exports, charts. */
#include "platform/web/components.h"

#include "platform/web/assets.h"
#include "platform/web/web_priv.h"

#include <math.h>

static void put(struct buf *out, const char *markup)
{
    buf_cstr(out, markup);
}

static void link_to(struct buf *out, const struct ui *ui, struct str href)
{
    put(out, "<a href=\"");
    html_url(out, ui, URL(href));
    put(out, "\">");
}

void ui_icon(struct buf *out, const struct ui *ui, const char *name)
{
    (void)ui;
    buf_printf(out, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#%s\"/></svg>",
               asset_url("icons.svg"), name);
}

void ui_icon_named(struct buf *out, const struct ui *ui, struct str name)
{
    buf_printf(out, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#",
               asset_url("icons.svg"));
    html_url_part(out, ui, name);
    put(out, "\"/></svg>");
}

void ui_logo(struct buf *out, const struct ui *ui)
{
    (void)ui;
    buf_printf(
        out, "<svg class=\"site-header__logo\" aria-hidden=\"true\"><use href=\"%s#logo\"/></svg>",
        asset_url("icons.svg"));
}

static const char *const tones[] = {
    [TONE_NEUTRAL] = "", [TONE_GOOD] = "good", [TONE_WAIT] = "wait", [TONE_BAD] = "bad"};

static void open_toned(struct buf *out, const char *element, const char *css_class, enum tone tone)
{
    buf_printf(out, "<%s class=\"%s", element, css_class);
    if (tone != TONE_NEUTRAL)
        buf_printf(out, " %s--%s", css_class, tones[tone]);
    put(out, "\">");
}

void ui_tag(struct buf *out, const struct ui *ui, enum tone tone, struct str text)
{
    open_toned(out, "span", "tag", tone);
    html_text(out, ui, text);
    put(out, "</span>");
}

void ui_notice(struct buf *out, const struct ui *ui, enum tone tone, struct str text)
{
    static const char *const icons[] = {"info", "check", "clock", "alert"};
    open_toned(out, "div", "notice", tone);
    ui_icon(out, ui, icons[tone]);
    put(out, "<div><p>");
    html_text(out, ui, text);
    put(out, "</p></div></div>");
}

void ui_empty(struct buf *out, const struct ui *ui, enum msg text, struct str href, enum msg action)
{
    put(out, "<div class=\"empty\"><p>");
    html_msg(out, ui, MSG(text));
    put(out, "</p>");
    if (href.p)
        ui_link_button(out, ui, href, action, BUTTON_SECONDARY);
    put(out, "</div>");
}

void ui_figure(struct buf *out, const struct ui *ui, struct html value, enum msg label,
               struct str href)
{
    put(out, "<li class=\"figure\"><span class=\"figure__value\">");
    html_html(out, ui, value);
    put(out, "</span><span class=\"figure__label\">");
    if (href.p)
        link_to(out, ui, href);
    html_msg(out, ui, MSG(label));
    put(out, href.p ? "</a></span></li>" : "</span></li>");
}

/* Good from nine in ten, bad under seven in ten: the colours say no more than the number beside. */
void ui_kept_bar(struct buf *out, const struct ui *ui, int64_t kept, int64_t counted)
{
    double share = counted > 0 ? (double)kept / (double)counted : 0;
    enum tone tone = counted == 0   ? TONE_NEUTRAL
                     : share >= 0.9 ? TONE_GOOD
                     : share >= 0.7 ? TONE_WAIT
                                    : TONE_BAD;
    open_toned(out, "div", "kept", tone);
    put(out, "<svg class=\"kept__bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
             "aria-hidden=\"true\">");
    if (counted > 0) {
        put(out, "<rect class=\"kept__fill\" height=\"10\" width=\"");
        buf_fixed(out, share * 100, 1);
        put(out, "\"/>");
    }
    put(out, "</svg><p class=\"kept__text\">");
    if (counted > 0) {
        put(out, "<span class=\"kept__share\">");
        html_percent(out, ui, PERCENT(share));
        put(out, "</span> <span>");
        html_message(out, ui, MSG_web_kept_text,
                     (struct msg_arg[]){ARG_N("kept", kept), ARG_N("counted", counted)}, 2);
        put(out, "</span>");
    } else {
        html_msg(out, ui, MSG(MSG_web_kept_none));
    }
    put(out, "</p></div>");
}

void ui_pager(struct buf *out, const struct ui *ui, struct str newer, struct str older)
{
    if (!newer.p && !older.p)
        return;
    put(out, "<nav class=\"pager no-print\">");
    if (newer.p) {
        put(out, "<a rel=\"prev\" href=\"");
        html_url(out, ui, URL(newer));
        put(out, "\">");
        html_msg(out, ui, MSG(MSG_common_newer));
        put(out, "</a>");
    }
    if (older.p) {
        put(out, "<a rel=\"next\" href=\"");
        html_url(out, ui, URL(older));
        put(out, "\">");
        html_msg(out, ui, MSG(MSG_common_older));
        put(out, "</a>");
    }
    put(out, "</nav>");
}

static void export_link(struct buf *out, const struct ui *ui, struct str href, const char *icon,
                        enum msg label)
{
    if (!href.p)
        return;
    link_to(out, ui, href);
    ui_icon(out, ui, icon);
    html_msg(out, ui, MSG(label));
    put(out, "</a> ");
}

void ui_exports(struct buf *out, const struct ui *ui, struct str xlsx, struct str csv,
                struct str print)
{
    put(out, "<p class=\"exports no-print\">");
    export_link(out, ui, xlsx, "sheet", MSG_web_excel);
    export_link(out, ui, csv, "download", MSG_web_csv);
    export_link(out, ui, print, "print", MSG_common_print);
    put(out, "</p>");
}

/* --- charts --- */

static double chart_top(const struct chart *c)
{
    double top = isnan(c->target) ? 0 : c->target;
    for (size_t i = 0; i < c->n; i++)
        if (!isnan(c->v[i].value) && c->v[i].value > top)
            top = c->v[i].value;
    return top > 0 ? top : 1;
}

/* 1, 2 or 5 times a power of ten at or above the value: an axis that can be read. */
static double round_up(double v)
{
    double step = pow(10, floor(log10(v)));
    static const double times[] = {1, 2, 5, 10};
    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (v <= times[i] * step)
            return times[i] * step;
    return 10 * step;
}

static void chart_value(struct buf *out, const struct ui *ui, const struct chart *c, double v)
{
    struct buf *text = buf_in(ui->req->arena);
    if (isnan(v)) {
        html_msg(out, ui, MSG(MSG_common_no_data));
        return;
    }
    lang_decimal(text, ui->lang, v, v == floor(v) ? 0 : 1);
    html_text(out, ui, buf_view(text));
    if (c->unit.n) {
        buf_char(out, ' ');
        html_text(out, ui, c->unit);
    }
}

static void chart_open(struct buf *out, const struct ui *ui, const struct chart *c)
{
    put(out, "<figure class=\"chart\"><figcaption>");
    html_text(out, ui, c->title);
    put(out, "</figcaption>");
}

/* The figures behind the picture. */
static void chart_table(struct buf *out, const struct ui *ui, const struct chart *c)
{
    put(out, "<details class=\"govuk-details\"><summary class=\"govuk-details__summary\">"
             "<span class=\"govuk-details__summary-text\">");
    html_msg(out, ui, MSG(MSG_web_table_behind));
    put(out, "</span></summary><div class=\"govuk-details__text\"><table class=\"govuk-table "
             "table--dense\"><caption class=\"govuk-visually-hidden\">");
    html_text(out, ui, c->title);
    put(out, "</caption><thead><tr class=\"govuk-table__row\"><th scope=\"col\" "
             "class=\"govuk-table__header\">");
    html_msg(out, ui, MSG(MSG_web_chart_label));
    put(out, "</th><th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">");
    html_msg(out, ui, MSG(MSG_web_chart_value));
    put(out, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < c->n; i++) {
        put(out, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
        html_text(out, ui, c->v[i].label);
        put(out, "</th><td class=\"govuk-table__cell govuk-table__cell--numeric\">");
        chart_value(out, ui, c, c->v[i].value);
        put(out, "</td></tr>");
    }
    put(out, "</tbody></table></div></details></figure>");
}

void ui_chart_bars(struct buf *out, const struct ui *ui, const struct chart *c)
{
    double top = chart_top(c);
    put(out, "<figure class=\"chart\"><figcaption>");
    html_text(out, ui, c->title);
    put(out, "</figcaption><ol class=\"bars\">");
    for (size_t i = 0; i < c->n; i++) {
        double v = c->v[i].value;
        put(out, "<li class=\"bars__row\"><span>");
        html_text(out, ui, c->v[i].label);
        put(out,
            "</span><svg class=\"bars__bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
            "aria-hidden=\"true\">");
        if (!isnan(v) && v > 0) {
            put(out, "<rect class=\"chart__fill\" height=\"10\" width=\"");
            buf_fixed(out, v / top * 100, 1);
            put(out, "\"/>");
        }
        put(out, "</svg><span class=\"bars__value\">");
        chart_value(out, ui, c, v);
        put(out, "</span></li>");
    }
    put(out, "</ol>");
    chart_table(out, ui, c);
}

static void plot_line(struct buf *out, const struct chart *c, double top)
{
    bool pen_down = false;
    put(out, "<path class=\"chart__line\" d=\"");
    for (size_t i = 0; i < c->n; i++) {
        if (isnan(c->v[i].value)) {
            pen_down = false;
            continue;
        }
        buf_char(out, pen_down ? 'L' : 'M');
        buf_fixed(out, c->n > 1 ? 110.0 * (double)i / (double)(c->n - 1) : 55, 1);
        buf_char(out, ' ');
        buf_fixed(out, 60 - c->v[i].value / top * 60, 1);
        pen_down = true;
    }
    put(out, "\"/>");
}

void ui_chart_line(struct buf *out, const struct ui *ui, const struct chart *c)
{
    double top = round_up(chart_top(c));
    chart_open(out, ui, c);
    put(out, "<div class=\"line\"><div class=\"line__y\" aria-hidden=\"true\"><span>");
    html_int(out, ui, (int64_t)top);
    put(out, "</span><span>0</span></div><svg class=\"line__plot\" viewBox=\"0 0 110 60\" "
             "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
             "<path class=\"chart__grid\" d=\"M0 0h110M0 30h110M0 60h110\"/>");
    if (!isnan(c->target)) {
        put(out, "<path class=\"chart__target\" d=\"M0 ");
        buf_fixed(out, 60 - c->target / top * 60, 1);
        put(out, "h110\"/>");
    }
    plot_line(out, c, top);
    put(out, "</svg><div class=\"line__x\" aria-hidden=\"true\">");
    if (c->n > 0) {
        size_t shown[] = {0, c->n / 2, c->n - 1};
        for (size_t i = 0; i < (c->n > 2 ? 3 : c->n); i++) {
            put(out, "<span>");
            html_text(out, ui, c->v[shown[i]].label);
            put(out, "</span>");
        }
    }
    put(out, "</div></div>");
    chart_table(out, ui, c);
}
