/* Commands: indicators in the terminal. The recount is in results_count.c. */
#include "programme/results/results_internal.h"

#include "platform/core/cli.h"

#include <stdio.h>

struct listing {
    struct app *app;
    struct arena *a;
    struct str code;
    struct result_programmes programmes;
    struct result_indicators indicators;
    /* of `show` */
    struct result_period period;
    bool has_period;
    struct str unit, by;
    struct result_rows rows;
    struct result_dimensions dimensions;
    int split;
    struct result_number numbers[400];
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    enum err rc = ERR_OK;
    l->programmes = (struct result_programmes){0};
    l->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, l->a, &l->programmes));
    TRY(results_indicators(l->app, tx, l->a, STR_NULL, &l->indicators));
    for (size_t i = 0; i < l->indicators.n && i < COUNT_OF(l->numbers); i++) {
        const struct result_indicator *x = &l->indicators.v[i];
        const struct result_programme *p = results_programme(&l->programmes, x->programme);
        if (p)
            TRY(results_number(tx, l->a, x, STR_NULL, p->from_month, p->to_month, &l->numbers[i]));
    }
out:
    return rc;
}

static struct str number_text(struct arena *a, const struct result_indicator *i, bool present,
                              int64_t amount, struct i64_opt base)
{
    struct buf *out = buf_in(a);
    if (present)
        results_amount_plain(out, i, amount, base);
    else
        buf_cstr(out, "no data");
    return buf_view(out);
}

int results_command_list(struct app *app, int argc, char **argv)
{
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    struct listing *l = ARENA_NEW(a, struct listing);
    l->app = app;
    l->a = a;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_list, l);
    for (size_t i = 0; rc == ERR_OK && i < l->indicators.n; i++) {
        const struct result_indicator *x = &l->indicators.v[i];
        struct str number =
            number_text(a, x, l->numbers[i].present, l->numbers[i].amount, l->numbers[i].base);
        printf("%-28.*s %12.*s  %-8s %-24.*s %.*s\n", STRF(x->code), STRF(number),
               results_rule_code(x->rule), STRF(x->source), STRF(x->name.in[LANG_EN]));
    }
    if (rc != ERR_OK)
        cli_say("the indicators cannot be read (%s)", err_name(rc));
    arena_free(a);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}

static enum err read_show(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    enum err rc = ERR_OK;
    l->programmes = (struct result_programmes){0};
    l->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, l->a, &l->programmes));
    TRY(results_indicators(l->app, tx, l->a, l->code, &l->indicators));
    if (l->indicators.n == 0)
        FAIL(ERR_NOT_FOUND);
    const struct result_indicator *x = &l->indicators.v[0];
    const struct result_programme *p = results_programme(&l->programmes, x->programme);
    if (!l->has_period)
        l->period = (struct result_period){.from = p ? p->from_month : 0,
                                           .to = p ? p->to_month : tally_month(day_today()) + 1};
    TRY(results_dimensions(tx, l->a, LANG_EN, x, &l->dimensions));
    l->split = RESULT_SPLIT_NONE;
    for (size_t d = 0; d < l->dimensions.n; d++)
        if (str_eq(l->dimensions.v[d].code, l->by))
            l->split = (int)d;
    bool by_place = str_eq(l->by, STR("place"));
    if (l->by.p && !by_place && l->split < 0)
        FAIL(ERR_INPUT);
    int64_t bounds[2] = {l->period.from, l->period.to};
    struct result_ask ask = {.indicator = x,
                             .unit = l->unit,
                             .by_place = by_place,
                             .split = l->split,
                             .bounds = bounds,
                             .periods = 1};
    TRY(results_read(tx, l->a, &ask, &l->rows));
out:
    return rc;
}

static void print_sheet(struct arena *a, const struct result_indicator *x)
{
    printf("%.*s, version %lld: %.*s\n", STRF(x->code), (long long)x->version,
           STRF(x->name.in[LANG_EN]));
    for (size_t i = 0; i < x->texts.n; i++)
        if (!str_eq(x->texts.v[i].field, STR("name")))
            printf("  %-12.*s %.*s\n", STRF(x->texts.v[i].field),
                   STRF(text3_get(&x->texts.v[i].text, LANG_EN)));
    printf("  %-12s %s, %s\n", "rule", results_measure_code(x->measure),
           results_rule_code(x->rule));
    printf("  %-12s %.*s %.*s%s\n", "source", STRF(x->source), STRF(x->filters),
           results_is_entered(x) || x->counter ? "" : " (no records yet)");
    (void)a;
}

int results_command_show(struct app *app, int argc, char **argv)
{
    const char *unit = NULL, *by = NULL, *period = NULL;
    if (!cli_value(&argc, argv, "--unit", &unit) || !cli_value(&argc, argv, "--by", &by) ||
        !cli_value(&argc, argv, "--period", &period) || !cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    struct listing *l = ARENA_NEW(a, struct listing);
    l->app = app;
    l->a = a;
    l->code = str_from(argv[0]);
    l->unit = str_from(unit);
    l->by = str_from(by);
    l->has_period = period != NULL;
    enum err rc = ERR_OK;
    int code = EXIT_DONE;
    if (period && !results_period_parse(a, str_from(period), &l->period)) {
        cli_say("%s is no period: 2018, 2018Q2, FY2018, 2018-03 or 2018-03/2018-08", period);
        rc = ERR_INPUT;
    } else {
        rc = db_read(app->db, unit ? l->unit : SCOPE_COUNTRY, read_show, l);
        if (rc == ERR_NOT_FOUND)
            cli_say("there is no indicator %s: see aimak results list", argv[0]);
        else if (rc != ERR_OK)
            cli_say("%s cannot be divided so (%s)", argv[0], err_name(rc));
    }
    if (rc == ERR_OK) {
        const struct result_indicator *x = &l->indicators.v[0];
        print_sheet(a, x);
        struct str period_text = results_period_code(a, l->period.from, l->period.to);
        if (l->rows.n == 0)
            printf("%.*s: no data\n", STRF(period_text));
        for (size_t i = 0; i < l->rows.n; i++) {
            const struct result_row *row = &l->rows.v[i];
            struct str number = number_text(a, x, true, row->amount, row->base);
            printf("%.*s %-16.*s %-16.*s %12.*s\n", STRF(period_text), STRF(row->place),
                   STRF(l->split >= 0 ? row->values[l->split] : STR("")), STRF(number));
        }
    } else {
        code = rc == ERR_NOT_FOUND || rc == ERR_INPUT ? EXIT_FAULT : cli_exit(rc);
    }
    arena_free(a);
    return code;
}

int results_command_story(struct app *app, int argc, char **argv)
{
    if (!cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    struct buf *out = buf_in(a);
    enum err rc = results_story_print(app, a, out);
    if (rc == ERR_OK)
        fwrite(out->p, 1, out->n, stdout);
    else
        cli_say("the figures cannot be read (%s)", err_name(rc));
    arena_free(a);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}
