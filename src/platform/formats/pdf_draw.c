/*
 * Blocks on pages, with cairo and pango (pdf_flow.h); posters are in pdf_poster.c.
 *
 * The same code runs twice: once dry, to learn how many pages there are and (for a poster) which
 * scale fits one page, and once drawing. Lengths are PDF points here. Structure tags are closed
 * before a page ends and opened again on the next, because cairo numbers marked content by page.
 */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/formats/pdf_flow.h"

#include <math.h>

#define A4_SHORT 595.276
#define A4_LONG 841.89
#define FONTS "Noto Sans, DejaVu Sans, sans-serif"
#define SMALLEST_SCALE 0.55
#define SCALE_STEP 0.025

enum { MOST_PAGES = 2000, GREY = 0x595959, PALE = 0xC9D1D9, WASH = 0xF1F4F7 };

/* --- text --- */

static const struct pdf_font styles[] = {
    [PDF_BODY] = {10.5, false, 0},
    [PDF_LEAD] = {13, false, 0},
    [PDF_SMALL] = {8.5, false, GREY},
    [PDF_STRONG] = {10.5, true, 0},
};

void flow_colour(struct flow *f, unsigned rgb)
{
    cairo_set_source_rgb(f->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

/* Puts a text into the layout, wrapped at `width` points; returns its height. */
double flow_text(struct flow *f, struct str text, struct pdf_font font, double width,
                 enum pdf_align align)
{
    static const PangoAlignment alignments[] = {
        [PDF_LEFT] = PANGO_ALIGN_LEFT,
        [PDF_CENTRE] = PANGO_ALIGN_CENTER,
        [PDF_RIGHT] = PANGO_ALIGN_RIGHT,
    };
    PangoFontDescription *d = pango_font_description_new();
    pango_font_description_set_family_static(d, FONTS);
    pango_font_description_set_weight(d, font.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(d, font.size * f->scale * PANGO_SCALE);
    pango_layout_set_font_description(f->layout, d);
    pango_font_description_free(d);
    pango_layout_set_width(f->layout, (int)(fmax(width, 1) * PANGO_SCALE));
    pango_layout_set_ellipsize(f->layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_alignment(f->layout, alignments[align]);
    pango_layout_set_text(f->layout, text.p ? text.p : "", (int)text.n);
    int height;
    pango_layout_get_size(f->layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

void flow_draw_layout(struct flow *f, double x, double y, unsigned colour)
{
    if (f->dry)
        return;
    flow_colour(f, colour);
    cairo_move_to(f->cr, x, y);
    pango_cairo_show_layout(f->cr, f->layout);
}

/* --- tags and pages --- */

static void open_tag(struct flow *f, const char *tag)
{
    if (!f->dry)
        cairo_tag_begin(f->cr, tag, NULL);
    f->tag = tag;
}

static void close_tag(struct flow *f)
{
    if (!f->dry && f->tag)
        cairo_tag_end(f->cr, f->tag);
    f->tag = NULL;
}

static void draw_footer(struct flow *f)
{
    const struct pdf_font font = {8, false, GREY};
    double full = f->scale;
    PangoLayout *body = f->layout;
    f->scale = 1; /* a footer does not shrink with the poster */
    f->layout = f->foot;
    double y = f->page_height - POINTS(f->p->options.margin) * 0.75;
    if (!str_empty(f->p->options.footer)) {
        flow_text(f, f->p->options.footer, font, f->width * 0.85, PDF_LEFT);
        flow_draw_layout(f, f->left, y, GREY);
    }
    if (f->pages > 1) {
        char number[32];
        int n = snprintf(number, sizeof number, "%d / %d", f->page, f->pages);
        flow_text(f, str_of(number, (size_t)n), font, f->width, PDF_RIGHT);
        flow_draw_layout(f, f->left, y, GREY);
    }
    f->scale = full;
    f->layout = body;
}

static void new_page(struct flow *f)
{
    const char *tag = f->tag;
    close_tag(f);
    if (!f->dry) {
        draw_footer(f);
        cairo_show_page(f->cr);
    }
    f->page++;
    f->y = f->top;
    if (tag)
        open_tag(f, tag);
}

/* Goes to the next page when less than `height` is left; never from an empty page. */
static void need(struct flow *f, double height)
{
    if (f->y + height > f->bottom + 0.01 && f->y > f->top)
        new_page(f);
}

static void gap(struct flow *f, double points)
{
    if (f->y > f->top)
        f->y += points * f->scale;
}

/* Draws the layout line by line from f->y on, over as many pages as it takes. */
static void flow_lines(struct flow *f, double x, struct pdf_font font, const char *tag)
{
    open_tag(f, tag);
    PangoLayoutIter *iter = pango_layout_get_iter(f->layout);
    do {
        PangoRectangle line;
        pango_layout_iter_get_line_extents(iter, NULL, &line);
        double height = (double)line.height / PANGO_SCALE;
        need(f, height);
        if (!f->dry) {
            int baseline = pango_layout_iter_get_baseline(iter) - line.y;
            flow_colour(f, font.colour);
            cairo_move_to(f->cr, x + (double)line.x / PANGO_SCALE,
                          f->y + (double)baseline / PANGO_SCALE);
            pango_cairo_show_layout_line(f->cr, pango_layout_iter_get_line_readonly(iter));
        }
        f->y += height;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    close_tag(f);
}

static void draw_line(struct flow *f, double from, double to, double y, double thick,
                      unsigned colour)
{
    if (f->dry)
        return;
    flow_colour(f, colour);
    cairo_set_line_width(f->cr, thick);
    cairo_move_to(f->cr, from, y);
    cairo_line_to(f->cr, to, y);
    cairo_stroke(f->cr);
}

void flow_fill_box(struct flow *f, double x, double y, double width, double height, unsigned colour)
{
    if (f->dry)
        return;
    flow_colour(f, colour);
    cairo_rectangle(f->cr, x, y, width, height);
    cairo_fill(f->cr);
}

/* A text that stays in one piece, at a place of its own. */
void flow_put_text(struct flow *f, double x, double y, double width, struct str text,
                   struct pdf_font font, enum pdf_align align, const char *tag)
{
    flow_text(f, text, font, width, align);
    if (f->dry)
        return;
    cairo_tag_begin(f->cr, tag, NULL);
    flow_draw_layout(f, x, y, font.colour);
    cairo_tag_end(f->cr, tag);
}

/* --- blocks --- */

static void heading(struct flow *f, const struct pdf_block *b)
{
    static const double sizes[] = {0, 22, 15, 12};
    static const char *const tags[] = {"", "H1", "H2", "H3"};
    struct pdf_font font = {sizes[b->level], true, f->p->options.accent};
    gap(f, b->level == 1 ? 8 : 12);
    double height = flow_text(f, b->text, font, f->width, PDF_LEFT);
    need(f, height + 40 * f->scale); /* never alone at the end of a page */
    flow_text(f, b->text, font, f->width, PDF_LEFT);
    flow_lines(f, f->left, font, tags[b->level]);
    f->y += 3 * f->scale;
}

static void paragraph(struct flow *f, const struct pdf_block *b)
{
    gap(f, 5);
    flow_text(f, b->text, styles[b->style], f->width, b->align);
    flow_lines(f, f->left, styles[b->style], "P");
}

static void bullet(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font font = styles[PDF_BODY];
    double indent = 14 * f->scale;
    gap(f, 3);
    double line = flow_text(f, STR("•"), font, indent, PDF_LEFT);
    need(f, line);
    flow_draw_layout(f, f->left + 3 * f->scale, f->y, f->p->options.accent);
    flow_text(f, b->text, font, f->width - indent, PDF_LEFT);
    flow_lines(f, f->left + indent, font, "P");
}

static void fact(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font label = {10, false, GREY}, value = {10.5, false, 0};
    double left = f->width * 0.32, space = 10 * f->scale;
    gap(f, 4);
    double label_height = flow_text(f, b->text, label, left, PDF_LEFT);
    double height = flow_text(f, b->second, value, f->width - left - space, PDF_LEFT);
    need(f, fmin(fmax(height, label_height), f->bottom - f->top));
    double start = f->y;
    flow_put_text(f, f->left, f->y, left, b->text, label, PDF_LEFT, "P");
    flow_text(f, b->second, value, f->width - left - space, PDF_LEFT);
    flow_lines(f, f->left + left + space, value, "P");
    if (f->y > start)
        f->y = fmax(f->y, start + label_height);
}

static void promise(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font figure = {17, true, f->p->options.accent};
    const struct pdf_font text = {11.5, true, 0}, detail = {9.5, false, GREY};
    double pad = 8 * f->scale, left = str_empty(b->text) ? 0 : f->width * 0.24;
    double right = f->width - left - 3 * pad;
    gap(f, 6);
    double figure_height = left > 0 ? flow_text(f, b->text, figure, left - pad, PDF_LEFT) : 0;
    double text_height = flow_text(f, b->second, text, right, PDF_LEFT);
    double detail_height =
        str_empty(b->third) ? 0 : flow_text(f, b->third, detail, right, PDF_LEFT) + 2 * f->scale;
    double inner = fmax(figure_height, text_height + detail_height);
    double height = inner + 2 * pad;
    need(f, height);
    flow_fill_box(f, f->left, f->y, f->width, height, WASH);
    flow_fill_box(f, f->left, f->y, 3 * f->scale, height, f->p->options.accent);
    if (left > 0)
        flow_put_text(f, f->left + 1.5 * pad, f->y + pad + (inner - figure_height) / 2, left - pad,
                      b->text, figure, PDF_LEFT, "P");
    double y = f->y + pad + (inner - text_height - detail_height) / 2;
    flow_put_text(f, f->left + left + 1.5 * pad, y, right, b->second, text, PDF_LEFT, "P");
    if (detail_height > 0)
        flow_put_text(f, f->left + left + 1.5 * pad, y + text_height + 2 * f->scale, right,
                      b->third, detail, PDF_LEFT, "P");
    f->y += height;
}

static void rule(struct flow *f)
{
    gap(f, 8);
    need(f, 2);
    draw_line(f, f->left, f->left + f->width, f->y, 0.8, PALE);
    f->y += 4 * f->scale;
}

static void image(struct flow *f, const struct pdf_block *b)
{
    double width = fmin(POINTS(b->width) * f->scale, f->width);
    double ratio = (double)b->pixel_height / b->pixel_width;
    double high = fmin(POINTS(b->height) * f->scale, (f->bottom - f->top) * 0.9);
    if (width * ratio > high)
        width = high / ratio;
    double caption =
        str_empty(b->text) ? 0 : flow_text(f, b->text, styles[PDF_SMALL], f->width, PDF_CENTRE) + 3;
    gap(f, 6);
    need(f, width * ratio + caption);
    if (!f->dry) {
        /* The pixels of the surface are never read: its JPEG is put into the file as it is. */
        cairo_surface_t *s =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, b->pixel_width, b->pixel_height);
        cairo_surface_set_mime_data(s, CAIRO_MIME_TYPE_JPEG, (const unsigned char *)b->second.p,
                                    b->second.n, NULL, NULL);
        cairo_tag_begin(f->cr, "Figure", NULL);
        cairo_save(f->cr);
        cairo_translate(f->cr, f->left + (f->width - width) / 2, f->y);
        cairo_scale(f->cr, width / b->pixel_width, width / b->pixel_width);
        cairo_set_source_surface(f->cr, s, 0, 0);
        cairo_paint(f->cr);
        cairo_restore(f->cr);
        cairo_tag_end(f->cr, "Figure");
        cairo_surface_destroy(s);
    }
    f->y += width * ratio;
    if (caption > 0) {
        flow_put_text(f, f->left, f->y + 3, f->width, b->text, styles[PDF_SMALL], PDF_CENTRE, "P");
        f->y += caption;
    }
}

void flow_draw_modules(struct flow *f, const struct qr *q, double x, double y, double side)
{
    double module = side / (q->size + 2 * QR_QUIET);
    flow_fill_box(f, x, y, side, side, 0xFFFFFF);
    if (f->dry)
        return;
    flow_colour(f, 0);
    for (int row = 0; row < q->size; row++)
        for (int column = 0; column < q->size; column++)
            if (qr_dark(q, column, row))
                cairo_rectangle(f->cr, x + (column + QR_QUIET) * module,
                                y + (row + QR_QUIET) * module, module, module);
    cairo_fill(f->cr); /* one path, so that no hairlines show between modules */
}

static void qr_code(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font title = {13, true, f->p->options.accent};
    double side = POINTS(b->width) * f->scale, space = 8 * f->scale;
    double right = f->width - side - space;
    gap(f, 6);
    double title_height = flow_text(f, b->text, title, right, PDF_LEFT);
    double text_height = flow_text(f, b->second, styles[PDF_BODY], right, PDF_LEFT);
    double height = fmax(side, title_height + text_height);
    need(f, height);
    flow_draw_modules(f, &b->qr, f->left, f->y + (height - side) / 2, side);
    double y = f->y + (height - title_height - text_height) / 2;
    flow_put_text(f, f->left + side + space, y, right, b->text, title, PDF_LEFT, "P");
    flow_put_text(f, f->left + side + space, y + title_height, right, b->second, styles[PDF_BODY],
                  PDF_LEFT, "P");
    f->y += height;
}

static void signature(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font font = styles[PDF_BODY];
    double left = f->width * 0.4, line = f->width * 0.22, space = 8 * f->scale;
    double right = f->width - left - line - 2 * space;
    gap(f, 22);
    double role = flow_text(f, b->text, font, left, PDF_LEFT);
    double height = fmax(role, flow_text(f, b->second, font, right, PDF_LEFT));
    need(f, height);
    flow_put_text(f, f->left, f->y, left, b->text, font, PDF_LEFT, "P");
    draw_line(f, f->left + left + space, f->left + left + space + line, f->y + 11 * f->scale, 0.6,
              0);
    flow_put_text(f, f->left + left + line + 2 * space, f->y, right, b->second, font, PDF_LEFT,
                  "P");
    f->y += height;
}

/* --- tables --- */

struct grid {
    const struct pdf_table *t;
    double x[32], width[32];
    double pad;
};

static double row_height(struct flow *f, const struct grid *g, const struct str *cells,
                         struct pdf_font font)
{
    double height = 0;
    for (size_t i = 0; i < g->t->n; i++)
        height = fmax(height, flow_text(f, cells[i], font, g->width[i] - 2 * g->pad, PDF_LEFT));
    return fmin(height + 2 * g->pad, f->bottom - f->top - 60 * f->scale);
}

static void draw_row(struct flow *f, const struct grid *g, const struct str *cells,
                     struct pdf_font font, double height, const char *cell_tag)
{
    if (!f->dry)
        cairo_tag_begin(f->cr, "TR", NULL);
    for (size_t i = 0; i < g->t->n; i++) {
        if (f->dry)
            continue;
        double width = g->width[i] - 2 * g->pad, room = height - 2 * g->pad;
        if (flow_text(f, cells[i], font, width, g->t->columns[i].align) > room + 0.01) {
            pango_layout_set_ellipsize(f->layout, PANGO_ELLIPSIZE_END);
            pango_layout_set_height(f->layout, (int)(room * PANGO_SCALE));
        }
        cairo_tag_begin(f->cr, cell_tag, NULL);
        flow_draw_layout(f, g->x[i] + g->pad, f->y + g->pad, font.colour);
        cairo_tag_end(f->cr, cell_tag);
    }
    if (!f->dry)
        cairo_tag_end(f->cr, "TR");
    f->y += height;
}

static void table_head(struct flow *f, const struct grid *g)
{
    const struct pdf_font font = {9, true, 0};
    struct str titles[32];
    for (size_t i = 0; i < g->t->n; i++)
        titles[i] = g->t->columns[i].title;
    double height = row_height(f, g, titles, font);
    flow_fill_box(f, f->left, f->y, f->width, height, WASH);
    draw_row(f, g, titles, font, height, "TH");
    draw_line(f, f->left, f->left + f->width, f->y, 1, f->p->options.accent);
}

static bool is_total(const struct pdf_table *t, size_t row)
{
    for (size_t i = 0; i < t->totals.n; i++)
        if (t->totals.v[i] == row)
            return true;
    return false;
}

static void table(struct flow *f, const struct pdf_block *b)
{
    struct grid g = {.t = b->table, .pad = 3 * f->scale};
    double sum = 0, at = f->left;
    for (size_t i = 0; i < g.t->n; i++)
        sum += fmax(g.t->columns[i].weight, 0.01);
    for (size_t i = 0; i < g.t->n; i++) {
        g.x[i] = at;
        g.width[i] = f->width * fmax(g.t->columns[i].weight, 0.01) / sum;
        at += g.width[i];
    }
    gap(f, 6);
    need(f, 60 * f->scale);
    open_tag(f, "Table");
    table_head(f, &g);
    for (size_t row = 0; row < g.t->cells.n / g.t->n; row++) {
        const struct str *cells = g.t->cells.v + row * g.t->n;
        bool total = is_total(g.t, row);
        const struct pdf_font font = {9, total, 0};
        double height = row_height(f, &g, cells, font);
        if (f->y + height > f->bottom + 0.01) {
            new_page(f);
            table_head(f, &g);
        }
        draw_line(f, f->left, f->left + f->width, f->y, total ? 0.9 : 0.4, total ? 0 : PALE);
        draw_row(f, &g, cells, font, height, "TD");
    }
    close_tag(f);
    draw_line(f, f->left, f->left + f->width, f->y, 0.4, PALE);
    f->y += 3 * f->scale;
}

/* A third for labels, then the bar with its number behind it. */
static void bars(struct flow *f, const struct pdf_block *b)
{
    const struct pdf_font font = {9, false, 0};
    double line = 15 * f->scale, label = f->width * 0.3, most = f->width * 0.45;
    double caption = flow_text(f, b->text, styles[PDF_STRONG], f->width, PDF_LEFT) + 4;
    gap(f, 6);
    need(f, caption + line * (double)b->bar_count);
    flow_put_text(f, f->left, f->y, f->width, b->text, styles[PDF_STRONG], PDF_LEFT, "P");
    f->y += caption;
    for (size_t i = 0; i < b->bar_count; i++) {
        const struct pdf_bar *bar = &b->bars[i];
        double share = bar->share > 0 ? fmin(bar->share, 1) : 0;
        flow_put_text(f, f->left, f->y, label - 4, bar->label, font, PDF_LEFT, "P");
        if (!f->dry && share > 0)
            flow_fill_box(f, f->left + label, f->y + 1.5 * f->scale, fmax(most * share, 0.5),
                          line - 5 * f->scale, f->p->options.accent);
        flow_put_text(f, f->left + label + most * share + 4, f->y, f->width - label - most - 4,
                      bar->words, font, PDF_LEFT, "P");
        f->y += line;
    }
}

static void draw_block(struct flow *f, const struct pdf_block *b)
{
    switch (b->kind) {
    case PDF_HEADING:
        heading(f, b);
        break;
    case PDF_PARAGRAPH:
        paragraph(f, b);
        break;
    case PDF_BULLET:
        bullet(f, b);
        break;
    case PDF_FACT:
        fact(f, b);
        break;
    case PDF_PROMISE:
        promise(f, b);
        break;
    case PDF_RULE:
        rule(f);
        break;
    case PDF_SPACE:
        gap(f, POINTS(b->height));
        break;
    case PDF_PAGE_BREAK:
        if (f->y > f->top)
            new_page(f);
        break;
    case PDF_IMAGE:
        image(f, b);
        break;
    case PDF_QR:
        qr_code(f, b);
        break;
    case PDF_SIGNATURE:
        signature(f, b);
        break;
    case PDF_TABLE:
        table(f, b);
        break;
    case PDF_BARS:
        bars(f, b);
        break;
    case PDF_POSTER:
        if (f->y > f->top)
            new_page(f);
        pdf_draw_poster(f, b->poster);
        f->y = f->bottom; /* what follows begins another page */
        break;
    }
}

static void run(struct flow *f)
{
    f->page = 1;
    f->y = f->top;
    for (size_t i = 0; i < f->p->blocks.n && f->page <= MOST_PAGES; i++)
        draw_block(f, &f->p->blocks.v[i]);
}

/* --- the document --- */

/* One font map for the life of the process: loading fonts anew costs more than the page. */
static PangoContext *new_context(enum lang lang)
{
    static PangoFontMap *fonts;
    if (!fonts)
        fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    pango_context_set_language(context, pango_language_from_string(lang_code(lang)));
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

static PangoLayout *new_layout(PangoContext *context)
{
    PangoLayout *layout = pango_layout_new(context);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    return layout;
}

bool pdf_draw_fonts_ok(void)
{
    static const char letters[] = "ңөүҢӨҮ абвгдеёжзийклмнопрстуфхцчшщъыьэюя Aa1№";
    PangoContext *context = new_context(LANG_KY);
    PangoLayout *layout = new_layout(context);
    PangoFontDescription *d = pango_font_description_from_string(FONTS " 10");
    pango_layout_set_font_description(layout, d);
    pango_layout_set_text(layout, letters, -1);
    bool ok = pango_layout_get_unknown_glyphs_count(layout) == 0;
    pango_font_description_free(d);
    g_object_unref(layout);
    g_object_unref(context);
    return ok;
}

static cairo_status_t write_bytes(void *arg, const unsigned char *bytes, unsigned n)
{
    buf_put(arg, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

static void set_metadata(struct arena *a, cairo_surface_t *s, const struct pdf_options *o)
{
    struct buf *date = buf_in(a);
    buf_rfc3339(date, o->made_ms);
    buf_char(date, '\0');
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, arena_cstr(a, o->title));
    if (!str_empty(o->author))
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, arena_cstr(a, o->author));
    if (!str_empty(o->subject))
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_SUBJECT, arena_cstr(a, o->subject));
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Aimak " AIMAK_VERSION);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, date->p);
}

static enum err choose_scale(struct flow *f)
{
    f->dry = true;
    int steps = (int)lround((1 - SMALLEST_SCALE) / SCALE_STEP);
    for (int i = 0; i <= steps; i++) {
        f->scale = 1 - SCALE_STEP * i;
        run(f);
        if (!f->p->options.one_page || f->page == 1)
            break;
    }
    f->dry = false;
    f->pages = f->page;
    return f->page > (f->p->options.one_page ? 1 : MOST_PAGES) ? ERR_TOO_LARGE : ERR_OK;
}

enum err pdf_draw(const struct pdf *p, struct buf *out)
{
    if (!pdf_draw_fonts_ok())
        return ERR_CONFIG;
    const struct pdf_options *o = &p->options;
    double margin = POINTS(o->margin);
    struct flow f = {.p = p,
                     .page_width = o->landscape ? A4_LONG : A4_SHORT,
                     .page_height = o->landscape ? A4_SHORT : A4_LONG};
    f.left = margin;
    f.width = f.page_width - 2 * margin;
    f.top = margin;
    f.bottom = f.page_height - margin * 1.05;
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, out, f.page_width, f.page_height);
    set_metadata(p->a, surface, o);
    f.cr = cairo_create(surface);
    PangoContext *context = new_context(o->lang);
    pango_cairo_update_context(f.cr, context);
    f.layout = new_layout(context);
    f.foot = new_layout(context);
    enum err rc = choose_scale(&f);
    if (rc == ERR_OK) {
        cairo_tag_begin(f.cr, "Document", NULL);
        run(&f);
        cairo_tag_end(f.cr, "Document");
        draw_footer(&f);
    }
    g_object_unref(f.layout);
    g_object_unref(f.foot);
    g_object_unref(context);
    cairo_destroy(f.cr);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (rc == ERR_OK && status != CAIRO_STATUS_SUCCESS) {
        LOG(LOG_ERROR, "pdf.failed", LOG_C("why", cairo_status_to_string(status)));
        rc = ERR_IO;
    }
    return rc;
}
