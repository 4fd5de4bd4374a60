/* Messages on their way out: written, sent by a job, swept, and reported on. */
#include "platform/channels/outbox.h"

#include "platform/channels/email.h"
#include "platform/channels/outbox_internal.h"
#include "platform/core/log.h"
#include "platform/net/http_client.h"

#define SEND_JOB "outbox_send"
/* Codes are valid for ten minutes at most; mail servers may take some of that. */
#define SECRET_USE_MS (30 * MS_MINUTE)
#define SWEEP_MS (5 * MS_MINUTE)

enum { MOST_ATTEMPTS = 6, MOST_SWEPT = 1000, MOST_SUBJECT = 300 };

/* --- writing --- */

enum err outbox_enqueue(struct tx *tx, struct str unit, int64_t id)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)id);
    struct str payload = str_of(text, (size_t)n);
    return job_enqueue(tx, unit, SEND_JOB, payload, 0, payload);
}

enum err outbox_put(struct tx *tx, const struct outbox_message *m)
{
    enum err rc = ERR_OK;
    INVARIANT(strcmp(m->channel, "email") == 0);
    if (!email_address_ok(m->to))
        return ERR_INPUT;
    int64_t id = id_new();
    TRY(sql_outbox_add(tx, NULL, .unit = m->unit, .id = id, .channel = str_from(m->channel),
                       .address = m->to, .person_id = m->person_id ? I64(m->person_id) : I64_NONE,
                       .lang = str_from(lang_code(m->lang)),
                       .subject = utf8_prefix(m->subject, MOST_SUBJECT), .body = m->body,
                       .cause = str_from(m->cause),
                       .cause_id = m->cause_id.p ? m->cause_id : STR(""), .secret = m->secret,
                       .now_ms = clock_now_ms()));
    rc = outbox_enqueue(tx, m->unit, id);
out:
    return rc;
}

enum err outbox_of_person(struct tx *tx, struct arena *a, int64_t person_id,
                          struct outbox_records *out)
{
    struct sql_outbox_of_person_rows rows;
    enum err rc = sql_outbox_of_person(tx, a, &rows, .person_id = person_id, .limit = 200);
    *out = (struct outbox_records){0};
    if (rc != ERR_OK)
        return rc;
    out->v = ARENA_ARRAY(a, struct outbox_record, rows.n);
    for (out->n = 0; out->n < rows.n; out->n++) {
        const struct sql_outbox_of_person_row *r = &rows.v[out->n];
        out->v[out->n] = (struct outbox_record){r->unit,    r->id,    r->channel, r->address,
                                                r->subject, r->cause, r->state,   r->created_ms};
    }
    return ERR_OK;
}

/* --- sending --- */

struct sending {
    struct arena *a;
    struct str unit;
    int64_t id;
    struct sql_outbox_get_row row;
    int64_t attempts;
    const char *state; /* NULL: goes on waiting */
    struct str detail;
};

static enum err load(struct tx *tx, void *arg)
{
    struct sending *s = arg;
    return sql_outbox_get(tx, s->a, &s->row, .unit = s->unit, .id = s->id);
}

static enum err note(struct tx *tx, void *arg)
{
    const struct sending *s = arg;
    if (!s->state)
        return sql_outbox_try(tx, NULL, .unit = s->unit, .id = s->id, .attempts = s->attempts,
                              .detail = s->detail);
    bool kept = strcmp(s->state, "kept") == 0; /* the demo's page shows codes too */
    return sql_outbox_end(tx, NULL, .unit = s->unit, .id = s->id, .state = str_from(s->state),
                          .attempts = s->attempts, .detail = s->detail,
                          .erase = s->row.secret && !kept, .now_ms = clock_now_ms());
}

/* Gives the message to the mail server; what came of it is in s->state and s->detail. */
static enum err hand_over(struct sending *s, const struct email_settings *settings)
{
    struct email e = {.id = s->id,
                      .to = s->row.address,
                      .subject = s->row.subject,
                      .body = s->row.body,
                      .written_ms = s->row.created_ms};
    if (!lang_parse(s->row.lang, &e.lang))
        e.lang = LANG_KY;
    struct buf *data = buf_in(s->a), *detail = buf_in(s->a);
    email_compose(data, settings, &e);
    struct smtp_message m = {.url = settings->url,
                             .user = settings->user,
                             .password = settings->password,
                             .from = arena_cstr(s->a, settings->from_address),
                             .to = arena_cstr(s->a, s->row.address),
                             .data = buf_view(data)};
    enum err rc = smtp_send(&m, detail);
    struct buf *clean = buf_in(s->a);
    utf8_clean(clean, str_slice(buf_view(detail), 0, 300));
    s->detail = buf_view(clean);
    s->state = rc == ERR_OK ? "sent" : rc == ERR_INPUT ? "failed" : NULL;
    return rc == ERR_INPUT ? ERR_OK : rc; /* refused for good: the job has done its part */
}

static enum err send_message(struct app *app, struct arena *a, const struct job *job)
{
    struct sending s = {.a = a, .unit = job->unit, .attempts = job->attempt, .detail = STR("")};
    struct email_settings settings;
    const char *why = "";
    if (!str_to_i64(job->payload, &s.id))
        return ERR_INPUT;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, load, &s), result = ERR_OK;
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !str_eq(s.row.state, STR("waiting"))))
        return ERR_OK; /* sent by an earlier run, or gone */
    if (rc != ERR_OK)
        return rc;
    enum err configured = email_settings_read(&settings, &why);
    if (s.row.secret && clock_now_ms() - s.row.created_ms > SECRET_USE_MS) {
        s.state = "failed";
        s.detail = STR("expired");
    } else if (configured == ERR_OK) {
        result = hand_over(&s, &settings);
        if (result != ERR_OK && job->attempt >= MOST_ATTEMPTS)
            s.state = "failed";
    } else if (configured == ERR_NOT_FOUND && app->demo) {
        s.state = "kept";
    } else {
        s.detail = str_from(why); /* waits; the sweep tries again when there is a server */
    }
    rc = db_write(app->db, SCOPE_COUNTRY, note, &s);
    return rc != ERR_OK ? rc : result;
}

/* --- sweeping --- */

struct sweep {
    struct arena *a;
    bool can_send;
};

static enum err sweep(struct tx *tx, void *arg)
{
    struct sweep *s = arg;
    struct sql_outbox_waiting_rows rows;
    enum err rc = ERR_OK;
    int64_t now = clock_now_ms();
    TRY(sql_outbox_expire(tx, NULL, .before_ms = now - SECRET_USE_MS, .now_ms = now));
    if (!s->can_send)
        return ERR_OK;
    /* A job that still waits for its next attempt keeps its place: the key admits no second. */
    TRY(sql_outbox_waiting(tx, s->a, &rows, .before_ms = now - MS_MINUTE, .limit = MOST_SWEPT));
    for (size_t i = 0; i < rows.n; i++)
        TRY(outbox_enqueue(tx, rows.v[i].unit, rows.v[i].id));
out:
    return rc;
}

static enum err run_sweep(struct app *app, struct arena *a)
{
    struct email_settings settings;
    const char *why;
    enum err configured = email_settings_read(&settings, &why);
    struct sweep s = {
        .a = a, .can_send = configured == ERR_OK || (configured == ERR_NOT_FOUND && app->demo)};
    return db_write(app->db, SCOPE_COUNTRY, sweep, &s);
}

/* --- health --- */

struct outbox_health_read {
    struct arena *a;
    struct outbox_health *out;
};

static enum err read_health(struct tx *tx, void *arg)
{
    struct outbox_health_read *r = arg;
    struct sql_outbox_counts_rows rows;
    struct sql_outbox_oldest_row oldest;
    enum err rc = ERR_OK;
    TRY(sql_outbox_counts(tx, r->a, &rows));
    TRY(sql_outbox_oldest(tx, NULL, &oldest));
    for (size_t i = 0; i < rows.n; i++) {
        struct str state = rows.v[i].state;
        if (str_eq(state, STR("waiting")))
            r->out->waiting = rows.v[i].n;
        else if (str_eq(state, STR("failed")))
            r->out->failed = rows.v[i].n;
        else
            r->out->kept = rows.v[i].n;
    }
    if (oldest.created_ms.set)
        r->out->oldest_ms = clock_now_ms() - oldest.created_ms.v;
out:
    return rc;
}

enum err outbox_read_health(struct app *app, struct outbox_health *out)
{
    struct email_settings settings;
    *out = (struct outbox_health){0};
    out->configured = email_settings_read(&settings, &out->why) == ERR_OK;
    struct outbox_health_read r = {.a = arena_new(), .out = out};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_health, &r);
    arena_free(r.a);
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct outbox_health h;
    enum err rc = outbox_read_health(app, &h);
    if (rc != ERR_OK)
        return rc;
    if (!h.configured && !app->demo) {
        buf_printf(out, "%s; %lld messages wait\n", h.why, (long long)h.waiting);
        (*faults)++;
    }
    /* A failed message (no such address) is a matter for its sender, a stuck one for us. */
    if (h.configured && h.oldest_ms > MS_HOUR) {
        buf_printf(out, "%lld messages are not sent, the oldest for %lld minutes\n",
                   (long long)h.waiting, (long long)(h.oldest_ms / MS_MINUTE));
        (*faults)++;
    }
    return ERR_OK;
}

static void metrics(struct app *app, struct buf *out)
{
    struct outbox_health h;
    if (outbox_read_health(app, &h) != ERR_OK)
        return;
    buf_printf(out,
               "# TYPE aimak_outbox gauge\naimak_outbox{state=\"waiting\"} %lld\n"
               "aimak_outbox{state=\"failed\"} %lld\n"
               "# TYPE aimak_outbox_oldest_waiting_seconds gauge\n"
               "aimak_outbox_oldest_waiting_seconds %lld\n"
               "# TYPE aimak_mail_configured gauge\naimak_mail_configured %d\n",
               (long long)h.waiting, (long long)h.failed, (long long)(h.oldest_ms / MS_SECOND),
               h.configured);
}

static const struct job_def jobs[] = {
    {.kind = SEND_JOB, .run = send_message, .max_attempts = MOST_ATTEMPTS}};
static const struct schedule_def schedules[] = {
    {.name = "outbox_sweep", .every_ms = SWEEP_MS, .run = run_sweep}};

const struct slice outbox_slice = {
    .name = "outbox",
    .migrations = outbox_migrations,
    .queries = outbox_queries,
    .routes = outbox_routes,
    .route_count = COUNT_OF(outbox_routes),
    .jobs = jobs,
    .job_count = COUNT_OF(jobs),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .doctor = doctor,
    .metrics = metrics,
};
