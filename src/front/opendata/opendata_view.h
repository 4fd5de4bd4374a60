/* What the pages of open data show. */
#ifndef OPENDATA_VIEW_H
#define OPENDATA_VIEW_H

#include "platform/web/components.h"

struct opendata_link {
    struct str href, name;
    int64_t size_kb; /* 0: not made yet */
};
struct opendata_entry {
    struct str name;
    enum msg title, about;
    struct opendata_links {
        struct opendata_link *v;
        size_t n, cap;
    } links;
    int64_t rows, changed_ms; /* changed_ms 0: not made yet */
    struct str codebook_href;
};
struct opendata_index_view {
    struct form *form;
    struct option_list municipalities;
    struct opendata_entries {
        struct opendata_entry *v;
        size_t n, cap;
    } files;
    int64_t country_days, few;
    bool filtered;
};

struct opendata_column_row {
    struct str name, values;
    enum msg type, unit, meaning;
    bool blank;
    int64_t few;
};
struct opendata_chapter {
    struct str name;
    enum msg title, about;
    struct opendata_column_rows {
        struct opendata_column_row *v;
        size_t n, cap;
    } columns;
};
struct opendata_codebook_view {
    int64_t few;
    struct opendata_chapters {
        struct opendata_chapter *v;
        size_t n, cap;
    } files;
};

#endif
