/*
 * The register of persons who take part: in trainings, hearings, working groups, mentoring pairs.
 * They are not accounts (community/people). One human being may stand in it twice until somebody
 * sees it; the register proposes pairs with a score and its reasons in words, a human decides, and
 * every merge can be taken back whole: no row is ever overwritten by one, it only points elsewhere.
 *
 * Records keep the id under which somebody was written down, and beside it the person who is meant
 * today (persons_resolve). Whoever keeps the latter is told of merges (persons_on_move).
 *
 * Names, telephones and e-mails are personal data: pages show them to staff alone and write each
 * reading into the audit (persons_note_reading).
 */
#ifndef PERSONS_PERSONS_H
#define PERSONS_PERSONS_H

#include "platform/tally/tally.h"
#include "platform/web/form.h"
#include "platform/web/slice.h"

/* Codes in records; an empty text: not known. */
#define SEX_FEMALE STR("f")
#define SEX_MALE STR("m")
bool persons_sex_ok(struct str code);
enum msg persons_sex_name(struct str code);
/* "0-14", "15-29", "30-44", "45-59", "60+": of an age in full years; "" below 0 or above 120. */
struct str persons_band(int64_t age);
bool persons_band_ok(struct str code);
/* The band on that day: by the year of birth (the age reached in that year), else as it was told.
 */
struct str persons_band_on(struct i64_opt birth_year, struct str told, int64_t day);
/* What somebody is there: "head", "okmotu", "deputy", "provider", "activist", "state", "expert",
 * "resident", "other". */
bool persons_group_ok(struct str code);
enum msg persons_group_name(struct str code); /* of an empty or unknown one: "not known" */
extern const struct choice persons_sex_choices[], persons_band_choices[], persons_group_choices[],
    persons_disability_choices[];
/* For counters of who took part. */
extern const struct tally_dimension persons_by_sex, persons_by_age, persons_by_group;

struct register_person {
    int64_t id, root; /* root: who is meant today; differs from id once merged into another */
    struct i64_opt parent;
    struct str family, given, patronymic;
    struct str sex;
    struct i64_opt birth_year;
    struct str band; /* told, where the year of birth is not */
    struct str phone, email;
    struct str home, village; /* municipality, village; "" not known */
    struct str disability;    /* "yes", "no", "" not told: always voluntary */
    struct str position, group, organisation;
    int64_t revision, created_ms;
};
struct register_persons {
    struct register_person *v;
    size_t n, cap;
};
/* "Асанова Айгүл Бакытовна" */
struct str persons_full_name(struct arena *a, const struct register_person *p);

enum person_fault {
    PERSON_FINE,
    PERSON_NAME, /* no family name, or too long */
    PERSON_SEX,
    PERSON_YEAR,
    PERSON_BAND,
    PERSON_GROUP,
    PERSON_DISABILITY,
};
enum msg person_fault_message(enum person_fault f);
/* Writes a new person (id made before: p->id) with the position held since `day`. ERR_INPUT with
 * *fault. Country scope, as everything here that writes. */
MUST enum err persons_add(struct tx *tx, struct arena *a, const struct register_person *p,
                          int64_t day, bool fictional, int64_t by, enum person_fault *fault);
/* A changed position begins on `day`. ERR_CONFLICT: somebody changed it meanwhile (revision). */
MUST enum err persons_change(struct tx *tx, struct arena *a, const struct register_person *p,
                             int64_t day, enum person_fault *fault);
/* ERR_NOT_FOUND. Follows no merge: root says who is meant. */
MUST enum err persons_get(struct tx *tx, struct arena *a, int64_t id, struct register_person *out);
/* In one query, ordered by id; unknown ones are left out. */
MUST enum err persons_many(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                           struct register_persons *out);
const struct register_person *persons_in(const struct register_persons *list, int64_t id);
/* Who is meant by each of these ids today, in their order; 0 for an unknown one. One query. */
MUST enum err persons_resolve(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                              int64_t *roots);

/* --- the same person? --- */

enum match_reason {
    MATCH_NAME,           /* family and given name the same */
    MATCH_NAME_TURNED,    /* the same, family and given name exchanged */
    MATCH_INITIAL,        /* family name the same, the given one begins alike */
    MATCH_PATRONYMIC,     /* the same, or one is the initial of the other */
    MATCH_PATRONYMIC_NOT, /* both known, and they differ */
    MATCH_YEAR,           /* of birth */
    MATCH_YEAR_NEAR,      /* one year apart */
    MATCH_YEAR_NOT,
    MATCH_PHONE,
    MATCH_HOME,
    MATCH_HOME_NOT,
    MATCH_SEX_NOT,
    MATCH__MAX
};
enum msg match_reason_text(enum match_reason r);
int match_reason_points(enum match_reason r); /* what it adds to the score, or takes */
#define MATCH_SURE 80     /* from here on an import takes them for one without asking */
#define MATCH_LIKELY 70   /* from this score on: nearly certainly the same */
#define MATCH_POSSIBLE 45 /* from this score on it is worth a look */
struct match {
    struct register_person person;
    int score; /* 0 to 100: the points of the reasons added up, and kept inside */
    enum match_reason reasons[6];
    size_t n;
};
struct matches {
    struct match *v;
    size_t n, cap;
};
void persons_compare(const struct register_person *a, const struct register_person *b,
                     struct match *out);
/* Who in the register may be `p`, likeliest first; those from MATCH_POSSIBLE on, at most 8. */
MUST enum err persons_find_same(struct tx *tx, struct arena *a, const struct register_person *p,
                                struct matches *out);
/* Is the person one of those that were offered? */
bool persons_among(const struct matches *m, int64_t id);

/* A human's word on two persons; `same` also merges `gone` into `kept` (ids of roots). Country
 * scope. ERR_INPUT: one of them is merged already, or both are one. */
MUST enum err persons_say_different(struct tx *tx, struct arena *a, int64_t one, int64_t two,
                                    int64_t by);
MUST enum err persons_merge(struct app *app, struct tx *tx, struct arena *a, int64_t gone,
                            int64_t kept, int64_t by);
/* Takes the merge of `gone` back, whatever happened since; those merged into it go with it. */
MUST enum err persons_undo(struct app *app, struct tx *tx, struct arena *a, int64_t gone,
                           int64_t by);

/* Told in the transaction of a merge or its undoing, for every id that now means somebody else. */
struct person_move {
    int64_t id, before, after; /* roots */
};
typedef enum err (*persons_moved_fn)(struct app *app, struct tx *tx, struct arena *a,
                                     const struct person_move *moves, size_t n);
void persons_on_move(persons_moved_fn fn); /* at start; the same one again is ignored */

/* --- pages --- */

/* Sections on the page of a person ("took part in"), by slices above. */
typedef enum err (*persons_section_fn)(struct req *r, struct buf *out, int64_t root);
void persons_add_section(persons_section_fn fn);
/* Writes into the audit of `unit` ("*": of the country) that personal data was read. */
MUST enum err persons_note_reading(struct req *r, struct str unit, const char *action,
                                   int64_t person, struct str object);

extern const struct slice persons_slice;

#endif
