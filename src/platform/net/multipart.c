/*
 * multipart/form-data (RFC 7578): what a browser sends for a form with files.
 *
 * Strict where browsers agree, since every leniency is a way to show one form to a filter and
 * another to the program: the body begins with a delimiter and has a last one; lines end in CR LF;
 * a part has one Content-Disposition with one name; no folding, no transfer encodings, no
 * filename*. Browsers write a quote in a name as %22 and line ends as %0D %0A (WHATWG
 * HTML, 4.10.21.8); older clients write \" instead; some send a whole Windows path as the file's
 * name.
 */
#include "platform/core/utf8.h"
#include "platform/net/http_server.h"

enum { LONGEST_BOUNDARY = 70, MOST_LINES = 8, LONGEST_LINE = 4096 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str s)
{
    while (s.n && is_blank(s.p[0]))
        s = str_slice(s, 1, s.n);
    return s;
}

/* Takes `; name=value` or `; name="value"` off the front; the quoted value still has its escapes.
 * False at the end; ERR_PARSE in *rc when it is something else. */
static bool next_parameter(struct str *rest, struct str *name, struct str *value, bool *quoted,
                           enum err *rc)
{
    *rc = ERR_OK;
    struct str s = skip_blanks(*rest);
    if (s.n == 0)
        return false;
    *rc = ERR_PARSE;
    if (s.p[0] != ';')
        return false;
    s = skip_blanks(str_slice(s, 1, s.n));
    ptrdiff_t equals = str_find_char(s, '=');
    if (equals <= 0)
        return false;
    *name = str_slice(s, 0, (size_t)equals);
    s = str_slice(s, (size_t)equals + 1, s.n);
    *quoted = s.n > 0 && s.p[0] == '"';
    size_t end = *quoted ? 1 : 0;
    if (*quoted) {
        while (end < s.n && (s.p[end] != '"' || s.p[end - 1] == '\\'))
            end++;
        if (end == s.n)
            return false;
        *value = str_slice(s, 1, end - 1);
        end++;
    } else {
        while (end < s.n && s.p[end] != ';' && !is_blank(s.p[end]))
            end++;
        *value = str_slice(s, 0, end);
        if (value->n == 0 || str_find_char(*value, '"') >= 0)
            return false;
    }
    *rest = str_slice(s, end, s.n);
    *rc = ERR_OK;
    return true;
}

static bool is_boundary(struct str s)
{
    static const char others[] = "'()+_,-./:=? ";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) &&
            (c == '\0' || !strchr(others, c)))
            return false;
    }
    return s.n > 0 && s.n <= LONGEST_BOUNDARY && s.p[s.n - 1] != ' ';
}

static enum err find_boundary(struct str content_type, struct str *out)
{
    enum err rc;
    ptrdiff_t semicolon = str_find_char(content_type, ';');
    struct str type = str_slice(content_type, 0, semicolon < 0 ? 0 : (size_t)semicolon);
    if (!str_eq_nocase_ascii(str_trim(type), STR("multipart/form-data")))
        return ERR_PARSE;
    struct str rest = str_slice(content_type, (size_t)semicolon, content_type.n), name, value;
    bool quoted, found = false;
    while (next_parameter(&rest, &name, &value, &quoted, &rc)) {
        if (!str_eq_nocase_ascii(name, STR("boundary")))
            continue;
        if (found || !is_boundary(value))
            return ERR_PARSE;
        *out = value;
        found = true;
    }
    return rc == ERR_OK && !found ? ERR_PARSE : rc;
}

/* Undoes what browsers write for a quote and for line ends in a name. */
static struct str unescape(struct arena *a, struct str s)
{
    if (str_find_char(s, '%') < 0 && str_find_char(s, '\\') < 0)
        return s;
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        struct str three = str_slice(s, i, 3);
        if (str_eq(three, STR("%22")) || str_eq_nocase_ascii(three, STR("%0d")) ||
            str_eq_nocase_ascii(three, STR("%0a"))) {
            to[n++] = three.p[1] == '2' ? '"' : (three.p[2] | 0x20) == 'd' ? '\r' : '\n';
            i += 2;
        } else if (str_eq(str_slice(s, i, 2), STR("\\\""))) {
            to[n++] = '"';
            i++;
        } else {
            to[n++] = s.p[i];
        }
    }
    return str_of(to, n);
}

static bool is_plain_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return utf8_is_text(s);
}

/* The last component of either kind of path; empty if it cannot be shown to a person. */
static struct str clean_filename(struct str s)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') {
            s = str_slice(s, i, s.n);
            break;
        }
    bool dots = str_eq(s, STR(".")) || str_eq(s, STR(".."));
    return is_plain_text(s) && !dots ? s : STR("");
}

static enum err read_disposition(struct arena *a, struct str value, struct http_part *part)
{
    enum err rc;
    struct str kind = value, rest = STR(""), name, text;
    ptrdiff_t semicolon = str_find_char(value, ';');
    if (semicolon >= 0) {
        kind = str_slice(value, 0, (size_t)semicolon);
        rest = str_slice(value, (size_t)semicolon, value.n);
    }
    if (!str_eq_nocase_ascii(str_trim(kind), STR("form-data")) || part->name.p)
        return ERR_PARSE;
    bool quoted;
    while (next_parameter(&rest, &name, &text, &quoted, &rc)) {
        struct str plain = quoted ? unescape(a, text) : text;
        if (str_eq_nocase_ascii(name, STR("name"))) {
            if (part->name.p || !utf8_is_text(plain))
                return ERR_PARSE;
            part->name = plain;
        } else if (str_eq_nocase_ascii(name, STR("filename"))) {
            if (part->filename.p)
                return ERR_PARSE;
            part->filename = clean_filename(plain);
        }
    }
    return rc == ERR_OK && !part->name.p ? ERR_PARSE : rc;
}

/* One line up to CR LF off the front of *rest. */
static bool next_line(struct str *rest, struct str *line)
{
    ptrdiff_t end = str_find(*rest, STR("\r\n"));
    if (end < 0 || end > LONGEST_LINE)
        return false;
    *line = str_slice(*rest, 0, (size_t)end);
    *rest = str_slice(*rest, (size_t)end + 2, rest->n);
    return true;
}

static enum err read_header(struct arena *a, struct str line, struct http_part *part)
{
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon <= 0 || is_blank(line.p[0]) || is_blank(line.p[colon - 1]) ||
        str_find_char(line, '\0') >= 0 || str_find_char(line, '\n') >= 0 ||
        str_find_char(line, '\r') >= 0)
        return ERR_PARSE;
    struct str name = str_slice(line, 0, (size_t)colon);
    struct str value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
    if (str_eq_nocase_ascii(name, STR("Content-Disposition")))
        return read_disposition(a, value, part);
    if (str_eq_nocase_ascii(name, STR("Content-Type"))) {
        if (part->content_type.p)
            return ERR_PARSE;
        part->content_type = value;
    } else if (str_eq_nocase_ascii(name, STR("Content-Transfer-Encoding")) &&
               !str_eq_nocase_ascii(value, STR("binary")) &&
               !str_eq_nocase_ascii(value, STR("8bit")) &&
               !str_eq_nocase_ascii(value, STR("7bit"))) {
        return ERR_PARSE;
    }
    return ERR_OK;
}

/* The rest of a delimiter's line: "--" for the last one, else the next part follows. */
static enum err end_delimiter(struct str *rest, bool *last)
{
    *last = str_starts(*rest, STR("--"));
    if (*last)
        return ERR_OK; /* what comes after is no part of the form (RFC 2046 section 5.1.1) */
    *rest = skip_blanks(*rest);
    if (!str_starts(*rest, STR("\r\n")))
        return ERR_PARSE;
    *rest = str_slice(*rest, 2, rest->n);
    return ERR_OK;
}

/* Headers, then data up to `delimiter`, which begins with CR LF. */
static enum err read_part(struct arena *a, struct str *rest, struct str delimiter,
                          struct http_part *part)
{
    enum err rc = ERR_OK;
    struct str line;
    *part = (struct http_part){0};
    for (int lines = 0;; lines++) {
        if (lines > MOST_LINES || !next_line(rest, &line))
            FAIL(ERR_PARSE);
        if (line.n == 0)
            break;
        TRY(read_header(a, line, part));
    }
    ptrdiff_t end = str_find(*rest, delimiter);
    if (!part->name.p || end < 0)
        FAIL(ERR_PARSE);
    part->data = str_slice(*rest, 0, (size_t)end);
    *rest = str_slice(*rest, (size_t)end + delimiter.n, rest->n);
    part->unreadable = !part->filename.p && !utf8_is_text(part->data);
out:
    return rc;
}

enum err http_multipart_parse(struct arena *a, struct str content_type, struct str body,
                              size_t max_parts, struct http_part **out, size_t *n)
{
    enum err rc = ERR_OK;
    struct {
        struct http_part *v;
        size_t n, cap;
    } parts = {0};
    struct str boundary, rest = body;
    *out = NULL;
    *n = 0;
    TRY(find_boundary(content_type, &boundary));
    struct str delimiter = arena_printf(a, "\r\n--%.*s", STRF(boundary));
    struct str first = str_slice(delimiter, 2, delimiter.n);
    if (!str_starts(rest, first))
        FAIL(ERR_PARSE);
    rest = str_slice(rest, first.n, rest.n);
    for (bool last;;) {
        TRY(end_delimiter(&rest, &last));
        if (last)
            break;
        if (parts.n == max_parts)
            FAIL(ERR_TOO_LARGE);
        struct http_part part;
        TRY(read_part(a, &rest, delimiter, &part));
        ARENA_PUSH(a, parts, part);
    }
    *out = parts.v;
    *n = parts.n;
out:
    return rc;
}
