/* XML, read back with libxml2: whatever goes in, a well-formed document comes out. */
#include "platform/core/clock.h"
#include "platform/formats/xml.h"
#include "platform/formats/xml_check.h"

static void writes_elements_and_attributes(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct xml x = xml_to(&b);
    xml_open(&x, "services");
    xml_open(&x, "service");
    xml_attribute(&x, "id", STR("a<b&\"c\"\n\td"));
    xml_attribute_i64(&x, "n", -3);
    xml_element(&x, "name", STR("Суу & жарык <ң>]]>"));
    xml_element(&x, "empty", STR_NULL);
    xml_element_fixed(&x, "lat", 42.5, 3);
    xml_element_bool(&x, "open", false);
    xml_element_i64(&x, "count", 12);
    xml_element_time(&x, "at", INT64_C(1795317300000));
    xml_close(&x);
    assert_false(xml_complete(&x));
    xml_close(&x);
    assert_true(xml_complete(&x));
    xmlDocPtr doc = read_back(&b);
    check_xpath(doc, "/services/service/@id", "a<b&\"c\"\n\td");
    check_xpath(doc, "/services/service/@n", "-3");
    check_xpath(doc, "/services/service/name", "Суу & жарык <ң>]]>");
    check_xpath(doc, "count(/services/service/empty/node())", "0");
    check_xpath(doc, "/services/service/lat", "42.500");
    check_xpath(doc, "/services/service/open", "false");
    check_xpath(doc, "/services/service/at", "2026-11-22T09:15:00+06:00");
    xmlFreeDoc(doc);
    assert_true(str_find(buf_view(&b), STR("<empty/>\n<lat>")) > 0);
    buf_free(&b);
}

static void drops_what_xml_cannot_carry(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct xml x = xml_to(&b);
    xml_open(&x, "t");
    xml_text(&x, STR("a\x01\x0B\x1F"
                     "b\xEF\xBF\xBE\xEF\xBF\xBF"
                     "c\rd\xFF"
                     "e\xED\xA0\x80"));
    xml_close(&x);
    xmlDocPtr doc = read_back(&b);
    check_xpath(doc, "/t",
                "abc\rd\xEF\xBF\xBD"
                "e\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    xmlFreeDoc(doc);
    buf_free(&b);
}

/* Runs of plain text are copied whole: pieces in any order must come out as each alone does. */
static void joins_runs_and_escapes(void **state)
{
    static const struct {
        const char *in, *out;
    } pieces[] = {
        {"a", "a"},
        {"Суу жок,\n", "Суу жок,\n"},
        {"\t", "\t"},
        {"№", "№"},
        {"\xF0\x9F\x92\xA7", "\xF0\x9F\x92\xA7"},
        {"\x7F", "\x7F"},
        {"\xEF\xBF\xBD", "\xEF\xBF\xBD"},
        {"<", "&lt;"},
        {"]]>", "]]&gt;"},
        {"&", "&amp;"},
        {"\"", "&quot;"},
        {"\r", "&#13;"},
        {"\x01", ""},
        {"\xEF\xBF\xBE", ""},
        {"\xFF", "\xEF\xBF\xBD"},
        {"\xD2 ", "\xEF\xBF\xBD "},
        {"\xEF\xBF ", "\xEF\xBF\xBD\xEF\xBF\xBD "},
    };
    (void)state;
    struct buf in = BUF_EMPTY, want = BUF_EMPTY, b = BUF_EMPTY;
    random_seed_for_test(11);
    for (int round = 0; round < 3000; round++) {
        buf_clear(&in);
        buf_clear(&want);
        buf_clear(&b);
        for (int k = (int)(random_u64() % 12); k > 0; k--) {
            size_t i = random_u64() % COUNT_OF(pieces);
            buf_cstr(&in, pieces[i].in);
            buf_cstr(&want, pieces[i].out);
        }
        xml_escape(&b, buf_view(&in));
        assert_true(str_eq(buf_view(&b), buf_view(&want)));
    }
    random_seed_for_test(0);
    buf_free(&in);
    buf_free(&want);
    buf_free(&b);
}

static void takes_any_bytes(void **state)
{
    (void)state;
    random_seed_for_test(7);
    struct buf b = BUF_EMPTY;
    for (int round = 0; round < 300; round++) {
        char noise[64];
        random_fill(noise, sizeof noise);
        buf_clear(&b);
        struct xml x = xml_to(&b);
        xml_open(&x, "t");
        xml_attribute(&x, "v", str_of(noise, sizeof noise));
        xml_text(&x, str_of(noise, sizeof noise));
        xml_close(&x);
        xmlFreeDoc(read_back(&b));
    }
    random_seed_for_test(0);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_elements_and_attributes),
        cmocka_unit_test(drops_what_xml_cannot_carry),
        cmocka_unit_test(joins_runs_and_escapes),
        cmocka_unit_test(takes_any_bytes),
    };
    int failed = cmocka_run_group_tests_name("xml", tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
