/* RSS 2.0 and Atom over the XML writer; see rss.h. */
#include "platform/formats/rss.h"

#include "platform/core/clock.h"

#define ATOM_NAMESPACE STR("http://www.w3.org/2005/Atom")

const char *feed_content_type(enum feed_kind kind)
{
    return kind == FEED_ATOM ? "application/atom+xml; charset=utf-8"
                             : "application/rss+xml; charset=utf-8";
}

/* RSS 2.0 wants RFC 822 dates; the HTTP form is one of them. */
static void element_http_date(struct xml *x, const char *name, int64_t utc_ms)
{
    struct buf date = BUF_EMPTY;
    buf_http_date(&date, utc_ms);
    xml_element(x, name, buf_view(&date));
    buf_free(&date);
}

static void atom_link(struct xml *x, const char *name, const char *rel, struct str href,
                      const char *type)
{
    xml_open(x, name);
    xml_attribute(x, "rel", str_from(rel));
    if (type)
        xml_attribute(x, "type", str_from(type));
    xml_attribute(x, "href", href);
    xml_close(x);
}

static void begin_rss(struct xml *x, const struct feed_about *about)
{
    xml_open(x, "rss");
    xml_attribute(x, "version", STR("2.0"));
    xml_attribute(x, "xmlns:atom", ATOM_NAMESPACE);
    xml_open(x, "channel");
    xml_element(x, "title", about->title);
    xml_element(x, "link", about->page_url);
    /* RSS requires a description, even an empty one. */
    xml_element(x, "description",
                str_empty(about->description) ? about->title : about->description);
    xml_element(x, "language", str_from(lang_code(about->lang)));
    element_http_date(x, "lastBuildDate", about->updated_ms);
    atom_link(x, "atom:link", "self", about->self_url, "application/rss+xml");
}

static void begin_atom(struct xml *x, const struct feed_about *about)
{
    xml_open(x, "feed");
    xml_attribute(x, "xmlns", ATOM_NAMESPACE);
    xml_attribute(x, "xml:lang", str_from(lang_code(about->lang)));
    xml_element(x, "title", about->title);
    if (!str_empty(about->description))
        xml_element(x, "subtitle", about->description);
    xml_element(x, "id", about->self_url);
    xml_element_time(x, "updated", about->updated_ms);
    atom_link(x, "link", "self", about->self_url, "application/atom+xml");
    atom_link(x, "link", "alternate", about->page_url, "text/html");
    xml_open(x, "author");
    xml_element(x, "name", about->title);
    xml_close(x);
}

void feed_begin(struct feed *f, struct buf *out, enum feed_kind kind,
                const struct feed_about *about)
{
    *f = (struct feed){.x = xml_to(out), .kind = kind};
    if (kind == FEED_RSS)
        begin_rss(&f->x, about);
    else
        begin_atom(&f->x, about);
}

static void item_rss(struct xml *x, const struct feed_entry *e)
{
    xml_open(x, "item");
    xml_element(x, "title", e->title);
    xml_element(x, "link", e->url);
    xml_open(x, "guid");
    xml_attribute(x, "isPermaLink", STR("true"));
    xml_text(x, e->url);
    xml_close(x);
    element_http_date(x, "pubDate", e->published_ms);
    if (!str_empty(e->category))
        xml_element(x, "category", e->category);
    /* The text of a description is HTML for readers: plain text is escaped once more. */
    struct buf escaped = BUF_EMPTY;
    xml_escape(&escaped, e->text);
    xml_element(x, "description", buf_view(&escaped));
    buf_free(&escaped);
    xml_close(x);
}

static void item_atom(struct xml *x, const struct feed_entry *e)
{
    xml_open(x, "entry");
    xml_element(x, "title", e->title);
    xml_element(x, "id", e->url);
    atom_link(x, "link", "alternate", e->url, "text/html");
    xml_element_time(x, "published", e->published_ms);
    xml_element_time(x, "updated", e->updated_ms ? e->updated_ms : e->published_ms);
    if (!str_empty(e->category)) {
        xml_open(x, "category");
        xml_attribute(x, "term", e->category);
        xml_close(x);
    }
    xml_element(x, "summary", e->text); /* type="text" is the default */
    xml_close(x);
}

void feed_item(struct feed *f, const struct feed_entry *e)
{
    if (f->kind == FEED_RSS)
        item_rss(&f->x, e);
    else
        item_atom(&f->x, e);
}

void feed_end(struct feed *f)
{
    while (!xml_complete(&f->x))
        xml_close(&f->x);
}
