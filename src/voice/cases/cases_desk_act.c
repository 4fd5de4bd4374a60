/*
 * What an officer does to one case. Every action reads its form, runs one rule of cases.c in one
 * transaction, and leads back to the case; or shows the case again with what was typed.
 *
 * Stale pages: a form says which event was the latest its reader had seen. When there is a newer
 * one the rule is not run, whatever the case's version says: a neighbour's "me too" changes the
 * version but not what the officer decided about, a new word of the reporter does.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_web.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/files/files.h"

#include <inttypes.h>

#define SEEN                                                                                       \
    {                                                                                              \
        "seen", FIELD_INT, .required = true, .max = INT64_MAX, .label = MSG_casesdesk_answer       \
    }

static const struct field answer_fields[] = {
    [DESK_ANSWER_SEEN] = SEEN,
    [DESK_ANSWER_TEMPLATE] = {"template", FIELD_CODE, .max = 40, .label = MSG_casesdesk_template},
    [DESK_ANSWER_WORDS] = {"answer", FIELD_TEXT, .required = true,
                           .missing = MSG_cases_fault_answer_missing, .max = 4000, .rows = 4,
                           .label = MSG_casesdesk_answer, .hint = MSG_casesdesk_answer_hint},
};
static const struct field note_fields[] = {
    [DESK_NOTE_WORDS] = {"note", FIELD_TEXT, .required = true,
                         .missing = MSG_cases_fault_words_missing, .max = 4000, .rows = 3,
                         .label = MSG_casesdesk_note, .hint = MSG_casesdesk_note_hint},
};
static const struct field assign_fields[] = {
    [DESK_ASSIGN_SEEN] = SEEN,
    [DESK_ASSIGN_PERSON] = {"assignee", FIELD_INT, .max = INT64_MAX, .label = MSG_casesdesk_who},
    [DESK_ASSIGN_ME] = {"me", FIELD_BOOL, .label = MSG_casesdesk_who},
};
static const struct field class_fields[] = {
    [DESK_CLASS_SEEN] = SEEN,
    [DESK_CLASS_FAULT] = {"fault", FIELD_CODE, .required = true, .max = 60,
                          .label = MSG_casesdesk_class},
};
static const struct field look_fields[] = {
    [DESK_LOOK_SEEN] = SEEN,
    [DESK_LOOK_WORDS] = {"words", FIELD_TEXT, .max = 4000, .rows = 5,
                         .label = MSG_casesdesk_look_words, .hint = MSG_casesdesk_look_words_hint},
    [DESK_LOOK_STREET] = {"street", FIELD_LINE, .max = CASE_MAX_STREET,
                          .label = MSG_casesdesk_look_street,
                          .hint = MSG_casesdesk_look_street_hint},
    [DESK_LOOK_PHOTOS] = {"photo", FIELD_MANY, .count = 4 * CASE_MAX_PHOTOS, .max = 20,
                          .label = MSG_casesdesk_look_photos},
    [DESK_LOOK_SHOW] = {"show", FIELD_BOOL, .label = MSG_casesdesk_look_show},
};

static const struct field photos_fields[] = {
    [DESK_PHOTOS_FILES] = {"photo", FIELD_FILES, .required = true, .count = CASE_MAX_PHOTOS,
                           .max = 10 << 20, .accept = "image/jpeg,image/png,image/webp",
                           .label = MSG_casesdesk_add_photos,
                           .hint = MSG_casesdesk_add_photos_hint},
    [DESK_PHOTOS_WORDS] = {"photo_words", FIELD_TEXT, .max = 1000, .rows = 2,
                           .label = MSG_casesdesk_add_words},
};

struct form *desk_form(struct req *r, enum desk_form_kind kind)
{
    switch (kind) {
    case DESK_FORM_ANSWER:
        return FORM_NEW(r, answer_fields);
    case DESK_FORM_NOTE:
        return FORM_NEW(r, note_fields);
    case DESK_FORM_ASSIGN:
        return FORM_NEW(r, assign_fields);
    case DESK_FORM_CLASS:
        return FORM_NEW(r, class_fields);
    case DESK_FORM_PHOTOS:
        return FORM_NEW(r, photos_fields);
    case DESK_FORM_LOOK:
        break;
    }
    return FORM_NEW(r, look_fields);
}

/* --- one action --- */

struct act {
    struct req *r;
    struct form *form;
    struct str number;
    int64_t seen; /* 0: does not matter */
    struct case_faults faults;
    enum err (*rule)(struct act *act, struct tx *tx, const struct case_change *c);

    /* what some rules need */
    enum case_state to;
    struct str other;
    int64_t person, item;
    struct str service, fault;
    struct case_contact contact;
    struct case_addition addition;
};

static enum err act_in_transaction(struct tx *tx, void *arg)
{
    struct act *act = arg;
    struct req *r = act->r;
    struct sql_desk_last_event_row last = {0};
    struct case_change change = {
        .unit = r->unit, .by = CASE_BY_STAFF, .person = r->actor.person_id};
    struct str unit;
    enum err rc = ERR_OK;
    act->faults = (struct case_faults){0};
    TRY(cases_find(tx, r->arena, act->number, &unit, &change.id));
    if (!str_eq(unit, r->unit))
        FAIL(ERR_NOT_FOUND);
    TRY(sql_desk_last_event(tx, r->arena, &last, .unit = unit, .case_id = change.id));
    if (act->seen && last.id != act->seen)
        FAIL(ERR_CONFLICT);
    TRY(act->rule(act, tx, &change));
out:
    return rc;
}

static enum err run(struct act *act)
{
    if (!id_number_parse(act->r->arena, req_param(act->r, "number"), &act->number))
        return ERR_NOT_FOUND;
    return req_write(act->r, act_in_transaction, act);
}

/* Where the rules' faults stand in a form: pairs of case_field and index, ends with -1. */
static void place_faults(struct act *act, const int (*fields)[2])
{
    for (size_t i = 0; i < act->faults.n; i++) {
        int at = -1;
        for (const int(*f)[2] = fields; fields && (*f)[0] >= 0; f++)
            if ((*f)[0] == (int)act->faults.v[i].field)
                at = (*f)[1];
        form_fault(act->r, act->form, at, act->faults.v[i].m);
    }
}

/* After the rule: on to the case, or the case again with the form as it was sent. */
static enum err finish(struct act *act, struct desk_sent *sent, const int (*fields)[2], enum err rc,
                       enum msg done)
{
    struct req *r = act->r;
    int status = 422;
    if (rc == ERR_OK) {
        resp_notice(r, done);
        resp_redirect(r, desk_case_href(r, act->number));
        return ERR_OK;
    }
    if (rc == ERR_INPUT && act->form->fault_count == 0) {
        place_faults(act, fields);
    } else if (rc == ERR_CONFLICT) {
        form_fault(r, act->form, -1, MSG_common_form_changed);
        status = 409;
    } else if (rc == ERR_DENIED) {
        form_fault(r, act->form, -1, MSG_casesdesk_fault_state);
        status = 409;
    } else if (rc != ERR_INPUT) {
        return rc;
    }
    sent->faulty = act->form;
    return desk_case_show(r, sent, status);
}

static enum err show_again(struct act *act, struct desk_sent *sent)
{
    sent->faulty = act->form;
    return desk_case_show(act->r, sent, 422);
}

/* --- steps and answers --- */

static const int step_faults[][2] = {{CASE_FIELD_WORDS, DESK_STEP_ANSWER},
                                     {CASE_FIELD_DUPLICATE, DESK_STEP_OTHER},
                                     {CASE_FIELD_PASSED, DESK_STEP_OTHER},
                                     {-1, -1}};

static enum err rule_step(struct act *act, struct tx *tx, const struct case_change *c)
{
    struct case_step step = {.to = act->to, .answer = act->form->v[DESK_STEP_ANSWER].s};
    if (act->to == CASE_DUPLICATE)
        step.duplicate = act->other;
    if (act->to == CASE_PASSED)
        step.passed_to = act->other;
    return cases_transition(act->r->app, tx, act->r->arena, c, &step, &act->faults);
}

/* The button "Insert" of browsers without script: the ready answer is put into the form, and
 * nothing is done yet. */
static enum err insert_template(struct act *act, struct desk_sent *sent, int template_field,
                                int answer_field)
{
    struct desk_case d;
    enum err rc = desk_case_read(act->r, &d);
    if (rc != ERR_OK)
        return rc;
    struct str text = desk_template_chosen(&d, act->form->v[template_field].s);
    if (text.n)
        form_set(act->form, answer_field, text);
    for (int i = 0; i < act->form->count; i++)
        act->form->v[i].fault = MSG_NONE;
    act->form->fault_count = 0;
    return desk_case_show_read(&d, sent, 200);
}

static bool wants_insert(struct req *r)
{
    struct req_inputs in;
    if (req_body_inputs(r, &in) != ERR_OK)
        return false;
    for (size_t i = 0; i < in.n; i++)
        if (str_eq(in.v[i].name, STR("insert")))
            return true;
    return false;
}

enum err desk_step_post(struct req *r)
{
    struct act act = {.r = r, .rule = rule_step};
    struct desk_sent sent = {0};
    if (!case_state_parse(req_param(r, "state"), &act.to) || !desk_step_fields[act.to][0].name)
        return ERR_NOT_FOUND;
    enum err rc = form_read(r, desk_step_fields[act.to], DESK_STEP__COUNT, &act.form);
    if (!act.form)
        return rc;
    sent.step[act.to] = act.form;
    if (wants_insert(r))
        return insert_template(&act, &sent, DESK_STEP_TEMPLATE, DESK_STEP_ANSWER);
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.seen = act.form->v[DESK_STEP_SEEN].i;
    act.other = act.form->v[DESK_STEP_OTHER].s;
    return finish(&act, &sent, step_faults, run(&act), MSG_casesdesk_done_step);
}

static enum err rule_answer(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_answer(act->r->app, tx, act->r->arena, c, act->form->v[DESK_ANSWER_WORDS].s,
                        &act->faults);
}

enum err desk_answer_post(struct req *r)
{
    static const int faults[][2] = {{CASE_FIELD_WORDS, DESK_ANSWER_WORDS}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_answer};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, answer_fields, &act.form);
    if (!act.form)
        return rc;
    sent.answer = act.form;
    if (wants_insert(r))
        return insert_template(&act, &sent, DESK_ANSWER_TEMPLATE, DESK_ANSWER_WORDS);
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.seen = act.form->v[DESK_ANSWER_SEEN].i;
    return finish(&act, &sent, faults, run(&act), MSG_casesdesk_done_answer);
}

static enum err rule_note(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_note(act->r->app, tx, act->r->arena, c, act->form->v[DESK_NOTE_WORDS].s,
                      &act->faults);
}

enum err desk_note_post(struct req *r)
{
    static const int faults[][2] = {{CASE_FIELD_WORDS, DESK_NOTE_WORDS}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_note};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, note_fields, &act.form);
    if (!act.form)
        return rc;
    sent.note = act.form;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    return finish(&act, &sent, faults, run(&act), MSG_casesdesk_done_note);
}

/* --- who, and what about --- */

static enum err rule_assign(struct act *act, struct tx *tx, const struct case_change *c)
{
    struct person_names people = {0};
    enum err rc = ERR_OK;
    if (act->person) {
        TRY(desk_colleagues(act->r, tx, &people));
        if (!person_name_in(&people, act->person).p) {
            case_fault(act->r->arena, &act->faults, CASE_FIELD_ASSIGNEE,
                       MSG_casesdesk_fault_assignee);
            FAIL(ERR_INPUT);
        }
    }
    TRY(cases_assign(act->r->app, tx, act->r->arena, c, act->person));
out:
    return rc;
}

enum err desk_assign_post(struct req *r)
{
    static const int faults[][2] = {{CASE_FIELD_ASSIGNEE, DESK_ASSIGN_PERSON}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_assign};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, assign_fields, &act.form);
    if (!act.form)
        return rc;
    sent.assign = act.form;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.seen = act.form->v[DESK_ASSIGN_SEEN].i;
    act.person = act.form->v[DESK_ASSIGN_ME].present ? r->actor.person_id
                                                     : act.form->v[DESK_ASSIGN_PERSON].i;
    return finish(&act, &sent, faults, run(&act), MSG_casesdesk_done_assign);
}

static enum err rule_class(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_reclassify(act->r->app, tx, act->r->arena, c, act->service, act->fault,
                            &act->faults);
}

enum err desk_class_post(struct req *r)
{
    static const int faults[][2] = {
        {CASE_FIELD_SERVICE, DESK_CLASS_FAULT}, {CASE_FIELD_FAULT, DESK_CLASS_FAULT}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_class};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, class_fields, &act.form);
    if (!act.form)
        return rc;
    sent.class = act.form;
    if (rc == ERR_OK &&
        !desk_fault_parse(r, act.form->v[DESK_CLASS_FAULT].s, &act.service, &act.fault)) {
        form_fault(r, act.form, DESK_CLASS_FAULT, MSG_cases_fault_fault);
        rc = ERR_INPUT;
    }
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.seen = act.form->v[DESK_CLASS_SEEN].i;
    return finish(&act, &sent, faults, run(&act), MSG_casesdesk_done_class);
}

/* --- the look --- */

static bool ticked(const struct field_value *v, int64_t id)
{
    int64_t chosen;
    for (int i = 0; i < v->n; i++)
        if (str_to_i64(v->values[i], &chosen) && chosen == id)
            return true;
    return false;
}

/* Words, street and every photo that waits, in one go. */
static enum err rule_look(struct act *act, struct tx *tx, const struct case_change *c)
{
    struct req *r = act->r;
    const struct field_value *v = act->form->v;
    bool show = v[DESK_LOOK_SHOW].present;
    struct case_look look = {
        .words = show && v[DESK_LOOK_WORDS].present ? v[DESK_LOOK_WORDS].s : STR_NULL,
        .street = show && v[DESK_LOOK_STREET].present ? v[DESK_LOOK_STREET].s : STR_NULL,
    };
    struct case_photos photos = {0};
    enum err rc = ERR_OK;
    TRY(cases_photos(tx, r->arena, r->unit, c->id, &photos));
    TRY(cases_look(r->app, tx, r->arena, c, &look, &act->faults));
    for (size_t i = 0; i < photos.n; i++)
        if (photos.v[i].visible == CASE_WAITS)
            TRY(cases_look_photo(r->app, tx, r->arena, c, photos.v[i].id,
                                 show && ticked(&v[DESK_LOOK_PHOTOS], photos.v[i].id)));
out:
    return rc;
}

enum err desk_look_post(struct req *r)
{
    static const int faults[][2] = {
        {CASE_FIELD_WORDS, DESK_LOOK_WORDS}, {CASE_FIELD_STREET, DESK_LOOK_STREET}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_look};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, look_fields, &act.form);
    if (!act.form)
        return rc;
    sent.look = act.form;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.seen = act.form->v[DESK_LOOK_SEEN].i;
    return finish(&act, &sent, faults, run(&act),
                  act.form->v[DESK_LOOK_SHOW].present ? MSG_casesdesk_done_shown
                                                      : MSG_casesdesk_done_hidden);
}

/* One photo, or words added later: a form of one or two buttons. */
static const struct field item_fields[] = {
    {"show", FIELD_BOOL, .label = MSG_casesdesk_look_show},
    {"words", FIELD_TEXT, .max = 4000, .label = MSG_casesdesk_look_words},
};

static enum err rule_photo(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_look_photo(act->r->app, tx, act->r->arena, c, act->item, act->form->v[0].present);
}

static enum err rule_added(struct act *act, struct tx *tx, const struct case_change *c)
{
    bool show = act->form->v[0].present;
    enum err rc = cases_look_added(act->r->app, tx, act->r->arena, c, act->item,
                                   show ? act->form->v[1].s : STR_NULL);
    /* Somebody has looked at it already. */
    return rc == ERR_NOT_FOUND ? ERR_CONFLICT : rc;
}

static enum err look_at_item(struct req *r, const char *param,
                             enum err (*rule)(struct act *, struct tx *,
                                              const struct case_change *))
{
    struct act act = {.r = r, .rule = rule};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, item_fields, &act.form);
    if (rc == ERR_INPUT)
        return show_again(&act, &sent);
    if (rc != ERR_OK)
        return rc;
    if (!str_to_i64(req_param(r, param), &act.item))
        return ERR_NOT_FOUND;
    return finish(&act, &sent, NULL, run(&act),
                  act.form->v[0].present ? MSG_casesdesk_done_shown : MSG_casesdesk_done_hidden);
}

enum err desk_photo_post(struct req *r)
{
    return look_at_item(r, "photo", rule_photo);
}

enum err desk_added_post(struct req *r)
{
    return look_at_item(r, "event", rule_added);
}

/* --- contacts --- */

static const struct field no_fields[] = {
    {"confirm", FIELD_BOOL, .label = MSG_casesdesk_contact},
};

static enum err rule_contact(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_contact(act->r->app, tx, act->r->arena, c->unit, c->id, &act->r->actor,
                         &act->contact);
}

enum err desk_contact_post(struct req *r)
{
    struct act act = {.r = r, .rule = rule_contact};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, no_fields, &act.form);
    if (rc == ERR_INPUT)
        return show_again(&act, &sent);
    if (rc != ERR_OK)
        return rc;
    rc = run(&act);
    if (rc != ERR_OK)
        return rc;
    sent.contact = &act.contact;
    return desk_case_show(r, &sent, 200);
}

static enum err rule_forget(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_forget(act->r->app, tx, act->r->arena, c);
}

enum err desk_forget_post(struct req *r)
{
    struct act act = {.r = r, .rule = rule_forget};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, no_fields, &act.form);
    if (rc == ERR_INPUT)
        return show_again(&act, &sent);
    return rc == ERR_OK ? finish(&act, &sent, NULL, run(&act), MSG_casesdesk_done_forgotten) : rc;
}

/* --- one more with the same trouble: somebody who phones about a report that is here already ---
 */

static enum err rule_join(struct act *act, struct tx *tx, const struct case_change *c)
{
    bool counted;
    struct str who = arena_printf(act->r->arena, "desk:%.*s", STRF(form_once(act->form)));
    return cases_support(act->r->app, tx, act->r->arena, c, who, &counted);
}

enum err desk_join_post(struct req *r)
{
    struct act act = {.r = r, .rule = rule_join};
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, no_fields, &act.form);
    if (rc == ERR_INPUT)
        return show_again(&act, &sent);
    return rc == ERR_OK ? finish(&act, &sent, NULL, run(&act), MSG_casesdesk_done_support) : rc;
}

/* --- photos: of the work done, and all of them for staff --- */

static enum err rule_photos(struct act *act, struct tx *tx, const struct case_change *c)
{
    return cases_add(act->r->app, tx, act->r->arena, c, &act->addition, &act->faults);
}

enum err desk_photos_post(struct req *r)
{
    static const int faults[][2] = {
        {CASE_FIELD_PHOTOS, DESK_PHOTOS_FILES}, {CASE_FIELD_WORDS, DESK_PHOTOS_WORDS}, {-1, -1}};
    struct act act = {.r = r, .rule = rule_photos};
    struct case_photo_input *photos = NULL;
    struct desk_sent sent = {0};
    enum err rc = FORM_READ(r, photos_fields, &act.form);
    if (!act.form)
        return rc;
    sent.photos = act.form;
    if (rc == ERR_OK)
        rc = case_take_photos(r, act.form, DESK_PHOTOS_FILES, &photos, &act.addition.photo_count);
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_again(&act, &sent) : rc;
    act.addition.photos = photos;
    act.addition.words = act.form->v[DESK_PHOTOS_WORDS].s;
    return finish(&act, &sent, faults, run(&act), MSG_casesdesk_done_photos);
}

struct photo_read {
    struct req *r;
    struct str number;
    int64_t id;
    struct str file;
};
static enum err read_photo(struct tx *tx, void *arg)
{
    struct photo_read *p = arg;
    struct arena *a = p->r->arena;
    bool small = str_eq(req_query(p->r, "size"), STR("small"));
    struct case_photos photos = {0};
    struct str unit;
    int64_t id;
    enum err rc = ERR_OK;
    TRY(cases_find(tx, a, p->number, &unit, &id));
    if (!str_eq(unit, p->r->unit))
        FAIL(ERR_NOT_FOUND);
    TRY(cases_photos(tx, a, unit, id, &photos));
    for (size_t i = 0; i < photos.n; i++)
        if (photos.v[i].id == p->id)
            p->file = small ? photos.v[i].small : photos.v[i].large;
    if (!p->file.p)
        rc = ERR_NOT_FOUND;
out:
    return rc;
}

enum err desk_photo_get(struct req *r)
{
    struct photo_read p = {.r = r};
    if (!id_number_parse(r->arena, req_param(r, "number"), &p.number) ||
        !str_to_i64(req_param(r, "photo"), &p.id))
        return ERR_NOT_FOUND;
    enum err rc = req_read(r, read_photo, &p);
    return rc == ERR_OK ? resp_stored_file(r, p.file, "image/jpeg", STR_NULL) : rc;
}

enum err desk_case_show(struct req *r, const struct desk_sent *sent, int status)
{
    struct desk_case d;
    enum err rc = desk_case_read(r, &d);
    return rc == ERR_OK ? desk_case_show_read(&d, sent, status) : rc;
}
