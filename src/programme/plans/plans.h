/*
 * Plans: service improvement action plans (SIAP) of municipalities. From a gap, a survey or a
 * gathering to a problem, an objective, actions with who, when and whose money, people by village,
 * and risks; versions that a council approves; progress with photos; money promised and money come.
 *
 * Counters (platform/tally), all by topic: "plans.approved" (a plan on the day of its first
 * resolution), "plans.actions_done" (an action on the day it was said to be done) and, in whole
 * som, "plans.contribution_own", "plans.contribution_grant", "plans.contribution_residents" (cash
 * and kind) and "plans.contribution_partner": what came, credited to the municipality that paid.
 */
#ifndef PLANS_PLANS_H
#define PLANS_PLANS_H

#include "platform/tally/tally.h"
#include "platform/web/slice.h"

extern const struct counter plans_approved, plans_actions_done, plans_contribution_own,
    plans_contribution_grant, plans_contribution_residents, plans_contribution_partner;
extern const struct slice plans_slice;

#endif
