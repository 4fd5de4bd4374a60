/* The one file that includes libqrencode; see qr.h. */
#include "platform/formats/qr.h"

#include "platform/formats/xml.h"

#include <errno.h>
#include <qrencode.h>

enum err qr_encode(struct arena *a, struct str text, struct qr *out)
{
    *out = (struct qr){0};
    if (str_empty(text))
        return ERR_INPUT;
    if (text.n > 2331) /* ISO/IEC 18004 table 7: version 40, level M, byte mode */
        return ERR_TOO_LARGE;
    /* The library's smaller encodings (digits, capitals) do not matter for addresses. */
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!code) {
        INVARIANT(errno != ENOMEM && errno != EINVAL);
        return ERR_TOO_LARGE;
    }
    size_t n = (size_t)code->width * (size_t)code->width;
    unsigned char *dark = arena_alloc(a, n);
    for (size_t i = 0; i < n; i++)
        dark[i] = code->data[i] & 1;
    *out = (struct qr){.size = code->width, .dark = dark};
    QRcode_free(code);
    return ERR_OK;
}

/* One horizontal run of dark modules from x; its length, or 0. */
static int run_length(const struct qr *q, int x, int y)
{
    int n = 0;
    while (x + n < q->size && qr_dark(q, x + n, y))
        n++;
    return n;
}

void qr_svg(struct buf *out, const struct qr *q, struct str label)
{
    int side = q->size + 2 * QR_QUIET;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
               "shape-rendering=\"crispEdges\" aria-label=\"",
               side, side);
    xml_escape(out, label);
    buf_printf(out, "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", side,
               side);
    for (int y = 0; y < q->size; y++) {
        for (int x = 0; x < q->size;) {
            int n = run_length(q, x, y);
            if (n > 0)
                buf_printf(out, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, n, n);
            x += n > 0 ? n : 1;
        }
    }
    buf_cstr(out, "\"/></svg>");
}
