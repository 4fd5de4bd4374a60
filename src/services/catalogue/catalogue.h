/*
 * The national catalogue of local services and the registry of each municipality: which services
 * it provides, through whom, since when, under which decision, and how many people they reach.
 *
 * A service kind has a code ("water", "waste", "lighting" ...), names in three languages, the
 * faults people report about it ("water.leak"), and a ladder of service levels. Kinds are
 * country-wide data, kept in memory; registries belong to municipalities.
 */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "community/places/places.h"

struct service_fault {
    struct str code; /* "water.leak": also the Open311 service_code */
    struct text3 name, hint;
    bool urgent; /* shown first */
    bool private_by_default;
};
struct service_level {
    struct str code; /* "water:yard" */
    struct text3 name;
    int rank; /* 0: life without the service; people counted there are not served */
};
struct service_kind {
    struct str code;
    struct text3 name, description;
    struct str group; /* "utilities", "roads", "social", "culture", "land" */
    struct str icon;  /* asset name */
    const struct service_fault *faults;
    size_t fault_count;
    const struct service_level *levels;
    size_t level_count;
};
struct catalogue {
    const struct service_kind *v;
    size_t n;
    /* Faults that are no longer offered; old reports still name them. */
    const struct service_fault *retired;
    size_t retired_count;
    int64_t version; /* grows with every change */
};
/* The current snapshot, held until the arena is freed. */
const struct catalogue *catalogue_get(struct app *app, struct arena *a);
const struct service_kind *catalogue_find(const struct catalogue *c, struct str code);
/* Also one that is no longer offered. */
const struct service_fault *catalogue_find_fault(const struct catalogue *c, struct str code,
                                                 const struct service_kind **kind);

/* How a municipality provides a service. */
enum service_mode {
    MODE_OWN,         /* the aiyl okmotu itself */
    MODE_ENTERPRISE,  /* municipal enterprise */
    MODE_WATER_USERS, /* water users' association */
    MODE_ENTREPRENEUR,
    MODE_OTHER_UNIT, /* another municipality */
    MODE_JOINT,      /* together with other municipalities */
    MODE__MAX
};
const char *service_mode_code(enum service_mode m); /* "water_users" */
bool service_mode_parse(struct str code, enum service_mode *out);
enum msg service_mode_message(enum service_mode m);

/* One line of a municipality's registry. */
struct unit_service {
    struct str service;
    struct str provider_name;  /* NULL: the aiyl okmotu itself */
    struct str provider_phone; /* for residents; NULL none */
    int64_t provider_id;
    struct str mode; /* service_mode_code */
    int64_t since_day;
    struct str decision, note;
    bool active;
    int64_t people_served; /* latest coverage of each village and level but rank 0; each once */
};
struct unit_services {
    struct unit_service *v;
    size_t n, cap;
};
MUST enum err catalogue_unit_services(struct tx *tx, struct arena *a, struct str unit,
                                      struct unit_services *out);

/* The providers a person works for in that municipality: limits what role provider may see. */
struct provider_ids {
    int64_t *v;
    size_t n, cap;
};
MUST enum err catalogue_providers_of(struct tx *tx, struct arena *a, struct str unit,
                                     int64_t person_id, struct provider_ids *out);
struct provider {
    int64_t id;
    struct str name;
    enum service_mode kind;  /* never MODE_OWN */
    struct str phone, email; /* NULL none */
    bool active;
    int64_t services; /* of the registry today */
};
struct providers {
    struct provider *v;
    size_t n, cap;
};
/* Active ones first, by name. */
MUST enum err catalogue_providers(struct tx *tx, struct arena *a, struct str unit,
                                  struct providers *out);

/* --- rules; in the caller's transaction, in the scope of the municipality or of the country --- */

struct catalogue_fault {
    int field; /* see each rule */
    enum msg m;
    struct msg_arg args[3]; /* of the message; name NULL: none */
};
struct catalogue_faults {
    struct catalogue_fault *v;
    size_t n, cap;
};

/* Opens a new line of the registry; the one before stays as history. Nothing happens (*changed
 * false) when it says what the present one says: a form sent twice is one entry. `seen`: id of the
 * line that the editor saw, 0 none: ERR_CONFLICT when there is another one by now. ERR_INPUT with
 * faults. */
enum service_entry_field { ENTRY_MODE, ENTRY_PROVIDER, ENTRY_SINCE, ENTRY_DECISION };
struct service_entry {
    struct str unit, service;
    bool provided;
    enum service_mode mode;
    int64_t provider_id; /* 0 none */
    int64_t since_day;
    struct str decision, note;
    int64_t seen;
    int64_t person; /* who records it */
    int64_t at_ms;  /* 0: now. Only demo data lies in the past */
};
MUST enum err catalogue_set_service(struct app *app, struct tx *tx, struct arena *a,
                                    const struct service_entry *entry, bool *changed,
                                    struct catalogue_faults *faults);

/* A new provider; id from id_new(). Repeating the same id changes nothing. */
MUST enum err catalogue_add_provider(struct tx *tx, struct str unit, const struct provider *p);
MUST enum err catalogue_add_member(struct tx *tx, struct str unit, int64_t provider_id,
                                   int64_t person_id);

/* How people were counted. */
enum count_method {
    COUNT_HOUSEHOLDS,  /* household register of the aiyl okmotu */
    COUNT_SUBSCRIBERS, /* the provider's list of subscribers */
    COUNT_SURVEY,
    COUNT_ATTENDANCE, /* journals of visitors, pupils */
    COUNT_ESTIMATE,
    COUNT__MAX
};
const char *count_method_code(enum count_method m);
bool count_method_parse(struct str code, enum count_method *out);
enum msg count_method_message(enum count_method m);

/* A count of the people of one village, level by level, on one day. A later count of the same
 * village and level replaces it in the figures, never in the records. The levels of a village may
 * not add up to more people than live there. `once`: idempotency key, NULL none; *repeated tells
 * that it was known. Fields of faults: below; those of levels are COVERAGE_LEVEL + index. */
enum coverage_field { COVERAGE_VILLAGE, COVERAGE_DAY, COVERAGE_METHOD, COVERAGE_LEVEL };
#define CATALOGUE_LEVELS_MAX 8
struct coverage_level {
    struct str level; /* empty: the service has no ladder */
    int64_t people;
    struct i64_opt women;
};
struct coverage_evidence {
    struct str file, name, type; /* id for files.h; NULL none */
    bool is_public;              /* names nobody: everybody may read it */
};
struct coverage_input {
    struct str unit, service, village;
    int64_t day;
    enum count_method method;
    struct coverage_level levels[CATALOGUE_LEVELS_MAX];
    size_t level_count;
    struct coverage_evidence evidence;
    struct str note, once;
    int64_t person, at_ms; /* at_ms 0: now. Only demo data lies in the past */
};
MUST enum err catalogue_add_coverage(struct app *app, struct tx *tx, struct arena *a,
                                     const struct coverage_input *in, bool *repeated,
                                     struct catalogue_faults *faults);
/* Takes a count out of the figures; it stays readable with the reason. ERR_NOT_FOUND, or
 * ERR_CONFLICT when it was withdrawn before. */
MUST enum err catalogue_withdraw_coverage(struct tx *tx, struct str unit, int64_t id,
                                          int64_t person, struct str why);

/* Services whose people were counted anew: recorded since an instant, counted since a day. */
struct coverage_news {
    struct str service;
    int64_t day; /* of the latest count */
};
struct coverage_news_list {
    struct coverage_news *v;
    size_t n, cap;
};
MUST enum err catalogue_coverage_news(struct tx *tx, struct arena *a, struct str unit,
                                      int64_t from_ms, int64_t from_day,
                                      struct coverage_news_list *out);

/* Every count of a service, newest first. */
struct coverage_record {
    int64_t id;
    struct str village, level;
    int64_t people;
    struct i64_opt women;
    int64_t day;
    struct str method, note;
    struct coverage_evidence evidence;
    int64_t recorded_ms;
    bool withdrawn, in_force;
    int64_t withdrawn_ms;
    struct str withdrawn_why;
};
struct coverage_records {
    struct coverage_record *v;
    size_t n, cap;
};
MUST enum err catalogue_coverage(struct tx *tx, struct arena *a, struct str unit,
                                 struct str service, struct coverage_records *out);

extern const struct slice catalogue_slice;

#endif
