/*
 * A form that is sent twice does its work once.
 *
 * A double click, a reload of an unfinished page, a phone that repeats a request after a dropped
 * connection: the same form arrives again, often while the first is still being worked on. Every
 * form page carries a random key (form_once), so two requests of one visitor with the same address
 * and the same bytes are one intention. The first is handled; the others wait for it and get its
 * answer: the same address to go on to with the same cookies (a browser may have dropped those of
 * the first answer with the answer), or, where the answer was a page that is shown only once (a new
 * key or password), a page that says that it is done. What was refused (a fault in a field, a full
 * disk) is not remembered: sent again it is handled again. Programs have the standard's
 * Idempotency-Key instead.
 *
 * The memory is this process's, of fixed size, for ONCE_KEPT_MS. That is the first wall for all
 * forms, not the last: what may never be there twice (a report, a dispute) keeps its key in the
 * database too, beside what it made.
 *
 * Why not in the database: several processes on one PostgreSQL know nothing of each other's forms,
 * so the proxy keeps a visitor with one of them (docs/operations.md). A key in the database would
 * have to be claimed in a commit of its own before the work, for others to see it, and be given the
 * answer in another one after it: two durable commits more for every form, twice what most forms
 * cost, and a visitor locked out for as long as a claim lives whose process died. All that for what
 * happens only behind a proxy that spreads one visitor's requests.
 */
#ifndef WEB_ONCE_H
#define WEB_ONCE_H

#include "platform/web/slice.h"

#define ONCE_KEY_BYTES 16
#define ONCE_KEPT_MS (10 * MS_MINUTE)
#define ONCE_COOKIE_MS MS_MINUTE /* an answer with cookies: they may be keys to an account */
#define ONCE_WAIT_MS 10000
#define ONCE_LOCATION 512
#define ONCE_COOKIES 1024

struct once_table;

/* Room for `entries` forms at least; the oldest is forgotten for a new one. */
struct once_table *once_new(size_t entries);
void once_free(struct once_table *t); /* NULL is allowed; nobody may wait in it */

struct once_result {
    char location[ONCE_LOCATION]; /* where the answer led; empty: it was a page */
    char cookies[ONCE_COOKIES];   /* its Set-Cookie lines */
    bool brief;                   /* remembered for ONCE_COOKIE_MS only */
};

enum once_turn {
    ONCE_FIRST, /* do it, then call once_end */
    ONCE_DONE,  /* it was done: *result */
    ONCE_LATE,  /* the first is still at it */
};

/* Waits up to wait_ms while another is at the same form. */
enum once_turn once_begin(struct once_table *t, const unsigned char key[ONCE_KEY_BYTES],
                          int64_t wait_ms, struct once_result *result);
/* result NULL: nothing was done, so the next with this key is the first again. */
void once_end(struct once_table *t, const unsigned char key[ONCE_KEY_BYTES],
              const struct once_result *result);

/* Runs the route's handler, or answers as it did for the same form before. */
MUST enum err once_handle(struct req *r);

#endif
