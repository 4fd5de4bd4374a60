/* What the pages of the charter show. */
#ifndef CHARTER_VIEW_H
#define CHARTER_VIEW_H

#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"
#include "platform/web/components.h"

/* --- public --- */

struct promise_item {
    const struct promise *p;
    bool measured;
    struct kept last30, last90, last365;
    struct str href30, href90, href365; /* the records counted; NULL: no page lists them */
    bool recent;                        /* promised for less than a year: since_day is told */
    struct str contact;                 /* when it is not the charter's own; NULL */
    bool draft;                         /* not counted: shown as it reads */
    /* Against what is in force today, for a version that may follow it. */
    enum { PROMISE_SAME, PROMISE_NEW, PROMISE_CHANGED } change;
    struct text3 was; /* the words of a changed one; empty when they are the same */
};
struct promise_items {
    struct promise_item *v;
    size_t n, cap;
};
struct version_item {
    const struct charter_version *v;
    struct str href; /* NULL: not public, or the page at hand */
    bool current;    /* in force */
    bool coming;     /* published, but for a coming day */
    bool here;       /* the page at hand */
};
struct version_items {
    struct version_item *v;
    size_t n, cap;
};
struct comment_item {
    const struct charter_comment *c;
    struct str href; /* of the desk; NULL */
};
struct comment_items {
    struct comment_item *v;
    size_t n, cap;
};

/* Of a municipality that merged into this one. */
struct earlier_promises {
    struct str unit_name, href; /* of the version in force until then */
    int64_t until;
    struct promise_items promises;
};
struct charter_page_view {
    const struct service_kind *kind;
    struct str unit_name, unit_href, report_href;
    const struct charter_version *shown; /* NULL: there is no charter yet */
    struct promise_items promises;
    struct earlier_list {
        struct earlier_promises *v;
        size_t n, cap;
    } earlier;
    struct version_items history;

    /* The municipality's registry; provider NULL when it says nothing of this service. */
    bool registered, provided;
    struct str provider, decision;
    int64_t since_day, people;
    double people_share; /* < 0: unknown */

    const struct charter_version *consultation; /* one that is announced or open; NULL */
    struct str consultation_href;
    struct str poster_href;
    struct poster_links {
        struct poster_link {
            enum lang lang;
            struct str href;
        } * v;
        size_t n, cap;
    } posters;
    struct html sections; /* of other rooms */
};

struct charter_version_view {
    const struct service_kind *kind;
    const struct charter_version *v;
    struct str service_href, comment_action;
    struct promise_items promises;
    struct promise_items dropped;                  /* in force today, and not in this version */
    bool current, coming, open, announced, unseen; /* unseen: only staff may read it */
    bool replaced;                                 /* a newer version was written since */
    struct str merged_into, merged_name; /* its municipality is part of another one; NULL: not */
    int64_t merged_day;
    struct comment_items comments;
    int64_t hidden, waiting;
    struct form *form; /* of a comment; NULL when the consultation is not open */
};
/* Fields of the comment form. */
enum { CHARTER_C_AUTHOR, CHARTER_C_WORDS };

/* --- desk --- */

struct desk_row {
    const struct service_kind *kind;
    struct str href, public_href;
    const struct charter_version *in_force, *working; /* NULL: none */
    int64_t promises;                                 /* in force */
    int64_t waiting;                                  /* comments */
    bool provided;
    struct kept kept; /* counted < 0: unknown */
};
struct desk_list_view {
    struct desk_rows {
        struct desk_row *v;
        size_t n, cap;
    } rows, others; /* others: neither provided nor promised */
};

struct desk_gap {
    struct str href, text;
};
struct desk_promise {
    const struct promise *p;
    struct str href, terms_href, measured_by;
    struct str up_action, down_action, remove_action;
    bool measured, first, last, incomplete, no_number;
};
struct desk_view {
    const struct service_kind *kind;
    struct str href, list_href, public_href;
    const struct charter_version *working, *in_force;
    struct str preview_href;
    bool may_approve, editable;
    bool may_start, may_consult, may_decide;
    struct str revision_text;
    struct str consult_href, end_href, approve_href, publish_href, new_href, intro_href,
        comments_href;
    struct str draft_action, discard_action, return_action;
    enum msg start_label;
    int step; /* 0 draft .. 3 published, for the line of steps */
    struct desk_gaps {
        struct desk_gap *v;
        size_t n, cap;
    } gaps;
    struct desk_promises {
        struct desk_promise *v;
        size_t n, cap;
    } promises;
    int64_t comments, waiting;
    struct version_items history;
};

/* One thing per page: a form with its heading, and what to know before. */
struct desk_form_view {
    const struct service_kind *kind;
    struct str back_href, action;
    struct form *form;
    enum msg title, lead, button;
    enum button_kind button_kind;
};

/* Every form of the desk begins with the revision its page showed. */
enum { CHARTER_F_REVISION };
enum {
    CHARTER_T_MEASURE = 1,
    CHARTER_T_AMOUNT,
    CHARTER_T_WORKING,
    CHARTER_T_KIND,
};
struct desk_terms_view {
    const struct service_kind *kind;
    struct str back_href, action;
    struct form *form;
    struct option_list measures, kinds;
    bool fresh; /* a new promise */
};
enum {
    CHARTER_W_TEXT_KY = 1,
    CHARTER_W_TEXT_RU,
    CHARTER_W_TEXT_EN,
    CHARTER_W_REMEDY_KY,
    CHARTER_W_REMEDY_RU,
    CHARTER_W_REMEDY_EN,
    CHARTER_W_CONTACT,
};
struct desk_words_view {
    const struct service_kind *kind;
    struct str back_href, action, terms_href, measured_by;
    struct form *form;
    bool measured;
};
struct desk_comments_view {
    const struct service_kind *kind;
    struct str back_href;
    struct comment_items comments;
};
enum { CHARTER_A_LOOK = 1, CHARTER_A_ANSWER };
struct desk_comment_view {
    const struct service_kind *kind;
    const struct charter_comment *c;
    struct str back_href, action;
    struct form *form;
};

/* What the charter of a page at hand is about, or ERR_NOT_FOUND for an unknown service. */
MUST enum err charter_service_of(struct req *r, const struct service_kind **kind);
/* "/m/{unit}/services/{service}" and what follows. */
struct str charter_public_href(struct req *r, struct str service, const char *rest);
struct str charter_version_href(struct req *r, const struct charter_version *v);
/* "3 working days", or empty for what takes no number. */
struct str charter_amount_text(struct arena *a, enum lang lang, int64_t amount, bool working_days);
/* "Days to fix a problem: 3 working days, water leak". */
struct str charter_measured_by(struct req *r, const struct service_kind *kind,
                               const struct promise *p);
/* The public ones; all of them for the editor. `here`: the version of the page, or NULL. */
void charter_history(struct req *r, const struct charter_versions *all,
                     const struct charter_version *here, bool for_editor,
                     struct version_items *out);
/* Puts faults of the rules beside the fields; `map` gives each its field plus one, 0 for the whole
 * form. */
void charter_show_faults(struct req *r, struct form *f, const struct charter_faults *faults,
                         const int *map);

/* A contact, its telephone number as a link when it ends with one. */
void charter_contact(struct buf *out, const struct ui *ui, struct str contact);
/* Template helper: ui_field for a range of fields. */
void charter_put_fields(struct buf *out, const struct ui *ui, const struct form *f, int from,
                        int end);

#endif
