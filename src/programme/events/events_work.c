/*
 * Invitations by e-mail. What language a guest reads is not known, so a letter is in Kyrgyz and in
 * Russian. It leads to the guest's own page, where they answer; the code in the address is the key
 * to that page, so the body is erased once it is sent.
 */
#include "programme/events/events_internal.h"

#include "community/places/places.h"

#include "platform/channels/outbox.h"
#include "platform/core/clock.h"

struct invitation {
    struct app *app;
    struct arena *a;
    const struct event *e;
    const struct place *unit;
};

static void write_part(struct buf *body, const struct invitation *i, enum lang lang)
{
    struct str unit = i->unit ? place_name(i->unit, lang) : i->e->unit;
    MSG_PUT(body, lang, MSG_events_mail_body, ARG_S("title", text3_get(&i->e->title, lang)),
            ARG_DATE("day", i->e->from_day), ARG_S("unit", unit), ARG_S("place", i->e->place));
    buf_cstr(body, "\n\n");
}

static enum err write_letter(struct tx *tx, const struct invitation *i,
                             const struct register_person *p, struct str code)
{
    const char *site = i->app->public_url ? i->app->public_url : "";
    struct str link =
        arena_printf(i->a, "%s/events/%lld/guest/%.*s", site, (long long)i->e->id, STRF(code));
    struct buf *body = buf_in(i->a);
    write_part(body, i, LANG_KY);
    write_part(body, i, LANG_RU);
    buf_str(body, link);
    buf_char(body, '\n');
    struct outbox_message m = {
        .unit = i->e->unit,
        .channel = "email",
        .to = p->email,
        .lang = LANG_KY,
        .subject = MSG_STR(i->a, LANG_KY, MSG_events_mail_subject,
                           ARG_S("title", text3_get(&i->e->title, LANG_KY))),
        .body = buf_view(body),
        .cause = "event_invitation",
        .cause_id = arena_printf(i->a, "%lld", (long long)i->e->id),
        .secret = true,
    };
    return outbox_put(tx, &m);
}

static bool waits_for_letter(const struct sql_guests_of_row *g, const struct register_person *p)
{
    return str_eq(g->rsvp, STR("invited")) && !g->mailed_ms.set && p && p->email.n > 0 &&
           email_address_ok(p->email);
}

enum err events_invite(struct app *app, struct tx *tx, struct arena *a, int64_t event, int64_t by,
                       int64_t *sent)
{
    enum err rc = ERR_OK;
    struct event e;
    struct sql_guests_of_rows guests;
    struct register_persons people;
    struct buf *mailed = buf_in(a);
    *sent = 0;
    TRY(events_get(tx, a, event, &e));
    if (!str_eq(e.state, STR("planned")) || e.to_day < day_today())
        FAIL(ERR_INPUT);
    TRY(sql_guests_of(tx, a, &guests, .event_id = event));
    int64_t *ids = ARENA_ARRAY(a, int64_t, guests.n + 1);
    for (size_t i = 0; i < guests.n; i++)
        ids[i] = guests.v[i].person;
    TRY(persons_many(tx, a, ids, guests.n, &people));
    struct invitation letter = {
        .app = app, .a = a, .e = &e, .unit = territory_find(territory_get(app, a), e.unit)};
    buf_char(mailed, '[');
    for (size_t i = 0; i < guests.n; i++) {
        const struct register_person *p = persons_in(&people, guests.v[i].person);
        if (!waits_for_letter(&guests.v[i], p))
            continue;
        TRY(write_letter(tx, &letter, p, guests.v[i].code));
        buf_printf(mailed, "%s%lld", *sent ? "," : "", (long long)p->id);
        (*sent)++;
    }
    buf_char(mailed, ']');
    if (*sent == 0)
        goto out;
    TRY(sql_guests_mailed(tx, NULL, .event_id = event, .persons = buf_view(mailed),
                          .mailed_ms = I64(clock_now_ms())));
    rc =
        events_log(tx, &e, "mailed", 0, arena_printf(a, "%lld", (long long)*sent), 0, by, STR_NULL);
out:
    return rc;
}
