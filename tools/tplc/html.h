/*
 * HTML as far as a template compiler must understand it: fed with static text piece by piece, it
 * knows at each point whether a value would stand in text, in an attribute or in an address, and
 * refuses what cannot be made safe or is not well formed. It is stricter than a browser on purpose:
 * every element is closed where it was opened, attributes with values in them are in double quotes.
 *
 * The state is a plain value: a branch of a template is checked on a copy.
 */
#ifndef TOOLS_TPLC_HTML_H
#define TOOLS_TPLC_HTML_H

#include "tplc/tplc.h"

enum html_state {
    HTML_TEXT,
    HTML_TAG_OPEN, /* behind "<" */
    HTML_TAG_NAME,
    HTML_END_OPEN, /* behind "</" */
    HTML_END_NAME,
    HTML_IN_TAG,       /* between attributes, behind a blank */
    HTML_AFTER_VALUE,  /* behind a value: a blank, "/" or ">" must follow */
    HTML_ATTRIBUTE,    /* in a name */
    HTML_BEFORE_VALUE, /* behind "=" */
    HTML_VALUE,        /* in double quotes */
    HTML_VALUE_SINGLE,
    HTML_VALUE_BARE,
    HTML_SELF_CLOSE, /* behind "/" */
    HTML_COMMENT,
    HTML_DOCTYPE,
};

/* What an attribute's value is. */
enum html_attribute {
    ATTRIBUTE_PLAIN,
    ATTRIBUTE_URL,
    ATTRIBUTE_WORDS,     /* read by people: title, alt, placeholder, aria-label ... */
    ATTRIBUTE_NO_VALUES, /* no {{ }} in it: http-equiv, hx-vals ... */
};

/* Where in a value the next character stands; of interest in an address. */
enum html_position { POSITION_START, POSITION_BEHIND, POSITION_MIXED };

struct html_element {
    struct html_element *parent;
    struct str name;
    size_t at;
    bool free_text; /* translate="no" on it or around it */
    bool svg;
    bool keep_space; /* <pre>, <textarea> */
    int depth;
};

struct html_name {
    const struct html_name *next;
    struct str name;
};

struct html {
    struct arena *a;
    struct diag *d;
    const struct source *source;
    struct buf *out; /* static text to write, in its final form */
    enum html_state state;
    struct html_element *open;  /* innermost open element */
    struct html_element *floor; /* what was open when the present block began; not closed inside */

    /* The tag being read. */
    struct str tag;
    size_t tag_at, mark; /* mark: where the name being read begins */
    const struct html_name *attributes;
    int attribute_count;
    bool tag_free_text, tag_has_src, tag_is_button_input;
    size_t words_at; /* static words in an attribute, a fault unless translate="no"; 0 none */
    size_t button_words_at; /* the same in value="", a fault if this is a button */

    /* The attribute being read. */
    struct str attribute;
    enum html_attribute attribute_kind;
    enum html_position position;
    char literal[64]; /* the beginning of its value, cut at 63 bytes */

    /* White space. */
    bool swallow; /* nothing but blanks since a line of its own was dropped: drop them too */
    char blank;   /* ' ' or '\n' still to write before the next character; 0 none */
    size_t comment_at;
    bool in_word; /* a fault was told for the present run of letters */
    bool failed;  /* lost track: no further checks */
};

void html_begin(struct html *h, struct arena *a, struct diag *d, const struct source *source,
                struct buf *out);
/* Static text, a view into the source. */
void html_text_piece(struct html *h, struct str text);
/* Before a value: how it must be written here; false after a fault. */
bool html_before_value(struct html *h, size_t at, bool message, enum put_how *how);
/* Before a component, which writes elements; false after a fault. */
bool html_before_component(struct html *h, size_t at);
/* Before a block or statement. `line`: it stands alone in its line, which is dropped. */
bool html_before_block(struct html *h, size_t at, bool line);
/* At the end of a branch that began in `start`: it must leave everything as it was. */
void html_end_branch(struct html *h, const struct html *start, size_t at);
/* Behind several branches: what holds whichever was taken. */
void html_merge(struct html *h, const struct html *other, const struct html *start);
/* At the end of the template. */
void html_end(struct html *h);

#endif
