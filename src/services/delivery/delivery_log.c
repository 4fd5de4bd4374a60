/*
 * The log: what the crew or the office says became of a visit.
 *
 * Every word is an event. A visit's state is that of the latest word, by the time when it was said
 * and not when it arrived: a confirmation that waited two days in a phone without signal does not
 * undo what the office corrected meanwhile. A phone's clock is believed only between the beginning
 * of the visit's day and the arrival.
 */
#include "services/delivery/delivery_internal.h"

#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/trail/trail.h"

enum err delivery_trail(struct tx *tx, struct arena *a, struct str unit, const char *kind,
                        int64_t visit, int64_t at_ms, struct str words, int64_t *entry)
{
    struct str subject = arena_printf(a, "visit-%lld", (long long)visit);
    struct buf *payload = buf_in(a);
    buf_printf(payload, "visit-event-v1 %lld %s %lld:", (long long)at_ms, kind,
               words.p ? (long long)words.n : -1LL);
    if (words.p)
        buf_str(payload, words);
    return trail_append(tx, unit, kind, subject, buf_view(payload), entry);
}

static void check(struct arena *a, const struct visit_reader *reader, const struct visit *v,
                  const struct visit_confirmation *in, int64_t now_ms,
                  struct delivery_faults *faults)
{
    int64_t today = day_of_ms(now_ms);
    int64_t late = reader->office ? DELIVERY_LATE_DAYS_OFFICE : DELIVERY_LATE_DAYS_PROVIDER;
    if (in->outcome != VISIT_DONE && in->outcome != VISIT_MISSED)
        delivery_fault(a, faults, CONFIRM_OUTCOME, MSG_delivery_fault_outcome);
    if (v->day > today)
        delivery_fault(a, faults, CONFIRM_OUTCOME, MSG_delivery_fault_early);
    else if (v->day < today - late)
        delivery_fault(a, faults, CONFIRM_OUTCOME, MSG_delivery_fault_late);
    if (in->outcome == VISIT_MISSED && !delivery_reason_keep(a, in->why, in->reason).p)
        delivery_fault(a, faults, CONFIRM_REASON, MSG_delivery_fault_reason);
    if (utf8_length(in->reason) > DELIVERY_REASON_MAX)
        delivery_fault(a, faults, CONFIRM_REASON, MSG_delivery_fault_reason_long);
}

/* What the latest word says. */
static enum err settle(struct tx *tx, struct arena *a, struct str unit, int64_t visit)
{
    struct sql_visit_decision_rows said;
    enum err rc = sql_visit_decision(tx, a, &said, .unit = unit, .visit_id = visit);
    if (rc != ERR_OK || said.n == 0)
        return rc;
    return sql_visit_settle(tx, NULL, .unit = unit, .id = visit, .state = said.v[0].kind,
                            .state_ms = I64(said.v[0].said_ms),
                            .reason = str_eq(said.v[0].kind, STR("missed")) ? said.v[0].reason
                                                                            : STR_NULL);
}

static enum err put_event(struct tx *tx, struct arena *a, const struct visit_reader *reader,
                          const struct visit *v, const struct visit_confirmation *in,
                          int64_t now_ms)
{
    enum err rc = ERR_OK;
    int64_t said = in->said_ms, entry = 0, id = id_new();
    struct str kind = str_from(visit_state_code(in->outcome));
    struct str reason =
        in->outcome == VISIT_MISSED ? delivery_reason_keep(a, in->why, in->reason) : STR_NULL;
    if (said <= 0 || said > now_ms || said < day_start_ms(v->day))
        said = now_ms;
    if (!in->demo)
        TRY(delivery_trail(tx, a, in->unit,
                           in->outcome == VISIT_DONE ? "visit_done" : "visit_missed", v->id, now_ms,
                           reason, &entry));
    TRY(sql_visit_event_put(tx, NULL, .unit = in->unit, .visit_id = v->id, .id = id, .kind = kind,
                            .at_ms = now_ms, .said_ms = said, .person = reader->person,
                            .reason = reason, .once = in->once, .trail = entry));
    if (in->has_photo) {
        TRY(sql_visit_photo_put(tx, NULL, .unit = in->unit, .visit_id = v->id, .id = id_new(),
                                .event_id = id, .large = in->photo.large, .small = in->photo.small,
                                .width = in->photo.width, .height = in->photo.height));
        TRY(sql_visit_count(tx, NULL, .unit = in->unit, .id = v->id, .disputes = 0, .photos = 1,
                            .upheld = 0));
    }
out:
    return rc;
}

enum err delivery_confirm(struct tx *tx, struct arena *a, const struct visit_reader *reader,
                          const struct visit_confirmation *in, bool *repeated,
                          struct delivery_faults *faults)
{
    enum err rc = ERR_OK;
    struct visit v;
    struct sql_visit_event_by_once_rows known;
    int64_t now_ms = in->at_ms ? in->at_ms : clock_now_ms();
    *repeated = false;
    TRY(delivery_visit(tx, a, in->unit, in->visit, &v));
    if (!delivery_may_see(reader, v.provider_id))
        FAIL(ERR_NOT_FOUND);
    if (in->once.p) {
        TRY(sql_visit_event_by_once(tx, a, &known, .unit = in->unit, .once = in->once));
        *repeated = known.n > 0;
        if (*repeated)
            goto out;
    }
    check(a, reader, &v, in, now_ms, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(put_event(tx, a, reader, &v, in, now_ms));
    TRY(settle(tx, a, in->unit, v.id));
out:
    return rc;
}
