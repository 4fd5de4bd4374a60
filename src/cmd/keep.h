/*
 * The directory of backups: names by time, the newest N kept. Names are digits of UTC time, so
 * their order is the order of time.
 */
#ifndef CMD_KEEP_H
#define CMD_KEEP_H

#include "platform/core/str.h"

/* "DIRECTORY/aimak-20261122-031500.zip"; false when it does not fit. */
bool keep_name(char *out, size_t size, const char *directory, int64_t utc_ms);
/* Removes all but the newest `count` files of that form; others are left alone. */
bool keep_newest(const char *directory, int count);
/* Removes a directory with everything in it; symbolic links are removed, not followed. */
bool keep_remove_tree(const char *directory);

#endif
