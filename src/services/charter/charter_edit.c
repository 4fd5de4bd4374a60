/*
 * How a charter comes about: a draft is written, discussed, approved by the kenesh and published.
 *
 * What others have seen is never overwritten. After a consultation the words can be changed in a
 * new draft only; a published version stays readable for ever, and its day of ending follows from
 * the next one's first day. charter.sql and triggers in the database say the same again.
 */
#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/jobs/jobs.h"
#include "platform/trail/trail.h"

#include <sodium.h>

/* A consultation is neither over before people hear of it nor open for ever. */
#define CONSULTATION_LEAST_DAYS 5
#define CONSULTATION_MOST_DAYS 180
/* A version may be announced for a coming day, but not for another year's council. */
#define PUBLISH_AHEAD_DAYS 366

void charter_fault(struct arena *a, struct charter_faults *faults, enum charter_field field,
                   enum msg m)
{
    ARENA_PUSH(a, *faults, ((struct charter_fault){field, m}));
}

void charter_check_text(struct arena *a, struct str *s, size_t max, enum charter_field field,
                        struct charter_faults *faults)
{
    *s = s->p ? str_trim(*s) : STR("");
    if (!utf8_is_text(*s))
        charter_fault(a, faults, field, MSG_charter_fault_text);
    else if (utf8_length(*s) > max)
        charter_fault(a, faults, field, MSG_charter_fault_long);
}

static void check_text3(struct arena *a, struct text3 *t, size_t max, enum charter_field first,
                        struct charter_faults *faults)
{
    for (int l = 0; l < LANG__MAX; l++)
        charter_check_text(a, &t->in[l], max, (enum charter_field)(first + l), faults);
}

int64_t charter_change_ms(const struct charter_change *c)
{
    return c->at_ms ? c->at_ms : clock_now_ms();
}

static int64_t change_day(const struct charter_change *c)
{
    return day_of_ms(charter_change_ms(c));
}

/* --- the version at hand --- */

struct work {
    struct charter_versions all; /* of the service */
    struct charter_version v;    /* the one to change */
    int64_t today;
};

static enum err find_work(struct tx *tx, struct arena *a, const struct charter_change *c,
                          struct work *w)
{
    w->today = change_day(c);
    enum err rc = charter_versions(tx, a, c->unit, c->service, w->today, &w->all);
    if (rc != ERR_OK)
        return rc;
    const struct charter_version *v = charter_version_find(&w->all, c->service, c->version);
    if (!v)
        return ERR_NOT_FOUND;
    w->v = *v;
    return c->revision && c->revision != v->revision ? ERR_CONFLICT : ERR_OK;
}

/* A draft, claimed for this change: whoever saves from the same page later is told. */
static enum err begin_edit(struct tx *tx, struct arena *a, const struct charter_change *c,
                           struct work *w)
{
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, w));
    if (w->v.state != CHARTER_DRAFT)
        FAIL(ERR_DENIED);
    TRY(sql_charter_touch(tx, &changed, .unit = c->unit, .service = c->service,
                          .version = c->version, .revision = w->v.revision));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
out:
    return rc;
}

/* In the public log: what everybody was shown, and when. */
static enum err put_on_record(struct tx *tx, struct arena *a, const struct charter_version *v,
                              const char *kind, const struct promises *promises)
{
    struct str subject = arena_printf(a, "%.*s/%lld", STRF(v->service), (long long)v->version);
    return trail_append(tx, v->unit, kind, subject, charter_digest(a, v, promises), NULL);
}

/* Exactly one row moved from state to state, else somebody was quicker. */
static enum err moved(enum err rc, const int64_t *changed)
{
    return rc == ERR_OK && *changed != 1 ? ERR_CONFLICT : rc;
}

/* --- drafts --- */

static enum err insert_promise(struct tx *tx, const struct charter_change *c, int64_t version,
                               int64_t id, const struct promise *p)
{
    return sql_charter_promise_insert(
        tx, NULL, .unit = c->unit, .service = c->service, .version = version, .id = id,
        .position = p->position, .text_ky = p->text.in[0], .text_ru = p->text.in[1],
        .text_en = p->text.in[2], .measure = p->measure, .kind = p->kind, .amount = p->amount,
        .working_days = p->working_days, .remedy_ky = p->remedy.in[0], .remedy_ru = p->remedy.in[1],
        .remedy_en = p->remedy.in[2], .contact = p->contact);
}

static enum err update_promise(struct tx *tx, const struct charter_change *c,
                               const struct promise *p)
{
    return sql_charter_promise_update(
        tx, NULL, .unit = c->unit, .service = c->service, .version = c->version, .id = p->id,
        .position = p->position, .text_ky = p->text.in[0], .text_ru = p->text.in[1],
        .text_en = p->text.in[2], .measure = p->measure, .kind = p->kind, .amount = p->amount,
        .working_days = p->working_days, .remedy_ky = p->remedy.in[0], .remedy_ru = p->remedy.in[1],
        .remedy_en = p->remedy.in[2], .contact = p->contact);
}

enum err charter_draft(struct tx *tx, struct arena *a, const struct charter_change *c,
                       int64_t *version)
{
    struct charter_versions all = {0};
    struct promises promises = {0};
    struct charter_version blank = {.intro = {{STR(""), STR(""), STR("")}}, .contact = STR("")};
    const struct charter_version *from = &blank;
    enum err rc = ERR_OK;
    TRY(charter_versions(tx, a, c->unit, c->service, change_day(c), &all));
    if (all.n > 0)
        from = &all.v[0];
    *version = from->version + (from->state == CHARTER_DRAFT && all.n > 0 ? 0 : 1);
    if (all.n > 0 && from->state == CHARTER_DRAFT)
        goto out;
    if (from->state == CHARTER_CONSULTATION || from->state == CHARTER_APPROVED)
        FAIL(ERR_DENIED);
    if (all.n > 0)
        TRY(charter_promises_of(tx, a, from, &promises));
    TRY(sql_charter_insert(tx, NULL, .unit = c->unit, .service = c->service, .version = *version,
                           .intro_ky = from->intro.in[0], .intro_ru = from->intro.in[1],
                           .intro_en = from->intro.in[2], .contact = from->contact,
                           .created_ms = charter_change_ms(c), .created_by = c->person));
    for (size_t i = 0; i < promises.n; i++)
        TRY(insert_promise(tx, c, *version, id_new(), &promises.v[i]));
out:
    return rc;
}

enum err charter_discard(struct tx *tx, struct arena *a, const struct charter_change *c)
{
    struct work w = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    TRY(sql_charter_promises_delete(tx, NULL, .unit = c->unit, .service = c->service,
                                    .version = c->version));
    TRY(moved(sql_charter_delete(tx, &changed, .unit = c->unit, .service = c->service,
                                 .version = c->version),
              &changed));
out:
    return rc;
}

enum err charter_set_intro(struct tx *tx, struct arena *a, const struct charter_change *c,
                           const struct text3 *intro, struct str contact,
                           struct charter_faults *faults)
{
    struct work w = {0};
    struct text3 t = *intro;
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    check_text3(a, &t, CHARTER_MAX_INTRO, CHARTER_FIELD_INTRO_KY, faults);
    charter_check_text(a, &contact, CHARTER_MAX_LINE, CHARTER_FIELD_CONTACT, faults);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(sql_charter_save_intro(tx, NULL, .unit = c->unit, .service = c->service,
                               .version = c->version, .intro_ky = t.in[0], .intro_ru = t.in[1],
                               .intro_en = t.in[2], .contact = contact));
out:
    return rc;
}

/* --- promises --- */

struct text3 charter_sentence(const struct app *app, struct arena *a,
                              const struct charter_terms *terms)
{
    struct text3 out = {{STR(""), STR(""), STR("")}};
    const struct measure *m = app_measure(app, terms->measure);
    if (!m)
        return out;
    enum msg sentence =
        terms->working_days && m->sentence_working ? m->sentence_working : m->sentence;
    for (int l = 0; l < LANG__MAX && sentence; l++)
        out.in[l] = MSG_STR(a, (enum lang)l, sentence, ARG_N("amount", terms->amount),
                            ARG_N("n", terms->amount));
    return out;
}

static bool is_digit(struct str s, size_t at)
{
    return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* Where the number stands by itself, or -1. */
static ptrdiff_t find_number(struct str text, struct str number)
{
    for (size_t at = 0; at + number.n <= text.n; at++)
        if (memcmp(text.p + at, number.p, number.n) == 0 && !is_digit(text, at + number.n) &&
            (at == 0 || !is_digit(text, at - 1)))
            return (ptrdiff_t)at;
    return -1;
}

bool charter_text_has_amount(const struct promise *p, enum lang lang)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)p->amount);
    return find_number(p->text.in[lang], str_of(digits, (size_t)n)) >= 0;
}

static struct str exchange_number(struct arena *a, struct str text, int64_t from, int64_t to)
{
    struct str number = arena_printf(a, "%lld", (long long)from);
    ptrdiff_t at = find_number(text, number);
    if (at < 0 || from == to)
        return text;
    struct str rest = str_slice(text, (size_t)at + number.n, text.n);
    return arena_printf(a, "%.*s%lld%.*s", (int)at, text.p, (long long)to, STRF(rest));
}

/* The words follow the terms, so that nobody types the number twice. */
static void follow_terms(const struct app *app, struct arena *a, struct promise *p,
                         const struct charter_terms *terms)
{
    struct charter_terms old = {p->measure, p->kind, p->amount, p->working_days};
    struct text3 was = charter_sentence(app, a, &old), now = charter_sentence(app, a, terms);
    for (int l = 0; l < LANG__MAX; l++) {
        bool own_words = p->text.in[l].n > 0 && !str_eq(p->text.in[l], was.in[l]);
        if (!own_words && now.in[l].n > 0)
            p->text.in[l] = now.in[l];
        else if (own_words && old.amount > 0 && terms->amount > 0)
            p->text.in[l] = exchange_number(a, p->text.in[l], old.amount, terms->amount);
    }
    p->measure = terms->measure;
    p->kind = terms->kind;
    p->amount = terms->amount;
    p->working_days = terms->working_days;
}

/* Completes the terms: what a measure does not take is left out. */
static void check_terms(struct app *app, struct arena *a, struct str service,
                        struct charter_terms *t, struct charter_faults *faults)
{
    const struct measure *m = t->measure.n ? app_measure(app, t->measure) : NULL;
    const struct service_kind *kind = NULL;
    t->measure = t->measure.n ? t->measure : STR("");
    t->kind = t->kind.n ? t->kind : STR("");
    if (t->measure.n && !m)
        charter_fault(a, faults, CHARTER_FIELD_MEASURE, MSG_charter_fault_measure);
    if (!m || !m->takes_amount) {
        t->amount = 0;
        t->working_days = false;
    } else if (t->amount < 1 || t->amount > CHARTER_MAX_AMOUNT) {
        charter_fault(a, faults, CHARTER_FIELD_AMOUNT, MSG_charter_fault_amount);
    }
    if (!m || !m->by_fault)
        t->kind = STR("");
    else if (t->kind.n && (!catalogue_find_fault(catalogue_get(app, a), t->kind, &kind) ||
                           !str_eq(kind->code, service)))
        charter_fault(a, faults, CHARTER_FIELD_KIND, MSG_charter_fault_kind);
}

static enum err find_promise(struct tx *tx, struct arena *a, const struct charter_version *v,
                             int64_t id, struct promises *all, struct promise **out)
{
    enum err rc = charter_promises_of(tx, a, v, all);
    *out = NULL;
    for (size_t i = 0; rc == ERR_OK && i < all->n; i++)
        if (all->v[i].id == id)
            *out = &all->v[i];
    return rc == ERR_OK && id && !*out ? ERR_NOT_FOUND : rc;
}

enum err charter_set_terms(struct app *app, struct tx *tx, struct arena *a,
                           const struct charter_change *c, int64_t *id,
                           const struct charter_terms *terms, struct charter_faults *faults)
{
    struct work w = {0};
    struct promises all = {0};
    struct charter_terms t = *terms;
    struct promise *old = NULL;
    struct str none = STR("");
    struct promise fresh = {.text = {{none, none, none}},
                            .measure = none,
                            .kind = none,
                            .remedy = {{none, none, none}},
                            .contact = none};
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    TRY(find_promise(tx, a, &w.v, *id, &all, &old));
    check_terms(app, a, c->service, &t, faults);
    if (!old && all.n >= CHARTER_MAX_PROMISES)
        charter_fault(a, faults, CHARTER_FIELD_WHOLE, MSG_charter_fault_many);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    follow_terms(app, a, old ? old : &fresh, &t);
    if (old) {
        TRY(update_promise(tx, c, old));
    } else {
        fresh.position = all.n > 0 ? all.v[all.n - 1].position + 1 : 1;
        *id = id_new();
        TRY(insert_promise(tx, c, c->version, *id, &fresh));
    }
out:
    return rc;
}

enum err charter_set_words(struct tx *tx, struct arena *a, const struct charter_change *c,
                           int64_t id, const struct charter_words *words,
                           struct charter_faults *faults)
{
    struct work w = {0};
    struct promises all = {0};
    struct promise *p = NULL;
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    TRY(find_promise(tx, a, &w.v, id, &all, &p));
    if (!p)
        FAIL(ERR_NOT_FOUND);
    p->text = words->text;
    p->remedy = words->remedy;
    p->contact = words->contact;
    check_text3(a, &p->text, CHARTER_MAX_TEXT, CHARTER_FIELD_TEXT_KY, faults);
    check_text3(a, &p->remedy, CHARTER_MAX_TEXT, CHARTER_FIELD_REMEDY_KY, faults);
    charter_check_text(a, &p->contact, CHARTER_MAX_LINE, CHARTER_FIELD_CONTACT, faults);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(update_promise(tx, c, p));
out:
    return rc;
}

enum err charter_remove_promise(struct tx *tx, struct arena *a, const struct charter_change *c,
                                int64_t id)
{
    struct work w = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    TRY(sql_charter_promise_delete(tx, &changed, .unit = c->unit, .service = c->service,
                                   .version = c->version, .id = id));
    if (changed == 0)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

enum err charter_move_promise(struct tx *tx, struct arena *a, const struct charter_change *c,
                              int64_t id, int by)
{
    struct work w = {0};
    struct promises all = {0};
    struct promise *p = NULL;
    enum err rc = ERR_OK;
    TRY(begin_edit(tx, a, c, &w));
    TRY(find_promise(tx, a, &w.v, id, &all, &p));
    if (!p)
        FAIL(ERR_NOT_FOUND);
    ptrdiff_t at = p - all.v, other = at + (by < 0 ? -1 : 1);
    if (other < 0 || other >= (ptrdiff_t)all.n)
        goto out;
    struct promise moving = all.v[at];
    all.v[at] = all.v[other];
    all.v[other] = moving;
    for (size_t i = 0; i < all.n; i++) {
        all.v[i].position = (int)i + 1;
        TRY(update_promise(tx, c, &all.v[i]));
    }
out:
    return rc;
}

/* --- ready for others --- */

static int written(const struct text3 *t)
{
    int n = 0;
    for (int l = 0; l < LANG__MAX; l++)
        n += t->in[l].n > 0;
    return n;
}

void charter_find_gaps(struct arena *a, const struct charter_version *v,
                       const struct promises *promises, struct charter_gaps *out)
{
    if (promises->n == 0)
        ARENA_PUSH(a, *out, ((struct charter_gap){0, MSG_charter_gap_promises}));
    if (written(&v->intro) % LANG__MAX != 0)
        ARENA_PUSH(a, *out, ((struct charter_gap){0, MSG_charter_gap_intro}));
    if (v->contact.n == 0)
        ARENA_PUSH(a, *out, ((struct charter_gap){0, MSG_charter_gap_contact}));
    for (size_t i = 0; i < promises->n; i++) {
        const struct promise *p = &promises->v[i];
        if (written(&p->text) != LANG__MAX)
            ARENA_PUSH(a, *out, ((struct charter_gap){p->id, MSG_charter_gap_text}));
        if (written(&p->remedy) % LANG__MAX != 0)
            ARENA_PUSH(a, *out, ((struct charter_gap){p->id, MSG_charter_gap_remedy}));
    }
}

static enum err check_ready(struct tx *tx, struct arena *a, const struct charter_version *v,
                            struct charter_faults *faults)
{
    struct promises promises = {0};
    struct charter_gaps gaps = {0};
    enum err rc = charter_promises_of(tx, a, v, &promises);
    if (rc != ERR_OK)
        return rc;
    charter_find_gaps(a, v, &promises, &gaps);
    if (gaps.n > 0)
        charter_fault(a, faults, CHARTER_FIELD_WHOLE, MSG_charter_fault_gaps);
    return ERR_OK;
}

enum err charter_open_consultation(struct tx *tx, struct arena *a, const struct charter_change *c,
                                   int64_t from_day, int64_t to_day, struct charter_faults *faults)
{
    struct work w = {0};
    struct promises promises = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, &w));
    if (w.v.state != CHARTER_DRAFT)
        FAIL(ERR_DENIED);
    TRY(check_ready(tx, a, &w.v, faults));
    if (from_day < w.today || from_day > w.today + PUBLISH_AHEAD_DAYS)
        charter_fault(a, faults, CHARTER_FIELD_FROM, MSG_charter_fault_from);
    else if (to_day < from_day + CONSULTATION_LEAST_DAYS - 1)
        charter_fault(a, faults, CHARTER_FIELD_TO, MSG_charter_fault_short);
    else if (to_day > from_day + CONSULTATION_MOST_DAYS)
        charter_fault(a, faults, CHARTER_FIELD_TO, MSG_charter_fault_endless);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(moved(sql_charter_open(tx, &changed, .unit = c->unit, .service = c->service,
                               .version = c->version, .revision = w.v.revision,
                               .consult_from = from_day, .consult_to = to_day),
              &changed));
    TRY(charter_promises_of(tx, a, &w.v, &promises));
    TRY(put_on_record(tx, a, &w.v, "charter_consultation", &promises));
out:
    return rc;
}

enum err charter_end_consultation(struct tx *tx, struct arena *a, const struct charter_change *c,
                                  struct str reason, struct charter_faults *faults)
{
    struct work w = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, &w));
    if (w.v.state != CHARTER_CONSULTATION)
        FAIL(ERR_DENIED);
    charter_check_text(a, &reason, CHARTER_MAX_TEXT, CHARTER_FIELD_REASON, faults);
    if (reason.n == 0)
        charter_fault(a, faults, CHARTER_FIELD_REASON, MSG_charter_fault_reason);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(moved(sql_charter_end(tx, &changed, .unit = c->unit, .service = c->service,
                              .version = c->version, .revision = w.v.revision, .reason = reason),
              &changed));
out:
    return rc;
}

/* The last day of the talk that led to this version: no council decides before it is over. */
static int64_t consulted_until(const struct charter_versions *all)
{
    int64_t last = 0;
    for (size_t i = 0; i < all->n && all->v[i].state < CHARTER_PUBLISHED; i++)
        if (!all->v[i].consult_ended.p && all->v[i].consult_to > last)
            last = all->v[i].consult_to;
    return last;
}

enum err charter_approve(struct tx *tx, struct arena *a, const struct charter_change *c,
                         struct str resolution, int64_t resolution_day,
                         struct charter_faults *faults)
{
    struct work w = {0};
    struct sql_charter_waiting_row waiting;
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, &w));
    if (!w.v.newest || (w.v.state != CHARTER_DRAFT && w.v.state != CHARTER_DISCUSSED))
        FAIL(ERR_DENIED);
    TRY(check_ready(tx, a, &w.v, faults));
    TRY(sql_charter_waiting(tx, a, &waiting, .unit = c->unit, .service = c->service));
    if (waiting.n > 0)
        charter_fault(a, faults, CHARTER_FIELD_WHOLE, MSG_charter_fault_unanswered);
    charter_check_text(a, &resolution, 40, CHARTER_FIELD_RESOLUTION, faults);
    if (resolution.n == 0)
        charter_fault(a, faults, CHARTER_FIELD_RESOLUTION, MSG_charter_fault_resolution);
    if (resolution_day > w.today)
        charter_fault(a, faults, CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_future);
    else if (resolution_day < consulted_until(&w.all))
        charter_fault(a, faults, CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_before_end);
    else if (resolution_day < w.today - 3650)
        charter_fault(a, faults, CHARTER_FIELD_RESOLUTION_DAY, MSG_charter_fault_old);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(moved(sql_charter_approve(tx, &changed, .unit = c->unit, .service = c->service,
                                  .version = c->version, .revision = w.v.revision,
                                  .resolution = resolution, .resolution_day = resolution_day,
                                  .approved_ms = charter_change_ms(c), .approved_by = c->person),
              &changed));
out:
    return rc;
}

enum err charter_take_back(struct tx *tx, struct arena *a, const struct charter_change *c)
{
    struct work w = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, &w));
    if (w.v.state != CHARTER_APPROVED)
        FAIL(ERR_DENIED);
    TRY(moved(sql_charter_take_back(tx, &changed, .unit = c->unit, .service = c->service,
                                    .version = c->version, .revision = w.v.revision),
              &changed));
out:
    return rc;
}

/* --- publication --- */

/* Each part with its length, so that no two versions write the same. */
static void digest_part(struct buf *b, struct str s)
{
    buf_u64(b, s.n);
    buf_char(b, ':');
    buf_str(b, s);
    buf_char(b, '\n');
}

static void digest_number(struct buf *b, int64_t v)
{
    buf_i64(b, v);
    buf_char(b, '\n');
}

struct str charter_digest(struct arena *a, const struct charter_version *v,
                          const struct promises *promises)
{
    unsigned char hash[32];
    struct buf *text = buf_in(a), *out = buf_in(a);
    digest_part(text, v->unit);
    digest_part(text, v->service);
    digest_number(text, v->version);
    for (int l = 0; l < LANG__MAX; l++)
        digest_part(text, v->intro.in[l]);
    digest_part(text, v->contact);
    digest_part(text, v->resolution);
    digest_number(text, v->resolution_day);
    digest_number(text, v->valid_from);
    for (size_t i = 0; i < promises->n; i++) {
        const struct promise *p = &promises->v[i];
        for (int l = 0; l < LANG__MAX; l++) {
            digest_part(text, p->text.in[l]);
            digest_part(text, p->remedy.in[l]);
        }
        digest_part(text, p->measure);
        digest_part(text, p->kind);
        digest_number(text, p->amount);
        digest_number(text, p->working_days);
        digest_part(text, p->contact);
    }
    struct str whole = buf_view(text);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)whole.p, whole.n, NULL, 0);
    buf_hex(out, hash, sizeof hash);
    return buf_view(out);
}

static int64_t last_published_from(const struct charter_versions *all)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].state >= CHARTER_PUBLISHED && all->v[i].valid_from > last)
            last = all->v[i].valid_from;
    return last;
}

enum err charter_publish(struct tx *tx, struct arena *a, const struct charter_change *c,
                         int64_t from_day, struct charter_faults *faults)
{
    struct work w = {0};
    struct promises promises = {0};
    int64_t changed = 0;
    enum err rc = ERR_OK;
    TRY(find_work(tx, a, c, &w));
    if (w.v.state != CHARTER_APPROVED)
        FAIL(ERR_DENIED);
    if (from_day < w.today || from_day > w.today + PUBLISH_AHEAD_DAYS)
        charter_fault(a, faults, CHARTER_FIELD_FROM, MSG_charter_fault_from);
    else if (from_day <= last_published_from(&w.all))
        charter_fault(a, faults, CHARTER_FIELD_FROM, MSG_charter_fault_from_before);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    TRY(charter_promises_of(tx, a, &w.v, &promises));
    w.v.valid_from = from_day;
    TRY(moved(sql_charter_publish(tx, &changed, .unit = c->unit, .service = c->service,
                                  .version = c->version, .revision = w.v.revision,
                                  .valid_from = from_day,
                                  .digest = charter_digest(a, &w.v, &promises),
                                  .published_ms = charter_change_ms(c), .published_by = c->person),
              &changed));
    struct tally_fact fact = {.counter = &charter_published_counter,
                              .unit = c->unit,
                              .day = from_day,
                              .values = {c->service},
                              .amount = 1};
    TRY(tally_change(tx, &fact));
    TRY(put_on_record(tx, a, &w.v, "charter_published", &promises));
    TRY(job_enqueue(tx, c->unit, "charter_kept", STR(""), 0, STR("charter_kept")));
out:
    return rc;
}
