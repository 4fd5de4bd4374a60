/* XML writer; see xml.h for the contract. */
#include "platform/formats/xml.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

/* Printable ASCII but " & < >, and the two blanks that XML keeps. */
static const unsigned char plain[256] = {
    ['\t' ... '\n'] = 1, [0x20 ... 0x21] = 1, [0x23 ... 0x25] = 1,
    [0x27 ... 0x3B] = 1, [0x3D] = 1,          [0x3F ... 0x7F] = 1,
};

/* XML 1.0 production [2] Char, of sequences longer than one byte. */
static bool is_noncharacter(const unsigned char *p, size_t length)
{
    return length == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE; /* U+FFFE, U+FFFF */
}

static const char *entity_of(unsigned char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\r':
        return "&#13;"; /* a bare CR would be read back as LF */
    default:
        return ""; /* no character of XML: left out */
    }
}

void xml_escape(struct buf *out, struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t from = 0, i = 0; /* what lies between is copied in one go */
    while (i < s.n) {
        if (plain[p[i]]) {
            i++;
            continue;
        }
        size_t length = p[i] < 0x80 ? 1 : utf8_step(s, i);
        if (length > 1 && !is_noncharacter(p + i, length)) {
            i += length;
            continue;
        }
        buf_put(out, s.p + from, i - from);
        if (length == 0)
            buf_put(out, "\xEF\xBF\xBD", 3);
        else if (length == 1)
            buf_cstr(out, entity_of(p[i]));
        i += length ? length : 1;
        from = i;
    }
    buf_put(out, s.p + from, i - from);
}

/* In an attribute, a reader turns a literal tab or line break into a blank. */
static void escape_attribute(struct buf *out, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] != '\n' && s.p[i] != '\t')
            continue;
        xml_escape(out, str_slice(s, from, i - from));
        if (i < s.n)
            buf_cstr(out, s.p[i] == '\n' ? "&#10;" : "&#9;");
        from = i + 1;
    }
}

struct xml xml_to(struct buf *out)
{
    buf_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return (struct xml){.out = out};
}

struct xml xml_fragment(struct buf *out)
{
    return (struct xml){.out = out};
}

static void finish_tag(struct xml *x)
{
    if (x->in_tag)
        buf_char(x->out, '>');
    x->in_tag = false;
}

void xml_open(struct xml *x, const char *name)
{
    INVARIANT(x->depth < XML_MAX_DEPTH);
    bool break_line = x->in_tag || (x->depth > 0 && !x->has_text);
    finish_tag(x);
    if (break_line)
        buf_char(x->out, '\n');
    buf_char(x->out, '<');
    buf_cstr(x->out, name);
    x->open[x->depth++] = name;
    x->in_tag = true;
    x->has_text = false;
}

void xml_attribute(struct xml *x, const char *name, struct str value)
{
    INVARIANT(x->in_tag);
    buf_char(x->out, ' ');
    buf_cstr(x->out, name);
    buf_cstr(x->out, "=\"");
    escape_attribute(x->out, value);
    buf_char(x->out, '"');
}

void xml_attribute_i64(struct xml *x, const char *name, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    xml_attribute(x, name, str_of(text, (size_t)n));
}

void xml_text(struct xml *x, struct str s)
{
    INVARIANT(x->depth > 0);
    if (s.n == 0)
        return;
    finish_tag(x);
    xml_escape(x->out, s);
    x->has_text = true;
}

void xml_close(struct xml *x)
{
    INVARIANT(x->depth > 0);
    const char *name = x->open[--x->depth];
    if (x->in_tag) {
        buf_cstr(x->out, "/>");
    } else {
        if (!x->has_text)
            buf_char(x->out, '\n');
        buf_cstr(x->out, "</");
        buf_cstr(x->out, name);
        buf_char(x->out, '>');
    }
    x->in_tag = false;
    x->has_text = false;
    if (x->depth == 0)
        buf_char(x->out, '\n');
}

void xml_element(struct xml *x, const char *name, struct str value)
{
    xml_open(x, name);
    xml_text(x, value);
    xml_close(x);
}

void xml_element_i64(struct xml *x, const char *name, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    xml_element(x, name, str_of(text, (size_t)n));
}

/* Opens the element and its text for a value that needs no escaping. */
static struct buf *open_value(struct xml *x, const char *name)
{
    xml_open(x, name);
    finish_tag(x);
    x->has_text = true;
    return x->out;
}

void xml_element_fixed(struct xml *x, const char *name, double value, int decimals)
{
    buf_fixed(open_value(x, name), value, decimals);
    xml_close(x);
}

void xml_element_bool(struct xml *x, const char *name, bool value)
{
    xml_element(x, name, value ? STR("true") : STR("false"));
}

void xml_element_time(struct xml *x, const char *name, int64_t utc_ms)
{
    buf_rfc3339(open_value(x, name), utc_ms);
    xml_close(x);
}

bool xml_complete(const struct xml *x)
{
    return x->depth == 0;
}
