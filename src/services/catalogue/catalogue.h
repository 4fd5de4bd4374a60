/*
 * The national catalogue of local services and the registry of each municipality: which services
 * it provides, through whom, since when, under which decision, and how many people they reach.
 *
 * A service kind has a code ("water", "waste", "lighting" ...), names in three languages, the
 * faults people report about it ("water.leak"), and a ladder of service levels. Kinds are
 * country-wide data, kept in memory; registries belong to municipalities.
 */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "community/places/places.h"

struct service_fault {
    struct str code; /* "water.leak": also the Open311 service_code */
    struct text3 name, hint;
    bool urgent; /* shown first */
    bool private_by_default;
};
struct service_level {
    struct str code; /* "water:basic" */
    struct text3 name;
    int rank; /* 0 lowest */
};
struct service_kind {
    struct str code;
    struct text3 name, description;
    struct str group; /* "utilities", "roads", "social", "culture", "land" */
    struct str icon;  /* asset name */
    const struct service_fault *faults;
    size_t fault_count;
    const struct service_level *levels;
    size_t level_count;
};
struct catalogue {
    const struct service_kind *v;
    size_t n;
};
/* The current snapshot, held until the arena is freed. */
const struct catalogue *catalogue_get(struct app *app, struct arena *a);
const struct service_kind *catalogue_find(const struct catalogue *c, struct str code);
const struct service_fault *catalogue_find_fault(const struct catalogue *c, struct str code,
                                                 const struct service_kind **kind);

/* One line of a municipality's registry. */
struct unit_service {
    struct str service;
    struct str provider_name; /* NULL: the aiyl okmotu itself */
    int64_t provider_id;
    struct str mode; /* "own", "enterprise", "water_users", "entrepreneur", "other_unit", "joint" */
    int64_t since_day;
    struct str decision;
    bool active;
    int64_t people_served; /* latest coverage, all villages */
};
struct unit_services {
    struct unit_service *v;
    size_t n, cap;
};
MUST enum err catalogue_unit_services(struct tx *tx, struct arena *a, struct str unit,
                                      struct unit_services *out);

/* Providers whose staff a person is (role provider): used to limit what they see. */
extern const struct slice catalogue_slice;

#endif
