/*
 * Cases: what residents report, and what became of it.
 *
 * States are data (cases_states.c). Two clocks run: the time in the present state, and the promise
 * of the charter, counted in working days from the report and never reset. Place, service and state
 * are public at once; words, streets and photos after a look; names and contacts never. Every
 * change is an event; nothing is overwritten.
 *
 * Rules (report, transition, answer ...) run inside the caller's transaction, in the scope of the
 * case's municipality or of the country. They check what the state table, the version and the
 * reporter's rights allow, but not the permission of staff: the route asked for that already.
 *
 * Public pages, feeds, exports and APIs read struct case_public and nothing else. struct
 * case_record is for staff with PERM_CASES_READ; a reporter's contacts come from cases_contact
 * alone, which notes who looked.
 */
#ifndef CASES_CASES_H
#define CASES_CASES_H

#include "services/charter/charter.h"

enum case_state {
    CASE_RECEIVED,
    CASE_ACCEPTED,
    CASE_IN_PROGRESS,
    CASE_RESOLVED,  /* says the municipality */
    CASE_CONFIRMED, /* says the reporter */
    CASE_REOPENED,
    CASE_REFUSED,   /* with a reason */
    CASE_DUPLICATE, /* of another case, which it follows */
    CASE_PASSED,    /* to another body, named */
    CASE_WITHDRAWN, /* by the reporter */
    CASE__MAX
};
#define CASE_BIT(state) (1u << (state))

/* What is said of a state besides its name: the colour of its tag, as TONE_* of components.h. */
struct case_state_def {
    const char *code;
    enum msg name;        /* for staff: "Accepted" */
    enum msg public_name; /* for everybody: "Accepted, somebody is on it" */
    enum msg action;      /* on the button that sets it: "Accept" */
    int tone;
    bool open;              /* somebody of the municipality must act */
    bool answered;          /* entering it counts as an answer */
    unsigned next;          /* CASE_BIT of states staff may set from here */
    unsigned next_reporter; /* and the reporter */
    bool needs_answer;      /* a public answer is required to enter it */
};
extern const struct case_state_def case_states[CASE__MAX];
bool case_state_parse(struct str code, enum case_state *out);

/* Days after which a resolution, refusal or transfer can no longer be reopened by its reporter, and
 * days after which the reporter is reminded of the question whether it is fixed. */
#define CASE_REOPEN_DAYS 30
#define CASE_REMIND_DAYS 3

/* --- faults of input: which field, and what is wrong --- */

enum case_field {
    CASE_FIELD_WHOLE,
    CASE_FIELD_SERVICE,
    CASE_FIELD_FAULT,
    CASE_FIELD_VILLAGE,
    CASE_FIELD_STREET,
    CASE_FIELD_POINT,
    CASE_FIELD_WORDS, /* of the report, an answer, a note */
    CASE_FIELD_PHOTOS,
    CASE_FIELD_NAME,
    CASE_FIELD_EMAIL,
    CASE_FIELD_PHONE,
    CASE_FIELD_STATE,
    CASE_FIELD_DUPLICATE,
    CASE_FIELD_PASSED,
    CASE_FIELD_ASSIGNEE,
    CASE_FIELD_STARS,
};
struct case_fault {
    enum case_field field;
    enum msg m; /* no placeholders */
};
struct case_faults {
    struct case_fault *v;
    size_t n, cap;
};

/* --- a new report --- */

struct case_photo_input {
    struct str large, small; /* file ids */
    int width, height;       /* of the large one */
};
/* A new report, from any channel. */
struct case_input {
    struct str unit;
    struct str service, fault;  /* catalogue codes; either may be NULL when the other is enough */
    struct str village, street; /* village code or NULL; street or landmark as words */
    bool has_point;
    double lat, lon;
    struct str words;
    enum lang lang;
    struct str channel; /* "web", "desk", "phone", "open311" ... */
    struct str reporter_name, reporter_email, reporter_phone;
    int64_t reporter_person; /* 0: without account */
    int64_t entered_by;      /* staff who typed it for somebody; 0 */
    bool hide;       /* the reporter asks that nothing but village, service and state be public */
    bool suspicious; /* looks like spam: held back from the public until a look */
    const struct case_photo_input *photos; /* already decoded, re-encoded and stored */
    size_t photo_count;
    struct str once; /* idempotency key; a second report with it returns the first */
    int64_t at_ms;   /* when it came; 0: now. Only demo data and imports lie in the past */
};
struct case_receipt {
    struct str number;
    struct str secret; /* of the following link; kept hashed. Again the same for the same `once` */
    int64_t due_day;   /* 0: no promise */
    bool repeated;     /* the key was known: this is the earlier report */
    bool held;         /* kept back from the public until a look; not known when repeated */
};
#define CASE_MAX_PHOTOS 3
#define CASE_MAX_WORDS 4000
#define CASE_MAX_STREET 200

/* Checks a report without the database and completes it (service from fault, village from
 * point). ERR_INPUT with faults. */
MUST enum err cases_check(struct app *app, struct arena *a, struct case_input *in,
                          struct case_faults *faults);
/* Checks and keeps a report: in one transaction of its own case, event, deadline from the charter,
 * totals, notice, public log. Durable when it returns. ERR_INPUT with faults; ERR_RATE when the
 * same words came too often; else the store's codes. */
MUST enum err cases_submit(struct app *app, struct arena *a, struct case_input *in,
                           struct case_receipt *out, struct case_faults *faults);
/* The same inside the caller's transaction, for checked input: it only adds rows, so db_append is
 * enough. id, number and secret are made by the caller before it starts: id_new(), id_number(),
 * cases_secret(). ERR_CONFLICT: the number is taken. */
struct case_identity {
    int64_t id;
    struct str number, secret;
};
MUST enum err cases_report(struct app *app, struct tx *tx, struct arena *a,
                           const struct case_input *in, const struct case_identity *identity,
                           struct case_receipt *out);
/* The secret of a report's link: from the idempotency key, so that a browser that sends its form
 * twice learns it both times; random without one. */
struct str cases_secret(struct app *app, struct arena *a, struct str unit, struct str once);

/* --- changes --- */

enum case_by { CASE_BY_SYSTEM, CASE_BY_REPORTER, CASE_BY_STAFF };
/* Which case, who acts, and which version they saw (0: does not matter). Every rule gives
 * ERR_NOT_FOUND for an unknown case, ERR_CONFLICT when somebody else was quicker, ERR_DENIED for
 * what this actor may not do in this state, ERR_INPUT with a fault. */
struct case_change {
    struct str unit;
    int64_t id;
    int64_t version;
    enum case_by by;
    int64_t person; /* staff, or a logged-in reporter; 0 */
    int64_t at_ms;  /* 0: now */
};
struct case_step {
    enum case_state to;
    struct str answer;    /* public words; required where the table says so */
    struct str duplicate; /* number of the original, for CASE_DUPLICATE */
    struct str passed_to; /* the other body, for CASE_PASSED */
};
MUST enum err cases_transition(struct app *app, struct tx *tx, struct arena *a,
                               const struct case_change *c, const struct case_step *step,
                               struct case_faults *faults);
/* Public words of the municipality without a change of state. */
MUST enum err cases_answer(struct app *app, struct tx *tx, struct arena *a,
                           const struct case_change *c, struct str words,
                           struct case_faults *faults);
/* Words for colleagues, by staff or by a channel that a report came through. */
MUST enum err cases_note(struct app *app, struct tx *tx, struct arena *a,
                         const struct case_change *c, struct str words, struct case_faults *faults);
/* person 0: nobody. */
MUST enum err cases_assign(struct app *app, struct tx *tx, struct arena *a,
                           const struct case_change *c, int64_t person);
/* Corrects the service or fault; the deadline is that of the right promise, from the day of the
 * report. */
MUST enum err cases_reclassify(struct app *app, struct tx *tx, struct arena *a,
                               const struct case_change *c, struct str service, struct str fault,
                               struct case_faults *faults);

/* The look. NULL views: not public; else the text to show, which staff may have shortened (names,
 * telephone numbers). Ends holding back. Words of a reporter who asked for privacy stay inside. */
struct case_look {
    struct str words, street;
};
MUST enum err cases_look(struct app *app, struct tx *tx, struct arena *a,
                         const struct case_change *c, const struct case_look *look,
                         struct case_faults *faults);
MUST enum err cases_look_photo(struct app *app, struct tx *tx, struct arena *a,
                               const struct case_change *c, int64_t photo, bool show);
/* Words the reporter added later (an event). NULL view: not public. */
MUST enum err cases_look_added(struct app *app, struct tx *tx, struct arena *a,
                               const struct case_change *c, int64_t event, struct str words);

/* More words or photos, by the reporter (they wait for a look) or by staff (at once public). */
struct case_addition {
    struct str words;
    const struct case_photo_input *photos;
    size_t photo_count;
};
MUST enum err cases_add(struct app *app, struct tx *tx, struct arena *a,
                        const struct case_change *c, const struct case_addition *in,
                        struct case_faults *faults);
/* "Me too", once for each `who` (see cases_who); *counted tells whether it was new. */
MUST enum err cases_support(struct app *app, struct tx *tx, struct arena *a,
                            const struct case_change *c, struct str who, bool *counted);
/* 1 to 5, by the reporter, once it is answered; a later rating replaces the earlier. */
MUST enum err cases_rate(struct app *app, struct tx *tx, struct arena *a,
                         const struct case_change *c, int stars, struct str words,
                         struct case_faults *faults);
/* Erases name and contacts; the case stays. By the reporter, or staff on their request. */
MUST enum err cases_forget(struct app *app, struct tx *tx, struct arena *a,
                           const struct case_change *c);

/* --- reading --- */

/* number as typed; ERR_NOT_FOUND. Country scope. */
MUST enum err cases_find(struct tx *tx, struct arena *a, struct str number, struct str *unit,
                         int64_t *id);

/* What strangers may see. A position is rounded to CASE_PUBLIC_DECIMALS decimals of a degree, some
 * 100 m: near enough to see which street a fault is in, too far to say which of its houses reported
 * it. That is decided here, so every page, file and API that reads struct case_public says the
 * same; staff (struct case_record) see the very place. */
#define CASE_PUBLIC_DECIMALS 3
struct case_public {
    struct str unit;
    int64_t id;
    struct str number, service, fault;
    struct str village, street; /* NULL: unknown, or not public (yet) */
    bool has_point;
    double lat, lon;
    struct str words; /* NULL: none, or not public (yet) */
    bool hide;        /* the reporter asked for privacy: no address beyond the village */
    enum case_state state;
    int64_t state_ms, created_ms, changed_ms;
    int64_t due_day;   /* 0: no promise */
    int64_t late_days; /* calendar days past the promise: of an open case until today, of a resolved
                          one until it was; 0 in time */
    struct str answer; /* the latest public one; NULL none */
    int64_t answered_ms, resolved_ms; /* 0: not yet */
    struct str duplicate_of, passed_to;
    int64_t support, photos, stars; /* stars 0: not rated */
};
MUST enum err cases_get_public(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                               int64_t today, struct case_public *out);

/* Everything, for staff. */
struct case_record {
    struct case_public p; /* what strangers see of it */
    int64_t version;
    struct str street, words; /* as reported */
    bool has_point;
    double lat, lon;
    bool held, look, unseen; /* looks like spam; something waits for a look; the words do */
    enum lang lang;
    struct str channel;
    int64_t entered_by, assignee, promise_id;
    bool words_shown, street_shown;
    int64_t photos; /* all of them */
    unsigned next;  /* CASE_BIT of what staff may do */
};
MUST enum err cases_get(struct tx *tx, struct arena *a, struct str unit, int64_t id, int64_t today,
                        struct case_record *out);

/* Name and contacts of a reporter: writes to the audit and to the case's inner history who looked,
 * so it needs a writing transaction. All NULL when there are none. */
struct case_contact {
    struct str name, email, phone;
    int64_t person;
};
MUST enum err cases_contact(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                            int64_t id, const struct actor *reader, struct case_contact *out);
/* Is this the secret of the case's link (or of a link in a message)? */
MUST enum err cases_check_secret(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                                 int64_t id, struct str secret, bool *right);

enum case_event_kind {
    CASE_EVENT_REPORT, /* it came */
    CASE_EVENT_STATE,  /* new state, with the answer as words */
    CASE_EVENT_ANSWER,
    CASE_EVENT_NOTE,      /* inside */
    CASE_EVENT_ASSIGN,    /* inside; detail: person id */
    CASE_EVENT_LOOK,      /* inside */
    CASE_EVENT_ADDED,     /* words or photos by the reporter or staff */
    CASE_EVENT_RATED,     /* detail: stars */
    CASE_EVENT_LATE,      /* the promised day passed */
    CASE_EVENT_CLASS,     /* service or fault corrected; detail: fault or service code */
    CASE_EVENT_ASKED,     /* inside: the reporter was reminded of the question */
    CASE_EVENT_SETTLED,   /* nobody answered the question in time */
    CASE_EVENT_MOVED,     /* municipalities merged; detail: code of the earlier one */
    CASE_EVENT_FORGOTTEN, /* inside: contacts erased */
    CASE_EVENT_CONTACT,   /* inside: somebody of the staff read them */
    CASE_EVENT__MAX
};
enum case_visible { CASE_INSIDE, CASE_SHOWN, CASE_WAITS };
struct case_event {
    int64_t id, at_ms;
    enum case_event_kind kind;
    enum case_by by;
    int64_t person; /* 0 in public lists */
    bool has_state;
    enum case_state state;
    struct str words, detail;
    enum case_visible visible;
};
struct case_events {
    struct case_event *v;
    size_t n, cap;
};
/* Oldest first; `all` for staff. */
MUST enum err cases_events(struct tx *tx, struct arena *a, struct str unit, int64_t id, bool all,
                           struct case_events *out);
struct case_photo {
    int64_t id, added_ms;
    struct str large, small; /* file ids, for files.h */
    int width, height;
    enum case_by by;
    enum case_visible visible;
};
struct case_photos {
    struct case_photo *v;
    size_t n, cap;
};
/* All of them: pages leave out what their reader may not see (cases_photo_allowed). */
MUST enum err cases_photos(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                           struct case_photos *out);

/* A public list of one municipality, newest first. */
struct case_filter {
    struct str unit;
    struct str service, fault, village; /* NULL: all */
    unsigned states;                    /* CASE_BIT; 0 all */
    bool overdue;                       /* open and past the promised day */
    int64_t from_day, to_day;           /* of the report, both included; 0: no limit */
    /* Where the page begins: the time and id of the last case of the page before (older ones
     * follow) or, `newer`, of the first of the page behind. 0: with the newest. Always newest
     * first. */
    int64_t edge_ms, edge_id;
    bool newer;
    /* Records behind a measure of the charter. */
    enum { CASE_MEASURE_NONE, CASE_MEASURE_ANSWER, CASE_MEASURE_RESOLVE } measure;
    int64_t amount;
    bool working_days;
    enum { CASE_COUNTED, CASE_KEPT, CASE_BROKEN } outcome;
    size_t max;
};
struct case_list {
    struct case_public *v;
    size_t n, cap;
    bool more; /* beyond max, in the direction asked */
};
MUST enum err cases_list(struct app *app, struct tx *tx, struct arena *a,
                         const struct case_filter *f, int64_t today, struct case_list *out);
/* Open reports like this one: same fault (or service when it has none), of the last 30 days, within
 * 300 metres or in the same village and street. Nearest, then newest first. */
struct case_similar {
    struct str service, fault, village, street;
    bool has_point;
    double lat, lon;
};
MUST enum err cases_similar(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                            const struct case_similar *like, size_t max, struct case_list *out);

/* --- for machines: Open311, the JSON API, downloads (cases_open.c) --- */

/*
 * Public cases, newest first, without those whose reporter asked for privacy: lists that programs
 * copy and keep do not even say that there was one. (Figures count them all.)
 */
struct case_search {
    const struct str *units; /* a municipality, and those that merged into it */
    size_t unit_count;
    struct str service, village; /* NULL: all */
    const struct str *codes;     /* faults; or services, for their reports without a fault */
    size_t code_count;           /* 0: all */
    unsigned states;             /* CASE_BIT; 0 all */
    int64_t from_ms, to_ms;      /* of the report, both included; 0: no limit */
    int64_t edge_ms, edge_id;    /* of the last case of the page before; 0: with the newest */
    size_t skip, max;
};
/* Rows of all `units` lie in the scope of the transaction. */
MUST enum err cases_search(struct tx *tx, struct arena *a, const struct case_search *s,
                           int64_t today, struct case_list *out);
/* The same kind of cases by their numbers, as typed; unknown ones are left out. Country scope. */
MUST enum err cases_by_numbers(struct tx *tx, struct arena *a, const struct str *numbers, size_t n,
                               int64_t today, struct case_list *out);

/* What the municipality said in public, of all cases of such a list: states and answers, by case
 * and oldest first. One query for each
 * municipality in the list, however long it is. */
struct case_note {
    int64_t case_id, at_ms;
    bool has_state;
    enum case_state state;
    struct str words; /* NULL: none */
};
struct case_notes {
    struct case_note *v;
    size_t n, cap;
};
MUST enum err cases_notes(struct tx *tx, struct arena *a, const struct case_list *list,
                          struct case_notes *out);
/* Their public photos, by case and in their order. */
struct case_photo_ref {
    int64_t case_id, id;
};
struct case_photo_refs {
    struct case_photo_ref *v;
    size_t n, cap;
};
MUST enum err cases_photo_refs(struct tx *tx, struct arena *a, const struct case_list *list,
                               struct case_photo_refs *out);

/* --- figures --- */

/* Figures of a municipality for dashboards, from totals kept with each change. */
struct case_figures {
    int64_t open, overdue, received30, resolved30, received365, resolved365;
    int64_t in_time365;       /* of resolved365: by the promised day */
    int64_t median_answer_ms; /* of answers given in the last 90 days, exact to the hour up to three
                                 days, then to the day; -1: none */
    int64_t rated, rating_sum; /* of 365 days */
};
MUST enum err cases_figures(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                            struct case_figures *out);
/* The same for every municipality in a handful of queries, for the country page. */
struct unit_case_figures {
    struct str unit;
    struct case_figures f;
};
struct all_case_figures {
    struct unit_case_figures *v; /* by unit */
    size_t n, cap;
};
/* The same of today, kept in memory: read anew when it is CASES_COUNTRY_KEEP_MS old and on a new
 * day, because adding up a large country takes a third of a second and everybody may see the same.
 * Held until the arena ends. cases_country_forget: the next one reads anew. */
#define CASES_COUNTRY_KEEP_MS (30 * MS_SECOND)
MUST enum err cases_figures_country(struct app *app, struct arena *a,
                                    const struct all_case_figures **out);
void cases_country_forget(void);
MUST enum err cases_figures_all(struct tx *tx, struct arena *a, int64_t today,
                                struct all_case_figures *out);
/* Running totals of a municipality, services added up (or one: service not NULL), at the end of a
 * day: what happened in a period is the difference of two. */
struct case_totals {
    int64_t received, answered, resolved, in_time, rated, stars;
};
/* Adds what reports and answers left for the totals to them; a schedule does it every minute.
 * Totals are exact before and after: readers add what waits. */
MUST enum err cases_fold(struct app *app);
#define CASE_TOTALS_DAYS 16
/* The same at the end of each of `count` days (at most CASE_TOTALS_DAYS, in any order), services
 * added up, in one query. */
MUST enum err cases_totals_at(struct tx *tx, struct arena *a, struct str unit, const int64_t *days,
                              size_t count, struct case_totals *out);
MUST enum err cases_totals(struct tx *tx, struct arena *a, struct str unit, struct str service,
                           int64_t day, struct case_totals *out);

/* --- the desk (cases_desk_*.c) --- */

/* What waits for staff, held back reports left out; of open cases unless it says otherwise. */
struct case_desk_counts {
    int64_t open, late, due_today, unassigned, mine, mine_late;
    int64_t state[CASE__MAX];
    int64_t look;   /* something waits for a look, held back ones too; of all cases */
    int64_t closed; /* of all times, from the totals */
};
MUST enum err cases_desk_counts(struct tx *tx, struct arena *a, struct str unit, int64_t person,
                                int64_t today, struct case_desk_counts *out);
/* For the desk's first page; for staff with PERM_CASES_READ. */
struct case_brief {
    int64_t id;
    struct str number, service, fault, village; /* village NULL: not given */
    struct str words;                           /* NULL: none; cut */
    enum case_state state;
    int64_t at_ms;     /* received; of a change: when */
    int64_t late_days; /* of an open one */
    int64_t assignee, stars;
};
struct case_briefs {
    struct case_brief *v;
    size_t n, cap;
};
/* Open cases past their day, the latest first. */
MUST enum err cases_desk_late(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                              size_t max, struct case_briefs *out);
/* The newest words of residents. */
MUST enum err cases_desk_voices(struct tx *tx, struct arena *a, struct str unit, size_t max,
                                struct case_briefs *out);
/* What changed last. */
MUST enum err cases_desk_changes(struct tx *tx, struct arena *a, struct str unit, size_t max,
                                 struct case_briefs *out);

extern const struct slice cases_slice;
extern const struct slice cases_desk_slice; /* the pages of staff */

#endif
