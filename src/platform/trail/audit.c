/* Rows of the audit, written and listed; see audit.h. */
#include "platform/trail/audit.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/trail_sql.h"

static struct str or_empty(struct str s)
{
    return s.p ? s : STR("");
}

enum err audit_write(struct tx *tx, const struct actor *actor, struct str unit,
                     enum audit_kind kind, const char *action, int64_t person, struct str object,
                     struct str detail)
{
    return sql_audit_add(tx, NULL, .unit = unit, .id = id_new(), .at_ms = clock_now_ms(),
                         .actor = actor ? actor->person_id : 0, .action = str_from(action),
                         .is_read = kind == AUDIT_READ, .person = person ? I64(person) : I64_NONE,
                         .object = or_empty(object), .detail = or_empty(detail));
}

#define COPY_ROW(r)                                                                                \
    {                                                                                              \
        .unit = (r)->unit, .id = (r)->id, .at_ms = (r)->at_ms, .actor = (r)->actor,                \
        .action = (r)->action, .kind = (r)->is_read ? AUDIT_READ : AUDIT_DID,                      \
        .person = (r)->person.set ? (r)->person.v : 0, .object = (r)->object,                      \
        .detail = (r)->detail                                                                      \
    }

static int64_t before(int64_t id)
{
    return id ? id : INT64_MAX;
}

enum err audit_of_unit(struct tx *tx, struct arena *a, struct str unit,
                       const struct audit_filter *filter, int64_t before_id, int limit,
                       struct audit_rows *out)
{
    struct sql_audit_unit_rows rows;
    *out = (struct audit_rows){0};
    enum err rc = sql_audit_unit(
        tx, a, &rows, .unit = unit, .before = before(before_id), .from_ms = filter->from_ms,
        .to_ms = filter->to_ms ? filter->to_ms : INT64_MAX, .actor = filter->actor,
        .person = filter->person, .reads_only = filter->reads_only, .limit = limit);
    if (rc != ERR_OK)
        return rc;
    out->v = ARENA_ARRAY(a, struct audit_row, rows.n);
    for (; out->n < rows.n; out->n++)
        out->v[out->n] = (struct audit_row)COPY_ROW(&rows.v[out->n]);
    return ERR_OK;
}

enum err audit_of_person(struct tx *tx, struct arena *a, int64_t person, int64_t before_id,
                         int limit, struct audit_rows *out)
{
    struct sql_audit_person_rows rows;
    *out = (struct audit_rows){0};
    enum err rc = sql_audit_person(tx, a, &rows, .person = person, .before = before(before_id),
                                   .limit = limit);
    if (rc != ERR_OK)
        return rc;
    out->v = ARENA_ARRAY(a, struct audit_row, rows.n);
    for (; out->n < rows.n; out->n++)
        out->v[out->n] = (struct audit_row)COPY_ROW(&rows.v[out->n]);
    return ERR_OK;
}
