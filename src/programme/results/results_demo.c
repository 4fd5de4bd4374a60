/*
 * Demo: the programme's public story, laid down as records of villages and days, so that every
 * published total comes out of a question. Which villages and days is fictional; the totals are
 * those that were published (result_published has them with their sources).
 */
#include "programme/results/results_value.h"

#include <inttypes.h>
#include <stdlib.h>

enum { UNITS_MAX = 64, VILLAGES_MAX = 400 };

struct share { /* of one village */
    const struct place *village;
    int64_t people, done; /* how many live there; how many are counted so far */
};
struct story {
    struct app *app;
    struct arena *a;
    const struct place *units[UNITS_MAX];
    size_t n;
    struct {
        struct result_record *v;
        size_t n, cap;
    } records;
    struct {
        struct result_milestone *v;
        size_t n, cap;
    } steps;
};

static int by_population(const void *x, const void *y)
{
    const struct place *a = *(const struct place *const *)x, *b = *(const struct place *const *)y;
    int order = (b->population > a->population) - (b->population < a->population);
    return order ? order : str_compare(a->code, b->code);
}

static void find_partners(struct story *s)
{
    const struct territory *t = territory_get(s->app, s->a);
    for (size_t i = 0; i < t->n && s->n < UNITS_MAX; i++)
        if (place_is_municipality(t->all[i]) && t->all[i]->partner && !t->all[i]->successor)
            s->units[s->n++] = t->all[i];
    if (s->n > 50)
        s->n = 50;
    qsort(s->units, s->n, sizeof(struct place *), by_population);
}

static int64_t day_in(struct str key, uint64_t salt, int from_year, int years)
{
    uint64_t dice = demo_draw(key, salt);
    return day_from_civil((struct civil){from_year + (int)(dice % (uint64_t)years),
                                         2 + (int)(dice / 16 % 10), 1 + (int)(dice / 512 % 27)});
}

/* People of a service in the villages of some municipalities, `total` in all, spread by how many
 * live there and are not counted yet. */
static void spread(struct story *s, struct share *villages, size_t n, const char *service,
                   const char *basis, int64_t total, uint64_t salt)
{
    int64_t room = 0, before = 0, given = 0;
    for (size_t i = 0; i < n; i++)
        room += villages[i].people - villages[i].done;
    INVARIANT(room >= total); /* the demo's villages are ours */
    for (size_t i = 0; i < n; i++) {
        before += villages[i].people - villages[i].done;
        int64_t up_to = total * before / room, people = up_to - given;
        struct str code = villages[i].village->code;
        given = up_to;
        villages[i].done += people;
        if (people <= 0)
            continue;
        uint64_t dice = demo_draw(code, salt + 7);
        bool counted = str_eq(str_from(basis), STR("counted"));
        /* Larger villages were done in two stages. */
        int64_t stages = people > 400 ? 2 : 1;
        for (int64_t k = 0; k < stages; k++) {
            int64_t part = k == 0 ? people - people / 2 * (stages - 1) : people / 2;
            struct result_record r = {
                .unit = place_municipality(villages[i].village)->code,
                .id = id_new(),
                .programme = STR("cami"),
                .service = str_from(service),
                .basis = str_from(basis),
                .village = code,
                .day = day_in(code, salt + (uint64_t)k, 2017, 4),
                .people = part,
                .women = counted ? I64(part * (47 + (int64_t)(dice % 7)) / 100) : I64_NONE,
                .document = arena_printf(s->a,
                                         counted ? "Demo: household list %" PRIu64
                                                 : "Demo: act of acceptance %" PRIu64,
                                         dice % 9000 + 1000 + (uint64_t)k),
            };
            ARENA_PUSH(s->a, s->records, r);
        }
    }
}

static size_t villages_of(const struct story *s, size_t first, size_t units, struct share *out)
{
    size_t n = 0;
    for (size_t i = first; i < first + units && i < s->n; i++)
        for (size_t k = 0; k < s->units[i]->child_count && n < VILLAGES_MAX; k++)
            if (s->units[i]->children[k]->population > 0)
                out[n++] = (struct share){.village = s->units[i]->children[k],
                                          .people = s->units[i]->children[k]->population};
    return n;
}

static void add_people(struct story *s)
{
    struct share *v = ARENA_ARRAY(s->a, struct share, VILLAGES_MAX);
    size_t n = villages_of(s, 4, 24, v);
    spread(s, v, n, "water", "counted", 15636, 100);
    spread(s, v, n, "water", "area", 31000 - 15636, 200);
    n = villages_of(s, 0, 9, v);
    spread(s, v, n, "waste", "counted", 23000, 300);
    size_t all = villages_of(s, 0, 20, v), own = n;
    for (size_t i = 0; i < own; i++) /* who has a contract is not counted again as a neighbour */
        for (size_t k = 0; k < s->records.n; k++)
            if (str_eq(s->records.v[k].village, v[i].village->code) &&
                str_eq(s->records.v[k].service, STR("waste")))
                v[i].done += s->records.v[k].people;
    spread(s, v, all, "waste", "area", 53245 - 23000, 400);
    n = villages_of(s, 12, 5, v);
    spread(s, v, n, "lighting", "area", 6000, 500);
}

static void add_step(struct story *s, const struct place *unit, const char *programme,
                     const char *milestone, const char *service, int64_t day)
{
    struct result_milestone m = {
        .unit = unit->code,
        .id = id_new(),
        .programme = str_from(programme),
        .milestone = str_from(milestone),
        .service = str_from(service),
        .day = day,
        .document =
            arena_printf(s->a, "Demo: resolution %llu",
                         (unsigned long long)(demo_draw(unit->code, (uint64_t)day) % 900 + 100)),
    };
    ARENA_PUSH(s->a, s->steps, m);
}

static void add_steps(struct story *s)
{
    static const char *const services[] = {"water", "waste", "irrigation", "pasture"};
    static const char *const priority[] = {"veterinary", "sport",           "waste",
                                           "waste",      "extracurricular", "veterinary"};
    for (size_t i = 0; i < s->n; i++) {
        const struct place *u = s->units[i];
        int64_t joined =
            day_from_civil((struct civil){2016, 11, 1}) + (int64_t)(demo_draw(u->code, 1) % 150);
        add_step(s, u, "cami", "joined", "", joined);
        if (i < 32)
            add_step(s, u, "cami", "partnership", services[i % COUNT_OF(services)],
                     day_in(u->code, 2, 2017, 2));
        if (i < 16)
            add_step(s, u, "cami", "organised", i < 6 ? priority[i] : services[i % 4],
                     day_in(u->code, 3, 2018, 1));
        if (i < 6)
            add_step(s, u, "cami", "priority", priority[i], day_in(u->code, 4, 2018, 1));
        if (str_eq(u->code, STR("41702205848000")))
            add_step(s, u, "cami", "mobile_feedback", "",
                     day_from_civil((struct civil){2018, 5, 14}));
        if (i < 44)
            add_step(s, u, "sa2", "joined", "",
                     day_from_civil((struct civil){2021, 10, 4}) +
                         (int64_t)(demo_draw(u->code, 5) % 120));
    }
}

/* --- writing, one municipality a transaction --- */

struct writing {
    struct story *s;
    struct str unit;
};

static enum err write_unit(struct tx *tx, void *arg)
{
    struct writing *w = arg;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < w->s->records.n; i++)
        if (str_eq(w->s->records.v[i].unit, w->unit))
            TRY(results_record_add(tx, &w->s->records.v[i]));
    for (size_t i = 0; i < w->s->steps.n; i++)
        if (str_eq(w->s->steps.v[i].unit, w->unit))
            TRY(results_milestone_add(tx, &w->s->steps.v[i]));
out:
    return rc;
}

/* --- values that municipalities of the second programme entered --- */

enum { Y2022 = 2022 * 12 };

static enum err enter(struct tx *tx, struct writing *w, const struct result_indicators *all,
                      const struct result_members *m, const char *code, struct result_entry e,
                      int steps)
{
    static const enum result_step way[] = {STEP_SUBMIT, STEP_VERIFY, STEP_LOCK};
    enum msg why_not = MSG_NONE;
    enum err rc = ERR_OK;
    e.indicator = results_find(all, str_from(code));
    e.unit = w->unit;
    e.id = id_new();
    e.kind = STR("actual");
    e.grade = STR("B");
    if (!e.indicator)
        goto out;
    TRY(results_value_enter(tx, w->s->a, m, &e, &why_not));
    for (int k = 0; k < steps; k++)
        TRY(results_value_step(tx, w->s->a, w->unit, e.id, way[k], STR_NULL, STR_NULL, 0));
out:
    INVARIANT(why_not == MSG_NONE); /* the numbers are ours */
    return rc;
}

/* Most are locked, some wait for somebody to verify them. */
static enum err enter_values(struct tx *tx, void *arg)
{
    struct writing *w = arg;
    struct result_indicators all = {0};
    struct result_members m;
    enum err rc = ERR_OK;
    uint64_t dice = demo_draw(w->unit, 77);
    int steps = dice % 5 == 0 ? 1 : 3;
    int64_t women = 3 + (int64_t)(dice % 9), men = 2 + (int64_t)(dice / 16 % 8);
    struct result_cell cells[] = {{STR("sex=f"), women, I64_NONE, 0},
                                  {STR("sex=m"), men, I64_NONE, 0}};
    TRY(results_indicators(w->s->app, tx, w->s->a, STR_NULL, &all));
    TRY(results_members(tx, w->s->a, &m));
    TRY(enter(tx, w, &all, &m, "sa2.volunteers",
              (struct result_entry){.from = Y2022,
                                    .to = Y2022 + 12,
                                    .amount = women + men,
                                    .cells = cells,
                                    .cell_count = 2},
              steps));
    TRY(enter(tx, w, &all, &m, "sa2.improved_share",
              (struct result_entry){
                  .from = Y2022, .to = Y2022 + 12, .amount = dice % 3 != 0, .base = I64(1)},
              steps));
    for (int64_t quarter = 0; quarter < 4; quarter++)
        TRY(enter(
            tx, w, &all, &m, "sa2.funding",
            (struct result_entry){.from = Y2022 + 3 * quarter,
                                  .to = Y2022 + 3 * quarter + 3,
                                  .amount = 100000 * (20 + (int64_t)(dice >> (8 * quarter) & 255))},
            steps));
out:
    return rc;
}

static enum err write_country(struct tx *tx, void *arg)
{
    static const struct {
        const char *indicator;
        int64_t amount, from, to, base;
    } targets[] = {
        {"sa2.partners", 50, 2021 * 12 + 8, 2025 * 12 + 9, 0},
        {"sa2.funding", 4500000000, 2021 * 12 + 8, 2025 * 12 + 9, 0},
        {"sa2.volunteers", 900, 2021 * 12 + 8, 2025 * 12 + 9, 0},
        {"sa2.improved_share", 40, 2021 * 12 + 8, 2025 * 12 + 9, 50},
    };
    struct writing *w = arg;
    enum err rc = ERR_OK;
    (void)w;
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        TRY(sql_results_value_put(
            tx, NULL, .unit = STR("*"), .id = id_new(), .indicator = str_from(targets[i].indicator),
            .version = 1, .kind = STR("target"), .from_month = targets[i].from,
            .to_month = targets[i].to, .amount = targets[i].amount,
            .base = targets[i].base ? I64(targets[i].base) : I64_NONE, .words = STR(""),
            .source = STR("entered"), .state = STR("locked"), .grade = STR("B"), .in_force = 1,
            .supersedes = 0, .why = STR(""), .note = STR(""), .recorded_ms = clock_now_ms(),
            .recorded_by = 0));
out:
    return rc;
}

struct looking {
    struct str unit;
    int64_t n;
};

static enum err look(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct arena *a = arena_new();
    struct sql_results_records_any_row row = {0};
    enum err rc = sql_results_records_any(tx, a, &row, .unit = l->unit);
    l->n = row.n;
    arena_free(a);
    return rc;
}

enum err results_demo(struct app *app, struct demo_context *demo)
{
    struct story s = {.app = app, .a = arena_new()};
    enum err rc = ERR_OK;
    find_partners(&s);
    if (s.n < 50) /* another territory was loaded: its people are not ours to invent */
        goto out;
    struct looking l = {.unit = s.units[0]->code};
    TRY(db_read(app->db, l.unit, look, &l));
    if (l.n == 0) {
        add_people(&s);
        add_steps(&s);
        for (size_t i = 0; i < s.n; i++) {
            struct writing w = {&s, s.units[i]->code};
            TRY(db_write(app->db, w.unit, write_unit, &w));
            if (i < 20)
                TRY(db_write(app->db, w.unit, enter_values, &w));
        }
        struct writing w = {&s, STR("*")};
        TRY(db_write(app->db, SCOPE_COUNTRY, write_country, &w));
    }
    demo_note_address(demo,
                      (struct demo_address){STR("What the programme achieved"), STR("/results")});
    if (demo->report)
        TRY(results_story_print(app, s.a, demo->report));
out:
    arena_free(s.a);
    return rc;
}
