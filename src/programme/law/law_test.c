/*
 * The library on both engines: reading the three formats, versions, search, the tally of copies,
 * and the pages.
 */
#define place scratch_place /* the store's fixture has a struct of the same name as places */
#include "platform/web/slice_testing.h"
#undef place
#include "tests/support/client.h"

#include "programme/law/law_internal.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/places/places.h"
#include "platform/channels/outbox.h"
#include "platform/formats/xml_check.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"

#define HEAD                                                                                                         \
    "issuer: model-kenesh\nkind: resolution\nnumber: 5/3\ndate: 2020-01-10\n"                                        \
    "title-ky: Суу тарифи жөнүндө\ntitle-ru: О тарифе на воду\ntopics: water tariffs\n" \
    "standing: model\n"
#define KY                                                                                                                                                  \
    HEAD "lang: ky\nfrom: 2020-02-01\n\n"                                                                                                                   \
         "Глава 1. Жалпы жоболор\n1-берене. Максаты\nБул токтом тарифтин эсебин белгилейт.\n" \
         "2-берене. Тариф\n1. Тариф 14 сом.\n2) Тургундар ай сайын төлөйт.\n"
#define RU                                                                                                                                                     \
    HEAD "lang: ru\nfrom: 2020-02-01\n\n"                                                                                                                      \
         "Глава 1. Общие положения\nСтатья 1. Цель\nПостановление определяет расчёт тарифа.\n" \
         "Статья 2-1. Тариф <и> \"плата\"\nЖители платят ежемесячно бюджетной организации.\n"
#define PATH "/law/kg/model-kenesh/resolution/2020/01/10/5-3"

static const struct slice *const slices[] = {&web_slice,    &jobs_slice,     &tally_slice,
                                             &outbox_slice, &trail_slice,    &places_slice,
                                             &people_slice, &calendar_slice, &law_slice};

/* --- reading --- */

static enum err read_text(struct arena *a, const char *text, struct law_texts *out,
                          struct law_faults *faults)
{
    return law_read(a, str_from(text), out, faults);
}

static void test_plain_text_has_its_structure(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct law_texts texts;
    struct law_faults faults;
    assert_int_equal(read_text(a, KY "=====\n" RU, &texts, &faults), ERR_OK);
    assert_int_equal(texts.n, 2);
    const struct law_parts *p = &texts.v[0].parts;
    static const char *const eids[] = {"chp_1", "art_1",         "art_1__para_1",
                                       "art_2", "art_2__para_1", "art_2__para_2"};
    assert_int_equal(p->n, COUNT_OF(eids));
    for (size_t i = 0; i < COUNT_OF(eids); i++)
        assert_str_equal(p->v[i].eid, str_from(eids[i]));
    assert_str_equal(p->v[3].heading, STR("Тариф"));
    assert_str_equal(p->v[5].label, STR("2"));
    assert_str_equal(p->v[5].words, STR("Тургундар ай сайын төлөйт."));
    assert_str_equal(texts.v[1].parts.v[3].eid, STR("art_2-1"));
    assert_str_equal(
        law_path(a, texts.v[0].issuer, texts.v[0].kind, texts.v[0].day, texts.v[0].number),
        STR(PATH));
    arena_free(a);
}

static void test_faults_are_told_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t line;
        enum msg what;
    } cases[] = {
        {"", 0, MSG_law_fault_empty},
        {"issuer: a b\n\nwords", 1, MSG_law_fault_issuer},
        {"kind: law\nno colon\n\nx", 2, MSG_law_fault_head},
        {"kind: law\ncolour: red\n\nx", 2, MSG_law_fault_key},
        {HEAD "lang: ky\nfrom: 2020-02-31\n\nx", 10, MSG_law_fault_date},
        {HEAD "lang: en\n\nx", 1, MSG_law_fault_lang},
        {HEAD "lang: ky\n", 1, MSG_law_fault_empty},
        {HEAD "lang: ky\ntopics: money\n\nx", 1, MSG_law_fault_topic},
        {HEAD "lang: ky\n\nСтатья 1. A\nСтатья 1. B\n", 1, MSG_law_fault_twice},
        {"<akomaNtoso><act>", 1, MSG_law_fault_xml},
        {"<akomaNtoso/>", 1, MSG_law_fault_akn},
        {"\xFF", 0, MSG_law_fault_text},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *a = arena_new();
        struct law_texts texts;
        struct law_faults faults;
        bool found = false;
        assert_int_equal(read_text(a, cases[i].text, &texts, &faults), ERR_INPUT);
        for (size_t k = 0; k < faults.n; k++)
            found =
                found || (faults.v[k].what == cases[i].what && faults.v[k].line == cases[i].line);
        if (!found)
            fail_msg("case %zu: %s at %lld is missing (%zu faults)", i, msg_key(cases[i].what),
                     (long long)cases[i].line, faults.n);
        arena_free(a);
    }
}

static void test_html_reads_like_text(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct law_texts texts;
    struct law_faults faults;
    assert_int_equal(
        read_text(
            a,
            "<!DOCTYPE html><html><head><meta charset=utf-8><meta name=law.issuer content=cabinet>"
            "<meta name=law.kind content=law><meta name=law.number content=1>"
            "<meta name=law.date content=2020-01-01><meta name=law.title-ru content='О воде'>"
            "<meta name=law.lang content=ru><title>x</title><script>alert(1)</script></head>"
            "<body><h2>Статья 1. Вода</h2><p>Первая\n строка &amp; <b>вторая</b></p>"
            "<div>Ещё<br>строка</div></body></html>",
            &texts, &faults),
        ERR_OK);
    const struct law_parts *p = &texts.v[0].parts;
    assert_int_equal(p->n, 4);
    assert_str_equal(p->v[0].heading, STR("Вода"));
    assert_str_equal(p->v[1].words, STR("Первая строка & вторая"));
    arena_free(a);
}

static void test_akoma_ntoso_goes_round(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct law_texts texts, again;
    struct law_faults faults;
    assert_int_equal(read_text(a, RU, &texts, &faults), ERR_OK);
    const struct law_text *t = &texts.v[0];
    struct buf *xml = buf_in(a), *second = buf_in(a);
    law_write_akn(xml, t, t->from_day + 100);
    xmlDocPtr doc = read_back(xml);
    check_xpath(doc, "string(//*[local-name()='FRBRWork']/*[local-name()='FRBRuri']/@value)",
                "/akn/kg/model-kenesh/resolution/2020/01/10/5-3");
    check_xpath(doc, "string(//*[local-name()='FRBRlanguage']/@language)", "rus");
    check_xpath(doc, "string(//*[local-name()='chapter']/*[local-name()='article'][2]/@eId)",
                "art_2-1");
    check_xpath(doc,
                "string(//*[local-name()='FRBRManifestation']/*[local-name()='FRBRuri']/@value)",
                "/akn/kg/model-kenesh/resolution/2020/01/10/5-3/rus@2020-02-01.akn");
    xmlFreeDoc(doc);
    assert_int_equal(law_read(a, buf_view(xml), &again, &faults), ERR_OK);
    assert_int_equal(again.v[0].parts.n, t->parts.n);
    for (size_t i = 0; i < t->parts.n; i++) {
        assert_str_equal(again.v[0].parts.v[i].eid, t->parts.v[i].eid);
        assert_str_equal(again.v[0].parts.v[i].heading, t->parts.v[i].heading);
        assert_str_equal(again.v[0].parts.v[i].words, t->parts.v[i].words);
        assert_str_equal(again.v[0].parts.v[i].label, t->parts.v[i].label);
    }
    assert_str_equal(again.v[0].title_ky, t->title_ky);
    assert_str_equal(again.v[0].topics, t->topics);
    law_write_akn(second, &again.v[0], t->from_day + 100);
    assert_str_equal(buf_view(second), buf_view(xml));
    arena_free(a);
}

/* --- keeping --- */

static enum err import(struct test_app *t, const char *text, struct law_put *put)
{
    struct law_texts *texts = ARENA_NEW(t->arena, struct law_texts);
    *put = (struct law_put){.arena = t->arena, .texts = texts, .now_ms = 1};
    enum err rc = law_read(t->arena, str_from(text), texts, &put->faults);
    return rc == ERR_OK ? db_write(t->app.db, SCOPE_COUNTRY, law_put_texts, put) : rc;
}

struct find {
    struct arena *a;
    struct law_query q;
    struct law_hits hits;
};
static enum err find_fn(struct tx *tx, void *arg)
{
    struct find *f = arg;
    return law_search(tx, f->a, &f->q, &f->hits);
}
static struct law_hits find(struct test_app *t, const char *words, const char *topic, int64_t on)
{
    struct find f = {
        t->arena, {.words = str_from(words), .topic = str_from(topic), .on = on, .limit = 20}, {0}};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, find_fn, &f), ERR_OK);
    return f.hits;
}

#define APP(state) test_app_open(*(const bool *)*(state), slices, COUNT_OF(slices))
#define DAY_OF(y, m, d) day_from_civil((struct civil){(y), (m), (d)})

static void versions_stay(void **state)
{
    struct test_app *t = APP(state);
    struct law_put put;
    assert_int_equal(import(t, KY "=====\n" RU, &put), ERR_OK);
    assert_int_equal(put.added, 2);
    assert_int_equal(import(t, KY "=====\n" RU, &put), ERR_OK);
    assert_int_equal(put.added, 0);
    assert_int_equal(put.same, 2);
    /* Other words from the same day are refused as a whole. */
    assert_int_equal(import(t,
                            HEAD "lang: ky\nfrom: 2024-01-01\n\n1-берене. Жаңы\nТариф 20 сом.\n"
                                 "=====\n" HEAD "lang: ky\nfrom: 2020-02-01\n\nБашка сөздөр\n",
                            &put),
                     ERR_INPUT);
    assert_int_equal(put.faults.v[0].what, MSG_law_fault_other_words);
    assert_int_equal(find(t, "жаңы", NULL, DAY_OF(2025, 1, 1)).n, 0);
    /* A later version ends the earlier one; one between them ends where the later begins. */
    assert_int_equal(
        import(t, HEAD "lang: ky\nfrom: 2024-01-01\n\n1-берене. Жаңы\nТариф 20 сом.\n", &put),
        ERR_OK);
    assert_int_equal(
        import(t, HEAD "lang: ky\nfrom: 2022-01-01\n\n1-берене. Ортосу\nТариф 17 сом.\n", &put),
        ERR_OK);
    t->lang = LANG_KY;
    struct test_answer a = test_get(t, PATH "?on=2021-06-01");
    test_contains(a, "Тариф 14 сом");
    a = test_get(t, PATH "?on=2023-06-01");
    test_contains(a, "Тариф 17 сом");
    test_lacks(a, "Тариф 20 сом");
    a = test_get(t, PATH);
    test_contains(a, "Тариф 20 сом");
    a = test_get(t, PATH "?on=2019-01-01");
    test_status(a, 200);
    test_lacks(a, "сом.");
    a = test_get(t, PATH "?in=both&on=2021-06-01");
    test_contains(a, "Жители платят ежемесячно");
    test_contains(a, "Бул тилде мындай берене жок");
    a = test_get(t, PATH "/akn.xml?in=ru");
    test_contains(a, "akomaNtoso");
    test_status(test_get(t, "/law/kg/model-kenesh/law/2020/01/10/5-3"), 404);
    test_app_close(t);
}

/* Each line: what is typed, and whether the Kyrgyz (k) or the Russian (r) text is among the hits.
 */
static void search_forgives(void **state)
{
    struct test_app *t = APP(state);
    struct law_put put;
    static const struct {
        const char *words;
        bool ky, ru;
    } cases[] = {
        {"тарифтерди", true, true},
        {"ТАРИФТИН эсебине", true, false},
        {"расчет", false, true},
        {"расчёта тарифов", false, true},
        {"тургунга", true, false},
        {"жителям", false, true},
        {"толойт", true, false},
        {"төлөө", true, false},
        {"бюджетные организации", false, true},
        {"постанoвлениями", false, true},
        {"\"тарифтин эсебин\"", true, false},
        {"\"эсебин тарифтин\"", false, false},
        {"2-берене", true, false},
        {"ст. 1", true, true},
        {"5/3", true, true},
        {"ежемес", false, true},
        {"жокжок", false, false},
        {"' OR 1=1 -- {head} : * NEAR(", false, false},
        {"***", false, false},
        {"\"", false, false},
    };
    assert_int_equal(import(t, KY "=====\n" RU, &put), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct law_hits hits = find(t, cases[i].words, NULL, DAY_OF(2025, 1, 1));
        bool ky = false, ru = false;
        for (size_t k = 0; k < hits.n; k++) {
            ky = ky || str_eq(hits.v[k].lang, STR("ky"));
            ru = ru || str_eq(hits.v[k].lang, STR("ru"));
        }
        if (ky != cases[i].ky || ru != cases[i].ru)
            fail_msg("\"%s\" finds ky %d ru %d", cases[i].words, ky, ru);
    }
    struct law_hits hits = find(t, "тургундардын", NULL, DAY_OF(2025, 1, 1));
    assert_int_equal(hits.n, 1);
    assert_true(str_find(hits.v[0].snippet.s, STR("<mark>Тургундар</mark>")) >= 0);
    assert_str_equal(hits.v[0].eid, STR("art_2"));
    hits = find(t, "плата", NULL, DAY_OF(2025, 1, 1));
    assert_int_equal(hits.n, 1);
    /* Filters. */
    assert_int_equal(find(t, "тариф", "water", DAY_OF(2025, 1, 1)).n > 0, 1);
    assert_int_equal(find(t, "тариф", "waste", DAY_OF(2025, 1, 1)).n, 0);
    assert_int_equal(find(t, "тариф", NULL, DAY_OF(2019, 1, 1)).n, 0);
    /* A change of topics reaches what search has of the act. */
    assert_int_equal(
        import(t,
               "issuer: model-kenesh\nkind: resolution\nnumber: 5/3\n"
               "date: 2020-01-10\ntitle-ky: Суу тарифи жөнүндө\ntopics: waste\n"
               "standing: model\nlang: ky\nfrom: 2024-06-01\n\n1-берене. Тариф\nТариф.\n",
               &put),
        ERR_OK);
    assert_int_equal(find(t, "тариф", "water", DAY_OF(2025, 1, 1)).n, 0);
    assert_true(find(t, "жители", "waste", DAY_OF(2025, 1, 1)).n > 0);
    /* Some of the words, when no article has all. */
    hits = find(t, "тургундар жокжок", NULL, DAY_OF(2023, 1, 1));
    assert_true(hits.any && hits.n == 1);
    test_app_close(t);
}

/* Words that were changed behind the program's back are told. */
static enum err forge(struct tx *tx, void *arg)
{
    static const char change[] = "UPDATE law_part SET words = 'x' WHERE position = 2";
    static const struct db_query query = {
        .name = "forge", .sqlite = change, .postgres = change, .writes = true};
    (void)arg;
    return tx_run(tx, &query, NULL, NULL, NULL, NULL);
}
static enum err add_part(struct tx *tx, void *arg)
{
    struct law_act act;
    struct law_expressions list;
    enum err rc = ERR_OK;
    TRY(law_act_get(tx, arg, STR(PATH), &act));
    TRY(law_expressions_of(tx, arg, act.id, &list));
    TRY(sql_law_part_put(tx, NULL, .expression = list.v[0].id, .position = 999, .eid = STR("x"),
                         .kind = STR("paragraph"), .label = STR(""), .heading = STR(""),
                         .words = STR("forged")));
out:
    return rc;
}

static void words_are_guarded(void **state)
{
    struct test_app *t = APP(state);
    struct law_put put;
    struct buf *out = buf_in(t->arena);
    int faults = 0;
    assert_int_equal(import(t, KY, &put), ERR_OK);
    assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, forge, NULL), ERR_CONFLICT);
    assert_int_equal(law_slice.doctor(&t->app, out, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, add_part, t->arena), ERR_OK);
    assert_int_equal(law_slice.doctor(&t->app, out, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(out), STR(PATH)) >= 0);
    test_app_close(t);
}

/* After a restore SQLite's index is empty: the start fills it. */
static enum err empty_index(struct tx *tx, void *arg)
{
    static const struct db_query query = {
        .name = "empty_index",
        .sqlite =
            "INSERT INTO law_index (law_index, rowid, head, head_stems, body, body_stems, marks)"
            " SELECT 'delete', id, head, head_stems, body, body_stems, marks FROM law_doc",
        .writes = true};
    (void)arg;
    return tx_run(tx, &query, NULL, NULL, NULL, NULL);
}

static void index_comes_back(void **state)
{
    struct test_app *t = APP(state);
    struct law_put put;
    assert_int_equal(import(t, KY, &put), ERR_OK);
    if (!db_is_postgres(t->app.db)) {
        assert_int_equal(db_write(t->app.db, SCOPE_COUNTRY, empty_index, NULL), ERR_OK);
        assert_int_equal(find(t, "тариф", NULL, DAY_OF(2025, 1, 1)).n, 0);
        assert_int_equal(law_slice.start(&t->app), ERR_OK);
    }
    assert_true(find(t, "тариф", NULL, DAY_OF(2025, 1, 1)).n > 0);
    test_app_close(t);
}

/* --- giving out --- */

struct giving {
    struct arena *a;
    int64_t collection;
    struct law_given g;
};
static enum err give_fn(struct tx *tx, void *arg)
{
    struct giving *g = arg;
    return law_give(tx, g->a, g->collection, &g->g, 1, 0);
}

static void copies_add_up(void **state)
{
    struct test_app *t = APP(state);
    struct str units[] = {STR("41702205848000"), STR("41704235837000"), STR("41700000000000")};
    property_seed(77);
    for (int i = 0; i < 60; i++) {
        int64_t body = property_between(0, 8);
        struct giving g = {.a = t->arena, .collection = property_between(1, 2)};
        g.g = (struct law_given){.recipient = arena_printf(t->arena, "Орган %d", (int)body),
                                 .place = body < 4 ? units[body % 2] : STR(""),
                                 .day = DAY_OF(2024, 1, 1) + property_between(0, 100),
                                 .copies = property_between(1, 5)};
        enum err rc = db_write(t->app.db, SCOPE_COUNTRY, give_fn, &g);
        assert_true(rc == ERR_OK || rc == ERR_CONFLICT);
    }
    for (size_t i = 0; i < law_counter_count; i++) {
        struct tally_faults faults;
        assert_int_equal(
            tally_check(&t->app, t->arena, law_counters[i], units, COUNT_OF(units), &faults),
            ERR_OK);
        assert_int_equal(faults.n, 0);
        assert_true(faults.rows > 0);
    }
    test_app_close(t);
}

struct sum_fn {
    struct arena *a;
    const struct counter *c;
    int64_t total;
};
static enum err sum_all(struct tx *tx, void *arg)
{
    struct sum_fn *s = arg;
    int64_t bounds[] = {tally_month(DAY_OF(2000, 1, 1)), tally_month(DAY_OF(2100, 1, 1))};
    struct tally_ask ask = {.counter = s->c, .bounds = bounds, .periods = 1};
    struct tally_rows rows;
    enum err rc = tally_read(tx, s->a, &ask, &rows);
    s->total = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        s->total += rows.v[i].amount;
    return rc;
}

static void the_story_is_counted(void **state)
{
    struct test_app *t = APP(state);
    struct demo_context demo = {.arena = t->arena, .today = DAY_OF(2026, 7, 15)};
    assert_int_equal(places_slice.demo(&t->app, &demo), ERR_OK);
    for (int again = 0; again < 2; again++)
        assert_int_equal(law_slice.demo(&t->app, &demo), ERR_OK);
    static const int64_t want[] = {1000, 453};
    for (size_t i = 0; i < law_counter_count; i++) {
        struct sum_fn s = {t->arena, law_counters[i], 0};
        assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, sum_all, &s), ERR_OK);
        assert_int_equal(s.total, want[i]);
    }
    struct test_answer a = test_get(t, "/law/sbornik/lsg-1");
    test_contains(a, "453");
    test_contains(a, "1,000");
    test_status(test_get(t, "/law/sbornik/lsg-1/document.pdf?in=ky"), 200);
    test_status(test_get(t, "/law/sbornik/lsg-1/list.xlsx"), 200);
    test_contains(test_get(t, "/law"), "Local self-government");
    test_contains(test_get(t, "/law?q=%D1%82%D0%B0%D1%80%D0%B8%D1%84%D1%82%D0%B5%D1%80"), "<mark>");
    test_contains(test_get(t, "/law/cite?q=%D1%82%D0%B0%D1%80%D0%B8%D1%84"), "/law/kg/");
    test_app_close(t);
}

static void lawyers_keep_it(void **state)
{
    struct test_app *t = APP(state);
    test_status(test_get(t, "/desk/law"), 303);
    test_login_as(t, ROLE_OFFICER, "41704235837000");
    test_status(test_get(t, "/desk/law"), 403);
    test_login_as(t, ROLE_PROGRAMME, "*");
    test_status(test_get(t, "/desk/law"), 200);
    /* A look first, then kept; a fault keeps nothing and says where. */
    struct test_answer a = test_post(t, "/desk/law/import", "words", KY, NULL);
    test_status(a, 200);
    test_status(test_get(t, PATH), 404);
    a = test_post(t, "/desk/law/import", "words", KY, "keep", "1", NULL);
    test_status(a, 303);
    test_contains(test_follow(t, a), "тарифтин");
    a = test_post(t, "/desk/law/import", "words", "kind: law\nbad\n\nx", "keep", "1", NULL);
    test_status(a, 422);
    test_contains(a, "line 2");
    a = test_post(t, "/desk/law/links", "act", PATH, "kind", "cites", "other", "/law/kg/no/thing",
                  NULL);
    test_status(a, 422);
    a = test_post(t, "/desk/law/collections", "code", "s1", "title_ky", "Жыйнак", "title_ru",
                  "Сборник", "title_en", "Collection", "edition", "1", "day", "2026-01-01", "acts",
                  PATH, NULL);
    test_status(a, 303);
    test_contains(test_follow(t, a), "Collection");
    /* Until somebody has it, it may be changed or withdrawn. */
    test_contains(test_get(t, "/desk/law/collections/s1/edit"), PATH);
    test_status(test_post(t, "/desk/law/collections/s1/edit", "code", "s2", "title_ky", "Жыйнак",
                          "title_ru", "Сборник", "title_en", "Collection", "edition", "1", "day",
                          "2026-01-01", "acts", PATH, NULL),
                422);
    test_status(test_post(t, "/desk/law/collections/s1/edit", "code", "s1", "title_ky", "Жыйнак",
                          "title_ru", "Сборник", "title_en", "Another name", "edition", "2", "day",
                          "2026-01-01", "acts", "/law/kg/no/thing", NULL),
                422);
    test_lacks(test_get(t, "/law/sbornik/s1"), "Another name");
    test_status(test_post(t, "/desk/law/collections/s1/edit", "code", "s1", "title_ky", "Жыйнак",
                          "title_ru", "Сборник", "title_en", "Another name", "edition", "2", "day",
                          "2026-01-01", "acts", PATH, NULL),
                303);
    test_contains(test_get(t, "/law/sbornik/s1"), "Another name");
    a = test_post(t, "/desk/law/collections", "code", "s9", "title_ky", "Жыйнак", "title_ru",
                  "Сборник", "title_en", "Wrong one", "edition", "1", "day", "2026-01-01", "acts",
                  PATH, NULL);
    test_status(a, 303);
    test_contains(test_get(t, "/desk/law/collections/s9/given"), "Withdraw the collection");
    test_status(test_post(t, "/desk/law/collections/s9/withdraw", NULL), 303);
    test_status(test_get(t, "/law/sbornik/s9"), 404);
    struct test_part parts[] = {
        {.name = "file",
         .filename = "g.csv",
         .type = "text/csv",
         .value = STR("recipient,copies,date\nОрган 1,2,2026-01-05\nОрган 2,x,2026-01-05\n")},
        {.name = "keep", .value = STR("1")}};
    a = test_post_parts(t, "/desk/law/collections/s1/given/import", parts, 2);
    test_status(a, 422);
    parts[0].value = STR("recipient,copies,date\nОрган 1,2,2026-01-05\nОрган 2,3,2026-01-05\n");
    a = test_post_parts(t, "/desk/law/collections/s1/given/import", parts, 2);
    test_status(a, 303);
    a = test_follow(t, a);
    test_contains(a, "Орган 2");
    test_contains(a, "Copies: 5");
    test_lacks(a, "Withdraw the collection");
    test_status(test_post(t, "/desk/law/collections/s1/withdraw", NULL), 409);
    test_status(test_get(t, "/desk/law/collections/s1/edit"), 409);
    a = test_post_parts(t, "/desk/law/collections/s1/given/import", parts, 2);
    test_status(a, 422);
    test_app_close(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {BODY(test_plain_text_has_its_structure),
                                                    BODY(test_faults_are_told_with_their_line),
                                                    BODY(test_html_reads_like_text),
                                                    BODY(test_akoma_ntoso_goes_round),
                                                    BODY(versions_stay),
                                                    BODY(search_forgives),
                                                    BODY(index_comes_back),
                                                    BODY(words_are_guarded),
                                                    BODY(copies_add_up),
                                                    BODY(the_story_is_counted),
                                                    BODY(lawyers_keep_it)};
    return slice_test_run("law", bodies, COUNT_OF(bodies));
}
