/*
 * The parameters of GET requests, read and bounded. No database here, so that they can be fuzzed.
 */
#include "voice/open311/open311_internal.h"

#include "platform/core/clock.h"

#define MAX_SKIP 100000
#define MAX_NUMBERS 1000

bool w3c_time_parse(struct arena *a, struct str s, int64_t *ms)
{
    /* "+06:00" in an address means " 06:00" until it is encoded, which many clients forget. */
    if (s.n > 6 && s.p[s.n - 6] == ' ')
        s = arena_printf(a, "%.*s+%.*s", (int)(s.n - 6), s.p, 5, s.p + s.n - 5);
    return rfc3339_parse(s, ms);
}

struct names {
    struct str *v;
    size_t n, cap;
};

/* "a, b,,c": empty parts are left out, repeated ones too. */
static struct names split_list(struct arena *a, struct str text)
{
    struct names list = {0};
    struct str part;
    while (text.p && str_split(&text, ',', &part)) {
        part = str_trim(part);
        bool known = part.n == 0;
        for (size_t i = 0; i < list.n && !known; i++)
            known = str_eq(list.v[i], part);
        if (!known && list.n < MAX_NUMBERS)
            ARENA_PUSH(a, list, part);
    }
    return list;
}

static void read_codes(struct ask *q, struct list_params *out)
{
    struct names list = split_list(q->r->arena, ask_param(q, "service_code"));
    struct service_code s;
    for (size_t i = 0; i < list.n; i++)
        if (!service_code_find(q->catalogue, list.v[i], &s))
            ASK_ERROR(q, 404, MSG_open311_service_unknown, ARG_S("value", ask_quote(list.v[i])));
    out->codes = list.v;
    out->code_count = list.n;
}

static void read_status(struct ask *q, struct list_params *out)
{
    struct names list = split_list(q->r->arena, ask_param(q, "status"));
    for (size_t i = 0; i < list.n; i++) {
        bool open = str_eq(list.v[i], STR("open"));
        if (!open && !str_eq(list.v[i], STR("closed"))) {
            ASK_ERROR(q, 400, MSG_open311_status, ARG_S("value", ask_quote(list.v[i])));
            return;
        }
        for (int s = 0; s < CASE__MAX; s++)
            out->states |= case_states[s].open == open ? CASE_BIT(s) : 0;
    }
}

static bool read_time(struct ask *q, const char *name, int64_t *ms)
{
    struct str typed = ask_param(q, name);
    if (!typed.p)
        return false;
    if (w3c_time_parse(q->r->arena, typed, ms))
        return true;
    ASK_ERROR(q, 400, MSG_open311_time, ARG_S("name", str_from(name)));
    return false;
}

static void read_range(struct ask *q, int64_t now_ms, struct list_params *out)
{
    const int64_t span = LIST_DAYS * MS_DAY;
    bool from = read_time(q, "start_date", &out->from_ms);
    bool to = read_time(q, "end_date", &out->to_ms);
    if (!from && !to)
        out->to_ms = now_ms;
    if (!to && from)
        out->to_ms = out->from_ms + span;
    if (!from)
        out->from_ms = out->to_ms - span;
    if (out->to_ms < out->from_ms)
        ASK_ERROR_PLAIN(q, 400, MSG_open311_range_order);
    else if (out->to_ms - out->from_ms > span)
        ASK_ERROR(q, 400, MSG_open311_range, ARG_N("days", LIST_DAYS));
    if (!from && !to) /* also what comes while the answer is made */
        out->to_ms = 0;
}

static int64_t read_number(struct ask *q, const char *name, int64_t otherwise, int64_t max)
{
    struct str typed = ask_param(q, name);
    int64_t n = otherwise;
    if (typed.p && (!str_to_i64(typed, &n) || n < 1 || n > max)) {
        ASK_ERROR(q, 400, MSG_open311_number, ARG_S("name", str_from(name)), ARG_N("max", max));
        return otherwise;
    }
    return n;
}

void list_params_read(struct ask *q, int64_t now_ms, struct list_params *out)
{
    *out = (struct list_params){.page = 1, .page_size = LIST_ROWS};
    out->extensions = str_eq(ask_param(q, "extensions"), STR("true"));
    struct names numbers = split_list(q->r->arena, ask_param(q, "service_request_id"));
    if (numbers.n) { /* overrides all other arguments */
        out->numbers = numbers.v;
        out->number_count = numbers.n;
        return;
    }
    read_codes(q, out);
    read_status(q, out);
    read_range(q, now_ms, out);
    out->page_size = read_number(q, "page_size", LIST_ROWS, LIST_ROWS);
    out->page = read_number(q, "page", 1, MAX_SKIP / out->page_size + 1);
}
