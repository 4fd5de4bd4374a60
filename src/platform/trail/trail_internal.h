/* Between the files of this slice. */
#ifndef TRAIL_TRAIL_INTERNAL_H
#define TRAIL_TRAIL_INTERNAL_H

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/note.h"
#include "platform/trail/trail.h"
#include "platform/trail/trail_sql.h"

/* "aimak.example/trail/41702...": who speaks in a checkpoint. */
struct str trail_origin(struct arena *a, const struct app *app, struct str unit);
struct hash trail_entry_leaf(const struct trail_entry *e);

/* The first fault of a log. */
struct trail_fault {
    int64_t seq;    /* of the entry; -1: the log as a whole */
    char text[200]; /* English, for operators */
};
struct trail_check {
    int64_t entries, checkpoints;
    bool broken;
    struct trail_fault fault;
};
/* Recomputes a municipality's whole log. `kept` (may be NULL) is a checkpoint that somebody kept
 * outside: the log must still begin with what it signed. */
MUST enum err trail_verify(struct app *app, struct str unit, const struct checkpoint *kept,
                           struct trail_check *out);
int trail_command_verify(struct app *app, int argc, char **argv);

#define TRAIL_ROUTES 4
extern const struct route trail_routes[TRAIL_ROUTES];

#endif
