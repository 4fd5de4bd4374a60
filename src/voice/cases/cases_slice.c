/* The room's descriptor: its addresses, jobs, schedules and measures. */
#include "voice/cases/cases_web.h"

#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "voice/cases/cases_sql.h"

static const struct route routes[] = {
    ROUTE("GET", "/m/{unit}/report", cases_report_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/m/{unit}/report", cases_report_post, PERM_PUBLIC,
          ROUTE_BIG_BODY | ROUTE_RATE_WRITE),
    ROUTE("GET", "/m/{unit}/report/similar", cases_report_similar, PERM_PUBLIC, ROUTE_API),
    ROUTE("GET", "/m/{unit}/reports", cases_list_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/reports/map", cases_map_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/reports.rss", cases_list_rss, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/reports.csv", cases_list_csv, PERM_PUBLIC, 0),
    ROUTE("GET", "/c", cases_find_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/c/{number}", cases_show_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/c/{number}/sent", cases_sent_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/c/{number}/photo/{id}", cases_photo_large, PERM_PUBLIC, 0),
    ROUTE("GET", "/c/{number}/photo/{id}/small", cases_photo_small, PERM_PUBLIC, 0),
    ROUTE("POST", "/c/{number}/answer", cases_answer_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("POST", "/c/{number}/add", cases_add_post, PERM_PUBLIC,
          ROUTE_BIG_BODY | ROUTE_RATE_WRITE),
    ROUTE("POST", "/c/{number}/withdraw", cases_withdraw_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("POST", "/c/{number}/forget", cases_forget_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("POST", "/c/{number}/me-too", cases_support_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
};

static const struct job_def jobs[] = {
    {"case_ask", case_job_ask, 0},
};
static const struct schedule_def schedules[] = {
    /* Once a day would do; every hour it also catches up after a stop. */
    {"cases_late", MS_HOUR, case_job_late},
    {"cases_fold", MS_MINUTE, case_job_fold},
};

static const struct counter *const counters[] = {&cases_received_counter, &cases_resolved_counter};

static enum err start(struct app *app)
{
    (void)app;
    cases_country_forget();
    return ERR_OK;
}

static const char *const file_columns[] = {"case_photo.large", "case_photo.small", NULL};

static enum err use_files(void *uses, const struct sql_case_files_row *row)
{
    file_used(uses, row->large);
    file_used(uses, row->small);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_case_files(tx, use_files, uses);
}

const struct slice cases_slice = {
    .name = "cases",
    .file_columns = file_columns,
    .files = files,
    .migrations = cases_migrations,
    .queries = cases_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .jobs = jobs,
    .job_count = COUNT_OF(jobs),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .measures = case_measures,
    .measure_count = 2,
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .start = start,
    .demo = cases_demo,
    .merged = cases_merged,
    .doctor = cases_doctor,
};
