/*
 * The command-line side of every import: `aimak import WHAT FILE [--dry-run]`. Reads the file
 * (bounded), lets the slice load it, reports what changed or every fault by row and column.
 *
 * Exit codes as in core/cli.h: done (also for a clean dry run), fault, bad usage, environment.
 */
#ifndef WEB_IMPORT_H
#define WEB_IMPORT_H

#include "platform/formats/table_in.h"
#include "platform/web/slice.h"

#define IMPORT_FILE_MAX (256 << 20)

struct import_counts {
    int64_t rows, added, changed, same;
};

struct import_run {
    struct arena *arena;
    const char *path;
    struct str text;
    bool dry_run;
    enum lang lang;
    struct table_in *table; /* set by the loader, for the list of faults; may stay NULL */
    struct import_counts counts;
    enum msg fault; /* a fault of the whole file, when there is no table */
};

/* Returns an exit code, usually by import_finish(). */
typedef int (*import_load_fn)(struct app *app, struct import_run *run);

int import_command(struct app *app, int argc, char **argv, import_load_fn load);
/* Prints the outcome of the loader's error code and gives the exit code. */
int import_finish(struct import_run *run, enum err rc);

#endif
