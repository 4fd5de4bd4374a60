/* Shared inside the catalogue room. */
#ifndef CATALOGUE_INTERNAL_H
#define CATALOGUE_INTERNAL_H

#include "services/catalogue/catalogue.h"
#include "services/catalogue/catalogue_sql.h"

#include "platform/core/clock.h"
#include "platform/tally/tally.h"
#include "platform/web/demo.h"
#include "platform/web/import.h"

/* Reads the catalogue and makes it current; at start and after each change. */
MUST enum err catalogue_reload(struct app *app);
/* Of the snapshot in use. */
int64_t catalogue_version(struct arena *a);

void catalogue_fault(struct arena *a, struct catalogue_faults *faults, struct catalogue_fault f);

/* --- people served --- */
#define COVERAGE_PEOPLE_MAX 1000000
int64_t coverage_earliest_day(void);
/* Is this one of the kind's levels (or empty, when it has none)? */
bool coverage_level_fits(const struct service_kind *kind, struct str level);
/* The village, when it lies in the municipality today; else NULL. */
const struct place *coverage_village(struct app *app, struct arena *a, struct str unit,
                                     struct str code);
/* All levels of a village added up, as counted on a day. */
MUST enum err coverage_sum(struct tx *tx, struct arena *a, struct str unit, struct str service,
                           struct str village, int64_t day, int64_t *people);

/* The kept total of people served. Before the counts of a village and level change, what they say
 * is taken back (sign -1); afterwards it is told anew (1). */
extern const struct counter catalogue_people_counter;
MUST enum err coverage_tell(struct tx *tx, struct arena *a, struct str unit, struct str service,
                            struct str village, struct str level, int sign);

/* Loads counts from a CSV in memory. ERR_INPUT: see *table. */
MUST enum err catalogue_load_coverage(struct app *app, struct arena *a, struct str text,
                                      bool dry_run, struct table_in **table,
                                      struct import_counts *counts);
int catalogue_import_coverage(struct app *app, int argc, char **argv);

enum err catalogue_merged(struct app *app, struct tx *tx, struct str from, struct str into,
                          int64_t day);
enum err catalogue_demo(struct app *app, struct demo_context *demo);

/* --- pages --- */
enum err catalogue_unit_page(struct req *r);
enum err catalogue_unit_export(struct req *r);
enum err catalogue_coverage_page(struct req *r);
enum err catalogue_coverage_export(struct req *r);
enum err catalogue_evidence(struct req *r);
enum err catalogue_desk_services(struct req *r);
enum err catalogue_desk_service(struct req *r);
enum err catalogue_desk_service_post(struct req *r);
enum err catalogue_count_page(struct req *r);
enum err catalogue_count_post(struct req *r);
enum err catalogue_withdraw_page(struct req *r);
enum err catalogue_withdraw_post(struct req *r);
enum err catalogue_desk_providers(struct req *r);
enum err catalogue_provider_new(struct req *r);
enum err catalogue_provider_new_post(struct req *r);
enum err catalogue_provider_page(struct req *r);
enum err catalogue_provider_post(struct req *r);
enum err catalogue_editor(struct req *r);
enum err catalogue_editor_kind(struct req *r);
enum err catalogue_editor_kind_post(struct req *r);
enum err catalogue_editor_fault(struct req *r);
enum err catalogue_editor_fault_post(struct req *r);
enum err catalogue_editor_level(struct req *r);
enum err catalogue_editor_level_post(struct req *r);

#endif
