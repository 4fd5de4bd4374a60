/*
 * Paper: A4 posters, letters, lists and slips as PDF (cairo and pango inside pdf.c).
 *
 * A document is a list of blocks, laid out top to bottom when it is finished; tables repeat their
 * head on each page, and a poster may ask to be made to fit one page, for which all sizes shrink
 * together. Fonts are embedded (Noto Sans, else DejaVu Sans: both have ң ө ү), text can be selected
 * and searched, the document carries title, author and language, and structure tags for readers
 * aloud. The same input gives the same bytes.
 *
 * Lengths are millimetres. Texts are plain text; a line break in them starts a new line. pango's
 * font map is not thread-safe, so rendering takes turns: some 20 ms a page.
 */
#ifndef FORMATS_PDF_H
#define FORMATS_PDF_H

#include "platform/core/arena.h"
#include "platform/formats/qr.h"
#include "platform/i18n/lang.h"

struct pdf_options {
    struct str title, author, subject;
    enum lang lang;
    bool landscape;
    bool one_page;     /* shrink (to 60 % at most) until everything fits one page */
    double margin;     /* 0 = 18 mm */
    struct str footer; /* on every page, left; page numbers stand right when there are several */
    int64_t made_ms;   /* document date */
    unsigned accent;   /* 0xRRGGBB of headings and rules; 0 = black */
};

struct pdf;
/* Lives in the arena; texts are borrowed until pdf_finish. */
struct pdf *pdf_new(struct arena *a, const struct pdf_options *options);

enum pdf_style { PDF_BODY, PDF_LEAD, PDF_SMALL, PDF_STRONG };
enum pdf_align { PDF_LEFT, PDF_CENTRE, PDF_RIGHT };

void pdf_heading(struct pdf *p, int level, struct str text); /* 1 largest .. 3 */
void pdf_paragraph(struct pdf *p, enum pdf_style style, enum pdf_align align, struct str text);
void pdf_bullet(struct pdf *p, struct str text);
/* Label and value on one line, values aligned with those of neighbouring facts. */
void pdf_fact(struct pdf *p, struct str label, struct str value);
/* A boxed statement with a big figure in front ("24 саат"), for promises on a poster. */
void pdf_promise(struct pdf *p, struct str figure, struct str text, struct str detail);
void pdf_rule(struct pdf *p);
void pdf_space(struct pdf *p, double height);
void pdf_page_break(struct pdf *p);
/* A JPEG (as image_convert makes them), embedded as it is; centred, at most that big, with a
 * caption (NULL view: none) below. */
void pdf_image(struct pdf *p, struct str jpeg, int pixel_width, int pixel_height, double max_width,
               double max_height, struct str caption);
/* A QR code with words beside it: what the link leads to, and the address to type. */
void pdf_qr(struct pdf *p, const struct qr *qr, double side, struct str heading, struct str text);
/* A line to sign on: "Role ____________ Name". */
void pdf_signature(struct pdf *p, struct str role, struct str name);

/* A chart of bars lying below each other: label, bar, the number in words, so that it can be read
 * without the picture. share: of the widest, 0 to 1. Stays on one page; at most 40 bars. */
struct pdf_bar {
    struct str label, words;
    double share;
};
void pdf_bars(struct pdf *p, struct str caption, const struct pdf_bar *bars, size_t n);

struct pdf_column {
    struct str title;
    double weight; /* share of the width */
    enum pdf_align align;
};
/* Begins a table; then a cell for each column, row by row; ended by the next block. A cell higher
 * than a page ends with an ellipsis. */
void pdf_table(struct pdf *p, const struct pdf_column *columns, size_t n);
void pdf_cell(struct pdf *p, struct str text);
/* The row that follows is a total: bold, with a line above. */
void pdf_table_total(struct pdf *p);

/*
 * A poster: one page to hang on a wall, filled from edge to edge. A coloured head says what it is
 * about, statements in large type stand below, each with a figure or a tick, and the foot has the
 * QR code and whom to turn to. Type is as large as everything fits. Texts may be NULL views.
 */
struct pdf_poster_item {
    struct str figure, unit; /* "3", "working days"; without a figure: a tick */
    struct str text, detail;
};
struct pdf_poster {
    struct str kicker, title, lead;
    const struct pdf_poster_item *items;
    size_t n;
    struct qr qr;
    struct str call; /* "Not kept? Tell us" */
    struct str contact, address;
    struct str note; /* small print */
};
/* Takes a page of its own, whatever else the document has. */
void pdf_poster(struct pdf *p, const struct pdf_poster *poster);

/* Lays out and writes the document into `out`. ERR_TOO_LARGE over 2,000 pages or when one_page
 * does not fit; ERR_CONFIG when no font with Kyrgyz letters is installed. */
MUST enum err pdf_finish(struct pdf *p, struct buf *out);
/* True when a font with the letters of all three languages is found, for doctor. */
bool pdf_fonts_ok(void);

#endif
