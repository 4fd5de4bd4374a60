/* tplc: templates to C. See tools/README.md. */
#include "tplc/tplc.h"

int main(int argc, char **argv)
{
    return tool_main("tplc", tplc_compile, argc, argv);
}
