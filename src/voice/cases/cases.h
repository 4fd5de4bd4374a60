/*
 * Cases: what residents report, and what became of it.
 *
 * States are data (cases_states.c). Two clocks run: the time in the present state, and the promise of
 * the charter, counted in working days from the report and never reset. Place, service and state
 * are public at once; words and photos after a look; names and contacts never. Every change is an
 * event; nothing is overwritten.
 */
#ifndef CASES_CASES_H
#define CASES_CASES_H

#include "services/charter/charter.h"

enum case_state {
    CASE_RECEIVED,
    CASE_ACCEPTED,
    CASE_IN_PROGRESS,
    CASE_RESOLVED,   /* says the municipality */
    CASE_CONFIRMED,  /* says the reporter */
    CASE_REOPENED,
    CASE_REFUSED,    /* with a reason */
    CASE_DUPLICATE,  /* of another case, which it follows */
    CASE_PASSED,     /* to another body, named */
    CASE_WITHDRAWN,  /* by the reporter */
    CASE__MAX
};
struct case_state_def {
    const char *code;
    enum msg name, public_name;
    bool open;             /* somebody of the municipality must act */
    bool answered;         /* counts as an answer */
    unsigned next;         /* bits of states staff may set from here */
    unsigned next_reporter;/* bits of states the reporter may set */
    bool needs_answer;     /* a public answer is required to enter it */
};
extern const struct case_state_def case_states[CASE__MAX];
bool case_state_parse(struct str code, enum case_state *out);

/* A new report, from any channel. Everything is checked by cases_report; faults come back by field. */
struct case_input {
    struct str unit;
    struct str service, fault;     /* catalogue codes */
    struct str village, street;    /* village code or NULL; street or landmark as words */
    bool has_point;
    double lat, lon;
    struct str words;
    enum lang lang;
    struct str channel;            /* "web", "desk", "phone", "open311" ... */
    struct str reporter_name, reporter_email, reporter_phone;
    int64_t reporter_person;       /* 0: without account */
    int64_t entered_by;            /* staff who typed it for somebody; 0 */
    bool hide;                     /* the reporter asks that nothing but place and state be public */
    const struct case_photo *photos; /* already decoded, re-encoded and stored */
    size_t photo_count;
    struct str once;               /* idempotency key; a second report with it returns the first */
    int64_t id;                    /* made by the caller before the transaction (id_new) */
    struct str number, secret;     /* made by the caller: id_number, id_secret */
};
struct case_photo {
    struct str large, small; /* file ids */
    int width, height;
};
struct case_receipt {
    struct str number;
    struct str secret; /* of the following link; shown once, kept hashed; NULL when `repeated` */
    int64_t due_day;   /* 0: no promise */
    bool repeated;     /* the key was known: this is the earlier report */
};
/* In one transaction: case, event, deadline from the charter, summary counters, outbox, trail. */
MUST enum err cases_report(struct app *app, struct tx *tx, struct arena *a,
                           const struct case_input *in, struct case_receipt *out);

/* Figures of a municipality for dashboards, from summaries kept with each change. */
struct case_figures {
    int64_t open, overdue, received30, resolved30, received365, resolved365;
    int64_t median_answer_ms; /* -1: none in the period (90 days) */
    int64_t rated, rating_sum; /* of 365 days */
};
MUST enum err cases_figures(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                            struct case_figures *out);
/* The same for every municipality in one query, for the country page. */
struct unit_case_figures {
    struct str unit;
    struct case_figures f;
};
struct all_case_figures {
    struct unit_case_figures *v;
    size_t n, cap;
};
MUST enum err cases_figures_all(struct tx *tx, struct arena *a, int64_t today,
                                struct all_case_figures *out);

extern const struct slice cases_slice;

#endif
