/* What learning announces: pages, counters and how to count them again, help for gaps. */
#include "programme/learning/learning_internal.h"

#include "community/places/places.h"
#include "community/topics/topics.h"
#include "programme/assessment/assessment.h"

/* --- counters --- */

static struct str value_topic(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    const struct topic *t = topics_find(v);
    (void)app, (void)a;
    return t ? msg_text(lang, t->name) : v;
}
static struct str value_kind(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    (void)app, (void)a;
    return msg_text(lang,
                    str_eq(v, STR("service")) ? MSG_learning_lens_service : MSG_learning_lens_plan);
}
static const struct tally_dimension by_kind = {"kind", MSG_learning_lens_kind, false, value_kind};
static const struct tally_dimension by_topic = {"topic", MSG_learning_topic, false, value_topic};

struct counting {
    const struct counter *counter;
    struct str unit;
    tally_fact_fn fact;
    void *arg;
};

static enum err count_one(const struct counting *c, int64_t day, struct str topic)
{
    struct tally_fact f = {
        .counter = c->counter, .unit = c->unit, .day = day, .values = {topic}, .amount = 1};
    return c->fact(c->arg, &f);
}

static enum err count_practice(void *arg, const struct sql_learning_practice_counted_row *row)
{
    return count_one(arg, row->published_day, row->topic);
}
static enum err recount_practices(struct tx *tx, struct arena *a, const struct counter *counter,
                                  struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_learning_practice_counted(tx, count_practice, &c, .unit = unit);
}

static enum err count_replication(void *arg, const struct sql_learning_replication_counted_row *row)
{
    const struct counting *c = arg;
    if (c->counter == &learning_replications_begun)
        return count_one(c, row->begun_day, row->topic);
    return row->done_day.set ? count_one(c, row->done_day.v, row->topic) : ERR_OK;
}
static enum err recount_replications(struct tx *tx, struct arena *a, const struct counter *counter,
                                     struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_learning_replication_counted(tx, count_replication, &c, .unit = unit);
}

static enum err count_question(void *arg, const struct sql_learning_question_counted_row *row)
{
    const struct counting *c = arg;
    if (c->counter == &learning_consultations_asked)
        return count_one(c, row->asked_day, row->topic);
    return row->answered_day.set ? count_one(c, row->answered_day.v, row->topic) : ERR_OK;
}
static enum err recount_questions(struct tx *tx, struct arena *a, const struct counter *counter,
                                  struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_learning_question_counted(tx, count_question, &c, .unit = unit);
}

static enum err count_agreement(void *arg, const struct sql_learning_agreement_counted_row *row)
{
    return count_one(arg, row->force_day, row->topic);
}
static enum err count_party(void *arg, const struct sql_learning_party_counted_row *row)
{
    return count_one(arg, row->force_day, row->topic);
}
static enum err recount_agreements(struct tx *tx, struct arena *a, const struct counter *counter,
                                   struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return counter == &learning_agreements
               ? sql_learning_agreement_counted(tx, count_agreement, &c, .unit = unit)
               : sql_learning_party_counted(tx, count_party, &c, .unit = unit);
}

static enum err count_lens(void *arg, const struct sql_learning_lens_counted_row *row)
{
    return count_one(arg, row->done_day, row->kind);
}
static enum err count_finding(void *arg, const struct sql_learning_finding_counted_row *row)
{
    return count_one(arg, row->closed_day, row->kind);
}
static enum err recount_lenses(struct tx *tx, struct arena *a, const struct counter *counter,
                               struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return counter == &learning_lenses_done
               ? sql_learning_lens_counted(tx, count_lens, &c, .unit = unit)
               : sql_learning_finding_counted(tx, count_finding, &c, .unit = unit);
}

#define COUNTER(code_, label_, by_, recount_)                                                      \
    {                                                                                              \
        .code = "learning." code_, .label = label_, .kind = COUNTER_FLOW, .dimensions = {&by_},    \
        .recount = recount_, .records_path = "/m/{unit}/learning",                                 \
    }
const struct counter learning_practices_published =
    COUNTER("practices_published", MSG_learning_counter_practices, by_topic, recount_practices);
const struct counter learning_replications_begun =
    COUNTER("replications_begun", MSG_learning_counter_begun, by_topic, recount_replications);
const struct counter learning_replications_done =
    COUNTER("replications_done", MSG_learning_counter_done, by_topic, recount_replications);
const struct counter learning_consultations_asked =
    COUNTER("consultations_asked", MSG_learning_counter_asked, by_topic, recount_questions);
const struct counter learning_consultations_answered =
    COUNTER("consultations_answered", MSG_learning_counter_answered, by_topic, recount_questions);
const struct counter learning_agreements =
    COUNTER("agreements", MSG_learning_counter_agreements, by_topic, recount_agreements);
const struct counter learning_agreement_parties =
    COUNTER("agreement_parties", MSG_learning_counter_parties, by_topic, recount_agreements);
const struct counter learning_lenses_done =
    COUNTER("lenses_done", MSG_learning_counter_lenses, by_kind, recount_lenses);
const struct counter learning_findings_closed =
    COUNTER("findings_closed", MSG_learning_counter_findings, by_kind, recount_lenses);
static const struct counter *const counters[] = {
    &learning_practices_published,    &learning_replications_begun,
    &learning_replications_done,      &learning_consultations_asked,
    &learning_consultations_answered, &learning_agreements,
    &learning_agreement_parties,      &learning_lenses_done,
    &learning_findings_closed};

/* --- pages --- */

#define OWN "/desk/{unit}/learning"
#define STAFF "/desk/learning"
static const struct route routes[] = {
    ROUTE("GET", "/learn", learn_practices_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/practices.{format}", learn_practices_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/replications.{format}", learn_replications_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/practices/{id}", learn_practice_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/files/{id}", learn_file, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/questions", learn_questions_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/questions.{format}", learn_questions_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/questions/{id}", learn_question_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/agreements", learn_agreements_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/agreements.{format}", learn_agreements_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/agreements/{id}", learn_agreement_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/gender", learn_lenses_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/gender.{format}", learn_lenses_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/learn/gender/{id}", learn_lens_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/learning", learn_unit_page, PERM_PUBLIC, 0),

    ROUTE("GET", OWN, learn_desk_unit, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/practices/new", learn_practice_new, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/practices/new", learn_practice_new_post, PERM_LEARN_WRITE, ROUTE_BIG_BODY),
    ROUTE("GET", OWN "/practices/{id}", learn_practice_desk, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/practices/{id}/edit", learn_practice_edit, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/practices/{id}/edit", learn_practice_edit_post, PERM_LEARN_WRITE,
          ROUTE_BIG_BODY),
    ROUTE("POST", OWN "/practices/{id}/step", learn_practice_step_post, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/replications/new", learn_replication_new, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/replications/new", learn_replication_new_post, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/replications/{id}", learn_replication_desk, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/replications/{id}", learn_replication_desk_post, PERM_LEARN_WRITE,
          ROUTE_BIG_BODY),

    ROUTE("GET", OWN "/questions/new", learn_question_new, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/questions/new", learn_question_new_post, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/questions/{id}", learn_question_desk, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/agreements/new", learn_agreement_new, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/agreements/new", learn_agreement_new_post, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/agreements/{id}", learn_agreement_desk, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/agreements/{id}/edit", learn_agreement_edit, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/agreements/{id}/edit", learn_agreement_edit_post, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/agreements/{id}/step", learn_agreement_step_post, PERM_LEARN_WRITE, 0),
    ROUTE("GET", OWN "/findings/{id}", learn_finding_desk, PERM_LEARN_WRITE, 0),
    ROUTE("POST", OWN "/findings/{id}", learn_finding_post, PERM_LEARN_WRITE, 0),

    ROUTE("GET", STAFF, learn_desk_staff, PERM_LEARN_REVIEW, 0),
    ROUTE("GET", STAFF "/practices/{id}", learn_practice_review, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/practices/{id}/step", learn_practice_review_post, PERM_LEARN_REVIEW, 0),
    ROUTE("GET", STAFF "/questions/{id}", learn_question_staff, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/questions/{id}/route", learn_question_route_post, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/questions/{id}/answer", learn_question_answer_post, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/questions/{id}/publish", learn_question_publish_post, PERM_LEARN_REVIEW,
          0),
    ROUTE("POST", STAFF "/questions/{id}/close", learn_question_close_post, PERM_LEARN_REVIEW, 0),
    ROUTE("GET", STAFF "/experts", learn_experts_page, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/experts", learn_experts_post, PERM_LEARN_REVIEW, 0),
    ROUTE("GET", STAFF "/gender/new", learn_lens_new, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/gender/new", learn_lens_new_post, PERM_LEARN_REVIEW, 0),
    ROUTE("GET", STAFF "/gender/{id}", learn_lens_staff, PERM_LEARN_REVIEW, 0),
    ROUTE("POST", STAFF "/gender/{id}", learn_lens_staff_post, PERM_LEARN_REVIEW, 0),
};

/* --- what helps to close a gap --- */

enum { HELP_PRACTICES = 2, HELP_UNITS = 2 };

static enum err help(struct app *app, struct tx *tx, struct arena *a, enum lang lang,
                     struct str topic, struct assessment_helps *out)
{
    enum err rc = ERR_OK;
    struct sql_learning_practice_best_rows best;
    struct sql_learning_replication_best_rows done;
    struct sql_learning_question_best_rows answered;
    TRY(sql_learning_practice_best(tx, a, &best, .topic = topic, .limit = HELP_PRACTICES));
    for (size_t i = 0; i < best.n; i++) {
        struct text3 title = {{best.v[i].title_ky, best.v[i].title_ru, best.v[i].title_en}};
        ARENA_PUSH(a, *out,
                   ((struct assessment_help){
                       .kind = msg_text(lang, MSG_learning_practice),
                       .title = text3_get(&title, lang),
                       .href = arena_printf(a, "/learn/practices/%lld", (long long)best.v[i].id)}));
    }
    TRY(sql_learning_question_best(tx, a, &answered, .topic = topic, .limit = HELP_PRACTICES));
    for (size_t i = 0; i < answered.n; i++)
        ARENA_PUSH(a, *out,
                   ((struct assessment_help){.kind = msg_text(lang, MSG_learning_help_question),
                                             .title = answered.v[i].open_title,
                                             .href = arena_printf(a, "/learn/questions/%lld",
                                                                  (long long)answered.v[i].id)}));
    TRY(sql_learning_replication_best(tx, a, &done, .topic = topic, .limit = HELP_UNITS));
    for (size_t i = 0; i < done.n; i++) {
        const struct place *p = territory_find(territory_get(app, a), done.v[i].unit);
        ARENA_PUSH(a, *out,
                   ((struct assessment_help){.kind = msg_text(lang, MSG_learning_help_unit),
                                             .title = p ? place_name(p, lang) : done.v[i].unit,
                                             .href = arena_printf(a, "/learn/practices/%lld",
                                                                  (long long)done.v[i].practice)}));
    }
out:
    return rc;
}

static enum err start(struct app *app)
{
    (void)app;
    assessment_add_help(help);
    return ERR_OK;
}

/* --- files --- */

static const char *const file_columns[] = {"learning_evidence.file", NULL};

static enum err use_file(void *uses, const struct sql_learning_files_row *row)
{
    file_used(uses, row->file);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_learning_files(tx, use_file, uses);
}

const struct slice learning_slice = {
    .name = "learning",
    .file_columns = file_columns,
    .files = files,
    .migrations = learning_migrations,
    .queries = learning_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .start = start,
    .demo = learning_demo,
};
