/*
 * Charters of the demo: published ones for the services that every municipality has, different from
 * place to place; one in consultation with what people said of it, and one half-written draft.
 * Made through the same rules as real ones, each step on the day it would have happened.
 */
#include "services/charter/charter_internal.h"

#include "services/charter/charter_demo_words.h"

#include "platform/core/clock.h"
#include "platform/web/demo.h"

#define KOK_JAR STR("41704235837000")

struct demo_unit {
    struct app *app;
    struct arena *arena;
    struct str unit;
    int64_t today;
    bool known; /* made by an earlier run */
};

static int roll(const struct demo_unit *u, const struct demo_service *s, int salt, int sides)
{
    uint64_t x = (uint64_t)salt * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < u->unit.n; i++)
        x = x * 31 + (unsigned char)u->unit.p[i];
    for (const char *c = s->code; *c; c++)
        x = x * 37 + (unsigned char)*c;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (int)((x ^ (x >> 31)) % (uint64_t)sides);
}

static void set_day(struct charter_change *c, int64_t day)
{
    c->at_ms = day_start_ms(day) + 10 * MS_HOUR;
}

/* The words with the number in its place. */
static struct str with_number(struct arena *a, const char *text, int64_t n)
{
    struct str s = str_from(text);
    ptrdiff_t at = str_find(s, STR("{n}"));
    if (at < 0)
        return s;
    return arena_printf(a, "%.*s%lld%s", (int)at, text, (long long)n, text + at + 3);
}

static enum err add_promise(struct demo_unit *u, struct tx *tx, const struct charter_change *c,
                            const struct demo_promise *p, int64_t amount, bool with_remedy)
{
    struct charter_faults faults = {0};
    struct charter_words words = {.contact = STR("")};
    struct charter_terms terms = {.measure = str_from(p->measure),
                                  .kind = str_from(p->kind),
                                  .amount = amount,
                                  .working_days = p->working};
    int64_t id = 0;
    enum err rc = ERR_OK;
    /* The measure belongs to another room, which may not be built in. */
    if (terms.measure.n && !app_measure(u->app, terms.measure))
        terms.measure = STR("");
    for (int l = 0; l < LANG__MAX; l++) {
        words.text.in[l] = with_number(u->arena, p->text[l], amount);
        words.remedy.in[l] = with_remedy ? str_from(p->remedy[l]) : STR("");
    }
    TRY(charter_set_terms(u->app, tx, u->arena, c, &id, &terms, &faults));
    TRY(charter_set_words(tx, u->arena, c, id, &words, &faults));
out:
    return rc;
}

static enum err write_draft(struct demo_unit *u, struct tx *tx, struct charter_change *c,
                            const struct demo_service *s)
{
    struct charter_faults faults = {0};
    struct text3 intro = {{str_from(s->intro[0]), str_from(s->intro[1]), str_from(s->intro[2])}};
    struct str contact = arena_printf(u->arena, "0 (000) %02d-%02d-%02d", roll(u, s, 1, 100),
                                      roll(u, s, 2, 100), roll(u, s, 3, 100));
    int wanted = 2 + roll(u, s, 4, 3), first = str_eq(u->unit, KOK_JAR) ? 0 : roll(u, s, 5, 2);
    enum err rc = ERR_OK;
    TRY(charter_draft(tx, u->arena, c, &c->version));
    TRY(charter_set_intro(tx, u->arena, c, &intro, contact, &faults));
    for (int i = 0; i < wanted && i < s->count; i++) {
        const struct demo_promise *p = &s->promises[(first + i) % s->count];
        TRY(add_promise(u, tx, c, p, p->amounts[roll(u, s, 10 + i, 3)], roll(u, s, 20 + i, 4)));
    }
out:
    return rc;
}

/* Talked over for a fortnight, decided by the kenesh, in force from `day` on. */
static enum err bring_into_force(struct demo_unit *u, struct tx *tx, struct charter_change *c,
                                 const struct demo_service *s, int64_t day)
{
    struct charter_faults faults = {0};
    struct str number = arena_printf(u->arena, "%d/%d", 3 + roll(u, s, 30 + (int)c->version, 24),
                                     1 + roll(u, s, 40 + (int)c->version, 9));
    enum err rc = ERR_OK;
    set_day(c, day - 40);
    TRY(charter_open_consultation(tx, u->arena, c, day - 38, day - 24, &faults));
    set_day(c, day - 12);
    TRY(charter_approve(tx, u->arena, c, number, day - 15, &faults));
    TRY(charter_publish(tx, u->arena, c, day, &faults));
out:
    return rc;
}

/* A later version promises the first thing with a term within another number of days. */
static enum err write_changed(struct demo_unit *u, struct tx *tx, struct charter_change *c)
{
    struct charter_versions all = {0};
    struct promises promises = {0};
    struct charter_faults faults = {0};
    enum err rc = ERR_OK;
    TRY(charter_draft(tx, u->arena, c, &c->version));
    TRY(charter_versions(tx, u->arena, c->unit, c->service, u->today, &all));
    TRY(charter_promises_of(tx, u->arena, &all.v[0], &promises));
    for (size_t i = 0; i < promises.n; i++) {
        const struct promise *p = &promises.v[i];
        struct charter_terms terms = {p->measure, p->kind, p->amount, p->working_days};
        int64_t id = p->id;
        if (p->amount < 3)
            continue;
        terms.amount = p->amount - (p->amount > 5 ? 2 : 1);
        TRY(charter_set_terms(u->app, tx, u->arena, c, &id, &terms, &faults));
        break;
    }
out:
    return rc;
}

/* What people wrote, on the days they would have. */
static enum err add_comments(struct demo_unit *u, struct tx *tx, struct charter_change *c)
{
    struct charter_faults faults = {0};
    struct charter_comments list = {0};
    enum err rc = ERR_OK;
    for (size_t i = 0; i < COUNT_OF(demo_comments); i++) {
        const struct demo_comment *d = &demo_comments[i];
        struct charter_comment_input in = {.author = str_from(d->author),
                                           .words = str_from(d->words)};
        set_day(c, u->today - d->days_ago);
        TRY(charter_add_comment(tx, u->arena, c, &in, &faults));
    }
    TRY(charter_comments(tx, u->arena, u->unit, c->service, c->version, c->version, &list));
    for (size_t i = 0; i < list.n && i < COUNT_OF(demo_comments); i++) {
        const struct demo_comment *d = &demo_comments[i];
        if (!d->looked)
            continue;
        set_day(c, u->today - d->days_ago + 1);
        TRY(charter_answer_comment(tx, u->arena, c, list.v[i].id, CHARTER_SHOWN,
                                   str_from(d->answer), &faults));
    }
out:
    return rc;
}

/* Kok-Jar's work under way: waste in consultation, roads half-written. */
static enum err add_work(struct demo_unit *u, struct tx *tx)
{
    struct charter_faults faults = {0};
    struct charter_change c = {.unit = u->unit, .service = STR("waste")};
    struct charter_terms terms = {.measure = STR("resolve_within_days"),
                                  .kind = STR("waste.container"),
                                  .amount = 5,
                                  .working_days = true};
    struct charter_words words = {
        .text = {{STR("Сынган же толуп калган контейнерди 5 жумуш күнүнүн ичинде алмаштырабыз"),
                  STR("Сломанный или переполненный контейнер меняем в течение 5 рабочих дней"),
                  STR("A broken or full container is replaced within 5 working days")}},
        .remedy = {{STR(""), STR(""), STR("")}},
        .contact = STR("")};
    int64_t id = 0;
    enum err rc = ERR_OK;
    set_day(&c, u->today - 9);
    TRY(write_changed(u, tx, &c));
    if (!app_measure(u->app, terms.measure))
        terms.measure = STR("");
    TRY(charter_set_terms(u->app, tx, u->arena, &c, &id, &terms, &faults));
    TRY(charter_set_words(tx, u->arena, &c, id, &words, &faults));
    TRY(charter_open_consultation(tx, u->arena, &c, u->today - 6, u->today + 8, &faults));
    TRY(add_comments(u, tx, &c));

    c = (struct charter_change){.unit = u->unit, .service = STR("roads")};
    set_day(&c, u->today - 1);
    id = 0;
    terms = (struct charter_terms){.measure = STR("")};
    words.text =
        (struct text3){{STR("Жаңы жол белгилери мектептин жанына коюлат"), STR(""), STR("")}};
    TRY(charter_draft(tx, u->arena, &c, &c.version));
    TRY(charter_set_terms(u->app, tx, u->arena, &c, &id, &terms, &faults));
    TRY(charter_set_words(tx, u->arena, &c, id, &words, &faults));
out:
    return rc;
}

static enum err fill_unit(struct tx *tx, void *arg)
{
    struct demo_unit *u = arg;
    struct charter_versions all = {0};
    enum err rc = ERR_OK;
    TRY(charter_versions(tx, u->arena, u->unit, STR_NULL, u->today, &all));
    u->known = all.n > 0;
    for (size_t i = 0; !u->known && i < COUNT_OF(demo_services); i++) {
        const struct demo_service *s = &demo_services[i];
        struct charter_change c = {.unit = u->unit, .service = str_from(s->code)};
        bool kok_jar = str_eq(u->unit, KOK_JAR);
        int64_t first = u->today - 430 - roll(u, s, 6, 500);
        if (!kok_jar && roll(u, s, 7, 100) < 14)
            continue; /* not every council has got round to it */
        set_day(&c, first - 45);
        TRY(write_draft(u, tx, &c, s));
        TRY(bring_into_force(u, tx, &c, s, first));
        if (roll(u, s, 8, 100) >= 30 || (kok_jar && i < 2))
            continue;
        int64_t second = u->today - 60 - roll(u, s, 9, 240);
        set_day(&c, second - 45);
        TRY(write_changed(u, tx, &c));
        TRY(bring_into_force(u, tx, &c, s, second));
    }
    if (!u->known && str_eq(u->unit, KOK_JAR))
        TRY(add_work(u, tx));
out:
    return rc;
}

enum err charter_demo(struct app *app, struct demo_context *demo)
{
    struct arena *a = arena_new(), *one = arena_new();
    const struct territory *t = territory_get(app, a);
    enum err rc = ERR_OK;
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        struct demo_unit u = {.app = app, .arena = one, .unit = p->code, .today = demo->today};
        if (!place_is_municipality(p) || !p->partner || p->successor)
            continue;
        TRY(db_write(app->db, p->code, fill_unit, &u));
        arena_reset(one);
    }
    demo_note_address(demo, (struct demo_address){STR("What a service promises and keeps"),
                                                  STR("/m/41704235837000/services/water")});
    demo_note_address(demo,
                      (struct demo_address){STR("Its poster for the wall"),
                                            STR("/m/41704235837000/services/water/poster.pdf")});
    demo_note_address(demo, (struct demo_address){STR("New promises, open for comments"),
                                                  STR("/m/41704235837000/services/waste/v/2")});
out:
    arena_free(one);
    arena_free(a);
    return rc;
}
