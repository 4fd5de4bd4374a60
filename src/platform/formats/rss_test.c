/* Feeds, read back with libxml2. */
#include "platform/formats/rss.h"
#include "platform/formats/xml_check.h"

static const struct feed_about about = {
    .title = STRI("Ак-Суу & Тепке"),
    .page_url = STRI("https://aimak.example/m/1"),
    .self_url = STRI("https://aimak.example/m/1/reports.rss?lang=ky"),
    .lang = LANG_KY,
    .updated_ms = INT64_C(1795317300000),
};
static const struct feed_entry entry = {
    .title = STRI("Чыгарылган жок"),
    .text = STRI("<b>Суу</b> & таштанды"),
    .url = STRI("https://aimak.example/c/7K3M"),
    .category = STRI("water"),
    .published_ms = INT64_C(1795317300000),
};

static xmlDocPtr make_feed(struct buf *b, enum feed_kind kind)
{
    struct feed f;
    feed_begin(&f, b, kind, &about);
    feed_item(&f, &entry);
    feed_item(&f, &entry);
    feed_end(&f);
    return read_back(b);
}

static void writes_rss(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    xmlDocPtr doc = make_feed(&b, FEED_RSS);
    check_xpath(doc, "/rss/@version", "2.0");
    check_xpath(doc, "/rss/channel/title", "Ак-Суу & Тепке");
    check_xpath(doc, "/rss/channel/description", "Ак-Суу & Тепке");
    check_xpath(doc, "/rss/channel/language", "ky");
    check_xpath(doc, "/rss/channel/lastBuildDate", "Sun, 22 Nov 2026 03:15:00 GMT");
    check_xpath(doc, "/rss/channel/a:link[@rel='self']/@href",
                "https://aimak.example/m/1/reports.rss?lang=ky");
    check_xpath(doc, "count(/rss/channel/item)", "2");
    check_xpath(doc, "/rss/channel/item[1]/guid", "https://aimak.example/c/7K3M");
    /* A reader takes the description for HTML: it must show the text, not run its tags. */
    check_xpath(doc, "/rss/channel/item[1]/description", "&lt;b&gt;Суу&lt;/b&gt; &amp; таштанды");
    xmlFreeDoc(doc);
    buf_free(&b);
}

static void writes_atom(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    xmlDocPtr doc = make_feed(&b, FEED_ATOM);
    check_xpath(doc, "/a:feed/a:id", "https://aimak.example/m/1/reports.rss?lang=ky");
    check_xpath(doc, "/a:feed/a:updated", "2026-11-22T09:15:00+06:00");
    check_xpath(doc, "/a:feed/a:entry[2]/a:updated", "2026-11-22T09:15:00+06:00");
    check_xpath(doc, "/a:feed/a:entry[1]/a:summary", "<b>Суу</b> & таштанды");
    check_xpath(doc, "/a:feed/a:entry[1]/a:category/@term", "water");
    xmlFreeDoc(doc);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_rss),
        cmocka_unit_test(writes_atom),
    };
    int failed = cmocka_run_group_tests_name("rss", tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
