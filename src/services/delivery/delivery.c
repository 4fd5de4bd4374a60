/*
 * What other rooms read of delivery, whose visits somebody may see, and how a visit looks in
 * public.
 */
#include "services/delivery/delivery_internal.h"

#include "platform/web/components.h"

static const char *const state_codes[VISIT__MAX] = {
    [VISIT_EXPECTED] = "expected", [VISIT_DONE] = "done", [VISIT_MISSED] = "missed"};

const char *visit_state_code(enum visit_state s)
{
    INVARIANT((unsigned)s < VISIT__MAX);
    return state_codes[s];
}

enum visit_state visit_state_parse(struct str code)
{
    for (int s = 0; s < VISIT__MAX; s++)
        if (str_eq(code, str_from(state_codes[s])))
            return (enum visit_state)s;
    return VISIT_EXPECTED;
}

static const struct {
    enum msg name;
    enum tone tone;
} looks[LOOK__MAX] = {
    [LOOK_AHEAD] = {MSG_delivery_look_ahead, TONE_NEUTRAL},
    [LOOK_TODAY] = {MSG_delivery_look_today, TONE_WAIT},
    [LOOK_DONE] = {MSG_delivery_look_done, TONE_GOOD},
    [LOOK_MISSED] = {MSG_delivery_look_missed, TONE_BAD},
    [LOOK_UNCONFIRMED] = {MSG_delivery_look_unconfirmed, TONE_BAD},
    [LOOK_UPHELD] = {MSG_delivery_look_upheld, TONE_BAD},
};

enum visit_look visit_look(const struct visit *v, int64_t today)
{
    switch (v->state) {
    case VISIT_DONE:
        return v->upheld ? LOOK_UPHELD : LOOK_DONE;
    case VISIT_MISSED:
        return LOOK_MISSED;
    case VISIT_EXPECTED:
    case VISIT__MAX:
        break;
    }
    return v->day < today ? LOOK_UNCONFIRMED : v->day == today ? LOOK_TODAY : LOOK_AHEAD;
}

enum msg visit_look_message(enum visit_look l)
{
    INVARIANT((unsigned)l < LOOK__MAX);
    return looks[l].name;
}

int visit_look_tone(enum visit_look l)
{
    INVARIANT((unsigned)l < LOOK__MAX);
    return looks[l].tone;
}

/* --- why it did not happen --- */

static const struct visit_why whys[] = {
    {"vehicle", MSG_delivery_why_vehicle}, {"road", MSG_delivery_why_road},
    {"weather", MSG_delivery_why_weather}, {"crew", MSG_delivery_why_crew},
    {"fuel", MSG_delivery_why_fuel},
};
const struct visit_whys visit_whys = {whys, COUNT_OF(whys)};
#define WHY STR("why:")

static const struct visit_why *find_why(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(whys); i++)
        if (str_eq(code, str_from(whys[i].code)))
            return &whys[i];
    return NULL;
}

struct str delivery_reason_keep(struct arena *a, struct str code, struct str words)
{
    const struct visit_why *why = find_why(code);
    if (!why)
        return words.n ? words : STR_NULL;
    return arena_printf(a, "why:%s%s%.*s", why->code, words.n ? " " : "", STRF(words));
}

struct str delivery_reason_text(struct arena *a, enum lang lang, struct str kept)
{
    struct str words = kept, code;
    if (!str_starts(kept, WHY))
        return kept;
    words = str_slice(kept, WHY.n, kept.n);
    str_split(&words, ' ', &code);
    const struct visit_why *why = find_why(code);
    if (!why)
        return kept;
    struct str name = msg_text(lang, why->name);
    return words.n ? arena_printf(a, "%.*s: %.*s", STRF(name), STRF(words)) : name;
}

void delivery_fault(struct arena *a, struct delivery_faults *faults, int field, enum msg m)
{
    struct delivery_fault f = {.field = field, .m = m};
    ARENA_PUSH(a, *faults, f);
}

/* --- who may see what --- */

enum err delivery_reader(struct tx *tx, struct arena *a, const struct actor *actor, struct str unit,
                         struct visit_reader *out)
{
    *out = (struct visit_reader){.person = actor->person_id};
    for (int i = 0; i < actor->grant_count; i++) {
        const struct role_grant *g = &actor->grants[i];
        if (g->role != ROLE_PROVIDER && access_role_carries(g->role, PERM_DELIVERY_LOG) &&
            access_unit_within(unit, str_from(g->scope)))
            out->office = true;
    }
    if (out->office)
        return ERR_OK;
    return catalogue_providers_of(tx, a, unit, actor->person_id, &out->providers);
}

bool delivery_may_see(const struct visit_reader *reader, int64_t provider_id)
{
    if (reader->office)
        return true;
    for (size_t i = 0; i < reader->providers.n; i++)
        if (reader->providers.v[i] == provider_id)
            return true;
    return false;
}

/* --- for other rooms --- */

/* A provider's share of the day is small enough to be counted from its list. */
static enum err summarize_own(struct tx *tx, struct arena *a, const struct visit_reader *reader,
                              struct str unit, int64_t today, struct visit_summary *out)
{
    struct sql_visits_of_days_rows of_today;
    struct sql_visits_unconfirmed_rows before;
    enum err rc = ERR_OK;
    TRY(sql_visits_of_days(tx, a, &of_today, .unit = unit, .from_day = today, .to_day = today,
                           .service = STR_NULL, .village = STR_NULL));
    for (size_t i = 0; i < of_today.n; i++) {
        struct visit v = VISIT_OF(of_today.v[i]);
        bool own = delivery_may_see(reader, v.provider_id);
        out->today_expected += own;
        out->today_done += own && v.state == VISIT_DONE;
        out->today_missed += own && v.state == VISIT_MISSED;
    }
    TRY(sql_visits_unconfirmed(tx, a, &before, .unit = unit,
                               .from_day = today - DELIVERY_LATE_DAYS_PROVIDER,
                               .before_day = today));
    for (size_t i = 0; i < before.n; i++)
        out->unconfirmed_before_today += delivery_may_see(reader, before.v[i].provider_id);
out:
    return rc;
}

enum err delivery_summary(struct tx *tx, struct arena *a, const struct actor *actor,
                          struct str unit, int64_t today, struct visit_summary *out)
{
    struct sql_visit_summary_row row = {0};
    struct visit_reader reader;
    *out = (struct visit_summary){0};
    enum err own = delivery_reader(tx, a, actor, unit, &reader);
    if (own != ERR_OK || !reader.office)
        return own == ERR_OK ? summarize_own(tx, a, &reader, unit, today, out) : own;
    enum err rc = sql_visit_summary(tx, a, &row, .unit = unit, .today = today,
                                    .since_day = today - DELIVERY_LATE_DAYS_OFFICE);
    *out = (struct visit_summary){
        .today_expected = row.expected,
        .today_done = row.done,
        .today_missed = row.missed,
        .unconfirmed_before_today = row.unconfirmed,
        .disputed_open = row.disputed,
    };
    return rc;
}

const char *visit_outcome_code(enum visit_outcome o)
{
    switch (o) {
    case VISIT_WAS_DONE:
        return "done";
    case VISIT_WAS_MISSED:
        return "missed";
    case VISIT_NOT_CONFIRMED:
        return "unconfirmed";
    case VISIT_DISPUTE_UPHELD:
        return "upheld";
    }
    return "";
}

static enum visit_outcome outcome_of(const struct visit *v)
{
    return v->upheld                    ? VISIT_DISPUTE_UPHELD
           : v->state == VISIT_DONE     ? VISIT_WAS_DONE
           : v->state == VISIT_EXPECTED ? VISIT_NOT_CONFIRMED
                                        : VISIT_WAS_MISSED;
}

enum err delivery_due_visits(struct tx *tx, struct arena *a, struct str unit, int64_t from_day,
                             int64_t to_day, int64_t today, int64_t edge_day, int64_t edge_id,
                             size_t max, struct due_visits *out)
{
    struct sql_visit_records_rows rows;
    enum err rc = sql_visit_records(tx, a, &rows, .unit = unit, .from_day = from_day,
                                    .to_day = to_day, .today = today, .edge_day = edge_day,
                                    .edge_id = edge_id, .limit = (int64_t)max);
    *out = (struct due_visits){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        struct visit v = VISIT_OF(rows.v[i]);
        struct due_visit due = {
            .id = v.id,
            .day = v.day,
            .service = v.service,
            .route = v.route,
            .village = v.village,
            .time_from = v.time_from,
            .time_to = v.time_to,
            .outcome = outcome_of(&v),
            .said_ms = v.state == VISIT_EXPECTED ? 0 : v.state_ms,
        };
        ARENA_PUSH(a, *out, due);
    }
    return rc;
}

enum err delivery_tally(struct tx *tx, struct arena *a, struct str unit, int64_t before_day,
                        int64_t from_day, int64_t today, struct visit_tallies *out)
{
    struct sql_visit_tally_rows rows;
    enum err rc = sql_visit_tally(tx, a, &rows, .unit = unit, .before_day = before_day,
                                  .from_day = from_day, .today = today);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out,
                   ((struct visit_tally){rows.v[i].service, rows.v[i].due, rows.v[i].missed,
                                         rows.v[i].due_before, rows.v[i].missed_before}));
    return rc;
}

enum err delivery_next(struct tx *tx, struct arena *a, struct str unit, struct str service,
                       int64_t today, size_t max, struct next_visits *out)
{
    struct sql_visits_next_rows rows;
    enum err rc = sql_visits_next(tx, a, &rows, .unit = unit,
                                  .service = str_empty(service) ? STR_NULL : service,
                                  .today = today, .limit = (int64_t)max);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out,
                   ((struct next_visit){.service = rows.v[i].service,
                                        .route = rows.v[i].route,
                                        .village = rows.v[i].village,
                                        .day = rows.v[i].day,
                                        .time_from = rows.v[i].time_from,
                                        .time_to = rows.v[i].time_to}));
    return rc;
}

enum err delivery_visit(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                        struct visit *out)
{
    struct sql_visit_get_row row = {0};
    enum err rc = sql_visit_get(tx, a, &row, .unit = unit, .id = id);
    if (rc != ERR_OK)
        return rc;
    *out = (struct visit){
        .id = id,
        .schedule_id = row.schedule_id,
        .provider_id = row.provider_id,
        .day = row.day,
        .service = row.service,
        .route = row.route,
        .village = row.village,
        .time_from = row.time_from,
        .time_to = row.time_to,
        .state = visit_state_parse(row.state),
        .state_ms = row.state_ms.v,
        .reason = row.reason,
        .upheld = row.upheld != 0,
        .disputes = row.disputes,
        .photos = row.photos,
    };
    return ERR_OK;
}

/* --- the measure of the charter --- */

static enum err count_visits(struct tx *tx, struct arena *a, const struct measure_query *q,
                             struct measure_result *out)
{
    struct sql_visit_measure_row row = {0};
    enum err rc =
        sql_visit_measure(tx, a, &row, .unit = q->unit, .service = q->service,
                          .route = str_empty(q->kind) ? STR_NULL : q->kind, .from_day = q->from_day,
                          .to_day = q->to_day, .today = day_today());
    *out = (struct measure_result){row.counted, row.kept};
    return rc;
}

const struct measure delivery_measures[1] = {
    {.code = "visits_done",
     .label = MSG_delivery_measure,
     .sentence = MSG_delivery_measure_sentence,
     .takes_amount = false,
     .count = count_visits,
     .records_path = "/m/{unit}/visits"},
};
