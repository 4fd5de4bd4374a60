/*
 * How a plan comes about: a draft is written, submitted to the council, and approved by resolution
 * or returned with a reason. What was approved is never touched again: an amendment is the next
 * version and says what it changes. plans.sql and triggers in the database say the same again.
 */
#include "programme/plans/plans_internal.h"

#include "community/topics/topics.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/trail/trail.h"

void plan_fault(struct arena *a, struct plan_faults *faults, enum plan_field field, enum msg m)
{
    ARENA_PUSH(a, *faults, ((struct plan_fault){field, m}));
}

void plan_check_text(struct arena *a, struct str *s, size_t max, bool required,
                     enum plan_field field, struct plan_faults *faults)
{
    *s = s->p ? str_trim(*s) : STR("");
    if (!utf8_is_text(*s))
        plan_fault(a, faults, field, MSG_plans_fault_text);
    else if (utf8_length(*s) > max)
        plan_fault(a, faults, field, MSG_plans_fault_long);
    else if (required && s->n == 0)
        plan_fault(a, faults, field, MSG_plans_fault_missing);
}

int64_t plan_change_ms(const struct plan_change *c)
{
    return c->at_ms ? c->at_ms : clock_now_ms();
}

/* The latest version of the plan, if it is as the editor saw it and in that state. */
static enum err find_latest(struct tx *tx, struct arena *a, const struct plan_change *c,
                            enum plan_state state, struct plan *p)
{
    enum err rc = plan_read(tx, a, c->plan, PLAN_LATEST, p);
    if (rc != ERR_OK)
        return rc;
    if (!str_eq(p->unit, c->unit))
        return ERR_NOT_FOUND;
    if (c->revision && c->revision != p->shown->revision)
        return ERR_CONFLICT;
    return p->shown->state == state ? ERR_OK : ERR_DENIED;
}

/* Exactly one row moved from state to state, else somebody was quicker. */
static enum err moved(enum err rc, int64_t changed)
{
    return rc == ERR_OK && changed != 1 ? ERR_CONFLICT : rc;
}

enum err plan_claim(struct tx *tx, struct arena *a, const struct plan_change *c, struct plan *p)
{
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_latest(tx, a, c, PLAN_DRAFT, p));
    rc = sql_plan_version_touch(tx, &changed, .unit = c->unit, .plan = c->plan,
                                .version = p->shown->version, .revision = p->shown->revision);
    TRY(moved(rc, changed));
out:
    return rc;
}

/* --- texts --- */

static void check_heading(struct arena *a, struct plan_heading *h, struct plan_faults *faults)
{
    if (!topics_find(h->topic))
        plan_fault(a, faults, PLAN_F_TOPIC, MSG_plans_fault_topic);
    for (int l = 0; l < LANG__MAX; l++)
        plan_check_text(a, &h->title.in[l], PLAN_LINE_MAX, l == LANG_KY, PLAN_F_TITLE, faults);
}

enum err plan_begin(struct tx *tx, struct arena *a, const struct plan_change *c,
                    const struct plan_heading *heading, struct str problem, struct str once,
                    int64_t *known, struct plan_faults *faults)
{
    struct plan_heading h = *heading;
    struct sql_plans_by_once_rows again = {0};
    struct str none = STR("");
    enum err rc = ERR_OK;
    *known = c->plan;
    check_heading(a, &h, faults);
    plan_check_text(a, &problem, PLAN_TEXT_MAX, true, PLAN_F_PROBLEM, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (once.p)
        TRY(sql_plans_by_once(tx, a, &again, .once = once));
    if (again.n) {
        *known = again.v[0].id;
        goto out;
    }
    TRY(sql_plan_insert(tx, NULL, .unit = c->unit, .id = c->plan, .topic = h.topic,
                        .title_ky = h.title.in[LANG_KY], .title_ru = h.title.in[LANG_RU],
                        .title_en = h.title.in[LANG_EN], .origin = h.origin.p ? h.origin : none,
                        .origin_ref = h.origin_ref.p ? h.origin_ref : none,
                        .created_ms = plan_change_ms(c), .created_by = c->person, .once = once));
    TRY(sql_plan_version_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .version = 1,
                                .problem = problem, .objective = none, .basis = none, .risks = none,
                                .created_ms = plan_change_ms(c), .created_by = c->person));
out:
    return rc;
}

enum err plan_set_texts(struct tx *tx, struct arena *a, const struct plan_change *c,
                        const struct plan_texts *texts, struct plan_faults *faults)
{
    struct plan p;
    struct plan_texts t = *texts;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    if (p.version > 0)
        t.heading = (struct plan_heading){.topic = p.topic, .title = p.title};
    check_heading(a, &t.heading, faults);
    plan_check_text(a, &t.problem, PLAN_TEXT_MAX, true, PLAN_F_PROBLEM, faults);
    plan_check_text(a, &t.objective, PLAN_TEXT_MAX, false, PLAN_F_OBJECTIVE, faults);
    plan_check_text(a, &t.basis, PLAN_LINE_MAX * 2, false, PLAN_F_BASIS, faults);
    plan_check_text(a, &t.risks, PLAN_TEXT_MAX, false, PLAN_F_RISKS, faults);
    plan_check_text(a, &t.changes, PLAN_TEXT_MAX, false, PLAN_F_CHANGES, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_plan_set_title(tx, NULL, .unit = c->unit, .id = c->plan, .topic = t.heading.topic,
                           .title_ky = t.heading.title.in[LANG_KY],
                           .title_ru = t.heading.title.in[LANG_RU],
                           .title_en = t.heading.title.in[LANG_EN]));
    TRY(sql_plan_version_set(tx, NULL, .unit = c->unit, .plan = c->plan,
                             .version = p.shown->version, .problem = t.problem,
                             .objective = t.objective, .basis = t.basis, .risks = t.risks,
                             .changes = t.changes));
out:
    return rc;
}

/* --- actions --- */

void plan_check_action(struct arena *a, struct plan_action *x, struct plan_faults *faults)
{
    plan_check_text(a, &x->title, PLAN_LINE_MAX * 2, true, PLAN_F_ACTION_TITLE, faults);
    plan_check_text(a, &x->responsible, PLAN_LINE_MAX, true, PLAN_F_RESPONSIBLE, faults);
    plan_check_text(a, &x->result, PLAN_LINE_MAX * 2, false, PLAN_F_RESULT, faults);
    if (x->to_day < x->from_day)
        plan_fault(a, faults, PLAN_F_TO, MSG_plans_fault_days);
    else if (x->to_day - x->from_day > PLAN_DAYS_MAX)
        plan_fault(a, faults, PLAN_F_TO, MSG_plans_fault_too_long);
    if (!plan_cost_ok(&x->cost))
        plan_fault(a, faults, PLAN_F_COST, MSG_plans_fault_amount);
    else if (!plan_cost_adds_up(&x->cost))
        plan_fault(a, faults, PLAN_F_COST, MSG_plans_fault_sum);
}

static enum err insert_action(struct tx *tx, const struct plan_change *c, int64_t version,
                              const struct plan_action *x)
{
    return sql_plan_action_insert(
        tx, NULL, .unit = c->unit, .plan = c->plan, .version = version, .id = x->id,
        .position = x->position, .title = x->title, .responsible = x->responsible,
        .result = x->result, .from_day = x->from_day, .to_day = x->to_day, .cost = x->cost.total,
        .own = x->cost.by[PLAN_OWN], .grant_money = x->cost.by[PLAN_GRANT],
        .cash = x->cost.by[PLAN_CASH], .kind = x->cost.by[PLAN_KIND],
        .partner = x->cost.by[PLAN_PARTNER]);
}

enum err plan_put_action(struct tx *tx, struct arena *a, const struct plan_change *c,
                         struct plan_action *x, struct plan_faults *faults)
{
    struct plan p;
    enum err rc = ERR_OK;
    plan_check_action(a, x, faults);
    TRY(plan_claim(tx, a, c, &p));
    const struct plan_action *old = x->id ? plan_action_find(&p, x->id) : NULL;
    if (x->id && !old)
        FAIL(ERR_NOT_FOUND);
    if (!old && p.actions.n >= PLAN_ACTIONS_MAX)
        plan_fault(a, faults, PLAN_WHOLE, MSG_plans_fault_many);
    if (faults->n)
        FAIL(ERR_INPUT);
    x->position = old               ? old->position
                  : p.actions.n > 0 ? p.actions.v[p.actions.n - 1].position + 1
                                    : 1;
    if (old)
        TRY(sql_plan_action_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                                   .version = p.shown->version, .id = x->id));
    else
        x->id = id_new();
    TRY(insert_action(tx, c, p.shown->version, x));
out:
    return rc;
}

enum err plan_remove_action(struct tx *tx, struct arena *a, const struct plan_change *c, int64_t id)
{
    struct plan p;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    TRY(sql_plan_action_delete(tx, &changed, .unit = c->unit, .plan = c->plan,
                               .version = p.shown->version, .id = id));
    if (changed == 0)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

enum err plan_replace_actions(struct tx *tx, struct arena *a, const struct plan_change *c,
                              struct plan_actions *list, struct plan_faults *faults)
{
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    if (list->n > PLAN_ACTIONS_MAX)
        plan_fault(a, faults, PLAN_WHOLE, MSG_plans_fault_many);
    for (size_t i = 0; i < list->n; i++) {
        struct plan_action *x = &list->v[i];
        plan_check_action(a, x, faults);
        if (!x->id || !plan_action_find(&p, x->id))
            x->id = id_new();
        x->position = (int64_t)i + 1;
    }
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_plan_actions_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                                .version = p.shown->version));
    for (size_t i = 0; i < list->n; i++)
        TRY(insert_action(tx, c, p.shown->version, &list->v[i]));
out:
    return rc;
}

/* --- people, partners, working group --- */

enum err plan_set_villages(struct tx *tx, struct arena *a, const struct plan_change *c,
                           const struct plan_villages *list, struct plan_faults *faults)
{
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].people < 0 || list->v[i].people > 1000000)
            plan_fault(a, faults, PLAN_F_PEOPLE, MSG_plans_fault_people);
    if (faults->n)
        FAIL(ERR_INPUT);
    TRY(sql_plan_people_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                               .version = p.shown->version));
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].people > 0)
            TRY(sql_plan_people_insert(tx, NULL, .unit = c->unit, .plan = c->plan,
                                       .version = p.shown->version, .village = list->v[i].village,
                                       .people = list->v[i].people));
out:
    return rc;
}

static const struct plan_share *share_of(const struct plan *p, struct str member)
{
    for (size_t i = 0; i < p->shares.n; i++)
        if (str_eq(p->shares.v[i].member, member))
            return &p->shares.v[i];
    return NULL;
}

static enum err insert_share(struct tx *tx, const struct plan_change *c, int64_t version,
                             const struct plan_share *s)
{
    return sql_plan_share_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version,
                                 .member = s->member, .amount = s->amount,
                                 .resolution = s->resolution, .resolution_day = s->resolution_day);
}

enum err plan_set_share(struct tx *tx, struct arena *a, const struct plan_change *c,
                        const struct plan_share *share, struct plan_faults *faults)
{
    struct plan p;
    struct plan_share s = *share;
    struct plan_cost amount = {.total = s.amount, .by = {s.amount}};
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    plan_check_text(a, &s.resolution, 40, false, PLAN_F_RESOLUTION, faults);
    if (!plan_cost_ok(&amount))
        plan_fault(a, faults, PLAN_F_AMOUNT, MSG_plans_fault_amount);
    if (s.resolution.n > 0 && !s.resolution_day.set)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_missing);
    const struct plan_share *old = share_of(&p, s.member);
    if (!old && p.shares.n >= PLAN_SHARES_MAX)
        plan_fault(a, faults, PLAN_F_MEMBER, MSG_plans_fault_many);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (old)
        TRY(sql_plan_share_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                                  .version = p.shown->version, .member = s.member));
    TRY(insert_share(tx, c, p.shown->version, &s));
    if (!str_eq(s.member, c->unit) && !share_of(&p, c->unit)) {
        int64_t rest = p.sum.by[PLAN_OWN] - s.amount;
        struct plan_share lead = {
            .member = c->unit, .amount = rest > 0 ? rest : 0, .resolution = STR("")};
        TRY(insert_share(tx, c, p.shown->version, &lead));
    }
out:
    return rc;
}

enum err plan_remove_share(struct tx *tx, struct arena *a, const struct plan_change *c,
                           struct str member)
{
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    if (!share_of(&p, member))
        FAIL(ERR_NOT_FOUND);
    /* With the last partner, or with the leading one, the plan is no joint one any more. */
    if (str_eq(member, c->unit) || p.shares.n <= 2)
        TRY(sql_plan_shares_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                                   .version = p.shown->version));
    else
        TRY(sql_plan_share_delete(tx, NULL, .unit = c->unit, .plan = c->plan,
                                  .version = p.shown->version, .member = member));
out:
    return rc;
}

enum err plan_set_member(struct tx *tx, struct arena *a, const struct plan_change *c,
                         int64_t person, struct str duty, struct plan_faults *faults)
{
    struct plan p;
    struct register_person who;
    bool known = false;
    enum err rc = ERR_OK;
    TRY(plan_read(tx, a, c->plan, PLAN_LATEST, &p));
    if (!str_eq(p.unit, c->unit))
        FAIL(ERR_NOT_FOUND);
    rc = persons_get(tx, a, person, &who);
    if (rc == ERR_NOT_FOUND) {
        plan_fault(a, faults, PLAN_F_MEMBER, MSG_plans_fault_person);
        FAIL(ERR_INPUT);
    }
    TRY(rc);
    for (size_t i = 0; i < p.group.n; i++)
        known = known || p.group.v[i].person == person;
    if (!known && p.group.n >= PLAN_MEMBERS_MAX) {
        plan_fault(a, faults, PLAN_F_MEMBER, MSG_plans_fault_many);
        FAIL(ERR_INPUT);
    }
    TRY(sql_plan_member_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .person = person,
                               .duty = duty, .added_ms = plan_change_ms(c), .added_by = c->person));
out:
    return rc;
}

enum err plan_remove_member(struct tx *tx, const struct plan_change *c, int64_t person)
{
    int64_t changed = 0;
    enum err rc =
        sql_plan_member_delete(tx, &changed, .unit = c->unit, .plan = c->plan, .person = person);
    return rc == ERR_OK && changed == 0 ? ERR_NOT_FOUND : rc;
}

/* --- to the council and back --- */

void plan_find_gaps(struct arena *a, const struct plan *p, struct plan_gaps *out)
{
    const struct plan_version *v = p->shown;
    int64_t shares = 0;
    bool decided = true;
    if (v->objective.n == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_objective);
    if (p->actions.n == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_actions);
    if (p->people == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_people);
    if (p->group.n == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_group);
    if (v->risks.n == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_risks);
    if (v->version > 1 && v->changes.n == 0)
        ARENA_PUSH(a, *out, MSG_plans_gap_changes);
    for (size_t i = 0; i < p->shares.n; i++) {
        shares += p->shares.v[i].amount;
        decided = decided && (str_eq(p->shares.v[i].member, p->unit) ||
                              (p->shares.v[i].resolution.n && p->shares.v[i].resolution_day.set));
    }
    if (p->shares.n > 0 && shares != p->sum.by[PLAN_OWN])
        ARENA_PUSH(a, *out, MSG_plans_gap_shares);
    if (!decided)
        ARENA_PUSH(a, *out, MSG_plans_gap_partners);
}

enum err plan_submit(struct tx *tx, struct arena *a, const struct plan_change *c)
{
    struct plan p;
    struct plan_gaps gaps = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_latest(tx, a, c, PLAN_DRAFT, &p));
    plan_find_gaps(a, &p, &gaps);
    if (gaps.n)
        FAIL(ERR_DENIED);
    rc = sql_plan_version_submit(tx, &changed, .unit = c->unit, .plan = c->plan,
                                 .version = p.shown->version, .revision = p.shown->revision,
                                 .submitted_ms = plan_change_ms(c), .submitted_by = c->person);
    TRY(moved(rc, changed));
out:
    return rc;
}

enum err plan_return(struct tx *tx, struct arena *a, const struct plan_change *c, struct str reason,
                     struct plan_faults *faults)
{
    struct plan p;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_latest(tx, a, c, PLAN_SUBMITTED, &p));
    plan_check_text(a, &reason, PLAN_TEXT_MAX, true, PLAN_F_REASON, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    rc = sql_plan_version_return(tx, &changed, .unit = c->unit, .plan = c->plan,
                                 .version = p.shown->version, .revision = p.shown->revision,
                                 .returned = reason);
    TRY(moved(rc, changed));
out:
    return rc;
}

enum err plan_approve(struct tx *tx, struct arena *a, const struct plan_change *c,
                      struct str resolution, int64_t day, struct plan_faults *faults)
{
    struct plan p;
    int64_t changed = 0, today = day_of_ms(plan_change_ms(c));
    enum err rc = ERR_OK;
    TRY(find_latest(tx, a, c, PLAN_SUBMITTED, &p));
    plan_check_text(a, &resolution, 40, true, PLAN_F_RESOLUTION, faults);
    if (day > today)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_future);
    else if (p.versions.n > 1 && day < p.versions.v[1].resolution_day)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_before);
    else if (today - day > 366)
        plan_fault(a, faults, PLAN_F_DAY, MSG_plans_fault_old);
    if (faults->n)
        FAIL(ERR_INPUT);
    struct str digest = plan_digest(a, &p);
    rc = sql_plan_version_approve(tx, &changed, .unit = c->unit, .plan = c->plan,
                                  .version = p.shown->version, .revision = p.shown->revision,
                                  .resolution = resolution, .resolution_day = day, .digest = digest,
                                  .approved_ms = plan_change_ms(c), .approved_by = c->person);
    TRY(moved(rc, changed));
    TRY(sql_plan_set_approved(tx, NULL, .unit = c->unit, .id = c->plan, .version = p.shown->version,
                              .approved_day = day));
    if (p.shown->version == 1) {
        struct tally_fact fact = {.counter = &plans_approved,
                                  .unit = c->unit,
                                  .day = day,
                                  .values = {p.topic},
                                  .amount = 1};
        TRY(tally_change(tx, &fact));
    }
    TRY(trail_append(tx, c->unit, "plan_approved",
                     arena_printf(a, "%lld/%lld", (long long)c->plan, (long long)p.shown->version),
                     digest, NULL));
out:
    return rc;
}

static enum err copy_parts(struct tx *tx, const struct plan_change *c, const struct plan *p,
                           int64_t version)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < p->actions.n; i++)
        TRY(insert_action(tx, c, version, &p->actions.v[i]));
    for (size_t i = 0; i < p->villages.n; i++)
        TRY(sql_plan_people_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version,
                                   .village = p->villages.v[i].village,
                                   .people = p->villages.v[i].people));
    for (size_t i = 0; i < p->shares.n; i++) {
        /* A changed plan needs the partners' word anew. */
        struct plan_share s = p->shares.v[i];
        s.resolution = STR("");
        s.resolution_day = I64_NONE;
        TRY(insert_share(tx, c, version, &s));
    }
out:
    return rc;
}

enum err plan_amend(struct tx *tx, struct arena *a, const struct plan_change *c)
{
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plan_read(tx, a, c->plan, PLAN_LATEST, &p));
    if (!str_eq(p.unit, c->unit))
        FAIL(ERR_NOT_FOUND);
    if (p.shown->state == PLAN_DRAFT)
        goto out; /* pressed twice */
    if (p.shown->state != PLAN_APPROVED)
        FAIL(ERR_DENIED);
    int64_t version = p.shown->version + 1;
    TRY(sql_plan_version_insert(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version,
                                .problem = p.shown->problem, .objective = p.shown->objective,
                                .basis = p.shown->basis, .risks = p.shown->risks,
                                .created_ms = plan_change_ms(c), .created_by = c->person));
    TRY(copy_parts(tx, c, &p, version));
out:
    return rc;
}

enum err plan_discard(struct tx *tx, struct arena *a, const struct plan_change *c, bool *gone)
{
    struct plan p;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(plan_claim(tx, a, c, &p));
    int64_t version = p.shown->version;
    TRY(sql_plan_actions_delete(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version));
    TRY(sql_plan_people_delete(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version));
    TRY(sql_plan_shares_delete(tx, NULL, .unit = c->unit, .plan = c->plan, .version = version));
    rc =
        sql_plan_version_delete(tx, &changed, .unit = c->unit, .plan = c->plan, .version = version);
    TRY(moved(rc, changed));
    *gone = version == 1;
    for (size_t i = 0; *gone && i < p.group.n; i++)
        TRY(plan_remove_member(tx, c, p.group.v[i].person));
    if (*gone)
        TRY(sql_plan_delete(tx, NULL, .unit = c->unit, .id = c->plan));
out:
    return rc;
}
