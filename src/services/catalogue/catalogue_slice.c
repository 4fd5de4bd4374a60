/* What the catalogue announces: pages, the import, the reload, demo data. */
#include "services/catalogue/catalogue_internal.h"

#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "services/catalogue/catalogue_sql.h"

static enum err read_version(struct tx *tx, void *arg)
{
    struct arena *a = arena_new();
    struct sql_catalogue_version_get_row row = {0};
    enum err rc = sql_catalogue_version_get(tx, a, &row);
    *(int64_t *)arg = row.version;
    arena_free(a);
    return rc;
}

/* For instances that did not make the change themselves. */
static enum err reload_if_changed(struct app *app, struct arena *a)
{
    int64_t version = 0;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_version, &version);
    if (rc == ERR_OK && version != catalogue_version(a))
        rc = catalogue_reload(app);
    return rc;
}

static const struct schedule_def schedules[] = {
    {"catalogue_reload", MS_MINUTE, reload_if_changed, .each_instance = true},
};

static const struct counter *const counters[] = {&catalogue_people_counter};

static const struct command commands[] = {
    {"import coverage", "FILE.csv [--dry-run]", "Load counts of people served",
     "Columns: village (SOATE), service (code such as water), people, day (YYYY-MM-DD), method\n"
     "(households, subscribers, survey, attendance, estimate), and optionally level (such as\n"
     "water:house; needed where the service has levels), women, note.\n"
     "Taken whole or not at all: every fault is named by row and column, also villages in which\n"
     "more people would be served than live there. Repeatable; a row that differs from the count\n"
     "of the same village, level and day withdraws that one.\n\n"
     "Example:\n  aimak import coverage water-2026.csv --dry-run\n",
     catalogue_import_coverage, true},
};

#define UNIT_SERVICE "/m/{unit}/services/{service}"
#define DESK_SERVICE "/desk/{unit}/services/{service}"

static const struct route routes[] = {
    ROUTE("GET", "/m/{unit}/services", catalogue_unit_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/services.{format}", catalogue_unit_export, PERM_PUBLIC, 0),
    ROUTE("GET", UNIT_SERVICE "/coverage", catalogue_coverage_page, PERM_PUBLIC, 0),
    ROUTE("GET", UNIT_SERVICE "/coverage.{format}", catalogue_coverage_export, PERM_PUBLIC, 0),
    ROUTE("GET", UNIT_SERVICE "/coverage/{id}/evidence", catalogue_evidence, PERM_PUBLIC, 0),

    ROUTE("GET", "/desk/{unit}/services", catalogue_desk_services, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", DESK_SERVICE, catalogue_desk_service, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", DESK_SERVICE, catalogue_desk_service_post, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", DESK_SERVICE "/coverage/new", catalogue_count_page, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", DESK_SERVICE "/coverage/new", catalogue_count_post, PERM_SERVICES_EDIT,
          ROUTE_BIG_BODY),
    ROUTE("GET", DESK_SERVICE "/coverage/{id}/withdraw", catalogue_withdraw_page,
          PERM_SERVICES_EDIT, 0),
    ROUTE("POST", DESK_SERVICE "/coverage/{id}/withdraw", catalogue_withdraw_post,
          PERM_SERVICES_EDIT, 0),

    ROUTE("GET", "/desk/{unit}/providers", catalogue_desk_providers, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", "/desk/{unit}/providers/new", catalogue_provider_new, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/providers/new", catalogue_provider_new_post, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", "/desk/{unit}/providers/{id}", catalogue_provider_page, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/providers/{id}", catalogue_provider_post, PERM_SERVICES_EDIT, 0),

    ROUTE("GET", "/desk/catalogue", catalogue_editor, PERM_CATALOGUE_EDIT, 0),
    ROUTE("GET", "/desk/catalogue/{service}", catalogue_editor_kind, PERM_CATALOGUE_EDIT, 0),
    ROUTE("POST", "/desk/catalogue/{service}", catalogue_editor_kind_post, PERM_CATALOGUE_EDIT, 0),
    ROUTE("GET", "/desk/catalogue/{service}/faults/{word}", catalogue_editor_fault,
          PERM_CATALOGUE_EDIT, 0),
    ROUTE("POST", "/desk/catalogue/{service}/faults/{word}", catalogue_editor_fault_post,
          PERM_CATALOGUE_EDIT, 0),
    ROUTE("GET", "/desk/catalogue/{service}/levels/{word}", catalogue_editor_level,
          PERM_CATALOGUE_EDIT, 0),
    ROUTE("POST", "/desk/catalogue/{service}/levels/{word}", catalogue_editor_level_post,
          PERM_CATALOGUE_EDIT, 0),
};

static const char *const file_columns[] = {"coverage.evidence_file", NULL};

static enum err use_files(void *uses, const struct sql_coverage_files_row *row)
{
    file_used(uses, row->evidence_file);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_coverage_files(tx, use_files, uses);
}

const struct slice catalogue_slice = {
    .name = "catalogue",
    .file_columns = file_columns,
    .files = files,
    .migrations = catalogue_migrations,
    .queries = catalogue_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .start = catalogue_reload,
    .demo = catalogue_demo,
    .merged = catalogue_merged,
};
