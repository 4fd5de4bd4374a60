/*
 * Indicators and programmes as the database has them, periods, filters and how a number reads.
 */
#include "programme/results/results_internal.h"

#include <math.h>

static const char *const measures[MEASURE__MAX] = {
    [MEASURE_COUNT] = "count",       [MEASURE_RATIO] = "ratio", [MEASURE_ORDINAL] = "ordinal",
    [MEASURE_CURRENCY] = "currency", [MEASURE_TEXT] = "text",
};
static const char *const rules[RULE__MAX] = {
    [RULE_SUM] = "sum",         [RULE_RATIO] = "ratio", [RULE_MAX] = "max",   [RULE_LAST] = "last",
    [RULE_PERSONS] = "persons", [RULE_UNITS] = "units", [RULE_NONE] = "none",
};

const char *results_measure_code(enum result_measure m)
{
    INVARIANT((unsigned)m < MEASURE__MAX);
    return measures[m];
}

bool results_measure_parse(struct str code, enum result_measure *out)
{
    for (int m = 0; m < MEASURE__MAX; m++)
        if (str_eq(code, str_from(measures[m]))) {
            *out = (enum result_measure)m;
            return true;
        }
    return false;
}

const char *results_rule_code(enum result_rule rule)
{
    INVARIANT((unsigned)rule < RULE__MAX);
    return rules[rule];
}

bool results_rule_parse(struct str code, enum result_rule *out)
{
    for (int r = 0; r < RULE__MAX; r++)
        if (str_eq(code, str_from(rules[r]))) {
            *out = (enum result_rule)r;
            return true;
        }
    return false;
}

bool results_is_entered(const struct result_indicator *i)
{
    return str_eq(i->source, STR("entered"));
}

bool results_counts_people(const struct result_indicator *i)
{
    bool people = i->personal || (i->counter && i->counter->kind == COUNTER_PEOPLE);
    return people && (i->measure == MEASURE_COUNT || i->measure == MEASURE_RATIO) &&
           i->rule != RULE_UNITS;
}

/* --- loading --- */

enum err results_programmes(struct tx *tx, struct arena *a, struct result_programmes *out)
{
    struct sql_results_programmes_rows rows;
    enum err rc = sql_results_programmes(tx, a, &rows);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_results_programmes_row *row = &rows.v[i];
        ARENA_PUSH(a, *out,
                   ((struct result_programme){
                       .code = row->code,
                       .name = {{row->name_ky, row->name_ru, row->name_en}},
                       .text = {{row->text_ky, row->text_ru, row->text_en}},
                       .from_month = row->from_month,
                       .to_month = row->to_month,
                       .identifier = row->identifier,
                       .funder = row->funder,
                       .implementer = row->implementer,
                       .status = (int)row->status,
                   }));
    }
    return rc;
}

const struct result_programme *results_programme(const struct result_programmes *all,
                                                 struct str code)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, code))
            return &all->v[i];
    return NULL;
}

const struct result_indicator *results_find(const struct result_indicators *all, struct str code)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, code))
            return &all->v[i];
    return NULL;
}

static struct result_indicator indicator_of(const struct app *app,
                                            const struct sql_results_indicators_row *row)
{
    struct result_indicator i = {
        .code = row->code,
        .version = row->version,
        .current = row->current != 0,
        .programme = row->programme,
        .level = row->level,
        .decimals = (int)row->decimals,
        .ascending = row->ascending != 0,
        .topic = row->topic,
        .source = row->source,
        .filters = row->filters,
        .base_source = row->base_source,
        .base_filters = row->base_filters,
        .dimensions = row->dimensions,
        .frequency = row->frequency,
        .due_days = row->due_days,
        .vocabulary = row->vocabulary,
        .reference = row->reference,
        .changed_ms = row->changed_ms,
        .changed_by = row->changed_by,
        .change_note = row->change_note,
        .personal = row->personal != 0,
    };
    /* A code that this version of the program does not know is a plain count that nothing adds. */
    if (!results_measure_parse(row->measure, &i.measure))
        i.measure = MEASURE_COUNT;
    if (!results_rule_parse(row->rule, &i.rule))
        i.rule = RULE_NONE;
    i.counter = results_is_entered(&i) ? NULL : tally_counter(app, i.source);
    i.base_counter = i.base_source.n ? tally_counter(app, i.base_source) : NULL;
    return i;
}

static void take_text(struct arena *a, struct result_indicators *all,
                      const struct sql_results_texts_row *row)
{
    for (size_t i = 0; i < all->n; i++) {
        struct result_indicator *x = &all->v[i];
        if (x->version != row->version || !str_eq(x->code, row->code))
            continue;
        struct result_text t = {row->field, {{row->ky, row->ru, row->en}}};
        ARENA_PUSH(a, x->texts, t);
        if (str_eq(row->field, STR("name")))
            x->name = t.text;
        else if (str_eq(row->field, STR("unit")))
            x->unit = t.text;
        else if (str_eq(row->field, STR("definition")))
            x->definition = t.text;
        return;
    }
}

enum err results_indicators(const struct app *app, struct tx *tx, struct arena *a, struct str code,
                            struct result_indicators *out)
{
    struct sql_results_indicators_rows rows;
    struct sql_results_texts_rows texts;
    enum err rc = ERR_OK;
    TRY(sql_results_indicators(tx, a, &rows, .code = code));
    TRY(sql_results_texts(tx, a, &texts, .code = code));
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(a, *out, indicator_of(app, &rows.v[i]));
    for (size_t i = 0; i < texts.n; i++)
        take_text(a, out, &texts.v[i]);
out:
    return rc;
}

enum err results_dimensions(struct tx *tx, struct arena *a, enum lang lang,
                            const struct result_indicator *i, struct result_dimensions *out)
{
    struct sql_results_dimensions_rows rows;
    enum err rc = ERR_OK;
    out->n = 0;
    if (!results_is_entered(i)) {
        for (size_t d = 0; i->counter && d < TALLY_DIMENSIONS && i->counter->dimensions[d]; d++)
            out->v[out->n++] = (struct result_dimension){
                .code = str_from(i->counter->dimensions[d]->code),
                .name = msg_text(lang, i->counter->dimensions[d]->label),
                .overlapping = i->counter->dimensions[d]->overlapping,
            };
        return ERR_OK;
    }
    TRY(sql_results_dimensions(tx, a, &rows));
    struct str rest = i->dimensions, code;
    while (i->dimensions.n && str_split(&rest, ',', &code) && out->n < TALLY_DIMENSIONS)
        for (size_t d = 0; d < rows.n; d++)
            if (str_eq(rows.v[d].code, code)) {
                struct text3 name = {{rows.v[d].name_ky, rows.v[d].name_ru, rows.v[d].name_en}};
                out->v[out->n++] = (struct result_dimension){rows.v[d].code, text3_get(&name, lang),
                                                             rows.v[d].overlapping != 0};
            }
out:
    return rc;
}

struct str results_member_text(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                               const struct result_indicator *i, struct str dimension,
                               struct str value)
{
    struct sql_results_members_rows rows;
    if (str_eq(value, TALLY_UNKNOWN))
        return msg_text(lang, MSG_results_unknown);
    int at = i->counter ? tally_dimension_of(i->counter, dimension) : -1;
    if (at >= 0 && i->counter->dimensions[at]->value_text)
        return i->counter->dimensions[at]->value_text(app, a, lang, value);
    if (sql_results_members(tx, a, &rows) == ERR_OK)
        for (size_t m = 0; m < rows.n; m++)
            if (str_eq(rows.v[m].dimension, dimension) && str_eq(rows.v[m].code, value)) {
                struct text3 name = {{rows.v[m].name_ky, rows.v[m].name_ru, rows.v[m].name_en}};
                return text3_get(&name, lang);
            }
    return value;
}

/* --- filters --- */

enum err results_filter(struct arena *a, const struct counter *counter, struct str filters,
                        struct tally_want want[TALLY_DIMENSIONS])
{
    struct str rest = filters, part;
    if (!counter)
        return ERR_NOT_FOUND;
    while (filters.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        int d = at > 0 ? tally_dimension_of(counter, str_slice(part, 0, (size_t)at)) : -1;
        if (d < 0)
            return ERR_CONFIG;
        struct str values = str_slice(part, (size_t)at + 1, part.n), value;
        struct str *v = ARENA_ARRAY(a, struct str, TALLY_WANT_MAX);
        size_t n = 0;
        while (str_split(&values, ',', &value))
            if (n == TALLY_WANT_MAX)
                return ERR_CONFIG;
            else
                v[n++] = value;
        want[d] = (struct tally_want){v, n};
    }
    return ERR_OK;
}

bool results_filter_fits(struct arena *a, const struct counter *counter, struct str filters)
{
    struct tally_want want[TALLY_DIMENSIONS] = {0};
    return results_filter(a, counter, filters, want) == ERR_OK;
}

/* --- periods --- */

int64_t results_end_of_data(const struct result_programme *p, int64_t today)
{
    int64_t now = tally_month(today) + 1;
    return now < p->to_month && now > p->from_month ? now : p->to_month;
}

static bool year_of(struct str s, int64_t *out)
{
    return s.n == 4 && str_to_i64(s, out) && *out >= 1991 && *out <= 2100;
}

/* "P3M", "P1Y" in months; 0: neither. */
static int64_t iso_months(struct str s)
{
    int64_t n;
    if (s.n < 3 || s.p[0] != 'P' || !str_to_i64(str_slice(s, 1, s.n - 2), &n) || n < 1 || n > 600)
        return 0;
    return s.p[s.n - 1] == 'M' ? n : s.p[s.n - 1] == 'Y' ? 12 * n : 0;
}

static bool month_of(struct str s, int64_t *out)
{
    int64_t year, month;
    if (s.n != 7 || s.p[4] != '-' || !year_of(str_slice(s, 0, 4), &year) ||
        !str_to_i64(str_slice(s, 5, 2), &month) || month < 1 || month > 12)
        return false;
    *out = year * 12 + month - 1;
    return true;
}

/* What follows the year: nothing, "Q1" to "Q4". */
static bool part_of_year(struct str rest, int64_t start, struct result_period *out)
{
    if (rest.n == 0) {
        out->from = start;
        out->to = start + 12;
        return true;
    }
    if (rest.n != 2 || rest.p[0] != 'Q' || rest.p[1] < '1' || rest.p[1] > '4')
        return false;
    out->from = start + 3 * (rest.p[1] - '1');
    out->to = out->from + 3;
    return true;
}

bool results_period_parse(struct arena *a, struct str code, struct result_period *out)
{
    int64_t year, month, first;
    struct str rest;
    *out = (struct result_period){.code = arena_str(a, code)};
    ptrdiff_t slash = str_find_char(code, '/');
    if (slash > 0) {
        struct str left = str_slice(code, 0, (size_t)slash);
        rest = str_slice(code, (size_t)slash + 1, code.n);
        if (left.n == 10 && str_ends(left, STR("-01")))
            left.n = 7;
        if (!month_of(left, &first))
            return false;
        if (iso_months(rest)) {
            out->from = first;
            out->to = first + iso_months(rest);
            return true;
        }
        out->from = first;
        if (!month_of(rest, &month) || month < first)
            return false;
        out->to = month + 1;
        return true;
    }
    if (str_starts(code, STR("FY")) && year_of(str_slice(code, 2, 4), &year))
        return part_of_year(str_slice(code, 6, code.n), year * 12 - 3, out);
    if (month_of(code, &month)) {
        out->from = month;
        out->to = month + 1;
        return true;
    }
    if (!year_of(str_slice(code, 0, 4), &year))
        return false;
    rest = str_slice(code, 4, code.n);
    if (str_eq(rest, STR("Oct"))) {
        out->from = year * 12 + 9;
        out->to = out->from + 12;
        return true;
    }
    if (rest.n == 2 && str_to_i64(rest, &month) && month >= 1 && month <= 12) {
        out->from = year * 12 + month - 1;
        out->to = out->from + 1;
        return true;
    }
    return part_of_year(rest, year * 12, out);
}

struct str results_period_code(struct arena *a, int64_t from, int64_t to)
{
    long long year = from / 12, month = from % 12;
    if (month == 0 && to - from == 12)
        return arena_printf(a, "%lld", year);
    if (month == 9 && to - from == 12)
        return arena_printf(a, "FY%lld", year + 1);
    if (month % 3 == 0 && to - from == 3)
        return arena_printf(a, "%lldQ%lld", year, month / 3 + 1);
    if (to - from == 1)
        return arena_printf(a, "%lld-%02lld", year, month + 1);
    return arena_printf(a, "%lld-%02lld/%lld-%02lld", year, month + 1, (long long)(to - 1) / 12,
                        (long long)((to - 1) % 12) + 1);
}

struct str results_period_text(struct arena *a, enum lang lang, int64_t from, int64_t to)
{
    int64_t year = from / 12, month = from % 12;
    if (month == 0 && to - from == 12)
        return MSG_STR(a, lang, MSG_results_year, ARG_PLAIN("year", year));
    if (month == 9 && to - from == 12)
        return MSG_STR(a, lang, MSG_results_fiscal_year, ARG_PLAIN("year", year + 1));
    if (month % 3 == 0 && to - from == 3)
        return MSG_STR(a, lang, MSG_results_quarter, ARG_PLAIN("year", year),
                       ARG_PLAIN("quarter", month / 3 + 1));
    struct buf *out = buf_in(a);
    lang_month(out, lang, (int)year, (int)month + 1);
    if (to - from > 1) {
        buf_cstr(out, " – ");
        lang_month(out, lang, (int)((to - 1) / 12), (int)((to - 1) % 12) + 1);
    }
    return buf_view(out);
}

/* --- numbers --- */

static double power_of_ten(int decimals)
{
    double p = 1;
    for (int i = 0; i < decimals; i++)
        p *= 10;
    return p;
}

double results_amount_double(const struct result_indicator *i, int64_t amount, struct i64_opt base)
{
    if (i->measure == MEASURE_RATIO)
        return base.set && base.v != 0 ? (double)amount / (double)base.v : NAN;
    return (double)amount / power_of_ten(i->decimals);
}

void results_amount_put(struct buf *out, enum lang lang, const struct result_indicator *i,
                        int64_t amount, struct i64_opt base)
{
    double v = results_amount_double(i, amount, base);
    if (i->measure == MEASURE_RATIO) {
        if (isnan(v))
            buf_cstr(out, "–");
        else
            lang_percent(out, lang, v);
    } else if (i->measure == MEASURE_CURRENCY) {
        lang_money(out, lang, amount);
    } else if (i->decimals > 0) {
        lang_decimal(out, lang, v, i->decimals);
    } else {
        lang_number(out, lang, amount);
    }
}

void results_amount_plain(struct buf *out, const struct result_indicator *i, int64_t amount,
                          struct i64_opt base)
{
    double v = results_amount_double(i, amount, base);
    if (i->measure == MEASURE_RATIO) {
        if (!isnan(v))
            buf_fixed(out, v, 4);
    } else if (i->decimals > 0) {
        buf_fixed(out, v, i->decimals);
    } else {
        buf_i64(out, amount);
    }
}
