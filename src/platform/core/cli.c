/* Arguments, exit codes and progress of sub-commands; see cli.h. */
#include "platform/core/cli.h"

#include "platform/core/clock.h"

#include <inttypes.h>
#include <unistd.h>

int cli_exit(enum err rc)
{
    switch (rc) {
    case ERR_OK:
        return EXIT_DONE;
    case ERR_INPUT:
    case ERR_PARSE:
    case ERR_TOO_LARGE:
    case ERR_NOT_FOUND:
    case ERR_DENIED:
    case ERR_LOGIN:
    case ERR_CONFLICT:
        return EXIT_FAULT;
    case ERR_BUSY:
    case ERR_RATE:
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
    case ERR_IO:
    case ERR_CONFIG:
    case ERR_RETRY:
    case ERR__MAX:
        break;
    }
    return EXIT_ENVIRONMENT;
}

void cli_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    flockfile(stderr);
    fputs("aimak: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    funlockfile(stderr);
    va_end(args);
}

static void take_out(int *argc, char **argv, int at, int count)
{
    memmove(argv + at, argv + at + count, (size_t)(*argc - at - count) * sizeof(*argv));
    *argc -= count;
}

bool cli_flag(int *argc, char **argv, const char *name)
{
    bool found = false;
    for (int i = 0; i < *argc && strcmp(argv[i], "--") != 0;) {
        if (strcmp(argv[i], name) == 0) {
            take_out(argc, argv, i, 1);
            found = true;
        } else {
            i++;
        }
    }
    return found;
}

bool cli_value(int *argc, char **argv, const char *name, const char **value)
{
    size_t length = strlen(name);
    for (int i = 0; i < *argc && strcmp(argv[i], "--") != 0;) {
        if (strcmp(argv[i], name) == 0) {
            if (i + 1 >= *argc) {
                cli_say("%s needs a value", name);
                return false;
            }
            *value = argv[i + 1];
            take_out(argc, argv, i, 2);
        } else if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') {
            *value = argv[i] + length + 1;
            take_out(argc, argv, i, 1);
        } else {
            i++;
        }
    }
    return true;
}

bool cli_arguments(int *argc, char **argv, int least, int most)
{
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            take_out(argc, argv, i, 1);
            break;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            cli_say("unknown option %s", argv[i]);
            return false;
        }
    }
    if (*argc < least) {
        cli_say("an argument is missing");
        return false;
    }
    if (*argc > most) {
        cli_say("too many arguments, from \"%s\" on", argv[most]);
        return false;
    }
    return true;
}

#define REDRAW_MS 100
#define BAR_CELLS 24

void progress_start(struct progress *p, const char *what, int64_t total)
{
    const char *wish = getenv("AIMAK_PROGRESS");
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (wish && strcmp(wish, "always") == 0)
        terminal = true;
    if (wish && strcmp(wish, "never") == 0)
        terminal = false;
    *p = (struct progress){.what = what, .total = total, .shown = terminal};
    progress_at(p, 0);
}

void progress_at(struct progress *p, int64_t done)
{
    p->done = done;
    if (!p->shown)
        return;
    int64_t now = clock_monotonic_ms();
    if (p->drawn_ms && now - p->drawn_ms < REDRAW_MS && done != p->total)
        return;
    p->drawn_ms = now ? now : 1;
    if (p->total <= 0) {
        fprintf(stderr, "\r\033[K%s  %" PRId64, p->what, done);
        return;
    }
    int64_t part = done < 0 ? 0 : done > p->total ? p->total : done;
    int cells = (int)((double)part / (double)p->total * BAR_CELLS);
    char bar[BAR_CELLS + 1];
    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', (size_t)cells);
    bar[BAR_CELLS] = '\0';
    fprintf(stderr, "\r\033[K%s  [%s]  %" PRId64 " of %" PRId64, p->what, bar, part, p->total);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
