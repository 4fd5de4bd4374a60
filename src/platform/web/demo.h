/*
 * Demo data: what a slice's `demo` function is given. `aimak demo` calls the slices in their order,
 * after their `start`, on a migrated database; each adds its own fictional records, in
 * transactions of its own, and must find what it added before when it runs again.
 *
 * The tour is what `make run` prints: which pages to look at, and a log-in for each role. The
 * slice that makes an account or a page worth seeing notes it here.
 */
#ifndef WEB_DEMO_H
#define WEB_DEMO_H

#include "platform/web/slice.h"

struct demo_login {
    struct str role;     /* "Head of Kok-Jar" */
    struct str login;    /* what to type */
    struct str password; /* empty: none (residents get a code) */
    struct str note;     /* "code: aimak user code head@kok-jar.example" or empty */
};
struct demo_address {
    struct str what; /* "A municipality's page" */
    struct str path; /* "/m/41702000000000" */
};

struct demo_context {
    struct arena *arena; /* of the whole run */
    int64_t today;       /* the demo's present day; history lies before it */
    struct buf *report;  /* what `aimak demo` prints when all is done; NULL: nobody reads it */
    struct {
        struct demo_login *v;
        size_t n, cap;
    } logins;
    struct {
        struct demo_address *v;
        size_t n, cap;
    } addresses;
};

/* Copies are kept. */
void demo_note_login(struct demo_context *d, struct demo_login login);
void demo_note_address(struct demo_context *d, struct demo_address address);

/* A number that looks random and is the same in each run: from a key (a unit's code) and what it is
 * for (salt). */
static inline uint64_t demo_draw(struct str key, uint64_t salt)
{
    uint64_t x = salt;
    for (size_t i = 0; i < key.n; i++)
        x = x * 31 + (unsigned char)key.p[i];
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

#endif
