/* Sets of persons: see tally_people.h. */
#include "platform/tally/tally_people.h"

#include <stdlib.h>
#include <string.h>

static bool read_number(struct people_reader *r, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (r->p == r->end)
            return false;
        unsigned char c = *r->p++;
        uint64_t part = c & 0x7f;
        if (shift == 63 && part > 1)
            return false;
        v |= part << shift;
        if (!(c & 0x80)) {
            *out = v;
            return true;
        }
    }
    return false;
}

static void write_number(struct buf *out, uint64_t v)
{
    unsigned char bytes[10];
    size_t n = 0;
    while (v >= 0x80) {
        bytes[n++] = (unsigned char)(v | 0x80);
        v >>= 7;
    }
    bytes[n++] = (unsigned char)v;
    buf_put(out, bytes, n);
}

struct people_reader people_read(struct str set)
{
    const unsigned char *p = (const unsigned char *)(set.p ? set.p : "");
    return (struct people_reader){.p = p, .end = p + set.n};
}

bool people_next(struct people_reader *r)
{
    uint64_t step, zigzag;
    if (r->p == r->end || r->broken)
        return false;
    if (!read_number(r, &step) || !read_number(r, &zigzag) || step == 0 ||
        r->person + step < r->person) {
        r->broken = true;
        return false;
    }
    r->person += step;
    r->count = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
    return true;
}

int64_t people_count(struct str set)
{
    struct people_reader r = people_read(set);
    int64_t n = 0;
    while (people_next(&r))
        n += r.count > 0;
    return r.broken ? -1 : n;
}

static int by_person(const void *x, const void *y)
{
    const struct people_change *a = x, *b = y;
    return (a->person > b->person) - (a->person < b->person);
}

void people_sort(struct people_change *changes, size_t n)
{
    if (n > 1)
        qsort(changes, n, sizeof *changes, by_person);
}

struct people_writer {
    struct buf *out;
    uint64_t last;
};

static void write_entry(struct people_writer *w, uint64_t person, int64_t count)
{
    if (count == 0)
        return;
    write_number(w->out, person - w->last);
    write_number(w->out, ((uint64_t)count << 1) ^ (count < 0 ? UINT64_MAX : 0));
    w->last = person;
}

bool people_apply(struct buf *out, struct str set, const struct people_change *changes, size_t n)
{
    struct people_reader r = people_read(set);
    struct people_writer w = {.out = out};
    bool have = people_next(&r);
    for (size_t i = 0; i < n;) {
        uint64_t person = changes[i].person;
        int64_t by = 0;
        for (; i < n && changes[i].person == person; i++)
            by += changes[i].by;
        for (; have && r.person < person; have = people_next(&r))
            write_entry(&w, r.person, r.count);
        if (have && r.person == person) {
            by += r.count;
            have = people_next(&r);
        }
        write_entry(&w, person, by);
    }
    for (; have; have = people_next(&r))
        write_entry(&w, r.person, r.count);
    return !r.broken;
}

/* The finalizer of splitmix64: ids are ordered by time, so their low bits alone would cluster. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static size_t find_slot(const struct id_table *t, uint64_t id)
{
    size_t i = (size_t)mix(id) & (t->room - 1);
    while (t->keys[i] && t->keys[i] != id)
        i = (i + 1) & (t->room - 1);
    return i;
}

static void grow(struct id_table *t)
{
    struct id_table old = *t;
    t->room = old.room ? 2 * old.room : 1024;
    t->keys = calloc(t->room, sizeof *t->keys);
    t->positions = calloc(t->room, sizeof *t->positions);
    if (!t->keys || !t->positions)
        abort();
    for (size_t i = 0; i < old.room; i++)
        if (old.keys[i]) {
            size_t slot = find_slot(t, old.keys[i]);
            t->keys[slot] = old.keys[i];
            t->positions[slot] = old.positions[i];
        }
    free(old.keys);
    free(old.positions);
}

size_t id_table_put(struct id_table *t, uint64_t id, bool *added)
{
    if (2 * (t->n + 1) > t->room)
        grow(t);
    size_t slot = find_slot(t, id);
    *added = t->keys[slot] == 0;
    if (*added) {
        t->keys[slot] = id;
        t->positions[slot] = (uint32_t)t->n++;
    }
    return t->positions[slot];
}

void id_table_free(struct id_table *t)
{
    free(t->keys);
    free(t->positions);
    *t = (struct id_table){0};
}

/* FNV-1a, then mixed: the keys of neighbouring months differ in one byte. */
static uint64_t hash_text(struct str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return mix(h);
}

static size_t text_slot(const struct text_table *t, struct str key)
{
    size_t i = (size_t)hash_text(key) & (t->room - 1);
    while (t->slots[i] && !str_eq(t->keys[t->slots[i] - 1], key))
        i = (i + 1) & (t->room - 1);
    return i;
}

size_t text_table_put(struct text_table *t, struct str key, bool *added)
{
    if (2 * (t->n + 1) > t->room) {
        t->room = t->room ? 2 * t->room : 256;
        t->slots = ARENA_ARRAY(t->a, uint32_t, t->room);
        for (size_t i = 0; i < t->n; i++)
            t->slots[text_slot(t, t->keys[i])] = (uint32_t)i + 1;
    }
    size_t slot = text_slot(t, key);
    *added = t->slots[slot] == 0;
    if (*added) {
        if (t->n == t->cap)
            t->keys = arena_grow(t->a, t->keys, t->n, &t->cap, sizeof *t->keys);
        t->keys[t->n++] = arena_str(t->a, key);
        t->slots[slot] = (uint32_t)t->n;
    }
    return t->slots[slot] - 1;
}
