/*
 * The gender lens: a trained expert goes through a list of questions about a service or a plan;
 * each "no" and "partly" becomes a finding, which the municipality follows to an action or declines
 * with its reason in public.
 */
#include "programme/learning/learning_internal.h"

#include "platform/core/clock.h"

static bool said_ok(struct str s)
{
    return str_eq(s, STR("yes")) || str_eq(s, STR("partly")) || str_eq(s, STR("no")) ||
           str_eq(s, STR("na"));
}
static bool is_finding(struct str s)
{
    return str_eq(s, STR("no")) || str_eq(s, STR("partly"));
}

enum err lens_open(struct tx *tx, struct arena *a, const struct lens *l, int64_t by,
                   struct str once, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_checks_rows checks;
    TRY(expert_check(tx, a, by, true, fault));
    TRY(sql_learning_checks(tx, a, &checks, .kind = l->kind));
    *fault = checks.n == 0 || !l->object.n ? LEARN_SUBJECT : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_lens_put(tx, NULL, .unit = l->unit, .id = l->id, .kind = l->kind,
                              .object = l->object, .expert = by, .created_ms = clock_now_ms(),
                              .once = once));
    rc = learn_log(tx, l->unit, l->id, "lens", "made", STR_NULL, by);
out:
    return rc;
}

enum err lens_finish(struct tx *tx, struct arena *a, int64_t id, int64_t revision,
                     const struct lens_answer *answers, size_t n, const int64_t *ids, int64_t today,
                     int64_t by, enum learn_fault *fault, size_t *where)
{
    enum err rc = ERR_OK;
    struct sql_learning_lens_get_row l;
    struct sql_learning_checks_rows checks;
    int64_t changed = 0;
    *where = 0;
    TRY(sql_learning_lens_get(tx, a, &l, .id = id));
    TRY(sql_learning_checks(tx, a, &checks, .kind = l.kind));
    *fault = l.expert != by ? LEARN_EXPERT : n != checks.n ? LEARN_STATE : LEARN_FINE;
    for (size_t i = 0; *fault == LEARN_FINE && i < n; i++) {
        *where = i;
        if (!str_eq(answers[i].code, checks.v[i].code) || !said_ok(answers[i].said))
            *fault = LEARN_STATE;
        else if (is_finding(answers[i].said) && !answers[i].words.n)
            *fault = LEARN_RESULT;
    }
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_lens_finish(tx, &changed, .id = id, .revision = revision, .done_day = today));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    for (size_t i = 0; i < n; i++) {
        TRY(sql_learning_lens_answer_put(tx, NULL, .unit = l.unit, .lens = id,
                                         .code = answers[i].code, .said = answers[i].said,
                                         .words = learn_given(answers[i].words)));
        if (is_finding(answers[i].said))
            TRY(sql_learning_finding_put(tx, NULL, .unit = l.unit, .id = ids[i], .lens = id,
                                         .code = answers[i].code, .words = answers[i].words));
    }
    TRY(learn_tell(tx, &learning_lenses_done, l.unit, today, l.kind, 1));
    rc = learn_log(tx, l.unit, id, "lens", "done", STR_NULL, by);
out:
    return rc;
}

enum err finding_follow(struct tx *tx, struct arena *a, const struct finding *f, int64_t today,
                        int64_t by, enum learn_fault *fault)
{
    enum err rc = ERR_OK;
    struct sql_learning_finding_get_row old;
    struct sql_learning_lens_get_row l;
    int64_t changed = 0;
    bool open = str_eq(f->state, STR("open")), done = str_eq(f->state, STR("done")),
         declined = str_eq(f->state, STR("declined"));
    TRY(sql_learning_finding_get(tx, a, &old, .id = f->id));
    TRY(sql_learning_lens_get(tx, a, &l, .id = old.lens));
    *fault = (!open && !done && !declined) || !str_eq(old.state, STR("open")) ? LEARN_STATE
             : !declined && (!f->action.n || !f->office.n)                    ? LEARN_ACTION
             : open && (!f->due_day.set || f->due_day.v < today)              ? LEARN_DAYS
             : !open && !f->note.n                                            ? LEARN_RESULT
                                                                              : LEARN_FINE;
    if (*fault != LEARN_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_learning_finding_set(
        tx, &changed, .id = f->id, .revision = f->revision, .action = learn_given(f->action),
        .office = learn_given(f->office), .due_day = f->due_day, .state = f->state,
        .closed_day = open ? I64_NONE : I64(today), .note = learn_given(f->note)));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (done)
        TRY(learn_tell(tx, &learning_findings_closed, old.unit, today, l.kind, 1));
    rc = learn_log(tx, old.unit, f->id, "finding",
                   open   ? "changed"
                   : done ? "done"
                          : "declined",
                   learn_given(f->note), by);
out:
    return rc;
}
