/*
 * Who did what, and who read whose personal data. The head of the municipality sees the rows of the
 * municipality, a person those about the own person; nobody can change or remove one through the
 * program.
 *
 * A row is written in the transaction of the deed. A read of personal data is a deed too: it is
 * written before the data is shown, so what cannot be recorded is not shown. Rows hold ids
 * and codes, never the data itself.
 */
#ifndef TRAIL_AUDIT_H
#define TRAIL_AUDIT_H

#include "platform/store/db.h"
#include "platform/web/access.h"

enum audit_kind { AUDIT_DID, AUDIT_READ };

/* `unit`: where the data belongs ("*": the installation). `action` is a code such as
 * "case_contact"; `person` whose data it is, 0 nobody's; `object` a public number or id, `detail`
 * a code or short text without personal data (both may be NULL views). */
MUST enum err audit_write(struct tx *tx, const struct actor *actor, struct str unit,
                          enum audit_kind kind, const char *action, int64_t person,
                          struct str object, struct str detail);

struct audit_row {
    struct str unit;
    int64_t id, at_ms;
    int64_t actor; /* person id; 0: nobody logged in, or the program itself */
    struct str action;
    enum audit_kind kind;
    int64_t person; /* 0: about nobody */
    struct str object, detail;
};
struct audit_rows {
    struct audit_row *v;
    size_t n;
};
/* Of one municipality. What is 0 or false does not restrict. */
struct audit_filter {
    int64_t from_ms, to_ms; /* to_ms is the first instant that does not count */
    int64_t actor;          /* who did or read */
    int64_t person;         /* about whom */
    bool reads_only;
};
/* Newest first, at most `limit`; before_id 0 begins at the newest, else gives what is older than
 * that row. In the arena. */
MUST enum err audit_of_unit(struct tx *tx, struct arena *a, struct str unit,
                            const struct audit_filter *filter, int64_t before_id, int limit,
                            struct audit_rows *out);
/* In country scope: a person may be known in several municipalities. */
MUST enum err audit_of_person(struct tx *tx, struct arena *a, int64_t person, int64_t before_id,
                              int limit, struct audit_rows *out);

#endif
