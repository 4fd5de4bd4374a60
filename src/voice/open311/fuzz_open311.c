/*
 * Fuzz target: the parameters of GET and POST requests, from the encoded text to what the database
 * would be asked for. Whatever comes in is either refused with an error text, or lies within the
 * bounds that the standard and the store set.
 */
#include "voice/open311/open311_internal.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

static const struct service_fault faults[] = {{.code = STRI("water.leak")}};
static const struct service_kind kinds[] = {
    {.code = STRI("water"), .faults = faults, .fault_count = 1}};
static const struct catalogue catalogue = {.v = kinds, .n = 1};
static const struct place unit = {.code = STRI("41704235837000")};

static enum err read_inputs(struct arena *a, struct str text, struct req_inputs *out)
{
    struct {
        struct req_input *v;
        size_t n, cap;
    } list = {0};
    struct req_input one = {0};
    enum err rc = ERR_OK;
    while (list.n < 500 && http_form_next(a, &text, &one.name, &one.value, &rc)) {
        if (rc != ERR_OK)
            return rc;
        ARENA_PUSH(a, list, one);
    }
    *out = (struct req_inputs){list.v, list.n};
    return rc;
}

static void check_list(const struct list_params *p)
{
    if (p->number_count) {
        INVARIANT(p->number_count <= 1000);
        return;
    }
    int64_t to = p->to_ms ? p->to_ms : 1;
    INVARIANT(p->to_ms == 0 || (p->from_ms <= to && to - p->from_ms <= LIST_DAYS * MS_DAY));
    INVARIANT(p->page >= 1 && p->page_size >= 1 && p->page_size <= LIST_ROWS);
    INVARIANT((p->page - 1) * p->page_size <= 100000);
    for (size_t i = 0; i < p->code_count; i++)
        INVARIANT(str_starts(p->codes[i], STR("water")));
}

static void check_report(const struct sent_report *report)
{
    const struct case_input *in = &report->in;
    INVARIANT(str_starts(in->service, STR("water")) && in->lang < LANG__MAX);
    INVARIANT(in->has_point || in->street.n || in->village.n);
    INVARIANT(!in->has_point || (in->lat >= -90 && in->lat <= 90));
    INVARIANT(!report->media_url.p || utf8_is_text(report->media_url));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str text = str_of((const char *)bytes, n);
    struct arena *a = arena_new();
    struct http_request http = {.method = STR("POST"), .body = text};
    struct app app = {.public_url = "https://aimak.test"};
    struct req r = {.http = &http, .app = &app, .arena = a, .ui = {.lang = LANG_EN}};
    struct ask q = {.r = &r, .catalogue = &catalogue, .unit = &unit};
    struct list_params params;
    struct sent_report report = {0};

    if (read_inputs(a, text, &q.in) == ERR_OK) {
        list_params_read(&q, INT64_C(1774940400000), &params);
        if (!q.status)
            check_list(&params);
        INVARIANT(!q.status == (q.errors.n == 0));
        q.status = 0;
        q.errors.n = 0;
        report_params_read(&q, &report);
        if (!q.status)
            check_report(&report);
        for (size_t i = 0; i < q.errors.n; i++)
            INVARIANT(q.errors.v[i].n > 0 && utf8_is_text(q.errors.v[i]));
    }
    arena_free(a);
    return 0;
}
