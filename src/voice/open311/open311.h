/*
 * Open311 GeoReport v2: reports and services for other programs, in XML and JSON, under
 * /open311/v2/ for the whole country (jurisdiction_id is the code of the municipality) and under
 * /m/{unit}/open311/v2/ for one. And the way in for reports that a program sends with a key, which
 * the JSON API takes too.
 *
 * What comes out is read by cases_search and its kin alone, so private reports, names, contacts and
 * words that nobody has looked at cannot appear.
 */
#ifndef OPEN311_OPEN311_H
#define OPEN311_OPEN311_H

#include "voice/cases/cases.h"

/* A report sent by a program. */
struct sent_report {
    struct case_input in; /* unit, channel and what was reported; in.once is not used */
    int64_t key_id;       /* of open311_check_key */
    struct str once;      /* the client's Idempotency-Key; NULL none */
    struct str digest;    /* of the request, so that a key used twice is told from a repetition */
    struct str media_url; /* kept as a note for staff: never fetched, never public; NULL none */
};
struct sent_receipt {
    struct str number, token;
    int64_t due_day; /* 0: no promise */
    bool held;       /* not public until a look: the client gets the token instead of the number */
    bool repeated;   /* the Idempotency-Key was known: this is the earlier report */
};
/* Is this key good for reports of that municipality? ERR_DENIED when it is missing, unknown, or
 * held for another place; ERR_RATE when it sends too much, or this address too many wrong ones. */
MUST enum err open311_check_key(struct req *r, struct str key, struct str unit, int64_t *key_id);
/* Checks a report and keeps it once. Durable when it returns. ERR_INPUT with faults; without any
 * when the Idempotency-Key was used for another report. Else the store's codes. */
MUST enum err open311_send(struct req *r, struct sent_report *report, struct sent_receipt *out,
                           struct case_faults *faults);
/* The Idempotency-Key of the request: NULL view without one, false when it cannot be one. */
bool open311_once(const struct req *r, struct str *once);
/* A digest of a request's body for sent_report, in the arena. */
struct str open311_digest(struct arena *a, struct str body);

extern const struct slice open311_slice;

#endif
