/*
 * The desk: pages on which staff work on cases. Shared among the files of the slice cases_desk,
 * which lives in the room of cases and has no rules of its own: what may be done to a case is
 * decided in cases.c, who may do it by the routes' permissions.
 */
#ifndef CASES_DESK_INTERNAL_H
#define CASES_DESK_INTERNAL_H

#include "voice/cases/cases_desk_sql.h"
#include "voice/cases/cases_desk_view.h"
#include "voice/cases/cases_internal.h"

#include "community/people/people.h"

/* --- the list (cases_desk_list.c) --- */

enum desk_sort { DESK_BY_DUE, DESK_NEWEST, DESK_OLDEST, DESK_BY_CHANGE };
enum desk_due { DESK_DUE_ANY, DESK_DUE_LATE, DESK_DUE_TODAY };

/* Where a page begins: what the list is ordered by, of the row before. */
struct desk_edge {
    int64_t due, ms, id;
};
struct desk_filter {
    struct str unit;
    unsigned states; /* CASE_BIT; 0: all */
    struct str service, fault, village;
    struct i64_opt assignee;  /* 0: nobody */
    int64_t from_day, to_day; /* of the report, both included; 0: no limit */
    enum desk_due due;
    bool photo, look; /* has photos; waits for a look */
    bool held;        /* also what looks like spam */
    struct str words; /* as typed */
    enum desk_sort sort;
    bool has_edge, back; /* from the edge on; or what lies before it */
    struct desk_edge edge;
    size_t max;
    bool brief; /* for the screen: words cut, no answers */
};
struct desk_row {
    int64_t id, version;
    struct str number, service, fault, village;                    /* village NULL: not given */
    struct str street, street_public, words, words_public, answer; /* NULL: none */
    struct str channel, duplicate_of, passed_to;
    enum case_state state;
    bool hide, held, look, open;
    int64_t state_ms, created_ms, changed_ms;
    int64_t due_day, late_days; /* 0: no promise; in time */
    int64_t answered_ms, resolved_ms, assignee, support, photos, stars;
};
struct desk_rows {
    struct desk_row *v;
    size_t n, cap;
    bool more; /* beyond max, in the direction asked */
};
/* Rows of one page in the order of the list, whatever the direction. A report's full number finds
 * that report alone. */
MUST enum err desk_list(struct tx *tx, struct arena *a, const struct desk_filter *f, int64_t today,
                        struct desk_rows *out);
struct desk_edge desk_edge_of(const struct desk_row *row, enum desk_sort sort);
struct str desk_edge_text(struct arena *a, struct desk_edge edge);
bool desk_edge_parse(struct str text, struct desk_edge *out);

/* --- what every page shows of a case (cases_desk.c) --- */

struct str desk_base(struct req *r);                             /* "/desk/UNIT/cases" */
struct str desk_case_href(struct req *r, struct str number);     /* "/desk/UNIT/cases/NUMBER" */
struct str desk_village_name(struct req *r, struct str village); /* empty when NULL */
struct str desk_place_text(struct req *r, struct str village, struct str street);
/* "5 days late", "today", "in 3 days", "no promise": of an open case. */
struct str desk_due_text(struct req *r, int64_t due_day, int64_t today);
struct str desk_channel(struct req *r, struct str channel); /* "by telephone" */
struct str desk_similar_meta(struct req *r, const struct case_public *c);
struct str desk_who(struct req *r, const struct person_names *names, int64_t person);
/* Everybody who may be given a case here: officers and heads, and the reader. */
MUST enum err desk_colleagues(struct req *r, struct tx *tx, struct person_names *out);
/* Names of the people of some rows, in one query. */
MUST enum err desk_names(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                         struct person_names *out);
struct page desk_page(struct req *r, struct str title);
struct option_list desk_services(struct req *r);
/* Services with their faults as groups: values "water" and "water.leak". */
struct option_list desk_faults(struct req *r);
/* A value of the above taken apart; false when it is neither. */
bool desk_fault_parse(struct req *r, struct str value, struct str *service, struct str *fault);
struct option_list desk_villages(struct req *r);
struct option_list desk_people(struct req *r, const struct person_names *people);
/* ",1,2,3," for the queries that take chosen rows. */
struct str desk_ids(struct arena *a, const struct desk_rows *rows);

/* --- ready answers (cases_desk_template.c) --- */

struct desk_template {
    struct str key; /* its code, or its id as text */
    int64_t id;     /* of its row; 0: as shipped */
    bool own;       /* not one of those shipped */
    bool hidden;
    bool any_state;
    enum case_state state; /* unless any_state */
    struct str name;       /* in the reader's language, when shipped */
    struct text3 text;     /* with placeholders */
};
struct desk_templates {
    struct desk_template *v;
    size_t n, cap;
};
/* Those shipped, as the municipality changed them, then its own. */
MUST enum err desk_templates(struct tx *tx, struct arena *a, struct str unit, enum lang lang,
                             struct desk_templates *out);
const struct desk_template *desk_template_find(const struct desk_templates *all, struct str key);
/* The text for one case, placeholders filled in: {number} {service} {village} {unit} {day}. */
struct desk_letter {
    struct app *app;
    struct str unit, number, service, fault, village;
    int64_t due_day;
};
struct str desk_template_text(struct arena *a, const struct desk_template *t, enum lang lang,
                              const struct desk_letter *letter);

/* --- one case (cases_desk_case.c) --- */

/* Everything the page of a case shows, read in one snapshot. */
struct desk_case {
    struct req *r;
    struct str number;
    struct case_record c;
    int64_t seen; /* the latest event, for the next change */
    struct case_events events;
    struct case_photos photos;
    struct case_list similar;
    struct desk_templates templates;
    struct person_names names, colleagues;
    struct sql_desk_contact_known_row known;
};
/* Forms as they were sent (NULL: fresh), and contacts when they were asked for. */
struct desk_sent {
    struct form *step[CASE__MAX], *answer, *note, *assign, *class, *look, *photos;
    struct form *faulty; /* one of them, or one that the page does not show again */
    const struct case_contact *contact;
};
MUST enum err desk_case_read(struct req *r, struct desk_case *d);
MUST enum err desk_case_show_read(struct desk_case *d, const struct desk_sent *sent, int status);
MUST enum err desk_case_show(struct req *r, const struct desk_sent *sent, int status); /* both */
/* The text of a chosen template ("done.ky") for this case; empty when there is none. */
struct str desk_template_chosen(struct desk_case *d, struct str value);
enum desk_form_kind {
    DESK_FORM_ANSWER,
    DESK_FORM_NOTE,
    DESK_FORM_ASSIGN,
    DESK_FORM_CLASS,
    DESK_FORM_LOOK,
    DESK_FORM_PHOTOS,
};
struct form *desk_form(struct req *r, enum desk_form_kind kind); /* empty */
extern const struct field desk_step_fields[CASE__MAX][DESK_STEP__COUNT];

/* --- pages of the list (cases_desk_web.c) --- */

/* With a bulk action as it was sent; its faults are shown over the list. */
enum err desk_list_show(struct req *r, struct form *bulk, int status);
struct form *desk_bulk_form(struct req *r); /* empty (cases_desk_bulk.c) */
struct desk_line desk_line_of(struct req *r, const struct desk_row *row,
                              const struct person_names *names, int64_t today);
struct str desk_short_day(struct req *r, int64_t ms); /* "22.11.2026" */

/* --- handlers --- */
enum err desk_case_page(struct req *r);
enum err desk_list_page(struct req *r);
enum err desk_bulk_post(struct req *r);
enum err desk_export_file(struct req *r);
enum err desk_export_contacts(struct req *r);
enum err desk_print_page(struct req *r);
enum err desk_step_post(struct req *r);
enum err desk_answer_post(struct req *r);
enum err desk_note_post(struct req *r);
enum err desk_assign_post(struct req *r);
enum err desk_class_post(struct req *r);
enum err desk_look_post(struct req *r);
enum err desk_photo_post(struct req *r);
enum err desk_added_post(struct req *r);
enum err desk_contact_post(struct req *r);
enum err desk_forget_post(struct req *r);
enum err desk_photo_get(struct req *r);
enum err desk_photos_post(struct req *r);
enum err desk_new_page(struct req *r);
enum err desk_new_post(struct req *r);
enum err desk_join_post(struct req *r);
enum err desk_slip_page(struct req *r);
enum err desk_templates_page(struct req *r);
enum err desk_template_page(struct req *r);
enum err desk_template_post(struct req *r);
enum err desk_template_drop_post(struct req *r);
enum err desk_overdue_page(struct req *r);

/* The list's filters, read from the address (cases_desk_web.c); also what exports take. */
struct form;
enum err desk_filter_read(struct req *r, struct form **out, struct desk_filter *f);
/* "Water, Kok-Jar, since 1 March": what the list is limited to, for its heading and exports; empty
 * when to nothing. */
struct str desk_filter_text(struct req *r, const struct form *form,
                            const struct person_names *people);

#endif
