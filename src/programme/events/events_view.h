/* What the pages of events show. */
#ifndef EVENTS_VIEW_H
#define EVENTS_VIEW_H

#include "programme/events/events_internal.h"

#include "platform/web/components.h"

struct event_line {
    int64_t id, from_day, to_day, present;
    struct str href, title, unit, place;
    enum msg kind, state;
    enum tone tone;
    struct str topic;
    bool planned;
};
struct event_lines {
    struct event_line *v;
    size_t n, cap;
};
struct events_list_view {
    const struct form *form;
    struct event_lines lines;
    struct str title, older, action;
    struct option_list homes;
    bool desk, by_unit; /* by_unit: one may choose the municipality */
    int64_t held, participations, people, units;
    bool has_figures;
};
struct event_groups {
    enum msg title;
    struct group_cells cells;
};
struct event_person_line {
    int64_t person;
    struct str name, home, position, href, code, once;
    enum msg sex, group, rsvp;
    bool invited, present, absent, withdrawn;
    struct i64_opt pre, post;
    int64_t minutes;
};
struct event_person_lines {
    struct event_person_line *v;
    size_t n, cap;
};
struct event_log_line {
    enum msg what;
    struct str who, person;
    int64_t at_ms;
    bool late;
};
struct agenda_lines {
    struct str *v;
    size_t n, cap;
};
struct certificate_line {
    struct str number, name;
    int64_t issued_day;
    bool revoked;
};
struct event_task_line {
    int64_t id, due_day;
    struct str what, who;
    struct i64_opt done_day;
    enum msg state;
    enum tone tone;
};
struct event_view {
    struct event e;
    struct event_line line;
    struct agenda_lines agenda;
    struct str base;
    struct group_lists {
        struct event_groups *v;
        size_t n, cap;
    } groups;
    int64_t people, units, pairs, late, twice, hours;
    int64_t heads;       /* of the participations: counted without names */
    int64_t class_hours; /* hours of all who are known by name, together */
    double gain;         /* < 0: none */
    bool hides;          /* a group is not shown */
    bool few;            /* too few for any group to be shown */
    bool can_register, can_certify;
    struct event_person_lines lines;
    int64_t invited, yes, maybe, no;
    struct event_log_lines {
        struct event_log_line *v;
        size_t n, cap;
    } log;
    struct certificate_lines {
        struct certificate_line *v;
        size_t n, cap;
    } given;
    struct event_task_lines {
        struct event_task_line *v;
        size_t n, cap;
    } tasks;
    const struct form *form;
    struct option_list homes, topics;
    struct html qr;
    struct str code, xlsx, csv;
    const char *login_path;
    int64_t actor;
    bool can_hold, can_cancel, can_invite, is_new;
    int64_t to_mail, mailed; /* guests who wait for an invitation by e-mail, and who got one */
    int64_t certificates;
};
struct same_line {
    int64_t id;
    struct str name, home, reasons;
    struct i64_opt birth_year;
    int score;
};
struct same_lines {
    struct same_line *v;
    size_t n, cap;
};
struct event_add_view {
    struct event_view event;
    const struct form *form;
    struct option_list homes;
    struct same_lines same;
};
struct event_import_view {
    struct event_line line;
    const struct form *form;
    struct str report, outcome;
};
struct certificate_view {
    struct str number, title, holder;
    int64_t from_day, to_day, issued_day, hours;
    bool known, revoked, signature_given, signature_right;
};

/* Shared by the pages. */
struct event_line events_line(struct req *r, const struct event *e, bool desk);
MUST enum err events_read(struct req *r, struct event *e);      /* {id}; ERR_NOT_FOUND */
MUST enum err events_desk_read(struct req *r, struct event *e); /* the same, for who may edit it */
void events_page(struct req *r, struct str title, bool desk, const struct form *form,
                 void (*put)(struct buf *, const struct ui *, const void *), const void *view,
                 const char *script, int status);
struct str events_home_name(struct req *r, struct str code);
struct option_list events_home_options(struct req *r);
struct str events_base(struct req *r, const struct event *e);
void events_fill_tasks(struct req *r, const struct sql_event_tasks_of_rows *rows,
                       struct event_view *v);

#endif
