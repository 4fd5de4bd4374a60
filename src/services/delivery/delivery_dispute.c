/*
 * "Was not collected here": a resident's word against the log, and the municipality's public
 * answer.
 */
#include "services/delivery/delivery_internal.h"

#include "platform/channels/outbox.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

bool delivery_disputable(const struct visit *v, int64_t today)
{
    if (v->upheld || v->state == VISIT_MISSED || v->day < today - DELIVERY_DISPUTE_DAYS)
        return false;
    return v->state == VISIT_DONE || v->day < today;
}

static void check(struct arena *a, const struct dispute_input *in, struct delivery_faults *faults)
{
    if (utf8_length(in->words) < 3)
        delivery_fault(a, faults, DISPUTE_WORDS, MSG_delivery_fault_words);
    else if (utf8_length(in->words) > DELIVERY_WORDS_MAX)
        delivery_fault(a, faults, DISPUTE_WORDS, MSG_delivery_fault_words_long);
    if (in->email.p && !email_address_ok(in->email))
        delivery_fault(a, faults, DISPUTE_EMAIL, MSG_delivery_fault_email);
}

enum err delivery_add_dispute(struct tx *tx, struct arena *a, const struct dispute_input *in,
                              bool *repeated, struct delivery_faults *faults)
{
    enum err rc = ERR_OK;
    struct visit v;
    struct sql_dispute_by_once_rows known;
    int64_t now_ms = in->at_ms ? in->at_ms : clock_now_ms();
    *repeated = false;
    TRY(delivery_visit(tx, a, in->unit, in->visit, &v));
    if (in->once.p) {
        TRY(sql_dispute_by_once(tx, a, &known, .unit = in->unit, .once = in->once));
        *repeated = known.n > 0;
        if (*repeated)
            goto out;
    }
    if (!delivery_disputable(&v, day_of_ms(now_ms)))
        FAIL(ERR_DENIED);
    if (v.disputes >= DELIVERY_DISPUTES_MAX)
        FAIL(ERR_RATE);
    check(a, in, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_dispute_put(tx, NULL, .unit = in->unit, .id = id_new(), .visit_id = v.id,
                        .at_ms = now_ms, .words = in->words, .lang = str_from(lang_code(in->lang)),
                        .email = in->email, .phone = in->phone, .once = in->once));
    TRY(sql_visit_count(tx, NULL, .unit = in->unit, .id = v.id, .disputes = 1, .photos = 0,
                        .upheld = 0));
out:
    return rc;
}

/* The answer by e-mail, to whoever left an address. */
static enum err tell(struct app *app, struct tx *tx, struct arena *a,
                     const struct dispute_answer *in, const struct visit *v)
{
    struct sql_dispute_contact_row contact = {0};
    enum lang lang = LANG_KY;
    enum err rc = sql_dispute_contact(tx, a, &contact, .unit = in->unit, .id = in->dispute);
    if (rc != ERR_OK || !contact.email.p)
        return rc;
    if (!lang_parse(contact.lang, &lang))
        lang = LANG_KY;
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), v->service);
    const struct place *unit = territory_find(territory_get(app, a), in->unit);
    struct str service = kind ? text3_get(&kind->name, lang) : v->service;
    struct buf *body = buf_in(a);
    MSG_PUT(body, lang, MSG_delivery_mail_about,
            ARG_S("unit", unit ? place_name(unit, lang) : in->unit), ARG_S("service", service),
            ARG_DATE("day", v->day));
    buf_cstr(body, "\n\n");
    buf_str(body,
            msg_text(lang, in->upheld ? MSG_delivery_mail_upheld : MSG_delivery_mail_rejected));
    buf_cstr(body, "\n\n");
    MSG_PUT(body, lang, MSG_delivery_mail_answer, ARG_S("words", in->answer));
    buf_cstr(body, "\n\n");
    MSG_PUT(body, lang, MSG_delivery_mail_link,
            ARG_S("link",
                  arena_printf(a, "%s/m/%.*s/visits/%lld", app->public_url ? app->public_url : "",
                               STRF(in->unit), (long long)v->id)));
    struct outbox_message message = {
        .unit = in->unit,
        .channel = "email",
        .to = contact.email,
        .lang = lang,
        .subject = MSG_STR(a, lang, MSG_delivery_mail_subject, ARG_S("service", service),
                           ARG_DATE("day", v->day)),
        .body = buf_view(body),
        .cause = "visit_dispute",
        .cause_id = arena_printf(a, "%lld", (long long)in->dispute),
    };
    return outbox_put(tx, &message);
}

enum err delivery_answer_dispute(struct app *app, struct tx *tx, struct arena *a,
                                 const struct dispute_answer *in, struct delivery_faults *faults)
{
    enum err rc = ERR_OK;
    struct sql_dispute_get_row row = {0};
    struct visit v;
    int64_t now_ms = in->at_ms ? in->at_ms : clock_now_ms(), changed = 0, entry = 0;
    const char *state = in->upheld ? "upheld" : "rejected";
    TRY(sql_dispute_get(tx, a, &row, .unit = in->unit, .id = in->dispute));
    TRY(delivery_visit(tx, a, in->unit, row.visit_id, &v));
    if (utf8_length(in->answer) < 3)
        delivery_fault(a, faults, DISPUTE_ANSWER, MSG_delivery_fault_answer);
    else if (utf8_length(in->answer) > DELIVERY_WORDS_MAX)
        delivery_fault(a, faults, DISPUTE_ANSWER, MSG_delivery_fault_words_long);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_dispute_answer(tx, &changed, .unit = in->unit, .id = in->dispute,
                           .state = str_from(state), .answer = in->answer, .answered_ms = now_ms,
                           .answered_by = in->person));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(sql_visit_count(tx, NULL, .unit = in->unit, .id = v.id, .disputes = -1, .photos = 0,
                        .upheld = in->upheld));
    if (!in->demo)
        TRY(delivery_trail(tx, a, in->unit,
                           in->upheld ? "visit_dispute_upheld" : "visit_dispute_rejected", v.id,
                           now_ms, in->answer, &entry));
    TRY(sql_visit_event_put(tx, NULL, .unit = in->unit, .visit_id = v.id, .id = id_new(),
                            .kind = str_from(state), .at_ms = now_ms, .said_ms = now_ms,
                            .person = in->person, .reason = in->answer, .once = STR_NULL,
                            .trail = entry));
    if (!in->demo)
        TRY(tell(app, tx, a, in, &v));
out:
    return rc;
}
