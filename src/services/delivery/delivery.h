/*
 * Delivery: proof that a service came. Schedules (weekdays, routes, villages) make expected visits;
 * staff or the provider confirm each as done, or missed with a reason, with a photo from a phone,
 * also without signal; residents see the calendar and may dispute ("was not collected here").
 *
 * Announces the measure "visits_done": of the expected visits of the period that were due, those
 * done and not upheld as disputed. A past one that nobody confirmed was not done.
 */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include "services/catalogue/catalogue.h"

/* Of what the actor may see and confirm at the desk: the office all of the municipality, staff of a
 * provider the visits of their own providers, and no disputes. today_expected: all of today,
 * whatever became of them; unconfirmed_before_today: as far back as the actor can still confirm. */
struct visit_summary {
    int64_t today_expected, today_done, today_missed, unconfirmed_before_today, disputed_open;
};
MUST enum err delivery_summary(struct tx *tx, struct arena *a, const struct actor *actor,
                               struct str unit, int64_t today, struct visit_summary *out);

/* Visits that were due, by service, as the measure counts them: from `from_day` to today, and from
 * `before_day` to the day before `from_day`. Missed: not done, or disputed and upheld. */
struct visit_tally {
    struct str service;
    int64_t due, missed, due_before, missed_before;
};
struct visit_tallies {
    struct visit_tally *v;
    size_t n, cap;
};
MUST enum err delivery_tally(struct tx *tx, struct arena *a, struct str unit, int64_t before_day,
                             int64_t from_day, int64_t today, struct visit_tallies *out);

/* The next visits, of one service or (NULL view) of all, for the municipality's page. */
struct next_visit {
    struct str service;
    struct str route, village; /* empty: none, the whole municipality */
    int64_t day;
    struct i64_opt time_from, time_to; /* minutes of the day */
};
struct next_visits {
    struct next_visit *v;
    size_t n, cap;
};
MUST enum err delivery_next(struct tx *tx, struct arena *a, struct str unit, struct str service,
                            int64_t today, size_t max, struct next_visits *out);

/* The records behind the measure, for open data: visits that were due, newest first, without the
 * words of staff or residents and without who said what. The page begins behind (edge_day,
 * edge_id); edge_day 0: at the newest. */
enum visit_outcome { VISIT_WAS_DONE, VISIT_WAS_MISSED, VISIT_NOT_CONFIRMED, VISIT_DISPUTE_UPHELD };
const char *
visit_outcome_code(enum visit_outcome o); /* "done", "missed", "unconfirmed", "upheld" */
struct due_visit {
    int64_t id, day;
    struct str service;
    struct str route, village;         /* empty: none, the whole municipality */
    struct i64_opt time_from, time_to; /* minutes of the day */
    enum visit_outcome outcome;        /* only VISIT_WAS_DONE is kept */
    int64_t said_ms;                   /* when; 0: nobody said anything */
};
struct due_visits {
    struct due_visit *v;
    size_t n, cap;
};
MUST enum err delivery_due_visits(struct tx *tx, struct arena *a, struct str unit, int64_t from_day,
                                  int64_t to_day, int64_t today, int64_t edge_day, int64_t edge_id,
                                  size_t max, struct due_visits *out);

extern const struct slice delivery_slice;

#endif
