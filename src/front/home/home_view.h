/* What the pages of the front door show. */
#ifndef HOME_HOME_VIEW_H
#define HOME_HOME_VIEW_H

#include "community/places/places.h"

#include "platform/web/components.h"
#include "services/charter/charter.h"
#include "voice/cases/cases.h"

/* The lines of the legend of the map that compares. */
void home_legend(struct buf *out, const struct ui *ui);

struct find_hit {
    const struct place
        *place; /* a municipality; NULL: a village, in `name` with its municipality */
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

enum compare_sort {
    COMPARE_NAME,
    COMPARE_PEOPLE,
    COMPARE_KEPT,
    COMPARE_REPORTS,
    COMPARE_ANSWER,
    COMPARE_OVERDUE,
    COMPARE_SORT__MAX
};
struct compare_row {
    const struct place *place;
    struct str name, oblast, href, answer;
    struct kept kept;
    struct case_figures cases;
    double sort_number;
    struct str sort_text;
};
struct compare_view {
    enum compare_sort sort;
    struct str oblast; /* code chosen; empty all */
    struct compare_options {
        struct option *v;
        size_t n, cap;
    } oblasts;
    struct compare_rows {
        struct compare_row *v;
        size_t n, cap;
    } rows;
    struct str sort_hrefs[COMPARE_SORT__MAX];
    struct str csv, xlsx, all_href;
    struct html map;
    bool all;       /* rows without anything counted are asked for */
    int64_t silent; /* such rows, left out */
    int64_t people, reports, overdue;
    struct kept kept;
};

struct unit_service_card {
    struct str href, name, icon, provider;
    struct kept kept;
};
struct unit_visit {
    int64_t day;
    struct str service, where;
};
struct unit_consultation {
    struct str href, service;
    int64_t until;
};
struct unit_change {
    const char *icon;
    struct str href, text;
};
struct unit_changes {
    struct unit_change *v;
    size_t n, cap;
};
struct unit_view {
    const struct place *place;
    struct str name, where, report_href, reports_href, overdue_href, calendar_href, answer_time;
    struct case_figures cases;
    struct kept kept;
    struct html map;
    bool any_reports;
    struct unit_service_cards {
        struct unit_service_card *v;
        size_t n, cap;
    } services;
    struct unit_changes changes; /* this month */
    struct unit_visits {
        struct unit_visit *v;
        size_t n, cap;
    } visits;
    struct unit_consultations {
        struct unit_consultation *v;
        size_t n, cap;
    } consultations;
    struct chart_points {
        struct chart_point *v;
        size_t n, cap;
    } months, served;
    struct chart month_chart, served_chart;
};

#endif
