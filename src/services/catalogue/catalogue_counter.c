/*
 * People served, as a kept total (platform/tally). A count of a village and level holds from its
 * day until the next one of the same village and level; a merger ends it in one municipality and
 * begins it in the other. So what a cell tells is a row of differences, and whoever changes the
 * counts of a cell takes the old row back and tells the new one.
 */
#include "services/catalogue/catalogue_internal.h"

static struct str service_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), value);
    return kind ? text3_get(&kind->name, lang) : value;
}

static struct str level_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    const struct catalogue *c = catalogue_get(app, a);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->v[i].level_count; k++)
            if (str_eq(c->v[i].levels[k].code, value))
                return text3_get(&c->v[i].levels[k].name, lang);
    return value;
}

static struct str sex_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    (void)app;
    (void)a;
    return msg_text(lang, str_eq(value, STR("f")) ? MSG_catalogue_women : MSG_catalogue_men);
}

static const struct tally_dimension service = {"service", MSG_catalogue_service, false,
                                               service_text},
                                    level = {"level", MSG_catalogue_level, false, level_text},
                                    sex = {"sex", MSG_catalogue_sex, false, sex_text};

/* How many of a count are women, men, and of unknown sex. */
struct heads {
    int64_t n[3];
};
static const char *const sexes[3] = {"f", "m", NULL};

static struct heads heads_of(int64_t people, struct i64_opt women)
{
    if (!women.set)
        return (struct heads){{0, 0, people}};
    return (struct heads){{women.v, people - women.v, 0}};
}

/* One cell's counts, in order. */
struct telling {
    struct str unit, service, village, level;
    int sign;
    tally_fact_fn fact;
    void *arg;
    struct heads now;
    int64_t day;
    struct i64_opt handed_over;
};

static enum err tell_step(struct telling *t, struct heads next, int64_t day)
{
    enum err rc = ERR_OK;
    t->day = day > t->day ? day : t->day;
    for (int s = 0; s < 3; s++) {
        struct tally_fact f = {
            .counter = &catalogue_people_counter,
            .unit = t->unit,
            .village = t->village,
            .day = t->day,
            .values = {t->service, t->level, sexes[s] ? str_from(sexes[s]) : STR_NULL},
            .amount = t->sign * (next.n[s] - t->now.n[s])};
        if (f.amount)
            TRY(t->fact(t->arg, &f));
    }
    t->now = next;
out:
    return rc;
}

static enum err tell_end(struct telling *t)
{
    enum err rc = ERR_OK;
    if (t->handed_over.set)
        rc = tell_step(t, (struct heads){{0, 0, 0}}, t->handed_over.v);
    return rc;
}

static enum err tell_count(struct telling *t, int64_t people, struct i64_opt women, int64_t day,
                           struct i64_opt taken_over, struct i64_opt handed_over)
{
    if (handed_over.set)
        t->handed_over = handed_over;
    return tell_step(t, heads_of(people, women),
                     taken_over.set && taken_over.v > day ? taken_over.v : day);
}

static enum err change(void *tx, const struct tally_fact *fact)
{
    return tally_change(tx, fact);
}

enum err coverage_tell(struct tx *tx, struct arena *a, struct str unit, struct str service_code,
                       struct str village, struct str level_code, int sign)
{
    struct sql_coverage_of_cell_rows rows;
    struct telling t = {.unit = unit,
                        .service = service_code,
                        .village = village,
                        .level = level_code,
                        .sign = sign,
                        .fact = change,
                        .arg = tx,
                        .day = INT64_MIN};
    enum err rc = ERR_OK;
    TRY(sql_coverage_of_cell(tx, a, &rows, .unit = unit, .service = service_code,
                             .village = village, .level = level_code));
    for (size_t i = 0; i < rows.n; i++)
        TRY(tell_count(&t, rows.v[i].people, rows.v[i].women, rows.v[i].day,
                       rows.v[i].taken_over_day, rows.v[i].handed_over_day));
    TRY(tell_end(&t));
out:
    return rc;
}

static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg)
{
    struct sql_coverage_of_unit_rows rows;
    struct telling t = {.unit = unit, .sign = 1, .fact = fact, .arg = arg, .day = INT64_MIN};
    enum err rc = ERR_OK;
    (void)c;
    TRY(sql_coverage_of_unit(tx, a, &rows, .unit = unit));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_coverage_of_unit_row *row = &rows.v[i];
        if (i > 0 && (!str_eq(row->service, t.service) || !str_eq(row->village, t.village) ||
                      !str_eq(row->level, t.level))) {
            TRY(tell_end(&t));
            t.now = (struct heads){{0, 0, 0}};
            t.day = INT64_MIN;
            t.handed_over = I64_NONE;
        }
        t.service = row->service;
        t.village = row->village;
        t.level = row->level;
        TRY(tell_count(&t, row->people, row->women, row->day, row->taken_over_day,
                       row->handed_over_day));
    }
    TRY(tell_end(&t));
out:
    return rc;
}

const struct counter catalogue_people_counter = {
    .code = "catalogue.people_served",
    .label = MSG_catalogue_people_served,
    .kind = COUNTER_STOCK,
    .dimensions = {&service, &level, &sex},
    .recount = recount,
    .records_path = "/m/{unit}/services",
};
