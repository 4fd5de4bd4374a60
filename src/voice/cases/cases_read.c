/*
 * Reading cases: one, lists, events, photos, contacts.
 */
#include "voice/cases/cases_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/formats/geo.h"
#include "platform/trail/audit.h"

#include <math.h>

#define SIMILAR_METRES 300.0
#define SIMILAR_DAYS 30
#define PUBLIC_STEPS 1000.0 /* CASE_PUBLIC_DECIMALS */
#define PUBLIC_METRES 100.0 /* the most that rounding may move a position */

/* The one place where a position becomes public. */
static double public_degrees(double exact)
{
    return round(exact * PUBLIC_STEPS) / PUBLIC_STEPS;
}

struct case_public case_public_of(struct str unit, const struct sql_public_get_row *r,
                                  int64_t today)
{
    struct case_public c = {
        .unit = unit,
        .id = r->id,
        .number = r->number,
        .service = r->service,
        .fault = r->fault,
        .village = r->village,
        .street = r->street,
        .has_point = r->lat == r->lat && r->lon == r->lon, /* NAN: none */
        .words = r->words,
        .hide = r->hide != 0,
        .state_ms = r->state_ms,
        .created_ms = r->created_ms,
        .changed_ms = r->changed_ms,
        .due_day = r->due_day.set ? r->due_day.v : 0,
        .answer = r->answer,
        .answered_ms = r->answered_ms.set ? r->answered_ms.v : 0,
        .resolved_ms = r->resolved_ms.set ? r->resolved_ms.v : 0,
        .duplicate_of = r->duplicate_of,
        .passed_to = r->passed_to,
        .support = r->support,
        .photos = r->photos,
        .stars = r->stars.set ? r->stars.v : 0,
    };
    INVARIANT(case_state_parse(r->state, &c.state));
    c.lat = c.has_point ? public_degrees(r->lat) : 0;
    c.lon = c.has_point ? public_degrees(r->lon) : 0;
    int64_t until = r->open ? today : r->resolved_day.set ? r->resolved_day.v : 0;
    if (r->due_day.set && until > r->due_day.v)
        c.late_days = until - r->due_day.v;
    return c;
}

enum err cases_find(struct tx *tx, struct arena *a, struct str number, struct str *unit,
                    int64_t *id)
{
    struct str canonical;
    struct sql_case_number_get_row row = {0};
    if (!id_number_parse(a, number, &canonical))
        return ERR_NOT_FOUND;
    enum err rc = sql_case_number_get(tx, a, &row, .number = canonical);
    *unit = row.unit;
    *id = row.id;
    return rc;
}

enum err cases_get_public(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                          int64_t today, struct case_public *out)
{
    struct sql_public_get_row row = {0};
    enum err rc = sql_public_get(tx, a, &row, .unit = unit, .id = id);
    if (rc == ERR_OK)
        *out = case_public_of(arena_str(a, unit), &row, today);
    return rc;
}

enum err cases_get(struct tx *tx, struct arena *a, struct str unit, int64_t id, int64_t today,
                   struct case_record *out)
{
    struct sql_case_get_row r = {0};
    enum err rc = sql_case_get(tx, a, &r, .unit = unit, .id = id);
    if (rc != ERR_OK)
        return rc;
    bool shown = !r.hide;
    struct sql_public_get_row p = {
        .id = id,
        .number = r.number,
        .service = r.service,
        .fault = r.fault,
        .village = r.village,
        .street = shown ? r.street_public : STR_NULL,
        .lat = shown ? r.lat : NAN,
        .lon = shown ? r.lon : NAN,
        .words = shown ? r.words_public : STR_NULL,
        .hide = r.hide,
        .state = r.state,
        .state_ms = r.state_ms,
        .open = r.open,
        .created_ms = r.created_ms,
        .changed_ms = r.changed_ms,
        .due_day = r.due_day,
        .answer = r.answer,
        .answered_ms = r.answered_ms,
        .resolved_ms = r.resolved_ms,
        .resolved_day = r.resolved_day,
        .duplicate_of = r.duplicate_of,
        .passed_to = r.passed_to,
        .support = r.support,
        .photos = shown ? r.photos_public : 0,
        .stars = r.stars,
    };
    *out = (struct case_record){
        .p = case_public_of(arena_str(a, unit), &p, today),
        .version = r.version,
        .street = r.street,
        .words = r.words,
        .has_point = r.lat == r.lat && r.lon == r.lon,
        .held = r.held != 0,
        .look = r.look != 0,
        .unseen = r.unseen != 0,
        .channel = r.channel,
        .entered_by = r.entered_by,
        .assignee = r.assignee,
        .promise_id = r.promise_id,
        .words_shown = r.words_public.p != NULL,
        .street_shown = r.street_public.p != NULL,
        .photos = r.photos,
    };
    out->lat = out->has_point ? r.lat : 0;
    out->lon = out->has_point ? r.lon : 0;
    out->next = case_states[out->p.state].next;
    if (!lang_parse(r.lang, &out->lang))
        out->lang = LANG_KY;
    return ERR_OK;
}

/* --- what hangs on a case --- */

static enum case_by by_of(struct str code)
{
    return str_eq(code, STR("staff"))      ? CASE_BY_STAFF
           : str_eq(code, STR("reporter")) ? CASE_BY_REPORTER
                                           : CASE_BY_SYSTEM;
}

static struct case_event event_of(const struct sql_event_list_row *r)
{
    struct case_event e = {.id = r->id,
                           .at_ms = r->at_ms,
                           .by = by_of(r->actor),
                           .person = r->person,
                           .words = r->words,
                           .detail = r->detail,
                           .visible = (enum case_visible)r->visible};
    INVARIANT(case_event_parse(r->kind, &e.kind));
    e.has_state = r->state.p && case_state_parse(r->state, &e.state);
    return e;
}

enum err cases_events(struct tx *tx, struct arena *a, struct str unit, int64_t id, bool all,
                      struct case_events *out)
{
    struct sql_event_list_rows inside = {0};
    struct sql_event_list_public_rows shown = {0};
    enum err rc = all ? sql_event_list(tx, a, &inside, .unit = unit, .case_id = id)
                      : sql_event_list_public(tx, a, &shown, .unit = unit, .case_id = id);
    if (rc != ERR_OK)
        return rc;
    *out = (struct case_events){0};
    for (size_t i = 0; i < inside.n; i++)
        ARENA_PUSH(a, *out, event_of(&inside.v[i]));
    for (size_t i = 0; i < shown.n; i++) {
        const struct sql_event_list_public_row *r = &shown.v[i];
        struct sql_event_list_row row = {.id = r->id,
                                         .kind = r->kind,
                                         .at_ms = r->at_ms,
                                         .actor = r->actor,
                                         .state = r->state,
                                         .words = r->words,
                                         .visible = CASE_SHOWN,
                                         .detail = r->detail};
        ARENA_PUSH(a, *out, event_of(&row));
    }
    return ERR_OK;
}

enum err cases_photos(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                      struct case_photos *out)
{
    struct sql_photo_list_rows rows;
    enum err rc = sql_photo_list(tx, a, &rows, .unit = unit, .case_id = id);
    if (rc != ERR_OK)
        return rc;
    *out = (struct case_photos){0};
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_photo_list_row *r = &rows.v[i];
        struct case_photo photo = {.id = r->id,
                                   .added_ms = r->added_ms,
                                   .large = r->large,
                                   .small = r->small,
                                   .width = (int)r->width,
                                   .height = (int)r->height,
                                   .by = by_of(r->actor),
                                   .visible = (enum case_visible)r->visible};
        ARENA_PUSH(a, *out, photo);
    }
    return ERR_OK;
}

enum err cases_contact(struct app *app, struct tx *tx, struct arena *a, struct str unit, int64_t id,
                       const struct actor *reader, struct case_contact *out)
{
    struct sql_reporter_get_row row = {0};
    struct sql_case_get_row c = {0};
    enum err rc = ERR_OK;
    (void)app;
    *out = (struct case_contact){0};
    TRY(sql_reporter_get(tx, a, &row, .unit = unit, .case_id = id));
    if (!row.name.p && !row.email.p && !row.phone.p && !row.person)
        goto out;
    TRY(sql_case_get(tx, a, &c, .unit = unit, .id = id));
    TRY(audit_write(tx, reader, unit, AUDIT_READ, "case_contact", row.person, c.number, STR_NULL));
    TRY(sql_event_put(tx, NULL, .unit = unit, .case_id = id, .id = id_new(),
                      .kind = case_event_code(CASE_EVENT_CONTACT), .at_ms = clock_now_ms(),
                      .actor = case_by_code(CASE_BY_STAFF), .person = reader->person_id,
                      .state = STR_NULL, .words = STR_NULL, .visible = CASE_INSIDE,
                      .detail = STR_NULL, .trail = 0));
    *out = (struct case_contact){row.name, row.email, row.phone, row.person};
out:
    return rc;
}

/* Without a branch on the bytes: the time says nothing about where they differ. */
static bool same_bytes(struct str x, struct str y)
{
    unsigned char different = 0;
    if (x.n != y.n)
        return false;
    for (size_t i = 0; i < x.n; i++)
        different |= (unsigned char)(x.p[i] ^ y.p[i]);
    return different == 0;
}

enum err cases_check_secret(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                            int64_t id, struct str secret, bool *right)
{
    struct sql_reporter_get_row reporter = {0};
    struct sql_case_get_row row = {0};
    enum err rc = ERR_OK;
    *right = false;
    if (secret.n < 16 || secret.n > 64)
        return ERR_OK;
    TRY(sql_reporter_get(tx, a, &reporter, .unit = unit, .case_id = id));
    *right = same_bytes(reporter.secret_hash, case_secret_hash(a, secret));
    if (*right || !reporter.email.p)
        goto out;
    TRY(sql_case_get(tx, a, &row, .unit = unit, .id = id));
    *right = same_bytes(secret, case_mail_secret(app, a, row.number, reporter.email));
out:
    return rc;
}

/* --- lists --- */

struct str case_states_text(struct arena *a, unsigned states)
{
    struct buf *out = buf_in(a);
    if (!states)
        return STR_NULL;
    for (int s = 0; s < CASE__MAX; s++)
        if (states & CASE_BIT(s))
            buf_printf(out, ",%s", case_states[s].code);
    buf_char(out, ',');
    return buf_view(out);
}

bool case_all_open(unsigned states)
{
    unsigned open = 0;
    for (int s = 0; s < CASE__MAX; s++)
        open |= case_states[s].open ? CASE_BIT(s) : 0;
    return states && !(states & ~open);
}

/* The queries have rows of the same columns but of different names. */
#define TAKE_ROWS(query_, ...)                                                                     \
    do {                                                                                           \
        struct sql_##query_##_rows rows_;                                                          \
        enum err rc_ = sql_##query_(tx, a, &rows_, __VA_ARGS__);                                   \
        if (rc_ != ERR_OK)                                                                         \
            return rc_;                                                                            \
        _Static_assert(sizeof(*rows_.v) == sizeof(struct sql_public_get_row), "same columns");     \
        *out = (struct public_rows){(const struct sql_public_get_row *)(void *)rows_.v, rows_.n};  \
    } while (0)

struct public_rows {
    const struct sql_public_get_row *v;
    size_t n;
};

#define LIST_FILTERS                                                                               \
    .unit = f->unit, .fault = f->fault, .states = case_states_text(a, f->states),                  \
    .overdue = f->overdue, .today = today, .from_ms = from, .to_ms = to, .edge_ms = f->edge_ms,    \
    .edge_id = f->newer ? -f->edge_id : f->edge_id, .limit = (int64_t)f->max + 1

static enum err list_rows(struct tx *tx, struct arena *a, const struct case_filter *f,
                          int64_t today, struct public_rows *out)
{
    int64_t from = f->from_day ? day_start_ms(f->from_day) : INT64_MIN;
    int64_t to = f->to_day ? day_start_ms(f->to_day + 1) - 1 : INT64_MAX;
    if (f->edge_ms && !f->newer && f->edge_ms < to)
        to = f->edge_ms;
    if (f->edge_ms && f->newer && f->edge_ms > from)
        from = f->edge_ms;
    bool oldest = f->newer;
    bool one_state = f->states && !(f->states & (f->states - 1));

    if (f->measure != CASE_MEASURE_NONE) {
        int64_t cutoff = case_cutoff_day(a, today, f->amount, f->working_days);
        INVARIANT(f->service.p);
        TAKE_ROWS(list_service, LIST_FILTERS, .service = f->service, .village = f->village,
                  .measure = f->measure, .outcome = f->outcome, .working = f->working_days,
                  .amount = f->amount, .cutoff_day = cutoff,
                  .order = oldest ? SQL_LIST_SERVICE_OLDEST : SQL_LIST_SERVICE_NEWEST);
    } else if (f->overdue || case_all_open(f->states)) {
        TAKE_ROWS(list_open, LIST_FILTERS, .service = f->service, .village = f->village,
                  .order = oldest ? SQL_LIST_OPEN_OLDEST : SQL_LIST_OPEN_NEWEST);
    } else if (f->service.p) {
        TAKE_ROWS(list_service, LIST_FILTERS, .service = f->service, .village = f->village,
                  .order = oldest ? SQL_LIST_SERVICE_OLDEST : SQL_LIST_SERVICE_NEWEST);
    } else if (f->village.p) {
        TAKE_ROWS(list_village, LIST_FILTERS, .service = f->service, .village = f->village,
                  .order = oldest ? SQL_LIST_VILLAGE_OLDEST : SQL_LIST_VILLAGE_NEWEST);
    } else if (one_state) {
        int state = __builtin_ctz(f->states);
        TAKE_ROWS(list_state, LIST_FILTERS, .service = f->service, .village = f->village,
                  .state = str_from(case_states[state].code),
                  .order = oldest ? SQL_LIST_STATE_OLDEST : SQL_LIST_STATE_NEWEST);
    } else {
        TAKE_ROWS(list_all, LIST_FILTERS, .service = f->service, .village = f->village,
                  .order = oldest ? SQL_LIST_ALL_OLDEST : SQL_LIST_ALL_NEWEST);
    }
    return ERR_OK;
}

enum err cases_list(struct app *app, struct tx *tx, struct arena *a, const struct case_filter *f,
                    int64_t today, struct case_list *out)
{
    struct public_rows rows = {0};
    enum err rc = list_rows(tx, a, f, today, &rows);
    (void)app;
    *out = (struct case_list){0};
    if (rc != ERR_OK)
        return rc;
    out->more = rows.n > f->max;
    size_t n = out->more ? f->max : rows.n;
    struct str unit = arena_str(a, f->unit);
    for (size_t i = 0; i < n; i++) {
        size_t k = f->newer ? n - 1 - i : i;
        ARENA_PUSH(a, *out, case_public_of(unit, &rows.v[k], today));
    }
    return ERR_OK;
}

/* Nearest first; those without a position behind, newest first. */
static double metres_to(const struct case_similar *like, const struct case_public *c)
{
    if (!like->has_point || !c->has_point)
        return SIMILAR_METRES;
    return geo_metres((struct geo_point){.lon = like->lon, .lat = like->lat},
                      (struct geo_point){.lon = c->lon, .lat = c->lat});
}

static void put_nearest_first(struct case_list *list, const struct case_similar *like)
{
    for (size_t i = 1; i < list->n; i++)
        for (size_t k = i; k > 0 && metres_to(like, &list->v[k]) < metres_to(like, &list->v[k - 1]);
             k--) {
            struct case_public swap = list->v[k];
            list->v[k] = list->v[k - 1];
            list->v[k - 1] = swap;
        }
}

static enum err similar_rows(struct tx *tx, struct arena *a, struct str unit,
                             const struct case_similar *like, struct public_rows *out)
{
    struct buf *key = buf_in(a);
    utf8_search_key(key, like->street);
    struct geo_box box = {NAN, NAN, NAN, NAN};
    /* Wider than is asked for: what is near is judged by the public position, else somebody who
     * asks again and again could find the very place from which question on a report appears. */
    if (like->has_point)
        box = geo_box_around((struct geo_point){.lon = like->lon, .lat = like->lat},
                             SIMILAR_METRES + PUBLIC_METRES);
    TAKE_ROWS(similar_fault, .unit = unit, .fault = like->fault.p ? like->fault : STR(""),
              .service = like->service, .since_ms = clock_now_ms() - SIMILAR_DAYS * MS_DAY,
              .village = str_empty(like->village) ? STR_NULL : like->village,
              .street_key = key->n ? buf_view(key) : STR_NULL, .south = box.south,
              .north = box.north, .west = box.west, .east = box.east, .limit = 50);
    return ERR_OK;
}

enum err cases_similar(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                       const struct case_similar *like, size_t max, struct case_list *out)
{
    struct public_rows rows = {0};
    enum err rc = similar_rows(tx, a, unit, like, &rows);
    int64_t today = day_today();
    (void)app;
    *out = (struct case_list){0};
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++) {
        struct case_public c = case_public_of(arena_str(a, unit), &rows.v[i], today);
        bool same_street = rows.v[i].village.p && str_eq(c.village, like->village);
        /* The box is square; and a street of the same name lies in the same village. */
        if (metres_to(like, &c) <= SIMILAR_METRES && (same_street || c.has_point))
            ARENA_PUSH(a, *out, c);
    }
    put_nearest_first(out, like);
    out->more = out->n > max;
    if (out->more)
        out->n = max;
    return ERR_OK;
}
