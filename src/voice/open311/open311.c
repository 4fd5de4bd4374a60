/*
 * What every call of Open311 begins with: format, parameters, jurisdiction; and how it is refused.
 */
#include "voice/open311/open311_internal.h"
#include "voice/open311/open311_sql.h"

#include "platform/core/utf8.h"

#define QUOTED_MAX 60

enum err ask_begin(struct ask *q, struct req *r)
{
    struct str format = req_param(r, "format");
    *q = (struct ask){.r = r, .json = str_eq(format, STR("json"))};
    q->catalogue = catalogue_get(r->app, r->arena);
    if (!q->json && !str_eq(format, STR("xml")))
        return ERR_NOT_FOUND;
    return str_eq(r->http->method, STR("POST")) ? req_body_inputs(r, &q->in)
                                                : req_query_inputs(r, &q->in);
}

struct str ask_param(struct ask *q, const char *name)
{
    struct str found = STR_NULL;
    for (size_t i = 0; i < q->in.n; i++) {
        const struct req_input *one = &q->in.v[i];
        if (one->is_file || !str_eq(one->name, str_from(name)))
            continue;
        if (found.p) {
            ASK_ERROR(q, 400, MSG_open311_twice, ARG_S("name", str_from(name)));
            return STR_NULL;
        }
        found = str_trim(one->value);
    }
    return found.n ? found : STR_NULL;
}

void ask_error(struct ask *q, int status, struct str text)
{
    if (!q->status)
        q->status = status;
    ARENA_PUSH(q->r->arena, q->errors, text);
}

struct str ask_quote(struct str typed)
{
    return utf8_prefix(typed, QUOTED_MAX);
}

enum err ask_refuse(struct ask *q)
{
    struct reply p = reply_begin(q->r, q->status, q->json);
    reply_list(&p, "errors");
    for (size_t i = 0; i < q->errors.n; i++) {
        reply_object(&p, "error");
        reply_str(&p, "code", arena_printf(q->r->arena, "%d", q->status));
        reply_str(&p, "description", q->errors.v[i]);
        reply_close(&p);
    }
    reply_close(&p);
    return ERR_OK;
}

/* --- jurisdiction --- */

static const struct place *municipality(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p && place_is_municipality(p) ? place_municipality(p) : NULL;
}

bool ask_jurisdiction(struct ask *q)
{
    struct req *r = q->r;
    struct str typed = ask_param(q, "jurisdiction_id");
    if (q->status)
        return false;
    if (r->unit.p)
        q->unit = municipality(r, r->unit);
    else if (!typed.p)
        ASK_ERROR_PLAIN(q, 400, MSG_open311_jurisdiction_missing);
    else
        q->unit = municipality(r, typed);
    /* One that names another municipality than the address is not found there. */
    if (q->unit && typed.p && municipality(r, typed) != q->unit)
        q->unit = NULL;
    if (!q->unit && !q->status)
        ASK_ERROR(q, 404, MSG_open311_jurisdiction_unknown,
                  ARG_S("value", ask_quote(typed.p ? typed : r->unit)));
    if (!q->unit)
        return false;
    struct place_codes list = place_family(r->arena, q->unit);
    q->units = list.v;
    q->unit_count = list.n;
    return true;
}

struct str ask_scope(const struct ask *q)
{
    return q->unit_count > 1 ? SCOPE_COUNTRY : q->unit->code;
}

/* --- the slice --- */

#define CALLS(base_)                                                                               \
    ROUTE("GET", base_ "/discovery.{format}", open311_discovery, PERM_PUBLIC, FLAGS),              \
        ROUTE("GET", base_ "/services.{format}", open311_services, PERM_PUBLIC, FLAGS),            \
        ROUTE("GET", base_ "/services/{code}.{format}", open311_definition, PERM_PUBLIC, FLAGS),   \
        ROUTE("GET", base_ "/requests.{format}", open311_requests, PERM_PUBLIC, FLAGS),            \
        ROUTE("POST", base_ "/requests.{format}", open311_post, PERM_PUBLIC,                       \
              FLAGS | ROUTE_NO_CSRF),                                                              \
        ROUTE("GET", base_ "/requests/{id}.{format}", open311_request, PERM_PUBLIC, FLAGS),        \
        ROUTE("GET", base_ "/tokens/{token}.{format}", open311_token, PERM_PUBLIC, FLAGS)

/* A merged municipality keeps its address here: programs do not all follow a redirect of a POST. */
#define FLAGS (ROUTE_OPEN311 | ROUTE_UNIT_ANY)

static const struct route routes[] = {
    ROUTE("GET", "/open311/discovery.{format}", open311_discovery, PERM_PUBLIC, FLAGS),
    CALLS("/open311/v2"),
    CALLS("/m/{unit}/open311/v2"),
};

const struct slice open311_slice = {
    .name = "open311",
    .migrations = open311_migrations,
    .queries = open311_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
