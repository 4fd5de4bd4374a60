/*
 * Counting again: what the records say, row by row, against what is kept; and keeping it anew.
 */
#include "platform/core/log.h"
#include "platform/tally/tally_internal.h"

#include <stdlib.h>

enum { FAULTS_MAX = 1000 };
#define EVER 0
#define FOR_EVER (INT64_C(9999) * 12)

struct total { /* of one row */
    int64_t month;
    struct str village, cell;
    int64_t counted, kept;
    struct {
        struct people_change *v;
        size_t n, cap;
    } people; /* from the records */
    struct str kept_people;
    int64_t counted_people_n, kept_people_n; /* distinct, of the country */
};
struct totals {
    struct arena *a;
    const struct counter *counter;
    struct str unit;
    struct {
        struct total *v;
        size_t n, cap;
    } rows;
    struct text_table index;
    struct buf *key, *cell; /* scratch */
    struct tally_faults *faults;
    struct arena *faults_arena;
};

static void start_rows(struct totals *t)
{
    t->rows.v = NULL;
    t->rows.n = t->rows.cap = 0;
    t->index = (struct text_table){.a = t->a};
    t->key = buf_in(t->a);
    t->cell = buf_in(t->a);
}

/* Codes of villages and cells hold no space. */
static struct total *total_for(struct totals *t, int64_t month, struct str village, struct str cell)
{
    bool added;
    buf_clear(t->key);
    buf_i64(t->key, month);
    buf_char(t->key, ' ');
    buf_str(t->key, village);
    buf_char(t->key, ' ');
    buf_str(t->key, cell);
    size_t at = text_table_put(&t->index, buf_view(t->key), &added);
    if (added) {
        struct total row = {
            .month = month, .village = arena_str(t->a, village), .cell = arena_str(t->a, cell)};
        ARENA_PUSH(t->a, t->rows, row);
    }
    return &t->rows.v[at];
}

static enum err count_fact(void *arg, const struct tally_fact *f)
{
    struct totals *t = arg;
    enum err rc = ERR_OK;
    if (f->amount == 0)
        return ERR_OK;
    buf_clear(t->cell);
    TRY(tally_check_fact(f));
    TRY(tally_cell(t->cell, t->counter, f->values));
    if (f->counter != t->counter || !str_eq(f->unit, t->unit))
        TRY(ERR_INPUT);
    struct total *row =
        total_for(t, tally_month(f->day), f->village.p ? f->village : STR(""), buf_view(t->cell));
    row->counted += f->amount;
    if (f->person > 0) {
        struct people_change c = {(uint64_t)f->person, f->amount};
        ARENA_PUSH(t->a, row->people, c);
    }
out:
    if (rc != ERR_OK)
        LOG(LOG_ERROR, "tally.recount_malformed", LOG_S("counter", str_from(t->counter->code)),
            LOG_S("unit", f->unit));
    return rc;
}

static enum err count_records(struct tx *tx, struct totals *t)
{
    start_rows(t);
    return t->counter->recount(tx, t->a, t->counter, t->unit, count_fact, t);
}

static enum err note_kept(void *arg, const struct sql_tally_of_unit_row *row)
{
    struct totals *t = arg;
    struct total *total = total_for(t, row->month, row->village, row->cell);
    total->kept = row->amount;
    total->kept_people = arena_str(t->a, row->people);
    return ERR_OK;
}

static void add_fault(struct totals *t, struct str unit, const struct total *row, int64_t kept,
                      int64_t counted)
{
    struct arena *a = t->faults_arena;
    if (t->faults->n >= FAULTS_MAX)
        return;
    struct tally_fault f = {.counter = t->counter,
                            .unit = arena_str(a, unit),
                            .village = arena_str(a, row->village),
                            .month = row->month,
                            .cell = arena_str(a, row->cell),
                            .kept = kept,
                            .counted = counted};
    ARENA_PUSH(a, *t->faults, f);
}

/* The set that the records make. */
static struct str set_of(struct totals *t, struct total *row)
{
    if (t->counter->kind != COUNTER_PEOPLE)
        return STR_NULL;
    struct buf *set = buf_in(t->a);
    people_sort(row->people.v, row->people.n);
    bool whole = people_apply(set, STR(""), row->people.v, row->people.n);
    INVARIANT(whole);
    return buf_view(set);
}

static void compare_row(struct totals *t, struct total *row)
{
    t->faults->rows++;
    if (row->kept != row->counted) {
        add_fault(t, t->unit, row, row->kept, row->counted);
        return;
    }
    if (t->counter->kind != COUNTER_PEOPLE)
        return;
    struct str counted = set_of(t, row);
    if (!str_eq(counted, row->kept_people.p ? row->kept_people : STR("")))
        add_fault(t, t->unit, row, people_count(row->kept_people), people_count(counted));
}

static enum err check_unit(struct tx *tx, void *arg)
{
    struct totals *t = arg;
    enum err rc = ERR_OK;
    TRY(count_records(tx, t));
    rc = sql_tally_of_unit(tx, note_kept, t, .unit = t->unit, .counter = str_from(t->counter->code),
                           .from_month = EVER, .to_month = FOR_EVER);
out:
    return rc;
}

/* --- the country's rows against the sums of the municipalities' --- */

static enum err add_unit_row(void *arg, const struct sql_tally_of_units_row *row)
{
    struct totals *t = arg;
    struct total *total = total_for(t, row->month, STR(""), row->cell);
    struct people_reader people = people_read(row->people);
    total->counted += row->amount;
    while (people_next(&people)) {
        struct people_change c = {people.person, people.count};
        ARENA_PUSH(t->a, total->people, c);
    }
    return people.broken ? ERR_PARSE : ERR_OK;
}

static enum err add_delta(void *arg, const struct sql_tally_delta_of_row *row)
{
    struct totals *t = arg;
    struct total *total = total_for(t, row->month, STR(""), row->cell);
    total->kept += row->amount;
    return ERR_OK;
}

static enum err add_country_row(void *arg, const struct sql_tally_of_country_row *row)
{
    struct totals *t = arg;
    struct total *total = total_for(t, row->month, STR(""), row->cell);
    total->kept += row->amount;
    return ERR_OK;
}

static enum err read_country_rows(struct tx *tx, struct totals *t)
{
    enum err rc = ERR_OK;
    struct str counter = str_from(t->counter->code);
    TRY(sql_tally_of_units(tx, add_unit_row, t, .counter = counter, .from_month = EVER,
                           .to_month = FOR_EVER));
    TRY(sql_tally_of_country(tx, add_country_row, t, .counter = counter, .from_month = EVER,
                             .to_month = FOR_EVER));
    rc = sql_tally_delta_of(tx, add_delta, t, .counter = counter, .from_month = EVER,
                            .to_month = FOR_EVER);
out:
    return rc;
}

/* Distinct persons of each row of the country, asked as any reader would. */
static enum err ask_people(struct tx *tx, struct totals *t)
{
    enum err rc = ERR_OK;
    struct tally_ask ask = {.counter = t->counter, .periods = 1};
    for (int i = 0; i < TALLY_DIMENSIONS; i++)
        ask.keep[i] = t->counter->dimensions[i] != NULL;
    for (size_t i = 0; i < t->rows.n; i++) {
        struct total *row = &t->rows.v[i];
        int64_t bounds[2] = {row->month, row->month + 1};
        struct str values[TALLY_DIMENSIONS];
        struct tally_rows got;
        ask.bounds = bounds;
        tally_cell_values(row->cell, values);
        for (int k = 0; k < TALLY_DIMENSIONS; k++)
            ask.want[k] = (struct tally_want){.v = &values[k], .n = ask.keep[k] ? 1 : 0};
        TRY(tally_read(tx, t->a, &ask, &got));
        row->counted_people_n = people_count(set_of(t, row));
        row->kept_people_n = got.n ? got.v[0].people : 0;
    }
out:
    return rc;
}

static enum err check_country(struct tx *tx, void *arg)
{
    struct totals *t = arg;
    enum err rc = ERR_OK;
    start_rows(t);
    TRY(read_country_rows(tx, t));
    if (t->counter->kind == COUNTER_PEOPLE)
        TRY(ask_people(tx, t));
out:
    return rc;
}

enum err tally_check(struct app *app, struct arena *a, const struct counter *counter,
                     const struct str *units, size_t n, struct tally_faults *out)
{
    enum err rc = ERR_OK;
    *out = (struct tally_faults){0};
    struct totals t = {.a = arena_new(), .counter = counter, .faults = out, .faults_arena = a};
    for (size_t i = 0; i < n; i++) {
        t.unit = units[i];
        TRY(db_read(app->db, units[i], check_unit, &t));
        for (size_t k = 0; k < t.rows.n; k++)
            compare_row(&t, &t.rows.v[k]);
        out->units++;
        arena_reset(t.a);
    }
    TRY(db_read(app->db, SCOPE_COUNTRY, check_country, &t));
    out->rows += (int64_t)t.rows.n;
    for (size_t k = 0; k < t.rows.n; k++) {
        const struct total *row = &t.rows.v[k];
        if (row->kept != row->counted)
            add_fault(&t, SCOPE_COUNTRY, row, row->kept, row->counted);
        else if (row->kept_people_n != row->counted_people_n)
            add_fault(&t, SCOPE_COUNTRY, row, row->kept_people_n, row->counted_people_n);
    }
out:
    arena_free(t.a);
    return rc;
}

/* --- keeping it anew --- */

static enum err rebuild_unit(struct tx *tx, void *arg)
{
    struct totals *t = arg;
    enum err rc = ERR_OK;
    struct str counter = str_from(t->counter->code);
    TRY(count_records(tx, t));
    TRY(sql_tally_clear(tx, NULL, .unit = t->unit, .counter = counter));
    for (size_t i = 0; i < t->rows.n; i++) {
        struct total *row = &t->rows.v[i];
        TRY(sql_tally_put(tx, NULL, .unit = t->unit, .counter = counter, .month = row->month,
                          .village = row->village, .cell = row->cell, .amount = row->counted,
                          .people = set_of(t, row)));
    }
out:
    return rc;
}

struct numbers { /* of all persons, by id */
    struct arena *a;
    struct id_table ids;
    struct {
        int64_t *v;
        size_t n, cap;
    } of;
    int64_t last;
};

static enum err note_number(void *arg, const struct sql_tally_person_of_all_row *row)
{
    struct numbers *n = arg;
    bool added;
    (void)id_table_put(&n->ids, (uint64_t)row->person, &added);
    ARENA_PUSH(n->a, n->of, row->number);
    if (row->number > n->last)
        n->last = row->number;
    return ERR_OK;
}

static enum err number_persons(struct tx *tx, struct numbers *n, struct total *row)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < row->people.n; i++) {
        bool added;
        uint64_t person = row->people.v[i].person;
        size_t at = id_table_put(&n->ids, person, &added);
        if (added) {
            n->last++;
            ARENA_PUSH(n->a, n->of, n->last);
            TRY(sql_tally_person_add(tx, NULL, .person = (int64_t)person, .number = n->last));
        }
        row->people.v[i].person = (uint64_t)n->of.v[at];
    }
out:
    return rc;
}

/* One transaction: the country's rows are what the municipalities' rows of this moment add up to,
 * so the changes that wait to be folded are in them. */
static enum err rebuild_country(struct tx *tx, void *arg)
{
    struct totals *t = arg;
    enum err rc = ERR_OK;
    struct numbers numbers = {.a = t->a};
    struct str counter = str_from(t->counter->code);
    start_rows(t);
    TRY(sql_tally_of_units(tx, add_unit_row, t, .counter = counter, .from_month = EVER,
                           .to_month = FOR_EVER));
    TRY(sql_tally_country_clear(tx, NULL, .counter = counter));
    TRY(sql_tally_delta_clear(tx, NULL, .counter = counter));
    if (t->counter->kind == COUNTER_PEOPLE)
        TRY(sql_tally_person_of_all(tx, note_number, &numbers));
    for (size_t i = 0; i < t->rows.n; i++) {
        struct total *row = &t->rows.v[i];
        TRY(number_persons(tx, &numbers, row));
        TRY(sql_tally_country_put(tx, NULL, .counter = counter, .month = row->month,
                                  .cell = row->cell, .amount = row->counted,
                                  .people = set_of(t, row)));
    }
out:
    id_table_free(&numbers.ids);
    return rc;
}

enum err tally_rebuild(struct app *app, const struct counter *counter, const struct str *units,
                       size_t n)
{
    enum err rc = ERR_OK;
    struct totals t = {.a = arena_new(), .counter = counter};
    for (size_t i = 0; i < n; i++) {
        t.unit = units[i];
        TRY(db_write(app->db, units[i], rebuild_unit, &t));
        arena_reset(t.a);
    }
    rc = db_write(app->db, SCOPE_COUNTRY, rebuild_country, &t);
out:
    arena_free(t.a);
    return rc;
}
