/* multipart/form-data and urlencoded forms: what browsers send, and what must be refused. */
#include "platform/core/testing.h"
#include "platform/net/http_server.h"
#include "platform/net/server_parts.h"

#define TYPE "multipart/form-data; boundary=x"
#define BEGIN "--x\r\nContent-Disposition: form-data; "

static enum err parse(struct arena *a, const char *type, struct str body, struct http_part **out,
                      size_t *n)
{
    return http_multipart_parse(a, str_from(type), body, 3, out, n);
}

static void reads_what_browsers_send(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct http_part *part;
    size_t n;
    struct str body =
        STR("------WebKitFormBoundary7MA4YWxk\r\n"
            "Content-Disposition: form-data; name=\"words\"\r\n\r\n"
            "Суу жок\r\nэки күн\r\n"
            "------WebKitFormBoundary7MA4YWxk\r\n"
            "Content-Disposition: form-data; name=\"photo\"; filename=\"сүрөт %22а%22.jpg\"\r\n"
            "Content-Type: image/jpeg\r\n\r\n"
            "\xff\xd8\0\r\n--\r\n-\r\n"
            "------WebKitFormBoundary7MA4YWxk\r\n"
            "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n"
            "Content-Type: application/octet-stream\r\n\r\n"
            "\r\n------WebKitFormBoundary7MA4YWxk--\r\n");
    assert_int_equal(
        parse(a, "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", body, &part, &n),
        ERR_OK);
    assert_int_equal(n, 3);
    assert_str_equal(part[0].name, STR("words"));
    assert_str_equal(part[0].data, STR("Суу жок\r\nэки күн"));
    assert_null(part[0].filename.p);
    assert_null(part[0].content_type.p);
    assert_str_equal(part[1].filename, STR("сүрөт \"а\".jpg"));
    assert_str_equal(part[1].content_type, STR("image/jpeg"));
    assert_str_equal(part[1].data, STR("\xff\xd8\0\r\n--\r\n-"));
    assert_non_null(part[2].filename.p);
    assert_int_equal(part[2].filename.n, 0);
    assert_int_equal(part[2].data.n, 0);
    assert_non_null(part[2].data.p);
    arena_free(a);
}

static void cleans_file_names(void **state)
{
    (void)state;
    static const char *const each[][2] = {
        {"C:\\photos\\a.jpg", "a.jpg"},
        {"../../etc/passwd", "passwd"},
        {"a\\\"b.txt", "a\"b.txt"},
        {"a\\..", ""},
        {".", ""},
        {"a%0d%0ab", ""},
        {"\xff.jpg", ""},
        {"a%20b", "a%20b"},
        {"\x01", ""},
    };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct arena *a = arena_new();
        struct http_part *part;
        size_t n;
        struct str body =
            arena_printf(a, BEGIN "name=f; filename=\"%s\"\r\n\r\ndata\r\n--x--", each[i][0]);
        assert_int_equal(parse(a, TYPE, body, &part, &n), ERR_OK);
        assert_str_equal(part[0].filename, str_from(each[i][1]));
        assert_str_equal(part[0].name, STR("f"));
        arena_free(a);
    }
}

static void refuses_malformed_bodies(void **state)
{
    (void)state;
#define BODY(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
    static const struct str each[] = {
        BODY(""),
        BODY("--x"),
        BODY("--x\r\n"),
        BODY("--y--"),
        BODY("preamble\r\n--x--"),
        BODY(BEGIN "name=a\r\n\r\nno end"),
        BODY(BEGIN "name=a\r\n\r\nno end\r\n--x"),
        BODY(BEGIN "name=a\r\n\r\nv\r\n--xy\r\n\r\n--x--"),
        BODY(BEGIN "name=a\r\n\r\nv\n--x--"),
        BODY(BEGIN "name=a\n\nv\r\n--x--"),
        BODY(BEGIN "filename=a\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "\r\n\r\nv\r\n--x--"),
        BODY("--x\r\nContent-Type: text/plain\r\n\r\nv\r\n--x--"),
        BODY("--x\r\n\r\nv\r\n--x--"),
        BODY("--x\r\nContent-Disposition: attachment; name=a\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a; name=b\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a; filename=b; filename=c\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\r\nContent-Disposition: form-data; name=b\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=\"a\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\"b\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\r\n folded: b\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\r\nX : b\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\r\nnothing\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=\"a\0b\"\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=\"\xff\"\r\n\r\nv\r\n--x--"),
        BODY(BEGIN "name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--x--"),
        BODY(BEGIN "name=a\r\na: 1\r\na: 2\r\na: 3\r\na: 4\r\na: 5\r\na: 6\r\na: 7\r\na: 8\r\n"
                   "\r\nv\r\n--x--"),
    };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct arena *a = arena_new();
        struct http_part *part;
        size_t n;
        if (parse(a, TYPE, each[i], &part, &n) != ERR_PARSE)
            fail_msg("taken: %.*s", STRF(each[i]));
        arena_free(a);
    }
}

static void reads_the_boundary(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        bool good;
    } each[] = {
        {"multipart/form-data; boundary=x", true},
        {"Multipart/Form-Data ; charset=utf-8; BOUNDARY=\"x\"", true},
        {"multipart/form-data;boundary=x", true},
        {"multipart/form-data", false},
        {"multipart/form-data; boundary=", false},
        {"multipart/form-data; boundary=\"\"", false},
        {"multipart/form-data; boundary=\"x", false},
        {"multipart/form-data; boundary=x; boundary=x", false},
        {"multipart/form-data; boundary=x\x01", false},
        {"multipart/form-data; boundary=y", false},
        {"multipart/form-data boundary=x", false},
        {"multipart/mixed; boundary=x", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct arena *a = arena_new();
        struct http_part *part;
        size_t n;
        enum err rc = parse(a, each[i].type, STR("--x--\r\n"), &part, &n);
        if ((rc == ERR_OK) != each[i].good || n != 0)
            fail_msg("%s", each[i].type);
        arena_free(a);
    }
    struct arena *a = arena_new();
    struct http_part *part;
    size_t n;
    assert_int_equal(http_multipart_parse(a, STR_NULL, STR("--x--"), 1, &part, &n), ERR_PARSE);
    arena_free(a);
}

static void bounds_the_number_of_parts(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct http_part *part;
    size_t n;
    struct str body = STR(BEGIN "name=a\r\n\r\n1\r\n" BEGIN "name=b\r\n\r\n2\r\n" BEGIN
                                "name=c\r\n\r\n3\r\n--x--");
    assert_int_equal(http_multipart_parse(a, STR(TYPE), body, 3, &part, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_str_equal(part[2].data, STR("3"));
    assert_int_equal(http_multipart_parse(a, STR(TYPE), body, 2, &part, &n), ERR_TOO_LARGE);
    assert_int_equal(n, 0);
    arena_free(a);
}

static void marks_data_that_is_no_text(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct http_part *part;
    size_t n;
    struct str body =
        STR("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xffz\r\n"
            "--x\r\nContent-Disposition: form-data; name=b\r\n\r\nz\r\n"
            "--x\r\nContent-Disposition: form-data; name=c; filename=f\r\n\r\n\xff\r\n--x--");
    assert_int_equal(
        http_multipart_parse(a, STR("multipart/form-data; boundary=x"), body, 3, &part, &n),
        ERR_OK);
    assert_int_equal(n, 3);
    assert_true(part[0].unreadable);
    assert_str_equal(part[0].data, STR("\xffz"));
    assert_false(part[1].unreadable);
    assert_false(part[2].unreadable); /* a file may hold any bytes */
    arena_free(a);
}

/* --- urlencoded --- */

static void reads_plain_forms(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"a", "1 2+3"}, {"", "x"}, {"ң", "ө"}, {"b", ""}, {"c", ""}, {"d=", "=&"}, {"a", "2"},
    };
    struct arena *a = arena_new();
    struct str rest = STR("a=1+2%2b3&=x&%D2%A3=%d3%A9&b&&c=&d%3D==%26&a=2&"), name, value;
    enum err rc;
    size_t i = 0;
    for (; http_form_next(a, &rest, &name, &value, &rc); i++) {
        assert_int_equal(rc, ERR_OK);
        assert_true(i < COUNT_OF(expected));
        assert_str_equal(name, str_from(expected[i][0]));
        assert_str_equal(value, str_from(expected[i][1]));
        assert_non_null(value.p);
    }
    assert_int_equal(i, COUNT_OF(expected));
    rest = STR("");
    assert_false(http_form_next(a, &rest, &name, &value, &rc));
    rest = STR_NULL;
    assert_false(http_form_next(a, &rest, &name, &value, &rc));
    assert_int_equal(rc, ERR_OK);
    arena_free(a);
}

static void refuses_malformed_forms(void **state)
{
    (void)state;
    static const char *const each[] = {"a=%", "a=%4", "a=%zz", "%ff=1", "%00=1"};
    struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct str rest = str_from(each[i]), name, value;
        enum err rc;
        assert_true(http_form_next(a, &rest, &name, &value, &rc));
        if (rc != ERR_PARSE)
            fail_msg("taken: %s", each[i]);
    }
    arena_free(a);
}

/* A value that is no text is told apart from a broken form, and what can be kept of it is kept. */
static void keeps_what_can_be_read(void **state)
{
    (void)state;
    static const char *const each[][2] = {
        {"a=x%00y", "xy"},
        {"a=%ffz", "\xEF\xBF\xBDz"},
        {"a=q\xff", "q\xEF\xBF\xBD"},
        {"a=%d3%a9%d3", "\xD3\xA9\xEF\xBF\xBD"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct str rest = str_from(each[i][0]), name, value;
        enum err rc;
        assert_true(http_form_next(a, &rest, &name, &value, &rc));
        assert_int_equal(rc, ERR_INPUT);
        assert_str_equal(name, STR("a"));
        assert_str_equal(value, str_from(each[i][1]));
    }
    arena_free(a);
}

/* --- request targets --- */

static void reads_targets(void **state)
{
    (void)state;
    static const char *const each[][3] = {
        {"/", "/", ""},
        {"/a%2Bb+c", "/a+b+c", ""},
        {"/%D0%B0?%D0%B0=%zz", "/а", "%D0%B0=%zz"},
        {"/a?b?c", "/a", "b?c"},
        {"http://host", "/", ""},
        {"HTTPS://host:80/a?b", "/a", "b"},
        {"//host/a", "//host/a", ""},
        {"/..a/...", "/..a/...", ""},
        {"/%252e%252e/", "/%2e%2e/", ""}, /* once, not twice */
    };
    char room[100];
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        struct http_target t;
        assert_int_equal(http_target_parse(str_from(each[i][0]), room, &t), ERR_OK);
        assert_str_equal(t.path, str_from(each[i][1]));
        assert_str_equal(t.query, str_from(each[i][2]));
    }
    static const char *const bad[] = {
        "",           "a",      "*",        "/.",      "/..",   "/./a", "/a/..", "/%2e%2e",
        "/a%2fb",     "/a%2Fb", "/%",       "/%1",     "/%00",  "/%0a", "/%7f",  "/%80",
        "/%ed%a0%80", "/a#",    "ftp://h/", "http:/a", "/\x7f", "/\x01"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct http_target t;
        if (http_target_parse(str_from(bad[i]), room, &t) != ERR_PARSE)
            fail_msg("taken: %s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_browsers_send),   cmocka_unit_test(cleans_file_names),
        cmocka_unit_test(refuses_malformed_bodies),   cmocka_unit_test(reads_the_boundary),
        cmocka_unit_test(bounds_the_number_of_parts), cmocka_unit_test(reads_plain_forms),
        cmocka_unit_test(refuses_malformed_forms),    cmocka_unit_test(keeps_what_can_be_read),
        cmocka_unit_test(marks_data_that_is_no_text), cmocka_unit_test(reads_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
