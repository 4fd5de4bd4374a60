/*
 * Reading charters: versions and what they are today, promises in force, the promise that sets a
 * deadline. And the slice's descriptor.
 */
#include "services/charter/charter_internal.h"

#include "community/calendar/calendar.h"
#include "platform/core/clock.h"
#include "platform/jobs/jobs.h"
#include "platform/web/components.h"

const struct charter_state_def charter_states[CHARTER_STATE__MAX] = {
    [CHARTER_DRAFT] = {"draft", MSG_charter_state_draft, TONE_NEUTRAL},
    [CHARTER_CONSULTATION] = {"consultation", MSG_charter_state_consultation, TONE_WAIT},
    [CHARTER_DISCUSSED] = {"discussed", MSG_charter_state_discussed, TONE_NEUTRAL},
    [CHARTER_APPROVED] = {"approved", MSG_charter_state_approved, TONE_WAIT},
    [CHARTER_PUBLISHED] = {"published", MSG_charter_state_published, TONE_GOOD},
    [CHARTER_SUPERSEDED] = {"superseded", MSG_charter_state_superseded, TONE_NEUTRAL},
};

/* --- versions --- */

static enum charter_state state_of(const struct sql_charter_versions_row *row, bool newest,
                                   int64_t valid_to, int64_t today)
{
    if (str_eq(row->state, STR("published")))
        return valid_to < today ? CHARTER_SUPERSEDED : CHARTER_PUBLISHED;
    if (str_eq(row->state, STR("approved")))
        return CHARTER_APPROVED;
    if (str_eq(row->state, STR("consultation")))
        return newest && !row->consult_ended.p && today <= row->consult_to.v ? CHARTER_CONSULTATION
                                                                             : CHARTER_DISCUSSED;
    return CHARTER_DRAFT;
}

enum err charter_versions(struct tx *tx, struct arena *a, struct str unit, struct str service,
                          int64_t today, struct charter_versions *out)
{
    struct sql_charter_versions_rows rows;
    int64_t valid_to = INT64_MAX;
    enum err rc = sql_charter_versions(tx, a, &rows, .unit = unit, .service = service);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_charter_versions_row *row = &rows.v[i];
        bool newest = i == 0 || !str_eq(rows.v[i - 1].service, row->service);
        if (newest)
            valid_to = INT64_MAX;
        struct charter_version v = {
            .unit = unit,
            .service = row->service,
            .version = row->version,
            .revision = row->revision,
            .state = state_of(row, newest, valid_to, today),
            .newest = newest,
            .intro = {{row->intro_ky, row->intro_ru, row->intro_en}},
            .contact = row->contact,
            .consult_from = row->consult_from.v,
            .consult_to = row->consult_to.v,
            .consult_ended = row->consult_ended,
            .resolution = row->resolution,
            .resolution_day = row->resolution_day.v,
            .valid_from = row->valid_from.v,
            .valid_to = row->valid_from.set ? valid_to : 0,
            .digest = row->digest,
            .created_ms = row->created_ms,
            .published_ms = row->published_ms.v,
        };
        if (row->valid_from.set)
            valid_to = row->valid_from.v - 1;
        ARENA_PUSH(a, *out, v);
    }
    return rc;
}

const struct charter_version *charter_version_find(const struct charter_versions *all,
                                                   struct str service, int64_t version)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].version == version && str_eq(all->v[i].service, service))
            return &all->v[i];
    return NULL;
}

const struct charter_version *charter_in_force(const struct charter_versions *all,
                                               struct str service, int64_t today)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct charter_version *v = &all->v[i];
        if (v->state == CHARTER_PUBLISHED && v->valid_from <= today && str_eq(v->service, service))
            return v;
    }
    return NULL;
}

const struct charter_version *charter_working(const struct charter_versions *all,
                                              struct str service)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct charter_version *v = &all->v[i];
        if (v->newest && str_eq(v->service, service))
            return v->state < CHARTER_PUBLISHED ? v : NULL;
    }
    return NULL;
}

bool charter_is_public(const struct charter_version *v)
{
    return v->state >= CHARTER_PUBLISHED || v->consult_from != 0;
}

bool charter_is_open(const struct charter_version *v, int64_t today)
{
    return v->state == CHARTER_CONSULTATION && v->consult_from <= today;
}

/* --- promises --- */

struct promise charter_promise_row(const struct sql_charter_promises_get_row *row)
{
    return (struct promise){
        .id = row->id,
        .position = (int)row->position,
        .service = row->service,
        .version = row->version,
        .text = {{row->text_ky, row->text_ru, row->text_en}},
        .measure = row->measure,
        .kind = row->kind,
        .amount = row->amount,
        .working_days = row->working_days != 0,
        .remedy = {{row->remedy_ky, row->remedy_ru, row->remedy_en}},
        .contact = row->contact,
    };
}

enum err charter_promises_of(struct tx *tx, struct arena *a, const struct charter_version *v,
                             struct promises *out)
{
    struct sql_charter_promises_get_rows rows;
    enum err rc = sql_charter_promises_get(tx, a, &rows, .unit = v->unit, .service = v->service,
                                           .version = v->version);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out, charter_promise_row(&rows.v[i]));
    return rc;
}

static bool same_terms(const struct sql_charter_promises_published_row *x,
                       const struct sql_charter_promises_published_row *y)
{
    return str_eq(x->measure, y->measure) && str_eq(x->kind, y->kind) && x->amount == y->amount &&
           x->working_days == y->working_days;
}

/* Goes back from version to version while one of them has a promise of the same terms. */
static int64_t since_day(const struct sql_charter_promises_published_rows *rows, size_t at)
{
    const struct sql_charter_promises_published_row *row = &rows->v[at];
    int64_t since = row->valid_from, version = row->version;
    bool found = true;
    for (size_t i = at + 1; i < rows->n && str_eq(rows->v[i].service, row->service); i++) {
        const struct sql_charter_promises_published_row *before = &rows->v[i];
        if (before->version == row->version)
            continue;
        if (before->version != version) {
            if (!found)
                break;
            version = before->version;
            found = false;
        }
        if (!found && same_terms(before, row)) {
            found = true;
            since = before->valid_from;
        }
    }
    return since;
}

enum err charter_promises(struct tx *tx, struct arena *a, struct str unit, struct str service,
                          int64_t day, struct promises *out)
{
    struct sql_charter_promises_published_rows rows;
    enum err rc =
        sql_charter_promises_published(tx, a, &rows, .unit = unit, .service = service, .day = day);
    int64_t newest = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_charter_promises_published_row *row = &rows.v[i];
        if (i == 0 || !str_eq(rows.v[i - 1].service, row->service))
            newest = row->version;
        if (row->version != newest)
            continue;
        struct promise p = {
            .id = row->id,
            .position = (int)row->position,
            .service = row->service,
            .version = row->version,
            .since_day = since_day(&rows, i),
            .text = {{row->text_ky, row->text_ru, row->text_en}},
            .measure = row->measure,
            .kind = row->kind,
            .amount = row->amount,
            .working_days = row->working_days != 0,
            .remedy = {{row->remedy_ky, row->remedy_ru, row->remedy_en}},
            .contact = row->contact.n ? row->contact : row->charter_contact,
        };
        ARENA_PUSH(a, *out, p);
    }
    return rc;
}

/* --- deadlines --- */

static int64_t due_day(struct arena *a, const struct sql_charter_promises_deadline_row *row,
                       int64_t day)
{
    int64_t amount = row->amount < 0                    ? 0
                     : row->amount > CHARTER_MAX_AMOUNT ? CHARTER_MAX_AMOUNT
                                                        : row->amount;
    return row->working_days ? calendar_add_working_days(a, day, amount) : day + amount;
}

enum err charter_deadline(struct tx *tx, struct arena *a, struct str unit, struct str service,
                          struct str fault, int64_t day, struct promise *out)
{
    struct sql_charter_promises_deadline_rows rows;
    const struct sql_charter_promises_deadline_row *best = NULL;
    enum err rc = sql_charter_promises_deadline(tx, a, &rows, .unit = unit, .service = service,
                                                .fault = fault.p ? fault : STR(""), .day = day);
    /* About this very fault before about any; of two that fit alike the stricter one binds. */
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_charter_promises_deadline_row *row = &rows.v[i];
        bool exact = row->kind.n > 0;
        if (!best || (exact && !best->kind.n) ||
            (exact == (best->kind.n > 0) && due_day(a, row, day) < due_day(a, best, day)))
            best = row;
    }
    if (rc != ERR_OK || !best)
        return rc == ERR_OK ? ERR_NOT_FOUND : rc;
    *out = (struct promise){
        .id = best->id,
        .position = (int)best->position,
        .service = arena_str(a, service),
        .version = best->version,
        .since_day = best->valid_from,
        .text = {{best->text_ky, best->text_ru, best->text_en}},
        .measure = STR("resolve_within_days"),
        .kind = best->kind,
        .amount = best->amount,
        .working_days = best->working_days != 0,
        .remedy = {{best->remedy_ky, best->remedy_ru, best->remedy_en}},
        .contact = best->contact.n ? best->contact : best->charter_contact,
    };
    return ERR_OK;
}

enum err charter_consultations(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                               struct consultations *out)
{
    struct sql_charter_consultations_open_rows rows;
    enum err rc = sql_charter_consultations_open(tx, a, &rows, .unit = unit, .today = today);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(
            a, *out,
            ((struct consultation){rows.v[i].service, rows.v[i].version, rows.v[i].consult_to}));
    return rc;
}
