/* What the files of this slice share: the framework, answers, rounds, the frozen record. */
#ifndef ASSESSMENT_INTERNAL_H
#define ASSESSMENT_INTERNAL_H

#include "programme/assessment/assessment.h"
#include "programme/assessment/assessment_sql.h"
#include "programme/assessment/score.h"

/* --- the framework (assessment_framework.c) --- */

enum indicator_kind { KIND_RUBRIC, KIND_NUMBER, KIND_SHARE, KIND_CONDITION };

struct domain {
    struct str code;
    struct text3 name;
};
struct pillar {
    struct str code;
    int domain;
    double weight;
    struct text3 name;
};
struct indicator {
    struct str code;
    int pillar; /* -1: a condition */
    enum indicator_kind kind;
    double lo, hi;
    struct str unit, reason; /* codes */
    double weight;
    struct str topic;
    double own, base; /* 0 to 1 */
    struct str source, source_of;
    struct text3 name, what, proof, levels[3];
};
struct framework {
    struct str code, digest, body;
    struct {
        struct domain *v;
        size_t n, cap;
    } domains;
    struct {
        struct pillar *v;
        size_t n, cap;
    } pillars;
    struct {
        struct indicator *v; /* the conditions behind all others */
        size_t n, cap;
    } indicators;
    size_t scored; /* indicators before the conditions */
};
/* One file. ERR_PARSE with what is wrong in `fault` (English, with the line). */
MUST enum err framework_parse(struct arena *a, struct str body, struct framework *out,
                              struct str *fault);
/* Those in the program, newest last; parsed once, kept for good. */
const struct framework *framework_newest(void);
const struct framework *framework_find(struct str code); /* NULL when unknown */
/* Position; -1 when unknown. */
int framework_indicator(const struct framework *f, struct str code);
enum msg framework_unit(struct str code);
enum msg framework_reason(struct str code);

/* --- answers --- */

struct answer {
    enum score_status status;
    double value, whole; /* whole NAN but for shares */
};
const char *status_code(enum score_status s);
bool status_parse(struct str code, enum score_status *out);

/* An answer as it is judged: the verified one where there is one. */
struct judged {
    struct answer self, final;
    char grade;            /* A to D, of `final` */
    bool computed;         /* from records of the program: the correction factor leaves it alone */
    bool verified, random; /* random: it was in the random sample */
};

/* --- the frozen record (assessment_snapshot.c): inputs, and what follows from them --- */

#define FORMULA "aimak-assessment-1"

struct record_unit {
    struct str code;
    struct score_traits traits;
    struct judged *answers; /* one for each indicator and condition */
};
struct record_result {
    struct score_result whole;
    struct score_result *pillars;
    double *points; /* of each indicator, after the correction; NAN: none */
    double factor;
    char grade;
    bool conditions; /* all met */
    int peers;
    struct score_rank rank;
    int band;
};
struct record {
    struct str round;
    const struct framework *framework; /* weights, goalposts and kinds are what counts */
    struct str seed;
    double *means; /* peer group x indicator: what small shares are drawn to */
    int groups;
    struct record_unit *units;
    size_t unit_count;
    struct record_result *results; /* by record_compute */
};
/* Who are peers follows from the traits alone; needed before the means are known. */
int *record_peers(struct arena *a, const struct record *r, int *groups);
/* Pure: the same inputs give the same results everywhere. */
void record_compute(struct arena *a, struct record *r);
/* Points of one answer, no correction. mean: of the peers, for shares. */
double answer_points(const struct indicator *i, const struct answer *answer, double mean);
/* Canonical JSON: members in a fixed order, results with fixed decimals. */
struct str record_text(struct arena *a, const struct record *r);
/* Inputs alone; what the text says of results is not believed. ERR_PARSE. */
MUST enum err record_read(struct arena *a, struct str text, struct record *out, struct str *fault);
/* Hexadecimal SHA-256. */
struct str digest_of(struct arena *a, struct str text);
/* Recomputes from the text alone and compares to the last byte. */
struct record_verdict {
    bool same;
    struct str round, digest;
    size_t units;
    struct str difference; /* the first place that differs, for people; NULL when same */
};
MUST enum err record_verify(struct arena *a, struct str text, struct record_verdict *out,
                            struct str *fault);
/* One standard error of an indicator in points, from its grade. */
double grade_error(char grade);

/* --- rounds (assessment.c, assessment_round.c) --- */

enum stage { STAGE_OPEN, STAGE_VERIFY, STAGE_APPEAL, STAGE_FROZEN, STAGE__MAX };
struct round {
    struct str code;
    const struct framework *framework;
    int64_t from_day, to_day, opens_day, closes_day, appeals_day;
    enum stage stage;
    struct str seed;
    int64_t revision, frozen_ms;
    struct str digest; /* NULL until frozen */
};
struct rounds {
    struct round *v;
    size_t n, cap;
};
/* Newest first; of a municipality, or all (NULL view). */
MUST enum err rounds_read(struct tx *tx, struct arena *a, struct str unit, struct rounds *out);
const struct round *rounds_find(const struct rounds *all, struct str code);
/* The newest that is frozen, before `than` when not NULL; NULL when there is none. */
const struct round *rounds_frozen(const struct rounds *all, const struct round *than);
enum msg stage_message(enum stage s);

/* The answers of one municipality, one for each indicator; those never given are missing. */
struct given {
    struct judged j;
    struct str note, verified_note;
    int64_t changed_ms, verified_ms; /* 0: never */
    struct str reasons;              /* of the check; NULL: none */
    struct str href;                 /* records behind a computed one */
};
MUST enum err given_read(struct tx *tx, struct arena *a, const struct round *round, struct str unit,
                         struct given **out);

struct assessment_fault {
    int field; /* ANSWER_*, or -1 for the whole */
    enum msg m;
};
enum { ANSWER_STATUS, ANSWER_VALUE, ANSWER_WHOLE, ANSWER_GRADE, ANSWER_NOTE };
struct answer_input {
    struct str unit, indicator;
    struct answer answer;
    char grade; /* B, C or D: A is the verifier's */
    struct str note;
    bool counted; /* the records tell it (answers_compute): refused */
    int64_t person, at_ms;
};
/* What the answer must be by itself; MSG_NONE when fine. */
struct assessment_fault answer_check(const struct indicator *i, const struct answer_input *in);
/* Saves one answer of the self-score. ERR_CONFLICT when the round is not open (any more) or the
 * municipality has submitted; ERR_DENIED for a computed one; ERR_INPUT with the fault. */
MUST enum err answer_save(struct tx *tx, struct arena *a, const struct round *round,
                          const struct answer_input *in, int64_t today,
                          struct assessment_fault *fault);
/* Computes what the records tell into `given` (of given_read) and, with `keep`, stores it: before a
 * form is shown and when the municipality submits. What the records do not tell is left to people.
 */
MUST enum err answers_compute(struct app *app, struct tx *tx, struct arena *a,
                              const struct round *round, struct str unit, int64_t at_ms,
                              struct given *given, bool keep);
MUST enum err entry_submit(struct app *app, struct tx *tx, struct arena *a,
                           const struct round *round, struct str unit, int64_t person,
                           int64_t at_ms, int64_t today);

struct round_input {
    struct str code;
    int64_t from_day, to_day, opens_day, closes_day, appeals_day;
    struct str seed;
    int64_t person, at_ms;
};
/* Opens a round with the newest framework for all partner municipalities. ERR_CONFLICT when the
 * code is known or the framework changed since it was first used; ERR_INPUT for days in disorder.
 */
MUST enum err round_open(struct app *app, struct tx *tx, struct arena *a,
                         const struct round_input *in);
/* open -> verify: draws who is verified. verify -> appeal. ERR_CONFLICT when somebody was quicker.
 */
MUST enum err round_close(struct tx *tx, struct arena *a, const struct round *round,
                          const struct round *before);
MUST enum err round_appeals(struct tx *tx, const struct round *round);
struct verdict_input {
    struct str unit, indicator;
    struct answer answer;
    struct str note;
    int64_t person, at_ms;
};
MUST enum err answer_verify(struct tx *tx, struct arena *a, const struct round *round,
                            const struct verdict_input *in, struct assessment_fault *fault);
MUST enum err appeal_file(struct tx *tx, struct arena *a, const struct round *round,
                          struct str unit, struct str indicator, struct str words, int64_t id,
                          int64_t person, int64_t at_ms, int64_t today);
/* accept: `in` is the new value; its note is the reason either way. */
MUST enum err appeal_decide(struct tx *tx, struct arena *a, const struct round *round, int64_t id,
                            bool accept, const struct verdict_input *in,
                            struct assessment_fault *fault);
/* All inputs of a round from the database. `before` (may be NULL): where means come from. */
MUST enum err round_record(struct app *app, struct tx *tx, struct arena *a,
                           const struct round *round, const struct round *before,
                           struct record *out);
/* Computes and freezes: snapshot, projections, an entry in the public log of each municipality. Its
 * own transactions. *digest in the arena. ERR_CONFLICT: an appeal is undecided, or not in that
 * stage, or changed meanwhile. */
MUST enum err round_freeze(struct app *app, struct arena *a, struct str code, int64_t at_ms,
                           struct str *digest);

/* --- counters (assessment_count.c) --- */

/* The result before: of the round with the latest period before it that was frozen by then. NULL.
 */
const struct sql_result_of_unit_row *result_before(const struct sql_result_of_unit_rows *all,
                                                   const struct sql_result_of_unit_row *row);
/* before: may be NULL. */
bool result_improved(const struct sql_result_of_unit_row *before,
                     const struct sql_result_of_unit_row *now);
/* In the transaction of the record. */
MUST enum err count_submission(struct tx *tx, struct str unit, int64_t at_ms);
MUST enum err count_frozen(struct tx *tx, struct arena *a, struct str unit, struct str round);

/* --- the rest --- */

extern const struct assessment_source *assessment_source_find(struct str code);
void assessment_own_sources(void);
MUST enum err assessment_help_of(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                                 struct str topic, struct assessment_helps *out);
MUST enum err assessment_demo(struct app *app, struct demo_context *demo);
int assessment_verify_command(struct app *app, int argc, char **argv);
int assessment_snapshot_command(struct app *app, int argc, char **argv);

#endif
