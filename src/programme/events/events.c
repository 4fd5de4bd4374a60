/*
 * What may be said of events and of attendance, and what follows for the counters. Every change of
 * what counts is told to them in the same transaction; the recount looks at the rows alone.
 */
#include "programme/events/events_internal.h"

#include "community/topics/topics.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

#include <sodium.h>

enum { TITLE_MAX = 200, DAYS_MAX = 60, MINUTES_MAX = 60 * 24 * 30 };

const struct choice events_kinds[] = {
    {"training", MSG_events_kind_training},     {"hearing", MSG_events_kind_hearing},
    {"dialogue", MSG_events_kind_dialogue},     {"roundtable", MSG_events_kind_roundtable},
    {"forum", MSG_events_kind_forum},           {"national_forum", MSG_events_kind_national_forum},
    {"study_tour", MSG_events_kind_study_tour}, {"mentoring", MSG_events_kind_mentoring},
    {"council", MSG_events_kind_council},       {NULL, MSG_NONE},
};

bool events_kind_ok(struct str code)
{
    for (const struct choice *c = events_kinds; c->value; c++)
        if (str_eq(code, str_from(c->value)))
            return true;
    return false;
}

enum msg events_kind_name(struct str code)
{
    for (const struct choice *c = events_kinds; c->value; c++)
        if (str_eq(code, str_from(c->value)))
            return c->label;
    return MSG_persons_unknown;
}

struct str events_main_topic(struct str codes)
{
    struct str part = STR("");
    str_split(&codes, ' ', &part);
    return part;
}

/* --- reading --- */

enum err events_get(struct tx *tx, struct arena *a, int64_t id, struct event *out)
{
    struct sql_event_get_row row;
    enum err rc = sql_event_get(tx, a, &row, .id = id);
    if (rc == ERR_OK)
        *out = EVENT_OF(row);
    return rc;
}

static struct str json_of(struct arena *a, const struct str *codes, size_t n)
{
    struct buf *out = buf_in(a);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s\"%.*s\"", i ? "," : "", STRF(codes[i]));
    buf_char(out, ']');
    return buf_view(out);
}

enum err events_list(struct tx *tx, struct arena *a, const struct event_ask *ask,
                     struct event_list *out)
{
    enum err rc = ERR_OK;
    *out = (struct event_list){0};
    if (ask->units) {
        struct sql_events_list_of_rows rows;
        TRY(sql_events_list_of(tx, a, &rows, .units = json_of(a, ask->units, ask->unit_count),
                               .kind = ask->kind, .from_day = ask->from_day, .to_day = ask->to_day,
                               .day = ask->edge_day, .id = ask->edge_id,
                               .limit = (int64_t)ask->max));
        for (size_t i = 0; i < rows.n; i++)
            ARENA_PUSH(a, *out, EVENT_OF(rows.v[i]));
    } else {
        struct sql_events_list_all_rows rows;
        TRY(sql_events_list_all(tx, a, &rows, .kind = ask->kind, .from_day = ask->from_day,
                                .to_day = ask->to_day, .day = ask->edge_day, .id = ask->edge_id,
                                .limit = (int64_t)ask->max));
        for (size_t i = 0; i < rows.n; i++)
            ARENA_PUSH(a, *out, EVENT_OF(rows.v[i]));
    }
out:
    return rc;
}

/* --- what is told to the counters --- */

static enum err tell_held(struct tx *tx, const struct event *e, int64_t amount)
{
    struct tally_fact fact = {.counter = &events_held,
                              .unit = e->unit,
                              .day = e->from_day,
                              .values = {e->kind, events_main_topic(e->topics)},
                              .amount = amount};
    return tally_change(tx, &fact);
}

static enum err tell_present(struct tx *tx, const struct sql_attendance_get_row *row, int64_t root,
                             int64_t amount)
{
    struct tally_fact fact = {.counter = &events_participations,
                              .unit = row->unit,
                              .day = row->day,
                              .values = {row->kind, row->sex, row->band, row->grp},
                              .amount = amount,
                              .person = root};
    return tally_change(tx, &fact);
}

static enum err tell_certificate(struct tx *tx, struct str unit, int64_t day, struct str kind,
                                 struct str sex, int64_t amount)
{
    struct tally_fact fact = {.counter = &events_certificates,
                              .unit = unit,
                              .day = day,
                              .values = {kind, sex},
                              .amount = amount};
    return tally_change(tx, &fact);
}

/* --- events --- */

enum msg event_fault_message(enum event_fault f)
{
    static const enum msg texts[] = {
        [EVENT_FINE] = MSG_NONE,
        [EVENT_KIND] = MSG_events_fault_kind,
        [EVENT_TOPIC] = MSG_events_fault_topic,
        [EVENT_TITLE] = MSG_events_fault_title,
        [EVENT_DAYS] = MSG_events_fault_days,
        [EVENT_HOURS] = MSG_events_fault_hours,
        [EVENT_FROZEN] = MSG_events_fault_frozen,
    };
    return texts[f];
}

static enum event_fault check(const struct event *e)
{
    struct str rest = e->topics, topic;
    if (!events_kind_ok(e->kind))
        return EVENT_KIND;
    if (rest.n == 0)
        return EVENT_TOPIC;
    while (str_split(&rest, ' ', &topic))
        if (!topics_find(topic))
            return EVENT_TOPIC;
    if (text3_get(&e->title, LANG_KY).n == 0)
        return EVENT_TITLE;
    for (int i = 0; i < LANG__MAX; i++)
        if (utf8_length(e->title.in[i]) > TITLE_MAX)
            return EVENT_TITLE;
    if (e->to_day < e->from_day || e->to_day - e->from_day > DAYS_MAX)
        return EVENT_DAYS;
    if (e->minutes < 0 || e->minutes > MINUTES_MAX)
        return EVENT_HOURS;
    return EVENT_FINE;
}

static struct str given(struct str s)
{
    return s.p ? s : STR("");
}

enum err events_log(struct tx *tx, const struct event *e, const char *what, int64_t person,
                    struct str detail, int64_t said_ms, int64_t by, struct str once)
{
    int64_t now = clock_now_ms();
    bool late = day_of_ms(now) > e->to_day + EVENTS_LATE_DAYS;
    return sql_event_log_put(tx, NULL, .event_id = e->id, .id = id_new(), .what = str_from(what),
                             .person = person, .detail = given(detail), .late = late,
                             .said_ms = said_ms ? said_ms : now, .at_ms = now, .by_person = by,
                             .once = once);
}

enum err events_add(struct tx *tx, struct arena *a, const struct event *e, int64_t by,
                    struct str once, enum event_fault *fault)
{
    enum err rc = ERR_OK;
    (void)a;
    *fault = check(e);
    if (*fault != EVENT_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_events_put(
        tx, NULL, .unit = e->unit, .id = e->id, .kind = e->kind, .topics = e->topics,
        .title_ky = given(e->title.in[LANG_KY]), .title_ru = given(e->title.in[LANG_RU]),
        .title_en = given(e->title.in[LANG_EN]), .place = given(e->place), .from_day = e->from_day,
        .to_day = e->to_day, .minutes = e->minutes, .organiser = given(e->organiser),
        .agenda = given(e->agenda), .open_registration = e->open_registration,
        .test_max = e->test_max, .certificate_minutes = e->certificate_minutes, .cost = e->cost,
        .state = STR("planned"), .present = 0, .created_ms = clock_now_ms(), .created_by = by,
        .once = once));
    rc = events_log(tx, e, "made", 0, STR_NULL, 0, by, STR_NULL);
out:
    return rc;
}

enum err events_change(struct tx *tx, struct arena *a, const struct event *e, int64_t by,
                       enum event_fault *fault)
{
    enum err rc = ERR_OK;
    struct event old;
    int64_t changed = 0;
    struct sql_attendance_list_rows rows;
    struct sql_event_heads_of_rows heads;
    *fault = check(e);
    if (*fault != EVENT_FINE)
        FAIL(ERR_INPUT);
    TRY(events_get(tx, a, e->id, &old));
    TRY(sql_attendance_list(tx, a, &rows, .event_id = e->id));
    TRY(sql_event_heads_of(tx, a, &heads, .event_id = e->id));
    if (rows.n + heads.n && (!str_eq(old.kind, e->kind) || old.from_day != e->from_day)) {
        *fault = EVENT_FROZEN;
        FAIL(ERR_INPUT);
    }
    bool held = str_eq(old.state, STR("held"));
    if (held)
        TRY(tell_held(tx, &old, -1));
    TRY(sql_event_set(
        tx, &changed, .id = e->id, .revision = e->revision, .kind = e->kind, .topics = e->topics,
        .title_ky = given(e->title.in[LANG_KY]), .title_ru = given(e->title.in[LANG_RU]),
        .title_en = given(e->title.in[LANG_EN]), .place = given(e->place), .from_day = e->from_day,
        .to_day = e->to_day, .minutes = e->minutes, .organiser = given(e->organiser),
        .agenda = given(e->agenda), .open_registration = e->open_registration,
        .test_max = e->test_max, .certificate_minutes = e->certificate_minutes, .cost = e->cost));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (held) {
        struct event now = *e;
        now.unit = old.unit;
        TRY(tell_held(tx, &now, 1));
    }
    rc = events_log(tx, e, "changed", 0, STR_NULL, 0, by, STR_NULL);
out:
    return rc;
}

static enum err tell_heads(struct tx *tx, const struct sql_event_heads_of_row *row, int64_t amount)
{
    struct tally_fact fact = {.counter = &events_participations,
                              .unit = row->unit,
                              .day = row->day,
                              .values = {row->kind, row->sex},
                              .amount = amount,
                              .person = TALLY_NOBODY};
    return tally_change(tx, &fact);
}

static enum err switch_heads(struct tx *tx, struct arena *a, int64_t event, bool on,
                             int64_t *change)
{
    enum err rc = ERR_OK;
    struct sql_event_heads_of_rows heads;
    TRY(sql_event_heads_of(tx, a, &heads, .event_id = event));
    for (size_t i = 0; i < heads.n; i++) {
        if ((heads.v[i].active != 0) == on)
            continue;
        int64_t by = on ? heads.v[i].heads : -heads.v[i].heads;
        TRY(tell_heads(tx, &heads.v[i], by));
        *change += by;
    }
    rc = sql_event_heads_switch(tx, NULL, .event_id = event, .active = on);
out:
    return rc;
}

/* All attendance begins or ends to count. */
static enum err switch_attendance(struct tx *tx, struct arena *a, const struct event *e, bool on)
{
    enum err rc = ERR_OK;
    struct sql_attendance_list_rows rows;
    int64_t change = 0;
    TRY(sql_attendance_list(tx, a, &rows, .event_id = e->id));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_attendance_list_row *row = &rows.v[i];
        if (row->withdrawn || (row->active != 0) == on)
            continue;
        struct sql_attendance_get_row one = {.unit = row->unit,
                                             .day = row->day,
                                             .kind = row->kind,
                                             .sex = row->sex,
                                             .band = row->band,
                                             .grp = row->grp};
        TRY(tell_present(tx, &one, row->root, on ? 1 : -1));
        change += on ? 1 : -1;
    }
    TRY(sql_attendance_switch(tx, NULL, .event_id = e->id, .active = on));
    TRY(switch_heads(tx, a, e->id, on, &change));
    rc = sql_event_present(tx, NULL, .id = e->id, .change = change);
out:
    return rc;
}

enum err events_set_state(struct tx *tx, struct arena *a, int64_t id, struct str state, int64_t by)
{
    enum err rc = ERR_OK;
    struct event e;
    TRY(events_get(tx, a, id, &e));
    bool was = str_eq(e.state, STR("held")), held = str_eq(state, STR("held")),
         cancelled = str_eq(state, STR("cancelled"));
    if (str_eq(e.state, state) || (!held && !cancelled) || (held && e.from_day > day_today()))
        FAIL(ERR_INPUT);
    if (was)
        TRY(tell_held(tx, &e, -1));
    if (held)
        TRY(tell_held(tx, &e, 1));
    TRY(switch_attendance(tx, a, &e, held));
    TRY(sql_event_set_state(tx, NULL, .id = id, .state = state));
    rc = events_log(tx, &e, held ? "held" : "cancelled", 0, STR_NULL, 0, by, STR_NULL);
out:
    return rc;
}

/* --- people counted without names --- */

const char *const events_head_sexes[EVENTS_HEADS] = {"f", "m", ""};

static enum mark_fault check_heads(const struct event *e, const int64_t heads[EVENTS_HEADS])
{
    if (str_eq(e->state, STR("cancelled")))
        return MARK_EVENT;
    if (e->from_day > day_today())
        return MARK_EARLY;
    for (int i = 0; i < EVENTS_HEADS; i++)
        if (heads[i] < 0 || heads[i] > EVENTS_HEADS_MAX)
            return MARK_HEADS;
    return MARK_FINE;
}

static enum err set_heads_of(struct tx *tx, const struct event *e,
                             const struct sql_event_heads_of_rows *old, struct str sex, int64_t n,
                             int64_t *change)
{
    enum err rc = ERR_OK;
    struct sql_event_heads_of_row row = {
        .unit = e->unit, .sex = sex, .day = e->from_day, .kind = e->kind};
    for (size_t i = 0; i < old->n; i++)
        if (str_eq(old->v[i].sex, sex))
            row = old->v[i];
    int64_t by = n - (row.active ? row.heads : 0);
    if (by == 0)
        goto out;
    TRY(sql_event_heads_put(tx, NULL, .unit = row.unit, .event_id = e->id, .sex = sex,
                            .day = row.day, .kind = row.kind, .heads = n, .active = 1));
    TRY(tell_heads(tx, &row, by));
    *change += by;
out:
    return rc;
}

enum err events_set_heads(struct tx *tx, struct arena *a, int64_t event,
                          const int64_t heads[EVENTS_HEADS], int64_t by, enum mark_fault *fault)
{
    enum err rc = ERR_OK;
    struct event e;
    struct sql_event_heads_of_rows old;
    int64_t change = 0;
    TRY(events_get(tx, a, event, &e));
    *fault = check_heads(&e, heads);
    if (*fault != MARK_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_event_heads_of(tx, a, &old, .event_id = event));
    for (int i = 0; i < EVENTS_HEADS; i++)
        TRY(set_heads_of(tx, &e, &old, str_from(events_head_sexes[i]), heads[i], &change));
    if (change == 0)
        goto out;
    TRY(sql_event_present(tx, NULL, .id = event, .change = change));
    if (str_eq(e.state, STR("planned")))
        TRY(events_set_state(tx, a, event, STR("held"), by));
    rc = events_log(tx, &e, "heads", 0,
                    arena_printf(a, "%lld %lld %lld", (long long)heads[0], (long long)heads[1],
                                 (long long)heads[2]),
                    0, by, STR_NULL);
out:
    return rc;
}

/* --- attendance --- */

enum msg mark_fault_message(enum mark_fault f)
{
    static const enum msg texts[] = {
        [MARK_FINE] = MSG_NONE,
        [MARK_EVENT] = MSG_events_fault_cancelled,
        [MARK_EARLY] = MSG_events_fault_early,
        [MARK_PERSON] = MSG_events_fault_person,
        [MARK_HOURS] = MSG_events_fault_longer,
        [MARK_TEST] = MSG_events_fault_test,
        [MARK_HEADS] = MSG_events_fault_heads,
    };
    return texts[f];
}

static bool mark_ok(const struct i64_opt *mark, const struct event *e)
{
    return !mark->set || (e->test_max.set && mark->v >= 0 && mark->v <= e->test_max.v);
}

static enum mark_fault check_mark(const struct event *e, const struct mark *m)
{
    if (str_eq(e->state, STR("cancelled")))
        return MARK_EVENT;
    if (e->from_day > day_today())
        return MARK_EARLY;
    if (m->minutes.set && (m->minutes.v < 0 || m->minutes.v > e->minutes))
        return MARK_HOURS;
    return mark_ok(&m->pre, e) && mark_ok(&m->post, e) ? MARK_FINE : MARK_TEST;
}

/* The first word about a person: what they were on that day is written down for good. */
static enum err first_word(struct tx *tx, const struct event *e, const struct mark *m,
                           const struct register_person *p, int64_t said_ms)
{
    enum err rc = ERR_OK;
    struct sql_attendance_get_row row = {
        .unit = p->home.n ? p->home : e->unit,
        .day = e->from_day,
        .kind = e->kind,
        .sex = p->sex,
        .band = persons_band_on(p->birth_year, p->band, e->from_day),
        .grp = p->group,
    };
    TRY(sql_attendance_put(tx, NULL, .unit = row.unit, .event_id = e->id, .person = p->id,
                           .root = p->root, .day = row.day, .kind = row.kind, .sex = row.sex,
                           .band = row.band, .grp = row.grp, .position = p->position,
                           .home_known = p->home.n > 0, .disability = p->disability,
                           .minutes = m->minutes.set ? m->minutes.v : e->minutes, .pre = m->pre,
                           .post = m->post, .how = str_from(m->how), .said_ms = said_ms,
                           .withdrawn = !m->present, .active = m->present));
    if (m->present) {
        TRY(tell_present(tx, &row, p->root, 1));
        rc = sql_event_present(tx, NULL, .id = e->id, .change = 1);
    }
out:
    return rc;
}

static struct i64_opt or_else(struct i64_opt said, struct i64_opt before)
{
    return said.set ? said : before;
}

static enum err next_word(struct tx *tx, const struct event *e, const struct mark *m,
                          const struct sql_attendance_get_row *row, int64_t said_ms)
{
    enum err rc = ERR_OK;
    bool earlier = said_ms < row->said_ms; /* it waited in a phone while something newer was said */
    bool present = earlier ? row->withdrawn == 0 : m->present;
    TRY(sql_attendance_set(
        tx, NULL, .event_id = e->id, .person = row->person,
        .minutes = m->minutes.set && !earlier ? m->minutes.v : row->minutes,
        .pre = earlier ? or_else(row->pre, m->pre) : or_else(m->pre, row->pre),
        .post = earlier ? or_else(row->post, m->post) : or_else(m->post, row->post),
        .said_ms = earlier ? row->said_ms : said_ms, .withdrawn = !present, .active = present));
    if (present != (row->active != 0)) {
        TRY(tell_present(tx, row, row->root, present ? 1 : -1));
        TRY(sql_event_present(tx, NULL, .id = e->id, .change = present ? 1 : -1));
    }
out:
    return rc;
}

enum err events_mark(struct tx *tx, struct arena *a, const struct mark *m, enum mark_fault *fault)
{
    enum err rc = ERR_OK;
    struct event e;
    struct register_person p;
    struct sql_event_log_by_once_rows again;
    struct sql_attendance_get_rows rows;
    int64_t now = clock_now_ms();
    *fault = MARK_FINE;
    if (m->once.p) {
        TRY(sql_event_log_by_once(tx, a, &again, .once = m->once));
        if (again.n)
            goto out;
    }
    TRY(events_get(tx, a, m->event, &e));
    *fault = check_mark(&e, m);
    if (*fault != MARK_FINE)
        FAIL(ERR_INPUT);
    rc = persons_get(tx, a, m->person, &p);
    if (rc == ERR_NOT_FOUND) {
        *fault = MARK_PERSON;
        FAIL(ERR_INPUT);
    }
    TRY(rc);
    /* A phone's clock counts only between the beginning of the event and the arrival. */
    int64_t said = m->said_ms;
    if (said <= 0 || said > now || said < day_start_ms(e.from_day))
        said = now;
    TRY(sql_attendance_get(tx, a, &rows, .event_id = m->event, .person = m->person));
    if (rows.n == 0)
        TRY(first_word(tx, &e, m, &p, said));
    else
        TRY(next_word(tx, &e, m, &rows.v[0], said));
    if (m->present && str_eq(e.state, STR("planned")))
        TRY(events_set_state(tx, a, e.id, STR("held"), m->by));
    rc = events_log(tx, &e, m->present ? "present" : "absent", m->person, str_from(m->how), said,
                    m->by, m->once);
out:
    return rc;
}

enum err events_moved(struct app *app, struct tx *tx, struct arena *a,
                      const struct person_move *moves, size_t n)
{
    enum err rc = ERR_OK;
    (void)app;
    for (size_t i = 0; i < n; i++) {
        struct sql_attendance_of_one_rows rows;
        TRY(sql_attendance_of_one(tx, a, &rows, .person = moves[i].id));
        for (size_t k = 0; k < rows.n; k++) {
            const struct sql_attendance_of_one_row *row = &rows.v[k];
            struct sql_attendance_get_row one = {.unit = row->unit,
                                                 .day = row->day,
                                                 .kind = row->kind,
                                                 .sex = row->sex,
                                                 .band = row->band,
                                                 .grp = row->grp};
            if (!row->active)
                continue;
            TRY(tell_present(tx, &one, row->root, -1));
            TRY(tell_present(tx, &one, moves[i].after, 1));
        }
        if (rows.n)
            TRY(sql_attendance_set_root(tx, NULL, .person = moves[i].id, .root = moves[i].after));
    }
out:
    return rc;
}

/* --- certificates --- */

struct str events_sign(const struct app *app, struct arena *a, struct str number)
{
    static const char purpose[] = "events certificate 1:";
    unsigned char mac[16];
    crypto_generichash_state state;
    struct buf *out = buf_in(a);
    crypto_generichash_init(&state, app->key, sizeof app->key, sizeof mac);
    crypto_generichash_update(&state, (const unsigned char *)purpose, sizeof purpose - 1);
    crypto_generichash_update(&state, (const unsigned char *)number.p, number.n);
    crypto_generichash_final(&state, mac, sizeof mac);
    buf_base64url(out, mac, sizeof mac);
    return buf_view(out);
}

static bool has_certificate(const struct sql_certificates_of_rows *list, int64_t person)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].person == person)
            return true;
    return false;
}

enum err events_certify(struct tx *tx, struct arena *a, int64_t id, int64_t by, int64_t *issued)
{
    enum err rc = ERR_OK;
    struct event e;
    struct sql_attendance_list_rows rows;
    struct sql_certificates_of_rows there;
    *issued = 0;
    TRY(events_get(tx, a, id, &e));
    if (!e.certificate_minutes.set || !str_eq(e.state, STR("held")))
        FAIL(ERR_INPUT);
    TRY(sql_attendance_list(tx, a, &rows, .event_id = id));
    TRY(sql_certificates_of(tx, a, &there, .event_id = id));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_attendance_list_row *row = &rows.v[i];
        if (!row->active || row->minutes < e.certificate_minutes.v ||
            has_certificate(&there, row->person))
            continue;
        TRY(sql_certificate_put(tx, NULL, .unit = row->unit, .number = id_number(a), .event_id = id,
                                .person = row->person, .kind = e.kind, .sex = row->sex,
                                .issued_day = day_today(), .issued_by = by));
        TRY(tell_certificate(tx, row->unit, day_today(), e.kind, row->sex, 1));
        (*issued)++;
    }
out:
    return rc;
}

enum err events_revoke(struct tx *tx, struct arena *a, struct str number)
{
    enum err rc = ERR_OK;
    struct sql_certificate_get_rows rows;
    TRY(sql_certificate_get(tx, a, &rows, .number = number));
    if (rows.n == 0 || rows.v[0].revoked_ms.set)
        goto out;
    TRY(sql_certificate_revoke(tx, NULL, .number = number, .revoked_ms = I64(clock_now_ms())));
    rc = tell_certificate(tx, rows.v[0].unit, rows.v[0].issued_day, rows.v[0].kind, rows.v[0].sex,
                          -1);
out:
    return rc;
}

/* --- groups --- */

void events_hide_small(struct group_cells *cells)
{
    size_t hidden = 0;
    struct group_cell *least = NULL;
    for (size_t i = 0; i < cells->n; i++) {
        struct group_cell *c = &cells->v[i];
        c->hidden = c->n > 0 && c->n < EVENTS_SMALL;
        hidden += c->hidden;
        if (!c->hidden && c->n > 0 && (!least || c->n < least->n))
            least = c;
    }
    if (hidden == 1 && least)
        least->hidden = true;
}
