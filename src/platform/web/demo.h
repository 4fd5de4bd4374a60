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

#endif
