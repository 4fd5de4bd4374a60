/*
 * What can be reported: discovery, the list of services, and the definition of one.
 *
 * A service of Open311 is a fault of the catalogue ("water.leak"), or a kind of service for what
 * has no code of its own ("water"). Every municipality takes reports on all of them, as its page
 * does; those it provides stand first.
 */
#include "voice/open311/open311_internal.h"

#define SPECIFICATION "http://wiki.open311.org/GeoReport_v2"
#define KEEP_SECONDS 300

/* --- discovery --- */

static struct str endpoint_url(struct req *r)
{
    return r->unit.p
               ? arena_printf(r->arena, "%s/m/%.*s/open311/v2", r->app->public_url, STRF(r->unit))
               : arena_printf(r->arena, "%s/open311/v2", r->app->public_url);
}

/* Both numbers only grow, so the text sorts by time as the standard asks. */
static struct str changeset(struct req *r)
{
    return arena_printf(r->arena, "%010lld-%010lld",
                        (long long)catalogue_get(r->app, r->arena)->version,
                        (long long)territory_get(r->app, r->arena)->version);
}

enum err open311_discovery(struct req *r)
{
    struct ask q;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    struct str url = str_from(r->app->public_url);
    if (r->unit.p && !ask_jurisdiction(&q))
        return ask_refuse(&q);
    if (r->unit.p)
        r->unit = q.unit->code;
    resp_cache_public(r, KEEP_SECONDS);
    struct reply p = reply_begin(r, 200, q.json);
    reply_object(&p, "discovery");
    reply_str(&p, "changeset", changeset(r));
    reply_str(&p, "contact", MSG_STR(r->arena, r->ui.lang, MSG_open311_contact, ARG_S("url", url)));
    reply_str(&p, "key_service",
              MSG_STR(r->arena, r->ui.lang, MSG_open311_key_service, ARG_S("url", url)));
    reply_list(&p, "endpoints");
    reply_object(&p, "endpoint");
    reply_str(&p, "specification", STR(SPECIFICATION));
    reply_str(&p, "url", endpoint_url(r));
    reply_str(&p, "changeset", changeset(r));
    reply_str(&p, "type", r->app->demo ? STR("test") : STR("production"));
    reply_list(&p, "formats");
    reply_str(&p, "format", STR("text/xml"));
    reply_str(&p, "format", STR("application/json"));
    reply_close(&p);
    reply_close(&p);
    reply_close(&p);
    reply_close(&p);
    return ERR_OK;
}

/* --- codes --- */

bool service_code_find(const struct catalogue *c, struct str code, struct service_code *out)
{
    *out = (struct service_code){0};
    out->fault = catalogue_find_fault(c, code, &out->kind);
    if (!out->fault)
        out->kind = catalogue_find(c, code);
    if (!out->kind)
        return false;
    out->offered = !out->fault;
    for (size_t i = 0; out->fault && i < out->kind->fault_count; i++)
        out->offered = out->offered || out->fault == &out->kind->faults[i];
    return true;
}

struct str service_code_name(struct req *r, const struct service_code *s)
{
    struct str kind = text3_get(&s->kind->name, r->ui.lang);
    return s->fault ? text3_get(&s->fault->name, r->ui.lang)
                    : MSG_STR(r->arena, r->ui.lang, MSG_open311_other, ARG_S("service", kind));
}

static struct str code_of(const struct service_code *s)
{
    return s->fault ? s->fault->code : s->kind->code;
}

/* --- the list --- */

/* Names in the languages that the answer is not in, so that a search in any of them finds it. */
static struct str keywords(struct req *r, const struct service_code *s)
{
    struct buf *out = buf_in(r->arena);
    const struct text3 *names[] = {s->fault ? &s->fault->name : &s->kind->name, &s->kind->name};
    for (size_t i = 0; i < (s->fault ? 2 : 1); i++)
        for (int l = 0; l < LANG__MAX; l++) {
            struct str name = text3_get(names[i], (enum lang)l);
            if (l == (int)r->ui.lang && i == 0)
                continue;
            buf_cstr(out, out->n ? ", " : "");
            for (size_t k = 0; k < name.n; k++) /* a comma would part a name in two */
                buf_char(out, name.p[k] == ',' ? ' ' : name.p[k]);
        }
    return buf_view(out);
}

static void put_service(struct req *r, struct reply *p, const struct service_code *s)
{
    struct str text = s->fault ? text3_get(&s->fault->hint, r->ui.lang) : STR("");
    if (!text.n)
        text = text3_get(&s->kind->description, r->ui.lang);
    reply_object(p, "service");
    reply_str(p, "service_code", code_of(s));
    reply_str(p, "service_name", service_code_name(r, s));
    reply_str(p, "description", text);
    reply_bool(p, "metadata", true);
    reply_str(p, "type", STR("realtime"));
    reply_str(p, "keywords", keywords(r, s));
    reply_str(p, "group", text3_get(&s->kind->name, r->ui.lang));
    reply_close(p);
}

struct registry_read {
    struct ask *q;
    struct unit_services services;
};

static enum err registry_fn(struct tx *tx, void *arg)
{
    struct registry_read *read = arg;
    read->services = (struct unit_services){0};
    return catalogue_unit_services(tx, read->q->r->arena, read->q->unit->code, &read->services);
}

static bool provides(const struct unit_services *list, struct str service)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i].service, service))
            return list->v[i].active;
    return false;
}

enum err open311_services(struct req *r)
{
    struct ask q;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    if (!ask_jurisdiction(&q))
        return ask_refuse(&q);
    struct registry_read read = {.q = &q};
    rc = db_read(r->db, q.unit->code, registry_fn, &read);
    if (rc != ERR_OK)
        return rc;
    const struct catalogue *c = q.catalogue;
    resp_cache_public(r, KEEP_SECONDS);
    struct reply p = reply_begin(r, 200, q.json);
    reply_list(&p, "services");
    for (int provided = 1; provided >= 0; provided--)
        for (size_t i = 0; i < c->n; i++) {
            struct service_code s = {.kind = &c->v[i]};
            if (provides(&read.services, s.kind->code) != (provided == 1))
                continue;
            for (size_t f = 0; f < s.kind->fault_count; f++) {
                s.fault = &s.kind->faults[f];
                put_service(r, &p, &s);
            }
            s.fault = NULL;
            put_service(r, &p, &s);
        }
    reply_close(&p);
    return ERR_OK;
}

/* --- the definition of one --- */

struct attribute {
    const char *code, *datatype;
    enum msg description, hint; /* hint: how to fill it in */
};

static void open_attribute(struct req *r, struct reply *p, const struct attribute *a, int order)
{
    reply_object(p, "attribute");
    reply_bool(p, "variable", true);
    reply_cstr(p, "code", a->code);
    reply_cstr(p, "datatype", a->datatype);
    reply_bool(p, "required", false);
    reply_str(p, "datatype_description", msg_text(r->ui.lang, a->hint));
    reply_int(p, "order", order);
    reply_str(p, "description", msg_text(r->ui.lang, a->description));
    reply_list(p, "values");
}

static void put_value(struct reply *p, struct str key, struct str name)
{
    reply_object(p, "value");
    reply_str(p, "key", key);
    reply_str(p, "name", name);
    reply_close(p);
}

static void close_attribute(struct reply *p)
{
    reply_close(p);
    reply_close(p);
}

static void put_attributes(struct ask *q, struct reply *p, const struct service_code *s)
{
    static const struct attribute village = {ATTRIBUTE_VILLAGE, "singlevaluelist",
                                             MSG_open311_village, MSG_open311_village_hint};
    static const struct attribute private = {ATTRIBUTE_PRIVATE, "singlevaluelist",
                                             MSG_open311_private, MSG_open311_private_hint};
    static const struct attribute language = {ATTRIBUTE_LANGUAGE, "singlevaluelist",
                                              MSG_open311_language, MSG_open311_language_hint};
    struct req *r = q->r;
    int order = 1;
    open_attribute(r, p, &village, order++);
    for (size_t i = 0; i < q->unit->child_count; i++)
        put_value(p, q->unit->children[i]->code, place_name(q->unit->children[i], r->ui.lang));
    close_attribute(p);
    /* Nothing to choose where the service itself is private. */
    if (!s->fault || !s->fault->private_by_default) {
        open_attribute(r, p, &private, order++);
        put_value(p, STR("no"), msg_text(r->ui.lang, MSG_open311_private_no));
        put_value(p, STR("yes"), msg_text(r->ui.lang, MSG_open311_private_yes));
        close_attribute(p);
    }
    open_attribute(r, p, &language, order++);
    for (int l = 0; l < LANG__MAX; l++)
        put_value(p, str_from(lang_code((enum lang)l)), str_from(lang_name((enum lang)l)));
    close_attribute(p);
}

enum err open311_definition(struct req *r)
{
    struct ask q;
    struct service_code s;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    if (!ask_jurisdiction(&q))
        return ask_refuse(&q);
    struct str code = req_param(r, "code");
    if (!service_code_find(q.catalogue, code, &s) || !s.offered) {
        ASK_ERROR(&q, 404, MSG_open311_service_unknown, ARG_S("value", ask_quote(code)));
        return ask_refuse(&q);
    }
    resp_cache_public(r, KEEP_SECONDS);
    struct reply p = reply_begin(r, 200, q.json);
    reply_object(&p, "service_definition");
    reply_str(&p, "service_code", code_of(&s));
    reply_list(&p, "attributes");
    put_attributes(&q, &p, &s);
    reply_close(&p);
    reply_close(&p);
    return ERR_OK;
}
