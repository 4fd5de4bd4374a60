/*
 * Shared inside the delivery room: schedules, the log of visits, disputes.
 *
 * Rules run in the caller's transaction, in the scope of the municipality or of the country. They
 * do not ask for the permission of staff (the route did), but for whose visits somebody may speak.
 */
#ifndef DELIVERY_INTERNAL_H
#define DELIVERY_INTERNAL_H

#include "services/delivery/delivery.h"
#include "services/delivery/delivery_sql.h"

#include "platform/core/clock.h"
#include "platform/web/demo.h"

/* Visits are made this far ahead, so that this and the next month always stand in the calendar. */
#define DELIVERY_AHEAD_DAYS 62
/* How long after its day a visit can be confirmed: a crew's phone may have been without signal; the
 * office corrects later too. Then it stays as it is. */
#define DELIVERY_LATE_DAYS_PROVIDER 14
#define DELIVERY_LATE_DAYS_OFFICE 60
/* How long after its day residents may dispute a visit, and how many open disputes one can have. */
#define DELIVERY_DISPUTE_DAYS 30
#define DELIVERY_DISPUTES_MAX 20
/* Contacts of a dispute are erased this long after the answer. */
#define DELIVERY_CONTACT_DAYS 30
#define DELIVERY_WORDS_MAX 1000
#define DELIVERY_REASON_MAX 200

enum visit_state { VISIT_EXPECTED, VISIT_DONE, VISIT_MISSED, VISIT__MAX };
const char *visit_state_code(enum visit_state s);
enum visit_state visit_state_parse(struct str code); /* expected when unknown */

/* What counts for the charter and in public: upheld disputes and silence are not "done". */
enum visit_look {
    LOOK_AHEAD,       /* not yet */
    LOOK_TODAY,       /* expected today, nobody has said anything yet */
    LOOK_DONE,        /* kept */
    LOOK_MISSED,      /* with a reason */
    LOOK_UNCONFIRMED, /* the day passed in silence: counts as not kept */
    LOOK_UPHELD,      /* a resident was right: counts as not kept */
    LOOK__MAX
};
struct visit {
    int64_t id, schedule_id, provider_id, day;
    struct str service, route, village; /* village empty: the whole municipality */
    struct i64_opt time_from, time_to;  /* minutes of the day */
    enum visit_state state;
    int64_t state_ms;  /* when that was said; 0 */
    struct str reason; /* of a missed one; NULL none */
    bool upheld;
    int64_t disputes, photos; /* open disputes */
};
enum visit_look visit_look(const struct visit *v, int64_t today);
enum msg visit_look_message(enum visit_look l);
int visit_look_tone(enum visit_look l); /* TONE_* of components.h */
struct visits {
    struct visit *v;
    size_t n, cap;
};
/* From any of the queries that give visits. */
#define VISIT_OF(row)                                                                              \
    ((struct visit){.id = (row).id,                                                                \
                    .provider_id = (row).provider_id,                                              \
                    .day = (row).day,                                                              \
                    .service = (row).service,                                                      \
                    .route = (row).route,                                                          \
                    .village = (row).village,                                                      \
                    .time_from = (row).time_from,                                                  \
                    .time_to = (row).time_to,                                                      \
                    .state = visit_state_parse((row).state),                                       \
                    .state_ms = (row).state_ms.v,                                                  \
                    .reason = (row).reason,                                                        \
                    .upheld = (row).upheld != 0,                                                   \
                    .disputes = (row).disputes,                                                    \
                    .photos = (row).photos})

/* Whose visits somebody may see and confirm at the desk: the office all of them, a provider's staff
 * those of their providers. */
struct visit_reader {
    int64_t person;
    bool office;
    struct provider_ids providers;
};
MUST enum err delivery_reader(struct tx *tx, struct arena *a, const struct actor *actor,
                              struct str unit, struct visit_reader *out);
bool delivery_may_see(const struct visit_reader *reader, int64_t provider_id);

struct delivery_fault {
    int field; /* see each rule */
    enum msg m;
    struct msg_arg args[2];
};
struct delivery_faults {
    struct delivery_fault *v;
    size_t n, cap;
};
void delivery_fault(struct arena *a, struct delivery_faults *faults, int field, enum msg m);

/* Why a visit did not happen: the usual reasons. One is kept as "why:CODE", with more words behind
 * a blank, so that everybody reads it in their own language; others are kept as they were typed. */
struct visit_why {
    const char *code;
    enum msg name;
};
struct visit_whys {
    const struct visit_why *v;
    size_t n;
};
extern const struct visit_whys visit_whys;
#define VISIT_WHY_OTHER "other" /* says nothing without words */
/* What is kept; NULL view when neither says anything. `code`: of visit_whys, VISIT_WHY_OTHER or
 * NULL view. */
struct str delivery_reason_keep(struct arena *a, struct str code, struct str words);
/* What was kept, for a reader. */
struct str delivery_reason_text(struct arena *a, enum lang lang, struct str kept);

/* --- schedules (delivery_schedule.c) --- */

enum schedule_field {
    SCHEDULE_SERVICE,
    SCHEDULE_ROUTE,
    SCHEDULE_PROVIDER,
    SCHEDULE_DAYS,
    SCHEDULE_EVERY,
    SCHEDULE_FROM,
    SCHEDULE_TO,
    SCHEDULE_TIME,
    SCHEDULE_VILLAGES
};
struct schedule {
    int64_t id;
    struct str service, route;
    int64_t provider_id; /* 0: the aiyl okmotu itself */
    int weekdays;        /* bit 0 Monday ... bit 6 Sunday; 0: every so many days */
    int every_days;      /* counted from from_day */
    int64_t from_day;
    struct i64_opt to_day, time_from, time_to;
    bool holidays; /* also on public holidays */
    struct str note;
    int64_t made_to;
    struct i64_opt follows;
    const struct str *villages;
    size_t village_count; /* 0: the whole municipality */
};
struct schedules {
    struct schedule *v;
    size_t n, cap;
};
/* Is a visit expected on that day? */
bool schedule_comes_on(struct arena *a, const struct schedule *s, int64_t day);
MUST enum err delivery_schedules(struct tx *tx, struct arena *a, struct str unit,
                                 struct schedules *out);
/* Checks and keeps a schedule and makes its visits; id from id_new(). `once`: idempotency key, NULL
 * none. `replaces` (0 none): ends that one the day before this one begins; it must not begin before
 * tomorrow then, so that nothing expected of today disappears. */
struct schedule_input {
    struct schedule s;
    struct str once;
    int64_t replaces, person;
    bool demo; /* may begin in the past */
};
MUST enum err delivery_add_schedule(struct app *app, struct tx *tx, struct arena *a,
                                    struct str unit, const struct schedule_input *in,
                                    bool *repeated, struct delivery_faults *faults);
/* The last day with visits: today at the earliest; one that has not begun yet is called off. */
MUST enum err delivery_end_schedule(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                    int64_t last_day, int64_t person);
/* Makes the visits of every schedule of the municipality up to `to_day`. Again: nothing. */
MUST enum err delivery_make_visits(struct tx *tx, struct arena *a, struct str unit, int64_t to_day);

/* --- the log (delivery_log.c) --- */

enum confirm_field { CONFIRM_OUTCOME, CONFIRM_REASON, CONFIRM_PHOTO };
struct visit_photo_input {
    struct str large, small;
    int width, height;
};
struct visit_confirmation {
    struct str unit;
    int64_t visit;
    enum visit_state outcome; /* done or missed */
    struct str why, reason;   /* a usual reason by its code, words; missed needs one of them */
    int64_t said_ms;          /* by the phone's clock; 0: now */
    bool has_photo;
    struct visit_photo_input photo;
    struct str once; /* NULL none */
    int64_t at_ms;   /* 0: now. Only demo data lies in the past */
    bool demo;       /* keeps out of the public log */
};
/* ERR_NOT_FOUND also for a visit of another's provider. ERR_INPUT with faults. */
MUST enum err delivery_confirm(struct tx *tx, struct arena *a, const struct visit_reader *reader,
                               const struct visit_confirmation *in, bool *repeated,
                               struct delivery_faults *faults);
/* One visit; ERR_NOT_FOUND. */
MUST enum err delivery_visit(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                             struct visit *out);

/* --- disputes (delivery_dispute.c) --- */

enum dispute_field { DISPUTE_WORDS, DISPUTE_EMAIL, DISPUTE_PHONE, DISPUTE_ANSWER };
struct dispute_input {
    struct str unit;
    int64_t visit;
    struct str words, email, phone; /* contacts NULL: none */
    enum lang lang;
    struct str once;
    int64_t at_ms; /* 0: now. Only demo data lies in the past */
};
/* Can residents still dispute it? */
bool delivery_disputable(const struct visit *v, int64_t today);
/* ERR_DENIED when it cannot be disputed, ERR_RATE when too many wait for an answer already. */
MUST enum err delivery_add_dispute(struct tx *tx, struct arena *a, const struct dispute_input *in,
                                   bool *repeated, struct delivery_faults *faults);
/* Upholds or rejects with words that everybody will see, and tells the resident. ERR_CONFLICT when
 * it was answered before. */
struct dispute_answer {
    struct str unit;
    int64_t dispute;
    bool upheld;
    struct str answer;
    int64_t person, at_ms;
    bool demo; /* keeps out of the public log */
};
MUST enum err delivery_answer_dispute(struct app *app, struct tx *tx, struct arena *a,
                                      const struct dispute_answer *in,
                                      struct delivery_faults *faults);

/* Commits an event to the public log; *entry gets its id. */
MUST enum err delivery_trail(struct tx *tx, struct arena *a, struct str unit, const char *kind,
                             int64_t visit, int64_t at_ms, struct str words, int64_t *entry);

/* --- the clock (delivery_job.c) --- */
enum err delivery_job_ahead(struct app *app, struct arena *a);
enum err delivery_job_forget(struct app *app, struct arena *a);
enum err delivery_merged(struct app *app, struct tx *tx, struct str from, struct str into,
                         int64_t day);

extern const struct measure delivery_measures[1];

enum err delivery_demo(struct app *app, struct demo_context *demo);

#endif
