/*
 * The demonstration of learning: invented practices of partner municipalities, and how others
 * repeated them. Everything goes through the rules that people's own work goes through.
 */
#include "programme/learning/learning_internal.h"

#include "community/people/people.h"
#include "community/places/places.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/demo.h"

enum { UNITS = 12 };

struct demo {
    struct arena *a;
    int64_t today;
    struct str units[UNITS];
    bool there;
    int64_t expert;
};

static const struct sample {
    size_t unit;
    int days_ago;
    const char *topic;
    int64_t som, people;
    const char *title[LANG__MAX];
    const char *parts[PART__COUNT][LANG__MAX];
} samples[] = {
    {1,
     410,
     "water",
     480000,
     1240,
     {[LANG_KY] = "Суу эсептегичтерди тургундар менен чогуу орноттук",
      [LANG_RU] = "Счётчики воды поставили вместе с жителями",
      [LANG_EN] = "Water meters put in together with the residents"},
     {{[LANG_KY] = "Суу төлөмү төрттөн бирине жетчү эмес, насостун жарыгы өчүрүлүп турган.",
       [LANG_RU] = "Собирали четверть платы за воду, насос отключали за долги.",
       [LANG_EN] = "A quarter of the water fees came in; the pump was cut off for debts."},
      {[LANG_KY] =
           "Үч жыйын өттү, кеңеш тарифти бекитти, ар бир короо эсептегичтин жарымын төлөдү.",
       [LANG_RU] =
           "Провели три собрания, кенеш утвердил тариф, каждый двор оплатил половину счётчика.",
       [LANG_EN] =
           "Three gatherings, a tariff approved by the council, half of each meter paid by the "
           "household."},
      {[LANG_KY] = "Төлөм жылына 25 пайыздан 82 пайызга өстү, суу күнүнө 20 саат келет.",
       [LANG_RU] = "Сбор вырос с 25 до 82 процентов за год, вода идёт 20 часов в сутки.",
       [LANG_EN] = "Collection rose from 25 to 82 per cent in a year; water runs 20 hours a day."},
      {[LANG_KY] = "Тарифтин эсеби, жыйындын протоколу жана эки слесарь керек.",
       [LANG_RU] = "Нужны расчёт тарифа, протокол собрания и два слесаря.",
       [LANG_EN] = "It takes a tariff calculation, minutes of the gathering and two fitters."}}},
    {0,
     260,
     "waste",
     350000,
     2100,
     {[LANG_KY] = "Таштанды чыгаруунун графиги ар бир көчөгө илинди",
      [LANG_RU] = "График вывоза мусора повесили на каждой улице",
      [LANG_EN] = "A timetable of waste collection on every street"},
     {{[LANG_KY] = "Унаа качан келерин эч ким билбей, таштанды арыкка төгүлчү.",
       [LANG_RU] = "Никто не знал, когда приедет машина, и мусор сваливали в арык.",
       [LANG_EN] = "Nobody knew when the lorry came, so waste went into the ditch."},
      {[LANG_KY] = "График көчө башчылары менен түзүлүп, такта жана билдирүү аркылуу таратылды.",
       [LANG_RU] = "График составили со старшими по улицам и разослали на щитах и в сообщениях.",
       [LANG_EN] = "The timetable was made with the street elders and spread on boards and by "
                   "messages."},
      {[LANG_KY] = "Жыл ичинде 96 келүүнүн 91и убагында болду, төгүндү үчтөн бирге азайды.",
       [LANG_RU] = "За год 91 из 96 рейсов прошёл вовремя, стихийных свалок стало на треть меньше.",
       [LANG_EN] = "Of 96 rounds in the year 91 came in time; wild dumps fell by a third."},
      {[LANG_KY] = "Бир унаа, бир айдоочу жана көчө башчылары жетиштүү.",
       [LANG_RU] = "Достаточно одной машины, одного водителя и старших по улицам.",
       [LANG_EN] = "One lorry, one driver and the street elders are enough."}}},
    {2,
     190,
     "lighting",
     920000,
     1600,
     {[LANG_KY] = "Үнөмдүү чырактар: жарыктын акчасын үнөмдөп кайтардык",
      [LANG_RU] = "Экономные фонари окупились за счёт света",
      [LANG_EN] = "Street lights that paid for themselves"},
     {{[LANG_KY] = "Кечкисин мектептен келген жол караңгы болчу.",
       [LANG_RU] = "Вечером дорога из школы была тёмной."},
      {[LANG_KY] = "64 чырак коюлду, тейлөөгө электрик менен келишим түзүлдү.",
       [LANG_RU] = "Поставили 64 фонаря, с электриком заключили договор на обслуживание."},
      {[LANG_KY] = "Чыгым 41 пайызга кыскарды, кечки кырсык болгон жок.",
       [LANG_RU] = "Расходы снизились на 41 процент, вечерних происшествий не было."},
      {[LANG_KY] = "Чырактын кепилдиги жана тейлөө келишими болсун.",
       [LANG_RU] = "Нужны гарантия на фонари и договор обслуживания."}}},
    {3,
     120,
     "hearings",
     15000,
     310,
     {[LANG_KY] = "Бюджет угуусуна чакырууну окуучулар жеткирди",
      [LANG_RU] = "Приглашения на бюджетные слушания разнесли школьники"},
     {{[LANG_KY] = "Угууга ондон ашык адам келчү эмес, аялдар аз болчу.",
       [LANG_RU] = "На слушания приходило человек десять, женщин почти не было."},
      {[LANG_KY] =
           "Чакыруу баракчасы жөнөкөй тилде жазылып, үйлөргө таратылды, балдарга бөлмө ачылды.",
       [LANG_RU] =
           "Листовку написали простым языком, разнесли по домам, открыли комнату для детей."},
      {[LANG_KY] = "118 адам келди, жарымынан көбү аялдар; сунуштардын жетөөсү бюджетке кирди.",
       [LANG_RU] = "Пришли 118 человек, больше половины женщины; семь предложений вошли в бюджет."},
      {[LANG_KY] = "Мектеп менен макулдашуу жана бир барак түшүнүктүү бюджет керек.",
       [LANG_RU] = "Нужны договорённость со школой и понятный бюджет на одной странице."}}},
};

static struct str words(const char *s)
{
    return s ? str_from(s) : STR("");
}

static enum err put_sample(struct tx *tx, struct demo *d, const struct sample *s, int64_t *id)
{
    enum err rc = ERR_OK;
    enum learn_fault fault;
    int64_t day = d->today - s->days_ago;
    struct practice p = {.unit = d->units[s->unit],
                         .id = id_at(day_start_ms(day)),
                         .topic = str_from(s->topic),
                         .cost = I64(s->som * 100),
                         .people = I64(s->people),
                         .from_day = I64(day - 400),
                         .to_day = I64(day - 60),
                         .office = STR("Айыл өкмөтүнүн коммуналдык бөлүмү (көргөзмө)"),
                         .phone = STR("+996312000000"),
                         .email = STR("office@aimak.demo")};
    for (int i = 0; i < LANG__MAX; i++) {
        p.title.in[i] = words(s->title[i]);
        for (int k = 0; k < PART__COUNT; k++)
            p.parts[k].in[i] = words(s->parts[k][i]);
    }
    *id = p.id;
    TRY(practice_add(tx, d->a, &p, 0, STR_NULL, &fault));
    TRY(practice_step(tx, d->a, p.id, STR("submit"), STR_NULL, day, 0, &fault));
    rc = practice_step(tx, d->a, p.id, STR("publish"), STR_NULL, day, 0, &fault);
out:
    return rc;
}

static enum err repeat(struct tx *tx, struct demo *d, int64_t practice, size_t unit, int64_t begun,
                       int64_t done, const char *result)
{
    enum err rc = ERR_OK;
    enum learn_fault fault;
    struct replication n = {.unit = d->units[unit],
                            .id = id_at(day_start_ms(begun)),
                            .practice = practice,
                            .due_day = I64(begun + 240),
                            .plan = STR("Ошол эле кадамдар, бирок эки айылда катары менен.")};
    TRY(replication_begin(tx, d->a, &n, begun, 0, STR_NULL, &fault));
    if (!done)
        goto out;
    n.revision = 1;
    n.state = STR("done");
    n.done_day = I64(done);
    n.result = words(result);
    n.people = I64(740);
    rc = replication_finish(tx, d->a, &n, d->today, 0, &fault);
out:
    return rc;
}

/* --- questions --- */

static const struct {
    size_t unit;
    int days_ago;
    const char *topic, *title, *words, *answer, *basis;
} questions[] = {
    {0, 90, "tariffs", "Суунун тарифин ким бекитет?",
     "Тарифти айыл өкмөтү эсептеди. Аны ким бекитет жана жарыялоо керекпи?",
     "Тарифти айылдык кеңеш токтом менен бекитет. Эсеби менен кошо чечимге чейин жарыяланат.",
     "Жергиликтүү мамлекеттик администрация жана жергиликтүү өз алдынча башкаруу органдары жөнүндө "
     "мыйзам"},
    {3, 45, "hearings", "Бюджет угуусуна канча күн калганда чакырабыз?",
     "Угуунун күнүн тургундарга канча күн мурда билдирүү керек?",
     "Күнү, жери жана долбоор кеминде он күн мурда жарыяланса, тургундар окуп келүүгө үлгүрөт; "
     "өзүңүздөрдүн жобоңузду да караңыз.",
     "Бюджет кодекси"},
};

static enum err ask_questions(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    enum learn_fault fault;
    TRY(sql_learning_expert_put(tx, NULL, .account = d->expert, .topics = STR(""),
                                .gender_day = I64(d->today - 500),
                                .gender_proof = STR("Көргөзмө күбөлүк № 1"), .active = 1,
                                .created_ms = clock_now_ms(), .created_by = 0));
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        int64_t day = d->today - questions[i].days_ago;
        struct question q = {.unit = d->units[questions[i].unit],
                             .id = id_at(day_start_ms(day)),
                             .topic = str_from(questions[i].topic),
                             .lang = STR("ky"),
                             .title = str_from(questions[i].title),
                             .words = str_from(questions[i].words)};
        struct str answer = str_from(questions[i].answer), basis = str_from(questions[i].basis);
        TRY(question_ask(tx, d->a, &q, day, 0, STR_NULL, &fault));
        TRY(question_route(tx, d->a, q.id, 1, d->expert, I64(day + 10), day + 1, 0, &fault));
        TRY(question_answer(tx, d->a, q.id, 2, answer, &basis, 1, day + 6, d->expert, &fault));
        TRY(question_publish(tx, d->a, q.id, 3, (struct str[]){q.title, q.words, answer}, day + 8,
                             0, &fault));
    }
    struct question waits = {.unit = d->units[0],
                             .id = id_at(day_start_ms(d->today - 2)),
                             .topic = STR("property"),
                             .lang = STR("ky"),
                             .title = STR("Эски насостун балансын кантип чечебиз?"),
                             .words = STR("Насос колхоздон калган, документи жок.")};
    rc = question_ask(tx, d->a, &waits, d->today - 2, 0, STR_NULL, &fault);
out:
    return rc;
}

/* --- an agreement, and a look through the gender lens --- */

static enum err agree(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    enum learn_fault fault;
    int64_t day = d->today - 220;
    struct agreement g = {
        .unit = d->units[0],
        .id = id_at(day_start_ms(day)),
        .topic = STR("waste"),
        .title = {{[LANG_KY] = STR("Таштандыны бир унаа менен чогуу чыгаруу"),
                   [LANG_RU] = STR("Совместный вывоз мусора одной машиной"),
                   [LANG_EN] = STR("One lorry for the waste of two municipalities")}},
        .subject = STR("Унааны биринчи тарап кармайт, экинчисине жумасына эки "
                       "жолу барат. Чыгым жылына бир эсептелет."),
        .from_day = day + 30,
        .to_day = I64(day + 30 + 3 * 365),
        .party_count = 2};
    g.parties[0] = (struct agreement_party){.unit = d->units[0], .share = 6250};
    g.parties[1] = (struct agreement_party){.unit = d->units[1], .share = 3750};
    TRY(agreement_add(tx, d->a, &g, 0, STR_NULL, &fault));
    TRY(agreement_decide(tx, d->a, g.id, 1, d->units[0], STR("№ 7 (көргөзмө)"), day + 10, d->today,
                         0, &fault));
    TRY(agreement_decide(tx, d->a, g.id, 2, d->units[1], STR("№ 11 (көргөзмө)"), day + 20, d->today,
                         0, &fault));
    TRY(agreement_begin(tx, d->a, g.id, 3, day + 30, 0, &fault));
    rc = agreement_report(tx, d->a, g.id, id_at(day_start_ms(d->today - 30)), d->units[1],
                          d->today - 30,
                          STR("Жарым жылда 48 сапардын 46сы убагында болду, үлүш төлөндү."),
                          I64(18750000), d->today, 0, STR_NULL, &fault);
out:
    return rc;
}

static enum err look(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    enum learn_fault fault;
    size_t where;
    struct sql_learning_checks_rows checks;
    struct lens_answer answers[40];
    int64_t ids[40], day = d->today - 60;
    struct lens l = {.unit = d->units[0],
                     .id = id_at(day_start_ms(day)),
                     .kind = STR("service"),
                     .object = STR("water")};
    TRY(sql_learning_checks(tx, d->a, &checks, .kind = l.kind));
    if (checks.n > COUNT_OF(ids))
        FAIL(ERR_TOO_LARGE);
    TRY(lens_open(tx, d->a, &l, d->expert, STR_NULL, &fault));
    for (size_t i = 0; i < checks.n; i++) {
        ids[i] = id_at(day_start_ms(day));
        answers[i] = (struct lens_answer){checks.v[i].code, STR("yes"), STR("")};
        if (str_eq(checks.v[i].code, STR("way"))) {
            answers[i].said = STR("no");
            answers[i].words = STR("Колонкага барчу жолдо жарык жок, кечинде аялдар барбайт.");
        } else if (str_eq(checks.v[i].code, STR("counted"))) {
            answers[i].said = STR("partly");
            answers[i].words = STR("Үй-бүлө башчысы гана жазылат.");
        }
    }
    TRY(lens_finish(tx, d->a, l.id, 1, answers, checks.n, ids, day, d->expert, &fault, &where));
    struct sql_learning_findings_of_rows found;
    TRY(sql_learning_findings_of(tx, d->a, &found, .lens = l.id));
    if (found.n) {
        struct finding f = {.id = found.v[0].id,
                            .revision = 1,
                            .action = STR("Эсепке аялдар менен эркектерди өзүнчө жазуу"),
                            .office = STR("Жооптуу катчы"),
                            .due_day = I64(d->today + 30),
                            .state = STR("open")};
        rc = finding_follow(tx, d->a, &f, d->today - 50, 0, &fault);
    }
out:
    return rc;
}

static enum err make_all(struct tx *tx, void *arg)
{
    struct demo *d = arg;
    enum err rc = ERR_OK;
    struct sql_learning_practice_own_rows own;
    int64_t ids[COUNT_OF(samples)];
    TRY(sql_learning_practice_own(tx, d->a, &own, .unit = d->units[0], .limit = 1));
    d->there = own.n > 0;
    if (d->there)
        goto out;
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        TRY(put_sample(tx, d, &samples[i], &ids[i]));
    TRY(repeat(tx, d, ids[0], 0, d->today - 300, d->today - 40,
               "Төлөм 31 пайыздан 70 пайызга жетти, насос карыздан чыкты."));
    TRY(repeat(tx, d, ids[0], 4, d->today - 200, d->today - 30,
               "Эки көчөдө орнотулду, калганы кийинки жылга."));
    TRY(repeat(tx, d, ids[0], 5, d->today - 60, 0, NULL));
    TRY(repeat(tx, d, ids[1], 6, d->today - 150, d->today - 20,
               "График үч айылда иштейт, арыз азайды."));
    TRY(repeat(tx, d, ids[2], 0, d->today - 30, 0, NULL));
    TRY(agree(tx, d));
    struct person_names staff;
    TRY(people_with_roles(tx, d->a, STR("*"), 1u << ROLE_PROGRAMME | 1u << ROLE_NATIONAL, &staff));
    if (staff.n == 0) /* nobody who could answer */
        goto out;
    d->expert = staff.v[0].id;
    TRY(ask_questions(tx, d));
    rc = look(tx, d);
out:
    return rc;
}

enum err learning_demo(struct app *app, struct demo_context *context)
{
    enum err rc = ERR_OK;
    struct demo d = {.a = arena_new(), .today = context->today};
    const struct territory *t = territory_get(app, d.a);
    const struct place *home = territory_find(t, STR("41704235837000"));
    size_t n = 0;
    if (!home)
        goto out;
    d.units[n++] = home->code;
    for (size_t i = 0; i < t->n && n < UNITS; i++)
        if (t->all[i]->partner && t->all[i] != home && !t->all[i]->successor &&
            place_is_municipality(t->all[i]))
            d.units[n++] = t->all[i]->code;
    if (n < UNITS) /* another territory: nothing to show it on */
        goto out;
    TRY(db_write(app->db, SCOPE_COUNTRY, make_all, &d));
    demo_note_address(context,
                      (struct demo_address){STR("Practices, answers, agreements"), STR("/learn")});
out:
    arena_free(d.a);
    return rc;
}
