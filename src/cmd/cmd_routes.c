/* `aimak routes`: every address the program answers, where it is answered, and who may ask. */
#include "cmd/commands.h"
#include "cmd/slices.h"

/* __FILE__ as the compiler saw it from the build folder, without the way there. */
static const char *source_path(const char *file)
{
    while (strncmp(file, "../", 3) == 0)
        file += 3;
    return file;
}

static void print_roles(enum permission p)
{
    if (p == PERM_PUBLIC || p == PERM_LOGGED_IN) {
        fputs(p == PERM_PUBLIC ? "everybody" : "logged-in", stdout);
        return;
    }
    const char *before = "";
    for (int role = 0; role < ROLE__MAX; role++) {
        if (access_role_carries((enum role)role, p)) {
            printf("%s%s", before, role_code((enum role)role));
            before = ",";
        }
    }
    if (!*before)
        fputs("nobody", stdout);
}

static void print_route(void *arg, const struct slice *slice, const struct route *r)
{
    (void)arg;
    (void)slice;
    printf("%-6s %-46s %-30s %s:%d  ", r->method, r->path, r->handler_name, source_path(r->file),
           r->line);
    print_roles(r->permission);
    putchar('\n');
}

static int run(const struct options *o, int argc, char **argv)
{
    (void)o;
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    struct app app = {.slices = all_slices, .slice_count = all_slices_count};
    app_each_route(&app, print_route, NULL);
    return EXIT_DONE;
}

const struct own_command command_routes = {
    .name = "routes",
    .usage = "",
    .summary = "Print every address, its handler, source line and roles",
    .help = "One line a route: METHOD PATH HANDLER FILE:LINE ROLES. Needs no database.\n\n"
            "Examples:\n"
            "  aimak routes | grep '/m/{unit}'\n"
            "  aimak routes | awk '$NF == \"everybody\"'\n",
    .run = run,
};
