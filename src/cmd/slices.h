/*
 * The one list of slices. Routes, migrations, jobs, commands, permissions and demo data all
 * derive from it, in this order.
 */
#ifndef CMD_SLICES_H
#define CMD_SLICES_H

#include "platform/web/slice.h"

extern const struct slice *const all_slices[];
extern const size_t all_slices_count;

#endif
