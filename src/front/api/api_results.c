/* Results of programmes: each indicator's number over a period, of the country or a municipality.
 */
#include "front/api/api_describe.h"
#include "programme/results/results.h"
#include <math.h>

#include "platform/core/clock.h"

struct result_view {
    struct str indicator, programme, source, filters, rule;
    struct text3 name, unit, definition;
    int64_t version, from, to;
    double value;
    struct i64_opt numerator, denominator;
    bool withheld;
};
static const struct api_field fields[] = {
    API_FIELD(struct result_view, indicator, API_STR, "Code of the indicator"),
    API_FIELD(struct result_view, version, API_INT, "Version of its reference sheet"),
    API_FIELD(struct result_view, programme, API_STR, "Code of the programme"),
    API_FIELD(struct result_view, name, API_TEXT3, "Name"),
    API_FIELD(struct result_view, unit, API_TEXT3, "What is counted"),
    API_FIELD(struct result_view, definition, API_TEXT3, "What counts and what does not"),
    API_FIELD(struct result_view, rule, API_STR,
              "How several become one: sum, ratio, max, last, persons, units, none"),
    API_FIELD(struct result_view, source, API_STR, "Counter of the records, or \"entered\""),
    API_FIELD(struct result_view, filters, API_STR, "Which of its records count"),
    API_FIELD(struct result_view, from, API_DAY, "First day of the period"),
    API_FIELD(struct result_view, to, API_DAY, "Last day of the period"),
    API_FIELD_NULL(struct result_view, value, API_NUMBER,
                   "The number; a ratio as a share; null: no data, which is not zero, or too few "
                   "people for the public (see withheld)"),
    API_FIELD(struct result_view, withheld, API_BOOL,
              "There is a number, but it or another one beside it counts fewer than five people"),
    API_FIELD_NULL(struct result_view, numerator, API_OPT, "Of a ratio"),
    API_FIELD_NULL(struct result_view, denominator, API_OPT, "Of a ratio"),
};
static const struct api_schema schema =
    API_SCHEMA("Result", struct result_view, fields, "An indicator over a period");

enum { P_PROGRAMME, P_PERIOD, P_MUNICIPALITY };
static const struct api_param params[] = {
    [P_PROGRAMME] = {"programme", IN_QUERY, API_CODE, .max = 40, .about = "Code of a programme",
                     .example = "cami"},
    [P_PERIOD] = {"period", IN_QUERY, API_STR, .max = 20,
                  .about = "2018, 2018Q2, FY2018 (US fiscal year), 2018-03; else the whole time of "
                           "the programme",
                  .example = "2018"},
    [P_MUNICIPALITY] = {"municipality", IN_QUERY, API_CODE, .max = 14,
                        .about = "SOATE code; else the country", .example = "41704235837000"},
};

struct reading {
    struct api_call *c;
    struct str unit;
    bool has_period;
    struct result_period period;
    size_t first, limit;
    struct {
        struct result_view *v;
        size_t n, cap;
    } views;
    bool more;
};

static const struct result_programme *programme_of(const struct result_programmes *all,
                                                   struct str code)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, code))
            return &all->v[i];
    return NULL;
}

static enum err read_one(struct tx *tx, struct reading *q, const struct result_indicator *i,
                         const struct result_programme *p)
{
    static const char *const rules[RULE__MAX] = {"sum",     "ratio", "max", "last",
                                                 "persons", "units", "none"};
    int64_t bounds[2] = {q->has_period ? q->period.from : p->from_month,
                         q->has_period ? q->period.to : p->to_month};
    struct result_rows rows;
    struct result_ask ask = {.indicator = i,
                             .unit = q->unit,
                             .split = RESULT_SPLIT_NONE,
                             .bounds = bounds,
                             .periods = 1};
    struct result_view v = {.indicator = i->code,
                            .version = i->version,
                            .programme = i->programme,
                            .name = i->name,
                            .unit = i->unit,
                            .definition = i->definition,
                            .rule = str_from(rules[i->rule]),
                            .source = i->source,
                            .filters = i->filters,
                            .from = tally_month_start(bounds[0]),
                            .to = tally_month_start(bounds[1]) - 1,
                            .value = (double)NAN};
    enum err rc = results_public(q->c->r->app, tx, q->c->r->arena, p, &ask, &rows);
    if (rc != ERR_OK)
        return rc;
    v.withheld = rows.n == 1 && rows.v[0].withheld;
    if (rows.n == 1 && !rows.v[0].withheld) {
        v.value = results_amount_double(i, rows.v[0].amount, rows.v[0].base);
        if (i->measure == MEASURE_RATIO) {
            v.numerator = I64(rows.v[0].amount);
            v.denominator = rows.v[0].base;
        }
    }
    ARENA_PUSH(q->c->r->arena, q->views, v);
    return ERR_OK;
}

static enum err read_page(struct tx *tx, void *arg)
{
    struct reading *q = arg;
    struct arena *a = q->c->r->arena;
    struct result_indicators all = {0};
    struct result_programmes programmes = {0};
    const struct api_value *wanted = &q->c->v[P_PROGRAMME];
    size_t at = 0;
    enum err rc = ERR_OK;
    q->views.n = 0;
    q->more = false;
    TRY(results_programmes(tx, a, &programmes));
    TRY(results_indicators(q->c->r->app, tx, a, STR_NULL, &all));
    for (size_t i = 0; i < all.n && !q->more; i++) {
        const struct result_programme *p = programme_of(&programmes, all.v[i].programme);
        if (!p || (wanted->set && !str_eq(wanted->s, p->code)) || at++ < q->first)
            continue;
        q->more = q->views.n == q->limit;
        if (!q->more)
            TRY(read_one(tx, q, &all.v[i], p));
    }
out:
    return rc;
}

static enum err results(struct api_call *c)
{
    struct reading q = {.c = c, .limit = API_LIMIT(c)};
    int64_t after = 0;
    const struct api_value *period = &c->v[P_PERIOD], *unit = &c->v[P_MUNICIPALITY];
    if (API_AFTER(c).set && (!str_to_i64(API_AFTER(c).s, &after) || after < 0)) {
        api_fault(c, "after", MSG_results_fault_number);
        return ERR_INPUT;
    }
    q.first = (size_t)after;
    q.has_period = period->set;
    if (period->set && !results_period_parse(c->r->arena, period->s, &q.period)) {
        api_fault(c, "period", MSG_results_fault_period);
        return ERR_INPUT;
    }
    if (unit->set) {
        const struct place *p = territory_find(territory_get(c->r->app, c->r->arena), unit->s);
        if (!p || !place_is_municipality(p)) {
            api_fault(c, "municipality", MSG_results_fault_unit);
            return ERR_INPUT;
        }
        q.unit = p->code;
    }
    enum err rc = db_read(c->r->db, SCOPE_COUNTRY, read_page, &q);
    c->items = (struct api_list){q.views.v, q.views.n};
    if (q.more)
        c->after = arena_printf(c->r->arena, "%zu", q.first + q.views.n);
    return rc;
}

const struct api_endpoint api_results = {
    .id = "listResults",
    .tag = "Results",
    .summary = "Results of programmes",
    .about = "Each indicator with its number over a period. Two different numbers come from two "
             "indicators with different definitions, never from one.",
    .params = params,
    .param_count = COUNT_OF(params),
    .reply = &schema,
    .page = true,
    .limit_max = 100,
    .keep_seconds = 60,
    .run = results,
};
