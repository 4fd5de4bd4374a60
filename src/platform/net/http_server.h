/*
 * HTTP/1.1 server on libmicrohttpd: two epoll I/O threads that only parse, bound and send; a pool
 * of workers that does everything else. A connection is suspended while its request waits for or
 * runs in a worker. The queue is bounded: full means 503 with Retry-After, sent by the I/O thread.
 *
 * Strict framing (ASVS 4.2.1): Content-Length with Transfer-Encoding, several or malformed
 * Content-Length, any Transfer-Encoding but "chunked" or one in HTTP/1.0, spaces before a header
 * colon, bare CR or NUL in a header: 400 and close. Slow clients: header and body deadlines,
 * connections per address, total body memory. HEAD is answered as GET without a body.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "platform/core/buf.h"

struct http_server;

struct http_header {
    struct str name, value;
};

struct http_request {
    struct str method; /* upper case: GET HEAD POST PUT PATCH DELETE OPTIONS, or as sent */
    struct str path;   /* percent-decoded once, valid UTF-8, begins with '/', no "." or ".." part */
    struct str query;  /* raw, without '?' */
    struct str target; /* path and query as sent */
    struct str body;   /* whole, at most the limit asked for the path */
    struct str address; /* client address; the proxy's X-Forwarded-For only when trusted */
    bool secure;        /* arrived over TLS at a trusted proxy (X-Forwarded-Proto: https) */
    const struct http_header *headers;
    size_t header_count;
    char id[24]; /* request id, for the log; the server sends it as X-Request-Id */
};
/* First header of that name (ASCII case ignored); NULL view if absent. */
struct str http_request_header(const struct http_request *r, const char *name);

/* `headers` and `body` are freed by the server with buf_free once sent: they own their memory,
 * which is not in the handler's arena. Content-Length, Date, Connection and X-Request-Id are added.
 */
struct http_response {
    int status;
    struct buf headers; /* "Name: value\r\n" lines, added with http_response_header */
    struct buf body;
    int file_fd; /* >= 0: send file_size bytes of this descriptor instead of body; closed */
    int64_t file_size;
    const void *static_body; /* != NULL: bytes that live as long as the program */
    size_t static_size;
};
/* Control characters in the value become blanks. */
void http_response_header(struct http_response *r, const char *name, struct str value);

struct http_server_options {
    const char *listen;        /* "127.0.0.1:8080", "[::1]:0" */
    int io_threads;            /* 0 = 2 */
    int workers;               /* 0 = 48: they mostly wait for the group commit */
    int queue;                 /* requests waiting for a worker; 0 = 512 */
    int connections;           /* in all; 0 = 1,024 */
    int per_address;           /* connections of one client address; 0 = no limit (trusted proxy) */
    int header_timeout_s;      /* from connecting to a complete request head; 0 = 10 */
    int idle_timeout_s;        /* from an answer to the next complete head; 0 = 30 */
    int grace_s;               /* a body or an answer may take this long ... 0 = 20 */
    int bytes_per_second;      /* ... and then must keep this average rate; 0 = 2,048 */
    int64_t body_memory;       /* bytes of request bodies in memory at once; 0 = 96 MiB */
    const char *trusted_proxy; /* address whose X-Forwarded-* are believed; NULL = nobody */
    /* Largest body this request may have, decided before the body is read (method, path known).
     * Return -1 to answer 404/405 at once without reading a body: `handle` is then called with an
     * empty body. Called in an I/O thread, only for requests that announce a body; must not block.
     */
    int64_t (*body_limit)(void *arg, struct str method, struct str path);
    /* Called in a worker. Must fill `out`. */
    void (*handle)(void *arg, const struct http_request *in, struct http_response *out);
    /* Fills the body of a refusal made by the server itself (400, 408, 413, 431, 503): status is
     * set, and may become another of its class, as a standard wants it; may look at in->headers for
     * the language (there may be none, and path may be empty). Called in an I/O thread; must not
     * block. NULL: one line of text. */
    void (*refuse)(void *arg, const struct http_request *in, struct http_response *out);
    /* Called once, when the port is known and before any thread of the server runs: what it writes,
     * every handler sees. NULL: nothing to tell. */
    void (*bound)(void *arg, const struct http_server *s);
    void *arg;
};

MUST enum err http_server_start(struct http_server **out, const struct http_server_options *o);
/* The port in use (for ":0"). */
int http_server_port(const struct http_server *s);
/*
 * Stops accepting, lets the requests in hand finish and be sent (at most grace_ms; then they get
 * 503), frees the server. False when a handler still runs half a second after that: the server is
 * then not freed and the caller must end the process without taking away what handlers use.
 */
bool http_server_stop(struct http_server *s, int64_t grace_ms);

struct http_server_stats {
    int64_t requests, refused_busy, refused_bad, connections_now, queue_now, queue_peak;
    int64_t status_class[6];
    int64_t body_bytes_now;
};
void http_server_stats(const struct http_server *s, struct http_server_stats *out);

/* --- multipart/form-data (RFC 7578), over a body in memory --- */
struct http_part {
    struct str name;
    struct str filename; /* NULL view when the part is no file; last path component only */
    struct str content_type;
    struct str data;
    bool unreadable; /* no file, and the data is no text (utf8_is_text) */
};
/* At most max_parts; ERR_PARSE on malformed bodies, ERR_TOO_LARGE over the count. Views into body.
 */
MUST enum err http_multipart_parse(struct arena *a, struct str content_type, struct str body,
                                   size_t max_parts, struct http_part **out, size_t *n);

/* One name=value of application/x-www-form-urlencoded; decoded into the arena.
 * False at the end of *rest. ERR_PARSE in *rc for bad escapes and for a name with NUL or bad UTF-8;
 * ERR_INPUT when only the value is no text: it then holds U+FFFD for what could not be read. Other
 * control characters but tab, CR and LF become blanks. */
bool http_form_next(struct arena *a, struct str *rest, struct str *name, struct str *value,
                    enum err *rc);

#endif
