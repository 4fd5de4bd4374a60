/*
 * Options that every command understands, from the command line, the environment, or the file that
 * --settings names, in this order.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "platform/core/cli.h"

struct options {
    const char *data;          /* --data DIR, AIMAK_DATA; "data" */
    const char *db;            /* --db URL, AIMAK_DB; "sqlite:DATA/aimak.db" */
    const char *listen;        /* --listen HOST:PORT, AIMAK_LISTEN; "127.0.0.1:8080" */
    const char *public_url;    /* --public-url URL, AIMAK_PUBLIC_URL; NULL: from listen */
    const char *trusted_proxy; /* --trusted-proxy ADDRESS, AIMAK_TRUSTED_PROXY; NULL */
    bool help, version;
    char db_default[4200];
};

/* Takes the common options out of the arguments. False, with a line on standard error, when one is
 * wrong. */
bool options_take(struct options *o, int *argc, char **argv);

/* The text for `aimak --help`. */
extern const char options_help[];

#endif
