/* What the files of the desk share. */
#ifndef PLANS_DESK_H
#define PLANS_DESK_H

#include "programme/plans/plans_view.h"

struct str plans_desk_href(struct req *r, int64_t plan, const char *rest);
MUST enum err plans_show_form(struct req *r, const struct plan_form_view *v, int status);
/* As plans_load, for a plan of {unit} or of what merged into it. */
MUST enum err plans_desk_load(struct req *r, int64_t version, struct plan *p, struct plan *before);
/* `map`: by enum plan_field, the field of the form plus one; 0: the form as a whole. */
void plans_show_faults(struct req *r, struct form *form, const struct plan_faults *faults,
                       const int *map);
/* Reads personal data, and says so in the audit. */
MUST enum err plans_group_names(struct req *r, const struct plan *p, struct plan_member_lines *out);

#endif
