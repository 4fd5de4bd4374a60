/*
 * A report that a program sends: its key, its idempotency key, and keeping it once with the record
 * of who sent it.
 */
#include "voice/open311/open311_internal.h"
#include "voice/open311/open311_sql.h"

#include "community/people/people.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/ratelimit.h"

#include <sodium.h>

#define ONCE_MIN 8
#define ONCE_MAX 255
#define TOKEN_BYTES 16

/* A gateway of a messenger sends for many people; the limit is for a program gone wild. */
static const struct rate_limit reports_of_a_key = {120, 240};
static const struct rate_limit wrong_keys = {10, 20};

bool open311_once(const struct req *r, struct str *once)
{
    *once = str_trim(req_header(r, "Idempotency-Key"));
    if (!once->n) {
        *once = STR_NULL;
        return true;
    }
    for (size_t i = 0; i < once->n; i++)
        if (once->p[i] <= ' ' || once->p[i] > '~')
            return false;
    return once->n >= ONCE_MIN && once->n <= ONCE_MAX;
}

struct str open311_digest(struct arena *a, struct str body)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    struct buf *out = buf_in(a);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)(body.p ? body.p : ""), body.n,
                       NULL, 0);
    buf_base64url(out, hash, sizeof hash);
    return buf_view(out);
}

/* --- the key --- */

struct key_read {
    struct arena *arena;
    struct str key, unit;
    int64_t id;
};

static enum err key_fn(struct tx *tx, void *arg)
{
    struct key_read *k = arg;
    return people_check_api_key(tx, k->arena, k->key, k->unit, &k->id);
}

static bool within(struct req *r, const char *purpose, struct str key, struct rate_limit limit)
{
    int64_t wait_ms;
    /* Switched off together with the limits of the program (benchmarks, gateways). */
    return r->app->limits[RATE_WRITE].per_minute < 0 ||
           app_rate_allows(r->app, purpose, key, limit, &wait_ms);
}

enum err open311_check_key(struct req *r, struct str key, struct str unit, int64_t *key_id)
{
    char address[64];
    struct key_read k = {.arena = r->arena, .key = key, .unit = unit};
    enum err rc = key.n ? db_read(r->db, SCOPE_COUNTRY, key_fn, &k) : ERR_DENIED;
    *key_id = k.id;
    if (rc == ERR_DENIED && !within(r, "open311 wrong key",
                                    ratelimit_address_key(r->http->address, address), wrong_keys))
        return ERR_RATE;
    if (rc == ERR_OK && !within(r, "open311 key", arena_printf(r->arena, "%lld", (long long)k.id),
                                reports_of_a_key))
        return ERR_RATE;
    return rc;
}

/* --- keeping --- */

struct sending {
    struct app *app;
    struct arena *arena;
    const struct sent_report *report;
    struct case_identity identity;
    struct str token;
    struct case_receipt kept;
    struct sent_receipt *out;
    bool other_request; /* the idempotency key stands for something else */
};

static enum err find_earlier(struct sending *s, struct tx *tx, bool *found)
{
    struct sql_request_by_once_row row = {0};
    *found = false;
    if (!s->report->once.p)
        return ERR_OK;
    tx_idempotent(tx);
    enum err rc = sql_request_by_once(tx, s->arena, &row, .unit = s->report->in.unit,
                                      .key_id = s->report->key_id, .once = s->report->once);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    *found = true;
    s->other_request = !str_eq(row.digest, s->report->digest);
    *s->out = (struct sent_receipt){.number = row.number, .token = row.token, .repeated = true};
    return ERR_OK;
}

static enum err keep_fn(struct tx *tx, void *arg)
{
    struct sending *s = arg;
    const struct sent_report *report = s->report;
    struct case_faults faults = {0};
    enum err rc = ERR_OK;
    bool found;
    TRY(find_earlier(s, tx, &found));
    if (found)
        goto out;
    TRY(cases_report(s->app, tx, s->arena, &report->in, &s->identity, &s->kept));
    TRY(sql_request_put(tx, NULL, .unit = report->in.unit, .token = s->token,
                        .number = s->kept.number, .key_id = s->report->key_id, .once = report->once,
                        .digest = report->digest, .at_ms = clock_now_ms()));
    if (report->media_url.n) {
        struct case_change change = {
            .unit = report->in.unit, .id = s->identity.id, .by = CASE_BY_SYSTEM};
        TRY(cases_note(s->app, tx, s->arena, &change, report->media_url, &faults));
    }
    *s->out = (struct sent_receipt){.number = s->kept.number,
                                    .token = s->token,
                                    .due_day = s->kept.due_day,
                                    .held = s->kept.held};
out:
    return rc;
}

/* What a repetition says is what is true now: somebody may have looked since. */
static enum err look_fn(struct tx *tx, void *arg)
{
    struct sending *s = arg;
    struct case_public c = {0};
    struct str unit;
    int64_t id;
    enum err rc = cases_find(tx, s->arena, s->out->number, &unit, &id);
    if (rc == ERR_OK)
        rc = cases_get_public(tx, s->arena, unit, id, day_today(), &c);
    s->out->held = rc == ERR_NOT_FOUND;
    s->out->due_day = c.due_day;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err open311_send(struct req *r, struct sent_report *report, struct sent_receipt *out,
                      struct case_faults *faults)
{
    struct sending s = {.app = r->app, .arena = r->arena, .report = report, .out = out};
    enum err rc = cases_check(r->app, r->arena, &report->in, faults);
    if (rc != ERR_OK)
        return rc;
    s.identity.secret = cases_secret(r->app, r->arena, report->in.unit, STR_NULL);
    /* A number in use is a matter of one in a thousand millions; a request with the same key that
     * was faster is found at the second try. */
    for (int attempt = 0; attempt < 3; attempt++) {
        s.identity.id = id_new();
        s.identity.number = id_number(r->arena);
        s.token = id_secret(r->arena, TOKEN_BYTES);
        rc = db_append(r->db, report->in.unit, keep_fn, &s);
        if (rc != ERR_CONFLICT)
            break;
    }
    if (rc == ERR_OK && s.other_request)
        return ERR_INPUT;
    if (rc == ERR_OK && out->repeated)
        rc = db_read(r->db, SCOPE_COUNTRY, look_fn, &s);
    return rc;
}
