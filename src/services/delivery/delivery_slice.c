/* What delivery announces: pages, jobs by the clock, the measure, demo data. */
#include "services/delivery/delivery_web.h"

#include "services/charter/charter.h"

#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "services/delivery/delivery_sql.h"

static const struct schedule_def schedules[] = {
    /* Once a day would do; every hour it also catches up after a stop. */
    {"delivery_ahead", MS_HOUR, delivery_job_ahead},
    {"delivery_forget", MS_DAY, delivery_job_forget},
};

static const struct route routes[] = {
    ROUTE("GET", "/m/{unit}/calendar", delivery_calendar, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/calendar.ics", delivery_calendar_ics, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits", delivery_list, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits.{format}", delivery_list_export, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits/{id}", delivery_visit_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits/{id}/photo/{photo}", delivery_photo_large, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits/{id}/photo/{photo}/small", delivery_photo_small, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/visits/{id}/dispute", delivery_dispute_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/m/{unit}/visits/{id}/dispute", delivery_dispute_post, PERM_PUBLIC,
          ROUTE_RATE_WRITE),

    ROUTE("GET", "/desk/{unit}/visits", delivery_round, PERM_DELIVERY_LOG, 0),
    ROUTE("GET", "/desk/{unit}/visits.{format}", delivery_log_export, PERM_DELIVERY_LOG, 0),
    ROUTE("GET", "/desk/{unit}/visits/print", delivery_round_print, PERM_DELIVERY_LOG, 0),
    ROUTE("GET", "/desk/{unit}/visits/{id}", delivery_desk_visit, PERM_DELIVERY_LOG, 0),
    ROUTE("POST", "/desk/{unit}/visits/{id}", delivery_desk_visit_post, PERM_DELIVERY_LOG,
          ROUTE_BIG_BODY),
    ROUTE("POST", "/desk/{unit}/visits/{id}/photo/{photo}", delivery_photo_post, PERM_SERVICES_EDIT,
          0),
    ROUTE("GET", "/desk/{unit}/schedules", delivery_schedules_page, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", "/desk/{unit}/schedules/new", delivery_schedule_new, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/schedules/new", delivery_schedule_new_post, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", "/desk/{unit}/schedules/{id}", delivery_schedule_page, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/schedules/{id}", delivery_schedule_post, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/schedules/{id}/end", delivery_schedule_end_post, PERM_SERVICES_EDIT,
          0),
    /* Who provides a service does not judge what residents say of it. */
    ROUTE("GET", "/desk/{unit}/disputes", delivery_disputes_page, PERM_SERVICES_EDIT, 0),
    ROUTE("GET", "/desk/{unit}/disputes/{id}", delivery_desk_dispute, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/disputes/{id}", delivery_desk_dispute_post, PERM_SERVICES_EDIT, 0),
    ROUTE("POST", "/desk/{unit}/disputes/{id}/contact", delivery_contact_post, PERM_SERVICES_EDIT,
          0),
};

static enum err start(struct app *app)
{
    (void)app;
    charter_add_section(delivery_section);
    return ERR_OK;
}

static const char *const file_columns[] = {"visit_photo.large", "visit_photo.small", NULL};

static enum err use_files(void *uses, const struct sql_visit_files_row *row)
{
    file_used(uses, row->large);
    file_used(uses, row->small);
    return ERR_OK;
}

static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_visit_files(tx, use_files, uses);
}

const struct slice delivery_slice = {
    .name = "delivery",
    .file_columns = file_columns,
    .files = files,
    .migrations = delivery_migrations,
    .queries = delivery_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .measures = delivery_measures,
    .measure_count = COUNT_OF(delivery_measures),
    .start = start,
    .demo = delivery_demo,
    .merged = delivery_merged,
};
