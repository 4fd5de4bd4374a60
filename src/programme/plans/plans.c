/* Reading plans whole, and what follows from their rows: sums, how far, what an amendment changed.
 */
#include "programme/plans/plans_internal.h"

#include <sodium.h>

static const struct {
    const char *code;
    enum msg name;
} sources[PLAN_SOURCES] = {
    [PLAN_OWN] = {"own", MSG_plans_source_own},
    [PLAN_GRANT] = {"grant", MSG_plans_source_grant},
    [PLAN_CASH] = {"cash", MSG_plans_source_cash},
    [PLAN_KIND] = {"kind", MSG_plans_source_kind},
    [PLAN_PARTNER] = {"partner", MSG_plans_source_partner},
};
const char *plan_source_code(enum plan_source s)
{
    INVARIANT((unsigned)s < PLAN_SOURCES);
    return sources[s].code;
}
bool plan_source_parse(struct str code, enum plan_source *out)
{
    for (int i = 0; i < PLAN_SOURCES; i++)
        if (str_eq(code, str_from(sources[i].code))) {
            *out = (enum plan_source)i;
            return true;
        }
    return false;
}
enum msg plan_source_name(enum plan_source s)
{
    INVARIANT((unsigned)s < PLAN_SOURCES);
    return sources[s].name;
}

static const struct {
    const char *code;
    enum msg name;
} states[] = {
    [PLAN_DRAFT] = {"draft", MSG_plans_state_draft},
    [PLAN_SUBMITTED] = {"submitted", MSG_plans_state_submitted},
    [PLAN_APPROVED] = {"approved", MSG_plans_state_approved},
};
enum msg plan_state_name(enum plan_state s)
{
    INVARIANT((unsigned)s < COUNT_OF(states));
    return states[s].name;
}
static enum plan_state state_of(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (str_eq(code, str_from(states[i].code)))
            return (enum plan_state)i;
    return PLAN_DRAFT;
}

const struct choice plan_duties[] = {
    {"head", MSG_plans_duty_head},
    {"secretary", MSG_plans_duty_secretary},
    {"member", MSG_plans_duty_member},
    {NULL, MSG_NONE},
};
enum msg plan_duty_name(struct str duty)
{
    for (size_t i = 0; plan_duties[i].value; i++)
        if (str_eq(duty, str_from(plan_duties[i].value)))
            return plan_duties[i].label;
    return MSG_plans_duty_member;
}

const struct plan_action *plan_action_find(const struct plan *p, int64_t id)
{
    for (size_t i = 0; i < p->actions.n; i++)
        if (p->actions.v[i].id == id)
            return &p->actions.v[i];
    return NULL;
}

/* --- rows --- */

static enum err read_versions(struct tx *tx, struct arena *a, struct plan *p)
{
    struct sql_plan_versions_of_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_plan_versions_of(tx, a, &rows, .unit = p->unit, .plan = p->id));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_plan_versions_of_row *v = &rows.v[i];
        ARENA_PUSH(a, p->versions,
                   ((struct plan_version){
                       .version = v->version,
                       .revision = v->revision,
                       .state = state_of(v->state),
                       .problem = v->problem,
                       .objective = v->objective,
                       .basis = v->basis,
                       .risks = v->risks,
                       .changes = v->changes,
                       .returned = v->returned,
                       .resolution = v->resolution,
                       .resolution_day = v->resolution_day.set ? v->resolution_day.v : 0,
                       .digest = v->digest,
                       .submitted_ms = v->submitted_ms.set ? v->submitted_ms.v : 0,
                       .approved_ms = v->approved_ms.set ? v->approved_ms.v : 0,
                   }));
    }
out:
    return rc;
}

static enum err read_actions(struct tx *tx, struct arena *a, struct plan *p)
{
    struct sql_plan_actions_of_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_plan_actions_of(tx, a, &rows, .unit = p->unit, .plan = p->id,
                            .version = p->shown->version));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_plan_actions_of_row *x = &rows.v[i];
        ARENA_PUSH(a, p->actions,
                   ((struct plan_action){
                       .id = x->id,
                       .position = x->position,
                       .title = x->title,
                       .responsible = x->responsible,
                       .result = x->result,
                       .from_day = x->from_day,
                       .to_day = x->to_day,
                       .cost = {x->cost, {x->own, x->grant_money, x->cash, x->kind, x->partner}},
                       .note = STR(""),
                   }));
    }
out:
    return rc;
}

static enum err read_parts(struct tx *tx, struct arena *a, struct plan *p)
{
    struct sql_plan_people_of_rows people;
    struct sql_plan_shares_of_rows shares;
    struct sql_plan_members_of_rows members;
    enum err rc = ERR_OK;
    TRY(sql_plan_people_of(tx, a, &people, .unit = p->unit, .plan = p->id,
                           .version = p->shown->version));
    for (size_t i = 0; i < people.n; i++)
        ARENA_PUSH(a, p->villages,
                   ((struct plan_village){people.v[i].village, people.v[i].people}));
    TRY(sql_plan_shares_of(tx, a, &shares, .unit = p->unit, .plan = p->id,
                           .version = p->shown->version));
    for (size_t i = 0; i < shares.n; i++)
        ARENA_PUSH(a, p->shares,
                   ((struct plan_share){shares.v[i].member, shares.v[i].amount,
                                        shares.v[i].resolution, shares.v[i].resolution_day}));
    TRY(sql_plan_members_of(tx, a, &members, .unit = p->unit, .plan = p->id));
    for (size_t i = 0; i < members.n; i++)
        ARENA_PUSH(a, p->group,
                   ((struct plan_group_member){members.v[i].person, members.v[i].duty}));
out:
    return rc;
}

static enum err read_progress(struct tx *tx, struct arena *a, struct plan *p)
{
    struct sql_plan_progress_of_rows words;
    struct sql_plan_photos_of_rows photos;
    struct sql_plan_money_of_rows money;
    enum err rc = ERR_OK;
    TRY(sql_plan_progress_of(tx, a, &words, .unit = p->unit, .plan = p->id));
    for (size_t i = 0; i < words.n; i++)
        ARENA_PUSH(a, p->words,
                   ((struct plan_word){words.v[i].id, words.v[i].action, words.v[i].percent,
                                       words.v[i].day, words.v[i].at_ms, words.v[i].note}));
    TRY(sql_plan_photos_of(tx, a, &photos, .unit = p->unit, .plan = p->id));
    for (size_t i = 0; i < photos.n; i++)
        ARENA_PUSH(a, p->photos,
                   ((struct plan_photo){photos.v[i].id, photos.v[i].progress,
                                        photos.v[i].large_file, photos.v[i].small_file}));
    TRY(sql_plan_money_of(tx, a, &money, .plan = p->id));
    for (size_t i = 0; i < money.n; i++) {
        const struct sql_plan_money_of_row *m = &money.v[i];
        struct plan_payment x = {.unit = m->unit,
                                 .id = m->id,
                                 .action = m->action,
                                 .amount = m->amount,
                                 .day = m->day,
                                 .document = m->document,
                                 .why = m->why,
                                 .withdrawn = m->withdrawn_ms.set};
        if (plan_source_parse(m->source, &x.source))
            ARENA_PUSH(a, p->payments, x);
    }
out:
    return rc;
}

/* --- what follows from them --- */

/* The newest word of each action is the first that is met. */
static void take_latest_words(struct plan *p)
{
    for (size_t k = p->words.n; k-- > 0;)
        for (size_t i = 0; i < p->actions.n; i++)
            if (p->actions.v[i].id == p->words.v[k].action) {
                p->actions.v[i].percent = p->words.v[k].percent;
                p->actions.v[i].said_day = p->words.v[k].day;
                p->actions.v[i].note = p->words.v[k].note;
            }
}

static void compute(struct plan *p)
{
    int64_t percent[PLAN_ACTIONS_MAX], cost[PLAN_ACTIONS_MAX];
    size_t n = p->actions.n < PLAN_ACTIONS_MAX ? p->actions.n : PLAN_ACTIONS_MAX;
    take_latest_words(p);
    for (size_t i = 0; i < n; i++) {
        const struct plan_action *x = &p->actions.v[i];
        INVARIANT(plan_cost_add(&p->sum, &x->cost));
        percent[i] = x->percent;
        cost[i] = x->cost.total;
        p->done += x->percent == 100;
        p->from_day = !p->from_day || x->from_day < p->from_day ? x->from_day : p->from_day;
        p->to_day = x->to_day > p->to_day ? x->to_day : p->to_day;
    }
    p->percent = plan_weighted_percent(percent, cost, n);
    for (size_t i = 0; i < p->villages.n; i++)
        p->people += p->villages.v[i].people;
    for (size_t i = 0; i < p->payments.n; i++)
        if (!p->payments.v[i].withdrawn)
            p->came[p->payments.v[i].source] += p->payments.v[i].amount;
}

static const struct plan_version *choose(const struct plan *p, int64_t version)
{
    if (version == PLAN_LATEST)
        return p->versions.n ? &p->versions.v[0] : NULL;
    if (version == PLAN_IN_FORCE)
        version = p->version;
    for (size_t i = 0; version > 0 && i < p->versions.n; i++)
        if (p->versions.v[i].version == version)
            return &p->versions.v[i];
    return NULL;
}

enum err plan_read(struct tx *tx, struct arena *a, int64_t id, int64_t version, struct plan *out)
{
    struct sql_plans_get_row row;
    enum err rc = ERR_OK;
    TRY(sql_plans_get(tx, a, &row, .id = id));
    *out = (struct plan){
        .unit = row.unit,
        .id = id,
        .topic = row.topic,
        .title = {{row.title_ky, row.title_ru, row.title_en}},
        .origin = row.origin,
        .origin_ref = row.origin_ref,
        .version = row.version,
        .approved_day = row.approved_day.set ? row.approved_day.v : 0,
    };
    TRY(read_versions(tx, a, out));
    out->shown = choose(out, version);
    if (!out->shown)
        FAIL(ERR_NOT_FOUND);
    TRY(read_actions(tx, a, out));
    TRY(read_parts(tx, a, out));
    TRY(read_progress(tx, a, out));
    compute(out);
out:
    return rc;
}

/* --- what the council approved --- */

static void put_line(struct buf *b, const char *name, struct str value)
{
    buf_printf(b, "%s %zu ", name, value.n); /* the length: no value can pass for another line */
    buf_str(b, value);
    buf_char(b, '\n');
}

struct str plan_words_text(struct arena *a, const struct plan *p)
{
    struct buf *b = buf_in(a);
    const struct plan_version *v = p->shown;
    buf_printf(b, "plan %lld version %lld\n", (long long)p->id, (long long)v->version);
    put_line(b, "unit", p->unit);
    put_line(b, "topic", p->topic);
    for (int l = 0; l < LANG__MAX; l++)
        put_line(b, "title", p->title.in[l]);
    put_line(b, "problem", v->problem);
    put_line(b, "objective", v->objective);
    put_line(b, "basis", v->basis);
    put_line(b, "risks", v->risks);
    put_line(b, "changes", v->changes);
    for (size_t i = 0; i < p->actions.n; i++) {
        const struct plan_action *x = &p->actions.v[i];
        buf_printf(b, "action %lld %lld %lld %lld", (long long)x->id, (long long)x->from_day,
                   (long long)x->to_day, (long long)x->cost.total);
        for (int s = 0; s < PLAN_SOURCES; s++)
            buf_printf(b, " %lld", (long long)x->cost.by[s]);
        buf_char(b, '\n');
        put_line(b, "title", x->title);
        put_line(b, "responsible", x->responsible);
        put_line(b, "result", x->result);
    }
    for (size_t i = 0; i < p->villages.n; i++)
        buf_printf(b, "village %.*s %lld\n", STRF(p->villages.v[i].village),
                   (long long)p->villages.v[i].people);
    for (size_t i = 0; i < p->shares.n; i++) {
        buf_printf(b, "share %.*s %lld\n", STRF(p->shares.v[i].member),
                   (long long)p->shares.v[i].amount);
        put_line(b, "resolution", p->shares.v[i].resolution);
    }
    return buf_view(b);
}

struct str plan_digest(struct arena *a, const struct plan *p)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct str text = plan_words_text(a, p);
    char *hex = arena_alloc(a, sizeof hash * 2 + 1);
    crypto_hash_sha256(hash, (const unsigned char *)text.p, text.n);
    sodium_bin2hex(hex, sizeof hash * 2 + 1, hash, sizeof hash);
    return str_from(hex);
}

static bool same_action(const struct plan_action *x, const struct plan_action *y)
{
    for (int s = 0; s < PLAN_SOURCES; s++)
        if (x->cost.by[s] != y->cost.by[s])
            return false;
    return x->from_day == y->from_day && x->to_day == y->to_day && x->cost.total == y->cost.total &&
           str_eq(x->title, y->title) && str_eq(x->responsible, y->responsible) &&
           str_eq(x->result, y->result);
}

static const struct plan_action *find_in(const struct plan_actions *list, int64_t id)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].id == id)
            return &list->v[i];
    return NULL;
}

void plan_compare(struct arena *a, const struct plan_actions *was, const struct plan_actions *now,
                  struct plan_diffs *out)
{
    for (size_t i = 0; i < now->n; i++) {
        const struct plan_action *old = find_in(was, now->v[i].id);
        enum plan_difference what = !old                           ? PLAN_ADDED
                                    : same_action(old, &now->v[i]) ? PLAN_SAME
                                                                   : PLAN_CHANGED;
        ARENA_PUSH(a, *out, ((struct plan_diff){what, &now->v[i], old}));
    }
    for (size_t i = 0; i < was->n; i++)
        if (!find_in(now, was->v[i].id))
            ARENA_PUSH(a, *out, ((struct plan_diff){PLAN_DROPPED, NULL, &was->v[i]}));
}
