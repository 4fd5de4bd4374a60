/*
 * Practices: written by the municipality that did it, looked at by the programme's staff, then in
 * the library until they are retired; and their repetition elsewhere, followed to a result. What
 * counts is told to the counters in the same transaction.
 */
#include "programme/learning/learning_internal.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

/* --- reading --- */

enum err practice_get(struct tx *tx, struct arena *a, int64_t id, struct practice *out)
{
    enum err rc = ERR_OK;
    struct sql_learning_practice_get_row p;
    struct sql_learning_practice_texts_rows texts;
    TRY(sql_learning_practice_get(tx, a, &p, .id = id));
    TRY(sql_learning_practice_texts(tx, a, &texts, .practice = id));
    *out = (struct practice){.unit = p.unit,
                             .id = p.id,
                             .topic = p.topic,
                             .title = {{p.title_ky, p.title_ru, p.title_en}},
                             .cost = p.cost,
                             .people = p.people,
                             .from_day = p.from_day,
                             .to_day = p.to_day,
                             .office = p.office,
                             .phone = p.phone,
                             .email = p.email,
                             .state = p.state,
                             .published_day = p.published_day,
                             .revision = p.revision,
                             .repeated = p.repeated,
                             .repeating = p.repeating,
                             .documents = p.documents};
    for (size_t i = 0; i < texts.n; i++) {
        enum lang lang;
        if (!lang_parse(texts.v[i].lang, &lang))
            continue;
        out->parts[PART_PROBLEM].in[lang] = texts.v[i].problem;
        out->parts[PART_DONE].in[lang] = texts.v[i].done;
        out->parts[PART_RESULT].in[lang] = texts.v[i].result;
        out->parts[PART_CONDITIONS].in[lang] = texts.v[i].conditions;
    }
out:
    return rc;
}

int practice_grade(int64_t documents, bool figures, int64_t repeated)
{
    if (repeated > 0)
        return 4;
    if (documents == 0)
        return 1;
    return figures ? 3 : 2;
}

/* --- writing --- */

static bool language_is_complete(const struct practice *p, int lang)
{
    bool all = p->title.in[lang].n > 0;
    for (int i = 0; i < PART__COUNT; i++)
        all = all && p->parts[i].in[lang].n > 0;
    return all;
}

static enum learn_fault check(const struct practice *p)
{
    int64_t today = day_today();
    if (!learn_topic_ok(p->topic))
        return LEARN_TOPIC;
    if (!text3_get(&p->title, LANG_KY).n)
        return LEARN_TITLE;
    for (int i = 0; i < LANG__MAX; i++)
        if (utf8_length(p->title.in[i]) > LEARN_TITLE_MAX)
            return LEARN_TITLE;
    if ((p->from_day.set && p->from_day.v > today) || (p->to_day.set && p->to_day.v > today) ||
        (p->from_day.set && p->to_day.set && p->to_day.v < p->from_day.v))
        return LEARN_DAYS;
    return LEARN_FINE;
}

enum learn_fault practice_complete(const struct practice *p)
{
    bool any = false;
    for (int i = 0; i < LANG__MAX; i++)
        any = any || language_is_complete(p, i);
    if (!any)
        return LEARN_WORDS;
    return p->office.n && (p->phone.n || p->email.n) ? LEARN_FINE : LEARN_OFFICE;
}

static struct str search_of(struct arena *a, const struct practice *p)
{
    struct str all[(PART__COUNT + 1) * LANG__MAX];
    size_t n = 0;
    for (int i = 0; i < LANG__MAX; i++) {
        all[n++] = p->title.in[i];
        for (int k = 0; k < PART__COUNT; k++)
            all[n++] = p->parts[k].in[i];
    }
    return learn_search_key(a, all, n);
}

static enum err put_texts(struct tx *tx, const struct practice *p)
{
    enum err rc = ERR_OK;
    TRY(sql_learning_practice_text_clear(tx, NULL, .practice = p->id));
    for (int i = 0; i < LANG__MAX; i++) {
        size_t any = 0;
        for (int k = 0; k < PART__COUNT; k++)
            any += p->parts[k].in[i].n;
        if (any)
            TRY(sql_learning_practice_text_put(
                tx, NULL, .unit = p->unit, .practice = p->id, .lang = str_from(lang_code(i)),
                .problem = learn_given(p->parts[PART_PROBLEM].in[i]),
                .done = learn_given(p->parts[PART_DONE].in[i]),
                .result = learn_given(p->parts[PART_RESULT].in[i]),
                .conditions = learn_given(p->parts[PART_CONDITIONS].in[i])));
    }
out:
    return rc;
}

enum err practice_add(struct tx *tx, struct arena *a, const struct practice *p, int64_t by,
                      struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    *fault = check(p);
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_practice_put(tx, NULL, .unit = p->unit, .id = p->id, .topic = p->topic,
                                  .title_ky = learn_given(p->title.in[LANG_KY]),
                                  .title_ru = learn_given(p->title.in[LANG_RU]),
                                  .title_en = learn_given(p->title.in[LANG_EN]), .cost = p->cost,
                                  .people = p->people, .from_day = p->from_day, .to_day = p->to_day,
                                  .office = learn_given(p->office), .phone = learn_given(p->phone),
                                  .email = learn_given(p->email), .search = search_of(a, p),
                                  .created_ms = clock_now_ms(), .created_by = by, .once = once));
    TRY(put_texts(tx, p));
    rc = learn_log(tx, p->unit, p->id, "practice", "made", STR_NULL, by);
out:
    return rc;
}

enum err practice_change(struct tx *tx, struct arena *a, const struct practice *p, int64_t by,
                         enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct practice old;
    int64_t changed = 0;
    *fault = check(p);
    TRY(practice_get(tx, a, p->id, &old));
    if (*fault == LEARN_FINE && !str_eq(old.state, STR("draft")))
        *fault = practice_complete(p);
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    bool counted = old.published_day.set && !str_eq(old.topic, p->topic);
    if (counted)
        TRY(learn_tell(tx, &learning_practices_published, old.unit, old.published_day.v, old.topic,
                       -1));
    TRY(sql_learning_practice_set(tx, &changed, .id = p->id, .revision = p->revision,
                                  .topic = p->topic, .title_ky = learn_given(p->title.in[LANG_KY]),
                                  .title_ru = learn_given(p->title.in[LANG_RU]),
                                  .title_en = learn_given(p->title.in[LANG_EN]), .cost = p->cost,
                                  .people = p->people, .from_day = p->from_day, .to_day = p->to_day,
                                  .office = learn_given(p->office), .phone = learn_given(p->phone),
                                  .email = learn_given(p->email), .search = search_of(a, p)));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (counted)
        TRY(learn_tell(tx, &learning_practices_published, old.unit, old.published_day.v, p->topic,
                       1));
    struct practice now = *p;
    now.unit = old.unit;
    TRY(put_texts(tx, &now));
    rc = learn_log(tx, old.unit, p->id, "practice", "changed", STR_NULL, by);
out:
    return rc;
}

static const struct practice_way {
    const char *step, *from, *to;
    bool needs_note, needs_whole;
} ways[] = {
    {"submit", "draft", "submitted", false, true},
    {"return", "submitted", "draft", true, false},
    {"publish", "submitted", "published", false, true},
    {"retire", "published", "retired", true, false},
    {"restore", "retired", "published", false, true},
};

enum err practice_step(struct tx *tx, struct arena *a, int64_t id, struct str step, struct str note,
                       int64_t today, int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct practice p;
    const struct practice_way *way = NULL;
    *fault = LEARN_STATE;
    TRY(practice_get(tx, a, id, &p));
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (str_eq(step, str_from(ways[i].step)) && str_eq(p.state, str_from(ways[i].from)))
            way = &ways[i];
    if (!way)
        FAIL(ERR_INPUT);
    *fault = way->needs_whole ? practice_complete(&p) : LEARN_FINE;
    if (way->needs_note && !note.n)
        *fault = LEARN_RESULT;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    bool first = str_eq(step, STR("publish")) && !p.published_day.set;
    TRY(sql_learning_practice_set_state(tx, NULL, .id = id, .state = str_from(way->to),
                                        .published_day = first ? I64(today) : p.published_day));
    if (first)
        TRY(learn_tell(tx, &learning_practices_published, p.unit, today, p.topic, 1));
    rc = learn_log(tx, p.unit, id, "practice", way->step, note, by);
out:
    return rc;
}

/* --- repeating --- */

enum err replication_begin(struct tx *tx, struct arena *a, const struct replication *n,
                           int64_t today, int64_t by, struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct practice p;
    struct sql_learning_replication_same_rows same;
    *fault = LEARN_STATE;
    TRY(practice_get(tx, a, n->practice, &p));
    if (!str_eq(p.state, STR("published")))
        FAIL(ERR_INPUT);
    *fault = str_eq(p.unit, n->unit)                   ? LEARN_OWN
             : n->due_day.set && n->due_day.v <= today ? LEARN_DAYS
                                                       : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_replication_same(tx, a, &same, .unit = n->unit, .practice = n->practice));
    if (same.n) {
        *fault = LEARN_AGAIN;
        FAIL(ERR_INPUT);
    }
    TRY(sql_learning_replication_put(tx, NULL, .unit = n->unit, .id = n->id,
                                     .practice = n->practice, .topic = p.topic, .begun_day = today,
                                     .due_day = n->due_day, .plan = learn_given(n->plan),
                                     .created_ms = clock_now_ms(), .created_by = by, .once = once));
    TRY(learn_tell(tx, &learning_replications_begun, n->unit, today, p.topic, 1));
    rc = learn_log(tx, n->unit, n->id, "replication", "begun", STR_NULL, by);
out:
    return rc;
}

enum err replication_finish(struct tx *tx, struct arena *a, const struct replication *n,
                            int64_t today, int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_replication_get_row old;
    int64_t changed = 0;
    bool done = str_eq(n->state, STR("done"));
    TRY(sql_learning_replication_get(tx, a, &old, .id = n->id));
    *fault = !done && !str_eq(n->state, STR("stopped")) ? LEARN_STATE
             : !str_eq(old.state, STR("begun"))         ? LEARN_STATE
             : !n->result.n                             ? LEARN_RESULT
             : done && (!n->done_day.set || n->done_day.v > today || n->done_day.v < old.begun_day)
                 ? LEARN_DAYS
                 : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_replication_finish(
        tx, &changed, .id = n->id, .revision = n->revision, .state = n->state,
        .done_day = done ? n->done_day : I64_NONE, .result = n->result,
        .changed = learn_given(n->changed), .cost = n->cost, .people = n->people));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (done)
        TRY(learn_tell(tx, &learning_replications_done, old.unit, n->done_day.v, old.topic, 1));
    rc = learn_log(tx, old.unit, n->id, "replication", done ? "done" : "stopped", STR_NULL, by);
out:
    return rc;
}
