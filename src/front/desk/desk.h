/*
 * The first page of staff: what waits today, in each municipality of the person's roles. Rooms
 * below give the figures and have the pages that the links lead to.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "platform/web/slice.h"

extern const struct slice desk_slice;

/* Writes the menu of the desk, for the frame; nothing for who is not staff. */
void desk_navigation(struct buf *out, struct req *r);

#endif
