/*
 * The work list as data: which cases, in which order, from where on.
 *
 * A page is found by where it begins, not by how many rows lie before it: reports that come in
 * meanwhile neither repeat a row nor hide one. Five queries with the same conditions, each led by
 * the index of its order, so a page costs the same however long the history is.
 */
#include "voice/cases/cases_desk_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

#define NO_PROMISE 4000000 /* as the index cases_desk has it: behind every day */
#define WORDS_MAX 4

static const struct desk_edge lowest = {INT64_MIN, INT64_MIN, INT64_MIN};
static const struct desk_edge highest = {INT64_MAX, INT64_MAX, INT64_MAX};

struct str desk_edge_text(struct arena *a, struct desk_edge edge)
{
    return arena_printf(a, "%lld.%lld.%lld", (long long)edge.due, (long long)edge.ms,
                        (long long)edge.id);
}

bool desk_edge_parse(struct str text, struct desk_edge *out)
{
    int64_t *const parts[] = {&out->due, &out->ms, &out->id};
    struct str part;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!str_split(&text, '.', &part) || !str_to_i64(part, parts[i]))
            return false;
    return text.p == NULL;
}

struct desk_edge desk_edge_of(const struct desk_row *row, enum desk_sort sort)
{
    return (struct desk_edge){.due = row->due_day ? row->due_day : NO_PROMISE,
                              .ms = sort == DESK_BY_CHANGE ? row->changed_ms : row->created_ms,
                              .id = row->id};
}

static struct desk_row row_of(const struct sql_desk_due_row *r, int64_t today)
{
    struct desk_row row = {
        .id = r->id,
        .version = r->version,
        .number = r->number,
        .service = r->service,
        .fault = r->fault,
        .village = r->village,
        .street = r->street,
        .street_public = r->street_public,
        .words = r->words,
        .words_public = r->words_public,
        .answer = r->answer,
        .channel = r->channel,
        .duplicate_of = r->duplicate_of,
        .passed_to = r->passed_to,
        .hide = r->hide != 0,
        .held = r->held != 0,
        .look = r->look != 0,
        .open = r->open != 0,
        .state_ms = r->state_ms,
        .created_ms = r->created_ms,
        .changed_ms = r->changed_ms,
        .due_day = r->due_day.set ? r->due_day.v : 0,
        .answered_ms = r->answered_ms.set ? r->answered_ms.v : 0,
        .resolved_ms = r->resolved_ms.set ? r->resolved_ms.v : 0,
        .assignee = r->assignee,
        .support = r->support,
        .photos = r->photos,
        .stars = r->stars.set ? r->stars.v : 0,
    };
    int64_t until = r->open ? today : r->resolved_day.set ? r->resolved_day.v : 0;
    if (r->due_day.set && until > r->due_day.v)
        row.late_days = until - r->due_day.v;
    INVARIANT(case_state_parse(r->state, &row.state));
    return row;
}

/* Each word typed must begin a word of the report. */
static void words_of(struct arena *a, struct str typed, struct str patterns[WORDS_MAX])
{
    struct buf *key = buf_in(a);
    struct str rest, word;
    size_t n = 0;
    utf8_search_key(key, typed);
    for (rest = buf_view(key); n < WORDS_MAX && str_split(&rest, ' ', &word);)
        if (!str_empty(word))
            patterns[n++] = arena_printf(a, "%% %.*s%%", STRF(word));
    for (; n < WORDS_MAX; n++)
        patterns[n] = STR_NULL;
}

struct found_rows {
    const struct sql_desk_due_row *v;
    size_t n;
};

/* The queries have rows of the same columns but of different names. */
#define TAKE_ROWS(query_, ...)                                                                     \
    do {                                                                                           \
        struct sql_##query_##_rows rows_;                                                          \
        enum err rc_ = sql_##query_(tx, a, &rows_, CONDITIONS, __VA_ARGS__);                       \
        if (rc_ != ERR_OK)                                                                         \
            return rc_;                                                                            \
        _Static_assert(sizeof(*rows_.v) == sizeof(struct sql_desk_due_row), "same columns");       \
        *out = (struct found_rows){(const struct sql_desk_due_row *)(void *)rows_.v, rows_.n};     \
    } while (0)

#define CONDITIONS                                                                                 \
    .unit = f->unit, .service = f->service, .fault = f->fault, .village = f->village,              \
    .assignee = f->assignee, .states = states, .due = f->due, .today = today, .photo = f->photo,   \
    .look = f->look, .held = f->held, .word1 = words[0], .word2 = words[1], .word3 = words[2],     \
    .word4 = words[3], .from_ms = f->from_day ? day_start_ms(f->from_day) : INT64_MIN,             \
    .to_ms = f->to_day ? day_start_ms(f->to_day + 1) - 1 : INT64_MAX,                              \
    .limit = (int64_t)f->max + 1, .brief = f->brief

static enum err find_rows(struct tx *tx, struct arena *a, const struct desk_filter *f,
                          int64_t today, struct found_rows *out)
{
    struct str words[WORDS_MAX], states = case_states_text(a, f->states);
    bool open = case_all_open(f->states) || f->due != DESK_DUE_ANY;
    /* Towards larger values of the order's columns? */
    bool up = (f->sort == DESK_BY_DUE || f->sort == DESK_OLDEST) != f->back;
    struct desk_edge low = f->has_edge && up ? f->edge : lowest;
    struct desk_edge high = f->has_edge && !up ? f->edge : highest;
    words_of(a, f->words, words);

    if (f->sort == DESK_BY_DUE && open)
        TAKE_ROWS(desk_due, .low_due = low.due, .low_ms = low.ms, .low_id = low.id,
                  .high_due = high.due, .high_ms = high.ms, .high_id = high.id,
                  .order = up ? SQL_DESK_DUE_RISING : SQL_DESK_DUE_FALLING);
    else if (f->sort == DESK_BY_CHANGE)
        TAKE_ROWS(desk_change, .low_ms = low.ms, .low_id = low.id, .high_ms = high.ms,
                  .high_id = high.id,
                  .order = up ? SQL_DESK_CHANGE_RISING : SQL_DESK_CHANGE_FALLING);
    else if (f->look)
        TAKE_ROWS(desk_look, .low_ms = low.ms, .low_id = low.id, .high_ms = high.ms,
                  .high_id = high.id, .order = up ? SQL_DESK_LOOK_RISING : SQL_DESK_LOOK_FALLING);
    else if (open)
        TAKE_ROWS(desk_open, .low_ms = low.ms, .low_id = low.id, .high_ms = high.ms,
                  .high_id = high.id, .order = up ? SQL_DESK_OPEN_RISING : SQL_DESK_OPEN_FALLING);
    else
        TAKE_ROWS(desk_time, .low_ms = low.ms, .low_id = low.id, .high_ms = high.ms,
                  .high_id = high.id, .order = up ? SQL_DESK_TIME_RISING : SQL_DESK_TIME_FALLING);
    return ERR_OK;
}

/* A number read out over the telephone, in whatever letters it was typed. */
static bool number_typed(struct arena *a, struct str typed, struct str *number)
{
    return !str_empty(typed) && id_number_parse(a, typed, number);
}

static enum err find_number(struct tx *tx, struct arena *a, const struct desk_filter *f,
                            struct str number, int64_t today, struct found_rows *out)
{
    struct sql_case_get_row c = {0};
    struct str unit;
    int64_t id;
    enum err rc = ERR_OK;
    TRY(cases_find(tx, a, number, &unit, &id));
    if (!str_eq(unit, f->unit))
        goto out;
    TRY(sql_case_get(tx, a, &c, .unit = unit, .id = id));
    struct desk_filter one = {.unit = f->unit,
                              .held = true,
                              .sort = DESK_NEWEST,
                              .has_edge = true,
                              .edge = {.ms = c.created_ms, .id = id + 1},
                              .max = 1,
                              .brief = f->brief};
    TRY(find_rows(tx, a, &one, today, out));
    out->n = out->n > 0 && out->v[0].id == id;
out:
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err desk_list(struct tx *tx, struct arena *a, const struct desk_filter *f, int64_t today,
                   struct desk_rows *out)
{
    struct found_rows rows = {0};
    struct str number;
    enum err rc = number_typed(a, f->words, &number) ? find_number(tx, a, f, number, today, &rows)
                                                     : find_rows(tx, a, f, today, &rows);
    *out = (struct desk_rows){0};
    if (rc != ERR_OK)
        return rc;
    out->more = rows.n > f->max;
    size_t n = out->more ? f->max : rows.n;
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(a, *out, row_of(&rows.v[f->back ? n - 1 - i : i], today));
    return ERR_OK;
}
