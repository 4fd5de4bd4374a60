/*
 * Pictures of an assessment: a radar of the pillars and bars with past and peers. Only lines and
 * numbers stand in the picture; names stand beside it, where they can be read on a phone and by a
 * screen reader.
 */
#include "programme/assessment/assessment_view.h"

#include <math.h>

#define RADIUS 46.0

static void point(struct buf *out, double points, size_t i, size_t n, double radius)
{
    double angle = 2 * M_PI * (double)i / (double)n - M_PI / 2;
    double r = (isnan(points) ? 0 : points) / 100 * radius;
    buf_fixed(out, r * cos(angle), 2);
    buf_char(out, ',');
    buf_fixed(out, r * sin(angle), 2);
}

enum line { LINE_NOW, LINE_PAST, LINE_PEERS };

static double value_of(const struct pillar_row *row, enum line line)
{
    return line == LINE_NOW ? row->now : line == LINE_PAST ? row->past : row->peers;
}

static void polygon(struct buf *out, const struct pillar_rows *rows, enum line line,
                    const char *attributes)
{
    bool any = false;
    for (size_t i = 0; i < rows->n; i++)
        any = any || !isnan(value_of(&rows->v[i], line));
    if (!any)
        return;
    buf_printf(out, "<polygon %s points=\"", attributes);
    for (size_t i = 0; i < rows->n; i++) {
        if (i)
            buf_char(out, ' ');
        point(out, value_of(&rows->v[i], line), i, rows->n, RADIUS);
    }
    buf_cstr(out, "\"/>");
}

void assessment_radar(struct buf *out, const struct ui *ui, const struct pillar_rows *rows)
{
    (void)ui;
    if (rows->n < 3)
        return;
    buf_cstr(out, "<svg class=\"radar\" viewBox=\"-60 -58 120 116\" aria-hidden=\"true\">");
    for (int ring = 25; ring <= 100; ring += 25) {
        buf_cstr(out, "<polygon class=\"chart__grid\" fill=\"none\" points=\"");
        for (size_t i = 0; i < rows->n; i++) {
            if (i)
                buf_char(out, ' ');
            point(out, ring, i, rows->n, RADIUS);
        }
        buf_cstr(out, "\"/>");
    }
    for (size_t i = 0; i < rows->n; i++) {
        buf_cstr(out, "<polyline class=\"chart__grid\" points=\"0,0 ");
        point(out, 100, i, rows->n, RADIUS);
        buf_cstr(out, "\"/>");
        double angle = 2 * M_PI * (double)i / (double)rows->n - M_PI / 2;
        buf_cstr(out, "<text font-size=\"5\" text-anchor=\"middle\" x=\"");
        buf_fixed(out, 52 * cos(angle), 2);
        buf_cstr(out, "\" y=\"");
        buf_fixed(out, 52 * sin(angle) + 2, 2);
        buf_printf(out, "\">%d</text>", rows->v[i].number);
    }
    polygon(out, rows, LINE_PEERS, "class=\"chart__target\" fill=\"none\"");
    polygon(out, rows, LINE_PAST, "class=\"chart__line chart__line--2\"");
    polygon(out, rows, LINE_NOW, "class=\"chart__line\"");
    buf_cstr(out, "</svg>");
}

static double clamp(double points)
{
    return fmin(fmax(points, 0), 100);
}

void assessment_bar(struct buf *out, const struct ui *ui, const struct pillar_row *row)
{
    (void)ui;
    buf_cstr(out, "<svg class=\"bars__bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
                  "aria-hidden=\"true\">");
    if (!isnan(row->now)) {
        buf_cstr(out, "<rect class=\"chart__fill\" height=\"10\" width=\"");
        buf_fixed(out, clamp(row->now), 1);
        buf_cstr(out, "\"/>");
    }
    if (!isnan(row->past)) {
        buf_cstr(out, "<rect class=\"chart__fill--2\" y=\"7\" height=\"3\" width=\"");
        buf_fixed(out, clamp(row->past), 1);
        buf_cstr(out, "\"/>");
    }
    if (!isnan(row->peers)) {
        buf_cstr(out, "<path class=\"chart__target\" d=\"M");
        buf_fixed(out, clamp(row->peers), 1);
        buf_cstr(out, " 0v10\"/>");
    }
    buf_cstr(out, "</svg>");
}

void assessment_interval(struct buf *out, const struct ui *ui, double low, double now, double high)
{
    (void)ui;
    buf_cstr(out, "<svg class=\"bars__bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
                  "aria-hidden=\"true\">");
    if (!isnan(now)) {
        buf_cstr(out, "<rect class=\"chart__fill\" height=\"10\" width=\"");
        buf_fixed(out, clamp(now), 1);
        buf_cstr(out, "\"/>");
    }
    if (high > low) {
        buf_cstr(out, "<rect class=\"chart__fill--2\" y=\"4\" height=\"2\" x=\"");
        buf_fixed(out, clamp(low), 1);
        buf_cstr(out, "\" width=\"");
        buf_fixed(out, clamp(high) - clamp(low), 1);
        buf_cstr(out, "\"/>");
    }
    buf_cstr(out, "</svg>");
}
