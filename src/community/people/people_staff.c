/*
 * Rules of staff: who may give which role where, and whose account may be touched.
 *
 * A role is given downwards: a lower one inside the own scope, or the same one in a smaller scope.
 * Whoever may reset somebody's password could log in as them, so it takes the right to every role
 * that they hold. Nobody changes the own roles.
 */
#include "community/people/people_internal.h"

/* Who stands above whom. Roles of the same rank cannot give one another. */
static const int ranks[ROLE__MAX] = {
    [ROLE_RESIDENT] = 0,     [ROLE_OFFICER] = 1,       [ROLE_ACCOUNTANT] = 1, [ROLE_DEPUTY] = 1,
    [ROLE_GROUP_MEMBER] = 1, [ROLE_PROVIDER] = 1,      [ROLE_HEAD] = 2,       [ROLE_PROGRAMME] = 3,
    [ROLE_NATIONAL] = 3,     [ROLE_ADMINISTRATOR] = 4,
};

static const enum msg names[ROLE__MAX] = {
    [ROLE_RESIDENT] = MSG_people_role_resident,
    [ROLE_OFFICER] = MSG_people_role_officer,
    [ROLE_ACCOUNTANT] = MSG_people_role_accountant,
    [ROLE_HEAD] = MSG_people_role_head,
    [ROLE_DEPUTY] = MSG_people_role_deputy,
    [ROLE_GROUP_MEMBER] = MSG_people_role_group_member,
    [ROLE_PROVIDER] = MSG_people_role_provider,
    [ROLE_PROGRAMME] = MSG_people_role_programme,
    [ROLE_NATIONAL] = MSG_people_role_national,
    [ROLE_ADMINISTRATOR] = MSG_people_role_administrator,
};

enum msg role_message(enum role role)
{
    INVARIANT((unsigned)role < ROLE__MAX);
    return names[role];
}

bool role_is_staff(enum role role)
{
    return (unsigned)role < ROLE__MAX && ranks[role] > 0;
}

/* Strictly inside: within, and not the same place. */
static bool scope_below(struct str scope, struct str above)
{
    return !str_eq(scope, above) && access_unit_within(scope, above) &&
           !access_unit_within(above, scope);
}

unsigned staff_grantable(const struct actor *actor, struct str scope)
{
    unsigned roles = 0;
    for (int i = 0; i < actor->grant_count; i++) {
        const struct role_grant *own = &actor->grants[i];
        struct str own_scope = str_from(own->scope);
        if (!access_role_carries(own->role, PERM_STAFF_MANAGE) ||
            !access_unit_within(scope, own_scope))
            continue;
        for (int role = 0; role < ROLE__MAX; role++)
            if (ranks[role] > 0 && (ranks[role] < ranks[own->role] ||
                                    (role == (int)own->role && scope_below(scope, own_scope))))
                roles |= 1u << role;
    }
    return roles;
}

enum err staff_grants_of(struct tx *tx, struct arena *a, int64_t person, struct staff_grants *out)
{
    struct sql_grants_of_rows rows;
    *out = (struct staff_grants){0};
    enum err rc = sql_grants_of(tx, a, &rows, .person_id = person);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_grants_of_row *row = &rows.v[i];
        struct staff_grant g = {
            .id = row->id,
            .scope = row->scope,
            .from = row->valid_from,
            .to = row->valid_to,
            .given_by = row->given_by,
            .given_ms = row->given_ms,
            .ended_ms = row->ended_ms,
        };
        if (role_parse(row->role, &g.role))
            ARENA_PUSH(a, *out, g);
    }
    return rc;
}

bool grant_is_live(const struct staff_grant *g, int64_t today)
{
    return !g->ended_ms.set && (!g->to.set || g->to.v >= today);
}

bool staff_may_manage(const struct actor *actor, int64_t person, const struct staff_grants *grants,
                      int64_t today)
{
    size_t live = 0, mine = 0;
    if (person == actor->person_id)
        return false;
    for (size_t i = 0; i < grants->n; i++) {
        const struct staff_grant *g = &grants->v[i];
        bool may = (staff_grantable(actor, g->scope) & 1u << g->role) != 0;
        mine += may;
        if (!grant_is_live(g, today))
            continue;
        live++;
        if (!may)
            return false;
    }
    /* Of former staff: those who could have given one of the roles. */
    return live > 0 || mine > 0;
}
