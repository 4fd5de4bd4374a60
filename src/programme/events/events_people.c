/*
 * Who is invited and who was there: the list for the trainer's phone (also without a signal:
 * assets/js/delivery.js keeps each mark until it is sent), the code from a guest's QR, adding
 * somebody with a look at who they may be already, the paper sheet's import, and files.
 */
#include "programme/events/events_tpl.h"
#include "programme/events/events_view.h"

#include "community/places/places.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/formats/table_in.h"
#include "platform/formats/xlsx_in.h"
#include "platform/web/export.h"

#include <stdlib.h>

struct people_reading {
    struct req *r;
    struct event e;
    struct sql_guests_of_rows guests;
    struct sql_attendance_list_rows rows;
    struct register_persons people;
};

static enum err read_people(struct tx *tx, void *arg)
{
    struct people_reading *p = arg;
    struct arena *a = p->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_guests_of(tx, a, &p->guests, .event_id = p->e.id));
    TRY(sql_attendance_list(tx, a, &p->rows, .event_id = p->e.id));
    int64_t *ids = ARENA_ARRAY(a, int64_t, p->guests.n + p->rows.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->guests.n; i++)
        ids[n++] = p->guests.v[i].person;
    for (size_t i = 0; i < p->rows.n; i++)
        ids[n++] = p->rows.v[i].person;
    TRY(persons_many(tx, a, ids, n, &p->people));
out:
    return rc;
}

static enum err find_people(struct req *r, struct people_reading *p)
{
    enum err rc = ERR_OK;
    *p = (struct people_reading){.r = r};
    TRY(events_desk_read(r, &p->e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_people, p));
    TRY(persons_note_reading(r, p->e.unit, "event_people", 0,
                             arena_printf(r->arena, "%lld", (long long)p->e.id)));
out:
    return rc;
}

static enum msg rsvp_name(struct str rsvp)
{
    return str_eq(rsvp, STR("yes"))     ? MSG_events_says_yes
           : str_eq(rsvp, STR("maybe")) ? MSG_events_says_maybe
           : str_eq(rsvp, STR("no"))    ? MSG_events_says_no
                                        : MSG_events_says_nothing;
}

static int by_name(const void *a, const void *b)
{
    const struct event_person_line *x = a, *y = b;
    int order = str_compare(x->name, y->name);
    return order ? order : x->person < y->person ? -1 : x->person > y->person;
}

static struct event_person_line line_of(struct req *r, const struct register_person *p)
{
    return (struct event_person_line){.person = p->id,
                                      .name = persons_full_name(r->arena, p),
                                      .home = events_home_name(r, p->home),
                                      .position = p->position,
                                      .sex = persons_sex_name(p->sex),
                                      .group = persons_group_name(p->group),
                                      .code = STR(""),
                                      .once = id_secret(r->arena, 16)};
}

static void fill_lines(struct req *r, const struct people_reading *p,
                       struct event_person_lines *lines)
{
    for (size_t i = 0; i < p->people.n; i++) {
        const struct register_person *person = &p->people.v[i];
        struct event_person_line line = line_of(r, person);
        for (size_t k = 0; k < p->guests.n; k++)
            if (p->guests.v[k].person == person->id) {
                line.invited = true;
                line.code = p->guests.v[k].code;
                line.rsvp = rsvp_name(p->guests.v[k].rsvp);
            }
        for (size_t k = 0; k < p->rows.n; k++)
            if (p->rows.v[k].person == person->id) {
                line.present = p->rows.v[k].active != 0;
                line.withdrawn = p->rows.v[k].withdrawn != 0;
                line.pre = p->rows.v[k].pre;
                line.post = p->rows.v[k].post;
                line.minutes = p->rows.v[k].minutes;
            }
        ARENA_PUSH(r->arena, *lines, line);
    }
    if (lines->n)
        qsort(lines->v, lines->n, sizeof lines->v[0], by_name);
}

static void put_people(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_people(out, ui, v);
}

enum err events_desk_people(struct req *r)
{
    enum err rc = ERR_OK;
    struct people_reading p;
    TRY(find_people(r, &p));
    struct event_view v = {
        .e = p.e,
        .line = events_line(r, &p.e, true),
        .login_path = WEB_LOGIN_PATH,
        .actor = r->actor.person_id,
        .xlsx = arena_printf(r->arena, "%.*s/people.xlsx", STRF(events_base(r, &p.e))),
        .csv = arena_printf(r->arena, "%.*s/people.csv", STRF(events_base(r, &p.e)))};
    fill_lines(r, &p, &v.lines);
    events_page(r, msg_text(r->ui.lang, MSG_events_people), true, NULL, put_people, &v,
                "checkin.js", 200);
out:
    return rc;
}

/* --- marks --- */

enum { M_PERSON, M_PRESENT, M_AT, M_PRE, M_POST, M_CODE, M_KEEPER };
static const struct choice yes_no[] = {
    {"yes", MSG_events_present}, {"no", MSG_events_absent}, {NULL, MSG_NONE}};
static const struct field mark_fields[] = {
    [M_PERSON] = {"person", FIELD_INT, .min = 1, .max = INT64_MAX, .label = MSG_persons_name},
    [M_PRESENT] = {"present", FIELD_CHOICE, .choices = yes_no, .label = MSG_events_present},
    [M_AT] = {"at_ms", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_events_day},
    [M_PRE] = {"pre", FIELD_INT, .min = 0, .max = 1000, .label = MSG_events_pre},
    [M_POST] = {"post", FIELD_INT, .min = 0, .max = 1000, .label = MSG_events_post},
    [M_CODE] = {"code", FIELD_LINE, .max = 40, .label = MSG_events_code},
    [M_KEEPER] = {"keeper", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_events_code},
};

struct marking {
    struct req *r;
    struct event e;
    struct mark m;
    struct str code;
    enum mark_fault fault;
    bool unknown_code;
};

static enum err write_mark(struct tx *tx, void *arg)
{
    struct marking *k = arg;
    struct arena *a = k->r->arena;
    enum err rc = ERR_OK;
    struct sql_guest_by_code_rows rows;
    struct sql_attendance_get_rows there;
    struct sql_guests_of_rows guests;
    k->unknown_code = false;
    if (k->m.once.p)
        tx_idempotent(tx);
    if (k->code.p) {
        TRY(sql_guest_by_code(tx, a, &rows, .code = k->code));
        if (rows.n == 0 || rows.v[0].event_id != k->e.id) {
            k->unknown_code = true;
            FAIL(ERR_INPUT);
        }
        k->m.person = rows.v[0].person;
    } else {
        /* Only who is on this event's list: an id of anybody else says nothing here. */
        bool listed = false;
        TRY(sql_attendance_get(tx, a, &there, .event_id = k->e.id, .person = k->m.person));
        TRY(sql_guests_of(tx, a, &guests, .event_id = k->e.id));
        for (size_t i = 0; i < guests.n; i++)
            listed = listed || guests.v[i].person == k->m.person;
        if (!listed && there.n == 0) {
            k->fault = MARK_PERSON;
            FAIL(ERR_INPUT);
        }
    }
    rc = events_mark(tx, a, &k->m, &k->fault);
out:
    return rc;
}

static enum err answer_fault(struct req *r, enum msg fault, int status)
{
    struct people_reading p;
    struct form *form = FORM_NEW(r, mark_fields);
    enum err rc = find_people(r, &p);
    if (rc != ERR_OK)
        return rc;
    form_fault(r, form, -1, fault);
    struct event_view v = {.e = p.e,
                           .line = events_line(r, &p.e, true),
                           .login_path = WEB_LOGIN_PATH,
                           .actor = r->actor.person_id};
    fill_lines(r, &p, &v.lines);
    events_page(r, msg_text(r->ui.lang, MSG_events_people), true, form, put_people, &v,
                "checkin.js", status);
    return ERR_OK;
}

static enum err take_mark(struct req *r, bool by_code)
{
    struct marking k = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &k.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, mark_fields, &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    /* A phone is handed on and somebody else logs in while the page of the first one still sends
     * what was kept: before the token of the form, whose fault would hand out a new one. */
    if (f[M_KEEPER].present && f[M_KEEPER].i != r->actor.person_id)
        return answer_fault(r, MSG_events_fault_keeper, 403);
    k.m = (struct mark){.event = k.e.id,
                        .person = f[M_PERSON].i,
                        .present = by_code || str_eq(f[M_PRESENT].s, STR("yes")),
                        .how = by_code ? "qr" : "list",
                        .said_ms = f[M_AT].s.n ? f[M_AT].i : 0,
                        .pre = f[M_PRE].s.n ? I64(f[M_PRE].i) : I64_NONE,
                        .post = f[M_POST].s.n ? I64(f[M_POST].i) : I64_NONE,
                        .by = r->actor.person_id,
                        .once = form_once(form)};
    if (by_code && !id_number_parse(r->arena, f[M_CODE].s.p ? f[M_CODE].s : STR(""), &k.code)) {
        k.unknown_code = true;
        rc = ERR_INPUT;
    }
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_mark, &k);
    /* A stale token shows the page again with a fresh one: the phone sends it once more. */
    if (rc == ERR_INPUT)
        return answer_fault(r, k.unknown_code ? MSG_events_fault_code : mark_fault_message(k.fault),
                            422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_events_checked);
    resp_redirect(r, arena_printf(r->arena, "%.*s/people", STRF(events_base(r, &k.e))));
    return ERR_OK;
}

enum err events_desk_mark_post(struct req *r)
{
    return take_mark(r, false);
}
enum err events_desk_code_post(struct req *r)
{
    return take_mark(r, true);
}

/* --- adding somebody --- */

enum {
    A_FAMILY,
    A_GIVEN,
    A_PATRONYMIC,
    A_SEX,
    A_YEAR,
    A_HOME,
    A_GROUP,
    A_POSITION,
    A_PHONE,
    A_EMAIL,
    A_DISABILITY,
    A_SAME,
    A_AS
};
static const struct choice add_as[] = {
    {"present", MSG_events_add_present}, {"guest", MSG_events_add_guest}, {NULL, MSG_NONE}};
static const struct field add_fields[] = {
    [A_FAMILY] = {"family", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_family},
    [A_GIVEN] = {"given", FIELD_LINE, .max = 60, .label = MSG_persons_given},
    [A_PATRONYMIC] = {"patronymic", FIELD_LINE, .max = 60, .label = MSG_persons_patronymic},
    [A_SEX] = {"sex", FIELD_CHOICE, .choices = persons_sex_choices, .label = MSG_persons_sex},
    [A_YEAR] = {"birth_year", FIELD_INT, .min = 1900, .max = 2100, .width = 4,
                .label = MSG_persons_birth_year},
    [A_HOME] = {"home", FIELD_CODE, .max = 14, .label = MSG_persons_home},
    [A_GROUP] = {"group", FIELD_CHOICE, .choices = persons_group_choices,
                 .label = MSG_persons_group},
    [A_POSITION] = {"position", FIELD_LINE, .max = 120, .label = MSG_persons_position},
    [A_PHONE] = {"phone", FIELD_PHONE, .label = MSG_persons_phone},
    [A_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_persons_email, .hint = MSG_events_email_hint},
    [A_DISABILITY] = {"disability", FIELD_CHOICE, .choices = persons_disability_choices,
                      .label = MSG_persons_disability, .hint = MSG_persons_disability_hint},
    [A_SAME] = {"same", FIELD_CODE, .max = 20, .label = MSG_events_same_ask},
    [A_AS] = {"as", FIELD_CHOICE, .choices = add_as, .label = MSG_events_add},
};

struct adding {
    struct req *r;
    struct event e;
    struct register_person p;
    int64_t chosen; /* 0: nobody yet; -1: somebody new */
    bool present;
    struct str once, code;
    struct matches same;
    enum person_fault person_fault;
    enum mark_fault fault;
};

static enum err write_adding(struct tx *tx, void *arg)
{
    struct adding *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    int64_t person = d->p.id;
    struct sql_event_log_by_once_rows again;
    struct sql_guest_by_once_rows guest;
    if (d->once.p) {
        tx_idempotent(tx);
        TRY(sql_event_log_by_once(tx, a, &again, .once = d->once));
        TRY(sql_guest_by_once(tx, a, &guest, .once = d->once));
        if (again.n || guest.n)
            goto out;
    }
    TRY(persons_find_same(tx, a, &d->p, &d->same));
    if (d->chosen > 0) {
        if (!persons_among(&d->same, d->chosen))
            FAIL(ERR_INPUT);
        person = d->chosen;
    } else if (d->chosen == 0 && d->same.n) {
        FAIL(ERR_INPUT); /* ask first */
    } else {
        TRY(persons_add(tx, a, &d->p, d->e.from_day, false, d->r->actor.person_id,
                        &d->person_fault));
    }
    if (d->present) {
        struct mark m = {.event = d->e.id,
                         .person = person,
                         .present = true,
                         .how = "staff",
                         .by = d->r->actor.person_id,
                         .once = d->once};
        rc = events_mark(tx, a, &m, &d->fault);
    } else {
        rc = sql_guest_put(tx, NULL, .event_id = d->e.id, .person = person, .code = d->code,
                           .rsvp = STR("invited"), .source = STR("staff"), .at_ms = clock_now_ms(),
                           .once = d->once);
    }
out:
    return rc;
}

static struct str reasons_text(struct req *r, const struct match *m)
{
    struct buf *out = buf_in(r->arena);
    for (size_t i = 0; i < m->n; i++) {
        if (i)
            buf_cstr(out, "; ");
        buf_str(out, msg_text(r->ui.lang, match_reason_text(m->reasons[i])));
    }
    return buf_view(out);
}

static void put_add(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_add(out, ui, v);
}

static enum err show_add(struct req *r, const struct event *e, struct form *form,
                         const struct matches *same, int status)
{
    enum err rc = ERR_OK;
    struct event_add_view v = {.event = {.e = *e, .line = events_line(r, e, true)},
                               .form = form,
                               .homes = events_home_options(r)};
    for (size_t i = 0; same && i < same->n; i++)
        ARENA_PUSH(r->arena, v.same,
                   ((struct same_line){.id = same->v[i].person.id,
                                       .name = persons_full_name(r->arena, &same->v[i].person),
                                       .home = events_home_name(r, same->v[i].person.home),
                                       .reasons = reasons_text(r, &same->v[i]),
                                       .birth_year = same->v[i].person.birth_year,
                                       .score = same->v[i].score}));
    if (v.same.n)
        TRY(persons_note_reading(r, e->unit, "event_same", 0,
                                 arena_printf(r->arena, "%lld", (long long)e->id)));
    events_page(r, msg_text(r->ui.lang, MSG_events_add), true, form, put_add, &v, NULL, status);
out:
    return rc;
}

enum err events_desk_add(struct req *r)
{
    struct event e;
    enum err rc = events_desk_read(r, &e);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, add_fields);
    form_set(form, A_HOME, e.unit);
    return show_add(r, &e, form, NULL, 200);
}

enum err events_desk_add_post(struct req *r)
{
    struct adding d = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &d.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, add_fields, &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    d.p = (struct register_person){.id = id_new(),
                                   .family = f[A_FAMILY].s,
                                   .given = f[A_GIVEN].s,
                                   .patronymic = f[A_PATRONYMIC].s,
                                   .sex = f[A_SEX].s,
                                   .birth_year = f[A_YEAR].s.n ? I64(f[A_YEAR].i) : I64_NONE,
                                   .home = f[A_HOME].s,
                                   .group = f[A_GROUP].s,
                                   .position = f[A_POSITION].s,
                                   .phone = f[A_PHONE].s,
                                   .email = f[A_EMAIL].s,
                                   .disability = f[A_DISABILITY].s};
    d.present = !str_eq(f[A_AS].s, STR("guest"));
    d.once = form_once(form);
    d.code = id_number(r->arena);
    if (str_eq(f[A_SAME].s, STR("new")))
        d.chosen = -1;
    else if (f[A_SAME].s.n && !str_to_i64(f[A_SAME].s, &d.chosen))
        d.chosen = 0;
    const struct place *home =
        d.p.home.n ? territory_find(territory_get(r->app, r->arena), d.p.home) : NULL;
    if (d.p.home.n && (!home || !place_is_municipality(home)))
        form_fault(r, form, A_HOME, MSG_persons_fault_home);
    if (rc == ERR_OK && form->fault_count == 0)
        rc = db_write(r->db, SCOPE_COUNTRY, write_adding, &d);
    else
        rc = ERR_INPUT;
    if (d.person_fault != PERSON_FINE)
        form_fault(r, form, -1, person_fault_message(d.person_fault));
    if (d.fault != MARK_FINE)
        form_fault(r, form, -1, mark_fault_message(d.fault));
    if (rc == ERR_INPUT)
        return show_add(r, &d.e, form, &d.same, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_events_saved);
    resp_redirect(r, arena_printf(r->arena, "%.*s/people", STRF(events_base(r, &d.e))));
    return ERR_OK;
}

/* --- the paper sheet, keyed or imported --- */

enum {
    C_FAMILY,
    C_GIVEN,
    C_PATRONYMIC,
    C_SEX,
    C_YEAR,
    C_BAND,
    C_HOME,
    C_GROUP,
    C_POSITION,
    C_PHONE,
    C_DISABILITY,
    C_HOURS,
    C_PRE,
    C_POST
};
static const struct table_column columns[] = {
    [C_FAMILY] = {"family", true},
    [C_GIVEN] = {"given", false},
    [C_PATRONYMIC] = {"patronymic", false},
    [C_SEX] = {"sex", false},
    [C_YEAR] = {"birth_year", false},
    [C_BAND] = {"age", false},
    [C_HOME] = {"municipality", false},
    [C_GROUP] = {"group", false},
    [C_POSITION] = {"position", false},
    [C_PHONE] = {"phone", false},
    [C_DISABILITY] = {"disability", false},
    [C_HOURS] = {"hours", false},
    [C_PRE] = {"pre", false},
    [C_POST] = {"post", false},
};

struct sheet_row {
    struct register_person p;
    struct i64_opt minutes, pre, post;
    int64_t line;
};
struct sheet {
    struct req *r;
    struct event e;
    struct str text;
    bool dry_run;
    struct table_in *table;
    struct {
        struct sheet_row *v;
        size_t n, cap;
    } rows;
    int64_t added, known;
};

static struct str cell(struct sheet *s, int column)
{
    return arena_str(s->r->arena, table_cell(s->table, column));
}

static struct i64_opt number(struct sheet *s, int column, int64_t max)
{
    int64_t v = 0;
    return table_i64(s->table, column, 0, max, &v) ? I64(v) : I64_NONE;
}

static void read_row(struct sheet *s, const struct territory *t)
{
    struct sheet_row row = {.line = table_line(s->table),
                            .p = {.id = id_new(),
                                  .family = cell(s, C_FAMILY),
                                  .given = cell(s, C_GIVEN),
                                  .patronymic = cell(s, C_PATRONYMIC),
                                  .sex = cell(s, C_SEX),
                                  .band = cell(s, C_BAND),
                                  .home = cell(s, C_HOME),
                                  .group = cell(s, C_GROUP),
                                  .position = cell(s, C_POSITION),
                                  .phone = cell(s, C_PHONE),
                                  .disability = cell(s, C_DISABILITY)}};
    row.p.birth_year = number(s, C_YEAR, 2100);
    row.minutes = number(s, C_HOURS, s->e.minutes / 60);
    if (row.minutes.set)
        row.minutes.v *= 60;
    row.pre = number(s, C_PRE, s->e.test_max.set ? s->e.test_max.v : 0);
    row.post = number(s, C_POST, s->e.test_max.set ? s->e.test_max.v : 0);
    const struct place *home = row.p.home.n ? territory_find(t, row.p.home) : NULL;
    if (row.p.home.n && (!home || !place_is_municipality(home)))
        table_fault(s->table, C_HOME, MSG_persons_fault_home);
    if (!s->e.test_max.set && (row.pre.set || row.post.set))
        table_fault(s->table, C_PRE, MSG_events_fault_test);
    ARENA_PUSH(s->r->arena, s->rows, row);
}

static int column_of(enum person_fault f)
{
    static const int at[] = {[PERSON_FINE] = -1,
                             [PERSON_NAME] = C_FAMILY,
                             [PERSON_SEX] = C_SEX,
                             [PERSON_YEAR] = C_YEAR,
                             [PERSON_BAND] = C_BAND,
                             [PERSON_GROUP] = C_GROUP,
                             [PERSON_DISABILITY] = C_DISABILITY};
    return at[f];
}

/* A faulty row does not end it: all rows are looked at, then nothing is kept. */
static enum err write_sheet(struct tx *tx, void *arg)
{
    struct sheet *s = arg;
    struct arena *a = s->r->arena;
    enum err rc = ERR_OK;
    s->added = s->known = 0;
    for (size_t i = 0; i < s->rows.n; i++) {
        struct sheet_row *row = &s->rows.v[i];
        struct matches same;
        enum person_fault fault = PERSON_FINE;
        enum mark_fault mark_fault = MARK_FINE;
        struct mark m = {.event = s->e.id,
                         .person = row->p.id,
                         .present = true,
                         .how = "import",
                         .minutes = row->minutes,
                         .pre = row->pre,
                         .post = row->post,
                         .by = s->r->actor.person_id};
        TRY(persons_find_same(tx, a, &row->p, &same));
        if (same.n && same.v[0].score >= MATCH_SURE) {
            m.person = same.v[0].person.id;
            s->known++;
        } else {
            rc = persons_add(tx, a, &row->p, s->e.from_day, false, m.by, &fault);
            if (rc == ERR_INPUT) {
                table_fault_at(s->table, row->line, column_of(fault), row->p.family,
                               person_fault_message(fault));
                rc = ERR_OK;
                continue;
            }
            TRY(rc);
            s->added++;
        }
        rc = events_mark(tx, a, &m, &mark_fault);
        if (rc == ERR_INPUT) {
            table_fault_at(s->table, row->line, -1, row->p.family, mark_fault_message(mark_fault));
            rc = ERR_OK;
        }
        TRY(rc);
    }
    if (table_faults(s->table))
        rc = ERR_INPUT;
    else if (s->dry_run)
        rc = ERR_DENIED; /* it was only tried */
out:
    return rc;
}

static const struct choice whats[] = {
    {"check", MSG_persons_import_check}, {"import", MSG_persons_import_do}, {NULL, MSG_NONE}};
enum { I_FILE, I_TEXT, I_DO };
static const struct field import_fields[] = {
    [I_FILE] = {"file", FIELD_FILES, .max = 4 << 20, .label = MSG_persons_import_file,
                .accept = ".csv,.xlsx"},
    [I_TEXT] = {"text", FIELD_TEXT, .max = 60000, .rows = 8, .label = MSG_persons_import_text,
                .hint = MSG_persons_import_hint},
    [I_DO] = {"do", FIELD_CHOICE, .choices = whats, .label = MSG_persons_import},
};

static void put_import(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_import(out, ui, v);
}

static enum err show_import(struct req *r, struct event_import_view *v, int status)
{
    events_page(r, msg_text(r->ui.lang, MSG_events_import), true, v->form, put_import, v, NULL,
                status);
    return ERR_OK;
}

enum err events_desk_import(struct req *r)
{
    struct event e;
    enum err rc = events_desk_read(r, &e);
    if (rc != ERR_OK)
        return rc;
    struct event_import_view v = {.line = events_line(r, &e, true),
                                  .form = FORM_NEW(r, import_fields)};
    return show_import(r, &v, 200);
}

enum err events_desk_import_post(struct req *r)
{
    struct sheet s = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &s.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, import_fields, &form);
    if (!form)
        return rc;
    struct event_import_view v = {.line = events_line(r, &s.e, true), .form = form};
    s.text = form->v[I_FILE].n ? form->v[I_FILE].files[0].data : form->v[I_TEXT].s;
    s.dry_run = !str_eq(form->v[I_DO].s, STR("import"));
    if (rc == ERR_OK && s.text.n == 0)
        form_fault(r, form, I_FILE, MSG_persons_import_nothing);
    if (rc != ERR_OK || form->fault_count)
        return show_import(r, &v, 422);
    const struct territory *t = territory_get(r->app, r->arena);
    if (xlsx_in_is(s.text) && xlsx_in_csv(r->arena, s.text, &s.text) != ERR_OK)
        s.text = STR("");
    s.table = table_open(r->arena, s.text, columns, COUNT_OF(columns));
    while (table_faults(s.table) < 1000 && table_next(s.table))
        read_row(&s, t);
    rc = table_faults(s.table) ? ERR_INPUT : db_write(r->db, SCOPE_COUNTRY, write_sheet, &s);
    if (rc == ERR_INPUT) {
        struct buf *report = buf_in(r->arena);
        table_fault_report(s.table, r->ui.lang, report);
        v.report = buf_view(report);
        return show_import(r, &v, 422);
    }
    if (rc != ERR_OK && !(rc == ERR_DENIED && s.dry_run))
        return rc;
    v.outcome = MSG_STR(
        r->arena, r->ui.lang, s.dry_run ? MSG_persons_import_would : MSG_persons_import_done,
        ARG_N("rows", (int64_t)s.rows.n), ARG_N("added", s.added), ARG_N("same", s.known));
    return show_import(r, &v, 200);
}

/* --- as a file --- */

enum err events_desk_export(struct req *r)
{
    static const struct export_column file_columns[] = {
        {MSG_persons_name, XLSX_TEXT, 34, false},
        {MSG_persons_sex, XLSX_TEXT, 10, false},
        {MSG_persons_age, XLSX_TEXT, 12, false},
        {MSG_persons_home, XLSX_TEXT, 26, false},
        {MSG_persons_group, XLSX_TEXT, 24, false},
        {MSG_persons_position, XLSX_TEXT, 28, false},
        {MSG_persons_disability, XLSX_TEXT, 12, false},
        {MSG_events_hours, XLSX_INT, 0, false},
        {MSG_events_pre, XLSX_INT, 0, false},
        {MSG_events_post, XLSX_INT, 0, false},
        {MSG_events_participations, XLSX_INT, 0, true},
    };
    enum err rc = ERR_OK;
    struct people_reading p;
    struct export *x;
    TRY(find_people(r, &p));
    struct export_about about = {.title = text3_get(&p.e.title, r->ui.lang),
                                 .author = events_home_name(r, p.e.unit),
                                 .name = arena_printf(r->arena, "event-%lld", (long long)p.e.id)};
    TRY(export_begin(r, req_param(r, "format"), &about, file_columns, COUNT_OF(file_columns), &x));
    for (size_t i = 0; i < p.rows.n; i++) {
        const struct sql_attendance_list_row *row = &p.rows.v[i];
        const struct register_person *person = persons_in(&p.people, row->person);
        if (!row->active)
            continue;
        export_text(x, person ? persons_full_name(r->arena, person) : STR(""));
        export_msg(x, persons_sex_name(row->sex));
        export_text(x, row->band);
        export_text(x, events_home_name(r, row->unit));
        export_msg(x, persons_group_name(row->grp));
        export_text(x, row->position);
        export_text(x, row->disability);
        export_int(x, row->minutes / 60);
        export_opt(x, row->pre);
        export_opt(x, row->post);
        export_int(x, 1);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}
