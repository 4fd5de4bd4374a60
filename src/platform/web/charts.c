/*
 * Charts: SVG made by the server, with the words in HTML beside it (text inside a stretched picture
 * would shrink on a phone) and the figures as a table behind. Sizes are SVG attributes: the content
 * security policy forbids styles in the page.
 */
#include "platform/web/components.h"

#include "platform/web/web_priv.h"

#include <math.h>

/* Units of the line's picture; the grid of the style sheet is made for them. */
#define WIDTH 110.0
#define HEIGHT 60.0

static void put(struct buf *out, const char *markup)
{
    buf_cstr(out, markup);
}

static bool in_percent(const struct chart *c)
{
    return str_eq(c->unit, STR("%"));
}

static double largest(const struct chart *c)
{
    double top = isnan(c->target) ? 0 : c->target;
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].value > top) /* never true for not-a-number */
            top = c->v[i].value;
    return top;
}

/* 1, 2 or 5 times a power of ten at or above the largest value: an axis that can be read. */
static double axis_top(const struct chart *c)
{
    static const double times[] = {1, 2, 5, 10};
    double top = largest(c);
    if (in_percent(c) && top <= 100)
        return 100;
    if (top <= 0 || !isfinite(top))
        return 1;
    double step = pow(10, floor(log10(top)));
    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (top <= times[i] * step)
            return times[i] * step;
    return 10 * step;
}

/* Between 0 and 1 of the scale. */
static double part_of(double v, double top)
{
    return v <= 0 || isnan(v) ? 0 : v >= top ? 1 : v / top;
}

static void put_number(struct buf *out, const struct ui *ui, double v)
{
    struct buf text = BUF_EMPTY;
    double rounded = round(v * 10) / 10;
    lang_decimal(&text, ui->lang, v, rounded == floor(rounded) ? 0 : 1);
    html_escape(out, buf_view(&text));
    buf_free(&text);
}

static void put_value(struct buf *out, const struct ui *ui, const struct chart *c, double v)
{
    if (isnan(v)) {
        html_msg(out, ui, MSG(MSG_common_no_data));
        return;
    }
    put_number(out, ui, v);
    if (in_percent(c)) {
        put(out, lang_percent_sign(ui->lang));
    } else if (c->unit.n) {
        put(out, "\xc2\xa0"); /* the unit stays beside its number */
        html_text(out, ui, c->unit);
    }
}

static void chart_open(struct buf *out, const struct ui *ui, const struct chart *c)
{
    put(out, "<figure class=\"chart\"><figcaption>");
    html_text(out, ui, c->title);
    put(out, "</figcaption>");
}

static void table_head(struct buf *out, const struct ui *ui, const struct chart *c)
{
    put(out, "<table class=\"govuk-table table--dense\"><caption class=\"govuk-visually-hidden\">");
    html_text(out, ui, c->title);
    put(out, "</caption><thead><tr class=\"govuk-table__row\"><th scope=\"col\" "
             "class=\"govuk-table__header\">");
    html_msg(out, ui, MSG(MSG_web_chart_label));
    put(out, "</th><th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">");
    html_msg(out, ui, MSG(MSG_web_chart_value));
    put(out, "</th></tr></thead>");
}

static void table_row(struct buf *out, const struct ui *ui, const struct chart *c, struct str label,
                      double v)
{
    put(out, "<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
    html_text(out, ui, label);
    put(out, "</th><td class=\"govuk-table__cell govuk-table__cell--numeric\">");
    put_value(out, ui, c, v);
    put(out, "</td></tr>");
}

/* The figures behind the picture, and the end of it. */
static void chart_close(struct buf *out, const struct ui *ui, const struct chart *c)
{
    put(out, "<details class=\"govuk-details\"><summary class=\"govuk-details__summary\">"
             "<span class=\"govuk-details__summary-text\">");
    html_msg(out, ui, MSG(MSG_web_table_behind));
    put(out, "</span></summary><div class=\"govuk-details__text\">");
    table_head(out, ui, c);
    put(out, "<tbody>");
    for (size_t i = 0; i < c->n; i++)
        table_row(out, ui, c, c->v[i].label, c->v[i].value);
    if (!isnan(c->target))
        table_row(out, ui, c, msg_text(ui->lang, MSG_web_chart_target), c->target);
    put(out, "</tbody></table></div></details></figure>");
}

static void put_legend(struct buf *out, const struct ui *ui, const struct chart *c)
{
    if (isnan(c->target))
        return;
    put(out, "<ul class=\"legend\"><li><svg viewBox=\"0 0 18 18\" aria-hidden=\"true\">"
             "<path class=\"chart__target\" d=\"M1 9h16\"/></svg>");
    html_msg(out, ui, MSG(MSG_web_chart_target));
    put(out, ": ");
    put_value(out, ui, c, c->target);
    put(out, "</li></ul>");
}

void ui_chart_bars(struct buf *out, const struct ui *ui, const struct chart *c)
{
    double top = in_percent(c) ? axis_top(c) : largest(c);
    chart_open(out, ui, c);
    put(out, "<ol class=\"bars\">");
    for (size_t i = 0; i < c->n; i++) {
        double part = top > 0 ? part_of(c->v[i].value, top) : 0;
        put(out, "<li class=\"bars__row\"><span>");
        html_text(out, ui, c->v[i].label);
        put(out, "</span><svg class=\"bars__bar\" viewBox=\"0 0 100 10\" "
                 "preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        if (part > 0) {
            put(out, "<rect class=\"chart__fill\" height=\"10\" width=\"");
            buf_fixed(out, part * 100, 1);
            put(out, "\"/>");
        }
        if (!isnan(c->target) && top > 0) {
            put(out, "<path class=\"chart__target\" d=\"M");
            buf_fixed(out, part_of(c->target, top) * 100, 1);
            put(out, " 0v10\"/>");
        }
        put(out, "</svg><span class=\"bars__value\">");
        put_value(out, ui, c, c->v[i].value);
        put(out, "</span></li>");
    }
    put(out, "</ol>");
    put_legend(out, ui, c);
    chart_close(out, ui, c);
}

/* A point without neighbours is a line of no length, which round ends make a dot. */
static void put_line(struct buf *out, const struct chart *c, double top)
{
    bool pen_down = false;
    put(out, "<path class=\"chart__line\" d=\"");
    for (size_t i = 0; i < c->n; i++) {
        double v = c->v[i].value;
        if (isnan(v)) {
            pen_down = false;
            continue;
        }
        buf_char(out, pen_down ? 'L' : 'M');
        buf_fixed(out, c->n > 1 ? WIDTH * (double)i / (double)(c->n - 1) : WIDTH / 2, 1);
        buf_char(out, ' ');
        buf_fixed(out, HEIGHT - part_of(v, top) * HEIGHT, 1);
        if (!pen_down)
            put(out, "h0");
        pen_down = true;
    }
    put(out, "\"/>");
}

/* What the picture says, for who does not see it: where the line begins and where it ends. */
static void put_words(struct buf *out, const struct ui *ui, const struct chart *c)
{
    const struct chart_point *first = NULL, *last = NULL;
    for (size_t i = 0; i < c->n; i++)
        if (!isnan(c->v[i].value)) {
            first = first ? first : &c->v[i];
            last = &c->v[i];
        }
    html_text(out, ui, c->title);
    if (!first)
        return;
    put(out, ": ");
    html_text(out, ui, first->label);
    put(out, " – ");
    put_value(out, ui, c, first->value);
    if (last != first) {
        put(out, ", ");
        html_text(out, ui, last->label);
        put(out, " – ");
        put_value(out, ui, c, last->value);
    }
}

void ui_chart_line(struct buf *out, const struct ui *ui, const struct chart *c)
{
    double top = axis_top(c);
    chart_open(out, ui, c);
    put(out, "<div class=\"line\"><div class=\"line__y\" aria-hidden=\"true\"><span>");
    put_number(out, ui, top);
    put(out, "</span><span>");
    put_number(out, ui, top / 2);
    put(out, "</span><span>0</span></div><svg class=\"line__plot\" viewBox=\"0 0 110 60\" "
             "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    put_words(out, ui, c);
    put(out, "\"><path class=\"chart__grid\" d=\"M0 0h110M0 30h110M0 60h110\"/>");
    if (!isnan(c->target)) {
        put(out, "<path class=\"chart__target\" d=\"M0 ");
        buf_fixed(out, HEIGHT - part_of(c->target, top) * HEIGHT, 1);
        put(out, "h110\"/>");
    }
    put_line(out, c, top);
    put(out, "</svg><div class=\"line__x\" aria-hidden=\"true\">");
    if (c->n > 0) {
        size_t shown[] = {0, c->n > 2 ? c->n / 2 : c->n - 1, c->n - 1};
        for (size_t i = 0; i < (c->n > 2 ? 3 : c->n); i++) {
            put(out, "<span>");
            html_text(out, ui, c->v[shown[i]].label);
            put(out, "</span>");
        }
    }
    put(out, "</div></div>");
    put_legend(out, ui, c);
    chart_close(out, ui, c);
}
