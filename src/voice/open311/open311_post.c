/*
 * POST requests, and the tokens that stand for reports which are not public yet.
 *
 * media_url is never fetched: an address of a stranger's choice could lead inside the network of
 * the installation. It becomes a note that staff see. device_id and account_id are not kept: they
 * would say who somebody is, and nothing here needs them.
 */
#include "voice/open311/open311_internal.h"
#include "voice/open311/open311_sql.h"

#include "platform/core/utf8.h"

#define URL_MAX 1000

/* attribute[CODE] or attribute[CODE][]; empty is absent. */
static struct str attribute(struct ask *q, const char *code)
{
    struct str one = arena_printf(q->r->arena, "attribute[%s]", code);
    struct str found = ask_param(q, one.p);
    if (found.p)
        return found;
    return ask_param(q, arena_printf(q->r->arena, "attribute[%s][]", code).p);
}

static void attribute_error(struct ask *q, const char *code)
{
    ASK_ERROR(q, 400, MSG_open311_attribute, ARG_S("name", str_from(code)));
}

/* --- reading a report --- */

static void read_service(struct ask *q, struct case_input *in)
{
    struct service_code s;
    struct str code = ask_param(q, "service_code");
    if (!code.p) {
        ASK_ERROR_PLAIN(q, 400, MSG_open311_service_missing);
    } else if (!service_code_find(q->catalogue, code, &s) || !s.offered) {
        ASK_ERROR(q, 404, MSG_open311_service_unknown, ARG_S("value", ask_quote(code)));
    } else {
        in->service = s.kind->code;
        in->fault = s.fault ? s.fault->code : STR("");
    }
}

static void read_place(struct ask *q, struct case_input *in)
{
    struct str lat = ask_param(q, "lat"), lon = ask_param(q, "long");
    in->street = ask_param(q, "address_string");
    in->village = attribute(q, ATTRIBUTE_VILLAGE);
    if (!in->village.p)
        in->village = ask_param(q, "address_id");
    in->has_point = lat.p && lon.p;
    if (lat.p || lon.p) {
        bool good = in->has_point && str_to_double(lat, &in->lat) && str_to_double(lon, &in->lon) &&
                    in->lat >= -90 && in->lat <= 90 && in->lon >= -180 && in->lon <= 180;
        if (!good)
            ASK_ERROR_PLAIN(q, 400, MSG_open311_lat_long);
    } else if (!in->street.p && !in->village.p) {
        ASK_ERROR_PLAIN(q, 400, MSG_open311_location_missing);
    }
}

static void read_who(struct ask *q, struct case_input *in)
{
    struct str first = ask_param(q, "first_name"), last = ask_param(q, "last_name");
    in->reporter_name = first.p && last.p
                            ? arena_printf(q->r->arena, "%.*s %.*s", STRF(first), STRF(last))
                        : first.p ? first
                                  : last;
    in->reporter_email = ask_param(q, "email");
    in->reporter_phone = ask_param(q, "phone");
}

static void read_choices(struct ask *q, struct case_input *in)
{
    struct str private = attribute(q, ATTRIBUTE_PRIVATE);
    struct str language = attribute(q, ATTRIBUTE_LANGUAGE);
    in->hide = str_eq(private, STR("yes"));
    if (private.p && !in->hide && !str_eq(private, STR("no")))
        attribute_error(q, ATTRIBUTE_PRIVATE);
    in->lang = q->r->ui.lang;
    if (language.p && !lang_parse(language, &in->lang))
        attribute_error(q, ATTRIBUTE_LANGUAGE);
}

static struct str read_media(struct ask *q)
{
    struct str url = ask_param(q, "media_url");
    bool good = (str_starts(url, STR("http://")) || str_starts(url, STR("https://"))) &&
                utf8_length(url) <= URL_MAX && utf8_is_text(url);
    for (size_t i = 0; good && i < url.n; i++)
        good = (unsigned char)url.p[i] > ' ';
    if (url.p && !good)
        ASK_ERROR_PLAIN(q, 400, MSG_open311_media_url);
    /* The standard knows no upload; a photo must not be dropped without a word. */
    for (size_t i = 0; i < q->in.n; i++)
        if (q->in.v[i].is_file) {
            ASK_ERROR_PLAIN(q, 400, MSG_open311_upload);
            break;
        }
    return url.p && good ? MSG_STR(q->r->arena, LANG_KY, MSG_open311_media_note, ARG_S("url", url))
                         : STR_NULL;
}

void report_params_read(struct ask *q, struct sent_report *report)
{
    struct case_input *in = &report->in;
    in->unit = q->unit->code;
    in->channel = STR("open311");
    in->words = ask_param(q, "description");
    read_service(q, in);
    read_place(q, in);
    read_who(q, in);
    read_choices(q, in);
    report->media_url = read_media(q);
    report->digest = open311_digest(q->r->arena, q->r->http->body);
    if (!open311_once(q->r, &report->once))
        ASK_ERROR_PLAIN(q, 400, MSG_open311_once);
}

/* --- answering --- */

/* Which parameter a fault of the rules is about. */
static const char *const parameters[] = {
    [CASE_FIELD_WHOLE] = "jurisdiction_id", [CASE_FIELD_SERVICE] = "service_code",
    [CASE_FIELD_FAULT] = "service_code",    [CASE_FIELD_VILLAGE] = "address_id",
    [CASE_FIELD_STREET] = "address_string", [CASE_FIELD_POINT] = "lat, long",
    [CASE_FIELD_WORDS] = "description",     [CASE_FIELD_PHOTOS] = "media_url",
    [CASE_FIELD_NAME] = "first_name",       [CASE_FIELD_EMAIL] = "email",
    [CASE_FIELD_PHONE] = "phone",
};

static enum err refuse_faults(struct ask *q, const struct case_faults *faults)
{
    struct req *r = q->r;
    for (size_t i = 0; i < faults->n; i++) {
        const struct case_fault *f = &faults->v[i];
        INVARIANT(f->field < COUNT_OF(parameters));
        ASK_ERROR(q, 400, MSG_open311_fault, ARG_S("name", str_from(parameters[f->field])),
                  ARG_S("text", msg_text(r->ui.lang, f->m)));
    }
    if (!faults->n)
        ASK_ERROR_PLAIN(q, 400, MSG_open311_once_used);
    return ask_refuse(q);
}

static struct str service_notice(struct req *r, const struct sent_report *report,
                                 const struct sent_receipt *receipt)
{
    enum lang lang = r->ui.lang;
    if (receipt->held)
        return msg_text(lang, MSG_open311_notice_held);
    if (report->in.hide)
        return msg_text(lang, MSG_open311_notice_private);
    return receipt->due_day
               ? MSG_STR(r->arena, lang, MSG_open311_notice_due, ARG_DATE("day", receipt->due_day))
               : msg_text(lang, MSG_open311_notice);
}

static enum err answer(struct ask *q, const struct sent_report *report,
                       const struct sent_receipt *receipt)
{
    struct reply p = reply_begin(q->r, 200, q->json);
    reply_list(&p, "service_requests");
    reply_object(&p, "request");
    if (receipt->held) /* one of the two, never both */
        reply_str(&p, "token", receipt->token);
    else
        reply_str(&p, "service_request_id", receipt->number);
    reply_str(&p, "service_notice", service_notice(q->r, report, receipt));
    reply_str(&p, "account_id", STR_NULL);
    reply_close(&p);
    reply_close(&p);
    return ERR_OK;
}

enum err open311_post(struct req *r)
{
    struct ask q;
    struct sent_report report = {0};
    struct sent_receipt receipt = {0};
    struct case_faults faults = {0};
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    if (!ask_jurisdiction(&q))
        return ask_refuse(&q);
    struct str key = ask_param(&q, "api_key");
    rc = open311_check_key(r, key, q.unit->code, &report.key_id);
    if (rc == ERR_DENIED) {
        ASK_ERROR_PLAIN(&q, 403, key.p ? MSG_open311_key_wrong : MSG_open311_key_missing);
        return ask_refuse(&q);
    }
    if (rc != ERR_OK)
        return rc;
    report_params_read(&q, &report);
    if (q.status)
        return ask_refuse(&q);
    rc = open311_send(r, &report, &receipt, &faults);
    if (rc == ERR_INPUT)
        return refuse_faults(&q, &faults);
    return rc == ERR_OK ? answer(&q, &report, &receipt) : rc;
}

/* --- tokens --- */

struct token_read {
    struct ask *q;
    struct str token, number;
};

static enum err token_fn(struct tx *tx, void *arg)
{
    struct token_read *read = arg;
    struct arena *a = read->q->r->arena;
    struct sql_request_by_token_row row = {0};
    struct case_public c;
    struct str unit;
    int64_t id;
    enum err rc = ERR_NOT_FOUND;
    for (size_t i = 0; i < read->q->unit_count && rc == ERR_NOT_FOUND; i++)
        rc = sql_request_by_token(tx, a, &row, .unit = read->q->units[i], .token = read->token);
    if (rc != ERR_OK)
        return rc;
    TRY(cases_find(tx, a, row.number, &unit, &id));
    TRY(cases_get_public(tx, a, unit, id, 0, &c));
    read->number = c.number;
out:
    return rc;
}

enum err open311_token(struct req *r)
{
    struct ask q;
    enum err rc = ask_begin(&q, r);
    if (rc != ERR_OK)
        return rc;
    if (!ask_jurisdiction(&q))
        return ask_refuse(&q);
    struct token_read read = {.q = &q, .token = req_param(r, "token")};
    rc = db_read(r->db, SCOPE_COUNTRY, token_fn, &read);
    if (rc == ERR_NOT_FOUND) {
        ASK_ERROR_PLAIN(&q, 404, MSG_open311_token_unknown);
        return ask_refuse(&q);
    }
    if (rc != ERR_OK)
        return rc;
    struct reply p = reply_begin(r, 200, q.json);
    reply_list(&p, "service_requests");
    reply_object(&p, "request");
    reply_str(&p, "service_request_id", read.number);
    reply_str(&p, "token", read.token);
    reply_close(&p);
    reply_close(&p);
    return ERR_OK;
}
