/*
 * Demo registries: which services each of the fifty municipalities provides, through whom, and how
 * many people they reach, drawn from its code. Names of providers are made up.
 */
#include "services/catalogue/catalogue_internal.h"

#include "community/people/people.h"

#include "platform/core/id.h"

/* How often a municipality has the service, and who then provides it, in per cent. */
struct demo_service {
    const char *code;
    int chance;
    int enterprise, water_users, entrepreneur, other_unit, joint; /* the rest: itself */
    int reach;                                                    /* of the people, about */
};
static const struct demo_service services[] = {
    {"water", 100, 30, 60, 0, 0, 0, 78},        {"sewerage", 14, 70, 0, 0, 0, 0, 12},
    {"waste", 100, 60, 0, 20, 10, 0, 64},       {"lighting", 100, 15, 0, 0, 0, 0, 55},
    {"roads", 100, 10, 0, 0, 0, 0, 92},         {"transport", 36, 0, 0, 90, 0, 0, 70},
    {"parks", 56, 40, 0, 0, 0, 0, 45},          {"culture", 100, 0, 0, 0, 0, 0, 34},
    {"sport", 62, 0, 0, 0, 0, 0, 21},           {"kindergarten", 100, 0, 0, 0, 0, 0, 6},
    {"extracurricular", 44, 0, 0, 10, 0, 0, 8}, {"veterinary", 60, 0, 0, 25, 0, 25, 40},
    {"irrigation", 52, 0, 100, 0, 0, 0, 48},    {"pasture", 50, 0, 0, 0, 0, 0, 52},
    {"information", 100, 0, 0, 0, 0, 0, 100},
};

struct demo_unit {
    struct app *app;
    struct arena *arena;
    const struct place *unit;
    int64_t today;
    int64_t provider[MODE__MAX]; /* id of the one provider of each kind; 0 not there yet */
    bool made;
};

static int roll(const struct demo_unit *u, uint64_t salt, int sides)
{
    return (int)(demo_draw(u->unit->code, salt) % (uint64_t)sides);
}

/* One provider of a kind is enough for a municipality. */
static enum err need_provider(struct tx *tx, struct demo_unit *u, enum service_mode kind)
{
    static const char *const enterprises[] = {"«Жашыл айыл» муниципалдык ишканасы",
                                              "«Береке» муниципалдык ишканасы",
                                              "«Таза айыл» муниципалдык ишканасы"};
    static const char *const entrepreneurs[] = {"Жеке ишкер «Демо-Сервис»", "«Үлгү-Транс» ЖЧК"};
    static const char *const unions[] = {"«Тунук суу» айыл суу бирикмеси",
                                         "«Булак суу» айыл суу бирикмеси",
                                         "«Мөңгү суу» айыл суу бирикмеси"};
    struct str name = STR("Коңшу аймактын «Достук» ишканасы");
    int pick = roll(u, 40 + kind, 6);
    if (kind == MODE_ENTERPRISE)
        name = str_from(enterprises[pick % 3]);
    else if (kind == MODE_WATER_USERS)
        name = str_from(unions[pick % 3]);
    else if (kind == MODE_ENTREPRENEUR)
        name = str_from(entrepreneurs[pick % 2]);
    else if (kind == MODE_JOINT)
        name = STR("Аймактар аралык «Биримдик» кызматы");
    if (kind == MODE_OWN || u->provider[kind])
        return ERR_OK;
    struct provider p = {.id = id_new(),
                         .name = name,
                         .kind = kind,
                         .phone =
                             arena_printf(u->arena, "+99655500%04d", roll(u, 50 + kind, 10000))};
    u->provider[kind] = p.id;
    return catalogue_add_provider(tx, u->unit->code, &p);
}

static enum service_mode draw_mode(const struct demo_unit *u, const struct demo_service *s,
                                   uint64_t salt)
{
    int dice = roll(u, salt, 100);
    const struct {
        int share;
        enum service_mode mode;
    } shares[] = {{s->enterprise, MODE_ENTERPRISE},
                  {s->water_users, MODE_WATER_USERS},
                  {s->entrepreneur, MODE_ENTREPRENEUR},
                  {s->other_unit, MODE_OTHER_UNIT},
                  {s->joint, MODE_JOINT}};
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        if (dice < shares[i].share)
            return shares[i].mode;
        dice -= shares[i].share;
    }
    return MODE_OWN;
}

static struct str resolution(const struct demo_unit *u, int64_t day, int number)
{
    struct buf *text = buf_in(u->arena);
    buf_cstr(text, "Айылдык кеңештин токтому № ");
    buf_i64(text, number);
    buf_cstr(text, ", ");
    lang_date_short(text, LANG_KY, day);
    return buf_view(text);
}

static enum err enter(struct tx *tx, struct demo_unit *u, struct service_entry *e)
{
    bool changed = false;
    struct catalogue_faults faults = {0};
    struct sql_registry_history_rows history;
    enum err rc = ERR_OK;
    TRY(need_provider(tx, u, e->mode));
    e->provider_id = u->provider[e->mode];
    TRY(sql_registry_history(tx, u->arena, &history, .unit = e->unit, .service = e->service));
    e->seen = history.n ? history.v[0].id : 0;
    e->at_ms = day_start_ms(e->since_day + 9) + 4 * MS_HOUR;
    TRY(catalogue_set_service(u->app, tx, u->arena, e, &changed, &faults));
out:
    return rc;
}

/* Some services began under the aiyl okmotu itself and were handed over later. */
static enum err enter_service(struct tx *tx, struct demo_unit *u, const struct demo_service *s,
                              uint64_t salt)
{
    enum err rc = ERR_OK;
    enum service_mode mode = draw_mode(u, s, salt + 1);
    int64_t since = u->today - 400 - roll(u, salt + 2, 2600);
    int number = 3 + roll(u, salt + 3, 40);
    struct service_entry e = {.unit = u->unit->code,
                              .service = str_from(s->code),
                              .provided = true,
                              .mode = mode,
                              .since_day = since,
                              .decision = resolution(u, since - 12, number)};
    if (mode != MODE_OWN && roll(u, salt + 4, 3) == 0) {
        struct service_entry before = e;
        before.mode = MODE_OWN;
        before.since_day = since - 700;
        before.decision = resolution(u, since - 712, number + 2);
        TRY(enter(tx, u, &before));
    }
    TRY(enter(tx, u, &e));
out:
    return rc;
}

/* --- people served --- */

/* Spreads the people of a village over the levels: the share without the service first, the rest
 * with more on the higher steps. */
static void spread(const struct service_kind *kind, int64_t people, int64_t served,
                   struct coverage_input *in, bool women_known)
{
    int64_t left = served;
    in->level_count = kind->level_count ? kind->level_count : 1;
    for (size_t i = in->level_count; i-- > 0;) {
        bool without = kind->level_count && kind->levels[i].rank == 0;
        int64_t part = without ? people - served : i <= 1 ? left : left * 62 / 100;
        left -= without ? 0 : part;
        in->levels[i] = (struct coverage_level){
            .level = kind->level_count ? kind->levels[i].code : STR(""),
            .people = part,
            .women = women_known ? I64(part * 51 / 100) : I64_NONE,
        };
    }
}

static enum count_method method_of(const struct service_kind *kind, int dice)
{
    if (str_eq(kind->code, STR("water")) || str_eq(kind->code, STR("waste")) ||
        str_eq(kind->code, STR("irrigation")))
        return dice % 3 ? COUNT_SUBSCRIBERS : COUNT_SURVEY;
    if (str_eq(kind->group, STR("culture")) || str_eq(kind->group, STR("social")))
        return COUNT_ATTENDANCE;
    return dice % 4 ? COUNT_HOUSEHOLDS : COUNT_ESTIMATE;
}

static enum err count_village(struct tx *tx, struct demo_unit *u, const struct demo_service *s,
                              const struct place *village, int round)
{
    const struct service_kind *kind =
        catalogue_find(catalogue_get(u->app, u->arena), str_from(s->code));
    uint64_t dice = demo_draw(village->code, (uint64_t)s->reach * 7 + kind->code.n);
    bool repeated = false;
    struct catalogue_faults faults = {0};
    /* Kindergartens are for the children of a village, about a seventh of it. */
    int64_t people =
        str_eq(kind->code, STR("kindergarten")) ? village->population / 7 : village->population;
    int64_t share = s->reach + (int64_t)(dice % 31) - 15 - (round == 0 ? 14 : 0);
    if (str_eq(kind->code, STR("kindergarten")))
        share = share * 6;
    share = share < 0 ? 0 : share > 100 ? 100 : share;
    int64_t day = u->today - (round == 0 ? 520 : 60) - (int64_t)(dice / 64 % 40);
    struct coverage_input in = {
        .unit = u->unit->code,
        .service = kind->code,
        .village = village->code,
        .day = day,
        .method = method_of(kind, (int)(dice / 4096 % 12)),
        .at_ms = day_start_ms(day + 2) + 5 * MS_HOUR,
    };
    spread(kind, people, people * share / 100, &in, dice / 65536 % 2);
    return catalogue_add_coverage(u->app, tx, u->arena, &in, &repeated, &faults);
}

/* Water and waste were counted twice, the rest once; a village here and there was forgotten. */
static enum err count_service(struct tx *tx, struct demo_unit *u, const struct demo_service *s)
{
    bool twice = strcmp(s->code, "water") == 0 || strcmp(s->code, "waste") == 0;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < u->unit->child_count; i++) {
        const struct place *village = u->unit->children[i];
        bool forgotten = !twice && demo_draw(village->code, 77 + (uint64_t)s->reach) % 9 == 0;
        if (village->population <= 0 || forgotten)
            continue;
        for (int round = twice ? 0 : 1; round < 2; round++)
            TRY(count_village(tx, u, s, village, round));
    }
out:
    return rc;
}

/* A count that went wrong, so that the pages show what becomes of it. */
static enum err withdraw_one(struct tx *tx, struct demo_unit *u)
{
    struct coverage_records records = {0};
    enum err rc = catalogue_coverage(tx, u->arena, u->unit->code, STR("waste"), &records);
    if (rc != ERR_OK || records.n == 0 || roll(u, 9, 3))
        return rc;
    return catalogue_withdraw_coverage(tx, u->unit->code, records.v[records.n - 1].id, 0,
                                       STR("Бир көчө эки жолу эсептелген"));
}

static enum err make_unit(struct tx *tx, void *arg)
{
    struct demo_unit *u = arg;
    struct unit_services there = {0};
    enum err rc = ERR_OK;
    memset(u->provider, 0, sizeof u->provider);
    u->made = false;
    TRY(catalogue_unit_services(tx, u->arena, u->unit->code, &there));
    if (there.n)
        goto out;
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        if (roll(u, 1000 + i, 100) >= services[i].chance)
            continue;
        TRY(enter_service(tx, u, &services[i], 100 * (i + 1)));
        if (!(i % 3 == 2 && roll(u, 2000 + i, 6) == 0))
            TRY(count_service(tx, u, &services[i]));
    }
    TRY(withdraw_one(tx, u));
    u->made = true;
out:
    return rc;
}

/* The demo's provider staff work for the enterprise of their municipality. */
static enum err enlist(struct tx *tx, void *arg)
{
    struct demo_unit *u = arg;
    struct person_names people = {0};
    struct providers providers = {0};
    enum err rc = ERR_OK;
    TRY(people_with_roles(tx, u->arena, u->unit->code, 1u << ROLE_PROVIDER, &people));
    if (people.n)
        TRY(catalogue_providers(tx, u->arena, u->unit->code, &providers));
    for (size_t i = 0; i < providers.n; i++)
        for (size_t k = 0; providers.v[i].kind == MODE_ENTERPRISE && k < people.n; k++)
            TRY(catalogue_add_member(tx, u->unit->code, providers.v[i].id, people.v[k].id));
out:
    return rc;
}

enum err catalogue_demo(struct app *app, struct demo_context *demo)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    const struct territory *t = territory_get(app, demo->arena);
    for (size_t i = 0; i < t->n; i++) {
        if (!t->all[i]->partner || t->all[i]->successor || !place_is_municipality(t->all[i]))
            continue;
        struct demo_unit u = {.app = app, .arena = a, .unit = t->all[i], .today = demo->today};
        TRY(db_write(app->db, t->all[i]->code, make_unit, &u));
        TRY(db_write(app->db, t->all[i]->code, enlist, &u));
        arena_reset(a);
    }
    demo_note_address(demo, (struct demo_address){STR("Services of Kok-Jar, and whom they reach"),
                                                  STR("/m/41704235837000/services")});
out:
    arena_free(a);
    return rc;
}
