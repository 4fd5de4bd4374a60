/*
 * Between pdf_draw.c and pdf_poster.c, the two files that know cairo and pango: the page being
 * drawn, and how text and boxes get onto it. Lengths are PDF points here.
 */
#ifndef FORMATS_PDF_FLOW_H
#define FORMATS_PDF_FLOW_H

#include "platform/formats/pdf_blocks.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define POINTS(mm) ((mm)*72 / 25.4)

struct pdf_font {
    double size;
    bool bold;
    unsigned colour;
};

struct flow {
    const struct pdf *p;
    cairo_t *cr;
    PangoLayout *layout;
    PangoLayout *foot; /* of its own: a page may end while lines of the other are walked through */
    bool dry;          /* measures only */
    double scale;      /* of every text */
    double left, width, top, bottom, y;
    double page_width, page_height;
    int page, pages; /* pages: 0 while unknown */
    const char *tag; /* open structure tag of running text, or NULL */
};

void flow_colour(struct flow *f, unsigned rgb);
/* Puts a text into the layout, wrapped at `width` points; returns its height. */
double flow_text(struct flow *f, struct str text, struct pdf_font font, double width,
                 enum pdf_align align);
void flow_draw_layout(struct flow *f, double x, double y, unsigned colour);
void flow_fill_box(struct flow *f, double x, double y, double width, double height,
                   unsigned colour);
/* A text that stays in one piece, at a place of its own, with a structure tag. */
void flow_put_text(struct flow *f, double x, double y, double width, struct str text,
                   struct pdf_font font, enum pdf_align align, const char *tag);
void flow_draw_modules(struct flow *f, const struct qr *q, double x, double y, double side);

/* A whole page; see pdf_poster in pdf.h. */
void pdf_draw_poster(struct flow *f, const struct pdf_poster *poster);

#endif
