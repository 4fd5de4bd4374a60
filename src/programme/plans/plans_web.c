/* What everybody sees of plans: lists of the country and of a municipality, one plan as approved,
 * its earlier versions, and the photos of its progress. No names of people. */
#include "programme/plans/plans_tpl.h"
#include "programme/plans/plans_view.h"

#include "community/topics/topics.h"
#include "programme/assessment/assessment.h"
#include "programme/events/events.h"

#include "platform/core/clock.h"
#include "platform/files/files.h"
#include "platform/formats/json.h"

enum { LIST_MAX = 50, SOM = 100 };

struct str plans_place_name(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p ? place_name(p, r->ui.lang) : code;
}

struct str plans_topic_name(struct req *r, struct str code)
{
    const struct topic *t = topics_find(code);
    return t ? msg_text(r->ui.lang, t->name) : code;
}

struct option_list plans_topic_options(struct req *r)
{
    struct option *o = ARENA_ARRAY(r->arena, struct option, topics_count + 1);
    for (size_t i = 0; i < topics_count; i++) {
        const struct topic *above =
            topics[i].parent ? topics_find(str_from(topics[i].parent)) : &topics[i];
        o[i] = (struct option){.value = str_from(topics[i].code),
                               .text = msg_text(r->ui.lang, topics[i].name),
                               .group = msg_text(r->ui.lang, above->name)};
    }
    return (struct option_list){o, topics_count};
}

struct option_list plans_unit_options(struct req *r, struct str but)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor &&
            !str_eq(t->all[i]->code, but))
            o[n++] = (struct option){
                .value = t->all[i]->code,
                .text = place_name(t->all[i], r->ui.lang),
                .group = t->all[i]->parent ? place_name(t->all[i]->parent, r->ui.lang) : STR_NULL};
    return (struct option_list){o, n};
}

void plans_page(struct req *r, struct page *page, int status,
                void (*put)(struct buf *, const struct ui *, const void *), const void *view)
{
    struct buf *out = resp_html(r, status);
    page_open(out, r, page);
    put(out, &r->ui, view);
    page_close(out, r, page);
}

struct plan_line plans_line(struct req *r, struct str unit, struct str topic,
                            const struct text3 *title)
{
    return (struct plan_line){.title = text3_get(title, r->ui.lang),
                              .unit = plans_place_name(r, unit),
                              .topic = plans_topic_name(r, topic)};
}

/* --- one plan --- */

struct loading {
    struct req *r;
    int64_t id, version;
    struct plan *p, *before;
};
static enum err read_plan(struct tx *tx, void *arg)
{
    struct loading *l = arg;
    enum err rc = ERR_OK;
    TRY(plan_read(tx, l->r->arena, l->id, l->version, l->p));
    if (l->before && l->p->shown->version > 1)
        TRY(plan_read(tx, l->r->arena, l->id, l->p->shown->version - 1, l->before));
out:
    return rc;
}

enum err plans_load(struct req *r, int64_t version, struct plan *p, struct plan *before)
{
    struct loading l = {.r = r, .version = version, .p = p, .before = before};
    if (!str_to_i64(req_param(r, "plan"), &l.id))
        return ERR_NOT_FOUND;
    /* A joint plan has payments of several municipalities. */
    return db_read(r->db, SCOPE_COUNTRY, read_plan, &l);
}

static void fill_actions(struct req *r, const struct plan *p, const struct plan *before,
                         struct plan_view *v)
{
    struct plan_diffs diffs = {0};
    int64_t today = day_of_ms(r->ui.now_ms), number = 0;
    plan_compare(r->arena, before && before->shown ? &before->actions : &p->actions, &p->actions,
                 &diffs);
    for (size_t i = 0; i < diffs.n; i++) {
        const struct plan_diff *d = &diffs.v[i];
        struct plan_action_item item = {.x = d->now ? d->now : d->was, .difference = d->what};
        item.cost = item.x->cost.total / SOM;
        for (int s = 0; s < PLAN_SOURCES; s++)
            item.by[s] = item.x->cost.by[s] / SOM;
        item.late = v->in_force && item.x->percent < 100 && item.x->to_day < today;
        if (d->what == PLAN_DROPPED) {
            ARENA_PUSH(r->arena, v->dropped, item);
            continue;
        }
        item.number = ++number;
        ARENA_PUSH(r->arena, v->actions, item);
    }
}

static void fill_money(struct req *r, const struct plan *p, struct plan_view *v)
{
    v->cost = p->sum.total / SOM;
    v->all.promised = v->cost;
    for (int s = 0; s < PLAN_SOURCES; s++) {
        int64_t promised = p->sum.by[s] / SOM, came = p->came[s] / SOM;
        v->by[s] = promised;
        v->all.came += came;
        if (promised || came)
            ARENA_PUSH(r->arena, v->sources,
                       ((struct plan_source_line){plan_source_name((enum plan_source)s), promised,
                                                  came, plan_percent(came, promised)}));
    }
    v->all.percent = plan_percent(v->all.came, v->all.promised);
    for (size_t i = 0; i < p->shares.n; i++) {
        const struct plan_share *s = &p->shares.v[i];
        struct plan_place_line line = {
            .name = plans_place_name(r, s->member),
            .code = s->member,
            .value = s->amount / SOM,
            .resolution = str_eq(s->member, p->unit) && p->shown->resolution.p
                              ? p->shown->resolution
                              : s->resolution,
            .resolution_day =
                str_eq(s->member, p->unit) ? p->shown->resolution_day : s->resolution_day.v};
        for (size_t k = 0; k < p->payments.n; k++)
            if (!p->payments.v[k].withdrawn && p->payments.v[k].source == PLAN_OWN &&
                str_eq(p->payments.v[k].unit, s->member))
                line.came += p->payments.v[k].amount / SOM;
        line.percent = plan_percent(line.came, line.value);
        ARENA_PUSH(r->arena, v->shares, line);
    }
}

static void fill_words(struct req *r, const struct plan *p, struct plan_view *v)
{
    for (size_t i = 0; i < p->words.n; i++) {
        const struct plan_word *w = &p->words.v[i];
        const struct plan_action *x = plan_action_find(p, w->action);
        if (!x)
            continue;
        struct plan_word_line line = {
            .title = x->title, .note = w->note, .percent = w->percent, .day = w->day};
        for (size_t k = 0; k < p->photos.n; k++)
            if (p->photos.v[k].progress == w->id)
                ARENA_PUSH(
                    r->arena, line.pictures,
                    ((struct plan_picture){
                        .small = arena_printf(r->arena, "/plans/%lld/photo/%lld?size=small",
                                              (long long)p->id, (long long)p->photos.v[k].id),
                        .large = arena_printf(r->arena, "/plans/%lld/photo/%lld", (long long)p->id,
                                              (long long)p->photos.v[k].id),
                        .text = x->title}));
        ARENA_PUSH(r->arena, v->words, line);
    }
}

static void fill_origin(struct req *r, const struct plan *p, struct plan_view *v)
{
    if (str_eq(p->origin, STR("gap"))) {
        v->origin = msg_text(r->ui.lang, MSG_plans_origin_gap);
        v->origin_href = arena_printf(r->arena, "/m/%.*s/assessment", STRF(p->unit));
    } else if (str_eq(p->origin, STR("event"))) {
        v->origin = msg_text(r->ui.lang, MSG_plans_origin_event);
        v->origin_href = arena_printf(r->arena, "/events/%.*s", STRF(p->origin_ref));
    } else if (str_eq(p->origin, STR("survey"))) {
        v->origin = p->origin_ref.n ? p->origin_ref : msg_text(r->ui.lang, MSG_plans_origin_survey);
    } else {
        v->origin = p->origin_ref;
    }
}

void plans_fill_view(struct req *r, const struct plan *p, const struct plan *before,
                     struct plan_view *v)
{
    struct str rest = p->shown->risks, part;
    v->p = p;
    v->title = text3_get(&p->title, r->ui.lang);
    v->unit = plans_place_name(r, p->unit);
    v->unit_href = arena_printf(r->arena, "/m/%.*s/plans", STRF(p->unit));
    v->topic = plans_topic_name(r, p->topic);
    v->in_force = p->version > 0 && p->shown->version == p->version;
    v->amended = p->version > p->shown->version;
    v->in_force_href = arena_printf(r->arena, "/plans/%lld", (long long)p->id);
    fill_actions(r, p, before, v);
    fill_money(r, p, v);
    fill_words(r, p, v);
    fill_origin(r, p, v);
    for (size_t i = 0; i < p->villages.n; i++)
        ARENA_PUSH(r->arena, v->villages,
                   ((struct plan_place_line){.name = plans_place_name(r, p->villages.v[i].village),
                                             .value = p->villages.v[i].people}));
    while (rest.n && str_split(&rest, '\n', &part))
        if (str_trim(part).n)
            ARENA_PUSH(r->arena, v->risks, str_trim(part));
}

static void put_show(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_show(out, ui, v);
}

static enum err show(struct req *r, int64_t version)
{
    struct plan p, before = {0};
    struct plan_view v = {0};
    enum err rc = ERR_OK;
    TRY(plans_load(r, version, &p, &before));
    if (p.shown->state != PLAN_APPROVED)
        FAIL(ERR_NOT_FOUND);
    plans_fill_view(r, &p, &before, &v);
    for (size_t i = 0; i < p.versions.n; i++)
        if (p.versions.v[i].state == PLAN_APPROVED)
            ARENA_PUSH(r->arena, v.versions,
                       ((struct plan_version_line){
                           .v = &p.versions.v[i],
                           .href = arena_printf(r->arena, "/plans/%lld/v/%lld", (long long)p.id,
                                                (long long)p.versions.v[i].version)}));
    v.pdf = arena_printf(r->arena, "/plans/%lld/v/%lld/plan.pdf", (long long)p.id,
                         (long long)p.shown->version);
    v.xlsx = arena_printf(r->arena, "/plans/%lld/v/%lld/plan.xlsx", (long long)p.id,
                          (long long)p.shown->version);
    v.print = arena_printf(r->arena, "/plans/%lld/v/%lld/print", (long long)p.id,
                           (long long)p.shown->version);
    struct crumb crumbs[] = {{STR("/plans"), msg_text(r->ui.lang, MSG_plans_title)},
                             {v.unit_href, v.unit}};
    struct page page = {.title = v.title,
                        .description = p.shown->objective,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    resp_cache_public(r, 60);
    plans_page(r, &page, 200, put_show, &v);
out:
    return rc;
}

enum err plans_public_show(struct req *r)
{
    return show(r, PLAN_IN_FORCE);
}

enum err plans_public_version(struct req *r)
{
    int64_t version;
    if (!str_to_i64(req_param(r, "version"), &version) || version < 1)
        return ERR_NOT_FOUND;
    return show(r, version);
}

enum err plans_photo(struct req *r)
{
    struct plan p;
    int64_t id;
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "photo"), &id))
        FAIL(ERR_NOT_FOUND);
    TRY(plans_load(r, PLAN_IN_FORCE, &p, NULL));
    rc = ERR_NOT_FOUND;
    for (size_t i = 0; i < p.photos.n; i++)
        if (p.photos.v[i].id == id)
            rc = resp_stored_file(r,
                                  str_eq(req_query(r, "size"), STR("small")) ? p.photos.v[i].small
                                                                             : p.photos.v[i].large,
                                  "image/jpeg", STR_NULL);
out:
    return rc;
}

/* --- lists --- */

enum { L_TOPIC, L_DAY, L_ID };
static const struct field list_fields[] = {
    [L_TOPIC] = {"topic", FIELD_CODE, .max = 40, .label = MSG_plans_topic},
    [L_DAY] = {"day", FIELD_INT, .min = -1000000, .max = 1000000, .label = MSG_plans_day},
    [L_ID] = {"after", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_plans_day},
};

struct listing {
    struct req *r;
    struct str units; /* JSON array; NULL: the country */
    struct str topic, unit;
    int64_t day, id;
    bool desk;
    struct plans_list_view *v;
    struct sql_plans_public_rows rows;
    struct sql_plans_of_units_rows own;
    struct sql_plans_totals_rows totals;
    struct assessment_gaps gaps;
    struct tally_rows tally[5];
};

static struct str id_array(struct arena *a, const struct listing *l)
{
    struct buf *b = buf_in(a);
    size_t n = l->units.p ? l->own.n : l->rows.n;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s%lld", i ? "," : "",
                   (long long)(l->units.p ? l->own.v[i].id : l->rows.v[i].id));
    buf_char(b, ']');
    return buf_view(b);
}

static enum err read_totals(struct tx *tx, struct listing *l)
{
    static const struct counter *const counters[] = {
        &plans_approved, &plans_actions_done, &plans_contribution_own, &plans_contribution_grant,
        &plans_contribution_residents};
    static const int64_t bounds[] = {0, 12 * 9999};
    enum err rc = ERR_OK;
    for (size_t i = 0; i < COUNT_OF(counters); i++) {
        struct tally_ask ask = {.counter = counters[i], .bounds = bounds, .periods = 1};
        l->tally[i] = (struct tally_rows){0};
        TRY(tally_read(tx, l->r->arena, &ask, &l->tally[i]));
    }
out:
    return rc;
}

static enum err read_list(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct arena *a = l->r->arena;
    enum err rc = ERR_OK;
    l->gaps = (struct assessment_gaps){0};
    if (l->units.p)
        TRY(sql_plans_of_units(tx, a, &l->own, .units = l->units, .topic = l->topic, .limit = 200));
    else
        TRY(sql_plans_public(tx, a, &l->rows, .topic = l->topic, .day = l->day, .id = l->id,
                             .limit = LIST_MAX));
    TRY(sql_plans_totals(tx, a, &l->totals, .plans = id_array(a, l)));
    if (l->desk)
        TRY(assessment_gaps(tx, a, l->unit, 5, &l->gaps));
    if (!l->units.p)
        TRY(read_totals(tx, l));
out:
    return rc;
}

static void add_line(struct listing *l, struct plan_line line, int64_t id)
{
    const struct sql_plans_totals_row *t = NULL;
    for (size_t i = 0; i < l->totals.n && !t; i++)
        if (l->totals.v[i].plan == id)
            t = &l->totals.v[i];
    if (!t)
        return;
    line.actions = t->actions;
    line.done = t->done;
    line.cost = t->cost / SOM;
    line.people = t->people;
    line.to_day = t->to_day;
    line.state = line.approved_day                    ? MSG_plans_state_approved
                 : str_eq(t->state, STR("submitted")) ? MSG_plans_state_submitted
                                                      : MSG_plans_state_draft;
    line.tone = line.approved_day ? TONE_GOOD : TONE_WAIT;
    ARENA_PUSH(l->r->arena, l->v->lines, line);
}

static void fill_lines(struct listing *l)
{
    struct req *r = l->r;
    for (size_t i = 0; i < l->rows.n; i++) {
        const struct sql_plans_public_row *row = &l->rows.v[i];
        struct text3 title = {{row->title_ky, row->title_ru, row->title_en}};
        struct plan_line line = plans_line(r, row->unit, row->topic, &title);
        line.approved_day = row->approved_day;
        line.href = arena_printf(r->arena, "/plans/%lld", (long long)row->id);
        add_line(l, line, row->id);
    }
    for (size_t i = 0; i < l->own.n; i++) {
        const struct sql_plans_of_units_row *row = &l->own.v[i];
        struct text3 title = {{row->title_ky, row->title_ru, row->title_en}};
        struct plan_line line = plans_line(r, row->unit, row->topic, &title);
        const struct place *lead = territory_find(territory_get(r->app, r->arena), row->unit);
        bool ours = lead && str_eq(place_municipality(lead)->code, l->unit);
        if (!row->approved_day.set && (!l->desk || !ours))
            continue;
        line.approved_day = row->approved_day.set ? row->approved_day.v : 0;
        line.joint = !ours;
        line.href = l->desk && ours ? arena_printf(r->arena, "/desk/%.*s/plans/%lld", STRF(l->unit),
                                                   (long long)row->id)
                                    : arena_printf(r->arena, "/plans/%lld", (long long)row->id);
        add_line(l, line, row->id);
    }
    for (size_t i = 0; i < l->gaps.n; i++)
        ARENA_PUSH(r->arena, l->v->gaps,
                   ((struct plan_link){
                       .text = text3_get(&l->gaps.v[i].name, r->ui.lang),
                       .href = arena_printf(r->arena, "/desk/%.*s/plans/new?gap=%.*s",
                                            STRF(l->unit), STRF(l->gaps.v[i].indicator))}));
}

static int64_t first_amount(const struct tally_rows *rows)
{
    return rows->n ? rows->v[0].amount : 0;
}

static void put_list(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_list(out, ui, v);
}

enum err plans_public_list(struct req *r)
{
    struct plans_list_view v = {.title = msg_text(r->ui.lang, MSG_plans_title),
                                .action = STR("/plans"),
                                .topics = plans_topic_options(r)};
    struct listing l = {.r = r, .v = &v, .day = INT32_MAX, .id = INT64_MAX};
    struct form *form = NULL;
    enum err rc = form_read_query(r, list_fields, (int)COUNT_OF(list_fields), &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    if (form->v[L_TOPIC].s.n && topics_find(form->v[L_TOPIC].s))
        l.topic = form->v[L_TOPIC].s;
    if (rc == ERR_OK && form->v[L_DAY].present && form->v[L_ID].present) {
        l.day = form->v[L_DAY].i;
        l.id = form->v[L_ID].i;
    }
    rc = ERR_OK;
    TRY(db_read(r->db, SCOPE_COUNTRY, read_list, &l));
    v.form = form;
    fill_lines(&l);
    v.approved = first_amount(&l.tally[0]);
    v.done = first_amount(&l.tally[1]);
    v.own = first_amount(&l.tally[2]);
    v.grant = first_amount(&l.tally[3]);
    v.residents = first_amount(&l.tally[4]);
    if (l.rows.n == LIST_MAX)
        v.older = arena_printf(r->arena, "/plans?topic=%.*s&day=%lld&after=%lld", STRF(l.topic),
                               (long long)l.rows.v[l.rows.n - 1].approved_day,
                               (long long)l.rows.v[l.rows.n - 1].id);
    struct page page = {.title = v.title, .description = msg_text(r->ui.lang, MSG_plans_lead)};
    plans_page(r, &page, 200, put_list, &v);
out:
    return rc;
}

static enum err unit_list(struct req *r, bool desk)
{
    const struct place *unit = places_unit(r);
    struct str name = place_name(unit, r->ui.lang);
    struct plans_list_view v = {.desk = desk, .approved = -1};
    struct listing l = {.r = r, .v = &v, .unit = r->unit, .desk = desk};
    struct place_codes family = place_family(r->arena, unit);
    struct buf *units = buf_in(r->arena);
    enum err rc = ERR_OK;
    buf_char(units, '[');
    for (size_t i = 0; i < family.n; i++)
        buf_printf(units, "%s\"%.*s\"", i ? "," : "", STRF(family.v[i]));
    buf_char(units, ']');
    l.units = buf_view(units);
    v.title = MSG_STR(r->arena, r->ui.lang, MSG_plans_of_unit, ARG_S("unit", name));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_list, &l));
    if (desk)
        v.new_href = arena_printf(r->arena, "/desk/%.*s/plans/new", STRF(r->unit));
    fill_lines(&l);
    struct crumb crumb =
        desk ? (struct crumb){STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}
             : (struct crumb){arena_printf(r->arena, "/m/%.*s", STRF(r->unit)), name};
    struct page page = {.title = v.title,
                        .unit_name = desk ? STR_NULL : name,
                        .unit_href = desk ? STR_NULL : crumb.href,
                        .section = desk ? SECTION_DESK : SECTION_UNIT,
                        .crumbs = &crumb,
                        .crumb_count = 1};
    plans_page(r, &page, 200, put_list, &v);
out:
    return rc;
}

enum err plans_unit_list(struct req *r)
{
    return unit_list(r, false);
}
enum err plans_desk_list(struct req *r)
{
    return unit_list(r, true);
}
