/*
 * News feeds: RSS 2.0 (with atom:link to itself, as validators ask) and Atom (RFC 4287), from one
 * set of calls. Item texts are plain text; readers get them escaped.
 *
 *     struct feed f;
 *     feed_begin(&f, resp_bytes(r, 200, feed_content_type(FEED_RSS)), FEED_RSS, &about);
 *     feed_item(&f, &item);
 *     feed_end(&f);
 */
#ifndef FORMATS_RSS_H
#define FORMATS_RSS_H

#include "platform/formats/xml.h"
#include "platform/i18n/lang.h"

enum feed_kind { FEED_RSS, FEED_ATOM };

struct feed_about {
    struct str title, description;
    struct str page_url; /* absolute address of the page that the feed belongs to */
    struct str self_url; /* absolute address of the feed; also its Atom id */
    enum lang lang;
    int64_t updated_ms;
};
struct feed_entry {
    struct str title, text;
    struct str url;      /* absolute, permanent: also the entry's id */
    struct str category; /* NULL view: none */
    int64_t published_ms, updated_ms;
};
struct feed {
    struct xml x;
    enum feed_kind kind;
};

const char *feed_content_type(enum feed_kind kind);
void feed_begin(struct feed *f, struct buf *out, enum feed_kind kind,
                const struct feed_about *about);
void feed_item(struct feed *f, const struct feed_entry *e);
void feed_end(struct feed *f);

#endif
