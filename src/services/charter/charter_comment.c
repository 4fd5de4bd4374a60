/*
 * What people say in a consultation. Everybody may, without an account; words are public after a
 * look, and each that is shown gets an answer before the council decides.
 */
#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

static const char *const looks[] = {
    [CHARTER_WAITS] = "waits", [CHARTER_SHOWN] = "shown", [CHARTER_HIDDEN] = "hidden"};

static enum charter_look parse_look(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(looks); i++)
        if (str_eq(code, str_from(looks[i])))
            return (enum charter_look)i;
    return CHARTER_HIDDEN; /* a damaged row is not for the public */
}

enum err charter_add_comment(struct tx *tx, struct arena *a, const struct charter_change *c,
                             const struct charter_comment_input *in, struct charter_faults *faults)
{
    struct charter_versions all = {0};
    struct sql_charter_comment_by_once_row known;
    struct sql_charter_comment_same_row same;
    struct str author = in->author, words = in->words;
    int64_t at_ms = charter_change_ms(c);
    enum err rc = ERR_OK;
    TRY(charter_versions(tx, a, c->unit, c->service, day_of_ms(at_ms), &all));
    const struct charter_version *v = charter_version_find(&all, c->service, c->version);
    if (!v || !charter_is_public(v))
        FAIL(ERR_NOT_FOUND);
    if (!charter_is_open(v, day_of_ms(at_ms)))
        FAIL(ERR_DENIED);
    charter_check_text(a, &author, CHARTER_MAX_LINE, CHARTER_FIELD_AUTHOR, faults);
    charter_check_text(a, &words, CHARTER_MAX_WORDS, CHARTER_FIELD_WORDS, faults);
    if (words.n == 0)
        charter_fault(a, faults, CHARTER_FIELD_WORDS, MSG_charter_fault_words);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    if (in->once.p) {
        rc = sql_charter_comment_by_once(tx, a, &known, .unit = c->unit, .once = in->once);
        if (rc != ERR_NOT_FOUND)
            goto out;
    }
    TRY(sql_charter_comment_same(tx, a, &same, .unit = c->unit, .service = c->service,
                                 .version = c->version, .words = words));
    if (same.n > 0)
        goto out;
    if (in->once.p)
        tx_idempotent(tx);
    TRY(sql_charter_comment_insert(tx, NULL, .unit = c->unit, .id = id_new(), .service = c->service,
                                   .version = c->version, .author = author, .words = words,
                                   .at_ms = at_ms, .once = in->once));
out:
    return rc;
}

enum err charter_comments(struct tx *tx, struct arena *a, struct str unit, struct str service,
                          int64_t least, int64_t most, struct charter_comments *out)
{
    struct sql_charter_comments_get_rows rows;
    enum err rc = sql_charter_comments_get(tx, a, &rows, .unit = unit, .service = service,
                                           .least = least, .most = most);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_charter_comments_get_row *row = &rows.v[i];
        struct charter_comment comment = {
            .id = row->id,
            .version = row->version,
            .service = row->service,
            .author = row->author,
            .words = row->words,
            .answer = row->answer,
            .at_ms = row->at_ms,
            .answered_ms = row->answered_ms.v,
            .look = parse_look(row->look),
        };
        ARENA_PUSH(a, *out, comment);
    }
    return rc;
}

enum err charter_get_comment(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                             struct charter_comment *out)
{
    struct sql_charter_comment_get_row row;
    enum err rc = sql_charter_comment_get(tx, a, &row, .unit = unit, .id = id);
    if (rc == ERR_OK)
        *out = (struct charter_comment){
            .id = row.id,
            .version = row.version,
            .service = row.service,
            .author = row.author,
            .words = row.words,
            .answer = row.answer,
            .at_ms = row.at_ms,
            .answered_ms = row.answered_ms.v,
            .look = parse_look(row.look),
        };
    return rc;
}

enum err charter_answer_comment(struct tx *tx, struct arena *a, const struct charter_change *c,
                                int64_t id, enum charter_look look, struct str answer,
                                struct charter_faults *faults)
{
    struct charter_comment comment;
    enum err rc = ERR_OK;
    TRY(charter_get_comment(tx, a, c->unit, id, &comment));
    if (!str_eq(comment.service, c->service))
        FAIL(ERR_NOT_FOUND);
    charter_check_text(a, &answer, CHARTER_MAX_WORDS, CHARTER_FIELD_ANSWER, faults);
    /* An answer that was public is not withdrawn in silence. */
    if (answer.n == 0 && comment.answer.n > 0)
        charter_fault(a, faults, CHARTER_FIELD_ANSWER, MSG_charter_fault_answer);
    if (faults->n > 0)
        FAIL(ERR_INPUT);
    bool fresh = !str_eq(answer, comment.answer);
    struct i64_opt when = answer.n == 0 ? I64_NONE
                          : fresh       ? I64(charter_change_ms(c))
                                        : I64(comment.answered_ms);
    TRY(sql_charter_comment_look(tx, NULL, .unit = c->unit, .id = id, .look = str_from(looks[look]),
                                 .answer = answer, .answered_ms = when,
                                 .answered_by = answer.n ? I64(c->person) : I64_NONE));
out:
    return rc;
}
