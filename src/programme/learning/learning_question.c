/*
 * Consultations: a municipality asks, staff route the question to an expert, the expert answers
 * with what the answer rests on, and somebody else looks at it and publishes a wording without
 * names.
 */
#include "programme/learning/learning_internal.h"

#include "community/people/people.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

/* --- names --- */

static bool has_contact(struct str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '@')
            return true;
        if (c >= '0' && c <= '9')
            digits++;
        else if (c != ' ' && c != '-' && c != '(' && c != ')')
            digits = 0;
        if (digits >= 9) /* a telephone; laws, sums and years are shorter */
            return true;
    }
    return false;
}

/* What all forms of a name begin with: "Демоева" is "Демоевой" too. */
static struct str name_root(struct str word)
{
    static const char *const endings[] = {"а", "я", "й", "ь", "и", "ы", "о", "е", "у"};
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (utf8_length(word) > 4 && str_ends(word, str_from(endings[i])))
            return str_slice(word, 0, word.n - strlen(endings[i]));
    return word;
}

bool question_has_names(struct arena *a, const struct str *texts, size_t n,
                        const struct person_names *names)
{
    for (size_t i = 0; i < n; i++) {
        struct buf *key = buf_in(a);
        if (has_contact(texts[i]))
            return true;
        buf_char(key, ' ');
        utf8_search_key(key, texts[i]);
        buf_char(key, ' ');
        for (size_t k = 0; k < names->n; k++) {
            struct buf *name = buf_in(a);
            struct str rest, word;
            utf8_search_key(name, names->v[k].name);
            rest = buf_view(name);
            /* Any form of it: Kyrgyz and Russian endings follow the name. */
            while (rest.n && str_split(&rest, ' ', &word))
                if (utf8_length(word) >= 4 &&
                    str_find(buf_view(key), arena_printf(a, " %.*s", STRF(name_root(word)))) >= 0)
                    return true;
        }
    }
    return false;
}

/* --- steps --- */

enum err question_ask(struct tx *tx, struct arena *a, const struct question *q, int64_t today,
                      int64_t by, struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    (void)a;
    *fault = !learn_topic_ok(q->topic)                                ? LEARN_TOPIC
             : !q->title.n || utf8_length(q->title) > LEARN_TITLE_MAX ? LEARN_TITLE
             : !q->words.n                                            ? LEARN_ASK
                                                                      : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_question_put(tx, NULL, .unit = q->unit, .id = q->id, .topic = q->topic,
                                  .lang = q->lang, .title = q->title, .words = q->words,
                                  .asked_day = today, .created_ms = clock_now_ms(),
                                  .created_by = by, .once = once));
    TRY(learn_tell(tx, &learning_consultations_asked, q->unit, today, q->topic, 1));
    rc = learn_log(tx, q->unit, q->id, "question", "asked", STR_NULL, by);
out:
    return rc;
}

static enum err expert_is_active(struct tx *tx, struct arena *a, int64_t account, bool gender,
                                 bool *active)
{
    struct sql_learning_expert_get_rows rows;
    enum err rc = sql_learning_expert_get(tx, a, &rows, .account = account);
    *active = rc == ERR_OK && rows.n && rows.v[0].active && (!gender || rows.v[0].gender_day.set);
    return rc;
}

enum err expert_check(struct tx *tx, struct arena *a, int64_t account, bool gender,
                      enum learn_fault *fault)
{
    bool active = false;
    enum err rc = expert_is_active(tx, a, account, gender, &active);
    *fault = active ? LEARN_FINE : LEARN_EXPERT;
    return rc == ERR_OK && !active ? ERR_INPUT : rc;
}

enum err question_route(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                        int64_t expert, struct i64_opt due, int64_t today, int64_t by,
                        enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_question_get_row q;
    int64_t changed = 0;
    TRY(sql_learning_question_get(tx, a, &q, .id = id));
    TRY(expert_check(tx, a, expert, false, fault));
    if (due.set && due.v < today) {
        *fault = LEARN_DAYS;
        FAIL(ERR_INPUT);
    }
    TRY(sql_learning_question_route(tx, &changed, .id = id, .revision = revision, .expert = expert,
                                    .due_day = due));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    rc = learn_log(tx, q.unit, id, "question", "routed", STR_NULL, by);
out:
    return rc;
}

enum err question_answer(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                         struct str words, const struct str *citations, size_t n, int64_t today,
                         int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_question_get_row q;
    int64_t changed = 0, position = 0;
    TRY(sql_learning_question_get(tx, a, &q, .id = id));
    *fault = q.expert != by ? LEARN_EXPERT : !words.n ? LEARN_RESULT : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    /* An answer made better keeps the day on which the municipality first had one. */
    int64_t day = q.answered_day.set ? q.answered_day.v : today;
    TRY(sql_learning_question_answer(tx, &changed, .id = id, .revision = revision, .answer = words,
                                     .answered_day = day));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    TRY(sql_learning_citation_clear(tx, NULL, .question = id));
    for (size_t i = 0; i < n; i++)
        if (citations[i].n)
            TRY(sql_learning_citation_put(tx, NULL, .unit = q.unit, .question = id,
                                          .position = position++, .words = citations[i]));
    if (!q.answered_day.set)
        TRY(learn_tell(tx, &learning_consultations_answered, q.unit, today, q.topic, 1));
    rc = learn_log(tx, q.unit, id, "question", "answered", STR_NULL, by);
out:
    return rc;
}

enum err question_publish(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                          const struct str open[3], int64_t today, int64_t by,
                          enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_question_get_row q;
    struct person_names names;
    int64_t changed = 0;
    TRY(sql_learning_question_get(tx, a, &q, .id = id));
    *fault = q.expert == by                           ? LEARN_FOUR_EYES
             : !open[0].n || !open[1].n || !open[2].n ? LEARN_RESULT
                                                      : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(people_names(tx, a, (int64_t[]){q.created_by, q.expert}, 2, &names));
    if (question_has_names(a, open, 3, &names)) {
        *fault = LEARN_NAMES;
        FAIL(ERR_INPUT);
    }
    TRY(sql_learning_question_publish(
        tx, &changed, .id = id, .revision = revision, .open_title = open[0], .open_words = open[1],
        .open_answer = open[2], .search = learn_search_key(a, open, 3), .published_day = today));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    rc = learn_log(tx, q.unit, id, "question", "publish", STR_NULL, by);
out:
    return rc;
}

enum err question_close(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                        struct str note, int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_question_get_row q;
    int64_t changed = 0;
    TRY(sql_learning_question_get(tx, a, &q, .id = id));
    *fault = note.n ? LEARN_FINE : LEARN_RESULT;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_question_close(tx, &changed, .id = id, .revision = revision));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    rc = learn_log(tx, q.unit, id, "question", "closed", note, by);
out:
    return rc;
}
