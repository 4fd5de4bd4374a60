/*
 * Demo schedules and 120 days of visits: most done, some missed with a reason, some never
 * confirmed, a few disputed by residents. Drawn from codes and days, so each run gives the same.
 */
#include "services/delivery/delivery_internal.h"

#include "platform/core/id.h"

#define HISTORY_DAYS 120

/* Which services come on which days. Weekdays: bit 0 Monday. */
struct demo_schedule {
    const char *service, *route;
    int weekdays, every_days;
    int from, to;     /* hours */
    bool per_village; /* else the whole municipality */
    int share;        /* of municipalities that have the service, per cent */
    int kept;         /* of visits that are done, per cent */
};
static const struct demo_schedule schedules[] = {
    {"waste", "1-маршрут", 0x01 | 0x08, 0, 8, 12, true, 100, 91},
    {"waste", "Чоң таштанды", 0, 30, 9, 16, true, 60, 82},
    {"water", "Түтүктөрдү кароо", 0x04, 0, 9, 13, true, 70, 94},
    {"lighting", "Чырактарды кароо", 0x02, 0, 18, 20, true, 60, 86},
    {"roads", "Жолдорду кароо", 0, 14, 9, 17, true, 55, 84},
    {"culture", "Китепкана", 0x20, 0, 10, 16, false, 60, 96},
    {"kindergarten", "Ата-энелердин жыйыны", 0, 28, 17, 18, false, 50, 97},
    {"veterinary", "Айыл кыдыруу", 0x10, 0, 9, 15, true, 90, 80},
    {"extracurricular", "Ийримдер", 0x02 | 0x10, 0, 15, 17, false, 80, 90},
    {"information", "Жарандарды кабыл алуу", 0x01 | 0x04, 0, 14, 17, false, 100, 95},
};
static const struct {
    const char *why, *words;
} reasons[] = {{"vehicle", ""},
               {"road", ""},
               {"crew", ""},
               {"fuel", ""},
               {"weather", ""},
               {"road", "көпүрө кар менен жабылды"},
               {"", "Айылда чоң той болуп, көчө жабык турду"}};
static const char *const complaints[] = {"Биздин көчөгө келген жок, контейнер толо бойдон турат.",
                                         "Саат 12ге чейин күттүк, эч ким келген жок.",
                                         "Көчөнүн башына гана кирип, кайра кетип калды."};
static const char *const agreed[] = {
    "Туура айтасыз: айдоочу акыркы үч короого жетпей калган. Эртеси кошумча барып алды.",
    "Кечиресиз, бул көчө тизмеден түшүп калыптыр. Тизмеге кошулду."};
static const char *const refused[] = {
    "Унаанын жол баракчасы жана сүрөтү боюнча көчөгө саат 10:40та кирген. Контейнерлерди көчөгө "
    "чыгарып коюңуз."};

struct demo_unit {
    struct app *app;
    struct arena *arena;
    const struct place *unit;
    int64_t today;
    struct unit_services services;
    struct visit_reader office;
    int64_t disputes; /* made so far */
};

static bool has_service(const struct demo_unit *u, const char *code, int64_t *provider)
{
    for (size_t i = 0; i < u->services.n; i++)
        if (u->services.v[i].active && str_eq(u->services.v[i].service, str_from(code))) {
            *provider = u->services.v[i].provider_id;
            return true;
        }
    return false;
}

static enum err add_schedule(struct tx *tx, struct demo_unit *u, const struct demo_schedule *d,
                             size_t index)
{
    int64_t provider = 0;
    bool repeated = false;
    struct delivery_faults faults = {0};
    struct str code = u->unit->code;
    if (!has_service(u, d->service, &provider) ||
        demo_draw(code, 300 + index) % 100 >= (uint64_t)d->share)
        return ERR_OK;
    struct str *villages = ARENA_ARRAY(u->arena, struct str, u->unit->child_count + 1);
    for (size_t i = 0; i < u->unit->child_count; i++)
        villages[i] = u->unit->children[i]->code;
    /* Not everywhere on the same days. */
    int shift = d->weekdays && d->per_village ? (int)(demo_draw(code, 400 + index) % 3) : 0;
    struct schedule_input in = {
        .s = {.id = id_new(),
              .service = str_from(d->service),
              .route = str_from(d->route),
              .provider_id = provider,
              .weekdays = (d->weekdays << shift | d->weekdays >> (6 - shift)) & 0x3f,
              .every_days = d->every_days,
              .from_day = u->today - HISTORY_DAYS,
              .time_from = I64(d->from * 60),
              .time_to = I64(d->to * 60),
              .villages = villages,
              .village_count = d->per_village ? u->unit->child_count : 0},
        .demo = true,
    };
    return delivery_add_schedule(u->app, tx, u->arena, code, &in, &repeated, &faults);
}

/* --- what became of the visits --- */

static int kept_share(const struct visit *v)
{
    for (size_t i = 0; i < COUNT_OF(schedules); i++)
        if (str_eq(v->route, str_from(schedules[i].route)))
            return schedules[i].kept;
    return 90;
}

static enum err dispute(struct tx *tx, struct demo_unit *u, const struct visit *v, uint64_t dice,
                        int64_t done_ms)
{
    enum err rc = ERR_OK;
    bool repeated = false;
    struct delivery_faults faults = {0};
    struct sql_disputes_of_visit_rows made;
    struct dispute_input in = {
        .unit = u->unit->code,
        .visit = v->id,
        .words = str_from(complaints[dice % COUNT_OF(complaints)]),
        .lang = LANG_KY,
        .at_ms = done_ms + 7 * MS_HOUR,
    };
    TRY(delivery_add_dispute(tx, u->arena, &in, &repeated, &faults));
    u->disputes++;
    if (v->day > u->today - 6) /* the latest wait for an answer */
        goto out;
    TRY(sql_disputes_of_visit(tx, u->arena, &made, .unit = u->unit->code, .visit_id = v->id));
    bool upheld = dice / 16 % 5 < 3;
    struct dispute_answer answer = {
        .unit = u->unit->code,
        .dispute = made.v[0].id,
        .upheld = upheld,
        .answer = str_from(upheld ? agreed[dice / 128 % COUNT_OF(agreed)]
                                  : refused[dice / 128 % COUNT_OF(refused)]),
        .at_ms = done_ms + 2 * MS_DAY,
        .demo = true,
    };
    TRY(delivery_answer_dispute(u->app, tx, u->arena, &answer, &faults));
out:
    return rc;
}

static enum err live_through(struct tx *tx, struct demo_unit *u, const struct visit *v)
{
    enum err rc = ERR_OK;
    bool repeated = false;
    struct delivery_faults faults = {0};
    struct str key = arena_printf(u->arena, "%.*s%.*s%.*s%lld", STRF(u->unit->code),
                                  STRF(v->village), STRF(v->route), (long long)v->day);
    uint64_t dice = demo_draw(key, 5);
    int64_t at_ms = day_start_ms(v->day) + (v->time_to.set ? v->time_to.v : 17 * 60) * MS_MINUTE -
                    (int64_t)(dice / 1024 % 50) * MS_MINUTE;
    int outcome = (int)(dice % 100), kept = kept_share(v);
    /* Silence happens more often in the last days than before them. */
    bool silent = outcome >= (v->day >= u->today - 3 ? 90 : 97);
    if (silent || at_ms > clock_now_ms())
        goto out;
    struct visit_confirmation in = {
        .unit = u->unit->code,
        .visit = v->id,
        .outcome = outcome < kept ? VISIT_DONE : VISIT_MISSED,
        .why = str_from(reasons[dice / 128 % COUNT_OF(reasons)].why),
        .reason = str_from(reasons[dice / 128 % COUNT_OF(reasons)].words),
        .said_ms = at_ms,
        .at_ms = at_ms + (int64_t)(dice / 4096 % 90) * MS_MINUTE,
        .demo = true,
    };
    TRY(delivery_confirm(tx, u->arena, &u->office, &in, &repeated, &faults));
    /* Residents watch the waste most; disputes are few. */
    if (in.outcome == VISIT_DONE && str_eq(v->service, STR("waste")) && dice / 65536 % 60 == 0 &&
        v->day > u->today - 60 && in.at_ms + 7 * MS_HOUR < clock_now_ms())
        TRY(dispute(tx, u, v, dice / 4194304, in.at_ms));
out:
    return rc;
}

static enum err make_unit(struct tx *tx, void *arg)
{
    struct demo_unit *u = arg;
    enum err rc = ERR_OK;
    struct schedules there = {0};
    struct sql_visits_of_days_rows visits;
    u->services = (struct unit_services){0};
    TRY(delivery_schedules(tx, u->arena, u->unit->code, &there));
    TRY(catalogue_unit_services(tx, u->arena, u->unit->code, &u->services));
    if (there.n || u->services.n == 0)
        goto out;
    for (size_t i = 0; i < COUNT_OF(schedules); i++)
        TRY(add_schedule(tx, u, &schedules[i], i));
    TRY(sql_visits_of_days(tx, u->arena, &visits, .unit = u->unit->code,
                           .from_day = u->today - HISTORY_DAYS, .to_day = u->today,
                           .service = STR_NULL, .village = STR_NULL));
    for (size_t i = 0; i < visits.n; i++) {
        struct visit v = VISIT_OF(visits.v[i]);
        TRY(live_through(tx, u, &v));
    }
out:
    return rc;
}

enum err delivery_demo(struct app *app, struct demo_context *demo)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    const struct territory *t = territory_get(app, demo->arena);
    for (size_t i = 0; i < t->n; i++) {
        if (!t->all[i]->partner || t->all[i]->successor || !place_is_municipality(t->all[i]))
            continue;
        struct demo_unit u = {.app = app,
                              .arena = a,
                              .unit = t->all[i],
                              .today = demo->today,
                              .office = {.office = true}};
        TRY(db_write(app->db, t->all[i]->code, make_unit, &u));
        arena_reset(a);
    }
    demo_note_address(demo, (struct demo_address){STR("When services come to Kok-Jar"),
                                                  STR("/m/41704235837000/calendar")});
out:
    arena_free(a);
    return rc;
}
