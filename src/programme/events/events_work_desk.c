/*
 * The desk's work around an event beside its list of people: heads counted without names,
 * invitations by e-mail, what was agreed (who does it by when), certificates and taking one back.
 */
#include "programme/events/events_tpl.h"
#include "programme/events/events_view.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* --- heads --- */

static const struct field head_fields[] = {
    {"women", FIELD_INT, .min = 0, .max = EVENTS_HEADS_MAX, .width = 4, .label = MSG_events_women},
    {"men", FIELD_INT, .min = 0, .max = EVENTS_HEADS_MAX, .width = 4, .label = MSG_events_men},
    {"unknown", FIELD_INT, .min = 0, .max = EVENTS_HEADS_MAX, .width = 4,
     .label = MSG_events_sex_unknown},
};

struct heads_work {
    struct req *r;
    struct event e;
    int64_t heads[EVENTS_HEADS];
    enum mark_fault fault;
    struct sql_event_heads_of_rows rows;
};

static enum err read_heads(struct tx *tx, void *arg)
{
    struct heads_work *w = arg;
    return sql_event_heads_of(tx, w->r->arena, &w->rows, .event_id = w->e.id);
}

static enum err write_heads(struct tx *tx, void *arg)
{
    struct heads_work *w = arg;
    w->fault = MARK_FINE;
    return events_set_heads(tx, w->r->arena, w->e.id, w->heads, w->r->actor.person_id, &w->fault);
}

static void put_heads(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_heads(out, ui, v);
}

static enum err show_heads(struct req *r, const struct event *e, struct form *form, int status)
{
    struct event_view v = {.e = *e, .line = events_line(r, e, true), .form = form};
    events_page(r, msg_text(r->ui.lang, MSG_events_heads), true, form, put_heads, &v, NULL, status);
    return ERR_OK;
}

enum err events_desk_heads(struct req *r)
{
    struct heads_work w = {.r = r};
    enum err rc = ERR_OK;
    TRY(events_desk_read(r, &w.e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_heads, &w));
    struct form *form = FORM_NEW(r, head_fields);
    for (size_t i = 0; i < w.rows.n; i++)
        for (int k = 0; k < EVENTS_HEADS; k++)
            if (str_eq(w.rows.v[i].sex, str_from(events_head_sexes[k])))
                form_set_int(form, k, w.rows.v[i].heads);
    rc = show_heads(r, &w.e, form, 200);
out:
    return rc;
}

enum err events_desk_heads_post(struct req *r)
{
    struct heads_work w = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &w.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, head_fields, &form);
    if (!form)
        return rc;
    for (int k = 0; k < EVENTS_HEADS; k++)
        w.heads[k] = form->v[k].s.n ? form->v[k].i : 0;
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_heads, &w);
    if (w.fault != MARK_FINE)
        form_fault(r, form, -1, mark_fault_message(w.fault));
    if (rc == ERR_INPUT)
        return show_heads(r, &w.e, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_events_saved);
    resp_redirect(r, events_base(r, &w.e));
    return ERR_OK;
}

/* --- buttons: no field of their own but the token --- */

static const struct field no_fields[] = {{"none", FIELD_CODE, .max = 4, .label = MSG_events_title}};

struct invite_work {
    struct req *r;
    struct event e;
    int64_t sent;
};
static enum err write_invite(struct tx *tx, void *arg)
{
    struct invite_work *w = arg;
    return events_invite(w->r->app, tx, w->r->arena, w->e.id, w->r->actor.person_id, &w->sent);
}

enum err events_desk_invite_post(struct req *r)
{
    struct invite_work w = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &w.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, no_fields, &form);
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_invite, &w);
    if (rc == ERR_INPUT)
        return ERR_CONFLICT;
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, w.sent ? MSG_events_mailed : MSG_events_mailed_none);
    resp_redirect(r, events_base(r, &w.e));
    return ERR_OK;
}

/* --- certificates --- */

struct certificates_work {
    struct req *r;
    struct event e;
    struct str number;
    struct sql_certificates_of_rows rows;
    struct register_persons people;
};

static enum err read_certificates(struct tx *tx, void *arg)
{
    struct certificates_work *w = arg;
    struct arena *a = w->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_certificates_of(tx, a, &w->rows, .event_id = w->e.id));
    int64_t *ids = ARENA_ARRAY(a, int64_t, w->rows.n + 1);
    for (size_t i = 0; i < w->rows.n; i++)
        ids[i] = w->rows.v[i].person;
    rc = persons_many(tx, a, ids, w->rows.n, &w->people);
out:
    return rc;
}

static enum err write_revoke(struct tx *tx, void *arg)
{
    struct certificates_work *w = arg;
    struct arena *a = w->r->arena;
    struct sql_certificate_get_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_certificate_get(tx, a, &rows, .number = w->number));
    if (rows.n == 0 || rows.v[0].event_id != w->e.id)
        FAIL(ERR_NOT_FOUND);
    if (rows.v[0].revoked_ms.set)
        goto out;
    TRY(events_revoke(tx, a, w->number));
    rc = events_log(tx, &w->e, "revoked", rows.v[0].person, w->number, 0, w->r->actor.person_id,
                    STR_NULL);
out:
    return rc;
}

static void put_certificates(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_certificates(out, ui, v);
}

enum err events_desk_certificates(struct req *r)
{
    struct certificates_work w = {.r = r};
    enum err rc = ERR_OK;
    TRY(events_desk_read(r, &w.e));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_certificates, &w));
    TRY(persons_note_reading(r, w.e.unit, "event_certificates", 0,
                             arena_printf(r->arena, "%lld", (long long)w.e.id)));
    struct event_view v = {.e = w.e, .line = events_line(r, &w.e, true)};
    for (size_t i = 0; i < w.rows.n; i++) {
        const struct sql_certificates_of_row *row = &w.rows.v[i];
        const struct register_person *p = persons_in(&w.people, row->person);
        ARENA_PUSH(r->arena, v.given,
                   ((struct certificate_line){.number = row->number,
                                              .name = p ? persons_full_name(r->arena, p) : STR(""),
                                              .issued_day = row->issued_day,
                                              .revoked = row->revoked_ms.set}));
    }
    events_page(r, msg_text(r->ui.lang, MSG_events_certificates), true, NULL, put_certificates, &v,
                NULL, 200);
out:
    return rc;
}

enum err events_desk_revoke_post(struct req *r)
{
    static const struct field fields[] = {{"number", FIELD_LINE, .required = true, .max = 20,
                                           .label = MSG_events_certificate_number}};
    struct certificates_work w = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &w.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    w.number = form->v[0].s;
    rc = db_write(r->db, SCOPE_COUNTRY, write_revoke, &w);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_events_revoked);
    resp_redirect(r, arena_printf(r->arena, "%.*s/certificates", STRF(events_base(r, &w.e))));
    return ERR_OK;
}

/* --- what was agreed --- */

enum { T_WHAT, T_WHO, T_DUE };
static const struct field task_fields[] = {
    [T_WHAT] = {"what", FIELD_LINE, .required = true, .max = 300, .label = MSG_events_task_what},
    [T_WHO] = {"who", FIELD_LINE, .required = true, .max = 120, .label = MSG_events_task_who,
               .hint = MSG_events_task_who_hint},
    [T_DUE] = {"due", FIELD_DATE, .required = true, .label = MSG_events_task_due},
};

struct task_work {
    struct req *r;
    struct event e;
    const struct form *form;
    struct str once;
    int64_t task;
    bool done;
    struct sql_event_tasks_of_rows rows;
};

static enum err read_tasks(struct tx *tx, void *arg)
{
    struct task_work *w = arg;
    return sql_event_tasks_of(tx, w->r->arena, &w->rows, .event_id = w->e.id);
}

static enum err write_task(struct tx *tx, void *arg)
{
    struct task_work *w = arg;
    const struct field_value *f = w->form->v;
    enum err rc = ERR_OK;
    struct sql_event_task_by_once_rows again;
    if (w->once.p) {
        tx_idempotent(tx);
        TRY(sql_event_task_by_once(tx, w->r->arena, &again, .once = w->once));
        if (again.n)
            goto out;
    }
    TRY(sql_event_task_put(tx, NULL, .event_id = w->e.id, .id = id_new(), .what = f[T_WHAT].s,
                           .who = f[T_WHO].s, .due_day = f[T_DUE].i, .created_ms = clock_now_ms(),
                           .created_by = w->r->actor.person_id, .once = w->once));
    rc = events_log(tx, &w->e, "task", 0, f[T_WHAT].s, 0, w->r->actor.person_id, STR_NULL);
out:
    return rc;
}

static enum err write_task_done(struct tx *tx, void *arg)
{
    struct task_work *w = arg;
    const struct sql_event_tasks_of_row *task = NULL;
    enum err rc = read_tasks(tx, w);
    for (size_t i = 0; rc == ERR_OK && i < w->rows.n; i++)
        if (w->rows.v[i].id == w->task)
            task = &w->rows.v[i];
    TRY(rc);
    if (!task)
        FAIL(ERR_NOT_FOUND);
    if (task->done_day.set == w->done)
        goto out;
    TRY(sql_event_task_done(tx, NULL, .event_id = w->e.id, .id = w->task,
                            .done_day = w->done ? I64(day_today()) : I64_NONE));
    rc = events_log(tx, &w->e, w->done ? "task_done" : "task_open", 0, task->what, 0,
                    w->r->actor.person_id, STR_NULL);
out:
    return rc;
}

void events_fill_tasks(struct req *r, const struct sql_event_tasks_of_rows *rows,
                       struct event_view *v)
{
    int64_t today = day_of_ms(r->ui.now_ms);
    for (size_t i = 0; i < rows->n; i++) {
        const struct sql_event_tasks_of_row *row = &rows->v[i];
        bool late = !row->done_day.set && row->due_day < today;
        ARENA_PUSH(r->arena, v->tasks,
                   ((struct event_task_line){.id = row->id,
                                             .what = row->what,
                                             .who = row->who,
                                             .due_day = row->due_day,
                                             .done_day = row->done_day,
                                             .state = row->done_day.set ? MSG_events_task_done
                                                      : late            ? MSG_events_task_late
                                                                        : MSG_events_task_open,
                                             .tone = row->done_day.set ? TONE_GOOD
                                                     : late            ? TONE_BAD
                                                                       : TONE_WAIT}));
    }
}

static void put_tasks(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_events_tasks(out, ui, v);
}

static enum err show_tasks(struct req *r, struct task_work *w, struct form *form, int status)
{
    enum err rc = ERR_OK;
    TRY(db_read(r->db, SCOPE_COUNTRY, read_tasks, w));
    struct event_view v = {.e = w->e, .line = events_line(r, &w->e, true), .form = form};
    events_fill_tasks(r, &w->rows, &v);
    events_page(r, msg_text(r->ui.lang, MSG_events_tasks), true, form, put_tasks, &v, NULL, status);
out:
    return rc;
}

enum err events_desk_tasks(struct req *r)
{
    struct task_work w = {.r = r};
    enum err rc = events_desk_read(r, &w.e);
    return rc == ERR_OK ? show_tasks(r, &w, FORM_NEW(r, task_fields), 200) : rc;
}

static enum err back_to_tasks(struct req *r, const struct task_work *w)
{
    resp_notice(r, MSG_events_saved);
    resp_redirect(r, arena_printf(r->arena, "%.*s/tasks", STRF(events_base(r, &w->e))));
    return ERR_OK;
}

enum err events_desk_tasks_post(struct req *r)
{
    struct task_work w = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &w.e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, task_fields, &form);
    if (rc == ERR_INPUT)
        return show_tasks(r, &w, form, 422);
    if (rc != ERR_OK)
        return rc;
    w.form = form;
    w.once = form_once(form);
    rc = db_write(r->db, SCOPE_COUNTRY, write_task, &w);
    return rc == ERR_OK ? back_to_tasks(r, &w) : rc;
}

enum err events_desk_task_post(struct req *r)
{
    static const struct choice states[] = {
        {"yes", MSG_events_task_done}, {"no", MSG_events_task_open}, {NULL, MSG_NONE}};
    static const struct field fields[] = {
        {"done", FIELD_CHOICE, .required = true, .choices = states, .label = MSG_events_task_done}};
    struct task_work w = {.r = r};
    struct form *form = NULL;
    enum err rc = events_desk_read(r, &w.e);
    if (rc != ERR_OK)
        return rc;
    if (!str_to_i64(req_param(r, "task"), &w.task))
        return ERR_NOT_FOUND;
    rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    w.done = str_eq(form->v[0].s, STR("yes"));
    rc = db_write(r->db, SCOPE_COUNTRY, write_task_done, &w);
    return rc == ERR_OK ? back_to_tasks(r, &w) : rc;
}
