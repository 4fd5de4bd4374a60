/*
 * Figures of the whole country, kept in memory for half a minute.
 *
 * One set, whoever asks: the page that compares, the API, the open data. Two who come at once when
 * it is old may both read it anew; nobody waits for the other.
 */
#include "voice/cases/cases_internal.h"

#include "platform/core/clock.h"
#include "platform/core/snapshot.h"

struct country {
    struct snapshot base;
    int64_t today, read_ms;
    struct all_case_figures figures;
};

static struct snapshot_slot kept = SNAPSHOT_SLOT;

static enum err read_fn(struct tx *tx, void *arg)
{
    struct country *c = arg;
    return cases_figures_all(tx, c->base.arena, c->today, &c->figures);
}

/* A clock that was set back makes it old, too. */
static bool is_fresh(const struct country *c, int64_t today, int64_t now_ms)
{
    return c->today == today && now_ms >= c->read_ms && now_ms - c->read_ms < CASES_COUNTRY_KEEP_MS;
}

enum err cases_figures_country(struct app *app, struct arena *a,
                               const struct all_case_figures **out)
{
    int64_t today = day_today(), now_ms = clock_now_ms();
    const struct country *old = snapshot_find(&kept, a);
    *out = old ? &old->figures : NULL;
    if (old && is_fresh(old, today, now_ms))
        return ERR_OK;
    struct country *c = snapshot_new(sizeof *c);
    c->today = today;
    c->read_ms = now_ms;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_fn, c);
    if (rc != ERR_OK) {
        snapshot_drop(&c->base);
        return rc;
    }
    snapshot_replace(&kept, &c->base);
    const struct country *now = snapshot_find(&kept, a); /* this one, or a newer one */
    *out = now ? &now->figures : *out;
    return now ? ERR_OK : ERR_UNAVAILABLE;
}

void cases_country_forget(void)
{
    snapshot_replace(&kept, NULL);
}
