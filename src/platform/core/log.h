/*
 * Structured log: one JSON object a line on standard error. Thread-safe, one write(2) per line.
 *
 *     LOG(LOG_WARN, "db.lost", LOG_S("host", host), LOG_I("waited_ms", ms));
 *
 * Keys of a line: time, level, event, request (if set), then the fields. Values are escaped and cut
 * at 4 KiB, so a log line cannot be forged by input. Secrets and personal data must not
 * be passed here; the request id ties a line to its request.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "platform/core/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    enum { LOG_IS_STR, LOG_IS_INT } kind;
    struct str s;
    int64_t i;
};
#define LOG_S(k, v) ((struct log_field){.key = (k), .kind = LOG_IS_STR, .s = (v)})
#define LOG_C(k, v) ((struct log_field){.key = (k), .kind = LOG_IS_STR, .s = str_from(v)})
#define LOG_I(k, v) ((struct log_field){.key = (k), .kind = LOG_IS_INT, .i = (int64_t)(v)})

#define LOG(level, event, ...)                                                                     \
    log_event((level), (event), (struct log_field[]){{0}, ##__VA_ARGS__},                          \
              sizeof((struct log_field[]){{0}, ##__VA_ARGS__}) / sizeof(struct log_field))

/* `fields[0]` is a placeholder so that the macro works without fields. */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n);
void log_set_level(enum log_level level);
/* The id printed with every later line of this thread; empty to stop. At most 40 bytes are kept. */
void log_set_request(struct str id);
struct str log_request(void);

#endif
