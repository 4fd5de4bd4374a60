/*
 * The JSON API through the whole program without a socket, on both engines. That answers fit the
 * document is judged by tests/http/api.test.mjs with a validator; here: what is in them, what is
 * refused, pages, fingerprints, keys, and that nothing private comes out.
 */
#include "tests/support/scene.h"

#include "front/api/api.h"
#include "front/api/api_describe.h"

#include "voice/open311/open311.h"

#define ADDRESS "/api/v1/municipalities/" KOK_JAR
/* --- the scene --- */

static struct test_app *open_scene(void **state)
{
    return SCENE_OPEN(state, &cases_slice, &open311_slice, &api_slice);
}

static const struct json *parse(struct test_app *t, struct test_answer a)
{
    const struct json *v = NULL;
    assert_int_equal(json_parse(t->arena, a.body, 1 << 20, &v, NULL), ERR_OK);
    return v;
}

static const struct json *get(struct test_app *t, const char *path)
{
    struct test_answer a = test_get(t, path);
    if (a.status != 200)
        fail_msg("%s: %d %.*s", path, a.status, STRF(a.body));
    return parse(t, a);
}

static struct test_answer send_report(struct test_app *t, const char *key, const char *once,
                                      const char *body)
{
    struct test_header headers[] = {{NULL, NULL}, {NULL, NULL}, {NULL, NULL}};
    int n = 0;
    if (key)
        headers[n++] = (struct test_header){"Authorization", key};
    if (once)
        headers[n++] = (struct test_header){"Idempotency-Key", once};
    return test_send(t, &(struct test_request){.method = "POST",
                                               .path = ADDRESS "/cases",
                                               .body = str_from(body),
                                               .content_type = "application/json",
                                               .headers = headers});
}
#define KEY "Bearer good-key"

static struct str report(struct test_app *t, const char *body)
{
    struct test_answer a = send_report(t, KEY, NULL, body);
    if (a.status != 201)
        fail_msg("%d %.*s", a.status, STRF(a.body));
    return json_str_of(parse(t, a), "number");
}

static void check_fault(struct test_app *t, struct test_answer a, int status, const char *name)
{
    if (a.status != status)
        fail_msg("%d, not %d: %.*s", a.status, status, STRF(a.body));
    const struct json *faults = json_get(json_get(parse(t, a), "error"), "faults");
    for (size_t i = 0; i < json_count(faults); i++)
        if (str_eq(json_str_of(json_at(faults, i), "name"), str_from(name))) {
            assert_true(json_str_of(json_at(faults, i), "message").n > 0);
            return;
        }
    fail_msg("%s is not named: %.*s", name, STRF(a.body));
}

/* --- the document --- */

static void the_document_has_every_call_and_no_other(void **state)
{
    struct test_app *t = open_scene(state);
    const struct json *paths = json_get(get(t, "/api/v1/openapi.json"), "paths");
    size_t calls = 0;
    for (size_t i = 0; i < api_slice.route_count; i++) {
        const struct route *r = &api_slice.routes[i];
        if (strcmp(r->path, "/api/v1/openapi.json") == 0)
            continue;
        const char *method = strcmp(r->method, "GET") == 0 ? "get" : "post";
        const struct json *call = json_get(json_get(paths, r->path), method);
        if (!call)
            fail_msg("%s %s is not in the document", r->method, r->path);
        calls++;
        /* Names in the address are declared, and the other way round. */
        const struct json *params = json_get(call, "parameters");
        size_t in_path = 0, in_address = 0;
        for (size_t k = 0; k < json_count(params); k++)
            in_path += str_eq(json_str_of(json_at(params, k), "in"), STR("path"));
        for (const char *p = r->path; *p; p++)
            in_address += *p == '{';
        assert_int_equal(in_path, in_address);
    }
    void *iter = NULL;
    struct str path;
    const struct json *item;
    size_t listed = 0;
    while (json_next(paths, &iter, &path, &item))
        listed += json_count(item);
    assert_int_equal(listed, calls);
    close_scene(t);
}

/* --- pages --- */

/* Walks a list page by page; every item once, all of them. */
static size_t walk(struct test_app *t, const char *path, const char *id, int limit, size_t *pages)
{
    struct {
        struct str *v;
        size_t n, cap;
    } seen = {0};
    struct str next =
        arena_printf(t->arena, "%s%climit=%d", path, strchr(path, '?') ? '&' : '?', limit);
    for (*pages = 0; next.p && *pages < 200; (*pages)++) {
        const struct json *page = get(t, arena_cstr(t->arena, next));
        const struct json *items = json_get(page, "items");
        assert_true(json_count(items) <= (size_t)limit);
        for (size_t i = 0; i < json_count(items); i++) {
            struct str name = json_str_of(json_at(items, i), id);
            assert_true(name.n > 0);
            for (size_t k = 0; k < seen.n; k++)
                if (str_eq(seen.v[k], name))
                    fail_msg("%.*s comes twice", STRF(name));
            ARENA_PUSH(t->arena, seen, name);
        }
        next = json_str_of(page, "next");
        if (next.p) {
            assert_true(str_starts(next, STR("https://aimak.test/api/v1/")));
            next = str_slice(next, strlen("https://aimak.test"), next.n);
        }
    }
    return seen.n;
}

static void lists_come_in_pages(void **state)
{
    struct test_app *t = open_scene(state);
    size_t pages;
    for (int i = 0; i < 7; i++) {
        clock_set_for_test(NOW_MS - i * MS_DAY);
        report(t, "{\"fault\": \"water.leak\", \"street\": \"Достук 5\"}");
    }
    clock_set_for_test(NOW_MS);
    assert_int_equal(walk(t, "/api/v1/municipalities", "code", 20, &pages), 52);
    assert_int_equal(pages, 3);
    assert_int_equal(walk(t, "/api/v1/figures", "municipality", 60, &pages), 52);
    assert_int_equal(pages, 1);
    assert_int_equal(walk(t, "/api/v1/services", "code", 4, &pages), 15);
    assert_int_equal(walk(t, ADDRESS "/cases", "number", 3, &pages), 7);
    assert_int_equal(pages, 3);
    assert_int_equal(walk(t, ADDRESS "/cases?status=open&from=2026-03-28", "number", 3, &pages), 4);
    assert_int_equal(pages, 2);
    close_scene(t);
}

/* --- what is in them --- */

static void a_municipality_has_its_villages(void **state)
{
    struct test_app *t = open_scene(state);
    const struct json *unit = get(t, ADDRESS);
    assert_str_equal(json_str_of(json_get(unit, "name"), "en"), STR("Kok-Jar aiyl aimak"));
    assert_str_equal(json_str_of(unit, "oblast"), STR("41704000000000"));
    assert_str_equal(json_str_of(unit, "raion"), STR("41704235000000"));
    assert_str_equal(json_str_of(unit, "page_url"), STR("https://aimak.test/m/" KOK_JAR));
    assert_true(json_count(json_get(unit, "villages")) > 0);
    int64_t people = 0;
    assert_true(json_as_i64(json_get(unit, "population"), &people) && people > 0);
    /* A village's code leads to its municipality, an unknown one nowhere. */
    struct test_answer a = test_get(t, "/api/v1/municipalities/41704235837010/services");
    assert_int_equal(a.status, 301);
    assert_str_equal(test_header_of(a, "Location"), STR(ADDRESS "/services"));
    a = test_get(t, "/api/v1/municipalities/41700000000404");
    assert_int_equal(a.status, 404);
    assert_str_equal(json_str_of(json_get(parse(t, a), "error"), "code"), STR("not_found"));
    assert_int_equal(
        json_count(
            json_get(get(t, "/api/v1/municipalities?oblast=41704000000000&limit=500"), "items")),
        json_count(
            json_get(get(t, "/api/v1/municipalities?oblast=41704000000000&partner=true&limit=500"),
                     "items")));
    close_scene(t);
}

static void a_report_goes_round(void **state)
{
    struct test_app *t = open_scene(state);
    struct str number = report(
        t,
        "{\"fault\": \"water.leak\", \"lat\": 42.20041, \"lon\": 75.69962, \"words\": \"Суу агып "
        "жатат\", \"lang\": \"ru\", \"name\": \"CANARY\", \"phone\": \"+996555123123\"}");
    const struct json *one = get(t, arena_printf(t->arena, "/api/v1/cases/%.*s", STRF(number)).p);
    assert_str_equal(json_str_of(one, "number"), number);
    assert_str_equal(json_str_of(one, "service"), STR("water"));
    assert_str_equal(json_str_of(one, "fault"), STR("water.leak"));
    assert_str_equal(json_str_of(one, "state"), STR("received"));
    assert_str_equal(json_str_of(one, "status"), STR("open"));
    assert_str_equal(json_str_of(one, "created"), STR("2026-03-31T13:00:00+06:00"));
    assert_str_equal(json_str_of(one, "village"), STR("41704235837010"));
    double lat = 0, lon = 0; /* to some 100 m, as everywhere */
    assert_true(json_as_double(json_get(one, "lat"), &lat) && lat == 42.2);
    assert_true(json_as_double(json_get(one, "lon"), &lon) && lon == 75.7);
    assert_int_equal(json_kind(json_get(one, "words")), JSON_IS_NULL);
    assert_int_equal(json_kind(json_get(one, "due")), JSON_IS_NULL);
    const struct json *figures = get(t, ADDRESS "/figures");
    int64_t open = 0;
    assert_true(json_as_i64(json_get(figures, "open"), &open));
    assert_int_equal(open, 1);
    assert_int_equal(json_kind(json_get(figures, "median_answer_hours")), JSON_IS_NULL);
    close_scene(t);
}

static void filters_filter(void **state)
{
    struct test_app *t = open_scene(state);
    report(t, "{\"fault\": \"water.leak\", \"street\": \"a\"}");
    report(t, "{\"fault\": \"lighting.dark\", \"street\": \"a\"}");
    report(t, "{\"service\": \"water\", \"words\": \"Башка маселе\", \"street\": \"a\"}");
    static const struct {
        const char *query;
        size_t n;
    } wanted[] = {
        {"", 3},
        {"?service=water", 2},
        {"?fault=water.leak", 1},
        {"?village=41704235837010", 3},
        {"?status=open", 3},
        {"?status=closed", 0},
        {"?state=received", 3},
        {"?state=resolved", 0},
        {"?state=resolved&status=open", 0},
        {"?from=2026-03-31&to=2026-03-31", 3},
        {"?to=2026-03-30", 0},
        {"?from=2026-04-01", 0},
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct str path = arena_printf(t->arena, ADDRESS "/cases%s", wanted[i].query);
        size_t n = json_count(json_get(get(t, path.p), "items"));
        if (n != wanted[i].n)
            fail_msg("%s gives %zu", wanted[i].query, n);
    }
    close_scene(t);
}

/* --- refusals --- */

static void wrong_parameters_are_named(void **state)
{
    struct test_app *t = open_scene(state);
    static const struct {
        const char *path, *name;
        int status;
    } wrong[] = {
        {ADDRESS "/cases?satus=open", "satus", 400},
        {ADDRESS "/cases?status=done", "status", 400},
        {ADDRESS "/cases?state=gone", "state", 400},
        {ADDRESS "/cases?limit=0", "limit", 400},
        {ADDRESS "/cases?limit=501", "limit", 400},
        {ADDRESS "/cases?limit=many", "limit", 400},
        {ADDRESS "/cases?from=31.03.2026", "from", 400},
        {ADDRESS "/cases?from=2026-02-30", "from", 400},
        {ADDRESS "/cases?status=open&status=open", "status", 400},
        {ADDRESS "/cases?service=%27", "service", 400},
        {ADDRESS "/cases?service=wine", "service", 422},
        {ADDRESS "/cases?fault=water.wine", "fault", 422},
        {ADDRESS "/cases?village=1", "village", 422},
        {ADDRESS "/cases?after=x", "after", 422},
        {ADDRESS "/cases?after=1.-1", "after", 422},
        {ADDRESS "/promises?service=wine", "service", 422},
        {"/api/v1/municipalities?partner=yes", "partner", 400},
        {"/api/v1/municipalities?oblast=1", "oblast", 422},
        {ADDRESS "?x=1", "x", 400},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check_fault(t, test_get(t, wrong[i].path), wrong[i].status, wrong[i].name);
    assert_int_equal(test_get(t, ADDRESS "/cases?status=").status, 200); /* empty is absent */
    assert_int_equal(test_get(t, ADDRESS "/cases?lang=ru").status, 200);
    assert_int_equal(test_get(t, "/api/v1/cases/7K3M-Q4DA-N").status, 404);
    assert_int_equal(test_get(t, "/api/v1/cases/x").status, 404);
    assert_int_equal(test_get(t, "/api/v1/nothing").status, 404);
    struct test_answer a =
        test_send(t, &(struct test_request){.method = "PUT", .path = ADDRESS "/cases"});
    assert_int_equal(a.status, 405);
    assert_str_equal(json_str_of(json_get(parse(t, a), "error"), "code"), STR("method"));
    close_scene(t);
}

static void a_report_needs_a_key_and_sense(void **state)
{
    struct test_app *t = open_scene(state);
    const char *good = "{\"fault\": \"water.leak\", \"street\": \"a\"}";
    struct test_answer refused = send_report(t, NULL, NULL, good);
    test_status(refused, 401);
    test_contains(refused, "Authorization: Bearer KEY");
    refused = send_report(t, "Bearer bad", NULL, good);
    test_status(refused, 403);
    test_contains(refused, "The key is wrong");
    assert_int_equal(send_report(t, "Basic good-key", NULL, good).status, 401);
    static const struct {
        const char *body, *name;
        int status;
    } wrong[] = {
        {"", "body", 400},
        {"[]", "body", 400},
        {"{\"fault\": \"water.leak\"", "body", 400},
        {"{\"fault\": 1}", "fault", 400},
        {"{\"fault\": \"water.leak\", \"colour\": \"red\"}", "colour", 400},
        {"{\"lat\": \"42\"}", "lat", 400},
        {"{\"private\": \"yes\"}", "private", 400},
        {"{\"lang\": \"de\"}", "lang", 400},
        {"{\"fault\": \"water.leak\", \"lat\": 42.2}", "lon", 422},
        {"{\"fault\": \"water.wine\", \"street\": \"a\"}", "fault", 422},
        {"{\"fault\": \"water.leak\", \"village\": \"41702205848010\"}", "village", 422},
        {"{\"service\": \"water\", \"street\": \"a\"}", "words", 422},
        {"{\"fault\": \"water.leak\", \"street\": \"a\", \"email\": \"x\"}", "email", 422},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check_fault(t, send_report(t, KEY, NULL, wrong[i].body), wrong[i].status, wrong[i].name);
    assert_int_equal(json_count(json_get(get(t, ADDRESS "/cases"), "items")), 0);

    struct test_answer a = send_report(t, KEY, "retry-0001", good);
    assert_int_equal(a.status, 201);
    struct test_answer b = send_report(t, KEY, "retry-0001", good);
    assert_int_equal(b.status, 200);
    assert_str_equal(json_str_of(parse(t, a), "number"), json_str_of(parse(t, b), "number"));
    a = send_report(t, KEY, "retry-0001", "{\"fault\": \"water.none\", \"street\": \"a\"}");
    assert_int_equal(a.status, 409);
    check_fault(t, send_report(t, KEY, "short", good), 422, "Idempotency-Key");
    assert_int_equal(json_count(json_get(get(t, ADDRESS "/cases"), "items")), 1);
    close_scene(t);
}

/* --- caches --- */

static void answers_have_a_fingerprint(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = test_get(t, ADDRESS "/cases");
    struct str tag = test_header_of(a, "ETag");
    assert_true(tag.n > 4);
    assert_str_equal(test_header_of(a, "Access-Control-Allow-Origin"), STR("*"));
    assert_str_equal(test_header_of(a, "Cache-Control"), STR("public, max-age=30"));
    struct test_header headers[] = {{"If-None-Match", arena_cstr(t->arena, tag)}, {NULL, NULL}};
    struct test_request again = {.path = ADDRESS "/cases", .headers = headers};
    a = test_send(t, &again);
    assert_int_equal(a.status, 304);
    assert_int_equal(a.body.n, 0);
    report(t, "{\"fault\": \"water.leak\", \"street\": \"a\"}");
    assert_int_equal(test_send(t, &again).status, 200);
    /* Who is logged in beside it makes no difference. */
    test_login_as(t, ROLE_HEAD, KOK_JAR);
    a = test_get(t, ADDRESS "/cases");
    assert_str_equal(test_header_of(a, "Cache-Control"), STR("public, max-age=30"));
    close_scene(t);
}

/* --- privacy --- */

static void nothing_private_comes_out(void **state)
{
    struct test_app *t = open_scene(state);
    report(t, "{\"fault\": \"water.leak\", \"street\": \"CANARY көчө\", \"words\": \"CANARY сөз\", "
              "\"name\": \"CANARY\", \"email\": \"canary@demo.example\", \"phone\": "
              "\"+996555123123\"}");
    struct str hidden =
        report(t, "{\"fault\": \"water.leak\", \"street\": \"x\", \"private\": true}");
    struct str staff =
        report(t, "{\"fault\": \"kindergarten.staff\", \"street\": \"x\", \"words\": "
                  "\"CANARY тарбиячы\"}");
    struct test_answer a = test_get(t, ADDRESS "/cases");
    assert_int_equal(json_count(json_get(parse(t, a), "items")), 1);
    test_lacks(a, "CANARY");
    test_lacks(a, "anary");
    test_lacks(a, "123123");
    test_lacks(a, arena_cstr(t->arena, hidden));
    const struct str numbers[] = {hidden, staff};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            test_get(t, arena_printf(t->arena, "/api/v1/cases/%.*s", STRF(numbers[i])).p).status,
            404);
    a = test_get(t, ADDRESS "/cases?service=kindergarten");
    assert_int_equal(json_count(json_get(parse(t, a), "items")), 0);
    /* Figures count what lists leave out. */
    int64_t open = 0;
    assert_true(json_as_i64(json_get(get(t, ADDRESS "/figures"), "open"), &open));
    assert_int_equal(open, 3);
    close_scene(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(the_document_has_every_call_and_no_other),
        BODY(lists_come_in_pages),
        BODY(a_municipality_has_its_villages),
        BODY(a_report_goes_round),
        BODY(filters_filter),
        BODY(wrong_parameters_are_named),
        BODY(a_report_needs_a_key_and_sense),
        BODY(answers_have_a_fingerprint),
        BODY(nothing_private_comes_out),
    };
    return slice_test_run("api", bodies, COUNT_OF(bodies));
}
