/*
 * The error model, used by every room of the house.
 *
 * A function that can fail returns `enum err` and is marked MUST, so a forgotten check does not
 * compile. Only failures that a caller tells apart have a code of their own; the detail goes where
 * it is needed: a list of {field, message} for bad input, one log line for the environment.
 *
 * Four kinds of trouble, four answers:
 *   a bug            -> assert(), kept in release builds
 *   out of memory    -> abort(), no caller can do better
 *   bad user input   -> ERR_INPUT and a list of {field, message id} in the form
 *   the environment  -> a code below, and one log line with the request id
 *
 * Functions have one `out:` label and reach it only through TRY(), which assigns `rc` in the same
 * breath, so a stale code can never be returned.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

enum err {
    ERR_OK = 0,
    ERR_INPUT,       /* the user's input is wrong; the list of faults says where */
    ERR_PARSE,       /* a document, file or message is malformed */
    ERR_TOO_LARGE,   /* over a stated bound */
    ERR_NOT_FOUND,   /* no such thing, or not for this actor */
    ERR_DENIED,      /* the actor may not */
    ERR_LOGIN,       /* nobody is logged in, and somebody must be */
    ERR_CONFLICT,    /* unique key, stale version, double submission */
    ERR_BUSY,        /* a bounded queue is full; try again later */
    ERR_RATE,        /* too many attempts from here; try again later */
    ERR_UNAVAILABLE, /* database or disk gone or full; recovers by itself */
    ERR_TIMEOUT,     /* a deadline passed */
    ERR_IO,          /* a file or socket failed */
    ERR_CONFIG,      /* the installation is set up wrongly */
    ERR_RETRY,       /* store only: run the whole transaction again */
    ERR__MAX
};

#define MUST __attribute__((warn_unused_result))

/* Jump to the function's single exit with the code of the failing call. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        if ((rc = (expr)) != ERR_OK)                                                               \
            goto out;                                                                              \
    } while (0)

/* Fail with a code of one's own. */
#define FAIL(code)                                                                                 \
    do {                                                                                           \
        rc = (code);                                                                               \
        goto out;                                                                                  \
    } while (0)

/* A short stable name such as "not_found", for logs and exit messages. Never NULL. */
const char *err_name(enum err rc);

/* assert() that stays in release builds: a broken invariant must stop the process, not spread. */
#define INVARIANT(cond)                                                                            \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0))                                                          \
            err_panic(__FILE__, __LINE__, #cond);                                                  \
    } while (0)
_Noreturn void err_panic(const char *file, int line, const char *what);

/* `p` as it came from malloc, calloc or realloc; NULL stops the process (out of memory). */
void *err_memory(void *p);

#endif
