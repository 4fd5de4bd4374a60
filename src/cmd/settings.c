/* The settings file; see settings.h. */
#include "cmd/settings.h"

#include "platform/core/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *without_blanks(char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        s[--n] = 0;
    return s;
}

static bool is_name(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_')
            return false;
    return true;
}

static char *without_quotes(char *s)
{
    size_t n = strlen(s);
    if (n < 2 || (*s != '"' && *s != '\'') || s[n - 1] != *s)
        return s;
    s[n - 1] = 0;
    return s + 1;
}

static bool take_line(char *line)
{
    char *s = without_blanks(line);
    if (!*s || *s == '#' || *s == ';')
        return true;
    char *equals = strchr(s, '=');
    if (!equals)
        return false;
    *equals = 0;
    char *name = without_blanks(s);
    if (!is_name(name))
        return false;
    return setenv(name, without_quotes(without_blanks(equals + 1)), 0) == 0;
}

bool settings_read(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        cli_say("cannot read %s: %s", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t room = 0;
    int number = 0;
    bool good = true;
    while (good && getline(&line, &room, file) >= 0) {
        number++;
        good = take_line(line);
    }
    if (!good) {
        cli_say("%s:%d: write NAME=value", path, number);
    } else if (ferror(file)) {
        cli_say("cannot read %s", path);
        good = false;
    }
    free(line);
    fclose(file);
    return good;
}
