/*
 * The registry of a municipality: which services it provides, through whom, since when, under which
 * decision. A change opens a new line, so that what residents were shown can be read back.
 */
#include "services/catalogue/catalogue_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

static const struct {
    const char *code;
    enum msg name;
} modes[MODE__MAX] = {
    [MODE_OWN] = {"own", MSG_catalogue_mode_own},
    [MODE_ENTERPRISE] = {"enterprise", MSG_catalogue_mode_enterprise},
    [MODE_WATER_USERS] = {"water_users", MSG_catalogue_mode_water_users},
    [MODE_ENTREPRENEUR] = {"entrepreneur", MSG_catalogue_mode_entrepreneur},
    [MODE_OTHER_UNIT] = {"other_unit", MSG_catalogue_mode_other_unit},
    [MODE_JOINT] = {"joint", MSG_catalogue_mode_joint},
};

const char *service_mode_code(enum service_mode m)
{
    INVARIANT((unsigned)m < MODE__MAX);
    return modes[m].code;
}

bool service_mode_parse(struct str code, enum service_mode *out)
{
    for (int m = 0; m < MODE__MAX; m++)
        if (str_eq(code, str_from(modes[m].code))) {
            *out = (enum service_mode)m;
            return true;
        }
    return false;
}

enum msg service_mode_message(enum service_mode m)
{
    INVARIANT((unsigned)m < MODE__MAX);
    return modes[m].name;
}

void catalogue_fault(struct arena *a, struct catalogue_faults *faults, struct catalogue_fault f)
{
    ARENA_PUSH(a, *faults, f);
}

enum err catalogue_unit_services(struct tx *tx, struct arena *a, struct str unit,
                                 struct unit_services *out)
{
    struct sql_unit_services_rows rows;
    enum err rc = sql_unit_services(tx, a, &rows, .unit = unit);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_unit_services_row *row = &rows.v[i];
        struct unit_service service = {
            .service = row->service,
            .provider_name = row->provider_name,
            .provider_phone = row->provider_phone,
            .provider_id = row->provider_id.set ? row->provider_id.v : 0,
            .mode = row->mode,
            .since_day = row->since_day,
            .decision = row->decision,
            .note = row->note,
            .active = row->provided != 0,
            .people_served = row->people,
        };
        ARENA_PUSH(a, *out, service);
    }
    return ERR_OK;
}

/* --- a change of the registry --- */

/* A provider must be named unless the aiyl okmotu does it itself or joins with others, and must be
 * of the kind that was chosen. */
static enum err check_provider(struct tx *tx, struct arena *a, const struct service_entry *e,
                               struct catalogue_faults *faults)
{
    struct providers all = {0};
    if (!e->provided || e->mode == MODE_OWN || (e->mode == MODE_JOINT && !e->provider_id))
        return ERR_OK;
    enum err rc = catalogue_providers(tx, a, e->unit, &all);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < all.n; i++) {
        if (all.v[i].id != e->provider_id || !all.v[i].active)
            continue;
        if (e->mode != MODE_JOINT && all.v[i].kind != e->mode)
            catalogue_fault(
                a, faults,
                (struct catalogue_fault){ENTRY_PROVIDER, MSG_catalogue_fault_provider_kind, {{0}}});
        return ERR_OK;
    }
    catalogue_fault(a, faults,
                    (struct catalogue_fault){ENTRY_PROVIDER, MSG_catalogue_fault_provider, {{0}}});
    return ERR_OK;
}

/* Entries follow each other in time, so that "what was true on a day" has one answer. The first one
 * may be corrected to an earlier day. */
static void check_since(struct arena *a, const struct service_entry *e,
                        const struct sql_registry_history_rows *history,
                        struct catalogue_faults *faults)
{
    if (e->since_day > day_today())
        catalogue_fault(
            a, faults,
            (struct catalogue_fault){ENTRY_SINCE, MSG_catalogue_fault_since_future, {{0}}});
    else if (history->n > 1 && e->since_day < history->v[0].since_day)
        catalogue_fault(a, faults,
                        (struct catalogue_fault){ENTRY_SINCE,
                                                 MSG_catalogue_fault_since_before,
                                                 {ARG_DATE("day", history->v[0].since_day)}});
}

static bool same_entry(const struct sql_registry_history_row *row, const struct service_entry *e,
                       struct i64_opt provider)
{
    return row->provided == e->provided && row->since_day == e->since_day &&
           str_eq(row->mode, str_from(service_mode_code(e->mode))) &&
           row->provider_id.set == provider.set && row->provider_id.v == provider.v &&
           str_eq(row->decision, e->decision) && str_eq(row->note, e->note);
}

enum err catalogue_set_service(struct app *app, struct tx *tx, struct arena *a,
                               const struct service_entry *entry, bool *changed,
                               struct catalogue_faults *faults)
{
    enum err rc = ERR_OK;
    struct service_entry e = *entry;
    struct sql_registry_history_rows history;
    *changed = false;
    if (!catalogue_find(catalogue_get(app, a), e.service))
        FAIL(ERR_NOT_FOUND);
    if (!e.provided)
        e.mode = MODE_OWN;
    if (!e.decision.p)
        e.decision = STR("");
    if (!e.note.p)
        e.note = STR("");
    bool named = e.mode != MODE_OWN && e.provider_id;
    struct i64_opt provider = named ? I64(e.provider_id) : I64_NONE;
    TRY(check_provider(tx, a, &e, faults));
    TRY(sql_registry_history(tx, a, &history, .unit = e.unit, .service = e.service));
    check_since(a, &e, &history, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (history.n && same_entry(&history.v[0], &e, provider))
        goto out;
    if (e.seen != (history.n ? history.v[0].id : 0))
        FAIL(ERR_CONFLICT);
    if (history.n)
        TRY(sql_registry_close(tx, NULL, .unit = e.unit, .service = e.service,
                               .id = history.v[0].id));
    TRY(sql_registry_put(tx, NULL, .unit = e.unit, .service = e.service, .id = id_new(),
                         .mode = str_from(service_mode_code(e.mode)), .provider_id = provider,
                         .since_day = e.since_day, .decision = e.decision, .note = e.note,
                         .provided = e.provided, .recorded_ms = e.at_ms ? e.at_ms : clock_now_ms(),
                         .recorded_by = e.person));
    *changed = true;
out:
    return rc;
}

/* --- providers --- */

enum err catalogue_providers(struct tx *tx, struct arena *a, struct str unit, struct providers *out)
{
    struct sql_provider_list_rows rows;
    enum err rc = sql_provider_list(tx, a, &rows, .unit = unit);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_provider_list_row *row = &rows.v[i];
        struct provider p = {.id = row->id,
                             .name = row->name,
                             .kind = MODE_ENTERPRISE,
                             .phone = row->phone,
                             .email = row->email,
                             .active = row->active != 0,
                             .services = row->services};
        if (!service_mode_parse(row->kind, &p.kind))
            p.kind = MODE_ENTERPRISE;
        ARENA_PUSH(a, *out, p);
    }
    return ERR_OK;
}

enum err catalogue_add_provider(struct tx *tx, struct str unit, const struct provider *p)
{
    return sql_provider_put(tx, NULL, .unit = unit, .id = p->id, .name = p->name,
                            .kind = str_from(service_mode_code(p->kind)), .phone = p->phone,
                            .email = p->email, .created_ms = clock_now_ms());
}

enum err catalogue_add_member(struct tx *tx, struct str unit, int64_t provider_id,
                              int64_t person_id)
{
    return sql_provider_member_put(tx, NULL, .unit = unit, .provider_id = provider_id,
                                   .person_id = person_id);
}

enum err catalogue_providers_of(struct tx *tx, struct arena *a, struct str unit, int64_t person_id,
                                struct provider_ids *out)
{
    struct sql_providers_of_person_rows rows;
    enum err rc = sql_providers_of_person(tx, a, &rows, .unit = unit, .person_id = person_id);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(a, *out, rows.v[i].provider_id);
    return ERR_OK;
}

/* --- mergers --- */

/* The successor takes over the providers, every service that it does not have itself, and the
 * counts in force of the villages that come to it. What was recorded stays where it was. */
/* The cells that a merger touches, under both codes. */
static enum err tell_merger(struct tx *tx, struct arena *a, struct str from, struct str into,
                            const struct sql_coverage_in_force_rows *counts, int sign)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < counts->n; i++) {
        const struct sql_coverage_in_force_row *c = &counts->v[i];
        TRY(coverage_tell(tx, a, from, c->service, c->village, c->level, sign));
        TRY(coverage_tell(tx, a, into, c->service, c->village, c->level, sign));
    }
out:
    return rc;
}

enum err catalogue_merged(struct app *app, struct tx *tx, struct str from, struct str into,
                          int64_t day)
{
    struct arena *a = arena_new();
    enum err rc = ERR_OK;
    struct unit_services old = {0}, own = {0};
    struct sql_coverage_in_force_rows counts;
    (void)app;
    TRY(sql_provider_take_over(tx, NULL, .from_unit = from, .into_unit = into));
    TRY(sql_provider_member_take_over(tx, NULL, .from_unit = from, .into_unit = into));
    TRY(catalogue_unit_services(tx, a, from, &old));
    TRY(catalogue_unit_services(tx, a, into, &own));
    for (size_t i = 0; i < old.n; i++) {
        const struct unit_service *s = &old.v[i];
        bool there = !s->active;
        for (size_t k = 0; k < own.n; k++)
            there = there || str_eq(own.v[k].service, s->service);
        if (there)
            continue;
        TRY(sql_registry_put(tx, NULL, .unit = into, .service = s->service, .id = id_new(),
                             .mode = s->mode,
                             .provider_id = s->provider_id ? I64(s->provider_id) : I64_NONE,
                             .since_day = day, .decision = s->decision, .note = s->note,
                             .provided = 1, .recorded_ms = clock_now_ms(), .recorded_by = 0));
    }
    TRY(sql_coverage_in_force(tx, a, &counts, .unit = from));
    TRY(tell_merger(tx, a, from, into, &counts, -1));
    for (size_t i = 0; i < counts.n; i++)
        TRY(sql_coverage_take_over(tx, NULL, .from_unit = from, .id = counts.v[i].id,
                                   .into_unit = into, .new_id = id_new(), .at_ms = clock_now_ms(),
                                   .day = day));
    TRY(sql_coverage_hand_over(tx, NULL, .unit = from, .day = day));
    TRY(tell_merger(tx, a, from, into, &counts, 1));
out:
    arena_free(a);
    return rc;
}
