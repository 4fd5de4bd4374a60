/*
 * Proof that a changing request comes from a page of ours. Three walls, so that one failing is not
 * enough:
 *
 *   1. cookies are SameSite (resp.c);
 *   2. Sec-Fetch-Site and Origin, where the browser sends them, must say "same origin": a request
 * that another site caused is refused before its handler runs;
 *   3. the form (or the header X-CSRF-Token) carries a token bound to the session, or, for people
 *      who are not logged in, to a random "visitor" cookie.
 *
 * A bad token from our own origin is an old page (the session ended, the cookie was cleared), not
 * an attack: form_read() then shows the form again with everything that was typed. Without any word
 * from the browser about the origin, a bad token is refused.
 *
 * The token is XORed with random bytes, different in every response, so that compression of a page
 * with it leaks nothing of it (BREACH).
 */
#include "platform/web/web_priv.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/log.h"

#include <sodium.h>

#define TOKEN_BYTES 32
#define TOKEN_FIELD "csrf"

static bool base64url_decode(struct str s, unsigned char *out, size_t n)
{
    size_t got;
    return sodium_base642bin(out, n, s.p, s.n, NULL, &got, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           got == n;
}

/* What tokens of this visitor are bound to; NULL view when the browser brought nothing. */
static struct str secret_of_request(struct req *r)
{
    if (r->priv->csrf_secret.p)
        return r->priv->csrf_secret;
    struct str s = r->actor.person_id ? req_cookie(r, SESSION_COOKIE) : STR_NULL;
    if (!s.p)
        s = req_cookie(r, VISITOR_COOKIE);
    if (s.n < 16)
        return STR_NULL;
    r->priv->csrf_secret = s;
    return s;
}

static void mac_of(const struct app *app, struct str secret, unsigned char out[TOKEN_BYTES])
{
    static const char purpose[] = "csrf\1";
    crypto_generichash_state state;
    crypto_generichash_init(&state, app->key, sizeof(app->key), TOKEN_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)purpose, sizeof(purpose) - 1);
    crypto_generichash_update(&state, (const unsigned char *)secret.p, secret.n);
    crypto_generichash_final(&state, out, TOKEN_BYTES);
}

struct str csrf_token(struct req *r)
{
    unsigned char masked[2 * TOKEN_BYTES], mac[TOKEN_BYTES];
    struct str secret = secret_of_request(r);

    if (!secret.p) {
        secret = r->priv->csrf_secret = r->priv->new_visitor = id_secret(r->arena, 24);
    }
    mac_of(r->app, secret, mac);
    random_fill(masked, TOKEN_BYTES);
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        masked[TOKEN_BYTES + i] = masked[i] ^ mac[i];
    r->priv->token_given = true;
    struct buf *out = buf_in(r->arena);
    buf_base64url(out, masked, sizeof(masked));
    return buf_view(out);
}

struct str ui_csrf(const struct ui *ui)
{
    return ui->req ? csrf_token(ui->req) : STR_NULL;
}

struct str ui_once(const struct ui *ui)
{
    if (!ui->req)
        return STR_NULL;
    if (!ui->req->priv->once.p)
        ui->req->priv->once = id_secret(ui->req->arena, 16);
    return ui->req->priv->once;
}

static bool token_is_good(struct req *r, struct str token)
{
    unsigned char masked[2 * TOKEN_BYTES], mac[TOKEN_BYTES];
    struct str secret = secret_of_request(r);

    if (!secret.p || !token.p || !base64url_decode(token, masked, sizeof(masked)))
        return false;
    mac_of(r->app, secret, mac);
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        masked[TOKEN_BYTES + i] ^= masked[i];
    return sodium_memcmp(masked + TOKEN_BYTES, mac, TOKEN_BYTES) == 0;
}

static struct str token_of_request(struct req *r)
{
    struct str token = req_header(r, "X-CSRF-Token");
    struct req_inputs in;
    if (token.p || req_body_raw(r, &in) != ERR_OK)
        return token;
    for (size_t i = 0; i < in.n; i++)
        if (!in.v[i].is_file && str_eq(in.v[i].name, STR(TOKEN_FIELD)))
            return in.v[i].value;
    return STR_NULL;
}

/* Host of "scheme://host[:port]"; NULL view when it is no such thing (also for "null"). */
static struct str host_of_origin(struct str origin)
{
    ptrdiff_t at = str_find(origin, STR("://"));
    if (at < 0)
        return STR_NULL;
    return str_slice(origin, (size_t)at + 3, origin.n);
}

enum origin { ORIGIN_OURS, ORIGIN_UNKNOWN, ORIGIN_FOREIGN };

static enum origin origin_of_request(struct req *r)
{
    struct str origin = req_header(r, "Origin"), site = req_header(r, "Sec-Fetch-Site");
    bool ours = false;

    if (origin.p && !str_eq(origin, STR("null"))) {
        struct str host = req_header(r, "Host");
        ours = str_eq(origin, r->app->web->origin) ||
               (host.n > 0 && str_eq_nocase_ascii(host_of_origin(origin), host) &&
                (!r->http->secure || str_starts(origin, STR("https://"))));
        if (!ours)
            return ORIGIN_FOREIGN;
    }
    /* "none" is the person at the browser: a bookmark, a reload, a restored tab. */
    if (site.p)
        return str_eq(site, STR("same-origin")) || str_eq(site, STR("none")) ? ORIGIN_OURS
                                                                             : ORIGIN_FOREIGN;
    if (ours)
        return ORIGIN_OURS;
    return origin.p ? ORIGIN_FOREIGN : ORIGIN_UNKNOWN; /* "null" alone: a sandboxed frame */
}

static bool changes_nothing(struct str method)
{
    return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) ||
           str_eq(method, STR("OPTIONS"));
}

enum err csrf_check(struct req *r)
{
    struct web_counters *counters = &r->app->web->counters;

    if (changes_nothing(r->http->method) || (r->route->flags & ROUTE_NO_CSRF)) {
        r->priv->csrf = CSRF_NOT_NEEDED;
        return ERR_OK;
    }
    enum origin origin = origin_of_request(r);
    if (origin == ORIGIN_FOREIGN) {
        counters->csrf_refused++;
        LOG(LOG_WARN, "csrf.foreign", LOG_C("route", r->route->path));
        r->error_detail = MSG_web_err_foreign;
        return ERR_DENIED;
    }
    if (token_is_good(r, token_of_request(r))) {
        r->priv->csrf = CSRF_GOOD;
        return ERR_OK;
    }
    /* A form that cannot be read at all holds no token either: say that, not "another site". */
    struct req_inputs in;
    enum err rc = req_body_raw(r, &in);
    if (rc != ERR_OK)
        return rc;
    if (origin == ORIGIN_UNKNOWN) {
        counters->csrf_refused++;
        r->error_detail = MSG_web_err_foreign;
        return ERR_DENIED;
    }
    counters->csrf_stale++;
    r->priv->csrf = CSRF_STALE;
    return ERR_OK;
}
