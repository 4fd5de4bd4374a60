/* The pages of the catalogue, as residents, officers and the national editor use them. */
#include "services/catalogue/catalogue_test.h"

#define DESK "/desk/" UNIT_TWO
#define PUBLIC "/m/" UNIT_TWO

static struct test_app *begin(void **state)
{
    struct test_app *t = catalogue_test_begin(state);
    test_login_as(t, ROLE_OFFICER, UNIT_TWO);
    return t;
}

/* The first provider's page. */
static const char *provider_page(struct test_app *t)
{
    struct unit_reading u = catalogue_of(t, UNIT_TWO, NULL);
    assert_true(u.providers.n > 0);
    return arena_cstr(
        t->arena, arena_printf(t->arena, DESK "/providers/%lld", (long long)u.providers.v[0].id));
}

static struct str seen_of(struct test_app *t, struct test_answer a)
{
    return test_field(t, a, "seen");
}

static void an_officer_fills_the_registry(void **state)
{
    struct test_app *t = begin(state);
    test_contains(test_get(t, PUBLIC "/services"), "has not filled in its registry");
    struct test_answer a = test_post(t, DESK "/providers/new", "name", "«Taza» & Co", "kind",
                                     "enterprise", "phone", "0555 123 456", NULL);
    assert_int_equal(a.status, 303);
    test_contains(test_follow(t, a), "«Taza» &amp; Co");
    a = test_post(t, DESK "/providers/new", "name", "«Taza» & Co", "kind", "enterprise", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "There is a provider of this name already");

    struct unit_reading u = catalogue_of(t, UNIT_TWO, NULL);
    char provider[24];
    snprintf(provider, sizeof provider, "%lld", (long long)u.providers.v[0].id);
    /* Without the provider the page comes back with what was typed. */
    a = test_post(t, DESK "/services/waste", "provided", "yes", "mode", "enterprise", "since",
                  "01.03.2024", "decision", "№ 12", "seen", "0", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "Choose the provider.");
    assert_true(str_eq(test_field(t, a, "decision"), STR("№ 12")));
    a = test_post(t, DESK "/services/waste", "provided", "yes", "mode", "enterprise", "provider",
                  provider, "since", "01.03.2024", "decision", "№ 12", "seen", "0", NULL);
    assert_int_equal(a.status, 303);
    a = test_follow(t, a);
    test_contains(a, "since 1 March 2024");
    struct str seen = seen_of(t, a);
    assert_true(seen.n > 3);
    /* A page opened before that change is refused, and says so. */
    a = test_post(t, DESK "/services/waste", "provided", "yes", "mode", "own", "since",
                  "01.04.2024", "seen", "0", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "Somebody else changed this record");
    /* The provider's kind and presence follow from the registry. */
    a = test_post(t, provider_page(t), "name", "«Taza»", "kind", "entrepreneur", "active", "1",
                  NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, provider_page(t), "name", "«Taza»", "kind", "enterprise", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "change the registry first");

    test_new_visitor(t);
    a = test_get(t, PUBLIC "/services");
    test_contains(a, "«Taza» &amp; Co");
    test_contains(a, "+996 555 123 456");
    test_contains(a, "/m/" UNIT_TWO "/services/waste\"");
    test_contains(a, "Drinking water"); /* among those not provided */
    assert_int_equal(test_get(t, "/m/" UNIT_OTHER "/services").status, 200);
    test_app_close(t);
}

static void register_water(struct test_app *t)
{
    struct test_answer a = test_post(t, DESK "/services/water", "provided", "yes", "mode", "own",
                                     "since", "2020-01-01", "seen", "0", NULL);
    assert_int_equal(a.status, 303);
}

#define COUNT_PAGE DESK "/services/water/coverage/new"
#define PDF "%PDF-1.4\n%%EOF\n"

static struct test_answer send_count(struct test_app *t, const char *people, struct str evidence,
                                     const char *file, bool shown)
{
    const struct test_part parts[] = {
        {.name = "village", .value = STR(VILLAGE_TWO)},
        {.name = "day", .value = STR("2026-03-01")},
        {.name = "method", .value = STR("subscribers")},
        {.name = "people_0", .value = STR("")},
        {.name = "people_3", .value = str_from(people)},
        {.name = "women_3", .value = STR("100")},
        {.name = "evidence", .filename = file, .type = "application/pdf", .value = evidence},
        {.name = "note", .value = STR("spring")},
        {.name = "evidence_public", .value = STR("1")},
    };
    return test_post_parts(t, COUNT_PAGE, parts, COUNT_OF(parts) - (shown ? 0 : 1));
}

static const char *evidence_of(struct test_app *t, bool is_public)
{
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "water");
    for (size_t i = 0; i < u.records.n; i++)
        if (u.records.v[i].evidence.file.p && u.records.v[i].evidence.is_public == is_public)
            return arena_cstr(
                t->arena, arena_printf(t->arena, PUBLIC "/services/water/coverage/%lld/evidence",
                                       (long long)u.records.v[i].id));
    fail_msg("no evidence");
    return NULL;
}

static void a_figure_opens_to_its_records(void **state)
{
    struct test_app *t = begin(state);
    register_water(t);
    assert_int_equal(test_get(t, COUNT_PAGE).status, 200);
    struct test_answer a = send_count(t, "600", STR(PDF), "list.pdf", false);
    assert_int_equal(a.status, 422);
    test_contains(a, "The village has 554 inhabitants, but the counts add up to 600");
    assert_true(str_eq(test_field(t, a, "people_3"), STR("600")));
    a = send_count(t, "", STR(PDF), "list.pdf", false);
    assert_int_equal(a.status, 422);
    test_contains(a, "Fill in at least one line");
    a = send_count(t, "200", STR("MZ\x90 something else"), "list.pdf", false);
    assert_int_equal(a.status, 422);
    test_contains(a, "Choose a PDF, JPEG or PNG file");
    a = send_count(t, "50", STR(PDF), "list.pdf", false);
    assert_int_equal(a.status, 422);
    test_contains(a, "There cannot be more women than people in all");

    a = send_count(t, "400", STR(PDF), "list.pdf", false);
    assert_int_equal(a.status, 303);
    a = test_get(t, PUBLIC "/services/water/coverage");
    assert_int_equal(a.status, 200);
    test_contains(a, ">400</span><span class=\"figure__label\">People served");
    test_contains(a, "1 March 2026");
    test_contains(a, "spring");
    test_lacks(a, "list.pdf"); /* may name people */
    test_contains(test_get(t, PUBLIC "/services"), ">400</a>");

    const char *hidden = evidence_of(t, false);
    a = test_get(t, hidden);
    assert_int_equal(a.status, 200);
    assert_true(str_eq(a.body, STR(PDF)));
    assert_true(str_starts(test_header_of(a, "Content-Disposition"), STR("attachment")));
    test_new_visitor(t);
    assert_int_equal(test_get(t, hidden).status, 404);
    test_login_as(t, ROLE_OFFICER, UNIT_OTHER);
    assert_int_equal(test_get(t, hidden).status, 404);
    test_login_as(t, ROLE_OFFICER, UNIT_TWO);
    a = send_count(t, "410", STR(PDF), "act.pdf", true);
    assert_int_equal(a.status, 303);
    const char *shown = evidence_of(t, true);
    test_new_visitor(t);
    test_contains(test_get(t, PUBLIC "/services/water/coverage"), "act.pdf");
    assert_int_equal(test_get(t, shown).status, 200);
    test_app_close(t);
}

static void a_wrong_count_is_withdrawn(void **state)
{
    struct test_app *t = begin(state);
    register_water(t);
    assert_int_equal(send_count(t, "300", STR(""), "", false).status, 303);
    struct unit_reading u = catalogue_of(t, UNIT_TWO, "water");
    char page[200];
    for (size_t i = 0; i < u.records.n; i++)
        if (u.records.v[i].people == 300)
            snprintf(page, sizeof page, DESK "/services/water/coverage/%lld/withdraw",
                     (long long)u.records.v[i].id);
    test_contains(test_get(t, page), "Piped into the house");
    struct test_answer a = test_post(t, page, "why", "", NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, page, "why", "entered twice", NULL);
    assert_int_equal(a.status, 303);
    a = test_post(t, page, "why", "entered twice", NULL); /* the button pressed again */
    assert_int_equal(a.status, 303);
    test_new_visitor(t);
    a = test_get(t, PUBLIC "/services/water/coverage");
    test_contains(a, "<del>300</del>");
    test_contains(a, "entered twice");
    test_contains(a, ">0</span><span class=\"figure__label\">People served");
    /* A record of one service is not there under another's address. */
    test_login_as(t, ROLE_OFFICER, UNIT_TWO);
    for (char *c = strstr(page, "water"); c; c = NULL)
        memcpy(c, "waste", 5);
    assert_int_equal(test_get(t, page).status, 404);
    test_app_close(t);
}

static void downloads_hold_what_the_pages_show(void **state)
{
    struct test_app *t = begin(state);
    register_water(t);
    assert_int_equal(send_count(t, "300", STR(""), "", false).status, 303);
    test_new_visitor(t);
    struct test_answer a = test_get(t, PUBLIC "/services.csv");
    test_contains(a, "Drinking water,water,Yes,The municipality itself,,2020-01-01,,300,0.1033");
    test_contains(a, "Waste collection,waste,No,,,,,,");
    a = test_get(t, PUBLIC "/services/water/coverage.csv");
    test_contains(a, "2026-03-01,Lesnoe," VILLAGE_TWO
                     ",Piped into the house,300,100,List of subscribers,spring,In force,");
    static const char *const books[] = {PUBLIC "/services.xlsx",
                                        PUBLIC "/services/water/coverage.xlsx"};
    for (size_t i = 0; i < COUNT_OF(books); i++) {
        a = test_get(t, books[i]);
        assert_int_equal(a.status, 200);
        assert_true(str_starts(a.body, STR("PK")));
    }
    assert_int_equal(test_get(t, PUBLIC "/services.pdf").status, 404);
    assert_int_equal(test_get(t, PUBLIC "/services/nonsense/coverage").status, 404);
    test_app_close(t);
}

static void strangers_stay_outside(void **state)
{
    struct test_app *t = begin(state);
    register_water(t);
    static const char *const pages[] = {DESK "/services", DESK "/services/water", COUNT_PAGE,
                                        DESK "/providers", DESK "/providers/new"};
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        test_login_as(t, ROLE_OFFICER, UNIT_TWO);
        assert_int_equal(test_get(t, pages[i]).status, 200);
        test_login_as(t, ROLE_OFFICER, UNIT_OTHER);
        assert_int_equal(test_get(t, pages[i]).status, 403);
        test_login_as(t, ROLE_PROVIDER, UNIT_TWO);
        assert_int_equal(test_get(t, pages[i]).status, 403);
        test_new_visitor(t);
        assert_int_equal(test_get(t, pages[i]).status, 303); /* to the log-in */
    }
    test_app_close(t);
}

static void the_catalogue_is_edited_for_the_country(void **state)
{
    struct test_app *t = begin(state);
    register_water(t);
    assert_int_equal(test_get(t, "/desk/catalogue").status, 403);
    test_login_as(t, ROLE_NATIONAL, UNIT_TWO); /* not for one municipality alone */
    assert_int_equal(test_get(t, "/desk/catalogue").status, 403);
    test_login_as(t, ROLE_NATIONAL, "*");
    test_contains(test_get(t, "/desk/catalogue"), "Drinking water");
    struct test_answer a =
        test_post(t, "/desk/catalogue/water", "group", "utilities", "icon", "water", "name_ky",
                  "Таза суу", "name_ru", "Чистая вода", "name_en", "Clean water", "text_ky", "Суу",
                  "text_ru", "Вода", "text_en", "Water", NULL);
    assert_int_equal(a.status, 303);
    test_contains(test_get(t, PUBLIC "/services"), "Clean water"); /* at once, everywhere */

    a = test_post(t, "/desk/catalogue/new", "code", "Bad Code", "group", "land", "icon", "pasture",
                  "name_ky", "Токой", "name_ru", "Лес", "name_en", "Forest", "text_ky", "Токой",
                  "text_ru", "Лес", "text_en", "Forest", NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, "/desk/catalogue/new", "code", "forest", "group", "land", "icon", "pasture",
                  "name_ky", "Токой", "name_ru", "Лес", "name_en", "Forest", "text_ky", "Токой",
                  "text_ru", "Лес", "text_en", "Forest", NULL);
    assert_int_equal(a.status, 303);
    a = test_post(t, "/desk/catalogue/forest/faults/new", "word", "fire", "position", "10",
                  "name_ky", "Өрт", "name_ru", "Пожар", "name_en", "Fire", "hint_en", "Call 101",
                  "urgent", "1", "active", "1", NULL);
    assert_int_equal(a.status, 303);
    const struct catalogue *c = catalogue_get(&t->app, t->arena);
    const struct service_kind *kind = NULL;
    const struct service_fault *fault = catalogue_find_fault(c, STR("forest.fire"), &kind);
    assert_non_null(fault);
    assert_true(fault->urgent && str_eq(fault->hint.in[LANG_EN], STR("Call 101")));
    assert_int_equal(kind->fault_count, 1);
    a = test_post(t, "/desk/catalogue/forest/faults/new", "word", "fire", "position", "10",
                  "name_ky", "Өрт", "name_ru", "Пожар", "name_en", "Fire", "active", "1", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "This code is taken");
    /* Taken off the list it is still found by its code. */
    a = test_post(t, "/desk/catalogue/forest/faults/fire", "position", "10", "name_ky", "Өрт",
                  "name_ru", "Пожар", "name_en", "Fire", NULL);
    assert_int_equal(a.status, 303);
    c = catalogue_get(&t->app, t->arena);
    assert_non_null(catalogue_find_fault(c, STR("forest.fire"), &kind));
    assert_true(str_eq(kind->code, STR("forest")));
    assert_int_equal(kind->fault_count, 0);
    /* A ladder: who is counted on step 0 is not served. */
    a = test_post(t, "/desk/catalogue/forest/levels/new", "word", "none", "position", "0",
                  "name_ky", "Жок", "name_ru", "Нет", "name_en", "None", NULL);
    assert_int_equal(a.status, 303);
    c = catalogue_get(&t->app, t->arena);
    kind = catalogue_find(c, STR("forest"));
    assert_int_equal(kind->level_count, 1);
    assert_int_equal(kind->levels[0].rank, 0);
    test_contains(test_get(t, "/desk/catalogue/forest"), "forest:none");
    test_app_close(t);
}

/* So few may be known by name: strangers see that there are some, the office sees how many. */
static void few_people_are_withheld(void **state)
{
    struct test_app *t = begin(state);
    const struct test_part parts[] = {
        {.name = "village", .value = STR(VILLAGE_TWO)},
        {.name = "day", .value = STR("2026-03-01")},
        {.name = "method", .value = STR("subscribers")},
        {.name = "people_3", .value = STR("7")},
        {.name = "women_3", .value = STR("3")},
        {.name = "note", .value = STR("spring")},
    };
    register_water(t);
    test_status(test_post_parts(t, COUNT_PAGE, parts, COUNT_OF(parts)), 303);
    test_contains(test_get(t, DESK "/services/water"), ">7<");
    test_new_visitor(t);
    struct test_answer a = test_get(t, PUBLIC "/services/water/coverage");
    test_contains(a, ">1–9</span><span class=\"figure__label\">People served");
    test_lacks(a, ">7<");
    test_lacks(a, ">3<");
    test_contains(test_get(t, PUBLIC "/services"), ">1–9</a>");
    test_contains(test_get(t, PUBLIC "/services.csv"),
                  "Drinking water,water,Yes,The municipality itself,,2020-01-01,,,\r\n");
    test_contains(test_get(t, PUBLIC "/services/water/coverage.csv"),
                  ",Piped into the house,,,List of subscribers,spring,");
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(an_officer_fills_the_registry),
        BODY(a_figure_opens_to_its_records),
        BODY(a_wrong_count_is_withdrawn),
        BODY(downloads_hold_what_the_pages_show),
        BODY(few_people_are_withheld),
        BODY(strangers_stay_outside),
        BODY(the_catalogue_is_edited_for_the_country),
    };
    return slice_test_run("catalogue_web", bodies, COUNT_OF(bodies));
}
