/* The program's entry: finds the command and runs it. */
#include "platform/core/err.h"

int main(void)
{
    puts(err_name(ERR_OK));
    return 0;
}
