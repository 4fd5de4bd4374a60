/*
 * What the pages of a registry and of its coverage have in common: the public ones and those of the
 * desk show the same figures from the same records.
 */
#include "services/catalogue/catalogue_read.h"
#include "platform/core/figure.h"

#include <math.h>

struct str catalogue_service_name(struct req *r, struct str service)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), service);
    return kind ? text3_get(&kind->name, r->ui.lang) : service;
}

enum err catalogue_route_service(struct req *r, const struct service_kind **kind)
{
    *kind = catalogue_find(catalogue_get(r->app, r->arena), req_param(r, "service"));
    return *kind ? ERR_OK : ERR_NOT_FOUND;
}

/* --- the registry --- */

struct registry_reading {
    struct req *r;
    struct unit_services services;
};

static enum err read_registry(struct tx *tx, void *arg)
{
    struct registry_reading *reading = arg;
    reading->services = (struct unit_services){0};
    return catalogue_unit_services(tx, reading->r->arena, reading->r->unit, &reading->services);
}

/* "+996700123456" as "+996 700 123 456". */
static struct str phone_as_said(struct arena *a, struct str phone)
{
    if (phone.n != 13 || !str_starts(phone, STR("+996")))
        return phone;
    return arena_printf(a, "%.4s %.3s %.3s %.3s", phone.p, phone.p + 4, phone.p + 7, phone.p + 10);
}

static struct registry_row row_of(struct req *r, const struct service_kind *kind,
                                  const struct unit_service *s, const char *area)
{
    const struct place *unit = places_unit(r);
    struct registry_row row = {
        .code = kind->code,
        .href =
            arena_printf(r->arena, "/%s/%.*s/services/%.*s", area, STRF(r->unit), STRF(kind->code)),
        .coverage_href = arena_printf(r->arena, "/m/%.*s/services/%.*s/coverage", STRF(r->unit),
                                      STRF(kind->code)),
        .icon = kind->icon,
        .name = text3_get(&kind->name, r->ui.lang),
        .text = text3_get(&kind->description, r->ui.lang),
        .share = -1,
    };
    if (!s)
        return row;
    enum service_mode mode = MODE_OWN;
    if (!service_mode_parse(s->mode, &mode))
        mode = MODE_OWN;
    row.recorded = true;
    row.provided = s->active;
    row.mode = service_mode_message(mode);
    row.provider = s->provider_name;
    if (s->provider_phone.n) {
        row.phone = phone_as_said(r->arena, s->provider_phone);
        row.phone_href = arena_printf(r->arena, "tel:%.*s", STRF(s->provider_phone));
    }
    row.since_day = s->since_day;
    row.decision = s->decision;
    row.note = s->note;
    row.people = s->people_served;
    if (unit->population > 0)
        row.share = (double)s->people_served / (double)unit->population;
    return row;
}

enum err catalogue_read_registry(struct req *r, const char *area, struct registry_view *v)
{
    struct registry_reading reading = {.r = r};
    enum err rc = req_read(r, read_registry, &reading);
    if (rc != ERR_OK)
        return rc;
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct place *unit = places_unit(r);
    *v = (struct registry_view){
        .unit_name = place_name(unit, r->ui.lang),
        .base = arena_printf(r->arena, "/%s/%.*s", area, STRF(r->unit)),
        .population = unit->population,
        .xlsx = arena_printf(r->arena, "/m/%.*s/services.xlsx", STRF(r->unit)),
        .csv = arena_printf(r->arena, "/m/%.*s/services.csv", STRF(r->unit)),
        .providers_href = arena_printf(r->arena, "/desk/%.*s/providers", STRF(r->unit)),
    };
    /* In the order of the catalogue, which is that of the residents' interest. */
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct service_kind *kind = &catalogue->v[i];
        const struct unit_service *found = NULL;
        for (size_t k = 0; k < reading.services.n; k++)
            if (str_eq(reading.services.v[k].service, kind->code))
                found = &reading.services.v[k];
        struct registry_row row = row_of(r, kind, found, area);
        if (row.provided)
            ARENA_PUSH(r->arena, v->provided, row);
        else
            ARENA_PUSH(r->arena, v->others, row);
    }
    return ERR_OK;
}

/* --- coverage --- */

struct coverage_reading {
    struct req *r;
    const struct service_kind *kind;
    struct coverage_records records;
};

static enum err read_coverage(struct tx *tx, void *arg)
{
    struct coverage_reading *reading = arg;
    reading->records = (struct coverage_records){0};
    return catalogue_coverage(tx, reading->r->arena, reading->r->unit, reading->kind->code,
                              &reading->records);
}

static const struct service_level *find_level(const struct service_kind *kind, struct str code,
                                              size_t *index)
{
    for (size_t i = 0; i < kind->level_count && i < CATALOGUE_LEVELS_MAX; i++)
        if (str_eq(kind->levels[i].code, code)) {
            *index = i;
            return &kind->levels[i];
        }
    return NULL;
}

/* Rank 0 is life without the service. */
static bool is_served(const struct service_kind *kind, struct str level)
{
    size_t index = 0;
    const struct service_level *l = find_level(kind, level, &index);
    return !l || l->rank > 0;
}

static struct village_row *village_of(struct coverage_view *v, const struct place *unit,
                                      struct str code)
{
    for (size_t i = 0; i < unit->child_count; i++)
        if (str_eq(unit->children[i]->code, code))
            return &v->villages.v[i];
    return NULL;
}

static void list_villages(struct req *r, struct coverage_view *v)
{
    const struct place *unit = places_unit(r);
    for (size_t i = 0; i < unit->child_count; i++) {
        struct village_row row = {.name = place_name(unit->children[i], r->ui.lang),
                                  .population = unit->children[i]->population,
                                  .counted = -1,
                                  .share = -1};
        for (int l = 0; l < CATALOGUE_LEVELS_MAX; l++)
            row.level[l] = -1;
        ARENA_PUSH(r->arena, v->villages, row);
    }
}

static enum msg method_message(struct str code)
{
    enum count_method m;
    return count_method_parse(code, &m) ? count_method_message(m) : MSG_common_unknown;
}

static void add_to_village(const struct coverage_record *c, const struct service_kind *kind,
                           struct village_row *row)
{
    size_t level = 0;
    row->counted = (row->counted < 0 ? 0 : row->counted) + c->people;
    if (is_served(kind, c->level))
        row->served += c->people;
    if (find_level(kind, c->level, &level))
        row->level[level] = c->people;
    if (c->day >= row->day) {
        row->day = c->day;
        row->method = method_message(c->method);
    }
}

static struct record_row record_of(struct req *r, const struct coverage_view *v,
                                   const struct service_kind *kind, const struct coverage_record *c)
{
    size_t index = 0;
    const struct service_level *level = find_level(kind, c->level, &index);
    const struct place *village = territory_find(territory_get(r->app, r->arena), c->village);
    struct record_row row = {
        .id = c->id,
        .day = c->day,
        .people = c->people,
        .recorded_ms = c->recorded_ms,
        .women = c->women,
        .village = village ? place_name(village, r->ui.lang) : c->village,
        .village_code = c->village,
        .level = level ? text3_get(&level->name, r->ui.lang) : STR(""),
        .note = c->note,
        .method = method_message(c->method),
        .withdrawn = c->withdrawn,
        .in_force = c->in_force,
        .withdrawn_ms = c->withdrawn_ms,
        .why = c->withdrawn_why,
        .replaced_by_import = str_eq(c->withdrawn_why, STR("import")),
    };
    struct buf *day = buf_in(r->arena);
    lang_date_short(day, r->ui.lang, c->day);
    row.day_short = buf_view(day);
    if (c->evidence.file.p && (c->evidence.is_public || v->desk)) {
        row.evidence_name = c->evidence.name;
        row.evidence_href = arena_printf(r->arena, "/m/%.*s/services/%.*s/coverage/%lld/evidence",
                                         STRF(r->unit), STRF(kind->code), (long long)c->id);
    }
    if (v->desk)
        row.withdraw_href =
            arena_printf(r->arena, "/desk/%.*s/services/%.*s/coverage/%lld/withdraw", STRF(r->unit),
                         STRF(kind->code), (long long)c->id);
    return row;
}

/* People served at the end of a day, from all records that were not withdrawn. Records come newest
 * first, so the first one found of a village and level up to that day is the one in force then. */
static int64_t served_on(const struct coverage_records *all, const struct service_kind *kind,
                         int64_t day)
{
    int64_t people = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct coverage_record *c = &all->v[i];
        bool older = false;
        if (c->withdrawn || c->day > day || !is_served(kind, c->level))
            continue;
        for (size_t k = 0; k < i && !older; k++) {
            const struct coverage_record *d = &all->v[k];
            older = !d->withdrawn && d->day <= day && str_eq(d->village, c->village) &&
                    str_eq(d->level, c->level);
        }
        people += older ? 0 : c->people;
    }
    return people;
}

#define HISTORY_POINTS 12

static void fill_history(struct req *r, const struct coverage_records *all,
                         const struct service_kind *kind, struct coverage_view *v)
{
    int64_t days[HISTORY_POINTS];
    size_t n = 0;
    for (size_t i = 0; i < all->n && n < HISTORY_POINTS; i++)
        if (!all->v[i].withdrawn && (n == 0 || all->v[i].day != days[n - 1]))
            days[n++] = all->v[i].day;
    while (n-- > 0) {
        struct buf *label = buf_in(r->arena);
        lang_date_short(label, r->ui.lang, days[n]);
        ARENA_PUSH(r->arena, v->history,
                   ((struct chart_point){buf_view(label), (double)served_on(all, kind, days[n])}));
    }
    v->chart = (struct chart){.title = msg_text(r->ui.lang, MSG_catalogue_history),
                              .unit = msg_text(r->ui.lang, MSG_catalogue_unit_people),
                              .v = v->history.v,
                              .n = v->history.n,
                              .target = NAN};
}

static double share_of(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : -1;
}

enum err catalogue_read_coverage(struct req *r, const struct service_kind *kind, bool desk,
                                 struct coverage_view *v)
{
    struct coverage_reading reading = {.r = r, .kind = kind};
    const struct place *unit = places_unit(r);
    enum err rc = req_read(r, read_coverage, &reading);
    if (rc != ERR_OK)
        return rc;
    *v = (struct coverage_view){
        .service_name = text3_get(&kind->name, r->ui.lang),
        .icon = kind->icon,
        .base = arena_printf(r->arena, "/m/%.*s/services/%.*s", STRF(r->unit), STRF(kind->code)),
        .population = unit->population,
        .desk = desk,
    };
    v->xlsx = arena_printf(r->arena, "%.*s/coverage.xlsx", STRF(v->base));
    v->csv = arena_printf(r->arena, "%.*s/coverage.csv", STRF(v->base));
    for (size_t i = 0; i < kind->level_count && i < CATALOGUE_LEVELS_MAX; i++)
        ARENA_PUSH(r->arena, v->levels, text3_get(&kind->levels[i].name, r->ui.lang));
    list_villages(r, v);
    for (size_t i = 0; i < reading.records.n; i++) {
        const struct coverage_record *c = &reading.records.v[i];
        struct village_row *village = village_of(v, unit, c->village);
        struct record_row row = record_of(r, v, kind, c);
        if (!c->in_force) {
            ARENA_PUSH(r->arena, v->earlier, row);
            continue;
        }
        ARENA_PUSH(r->arena, v->records, row);
        v->served += is_served(kind, c->level) ? c->people : 0;
        if (c->day > v->last_day)
            v->last_day = c->day;
        if (village)
            add_to_village(c, kind, village);
    }
    for (size_t i = 0; i < v->villages.n; i++) {
        struct village_row *row = &v->villages.v[i];
        bool few = !desk && figure_is_few(row->served);
        row->share = row->counted < 0 || few ? -1 : share_of(row->served, row->population);
        v->counted_villages += row->counted >= 0;
    }
    v->share = !desk && figure_is_few(v->served) ? -1 : share_of(v->served, v->population);
    fill_history(r, &reading.records, kind, v);
    return ERR_OK;
}
