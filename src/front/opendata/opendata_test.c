/*
 * Open data through the whole program without a socket, on both engines: every file holds what the
 * codebook says of it and nothing that strangers may not see; editions, filters, small counts.
 */
#include "tests/support/scene.h"

#include "front/opendata/opendata_internal.h"

#include "platform/core/id.h"
#include "services/delivery/delivery.h"

#include <fcntl.h>

/* --- the scene --- */

static struct test_app *open_scene(void **state)
{
    return SCENE_OPEN(state, &delivery_slice, &cases_slice, &opendata_slice);
}

static struct case_input sample(const char *words)
{
    return (struct case_input){
        .unit = STR(KOK_JAR),
        .fault = STR("water.leak"),
        .service = STR("water"),
        .village = STR("41704235837010"),
        .street = STR("Гүлкайыр 5"),
        .has_point = true,
        .lat = 42.201987,
        .lon = 75.703456,
        .words = str_from(words),
        .channel = STR("web"),
        .reporter_name = STR("Демо Айгүл"),
        .reporter_phone = STR("+996700123456"),
    };
}

static struct str send(struct test_app *t, struct case_input in)
{
    struct case_receipt receipt = {0};
    struct case_faults faults = {0};
    enum err rc = cases_submit(&t->app, t->arena, &in, &receipt, &faults);
    for (size_t i = 0; i < faults.n; i++)
        print_message("# %s\n", msg_key(faults.v[i].m));
    assert_int_equal(rc, ERR_OK);
    return receipt.number;
}

struct doing {
    struct test_app *t;
    struct str number;
    struct case_change change;
    struct case_step step;
    struct case_look look;
    int stars;
};
static enum err find_fn(struct tx *tx, void *arg)
{
    struct doing *d = arg;
    return cases_find(tx, d->t->arena, d->number, &d->change.unit, &d->change.id);
}
static enum err step_fn(struct tx *tx, void *arg)
{
    struct doing *d = arg;
    struct case_faults faults = {0};
    return cases_transition(&d->t->app, tx, d->t->arena, &d->change, &d->step, &faults);
}
static enum err look_fn(struct tx *tx, void *arg)
{
    struct doing *d = arg;
    struct case_faults faults = {0};
    return cases_look(&d->t->app, tx, d->t->arena, &d->change, &d->look, &faults);
}
static enum err rate_fn(struct tx *tx, void *arg)
{
    struct doing *d = arg;
    struct case_faults faults = {0};
    return cases_rate(&d->t->app, tx, d->t->arena, &d->change, d->stars, STR_NULL, &faults);
}
static void act(struct test_app *t, struct str number, enum case_by by, db_fn fn, struct doing *d)
{
    d->t = t;
    d->number = number;
    d->change.by = by;
    d->change.person = by == CASE_BY_STAFF ? 5 : 0;
    assert_int_equal(db_read(t->app.db, SCOPE_COUNTRY, find_fn, d), ERR_OK);
    assert_int_equal(db_write(t->app.db, d->change.unit, fn, d), ERR_OK);
}
static void step(struct test_app *t, struct str number, enum case_by by, enum case_state to)
{
    struct doing d = {.step = {.to = to, .answer = STR("Жооп: оңдолду")}};
    act(t, number, by, step_fn, &d);
}

/* --- reading files --- */

struct table {
    struct test_app *t;
    struct str names[64];
    size_t columns;
    struct row {
        struct str cell[64];
    } * v;
    size_t n, cap;
};

static struct table read_csv(struct test_app *t, const char *path)
{
    struct table out = {.t = t};
    struct test_answer a = test_get(t, path);
    struct csv_record record;
    bool more;
    if (a.status != 200)
        fail_msg("%s: %d %.*s", path, a.status, STRF(a.body));
    assert_true(str_starts(a.body, STR("\xef\xbb\xbf")));
    struct csv_reader *r = csv_open_str(str_slice(a.body, 3, a.body.n));
    while (csv_next(r, &record, &more) == ERR_OK && more) {
        struct row row;
        assert_true(record.n <= 64);
        for (size_t i = 0; i < record.n; i++)
            row.cell[i] = arena_str(t->arena, record.field[i]);
        if (!out.columns) {
            out.columns = record.n;
            memcpy(out.names, row.cell, sizeof out.names);
            continue;
        }
        assert_int_equal(record.n, out.columns);
        ARENA_PUSH(t->arena, out, row);
    }
    csv_close(r);
    return out;
}

static struct str cell(const struct table *x, size_t row, const char *column)
{
    assert_true(row < x->n);
    for (size_t i = 0; i < x->columns; i++)
        if (str_eq(x->names[i], str_from(column)))
            return x->v[row].cell[i];
    fail_msg("no column %s", column);
    return STR_NULL;
}

static bool has(const struct table *x, const char *column, struct str value)
{
    for (size_t i = 0; i < x->n; i++)
        if (str_eq(cell(x, i, column), value))
            return true;
    return false;
}

static const struct json *parse(struct test_app *t, struct str text)
{
    const struct json *v = NULL;
    assert_int_equal(json_parse(t->arena, text, 4 << 20, &v, NULL), ERR_OK);
    return v;
}

static void later(int64_t ms)
{
    clock_set_for_test(clock_now_ms() + ms);
}

/* --- the codebook cannot drift --- */

static struct str path_of(struct test_app *t, const struct open_file *f, const char *ending)
{
    return arena_printf(t->arena, "/open/%s.%s", f->name, ending);
}

static void check_json_lines(struct test_app *t, const struct open_file *f, size_t rows)
{
    struct test_answer a = test_get(t, path_of(t, f, "jsonl").p);
    struct str rest = a.body, line;
    size_t lines = 0;
    test_status(a, 200);
    while (str_split(&rest, '\n', &line) && line.n) {
        const struct json *object = parse(t, line), *value;
        void *iter = NULL;
        struct str name;
        size_t i = 0;
        while (json_next(object, &iter, &name, &value)) {
            assert_true(i < f->column_count);
            const struct open_column *c = &f->columns[i++];
            assert_str_equal(name, str_from(c->name));
            enum json_kind kind = json_kind(value);
            bool fits = kind == JSON_IS_NULL                             ? c->blank
                        : c->type == OPEN_BOOL                           ? kind == JSON_IS_BOOL
                        : c->type == OPEN_INT || c->type == OPEN_DECIMAL ? kind == JSON_IS_NUMBER
                                                                         : kind == JSON_IS_STR;
            if (!fits)
                fail_msg("%s.%s: %.*s", f->name, c->name, STRF(line));
        }
        assert_int_equal(i, f->column_count);
        lines++;
    }
    assert_int_equal(lines, rows);
}

static void every_column_is_in_the_codebook(void **state)
{
    struct test_app *t = open_scene(state);
    struct table book = read_csv(t, "/open/codebook.csv");
    const struct json *package = parse(t, test_get(t, "/open/datapackage.json").body);
    const struct json *resources = json_get(package, "resources");
    struct test_answer page = test_get(t, "/open/codebook");
    size_t at = 0;
    send(t, sample("Суу агып жатат"));
    for (size_t f = 0; open_files[f]; f++) {
        struct table file = read_csv(t, path_of(t, open_files[f], "csv").p);
        const struct json *fields = NULL;
        assert_int_equal(file.columns, open_files[f]->column_count);
        check_json_lines(t, open_files[f], file.n);
        for (size_t i = 0; i < json_count(resources); i++)
            if (str_eq(json_str_of(json_at(resources, i), "path"),
                       arena_printf(t->arena, "%s.csv", open_files[f]->name)))
                fields = json_get(json_get(json_at(resources, i), "schema"), "fields");
        assert_int_equal(json_count(fields), file.columns);
        for (size_t i = 0; i < file.columns; i++, at++) {
            assert_str_equal(cell(&book, at, "file"), str_from(open_files[f]->name));
            assert_str_equal(cell(&book, at, "column"), file.names[i]);
            assert_str_equal(json_str_of(json_at(fields, i), "name"), file.names[i]);
            assert_str_equal(json_str_of(json_at(fields, i), "type"), cell(&book, at, "type"));
            assert_true(cell(&book, at, "meaning_ky").n > 0);
            assert_true(cell(&book, at, "meaning_ru").n > 0);
            assert_true(cell(&book, at, "meaning_en").n > 0);
            struct buf *shown = buf_in(t->arena);
            html_escape(shown, cell(&book, at, "meaning_en"));
            test_contains(page, arena_cstr(t->arena, buf_view(shown)));
        }
    }
    assert_int_equal(at, book.n);
    close_scene(t);
}

/* --- nothing private --- */

static void nothing_private_comes_out(void **state)
{
    struct test_app *t = open_scene(state);
    struct case_input hidden = sample("жашыруун сөз 1"), held = sample("жашыруун сөз 2");
    hidden.hide = true;
    held.suspicious = true;
    struct str open = send(t, sample("жашыруун сөз 3"));
    struct str looked_at = send(t, sample("жашыруун сөз 4"));
    struct str private = send(t, hidden), spam = send(t, held);
    struct str taken_back = send(t, sample("жашыруун сөз 5"));
    struct doing look = {.look = {.words = STR("жашыруун сөз 6"), .street = STR("Гүлкайыр 5")}};
    act(t, looked_at, CASE_BY_STAFF, look_fn, &look);
    step(t, looked_at, CASE_BY_STAFF, CASE_RESOLVED);
    step(t, taken_back, CASE_BY_REPORTER, CASE_WITHDRAWN);

    struct table cases = read_csv(t, "/open/cases.csv");
    assert_int_equal(cases.n, 2);
    assert_true(has(&cases, "number", open) && has(&cases, "number", looked_at));
    assert_str_equal(cell(&cases, 0, "lat"), STR("42.202"));
    assert_str_equal(cell(&cases, 0, "lon"), STR("75.703"));
    for (size_t f = 0; open_files[f]; f++)
        for (int e = 0; e < 2; e++) {
            struct test_answer a = test_get(t, path_of(t, open_files[f], e ? "jsonl" : "csv").p);
            test_status(a, 200);
            test_lacks(a, "жашыруун");
            test_lacks(a, "Гүлкайыр");
            test_lacks(a, "оңдолду");
            test_lacks(a, "Айгүл");
            test_lacks(a, "996700");
            test_lacks(a, "42.2019");
            test_lacks(a, arena_cstr(t->arena, private));
            test_lacks(a, arena_cstr(t->arena, spam));
            test_lacks(a, arena_cstr(t->arena, taken_back));
        }
    /* One that is taken back later is gone from the next edition. */
    step(t, open, CASE_BY_REPORTER, CASE_WITHDRAWN);
    later(OPEN_EDITION_MS);
    cases = read_csv(t, "/open/cases.csv");
    assert_int_equal(cases.n, 1);
    close_scene(t);
}

/* --- small counts --- */

/* One rule everywhere: four reports are four here, on /compare and in the API. */
static void counts_of_records_are_shown_in_full(void **state)
{
    struct test_app *t = open_scene(state);
    char words[40];
    clock_set_for_test(NOW_MS - 40 * MS_DAY); /* February, a month that is over */
    for (int i = 0; i < 4; i++) {
        snprintf(words, sizeof words, "Суу жок %d", i);
        struct case_input in = sample(words);
        struct doing rate = {.stars = i ? 5 : 4};
        in.unit = STR(KUM_DOBO);
        in.village = STR_NULL;
        in.has_point = false;
        struct str number = send(t, in);
        step(t, number, CASE_BY_STAFF, CASE_RESOLVED);
        act(t, number, CASE_BY_REPORTER, rate_fn, &rate);
    }
    clock_set_for_test(NOW_MS);
    struct table months = read_csv(t, "/open/figures_by_month.csv?m=" KUM_DOBO);
    assert_int_equal(months.n, 1);
    assert_str_equal(cell(&months, 0, "month"), STR("2026-02"));
    assert_str_equal(cell(&months, 0, "received"), STR("4"));
    assert_str_equal(cell(&months, 0, "resolved"), STR("4"));
    assert_str_equal(cell(&months, 0, "stars"), STR("4.75"));
    struct table figures = read_csv(t, "/open/figures.csv?m=" KUM_DOBO);
    assert_str_equal(cell(&figures, 0, "open"), STR("0"));
    assert_str_equal(cell(&figures, 0, "received365"), STR("4"));
    assert_true(cell(&figures, 0, "median_answer_minutes").n > 0);
    close_scene(t);
}

/* --- spreadsheets --- */

static enum err provide_fn(struct tx *tx, void *arg)
{
    struct test_app *t = arg;
    struct catalogue_faults faults = {0};
    struct service_entry entry = {.unit = STR(KOK_JAR),
                                  .service = STR("waste"),
                                  .provided = true,
                                  .mode = MODE_OWN,
                                  .since_day = day_today(),
                                  .decision = STR("Токтом 1"),
                                  .person = 5};
    bool changed;
    return catalogue_set_service(&t->app, tx, t->arena, &entry, &changed, &faults);
}

static void a_name_is_never_a_formula(void **state)
{
    struct test_app *t = open_scene(state);
    clock_set_for_test(NOW_MS - 20 * MS_DAY);
    assert_int_equal(db_write(t->app.db, STR(KOK_JAR), provide_fn, t), ERR_OK);
    test_login_as(t, ROLE_OFFICER, KOK_JAR);
    test_status(test_post(t, "/desk/" KOK_JAR "/schedules/new", "service", "waste", "route",
                          "=HYPERLINK(\"http://x.example\",\"басыңыз\")", "provider", "0", "every",
                          "7", "from", "2026-03-11", "holidays", "1", NULL),
                303);
    test_new_visitor(t);
    clock_set_for_test(NOW_MS);
    struct table visits = read_csv(t, "/open/visits.csv");
    assert_int_equal(visits.n, 3);
    assert_str_equal(cell(&visits, 0, "route"),
                     STR("'=HYPERLINK(\"http://x.example\",\"басыңыз\")"));
    assert_str_equal(cell(&visits, 0, "outcome"), STR("unconfirmed"));
    assert_str_equal(cell(&visits, 0, "kept"), STR("false"));
    assert_str_equal(cell(&visits, 0, "municipality"), STR(KOK_JAR));
    assert_true(str_compare(cell(&visits, 0, "day"), cell(&visits, 2, "day")) > 0);
    test_contains(test_get(t, "/open/visits.jsonl"), "\"route\":\"=HYPERLINK(");
    close_scene(t);
}

/* --- editions --- */

static void an_edition_is_kept_for_an_hour(void **state)
{
    struct test_app *t = open_scene(state);
    send(t, sample("Суу агып жатат"));
    struct test_answer first = test_get(t, "/open/cases.csv");
    test_status(first, 200);
    struct str tag = test_header_of(first, "ETag"), date = test_header_of(first, "Last-Modified");
    test_header_is(first, "Last-Modified", "Tue, 31 Mar 2026 07:00:00 GMT");
    test_header_is(first, "Access-Control-Allow-Origin", "*");
    assert_true(test_header_has(first, "Content-Disposition", "cases.csv"));

    send(t, sample("Көчө жарыгы күйбөйт"));
    later(OPEN_EDITION_MS - 1);
    struct test_answer same = test_get(t, "/open/cases.csv");
    assert_true(str_eq(same.body, first.body));
    assert_str_equal(test_header_of(same, "ETag"), tag);
    const char *tag_text = arena_cstr(t->arena, tag), *date_text = arena_cstr(t->arena, date);
    test_status(test_get_with(t, "/open/cases.csv", "If-None-Match", tag_text), 304);
    test_status(test_get_with(t, "/open/cases.csv", "If-Modified-Since", date_text), 304);
    test_status(
        test_get_with(t, "/open/cases.csv", "If-Modified-Since", "Tue, 31 Mar 2026 06:59:59 GMT"),
        200);
    test_status(test_get_with(t, "/open/cases.csv", "If-Modified-Since", "yesterday"), 200);
    test_status(test_get_with(t, "/open/cases.csv", "If-None-Match", "\"other\""), 200);

    later(1);
    struct test_answer next = test_get_with(t, "/open/cases.csv", "If-None-Match", tag_text);
    test_status(next, 200);
    assert_true(next.body.n > first.body.n);
    test_header_is(next, "Last-Modified", "Tue, 31 Mar 2026 08:00:00 GMT");

    /* Made again, and the same: for a reader nothing changed. */
    later(OPEN_EDITION_MS);
    same = test_get(t, "/open/cases.csv");
    test_header_is(same, "Last-Modified", "Tue, 31 Mar 2026 08:00:00 GMT");
    assert_str_equal(test_header_of(same, "ETag"), test_header_of(next, "ETag"));
    test_contains(test_get(t, "/open"), "2 rows");
    close_scene(t);
}

static void a_damaged_edition_is_made_again(void **state)
{
    struct test_app *t = open_scene(state);
    send(t, sample("Суу агып жатат"));
    struct test_answer good = test_get(t, "/open/cases.csv");
    struct str path = arena_printf(t->arena, "%s/open/cases.csv", t->app.data_dir);
    int fd = open(path.p, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "rubbish\n", 8), 8);
    close(fd);
    struct test_answer again = test_get(t, "/open/cases.csv");
    assert_true(str_eq(again.body, good.body));
    /* No directory to keep it in: out of order for a while, not a crash. */
    later(OPEN_EDITION_MS);
    t->app.data_dir = "/dev/null/nowhere";
    test_status(test_get(t, "/open/cases.csv"), 503);
    t->app.data_dir = t->data_dir;
    test_status(test_get(t, "/open/cases.csv"), 200);
    close_scene(t);
}

/* --- filters --- */

static void filters_are_heeded_or_refused(void **state)
{
    struct test_app *t = open_scene(state);
    struct case_input other = sample("Башка айыл");
    other.unit = STR(KUM_DOBO);
    other.village = STR_NULL;
    other.has_point = false;
    struct str late = send(t, sample("Суу агып жатат"));
    clock_set_for_test(NOW_MS - 10 * MS_DAY);
    struct str early = send(t, sample("Суу такыр жок"));
    clock_set_for_test(NOW_MS);
    struct str near = send(t, other);
    struct table x = read_csv(t, "/open/cases.csv?m=" KOK_JAR);
    assert_int_equal(x.n, 2);
    assert_false(has(&x, "number", near));
    x = read_csv(t, "/open/cases.csv?m=" KOK_JAR "&to=2026-03-30");
    assert_int_equal(x.n, 1);
    assert_true(has(&x, "number", early));
    x = read_csv(t, "/open/cases.csv?from=2026-03-31&to=2026-03-31");
    assert_int_equal(x.n, 2);
    assert_true(has(&x, "number", late) && has(&x, "number", near));
    x = read_csv(t, "/open/municipalities.csv?m=" KOK_JAR);
    assert_int_equal(x.n, 1);
    x = read_csv(t, "/open/places.csv?m=" KOK_JAR);
    assert_true(x.n > 1);
    for (size_t i = 0; i < x.n; i++)
        assert_str_equal(cell(&x, i, "municipality"), STR(KOK_JAR));
    x = read_csv(t, "/open/figures_by_month.csv?m=" KOK_JAR "&from=2026-01-15&to=2026-03-30");
    assert_int_equal(x.n, 0); /* February had none; March is not over */

    static const struct {
        const char *path;
        int status;
    } refused[] = {
        {"/open/cases.csv?m=41799999999999", 404},
        {"/open/cases.csv?m=41704000000000", 404}, /* an oblast */
        {"/open/cases.csv?municipality=" KOK_JAR, 400},
        {"/open/cases.csv?m=" KOK_JAR "&m=" KUM_DOBO, 400},
        {"/open/figures.csv?from=2026-01-01", 400},
        {"/open/codebook.csv?m=" KOK_JAR, 400},
        {"/open/cases.csv?from=2026-02-30", 400},
        {"/open/cases.csv?from=2026-03-02&to=2026-03-01", 400},
        {"/open/cases.csv?from=2025-12-01&to=2026-03-31", 400},
        {"/open/cases.geojson", 404},
        {"/open/cases.xml", 404},
        {"/open/people.csv", 404},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct test_answer a = test_get(t, refused[i].path);
        if (a.status != refused[i].status)
            fail_msg("%s: %d %.*s", refused[i].path, a.status, STRF(a.body));
        assert_true(json_str_of(json_get(parse(t, a.body), "error"), "message").n > 0);
    }
    close_scene(t);
}

static void the_pages_lead_to_the_files(void **state)
{
    struct test_app *t = open_scene(state);
    static const char *const words[] = {"Ачык маалыматтар", "Открытые данные", "Open data"};
    for (int l = 0; l < LANG__MAX; l++) {
        t->lang = (enum lang)l;
        struct test_answer a = test_get(t, "/open");
        test_status(a, 200);
        test_contains(a, words[l]);
        test_status(test_get(t, "/open/codebook"), 200);
    }
    t->lang = LANG_EN;
    struct test_answer a = test_get(t, "/open?m=" KOK_JAR "&from=2026-03-01&to=2026-03-31");
    test_status(a, 200);
    test_contains(a, "/open/cases.csv?m=" KOK_JAR "&amp;from=2026-03-01&amp;to=2026-03-31");
    test_contains(a, "/open/figures.csv?m=" KOK_JAR "\"");
    test_status(test_get(t, "/open?m=41799999999999"), 422);
    test_status(test_get(t, "/open?from=2020-01-01&to=2026-01-01"), 422);
    const struct json *map = parse(t, test_get(t, "/open/places.geojson").body);
    assert_str_equal(json_str_of(map, "type"), STR("FeatureCollection"));
    struct table places = read_csv(t, "/open/places.csv");
    assert_int_equal(json_count(json_get(map, "features")), places.n);
    close_scene(t);
}

/* --- many rows --- */

struct filling {
    struct test_app *t;
    int n;
};
static enum err fill_fn(struct tx *tx, void *arg)
{
    struct filling *f = arg;
    enum err rc = ERR_OK;
    for (int i = 0; i < f->n; i++) {
        struct case_input in = sample("");
        struct case_receipt receipt;
        struct case_identity identity = {
            .id = id_new(), .number = id_number(f->t->arena), .secret = id_secret(f->t->arena, 16)};
        in.words = STR_NULL;
        in.reporter_name = in.reporter_phone = STR_NULL;
        TRY(cases_report(&f->t->app, tx, f->t->arena, &in, &identity, &receipt));
    }
out:
    return rc;
}

/* More than a chunk, all of one millisecond: the next chunk begins behind the last row. */
static void long_files_come_in_chunks(void **state)
{
    struct test_app *t = open_scene(state);
    struct filling f = {t, OPEN_CHUNK + 30};
    assert_int_equal(db_write(t->app.db, STR(KOK_JAR), fill_fn, &f), ERR_OK);
    struct table x = read_csv(t, "/open/cases.csv");
    assert_int_equal(x.n, f.n);
    struct str *seen = ARENA_ARRAY(t->arena, struct str, x.n);
    for (size_t i = 0; i < x.n; i++) {
        seen[i] = cell(&x, i, "number");
        for (size_t k = 0; k < i; k++)
            assert_false(str_eq(seen[i], seen[k]));
    }
    close_scene(t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(every_column_is_in_the_codebook),     BODY(nothing_private_comes_out),
        BODY(counts_of_records_are_shown_in_full), BODY(a_name_is_never_a_formula),
        BODY(an_edition_is_kept_for_an_hour),      BODY(a_damaged_edition_is_made_again),
        BODY(filters_are_heeded_or_refused),       BODY(the_pages_lead_to_the_files),
        BODY(long_files_come_in_chunks),
    };
    return slice_test_run("opendata", bodies, COUNT_OF(bodies));
}
