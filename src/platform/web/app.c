/*
 * A request's way: route, language, limits, session, municipality, proof of origin, permission,
 * handler, and the one place where every failure becomes an answer. Everything that decides access
 * before a handler runs is in this file, in the order of admit().
 */
#include "platform/web/web_priv.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <sodium.h>

#define ONCE_ENTRIES 2048
#define LIMIT_SLOTS 65536

const int64_t web_latency_bounds_us[LATENCY_BUCKETS] = {1000,   2500,   5000,    10000,  25000,
                                                        100000, 500000, 1000000, 5000000};

static const struct rate_limit default_limits[RATE__MAX] = {
    [RATE_ALL] = {1200, 300}, /* a school class behind one address */
    [RATE_WRITE] = {20, 12},
    [RATE_LOGIN] = {12, 8},
};

static struct app_hooks hooks;

void app_set_hooks(const struct app_hooks *h)
{
    if (h->load_actor)
        hooks.load_actor = h->load_actor;
    if (h->check_unit)
        hooks.check_unit = h->check_unit;
}

struct app_hooks app_get_hooks(void)
{
    return hooks;
}

const struct measure *app_measure(const struct app *app, struct str code)
{
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t m = 0; m < app->slices[s]->measure_count; m++)
            if (str_eq(code, str_from(app->slices[s]->measures[m].code)))
                return &app->slices[s]->measures[m];
    return NULL;
}

void app_each_route(const struct app *app, route_fn fn, void *arg)
{
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t i = 0; i < app->slices[s]->route_count; i++)
            fn(arg, app->slices[s], &app->slices[s]->routes[i]);
}

/* --- start and stop --- */

static enum err add_routes(struct app *app)
{
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t i = 0; i < app->slices[s]->route_count; i++) {
            const struct route *route = &app->slices[s]->routes[i];
            const char *why = "";
            enum err rc = router_add(app->web->router, route, &why);
            if (rc != ERR_OK) {
                LOG(LOG_ERROR, "route.refused", LOG_C("path", route->path),
                    LOG_C("method", route->method), LOG_C("why", why));
                return rc;
            }
        }
    return ERR_OK;
}

/* scheme://host[:port] of the public address: what browsers send as Origin. */
static struct str origin_of(const char *public_url)
{
    struct str url = str_from(public_url);
    ptrdiff_t at = str_find(url, STR("://"));
    if (at < 0)
        return STR("");
    struct str host = str_slice(url, (size_t)at + 3, url.n);
    ptrdiff_t slash = str_find_char(host, '/');
    return slash < 0 ? url : str_slice(url, 0, (size_t)at + 3 + (size_t)slash);
}

enum err app_start(struct app *app)
{
    if (sodium_init() < 0)
        return ERR_CONFIG;
    app->web = calloc(1, sizeof *app->web);
    err_memory(app->web);
    app->web->router = router_new();
    app->web->limits = ratelimit_new(LIMIT_SLOTS);
    app->web->once = once_new(ONCE_ENTRIES);
    app->web->origin = origin_of(app->public_url);
    for (int i = 0; i < RATE__MAX; i++)
        if (app->limits[i].per_minute == 0)
            app->limits[i] = default_limits[i];
    enum err rc = add_routes(app);
    if (rc != ERR_OK)
        app_stop(app);
    return rc;
}

void app_stop(struct app *app)
{
    if (!app->web)
        return;
    router_free(app->web->router);
    ratelimit_free(app->web->limits);
    once_free(app->web->once);
    free(app->web);
    app->web = NULL;
}

/* --- limits --- */

bool app_rate_allows(struct app *app, const char *purpose, struct str key, struct rate_limit limit,
                     int64_t *wait_ms)
{
    *wait_ms = 0;
    if (limit.per_minute < 0)
        return true;
    return ratelimit_allows(app->web->limits, str_from(purpose), key, limit, clock_monotonic_ms(),
                            wait_ms);
}

void app_rate_forgive(struct app *app, const char *purpose, struct str key, struct rate_limit limit)
{
    if (limit.per_minute > 0)
        ratelimit_forgive(app->web->limits, str_from(purpose), key, limit, clock_monotonic_ms());
}

static enum err check_rate(struct req *r, enum rate_class class)
{
    static const char *const purposes[RATE__MAX] = {"all", "write", "login"};
    char address[64];
    int64_t wait_ms = 0;
    struct str key = ratelimit_address_key(r->http->address, address);
    if (app_rate_allows(r->app, purposes[class], key, r->app->limits[class], &wait_ms))
        return ERR_OK;
    r->app->web->counters.rate_refused[class]++;
    r->priv->retry_after_s = (wait_ms + 999) / 1000;
    return ERR_RATE;
}

/* --- the steps before the handler --- */

/* A decoded path as it may stand in an address. */
static struct str path_encoded(struct arena *a, struct str path)
{
    struct buf *out = buf_in(a);
    struct str rest = str_slice(path, 1, path.n), part;
    while (str_split(&rest, '/', &part)) {
        buf_char(out, '/');
        buf_percent(out, part);
    }
    return buf_view(out);
}

static struct str with_query(struct req *r, struct str path)
{
    return r->http->query.n ? arena_printf(r->arena, "%.*s?%.*s", STRF(path), STRF(r->http->query))
                            : path;
}

/* Where the language switch leads: this page. Made from the decoded path and checked, because a
 * path such as "//host/" in a link would be an address of another site. */
static void note_path(struct req *r)
{
    struct str path = r->http->path.n ? path_encoded(r->arena, r->http->path) : STR("/");
    r->ui.path = path_is_local(path) ? arena_printf(r->arena, "%.*s%.*s", STRF(path),
                                                    STRF(req_query_without(r, "lang")))
                                     : STR("/");
}

static void choose_language(struct req *r)
{
    struct str chosen = req_query(r, "lang");
    if (chosen.p && lang_parse(chosen, &r->ui.lang)) {
        /* Programs ask anew each time; a cookie would keep their answers out of caches. */
        r->priv->new_lang = r->errors == ERRORS_HTML;
        return;
    }
    struct str cookie = req_cookie(r, LANG_COOKIE);
    if (!cookie.p || !lang_parse(cookie, &r->ui.lang))
        r->ui.lang = lang_negotiate(req_header(r, "Accept-Language"));
}

static enum error_style error_style_of(const struct req *r)
{
    struct str path = r->http->path;
    if (r->route && (r->route->flags & ROUTE_API))
        return ERRORS_JSON;
    if (r->route && (r->route->flags & ROUTE_OPEN311))
        return ERRORS_OPEN311;
    if (str_starts(path, STR("/api/")))
        return ERRORS_JSON;
    return str_find(path, STR("/open311/")) >= 0 ? ERRORS_OPEN311 : ERRORS_HTML;
}

static enum err load_session(struct req *r)
{
    struct str token = req_cookie(r, SESSION_COOKIE);
    if (!token.n || !hooks.load_actor || (r->route->flags & ROUTE_NO_CSRF))
        return ERR_OK;
    enum err rc = hooks.load_actor(r, token);
    if (rc != ERR_OK && r->route->permission == PERM_PUBLIC) {
        r->actor = (struct actor){0};
        rc = ERR_OK;
    }
    r->ui.signed_in = r->actor.person_id != 0;
    return rc;
}

/* The route's {unit}, and where it stands among the parameters; -1 without one. */
static int unit_parameter(const struct route *route)
{
    struct str path = str_from(route->path);
    ptrdiff_t at = str_find(path, STR("{unit}"));
    if (at < 0)
        return -1;
    int index = 0;
    INVARIANT(path.p);
    for (ptrdiff_t i = 0; i < at; i++)
        index += path.p[i] == '{';
    return index;
}

/* The same address with another value of the parameter at `index`. */
static struct str path_of_successor(struct req *r, int index, struct str successor)
{
    struct buf *out = buf_in(r->arena);
    struct str path = str_from(r->route->path);
    for (int i = 0; i < REQ_PARAMS; i++) {
        ptrdiff_t open = str_find_char(path, '{');
        if (open < 0)
            break;
        buf_str(out, str_slice(path, 0, (size_t)open));
        buf_percent(out, i == index ? successor : r->param[i]);
        path = str_slice(path, (size_t)str_find_char(path, '}') + 1, path.n);
    }
    buf_str(out, path);
    return with_query(r, buf_view(out));
}

static enum err check_unit(struct req *r)
{
    int index = unit_parameter(r->route);
    struct str moved_to = STR_NULL;
    if (index < 0)
        return ERR_OK;
    struct str code = r->param[index];
    if (!hooks.check_unit)
        return ERR_NOT_FOUND;
    enum err rc = hooks.check_unit(r, code, (r->route->flags & ROUTE_UNIT_ANY) != 0, &moved_to);
    if (rc == ERR_CONFLICT && moved_to.p) {
        resp_moved(r, path_of_successor(r, index, moved_to));
        return ERR_OK;
    }
    if (rc == ERR_OK)
        r->unit = code;
    return rc;
}

/* Sends people who open a page to the step that is missing; anything else gets the error. */
static enum err ask_for(struct req *r, const char *path, enum err otherwise)
{
    bool page = r->errors == ERRORS_HTML && str_eq(r->http->method, STR("GET"));
    if (!page)
        return otherwise;
    struct buf *to = buf_in(r->arena);
    buf_cstr(to, path);
    buf_cstr(to, "?next=");
    buf_percent(to, r->ui.path);
    resp_redirect(r, buf_view(to));
    return ERR_OK;
}

static enum err check_permission(struct req *r)
{
    enum permission p = r->route->permission;
    bool allowed = req_allows(r, p);
    if (p == PERM_PUBLIC)
        return ERR_OK;
    if (!r->actor.person_id)
        return ask_for(r, WEB_LOGIN_PATH, ERR_LOGIN);
    if (r->actor.must_change_password && !str_starts(r->http->path, STR("/account")) &&
        !str_starts(r->http->path, STR("/login")) && !str_starts(r->http->path, STR("/logout")))
        return ask_for(r, WEB_PASSWORD_PATH, ERR_DENIED);
    if (!allowed && access_lacks_second_factor(&r->actor, p, r->unit.p ? r->unit : STR_NULL))
        return ask_for(r, WEB_SECOND_FACTOR_PATH, ERR_DENIED);
    return allowed ? ERR_OK : ERR_DENIED;
}

/* Everything before the handler; stops early when a step has answered. */
static enum err admit(struct req *r)
{
    enum err rc = ERR_OK;
    struct req_inputs query;
    if (r->route->flags & ROUTE_LIVE)
        return ERR_OK;
    TRY(check_rate(r, RATE_ALL));
    TRY(req_query_inputs(r, &query)); /* bad escapes and bad UTF-8: refused here, for all pages */
    TRY(load_session(r));
    TRY(check_unit(r));
    if (r->answered)
        return ERR_OK;
    TRY(csrf_check(r));
    TRY(check_permission(r));
    if (r->answered)
        return ERR_OK;
    if (r->route->flags & ROUTE_RATE_LOGIN)
        TRY(check_rate(r, RATE_LOGIN));
    if ((r->route->flags & ROUTE_RATE_WRITE) && !r->actor.person_id)
        TRY(check_rate(r, RATE_WRITE));
out:
    return rc;
}

/* "/desk/" for "/desk" and the other way round, when only that exists. */
static bool redirect_slash(struct req *r)
{
    struct str path = r->http->path;
    struct route_match match;
    struct str other;
    if (path.n > 1 && path.p[path.n - 1] == '/')
        other = str_slice(path, 0, path.n - 1);
    else
        other = arena_printf(r->arena, "%.*s/", STRF(path));
    if (!router_find(r->app->web->router, r->http->method, other, &match) || !match.route)
        return false;
    resp_moved(r, with_query(r, path_encoded(r->arena, other)));
    return true;
}

static void answer_options(struct req *r, const struct route_match *match)
{
    resp_text(r, 204);
    r->priv->content_type = NULL;
    resp_header(r, "Allow", str_from(match->allow));
    if (r->errors == ERRORS_HTML)
        return;
    resp_header(r, "Access-Control-Allow-Origin", STR("*"));
    resp_header(r, "Access-Control-Allow-Methods", str_from(match->allow));
    resp_header(r, "Access-Control-Allow-Headers", STR("Content-Type"));
}

static void serve(struct req *r)
{
    struct route_match match = {0};
    bool known = router_find(r->app->web->router, r->http->method, r->http->path, &match);
    r->route = match.route;
    for (int i = 0; i < match.param_count && i < REQ_PARAMS; i++)
        r->param[i] = match.param[i];
    r->errors = error_style_of(r);
    choose_language(r);
    notice_load(r);
    note_path(r);
    if (!known) {
        if (!redirect_slash(r))
            resp_error(r, ERR_NOT_FOUND);
        return;
    }
    r->priv->allow = match.allow;
    if (str_eq(r->http->method, STR("OPTIONS"))) {
        answer_options(r, &match);
        return;
    }
    if (!match.route) {
        resp_error_status(r, 405, 0);
        return;
    }
    enum err rc = admit(r);
    if (rc == ERR_OK && !r->answered)
        rc = once_handle(r);
    if (rc != ERR_OK && !r->answered) {
        resp_error(r, rc);
    } else if (!r->answered) {
        LOG(LOG_ERROR, "handler.silent", LOG_C("handler", r->route->handler_name));
        resp_error_status(r, 500, 0);
    }
}

static void begin(struct req *r, struct req_private *priv, struct app *app,
                  const struct http_request *in, struct http_response *out)
{
    *priv = (struct req_private){.started_us = clock_monotonic_us()};
    *r = (struct req){
        .http = in,
        .resp = out,
        .app = app,
        .db = app->db,
        .arena = arena_new(),
        .priv = priv,
    };
    r->ui = (struct ui){.lang = LANG_KY, .req = r, .now_ms = clock_now_ms()};
    out->file_fd = -1;
    log_set_request(str_from(in->id));
}

static void count(struct req *r)
{
    struct web_counters *c = &r->app->web->counters;
    int64_t us = clock_monotonic_us() - r->priv->started_us;
    int bucket = 0;
    while (bucket < LATENCY_BUCKETS && us > web_latency_bounds_us[bucket])
        bucket++;
    c->latency[bucket]++;
    c->latency_sum_us += us;
    int class = r->resp->status / 100;
    if (class >= 1 && class <= 5)
        c->status[class]++;
    LOG(r->resp->status >= 500 ? LOG_WARN : LOG_DEBUG, "request", LOG_S("method", r->http->method),
        LOG_C("route", r->route ? r->route->path : ""), LOG_I("status", r->resp->status),
        LOG_I("us", us));
}

static void end(struct req *r)
{
    resp_finish(r);
    count(r);
    buf_free(&r->priv->cookies.headers);
    arena_free(r->arena);
    log_set_request(STR(""));
}

void app_handle(void *app, const struct http_request *in, struct http_response *out)
{
    struct req r;
    struct req_private priv;
    begin(&r, &priv, app, in, out);
    serve(&r);
    end(&r);
}

void app_refuse(void *app, const struct http_request *in, struct http_response *out)
{
    struct req r;
    struct req_private priv;
    int status = out->status;
    begin(&r, &priv, app, in, out);
    r.errors = error_style_of(&r);
    r.ui.lang = lang_negotiate(req_header(&r, "Accept-Language"));
    r.ui.path = STR("/");
    resp_error_status(&r, status, 0);
    end(&r);
}

int64_t app_body_limit(void *arg, struct str method, struct str path)
{
    const struct app *app = arg;
    struct route_match match;
    if (!router_find(app->web->router, method, path, &match) || !match.route)
        return -1;
    return match.route->flags & ROUTE_BIG_BODY ? BODY_LIMIT_BIG : BODY_LIMIT;
}
