/*
 * `aimak demo`: fills an empty installation with the demonstration. Never touches an installation
 * that is not a demonstration already.
 */
#include "cmd/commands.h"
#include "cmd/house.h"
#include "cmd/tour.h"
#include "platform/core/clock.h"
#include "platform/jobs/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* From here on this data directory is a demonstration, for good. */
static bool mark_demo(const char *data)
{
    char path[4200];
    int fd = house_path(path, sizeof(path), data, "demo")
                 ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)
                 : -1;
    if (fd < 0)
        cli_say("cannot write %s/demo: %s", data, strerror(errno));
    else
        close(fd);
    return fd >= 0;
}

static int fill(struct house *h, const struct options *o)
{
    struct demo_context d = {.arena = arena_new(), .today = day_today()};
    d.report = buf_in(d.arena);
    struct progress bar;
    int code = EXIT_DONE;
    progress_start(&bar, "Making the demonstration", (int64_t)h->app.slice_count);
    for (size_t i = 0; i < h->app.slice_count && code == EXIT_DONE; i++) {
        const struct slice *s = h->app.slices[i];
        enum err rc = s->demo ? s->demo(&h->app, &d) : ERR_OK;
        if (rc != ERR_OK) {
            progress_end(&bar);
            cli_say("the demonstration of %s failed (%s)", s->name, err_name(rc));
            code = cli_exit(rc);
        }
        progress_at(&bar, (int64_t)i + 1);
    }
    progress_end(&bar);
    /* Totals that a schedule keeps are there from the first page on, and the same on every start.
     */
    if (code == EXIT_DONE) {
        enum err rc = schedule_run_due(&h->app, NULL);
        if (rc == ERR_OK)
            rc = job_run_due(&h->app, NULL);
        if (rc != ERR_OK) {
            cli_say("the background work of the demonstration failed (%s)", err_name(rc));
            code = cli_exit(rc);
        }
    }
    if (code == EXIT_DONE) {
        enum err rc = tour_save(o->data, &d);
        if (rc != ERR_OK) {
            cli_say("cannot write %s/tour.txt", o->data);
            code = cli_exit(rc);
        }
    }
    if (code == EXIT_DONE)
        fwrite(d.report->p, 1, d.report->n, stdout);
    arena_free(d.arena);
    return code;
}

static int run(const struct options *o, int argc, char **argv)
{
    struct house h;
    bool tour = cli_flag(&argc, argv, "--tour");
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    if (tour) {
        bool there = tour_print(o->data, o->public_url ? o->public_url : "http://127.0.0.1:8080");
        if (!there)
            cli_say("there is no demonstration in %s", o->data);
        return there ? EXIT_DONE : EXIT_FAULT;
    }
    bool was_demo = house_is_demo(o->data);
    int code = house_open(&h, o, HOUSE_MIGRATE | HOUSE_START);
    if (code != EXIT_DONE)
        return code;
    bool fresh = h.pending == h.migrations;
    if (!fresh && !was_demo) {
        cli_say("this installation holds real records: the demonstration is made only in an empty "
                "one (--data DIR, --db URL)");
        code = EXIT_FAULT;
    } else if (!mark_demo(o->data)) {
        code = EXIT_ENVIRONMENT;
    } else {
        h.app.demo = true;
        code = fill(&h, o);
    }
    house_close(&h);
    if (code == EXIT_DONE)
        puts("The demonstration is ready: aimak serve --tour");
    return code;
}

const struct own_command command_demo = {
    .name = "demo",
    .usage = "[--tour]",
    .summary = "Fill an empty installation with a fictional demonstration",
    .help =
        "Municipalities, services, promises, reports and people, all fictional but for the names "
        "and\n"
        "codes of places. Running it again adds nothing twice. An installation that is in use is\n"
        "left alone.\n\n"
        "  --tour    only print the addresses and log-ins of the demonstration in DATA\n\n"
        "Examples:\n"
        "  aimak demo --data /tmp/aimak-demo && aimak serve --data /tmp/aimak-demo --tour\n",
    .run = run,
};
