/* What the desk's first page shows. */
#ifndef DESK_VIEW_H
#define DESK_VIEW_H

#include "platform/web/components.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

struct desk_unit {
    struct str code, name, where, href;
    bool cases;  /* the person may read cases there */
    bool visits; /* and confirm visits */
    bool judges; /* and answer disputes of them */
    struct case_desk_counts counts;
    struct visit_summary day;
};
struct desk_case_line {
    struct str href, title, words, note;
    enum msg state;
    enum tone tone;
};
struct desk_case_lines {
    struct desk_case_line *v;
    size_t n, cap;
};
struct desk_consultation {
    struct str service, code;
    int64_t until_day;
};
struct desk_menu_item {
    struct str href, name;
    bool here;
};
struct desk_menu_view {
    struct str unit, unit_code; /* NULL: of no single municipality */
    struct desk_menu_items {
        struct desk_menu_item *v;
        size_t n, cap;
    } items;
};
struct desk_view {
    struct str person, base;     /* base: of the work list */
    struct str visits, disputes; /* pages of delivery */
    struct {
        struct desk_unit *v;
        size_t n, cap;
    } units;
    const struct desk_unit *unit; /* NULL: to be chosen */
    bool head;
    struct desk_case_lines late, voices, changes;
    int64_t received7, resolved7, in_time7; /* of the last seven days */
    struct {
        struct desk_consultation *v;
        size_t n, cap;
    } consultations;
    struct desk_menu_view menu;
};

/* The entries that open to this person, for the municipality of the page. */
void desk_menu(struct req *r, struct desk_menu_view *v);

#endif
