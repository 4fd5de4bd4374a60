/*
 * What the desk's pages of cases show: prepared by the handlers, laid out by the templates; and the
 * fields of their forms, in the order of their tables.
 */
#ifndef CASES_DESK_VIEW_H
#define CASES_DESK_VIEW_H

#include "voice/cases/cases.h"

#include "platform/web/components.h"

enum {
    DESK_STATE,
    DESK_DUE,
    DESK_WHO,
    DESK_LOOK,
    DESK_PHOTO,
    DESK_SERVICE,
    DESK_VILLAGE,
    DESK_FROM,
    DESK_TO,
    DESK_WORDS,
    DESK_SORT,
    DESK_AFTER,
    DESK_BEFORE,
    DESK_FILTER__COUNT
};
enum { DESK_STEP_SEEN, DESK_STEP_TEMPLATE, DESK_STEP_ANSWER, DESK_STEP_OTHER, DESK_STEP__COUNT };
enum { DESK_ANSWER_SEEN, DESK_ANSWER_TEMPLATE, DESK_ANSWER_WORDS };
enum { DESK_NOTE_WORDS };
enum { DESK_PHOTOS_FILES, DESK_PHOTOS_WORDS };
enum { DESK_ASSIGN_SEEN, DESK_ASSIGN_PERSON, DESK_ASSIGN_ME };
enum { DESK_CLASS_SEEN, DESK_CLASS_FAULT };
enum { DESK_LOOK_SEEN, DESK_LOOK_WORDS, DESK_LOOK_STREET, DESK_LOOK_PHOTOS, DESK_LOOK_SHOW };
enum {
    DESK_NEW_CHANNEL,
    DESK_NEW_FAULT,
    DESK_NEW_VILLAGE,
    DESK_NEW_STREET,
    DESK_NEW_WORDS,
    DESK_NEW_NAME,
    DESK_NEW_PHONE,
    DESK_NEW_EMAIL,
    DESK_NEW_LANG,
    DESK_NEW_HIDE,
    DESK_NEW_PHOTO,
    DESK_NEW_SIMILAR_SEEN,
};
enum { DESK_TPL_NAME, DESK_TPL_STATE, DESK_TPL_KY, DESK_TPL_RU, DESK_TPL_EN, DESK_TPL_HIDDEN };

struct desk_link {
    struct str href, label;
    int64_t n; /* < 0: not said */
    bool current, late;
};
struct desk_links {
    struct desk_link *v;
    size_t n, cap;
};

/* A line of the work list. */
struct desk_line {
    struct str id, href, number, title, words, place, due, who; /* id: of the checkbox */
    struct str value;                                           /* of the checkbox: "ID.VERSION" */
    enum msg state;
    enum tone tone;
    bool late, open, held, look, hide;
    int64_t created_ms, support, photos;
};
struct desk_lines {
    struct desk_line *v;
    size_t n, cap;
};
struct desk_list_view {
    struct str unit, unit_name, base, here; /* here: path and query of this list */
    const struct form *form;
    const struct form *bulk;
    struct desk_links counts, tabs;
    struct desk_lines rows;
    struct option_list services, villages, people, states; /* filters */
    struct option_list assignees, templates;               /* bulk actions */
    struct str filter;                                     /* what it is limited to, in words */
    bool filtered;
    struct str newer, older, xlsx, csv, print, contacts;
    struct str due_href, received_href;   /* sort by; NULL where not offered */
    const char *due_sort, *received_sort; /* aria-sort */
    bool late;                            /* the list of late ones */
    bool may_work, may_contact, may_supervise;
    int64_t printed_ms;
    bool cut; /* print: there are more rows than paper is good for */
};

/* What a bulk action did, row by row. */
struct desk_bulk_line {
    struct str href, number, title;
    enum tone tone;
    enum msg result;
    struct str detail;
};
struct desk_bulk_view {
    struct {
        struct desk_bulk_line *v;
        size_t n, cap;
    } rows;
    int64_t done, refused;
    struct str back;
};

/* One case. */
struct desk_event_line {
    struct str css, title, note, words, who;
    int64_t ms, id;
    bool answer, internal, waits; /* waits: of the reporter, for a look */
};
struct desk_photo_line {
    struct str large, small, id;
    int width, height;
    int64_t number;
    bool shown, waits, staff;
};
struct desk_step_view {
    enum case_state to;
    enum msg action;
    struct str path; /* where it is sent */
    const struct form *form;
    struct option_list templates;
    bool quick; /* one button */
    bool other; /* asks for a number or a body too */
    bool bad;   /* a refusal */
    bool open;  /* shown unfolded */
};
struct desk_similar_line {
    struct str href, title, meta, join_href;
};
struct desk_show_view {
    struct str base, list_href; /* base: of this case */
    struct str title, service, fault, place, due, who, channel, lang, entered_by;
    struct case_record c;
    enum msg state;
    enum tone tone;
    struct str seen;  /* value of the hidden field */
    struct str typed; /* for a step that is not offered any more */
    struct {
        struct desk_event_line *v;
        size_t n, cap;
    } events;
    struct {
        struct desk_photo_line *v;
        size_t n, cap;
    } photos;
    size_t photos_waiting;
    struct {
        struct desk_step_view v[CASE__MAX];
        size_t n;
    } steps;
    struct {
        struct desk_similar_line *v;
        size_t n, cap;
    } similar;
    struct option_list faults, people, answers;
    const struct form *answer, *note, *assign, *class, *look, *add_photos;
    const struct case_contact *contact;
    bool contact_known, contact_phone, contact_email, contact_account, contact_asked;
    bool may_work, may_contact, mine, faulty;
    bool look_open;
    struct str public_href, slip_href, duplicate_href, map_href;
};

/* Entering a report for somebody. */
struct desk_new_view {
    const struct form *form;
    struct str list_href, base;
    struct option_list faults, villages;
    struct {
        struct desk_similar_line *v;
        size_t n, cap;
    } similar;
    bool ask_similar;
};
struct desk_slip_view {
    struct str unit_name, number, what, place, link, address, next_href, case_href;
    int64_t created_ms, due_day;
    struct html qr;
    bool personal; /* the link is the reporter's own */
};

/* Ready answers. */
struct desk_template_line {
    struct str href, name, text;
    enum msg state; /* MSG_NONE: for any */
    bool own, changed, hidden;
};
struct desk_templates_view {
    struct str base, list_href;
    struct {
        struct desk_template_line *v;
        size_t n, cap;
    } rows;
};
struct desk_template_view {
    const struct form *form;
    struct str list_href, drop_path;
    struct option_list states;
    bool own, changed, fresh;
};

/* The head's page. */
struct desk_load {
    struct str name, href;
    int64_t open, late, oldest_days;
};
struct desk_loads {
    struct desk_load *v;
    size_t n, cap;
};
struct desk_overdue_view {
    struct str list_href, late_href, unit_name, xlsx, print;
    const struct form *form;
    struct option_list assignees;
    struct case_desk_counts counts;
    struct desk_loads people, services;
    struct desk_lines rows;
    bool more;
};

#endif
