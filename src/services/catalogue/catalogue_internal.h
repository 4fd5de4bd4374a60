/* Shared inside the catalogue room. */
#ifndef CATALOGUE_INTERNAL_H
#define CATALOGUE_INTERNAL_H

#include "services/catalogue/catalogue.h"
#include "services/catalogue/catalogue_sql.h"

/* Reads the catalogue and makes it current; at start and after each change. */
MUST enum err catalogue_reload(struct app *app);

#endif
