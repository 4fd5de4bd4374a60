/*
 * The desk's round of a day: what is expected where, to be confirmed from a phone, also without a
 * signal (assets/js/delivery.js); as a sheet of paper; and the log as a spreadsheet. Staff of a
 * provider see the visits of their provider alone.
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "community/people/people.h"

#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/files/files.h"
#include "platform/formats/image.h"
#include "platform/web/export.h"

#define PHOTO_MAX (10 << 20)
#define EXPORT_DAYS 31
#define EXPORT_DAYS_MAX 366

enum { R_DAY, R_SHOW, R_FROM, R_TO };
static const struct field round_fields[] = {
    [R_DAY] = {"day", FIELD_DATE, .label = MSG_delivery_day},
    [R_SHOW] = {"show", FIELD_CODE, .max = 12, .label = MSG_delivery_state},
    [R_FROM] = {"from", FIELD_DATE, .label = MSG_delivery_from},
    [R_TO] = {"to", FIELD_DATE, .label = MSG_delivery_to},
};

struct round_reading {
    struct req *r;
    bool waiting, log; /* log: with who said what */
    int64_t from_day, to_day, today;
    struct visit_reader reader;
    struct visits visits;
    struct providers providers;
    struct visit_summary summary;
    struct sql_visit_last_words_rows words;
    struct person_names names;
};

static void take_visible(struct round_reading *d, struct visit v)
{
    if (delivery_may_see(&d->reader, v.provider_id))
        ARENA_PUSH(d->r->arena, d->visits, v);
}

static enum err read_words(struct tx *tx, struct round_reading *d)
{
    struct req *r = d->r;
    enum err rc = sql_visit_last_words(tx, r->arena, &d->words, .unit = r->unit,
                                       .from_day = d->from_day, .to_day = d->to_day);
    if (rc != ERR_OK)
        return rc;
    int64_t *ids = ARENA_ARRAY(r->arena, int64_t, d->words.n + 1);
    for (size_t i = 0; i < d->words.n; i++)
        ids[i] = d->words.v[i].person;
    return people_names(tx, r->arena, ids, d->words.n, &d->names);
}

static enum err read_round(struct tx *tx, void *arg)
{
    struct round_reading *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->visits = (struct visits){0};
    d->providers = (struct providers){0};
    d->names = (struct person_names){0};
    TRY(delivery_reader(tx, r->arena, &r->actor, r->unit, &d->reader));
    TRY(catalogue_providers(tx, r->arena, r->unit, &d->providers));
    if (d->waiting) {
        struct sql_visits_unconfirmed_rows rows;
        int64_t late = d->reader.office ? DELIVERY_LATE_DAYS_OFFICE : DELIVERY_LATE_DAYS_PROVIDER;
        TRY(sql_visits_unconfirmed(tx, r->arena, &rows, .unit = r->unit,
                                   .from_day = d->today - late, .before_day = d->today));
        for (size_t i = 0; i < rows.n; i++)
            take_visible(d, VISIT_OF(rows.v[i]));
    } else {
        struct sql_visits_of_days_rows rows;
        TRY(sql_visits_of_days(tx, r->arena, &rows, .unit = r->unit, .from_day = d->from_day,
                               .to_day = d->to_day, .service = STR_NULL, .village = STR_NULL));
        for (size_t i = 0; i < rows.n; i++)
            take_visible(d, VISIT_OF(rows.v[i]));
    }
    TRY(delivery_summary(tx, r->arena, &r->actor, r->unit, d->today, &d->summary));
    if (d->log)
        TRY(read_words(tx, d));
out:
    return rc;
}

static bool can_confirm(const struct round_reading *d, const struct visit *v)
{
    int64_t late = d->reader.office ? DELIVERY_LATE_DAYS_OFFICE : DELIVERY_LATE_DAYS_PROVIDER;
    return v->state == VISIT_EXPECTED && v->day <= d->today && v->day >= d->today - late;
}

static struct str day_address(struct req *r, const char *path, int64_t day)
{
    struct buf *out = buf_in(r->arena);
    buf_printf(out, "/desk/%.*s/visits%s?day=", STRF(r->unit), path);
    buf_day(out, day);
    return buf_view(out);
}

static void fill_round(const struct round_reading *d, struct round_view *v)
{
    struct req *r = d->r;
    struct buf *weekday = buf_in(r->arena);
    struct buf *period = buf_in(r->arena);
    lang_weekday(weekday, r->ui.lang, day_weekday(d->from_day));
    buf_cstr(period, "?from=");
    buf_day(period, d->from_day - EXPORT_DAYS + 1);
    buf_cstr(period, "&to=");
    buf_day(period, d->from_day);
    *v = (struct round_view){
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = arena_printf(r->arena, "/desk/%.*s", STRF(r->unit)),
        .day = d->from_day,
        .today = d->today,
        .day_name = buf_view(weekday),
        .summary = d->summary,
        .previous = day_address(r, "", d->from_day - 1),
        .next = day_address(r, "", d->from_day + 1),
        .today_href = arena_printf(r->arena, "/desk/%.*s/visits", STRF(r->unit)),
        .waiting_href = arena_printf(r->arena, "/desk/%.*s/visits?show=waiting", STRF(r->unit)),
        .disputes_href = arena_printf(r->arena, "/desk/%.*s/disputes", STRF(r->unit)),
        .schedules_href = arena_printf(r->arena, "/desk/%.*s/schedules", STRF(r->unit)),
        .print_href = day_address(r, "/print", d->from_day),
        .xlsx = arena_printf(r->arena, "/desk/%.*s/visits.xlsx%.*s", STRF(r->unit),
                             STRF(buf_view(period))),
        .csv = arena_printf(r->arena, "/desk/%.*s/visits.csv%.*s", STRF(r->unit),
                            STRF(buf_view(period))),
        .office = d->reader.office,
        .waiting = d->waiting,
        .no_provider = !d->reader.office && d->reader.providers.n == 0,
        .login_path = WEB_LOGIN_PATH,
        .whys = visit_whys,
        .person = r->actor.person_id,
    };
    for (size_t i = 0; i < d->visits.n; i++) {
        const struct visit *visit = &d->visits.v[i];
        struct visit_row row = delivery_row(r, visit, "desk", &d->providers);
        row.can_confirm = can_confirm(d, visit);
        row.action = row.href;
        row.once = id_secret(r->arena, 16);
        ARENA_PUSH(r->arena, v->rows, row);
    }
}

static enum err take_round(struct req *r, struct round_reading *d, struct form **form)
{
    *d = (struct round_reading){.r = r, .today = day_of_ms(r->ui.now_ms)};
    enum err rc = form_read_query(r, round_fields, COUNT_OF(round_fields), form);
    if (!*form)
        return rc;
    const struct field_value *v = (*form)->v;
    d->from_day = v[R_DAY].present && v[R_DAY].fault == MSG_NONE ? v[R_DAY].i : d->today;
    d->to_day = d->from_day;
    d->waiting = str_eq(v[R_SHOW].s, STR("waiting"));
    return ERR_OK;
}

enum err delivery_round(struct req *r)
{
    enum err rc = ERR_OK;
    struct round_reading d;
    struct round_view v;
    struct form *form;
    TRY(take_round(r, &d, &form));
    TRY(req_read(r, read_round, &d));
    fill_round(&d, &v);
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}};
    struct page page = delivery_page(
        r, true,
        msg_text(r->ui.lang, d.waiting ? MSG_delivery_waiting_title : MSG_delivery_round_title),
        crumbs, 1);
    page.scripts[0] = "delivery.js";
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_round(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err delivery_round_print(struct req *r)
{
    enum err rc = ERR_OK;
    struct round_reading d;
    struct round_view v;
    struct form *form;
    TRY(take_round(r, &d, &form));
    d.waiting = false;
    TRY(req_read(r, read_round, &d));
    fill_round(&d, &v);
    struct page page =
        delivery_page(r, true, msg_text(r->ui.lang, MSG_delivery_round_title), NULL, 0);
    page.print_only = true;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_print(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- the log as a file --- */

/* The last row of a visit is the word that counts. */
static const struct sql_visit_last_words_row *words_of(const struct round_reading *d, int64_t visit)
{
    size_t low = 0, high = d->words.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (d->words.v[middle].visit_id <= visit)
            low = middle + 1;
        else
            high = middle;
    }
    return low && d->words.v[low - 1].visit_id == visit ? &d->words.v[low - 1] : NULL;
}

static void export_visit(struct export *x, const struct round_reading *d, const struct visit *visit)
{
    struct visit_row row = delivery_row(d->r, visit, "desk", &d->providers);
    const struct sql_visit_last_words_row *said = words_of(d, visit->id);
    delivery_export_row(x, &row);
    if (said)
        export_time(x, said->at_ms);
    else
        export_blank(x);
    export_text(x, said ? person_name_in(&d->names, said->person) : STR_NULL);
    export_int(x, row.photos);
    export_int(x, row.disputes);
    export_row(x);
}

enum err delivery_log_export(struct req *r)
{
    static const struct export_column columns[] = {
        DELIVERY_EXPORT_COLUMNS,
        {MSG_delivery_arrived_at, XLSX_TIME, 0, false},
        {MSG_delivery_who, XLSX_TEXT, 26, false},
        {MSG_delivery_photos, XLSX_INT, 0, true},
        {MSG_delivery_disputes, XLSX_INT, 0, true},
    };
    enum err rc = ERR_OK;
    struct round_reading d;
    struct form *form;
    struct export *x;
    TRY(take_round(r, &d, &form));
    const struct field_value *v = form->v;
    d.waiting = false;
    d.log = true;
    d.to_day = v[R_TO].present && v[R_TO].fault == MSG_NONE ? v[R_TO].i : d.today;
    d.from_day =
        v[R_FROM].present && v[R_FROM].fault == MSG_NONE ? v[R_FROM].i : d.to_day - EXPORT_DAYS + 1;
    if (d.to_day - d.from_day > EXPORT_DAYS_MAX)
        d.from_day = d.to_day - EXPORT_DAYS_MAX;
    TRY(req_read(r, read_round, &d));
    struct str unit_name = place_name(places_unit(r), r->ui.lang);
    struct export_about about = {
        .title = msg_text(r->ui.lang, MSG_delivery_log_title),
        .author = unit_name,
        .note = MSG_STR(r->arena, r->ui.lang, MSG_delivery_export_note, ARG_S("unit", unit_name),
                        ARG_DATE("from", d.from_day), ARG_DATE("to", d.to_day)),
        .name = arena_printf(r->arena, "visit-log-%.*s", STRF(r->unit)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < d.visits.n; i++)
        export_visit(x, &d, &d.visits.v[i]);
    TRY(export_end(x));
out:
    return rc;
}

/* --- one visit, and confirming it --- */

enum { V_OUTCOME, V_WHY, V_REASON, V_PHOTO, V_AT, V_PERSON };
static const struct choice confirm_outcomes[] = {
    {"done", MSG_delivery_do_done}, {"missed", MSG_delivery_do_missed}, {NULL, MSG_NONE}};
static const struct choice confirm_whys[] = {
    {"vehicle", MSG_delivery_why_vehicle},
    {"road", MSG_delivery_why_road},
    {"weather", MSG_delivery_why_weather},
    {"crew", MSG_delivery_why_crew},
    {"fuel", MSG_delivery_why_fuel},
    {VISIT_WHY_OTHER, MSG_delivery_why_other},
    {NULL, MSG_NONE},
};
static const struct field confirm_fields[] = {
    [V_OUTCOME] = {"outcome", FIELD_CHOICE, .required = true, .choices = confirm_outcomes,
                   .label = MSG_delivery_outcome_label},
    [V_WHY] = {"why", FIELD_CHOICE, .choices = confirm_whys, .label = MSG_delivery_reason_label},
    [V_REASON] = {"reason", FIELD_LINE, .max = DELIVERY_REASON_MAX,
                  .label = MSG_delivery_reason_more, .hint = MSG_delivery_reason_hint},
    [V_PHOTO] = {"photo", FIELD_FILES, .max = PHOTO_MAX, .label = MSG_delivery_photo_label,
                 .hint = MSG_delivery_photo_hint, .accept = "image/*"},
    [V_AT] = {"at_ms", FIELD_INT, .min = 0, .max = INT64_MAX},
    [V_PERSON] = {"person", FIELD_INT, .min = 0, .max = INT64_MAX},
};

static enum err show_visit(struct req *r, struct visit_reading *reading, struct form *form,
                           int status)
{
    struct visit_view v;
    delivery_fill_visit(r, reading, true, &v);
    v.form = form;
    int64_t today = day_of_ms(r->ui.now_ms);
    int64_t late = v.office ? DELIVERY_LATE_DAYS_OFFICE : DELIVERY_LATE_DAYS_PROVIDER;
    v.row.can_confirm = reading->visit.day <= today && reading->visit.day >= today - late;
    v.list_href = day_address(r, "", reading->visit.day);
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {v.list_href, msg_text(r->ui.lang, MSG_delivery_round_title)},
    };
    struct page page = delivery_page(r, true, v.row.service, crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_delivery_desk_visit(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* A visit of another provider does not exist for this one's staff. */
static enum err find_visit(struct req *r, struct visit_reading *v)
{
    *v = (struct visit_reading){.names = ARENA_NEW(r->arena, struct person_names)};
    enum err rc = delivery_read_visit(r, v);
    if (rc == ERR_OK && !delivery_may_see(&v->reader, v->visit.provider_id))
        rc = ERR_NOT_FOUND;
    return rc;
}

enum err delivery_desk_visit(struct req *r)
{
    struct visit_reading v;
    enum err rc = find_visit(r, &v);
    return rc == ERR_OK ? show_visit(r, &v, FORM_NEW(r, confirm_fields), 200) : rc;
}

static enum err store_photo(struct req *r, struct form *form, struct visit_confirmation *in)
{
    enum err rc = ERR_OK;
    struct image_pair pair;
    enum image_fault fault = IMAGE_FINE;
    if (form->v[V_PHOTO].n == 0)
        return ERR_OK;
    rc = image_convert(r->arena, form->v[V_PHOTO].files[0].data, &pair, &fault);
    if (rc == ERR_INPUT)
        form_fault(r, form, V_PHOTO, MSG_delivery_fault_photo);
    TRY(rc);
    TRY(file_put(r->app, r->arena, pair.large.jpeg, &in->photo.large));
    TRY(file_put(r->app, r->arena, pair.small.jpeg, &in->photo.small));
    in->photo.width = pair.large.width;
    in->photo.height = pair.large.height;
    in->has_photo = true;
out:
    return rc;
}

struct confirm_change {
    struct req *r;
    struct visit_confirmation in;
    bool repeated;
    struct delivery_faults faults;
};

static enum err write_confirmation(struct tx *tx, void *arg)
{
    struct confirm_change *c = arg;
    struct visit_reader reader;
    enum err rc = ERR_OK;
    c->faults = (struct delivery_faults){0};
    if (c->in.once.p)
        tx_idempotent(tx);
    TRY(delivery_reader(tx, c->r->arena, &c->r->actor, c->r->unit, &reader));
    TRY(delivery_confirm(tx, c->r->arena, &reader, &c->in, &c->repeated, &c->faults));
out:
    return rc;
}

enum err delivery_desk_visit_post(struct req *r)
{
    int fields[] = {
        [CONFIRM_OUTCOME] = V_OUTCOME, [CONFIRM_REASON] = V_WHY, [CONFIRM_PHOTO] = V_PHOTO};
    struct visit_reading v;
    struct form *form = NULL;
    enum err rc = find_visit(r, &v);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, confirm_fields, &form);
    if (!form)
        return rc;
    /* A phone is handed on and somebody else logs in while the page of the first one still sends
     * what was kept: before the token of the form, whose fault would hand out a new one. */
    if (form->v[V_PERSON].present && form->v[V_PERSON].i != r->actor.person_id) {
        form_fault(r, form, V_OUTCOME, MSG_delivery_fault_person);
        return show_visit(r, &v, form, 403);
    }
    if (form->v[V_WHY].present || form->v[V_REASON].present) /* the words are wrong, or lacking */
        fields[CONFIRM_REASON] = V_REASON;
    struct confirm_change c = {
        .r = r,
        .in = {.unit = r->unit,
               .visit = v.id,
               .outcome = str_eq(form->v[V_OUTCOME].s, STR("done")) ? VISIT_DONE : VISIT_MISSED,
               .why = form->v[V_WHY].s,
               .reason = form->v[V_REASON].s,
               .said_ms = form->v[V_AT].i,
               .once = form_once(form)},
    };
    if (rc == ERR_OK)
        rc = store_photo(r, form, &c.in);
    if (rc == ERR_OK)
        rc = req_write(r, write_confirmation, &c);
    delivery_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_INPUT)
        return show_visit(r, &v, form, 422);
    if (rc != ERR_OK && rc != ERR_CONFLICT) /* its own key: sent twice at the same moment */
        return rc;
    resp_notice(r, MSG_delivery_confirmed);
    resp_redirect(r, arena_printf(r->arena, "%.*s#visit-%lld",
                                  STRF(day_address(r, "", v.visit.day)), (long long)v.id));
    return ERR_OK;
}

/* --- a photo that shows somebody's face --- */

enum { PH_SHOWN };
static const struct field photo_fields[] = {
    [PH_SHOWN] = {"shown", FIELD_CODE, .required = true, .max = 3, .label = MSG_delivery_photos},
};
struct photo_change {
    struct req *r;
    int64_t visit, photo;
    bool shown;
};

static enum err write_photo(struct tx *tx, void *arg)
{
    struct photo_change *c = arg;
    return sql_visit_photo_show(tx, NULL, .unit = c->r->unit, .visit_id = c->visit, .id = c->photo,
                                .shown = c->shown);
}

enum err delivery_photo_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct photo_change c = {.r = r};
    TRY(delivery_route_id(r, "id", &c.visit));
    TRY(delivery_route_id(r, "photo", &c.photo));
    TRY(FORM_READ(r, photo_fields, &form));
    c.shown = str_eq(form->v[PH_SHOWN].s, STR("yes"));
    TRY(req_write(r, write_photo, &c));
    resp_redirect(
        r, arena_printf(r->arena, "/desk/%.*s/visits/%lld", STRF(r->unit), (long long)c.visit));
out:
    return rc;
}
