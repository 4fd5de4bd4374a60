/* What the pages of plans show. Money in whole som. */
#ifndef PLANS_VIEW_H
#define PLANS_VIEW_H

#include "programme/plans/plans_internal.h"

#include "platform/web/components.h"
#include "platform/web/export.h"

struct plan_link {
    struct str text, href;
};
struct plan_links {
    struct plan_link *v;
    size_t n, cap;
};
struct plan_texts_list {
    struct str *v;
    size_t n, cap;
};
struct plan_line {
    struct str href, title, unit, topic;
    enum msg state;
    enum tone tone;
    int64_t approved_day, to_day, actions, done, cost, people;
    bool joint; /* led by another municipality */
};
struct plan_lines {
    struct plan_line *v;
    size_t n, cap;
};
struct plans_list_view {
    struct str title, action, older, new_href;
    const struct form *form;
    struct option_list topics;
    struct plan_lines lines;
    struct plan_links gaps;                        /* of the assessment: a plan may begin there */
    int64_t approved, done, own, grant, residents; /* of the counters; approved < 0: not shown */
    bool desk;
};

struct plan_picture {
    struct str small, large, text;
};
struct plan_pictures {
    struct plan_picture *v;
    size_t n, cap;
};
struct plan_action_item {
    const struct plan_action *x;
    int64_t number, cost, by[PLAN_SOURCES];
    bool late;
    enum plan_difference difference; /* to the version before */
    struct str edit, remove, say;    /* NULL: not now */
};
struct plan_action_items {
    struct plan_action_item *v;
    size_t n, cap;
};
struct plan_source_line {
    enum msg name;
    int64_t promised, came, percent;
};
struct plan_source_lines {
    struct plan_source_line *v;
    size_t n, cap;
};
struct plan_place_line {
    struct str name, resolution, code;
    int64_t value, came, percent, resolution_day;
};
struct plan_place_lines {
    struct plan_place_line *v;
    size_t n, cap;
};
struct plan_word_line {
    struct str title, note;
    int64_t percent, day;
    struct plan_pictures pictures;
};
struct plan_word_lines {
    struct plan_word_line *v;
    size_t n, cap;
};
struct plan_payment_line {
    const struct plan_payment *x;
    struct str payer, withdraw;
    enum msg source;
    int64_t som;
};
struct plan_payment_lines {
    struct plan_payment_line *v;
    size_t n, cap;
};
struct plan_member_line {
    struct str name, position;
    enum msg duty;
    int64_t person;
};
struct plan_member_lines {
    struct plan_member_line *v;
    size_t n, cap;
};
struct plan_version_line {
    const struct plan_version *v;
    struct str href;
    bool here;
};
struct plan_version_lines {
    struct plan_version_line *v;
    size_t n, cap;
};

struct plan_view {
    const struct plan *p;
    struct str title, unit, unit_href, topic, origin, origin_href;
    int64_t cost, by[PLAN_SOURCES];
    struct plan_action_items actions, dropped;
    struct plan_source_lines sources;
    struct plan_source_line all;
    struct plan_place_lines villages, shares;
    struct plan_word_lines words;
    struct plan_payment_lines payments;
    struct plan_version_lines versions;
    struct plan_texts_list risks;
    struct str pdf, xlsx, print;
    bool in_force, amended; /* amended: a later version than the shown one is in force */
    struct str in_force_href;
    /* The desk alone. */
    struct str base, revision;
    struct plan_gaps gaps;
    struct plan_member_lines members;
    bool editable, may_submit, may_decide, may_amend, may_say, has_share;
    struct str public_href;
};

struct plan_form_view {
    struct str kicker, back, revision;
    enum msg title, lead, button;
    enum button_kind kind;
    const struct form *form;
    const struct option_list *options; /* by field; v NULL: none */
    int citation;                      /* the field that cites a law; -1 none */
};

struct plan_import_view {
    struct str title, back, file, report, outcome;
    struct form *form;
};
struct plan_same_line {
    int64_t id;
    struct str name, home, position;
};
struct plan_same_lines {
    struct plan_same_line *v;
    size_t n, cap;
};
struct plan_member_view {
    struct str title, back;
    const struct form *form;
    struct plan_same_lines same;
};

/* The columns of the spreadsheet, out and in (plans_paper.c). */
enum { PLAN_COLUMNS = 9 + PLAN_SOURCES };

extern const struct export_column plans_file_columns[PLAN_COLUMNS];
struct table_in;
/* Reads the actions of an XLSX or CSV; without faults in the table, *out holds them. */
struct table_in *plans_import_read(struct arena *a, struct str text, enum lang lang,
                                   struct plan_actions *out);

/* Shared by the pages. */
struct str plans_place_name(struct req *r, struct str code);
struct str plans_topic_name(struct req *r, struct str code);
struct option_list plans_topic_options(struct req *r);
struct option_list plans_unit_options(struct req *r, struct str but);
/* Fills everything but what the desk alone shows. */
void plans_fill_view(struct req *r, const struct plan *p, const struct plan *before,
                     struct plan_view *v);
struct plan_line plans_line(struct req *r, struct str unit, struct str topic,
                            const struct text3 *title);
/* {plan} of the address, in that version; ERR_NOT_FOUND. `before`: the version before the shown one
 * when there is one, else untouched; may be NULL. */
MUST enum err plans_load(struct req *r, int64_t version, struct plan *p, struct plan *before);
void plans_page(struct req *r, struct page *page, int status,
                void (*put)(struct buf *, const struct ui *, const void *), const void *view);
void plans_put_fields(struct buf *out, const struct ui *ui, const struct plan_form_view *v);

/* Pages. */
enum err plans_public_list(struct req *r);
enum err plans_unit_list(struct req *r);
enum err plans_public_show(struct req *r);
enum err plans_public_version(struct req *r);
enum err plans_photo(struct req *r);
enum err plans_paper(struct req *r);
enum err plans_desk_paper(struct req *r);
enum err plans_print(struct req *r);
enum err plans_desk_import(struct req *r);
enum err plans_desk_import_post(struct req *r);
enum err plans_desk_list(struct req *r);
enum err plans_desk_new(struct req *r);
enum err plans_desk_new_post(struct req *r);
enum err plans_desk_show(struct req *r);
#define PLAN_STEPS(X)                                                                              \
    X(text)                                                                                        \
    X(action) X(action_new) X(people) X(share) X(back) X(approve) X(say) X(money) X(withdraw)
#define PLAN_STEP_PAGES(name)                                                                      \
    enum err plans_desk_##name(struct req *r);                                                     \
    enum err plans_desk_##name##_post(struct req *r);
PLAN_STEPS(PLAN_STEP_PAGES)
enum err plans_desk_submit_post(struct req *r);
enum err plans_desk_amend_post(struct req *r);
enum err plans_desk_discard_post(struct req *r);
enum err plans_desk_action_remove_post(struct req *r);
enum err plans_desk_share_remove_post(struct req *r);
enum err plans_desk_member(struct req *r);
enum err plans_desk_member_post(struct req *r);
enum err plans_desk_member_remove_post(struct req *r);

#endif
