/*
 * Messages in the form of RFC 5322 and MIME: subjects as encoded words (RFC 2047), bodies as
 * quoted-printable where most is ASCII, else base64, which is shorter for Cyrillic.
 */
#include "platform/channels/email.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/utf8.h"

/* 39 bytes make an encoded word of 64 characters, which fits behind any header's name. */
enum { LINE = 76, WORD_BYTES = 39 };

/* --- settings --- */

bool email_address_ok(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');
    if (s.n < 3 || s.n > 254 || at < 1 || at > 64 || (size_t)at + 1 >= s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool local = letter || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c));
        bool domain = letter || c == '.' || c == '-';
        if (i != (size_t)at && !((ptrdiff_t)i < at ? local : domain))
            return false;
    }
    return s.p[0] != '.' && s.p[at + 1] != '.' && s.p[at + 1] != '-' && s.p[s.n - 1] != '.';
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

enum err email_settings_read(struct email_settings *out, const char **why)
{
    *out = (struct email_settings){.url = setting("AIMAK_SMTP_URL"),
                                   .user = setting("AIMAK_SMTP_USER"),
                                   .password = setting("AIMAK_SMTP_PASSWORD")};
    struct str url = str_from(out->url), from = str_trim(str_from(setting("AIMAK_MAIL_FROM")));
    *why = "no mail server is configured (AIMAK_SMTP_URL)";
    if (!out->url)
        return ERR_NOT_FOUND;
    *why = "AIMAK_SMTP_URL must begin with smtp:// or smtps://";
    if (!str_starts(url, STR("smtp://")) && !str_starts(url, STR("smtps://")))
        return ERR_CONFIG;
    *why = "AIMAK_MAIL_FROM must be an address, or a name and <address>";
    out->from_address = from;
    ptrdiff_t open = str_find_char(from, '<');
    if (open >= 0 && str_ends(from, STR(">"))) {
        out->from_name = str_trim(str_slice(from, 0, (size_t)open));
        out->from_address = str_slice(from, (size_t)open + 1, from.n - (size_t)open - 2);
    }
    return email_address_ok(out->from_address) ? ERR_OK : ERR_CONFIG;
}

/* --- encodings --- */

static void put_base64(struct buf *out, struct str s)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t bits = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                        (left > 2 ? p[i + 2] : 0);
        buf_char(out, letters[bits >> 18]);
        buf_char(out, letters[bits >> 12 & 63]);
        buf_char(out, left > 1 ? letters[bits >> 6 & 63] : '=');
        buf_char(out, left > 2 ? letters[bits & 63] : '=');
    }
}

static void put_base64_lines(struct buf *out, struct str s)
{
    const size_t bytes = LINE / 4 * 3;
    for (size_t i = 0; i < s.n; i += bytes) {
        put_base64(out, str_slice(s, i, bytes));
        buf_cstr(out, "\r\n");
    }
}

/* RFC 2045 section 6.7; the text has CR LF line ends. */
static void put_quoted_printable(struct buf *out, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\r') { /* always before LF here */
            buf_cstr(out, "\r\n");
            i++;
            column = 0;
            continue;
        }
        bool ends_line = i + 1 == s.n || s.p[i + 1] == '\r';
        bool plain = (c > ' ' && c < 127 && c != '=') || (c == ' ' && !ends_line);
        if (column + (plain ? 1 : 3) > LINE - 1) { /* one place is kept for the soft break */
            buf_cstr(out, "=\r\n");
            column = 0;
        }
        if (plain) {
            buf_char(out, (char)c);
            column++;
        } else {
            char code[3] = {'=', hex[c >> 4], hex[c & 15]};
            buf_put(out, code, 3);
            column += 3;
        }
    }
    buf_cstr(out, "\r\n");
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n <= 60 && str_find(s, STR("=?")) < 0;
}

/* Text of a header: as it is when short ASCII, else encoded words of at most 75 characters, cut
 * between letters. Line breaks and other controls become blanks first. */
static void put_header_text(struct buf *out, struct str s)
{
    struct buf clean = BUF_EMPTY, text = BUF_EMPTY;
    utf8_clean(&clean, s);
    for (size_t i = 0; i < clean.n; i++) {
        unsigned char c = (unsigned char)clean.p[i];
        if (c >= ' ' && c != 127)
            buf_char(&text, clean.p[i]);
        else if (text.n > 0 && text.p[text.n - 1] != ' ')
            buf_char(&text, ' ');
    }
    buf_free(&clean);
    struct str left = str_trim(buf_view(&text));
    if (is_plain(left)) {
        buf_str(out, left);
        buf_free(&text);
        return;
    }
    for (bool first = true; left.n > 0; first = false) {
        size_t n = 0, step;
        while (n < left.n && (step = utf8_sequence(left, n)) > 0 && n + step <= WORD_BYTES)
            n += step;
        buf_cstr(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        put_base64(out, str_slice(left, 0, n));
        buf_cstr(out, "?=");
        left = str_slice(left, n, left.n);
    }
    buf_free(&text);
}

/* A name before an address: a quoted string when ASCII, else encoded words. */
static void put_name(struct buf *out, struct str name)
{
    if (str_starts(name, STR("\"")) && str_ends(name, STR("\"")) && name.n > 1)
        name = str_slice(name, 1, name.n - 2);
    if (!is_plain(name)) {
        put_header_text(out, name);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"' || name.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, name.p[i]);
    }
    buf_char(out, '"');
}

/* LF, CR LF and lone CR all become CR LF. */
static void put_lines(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' || s.p[i] == '\n')
            buf_cstr(out, "\r\n");
        else
            buf_char(out, s.p[i]);
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            i++;
    }
}

static void put_body(struct buf *out, struct str body)
{
    struct buf clean = BUF_EMPTY, lines = BUF_EMPTY;
    utf8_clean(&clean, body);
    put_lines(&lines, buf_view(&clean));
    size_t wide = 0;
    for (size_t i = 0; i < lines.n; i++)
        wide += (unsigned char)lines.p[i] >= 0x80;
    bool base64 = wide > lines.n / 6;
    buf_cstr(out, "Content-Transfer-Encoding: ");
    buf_cstr(out, base64 ? "base64\r\n\r\n" : "quoted-printable\r\n\r\n");
    if (base64)
        put_base64_lines(out, buf_view(&lines));
    else
        put_quoted_printable(out, buf_view(&lines));
    buf_free(&clean);
    buf_free(&lines);
}

void email_compose(struct buf *out, const struct email_settings *s, const struct email *e)
{
    ptrdiff_t at = str_find_char(s->from_address, '@');
    INVARIANT(at > 0 && email_address_ok(e->to));
    struct str domain = str_slice(s->from_address, (size_t)at + 1, s->from_address.n);
    buf_cstr(out, "From: ");
    if (!str_empty(s->from_name)) {
        put_name(out, s->from_name);
        buf_cstr(out, "\r\n ");
    }
    buf_char(out, '<');
    buf_str(out, s->from_address);
    buf_cstr(out, ">\r\nTo: <");
    buf_str(out, e->to);
    buf_cstr(out, ">\r\nSubject: ");
    put_header_text(out, e->subject);
    buf_cstr(out, "\r\nDate: ");
    buf_http_date(out, e->written_ms);
    out->n -= 3; /* "GMT" is an obsolete zone in mail (RFC 5322 section 4.3) */
    buf_printf(out, "+0000\r\nMessage-ID: <%lld@%.*s>\r\n", (long long)e->id, STRF(domain));
    /* So that absence notices and mailing lists do not answer (RFC 3834). */
    buf_cstr(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
    buf_printf(out, "MIME-Version: 1.0\r\nContent-Language: %s\r\n", lang_code(e->lang));
    buf_cstr(out, "Content-Type: text/plain; charset=utf-8\r\n");
    put_body(out, e->body);
}
