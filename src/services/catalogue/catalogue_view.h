/* What the pages of the catalogue show. */
#ifndef CATALOGUE_VIEW_H
#define CATALOGUE_VIEW_H

#include "services/catalogue/catalogue.h"

#include "platform/web/components.h"

/* --- the registry --- */

struct registry_row {
    struct str code, href, coverage_href, icon, name, text;
    struct str provider; /* NULL: the aiyl okmotu itself */
    struct str phone, phone_href;
    enum msg mode;
    int64_t since_day, people;
    double share; /* of the population; < 0 unknown */
    struct str decision, note;
    bool provided, recorded;
};
struct registry_rows {
    struct registry_row *v;
    size_t n, cap;
};
struct registry_view {
    struct str unit_name, base; /* "/m/41704235837000" */
    struct registry_rows provided, others;
    int64_t population;
    struct str xlsx, csv;
    struct str providers_href; /* desk */
};

/* --- coverage --- */

struct village_row {
    struct str name;
    int64_t population, served, counted; /* counted: on all levels; -1 never */
    double share;                        /* < 0 unknown */
    int64_t day;
    enum msg method;
    int64_t level[CATALOGUE_LEVELS_MAX]; /* -1: not counted */
};
struct record_row {
    int64_t id, day, people, recorded_ms;
    struct str day_short;
    struct i64_opt women;
    struct str village, village_code, level, note, evidence_href, evidence_name, withdraw_href, why;
    enum msg method;
    bool withdrawn, in_force, replaced_by_import;
    int64_t withdrawn_ms;
};
struct level_names {
    struct str *v;
    size_t n, cap;
};
struct coverage_view {
    struct str service_name, icon, base; /* "/m/CODE/services/water" */
    bool provided;
    int64_t population, served, counted_villages, last_day;
    double share;
    struct level_names levels;
    struct village_rows {
        struct village_row *v;
        size_t n, cap;
    } villages;
    struct record_rows {
        struct record_row *v;
        size_t n, cap;
    } records, earlier; /* in force; replaced by later ones or withdrawn */
    struct history_points {
        struct chart_point *v;
        size_t n, cap;
    } history;
    struct chart chart;
    struct str xlsx, csv;
    bool desk;
};

/* --- the desk --- */

struct entry_row {
    int64_t since_day, recorded_ms;
    enum msg mode;
    struct str provider, decision, note;
    bool provided, current;
};
struct service_desk_view {
    struct str unit_name, service_name, icon, base; /* "/desk/CODE/services/water" */
    struct str public_href, schedules_href, providers_href, count_href;
    const struct form *form;
    int64_t seen;
    struct option_list modes, providers;
    struct entry_rows {
        struct entry_row *v;
        size_t n, cap;
    } history;
    const struct coverage_view *coverage;
};

struct count_level {
    struct str code, name, people_id, women_id, people, women, fault;
    bool without; /* life without the service */
};
struct count_view {
    struct str service_name, back;
    const struct form *form;
    struct option_list villages, methods;
    struct count_levels {
        struct count_level *v;
        size_t n, cap;
    } levels;
    bool ladder;
    int64_t village_population; /* 0 unknown */
    struct str village_name;
};

struct withdraw_view {
    struct str service_name, village, level, back;
    int64_t people, day;
    const struct form *form;
};

struct provider_row {
    struct str href, name, phone, email;
    enum msg kind;
    int64_t services;
    bool active;
};
struct providers_view {
    struct str unit_name, base;
    struct provider_rows {
        struct provider_row *v;
        size_t n, cap;
    } rows;
    const struct form *form; /* of a new or of one provider; NULL in the list */
    struct str name;         /* of the one */
    bool is_new;
    struct option_list people;
};

/* --- the national editor --- */

struct editor_kind {
    struct str href, name, code;
    enum msg group;
    int64_t faults, levels;
};
struct editor_item {
    struct str href, code, name;
    int64_t position;
    bool urgent, is_private, active;
};
struct editor_view {
    struct editor_kinds {
        struct editor_kind *v;
        size_t n, cap;
    } kinds;
    struct editor_items {
        struct editor_item *v;
        size_t n, cap;
    } faults, levels;
    struct str name, base; /* of one kind: "/desk/catalogue/water" */
    const struct form *form;
    bool is_new;
    struct option_list icons;
};

#endif
