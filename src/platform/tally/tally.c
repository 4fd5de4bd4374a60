/*
 * Keeping totals with each change, and folding the changes into the country's totals.
 *
 * A municipality's row is written by the transaction of the record: two clerks of one municipality
 * may collide on PostgreSQL and one is run again, which is rare and short. The country's rows would
 * be hit by everybody at once, so transactions only leave a note of the change, and one instance at
 * a time folds the notes.
 */
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/log.h"
#include "platform/tally/tally_internal.h"

enum { FOLD_BATCH = 500 };

int64_t tally_month(int64_t day)
{
    struct civil c = day_to_civil(day);
    return (int64_t)c.year * 12 + c.month - 1;
}

int64_t tally_month_start(int64_t month)
{
    return day_from_civil((struct civil){(int)(month / 12), (int)(month % 12) + 1, 1});
}

const struct counter *tally_counter(const struct app *app, struct str code)
{
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t i = 0; i < app->slices[s]->counter_count; i++)
            if (str_eq(code, str_from(app->slices[s]->counters[i]->code)))
                return app->slices[s]->counters[i];
    return NULL;
}

int tally_dimension_of(const struct counter *c, struct str code)
{
    for (int i = 0; i < TALLY_DIMENSIONS && c->dimensions[i]; i++)
        if (str_eq(code, str_from(c->dimensions[i]->code)))
            return i;
    return -1;
}

static bool value_ok(struct str v)
{
    if (v.n > TALLY_VALUE_MAX)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9') ||
              memchr("_.-+:", v.p[i], 5)))
            return false;
    return true;
}

enum err tally_cell(struct buf *out, const struct counter *c,
                    const struct str values[TALLY_DIMENSIONS])
{
    for (int i = 0; i < TALLY_DIMENSIONS; i++) {
        if (!c->dimensions[i])
            return values[i].n ? ERR_INPUT : ERR_OK;
        if (!value_ok(values[i]) && !str_eq(values[i], TALLY_UNKNOWN))
            return ERR_INPUT;
        if (i > 0)
            buf_char(out, '|');
        buf_str(out, values[i].n ? values[i] : TALLY_UNKNOWN);
    }
    return ERR_OK;
}

void tally_cell_values(struct str cell, struct str values[TALLY_DIMENSIONS])
{
    struct str rest = cell;
    for (int i = 0; i < TALLY_DIMENSIONS; i++)
        if (!str_split(&rest, '|', &values[i]))
            values[i] = STR_NULL;
}

enum err tally_check_fact(const struct tally_fact *f)
{
    bool people = f->counter->kind == COUNTER_PEOPLE;
    bool nobody = people && f->person == TALLY_NOBODY;
    if (f->unit.n > 0 && ((f->person > 0) == people || nobody))
        return ERR_OK;
    LOG(LOG_ERROR, "tally.malformed", LOG_S("counter", str_from(f->counter->code)),
        LOG_I("person", f->person));
    return ERR_INPUT;
}

static enum err change_people(struct tx *tx, struct arena *a, const struct tally_fact *f,
                              int64_t month, struct str village, struct str cell)
{
    enum err rc = ERR_OK;
    struct str counter = str_from(f->counter->code);
    struct sql_tally_people_get_row row;
    struct people_change change = {(uint64_t)f->person, f->amount};
    struct buf *set = buf_in(a);
    TRY(sql_tally_people_get(tx, a, &row, .unit = f->unit, .counter = counter, .month = month,
                             .village = village, .cell = cell));
    if (!people_apply(set, row.people, &change, 1))
        return ERR_PARSE;
    rc = sql_tally_people_put(tx, NULL, .unit = f->unit, .counter = counter, .month = month,
                              .village = village, .cell = cell, .people = buf_view(set));
out:
    return rc;
}

enum err tally_change(struct tx *tx, const struct tally_fact *f)
{
    if (f->amount == 0)
        return ERR_OK;
    struct arena *a = arena_new();
    enum err rc = ERR_OK;
    struct str counter = str_from(f->counter->code);
    struct str village = f->village.p ? f->village : STR("");
    int64_t month = tally_month(f->day);
    struct buf *cell = buf_in(a);
    TRY(tally_check_fact(f));
    TRY(tally_cell(cell, f->counter, f->values));
    TRY(sql_tally_add(tx, NULL, .unit = f->unit, .counter = counter, .month = month,
                      .village = village, .cell = buf_view(cell), .amount = f->amount));
    if (f->counter->kind == COUNTER_PEOPLE && f->person > 0)
        TRY(change_people(tx, a, f, month, village, buf_view(cell)));
    rc = sql_tally_delta_add(tx, NULL, .unit = f->unit, .id = id_new(), .counter = counter,
                             .month = month, .cell = buf_view(cell), .amount = f->amount,
                             .person = f->person > 0 ? f->person : 0);
out:
    if (rc == ERR_INPUT)
        LOG(LOG_ERROR, "tally.refused", LOG_S("counter", counter), LOG_S("unit", f->unit));
    arena_free(a);
    return rc;
}

/* --- the fold --- */

struct fold {
    struct arena *a;
    struct str unit;
    size_t taken;
};

struct folding { /* what one batch adds to one row of the country */
    struct str counter, cell;
    int64_t month, amount;
    struct {
        struct people_change *v;
        size_t n, cap;
    } people;
};
struct foldings {
    struct folding *v;
    size_t n, cap;
};

static struct folding *folding_for(struct arena *a, struct foldings *all,
                                   const struct sql_tally_delta_take_row *d)
{
    for (size_t i = all->n; i-- > 0;) {
        struct folding *f = &all->v[i];
        if (f->month == d->month && str_eq(f->counter, d->counter) && str_eq(f->cell, d->cell))
            return f;
    }
    struct folding fresh = {.counter = d->counter, .cell = d->cell, .month = d->month};
    ARENA_PUSH(a, *all, fresh);
    return &all->v[all->n - 1];
}

struct numbering {
    struct id_table known; /* persons met in this batch */
    struct {
        int64_t *v;
        size_t n, cap;
    } numbers;
    int64_t last;
};

static enum err number_of(struct tx *tx, struct arena *a, struct numbering *n, int64_t person,
                          struct i64_opt number, int64_t *out)
{
    bool added;
    if (number.set) {
        *out = number.v;
        return ERR_OK;
    }
    size_t at = id_table_put(&n->known, (uint64_t)person, &added);
    if (!added) {
        *out = n->numbers.v[at];
        return ERR_OK;
    }
    *out = ++n->last;
    ARENA_PUSH(a, n->numbers, *out);
    return sql_tally_person_add(tx, NULL, .person = person, .number = *out);
}

static enum err fold_row(struct tx *tx, struct arena *a, struct folding *f)
{
    enum err rc = ERR_OK;
    TRY(sql_tally_country_add(tx, NULL, .counter = f->counter, .month = f->month, .cell = f->cell,
                              .amount = f->amount));
    if (f->people.n == 0)
        return ERR_OK;
    struct sql_tally_country_people_row row;
    struct buf *set = buf_in(a);
    people_sort(f->people.v, f->people.n);
    TRY(sql_tally_country_people(tx, a, &row, .counter = f->counter, .month = f->month,
                                 .cell = f->cell));
    if (!people_apply(set, row.people, f->people.v, f->people.n))
        return ERR_PARSE;
    rc = sql_tally_country_people_put(tx, NULL, .counter = f->counter, .month = f->month,
                                      .cell = f->cell, .people = buf_view(set));
out:
    return rc;
}

static enum err fold_batch(struct tx *tx, void *arg)
{
    struct fold *fold = arg;
    struct arena *a = fold->a;
    enum err rc = ERR_OK;
    struct foldings all = {0};
    struct numbering numbering = {0};
    struct sql_tally_delta_take_rows rows;
    struct sql_tally_person_last_row last;
    TRY(sql_tally_delta_take(tx, a, &rows, .unit = fold->unit, .limit = FOLD_BATCH));
    TRY(sql_tally_person_last(tx, a, &last));
    numbering.last = last.number;
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_tally_delta_take_row *d = &rows.v[i];
        struct folding *f = folding_for(a, &all, d);
        f->amount += d->amount;
        if (d->person > 0) {
            struct people_change c = {.by = d->amount};
            int64_t number = 0;
            TRY(number_of(tx, a, &numbering, d->person, d->number, &number));
            c.person = (uint64_t)number;
            ARENA_PUSH(a, f->people, c);
        }
    }
    for (size_t i = 0; i < all.n; i++)
        TRY(fold_row(tx, a, &all.v[i]));
    if (rows.n > 0)
        rc = sql_tally_delta_taken(tx, NULL, .unit = fold->unit, .last_id = rows.v[rows.n - 1].id);
    fold->taken = rows.n;
out:
    id_table_free(&numbering.known);
    return rc;
}

struct waiting {
    struct arena *a;
    struct sql_tally_delta_units_rows units;
};

static enum err find_waiting(struct tx *tx, void *arg)
{
    struct waiting *w = arg;
    return sql_tally_delta_units(tx, w->a, &w->units);
}

enum err tally_fold(struct app *app)
{
    struct waiting w = {.a = arena_new()};
    struct arena *batch = arena_new();
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_waiting, &w);
    for (size_t i = 0; rc == ERR_OK && i < w.units.n; i++) {
        struct fold fold = {.a = batch, .unit = w.units.v[i].unit};
        do {
            arena_reset(batch);
            rc = db_write(app->db, SCOPE_COUNTRY, fold_batch, &fold);
        } while (rc == ERR_OK && fold.taken == FOLD_BATCH);
    }
    arena_free(batch);
    arena_free(w.a);
    return rc;
}

static enum err run_fold(struct app *app, struct arena *a)
{
    (void)a;
    return tally_fold(app);
}

static const struct schedule_def schedules[] = {
    {.name = "tally_fold", .every_ms = MS_MINUTE, .run = run_fold},
};

const struct slice tally_slice = {
    .name = "tally",
    .migrations = tally_migrations,
    .queries = tally_queries,
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
};
