/*
 * The desk's pages of cases, through the whole program: who may open what, the list and its
 * filters, paging, one case and its stale pages, many at once, contacts, files, ready answers.
 */
#include "voice/cases/desk_fixture_test.h"

#include <zip.h>

/* --- who may --- */

static void expect_access(struct test_app *t, const char *path, bool post, bool allowed)
{
    struct test_answer a = post ? test_post(t, path, "x", "1", NULL) : test_get(t, path);
    bool refused = a.status == 401 || a.status == 403 ||
                   (a.status == 303 && str_find(test_header_of(a, "Location"), STR("/login")) >= 0);
    if (refused == allowed)
        fail_msg("%s %s: status %d", post ? "POST" : "GET", path, a.status);
}

static void only_the_office_of_the_place_gets_in(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt report = desk_send(t, desk_sample("Суу жок"), 1);
    static const struct {
        const char *rest;
        bool post, head_only, of_case;
    } pages[] = {
        {"", false, false, false},
        {"", true, false, false},
        {".xlsx", false, false, false},
        {".csv", false, false, false},
        {"/print", false, false, false},
        {"/contacts", true, false, false},
        {"/new", false, false, false},
        {"/new", true, false, false},
        {"", false, false, true},
        {"/slip", false, false, true},
        {"/step/accepted", true, false, true},
        {"/answer", true, false, true},
        {"/note", true, false, true},
        {"/assign", true, false, true},
        {"/class", true, false, true},
        {"/look", true, false, true},
        {"/photos/1", true, false, true},
        {"/photos/1", false, false, true},
        {"/added/1", true, false, true},
        {"/join", true, false, true},
        {"/contact", true, false, true},
        {"/forget", true, false, true},
    };
    static const enum role roles[] = {
        ROLE_RESIDENT,     ROLE_OFFICER,  ROLE_ACCOUNTANT, ROLE_HEAD,     ROLE_DEPUTY,
        ROLE_GROUP_MEMBER, ROLE_PROVIDER, ROLE_PROGRAMME,  ROLE_NATIONAL, ROLE_ADMINISTRATOR};
    static const char *const scopes[] = {HOME, OTHER, "41704235000000", "*"};
    for (int who = -1; who < (int)(COUNT_OF(roles) * COUNT_OF(scopes)); who++) {
        bool may = false, head = false;
        if (who < 0) {
            test_logout(t);
        } else {
            enum role role = roles[who / (int)COUNT_OF(scopes)];
            const char *scope = scopes[who % (int)COUNT_OF(scopes)];
            desk_login(t, 7000 + who, role, scope);
            head = role == ROLE_HEAD && scope != scopes[1];
            may = head || (role == ROLE_OFFICER && scope != scopes[1]);
        }
        for (size_t i = 0; i < COUNT_OF(pages); i++) {
            struct str path = pages[i].of_case ? arena_printf(t->arena, BASE "/%.*s%s",
                                                              STRF(report.number), pages[i].rest)
                                               : arena_printf(t->arena, BASE "%s", pages[i].rest);
            expect_access(t, desk_text(t, path), pages[i].post, may);
        }
        expect_access(t, "/desk/" HOME "/templates", false, may);
        expect_access(t, "/desk/" HOME "/templates/done", true, may);
        expect_access(t, "/desk/" HOME "/templates/done/drop", true, may);
        expect_access(t, "/desk/" HOME "/overdue", false, head);
    }
    test_app_close(t);
}

static void a_password_alone_is_not_enough(void **state)
{
    struct test_app *t = desk_open(state);
    struct actor actor = {.person_id = 9, .session_id = 1, .name = STR("Демо"), .grant_count = 1};
    actor.grants[0].role = ROLE_OFFICER;
    memcpy(actor.grants[0].scope, HOME, sizeof HOME);
    test_login(t, &actor);
    struct test_answer a = test_get(t, BASE);
    assert_int_equal(a.status, 303);
    assert_true(str_find(test_header_of(a, "Location"), STR("/login/code")) >= 0);
    test_app_close(t);
}

static void other_municipalities_stay_out_of_every_output(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_input in = desk_sample("Башка айылдын сырдуу сөзү");
    in.unit = STR(OTHER);
    in.village = STR_NULL;
    in.reporter_phone = STR("+996700000001");
    struct case_receipt foreign = desk_send(t, in, 3);
    struct case_receipt own = desk_send(t, desk_sample("Өзүбүздүн айылдын сөзү"), 3);
    desk_login(t, HEAD_CHOLPON, ROLE_HEAD, HOME);
    static const char *const outputs[] = {
        BASE "?state=all",       BASE "?state=all&look=1", BASE ".csv?state=all",
        BASE "/print?state=all", "/desk/" HOME "/overdue",
    };
    for (size_t i = 0; i < COUNT_OF(outputs); i++) {
        struct test_answer a = test_get(t, outputs[i]);
        assert_int_equal(a.status, 200);
        test_lacks(a, "сырдуу");
        desk_holds(t, a, foreign, false);
    }
    desk_holds(t, test_get(t, BASE), own, true);
    /* Its number does not open it from here, nor change it. */
    assert_int_equal(test_get(t, desk_path(t, foreign.number, "")).status, 404);
    assert_int_equal(test_get(t, desk_path(t, foreign.number, "/slip")).status, 404);
    struct test_answer found =
        test_get(t, desk_text(t, arena_printf(t->arena, BASE "?q=%.*s", STRF(foreign.number))));
    test_lacks(found, "сырдуу");
    assert_int_equal(
        test_post(t, desk_path(t, foreign.number, "/note"), "note", "Сөз", NULL).status, 404);
    assert_int_equal(test_post(t, desk_path(t, foreign.number, "/contact"), NULL).status, 404);
    struct test_answer bulk =
        test_post(t, BASE, "case", desk_value(t, foreign.number), "do", "accept", NULL);
    test_contains(bulk, "no such report");
    assert_int_equal(desk_record(t, foreign.number).p.state, CASE_RECEIVED);
    test_app_close(t);
}

/* --- the list --- */

static void late_ones_stand_first_and_numbers_tell_how_many(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt none = desk_send(t, desk_sample("Мөөнөтү жок"), 20);
    desk_promise_days = 3;
    struct case_receipt fresh = desk_send(t, desk_sample("Жаңы"), 1);
    struct case_receipt late = desk_send(t, desk_sample("Аз кечикти"), 5);
    struct case_receipt latest = desk_send(t, desk_sample("Көп кечикти"), 9);
    struct case_receipt today = desk_send(t, desk_sample("Бүгүн"), 3);
    struct case_receipt closed = desk_send(t, desk_sample("Жабылды"), 9);
    assert_int_equal(desk_step(t, closed.number, CASE_BY_STAFF, CASE_RESOLVED, "Жасалды"), ERR_OK);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer page = test_get(t, BASE);
    struct desk_numbers n = desk_numbers_of(t, page);
    struct case_receipt expected[] = {latest, late, today, fresh, none};
    assert_int_equal(n.n, COUNT_OF(expected));
    for (size_t i = 0; i < n.n; i++)
        assert_true(str_eq(n.v[i], expected[i].number));
    test_contains(page, "6 days late");
    test_contains(page, "<b>2</b> late");
    test_contains(page, "<b>1</b> due today");
    test_contains(page, "<b>5</b> nobody assigned");
    test_contains(page, "All open <b>5</b>");
    test_contains(page, "Closed <b>1</b>");
    desk_holds(t, test_get(t, BASE "?state=closed"), closed, true);
    desk_holds(t, test_get(t, BASE "?due=today"), today, true);
    assert_int_equal(desk_numbers_of(t, test_get(t, BASE "?due=late")).n, 2);
    test_app_close(t);
}

static void filters_find_what_they_say(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_input in = desk_sample("Токтогул көчөсүндө түтүк жарылды");
    struct case_receipt water = desk_send(t, in, 10);
    in = desk_sample("Таштанды үч күндөн бери чыгарылган жок");
    in.service = STR("waste");
    in.street = STR("Базардын жаны");
    struct case_receipt waste = desk_send(t, in, 2);
    assert_int_equal(desk_step(t, waste.number, CASE_BY_STAFF, CASE_ACCEPTED, NULL), ERR_OK);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    test_post(t, desk_path(t, water.number, "/assign"), "seen", desk_seen(t, water.number),
              "assignee", "5002", NULL);
    struct buf *old_day = buf_in(t->arena);
    buf_day(old_day, day_today() - 5);
    const struct {
        const char *query;
        bool water, waste;
    } cases[] = {
        {"?service=water", true, false},
        {"?service=waste", false, true},
        {"?state=accepted", false, true},
        {"?state=received", true, false},
        {"?who=none", false, true},
        {"?who=5002", true, false},
        {"?who=me", false, false},
        {"?village=" HOME_VILLAGE, true, true},
        {"?photo=1", false, false},
        {"?look=1", true, true},
        {desk_text(t, arena_printf(t->arena, "?from=%.*s", STRF(buf_view(old_day)))), false, true},
        {desk_text(t, arena_printf(t->arena, "?to=%.*s", STRF(buf_view(old_day)))), true, false},
        /* Without Kyrgyz letters, in capitals, only the beginnings of words, in any order. */
        {"?q=%D0%A2%D0%A3%D0%A2%D0%A3%D0%9A", true, false},
        {"?q=%D0%B1%D0%B0%D0%B7%D0%B0%D1%80+%D1%82%D0%B0%D1%88%D1%82%D0%B0%D0%BD%D0%B4%D1%8B",
         false, true},
        {"?q=%D1%82%D1%8F%D0%BF", false, false},
        {desk_text(t, arena_printf(t->arena, "?q=%.*s", STRF(waste.number))), false, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct test_answer a =
            test_get(t, desk_text(t, arena_printf(t->arena, BASE "%s", cases[i].query)));
        assert_int_equal(a.status, 200);
        struct desk_numbers n = desk_numbers_of(t, a);
        bool has_water = false, has_waste = false;
        for (size_t k = 0; k < n.n; k++) {
            has_water = has_water || str_eq(n.v[k], water.number);
            has_waste = has_waste || str_eq(n.v[k], waste.number);
        }
        if (has_water != cases[i].water || has_waste != cases[i].waste)
            fail_msg("%s: water %d, waste %d", cases[i].query, has_water, has_waste);
    }
    struct test_answer bad = test_get(t, BASE "?service=nothing&from=yesterday");
    assert_int_equal(bad.status, 422);
    test_contains(bad, "choose from the list");
    test_app_close(t);
}

static void pages_neither_repeat_nor_skip_while_reports_come_in(void **state)
{
    struct test_app *t = desk_open(state);
    enum { REPORTS = 120 };
    struct str all[REPORTS];
    int seen[REPORTS] = {0};
    for (int i = 0; i < REPORTS; i++) {
        desk_promise_days = i % 3 ? i % 7 : -1;
        char words[40];
        snprintf(words, sizeof words, "Кайрылуу %d", i);
        all[i] = desk_send(t, desk_sample(words), i % 11).number;
    }
    static const char *const orders[] = {"", "?sort=newest", "?sort=oldest", "?sort=change",
                                         "?state=all"};
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    for (size_t o = 0; o < COUNT_OF(orders); o++) {
        const char *path = desk_text(t, arena_printf(t->arena, BASE "%s", orders[o]));
        struct desk_numbers first = {0};
        const char *back = NULL;
        int pages = 0;
        memset(seen, 0, sizeof seen);
        for (; path; pages++) {
            assert_true(pages < 5);
            struct test_answer page = test_get(t, path);
            struct desk_numbers n = desk_numbers_of(t, page);
            for (size_t i = 0; i < n.n; i++)
                for (int k = 0; k < REPORTS; k++)
                    seen[k] += str_eq(all[k], n.v[i]);
            if (!pages)
                first = n;
            if (pages == 1)
                back = desk_link(t, page, "prev");
            path = desk_link(t, page, "next");
            /* Something new on every place of the list. */
            desk_promise_days = (int64_t)(o + (size_t)pages) % 4 - 1;
            desk_send(t, desk_sample("Окуп жатканда келди"), (int64_t)o);
        }
        assert_true(pages >= 3);
        for (int k = 0; k < REPORTS; k++)
            if (seen[k] != 1)
                fail_msg("%s: report %d was shown %d times", orders[o], k, seen[k]);
        /* And back again: the page before ends with the rows that were there. */
        assert_non_null(back);
        struct desk_numbers again = desk_numbers_of(t, test_get(t, back));
        assert_int_equal(again.n, 50);
        assert_true(str_eq(again.v[49], first.v[49]));
    }
    test_app_close(t);
}

/* The lists are read along their index: no sorting, whatever the history. SQLite tells. */
static enum err plan_row(void *arg, const struct db_value *v)
{
    buf_str(arg, v[3].s);
    buf_char(arg, '\n');
    return ERR_OK;
}
struct plan {
    struct db_query query;
    struct buf *text;
    const char *name;
};
static enum err plan_fn(struct tx *tx, void *arg)
{
    static const enum db_type out[] = {DB_I64, DB_I64, DB_I64, DB_STR};
    static const char *const names[] = {"id", "parent", "notused", "detail"};
    struct plan *p = arg;
    struct db_value values[40];
    memset(values, 0, sizeof values);
    for (int i = 0; i < p->query.in_count; i++)
        values[i] = (struct db_value){.type = p->query.in[i], .null = true};
    p->query.out = out;
    p->query.out_names = names;
    p->query.out_count = 4;
    return tx_run(tx, &p->query, values, plan_row, p->text, NULL);
}
static struct str plan_of(struct test_app *t, const char *name)
{
    for (const struct db_query *const *q = cases_desk_queries; *q; q++)
        if (strcmp((*q)->name, name) == 0) {
            struct plan *p = ARENA_NEW(t->arena, struct plan);
            p->query = **q;
            p->text = buf_in(t->arena);
            p->query.sqlite =
                desk_text(t, arena_printf(t->arena, "EXPLAIN QUERY PLAN %s", (*q)->sqlite));
            assert_int_equal(db_read(t->app.db, STR(HOME), plan_fn, p), ERR_OK);
            return buf_view(p->text);
        }
    fail_msg("no query %s", name);
    return STR("");
}

static void lists_are_read_along_an_index(void **state)
{
    struct test_app *t = desk_open(state);
    static const struct {
        const char *query, *index;
    } plans[] = {{"desk_due:rising", "cases_desk"},
                 {"desk_due:falling", "cases_desk"},
                 {"desk_open:falling", "cases_open"},
                 {"desk_time:falling", "cases_by_time"},
                 {"desk_change:falling", "cases_by_change"},
                 {"desk_counts", "COVERING INDEX cases_desk"},
                 {"desk_by_service", "cases_desk"},
                 {"desk_by_assignee", "COVERING INDEX cases_desk"},
                 {"desk_look_count", "cases_to_look"},
                 {"desk_voices", "cases_by_time"},
                 {"desk_changes", "cases_by_change"}};
    for (size_t i = 0; !db_is_postgres(t->app.db) && i < COUNT_OF(plans); i++) {
        struct str plan = plan_of(t, plans[i].query), name = str_from(plans[i].query);
        if (str_find(plan, str_from(plans[i].index)) < 0 ||
            (str_find(plan, STR("B-TREE FOR ORDER BY")) >= 0 && !str_starts(name, STR("desk_by"))))
            fail_msg("%s: %.*s", plans[i].query, STRF(plan));
    }
    test_app_close(t);
}

/* --- one case --- */

static void an_answer_is_asked_for_where_one_is_due(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt r = desk_send(t, desk_sample("Суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer a = test_post(t, desk_path(t, r.number, "/step/resolved"), "seen",
                                     desk_seen(t, r.number), "resolved_answer", "", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "Write an answer to the resident");
    assert_int_equal(desk_record(t, r.number).p.state, CASE_RECEIVED);

    a = test_post(t, desk_path(t, r.number, "/step/resolved"), "seen", desk_seen(t, r.number),
                  "resolved_answer", "Түтүк алмаштырылды", NULL);
    assert_int_equal(a.status, 303);
    struct case_record c = desk_record(t, r.number);
    assert_int_equal(c.p.state, CASE_RESOLVED);
    assert_true(str_eq(c.p.answer, STR("Түтүк алмаштырылды")));

    a = test_post(t, desk_path(t, r.number, "/step/refused"), "seen", desk_seen(t, r.number),
                  "refused_answer", "Эми жок", NULL);
    assert_int_equal(a.status, 409); /* not from here */
    test_contains(a, "Эми жок");
    assert_int_equal(test_post(t, desk_path(t, r.number, "/step/confirmed"), NULL).status, 404);
    test_app_close(t);
}

static void a_case_goes_to_another_body_or_another_case(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt first = desk_send(t, desk_sample("Биринчи"), 3);
    struct case_receipt second = desk_send(t, desk_sample("Экинчи"), 2);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    test_contains(test_get(t, desk_path(t, second.number, "")), "This one repeats it");
    struct test_answer a = test_post(t, desk_path(t, second.number, "/step/duplicate"), "seen",
                                     desk_seen(t, second.number), "original", "AAAA-AAAA-A", NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "has no report with that number");
    a = test_post(t, desk_path(t, second.number, "/step/duplicate"), "seen",
                  desk_seen(t, second.number), "original", desk_text(t, first.number), NULL);
    assert_int_equal(a.status, 303);
    assert_true(str_eq(desk_record(t, second.number).p.duplicate_of, first.number));
    assert_int_equal(desk_record(t, first.number).p.support, 1);

    a = test_post(t, desk_path(t, first.number, "/step/passed"), "seen", desk_seen(t, first.number),
                  "passed_answer", "Алардын тармагы", NULL);
    assert_int_equal(a.status, 422);
    a = test_post(t, desk_path(t, first.number, "/step/passed"), "seen", desk_seen(t, first.number),
                  "passed_answer", "Алардын тармагы", "body", "Райондук электр тармагы", NULL);
    assert_int_equal(a.status, 303);
    test_contains(test_get(t, desk_path(t, first.number, "")), "Райондук электр тармагы");
    test_app_close(t);
}

static void a_stale_page_comes_back_with_what_was_typed(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt r = desk_send(t, desk_sample("Суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    const char *seen = desk_seen(t, r.number);
    assert_int_equal(desk_step(t, r.number, CASE_BY_STAFF, CASE_IN_PROGRESS, "Бригада чыкты"),
                     ERR_OK);
    struct test_answer a =
        test_post(t, desk_path(t, r.number, "/step/resolved"), "seen", seen, "resolved_answer",
                  "Узун жооп, аны кайра жазгым келбейт", NULL);
    assert_int_equal(a.status, 409);
    test_contains(a, "Somebody else changed this record");
    test_contains(a, "Узун жооп, аны кайра жазгым келбейт");
    test_contains(a, "Бригада чыкты");
    test_contains(a, "In progress");
    assert_int_equal(desk_record(t, r.number).p.state, CASE_IN_PROGRESS);
    /* Sent again from that page it is taken. */
    a = test_post(t, desk_path(t, r.number, "/step/resolved"), "seen",
                  desk_text(t, test_field(t, a, "seen")), "resolved_answer", "Узун жооп", NULL);
    assert_int_equal(a.status, 303);
    static const char *const others[] = {"/answer", "/assign", "/class", "/look"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        a = test_post(t, desk_path(t, r.number, others[i]), "seen", seen, "answer", "Жооп",
                      "assignee", "5002", "fault", "waste", "words", "Сөз", "show", "1", NULL);
        if (a.status != 409)
            fail_msg("%s: status %d", others[i], a.status);
    }
    assert_int_equal(desk_record(t, r.number).assignee, 0);
    test_app_close(t);
}

static void a_neighbours_me_too_makes_no_page_stale(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt r = desk_send(t, desk_sample("Суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    const char *seen = desk_seen(t, r.number);
    assert_int_equal(desk_support(t, r.number, "коңшу"), ERR_OK);
    struct test_answer a =
        test_post(t, desk_path(t, r.number, "/step/accepted"), "seen", seen, NULL);
    assert_int_equal(a.status, 303);
    struct case_record c = desk_record(t, r.number);
    assert_int_equal(c.p.state, CASE_ACCEPTED);
    assert_int_equal(c.p.support, 1);
    test_app_close(t);
}

static void words_are_public_after_a_look_and_as_shortened(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt r = desk_send(t, desk_sample("Асан 0700 000 000 билет, суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    test_contains(test_get(t, desk_path(t, r.number, "")), "Words and photos wait for a look");
    struct test_answer a =
        test_post(t, desk_path(t, r.number, "/look"), "seen", desk_seen(t, r.number), "words",
                  "Суу жок", "street", "Достук көчөсү", "show", "1", NULL);
    assert_int_equal(a.status, 303);
    struct case_record c = desk_record(t, r.number);
    assert_true(str_eq(c.p.words, STR("Суу жок")));
    assert_true(str_eq(c.words, STR("Асан 0700 000 000 билет, суу жок")));
    assert_false(c.look);
    /* What was hidden does not come back by itself when the next thing waits for a look. */
    a = test_post(t, desk_path(t, r.number, "/look"), "seen", desk_seen(t, r.number), NULL);
    assert_int_equal(a.status, 303);
    assert_null(desk_record(t, r.number).p.words.p);
    struct str field = test_field(t, test_get(t, desk_path(t, r.number, "")), "words");
    assert_true(str_empty(field));

    struct case_input in = desk_sample("Жеке сөз");
    in.hide = true;
    struct case_receipt hidden = desk_send(t, in, 1);
    a = test_post(t, desk_path(t, hidden.number, "/look"), "seen", desk_seen(t, hidden.number),
                  "words", "Жеке сөз", "show", "1", NULL);
    assert_int_equal(a.status, 409);
    assert_null(desk_record(t, hidden.number).p.words.p);
    test_app_close(t);
}

static void contacts_are_shown_once_asked_for_and_it_is_written_down(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_input in = desk_sample("Суу жок");
    in.reporter_name = STR("Ойдон Чыгарылган");
    in.reporter_phone = STR("+996700000002");
    struct case_receipt r = desk_send(t, in, 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer a = test_get(t, desk_path(t, r.number, ""));
    test_lacks(a, "+996700000002");
    test_lacks(a, "Ойдон");
    test_contains(a, "A telephone was left");
    assert_int_equal(desk_audited(t, "case_contact"), 0);
    a = test_post(t, desk_path(t, r.number, "/contact"), NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "+996700000002");
    test_contains(a, "Ойдон Чыгарылган");
    assert_true(str_find(test_header_of(a, "Cache-Control"), STR("no-store")) >= 0);
    assert_int_equal(desk_audited(t, "case_contact"), 1);
    struct case_events events = desk_events(t, r.number);
    assert_int_equal(events.v[events.n - 1].kind, CASE_EVENT_CONTACT);
    assert_int_equal(events.v[events.n - 1].person, OFFICER_AIDA);
    assert_int_equal(events.v[events.n - 1].visible, CASE_INSIDE);
    /* Looking at the page again shows nothing. */
    test_lacks(test_get(t, desk_path(t, r.number, "")), "+996700000002");

    a = test_post(t, desk_path(t, r.number, "/forget"), NULL);
    assert_int_equal(a.status, 303);
    a = test_post(t, desk_path(t, r.number, "/contact"), NULL);
    test_lacks(a, "+996700000002");
    test_app_close(t);
}

/* --- many at once --- */

static void many_at_once_tell_what_became_of_each(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt good = desk_send(t, desk_sample("Биринчи"), 4);
    struct case_receipt stale = desk_send(t, desk_sample("Экинчи"), 4);
    struct case_receipt closed = desk_send(t, desk_sample("Үчүнчү"), 4);
    assert_int_equal(desk_step(t, closed.number, CASE_BY_STAFF, CASE_RESOLVED, "Жасалды"), ERR_OK);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    const char *stale_value = desk_value(t, stale.number);
    assert_int_equal(desk_step(t, stale.number, CASE_BY_STAFF, CASE_IN_PROGRESS, NULL), ERR_OK);
    struct test_answer a =
        test_post(t, BASE "?state=all", "case", desk_value(t, good.number), "case", stale_value,
                  "case", desk_value(t, closed.number), "do", "accept", NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "Done: 1.");
    test_contains(a, "Not done: 2");
    test_contains(a, "changed in the meantime");
    test_contains(a, "not possible in this state");
    assert_int_equal(desk_record(t, good.number).p.state, CASE_ACCEPTED);
    assert_int_equal(desk_record(t, stale.number).p.state, CASE_IN_PROGRESS);
    assert_int_equal(desk_record(t, closed.number).p.state, CASE_RESOLVED);

    a = test_post(t, BASE, "case", desk_value(t, good.number), "case", desk_value(t, stale.number),
                  "do", "assign", "assignee", "5002", NULL);
    test_contains(a, "Done: 2.");
    assert_int_equal(desk_record(t, good.number).assignee, OFFICER_BOLOT);
    a = test_post(t, BASE, "case", desk_value(t, stale.number), "do", "duplicate", "original",
                  desk_text(t, good.number), NULL);
    test_contains(a, "Done: 1.");
    assert_int_equal(desk_record(t, stale.number).p.state, CASE_DUPLICATE);

    /* What the action lacks is said over the list. */
    assert_int_equal(test_post(t, BASE, "do", "accept", NULL).status, 422);
    a = test_post(t, BASE, "case", desk_value(t, good.number), "do", "assign", "assignee", "999",
                  NULL);
    assert_int_equal(a.status, 422);
    test_contains(a, "Choose somebody from the list");
    assert_int_equal(
        test_post(t, BASE, "case", desk_value(t, good.number), "do", "burn", NULL).status, 422);
    test_app_close(t);
}

static void many_are_closed_in_the_language_of_each(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_input in = desk_sample("Суу жок");
    in.lang = LANG_KY;
    struct case_receipt kyrgyz = desk_send(t, in, 2);
    in.words = STR("Нет воды");
    in.lang = LANG_RU;
    struct case_receipt russian = desk_send(t, in, 2);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer a =
        test_post(t, BASE, "case", desk_value(t, kyrgyz.number), "case",
                  desk_value(t, russian.number), "do", "close", "template", "in_order", NULL);
    test_contains(a, "Done: 2.");
    struct case_record c = desk_record(t, kyrgyz.number);
    assert_int_equal(c.p.state, CASE_RESOLVED);
    assert_true(str_starts(c.p.answer, STR("Жерине барып карадык")));
    assert_true(str_starts(desk_record(t, russian.number).p.answer, STR("Мы выехали")));
    /* One that ends nothing closes nothing. */
    struct case_receipt open = desk_send(t, desk_sample("Дагы суу жок"), 2);
    a = test_post(t, BASE, "case", desk_value(t, open.number), "do", "close", "template", "thanks",
                  NULL);
    assert_int_equal(a.status, 422);
    test_app_close(t);
}

/* --- ready answers --- */

static void ready_answers_are_changed_added_hidden_and_put_back(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt r = desk_send(t, desk_sample("Суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    test_contains(test_get(t, "/desk/" HOME "/templates"), "Not in this year");
    struct test_answer a =
        test_post(t, "/desk/" HOME "/templates/done", "name", "Биздин жооп", "state", "resolved",
                  "ky", "{number} бүттү, {nothing} {", NULL);
    assert_int_equal(a.status, 303);
    a = test_get(t, desk_path(t, r.number, ""));
    test_contains(a, "Биздин жооп");
    test_contains(a, desk_text(t, arena_printf(t->arena, "data-text=\"%.*s бүттү, {nothing} {\"",
                                               STRF(r.number))));
    /* Without script the button puts it into the form; nothing is sent. */
    a = test_post(t, desk_path(t, r.number, "/step/resolved"), "seen", desk_seen(t, r.number),
                  "resolved_template", "done.ky", "insert", "1", NULL);
    assert_int_equal(a.status, 200);
    assert_true(str_starts(test_field(t, a, "resolved_answer"), r.number));
    assert_int_equal(desk_record(t, r.number).p.state, CASE_RECEIVED);

    test_post(t, "/desk/" HOME "/templates/private", "name", "Жеке", "state", "refused", "ky",
              "Жок", "hidden", "1", NULL);
    test_lacks(test_get(t, desk_path(t, r.number, "")), "value=\"private.ky\"");
    test_post(t, "/desk/" HOME "/templates/done/drop", NULL);
    test_lacks(test_get(t, desk_path(t, r.number, "")), "Биздин жооп");
    test_contains(test_get(t, desk_path(t, r.number, "")), "value=\"done.ky\"");

    a = test_post(t, "/desk/" HOME "/templates/new", "name", "Өзүбүздүкү", "ky", "Салам", NULL);
    assert_int_equal(a.status, 303);
    test_contains(test_get(t, "/desk/" HOME "/templates"), "Өзүбүздүкү");
    a = test_post(t, "/desk/" HOME "/templates/new", "name", "Бош", NULL);
    assert_int_equal(a.status, 422);
    assert_int_equal(test_get(t, "/desk/" HOME "/templates/nothing").status, 404);
    /* Another municipality has its own. */
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, OTHER);
    test_lacks(test_get(t, "/desk/" OTHER "/templates"), "Өзүбүздүкү");
    test_app_close(t);
}

/* --- entering for somebody --- */

static void who_phones_gets_a_number_and_a_slip(void **state)
{
    struct test_app *t = desk_open(state);
    desk_promise_days = 5;
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer a = test_post(t, BASE "/new", "channel", "phone", "fault", "water",
                                     "village", HOME_VILLAGE, "street", "Мектептин жаны", "words",
                                     "Суу жок", "phone", "0700 000 003", "speaks", "ru", NULL);
    assert_int_equal(a.status, 303);
    struct str to = test_header_of(a, "Location");
    assert_true(str_find(to, STR("key")) < 0); /* no secret in an address */
    a = test_follow(t, a);
    assert_int_equal(a.status, 200);
    test_contains(a, "Ваше обращение принято");
    test_contains(a, "QR-код только для вас");
    test_contains(a, "<svg");
    struct desk_numbers n = desk_numbers_of(t, test_get(t, BASE));
    assert_int_equal(n.n, 1);
    struct case_record c = desk_record(t, n.v[0]);
    assert_true(str_eq(c.channel, STR("phone")));
    assert_int_equal(c.entered_by, OFFICER_AIDA);
    assert_int_equal(c.lang, LANG_RU);
    assert_false(c.look); /* who typed it has looked */
    /* Another browser may print the number, not the reporter's own link. */
    test_new_visitor(t);
    desk_login(t, OFFICER_BOLOT, ROLE_OFFICER, HOME);
    a = test_get(t, desk_text(t, to));
    test_contains(a, "QR-код ведёт на страницу, открытую всем");
    test_app_close(t);
}

static void the_same_trouble_is_offered_before_it_is_kept_twice(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_receipt first = desk_send(t, desk_sample("Суу жок"), 1);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    struct test_answer a =
        test_post(t, BASE "/new", "channel", "desk", "fault", "water", "village", HOME_VILLAGE,
                  "street", "Достук көчөсү", "words", "Суу келбейт", "speaks", "ky", NULL);
    assert_int_equal(a.status, 200);
    test_contains(a, "Is it the same?");
    test_contains(a, desk_text(t, first.number));
    test_contains(a, "Суу келбейт");
    a = test_post(t, desk_path(t, first.number, "/join"), NULL);
    assert_int_equal(a.status, 303);
    assert_int_equal(desk_record(t, first.number).p.support, 1);
    a = test_post(t, BASE "/new", "channel", "desk", "fault", "water", "village", HOME_VILLAGE,
                  "street", "Достук көчөсү", "words", "Суу келбейт", "speaks", "ky", "similar_seen",
                  "1", NULL);
    assert_int_equal(a.status, 303);
    a = test_post(t, BASE "/new", "channel", "desk", "fault", "nothing", "speaks", "ky", NULL);
    assert_int_equal(a.status, 422);
    test_app_close(t);
}

/* --- files --- */

static struct str member(struct test_app *t, struct str file, const char *name)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    assert_non_null(zip);
    zip_file_t *m = zip_fopen(zip, name, 0);
    assert_non_null(m);
    struct buf *text = buf_in(t->arena);
    zip_int64_t n;
    while ((n = zip_fread(m, buf_reserve(text, 65536), 65536)) > 0)
        text->n += (size_t)n;
    zip_fclose(m);
    zip_discard(zip);
    return buf_view(text);
}

static void files_hold_contacts_only_when_asked_for(void **state)
{
    struct test_app *t = desk_open(state);
    struct case_input in = desk_sample("Текшериле элек сөз");
    in.reporter_name = STR("Ойдон Чыгарылган");
    in.reporter_phone = STR("+996700000004");
    in.reporter_email = STR("oidon@demo.example");
    struct case_receipt unseen = desk_send(t, in, 2);
    struct case_receipt seen = desk_send(t, desk_sample("=Текшерилген сөз"), 2);
    desk_login(t, OFFICER_AIDA, ROLE_OFFICER, HOME);
    test_post(t, desk_path(t, seen.number, "/look"), "seen", desk_seen(t, seen.number), "words",
              "=Текшерилген сөз", "show", "1", NULL);
    struct test_answer csv = test_get(t, BASE ".csv");
    assert_int_equal(csv.status, 200);
    desk_holds(t, csv, unseen, true);
    test_contains(csv, "'=Текшерилген сөз"); /* never a formula */
    static const char *const secrets[] = {"Текшериле элек", "Ойдон", "+996700000004",
                                          "oidon@demo.example"};
    struct test_answer xlsx = test_get(t, BASE ".xlsx");
    struct str strings = member(t, xlsx.body, "xl/worksheets/sheet1.xml");
    assert_true(str_find(strings, unseen.number) >= 0);
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        test_lacks(csv, secrets[i]);
        assert_true(str_find(strings, str_from(secrets[i])) < 0);
    }
    assert_int_equal(desk_audited(t, "case_contacts_export"), 0);
    assert_int_equal(test_get(t, BASE "/contacts").status, 405); /* never by a link */

    struct test_answer with = test_post(t, BASE "/contacts", NULL);
    assert_int_equal(with.status, 200);
    strings = member(t, with.body, "xl/worksheets/sheet1.xml");
    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        if (str_find(strings, str_from(secrets[i])) < 0)
            fail_msg("the file with contacts lacks %s", secrets[i]);
    assert_int_equal(desk_audited(t, "case_contacts_export"), 1);
    struct case_events events = desk_events(t, unseen.number);
    assert_int_equal(events.v[events.n - 1].kind, CASE_EVENT_CONTACT);
    assert_int_equal(events.v[events.n - 1].person, OFFICER_AIDA);
    /* Nobody's contacts were read with the other case: there are none. */
    events = desk_events(t, seen.number);
    assert_int_not_equal(events.v[events.n - 1].kind, CASE_EVENT_CONTACT);
    /* The file is of the filtered list. */
    test_lacks(test_get(t, BASE ".csv?service=waste"), desk_text(t, seen.number));
    assert_int_equal(test_get(t, BASE ".pdf").status, 404);
    test_app_close(t);
}

/* --- the head --- */

static void the_head_sees_with_whom_it_lies(void **state)
{
    struct test_app *t = desk_open(state);
    desk_promise_days = 2;
    struct case_receipt mine = desk_send(t, desk_sample("Кечикти"), 12);
    desk_send(t, desk_sample("Убагында"), 0);
    desk_login(t, HEAD_CHOLPON, ROLE_HEAD, HOME);
    test_post(t, desk_path(t, mine.number, "/assign"), "seen", desk_seen(t, mine.number),
              "assignee", "5002", NULL);
    struct test_answer a = test_get(t, "/desk/" HOME "/overdue");
    assert_int_equal(a.status, 200);
    test_contains(a, "Демо Болот");
    test_contains(a, "10 days");
    desk_holds(t, a, mine, true);
    assert_int_equal(desk_numbers_of(t, a).n, 1);
    test_app_close(t);
}

#define BODY(f)                                                                                    \
    {                                                                                              \
#f, f                                                                                      \
    }

int main(void)
{
    static const struct desk_test_body bodies[] = {
        BODY(only_the_office_of_the_place_gets_in),
        BODY(a_password_alone_is_not_enough),
        BODY(other_municipalities_stay_out_of_every_output),
        BODY(late_ones_stand_first_and_numbers_tell_how_many),
        BODY(filters_find_what_they_say),
        BODY(pages_neither_repeat_nor_skip_while_reports_come_in),
        BODY(lists_are_read_along_an_index),
        BODY(an_answer_is_asked_for_where_one_is_due),
        BODY(a_case_goes_to_another_body_or_another_case),
        BODY(a_stale_page_comes_back_with_what_was_typed),
        BODY(a_neighbours_me_too_makes_no_page_stale),
        BODY(words_are_public_after_a_look_and_as_shortened),
        BODY(contacts_are_shown_once_asked_for_and_it_is_written_down),
        BODY(many_at_once_tell_what_became_of_each),
        BODY(many_are_closed_in_the_language_of_each),
        BODY(ready_answers_are_changed_added_hidden_and_put_back),
        BODY(who_phones_gets_a_number_and_a_slip),
        BODY(the_same_trouble_is_offered_before_it_is_kept_twice),
        BODY(files_hold_contacts_only_when_asked_for),
        BODY(the_head_sees_with_whom_it_lies),
    };
    return desk_test_run("cases_desk", bodies, COUNT_OF(bodies));
}
