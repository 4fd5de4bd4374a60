/*
 * The public pages of cases, asked as browsers ask: reporting, following, joining; and what nobody
 * but the reporter and the municipality may ever see, looked for in every public answer.
 */
#include "voice/cases/cases_testing.h"

#include "platform/core/clock.h"
#include "platform/formats/image_samples.h"
#include "platform/formats/json.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "platform/web/demo.h"
#include "tests/support/client.h"

#include <inttypes.h>

#define HOME "41704235825000"
#define REPORT "/m/" HOME "/report"

struct web_test {
    struct test_app *t;
    struct cases_test rules; /* the same program for the rules' helpers */
    struct arena *arena;
};

static void begin(struct web_test *w, void **state)
{
    struct demo_context demo = {0};
    w->t = TEST_APP_ON(*(const bool *)*state, &web_slice, &trail_slice, &tally_slice, &places_slice,
                       &calendar_slice, &catalogue_slice, &cases_slice);
    w->arena = w->t->arena;
    world = (struct cases_world){.arena = w->arena};
    w->rules = (struct cases_test){.app = &w->t->app, .arena = w->arena};
    assert_int_equal(places_slice.demo(&w->t->app, &demo), ERR_OK);
    test_new_visitor(w->t);
}

static void end(struct web_test *w)
{
    clock_set_for_test(0);
    test_app_close(w->t);
}

static const char *path(struct web_test *w, const char *format, struct str number)
{
    struct buf *out = buf_in(w->arena);
    struct str rest = str_from(format), part;
    for (int i = 0; str_split(&rest, '#', &part); i++) {
        if (i)
            buf_str(out, number);
        buf_str(out, part);
    }
    return arena_cstr(w->arena, buf_view(out));
}

/* A minute ago: nobody types a form in no time. */
static const char *began(struct web_test *w)
{
    return arena_cstr(w->arena, arena_printf(w->arena, "%" PRId64, clock_now_ms() - MS_MINUTE));
}

static struct test_answer send_report(struct web_test *w, const char *words)
{
    return test_post(w->t, REPORT, "service", "water", "fault", "water.leak", "village",
                     "41704235825010", "street", "Dostuk 12", "words", words, "began", began(w),
                     "similar_seen", "1", NULL);
}

/* The number in the address that a sent report leads to. */
static struct str number_of(struct test_answer a)
{
    test_status(a, 303);
    struct str to = test_header_of(a, "Location");
    assert_true(str_starts(to, STR("/c/")) && str_ends(to, STR("/sent")));
    return str_slice(to, 3, to.n - 8);
}

static struct case_change change_of(struct web_test *w, struct str number)
{
    return (struct case_change){
        .unit = UNIT_HOME, .id = cases_id_of(&w->rules, number), .by = CASE_BY_STAFF, .person = 5};
}

/* --- the journey --- */

static void a_report_is_sent_followed_and_kept_apart(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct test_answer a = test_get(w.t, REPORT);
    test_status(a, 200);
    test_contains(a, "Drinking water");
    a = test_get(w.t, REPORT "?service=water");
    test_contains(a, "Water leak");
    assert_int_equal(test_field(w.t, a, "once").n, 22);

    a = send_report(&w, "Water runs down the street");
    struct str number = number_of(a);
    a = test_follow(w.t, a);
    test_status(a, 200);
    test_contains(a, arena_cstr(w.arena, number));
    test_header_is(a, "Cache-Control", "private, no-store");
    ptrdiff_t at = str_find(a.body, STR("?key="));
    assert_true(at > 0);
    struct str key = str_slice(a.body, (size_t)at + 5, 22);

    a = test_get(w.t, path(&w, "/c/#", number));
    test_contains(a, "This is your report");
    test_contains(a, "Water runs down the street");

    test_new_visitor(w.t);
    a = test_get(w.t, path(&w, "/c/#", number));
    test_status(a, 200);
    test_contains(a, "Water leak");
    test_lacks(a, "Water runs down the street");
    test_lacks(a, "Dostuk");
    test_status(test_get(w.t, path(&w, "/c/#/sent", number)), 404);
    test_status(test_get(w.t, path(&w, "/c/#?key=AAAAAAAAAAAAAAAAAAAAAA", number)), 303);
    test_lacks(test_get(w.t, path(&w, "/c/#", number)), "This is your report");

    /* The link from the receipt: into a cookie, out of the address. */
    a = test_get(
        w.t,
        path(&w, arena_cstr(w.arena, arena_printf(w.arena, "/c/#?key=%.*s", STRF(key))), number));
    test_status(a, 303);
    assert_str_equal(test_header_of(a, "Location"), str_from(path(&w, "/c/#", number)));
    test_contains(test_follow(w.t, a), "This is your report");
    const struct test_cookie *cookie = test_cookie_of(w.t, "cases");
    assert_non_null(cookie);
    assert_true(str_find(cookie->attributes, STR("HttpOnly")) >= 0);
    assert_true(str_find(cookie->attributes, STR("Secure")) >= 0);
    assert_true(str_find(cookie->attributes, STR("SameSite=Lax")) >= 0);

    /* Typed by hand: one address for each report. */
    struct str typed =
        arena_printf(w.arena, "/c/%.4s%.4s%.1s", number.p, number.p + 5, number.p + 10);
    a = test_get(w.t, arena_cstr(w.arena, typed));
    test_status(a, 303);
    test_status(test_get(w.t, "/c/7K3M-Q4DA-N"), 404);
    test_status(test_get(w.t, "/c/nonsense"), 404);
    test_status(test_get(w.t, "/c?number=7k3m+q4da+n"), 303);
    test_status(test_get(w.t, "/c?number=7K3M-Q4DA-M"), 422);
    end(&w);
}

static void sent_twice_it_is_one_report(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str numbers[2];
    for (int i = 0; i < 2; i++) {
        struct test_answer a =
            test_post(w.t, REPORT, "service", "water", "fault", "water.leak", "village",
                      "41704235825010", "words", "Twice", "began", began(&w), "similar_seen", "1",
                      "once", "AbCdEfGhIjKlMnOpQrStUv", NULL);
        numbers[i] = number_of(a);
        /* The first answer was lost: the second browser window has no cookie of it. */
        test_contains(test_follow(w.t, a), "?key=");
        test_new_visitor(w.t);
    }
    assert_str_equal(numbers[0], numbers[1]);
    end(&w);
}

static void faults_stand_beside_their_fields(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct test_answer a =
        test_post(w.t, REPORT, "service", "water", "words", "Only words", "began", began(&w), NULL);
    test_status(a, 422);
    test_contains(a, "Choose which problem it is");
    test_contains(a, "Choose the village");
    test_contains(a, "Only words");
    a = test_post(w.t, REPORT, "service", "water", "fault", "-", "village", "-", "began", began(&w),
                  NULL);
    test_status(a, 422);
    test_contains(a, "Write what happened");
    test_contains(a, "Say where it is");
    a = test_post(w.t, REPORT, "service", "water", "fault", "waste.dump", "village",
                  "41704235837010", "words", "x", "began", began(&w), NULL);
    test_status(a, 422);
    test_contains(a, "There is no such problem");
    test_contains(a, "does not belong to the municipality");
    /* An unknown service leads back to the choice. */
    test_contains(test_get(w.t, REPORT "?service=circus"), "What is it about?");
    test_status(test_get(w.t, "/m/41700000000404/report"), 404);
    end(&w);
}

/* A phone that cut a letter in two: nothing is lost but that letter. */
static void unreadable_words_stand_beside_their_field(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct test_answer a = test_post(w.t, REPORT, "service", "water", "fault", "water.leak",
                                     "village", "41704235825010", "street", "Dostuk 12", "words",
                                     "Water runs \xd0", "began", began(&w), NULL);
    test_status(a, 422);
    test_contains(a, "some characters cannot be read");
    test_contains(a, "Water runs \xEF\xBF\xBD");
    test_contains(a, "Dostuk 12");
    end(&w);
}

/* What a form offers must be taken: each choice of the list, "something else" among them. */
static void every_offered_problem_can_be_sent(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct test_answer a = test_get(w.t, REPORT "?service=lighting");
    const struct str mark = STR("name=\"fault\" value=\"");
    struct str rest = a.body;
    size_t offered = 0;
    for (ptrdiff_t at; (at = str_find(rest, mark)) >= 0; offered++) {
        rest = str_slice(rest, (size_t)at + mark.n, rest.n - (size_t)at - mark.n);
        ptrdiff_t end_of_value = str_find(rest, STR("\""));
        assert_true(end_of_value > 0);
        const char *value = arena_cstr(w.arena, str_slice(rest, 0, (size_t)end_of_value));
        struct str words = arena_printf(w.arena, "No light near the bridge, %s", value);
        number_of(test_post(w.t, REPORT, "service", "lighting", "fault", value, "village",
                            "41704235825010", "words", arena_cstr(w.arena, words), "began",
                            began(&w), "similar_seen", "1", NULL));
    }
    assert_true(offered >= 3);
    end(&w);
}

static void similar_reports_are_offered_once(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str first = number_of(send_report(&w, "The pipe at the corner has burst"));
    test_new_visitor(w.t);
    struct test_answer a =
        test_get(w.t, REPORT "/similar?service=water&fault=water.leak&village=41704235825010");
    test_status(a, 200);
    test_contains(a, arena_cstr(w.arena, first));
    test_contains(a, "Water leak");
    test_lacks(a, "burst");
    test_contains(test_get(w.t, REPORT "/similar?service=water&fault=water.none"
                                       "&village=41704235825010"),
                  "\"items\":[]");
    test_contains(test_get(w.t, REPORT "/similar"), "\"items\":[]");

    a = test_post(w.t, REPORT, "service", "water", "fault", "water.leak", "village",
                  "41704235825010", "words", "Mine too", "began", began(&w), NULL);
    test_status(a, 200);
    test_contains(a, "Has this been reported already?");
    test_contains(a, arena_cstr(w.arena, first));
    test_contains(a, "Mine too");
    assert_str_equal(test_field(w.t, a, "similar_seen"), STR("1"));
    number_of(send_report(&w, "Mine too"));
    end(&w);
}

static void joining_counts_each_browser_once(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str number = number_of(send_report(&w, "No water"));
    struct case_change c = change_of(&w, number);
    const char *join = path(&w, "/c/#/me-too", number);
    test_status(test_post(w.t, join, "x", "", NULL), 303); /* the reporter's own */
    assert_int_equal(cases_public_of(&w.rules, c).support, 0);
    for (int i = 0; i < 2; i++) {
        test_new_visitor(w.t);
        test_status(test_post(w.t, join, "x", "", NULL), 303);
        test_status(test_post(w.t, join, "x", "", NULL), 303);
        test_contains(test_get(w.t, path(&w, "/c/#", number)), "You have joined");
    }
    assert_int_equal(cases_public_of(&w.rules, c).support, 2);
    /* A form that no page of ours has made. */
    struct test_answer a = test_send(w.t, &(struct test_request){.method = "POST", .path = join});
    assert_true(a.status >= 400);
    assert_int_equal(cases_public_of(&w.rules, c).support, 2);
    end(&w);
}

/* The part of the page between two marks. */
static struct str between(struct test_answer a, struct str from, struct str to)
{
    ptrdiff_t start = str_find(a.body, from);
    assert_true(start >= 0);
    struct str rest = str_slice(a.body, (size_t)start, a.body.n);
    ptrdiff_t end_of_part = str_find(rest, to);
    assert_true(end_of_part > 0);
    return str_slice(rest, 0, (size_t)end_of_part);
}

static int count_of(struct str text, struct str part)
{
    int n = 0;
    for (ptrdiff_t at; (at = str_find(text, part)) >= 0; n++)
        text = str_slice(text, (size_t)at + part.n, text.n);
    return n;
}

/* The list of steps: each that happened is marked, none that was skipped, and what may still come
 * stands there without a mark. */
static void skipped_steps_are_not_shown_as_passed(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str number = number_of(send_report(&w, "No water"));
    struct case_change c = change_of(&w, number);
    const char *page = path(&w, "/c/#", number);
    const struct str from = STR("<ol class=\"steps\">"), to = STR("</ol>");

    struct str steps = between(test_get(w.t, page), from, to);
    assert_int_equal(count_of(steps, STR("<li")), 5);
    assert_int_equal(count_of(steps, STR("--done")), 0);

    /* Straight from received to resolved. */
    assert_int_equal(cases_do_step(&w.rules, &c, CASE_RESOLVED, "The pump was replaced"), ERR_OK);
    steps = between(test_get(w.t, page), from, to);
    assert_true(str_find(steps, STR(">Received")) > 0);
    assert_true(str_find(steps, STR(">Resolved")) > 0);
    assert_true(str_find(steps, STR(">Confirmed")) > 0);
    assert_int_equal(str_find(steps, STR("Accepted")), -1);
    assert_int_equal(str_find(steps, STR("In progress")), -1);
    assert_int_equal(count_of(steps, STR("--done")), 2);

    /* What was done after a reopening happened too. */
    test_status(
        test_post(w.t, path(&w, "/c/#/answer", number), "fixed", "no", "words", "Dry again", NULL),
        303);
    c.version = 0;
    assert_int_equal(cases_do_step(&w.rules, &c, CASE_IN_PROGRESS, NULL), ERR_OK);
    steps = between(test_get(w.t, page), from, to);
    assert_int_equal(str_find(steps, STR("Accepted")), -1);
    assert_true(str_find(steps, STR(">In progress")) > 0);
    assert_int_equal(count_of(steps, STR("--done")), 1);
    assert_int_equal(count_of(steps, STR("--now")), 1);
    end(&w);
}

/* --- what the reporter does --- */

static void only_the_reporter_answers_for_it(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str number = number_of(send_report(&w, "No water"));
    struct case_change c = change_of(&w, number);
    const char *answer = path(&w, "/c/#/answer", number), *page = path(&w, "/c/#", number);
    assert_int_equal(cases_do_step(&w.rules, &c, CASE_RESOLVED, "The pump was replaced"), ERR_OK);
    struct test_answer a = test_get(w.t, page);
    test_contains(a, "Is it fixed?");
    test_contains(a, "The pump was replaced");

    a = test_post(w.t, answer, "fixed", "no", "words", "", NULL);
    test_status(a, 422);
    test_contains(a, "Write what is still wrong");
    test_status(test_post(w.t, answer, "fixed", "no", "words", "Dry again", NULL), 303);
    assert_int_equal(cases_public_of(&w.rules, c).state, CASE_REOPENED);
    test_contains(test_get(w.t, page), "Dry again"); /* the reporter sees own words */

    assert_int_equal(cases_do_step(&w.rules, &c, CASE_RESOLVED, "And the valve"), ERR_OK);
    test_status(test_post(w.t, answer, "fixed", "yes", "stars", "4", NULL), 303);
    struct case_public p = cases_public_of(&w.rules, c);
    assert_true(p.state == CASE_CONFIRMED && p.stars == 4);
    /* A second click changes nothing and is no error. */
    test_status(test_post(w.t, answer, "fixed", "yes", NULL), 303);

    test_new_visitor(w.t);
    a = test_get(w.t, page);
    test_lacks(a, "Dry again");
    test_contains(a, "And the valve");
    static const char *const actions[] = {"/c/#/answer", "/c/#/add", "/c/#/withdraw",
                                          "/c/#/forget"};
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        test_status(test_post(w.t, path(&w, actions[i], number), "fixed", "no", "words", "x", NULL),
                    404);
    assert_int_equal(cases_public_of(&w.rules, c).state, CASE_CONFIRMED);
    end(&w);
}

static void a_reporter_adds_withdraws_and_is_forgotten(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct test_answer a =
        test_post(w.t, REPORT, "service", "water", "fault", "water.leak", "village",
                  "41704235825010", "words", "No water", "name", "Demo Resident", "email",
                  "demo@resident.example", "began", began(&w), "similar_seen", "1", NULL);
    struct str number = number_of(a);
    struct case_change c = change_of(&w, number);
    test_contains(test_follow(w.t, a), "A link was sent to your e-mail");
    assert_int_equal(world.sent.n, 1);
    assert_true(str_find(world.sent.v[0].body, number) > 0);
    test_status(test_post(w.t, path(&w, "/c/#/add", number), "words", "Since Monday", NULL), 303);
    test_contains(test_get(w.t, path(&w, "/c/#", number)), "Since Monday");
    assert_true(cases_look_up(&w.rules, c.unit, c.id).look);
    test_status(test_post(w.t, path(&w, "/c/#/forget", number), "x", "", NULL), 303);
    world.sent.n = 0;
    assert_int_equal(cases_do_step(&w.rules, &c, CASE_ACCEPTED, NULL), ERR_OK);
    assert_int_equal(world.sent.n, 0);
    test_status(test_post(w.t, path(&w, "/c/#/withdraw", number), "x", "", NULL), 303);
    assert_int_equal(cases_public_of(&w.rules, c).state, CASE_WITHDRAWN);
    end(&w);
}

/* --- photos --- */

static struct test_answer send_photo(struct web_test *w, struct str file, const char *name)
{
    const struct test_part parts[] = {
        {.name = "service", .value = STR("water")},
        {.name = "fault", .value = STR("water.leak")},
        {.name = "village", .value = STR("41704235825010")},
        {.name = "began", .value = str_from(began(w))},
        {.name = "photo", .filename = name, .type = "image/jpeg", .value = file},
    };
    return test_post_parts(w->t, REPORT, parts, COUNT_OF(parts));
}

static void photos_are_upright_bare_and_guarded(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct raster fields = sample_fields(w.arena, 120, 80);
    struct str file = sample_jpeg(w.arena, &fields, sample_exif(w.arena, 6, true));
    assert_true(str_find(file, STR(SAMPLE_SECRET)) > 0);
    struct str number = number_of(send_photo(&w, file, "CANARY-file-name.jpg"));
    struct case_change c = change_of(&w, number);
    struct case_photos photos = cases_photos_of(&w.rules, c);
    assert_int_equal(photos.n, 1);
    struct str id = arena_printf(w.arena, "%" PRId64, photos.v[0].id);
    const char *large =
        path(&w, arena_cstr(w.arena, arena_printf(w.arena, "/c/#/photo/%.*s", STRF(id))), number);
    const char *small = arena_cstr(w.arena, arena_printf(w.arena, "%s/small", large));

    for (int i = 0; i < 2; i++) {
        struct test_answer a = test_get(w.t, i ? small : large);
        test_status(a, 200);
        test_header_is(a, "Content-Type", "image/jpeg");
        test_header_is(a, "Cache-Control", "private, no-store");
        assert_true(str_find(a.body, STR(SAMPLE_SECRET)) < 0);
        assert_true(str_find(a.body, STR("Exif")) < 0);
        /* Orientation 6: the camera was turned; red came from the lower left. */
        struct raster seen = sample_decode_jpeg(w.arena, a.body);
        assert_true(seen.width == 80 && seen.height == 120);
    }
    test_new_visitor(w.t);
    test_status(test_get(w.t, large), 404);
    test_status(test_get(w.t, small), 404);
    test_login_as(w.t, ROLE_OFFICER, HOME);
    test_status(test_get(w.t, large), 200);
    test_login_as(w.t, ROLE_OFFICER, "41704235837000"); /* of another municipality */
    test_status(test_get(w.t, large), 404);
    test_new_visitor(w.t);
    assert_int_equal(cases_do(&w.rules, &c, cases_rule_show_photo, &photos.v[0].id), ERR_OK);
    test_status(test_get(w.t, large), 200);
    test_lacks(test_get(w.t, path(&w, "/c/#", number)), "CANARY");

    struct test_answer a = send_photo(&w, STR("no photo at all"), "x.jpg");
    test_status(a, 422);
    test_contains(a, "A photo must be JPEG, PNG or WebP");
    end(&w);
}

/* --- what must never come out --- */

static const char *const canaries[] = {"CANARYWORDS", "CANARYSTREET", "CANARYNAME",
                                       "canarymail",  "777000111",    "CANARYADDED",
                                       "2003741",     "6004192" /* of the pin on the map */};

static void send_canaries(struct web_test *w, const char *more, struct str *number)
{
    struct test_answer a = test_post(
        w->t, REPORT, "service", "water", "fault", "water.leak", "village", "41704235825010",
        "street", "CANARYSTREET 5", "words", "CANARYWORDS here", "name", "CANARYNAME", "email",
        "canarymail@resident.example", "phone", "0777000111", "lat", "42.2003741", "lon",
        "75.6004192", "began", began(w), "similar_seen", "1", more, "1", NULL);
    *number = number_of(a);
    test_status(test_post(w->t, path(w, "/c/#/add", *number), "words", "CANARYADDED", NULL), 303);
}

/* Every public address of the room, with this report's number in it. */
static void look_everywhere(struct web_test *w, struct str number, size_t from_canary)
{
    for (int lang = 0; lang < LANG__MAX; lang++) {
        w->t->lang = (enum lang)lang;
        for (size_t i = 0; i < cases_slice.route_count; i++) {
            const struct route *route = &cases_slice.routes[i];
            if (strcmp(route->method, "GET") != 0 || route->permission != PERM_PUBLIC)
                continue;
            struct buf *address = buf_in(w->arena);
            struct str rest = str_from(route->path), part;
            while (str_split(&rest, '/', &part)) {
                if (part.n == 0)
                    continue;
                buf_char(address, '/');
                if (str_eq(part, STR("{unit}")))
                    buf_cstr(address, HOME);
                else if (str_eq(part, STR("{number}")))
                    buf_str(address, number);
                else
                    buf_str(address, part);
            }
            if (str_ends(buf_view(address), STR("/similar")))
                buf_cstr(address, "?service=water&fault=water.leak&village=41704235825010"
                                  "&street=CANARYSTREET&lat=42.2&lon=75.6");
            struct test_answer a = test_get(w->t, arena_cstr(w->arena, buf_view(address)));
            assert_true(a.status < 500);
            for (size_t k = from_canary; k < COUNT_OF(canaries); k++) {
                test_lacks(a, canaries[k]);
                assert_true(str_find(a.headers, str_from(canaries[k])) < 0);
            }
        }
    }
    w->t->lang = LANG_EN;
}

static void nothing_personal_comes_out_anywhere(void **state)
{
    struct web_test w;
    begin(&w, state);
    struct str plain, hidden, trapped;
    send_canaries(&w, "nothing", &plain);
    send_canaries(&w, "hide", &hidden);
    send_canaries(&w, "website", &trapped);
    /* The reporter does see all of it, so the strings are really there. */
    struct test_answer a = test_get(w.t, path(&w, "/c/#", plain));
    test_contains(a, "CANARYWORDS");
    test_contains(a, "CANARYADDED");
    test_new_visitor(w.t);
    look_everywhere(&w, plain, 0);
    look_everywhere(&w, hidden, 0);
    look_everywhere(&w, trapped, 0);
    /* What looks like spam is not there at all; a private one is, without its place on the map. */
    test_status(test_get(w.t, path(&w, "/c/#", trapped)), 404);
    a = test_get(w.t, "/m/" HOME "/reports.csv");
    test_contains(a, arena_cstr(w.arena, plain));
    test_contains(a, arena_cstr(w.arena, hidden));
    test_lacks(a, arena_cstr(w.arena, trapped));
    assert_int_equal(count_of(a.body, STR(",42.2,75.6,")), 1); /* of the plain one, to 100 m */
    struct case_record record = cases_look_up(&w.rules, UNIT_HOME, cases_id_of(&w.rules, plain));
    assert_true(record.lat == 42.2003741 && record.lon == 75.6004192); /* staff find it */

    /* After a look: the words and the street that were let through, and nothing else. */
    struct case_change c = change_of(&w, plain);
    struct case_look look = {.words = STR("CANARYWORDS here"), .street = STR("CANARYSTREET")};
    assert_int_equal(cases_do(&w.rules, &c, cases_rule_look, &look), ERR_OK);
    look_everywhere(&w, plain, 2);
    test_contains(test_get(w.t, path(&w, "/c/#", plain)), "CANARYWORDS");
    test_contains(test_get(w.t, "/m/" HOME "/reports.rss"), "CANARYWORDS");
    end(&w);
}

static void floods_are_held_back_without_a_word(void **state)
{
    struct web_test w;
    begin(&w, state);
    /* Each of these is taken with the usual receipt, and shown to nobody. */
    const char *const odd[][2] = {{"website", "http://buy.example"}, {"began", ""}};
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        struct test_answer a = test_post(w.t, REPORT, "service", "water", "fault", "water.none",
                                         "village", "41704235825010", "words", "Quick", odd[i][0],
                                         odd[i][1], "similar_seen", "1", NULL);
        struct str number = number_of(a);
        test_status(test_follow(w.t, a), 200);
        test_new_visitor(w.t);
        test_status(test_get(w.t, path(&w, "/c/#", number)), 404);
    }
    struct str link = number_of(send_report(&w, "See https://buy.example now"));
    test_new_visitor(w.t);
    test_status(test_get(w.t, path(&w, "/c/#", link)), 404);
    /* Staff see it, and a look lets it out. */
    test_login_as(w.t, ROLE_OFFICER, HOME);
    test_status(test_get(w.t, path(&w, "/c/#", link)), 200);
    end(&w);
}

/* --- lists --- */

static void lists_show_what_was_asked_for(void **state)
{
    struct web_test w;
    begin(&w, state);
    world.promised = true;
    world.promise = (struct promise){.id = 4,
                                     .service = STR("water"),
                                     .measure = STR("resolve_within_days"),
                                     .amount = 3,
                                     .working_days = true,
                                     .text = {{STR("Үч күн"), STR("Три дня"), STR("Three days")}}};
    int64_t monday = day_at(2026, 9, 7);
    clock_set_for_test(day_start_ms(monday) + 10 * MS_HOUR);
    struct str kept = number_of(send_report(&w, "One"));
    struct str broken = number_of(send_report(&w, "Two"));
    struct case_change c = change_of(&w, kept);
    clock_set_for_test(day_start_ms(monday + 1) + 10 * MS_HOUR);
    assert_int_equal(cases_do_step(&w.rules, &c, CASE_RESOLVED, "Done"), ERR_OK);
    clock_set_for_test(day_start_ms(monday + 10) + 10 * MS_HOUR);
    test_new_visitor(w.t);

    const char *a_kept = arena_cstr(w.arena, kept), *a_broken = arena_cstr(w.arena, broken);
    static const struct {
        const char *query;
        bool kept, broken;
    } rows[] = {
        {"", true, true},
        {"?state=open", false, true},
        {"?state=late", false, true},
        {"?state=done", true, false},
        {"?state=other", false, false},
        {"?service=water", true, true},
        {"?service=waste", false, false},
        {"?village=41704235825010", true, true},
        {"?village=41704235825020", false, false},
        {"?from=2026-09-08", false, false},
        {"?from=07.09.2026&to=2026-09-07", true, true},
        {"?promise=4", true, true},
        {"?promise=4&kept=yes", true, false},
        {"?promise=4&kept=no", false, true},
    };
    static const char *const kinds[] = {"", ".csv", ".rss"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t k = 0; k < COUNT_OF(kinds); k++) {
            struct str to =
                arena_printf(w.arena, "/m/" HOME "/reports%s%s", kinds[k], rows[i].query);
            struct test_answer a = test_get(w.t, arena_cstr(w.arena, to));
            test_status(a, 200);
            test_check_text(a, a_kept, rows[i].kept, __FILE__, __LINE__);
            test_check_text(a, a_broken, rows[i].broken, __FILE__, __LINE__);
        }
    test_status(test_get(w.t, "/m/" HOME "/reports?promise=5"), 404);
    test_status(test_get(w.t, "/m/" HOME "/reports?from=nonsense&state=odd&older=x"), 200);
    struct test_answer a = test_get(w.t, "/m/" HOME "/reports/map");
    test_contains(a, a_kept);
    test_contains(a, a_broken);
    a = test_get(w.t, "/m/" HOME "/reports");
    test_contains(a, "7 days past the promise");
    a = test_get(w.t, path(&w, "/c/#", broken));
    test_contains(a, "10 September 2026");
    end(&w);
}

static void long_lists_are_leafed_through(void **state)
{
    struct web_test w;
    begin(&w, state);
    for (int i = 0; i < 60; i++) {
        struct case_change c;
        struct case_input in = cases_sample();
        clock_set_for_test(day_start_ms(20800) + i * MS_MINUTE);
        cases_send(&w.rules, in, &c);
    }
    int seen = 0;
    const char *to = "/m/" HOME "/reports?service=water";
    for (int pages = 0; pages < 3; pages++) {
        struct test_answer a = test_get(w.t, to);
        test_status(a, 200);
        struct str rest = a.body;
        ptrdiff_t at;
        while ((at = str_find(rest, STR("class=\"report__title\""))) >= 0) {
            seen++;
            rest = str_slice(rest, (size_t)at + 10, rest.n);
        }
        /* The page's own address stands in it, too: the pager is meant. */
        at = str_find(a.body, STR("rel=\"next\""));
        rest = at < 0 ? STR("") : str_slice(a.body, (size_t)at, a.body.n);
        at = str_find(rest, STR("older="));
        assert_int_equal(at >= 0, pages < 2);
        if (at < 0)
            break;
        struct str edge = str_slice(rest, (size_t)at, 200);
        edge = str_slice(edge, 0, (size_t)str_find_char(edge, '"'));
        to = arena_cstr(
            w.arena, arena_printf(w.arena, "/m/" HOME "/reports?service=water&%.*s", STRF(edge)));
    }
    assert_int_equal(seen, 60);
    struct test_answer a = test_get(w.t, "/m/" HOME "/reports.csv");
    int lines = 0;
    for (size_t i = 0; i < a.body.n; i++)
        lines += a.body.p[i] == '\n';
    assert_int_equal(lines, 61);
    end(&w);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(a_report_is_sent_followed_and_kept_apart),
        BODY(sent_twice_it_is_one_report),
        BODY(faults_stand_beside_their_fields),
        BODY(unreadable_words_stand_beside_their_field),
        BODY(every_offered_problem_can_be_sent),
        BODY(similar_reports_are_offered_once),
        BODY(joining_counts_each_browser_once),
        BODY(skipped_steps_are_not_shown_as_passed),
        BODY(only_the_reporter_answers_for_it),
        BODY(a_reporter_adds_withdraws_and_is_forgotten),
        BODY(photos_are_upright_bare_and_guarded),
        BODY(nothing_personal_comes_out_anywhere),
        BODY(floods_are_held_back_without_a_word),
        BODY(lists_show_what_was_asked_for),
        BODY(long_lists_are_leafed_through),
    };
    return slice_test_run("cases_web", bodies, COUNT_OF(bodies));
}
