/* Reading a request: headers, cookies, query, route parameters, body fields. */
#include "platform/web/web_priv.h"

#include "platform/core/utf8.h"

/* More than any page of ours has; a body with more names is refused. */
#define MAX_INPUTS 500

struct str req_header(const struct req *r, const char *name)
{
    return http_request_header(r->http, name);
}

struct str req_param(const struct req *r, const char *name)
{
    struct str path = str_from(r->route->path), wanted = str_from(name);
    for (int i = 0; i < REQ_PARAMS; i++) {
        ptrdiff_t open = str_find_char(path, '{');
        if (open < 0)
            break;
        path = str_slice(path, (size_t)open + 1, path.n);
        ptrdiff_t close = str_find_char(path, '}');
        if (str_eq(str_slice(path, 0, (size_t)close), wanted))
            return r->param[i];
    }
    INVARIANT(!"the route has a parameter of that name");
    return STR_NULL;
}

struct str req_cookie(const struct req *r, const char *name)
{
    struct str found = STR_NULL;
    char full[64];
    int n = snprintf(full, sizeof(full), "%s%s", r->app->development ? "" : "__Host-", name);
    struct str wanted = str_of(full, (size_t)n);

    for (size_t i = 0; i < r->http->header_count; i++) {
        if (!str_eq_nocase_ascii(r->http->headers[i].name, STR("Cookie")))
            continue;
        struct str rest = r->http->headers[i].value, pair;
        while (str_split(&rest, ';', &pair)) {
            pair = str_trim(pair);
            ptrdiff_t eq = str_find_char(pair, '=');
            if (eq < 0 || !str_eq(str_slice(pair, 0, (size_t)eq), wanted))
                continue;
            if (found.p)
                return STR_NULL;
            found = str_slice(pair, (size_t)eq + 1, pair.n);
        }
    }
    return found;
}

struct str req_visitor(const struct req *r)
{
    return req_cookie(r, VISITOR_COOKIE);
}

/* --- inputs: values that are no text are let in, marked, for form_read to say so --- */

struct input_list {
    struct req_input *v;
    size_t n, cap;
};

static enum err inputs_urlencoded(struct req *r, struct str text, struct req_inputs *out)
{
    struct input_list list = {0};
    struct req_input in = {0};
    enum err rc = ERR_OK;

    while (http_form_next(r->arena, &text, &in.name, &in.value, &rc)) {
        in.unreadable = rc == ERR_INPUT;
        if (rc != ERR_OK && rc != ERR_INPUT)
            return rc;
        if (list.n == MAX_INPUTS)
            return ERR_TOO_LARGE;
        ARENA_PUSH(r->arena, list, in);
    }
    *out = (struct req_inputs){list.v, list.n};
    return ERR_OK;
}

static enum err inputs_multipart(struct req *r, struct str type, struct req_inputs *out)
{
    struct http_part *parts;
    size_t n;
    struct input_list list = {0};
    enum err rc = http_multipart_parse(r->arena, type, r->http->body, MAX_INPUTS, &parts, &n);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct req_input in = {.name = parts[i].name,
                               .value = parts[i].data,
                               .is_file = parts[i].filename.p != NULL,
                               .unreadable = parts[i].unreadable,
                               .filename = parts[i].filename,
                               .type = parts[i].content_type};
        if (in.unreadable) {
            struct buf *clean = buf_in(r->arena);
            utf8_clean(clean, in.value);
            in.value = buf_view(clean);
        }
        ARENA_PUSH(r->arena, list, in);
    }
    *out = (struct req_inputs){list.v, list.n};
    return ERR_OK;
}

/* For everybody but form_read: what is no text cannot be worked with. */
static enum err all_text(const struct req_inputs *in)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->v[i].unreadable)
            return ERR_PARSE;
    return ERR_OK;
}

enum err req_query_inputs(struct req *r, struct req_inputs *out)
{
    struct req_private *p = r->priv;
    if (!p->query_parsed) {
        p->query_parsed = true;
        p->query_rc = inputs_urlencoded(r, r->http->query, &p->query);
        if (p->query_rc == ERR_OK)
            p->query_rc = all_text(&p->query);
    }
    *out = p->query;
    return p->query_rc;
}

static bool media_type_is(struct str header, struct str type)
{
    ptrdiff_t semicolon = str_find_char(header, ';');
    if (semicolon >= 0)
        header = str_slice(header, 0, (size_t)semicolon);
    return str_eq_nocase_ascii(str_trim(header), type);
}

enum err req_body_raw(struct req *r, struct req_inputs *out)
{
    struct req_private *p = r->priv;
    struct str type = req_header(r, "Content-Type");

    if (!p->body_parsed) {
        p->body_parsed = true;
        if (media_type_is(type, STR("application/x-www-form-urlencoded"))) {
            p->body_rc = inputs_urlencoded(r, r->http->body, &p->body);
        } else if (media_type_is(type, STR("multipart/form-data"))) {
            p->body_rc = inputs_multipart(r, type, &p->body);
        } else if (r->http->body.n > 0) {
            p->body_rc = ERR_PARSE;
            p->error_status = 415;
        }
    }
    *out = p->body;
    return p->body_rc;
}

enum err req_body_inputs(struct req *r, struct req_inputs *out)
{
    enum err rc = req_body_raw(r, out);
    return rc == ERR_OK ? all_text(out) : rc;
}

struct str req_query(struct req *r, const char *name)
{
    struct req_inputs in;
    if (req_query_inputs(r, &in) != ERR_OK)
        return STR_NULL;
    for (size_t i = 0; i < in.n; i++)
        if (str_eq(in.v[i].name, str_from(name)))
            return in.v[i].value;
    return STR_NULL;
}

struct str req_query_without(struct req *r, const char *name)
{
    struct req_inputs in;
    struct buf *out = buf_in(r->arena);

    if (req_query_inputs(r, &in) != ERR_OK)
        return STR("");
    for (size_t i = 0; i < in.n; i++) {
        if (str_eq(in.v[i].name, str_from(name)))
            continue;
        buf_char(out, out->n ? '&' : '?');
        buf_percent(out, in.v[i].name);
        buf_char(out, '=');
        buf_percent(out, in.v[i].value);
    }
    return buf_view(out);
}

/* --- store and rights --- */

static struct str scope_of(const struct req *r)
{
    return r->unit.p ? r->unit : SCOPE_COUNTRY;
}

enum err req_read(struct req *r, db_fn fn, void *arg)
{
    return db_read(r->db, scope_of(r), fn, arg);
}

enum err req_write(struct req *r, db_fn fn, void *arg)
{
    if (r->priv->csrf == CSRF_STALE)
        return ERR_DENIED;
    enum err rc = db_write(r->db, scope_of(r), fn, arg);
    r->priv->wrote = r->priv->wrote || rc == ERR_OK;
    return rc;
}

bool req_allows(const struct req *r, enum permission p)
{
    return r->unit.p ? access_allows(&r->actor, p, r->unit) : access_allows_somewhere(&r->actor, p);
}
