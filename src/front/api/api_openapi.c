/*
 * /api/v1/openapi.json: OpenAPI 3.1, made from the same declarations that read the parameters and
 * write the answers (api_describe.h). Descriptions are English, as documents for programmers are.
 */
#include "front/api/api_describe.h"

#define KEEP_SECONDS 300
#define MAX_SCHEMAS 64
#define CODE_PATTERN "^[A-Za-z0-9_.:-]+$"
#define TEXT_MAX 200

#define ABOUT                                                                                      \
    "Open data of municipal services in Kyrgyzstan: what is promised, what is reported, what "     \
    "became "                                                                                      \
    "of it. Lists come in pages: follow `next` until it is null. Times carry their zone, codes "   \
    "of "                                                                                          \
    "places are SOATE codes, names come in Kyrgyz, Russian and English. Answers carry an ETag; "   \
    "send "                                                                                        \
    "it back as If-None-Match. A parameter that is not declared is refused, so that a misspelt "   \
    "filter cannot answer as if there were none."

/* --- the parts of a schema --- */

static void put_ref(struct json_writer *j, const char *kind, const char *name, const char *suffix)
{
    char path[120];
    snprintf(path, sizeof path, "#/components/%s/%s%s", kind, name, suffix);
    json_put_cstr(j, "$ref", path);
}

static void put_type(struct json_writer *j, const char *type, bool nullable)
{
    if (!nullable) {
        json_put_cstr(j, "type", type);
        return;
    }
    json_open_array(j, "type");
    json_put_cstr(j, NULL, type);
    json_put_cstr(j, NULL, "null");
    json_close(j);
}

static void put_values(struct json_writer *j, const char *(*values)(size_t), bool nullable)
{
    json_open_array(j, "enum");
    for (size_t i = 0; values(i); i++)
        json_put_cstr(j, NULL, values(i));
    if (nullable)
        json_put_null(j, NULL);
    json_close(j);
}

static void put_string(struct json_writer *j, const char *format, bool nullable)
{
    put_type(j, "string", nullable);
    if (format)
        json_put_cstr(j, "format", format);
}

static void put_field(struct json_writer *j, const struct api_field *f)
{
    json_open(j, f->name);
    switch (f->type) {
    case API_STR:
    case API_CODE:
        put_string(j, NULL, f->nullable);
        break;
    case API_ID:
        put_string(j, NULL, f->nullable);
        json_put_cstr(j, "pattern", "^[0-9]+$");
        break;
    case API_URL:
        put_string(j, "uri", f->nullable);
        break;
    case API_TIME:
        put_string(j, "date-time", f->nullable);
        break;
    case API_DAY:
        put_string(j, "date", f->nullable);
        break;
    case API_INT:
    case API_OPT:
        put_type(j, "integer", f->nullable);
        break;
    case API_NUMBER:
        put_type(j, "number", f->nullable);
        break;
    case API_BOOL:
        put_type(j, "boolean", f->nullable);
        break;
    case API_TEXT3:
        put_ref(j, "schemas", "Text", "");
        break;
    case API_OBJECT:
        put_ref(j, "schemas", f->of->name, "");
        break;
    case API_LIST:
        put_type(j, "array", false);
        json_open(j, "items");
        put_ref(j, "schemas", f->of->name, "");
        json_close(j);
        break;
    case API_STRS:
        put_type(j, "array", false);
        json_open(j, "items");
        json_put_cstr(j, "type", "string");
        json_close(j);
        break;
    }
    if (f->values)
        put_values(j, f->values, f->nullable);
    json_put_cstr(j, "description", f->about);
    json_close(j);
}

static void put_schema(struct json_writer *j, const struct api_schema *s)
{
    json_open(j, s->name);
    json_put_cstr(j, "type", "object");
    json_put_cstr(j, "description", s->about);
    json_open_array(j, "required");
    for (size_t i = 0; i < s->field_count; i++)
        json_put_cstr(j, NULL, s->fields[i].name);
    json_close(j);
    json_open(j, "properties");
    for (size_t i = 0; i < s->field_count; i++)
        put_field(j, &s->fields[i]);
    json_close(j);
    json_close(j);
}

/* --- all schemas --- */

struct schema_set {
    const struct api_schema *v[MAX_SCHEMAS];
    size_t n;
};

static void collect(struct schema_set *set, const struct api_schema *s)
{
    for (size_t i = 0; i < set->n; i++) {
        if (set->v[i] == s)
            return;
        INVARIANT(strcmp(set->v[i]->name, s->name) != 0);
    }
    INVARIANT(set->n < MAX_SCHEMAS);
    set->v[set->n++] = s;
    for (size_t i = 0; i < s->field_count; i++)
        if (s->fields[i].of)
            collect(set, s->fields[i].of);
}

static void put_page(struct json_writer *j, const struct api_schema *s)
{
    char name[80];
    snprintf(name, sizeof name, "%sPage", s->name);
    json_open(j, name);
    json_put_cstr(j, "type", "object");
    json_open_array(j, "required");
    json_put_cstr(j, NULL, "items");
    json_put_cstr(j, NULL, "next");
    json_close(j);
    json_open(j, "properties");
    json_open(j, "items");
    json_put_cstr(j, "type", "array");
    json_open(j, "items");
    put_ref(j, "schemas", s->name, "");
    json_close(j);
    json_close(j);
    json_open(j, "next");
    put_string(j, "uri", true);
    json_put_cstr(j, "description", "Address of the next page; null: this is the last");
    json_close(j);
    json_close(j);
    json_close(j);
}

/* The three that no table declares: a text in three languages, an error, a fault of input. */
static void put_member(struct json_writer *j, const char *name, const char *type)
{
    json_open(j, name);
    json_put_cstr(j, "type", type);
    json_close(j);
}

static void put_names(struct json_writer *j, const char *const *names, size_t n)
{
    json_open_array(j, "required");
    for (size_t i = 0; i < n; i++)
        json_put_cstr(j, NULL, names[i]);
    json_close(j);
}

static void put_text(struct json_writer *j)
{
    static const char *const langs[] = {"ky", "ru", "en"};
    json_open(j, "Text");
    json_put_cstr(j, "type", "object");
    json_put_cstr(j, "description", "A text in Kyrgyz, Russian and English; empty where missing");
    put_names(j, langs, COUNT_OF(langs));
    json_open(j, "properties");
    for (size_t i = 0; i < COUNT_OF(langs); i++)
        put_member(j, langs[i], "string");
    json_close(j);
    json_close(j);
}

static void put_error(struct json_writer *j)
{
    static const char *const outer[] = {"error"};
    static const char *const inner[] = {"code", "status", "message", "request_id"};
    static const char *const fault[] = {"name", "message"};
    json_open(j, "Error");
    json_put_cstr(j, "type", "object");
    put_names(j, outer, COUNT_OF(outer));
    json_open(j, "properties");
    json_open(j, "error");
    json_put_cstr(j, "type", "object");
    put_names(j, inner, COUNT_OF(inner));
    json_open(j, "properties");
    for (size_t i = 0; i < COUNT_OF(inner); i++)
        put_member(j, inner[i], strcmp(inner[i], "status") == 0 ? "integer" : "string");
    json_open(j, "faults");
    json_put_cstr(j, "type", "array");
    json_put_cstr(j, "description", "What is wrong with which parameter or member");
    json_open(j, "items");
    json_put_cstr(j, "type", "object");
    put_names(j, fault, COUNT_OF(fault));
    json_open(j, "properties");
    for (size_t i = 0; i < COUNT_OF(fault); i++)
        put_member(j, fault[i], "string");
    for (int i = 0; i < 7; i++)
        json_close(j);
}

static void put_schemas(struct json_writer *j)
{
    struct schema_set set = {.n = 0};
    for (size_t i = 0; i < api_registered_count; i++)
        collect(&set, api_registered[i].endpoint->reply);
    json_open(j, "schemas");
    put_text(j);
    put_error(j);
    for (size_t i = 0; i < set.n; i++)
        put_schema(j, set.v[i]);
    for (size_t i = 0; i < api_registered_count; i++)
        if (api_registered[i].endpoint->page)
            put_page(j, api_registered[i].endpoint->reply);
    json_close(j);
}

/* --- calls --- */

/* The schema of what may be sent, as api.c checks it. */
static void put_param_schema(struct json_writer *j, const struct api_endpoint *e,
                             const struct api_param *p, const char *key)
{
    bool limit = strcmp(p->name, "limit") == 0;
    json_open(j, key);
    switch (p->type) {
    case API_INT:
        json_put_cstr(j, "type", "integer");
        if (p->min || p->max || limit)
            json_put_i64(j, "minimum", p->min);
        if (p->max || limit)
            json_put_i64(j, "maximum", limit ? e->limit_max : p->max);
        if (limit)
            json_put_i64(j, "default", e->limit_max < 100 ? e->limit_max : 100);
        break;
    case API_NUMBER:
        json_put_cstr(j, "type", "number");
        break;
    case API_BOOL:
        json_put_cstr(j, "type", "boolean");
        break;
    case API_DAY:
        json_put_cstr(j, "type", "string");
        json_put_cstr(j, "format", "date");
        break;
    default:
        json_put_cstr(j, "type", "string");
        if (p->values) {
            put_values(j, p->values, false);
            break;
        }
        if (p->type == API_CODE)
            json_put_cstr(j, "pattern", CODE_PATTERN);
        json_put_i64(j, "maxLength", p->max ? p->max : TEXT_MAX);
    }
    if (p->in == IN_BODY)
        json_put_cstr(j, "description", p->about);
    json_close(j);
}

static void put_params(struct json_writer *j, const struct api_endpoint *e)
{
    const struct api_param *p;
    json_open_array(j, "parameters");
    for (size_t i = 0; (p = api_param_at(e, i)); i++) {
        if (p->in == IN_BODY)
            continue;
        json_open(j, NULL);
        json_put_cstr(j, "name", p->name);
        json_put_cstr(j, "in", p->in == IN_PATH ? "path" : "query");
        json_put_bool(j, "required", p->required);
        json_put_cstr(j, "description", p->about);
        put_param_schema(j, e, p, "schema");
        if (p->example && p->type == API_INT) {
            int64_t n = 0;
            INVARIANT(str_to_i64(str_from(p->example), &n));
            json_put_i64(j, "example", n);
        } else if (p->example) {
            json_put_cstr(j, "example", p->example);
        }
        json_close(j);
    }
    if (e->keyed) {
        json_open(j, NULL);
        json_put_cstr(j, "name", "Idempotency-Key");
        json_put_cstr(j, "in", "header");
        json_put_bool(j, "required", false);
        json_put_cstr(j, "description", "8 to 255 printable characters without blanks");
        json_open(j, "schema");
        json_put_cstr(j, "type", "string");
        json_close(j);
        json_close(j);
    }
    json_close(j);
}

static void put_body(struct json_writer *j, const struct api_endpoint *e)
{
    json_open(j, "requestBody");
    json_put_bool(j, "required", true);
    json_open(j, "content");
    json_open(j, "application/json");
    json_open(j, "schema");
    json_put_cstr(j, "type", "object");
    json_put_bool(j, "additionalProperties", false);
    json_open(j, "properties");
    for (size_t i = 0; i < e->param_count; i++)
        if (e->params[i].in == IN_BODY)
            put_param_schema(j, e, &e->params[i], e->params[i].name);
    for (int i = 0; i < 5; i++)
        json_close(j);
}

static void put_answer(struct json_writer *j, const char *status, const char *about,
                       const char *schema, const char *suffix)
{
    json_open(j, status);
    json_put_cstr(j, "description", about);
    if (schema) {
        json_open(j, "content");
        json_open(j, "application/json");
        json_open(j, "schema");
        put_ref(j, "schemas", schema, suffix);
        json_close(j);
        json_close(j);
        json_close(j);
    }
    json_close(j);
}

static void put_answers(struct json_writer *j, const struct api_registered *call)
{
    const struct api_endpoint *e = call->endpoint;
    json_open(j, "responses");
    put_answer(j, "200", e->keyed ? "The earlier report" : "As asked", e->reply->name,
               e->page ? "Page" : "");
    if (e->keyed) {
        put_answer(j, "201", "Received", e->reply->name, "");
        put_answer(j, "401", "No key", "Error", "");
        put_answer(j, "403", "The key is unknown, revoked, or held for another place", "Error", "");
        put_answer(j, "409", "The Idempotency-Key was used for another report", "Error", "");
        put_answer(j, "413", "The body is larger than 64 KiB", "Error", "");
        put_answer(j, "422", "What was sent breaks a rule", "Error", "");
    } else {
        put_answer(j, "304", "Not changed since the ETag that was sent", NULL, NULL);
        put_answer(j, "422", "A code that does not exist", "Error", "");
    }
    put_answer(j, "400", "A parameter or the body cannot be read", "Error", "");
    if (str_find_char(str_from(call->path), '{') >= 0)
        put_answer(j, "404", "No such thing, or not in public", "Error", "");
    put_answer(j, "429", "Too many requests; Retry-After says when to come back", "Error", "");
    put_answer(j, "503", "For a while out of order; Retry-After says when to come back", "Error",
               "");
    json_close(j);
}

static void put_call(struct json_writer *j, const struct api_registered *call)
{
    const struct api_endpoint *e = call->endpoint;
    json_open(j, strcmp(call->method, "GET") == 0 ? "get" : "post");
    json_put_cstr(j, "operationId", e->id);
    json_open_array(j, "tags");
    json_put_cstr(j, NULL, e->tag);
    json_close(j);
    json_put_cstr(j, "summary", e->summary);
    json_put_cstr(j, "description", e->about);
    if (e->keyed) {
        json_open_array(j, "security");
        json_open(j, NULL);
        json_open_array(j, "key");
        json_close(j);
        json_close(j);
        json_close(j);
    }
    put_params(j, e);
    if (strcmp(call->method, "POST") == 0)
        put_body(j, e);
    put_answers(j, call);
    json_close(j);
}

static bool path_is_new(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(api_registered[k].path, api_registered[i].path) == 0)
            return false;
    return true;
}

static void put_paths(struct json_writer *j)
{
    json_open(j, "paths");
    for (size_t i = 0; i < api_registered_count; i++) {
        if (!path_is_new(i))
            continue;
        json_open(j, api_registered[i].path);
        for (size_t k = i; k < api_registered_count; k++)
            if (strcmp(api_registered[k].path, api_registered[i].path) == 0)
                put_call(j, &api_registered[k]);
        json_close(j);
    }
    json_close(j);
}

/* --- the document --- */

enum err api_openapi(struct req *r)
{
    struct buf *out = buf_in(r->arena);
    struct json_writer writer = json_to(out), *j = &writer;
    json_open(j, NULL);
    json_put_cstr(j, "openapi", "3.1.0");
    json_open(j, "info");
    json_put_cstr(j, "title", "Aimak");
    json_put_cstr(j, "version", AIMAK_VERSION);
    json_put_cstr(j, "description", ABOUT);
    json_close(j);
    json_open_array(j, "servers");
    json_open(j, NULL);
    json_put_cstr(j, "url", r->app->public_url);
    json_close(j);
    json_close(j);
    put_paths(j);
    json_open(j, "components");
    put_schemas(j);
    json_open(j, "securitySchemes");
    json_open(j, "key");
    json_put_cstr(j, "type", "http");
    json_put_cstr(j, "scheme", "bearer");
    json_put_cstr(j, "description",
                  "A key of an API client, given by an administrator of the municipality");
    json_close(j);
    json_close(j);
    json_close(j);
    json_close(j);
    INVARIANT(json_complete(j));
    resp_cache_public(r, KEEP_SECONDS);
    if (!resp_not_modified(r, buf_view(out)))
        buf_str(resp_json(r, 200), buf_view(out));
    return ERR_OK;
}
