/*
 * Plans of the demonstration: some approved and under way, one amended, one of two municipalities,
 * one before the council, one draft. Made through the same rules as real ones, each step on the
 * day it would have happened; people are visibly fictional.
 */
#include "programme/plans/plans_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/demo.h"

#define KOK_JAR STR("41704235837000")
#define SOM INT64_C(100)

struct demo_action {
    const char *title, *responsible, *result;
    int from, days;           /* after the approval */
    int64_t by[PLAN_SOURCES]; /* som */
};
struct demo_plan {
    const char *key, *topic;
    const char *title[LANG__MAX];
    const char *problem, *objective, *risks;
    const struct demo_action *actions;
    size_t n;
};

static const struct demo_action water_actions[] = {
    {"Суу түтүгүнүн эски бөлүгүн алмаштыруу, 2,4 км",
     "Айыл өкмөтү, курулуш боюнча адис",
     "2,4 км жаңы түтүк, 310 короо туташтырылды",
     20,
     150,
     {450000, 1800000, 120000, 260000, 0}},
    {"Короолорго эсептегич коюу",
     "Суу ишканасынын мастери",
     "310 эсептегич иштейт",
     120,
     90,
     {60000, 310000, 155000, 0, 0}},
    {"Тарифти эсептөө жана коомдук угуу өткөрүү",
     "Айыл өкмөтүнүн финансы бөлүмү",
     "Тариф айылдык кеңеште бекитилди",
     60,
     60,
     {15000, 0, 0, 0, 25000}},
    {"Оператордук кызматкерлерди окутуу",
     "Суу ишканасынын жетекчиси",
     "4 адам окутулду",
     150,
     45,
     {0, 40000, 0, 0, 20000}},
};
static const struct demo_action waste_actions[] = {
    {"Таштанды ташуучу унаа сатып алуу",
     "Айыл өкмөтү",
     "Бир унаа, жумасына эки жолу ташуу",
     30,
     90,
     {700000, 1500000, 0, 0, 0}},
    {"Контейнер аянтчаларын куруу",
     "Айыл башчылары",
     "18 аянтча",
     45,
     100,
     {180000, 240000, 0, 90000, 0}},
    {"Тургундар менен келишим түзүү",
     "«Таза айыл» ишканасы",
     "Короолордун 80 пайызы",
     60,
     120,
     {20000, 0, 0, 0, 30000}},
};
static const struct demo_action light_actions[] = {
    {"Көчөлөргө LED чырак орнотуу, 120 даана",
     "Айыл өкмөтү",
     "7 көчө жарык",
     20,
     80,
     {240000, 480000, 60000, 40000, 0}},
    {"Күн батарейкалуу башкаруу шкафын коюу",
     "Электрик",
     "Чыгым 40 пайызга азаят",
     60,
     60,
     {50000, 90000, 0, 0, 35000}},
};
#define ACTIONS(list) list, COUNT_OF(list)
enum { WATER, WASTE, LIGHT };
static const struct demo_plan plans[] = {
    [WATER] = {"water",
               "water",
               {"Таза суу менен туруктуу камсыз кылуу", "Устойчивое снабжение чистой водой",
                "Reliable clean water"},
               "Жогорку көчөлөргө суу күнүнө эки саат гана келет, түтүктүн 40 пайызы эскирген.",
               "Эки жыл ичинде бардык короолор суу менен күнү-түнү камсыз болот, тариф учурдагы "
               "чыгымды жабат.",
               "Түтүктүн баасы өсөт — сатып алуу кышында жарыяланат\nТургундардын салымы кечигет — "
               "айыл башчылары ай сайын отчет берет",
               ACTIONS(water_actions)},
    [WASTE] = {"waste",
               "waste",
               {"Таштандыны биргелешип чыгаруу", "Совместный вывоз мусора",
                "Waste collection together"},
               "Эки айыл аймагында тең таштанды ташуучу унаа жок, стихиялуу таштандылар көбөйгөн.",
               "Короолордун 80 пайызынан таштанды жумасына эки жолу чыгарылат.",
               "Өнөктөштүн үлүшү кечигет — төлөм мөөнөтү келишимде жазылат",
               ACTIONS(waste_actions)},
    [LIGHT] = {"light",
               "lighting",
               {"Көчөлөрдү жарык кылуу", "Уличное освещение", "Street lighting"},
               "Мектепке барган көчөлөр кечкисин караңгы, тургундар кулап жаракат алган.",
               "Негизги жети көчө кечки саат 23кө чейин жарык болот.",
               "Чырактар уурдалат — көчө комитеттери менен келишим",
               ACTIONS(light_actions)},
};

struct demo_run {
    struct arena *a;
    const struct territory *t;
    struct plan_change c;
    int64_t approved; /* the day of the first resolution */
    int64_t today;
    struct str partner; /* of a joint plan; NULL none */
    int64_t people[3];
    bool amended, stop_at_draft, stop_at_council;
    const struct demo_plan *d;
    uint64_t dice;
};

static void on_day(struct demo_run *u, int64_t day)
{
    u->c.at_ms = day_start_ms(day) + 10 * MS_HOUR;
    u->c.revision = 0;
}

static enum err put_texts(struct tx *tx, struct demo_run *u)
{
    const struct demo_plan *d = u->d;
    struct plan_faults faults = {0};
    struct plan_texts t = {.heading = {.topic = str_from(d->topic),
                                       .title = {{str_from(d->title[0]), str_from(d->title[1]),
                                                  str_from(d->title[2])}}},
                           .problem = str_from(d->problem),
                           .objective = str_from(d->objective),
                           .basis = STR(""),
                           .risks = str_from(d->risks)};
    return plan_set_texts(tx, u->a, &u->c, &t, &faults);
}

static enum err put_actions(struct tx *tx, struct demo_run *u)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < u->d->n; i++) {
        const struct demo_action *x = &u->d->actions[i];
        struct plan_faults faults = {0};
        struct plan_action a = {.title = str_from(x->title),
                                .responsible = str_from(x->responsible),
                                .result = str_from(x->result),
                                .from_day = u->approved + x->from,
                                .to_day = u->approved + x->from + x->days};
        for (int s = 0; s < PLAN_SOURCES; s++) {
            a.cost.by[s] = x->by[s] * SOM;
            a.cost.total += a.cost.by[s];
        }
        TRY(plan_put_action(tx, u->a, &u->c, &a, &faults));
    }
out:
    return rc;
}

static enum err put_villages(struct tx *tx, struct demo_run *u)
{
    struct plan_villages list = {0};
    struct plan_faults faults = {0};
    struct str units[] = {u->c.unit, u->partner};
    for (size_t k = 0; k < COUNT_OF(units); k++) {
        const struct place *unit = units[k].p ? territory_find(u->t, units[k]) : NULL;
        for (size_t i = 0; unit && i < unit->child_count && i < 3; i++)
            ARENA_PUSH(u->a, list,
                       ((struct plan_village){unit->children[i]->code,
                                              180 + (int64_t)((u->dice >> (i * 8)) % 900)}));
        if (unit && unit->child_count == 0)
            ARENA_PUSH(u->a, list, ((struct plan_village){unit->code, 2400}));
    }
    return plan_set_villages(tx, u->a, &u->c, &list, &faults);
}

static enum err put_shares(struct tx *tx, struct demo_run *u)
{
    struct plan_faults faults = {0};
    struct plan p;
    struct plan_share s = {
        .member = u->partner, .resolution = STR("9/4"), .resolution_day = I64(u->approved - 6)};
    enum err rc = ERR_OK;
    TRY(plan_read(tx, u->a, u->c.plan, PLAN_LATEST, &p));
    s.amount = p.sum.by[PLAN_OWN] / SOM * 2 / 5 * SOM;
    TRY(plan_set_share(tx, u->a, &u->c, &s, &faults));
out:
    return rc;
}

static enum err put_group(struct tx *tx, struct demo_run *u)
{
    static const char *const duties[] = {"head", "secretary", "member"};
    enum err rc = ERR_OK;
    for (size_t i = 0; i < COUNT_OF(duties); i++) {
        struct plan_faults faults = {0};
        TRY(plan_set_member(tx, u->a, &u->c, u->people[i], str_from(duties[i]), &faults));
    }
out:
    return rc;
}

static enum err decide(struct tx *tx, struct demo_run *u, int64_t day)
{
    struct plan_faults faults = {0};
    enum err rc = ERR_OK;
    on_day(u, day - 9);
    TRY(plan_submit(tx, u->a, &u->c));
    if (u->stop_at_council)
        goto out;
    on_day(u, day + 1);
    TRY(plan_approve(
        tx, u->a, &u->c,
        arena_printf(u->a, "%d/%d", (int)(u->dice % 19) + 2, (int)(u->dice / 64 % 7) + 1), day,
        &faults));
out:
    return rc;
}

/* What was done and what came up to today. */
static enum err carry_out(struct tx *tx, struct demo_run *u)
{
    struct plan p;
    enum err rc = ERR_OK;
    TRY(plan_read(tx, u->a, u->c.plan, PLAN_IN_FORCE, &p));
    for (size_t i = 0; i < p.actions.n; i++) {
        const struct plan_action *x = &p.actions.v[i];
        struct plan_faults faults = {0};
        int64_t half = (x->from_day + x->to_day) / 2, end = x->to_day - 5;
        struct plan_saying say = {.action = x->id, .percent = 50, .day = half, .note = STR("")};
        if (half >= u->today)
            continue;
        on_day(u, half);
        say.id = id_at(u->c.at_ms + (int64_t)i);
        TRY(plan_say_progress(tx, u->a, &u->c, &say, &faults));
        for (int s = 0; s < PLAN_SOURCES; s++) {
            struct plan_receipt in = {.action = x->id,
                                      .source = (enum plan_source)s,
                                      .payer = s == PLAN_OWN && u->partner.p && i % 2 ? u->partner
                                                                                      : u->c.unit,
                                      .day = half,
                                      .document = arena_printf(u->a, "Акт № %zu/%d", i + 1, s + 1)};
            in.amount = x->cost.by[s] / SOM * (s == PLAN_KIND ? 100 : 60) / 100 * SOM;
            in.id = id_at(u->c.at_ms + (int64_t)i * 8 + s);
            if (in.amount > 0)
                TRY(plan_receive(tx, u->a, &u->c, &in, &faults));
        }
        if (end >= u->today)
            continue;
        on_day(u, end);
        say.id = id_at(u->c.at_ms + (int64_t)i);
        say.percent = 100;
        say.day = end;
        TRY(plan_say_progress(tx, u->a, &u->c, &say, &faults));
    }
out:
    return rc;
}

static enum err amend(struct tx *tx, struct demo_run *u)
{
    struct plan p;
    struct plan_faults faults = {0};
    enum err rc = ERR_OK;
    on_day(u, u->approved + 100);
    TRY(plan_amend(tx, u->a, &u->c));
    TRY(plan_read(tx, u->a, u->c.plan, PLAN_LATEST, &p));
    struct plan_texts t = {.problem = p.shown->problem,
                           .objective = p.shown->objective,
                           .basis = p.shown->basis,
                           .risks = p.shown->risks,
                           .changes = STR("Эсептегичтердин баасы өскөндүктөн грант 40 000 сомго "
                                          "көбөйтүлдү, мөөнөтү бир айга жылды.")};
    TRY(plan_set_texts(tx, u->a, &u->c, &t, &faults));
    if (p.actions.n > 1) {
        struct plan_action x = p.actions.v[1];
        x.cost.by[PLAN_GRANT] += 40000 * SOM;
        x.cost.total += 40000 * SOM;
        x.to_day += 30;
        TRY(plan_put_action(tx, u->a, &u->c, &x, &faults));
    }
    TRY(decide(tx, u, u->approved + 112));
out:
    return rc;
}

static enum err write_plan(struct tx *tx, void *arg)
{
    struct demo_run *u = arg;
    struct plan_faults faults = {0};
    int64_t known = 0;
    struct plan_heading h = {
        .topic = str_from(u->d->topic),
        .title = {{str_from(u->d->title[0]), str_from(u->d->title[1]), str_from(u->d->title[2])}},
        .origin = STR("survey"),
        .origin_ref = STR("Айыл жыйыны")};
    enum err rc = ERR_OK;
    on_day(u, u->approved - 60);
    TRY(plan_begin(tx, u->a, &u->c, &h, str_from(u->d->problem),
                   arena_printf(u->a, "demo-plan-%s-%.*s", u->d->key, STRF(u->c.unit)), &known,
                   &faults));
    if (known != u->c.plan)
        goto out; /* an earlier run made it */
    TRY(put_texts(tx, u));
    TRY(put_actions(tx, u));
    TRY(put_villages(tx, u));
    if (u->partner.p)
        TRY(put_shares(tx, u));
    TRY(put_group(tx, u));
    if (u->stop_at_draft)
        goto out;
    TRY(decide(tx, u, u->approved));
    if (u->stop_at_council)
        goto out;
    if (u->amended)
        TRY(amend(tx, u));
    TRY(carry_out(tx, u));
out:
    return rc;
}

struct people_run {
    struct arena *a;
    struct register_person people[3];
    struct sql_plans_by_once_rows known;
};
static enum err write_people(struct tx *tx, void *arg)
{
    struct people_run *u = arg;
    enum person_fault fault;
    enum err rc = ERR_OK;
    TRY(sql_plans_by_once(tx, u->a, &u->known, .once = STR("demo-plan-water-41704235837000")));
    for (size_t i = 0; u->known.n == 0 && i < COUNT_OF(u->people); i++)
        TRY(persons_add(tx, u->a, &u->people[i], day_of_ms(u->people[i].created_ms), true, 0,
                        &fault));
out:
    return rc;
}

static void make_people(struct people_run *u, int64_t today)
{
    static const char *const names[][3] = {{"Үлгүбаев", "Мисал", "айыл өкмөтүнүн адиси"},
                                           {"Сынакбаева", "Көркөм", "айылдык кеңештин депутаты"},
                                           {"Мисалова", "Үлгү", "мектептин мугалими"}};
    struct str none = STR("");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int64_t at = day_start_ms(today - 700);
        u->people[i] = (struct register_person){.id = id_at(at + (int64_t)i),
                                                .family = str_from(names[i][0]),
                                                .given = str_from(names[i][1]),
                                                .patronymic = none,
                                                .sex = i == 0 ? STR("m") : STR("f"),
                                                .birth_year = I64_NONE,
                                                .band = STR("30-44"),
                                                .phone = none,
                                                .email = none,
                                                .home = KOK_JAR,
                                                .village = none,
                                                .disability = none,
                                                .position = str_from(names[i][2]),
                                                .group = i == 0   ? STR("okmotu")
                                                         : i == 1 ? STR("deputy")
                                                                  : STR("activist"),
                                                .organisation = none,
                                                .created_ms = at};
        u->people[i].root = u->people[i].id;
    }
}

static enum err make_plan(struct app *app, struct arena *a, const struct people_run *people,
                          struct str unit, int which, int64_t approved, int64_t today,
                          struct demo_run options)
{
    struct demo_run u = options;
    u.a = a;
    u.t = territory_get(app, a);
    u.d = &plans[which];
    u.approved = approved;
    u.today = today;
    u.dice = demo_draw(unit, (uint64_t)which + 77);
    u.c = (struct plan_change){.unit = unit, .plan = id_at(day_start_ms(approved - 60))};
    for (size_t i = 0; i < COUNT_OF(u.people); i++)
        u.people[i] = people->people[i].id;
    return db_write(app->db, SCOPE_COUNTRY, write_plan, &u);
}

/* Partners other than Kok-Jar, some of which have a plan too. */
static enum err make_others(struct app *app, struct arena *a, const struct people_run *people,
                            int64_t today)
{
    const struct territory *t = territory_get(app, a);
    enum err rc = ERR_OK;
    int made = 0;
    for (size_t i = 0; i < t->n && made < 12; i++) {
        const struct place *p = t->all[i];
        uint64_t dice = demo_draw(p->code, 5);
        if (!p->partner || p->successor || !place_is_municipality(p) || str_eq(p->code, KOK_JAR) ||
            dice % 3)
            continue;
        made++;
        TRY(make_plan(app, a, people, p->code, (int)(dice / 16 % 3),
                      today - 90 - (int64_t)(dice / 64 % 500), today, (struct demo_run){0}));
    }
out:
    return rc;
}

enum err plans_demo(struct app *app, struct demo_context *demo)
{
    struct people_run people = {.a = demo->arena};
    const struct territory *t = territory_get(app, demo->arena);
    const struct place *home = territory_find(t, KOK_JAR);
    struct str partner = STR_NULL;
    int64_t today = demo->today;
    enum err rc = ERR_OK;
    if (!home)
        goto out;
    for (size_t i = 0; i < home->parent->child_count; i++)
        if (home->parent->children[i] != home && place_is_municipality(home->parent->children[i]))
            partner = home->parent->children[i]->code;
    make_people(&people, today);
    TRY(db_write(app->db, SCOPE_COUNTRY, write_people, &people));
    demo_note_address(demo, (struct demo_address){STR("Plans of municipalities"), STR("/plans")});
    if (people.known.n)
        goto out;
    TRY(make_plan(app, demo->arena, &people, KOK_JAR, WATER, today - 240, today,
                  (struct demo_run){.amended = true}));
    TRY(make_plan(app, demo->arena, &people, KOK_JAR, WASTE, today - 60, today,
                  (struct demo_run){.partner = partner}));
    TRY(make_plan(app, demo->arena, &people, KOK_JAR, LIGHT, today + 20, today,
                  (struct demo_run){.stop_at_draft = true}));
    TRY(make_others(app, demo->arena, &people, today));
out:
    return rc;
}
