/* Between the files of the desk: what a page of the charter's work is about, and how it is saved.
 */
#ifndef CHARTER_DESK_H
#define CHARTER_DESK_H

#include "services/charter/charter_view.h"

struct desk {
    struct req *r;
    const struct service_kind *kind;
    int64_t today;
    struct charter_versions versions;
    const struct charter_version *working; /* NULL: nothing is under way */
    struct promises promises;              /* of the working version */
    struct charter_comments comments;      /* since the last published version */
    int64_t waiting;
    struct str href; /* "/desk/{unit}/charters/{service}" */
};
/* ERR_NOT_FOUND for an unknown service. */
MUST enum err charter_desk_load(struct req *r, struct desk *d);
struct str charter_desk_href(const struct desk *d, const char *rest);
/* A page of the desk below the list of charters. */
struct page charter_desk_page(struct req *r, const struct desk *d, struct str title);
/* The promise that {promise} in the address names; NULL when the draft has none such. */
const struct promise *charter_desk_promise(const struct desk *d);

/* One change, with what its rule takes. */
struct desk_write {
    struct app *app;
    struct arena *arena;
    struct charter_change change;
    struct charter_faults faults;
    enum err (*rule)(struct tx *tx, struct desk_write *w);
    const struct form *form;
    int64_t id;
    int64_t made; /* what the rule made, for the next page */
    int by;
};
/* Runs the rule on the working version. `form` may be NULL. */
MUST enum err charter_desk_write(const struct desk *d, struct desk_write *w,
                                 const struct form *form);
/* What follows a refused change of a form: ERR_INPUT when the page is to be shown again, with the
 * faults in it; else the code to return. */
MUST enum err charter_desk_refused(const struct desk *d, struct form *form,
                                   const struct desk_write *w, const int *map, enum err rc);
/* The hidden revision of a form, as the page shows it now. */
void charter_desk_stamp(const struct desk *d, struct form *form);
/* Saved: a short message on the next page. */
enum err charter_desk_done(struct req *r, enum msg notice, struct str href);

#define CHARTER_REVISION_FIELD                                                                     \
    [CHARTER_F_REVISION] = {"revision", FIELD_INT, .label = MSG_charter_revision}

#endif
