/* The one list of slices; see slices.h. A slice stands behind those it uses. */
#include "cmd/slices.h"

#include "community/calendar/calendar.h"
#include "community/people/people.h"
#include "community/persons/persons.h"
#include "community/places/places.h"
#include "front/api/api.h"
#include "front/desk/desk.h"
#include "front/home/home.h"
#include "front/opendata/opendata.h"
#include "platform/channels/outbox.h"
#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "platform/tally/tally.h"
#include "platform/trail/trail.h"
#include "programme/assessment/assessment.h"
#include "programme/events/events.h"
#include "programme/law/law.h"
#include "programme/learning/learning.h"
#include "programme/plans/plans.h"
#include "programme/results/results.h"
#include "services/catalogue/catalogue.h"
#include "services/charter/charter.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"
#include "voice/open311/open311.h"

const struct slice *const all_slices[] = {
    &web_slice,       &jobs_slice,    &outbox_slice,   &trail_slice,      &tally_slice,
    &files_slice,     &places_slice,  &people_slice,   &calendar_slice,   &persons_slice,
    &catalogue_slice, &charter_slice, &delivery_slice, &cases_slice,      &cases_desk_slice,
    &open311_slice,   &events_slice,  &law_slice,      &assessment_slice, &learning_slice,
    &plans_slice,     &results_slice, &desk_slice,     &home_slice,       &api_slice,
    &opendata_slice,
};
const size_t all_slices_count = COUNT_OF(all_slices);
