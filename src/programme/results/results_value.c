/*
 * Values that people enter: whether they hold together, and their way from draft to locked. Nothing
 * is overwritten: a correction is a row of its own, which takes the place of the other only when
 * somebody else has verified it.
 */
#include "programme/results/results_value.h"

#include <stdlib.h>

static const struct {
    const char *code, *before, *after;
} steps[STEP__MAX] = {
    [STEP_SUBMIT] = {"submit", "draft", "submitted"},
    [STEP_RETURN] = {"return", "submitted", "draft"},
    [STEP_VERIFY] = {"verify", "submitted", "verified"},
    [STEP_LOCK] = {"lock", "verified", "locked"},
};

const char *results_step_code(enum result_step step)
{
    INVARIANT((unsigned)step < STEP__MAX);
    return steps[step].code;
}

enum err results_members(struct tx *tx, struct arena *a, struct result_members *out)
{
    enum err rc = ERR_OK;
    TRY(sql_results_dimensions(tx, a, &out->dimensions));
    TRY(sql_results_members(tx, a, &out->members));
out:
    return rc;
}

bool results_amount_parse(struct str s, int decimals, int64_t *out)
{
    struct buf *digits;
    struct arena *a = arena_new();
    ptrdiff_t dot = str_find_char(s, '.');
    size_t after = dot < 0 ? 0 : s.n - (size_t)dot - 1;
    bool ok =
        s.n > 0 && s.n <= 24 && after <= (size_t)decimals && !(dot >= 0 && after == 0) && dot != 0;
    digits = buf_in(a);
    if (ok) {
        buf_str(digits, str_slice(s, 0, dot < 0 ? s.n : (size_t)dot));
        if (dot >= 0)
            buf_str(digits, str_slice(s, (size_t)dot + 1, after));
        for (size_t i = after; i < (size_t)decimals; i++)
            buf_char(digits, '0');
        ok = str_to_i64(buf_view(digits), out);
    }
    arena_free(a);
    return ok;
}

/* --- cells --- */

static bool in_list(struct str list, struct str code)
{
    struct str rest = list, part;
    while (list.n && str_split(&rest, ',', &part))
        if (str_eq(part, code))
            return true;
    return false;
}

static bool member_known(const struct result_members *m, struct str dimension, struct str code)
{
    if (str_eq(code, TALLY_UNKNOWN))
        return true;
    for (size_t i = 0; i < m->members.n; i++)
        if (str_eq(m->members.v[i].dimension, dimension) && str_eq(m->members.v[i].code, code))
            return true;
    return false;
}

static int by_text(const void *x, const void *y)
{
    return str_compare(*(const struct str *)x, *(const struct str *)y);
}

enum msg results_cell_normal(struct arena *a, const struct result_members *m,
                             const struct result_indicator *i, struct str cell, struct str *out)
{
    struct str parts[TALLY_DIMENSIONS], rest = cell, part;
    size_t n = 0;
    *out = STR("");
    while (cell.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        struct str dimension = str_slice(part, 0, at > 0 ? (size_t)at : 0);
        if (at <= 0 || n == TALLY_DIMENSIONS || !in_list(i->dimensions, dimension))
            return MSG_results_fault_dimension;
        if (!member_known(m, dimension, str_slice(part, (size_t)at + 1, part.n)))
            return MSG_results_fault_member;
        parts[n++] = part;
    }
    if (n > 1)
        qsort(parts, n, sizeof *parts, by_text);
    struct buf *text = buf_in(a);
    for (size_t k = 0; k < n; k++) {
        ptrdiff_t at = str_find_char(parts[k], '=');
        if (k > 0 && str_starts(parts[k - 1], str_slice(parts[k], 0, (size_t)at + 1)))
            return MSG_results_fault_dimension; /* named twice */
        if (k > 0)
            buf_char(text, ';');
        buf_str(text, parts[k]);
    }
    *out = buf_view(text);
    return MSG_NONE;
}

/* "age,sex" of "age=15-29;sex=f", and whether a person may be in several of its cells. */
static struct str shape_of(struct arena *a, const struct result_members *m, struct str cell,
                           bool *overlapping)
{
    struct buf *out = buf_in(a);
    struct str rest = cell, part;
    *overlapping = false;
    while (str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        struct str dimension = str_slice(part, 0, at > 0 ? (size_t)at : 0);
        for (size_t d = 0; d < m->dimensions.n; d++)
            if (str_eq(m->dimensions.v[d].code, dimension))
                *overlapping = *overlapping || m->dimensions.v[d].overlapping != 0;
        if (out->n)
            buf_char(out, ',');
        buf_str(out, dimension);
    }
    return buf_view(out);
}

struct shape {
    struct str name;
    bool overlapping;
    int64_t amount, base;
    ptrdiff_t last;
};

static enum msg check_cells(struct arena *a, const struct result_members *m,
                            const struct result_entry *e, ptrdiff_t *bad)
{
    struct {
        struct shape *v;
        size_t n, cap;
    } shapes = {0};
    for (size_t c = 0; c < e->cell_count; c++) {
        const struct result_cell *cell = &e->cells[c];
        bool overlapping;
        struct str name = shape_of(a, m, cell->cell, &overlapping);
        struct shape *s = NULL;
        *bad = (ptrdiff_t)c;
        for (size_t k = 0; k < c; k++)
            if (str_eq(e->cells[k].cell, cell->cell))
                return MSG_results_fault_twice;
        if (cell->amount < 0)
            return MSG_results_fault_negative;
        if (cell->base.set != e->base.set)
            return MSG_results_fault_base;
        if (overlapping && (cell->amount > e->amount || cell->base.v > e->base.v))
            return MSG_results_fault_larger;
        for (size_t k = 0; k < shapes.n && !s; k++)
            if (str_eq(shapes.v[k].name, name))
                s = &shapes.v[k];
        if (!s) {
            ARENA_PUSH(a, shapes, ((struct shape){.name = name, .overlapping = overlapping}));
            s = &shapes.v[shapes.n - 1];
        }
        s->amount += cell->amount;
        s->base += cell->base.v;
        s->last = (ptrdiff_t)c;
    }
    for (size_t k = 0; k < shapes.n; k++) {
        const struct shape *s = &shapes.v[k];
        *bad = s->last;
        if (!s->overlapping && (s->amount != e->amount || s->base != e->base.v))
            return MSG_results_fault_partition;
    }
    *bad = -1;
    return MSG_NONE;
}

enum msg results_value_check(struct arena *a, const struct result_members *m,
                             const struct result_entry *e, int64_t today, ptrdiff_t *bad)
{
    const struct result_indicator *i = e->indicator;
    bool actual = str_eq(e->kind, STR("actual"));
    ptrdiff_t unused;
    if (!bad)
        bad = &unused;
    *bad = -1;
    if (!text3_get(&i->definition, LANG_EN).n)
        return MSG_results_fault_no_definition;
    if (!actual && !str_eq(e->kind, STR("target")) && !str_eq(e->kind, STR("baseline")))
        return MSG_results_fault_kind;
    if (actual && !results_is_entered(i))
        return MSG_results_fault_counted;
    if (e->from >= e->to || e->from < 1991 * 12)
        return MSG_results_fault_period;
    if (actual && tally_month_start(e->from) > today)
        return MSG_results_fault_future;
    if (!str_eq(e->grade, STR("A")) && !str_eq(e->grade, STR("B")) && !str_eq(e->grade, STR("C")) &&
        !str_eq(e->grade, STR("D")))
        return MSG_results_fault_grade;
    if (i->measure == MEASURE_TEXT)
        return e->words.n ? MSG_NONE : MSG_results_fault_words;
    if (e->amount < 0)
        return MSG_results_fault_negative;
    if ((i->measure == MEASURE_RATIO) != e->base.set || (e->base.set && e->base.v < 1))
        return MSG_results_fault_base;
    return check_cells(a, m, e, bad);
}

/* --- entering --- */

static bool is_draft(struct str state)
{
    return str_eq(state, STR("draft")) || str_eq(state, STR("submitted"));
}

/* Actual values never share a month. A target of a year may lie within one of the whole time. */
static bool lies_across(const struct result_entry *e,
                        const struct sql_results_value_meets_row *other)
{
    bool same = other->from_month == e->from && other->to_month == e->to;
    bool within = (other->from_month <= e->from && other->to_month >= e->to) ||
                  (other->from_month >= e->from && other->to_month <= e->to);
    if (str_eq(e->kind, STR("actual")))
        return !same;
    return !same && !within;
}

static enum err make_room(struct tx *tx, struct arena *a, const struct result_entry *e,
                          int64_t *replaces, enum msg *why_not)
{
    struct sql_results_value_meets_rows there;
    enum err rc = ERR_OK;
    TRY(sql_results_value_meets(tx, a, &there, .unit = e->unit, .indicator = e->indicator->code,
                                .kind = e->kind, .from_month = e->from, .to_month = e->to));
    for (size_t k = 0; k < there.n; k++) {
        const struct sql_results_value_meets_row *other = &there.v[k];
        bool same = other->from_month == e->from && other->to_month == e->to;
        if (lies_across(e, other)) {
            *why_not = MSG_results_fault_overlap;
            FAIL(ERR_INPUT);
        }
        if (!same || e->corrects == other->id)
            continue;
        if (e->corrects || !is_draft(other->state)) {
            *why_not = MSG_results_fault_correct;
            FAIL(ERR_INPUT);
        }
        *replaces = other->id;
        TRY(sql_results_value_force(tx, NULL, .unit = e->unit, .id = other->id, .in_force = 0));
    }
out:
    return rc;
}

static enum err check_correction(struct tx *tx, struct arena *a, const struct result_entry *e,
                                 enum msg *why_not)
{
    struct sql_results_value_get_row old;
    enum err rc = sql_results_value_get(tx, a, &old, .unit = e->unit, .id = e->corrects);
    if (rc != ERR_OK)
        return rc;
    if (!e->why.n) {
        *why_not = MSG_results_fault_why;
        return ERR_INPUT;
    }
    if (!old.in_force || is_draft(old.state) || !str_eq(old.indicator, e->indicator->code) ||
        !str_eq(old.kind, e->kind) || old.from_month != e->from || old.to_month != e->to) {
        *why_not = MSG_results_fault_correct;
        return ERR_INPUT;
    }
    return ERR_OK;
}

enum err results_value_enter(struct tx *tx, struct arena *a, const struct result_members *m,
                             const struct result_entry *e, enum msg *why_not)
{
    int64_t replaces = 0;
    enum err rc = ERR_OK;
    *why_not = results_value_check(a, m, e, day_today(), NULL);
    if (*why_not != MSG_NONE)
        return ERR_INPUT;
    if (e->corrects)
        TRY(check_correction(tx, a, e, why_not));
    TRY(make_room(tx, a, e, &replaces, why_not));
    TRY(sql_results_value_put(
        tx, NULL, .unit = e->unit, .id = e->id, .indicator = e->indicator->code,
        .version = e->indicator->version, .kind = e->kind, .from_month = e->from, .to_month = e->to,
        .amount = e->amount, .base = e->base, .words = e->words.p ? e->words : STR(""),
        .source = e->source.p ? e->source : STR("entered"), .state = STR("draft"),
        .grade = e->grade, .in_force = e->corrects ? 0 : 1,
        .supersedes = e->corrects ? e->corrects : replaces, .why = e->why.p ? e->why : STR(""),
        .note = e->note.p ? e->note : STR(""), .recorded_ms = clock_now_ms(),
        .recorded_by = e->person));
    for (size_t c = 0; c < e->cell_count; c++)
        TRY(sql_results_cell_put(tx, NULL, .unit = e->unit, .value = e->id,
                                 .cell = e->cells[c].cell, .amount = e->cells[c].amount,
                                 .base = e->cells[c].base));
    TRY(sql_results_step_put(tx, NULL, .unit = e->unit, .value = e->id, .id = id_new(),
                             .step = e->corrects ? STR("correct") : STR("enter"),
                             .note = e->why.p ? e->why : STR(""), .at_ms = clock_now_ms(),
                             .person = e->person));
out:
    return rc;
}

enum err results_value_step(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                            enum result_step step, struct str grade, struct str note,
                            int64_t person)
{
    struct sql_results_value_get_row v;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    INVARIANT((unsigned)step < STEP__MAX);
    TRY(sql_results_value_get(tx, a, &v, .unit = unit, .id = id));
    bool judges = step == STEP_VERIFY || step == STEP_LOCK;
    if (judges && person != 0 && v.recorded_by == person)
        FAIL(ERR_DENIED);
    /* What gave way to another entry goes nowhere any more. */
    bool correction = v.supersedes && !v.in_force && v.why.n;
    if (!v.in_force && !correction)
        FAIL(ERR_CONFLICT);
    TRY(sql_results_value_state(
        tx, &changed, .unit = unit, .id = id, .before = str_from(steps[step].before),
        .after = str_from(steps[step].after), .grade = grade.n ? grade : v.grade));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (step == STEP_VERIFY && correction) {
        TRY(sql_results_value_force(tx, NULL, .unit = unit, .id = v.supersedes, .in_force = 0));
        TRY(sql_results_value_force(tx, NULL, .unit = unit, .id = id, .in_force = 1));
    }
    TRY(sql_results_step_put(tx, NULL, .unit = unit, .value = id, .id = id_new(),
                             .step = str_from(steps[step].code), .note = note.p ? note : STR(""),
                             .at_ms = clock_now_ms(), .person = person));
out:
    return rc;
}
