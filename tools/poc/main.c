/* poc: message catalogues to C. See tools/README.md. */
#include "poc/poc.h"

int main(int argc, char **argv)
{
    return tool_main("poc", poc_compile, argc, argv);
}
