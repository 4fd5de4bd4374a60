/*
 * What an indicator says: out of the kept totals of a counter, or out of the values that were
 * entered. Both give the same rows, put together by the indicator's one rule.
 */
#include "programme/results/results_internal.h"

#include <stdlib.h>

/* --- from a counter --- */

static struct str value_at(const struct tally_row *row, int d)
{
    return d >= 0 ? row->values[d] : STR_NULL;
}

static bool same_place(const struct result_row *x, struct str place)
{
    return (x->place.p != NULL) == (place.p != NULL) && str_eq(x->place, place);
}

static bool same_values(const struct result_row *x, const struct str *values)
{
    for (int d = 0; d < TALLY_DIMENSIONS; d++)
        if ((x->values[d].p != NULL) != (values[d].p != NULL) || !str_eq(x->values[d], values[d]))
            return false;
    return true;
}

static struct tally_ask counter_ask(const struct result_ask *ask, const struct counter *counter)
{
    struct tally_ask t = {.counter = counter,
                          .unit = ask->unit,
                          .by_place = ask->by_place,
                          .bounds = ask->bounds,
                          .periods = ask->periods};
    for (int d = 0; d < TALLY_DIMENSIONS; d++)
        t.keep[d] = counter->dimensions[d] && (ask->split == RESULT_SPLIT_ALL || ask->split == d);
    return t;
}

static int64_t number_of(const struct result_ask *ask, const struct tally_row *row)
{
    if (ask->indicator->rule == RULE_PERSONS)
        return row->people;
    if (ask->indicator->rule == RULE_UNITS)
        return row->amount > 0;
    return row->amount;
}

/* Municipalities that have more than nothing: one row each, put together here. */
static void count_units(struct arena *a, const struct tally_rows *rows, struct result_rows *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct tally_row *row = &rows->v[i];
        struct result_row *found = NULL;
        for (size_t k = 0; k < out->n && !found; k++)
            if (out->v[k].period == row->period && same_values(&out->v[k], row->values))
                found = &out->v[k];
        if (!found) {
            struct result_row fresh = {.period = row->period};
            memcpy(fresh.values, row->values, sizeof fresh.values);
            ARENA_PUSH(a, *out, fresh);
            found = &out->v[out->n - 1];
        }
        found->amount += row->amount > 0;
    }
}

static enum err read_counter(struct tx *tx, struct arena *a, const struct result_ask *ask,
                             struct result_rows *out)
{
    const struct result_indicator *i = ask->indicator;
    struct tally_ask t = counter_ask(ask, i->counter);
    struct tally_rows rows = {0};
    bool fold = i->rule == RULE_UNITS && !ask->by_place && !ask->unit.p;
    enum err rc = ERR_OK;
    t.by_place = ask->by_place || fold;
    TRY(results_filter(a, i->counter, i->filters, t.want));
    TRY(tally_read(tx, a, &t, &rows));
    if (fold) {
        count_units(a, &rows, out);
        goto out;
    }
    for (size_t k = 0; k < rows.n; k++) {
        struct result_row row = {.place = rows.v[k].place,
                                 .period = rows.v[k].period,
                                 .amount = number_of(ask, &rows.v[k])};
        memcpy(row.values, rows.v[k].values, sizeof row.values);
        ARENA_PUSH(a, *out, row);
    }
out:
    return rc;
}

/* The denominators: by place and period, and by the same dimension where that counter has it. */
static enum err read_base(struct tx *tx, struct arena *a, const struct result_ask *ask,
                          struct result_rows *out)
{
    const struct result_indicator *i = ask->indicator;
    const struct counter *base = i->base_counter;
    struct tally_rows rows = {0};
    int from[TALLY_DIMENSIONS] = {-1, -1, -1, -1};
    enum err rc = ERR_OK;
    struct tally_ask t = {.counter = base,
                          .unit = ask->unit,
                          .by_place = ask->by_place,
                          .bounds = ask->bounds,
                          .periods = ask->periods};
    for (int d = 0; d < TALLY_DIMENSIONS && i->counter->dimensions[d]; d++) {
        if (ask->split != RESULT_SPLIT_ALL && ask->split != d)
            continue;
        from[d] = tally_dimension_of(base, str_from(i->counter->dimensions[d]->code));
        if (from[d] >= 0)
            t.keep[from[d]] = true;
    }
    TRY(results_filter(a, base, i->base_filters, t.want));
    TRY(tally_read(tx, a, &t, &rows));
    for (size_t k = 0; k < rows.n; k++) {
        struct str values[TALLY_DIMENSIONS];
        struct result_row *found = NULL;
        for (int d = 0; d < TALLY_DIMENSIONS; d++)
            values[d] = value_at(&rows.v[k], from[d]);
        for (size_t n = 0; n < out->n && !found; n++)
            if (out->v[n].period == rows.v[k].period && same_place(&out->v[n], rows.v[k].place) &&
                same_values(&out->v[n], values))
                found = &out->v[n];
        if (!found) { /* a denominator without any numerator is a share of zero */
            struct result_row fresh = {.place = rows.v[k].place, .period = rows.v[k].period};
            memcpy(fresh.values, values, sizeof fresh.values);
            ARENA_PUSH(a, *out, fresh);
            found = &out->v[out->n - 1];
        }
        found->base = I64(rows.v[k].amount + found->base.v);
    }
out:
    return rc;
}

/* --- from values that were entered --- */

struct item {
    struct str unit, value; /* of the dimension told apart */
    struct str cell, shape; /* shape: the dimensions that the cell names, "age,sex" */
    int64_t id, to_month, amount;
    struct i64_opt base;
    size_t period;
};
struct items {
    struct item *v;
    size_t n, cap;
};
struct gathering {
    struct arena *a;
    const struct result_ask *ask;
    const struct result_dimensions *dimensions;
    struct items items;
};

static bool period_of(const struct result_ask *ask, int64_t from, int64_t to, size_t *out)
{
    for (size_t p = 0; p < ask->periods; p++)
        if (from >= ask->bounds[p] && to <= ask->bounds[p + 1]) {
            *out = p;
            return true;
        }
    return false; /* it lies across a border: it belongs to none of these periods */
}

static enum err take_row(void *arg, const struct sql_results_value_rows_row *row)
{
    struct gathering *g = arg;
    struct item item = {
        .id = row->id, .to_month = row->to_month, .amount = row->amount, .base = row->base};
    if (period_of(g->ask, row->from_month, row->to_month, &item.period)) {
        item.unit = arena_str(g->a, row->unit);
        ARENA_PUSH(g->a, g->items, item);
    }
    return ERR_OK;
}

static enum err take_sum(void *arg, const struct sql_results_value_sums_row *row)
{
    struct gathering *g = arg;
    struct item item = {
        .unit = STR("*"), .to_month = row->to_month, .amount = row->amount, .base = I64(row->base)};
    if (period_of(g->ask, row->from_month, row->to_month, &item.period))
        ARENA_PUSH(g->a, g->items, item);
    return ERR_OK;
}

/* The member of that dimension in "age=15-29;sex=f"; NULL view when the cell does not name it. */
static struct str member_of(struct str cell, struct str dimension)
{
    struct str rest = cell, part;
    while (str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        if (at > 0 && str_eq(str_slice(part, 0, (size_t)at), dimension))
            return str_slice(part, (size_t)at + 1, part.n);
    }
    return STR_NULL;
}

static struct str shape_of(struct arena *a, struct str cell)
{
    struct buf *out = buf_in(a);
    struct str rest = cell, part;
    while (str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        if (out->n)
            buf_char(out, ',');
        buf_str(out, str_slice(part, 0, at > 0 ? (size_t)at : 0));
    }
    return buf_view(out);
}

static bool crosses_overlapping(const struct gathering *g, struct str shape, struct str own)
{
    struct str rest = shape, part;
    while (str_split(&rest, ',', &part))
        for (size_t d = 0; d < g->dimensions->n; d++)
            if (g->dimensions->v[d].overlapping && str_eq(g->dimensions->v[d].code, part) &&
                !str_eq(part, own))
                return true;
    return false;
}

static enum err take_cell(void *arg, const struct sql_results_value_cells_row *row)
{
    struct gathering *g = arg;
    struct str own = g->dimensions->v[g->ask->split].code;
    struct item item = {
        .id = row->id, .to_month = row->to_month, .amount = row->amount, .base = row->base};
    struct str value = member_of(row->cell, own);
    if (!value.p || !period_of(g->ask, row->from_month, row->to_month, &item.period))
        return ERR_OK;
    item.shape = shape_of(g->a, row->cell);
    if (crosses_overlapping(g, item.shape, own))
        return ERR_OK;
    item.value = arena_str(g->a, value);
    item.unit = arena_str(g->a, row->unit);
    ARENA_PUSH(g->a, g->items, item);
    return ERR_OK;
}

static int by_value(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int order = str_compare(a->unit, b->unit);
    if (order == 0)
        order = (a->id > b->id) - (a->id < b->id);
    if (order == 0) /* the plainest division first */
        order = (a->shape.n > b->shape.n) - (a->shape.n < b->shape.n);
    return order ? order : str_compare(a->shape, b->shape);
}

/* Of the ways in which one value was divided, one: or people would be counted twice. */
static void keep_one_shape(struct items *items)
{
    size_t kept = 0;
    if (items->n > 1)
        qsort(items->v, items->n, sizeof *items->v, by_value);
    struct str shape = STR_NULL;
    for (size_t i = 0; i < items->n; i++) {
        const struct item *x = &items->v[i];
        if (i == 0 || x->id != items->v[i - 1].id || !str_eq(x->unit, items->v[i - 1].unit))
            shape = x->shape;
        if (str_eq(shape, x->shape))
            items->v[kept++] = *x;
    }
    items->n = kept;
}

static int by_cell(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int order = (a->period > b->period) - (a->period < b->period);
    if (order == 0)
        order = str_compare(a->value, b->value);
    if (order == 0)
        order = str_compare(a->unit, b->unit);
    return order ? order : (a->to_month > b->to_month) - (a->to_month < b->to_month);
}

static void add(struct result_row *into, enum result_rule rule, int64_t amount, struct i64_opt base,
                bool fresh)
{
    if (rule == RULE_MAX && !fresh) {
        if (amount > into->amount)
            into->amount = amount;
        return;
    }
    into->amount = fresh ? amount : into->amount + amount;
    if (base.set)
        into->base = I64(fresh ? base.v : into->base.v + base.v);
}

/* Items in the order of by_cell: first what one municipality has in the period, then these. */
static void put_together(struct arena *a, const struct result_ask *ask, const struct items *items,
                         struct result_rows *out)
{
    enum result_rule rule = ask->indicator->rule;
    for (size_t i = 0; i < items->n;) {
        struct result_row own = {0};
        const struct item *first = &items->v[i];
        size_t n = 0;
        for (; i < items->n; i++, n++) {
            const struct item *x = &items->v[i];
            if (x->period != first->period || !str_eq(x->unit, first->unit) ||
                !str_eq(x->value, first->value))
                break;
            /* Of several states the latest holds: they come in the order of their ends. */
            add(&own, rule, x->amount, x->base, n == 0 || rule == RULE_LAST);
        }
        if (rule == RULE_NONE && n > 1)
            continue;
        if (rule == RULE_UNITS)
            own.amount = own.amount > 0;
        own.period = first->period;
        if (ask->split >= 0)
            own.values[ask->split] = first->value;
        if (ask->by_place) {
            own.place = first->unit;
            ARENA_PUSH(a, *out, own);
            continue;
        }
        size_t before = out->n;
        if (before == 0 || out->v[before - 1].period != own.period ||
            !same_values(&out->v[before - 1], own.values)) {
            ARENA_PUSH(a, *out, own);
            continue;
        }
        struct result_row *last = &out->v[before - 1];
        if (rule == RULE_NONE)
            last->base = I64(-1); /* two municipalities: no number is theirs together */
        else
            add(last, rule, own.amount, own.base, false);
    }
}

static void drop_without_number(struct result_rows *out, enum result_rule rule, bool by_place)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (rule != RULE_NONE || by_place || !out->v[i].base.set || out->v[i].base.v != -1)
            out->v[kept++] = out->v[i];
    out->n = kept;
}

static int by_place_period(const void *x, const void *y)
{
    const struct result_row *a = x, *b = y;
    int order = str_compare(a->place, b->place);
    if (order == 0)
        order = (a->period > b->period) - (a->period < b->period);
    for (int d = 0; order == 0 && d < TALLY_DIMENSIONS; d++)
        order = str_compare(a->values[d], b->values[d]);
    return order;
}

static enum err read_entered(struct tx *tx, struct arena *a, const struct result_ask *ask,
                             struct result_rows *out)
{
    struct result_dimensions dimensions;
    struct gathering g = {.a = a, .ask = ask, .dimensions = &dimensions};
    const struct result_indicator *i = ask->indicator;
    int64_t first = ask->bounds[0], end = ask->bounds[ask->periods];
    bool adds_up = i->rule == RULE_SUM || i->rule == RULE_RATIO;
    enum err rc = ERR_OK;
    TRY(results_dimensions(tx, a, LANG_EN, i, &dimensions));
    if (ask->unit.p && ask->by_place) /* nobody enters by village */
        goto out;
    if (ask->split >= (int)dimensions.n)
        goto out;
    if (ask->split >= 0) {
        TRY(sql_results_value_cells(tx, take_cell, &g, .indicator = i->code, .kind = STR("actual"),
                                    .unit = ask->unit, .from_month = first, .to_month = end,
                                    .verified = !ask->unverified));
        keep_one_shape(&g.items);
    } else if (adds_up && !ask->unit.p && !ask->by_place) {
        TRY(sql_results_value_sums(tx, take_sum, &g, .indicator = i->code, .kind = STR("actual"),
                                   .from_month = first, .to_month = end,
                                   .verified = !ask->unverified));
    } else {
        TRY(sql_results_value_rows(tx, take_row, &g, .indicator = i->code, .kind = STR("actual"),
                                   .unit = ask->unit, .from_month = first, .to_month = end,
                                   .verified = !ask->unverified));
    }
    if (g.items.n > 1)
        qsort(g.items.v, g.items.n, sizeof *g.items.v, by_cell);
    put_together(a, ask, &g.items, out);
    drop_without_number(out, i->rule, ask->by_place);
    for (size_t k = 0; k < out->n && i->measure != MEASURE_RATIO; k++)
        out->v[k].base = I64_NONE;
out:
    return rc;
}

enum err results_read(struct tx *tx, struct arena *a, const struct result_ask *ask,
                      struct result_rows *out)
{
    const struct result_indicator *i = ask->indicator;
    enum err rc = ERR_OK;
    *out = (struct result_rows){0};
    if (results_is_entered(i)) {
        TRY(read_entered(tx, a, ask, out));
    } else if (i->counter && (i->measure != MEASURE_RATIO || i->base_counter)) {
        TRY(read_counter(tx, a, ask, out));
        if (i->measure == MEASURE_RATIO)
            TRY(read_base(tx, a, ask, out));
    }
    if (out->n > 1)
        qsort(out->v, out->n, sizeof *out->v, by_place_period);
out:
    return rc;
}

enum err results_number(struct tx *tx, struct arena *a, const struct result_indicator *i,
                        struct str unit, int64_t from, int64_t to, struct result_number *out)
{
    int64_t bounds[2] = {from, to};
    struct result_rows rows = {0};
    struct result_ask ask = {
        .indicator = i, .unit = unit, .split = RESULT_SPLIT_NONE, .bounds = bounds, .periods = 1};
    enum err rc = results_read(tx, a, &ask, &rows);
    *out = (struct result_number){0};
    if (rc == ERR_OK && rows.n == 1)
        *out = (struct result_number){true, rows.v[0].amount, rows.v[0].base};
    return rc;
}
