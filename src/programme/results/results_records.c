/*
 * The programme's own records: people whom a service reached, and steps of municipalities. Each is
 * a village or municipality, a day and a document; the published totals are sums over them.
 */
#include "programme/results/results_internal.h"

#include "services/catalogue/catalogue.h"

/* --- how their dimensions read --- */

static struct str service_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), value);
    return kind ? text3_get(&kind->name, lang) : value;
}

static struct str coded(enum lang lang, struct str value, const char *const *codes,
                        const enum msg *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(value, str_from(codes[i])))
            return msg_text(lang, names[i]);
    return value;
}

static struct str basis_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    static const char *const codes[] = {"counted", "area"};
    static const enum msg names[] = {MSG_results_basis_counted, MSG_results_basis_area};
    (void)app;
    (void)a;
    return coded(lang, value, codes, names, COUNT_OF(codes));
}

static struct str sex_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    static const char *const codes[] = {"f", "m"};
    static const enum msg names[] = {MSG_results_women, MSG_results_men};
    (void)app;
    (void)a;
    return coded(lang, value, codes, names, COUNT_OF(codes));
}

static struct str milestone_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    static const char *const codes[] = {"joined", "partnership", "organised", "priority",
                                        "mobile_feedback"};
    static const enum msg names[] = {MSG_results_step_joined, MSG_results_step_partnership,
                                     MSG_results_step_organised, MSG_results_step_priority,
                                     MSG_results_step_mobile};
    (void)app;
    (void)a;
    return coded(lang, value, codes, names, COUNT_OF(codes));
}

static struct str programme_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    static const char *const codes[] = {"cami", "sa2"};
    static const enum msg names[] = {MSG_results_programme_cami, MSG_results_programme_sa2};
    (void)app;
    (void)a;
    return coded(lang, value, codes, names, COUNT_OF(codes));
}

static const struct tally_dimension service = {"service", MSG_results_service, false, service_text},
                                    basis = {"basis", MSG_results_basis, false, basis_text},
                                    sex = {"sex", MSG_results_sex, false, sex_text},
                                    programme = {"programme", MSG_results_programme, false,
                                                 programme_text},
                                    milestone = {"milestone", MSG_results_milestone, false,
                                                 milestone_text};

/* --- people --- */

typedef enum err (*tell_fn)(void *arg, const struct tally_fact *fact);

static enum err tell_change(void *arg, const struct tally_fact *fact)
{
    return tally_change(arg, fact);
}

/* A record is two facts where its women are known, one of unknown sex where not. */
static enum err tell_record(const struct result_record *r, int sign, tell_fn tell, void *arg)
{
    struct tally_fact f = {.counter = &results_people_counter,
                           .unit = r->unit,
                           .village = r->village.n ? r->village : STR_NULL,
                           .day = r->day,
                           .values = {r->service, r->basis, STR_NULL, r->programme}};
    enum err rc = ERR_OK;
    if (!r->women.set) {
        f.amount = sign * r->people;
        return f.amount ? tell(arg, &f) : ERR_OK;
    }
    f.values[2] = STR("f");
    f.amount = sign * r->women.v;
    if (f.amount)
        TRY(tell(arg, &f));
    f.values[2] = STR("m");
    f.amount = sign * (r->people - r->women.v);
    if (f.amount)
        TRY(tell(arg, &f));
out:
    return rc;
}

struct recounting {
    struct str unit;
    tally_fact_fn fact;
    void *arg;
};

static enum err recount_record(void *arg, const struct sql_results_records_count_row *row)
{
    struct recounting *c = arg;
    struct result_record r = {.unit = c->unit,
                              .programme = row->programme,
                              .service = row->service,
                              .basis = row->basis,
                              .village = row->village,
                              .day = row->day,
                              .people = row->people,
                              .women = row->women};
    return tell_record(&r, 1, c->fact, c->arg);
}

static enum err recount_people(struct tx *tx, struct arena *a, const struct counter *counter,
                               struct str unit, tally_fact_fn fact, void *arg)
{
    struct recounting c = {unit, fact, arg};
    (void)a;
    (void)counter;
    return sql_results_records_count(tx, recount_record, &c, .unit = unit);
}

const struct counter results_people_counter = {
    .code = "results.people",
    .label = MSG_results_counter_people,
    .kind = COUNTER_FLOW,
    .dimensions = {&service, &basis, &sex, &programme},
    .recount = recount_people,
    .records_path = "/m/{unit}/results/records",
};

enum err results_record_add(struct tx *tx, const struct result_record *r)
{
    enum err rc = ERR_OK;
    bool known = str_eq(r->basis, STR("counted")) || str_eq(r->basis, STR("area"));
    if (!known || r->people < 1 || r->people > 10000000 ||
        (r->women.set && (r->women.v < 0 || r->women.v > r->people)) || !r->document.n)
        return ERR_INPUT;
    TRY(sql_results_record_put(tx, NULL, .unit = r->unit, .id = r->id, .programme = r->programme,
                               .service = r->service, .basis = r->basis,
                               .village = r->village.p ? r->village : STR(""), .day = r->day,
                               .people = r->people, .women = r->women, .document = r->document,
                               .recorded_ms = clock_now_ms(), .recorded_by = r->person));
    TRY(tell_record(r, 1, tell_change, tx));
out:
    return rc;
}

enum err results_record_withdraw(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                 struct str why)
{
    struct sql_results_record_get_row row;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(sql_results_record_get(tx, a, &row, .unit = unit, .id = id));
    TRY(sql_results_record_withdraw(tx, &changed, .unit = unit, .id = id, .why = why));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    struct result_record r = {.unit = unit,
                              .programme = row.programme,
                              .service = row.service,
                              .basis = row.basis,
                              .village = row.village,
                              .day = row.day,
                              .people = row.people,
                              .women = row.women};
    TRY(tell_record(&r, -1, tell_change, tx));
out:
    return rc;
}

/* --- steps --- */

static struct tally_fact step_fact(const struct result_milestone *m, int sign)
{
    return (struct tally_fact){.counter = &results_milestones_counter,
                               .unit = m->unit,
                               .day = m->day,
                               .values = {m->milestone, m->service, m->programme},
                               .amount = sign};
}

static enum err recount_milestone(void *arg, const struct sql_results_milestones_count_row *row)
{
    struct recounting *c = arg;
    struct result_milestone m = {.unit = c->unit,
                                 .programme = row->programme,
                                 .milestone = row->milestone,
                                 .service = row->service,
                                 .day = row->day};
    struct tally_fact f = step_fact(&m, 1);
    return c->fact(c->arg, &f);
}

static enum err recount_milestones(struct tx *tx, struct arena *a, const struct counter *counter,
                                   struct str unit, tally_fact_fn fact, void *arg)
{
    struct recounting c = {unit, fact, arg};
    (void)a;
    (void)counter;
    return sql_results_milestones_count(tx, recount_milestone, &c, .unit = unit);
}

const struct counter results_milestones_counter = {
    .code = "results.milestones",
    .label = MSG_results_counter_milestones,
    .kind = COUNTER_FLOW,
    .dimensions = {&milestone, &service, &programme},
    .recount = recount_milestones,
    .records_path = "/m/{unit}/results/records",
};

enum err results_milestone_add(struct tx *tx, const struct result_milestone *m)
{
    enum err rc = ERR_OK;
    struct tally_fact f = step_fact(m, 1);
    if (!m->milestone.n || !m->document.n)
        return ERR_INPUT;
    TRY(sql_results_milestone_put(
        tx, NULL, .unit = m->unit, .id = m->id, .programme = m->programme,
        .milestone = m->milestone, .service = m->service.p ? m->service : STR(""), .day = m->day,
        .document = m->document, .recorded_ms = clock_now_ms(), .recorded_by = m->person));
    TRY(tally_change(tx, &f));
out:
    return rc;
}

enum err results_milestone_withdraw(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                    struct str why)
{
    struct sql_results_milestone_get_row row;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(sql_results_milestone_get(tx, a, &row, .unit = unit, .id = id));
    TRY(sql_results_milestone_withdraw(tx, &changed, .unit = unit, .id = id, .why = why));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    struct result_milestone m = {.unit = unit,
                                 .programme = row.programme,
                                 .milestone = row.milestone,
                                 .service = row.service,
                                 .day = row.day};
    struct tally_fact f = step_fact(&m, -1);
    TRY(tally_change(tx, &f));
out:
    return rc;
}
