/*
 * Shared inside the cases room: a case as the rules work on it, and how a change is kept.
 */
#ifndef CASES_INTERNAL_H
#define CASES_INTERNAL_H

#include "voice/cases/cases.h"
#include "voice/cases/cases_sql.h"

#include "platform/tally/tally.h"

/* A case between reading and saving. `was` stays as read, `is` is changed by the rules; totals are
 * moved by the difference. */
struct case_work {
    struct app *app;
    struct tx *tx;
    struct arena *arena;
    struct str unit;
    int64_t id, now_ms;
    const struct case_change *change;
    struct sql_case_get_row was, is;
    enum case_state state; /* of `is` */
};
/* Reads the case and checks the version. */
MUST enum err case_work_begin(struct case_work *w, struct app *app, struct tx *tx, struct arena *a,
                              const struct case_change *c);
/* Saves what changed, and moves the totals. ERR_CONFLICT when somebody was quicker. */
MUST enum err case_work_save(struct case_work *w);
/* Sets the state and all that hangs on it (open, clocks, answer). */
void case_work_enter(struct case_work *w, enum case_state to);
/* Notes the first public answer, when this is one. */
void case_work_answered(struct case_work *w);
/* Raises or drops the flag that something waits for a look. */
MUST enum err case_work_look_again(struct case_work *w);
/* Adds an event by the change's actor. */
struct case_event_input {
    enum case_event_kind kind;
    struct str words, detail; /* NULL: none */
    enum case_visible visible;
    bool with_state;
};
MUST enum err case_work_event(struct case_work *w, const struct case_event_input *e);
/* The deadline of a service's promise from a day on. */
MUST enum err case_deadline(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                            struct str service, struct str fault, int64_t day, int64_t *promise_id,
                            struct i64_opt *due_day);

/* A row of the public view as everybody may see it (cases_read.c), and its filter of states. */
struct case_public case_public_of(struct str unit, const struct sql_public_get_row *r,
                                  int64_t today);
/* States for the queries' conditions: ",accepted,reopened,"; NULL view: all. */
struct str case_states_text(struct arena *a, unsigned states);
/* Are these open states alone? */
bool case_all_open(unsigned states);

struct str case_event_code(enum case_event_kind kind);
bool case_event_parse(struct str code, enum case_event_kind *out);
struct str case_by_code(enum case_by by);

void case_fault(struct arena *a, struct case_faults *faults, enum case_field field, enum msg m);
/* Words of a form: trimmed, text, at most CASE_MAX_WORDS characters. False after a fault. */
bool case_check_words(struct arena *a, struct str *words, enum msg missing,
                      struct case_faults *faults);
bool case_check_photos(struct arena *a, size_t have, size_t more, struct case_faults *faults);

/* --- totals (cases_totals.c) --- */
/* Moves the totals from what `was` counted for in one place to what `is` counts for in another;
 * either may be NULL. Leaves rows in case_total_change, which cases_fold adds up. */
MUST enum err case_totals_move(struct tx *tx, struct arena *a, struct str was_unit,
                               const struct sql_case_get_row *was, struct str is_unit,
                               const struct sql_case_get_row *is);
/* Raises the running totals of a service ('': all together) from a day on. For cases_fold and
 * whoever makes data in bulk: transactions of people would meet on these rows. */
MUST enum err case_totals_raise(struct tx *tx, struct str unit, struct str service, int64_t day,
                                const struct case_totals *by);
void case_totals_add(struct case_totals *to, const struct case_totals *by);
/* The step of time under which an answer is counted: hours, from three days on whole days. */
int64_t case_answer_step(int64_t ms);
extern const struct measure case_measures[2];
/* The last day on which a report came that had `amount` days by `today` and has them no more. */
int64_t case_cutoff_day(struct arena *a, int64_t today, int64_t amount, bool working_days);

/* --- notices (cases_notice.c) --- */
enum case_notice {
    CASE_NOTICE_STEP, /* a new state */
    CASE_NOTICE_ANSWER,
    CASE_NOTICE_REMIND, /* is it fixed? */
    CASE_NOTICE_SETTLED,
};
/* Tells the reporter, and those of duplicates, in their language. `words`: the answer, or NULL. */
MUST enum err case_notify(struct case_work *w, enum case_notice kind, struct str words);
MUST enum err case_notify_new(struct app *app, struct tx *tx, struct arena *a,
                              const struct case_input *in, const struct case_receipt *receipt);
/* Tells the heads of a municipality which cases became late. */
struct case_late {
    struct str number, service, fault;
    int64_t due_day;
};
struct case_late_list {
    struct case_late *v;
    size_t n, cap;
};
MUST enum err case_notify_late(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                               const struct case_late_list *late);
/* Tells staff that a case is theirs now; nobody is told of what they took themselves. */
MUST enum err case_notify_assigned(struct case_work *w, int64_t person);
/* A secret that stands only in messages to this address: made from the installation's key. */
struct str case_mail_secret(struct app *app, struct arena *a, struct str number, struct str email);
struct str case_secret_hash(struct arena *a, struct str secret);
/* "No water", or the service when no fault was named. */
struct str case_title(struct app *app, struct arena *a, struct str service, struct str fault,
                      enum lang lang);

/* --- public log (cases_trail.c) --- */
/* Every public event of a kind that matters is committed to in the municipality's log. Fills
 * e->trail; e->visible decides. */
MUST enum err case_trail(struct tx *tx, struct arena *a, struct str number,
                         struct sql_event_put_in *e);
enum err cases_doctor(struct app *app, struct buf *out, int *faults);

/* --- jobs (cases_job.c) --- */
struct job;
enum err case_job_ask(struct app *app, struct arena *a, const struct job *job);
enum err case_job_late(struct app *app, struct arena *a);
enum err case_job_fold(struct app *app, struct arena *a);
/* Notes in public that the promised day passed; nobody is told. */
MUST enum err case_work_late(struct case_work *w);
/* After a step: asks later whether it is fixed. */
MUST enum err case_job_enqueue(struct case_work *w);
enum err cases_merged(struct app *app, struct tx *tx, struct str from, struct str into,
                      int64_t day);

enum err cases_demo(struct app *app, struct demo_context *demo);

/* What results of programmes are counted by (platform/tally): cases_fold tells them. */
extern const struct counter cases_received_counter, cases_resolved_counter;

#endif
