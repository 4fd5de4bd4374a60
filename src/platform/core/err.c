/* Names of error codes, and the end of a process whose invariant broke. */
#include "platform/core/err.h"

#include <unistd.h>

const char *err_name(enum err rc)
{
    static const char *const names[ERR__MAX] = {
        [ERR_OK] = "ok",
        [ERR_INPUT] = "input",
        [ERR_PARSE] = "parse",
        [ERR_TOO_LARGE] = "too_large",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_DENIED] = "denied",
        [ERR_LOGIN] = "login",
        [ERR_CONFLICT] = "conflict",
        [ERR_BUSY] = "busy",
        [ERR_RATE] = "rate",
        [ERR_UNAVAILABLE] = "unavailable",
        [ERR_TIMEOUT] = "timeout",
        [ERR_IO] = "io",
        [ERR_CONFIG] = "config",
        [ERR_RETRY] = "retry",
    };
    return (unsigned)rc < ERR__MAX && names[rc] ? names[rc] : "unknown";
}

_Noreturn void err_panic(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, what);
    abort();
}

void *err_memory(void *p)
{
    if (__builtin_expect(!p, 0)) {
        static const char text[] = "out of memory\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
        (void)ignored;
        abort();
    }
    return p;
}
