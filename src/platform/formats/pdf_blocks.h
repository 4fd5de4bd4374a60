/* Between pdf.c, which collects blocks, and pdf_draw.c, which lays them out. */
#ifndef FORMATS_PDF_BLOCKS_H
#define FORMATS_PDF_BLOCKS_H

#include "platform/core/buf.h"
#include "platform/formats/pdf.h"

enum pdf_kind {
    PDF_HEADING,
    PDF_PARAGRAPH,
    PDF_BULLET,
    PDF_FACT,
    PDF_PROMISE,
    PDF_RULE,
    PDF_SPACE,
    PDF_PAGE_BREAK,
    PDF_IMAGE,
    PDF_QR,
    PDF_SIGNATURE,
    PDF_TABLE,
    PDF_BARS,
    PDF_POSTER,
};

struct pdf_table {
    const struct pdf_column *columns;
    size_t n;
    struct {
        struct str *v;
        size_t n, cap;
    } cells;
    struct {
        size_t *v;
        size_t n, cap;
    } totals; /* numbers of rows */
};

struct pdf_block {
    enum pdf_kind kind;
    int level; /* of a heading */
    enum pdf_style style;
    enum pdf_align align;
    struct str text, second, third;
    struct qr qr;
    double width, height; /* millimetres */
    int pixel_width, pixel_height;
    struct pdf_table *table;
    const struct pdf_poster *poster;
    struct pdf_bar *bars;
    size_t bar_count;
};

struct pdf {
    struct arena *a;
    struct pdf_options options;
    struct {
        struct pdf_block *v;
        size_t n, cap;
    } blocks;
};

/* Draws with cairo. Called by one thread at a time. */
MUST enum err pdf_draw(const struct pdf *p, struct buf *out);
bool pdf_draw_fonts_ok(void);

#endif
