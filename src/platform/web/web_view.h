/* What the platform's own templates show. */
#ifndef WEB_WEB_VIEW_H
#define WEB_WEB_VIEW_H

#include "platform/web/components.h"

struct error_view {
    enum msg title, next;
    struct str request_id;
    bool server_side, log_in;
    int64_t wait_s;
};

struct error_item {
    struct str href, text;
};

struct frame_language {
    enum lang lang;
    struct str href;
};

struct frame_view {
    const struct page *page;
    struct html content, navigation;
    bool demo, staff, faulty;
    struct str program_href;
    enum msg notice, error_title;
    const char *wide, *column, *style, *icon;
    struct error_items {
        struct error_item *v;
        size_t n, cap;
    } errors;
    struct frame_languages {
        struct frame_language *v;
        size_t n, cap;
    } languages;
    struct frame_scripts {
        struct str *v;
        size_t n, cap;
    } scripts;
    struct frame_crumbs {
        struct crumb *v;
        size_t n, cap;
    } crumbs;
};

#endif
