/*
 * What the files of this room share: a plan as it is read whole, the rules of change, progress and
 * money. No HTTP and no SQL text here.
 */
#ifndef PLANS_INTERNAL_H
#define PLANS_INTERNAL_H

#include "programme/plans/plans.h"
#include "programme/plans/plans_sql.h"
#include "programme/plans/plans_sum.h"

#include "community/persons/persons.h"
#include "community/places/places.h"

#include "platform/web/form.h"

enum {
    PLAN_LINE_MAX = 200,
    PLAN_TEXT_MAX = 3000,
    PLAN_MEMBERS_MAX = 30,
    PLAN_SHARES_MAX = 20,
    PLAN_VILLAGES_MAX = 60,
    PLAN_PHOTOS_MAX = 3,
};
/* The longest time from the first to the last day of an action, and how far ahead. */
#define PLAN_DAYS_MAX 3660

const char *plan_source_code(enum plan_source s); /* "own": in records */
bool plan_source_parse(struct str code, enum plan_source *out);
enum msg plan_source_name(enum plan_source s);

enum plan_state { PLAN_DRAFT, PLAN_SUBMITTED, PLAN_APPROVED };
enum msg plan_state_name(enum plan_state s);

struct plan_version {
    int64_t version, revision;
    enum plan_state state;
    struct str problem, objective, basis, risks, changes;
    struct str returned; /* why it came back; empty: it did not */
    struct str resolution;
    int64_t resolution_day;
    struct str digest;
    int64_t submitted_ms, approved_ms; /* 0: not */
};
struct plan_versions {
    struct plan_version *v; /* newest first */
    size_t n, cap;
};
struct plan_action {
    int64_t id, position;
    struct str title, responsible, result;
    int64_t from_day, to_day;
    struct plan_cost cost;
    int64_t percent, said_day; /* latest word; said_day 0: none yet */
    struct str note;
};
struct plan_actions {
    struct plan_action *v;
    size_t n, cap;
};
struct plan_village {
    struct str village;
    int64_t people;
};
struct plan_villages {
    struct plan_village *v;
    size_t n, cap;
};
struct plan_share {
    struct str member; /* municipality; the leading one too */
    int64_t amount;    /* of the own money */
    struct str resolution;
    struct i64_opt resolution_day;
};
struct plan_shares {
    struct plan_share *v;
    size_t n, cap;
};
struct plan_word { /* of progress */
    int64_t id, action, percent, day, at_ms;
    struct str note;
};
struct plan_words {
    struct plan_word *v; /* newest first */
    size_t n, cap;
};
struct plan_photo {
    int64_t id, progress;
    struct str large, small;
};
struct plan_photos {
    struct plan_photo *v;
    size_t n, cap;
};
struct plan_payment {
    struct str unit;
    int64_t id, action, amount, day;
    enum plan_source source;
    struct str document, why;
    bool withdrawn;
};
struct plan_payments {
    struct plan_payment *v; /* newest first */
    size_t n, cap;
};
struct plan_group_member {
    int64_t person;
    struct str duty;
};
struct plan_group {
    struct plan_group_member *v;
    size_t n, cap;
};

struct plan {
    struct str unit;
    int64_t id;
    struct str topic;
    struct text3 title;
    struct str origin, origin_ref;
    int64_t version;      /* latest approved; 0 none */
    int64_t approved_day; /* of the first; 0 none */
    struct plan_versions versions;
    const struct plan_version *shown; /* what the rest below is of */
    struct plan_actions actions;
    struct plan_villages villages;
    struct plan_shares shares;
    struct plan_words words;
    struct plan_photos photos;
    struct plan_payments payments;
    struct plan_group group;
    /* Computed. */
    struct plan_cost sum;       /* of the actions */
    int64_t came[PLAN_SOURCES]; /* payments that hold */
    int64_t people;             /* of the villages */
    int64_t from_day, to_day;   /* of the actions; 0 without any */
    size_t done;                /* actions at 100 % */
    int64_t percent;            /* plan_weighted_percent */
};
#define PLAN_LATEST (-1) /* whatever is worked on */
#define PLAN_IN_FORCE 0  /* the latest approved one */
/* Country scope, or that of its unit. `version`: a number or one of the two above. ERR_NOT_FOUND
 * when there is no such plan or version. A dozen queries whatever the plan's size. */
MUST enum err plan_read(struct tx *tx, struct arena *a, int64_t id, int64_t version,
                        struct plan *out);
const struct plan_action *plan_action_find(const struct plan *p, int64_t id);
/* Every word that the council approves, in one text: hashed into its digest. */
struct str plan_words_text(struct arena *a, const struct plan *p);
struct str plan_digest(struct arena *a, const struct plan *p);

/* --- rules of change; in a write of the plan's unit, or of the country --- */

/* Where a fault stands: positions in the forms are the pages' business. */
enum plan_field {
    PLAN_WHOLE,
    PLAN_F_TOPIC,
    PLAN_F_TITLE,
    PLAN_F_PROBLEM,
    PLAN_F_OBJECTIVE,
    PLAN_F_BASIS,
    PLAN_F_RISKS,
    PLAN_F_CHANGES,
    PLAN_F_ACTION_TITLE,
    PLAN_F_RESPONSIBLE,
    PLAN_F_RESULT,
    PLAN_F_FROM,
    PLAN_F_TO,
    PLAN_F_COST,
    PLAN_F_SOURCE, /* + enum plan_source */
    PLAN_F_RESOLUTION = PLAN_F_SOURCE + PLAN_SOURCES,
    PLAN_F_DAY,
    PLAN_F_REASON,
    PLAN_F_PEOPLE,
    PLAN_F_MEMBER,
    PLAN_F_AMOUNT,
    PLAN_F_PERCENT,
    PLAN_F_DOCUMENT,
    PLAN_FIELDS
};
struct plan_fault {
    enum plan_field field;
    enum msg m;
};
struct plan_faults {
    struct plan_fault *v;
    size_t n, cap;
};
void plan_fault(struct arena *a, struct plan_faults *faults, enum plan_field field, enum msg m);

struct plan_change {
    struct str unit; /* that leads the plan */
    int64_t plan;
    int64_t revision; /* of the version that the editor saw; 0: whatever it is */
    int64_t person;
    int64_t at_ms; /* 0: now. Only demonstrations lie in the past */
};
int64_t plan_change_ms(const struct plan_change *c);

struct plan_heading {
    struct str topic;
    struct text3 title;
    struct str origin, origin_ref;
};
/* A new plan with its first draft. The id was made before (c->plan). The same `once` again: that
 * plan, whose id *known gets. */
MUST enum err plan_begin(struct tx *tx, struct arena *a, const struct plan_change *c,
                         const struct plan_heading *h, struct str problem, struct str once,
                         int64_t *known, struct plan_faults *faults);
/* The heading can be changed until the first approval. */
struct plan_texts {
    struct plan_heading heading;
    struct str problem, objective, basis, risks, changes;
};
MUST enum err plan_set_texts(struct tx *tx, struct arena *a, const struct plan_change *c,
                             const struct plan_texts *t, struct plan_faults *faults);
/* Checks alone: for the import's dry run too. Trims the texts. */
void plan_check_action(struct arena *a, struct plan_action *x, struct plan_faults *faults);
/* x->id 0: a new one, whose id it gets. */
MUST enum err plan_put_action(struct tx *tx, struct arena *a, const struct plan_change *c,
                              struct plan_action *x, struct plan_faults *faults);
MUST enum err plan_remove_action(struct tx *tx, struct arena *a, const struct plan_change *c,
                                 int64_t id);
/* All actions at once, those with a known id stay the same action. */
MUST enum err plan_replace_actions(struct tx *tx, struct arena *a, const struct plan_change *c,
                                   struct plan_actions *list, struct plan_faults *faults);
/* Of villages of the municipalities of the plan; those with 0 are left out. */
MUST enum err plan_set_villages(struct tx *tx, struct arena *a, const struct plan_change *c,
                                const struct plan_villages *list, struct plan_faults *faults);
/* Adds the municipality, or changes its share. The leading one is put in by itself. */
MUST enum err plan_set_share(struct tx *tx, struct arena *a, const struct plan_change *c,
                             const struct plan_share *share, struct plan_faults *faults);
MUST enum err plan_remove_share(struct tx *tx, struct arena *a, const struct plan_change *c,
                                struct str member);
/* The working group is who is in it today; not a part of what is approved. */
MUST enum err plan_set_member(struct tx *tx, struct arena *a, const struct plan_change *c,
                              int64_t person, struct str duty, struct plan_faults *faults);
MUST enum err plan_remove_member(struct tx *tx, const struct plan_change *c, int64_t person);
extern const struct choice plan_duties[];
enum msg plan_duty_name(struct str duty);

/* What a version lacks before a council can have it; none: ready. */
struct plan_gaps {
    enum msg *v;
    size_t n, cap;
};
void plan_find_gaps(struct arena *a, const struct plan *p, struct plan_gaps *out);

MUST enum err plan_submit(struct tx *tx, struct arena *a, const struct plan_change *c);
MUST enum err plan_return(struct tx *tx, struct arena *a, const struct plan_change *c,
                          struct str reason, struct plan_faults *faults);
/* By resolution of the kenesh: counted, in the public log, and never changed again. */
MUST enum err plan_approve(struct tx *tx, struct arena *a, const struct plan_change *c,
                           struct str resolution, int64_t day, struct plan_faults *faults);
/* The next version as a copy of the approved one. */
MUST enum err plan_amend(struct tx *tx, struct arena *a, const struct plan_change *c);
/* A draft; the plan itself with its first one. *gone: the plan is no more. */
MUST enum err plan_discard(struct tx *tx, struct arena *a, const struct plan_change *c, bool *gone);

/* What an amendment changed, action by action. */
enum plan_difference { PLAN_SAME, PLAN_ADDED, PLAN_CHANGED, PLAN_DROPPED };
struct plan_diff {
    enum plan_difference what;
    const struct plan_action *now, *was; /* NULL where there is none */
};
struct plan_diffs {
    struct plan_diff *v;
    size_t n, cap;
};
void plan_compare(struct arena *a, const struct plan_actions *was, const struct plan_actions *now,
                  struct plan_diffs *out);

/* --- progress and money (plans_progress.c) --- */

struct plan_saying {
    int64_t id, action, percent, day;
    struct str note, once;
    struct plan_photo photos[PLAN_PHOTOS_MAX];
    size_t photo_count;
};
/* Of an action of the version in force. */
MUST enum err plan_say_progress(struct tx *tx, struct arena *a, const struct plan_change *c,
                                const struct plan_saying *s, struct plan_faults *faults);
struct plan_receipt {
    int64_t id, action, amount, day; /* action 0: of the whole plan */
    enum plan_source source;
    struct str payer; /* a municipality of the plan; it is credited */
    struct str document, once;
};
/* When the payer is not the plan's unit: country scope. */
MUST enum err plan_receive(struct tx *tx, struct arena *a, const struct plan_change *c,
                           const struct plan_receipt *in, struct plan_faults *faults);
MUST enum err plan_withdraw(struct tx *tx, struct arena *a, const struct plan_change *c, int64_t id,
                            struct str why, struct plan_faults *faults);

/* --- shared between files --- */
MUST enum err plan_claim(struct tx *tx, struct arena *a, const struct plan_change *c,
                         struct plan *p); /* the draft, for this change */
void plan_check_text(struct arena *a, struct str *s, size_t max, bool required,
                     enum plan_field field, struct plan_faults *faults);

enum err plans_demo(struct app *app, struct demo_context *demo);

#endif
