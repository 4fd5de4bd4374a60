/*
 * Mergers: from a day on, municipalities become part of another. Their villages move to it, the old
 * units end and point at it, every slice moves what is still open, and what was counted
 * before stays with the unit and the time it was counted for.
 */
#include "community/places/places_internal.h"

#include "platform/core/cli.h"
#include "platform/core/clock.h"

struct merge_write {
    struct app *app;
    const struct merge_input *in;
    const struct territory *t;
};

static enum msg check_merge(const struct territory *t, const struct merge_input *in)
{
    const struct place *into = territory_find(t, in->into);
    if (!into || !place_is_municipality(into) || into->successor)
        return MSG_places_merge_into_unknown;
    if (in->n == 0)
        return MSG_places_merge_from_missing;
    if (in->day > day_today())
        return MSG_places_merge_future;
    if (in->decision.n == 0)
        return MSG_places_merge_decision_missing;
    for (size_t i = 0; i < in->n; i++) {
        const struct place *from = territory_find(t, in->from[i]);
        if (!from || !place_is_municipality(from))
            return MSG_places_merge_from_unknown;
        if (from == into)
            return MSG_places_merge_itself;
        if (from->successor)
            return MSG_places_merge_already;
        for (size_t j = 0; j < i; j++)
            if (str_eq(in->from[i], in->from[j]))
                return MSG_places_merge_twice;
    }
    return MSG_NONE;
}

static enum err move_villages(struct tx *tx, const struct place *from, const struct place *into,
                              int64_t day)
{
    enum err rc = ERR_OK;
    for (size_t c = 0; c < from->child_count; c++) {
        struct str code = from->children[c]->code;
        TRY(sql_place_parent_close(tx, NULL, .code = code, .day = day));
        TRY(sql_place_parent_open(tx, NULL, .code = code, .valid_from = day, .parent = into->code));
        TRY(sql_place_move(tx, NULL, .code = code, .parent = into->code));
    }
out:
    return rc;
}

static enum err write_merge(struct tx *tx, void *arg)
{
    struct merge_write *w = arg;
    const struct merge_input *in = w->in;
    const struct place *into = territory_find(w->t, in->into);
    enum err rc = ERR_OK;
    for (size_t i = 0; i < in->n; i++) {
        const struct place *from = territory_find(w->t, in->from[i]);
        TRY(move_villages(tx, from, into, in->day));
        TRY(sql_place_close(tx, NULL, .code = from->code, .day = in->day));
        TRY(sql_succession_put(tx, NULL, .predecessor = from->code, .successor = into->code,
                               .day = in->day, .decision = in->decision,
                               .recorded_ms = clock_now_ms(), .recorded_by = in->recorded_by));
        for (size_t s = 0; s < w->app->slice_count; s++)
            if (w->app->slices[s]->merged)
                TRY(w->app->slices[s]->merged(w->app, tx, from->code, into->code, in->day));
    }
    TRY(territory_changed(tx));
out:
    return rc;
}

enum err places_merge(struct app *app, const struct merge_input *in, enum msg *fault)
{
    struct arena *a = arena_new();
    struct merge_write w = {app, in, territory_get(app, a)};
    enum err rc = ERR_OK;
    *fault = check_merge(w.t, in);
    if (*fault != MSG_NONE)
        FAIL(ERR_INPUT);
    TRY(db_write(app->db, SCOPE_COUNTRY, write_merge, &w));
    TRY(territory_reload(app));
out:
    arena_free(a);
    return rc;
}

int places_merge_command(struct app *app, int argc, char **argv)
{
    const char *into = NULL, *list = NULL, *date = NULL, *decision = NULL;
    struct str from[64], rest, part;
    struct merge_input in = {.from = from};
    if (!cli_value(&argc, argv, "--into", &into) || !cli_value(&argc, argv, "--from", &list) ||
        !cli_value(&argc, argv, "--date", &date) ||
        !cli_value(&argc, argv, "--decision", &decision) || !cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    if (!into || !list || !date || !decision || !day_parse(str_from(date), &in.day)) {
        cli_say("merge needs --into, --from, --date YYYY-MM-DD and --decision; see --help");
        return EXIT_BAD_USAGE;
    }
    in.into = str_from(into);
    in.decision = str_from(decision);
    rest = str_from(list);
    while (in.n < COUNT_OF(from) && str_split(&rest, ',', &part))
        from[in.n++] = part;
    enum msg fault = MSG_NONE;
    enum err rc = places_merge(app, &in, &fault);
    if (rc == ERR_INPUT)
        cli_say("%.*s", STRF(msg_text(LANG_EN, fault)));
    else if (rc != ERR_OK)
        cli_say("%s", err_name(rc));
    return cli_exit(rc);
}
