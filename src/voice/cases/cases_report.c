/*
 * A new report: checked, completed, kept once.
 *
 * The transaction that keeps it writes no row that another report writes, so that any number of
 * people may report the same service of the same village at once: the totals get a row to be added
 * (cases_fold.c), the key of a form is guarded by its unique index.
 */
#include "voice/cases/cases_internal.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/formats/geo.h"

#include <math.h>
#include <sodium.h>

/* A position further from the municipality than this is a slip: pastures lie far out, the next
 * oblast does not. */
#define FARTHEST_METRES 80000.0
/* The same words this often within a day are a flood, not people. */
#define SAME_WORDS_HELD 2
#define SAME_WORDS_REFUSED 10
/* Shorter words are often the same: "no water". */
#define SAME_WORDS_LENGTH 30

/* --- checking --- */

static void check_what(struct app *app, struct arena *a, struct case_input *in,
                       struct case_faults *faults)
{
    const struct catalogue *catalogue = catalogue_get(app, a);
    const struct service_kind *kind = NULL;
    const struct service_fault *fault = NULL;
    if (!str_empty(in->fault)) {
        fault = catalogue_find_fault(catalogue, in->fault, &kind);
        if (!fault || (!str_empty(in->service) && !str_eq(in->service, kind->code))) {
            case_fault(a, faults, CASE_FIELD_FAULT, MSG_cases_fault_fault);
            return;
        }
    } else if (!str_empty(in->service)) {
        kind = catalogue_find(catalogue, in->service);
    }
    if (!kind) {
        case_fault(a, faults, CASE_FIELD_SERVICE,
                   str_empty(in->service) ? MSG_cases_fault_service_missing
                                          : MSG_cases_fault_service);
        return;
    }
    in->service = kind->code;
    in->fault = fault ? fault->code : STR("");
    in->hide = in->hide || (fault && fault->private_by_default);
}

static bool in_country(double lat, double lon)
{
    return lat >= 39.0 && lat <= 43.5 && lon >= 69.0 && lon <= 80.5;
}

static void check_where(struct app *app, struct arena *a, struct case_input *in,
                        struct case_faults *faults)
{
    const struct territory *t = territory_get(app, a);
    const struct place *unit = territory_find(t, in->unit), *village = NULL;
    in->street = str_trim(in->street);
    if (!unit || unit->successor || !place_is_municipality(unit)) {
        case_fault(a, faults, CASE_FIELD_WHOLE, MSG_cases_fault_unit);
        return;
    }
    if (!str_empty(in->village)) {
        village = territory_find(t, in->village);
        if (!village || village->kind != PLACE_VILLAGE || !place_within(village, unit))
            case_fault(a, faults, CASE_FIELD_VILLAGE, MSG_cases_fault_village);
    }
    if (!utf8_is_text(in->street))
        case_fault(a, faults, CASE_FIELD_STREET, MSG_cases_fault_text);
    else if (utf8_length(in->street) > CASE_MAX_STREET)
        case_fault(a, faults, CASE_FIELD_STREET, MSG_cases_fault_street_long);
    if (in->has_point &&
        (!in_country(in->lat, in->lon) ||
         (unit->has_point &&
          geo_metres((struct geo_point){.lon = unit->lon, .lat = unit->lat},
                     (struct geo_point){.lon = in->lon, .lat = in->lat}) > FARTHEST_METRES)))
        case_fault(a, faults, CASE_FIELD_POINT, MSG_cases_fault_point);
    else if (in->has_point && !village) {
        double metres;
        village = territory_nearest(t, in->lat, in->lon, &metres);
        village = village && place_within(village, unit) ? village : NULL;
    }
    if (!village && str_empty(in->village) && unit->child_count == 1)
        village = unit->children[0];
    if (village)
        in->village = village->code;
    else if (str_empty(in->village) && !in->has_point && str_empty(in->street))
        case_fault(a, faults, CASE_FIELD_VILLAGE, MSG_cases_fault_where);
}

static void check_line(struct arena *a, struct str *s, size_t max, enum case_field field,
                       struct case_faults *faults)
{
    *s = str_trim(*s);
    if (str_empty(*s))
        *s = STR_NULL;
    else if (!utf8_is_text(*s) || utf8_length(*s) > max || str_find_char(*s, '\n') >= 0)
        case_fault(a, faults, field, MSG_cases_fault_text);
}

static void check_who(struct arena *a, struct case_input *in, struct case_faults *faults)
{
    check_line(a, &in->reporter_name, 100, CASE_FIELD_NAME, faults);
    check_line(a, &in->reporter_email, 254, CASE_FIELD_EMAIL, faults);
    check_line(a, &in->reporter_phone, 32, CASE_FIELD_PHONE, faults);
    if (in->reporter_email.p && !email_address_ok(in->reporter_email))
        case_fault(a, faults, CASE_FIELD_EMAIL, MSG_cases_fault_email);
    for (size_t i = 0; i < in->reporter_phone.n; i++)
        if (!strchr("+0123456789 ()-", in->reporter_phone.p[i])) {
            case_fault(a, faults, CASE_FIELD_PHONE, MSG_cases_fault_phone);
            break;
        }
}

enum err cases_check(struct app *app, struct arena *a, struct case_input *in,
                     struct case_faults *faults)
{
    check_what(app, a, in, faults);
    check_where(app, a, in, faults);
    /* A fault with a name says enough; "something about the water" needs words. */
    bool enough = !str_empty(in->fault) || in->photo_count > 0;
    case_check_words(a, &in->words, enough ? MSG_NONE : MSG_cases_fault_words_missing, faults);
    case_check_photos(a, 0, in->photo_count, faults);
    check_who(a, in, faults);
    return faults->n ? ERR_INPUT : ERR_OK;
}

/* --- secrets --- */

struct str cases_secret(struct app *app, struct arena *a, struct str unit, struct str once)
{
    if (str_empty(once))
        return id_secret(a, 16);
    unsigned char hash[crypto_generichash_BYTES_MIN];
    struct str text = arena_printf(a, "case secret\n%.*s\n%.*s", STRF(unit), STRF(once));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text.p, text.n, app->key,
                       sizeof app->key);
    struct buf *out = buf_in(a);
    buf_base64url(out, hash, sizeof hash);
    return buf_view(out);
}

struct str case_mail_secret(struct app *app, struct arena *a, struct str number, struct str email)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    struct str text = arena_printf(a, "case mail\n%.*s\n%.*s", STRF(number), STRF(email));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text.p, text.n, app->key,
                       sizeof app->key);
    struct buf *out = buf_in(a);
    buf_base64url(out, hash, sizeof hash);
    return buf_view(out);
}

struct str case_secret_hash(struct arena *a, struct str secret)
{
    /* The secret is random in full length, so a plain hash is enough (no salt, no stretching). */
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)secret.p, secret.n);
    struct buf *out = buf_in(a);
    buf_hex(out, hash, sizeof hash);
    return buf_view(out);
}

/* --- keeping --- */

static struct i64_opt words_hash(struct arena *a, struct str words)
{
    struct buf *key = buf_in(a);
    utf8_search_key(key, words);
    if (utf8_length(buf_view(key)) < SAME_WORDS_LENGTH)
        return I64_NONE;
    int64_t hash = 0;
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)key->p, key->n, NULL, 0);
    memcpy(&hash, bytes, sizeof hash);
    return I64(hash);
}

/* What staff find the report by; see 002_desk.sql. */
static struct str search_key(struct arena *a, struct str number, const struct case_input *in)
{
    struct buf *key = buf_in(a);
    const struct str parts[] = {number, in->street, in->words};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        buf_char(key, ' ');
        utf8_search_key(key, parts[i]);
    }
    return buf_view(key);
}

static enum err repeated_receipt(const struct sql_case_by_once_row *known,
                                 const struct case_identity *identity, struct case_receipt *out)
{
    *out = (struct case_receipt){.number = known->number,
                                 .secret = identity->secret,
                                 .due_day = known->due_day.set ? known->due_day.v : 0,
                                 .repeated = known->id != identity->id};
    return ERR_OK;
}

static enum err put_first_event(struct tx *tx, struct arena *a, const struct case_input *in,
                                const struct case_identity *identity, int64_t at_ms)
{
    struct sql_event_put_in put = {.unit = in->unit,
                                   .case_id = identity->id,
                                   .id = id_new(),
                                   .kind = case_event_code(CASE_EVENT_REPORT),
                                   .at_ms = at_ms,
                                   .actor = case_by_code(CASE_BY_REPORTER),
                                   .person = in->entered_by,
                                   .state = str_from(case_states[CASE_RECEIVED].code),
                                   .visible = CASE_SHOWN,
                                   .detail = in->entered_by ? in->channel : STR_NULL};
    enum err rc = case_trail(tx, a, identity->number, &put);
    return rc != ERR_OK ? rc : sql_event_put_run(tx, NULL, &put);
}

enum err cases_report(struct app *app, struct tx *tx, struct arena *a, const struct case_input *in,
                      const struct case_identity *identity, struct case_receipt *out)
{
    struct sql_case_by_once_row known = {0};
    struct sql_case_get_row row = {0};
    struct sql_case_same_words_row same = {0};
    enum err rc = ERR_OK;
    int64_t at_ms = in->at_ms ? in->at_ms : clock_now_ms(), day = day_of_ms(at_ms);
    int64_t id = identity->id;
    bool staff = in->entered_by != 0;

    if (!str_empty(in->once)) {
        tx_idempotent(tx);
        rc = sql_case_by_once(tx, a, &known, .unit = in->unit, .once = in->once);
        if (rc == ERR_OK)
            return repeated_receipt(&known, identity, out);
        if (rc != ERR_NOT_FOUND)
            return rc;
    }
    struct i64_opt hash = staff ? I64_NONE : words_hash(a, in->words);
    if (hash.set)
        TRY(sql_case_same_words(tx, a, &same, .unit = in->unit, .words_hash = hash.v,
                                .since_ms = at_ms - MS_DAY));
    if (same.n >= SAME_WORDS_REFUSED)
        FAIL(ERR_RATE);

    row.held = !staff && (in->suspicious || same.n >= SAME_WORDS_HELD);
    /* What staff type for somebody they have looked at already. */
    row.unseen = !staff && (row.held || !str_empty(in->words) || !str_empty(in->street));
    bool show = staff && !in->hide;
    TRY(case_deadline(app, tx, a, in->unit, in->service, in->fault, day, &row.promise_id,
                      &row.due_day));
    struct buf *key = buf_in(a);
    utf8_search_key(key, in->street);
    TRY(sql_case_number_put(tx, NULL, .number = identity->number, .unit = in->unit, .id = id));
    TRY(sql_case_put(
        tx, NULL, .unit = in->unit, .id = id, .number = identity->number,
        .once = str_empty(in->once) ? STR_NULL : in->once, .service = in->service,
        .fault = in->fault, .village = str_empty(in->village) ? STR_NULL : in->village,
        .street = str_empty(in->street) ? STR_NULL : in->street,
        .street_key = str_empty(in->street) ? STR_NULL : buf_view(key),
        .street_public = show && !str_empty(in->street) ? in->street : STR_NULL,
        .lat = in->has_point ? in->lat : NAN, .lon = in->has_point ? in->lon : NAN,
        .words = str_empty(in->words) ? STR_NULL : in->words,
        .words_public = show && !str_empty(in->words) ? in->words : STR_NULL, .words_hash = hash,
        .hide = in->hide, .held = row.held, .unseen = row.unseen,
        .look = row.unseen || (in->photo_count > 0 && !staff),
        .lang = str_from(lang_code(in->lang)), .channel = in->channel, .entered_by = in->entered_by,
        .state = str_from(case_states[CASE_RECEIVED].code), .created_ms = at_ms, .created_day = day,
        .promise_id = row.promise_id, .due_day = row.due_day, .photos = (int64_t)in->photo_count,
        .photos_public = show ? (int64_t)in->photo_count : 0,
        .search_key = search_key(a, identity->number, in)));
    TRY(sql_reporter_put(tx, NULL, .unit = in->unit, .case_id = id,
                         .secret_hash = case_secret_hash(a, identity->secret),
                         .name = in->reporter_name, .email = in->reporter_email,
                         .phone = in->reporter_phone, .person = in->reporter_person));
    TRY(put_first_event(tx, a, in, identity, at_ms));
    for (size_t i = 0; i < in->photo_count; i++)
        TRY(sql_photo_put(tx, NULL, .unit = in->unit, .case_id = id, .id = id_new(),
                          .large = in->photos[i].large, .small = in->photos[i].small,
                          .width = in->photos[i].width, .height = in->photos[i].height,
                          .actor = case_by_code(staff ? CASE_BY_STAFF : CASE_BY_REPORTER),
                          .added_ms = at_ms,
                          .visible = show    ? CASE_SHOWN
                                     : staff ? CASE_INSIDE
                                             : CASE_WAITS));
    row.created_day = day;
    row.created_ms = at_ms;
    row.service = in->service;
    TRY(case_totals_move(tx, a, STR_NULL, NULL, in->unit, &row));
    *out = (struct case_receipt){.number = identity->number,
                                 .secret = identity->secret,
                                 .due_day = row.due_day.set ? row.due_day.v : 0,
                                 .held = row.held != 0};
    TRY(case_notify_new(app, tx, a, in, out));
out:
    return rc;
}

struct submission {
    struct app *app;
    const struct case_input *in;
    struct case_identity identity;
    struct case_receipt receipt;
    struct arena *arena;
};

static enum err submit_in_transaction(struct tx *tx, void *arg)
{
    struct submission *s = arg;
    return cases_report(s->app, tx, s->arena, s->in, &s->identity, &s->receipt);
}

enum err cases_submit(struct app *app, struct arena *a, struct case_input *in,
                      struct case_receipt *out, struct case_faults *faults)
{
    enum err rc = cases_check(app, a, in, faults);
    if (rc != ERR_OK)
        return rc;
    struct submission s = {.app = app, .in = in, .arena = a};
    s.identity.secret = cases_secret(app, a, in->unit, in->once);
    /* A number in use is a matter of one in a thousand millions; a second report with the same key
     * that slipped in between is found at the second try. */
    for (int attempt = 0; attempt < 3; attempt++) {
        s.identity.id = in->at_ms ? id_at(in->at_ms) : id_new();
        s.identity.number = id_number(a);
        rc = db_append(app->db, in->unit, submit_in_transaction, &s);
        if (rc != ERR_CONFLICT)
            break;
    }
    if (rc == ERR_OK)
        *out = s.receipt;
    return rc;
}
