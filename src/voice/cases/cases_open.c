/*
 * Cases for machines: Open311, the JSON API, downloads. One way to search, and what hangs on the
 * cases found asked for all of them at once. Reports whose reporter asked for privacy never come
 * out of here (cases_open.sql).
 */
#include "voice/cases/cases_internal.h"

#include "platform/core/id.h"

#include <stddef.h>

/* Rows of a search hold the columns of the public view first, then the municipality. */
#define TAKE_FOUND(rows_)                                                                          \
    do {                                                                                           \
        _Static_assert(offsetof(__typeof__(*rows_.v), unit) == sizeof(struct sql_public_get_row),  \
                       "the same columns, then the unit");                                         \
        out->v = ARENA_ARRAY(a, struct case_public, rows_.n);                                      \
        out->cap = rows_.n;                                                                        \
        for (size_t i_ = 0; i_ < rows_.n; i_++)                                                    \
            ARENA_PUSH(a, *out,                                                                    \
                       case_public_of(rows_.v[i_].unit,                                            \
                                      (const struct sql_public_get_row *)(void *)&rows_.v[i_],     \
                                      today));                                                     \
    } while (0)

static struct str json_list(struct arena *a, const struct str *v, size_t n)
{
    struct buf *out = buf_in(a);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        /* Codes and numbers, checked by the caller: nothing to escape. */
        INVARIANT(str_find_char(v[i], '"') < 0 && str_find_char(v[i], '\\') < 0);
        buf_printf(out, "%s\"%.*s\"", i ? "," : "", STRF(v[i]));
    }
    buf_char(out, ']');
    return buf_view(out);
}

static struct str codes_text(struct arena *a, const struct case_search *s)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; i < s->code_count; i++)
        buf_printf(out, ",%.*s", STRF(s->codes[i]));
    buf_char(out, ',');
    return s->code_count ? buf_view(out) : STR_NULL;
}

#define SEARCH_FILTERS                                                                             \
    .service = s->service, .village = s->village, .codes = codes_text(a, s),                       \
    .states = case_states_text(a, s->states), .from_ms = s->from_ms, .to_ms = to,                  \
    .edge_ms = s->edge_ms, .edge_id = s->edge_id, .skip = (int64_t)s->skip,                        \
    .limit = (int64_t)s->max + 1

enum err cases_search(struct tx *tx, struct arena *a, const struct case_search *s, int64_t today,
                      struct case_list *out)
{
    enum err rc = ERR_OK;
    int64_t to = s->to_ms ? s->to_ms : INT64_MAX;
    INVARIANT(s->unit_count > 0);
    *out = (struct case_list){0};
    if (s->edge_ms && s->edge_ms < to)
        to = s->edge_ms;
    if (s->unit_count == 1) {
        struct sql_search_unit_rows rows;
        TRY(sql_search_unit(tx, a, &rows, .unit = s->units[0], SEARCH_FILTERS));
        TAKE_FOUND(rows);
    } else {
        struct sql_search_units_rows rows;
        TRY(sql_search_units(tx, a, &rows, .units = json_list(a, s->units, s->unit_count),
                             SEARCH_FILTERS));
        TAKE_FOUND(rows);
    }
    out->more = out->n > s->max;
    if (out->more)
        out->n = s->max;
out:
    return rc;
}

enum err cases_by_numbers(struct tx *tx, struct arena *a, const struct str *numbers, size_t n,
                          int64_t today, struct case_list *out)
{
    struct sql_search_numbers_rows rows;
    struct str *known = ARENA_ARRAY(a, struct str, n + 1);
    size_t count = 0;
    *out = (struct case_list){0};
    for (size_t i = 0; i < n; i++)
        count += id_number_parse(a, numbers[i], &known[count]);
    if (count == 0)
        return ERR_OK;
    enum err rc = sql_search_numbers(tx, a, &rows, .numbers = json_list(a, known, count));
    if (rc == ERR_OK)
        TAKE_FOUND(rows);
    return rc;
}

/* --- what hangs on them --- */

/* The ids of the list's cases of one municipality, as a JSON list; NULL when it was asked for. */
static struct str ids_of_unit(struct arena *a, const struct case_list *list, size_t first)
{
    struct buf *out = buf_in(a);
    struct str unit = list->v[first].unit;
    for (size_t i = 0; i < first; i++)
        if (str_eq(list->v[i].unit, unit))
            return STR_NULL;
    for (size_t i = first; i < list->n; i++)
        if (str_eq(list->v[i].unit, unit))
            buf_printf(out, "%c%lld", i == first ? '[' : ',', (long long)list->v[i].id);
    buf_char(out, ']');
    return buf_view(out);
}

enum err cases_notes(struct tx *tx, struct arena *a, const struct case_list *list,
                     struct case_notes *out)
{
    enum err rc = ERR_OK;
    *out = (struct case_notes){0};
    for (size_t i = 0; i < list->n; i++) {
        struct sql_search_notes_rows rows;
        struct str ids = ids_of_unit(a, list, i);
        if (!ids.p)
            continue;
        TRY(sql_search_notes(tx, a, &rows, .unit = list->v[i].unit, .ids = ids));
        for (size_t k = 0; k < rows.n; k++) {
            struct case_note note = {
                .case_id = rows.v[k].case_id, .at_ms = rows.v[k].at_ms, .words = rows.v[k].words};
            note.has_state = rows.v[k].state.p && case_state_parse(rows.v[k].state, &note.state);
            ARENA_PUSH(a, *out, note);
        }
    }
out:
    return rc;
}

enum err cases_photo_refs(struct tx *tx, struct arena *a, const struct case_list *list,
                          struct case_photo_refs *out)
{
    enum err rc = ERR_OK;
    struct case_list with = {0};
    *out = (struct case_photo_refs){0};
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].photos > 0)
            ARENA_PUSH(a, with, list->v[i]);
    for (size_t i = 0; i < with.n; i++) {
        struct sql_search_photos_rows rows;
        struct str ids = ids_of_unit(a, &with, i);
        if (!ids.p)
            continue;
        TRY(sql_search_photos(tx, a, &rows, .unit = with.v[i].unit, .ids = ids));
        for (size_t k = 0; k < rows.n; k++)
            ARENA_PUSH(a, *out, ((struct case_photo_ref){rows.v[k].case_id, rows.v[k].id}));
    }
out:
    return rc;
}
