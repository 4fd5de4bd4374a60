/*
 * Municipalities: the list, and one with its villages.
 */
#include "front/api/api_describe.h"
#include "platform/core/figure.h"
#include <math.h>

static const char *kind_value(size_t i)
{
    static const enum place_kind kinds[] = {PLACE_AIMAK, PLACE_CITY_RAION, PLACE_CITY_OBLAST,
                                            PLACE_CITY_REPUBLICAN};
    return i < COUNT_OF(kinds) ? place_kind_code(kinds[i]) : NULL;
}

/* --- shapes --- */

struct unit_summary {
    struct str code, kind, raion, oblast;
    struct text3 name;
    struct i64_opt population, population_year;
    double lat, lon;
    bool partner;
    struct str page_url;
};
#define SUMMARY_FIELDS(type_)                                                                      \
    API_FIELD(type_, code, API_STR, "SOATE code; also the jurisdiction_id of Open311"),            \
        API_FIELD_ENUM(type_, kind, kind_value, "Aiyl aimak or a kind of city"),                   \
        API_FIELD(type_, name, API_TEXT3, "Name in three languages"),                              \
        API_FIELD_NULL(type_, raion, API_STR, "Code of its raion, where it has one"),              \
        API_FIELD(type_, oblast, API_STR, "Code of its oblast or republican city"),                \
        API_FIELD_NULL(type_, population, API_OPT, "People, of population_year"),                  \
        API_FIELD_NULL(type_, population_year, API_OPT, "Year of the population"),                 \
        API_FIELD_NULL(type_, lat, API_NUMBER, "Latitude of a point in it (WGS84)"),               \
        API_FIELD_NULL(type_, lon, API_NUMBER, "Longitude"),                                       \
        API_FIELD(type_, partner, API_BOOL, "Whether the programme supports it"),                  \
        API_FIELD(type_, page_url, API_URL, "Its page for people")
static const struct api_field summary_fields[] = {SUMMARY_FIELDS(struct unit_summary)};
static const struct api_schema summary_schema =
    API_SCHEMA("Municipality", struct unit_summary, summary_fields, "A municipality of today");

struct village {
    struct str code;
    struct text3 name;
    struct i64_opt population;
    double lat, lon;
};
static const struct api_field village_fields[] = {
    API_FIELD(struct village, code, API_STR, "SOATE code; also the address_id of Open311"),
    API_FIELD(struct village, name, API_TEXT3, "Name in three languages"),
    API_FIELD_NULL(struct village, population, API_OPT,
                   "People of the latest count; null where unknown, and below 10"),
    API_FIELD_NULL(struct village, lat, API_NUMBER, "Latitude (WGS84)"),
    API_FIELD_NULL(struct village, lon, API_NUMBER, "Longitude"),
};
static const struct api_schema village_schema =
    API_SCHEMA("Village", struct village, village_fields, "A village, the stable unit");

struct unit_detail {
    struct unit_summary s;
    struct api_list villages;
    struct api_strs predecessors;
};
/* The summary stands first in the struct, so its places are the same. */
_Static_assert(offsetof(struct unit_detail, s) == 0, "the summary is first");
static const struct api_field detail_fields[] = {
    SUMMARY_FIELDS(struct unit_summary),
    API_FIELD_OF(struct unit_detail, villages, API_LIST, &village_schema, "Its villages"),
    API_FIELD(struct unit_detail, predecessors, API_STRS,
              "Codes of municipalities that merged into it; their addresses lead here"),
};
static const struct api_schema detail_schema =
    API_SCHEMA("MunicipalityDetail", struct unit_detail, detail_fields,
               "A municipality with its villages and its history");

/* --- filling --- */

static struct i64_opt people(int64_t n)
{
    return n > 0 && !figure_is_few(n) ? I64(n) : I64_NONE;
}

static struct unit_summary summary_of(struct req *r, const struct place *p)
{
    const struct place *oblast = place_oblast(p);
    return (struct unit_summary){
        .code = p->code,
        .kind = str_from(place_kind_code(p->kind)),
        .raion = p->parent && p->parent->kind == PLACE_RAION ? p->parent->code : STR_NULL,
        .oblast = oblast ? oblast->code : p->code,
        .name = p->name,
        .population = people(p->population),
        .population_year = p->population > 0 ? I64(p->population_year) : I64_NONE,
        .lat = p->has_point ? p->lat : (double)NAN,
        .lon = p->has_point ? p->lon : (double)NAN,
        .partner = p->partner,
        .page_url = api_url(r, "/m/%.*s", STRF(p->code)),
    };
}

enum { L_OBLAST, L_PARTNER };
static const struct api_param list_params[] = {
    [L_OBLAST] = {"oblast", IN_QUERY, API_CODE, .max = 14,
                  .about = "Only those of this oblast or raion (SOATE code)",
                  .example = "41704000000000"},
    [L_PARTNER] = {"partner", IN_QUERY, API_BOOL, .about = "Only those the programme supports"},
};

static enum err list(struct api_call *c)
{
    struct req *r = c->r;
    const struct territory *t = territory_get(r->app, r->arena);
    const struct place *within = NULL;
    struct {
        struct unit_summary *v;
        size_t n, cap;
    } out = {0};
    if (c->v[L_OBLAST].set) {
        within = territory_find(t, c->v[L_OBLAST].s);
        if (!within) {
            api_fault(c, "oblast", MSG_api_place_unknown);
            return ERR_INPUT;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p) || p->successor || p->valid_to != INT64_MAX ||
            (within && !place_within(p, within)) ||
            (c->v[L_PARTNER].set && p->partner != c->v[L_PARTNER].b) ||
            (API_AFTER(c).set && str_compare(p->code, API_AFTER(c).s) <= 0))
            continue;
        if (out.n > 0 && out.n == API_LIMIT(c)) {
            c->after = out.v[out.n - 1].code;
            break;
        }
        ARENA_PUSH(r->arena, out, summary_of(r, p));
    }
    c->items = (struct api_list){out.v, out.n};
    return ERR_OK;
}

const struct api_endpoint api_municipalities = {
    .id = "listMunicipalities",
    .tag = "Municipalities",
    .summary = "Municipalities of the country",
    .about = "In the order of their codes.",
    .params = list_params,
    .param_count = COUNT_OF(list_params),
    .reply = &summary_schema,
    .page = true,
    .limit_max = 500,
    .keep_seconds = 300,
    .run = list,
};

static const struct api_param one_params[] = {API_UNIT_PARAM};

static enum err one(struct api_call *c)
{
    struct req *r = c->r;
    const struct place *p = places_unit(r);
    struct unit_detail *d = ARENA_NEW(r->arena, struct unit_detail);
    struct village *villages = ARENA_ARRAY(r->arena, struct village, p->child_count + 1);
    struct place_codes family = place_family(r->arena, p);
    size_t n = 0;
    d->s = summary_of(r, p);
    for (size_t i = 0; i < p->child_count; i++) {
        const struct place *v = p->children[i];
        if (v->kind != PLACE_VILLAGE)
            continue;
        villages[n++] = (struct village){.code = v->code,
                                         .name = v->name,
                                         .population = people(v->population),
                                         .lat = v->has_point ? v->lat : (double)NAN,
                                         .lon = v->has_point ? v->lon : (double)NAN};
    }
    d->villages = (struct api_list){villages, n};
    d->predecessors = (struct api_strs){family.v + 1, family.n - 1};
    c->reply = d;
    return ERR_OK;
}

const struct api_endpoint api_municipality = {
    .id = "getMunicipality",
    .tag = "Municipalities",
    .summary = "One municipality with its villages",
    .about = "The code of a merged municipality or of a village redirects to the municipality "
             "that it belongs to today; so do all addresses below this one.",
    .params = one_params,
    .param_count = COUNT_OF(one_params),
    .reply = &detail_schema,
    .keep_seconds = 300,
    .run = one,
};
