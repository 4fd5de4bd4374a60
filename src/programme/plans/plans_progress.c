/* Work done and money come: said of the plan in force, counted in the same transaction. */
#include "programme/plans/plans_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

static enum err find_in_force(struct tx *tx, struct arena *a, const struct plan_change *c,
                              struct plan *p)
{
    enum err rc = plan_read(tx, a, c->plan, PLAN_IN_FORCE, p);
    return rc == ERR_OK && !str_eq(p->unit, c->unit) ? ERR_NOT_FOUND : rc;
}

static enum err count_done(struct tx *tx, const struct plan *p, int64_t day, int64_t amount)
{
    struct tally_fact fact = {.counter = &plans_actions_done,
                              .unit = p->unit,
                              .day = day,
                              .values = {p->topic},
                              .amount = amount};
    return tally_change(tx, &fact);
}

static void check_saying(struct arena *a, const struct plan_change *c, const struct plan *p,
                         const struct plan_saying *s, struct str *note, struct plan_faults *faults)
{
    int64_t today = day_of_ms(plan_change_ms(c));
    plan_check_text(a, note, PLAN_TEXT_MAX, false, PLAN_F_REASON, faults);
    if (s->percent < 0 || s->percent > 100)
        plan_fault(a, faults, PLAN_F_PERCENT, MSG_plans_fault_percent);
    if (s->day > today)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_future);
    else if (s->day < p->approved_day)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_early);
}

enum err plan_say_progress(struct tx *tx, struct arena *a, const struct plan_change *c,
                           const struct plan_saying *s, struct plan_faults *faults)
{
    struct plan p;
    struct sql_plan_progress_by_once_rows again = {0};
    struct sql_plan_progress_last_rows last = {0};
    struct str note = s->note;
    enum err rc = ERR_OK;
    TRY(find_in_force(tx, a, c, &p));
    if (!plan_action_find(&p, s->action))
        FAIL(ERR_NOT_FOUND);
    check_saying(a, c, &p, s, &note, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (s->once.p)
        TRY(sql_plan_progress_by_once(tx, a, &again, .once = s->once));
    if (again.n)
        goto out;
    TRY(sql_plan_progress_last(tx, a, &last, .unit = c->unit, .action = s->action));
    if (last.n && last.v[0].percent == 100)
        TRY(count_done(tx, &p, last.v[0].day, -1));
    if (s->percent == 100)
        TRY(count_done(tx, &p, s->day, 1));
    TRY(sql_plan_progress_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .id = s->id,
                                 .action = s->action, .percent = s->percent, .day = s->day,
                                 .note = note, .at_ms = plan_change_ms(c), .by_person = c->person,
                                 .once = s->once));
    for (size_t i = 0; i < s->photo_count; i++)
        TRY(sql_plan_photo_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .id = s->photos[i].id,
                                  .progress = s->id, .large_file = s->photos[i].large,
                                  .small_file = s->photos[i].small));
out:
    return rc;
}

/* --- money --- */

static const struct counter *counter_of(enum plan_source s)
{
    switch (s) {
    case PLAN_OWN:
        return &plans_contribution_own;
    case PLAN_GRANT:
        return &plans_contribution_grant;
    case PLAN_CASH:
    case PLAN_KIND:
        return &plans_contribution_residents;
    default:
        return &plans_contribution_partner;
    }
}

/* Counters are in som; an amount is whole som, so nothing is lost. */
static enum err count_money(struct tx *tx, struct str unit, struct str topic, enum plan_source s,
                            int64_t day, int64_t tyiyn)
{
    struct tally_fact fact = {.counter = counter_of(s),
                              .unit = unit,
                              .day = day,
                              .values = {topic},
                              .amount = tyiyn / 100};
    if (s == PLAN_CASH || s == PLAN_KIND)
        fact.values[1] = str_from(plan_source_code(s));
    return tally_change(tx, &fact);
}

static bool pays(const struct plan *p, struct str unit)
{
    for (size_t i = 0; i < p->shares.n; i++)
        if (str_eq(p->shares.v[i].member, unit))
            return true;
    return str_eq(p->unit, unit);
}

enum err plan_receive(struct tx *tx, struct arena *a, const struct plan_change *c,
                      const struct plan_receipt *in, struct plan_faults *faults)
{
    struct plan p;
    struct sql_plan_money_by_once_rows again = {0};
    struct plan_cost amount = {.total = in->amount, .by = {in->amount}};
    struct str document = in->document;
    enum err rc = ERR_OK;
    TRY(find_in_force(tx, a, c, &p));
    if (in->action && !plan_action_find(&p, in->action))
        FAIL(ERR_NOT_FOUND);
    if (!pays(&p, in->payer))
        plan_fault(a, faults, PLAN_F_MEMBER, MSG_plans_fault_payer);
    if (!plan_cost_ok(&amount) || in->amount == 0)
        plan_fault(a, faults, PLAN_F_AMOUNT, MSG_plans_fault_amount);
    plan_check_text(a, &document, PLAN_LINE_MAX, true, PLAN_F_DOCUMENT, faults);
    if (in->day > day_of_ms(plan_change_ms(c)))
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_future);
    else if (in->day < p.approved_day)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_early);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (in->once.p)
        TRY(sql_plan_money_by_once(tx, a, &again, .once = in->once));
    if (again.n)
        goto out;
    TRY(sql_plan_money_insert(
        tx, NULL, .unit = in->payer, .id = in->id, .plan = c->plan, .action = in->action,
        .source = str_from(plan_source_code(in->source)), .amount = in->amount, .day = in->day,
        .topic = p.topic, .document = document, .at_ms = plan_change_ms(c), .by_person = c->person,
        .once = in->once));
    TRY(count_money(tx, in->payer, p.topic, in->source, in->day, in->amount));
out:
    return rc;
}

enum err plan_withdraw(struct tx *tx, struct arena *a, const struct plan_change *c, int64_t id,
                       struct str why, struct plan_faults *faults)
{
    struct plan p;
    const struct plan_payment *x = NULL;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_in_force(tx, a, c, &p));
    for (size_t i = 0; i < p.payments.n; i++)
        if (p.payments.v[i].id == id)
            x = &p.payments.v[i];
    if (!x)
        FAIL(ERR_NOT_FOUND);
    plan_check_text(a, &why, PLAN_LINE_MAX, true, PLAN_F_REASON, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_plan_money_withdraw(tx, &changed, .unit = x->unit, .id = id, .plan = c->plan,
                                .withdrawn_ms = plan_change_ms(c), .withdrawn_by = c->person,
                                .why = why));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(count_money(tx, x->unit, p.topic, x->source, x->day, -x->amount));
out:
    return rc;
}
