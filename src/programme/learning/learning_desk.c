/*
 * The first pages of both desks of learning: what a municipality has under way, and what waits for
 * the programme's staff.
 */
#include "programme/learning/learning_view.h"

#include "platform/core/clock.h"

enum { OWN_MAX = 60, WAITING_MAX = 100 };

/* --- the municipality's desk --- */

struct unit_desk {
    struct req *r;
    struct place_codes family;
    struct learn_lines practices, repeats, questions, agreements, findings;
};

static enum err read_more(struct tx *tx, struct unit_desk *d, struct str unit)
{
    struct req *r = d->r;
    enum err rc = ERR_OK;
    struct sql_learning_question_own_rows questions;
    struct sql_learning_agreement_of_unit_rows agreements;
    struct sql_learning_finding_own_rows findings;
    TRY(sql_learning_question_own(tx, r->arena, &questions, .unit = unit, .limit = OWN_MAX));
    for (size_t k = 0; k < questions.n; k++) {
        struct learn_line line = {.href = learn_desk_path(r, "questions", questions.v[k].id),
                                  .title = questions.v[k].title,
                                  .note = learn_topic_name(r, questions.v[k].topic),
                                  .day = questions.v[k].asked_day};
        line.state = msg_text(r->ui.lang, learn_question_state(questions.v[k].state, &line.tone));
        ARENA_PUSH(r->arena, d->questions, line);
    }
    TRY(sql_learning_agreement_of_unit(tx, r->arena, &agreements, .unit = unit, .limit = OWN_MAX));
    for (size_t k = 0; k < agreements.n; k++) {
        const struct sql_learning_agreement_of_unit_row *g = &agreements.v[k];
        struct text3 title = {{g->title_ky, g->title_ru, g->title_en}};
        struct learn_line line = {.href = learn_desk_path(r, "agreements", g->id),
                                  .title = text3_get(&title, r->ui.lang),
                                  .note = learn_topic_name(r, g->topic),
                                  .day = g->from_day};
        line.state = msg_text(r->ui.lang, learn_agreement_state(g->state, &line.tone));
        ARENA_PUSH(r->arena, d->agreements, line);
    }
    TRY(sql_learning_finding_own(tx, r->arena, &findings, .unit = unit, .limit = OWN_MAX));
    for (size_t k = 0; k < findings.n; k++) {
        bool open = str_eq(findings.v[k].state, STR("open"));
        ARENA_PUSH(
            r->arena, d->findings,
            ((struct learn_line){.href = learn_desk_path(r, "findings", findings.v[k].id),
                                 .title = findings.v[k].words,
                                 .note = findings.v[k].action,
                                 .state = msg_text(r->ui.lang, open ? MSG_learning_finding_open
                                                                    : MSG_learning_settled),
                                 .tone = open ? TONE_WAIT : TONE_GOOD}));
    }
out:
    return rc;
}

static enum err read_unit_desk(struct tx *tx, void *arg)
{
    struct unit_desk *d = arg;
    struct req *r = d->r;
    enum err rc = ERR_OK;
    d->practices.n = d->repeats.n = d->questions.n = d->agreements.n = d->findings.n = 0;
    for (size_t i = 0; i < d->family.n; i++) {
        TRY(read_more(tx, d, d->family.v[i]));
        struct sql_learning_practice_own_rows own;
        struct sql_learning_replication_own_rows repeats;
        TRY(sql_learning_practice_own(tx, r->arena, &own, .unit = d->family.v[i],
                                      .limit = OWN_MAX));
        for (size_t k = 0; k < own.n; k++) {
            struct text3 title = {{own.v[k].title_ky, own.v[k].title_ru, own.v[k].title_en}};
            struct learn_line line = {.href = learn_desk_path(r, "practices", own.v[k].id),
                                      .title = text3_get(&title, r->ui.lang),
                                      .note = learn_topic_name(r, own.v[k].topic)};
            line.state = msg_text(r->ui.lang, learn_practice_state(own.v[k].state, &line.tone));
            ARENA_PUSH(r->arena, d->practices, line);
        }
        TRY(sql_learning_replication_own(tx, r->arena, &repeats, .unit = d->family.v[i],
                                         .limit = OWN_MAX));
        for (size_t k = 0; k < repeats.n; k++) {
            const struct sql_learning_replication_own_row *n = &repeats.v[k];
            struct text3 title = {{n->title_ky, n->title_ru, n->title_en}};
            struct learn_line line = {.href = learn_desk_path(r, "replications", n->id),
                                      .title = text3_get(&title, r->ui.lang),
                                      .day = n->begun_day};
            line.state = msg_text(r->ui.lang, learn_replication_state(n->state, &line.tone));
            if (str_eq(n->state, STR("begun")) && n->due_day.set)
                line.figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_until,
                                      ARG_DATE("day", n->due_day.v));
            ARENA_PUSH(r->arena, d->repeats, line);
        }
    }
out:
    return rc;
}

static struct str new_path(struct req *r, const char *what)
{
    return arena_printf(r->arena, "/desk/%.*s/learning/%s/new", STRF(r->unit), what);
}

enum err learn_desk_unit(struct req *r)
{
    enum err rc = ERR_OK;
    struct unit_desk d = {.r = r, .family = place_family(r->arena, places_unit(r))};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_title),
                           .lead = msg_text(r->ui.lang, MSG_learning_desk_lead)};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_unit_desk, &d));
    ARENA_PUSH(
        r->arena, v.links,
        ((struct learn_link){STR("/learn"), msg_text(r->ui.lang, MSG_learning_library), false}));
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_own_practices,
                                             .empty = MSG_learning_own_none,
                                             .button = MSG_learning_practice_new,
                                             .href = new_path(r, "practices"),
                                             .lines = d.practices});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_repeats_here,
                                             .empty = MSG_learning_repeats_hint,
                                             .lines = d.repeats});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_own_questions,
                                             .empty = MSG_learning_own_questions_none,
                                             .button = MSG_learning_ask,
                                             .href = new_path(r, "questions"),
                                             .lines = d.questions});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_agreements,
                                             .empty = MSG_learning_agreements_none,
                                             .button = MSG_learning_agreement_new,
                                             .href = new_path(r, "agreements"),
                                             .lines = d.agreements});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_own_findings,
                                             .empty = MSG_learning_findings_none,
                                             .lines = d.findings});
    learn_show(r, &v, true, NULL, 200);
out:
    return rc;
}

/* --- the desk of the programme --- */

struct staff_desk {
    struct req *r;
    struct sql_learning_practice_waiting_rows waiting;
    struct sql_learning_replication_late_rows late;
    struct sql_learning_question_waiting_rows questions[3]; /* asked, routed, answered */
    struct sql_learning_lens_open_rows lenses;
};
static const char *const question_states[3] = {"asked", "routed", "answered"};

static enum err read_staff_desk(struct tx *tx, void *arg)
{
    struct staff_desk *d = arg;
    enum err rc = ERR_OK;
    TRY(sql_learning_practice_waiting(tx, d->r->arena, &d->waiting, .limit = WAITING_MAX));
    TRY(sql_learning_replication_late(tx, d->r->arena, &d->late, .day = day_of_ms(d->r->ui.now_ms),
                                      .limit = WAITING_MAX));
    for (size_t i = 0; i < COUNT_OF(question_states); i++)
        TRY(sql_learning_question_waiting(tx, d->r->arena, &d->questions[i],
                                          .state = str_from(question_states[i]),
                                          .limit = WAITING_MAX));
    TRY(sql_learning_lens_open(tx, d->r->arena, &d->lenses, .limit = WAITING_MAX));
out:
    return rc;
}

static void add_questions(struct req *r, const struct staff_desk *d, struct learn_view *v)
{
    static const enum msg titles[] = {MSG_learning_waiting_questions, MSG_learning_waiting_answers,
                                      MSG_learning_waiting_look};
    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        struct learn_section s = {.title = titles[i], .empty = MSG_learning_waiting_none};
        for (size_t k = 0; k < d->questions[i].n; k++) {
            const struct sql_learning_question_waiting_row *q = &d->questions[i].v[k];
            if (access_allows(&r->actor, PERM_LEARN_REVIEW, q->unit))
                ARENA_PUSH(
                    r->arena, s.lines,
                    ((struct learn_line){
                        .href = arena_printf(r->arena, "/desk/learning/questions/%lld",
                                             (long long)q->id),
                        .title = q->title,
                        .note = learn_topic_name(r, q->topic),
                        .where = learn_unit_name(r, q->unit),
                        .day = q->asked_day,
                        .figure = q->due_day.set ? MSG_STR(r->arena, r->ui.lang, MSG_learning_until,
                                                           ARG_DATE("day", q->due_day.v))
                                                 : STR("")}));
        }
        learn_section_add(r, v, s);
    }
    struct learn_section lenses = {.title = MSG_learning_lens_open,
                                   .empty = MSG_learning_lens_open_none,
                                   .href = STR("/desk/learning/gender/new"),
                                   .button = MSG_learning_lens_new};
    for (size_t k = 0; k < d->lenses.n; k++)
        if (access_allows(&r->actor, PERM_LEARN_REVIEW, d->lenses.v[k].unit))
            ARENA_PUSH(
                r->arena, lenses.lines,
                ((struct learn_line){.href = arena_printf(r->arena, "/desk/learning/gender/%lld",
                                                          (long long)d->lenses.v[k].id),
                                     .title = d->lenses.v[k].object,
                                     .where = learn_unit_name(r, d->lenses.v[k].unit)}));
    learn_section_add(r, v, lenses);
}

enum err learn_desk_staff(struct req *r)
{
    enum err rc = ERR_OK;
    struct staff_desk d = {.r = r};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_title),
                           .lead = msg_text(r->ui.lang, MSG_learning_staff_lead)};
    struct learn_section waiting = {.title = MSG_learning_waiting,
                                    .empty = MSG_learning_waiting_none},
                         late = {.title = MSG_learning_late, .empty = MSG_learning_late_none};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_staff_desk, &d));
    for (size_t i = 0; i < d.waiting.n; i++) {
        const struct sql_learning_practice_waiting_row *p = &d.waiting.v[i];
        struct text3 title = {{p->title_ky, p->title_ru, p->title_en}};
        if (access_allows(&r->actor, PERM_LEARN_REVIEW, p->unit))
            ARENA_PUSH(
                r->arena, waiting.lines,
                ((struct learn_line){.href = arena_printf(r->arena, "/desk/learning/practices/%lld",
                                                          (long long)p->id),
                                     .title = text3_get(&title, r->ui.lang),
                                     .note = learn_topic_name(r, p->topic),
                                     .where = learn_unit_name(r, p->unit)}));
    }
    for (size_t i = 0; i < d.late.n; i++) {
        const struct sql_learning_replication_late_row *n = &d.late.v[i];
        struct text3 title = {{n->title_ky, n->title_ru, n->title_en}};
        ARENA_PUSH(r->arena, late.lines,
                   ((struct learn_line){.href = learn_path(r, "practices", n->practice),
                                        .title = text3_get(&title, r->ui.lang),
                                        .where = learn_unit_name(r, n->unit),
                                        .figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_until,
                                                          ARG_DATE("day", n->due_day))}));
    }
    ARENA_PUSH(
        r->arena, v.links,
        ((struct learn_link){STR("/learn"), msg_text(r->ui.lang, MSG_learning_library), false}));
    if (access_allows(&r->actor, PERM_LEARN_REVIEW, STR("*")))
        ARENA_PUSH(r->arena, v.links,
                   ((struct learn_link){STR("/desk/learning/experts"),
                                        msg_text(r->ui.lang, MSG_learning_experts), false}));
    learn_section_add(r, &v, waiting);
    add_questions(r, &d, &v);
    learn_section_add(r, &v, late);
    learn_show(r, &v, true, NULL, 200);
out:
    return rc;
}
