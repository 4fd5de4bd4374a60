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
    LEARN_TITLE,  /* in no language, or too long */
    LEARN_WORDS,  /* no language has all that is asked */
    LEARN_DAYS,   /* the end lies before the beginning, or ahead */
    LEARN_OFFICE, /* nobody to ask */
    LEARN_STATE,  /* no such step from here: somebody was quicker */
    LEARN_OWN,    /* nobody repeats, votes for or supports what is the own */
    LEARN_AGAIN,  /* the municipality does so already */
    LEARN_RESULT, /* done without a result, stopped without a reason */
};
enum msg learn_fault_message(enum learn_fault f);

struct str learn_given(struct str s); /* a NULL view as an empty text */
bool learn_topic_ok(struct str code);
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

#endif
