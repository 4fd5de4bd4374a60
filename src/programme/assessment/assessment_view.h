/* What the pages of assessment show. */
#ifndef ASSESSMENT_VIEW_H
#define ASSESSMENT_VIEW_H

#include "programme/assessment/assessment_internal.h"

#include "platform/web/components.h"

struct link_item {
    struct str text, href;
    bool here;
};
struct link_items {
    struct link_item *v;
    size_t n, cap;
};

/* --- a municipality's page --- */

struct pillar_row {
    struct str name, domain;
    int number;
    double now, low, high, past, peers; /* NAN: none */
    struct str now_text, past_text, peers_text, interval;
};
struct pillar_rows {
    struct pillar_row *v;
    size_t n, cap;
};
struct answer_row {
    struct str code, name, what, value, points, grade, note, verified_note, href, state;
    struct str past, form_href;
    bool computed, verified, answered, new_pillar;
    struct str pillar;
    struct link_items evidence;
};
struct answer_rows {
    struct answer_row *v;
    size_t n, cap;
};
struct condition_row {
    struct str name, what, note, form_href, href;
    bool met, known, computed;
    struct link_items evidence;
};
struct condition_rows {
    struct condition_row *v;
    size_t n, cap;
};
struct gap_row {
    struct str name, pillar, distance, more, topic;
    int64_t own_percent;
    struct link_items who; /* municipalities that closed it */
    struct assessment_helps helps;
};
struct gap_rows {
    struct gap_row *v;
    size_t n, cap;
};
struct unit_view {
    struct str unit_name, base, xlsx, csv, country_href, group_href, method_href, snapshot_href,
        trail_href;
    struct link_items rounds;
    bool any, insufficient, ranked, has_past, has_peers, conditions_met;
    int64_t from_day, to_day, frozen_ms;
    struct str points, low, high, grade, past_points, digest;
    int64_t missing, rank, rank_low, rank_high, band, peers_count, correction; /* per cent off */
    bool improved;
    struct pillar_rows pillars;
    struct condition_rows conditions;
    struct answer_rows answers;
    struct gap_rows gaps;
    struct str open_round; /* NULL: none */
    int64_t open_closes;
};

/* --- the country --- */

struct country_row {
    struct str name, oblast, href, points, interval, grade;
    int64_t rank, rank_low, rank_high, band, missing;
    bool conditions, insufficient, new_band;
    double low, high, now;
};
struct country_rows {
    struct country_row *v;
    size_t n, cap;
};
struct country_group {
    int number;
    struct str traits;
    struct country_rows ranked, others;
};
struct country_view {
    struct link_items rounds;
    bool any;
    struct str xlsx, csv, method_href, snapshot_href, digest;
    int64_t from_day, to_day, frozen_ms, units, ranked;
    struct {
        struct country_group *v;
        size_t n, cap;
    } groups;
    struct link_items under_way; /* rounds that are not frozen */
};
struct method_pillar {
    struct str name, domain;
    int64_t percent;
    struct answer_rows indicators; /* code, name, what, value: the goal; note: proof */
};
struct method_view {
    struct {
        struct method_pillar *v;
        size_t n, cap;
    } pillars;
    struct condition_rows conditions;
    struct str framework, digest, country_href;
};

/* --- the desk --- */

struct desk_view_assessment {
    struct str base, round, submit_action, table_href;
    struct link_items rounds;
    bool any, open, submitted, can_submit, appeals;
    int64_t closes_day, appeals_day, submitted_ms, answered, all, computed;
    struct answer_rows answers;
    struct condition_rows conditions;
    enum msg stage;
};
enum {
    ASSESS_STATUS,
    ASSESS_LEVEL,
    ASSESS_VALUE,
    ASSESS_WHOLE,
    ASSESS_GRADE,
    ASSESS_NOTE,
    ASSESS_FILE,
    ASSESS_PUBLIC,
    ASSESS_FIELDS
};
struct answer_view {
    struct str back, name, what, proof, goal, pillar, next, appeal_action, said, verified, why;
    struct str reasons;
    struct str keep, keep_base; /* what is typed is kept in the browser under this name, for this
                                   version of the answer */
    struct form *form, *appeal;
    bool rubric, share, condition, computed, editable, verifier, can_appeal, decide;
    struct str computed_value, computed_href, appealed, decision;
    struct option_list levels;
    struct link_items evidence; /* href: the file */
    struct link_items remove;   /* href: where to post its removal */
};
enum { ROUND_CODE, ROUND_FROM, ROUND_TO, ROUND_OPENS, ROUND_CLOSES, ROUND_APPEALS, ROUND_FIELDS };
struct round_row {
    struct str code, href;
    enum msg stage;
    int64_t from_day, to_day, closes_day;
};
struct admin_view {
    struct {
        struct round_row *v;
        size_t n, cap;
    } rounds;
    bool manager;
    struct form *form;
};
struct round_unit_row {
    struct str name, href;
    int64_t submitted_ms, answered, checks, checked;
};
struct round_view {
    struct str code, action, seed, digest, snapshot_href, back;
    enum msg stage, next_action;
    const char *next;
    bool manager, has_next;
    int64_t from_day, to_day, closes_day, appeals_day, submitted, checks, checked;
    struct {
        struct round_unit_row *v;
        size_t n, cap;
    } units;
    struct {
        struct appeal_row {
            struct str unit, name, words, href, decision, reason;
        } * v;
        size_t n, cap;
    } appeals;
};
struct check_view {
    struct str back, unit_name, round;
    struct answer_rows answers; /* state: reasons */
};

struct table_view {
    struct form *form;
    struct str report, outcome, round, xlsx, blank, filled;
    bool editable;
};

/* --- shared --- */

/* "12,5 hours", "81% (123 of 150)", "2 of 3", "yes". */
struct str answer_text(struct req *r, const struct indicator *i, const struct answer *x);
/* "0 points at 4, 100 at 24 hours: a service standard" */
struct str goal_text(struct req *r, const struct indicator *i);
struct str points_text(struct arena *a, enum lang lang, double points);
struct str reasons_text(struct req *r, struct str reasons);
struct str pillar_name(const struct framework *f, int pillar, enum lang lang);
struct page assessment_page(struct req *r, bool desk, struct str title, const struct crumb *crumbs,
                            size_t n);
/* Drawings (assessment_chart.c), called from templates. */
void assessment_radar(struct buf *out, const struct ui *ui, const struct pillar_rows *rows);
void assessment_bar(struct buf *out, const struct ui *ui, const struct pillar_row *row);
void assessment_interval(struct buf *out, const struct ui *ui, double low, double now, double high);
/* Evidence of a municipality in a round, of one indicator; the public ones alone when `is_public`.
 */
struct link_items evidence_links(struct req *r, const struct sql_evidence_list_rows *all,
                                 struct str indicator, bool is_public);

/* Pages. */
MUST enum err assessment_unit_page(struct req *r);
MUST enum err assessment_unit_export(struct req *r);
MUST enum err assessment_evidence_file(struct req *r);
MUST enum err assessment_country_page(struct req *r);
MUST enum err assessment_country_export(struct req *r);
MUST enum err assessment_method_page(struct req *r);
MUST enum err assessment_snapshot_file(struct req *r);
MUST enum err assessment_desk_page(struct req *r);
MUST enum err assessment_answer_page(struct req *r);
MUST enum err assessment_answer_post(struct req *r);
MUST enum err assessment_submit_post(struct req *r);
MUST enum err assessment_appeal_post(struct req *r);
MUST enum err assessment_remove_post(struct req *r);
MUST enum err assessment_table_page(struct req *r);
MUST enum err assessment_table_post(struct req *r);
MUST enum err assessment_table_file(struct req *r);
MUST enum err assessment_paper_blank(struct req *r);
MUST enum err assessment_paper_filled(struct req *r);
MUST enum err assessment_admin_page(struct req *r);
MUST enum err assessment_admin_post(struct req *r);
MUST enum err assessment_round_page(struct req *r);
MUST enum err assessment_round_post(struct req *r);
MUST enum err assessment_checks_page(struct req *r);
MUST enum err assessment_check_page(struct req *r);
MUST enum err assessment_check_post(struct req *r);

#endif
