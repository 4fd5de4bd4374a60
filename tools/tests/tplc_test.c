/* The compiler of templates: what it refuses (faults/tplc), and what it makes of good ones. */
#include "faults_test.h"

#include "tplc/html.h"

static struct source read_source(struct arena *a, const char *path)
{
    struct source s = {path, file_read(a, path)};
    assert_non_null(s.text.p);
    return s;
}

static void output_is_golden(void **state)
{
    static const char *const names[] = {"page", "row", "static", "empty"};
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("sample")};
    struct output_list out = {0};
    (void)state;
    ARENA_PUSH(a, in.po, read_source(a, "po/common.en.po"));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ARENA_PUSH(a, in.files,
                   read_source(a, arena_printf(a, "tools/tests/sample/%s.html", names[i]).p));
    tplc_compile(a, &d, &in, &out);
    buf_char(&d.text, '\0');
    assert_string_equal(d.text.p, "");
    golden_check(&out);
    buf_free(&d.text);
    arena_free(a);
}

/* The static text of a template, with values as * and blocks as they are. */
static struct str static_text(struct arena *a, const char *text)
{
    struct diag d = {BUF_EMPTY, 0};
    struct catalogue none = {0};
    struct source source = {"x.html", str_from(text)};
    struct template t;
    struct buf *out = buf_in(a);
    assert_true(template_parse(a, &d, &source, &none, &t));
    for (size_t i = 0; i < t.body.n; i++) {
        if (t.body.v[i].kind == NODE_TEXT)
            buf_str(out, t.body.v[i].text);
        else
            buf_char(out, '*');
        for (size_t k = 0; k < t.body.v[i].branches.n; k++) {
            const struct node_list *body = &t.body.v[i].branches.v[k].body;
            for (size_t n = 0; n < body->n; n++)
                buf_printf(out, "[%.*s]", STRF(body->v[n].text));
        }
    }
    buf_char(out, '\0');
    return buf_view(out);
}

static void white_space_is_short(void **state)
{
    static const struct {
        const char *source, *text;
    } cases[] = {
        {"\n\n <p>\n\n   1   2\n </p>  \n", "<p>\n1 2\n</p>"},
        {"<b>1</b> <b>2</b>\n<b>3</b>", "<b>1</b> <b>2</b>\n<b>3</b>"},
        {"<ul>\n  {% for x in y %}\n  <li>1</li>\n  {% end %}\n</ul>\n",
         "<ul>\n*[<li>1</li>\n]</ul>"},
        {"<p>1 {% if x %}2 {% end %} 3</p>", "<p>1 *[2 ] 3</p>"},
        {"1\n{# gone #}\n2", "1\n2"},
        {"1 {# gone #}2", "1 2"},
        {"1\n{% set int x = 1 %}\n\n  2", "1\n*2"},
        {"<p>\r\n1\r\n</p>\r\n", "<p>\n1\n</p>"},
        {"1\n  {% do f() %}\n  {% do g() %}\n2", "1\n*\n*\n2"},
        {"<pre>\n  1\n</pre>\n<p>\n  2</p>", "<pre>\n  1\n</pre>\n<p>\n2</p>"},
        {"<p   class=\"a\n  b\"   id=x  >1</p >", "<p class=\"a\n  b\" id=x>1</p>"},
        {"<br />", "<br />"},
        {"1 <!-- x > y -- {z --> 2", "1 2"},
        {"<p {% if x %} a {% end %} b></p>", "<p *[ a ] b></p>"},
        {"", ""},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(static_text(a, cases[i].source).p, cases[i].text);
    arena_free(a);
}

/* What looks like a fault and is none. */
static void good_templates_are_taken(void **state)
{
    static const char *const cases[] = {
        "<p translate=\"no\">Words <b title=\"More\">inside</b></p>",
        "<b title=\"Words\" translate=\"no\"></b>",
        "№ 12 – 13 «» … → &nbsp; &laquo; &#1234;",
        "<p title=\"&nbsp; 12\"></p>",
        "<div><p></p><p></p></div>",
        "<button><p></p></button>",
        "<svg><a href=\"/\"><text>1</text></a></svg>",
        "<p{% if a %} class=\"x\"{% else %} class=\"y\"{% end %}></p>",
        "<p class=\"{% for x in y %} {{ x->v }}{% end %}\"></p>",
        "<p {% for x in y %} {% if x->b %}hidden{% end %}{% end %}></p>",
        "<a href=\"?a=1&b=2\"></a>",
        "<a href=\"https://example.kg/{{ x }}\"></a>",
        "<a href=\"#{{ x }}\"></a><a href=\"?{{ x }}\"></a><a href=\"x{{ x }}\"></a>",
        "<a href=\"{% if x %}/a{% else %}/b{% end %}\"></a>",
        "<a href=\"{% if x %}{{ URL(y) }}{% else %}/b{% end %}\"></a>",
        "<input type=\"submit\" value=\"{{ x }}\"><input type=\"text\" value=\"abc\">",
        "<template><slot name=\"x\"></slot></template>",
        "<math><mi>1</mi><mspace/></math>",
        "{{ (struct x){.a = {1}}.b }}",
        "{{ f('}', \"}}\", '\\'') }}",
        "{% if a %}{% elif b %}{% elif c %}{% else %}{% end %}",
        "{# {{ {% #}",
        "<p>{ } {</p>",
        "<meta name=\"description\" content=\"{{ x }}\">",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *a = arena_new();
        static_text(a, cases[i]);
        arena_free(a);
    }
}

static void names_are_found_in_expressions(void **state)
{
    (void)state;
    assert_true(expression_mentions(STR("f(x)->y"), STR("x")));
    assert_true(expression_mentions(STR("x"), STR("x")));
    assert_true(expression_mentions(STR("'a'+x"), STR("x")));
    assert_false(expression_mentions(STR("xx + \"x\" + 'x' + x1"), STR("x")));
    assert_false(expression_mentions(STR_NULL, STR("x")));
}

static void arguments_are_split(void **state)
{
    struct str rest = STR("n=a + b  when=f(x == y, z = 1)\n label=\"p q=r\""), name, expression;
    (void)state;
    assert_true(expression_next_argument(&rest, &name, &expression));
    assert_true(str_eq(name, STR("n")) && str_eq(expression, STR("a + b")));
    assert_true(expression_next_argument(&rest, &name, &expression));
    assert_true(str_eq(name, STR("when")) && str_eq(expression, STR("f(x == y, z = 1)")));
    assert_true(expression_next_argument(&rest, &name, &expression));
    assert_true(str_eq(name, STR("label")) && str_eq(expression, STR("\"p q=r\"")));
    assert_false(expression_next_argument(&rest, &name, &expression));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_golden),
        cmocka_unit_test(white_space_is_short),
        cmocka_unit_test(good_templates_are_taken),
        cmocka_unit_test(names_are_found_in_expressions),
        cmocka_unit_test(arguments_are_split),
    };
    return faults_main("tplc", tplc_compile, tests, COUNT_OF(tests));
}
