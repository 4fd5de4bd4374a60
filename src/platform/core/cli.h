/*
 * What every sub-command of the program needs: exit codes, its options, plain words on standard
 * error, and a progress bar for long work. Standard output carries results only.
 *
 *     static int units_import(struct app *app, int argc, char **argv)
 *     {
 *         bool dry_run = cli_flag(&argc, argv, "--dry-run");
 *         if (!cli_arguments(&argc, argv, 1, 1))
 *             return EXIT_BAD_USAGE;
 *         ... argv[0] is FILE.csv
 *     }
 */
#ifndef CORE_CLI_H
#define CORE_CLI_H

#include "platform/core/str.h"

/* The program's exit codes, as its manual page promises them. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAULT = 1, /* the input is wrong, or a check found a fault: standard error says which */
    EXIT_BAD_USAGE = 2,   /* unknown command or option, missing argument */
    EXIT_ENVIRONMENT = 3, /* database, disk, network or configuration: try again or repair */
};

/* The exit code that fits the failure. */
int cli_exit(enum err rc);

/* One line on standard error, with the program's name in front and a newline behind. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Takes an option without a value out of the arguments. True when it was there. A lone "--" ends
 * the options; what follows it is never taken. */
bool cli_flag(int *argc, char **argv, const char *name);

/* Takes "--name VALUE" or "--name=VALUE" out of the arguments; the last one wins, *value is left
 * alone without one. False, with a line on standard error, when the value is missing. */
bool cli_value(int *argc, char **argv, const char *name, const char **value);

/* After all options were taken: drops the lone "--", and is false, with a line on standard error,
 * when an unknown option is left or the number of arguments is out of bounds. */
bool cli_arguments(int *argc, char **argv, int least, int most);

/*
 * A bar on standard error, redrawn at most ten times a second; nothing at all when that is no
 * terminal (AIMAK_PROGRESS=always or never overrides).
 */
struct progress {
    const char *what; /* "Importing units" */
    int64_t total;    /* 0: unknown */
    int64_t done;
    int64_t drawn_ms; /* 0: never drawn */
    bool shown;
};
void progress_start(struct progress *p, const char *what, int64_t total);
void progress_at(struct progress *p, int64_t done);
void progress_end(struct progress *p); /* wipes the line */

#endif
