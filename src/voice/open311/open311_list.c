/*
 * What was reported: the list of requests, and one of them.
 */
#include "voice/open311/open311_internal.h"

#include "platform/core/clock.h"

#define KEEP_SECONDS 60
#define USUAL_BYTES 1024 /* of a request in JSON: room made at once, not by doubling */

struct requests {
    struct ask *q;
    struct list_params params;
    int64_t today;
    struct case_list list;
    struct case_notes notes;
    struct case_photo_refs photos;
    struct unit_services registry; /* who provides what here */
    const struct territory *territory;
    struct buf *address;     /* of the request that is being written */
    struct str unit_address; /* end of every address */
};

/* Cases found by number that belong to another jurisdiction are not there. */
static void keep_own(struct requests *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->list.n; i++)
        for (size_t u = 0; u < v->q->unit_count; u++)
            if (str_eq(v->list.v[i].unit, v->q->units[u])) {
                v->list.v[kept++] = v->list.v[i];
                break;
            }
    v->list.n = kept;
}

static enum err read_fn(struct tx *tx, void *arg)
{
    struct requests *v = arg;
    struct arena *a = v->q->r->arena;
    const struct list_params *p = &v->params;
    enum err rc = ERR_OK;
    v->registry = (struct unit_services){0};
    if (p->number_count) {
        TRY(cases_by_numbers(tx, a, p->numbers, p->number_count, v->today, &v->list));
        keep_own(v);
    } else {
        struct case_search s = {
            .units = v->q->units,
            .unit_count = v->q->unit_count,
            .codes = p->codes,
            .code_count = p->code_count,
            .states = p->states,
            .from_ms = p->from_ms,
            .to_ms = p->to_ms,
            .skip = (size_t)((p->page - 1) * p->page_size),
            .max = (size_t)p->page_size,
        };
        TRY(cases_search(tx, a, &s, v->today, &v->list));
    }
    TRY(cases_photo_refs(tx, a, &v->list, &v->photos));
    if (p->extensions)
        TRY(cases_notes(tx, a, &v->list, &v->notes));
    TRY(catalogue_unit_services(tx, a, v->q->unit->code, &v->registry));
out:
    return rc;
}

static enum err read_requests(struct requests *v)
{
    /* A number leads to any municipality, so that lookup needs the country. */
    struct str scope = v->params.number_count ? SCOPE_COUNTRY : ask_scope(v->q);
    v->today = day_today();
    return db_read(v->q->r->db, scope, read_fn, v);
}

/* --- one request --- */

static struct service_code code_of(const struct catalogue *catalogue, const struct case_public *c)
{
    struct service_code s = {0};
    if (!c->fault.n || !service_code_find(catalogue, c->fault, &s))
        service_code_find(catalogue, c->service, &s);
    return s;
}

static struct str agency(struct requests *v, const struct case_public *c)
{
    if (c->state == CASE_PASSED && c->passed_to.n)
        return c->passed_to;
    for (size_t i = 0; i < v->registry.n; i++) {
        const struct unit_service *s = &v->registry.v[i];
        if (str_eq(s->service, c->service) && s->active && s->provider_name.n)
            return s->provider_name;
    }
    return place_name(v->q->unit, v->q->r->ui.lang);
}

/* From the most specific to the most general; until the next call. */
static struct str address(struct requests *v, const struct case_public *c)
{
    struct req *r = v->q->r;
    struct buf *out = v->address;
    if (!out) {
        out = v->address = buf_in(r->arena);
        v->territory = territory_get(r->app, r->arena);
        v->unit_address = place_full_name(r->arena, v->q->unit, r->ui.lang);
    }
    buf_clear(out);
    const struct place *village = territory_find(v->territory, c->village);
    if (c->street.n) {
        buf_str(out, c->street);
        buf_cstr(out, ", ");
    }
    if (village) {
        buf_str(out, place_name(village, r->ui.lang));
        buf_cstr(out, ", ");
    }
    buf_str(out, v->unit_address);
    return buf_view(out);
}

static struct str photo_url(struct req *r, const struct case_public *c, int64_t photo)
{
    return arena_printf(r->arena, "%s/c/%.*s/photo/%lld", r->app->public_url, STRF(c->number),
                        (long long)photo);
}

static struct str first_photo(struct requests *v, const struct case_public *c)
{
    for (size_t i = 0; i < v->photos.n; i++)
        if (v->photos.v[i].case_id == c->id)
            return photo_url(v->q->r, c, v->photos.v[i].id);
    return STR_NULL;
}

static struct str notice(struct req *r, const struct case_public *c)
{
    return c->due_day && case_states[c->state].open
               ? MSG_STR(r->arena, r->ui.lang, MSG_open311_notice_due, ARG_DATE("day", c->due_day))
               : STR_NULL;
}

static void put_extension(struct requests *v, struct reply *p, const struct case_public *c)
{
    struct req *r = v->q->r;
    const struct case_state_def *state = &case_states[c->state];
    reply_object(p, "extended_attributes");
    reply_cstr(p, "state", state->code);
    reply_str(p, "state_name", msg_text(r->ui.lang, state->public_name));
    reply_str(p, "service", c->service);
    reply_str(p, "jurisdiction_id", c->unit);
    reply_day(p, "due_date", c->due_day);
    reply_int(p, "late_days", c->late_days);
    reply_time(p, "answered_datetime", c->answered_ms);
    reply_time(p, "resolved_datetime", c->resolved_ms);
    reply_int(p, "support", c->support);
    reply_number(p, "stars", c->stars != 0, (double)c->stars);
    reply_str(p, "duplicate_of", c->duplicate_of);
    reply_str(p, "passed_to", c->passed_to);
    reply_list(p, "photos");
    for (size_t i = 0; i < v->photos.n; i++)
        if (v->photos.v[i].case_id == c->id)
            reply_str(p, "photo", photo_url(r, c, v->photos.v[i].id));
    reply_close(p);
    reply_str(p, "url", arena_printf(r->arena, "%s/c/%.*s", r->app->public_url, STRF(c->number)));
    reply_close(p);
    reply_list(p, "notes");
    for (size_t i = 0; i < v->notes.n; i++) {
        const struct case_note *n = &v->notes.v[i];
        if (n->case_id != c->id)
            continue;
        reply_object(p, "note");
        reply_time(p, "datetime", n->at_ms);
        reply_cstr(p, "state", n->has_state ? case_states[n->state].code : NULL);
        reply_str(p, "summary",
                  msg_text(r->ui.lang,
                           n->has_state ? case_states[n->state].public_name : MSG_open311_answer));
        reply_str(p, "description", n->words);
        reply_close(p);
    }
    reply_close(p);
}

static void put_request(struct requests *v, struct reply *p, const struct case_public *c)
{
    struct req *r = v->q->r;
    const struct case_state_def *state = &case_states[c->state];
    struct service_code code = code_of(v->q->catalogue, c);
    reply_object(p, "request");
    reply_str(p, "service_request_id", c->number);
    reply_str(p, "status", state->open ? STR("open") : STR("closed"));
    reply_str(p, "status_notes",
              c->answer.n ? c->answer : msg_text(r->ui.lang, state->public_name));
    reply_str(p, "service_name", code.kind ? service_code_name(r, &code) : c->service);
    reply_str(p, "service_code", c->fault.n ? c->fault : c->service);
    reply_str(p, "description", c->words);
    reply_str(p, "agency_responsible", agency(v, c));
    reply_str(p, "service_notice", notice(r, c));
    reply_time(p, "requested_datetime", c->created_ms);
    /* "For requests with status=closed, this will be the date the request was closed." */
    reply_time(p, "updated_datetime", state->open ? c->changed_ms : c->state_ms);
    reply_time(p, "expected_datetime", c->due_day ? day_start_ms(c->due_day + 1) - MS_SECOND : 0);
    reply_str(p, "address", address(v, c));
    reply_str(p, "address_id", c->village);
    reply_str(p, "zipcode", STR_NULL);
    reply_number(p, "lat", c->has_point, c->lat);
    reply_number(p, "long", c->has_point, c->lon);
    reply_str(p, "media_url", first_photo(v, c));
    if (v->params.extensions)
        put_extension(v, p, c);
    reply_close(p);
}

/* --- handlers --- */

/* The address of the next page, for clients that follow links (RFC 8288). */
static void link_next(struct requests *v)
{
    struct req *r = v->q->r;
    struct buf *out = buf_in(r->arena);
    buf_printf(out, "<%s", r->app->public_url);
    buf_str(out, r->http->path);
    buf_printf(out, "?page=%lld", (long long)v->params.page + 1);
    for (size_t i = 0; i < v->q->in.n; i++) {
        if (str_eq(v->q->in.v[i].name, STR("page")))
            continue;
        buf_char(out, '&');
        buf_percent(out, v->q->in.v[i].name);
        buf_char(out, '=');
        buf_percent(out, v->q->in.v[i].value);
    }
    buf_cstr(out, ">; rel=\"next\"");
    resp_header(r, "Link", buf_view(out));
    resp_header(r, "Access-Control-Expose-Headers", STR("Link"));
}

static enum err answer(struct requests *v)
{
    resp_cache_public(v->q->r, KEEP_SECONDS);
    struct reply p = reply_begin(v->q->r, 200, v->q->json);
    if (v->q->json)
        buf_reserve(p.j.out, v->list.n * USUAL_BYTES);
    reply_list(&p, "service_requests");
    for (size_t i = 0; i < v->list.n; i++)
        put_request(v, &p, &v->list.v[i]);
    reply_close(&p);
    if (v->list.more)
        link_next(v);
    return ERR_OK;
}

enum err open311_requests(struct req *r)
{
    struct ask q;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    struct requests v = {.q = &q};
    if (ask_jurisdiction(&q))
        list_params_read(&q, clock_now_ms(), &v.params);
    if (q.status)
        return ask_refuse(&q);
    rc = read_requests(&v);
    return rc == ERR_OK ? answer(&v) : rc;
}

enum err open311_request(struct req *r)
{
    struct ask q;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    struct str number = req_param(r, "id");
    struct requests v = {.q = &q, .params = {.numbers = &number, .number_count = 1}};
    if (ask_jurisdiction(&q))
        v.params.extensions = str_eq(ask_param(&q, "extensions"), STR("true"));
    if (q.status)
        return ask_refuse(&q);
    rc = read_requests(&v);
    if (rc != ERR_OK)
        return rc;
    if (v.list.n == 0) {
        ASK_ERROR(&q, 404, MSG_open311_request_unknown, ARG_S("value", ask_quote(number)));
        return ask_refuse(&q);
    }
    return answer(&v);
}
