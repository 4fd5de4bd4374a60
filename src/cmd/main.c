/*
 * The program's entry: takes the common options, finds the command, and runs it.
 */
#include "cmd/commands.h"
#include "cmd/house.h"

#include "platform/core/log.h"

#include <signal.h>
#include <sys/stat.h>

static int wrong_usage(const char *hint)
{
    fprintf(stderr, "try: aimak %s%s--help\n", hint ? hint : "", hint ? " " : "");
    return EXIT_BAD_USAGE;
}

static int run_of_slice(const struct command *c, const struct options *o, int argc, char **argv)
{
    if (!c->needs_db)
        return c->run(&(struct app){.data_dir = o->data}, argc, argv);
    struct house h;
    int code = house_open(&h, o, HOUSE_START | (c->reads_only ? HOUSE_READ_ONLY : 0));
    if (code == EXIT_DONE) {
        code = c->run(&h.app, argc, argv);
        /* Much is new: the engine chooses indexes by it. Without that it is only slower. */
        if (code == EXIT_DONE && strncmp(c->name, "import ", 7) == 0 &&
            db_refresh_statistics(h.app.db) != ERR_OK)
            cli_say("the statistics of the database were not refreshed; that happens within a day");
        house_close(&h);
    }
    return code;
}

/* A serving process tells what it does; a command only what went wrong. AIMAK_LOG decides
 * otherwise. */
static void choose_log_level(const struct found_command *c)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char *wish = getenv("AIMAK_LOG");
    log_set_level(c->own == &command_serve ? LOG_INFO : LOG_WARN);
    for (size_t i = 0; wish && i < COUNT_OF(names); i++) {
        if (strcmp(wish, names[i]) == 0)
            log_set_level((enum log_level)i);
    }
}

/* `aimak help`, `aimak help import`, `aimak import`: an overview where a command was not named. */
static int show_overview(int argc, char **argv)
{
    if (argc == 0) {
        commands_overview();
        return EXIT_DONE;
    }
    if (argc == 1 && commands_group(argv[0]))
        return EXIT_DONE;
    cli_say("there is no command \"%s%s%s\"", argv[0], argc > 1 ? " " : "",
            argc > 1 ? argv[1] : "");
    return wrong_usage(NULL);
}

int main(int argc, char **argv)
{
    struct options options;
    struct found_command command;
    int used = 0;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of the write, as a full disk is */
    umask(077);               /* data, keys and backups are for the account that runs this */
    argc--;
    argv++;
    if (!options_take(&options, &argc, argv))
        return wrong_usage(NULL);
    if (options.version) {
        puts("aimak " AIMAK_VERSION);
        return EXIT_DONE;
    }
    if (argc > 0 && strcmp(argv[0], "help") == 0) {
        options.help = true;
        argc--;
        argv++;
    }
    if (!command_find(argc, argv, &command, &used)) {
        int code = show_overview(argc, argv);
        return code == EXIT_DONE && !options.help ? EXIT_BAD_USAGE : code;
    }
    if (options.help) {
        command_help(&command);
        return EXIT_DONE;
    }
    choose_log_level(&command);
    argc -= used;
    argv += used;
    int code = command.own ? command.own->run(&options, argc, argv)
                           : run_of_slice(command.of_slice, &options, argc, argv);
    if (code == EXIT_BAD_USAGE)
        return wrong_usage(command.name);
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        cli_say("the output could not be written");
        code = EXIT_ENVIRONMENT;
    }
    return code;
}
