/* Figures as the pages of the catalogue show them; shared by the public pages and the desk. */
#ifndef CATALOGUE_READ_H
#define CATALOGUE_READ_H

#include "services/catalogue/catalogue_internal.h"
#include "services/catalogue/catalogue_view.h"

/* In the reader's language; the code itself when unknown. */
struct str catalogue_service_name(struct req *r, struct str service);
/* The kind that {service} of the address names; ERR_NOT_FOUND. */
MUST enum err catalogue_route_service(struct req *r, const struct service_kind **kind);

/* area: "m" for the public page, "desk". */
MUST enum err catalogue_read_registry(struct req *r, const char *area, struct registry_view *v);
MUST enum err catalogue_read_coverage(struct req *r, const struct service_kind *kind, bool desk,
                                      struct coverage_view *v);

/* A page of the desk of this municipality. */
struct page catalogue_desk_page(struct req *r, struct str title, const struct crumb *crumbs,
                                size_t n);
/* Puts the faults of a rule beside the fields of a form: fields[fault.field]. */
void catalogue_show_faults(struct req *r, struct form *form, const int *fields,
                           const struct catalogue_faults *faults);

#endif
