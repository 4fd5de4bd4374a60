/* `aimak migrate`: brings the database to the version of the program. */
#include "cmd/commands.h"
#include "cmd/house.h"

static int run(const struct options *o, int argc, char **argv)
{
    struct house h;
    bool dry_run = cli_flag(&argc, argv, "--dry-run");
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    int code = house_open(&h, o, dry_run ? HOUSE_ANY_SCHEMA | HOUSE_READ_ONLY : HOUSE_MIGRATE);
    if (code != EXIT_DONE)
        return code;
    if (dry_run)
        printf("%d of %d migrations are missing\n", h.pending, h.migrations);
    else
        printf("%d migrations applied, %d in all\n", h.applied, h.migrations);
    house_close(&h);
    return EXIT_DONE;
}

const struct own_command command_migrate = {
    .name = "migrate",
    .usage = "[--dry-run]",
    .summary = "Bring the database to this version of the program",
    .help = "Each migration runs in one transaction; what is applied is never applied again. "
            "`aimak serve`\n"
            "does the same when it starts.\n\n"
            "  --dry-run    only say how many are missing\n\n"
            "Examples:\n"
            "  aimak migrate --db sqlite:/var/lib/aimak/aimak.db\n"
            "  aimak migrate --db postgresql://aimak_owner@localhost/aimak\n",
    .run = run,
};
