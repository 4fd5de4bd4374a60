/*
 * Posters: one page that is read from two metres away.
 *
 * Head and foot are as high as their words need; the statements share what is left between them.
 * All type grows or shrinks together until the statements fill that space, and what remains is
 * spread evenly, so that two promises fill the sheet as well as eight do.
 */
#include "platform/formats/pdf_flow.h"

#include <math.h>

enum { INK = 0x1F1A17, SOFT = 0x5B5450, FELT = 0xF6F1E7, LINE = 0xD9D0C0, WHITE = 0xFFFFFF };

#define LARGEST 1.6
#define SMALLEST 0.5
#define STEP 0.02
#define SIDE 40.0     /* left and right */
#define ORNAMENT 17.0 /* height of the border under the head */
#define FIGURE 108.0  /* width of the column of figures, at scale 1 */
#define FIGURE_GAP 20.0
#define BEFORE 9.0 /* space over and under a statement at least, at scale 1 */
#define QR_SIDE 118.0

static const struct pdf_font title_font = {50, true, WHITE}, kicker_font = {15, false, WHITE};
static const struct pdf_font lead_font = {17, false, SOFT};
static const struct pdf_font unit_font = {12.5, true, SOFT};
static const struct pdf_font text_font = {22, true, INK}, detail_font = {15, false, SOFT};
static const struct pdf_font contact_font = {19, true, INK};
static const struct pdf_font address_font = {12, false, INK}, note_font = {9.5, false, SOFT};

/* Half way between the colour and white, the closer the smaller `share`. */
static unsigned tint(unsigned colour, double share)
{
    unsigned out = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        double part = (double)(colour >> shift & 255);
        out |= (unsigned)lround(255 + (part - 255) * share) << shift;
    }
    return out;
}

static double height_of(struct flow *f, struct str text, struct pdf_font font, double width)
{
    return text.n ? flow_text(f, text, font, width, PDF_LEFT) : 0;
}

/* --- head --- */

/* A ram's horn and a diamond, as felt makers repeat them along an edge. */
static void draw_ornament(struct flow *f, double y, unsigned ground, unsigned pattern)
{
    const double tile = 44, middle = y + ORNAMENT / 2;
    flow_fill_box(f, 0, y, f->page_width, ORNAMENT, ground);
    if (f->dry)
        return;
    cairo_save(f->cr);
    cairo_rectangle(f->cr, 0, y, f->page_width, ORNAMENT);
    cairo_clip(f->cr);
    flow_colour(f, pattern);
    cairo_set_line_width(f->cr, 1.5);
    cairo_set_line_cap(f->cr, CAIRO_LINE_CAP_ROUND);
    double first = fmod(f->page_width / 2, tile) - tile;
    int tiles = (int)ceil((f->page_width + tile - first) / tile);
    for (int i = 0; i < tiles; i++) {
        double x = first + i * tile;
        cairo_move_to(f->cr, x - 4, middle);
        cairo_line_to(f->cr, x, middle - 4);
        cairo_line_to(f->cr, x + 4, middle);
        cairo_line_to(f->cr, x, middle + 4);
        cairo_close_path(f->cr);
        cairo_fill(f->cr);
        for (int side = -1; side <= 1; side += 2) {
            double horn = x + tile / 2;
            cairo_new_sub_path(f->cr);
            cairo_move_to(f->cr, horn, middle + 4.5);
            cairo_curve_to(f->cr, horn, middle - 6, horn + side * 11, middle - 7, horn + side * 11,
                           middle);
            cairo_curve_to(f->cr, horn + side * 11, middle + 4.5, horn + side * 5.5, middle + 4.5,
                           horn + side * 5.5, middle + 0.5);
            cairo_stroke(f->cr);
        }
    }
    cairo_restore(f->cr);
}

/* Returns where the statements may begin. */
static double draw_head(struct flow *f, const struct pdf_poster *p, unsigned accent)
{
    double width = f->page_width - 2 * SIDE, y = 34;
    f->scale = 1;
    /* A long name of a service takes two lines at most. */
    struct pdf_font title = title_font;
    while (title.size > 28 && height_of(f, p->title, title, width) > 2.6 * title.size)
        title.size -= 2;
    double kicker = height_of(f, p->kicker, kicker_font, width);
    double high = height_of(f, p->title, title, width);
    double bottom = y + kicker + high + 22;
    flow_fill_box(f, 0, 0, f->page_width, bottom, accent);
    if (kicker > 0)
        flow_put_text(f, SIDE, y, width, p->kicker, kicker_font, PDF_LEFT, "P");
    flow_put_text(f, SIDE, y + kicker + 2, width, p->title, title, PDF_LEFT, "H1");
    draw_ornament(f, bottom, tint(accent, 0.14), accent);
    bottom += ORNAMENT;
    if (!p->lead.n)
        return bottom + 10;
    flow_put_text(f, SIDE, bottom + 16, width, p->lead, lead_font, PDF_LEFT, "P");
    return bottom + 16 + height_of(f, p->lead, lead_font, width) + 8;
}

/* --- foot --- */

static double foot_width(const struct flow *f)
{
    return f->page_width - 2 * SIDE - QR_SIDE - 26;
}

static double foot_text_height(struct flow *f, const struct pdf_poster *p, struct pdf_font call)
{
    double width = foot_width(f), high = height_of(f, p->call, call, width) + 3;
    high += p->contact.n ? height_of(f, p->contact, contact_font, width) + 3 : 0;
    high += p->address.n ? height_of(f, p->address, address_font, width) + 6 : 0;
    return high + height_of(f, p->note, note_font, width);
}

static double draw_foot(struct flow *f, const struct pdf_poster *p, unsigned accent)
{
    const struct pdf_font call = {22, true, accent};
    f->scale = 1;
    double width = foot_width(f), words = foot_text_height(f, p, call);
    double inner = fmax(words, QR_SIDE), high = inner + 40;
    double top = f->page_height - high, x = SIDE + QR_SIDE + 26;
    flow_fill_box(f, 0, top, f->page_width, high, FELT);
    flow_fill_box(f, 0, top, f->page_width, 2.5, accent);
    double middle = top + 2 + high / 2;
    if (p->qr.size > 0)
        flow_draw_modules(f, &p->qr, SIDE, middle - QR_SIDE / 2, QR_SIDE);
    double y = middle - words / 2;
    const struct {
        struct str text;
        struct pdf_font font;
        double after;
    } lines[] = {{p->call, call, 3},
                 {p->contact, contact_font, 3},
                 {p->address, address_font, 6},
                 {p->note, note_font, 0}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!lines[i].text.n)
            continue;
        flow_put_text(f, x, y, width, lines[i].text, lines[i].font, PDF_LEFT, "P");
        y += height_of(f, lines[i].text, lines[i].font, width) + lines[i].after;
    }
    return top;
}

/* --- statements --- */

static double item_text_width(const struct flow *f)
{
    return f->page_width - 2 * SIDE - (FIGURE + FIGURE_GAP) * f->scale;
}

/* The figure's own size: four digits must fit the column too. */
static struct pdf_font figure_font(struct flow *f, struct str figure, unsigned accent)
{
    struct pdf_font font = {62, true, accent};
    if (figure.n > 3)
        font.size = 62 * 3 / (double)figure.n;
    (void)f;
    return font;
}

static double figure_height(struct flow *f, const struct pdf_poster_item *i, unsigned accent)
{
    if (!i->figure.n)
        return 50 * f->scale;
    /* Digits have no descenders: the line's lower part is empty. */
    return height_of(f, i->figure, figure_font(f, i->figure, accent), FIGURE * f->scale) * 0.86 +
           height_of(f, i->unit, unit_font, FIGURE * f->scale);
}

static double item_height(struct flow *f, const struct pdf_poster_item *i, unsigned accent)
{
    double width = item_text_width(f);
    double words = height_of(f, i->text, text_font, width);
    if (i->detail.n)
        words += 3 * f->scale + height_of(f, i->detail, detail_font, width);
    return fmax(words, figure_height(f, i, accent)) + 2 * BEFORE * f->scale;
}

static double items_height(struct flow *f, const struct pdf_poster *p, unsigned accent)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++)
        sum += item_height(f, &p->items[i], accent);
    return sum;
}

static void draw_tick(struct flow *f, double x, double y, unsigned accent)
{
    double r = 25 * f->scale;
    if (f->dry)
        return;
    flow_colour(f, tint(accent, 0.14));
    cairo_arc(f->cr, x, y, r, 0, 2 * G_PI);
    cairo_fill(f->cr);
    flow_colour(f, accent);
    cairo_set_line_width(f->cr, 5 * f->scale);
    cairo_set_line_cap(f->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(f->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_move_to(f->cr, x - r * 0.42, y + r * 0.04);
    cairo_line_to(f->cr, x - r * 0.1, y + r * 0.36);
    cairo_line_to(f->cr, x + r * 0.45, y - r * 0.34);
    cairo_stroke(f->cr);
}

static void draw_item(struct flow *f, const struct pdf_poster_item *i, double y, double high,
                      unsigned accent)
{
    double column = FIGURE * f->scale, x = SIDE + column + FIGURE_GAP * f->scale;
    double width = item_text_width(f), middle = y + high / 2;
    double figure = figure_height(f, i, accent), top = middle - figure / 2;
    if (i->figure.n) {
        struct pdf_font font = figure_font(f, i->figure, accent);
        double line = height_of(f, i->figure, font, column);
        flow_put_text(f, SIDE, top - line * 0.1, column, i->figure, font, PDF_CENTRE, "P");
        if (i->unit.n)
            flow_put_text(f, SIDE, top + line * 0.86, column, i->unit, unit_font, PDF_CENTRE, "P");
    } else {
        draw_tick(f, SIDE + column / 2, middle, accent);
    }
    double text = height_of(f, i->text, text_font, width);
    double detail = i->detail.n ? height_of(f, i->detail, detail_font, width) + 3 * f->scale : 0;
    double at = middle - (text + detail) / 2;
    flow_put_text(f, x, at, width, i->text, text_font, PDF_LEFT, "P");
    if (detail > 0)
        flow_put_text(f, x, at + text + 3 * f->scale, width, i->detail, detail_font, PDF_LEFT, "P");
}

static void draw_items(struct flow *f, const struct pdf_poster *p, double top, double bottom,
                       unsigned accent)
{
    double room = bottom - top;
    if (p->n == 0)
        return;
    int steps = (int)lround((LARGEST - SMALLEST) / STEP);
    for (int i = 0; i <= steps; i++) {
        f->scale = LARGEST - STEP * i;
        if (items_height(f, p, accent) <= room)
            break;
    }
    double spare = fmax(room - items_height(f, p, accent), 0) / (double)p->n;
    double y = top;
    for (size_t i = 0; i < p->n; i++) {
        double high = item_height(f, &p->items[i], accent) + spare;
        if (i > 0)
            flow_fill_box(f, SIDE, y, f->page_width - 2 * SIDE, 0.9, LINE);
        draw_item(f, &p->items[i], y, high, accent);
        y += high;
    }
}

void pdf_draw_poster(struct flow *f, const struct pdf_poster *poster)
{
    unsigned accent = f->p->options.accent ? f->p->options.accent : INK;
    double scale = f->scale;
    double top = draw_head(f, poster, accent), bottom = draw_foot(f, poster, accent);
    draw_items(f, poster, top, bottom - 6, accent);
    f->scale = scale;
}
