/* What the pages of the register show. */
#ifndef PERSONS_VIEW_H
#define PERSONS_VIEW_H

#include "community/persons/persons_internal.h"

#include "platform/web/components.h"

struct person_line {
    int64_t id;
    struct str name, home, position;
    enum msg sex, group;
    struct i64_opt birth_year;
};
struct person_lines {
    struct person_line *v;
    size_t n, cap;
};
struct persons_list_view {
    const struct form *form;
    struct person_lines lines;
    bool cut, may_merge;
};
struct reason_line {
    enum msg text;
    int points;
};
struct reason_lines {
    struct reason_line *v;
    size_t n, cap;
};
struct pair_line {
    struct person_line low, high;
    int score;
    bool likely;
    struct reason_lines reasons;
};
struct pairs_view {
    struct pair_lines {
        struct pair_line *v;
        size_t n, cap;
    } lines;
};
struct position_line {
    struct str position, organisation, home;
    enum msg group;
    int64_t from_day;
    struct i64_opt to_day;
};
struct person_view {
    struct person_line line;
    struct str village, phone, email, phone_href, email_href, disability, band;
    const struct form *form;
    struct option_list homes;
    struct position_lines {
        struct position_line *v;
        size_t n, cap;
    } positions;
    struct person_lines merged; /* the others that are this person */
    bool is_merged, may_merge;
    int64_t root;
    struct html sections;
};
struct persons_import_view {
    const struct form *form;
    struct str report; /* faults by row */
    struct str outcome;
};

#endif
