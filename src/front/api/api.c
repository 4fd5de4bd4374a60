/*
 * What every call of the API goes through: parameters read as they are declared, the handler, the
 * answer written as it is declared, a fingerprint so that nobody loads twice what did not change.
 */
#include "front/api/api.h"
#include "front/api/api_describe.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#define TEXT_MAX 200
#define BODY_MAX (32 << 10)

#define X(name_, method_, path_) {&name_, method_, path_},
const struct api_registered api_registered[] = {API_ENDPOINTS(X)};
#undef X
const size_t api_registered_count = COUNT_OF(api_registered);

static const struct api_param page_params[] = {
    {"after", IN_QUERY, API_CODE, .max = 80, .about = "Where the page begins: taken from `next`"},
    {"limit", IN_QUERY, API_INT, .min = 1, .about = "Items in a page", .example = "20"},
};

const struct api_param *api_param_at(const struct api_endpoint *e, size_t i)
{
    if (i < e->param_count)
        return &e->params[i];
    i -= e->param_count;
    return e->page && i < COUNT_OF(page_params) ? &page_params[i] : NULL;
}

/* --- faults --- */

void api_fault_text(struct api_call *c, const char *name, struct str text)
{
    ARENA_PUSH(c->r->arena, c->faults, ((struct api_fault){name, text}));
}

void api_fault(struct api_call *c, const char *name, enum msg m)
{
    api_fault_text(c, name, msg_text(c->r->ui.lang, m));
}

static enum err refuse(struct api_call *c, int status)
{
    struct req *r = c->r;
    struct json_writer j = json_to(resp_json(r, status));
    json_open(&j, NULL);
    json_open(&j, "error");
    json_put_cstr(&j, "code", "input");
    json_put_i64(&j, "status", status);
    json_put_str(&j, "message", msg_text(r->ui.lang, MSG_api_input));
    json_put_str(&j, "request_id", str_from(r->http->id));
    json_open_array(&j, "faults");
    for (size_t i = 0; i < c->faults.n; i++) {
        json_open(&j, NULL);
        json_put_cstr(&j, "name", c->faults.v[i].name);
        json_put_str(&j, "message", c->faults.v[i].text);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    json_close(&j);
    return ERR_OK;
}

/* --- reading --- */

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
              ch == '_' || ch == '.' || ch == ':' || ch == '-'))
            return false;
    }
    return s.n > 0;
}

static bool is_value(const struct api_param *p, struct str s)
{
    for (size_t i = 0; p->values && p->values(i); i++)
        if (str_eq(s, str_from(p->values(i))))
            return true;
    return !p->values;
}

static bool in_bounds(const struct api_call *c, const struct api_param *p, int64_t n)
{
    int64_t max = p == &page_params[1] ? c->endpoint->limit_max : p->max;
    return (n >= p->min && (max == 0 || n <= max)) || (p->min == 0 && max == 0);
}

/* A text into the value it is declared to be; false when it is none. */
static bool take_text(struct api_call *c, const struct api_param *p, struct str s,
                      struct api_value *out)
{
    int64_t max = p->max ? p->max : TEXT_MAX, length = (int64_t)utf8_length(s);
    out->set = true;
    out->s = s;
    switch (p->type) {
    case API_INT:
        return str_to_i64(s, &out->i) && in_bounds(c, p, out->i);
    case API_NUMBER:
        return str_to_double(s, &out->f);
    case API_DAY:
        return day_parse(s, &out->i);
    case API_BOOL:
        out->b = str_eq(s, STR("true"));
        return out->b || str_eq(s, STR("false"));
    case API_CODE:
        return length >= p->min && length <= max && is_code(s) && is_value(p, s);
    default:
        return length >= p->min && length <= max && utf8_is_text(s) && is_value(p, s);
    }
}

/* What is wrong is said by what would be right. */
static void fault_of(struct api_call *c, const struct api_param *p)
{
    struct req *r = c->r;
    struct buf *list = buf_in(r->arena);
    int64_t max = p == &page_params[1] ? c->endpoint->limit_max : p->max;
    for (size_t i = 0; p->values && p->values(i); i++)
        buf_printf(list, "%s%s", i ? ", " : "", p->values(i));
    if (p->values)
        api_fault_text(
            c, p->name,
            MSG_STR(r->arena, r->ui.lang, MSG_api_one_of, ARG_S("values", buf_view(list))));
    else if (p->type == API_INT && max)
        api_fault_text(c, p->name,
                       MSG_STR(r->arena, r->ui.lang, MSG_api_number_between, ARG_N("min", p->min),
                               ARG_N("max", max)));
    else
        api_fault(c, p->name,
                  p->type == API_INT || p->type == API_NUMBER ? MSG_api_number
                  : p->type == API_DAY                        ? MSG_api_day
                  : p->type == API_BOOL                       ? MSG_api_bool
                  : p->type == API_CODE                       ? MSG_api_code
                                                              : MSG_api_text);
}

static struct api_value *declared(struct api_call *c, enum api_place in, struct str name,
                                  const struct api_param **out)
{
    for (size_t i = 0; (*out = api_param_at(c->endpoint, i)); i++)
        if ((*out)->in == in && str_eq(name, str_from((*out)->name)))
            return &c->v[i];
    return NULL;
}

static void read_query(struct api_call *c)
{
    struct req_inputs in = {0};
    const struct api_param *p;
    if (req_query_inputs(c->r, &in) != ERR_OK)
        return; /* refused before the handler */
    for (size_t i = 0; i < in.n; i++) {
        struct api_value *v = declared(c, IN_QUERY, in.v[i].name, &p);
        /* A filter that is misspelt must not answer as if there were none. */
        if (!v && !str_eq(in.v[i].name, STR("lang")))
            api_fault(c, arena_cstr(c->r->arena, utf8_prefix(in.v[i].name, 40)), MSG_api_unknown);
        else if (v && v->set)
            api_fault(c, p->name, MSG_api_twice);
        else if (v && in.v[i].value.n && !take_text(c, p, in.v[i].value, v))
            fault_of(c, p);
    }
}

static bool take_json(struct api_call *c, const struct api_param *p, const struct json *value,
                      struct api_value *v)
{
    struct str text;
    switch (p->type) {
    case API_BOOL:
        return (v->set = json_as_bool(value, &v->b));
    case API_NUMBER:
        return (v->set = json_as_double(value, &v->f));
    case API_INT:
        return (v->set = json_as_i64(value, &v->i)) && in_bounds(c, p, v->i);
    default:
        return json_as_str(value, &text) && take_text(c, p, text, v);
    }
}

static void read_body(struct api_call *c)
{
    const struct json *body = NULL, *value;
    const struct api_param *p;
    struct str name;
    void *iter = NULL;
    if (json_parse(c->r->arena, c->r->http->body, BODY_MAX, &body, NULL) != ERR_OK ||
        json_kind(body) != JSON_IS_MAP) {
        api_fault(c, "body", MSG_api_json);
        return;
    }
    while (json_next(body, &iter, &name, &value)) {
        struct api_value *v = declared(c, IN_BODY, name, &p);
        if (!v)
            api_fault(c, arena_cstr(c->r->arena, utf8_prefix(name, 40)), MSG_api_unknown);
        else if (json_kind(value) != JSON_IS_NULL && !take_json(c, p, value, v))
            fault_of(c, p);
    }
}

static void read_params(struct api_call *c)
{
    bool body = false;
    const struct api_param *p;
    for (size_t i = 0; (p = api_param_at(c->endpoint, i)); i++) {
        INVARIANT(i < API_PARAMS);
        body = body || p->in == IN_BODY;
        if (p->in == IN_PATH && !take_text(c, p, req_param(c->r, p->name), &c->v[i]))
            fault_of(c, p);
    }
    read_query(c);
    if (body)
        read_body(c);
    for (size_t i = 0; (p = api_param_at(c->endpoint, i)); i++)
        if (p->required && !c->v[i].set && !c->faults.n)
            api_fault(c, p->name, MSG_api_missing);
    struct api_value *limit = c->endpoint->page ? &c->v[c->endpoint->param_count + 1] : NULL;
    if (limit && !limit->set)
        limit->i = c->endpoint->limit_max < 100 ? c->endpoint->limit_max : 100;
}

/* --- answering --- */

/* The address of the next page: this one with another `after`. */
static struct str next_page(struct api_call *c)
{
    struct req *r = c->r;
    struct req_inputs in = {0};
    struct buf *out = buf_in(r->arena);
    if (!c->after.p || req_query_inputs(r, &in) != ERR_OK)
        return STR_NULL;
    buf_printf(out, "%s%.*s?after=", r->app->public_url, STRF(r->http->path));
    buf_percent(out, c->after);
    for (size_t i = 0; i < in.n; i++) {
        if (str_eq(in.v[i].name, STR("after")))
            continue;
        buf_char(out, '&');
        buf_percent(out, in.v[i].name);
        buf_char(out, '=');
        buf_percent(out, in.v[i].value);
    }
    return buf_view(out);
}

static void write_answer(struct api_call *c, struct buf *out)
{
    struct json_writer j = json_to(out);
    const struct api_schema *schema = c->endpoint->reply;
    if (!c->endpoint->page) {
        api_put(&j, NULL, schema, c->reply);
        return;
    }
    json_open(&j, NULL);
    json_open_array(&j, "items");
    for (size_t i = 0; i < c->items.n; i++)
        api_put(&j, NULL, schema, (const char *)c->items.v + i * schema->size);
    json_close(&j);
    json_put_str(&j, "next", next_page(c));
    json_close(&j);
}

static enum err answer(struct api_call *c)
{
    struct buf *out = buf_in(c->r->arena);
    bool get = c->status == 200 && !c->endpoint->keyed;
    write_answer(c, out);
    if (get) {
        resp_cache_public(c->r, c->endpoint->keep_seconds);
        if (resp_not_modified(c->r, buf_view(out)))
            return ERR_OK;
    }
    buf_str(resp_json(c->r, c->status), buf_view(out));
    return ERR_OK;
}

static enum err api_serve(struct req *r);

static const struct api_endpoint *endpoint_of(const struct req *r)
{
    for (size_t i = 0; i < api_registered_count; i++)
        if (strcmp(api_registered[i].path, r->route->path) == 0 &&
            strcmp(api_registered[i].method, r->route->method) == 0)
            return api_registered[i].endpoint;
    INVARIANT(!"every route of the API has an endpoint");
    return NULL;
}

static enum err api_serve(struct req *r)
{
    struct api_call c = {.r = r, .endpoint = endpoint_of(r), .status = 200};
    read_params(&c);
    if (c.faults.n)
        return refuse(&c, 400);
    enum err rc = c.endpoint->run(&c);
    if (rc == ERR_INPUT && c.faults.n)
        return refuse(&c, 422);
    return rc == ERR_OK ? answer(&c) : rc;
}

/* --- shared by the calls --- */

struct str api_url(struct req *r, const char *format, ...)
{
    struct buf *out = buf_in(r->arena);
    va_list args;
    buf_cstr(out, r->app->public_url);
    va_start(args, format);
    buf_vprintf(out, format, args);
    va_end(args);
    return buf_view(out);
}

struct place_codes api_family(struct req *r, struct str unit)
{
    return place_family(r->arena, territory_find(territory_get(r->app, r->arena), unit));
}

/* --- the slice --- */

/* No session: what a program sees does not depend on who is logged in beside it. */
#define FLAGS (ROUTE_API | ROUTE_NO_CSRF)
#define X(name_, method_, path_)                                                                   \
    {.method = method_,                                                                            \
     .path = path_,                                                                                \
     .handle = api_serve,                                                                          \
     .permission = PERM_PUBLIC,                                                                    \
     .flags = FLAGS,                                                                               \
     .handler_name = #name_,                                                                       \
     .file = __FILE__,                                                                             \
     .line = __LINE__},
static const struct route routes[] = {
    API_ENDPOINTS(X) ROUTE("GET", "/api/v1/openapi.json", api_openapi, PERM_PUBLIC, FLAGS)};
#undef X

const struct slice api_slice = {
    .name = "api",
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
