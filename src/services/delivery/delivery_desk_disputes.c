/*
 * The desk's side of disputes: the list, one with its visit, the answer, and the contact, whose
 * reading is noted.
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "platform/trail/audit.h"

#define LIST_ROWS 200

struct list_reading {
    struct req *r;
    struct sql_dispute_list_rows rows;
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct list_reading *l = arg;
    return sql_dispute_list(tx, l->r->arena, &l->rows, .unit = l->r->unit, .limit = LIST_ROWS);
}

enum err delivery_disputes_page(struct req *r)
{
    struct list_reading l = {.r = r};
    enum err rc = req_read(r, read_list, &l);
    if (rc != ERR_OK)
        return rc;
    struct disputes_view v = {.unit_name = place_name(places_unit(r), r->ui.lang),
                              .base = arena_printf(r->arena, "/desk/%.*s/disputes", STRF(r->unit))};
    for (size_t i = 0; i < l.rows.n; i++) {
        const struct sql_dispute_list_row *d = &l.rows.v[i];
        struct visit visit = {.id = d->visit_id,
                              .service = d->service,
                              .route = d->route,
                              .village = d->village,
                              .provider_id = d->provider_id,
                              .day = d->day,
                              .state = visit_state_parse(d->visit_state)};
        struct visit_row where = delivery_row(r, &visit, "desk", NULL);
        struct dispute_row row = delivery_dispute_row(r, d->state);
        row.id = d->id;
        row.at_ms = d->at_ms;
        row.day = d->day;
        row.words = d->words;
        row.answer = d->answer;
        row.service = where.service;
        row.where = where.where;
        row.route = where.route;
        row.visit_state = where.state;
        row.href = arena_printf(r->arena, "%.*s/%lld", STRF(v.base), (long long)d->id);
        v.open += row.open;
        ARENA_PUSH(r->arena, v.rows, row);
    }
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {arena_printf(r->arena, "/desk/%.*s/visits", STRF(r->unit)),
         msg_text(r->ui.lang, MSG_delivery_round_title)},
    };
    struct page page = delivery_page(r, true, msg_text(r->ui.lang, MSG_delivery_disputes_title),
                                     crumbs, COUNT_OF(crumbs));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_disputes(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- one --- */

enum { A_DECISION, A_ANSWER };
static const struct choice decisions[] = {
    {"upheld", MSG_delivery_uphold}, {"rejected", MSG_delivery_reject}, {NULL, MSG_NONE}};
static const struct field answer_fields[] = {
    [A_DECISION] = {"decision", FIELD_CHOICE, .required = true, .choices = decisions,
                    .label = MSG_delivery_decision_label},
    [A_ANSWER] = {"answer", FIELD_TEXT, .required = true, .max = DELIVERY_WORDS_MAX, .rows = 4,
                  .label = MSG_delivery_answer_label, .hint = MSG_delivery_answer_hint},
};

struct dispute_reading {
    struct req *r;
    int64_t id;
    struct sql_dispute_get_row row;
    struct visit visit;
    struct providers providers;
    bool with_contact;
    struct sql_dispute_contact_row contact;
};

static enum err read_dispute(struct tx *tx, void *arg)
{
    struct dispute_reading *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->providers = (struct providers){0};
    TRY(sql_dispute_get(tx, r->arena, &d->row, .unit = r->unit, .id = d->id));
    TRY(delivery_visit(tx, r->arena, r->unit, d->row.visit_id, &d->visit));
    TRY(catalogue_providers(tx, r->arena, r->unit, &d->providers));
out:
    return rc;
}

/* The note of who looked is written before anything is shown. */
static enum err read_contact(struct tx *tx, void *arg)
{
    struct dispute_reading *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    TRY(audit_write(tx, &r->actor, r->unit, AUDIT_READ, "visit_dispute_contact", 0,
                    arena_printf(r->arena, "visit-%lld", (long long)d->row.visit_id), STR_NULL));
    TRY(sql_dispute_contact(tx, r->arena, &d->contact, .unit = r->unit, .id = d->id));
out:
    return rc;
}

static enum err show_dispute(struct req *r, const struct dispute_reading *d, struct form *form,
                             int status)
{
    struct dispute_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .back = arena_printf(r->arena, "/desk/%.*s/disputes", STRF(r->unit)),
        .row = delivery_dispute_row(r, d->row.state),
        .visit = delivery_row(r, &d->visit, "desk", &d->providers),
        .form = form,
        .has_contact = d->row.has_contact != 0,
        .contact_shown = d->with_contact,
        .email = d->contact.email,
        .phone = d->contact.phone,
        .contact_action = arena_printf(r->arena, "/desk/%.*s/disputes/%lld/contact", STRF(r->unit),
                                       (long long)d->id),
    };
    v.row.id = d->id;
    v.row.at_ms = d->row.at_ms;
    v.row.words = d->row.words;
    v.row.answer = d->row.answer;
    v.row.answered_ms = d->row.answered_ms.v;
    v.can_answer = v.row.open;
    if (v.phone.p)
        v.phone_href = arena_printf(r->arena, "tel:%.*s", STRF(v.phone));
    if (v.email.p)
        v.email_href = arena_printf(r->arena, "mailto:%.*s", STRF(v.email));
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {v.back, msg_text(r->ui.lang, MSG_delivery_disputes_title)},
    };
    struct page page = delivery_page(r, true, msg_text(r->ui.lang, MSG_delivery_dispute_title),
                                     crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_delivery_desk_dispute(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err find_dispute(struct req *r, struct dispute_reading *d)
{
    *d = (struct dispute_reading){.r = r};
    enum err rc = delivery_route_id(r, "id", &d->id);
    return rc == ERR_OK ? req_read(r, read_dispute, d) : rc;
}

enum err delivery_desk_dispute(struct req *r)
{
    struct dispute_reading d;
    enum err rc = find_dispute(r, &d);
    return rc == ERR_OK ? show_dispute(r, &d, FORM_NEW(r, answer_fields), 200) : rc;
}

enum err delivery_contact_post(struct req *r)
{
    struct dispute_reading d;
    enum err rc = find_dispute(r, &d);
    if (rc == ERR_OK)
        rc = req_write(r, read_contact, &d);
    if (rc != ERR_OK)
        return rc;
    d.with_contact = true;
    return show_dispute(r, &d, FORM_NEW(r, answer_fields), 200);
}

struct answer_change {
    struct req *r;
    struct dispute_answer in;
    struct delivery_faults faults;
};

static enum err write_answer(struct tx *tx, void *arg)
{
    struct answer_change *c = arg;
    c->faults = (struct delivery_faults){0};
    return delivery_answer_dispute(c->r->app, tx, c->r->arena, &c->in, &c->faults);
}

enum err delivery_desk_dispute_post(struct req *r)
{
    static const int fields[] = {[DISPUTE_WORDS] = A_ANSWER, [DISPUTE_ANSWER] = A_ANSWER};
    struct dispute_reading d;
    struct form *form = NULL;
    enum err rc = find_dispute(r, &d);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, answer_fields, &form);
    if (!form)
        return rc;
    struct answer_change c = {.r = r,
                              .in = {.unit = r->unit,
                                     .dispute = d.id,
                                     .upheld = str_eq(form->v[A_DECISION].s, STR("upheld")),
                                     .answer = form->v[A_ANSWER].s,
                                     .person = r->actor.person_id}};
    if (rc == ERR_OK)
        rc = req_write(r, write_answer, &c);
    delivery_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
        enum err again = req_read(r, read_dispute, &d);
        if (again != ERR_OK)
            return again;
    }
    if (rc == ERR_INPUT)
        return show_dispute(r, &d, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_delivery_answered);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/disputes", STRF(r->unit)));
    return ERR_OK;
}
