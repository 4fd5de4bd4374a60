/*
 * Where static text ends and a piece in braces begins, and the little that templates need to know
 * of C expressions. See tplc.h.
 */
#include "tplc/tplc.h"

size_t literal_length(struct str text, size_t at)
{
    char quote = text.p[at];
    for (size_t i = at + 1; i < text.n && text.p[i] != '\n'; i++) {
        if (text.p[i] == quote)
            return i + 1 - at;
        if (text.p[i] == '\\')
            i++;
    }
    return 0;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* Where the closing mark of a piece stands, not counting those in literals, and for "}}" those
 * inside of braces of C; n when it is missing. */
static size_t find_close(struct str text, size_t at, struct str mark)
{
    int depth = 0;
    while (at < text.n) {
        size_t literal = is_quote(text.p[at]) ? literal_length(text, at) : 0;
        if (literal) {
            at += literal;
            continue;
        }
        if (depth <= 0 && str_starts(str_slice(text, at, text.n), mark))
            return at;
        if (mark.p[0] == '}') {
            depth += text.p[at] == '{';
            depth -= text.p[at] == '}';
        }
        at++;
    }
    return text.n;
}

/* The next "{{", "{%" or "{#", or the end. */
static size_t find_open(struct str text, size_t at)
{
    for (; at + 1 < text.n; at++)
        if (text.p[at] == '{' &&
            (text.p[at + 1] == '{' || text.p[at + 1] == '%' || text.p[at + 1] == '#'))
            return at;
    return text.n;
}

bool scan_piece(struct diag *d, const struct source *source, size_t at, struct piece *out)
{
    struct str text = source->text;
    *out = (struct piece){.kind = PIECE_END, .at = at, .end = at};
    if (at >= text.n)
        return true;
    size_t open = find_open(text, at);
    if (open > at) {
        *out = (struct piece){PIECE_TEXT, at, open, str_slice(text, at, open - at)};
        return true;
    }
    size_t inside = at + 2, close;
    struct str mark;
    if (text.p[at + 1] == '#') {
        mark = STR("#}");
        ptrdiff_t found = str_find(str_slice(text, inside, text.n), mark);
        close = found < 0 ? text.n : inside + (size_t)found;
        out->kind = PIECE_COMMENT;
    } else if (text.p[at + 1] == '%') {
        mark = STR("%}");
        close = find_close(text, inside, mark);
        out->kind = PIECE_STATEMENT;
    } else {
        mark = STR("}}");
        bool message = inside + 1 < text.n && text.p[inside] == 't' && is_blank(text.p[inside + 1]);
        inside += message;
        close = find_close(text, inside, mark);
        out->kind = message ? PIECE_MESSAGE : PIECE_VALUE;
    }
    if (close >= text.n) {
        diag_error(d, source, at, "\"%.2s\" is not closed: \"%.*s\" is missing", text.p + at,
                   STRF(mark));
        return false;
    }
    out->inside = str_trim(str_slice(text, inside, close - inside));
    out->end = close + 2;
    return true;
}

bool expression_check(struct diag *d, const struct source *source, struct str e)
{
    char open[32];
    size_t depth = 0, base = (size_t)(e.p - source->text.p);
    if (!e.n) {
        diag_error(d, source, base, "an expression is missing here");
        return false;
    }
    for (size_t i = 0; i < e.n; i++) {
        char c = e.p[i], following = i + 1 < e.n ? e.p[i + 1] : 0;
        const char *what = NULL;
        if (is_quote(c)) {
            size_t literal = literal_length(e, i);
            if (literal)
                i += literal - 1;
            else
                what = "this quote is not closed";
        } else if (c == '(' || c == '[' || c == '{') {
            if (depth == sizeof open)
                what = "too many brackets in brackets";
            else
                open[depth++] = c;
        } else if (c == ')' || c == ']' || c == '}') {
            char partner = c == ')' ? '(' : c == ']' ? '[' : '{';
            if (!depth || open[--depth] != partner)
                what = "this bracket has no partner before it";
        } else if (c == ';' || c == '#' || c == '\\') {
            what = "only a C expression may stand here";
        } else if (c == '/' && (following == '/' || following == '*')) {
            what = "no comment inside of an expression: write {# ... #}";
        } else if (c == ',' && !depth) {
            what = "one expression only: a comma needs brackets around";
        }
        if (what) {
            diag_error(d, source, base + i, "%s", what);
            return false;
        }
    }
    if (depth)
        diag_error(d, source, base, "a bracket of this expression is not closed");
    return depth == 0;
}

bool expression_mentions(struct str e, struct str name)
{
    for (size_t i = 0; i < e.n; i++) {
        if (is_quote(e.p[i])) {
            size_t literal = literal_length(e, i);
            i += literal ? literal - 1 : 0;
        } else if (is_name_char(e.p[i])) {
            size_t start = i;
            while (i < e.n && is_name_char(e.p[i]))
                i++;
            if (str_eq(str_slice(e, start, i - start), name))
                return true;
            i--; /* the character behind may begin a literal */
        }
    }
    return false;
}

/* "name=" (but not "name==") at the beginning: the length of the name, else 0. */
static size_t argument_name(struct str text)
{
    size_t n = 0;
    while (n < text.n && (n ? is_name_char(text.p[n]) : is_name_start(text.p[n])))
        n++;
    bool assigned =
        n && n < text.n && text.p[n] == '=' && !(n + 1 < text.n && text.p[n + 1] == '=');
    return assigned ? n : 0;
}

bool expression_next_argument(struct str *rest, struct str *name, struct str *expression)
{
    struct str text = str_trim(*rest);
    size_t n = argument_name(text), at = n + 1;
    int depth = 0;
    if (!n) {
        *name = *expression = text;
        return false;
    }
    for (; at < text.n; at++) {
        char c = text.p[at];
        if (is_quote(c)) {
            size_t literal = literal_length(text, at);
            at += literal ? literal - 1 : 0;
        }
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        if (is_blank(c) && depth <= 0 && argument_name(str_trim(str_slice(text, at, text.n))))
            break;
    }
    *name = str_slice(text, 0, n);
    *expression = str_trim(str_slice(text, n + 1, at - n - 1));
    *rest = str_slice(text, at, text.n);
    return true;
}
