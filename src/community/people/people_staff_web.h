/*
 * What the desk's pages of this room share: choosing a place within the own scope.
 */
#ifndef PEOPLE_STAFF_WEB_H
#define PEOPLE_STAFF_WEB_H

#include "community/people/people_internal.h"

/* Does one of the roles with this permission reach beyond single municipalities? */
bool scopes_are_many(const struct actor *actor, enum permission p);
/* The places where the asker holds it, by name. */
struct option_list scope_options(struct req *r, enum permission p);
/* The place that a code or name means; NULL view when there is none or several. */
struct str scope_find(struct req *r, struct str typed);
/* A new key, shown once. */
enum err people_show_key(struct req *r, struct str name, struct str key);

#endif
