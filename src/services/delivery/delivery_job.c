/*
 * What happens by the clock: visits are made ahead, contacts of settled disputes erased; and what a
 * merger moves.
 */
#include "services/delivery/delivery_internal.h"

#include "platform/core/log.h"

struct ahead {
    struct arena *arena;
    int64_t to_day;
    struct sql_schedules_behind_rows units;
    struct str unit;
};

static enum err find_behind(struct tx *tx, void *arg)
{
    struct ahead *ahead = arg;
    return sql_schedules_behind(tx, ahead->arena, &ahead->units, .to_day = ahead->to_day);
}

static enum err make_ahead(struct tx *tx, void *arg)
{
    struct ahead *ahead = arg;
    struct arena *a = arena_new();
    enum err rc = delivery_make_visits(tx, a, ahead->unit, ahead->to_day);
    arena_free(a);
    return rc;
}

enum err delivery_job_ahead(struct app *app, struct arena *a)
{
    struct ahead ahead = {.arena = a, .to_day = day_today() + DELIVERY_AHEAD_DAYS};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_behind, &ahead);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < ahead.units.n; i++) {
        ahead.unit = ahead.units.v[i].unit;
        enum err made = db_write(app->db, ahead.unit, make_ahead, &ahead);
        if (made != ERR_OK) {
            LOG(LOG_WARN, "delivery.visits_not_made", LOG_S("unit", ahead.unit),
                LOG_C("error", err_name(made)));
            rc = made; /* the others get theirs all the same */
        }
    }
    return rc;
}

static enum err forget_contacts(struct tx *tx, void *arg)
{
    (void)arg;
    return sql_dispute_forget(tx, NULL,
                              .before_ms = clock_now_ms() - DELIVERY_CONTACT_DAYS * MS_DAY);
}

enum err delivery_job_forget(struct app *app, struct arena *a)
{
    (void)a;
    return db_write(app->db, SCOPE_COUNTRY, forget_contacts, NULL);
}

/* --- mergers --- */

/* What goes on of a schedule: the same one, under the successor. */
static enum err take_over(struct tx *tx, struct str from, struct str into, const struct schedule *s,
                          int64_t first)
{
    enum err rc = ERR_OK;
    int64_t begins = s->from_day > first ? s->from_day : first;
    /* "Every ten days" goes on in its rhythm. */
    if (s->every_days && begins > s->from_day)
        begins += (s->every_days - (begins - s->from_day) % s->every_days) % s->every_days;
    TRY(sql_schedule_copy(tx, NULL, .from_unit = from, .id = s->id, .into_unit = into,
                          .from_day = begins, .made_to = begins - 1));
    TRY(sql_schedule_villages_copy(tx, NULL, .from_unit = from, .id = s->id, .into_unit = into));
    TRY(sql_schedule_end(tx, NULL, .unit = from, .id = s->id, .to_day = first - 1,
                         .at_ms = clock_now_ms(), .person = 0));
    TRY(sql_visit_drop_ahead(tx, NULL, .unit = from, .schedule_id = s->id, .after_day = first - 1));
out:
    return rc;
}

/* Schedules go on under the successor from tomorrow; visits that nobody has settled, and those with
 * an open dispute, move with all that was said of them. Settled visits stay with the municipality
 * that answered for them. */
enum err delivery_merged(struct app *app, struct tx *tx, struct str from, struct str into,
                         int64_t day)
{
    struct arena *a = arena_new();
    struct schedules all = {0};
    struct sql_visits_unsettled_rows open;
    enum err rc = ERR_OK;
    int64_t today = day_today();
    (void)app;
    (void)day;
    TRY(delivery_schedules(tx, a, from, &all));
    for (size_t i = 0; i < all.n; i++)
        if (!all.v[i].to_day.set || all.v[i].to_day.v > today)
            TRY(take_over(tx, from, into, &all.v[i], today + 1));
    TRY(sql_visits_unsettled(tx, a, &open, .unit = from, .day = today));
    for (size_t i = 0; i < open.n; i++)
        TRY(sql_visit_move(tx, NULL, .unit = from, .id = open.v[i].id, .into = into));
    TRY(delivery_make_visits(tx, a, into, today + DELIVERY_AHEAD_DAYS));
out:
    arena_free(a);
    return rc;
}
