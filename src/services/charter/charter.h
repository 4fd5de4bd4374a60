/*
 * The citizen charter: what each service promises, in measurable words. A charter of a service has
 * versions (draft, in consultation, approved by resolution, published); a published version never
 * changes. Beside each promise stands how often it was kept, counted by the measures that other
 * slices announce, opening to the records counted.
 */
#ifndef CHARTER_CHARTER_H
#define CHARTER_CHARTER_H

#include "services/catalogue/catalogue.h"

struct promise {
    int64_t id;
    int position;
    struct str service;
    int64_t version;   /* of the charter that it stands in */
    int64_t since_day; /* promised in these terms (measure, kind, amount) without a break since */
    struct text3 text;
    struct str measure; /* code of a measure; empty: not measured by the program */
    struct str kind;    /* fault or route it is about; empty: all */
    int64_t amount;     /* threshold in the unit of the measure */
    bool working_days;
    struct text3 remedy; /* what people get when it is broken */
    struct str contact;
};
struct promises {
    struct promise *v;
    size_t n, cap;
};
/* Promises in force on a day: of one service, or of all (service NULL view). */
MUST enum err charter_promises(struct tx *tx, struct arena *a, struct str unit, struct str service,
                               int64_t day, struct promises *out);

/* The promise that sets the deadline of a report: the published promise of that service with
 * measure "resolve_within_days" whose kind fits best (the fault itself before all). ERR_NOT_FOUND
 * if none. */
MUST enum err charter_deadline(struct tx *tx, struct arena *a, struct str unit, struct str service,
                               struct str fault, int64_t day, struct promise *out);

/* How often promises were kept in the last 30, 90, 365 days, today included. What lies before
 * `since_day` of a promise does not count: nobody had promised it. */
struct kept {
    int64_t kept, counted;
};
struct promise_kept {
    struct promise promise;
    const struct measure *measure; /* NULL: not measured, or its measure is unknown here */
    struct kept last30, last90, last365;
};
struct promises_kept {
    struct promise_kept *v;
    size_t n, cap;
    struct kept all90; /* over all measured promises */
};
/* Of one service, or of all (NULL view). */
MUST enum err charter_measure(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                              struct str service, int64_t today, struct promises_kept *out);

/* For the country page: how every municipality kept its measured promises in the last 90 days, and
 * per service. Read from totals that a job refreshes hourly and after each publication
 * (`as_of_ms`), so that the page costs one query however many municipalities and records there are.
 * Also the totals of one municipality, for its page. */
struct unit_kept {
    struct str unit;
    struct str service; /* "" : all services */
    struct kept last90;
    int64_t as_of_ms;
    int64_t month_day;         /* first day of the calendar month of as_of_ms; 0: not counted yet */
    struct kept month, before; /* in that month so far, and in the whole month before it */
};
struct unit_kept_list {
    struct unit_kept *v; /* by unit, service */
    size_t n, cap;
};
MUST enum err charter_kept_all(struct tx *tx, struct arena *a, struct unit_kept_list *out);
MUST enum err charter_kept_unit(struct tx *tx, struct arena *a, struct str unit,
                                struct unit_kept_list *out);

/* Versions published since an instant, the latest first. */
struct charter_news {
    struct str service;
    int64_t version, valid_from;
};
struct charter_news_list {
    struct charter_news *v;
    size_t n, cap;
};
MUST enum err charter_published(struct tx *tx, struct arena *a, struct str unit, int64_t from_ms,
                                struct charter_news_list *out);

/* An open consultation of the municipality, for its page; NULL views when there is none. */
struct consultation {
    struct str service;
    int64_t version; /* read and discussed at /m/{unit}/services/{service}/v/{version} */
    int64_t until_day;
};
struct consultations {
    struct consultation *v;
    size_t n, cap;
};
MUST enum err charter_consultations(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                                    struct consultations *out);

/* Other rooms add a section to the page of a service, such as its next visits. At start only; it
 * writes nothing when it has nothing to say. */
typedef void (*charter_section_fn)(struct buf *out, struct req *r, struct str service);
void charter_add_section(charter_section_fn fn);

extern const struct slice charter_slice;

#endif
