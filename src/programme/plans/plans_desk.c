/*
 * The desk of plans: begin one, see what it lacks, and the buttons that ask for nothing more. The
 * steps with a form are in plans_steps.c, the working group in plans_group.c.
 */
#include "programme/plans/plans_desk.h"
#include "programme/plans/plans_tpl.h"

#include "programme/assessment/assessment.h"
#include "programme/events/events.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

void plans_put_fields(struct buf *out, const struct ui *ui, const struct plan_form_view *v)
{
    const struct form *f = v->form;
    if (v->revision.p)
        ui_hidden(out, ui, "revision", v->revision);
    for (int i = 0; i < f->count; i++)
        if (strcmp(f->fields[i].name, "revision") == 0)
            continue;
        else if (v->options && v->options[i].v)
            ui_select(out, ui, f, i, v->options[i]);
        else if (i == v->citation)
            ui_citation(out, ui, f, i);
        else
            ui_field(out, ui, f, i);
}

static void put_form(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_desk_form(out, ui, v);
}

struct str plans_desk_href(struct req *r, int64_t plan, const char *rest)
{
    return arena_printf(r->arena, "/desk/%.*s/plans/%lld%s", STRF(r->unit), (long long)plan, rest);
}

enum err plans_show_form(struct req *r, const struct plan_form_view *v, int status)
{
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_plans_title)},
                             {v->back, v->kicker}};
    struct page page = {.title = msg_text(r->ui.lang, v->title),
                        .section = SECTION_DESK,
                        .form = v->form,
                        .crumbs = crumbs,
                        .crumb_count = v->kicker.n ? 3 : 2};
    if (v->citation >= 0)
        page.scripts[0] = "citation.js";
    plans_page(r, &page, status, put_form, v);
    return ERR_OK;
}

/* A plan of this municipality, or of one that merged into it; any other does not exist here. */
enum err plans_desk_load(struct req *r, int64_t version, struct plan *p, struct plan *before)
{
    enum err rc = plans_load(r, version, p, before);
    const struct place *lead =
        rc == ERR_OK ? territory_find(territory_get(r->app, r->arena), p->unit) : NULL;
    if (rc == ERR_OK && (!lead || !str_eq(place_municipality(lead)->code, r->unit)))
        rc = ERR_NOT_FOUND;
    return rc;
}

/* --- a new plan --- */

enum { N_TOPIC, N_KY, N_RU, N_EN, N_PROBLEM, N_ORIGIN, N_REF };
static const struct choice origins[] = {
    {"gap", MSG_plans_origin_gap},
    {"event", MSG_plans_origin_event},
    {"survey", MSG_plans_origin_survey},
    {"other", MSG_plans_origin_other},
    {NULL, MSG_NONE},
};
static const struct field new_fields[] = {
    [N_TOPIC] = {"topic", FIELD_CODE, .required = true, .max = 40, .label = MSG_plans_topic},
    [N_KY] = {"title_ky", FIELD_LINE, .required = true, .max = PLAN_LINE_MAX,
              .label = MSG_plans_name_ky},
    [N_RU] = {"title_ru", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_name_ru},
    [N_EN] = {"title_en", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_name_en},
    [N_PROBLEM] = {"problem", FIELD_TEXT, .required = true, .max = PLAN_TEXT_MAX,
                   .label = MSG_plans_problem, .hint = MSG_plans_problem_hint},
    [N_ORIGIN] = {"origin", FIELD_CHOICE, .required = true, .choices = origins,
                  .label = MSG_plans_origin},
    [N_REF] = {"ref", FIELD_LINE, .max = PLAN_LINE_MAX, .label = MSG_plans_origin_ref,
               .hint = MSG_plans_origin_ref_hint},
};

static enum err show_new(struct req *r, struct form *form, int status)
{
    struct option_list *options = ARENA_ARRAY(r->arena, struct option_list, COUNT_OF(new_fields));
    options[N_TOPIC] = plans_topic_options(r);
    struct plan_form_view v = {
        .back = arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit)),
        .title = MSG_plans_new,
        .lead = MSG_plans_new_lead,
        .button = MSG_plans_begin,
        .form = form,
        .options = options,
        .citation = -1,
    };
    return plans_show_form(r, &v, status);
}

struct beginning {
    struct req *r;
    struct plan_change c;
    struct plan_heading heading;
    struct str problem, once;
    int64_t known, event;
    struct assessment_gaps gaps;
    struct event e;
    bool has_event;
    struct plan_faults faults;
};

static enum err read_origin(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    enum err rc = ERR_OK;
    b->gaps = (struct assessment_gaps){0};
    TRY(assessment_gaps(tx, b->r->arena, b->r->unit, 100, &b->gaps));
    if (b->event) {
        rc = events_get(tx, b->r->arena, b->event, &b->e);
        b->has_event = rc == ERR_OK;
        rc = rc == ERR_NOT_FOUND ? ERR_OK : rc;
    }
out:
    return rc;
}

/* What is known of the gap or the gathering is filled in: nobody types it twice. */
enum err plans_desk_new(struct req *r)
{
    struct beginning b = {.r = r};
    struct form *form = FORM_NEW(r, new_fields);
    struct str gap = req_query(r, "gap"), event = req_query(r, "event");
    enum err rc = ERR_OK;
    if (event.p && !str_to_i64(event, &b.event))
        b.event = 0;
    if (gap.p || b.event)
        TRY(db_read(r->db, SCOPE_COUNTRY, read_origin, &b));
    for (size_t i = 0; gap.p && i < b.gaps.n; i++) {
        const struct assessment_gap *g = &b.gaps.v[i];
        if (!str_eq(g->indicator, gap))
            continue;
        form_set(form, N_TOPIC, g->topic);
        form_set(form, N_KY, text3_get(&g->name, LANG_KY));
        form_set(form, N_RU, text3_get(&g->name, LANG_RU));
        form_set(form, N_EN, text3_get(&g->name, LANG_EN));
        form_set(form, N_PROBLEM, text3_get(&g->what, r->ui.lang));
        form_set(form, N_ORIGIN, STR("gap"));
        form_set(form, N_REF, arena_printf(r->arena, "%.*s/%.*s", STRF(g->round), STRF(gap)));
    }
    if (b.has_event) {
        struct str rest = b.e.topics, topic;
        if (str_split(&rest, ' ', &topic))
            form_set(form, N_TOPIC, topic);
        form_set(form, N_ORIGIN, STR("event"));
        form_set(form, N_REF, event);
    }
    return show_new(r, form, 200);
out:
    return rc;
}

static enum err write_new(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    b->faults = (struct plan_faults){0};
    if (b->once.p)
        tx_idempotent(tx);
    return plan_begin(tx, b->r->arena, &b->c, &b->heading, b->problem, b->once, &b->known,
                      &b->faults);
}

/* An event is named by its number or its address. */
static bool event_known(struct req *r, struct beginning *b)
{
    struct str ref = b->heading.origin_ref;
    ptrdiff_t at = str_find(ref, STR("/events/"));
    if (at >= 0)
        ref = str_slice(ref, (size_t)at + 8, ref.n);
    if (!str_to_i64(ref, &b->event) || db_read(r->db, SCOPE_COUNTRY, read_origin, b) != ERR_OK)
        return false;
    b->heading.origin_ref = ref;
    return b->has_event;
}

enum err plans_desk_new_post(struct req *r)
{
    struct form *form = NULL;
    struct beginning b = {.r = r};
    static const int map[PLAN_FIELDS] = {
        [PLAN_F_TOPIC] = N_TOPIC + 1, [PLAN_F_TITLE] = N_KY + 1, [PLAN_F_PROBLEM] = N_PROBLEM + 1};
    enum err rc = FORM_READ(r, new_fields, &form);
    if (!form)
        return rc;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_new(r, form, 422) : rc;
    const struct field_value *f = form->v;
    b.heading = (struct plan_heading){.topic = f[N_TOPIC].s,
                                      .title = {{f[N_KY].s, f[N_RU].s, f[N_EN].s}},
                                      .origin = f[N_ORIGIN].s,
                                      .origin_ref = f[N_REF].s};
    b.problem = f[N_PROBLEM].s;
    b.once = form_once(form);
    b.c = (struct plan_change){.unit = r->unit, .plan = id_new(), .person = r->actor.person_id};
    if (str_eq(b.heading.origin, STR("event")) && !event_known(r, &b)) {
        form_fault(r, form, N_REF, MSG_plans_fault_event);
        return show_new(r, form, 422);
    }
    rc = req_write(r, write_new, &b);
    if (rc == ERR_INPUT) {
        plans_show_faults(r, form, &b.faults, map);
        return show_new(r, form, 422);
    }
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_plans_begun);
    resp_redirect(r, plans_desk_href(r, b.known, ""));
    return ERR_OK;
}

void plans_show_faults(struct req *r, struct form *form, const struct plan_faults *faults,
                       const int *map)
{
    for (size_t i = 0; i < faults->n; i++)
        form_fault(r, form, map[faults->v[i].field] - 1, faults->v[i].m);
}

/* --- one plan --- */

static void put_show(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_desk_show(out, ui, v);
}

struct group_reading {
    struct req *r;
    const struct plan *p;
    struct register_persons people;
};
static enum err read_group(struct tx *tx, void *arg)
{
    struct group_reading *g = arg;
    int64_t *ids = ARENA_ARRAY(g->r->arena, int64_t, g->p->group.n + 1);
    for (size_t i = 0; i < g->p->group.n; i++)
        ids[i] = g->p->group.v[i].person;
    g->people = (struct register_persons){0};
    return persons_many(tx, g->r->arena, ids, g->p->group.n, &g->people);
}

enum err plans_group_names(struct req *r, const struct plan *p, struct plan_member_lines *out)
{
    struct group_reading g = {.r = r, .p = p};
    enum err rc = ERR_OK;
    if (p->group.n == 0)
        goto out;
    TRY(db_read(r->db, SCOPE_COUNTRY, read_group, &g));
    for (size_t i = 0; i < p->group.n; i++) {
        const struct register_person *x = persons_in(&g.people, p->group.v[i].person);
        if (x)
            ARENA_PUSH(r->arena, *out,
                       ((struct plan_member_line){.name = persons_full_name(r->arena, x),
                                                  .position = x->position,
                                                  .duty = plan_duty_name(p->group.v[i].duty),
                                                  .person = x->id}));
    }
    TRY(persons_note_reading(r, p->unit, "plan_group", 0,
                             arena_printf(r->arena, "%lld", (long long)p->id)));
out:
    return rc;
}

static void fill_buttons(struct req *r, const struct plan *p, struct plan_view *v)
{
    bool head = req_allows(r, PERM_PLANS_APPROVE);
    v->editable = p->shown->state == PLAN_DRAFT;
    v->may_submit = v->editable && head && v->gaps.n == 0;
    v->may_decide = p->shown->state == PLAN_SUBMITTED && head;
    v->may_amend = p->shown->state == PLAN_APPROVED;
    v->may_say = v->in_force;
    for (size_t i = 0; i < v->actions.n; i++) {
        struct plan_action_item *x = &v->actions.v[i];
        struct str base =
            arena_printf(r->arena, "%.*s/actions/%lld", STRF(v->base), (long long)x->x->id);
        if (v->editable) {
            x->edit = base;
            x->remove = arena_printf(r->arena, "%.*s/remove", STRF(base));
        } else if (v->may_say) {
            x->say = arena_printf(r->arena, "%.*s/progress", STRF(base));
        }
    }
}

static void fill_payments(struct req *r, const struct plan *p, struct plan_view *v)
{
    for (size_t i = 0; i < p->payments.n; i++) {
        const struct plan_payment *x = &p->payments.v[i];
        struct plan_payment_line line = {.x = x,
                                         .payer = plans_place_name(r, x->unit),
                                         .source = plan_source_name(x->source),
                                         .som = x->amount / 100};
        if (!x->withdrawn && v->may_say)
            line.withdraw =
                arena_printf(r->arena, "%.*s/money/%lld", STRF(v->base), (long long)x->id);
        ARENA_PUSH(r->arena, v->payments, line);
    }
}

enum err plans_desk_show(struct req *r)
{
    struct plan p, before = {0};
    struct plan_view v = {0};
    enum err rc = ERR_OK;
    /* ?now=1: the version in force while the next one is being written. */
    bool in_force = str_eq(req_query(r, "now"), STR("1"));
    TRY(plans_desk_load(r, in_force ? PLAN_IN_FORCE : PLAN_LATEST, &p, &before));
    plans_fill_view(r, &p, &before, &v);
    v.base = plans_desk_href(r, p.id, "");
    v.revision = arena_printf(r->arena, "%lld", (long long)p.shown->revision);
    plan_find_gaps(r->arena, &p, &v.gaps);
    fill_buttons(r, &p, &v);
    fill_payments(r, &p, &v);
    TRY(plans_group_names(r, &p, &v.members));
    v.pdf = plans_desk_href(r, p.id, in_force ? "/plan.pdf?now=1" : "/plan.pdf");
    v.xlsx = plans_desk_href(r, p.id, in_force ? "/plan.xlsx?now=1" : "/plan.xlsx");
    if (p.version > 0)
        v.public_href = v.in_force_href;
    for (size_t i = 0; i < p.versions.n; i++) {
        struct plan_version_line line = {.v = &p.versions.v[i]};
        if (line.v->version == p.version)
            line.href = plans_desk_href(r, p.id, "?now=1");
        else if (line.v->state == PLAN_APPROVED)
            line.href = arena_printf(r->arena, "/plans/%lld/v/%lld", (long long)p.id,
                                     (long long)line.v->version);
        else
            line.href = v.base;
        ARENA_PUSH(r->arena, v.versions, line);
    }
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_plans_title)}};
    struct page page = {.title = v.title,
                        .section = SECTION_DESK,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    plans_page(r, &page, 200, put_show, &v);
out:
    return rc;
}

/* --- buttons --- */

static const struct field button_fields[] = {
    {"revision", FIELD_INT, .max = INT64_MAX, .label = MSG_plans_title},
};

struct pressing {
    struct req *r;
    struct plan_change c;
    enum err (*rule)(struct tx *tx, struct pressing *b);
    int64_t id;
    struct str code;
    bool gone;
};
static enum err write_press(struct tx *tx, void *arg)
{
    struct pressing *b = arg;
    return b->rule(tx, b);
}

static enum err press(struct req *r, struct pressing *b,
                      enum err (*rule)(struct tx *tx, struct pressing *b), enum msg done)
{
    struct form *form = NULL;
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plans_desk_load(r, PLAN_LATEST, &p, NULL));
    rc = FORM_READ(r, button_fields, &form);
    if (rc != ERR_OK) {
        rc = form ? ERR_CONFLICT : rc;
        goto out;
    }
    b->r = r;
    b->rule = rule;
    b->c = (struct plan_change){
        .unit = p.unit, .plan = p.id, .revision = form->v[0].i, .person = r->actor.person_id};
    TRY(db_write(r->db, p.unit, write_press, b));
    resp_notice(r, done);
    resp_redirect(r, b->gone ? arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit))
                             : plans_desk_href(r, p.id, ""));
out:
    return rc;
}

static enum err rule_submit(struct tx *tx, struct pressing *b)
{
    return plan_submit(tx, b->r->arena, &b->c);
}
enum err plans_desk_submit_post(struct req *r)
{
    struct pressing b = {0};
    return press(r, &b, rule_submit, MSG_plans_submitted);
}

static enum err rule_amend(struct tx *tx, struct pressing *b)
{
    return plan_amend(tx, b->r->arena, &b->c);
}
enum err plans_desk_amend_post(struct req *r)
{
    struct pressing b = {0};
    return press(r, &b, rule_amend, MSG_plans_amend_begun);
}

static enum err rule_discard(struct tx *tx, struct pressing *b)
{
    return plan_discard(tx, b->r->arena, &b->c, &b->gone);
}
enum err plans_desk_discard_post(struct req *r)
{
    struct pressing b = {0};
    return press(r, &b, rule_discard, MSG_plans_discarded);
}

static enum err rule_remove_action(struct tx *tx, struct pressing *b)
{
    return plan_remove_action(tx, b->r->arena, &b->c, b->id);
}
enum err plans_desk_action_remove_post(struct req *r)
{
    struct pressing b = {0};
    if (!str_to_i64(req_param(r, "action"), &b.id))
        return ERR_NOT_FOUND;
    return press(r, &b, rule_remove_action, MSG_plans_saved);
}

static enum err rule_remove_share(struct tx *tx, struct pressing *b)
{
    return plan_remove_share(tx, b->r->arena, &b->c, b->code);
}
enum err plans_desk_share_remove_post(struct req *r)
{
    struct pressing b = {.code = req_param(r, "member")};
    return press(r, &b, rule_remove_share, MSG_plans_saved);
}

static enum err rule_remove_member(struct tx *tx, struct pressing *b)
{
    return plan_remove_member(tx, &b->c, b->id);
}
enum err plans_desk_member_remove_post(struct req *r)
{
    struct pressing b = {0};
    if (!str_to_i64(req_param(r, "person"), &b.id))
        return ERR_NOT_FOUND;
    return press(r, &b, rule_remove_member, MSG_plans_saved);
}
