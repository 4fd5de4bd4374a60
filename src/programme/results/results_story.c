/*
 * The published figures beside what the records say. The published number and its wording are data
 * with their source; the number beside it always comes out of a question to the records.
 */
#include "programme/results/results_internal.h"

#include "platform/core/utf8.h"

enum err results_story(const struct app *app, struct tx *tx, struct arena *a,
                       struct result_story_lines *out)
{
    struct result_indicators *all = ARENA_NEW(a, struct result_indicators);
    struct sql_results_published_rows rows;
    enum err rc = ERR_OK;
    TRY(results_indicators(app, tx, a, STR_NULL, all));
    TRY(sql_results_published(tx, a, &rows));
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < rows.n; k++) {
            const struct sql_results_published_row *row = &rows.v[k];
            struct result_story_line line = {.indicator = &all->v[i],
                                             .published = row->amount,
                                             .from_month = row->from_month,
                                             .to_month = row->to_month,
                                             .wording = row->wording,
                                             .source = row->source};
            if (!str_eq(row->indicator, all->v[i].code))
                continue;
            TRY(results_number(tx, a, line.indicator, STR_NULL, row->from_month, row->to_month,
                               &line.counted));
            ARENA_PUSH(a, *out, line);
        }
out:
    return rc;
}

struct story_reading {
    struct app *app;
    struct arena *a;
    struct result_story_lines lines;
};

static enum err read_story(struct tx *tx, void *arg)
{
    struct story_reading *r = arg;
    r->lines = (struct result_story_lines){0};
    return results_story(r->app, tx, r->a, &r->lines);
}

enum err results_story_print(struct app *app, struct arena *a, struct buf *out)
{
    struct story_reading r = {.app = app, .a = a};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_story, &r);
    if (rc != ERR_OK)
        return rc;
    buf_printf(out, "%-30s %10s %10s  %s\n", "Indicator", "published", "counted",
               "what was published");
    for (size_t i = 0; i < r.lines.n; i++) {
        const struct result_story_line *line = &r.lines.v[i];
        struct str counted = line->counted.present
                                 ? arena_printf(a, "%lld", (long long)line->counted.amount)
                                 : STR("no data");
        buf_printf(out, "%-30.*s %10lld %10.*s  %.*s (%.*s)\n", STRF(line->indicator->code),
                   (long long)line->published, STRF(counted), STRF(line->wording),
                   STRF(line->source));
    }
    return ERR_OK;
}
