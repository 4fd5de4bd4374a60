/* What the pages of the front door show. */
#ifndef HOME_HOME_VIEW_H
#define HOME_HOME_VIEW_H

#include "community/places/places.h"

#include "platform/web/components.h"

struct find_hit {
    struct str href, name, where, note;
};
struct find_oblast {
    struct str href, name;
    int64_t municipalities;
    bool open; /* its municipalities are listed */
    struct find_hits {
        struct find_hit *v;
        size_t n, cap;
    } units;
};
struct find_view {
    struct str typed;
    bool searched;
    struct find_hits hits;
    struct find_oblasts {
        struct find_oblast *v;
        size_t n, cap;
    } oblasts;
    struct html map;
    struct str near_name; /* nearest village, when a position was given */
    int64_t near_km;
    bool near_failed;
};

#endif
