/*
 * What the two halves of the server share: http_server.c starts and stops it, http_exchange.c takes
 * one request from its first byte to the last of its answer. Private to them; only they know the
 * HTTP library.
 */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include "platform/net/server_parts.h"

#include <microhttpd.h>

#include <pthread.h>

/* Memory of the library per connection: request head and answer head. */
enum { HTTP_HEAD_MEMORY = 32 * 1024 };

struct http_server {
    struct http_server_options options;
    struct MHD_Daemon *daemon;
    struct workers *workers;
    struct connections *connections;
    int listener, port;
    atomic_bool stopping;
    atomic_llong active; /* exchanges begun and not completed */
    pthread_mutex_t idle_lock;
    pthread_cond_t idle;
    atomic_llong requests, refused_busy, refused_bad, status_class[6], body_bytes;
};

/* Callbacks of the library, each with the server as its argument. */
void *exchange_begin(void *arg, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_proceed(void *arg, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **context);
void exchange_end(void *arg, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode why);

/* The connection ends, or its next request begins, and the library has forgotten to say that this
 * one ended: so it does when a head fills its memory (very many cookies, say). */
void exchange_lost(struct http_server *s, struct connection *one);

/* Jobs of the worker pool: run and hand back; or give up, while waiting or running. */
void exchange_run(void *job);
void exchange_finish(void *job);
void exchange_abandon_waiting(void *job);
void exchange_abandon_running(void *job);

#endif
