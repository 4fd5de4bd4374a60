/*
 * Totals counted from the records: once for a counter that this installation did not have before
 * (records are older than their counter when a new version brings it), whenever somebody asks for
 * it, and as a check. What was counted once is never repaired by itself: a wrong total is a fault
 * to be told, not to be hidden.
 */
#include "programme/results/results_count.h"

#include "platform/core/cli.h"
#include "platform/core/log.h"

#include <stdio.h>

void results_units(struct app *app, struct arena *a, struct result_units *out)
{
    const struct territory *t = territory_get(app, a);
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) || t->all[i]->kind == PLACE_COUNTRY)
            ARENA_PUSH(a, *out, t->all[i]->code);
}

struct counting {
    struct arena *a;
    struct sql_results_counted_rows there;
    struct str counter;
};

static enum err read_counted(struct tx *tx, void *arg)
{
    struct counting *c = arg;
    return sql_results_counted(tx, c->a, &c->there);
}

static enum err mark(struct tx *tx, void *arg)
{
    struct counting *c = arg;
    return sql_results_counted_put(tx, NULL, .counter = c->counter, .at_ms = clock_now_ms());
}

static enum err count_once(struct app *app, struct counting *c, const struct counter *counter,
                           const struct result_units *units)
{
    struct tally_faults faults = {0};
    enum err rc = ERR_OK;
    TRY(tally_check(app, c->a, counter, units->v, units->n, &faults));
    if (faults.n) {
        LOG(LOG_INFO, "results.counting_older_records", LOG_C("counter", counter->code),
            LOG_I("missing", faults.n));
        TRY(tally_rebuild(app, counter, units->v, units->n));
    }
    c->counter = str_from(counter->code);
    TRY(db_write(app->db, SCOPE_COUNTRY, mark, c));
out:
    return rc;
}

enum err results_count_missing(struct app *app, struct arena *a)
{
    struct counting c = {.a = a};
    struct result_units units = {0};
    enum err rc = ERR_OK;
    TRY(db_read(app->db, SCOPE_COUNTRY, read_counted, &c));
    results_units(app, a, &units);
    if (units.n == 0) /* no territory yet: there can be no records */
        goto out;
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t k = 0; k < app->slices[s]->counter_count; k++) {
            const struct counter *counter = app->slices[s]->counters[k];
            bool known = false;
            for (size_t n = 0; n < c.there.n; n++)
                known = known || str_eq(c.there.v[n].counter, str_from(counter->code));
            if (!known)
                TRY(count_once(app, &c, counter, &units));
        }
out:
    return rc;
}

/* --- the recount --- */

static void print_faults(struct arena *a, const struct tally_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        const struct tally_fault *f = &faults->v[i];
        struct str month = results_period_code(a, f->month, f->month + 1);
        printf("%s: %.*s %.*s %.*s [%.*s]: kept %lld, the records say %lld\n", f->counter->code,
               STRF(f->unit), STRF(f->village), STRF(month), STRF(f->cell), (long long)f->kept,
               (long long)f->counted);
    }
}

static int verify_counter(struct app *app, const struct counter *counter,
                          const struct result_units *units)
{
    struct arena *a = arena_new();
    struct tally_faults faults = {0};
    enum err rc = tally_check(app, a, counter, units->v, units->n, &faults);
    int code = rc != ERR_OK ? cli_exit(rc) : faults.n ? EXIT_FAULT : EXIT_DONE;
    if (rc != ERR_OK) {
        cli_say("%s: cannot be counted again (%s)", counter->code, err_name(rc));
    } else {
        printf("%s: %s, %lld totals of %lld municipalities\n", counter->code,
               faults.n ? "WRONG" : "right", (long long)faults.rows, (long long)faults.units);
        print_faults(a, &faults);
    }
    arena_free(a);
    return code;
}

int results_command_rebuild(struct app *app, int argc, char **argv)
{
    struct result_units units = {0};
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    const struct counter *counter = tally_counter(app, str_from(argv[0]));
    if (!counter) {
        cli_say("nobody counts %s", argv[0]);
        return EXIT_FAULT;
    }
    struct arena *a = arena_new();
    results_units(app, a, &units);
    enum err rc = tally_rebuild(app, counter, units.v, units.n);
    arena_free(a);
    if (rc != ERR_OK)
        cli_say("%s: cannot be counted anew (%s)", counter->code, err_name(rc));
    else
        printf("%s: counted anew\n", counter->code);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}

int results_command_verify(struct app *app, int argc, char **argv)
{
    struct result_units units = {0};
    if (!cli_arguments(&argc, argv, 0, 1))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    results_units(app, a, &units);
    int code = EXIT_DONE, checked = 0;
    for (size_t s = 0; s < app->slice_count; s++)
        for (size_t c = 0; c < app->slices[s]->counter_count; c++) {
            const struct counter *counter = app->slices[s]->counters[c];
            if (argc == 1 && strcmp(argv[0], counter->code) != 0)
                continue;
            int one = verify_counter(app, counter, &units);
            code = one > code ? one : code;
            checked++;
        }
    if (argc == 1 && !checked) {
        cli_say("nobody counts %s", argv[0]);
        code = EXIT_FAULT;
    }
    arena_free(a);
    return code;
}
