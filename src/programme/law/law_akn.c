/*
 * Akoma Ntoso 1.0 (OASIS, namespace akn/3.0) in and out, and HTML as lines.
 *
 * Out: FRBR work, expression and manifestation, keywords for the topics, and the hierarchy of part,
 * chapter, article and paragraph with eIds and one <p> a line. Titles in two languages and the
 * standing are aliases of the work. In: the same, and documents of others as far as they use these
 * elements; any other hierarchical element (section, point, list) is read as paragraphs, so that no
 * words are lost.
 *
 * libxml2 reads without network and without external entities; its own limits bound depth and the
 * growth of entities.
 */
#include "programme/law/law_text.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"
#include "platform/formats/xml.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#define AKN "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

/* --- out --- */

static const char *akn_language(struct str lang)
{
    return str_eq(lang, STR("ky")) ? "kir" : "rus";
}

static void put_empty(struct xml *x, const char *name, const char *attribute, struct str value)
{
    xml_open(x, name);
    xml_attribute(x, attribute, value);
    xml_close(x);
}

static void put_date(struct xml *x, int64_t day, const char *name)
{
    struct buf b = BUF_EMPTY;
    buf_day(&b, day);
    xml_open(x, "FRBRdate");
    xml_attribute(x, "date", buf_view(&b));
    xml_attribute(x, "name", str_from(name));
    xml_close(x);
    buf_free(&b);
}

static void put_alias(struct xml *x, const char *name, struct str value)
{
    if (!value.n)
        return;
    xml_open(x, "FRBRalias");
    xml_attribute(x, "value", value);
    xml_attribute(x, "name", str_from(name));
    xml_close(x);
}

static void put_frbr(struct xml *x, const struct law_text *t, struct arena *a, int64_t to_day)
{
    struct str work = arena_printf(
        a, "/akn%.*s", STRF(str_slice(law_path(a, t->issuer, t->kind, t->day, t->number), 4, 500)));
    struct buf *from = buf_in(a);
    buf_day(from, t->from_day);
    struct str expression =
        arena_printf(a, "%.*s/%s@%.*s", STRF(work), akn_language(t->lang), STRF(buf_view(from)));
    struct str manifestation = arena_printf(a, "%.*s.akn", STRF(expression));
    struct str author = arena_printf(a, "/ontology/organization/kg/%.*s", STRF(t->issuer));

    xml_open(x, "FRBRWork");
    put_empty(x, "FRBRthis", "value", arena_printf(a, "%.*s/!main", STRF(work)));
    put_empty(x, "FRBRuri", "value", work);
    put_alias(x, "title-ky", t->title_ky);
    put_alias(x, "title-ru", t->title_ru);
    put_alias(x, "standing", t->standing);
    put_alias(x, "source", t->source);
    put_date(x, t->day, "signed");
    put_empty(x, "FRBRauthor", "href", author);
    put_empty(x, "FRBRcountry", "value", STR("kg"));
    put_empty(x, "FRBRsubtype", "value", t->kind);
    if (t->number.n)
        put_empty(x, "FRBRnumber", "value", t->number);
    xml_close(x);
    xml_open(x, "FRBRExpression");
    put_empty(x, "FRBRthis", "value", arena_printf(a, "%.*s/!main", STRF(expression)));
    put_empty(x, "FRBRuri", "value", expression);
    put_date(x, t->from_day, "in-force-from");
    if (to_day)
        put_date(x, to_day, "in-force-to");
    put_empty(x, "FRBRauthor", "href", author);
    put_empty(x, "FRBRlanguage", "language", str_from(akn_language(t->lang)));
    xml_close(x);
    xml_open(x, "FRBRManifestation");
    put_empty(x, "FRBRthis", "value", arena_printf(a, "%.*s/!main.akn", STRF(expression)));
    put_empty(x, "FRBRuri", "value", manifestation);
    put_date(x, t->from_day, "made");
    put_empty(x, "FRBRauthor", "href", STR("/ontology/organization/kg/aimak"));
    put_empty(x, "FRBRformat", "value", STR("application/akn+xml"));
    xml_close(x);
}

static void put_part(struct xml *x, const struct law_part *p)
{
    struct str rest = p->words, line;
    xml_open(x, law_part_code(p->kind));
    xml_attribute(x, "eId", p->eid);
    if (p->label.n)
        xml_element(x, "num", p->label);
    if (p->heading.n)
        xml_element(x, "heading", p->heading);
    if (p->kind != LAW_PARAGRAPH)
        return;
    xml_open(x, "content");
    while (str_split(&rest, '\n', &line))
        xml_element(x, "p", line);
    xml_close(x);
}

void law_write_akn(struct buf *out, const struct law_text *t, int64_t to_day)
{
    struct arena *a = arena_new();
    struct xml x = xml_to(out);
    struct str rest = t->topics, topic;
    enum law_part_kind open[LAW_PART__MAX];
    int depth = 0;
    xml_open(&x, "akomaNtoso");
    xml_attribute(&x, "xmlns", STR(AKN));
    xml_open(&x, "act");
    xml_attribute(&x, "name", t->kind);
    xml_open(&x, "meta");
    xml_open(&x, "identification");
    xml_attribute(&x, "source", STR("#aimak"));
    put_frbr(&x, t, a, to_day);
    xml_close(&x);
    if (t->topics.n) {
        xml_open(&x, "classification");
        xml_attribute(&x, "source", STR("#aimak"));
        while (str_split(&rest, ' ', &topic)) {
            if (!topic.n)
                continue;
            xml_open(&x, "keyword");
            xml_attribute(&x, "dictionary", STR("#topics"));
            xml_attribute(&x, "showAs", topic);
            xml_attribute(&x, "value", topic);
            xml_close(&x);
        }
        xml_close(&x);
    }
    xml_open(&x, "references");
    xml_attribute(&x, "source", STR("#aimak"));
    xml_open(&x, "TLCOrganization");
    xml_attribute(&x, "eId", STR("aimak"));
    xml_attribute(&x, "href", STR("/ontology/organization/kg/aimak"));
    xml_attribute(&x, "showAs", STR("Aimak"));
    xml_close(&x);
    xml_open(&x, "TLCConcept");
    xml_attribute(&x, "eId", STR("topics"));
    xml_attribute(&x, "href", STR("/ontology/concept/kg/topics"));
    xml_attribute(&x, "showAs", STR("topics"));
    xml_close(&x);
    xml_close(&x);
    xml_close(&x);
    xml_open(&x, "body");
    for (size_t i = 0; i < t->parts.n; i++) {
        const struct law_part *p = &t->parts.v[i];
        while (depth > 0 && open[depth - 1] >= p->kind) {
            xml_close(&x);
            depth--;
        }
        put_part(&x, p);
        open[depth++] = p->kind;
    }
    while (depth-- > 0)
        xml_close(&x);
    xml_close(&x);
    xml_close(&x);
    xml_close(&x);
    arena_free(a);
}

/* --- in --- */

struct reading {
    struct arena *a;
    struct law_text *t;
    struct law_faults *faults;
};

static bool named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static struct str attribute(struct arena *a, xmlNode *n, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(n, (const xmlChar *)name);
    if (!value)
        return STR_NULL;
    struct str copy = arena_str(a, str_trim(str_from((const char *)value)));
    xmlFree(value);
    return copy;
}

/* Text with runs of white space as one blank. */
static struct str words_of(struct arena *a, xmlNode *n)
{
    xmlChar *text = xmlNodeGetContent(n);
    struct buf *b = buf_in(a);
    for (const char *c = text ? (const char *)text : ""; *c; c++) {
        bool blank = *c == ' ' || *c == '\n' || *c == '\t' || *c == '\r';
        if (!blank)
            buf_char(b, *c);
        else if (b->n > 0 && b->p[b->n - 1] != ' ')
            buf_char(b, ' ');
    }
    xmlFree(text);
    return str_trim(buf_view(b));
}

static xmlNode *child(xmlNode *n, const char *name)
{
    for (xmlNode *c = n ? n->children : NULL; c; c = c->next)
        if (named(c, name))
            return c;
    return NULL;
}

static void read_date(struct reading *r, xmlNode *n, int64_t *out)
{
    struct str date = str_slice(attribute(r->a, n, "date"), 0, 10);
    if (!day_parse(date, out))
        law_fault_add(r->a, r->faults, xmlGetLineNo(n), MSG_law_fault_date, date);
}

static struct str last_segment(struct str s)
{
    for (size_t i = s.n; i-- > 0;)
        if (s.p[i] == '/')
            return str_slice(s, i + 1, s.n);
    return s;
}

static void read_work(struct reading *r, xmlNode *work)
{
    for (xmlNode *n = work ? work->children : NULL; n; n = n->next) {
        struct str value = n->type == XML_ELEMENT_NODE ? attribute(r->a, n, "value") : STR_NULL;
        if (named(n, "FRBRalias")) {
            struct str name = attribute(r->a, n, "name");
            struct str *to = str_eq(name, STR("title-ky"))   ? &r->t->title_ky
                             : str_eq(name, STR("title-ru")) ? &r->t->title_ru
                             : str_eq(name, STR("standing")) ? &r->t->standing
                             : str_eq(name, STR("source"))   ? &r->t->source
                                                             : NULL;
            if (to)
                *to = value;
        } else if (named(n, "FRBRdate")) {
            read_date(r, n, &r->t->day);
        } else if (named(n, "FRBRauthor")) {
            r->t->issuer = last_segment(attribute(r->a, n, "href"));
        } else if (named(n, "FRBRsubtype")) {
            r->t->kind = value;
        } else if (named(n, "FRBRnumber")) {
            r->t->number = value;
        }
    }
}

static void read_expression(struct reading *r, xmlNode *expression)
{
    for (xmlNode *n = expression ? expression->children : NULL; n; n = n->next) {
        if (named(n, "FRBRlanguage")) {
            struct str lang = attribute(r->a, n, "language");
            r->t->lang = str_eq(lang, STR("kir")) || str_eq(lang, STR("ky"))   ? STR("ky")
                         : str_eq(lang, STR("rus")) || str_eq(lang, STR("ru")) ? STR("ru")
                                                                               : lang;
        } else if (named(n, "FRBRdate") &&
                   !str_eq(attribute(r->a, n, "name"), STR("in-force-to"))) {
            read_date(r, n, &r->t->from_day);
        }
    }
}

static void push_part(struct reading *r, xmlNode *n, struct law_part part)
{
    if (r->t->parts.n >= LAW_PARTS_MAX) {
        if (r->t->parts.n == LAW_PARTS_MAX && r->faults->n < 5)
            law_fault_add(r->a, r->faults, xmlGetLineNo(n), MSG_law_fault_parts, STR(""));
        return;
    }
    if (part.words.n > LAW_WORDS_MAX || part.heading.n > 4000)
        law_fault_add(r->a, r->faults, xmlGetLineNo(n), MSG_law_fault_long, part.words);
    ARENA_PUSH(r->a, r->t->parts, part);
}

static void read_lines(struct arena *a, xmlNode *n, struct buf *out)
{
    for (xmlNode *c = n->children; c; c = c->next) {
        bool block = named(c, "p") || named(c, "block");
        if (c->type == XML_ELEMENT_NODE && !block && child(c, "p")) {
            read_lines(a, c, out);
            continue;
        }
        struct str words = words_of(a, c);
        if (words.n == 0 || named(c, "num") || named(c, "heading"))
            continue;
        if (out->n > 0)
            buf_char(out, '\n');
        buf_str(out, words);
    }
}

static void read_hierarchy(struct reading *r, xmlNode *parent, int depth)
{
    for (xmlNode *n = parent->children; n; n = n->next) {
        enum law_part_kind kind;
        if (n->type != XML_ELEMENT_NODE || named(n, "num") || named(n, "heading"))
            continue;
        struct str name = str_from((const char *)n->name);
        struct law_part part = {.eid = attribute(r->a, n, "eId")};
        xmlNode *num = child(n, "num"), *heading = child(n, "heading");
        if (law_part_parse(name, &kind) && kind != LAW_PARAGRAPH && depth < 60) {
            part.kind = kind;
            part.label = num ? words_of(r->a, num) : STR("");
            part.heading = heading ? words_of(r->a, heading) : STR("");
            push_part(r, n, part);
            read_hierarchy(r, n, depth + 1);
            continue;
        }
        struct buf *lines = buf_in(r->a);
        part.kind = LAW_PARAGRAPH;
        part.label = num ? words_of(r->a, num) : STR("");
        read_lines(r->a, n, lines);
        part.words = buf_view(lines);
        if (part.words.n)
            push_part(r, n, part);
    }
}

void law_read_akn(struct arena *a, struct str text, struct law_texts *out,
                  struct law_faults *faults)
{
    struct law_text t = {.line = 1, .day = INT64_MIN, .from_day = INT64_MIN};
    struct reading r = {a, &t, faults};
    xmlDocPtr doc = xmlReadMemory(text.p, (int)text.n, "act.xml", NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                      XML_PARSE_NOCDATA);
    if (!doc) {
        const xmlError *e = xmlGetLastError();
        law_fault_add(a, faults, e ? e->line : 0, MSG_law_fault_xml,
                      e && e->message ? str_trim(str_from(e->message)) : STR(""));
        return;
    }
    xmlNode *root = xmlDocGetRootElement(doc), *act = NULL;
    for (xmlNode *n = root ? root->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && child(n, "meta"))
            act = n;
    xmlNode *meta = child(act, "meta"), *identification = child(meta, "identification");
    xmlNode *body = child(act, "body");
    if (!act || !identification || !body) {
        law_fault_add(a, faults, 1, MSG_law_fault_akn, STR(""));
        xmlFreeDoc(doc);
        return;
    }
    read_work(&r, child(identification, "FRBRWork"));
    read_expression(&r, child(identification, "FRBRExpression"));
    if (!t.kind.n)
        t.kind = attribute(a, act, "name");
    struct buf *topics = buf_in(a);
    xmlNode *classification = child(meta, "classification");
    for (xmlNode *n = classification ? classification->children : NULL; n; n = n->next)
        if (named(n, "keyword")) {
            if (topics->n)
                buf_char(topics, ' ');
            buf_str(topics, attribute(a, n, "value"));
        }
    t.topics = buf_view(topics);
    read_hierarchy(&r, body, 0);
    xmlFreeDoc(doc);
    law_check(a, &t, faults);
    ARENA_PUSH(a, *out, t);
}

/* --- HTML --- */

static bool is_block(const xmlNode *n)
{
    static const char *const names[] = {"p",  "div", "h1", "h2", "h3", "h4",      "h5",     "h6",
                                        "li", "tr",  "br", "ul", "ol", "section", "article"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (named(n, names[i]))
            return true;
    return false;
}

static void end_line(struct buf *b)
{
    while (b->n > 0 && b->p[b->n - 1] == ' ')
        b->n--;
    if (b->n > 0 && b->p[b->n - 1] != '\n')
        buf_char(b, '\n');
}

static void put_html(struct buf *b, const xmlNode *n, int depth)
{
    for (; n; n = n->next) {
        if (n->type == XML_TEXT_NODE) {
            for (const char *c = (const char *)n->content; c && *c; c++) {
                bool blank = *c == ' ' || *c == '\n' || *c == '\t' || *c == '\r';
                if (!blank)
                    buf_char(b, *c);
                else if (b->n > 0 && b->p[b->n - 1] != ' ' && b->p[b->n - 1] != '\n')
                    buf_char(b, ' ');
            }
            continue;
        }
        if (n->type != XML_ELEMENT_NODE || named(n, "script") || named(n, "style") ||
            named(n, "head") || depth > 200)
            continue;
        bool block = is_block(n);
        if (block)
            end_line(b);
        put_html(b, n->children, depth + 1);
        if (block)
            end_line(b);
    }
}

static void put_meta(struct arena *a, struct buf *b, xmlNode *n, int depth)
{
    for (; n && depth < 20; n = n->next) {
        if (named(n, "meta")) {
            struct str name = attribute(a, n, "name");
            if (str_starts(name, STR("law."))) {
                buf_str(b, str_slice(name, 4, name.n));
                buf_cstr(b, ": ");
                struct str content = attribute(a, n, "content");
                for (size_t i = 0; i < content.n; i++)
                    buf_char(b, content.p[i] == '\n' ? ' ' : content.p[i]);
                buf_char(b, '\n');
            }
        } else if (n->type == XML_ELEMENT_NODE) {
            put_meta(a, b, n->children, depth + 1);
        }
    }
}

struct str law_html_lines(struct arena *a, struct str text)
{
    struct buf *b = buf_in(a);
    htmlDocPtr doc = htmlReadMemory(text.p, (int)text.n, "act.html", "UTF-8",
                                    HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    if (!doc)
        return STR("");
    xmlNode *root = xmlDocGetRootElement(doc);
    put_meta(a, b, root, 0);
    buf_char(b, '\n');
    put_html(b, root, 0);
    xmlFreeDoc(doc);
    return buf_view(b);
}
