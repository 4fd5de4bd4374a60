/* The subject tree of local self-government: see topics.h. */
#include "community/topics/topics.h"

const struct topic topics[] = {
    {"authority", NULL, MSG_topics_authority, false},
    {"kenesh", "authority", MSG_topics_kenesh, false},
    {"okmotu", "authority", MSG_topics_okmotu, false},
    {"staff", "authority", MSG_topics_staff, false},
    {"ethics", "authority", MSG_topics_ethics, false},
    {"elections", "authority", MSG_topics_elections, false},
    {"acts", "authority", MSG_topics_acts, false},
    {"participation", NULL, MSG_topics_participation, false},
    {"hearings", "participation", MSG_topics_hearings, false},
    {"gatherings", "participation", MSG_topics_gatherings, false},
    {"community_charter", "participation", MSG_topics_community_charter, false},
    {"appeals", "participation", MSG_topics_appeals, false},
    {"access_information", "participation", MSG_topics_access_information, false},
    {"monitoring", "participation", MSG_topics_monitoring, false},
    {"youth", "participation", MSG_topics_youth, false},
    {"gender", "participation", MSG_topics_gender, false},
    {"finance", NULL, MSG_topics_finance, false},
    {"budget", "finance", MSG_topics_budget, false},
    {"taxes", "finance", MSG_topics_taxes, false},
    {"tariffs", "finance", MSG_topics_tariffs, false},
    {"grants", "finance", MSG_topics_grants, false},
    {"procurement", "finance", MSG_topics_procurement, false},
    {"property", "finance", MSG_topics_property, false},
    {"services", NULL, MSG_topics_services, false},
    {"service_management", "services", MSG_topics_service_management, false},
    {"enterprises", "services", MSG_topics_enterprises, false},
    {"water", "services", MSG_topics_water, true},
    {"sewerage", "services", MSG_topics_sewerage, true},
    {"waste", "services", MSG_topics_waste, true},
    {"lighting", "services", MSG_topics_lighting, true},
    {"roads", "services", MSG_topics_roads, true},
    {"transport", "services", MSG_topics_transport, true},
    {"parks", "services", MSG_topics_parks, true},
    {"culture", "services", MSG_topics_culture, true},
    {"sport", "services", MSG_topics_sport, true},
    {"kindergarten", "services", MSG_topics_kindergarten, true},
    {"extracurricular", "services", MSG_topics_extracurricular, true},
    {"veterinary", "services", MSG_topics_veterinary, true},
    {"irrigation", "services", MSG_topics_irrigation, true},
    {"pasture", "services", MSG_topics_pasture, true},
    {"information", "services", MSG_topics_information, true},
    {"economy", NULL, MSG_topics_economy, false},
    {"land", "economy", MSG_topics_land, false},
    {"entrepreneurs", "economy", MSG_topics_entrepreneurs, false},
    {"investment", "economy", MSG_topics_investment, false},
    {"agriculture", "economy", MSG_topics_agriculture, false},
    {"planning", NULL, MSG_topics_planning, false},
    {"development", "planning", MSG_topics_development, false},
    {"siap", "planning", MSG_topics_siap, false},
    {"cooperation", "planning", MSG_topics_cooperation, false},
    {"reform", "planning", MSG_topics_reform, false},
    {"safety", NULL, MSG_topics_safety, false},
    {"violence", "safety", MSG_topics_violence, false},
    {"children", "safety", MSG_topics_children, false},
    {"emergencies", "safety", MSG_topics_emergencies, false},
    {"environment", "safety", MSG_topics_environment, false},
};
const size_t topics_count = COUNT_OF(topics);

const struct topic *topics_find(struct str code)
{
    for (size_t i = 0; i < topics_count; i++)
        if (str_eq(code, str_from(topics[i].code)))
            return &topics[i];
    return NULL;
}

bool topics_within(struct str code, struct str above)
{
    for (const struct topic *t = topics_find(code); t;
         t = t->parent ? topics_find(str_from(t->parent)) : NULL)
        if (str_eq(above, str_from(t->code)))
            return true;
    return false;
}
