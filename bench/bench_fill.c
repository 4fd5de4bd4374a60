/*
 * Fills an empty, migrated database with a country of any size, for measurements:
 *
 *     bench_fill --db URL --data DIR UNITS REPORTS
 *
 * Municipalities with villages, registry, counts of people served, published charters, and REPORTS
 * reports spread over the last two years, in the states that age and chance have brought them to.
 * The rows go through the store and the slices' own queries, and the kept totals are those that
 * the program would have kept (`aimak doctor` recounts them), so that pages cost what they
 * cost in earnest. What is left out: photos, letters, and entries of the public log for
 * the reports. Names are numbers: nobody can take this for a real place. Every run makes the same.
 */
#include "fill.h"

#include "cmd/house.h"
#include "community/places/places_internal.h"
#include "platform/core/clock.h"
#include "platform/core/csv.h"
#include "platform/core/id.h"
#include "platform/core/log.h"
#include "services/catalogue/catalogue_internal.h"
#include "services/charter/charter_internal.h"

#define UNITS_MOST 2000
#define YEARS_BACK 2

static const char *const services[FILL_SERVICES] = {
    "water", "waste", "lighting", "roads", "parks", "culture", "kindergarten", "irrigation"};

/* --- places --- */

static void put_place(struct csv_writer *w, const char *code, int level, const char *kind,
                      const char *parent, struct str name, double lat, double lon)
{
    csv_text(w, str_from(code));
    csv_number(w, level);
    csv_text(w, str_from(kind));
    csv_text(w, str_from(parent));
    for (int l = 0; l < LANG__MAX; l++)
        csv_text(w, name);
    if (lat > 0) {
        csv_double(w, lat);
        csv_double(w, lon);
    } else {
        csv_text(w, STR(""));
        csv_text(w, STR(""));
    }
    csv_number(w, 0);
    csv_end(w);
}

/* Seven oblasts with six raions each; municipality i lies in oblast i % 7. */
static void put_unit(struct fill *f, struct csv_writer *places, struct csv_writer *people,
                     int64_t i)
{
    struct arena *a = f->arena;
    struct dice dice = {.state = (uint64_t)i * 7919 + 17};
    int oblast = (int)(i % 7), raion = (int)(i / 7 % 6), nth = (int)(i / 42);
    char raion_code[32], village[32], *code = f->units[i].code;
    double lat = 39.8 + 0.4 * oblast + 0.05 * raion, lon = 70.5 + 1.2 * raion + 0.02 * nth;
    snprintf(raion_code, sizeof raion_code, "4170%d%03d000000", oblast + 2, 200 + raion * 5);
    snprintf(code, sizeof f->units[i].code, "%.8s%03d000", raion_code, 801 + nth * 2);
    put_place(places, code, 3, "ayil_aimak", raion_code,
              arena_printf(a, "Айыл аймагы №%lld", (long long)i + 1), lat, lon);
    for (int v = 1, n = 2 + (int)dice_below(&dice, 4); v <= n; v++) {
        snprintf(village, sizeof village, "%.11s%03d", code, v * 10);
        put_place(places, village, 4, "village", code,
                  arena_printf(a, "Айыл %lld/%d", (long long)i + 1, v), lat + 0.013 * v,
                  lon + 0.017 * v);
        csv_text(people, str_from(village));
        csv_number(people, 2025);
        csv_text(people, STR("f"));
        csv_text(people, STR("30-59"));
        csv_number(people, 300 + dice_below(&dice, 2500));
        csv_text(people, STR("made up"));
        csv_end(people);
    }
}

static enum err fill_places(struct fill *f)
{
    struct csv_writer places = {.out = buf_in(f->arena)}, people = {.out = buf_in(f->arena)};
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    char code[32], parent[32];
    enum err rc = ERR_OK;
    buf_cstr(places.out, "code,level,type,parent_code,name_ky,name_ru,name_en,lat,lon,partner\r\n");
    buf_cstr(people.out, "code,year,sex,age,people,source\r\n");
    put_place(&places, "41700000000000", 0, "country", "", STR("Өлкө"), 0, 0);
    for (int o = 0; o < 7; o++) {
        snprintf(parent, sizeof parent, "4170%d000000000", o + 2);
        put_place(&places, parent, 1, "oblast", "41700000000000",
                  arena_printf(f->arena, "Облус №%d", o + 1), 0, 0);
        for (int r = 0; r < 6; r++) {
            snprintf(code, sizeof code, "4170%d%03d000000", o + 2, 200 + r * 5);
            put_place(&places, code, 2, "raion", parent,
                      arena_printf(f->arena, "Район №%d", o * 6 + r + 1), 0, 0);
        }
    }
    for (int64_t i = 0; i < f->unit_count; i++)
        put_unit(f, &places, &people, i);
    TRY(places_load_units(f->app, f->arena, buf_view(places.out), false, true, &table, &counts));
    TRY(places_load_population(f->app, f->arena, buf_view(people.out), false, &table, &counts));
    const struct territory *t = territory_get(f->app, f->arena);
    for (int64_t i = 0; i < f->unit_count; i++) {
        f->units[i].place = territory_find(t, str_from(f->units[i].code));
        INVARIANT(f->units[i].place);
    }
out:
    if (rc == ERR_INPUT) {
        struct buf *faults = buf_in(f->arena);
        table_fault_report(table, LANG_EN, faults);
        fprintf(stderr, "%.*s", STRF(buf_view(faults)));
    }
    return rc;
}

/* --- services, people served, charters --- */

struct unit_job {
    struct fill *f;
    struct arena *arena;
    struct fill_unit *unit;
    int64_t began_ms;
};

static enum err put_service(struct tx *tx, struct unit_job *j, const struct service_kind *kind)
{
    struct str unit = str_from(j->unit->code);
    int64_t day = day_of_ms(j->began_ms);
    struct str level = kind->level_count ? kind->levels[kind->level_count - 1].code : STR("");
    enum err rc = ERR_OK;
    TRY(sql_registry_put(tx, NULL, .unit = unit, .service = kind->code, .id = id_new(),
                         .mode = STR("own"), .since_day = day, .decision = STR("1/1"),
                         .note = STR(""), .provided = 1, .recorded_ms = j->began_ms,
                         .recorded_by = 1));
    for (size_t i = 0; i < j->unit->place->child_count; i++) {
        const struct place *village = j->unit->place->children[i];
        TRY(sql_coverage_put(tx, NULL, .unit = unit, .id = id_new(), .service = kind->code,
                             .village = village->code, .level = level,
                             .people = village->population * 3 / 4, .day = day,
                             .method = STR("register"), .note = STR(""), .recorded_ms = j->began_ms,
                             .recorded_by = 1));
    }
out:
    return rc;
}

static enum err put_charter(struct tx *tx, struct unit_job *j, int nth)
{
    struct app *app = j->f->app;
    struct arena *a = j->arena;
    struct charter_faults faults = {0};
    struct charter_change c = {.unit = str_from(j->unit->code),
                               .service = j->f->services[nth],
                               .person = 1,
                               .at_ms = j->began_ms};
    const struct charter_terms resolve = {.measure = STR("resolve_within_days"),
                                          .kind = STR(""),
                                          .amount = FILL_PROMISE_DAYS,
                                          .working_days = true};
    const struct charter_terms answer = {
        .measure = STR("answer_within_days"), .kind = STR(""), .amount = 3, .working_days = true};
    const struct text3 intro = {{STR("Өлчөө үчүн түзүлгөн."), STR("Составлено для измерений."),
                                 STR("Made for measurements.")}};
    int64_t other = 0;
    enum err rc = ERR_OK;
    j->unit->promise[nth] = 0;
    TRY(charter_draft(tx, a, &c, &c.version));
    TRY(charter_set_intro(tx, a, &c, &intro, STR("+996 000 000000"), &faults));
    TRY(charter_set_terms(app, tx, a, &c, &j->unit->promise[nth], &resolve, &faults));
    TRY(charter_set_terms(app, tx, a, &c, &other, &answer, &faults));
    TRY(charter_approve(tx, a, &c, STR("1/1"), day_of_ms(c.at_ms), &faults));
    TRY(charter_publish(tx, a, &c, day_of_ms(c.at_ms), &faults));
out:
    return rc;
}

static enum err unit_fn(struct tx *tx, void *arg)
{
    struct unit_job *j = arg;
    const struct catalogue *catalogue = catalogue_get(j->f->app, j->arena);
    enum err rc = ERR_OK;
    for (int s = 0; s < FILL_SERVICES; s++) {
        const struct service_kind *kind = catalogue_find(catalogue, j->f->services[s]);
        INVARIANT(kind && kind->fault_count);
        TRY(put_service(tx, j, kind));
        TRY(put_charter(tx, j, s));
    }
out:
    return rc;
}

static enum err fill_unit(struct fill *f, int64_t i)
{
    struct unit_job j = {.f = f,
                         .arena = arena_new(),
                         .unit = &f->units[i],
                         .began_ms = f->now_ms - (YEARS_BACK * 365 + 30) * MS_DAY};
    enum err rc = db_write(f->app->db, str_from(j.unit->code), unit_fn, &j);
    arena_free(j.arena);
    return rc;
}

/* --- the whole --- */

static enum err fill_all(struct fill *f)
{
    struct progress bar;
    struct arena *a = arena_new();
    enum err rc = ERR_OK;
    TRY(fill_places(f));
    progress_start(&bar, "Filling", f->report_count);
    for (int32_t i = 0; i < f->unit_count; i++) {
        int64_t from = f->report_count * i / f->unit_count;
        int64_t to = f->report_count * (i + 1) / f->unit_count;
        TRY(fill_unit(f, i));
        TRY(fill_reports(f, i, from, to));
        TRY(charter_refresh(f->app, a, str_from(f->units[i].code)));
        arena_reset(a);
        progress_at(&bar, to);
    }
    progress_end(&bar);
    TRY(fill_numbers(f));
out:
    arena_free(a);
    return rc;
}

static bool take_arguments(struct options *o, struct fill *f, int argc, char **argv)
{
    argc--;
    argv++;
    return options_take(o, &argc, argv) && argc == 2 &&
           str_to_i64(str_from(argv[0]), &f->unit_count) &&
           str_to_i64(str_from(argv[1]), &f->report_count) && f->unit_count > 0 &&
           f->unit_count <= UNITS_MOST && f->report_count >= 0 && f->report_count <= 50000000;
}

int main(int argc, char **argv)
{
    struct options o;
    struct house h;
    struct fill f = {.now_ms = clock_now_ms(), .today = day_today()};
    if (!take_arguments(&o, &f, argc, argv)) {
        fprintf(stderr, "usage: bench_fill --db URL --data DIR UNITS REPORTS\n");
        return EXIT_BAD_USAGE;
    }
    log_set_level(getenv("BENCH_DEBUG") ? LOG_DEBUG : LOG_WARN);
    random_seed_for_test(20261122);
    if (house_open(&h, &o, HOUSE_MIGRATE | HOUSE_START) != EXIT_DONE)
        return EXIT_ENVIRONMENT;
    f.app = &h.app;
    f.arena = arena_new();
    f.units = ARENA_ARRAY(f.arena, struct fill_unit, (size_t)f.unit_count);
    f.numbers = err_memory(calloc((size_t)f.report_count + 1, sizeof *f.numbers));
    for (int s = 0; s < FILL_SERVICES; s++)
        f.services[s] = str_from(services[s]);
    enum err rc = fill_all(&f);
    if (rc != ERR_OK)
        fprintf(stderr, "bench_fill: %s\n", err_name(rc));
    free(f.numbers);
    arena_free(f.arena);
    house_close(&h);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}
