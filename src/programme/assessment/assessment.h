/*
 * Assessment: how a municipality does in four domains, on fixed goalposts, with evidence, and what
 * it lacks. Rounds go from self-scores over verification and appeals to a frozen snapshot that
 * anybody can recompute. The model and its reasons: README.md; its arithmetic: score.h.
 *
 * Other rooms add what can be computed from their records (assessment_add_source) and what helps to
 * close a gap of a subject (assessment_add_help); so this room needs none of them.
 */
#ifndef ASSESSMENT_ASSESSMENT_H
#define ASSESSMENT_ASSESSMENT_H

#include "community/places/places.h"
#include "platform/tally/tally.h"

/* --- for rooms below and beside: values that nobody types --- */

struct assessment_ask {
    struct app *app;
    struct tx *tx; /* a read in the scope of the municipality, or of the country */
    struct arena *arena;
    struct str unit;
    struct str of;            /* what the framework names behind the source: "water", or empty */
    int64_t from_day, to_day; /* the period assessed, both included */
};
struct assessment_answer {
    bool known;          /* false: the records say nothing, somebody has to answer */
    double value, whole; /* a share: part and whole; a number: `value` alone */
    struct str href;     /* the records counted; NULL: no page */
};
struct assessment_source {
    const char *code; /* as the framework names it: "coverage" */
    enum err (*count)(const struct assessment_ask *ask, struct assessment_answer *out);
};
/* At start only; `source` must stay. A second one with the same code replaces the first. */
void assessment_add_source(const struct assessment_source *source);

/* Trainings, practices, consultations about a subject, shown beside a gap. At start only. The
 * function pushes at most a few; `kind` is a word of the reader's language. */
struct assessment_help {
    struct str kind, title, href;
};
struct assessment_helps {
    struct assessment_help *v;
    size_t n, cap;
};
typedef enum err (*assessment_help_fn)(struct app *app, struct tx *tx, struct arena *a,
                                       enum lang lang, struct str topic,
                                       struct assessment_helps *out);
void assessment_add_help(assessment_help_fn fn);

/* --- for plans: the gaps of a municipality --- */

struct assessment_gap {
    struct str round, indicator, topic, pillar; /* codes */
    struct text3 name, what;
    struct str unit_code;    /* "percent", "hours" ...; empty for a rubric */
    double value, target;    /* in native units (shares in per cent); NAN: not reported */
    double people_or_things; /* of a share: how many more of the whole; NAN */
    double points;
    double own;      /* share that the own budget can close */
    double priority; /* score_priority; what comes first */
};
struct assessment_gaps {
    struct assessment_gap *v;
    size_t n, cap;
};
/* Of the latest frozen round, the first `max` by priority; none when there is no frozen round. */
MUST enum err assessment_gaps(struct tx *tx, struct arena *a, struct str unit, size_t max,
                              struct assessment_gaps *out);

/* --- counters (platform/tally), for results --- */

/* Self-scores on the day they were submitted; results on the day their round was frozen, by grade;
 * and of these the municipalities that improved (score_improved against their result before, on the
 * same framework): improved over frozen is the share of organisations with better performance. */
extern const struct counter assessment_submitted, assessment_frozen, assessment_improved;

extern const struct slice assessment_slice;

#endif
