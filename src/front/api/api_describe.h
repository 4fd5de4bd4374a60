/*
 * How a call of the API is declared.
 *
 * A schema says which members an object of an answer has, and where in a C struct each one's value
 * stands: the writer and the document walk the same table. A parameter says what may be sent: the
 * reader and the document walk the same table. A handler gets typed values and leaves a struct.
 *
 *     static const struct api_field village_fields[] = {
 *         API_FIELD(struct village, code, API_STR, "SOATE code"),
 *         API_FIELD_NULL(struct village, people, API_OPT, "People of the latest count"),
 *     };
 *     const struct api_schema api_village = API_SCHEMA("Village", struct village, village_fields,
 *                                                      "A village of a municipality");
 */
#ifndef API_DESCRIBE_H
#define API_DESCRIBE_H

#include "community/places/places.h"

#include "platform/formats/json.h"

#include <stddef.h>

/* What stands at a member's place in the struct, and what JSON makes of it. */
enum api_type {
    API_STR,    /* struct str */
    API_URL,    /* struct str */
    API_TEXT3,  /* struct text3 -> {"ky": .., "ru": .., "en": ..} */
    API_INT,    /* int64_t */
    API_OPT,    /* struct i64_opt; not set: null */
    API_ID,     /* int64_t -> "123": browsers round large numbers */
    API_BOOL,   /* bool */
    API_NUMBER, /* double; NAN: null */
    API_TIME,   /* int64_t, milliseconds; 0: null -> RFC 3339 */
    API_DAY,    /* int64_t, day number; 0: null -> "2026-11-22" */
    API_OBJECT, /* the struct itself, of the schema `of` */
    API_LIST,   /* struct api_list of structs of the schema `of` */
    API_STRS,   /* struct api_strs */
    API_CODE,   /* parameters only: letters, digits and _ . : - */
};
struct api_list {
    const void *v;
    size_t n;
};
struct api_strs {
    const struct str *v;
    size_t n;
};

struct api_schema;
struct api_field {
    const char *name;
    enum api_type type;
    size_t at;
    bool nullable;
    const struct api_schema *of;
    const char *(*values)(
        size_t i); /* the words that a text may be; NULL at the end; may be NULL */
    const char *about;
};
struct api_schema {
    const char *name, *about;
    const struct api_field *fields;
    size_t field_count, size;
};
#define API_FIELD(type_, member_, kind_, about_)                                                   \
    {                                                                                              \
        .name = #member_, .type = (kind_), .at = offsetof(type_, member_), .about = (about_)       \
    }
#define API_FIELD_NULL(type_, member_, kind_, about_)                                              \
    {                                                                                              \
        .name = #member_, .type = (kind_), .at = offsetof(type_, member_), .nullable = true,       \
        .about = (about_)                                                                          \
    }
#define API_FIELD_OF(type_, member_, kind_, of_, about_)                                           \
    {                                                                                              \
        .name = #member_, .type = (kind_), .at = offsetof(type_, member_), .of = (of_),            \
        .about = (about_)                                                                          \
    }
#define API_FIELD_ENUM(type_, member_, values_, about_)                                            \
    {                                                                                              \
        .name = #member_, .type = API_STR, .at = offsetof(type_, member_), .values = (values_),    \
        .about = (about_)                                                                          \
    }
#define API_SCHEMA(name_, type_, fields_, about_)                                                  \
    {                                                                                              \
        .name = (name_), .about = (about_), .fields = (fields_), .field_count = COUNT_OF(fields_), \
        .size = sizeof(type_)                                                                      \
    }

enum api_place { IN_PATH, IN_QUERY, IN_BODY };
struct api_param {
    const char *name;
    enum api_place in;
    enum api_type type; /* STR, CODE, INT, BOOL, NUMBER, DAY */
    bool required;
    int64_t min, max; /* of a number; of the length of a text (max 0: 200) */
    const char *(*values)(size_t i);
    const char *about, *example;
};
struct api_value {
    bool set, b;
    struct str s;
    int64_t i;
    double f;
};

#define API_PARAMS 16
struct api_call {
    struct req *r;
    const struct api_endpoint *endpoint;
    struct api_value v[API_PARAMS]; /* in the order of the declaration */
    const void *reply;              /* of the schema, for one */
    struct api_list items;          /* and for a page: with where the next one begins */
    struct str after;               /* NULL: it was the last */
    int status;                     /* 200 unless the handler says so */
    struct {
        struct api_fault {
            const char *name;
            struct str text;
        } * v;
        size_t n, cap;
    } faults;
};
struct api_endpoint {
    const char *id, *tag; /* operationId; heading in the document */
    const char *summary, *about;
    const struct api_param *params;
    size_t param_count;
    const struct api_schema *reply;
    bool page;         /* a list of `reply`, in pages: takes `after` and `limit` as well */
    int64_t limit_max; /* of a page */
    bool keyed;        /* needs a key (Authorization: Bearer) */
    int keep_seconds;  /* how long caches may keep the answer */
    /* ERR_INPUT: with faults noted. */
    enum err (*run)(struct api_call *c);
};
#define API_AFTER(c) ((c)->v[(c)->endpoint->param_count])
#define API_LIMIT(c) ((size_t)(c)->v[(c)->endpoint->param_count + 1].i)

/* Notes what is wrong with a parameter; the answer will be 400 (422 for a body). */
void api_fault(struct api_call *c, const char *name, enum msg m);
void api_fault_text(struct api_call *c, const char *name, struct str text);

/* The one list of calls: object, method, path. */
#define API_ENDPOINTS(X)                                                                           \
    X(api_municipalities, "GET", "/api/v1/municipalities")                                         \
    X(api_municipality, "GET", "/api/v1/municipalities/{unit}")                                    \
    X(api_unit_services, "GET", "/api/v1/municipalities/{unit}/services")                          \
    X(api_unit_promises, "GET", "/api/v1/municipalities/{unit}/promises")                          \
    X(api_unit_figures, "GET", "/api/v1/municipalities/{unit}/figures")                            \
    X(api_unit_cases, "GET", "/api/v1/municipalities/{unit}/cases")                                \
    X(api_report, "POST", "/api/v1/municipalities/{unit}/cases")                                   \
    X(api_case, "GET", "/api/v1/cases/{number}")                                                   \
    X(api_services, "GET", "/api/v1/services")                                                     \
    X(api_figures, "GET", "/api/v1/figures")                                                       \
    X(api_results, "GET", "/api/v1/results")
#define X(name_, method_, path_) extern const struct api_endpoint name_;
API_ENDPOINTS(X)
#undef X

struct api_registered {
    const struct api_endpoint *endpoint;
    const char *method, *path;
};
extern const struct api_registered api_registered[];
extern const size_t api_registered_count;

/* A parameter by its place, those of pages included; NULL at the end. */
const struct api_param *api_param_at(const struct api_endpoint *e, size_t i);

/* --- writing (api_write.c) --- */
void api_put(struct json_writer *j, const char *key, const struct api_schema *schema,
             const void *value);
/* --- the document (api_openapi.c) --- */
enum err api_openapi(struct req *r);

/* --- what several calls share --- */
/* {kept, counted} */
extern const struct api_schema api_kept_schema;
const char *api_state_value(size_t i);
/* The municipality of the address and those that merged into it. */
struct place_codes api_family(struct req *r, struct str unit);
#define API_UNIT_PARAM                                                                             \
    {                                                                                              \
        "unit", IN_PATH, API_CODE, .required = true, .max = 14, .about = "SOATE code",             \
                                   .example = "41704235837000"                                     \
    }
/* Absolute address of a path of ours. */
struct str api_url(struct req *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
