/* What the pages of the front door show. */
#ifndef HOME_HOME_VIEW_H
#define HOME_HOME_VIEW_H

#include "community/places/places.h"

#include "platform/web/components.h"
#include "services/charter/charter.h"
#include "voice/cases/cases.h"

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
