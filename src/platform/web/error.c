/*
 * The standard answers to failures: a page with what happened and what to do next, or the same as
 * JSON, or as the GeoReport standard wants it. Handlers only return a code.
 */
#include "platform/web/web_priv.h"
#include "platform/web/web_tpl.h"

#include "platform/core/log.h"
#include "platform/formats/json.h"
#include "platform/formats/xml.h"

static const struct {
    int status;
    enum msg title, next;
} errors[ERR__MAX] = {
    [ERR_INPUT] = {422, MSG_common_err_input, MSG_common_err_input_next},
    [ERR_PARSE] = {400, MSG_common_err_parse, MSG_common_err_parse_next},
    [ERR_TOO_LARGE] = {413, MSG_common_err_too_large, MSG_common_err_too_large_next},
    [ERR_NOT_FOUND] = {404, MSG_common_err_not_found, MSG_common_err_not_found_next},
    [ERR_DENIED] = {403, MSG_common_err_denied, MSG_common_err_denied_next},
    [ERR_LOGIN] = {401, MSG_common_err_login, MSG_common_err_login_next},
    [ERR_CONFLICT] = {409, MSG_common_err_conflict, MSG_common_err_conflict_next},
    [ERR_BUSY] = {503, MSG_common_err_busy, MSG_common_err_busy_next},
    [ERR_RATE] = {429, MSG_common_err_rate, MSG_common_err_rate_next},
    [ERR_UNAVAILABLE] = {503, MSG_common_err_unavailable, MSG_common_err_unavailable_next},
    [ERR_TIMEOUT] = {503, MSG_common_err_timeout, MSG_common_err_timeout_next},
    [ERR_IO] = {503, MSG_common_err_io, MSG_common_err_io_next},
    [ERR_CONFIG] = {503, MSG_common_err_config, MSG_common_err_config_next},
    [ERR_RETRY] = {503, MSG_common_err_retry, MSG_common_err_retry_next},
};

int error_status_of(enum err rc)
{
    return (unsigned)rc < ERR__MAX && errors[rc].status ? errors[rc].status : 503;
}

/* The code that explains a status made without one (405, 415, refusals of the server). */
static enum err code_of_status(int status)
{
    switch (status) {
    case 401:
        return ERR_LOGIN;
    case 403:
        return ERR_DENIED;
    case 404:
    case 405:
        return ERR_NOT_FOUND;
    case 409:
        return ERR_CONFLICT;
    case 413:
        return ERR_TOO_LARGE;
    case 422:
        return ERR_INPUT;
    case 429:
        return ERR_RATE;
    case 503:
        return ERR_BUSY;
    default:
        return status >= 500 ? ERR_UNAVAILABLE : ERR_PARSE;
    }
}

/* Open311: 404 missing resource, 403 for keys, 400 anything else of the client (GeoReport v2). */
static int open311_status(int status)
{
    return status >= 500 || status == 404 || status == 403 || status == 429 ? status
           : status == 401                                                  ? 403
                                                                            : 400;
}

static void answer_json(struct req *r, int status, const char *code, struct str text)
{
    struct json_writer j = json_to(resp_json(r, status));
    json_open(&j, NULL);
    json_open(&j, "error");
    json_put_cstr(&j, "code", code);
    json_put_i64(&j, "status", status);
    json_put_str(&j, "message", text);
    json_put_str(&j, "request_id", str_from(r->http->id));
    json_close(&j);
    json_close(&j);
}

static void answer_open311(struct req *r, int status, struct str text)
{
    status = open311_status(status);
    struct str number = arena_printf(r->arena, "%d", status);
    if (str_ends(r->http->path, STR(".json"))) {
        struct json_writer j = json_to(resp_json(r, status));
        json_open_array(&j, NULL);
        json_open(&j, NULL);
        json_put_str(&j, "code", number);
        json_put_str(&j, "description", text);
        json_close(&j);
        json_close(&j);
        return;
    }
    struct xml x = xml_to(resp_bytes(r, status, "text/xml; charset=utf-8")); /* as it names it */
    xml_open(&x, "errors");
    xml_open(&x, "error");
    xml_element(&x, "code", number);
    xml_element(&x, "description", text);
    xml_close(&x);
    xml_close(&x);
}

static enum msg title_of(struct req *r, int status, enum err rc)
{
    if (r->error_detail == MSG_web_err_again_next)
        return MSG_web_err_again;
    return status == 405   ? MSG_web_err_method
           : status == 415 ? MSG_web_err_type
           : status == 500 ? MSG_web_err_internal
                           : errors[rc].title;
}

static enum msg next_of(int status, enum err rc)
{
    return status == 405   ? MSG_web_err_method_next
           : status == 415 ? MSG_web_err_type_next
           : status == 500 ? MSG_web_err_internal_next
                           : errors[rc].next;
}

static void answer_page(struct req *r, int status, enum err rc)
{
    struct error_view v = {
        .title = title_of(r, status, rc),
        .next = r->error_detail != MSG_NONE ? r->error_detail : next_of(status, rc),
        .request_id = str_from(r->http->id),
        .server_side = status >= 500,
        .log_in = rc == ERR_LOGIN,
        .wait_s = r->priv->retry_after_s,
    };
    struct page page = {.title = msg_text(r->ui.lang, v.title), .width = PAGE_NARROW};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_web_error(out, &r->ui, &v);
    page_close(out, r, &page);
}

static void answer(struct req *r, int status, enum err rc)
{
    enum msg text = r->error_detail != MSG_NONE ? r->error_detail : title_of(r, status, rc);
    const char *allow = r->priv->allow;
    int64_t retry = r->priv->retry_after_s;
    resp_clear(r);
    if (r->errors == ERRORS_JSON)
        answer_json(r, status, status == 405 ? "method" : err_name(rc), msg_text(r->ui.lang, text));
    else if (r->errors == ERRORS_OPEN311)
        answer_open311(r, status, msg_text(r->ui.lang, text));
    else
        answer_page(r, status, rc);
    if (status == 405 && allow)
        resp_header(r, "Allow", str_from(allow));
    if (status == 503 || status == 429)
        resp_header(r, "Retry-After",
                    arena_printf(r->arena, "%lld", (long long)(retry ? retry : 5)));
}

void resp_error(struct req *r, enum err rc)
{
    bool special = r->priv->error_status && rc == ERR_PARSE;
    int status = special ? r->priv->error_status : error_status_of(rc);
    if ((unsigned)rc >= ERR__MAX || !errors[rc].status)
        rc = code_of_status(status);
    if (status >= 500)
        LOG(LOG_WARN, "request.failed", LOG_C("error", err_name(rc)),
            LOG_C("route", r->route ? r->route->path : ""));
    answer(r, status, rc);
}

void resp_error_status(struct req *r, int status, int64_t retry_after_s)
{
    r->priv->retry_after_s = retry_after_s;
    answer(r, status, code_of_status(status));
}
