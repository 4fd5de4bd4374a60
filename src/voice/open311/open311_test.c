/*
 * Open311 through the whole program without a socket, on both engines: every call in both formats,
 * every refusal, and that nothing private comes out of any of them.
 */
#include "tests/support/scene.h"

#include "voice/open311/open311_internal.h"
#include "voice/open311/open311_sql.h"

#include "platform/core/id.h"
#include "platform/formats/xml_check.h"

#define ALL "/open311/v2"
#define OWN "/m/" KOK_JAR "/open311/v2"

/* --- the scene --- */

static struct test_app *open_scene(void **state)
{
    return SCENE_OPEN(state, &cases_slice, &open311_slice);
}

/* POST of name, value, ..., NULL as a program does it: no cookie, no token. */
static struct test_answer post_once(struct test_app *t, const char *path, const char *once, ...)
{
    struct buf *body = buf_in(t->arena);
    struct test_header headers[] = {{"Idempotency-Key", once}, {NULL, NULL}};
    va_list args;
    va_start(args, once);
    for (const char *name; (name = va_arg(args, const char *));) {
        buf_cstr(body, body->n ? "&" : "");
        buf_percent(body, str_from(name));
        buf_char(body, '=');
        buf_percent(body, str_from(va_arg(args, const char *)));
    }
    va_end(args);
    return test_send(t, &(struct test_request){
                            .method = "POST",
                            .path = path,
                            .body = buf_view(body),
                            .content_type = "application/x-www-form-urlencoded; charset=utf-8",
                            .headers = once ? headers : NULL});
}
#define POST(t, path, ...) post_once((t), (path), NULL, __VA_ARGS__, NULL)
#define SAMPLE                                                                                     \
    "api_key", "good-key", "service_code", "water.leak", "lat", "42.20041", "long", "75.69962",    \
        "description", "Суу агып жатат"

static void check_xml(struct test_answer a, const char *path, const char *want)
{
    struct buf body = {(char *)a.body.p, a.body.n, a.body.n};
    xmlDocPtr doc = read_back(&body);
    check_xpath(doc, path, want);
    xmlFreeDoc(doc);
}

static const struct json *parse_json(struct test_app *t, struct test_answer a)
{
    const struct json *v = NULL;
    assert_int_equal(json_parse(t->arena, a.body, 1 << 20, &v, NULL), ERR_OK);
    return v;
}

/* A refusal in both formats, with the words it must name. */
static void check_refused(struct test_app *t, struct test_answer a, int status, const char *words)
{
    char number[8];
    snprintf(number, sizeof number, "%d", status);
    if (a.status != status)
        fail_msg("%d, not %d: %.*s", a.status, status, STRF(a.body));
    test_contains(a, words);
    if (a.body.p[0] == '<') {
        check_xml(a, "string(/errors/error[1]/code)", number);
        assert_str_equal(test_header_of(a, "Content-Type"), STR("text/xml; charset=utf-8"));
    } else {
        const struct json *list = parse_json(t, a);
        assert_int_equal(json_kind(list), JSON_IS_LIST);
        assert_str_equal(json_str_of(json_at(list, 0), "code"), str_from(number));
        assert_true(json_str_of(json_at(list, 0), "description").n > 0);
    }
}

static struct str number_of(struct test_app *t, struct test_answer a)
{
    if (a.status != 200)
        fail_msg("%d: %.*s", a.status, STRF(a.body));
    struct str number = json_str_of(json_at(parse_json(t, a), 0), "service_request_id");
    assert_true(number.n > 0);
    return number;
}

static struct str path_of(struct test_app *t, const char *format, struct str number)
{
    struct buf *out = buf_in(t->arena);
    struct str text = str_from(format);
    ptrdiff_t at = str_find_char(text, '#');
    buf_str(out, str_slice(text, 0, (size_t)at));
    buf_percent(out, number);
    buf_str(out, str_slice(text, (size_t)at + 1, text.n));
    buf_char(out, '\0');
    return buf_view(out);
}
static struct test_answer get_number(struct test_app *t, const char *format, struct str number)
{
    return test_get(t, path_of(t, format, number).p);
}

/* --- what staff does, between the calls --- */

struct staff_work {
    struct test_app *t;
    struct str number;
    struct case_change change;
    struct case_look look;
    struct case_step step;
};
static enum err find_fn(struct tx *tx, void *arg)
{
    struct staff_work *w = arg;
    return cases_find(tx, w->t->arena, w->number, &w->change.unit, &w->change.id);
}
static enum err look_fn(struct tx *tx, void *arg)
{
    struct staff_work *w = arg;
    struct case_faults faults = {0};
    return cases_look(&w->t->app, tx, w->t->arena, &w->change, &w->look, &faults);
}
static enum err step_fn(struct tx *tx, void *arg)
{
    struct staff_work *w = arg;
    struct case_faults faults = {0};
    return cases_transition(&w->t->app, tx, w->t->arena, &w->change, &w->step, &faults);
}
static enum err note_fn(struct tx *tx, void *arg)
{
    struct staff_work *w = arg;
    struct case_faults faults = {0};
    return cases_note(&w->t->app, tx, w->t->arena, &w->change, w->look.words, &faults);
}
static void work(struct test_app *t, struct str number, struct staff_work w, db_fn fn)
{
    w.t = t;
    w.number = number;
    w.change.by = CASE_BY_STAFF;
    w.change.person = 5;
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, find_fn, &w), ERR_OK);
    assert_int_equal(db_write(t->app.db, w.change.unit, fn, &w), ERR_OK);
}
struct event_read {
    struct staff_work w;
    struct case_events events;
};
static enum err events_fn(struct tx *tx, void *arg)
{
    struct event_read *e = arg;
    enum err rc = find_fn(tx, &e->w);
    return rc == ERR_OK
               ? cases_events(tx, e->w.t->arena, e->w.change.unit, e->w.change.id, true, &e->events)
               : rc;
}
static bool staff_sees(struct test_app *t, struct str number, const char *text)
{
    struct event_read e = {.w = {.t = t, .number = number}};
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, events_fn, &e), ERR_OK);
    for (size_t i = 0; i < e.events.n; i++)
        if (e.events.v[i].visible == CASE_INSIDE &&
            str_find(e.events.v[i].words, str_from(text)) >= 0)
            return true;
    return false;
}
static void look_at(struct test_app *t, struct str number, const char *words, const char *street)
{
    struct case_look look = {str_from(words), str_from(street)};
    work(t, number, (struct staff_work){.look = look}, look_fn);
}
static void resolve(struct test_app *t, struct str number, const char *answer)
{
    struct case_step step = {.to = CASE_RESOLVED, .answer = str_from(answer)};
    work(t, number, (struct staff_work){.step = step}, step_fn);
}

/* --- discovery, services --- */

static void discovery_says_where_and_how(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = test_get(t, ALL "/discovery.json");
    assert_int_equal(a.status, 200);
    const struct json *d = parse_json(t, a), *e = json_at(json_get(d, "endpoints"), 0);
    static const char *const fields[] = {"changeset", "contact", "key_service"};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        assert_true(json_str_of(d, fields[i]).n > 0);
    assert_str_equal(json_str_of(e, "specification"), STR("http://wiki.open311.org/GeoReport_v2"));
    assert_str_equal(json_str_of(e, "url"), STR("https://aimak.test/open311/v2"));
    assert_str_equal(json_str_of(e, "type"), STR("production"));
    assert_int_equal(json_count(json_get(e, "formats")), 2);
    a = test_get(t, OWN "/discovery.xml");
    check_xml(a, "string(/discovery/endpoints/endpoint/url)",
              "https://aimak.test/m/" KOK_JAR "/open311/v2");
    check_xml(a, "string(/discovery/endpoints/endpoint/formats/format[1])", "text/xml");
    assert_int_equal(test_get(t, "/open311/discovery.xml").status, 200);
    assert_int_equal(test_get(t, ALL "/discovery.html").status, 404);
    close_scene(t);
}

static void services_are_those_of_the_catalogue(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer x = test_get(t, ALL "/services.xml?jurisdiction_id=" KOK_JAR);
    assert_int_equal(x.status, 200);
    assert_str_equal(test_header_of(x, "Content-Type"), STR("text/xml; charset=utf-8"));
    assert_str_equal(test_header_of(x, "Access-Control-Allow-Origin"), STR("*"));
    assert_true(str_starts(x.body, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")));
    check_xml(x, "string(//service[service_code='water.leak']/service_name)", "Water leak");
    check_xml(x, "string(//service[service_code='water']/service_name)",
              "Drinking water: another matter");
    check_xml(x, "string(//service[service_code='water.leak']/metadata)", "true");
    check_xml(x, "string(//service[service_code='water.leak']/type)", "realtime");
    check_xml(x, "string(//service[service_code='water.leak']/group)", "Drinking water");
    /* Every service_code leads to a definition, in both formats alike. */
    const struct json *list = parse_json(t, test_get(t, OWN "/services.json"));
    assert_int_equal(json_kind(list), JSON_IS_LIST);
    assert_true(json_count(list) > 60);
    for (size_t i = 0; i < json_count(list); i++) {
        struct str code = json_str_of(json_at(list, i), "service_code");
        struct test_answer a = get_number(t, OWN "/services/#.json", code);
        assert_int_equal(a.status, 200);
        assert_str_equal(json_str_of(parse_json(t, a), "service_code"), code);
    }
    t->lang = LANG_KY;
    x = test_get(t, OWN "/services.xml");
    check_xml(x, "string(//service[service_code='water.leak']/service_name)", "Суу агып жатат");
    check_xml(x, "string(//service[service_code='water.leak']/keywords)",
              "Утечка воды, Water leak, Ичүүчү суу, Питьевая вода, Drinking water");
    close_scene(t);
}

static void a_definition_lists_villages(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = test_get(t, OWN "/services/water.leak.xml");
    check_xml(a, "string(/service_definition/service_code)", "water.leak");
    check_xml(a, "count(//attribute)", "3");
    check_xml(a, "string(//attribute[code='village']/datatype)", "singlevaluelist");
    check_xml(a, "string(//attribute[code='village']/required)", "false");
    check_xml(a, "string(//attribute[code='village']/order)", "1");
    check_xml(a, "count(//attribute[code='village']/values/value) > 0", "true");
    check_xml(a, "starts-with(//attribute[code='village']/values/value[1]/key, '417')", "true");
    /* Nothing to choose where the service is private anyway. */
    a = test_get(t, OWN "/services/kindergarten.staff.xml");
    check_xml(a, "count(//attribute[code='private'])", "0");
    check_refused(t, test_get(t, OWN "/services/water.wine.json"), 404, "water.wine");
    close_scene(t);
}

/* --- jurisdictions --- */

static void a_jurisdiction_is_needed_and_must_exist(void **state)
{
    struct test_app *t = open_scene(state);
    static const char *const calls[] = {"/services.", "/services/water.leak.", "/requests.",
                                        "/requests/7K3M-Q4DA-N.", "/tokens/x."};
    static const char *const formats[] = {"xml", "json"};
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        for (size_t f = 0; f < 2; f++) {
            struct str all = arena_printf(t->arena, ALL "%s%s", calls[i], formats[f]);
            struct str own = arena_printf(t->arena, OWN "%s%s", calls[i], formats[f]);
            struct str no = arena_printf(t->arena, "%s?jurisdiction_id=", all.p);
            check_refused(t, test_get(t, all.p), 400, "jurisdiction_id was not provided");
            check_refused(t, test_get(t, no.p), 400, "jurisdiction_id was not provided");
            /* An unknown one, a raion, a village, another municipality's address. */
            static const char *const wrong[] = {"41700000000404", "41704235000000",
                                                "41704235837010", "x"};
            for (size_t w = 0; w < COUNT_OF(wrong); w++)
                check_refused(t, test_get(t, arena_printf(t->arena, "%s%s", no.p, wrong[w]).p), 404,
                              "jurisdiction_id was not found");
            struct str other = arena_printf(t->arena, "%s?jurisdiction_id=" KUM_DOBO, own.p);
            check_refused(t, test_get(t, other.p), 404, "jurisdiction_id was not found");
        }
    assert_int_equal(test_get(t, OWN "/services.xml?jurisdiction_id=" KOK_JAR).status, 200);
    check_refused(t, test_get(t, "/m/41704235000000/open311/v2/services.xml"), 404,
                  "jurisdiction_id was not found");
    check_refused(t, test_get(t, "/m/41700000000404/open311/v2/services.json"), 404, "");
    check_refused(t, POST(t, ALL "/requests.json", SAMPLE), 400,
                  "jurisdiction_id was not provided");
    check_refused(t, POST(t, ALL "/requests.xml", SAMPLE, "jurisdiction_id", "1"), 404,
                  "jurisdiction_id was not found");
    close_scene(t);
}

static void merge(struct test_app *t, const char *from, const char *into)
{
    const char *argv[] = {"--into",     into,         "--from",     from, "--date",
                          "2026-03-30", "--decision", "Decision 7", NULL};
    for (size_t i = 0; i < places_slice.command_count; i++)
        if (strcmp(places_slice.commands[i].name, "merge") == 0) {
            assert_int_equal(places_slice.commands[i].run(&t->app, 8, (char **)argv), 0);
            return;
        }
    fail();
}

static void a_merged_municipality_follows_its_successor(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = POST(t, "/m/" KUM_DOBO "/open311/v2/requests.json", "api_key",
                                "good-key", "service_code", "water.leak", "address_string", "A");
    struct str open = number_of(t, a);
    a = POST(t, "/m/" KUM_DOBO "/open311/v2/requests.json", "api_key", "good-key", "service_code",
             "water.none", "address_string", "B");
    struct str closed = number_of(t, a);
    resolve(t, closed, "Берилди");
    merge(t, KUM_DOBO, KOK_JAR);
    /* What is open moved, what is closed stayed; both are found under either code. */
    static const char *const lists[] = {ALL "/requests.json?jurisdiction_id=" KUM_DOBO,
                                        ALL "/requests.json?jurisdiction_id=" KOK_JAR,
                                        "/m/" KUM_DOBO "/open311/v2/requests.json",
                                        OWN "/requests.json"};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        assert_int_equal(json_count(parse_json(t, test_get(t, lists[i]))), 2);
    assert_int_equal(get_number(t, OWN "/requests/#.xml", open).status, 200);
    assert_int_equal(get_number(t, OWN "/requests/#.xml", closed).status, 200);
    /* A program that kept the old address still reports, to the successor. */
    a = POST(t, "/m/" KUM_DOBO "/open311/v2/requests.json", SAMPLE);
    a = get_number(t, OWN "/requests/#.json?extensions=true", number_of(t, a));
    test_contains(a, "\"jurisdiction_id\":\"" KOK_JAR "\"");
    a = test_get(t, "/m/" KUM_DOBO "/open311/v2/discovery.json");
    test_contains(a, "/m/" KOK_JAR "/open311/v2");
    close_scene(t);
}

/* --- sending --- */

static struct str replaced(struct test_app *t, struct str text, struct str what, const char *by)
{
    struct buf *out = buf_in(t->arena);
    ptrdiff_t at;
    while (what.n && (at = str_find(text, what)) >= 0) {
        buf_str(out, str_slice(text, 0, (size_t)at));
        buf_cstr(out, by);
        text = str_slice(text, (size_t)at + what.n, text.n);
    }
    buf_str(out, text);
    return buf_view(out);
}

static void a_report_goes_round(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a =
        POST(t, ALL "/requests.json", SAMPLE, "jurisdiction_id", KOK_JAR, "address_string",
             "Достук 5", "email", "a@demo.example", "first_name", "Демо", "last_name", "Тургун",
             "phone", "+996 555 000000", "device_id", "d1", "account_id", "u1");
    struct str number = number_of(t, a);
    assert_str_equal(replaced(t, a.body, number, "NUMBER"),
                     STR("[{\"service_request_id\":\"NUMBER\",\"service_notice\":\"The report has "
                         "been received. It can be followed by its number.\",\"account_id\":"
                         "null}]"));
    look_at(t, number, "Суу агып жатат", "Достук 5");
    clock_set_for_test(NOW_MS + 2 * MS_HOUR);
    resolve(t, number, "Оңдолду <&>");

    a = get_number(t, OWN "/requests/#.json", number);
    assert_str_equal(
        replaced(t, a.body, number, "NUMBER"),
        STR("[{\"service_request_id\":\"NUMBER\",\"status\":\"closed\",\"status_notes\":"
            "\"Оңдолду \\u003c\\u0026\\u003e\",\"service_name\":\"Water leak\",\"service_code\":"
            "\"water.leak\",\"description\":\"Суу агып жатат\",\"agency_responsible\":\"Kok-Jar "
            "aiyl aimak\",\"service_notice\":null,\"requested_datetime\":"
            "\"2026-03-31T13:00:00+06:00\",\"updated_datetime\":\"2026-03-31T15:00:00+06:00\","
            "\"expected_datetime\":null,\"address\":\"Достук 5, Kok-Jar, Kok-Jar aiyl aimak, "
            "Kochkor raion, Naryn oblast\",\"address_id\":\"41704235837010\",\"zipcode\":null,"
            "\"lat\":42.2,\"long\":75.7,\"media_url\":null}]"));
    a = get_number(t, OWN "/requests/#.xml", number);
    assert_str_equal(
        replaced(t, a.body, number, "NUMBER"),
        STR("<?xml version=\"1.0\" "
            "encoding=\"UTF-8\"?>\n<service_requests>\n<request>\n<service_request_id>NUMBER</"
            "service_request_id>\n<status>closed</status>\n<status_notes>Оңдолду "
            "&lt;&amp;&gt;</status_notes>\n<service_name>Water "
            "leak</service_name>\n<service_code>water.leak</service_code>\n<description>Суу агып "
            "жатат</description>\n<agency_responsible>Kok-Jar aiyl "
            "aimak</agency_responsible>\n<service_notice/"
            ">\n<requested_datetime>2026-03-31T13:00:00+06:00</"
            "requested_datetime>\n<updated_datetime>2026-03-31T15:00:00+06:00</"
            "updated_datetime>\n<expected_datetime/>\n<address>Достук 5, Kok-Jar, Kok-Jar aiyl "
            "aimak, Kochkor raion, Naryn "
            "oblast</address>\n<address_id>41704235837010</address_id>\n<zipcode/>\n<lat>42.2</"
            "lat>\n<long>75.7</long>\n<media_url/>\n</request>\n</service_requests>\n"));
    a = POST(t, OWN "/requests.xml", SAMPLE);
    check_xml(a, "string-length(/service_requests/request/service_request_id) > 8", "true");
    check_xml(a, "count(//token)", "0");
    close_scene(t);
}

static void a_report_needs_a_key(void **state)
{
    struct test_app *t = open_scene(state);
    check_refused(
        t,
        POST(t, OWN "/requests.json", "service_code", "water.leak", "lat", "42.2", "long", "75.7"),
        403, "api_key was not provided");
    check_refused(t, POST(t, OWN "/requests.xml", "api_key", "bad", "service_code", "water.leak"),
                  403, "Invalid api_key");
    /* A key in an address would end up in logs: it is not looked for there. */
    check_refused(t, POST(t, OWN "/requests.xml?api_key=good-key", "service_code", "water.leak"),
                  403, "api_key was not provided");
    /* Reading needs none, and does not mind one. */
    assert_int_equal(test_get(t, OWN "/requests.xml?api_key=bad").status, 200);
    close_scene(t);
}

static void wrong_input_is_named(void **state)
{
    struct test_app *t = open_scene(state);
    struct buf *longer = buf_in(t->arena);
    for (int i = 0; i < 4001; i++)
        buf_char(longer, 'a');
    buf_char(longer, '\0');
    static const struct {
        int status;
        const char *words;
        const char *fields[10];
    } wrong[] = {
        {400, "service_code was not provided", {"lat", "42.2", "long", "75.7"}},
        {404, "service_code was not found", {"service_code", "wine", "lat", "42.2", "long", "75"}},
        {400, "No location", {"service_code", "water.leak"}},
        {400, "lat and long are needed", {"service_code", "water.leak", "lat", "42.2"}},
        {400, "lat and long are needed", {"service_code", "water.leak", "lat", "a", "long", "7"}},
        {400, "lat and long are needed", {"service_code", "water.leak", "lat", "95", "long", "7"}},
        {400, "lat, long: ", {"service_code", "water.leak", "lat", "12.5", "long", "75.7"}},
        {400, "address_id: ", {"service_code", "water.leak", "address_id", "41702205848010"}},
        {400, "email: ", {"service_code", "water.leak", "address_string", "x", "email", "x"}},
        {400, "phone: ", {"service_code", "water.leak", "address_string", "x", "phone", "call"}},
        {400, "description: ", {"service_code", "water", "address_string", "x"}},
        {400,
         "attribute[private]",
         {"service_code", "water.leak", "address_string", "x", "attribute[private]", "maybe"}},
        {400,
         "attribute[language]",
         {"service_code", "water.leak", "address_string", "x", "attribute[language]", "de"}},
        {400,
         "media_url",
         {"service_code", "water.leak", "address_string", "x", "media_url", "file:///etc/x"}},
        {400,
         "service_code was sent more than once",
         {"service_code", "water.leak", "service_code", "water.none", "address_string", "x"}},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        for (int json = 0; json < 2; json++) {
            const char *const *f = wrong[i].fields;
            const char *path = json ? OWN "/requests.json" : OWN "/requests.xml";
            struct test_answer a =
                f[4] && f[6] ? POST(t, path, "api_key", "good-key", f[0], f[1], f[2], f[3], f[4],
                                    f[5], f[6], f[7])
                : f[4] ? POST(t, path, "api_key", "good-key", f[0], f[1], f[2], f[3], f[4], f[5])
                : f[2] ? POST(t, path, "api_key", "good-key", f[0], f[1], f[2], f[3])
                       : POST(t, path, "api_key", "good-key", f[0], f[1]);
            check_refused(t, a, wrong[i].status, wrong[i].words);
        }
    check_refused(t,
                  POST(t, OWN "/requests.json", "api_key", "good-key", "service_code", "water.leak",
                       "address_string", "x", "description", longer->p),
                  400, "description: ");
    /* Several faults, one answer. */
    struct test_answer a = POST(t, OWN "/requests.json", "api_key", "good-key", "lat", "x");
    assert_int_equal(json_count(parse_json(t, a)), 2);
    /* Nothing was kept. */
    assert_int_equal(json_count(parse_json(t, test_get(t, OWN "/requests.json"))), 0);
    close_scene(t);
}

static void malformed_requests_get_standard_errors(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_request json = {.method = "POST",
                                .path = OWN "/requests.json",
                                .body = STR("{}"),
                                .content_type = "application/json"};
    check_refused(t, test_send(t, &json), 400, "");
    struct test_request bytes = {.method = "POST",
                                 .path = OWN "/requests.xml",
                                 .body = STR("api_key=%FF%FE"),
                                 .content_type = "application/x-www-form-urlencoded"};
    check_refused(t, test_send(t, &bytes), 400, "");
    check_refused(
        t, test_send(t, &(struct test_request){.method = "DELETE", .path = OWN "/requests.json"}),
        400, "");
    check_refused(t, test_get(t, OWN "/requests.xml?status=%zz"), 400, "");
    check_refused(t, test_get(t, OWN "/nothing.json"), 404, "");
    check_refused(t, test_get(t, OWN "/requests.csv"), 404, "");
    struct test_answer a =
        test_send(t, &(struct test_request){.method = "OPTIONS", .path = OWN "/requests.json"});
    assert_int_equal(a.status, 204);
    assert_str_equal(test_header_of(a, "Access-Control-Allow-Origin"), STR("*"));
    close_scene(t);
}

static void an_idempotency_key_keeps_one_report(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = post_once(t, OWN "/requests.json", "retry-0001", SAMPLE, NULL);
    struct test_answer b = post_once(t, OWN "/requests.json", "retry-0001", SAMPLE, NULL);
    assert_str_equal(number_of(t, a), number_of(t, b));
    check_refused(t, post_once(t, OWN "/requests.json", "retry-0001", SAMPLE, "phone", "1", NULL),
                  400, "Idempotency-Key was used");
    check_refused(t, post_once(t, OWN "/requests.json", "short", SAMPLE, NULL), 400,
                  "Idempotency-Key has");
    /* Another municipality, or none: another report. */
    struct str c = number_of(t, post_once(t, OWN "/requests.json", "retry-0002", SAMPLE, NULL));
    assert_false(str_eq(c, number_of(t, a)));
    assert_int_equal(json_count(parse_json(t, test_get(t, OWN "/requests.json"))), 2);
    close_scene(t);
}

struct token_owner {
    struct test_app *t;
    struct str token;
    struct sql_request_by_token_row row;
};
static enum err token_fn(struct tx *tx, void *arg)
{
    struct token_owner *o = arg;
    return sql_request_by_token(tx, o->t->arena, &o->row, .unit = STR(KOK_JAR), .token = o->token);
}
static struct str number_of_token(struct test_app *t, struct str token)
{
    struct token_owner o = {.t = t, .token = token};
    assert_int_equal(db_read(t->app.db, STR(KOK_JAR), token_fn, &o), ERR_OK);
    return o.row.number;
}

#define FLOOD "Ушул сөздөр бир күндө кайра-кайра келе берсе, караштан мурда көрсөтүлбөйт"

static void what_is_held_back_has_a_token(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = {0};
    for (int i = 0; i < 3; i++) {
        a = post_once(t, OWN "/requests.json", i == 2 ? "held-0001" : NULL, "api_key", "good-key",
                      "service_code", "water.leak", "address_string", "x", "description", FLOOD,
                      NULL);
        assert_int_equal(a.status, 200);
    }
    const struct json *reply = json_at(parse_json(t, a), 0);
    struct str token = json_str_of(reply, "token");
    assert_true(token.n >= 20);
    assert_false(json_str_of(reply, "service_request_id").p);
    check_refused(t, get_number(t, OWN "/tokens/#.xml", token), 404, "token was not found");
    assert_int_equal(json_count(parse_json(t, test_get(t, OWN "/requests.json"))), 2);

    /* Somebody looks: the token leads to the number, also for a repetition of the request. */
    struct str number = number_of_token(t, token);
    look_at(t, number, NULL, NULL);
    a = get_number(t, OWN "/tokens/#.json", token);
    assert_str_equal(number_of(t, a), number);
    assert_str_equal(json_str_of(json_at(parse_json(t, a), 0), "token"), token);
    a = get_number(t, ALL "/tokens/#.xml?jurisdiction_id=" KOK_JAR, token);
    assert_int_equal(a.status, 200);
    a = get_number(t, ALL "/tokens/#.xml?jurisdiction_id=" KUM_DOBO, token);
    check_refused(t, a, 404, "token was not found");
    a = post_once(t, OWN "/requests.json", "held-0001", "api_key", "good-key", "service_code",
                  "water.leak", "address_string", "x", "description", FLOOD, NULL);
    assert_str_equal(number_of(t, a), number);
    close_scene(t);
}

static void a_link_to_a_photo_is_for_staff(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a =
        POST(t, OWN "/requests.json", SAMPLE, "media_url", "https://photo.example/CANARY.jpg");
    struct str number = number_of(t, a);
    a = get_number(t, OWN "/requests/#.json?extensions=true", number);
    test_lacks(a, "CANARY");
    assert_true(staff_sees(t, number, "https://photo.example/CANARY.jpg"));
    close_scene(t);
}

/* --- reading --- */

static size_t count_of(struct test_app *t, const char *query)
{
    struct test_answer a = test_get(t, arena_printf(t->arena, OWN "/requests.json?%s", query).p);
    if (a.status != 200)
        fail_msg("%s: %d %.*s", query, a.status, STRF(a.body));
    return json_count(parse_json(t, a));
}

static void lists_are_filtered_as_the_standard_says(void **state)
{
    struct test_app *t = open_scene(state);
    struct str numbers[6];
    for (int i = 0; i < 6; i++) {
        /* Five within the last 90 days, one before. */
        clock_set_for_test(NOW_MS - (i < 5 ? 20 * i : 120) * MS_DAY);
        numbers[i] =
            number_of(t, POST(t, OWN "/requests.json", "api_key", "good-key", "service_code",
                              i % 2 ? "water.leak" : "waste.dump", "address_string", "x"));
        if (i >= 3)
            resolve(t, numbers[i], "Бүттү");
    }
    clock_set_for_test(NOW_MS + MS_MINUTE);
    assert_int_equal(count_of(t, ""), 5);
    assert_int_equal(count_of(t, "status=open"), 3);
    assert_int_equal(count_of(t, "status=closed"), 2);
    assert_int_equal(count_of(t, "status=open,closed"), 5);
    assert_int_equal(count_of(t, "service_code=water.leak"), 2);
    assert_int_equal(count_of(t, "service_code=water.leak,waste.dump"), 5);
    assert_int_equal(count_of(t, "service_code=water"), 0);
    assert_int_equal(count_of(t, "service_code=&status="), 5); /* empty is absent */
    /* NOW - 50 days is 9 February; the zone may come unencoded. */
    assert_int_equal(count_of(t, "start_date=2026-02-09T00:00:00Z"), 3);
    assert_int_equal(count_of(t, "start_date=2026-02-09T00:00:00+06:00"), 3);
    assert_int_equal(count_of(t, "end_date=2026-02-09T00:00:00%2B06:00"), 3);
    assert_int_equal(count_of(t, "start_date=2025-11-01T00:00:00Z&end_date=2025-12-31T00:00:00Z"),
                     1);
    /* Numbers override all else, the 90 days too. */
    struct str query = arena_printf(t->arena,
                                    "service_request_id=%.*s,%.*s,777&status=open&"
                                    "service_code=wine&start_date=x",
                                    STRF(numbers[0]), STRF(numbers[5]));
    assert_int_equal(count_of(t, query.p), 2);
    /* Pages. */
    assert_int_equal(count_of(t, "page_size=2"), 2);
    assert_int_equal(count_of(t, "page_size=2&page=3"), 1);
    assert_int_equal(count_of(t, "page_size=2&page=4"), 0);
    struct test_answer a = test_get(t, OWN "/requests.json?page_size=2&status=open");
    assert_str_equal(test_header_of(a, "Link"),
                     STR("<https://aimak.test" OWN
                         "/requests.json?page=2&page_size=2&status=open>; "
                         "rel=\"next\""));
    assert_false(test_header_of(test_get(t, OWN "/requests.json"), "Link").p);
    /* Newest first. */
    const struct json *list = parse_json(t, test_get(t, OWN "/requests.json"));
    for (size_t i = 0; i < 5; i++)
        assert_str_equal(json_str_of(json_at(list, i), "service_request_id"), numbers[i]);

    static const struct {
        int status;
        const char *query, *words;
    } wrong[] = {
        {400, "status=done", "status is open or closed"},
        {400, "start_date=2026-01-01", "start_date is written with a time zone"},
        {400, "end_date=yesterday", "end_date is written"},
        {400, "start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z", "90 days apart"},
        {400, "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "before"},
        {400, "page=0", "page must be a number"},
        {400, "page_size=1001", "page_size must be a number"},
        {400, "page=1000000", "page must be a number"},
        {400, "status=open&status=closed", "status was sent more than once"},
        {404, "service_code=water.wine", "service_code was not found: water.wine"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct str path = arena_printf(t->arena, OWN "/requests.xml?%s", wrong[i].query);
        check_refused(t, test_get(t, path.p), wrong[i].status, wrong[i].words);
    }
    /* Exactly 90 days are allowed. */
    assert_int_equal(count_of(t, "start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:00Z"),
                     5);
    check_refused(t, test_get(t, OWN "/requests/777.xml"), 404, "service_request_id was not found");
    struct test_answer other =
        get_number(t, "/m/" KUM_DOBO "/open311/v2/requests/#.xml", numbers[0]);
    check_refused(t, other, 404, "service_request_id was not found");
    close_scene(t);
}

static void extensions_hold_states_and_answers(void **state)
{
    struct test_app *t = open_scene(state);
    struct str number = number_of(t, POST(t, OWN "/requests.json", SAMPLE));
    struct case_look note = {STR("CANARY ички сөз"), STR_NULL};
    work(t, number, (struct staff_work){.look = note}, note_fn);
    resolve(t, number, "Түтүк алмаштырылды");
    test_lacks(get_number(t, OWN "/requests/#.json", number), "extended_attributes");
    struct test_answer a = get_number(t, OWN "/requests/#.xml?extensions=true", number);
    check_xml(a, "string(//extended_attributes/state)", "resolved");
    check_xml(a, "string(//extended_attributes/jurisdiction_id)", KOK_JAR);
    check_xml(a, "count(//notes/note)", "1");
    check_xml(a, "string(//notes/note/description)", "Түтүк алмаштырылды");
    check_xml(a, "string(//notes/note/state)", "resolved");
    test_lacks(a, "CANARY");
    a = test_get(t, OWN "/requests.json?extensions=true");
    const struct json *one = json_at(parse_json(t, a), 0);
    assert_int_equal(json_count(json_get(one, "notes")), 1);
    assert_int_equal(json_kind(json_get(json_get(one, "extended_attributes"), "photos")),
                     JSON_IS_LIST);
    test_lacks(a, "CANARY");
    close_scene(t);
}

/* Everything personal and private is a canary; no output of any call may hold one. */
static void nothing_private_comes_out(void **state)
{
    struct test_app *t = open_scene(state);
    struct str numbers[4];
    numbers[0] = number_of(t, POST(t, OWN "/requests.json", "api_key", "good-key", "service_code",
                                   "water.leak", "lat", "42.2", "long", "75.7", "description",
                                   "CANARY сөз", "address_string", "CANARY көчө", "email",
                                   "canary@demo.example", "first_name", "CANARY", "last_name",
                                   "Canary", "phone", "+996 555 123123", "device_id", "CANARY",
                                   "account_id", "CANARY", "media_url", "https://canary.example/"));
    numbers[1] = number_of(t, POST(t, OWN "/requests.json", SAMPLE, "attribute[private]", "yes",
                                   "address_string", "CANARY көчө", "first_name", "CANARY"));
    numbers[2] = number_of(t, POST(t, OWN "/requests.json", "api_key", "good-key", "service_code",
                                   "kindergarten.staff", "lat", "42.2", "long", "75.7",
                                   "description", "CANARY тарбиячы"));
    resolve(t, numbers[1], "CANARY жооп");
    struct case_look note = {STR("CANARY ички сөз"), STR_NULL};
    work(t, numbers[0], (struct staff_work){.look = note}, note_fn);

    struct str ids = arena_printf(t->arena, "%.*s,%.*s,%.*s", STRF(numbers[0]), STRF(numbers[1]),
                                  STRF(numbers[2]));
    static const char *const formats[] = {"xml", "json"};
    for (size_t f = 0; f < 2; f++) {
        const char *queries[] = {
            "", "extensions=true", "status=closed&extensions=true",
            "service_code=kindergarten.staff",
            arena_printf(t->arena, "extensions=true&service_request_id=%.*s", STRF(ids)).p};
        for (size_t i = 0; i < COUNT_OF(queries); i++) {
            struct test_answer a = test_get(
                t, arena_printf(t->arena, OWN "/requests.%s?%s", formats[f], queries[i]).p);
            assert_int_equal(a.status, 200);
            test_lacks(a, "CANARY");
            test_lacks(a, "anary");
            test_lacks(a, "123123");
            test_lacks(a, "kindergarten.staff");
            for (int n = 1; n < 3; n++) /* private ones are not even named */
                test_lacks(a, arena_cstr(t->arena, numbers[n]));
        }
        for (int n = 0; n < 3; n++) {
            struct str path =
                arena_printf(t->arena, OWN "/requests/#.%s?extensions=true", formats[f]);
            struct test_answer a = get_number(t, path.p, numbers[n]);
            assert_int_equal(a.status, n == 0 ? 200 : 404);
            test_lacks(a, "anary");
            test_lacks(a, "CANARY");
        }
    }
    assert_int_equal(count_of(t, ""), 1);
    close_scene(t);
}

static void the_private_hear_that_it_is_kept(void **state)
{
    struct test_app *t = open_scene(state);
    struct test_answer a = POST(t, OWN "/requests.json", SAMPLE, "attribute[private]", "yes");
    test_contains(a, "It is private");
    t->lang = LANG_KY;
    a = POST(t, OWN "/requests.xml", SAMPLE);
    check_xml(a, "string(//service_notice)",
              "Кайрылуу кабыл алынды. Анын абалын номери боюнча көрө аласыз.");
    assert_null(test_cookie_of(t, "lang"));
    test_get(t, OWN "/services.xml?lang=ru");
    assert_null(test_cookie_of(t, "lang"));
    close_scene(t);
}

static void a_key_gone_wild_is_slowed(void **state)
{
    struct test_app *t = open_scene(state);
    t->app.limits[RATE_WRITE] = (struct rate_limit){1000000, 1000000};
    int refused = 0;
    for (int i = 0; i < 40 && !refused; i++)
        refused = POST(t, OWN "/requests.json", "api_key", "wrong").status == 429 ? i : 0;
    assert_in_range(refused, 5, 30);
    /* That address may still use a good key. */
    assert_int_equal(POST(t, OWN "/requests.json", SAMPLE).status, 200);
    close_scene(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(discovery_says_where_and_how),
        BODY(services_are_those_of_the_catalogue),
        BODY(a_definition_lists_villages),
        BODY(a_jurisdiction_is_needed_and_must_exist),
        BODY(a_merged_municipality_follows_its_successor),
        BODY(a_report_goes_round),
        BODY(a_report_needs_a_key),
        BODY(wrong_input_is_named),
        BODY(malformed_requests_get_standard_errors),
        BODY(an_idempotency_key_keeps_one_report),
        BODY(what_is_held_back_has_a_token),
        BODY(a_link_to_a_photo_is_for_staff),
        BODY(lists_are_filtered_as_the_standard_says),
        BODY(extensions_hold_states_and_answers),
        BODY(nothing_private_comes_out),
        BODY(the_private_hear_that_it_is_kept),
        BODY(a_key_gone_wild_is_slowed),
    };
    return slice_test_run("open311", bodies, COUNT_OF(bodies));
}
