/*
 * What the files of this room share among themselves; nobody else includes it.
 */
#ifndef WEB_WEB_PRIV_H
#define WEB_WEB_PRIV_H

#include "platform/web/components.h"
#include "platform/web/once.h"
#include "platform/web/ratelimit.h"
#include "platform/web/router.h"
#include "platform/web/slice.h"

#include <stdatomic.h>

/* Where the proof stands that a changing request comes from a page of ours. */
enum csrf_state {
    CSRF_NOT_NEEDED, /* GET, or a route that proves itself otherwise */
    CSRF_GOOD,
    CSRF_STALE, /* same origin, but the token is old or absent: show the form again */
};

#define SESSION_COOKIE "session"
#define VISITOR_COOKIE                                                                             \
    "visitor" /* random; what tokens of people who are not logged in are bound to */
#define LANG_COOKIE "lang"
#define NOTICE_COOKIE "notice"

struct req_private {
    /* inputs, parsed once */
    bool body_parsed, query_parsed;
    enum err body_rc, query_rc;
    struct req_inputs body, query;

    /* proof of origin */
    enum csrf_state csrf;
    struct str csrf_secret; /* session token or visitor cookie; NULL: not looked up yet */
    struct str new_visitor; /* made in this request; the cookie goes out when a token did */
    bool token_given;       /* a form is in this answer: not for caches */
    struct str once;        /* of the page's forms without a struct form; NULL: none yet */

    /* the answer */
    const char *content_type;
    struct http_response cookies; /* Set-Cookie lines, apart because an error answer drops them */
    bool new_lang;                /* the language was chosen in the address: remember it */
    int cache_seconds;            /* 0: private, no-store */
    bool cache_immutable;
    struct str etag;
    enum msg notice; /* of the page before; taken by page_open */
    /* what once.c remembers of the answer to a form */
    struct str location; /* where a redirect leads, as the handler gave it; NULL: none */
    bool cookie_set;     /* other than the notice */
    bool wrote;          /* a transaction was committed */
    int error_status;    /* what resp_error answers instead of the code's own status; 0 none */
    int64_t retry_after_s;
    const char *allow; /* of the path: for 405 and OPTIONS */
    size_t content_at; /* where the page's own content begins in the answer */
    int next_id;       /* unique ids within a page, for charts */
    int64_t started_us;
};

#define LATENCY_BUCKETS 9
struct web_counters {
    atomic_llong status[6];
    atomic_llong latency[LATENCY_BUCKETS + 1]; /* the last: longer than all */
    atomic_llong latency_sum_us;
    atomic_llong rate_refused[RATE__MAX];
    atomic_llong csrf_refused, csrf_stale;
};
extern const int64_t web_latency_bounds_us[LATENCY_BUCKETS];

struct web_state {
    struct router *router;
    struct ratelimit *limits;
    struct once_table *once;
    struct web_counters counters;
    struct str origin; /* scheme://host[:port] of public_url; empty when unknown */
};

/* --- csrf.c --- */
/* Refuses (ERR_DENIED) a changing request that another site caused; else sets priv->csrf. */
MUST enum err csrf_check(struct req *r);
struct str csrf_token(struct req *r);

/* --- req.c --- */
/* The query with one parameter left out, safe for an address of ours; with its '?', or empty. */
struct str req_query_without(struct req *r, const char *name);
/* As req_body_inputs, with values that are no text among them, marked and cleaned: what proves
 * where a form came from, and form_read, look past them. */
MUST enum err req_body_raw(struct req *r, struct req_inputs *out);

/* --- resp.c --- */
/* Drops whatever was answered so far, for the error answer that replaces it. */
void resp_clear(struct req *r);
/* Headers that every answer gets; called once at the end. */
void resp_finish(struct req *r);
void notice_load(struct req *r);
enum msg notice_take(struct req *r);

/* --- error.c --- */
int error_status_of(enum err rc);

/* --- assets.c --- */
enum err web_asset(struct req *r);
enum err web_favicon(struct req *r);
enum err web_robots(struct req *r);

/* --- health.c --- */
enum err web_health_live(struct req *r);
enum err web_health_ready(struct req *r);
enum err web_health_metrics(struct req *r);

#endif
