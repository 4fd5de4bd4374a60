/*
 * Finding and describing the program's commands: its own, and those that slices announce.
 */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/options.h"
#include "platform/web/slice.h"

/* A command of the program itself. `run` is called with the arguments behind the command's name. */
struct own_command {
    const char *name, *usage, *summary, *help;
    int (*run)(const struct options *o, int argc, char **argv);
};
extern const struct own_command command_serve, command_demo, command_migrate, command_doctor,
    command_routes, command_backup, command_restore, command_verify;

/* One of the two, with what help needs. */
struct found_command {
    const char *name, *usage, *summary, *help;
    const struct own_command *own;
    const struct command *of_slice;
};

/* The command whose name is the longest beginning of the words; *used words belong to the name. */
bool command_find(int argc, char **argv, struct found_command *out, int *used);

/* Whole overview on standard output; with `group` ("import") only the commands of that first word,
 * and false when there is none. */
void commands_overview(void);
bool commands_group(const char *group);
void command_help(const struct found_command *c);

#endif
