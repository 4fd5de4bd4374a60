/*
 * A report that staff enter for somebody who phones or stands at the counter, and the slip they
 * take home. What is like it and open already is offered first, so that one burst pipe is one case.
 *
 * The slip carries the reporter's own link. Its secret is known only at the moment of entering
 * (the database keeps a hash), so it travels to the slip in a cookie of one hour, never in an
 * address.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"
#include "voice/cases/cases_web.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/formats/qr.h"

#define SIMILAR_MAX 5
#define SLIP_COOKIE "slip"
#define SLIP_SECONDS 3600

static const struct choice channel_choices[] = {
    {"phone", MSG_casesdesk_new_phone}, {"desk", MSG_casesdesk_new_desk}, {NULL, MSG_NONE}};
static const struct choice lang_choices[] = {{"ky", MSG_casesdesk_lang_ky},
                                             {"ru", MSG_casesdesk_lang_ru},
                                             {"en", MSG_casesdesk_lang_en},
                                             {NULL, MSG_NONE}};
static const struct field new_fields[] = {
    [DESK_NEW_CHANNEL] = {"channel", FIELD_CHOICE, .required = true, .choices = channel_choices,
                          .label = MSG_casesdesk_new_channel},
    [DESK_NEW_FAULT] = {"fault", FIELD_CODE, .required = true, .max = 60,
                        .label = MSG_casesdesk_new_fault},
    [DESK_NEW_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_casesdesk_village},
    [DESK_NEW_STREET] = {"street", FIELD_LINE, .max = CASE_MAX_STREET,
                         .label = MSG_casesdesk_new_street, .hint = MSG_casesdesk_new_street_hint},
    [DESK_NEW_WORDS] = {"words", FIELD_TEXT, .max = CASE_MAX_WORDS, .rows = 4,
                        .label = MSG_casesdesk_new_words, .hint = MSG_casesdesk_new_words_hint},
    [DESK_NEW_NAME] = {"name", FIELD_LINE, .max = 100, .autocomplete = "off",
                       .label = MSG_casesdesk_new_name},
    [DESK_NEW_PHONE] = {"phone", FIELD_PHONE, .autocomplete = "off",
                        .label = MSG_casesdesk_new_telephone},
    [DESK_NEW_EMAIL] = {"email", FIELD_EMAIL, .autocomplete = "off",
                        .label = MSG_casesdesk_new_email},
    [DESK_NEW_LANG] = {"speaks", FIELD_CHOICE, .required = true, .choices = lang_choices,
                       .label = MSG_casesdesk_new_lang, .hint = MSG_casesdesk_new_lang_hint},
    [DESK_NEW_HIDE] = {"hide", FIELD_BOOL, .label = MSG_casesdesk_new_hide},
    [DESK_NEW_PHOTO] = {"photo", FIELD_FILES, .count = CASE_MAX_PHOTOS, .max = 10 << 20,
                        .accept = "image/jpeg,image/png,image/webp",
                        .label = MSG_casesdesk_new_photo, .hint = MSG_casesdesk_new_photo_hint},
    [DESK_NEW_SIMILAR_SEEN] = {"similar_seen", FIELD_BOOL, .label = MSG_casesdesk_similar},
};

static enum err show(struct req *r, struct form *form, const struct case_list *similar, int status)
{
    struct desk_new_view v = {
        .form = form,
        .base = desk_base(r),
        .list_href = desk_base(r),
        .faults = desk_faults(r),
        .villages = desk_villages(r),
        .ask_similar = similar && similar->n > 0,
    };
    for (size_t i = 0; similar && i < similar->n; i++) {
        const struct case_public *c = &similar->v[i];
        struct desk_similar_line line = {
            .href = desk_case_href(r, c->number),
            .title = case_title(r->app, r->arena, c->service, c->fault, r->ui.lang),
            .meta = desk_similar_meta(r, c),
        };
        ARENA_PUSH(r->arena, v.similar, line);
    }
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_new_title));
    page.form = form;
    page.width = PAGE_NORMAL;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_desk_entry(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err desk_new_page(struct req *r)
{
    struct form *form = FORM_NEW(r, new_fields);
    form_set(form, DESK_NEW_CHANNEL, STR("phone"));
    form_set(form, DESK_NEW_LANG, str_from(lang_code(LANG_KY)));
    return show(r, form, NULL, 200);
}

/* --- keeping --- */

static void place_faults(struct req *r, struct form *form, const struct case_faults *faults)
{
    static const int fields[][2] = {
        {CASE_FIELD_SERVICE, DESK_NEW_FAULT},   {CASE_FIELD_FAULT, DESK_NEW_FAULT},
        {CASE_FIELD_VILLAGE, DESK_NEW_VILLAGE}, {CASE_FIELD_STREET, DESK_NEW_STREET},
        {CASE_FIELD_WORDS, DESK_NEW_WORDS},     {CASE_FIELD_NAME, DESK_NEW_NAME},
        {CASE_FIELD_EMAIL, DESK_NEW_EMAIL},     {CASE_FIELD_PHONE, DESK_NEW_PHONE},
    };
    for (size_t i = 0; i < faults->n; i++) {
        int at = -1;
        for (size_t k = 0; k < COUNT_OF(fields); k++)
            if (fields[k][0] == (int)faults->v[i].field)
                at = fields[k][1];
        form_fault(r, form, at, faults->v[i].m);
    }
}

static struct case_input input_of(struct req *r, const struct form *form)
{
    const struct field_value *v = form->v;
    struct case_input in = {
        .unit = r->unit,
        .village = v[DESK_NEW_VILLAGE].s,
        .street = v[DESK_NEW_STREET].s,
        .words = v[DESK_NEW_WORDS].s,
        .channel = v[DESK_NEW_CHANNEL].s,
        .reporter_name = v[DESK_NEW_NAME].s,
        .reporter_email = v[DESK_NEW_EMAIL].s,
        .reporter_phone = v[DESK_NEW_PHONE].s,
        .entered_by = r->actor.person_id,
        .hide = v[DESK_NEW_HIDE].present,
        .once = form_once(form),
    };
    if (!lang_parse(v[DESK_NEW_LANG].s, &in.lang))
        in.lang = LANG_KY;
    return in;
}

struct similar_read {
    struct req *r;
    struct case_similar like;
    struct case_list found;
};
static enum err read_similar(struct tx *tx, void *arg)
{
    struct similar_read *s = arg;
    return cases_similar(s->r->app, tx, s->r->arena, s->r->unit, &s->like, SIMILAR_MAX, &s->found);
}

static enum err keep(struct req *r, struct form *form, struct case_input *in)
{
    struct case_receipt receipt = {0};
    struct case_faults faults = {0};
    enum err rc = cases_submit(r->app, r->arena, in, &receipt, &faults);
    if (rc == ERR_INPUT) {
        place_faults(r, form, &faults);
        return show(r, form, NULL, 422);
    }
    if (rc != ERR_OK)
        return rc;
    resp_cookie(r, SLIP_COOKIE,
                arena_printf(r->arena, "%.*s.%.*s", STRF(receipt.number), STRF(receipt.secret)),
                SLIP_SECONDS, true);
    resp_redirect(r, arena_printf(r->arena, "%.*s/slip", STRF(desk_case_href(r, receipt.number))));
    return ERR_OK;
}

enum err desk_new_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, new_fields, &form);
    if (!form)
        return rc;
    struct case_input in = input_of(r, form);
    if (rc == ERR_OK && !desk_fault_parse(r, form->v[DESK_NEW_FAULT].s, &in.service, &in.fault)) {
        form_fault(r, form, DESK_NEW_FAULT, MSG_cases_fault_fault);
        rc = ERR_INPUT;
    }
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show(r, form, NULL, 422) : rc;
    struct similar_read s = {
        .r = r,
        .like = {
            .service = in.service, .fault = in.fault, .village = in.village, .street = in.street}};
    if (!form->v[DESK_NEW_SIMILAR_SEEN].present) {
        rc = req_read(r, read_similar, &s);
        if (rc != ERR_OK)
            return rc;
        if (s.found.n)
            return show(r, form, &s.found, 200);
    }
    struct case_photo_input *photos = NULL;
    rc = case_take_photos(r, form, DESK_NEW_PHOTO, &photos, &in.photo_count);
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show(r, form, NULL, 422) : rc;
    in.photos = photos;
    return keep(r, form, &in);
}

/* --- the slip --- */

struct slip_read {
    struct req *r;
    struct str number;
    struct case_record c;
};
static enum err read_slip(struct tx *tx, void *arg)
{
    struct slip_read *s = arg;
    struct str unit;
    int64_t id;
    enum err rc = ERR_OK;
    TRY(cases_find(tx, s->r->arena, s->number, &unit, &id));
    if (!str_eq(unit, s->r->unit))
        FAIL(ERR_NOT_FOUND);
    TRY(cases_get(tx, s->r->arena, unit, id, day_today(), &s->c));
out:
    return rc;
}

/* The reporter's secret, when this browser has just entered the report. */
static struct str slip_secret(struct req *r, struct str number)
{
    struct str secret = req_cookie(r, SLIP_COOKIE), of;
    return secret.p && str_split(&secret, '.', &of) && str_eq(of, number) ? secret : STR_NULL;
}

enum err desk_slip_page(struct req *r)
{
    struct slip_read s = {.r = r};
    struct qr code;
    enum err rc = ERR_OK;
    if (!id_number_parse(r->arena, req_param(r, "number"), &s.number))
        return ERR_NOT_FOUND;
    TRY(req_read(r, read_slip, &s));
    r->ui.lang = s.c.lang; /* it is for the reporter */
    struct str secret = slip_secret(r, s.number);
    struct str site = str_from(r->app->public_url ? r->app->public_url : "");
    struct desk_slip_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .number = s.number,
        .what = case_title(r->app, r->arena, s.c.p.service, s.c.p.fault, r->ui.lang),
        .place = desk_place_text(r, s.c.p.village, s.c.street),
        .address = arena_printf(r->arena, "%.*s/c/%.*s", STRF(site), STRF(s.number)),
        .case_href = desk_case_href(r, s.number),
        .next_href = arena_printf(r->arena, "%.*s/new", STRF(desk_base(r))),
        .created_ms = s.c.p.created_ms,
        .due_day = s.c.p.due_day,
        .personal = secret.p != NULL,
    };
    v.link = secret.p ? arena_printf(r->arena, "%.*s?key=%.*s", STRF(v.address), STRF(secret))
                      : v.address;
    TRY(qr_encode(r->arena, v.link, &code));
    struct buf *svg = buf_in(r->arena);
    qr_svg(svg, &code, msg_text(r->ui.lang, MSG_casesdesk_slip_qr));
    v.qr = (struct html){buf_view(svg)};
    struct page page = desk_page(
        r, MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_slip_title, ARG_S("number", s.number)));
    page.print_only = true;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_desk_slip(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
