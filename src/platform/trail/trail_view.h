/* What the page of the public log shows. */
#ifndef TRAIL_TRAIL_VIEW_H
#define TRAIL_TRAIL_VIEW_H

#include "platform/trail/trail_internal.h"

struct trail_line {
    int64_t seq, at_ms;
    struct str kind; /* in the reader's words, where there are some */
    struct str subject;
    struct str leaf; /* hexadecimal */
    bool covered;    /* by the latest checkpoint: a proof can be had */
};
struct trail_view {
    struct str unit;
    bool has_checkpoint;
    int64_t size, signed_ms;
    struct str note, key;
    struct str older; /* address of the page with older entries; NULL none */
    struct {
        struct trail_line *v;
        size_t n;
    } lines;
};

#endif
