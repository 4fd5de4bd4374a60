/* Files for other systems: inside the results room. */
#ifndef RESULTS_EXCHANGE_H
#define RESULTS_EXCHANGE_H

#include "programme/results/results_internal.h"

/* The IATI 2.03 activity file, one activity a programme, written to fd piece by piece: memory holds
 * one indicator, however many results there are. Small counts of people are withheld. ERR_IO. */
MUST enum err results_iati_write(struct app *app, int fd, int64_t *size);

/* The standard's own rules that a schema cannot say, with their numbers. False for a document that
 * is no XML; faults are told one a line. */
bool results_iati_check(struct str xml, int64_t today, struct buf *faults, int *count);

/* DHIS2's dataValueSets as JSON, or ADX as XML. *skipped: values whose periods it has no name for.
 */
MUST enum err results_dhis_write(struct app *app, struct arena *a, struct str programme, bool adx,
                                 struct buf *out, int64_t *skipped);
/* Either of them, by its first letter; whole or not at all, as results_import. */
struct table_in;
struct import_counts;
MUST enum err results_dhis_read(struct app *app, struct arena *a, struct str text, bool dry_run,
                                struct table_in **table, struct import_counts *counts);
int results_command_import_dhis(struct app *app, int argc, char **argv);
int results_command_export_dhis(struct app *app, int argc, char **argv);

enum err results_iati_get(struct req *r);
int results_command_iati(struct app *app, int argc, char **argv);
int results_command_check_iati(struct app *app, int argc, char **argv);

#endif
