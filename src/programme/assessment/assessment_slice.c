/* What assessment announces: pages, its command, self-check, demo data. */
#include "programme/assessment/assessment_sql.h"
#include "programme/assessment/assessment_view.h"

#include "platform/files/files.h"

static const struct route routes[] = {
    ROUTE("GET", "/assessment", assessment_country_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/assessment.{format}", assessment_country_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/assessment/method", assessment_method_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/assessment/snapshot/{round}", assessment_snapshot_file, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/assessment", assessment_unit_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/assessment.{format}", assessment_unit_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/assessment/evidence/{id}", assessment_evidence_file, PERM_PUBLIC, 0),

    ROUTE("GET", "/desk/{unit}/assessment", assessment_desk_page, PERM_ASSESS_SCORE, 0),
    ROUTE("GET", "/desk/{unit}/assessment/table", assessment_table_page, PERM_ASSESS_SCORE, 0),
    ROUTE("POST", "/desk/{unit}/assessment/table", assessment_table_post, PERM_ASSESS_SCORE,
          ROUTE_BIG_BODY),
    ROUTE("GET", "/desk/{unit}/assessment/table/answers.xlsx", assessment_table_file,
          PERM_ASSESS_SCORE, 0),
    ROUTE("GET", "/desk/{unit}/assessment/table/form.pdf", assessment_paper_blank,
          PERM_ASSESS_SCORE, 0),
    ROUTE("GET", "/desk/{unit}/assessment/table/answers.pdf", assessment_paper_filled,
          PERM_ASSESS_SCORE, 0),
    ROUTE("POST", "/desk/{unit}/assessment/submit", assessment_submit_post, PERM_ASSESS_SUBMIT, 0),
    ROUTE("POST", "/desk/{unit}/assessment/remove/{id}", assessment_remove_post, PERM_ASSESS_SCORE,
          0),
    ROUTE("GET", "/desk/{unit}/assessment/{indicator}", assessment_answer_page, PERM_ASSESS_SCORE,
          0),
    ROUTE("POST", "/desk/{unit}/assessment/{indicator}", assessment_answer_post, PERM_ASSESS_SCORE,
          ROUTE_BIG_BODY),
    ROUTE("POST", "/desk/{unit}/assessment/{indicator}/appeal", assessment_appeal_post,
          PERM_ASSESS_SCORE, 0),

    ROUTE("GET", "/desk/assessment", assessment_admin_page, PERM_ASSESS_VERIFY, 0),
    ROUTE("POST", "/desk/assessment", assessment_admin_post, PERM_ASSESS_MANAGE, 0),
    ROUTE("GET", "/desk/assessment/{round}", assessment_round_page, PERM_ASSESS_VERIFY, 0),
    ROUTE("POST", "/desk/assessment/{round}", assessment_round_post, PERM_ASSESS_MANAGE, 0),
    ROUTE("GET", "/desk/assessment/{round}/{unit}", assessment_checks_page, PERM_ASSESS_VERIFY, 0),
    ROUTE("GET", "/desk/assessment/{round}/{unit}/{indicator}", assessment_check_page,
          PERM_ASSESS_VERIFY, 0),
    ROUTE("POST", "/desk/assessment/{round}/{unit}/{indicator}", assessment_check_post,
          PERM_ASSESS_VERIFY, ROUTE_BIG_BODY),
};

static const struct command commands[] = {
    {"verify assessment", "[FILE|ROUND]", "Recompute a frozen assessment and compare",
     "Computes every score, interval and rank of a frozen round again from its snapshot alone and\n"
     "compares the result with the snapshot to the last byte. FILE is a snapshot as the pages "
     "give\n"
     "it away (/assessment/snapshot/ROUND); ROUND names a round of this database; without either\n"
     "all frozen rounds are verified. Exit code 1 when anything differs. May run beside a serving\n"
     "process; who has no database uses `aimak verify snapshot`.\n"
     "\n"
     "Example:\n  aimak verify assessment 2025\n",
     assessment_verify_command, true, true},
    {"verify snapshot", "FILE", "Recompute a downloaded assessment, without any database",
     "As `aimak verify assessment FILE`, for whoever has nothing but the snapshot that the pages\n"
     "give away (/assessment/snapshot/ROUND). Exit code 1 when anything differs.\n"
     "\n"
     "Example:\n  aimak verify snapshot assessment-2025.json\n",
     assessment_snapshot_command, false, false},
};

static enum err start(struct app *app)
{
    (void)app;
    assessment_own_sources();
    return ERR_OK;
}

/* What was submitted or frozen stays under the name it was given; who had not answered yet leaves
 * the round, and the successor answers in its place. */
static enum err merged(struct app *app, struct tx *tx, struct str from, struct str into,
                       int64_t day)
{
    enum err rc = ERR_OK;
    (void)app;
    (void)day;
    TRY(sql_entry_follow(tx, NULL, .from_unit = from, .into_unit = into));
    TRY(sql_entry_leave(tx, NULL, .unit = from));
out:
    return rc;
}

/* --- self-check --- */

struct check {
    struct arena *a;
    struct buf *out;
    int faults;
};

static void fault(struct check *c, struct str round, const char *what)
{
    c->faults++;
    buf_printf(c->out, "assessment: round %.*s: %s\n", STRF(round), what);
}

static enum err check_rounds(struct tx *tx, void *arg)
{
    struct check *c = arg;
    struct rounds all = {0};
    struct sql_framework_stored_rows stored;
    enum err rc = ERR_OK;
    TRY(sql_framework_stored(tx, c->a, &stored));
    for (size_t i = 0; i < stored.n; i++) {
        const struct framework *f = framework_find(stored.v[i].code);
        if (!f || !str_eq(f->digest, stored.v[i].digest))
            fault(c, stored.v[i].code, "its framework is not the one of this program");
    }
    TRY(rounds_read(tx, c->a, STR_NULL, &all));
    for (size_t i = 0; i < all.n; i++) {
        struct sql_round_snapshot_row row;
        struct record_verdict v;
        struct str why;
        if (all.v[i].stage != STAGE_FROZEN)
            continue;
        TRY(sql_round_snapshot(tx, c->a, &row, .code = all.v[i].code));
        if (record_verify(c->a, row.snapshot, &v, &why) != ERR_OK || !v.same)
            fault(c, all.v[i].code, "its snapshot does not follow from its inputs");
        else if (!str_eq(v.digest, row.digest))
            fault(c, all.v[i].code, "its snapshot was changed");
    }
out:
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct check c = {.a = arena_new(), .out = out};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, check_rounds, &c);
    *faults += c.faults;
    arena_free(c.a);
    return rc;
}

static const char *const file_columns[] = {"assessment_evidence.file", NULL};

static enum err use_file(void *uses, const struct sql_assessment_files_row *row)
{
    file_used(uses, row->file);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_assessment_files(tx, use_file, uses);
}

static const struct counter *const counters[] = {&assessment_submitted, &assessment_frozen,
                                                 &assessment_improved};

const struct slice assessment_slice = {
    .name = "assessment",
    .file_columns = file_columns,
    .files = files,
    .migrations = assessment_migrations,
    .queries = assessment_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .start = start,
    .demo = assessment_demo,
    .merged = merged,
    .doctor = doctor,
};
