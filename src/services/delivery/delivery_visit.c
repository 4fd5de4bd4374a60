/*
 * One visit in public: what was expected, what was said of it, the photos, and a resident's "it did
 * not happen here".
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "platform/files/files.h"
#include "platform/web/ratelimit.h"

static void visit_crumbs(struct req *r, struct crumb crumbs[2])
{
    crumbs[0] = (struct crumb){arena_printf(r->arena, "/m/%.*s/calendar", STRF(r->unit)),
                               msg_text(r->ui.lang, MSG_delivery_calendar_title)};
    crumbs[1] = (struct crumb){arena_printf(r->arena, "/m/%.*s/visits", STRF(r->unit)),
                               msg_text(r->ui.lang, MSG_delivery_list_title)};
}

static struct str visit_title(struct req *r, const struct visit_row *row)
{
    return MSG_STR(r->arena, r->ui.lang, MSG_delivery_visit_title, ARG_S("service", row->service),
                   ARG_S("where", row->where), ARG_DATE("day", row->day));
}

enum err delivery_visit_page(struct req *r)
{
    struct visit_reading reading = {0};
    struct visit_view v;
    struct crumb crumbs[2];
    enum err rc = delivery_read_visit(r, &reading);
    if (rc != ERR_OK)
        return rc;
    delivery_fill_visit(r, &reading, false, &v);
    visit_crumbs(r, crumbs);
    struct page page = delivery_page(r, false, visit_title(r, &v.row), crumbs, COUNT_OF(crumbs));
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_visit(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- photos --- */

static enum err send_photo(struct req *r, bool small)
{
    enum err rc = ERR_OK;
    int64_t photo = 0;
    struct visit_reading v = {0};
    TRY(delivery_route_id(r, "photo", &photo));
    TRY(delivery_read_visit(r, &v));
    bool staff =
        req_allows(r, PERM_DELIVERY_LOG) && delivery_may_see(&v.reader, v.visit.provider_id);
    for (size_t i = 0; i < v.photos.n; i++)
        if (v.photos.v[i].id == photo && (v.photos.v[i].shown || staff)) {
            if (v.photos.v[i].shown)
                resp_cache_public(r, 3600);
            return resp_stored_file(r, small ? v.photos.v[i].small : v.photos.v[i].large,
                                    "image/jpeg", STR("visit.jpg"));
        }
    rc = ERR_NOT_FOUND;
out:
    return rc;
}

enum err delivery_photo_large(struct req *r)
{
    return send_photo(r, false);
}
enum err delivery_photo_small(struct req *r)
{
    return send_photo(r, true);
}

/* --- a resident disputes it --- */

enum { D_WORDS, D_EMAIL, D_PHONE };
static const struct field dispute_fields[] = {
    [D_WORDS] = {"words", FIELD_TEXT, .required = true, .max = DELIVERY_WORDS_MAX, .rows = 4,
                 .label = MSG_delivery_dispute_words, .hint = MSG_delivery_dispute_words_hint},
    [D_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_delivery_dispute_email,
                 .hint = MSG_delivery_dispute_email_hint},
    [D_PHONE] = {"phone", FIELD_PHONE, .label = MSG_delivery_dispute_phone,
                 .hint = MSG_delivery_dispute_phone_hint},
};

static enum err show_dispute(struct req *r, const struct visit_reading *reading, struct form *form,
                             int status)
{
    struct visit_view v;
    struct crumb crumbs[2];
    delivery_fill_visit(r, reading, false, &v);
    v.form = form;
    visit_crumbs(r, crumbs);
    struct page page = delivery_page(r, false, msg_text(r->ui.lang, MSG_delivery_dispute_title),
                                     crumbs, COUNT_OF(crumbs));
    page.form = form;
    page.width = PAGE_NARROW;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_delivery_dispute(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err delivery_dispute_page(struct req *r)
{
    struct visit_reading v = {0};
    enum err rc = delivery_read_visit(r, &v);
    return rc == ERR_OK ? show_dispute(r, &v, FORM_NEW(r, dispute_fields), 200) : rc;
}

struct dispute_change {
    struct req *r;
    struct dispute_input in;
    bool repeated;
    struct delivery_faults faults;
};

static enum err write_dispute(struct tx *tx, void *arg)
{
    struct dispute_change *c = arg;
    c->faults = (struct delivery_faults){0};
    if (c->in.once.p)
        tx_idempotent(tx);
    return delivery_add_dispute(tx, c->r->arena, &c->in, &c->repeated, &c->faults);
}

/* A whole village may sit behind one address, so ten at once are fine; a flood is not. */
static bool within_limit(struct req *r)
{
    static const struct rate_limit limit = {.per_minute = 1, .burst = 10};
    int64_t wait_ms = 0;
    char key[64];
    return app_rate_allows(r->app, "visit_dispute", ratelimit_address_key(r->http->address, key),
                           limit, &wait_ms);
}

enum err delivery_dispute_post(struct req *r)
{
    static const int fields[] = {
        [DISPUTE_WORDS] = D_WORDS, [DISPUTE_EMAIL] = D_EMAIL, [DISPUTE_PHONE] = D_PHONE};
    struct visit_reading v = {0};
    struct form *form = NULL;
    enum err rc = delivery_read_visit(r, &v);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, dispute_fields, &form);
    if (!form)
        return rc;
    struct dispute_change c = {
        .r = r,
        .in = {.unit = r->unit,
               .visit = v.id,
               .words = form->v[D_WORDS].s,
               .email = form->v[D_EMAIL].present ? form->v[D_EMAIL].s : STR_NULL,
               .phone = form->v[D_PHONE].present ? form->v[D_PHONE].s : STR_NULL,
               .lang = r->ui.lang,
               .once = form_once(form)},
    };
    if (rc == ERR_OK && !within_limit(r))
        return ERR_RATE;
    if (rc == ERR_OK)
        rc = req_write(r, write_dispute, &c);
    delivery_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_DENIED) { /* answered, corrected or too old by now: the page says which */
        form_fault(r, form, -1, MSG_delivery_fault_not_disputable);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_dispute(r, &v, form, 422);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* its own key: sent twice at the same moment */
        return rc;
    resp_notice(r, MSG_delivery_dispute_sent);
    resp_redirect(r, arena_printf(r->arena, "/m/%.*s/visits/%lld", STRF(r->unit), (long long)v.id));
    return ERR_OK;
}
