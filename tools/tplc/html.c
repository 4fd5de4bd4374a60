/*
 * The walk through static HTML: one character at a time, as in the tokenizer of the HTML standard
 * (section 13.2.5), reduced to the documents that templates may contain. What elements and
 * attributes mean is in html_rules.c. See html.h.
 */
#include "tplc/html_rules.h"

#include "platform/core/utf8.h"

static void fault(struct html *h, size_t at, const char *what)
{
    diag_error(h->d, h->source, at, "%s", what);
    h->failed = true;
}

void html_begin(struct html *h, struct arena *a, struct diag *d, const struct source *source,
                struct buf *out)
{
    *h = (struct html){.a = a, .d = d, .source = source, .out = out, .swallow = true};
}

static struct str source_slice(const struct html *h, size_t from, size_t to)
{
    return str_slice(h->source->text, from, to - from);
}

static void flush_blank(struct html *h)
{
    if (h->blank)
        buf_char(h->out, h->blank);
    h->blank = 0;
    h->swallow = false;
}

static void put(struct html *h, char c)
{
    flush_blank(h);
    buf_char(h->out, c);
}

static bool keeps_space(const struct html *h)
{
    return h->open && h->open->keep_space;
}

/* --- text --- */

/* Letters of the alphabets that could be somebody's words; signs, arrows and digits are none. */
static bool is_letter(uint32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return code == 0xAA || code == 0xB5 || code == 0xBA ||
           (code >= 0xC0 && code < 0x2000 && code != 0xD7 && code != 0xF7) ||
           (code >= 0x2C00 && code < 0x2E00) || (code >= 0x3040 && code < 0xE000) ||
           code >= 0x10000;
}

static bool letter_at(const struct html *h, size_t at)
{
    uint32_t code;
    if (((unsigned char)h->source->text.p[at] & 0xC0) == 0x80)
        return false; /* inside of a character */
    return utf8_next(h->source->text, &at, &code) && is_letter(code);
}

/* Bytes of "&name;" or "&#1234;" at this place, else 0. */
static size_t entity_length(struct str text, size_t at)
{
    size_t n = 1;
    while (n < 32 && at + n < text.n && (is_name_char(text.p[at + n]) || text.p[at + n] == '#'))
        n++;
    return n > 1 && at + n < text.n && text.p[at + n] == ';' ? n + 1 : 0;
}

static void text_char(struct html *h, char c, size_t at)
{
    if (h->open && str_eq(h->open->name, STR("script"))) {
        if (!is_blank(c))
            fault(h, at,
                  "no script inside of a template: the security policy forbids it; make a "
                  "file and load it with src");
        return;
    }
    if (is_blank(c) && !keeps_space(h)) {
        if (!h->swallow && c != '\r')
            h->blank = c == '\n' || h->blank == '\n' ? '\n' : ' ';
        return;
    }
    bool free_text = h->open && h->open->free_text;
    if (!free_text && !h->in_word && letter_at(h, at)) {
        diag_error(h->d, h->source, at,
                   "words in a template: put them into po/ and write {{t key}}, or put "
                   "translate=\"no\" on the element");
        h->in_word = true;
    }
    put(h, c);
}

/* --- tags --- */

static void tag_open(struct html *h, char c, size_t at)
{
    struct str ahead = str_slice(h->source->text, at - 1, 15);
    const char *only = html_text_only(h->open);
    if (only && c != '/') {
        diag_error(h->d, h->source, at - 1, "<%s> holds text only: write &lt; for the sign", only);
        h->failed = true;
    } else if (c == '/') {
        h->state = HTML_END_OPEN;
    } else if (str_starts(ahead, STR("<!--"))) {
        h->state = HTML_COMMENT;
        h->comment_at = at - 1;
    } else if (str_eq_nocase_ascii(ahead, STR("<!doctype html>"))) {
        put(h, '<');
        put(h, c);
        h->state = HTML_DOCTYPE;
    } else if (is_name_start(c)) {
        put(h, '<');
        put(h, c);
        h->mark = at;
        h->state = HTML_TAG_NAME;
    } else if (c == '!') {
        fault(h, at - 1, "only <!doctype html> and comments begin with \"<!\"");
    } else {
        fault(h, at - 1, "\"<\" begins no tag here: write &lt;");
    }
}

static void end_tag_name(struct html *h, char c, size_t at)
{
    if (h->state == HTML_END_OPEN) {
        if (!is_name_start(c)) {
            fault(h, at, "the name of the element is missing behind \"</\"");
            return;
        }
        put(h, '<');
        put(h, '/');
        h->mark = at;
        h->state = HTML_END_NAME;
    }
    if (c != '>') {
        if (html_is_tag_char(c))
            put(h, c);
        else if (!is_blank(c))
            fault(h, at, "expected \">\" behind the name");
        return;
    }
    put(h, c);
    h->state = HTML_TEXT;
    if (!html_close_element(h, str_trim(source_slice(h, h->mark, at)), h->mark))
        h->failed = true;
}

static void name_finished(struct html *h, size_t at)
{
    if (h->state == HTML_TAG_NAME && !html_begin_tag(h, source_slice(h, h->mark, at), h->mark - 1))
        h->failed = true;
    if (h->state == HTML_ATTRIBUTE &&
        !html_begin_attribute(h, source_slice(h, h->mark, at), h->mark))
        h->failed = true;
    h->state = HTML_AFTER_VALUE;
}

/* Between attributes, and at the end of a tag or attribute name. */
static void between_attributes(struct html *h, char c, size_t at)
{
    if (is_blank(c)) {
        h->state = HTML_IN_TAG;
        h->blank = ' ';
    } else if (c == '>') {
        h->blank = 0;
        put(h, c);
        h->state = HTML_TEXT;
        if (!html_end_tag(h, false))
            h->failed = true;
    } else if (c == '/') {
        put(h, c);
        h->state = HTML_SELF_CLOSE;
    } else if (h->state == HTML_AFTER_VALUE) {
        fault(h, at, "a blank is missing between two attributes");
    } else if (c == '"' || c == '\'' || c == '<' || c == '=') {
        fault(h, at, "expected the name of an attribute, or \">\"");
    } else {
        put(h, c);
        h->mark = at;
        h->state = HTML_ATTRIBUTE;
    }
}

static void tag_name(struct html *h, char c, size_t at)
{
    if (html_is_tag_char(c)) {
        put(h, c);
        return;
    }
    name_finished(h, at);
    between_attributes(h, c, at);
}

static void attribute_name(struct html *h, char c, size_t at)
{
    if (c == '=') {
        name_finished(h, at);
        put(h, c);
        h->state = HTML_BEFORE_VALUE;
    } else if (is_blank(c) || c == '>' || c == '/') {
        name_finished(h, at);
        between_attributes(h, c, at);
    } else if (c == '"' || c == '\'' || c == '<') {
        fault(h, at, "this sign cannot stand in the name of an attribute");
    } else {
        put(h, c);
    }
}

static void before_value(struct html *h, char c, size_t at)
{
    if (is_blank(c) || c == '>') {
        fault(h, at, "the value of the attribute is missing behind \"=\"");
        return;
    }
    h->state = c == '"' ? HTML_VALUE : c == '\'' ? HTML_VALUE_SINGLE : HTML_VALUE_BARE;
    put(h, c);
    if (h->state == HTML_VALUE_BARE)
        html_value_char(h, c, at, letter_at(h, at));
}

static void value_finished(struct html *h, enum html_state next)
{
    if (!html_end_value(h))
        h->failed = true;
    h->state = next;
}

static void value(struct html *h, char c, size_t at)
{
    if (c == (h->state == HTML_VALUE ? '"' : '\'')) {
        put(h, c);
        value_finished(h, HTML_AFTER_VALUE);
        return;
    }
    put(h, c);
    html_value_char(h, c, at, letter_at(h, at));
}

static void bare_value(struct html *h, char c, size_t at)
{
    if (is_blank(c) || c == '>') {
        value_finished(h, HTML_AFTER_VALUE);
        between_attributes(h, c, at);
    } else if (c == '"' || c == '\'' || c == '<' || c == '=' || c == '`') {
        fault(h, at, "put the value of the attribute into double quotes");
    } else {
        put(h, c);
        html_value_char(h, c, at, letter_at(h, at));
    }
}

static void step(struct html *h, char c, size_t at)
{
    switch (h->state) {
    case HTML_TEXT:
        if (c != '<') {
            text_char(h, c, at);
        } else {
            h->in_word = false;
            h->state = HTML_TAG_OPEN;
        }
        break;
    case HTML_TAG_OPEN:
        tag_open(h, c, at);
        break;
    case HTML_TAG_NAME:
        tag_name(h, c, at);
        break;
    case HTML_END_OPEN:
    case HTML_END_NAME:
        end_tag_name(h, c, at);
        break;
    case HTML_IN_TAG:
    case HTML_AFTER_VALUE:
        between_attributes(h, c, at);
        break;
    case HTML_ATTRIBUTE:
        attribute_name(h, c, at);
        break;
    case HTML_BEFORE_VALUE:
        before_value(h, c, at);
        break;
    case HTML_VALUE:
    case HTML_VALUE_SINGLE:
        value(h, c, at);
        break;
    case HTML_VALUE_BARE:
        bare_value(h, c, at);
        break;
    case HTML_SELF_CLOSE:
        if (c == '>') {
            put(h, c);
            h->state = HTML_TEXT;
            if (!html_end_tag(h, true))
                h->failed = true;
        } else {
            fault(h, at, "expected \">\" behind \"/\"");
        }
        break;
    case HTML_COMMENT:
        if (c == '>' && at >= h->comment_at + 6 && str_eq(source_slice(h, at - 2, at), STR("--")))
            h->state = HTML_TEXT;
        break;
    case HTML_DOCTYPE:
        put(h, c);
        h->state = c == '>' ? HTML_TEXT : HTML_DOCTYPE;
        break;
    }
}

void html_text_piece(struct html *h, struct str text)
{
    size_t base = (size_t)(text.p - h->source->text.p);
    for (size_t i = 0; i < text.n && !h->failed; i++) {
        bool in_value = h->state == HTML_VALUE || h->state == HTML_VALUE_SINGLE;
        size_t entity = 0;
        if (text.p[i] == '&' && (h->state == HTML_TEXT || in_value))
            entity = entity_length(text, i);
        if (entity) { /* its letters are no words */
            for (size_t k = 0; k < entity; k++)
                put(h, text.p[i + k]);
            if (in_value)
                html_value_char(h, '&', base + i, false);
            i += entity - 1;
        } else if (text.p[i] == '&' && h->state == HTML_TEXT) {
            fault(h, base + i, "write &amp; for the sign \"&\"");
        } else {
            step(h, text.p[i], base + i);
        }
    }
}

/* --- values, components, blocks --- */

bool html_before_value(struct html *h, size_t at, bool message, enum put_how *how)
{
    *how = PUT_PLAIN;
    if (h->failed)
        return false;
    switch (h->state) {
    case HTML_TEXT:
        h->in_word = false;
        flush_blank(h);
        if (h->open && str_eq(h->open->name, STR("script")))
            fault(h, at, "no value inside of <script>: put it into a data- attribute");
        else if (!html_text_only(h->open))
            *how = PUT_HTML;
        break;
    case HTML_VALUE:
        if (!html_value_dynamic(h, at, message, how))
            h->failed = true;
        break;
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE:
    case HTML_BEFORE_VALUE:
        fault(h, at, "a value in an attribute needs double quotes around the attribute");
        break;
    case HTML_COMMENT:
        fault(h, at, "no value inside of a comment: comments are not sent; write {# ... #}");
        break;
    default:
        fault(h, at,
              "no value may be the name of a tag or attribute: choose between literal ones "
              "with {% if %}");
    }
    return !h->failed;
}

bool html_before_component(struct html *h, size_t at)
{
    if (h->failed)
        return false;
    if (h->state != HTML_TEXT || html_text_only(h->open))
        fault(h, at, "{% do %} writes elements: it cannot stand inside of a tag or of text");
    flush_blank(h);
    h->in_word = false;
    return !h->failed;
}

bool html_before_block(struct html *h, size_t at, bool line)
{
    if (h->failed)
        return false;
    switch (h->state) {
    case HTML_TEXT:
        h->in_word = false;
        if (h->blank)
            flush_blank(h);
        h->swallow = (h->swallow || line) && !keeps_space(h);
        break;
    case HTML_TAG_NAME:
    case HTML_ATTRIBUTE:
        name_finished(h, at);
        break;
    case HTML_IN_TAG:
        flush_blank(h);
        break;
    case HTML_AFTER_VALUE:
    case HTML_VALUE:
    case HTML_VALUE_SINGLE:
        break;
    default:
        fault(h, at,
              "{% %} cannot stand here: put it between elements, attributes, or inside of "
              "double quotes");
    }
    return !h->failed;
}

static bool is_in_tag(const struct html *h)
{
    return h->state == HTML_IN_TAG || h->state == HTML_AFTER_VALUE;
}

void html_end_branch(struct html *h, const struct html *start, size_t at)
{
    if (h->failed || start->failed)
        return;
    if (h->state == HTML_TEXT && h->open != start->open) {
        /* What a branch opened it must close; the floor kept it from closing more. */
        diag_error(h->d, h->source, h->open->at, "<%.*s> is not closed inside of its block",
                   STRF(h->open->name));
        h->failed = true;
    } else if (!(h->state == start->state || (is_in_tag(h) && is_in_tag(start))) ||
               (h->state == HTML_VALUE && h->mark != start->mark)) {
        fault(h, at,
              "the block ends in another place of the HTML than where it began: close tags "
              "and quotes inside of it");
    }
}

void html_merge(struct html *h, const struct html *other, const struct html *start)
{
    h->failed = h->failed || other->failed;
    if (is_in_tag(h) && other->state == HTML_AFTER_VALUE)
        h->state = HTML_AFTER_VALUE;
    for (const struct html_name *n = other->attributes; n && n != start->attributes; n = n->next) {
        struct html_name *copy = ARENA_NEW(h->a, struct html_name);
        *copy = (struct html_name){h->attributes, n->name};
        h->attributes = copy;
    }
    if (h->position != other->position)
        h->position = POSITION_MIXED;
    if (html_literal_is_open(other))
        memcpy(h->literal, other->literal, sizeof h->literal);
    h->swallow = h->swallow && other->swallow;
    h->words_at = h->words_at ? h->words_at : other->words_at;
    h->button_words_at = h->button_words_at ? h->button_words_at : other->button_words_at;
    h->tag_free_text = h->tag_free_text && other->tag_free_text;
    h->tag_has_src = h->tag_has_src || other->tag_has_src;
    h->tag_is_button_input = h->tag_is_button_input || other->tag_is_button_input;
}

void html_end(struct html *h)
{
    if (h->failed)
        return;
    if (h->state == HTML_COMMENT)
        fault(h, h->comment_at, "the comment is not closed");
    else if (h->state != HTML_TEXT)
        fault(h, h->source->text.n, "the template ends inside of a tag");
    for (const struct html_element *e = h->open; e; e = e->parent)
        diag_error(h->d, h->source, e->at, "<%.*s> is not closed", STRF(e->name));
}
