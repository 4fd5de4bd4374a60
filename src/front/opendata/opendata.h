/*
 * Open data: downloads for anybody, listed at /open.
 */
#ifndef OPENDATA_OPENDATA_H
#define OPENDATA_OPENDATA_H

#include "platform/web/slice.h"

extern const struct slice opendata_slice;

#endif
