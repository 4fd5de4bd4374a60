/*
 * Figures: how many reports, how fast, how well the promises were kept. Of one municipality and of
 * all.
 */
#include "front/api/api_describe.h"
#include <math.h>

#include "platform/core/clock.h"
#include "services/charter/charter.h"
#include "voice/cases/cases.h"

struct figures_view {
    struct str municipality;
    int64_t as_of, open, overdue, received30, resolved30, received365, resolved365, in_time365;
    int64_t rated365, rating_sum;
    double median_answer_hours, rating_average;
    struct kept promises90;
};
static const struct api_field fields[] = {
    API_FIELD(struct figures_view, municipality, API_STR, "SOATE code"),
    API_FIELD(struct figures_view, as_of, API_DAY, "Day of the figures"),
    API_FIELD(struct figures_view, open, API_INT, "Reports on which somebody must act"),
    API_FIELD(struct figures_view, overdue, API_INT, "Of these past the promised day"),
    API_FIELD(struct figures_view, received30, API_INT, "Received in the last 30 days"),
    API_FIELD(struct figures_view, resolved30, API_INT, "Resolved in the last 30 days"),
    API_FIELD(struct figures_view, received365, API_INT, "Received in the last 365 days"),
    API_FIELD(struct figures_view, resolved365, API_INT, "Resolved in the last 365 days"),
    API_FIELD(struct figures_view, in_time365, API_INT, "Of these by the promised day"),
    API_FIELD_NULL(struct figures_view, median_answer_hours, API_NUMBER,
                   "Median time to the first answer, of answers in the last 90 days"),
    API_FIELD(struct figures_view, rated365, API_INT, "Ratings in the last 365 days"),
    API_FIELD_NULL(struct figures_view, rating_average, API_NUMBER, "Their average, 1 to 5"),
    API_FIELD_OF(struct figures_view, promises90, API_OBJECT, &api_kept_schema,
                 "All measured promises in the last 90 days"),
};
static const struct api_schema schema =
    API_SCHEMA("Figures", struct figures_view, fields,
               "Figures of a municipality, private reports and what merged into it included. They "
               "describe who reported, not all residents: no margin of error can be given");

static void add_cases(struct figures_view *v, const struct case_figures *f)
{
    v->open += f->open;
    v->overdue += f->overdue;
    v->received30 += f->received30;
    v->resolved30 += f->resolved30;
    v->received365 += f->received365;
    v->resolved365 += f->resolved365;
    v->in_time365 += f->in_time365;
    /* The municipality's own median stands for all; that of an earlier one while it has none. */
    if (f->median_answer_ms >= 0 && v->median_answer_hours != v->median_answer_hours)
        v->median_answer_hours = round(10.0 * (double)f->median_answer_ms / MS_HOUR) / 10;
    v->rated365 += f->rated;
    v->rating_sum += f->rating_sum;
    if (v->rated365)
        v->rating_average = round(100.0 * (double)v->rating_sum / (double)v->rated365) / 100;
}

static struct figures_view empty(struct str unit, int64_t today)
{
    return (struct figures_view){.municipality = unit,
                                 .as_of = today,
                                 .median_answer_hours = (double)NAN,
                                 .rating_average = (double)NAN};
}

static void add_kept(struct figures_view *v, const struct unit_kept_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_empty(list->v[i].service) && str_eq(list->v[i].unit, v->municipality))
            v->promises90 = list->v[i].last90;
}

/* --- of one --- */

struct one_read {
    struct req *r;
    struct place_codes family;
    struct figures_view *view;
};

static enum err one_fn(struct tx *tx, void *arg)
{
    struct one_read *o = arg;
    struct unit_kept_list kept = {0};
    int64_t today = day_today();
    enum err rc = ERR_OK;
    *o->view = empty(o->r->unit, today);
    for (size_t i = 0; i < o->family.n; i++) {
        struct case_figures f;
        TRY(cases_figures(tx, o->r->arena, o->family.v[i], today, &f));
        add_cases(o->view, &f);
    }
    TRY(charter_kept_unit(tx, o->r->arena, o->r->unit, &kept));
    add_kept(o->view, &kept);
out:
    return rc;
}

static const struct api_param one_params[] = {API_UNIT_PARAM};

static enum err one(struct api_call *c)
{
    struct req *r = c->r;
    struct one_read o = {.r = r, .family = api_family(r, r->unit)};
    o.view = ARENA_NEW(r->arena, struct figures_view);
    c->reply = o.view;
    return db_read(r->db, o.family.n > 1 ? SCOPE_COUNTRY : r->unit, one_fn, &o);
}

const struct api_endpoint api_unit_figures = {
    .id = "getFigures",
    .tag = "Figures",
    .summary = "Figures of a municipality",
    .about = "What its page shows.",
    .params = one_params,
    .param_count = COUNT_OF(one_params),
    .reply = &schema,
    .keep_seconds = 60,
    .run = one,
};

/* --- of all --- */

struct all_read {
    struct req *r;
    const struct all_case_figures *cases;
    struct unit_kept_list kept;
};

static enum err all_fn(struct tx *tx, void *arg)
{
    struct all_read *all = arg;
    all->kept = (struct unit_kept_list){0};
    return charter_kept_all(tx, all->r->arena, &all->kept);
}

static void add_unit(struct figures_view *v, const struct all_read *all, struct str code)
{
    for (size_t i = 0; i < all->cases->n; i++)
        if (str_eq(all->cases->v[i].unit, code))
            add_cases(v, &all->cases->v[i].f);
}

static enum err list(struct api_call *c)
{
    struct req *r = c->r;
    struct all_read all = {.r = r};
    const struct territory *t = territory_get(r->app, r->arena);
    struct {
        struct figures_view *v;
        size_t n, cap;
    } out = {0};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, all_fn, &all);
    if (rc == ERR_OK)
        rc = cases_figures_country(r->app, r->arena, &all.cases);
    for (size_t i = 0; i < t->n && rc == ERR_OK; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p) || p->successor || p->valid_to != INT64_MAX ||
            (API_AFTER(c).set && str_compare(p->code, API_AFTER(c).s) <= 0))
            continue;
        if (out.n > 0 && out.n == API_LIMIT(c)) {
            c->after = out.v[out.n - 1].municipality;
            break;
        }
        struct figures_view v = empty(p->code, day_today());
        struct place_codes family = place_family(r->arena, p);
        for (size_t k = 0; k < family.n; k++)
            add_unit(&v, &all, family.v[k]);
        add_kept(&v, &all.kept);
        ARENA_PUSH(r->arena, out, v);
    }
    c->items = (struct api_list){out.v, out.n};
    return rc;
}

const struct api_endpoint api_figures = {
    .id = "listFigures",
    .tag = "Figures",
    .summary = "Figures of all municipalities",
    .about = "In the order of their codes. To compare them, relate counts to residents.",
    .reply = &schema,
    .page = true,
    .limit_max = 500,
    .keep_seconds = 60,
    .run = list,
};
