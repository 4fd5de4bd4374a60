/*
 * The open house: database, migrations, data directory, installation key and slices, brought up in
 * the one right order and taken down in the reverse one. Every command that touches data goes
 * through here.
 */
#ifndef CMD_HOUSE_H
#define CMD_HOUSE_H

#include "cmd/options.h"
#include "platform/store/migrate.h"
#include "platform/web/slice.h"

enum house_flags {
    HOUSE_READ_ONLY = 1,  /* beside a running server; needs an up-to-date database */
    HOUSE_MIGRATE = 2,    /* apply missing migrations; without it they are a fault */
    HOUSE_ANY_SCHEMA = 4, /* say nothing about missing migrations */
    HOUSE_START = 8,      /* start the slices and build the routes */
    HOUSE_NO_KEY = 16,    /* leave the data directory without an installation key (restore) */
    HOUSE_LOOK = 32, /* make nothing: no data directory, no key (a missing one reads as zeros) */
};

struct house {
    struct app app;
    int applied; /* migrations applied by this opening */
    int pending; /* missing before it */
    int migrations;
    bool started;
};

/* EXIT_DONE, or the exit code after a line on standard error. On failure nothing stays open. */
int house_open(struct house *h, const struct options *o, unsigned flags);
/* What HOUSE_START does, for a house opened without it. */
int house_start(struct house *h);
void house_close(struct house *h);

/* Migrations of all slices, in order. */
size_t house_migrations(const struct migration *const **out);

/* True when DATA holds a demonstration. */
bool house_is_demo(const char *data);

/* DATA/NAME into `out`; false when it does not fit. */
bool house_path(char *out, size_t size, const char *data, const char *name);

#endif
