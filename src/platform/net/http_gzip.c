/*
 * Compression of pages made on the fly. On a 3G phone a page of 21 KB costs a second, and 5 KB a
 * quarter of one. Assets are compressed once, at build time, and say their own encoding.
 */
#include "platform/net/server_parts.h"

#include <zlib.h>

enum { SMALLEST = 1024, LEVEL = 4 };

/* A compressor takes a quarter of a megabyte and some time to set up, so each thread keeps one. */
static _Thread_local z_stream *compressor;

static z_stream *get_compressor(void)
{
    if (compressor) {
        INVARIANT(deflateReset(compressor) == Z_OK);
        return compressor;
    }
    compressor = err_memory(calloc(1, sizeof(*compressor)));
    /* 15 bits of window, and 16 to say "gzip". */
    INVARIANT(deflateInit2(compressor, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    return compressor;
}

void http_gzip_thread_end(void)
{
    if (!compressor)
        return;
    deflateEnd(compressor);
    free(compressor);
    compressor = NULL;
}

static bool quality_is_zero(struct str parameters)
{
    struct str rest = parameters, part;
    while (str_split(&rest, ';', &part)) {
        part = str_trim(part);
        if (part.n < 3 || (part.p[0] | 0x20) != 'q' || part.p[1] != '=')
            continue;
        for (size_t i = 2; i < part.n; i++)
            if (part.p[i] >= '1' && part.p[i] <= '9')
                return false;
        return true;
    }
    return false;
}

bool http_gzip_accepted(struct str accept_encoding)
{
    bool any = false;
    struct str rest = accept_encoding, part;
    while (str_split(&rest, ',', &part)) {
        struct str parameters = part, name;
        str_split(&parameters, ';', &name);
        name = str_trim(name);
        bool wanted = !parameters.p || !quality_is_zero(parameters);
        if (str_eq_nocase_ascii(name, STR("gzip")) || str_eq_nocase_ascii(name, STR("x-gzip")))
            return wanted;
        if (str_eq(name, STR("*")))
            any = wanted;
    }
    return any;
}

static bool is_text(struct str content_type)
{
    static const struct str types[] = {
        STRI("application/json"),          STRI("application/xml"),
        STRI("application/javascript"),    STRI("application/geo+json"),
        STRI("application/rss+xml"),       STRI("application/atom+xml"),
        STRI("application/manifest+json"), STRI("image/svg+xml"),
    };
    ptrdiff_t semicolon = str_find_char(content_type, ';');
    struct str type =
        str_trim(semicolon < 0 ? content_type : str_slice(content_type, 0, (size_t)semicolon));
    if (type.n > 5 && str_eq_nocase_ascii(str_slice(type, 0, 5), STR("text/")))
        return true;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_eq_nocase_ascii(type, types[i]))
            return true;
    return false;
}

static void compress_body(struct buf *body)
{
    z_stream *z = get_compressor();
    struct buf to = BUF_EMPTY;
    z->next_in = (Bytef *)body->p;
    z->avail_in = (uInt)body->n;
    size_t room = deflateBound(z, body->n);
    z->next_out = (Bytef *)buf_reserve(&to, room);
    z->avail_out = (uInt)room;
    INVARIANT(deflate(z, Z_FINISH) == Z_STREAM_END);
    to.n = room - z->avail_out;
    buf_free(body);
    *body = to;
}

/* The compressed form is another sequence of bytes, so it must not share a strong validator. */
static void weaken_etag(struct http_response *out)
{
    struct str tag = http_response_find(out, "ETag");
    if (tag.n == 0 || tag.p[0] != '"')
        return;
    size_t at = (size_t)(tag.p - out->headers.p);
    buf_reserve(&out->headers, 2);
    memmove(out->headers.p + at + 2, out->headers.p + at, out->headers.n - at);
    memcpy(out->headers.p + at, "W/", 2);
    out->headers.n += 2;
}

void http_gzip_response(const struct http_request *in, struct http_response *out)
{
    if (out->body.n <= SMALLEST || out->body.n > UINT32_MAX / 2 || out->file_fd >= 0 ||
        out->static_body || out->status == 206 || out->status == 204 || out->status == 304 ||
        !is_text(http_response_find(out, "Content-Type")) ||
        http_response_find(out, "Content-Encoding").p)
        return;
    http_response_header(out, "Vary", STR("Accept-Encoding"));
    if (!http_gzip_accepted(http_request_header(in, "Accept-Encoding")))
        return;
    compress_body(&out->body);
    weaken_etag(out);
    http_response_header(out, "Content-Encoding", STR("gzip"));
}
