/*
 * What the pages of learning show. All of them are made of the same pieces in the same order:
 * heading, facts, texts, documents, lists, forms; so one template writes them, and a page is data.
 */
#ifndef LEARNING_VIEW_H
#define LEARNING_VIEW_H

#include "programme/learning/learning_internal.h"

#include "community/people/people.h"
#include "community/places/places.h"

#include "platform/web/components.h"

struct learn_link {
    struct str href, text;
    bool here;
};
struct learn_links {
    struct learn_link *v;
    size_t n, cap;
};
struct learn_fact {
    enum msg label;
    struct str text, href;
};
struct learn_text {
    enum msg label;
    struct str words, note;
};
struct learn_notice {
    enum tone tone;
    struct str text;
};
struct learn_line {
    struct str href, title, note, where, state, figure;
    enum tone tone;
    int64_t day; /* 0: none */
};
struct learn_lines {
    struct learn_line *v;
    size_t n, cap;
};
struct learn_section {
    enum msg title, empty, button;
    struct str href; /* of the button; NULL: none */
    struct learn_lines lines;
    struct str older;
};
struct learn_input {
    int i;
    enum { INPUT_FIELD, INPUT_SELECT, INPUT_CITATION, INPUT_HIDDEN } kind;
    struct option_list options;
};
struct learn_inputs {
    struct learn_input *v;
    size_t n, cap;
};
struct learn_group { /* fields that are shown together; with a title they fold away */
    struct str title;
    bool open;
    struct learn_inputs inputs;
};
struct learn_groups {
    struct learn_group *v;
    size_t n, cap;
};
struct learn_form {
    enum msg title, hint, button;
    enum button_kind kind;
    const struct form *form;
    struct str action; /* NULL view: this page */
    struct learn_groups groups;
};
struct learn_log_line {
    enum msg what;
    struct str note, who;
    int64_t at_ms;
};
struct learn_view {
    struct str kicker, title, lead, state;
    enum tone tone;
    struct learn_links tabs;
    const struct form *search;
    struct learn_groups search_groups;
    struct str search_action, xlsx, csv;
    bool print;
    struct {
        struct learn_notice *v;
        size_t n, cap;
    } notices;
    struct {
        struct learn_fact *v;
        size_t n, cap;
    } facts;
    struct {
        struct learn_text *v;
        size_t n, cap;
    } texts;
    struct learn_links files, links;
    struct {
        struct learn_section *v;
        size_t n, cap;
    } sections;
    struct {
        struct learn_form *v;
        size_t n, cap;
    } forms;
    struct {
        struct learn_log_line *v;
        size_t n, cap;
    } log;
};

void learn_fact_add(struct req *r, struct learn_view *v, enum msg label, struct str text);
void learn_fact_day(struct req *r, struct learn_view *v, enum msg label, int64_t day);
void learn_fact_int(struct req *r, struct learn_view *v, enum msg label, struct i64_opt n);
void learn_fact_money(struct req *r, struct learn_view *v, enum msg label, struct i64_opt tyiyn);
void learn_text_add(struct req *r, struct learn_view *v, enum msg label, struct str words);
void learn_section_add(struct req *r, struct learn_view *v, struct learn_section s);
/* A form whose fields all stand in one open group; fill its groups oneself for more. */
struct learn_form *learn_form_add(struct req *r, struct learn_view *v, const struct form *form,
                                  struct str action, enum msg title, enum msg button);
struct learn_group *learn_group_add(struct req *r, struct learn_form *f, struct str title,
                                    bool open);
void learn_input_add(struct req *r, struct learn_group *g, int field);
void learn_select_add(struct req *r, struct learn_group *g, int field, struct option_list options);
void learn_fields_add(struct req *r, struct learn_group *g, int from, int to); /* both included */

/* For the template. */
void learn_put_inputs(struct buf *out, const struct ui *ui, const struct form *form,
                      const struct learn_group *g);
/* The whole page. desk: below the desk (of r->unit where there is one). */
void learn_show(struct req *r, const struct learn_view *v, bool desk, const struct form *form,
                int status);

/* names */
struct str learn_unit_name(struct req *r, struct str code);
struct str learn_topic_name(struct req *r, struct str code);
struct option_list learn_topic_options(struct req *r);
struct str learn_day(struct req *r, int64_t day);
struct str learn_path(struct req *r, const char *what, int64_t id);      /* "/learn/WHAT/ID" */
struct str learn_desk_path(struct req *r, const char *what, int64_t id); /* of r->unit */
enum msg learn_practice_state(struct str state, enum tone *tone);
enum msg learn_replication_state(struct str state, enum tone *tone);
enum msg learn_question_state(struct str state, enum tone *tone);
enum msg learn_agreement_state(struct str state, enum tone *tone);
enum msg learn_grade_text(int grade);
/* What was typed into a field of a number or a day; not set when nothing was. */
struct i64_opt learn_number(const struct field_value *v);

/* The tabs of the public pages; `here` is one of the words behind /learn, "" for practices. */
void learn_tabs(struct req *r, struct learn_view *v, const char *here);
/* "Anything typed, and a subject": the search form of lists; fields below. */
enum { SEARCH_WORDS, SEARCH_TOPIC, SEARCH_DAY, SEARCH_ID };
MUST enum err learn_search_read(struct req *r, struct learn_view *v, const char *action,
                                struct form **form);
struct str learn_older(struct req *r, const char *action, const struct form *form, int64_t day,
                       int64_t id);
/* The documents of a record and its steps. Country scope. */
MUST enum err learn_files_read(struct tx *tx, struct req *r, const char *kind, int64_t id,
                               struct learn_view *v);
MUST enum err learn_log_read(struct tx *tx, struct req *r, int64_t id, struct learn_view *v);

/* {id} of the route; ERR_NOT_FOUND when it is no number. */
MUST enum err learn_id(struct req *r, int64_t *id);
/* Is that municipality the one of this desk, or one that merged into it? */
bool learn_is_ours(struct req *r, struct str unit);
/* What failed, beside the form: `fault` in the field (-1: the whole form). */
void learn_fault_show(struct req *r, struct form *form, int field, enum learn_fault fault);

#endif
