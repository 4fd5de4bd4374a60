/*
 * Reports: lists and one of them as strangers may see them, and the way in for programs with a key.
 * Read by cases_search and cases_by_numbers alone, so what is private cannot appear.
 */
#include "front/api/api_describe.h"
#include <math.h>

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "voice/open311/open311.h"

const char *api_state_value(size_t i)
{
    return i < CASE__MAX ? case_states[i].code : NULL;
}

static const char *status_value(size_t i)
{
    return i == 0 ? "open" : i == 1 ? "closed" : NULL;
}

/* --- shapes --- */

struct case_view {
    struct str number, municipality, service, fault, village, street, words, state, status, answer;
    struct str duplicate_of, passed_to, page_url;
    double lat, lon;
    int64_t created, changed, state_since, due, late_days, answered, resolved, support;
    struct i64_opt stars;
    struct api_strs photos;
};
#define CASE_FIELDS                                                                                \
    API_FIELD(struct case_view, number, API_STR, "What people know it by; never reused"),          \
        API_FIELD(struct case_view, municipality, API_STR, "SOATE code"),                          \
        API_FIELD(struct case_view, service, API_STR, "Code of the service"),                      \
        API_FIELD_NULL(struct case_view, fault, API_STR, "Code of the fault; null: another one"),  \
        API_FIELD_NULL(struct case_view, village, API_STR, "SOATE code of the village"),           \
        API_FIELD_NULL(struct case_view, street, API_STR, "Street or landmark, after a look"),     \
        API_FIELD_NULL(struct case_view, lat, API_NUMBER, "Latitude (WGS84), to some 100 m"),      \
        API_FIELD_NULL(struct case_view, lon, API_NUMBER, "Longitude, to some 100 m"),             \
        API_FIELD_NULL(struct case_view, words, API_STR, "The report, after a look"),              \
        API_FIELD_ENUM(struct case_view, state, api_state_value, "State"),                         \
        API_FIELD_ENUM(struct case_view, status, status_value, "Whether somebody must act"),       \
        API_FIELD(struct case_view, state_since, API_TIME, "Since when it is in this state"),      \
        API_FIELD(struct case_view, created, API_TIME, "When it came"),                            \
        API_FIELD(struct case_view, changed, API_TIME, "When anything about it changed"),          \
        API_FIELD_NULL(struct case_view, due, API_DAY, "The day promised by the charter"),         \
        API_FIELD(struct case_view, late_days, API_INT, "Days past the promise; 0: in time"),      \
        API_FIELD_NULL(struct case_view, answer, API_STR, "Latest public answer"),                 \
        API_FIELD_NULL(struct case_view, answered, API_TIME, "First public answer"),               \
        API_FIELD_NULL(struct case_view, resolved, API_TIME, "When it was resolved"),              \
        API_FIELD_NULL(struct case_view, duplicate_of, API_STR, "Number of the original"),         \
        API_FIELD_NULL(struct case_view, passed_to, API_STR, "The body it was passed to"),         \
        API_FIELD(struct case_view, support, API_INT, "How many joined it"),                       \
        API_FIELD_NULL(struct case_view, stars, API_OPT, "Rating of the reporter, 1 to 5"),        \
        API_FIELD(struct case_view, photos, API_STRS, "Addresses of public photos"),               \
        API_FIELD(struct case_view, page_url, API_URL, "Its page for people")
static const struct api_field case_fields[] = {CASE_FIELDS};
static const struct api_schema case_schema =
    API_SCHEMA("Case", struct case_view, case_fields, "A report as everybody may see it");

struct note_view {
    int64_t at;
    struct str state, words;
};
static const struct api_field note_fields[] = {
    API_FIELD(struct note_view, at, API_TIME, "When"),
    {.name = "state",
     .type = API_STR,
     .at = offsetof(struct note_view, state),
     .nullable = true,
     .values = api_state_value,
     .about = "The state it entered; null: an answer without a step"},
    API_FIELD_NULL(struct note_view, words, API_STR, "Public answer"),
};
static const struct api_schema note_schema =
    API_SCHEMA("CaseNote", struct note_view, note_fields, "A step or a public answer");

struct case_detail {
    struct case_view c;
    struct api_list notes;
};
_Static_assert(offsetof(struct case_detail, c) == 0, "the summary is first");
static const struct api_field detail_fields[] = {
    CASE_FIELDS,
    API_FIELD_OF(struct case_detail, notes, API_LIST, &note_schema, "What happened, oldest first"),
};
static const struct api_schema detail_schema =
    API_SCHEMA("CaseDetail", struct case_detail, detail_fields, "A report with its history");

/* --- reading --- */

struct cases_read {
    struct api_call *c;
    struct case_search search;
    struct str number;
    int64_t today;
    struct case_list list;
    struct case_photo_refs photos;
    struct case_notes notes;
};

static enum err read_fn(struct tx *tx, void *arg)
{
    struct cases_read *v = arg;
    struct arena *a = v->c->r->arena;
    enum err rc = ERR_OK;
    if (v->number.p) {
        TRY(cases_by_numbers(tx, a, &v->number, 1, v->today, &v->list));
        TRY(cases_notes(tx, a, &v->list, &v->notes));
    } else {
        TRY(cases_search(tx, a, &v->search, v->today, &v->list));
    }
    TRY(cases_photo_refs(tx, a, &v->list, &v->photos));
out:
    return rc;
}

static struct api_strs photos_of(struct cases_read *v, const struct case_public *p)
{
    struct {
        struct str *v;
        size_t n, cap;
    } list = {0};
    struct req *r = v->c->r;
    for (size_t i = 0; i < v->photos.n; i++)
        if (v->photos.v[i].case_id == p->id)
            ARENA_PUSH(
                r->arena, list,
                api_url(r, "/c/%.*s/photo/%lld", STRF(p->number), (long long)v->photos.v[i].id));
    return (struct api_strs){list.v, list.n};
}

static struct case_view case_of(struct cases_read *v, const struct case_public *p)
{
    return (struct case_view){
        .number = p->number,
        .municipality = p->unit,
        .service = p->service,
        .fault = p->fault.n ? p->fault : STR_NULL,
        .village = p->village,
        .street = p->street,
        .lat = p->has_point ? p->lat : (double)NAN,
        .lon = p->has_point ? p->lon : (double)NAN,
        .words = p->words,
        .state = str_from(case_states[p->state].code),
        .status = case_states[p->state].open ? STR("open") : STR("closed"),
        .state_since = p->state_ms,
        .created = p->created_ms,
        .changed = p->changed_ms,
        .due = p->due_day,
        .late_days = p->late_days,
        .answer = p->answer,
        .answered = p->answered_ms,
        .resolved = p->resolved_ms,
        .duplicate_of = p->duplicate_of,
        .passed_to = p->passed_to,
        .support = p->support,
        .stars = p->stars ? I64(p->stars) : I64_NONE,
        .photos = photos_of(v, p),
        .page_url = api_url(v->c->r, "/c/%.*s", STRF(p->number)),
    };
}

/* --- the list --- */

enum { C_UNIT, C_SERVICE, C_FAULT, C_VILLAGE, C_STATE, C_STATUS, C_FROM, C_TO };
static const struct api_param list_params[] = {
    [C_UNIT] = API_UNIT_PARAM,
    [C_SERVICE] = {"service", IN_QUERY, API_CODE, .max = 40, .about = "Only of this service",
                   .example = "water"},
    [C_FAULT] = {"fault", IN_QUERY, API_CODE, .max = 60, .about = "Only this fault",
                 .example = "water.leak"},
    [C_VILLAGE] = {"village", IN_QUERY, API_CODE, .max = 14, .about = "Only of this village"},
    [C_STATE] = {"state", IN_QUERY, API_CODE, .max = 40, .values = api_state_value,
                 .about = "Only in this state"},
    [C_STATUS] = {"status", IN_QUERY, API_CODE, .max = 40, .values = status_value,
                  .about = "Only open or only closed ones"},
    [C_FROM] = {"from", IN_QUERY, API_DAY, .about = "Reported on this day or later"},
    [C_TO] = {"to", IN_QUERY, API_DAY, .about = "Reported on this day or earlier"},
};

static struct str edge_text(struct arena *a, const struct case_public *c)
{
    return arena_printf(a, "%lld.%lld", (long long)c->created_ms, (long long)c->id);
}

static bool edge_parse(struct str s, int64_t *ms, int64_t *id)
{
    ptrdiff_t dot = str_find_char(s, '.');
    return dot > 0 && str_to_i64(str_slice(s, 0, (size_t)dot), ms) &&
           str_to_i64(str_slice(s, (size_t)dot + 1, s.n), id) && *ms > 0 && *id > 0;
}

static void read_filters(struct api_call *c, struct case_search *s)
{
    struct req *r = c->r;
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    if (c->v[C_SERVICE].set) {
        s->service = c->v[C_SERVICE].s;
        if (!catalogue_find(catalogue, s->service))
            api_fault(c, "service", MSG_api_service_unknown);
    }
    if (c->v[C_FAULT].set) {
        s->codes = &c->v[C_FAULT].s;
        s->code_count = 1;
        if (!catalogue_find_fault(catalogue, c->v[C_FAULT].s, NULL))
            api_fault(c, "fault", MSG_api_service_unknown);
    }
    if (c->v[C_VILLAGE].set) {
        s->village = c->v[C_VILLAGE].s;
        if (!territory_find(territory_get(r->app, r->arena), s->village))
            api_fault(c, "village", MSG_api_place_unknown);
    }
    unsigned by_state = ~0u, by_status = ~0u;
    for (int i = 0; i < CASE__MAX; i++) {
        bool open = str_eq(c->v[C_STATUS].s, STR("open"));
        if (c->v[C_STATE].set && !str_eq(c->v[C_STATE].s, str_from(case_states[i].code)))
            by_state &= ~CASE_BIT(i);
        if (c->v[C_STATUS].set && case_states[i].open != open)
            by_status &= ~CASE_BIT(i);
    }
    s->states = c->v[C_STATE].set || c->v[C_STATUS].set
                    ? by_state & by_status & (CASE_BIT(CASE__MAX) - 1)
                    : 0;
    s->from_ms = c->v[C_FROM].set ? day_start_ms(c->v[C_FROM].i) : 0;
    s->to_ms = c->v[C_TO].set ? day_start_ms(c->v[C_TO].i + 1) - 1 : 0;
    if (API_AFTER(c).set && !edge_parse(API_AFTER(c).s, &s->edge_ms, &s->edge_id))
        api_fault(c, "after", MSG_api_after);
}

static enum err list(struct api_call *c)
{
    struct req *r = c->r;
    struct place_codes family = api_family(r, r->unit);
    struct cases_read v = {.c = c, .today = day_today()};
    v.search = (struct case_search){.units = family.v, .unit_count = family.n, .max = API_LIMIT(c)};
    read_filters(c, &v.search);
    if (c->faults.n)
        return ERR_INPUT;
    /* state=resolved&status=open: nothing can be both. */
    bool nothing = (c->v[C_STATE].set || c->v[C_STATUS].set) && !v.search.states;
    enum err rc =
        nothing ? ERR_OK : db_read(r->db, family.n > 1 ? SCOPE_COUNTRY : r->unit, read_fn, &v);
    if (rc != ERR_OK)
        return rc;
    struct case_view *items = ARENA_ARRAY(r->arena, struct case_view, v.list.n + 1);
    for (size_t i = 0; i < v.list.n; i++)
        items[i] = case_of(&v, &v.list.v[i]);
    c->items = (struct api_list){items, v.list.n};
    if (v.list.more)
        c->after = edge_text(r->arena, &v.list.v[v.list.n - 1]);
    return ERR_OK;
}

const struct api_endpoint api_unit_cases = {
    .id = "listCases",
    .tag = "Reports",
    .summary = "Reports to a municipality",
    .about = "Newest first. Reports whose reporter asked for privacy are not in it; figures count "
             "them. Words, streets and photos appear after somebody has looked at them.",
    .params = list_params,
    .param_count = COUNT_OF(list_params),
    .reply = &case_schema,
    .page = true,
    .limit_max = 500,
    .keep_seconds = 30,
    .run = list,
};

/* --- one --- */

static const struct api_param one_params[] = {
    {"number", IN_PATH, API_STR, .required = true, .max = 40,
     .about = "Number of the report; dashes and case do not matter", .example = "7K3M-Q4DA-N"},
};

static enum err one(struct api_call *c)
{
    struct req *r = c->r;
    struct cases_read v = {.c = c, .number = c->v[0].s, .today = day_today()};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_fn, &v);
    if (rc != ERR_OK)
        return rc;
    if (v.list.n == 0)
        return ERR_NOT_FOUND;
    struct case_detail *d = ARENA_NEW(r->arena, struct case_detail);
    struct note_view *notes = ARENA_ARRAY(r->arena, struct note_view, v.notes.n + 1);
    for (size_t i = 0; i < v.notes.n; i++) {
        const struct case_note *n = &v.notes.v[i];
        notes[i] = (struct note_view){
            n->at_ms, n->has_state ? str_from(case_states[n->state].code) : STR_NULL, n->words};
    }
    d->c = case_of(&v, &v.list.v[0]);
    d->notes = (struct api_list){notes, v.notes.n};
    c->reply = d;
    return ERR_OK;
}

const struct api_endpoint api_case = {
    .id = "getCase",
    .tag = "Reports",
    .summary = "One report with its history",
    .about = "404 also for a private report and for one that is held back for a look.",
    .params = one_params,
    .param_count = COUNT_OF(one_params),
    .reply = &detail_schema,
    .keep_seconds = 30,
    .run = one,
};

/* --- sending --- */

static const char *lang_value(size_t i)
{
    return i < LANG__MAX ? lang_code((enum lang)i) : NULL;
}

enum {
    R_UNIT,
    R_SERVICE,
    R_FAULT,
    R_VILLAGE,
    R_STREET,
    R_LAT,
    R_LON,
    R_WORDS,
    R_PRIVATE,
    R_LANG,
    R_NAME,
    R_EMAIL,
    R_PHONE,
};
static const struct api_param report_params[] = {
    [R_UNIT] = API_UNIT_PARAM,
    [R_SERVICE] = {"service", IN_BODY, API_CODE, .max = 40, .example = "water",
                   .about = "Code of the service; may be left out when fault is given"},
    [R_FAULT] = {"fault", IN_BODY, API_CODE, .max = 60, .example = "water.leak",
                 .about = "Code of the fault; without one `words` are needed"},
    [R_VILLAGE] = {"village", IN_BODY, API_CODE, .max = 14,
                   .about = "SOATE code; found from lat and lon when left out"},
    [R_STREET] = {"street", IN_BODY, API_STR, .max = CASE_MAX_STREET, .about = "Street or landmark",
                  .example = "Достук 5"},
    [R_LAT] = {"lat", IN_BODY, API_NUMBER, .about = "Latitude (WGS84)", .example = "42.2"},
    [R_LON] = {"lon", IN_BODY, API_NUMBER, .about = "Longitude", .example = "75.7"},
    [R_WORDS] = {"words", IN_BODY, API_STR, .max = CASE_MAX_WORDS, .about = "What is wrong"},
    [R_PRIVATE] = {"private", IN_BODY, API_BOOL, .about = "Never show it in public"},
    [R_LANG] = {"lang", IN_BODY, API_CODE, .max = 2, .values = lang_value,
                .about = "Language of messages to the reporter"},
    [R_NAME] = {"name", IN_BODY, API_STR, .max = 100, .about = "Reporter; staff only"},
    [R_EMAIL] = {"email", IN_BODY, API_STR, .max = 254, .about = "Where answers go; staff only"},
    [R_PHONE] = {"phone", IN_BODY, API_STR, .max = 32, .about = "Reporter; staff only"},
};

struct receipt_view {
    struct str number, token, page_url;
    int64_t due;
    bool repeated;
};
static const struct api_field receipt_fields[] = {
    API_FIELD_NULL(struct receipt_view, number, API_STR,
                   "Number of the report; null while it is held back for a look"),
    API_FIELD(struct receipt_view, token, API_STR,
              "Leads to the number at /open311/v2/tokens/ once somebody has looked"),
    API_FIELD_NULL(struct receipt_view, due, API_DAY, "The day promised by the charter"),
    API_FIELD(struct receipt_view, repeated, API_BOOL,
              "The Idempotency-Key was known: this is the earlier report"),
    API_FIELD_NULL(struct receipt_view, page_url, API_URL, "Its page for people"),
};
static const struct api_schema receipt_schema =
    API_SCHEMA("Receipt", struct receipt_view, receipt_fields, "What became of a report sent");

/* Which member a fault of the rules is about. */
static const char *const members[] = {
    [CASE_FIELD_WHOLE] = "body",    [CASE_FIELD_SERVICE] = "service",
    [CASE_FIELD_FAULT] = "fault",   [CASE_FIELD_VILLAGE] = "village",
    [CASE_FIELD_STREET] = "street", [CASE_FIELD_POINT] = "lat",
    [CASE_FIELD_WORDS] = "words",   [CASE_FIELD_PHOTOS] = "body",
    [CASE_FIELD_NAME] = "name",     [CASE_FIELD_EMAIL] = "email",
    [CASE_FIELD_PHONE] = "phone",
};

static struct str bearer(const struct req *r)
{
    struct str header = req_header(r, "Authorization");
    return header.n > 7 && str_eq_nocase_ascii(str_slice(header, 0, 7), STR("Bearer "))
               ? str_trim(str_slice(header, 7, header.n))
               : STR_NULL;
}

static void read_report(struct api_call *c, struct sent_report *report)
{
    const struct api_value *v = c->v;
    report->in = (struct case_input){
        .unit = c->r->unit,
        .channel = STR("api"),
        .service = v[R_SERVICE].s,
        .fault = v[R_FAULT].s,
        .village = v[R_VILLAGE].s,
        .street = v[R_STREET].s,
        .has_point = v[R_LAT].set && v[R_LON].set,
        .lat = v[R_LAT].f,
        .lon = v[R_LON].f,
        .words = v[R_WORDS].s,
        .hide = v[R_PRIVATE].b,
        .lang = c->r->ui.lang,
        .reporter_name = v[R_NAME].s,
        .reporter_email = v[R_EMAIL].s,
        .reporter_phone = v[R_PHONE].s,
    };
    if (v[R_LANG].set && !lang_parse(v[R_LANG].s, &report->in.lang))
        api_fault(c, "lang", MSG_api_text);
    if (v[R_LAT].set != v[R_LON].set)
        api_fault(c, v[R_LAT].set ? "lon" : "lat", MSG_api_missing);
    report->digest = open311_digest(c->r->arena, c->r->http->body);
    if (!open311_once(c->r, &report->once))
        api_fault(c, "Idempotency-Key", MSG_api_once);
}

static enum err send(struct api_call *c)
{
    struct req *r = c->r;
    struct sent_report report = {0};
    struct sent_receipt receipt = {0};
    struct case_faults faults = {0};
    struct receipt_view *view = ARENA_NEW(r->arena, struct receipt_view);
    struct str key = bearer(r);
    if (!key.p) {
        r->error_detail = MSG_api_key_missing;
        return ERR_LOGIN;
    }
    enum err rc = open311_check_key(r, key, r->unit, &report.key_id);
    if (rc == ERR_DENIED)
        r->error_detail = MSG_api_key_wrong;
    if (rc != ERR_OK)
        return rc;
    read_report(c, &report);
    if (c->faults.n)
        return ERR_INPUT;
    rc = open311_send(r, &report, &receipt, &faults);
    if (rc == ERR_INPUT && !faults.n)
        return ERR_CONFLICT;
    for (size_t i = 0; i < faults.n; i++) {
        INVARIANT(faults.v[i].field < COUNT_OF(members));
        api_fault(c, members[faults.v[i].field], faults.v[i].m);
    }
    if (rc != ERR_OK)
        return rc;
    *view = (struct receipt_view){
        .number = receipt.held ? STR_NULL : receipt.number,
        .token = receipt.token,
        .due = receipt.due_day,
        .repeated = receipt.repeated,
        .page_url = receipt.held ? STR_NULL : api_url(r, "/c/%.*s", STRF(receipt.number)),
    };
    c->reply = view;
    c->status = receipt.repeated ? 200 : 201;
    return ERR_OK;
}

const struct api_endpoint api_report = {
    .id = "sendReport",
    .tag = "Reports",
    .summary = "Report something",
    .about = "With an Idempotency-Key header a repeated request gives the first report again; the "
             "same key with another body is 409.",
    .params = report_params,
    .param_count = COUNT_OF(report_params),
    .reply = &receipt_schema,
    .keyed = true,
    .run = send,
};
