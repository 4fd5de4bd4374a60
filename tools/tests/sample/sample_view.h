/* What the templates of tools/tests/sample show. */
#ifndef SAMPLE_VIEW_H
#define SAMPLE_VIEW_H

#include "platform/web/ui.h"

struct sample_row {
    struct str name;
    int64_t days, created_ms;
    bool late;
};
struct sample_rows {
    const struct sample_row *v;
    size_t n;
};
struct sample_view {
    struct str title, query;
    struct sample_rows rows, none;
    struct html body;
    struct url picture;
    struct text3 place;
    int count;
    size_t size;
};

/* A component. */
void sample_box(struct buf *out, const struct ui *ui, const char *name, int64_t n);
void sample_line(struct buf *out, const struct ui *ui);

#endif
