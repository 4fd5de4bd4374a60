/*
 * Shared inside the Open311 room: one request with its format and jurisdiction, answers in both
 * formats by one set of calls, and errors as the standard wants them.
 */
#ifndef OPEN311_INTERNAL_H
#define OPEN311_INTERNAL_H

#include "voice/open311/open311.h"

#include "platform/formats/json.h"
#include "platform/formats/xml.h"

/* --- answers --- */

/*
 * XML and JSON by the same calls, after the standard's "Spark" mapping: what XML has as <services>
 * <service>..</service> </services> is a bare list of objects in JSON, named only when it stands
 * in an object. An absent text is an empty element and null.
 */
struct reply {
    bool json;
    struct xml x;
    struct json_writer j;
    int depth;
    bool list[JSON_MAX_DEPTH]; /* what is open at each depth */
};
struct reply reply_begin(struct req *r, int status, bool json);
void reply_list(struct reply *p, const char *name); /* <services>, [ */
void reply_object(struct reply *p, const char *name);
void reply_close(struct reply *p);
void reply_str(struct reply *p, const char *name, struct str s);
void reply_cstr(struct reply *p, const char *name, const char *s);
void reply_bool(struct reply *p, const char *name, bool v);
void reply_int(struct reply *p, const char *name, int64_t v);
void reply_time(struct reply *p, const char *name, int64_t ms); /* 0: absent */
void reply_day(struct reply *p, const char *name, int64_t day); /* 0: absent */
void reply_number(struct reply *p, const char *name, bool set, double v);

/* --- a request --- */

struct ask {
    struct req *r;
    const struct catalogue *catalogue;
    bool json;
    const struct place *unit; /* the municipality of today */
    const struct str *units;  /* it and those that merged into it */
    size_t unit_count;
    struct req_inputs in; /* parameters: of the query, or of the body of a POST */
    int status;           /* of the refusal; 0: nothing is wrong */
    struct {
        struct str *v;
        size_t n, cap;
    } errors;
};
/* Reads format and parameters. ERR_NOT_FOUND for another format than the two. */
MUST enum err ask_begin(struct ask *q, struct req *r);
/* And the jurisdiction; false after a refusal. */
bool ask_jurisdiction(struct ask *q);
/* The parameter; a NULL view when absent or empty, which the standard holds for the same. Sent
 * twice is an error of the request. */
struct str ask_param(struct ask *q, const char *name);
/* Notes an error; the answer gets the status of the first. */
void ask_error(struct ask *q, int status, struct str text);
#define ASK_ERROR(q, status, m, ...)                                                               \
    ask_error((q), (status), MSG_STR((q)->r->arena, (q)->r->ui.lang, (m), __VA_ARGS__))
#define ASK_ERROR_PLAIN(q, status, m) ask_error((q), (status), msg_text((q)->r->ui.lang, (m)))
/* Sends the errors noted. */
MUST enum err ask_refuse(struct ask *q);
/* What a client typed, cut short for an error text. */
struct str ask_quote(struct str typed);
/* Scope of reads: the municipality, or the country when earlier ones belong to it. */
struct str ask_scope(const struct ask *q);

/* --- services --- */

/* A code of GET services: a fault, or a kind of service for what has no code of its own. False when
 * unknown. Reports of the past may name one that is no longer offered. */
struct service_code {
    const struct service_kind *kind;
    const struct service_fault *fault; /* NULL: another matter of this service */
    bool offered;
};
bool service_code_find(const struct catalogue *c, struct str code, struct service_code *out);
struct str service_code_name(struct req *r, const struct service_code *s);
/* Attributes that every service takes. */
#define ATTRIBUTE_VILLAGE "village"
#define ATTRIBUTE_PRIVATE "private"
#define ATTRIBUTE_LANGUAGE "language"

/* Handlers, in the order of the standard. */
enum err open311_discovery(struct req *r);
enum err open311_services(struct req *r);
enum err open311_definition(struct req *r);
enum err open311_post(struct req *r);
enum err open311_token(struct req *r);
enum err open311_requests(struct req *r);
enum err open311_request(struct req *r);

/* --- parameters, read without a database, so that they can be fuzzed --- */

/* Of GET requests (open311_params.c). */
struct list_params {
    const struct str *numbers; /* service_request_id; overrides all else */
    size_t number_count;
    const struct str *codes;
    size_t code_count;
    int64_t from_ms, to_ms;
    unsigned states;
    int64_t page, page_size;
    bool extensions;
};
/* Errors are noted in q. */
void list_params_read(struct ask *q, int64_t now_ms, struct list_params *out);
/* A moment in the W3C's form with a zone; a '+' that a client forgot to encode came as a blank. */
bool w3c_time_parse(struct arena *a, struct str s, int64_t *ms);
/* Of POST requests (open311_post.c), all but the key. Errors are noted in q. */
void report_params_read(struct ask *q, struct sent_report *report);
#define LIST_DAYS 90
#define LIST_ROWS 1000

#endif
