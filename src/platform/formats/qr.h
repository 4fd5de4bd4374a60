/*
 * QR codes (ISO/IEC 18004) for links on posters, slips and bills: the matrix, and its SVG.
 * Error correction M: readable on a slightly dirty print. pdf.h draws the matrix on paper.
 */
#ifndef FORMATS_QR_H
#define FORMATS_QR_H

#include "platform/core/buf.h"

#define QR_QUIET 4 /* light modules that the standard asks for around the code */

struct qr {
    int size;                  /* modules a side, without the quiet zone */
    const unsigned char *dark; /* size * size, row by row; 1 is dark; in the arena */
};

/* Text as bytes (UTF-8). ERR_TOO_LARGE over what fits version 40-M (2,331 bytes), ERR_INPUT when
 * empty. */
MUST enum err qr_encode(struct arena *a, struct str text, struct qr *out);

static inline bool qr_dark(const struct qr *q, int x, int y)
{
    return q->dark[(size_t)y * (size_t)q->size + (size_t)x] != 0;
}

/* An <svg> element of one path, black on white whatever the theme, quiet zone included. `label`
 * becomes its accessible name. */
void qr_svg(struct buf *out, const struct qr *q, struct str label);

#endif
