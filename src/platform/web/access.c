/*
 * The one table of who may do what. Everything that asks (router, handlers, menus, the matrix test)
 * asks here, so a new output of the same data cannot forget the rule.
 */
#include "platform/web/access.h"

#define BIT(role) (1u << (role))
#define ALL_STAFF                                                                                  \
    (BIT(ROLE_OFFICER) | BIT(ROLE_ACCOUNTANT) | BIT(ROLE_HEAD) | BIT(ROLE_DEPUTY) |                \
     BIT(ROLE_GROUP_MEMBER) | BIT(ROLE_PROVIDER) | BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL) |      \
     BIT(ROLE_ADMINISTRATOR))
#define OFFICE (BIT(ROLE_OFFICER) | BIT(ROLE_HEAD))

static const char *const role_codes[ROLE__MAX] = {
    [ROLE_RESIDENT] = "resident",     [ROLE_OFFICER] = "officer",
    [ROLE_ACCOUNTANT] = "accountant", [ROLE_HEAD] = "head",
    [ROLE_DEPUTY] = "deputy",         [ROLE_GROUP_MEMBER] = "group_member",
    [ROLE_PROVIDER] = "provider",     [ROLE_PROGRAMME] = "programme",
    [ROLE_NATIONAL] = "national",     [ROLE_ADMINISTRATOR] = "administrator",
};

/*
 * PUBLIC and LOGGED_IN are rules of their own (access_allows), not roles. The second factor guards
 * what shows personal data or changes what residents rely on; the desk's first page and the log of
 * visits (providers' crews on phones) go without.
 */
static const struct {
    const char *code;
    unsigned roles;
    bool second_factor;
} permissions[PERM__MAX] = {
    [PERM_PUBLIC] = {"public", 0, false},
    [PERM_LOGGED_IN] = {"logged_in", 0, false},
    [PERM_STAFF] = {"staff", ALL_STAFF, false},
    [PERM_CASES_READ] = {"cases_read", OFFICE, true},
    [PERM_CASES_CONTACT] = {"cases_contact", OFFICE, true},
    [PERM_CASES_WORK] = {"cases_work", OFFICE, true},
    [PERM_CASES_SUPERVISE] = {"cases_supervise", BIT(ROLE_HEAD), true},
    [PERM_DELIVERY_LOG] = {"delivery_log", OFFICE | BIT(ROLE_PROVIDER), false},
    [PERM_SERVICES_EDIT] = {"services_edit", OFFICE, true},
    [PERM_CHARTER_EDIT] = {"charter_edit", OFFICE, true},
    [PERM_CHARTER_APPROVE] = {"charter_approve", BIT(ROLE_HEAD), true},
    [PERM_PERSONS_READ] = {"persons_read", OFFICE | BIT(ROLE_PROGRAMME), true},
    [PERM_PERSONS_MERGE] = {"persons_merge", BIT(ROLE_PROGRAMME), true},
    [PERM_EVENTS_EDIT] = {"events_edit", OFFICE | BIT(ROLE_PROGRAMME), true},
    [PERM_STAFF_MANAGE] = {"staff_manage", BIT(ROLE_HEAD) | BIT(ROLE_ADMINISTRATOR), true},
    [PERM_AUDIT_READ] = {"audit_read", BIT(ROLE_HEAD), true},
    [PERM_PLACES_EDIT] = {"places_edit", BIT(ROLE_NATIONAL) | BIT(ROLE_ADMINISTRATOR), true},
    [PERM_CATALOGUE_EDIT] = {"catalogue_edit", BIT(ROLE_NATIONAL) | BIT(ROLE_ADMINISTRATOR), true},
    [PERM_API_KEYS] = {"api_keys", BIT(ROLE_HEAD) | BIT(ROLE_ADMINISTRATOR), true},
    [PERM_LAW_EDIT] = {"law_edit", BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL), true},
    [PERM_RESULTS_ENTER] = {"results_enter", OFFICE | BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL),
                            true},
    [PERM_RESULTS_VERIFY] = {"results_verify", BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL), true},
    [PERM_ASSESS_SCORE] = {"assess_score", OFFICE, true},
    [PERM_ASSESS_SUBMIT] = {"assess_submit", BIT(ROLE_HEAD), true},
    [PERM_ASSESS_VERIFY] = {"assess_verify", BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL), true},
    [PERM_ASSESS_MANAGE] = {"assess_manage", BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL), true},
    [PERM_LEARN_WRITE] = {"learn_write", OFFICE, true},
    [PERM_LEARN_REVIEW] = {"learn_review", BIT(ROLE_PROGRAMME) | BIT(ROLE_NATIONAL), true},
    [PERM_PLANS_EDIT] = {"plans_edit", OFFICE, true},
    [PERM_PLANS_APPROVE] = {"plans_approve", BIT(ROLE_HEAD), true},
    [PERM_OPERATE] = {"operate", BIT(ROLE_ADMINISTRATOR), true},
};

const char *role_code(enum role role)
{
    INVARIANT((unsigned)role < ROLE__MAX);
    return role_codes[role];
}

bool role_parse(struct str code, enum role *out)
{
    for (int i = 0; i < ROLE__MAX; i++)
        if (str_eq(code, str_from(role_codes[i]))) {
            *out = (enum role)i;
            return true;
        }
    return false;
}

const char *permission_code(enum permission p)
{
    INVARIANT((unsigned)p < PERM__MAX && permissions[p].code);
    return permissions[p].code;
}

/* SOATE codes have 14 digits in groups: country 3, oblast 2, raion 3, aimak 3, village 3; a higher
 * unit has zeroes in the groups below it. City parts do not always follow; community/places knows
 * them. */
static bool within_by_prefix(struct str unit, struct str scope)
{
    static const size_t ends[] = {3, 5, 8, 11, 14};
    if (unit.n != 14 || scope.n != 14)
        return false;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct str rest = str_slice(scope, ends[i], 14);
        bool filler = true;
        for (size_t k = 0; k < rest.n; k++)
            filler = filler && rest.p[k] == '0';
        if (filler)
            return str_starts(unit, str_slice(scope, 0, ends[i]));
    }
    return false;
}

static access_within_fn within = within_by_prefix;

void access_set_within(access_within_fn fn)
{
    within = fn ? fn : within_by_prefix;
}

bool access_unit_within(struct str unit, struct str scope)
{
    if (str_eq(scope, STR("*")))
        return true;
    if (str_empty(scope) || str_empty(unit) || str_eq(unit, STR("*")))
        return false;
    return str_eq(unit, scope) || within(unit, scope);
}

/* Has one of the roles in a scope that holds the unit; a NULL unit asks for any scope at all. */
static bool carries(const struct actor *actor, enum permission p, struct str unit)
{
    INVARIANT((unsigned)p < PERM__MAX);
    if (p == PERM_PUBLIC)
        return true;
    if (actor->person_id == 0)
        return false;
    if (p == PERM_LOGGED_IN)
        return true;
    for (int i = 0; i < actor->grant_count; i++) {
        const struct role_grant *g = &actor->grants[i];
        if (access_role_carries(g->role, p) &&
            (!unit.p || access_unit_within(unit, str_from(g->scope))))
            return true;
    }
    return false;
}

bool access_allows(const struct actor *actor, enum permission p, struct str unit)
{
    /* A NULL unit here is a forgotten one, not a wish for "anywhere". */
    return carries(actor, p, unit.p ? unit : STR("*")) &&
           (actor->second_factor || !access_needs_second_factor(p));
}

bool access_allows_somewhere(const struct actor *actor, enum permission p)
{
    return carries(actor, p, STR_NULL) && (actor->second_factor || !access_needs_second_factor(p));
}

bool access_lacks_second_factor(const struct actor *actor, enum permission p, struct str unit)
{
    return access_needs_second_factor(p) && !actor->second_factor && carries(actor, p, unit);
}

bool access_role_carries(enum role role, enum permission p)
{
    INVARIANT((unsigned)p < PERM__MAX);
    return (unsigned)role < ROLE__MAX && (permissions[p].roles & BIT(role)) != 0;
}

bool access_needs_second_factor(enum permission p)
{
    INVARIANT((unsigned)p < PERM__MAX);
    return permissions[p].second_factor;
}
