/*
 * Services: the national catalogue, a municipality's registry, and its promises with how they were
 * kept.
 */
#include "front/api/api_describe.h"

#include "platform/core/clock.h"
#include "platform/core/figure.h"
#include "services/charter/charter.h"

/* Counts of people below this are not published: in a village they point at families. */

/* --- the catalogue --- */

struct fault {
    struct str code;
    struct text3 name;
    bool urgent, private;
};
static const struct api_field fault_fields[] = {
    API_FIELD(struct fault, code, API_STR, "Also the service_code of Open311"),
    API_FIELD(struct fault, name, API_TEXT3, "Name in three languages"),
    API_FIELD(struct fault, urgent, API_BOOL, "Shown first in forms"),
    API_FIELD(struct fault, private, API_BOOL, "Reports on it are never public"),
};
static const struct api_schema fault_schema =
    API_SCHEMA("Fault", struct fault, fault_fields, "Something that people report about a service");

struct level {
    struct str code;
    struct text3 name;
    int64_t rank;
};
static const struct api_field level_fields[] = {
    API_FIELD(struct level, code, API_STR, "Code of the level"),
    API_FIELD(struct level, name, API_TEXT3, "Name in three languages"),
    API_FIELD(struct level, rank, API_INT, "0 is the lowest"),
};
static const struct api_schema level_schema =
    API_SCHEMA("Level", struct level, level_fields, "A step of the ladder of service levels");

struct service {
    struct str code, group;
    struct text3 name, description;
    struct api_list faults, levels;
};
static const struct api_field service_fields[] = {
    API_FIELD(struct service, code, API_STR, "Code of the service"),
    API_FIELD(struct service, group, API_STR, "What it is listed with"),
    API_FIELD(struct service, name, API_TEXT3, "Name in three languages"),
    API_FIELD(struct service, description, API_TEXT3, "What belongs to it"),
    API_FIELD_OF(struct service, faults, API_LIST, &fault_schema, "What can be reported"),
    API_FIELD_OF(struct service, levels, API_LIST, &level_schema, "Service levels, lowest first"),
};
static const struct api_schema service_schema =
    API_SCHEMA("Service", struct service, service_fields, "A kind of local service");

static struct api_list faults_of(struct arena *a, const struct service_kind *kind)
{
    struct fault *v = ARENA_ARRAY(a, struct fault, kind->fault_count + 1);
    for (size_t i = 0; i < kind->fault_count; i++)
        v[i] = (struct fault){kind->faults[i].code, kind->faults[i].name, kind->faults[i].urgent,
                              kind->faults[i].private_by_default};
    return (struct api_list){v, kind->fault_count};
}

static struct api_list levels_of(struct arena *a, const struct service_kind *kind)
{
    struct level *v = ARENA_ARRAY(a, struct level, kind->level_count + 1);
    for (size_t i = 0; i < kind->level_count; i++)
        v[i] = (struct level){kind->levels[i].code, kind->levels[i].name, kind->levels[i].rank};
    return (struct api_list){v, kind->level_count};
}

static enum err list_services(struct api_call *c)
{
    struct arena *a = c->r->arena;
    const struct catalogue *catalogue = catalogue_get(c->r->app, a);
    struct {
        struct service *v;
        size_t n, cap;
    } out = {0};
    bool begun = !API_AFTER(c).set;
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct service_kind *kind = &catalogue->v[i];
        if (out.n > 0 && out.n == API_LIMIT(c)) {
            c->after = out.v[out.n - 1].code;
            break;
        }
        if (begun)
            ARENA_PUSH(a, out,
                       ((struct service){.code = kind->code,
                                         .group = kind->group,
                                         .name = kind->name,
                                         .description = kind->description,
                                         .faults = faults_of(a, kind),
                                         .levels = levels_of(a, kind)}));
        begun = begun || str_eq(kind->code, API_AFTER(c).s);
    }
    c->items = (struct api_list){out.v, out.n};
    return ERR_OK;
}

const struct api_endpoint api_services = {
    .id = "listServices",
    .tag = "Services",
    .summary = "The national catalogue of services",
    .about = "In the order of the catalogue.",
    .reply = &service_schema,
    .page = true,
    .limit_max = 100,
    .keep_seconds = 300,
    .run = list_services,
};

/* --- the registry --- */

struct provided {
    struct str service, mode, provider, decision;
    bool active;
    int64_t since;
    struct i64_opt people_served;
    bool people_few;
};
static const char *mode_value(size_t i)
{
    return i < MODE__MAX ? service_mode_code((enum service_mode)i) : NULL;
}
static const struct api_field provided_fields[] = {
    API_FIELD(struct provided, service, API_STR, "Code of the catalogue"),
    API_FIELD(struct provided, active, API_BOOL, "Whether it is provided today"),
    API_FIELD_ENUM(struct provided, mode, mode_value, "How it is provided"),
    API_FIELD_NULL(struct provided, provider, API_STR,
                   "Name of the provider; null: the aiyl okmotu itself"),
    API_FIELD_NULL(struct provided, since, API_DAY, "Since when"),
    API_FIELD_NULL(struct provided, decision, API_STR, "Under which decision"),
    API_FIELD_NULL(struct provided, people_served, API_OPT,
                   "People reached, by the latest counts; null where nobody counted, and below 10"),
    API_FIELD(struct provided, people_few, API_BOOL,
              "People were counted, but fewer than 10: the number is withheld"),
};
static const struct api_schema provided_schema =
    API_SCHEMA("ProvidedService", struct provided, provided_fields,
               "A service in the registry of a municipality");

struct unit_read {
    struct api_call *c;
    struct unit_services services;
    struct promises_kept kept;
    struct str service;
};

static enum err registry_fn(struct tx *tx, void *arg)
{
    struct unit_read *u = arg;
    u->services = (struct unit_services){0};
    return catalogue_unit_services(tx, u->c->r->arena, u->c->r->unit, &u->services);
}

static struct str text_or_null(struct str s)
{
    return s.n ? s : STR_NULL;
}

static enum err list_registry(struct api_call *c)
{
    struct unit_read u = {.c = c};
    enum err rc = req_read(c->r, registry_fn, &u);
    if (rc != ERR_OK)
        return rc;
    struct provided *v = ARENA_ARRAY(c->r->arena, struct provided, u.services.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < u.services.n; i++) {
        const struct unit_service *s = &u.services.v[i];
        if (API_AFTER(c).set && str_compare(s->service, API_AFTER(c).s) <= 0)
            continue;
        if (n == API_LIMIT(c)) {
            c->after = v[n - 1].service;
            break;
        }
        bool few = figure_is_few(s->people_served);
        v[n++] = (struct provided){
            .service = s->service,
            .mode = s->mode,
            .provider = text_or_null(s->provider_name),
            .decision = text_or_null(s->decision),
            .active = s->active,
            .since = s->since_day,
            .people_served = s->people_served > 0 && !few ? I64(s->people_served) : I64_NONE,
            .people_few = few,
        };
    }
    c->items = (struct api_list){v, n};
    return ERR_OK;
}

static const struct api_param unit_params[] = {API_UNIT_PARAM};

const struct api_endpoint api_unit_services = {
    .id = "listProvidedServices",
    .tag = "Services",
    .summary = "The registry of a municipality",
    .about = "Which services it provides, through whom, since when, reaching how many. In the "
             "order of their codes.",
    .params = unit_params,
    .param_count = COUNT_OF(unit_params),
    .reply = &provided_schema,
    .page = true,
    .limit_max = 100,
    .keep_seconds = 60,
    .run = list_registry,
};

/* --- promises --- */

static const struct api_field kept_fields[] = {
    API_FIELD(struct kept, kept, API_INT, "How often it was kept"),
    API_FIELD(struct kept, counted, API_INT, "Of how many occasions"),
};
const struct api_schema api_kept_schema =
    API_SCHEMA("Kept", struct kept, kept_fields, "How often something promised was kept");

struct promise_view {
    int64_t id, position, amount;
    struct str service, measure, kind, contact;
    struct text3 text, remedy;
    bool working_days;
    struct kept last30, last90, last365;
    struct str page_url;
};
static const struct api_field promise_fields[] = {
    API_FIELD(struct promise_view, id, API_ID, "Id of the promise"),
    API_FIELD(struct promise_view, service, API_STR, "Code of the service"),
    API_FIELD(struct promise_view, position, API_INT, "Its place in the charter, from 1"),
    API_FIELD(struct promise_view, text, API_TEXT3, "What is promised"),
    API_FIELD_NULL(struct promise_view, measure, API_STR,
                   "What it is measured by; null: the program does not measure it"),
    API_FIELD_NULL(struct promise_view, kind, API_STR, "Fault or route it is about; null: all"),
    API_FIELD(struct promise_view, amount, API_INT, "Threshold in the unit of the measure"),
    API_FIELD(struct promise_view, working_days, API_BOOL, "Days are working days"),
    API_FIELD(struct promise_view, remedy, API_TEXT3, "What people get when it is broken"),
    API_FIELD_NULL(struct promise_view, contact, API_STR, "Whom to ask"),
    API_FIELD_OF(struct promise_view, last30, API_OBJECT, &api_kept_schema, "Last 30 days"),
    API_FIELD_OF(struct promise_view, last90, API_OBJECT, &api_kept_schema, "Last 90 days"),
    API_FIELD_OF(struct promise_view, last365, API_OBJECT, &api_kept_schema, "Last 365 days"),
    API_FIELD(struct promise_view, page_url, API_URL,
              "The charter for people, with the records counted"),
};
static const struct api_schema promise_schema =
    API_SCHEMA("Promise", struct promise_view, promise_fields,
               "A promise of the charter in force today, and how often it was kept");

static enum err promises_fn(struct tx *tx, void *arg)
{
    struct unit_read *u = arg;
    u->kept = (struct promises_kept){0};
    return charter_measure(u->c->r->app, tx, u->c->r->arena, u->c->r->unit, u->service, day_today(),
                           &u->kept);
}

static struct promise_view promise_of(struct req *r, const struct promise_kept *k)
{
    const struct promise *p = &k->promise;
    return (struct promise_view){
        .id = p->id,
        .position = p->position,
        .amount = p->amount,
        .service = p->service,
        .measure = text_or_null(p->measure),
        .kind = text_or_null(p->kind),
        .contact = text_or_null(p->contact),
        .text = p->text,
        .remedy = p->remedy,
        .working_days = p->working_days,
        .last30 = k->last30,
        .last90 = k->last90,
        .last365 = k->last365,
        .page_url = api_url(r, "/m/%.*s/services/%.*s", STRF(r->unit), STRF(p->service)),
    };
}

enum { P_UNIT, P_SERVICE };
static const struct api_param promise_params[] = {
    [P_UNIT] = API_UNIT_PARAM,
    [P_SERVICE] = {"service", IN_QUERY, API_CODE, .max = 40, .about = "Only of this service",
                   .example = "water"},
};

static enum err list_promises(struct api_call *c)
{
    struct req *r = c->r;
    struct unit_read u = {.c = c, .service = c->v[P_SERVICE].set ? c->v[P_SERVICE].s : STR_NULL};
    if (u.service.p && !catalogue_find(catalogue_get(r->app, r->arena), u.service)) {
        api_fault(c, "service", MSG_api_service_unknown);
        return ERR_INPUT;
    }
    enum err rc = req_read(r, promises_fn, &u);
    if (rc != ERR_OK)
        return rc;
    struct promise_view *v = ARENA_ARRAY(r->arena, struct promise_view, u.kept.n + 1);
    size_t n = 0;
    bool begun = !API_AFTER(c).set;
    for (size_t i = 0; i < u.kept.n; i++) {
        struct str id = arena_printf(r->arena, "%lld", (long long)u.kept.v[i].promise.id);
        if (begun && n == API_LIMIT(c)) {
            c->after = arena_printf(r->arena, "%lld", (long long)v[n - 1].id);
            break;
        }
        if (begun)
            v[n++] = promise_of(r, &u.kept.v[i]);
        begun = begun || str_eq(id, API_AFTER(c).s);
    }
    c->items = (struct api_list){v, n};
    return ERR_OK;
}

const struct api_endpoint api_unit_promises = {
    .id = "listPromises",
    .tag = "Services",
    .summary = "Promises of a municipality and how they were kept",
    .about = "Of the charters in force today. Each count opens to its records on the page for "
             "people.",
    .params = promise_params,
    .param_count = COUNT_OF(promise_params),
    .reply = &promise_schema,
    .page = true,
    .limit_max = 200,
    .keep_seconds = 60,
    .run = list_promises,
};
