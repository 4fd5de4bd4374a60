/*
 * Demonstration: abstracts of real acts, an invented resolution with two versions, and an edition
 * of the Sbornik given to 453 bodies in 1,000 copies, as one record each: the municipalities of the
 * demonstration's territory under their codes, the others under made-up names.
 */
#include "programme/law/law_demo_words.h"
#include "programme/law/law_internal.h"

#include "community/places/places.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/demo.h"

enum { BODIES = 453, COPIES = 1000 };
#define WASTE_PATH "/law/kg/model-kenesh/resolution/2025/03/03/7-2"
#define CHANGE_PATH "/law/kg/model-kenesh/resolution/2026/02/16/9-4"
#define LSG_PATH "/law/kg/jogorku-kenesh/law/2021/10/20/123"

struct demo {
    struct app *app;
    struct arena *a;
    int64_t today;
    int64_t edition; /* the programme gave the Sbornik out in its first phase */
    const struct law_texts *texts;
    struct str *names, *places; /* of the bodies with a code here */
    size_t n;
};

static enum err add_link(struct tx *tx, struct arena *a, const char *from, const char *kind,
                         const char *to)
{
    struct law_act act, other;
    enum err rc = ERR_OK;
    TRY(law_act_get(tx, a, str_from(from), &act));
    TRY(law_act_get(tx, a, str_from(to), &other));
    TRY(sql_law_link_put(tx, NULL, .act = act.id, .kind = str_from(kind), .other = other.id,
                         .note = STR("")));
out:
    return rc;
}

static enum err give_all(struct tx *tx, struct demo *d, int64_t collection)
{
    enum err rc = ERR_OK;
    for (int64_t i = 0; rc == ERR_OK && i < BODIES; i++) {
        bool known = (size_t)i < d->n;
        struct law_given g = {.recipient = known ? d->names[i]
                                                 : arena_printf(d->a, "Орган %03d", (int)i + 1),
                              .place = known ? d->places[i] : STR(""),
                              .day = d->edition + 30 + i % 45,
                              /* Two each, and a third for the first ones, makes the edition. */
                              .copies = i < COPIES - 2 * BODIES ? 3 : 2};
        rc = law_give(tx, d->a, collection, &g, day_start_ms(d->today), 0);
    }
    return rc;
}

static enum err add_sbornik(struct tx *tx, struct demo *d)
{
    struct sql_law_collection_get_row there;
    int64_t id = id_new();
    enum err rc = sql_law_collection_get(tx, d->a, &there, .code = STR("lsg-1"));
    if (rc != ERR_NOT_FOUND)
        return rc;
    TRY(sql_law_collection_put(tx, NULL, .id = id, .code = STR("lsg-1"),
                               .title_ky = STR("Жергиликтүү өз алдынча башкаруу: актылар жыйнагы"),
                               .title_ru = STR("Местное самоуправление: сборник актов"),
                               .title_en = STR("Local self-government: collection of acts"),
                               .edition = 1, .day = d->edition,
                               .created_ms = day_start_ms(d->today), .created_by = 0));
    int64_t position = 0;
    for (size_t i = 0; i < d->texts->n; i++) {
        const struct law_text *t = &d->texts->v[i];
        struct law_act act;
        if (!str_eq(t->lang, STR("ru")) || !str_eq(t->standing, STR("abstract")) ||
            t->day > d->edition)
            continue;
        TRY(law_act_get(tx, d->a, law_path(d->a, t->issuer, t->kind, t->day, t->number), &act));
        TRY(sql_law_collection_item_put(tx, NULL, .collection = id, .position = ++position,
                                        .act = act.id));
    }
    rc = give_all(tx, d, id);
out:
    return rc;
}

static enum err fill(struct tx *tx, void *arg)
{
    struct demo *d = arg;
    struct law_put put = {.arena = d->a, .texts = d->texts, .now_ms = day_start_ms(d->today)};
    enum err rc = ERR_OK;
    TRY(law_put_texts(tx, &put));
    TRY(add_link(tx, d->a, CHANGE_PATH, "amends", WASTE_PATH));
    TRY(add_link(tx, d->a, WASTE_PATH, "cites", LSG_PATH));
    TRY(add_sbornik(tx, d));
out:
    return rc;
}

enum err law_demo(struct app *app, struct demo_context *demo)
{
    struct arena *a = arena_new();
    struct law_texts texts;
    struct law_faults faults;
    const struct territory *t = territory_get(app, a);
    struct demo d = {.app = app, .a = a, .today = demo->today, .texts = &texts};
    d.edition = day_from_civil((struct civil){2018, 3, 1});
    enum err rc = ERR_OK;
    d.names = ARENA_ARRAY(a, struct str, t->n + 1);
    d.places = ARENA_ARRAY(a, struct str, t->n + 1);
    for (size_t i = 0; i < t->n && d.n < BODIES; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p) || p->successor)
            continue;
        d.names[d.n] = place_full_name(a, p, LANG_KY);
        d.places[d.n++] = p->code;
    }
    TRY(law_read(a, str_of(law_demo_texts, sizeof law_demo_texts - 1), &texts, &faults));
    TRY(db_write(app->db, SCOPE_COUNTRY, fill, &d));
    demo_note_address(demo, (struct demo_address){STR("The library of laws"), STR("/law")});
    demo_note_address(demo, (struct demo_address){STR("Search it, with or without ң ө ү"),
                                                  STR("/law?q=%D1%82%D0%B0%D1%80%D0%B8%D1%84")});
    demo_note_address(demo, (struct demo_address){STR("An act in both languages, two versions"),
                                                  STR(WASTE_PATH "?in=both")});
    demo_note_address(demo, (struct demo_address){STR("The Sbornik"), STR("/law/sbornik/lsg-1")});
out:
    arena_free(a);
    return rc;
}
