/* Declared inputs: every kind, good and bad; names sent twice; files; what is kept for showing
 * again. */
#include "tests/support/client.h"

#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/web/components.h"

enum {
    F_LINE,
    F_TEXT,
    F_CODE,
    F_INT,
    F_DECIMAL,
    F_MONEY,
    F_DATE,
    F_BOOL,
    F_CHOICE,
    F_MANY,
    F_EMAIL,
    F_PHONE,
    F_PASSWORD,
    F_FILES,
    F_BALANCE
};
static const struct choice colours[] = {
    {"red", MSG_common_yes}, {"blue", MSG_common_no}, {"green", MSG_common_save}, {NULL, 0}};
static const struct field fields[] = {
    [F_LINE] = {"line", FIELD_LINE, .max = 20, .label = MSG_common_search},
    [F_TEXT] = {"text", FIELD_TEXT, .min = 3, .max = 50, .label = MSG_common_details},
    [F_CODE] = {"code", FIELD_CODE, .label = MSG_common_details},
    [F_INT] = {"int", FIELD_INT, .min = -5, .max = 5000, .label = MSG_common_total},
    [F_DECIMAL] = {"decimal", FIELD_DECIMAL, .min = 0, .max = 100, .label = MSG_common_total},
    [F_MONEY] = {"money", FIELD_MONEY, .label = MSG_common_total},
    [F_DATE] = {"date", FIELD_DATE, .label = MSG_common_details},
    [F_BOOL] = {"bool", FIELD_BOOL, .label = MSG_common_yes},
    [F_CHOICE] = {"choice", FIELD_CHOICE, .choices = colours, .label = MSG_common_choose},
    [F_MANY] = {"many", FIELD_MANY, .count = 2, .choices = colours, .label = MSG_common_choose},
    [F_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_common_details},
    [F_PHONE] = {"phone", FIELD_PHONE, .label = MSG_common_details},
    [F_PASSWORD] = {"password", FIELD_PASSWORD, .label = MSG_common_details},
    [F_FILES] = {"files", FIELD_FILES, .count = 2, .max = 100, .label = MSG_common_download},
    [F_BALANCE] = {"balance", FIELD_MONEY, .min = -100000, .max = 100000,
                   .label = MSG_common_total},
};
static const struct field required_fields[] = {
    {"name", FIELD_LINE, .required = true, .label = MSG_common_search},
    {"colour", FIELD_CHOICE, .required = true, .choices = colours, .label = MSG_common_choose},
    {"photo", FIELD_FILES, .required = true, .label = MSG_common_download},
    {"agreed", FIELD_BOOL, .required = true, .label = MSG_common_yes,
     .missing = MSG_common_confirm},
};

/* What the handler saw, for the test to judge. */
static struct form *seen;
static enum err seen_rc;
static struct test_app *app;

static struct str keep(struct str s)
{
    return arena_str(app->arena, s);
}

/* The request's memory ends with it; the test looks afterwards. */
static struct form *keep_form(const struct form *f)
{
    struct form *copy = ARENA_NEW(app->arena, struct form);
    *copy = *f;
    copy->once = keep(f->once);
    copy->v = ARENA_ARRAY(app->arena, struct field_value, (size_t)f->count);
    for (int i = 0; i < f->count; i++) {
        struct field_value *v = &copy->v[i];
        *v = f->v[i];
        v->s = keep(v->s);
        v->fault_text = keep(v->fault_text);
        v->values = ARENA_ARRAY(app->arena, struct str, (size_t)v->n + 1);
        v->files = ARENA_ARRAY(app->arena, struct file_value, (size_t)v->n + 1);
        for (int k = 0; k < v->n; k++) {
            if (f->v[i].values)
                v->values[k] = keep(f->v[i].values[k]);
            if (f->v[i].files)
                v->files[k] =
                    (struct file_value){keep(f->v[i].files[k].name), keep(f->v[i].files[k].type),
                                        keep(f->v[i].files[k].data)};
        }
    }
    return copy;
}

static enum err answer(struct req *r, struct form *form, const struct field *declared, int count)
{
    seen = form ? keep_form(form) : NULL;
    if (seen_rc != ERR_OK && seen_rc != ERR_INPUT)
        return seen_rc;
    struct page page = {.title = STR("Form"), .form = form};
    struct buf *out = resp_html(r, seen_rc == ERR_OK ? 200 : 422);
    (void)declared;
    page_open(out, r, &page);
    ui_form_open(out, &r->ui, form, STR_NULL);
    for (int i = 0; i < count; i++)
        ui_field(out, &r->ui, form, i);
    ui_form_close(out, &r->ui);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err post_all(struct req *r)
{
    struct form *form;
    seen_rc = FORM_READ(r, fields, &form);
    return answer(r, form, fields, (int)COUNT_OF(fields));
}

static enum err post_required(struct req *r)
{
    struct form *form;
    seen_rc = FORM_READ(r, required_fields, &form);
    return answer(r, form, required_fields, (int)COUNT_OF(required_fields));
}

static enum err get_filter(struct req *r)
{
    struct form *form;
    seen_rc = form_read_query(r, fields, (int)COUNT_OF(fields), &form);
    return answer(r, form, fields, (int)COUNT_OF(fields));
}

static enum err get_defaults(struct req *r)
{
    static struct str many[] = {STRI("blue")};
    struct form *form = FORM_NEW(r, fields);
    form_set(form, F_LINE, STR("\"quoted\" <b>"));
    form_set_int(form, F_INT, 42);
    form_set_int(form, F_MONEY, 1550);
    form_set_int(form, F_DATE, 20000);
    form_set_int(form, F_BOOL, 1);
    form_set(form, F_CHOICE, STR("blue"));
    form_set_values(form, F_MANY, many, 1);
    form_set(form, F_PASSWORD, STR("do not show"));
    seen_rc = ERR_OK;
    return answer(r, form, fields, (int)COUNT_OF(fields));
}

static const struct route routes[] = {
    ROUTE("POST", "/all", post_all, PERM_PUBLIC, ROUTE_BIG_BODY),
    ROUTE("POST", "/required", post_required, PERM_PUBLIC, 0),
    ROUTE("GET", "/filter", get_filter, PERM_PUBLIC, 0),
    ROUTE("GET", "/defaults", get_defaults, PERM_PUBLIC, 0),
};
static const struct slice sample = {
    .name = "sample", .routes = routes, .route_count = COUNT_OF(routes)};

static int open_app(void **state)
{
    (void)state;
    app = TEST_APP(&web_slice, &sample);
    seen = NULL;
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    test_app_close(app);
    return 0;
}

static const struct field_value *post_one(const char *name, const char *value, int field)
{
    struct test_answer a = test_post(app, "/all", name, value, NULL);
    assert_non_null(seen);
    assert_int_equal(a.status, seen_rc == ERR_OK ? 200 : 422);
    return &seen->v[field];
}

static void good(const char *name, const char *value, int field, const char *expected)
{
    const struct field_value *v = post_one(name, value, field);
    if (seen_rc != ERR_OK)
        fail_msg("%s=\"%s\": %.*s", name, value, STRF(v->fault_text));
    assert_true(v->present);
    if (expected)
        assert_str_equal(v->s, str_from(expected));
}

static void bad(const char *name, const char *value, int field, enum msg fault)
{
    const struct field_value *v = post_one(name, value, field);
    if (v->fault != fault)
        fail_msg("%s=\"%s\": %s, not %s", name, value, msg_key(v->fault), msg_key(fault));
    assert_int_equal(seen_rc, ERR_INPUT);
    assert_int_equal(seen->fault_count, 1);
    assert_true(v->fault_text.n > 0);
}

/* --- kinds --- */

static void test_line(void **state)
{
    (void)state;
    good("line", "  Кок-Жар  ", F_LINE, "Кок-Жар");
    good("line", "two\r\nlines\tand more", F_LINE, "two lines and more");
    good("line", "ңөүңөүңөүңөүңөүңөүңө", F_LINE, NULL); /* 20 letters, 40 bytes */
    bad("line", "ңөүңөүңөүңөүңөүңөүңөx", F_LINE, MSG_common_fault_too_long);
    assert_true(str_find(seen->v[F_LINE].fault_text, STR("20 characters")) >= 0);
    good("line",
         "pasted\x0b"
         "words",
         F_LINE, "pasted words");
    assert_false(post_one("line", "   ", F_LINE)->present);
    assert_int_equal(seen_rc, ERR_OK);
}

static void test_text(void **state)
{
    (void)state;
    good("text", "\r\n one\r\ntwo\rthree \n\n", F_TEXT, "one\ntwo\nthree");
    bad("text", "ab", F_TEXT, MSG_common_fault_too_short);
    bad("text", "123456789 123456789 123456789 123456789 123456789 1", F_TEXT,
        MSG_common_fault_too_long);
}

static void test_code(void **state)
{
    (void)state;
    good("code", "41702220820000", F_CODE, "41702220820000");
    good("code", "a.b_c:d-E9", F_CODE, NULL);
    bad("code", "a b", F_CODE, MSG_common_fault_code);
    bad("code", "../etc", F_CODE, MSG_common_fault_code);
    bad("code", "код", F_CODE, MSG_common_fault_code);
}

static void test_numbers(void **state)
{
    (void)state;
    good("int", "-5", F_INT, NULL);
    assert_int_equal(seen->v[F_INT].i, -5);
    good("int", "1 234", F_INT, NULL);
    good("int",
         "1\xc2\xa0"
         "234",
         F_INT, NULL);
    assert_int_equal(seen->v[F_INT].i, 1234);
    bad("int", "-6", F_INT, MSG_common_fault_too_small);
    bad("int", "5001", F_INT, MSG_common_fault_too_big);
    assert_true(str_find(seen->v[F_INT].fault_text, STR("5,000")) >= 0);
    bad("int", "12.5", F_INT, MSG_common_fault_number);
    bad("int", "0x10", F_INT, MSG_common_fault_number);
    bad("int", "99999999999999999999", F_INT, MSG_common_fault_number);

    good("decimal", "12,5", F_DECIMAL, NULL);
    assert_true(seen->v[F_DECIMAL].f == 12.5);
    bad("decimal", "100.1", F_DECIMAL, MSG_common_fault_too_big);
    bad("decimal", "-0.1", F_DECIMAL, MSG_common_fault_too_small);
    bad("decimal", "nan", F_DECIMAL, MSG_common_fault_decimal);
    bad("decimal", "1e400", F_DECIMAL, MSG_common_fault_decimal);
    bad("decimal", "1,2,3", F_DECIMAL, MSG_common_fault_decimal);
}

static void test_money(void **state)
{
    (void)state;
    good("money", "15 000,50", F_MONEY, NULL);
    assert_int_equal(seen->v[F_MONEY].i, 1500050);
    good("money", "0", F_MONEY, NULL);
    bad("money", "1.505", F_MONEY, MSG_common_fault_money);
    bad("money", "-1", F_MONEY, MSG_common_fault_too_small);
    bad("money", "much", F_MONEY, MSG_common_fault_money);
    bad("money", "99999999999999999999", F_MONEY, MSG_common_fault_money);
    good("balance", "-1000", F_BALANCE, NULL);
    bad("balance", "-1000.01", F_BALANCE, MSG_common_fault_too_small);
}

static void test_dates(void **state)
{
    (void)state;
    good("date", "2026-11-22", F_DATE, NULL);
    int64_t day = seen->v[F_DATE].i;
    good("date", "22.11.2026", F_DATE, NULL);
    assert_int_equal(seen->v[F_DATE].i, day);
    good("date", "2.1.2026", F_DATE, NULL);
    good("date", "29.02.2028", F_DATE, NULL);
    bad("date", "29.02.2026", F_DATE, MSG_common_fault_date);
    bad("date", "31.04.2026", F_DATE, MSG_common_fault_date);
    bad("date", "2026-13-01", F_DATE, MSG_common_fault_date);
    bad("date", "11/22/2026", F_DATE, MSG_common_fault_date);
    bad("date", "1.2.99999999999999999999", F_DATE, MSG_common_fault_date);
    bad("date", "tomorrow", F_DATE, MSG_common_fault_date);
}

static void test_choices(void **state)
{
    (void)state;
    good("choice", "blue", F_CHOICE, "blue");
    bad("choice", "purple", F_CHOICE, MSG_common_fault_choice);
    test_post(app, "/all", "many", "red", "many", "", "many", "green", NULL);
    assert_int_equal(seen->v[F_MANY].n, 2);
    assert_str_equal(seen->v[F_MANY].values[1], STR("green"));
    assert_int_equal(seen_rc, ERR_OK);
    test_post(app, "/all", "many", "red", "many", "green", "many", "blue", NULL);
    assert_int_equal(seen->v[F_MANY].fault, MSG_common_fault_too_many);
    test_post(app, "/all", "many", "purple", NULL);
    assert_int_equal(seen->v[F_MANY].fault, MSG_common_fault_choice);
    good("bool", "on", F_BOOL, NULL);
    assert_int_equal(seen->v[F_BOOL].i, 1);
    test_post(app, "/all", "line", "x", NULL);
    assert_false(seen->v[F_BOOL].present);
}

static void test_email(void **state)
{
    static const char *const taken[] = {"name@example.kg", "a.b+c@sub.example.org", "x_1@e-f.kg"};
    static const char *const refused[] = {
        "name",
        "@example.kg",
        "name@",
        "name@example",
        "a b@example.kg",
        "a@b@example.kg",
        "a@example..kg",
        "a@.kg",
        "a@example.kg.",
        "\"a b\"@example.kg",
        "a@[127.0.0.1]",
        "a,b@example.kg",
        "<a@example.kg>",
        "a@example.kg\nBcc: b@example.kg",
        "атай@example.kg",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        good("email", taken[i], F_EMAIL, NULL);
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        bad("email", refused[i], F_EMAIL, MSG_common_fault_email);
}

static void test_phone(void **state)
{
    static const char *const ours[] = {"+996 700 123 456", "00996700123456", "996700123456",
                                       "0700 12-34-56",    "700123456",      "(0700) 123456"};
    static const char *const refused[] = {
        "123",         "+996 700 12", "+99670012345678", "phone",
        "+0700123456", "0700+123456", "++996700123456",  "+1234567890123456"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        good("phone", ours[i], F_PHONE, "+996700123456");
    good("phone", "+7 495 123-45-67", F_PHONE, "+74951234567");
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        bad("phone", refused[i], F_PHONE, MSG_common_fault_phone);
}

static void test_password(void **state)
{
    (void)state;
    good("password", "  blanks count  ", F_PASSWORD, "  blanks count  ");
    struct test_answer a = test_post(app, "/all", "password", "secret words", "int", "x", NULL);
    test_status(a, 422);
    test_lacks(a, "secret words");
}

/* --- files --- */

static struct test_answer post_files(const struct test_part *parts, size_t n)
{
    return test_post_parts(app, "/all", parts, n);
}

static void test_files(void **state)
{
    const struct test_part parts[] = {
        {"line", .value = STR("with files")},
        {"files", "a.jpg", "image/jpeg", STR("\xff\xd8 bytes \x00 more")},
        {"files", "C:\\photos\\b.png", "image/png", STR("two")},
    };
    (void)state;
    test_status(post_files(parts, 3), 200);
    assert_int_equal(seen->v[F_FILES].n, 2);
    assert_str_equal(seen->v[F_FILES].files[0].data, STR("\xff\xd8 bytes \x00 more"));
    assert_str_equal(seen->v[F_FILES].files[1].name, STR("b.png"));
    assert_str_equal(seen->v[F_LINE].s, STR("with files"));
}

static void test_file_faults(void **state)
{
    static char large[101];
    memset(large, 'x', sizeof large);
    const struct test_part too_large[] = {{"files", "a", NULL, str_of(large, 101)}};
    const struct test_part three[] = {{"files", "a", NULL, STR("1")},
                                      {"files", "b", NULL, STR("2")},
                                      {"files", "c", NULL, STR("3")}};
    const struct test_part empty[] = {{"files", "a", NULL, STR("")}};
    const struct test_part none[] = {{"files", "", NULL, STR("")}};
    const struct test_part file_as_text[] = {{"line", "a.txt", NULL, STR("x")}};
    (void)state;
    test_status(post_files(too_large, 1), 422);
    assert_int_equal(seen->v[F_FILES].fault, MSG_common_fault_file_too_big);
    test_status(post_files(three, 3), 422);
    assert_int_equal(seen->v[F_FILES].fault, MSG_common_fault_too_many_files);
    test_status(post_files(empty, 1), 422);
    assert_int_equal(seen->v[F_FILES].fault, MSG_common_fault_file_empty);
    test_status(post_files(none, 1), 200); /* the input was left alone */
    assert_false(seen->v[F_FILES].present);
    test_status(post_files(file_as_text, 1), 400);
}

/* --- the form as a whole --- */

static void test_repeated_names(void **state)
{
    (void)state;
    test_status(test_post(app, "/all", "line", "a", "line", "b", NULL), 400);
    assert_null(seen);
    test_status(test_post(app, "/all", "bool", "1", "bool", "1", NULL), 400);
    test_status(test_get(app, "/filter?line=a&line=b"), 400);
}

static void test_unknown_names_are_ignored(void **state)
{
    (void)state;
    test_status(test_post(app, "/all", "line", "a", "role", "administrator", "role", "x", NULL),
                200);
    assert_int_equal(seen->fault_count, 0);
}

static void test_required(void **state)
{
    (void)state;
    struct test_answer a = test_post(app, "/required", "name", "  ", NULL);
    test_status(a, 422);
    assert_int_equal(seen->fault_count, 4);
    assert_int_equal(seen->v[0].fault, MSG_common_fault_missing);
    assert_int_equal(seen->v[1].fault, MSG_common_fault_missing_choice);
    assert_int_equal(seen->v[2].fault, MSG_common_fault_missing_file);
    assert_int_equal(seen->v[3].fault, MSG_common_confirm);
    test_contains(a, "<title>Error: Form");
    test_contains(a, "href=\"#colour\"");
    test_contains(a, "id=\"colour\"");
    test_contains(a, "aria-describedby=\"name-fault\"");
}

static void test_body_types(void **state)
{
    struct test_header headers[] = {{"X-CSRF-Token", arena_cstr(app->arena, test_token(app))}, {0}};
    struct test_request r = {.method = "POST", .path = "/all", .headers = headers};
    (void)state;
    r.body = STR("{\"line\":\"x\"}");
    r.content_type = "application/json";
    test_status(test_send(app, &r), 415);
    r.content_type = NULL;
    test_status(test_send(app, &r), 415);
    r.content_type = "application/x-www-form-urlencoded; charset=UTF-8";
    r.body = STR("line=x");
    test_status(test_send(app, &r), 200);
    r.body = STR("line=%zz");
    test_status(test_send(app, &r), 400);
    r.body = STR("%ff=x");
    test_status(test_send(app, &r), 400);
    r.content_type = "multipart/form-data";
    test_status(test_send(app, &r), 400);
    r.content_type = "multipart/form-data; boundary=x";
    r.body = STR("--x\r\nbroken");
    test_status(test_send(app, &r), 400);
}

/* Bytes that are no text, in a form as our pages send it, with its token inside: the fault stands
 * beside the field, and all that could be read is there again. */
static void test_unreadable_text(void **state)
{
    (void)state;
    struct test_answer a = test_post(app, "/all", "line", "Kept \xff here", "text", "As typed",
                                     "many", "\xff", "code", "a\xff", NULL);
    test_status(a, 422);
    test_contains(a, "some characters cannot be read");
    test_contains(a, "Kept \xEF\xBF\xBD here");
    test_contains(a, "As typed");
    assert_int_equal(seen->v[F_LINE].fault, MSG_common_fault_text);
    assert_int_equal(seen->v[F_CODE].fault, MSG_common_fault_text);
    assert_int_equal(seen->v[F_MANY].fault, MSG_common_fault_choice);
    assert_int_equal(seen->v[F_TEXT].fault, MSG_NONE);
    assert_true(utf8_is_text(seen->v[F_LINE].s));

    struct test_part parts[] = {{"line", NULL, NULL, STR("Kept \xd3")},
                                {"text", NULL, NULL, STR("As typed")}};
    a = test_post_parts(app, "/all", parts, COUNT_OF(parts));
    test_status(a, 422);
    assert_int_equal(seen->v[F_LINE].fault, MSG_common_fault_text);
    test_contains(a, "Kept \xEF\xBF\xBD");
    test_contains(a, "As typed");

    /* A body that cannot be taken apart holds no token: it is said what is wrong with it. */
    struct test_header ours[] = {{"Origin", "https://aimak.test"}, {0}};
    a = test_send(app, &(struct test_request){
                           .method = "POST",
                           .path = "/all",
                           .headers = ours,
                           .content_type = "application/x-www-form-urlencoded",
                           .body = STR("csrf=x&line=%zz"),
                       });
    test_status(a, 400);
    test_contains(a, "cannot be read");
}

static void test_too_many_names(void **state)
{
    struct test_header headers[] = {{"X-CSRF-Token", arena_cstr(app->arena, test_token(app))}, {0}};
    struct buf *body = buf_in(app->arena);
    (void)state;
    for (int i = 0; i < 501; i++)
        buf_printf(body, "%sx%d=1", i ? "&" : "", i);
    test_status(
        test_send(app, &(struct test_request){.method = "POST",
                                              .path = "/all",
                                              .headers = headers,
                                              .content_type = "application/x-www-form-urlencoded",
                                              .body = buf_view(body)}),
        413);
}

static void test_shown_again(void **state)
{
    (void)state;
    struct test_answer a =
        test_post(app, "/all", "line", "<\"x\">", "text", "line 1\nline 2", "int", "many", "choice",
                  "blue", "bool", "1", "date", "31.02.2026", NULL);
    test_status(a, 422);
    assert_str_equal(test_field(app, a, "line"), STR("<\"x\">"));
    assert_str_equal(test_field(app, a, "text"), STR("line 1\nline 2"));
    assert_str_equal(test_field(app, a, "int"), STR("many"));
    assert_str_equal(test_field(app, a, "date"), STR("31.02.2026"));
    test_contains(a, "value=\"blue\" checked");
    test_contains(a, "id=\"bool\" name=\"bool\" value=\"1\" checked");
    test_contains(a, "enctype=\"multipart/form-data\"");
}

static void test_once(void **state)
{
    (void)state;
    struct test_answer a = test_get(app, "/defaults");
    struct str once = test_field(app, a, "once");
    assert_int_equal(once.n, 22);
    assert_false(str_eq(once, test_field(app, test_get(app, "/defaults"), "once")));
    a = test_post(app, "/all", "once", arena_cstr(app->arena, once), "int", "x", NULL);
    assert_str_equal(form_once(seen), once);
    assert_str_equal(test_field(app, a, "once"), once); /* kept while faults are put right */
    test_post(app, "/all", "once", "short", NULL);
    assert_null(form_once(seen).p);
    test_post(app, "/all", "once", "'; DROP TABLE case; --", NULL);
    assert_null(form_once(seen).p);
}

static void test_defaults(void **state)
{
    (void)state;
    struct test_answer a = test_get(app, "/defaults");
    assert_str_equal(test_field(app, a, "line"), STR("\"quoted\" <b>"));
    assert_str_equal(test_field(app, a, "int"), STR("42"));
    assert_str_equal(test_field(app, a, "money"), STR("15.50"));
    assert_str_equal(test_field(app, a, "date"), STR("2024-10-04"));
    test_contains(a, "value=\"blue\" checked");
    test_contains(a, "id=\"bool\" name=\"bool\" value=\"1\" checked");
    test_lacks(a, "do not show");
}

static void test_filters(void **state)
{
    (void)state;
    test_status(test_get(app, "/filter"), 200);
    /* Of a filter nothing is said to be optional, and no choice means all. */
    test_lacks(test_get(app, "/filter"), "(optional)");
    test_contains(test_get(app, "/defaults"), "(optional)");
    assert_false(seen->submitted);
    test_status(test_get(app, "/filter?page=2"), 200);
    assert_false(seen->submitted);
    test_status(test_get(app, "/filter?line=%D2%A3&many=red&many=blue"), 200);
    assert_true(seen->submitted);
    assert_str_equal(seen->v[F_LINE].s, STR("ң"));
    assert_int_equal(seen->v[F_MANY].n, 2);
    test_status(test_get(app, "/filter?int=x"), 422);
}

/* Whatever is typed, in whatever field: an answer, never a crash, and the text comes back as typed.
 */
static void test_any_text_property(void **state)
{
    struct buf text = BUF_EMPTY;
    (void)state;
    property_seed(11);
    for (int round = 0; round < 300; round++) {
        buf_clear(&text);
        property_text(&text, 30);
        const char *typed = arena_cstr(app->arena, buf_view(&text));
        int field = (int)(random_u64() % F_FILES);
        struct test_answer a = test_post(app, "/all", fields[field].name, typed, NULL);
        assert_true(a.status == 200 || a.status == 422);
        assert_int_equal(seen->fault_count > 0, a.status == 422);
        assert_int_equal(seen->v[field].fault != MSG_NONE, a.status == 422);
    }
    random_seed_for_test(0);
    buf_free(&text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_app, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_line),
        TEST(test_text),
        TEST(test_code),
        TEST(test_numbers),
        TEST(test_money),
        TEST(test_dates),
        TEST(test_choices),
        TEST(test_email),
        TEST(test_phone),
        TEST(test_password),
        TEST(test_files),
        TEST(test_file_faults),
        TEST(test_repeated_names),
        TEST(test_unknown_names_are_ignored),
        TEST(test_required),
        TEST(test_body_types),
        TEST(test_unreadable_text),
        TEST(test_too_many_names),
        TEST(test_shown_again),
        TEST(test_once),
        TEST(test_defaults),
        TEST(test_filters),
        TEST(test_any_text_property),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
