/*
 * Reporting: what it is about, where and what; similar reports; the receipt.
 *
 * Against floods, without riddles for people: a field that only programs fill in, a form that came
 * back quicker than anybody types, links in the words, the same words again and again
 * (cases_report.c). What is suspicious is taken all the same and held back until somebody has
 * looked; nobody is told which of his reports was. Beside that stand limits per address.
 */
#include "voice/cases/cases_tpl.h"
#include "voice/cases/cases_web.h"

#include "platform/core/id.h"
#include "platform/formats/geo.h"
#include "platform/formats/json.h"

#include <inttypes.h>

#define TOO_QUICK_MS 3000
#define SIMILAR_SHOWN 4
/* The choice "something else" in the list of faults: a report about the service alone. */
#define OTHER_FAULT STR("-")
/* And "outside of the villages". */
#define NO_VILLAGE STR("-")
/* Of one address in one municipality: a village behind one mobile gateway must fit. */
static const struct rate_limit report_limit = {.per_minute = 6, .burst = 20};

static const struct field report_fields[] = {
    [REPORT_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_cases_field_service},
    [REPORT_FAULT] = {"fault", FIELD_CODE, .required = true, .max = 60,
                      .label = MSG_cases_field_fault, .missing = MSG_cases_fault_fault_missing},
    [REPORT_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_cases_field_village,
                        .missing = MSG_cases_village_missing},
    [REPORT_STREET] = {"street", FIELD_LINE, .max = CASE_MAX_STREET,
                       .label = MSG_cases_field_street, .hint = MSG_cases_field_street_hint,
                       .autocomplete = "off"},
    [REPORT_LAT] = {"lat", FIELD_DECIMAL, .min = -90, .max = 90, .label = MSG_cases_report_pin},
    [REPORT_LON] = {"lon", FIELD_DECIMAL, .min = -180, .max = 180, .label = MSG_cases_report_pin},
    [REPORT_WORDS] = {"words", FIELD_TEXT, .max = CASE_MAX_WORDS, .label = MSG_cases_field_words},
    [REPORT_PHOTO] = {"photo", FIELD_FILES, .count = CASE_MAX_PHOTOS, .max = 10 << 20,
                      .label = MSG_cases_field_photo,
                      .accept = "image/jpeg,image/png,image/webp,image/*"},
    [REPORT_HIDE] = {"hide", FIELD_BOOL, .label = MSG_cases_field_hide,
                     .hint = MSG_cases_field_hide_hint},
    [REPORT_NAME] = {"name", FIELD_LINE, .max = 100, .label = MSG_cases_field_name,
                     .autocomplete = "name"},
    [REPORT_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_cases_field_email},
    [REPORT_PHONE] = {"phone", FIELD_PHONE, .label = MSG_cases_field_phone},
    [REPORT_TRAP] = {"website", FIELD_LINE, .max = 1000, .label = MSG_cases_report_trap},
    [REPORT_BEGAN] = {"began", FIELD_INT, .label = MSG_cases_field_words},
    [REPORT_SIMILAR_SEEN] = {"similar_seen", FIELD_BOOL, .label = MSG_cases_field_words},
};

static struct str fault_of(const struct form *form)
{
    struct str fault = form->v[REPORT_FAULT].s;
    return str_eq(fault, OTHER_FAULT) ? STR_NULL : fault;
}

static struct str village_of(const struct form *form)
{
    struct str village = form->v[REPORT_VILLAGE].s;
    return str_eq(village, NO_VILLAGE) ? STR_NULL : village;
}

static int field_of(enum case_field field)
{
    switch (field) {
    case CASE_FIELD_SERVICE:
    case CASE_FIELD_FAULT:
        return REPORT_FAULT;
    case CASE_FIELD_VILLAGE:
        return REPORT_VILLAGE;
    case CASE_FIELD_STREET:
        return REPORT_STREET;
    case CASE_FIELD_POINT:
        return REPORT_LAT;
    case CASE_FIELD_WORDS:
        return REPORT_WORDS;
    case CASE_FIELD_PHOTOS:
        return REPORT_PHOTO;
    case CASE_FIELD_NAME:
        return REPORT_NAME;
    case CASE_FIELD_EMAIL:
        return REPORT_EMAIL;
    case CASE_FIELD_PHONE:
        return REPORT_PHONE;
    case CASE_FIELD_WHOLE:
    case CASE_FIELD_STATE:
    case CASE_FIELD_DUPLICATE:
    case CASE_FIELD_PASSED:
    case CASE_FIELD_ASSIGNEE:
    case CASE_FIELD_STARS:
        break;
    }
    return -1;
}

/* --- step one: which service --- */

static struct report_service service_link(struct req *r, const struct service_kind *kind)
{
    return (struct report_service){.href = arena_printf(r->arena, "/m/%.*s/report?service=%.*s",
                                                        STRF(r->unit), STRF(kind->code)),
                                   .name = text3_get(&kind->name, r->ui.lang),
                                   .icon = kind->icon};
}

static enum err registry_fn(struct tx *tx, void *arg)
{
    struct {
        struct req *r;
        struct unit_services services;
    } *a = arg;
    a->services = (struct unit_services){0};
    return catalogue_unit_services(tx, a->r->arena, a->r->unit, &a->services);
}

static enum err show_services(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    struct report_start_view v = {.unit_name = case_unit_name(r), .back = case_unit_href(r)};
    struct {
        struct req *r;
        struct unit_services services;
    } registry = {.r = r};
    enum err rc = req_read(r, registry_fn, &registry);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct service_kind *kind = &catalogue->v[i];
        bool offered = registry.services.n == 0; /* no registry yet: all alike */
        for (size_t k = 0; k < registry.services.n; k++)
            offered = offered || (registry.services.v[k].active &&
                                  str_eq(registry.services.v[k].service, kind->code));
        if (offered)
            ARENA_PUSH(r->arena, v.offered, service_link(r, kind));
        else
            ARENA_PUSH(r->arena, v.others, service_link(r, kind));
    }
    struct page page =
        case_page(r, msg_text(r->ui.lang, MSG_cases_report_title), STR_NULL, STR_NULL);
    page.width = PAGE_NARROW;
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_service(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- step two: the form --- */

static struct option_list fault_options(struct req *r, const struct service_kind *kind)
{
    struct option *options = ARENA_ARRAY(r->arena, struct option, kind->fault_count + 1);
    size_t n = 0;
    for (int urgent = 1; urgent >= 0; urgent--)
        for (size_t i = 0; i < kind->fault_count; i++) {
            const struct service_fault *f = &kind->faults[i];
            if (f->urgent != (urgent == 1))
                continue;
            options[n++] = (struct option){.value = f->code,
                                           .text = text3_get(&f->name, r->ui.lang),
                                           .hint = text3_get(&f->hint, r->ui.lang)};
        }
    options[n++] =
        (struct option){.value = OTHER_FAULT, .text = msg_text(r->ui.lang, MSG_cases_fault_other)};
    return (struct option_list){options, n};
}

static struct option_list village_options(struct req *r)
{
    const struct place *unit = territory_find(territory_get(r->app, r->arena), r->unit);
    struct option *options = ARENA_ARRAY(r->arena, struct option, unit->child_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < unit->child_count; i++)
        if (unit->children[i]->kind == PLACE_VILLAGE)
            options[n++] = (struct option){.value = unit->children[i]->code,
                                           .text = place_name(unit->children[i], r->ui.lang)};
    if (n > 1)
        options[n++] = (struct option){.value = NO_VILLAGE,
                                       .text = msg_text(r->ui.lang, MSG_cases_village_none)};
    return (struct option_list){options, n};
}

/* The fields as this municipality needs them: where there are several villages, one is chosen. */
static const struct field *fields_here(struct req *r)
{
    struct field *fields = ARENA_ARRAY(r->arena, struct field, COUNT_OF(report_fields));
    memcpy(fields, report_fields, sizeof report_fields);
    fields[REPORT_VILLAGE].required = village_options(r).n > 1;
    return fields;
}

/* A drawing of the villages, 560 by 340, on which a point can be set. Degrees are straight lines
 * here, as in pin.js. */
static void draw_pin_pad(struct req *r, struct pin_view *pin)
{
    const struct place *unit = territory_find(territory_get(r->app, r->arena), r->unit);
    struct geo_box box = GEO_BOX_EMPTY;
    for (size_t i = 0; i < unit->child_count; i++) {
        const struct place *p = unit->children[i];
        if (p->has_point)
            box = geo_box_join(box, geo_box_around((struct geo_point){p->lon, p->lat}, 2500));
    }
    if (geo_box_empty(box))
        return;
    /* Widen the shorter side, so that the drawing keeps its shape: a degree of longitude is three
     * quarters of one of latitude here. */
    double wide = (box.east - box.west) * 0.745, high = box.north - box.south;
    if (wide * 340 < high * 560) {
        double more = (high * 560 / 340 - wide) / 0.745 / 2;
        box.west -= more;
        box.east += more;
    } else {
        double more = (wide * 340 / 560 - high) / 2;
        box.south -= more;
        box.north += more;
    }
    double sides[] = {box.west, box.east, box.south, box.north};
    struct str *texts[] = {&pin->west, &pin->east, &pin->south, &pin->north};
    for (int i = 0; i < 4; i++) {
        struct buf *b = buf_in(r->arena);
        buf_fixed(b, sides[i], 5);
        *texts[i] = buf_view(b);
    }
    for (size_t i = 0; i < unit->child_count; i++) {
        const struct place *p = unit->children[i];
        if (!p->has_point)
            continue;
        struct pin_village village = {
            .x = (int)(560 * (p->lon - box.west) / (box.east - box.west)),
            .y = (int)(340 * (box.north - p->lat) / (box.north - box.south)),
            .name = place_name(p, r->ui.lang)};
        ARENA_PUSH(r->arena, pin->villages, village);
    }
}

static enum err show_form(struct req *r, struct form *form, const struct case_list *similar,
                          int status)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct service_kind *kind = catalogue_find(catalogue, form->v[REPORT_SERVICE].s);
    if (!kind)
        return show_services(r);
    struct report_view v = {
        .form = form,
        .action = arena_printf(r->arena, "/m/%.*s/report", STRF(r->unit)),
        .back = arena_printf(r->arena, "/m/%.*s/report", STRF(r->unit)),
        .similar_url = arena_printf(r->arena, "/m/%.*s/report/similar", STRF(r->unit)),
        .service_name = text3_get(&kind->name, r->ui.lang),
        .faults = fault_options(r, kind),
        .villages = village_options(r),
        .ask_similar = similar != NULL,
        .contact_open = form->v[REPORT_EMAIL].present || form->v[REPORT_PHONE].present ||
                        form->v[REPORT_NAME].present,
    };
    if (form->submitted && form->v[REPORT_BEGAN].present)
        v.began = form->v[REPORT_BEGAN].s;
    else
        v.began = arena_printf(r->arena, "%" PRId64, clock_now_ms());
    draw_pin_pad(r, &v.pin);
    for (size_t i = 0; similar && i < similar->n; i++)
        ARENA_PUSH(r->arena, v.similar, case_line_of(r, &similar->v[i]));
    struct page page =
        case_page(r, msg_text(r->ui.lang, MSG_cases_report_title), STR_NULL, STR_NULL);
    page.width = PAGE_NARROW;
    page.form = form;
    page.scripts[0] = "report.js";
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_cases_report(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err cases_report_page(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct service_kind *kind = NULL;
    const struct service_fault *fault =
        catalogue_find_fault(catalogue, req_query(r, "fault"), &kind);
    if (!fault)
        kind = catalogue_find(catalogue, req_query(r, "service"));
    if (!kind)
        return show_services(r);
    struct form *form = form_new(r, fields_here(r), (int)COUNT_OF(report_fields));
    form_set(form, REPORT_SERVICE, kind->code);
    if (fault)
        form_set(form, REPORT_FAULT, fault->code);
    struct option_list villages = village_options(r);
    struct str village = req_query(r, "village");
    for (size_t i = 0; i < villages.n; i++)
        if (str_eq(villages.v[i].value, village))
            form_set(form, REPORT_VILLAGE, village);
    return show_form(r, form, NULL, 200);
}

/* --- similar reports --- */

struct similar_search {
    struct req *r;
    struct case_similar like;
    struct case_list found;
};
static enum err similar_fn(struct tx *tx, void *arg)
{
    struct similar_search *s = arg;
    return cases_similar(s->r->app, tx, s->r->arena, s->r->unit, &s->like, SIMILAR_SHOWN,
                         &s->found);
}

static const struct field similar_fields[] = {
    [REPORT_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_cases_field_service},
    [REPORT_FAULT] = {"fault", FIELD_CODE, .required = true, .max = 60,
                      .label = MSG_cases_field_fault, .missing = MSG_cases_fault_fault_missing},
    [REPORT_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_cases_field_village},
    [REPORT_STREET] = {"street", FIELD_LINE, .max = CASE_MAX_STREET,
                       .label = MSG_cases_field_street},
    [REPORT_LAT] = {"lat", FIELD_DECIMAL, .min = -90, .max = 90, .label = MSG_cases_report_pin},
    [REPORT_LON] = {"lon", FIELD_DECIMAL, .min = -180, .max = 180, .label = MSG_cases_report_pin},
};

enum err cases_report_similar(struct req *r)
{
    struct form *f = NULL;
    struct similar_search s = {.r = r};
    enum err rc = form_read_query(r, similar_fields, (int)COUNT_OF(similar_fields), &f);
    if (rc != ERR_OK)
        return rc;
    s.like =
        (struct case_similar){.service = f->v[REPORT_SERVICE].s,
                              .fault = fault_of(f),
                              .village = village_of(f),
                              .street = f->v[REPORT_STREET].s,
                              .has_point = f->v[REPORT_LAT].present && f->v[REPORT_LON].present,
                              .lat = f->v[REPORT_LAT].f,
                              .lon = f->v[REPORT_LON].f};
    if (!str_empty(s.like.service) && (!str_empty(s.like.village) || s.like.has_point))
        rc = req_read(r, similar_fn, &s);
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, 30);
    struct json_writer j = json_to(resp_json(r, 200));
    json_open(&j, NULL);
    json_open_array(&j, "items");
    for (size_t i = 0; i < s.found.n; i++) {
        struct case_line line = case_line_of(r, &s.found.v[i]);
        json_open(&j, NULL);
        json_put_str(&j, "href", line.href);
        json_put_str(&j, "title", line.title);
        json_put_str(&j, "meta", line.meta);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    return ERR_OK;
}

/* --- sending --- */

static bool has_link(struct str words)
{
    return str_find(words, STR("http://")) >= 0 || str_find(words, STR("https://")) >= 0 ||
           str_find(words, STR("www.")) >= 0;
}

static bool looks_like_spam(const struct form *form)
{
    int64_t took = clock_now_ms() - form->v[REPORT_BEGAN].i;
    return form->v[REPORT_TRAP].present || !form->v[REPORT_BEGAN].present || took < TOO_QUICK_MS ||
           has_link(form->v[REPORT_WORDS].s);
}

static struct case_input input_of(struct req *r, const struct form *form)
{
    return (struct case_input){
        .unit = r->unit,
        .service = form->v[REPORT_SERVICE].s,
        .fault = fault_of(form),
        .village = village_of(form),
        .street = form->v[REPORT_STREET].s,
        .has_point = form->v[REPORT_LAT].present && form->v[REPORT_LON].present,
        .lat = form->v[REPORT_LAT].f,
        .lon = form->v[REPORT_LON].f,
        .words = form->v[REPORT_WORDS].s,
        .lang = r->ui.lang,
        .channel = STR("web"),
        .reporter_name = form->v[REPORT_NAME].s,
        .reporter_email = form->v[REPORT_EMAIL].s,
        .reporter_phone = form->v[REPORT_PHONE].s,
        .reporter_person = r->actor.person_id,
        .hide = form->v[REPORT_HIDE].present,
        .suspicious = looks_like_spam(form),
        .photo_count = (size_t)form->v[REPORT_PHOTO].n,
        .once = form_once(form),
    };
}

static enum err add_faults(struct req *r, struct form *form, const struct case_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++)
        form_fault(r, form, field_of(faults->v[i].field), faults->v[i].m);
    return show_form(r, form, NULL, 422);
}

/* Without photos only: a browser without script could not send them a second time. */
static enum err find_similar(struct req *r, const struct form *form, const struct case_input *in,
                             struct case_list *out)
{
    struct similar_search s = {.r = r,
                               .like = {.service = in->service,
                                        .fault = in->fault,
                                        .village = in->village,
                                        .street = in->street,
                                        .has_point = in->has_point,
                                        .lat = in->lat,
                                        .lon = in->lon}};
    *out = (struct case_list){0};
    if (form->v[REPORT_SIMILAR_SEEN].present || in->photo_count || in->hide || in->suspicious)
        return ERR_OK;
    enum err rc = req_read(r, similar_fn, &s);
    *out = s.found;
    return rc;
}

enum err cases_report_post(struct req *r)
{
    struct form *form = NULL;
    struct case_faults faults = {0};
    struct case_list similar = {0};
    struct case_receipt receipt = {0};
    struct case_photo_input *photos = NULL;
    size_t photo_count = 0;
    int64_t wait_ms = 0;
    enum err rc = form_read(r, fields_here(r), (int)COUNT_OF(report_fields), &form);
    if (rc == ERR_INPUT)
        return show_form(r, form, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    if (!app_rate_allows(r->app, "case report",
                         arena_printf(r->arena, "%.*s %.*s", STRF(r->http->address), STRF(r->unit)),
                         report_limit, &wait_ms)) {
        resp_error_status(r, 429, wait_ms / 1000 + 1);
        return ERR_OK;
    }
    struct case_input in = input_of(r, form);
    rc = cases_check(r->app, r->arena, &in, &faults);
    if (rc == ERR_INPUT)
        return add_faults(r, form, &faults);
    if (rc != ERR_OK)
        return rc;
    TRY(find_similar(r, form, &in, &similar));
    if (similar.n > 0)
        return show_form(r, form, &similar, 200);
    rc = case_take_photos(r, form, REPORT_PHOTO, &photos, &photo_count);
    if (rc == ERR_INPUT)
        return show_form(r, form, NULL, 422);
    if (rc != ERR_OK)
        return rc;
    in.photos = photos;
    in.photo_count = photo_count;
    TRY(cases_submit(r->app, r->arena, &in, &receipt, &faults));
    case_cookie_add(r, receipt.secret);
    resp_redirect(r, arena_printf(r->arena, "/c/%.*s/sent", STRF(receipt.number)));
out:
    return rc;
}

/* --- the receipt --- */

static enum err mail_fn(struct tx *tx, void *arg)
{
    struct {
        struct case_visit *v;
        bool by_mail;
    } *a = arg;
    struct sql_reporter_get_row row = {0};
    enum err rc =
        sql_reporter_get(tx, a->v->r->arena, &row, .unit = a->v->unit, .case_id = a->v->id);
    a->by_mail = row.email.p != NULL;
    return rc;
}

enum err cases_sent_page(struct req *r)
{
    struct case_visit visit;
    enum err rc = case_visit_reporter(&visit, r);
    if (rc != ERR_OK)
        return rc;
    struct {
        struct case_visit *v;
        bool by_mail;
    } mail = {.v = &visit};
    TRY(req_read(r, mail_fn, &mail));
    struct sent_view v = {
        .number = visit.number,
        .case_href = arena_printf(r->arena, "/c/%.*s", STRF(visit.number)),
        .unit_href = case_unit_href(r),
        .unit_name = case_unit_name(r),
        .due_day = visit.record.p.due_day,
        .by_mail = mail.by_mail,
        .waits_for_look = visit.record.look,
    };
    struct buf *link = buf_in(r->arena);
    buf_printf(link, "%s/c/%.*s", r->app->public_url ? r->app->public_url : "", STRF(visit.number));
    if (visit.own_secret.p)
        buf_printf(link, "?key=%.*s", STRF(visit.own_secret));
    v.link = buf_view(link);
    struct page page = case_page(r, msg_text(r->ui.lang, MSG_cases_sent_title), STR_NULL, STR_NULL);
    page.width = PAGE_NARROW;
    page.scripts[0] = "report.js";
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_sent(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
