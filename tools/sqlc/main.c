/* sqlc: queries and migrations to C. See tools/README.md. */
#include "sqlc/sqlc.h"

int main(int argc, char **argv)
{
    return tool_main("sqlc", sqlc_compile, argc, argv);
}
