/*
 * The server's inner parts, private to this folder: what is ours to parse in a request, the worker
 * pool, the register of connections with their deadlines, and compression. None of them knows the
 * HTTP library, so each is tested and fuzzed by itself.
 */
#ifndef NET_SERVER_PARTS_H
#define NET_SERVER_PARTS_H

#include "platform/net/http_server.h"

#include <stdatomic.h>
#include <sys/socket.h>

/* --- request target (http_target.c) --- */

struct http_target {
    struct str path;  /* decoded, in the caller's room */
    struct str query; /* view into the target */
};
/*
 * Takes a request target in origin form ("/path?query") or absolute form ("http://host/path")
 * apart. `room` holds at least target.n + 1 bytes. ERR_PARSE: another form, a fragment, bad
 * escapes, an escaped slash, a control character, bad UTF-8, a "." or ".." part.
 */
MUST enum err http_target_parse(struct str target, char *room, struct http_target *out);
/* Percent-decodes into `to` (at least s.n bytes), '+' as a blank when asked. False: bad escape. */
MUST bool http_percent_decode(struct str s, bool plus, char *to, size_t *n);

/* --- message framing (http_framing.c) --- */

/*
 * Where the HTTP library found the parts of one request head. It parses in place: each name, value
 * and line end stays where the client's bytes were, with NUL written over blanks and line ends.
 * The distances between the parts therefore tell what stood there.
 */
struct http_head {
    const char *method; /* start of the head */
    const char *target;
    size_t target_size;
    const char *version;
    size_t size; /* of the whole head, with the empty line; 0 if unknown */
    const struct http_header *headers;
    size_t header_count;
};
struct http_framing {
    bool chunked;
    bool keep_alive_unsafe; /* answer, then close: the end of the body was not ours to verify */
    int64_t length;         /* of the body; -1 when chunked */
};
/* ERR_PARSE: the head is not one that every HTTP implementation would read in the same way. */
MUST enum err http_framing_check(const struct http_head *head, struct http_framing *out);
/* Is what stands before a piece of a chunked body, as far as it is still in the library's buffer,
 * a well-formed chunk header with CR LF ends? */
MUST bool http_framing_chunk(struct str before);

/* --- what stands around a request (http_listen.c, http_headers.c) --- */

/* Opens the listening socket; ERR_CONFIG: no address with a port, ERR_IO: it cannot be had. */
MUST enum err http_listen(const char *text, int *listener, int *port);
/* Makes sure of file descriptors for so many connections (running out of them makes the library
 * stop accepting); returns how many can be had. */
int http_listen_room(int connections);
/* Takes client address (kept in `room`) and scheme from the headers of a trusted proxy. */
void http_forwarded(struct http_request *r, char *room, size_t size);
/* The value of a header line in r->headers; NULL view if absent. */
struct str http_response_find(const struct http_response *r, const char *name);

/* --- worker pool (http_workers.c) --- */

struct workers;
struct workers_count {
    int64_t waiting, peak;
};
/* A thread calls `run` for each job, then `finish`, which may give the job away for good. */
struct workers *workers_start(int threads, int queue, void (*run)(void *job),
                              void (*finish)(void *job));
/* Takes a place in the queue; false when it is full or closed. workers_push must follow. */
MUST bool workers_reserve(struct workers *w);
void workers_push(struct workers *w, void *job);
/* From now on nothing can be reserved; returns when every reserved place has been pushed. */
void workers_close(struct workers *w);
/* After workers_close: takes out the jobs that still wait and calls `waiting` for each; then calls
 * `running` for each job inside `run`. The pool is locked meanwhile: neither may block. */
void workers_abandon(struct workers *w, void (*waiting)(void *job), void (*running)(void *job));
/* After workers_close: ends the threads and frees the pool; false, and nothing freed, if a job
 * still runs after wait_ms. */
MUST bool workers_stop(struct workers *w, int64_t wait_ms);
void workers_count(const struct workers *w, struct workers_count *out);

/* --- register of connections (http_connections.c) --- */

enum connection_stage {
    STAGE_HEAD, /* a request head is awaited or being read */
    STAGE_BODY, /* its body is being read */
    STAGE_WORK, /* a worker has it: no deadline */
    STAGE_SEND, /* the answer is being sent */
    STAGE_CUT   /* the deadline has passed; the socket is being closed */
};

struct connections;
struct connection {
    struct connection *next, *previous;
    int socket;
    atomic_int stage;
    atomic_llong deadline_ms;  /* monotonic */
    unsigned char key[16];     /* address (IPv6: its /64) for the limit per address */
    bool trusted;              /* the trusted proxy: exempt from the limit */
    bool linger;               /* set before the close: let the peer read the answer first */
    struct exchange *exchange; /* begun and not ended; the I/O thread's own */
    char address[48];
};

struct connections *connections_new(int per_address, const char *trusted_proxy);
/* Cuts what is left, waits for lingering sockets (at most two seconds) and frees. */
void connections_free(struct connections *c);
/* May this address open one more connection? False while stopping. */
bool connections_admit(struct connections *c, const struct sockaddr *address);
void connections_refuse_new(struct connections *c);
struct connection *connections_add(struct connections *c, int socket,
                                   const struct sockaddr *address);
/* Just before the library closes the socket. */
void connections_remove(struct connections *c, struct connection *one);
int64_t connections_now(const struct connections *c);

/* Moves to the next stage with its deadline; false if the deadline had already passed. */
bool connection_enter(struct connection *one, enum connection_stage stage, int64_t deadline_ms);

/* --- compression (http_gzip.c) --- */

/*
 * Compresses the body of a text answer of more than 1 KiB if the client takes gzip and the handler
 * has not encoded it; says "Vary: Accept-Encoding" either way; a strong ETag becomes a weak one.
 */
void http_gzip_response(const struct http_request *in, struct http_response *out);
/* Frees this thread's compressor. */
void http_gzip_thread_end(void);
/* Does an Accept-Encoding header allow gzip? */
bool http_gzip_accepted(struct str accept_encoding);

#endif
