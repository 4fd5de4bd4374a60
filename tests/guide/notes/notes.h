/* Notes: what a municipality wants to say today. */
#ifndef NOTES_NOTES_H
#define NOTES_NOTES_H

#include "platform/web/slice.h"

struct notes_view {
    struct note {
        struct str words;
        int64_t said_ms;
    } * v;
    size_t n, cap;
    const struct form *form; /* NULL: the reader may not write */
};

extern const struct slice notes_slice;

#endif
