/*
 * The pages of charters through the whole program without a socket, on both engines: what
 * residents read and write, the desk's way from an empty draft to a published version, and that no
 * route changes what was published.
 */
#include "services/charter/charter_fixture_test.h"

#define SERVICE "/m/" KOK_JAR "/services/water"
#define DESK "/desk/" KOK_JAR "/charters/water"

static const struct test_promise two[] = {
    {"Leak in 3 days", "resolve_within_days", "water.leak", 3, true},
    {"Clean water", "", "", 0, false},
};

static void as_head(struct charter_test *c)
{
    test_login_as(c->t, ROLE_HEAD, KOK_JAR);
}

static const char *text_of(struct charter_test *c, const char *format, long long n)
{
    char buffer[200];
    snprintf(buffer, sizeof buffer, format, n);
    return arena_cstr(c->a, str_from(buffer));
}

static const char *day_text(struct charter_test *c, int64_t day)
{
    struct buf *b = buf_in(c->a);
    buf_day(b, day);
    return arena_cstr(c->a, buf_view(b));
}

/* --- what residents see --- */

static void the_page_tells_what_is_promised_and_kept(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    test_status(test_get(c.t, "/m/" KOK_JAR "/services/unheard-of"), 404);
    struct test_answer a = test_get(c.t, SERVICE);
    test_status(a, 200);
    test_contains(a, "No promises have been approved");
    test_lacks(a, "poster.pdf");
    test_contains(a, "/m/" KOK_JAR "/report?service=water");

    charter_test_draft(&c, "water", two, 2);
    test_lacks(test_get(c.t, SERVICE), "Leak in 3 days");
    charter_test_publish(&c, "water", 1, TODAY);
    charter_test_day(TODAY + 40);
    for (int i = 0; i < 8; i++)
        test_records.v[test_records.n++] = (struct test_record){
            STR(KOK_JAR), STR("water"), STR("water.leak"), TODAY + (i < 3 ? 5 : 39), i % 4 ? 2 : 9};
    a = test_get(c.t, SERVICE);
    test_contains(a, "Leak in 3 days en");
    test_contains(a, "Kept 6 of 8"); /* 90 days */
    test_contains(a, "4 of 5");      /* 30 days */
    test_contains(a, "75%");
    test_contains(a, "No. 7/3");
    test_contains(a, "If it is broken: an apology");
    test_contains(a, "The program does not count this promise");
    test_contains(a, "Promised since 3 June 2026");
    struct promises p = charter_test_promises(&c, "water", TODAY + 40);
    test_contains(a, text_of(&c,
                             "/m/" KOK_JAR "/reports?service=water&amp;promise=%lld&amp;from="
                             "2026-06-14&amp;to=2026-07-13",
                             (long long)p.v[0].id));
    test_contains(a, "tel:0000112233");
    c.t->lang = LANG_KY;
    a = test_get(c.t, SERVICE);
    test_contains(a, "Leak in 3 days ky");
    test_contains(a, "Убадалар");
    charter_test_end(&c);
}

static void a_draft_is_for_staff_alone(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, "water", two, 2);
    test_status(test_get(c.t, SERVICE "/v/1"), 404);
    test_status(test_get(c.t, SERVICE "/v/2"), 404);
    test_status(test_get(c.t, SERVICE "/v/x"), 404);
    test_login_as(c.t, ROLE_OFFICER, TEPLO);
    test_status(test_get(c.t, SERVICE "/v/1"), 404);
    test_login_as(c.t, ROLE_OFFICER, KOK_JAR);
    struct test_answer a = test_get(c.t, SERVICE "/v/1");
    test_status(a, 200);
    test_contains(a, "Only staff can see this draft");
    charter_test_end(&c);
}

static void history_stays_readable(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, "water", two, 2);
    charter_test_publish(&c, "water", 1, TODAY);
    charter_test_draft(&c, "water", NULL, 0);
    charter_test_amount(&c, "water", 2, 2);
    charter_test_publish(&c, "water", 2, TODAY + 30);
    struct test_answer a = test_get(c.t, SERVICE);
    test_contains(a, "Leak in 3 days en");
    test_contains(a, "not yet in force");
    test_contains(test_get(c.t, SERVICE "/v/2"), "comes into force on 3 July 2026");

    charter_test_day(TODAY + 31);
    a = test_get(c.t, SERVICE);
    test_contains(a, "Leak in 2 days en");
    test_contains(a, SERVICE "/v/1");
    a = test_get(c.t, SERVICE "/v/1");
    test_contains(a, "Leak in 3 days en");
    test_contains(a, "in force from 3 June 2026 to 2 July 2026");
    charter_test_end(&c);
}

/* --- consultation --- */

static void promises_outlive_a_merger(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, "water", two, 2);
    charter_test_publish(&c, "water", 1, TODAY);
    charter_test_day(TODAY + 40);
    for (int i = 0; i < 4; i++)
        test_records.v[test_records.n++] = (struct test_record){
            STR(KOK_JAR), STR("water"), STR("water.leak"), TODAY + 39, i ? 2 : 9};
    charter_test_merge(&c, KOK_JAR, TEPLO);

    struct test_answer a = test_get(c.t, SERVICE);
    test_status(a, 301);
    test_header_is(a, "Location", "/m/" TEPLO "/services/water");
    a = test_follow(c.t, a);
    test_contains(a, "No promises have been approved"); /* of its own */
    test_contains(a, "What was promised before the merger");
    test_contains(a, "Leak in 3 days en");
    test_contains(a, "Kept 3 of 4");
    test_contains(a, "&amp;of=" KOK_JAR);
    test_contains(a, "href=\"" SERVICE "/v/1\"");
    /* The words as they were published stay at their address. */
    a = test_get(c.t, SERVICE "/v/1");
    test_status(a, 200);
    test_contains(a, "Leak in 3 days en");
    test_contains(a, "became part of");
    test_contains(a, "/m/" TEPLO);

    charter_test_day(TODAY + 40 + 366); /* all periods are over */
    test_lacks(test_get(c.t, "/m/" TEPLO "/services/water"), "before the merger");
    charter_test_end(&c);
}

static void people_read_what_changes_and_comment(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, "water", two, 2);
    charter_test_publish(&c, "water", 1, TODAY);
    static const struct test_promise more[] = {{"New thing", "", "", 0, false}};
    charter_test_draft(&c, "water", more, 1);
    charter_test_amount(&c, "water", 2, 2);
    struct promises p = charter_test_promises_of(&c, "water", 2);
    as_head(&c);
    test_status(test_post(c.t, text_of(&c, DESK "/promises/%lld/remove", (long long)p.v[1].id),
                          "revision", "0", NULL),
                303);
    test_new_visitor(c.t);
    charter_test_consult(&c, "water", 2, TODAY + 14);
    test_contains(test_get(c.t, SERVICE), "New promises: have your say");

    struct test_answer a = test_get(c.t, SERVICE "/v/2");
    test_contains(a, ">new<");
    test_contains(a, ">changes<");
    test_contains(a, "Today: Leak in 3 days en");
    test_contains(a, "No longer promised");
    test_contains(a, "Comments are taken until 17 June 2026");

    /* Empty: beside the field, and nothing kept. */
    a = test_post(c.t, SERVICE "/v/2/comments", "words", " ", "author", "Aida", NULL);
    test_status(a, 422);
    test_contains(a, "Write your comment");
    test_contains(a, "value=\"Aida\"");
    a = test_post(c.t, SERVICE "/v/2/comments", "words", "<b>Two</b> days, please", "author",
                  "<i>Aida</i>", NULL);
    test_status(a, 303);
    a = test_follow(c.t, a);
    test_contains(a, "Thank you!");
    test_lacks(a, "Two");
    test_contains(a, "1 more comment is being looked at");

    /* The desk looks and answers; then everybody reads it, escaped. */
    test_login_as(c.t, ROLE_OFFICER, KOK_JAR);
    a = test_get(c.t, DESK "/comments");
    test_contains(a, "Two");
    ptrdiff_t at = str_find(a.body, STR(DESK "/comments/"));
    assert_true(at > 0);
    struct str id = str_slice(a.body, (size_t)at + sizeof(DESK "/comments/") - 1, 25);
    id.n = (size_t)str_find_char(id, '"');
    const char *path = arena_cstr(c.a, arena_printf(c.a, DESK "/comments/%.*s", STRF(id)));
    test_contains(test_get(c.t, path), "Two");
    test_status(test_post(c.t, path, "revision", "0", "answer", "Yes", NULL), 422);
    test_status(
        test_post(c.t, path, "revision", "0", "look", "shown", "answer", "We will try", NULL), 303);
    test_status(test_get(c.t, DESK "/comments/123"), 404);
    test_new_visitor(c.t);
    a = test_get(c.t, SERVICE "/v/2");
    test_contains(a, "&lt;b&gt;Two&lt;/b&gt; days");
    test_contains(a, "&lt;i&gt;Aida&lt;/i&gt;");
    test_contains(a, "We will try");

    charter_test_day(TODAY + 15);
    a = test_get(c.t, SERVICE "/v/2");
    test_lacks(a, "name=\"words\"");
    test_contains(a, "We will try");
    a = test_post(c.t, SERVICE "/v/2/comments", "words", "Late", NULL);
    test_contains(test_follow(c.t, a), "The consultation is over");
    charter_test_end(&c);
}

/* --- the desk, from nothing to a charter --- */

static void the_desk_goes_step_by_step(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    test_login_as(c.t, ROLE_OFFICER, KOK_JAR);
    test_contains(test_get(c.t, "/desk/" KOK_JAR "/charters"), DESK);
    test_contains(test_get(c.t, DESK), "Write the first draft");
    struct test_answer a = test_post(c.t, DESK "/draft", "revision", "0", NULL);
    test_status(a, 303);
    test_contains(test_follow(c.t, a), "There is no promise yet");

    /* A promise: its sentence comes by itself. */
    a = test_get(c.t, DESK "/promises/new");
    test_contains(a, "For example: “We solve the problem within 3 days”");
    a = test_post(c.t, DESK "/promises/new", "revision", "0", NULL);
    test_status(a, 422);
    a = test_post(c.t, DESK "/promises/new", "revision", "0", "measure", "resolve_within_days",
                  "amount", "0", NULL);
    test_status(a, 422);
    a = test_post(c.t, DESK "/promises/new", "revision", "0", "measure", "resolve_within_days",
                  "amount", "5", "working", "1", "kind", "water.leak", NULL);
    test_status(a, 303);
    const char *words = arena_cstr(c.a, test_header_of(a, "Location"));
    a = test_follow(c.t, a);
    test_contains(a, "We solve the problem within 5 working days");
    test_contains(a, "Решаем проблему в течение 5 рабочих дней");
    test_contains(a, "Water leak");
    a = test_post(c.t, words, "revision", "0", "text_ky", "5 күндө", "text_ru", "", "text_en", "e",
                  NULL);
    test_status(a, 422);
    test_contains(a, "5 күндө");
    a = test_post(c.t, words, "revision", "0", "text_ky", "Суу 5 күндө", "text_ru",
                  "Вода за 5 дней", "text_en", "Water, soon", NULL);
    test_status(a, 303);
    a = test_get(c.t, DESK);
    test_contains(a, "The words do not have the number");
    test_contains(a, "It does not say whom to contact");

    /* An older page is told, and may be sent again. */
    a = test_post(c.t, DESK "/intro", "revision", "1", "contact", "0 (000) 00-00-01", NULL);
    test_status(a, 422);
    struct str fresh = test_field(c.t, a, "revision");
    assert_true(fresh.n > 0);
    a = test_post(c.t, DESK "/intro", "revision", arena_cstr(c.a, fresh), "contact",
                  "0 (000) 00-00-01", NULL);
    test_status(a, 303);

    /* Council and publication are for the head. */
    test_status(test_get(c.t, DESK "/approve"), 403);
    test_status(test_post(c.t, DESK "/approve", "number", "1/1", NULL), 403);
    a = test_post(c.t, DESK "/consultation", "revision", "0", "from", day_text(&c, TODAY), "to",
                  day_text(&c, TODAY + 2), NULL);
    test_status(a, 422);
    a = test_post(c.t, DESK "/consultation", "revision", "0", "from", day_text(&c, TODAY), "to",
                  day_text(&c, TODAY + 7), NULL);
    test_status(a, 303);
    test_status(test_get(c.t, DESK "/intro"), 303); /* no draft any more: back to the charter */
    charter_test_day(TODAY + 8);
    as_head(&c);
    a = test_post(c.t, DESK "/approve", "revision", "0", "number", "7/3", "day",
                  day_text(&c, TODAY + 8), NULL);
    test_status(a, 303);
    a = test_post(c.t, DESK "/publish", "revision", "0", "from", day_text(&c, TODAY + 7), NULL);
    test_status(a, 422);
    a = test_post(c.t, DESK "/publish", "revision", "0", "from", day_text(&c, TODAY + 8), NULL);
    test_status(a, 303);
    test_new_visitor(c.t);
    test_contains(test_get(c.t, SERVICE), "Water, soon");
    charter_test_end(&c);
}

/* --- no route changes what was published --- */

struct posts {
    struct charter_test *c;
    const char *promise;
    int tried;
};

static const char *fill_in(struct charter_test *c, const char *path, const char *promise)
{
    struct str rest = str_from(path), part;
    struct buf *out = buf_in(c->a);
    while (str_split(&rest, '/', &part)) {
        if (part.n == 0)
            continue;
        buf_char(out, '/');
        if (str_eq(part, STR("{unit}")))
            buf_cstr(out, KOK_JAR);
        else if (str_eq(part, STR("{service}")))
            buf_cstr(out, "water");
        else if (str_eq(part, STR("{version}")))
            buf_cstr(out, "1");
        else if (part.p[0] == '{')
            buf_cstr(out, promise);
        else
            buf_str(out, part);
    }
    return arena_cstr(c->a, buf_view(out));
}

static void try_post(void *arg, const struct slice *slice, const struct route *route)
{
    struct posts *p = arg;
    if (slice != &charter_slice || strcmp(route->method, "POST") != 0)
        return;
    /* One draft of the next version is what they may make, and nothing else. */
    if (strstr(route->path, "/draft"))
        return;
    struct str before = charter_test_snapshot(p->c, "water", 1);
    struct test_answer a =
        test_post(p->c->t, fill_in(p->c, route->path, p->promise), "revision", "0", "words", "x",
                  "contact", "x", "measure", "none", "text_ky", "x", "text_ru", "x", "text_en", "x",
                  "number", "9/9", "day", "2026-06-03", "from", "2026-07-01", "to", "2026-08-01",
                  "reason", "x", "look", "shown", NULL);
    assert_true(a.status < 500);
    assert_str_equal(charter_test_snapshot(p->c, "water", 1), before);
    assert_int_equal(charter_test_versions(p->c, "water").n, 1);
    p->tried++;
}

static void no_route_changes_what_was_published(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    charter_test_draft(&c, "water", two, 2);
    charter_test_publish(&c, "water", 1, TODAY);
    struct promises p = charter_test_promises_of(&c, "water", 1);
    struct posts posts = {&c, text_of(&c, "%lld", (long long)p.v[0].id), 0};
    as_head(&c);
    app_each_route(c.app, try_post, &posts);
    assert_int_equal(posts.tried, 14);
    charter_test_end(&c);
}

/* --- the poster --- */

static void the_poster_is_a_page_in_the_chosen_language(void **state)
{
    struct charter_test c;
    charter_test_begin(&c, state);
    test_status(test_get(c.t, SERVICE "/poster.pdf"), 404);
    charter_test_draft(&c, "water", two, 2);
    charter_test_publish(&c, "water", 1, TODAY);
    struct test_answer ky = test_get(c.t, SERVICE "/poster.pdf?in=ky");
    struct test_answer ru = test_get(c.t, SERVICE "/poster.pdf?in=ru");
    test_status(ky, 200);
    assert_str_equal(test_header_of(ky, "Content-Type"), STR("application/pdf"));
    assert_true(str_starts(ky.body, STR("%PDF-")));
    assert_true(str_find(ky.body, STR("/Lang (ky)")) > 0);
    assert_true(str_find(ru.body, STR("/Lang (ru)")) > 0);
    assert_true(str_find(ky.body, STR("/Count 1\n")) > 0);
    struct test_answer again = test_get(c.t, SERVICE "/poster.pdf?in=ky");
    assert_str_equal(again.body, ky.body);

    const char *tag = arena_cstr(c.a, test_header_of(ky, "ETag"));
    const struct test_header headers[] = {{"If-None-Match", tag}, {NULL, NULL}};
    struct test_request request = {.path = SERVICE "/poster.pdf?in=ky", .headers = headers};
    test_status(test_send(c.t, &request), 304);
    request.path = SERVICE "/poster.pdf?in=ru";
    test_status(test_send(c.t, &request), 200);
    charter_test_end(&c);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(the_page_tells_what_is_promised_and_kept),
        BODY(a_draft_is_for_staff_alone),
        BODY(history_stays_readable),
        BODY(promises_outlive_a_merger),
        BODY(people_read_what_changes_and_comment),
        BODY(the_desk_goes_step_by_step),
        BODY(no_route_changes_what_was_published),
        BODY(the_poster_is_a_page_in_the_chosen_language),
    };
    return slice_test_run("charter_web", bodies, COUNT_OF(bodies));
}
