/*
 * Outgoing HTTP through libcurl.
 *
 * Where a request may go is decided when the socket is opened, on the address that was resolved:
 * a check of the name alone would be undone by a name that resolves to 127.0.0.1, or to one address
 * when checked and another when used. Redirects are followed here and not by the library, so that
 * each hop passes the same checks and headers (which may hold keys) go to the first host only.
 * Proxies from the environment are not used, since behind one nobody sees the address.
 */
#include "platform/net/http_client.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/net/address.h"

#include <curl/curl.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum {
    TIMEOUT_MS = 15000,
    CONNECT_MS = 8000,
    LARGEST_RESPONSE = 1 << 20,
    LARGEST_HEAD = 64 << 10,
    MOST_REDIRECTS = 3,
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t handle_key;

static void end_handle(void *handle)
{
    curl_easy_cleanup(handle);
}

static void start_library(void)
{
    /* The library leaves this to us when no signals are to be used for time-outs: a peer that hangs
     * up must be an error, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    INVARIANT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    INVARIANT(pthread_key_create(&handle_key, end_handle) == 0);
}

void http_client_global_start(void)
{
    pthread_once(&once, start_library);
}

void http_client_global_stop(void)
{
    pthread_once(&once, start_library);
    end_handle(pthread_getspecific(handle_key));
    pthread_setspecific(handle_key, NULL);
    curl_global_cleanup();
}

/* One handle a thread: it keeps connections open from one request to the next. */
static CURL *get_handle(void)
{
    http_client_global_start();
    CURL *handle = pthread_getspecific(handle_key);
    if (!handle) {
        handle = err_memory(curl_easy_init());
        pthread_setspecific(handle_key, handle);
    }
    curl_easy_reset(handle);
    return handle;
}

struct exchange {
    struct buf head, body;
    size_t largest;
    bool plain; /* http: to this machine only */
    bool allow_private;
    bool too_large, denied;
};

static size_t take_body(char *bytes, size_t one, size_t n, void *arg)
{
    (void)one;
    struct exchange *ex = arg;
    if (n > ex->largest - ex->body.n) {
        ex->too_large = true;
        return 0;
    }
    buf_put(&ex->body, bytes, n);
    return n;
}

static size_t take_header(char *line, size_t one, size_t n, void *arg)
{
    (void)one;
    struct exchange *ex = arg;
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
        buf_clear(&ex->head); /* after "100 Continue" comes another */
    if (n > LARGEST_HEAD - ex->head.n) {
        ex->too_large = true;
        return 0;
    }
    buf_put(&ex->head, line, n);
    return n;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct exchange *ex = arg;
    enum address_kind kind = address_kind(&to->addr);
    if ((kind != ADDRESS_PUBLIC && !ex->allow_private) || (kind != ADDRESS_LOOPBACK && ex->plain)) {
        ex->denied = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

struct destination {
    bool plain;
    char *host;
};

/* Scheme and host of a URL; ERR_INPUT for any URL that we would not fetch. */
static enum err look_at(const char *url, struct destination *out)
{
    enum err rc = ERR_OK;
    CURLU *parsed = err_memory(curl_url());
    char *scheme = NULL, *host = NULL, *user = NULL;
    *out = (struct destination){0};
    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= 0x20 || *c == 0x7f)
            FAIL(ERR_INPUT);
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_USER, &user, 0) != CURLUE_NO_USER)
        FAIL(ERR_INPUT);
    out->plain = strcmp(scheme, "http") == 0;
    if (!out->plain && strcmp(scheme, "https") != 0)
        FAIL(ERR_INPUT);
    out->host = host;
    host = NULL;
out:
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(parsed);
    return rc;
}

static bool is_get(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* A header of ours must be one line. */
static enum err make_headers(const struct http_client_request *in, struct curl_slist **out)
{
    struct curl_slist *list = NULL;
    struct buf line = BUF_EMPTY;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < in->header_count; i++) {
        for (size_t j = 0; j < in->headers[i].n; j++)
            if ((unsigned char)in->headers[i].p[j] < 0x20 || in->headers[i].p[j] == 0x7f)
                FAIL(ERR_INPUT);
        buf_clear(&line);
        buf_str(&line, in->headers[i]);
        buf_char(&line, '\0');
        list = err_memory(curl_slist_append(list, line.p));
    }
    if (in->body.n > 0) /* no "Expect: 100-continue": many servers answer it late or never */
        list = err_memory(curl_slist_append(list, "Expect:"));
    *out = list;
    list = NULL;
out:
    curl_slist_free_all(list);
    buf_free(&line);
    return rc;
}

static void set_up(CURL *c, const struct http_client_request *in, struct exchange *ex,
                   const char *url, int64_t timeout_ms)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS));
    curl_easy_setopt(c, CURLOPT_USERAGENT, "aimak/" AIMAK_VERSION);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, ex);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, ex);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, ex);
    if (ex->allow_private) {
        /* Such a connection must not be found open by a request that may not go there. */
        curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    }
    if (in->body.n > 0 || strcmp(in->method, "POST") == 0) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)in->body.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, in->body.n ? in->body.p : "");
    }
    if (strcmp(in->method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, in->method);
}

static enum err outcome(CURLcode code, const struct exchange *ex)
{
    if (code == CURLE_OK)
        return ERR_OK;
    if (ex->too_large)
        return ERR_TOO_LARGE;
    if (ex->denied)
        return ERR_DENIED;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return ERR_TIMEOUT;
    return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ? ERR_INPUT
                                                                             : ERR_UNAVAILABLE;
}

/* One hop. `*next` is where the answer sends us (in the arena), or NULL. */
static enum err send_once(struct arena *a, const struct http_client_request *in,
                          struct exchange *ex, const char *url, bool with_headers,
                          int64_t timeout_ms, int *status, const char **next)
{
    enum err rc = ERR_OK;
    struct curl_slist *headers = NULL;
    struct destination place;
    *next = NULL;
    TRY(look_at(url, &place));
    ex->plain = place.plain;
    if (with_headers)
        TRY(make_headers(in, &headers));
    CURL *c = get_handle();
    set_up(c, in, ex, url, timeout_ms);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(c);
    rc = outcome(code, ex);
    if (rc != ERR_OK) {
        /* The host alone: paths and queries may hold keys. */
        LOG(LOG_WARN, "http_client.failed", LOG_C("host", place.host),
            LOG_C("reason", curl_easy_strerror(code)), LOG_C("error", err_name(rc)));
        goto out;
    }
    long answered = 0;
    char *redirect = NULL;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answered);
    curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &redirect);
    *status = (int)answered;
    if (redirect)
        *next = arena_cstr(a, str_from(redirect));
out:
    curl_slist_free_all(headers);
    curl_free(place.host);
    return rc;
}

/* May the headers that were meant for `first` go to `second`? */
static bool same_place(const char *first, const char *second)
{
    struct destination a, b;
    enum err rc = look_at(first, &a);
    enum err rc2 = look_at(second, &b);
    bool same = rc == ERR_OK && rc2 == ERR_OK && a.plain == b.plain &&
                str_eq_nocase_ascii(str_from(a.host), str_from(b.host));
    curl_free(a.host);
    curl_free(b.host);
    return same;
}

enum err http_client_send(struct arena *a, const struct http_client_request *in,
                          struct http_client_response *out)
{
    enum err rc = ERR_OK;
    struct exchange ex = {.largest =
                              (size_t)(in->max_response ? in->max_response : LARGEST_RESPONSE),
                          .allow_private = in->allow_private};
    int64_t until = clock_monotonic_ms() + (in->timeout_ms ? in->timeout_ms : TIMEOUT_MS);
    const char *url = in->url, *next;
    bool with_headers = true;
    *out = (struct http_client_response){0};
    for (int hops = 0;; hops++) {
        int64_t left = until - clock_monotonic_ms();
        if (left <= 0)
            FAIL(ERR_TIMEOUT);
        buf_clear(&ex.head);
        buf_clear(&ex.body);
        TRY(send_once(a, in, &ex, url, with_headers, left, &out->status, &next));
        if (!next || !is_get(in->method))
            break;
        if (hops == MOST_REDIRECTS)
            FAIL(ERR_UNAVAILABLE);
        with_headers = with_headers && same_place(in->url, next);
        url = next;
    }
    out->body = arena_str(a, buf_view(&ex.body));
    out->headers = arena_str(a, buf_view(&ex.head));
out:
    buf_free(&ex.head);
    buf_free(&ex.body);
    return rc;
}
