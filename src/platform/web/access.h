/*
 * Who may do what, decided in one place.
 *
 * A person holds roles, each in a scope (a municipality, a raion, an oblast or the country) from a
 * date to a date. A permission is what a route or a query needs; the table in access.c says which
 * roles carry it. A slice asks once (access_allows), and passes the answer into its queries.
 */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include "platform/core/arena.h"

enum role {
    ROLE_RESIDENT, /* logged in by a one-time code; sees own things */
    ROLE_OFFICER,  /* service officer of the aiyl okmotu */
    ROLE_ACCOUNTANT,
    ROLE_HEAD,          /* head of the municipality */
    ROLE_DEPUTY,        /* deputy of the kenesh */
    ROLE_GROUP_MEMBER,  /* joint monitoring group */
    ROLE_PROVIDER,      /* staff of a service provider */
    ROLE_PROGRAMME,     /* programme staff */
    ROLE_NATIONAL,      /* national agency, union of municipalities */
    ROLE_ADMINISTRATOR, /* runs the installation; sees no personal data by this role */
    ROLE__MAX
};
const char *role_code(enum role role); /* "officer": in the database and on the command line */
bool role_parse(struct str code, enum role *out);

/* A new permission is a line here and a line in access.c's table, which says which roles carry it
 * and whether it needs a second factor. */
enum permission {
    PERM_PUBLIC,          /* anybody, also nobody logged in */
    PERM_LOGGED_IN,       /* any person */
    PERM_STAFF,           /* any role but resident: the desk */
    PERM_CASES_READ,      /* work list with words, photos and history, also unmoderated */
    PERM_CASES_CONTACT,   /* name, phone, e-mail of a reporter: every read is audited */
    PERM_CASES_WORK,      /* change state, answer, assign, moderate */
    PERM_CASES_SUPERVISE, /* what is late, reassign, audit of the municipality */
    PERM_DELIVERY_LOG,    /* confirm visits done or missed */
    PERM_SERVICES_EDIT,   /* registry, coverage, schedules */
    PERM_CHARTER_EDIT,    /* drafts and consultation answers */
    PERM_CHARTER_APPROVE, /* approve by resolution, publish */
    PERM_PERSONS_READ,    /* register of who takes part: names, contacts; every read is audited */
    PERM_PERSONS_MERGE,   /* say that two records are one person, and take it back */
    PERM_EVENTS_EDIT,     /* trainings, hearings, forums: invite, take attendance, certify */
    PERM_STAFF_MANAGE,    /* give and take roles inside the own scope */
    PERM_AUDIT_READ,      /* who did and who read, of the own scope */
    PERM_PLACES_EDIT,     /* units, boundaries, mergers */
    PERM_CATALOGUE_EDIT,  /* national catalogue of services */
    PERM_API_KEYS,        /* Open311 keys */
    PERM_RESULTS_ENTER,   /* values of indicators: enter, submit, correct */
    PERM_RESULTS_VERIFY,  /* verify and lock what others entered */
    PERM_OPERATE,         /* jobs, outbox, health of the installation */
    PERM_LAW_EDIT,        /* the library of laws: acts, collections, who received them */
    PERM_ASSESS_SCORE,    /* the municipality's own answers of an assessment, and appeals */
    PERM_ASSESS_SUBMIT,   /* submit them */
    PERM_ASSESS_VERIFY,   /* verify answers, decide appeals */
    PERM_ASSESS_MANAGE,   /* open, close and freeze rounds */
    PERM_LEARN_WRITE,     /* practices, questions, agreements of the own municipality */
    PERM_LEARN_REVIEW,    /* look at what municipalities hand in, answer, publish */
    PERM_PLANS_EDIT,      /* service improvement plans: drafts, progress, money */
    PERM_PLANS_APPROVE,   /* submit to the council, enter its resolution */
    PERM__MAX
};
const char *permission_code(enum permission p); /* "cases_read": for `aimak routes` and tests */

struct role_grant {
    enum role role;
    char scope[16]; /* SOATE code, or "*" for the country */
};

struct actor {
    int64_t person_id; /* 0: nobody */
    int64_t session_id;
    bool second_factor; /* this session passed TOTP */
    bool must_change_password;
    struct str name;
    struct role_grant grants[16]; /* those valid today */
    int grant_count;
};

/* True when `unit` is `scope` or lies in it ("*" holds everything). Set by community/places at
 * start; until then codes are compared as SOATE prefixes. */
typedef bool (*access_within_fn)(struct str unit, struct str scope);
void access_set_within(access_within_fn fn);
bool access_unit_within(struct str unit, struct str scope);

/* May the actor do this in that municipality? unit "*": in the whole country. Staff permissions
 * also need the second factor where the table says so. */
bool access_allows(const struct actor *actor, enum permission p, struct str unit);
/* Has the actor the permission anywhere? For menus. */
bool access_allows_somewhere(const struct actor *actor, enum permission p);
/* True when only the second factor is missing: the platform then asks for it instead of refusing.
 */
bool access_lacks_second_factor(const struct actor *actor, enum permission p, struct str unit);
bool access_role_carries(enum role role, enum permission p);
bool access_needs_second_factor(enum permission p);

#endif
