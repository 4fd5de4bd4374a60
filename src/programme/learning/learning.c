/* What all parts of learning share: faults, the record of steps, documents, search. */
#include "programme/learning/learning_internal.h"

#include "community/topics/topics.h"
#include "programme/law/law.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

enum msg learn_fault_message(enum learn_fault f)
{
    static const enum msg texts[] = {
        [LEARN_FINE] = MSG_NONE,
        [LEARN_TOPIC] = MSG_learning_fault_topic,
        [LEARN_TITLE] = MSG_learning_fault_title,
        [LEARN_WORDS] = MSG_learning_fault_words,
        [LEARN_DAYS] = MSG_learning_fault_days,
        [LEARN_OFFICE] = MSG_learning_fault_office,
        [LEARN_STATE] = MSG_common_form_changed,
        [LEARN_OWN] = MSG_learning_fault_own,
        [LEARN_AGAIN] = MSG_learning_fault_again,
        [LEARN_RESULT] = MSG_learning_fault_result,
        [LEARN_ASK] = MSG_learning_fault_ask,
        [LEARN_EXPERT] = MSG_learning_fault_expert,
        [LEARN_FOUR_EYES] = MSG_learning_fault_four_eyes,
        [LEARN_NAMES] = MSG_learning_fault_names,
        [LEARN_SUBJECT] = MSG_learning_fault_subject,
        [LEARN_PARTIES] = MSG_learning_fault_parties,
        [LEARN_SHARES] = MSG_learning_fault_shares,
        [LEARN_DECISION] = MSG_learning_fault_decision,
        [LEARN_ACTION] = MSG_learning_fault_action,
    };
    return texts[f];
}

struct str learn_given(struct str s)
{
    return s.p ? s : STR("");
}

bool learn_topic_ok(struct str code)
{
    return topics_find(code) != NULL;
}

enum err learn_tell(struct tx *tx, const struct counter *counter, struct str unit, int64_t day,
                    struct str value, int64_t amount)
{
    struct tally_fact f = {
        .counter = counter, .unit = unit, .day = day, .values = {value}, .amount = amount};
    return tally_change(tx, &f);
}

enum err learn_log(struct tx *tx, struct str unit, int64_t subject, const char *kind,
                   const char *what, struct str note, int64_t by)
{
    return sql_learning_log_put(tx, NULL, .unit = unit, .subject = subject, .id = id_new(),
                                .kind = str_from(kind), .what = str_from(what),
                                .note = learn_given(note), .at_ms = clock_now_ms(),
                                .by_person = by);
}

enum err learn_keep_files(struct tx *tx, struct str unit, const char *kind, int64_t subject,
                          const struct evidence_files *files, int64_t by)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < files->n; i++)
        TRY(sql_learning_evidence_put(
            tx, NULL, .unit = unit, .id = files->v[i].id, .kind = str_from(kind),
            .subject = subject, .file = files->v[i].file, .name = files->v[i].name,
            .type = files->v[i].type, .created_ms = clock_now_ms(), .created_by = by));
out:
    return rc;
}

/* --- search --- */

struct str learn_search_key(struct arena *a, const struct str *texts, size_t n)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; i < n; i++) {
        struct buf key = BUF_EMPTY;
        if (!texts[i].n)
            continue;
        utf8_search_key(&key, texts[i]);
        buf_char(out, ' ');
        buf_str(out, buf_view(&key));
        buf_free(&key);
    }
    return buf_view(out);
}

/* A key holds letters, digits and blanks: nothing in it means anything to LIKE. */
struct learn_terms learn_terms_of(struct arena *a, struct str typed)
{
    struct learn_terms t = {0};
    struct buf *key = buf_in(a);
    struct str rest, word;
    size_t n = 0;
    utf8_search_key(key, str_slice(typed, 0, 200));
    rest = buf_view(key);
    while (n < LEARN_TERMS && rest.n && str_split(&rest, ' ', &word)) {
        if (!word.n)
            continue;
        struct law_stems stems = law_stems_of(a, word);
        t.a[n] = arena_printf(a, "%% %.*s%%", STRF(stems.ky));
        t.b[n++] = arena_printf(a, "%% %.*s%%", STRF(stems.ru));
    }
    return t;
}

struct str learn_topics_below(struct arena *a, struct str topic)
{
    struct buf *out = buf_in(a);
    if (!topic.n)
        return STR_NULL;
    buf_char(out, '|');
    for (size_t i = 0; i < topics_count; i++)
        if (topics_within(str_from(topics[i].code), topic))
            buf_printf(out, "%s|", topics[i].code);
    return buf_view(out);
}
