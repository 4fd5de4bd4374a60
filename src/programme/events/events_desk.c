/*
 * The desk of events: plan one, see how it stands, say that it was held or cancelled, give
 * certificates. People and their attendance are in events_people.c.
 */
#include "programme/events/events_tpl.h"
#include "programme/events/events_view.h"

#include "community/people/people.h"
#include "community/places/places.h"
#include "community/topics/topics.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/audit.h"
#include "platform/web/export.h"

enum { LOG_MAX = 60, TRAINET_MAX = 5000 };

/* An event of a foreign municipality does not exist for the desk. */
enum err events_desk_read(struct req *r, struct event *e)
{
    enum err rc = events_read(r, e);
    if (rc == ERR_OK && !access_allows(&r->actor, PERM_EVENTS_EDIT, e->unit))
        rc = ERR_NOT_FOUND;
    return rc;
}

struct str events_base(struct req *r, const struct event *e)
{
    return arena_printf(r->arena, "/desk/events/%lld", (long long)e->id);
}

/* --- one event --- */

struct desk_reading {
    struct req *r;
    struct event_view *v;
    struct sql_attendance_sums_row sums;
    struct sql_guests_of_rows guests;
    struct sql_certificates_of_rows certificates;
    struct sql_event_log_list_rows log;
    struct sql_event_heads_of_rows heads;
    struct sql_event_tasks_of_rows tasks;
    struct person_names staff;
    struct register_persons people, invited;
};

static enum err read_desk(struct tx *tx, void *arg)
{
    struct desk_reading *d = arg;
    struct arena *a = d->r->arena;
    int64_t id = d->v->e.id;
    enum err rc = ERR_OK;
    TRY(sql_attendance_sums(tx, a, &d->sums, .event_id = id));
    TRY(sql_guests_of(tx, a, &d->guests, .event_id = id));
    TRY(sql_certificates_of(tx, a, &d->certificates, .event_id = id));
    TRY(sql_event_log_list(tx, a, &d->log, .event_id = id, .limit = LOG_MAX));
    TRY(sql_event_heads_of(tx, a, &d->heads, .event_id = id));
    TRY(sql_event_tasks_of(tx, a, &d->tasks, .event_id = id));
    int64_t *guests = ARENA_ARRAY(a, int64_t, d->guests.n + 1);
    for (size_t i = 0; i < d->guests.n; i++)
        guests[i] = d->guests.v[i].person;
    TRY(persons_many(tx, a, guests, d->guests.n, &d->invited));
    int64_t *who = ARENA_ARRAY(a, int64_t, d->log.n + 1);
    int64_t *about = ARENA_ARRAY(a, int64_t, d->log.n + 1);
    for (size_t i = 0; i < d->log.n; i++) {
        who[i] = d->log.v[i].by_person;
        about[i] = d->log.v[i].person;
    }
    TRY(people_names(tx, a, who, d->log.n, &d->staff));
    TRY(persons_many(tx, a, about, d->log.n, &d->people));
out:
    return rc;
}

static enum msg log_name(struct str what)
{
    static const struct {
        const char *what;
        enum msg name;
    } names[] = {{"made", MSG_events_log_made},           {"changed", MSG_events_log_changed},
                 {"held", MSG_events_log_held},           {"cancelled", MSG_events_log_cancelled},
                 {"present", MSG_events_log_present},     {"absent", MSG_events_log_absent},
                 {"heads", MSG_events_log_heads},         {"mailed", MSG_events_log_mailed},
                 {"revoked", MSG_events_log_revoked},     {"task", MSG_events_log_task},
                 {"task_done", MSG_events_log_task_done}, {"task_open", MSG_events_log_task_open}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(what, str_from(names[i].what)))
            return names[i].name;
    return MSG_events_log_changed;
}

static void put_desk(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_desk_show(out, ui, v);
}

static void fill_desk(struct req *r, const struct desk_reading *d, struct event_view *v)
{
    v->line = events_line(r, &v->e, true);
    v->hours = v->e.minutes / 60;
    v->people = d->sums.people;
    v->units = d->sums.units;
    v->twice = d->sums.twice;
    v->pairs = d->sums.pairs;
    v->gain = d->sums.pairs && d->sums.possible > 0
                  ? (d->sums.gained < 0 ? 0 : (double)d->sums.gained / (double)d->sums.possible)
                  : -1;
    v->invited = (int64_t)d->guests.n;
    for (size_t i = 0; i < d->guests.n; i++) {
        v->yes += str_eq(d->guests.v[i].rsvp, STR("yes"));
        v->maybe += str_eq(d->guests.v[i].rsvp, STR("maybe"));
        v->no += str_eq(d->guests.v[i].rsvp, STR("no"));
        const struct register_person *p = persons_in(&d->invited, d->guests.v[i].person);
        v->mailed += d->guests.v[i].mailed_ms.set;
        v->to_mail += !d->guests.v[i].mailed_ms.set && p && p->email.n > 0 &&
                      str_eq(d->guests.v[i].rsvp, STR("invited"));
    }
    for (size_t i = 0; i < d->heads.n; i++)
        v->heads += d->heads.v[i].active ? d->heads.v[i].heads : 0;
    v->class_hours = d->sums.minutes / 60;
    events_fill_tasks(r, &d->tasks, v);
    for (size_t i = 0; i < d->certificates.n; i++)
        v->certificates += !d->certificates.v[i].revoked_ms.set;
    bool held = str_eq(v->e.state, STR("held")), cancelled = str_eq(v->e.state, STR("cancelled"));
    v->can_hold = !held && v->e.from_day <= day_today();
    v->can_cancel = !cancelled;
    v->can_certify = held && v->e.certificate_minutes.set;
    v->can_invite = v->line.planned && v->e.to_day >= day_today() && v->to_mail > 0;
    for (size_t i = 0; i < d->log.n; i++) {
        const struct sql_event_log_list_row *l = &d->log.v[i];
        const struct register_person *p = persons_in(&d->people, l->person);
        ARENA_PUSH(r->arena, v->log,
                   ((struct event_log_line){.what = log_name(l->what),
                                            .who = person_name_in(&d->staff, l->by_person),
                                            .person = p ? persons_full_name(r->arena, p) : STR_NULL,
                                            .at_ms = l->at_ms,
                                            .late = l->late != 0}));
    }
}

enum err events_desk_show(struct req *r)
{
    enum err rc = ERR_OK;
    struct event_view v = {0};
    struct desk_reading d = {.r = r, .v = &v};
    TRY(events_desk_read(r, &v.e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_desk, &d));
    if (d.people.n)
        TRY(persons_note_reading(r, v.e.unit, "event_log", 0,
                                 arena_printf(r->arena, "%lld", (long long)v.e.id)));
    fill_desk(r, &d, &v);
    events_page(r, v.line.title, true, NULL, put_desk, &v, NULL, 200);
out:
    return rc;
}

/* --- plan and change --- */

enum {
    E_REVISION,
    E_KIND,
    E_TOPIC,
    E_MORE,
    E_KY,
    E_RU,
    E_EN,
    E_UNIT,
    E_PLACE,
    E_FROM,
    E_TO,
    E_HOURS,
    E_ORGANISER,
    E_AGENDA,
    E_OPEN,
    E_TEST,
    E_CERTIFICATE,
    E_COST
};
static const struct field event_fields[] = {
    [E_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_events_title},
    [E_KIND] = {"kind", FIELD_CHOICE, .required = true, .choices = events_kinds,
                .label = MSG_events_kind},
    [E_TOPIC] = {"topic", FIELD_CODE, .required = true, .max = 40, .label = MSG_events_topic},
    [E_MORE] = {"topic2", FIELD_CODE, .max = 40, .label = MSG_events_topic_more},
    [E_KY] = {"title_ky", FIELD_LINE, .required = true, .max = 200, .label = MSG_events_title_ky},
    [E_RU] = {"title_ru", FIELD_LINE, .max = 200, .label = MSG_events_title_ru},
    [E_EN] = {"title_en", FIELD_LINE, .max = 200, .label = MSG_events_title_en},
    [E_UNIT] = {"unit", FIELD_CODE, .required = true, .max = 14, .label = MSG_events_unit},
    [E_PLACE] = {"place", FIELD_LINE, .max = 200, .label = MSG_events_place},
    [E_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_events_from},
    [E_TO] = {"to", FIELD_DATE, .label = MSG_events_to, .hint = MSG_events_to_hint},
    [E_HOURS] = {"hours", FIELD_INT, .required = true, .min = 1, .max = 400, .width = 4,
                 .label = MSG_events_hours},
    [E_ORGANISER] = {"organiser", FIELD_LINE, .max = 200, .label = MSG_events_organiser},
    [E_AGENDA] = {"agenda", FIELD_TEXT, .max = 4000, .rows = 8, .label = MSG_events_agenda,
                  .hint = MSG_events_agenda_hint},
    [E_OPEN] = {"open", FIELD_BOOL, .label = MSG_events_open},
    [E_TEST] = {"test_max", FIELD_INT, .min = 1, .max = 1000, .width = 4,
                .label = MSG_events_test_max, .hint = MSG_events_test_hint},
    [E_CERTIFICATE] = {"certificate_hours", FIELD_INT, .min = 1, .max = 400, .width = 4,
                       .label = MSG_events_certificate_hours, .hint = MSG_events_certificate_hint},
    [E_COST] = {"cost", FIELD_MONEY, .min = 0, .max = INT64_C(100000000000),
                .label = MSG_events_cost},
};

static struct option_list topic_options(struct req *r)
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

static void put_form(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_form(out, ui, v);
}

static enum err show_form(struct req *r, bool is_new, struct form *form, int status)
{
    struct event_view v = {.is_new = is_new,
                           .form = form,
                           .homes = events_home_options(r),
                           .topics = topic_options(r)};
    events_page(r, msg_text(r->ui.lang, is_new ? MSG_events_new : MSG_events_edit), true, form,
                put_form, &v, NULL, status);
    return ERR_OK;
}

enum err events_desk_new(struct req *r)
{
    struct form *form = FORM_NEW(r, event_fields);
    for (int i = 0; i < r->actor.grant_count; i++) {
        const struct place *p =
            territory_find(territory_get(r->app, r->arena), str_from(r->actor.grants[i].scope));
        if (p && place_is_municipality(p))
            form_set(form, E_UNIT, p->code);
    }
    form_set_int(form, E_REVISION, 0);
    return show_form(r, true, form, 200);
}

enum err events_desk_edit(struct req *r)
{
    enum err rc = ERR_OK;
    struct event e;
    struct str rest, part;
    struct form *form = FORM_NEW(r, event_fields);
    TRY(events_desk_read(r, &e));
    rest = e.topics;
    form_set_int(form, E_REVISION, e.revision);
    form_set(form, E_KIND, e.kind);
    if (str_split(&rest, ' ', &part))
        form_set(form, E_TOPIC, part);
    if (str_split(&rest, ' ', &part))
        form_set(form, E_MORE, part);
    form_set(form, E_KY, e.title.in[LANG_KY]);
    form_set(form, E_RU, e.title.in[LANG_RU]);
    form_set(form, E_EN, e.title.in[LANG_EN]);
    form_set(form, E_UNIT, e.unit);
    form_set(form, E_PLACE, e.place);
    form_set_int(form, E_FROM, e.from_day);
    form_set_int(form, E_TO, e.to_day);
    form_set_int(form, E_HOURS, e.minutes / 60);
    form_set(form, E_ORGANISER, e.organiser);
    form_set(form, E_AGENDA, e.agenda);
    form_set_int(form, E_OPEN, e.open_registration);
    if (e.test_max.set)
        form_set_int(form, E_TEST, e.test_max.v);
    if (e.certificate_minutes.set)
        form_set_int(form, E_CERTIFICATE, e.certificate_minutes.v / 60);
    if (e.cost.set)
        form_set_int(form, E_COST, e.cost.v);
    return show_form(r, false, form, 200);
out:
    return rc;
}

static struct i64_opt number_of(const struct field_value *v, int64_t times)
{
    return v->s.n ? I64(v->i * times) : I64_NONE;
}

static struct event take_event(struct req *r, const struct form *form)
{
    const struct field_value *v = form->v;
    return (struct event){
        .unit = v[E_UNIT].s,
        .revision = v[E_REVISION].i,
        .kind = v[E_KIND].s,
        .topics = v[E_MORE].s.n && !str_eq(v[E_MORE].s, v[E_TOPIC].s)
                      ? arena_printf(r->arena, "%.*s %.*s", STRF(v[E_TOPIC].s), STRF(v[E_MORE].s))
                      : v[E_TOPIC].s,
        .title = {{v[E_KY].s, v[E_RU].s, v[E_EN].s}},
        .place = v[E_PLACE].s,
        .from_day = v[E_FROM].i,
        .to_day = v[E_TO].s.n ? v[E_TO].i : v[E_FROM].i,
        .minutes = v[E_HOURS].i * 60,
        .organiser = v[E_ORGANISER].s,
        .agenda = v[E_AGENDA].s,
        .open_registration = v[E_OPEN].present,
        .test_max = number_of(&v[E_TEST], 1),
        .certificate_minutes = number_of(&v[E_CERTIFICATE], 60),
        .cost = number_of(&v[E_COST], 1),
        .state = STR("planned"),
    };
}

struct event_change {
    struct req *r;
    struct event e;
    bool is_new;
    struct str once;
    enum event_fault fault;
};

static enum err write_event(struct tx *tx, void *arg)
{
    struct event_change *c = arg;
    struct arena *a = c->r->arena;
    enum err rc = ERR_OK;
    struct sql_event_by_once_rows again;
    c->fault = EVENT_FINE;
    if (!c->is_new)
        return events_change(tx, a, &c->e, c->r->actor.person_id, &c->fault);
    if (c->once.p) {
        tx_idempotent(tx);
        TRY(sql_event_by_once(tx, a, &again, .once = c->once));
        if (again.n) {
            c->e.id = again.v[0].id;
            goto out;
        }
    }
    rc = events_add(tx, a, &c->e, c->r->actor.person_id, c->once, &c->fault);
out:
    return rc;
}

static int field_of(enum event_fault f)
{
    static const int fields[] = {
        [EVENT_FINE] = -1,   [EVENT_KIND] = E_KIND,   [EVENT_TOPIC] = E_TOPIC, [EVENT_TITLE] = E_KY,
        [EVENT_DAYS] = E_TO, [EVENT_HOURS] = E_HOURS, [EVENT_FROZEN] = E_FROM,
    };
    return fields[f];
}

static enum err save_event(struct req *r, const struct event *old)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, event_fields, &form);
    if (!form)
        return rc;
    struct event_change c = {
        .r = r, .e = take_event(r, form), .is_new = !old, .once = form_once(form)};
    const struct place *unit =
        territory_find(territory_get(r->app, r->arena), c.e.unit.n ? c.e.unit : STR("-"));
    c.e.id = old ? old->id : id_new();
    if (old)
        c.e.unit = old->unit;
    else if (!unit || !place_is_municipality(unit))
        form_fault(r, form, E_UNIT, MSG_persons_fault_home);
    else if (!access_allows(&r->actor, PERM_EVENTS_EDIT, c.e.unit))
        form_fault(r, form, E_UNIT, MSG_persons_fault_home_foreign);
    if (rc == ERR_OK && form->fault_count == 0)
        rc = db_write(r->db, SCOPE_COUNTRY, write_event, &c);
    else
        rc = ERR_INPUT;
    if (c.fault != EVENT_FINE)
        form_fault(r, form, field_of(c.fault), event_fault_message(c.fault));
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_form(r, !old, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_events_saved);
    resp_redirect(r, events_base(r, &c.e));
    return ERR_OK;
}

enum err events_desk_new_post(struct req *r)
{
    return save_event(r, NULL);
}

enum err events_desk_edit_post(struct req *r)
{
    struct event e;
    enum err rc = events_desk_read(r, &e);
    return rc == ERR_OK ? save_event(r, &e) : rc;
}

/* --- state and certificates --- */

struct step {
    struct req *r;
    struct event e;
    struct str state; /* NULL view: certificates */
    int64_t issued;
};

static enum err write_step(struct tx *tx, void *arg)
{
    struct step *s = arg;
    struct arena *a = s->r->arena;
    int64_t by = s->r->actor.person_id;
    return s->state.p ? events_set_state(tx, a, s->e.id, s->state, by)
                      : events_certify(tx, a, s->e.id, by, &s->issued);
}

static enum err take_step(struct req *r, struct step *s, enum msg notice)
{
    enum err rc = db_write(r->db, SCOPE_COUNTRY, write_step, s);
    if (rc == ERR_INPUT)
        rc = ERR_CONFLICT; /* somebody else was quicker */
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, notice);
    resp_redirect(r, events_base(r, &s->e));
    return ERR_OK;
}

enum err events_desk_state_post(struct req *r)
{
    static const struct choice states[] = {
        {"held", MSG_events_hold}, {"cancelled", MSG_events_cancel}, {NULL, MSG_NONE}};
    static const struct field fields[] = {
        {"state", FIELD_CHOICE, .required = true, .choices = states, .label = MSG_events_hold}};
    struct step s = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &s.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    s.state = form->v[0].s;
    return take_step(r, &s, MSG_events_saved);
}

enum err events_desk_certify_post(struct req *r)
{
    static const struct field fields[] = {
        {"none", FIELD_CODE, .max = 4, .label = MSG_events_certify}};
    struct step s = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &s.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    return take_step(r, &s, MSG_events_certified);
}

/* --- the view of in-country trainings that donors' training registers ask for --- */

struct trainet_reading {
    struct req *r;
    int64_t from_day, to_day;
    struct sql_trainet_rows_rows rows;
};
static enum err read_trainet(struct tx *tx, void *arg)
{
    struct trainet_reading *t = arg;
    return sql_trainet_rows(tx, t->r->arena, &t->rows, .from_day = t->from_day, .to_day = t->to_day,
                            .limit = TRAINET_MAX);
}

enum err events_desk_trainet(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_events_topic, XLSX_TEXT, 28, false},    {MSG_events_title, XLSX_TEXT, 40, false},
        {MSG_events_unit, XLSX_TEXT, 26, false},     {MSG_events_from, XLSX_DATE, 0, false},
        {MSG_events_to, XLSX_DATE, 0, false},        {MSG_events_hours, XLSX_INT, 0, false},
        {MSG_events_women, XLSX_INT, 0, true},       {MSG_events_men, XLSX_INT, 0, true},
        {MSG_events_sex_unknown, XLSX_INT, 0, true}, {MSG_events_participations, XLSX_INT, 0, true},
        {MSG_events_cost, XLSX_TEXT, 18, false},
    };
    enum err rc = ERR_OK;
    struct trainet_reading t = {.r = r, .to_day = day_today()};
    struct export *x;
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_events_trainet),
                                 .note = msg_text(r->ui.lang, MSG_events_trainet_note),
                                 .name = STR("trainings")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_trainet, &t));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < t.rows.n; i++) {
        const struct sql_trainet_rows_row *row = &t.rows.v[i];
        const struct topic *topic = topics_find(events_main_topic(row->topics));
        if (!access_allows(&r->actor, PERM_EVENTS_EDIT, row->unit))
            continue;
        export_text(x, topic ? msg_text(r->ui.lang, topic->name) : STR(""));
        export_text(x, row->title_en);
        export_text(x, events_home_name(r, row->unit));
        export_day(x, row->from_day);
        export_day(x, row->to_day);
        export_int(x, row->minutes / 60);
        export_int(x, row->women);
        export_int(x, row->men);
        export_int(x, row->unknown);
        export_int(x, row->women + row->men + row->unknown);
        if (row->cost.set) {
            struct buf *money = buf_in(r->arena);
            buf_fixed(money, (double)row->cost.v / 100, 2);
            export_text(x, buf_view(money));
        } else {
            export_blank(x);
        }
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}
