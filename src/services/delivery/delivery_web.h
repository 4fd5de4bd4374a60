/* Shared by the pages of delivery: what they read and how a visit is put into words. */
#ifndef DELIVERY_WEB_H
#define DELIVERY_WEB_H

#include "services/delivery/delivery_view.h"

/* The visit in the reader's language. `providers` (may be NULL) for the desk. */
struct visit_row delivery_row(struct req *r, const struct visit *v, const char *area,
                              const struct providers *providers);
/* What every file of visits says of a visit first, and how these columns are declared. */
#define DELIVERY_EXPORT_COLUMNS                                                                    \
    {MSG_delivery_day, XLSX_DATE, 0, false}, {MSG_delivery_time, XLSX_TEXT, 14, false},            \
        {MSG_delivery_service, XLSX_TEXT, 26, false}, {MSG_delivery_route, XLSX_TEXT, 22, false},  \
        {MSG_delivery_village, XLSX_TEXT, 22, false},                                              \
        {MSG_delivery_provider, XLSX_TEXT, 34, false}, {MSG_delivery_state, XLSX_TEXT, 30, false}, \
        {MSG_delivery_reason, XLSX_TEXT, 34, false},                                               \
    {                                                                                              \
        MSG_delivery_said, XLSX_TIME, 0, false                                                     \
    }
struct export;
void delivery_export_row(struct export *x, const struct visit_row *row);
struct str delivery_service_name(struct req *r, struct str service);
/* "08:00–12:00", "08:00", or empty. */
struct str delivery_time(struct arena *a, struct i64_opt from, struct i64_opt to);
/* "Mondays, Thursdays" or "every 10 days"; the villages by name, or the whole municipality. */
struct str delivery_schedule_days(struct req *r, const struct schedule *s);
struct str delivery_schedule_villages(struct req *r, const struct schedule *s);
/* Puts the faults of a rule beside the fields of a form: fields[fault.field]. */
void delivery_show_faults(struct req *r, struct form *form, const int *fields,
                          const struct delivery_faults *faults);
/* A page of the public side, or of the desk. */
struct page delivery_page(struct req *r, bool desk, struct str title, const struct crumb *crumbs,
                          size_t n);
/* Villages of the municipality, and services and routes that have visits, as choices. */
struct option_list delivery_village_options(struct req *r);
struct delivery_choices {
    struct option_list services, routes;
};
MUST enum err delivery_read_choices(struct tx *tx, struct req *r, int64_t from_day,
                                    struct delivery_choices *out);
/* {name} of the address as a number; ERR_NOT_FOUND. */
MUST enum err delivery_route_id(const struct req *r, const char *name, int64_t *id);

/* What is said of one visit. */
struct person_names;
struct visit_reading {
    struct req *r;
    int64_t id;
    struct str unit; /* of the visit: the address's, or one that merged into it */
    struct visit visit;
    struct providers providers;
    struct visit_reader reader;
    struct sql_visit_events_rows events;
    struct sql_visit_photos_rows photos;
    struct sql_disputes_of_visit_rows disputes;
    struct person_names *names; /* desk only */
};
/* State, words and colour of a dispute; the rest is the caller's. */
struct dispute_row delivery_dispute_row(struct req *r, struct str state);
/* The visit that {id} of the address names; ERR_NOT_FOUND. */
MUST enum err delivery_read_visit(struct req *r, struct visit_reading *out);
void delivery_fill_visit(struct req *r, const struct visit_reading *v, bool desk,
                         struct visit_view *out);

/* The section on the page of a service: its schedule and next visits (charter_section_fn). */
void delivery_section(struct buf *out, struct req *r, struct str service);

/* Public pages. */
enum err delivery_calendar(struct req *r);
enum err delivery_calendar_ics(struct req *r);
enum err delivery_list(struct req *r);
enum err delivery_list_export(struct req *r);
enum err delivery_visit_page(struct req *r);
enum err delivery_photo_large(struct req *r);
enum err delivery_photo_small(struct req *r);
enum err delivery_dispute_page(struct req *r);
enum err delivery_dispute_post(struct req *r);
/* The desk. */
enum err delivery_round(struct req *r);
enum err delivery_round_print(struct req *r);
enum err delivery_log_export(struct req *r);
enum err delivery_desk_visit(struct req *r);
enum err delivery_desk_visit_post(struct req *r);
enum err delivery_photo_post(struct req *r);
enum err delivery_schedules_page(struct req *r);
enum err delivery_schedule_new(struct req *r);
enum err delivery_schedule_new_post(struct req *r);
enum err delivery_schedule_page(struct req *r);
enum err delivery_schedule_post(struct req *r);
enum err delivery_schedule_end_post(struct req *r);
enum err delivery_disputes_page(struct req *r);
enum err delivery_desk_dispute(struct req *r);
enum err delivery_desk_dispute_post(struct req *r);
enum err delivery_contact_post(struct req *r);

#endif
