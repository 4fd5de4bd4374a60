/*
 * How a slice announces itself. cmd/slices.c holds the one list; everything else (router,
 * migrations, jobs, command line, `aimak routes`, the access matrix test, the counters of promises
 * and indicators, demo data) derives from these descriptors.
 */
#ifndef WEB_SLICE_H
#define WEB_SLICE_H

#include "platform/web/req.h"

struct migration;
struct job_def;
struct schedule_def;
struct counter;
struct file_uses;
struct app;

enum route_flags {
    ROUTE_NO_CSRF = 1,  /* APIs with a key, webhooks: authenticity is proved otherwise, never by a
                           cookie: such a route gets no session */
    ROUTE_BIG_BODY = 2, /* up to BODY_LIMIT_BIG (three photos); default is BODY_LIMIT */
    ROUTE_RATE_WRITE =
        4, /* counted by the strict limit for writes of people who are not logged in */
    ROUTE_RATE_LOGIN = 8, /* counted by the strictest limit: passwords, codes */
    ROUTE_UNIT_ANY = 16,  /* {unit} may also be a raion, an oblast or a merged municipality */
    ROUTE_API = 32,       /* errors as JSON; open to other sites when PERM_PUBLIC (CORS) */
    ROUTE_OPEN311 = 64,   /* errors as the GeoReport standard says; CORS as above */
    ROUTE_LIVE = 128,     /* never checks the database or the session (health) */
};
#define BODY_LIMIT (64 << 10)
#define BODY_LIMIT_BIG (34 << 20)

/*
 * Paths: segments are literal, or hold {names}: "{unit}", "requests.{format}", "{code}.{format}"
 * (split at the last dot). A literal segment wins over a pattern, a pattern over a bare {name}. A
 * path with or without the final slash leads to the other one when only that exists.
 */

struct route {
    const char *method; /* "GET" also serves HEAD */
    const char *path;   /* "/m/{unit}/report", "/c/{number}", "/open311/v2/requests.{format}" */
    enum err (*handle)(struct req *r);
    enum permission permission; /* checked before the handler: in r->unit if the path has {unit},
                                   else anywhere (the handler then asks access_allows itself) */
    unsigned flags;
    const char *handler_name; /* filled by ROUTE() */
    const char *file;
    int line;
};
#define ROUTE(method_, path_, handle_, permission_, flags_)                                        \
    {                                                                                              \
        .method = (method_), .path = (path_), .handle = (handle_), .permission = (permission_),    \
        .flags = (flags_), .handler_name = #handle_, .file = __FILE__, .line = __LINE__            \
    }

/* A sub-command of the program: "import units". */
struct command {
    const char *name;                                   /* "import units" */
    const char *usage;                                  /* "FILE.csv [--dry-run]" */
    const char *summary;                                /* one line */
    const char *help;                                   /* whole text with examples */
    int (*run)(struct app *app, int argc, char **argv); /* exit code */
    bool needs_db;
    bool reads_only; /* may run beside a serving process: it gets a database that refuses writes */
};

/* Something a promise of the charter can be measured by, announced by the slice that has the
 * records. */
struct measure_query {
    struct str unit;
    struct str service; /* catalogue code */
    struct str kind;    /* case kind or route; NULL: all */
    int64_t amount;     /* threshold, in the unit of the measure */
    bool working_days;
    int64_t from_day, to_day; /* inclusive */
};
struct measure_result {
    int64_t counted, kept;
};
struct measure {
    const char *code;  /* "resolve_within_days", "visits_done" */
    enum msg label;    /* for the charter editor */
    enum msg sentence; /* how the promise reads, with {amount} (or {n}, to have plural forms) */
    enum msg sentence_working; /* the same when the amount is working days; MSG_NONE: as above */
    bool takes_amount;         /* of days */
    bool by_fault;             /* may be about one fault of the service (`kind`) alone */
    enum err (*count)(struct tx *tx, struct arena *a, const struct measure_query *q,
                      struct measure_result *out);
    /* Path of the page that lists the records counted, "/m/{unit}/reports"; NULL: there is none.
     * The charter adds the query: ?service=CODE&promise=ID&from=DAY&to=DAY (both days included);
     * what is counted stands in the promise (charter_promises). */
    const char *records_path;
};

struct demo_context;

struct slice {
    const char *name;
    const struct migration *const *migrations; /* generated SLICE_migrations, ends with NULL */
    const struct db_query *const *queries;     /* generated SLICE_queries, ends with NULL; for the
                                                * test that prepares every statement */
    const struct route *routes;
    size_t route_count;
    const struct job_def *jobs;
    size_t job_count;
    const struct schedule_def *schedules;
    size_t schedule_count;
    const struct command *commands;
    size_t command_count;
    const struct measure *measures;
    size_t measure_count;
    const struct counter *const *counters; /* what the records add up to: platform/tally/tally.h */
    size_t counter_count;
    enum err (*start)(struct app *app); /* after migrations: load caches, set hooks */
    enum err (*demo)(struct app *app, struct demo_context *demo); /* repeatable demo data */
    /* Municipality `from` merged into `into` on `day`: move what is still open, leave history where
     * it was. In the transaction of the merger, country scope. */
    enum err (*merged)(struct app *app, struct tx *tx, struct str from, struct str into,
                       int64_t day);
    /* Where its rows name stored files (platform/files/files.h): what is not named here is swept.
     * `file_columns` ("case_photo.large") ends with NULL and is held against the schema by a test;
     * `files` calls file_used for every such name there is, in one snapshot of the country. */
    const char *const *file_columns;
    enum err (*files)(struct tx *tx, struct file_uses *uses);
    /* Self-checks. Without faults *out may hold one line of what was found, shown as it is. */
    enum err (*doctor)(struct app *app, struct buf *out, int *faults);
    void (*metrics)(struct app *app, struct buf *out); /* Prometheus text */
};

/* Limits per minute and burst of one class of requests; 0 0: default, per_minute < 0: off. */
struct rate_limit {
    int per_minute, burst;
};
enum rate_class { RATE_ALL, RATE_WRITE, RATE_LOGIN, RATE__MAX };

struct web_state; /* routes, limits, counters: made by app_start */

struct app {
    struct db *db;
    const struct slice *const *slices;
    size_t slice_count;
    const char *data_dir;   /* uploads, mail of the demo, keys */
    const char *public_url; /* "https://aimak.example.kg", without a slash at the end */
    bool demo;              /* demo data in the database: pages say so */
    bool development;       /* loopback without TLS: cookies without Secure */
    unsigned char key[32];  /* installation secret: CSRF, notices; from data_dir/key */
    struct rate_limit
        limits[RATE__MAX];     /* per address; benchmarks and trusted gateways switch them off */
    const char *metrics_token; /* "Authorization: Bearer ..." for /metrics; NULL: loopback only */
    const struct http_server *server; /* for /metrics; NULL in tests and commands */
    struct web_state *web;
};

/* The measure with that code, searched over all slices; NULL when unknown. */
const struct measure *app_measure(const struct app *app, struct str code);

/* Whole request through router, session, access and handler, without a socket. The HTTP server's
 * handle callback; tests call it directly. */
void app_handle(void *app, const struct http_request *in, struct http_response *out);
void app_refuse(void *app, const struct http_request *in, struct http_response *out);
int64_t app_body_limit(void *app, struct str method, struct str path);
/* Builds the route tree of all slices; ERR_CONFIG (and a log line that names both) when two routes
 * collide or a path is malformed. Call once before the first request; app_stop releases it. */
MUST enum err app_start(struct app *app);
void app_stop(struct app *app);
/* All routes in the order of slices; for `aimak routes` and the access matrix. */
typedef void (*route_fn)(void *arg, const struct slice *slice, const struct route *route);
void app_each_route(const struct app *app, route_fn fn, void *arg);

/* Counts one attempt against a limit of the slice's own, such as log-ins for one account:
 * `key` is hashed, not kept. False when it is over; *wait_ms then says for how long. */
bool app_rate_allows(struct app *app, const char *purpose, struct str key, struct rate_limit limit,
                     int64_t *wait_ms);
/* Takes back the attempt that app_rate_allows just counted: it succeeded, and only failures shall
 * add up. */
void app_rate_forgive(struct app *app, const char *purpose, struct str key,
                      struct rate_limit limit);

/* Hooks that upper rooms fill in (the platform knows nothing of municipalities or people). */
struct app_hooks {
    /* Fills r->actor from a session cookie; ERR_OK with the actor left empty when the session is
     * unknown or expired. Any other code: public pages go on without a person, others fail. */
    enum err (*load_actor)(struct req *r, struct str token);
    /* Is {unit} a municipality? ERR_OK (may set r->unit_data), ERR_NOT_FOUND, or ERR_CONFLICT with
     * *moved_to set when it was merged into another (the platform redirects). */
    enum err (*check_unit)(struct req *r, struct str code, bool any_level, struct str *moved_to);
};
/* Members that are not NULL replace the earlier ones. At start only: not thread-safe. */
void app_set_hooks(const struct app_hooks *hooks);
struct app_hooks app_get_hooks(void); /* tests wrap them */

extern const struct slice web_slice; /* assets, health, metrics */

#endif
