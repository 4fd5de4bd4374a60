/*
 * XML, written only: elements and attributes by calls, escaped by construction. A document comes
 * out well-formed whatever the data holds: characters that XML 1.0 cannot carry (C0 controls but
 * tab, LF, CR; U+FFFE, U+FFFF, surrogates) are dropped, broken UTF-8 becomes U+FFFD. Names are
 * literals of ours and are not checked. Opening, closing and attributes out of order are bugs
 * (INVARIANT).
 *
 *     struct xml x = xml_to(resp_xml(r, 200));
 *     xml_open(&x, "services");
 *     xml_open(&x, "service");
 *     xml_attribute(&x, "id", code);
 *     xml_element(&x, "service_name", name);
 *     xml_close(&x);
 *     xml_close(&x);
 */
#ifndef FORMATS_XML_H
#define FORMATS_XML_H

#include "platform/core/buf.h"

#define XML_MAX_DEPTH 32

struct xml {
    struct buf *out;
    const char *open[XML_MAX_DEPTH];
    int depth;
    bool in_tag;   /* the start tag is not finished: attributes may follow */
    bool has_text; /* the innermost element holds text, so its end tag is not indented */
};

/* Writes the declaration (version 1.0, UTF-8). */
struct xml xml_to(struct buf *out);
/* Without a declaration, for a fragment. */
struct xml xml_fragment(struct buf *out);

void xml_open(struct xml *x, const char *name);
void xml_attribute(struct xml *x, const char *name, struct str value);
void xml_attribute_i64(struct xml *x, const char *name, int64_t value);
void xml_text(struct xml *x, struct str s);
void xml_close(struct xml *x);

/* <name>value</name>; a NULL view writes <name/>. */
void xml_element(struct xml *x, const char *name, struct str value);
void xml_element_i64(struct xml *x, const char *name, int64_t value);
void xml_element_fixed(struct xml *x, const char *name, double value, int decimals);
void xml_element_bool(struct xml *x, const char *name, bool value);
void xml_element_time(struct xml *x, const char *name, int64_t utc_ms); /* RFC 3339 */
/* True when every element is closed. */
bool xml_complete(const struct xml *x);

/* Escaped text alone (for attributes and elements alike). */
void xml_escape(struct buf *out, struct str s);

#endif
