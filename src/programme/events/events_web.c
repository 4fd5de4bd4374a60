/*
 * What everybody sees of events: lists, one event in totals (small groups hidden), registration,
 * a guest's own page with the code, and the check of a certificate. No names.
 */
#include "programme/events/events_tpl.h"
#include "programme/events/events_view.h"

#include "community/places/places.h"
#include "community/topics/topics.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/formats/qr.h"

enum { LIST_MAX = 50 };

struct str events_home_name(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p ? place_name(p, r->ui.lang) : code;
}

struct option_list events_home_options(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor)
            o[n++] = (struct option){
                .value = t->all[i]->code,
                .text = place_name(t->all[i], r->ui.lang),
                .group = t->all[i]->parent ? place_name(t->all[i]->parent, r->ui.lang) : STR_NULL};
    return (struct option_list){o, n};
}

struct event_line events_line(struct req *r, const struct event *e, bool desk)
{
    const struct topic *topic = topics_find(events_main_topic(e->topics));
    bool planned = str_eq(e->state, STR("planned")), held = str_eq(e->state, STR("held"));
    return (struct event_line){
        .id = e->id,
        .from_day = e->from_day,
        .to_day = e->to_day,
        .present = e->present,
        .href = arena_printf(r->arena, "%s/events/%lld", desk ? "/desk" : "", (long long)e->id),
        .title = text3_get(&e->title, r->ui.lang),
        .unit = events_home_name(r, e->unit),
        .place = e->place,
        .kind = events_kind_name(e->kind),
        .state = planned ? MSG_events_state_planned
                 : held  ? MSG_events_state_held
                         : MSG_events_state_cancelled,
        .tone = planned ? TONE_WAIT
                : held  ? TONE_GOOD
                        : TONE_BAD,
        .topic = topic ? msg_text(r->ui.lang, topic->name) : STR(""),
        .planned = planned,
    };
}

void events_page(struct req *r, struct str title, bool desk, const struct form *form,
                 void (*put)(struct buf *, const struct ui *, const void *), const void *view,
                 const char *script, int status)
{
    struct crumb crumbs[2];
    size_t n = 0;
    if (desk)
        crumbs[n++] = (struct crumb){STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)};
    crumbs[n++] = (struct crumb){desk ? STR("/desk/events") : STR("/events"),
                                 msg_text(r->ui.lang, MSG_events_list)};
    struct page page = {.title = title,
                        .section = desk ? SECTION_DESK : SECTION_NONE,
                        .form = form,
                        .crumbs = crumbs,
                        .crumb_count = n};
    if (script) {
        page.scripts[0] = "delivery.js";
        page.scripts[1] = script;
    }
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    put(out, &r->ui, view);
    page_close(out, r, &page);
}

struct one_event {
    struct req *r;
    int64_t id;
    struct event *e;
};
static enum err read_one(struct tx *tx, void *arg)
{
    struct one_event *o = arg;
    return events_get(tx, o->r->arena, o->id, o->e);
}
enum err events_read(struct req *r, struct event *e)
{
    struct one_event o = {.r = r, .e = e};
    if (!str_to_i64(req_param(r, "id"), &o.id))
        return ERR_NOT_FOUND;
    return db_read(r->db, SCOPE_COUNTRY, read_one, &o);
}

/* --- lists --- */

enum { L_KIND, L_FROM, L_TO, L_UNIT, L_DAY, L_ID };
static const struct field list_fields[] = {
    [L_KIND] = {"kind", FIELD_CHOICE, .choices = events_kinds, .label = MSG_events_kind},
    [L_FROM] = {"from", FIELD_DATE, .label = MSG_events_from},
    [L_TO] = {"to", FIELD_DATE, .label = MSG_events_to},
    [L_UNIT] = {"unit", FIELD_CODE, .max = 14, .label = MSG_events_unit},
    [L_DAY] = {"day", FIELD_INT, .min = 0, .max = INT64_MAX},
    [L_ID] = {"id", FIELD_INT, .min = 0, .max = INT64_MAX},
};

struct list_reading {
    struct req *r;
    struct event_ask ask;
    struct str unit;
    struct event_list events;
    struct events_list_view *view;
};

/* The figures beside the list are the counters': what the rows add up to, whole months. */
static enum err read_figures(struct tx *tx, struct list_reading *l)
{
    struct arena *a = l->r->arena;
    enum err rc = ERR_OK;
    int64_t bounds[2] = {tally_month(l->ask.from_day), tally_month(l->ask.to_day) + 1};
    struct tally_ask ask = {
        .counter = &events_held, .unit = l->unit, .bounds = bounds, .periods = 1};
    struct tally_rows rows;
    if (l->ask.kind.n) {
        ask.want[0].v = &l->ask.kind;
        ask.want[0].n = 1;
    }
    TRY(tally_read(tx, a, &ask, &rows));
    l->view->held = rows.n ? rows.v[0].amount : 0;
    ask.counter = &events_participations;
    TRY(tally_read(tx, a, &ask, &rows));
    l->view->participations = rows.n ? rows.v[0].amount : 0;
    l->view->people = rows.n ? rows.v[0].people : 0;
    if (!l->unit.p) {
        ask.by_place = true;
        TRY(tally_read(tx, a, &ask, &rows));
        l->view->units = 0;
        for (size_t i = 0; i < rows.n; i++)
            l->view->units += rows.v[i].amount > 0;
    } else {
        l->view->units = rows.n && rows.v[0].amount > 0;
    }
    l->view->has_figures = true;
out:
    return rc;
}

static enum err read_events(struct tx *tx, void *arg)
{
    struct list_reading *l = arg;
    enum err rc = events_list(tx, l->r->arena, &l->ask, &l->events);
    if (rc == ERR_OK && !l->view->desk)
        rc = read_figures(tx, l);
    return rc;
}

static void put_list(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_list(out, ui, v);
}

/* The municipalities whose events the actor may edit; nothing is asked when that is the country. */
static void ask_own(struct req *r, struct event_ask *ask)
{
    const struct territory *t = territory_get(r->app, r->arena);
    if (access_allows(&r->actor, PERM_EVENTS_EDIT, STR("*")))
        return;
    struct str *own = ARENA_ARRAY(r->arena, struct str, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) &&
            access_allows(&r->actor, PERM_EVENTS_EDIT, t->all[i]->code))
            own[n++] = t->all[i]->code;
    ask->units = own;
    ask->unit_count = n;
}

static enum err show_list(struct req *r, struct str unit, bool desk, const char *action)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct events_list_view v = {.desk = desk, .action = str_from(action)};
    struct list_reading l = {.r = r, .unit = unit, .view = &v};
    rc = form_read_query(r, list_fields, COUNT_OF(list_fields), &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    int64_t today = day_of_ms(r->ui.now_ms);
#define GIVEN(i) (f[i].present && f[i].s.n && f[i].fault == MSG_NONE)
    l.ask = (struct event_ask){.kind = GIVEN(L_KIND) ? f[L_KIND].s : STR_NULL,
                               .from_day = GIVEN(L_FROM) ? f[L_FROM].i : 0,
                               .to_day = GIVEN(L_TO) ? f[L_TO].i : today + 3660,
                               .edge_day = GIVEN(L_DAY) ? f[L_DAY].i : INT64_MAX,
                               .edge_id = GIVEN(L_ID) ? f[L_ID].i : 0,
                               .max = LIST_MAX + 1};
    struct place_codes family = {0};
    if (unit.p) {
        family = place_family(r->arena, places_unit(r));
        l.ask.units = family.v;
        l.ask.unit_count = family.n;
    }
    if (desk)
        ask_own(r, &l.ask);
    v.by_unit = !unit.p && (!desk || !l.ask.units);
    const struct place *chosen = v.by_unit && GIVEN(L_UNIT)
                                     ? territory_find(territory_get(r->app, r->arena), f[L_UNIT].s)
                                     : NULL;
    if (chosen && place_is_municipality(chosen)) {
        family = place_family(r->arena, chosen);
        l.ask.units = family.v;
        l.ask.unit_count = family.n;
        l.unit = chosen->code;
    }
    if (v.by_unit)
        v.homes = events_home_options(r);
    TRY(db_read(r->db, SCOPE_COUNTRY, read_events, &l));
    v.form = form;
    v.title = unit.p ? MSG_STR(r->arena, r->ui.lang, MSG_events_list_of,
                               ARG_S("unit", place_name(places_unit(r), r->ui.lang)))
                     : msg_text(r->ui.lang, MSG_events_list);
    for (size_t i = 0; i < l.events.n && i < LIST_MAX; i++)
        if (!desk || access_allows(&r->actor, PERM_EVENTS_EDIT, l.events.v[i].unit))
            ARENA_PUSH(r->arena, v.lines, events_line(r, &l.events.v[i], desk));
    if (l.events.n > LIST_MAX) {
        const struct event *last = &l.events.v[LIST_MAX - 1];
        struct buf *older = buf_in(r->arena);
        buf_printf(older, "%s?day=%lld&id=%lld", action, (long long)last->from_day,
                   (long long)last->id);
        if (l.ask.kind.n)
            buf_printf(older, "&kind=%.*s", STRF(l.ask.kind));
        if (GIVEN(L_FROM))
            buf_cstr(older, "&from="), buf_day(older, l.ask.from_day);
        if (GIVEN(L_TO))
            buf_cstr(older, "&to="), buf_day(older, l.ask.to_day);
        if (chosen)
            buf_printf(older, "&unit=%.*s", STRF(chosen->code));
        v.older = buf_view(older);
    }
    events_page(r, v.title, desk, form, put_list, &v, NULL, 200);
out:
    return rc;
}

enum err events_public_list(struct req *r)
{
    resp_cache_public(r, 60);
    return show_list(r, STR_NULL, false, "/events");
}
enum err events_public_unit_list(struct req *r)
{
    resp_cache_public(r, 60);
    return show_list(r, r->unit, false,
                     arena_cstr(r->arena, arena_printf(r->arena, "/m/%.*s/events", STRF(r->unit))));
}
enum err events_desk_list(struct req *r)
{
    return show_list(r, STR_NULL, true, "/desk/events");
}

/* --- one event in public --- */

struct show_reading {
    struct req *r;
    struct event_view *v;
    struct sql_attendance_groups_rows groups;
    struct sql_attendance_sums_row sums;
    struct sql_event_log_late_row late;
    struct sql_event_heads_of_rows heads;
    struct sql_event_tasks_of_rows tasks;
};
static enum err read_show(struct tx *tx, void *arg)
{
    struct show_reading *s = arg;
    struct arena *a = s->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_attendance_groups(tx, a, &s->groups, .event_id = s->v->e.id));
    TRY(sql_attendance_sums(tx, a, &s->sums, .event_id = s->v->e.id));
    TRY(sql_event_log_late(tx, a, &s->late, .event_id = s->v->e.id));
    TRY(sql_event_heads_of(tx, a, &s->heads, .event_id = s->v->e.id));
    TRY(sql_event_tasks_of(tx, a, &s->tasks, .event_id = s->v->e.id));
out:
    return rc;
}

static void add_cell(struct arena *a, struct group_cells *cells, struct str code, enum msg name,
                     int64_t n)
{
    for (size_t i = 0; i < cells->n; i++)
        if (str_eq(cells->v[i].code, code)) {
            cells->v[i].n += n;
            return;
        }
    ARENA_PUSH(a, *cells, ((struct group_cell){.code = code, .name = name, .n = n}));
}

static enum msg label_of(const struct choice *choices, struct str code)
{
    for (; choices->value; choices++)
        if (str_eq(code, str_from(choices->value)))
            return choices->label;
    return MSG_persons_unknown;
}

/* Of who was counted without a name the sex alone may be known. */
static void add_heads(struct arena *a, struct group_cells *cells, bool by_sex,
                      const struct choice *choices, const struct sql_event_heads_of_rows *heads)
{
    for (size_t i = 0; i < heads->n; i++) {
        struct str code = by_sex ? heads->v[i].sex : STR("");
        if (heads->v[i].active)
            add_cell(a, cells, code, label_of(choices, code), heads->v[i].heads);
    }
}

static void fill_groups(struct req *r, const struct sql_attendance_groups_rows *rows,
                        const struct sql_event_heads_of_rows *heads, struct event_view *v)
{
    static const struct {
        enum msg title;
        const struct choice *choices;
    } kinds[] = {{MSG_persons_sex, persons_sex_choices},
                 {MSG_persons_age, persons_band_choices},
                 {MSG_persons_group, persons_group_choices}};
    v->few = v->e.present > 0 && v->e.present < EVENTS_SMALL * 2;
    for (size_t k = 0; !v->few && k < COUNT_OF(kinds); k++) {
        struct event_groups g = {.title = kinds[k].title};
        for (const struct choice *c = kinds[k].choices; c->value; c++)
            add_cell(r->arena, &g.cells, str_from(c->value), c->label, 0);
        for (size_t i = 0; i < rows->n; i++) {
            const struct sql_attendance_groups_row *row = &rows->v[i];
            struct str code = k == 0 ? row->sex : k == 1 ? row->band : row->grp;
            add_cell(r->arena, &g.cells, code, label_of(kinds[k].choices, code), row->n);
        }
        add_heads(r->arena, &g.cells, k == 0, kinds[k].choices, heads);
        size_t kept = 0;
        for (size_t i = 0; i < g.cells.n; i++)
            if (g.cells.v[i].n)
                g.cells.v[kept++] = g.cells.v[i];
        g.cells.n = kept;
        events_hide_small(&g.cells);
        for (size_t i = 0; i < kept; i++)
            v->hides = v->hides || g.cells.v[i].hidden;
        if (kept)
            ARENA_PUSH(r->arena, v->groups, g);
    }
}

static void fill_event(struct req *r, struct event_view *v, bool desk)
{
    struct str rest = v->e.agenda, line;
    v->line = events_line(r, &v->e, desk);
    v->hours = v->e.minutes / 60;
    v->gain = -1;
    while (v->e.agenda.n && str_split(&rest, '\n', &line))
        if (str_trim(line).n)
            ARENA_PUSH(r->arena, v->agenda, str_trim(line));
    v->can_register =
        v->line.planned && v->e.open_registration && v->e.to_day >= day_of_ms(r->ui.now_ms);
}

static void fill_sums(const struct sql_attendance_sums_row *s, struct event_view *v)
{
    v->people = s->people;
    v->units = s->units;
    v->twice = s->twice;
    v->pairs = s->pairs;
    v->class_hours = s->minutes / 60;
    /* A ratio of sums: what was gained of what could be gained, over matched pairs. */
    if (s->pairs && s->possible > 0)
        v->gain = s->gained < 0 ? 0 : (double)s->gained / (double)s->possible;
}

static void put_show(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_show(out, ui, v);
}

enum err events_public_show(struct req *r)
{
    enum err rc = ERR_OK;
    struct event_view v = {0};
    struct show_reading s = {.r = r, .v = &v};
    TRY(events_read(r, &v.e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_show, &s));
    fill_event(r, &v, false);
    fill_sums(&s.sums, &v);
    v.late = s.late.n;
    if (v.pairs < EVENTS_SMALL) /* a gain of four people is nearly a mark of each */
        v.gain = -1;
    for (size_t i = 0; i < s.heads.n; i++)
        v.heads += s.heads.v[i].active ? s.heads.v[i].heads : 0;
    events_fill_tasks(r, &s.tasks, &v);
    fill_groups(r, &s.groups, &s.heads, &v);
    resp_cache_public(r, 60);
    events_page(r, v.line.title, false, NULL, put_show, &v, NULL, 200);
out:
    return rc;
}

/* --- registration --- */

enum {
    G_FAMILY,
    G_GIVEN,
    G_PATRONYMIC,
    G_SEX,
    G_YEAR,
    G_HOME,
    G_GROUP,
    G_POSITION,
    G_PHONE,
    G_EMAIL
};
static const struct field guest_fields[] = {
    [G_FAMILY] = {"family", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_family},
    [G_GIVEN] = {"given", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_given},
    [G_PATRONYMIC] = {"patronymic", FIELD_LINE, .max = 60, .label = MSG_persons_patronymic},
    [G_SEX] = {"sex", FIELD_CHOICE, .choices = persons_sex_choices, .label = MSG_persons_sex},
    [G_YEAR] = {"birth_year", FIELD_INT, .min = 1900, .max = 2100, .width = 4,
                .label = MSG_persons_birth_year},
    [G_HOME] = {"home", FIELD_CODE, .max = 14, .label = MSG_persons_home},
    [G_GROUP] = {"group", FIELD_CHOICE, .choices = persons_group_choices,
                 .label = MSG_persons_group},
    [G_POSITION] = {"position", FIELD_LINE, .max = 120, .label = MSG_persons_position},
    [G_PHONE] = {"phone", FIELD_PHONE, .label = MSG_persons_phone},
    [G_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_persons_email},
};

static void put_register(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_register(out, ui, v);
}

static enum err show_register(struct req *r, struct event_view *v, struct form *form, int status)
{
    fill_event(r, v, false);
    if (!v->can_register)
        return ERR_NOT_FOUND;
    v->form = form;
    v->homes = events_home_options(r);
    events_page(r, msg_text(r->ui.lang, MSG_events_register), false, form, put_register, v, NULL,
                status);
    return ERR_OK;
}

enum err events_register(struct req *r)
{
    struct event_view v = {0};
    enum err rc = events_read(r, &v.e);
    return rc == ERR_OK ? show_register(r, &v, FORM_NEW(r, guest_fields), 200) : rc;
}

struct registration {
    struct req *r;
    int64_t event;
    struct register_person p;
    struct str code, once;
    enum person_fault fault;
};

/* A stranger's form never finds out who is in the register: it always makes a record, which staff
 * may merge. */
static enum err write_registration(struct tx *tx, void *arg)
{
    struct registration *g = arg;
    enum err rc = ERR_OK;
    struct sql_guest_by_once_rows again;
    if (g->once.p) {
        tx_idempotent(tx);
        TRY(sql_guest_by_once(tx, g->r->arena, &again, .once = g->once));
        if (again.n) {
            g->code = again.v[0].code;
            goto out;
        }
    }
    TRY(persons_add(tx, g->r->arena, &g->p, day_today(), false, g->r->actor.person_id, &g->fault));
    rc = sql_guest_put(tx, NULL, .event_id = g->event, .person = g->p.id, .code = g->code,
                       .rsvp = STR("yes"), .source = STR("public"), .at_ms = clock_now_ms(),
                       .once = g->once);
out:
    return rc;
}

enum err events_register_post(struct req *r)
{
    struct event_view v = {0};
    struct form *form = NULL;
    enum err rc = events_read(r, &v.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, guest_fields, &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    struct registration g = {.r = r,
                             .event = v.e.id,
                             .p = {.id = id_new(),
                                   .family = f[G_FAMILY].s,
                                   .given = f[G_GIVEN].s,
                                   .patronymic = f[G_PATRONYMIC].s,
                                   .sex = f[G_SEX].s,
                                   .birth_year = f[G_YEAR].s.n ? I64(f[G_YEAR].i) : I64_NONE,
                                   .home = f[G_HOME].s,
                                   .group = f[G_GROUP].s,
                                   .position = f[G_POSITION].s,
                                   .phone = f[G_PHONE].s,
                                   .email = f[G_EMAIL].s},
                             .code = id_number(r->arena),
                             .once = form_once(form)};
    const struct place *home =
        g.p.home.n ? territory_find(territory_get(r->app, r->arena), g.p.home) : NULL;
    if (g.p.home.n && (!home || !place_is_municipality(home)))
        form_fault(r, form, G_HOME, MSG_persons_fault_home);
    fill_event(r, &v, false);
    if (!v.can_register)
        return ERR_NOT_FOUND;
    v.agenda = (struct agenda_lines){0};
    if (rc == ERR_OK && form->fault_count == 0)
        rc = db_write(r->db, SCOPE_COUNTRY, write_registration, &g);
    else
        rc = ERR_INPUT;
    if (g.fault != PERSON_FINE)
        form_fault(r, form, -1, person_fault_message(g.fault));
    if (rc == ERR_INPUT)
        return show_register(r, &v, form, 422);
    if (rc == ERR_OK)
        resp_redirect(
            r, arena_printf(r->arena, "/events/%lld/guest/%.*s", (long long)v.e.id, STRF(g.code)));
    return rc;
}

/* --- a guest's own page --- */

struct guest_reading {
    struct req *r;
    struct event_view *v;
    struct str code, rsvp;
    struct sql_guest_by_code_rows rows;
};
static enum err read_guest(struct tx *tx, void *arg)
{
    struct guest_reading *g = arg;
    return sql_guest_by_code(tx, g->r->arena, &g->rows, .code = g->code);
}
static enum err write_rsvp(struct tx *tx, void *arg)
{
    struct guest_reading *g = arg;
    return sql_guest_rsvp(tx, NULL, .code = g->code, .rsvp = g->rsvp, .at_ms = clock_now_ms());
}

/* The code is the key: who has it may answer, and sees no name. */
static enum err find_guest(struct req *r, struct guest_reading *g)
{
    enum err rc = ERR_OK;
    if (!id_number_parse(r->arena, req_param(r, "code"), &g->code))
        FAIL(ERR_NOT_FOUND);
    TRY(events_read(r, &g->v->e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_guest, g));
    if (g->rows.n != 1 || g->rows.v[0].event_id != g->v->e.id)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static void put_guest(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_guest(out, ui, v);
}

enum err events_guest(struct req *r)
{
    enum err rc = ERR_OK;
    struct event_view v = {0};
    struct guest_reading g = {.r = r, .v = &v};
    struct buf *svg = buf_in(r->arena);
    struct qr qr;
    TRY(find_guest(r, &g));
    fill_event(r, &v, false);
    v.code = g.code;
    TRY(qr_encode(r->arena, g.code, &qr));
    qr_svg(svg, &qr, g.code);
    v.qr = (struct html){buf_view(svg)};
    events_page(r, msg_text(r->ui.lang, MSG_events_guest_title), false, NULL, put_guest, &v, NULL,
                200);
out:
    return rc;
}

enum err events_guest_post(struct req *r)
{
    static const struct choice answers[] = {{"yes", MSG_events_rsvp_yes},
                                            {"maybe", MSG_events_rsvp_maybe},
                                            {"no", MSG_events_rsvp_no},
                                            {NULL, MSG_NONE}};
    static const struct field fields[] = {
        {"rsvp", FIELD_CHOICE, .required = true, .choices = answers, .label = MSG_events_invited}};
    enum err rc = ERR_OK;
    struct event_view v = {0};
    struct guest_reading g = {.r = r, .v = &v};
    struct form *form = NULL;
    TRY(find_guest(r, &g));
    rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    g.rsvp = form->v[0].s;
    TRY(db_write(r->db, SCOPE_COUNTRY, write_rsvp, &g));
    resp_notice(r, MSG_events_rsvp_saved);
    resp_redirect(r, r->http->path);
out:
    return rc;
}

/* --- the check of a certificate --- */

struct certificate_reading {
    struct req *r;
    struct str number;
    struct sql_certificate_get_rows rows;
    struct event e;
    struct register_person p;
};
static enum err read_certificate(struct tx *tx, void *arg)
{
    struct certificate_reading *c = arg;
    enum err rc = ERR_OK;
    TRY(sql_certificate_get(tx, c->r->arena, &c->rows, .number = c->number));
    if (c->rows.n == 0)
        goto out;
    TRY(events_get(tx, c->r->arena, c->rows.v[0].event_id, &c->e));
    TRY(persons_get(tx, c->r->arena, c->rows.v[0].person, &c->p));
out:
    return rc;
}

static void put_certificate(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_certificate(out, ui, v);
}

enum err events_certificate(struct req *r)
{
    enum err rc = ERR_OK;
    struct certificate_reading c = {.r = r};
    struct certificate_view v = {0};
    if (id_number_parse(r->arena, req_param(r, "number"), &c.number))
        TRY(db_read(r->db, SCOPE_COUNTRY, read_certificate, &c));
    if (c.rows.n) {
        struct str signature = req_query(r, "s");
        v = (struct certificate_view){
            .known = true,
            .number = c.number,
            .title = text3_get(&c.e.title, r->ui.lang),
            .from_day = c.e.from_day,
            .to_day = c.e.to_day,
            .hours = c.e.minutes / 60,
            .issued_day = c.rows.v[0].issued_day,
            .revoked = c.rows.v[0].revoked_ms.set,
            .holder = arena_printf(r->arena, "%.*s. %.*s.", STRF(utf8_prefix(c.p.family, 1)),
                                   STRF(utf8_prefix(c.p.given, 1))),
            .signature_given = signature.n > 0,
            .signature_right = str_eq(signature, events_sign(r->app, r->arena, c.number)),
        };
    }
    events_page(r, msg_text(r->ui.lang, MSG_events_certificate_check), false, NULL, put_certificate,
                &v, NULL, c.rows.n ? 200 : 404);
out:
    return rc;
}

/* --- on the card of a person --- */

struct history {
    struct req *r;
    int64_t root;
    struct sql_attendance_history_rows rows;
};
static enum err read_history(struct tx *tx, void *arg)
{
    struct history *h = arg;
    return sql_attendance_history(tx, h->r->arena, &h->rows, .root = h->root, .limit = 100);
}
enum err events_person_section(struct req *r, struct buf *out, int64_t root)
{
    struct history h = {.r = r, .root = root};
    struct event_lines lines = {0};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_history, &h);
    for (size_t i = 0; rc == ERR_OK && i < h.rows.n; i++) {
        const struct sql_attendance_history_row *row = &h.rows.v[i];
        struct text3 title = {{row->title_ky, row->title_ru, row->title_en}};
        ARENA_PUSH(r->arena, lines,
                   ((struct event_line){
                       .id = row->event_id,
                       .from_day = row->day,
                       .title = text3_get(&title, r->ui.lang),
                       .href = arena_printf(r->arena, "/events/%lld", (long long)row->event_id)}));
    }
    tpl_events_section(out, &r->ui, &lines);
    return rc;
}
