/*
 * Positions, diagnostics and C text for the build-time compilers; see source.h.
 */
#include "common/source.h"

#include "platform/core/utf8.h"

#include <errno.h>

enum { DIAG_MAX_LISTED = 50, SOURCE_MAX_BYTES = 16 << 20 };

static bool diag_counts(struct diag *d)
{
    d->errors++;
    if (d->errors == DIAG_MAX_LISTED + 1)
        buf_cstr(&d->text, "(more faults follow and are not listed)\n");
    return d->errors <= DIAG_MAX_LISTED;
}

void diag_error(struct diag *d, const struct source *s, size_t offset, const char *format, ...)
{
    if (!diag_counts(d))
        return;
    if (offset > s->text.n)
        offset = s->text.n;
    int line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (s->text.p[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)s->text.p[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    buf_printf(&d->text, "%s:%d:%d: error: ", s->path, line, column);
    va_list args;
    va_start(args, format);
    buf_vprintf(&d->text, format, args);
    va_end(args);
    buf_char(&d->text, '\n');
}

void diag_file_error(struct diag *d, const char *where, const char *format, ...)
{
    if (!diag_counts(d))
        return;
    buf_printf(&d->text, "%s: error: ", where);
    va_list args;
    va_start(args, format);
    buf_vprintf(&d->text, format, args);
    va_end(args);
    buf_char(&d->text, '\n');
}

int source_line(const struct source *s, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset && i < s->text.n; i++)
        line += s->text.p[i] == '\n';
    return line;
}

bool source_check(struct diag *d, const struct source *s)
{
    if (utf8_is_text(s->text))
        return true;
    size_t at = 0;
    while (at < s->text.n) {
        unsigned char lead = (unsigned char)s->text.p[at];
        size_t n = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (!utf8_is_text(str_slice(s->text, at, n)))
            break;
        at += n;
    }
    diag_error(d, s, at, "not UTF-8 text: save the file as UTF-8 without control characters");
    return false;
}

bool source_read(struct arena *a, struct diag *d, const char *path, struct source *out)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        diag_file_error(d, path, "cannot open: %s", strerror(errno));
        return false;
    }
    struct buf bytes = BUF_EMPTY;
    size_t got;
    do {
        got = fread(buf_reserve(&bytes, 65536), 1, 65536, file);
        bytes.n += got;
    } while (got && bytes.n <= SOURCE_MAX_BYTES);
    bool ok = !ferror(file) && bytes.n <= SOURCE_MAX_BYTES;
    if (!ok)
        diag_file_error(d, path, "cannot read, or larger than 16 MiB");
    fclose(file);
    *out = (struct source){path, arena_str(a, buf_view(&bytes))};
    buf_free(&bytes);
    return ok && source_check(d, out);
}

struct str path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_from(slash ? slash + 1 : path);
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_char(char c)
{
    return is_name_start(c) || is_digit(c);
}

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_snake_name(struct str s)
{
    if (s.n == 0 || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_name_char(s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'Z'))
            return false;
    return true;
}

bool is_c_keyword(struct str s)
{
    static const char *const words[] = {
        "asm",     "auto",   "bool",   "break",    "case",   "char",     "const",    "continue",
        "default", "do",     "double", "else",     "enum",   "extern",   "false",    "float",
        "for",     "goto",   "if",     "inline",   "int",    "long",     "register", "restrict",
        "return",  "short",  "signed", "sizeof",   "static", "struct",   "switch",   "true",
        "typedef", "typeof", "union",  "unsigned", "void",   "volatile", "while",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(s, str_from(words[i])))
            return true;
    return false;
}

static void emit_c_char(struct buf *out, char c)
{
    switch (c) {
    case '\n':
        buf_cstr(out, "\\n");
        break;
    case '\t':
        buf_cstr(out, "\\t");
        break;
    case '"':
        buf_cstr(out, "\\\"");
        break;
    case '\\':
        buf_cstr(out, "\\\\");
        break;
    case '?': /* never a trigraph */
        buf_cstr(out, out->n && out->p[out->n - 1] == '?' ? "\\?" : "?");
        break;
    default:
        if ((unsigned char)c < 0x20 || c == 0x7F)
            buf_printf(out, "\\%03o", (unsigned)(unsigned char)c);
        else
            buf_char(out, c);
    }
}

void emit_c_string(struct buf *out, struct str text)
{
    buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++)
        emit_c_char(out, text.p[i]);
    buf_char(out, '"');
}

void emit_c_lines(struct buf *out, struct str text, int indent)
{
    enum { LINE_BYTES = 90 };
    size_t at = 0;
    do {
        size_t end = at, blank = 0;
        while (end < text.n && end - at < LINE_BYTES) {
            if (text.p[end++] == '\n') {
                blank = end;
                break;
            }
            if (end < text.n && text.p[end] == ' ')
                blank = end;
        }
        if (end < text.n && blank)
            end = blank;
        while (end < text.n && ((unsigned char)text.p[end] & 0xC0) == 0x80)
            end++;
        if (at)
            buf_char(out, '\n');
        for (int i = 0; i < indent; i++)
            buf_char(out, ' ');
        emit_c_string(out, str_slice(text, at, end - at));
        at = end;
    } while (at < text.n);
}
