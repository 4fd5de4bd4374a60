/*
 * Public pages: what a programme promised and what came of it, one indicator with everything that
 * stands behind its number, and the records of a municipality.
 */
#include "programme/results/results_web.h"

#include "programme/results/results_public.h"

#include "services/catalogue/catalogue.h"

#include <math.h>
#include <stdlib.h>

#define KEEP_SECONDS 60

/* --- periods to choose from --- */

static struct option period_option(struct req *r, int64_t from, int64_t to)
{
    return (struct option){.value = results_period_code(r->arena, from, to),
                           .text = results_period_text(r->arena, r->ui.lang, from, to)};
}

#define FILL_PERIODS(r, p, list)                                                                   \
    do {                                                                                           \
        int64_t end_ = results_end_of_data((p), day_today());                                      \
        ARENA_PUSH((r)->arena, list,                                                               \
                   ((struct option){.value = STR(""),                                              \
                                    .text = msg_text((r)->ui.lang, MSG_results_whole)}));          \
        for (int64_t m_ = (p)->from_month / 12 * 12; m_ < end_; m_ += 12)                          \
            ARENA_PUSH((r)->arena, list, period_option((r), m_, m_ + 12));                         \
        for (int64_t m_ = ((p)->from_month + 3) / 12 * 12 - 3; m_ < end_; m_ += 12)                \
            ARENA_PUSH((r)->arena, list, period_option((r), m_, m_ + 12));                         \
    } while (0)

/* What was asked, or the whole time of the programme. False: asked, but it is no period. */
static bool asked_period(struct req *r, const struct result_programme *p, struct result_period *out)
{
    struct str asked = req_query(r, "period");
    *out = (struct result_period){
        .code = STR(""), .from = p->from_month, .to = results_end_of_data(p, day_today())};
    if (!asked.n)
        return true;
    struct result_period parsed;
    if (!results_period_parse(r->arena, asked, &parsed))
        return false;
    *out = parsed;
    return true;
}

/* --- numbers by year --- */

static size_t year_bounds(const struct result_programme *p, int64_t *bounds)
{
    int64_t end = results_end_of_data(p, day_today());
    size_t n = 0;
    bounds[n++] = p->from_month;
    for (int64_t m = (p->from_month / 12 + 1) * 12; m < end && n < RESULTS_YEARS_MAX; m += 12)
        bounds[n++] = m;
    bounds[n] = end;
    return n;
}

enum err results_trend(const struct app *app, struct tx *tx, struct arena *a,
                       const struct result_indicator *i, const struct result_programme *p,
                       struct str unit, struct results_years *out)
{
    struct result_rows rows;
    enum err rc = ERR_OK;
    out->withheld = false;
    out->n = year_bounds(p, out->bounds);
    for (size_t k = 0; k < out->n; k++)
        out->value[k] = NAN;
    struct result_ask ask = {.indicator = i,
                             .unit = unit,
                             .split = RESULT_SPLIT_NONE,
                             .bounds = out->bounds,
                             .periods = out->n};
    TRY(results_public(app, tx, a, p, &ask, &rows));
    for (size_t k = 0; k < rows.n; k++)
        if (rows.v[k].withheld)
            out->withheld = true;
        else
            out->value[rows.v[k].period] =
                results_amount_double(i, rows.v[k].amount, rows.v[k].base);
out:
    return rc;
}

/* --- the programme home --- */

struct home {
    struct req *r;
    struct result_programmes programmes;
    struct result_indicators indicators;
    const struct result_programme *programme;
    struct result_period period;
    bool bad_period;
    struct sql_results_targets_rows targets;
    struct sql_results_published_rows published;
    struct result_number *numbers;
    struct results_years *years;
};

static enum err read_home(struct tx *tx, void *arg)
{
    struct home *h = arg;
    struct arena *a = h->r->arena;
    enum err rc = ERR_OK;
    struct str asked = req_query(h->r, "programme");
    h->programmes = (struct result_programmes){0};
    h->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, a, &h->programmes));
    TRY(results_indicators(h->r->app, tx, a, STR_NULL, &h->indicators));
    if (h->programmes.n == 0)
        FAIL(ERR_NOT_FOUND);
    h->programme = asked.n ? results_programme(&h->programmes, asked) : &h->programmes.v[0];
    if (!h->programme)
        FAIL(ERR_NOT_FOUND);
    h->bad_period = !asked_period(h->r, h->programme, &h->period);
    TRY(sql_results_targets(tx, a, &h->targets, .unit = STR("*")));
    TRY(sql_results_published(tx, a, &h->published));
    h->numbers = ARENA_ARRAY(a, struct result_number, h->indicators.n);
    h->years = ARENA_ARRAY(a, struct results_years, h->indicators.n);
    for (size_t i = 0; i < h->indicators.n; i++) {
        const struct result_indicator *x = &h->indicators.v[i];
        if (!str_eq(x->programme, h->programme->code))
            continue;
        TRY(results_public_number(h->r->app, tx, a, h->programme, x, STR_NULL, h->period.from,
                                  h->period.to, &h->numbers[i]));
        TRY(results_trend(h->r->app, tx, a, x, h->programme, STR_NULL, &h->years[i]));
    }
out:
    return rc;
}

/* A line of a few points, decoration beside its words; sizes are attributes, as the content
 * security policy wants. */
struct html results_spark(struct arena *a, const struct results_years *y)
{
    struct buf *out = buf_in(a);
    double top = 0;
    size_t points = 0;
    for (size_t i = 0; i < y->n; i++)
        if (!isnan(y->value[i])) {
            points++;
            top = y->value[i] > top ? y->value[i] : top;
        }
    if (points < 2 || top <= 0)
        return (struct html){STR("")};
    buf_cstr(out, "<svg class=\"spark\" width=\"90\" height=\"24\" viewBox=\"0 0 90 24\" "
                  "aria-hidden=\"true\" focusable=\"false\"><polyline fill=\"none\" "
                  "stroke=\"currentColor\" stroke-width=\"2\" points=\"");
    for (size_t i = 0; i < y->n; i++) {
        if (isnan(y->value[i]))
            continue;
        buf_fixed(out, 2 + 86.0 * (double)i / (double)(y->n - 1), 1);
        buf_char(out, ',');
        buf_fixed(out, 22 - 20 * (y->value[i] < 0 ? 0 : y->value[i]) / top, 1);
        buf_char(out, ' ');
    }
    buf_cstr(out, "\"/></svg> ");
    return (struct html){buf_view(out)};
}

struct str results_spark_text(struct req *r, const struct result_indicator *i,
                              const struct results_years *y)
{
    struct buf *out = buf_in(r->arena);
    for (size_t k = 0; k < y->n; k++) {
        if (isnan(y->value[k]))
            continue;
        if (out->n)
            buf_cstr(out, " · ");
        buf_i64(out, y->bounds[k] / 12);
        buf_cstr(out, ": ");
        if (i->measure == MEASURE_RATIO)
            lang_percent(out, r->ui.lang, y->value[k]);
        else
            lang_decimal(out, r->ui.lang, y->value[k], 0);
    }
    return buf_view(out);
}

struct str results_number_text(struct arena *a, enum lang lang, const struct result_indicator *i,
                               int64_t amount, struct i64_opt base)
{
    struct buf *out = buf_in(a);
    results_amount_put(out, lang, i, amount, base);
    return buf_view(out);
}

/* The target of that very period; of the whole time, the programme's. */
static const struct sql_results_targets_row *target_of(const struct sql_results_targets_rows *all,
                                                       const struct result_indicator *i,
                                                       const struct result_programme *p,
                                                       const struct result_period *period)
{
    for (size_t k = 0; k < all->n; k++) {
        const struct sql_results_targets_row *t = &all->v[k];
        if (!str_eq(t->indicator, i->code) || !str_eq(t->kind, STR("target")))
            continue;
        if ((t->from_month == period->from && t->to_month == period->to) ||
            (!period->code.n && t->from_month == p->from_month && t->to_month == p->to_month))
            return t;
    }
    return NULL;
}

/* In words, and as a part of the bar; nothing without a number or a target above zero. */
static void share_of_target(struct req *r, const struct result_indicator *i,
                            const struct result_number *n, const struct sql_results_targets_row *t,
                            struct results_line *line)
{
    struct buf *percent = buf_in(r->arena);
    double goal = results_amount_double(i, t->amount, t->base);
    double is = results_amount_double(i, n->amount, n->base);
    if (!n->present || !(goal > 0) || isnan(is))
        return;
    line->filled = is >= goal ? 100 : (int64_t)(is / goal * 100 + 0.5);
    lang_percent(percent, r->ui.lang, is / goal);
    line->share = MSG_STR(r->arena, r->ui.lang, MSG_results_share_of_target,
                          ARG_S("percent", buf_view(percent)));
}

static struct str published_of(struct req *r, const struct home *h,
                               const struct result_indicator *i)
{
    for (size_t k = 0; k < h->published.n; k++)
        if (str_eq(h->published.v[k].indicator, i->code))
            return results_number_text(r->arena, r->ui.lang, i, h->published.v[k].amount, I64_NONE);
    return STR_NULL;
}

static void fill_home(struct home *h, struct results_home_view *v)
{
    struct req *r = h->r;
    enum lang lang = r->ui.lang;
    v->programme = text3_get(&h->programme->name, lang);
    v->text = text3_get(&h->programme->text, lang);
    v->code = h->programme->code;
    v->report = arena_printf(r->arena, "/results/report?programme=%.*s", STRF(v->code));
    v->bad_period = h->bad_period;
    v->period_asked = h->period.code;
    v->period = results_period_text(r->arena, lang, h->period.from, h->period.to);
    FILL_PERIODS(r, h->programme, v->periods);
    for (size_t i = 0; i < h->programmes.n; i++)
        ARENA_PUSH(
            r->arena, v->tabs,
            ((struct results_tab){
                text3_get(&h->programmes.v[i].name, lang),
                arena_printf(r->arena, "/results?programme=%.*s", STRF(h->programmes.v[i].code)),
                &h->programmes.v[i] == h->programme,
            }));
    for (size_t i = 0; i < h->indicators.n; i++) {
        const struct result_indicator *x = &h->indicators.v[i];
        if (!str_eq(x->programme, h->programme->code))
            continue;
        struct results_line line = {
            .code = x->code,
            .name = text3_get(&x->name, lang),
            .unit = text3_get(&x->unit, lang),
            .href = arena_printf(r->arena, "/results/i/%.*s%s%.*s", STRF(x->code),
                                 h->period.code.n ? "?period=" : "", STRF(h->period.code)),
            .no_data = !h->numbers[i].present,
            .withheld = h->numbers[i].withheld,
            .published = published_of(r, h, x),
        };
        if (h->numbers[i].present)
            line.actual =
                results_number_text(r->arena, lang, x, h->numbers[i].amount, h->numbers[i].base);
        const struct sql_results_targets_row *t =
            target_of(&h->targets, x, h->programme, &h->period);
        if (t) {
            line.target = results_number_text(r->arena, lang, x, t->amount, t->base);
            share_of_target(r, x, &h->numbers[i], t, &line);
        }
        line.trend = results_spark(r->arena, &h->years[i]);
        line.trend_text = results_spark_text(r, x, &h->years[i]);
        v->has_published = v->has_published || line.published.n;
        ARENA_PUSH(r->arena, v->lines, line);
    }
}

enum err results_home(struct req *r)
{
    struct home h = {.r = r};
    struct results_home_view v = {0};
    enum err rc = req_read(r, read_home, &h);
    if (rc != ERR_OK)
        return rc;
    fill_home(&h, &v);
    struct page page = {.title = msg_text(r->ui.lang, MSG_results_title), .width = PAGE_WIDE};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, v.bad_period ? 422 : 200);
    page_open(out, r, &page);
    tpl_results_home(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- one indicator --- */

struct one {
    struct req *r;
    struct result_programmes programmes;
    struct result_indicators indicators;
    const struct result_indicator *i;
    const struct result_programme *programme;
    struct result_period period;
    bool bad_period;
    struct result_number number;
    struct results_years years;
    struct result_dimensions dimensions;
    struct result_rows split[TALLY_DIMENSIONS], places, oblasts;
    struct str split_names[TALLY_DIMENSIONS][RESULTS_MEMBERS_MAX];
    struct sql_results_pairs_rows pairs;
    struct result_number *others;
    struct sql_results_published_rows published;
    struct result_number *counted;
    struct sql_results_targets_rows targets;
};

static enum err read_divisions(struct tx *tx, struct one *o)
{
    struct arena *a = o->r->arena;
    int64_t bounds[2] = {o->period.from, o->period.to};
    struct result_ask ask = {.indicator = o->i,
                             .split = RESULT_SPLIT_NONE,
                             .by_place = true,
                             .bounds = bounds,
                             .periods = 1};
    enum err rc = ERR_OK;
    TRY(results_public_oblasts(o->r->app, tx, a, o->programme, &ask, &o->places, &o->oblasts));
    ask.by_place = false;
    TRY(results_dimensions(tx, a, o->r->ui.lang, o->i, &o->dimensions));
    for (size_t d = 0; d < o->dimensions.n; d++) {
        ask.split = (int)d;
        TRY(results_public(o->r->app, tx, a, o->programme, &ask, &o->split[d]));
        for (size_t k = 0; k < o->split[d].n && k < RESULTS_MEMBERS_MAX; k++)
            o->split_names[d][k] =
                results_member_text(o->r->app, tx, a, o->r->ui.lang, o->i, o->dimensions.v[d].code,
                                    o->split[d].v[k].values[d]);
    }
out:
    return rc;
}

static enum err read_one(struct tx *tx, void *arg)
{
    struct one *o = arg;
    struct arena *a = o->r->arena;
    enum err rc = ERR_OK;
    o->programmes = (struct result_programmes){0};
    o->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, a, &o->programmes));
    TRY(results_indicators(o->r->app, tx, a, STR_NULL, &o->indicators));
    o->i = results_find(&o->indicators, req_param(o->r, "indicator"));
    o->programme = o->i ? results_programme(&o->programmes, o->i->programme) : NULL;
    if (!o->programme)
        FAIL(ERR_NOT_FOUND);
    o->bad_period = !asked_period(o->r, o->programme, &o->period);
    TRY(results_public_number(o->r->app, tx, a, o->programme, o->i, STR_NULL, o->period.from,
                              o->period.to, &o->number));
    TRY(results_trend(o->r->app, tx, a, o->i, o->programme, STR_NULL, &o->years));
    TRY(read_divisions(tx, o));
    TRY(sql_results_pairs(tx, a, &o->pairs));
    o->others = ARENA_ARRAY(a, struct result_number, o->pairs.n);
    for (size_t k = 0; k < o->pairs.n; k++) {
        const struct sql_results_pairs_row *p = &o->pairs.v[k];
        struct str other = str_eq(p->first, o->i->code)    ? p->second
                           : str_eq(p->second, o->i->code) ? p->first
                                                           : STR_NULL;
        const struct result_indicator *x = other.p ? results_find(&o->indicators, other) : NULL;
        const struct result_programme *its =
            x ? results_programme(&o->programmes, x->programme) : NULL;
        if (its)
            TRY(results_public_number(o->r->app, tx, a, its, x, STR_NULL, o->period.from,
                                      o->period.to, &o->others[k]));
    }
    TRY(sql_results_published(tx, a, &o->published));
    TRY(sql_results_targets(tx, a, &o->targets, .unit = STR("*")));
    o->counted = ARENA_ARRAY(a, struct result_number, o->published.n);
    for (size_t k = 0; k < o->published.n; k++)
        if (str_eq(o->published.v[k].indicator, o->i->code))
            TRY(results_public_number(o->r->app, tx, a, o->programme, o->i, STR_NULL,
                                      o->published.v[k].from_month, o->published.v[k].to_month,
                                      &o->counted[k]));
out:
    return rc;
}

/* The page that lists the records counted, of that municipality and period. */
struct str results_records_href(struct arena *a, const struct result_indicator *i, struct str unit,
                                int64_t from, int64_t to)
{
    const char *path = i->counter ? i->counter->records_path : NULL;
    struct buf *out = buf_in(a);
    if (!path || str_eq(unit, STR("*")))
        return STR_NULL;
    struct str rest = str_from(path), mark = STR("{unit}"), part;
    ptrdiff_t at = str_find(rest, mark);
    if (at < 0)
        return STR_NULL;
    buf_str(out, str_slice(rest, 0, (size_t)at));
    buf_str(out, unit);
    buf_str(out, str_slice(rest, (size_t)at + mark.n, rest.n));
    buf_cstr(out, "?from=");
    buf_day(out, tally_month_start(from));
    buf_cstr(out, "&to=");
    buf_day(out, tally_month_start(to) - 1);
    rest = i->filters;
    while (i->filters.n && str_split(&rest, ';', &part)) {
        ptrdiff_t eq = str_find_char(part, '=');
        buf_char(out, '&');
        buf_str(out, str_slice(part, 0, eq > 0 ? (size_t)eq : 0));
        buf_char(out, '=');
        buf_percent(out, str_slice(part, eq > 0 ? (size_t)eq + 1 : part.n, part.n));
    }
    return buf_view(out);
}

static void fill_rows(struct one *o, struct results_indicator_view *v,
                      const struct result_rows *rows, struct results_table *t)
{
    for (size_t k = 0; k < rows->n; k++) {
        const struct result_row *row = &rows->v[k];
        t->rows.v[k].withheld = row->withheld;
        v->withheld_any = v->withheld_any || row->withheld;
        if (!row->withheld)
            t->rows.v[k].number =
                results_number_text(o->r->arena, o->r->ui.lang, o->i, row->amount, row->base);
    }
}

static void add_split(struct one *o, struct results_indicator_view *v, size_t d)
{
    struct arena *a = o->r->arena;
    struct result_rows rows = o->split[d];
    struct results_table t = {
        .id = arena_printf(a, "by-%.*s", STRF(o->dimensions.v[d].code)),
        .caption = MSG_STR(a, o->r->ui.lang, MSG_results_by_dimension,
                           ARG_S("name", o->dimensions.v[d].name)),
        .head = o->dimensions.v[d].name,
        .overlapping = o->dimensions.v[d].overlapping,
    };
    if (rows.n > RESULTS_MEMBERS_MAX)
        rows.n = RESULTS_MEMBERS_MAX;
    if (rows.n < 2) /* nothing is divided */
        return;
    for (size_t k = 0; k < rows.n; k++)
        ARENA_PUSH(a, t.rows, ((struct results_cell){.name = o->split_names[d][k]}));
    fill_rows(o, v, &rows, &t);
    ARENA_PUSH(a, v->tables, t);
}

/* Oblasts are sums of their municipalities; distinct persons do not add up, so they have none. */
static void add_oblasts(struct one *o, struct results_indicator_view *v, const struct territory *t)
{
    enum lang lang = o->r->ui.lang;
    struct results_table table = {.id = STR("by-oblast"),
                                  .caption = msg_text(lang, MSG_results_by_oblast),
                                  .head = msg_text(lang, MSG_results_oblast)};
    for (size_t k = 0; k < o->oblasts.n; k++) {
        const struct place *p = territory_find(t, o->oblasts.v[k].place);
        ARENA_PUSH(
            o->r->arena, table.rows,
            ((struct results_cell){.name = p ? place_name(p, lang) : o->oblasts.v[k].place}));
    }
    fill_rows(o, v, &o->oblasts, &table);
    if (o->oblasts.n > 0)
        ARENA_PUSH(o->r->arena, v->tables, table);
}

static void add_places(struct one *o, struct results_indicator_view *v, const struct territory *t)
{
    struct arena *a = o->r->arena;
    enum lang lang = o->r->ui.lang;
    struct results_table table = {.id = STR("by-unit"),
                                  .caption = msg_text(lang, MSG_results_by_unit),
                                  .head = msg_text(lang, MSG_results_municipality)};
    for (size_t k = 0; k < o->places.n; k++) {
        struct str code = o->places.v[k].place;
        const struct place *p = territory_find(t, code);
        ARENA_PUSH(a, table.rows,
                   ((struct results_cell){
                       .name = p ? place_name(p, lang) : code,
                       .href = results_records_href(a, o->i, code, o->period.from, o->period.to)}));
    }
    fill_rows(o, v, &o->places, &table);
    if (o->places.n > 0)
        ARENA_PUSH(a, v->tables, table);
}

/* --- the map: five steps of the municipalities' own numbers --- */

struct painting {
    struct one *o;
    int64_t top;
};

static struct map_paint paint(void *arg, const struct place *p)
{
    static const char *const classes[] = {"step-1", "step-2", "step-3", "step-4", "step-5"};
    struct painting *job = arg;
    const struct result_row *row = NULL;
    struct req *r = job->o->r;
    for (size_t k = 0; k < job->o->places.n && !row; k++)
        if (str_eq(job->o->places.v[k].place, p->code))
            row = &job->o->places.v[k];
    struct buf *title = buf_in(r->arena);
    struct map_paint out = {.css_class = "step-0"};
    buf_str(title, place_name(p, r->ui.lang));
    buf_cstr(title, ": ");
    if (!row || row->withheld) {
        buf_str(title, row ? msg_text(r->ui.lang, MSG_results_withheld_cell)
                           : msg_text(r->ui.lang, MSG_results_no_data));
    } else {
        int64_t step = job->top > 0 ? row->amount * 5 / job->top : 0;
        out.css_class = classes[step < 0 ? 0 : step > 4 ? 4 : step];
        results_amount_put(title, r->ui.lang, job->o->i, row->amount, row->base);
        out.href = results_records_href(r->arena, job->o->i, p->code, job->o->period.from,
                                        job->o->period.to);
    }
    out.title = buf_view(title);
    return out;
}

static void add_map(struct one *o, struct results_indicator_view *v)
{
    struct painting job = {.o = o};
    struct buf *map = buf_in(o->r->arena);
    if (o->places.n < 2 || o->i->measure == MEASURE_RATIO)
        return;
    for (size_t k = 0; k < o->places.n; k++)
        if (o->places.v[k].amount > job.top)
            job.top = o->places.v[k].amount;
    places_map(map, &o->r->ui, o->r->app, o->r->arena, PLACE_AIMAK, paint, &job);
    v->map = (struct html){buf_view(map)};
}

/* --- the sheet, quotes, the other definition --- */

static void sheet_line(struct req *r, struct results_indicator_view *v, enum msg label,
                       struct str text)
{
    if (text.n)
        ARENA_PUSH(r->arena, v->sheet, ((struct results_sheet_line){label, text}));
}

static const struct {
    const char *field;
    enum msg label;
} sheet_fields[] = {
    {"rationale", MSG_results_field_rationale},     {"method", MSG_results_field_method},
    {"source", MSG_results_field_source},           {"responsible", MSG_results_field_responsible},
    {"limitations", MSG_results_field_limitations}, {"targets", MSG_results_field_targets},
    {"quality", MSG_results_field_quality},
};

void results_fill_sheet(struct req *r, const struct result_indicator *i,
                        struct results_indicator_view *v)
{
    static const enum msg rules[RULE__MAX] = {
        [RULE_SUM] = MSG_results_rule_sum,         [RULE_RATIO] = MSG_results_rule_ratio,
        [RULE_MAX] = MSG_results_rule_max,         [RULE_LAST] = MSG_results_rule_last,
        [RULE_PERSONS] = MSG_results_rule_persons, [RULE_UNITS] = MSG_results_rule_units,
        [RULE_NONE] = MSG_results_rule_none,
    };
    enum lang lang = r->ui.lang;
    struct arena *a = r->arena;
    sheet_line(r, v, MSG_results_code,
               MSG_STR(a, lang, MSG_results_version, ARG_S("code", i->code),
                       ARG_PLAIN("version", i->version)));
    sheet_line(r, v, MSG_results_definition, text3_get(&i->definition, lang));
    sheet_line(r, v, MSG_results_unit, text3_get(&i->unit, lang));
    sheet_line(r, v, MSG_results_rule, msg_text(lang, rules[i->rule]));
    sheet_line(r, v, MSG_results_source,
               results_is_entered(i) ? msg_text(lang, MSG_results_source_entered)
               : i->counter          ? MSG_STR(a, lang, MSG_results_source_counter,
                                               ARG_S("name", msg_text(lang, i->counter->label)))
                            : MSG_STR(a, lang, MSG_results_source_none, ARG_S("name", i->source)));
    sheet_line(r, v, MSG_results_filters, i->filters);
    sheet_line(r, v, MSG_results_frequency,
               msg_text(lang, str_eq(i->frequency, STR("quarter")) ? MSG_results_frequency_quarter
                              : str_eq(i->frequency, STR("year"))  ? MSG_results_frequency_year
                                                                   : MSG_results_frequency_once));
    for (size_t f = 0; f < COUNT_OF(sheet_fields); f++)
        for (size_t k = 0; k < i->texts.n; k++)
            if (str_eq(i->texts.v[k].field, str_from(sheet_fields[f].field)))
                sheet_line(r, v, sheet_fields[f].label, text3_get(&i->texts.v[k].text, lang));
    sheet_line(r, v, MSG_results_reference,
               arena_printf(a, "%.*s (%.*s)", STRF(i->reference), STRF(i->vocabulary)));
    sheet_line(r, v, MSG_results_changes, i->change_note);
}

static void add_quotes(struct one *o, struct results_indicator_view *v)
{
    struct req *r = o->r;
    for (size_t k = 0; k < o->published.n; k++) {
        const struct sql_results_published_row *p = &o->published.v[k];
        const struct result_number *n = &o->counted[k];
        if (!str_eq(p->indicator, o->i->code))
            continue;
        struct results_quote q = {
            .number = results_number_text(r->arena, r->ui.lang, o->i, p->amount, I64_NONE),
            .wording = p->wording,
            .source = p->source,
            .counted = n->present
                           ? results_number_text(r->arena, r->ui.lang, o->i, n->amount, n->base)
                           : msg_text(r->ui.lang, MSG_results_no_data),
            .same = n->present && n->amount == p->amount,
        };
        ARENA_PUSH(r->arena, v->quotes, q);
    }
}

static void add_others(struct one *o, struct results_indicator_view *v)
{
    struct req *r = o->r;
    enum lang lang = r->ui.lang;
    for (size_t k = 0; k < o->pairs.n; k++) {
        const struct sql_results_pairs_row *p = &o->pairs.v[k];
        bool first = str_eq(p->first, o->i->code);
        if (!first && !str_eq(p->second, o->i->code))
            continue;
        const struct result_indicator *x =
            results_find(&o->indicators, first ? p->second : p->first);
        struct text3 why = {{p->why_ky, p->why_ru, p->why_en}};
        if (!x)
            continue;
        struct results_other other = {
            .name = text3_get(&x->name, lang),
            .definition = text3_get(&x->definition, lang),
            .why = text3_get(&why, lang),
            .href = arena_printf(r->arena, "/results/i/%.*s", STRF(x->code)),
            .number =
                o->others[k].present
                    ? results_number_text(r->arena, lang, x, o->others[k].amount, o->others[k].base)
                    : msg_text(lang, MSG_results_no_data),
            .own_number = o->number.present ? results_number_text(r->arena, lang, o->i,
                                                                  o->number.amount, o->number.base)
                                            : msg_text(lang, MSG_results_no_data),
        };
        ARENA_PUSH(r->arena, v->others, other);
    }
}

static void fill_chart(struct one *o, struct results_indicator_view *v)
{
    struct chart_point *points = ARENA_ARRAY(o->r->arena, struct chart_point, o->years.n);
    bool percent = o->i->measure == MEASURE_RATIO;
    for (size_t k = 0; k < o->years.n; k++)
        points[k] = (struct chart_point){
            arena_printf(o->r->arena, "%lld", (long long)o->years.bounds[k] / 12),
            percent ? o->years.value[k] * 100 : o->years.value[k]};
    v->chart = (struct chart){.title = v->name,
                              .unit = percent ? STR("%") : STR(""),
                              .v = points,
                              .n = o->years.n,
                              .target = NAN};
}

static void fill_one(struct one *o, struct results_indicator_view *v)
{
    struct req *r = o->r;
    enum lang lang = r->ui.lang;
    const struct territory *t = territory_get(r->app, r->arena);
    v->code = o->i->code;
    v->name = text3_get(&o->i->name, lang);
    v->unit = text3_get(&o->i->unit, lang);
    v->definition = text3_get(&o->i->definition, lang);
    v->few = RESULTS_FEW;
    v->no_data = !o->number.present && !o->number.withheld;
    v->withheld = o->number.withheld;
    v->withheld_any = o->number.withheld || o->years.withheld;
    v->bad_period = o->bad_period;
    v->period = results_period_text(r->arena, lang, o->period.from, o->period.to);
    v->period_asked = o->period.code;
    v->action = arena_printf(r->arena, "/results/i/%.*s", STRF(o->i->code));
    if (o->number.present)
        v->number = results_number_text(r->arena, lang, o->i, o->number.amount, o->number.base);
    const struct sql_results_targets_row *target =
        target_of(&o->targets, o->i, o->programme, &o->period);
    if (target)
        v->target = results_number_text(r->arena, lang, o->i, target->amount, target->base);
    FILL_PERIODS(r, o->programme, v->periods);
    add_quotes(o, v);
    add_others(o, v);
    fill_chart(o, v);
    for (size_t d = 0; d < o->dimensions.n; d++)
        add_split(o, v, d);
    add_oblasts(o, v, t);
    add_places(o, v, t);
    add_map(o, v);
    results_fill_sheet(r, o->i, v);
}

enum err results_indicator_page(struct req *r)
{
    struct one *o = ARENA_NEW(r->arena, struct one);
    struct results_indicator_view v = {0};
    o->r = r;
    enum err rc = req_read(r, read_one, o);
    if (rc != ERR_OK)
        return rc;
    fill_one(o, &v);
    struct crumb crumbs[] = {
        {arena_printf(r->arena, "/results?programme=%.*s", STRF(o->programme->code)),
         text3_get(&o->programme->name, r->ui.lang)}};
    struct page page = {.title = v.name, .width = PAGE_WIDE, .crumbs = crumbs, .crumb_count = 1};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, v.bad_period ? 422 : 200);
    page_open(out, r, &page);
    tpl_results_indicator(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the records of a municipality --- */

struct recording {
    struct req *r;
    int64_t from, to;
    struct sql_results_records_rows people;
    struct sql_results_milestones_rows steps;
};

static enum err read_records(struct tx *tx, void *arg)
{
    struct recording *d = arg;
    enum err rc = ERR_OK;
    TRY(sql_results_records(tx, d->r->arena, &d->people, .unit = d->r->unit, .from_day = d->from,
                            .to_day = d->to));
    TRY(sql_results_milestones(tx, d->r->arena, &d->steps, .unit = d->r->unit, .from_day = d->from,
                               .to_day = d->to));
out:
    return rc;
}

/* Is the value one of those asked for ("a,b"; nothing asked: any)? */
static bool wanted(struct req *r, const char *name, struct str value)
{
    struct str asked = req_query(r, name), part;
    if (!asked.n)
        return true;
    while (str_split(&asked, ',', &part))
        if (str_eq(part, value))
            return true;
    return false;
}

static struct str dimension_text(struct req *r, const struct counter *c, int d, struct str value)
{
    return value.n ? c->dimensions[d]->value_text(r->app, r->arena, r->ui.lang, value) : STR("–");
}

static void fill_records(struct recording *d, struct results_records_view *v)
{
    struct req *r = d->r;
    enum lang lang = r->ui.lang;
    const struct territory *t = territory_get(r->app, r->arena);
    int64_t total = 0;
    bool *hidden = ARENA_ARRAY(r->arena, bool, d->people.n);
    results_public_records(d->people.v, d->people.n, hidden);
    v->few = RESULTS_FEW;
    for (size_t i = 0; i < d->people.n && !req_query(r, "milestone").n; i++) {
        const struct sql_results_records_row *row = &d->people.v[i];
        const struct place *village = territory_find(t, row->village);
        if (!wanted(r, "service", row->service) || !wanted(r, "basis", row->basis) ||
            !wanted(r, "programme", row->programme))
            continue;
        total += row->withdrawn ? 0 : row->people;
        struct buf *people = buf_in(r->arena);
        if (!hidden[i])
            lang_number(people, lang, row->people);
        v->withheld_any = v->withheld_any || hidden[i];
        ARENA_PUSH(r->arena, v->people,
                   ((struct results_record_line){
                       .day = row->day,
                       .what = dimension_text(r, &results_people_counter, 0, row->service),
                       .village = village ? place_name(village, lang) : STR("–"),
                       .basis = dimension_text(r, &results_people_counter, 1, row->basis),
                       .document = row->document,
                       .people = buf_view(people),
                       .withheld = hidden[i],
                       .withdrawn = row->withdrawn != 0,
                       .why = row->withdrawn_why,
                   }));
    }
    for (size_t i = 0; i < d->steps.n && !req_query(r, "basis").n; i++) {
        const struct sql_results_milestones_row *row = &d->steps.v[i];
        if (!wanted(r, "milestone", row->milestone) || !wanted(r, "programme", row->programme) ||
            !wanted(r, "service", row->service))
            continue;
        ARENA_PUSH(
            r->arena, v->steps,
            ((struct results_record_line){
                .day = row->day,
                .what = dimension_text(r, &results_milestones_counter, 0, row->milestone),
                .basis = dimension_text(r, &results_milestones_counter, 1, row->service),
                .programme = dimension_text(r, &results_milestones_counter, 2, row->programme),
                .document = row->document,
                .withdrawn = row->withdrawn != 0,
                .why = row->withdrawn_why,
            }));
    }
    struct buf *sum = buf_in(r->arena);
    lang_number(sum, lang, total);
    v->total = buf_view(sum);
}

enum err results_unit_records(struct req *r)
{
    struct recording d = {.r = r, .to = day_today()};
    struct results_records_view v = {0};
    int64_t day;
    d.from = day_from_civil((struct civil){2010, 1, 1});
    if (req_query(r, "from").n && day_parse(req_query(r, "from"), &day))
        d.from = day;
    if (req_query(r, "to").n && day_parse(req_query(r, "to"), &day))
        d.to = day;
    enum err rc = req_read(r, read_records, &d);
    if (rc != ERR_OK)
        return rc;
    fill_records(&d, &v);
    struct buf *from = buf_in(r->arena), *to = buf_in(r->arena);
    lang_date_short(from, r->ui.lang, d.from);
    lang_date_short(to, r->ui.lang, d.to);
    v.from = buf_view(from);
    v.to = buf_view(to);
    struct page page = {.title = msg_text(r->ui.lang, MSG_results_records_title),
                        .unit_name = place_name(places_unit(r), r->ui.lang),
                        .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                        .section = SECTION_UNIT,
                        .width = PAGE_WIDE};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_results_records(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}
