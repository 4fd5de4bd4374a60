/*
 * The service's settings for commands that a person runs. systemd reads /etc/aimak/aimak.conf for
 * the service alone; without it `aimak restore` would fill a SQLite file beside the PostgreSQL
 * database that is served, and `aimak doctor` would judge another installation.
 */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include <stdbool.h>

/* Reads NAME=value lines as systemd's EnvironmentFile does: blank lines and lines that begin with #
 * or ; say nothing, one pair of quotes around a value goes. A variable that is set already stays.
 * False, with a line on standard error that names the place, when the file cannot be read or a line
 * is something else; lines before it are set by then. */
bool settings_read(const char *path);

#endif
