/*
 * A wire between the program and PostgreSQL that can be cut at a chosen moment: a TCP proxy on
 * loopback that understands just enough of the protocol to see a statement pass.
 */
#ifndef STORE_PROXY_TEST_H
#define STORE_PROXY_TEST_H

#include <stdbool.h>

struct proxy;

enum proxy_mode {
    PROXY_PASS,
    PROXY_CUT_BEFORE, /* cut when a statement with the word is sent: it never arrives */
    PROXY_CUT_AFTER,  /* let it arrive and be answered, and cut before the answer comes back */
    PROXY_WARN,       /* put a warning before its answer */
    PROXY_FREEZE,     /* connections stay up, nothing passes any more */
    PROXY_REFUSE,     /* every connection is cut, new ones at once */
};

/* Listens on a free port, in front of host:port. */
struct proxy *proxy_start(const char *host, int port);
int proxy_port(const struct proxy *p);
/* `word`: for CUT and WARN, such as "COMMIT". Those go back to PROXY_PASS after `times` of them. */
void proxy_set(struct proxy *p, enum proxy_mode mode, const char *word, int times);
/* Connections accepted so far. */
int proxy_accepted(struct proxy *p);
/* Whether a CUT or WARN has happened as often as asked. */
bool proxy_done(struct proxy *p);
void proxy_stop(struct proxy *p);

#endif
