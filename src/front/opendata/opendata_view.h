/* What the page of downloads shows. */
#ifndef OPENDATA_VIEW_H
#define OPENDATA_VIEW_H

#include "platform/web/components.h"

struct opendata_link {
    struct str path;
};
struct opendata_links {
    const struct opendata_link *v;
    size_t n;
};

#endif
