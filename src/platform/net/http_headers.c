/* Header lines of requests and answers. */
#include "platform/net/server_parts.h"

#include <arpa/inet.h>

struct str http_request_header(const struct http_request *r, const char *name)
{
    struct str wanted = str_from(name);
    for (size_t i = 0; i < r->header_count; i++)
        if (r->headers[i].name.n == wanted.n && str_eq_nocase_ascii(r->headers[i].name, wanted))
            return r->headers[i].value;
    return STR_NULL;
}

/* A control character in a value could end the line and begin a header of the sender's choice. */
static void put_header_text(struct buf *b, struct str s)
{
    char *to = buf_reserve(b, s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        to[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    b->n += s.n;
}

void http_response_header(struct http_response *r, const char *name, struct str value)
{
    put_header_text(&r->headers, str_from(name));
    buf_put(&r->headers, ": ", 2);
    put_header_text(&r->headers, value);
    buf_put(&r->headers, "\r\n", 2);
}

struct str http_response_find(const struct http_response *r, const char *name)
{
    struct str wanted = str_from(name), rest = buf_view(&r->headers), line;
    while (str_split(&rest, '\n', &line)) {
        if (line.n > wanted.n + 2 && line.p[wanted.n] == ':' &&
            str_eq_nocase_ascii(str_slice(line, 0, wanted.n), wanted))
            return str_trim(str_slice(line, wanted.n + 1, line.n));
    }
    return STR_NULL;
}

static bool is_address(const char *text)
{
    unsigned char scrap[16];
    return inet_pton(AF_INET, text, scrap) == 1 || inet_pton(AF_INET6, text, scrap) == 1;
}

/* A proxy appends the address it saw: only the last element of the last line is its own word. */
void http_forwarded(struct http_request *r, char *room, size_t size)
{
    struct str rest = STR_NULL, part, client = STR_NULL;
    for (size_t i = 0; i < r->header_count; i++)
        if (str_eq_nocase_ascii(r->headers[i].name, STR("X-Forwarded-For")))
            rest = r->headers[i].value;
    while (str_split(&rest, ',', &part))
        client = str_trim(part);
    char text[48];
    if (client.n > 0 && client.n < sizeof(text) && client.n < size) {
        snprintf(text, sizeof(text), "%.*s", STRF(client));
        if (is_address(text)) {
            snprintf(room, size, "%s", text);
            r->address = str_from(room);
        }
    }
    r->secure = str_eq_nocase_ascii(http_request_header(r, "X-Forwarded-Proto"), STR("https"));
}
