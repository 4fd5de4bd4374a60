/*
 * Log lines. A line is built in memory and given to the kernel with one write, so that lines of
 * several threads never mix.
 */
#include "platform/core/log.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

enum { REQUEST_BYTES = 40, VALUE_BYTES = 4096 };

static _Atomic int least_level = LOG_INFO;
static _Thread_local char request[REQUEST_BYTES];
static _Thread_local size_t request_n;

void log_set_level(enum log_level level)
{
    atomic_store(&least_level, (int)level);
}

void log_set_request(struct str id)
{
    request_n = id.n < REQUEST_BYTES ? id.n : REQUEST_BYTES;
    if (request_n)
        memcpy(request, id.p, request_n);
}

struct str log_request(void)
{
    return str_of(request, request_n);
}

static void put_code(struct buf *b, uint32_t code)
{
    if (code == '"' || code == '\\') {
        buf_char(b, '\\');
        buf_char(b, (char)code);
    } else if (code == '\n') {
        buf_cstr(b, "\\n");
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
               (code >= 0x2066 && code <= 0x2069)) {
        /* Also what moves a terminal's cursor or turns the direction of its text. */
        buf_printf(b, "\\u%04x", (unsigned)code);
    } else {
        buf_utf8(b, code);
    }
}

/* A JSON string; what is not UTF-8 becomes U+FFFD, byte by byte. */
static void put_json(struct buf *b, struct str s)
{
    size_t at = 0;
    uint32_t code;
    bool cut = s.n > VALUE_BYTES;
    if (cut)
        s.n = VALUE_BYTES;
    buf_char(b, '"');
    while (at < s.n) {
        size_t n = utf8_sequence(s, at);
        if (n == 0) {
            buf_cstr(b, "\xEF\xBF\xBD");
            at++;
        } else if (utf8_next(s, &at, &code)) {
            put_code(b, code);
        }
    }
    buf_cstr(b, cut ? "...\"" : "\"");
}

static void put_time(struct buf *b)
{
    int64_t now = clock_now_ms();
    buf_rfc3339(b, now);
    b->n -= strlen("+06:00");
    buf_printf(b, ".%03d+06:00", (int)((now % 1000 + 1000) % 1000));
}

static void write_line(const struct buf *line)
{
    size_t done = 0;
    while (done < line->n) {
        ssize_t n = write(STDERR_FILENO, line->p + done, line->n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nowhere left to complain */
        done += (size_t)n;
    }
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    int saved_errno = errno;
    if ((int)level < atomic_load(&least_level))
        return;
    struct buf line = BUF_EMPTY;
    buf_cstr(&line, "{\"time\":\"");
    put_time(&line);
    buf_printf(&line, "\",\"level\":\"%s\",\"event\":", names[level]);
    put_json(&line, str_from(event));
    if (request_n) {
        buf_cstr(&line, ",\"request\":");
        put_json(&line, log_request());
    }
    for (size_t i = 1; i < n; i++) {
        buf_char(&line, ',');
        put_json(&line, str_from(fields[i].key));
        buf_char(&line, ':');
        if (fields[i].kind == LOG_IS_INT)
            buf_i64(&line, fields[i].i);
        else if (fields[i].s.p)
            put_json(&line, fields[i].s);
        else
            buf_cstr(&line, "null");
    }
    buf_cstr(&line, "}\n");
    write_line(&line);
    buf_free(&line);
    errno = saved_errno;
}
