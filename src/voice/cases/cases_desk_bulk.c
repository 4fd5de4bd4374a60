/*
 * One action on many chosen rows. Each row succeeds or fails by itself (a savepoint each), under
 * the version that was on the screen; the page that follows says what became of every one.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"

#include <inttypes.h>

#define BULK_MAX 100

enum { BULK_CASES, BULK_DO, BULK_ASSIGNEE, BULK_TEMPLATE, BULK_ORIGINAL };
static const struct field bulk_fields[] = {
    [BULK_CASES] = {"case", FIELD_MANY, .count = BULK_MAX, .max = 50,
                    .label = MSG_casesdesk_chosen},
    [BULK_DO] = {"do", FIELD_CODE, .required = true, .max = 20, .label = MSG_casesdesk_action},
    [BULK_ASSIGNEE] = {"assignee", FIELD_INT, .min = 0, .max = INT64_MAX,
                       .label = MSG_casesdesk_who},
    [BULK_TEMPLATE] = {"template", FIELD_CODE, .max = 40, .label = MSG_casesdesk_template},
    [BULK_ORIGINAL] = {"original", FIELD_LINE, .max = 20, .label = MSG_casesdesk_original},
};

struct form *desk_bulk_form(struct req *r)
{
    return FORM_NEW(r, bulk_fields);
}

enum bulk_action { BULK_ASSIGN, BULK_ACCEPT, BULK_START, BULK_JOIN, BULK_CLOSE, BULK__COUNT };
static const struct {
    const char *code;
    enum msg done;
} actions[BULK__COUNT] = {
    [BULK_ASSIGN] = {"assign", MSG_casesdesk_done_assigned},
    [BULK_ACCEPT] = {"accept", MSG_casesdesk_done_accepted},
    [BULK_START] = {"start", MSG_casesdesk_done_started},
    [BULK_JOIN] = {"duplicate", MSG_casesdesk_done_joined},
    [BULK_CLOSE] = {"close", MSG_casesdesk_done_closed},
};

struct bulk_row {
    int64_t id, version;
    enum err rc;
    enum msg fault; /* of ERR_INPUT */
};
struct bulk {
    struct req *r;
    enum bulk_action action;
    int64_t person;
    struct str original, template;
    struct desk_templates templates;
    struct person_names colleagues;
    struct bulk_row rows[BULK_MAX];
    size_t n, at;
    struct sql_desk_by_ids_rows after;
};

static bool parse_row(struct str value, struct bulk_row *out)
{
    struct str id;
    return str_split(&value, '.', &id) && str_to_i64(id, &out->id) && value.p &&
           str_to_i64(value, &out->version) && out->id > 0 && out->version > 0;
}

static enum err close_one(struct bulk *b, struct tx *tx, const struct case_change *change,
                          struct case_faults *faults)
{
    struct req *r = b->r;
    struct case_record c;
    const struct desk_template *t = desk_template_find(&b->templates, b->template);
    enum err rc = cases_get(tx, r->arena, r->unit, change->id, day_today(), &c);
    if (rc != ERR_OK)
        return rc;
    struct desk_letter letter = {.app = r->app,
                                 .unit = r->unit,
                                 .number = c.p.number,
                                 .service = c.p.service,
                                 .fault = c.p.fault,
                                 .village = c.p.village,
                                 .due_day = c.p.due_day};
    struct case_step step = {.to = t->state,
                             .answer = desk_template_text(r->arena, t, c.lang, &letter)};
    return cases_transition(r->app, tx, r->arena, change, &step, faults);
}

static enum err do_one(struct tx *tx, void *arg)
{
    struct bulk *b = arg;
    struct bulk_row *row = &b->rows[b->at];
    struct req *r = b->r;
    struct case_faults faults = {0};
    struct case_change change = {.unit = r->unit,
                                 .id = row->id,
                                 .version = row->version,
                                 .by = CASE_BY_STAFF,
                                 .person = r->actor.person_id};
    struct case_step step = {.to = b->action == BULK_ACCEPT  ? CASE_ACCEPTED
                                   : b->action == BULK_START ? CASE_IN_PROGRESS
                                                             : CASE_DUPLICATE,
                             .duplicate = b->original};
    enum err rc = ERR_OK;
    if (b->action == BULK_ASSIGN)
        rc = cases_assign(r->app, tx, r->arena, &change, b->person);
    else if (b->action == BULK_CLOSE)
        rc = close_one(b, tx, &change, &faults);
    else
        rc = cases_transition(r->app, tx, r->arena, &change, &step, &faults);
    row->fault = faults.n ? faults.v[0].m : MSG_NONE;
    return rc;
}

/* What may go wrong with one row and leaves the others alone. */
static bool of_the_row(enum err rc)
{
    return rc == ERR_OK || rc == ERR_CONFLICT || rc == ERR_DENIED || rc == ERR_INPUT ||
           rc == ERR_NOT_FOUND;
}

static enum err do_all(struct tx *tx, void *arg)
{
    struct bulk *b = arg;
    struct buf *ids = buf_in(b->r->arena);
    enum err rc = ERR_OK;
    buf_char(ids, ',');
    for (b->at = 0; b->at < b->n; b->at++) {
        rc = tx_nested(tx, do_one, b);
        if (!of_the_row(rc))
            return rc;
        b->rows[b->at].rc = rc;
        buf_printf(ids, "%" PRId64 ",", b->rows[b->at].id);
    }
    return sql_desk_by_ids(tx, b->r->arena, &b->after, .unit = b->r->unit, .ids = buf_view(ids));
}

static enum err read_choices(struct tx *tx, void *arg)
{
    struct bulk *b = arg;
    enum err rc = ERR_OK;
    b->colleagues = (struct person_names){0};
    TRY(desk_templates(tx, b->r->arena, b->r->unit, b->r->ui.lang, &b->templates));
    TRY(desk_colleagues(b->r, tx, &b->colleagues));
out:
    return rc;
}

/* What the action needs besides rows. */
static void check_action(struct req *r, struct form *form, struct bulk *b)
{
    const struct desk_template *t;
    b->action = BULK__COUNT;
    for (int i = 0; i < BULK__COUNT; i++)
        if (str_eq(form->v[BULK_DO].s, str_from(actions[i].code)))
            b->action = (enum bulk_action)i;
    switch (b->action) {
    case BULK_ASSIGN:
        b->person = form->v[BULK_ASSIGNEE].i;
        if (!form->v[BULK_ASSIGNEE].present ||
            (b->person && !person_name_in(&b->colleagues, b->person).p))
            form_fault(r, form, BULK_ASSIGNEE, MSG_casesdesk_fault_assignee);
        break;
    case BULK_CLOSE:
        b->template = form->v[BULK_TEMPLATE].s;
        t = desk_template_find(&b->templates, b->template);
        if (!t || t->any_state || (t->state != CASE_RESOLVED && t->state != CASE_REFUSED))
            form_fault(r, form, BULK_TEMPLATE, MSG_casesdesk_fault_template);
        break;
    case BULK_JOIN:
        b->original = form->v[BULK_ORIGINAL].s;
        if (!form->v[BULK_ORIGINAL].present)
            form_fault(r, form, BULK_ORIGINAL, MSG_casesdesk_fault_original);
        break;
    case BULK_ACCEPT:
    case BULK_START:
        break;
    case BULK__COUNT:
        form_fault(r, form, BULK_DO, MSG_casesdesk_fault_action);
        break;
    }
}

static void fill_result(struct bulk *b, const struct bulk_row *row, struct desk_bulk_view *v)
{
    struct req *r = b->r;
    const struct sql_desk_by_ids_row *now = NULL;
    struct desk_bulk_line line = {.tone = TONE_BAD, .result = MSG_casesdesk_result_gone};
    enum case_state state;
    for (size_t i = 0; i < b->after.n; i++)
        if (b->after.v[i].id == row->id)
            now = &b->after.v[i];
    if (now) {
        INVARIANT(case_state_parse(now->state, &state));
        line.number = now->number;
        line.href = desk_case_href(r, now->number);
        line.title = case_title(r->app, r->arena, now->service, now->fault, r->ui.lang);
        line.detail = msg_text(r->ui.lang, case_states[state].name);
    }
    if (row->rc == ERR_OK) {
        line.tone = TONE_GOOD;
        line.result = actions[b->action].done;
        v->done++;
    } else {
        v->refused++;
        if (row->rc == ERR_CONFLICT)
            line.result = MSG_casesdesk_result_changed;
        else if (row->rc == ERR_DENIED)
            line.result = MSG_casesdesk_result_state;
        else if (row->rc == ERR_INPUT)
            line.result = row->fault ? row->fault : MSG_common_err_input;
    }
    ARENA_PUSH(r->arena, v->rows, line);
}

static enum err show_results(struct bulk *b)
{
    struct req *r = b->r;
    struct desk_bulk_view v = {.back = r->ui.path};
    for (size_t i = 0; i < b->n; i++)
        fill_result(b, &b->rows[i], &v);
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_bulk_title));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_desk_bulk(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err desk_bulk_post(struct req *r)
{
    struct form *form = NULL;
    struct bulk *b = ARENA_NEW(r->arena, struct bulk);
    enum err rc = FORM_READ(r, bulk_fields, &form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    b->r = r;
    if (rc == ERR_OK) {
        TRY(req_read(r, read_choices, b));
        check_action(r, form, b);
        for (int i = 0; i < form->v[BULK_CASES].n; i++)
            if (parse_row(form->v[BULK_CASES].values[i], &b->rows[b->n]))
                b->n++;
        if (!b->n && !form->fault_count)
            form_fault(r, form, BULK_CASES, MSG_casesdesk_fault_none_chosen);
    }
    if (form->fault_count)
        return desk_list_show(r, form, 422);
    TRY(req_write(r, do_all, b));
    return show_results(b);
out:
    return rc;
}
