/*
 * What the public pages of cases show: prepared by the handlers, laid out by the templates.
 */
#ifndef CASES_VIEW_H
#define CASES_VIEW_H

#include "voice/cases/cases.h"

#include "platform/web/components.h"

/* A case as one line of a list. */
struct case_line {
    struct str href, title, meta; /* meta: service, place, when, how many joined */
    struct case_public c;
    enum tone tone;
    enum msg state;
};
struct case_lines {
    struct case_line *v;
    size_t n, cap;
};

/* Step one of a report: what is it about (service.html). */
struct report_service {
    struct str href, name, icon;
};
struct report_services {
    struct report_service *v;
    size_t n, cap;
};
struct report_start_view {
    struct str unit_name, back;
    struct report_services offered; /* what this municipality provides */
    struct report_services others;
};

/* Step two (report.html). */
struct pin_village {
    int x, y;
    struct str name;
};
struct pin_villages {
    struct pin_village *v;
    size_t n, cap;
};
struct pin_view {
    struct str west, east, south, north; /* degrees */
    struct pin_villages villages;        /* n 0: no drawing */
};
struct report_view {
    const struct form *form;
    struct str action, back, service_name, similar_url;
    struct option_list faults, villages;
    struct pin_view pin;
    struct case_lines similar; /* offered before sending */
    bool ask_similar;          /* the report waits: is it one of these? */
    bool contact_open;         /* somebody began to fill in the contact */
    struct str began;
};

/* After sending (sent.html). */
struct sent_view {
    struct str number, link, case_href, unit_href, unit_name;
    int64_t due_day; /* 0: no promise */
    bool by_mail, waits_for_look;
};

/* One case (show.html). */
struct case_step_view {
    struct str css; /* steps__item and what became of it */
    enum msg name;
    int64_t ms; /* 0: not yet */
    bool now;
};
struct case_event_view {
    struct str css, title, note, words;
    int64_t ms;
    bool answer; /* words of the municipality */
    bool waits;  /* the reporter's own words, which wait for a look */
};
struct case_photo_view {
    struct str large, small;
    int width, height; /* of the small one */
    int64_t number;
    bool waits;
};
struct case_show_view {
    struct case_public c;
    struct str title, service_name, service_href, place, unit_name, unit_href, base;
    enum tone tone;
    enum msg state;
    struct str words; /* what this reader may see */
    bool words_wait;
    bool look_waits; /* there is something that strangers will see after a look */
    struct {
        struct case_step_view v[6];
        size_t n;
    } steps;
    struct {
        struct case_event_view *v;
        size_t n, cap;
    } events;
    struct {
        struct case_photo_view *v;
        size_t n, cap;
    } photos;
    struct str duplicate_href, staff_href;
    bool reporter;    /* the reader reported it */
    bool may_support; /* "me too" is offered */
    bool supported;   /* and was used */
    bool may_confirm, may_reopen, may_withdraw, may_rate, may_add, may_forget;
    int64_t reopen_until; /* day */
    const struct form *answer_form, *add_form, *plain_form;
};

/* Finding by number (find.html). */
struct case_find_view {
    struct str typed;
    bool wrong;
};

/* Public list (list.html) and map (map.html). */
struct case_tab {
    struct str href, label;
    bool current;
};
struct case_list_view {
    struct str unit_name, unit_href, action, rss, csv, map_href, list_href, report_href;
    struct {
        struct case_tab v[5];
        size_t n;
    } tabs;
    struct case_lines cases;
    struct str newer, older;
    const struct form *form; /* filters */
    struct option_list services, villages;
    bool filtered;
    struct str promise_text; /* records behind a promise; NULL */
    struct str promise_note;
    struct {
        struct case_tab v[3];
        size_t n;
    } outcomes;
    struct str state, of; /* kept when filtering */
    struct str of_name;   /* what merged into this municipality, when the list is its own; NULL */
    int64_t of_until;
    struct {
        struct case_tab *v;
        size_t n, cap;
    } earlier; /* lists of what merged into it */
    struct html map;
    int64_t without_place;
};

#endif
