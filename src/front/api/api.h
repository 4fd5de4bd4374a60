/*
 * The JSON API, /api/v1/: what the pages show, for programs. Each call is declared once, with its
 * parameters and the shape of its answer; from that the parameters are read, the answer is written
 * and /api/v1/openapi.json is made, so that the three cannot differ (api_describe.h).
 */
#ifndef API_API_H
#define API_API_H

#include "platform/web/slice.h"

extern const struct slice api_slice;

#endif
