/* The JSON writer against jansson as a second reader, and the bounds of the reader. */
#include "platform/core/clock.h"
#include "platform/formats/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

static void check_text(struct buf *b, const char *want)
{
    struct str got = buf_view(b);
    if (got.n != strlen(want) || memcmp(got.p, want, got.n) != 0)
        fail_msg("got %.*s, want %s", STRF(got), want);
}

static void writes_nested_values(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct json_writer j = json_to(&b);
    json_open(&j, NULL);
    json_put_id(&j, "id", INT64_C(9223372036854775807));
    json_put_id(&j, "parent", 0);
    json_put_i64(&j, "\"ң<", 1);
    json_put_i64(&j, "", 2);
    json_open_array(&j, "list");
    json_put_i64(&j, NULL, -5);
    json_put_double(&j, NULL, 0.1);
    json_put_double(&j, NULL, NAN);
    json_open(&j, NULL);
    json_close(&j);
    json_put_bool(&j, NULL, true);
    json_close(&j);
    assert_false(json_complete(&j));
    json_put_str(&j, "none", STR_NULL);
    json_put_str(&j, "empty", STR(""));
    json_put_opt(&j, "absent", I64_NONE);
    json_put_opt(&j, "there", I64(7));
    json_put_fixed(&j, "lat", 42.871, 5);
    json_put_money(&j, "sum", 123450);
    json_put_day(&j, "day", 20779);
    json_put_time(&j, "at", INT64_C(1795317300000));
    json_key(&j, STR("a\"b"));
    json_put_raw(&j, NULL, STR("[1]"));
    json_close(&j);
    assert_true(json_complete(&j));
    check_text(&b, "{\"id\":\"9223372036854775807\",\"parent\":null,"
                   "\"\\\"ң\\u003c\":1,\"\":2,\"list\":[-5,0.1,null,{},true],"
                   "\"none\":null,\"empty\":\"\",\"absent\":null,\"there\":7,\"lat\":42.87100,"
                   "\"sum\":\"1234.50\",\"day\":\"2026-11-22\","
                   "\"at\":\"2026-11-22T09:15:00+06:00\",\"a\\\"b\":[1]}");
    buf_free(&b);
}

/* Every byte pair, as a text, must come out as JSON that a strict reader takes; text that was
 * valid before must come back the same. */
static void escapes_every_pair_of_bytes(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second < 256; second++) {
            char text[2] = {(char)first, (char)second};
            buf_clear(&b);
            json_quote(&b, str_of(text, 2));
            json_t *v = json_loadb(b.p, b.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
            assert_non_null(v);
            if (first < 0x80 && second < 0x80) {
                assert_int_equal(json_string_length(v), 2);
                assert_memory_equal(json_string_value(v), text, 2);
            }
            json_decref(v);
        }
    }
    buf_free(&b);
}

static void keeps_markup_and_line_separators_harmless(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    json_quote(&b, STR("</script>&'\"\\\n\x01 ң\xE2\x80\xA8\xFF\xED\xA0\x80"));
    check_text(&b, "\"\\u003c/script\\u003e\\u0026'\\\"\\\\\\n\\u0001 ң\\u2028\xEF\xBF\xBD"
                   "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    buf_free(&b);
}

/* Runs of plain text are copied whole: pieces in any order must come out as each alone does. */
static void joins_runs_and_escapes(void **state)
{
    static const struct {
        const char *in, *out;
    } pieces[] = {
        {"a", "a"},
        {"Суу жок, ", "Суу жок, "},
        {"ң", "ң"},
        {"№", "№"},
        {"\xF0\x9F\x92\xA7", "\xF0\x9F\x92\xA7"},
        {"\"", "\\\""},
        {"\\", "\\\\"},
        {"<", "\\u003c"},
        {"&", "\\u0026"},
        {"\x7F", "\\u007f"},
        {"\x01", "\\u0001"},
        {"\n", "\\n"},
        {"\xE2\x80\xA9", "\\u2029"},
        {"\xFF", "\xEF\xBF\xBD"},
        {"\xD2 ", "\xEF\xBF\xBD "}, /* half a letter */
        {"\xE2\x80 ", "\xEF\xBF\xBD\xEF\xBF\xBD "},
    };
    (void)state;
    struct buf in = BUF_EMPTY, want = BUF_EMPTY, b = BUF_EMPTY;
    random_seed_for_test(11);
    for (int round = 0; round < 3000; round++) {
        buf_clear(&in);
        buf_clear(&want);
        buf_clear(&b);
        buf_char(&want, '"');
        for (int k = (int)(random_u64() % 12); k > 0; k--) {
            size_t i = random_u64() % COUNT_OF(pieces);
            buf_cstr(&in, pieces[i].in);
            buf_cstr(&want, pieces[i].out);
        }
        buf_char(&want, '"');
        json_quote(&b, buf_view(&in));
        buf_char(&want, '\0');
        check_text(&b, want.p);
    }
    random_seed_for_test(0);
    buf_clear(&b);
    json_quote(&b, STR("ends with half a letter: \xD2"));
    check_text(&b, "\"ends with half a letter: \xEF\xBF\xBD\"");
    buf_free(&in);
    buf_free(&want);
    buf_free(&b);
}

static void reads_values_by_type(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct json *root, *value;
    struct str s = STR_NULL, key;
    int64_t i = 0;
    double d = 0;
    bool yes = false;
    void *iter = NULL;
    assert_int_equal(json_parse(a,
                                STR("{\"n\":9007199254740993,\"s\":\"ө\",\"d\":1.5,\"b\":true,"
                                    "\"z\":null,\"l\":[1,\"2\"],\"id\":\"77\"}"),
                                1000, &root, NULL),
                     ERR_OK);
    assert_true(json_as_i64(json_get(root, "n"), &i));
    assert_true(i == INT64_C(9007199254740993));
    assert_true(json_as_str(json_get(root, "s"), &s) && str_eq(s, STR("ө")));
    assert_true(json_as_double(json_get(root, "d"), &d) && d > 1.49 && d < 1.51);
    assert_true(json_as_bool(json_get(root, "b"), &yes) && yes);
    assert_int_equal(json_kind(json_get(root, "z")), JSON_IS_NULL);
    assert_int_equal(json_kind(json_get(root, "none")), JSON_IS_ABSENT);
    assert_int_equal(json_count(json_get(root, "l")), 2);
    assert_true(json_as_id(json_at(json_get(root, "l"), 1), &i) && i == 2);
    assert_true(json_as_id(json_get(root, "id"), &i) && i == 77);
    assert_false(json_as_i64(json_get(root, "d"), &i));
    assert_false(json_as_i64(json_get(root, "s"), &i));
    assert_null(json_get(json_get(root, "s"), "deeper"));
    assert_null(json_at(json_get(root, "l"), 2));
    assert_null(json_str_of(root, "n").p);
    assert_true(json_next(root, &iter, &key, &value) && str_eq(key, STR("n")));
    assert_true(json_next(root, &iter, &key, &value) && str_eq(key, STR("s")));
    arena_free(a);
}

static enum err parse(struct str text, size_t max)
{
    struct arena *a = arena_new();
    const struct json *root;
    struct json_fault fault = {0};
    enum err rc = json_parse(a, text, max, &root, &fault);
    if (rc != ERR_OK) {
        assert_null(root);
        assert_true(fault.text[0] != '\0' && fault.line >= 1);
    }
    arena_free(a);
    return rc;
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    char deep[2 * (JSON_MAX_DEPTH + 1)];
    memset(deep, '[', sizeof deep / 2);
    memset(deep + sizeof deep / 2, ']', sizeof deep / 2);
    assert_int_equal(parse(str_of(deep, sizeof deep), 1000), ERR_TOO_LARGE);
    assert_int_equal(parse(str_of(deep + 1, sizeof deep - 2), 1000), ERR_OK);
    assert_int_equal(parse(STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"), 1000), ERR_OK);
    assert_int_equal(parse(STR("[1,2]"), 4), ERR_TOO_LARGE);
    assert_int_equal(parse(STR("{\"a\":1,\"a\":2}"), 100), ERR_PARSE);
    assert_int_equal(parse(STR("[1,]"), 100), ERR_PARSE);
    assert_int_equal(parse(STR("[1] x"), 100), ERR_PARSE);
    assert_int_equal(parse(STR(""), 100), ERR_PARSE);
    assert_int_equal(parse(STR_NULL, 100), ERR_PARSE);
    assert_int_equal(parse(STR("\"\xFF\""), 100), ERR_PARSE);
    assert_int_equal(parse(STR("\"\\u0000\""), 100), ERR_PARSE);
    assert_int_equal(parse(STR("99999999999999999999"), 100), ERR_PARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_nested_values),
        cmocka_unit_test(escapes_every_pair_of_bytes),
        cmocka_unit_test(keeps_markup_and_line_separators_harmless),
        cmocka_unit_test(joins_runs_and_escapes),
        cmocka_unit_test(reads_values_by_type),
        cmocka_unit_test(refuses_what_is_wrong),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
