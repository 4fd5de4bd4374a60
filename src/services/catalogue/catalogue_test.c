/* The rules of registry and coverage on both engines. */
#include "services/catalogue/catalogue_test.h"

/* --- the registry --- */

static enum err put_provider(struct test_app *t, struct tx *tx, void *arg)
{
    (void)t;
    return catalogue_add_provider(tx, STR(UNIT_TWO), arg);
}

static struct entry_try entry(const char *service, enum service_mode mode, int64_t days_ago)
{
    return (struct entry_try){.entry = {.unit = STR(UNIT_TWO),
                                        .service = str_from(service),
                                        .provided = true,
                                        .mode = mode,
                                        .since_day = day_today() - days_ago,
                                        .decision = STR("№ 7"),
                                        .seen = -1,
                                        .person = 5}};
}

struct history_reading {
    struct sql_registry_history_rows rows;
};
static enum err read_history(struct test_app *t, struct tx *tx, void *arg)
{
    return sql_registry_history(tx, t->arena, arg, .unit = STR(UNIT_TWO), .service = STR("waste"));
}

static void a_change_opens_a_new_line(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct provider p = {
        .id = id_new(), .name = STR("«Таза айыл»"), .kind = MODE_ENTERPRISE, .phone = STR_NULL};
    assert_int_equal(catalogue_write(t, UNIT_TWO, put_provider, &p), ERR_OK);
    assert_int_equal(catalogue_write(t, UNIT_TWO, put_provider, &p), ERR_OK); /* sent twice */
    struct entry_try own = entry("waste", MODE_OWN, 900);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &own), ERR_OK);
    assert_true(own.changed);
    struct entry_try handed = entry("waste", MODE_ENTERPRISE, 100);
    handed.entry.provider_id = p.id;
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &handed), ERR_OK);
    assert_true(handed.changed);
    /* Sent once more it is no other entry, whatever the sender had seen. */
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &handed), ERR_OK);
    assert_false(handed.changed);

    struct unit_reading u = catalogue_of(t, UNIT_TWO, NULL);
    assert_int_equal(u.services.n, 1);
    assert_int_equal(u.providers.n, 1);
    assert_int_equal(u.providers.v[0].services, 1);
    const struct unit_service *now = service_of(&u, "waste");
    assert_true(now->active && now->provider_id == p.id);
    assert_true(str_eq(now->provider_name, p.name) && str_eq(now->mode, STR("enterprise")));
    assert_int_equal(now->since_day, day_today() - 100);
    struct sql_registry_history_rows rows = {0};
    assert_int_equal(catalogue_look(t, UNIT_TWO, read_history, &rows), ERR_OK);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.v[0].current, 1);
    assert_int_equal(rows.v[1].current, 0);
    assert_true(str_eq(rows.v[1].mode, STR("own")));
    test_app_close(t);
}

static void an_entry_says_what_is_wrong_with_it(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct provider p = {.id = id_new(), .name = STR("«Булак»"), .kind = MODE_WATER_USERS};
    assert_int_equal(catalogue_write(t, UNIT_TWO, put_provider, &p), ERR_OK);
    struct entry_try e = entry("waste", MODE_ENTERPRISE, 10);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_INPUT);
    assert_int_equal(e.faults.v[0].m, MSG_catalogue_fault_provider);
    e.entry.provider_id = p.id;
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_INPUT);
    assert_int_equal(e.faults.v[0].m, MSG_catalogue_fault_provider_kind);
    e = entry("waste", MODE_OWN, -1);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_INPUT);
    assert_int_equal(e.faults.v[0].m, MSG_catalogue_fault_since_future);
    e = entry("nonsense", MODE_OWN, 1);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_NOT_FOUND);

    /* The first entry may be corrected to an earlier day; behind others time goes on. */
    int64_t days[] = {100, 400, 50};
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        e = entry("waste", MODE_OWN, days[i]);
        assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_OK);
    }
    e = entry("waste", MODE_OWN, 60);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_INPUT);
    assert_int_equal(e.faults.v[0].m, MSG_catalogue_fault_since_before);
    /* Who had an older page open is told. */
    e = entry("waste", MODE_OWN, 5);
    e.entry.seen = 1;
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_CONFLICT);
    /* Stopping needs no provider. */
    e = entry("waste", MODE_ENTERPRISE, 5);
    e.entry.provided = false;
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_OK);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, NULL);
    assert_false(service_of(&u, "waste")->active);
    test_app_close(t);
}

/* --- people served --- */

static struct count_try waste(const char *village, int64_t days_ago, int64_t none, int64_t point,
                              int64_t door)
{
    return (struct count_try){.in = {.unit = STR(UNIT_TWO),
                                     .service = STR("waste"),
                                     .village = str_from(village),
                                     .day = day_today() - days_ago,
                                     .method = COUNT_SURVEY,
                                     .levels = {{STR("waste:none"), none, I64_NONE},
                                                {STR("waste:point"), point, I64_NONE},
                                                {STR("waste:door"), door, I64_NONE}},
                                     .level_count = 3,
                                     .person = 5}};
}

static enum err withdraw(struct test_app *t, struct tx *tx, void *arg)
{
    (void)t;
    return catalogue_withdraw_coverage(tx, STR(UNIT_TWO), *(int64_t *)arg, 5, STR("wrong street"));
}

static void register_waste(struct test_app *t)
{
    struct entry_try e = entry("waste", MODE_OWN, 900);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_OK);
}

static int64_t served(struct test_app *t)
{
    struct unit_reading u = catalogue_of(t, UNIT_TWO, NULL);
    return service_of(&u, "waste")->people_served;
}

static void a_person_is_counted_once(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    register_waste(t);
    assert_int_equal(served(t), 0);
    struct count_try c = waste(VILLAGE_ONE, 300, 1000, 200, 300);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_int_equal(served(t), 500); /* without those who are not served */
    c = waste(VILLAGE_TWO, 200, 100, 54, 0);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_int_equal(served(t), 554);
    c = waste(VILLAGE_ONE, 20, 349, 1000, 1000);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_int_equal(served(t), 2054);
    /* A count of an earlier day changes nothing today. */
    c = waste(VILLAGE_ONE, 250, 2000, 0, 100);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_int_equal(served(t), 2054);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 12);
    /* The latest one withdrawn: the one before is in force again, and both are still there. */
    int64_t door = 0;
    for (size_t i = 0; i < u.records.n; i++)
        if (u.records.v[i].in_force && str_eq(u.records.v[i].level, STR("waste:door")) &&
            str_eq(u.records.v[i].village, STR(VILLAGE_ONE)))
            door = u.records.v[i].id;
    assert_int_equal(catalogue_write(t, UNIT_TWO, withdraw, &door), ERR_OK);
    assert_int_equal(served(t), 54 + 1000 + 100);
    assert_int_equal(catalogue_write(t, UNIT_TWO, withdraw, &door), ERR_CONFLICT);
    int64_t nobody = 12;
    assert_int_equal(catalogue_write(t, UNIT_TWO, withdraw, &nobody), ERR_NOT_FOUND);
    u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 12);
    for (size_t i = 0; i < u.records.n; i++)
        if (u.records.v[i].id == door) {
            assert_true(u.records.v[i].withdrawn && !u.records.v[i].in_force);
            assert_true(str_eq(u.records.v[i].withdrawn_why, STR("wrong street")));
            assert_int_equal(u.records.v[i].people, 1000);
        }
    test_app_close(t);
}

static void a_count_says_what_is_wrong_with_it(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    register_waste(t);
    struct count_try c = waste(VILLAGE_TWO, 3, 300, 200, 55); /* 554 live there */
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    assert_int_equal(c.faults.n, 1);
    assert_int_equal(c.faults.v[0].m, MSG_catalogue_fault_sum);
    assert_int_equal(c.faults.v[0].args[0].i, 554);
    assert_int_equal(c.faults.v[0].args[1].i, 555);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 0); /* nothing half-saved */

    c = waste("41704235837010", 3, 1, 1, 1); /* a village of another municipality */
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    assert_int_equal(c.faults.v[0].m, MSG_catalogue_fault_village);
    c = waste(UNIT_TWO, 3, 1, 1, 1); /* the municipality is no village */
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    c = waste(VILLAGE_TWO, -1, 1, 1, 1);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    assert_int_equal(c.faults.v[0].m, MSG_catalogue_fault_day);
    c = waste(VILLAGE_TWO, 3, 1, 1, 1);
    c.in.levels[1].level = STR("water:yard");
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    assert_int_equal(c.faults.v[0].m, MSG_catalogue_fault_level);
    assert_int_equal(c.faults.v[0].field, COVERAGE_LEVEL + 1);
    c = waste(VILLAGE_TWO, 3, 1, 1, 1);
    c.in.levels[2].women = I64(2);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_INPUT);
    assert_int_equal(c.faults.v[0].m, MSG_catalogue_fault_women);
    test_app_close(t);
}

static void a_count_sent_twice_is_one(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    register_waste(t);
    struct count_try c = waste(VILLAGE_ONE, 3, 1, 2, 3);
    c.in.once = STR("AbCdEfGhIjKlMnOpQrStUv");
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_false(c.repeated);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    assert_true(c.repeated);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 3);
    test_app_close(t);
}

/* Counts and withdrawals in any order, against a model that only knows the records it was shown:
 * nothing disappears or changes, figures are the latest of each village and level, and no village
 * ever has more people counted on the day of a count than live there. */
static void figures_follow_from_the_records(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    static const char *const villages[] = {VILLAGE_ONE, VILLAGE_TWO};
    static const int64_t people[] = {2349, 554};
    size_t expected_records = 0;
    uint64_t seed = 7;
    register_waste(t);
    for (int step = 0; step < 60; step++) {
        uint64_t dice = demo_draw(STR("coverage"), seed++);
        int v = (int)(dice % 2);
        struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
        if (dice / 2 % 4 == 0 && u.records.n) {
            const struct coverage_record *r = &u.records.v[dice / 8 % u.records.n];
            int64_t id = r->id;
            assert_int_equal(catalogue_write(t, UNIT_TWO, withdraw, &id),
                             r->withdrawn ? ERR_CONFLICT : ERR_OK);
        } else {
            int64_t part = (int64_t)(dice / 8 % 700) * people[v] / 600; /* now and then too many */
            struct count_try c = waste(villages[v], (int64_t)(dice / 65536 % 12) * 30, part / 3,
                                       part / 3, part - 2 * (part / 3));
            enum err rc = catalogue_write(t, UNIT_TWO, try_count, &c);
            assert_int_equal(rc, part > people[v] ? ERR_INPUT : ERR_OK);
            expected_records += rc == ERR_OK ? 3 : 0;
        }
        u = catalogue_of(t, UNIT_TWO, "waste");
        assert_int_equal(u.records.n, expected_records);
        int64_t model = 0;
        for (size_t i = 0; i < u.records.n; i++) {
            const struct coverage_record *r = &u.records.v[i];
            bool latest = !r->withdrawn;
            for (size_t k = 0; k < u.records.n; k++) {
                const struct coverage_record *o = &u.records.v[k];
                latest = latest && !(!o->withdrawn && str_eq(o->village, r->village) &&
                                     str_eq(o->level, r->level) &&
                                     (o->day > r->day || (o->day == r->day && o->id > r->id)));
            }
            assert_int_equal(r->in_force, latest);
            if (latest && !str_eq(r->level, STR("waste:none")))
                model += r->people;
        }
        assert_int_equal(service_of(&u, "waste")->people_served, model);
    }
    test_app_close(t);
}

/* --- import --- */

static struct str fault_text(struct test_app *t, struct table_in *table)
{
    struct buf *out = buf_in(t->arena);
    table_fault_report(table, LANG_EN, out);
    return buf_view(out);
}

static enum err load(struct test_app *t, const char *text, bool dry_run, struct import_counts *n,
                     struct str *faults)
{
    struct table_in *table = NULL;
    *n = (struct import_counts){0};
    enum err rc = catalogue_load_coverage(&t->app, t->arena, str_from(text), dry_run, &table, n);
    *faults = fault_text(t, table);
    return rc;
}

static void a_list_is_taken_whole_and_once(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct import_counts n;
    struct str faults;
    static const char list[] = "village,service,level,people,women,day,method\r\n" VILLAGE_ONE
                               ",waste,waste:door,900,450,2026-03-01,subscribers\r\n" VILLAGE_ONE
                               ",waste,waste:none,700,,2026-03-01,subscribers\r\n" VILLAGE_TWO
                               ",culture,,120,,2026-03-01,attendance\r\n";
    register_waste(t);
    assert_int_equal(load(t, list, true, &n, &faults), ERR_OK);
    assert_int_equal(n.added, 3);
    assert_int_equal(served(t), 0); /* only tried */
    assert_int_equal(load(t, list, false, &n, &faults), ERR_OK);
    assert_int_equal(n.rows, 3);
    assert_int_equal(n.added, 3);
    assert_int_equal(served(t), 900);
    assert_int_equal(load(t, list, false, &n, &faults), ERR_OK);
    assert_int_equal(n.same, 3);
    assert_int_equal(n.added + n.changed, 0);
    /* Another figure for the same day withdraws the one that stood there. */
    assert_int_equal(load(t,
                          "village;service;level;people;day;method\n" VILLAGE_ONE
                          ";waste;waste:door;950;2026-03-01;survey\n",
                          false, &n, &faults),
                     ERR_OK);
    assert_int_equal(n.changed, 1);
    assert_int_equal(served(t), 950);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 3);
    test_app_close(t);
}

static void a_list_names_its_faults(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct import_counts n;
    struct str faults;
    register_waste(t);
    assert_int_equal(load(t,
                          "village,service,level,people,women,day,method\n" VILLAGE_ONE
                          ",waste,waste:door,10,11,2026-03-01,survey\n"
                          "41799999999999,waste,waste:door,10,,2026-03-01,survey\n" VILLAGE_ONE
                          ",wastes,,10,,2026-03-01,survey\n" VILLAGE_ONE
                          ",waste,,10,,2026-03-01,survey\n" VILLAGE_ONE
                          ",waste,waste:door,ten,,2026-03-01,survey\n" VILLAGE_ONE
                          ",waste,waste:door,10,,2126-03-01,guess\n",
                          false, &n, &faults),
                     ERR_INPUT);
    static const char *const expected[] = {
        "Row 2, column “women”, “11”",    "Row 3, column “village”, “41799999999999”",
        "Row 4, column “service”",        "Row 5, column “level”",
        "Row 6, column “people”, “ten”",  "Row 7, column “day”",
        "Row 7, column “method”, “guess”"};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        if (str_find(faults, str_from(expected[i])) < 0)
            fail_msg("no \"%s\" in:\n%.*s", expected[i], STRF(faults));
    /* Twice the same, and more people than the village has: found when all rows were read. */
    assert_int_equal(load(t,
                          "village,service,level,people,day,method\n" VILLAGE_TWO
                          ",waste,waste:door,10,2026-03-01,survey\n" VILLAGE_TWO
                          ",waste,waste:door,11,2026-03-01,survey\n",
                          false, &n, &faults),
                     ERR_INPUT);
    assert_true(str_find(faults, STR("Row 3, column “level”")) >= 0);
    for (int dry = 0; dry < 2; dry++) {
        assert_int_equal(load(t,
                              "village,service,level,people,day,method\n" VILLAGE_TWO
                              ",waste,waste:door,500,2026-03-01,survey\n" VILLAGE_TWO
                              ",waste,waste:none,55,2026-03-01,survey\n" VILLAGE_ONE
                              ",waste,waste:none,55,2026-03-01,survey\n",
                              dry == 1, &n, &faults),
                         ERR_INPUT);
        assert_true(str_find(faults, STR("Row 2, column “people”, “500”")) >= 0);
        assert_true(str_find(faults, STR("Row 4")) < 0);
    }
    assert_int_equal(served(t), 0);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 0);
    test_app_close(t);
}

/* --- kept totals --- */

struct total {
    struct tally_rows rows;
    struct tally_ask ask;
};

static enum err read_total(struct test_app *t, struct tx *tx, void *arg)
{
    struct total *x = arg;
    x->rows = (struct tally_rows){0};
    return tally_read(tx, t->arena, &x->ask, &x->rows);
}

/* People served of the country at the end of the month that contains the day. */
static int64_t kept_on(struct test_app *t, int64_t day)
{
    int64_t bounds[2] = {tally_month(day), tally_month(day) + 1};
    struct total x = {
        .ask = {.counter = &catalogue_people_counter, .bounds = bounds, .periods = 1}};
    assert_int_equal(catalogue_look(t, "*", read_total, &x), ERR_OK);
    return x.rows.n ? x.rows.v[0].amount : 0;
}

static void the_totals_are_those_of_the_records(struct test_app *t)
{
    static const struct str units[] = {STRI(UNIT_TWO), STRI(UNIT_OTHER)};
    struct tally_faults faults = {0};
    assert_int_equal(tally_check(&t->app, t->arena, &catalogue_people_counter, units, 2, &faults),
                     ERR_OK);
    if (faults.n)
        fail_msg("%.*s %.*s month %lld: kept %lld, counted %lld", STRF(faults.v[0].unit),
                 STRF(faults.v[0].cell), (long long)faults.v[0].month, (long long)faults.v[0].kept,
                 (long long)faults.v[0].counted);
}

static enum err withdraw_id(struct test_app *t, struct tx *tx, void *arg)
{
    (void)t;
    return catalogue_withdraw_coverage(tx, STR(UNIT_TWO), *(int64_t *)arg, 1, STR("wrong"));
}

static void kept_totals_equal_a_recount(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    uint64_t seed = 11;
    register_waste(t);
    for (int i = 0; i < 60; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned dice = (unsigned)(seed >> 33);
        if (dice % 4 == 0) { /* one of the counts is withdrawn */
            struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
            if (u.records.n == 0)
                continue;
            int64_t id = u.records.v[dice / 4 % u.records.n].id;
            enum err rc = catalogue_write(t, UNIT_TWO, withdraw_id, &id);
            assert_true(rc == ERR_OK || rc == ERR_CONFLICT);
        } else {
            struct count_try c = waste(dice % 8 < 4 ? VILLAGE_ONE : VILLAGE_TWO, 1 + dice / 8 % 400,
                                       0, dice / 4096 % 200, dice / 65536 % 200);
            if (dice % 3 == 0)
                c.in.levels[1].women = I64(c.in.levels[1].people / 2);
            enum err rc = catalogue_write(t, UNIT_TWO, try_count, &c);
            assert_true(rc == ERR_OK || rc == ERR_INPUT);
        }
    }
    the_totals_are_those_of_the_records(t);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(kept_on(t, day_today()), service_of(&u, "waste")->people_served);
    test_app_close(t);
}

/* --- mergers --- */

static enum err merge(struct test_app *t, struct tx *tx, void *arg)
{
    (void)arg;
    return catalogue_slice.merged(&t->app, tx, STR(UNIT_TWO), STR(UNIT_OTHER), day_today());
}

static void a_successor_takes_over(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct provider p = {.id = id_new(), .name = STR("«Таза айыл»"), .kind = MODE_ENTERPRISE};
    register_waste(t);
    assert_int_equal(catalogue_write(t, UNIT_TWO, put_provider, &p), ERR_OK);
    struct entry_try e = entry("waste", MODE_ENTERPRISE, 90);
    e.entry.provider_id = p.id;
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_OK);
    e = entry("water", MODE_OWN, 90);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_entry, &e), ERR_OK);
    e.entry.unit = STR(UNIT_OTHER);
    e.entry.since_day = day_today() - 7;
    e.entry.seen = -1;
    assert_int_equal(catalogue_write(t, UNIT_OTHER, try_entry, &e), ERR_OK);
    struct count_try c = waste(VILLAGE_ONE, 30, 0, 100, 200);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);
    c = waste(VILLAGE_ONE, 20, 0, 150, 250);
    assert_int_equal(catalogue_write(t, UNIT_TWO, try_count, &c), ERR_OK);

    assert_int_equal(catalogue_write(t, "*", merge, NULL), ERR_OK);
    struct unit_reading u = catalogue_of(t, UNIT_OTHER, "waste");
    assert_int_equal(service_of(&u, "waste")->provider_id, p.id);
    assert_true(str_eq(service_of(&u, "waste")->provider_name, p.name));
    assert_int_equal(service_of(&u, "waste")->people_served, 400);
    assert_int_equal(u.records.n, 3); /* only what is in force */
    assert_int_equal(service_of(&u, "water")->since_day, day_today() - 7); /* its own stays */
    /* History stays where it was. */
    u = catalogue_of(t, UNIT_TWO, "waste");
    assert_int_equal(u.records.n, 6);
    /* Nobody is counted under both codes, before the day of the merger or after it. */
    the_totals_are_those_of_the_records(t);
    assert_int_equal(kept_on(t, day_today()), 400);
    assert_int_equal(kept_on(t, day_today() - 100), 0);
    test_app_close(t);
}

/* --- demo --- */

static void the_demo_is_made_once(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    struct demo_context demo = {.arena = t->arena, .today = day_today()};
    int64_t sum[2] = {0};
    size_t records[2] = {0};
    for (int run = 0; run < 2; run++) {
        assert_int_equal(catalogue_slice.demo(&t->app, &demo), ERR_OK);
        struct unit_reading u = catalogue_of(t, UNIT_TWO, "water");
        for (size_t i = 0; i < u.services.n; i++)
            sum[run] += u.services.v[i].people_served;
        records[run] = u.records.n;
        static const char *const everywhere[] = {"water",   "waste",        "lighting",   "roads",
                                                 "culture", "kindergarten", "information"};
        for (size_t i = 0; i < COUNT_OF(everywhere); i++)
            assert_non_null(service_of(&u, everywhere[i]));
    }
    assert_true(sum[0] > 1000 && records[0] > 0);
    assert_int_equal(sum[0], sum[1]);
    assert_int_equal(records[0], records[1]);
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_change_opens_a_new_line),      BODY(an_entry_says_what_is_wrong_with_it),
        BODY(a_person_is_counted_once),       BODY(a_count_says_what_is_wrong_with_it),
        BODY(a_count_sent_twice_is_one),      BODY(figures_follow_from_the_records),
        BODY(a_list_is_taken_whole_and_once), BODY(a_list_names_its_faults),
        BODY(kept_totals_equal_a_recount),    BODY(a_successor_takes_over),
        BODY(the_demo_is_made_once),
    };
    return slice_test_run("catalogue", bodies, COUNT_OF(bodies));
}
