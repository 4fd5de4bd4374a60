/*
 * The tour of a demonstration: addresses worth seeing and a log-in for each role, kept in
 * DATA/tour.txt by `aimak demo` and printed by `aimak serve --tour`.
 */
#ifndef CMD_TOUR_H
#define CMD_TOUR_H

#include "platform/web/demo.h"

/* Written through a temporary name. */
MUST enum err tour_save(const char *data, const struct demo_context *d);
/* On standard output, with `url` in front of the paths. False when there is no tour. */
bool tour_print(const char *data, const char *url);

#endif
