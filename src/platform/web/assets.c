/* Serving the embedded files: by their hashed name for ever, by their plain name for a short time.
 */
#include "platform/web/assets.h"

#include "platform/web/web_priv.h"

static const struct asset *find_asset(struct str path)
{
    for (const struct asset *a = assets; a->name; a++)
        if (str_eq(path, str_from(a->path)))
            return a;
    return NULL;
}

static const struct asset *find_plain(struct str name)
{
    for (const struct asset *a = assets; a->name; a++)
        if (str_eq(name, str_from(a->name)))
            return a;
    return NULL;
}

const char *asset_url(const char *name)
{
    const struct asset *a = find_plain(str_from(name));
    INVARIANT(a != NULL);
    return a->path;
}

/* "gzip" among the encodings, and not refused with q=0. */
static bool accepts_gzip(struct str header)
{
    struct str one;
    while (str_split(&header, ',', &one)) {
        struct str rest = one, coding;
        str_split(&rest, ';', &coding);
        if (!str_eq_nocase_ascii(str_trim(coding), STR("gzip")))
            continue;
        rest = str_trim(rest);
        return !(str_eq(rest, STR("q=0")) || str_starts(rest, STR("q=0.0")));
    }
    return false;
}

/* "style-3f9c1d20a7.css" of an older program, asked for by a page that a browser has kept: what has
 * the name now is better than a page without style. */
static const struct asset *find_successor(struct arena *a, struct str file)
{
    ptrdiff_t dot = str_find_char(file, '.'), dash = -1;
    for (ptrdiff_t i = 0; i < dot; i++)
        if (file.p[i] == '-')
            dash = i;
    if (dash < 1)
        return NULL;
    return find_plain(
        arena_printf(a, "%.*s%.*s", (int)dash, file.p, STRF(str_slice(file, (size_t)dot, file.n))));
}

enum err web_asset(struct req *r)
{
    const struct asset *a = find_asset(r->http->path);
    r->priv->cache_immutable = a != NULL;
    if (!a)
        a = find_plain(req_param(r, "file"));
    if (!a)
        a = find_successor(r->arena, req_param(r, "file"));
    if (!a)
        return ERR_NOT_FOUND;
    resp_bytes(r, 200, a->type);
    bool packed = a->gzip != a->gzip_end && accepts_gzip(req_header(r, "Accept-Encoding"));
    r->resp->static_body = packed ? a->gzip : a->bytes;
    r->resp->static_size = (size_t)(packed ? a->gzip_end - a->gzip : a->bytes_end - a->bytes);
    if (packed)
        resp_header(r, "Content-Encoding", STR("gzip"));
    resp_header(r, "Vary", STR("Accept-Encoding"));
    resp_cache_public(r, 300);
    return ERR_OK;
}

/* Browsers and other programs ask for it without having seen a page. */
enum err web_favicon(struct req *r)
{
    resp_moved(r, str_from(asset_url("favicon.svg")));
    return ERR_OK;
}

/* Work and personal pages are nothing for search engines, nor are pages without an end. */
enum err web_robots(struct req *r)
{
    buf_cstr(resp_text(r, 200), "User-agent: *\n"
                                "Disallow: /desk\nDisallow: /account\nDisallow: /login\n"
                                "Disallow: /c/\n");
    resp_cache_public(r, 86400);
    return ERR_OK;
}
