/* What the pages of delivery show. */
#ifndef DELIVERY_VIEW_H
#define DELIVERY_VIEW_H

#include "services/delivery/delivery_internal.h"

#include "platform/web/components.h"

/* A visit in words of the reader's language. */
struct visit_row {
    int64_t id, day;
    struct str href;                              /* its public page, or that of the desk */
    struct str service, icon, where, route, time; /* time: "08:00–12:00", or empty */
    enum visit_look look;
    enum msg state;
    enum tone tone;
    const char *css; /* "visit--done" and so on, or empty */
    struct str reason, provider;
    int64_t state_ms, disputes, photos;
    bool disputable;
    struct str dispute_href;
    /* The desk's form. */
    bool can_confirm;
    struct str action, once, fault, reason_typed;
    bool fault_here;
};
struct visit_rows {
    struct visit_row *v;
    size_t n, cap;
};

/* --- the calendar --- */

struct calendar_cell {
    int number; /* day of the month; 0: of another month */
    int64_t total, done, not_kept, ahead;
    const char *css;
    struct str href;
    bool today, chosen;
    struct str holiday;
};
struct calendar_week {
    struct calendar_cells {
        struct calendar_cell v[7];
        size_t n;
    } cells;
};
struct weekday_name {
    struct str full;
    enum msg brief; /* two letters: seven columns on a phone */
};
struct calendar_view {
    struct str unit_name, base, action, month_name, month_value;
    struct calendar_weeks {
        struct calendar_week *v;
        size_t n, cap;
    } weeks;
    struct weekday_names {
        struct weekday_name v[7];
        size_t n;
    } weekdays;
    const struct form *form;
    struct option_list services, villages;
    struct str previous, next, previous_name, next_name; /* hrefs NULL at the ends */
    int64_t chosen_day;
    struct str chosen_holiday;
    struct visit_rows visits; /* of the chosen day */
    struct visit_row upcoming;
    bool has_upcoming, any;
    struct str ics, list_href;
};

/* --- lists --- */

struct list_view {
    struct str base, action;
    const struct form *form;
    struct option_list services, routes, villages;
    int64_t from_day, to_day, counted, kept;
    struct visit_rows rows;
    struct str older, newest, xlsx, csv, calendar_href;
    int outcome;
    struct str all_href, kept_href, broken_href;
    struct str what; /* "Waste collection, 1st route" */
};

/* --- one visit --- */

struct event_row {
    enum msg what;
    int64_t at_ms, said_ms;
    bool late; /* it arrived long after it was said */
    struct str reason, person;
    const char *css;
};
struct photo_row {
    int64_t id;
    struct str large, small, action;
    int64_t width, height;
    bool shown;
};
struct dispute_row {
    int64_t id, at_ms, answered_ms, day;
    struct str words, answer, href, where, route, service;
    enum msg state, visit_state;
    enum tone tone;
    bool open;
};
struct visit_view {
    struct str unit_name, base, list_href, calendar_href;
    struct visit_row row;
    struct event_rows {
        struct event_row *v;
        size_t n, cap;
    } events;
    struct photo_rows {
        struct photo_row *v;
        size_t n, cap;
    } photos;
    struct dispute_rows {
        struct dispute_row *v;
        size_t n, cap;
    } disputes;
    bool office;
    const struct form *form; /* of the desk's correction or a dispute */
};

/* --- on the page of a service --- */

struct schedule_row {
    int64_t id, from_day;
    struct i64_opt to_day;
    struct str href, service, icon, route, days, time, villages, provider, note;
    bool holidays, ended, ahead;
};
struct schedule_rows {
    struct schedule_row *v;
    size_t n, cap;
};
struct section_view {
    struct schedule_rows schedules;
    struct visit_rows next;
    struct str calendar_href, ics;
};

/* --- the desk --- */

struct round_view {
    struct str unit_name, base;
    int64_t day, today;
    struct str day_name; /* weekday */
    struct visit_rows rows;
    struct visit_summary summary;
    struct str previous, next, today_href, waiting_href, disputes_href, print_href, schedules_href;
    struct str xlsx, csv;
    bool office, waiting; /* waiting: the list of what nobody confirmed */
    bool no_provider;     /* staff of a provider that nobody has enlisted */
    const char *login_path;
    struct visit_whys whys;
    int64_t person; /* whose phone: what another one left in it is not sent under this name */
    struct str csrf;
};
struct schedules_view {
    struct str unit_name, base, add_href, service_name;
    struct schedule_rows now, ended;
    /* The form of one. */
    const struct form *form;
    bool is_change;
    struct schedule_row one;
    struct option_list services, providers, villages, weekdays;
    const struct form *end_form;
};
struct disputes_view {
    struct str unit_name, base;
    struct dispute_rows rows;
    int64_t open;
};
struct dispute_view {
    struct str unit_name, back, visit_href;
    struct dispute_row row;
    struct visit_row visit;
    const struct form *form;
    bool has_contact, contact_shown;
    struct str email, phone, phone_href, email_href, contact_action;
    bool can_answer;
};

#endif
