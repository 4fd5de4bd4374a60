/* What the files of this slice share. */
#ifndef PERSONS_INTERNAL_H
#define PERSONS_INTERNAL_H

#include "community/persons/persons.h"
#include "community/persons/persons_sql.h"

#define PERSON_OF(row_)                                                                            \
    ((struct register_person){.id = (row_).id,                                                     \
                              .root = (row_).root,                                                 \
                              .parent = (row_).parent,                                             \
                              .family = (row_).family,                                             \
                              .given = (row_).given,                                               \
                              .patronymic = (row_).patronymic,                                     \
                              .sex = (row_).sex,                                                   \
                              .birth_year = (row_).birth_year,                                     \
                              .band = (row_).band,                                                 \
                              .phone = (row_).phone,                                               \
                              .email = (row_).email,                                               \
                              .home = (row_).home,                                                 \
                              .village = (row_).village,                                           \
                              .disability = (row_).disability,                                     \
                              .position = (row_).position,                                         \
                              .group = (row_).grp,                                                 \
                              .organisation = (row_).organisation,                                 \
                              .revision = (row_).revision,                                         \
                              .created_ms = (row_).created_ms})

struct str persons_key(struct arena *a, struct str name);
struct str persons_ids(struct arena *a, const int64_t *ids, size_t n);

enum err persons_page_list(struct req *r);
enum err persons_page_show(struct req *r);
enum err persons_page_post(struct req *r);
enum err persons_page_pairs(struct req *r);
enum err persons_page_pair_post(struct req *r);
enum err persons_page_undo(struct req *r);
enum err persons_page_import(struct req *r);
enum err persons_page_import_post(struct req *r);
extern const struct command persons_commands[];
extern const size_t persons_command_count;

#endif
