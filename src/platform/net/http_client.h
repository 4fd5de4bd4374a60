/*
 * Outgoing HTTP and mail through libcurl: the only two files that include <curl/curl.h> stand
 * behind this header. Blocking; called from job threads only, never from a request or a
 * transaction. https and smtp(s) only (http too for loopback); no connection to loopback or private
 * addresses (SSRF, ASVS 1.3.6) unless `allow_private`, whether first or after a redirect.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "platform/core/buf.h"

struct http_client_request {
    const char *method; /* "GET" ... */
    const char *url;
    const struct str *headers; /* "Name: value" lines */
    size_t header_count;
    struct str body;
    int64_t timeout_ms;   /* 0 = 15,000 */
    int64_t max_response; /* 0 = 1 MiB */
    bool allow_private;
};
struct http_client_response {
    int status;
    struct str body;    /* in the arena */
    struct str headers; /* status line and header lines as received, in the arena */
};
/*
 * ERR_OK for every answer, whatever its status. GET and HEAD follow up to three redirects; headers
 * go to another host never. ERR_INPUT: not a URL that may be fetched, or a header with a line
 * break; ERR_DENIED: it leads to an address that may not be reached; ERR_TIMEOUT; ERR_TOO_LARGE:
 * the answer is; ERR_UNAVAILABLE: no connection, no valid certificate, no answer.
 */
MUST enum err http_client_send(struct arena *a, const struct http_client_request *in,
                               struct http_client_response *out);

struct smtp_message {
    const char *url;             /* "smtp://host:587" (STARTTLS asked for), "smtps://host:465" */
    const char *user, *password; /* NULL: none */
    const char *from;            /* bare address */
    const char *to;
    struct str data; /* complete RFC 5322 message */
    int64_t timeout_ms;
};
/*
 * ERR_INPUT: the address or the message was refused for good (5yz), or cannot be an address, or has
 * other line ends than CR LF; ERR_UNAVAILABLE: try again later; ERR_CONFIG: bad url or sender.
 * `detail` gets the server's last line, or the reason. smtp:// insists on STARTTLS, except to
 * loopback, where it is not used.
 */
MUST enum err smtp_send(const struct smtp_message *m, struct buf *detail);

void http_client_global_start(void);
void http_client_global_stop(void);

#endif
