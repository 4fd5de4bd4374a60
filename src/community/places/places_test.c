/*
 * Places on both engines: imports (whole or not at all, repeatable), names found however they are
 * spelt, mergers with their history, population that adds up, outlines that survive the database.
 */
#include "community/places/places_internal.h"

#include "platform/core/clock.h"
#include "platform/core/testing.h"
#include "platform/web/demo.h"
#include "platform/web/slice_testing.h"

#include <math.h>

static const struct slice *const slices[] = {&places_slice};

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
    assert_int_equal(places_slice.start(&t->app), ERR_OK);
}

static const char units[] =
    "code,level,type,parent_code,name_ru,name_ky,name_ky_source,name_en,lat,lon\n"
    "41700000000000,0,country,,Страна,Өлкө,official,Country,,\n"
    "41704000000000,1,oblast,41700000000000,Нарынская область,Нарын облусу,official,Naryn,,\n"
    "41704235000000,2,raion,41704000000000,Кочкорский район,Кочкор району,official,Kochkor,,\n"
    "41704235837000,3,ayil_aimak,41704235000000,Кок-Жарский айылный аймак,Көк-Жар айыл аймагы,"
    "official,,42.18,75.65\n"
    "41704235837010,4,village,41704235837000,Кок-Джар,Көк-Жар,official,Kok-Dzhar,42.18,75.65\n"
    "41704235825000,3,ayil_aimak,41704235000000,Кум-Дебенский айылный аймак,,,,42.2,75.6\n"
    "41704235825010,4,village,41704235825000,Кум-Дебе,Кум-Дөбө,official,,42.21,75.61\n"
    "41704235825020,4,village,41704235825000,Шамшы,Шамшы,official,,42.25,75.5\n";

static struct import_counts load(struct slice_test *t, const char *text, bool dry_run,
                                 enum err expected, int64_t faults)
{
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    enum err rc =
        places_load_units(&t->app, t->arena, str_from(text), dry_run, false, &table, &counts);
    assert_int_equal(rc, expected);
    assert_int_equal(table_faults(table), faults);
    return counts;
}

static const struct place *find(struct slice_test *t, const char *code)
{
    return territory_find(territory_get(&t->app, t->arena), str_from(code));
}

static void imports_once_however_often(void **state)
{
    struct slice_test t;
    begin(&t, state);
    assert_int_equal(load(&t, units, true, ERR_OK, 0).added, 8);
    assert_null(find(&t, "41704235837000")); /* a dry run writes nothing */
    assert_int_equal(load(&t, units, false, ERR_OK, 0).added, 8);
    struct import_counts again = load(&t, units, false, ERR_OK, 0);
    assert_int_equal(again.added, 0);
    assert_int_equal(again.changed, 0);
    assert_int_equal(again.same, 8);
    const struct place *p = find(&t, "41704235825000");
    /* The classifier has no Kyrgyz name: the Russian one is shown, and known to be Russian. */
    assert_true(p->name_ky_draft);
    assert_null(p->name.in[LANG_KY].p);
    assert_str_equal(place_name(p, LANG_KY), STR("Кум-Дебенский айылный аймак"));
    assert_int_equal(text3_lang(&p->name, LANG_KY), LANG_RU);
    assert_int_equal(text3_lang(&find(&t, "41704235837000")->name, LANG_KY), LANG_KY);
    assert_int_equal(p->child_count, 2);
    assert_ptr_equal(place_municipality(find(&t, "41704235825020")), p);
    assert_str_equal(place_oblast(p)->code, STR("41704000000000"));
    slice_test_end(&t);
}

static void names_every_fault_and_stores_nothing(void **state)
{
    struct slice_test t;
    begin(&t, state);
    static const char bad[] = "code,level,type,parent_code,name_ru,lat,lon\n"
                              "41700000000000,0,country,,Страна,,\n"
                              "41704,1,oblast,41700000000000,Область,,\n"
                              "41704235000000,2,raion,41799000000000,Район,91,75\n"
                              "41704235000000,2,hamlet,41700000000000,,42,\n";
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    assert_int_equal(
        places_load_units(&t.app, t.arena, str_from(bad), false, false, &table, &counts),
        ERR_INPUT);
    size_t n;
    const struct table_fault *faults = table_fault_list(table, &n);
    static const struct {
        int64_t line;
        const char *column;
        enum msg what;
    } wanted[] = {
        {3, "code", MSG_places_import_code},      {4, "lat", MSG_table_out_of_range},
        {4, "lat", MSG_places_import_half_point}, {5, "name_ru", MSG_table_cell_missing},
        {5, "type", MSG_places_import_type},      {5, "lon", MSG_places_import_half_point},
    };
    assert_int_equal(n, COUNT_OF(wanted));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(faults[i].line, wanted[i].line);
        assert_string_equal(faults[i].column, wanted[i].column);
        assert_int_equal(faults[i].what, wanted[i].what);
    }
    assert_int_equal(territory_get(&t.app, t.arena)->n, 0);

    /* What only the whole file shows. */
    load(&t,
         "code,level,type,parent_code,name_ru\n41700000000000,0,country,,A\n41700000000000,0,"
         "country,,B\n",
         false, ERR_INPUT, 1);
    load(&t, "code,level,type,parent_code,name_ru\n41704000000000,1,oblast,41700000000000,A\n",
         false, ERR_INPUT, 1);
    load(&t, "code,level,name_ru\n41700000000000,0,A\n", false, ERR_INPUT, 1);
    assert_int_equal(territory_get(&t.app, t.arena)->n, 0);
    slice_test_end(&t);
}

static void finds_names_however_they_are_spelt(void **state)
{
    struct slice_test t;
    begin(&t, state);
    load(&t, units, false, ERR_OK, 0);
    const struct territory *territory = territory_get(&t.app, t.arena);
    static const struct {
        const char *typed, *village;
    } spellings[] = {
        {"Көк-Жар", "41704235837010"}, {"көкжар", "41704235837010"},
        {"kokjar", "41704235837010"},  {"кокж", "41704235837010"},
        {"кок жар", "41704235837010"}, {"КОК-ДЖАР", "41704235837010"},
        {"kok jar", "41704235837010"}, {"Kok-Dzhar", "41704235837010"},
        {"Кoк-Жap", "41704235837010"}, /* Latin o, a, p */
        {"кум доб", "41704235825010"}, {"Кум-Дебе", "41704235825010"},
        {"shamshy", "41704235825020"}, {"шамшы айылы", NULL},
        {"шамши", "41704235825020"}, /* one slip */
    };
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        struct place_hits hits =
            territory_search(territory, t.arena, str_from(spellings[i].typed), 10);
        bool found = !spellings[i].village;
        for (size_t h = 0; h < hits.n; h++)
            found = found || str_eq(hits.v[h].place->code, str_from(spellings[i].village));
        if (!found)
            fail_msg("\"%s\" did not find %s", spellings[i].typed, spellings[i].village);
    }
    assert_int_equal(territory_search(territory, t.arena, STR("Лондон"), 10).n, 0);
    assert_int_equal(territory_search(territory, t.arena, STR("  "), 10).n, 0);
    double metres;
    const struct place *near = territory_nearest(territory, 42.2501, 75.5, &metres);
    assert_str_equal(near->code, STR("41704235825020"));
    assert_true(metres > 5 && metres < 20);
    assert_null(territory_nearest(territory, 40.0, 69.0, &metres));
    slice_test_end(&t);
}

static void merges_and_keeps_history(void **state)
{
    struct slice_test t;
    begin(&t, state);
    load(&t, units, false, ERR_OK, 0);
    struct str from = STR("41704235825000");
    struct merge_input in = {.from = &from,
                             .n = 1,
                             .into = STR("41704235837000"),
                             .day = day_today() - 1,
                             .decision = STR("Law 1")};
    enum msg fault;
    struct merge_input future = in;
    future.day = day_today() + 1;
    assert_int_equal(places_merge(&t.app, &future, &fault), ERR_INPUT);
    assert_int_equal(fault, MSG_places_merge_future);
    struct merge_input itself = in;
    itself.from = &itself.into;
    assert_int_equal(places_merge(&t.app, &itself, &fault), ERR_INPUT);
    assert_int_equal(fault, MSG_places_merge_itself);

    assert_int_equal(places_merge(&t.app, &in, &fault), ERR_OK);
    const struct place *old = find(&t, "41704235825000"), *into = find(&t, "41704235837000");
    assert_ptr_equal(old->successor, into);
    assert_int_equal(into->predecessor_count, 1);
    assert_int_equal(into->child_count, 3);
    assert_ptr_equal(place_municipality(find(&t, "41704235825010")), into);
    assert_int_equal(places_merge(&t.app, &in, &fault), ERR_INPUT);
    assert_int_equal(fault, MSG_places_merge_already);

    /* A role held in the old municipality is held in the new one, and the other way round. */
    assert_true(access_unit_within(into->code, old->code));
    assert_true(access_unit_within(old->code, into->code));
    assert_true(access_unit_within(old->code, STR("41704000000000")));
    assert_false(access_unit_within(into->code, STR("41706000000000")));
    /* Importing the classifier again does not undo the merger. */
    load(&t, units, false, ERR_OK, 0);
    assert_ptr_equal(find(&t, "41704235825000")->successor, find(&t, "41704235837000"));
    slice_test_end(&t);
}

static void adds_population_up(void **state)
{
    struct slice_test t;
    begin(&t, state);
    load(&t, units, false, ERR_OK, 0);
    static const char people[] = "code,year,sex,age,people\n"
                                 "41704235825010,2020,,,900\n"
                                 "41704235825010,2025,f,,510\n"
                                 "41704235825010,2025,m,,490\n"
                                 "41704235825020,2025,f,0-15,100\n"
                                 "41704235825020,2025,m,16+,150\n"
                                 "41704235837010,2025,,,2000\n"
                                 "41704235837010,2025,f,,1020\n";
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    assert_int_equal(
        places_load_population(&t.app, t.arena, str_from(people), false, &table, &counts), ERR_OK);
    assert_int_equal(find(&t, "41704235825010")->population, 1000);
    assert_int_equal(find(&t, "41704235825020")->population, 250);
    assert_int_equal(find(&t, "41704235825000")->population, 1250);
    assert_int_equal(find(&t, "41704235837010")->population, 2000); /* the given total wins */
    assert_int_equal(find(&t, "41700000000000")->population, 3250);
    assert_int_equal(
        places_load_population(&t.app, t.arena,
                               STR("code,year,sex,people\n41704235837010,2025,x,5\n"
                                   "41799999999999,2025,,5\n41704235837010,2025,,-1\n"),
                               false, &table, &counts),
        ERR_INPUT);
    assert_int_equal(table_faults(table), 3);
    slice_test_end(&t);
}

/* "Added 0, changed 0" after the first import told operators that nothing had been stored. */
static void figures_and_outlines_are_counted_as_units_are(void **state)
{
    struct slice_test t;
    begin(&t, state);
    load(&t, units, false, ERR_OK, 0);
    static const char first[] = "code,year,sex,people\n41704235825010,2025,f,510\n"
                                "41704235825010,2025,m,490\n";
    static const char second[] = "code,year,sex,people\n41704235825010,2025,f,511\n"
                                 "41704235825010,2025,m,490\n41704235825020,2025,m,7\n";
    static const char twice[] = "code,year,people\n41704235825010,2025,5\n41704235825010,2025,6\n";
    const struct {
        const char *text;
        bool dry_run;
        int64_t added, changed, same;
    } loads[] = {{first, true, 2, 0, 0},  {first, false, 2, 0, 0},  {first, false, 0, 0, 2},
                 {second, true, 1, 1, 1}, {second, false, 1, 1, 1}, {second, false, 0, 0, 3}};
    struct table_in *table = NULL;
    for (size_t i = 0; i < COUNT_OF(loads); i++) {
        struct import_counts c = {0};
        assert_int_equal(places_load_population(&t.app, t.arena, str_from(loads[i].text),
                                                loads[i].dry_run, &table, &c),
                         ERR_OK);
        assert_true(c.added == loads[i].added && c.changed == loads[i].changed);
        assert_true(c.same == loads[i].same && c.rows == c.added + c.changed + c.same);
    }
    struct import_counts none = {0};
    assert_int_equal(places_load_population(&t.app, t.arena, str_from(twice), false, &table, &none),
                     ERR_INPUT);
    assert_int_equal(table_faults(table), 1);
    for (int i = 0; i < 3; i++) {
        struct import_run run = {
            .arena = t.arena,
            .path = "x.geojson",
            .lang = LANG_EN,
            .dry_run = i == 0,
            .text = STR("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                        "\"properties\":{\"code\":\"41704235825000\"},\"geometry\":{\"type\":"
                        "\"Polygon\",\"coordinates\":[[[75,42],[76,42],[76,43],[75,42]]]}}]}")};
        assert_int_equal(places_load_outlines(&t.app, &run), ERR_OK);
        assert_int_equal(run.counts.added, i < 2);
        assert_int_equal(run.counts.same, i == 2);
        assert_true(territory_get(&t.app, t.arena)->has_boundaries == (i > 0));
    }
    slice_test_end(&t);
}

static void outline_survives_its_text(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct geo_point outer[] = {{75, 42}, {76, 42}, {76, 43}},
                     hole[] = {{75.5, 42.1}, {75.6, 42.1}, {75.6, 42.2}};
    struct geo_ring rings[] = {{outer, 3}, {hole, 3}};
    struct geo_polygon polygons[] = {{rings, 2}, {rings, 1}};
    struct geo_area area = {.v = polygons, .n = 2}, back;
    struct buf *text = buf_in(a);
    outline_write(text, &area);
    assert_true(outline_parse(a, buf_view(text), &back));
    assert_int_equal(back.n, 2);
    assert_int_equal(back.v[0].n, 2);
    assert_true(fabs(back.v[0].v[1].v[2].lat - 42.2) < 1e-9);
    assert_true(fabs(back.box.east - 76) < 1e-9);
    assert_false(outline_parse(a, STR("75 42,76"), &back));
    assert_false(outline_parse(a, STR(""), &back));
    arena_free(a);
}

static void demo_is_whole_and_repeatable(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct demo_context demo = {.arena = t.arena, .today = day_today()};
    assert_int_equal(places_demo(&t.app, &demo), ERR_OK);
    const struct territory *first = territory_get(&t.app, t.arena);
    int partners = 0;
    for (size_t i = 0; i < first->n; i++) {
        partners += first->all[i]->partner;
        if (first->all[i]->kind == PLACE_AIMAK)
            assert_true(first->all[i]->child_count > 0 && first->all[i]->population > 0);
    }
    assert_int_equal(partners, 50);
    assert_true(first->demo);
    assert_int_equal(places_demo(&t.app, &demo), ERR_OK);
    assert_int_equal(territory_get(&t.app, t.arena)->n, first->n);
    slice_test_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(imports_once_however_often),
        BODY(names_every_fault_and_stores_nothing),
        BODY(finds_names_however_they_are_spelt),
        BODY(merges_and_keeps_history),
        BODY(adds_population_up),
        BODY(figures_and_outlines_are_counted_as_units_are),
        BODY(outline_survives_its_text),
        BODY(demo_is_whole_and_repeatable),
    };
    return slice_test_run("places", bodies, COUNT_OF(bodies));
}
