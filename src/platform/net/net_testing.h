/*
 * Help for tests that speak to the server over a real socket: a client that sends exactly the
 * bytes it is told to, and reads one answer at a time; and a server that says back what it heard.
 */
#ifndef NET_NET_TESTING_H
#define NET_NET_TESTING_H

#include "platform/net/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    int fd;
    struct buf in; /* read and not yet taken */
};

struct reply {
    int status;            /* 0: the connection ended (or nothing came in time) without an answer */
    struct str head, body; /* in `bytes` */
    struct buf bytes;
};

struct client client_open(int port);
void client_close(struct client *c);
/* False when the server has closed its end. */
bool client_send(struct client *c, struct str bytes);
/* Reads some more; false at the end, on an error or when nothing comes for wait_ms. */
bool client_fill(struct client *c, int wait_ms);
/* The next answer, by its Content-Length. `head_only`: the answer to a HEAD. */
struct reply client_read(struct client *c, bool head_only, int wait_ms);
/* True when the server has closed and left nothing unread. */
bool client_at_end(struct client *c, int wait_ms);

struct str reply_header(const struct reply *r, const char *name);
void reply_free(struct reply *r);

/* One exchange on a connection of its own. */
struct reply ask(int port, struct str request);
int ask_status(int port, struct str request);
void check_reply(int port, const char *request, int status, const char *body);

void pause_ms(int64_t ms);

/* --- a server whose handler says back what it got --- */

struct fixture {
    struct http_server *server;
    int port;
    atomic_int handled;
};
/*
 * "/asset" (TEST_ASSET), "/file" (TEST_BIG bytes of test_byte from a file), "/short" (a file
 * shorter than promised), "/redirect?URL" (302), "/header/NAME" (its value), "/bytes/N"
 * (text/html), "/sleep/MS", "/nothing" (204), "/split" (a header with a line break), "/missing"
 * (404, no body wanted); anything else is said back. POST takes 1,000 bytes, on "/upload" 8 MiB.
 */
struct fixture *fixture_start(struct http_server_options o);
/* Stops the server and frees. */
void fixture_stop(struct fixture *f);
/* Waits until no connection is open; fails after five seconds. */
void fixture_wait_empty(struct fixture *f);

enum { TEST_BIG = 1000000 };
#define TEST_ASSET "an asset that lives as long as the program"
char test_byte(size_t at);

#endif
