/* What the templates of the results room are given. */
#ifndef RESULTS_VIEW_H
#define RESULTS_VIEW_H

#include "platform/web/components.h"
#include "programme/results/results.h"

struct results_line {
    struct str code, name, unit, href;
    struct str actual, target, published;
    struct str share;  /* of the target, in words; empty: unknown */
    int64_t filled;    /* and in per cent of the bar */
    struct html trend; /* a small line */
    struct str trend_text;
    bool no_data, withheld;
};
struct results_tab {
    struct str name, href;
    bool here;
};
struct results_home_view {
    struct str programme, text, code, funder, implementer, period, period_asked, report;
    bool bad_period, has_published;
    struct {
        struct results_tab *v;
        size_t n, cap;
    } tabs;
    struct {
        struct results_line *v;
        size_t n, cap;
    } lines;
    struct {
        struct option *v;
        size_t n, cap;
    } periods;
};

struct results_cell {
    struct str name, number, href;
    bool withheld;
};
struct results_table {
    struct str id, caption, head;
    bool overlapping;
    struct {
        struct results_cell *v;
        size_t n, cap;
    } rows;
    struct str unknown_note;
};
struct results_sheet_line {
    enum msg label;
    struct str text;
};
struct results_other { /* a second definition of nearly the same */
    struct str name, number, definition, why, href, own_number;
};
struct results_quote {
    struct str number, wording, source, counted;
    bool same;
};
struct results_indicator_view {
    struct str code, name, unit, definition, number, period, period_asked, target;
    struct str programme_href, programme, action, csv, xlsx;
    bool no_data, bad_period, withheld, withheld_any;
    int64_t few;
    struct chart chart;
    struct html map;
    struct {
        struct results_table *v;
        size_t n, cap;
    } tables;
    struct {
        struct results_sheet_line *v;
        size_t n, cap;
    } sheet;
    struct {
        struct results_other *v;
        size_t n, cap;
    } others;
    struct {
        struct results_quote *v;
        size_t n, cap;
    } quotes;
    struct {
        struct option *v;
        size_t n, cap;
    } periods;
};

struct results_record_line {
    int64_t day;
    struct str what, village, programme, basis, document, people, why, action;
    bool withdrawn, withheld;
};
struct results_records_view {
    struct str unit, from, to;
    struct {
        struct results_record_line *v;
        size_t n, cap;
    } people, steps;
    struct str total;
    bool withheld_any;
    int64_t few;
};

struct results_overdue {
    struct str text, href;
};
struct results_desk_view {
    struct {
        struct results_overdue *v;
        size_t n, cap;
    } overdue;
    struct {
        struct results_tab *v;
        size_t n, cap;
    } indicators;
    struct str records;
};
struct results_value_line {
    struct str period, number, grade, why, kind, href, action, correct_href;
    enum msg state;
    int64_t recorded_ms;
    bool here, may_submit, may_verify, may_lock, may_correct;
};
struct results_step_line {
    struct str step, note;
    int64_t at_ms;
};
struct results_visit_line {
    int64_t day;
    struct str period, reported, recounted, factor, note;
};
struct results_values_view {
    const struct form *form, *visit_form;
    struct str visit_action;
    bool may_visit;
    struct {
        struct results_visit_line *v;
        size_t n, cap;
    } visits;
    struct str name, definition;
    bool correcting;
    struct {
        struct results_value_line *v;
        size_t n, cap;
    } values;
    struct {
        struct results_cell *v;
        size_t n, cap;
    } cells;
    struct {
        struct results_tab *v;
        size_t n, cap;
    } evidence;
    struct {
        struct results_step_line *v;
        size_t n, cap;
    } steps;
};

struct results_counter_line {
    struct str code, name, dimensions;
};
struct results_editor_view {
    const struct form *form;
    struct str name; /* of the indicator that gets a new version; empty: a new one */
    int first_text, fields;
    struct option_list programmes;
    struct {
        struct results_counter_line *v;
        size_t n, cap;
    } counters;
};

struct results_owed { /* an indicator's period whose day has passed */
    struct str name, period;
    int64_t due;
    int64_t reported, owed;
    struct {
        struct results_tab *v;
        size_t n, cap;
    } missing;
};
struct results_success_line {
    struct str title, words, place, withdraw; /* withdraw: address of the form, empty: none */
    struct str lang;
    int64_t month;
};
struct results_successes {
    struct results_success_line *v;
    size_t n, cap;
};
struct results_office_view {
    bool country; /* may write sheets and stories */
    const struct form *form;
    struct option_list programmes, units;
    struct {
        struct results_owed *v;
        size_t n, cap;
    } owed;
    struct {
        struct results_tab *v;
        size_t n, cap;
    } waiting, sheets;
    struct results_successes successes;
};

struct results_report_line {
    struct str name, unit, number, total, target, sentence, href;
    bool withheld;
    struct html trend;
    struct str trend_text;
};
struct results_report_view {
    struct str programme, code, period, period_asked, pdf, xlsx, lead;
    bool bad_period, withheld_any;
    int64_t few;
    struct {
        struct option *v;
        size_t n, cap;
    } periods;
    struct {
        struct results_report_line *v;
        size_t n, cap;
    } lines;
    struct results_successes successes;
};

struct results_entry_view {
    const struct form *people, *step;
    bool may_write;
    struct option_list programmes, services, villages;
    struct str action, action_people, action_steps;
    struct {
        struct results_record_line *v;
        size_t n, cap;
    } records;
};

/* The fields of a form from one to before another, for templates. */
void results_fields(struct buf *out, const struct ui *ui, const struct form *form, int from,
                    int to);

#endif
