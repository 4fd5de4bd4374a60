/*
 * The demo's pictures, made before its transactions.
 */
#ifndef CASES_DEMO_H
#define CASES_DEMO_H

#include "voice/cases/cases.h"

/* A drawn picture of a fault of that service, converted and stored; *drawn false when there is
 * none. */
MUST enum err cases_demo_photo(struct app *app, struct arena *a, struct str service,
                               struct case_photo_input *out, bool *drawn);

#endif
