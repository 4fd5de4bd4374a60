/*
 * Asking for totals: rows are streamed from the store and put together here by place, period and
 * the dimensions that are told apart.
 *
 * Distinct persons: every row is a set. Persons get small numbers (the country's rows have them
 * already), each group collects the numbers of its sets, and one array of "last group that saw this
 * person" then counts each once: linear in the participations of the answer, whatever the number of
 * groups.
 */
#include "platform/core/log.h"
#include "platform/tally/tally_internal.h"

#include <stdlib.h>

struct seen { /* persons of a group, repeats and all */
    uint32_t *v;
    size_t n, cap;
};
struct group {
    struct tally_row row;
    struct seen persons;
};
struct delta { /* of the country, not folded yet */
    int64_t month, amount;
    struct str cell;
    struct people_change person; /* .person: the small number; 0 none */
};

struct reading {
    struct arena *a;
    const struct tally_ask *ask;
    struct {
        struct group *v;
        size_t n, cap;
    } groups;
    struct text_table index; /* of groups */
    struct buf key;          /* scratch */
    struct id_table ids;     /* persons of municipalities: id to small number */
    struct {
        struct delta *v;
        size_t n, cap;
    } deltas;              /* sorted by month and cell */
    struct id_table fresh; /* persons of deltas without a number */
    struct buf set;        /* scratch */
    bool distinct;
};

static int compare_rows(const struct tally_row *a, const struct tally_row *b)
{
    int order = str_compare(a->place, b->place);
    if (order == 0)
        order = (a->period > b->period) - (a->period < b->period);
    for (int i = 0; i < TALLY_DIMENSIONS && order == 0; i++)
        order = str_compare(a->values[i], b->values[i]);
    return order;
}

/* Texts hold no byte 1: codes of places and values are checked when they are written. */
static struct group *group_for(struct reading *r, const struct tally_row *key)
{
    bool added;
    buf_clear(&r->key);
    buf_str(&r->key, key->place);
    buf_char(&r->key, 1);
    buf_u64(&r->key, key->period);
    for (int i = 0; i < TALLY_DIMENSIONS; i++) {
        buf_char(&r->key, 1);
        buf_str(&r->key, key->values[i]);
    }
    size_t at = text_table_put(&r->index, buf_view(&r->key), &added);
    if (added) {
        struct group g = {.row = *key};
        g.row.place = arena_str(r->a, key->place);
        for (int i = 0; i < TALLY_DIMENSIONS; i++)
            g.row.values[i] = arena_str(r->a, key->values[i]);
        ARENA_PUSH(r->a, r->groups, g);
    }
    return &r->groups.v[at];
}

static bool wanted(const struct tally_want *want, struct str value)
{
    for (size_t i = 0; i < want->n; i++)
        if (str_eq(want->v[i], value))
            return true;
    return want->n == 0;
}

/* Fills the key's values from the cell; false when the question leaves this cell out. */
static bool project(const struct tally_ask *ask, struct str cell, struct tally_row *key)
{
    struct str values[TALLY_DIMENSIONS];
    tally_cell_values(cell, values);
    for (int i = 0; i < TALLY_DIMENSIONS; i++) {
        bool there = ask->counter->dimensions[i] != NULL;
        if (there && !wanted(&ask->want[i], values[i]))
            return false;
        key->values[i] = there && ask->keep[i] ? values[i] : STR_NULL;
    }
    return true;
}

static size_t period_of(const struct tally_ask *ask, int64_t month)
{
    size_t low = 0, high = ask->periods;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ask->bounds[middle] <= month)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void collect(struct reading *r, struct group *g, struct str set, bool ids)
{
    struct people_reader people = people_read(set);
    while (people_next(&people)) {
        if (people.count <= 0)
            continue;
        bool added;
        uint32_t number = ids ? (uint32_t)id_table_put(&r->ids, people.person, &added) + 1
                              : (uint32_t)people.person;
        ARENA_PUSH(r->a, g->persons, number);
    }
}

/* One kept row. A change of a stock goes on in all later periods. */
static enum err take(struct reading *r, struct str place, int64_t month, struct str cell,
                     int64_t amount, struct str people, bool ids)
{
    const struct tally_ask *ask = r->ask;
    struct tally_row key = {.place = ask->by_place ? place : STR_NULL};
    if (!project(ask, cell, &key))
        return ERR_OK;
    bool stock = ask->counter->kind == COUNTER_STOCK;
    size_t from = month < ask->bounds[0] ? 0 : period_of(ask, month);
    size_t to = stock ? ask->periods : from + 1;
    for (key.period = from; key.period < to; key.period++) {
        struct group *g = group_for(r, &key);
        g->row.amount += amount;
        if (r->distinct)
            collect(r, g, people, ids);
    }
    return ERR_OK;
}

static enum err take_village(void *arg, const struct sql_tally_of_unit_row *row)
{
    return take(arg, row->village, row->month, row->cell, row->amount, row->people, true);
}

static enum err take_unit(void *arg, const struct sql_tally_of_units_row *row)
{
    return take(arg, row->unit, row->month, row->cell, row->amount, row->people, true);
}

static enum err take_sum(void *arg, const struct sql_tally_sum_of_units_row *row)
{
    struct reading *r = arg;
    return take(r, row->unit, r->ask->bounds[0], row->cell, row->amount, STR_NULL, true);
}

/* --- the country --- */

static enum err note_delta(void *arg, const struct sql_tally_delta_of_row *row)
{
    struct reading *r = arg;
    struct delta d = {
        .month = row->month, .amount = row->amount, .cell = arena_str(r->a, row->cell)};
    if (row->person > 0) {
        bool added;
        /* Numbers of the fold are below 2^31; those given here, from there on, die with the
         * answer. */
        d.person.person =
            row->number.set
                ? (uint64_t)row->number.v
                : (UINT64_C(1) << 31) + id_table_put(&r->fresh, (uint64_t)row->person, &added);
        d.person.by = row->amount;
    }
    ARENA_PUSH(r->a, r->deltas, d);
    return ERR_OK;
}

static int by_row(const void *x, const void *y)
{
    const struct delta *a = x, *b = y;
    int order = (a->month > b->month) - (a->month < b->month);
    return order ? order : str_compare(a->cell, b->cell);
}

/* The deltas of one row, taken out of the list (their cell becomes NULL). */
static enum err take_with_deltas(struct reading *r, int64_t month, struct str cell, int64_t amount,
                                 struct str people)
{
    struct delta key = {.month = month, .cell = cell};
    size_t low = 0, high = r->deltas.n;
    struct {
        struct people_change *v;
        size_t n, cap;
    } changes = {0};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_row(&r->deltas.v[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t i = low;
    for (; i < r->deltas.n && by_row(&r->deltas.v[i], &key) == 0; i++) {
        amount += r->deltas.v[i].amount;
        if (r->deltas.v[i].person.person)
            ARENA_PUSH(r->a, changes, r->deltas.v[i].person);
        r->deltas.v[i].amount = 0;
        r->deltas.v[i].person.person = 0;
    }
    if (changes.n == 0)
        return take(r, STR_NULL, month, cell, amount, people, false);
    buf_clear(&r->set);
    people_sort(changes.v, changes.n);
    if (!people_apply(&r->set, people, changes.v, changes.n))
        return ERR_PARSE;
    return take(r, STR_NULL, month, cell, amount, buf_view(&r->set), false);
}

static enum err take_country(void *arg, const struct sql_tally_of_country_row *row)
{
    return take_with_deltas(arg, row->month, row->cell, row->amount, row->people);
}

static enum err read_country(struct reading *r, struct tx *tx, int64_t from, int64_t to)
{
    enum err rc = ERR_OK;
    struct str counter = str_from(r->ask->counter->code);
    TRY(sql_tally_delta_of(tx, note_delta, r, .counter = counter, .from_month = from,
                           .to_month = to));
    if (r->deltas.n > 1)
        qsort(r->deltas.v, r->deltas.n, sizeof *r->deltas.v, by_row);
    TRY(sql_tally_of_country(tx, take_country, r, .counter = counter, .from_month = from,
                             .to_month = to));
    for (size_t i = 0; i < r->deltas.n; i++)
        if (r->deltas.v[i].amount != 0)
            TRY(take_with_deltas(r, r->deltas.v[i].month, r->deltas.v[i].cell, 0, STR_NULL));
out:
    return rc;
}

static enum err read_units(struct reading *r, struct tx *tx, int64_t from, int64_t to)
{
    struct str counter = str_from(r->ask->counter->code);
    if (r->ask->periods == 1 && !r->distinct)
        return sql_tally_sum_of_units(tx, take_sum, r, .counter = counter, .from_month = from,
                                      .to_month = to);
    return sql_tally_of_units(tx, take_unit, r, .counter = counter, .from_month = from,
                              .to_month = to);
}

/* --- the answer --- */

static void count_persons(struct reading *r)
{
    /* The numbers given in this answer start at 2^31: move them behind the others. */
    uint32_t known = 0;
    for (size_t i = 0; i < r->groups.n; i++)
        for (size_t k = 0; k < r->groups.v[i].persons.n; k++) {
            uint32_t number = r->groups.v[i].persons.v[k];
            if (number < UINT32_C(1) << 31 && number > known)
                known = number;
        }
    size_t all = (size_t)known + 1 + r->fresh.n;
    uint32_t *last = calloc(all, sizeof *last);
    if (!last)
        abort();
    for (size_t i = 0; i < r->groups.n; i++) {
        struct group *g = &r->groups.v[i];
        for (size_t k = 0; k < g->persons.n; k++) {
            uint32_t number = g->persons.v[k];
            size_t at =
                number < UINT32_C(1) << 31 ? number : known + 1 + (number - (UINT32_C(1) << 31));
            if (last[at] != i + 1) {
                last[at] = (uint32_t)i + 1;
                g->row.people++;
            }
        }
    }
    free(last);
}

static int row_order(const void *x, const void *y)
{
    return compare_rows(x, y);
}

enum err tally_read(struct tx *tx, struct arena *a, const struct tally_ask *ask,
                    struct tally_rows *out)
{
    enum err rc = ERR_OK;
    struct reading r = {
        .a = arena_new(), .ask = ask, .distinct = ask->counter->kind == COUNTER_PEOPLE};
    r.index.a = r.a;
    *out = (struct tally_rows){0};
    if (ask->periods == 0 || ask->periods > TALLY_PERIODS_MAX)
        TRY(ERR_INPUT);
    int64_t from = ask->counter->kind == COUNTER_STOCK ? 0 : ask->bounds[0];
    int64_t to = ask->bounds[ask->periods];
    if (ask->unit.p)
        TRY(sql_tally_of_unit(tx, take_village, &r, .unit = ask->unit,
                              .counter = str_from(ask->counter->code), .from_month = from,
                              .to_month = to));
    else if (ask->by_place)
        TRY(read_units(&r, tx, from, to));
    else
        TRY(read_country(&r, tx, from, to));
    if (r.distinct)
        count_persons(&r);
    for (size_t i = 0; i < r.groups.n; i++) {
        struct tally_row row = r.groups.v[i].row;
        if (row.amount == 0 && row.people == 0)
            continue;
        row.place = arena_str(a, row.place);
        for (int k = 0; k < TALLY_DIMENSIONS; k++)
            row.values[k] = arena_str(a, row.values[k]);
        ARENA_PUSH(a, *out, row);
    }
    if (out->n > 1)
        qsort(out->v, out->n, sizeof *out->v, row_order);
out:
    id_table_free(&r.ids);
    id_table_free(&r.fresh);
    buf_free(&r.set);
    buf_free(&r.key);
    arena_free(r.a);
    return rc;
}
