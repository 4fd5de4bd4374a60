/*
 * Force-included into every file: functions that are unsafe, not thread-safe, or that depend on a
 * process locale are compile errors. What to use instead stands beside each.
 */
#ifndef CORE_BANNED_H
#define CORE_BANNED_H

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets     /* struct str, buf, snprintf */
#pragma GCC poison localtime gmtime asctime ctime strftime mktime /* core/clock.h */
#pragma GCC poison atoi atol atoll atof                           /* str_to_i64, str_to_double */
#pragma GCC poison setlocale uselocale newlocale /* the language travels with the request */
#pragma GCC poison rand srand                                                                      \
    srandom /* random_fill; "random" itself is a member name in sodium.h */

#endif
