/* The sample slice; see sample_test.h. */
#include "platform/web/sample_test.h"

#include "platform/web/components.h"

int sample_handled;
char sample_words[400];

enum { F_WORDS };
static const struct field fields[] = {
    [F_WORDS] = {"words", FIELD_TEXT, .required = true, .max = 100, .label = MSG_common_details},
};

static enum err show_form(struct req *r, struct form *form, int status)
{
    struct page page = {.title = STR("Sample"), .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    ui_form_open(out, &r->ui, form, STR_NULL);
    ui_field(out, &r->ui, form, F_WORDS);
    ui_form_close(out, &r->ui);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err get_form(struct req *r)
{
    resp_cache_public(r, 60);
    return show_form(r, FORM_NEW(r, fields), 200);
}

static enum err post_form(struct req *r)
{
    struct form *form;
    enum err rc = FORM_READ(r, fields, &form);
    if (rc == ERR_INPUT)
        return show_form(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    sample_handled++;
    snprintf(sample_words, sizeof sample_words, "%.*s", STRF(form->v[F_WORDS].s));
    resp_notice(r, MSG_common_save);
    resp_redirect(r, STR("/page"));
    return ERR_OK;
}

static enum err do_nothing(struct tx *tx, void *arg)
{
    (void)tx;
    (void)arg;
    sample_handled++;
    return ERR_OK;
}

/* Forgets to read the form; req_write must still refuse a stale one. */
static enum err post_careless(struct req *r)
{
    enum err rc = req_write(r, do_nothing, NULL);
    if (rc == ERR_OK)
        resp_redirect(r, STR("/page"));
    return rc;
}

static enum err post_api(struct req *r)
{
    sample_handled++;
    buf_printf(resp_json(r, 200), "{\"person\":%lld}", (long long)r->actor.person_id);
    return ERR_OK;
}

static enum err get_page(struct req *r)
{
    struct page page = {.title = STR("A <page>")};
    struct buf *out = resp_html(r, 200);
    resp_cache_public(r, 60);
    page_open(out, r, &page);
    html_text(out, &r->ui, r->unit.p ? r->unit : STR("no unit"));
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err get_versioned(struct req *r)
{
    if (resp_not_modified(r, STR("7")))
        return ERR_OK;
    return get_page(r);
}

static enum err get_whoami(struct req *r)
{
    buf_i64(resp_text(r, 200), r->actor.person_id);
    return ERR_OK;
}

/* /fail/{code}: the code by number */
static enum err get_failure(struct req *r)
{
    int64_t code = 0;
    if (!str_to_i64(req_param(r, "code"), &code))
        return ERR_NOT_FOUND;
    return (enum err)code;
}

static enum err get_silence(struct req *r)
{
    (void)r;
    return ERR_OK;
}

static enum err get_redirect(struct req *r)
{
    resp_redirect(r, req_query(r, "next"));
    return ERR_OK;
}

static enum err get_injection(struct req *r)
{
    struct str value = req_query(r, "v");
    resp_text(r, 200);
    resp_header(r, "X-Test", value);
    resp_cookie(r, "test", value, 60, true);
    resp_attachment(r, value);
    return ERR_OK;
}

static enum err post_login(struct req *r)
{
    struct form *form;
    enum err rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return rc;
    sample_handled++;
    req_session_set(r, form->v[F_WORDS].s, 3600, false);
    resp_redirect(r, STR("/page"));
    return ERR_OK;
}

static enum err post_logout(struct req *r)
{
    req_session_clear(r);
    resp_redirect(r, STR("/"));
    return ERR_OK;
}

/* Writes half of an answer, sets a cookie, then asks for the standard error. */
static enum err get_half(struct req *r)
{
    buf_cstr(resp_text(r, 200), "half of a secret");
    resp_cookie(r, "half", STR("1"), 0, false);
    resp_header(r, "X-Half", STR("1"));
    resp_error(r, ERR_UNAVAILABLE);
    return ERR_OK;
}

static const struct route routes[] = {
    ROUTE("GET", "/page", get_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/folder/", get_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/versioned", get_versioned, PERM_PUBLIC, 0),
    ROUTE("GET", "/form", get_form, PERM_PUBLIC, 0),
    ROUTE("POST", "/form", post_form, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("POST", "/careless", post_careless, PERM_PUBLIC, 0),
    ROUTE("POST", "/login-test", post_login, PERM_PUBLIC, ROUTE_RATE_LOGIN),
    ROUTE("POST", "/logout-test", post_logout, PERM_LOGGED_IN, 0),
    ROUTE("GET", "/whoami", get_whoami, PERM_PUBLIC, 0),
    ROUTE("GET", "/api/v1/whoami", get_whoami, PERM_PUBLIC, ROUTE_API),
    ROUTE("GET", "/api/v1/mine", get_whoami, PERM_LOGGED_IN, ROUTE_API),
    ROUTE("POST", "/api/v1/things", post_api, PERM_PUBLIC, ROUTE_API | ROUTE_NO_CSRF),
    ROUTE("GET", "/mine", get_whoami, PERM_LOGGED_IN, 0),
    ROUTE("GET", "/desk", get_page, PERM_STAFF, 0),
    ROUTE("GET", "/desk/cases", get_page, PERM_CASES_READ, 0),
    ROUTE("GET", "/m/{unit}", get_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/task/{name}", get_page, PERM_CASES_WORK, 0),
    ROUTE("POST", "/m/{unit}/task/{name}", post_form, PERM_CASES_WORK, 0),
    ROUTE("GET", "/any/{unit}", get_page, PERM_PUBLIC, ROUTE_UNIT_ANY),
    ROUTE("GET", "/fail/{code}", get_failure, PERM_PUBLIC, 0),
    ROUTE("GET", "/api/v1/fail/{code}", get_failure, PERM_PUBLIC, ROUTE_API),
    ROUTE("GET", "/open311/v2/fail/{code}.{format}", get_failure, PERM_PUBLIC, ROUTE_OPEN311),
    ROUTE("GET", "/silence", get_silence, PERM_PUBLIC, 0),
    ROUTE("GET", "/redirect", get_redirect, PERM_PUBLIC, 0),
    ROUTE("GET", "/injection", get_injection, PERM_PUBLIC, 0),
    ROUTE("GET", "/half", get_half, PERM_PUBLIC, 0),
    ROUTE("POST", "/big", post_form, PERM_PUBLIC, ROUTE_BIG_BODY),
};
const struct slice sample_slice = {
    .name = "sample", .routes = routes, .route_count = COUNT_OF(routes)};
