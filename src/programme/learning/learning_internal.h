/* The rules that the pages and the demonstration of learning share. */
#ifndef LEARNING_INTERNAL_H
#define LEARNING_INTERNAL_H

#include "programme/learning/learning.h"
#include "programme/learning/learning_sql.h"

#include "platform/files/evidence.h"

enum { LEARN_TITLE_MAX = 200, LEARN_WORDS_MAX = 4000, LEARN_LINE_MAX = 200 };

enum learn_fault {
    LEARN_FINE,
    LEARN_TOPIC,
    LEARN_TITLE,     /* in no language, or too long */
    LEARN_WORDS,     /* no language has all that is asked */
    LEARN_DAYS,      /* the end lies before the beginning, or ahead */
    LEARN_OFFICE,    /* nobody to ask */
    LEARN_STATE,     /* no such step from here: somebody was quicker */
    LEARN_OWN,       /* nobody repeats, votes for or supports what is the own */
    LEARN_AGAIN,     /* the municipality does so already */
    LEARN_RESULT,    /* done without a result, stopped without a reason */
    LEARN_ASK,       /* nothing is asked */
    LEARN_EXPERT,    /* not one who answers, or not the one who was asked */
    LEARN_FOUR_EYES, /* the own answer */
    LEARN_NAMES,     /* names or contacts left in what everybody reads */
    LEARN_SUBJECT,   /* of nothing, or of no list */
    LEARN_PARTIES,
    LEARN_SHARES,
    LEARN_DECISION, /* a council has not decided */
    LEARN_ACTION,   /* an action without words or office */
};
enum msg learn_fault_message(enum learn_fault f);

struct str learn_given(struct str s); /* a NULL view as an empty text */
bool learn_topic_ok(struct str code);
/* A counter's fact in one dimension: a topic, or the kind of a lens. */
MUST enum err learn_tell(struct tx *tx, const struct counter *counter, struct str unit, int64_t day,
                         struct str value, int64_t amount);
/* One step on record. `kind`: "practice", "replication", ... */
MUST enum err learn_log(struct tx *tx, struct str unit, int64_t subject, const char *kind,
                        const char *what, struct str note, int64_t by);
MUST enum err learn_keep_files(struct tx *tx, struct str unit, const char *kind, int64_t subject,
                               const struct evidence_files *files, int64_t by);

/* --- search --- */

/* The search key of texts with a blank before each word, as the tables keep it. */
struct str learn_search_key(struct arena *a, const struct str *texts, size_t n);
/* What was typed, as patterns of that key: each word by its Kyrgyz and its Russian stem. */
enum { LEARN_TERMS = 4 };
struct learn_terms {
    struct str a[LEARN_TERMS], b[LEARN_TERMS]; /* NULL views: no such word */
};
struct learn_terms learn_terms_of(struct arena *a, struct str typed);
/* A topic and all below it as "|water|waste|"; NULL for an empty code. */
struct str learn_topics_below(struct arena *a, struct str topic);

/* --- practices --- */

enum { PART_PROBLEM, PART_DONE, PART_RESULT, PART_CONDITIONS, PART__COUNT };
struct practice {
    struct str unit;
    int64_t id;
    struct str topic;
    struct text3 title;
    struct text3 parts[PART__COUNT];
    struct i64_opt cost, people, from_day, to_day; /* cost in tyiyn */
    struct str office, phone, email;               /* of the office, not of a person */
    struct str state; /* "draft", "submitted", "published", "retired" */
    struct i64_opt published_day;
    int64_t revision;
    int64_t repeated, repeating, documents;
};
MUST enum err practice_get(struct tx *tx, struct arena *a, int64_t id, struct practice *out);
/* id and unit are set. A draft needs a title and a topic alone. */
MUST enum err practice_add(struct tx *tx, struct arena *a, const struct practice *p, int64_t by,
                           struct str once, enum learn_fault *fault);
/* ERR_CONFLICT: changed meanwhile. What is submitted or published stays complete. */
MUST enum err practice_change(struct tx *tx, struct arena *a, const struct practice *p, int64_t by,
                              enum learn_fault *fault);
/* "submit", "return" (with a note), "publish", "retire" (with a note), "restore". */
MUST enum err practice_step(struct tx *tx, struct arena *a, int64_t id, struct str step,
                            struct str note, int64_t today, int64_t by, enum learn_fault *fault);
/* What is missing before others can repeat it. */
enum learn_fault practice_complete(const struct practice *p);
/* 1: told; 2: with a document; 3: with a document, its cost and the people; 4: repeated elsewhere
 * with a result. */
int practice_grade(int64_t documents, bool figures, int64_t repeated);

/* --- repeating them --- */

struct replication {
    struct str unit;
    int64_t id, practice;
    struct i64_opt due_day;
    struct str plan;
    struct str state; /* "begun", "done", "stopped" */
    struct str result, changed;
    struct i64_opt cost, people, done_day;
    int64_t revision;
};
MUST enum err replication_begin(struct tx *tx, struct arena *a, const struct replication *n,
                                int64_t today, int64_t by, struct str once,
                                enum learn_fault *fault);
/* To "done" on done_day with a result, or "stopped" with its reason in `result`. */
MUST enum err replication_finish(struct tx *tx, struct arena *a, const struct replication *n,
                                 int64_t today, int64_t by, enum learn_fault *fault);

/* --- consultations --- */

struct question {
    struct str unit;
    int64_t id;
    struct str topic, lang, title, words;
};
/* A registered expert who answers; with `gender`, a trained gender expert. ERR_INPUT: no. */
MUST enum err expert_check(struct tx *tx, struct arena *a, int64_t account, bool gender,
                           enum learn_fault *fault);
MUST enum err question_ask(struct tx *tx, struct arena *a, const struct question *q, int64_t today,
                           int64_t by, struct str once, enum learn_fault *fault);
/* To an expert, also another one than before. ERR_CONFLICT here and below: changed meanwhile. */
MUST enum err question_route(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                             int64_t expert, struct i64_opt due, int64_t today, int64_t by,
                             enum learn_fault *fault);
/* By the expert who was asked; again until it is published. Empty citations are left out. */
MUST enum err question_answer(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                              struct str words, const struct str *citations, size_t n,
                              int64_t today, int64_t by, enum learn_fault *fault);
/* open: title, question and answer for everybody, without names; not by the expert. */
MUST enum err question_publish(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                               const struct str open[3], int64_t today, int64_t by,
                               enum learn_fault *fault);
MUST enum err question_close(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                             struct str note, int64_t by, enum learn_fault *fault);
struct person_names;
/* Is one of those names in the texts, in any form, or a telephone or an e-mail? */
bool question_has_names(struct arena *a, const struct str *texts, size_t n,
                        const struct person_names *names);

/* --- agreements --- */

enum { AGREEMENT_PARTIES = 6, AGREEMENT_WHOLE = 10000 };
struct agreement_party {
    struct str unit;
    int64_t share; /* hundredths of a per cent */
    struct str decision;
    struct i64_opt decision_day;
};
struct agreement {
    struct str unit; /* the first party */
    int64_t id;
    struct str topic;
    struct text3 title;
    struct str subject, basis;
    int64_t from_day;
    struct i64_opt to_day;
    struct str state; /* "draft", "in_force", "ended" */
    struct i64_opt force_day, ended_day;
    struct str end_note;
    int64_t revision;
    struct agreement_party parties[AGREEMENT_PARTIES];
    size_t party_count;
};
MUST enum err agreement_get(struct tx *tx, struct arena *a, int64_t id, struct agreement *out);
/* NULL: not a party. */
const struct agreement_party *agreement_party(const struct agreement *g, struct str unit);
MUST enum err agreement_add(struct tx *tx, struct arena *a, const struct agreement *g, int64_t by,
                            struct str once, enum learn_fault *fault);
MUST enum err agreement_change(struct tx *tx, struct arena *a, const struct agreement *g,
                               int64_t by, enum learn_fault *fault);
MUST enum err agreement_decide(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                               struct str unit, struct str decision, int64_t day, int64_t today,
                               int64_t by, enum learn_fault *fault);
/* In force, once every council has decided; entered in the public log of each party. */
MUST enum err agreement_begin(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                              int64_t today, int64_t by, enum learn_fault *fault);
MUST enum err agreement_end(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                            struct str note, int64_t today, int64_t by, enum learn_fault *fault);
MUST enum err agreement_report(struct tx *tx, struct arena *a, int64_t id, int64_t row,
                               struct str unit, int64_t day, struct str words, struct i64_opt spent,
                               int64_t today, int64_t by, struct str once, enum learn_fault *fault);
/* What the public log commits to. */
struct str agreement_payload(struct arena *a, const struct agreement *g);

/* --- the gender lens --- */

struct lens {
    struct str unit;
    int64_t id;
    struct str kind, object; /* "service" and its code, "plan" and its name */
};
struct lens_answer {
    struct str code, said, words;
};
struct finding {
    int64_t id, revision;
    struct str action, office;
    struct i64_opt due_day;
    struct str state; /* "open", "done", "declined" */
    struct str note;
};
MUST enum err lens_open(struct tx *tx, struct arena *a, const struct lens *l, int64_t by,
                        struct str once, enum learn_fault *fault);
/* All questions of the list in its order; `ids`: one for each, for what is found. *where: the
 * answer that is at fault. */
MUST enum err lens_finish(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                          const struct lens_answer *answers, size_t n, const int64_t *ids,
                          int64_t today, int64_t by, enum learn_fault *fault, size_t *where);
MUST enum err finding_follow(struct tx *tx, struct arena *a, const struct finding *f, int64_t today,
                             int64_t by, enum learn_fault *fault);

MUST enum err learning_demo(struct app *app, struct demo_context *demo);

/* handlers */
enum err learn_practices_page(struct req *r);
enum err learn_practices_export(struct req *r);
enum err learn_replications_export(struct req *r);
enum err learn_practice_page(struct req *r);
enum err learn_unit_page(struct req *r);
enum err learn_file(struct req *r);
enum err learn_desk_unit(struct req *r);
enum err learn_desk_staff(struct req *r);
enum err learn_practice_new(struct req *r);
enum err learn_practice_new_post(struct req *r);
enum err learn_practice_desk(struct req *r);
enum err learn_practice_edit(struct req *r);
enum err learn_practice_edit_post(struct req *r);
enum err learn_practice_step_post(struct req *r);
enum err learn_practice_review(struct req *r);
enum err learn_practice_review_post(struct req *r);
enum err learn_replication_new(struct req *r);
enum err learn_replication_new_post(struct req *r);
enum err learn_replication_desk(struct req *r);
enum err learn_replication_desk_post(struct req *r);
enum err learn_questions_page(struct req *r);
enum err learn_questions_export(struct req *r);
enum err learn_question_page(struct req *r);
enum err learn_question_new(struct req *r);
enum err learn_question_new_post(struct req *r);
enum err learn_question_desk(struct req *r);
enum err learn_question_staff(struct req *r);
enum err learn_question_route_post(struct req *r);
enum err learn_question_answer_post(struct req *r);
enum err learn_question_publish_post(struct req *r);
enum err learn_question_close_post(struct req *r);
enum err learn_experts_page(struct req *r);
enum err learn_experts_post(struct req *r);
enum err learn_agreements_page(struct req *r);
enum err learn_agreements_export(struct req *r);
enum err learn_agreement_page(struct req *r);
enum err learn_agreement_new(struct req *r);
enum err learn_agreement_new_post(struct req *r);
enum err learn_agreement_desk(struct req *r);
enum err learn_agreement_edit(struct req *r);
enum err learn_agreement_edit_post(struct req *r);
enum err learn_agreement_step_post(struct req *r);
enum err learn_lenses_page(struct req *r);
enum err learn_lenses_export(struct req *r);
enum err learn_lens_page(struct req *r);
enum err learn_lens_new(struct req *r);
enum err learn_lens_new_post(struct req *r);
enum err learn_lens_staff(struct req *r);
enum err learn_lens_staff_post(struct req *r);
enum err learn_finding_desk(struct req *r);
enum err learn_finding_post(struct req *r);

#endif
