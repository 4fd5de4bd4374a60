/* Values on their way into HTML: nothing typed by a person may become markup or a script address.
 */
#include "platform/web/ui.h"

#include "platform/core/testing.h"

static struct buf out;
static struct ui ui = {.lang = LANG_EN, .now_ms = INT64_C(1800000000000)};

#define WRITES(value, expected)                                                                    \
    do {                                                                                           \
        buf_clear(&out);                                                                           \
        HTML_PUT(&out, &ui, value);                                                                \
        assert_str_equal(buf_view(&out), STR(expected));                                           \
    } while (0)

static void test_text_is_escaped(void **state)
{
    (void)state;
    WRITES(STR("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    WRITES(STR("a\" onmouseover='x' & b"), "a&quot; onmouseover=&#39;x&#39; &amp; b");
    WRITES("Көк-Жар <b>", "Көк-Жар &lt;b&gt;");
    WRITES(STR_NULL, "");
    WRITES((const char *)NULL, "");
    WRITES(((struct html){STR("<b>ours</b>")}), "<b>ours</b>");
    WRITES(((struct text3){.in = {[LANG_EN] = STRI("A & B")}}), "A &amp; B");
    /* Words of another language say so, but not where markup has no place. */
    const struct text3 russian = {.in = {[LANG_RU] = STRI("А & Б")}};
    WRITES(russian, "<span lang=\"ru\">А &amp; Б</span>");
    buf_clear(&out);
    HTML_PUT_PLAIN(&out, &ui, russian);
    assert_str_equal(buf_view(&out), STR("А &amp; Б"));
}

static void test_message_arguments_are_escaped(void **state)
{
    struct msg_arg args[] = {ARG_S("id", STR("<x>"))};
    (void)state;
    buf_clear(&out);
    html_message(&out, &ui, MSG_web_err_request, args, 1);
    assert_true(str_find(buf_view(&out), STR("&lt;x&gt;")) >= 0);
    assert_true(str_find(buf_view(&out), STR("<x>")) < 0);
}

static void test_numbers(void **state)
{
    (void)state;
    WRITES(PLAIN(1234567), "1234567");
    WRITES(1234567, "1,234,567");
    WRITES(PERCENT(-1.0), "–");
    WRITES(PERCENT(0.0 / 0.0), "–");
    WRITES(PERCENT(0.87), "87%");
    WRITES(PEOPLE(0), "0");
    WRITES(PEOPLE(1), "1–9");
    WRITES(PEOPLE(9), "1–9");
    WRITES(PEOPLE(10), "10");
    WRITES(PEOPLE_FOR(true, 9), "9");
}

static void test_url_schemes(void **state)
{
    static const char *const good[] = {
        "/m/41702000000000",
        "?page=2#x",
        "#words",
        "",
        "a/b:c",
        "https://example.org/?a=b",
        "HTTP://example.org",
        "mailto:office@example.org",
        "tel:+996700000000",
        "geo:42.1,78.2",
    };
    static const char *const bad[] = {
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:x",
        ":x",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (!url_is_safe(str_from(good[i])))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (url_is_safe(str_from(bad[i])))
            fail_msg("taken: %s", bad[i]);
        buf_clear(&out);
        HTML_PUT(&out, &ui, URL(str_from(bad[i])));
        assert_str_equal(buf_view(&out), STR("#"));
    }
    assert_false(url_is_safe(STR_NULL));
    WRITES(URL(STR("/x?a=1&b=\"2\"")), "/x?a=1&amp;b=&quot;2&quot;");
}

static void test_url_parts(void **state)
{
    (void)state;
    buf_clear(&out);
    HTML_PUT_URL_PART(&out, &ui, STR("a/b?c=d&e \"ү"));
    assert_str_equal(buf_view(&out), STR("a%2Fb%3Fc%3Dd%26e%20%22%D2%AF"));
    buf_clear(&out);
    HTML_PUT_URL_PART(&out, &ui, 1234567);
    assert_str_equal(buf_view(&out), STR("1234567"));
}

/* Whatever is written, no quote or angle bracket comes through, and it reads back the same. */
static void test_escape_property(void **state)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    static const char plain[] = "&<>\"'";
    struct buf text = BUF_EMPTY, back = BUF_EMPTY;
    (void)state;
    property_seed(7);
    for (int round = 0; round < 2000; round++) {
        buf_clear(&text);
        buf_clear(&out);
        buf_clear(&back);
        property_text(&text, 40);
        for (int k = 0; k < 3; k++)
            buf_char(&text, plain[random_u64() % 5]);
        html_escape(&out, buf_view(&text));
        struct str s = buf_view(&out);
        for (size_t i = 0; i < s.n;) {
            assert_null(memchr("<>\"'", s.p[i], 4));
            size_t used = 0;
            for (size_t k = 0; k < COUNT_OF(entities) && s.p[i] == '&'; k++)
                if (str_starts(str_slice(s, i, s.n), str_from(entities[k]))) {
                    buf_char(&back, plain[k]);
                    used = strlen(entities[k]);
                }
            assert_true(s.p[i] != '&' || used > 0);
            if (!used)
                buf_char(&back, s.p[i]);
            i += used ? used : 1;
        }
        assert_str_equal(buf_view(&back), buf_view(&text));
    }
    buf_free(&text);
    buf_free(&back);
    random_seed_for_test(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_escaped),
        cmocka_unit_test(test_message_arguments_are_escaped),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_url_schemes),
        cmocka_unit_test(test_url_parts),
        cmocka_unit_test(test_escape_property),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&out);
    return failed;
}
