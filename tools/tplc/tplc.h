/*
 * The compiler of templates: *.html -> SLICE_tpl.h, SLICE_tpl.c.
 *
 * scan.c cuts a template into static text and {{ }}, {% %}, {# #} pieces. parse.c makes a tree of
 * them and feeds the static text to html.c, which follows the HTML closely enough to know what
 * every value stands in (text, attribute, address) and that what is opened is closed. emit.c writes
 * C.
 */
#ifndef TOOLS_TPLC_TPLC_H
#define TOOLS_TPLC_TPLC_H

#include "common/output.h"
#include "poc/po.h"

enum { TPL_MAX_DEPTH = 64 }; /* of blocks in blocks */

/* --- pieces --- */

enum piece_kind {
    PIECE_TEXT,
    PIECE_VALUE,
    PIECE_MESSAGE,
    PIECE_STATEMENT,
    PIECE_COMMENT,
    PIECE_END
};
struct piece {
    enum piece_kind kind;
    size_t at;         /* of the piece, with its braces */
    size_t end;        /* behind it */
    struct str inside; /* without braces and blanks around */
};
/* The piece that begins at `at`; false after a fault (an open brace). */
bool scan_piece(struct diag *d, const struct source *source, size_t at, struct piece *out);

/* --- C expressions, as far as templates look into them --- */

/* Balanced brackets and quotes, no ";", no comment, no comma outside of brackets, not empty. */
bool expression_check(struct diag *d, const struct source *source, struct str expression);
/* Bytes of a C string or character literal that begins at `at`; 0 when it is not closed. */
size_t literal_length(struct str text, size_t at);
/* Does the expression use this name? */
bool expression_mentions(struct str expression, struct str name);
/* Cuts "key n=a + b when=DAY(x)" behind the key: the next name and its expression; false at the
 * end. */
bool expression_next_argument(struct str *rest, struct str *name, struct str *expression);

/* --- the tree --- */

enum put_how {
    PUT_HTML,     /* in text: HTML_PUT */
    PUT_PLAIN,    /* in an attribute or <title>: no markup may come in, HTML_PUT_PLAIN */
    PUT_URL,      /* a whole address: html_url, takes struct url only */
    PUT_URL_PART, /* behind a literal beginning of an address: HTML_PUT_URL_PART */
};
enum node_kind { NODE_TEXT, NODE_PUT, NODE_MESSAGE, NODE_IF, NODE_FOR, NODE_DO, NODE_SET };

struct node_list {
    struct node *v;
    size_t n, cap;
};
struct message_argument {
    struct str name, expression;
};
struct argument_list {
    struct message_argument *v;
    size_t n, cap;
};
struct branch {
    struct str condition; /* p is NULL for {% else %} and {% empty %} */
    size_t at;
    struct node_list body;
};
struct branch_list {
    struct branch *v;
    size_t n, cap;
};
struct node {
    enum node_kind kind;
    size_t at;
    struct str
        text; /* bytes to write; expression; message key; call; declaration; list of a loop */
    struct str name; /* of the variable of a loop */
    enum put_how how;
    struct argument_list arguments; /* of a message */
    struct branch_list branches;    /* of an if; of a loop: the body, and {% empty %} */
};

struct template
{
    const struct source *source;
    struct str name; /* "list" */
    struct str args; /* C parameters behind out and ui; empty when there are none */
    size_t args_at;
    struct str_list {
        struct str *v;
        size_t n, cap;
    } uses; /* headers */
    struct node_list body;
};
struct template_list {
    struct template *v;
    size_t n, cap;
};

/* The English catalogues, for the checks of messages. */
struct catalogue {
    struct po_file *v;
    size_t n, cap;
};

bool template_parse(struct arena *a, struct diag *d, const struct source *source,
                    const struct catalogue *catalogue, struct template *out);
void tplc_emit_header(struct buf *out, struct str slice, const struct template_list *templates);
void tplc_emit_code(struct buf *out, struct str slice, const struct template_list *templates);
/* The whole compiler (tool_fn); needs the catalogues in `in->po`. */
void tplc_compile(struct arena *a, struct diag *d, const struct tool_input *in,
                  struct output_list *out);

#endif
