/*
 * Sets of persons as bytes: ascending numbers with how often each is there, both as variable-length
 * integers (LEB128), the numbers as differences, the counts in zigzag form. A participation is then
 * two to nine bytes, and a set is changed or united in one pass. A person is in the set while the
 * count is above 0; a count below is kept, so that the order of changes does not matter.
 */
#ifndef TALLY_TALLY_PEOPLE_H
#define TALLY_TALLY_PEOPLE_H

#include "platform/core/buf.h"

struct people_reader {
    const unsigned char *p, *end;
    uint64_t person; /* the last one read */
    int64_t count;
    bool broken;
};
struct people_reader people_read(struct str set);
/* False at the end, and when the bytes are no set (`broken`). */
bool people_next(struct people_reader *r);
/* How many are in the set (count above 0); -1 when the bytes are no set. */
int64_t people_count(struct str set);

struct people_change {
    uint64_t person;
    int64_t by;
};
void people_sort(struct people_change *changes, size_t n);
/* Writes `set` with the changes, which must be sorted (a person may come several times). False when
 * the bytes are no set. */
bool people_apply(struct buf *out, struct str set, const struct people_change *changes, size_t n);

/* A hash set of numbers that gives each a position in the order of arrival. */
struct id_table {
    uint64_t *keys; /* 0 is free, so ids must not be 0 */
    uint32_t *positions;
    size_t n, room;
};
/* Position of the id, added when it was not there (*added true). */
size_t id_table_put(struct id_table *t, uint64_t id, bool *added);
void id_table_free(struct id_table *t);

/* The same for texts. The table copies a new key into the arena. */
struct text_table {
    struct arena *a;
    struct str *keys; /* in the order of arrival */
    uint32_t *slots;  /* positions in keys, plus one */
    size_t n, cap, room;
};
size_t text_table_put(struct text_table *t, struct str key, bool *added);

#endif
