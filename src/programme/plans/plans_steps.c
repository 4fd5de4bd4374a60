/*
 * The steps of a plan that ask for something, each one form on one page, described by one row of
 * the table below: texts, an action, people of a village, a partner's share, return, approval,
 * progress, money and its withdrawal.
 */
#include "programme/plans/plans_desk.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"

#define FIELDS_MAX 16
#define REVISION_FIELD                                                                             \
    [0] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_plans_title}

struct stepping {
    struct req *r;
    const struct step *s;
    struct plan p;
    const struct plan_action *action; /* of the address */
    const struct plan_payment *payment;
    struct plan_change c;
    struct form *form;
    struct plan_faults faults;
    int64_t fresh; /* an id made before the transaction */
    struct str once;
    struct plan_photo photos[PLAN_PHOTOS_MAX];
    size_t photo_count;
};

struct step {
    const struct field *fields;
    int count;
    enum msg title, lead, button, done;
    enum button_kind kind;
    int64_t version;  /* PLAN_LATEST or PLAN_IN_FORCE */
    unsigned states;  /* of the shown version: 1 << enum plan_state */
    const char *back; /* "#actions" */
    int citation;
    void (*fill)(struct stepping *s, struct form *f);
    void (*options)(struct stepping *s, struct option_list *options);
    enum err (*rule)(struct tx *tx, struct stepping *s);
    const int *map;
    bool country; /* writes rows of other municipalities */
};

static const struct field_value *value(const struct stepping *s, int field)
{
    return &s->form->v[field];
}

/* --- texts --- */

enum { T_TOPIC = 1, T_KY, T_RU, T_EN, T_PROBLEM, T_OBJECTIVE, T_BASIS, T_RISKS, T_CHANGES, T_N };
static const struct field text_fields[] = {
    REVISION_FIELD,
    [T_TOPIC] = {"topic", FIELD_CODE, .max = 40, .label = MSG_plans_topic},
    [T_KY] = {"title_ky", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_name_ky},
    [T_RU] = {"title_ru", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_name_ru},
    [T_EN] = {"title_en", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_name_en},
    [T_PROBLEM] = {"problem", FIELD_TEXT, .required = true, .max = PLAN_TEXT_MAX,
                   .label = MSG_plans_problem, .hint = MSG_plans_problem_hint},
    [T_OBJECTIVE] = {"objective", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_objective,
                     .hint = MSG_plans_objective_hint},
    [T_BASIS] = {"basis", FIELD_LINE, .max = PLAN_LINE_MAX * 2, .label = MSG_plans_basis,
                 .autocomplete = "off"},
    [T_RISKS] = {"risks", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_risks,
                 .hint = MSG_plans_risks_hint},
    [T_CHANGES] = {"changes", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_changes,
                   .hint = MSG_plans_changes_hint},
};
/* The name and the topic stand in what was approved; a first version changes nothing. */
static const struct field amend_fields[] = {
    REVISION_FIELD,
    [1] = {"problem", FIELD_TEXT, .required = true, .max = PLAN_TEXT_MAX,
           .label = MSG_plans_problem},
    [2] = {"objective", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_objective},
    [3] = {"basis", FIELD_LINE, .max = PLAN_LINE_MAX * 2, .label = MSG_plans_basis,
           .autocomplete = "off"},
    [4] = {"risks", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_risks,
           .hint = MSG_plans_risks_hint},
    [5] = {"changes", FIELD_TEXT, .max = PLAN_TEXT_MAX, .label = MSG_plans_changes,
           .hint = MSG_plans_changes_hint},
};
static const int text_map[PLAN_FIELDS] = {
    [PLAN_F_TOPIC] = T_TOPIC + 1,     [PLAN_F_TITLE] = T_KY + 1,
    [PLAN_F_PROBLEM] = T_PROBLEM + 1, [PLAN_F_OBJECTIVE] = T_OBJECTIVE + 1,
    [PLAN_F_BASIS] = T_BASIS + 1,     [PLAN_F_RISKS] = T_RISKS + 1,
};
static const int amend_map[PLAN_FIELDS] = {
    [PLAN_F_PROBLEM] = 2, [PLAN_F_OBJECTIVE] = 3, [PLAN_F_BASIS] = 4,
    [PLAN_F_RISKS] = 5,   [PLAN_F_CHANGES] = 6,
};
static void fill_text(struct stepping *s, struct form *f)
{
    const struct plan_version *v = s->p.shown;
    form_set(f, T_TOPIC, s->p.topic);
    for (int l = 0; l < LANG__MAX; l++)
        form_set(f, T_KY + l, s->p.title.in[l]);
    form_set(f, T_PROBLEM, v->problem);
    form_set(f, T_OBJECTIVE, v->objective);
    form_set(f, T_BASIS, v->basis);
    form_set(f, T_RISKS, v->risks);
}
static void fill_amend(struct stepping *s, struct form *f)
{
    const struct plan_version *v = s->p.shown;
    form_set(f, 1, v->problem);
    form_set(f, 2, v->objective);
    form_set(f, 3, v->basis);
    form_set(f, 4, v->risks);
    form_set(f, 5, v->changes);
}
static void text_options(struct stepping *s, struct option_list *options)
{
    options[T_TOPIC] = plans_topic_options(s->r);
}
static enum err rule_text(struct tx *tx, struct stepping *s)
{
    struct plan_texts t = {
        .heading = {.topic = value(s, T_TOPIC)->s,
                    .title = {{value(s, T_KY)->s, value(s, T_RU)->s, value(s, T_EN)->s}}},
        .problem = value(s, T_PROBLEM)->s,
        .objective = value(s, T_OBJECTIVE)->s,
        .basis = value(s, T_BASIS)->s,
        .risks = value(s, T_RISKS)->s,
    };
    return plan_set_texts(tx, s->r->arena, &s->c, &t, &s->faults);
}
static enum err rule_amend_text(struct tx *tx, struct stepping *s)
{
    struct plan_texts t = {
        .problem = value(s, 1)->s,
        .objective = value(s, 2)->s,
        .basis = value(s, 3)->s,
        .risks = value(s, 4)->s,
        .changes = value(s, 5)->s,
    };
    return plan_set_texts(tx, s->r->arena, &s->c, &t, &s->faults);
}

/* --- an action --- */

enum { A_TITLE = 1, A_RESPONSIBLE, A_RESULT, A_FROM, A_TO, A_COST, A_SOURCE };
#define MONEY_FIELD(name, label_)                                                                  \
    {                                                                                              \
        name, FIELD_MONEY, .min = 0, .max = PLAN_AMOUNT_MAX, .width = 10, .label = label_          \
    }
static const struct field action_fields[] = {
    REVISION_FIELD,
    [A_TITLE] = {"title", FIELD_LINE, .required = true, .max = PLAN_LINE_MAX * 2,
                 .label = MSG_plans_action},
    [A_RESPONSIBLE] = {"responsible", FIELD_LINE, .required = true, .max = PLAN_LINE_MAX,
                       .label = MSG_plans_responsible, .hint = MSG_plans_responsible_hint},
    [A_RESULT] = {"result", FIELD_LINE, .max = PLAN_LINE_MAX * 2, .label = MSG_plans_result,
                  .hint = MSG_plans_result_hint},
    [A_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_plans_from},
    [A_TO] = {"to", FIELD_DATE, .required = true, .label = MSG_plans_to},
    [A_COST] = {"cost", FIELD_MONEY, .required = true, .min = 0, .max = PLAN_AMOUNT_MAX,
                .width = 10, .label = MSG_plans_cost_som, .hint = MSG_plans_cost_hint},
    [A_SOURCE + PLAN_OWN] = MONEY_FIELD("own", MSG_plans_source_own),
    [A_SOURCE + PLAN_GRANT] = MONEY_FIELD("grant", MSG_plans_source_grant),
    [A_SOURCE + PLAN_CASH] = MONEY_FIELD("cash", MSG_plans_source_cash),
    [A_SOURCE + PLAN_KIND] = MONEY_FIELD("kind", MSG_plans_source_kind),
    [A_SOURCE + PLAN_PARTNER] = MONEY_FIELD("partner", MSG_plans_source_partner),
};
static const int action_map[PLAN_FIELDS] = {
    [PLAN_F_ACTION_TITLE] = A_TITLE + 1,
    [PLAN_F_RESPONSIBLE] = A_RESPONSIBLE + 1,
    [PLAN_F_RESULT] = A_RESULT + 1,
    [PLAN_F_FROM] = A_FROM + 1,
    [PLAN_F_TO] = A_TO + 1,
    [PLAN_F_COST] = A_COST + 1,
};
/* Plans are in whole som: the field shows no tyiyn. */
static void set_som(struct form *f, int field, int64_t tyiyn)
{
    form_set(f, field, arena_printf(f->arena, "%lld", (long long)(tyiyn / 100)));
}
static void fill_action(struct stepping *s, struct form *f)
{
    const struct plan_action *x = s->action;
    if (!x)
        return;
    form_set(f, A_TITLE, x->title);
    form_set(f, A_RESPONSIBLE, x->responsible);
    form_set(f, A_RESULT, x->result);
    form_set_int(f, A_FROM, x->from_day);
    form_set_int(f, A_TO, x->to_day);
    set_som(f, A_COST, x->cost.total);
    for (int i = 0; i < PLAN_SOURCES; i++)
        if (x->cost.by[i])
            set_som(f, A_SOURCE + i, x->cost.by[i]);
}
static enum err rule_action(struct tx *tx, struct stepping *s)
{
    struct plan_action x = {.id = s->action ? s->action->id : 0,
                            .title = value(s, A_TITLE)->s,
                            .responsible = value(s, A_RESPONSIBLE)->s,
                            .result = value(s, A_RESULT)->s,
                            .from_day = value(s, A_FROM)->i,
                            .to_day = value(s, A_TO)->i,
                            .cost = {.total = value(s, A_COST)->i}};
    for (int i = 0; i < PLAN_SOURCES; i++)
        x.cost.by[i] = value(s, A_SOURCE + i)->i;
    return plan_put_action(tx, s->r->arena, &s->c, &x, &s->faults);
}

/* --- people of a village --- */

enum { V_VILLAGE = 1, V_PEOPLE };
static const struct field people_fields[] = {
    REVISION_FIELD,
    [V_VILLAGE] = {"village", FIELD_CODE, .required = true, .max = 14, .label = MSG_plans_village},
    [V_PEOPLE] = {"people", FIELD_INT, .required = true, .min = 0, .max = 1000000, .width = 10,
                  .label = MSG_plans_people, .hint = MSG_plans_people_hint},
};
static const int people_map[PLAN_FIELDS] = {
    [PLAN_F_MEMBER] = V_VILLAGE + 1,
    [PLAN_F_PEOPLE] = V_PEOPLE + 1,
};
/* Villages of all municipalities of the plan. */
static void people_options(struct stepping *s, struct option_list *options)
{
    struct req *r = s->r;
    const struct territory *t = territory_get(r->app, r->arena);
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (size_t k = 0; k <= s->p.shares.n; k++) {
        struct str code = k < s->p.shares.n ? s->p.shares.v[k].member : s->p.unit;
        const struct place *unit = territory_find(t, code);
        if (!unit || (k == s->p.shares.n && s->p.shares.n > 0))
            continue;
        unit = place_municipality(unit);
        for (size_t i = 0; i < unit->child_count; i++)
            if (unit->children[i]->kind == PLACE_VILLAGE)
                ARENA_PUSH(r->arena, list,
                           ((struct option){.value = unit->children[i]->code,
                                            .text = place_name(unit->children[i], r->ui.lang),
                                            .group = place_name(unit, r->ui.lang)}));
        if (unit->child_count == 0)
            ARENA_PUSH(
                r->arena, list,
                ((struct option){.value = unit->code, .text = place_name(unit, r->ui.lang)}));
    }
    options[V_VILLAGE] = (struct option_list){list.v, list.n};
}
static enum err rule_people(struct tx *tx, struct stepping *s)
{
    struct plan_villages list = {0};
    struct option_list options[FIELDS_MAX] = {{0}};
    struct str village = value(s, V_VILLAGE)->s;
    bool known = false;
    people_options(s, options);
    for (size_t i = 0; i < options[V_VILLAGE].n; i++)
        known = known || str_eq(options[V_VILLAGE].v[i].value, village);
    if (!known) {
        plan_fault(s->r->arena, &s->faults, PLAN_F_MEMBER, MSG_plans_fault_village);
        return ERR_INPUT;
    }
    for (size_t i = 0; i < s->p.villages.n; i++)
        if (!str_eq(s->p.villages.v[i].village, village))
            ARENA_PUSH(s->r->arena, list, s->p.villages.v[i]);
    ARENA_PUSH(s->r->arena, list, ((struct plan_village){village, value(s, V_PEOPLE)->i}));
    return plan_set_villages(tx, s->r->arena, &s->c, &list, &s->faults);
}

/* --- shares of a joint plan --- */

enum { S_MEMBER = 1, S_AMOUNT, S_NUMBER, S_DAY };
static const struct field share_fields[] = {
    REVISION_FIELD,
    [S_MEMBER] = {"member", FIELD_CODE, .required = true, .max = 14, .label = MSG_plans_unit},
    [S_AMOUNT] = {"amount", FIELD_MONEY, .required = true, .min = 0, .max = PLAN_AMOUNT_MAX,
                  .width = 10, .label = MSG_plans_share_amount, .hint = MSG_plans_share_hint},
    [S_NUMBER] = {"number", FIELD_LINE, .max = 40, .width = 10,
                  .label = MSG_plans_resolution_number, .autocomplete = "off"},
    [S_DAY] = {"day", FIELD_DATE, .label = MSG_plans_resolution_day},
};
static const int share_map[PLAN_FIELDS] = {
    [PLAN_F_MEMBER] = S_MEMBER + 1,
    [PLAN_F_AMOUNT] = S_AMOUNT + 1,
    [PLAN_F_RESOLUTION] = S_NUMBER + 1,
    [PLAN_F_DAY] = S_DAY + 1,
};
static void share_options(struct stepping *s, struct option_list *options)
{
    options[S_MEMBER] = plans_unit_options(s->r, STR(""));
}
static enum err rule_share(struct tx *tx, struct stepping *s)
{
    struct plan_share share = {.member = value(s, S_MEMBER)->s,
                               .amount = value(s, S_AMOUNT)->i,
                               .resolution = value(s, S_NUMBER)->s,
                               .resolution_day =
                                   value(s, S_DAY)->present ? I64(value(s, S_DAY)->i) : I64_NONE};
    const struct place *unit = territory_find(territory_get(s->r->app, s->r->arena), share.member);
    if (!unit || !place_is_municipality(unit) || unit->successor) {
        plan_fault(s->r->arena, &s->faults, PLAN_F_MEMBER, MSG_plans_fault_unit);
        return ERR_INPUT;
    }
    return plan_set_share(tx, s->r->arena, &s->c, &share, &s->faults);
}

/* --- the council --- */

static const struct field back_fields[] = {
    REVISION_FIELD,
    [1] = {"reason", FIELD_TEXT, .required = true, .max = PLAN_TEXT_MAX, .rows = 3,
           .label = MSG_plans_return_reason},
};
static const int back_map[PLAN_FIELDS] = {[PLAN_F_REASON] = 2};
static enum err rule_back(struct tx *tx, struct stepping *s)
{
    return plan_return(tx, s->r->arena, &s->c, value(s, 1)->s, &s->faults);
}

static const struct field approve_fields[] = {
    REVISION_FIELD,
    [1] = {"number", FIELD_LINE, .required = true, .max = 40, .width = 10,
           .label = MSG_plans_resolution_number, .autocomplete = "off"},
    [2] = {"day", FIELD_DATE, .required = true, .label = MSG_plans_resolution_day},
};
static const int approve_map[PLAN_FIELDS] = {[PLAN_F_RESOLUTION] = 2, [PLAN_F_DAY] = 3};
static enum err rule_approve(struct tx *tx, struct stepping *s)
{
    return plan_approve(tx, s->r->arena, &s->c, value(s, 1)->s, value(s, 2)->i, &s->faults);
}

/* --- progress and money --- */

enum { G_PERCENT = 1, G_DAY, G_NOTE, G_PHOTOS };
static const struct field say_fields[] = {
    REVISION_FIELD,
    [G_PERCENT] = {"percent", FIELD_INT, .required = true, .min = 0, .max = 100, .width = 3,
                   .label = MSG_plans_percent, .hint = MSG_plans_percent_hint},
    [G_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_plans_day},
    [G_NOTE] = {"note", FIELD_TEXT, .max = PLAN_TEXT_MAX, .rows = 3, .label = MSG_plans_note},
    [G_PHOTOS] = {"photos", FIELD_FILES, .count = PLAN_PHOTOS_MAX, .max = 10 << 20,
                  .label = MSG_plans_photos, .hint = MSG_plans_photos_hint,
                  .accept = "image/jpeg,image/png,image/webp"},
};
static const int say_map[PLAN_FIELDS] = {
    [PLAN_F_PERCENT] = G_PERCENT + 1,
    [PLAN_F_DAY] = G_DAY + 1,
    [PLAN_F_REASON] = G_NOTE + 1,
};
static void fill_say(struct stepping *s, struct form *f)
{
    if (s->action && s->action->said_day)
        form_set_int(f, G_PERCENT, s->action->percent);
    form_set_int(f, G_DAY, day_of_ms(s->r->ui.now_ms));
}
static enum err rule_say(struct tx *tx, struct stepping *s)
{
    struct plan_saying say = {.id = s->fresh,
                              .action = s->action->id,
                              .percent = value(s, G_PERCENT)->i,
                              .day = value(s, G_DAY)->i,
                              .note = value(s, G_NOTE)->s,
                              .once = s->once,
                              .photo_count = s->photo_count};
    memcpy(say.photos, s->photos, sizeof say.photos);
    return plan_say_progress(tx, s->r->arena, &s->c, &say, &s->faults);
}

enum { M_SOURCE = 1, M_PAYER, M_ACTION, M_AMOUNT, M_DAY, M_DOCUMENT };
static const struct choice source_choices[] = {
    {"own", MSG_plans_source_own},         {"grant", MSG_plans_source_grant},
    {"cash", MSG_plans_source_cash},       {"kind", MSG_plans_source_kind},
    {"partner", MSG_plans_source_partner}, {NULL, MSG_NONE},
};
static const struct field money_fields[] = {
    REVISION_FIELD,
    [M_SOURCE] = {"source", FIELD_CHOICE, .required = true, .choices = source_choices,
                  .label = MSG_plans_source},
    [M_PAYER] = {"payer", FIELD_CODE, .max = 14, .label = MSG_plans_payer},
    [M_ACTION] = {"action", FIELD_CODE, .max = 20, .label = MSG_plans_money_action},
    [M_AMOUNT] = {"amount", FIELD_MONEY, .required = true, .min = 1, .max = PLAN_AMOUNT_MAX,
                  .width = 10, .label = MSG_plans_amount, .hint = MSG_plans_cost_hint},
    [M_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_plans_day},
    [M_DOCUMENT] = {"document", FIELD_LINE, .required = true, .max = PLAN_LINE_MAX,
                    .label = MSG_plans_document, .hint = MSG_plans_document_hint},
};
static const int money_map[PLAN_FIELDS] = {
    [PLAN_F_MEMBER] = M_PAYER + 1,
    [PLAN_F_AMOUNT] = M_AMOUNT + 1,
    [PLAN_F_DAY] = M_DAY + 1,
    [PLAN_F_DOCUMENT] = M_DOCUMENT + 1,
};
static void fill_money(struct stepping *s, struct form *f)
{
    form_set_int(f, M_DAY, day_of_ms(s->r->ui.now_ms));
    form_set(f, M_PAYER, s->p.unit);
}
static void money_options(struct stepping *s, struct option_list *options)
{
    struct req *r = s->r;
    size_t n = 0;
    struct option *units = ARENA_ARRAY(r->arena, struct option, s->p.shares.n + 1);
    struct option *actions = ARENA_ARRAY(r->arena, struct option, s->p.actions.n + 1);
    for (size_t i = 0; i < s->p.shares.n; i++)
        units[n++] = (struct option){.value = s->p.shares.v[i].member,
                                     .text = plans_place_name(r, s->p.shares.v[i].member)};
    if (n == 0)
        units[n++] = (struct option){.value = s->p.unit, .text = plans_place_name(r, s->p.unit)};
    options[M_PAYER] = (struct option_list){units, n};
    for (size_t i = 0; i < s->p.actions.n; i++)
        actions[i] = (struct option){
            .value = arena_printf(r->arena, "%lld", (long long)s->p.actions.v[i].id),
            .text = s->p.actions.v[i].title};
    options[M_ACTION] = (struct option_list){actions, s->p.actions.n};
}
static enum err rule_money(struct tx *tx, struct stepping *s)
{
    struct plan_receipt in = {.id = s->fresh,
                              .amount = value(s, M_AMOUNT)->i,
                              .day = value(s, M_DAY)->i,
                              .payer = value(s, M_PAYER)->s.n ? value(s, M_PAYER)->s : s->p.unit,
                              .document = value(s, M_DOCUMENT)->s,
                              .once = s->once};
    if (!plan_source_parse(value(s, M_SOURCE)->s, &in.source))
        return ERR_INPUT;
    if (value(s, M_ACTION)->s.n && !str_to_i64(value(s, M_ACTION)->s, &in.action))
        return ERR_NOT_FOUND;
    return plan_receive(tx, s->r->arena, &s->c, &in, &s->faults);
}

static const struct field withdraw_fields[] = {
    REVISION_FIELD,
    [1] = {"why", FIELD_LINE, .required = true, .max = PLAN_LINE_MAX,
           .label = MSG_plans_withdraw_why},
};
static const int withdraw_map[PLAN_FIELDS] = {[PLAN_F_REASON] = 2};
static enum err rule_withdraw(struct tx *tx, struct stepping *s)
{
    return plan_withdraw(tx, s->r->arena, &s->c, s->payment->id, value(s, 1)->s, &s->faults);
}

/* --- the table --- */

#define STATE(s) (1u << PLAN_##s)
enum {
    STEP_TEXT,
    STEP_AMEND_TEXT,
    STEP_ACTION,
    STEP_ACTION_NEW,
    STEP_PEOPLE,
    STEP_SHARE,
    STEP_BACK,
    STEP_APPROVE,
    STEP_SAY,
    STEP_MONEY,
    STEP_WITHDRAW
};
#define FIELDS(f) .fields = f, .count = (int)COUNT_OF(f)
static const struct step steps[] = {
    [STEP_TEXT] = {FIELDS(text_fields), .title = MSG_plans_text_title, .button = MSG_common_save,
                   .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                   .back = "", .citation = T_BASIS, .fill = fill_text, .options = text_options,
                   .rule = rule_text, .map = text_map},
    [STEP_AMEND_TEXT] = {FIELDS(amend_fields), .title = MSG_plans_text_title,
                         .lead = MSG_plans_amend_lead, .button = MSG_common_save,
                         .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                         .back = "", .citation = 3, .fill = fill_amend, .rule = rule_amend_text,
                         .map = amend_map},
    [STEP_ACTION] = {FIELDS(action_fields), .title = MSG_plans_action_title,
                     .lead = MSG_plans_action_lead, .button = MSG_common_save,
                     .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                     .back = "#actions", .citation = -1, .fill = fill_action, .rule = rule_action,
                     .map = action_map},
    [STEP_ACTION_NEW] = {FIELDS(action_fields), .title = MSG_plans_action_new,
                         .lead = MSG_plans_action_lead, .button = MSG_common_save,
                         .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                         .back = "#actions", .citation = -1, .fill = fill_action,
                         .rule = rule_action, .map = action_map},
    [STEP_PEOPLE] = {FIELDS(people_fields), .title = MSG_plans_people_edit,
                     .lead = MSG_plans_people_lead, .button = MSG_common_save,
                     .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                     .back = "#people", .citation = -1, .options = people_options,
                     .rule = rule_people, .map = people_map},
    [STEP_SHARE] = {FIELDS(share_fields), .title = MSG_plans_share_title,
                    .lead = MSG_plans_share_lead, .button = MSG_common_save,
                    .done = MSG_plans_saved, .version = PLAN_LATEST, .states = STATE(DRAFT),
                    .back = "#shares", .citation = -1, .options = share_options, .rule = rule_share,
                    .map = share_map},
    [STEP_BACK] = {FIELDS(back_fields), .title = MSG_plans_return_title,
                   .button = MSG_plans_return_title, .kind = BUTTON_WARNING,
                   .done = MSG_plans_returned, .version = PLAN_LATEST, .states = STATE(SUBMITTED),
                   .back = "", .citation = -1, .rule = rule_back, .map = back_map},
    [STEP_APPROVE] = {FIELDS(approve_fields), .title = MSG_plans_approve_title,
                      .lead = MSG_plans_approve_lead, .button = MSG_plans_approve_button,
                      .done = MSG_plans_approved_done, .version = PLAN_LATEST,
                      .states = STATE(SUBMITTED), .back = "", .citation = -1, .rule = rule_approve,
                      .map = approve_map},
    [STEP_SAY] = {FIELDS(say_fields), .title = MSG_plans_say, .button = MSG_common_save,
                  .done = MSG_plans_saved, .version = PLAN_IN_FORCE, .states = STATE(APPROVED),
                  .back = "?now=1#actions", .citation = -1, .fill = fill_say, .rule = rule_say,
                  .map = say_map},
    [STEP_MONEY] = {FIELDS(money_fields), .title = MSG_plans_money_title,
                    .lead = MSG_plans_money_lead, .button = MSG_common_save,
                    .done = MSG_plans_saved, .version = PLAN_IN_FORCE, .states = STATE(APPROVED),
                    .back = "?now=1#payments", .citation = -1, .fill = fill_money,
                    .options = money_options, .rule = rule_money, .map = money_map,
                    .country = true},
    [STEP_WITHDRAW] = {FIELDS(withdraw_fields), .title = MSG_plans_withdraw_title,
                       .lead = MSG_plans_withdraw_lead, .button = MSG_plans_withdraw_title,
                       .kind = BUTTON_WARNING, .done = MSG_plans_saved, .version = PLAN_IN_FORCE,
                       .states = STATE(APPROVED), .back = "?now=1#payments", .citation = -1,
                       .rule = rule_withdraw, .map = withdraw_map, .country = true},
};

/* --- what all steps do --- */

static enum err load(struct req *r, struct stepping *s, const struct step *step)
{
    int64_t id;
    enum err rc = ERR_OK;
    *s = (struct stepping){.r = r, .s = step};
    TRY(plans_desk_load(r, step->version, &s->p, NULL));
    if (step == &steps[STEP_ACTION] || step == &steps[STEP_SAY]) {
        s->action = str_to_i64(req_param(r, "action"), &id) ? plan_action_find(&s->p, id) : NULL;
        if (!s->action)
            FAIL(ERR_NOT_FOUND);
    }
    if (step == &steps[STEP_WITHDRAW]) {
        if (!str_to_i64(req_param(r, "payment"), &id))
            FAIL(ERR_NOT_FOUND);
        for (size_t i = 0; i < s->p.payments.n; i++)
            if (s->p.payments.v[i].id == id && !s->p.payments.v[i].withdrawn)
                s->payment = &s->p.payments.v[i];
        if (!s->payment)
            FAIL(ERR_NOT_FOUND);
    }
out:
    return rc;
}

static enum err show_step(struct stepping *s, struct form *form, int status)
{
    struct req *r = s->r;
    struct option_list *options = ARENA_ARRAY(r->arena, struct option_list, FIELDS_MAX);
    if (s->s->options)
        s->s->options(s, options);
    struct plan_form_view v = {
        .kicker = text3_get(&s->p.title, r->ui.lang),
        .back = plans_desk_href(r, s->p.id, s->s->back),
        .revision = form->v[0].s.p
                        ? form->v[0].s
                        : arena_printf(r->arena, "%lld", (long long)s->p.shown->revision),
        .title = s->s->title,
        .lead = s->s->lead,
        .button = s->s->button,
        .kind = s->s->kind,
        .form = form,
        .options = options,
        .citation = s->s->citation,
    };
    return plans_show_form(r, &v, status);
}

static bool in_turn(const struct stepping *s)
{
    return (s->s->states & (1u << s->p.shown->state)) != 0;
}

static const struct step *step_of(const struct step *step, const struct plan *p)
{
    return step == &steps[STEP_TEXT] && p->version > 0 ? &steps[STEP_AMEND_TEXT] : step;
}

static enum err step_page(struct req *r, const struct step *step)
{
    struct stepping s;
    enum err rc = load(r, &s, step);
    if (rc != ERR_OK)
        return rc;
    s.s = step_of(step, &s.p);
    if (!in_turn(&s)) {
        resp_redirect(r, plans_desk_href(r, s.p.id, ""));
        return ERR_OK;
    }
    struct form *form = form_new(r, s.s->fields, s.s->count);
    if (s.s->fill)
        s.s->fill(&s, form);
    return show_step(&s, form, 200);
}

/* Photos are written anew, without what the camera knows. */
static enum err take_photos(struct stepping *s, struct form *form)
{
    const struct field_value *v = &form->v[G_PHOTOS];
    enum err rc = ERR_OK;
    for (int i = 0; i < v->n && i < PLAN_PHOTOS_MAX; i++) {
        struct image_pair pair;
        enum image_fault fault = IMAGE_FINE;
        struct plan_photo *photo = &s->photos[s->photo_count];
        rc = image_convert(s->r->arena, v->files[i].data, &pair, &fault);
        if (rc == ERR_INPUT)
            form_fault(s->r, form, G_PHOTOS, MSG_plans_fault_photo);
        TRY(rc);
        photo->id = id_new();
        TRY(file_put(s->r->app, s->r->arena, pair.large.jpeg, &photo->large));
        TRY(file_put(s->r->app, s->r->arena, pair.small.jpeg, &photo->small));
        s->photo_count++;
    }
out:
    return rc;
}

static enum err write_step(struct tx *tx, void *arg)
{
    struct stepping *s = arg;
    s->faults = (struct plan_faults){0};
    if (s->once.p)
        tx_idempotent(tx);
    return s->s->rule(tx, s);
}

static enum err step_post(struct req *r, const struct step *step)
{
    struct stepping s;
    enum err rc = load(r, &s, step);
    if (rc != ERR_OK)
        return rc;
    s.s = step_of(step, &s.p);
    rc = form_read(r, s.s->fields, s.s->count, &s.form);
    if (!s.form)
        return rc;
    if (rc == ERR_OK && !in_turn(&s))
        return ERR_CONFLICT;
    if (rc == ERR_OK && step == &steps[STEP_SAY])
        rc = take_photos(&s, s.form);
    if (rc == ERR_OK) {
        s.c = (struct plan_change){.unit = s.p.unit,
                                   .plan = s.p.id,
                                   .revision = s.form->v[0].i,
                                   .person = r->actor.person_id};
        s.fresh = id_new();
        s.once = step->version == PLAN_IN_FORCE ? form_once(s.form) : STR_NULL;
        rc = db_write(r->db, s.s->country ? SCOPE_COUNTRY : s.p.unit, write_step, &s);
    }
    if (rc == ERR_INPUT) {
        plans_show_faults(r, s.form, &s.faults, s.s->map);
        return show_step(&s, s.form, 422);
    }
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, s.s->done);
    resp_redirect(r, plans_desk_href(r, s.p.id, s.s->back));
    return ERR_OK;
}

#define STEP_PAGES(name, STEP)                                                                     \
    enum err plans_desk_##name(struct req *r)                                                      \
    {                                                                                              \
        return step_page(r, &steps[STEP]);                                                         \
    }                                                                                              \
    enum err plans_desk_##name##_post(struct req *r)                                               \
    {                                                                                              \
        return step_post(r, &steps[STEP]);                                                         \
    }
STEP_PAGES(text, STEP_TEXT)
STEP_PAGES(action, STEP_ACTION)
STEP_PAGES(action_new, STEP_ACTION_NEW)
STEP_PAGES(people, STEP_PEOPLE)
STEP_PAGES(share, STEP_SHARE)
STEP_PAGES(back, STEP_BACK)
STEP_PAGES(approve, STEP_APPROVE)
STEP_PAGES(say, STEP_SAY)
STEP_PAGES(money, STEP_MONEY)
STEP_PAGES(withdraw, STEP_WITHDRAW)
