/* The program's commands; see commands.h. */
#include "cmd/commands.h"

#include "cmd/slices.h"

static const struct own_command *const own_commands[] = {
    &command_serve,  &command_demo,    &command_migrate, &command_doctor,
    &command_backup, &command_restore, &command_verify,  &command_routes,
};

static struct found_command describe_own(const struct own_command *c)
{
    return (struct found_command){c->name, c->usage, c->summary, c->help, c, NULL};
}

static struct found_command describe_slice(const struct command *c)
{
    return (struct found_command){c->name, c->usage, c->summary, c->help, NULL, c};
}

typedef bool (*command_fn)(void *arg, const struct found_command *c);

/* Every command, own ones first, until the callback is satisfied. */
static bool each_command(command_fn fn, void *arg)
{
    for (size_t i = 0; i < COUNT_OF(own_commands); i++) {
        struct found_command c = describe_own(own_commands[i]);
        if (fn(arg, &c))
            return true;
    }
    for (size_t i = 0; i < all_slices_count; i++) {
        for (size_t k = 0; k < all_slices[i]->command_count; k++) {
            struct found_command c = describe_slice(&all_slices[i]->commands[k]);
            if (fn(arg, &c))
                return true;
        }
    }
    return false;
}

struct search {
    int argc;
    char **argv;
    struct found_command best;
    int words; /* of the best name */
};

/* How many words of the command line the name covers; 0 when it is another name. */
static int words_covered(struct str name, int argc, char **argv)
{
    int count = 0;
    struct str part;
    while (str_split(&name, ' ', &part)) {
        if (count >= argc || !str_eq(part, str_from(argv[count])))
            return 0;
        count++;
    }
    return count;
}

static bool consider(void *arg, const struct found_command *c)
{
    struct search *s = arg;
    int words = words_covered(str_from(c->name), s->argc, s->argv);
    if (words > s->words) {
        s->words = words;
        s->best = *c;
    }
    return false;
}

bool command_find(int argc, char **argv, struct found_command *out, int *used)
{
    struct search s = {.argc = argc, .argv = argv};
    each_command(consider, &s);
    *out = s.best;
    *used = s.words;
    return s.words > 0;
}

static bool print_line(void *arg, const struct found_command *c)
{
    (void)arg;
    printf("  %-22s %s\n", c->name, c->summary);
    return false;
}

void commands_overview(void)
{
    puts("Aimak: the services of a village government, in the open.\n\n"
         "usage: aimak COMMAND [OPTIONS]\n\nCommands:");
    each_command(print_line, NULL);
    printf("\n%s\n", options_help);
    puts("Exit codes: 0 done; 1 the input is wrong or a fault was found; 2 wrong usage;\n"
         "3 database, disk, network or configuration.\n\n"
         "`aimak COMMAND --help` shows each command with examples.");
}

struct group {
    const char *name;
    bool found;
};

static bool print_member(void *arg, const struct found_command *c)
{
    struct group *g = arg;
    size_t n = strlen(g->name);
    if (strncmp(c->name, g->name, n) == 0 && c->name[n] == ' ') {
        if (!g->found)
            printf("usage: aimak %s COMMAND [OPTIONS]\n\nCommands:\n", g->name);
        g->found = true;
        print_line(NULL, c);
    }
    return false;
}

bool commands_group(const char *name)
{
    struct group g = {.name = name};
    each_command(print_member, &g);
    return g.found;
}

void command_help(const struct found_command *c)
{
    printf("usage: aimak %s%s%s\n\n%s.\n", c->name, c->usage && *c->usage ? " " : "",
           c->usage ? c->usage : "", c->summary);
    if (c->help && *c->help)
        printf("\n%s%s", c->help, c->help[strlen(c->help) - 1] == '\n' ? "" : "\n");
    printf("\n%s", options_help);
}
