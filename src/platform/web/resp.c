/*
 * Answers. Everything that must hold for every answer (security headers, cache rule, cookies) is
 * written once, in resp_finish(), after the handler.
 */
#include "platform/web/web_priv.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/web/assets.h"

#include <sodium.h>
#include <unistd.h>

#define NOTICE_SECONDS 60
#define LANG_SECONDS (365 * 86400)
#define MAC_BYTES 16

/* --- headers and cookies --- */

void resp_header(struct req *r, const char *name, struct str value)
{
    http_response_header(r->resp, name, value);
}

static bool is_cookie_octet(char c)
{
    unsigned char u = (unsigned char)c;
    return u > 0x20 && u < 0x7f && u != '"' && u != ',' && u != ';' && u != '\\' && u != '%';
}

void resp_cookie(struct req *r, const char *name, struct str value, int64_t max_age_s, bool strict)
{
    struct buf *line = buf_in(r->arena);
    r->priv->cookie_set = r->priv->cookie_set || strcmp(name, NOTICE_COOKIE) != 0;
    buf_printf(line, "%s%s=", r->app->development ? "" : "__Host-", name);
    for (size_t i = 0; i < value.n; i++) {
        if (is_cookie_octet(value.p[i]))
            buf_char(line, value.p[i]);
        else
            buf_percent(line, str_slice(value, i, 1));
    }
    buf_printf(line, "; Path=/; HttpOnly; SameSite=%s", strict ? "Strict" : "Lax");
    if (!r->app->development)
        buf_cstr(line, "; Secure");
    if (max_age_s != 0)
        buf_printf(line, "; Max-Age=%lld", (long long)(max_age_s < 0 ? 0 : max_age_s));
    http_response_header(&r->priv->cookies, "Set-Cookie", buf_view(line));
}

void req_session_set(struct req *r, struct str token, int64_t max_age_s, bool strict)
{
    resp_cookie(r, SESSION_COOKIE, token, max_age_s, strict);
    r->priv->csrf_secret = token;
}

void req_session_clear(struct req *r)
{
    resp_cookie(r, SESSION_COOKIE, STR(""), -1, false);
    r->priv->csrf_secret = STR_NULL;
}

/* --- bodies --- */

static struct buf *begin(struct req *r, int status, const char *content_type)
{
    r->resp->status = status;
    r->priv->content_type = content_type;
    r->answered = true;
    buf_clear(&r->resp->body);
    return &r->resp->body;
}

struct buf *resp_html(struct req *r, int status)
{
    return begin(r, status, "text/html; charset=utf-8");
}

struct buf *resp_json(struct req *r, int status)
{
    return begin(r, status, "application/json; charset=utf-8");
}

struct buf *resp_xml(struct req *r, int status)
{
    return begin(r, status, "application/xml; charset=utf-8");
}

struct buf *resp_text(struct req *r, int status)
{
    return begin(r, status, "text/plain; charset=utf-8");
}

struct buf *resp_csv(struct req *r, const char *filename)
{
    struct buf *out = begin(r, 200, "text/csv; charset=utf-8");
    resp_attachment(r, str_from(filename));
    buf_cstr(out, "\xef\xbb\xbf");
    return out;
}

struct buf *resp_bytes(struct req *r, int status, const char *content_type)
{
    return begin(r, status, content_type);
}

void resp_attachment(struct req *r, struct str filename)
{
    struct buf *value = buf_in(r->arena);
    buf_cstr(value, "attachment; filename=\"");
    for (size_t i = 0; i < filename.n; i++) {
        char c = filename.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '-' || c == '_' || (c == '.' && i > 0);
        buf_char(value, plain ? c : '_');
    }
    buf_cstr(value, "\"; filename*=UTF-8''");
    buf_percent(value, filename);
    http_response_header(r->resp, "Content-Disposition", buf_view(value));
}

void resp_file(struct req *r, int fd, int64_t size, const char *content_type)
{
    begin(r, 200, content_type);
    r->resp->file_fd = fd;
    r->resp->file_size = size;
}

/* --- redirects --- */

bool path_is_local(struct str path)
{
    if (path.n == 0 || path.p[0] != '/' || (path.n > 1 && path.p[1] == '/'))
        return false;
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c < 0x20 || c == 0x7f || c == '\\')
            return false;
    }
    return true;
}

static void redirect(struct req *r, int status, struct str path)
{
    struct buf *to = buf_in(r->arena);
    if (!path_is_local(path)) {
        LOG(LOG_WARN, "redirect.refused", LOG_C("path", r->route ? r->route->path : ""));
        path = STR("/");
    }
    r->priv->location = path;
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '<' || c == '>')
            buf_percent(to, str_slice(path, i, 1));
        else
            buf_char(to, (char)c);
    }
    /* A script that sends a form asks for the address only: fetch() would load the page twice. */
    if (status == 303 && str_eq(req_header(r, "X-Requested-With"), STR("fetch"))) {
        begin(r, 204, NULL);
        http_response_header(r->resp, "X-Location", buf_view(to));
        return;
    }
    begin(r, status, "text/plain; charset=utf-8");
    http_response_header(r->resp, "Location", buf_view(to));
}

void resp_redirect(struct req *r, struct str path)
{
    redirect(r, 303, path);
}

void resp_moved(struct req *r, struct str path)
{
    bool get = str_eq(r->http->method, STR("GET")) || str_eq(r->http->method, STR("HEAD"));
    redirect(r, get ? 301 : 308, path);
}

/* --- caches --- */

void resp_cache_public(struct req *r, int seconds)
{
    r->priv->cache_seconds = seconds;
}

static bool etag_listed(struct str header, struct str tag)
{
    struct str one;
    while (str_split(&header, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("W/")))
            one = str_slice(one, 2, one.n);
        if (str_eq(one, tag) || str_eq(one, STR("*")))
            return true;
    }
    return false;
}

bool resp_not_modified(struct req *r, struct str version)
{
    unsigned char hash[12];
    crypto_generichash_state state;
    struct buf *tag = buf_in(r->arena);
    const char *lang = lang_code(r->ui.lang);
    const char *style = asset_url("style.css"), *script = asset_url("app.js");

    if (r->actor.person_id || r->priv->notice != MSG_NONE)
        return false;
    crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
    crypto_generichash_update(&state, (const unsigned char *)AIMAK_VERSION, sizeof(AIMAK_VERSION));
    /* A page names its style and script by their hashes: with other assets it is another page. */
    crypto_generichash_update(&state, (const unsigned char *)style, strlen(style));
    crypto_generichash_update(&state, (const unsigned char *)script, strlen(script));
    crypto_generichash_update(&state, (const unsigned char *)lang, strlen(lang));
    crypto_generichash_update(&state, (const unsigned char *)version.p, version.n);
    unsigned char full[crypto_generichash_BYTES_MIN];
    crypto_generichash_final(&state, full, sizeof(full));
    memcpy(hash, full, sizeof(hash));
    buf_char(tag, '"');
    buf_base64url(tag, hash, sizeof(hash));
    buf_char(tag, '"');
    r->priv->etag = buf_view(tag);
    if (!etag_listed(req_header(r, "If-None-Match"), r->priv->etag))
        return false;
    begin(r, 304, NULL);
    return true;
}

bool resp_not_modified_since(struct req *r, struct str version, int64_t changed_ms)
{
    struct buf *date = buf_in(r->arena);
    int64_t since;
    bool same = resp_not_modified(r, version);
    buf_http_date(date, changed_ms);
    http_response_header(r->resp, "Last-Modified", buf_view(date));
    if (same || req_header(r, "If-None-Match").p || r->actor.person_id)
        return same;
    /* Whole seconds, as the header says them. */
    if (!http_date_parse(req_header(r, "If-Modified-Since"), &since) ||
        changed_ms / MS_SECOND * MS_SECOND > since)
        return false;
    begin(r, 304, NULL);
    return true;
}

/* --- the notice on the next page --- */

static struct str notice_mac(struct req *r, struct str key)
{
    unsigned char mac[MAC_BYTES];
    crypto_generichash_state state;
    struct buf *out = buf_in(r->arena);

    crypto_generichash_init(&state, r->app->key, sizeof(r->app->key), sizeof(mac));
    crypto_generichash_update(&state, (const unsigned char *)"notice\1", 7);
    crypto_generichash_update(&state, (const unsigned char *)key.p, key.n);
    crypto_generichash_final(&state, mac, sizeof(mac));
    buf_base64url(out, mac, sizeof(mac));
    return buf_view(out);
}

void resp_notice(struct req *r, enum msg m)
{
    struct str key = str_from(msg_key(m));
    struct str mac = notice_mac(r, key);
    resp_cookie(r, NOTICE_COOKIE, arena_printf(r->arena, "%.*s.%.*s", STRF(key), STRF(mac)),
                NOTICE_SECONDS, false);
}

void notice_load(struct req *r)
{
    struct str cookie = req_cookie(r, NOTICE_COOKIE);
    ptrdiff_t dot = str_find_char(cookie, '.');
    if (!cookie.p || dot <= 0)
        return;
    struct str key = str_slice(cookie, 0, (size_t)dot);
    struct str mac = str_slice(cookie, (size_t)dot + 1, cookie.n);
    struct str wanted = notice_mac(r, key);
    if (mac.n == wanted.n && sodium_memcmp(mac.p, wanted.p, mac.n) == 0 &&
        !msg_find(key, &r->priv->notice))
        r->priv->notice = MSG_NONE;
}

enum msg notice_take(struct req *r)
{
    enum msg m = r->priv->notice;
    if (m != MSG_NONE)
        resp_cookie(r, NOTICE_COOKIE, STR(""), -1, false);
    r->priv->notice = MSG_NONE;
    return m;
}

/* --- the end of every answer --- */

void resp_clear(struct req *r)
{
    struct http_response *resp = r->resp;
    if (resp->file_fd >= 0)
        close(resp->file_fd);
    resp->file_fd = -1;
    resp->file_size = 0;
    resp->static_body = NULL;
    resp->static_size = 0;
    resp->status = 0;
    buf_clear(&resp->headers);
    buf_clear(&resp->body);
    buf_clear(&r->priv->cookies.headers);
    r->priv->cache_seconds = 0;
    r->priv->etag = STR_NULL;
    r->answered = false;
}

/*
 * No inline script or style anywhere, nothing from other hosts. blob: and data: are for previews of
 * photos that a script has just taken or read. What is not a page gets nothing at all; PDF viewers
 * inside browsers refuse to work under `sandbox`, so documents go without that word.
 */
#define CSP_PAGE                                                                                   \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "                \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define CSP_DOCUMENT "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
#define CSP_OTHER "default-src 'none'; frame-ancestors 'none'; sandbox"

static bool type_is(const struct req *r, const char *type)
{
    return r->priv->content_type && str_starts(str_from(r->priv->content_type), str_from(type));
}

static void finish_security(struct req *r)
{
    struct http_response *out = r->resp;
    bool open = r->route && (r->route->flags & (ROUTE_API | ROUTE_OPEN311)) &&
                r->route->permission == PERM_PUBLIC;

    http_response_header(out, "Content-Security-Policy",
                         type_is(r, "text/html")         ? STR(CSP_PAGE)
                         : type_is(r, "application/pdf") ? STR(CSP_DOCUMENT)
                                                         : STR(CSP_OTHER));
    http_response_header(out, "X-Content-Type-Options", STR("nosniff"));
    http_response_header(out, "X-Frame-Options", STR("DENY"));
    /* Not no-referrer: with it browsers send "Origin: null" from our own forms. */
    http_response_header(out, "Referrer-Policy", STR("same-origin"));
    http_response_header(out, "Cross-Origin-Opener-Policy", STR("same-origin"));
    http_response_header(out, "Cross-Origin-Resource-Policy",
                         open ? STR("cross-origin") : STR("same-origin"));
    http_response_header(
        out, "Permissions-Policy",
        STR("geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"));
    if (r->http->secure)
        http_response_header(out, "Strict-Transport-Security", STR("max-age=31536000"));
    if (open)
        http_response_header(out, "Access-Control-Allow-Origin", STR("*"));
}

/* A page that may be kept by the browser is still made for its language and its cookies. */
static void finish_cache(struct req *r)
{
    const struct req_private *p = r->priv;
    struct http_response *out = r->resp;
    bool shared =
        p->cache_seconds > 0 && !r->actor.person_id && !p->token_given && p->cookies.headers.n == 0;

    if (p->cache_immutable)
        http_response_header(out, "Cache-Control", STR("public, max-age=31536000, immutable"));
    else if (shared)
        http_response_header(out, "Cache-Control",
                             arena_printf(r->arena, "public, max-age=%d", p->cache_seconds));
    else if (p->cache_seconds > 0 && !r->actor.person_id) /* a public form: "back" keeps its text */
        http_response_header(out, "Cache-Control", STR("private, no-cache"));
    else
        http_response_header(out, "Cache-Control", STR("private, no-store"));
    if (!p->cache_immutable)
        http_response_header(out, "Vary", STR("Cookie, Accept-Language"));
    if (p->etag.p && !p->token_given)
        http_response_header(out, "ETag", p->etag);
}

void resp_finish(struct req *r)
{
    if (r->priv->new_visitor.p && r->priv->token_given)
        resp_cookie(r, VISITOR_COOKIE, r->priv->new_visitor, 0, false);
    if (r->priv->new_lang)
        resp_cookie(r, LANG_COOKIE, str_from(lang_code(r->ui.lang)), LANG_SECONDS, false);
    if (r->priv->content_type)
        http_response_header(r->resp, "Content-Type", str_from(r->priv->content_type));
    finish_security(r);
    finish_cache(r);
    buf_str(&r->resp->headers, buf_view(&r->priv->cookies.headers));
}
