/*
 * The one rule of what the public may see: see results_public.h. Series (of a municipality, of a
 * member of a dimension, of the country) are running totals at moments; a moment is open or closed.
 */
#include "programme/results/results_public.h"

#include <stdlib.h>

enum { MOMENTS_MAX = 200 };

struct series {
    struct str key;
    const struct place *oblast;
    int64_t *total; /* running, or the state, at each moment */
    bool *open;
};
struct closed_value { /* whose division is withheld */
    struct str unit;
    int64_t id;
};
struct result_cover {
    const struct result_indicator *i;
    bool state;   /* totals are states: a period shows the one at its end */
    bool by_time; /* false: numbers of this rule do not add up, each stands for itself */
    int64_t moments[MOMENTS_MAX];
    size_t n;
    struct {
        struct series *v;
        size_t n, cap;
    } all;
    struct series *oblasts;
    size_t oblast_count;
    struct {
        struct closed_value *v;
        size_t n, cap;
    } cells;
};

static bool is_few(int64_t n)
{
    return n != 0 && n < RESULTS_FEW;
}

/* Of a ratio also the denominator, and those who are not in the numerator. */
static bool few_alone(int64_t amount, struct i64_opt base)
{
    return is_few(amount) || (base.set && (is_few(base.v) || is_few(base.v - amount)));
}

bool results_public_alone(const struct result_indicator *i, int64_t amount, struct i64_opt base)
{
    return !results_counts_people(i) || !few_alone(amount, base);
}

/* --- moments --- */

static int by_moment(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void add_moment(struct result_cover *c, int64_t month)
{
    for (size_t k = 0; k < c->n; k++)
        if (c->moments[k] == month)
            return;
    if (c->n < MOMENTS_MAX)
        c->moments[c->n++] = month;
}

static void choose_moments(struct result_cover *c, const struct result_programme *p, int64_t today)
{
    int64_t end = results_end_of_data(p, today);
    int64_t first = (p->from_month / 12 - 1) * 12, last = (end / 12 + 2) * 12;
    int64_t step = c->i->rule == RULE_PERSONS ? 12 : 3;
    add_moment(c, first);
    add_moment(c, last);
    add_moment(c, p->from_month);
    add_moment(c, end);
    for (int64_t m = first; m < last; m += step)
        add_moment(c, m);
    qsort(c->moments, c->n, sizeof *c->moments, by_moment);
}

static enum err drop_crossed(void *arg, const struct sql_results_value_sums_row *row)
{
    struct result_cover *c = arg;
    size_t kept = 0;
    for (size_t k = 0; k < c->n; k++)
        if (k == 0 || k == c->n - 1 || c->moments[k] <= row->from_month ||
            c->moments[k] >= row->to_month)
            c->moments[kept++] = c->moments[k];
    c->n = kept;
    return ERR_OK;
}

/* Whole times first, then years, US fiscal years, quarters: where not all can be open. */
static int rank_of(const struct result_cover *c, const struct result_programme *p, int64_t end,
                   size_t k)
{
    int64_t m = c->moments[k];
    return m == p->from_month || m == end ? 0 : m % 12 == 0 ? 1 : m % 12 == 9 ? 2 : 3;
}

static ptrdiff_t moment_at(const struct result_cover *c, int64_t month)
{
    for (size_t k = 0; k < c->n; k++)
        if (c->moments[k] == month)
            return (ptrdiff_t)k;
    return -1;
}

/* --- series --- */

static struct series *series_of(struct result_cover *c, struct arena *a, struct str key)
{
    if (c->all.n && str_eq(c->all.v[c->all.n - 1].key, key)) /* they come by place */
        return &c->all.v[c->all.n - 1];
    for (size_t k = 0; k < c->all.n; k++)
        if (str_eq(c->all.v[k].key, key))
            return &c->all.v[k];
    ARENA_PUSH(a, c->all,
               ((struct series){.key = key,
                                .total = ARENA_ARRAY(a, int64_t, c->n),
                                .open = ARENA_ARRAY(a, bool, c->n)}));
    return &c->all.v[c->all.n - 1];
}

static void run_totals(struct result_cover *c, struct series *s)
{
    for (size_t k = 1; k < c->n; k++)
        s->total[k] = c->state ? (s->total[k] ? s->total[k] : s->total[k - 1])
                               : s->total[k] + s->total[k - 1];
}

static size_t open_before(const struct series *s, size_t k)
{
    while (k > 0 && !s->open[--k])
        ;
    return k;
}

static size_t open_after(const struct result_cover *c, const struct series *s, size_t k)
{
    while (++k < c->n - 1 && !s->open[k])
        ;
    return k;
}

/* What the moment would part from the one before. */
static int64_t pending(const struct result_cover *c, const struct series *s, size_t k)
{
    return s->total[k] - (c->state ? 0 : s->total[open_before(s, k)]);
}

/* Opens as many moments as leave nobody or enough people between any two. */
static void open_own(const struct result_cover *c, const struct result_programme *p, int64_t end,
                     struct series *s)
{
    size_t last = c->n - 1;
    s->open[0] = true;
    if (c->state || is_few(s->total[last])) {
        for (size_t k = 1; k <= last; k++)
            s->open[k] = c->state ? !is_few(s->total[k]) : s->total[k] == 0;
        return;
    }
    s->open[last] = true;
    for (int rank = 0; rank < 4; rank++)
        for (size_t k = 1; k < last; k++)
            if (rank_of(c, p, end, k) == rank)
                s->open[k] = !is_few(pending(c, s, k)) &&
                             !is_few(s->total[open_after(c, s, k)] - s->total[k]);
}

/* What came between two moments, where the public does not see one of them. */
static int64_t hidden_between(const struct result_cover *c, const struct series *s, size_t from,
                              size_t k)
{
    int64_t came = s->total[k] - (c->state ? 0 : s->total[from]);
    return s->open[from] && s->open[k] ? 0 : came;
}

static bool is_closed(const struct result_cover *c, const struct series *s, size_t k)
{
    return hidden_between(c, s, 0, k) != 0;
}

/* Does the series go on after the moment? Where nobody comes until the next open one, closing this
 * alone would hide nothing: that nobody came is public. 0: goes on at once, 1: later, 2: never. */
static int goes_on(const struct result_cover *c, const struct series *s, size_t k)
{
    if (c->state || s->total[open_after(c, s, k)] != s->total[k])
        return 0;
    return s->total[c->n - 1] != s->total[k] ? 1 : 2;
}

static void close_moment(const struct result_cover *c, struct series *s, size_t k)
{
    int64_t here = s->total[k];
    do
        s->open[k] = false;
    while (!c->state && ++k < c->n && s->total[k] == here);
}

/* Between two moments the group's sum is public: closes the later one for further members of the
 * group (of the oblast; NULL: all) until what is hidden together tells nothing of any one of them.
 */
static bool close_group(struct result_cover *c, const struct place *oblast, size_t from, size_t k)
{
    for (bool changed = false;; changed = true) {
        struct series *next = NULL;
        int64_t together = 0;
        size_t closed = 0;
        for (size_t n = 0; n < c->all.n; n++) {
            struct series *s = &c->all.v[n];
            if (oblast && s->oblast != oblast)
                continue;
            int64_t hidden = hidden_between(c, s, from, k);
            if (hidden != 0) {
                closed++;
                together += hidden;
            } else if (s->open[k] && pending(c, s, k) != 0 && s->total[k] != s->total[from] &&
                       (!next || goes_on(c, s, k) < goes_on(c, next, k) ||
                        (goes_on(c, s, k) == goes_on(c, next, k) &&
                         pending(c, s, k) < pending(c, next, k)))) {
                next = s;
            }
        }
        if (closed == 0 || (closed > 1 && !is_few(together)) || !next)
            return changed;
        close_moment(c, next, k);
    }
}

/* Where half of an oblast's municipalities have the moment closed, all have, and the oblast with
 * them: out of many sums of a few unknown numbers these could be reckoned. */
static bool close_dense(struct result_cover *c, const struct place *oblast, size_t k)
{
    size_t closed = 0, open = 0;
    for (size_t n = 0; n < c->all.n; n++) {
        const struct series *s = &c->all.v[n];
        if (s->oblast == oblast) {
            closed += is_closed(c, s, k);
            open += s->open[k] && pending(c, s, k) != 0;
        }
    }
    if (closed < open || open == 0)
        return false;
    for (size_t n = 0; n < c->all.n; n++) {
        struct series *s = &c->all.v[n];
        if (s->oblast == oblast && s->open[k] && pending(c, s, k) != 0)
            close_moment(c, s, k);
    }
    return true;
}

/* Every two moments, of every oblast and of the country; what one closes may ask for another. */
static void close_all(struct result_cover *c, const struct territory *t)
{
    bool changed = false;
    for (size_t n = 0; n < c->all.n; n++) /* mostly there is nothing to hide */
        for (size_t k = 1; k < c->n; k++)
            changed = changed || is_closed(c, &c->all.v[n], k);
    for (int pass = 0; changed && pass < 20; pass++) {
        changed = false;
        for (size_t k = 1; k < c->n; k++)
            for (size_t from = 0; from < (c->state ? 1 : k); from++) {
                for (size_t o = 0; t && o < t->oblast_count; o++)
                    changed = close_group(c, t->oblasts[o], from, k) || changed;
                changed = close_group(c, NULL, from, k) || changed;
            }
        for (size_t k = 1; k < c->n; k++)
            for (size_t o = 0; t && o < t->oblast_count; o++)
                changed = close_dense(c, t->oblasts[o], k) || changed;
    }
}

static void sum_oblasts(struct result_cover *c, struct arena *a, const struct territory *t,
                        const struct result_programme *p, int64_t end)
{
    c->oblasts = ARENA_ARRAY(a, struct series, t->oblast_count);
    c->oblast_count = t->oblast_count;
    for (size_t o = 0; o < t->oblast_count; o++) {
        struct series *s = &c->oblasts[o];
        *s = (struct series){.key = t->oblasts[o]->code,
                             .oblast = t->oblasts[o],
                             .total = ARENA_ARRAY(a, int64_t, c->n),
                             .open = ARENA_ARRAY(a, bool, c->n)};
        for (size_t n = 0; n < c->all.n; n++)
            for (size_t k = 0; c->all.v[n].oblast == s->oblast && k < c->n; k++)
                s->total[k] += c->all.v[n].total[k];
        open_own(c, p, end, s);
        for (size_t k = 1; k < c->n; k++) {
            size_t closed = 0, all = 0;
            for (size_t n = 0; n < c->all.n; n++)
                if (c->all.v[n].oblast == s->oblast) {
                    closed += is_closed(c, &c->all.v[n], k);
                    all += pending(c, &c->all.v[n], k) != 0;
                }
            s->open[k] = s->open[k] && closed != 1 && (closed == 0 || closed < all);
        }
    }
}

/* --- the cover of an indicator, divided in one way --- */

static enum err cover(const struct app *app, struct tx *tx, struct arena *a,
                      const struct result_programme *p, const struct result_indicator *i,
                      bool by_place, int split, struct result_cover **out)
{
    struct result_cover *c = ARENA_NEW(a, struct result_cover);
    const struct territory *t = by_place ? territory_get((struct app *)app, a) : NULL;
    int64_t today = day_today(), end = results_end_of_data(p, today);
    struct result_rows rows;
    enum err rc = ERR_OK;
    *c = (struct result_cover){.i = i,
                               .state = i->rule == RULE_LAST ||
                                        (i->counter && i->counter->kind == COUNTER_STOCK),
                               .by_time = i->rule != RULE_MAX && i->rule != RULE_NONE};
    *out = c;
    if (!c->by_time)
        goto out;
    choose_moments(c, p, today);
    if (results_is_entered(i))
        TRY(sql_results_value_sums(tx, drop_crossed, c, .indicator = i->code, .kind = STR("actual"),
                                   .from_month = c->moments[0], .to_month = c->moments[c->n - 1],
                                   .verified = 1));
    struct result_ask ask = {.indicator = i,
                             .by_place = by_place,
                             .split = split,
                             .bounds = c->moments,
                             .periods = c->n - 1};
    TRY(results_read(tx, a, &ask, &rows));
    for (size_t k = 0; k < rows.n; k++) {
        struct str key = by_place     ? rows.v[k].place
                         : split >= 0 ? rows.v[k].values[split]
                                      : STR("");
        series_of(c, a, key)->total[rows.v[k].period + 1] += rows.v[k].amount;
    }
    for (size_t n = 0; n < c->all.n; n++) {
        struct series *s = &c->all.v[n];
        const struct place *place = t ? territory_find(t, s->key) : NULL;
        s->oblast = place ? place_oblast(place) : NULL;
        run_totals(c, s);
        open_own(c, p, end, s);
    }
    if (by_place || split >= 0)
        close_all(c, t);
    if (t)
        sum_oblasts(c, a, t, p, end);
out:
    return rc;
}

static bool shows(const struct result_cover *c, const struct series *s, int64_t from, int64_t to)
{
    ptrdiff_t first = moment_at(c, from), last = moment_at(c, to);
    return s && last >= 0 && s->open[last] && (c->state || (first >= 0 && s->open[first]));
}

static const struct series *find(const struct series *v, size_t n, struct str key)
{
    for (size_t k = 0; k < n; k++)
        if (str_eq(v[k].key, key))
            return &v[k];
    return NULL;
}

static void withhold(struct result_row *row)
{
    row->withheld = true;
    row->amount = 0;
    row->base = I64_NONE;
}

/* --- reading --- */

static void add_oblasts(const struct result_cover *c, const struct result_ask *ask, struct arena *a,
                        const struct territory *t, const struct result_rows *rows,
                        struct result_rows *out)
{
    enum result_rule rule = ask->indicator->rule;
    if (rule == RULE_PERSONS || rule == RULE_NONE || rule == RULE_MAX)
        return;
    for (size_t o = 0; o < t->oblast_count; o++)
        for (size_t p = 0; p < ask->periods; p++) {
            struct result_row sum = {.place = t->oblasts[o]->code, .period = p};
            bool any = false;
            for (size_t n = 0; n < rows->n; n++) {
                const struct result_row *row = &rows->v[n];
                const struct place *place = territory_find(t, row->place);
                if (row->period != p || !place || place_oblast(place) != t->oblasts[o])
                    continue;
                any = true;
                sum.amount += row->amount;
                if (row->base.set)
                    sum.base = I64(sum.base.v + row->base.v);
            }
            if (!any)
                continue;
            if (c && (few_alone(sum.amount, sum.base) ||
                      !shows(c, find(c->oblasts, c->oblast_count, sum.place), ask->bounds[p],
                             ask->bounds[p + 1])))
                withhold(&sum);
            ARENA_PUSH(a, *out, sum);
        }
}

enum err results_public_oblasts(const struct app *app, struct tx *tx, struct arena *a,
                                const struct result_programme *p, const struct result_ask *ask,
                                struct result_rows *out, struct result_rows *oblasts)
{
    struct result_ask whole = *ask;
    struct result_cover *c = NULL;
    bool by_place = ask->by_place || ask->unit.p;
    enum err rc = ERR_OK;
    if (ask->unverified || ask->split == RESULT_SPLIT_ALL || (by_place && ask->split >= 0) ||
        (ask->unit.p && ask->by_place))
        return ERR_CONFIG;
    whole.unit = STR_NULL;
    whole.by_place = by_place;
    TRY(results_read(tx, a, &whole, out));
    if (results_counts_people(ask->indicator))
        TRY(cover(app, tx, a, p, ask->indicator, by_place, ask->split, &c));
    if (oblasts) {
        *oblasts = (struct result_rows){0};
        add_oblasts(c, ask, a, territory_get((struct app *)app, a), out, oblasts);
    }
    size_t kept = 0;
    for (size_t k = 0; k < out->n; k++) {
        struct result_row row = out->v[k];
        if (ask->unit.p && !str_eq(row.place, ask->unit))
            continue;
        struct str key = by_place ? row.place : ask->split >= 0 ? row.values[ask->split] : STR("");
        if (c && (few_alone(row.amount, row.base) ||
                  (c->by_time && !shows(c, find(c->all.v, c->all.n, key), ask->bounds[row.period],
                                        ask->bounds[row.period + 1]))))
            withhold(&row);
        if (ask->unit.p)
            row.place = STR_NULL;
        out->v[kept++] = row;
    }
    out->n = kept;
out:
    return rc;
}

enum err results_public(const struct app *app, struct tx *tx, struct arena *a,
                        const struct result_programme *p, const struct result_ask *ask,
                        struct result_rows *out)
{
    return results_public_oblasts(app, tx, a, p, ask, out, NULL);
}

enum err results_public_number(const struct app *app, struct tx *tx, struct arena *a,
                               const struct result_programme *p, const struct result_indicator *i,
                               struct str unit, int64_t from, int64_t to, struct result_number *out)
{
    int64_t bounds[2] = {from, to};
    struct result_rows rows = {0};
    struct result_ask ask = {
        .indicator = i, .unit = unit, .split = RESULT_SPLIT_NONE, .bounds = bounds, .periods = 1};
    enum err rc = results_public(app, tx, a, p, &ask, &rows);
    *out = (struct result_number){0};
    if (rc == ERR_OK && rows.n == 1)
        *out = (struct result_number){!rows.v[0].withheld, rows.v[0].amount, rows.v[0].base,
                                      rows.v[0].withheld};
    return rc;
}

/* --- entered values with their divisions --- */

struct division {
    struct str unit;
    int64_t id, from, to, people;
    bool closed;
};
struct dividing {
    struct arena *a;
    struct {
        struct division *v;
        size_t n, cap;
    } all;
};

static enum err take_cell(void *arg, const struct sql_results_value_cells_row *row)
{
    struct dividing *d = arg;
    size_t n = d->all.n;
    if (n == 0 || d->all.v[n - 1].id != row->id || !str_eq(d->all.v[n - 1].unit, row->unit)) {
        ARENA_PUSH(d->a, d->all,
                   ((struct division){.unit = arena_str(d->a, row->unit),
                                      .id = row->id,
                                      .from = row->from_month,
                                      .to = row->to_month}));
    }
    struct division *last = &d->all.v[d->all.n - 1];
    last->people += row->amount;
    last->closed = last->closed || few_alone(row->amount, row->base);
    return ERR_OK;
}

static int by_period(const void *x, const void *y)
{
    const struct division *a = x, *b = y;
    int order = (a->from > b->from) - (a->from < b->from);
    if (order == 0)
        order = (a->to > b->to) - (a->to < b->to);
    if (order == 0)
        order = b->closed - a->closed;
    return order ? order : (a->people > b->people) - (a->people < b->people);
}

enum err results_cover_values(const struct app *app, struct tx *tx, struct arena *a,
                              const struct result_programme *p, const struct result_indicator *i,
                              struct result_cover **out)
{
    struct dividing d = {.a = a};
    enum err rc = ERR_OK;
    *out = NULL;
    if (!results_counts_people(i) || !results_is_entered(i))
        goto out;
    TRY(cover(app, tx, a, p, i, true, RESULT_SPLIT_NONE, out));
    TRY(sql_results_value_cells(tx, take_cell, &d, .indicator = i->code, .kind = STR("actual"),
                                .unit = STR_NULL, .from_month = 0, .to_month = INT64_MAX,
                                .verified = 1));
    for (size_t k = 0; k < d.all.n; k++) {
        const struct series *s = find((*out)->all.v, (*out)->all.n, d.all.v[k].unit);
        d.all.v[k].closed = d.all.v[k].closed ||
                            ((*out)->by_time && !shows(*out, s, d.all.v[k].from, d.all.v[k].to));
    }
    if (d.all.n > 1)
        qsort(d.all.v, d.all.n, sizeof *d.all.v, by_period);
    for (size_t k = 0; k < d.all.n; k++) {
        bool first =
            k == 0 || d.all.v[k].from != d.all.v[k - 1].from || d.all.v[k].to != d.all.v[k - 1].to;
        if (!first && !d.all.v[k].closed && d.all.v[k - 1].closed &&
            (k == 1 || d.all.v[k - 2].from != d.all.v[k].from ||
             d.all.v[k - 2].to != d.all.v[k].to))
            d.all.v[k].closed = true;
    }
    for (size_t k = 0; k < d.all.n; k++)
        if (d.all.v[k].closed)
            ARENA_PUSH(a, (*out)->cells, ((struct closed_value){d.all.v[k].unit, d.all.v[k].id}));
out:
    return rc;
}

bool results_cover_shows_value(const struct result_cover *c, struct str unit, int64_t from,
                               int64_t to, int64_t amount, struct i64_opt base)
{
    if (!c)
        return true;
    return !few_alone(amount, base) &&
           (!c->by_time || shows(c, find(c->all.v, c->all.n, unit), from, to));
}

bool results_cover_shows_cells(const struct result_cover *c, struct str unit, int64_t id)
{
    for (size_t k = 0; c && k < c->cells.n; k++)
        if (c->cells.v[k].id == id && str_eq(c->cells.v[k].unit, unit))
            return false;
    return true;
}

/* --- records --- */

void results_public_records(const struct sql_results_records_row *rows, size_t n, bool *hidden)
{
    for (size_t k = 0; k < n; k++) {
        hidden[k] = is_few(rows[k].people);
        for (size_t m = 0; m < n && !hidden[k]; m++)
            hidden[k] = is_few(rows[m].people) && !rows[m].withdrawn &&
                        str_eq(rows[m].service, rows[k].service) &&
                        str_eq(rows[m].programme, rows[k].programme);
    }
}
