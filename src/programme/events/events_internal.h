/* The rules that the pages, imports and the demonstration of events share. */
#ifndef EVENTS_INTERNAL_H
#define EVENTS_INTERNAL_H

#include "programme/events/events.h"
#include "programme/events/events_sql.h"

#define EVENTS_LATE_DAYS 3 /* after the end; what is said later is shown as a late correction */
#define EVENTS_SMALL 5     /* smaller groups are not shown in public */

#define EVENT_OF(row_)                                                                             \
    ((struct event){.unit = (row_).unit,                                                           \
                    .id = (row_).id,                                                               \
                    .kind = (row_).kind,                                                           \
                    .topics = (row_).topics,                                                       \
                    .title = {{(row_).title_ky, (row_).title_ru, (row_).title_en}},                \
                    .place = (row_).place,                                                         \
                    .from_day = (row_).from_day,                                                   \
                    .to_day = (row_).to_day,                                                       \
                    .minutes = (row_).minutes,                                                     \
                    .organiser = (row_).organiser,                                                 \
                    .agenda = (row_).agenda,                                                       \
                    .open_registration = (row_).open_registration != 0,                            \
                    .test_max = (row_).test_max,                                                   \
                    .certificate_minutes = (row_).certificate_minutes,                             \
                    .cost = (row_).cost,                                                           \
                    .state = (row_).state,                                                         \
                    .present = (row_).present,                                                     \
                    .revision = (row_).revision})

struct str events_main_topic(struct str topics);

enum event_fault {
    EVENT_FINE,
    EVENT_KIND,
    EVENT_TOPIC,
    EVENT_TITLE,
    EVENT_DAYS,
    EVENT_HOURS,
    EVENT_FROZEN, /* kind, place and first day stay once somebody's attendance is on record */
};
enum msg event_fault_message(enum event_fault f);
MUST enum err events_add(struct tx *tx, struct arena *a, const struct event *e, int64_t by,
                         struct str once, enum event_fault *fault);
MUST enum err events_change(struct tx *tx, struct arena *a, const struct event *e, int64_t by,
                            enum event_fault *fault);
/* "planned" to "held" or "cancelled", "held" to "cancelled" and back. Attendance of a cancelled
 * event does not count. ERR_INPUT: no such step, or held before it began. */
MUST enum err events_set_state(struct tx *tx, struct arena *a, int64_t id, struct str state,
                               int64_t by);

/* One word about somebody's attendance. */
struct mark {
    int64_t event, person;
    bool present;
    const char *how;                   /* "qr", "list", "sheet", "import", "staff" */
    int64_t said_ms;                   /* on the phone; 0: now */
    struct i64_opt minutes, pre, post; /* not set: as they are; minutes of a new one: all */
    int64_t by;
    struct str once;
};
enum mark_fault {
    MARK_FINE,
    MARK_EVENT,  /* cancelled */
    MARK_EARLY,  /* the event has not begun */
    MARK_PERSON, /* unknown */
    MARK_HOURS,  /* longer than the event */
    MARK_TEST,   /* marks without a test, or beyond its maximum */
    MARK_HEADS,  /* below zero, or more than come to one event */
};
enum msg mark_fault_message(enum mark_fault f);
/* Idempotent by `once`. The latest word by the time it was said counts, whatever comes last. What a
 * person was on the event's day is frozen with the first word. */
MUST enum err events_mark(struct tx *tx, struct arena *a, const struct mark *m,
                          enum mark_fault *fault);

/* How many came and were counted without names: women, men, not said. They are participations of
 * the place where it was held; distinct persons do not change. Replaces what was said before.
 * ERR_INPUT with *fault. */
enum { EVENTS_HEADS = 3, EVENTS_HEADS_MAX = 20000 };
extern const char *const events_head_sexes[EVENTS_HEADS]; /* "f", "m", "" */
MUST enum err events_set_heads(struct tx *tx, struct arena *a, int64_t event,
                               const int64_t heads[EVENTS_HEADS], int64_t by,
                               enum mark_fault *fault);

/* Puts an invitation into the outbox for everybody on the list who has an e-mail address, was not
 * written to before and has not answered; *sent: how many. ERR_INPUT: nobody is invited any more
 * (held, cancelled or over). */
MUST enum err events_invite(struct app *app, struct tx *tx, struct arena *a, int64_t event,
                            int64_t by, int64_t *sent);

/* Certificates for everybody who is present, attended long enough and has none; *issued: how many.
 * ERR_INPUT when the event gives none or is not held. */
MUST enum err events_certify(struct tx *tx, struct arena *a, int64_t event, int64_t by,
                             int64_t *issued);
/* Of that person; nothing happens when there is none or it is revoked. */
MUST enum err events_revoke(struct tx *tx, struct arena *a, struct str number);

MUST enum err events_log(struct tx *tx, const struct event *e, const char *what, int64_t person,
                         struct str detail, int64_t said_ms, int64_t by, struct str once);
MUST enum err events_moved(struct app *app, struct tx *tx, struct arena *a,
                           const struct person_move *moves, size_t n);

/* --- groups for public pages --- */
struct group_cell {
    struct str code;
    enum msg name;
    int64_t n;
    bool hidden;
};
struct group_cells {
    struct group_cell *v;
    size_t n, cap;
};
/* Hides cells below EVENTS_SMALL, and one more when a single hidden one could be worked out from
 * the total. */
void events_hide_small(struct group_cells *cells);

/* The signature on a certificate's QR: nobody without the installation's key makes one. */
struct str events_sign(const struct app *app, struct arena *a, struct str number);

/* Sources and help for assessments (events_assess.c). */
void events_tell_assessment(void);

MUST enum err events_demo(struct app *app, struct demo_context *demo);

/* handlers */
enum err events_public_list(struct req *r);
enum err events_public_unit_list(struct req *r);
enum err events_public_show(struct req *r);
enum err events_register(struct req *r);
enum err events_register_post(struct req *r);
enum err events_guest(struct req *r);
enum err events_guest_post(struct req *r);
enum err events_certificate(struct req *r);
enum err events_desk_list(struct req *r);
enum err events_desk_new(struct req *r);
enum err events_desk_new_post(struct req *r);
enum err events_desk_show(struct req *r);
enum err events_desk_edit(struct req *r);
enum err events_desk_edit_post(struct req *r);
enum err events_desk_state_post(struct req *r);
enum err events_desk_people(struct req *r);
enum err events_desk_mark_post(struct req *r);
enum err events_desk_code_post(struct req *r);
enum err events_desk_add(struct req *r);
enum err events_desk_add_post(struct req *r);
enum err events_desk_import(struct req *r);
enum err events_desk_import_post(struct req *r);
enum err events_desk_sheet(struct req *r);
enum err events_desk_export(struct req *r);
enum err events_desk_trainet(struct req *r);
enum err events_desk_certify_post(struct req *r);
enum err events_desk_certificate(struct req *r);
enum err events_desk_heads(struct req *r);
enum err events_desk_heads_post(struct req *r);
enum err events_desk_invite_post(struct req *r);
enum err events_desk_certificates(struct req *r);
enum err events_desk_revoke_post(struct req *r);
enum err events_desk_tasks(struct req *r);
enum err events_desk_tasks_post(struct req *r);
enum err events_desk_task_post(struct req *r);
enum err events_person_section(struct req *r, struct buf *out, int64_t root);

#endif
