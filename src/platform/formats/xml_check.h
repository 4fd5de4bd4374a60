/*
 * For tests: reads a document back with libxml2 and asks it XPath questions (prefix a: is Atom).
 */
#ifndef FORMATS_XML_CHECK_H
#define FORMATS_XML_CHECK_H

#include "platform/core/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static inline xmlDocPtr read_back(const struct buf *b)
{
    xmlDocPtr doc =
        xmlReadMemory(b->p, (int)b->n, "test.xml", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    if (!doc)
        fail_msg("not well-formed: %.*s", (int)b->n, b->p);
    return doc;
}

static inline void check_xpath(xmlDocPtr doc, const char *path, const char *want)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(context, (const xmlChar *)"a",
                       (const xmlChar *)"http://www.w3.org/2005/Atom");
    xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)path, context);
    assert_non_null(found);
    xmlChar *text = xmlXPathCastToString(found);
    if (strcmp((const char *)text, want) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", path, (const char *)text, want);
    xmlFree(text);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
}

#endif
