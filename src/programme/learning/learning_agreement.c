/*
 * Agreements between municipalities: who takes which share, what the councils decided, and what
 * came of it. Shares are hundredths of a per cent and sum to the whole, always; nothing is in force
 * before every council has decided.
 */
#include "programme/learning/learning_internal.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"
#include "platform/trail/trail.h"

static enum learn_fault check(const struct agreement *g)
{
    int64_t sum = 0;
    if (!learn_topic_ok(g->topic))
        return LEARN_TOPIC;
    if (!text3_get(&g->title, LANG_KY).n)
        return LEARN_TITLE;
    for (int i = 0; i < LANG__MAX; i++)
        if (utf8_length(g->title.in[i]) > LEARN_TITLE_MAX)
            return LEARN_TITLE;
    if (!g->subject.n)
        return LEARN_SUBJECT;
    if (g->to_day.set && g->to_day.v < g->from_day)
        return LEARN_DAYS;
    if (g->party_count < 2 || g->party_count > AGREEMENT_PARTIES ||
        !str_eq(g->parties[0].unit, g->unit))
        return LEARN_PARTIES;
    for (size_t i = 0; i < g->party_count; i++) {
        if (g->parties[i].share <= 0)
            return LEARN_SHARES;
        sum += g->parties[i].share;
        for (size_t k = 0; k < i; k++)
            if (str_eq(g->parties[k].unit, g->parties[i].unit))
                return LEARN_PARTIES;
    }
    return sum == AGREEMENT_WHOLE ? LEARN_FINE : LEARN_SHARES;
}

enum err agreement_get(struct tx *tx, struct arena *a, int64_t id, struct agreement *out)
{
    enum err rc = ERR_OK;
    struct sql_learning_agreement_get_row g;
    struct sql_learning_parties_rows parties;
    TRY(sql_learning_agreement_get(tx, a, &g, .id = id));
    TRY(sql_learning_parties(tx, a, &parties, .agreement = id));
    *out = (struct agreement){.unit = g.unit,
                              .id = g.id,
                              .topic = g.topic,
                              .title = {{g.title_ky, g.title_ru, g.title_en}},
                              .subject = g.subject,
                              .basis = g.basis,
                              .from_day = g.from_day,
                              .to_day = g.to_day,
                              .state = g.state,
                              .force_day = g.force_day,
                              .ended_day = g.ended_day,
                              .end_note = g.end_note,
                              .revision = g.revision};
    for (size_t i = 0; i < parties.n && i < AGREEMENT_PARTIES; i++)
        out->parties[out->party_count++] =
            (struct agreement_party){parties.v[i].unit, parties.v[i].share, parties.v[i].decision,
                                     parties.v[i].decision_day};
out:
    return rc;
}

static enum err put_parties(struct tx *tx, const struct agreement *g)
{
    enum err rc = ERR_OK;
    TRY(sql_learning_party_clear(tx, NULL, .agreement = g->id));
    for (size_t i = 0; i < g->party_count; i++)
        TRY(sql_learning_party_put(tx, NULL, .unit = g->parties[i].unit, .agreement = g->id,
                                   .position = (int64_t)i, .share = g->parties[i].share,
                                   .topic = g->topic));
out:
    return rc;
}

enum err agreement_add(struct tx *tx, struct arena *a, const struct agreement *g, int64_t by,
                       struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    (void)a;
    *fault = check(g);
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_agreement_put(tx, NULL, .unit = g->unit, .id = g->id, .topic = g->topic,
                                   .title_ky = learn_given(g->title.in[LANG_KY]),
                                   .title_ru = learn_given(g->title.in[LANG_RU]),
                                   .title_en = learn_given(g->title.in[LANG_EN]),
                                   .subject = g->subject, .basis = learn_given(g->basis),
                                   .from_day = g->from_day, .to_day = g->to_day,
                                   .created_ms = clock_now_ms(), .created_by = by, .once = once));
    TRY(put_parties(tx, g));
    rc = learn_log(tx, g->unit, g->id, "agreement", "made", STR_NULL, by);
out:
    return rc;
}

/* A new wording or other shares void what the councils decided about the old ones. */
enum err agreement_change(struct tx *tx, struct arena *a, const struct agreement *g, int64_t by,
                          enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    (void)a;
    *fault = check(g);
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_agreement_set(tx, &changed, .id = g->id, .revision = g->revision,
                                   .topic = g->topic, .title_ky = learn_given(g->title.in[LANG_KY]),
                                   .title_ru = learn_given(g->title.in[LANG_RU]),
                                   .title_en = learn_given(g->title.in[LANG_EN]),
                                   .subject = g->subject, .basis = learn_given(g->basis),
                                   .from_day = g->from_day, .to_day = g->to_day));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(put_parties(tx, g));
    rc = learn_log(tx, g->unit, g->id, "agreement", "changed", STR_NULL, by);
out:
    return rc;
}

const struct agreement_party *agreement_party(const struct agreement *g, struct str unit)
{
    for (size_t i = 0; i < g->party_count; i++)
        if (str_eq(g->parties[i].unit, unit))
            return &g->parties[i];
    return NULL;
}

enum err agreement_decide(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                          struct str unit, struct str decision, int64_t day, int64_t today,
                          int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct agreement g;
    *fault = LEARN_STATE;
    TRY(agreement_get(tx, a, id, &g));
    /* What the council decided about is what was on the page. */
    if (g.revision != revision)
        FAIL(ERR_CONFLICT);
    if (!str_eq(g.state, STR("draft")) || !agreement_party(&g, unit))
        FAIL(ERR_INPUT);
    *fault = !decision.n ? LEARN_DECISION : day > today ? LEARN_DAYS : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_party_decide(tx, NULL, .unit = unit, .agreement = id, .decision = decision,
                                  .decision_day = day));
    TRY(sql_learning_agreement_touch(tx, NULL, .id = id));
    rc = learn_log(tx, unit, id, "agreement", "decided", decision, by);
out:
    return rc;
}

struct str agreement_payload(struct arena *a, const struct agreement *g)
{
    struct buf *b = buf_in(a);
    buf_printf(b, "agreement %lld\n%.*s\nfrom %lld to %lld\n", (long long)g->id, STRF(g->subject),
               (long long)g->from_day, g->to_day.set ? (long long)g->to_day.v : 0LL);
    for (size_t i = 0; i < g->party_count; i++)
        buf_printf(b, "%.*s %lld %.*s %lld\n", STRF(g->parties[i].unit),
                   (long long)g->parties[i].share, STRF(g->parties[i].decision),
                   (long long)g->parties[i].decision_day.v);
    return buf_view(b);
}

enum err agreement_begin(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                         int64_t today, int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct agreement g;
    *fault = LEARN_STATE;
    TRY(agreement_get(tx, a, id, &g));
    if (g.revision != revision)
        FAIL(ERR_CONFLICT);
    if (!str_eq(g.state, STR("draft")))
        FAIL(ERR_INPUT);
    *fault = check(&g);
    for (size_t i = 0; i < g.party_count; i++)
        if (!g.parties[i].decision_day.set)
            *fault = LEARN_DECISION;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_agreement_set_state(tx, NULL, .id = id, .state = STR("in_force"),
                                         .force_day = I64(today), .ended_day = I64_NONE,
                                         .end_note = STR("")));
    TRY(sql_learning_party_begin(tx, NULL, .agreement = id, .force_day = today));
    TRY(learn_tell(tx, &learning_agreements, g.unit, today, g.topic, 1));
    struct str payload = agreement_payload(a, &g);
    for (size_t i = 0; i < g.party_count; i++) {
        TRY(learn_tell(tx, &learning_agreement_parties, g.parties[i].unit, today, g.topic, 1));
        TRY(trail_append(tx, g.parties[i].unit, "agreement_in_force",
                         arena_printf(a, "%lld", (long long)id), payload, NULL));
    }
    rc = learn_log(tx, g.unit, id, "agreement", "in_force", STR_NULL, by);
out:
    return rc;
}

enum err agreement_end(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                       struct str note, int64_t today, int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct agreement g;
    *fault = LEARN_STATE;
    TRY(agreement_get(tx, a, id, &g));
    if (g.revision != revision)
        FAIL(ERR_CONFLICT);
    if (!str_eq(g.state, STR("in_force")))
        FAIL(ERR_INPUT);
    *fault = note.n ? LEARN_FINE : LEARN_RESULT;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_agreement_set_state(tx, NULL, .id = id, .state = STR("ended"),
                                         .force_day = g.force_day, .ended_day = I64(today),
                                         .end_note = note));
    rc = learn_log(tx, g.unit, id, "agreement", "ended", note, by);
out:
    return rc;
}

enum err agreement_report(struct tx *tx, struct arena *a, int64_t id, int64_t row, struct str unit,
                          int64_t day, struct str words, struct i64_opt spent, int64_t today,
                          int64_t by, struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct agreement g;
    *fault = LEARN_STATE;
    TRY(agreement_get(tx, a, id, &g));
    if (!g.force_day.set || !agreement_party(&g, unit))
        FAIL(ERR_INPUT);
    *fault = !words.n ? LEARN_RESULT : day > today || day < g.force_day.v ? LEARN_DAYS : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    rc = sql_learning_performance_put(tx, NULL, .unit = unit, .id = row, .agreement = id,
                                      .day = day, .words = words, .spent = spent,
                                      .created_ms = clock_now_ms(), .created_by = by, .once = once);
out:
    return rc;
}
