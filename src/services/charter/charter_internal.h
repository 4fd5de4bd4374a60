/*
 * Shared inside the charter room: versions of a charter, and the rules by which they change.
 *
 * A version is edited while it is a draft. Once residents (consultation) or the council (approval)
 * have it before them its words stay; what should be different becomes the next version. Rules run
 * inside the caller's transaction and check everything but the permission of staff, which the route
 * asked for.
 */
#ifndef CHARTER_INTERNAL_H
#define CHARTER_INTERNAL_H

#include "services/charter/charter.h"
#include "services/charter/charter_sql.h"

#include "platform/tally/tally.h"

#define CHARTER_MAX_PROMISES 8
#define CHARTER_MAX_TEXT 200 /* a promise, its remedy: one sentence, readable on a wall */
#define CHARTER_MAX_INTRO 600
#define CHARTER_MAX_LINE 120
#define CHARTER_MAX_WORDS 2000
#define CHARTER_MAX_AMOUNT 3650 /* nobody promises anything for more than ten years */

enum charter_state {
    CHARTER_DRAFT,
    CHARTER_CONSULTATION, /* announced or open */
    CHARTER_DISCUSSED,    /* the consultation is over; the council's turn, or a newer draft's */
    CHARTER_APPROVED,
    CHARTER_PUBLISHED, /* in force, or from a coming day on */
    CHARTER_SUPERSEDED,
    CHARTER_STATE__MAX
};
struct charter_state_def {
    const char *code;
    enum msg name;
    int tone; /* TONE_* of components.h */
};
extern const struct charter_state_def charter_states[CHARTER_STATE__MAX];

struct charter_version {
    struct str unit, service;
    int64_t version;
    int64_t revision; /* raised by every change: who saved from an older page is told */
    enum charter_state state;
    bool newest;
    struct text3 intro;
    struct str contact;               /* whom to ask, when a promise names nobody itself */
    int64_t consult_from, consult_to; /* both included; 0 when there was no consultation */
    struct str consult_ended;         /* why it was ended before its time; NULL: it was not */
    struct str resolution;            /* "7/3"; NULL before the approval */
    int64_t resolution_day;
    int64_t valid_from; /* 0 before publication */
    int64_t valid_to;   /* the last day in force; INT64_MAX while nothing follows */
    struct str digest;  /* of the words as published */
    int64_t created_ms, published_ms;
};
struct charter_versions {
    struct charter_version *v; /* by service, newest first */
    size_t n, cap;
};
/* Of one service, or of all (NULL view). */
MUST enum err charter_versions(struct tx *tx, struct arena *a, struct str unit, struct str service,
                               int64_t today, struct charter_versions *out);
/* NULL when there is none. */
const struct charter_version *charter_version_find(const struct charter_versions *all,
                                                   struct str service, int64_t version);
const struct charter_version *charter_in_force(const struct charter_versions *all,
                                               struct str service, int64_t today);
/* The newest one while it is still on its way: draft, consultation, discussed or approved. */
const struct charter_version *charter_working(const struct charter_versions *all,
                                              struct str service);
/* May strangers read it? Those in consultation and after, and those published. */
bool charter_is_public(const struct charter_version *v);
/* Do people write comments on that day? */
bool charter_is_open(const struct charter_version *v, int64_t today);
MUST enum err charter_promises_of(struct tx *tx, struct arena *a, const struct charter_version *v,
                                  struct promises *out);

/* --- changes --- */

enum charter_field {
    CHARTER_FIELD_WHOLE,
    CHARTER_FIELD_INTRO_KY,
    CHARTER_FIELD_INTRO_RU,
    CHARTER_FIELD_INTRO_EN,
    CHARTER_FIELD_CONTACT,
    CHARTER_FIELD_TEXT_KY,
    CHARTER_FIELD_TEXT_RU,
    CHARTER_FIELD_TEXT_EN,
    CHARTER_FIELD_REMEDY_KY,
    CHARTER_FIELD_REMEDY_RU,
    CHARTER_FIELD_REMEDY_EN,
    CHARTER_FIELD_MEASURE,
    CHARTER_FIELD_KIND,
    CHARTER_FIELD_AMOUNT,
    CHARTER_FIELD_FROM,
    CHARTER_FIELD_TO,
    CHARTER_FIELD_REASON,
    CHARTER_FIELD_RESOLUTION,
    CHARTER_FIELD_RESOLUTION_DAY,
    CHARTER_FIELD_AUTHOR,
    CHARTER_FIELD_WORDS,
    CHARTER_FIELD_ANSWER,
    CHARTER_FIELD__MAX
};
struct charter_fault {
    enum charter_field field;
    enum msg m; /* no placeholders */
};
struct charter_faults {
    struct charter_fault *v;
    size_t n, cap;
};

/* Which version, who acts, and which revision they saw (0: does not matter). Every rule gives
 * ERR_NOT_FOUND for an unknown version, ERR_CONFLICT when somebody else was quicker, ERR_DENIED for
 * what this state does not allow, ERR_INPUT with faults. */
struct charter_change {
    struct str unit, service;
    int64_t version, revision;
    int64_t person;
    int64_t at_ms; /* 0: now. Only demo data and imports lie in the past */
};

/* The draft to edit: the one there is, else a copy of the newest version (or empty words for a
 * first one). ERR_DENIED while a consultation is open or an approved version waits for publication.
 */
MUST enum err charter_draft(struct tx *tx, struct arena *a, const struct charter_change *c,
                            int64_t *version);
/* Throws a draft away. */
MUST enum err charter_discard(struct tx *tx, struct arena *a, const struct charter_change *c);
MUST enum err charter_set_intro(struct tx *tx, struct arena *a, const struct charter_change *c,
                                const struct text3 *intro, struct str contact,
                                struct charter_faults *faults);

/* What a promise is measured by; `measure` empty: by nothing. */
struct charter_terms {
    struct str measure, kind;
    int64_t amount;
    bool working_days;
};
/* How such a promise reads, from the measure's own sentence; empty when there is none. */
struct text3 charter_sentence(const struct app *app, struct arena *a,
                              const struct charter_terms *terms);
/* A new promise (*id 0: gets the new one), or new terms of one. Its words follow in all languages:
 * where nobody wrote them they are the measure's sentence, else the number in them is exchanged. */
MUST enum err charter_set_terms(struct app *app, struct tx *tx, struct arena *a,
                                const struct charter_change *c, int64_t *id,
                                const struct charter_terms *terms, struct charter_faults *faults);
struct charter_words {
    struct text3 text, remedy;
    struct str contact;
};
MUST enum err charter_set_words(struct tx *tx, struct arena *a, const struct charter_change *c,
                                int64_t id, const struct charter_words *words,
                                struct charter_faults *faults);
MUST enum err charter_remove_promise(struct tx *tx, struct arena *a, const struct charter_change *c,
                                     int64_t id);
/* One place up (-1) or down (1). */
MUST enum err charter_move_promise(struct tx *tx, struct arena *a, const struct charter_change *c,
                                   int64_t id, int by);

/* What is missing before anybody else may see the draft; no faults: it is ready. `promise` of a
 * fault is 0 when it is about the whole. */
struct charter_gap {
    int64_t promise;
    enum msg m;
};
struct charter_gaps {
    struct charter_gap *v;
    size_t n, cap;
};
void charter_find_gaps(struct arena *a, const struct charter_version *v,
                       const struct promises *promises, struct charter_gaps *out);
/* Does the sentence in that language have the number it is measured by? */
bool charter_text_has_amount(const struct promise *p, enum lang lang);

MUST enum err charter_open_consultation(struct tx *tx, struct arena *a,
                                        const struct charter_change *c, int64_t from_day,
                                        int64_t to_day, struct charter_faults *faults);
/* Before its time, with a reason that everybody can read. */
MUST enum err charter_end_consultation(struct tx *tx, struct arena *a,
                                       const struct charter_change *c, struct str reason,
                                       struct charter_faults *faults);
/* By resolution of the kenesh. Every comment must have been looked at and answered. */
MUST enum err charter_approve(struct tx *tx, struct arena *a, const struct charter_change *c,
                              struct str resolution, int64_t resolution_day,
                              struct charter_faults *faults);
/* Undoes an approval that was entered by mistake, before publication. */
MUST enum err charter_take_back(struct tx *tx, struct arena *a, const struct charter_change *c);
/* In force from a day on; the version before it ends with the day before. */
MUST enum err charter_publish(struct tx *tx, struct arena *a, const struct charter_change *c,
                              int64_t from_day, struct charter_faults *faults);
/* Of the words of a version: what was published can be compared with what stands in the table. */
struct str charter_digest(struct arena *a, const struct charter_version *v,
                          const struct promises *promises);

/* --- comments --- */

enum charter_look { CHARTER_WAITS, CHARTER_SHOWN, CHARTER_HIDDEN };
struct charter_comment {
    int64_t id, version;
    struct str service;
    struct str author; /* as they signed; may be empty */
    struct str words, answer;
    int64_t at_ms, answered_ms; /* 0: not answered */
    enum charter_look look;
};
struct charter_comments {
    struct charter_comment *v; /* oldest first */
    size_t n, cap;
};
struct charter_comment_input {
    struct str author, words, once;
};
/* By anybody, while the consultation is open. A second one with the same `once` or the same words
 * changes nothing. */
MUST enum err charter_add_comment(struct tx *tx, struct arena *a, const struct charter_change *c,
                                  const struct charter_comment_input *in,
                                  struct charter_faults *faults);
/* Of versions from `least` to `most`. */
MUST enum err charter_comments(struct tx *tx, struct arena *a, struct str unit, struct str service,
                               int64_t least, int64_t most, struct charter_comments *out);
MUST enum err charter_get_comment(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                  struct charter_comment *out);
/* The look, and the public answer (empty: none yet). A comment that is hidden needs none. */
MUST enum err charter_answer_comment(struct tx *tx, struct arena *a, const struct charter_change *c,
                                     int64_t id, enum charter_look look, struct str answer,
                                     struct charter_faults *faults);

/* --- totals --- */

/* Counts the last 90 days of a municipality anew. */
MUST enum err charter_refresh(struct app *app, struct arena *a, struct str unit);

/* The page that lists the records behind a figure; NULL view when the measure has none. `of`: a
 * municipality that merged into `unit` and has made the promise; NULL view: `unit` itself. */
struct str charter_records_href(struct arena *a, struct str unit, struct str of,
                                const struct promise_kept *k, int64_t today, int days);

/* --- shared between files --- */
void charter_fault(struct arena *a, struct charter_faults *faults, enum charter_field field,
                   enum msg m);
/* Trims; a fault for what is no text or too long. */
void charter_check_text(struct arena *a, struct str *s, size_t max, enum charter_field field,
                        struct charter_faults *faults);
int64_t charter_change_ms(const struct charter_change *c);
struct promise charter_promise_row(const struct sql_charter_promises_get_row *row);
void charter_show_sections(struct buf *out, struct req *r, struct str service);

enum err charter_demo(struct app *app, struct demo_context *demo);

/* Pages. */
enum err charter_page(struct req *r);
enum err charter_version_page(struct req *r);
enum err charter_comment_post(struct req *r);
enum err charter_poster(struct req *r);
enum err charter_desk_list(struct req *r);
enum err charter_desk_show(struct req *r);
enum err charter_desk_draft(struct req *r);
enum err charter_desk_discard(struct req *r);
enum err charter_desk_intro(struct req *r);
enum err charter_desk_intro_post(struct req *r);
enum err charter_desk_terms_new(struct req *r);
enum err charter_desk_terms_new_post(struct req *r);
enum err charter_desk_terms(struct req *r);
enum err charter_desk_terms_post(struct req *r);
enum err charter_desk_words(struct req *r);
enum err charter_desk_words_post(struct req *r);
enum err charter_desk_remove(struct req *r);
enum err charter_desk_move(struct req *r);
enum err charter_desk_consult(struct req *r);
enum err charter_desk_consult_post(struct req *r);
enum err charter_desk_end(struct req *r);
enum err charter_desk_end_post(struct req *r);
enum err charter_desk_comments(struct req *r);
enum err charter_desk_comment(struct req *r);
enum err charter_desk_comment_post(struct req *r);
enum err charter_desk_approve(struct req *r);
enum err charter_desk_approve_post(struct req *r);
enum err charter_desk_take_back(struct req *r);
enum err charter_desk_publish(struct req *r);
enum err charter_desk_publish_post(struct req *r);

extern const struct counter charter_published_counter;

#endif
