/*
 * Events: trainings, public hearings, dialogues, roundtables, forums, study tours, mentoring
 * meetings, coordination councils. Who was invited, who was there, what they were on that day, what
 * they learnt, and the certificates.
 *
 * Counters (platform/tally): "events.held" (by kind and main topic), "events.participations" (by
 * kind, sex, age, group: its amount counts participations, its people distinct persons) and
 * "events.certificates" (by kind and sex). A participation counts in the municipality where the
 * person was from on that day, an event where it was held; municipalities that took part are those
 * with a participation.
 */
#ifndef EVENTS_EVENTS_H
#define EVENTS_EVENTS_H

#include "community/persons/persons.h"

/* "training", "hearing", "dialogue", "roundtable", "forum" (regional), "national_forum",
 * "study_tour", "mentoring", "council". */
bool events_kind_ok(struct str code);
enum msg events_kind_name(struct str code);
extern const struct choice events_kinds[];

struct event {
    struct str unit; /* where it takes place: a municipality */
    int64_t id;
    struct str kind;
    struct str topics; /* codes of community/topics, blank between; the first is the main one */
    struct text3 title;
    struct str place; /* "Clubhouse of Ak-Suu" */
    int64_t from_day, to_day;
    int64_t minutes; /* of the whole programme */
    struct str organiser;
    struct str agenda; /* one item a line */
    bool open_registration;
    struct i64_opt test_max;            /* of the tests before and after */
    struct i64_opt certificate_minutes; /* attended at least; not set: no certificates */
    struct i64_opt cost;                /* tyiyn */
    struct str state;                   /* "planned", "held", "cancelled" */
    int64_t present;                    /* participations that count */
    int64_t revision;
};
struct event_list {
    struct event *v;
    size_t n, cap;
};
/* Country scope, as everything here: people of several municipalities take part in one event. */
MUST enum err events_get(struct tx *tx, struct arena *a, int64_t id, struct event *out);
/* Newest first. units: NULL for the country; kind NULL view: all. From behind (day, id); day
 * INT64_MAX begins. */
struct event_ask {
    const struct str *units;
    size_t unit_count;
    struct str kind;
    int64_t from_day, to_day; /* of their first day */
    int64_t edge_day, edge_id;
    size_t max;
};
MUST enum err events_list(struct tx *tx, struct arena *a, const struct event_ask *ask,
                          struct event_list *out);

extern const struct counter events_held, events_participations, events_certificates;
extern const struct slice events_slice;

#endif
