/*
 * Elements and attributes: which are empty, which are refused, which hold addresses or words. The
 * tables follow the HTML standard (whatwg.org, sections 4 and 13.1.2) and this program's security
 * policy: no script and no style inside of pages.
 */
#include "tplc/html_rules.h"

enum { MAX_ELEMENTS = 200, MAX_ATTRIBUTES = 100 };

static bool is_one_of(struct str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase_ascii(name, str_from(list[i])))
            return true;
    return false;
}
#define IS_ONE_OF(name, list) is_one_of((name), (list), COUNT_OF(list))

static const char *const void_elements[] = {"area",  "base", "br",   "col",    "embed", "hr", "img",
                                            "input", "link", "meta", "source", "track", "wbr"};
/* Elements that a browser closes a <p> for. */
static const char *const block_elements[] = {
    "address",    "article", "aside",   "blockquote", "details", "div",  "dl",  "fieldset",
    "figcaption", "figure",  "footer",  "form",       "h1",      "h2",   "h3",  "h4",
    "h5",         "h6",      "header",  "hr",         "main",    "menu", "nav", "ol",
    "p",          "pre",     "section", "table",      "ul"};
/* Elements that a browser does not nest. */
static const char *const not_nested[] = {"a", "button", "form", "option", "label"};

static const char *const url_attributes[] = {
    "href",   "src",    "action",  "formaction", "poster",   "data-href", "xlink:href", "cite",
    "srcset", "hx-get", "hx-post", "hx-put",     "hx-patch", "hx-delete", "hx-push-url"};
static const char *const word_attributes[] = {"title",
                                              "alt",
                                              "placeholder",
                                              "label",
                                              "abbr",
                                              "aria-label",
                                              "aria-description",
                                              "aria-roledescription",
                                              "aria-valuetext",
                                              "aria-placeholder"};
/* Addresses in a syntax of their own, or read as script. */
static const char *const no_value_attributes[] = {"http-equiv", "srcdoc",  "hx-vals",
                                                  "hx-headers", "hx-vars", "ping"};

bool html_is_tag_char(char c)
{
    return is_name_char(c) || c == '-' || c == ':';
}

const char *html_text_only(const struct html_element *e)
{
    static const char *const names[] = {"title", "textarea", "script"};
    for (size_t i = 0; e && !e->svg && i < COUNT_OF(names); i++)
        if (str_eq_nocase_ascii(e->name, str_from(names[i])))
            return names[i];
    return NULL;
}

/* The innermost open element of that name, not looking out of a picture or a button. */
static const struct html_element *find_open(const struct html *h, struct str name)
{
    for (const struct html_element *e = h->open; e && !e->svg; e = e->parent)
        if (str_eq_nocase_ascii(e->name, name))
            return e;
    return NULL;
}

bool html_begin_tag(struct html *h, struct str name, size_t at)
{
    h->tag = name;
    h->tag_at = at;
    h->attributes = NULL;
    h->attribute_count = 0;
    h->tag_free_text = h->tag_has_src = h->tag_is_button_input = false;
    h->words_at = h->button_words_at = 0;
    bool svg = h->open && h->open->svg;
    if (str_eq_nocase_ascii(name, STR("style"))) {
        diag_error(h->d, h->source, at,
                   "no <style> in a template: the security policy forbids it; use a style sheet");
        return false;
    }
    const struct html_element *p = find_open(h, STR("p")), *same = find_open(h, name);
    if (p && !svg && IS_ONE_OF(name, block_elements)) {
        diag_error(
            h->d, h->source, at,
            "<%.*s> cannot stand inside of the <p> of line %d: a browser would close the <p>",
            STRF(name), source_line(h->source, p->at));
        return false;
    }
    if (same && IS_ONE_OF(name, not_nested)) {
        diag_error(h->d, h->source, at, "<%.*s> cannot stand inside of the <%.*s> of line %d",
                   STRF(name), STRF(name), source_line(h->source, same->at));
        return false;
    }
    return true;
}

bool html_end_tag(struct html *h, bool self_closed)
{
    bool svg = (h->open && h->open->svg) || str_eq_nocase_ascii(h->tag, STR("svg")) ||
               str_eq_nocase_ascii(h->tag, STR("math"));
    bool free_text = h->tag_free_text || (h->open && h->open->free_text);
    size_t words = h->words_at ? h->words_at : h->tag_is_button_input ? h->button_words_at : 0;
    if (words && !free_text)
        diag_error(h->d, h->source, words,
                   "words in an attribute that people read: put them into po/ and write {{t key}}");
    if (str_eq_nocase_ascii(h->tag, STR("script")) && !h->tag_has_src) {
        diag_error(h->d, h->source, h->tag_at,
                   "no inline <script>: the security policy forbids it; load a file with src");
        return false;
    }
    if (IS_ONE_OF(h->tag, void_elements))
        return true;
    if (self_closed && !svg) {
        diag_error(h->d, h->source, h->tag_at, "<%.*s/> is not closed in HTML: write <%.*s></%.*s>",
                   STRF(h->tag), STRF(h->tag), STRF(h->tag));
        return false;
    }
    if (self_closed)
        return true;
    if (h->open && h->open->depth == MAX_ELEMENTS) {
        diag_error(h->d, h->source, h->tag_at, "more than %d elements in each other", MAX_ELEMENTS);
        return false;
    }
    struct html_element *e = ARENA_NEW(h->a, struct html_element);
    *e = (struct html_element){.parent = h->open, .name = h->tag, .at = h->tag_at};
    e->depth = h->open ? h->open->depth + 1 : 1;
    e->free_text = free_text;
    e->svg = svg && !str_eq_nocase_ascii(h->tag, STR("foreignObject"));
    e->keep_space = (h->open && h->open->keep_space) || str_eq_nocase_ascii(h->tag, STR("pre")) ||
                    str_eq_nocase_ascii(h->tag, STR("textarea"));
    h->open = e;
    return true;
}

bool html_close_element(struct html *h, struct str name, size_t at)
{
    if (IS_ONE_OF(name, void_elements)) {
        diag_error(h->d, h->source, at, "<%.*s> has no end tag", STRF(name));
        return false;
    }
    if (!h->open) {
        diag_error(h->d, h->source, at, "</%.*s> closes nothing", STRF(name));
        return false;
    }
    if (!str_eq_nocase_ascii(h->open->name, name)) {
        diag_error(h->d, h->source, at, "</%.*s> where the <%.*s> of line %d is still open",
                   STRF(name), STRF(h->open->name), source_line(h->source, h->open->at));
        return false;
    }
    if (h->open == h->floor) {
        diag_error(h->d, h->source, at,
                   "</%.*s> closes an element that was opened outside of this block", STRF(name));
        return false;
    }
    h->open = h->open->parent;
    return true;
}

bool html_begin_attribute(struct html *h, struct str name, size_t at)
{
    h->attribute = name;
    h->position = POSITION_START;
    memset(h->literal, 0, sizeof h->literal);
    for (const struct html_name *n = h->attributes; n; n = n->next)
        if (str_eq_nocase_ascii(n->name, name)) {
            diag_error(h->d, h->source, at, "the attribute \"%.*s\" stands here already",
                       STRF(name));
            return false;
        }
    if (++h->attribute_count > MAX_ATTRIBUTES) {
        diag_error(h->d, h->source, at, "more than %d attributes", MAX_ATTRIBUTES);
        return false;
    }
    struct html_name *seen = ARENA_NEW(h->a, struct html_name);
    *seen = (struct html_name){h->attributes, name};
    h->attributes = seen;
    bool handler = str_eq_nocase_ascii(str_slice(name, 0, 2), STR("on")) ||
                   str_eq_nocase_ascii(str_slice(name, 0, 5), STR("hx-on"));
    if (handler || str_eq_nocase_ascii(name, STR("style"))) {
        diag_error(h->d, h->source, at,
                   "the attribute \"%.*s\" is refused: the security policy forbids code and styles "
                   "inside of pages",
                   STRF(name));
        return false;
    }
    h->attribute_kind = IS_ONE_OF(name, url_attributes)        ? ATTRIBUTE_URL
                        : IS_ONE_OF(name, word_attributes)     ? ATTRIBUTE_WORDS
                        : IS_ONE_OF(name, no_value_attributes) ? ATTRIBUTE_NO_VALUES
                                                               : ATTRIBUTE_PLAIN;
    if (str_eq_nocase_ascii(name, STR("data")) && str_eq_nocase_ascii(h->tag, STR("object")))
        h->attribute_kind = ATTRIBUTE_URL;
    h->tag_has_src = h->tag_has_src || str_eq_nocase_ascii(name, STR("src"));
    return true;
}

void html_value_char(struct html *h, char c, size_t at, bool letter)
{
    size_t n = strlen(h->literal);
    if (n + 1 < sizeof h->literal)
        h->literal[n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    h->position = POSITION_BEHIND;
    if (!letter)
        return;
    if (h->attribute_kind == ATTRIBUTE_WORDS && !h->words_at)
        h->words_at = at;
    if (str_eq_nocase_ascii(h->attribute, STR("value")) && !h->button_words_at)
        h->button_words_at = at;
}

bool html_literal_is_open(const struct html *h)
{
    struct str literal = str_trim(str_from(h->literal));
    size_t scheme = 0;
    while (scheme < literal.n && !strchr(":/?#", literal.p[scheme]))
        scheme++;
    struct str rest = literal;
    if (scheme < literal.n && literal.p[scheme] == ':') {
        rest = str_slice(literal, scheme + 1, literal.n);
        if (!str_starts(rest, STR("//")))
            return true; /* mailto:, tel:, geo: */
    }
    if (str_eq(rest, STR("/")))
        return true; /* "/" and an empty value and "/x" would be the address of a host x */
    if (!str_starts(rest, STR("//")))
        return false;
    rest = str_slice(rest, 2, rest.n);
    return str_find_char(rest, '/') < 0;
}

bool html_value_dynamic(struct html *h, size_t at, bool message, enum put_how *how)
{
    enum html_position position = h->position;
    h->position = POSITION_BEHIND;
    *how = PUT_PLAIN;
    if (h->attribute_kind == ATTRIBUTE_NO_VALUES) {
        diag_error(h->d, h->source, at, "no value inside of the attribute \"%.*s\"",
                   STRF(h->attribute));
        return false;
    }
    if (h->attribute_kind != ATTRIBUTE_URL)
        return true;
    const char *what = NULL;
    if (message)
        what = "a message is no address";
    else if (position == POSITION_MIXED)
        what = "this may or may not be the beginning of the address: make it whole in C and write "
               "{{ URL(x) }}";
    else if (position == POSITION_BEHIND && html_literal_is_open(h))
        what = "a value cannot be the host or the body of such an address: make it whole in C and "
               "write {{ URL(x) }}";
    if (what) {
        diag_error(h->d, h->source, at, "%s", what);
        return false;
    }
    *how = position == POSITION_START ? PUT_URL : PUT_URL_PART;
    return true;
}

bool html_end_value(struct html *h)
{
    static const char *const schemes[] = {"javascript:", "vbscript:", "data:"};
    struct str literal = str_trim(str_from(h->literal));
    if (str_eq_nocase_ascii(h->attribute, STR("translate")) && str_eq(literal, STR("no")))
        h->tag_free_text = true;
    if (str_eq_nocase_ascii(h->attribute, STR("type")) &&
        str_eq_nocase_ascii(h->tag, STR("input")) &&
        (str_eq(literal, STR("submit")) || str_eq(literal, STR("button")) ||
         str_eq(literal, STR("reset"))))
        h->tag_is_button_input = true;
    for (size_t i = 0; h->attribute_kind == ATTRIBUTE_URL && i < COUNT_OF(schemes); i++)
        if (str_starts(literal, str_from(schemes[i]))) {
            diag_error(h->d, h->source, h->mark, "an address cannot begin with \"%s\"", schemes[i]);
            return false;
        }
    return true;
}
