/*
 * What the pages of the own account share.
 */
#ifndef PEOPLE_ACCOUNT_H
#define PEOPLE_ACCOUNT_H

#include "community/people/people_internal.h"

/* The account of who asks. */
struct own_account {
    struct req *r;
    struct account account;
    bool staff;
};
/* Reads it. Without the second factor that the account has, a page is answered with a redirect to
 * it (r->answered), a change with ERR_DENIED. */
MUST enum err own_account_open(struct req *r, struct own_account *out);

/* Leaves the handler when the call failed or has answered. */
#define TRY_ANSWERED(expr)                                                                         \
    do {                                                                                           \
        enum err rc_ = (expr);                                                                     \
        if (rc_ != ERR_OK || r->answered)                                                          \
            return rc_;                                                                            \
    } while (0)

/* Names of all who did or are meant in these rows. */
MUST enum err audit_names(struct tx *tx, struct arena *a, const struct audit_rows *rows,
                          struct person_names *out);
/* The rows in words of the reader's language. */
void audit_lines_of(struct req *r, const struct audit_rows *rows, const struct person_names *names,
                    struct audit_lines *out);

#endif
