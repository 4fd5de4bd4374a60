/*
 * The demonstration: visibly fictional people and the events of a programme of five years, event by
 * event, person by person. What the programme's public story says of its events comes out of these
 * rows (until the end of 2018 where a fact sheet says so): 62 public hearings with 3,298
 * participations, budget hearings in 16 municipalities, 590 dialogues, 1,126 people trained, two
 * regional forums of 35 municipalities and 229 people, a forum of 133 representatives, study tours
 * and roundtables of 32 municipalities. The numbers are nowhere but in how many rows are made here;
 * a test counts the rows.
 *
 * Some ten thousand rows: written in one transaction, the counters rebuilt from them afterwards.
 */
#include "programme/events/events_internal.h"

#include "community/places/places.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/web/demo.h"

enum {
    UNITS = 50,
    TRAINED = 1126,
    RESIDENTS = 70, /* of each municipality, who come to hearings and dialogues */
    PEOPLE = TRAINED + UNITS * RESIDENTS,
    HEARINGS = 62,
    HEARING_PEOPLE = 3298,
    BUDGET_UNITS = 16,
    DIALOGUES = 590,
    TRAININGS = 45,
    FORUM_UNITS = 35,
    FORUM_PEOPLE = 229,
    AIMAKS_PEOPLE = 133,
    PEER_UNITS = 32,
};

struct demo {
    struct app *app;
    struct arena *a;
    int64_t today;
    const struct place *units[UNITS];
    struct str codes[UNITS];
    struct register_person people[PEOPLE]; /* the trained first, then the residents by unit */
    int64_t serial;
    bool there;
    int64_t upcoming, recent;
};

static int64_t civil_day(int year, int month, int day)
{
    return day_from_civil((struct civil){year, month, day});
}

/* --- people --- */

static const char *const stems[] = {"Демо",   "Үлгү",   "Сынак",  "Мисал",  "Болжол",
                                    "Көргөз", "Ойдон",  "Жомок",  "Тамсил", "Элес",
                                    "Көлөкө", "Кагаз",  "Сүрөт",  "Калып",  "Белги",
                                    "Нуска",  "Долбор", "Байкоо", "Макет",  "Намуна"};
static const char *const endings[] = {"бай", "бек", "кул", "али", "жан", "таш", "мат", "назар"};
static const char *const men[] = {"Азат",   "Айбек", "Акыл",    "Алмаз",  "Бакыт", "Болот",
                                  "Данияр", "Жаныш", "Илияз",   "Кубан",  "Манас", "Мирлан",
                                  "Нурлан", "Самат", "Талант",  "Темир",  "Улан",  "Эркин",
                                  "Чыңгыз", "Ырыс",  "Каныбек", "Сыймык", "Тилек", "Өмүр"};
static const char *const women[] = {"Айгүл",    "Айнура", "Асел",   "Бермет",   "Бүбүш",  "Венера",
                                    "Гүлнара",  "Жамал",  "Жылдыз", "Зууракан", "Калима", "Кеңешбү",
                                    "Мээрим",   "Назгүл", "Нурзат", "Перизат",  "Роза",   "Салкын",
                                    "Толгонай", "Уулкан", "Чолпон", "Ширин",    "Элнура", "Үрпүл"};
static const struct {
    const char *group, *position;
} offices[] = {{"okmotu", "жер маселелери боюнча адис"},
               {"okmotu", "финансы бөлүмүнүн башчысы"},
               {"okmotu", "жооптуу катчы"},
               {"okmotu", "социалдык кызматкер"},
               {"deputy", "айылдык кеңештин депутаты"},
               {"provider", "ишкананын мастери"},
               {"provider", "суу пайдалануучулар бирикмесинин төрагасы"},
               {"head", "айыл өкмөтүнүн башчысы"},
               {"expert", "техникалык адис"}};

static void make_person(struct demo *d, size_t i, size_t unit, bool trained)
{
    struct register_person *p = &d->people[i];
    uint64_t dice = demo_draw(STR("person"), i);
    bool woman = dice % 100 < (trained ? 41 : 48);
    size_t name = i;
    const char *stem = stems[name % COUNT_OF(stems)];
    const char *end = endings[name / COUNT_OF(stems) % COUNT_OF(endings)];
    size_t first = name / (COUNT_OF(stems) * COUNT_OF(endings));
    *p = (struct register_person){
        .id = id_at(day_start_ms(civil_day(2016, 10, 3))),
        .family = arena_printf(d->a, "%s%sов%s", stem, end, woman ? "а" : ""),
        .given = str_from(woman ? women[first % COUNT_OF(women)] : men[first % COUNT_OF(men)]),
        .patronymic =
            arena_printf(d->a, "%s%s", men[dice / 128 % COUNT_OF(men)], woman ? "овна" : "ович"),
        .sex = woman ? STR("f") : STR("m"),
        .birth_year = dice / 4096 % 20 ? I64(1946 + (int64_t)(dice / 65536 % 54)) : I64_NONE,
        .band = STR("30-44"),
        .home = d->codes[unit],
        .village = STR(""),
        .disability = dice / 1024 % 40 == 0   ? STR("yes")
                      : dice / 1024 % 40 < 16 ? STR("no")
                                              : STR(""),
        .position = STR(""),
        .group = STR("resident"),
        .organisation = STR(""),
        .created_ms = day_start_ms(civil_day(2016, 10, 3)),
    };
    p->root = p->id;
    if (trained) {
        size_t office = dice / 8192 % COUNT_OF(offices);
        p->group = str_from(offices[office].group);
        p->position = str_from(offices[office].position);
    } else if (dice / 8192 % 12 == 0) {
        p->group = STR("activist");
    }
    if (p->birth_year.set)
        p->band = STR("");
}

/* Who is trained of a unit: unit, unit + 50, unit + 100, ... */
static size_t trained_of(size_t unit, size_t nth)
{
    return unit + nth * UNITS;
}
static size_t resident_of(size_t unit, size_t nth)
{
    return TRAINED + unit * RESIDENTS + nth % RESIDENTS;
}

static void make_people(struct demo *d)
{
    for (size_t i = 0; i < TRAINED; i++)
        make_person(d, i, i % UNITS, true);
    for (size_t i = TRAINED; i < PEOPLE; i++)
        make_person(d, i, (i - TRAINED) / RESIDENTS, false);
}

static enum err put_people(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    enum person_fault fault;
    for (size_t i = 0; i < PEOPLE; i++)
        TRY(persons_add(tx, d->a, &d->people[i], civil_day(2016, 10, 3), true, 0, &fault));
    /* Two that somebody wrote down twice. */
    for (size_t i = 0; i < 2; i++) {
        struct register_person again = d->people[TRAINED + 7 + i * 31];
        again.id = again.root = id_at(day_start_ms(civil_day(2019, 3, 12)) + (int64_t)i);
        again.given = utf8_prefix(again.given, 60);
        again.patronymic = arena_printf(d->a, "%.*s.", STRF(utf8_prefix(again.patronymic, 1)));
        TRY(persons_add(tx, d->a, &again, civil_day(2019, 3, 12), true, 0, &fault));
    }
out:
    return rc;
}

/* --- events --- */

static struct event event_of(struct demo *d, const char *kind, const char *topics, size_t unit,
                             int64_t day, int64_t hours, struct text3 title)
{
    return (struct event){.unit = d->codes[unit],
                          .id = id_at(day_start_ms(day) + 9 * MS_HOUR + d->serial++),
                          .kind = str_from(kind),
                          .topics = str_from(topics),
                          .title = title,
                          .place = STR("Маданият үйү"),
                          .from_day = day,
                          .to_day = day,
                          .minutes = hours * 60,
                          .organiser = STR("Демо программа"),
                          .agenda = STR(""),
                          .state = STR("held")};
}

static enum err put_event(struct tx *tx, const struct event *e)
{
    return sql_events_put(
        tx, NULL, .unit = e->unit, .id = e->id, .kind = e->kind, .topics = e->topics,
        .title_ky = e->title.in[LANG_KY], .title_ru = e->title.in[LANG_RU],
        .title_en = e->title.in[LANG_EN], .place = e->place, .from_day = e->from_day,
        .to_day = e->to_day, .minutes = e->minutes, .organiser = e->organiser, .agenda = e->agenda,
        .open_registration = e->open_registration, .test_max = e->test_max,
        .certificate_minutes = e->certificate_minutes, .cost = e->cost, .state = e->state,
        .present = e->present, .created_ms = day_start_ms(e->from_day), .created_by = 0,
        .once = STR_NULL);
}

static enum err attend(struct tx *tx, struct demo *d, const struct event *e, size_t person)
{
    const struct register_person *p = &d->people[person];
    uint64_t dice = demo_draw(STR("attends"), (uint64_t)e->id % 100003 + person);
    bool tested = e->test_max.set && dice % 10 != 0;
    int64_t most = e->test_max.v, pre = most ? (int64_t)(dice / 16 % 11) + most / 4 : 0;
    return sql_attendance_put(
        tx, NULL, .unit = p->home, .event_id = e->id, .person = p->id, .root = p->root,
        .day = e->from_day, .kind = e->kind, .sex = p->sex,
        .band = persons_band_on(p->birth_year, p->band, e->from_day), .grp = p->group,
        .position = p->position, .home_known = 1, .disability = p->disability,
        .minutes = dice / 8 % 12 ? e->minutes : e->minutes / 2, .pre = tested ? I64(pre) : I64_NONE,
        .post = tested ? I64(pre + (most - pre) * (int64_t)(3 + dice / 256 % 5) / 10) : I64_NONE,
        .how = STR("sheet"), .said_ms = day_start_ms(e->from_day) + 17 * MS_HOUR, .withdrawn = 0,
        .active = 1);
}

static struct text3 title3(const char *ky, const char *ru, const char *en)
{
    return (struct text3){{str_from(ky), str_from(ru), str_from(en)}};
}

static enum err put_hearings(struct tx *tx, struct demo *d)
{
    static const struct {
        const char *topics;
        const char *title[3];
    } others[] = {
        {"service_management hearings",
         {"Кызматтарды жакшыртуу планы боюнча коомдук угуу",
          "Общественные слушания по плану улучшения услуг",
          "Public hearing on the plan to improve services"}},
        {"community_charter hearings",
         {"Жарандар хартиясы боюнча коомдук угуу", "Общественные слушания по хартии граждан",
          "Public hearing on the citizens' charter"}},
        {"tariffs water",
         {"Суунун тарифи боюнча коомдук угуу", "Общественные слушания по тарифу на воду",
          "Public hearing on the water tariff"}},
    };
    enum err rc = ERR_OK;
    int64_t from = civil_day(2017, 1, 10), days = civil_day(2018, 12, 10) - from;
    for (size_t i = 0; i < HEARINGS; i++) {
        /* The first 22 are of budgets, in 16 municipalities; the others go round all. */
        bool budget = i < 22;
        size_t unit = budget ? i % BUDGET_UNITS * 3 : (i * 7) % UNITS;
        int64_t day = from + (int64_t)i * days / HEARINGS;
        struct event e = event_of(
            d, "hearing", budget ? "budget hearings" : others[i % 3].topics, unit, day, 3,
            budget
                ? title3("Бюджет боюнча коомдук угуу", "Общественные слушания по бюджету",
                         "Public hearing on the budget")
                : title3(others[i % 3].title[0], others[i % 3].title[1], others[i % 3].title[2]));
        e.organiser = STR("Айыл өкмөтү");
        e.present = HEARING_PEOPLE / HEARINGS + (i < HEARING_PEOPLE % HEARINGS);
        TRY(put_event(tx, &e));
        for (int64_t k = 0; k < e.present; k++)
            TRY(attend(tx, d, &e, resident_of(unit, i * 11 + (size_t)k)));
    }
out:
    return rc;
}

static enum err put_dialogues(struct tx *tx, struct demo *d)
{
    static const char *const topics[] = {"waste",    "water",        "roads",
                                         "lighting", "kindergarten", "culture"};
    enum err rc = ERR_OK;
    int64_t from = civil_day(2016, 11, 7), days = civil_day(2021, 8, 27) - from;
    for (size_t i = 0; i < DIALOGUES; i++) {
        size_t unit = i % UNITS;
        struct event e =
            event_of(d, "dialogue", topics[i / UNITS % COUNT_OF(topics)], unit,
                     from + (int64_t)i * days / DIALOGUES, 2,
                     title3("Тургундар менен ачык сүйлөшүү", "Открытый диалог с жителями",
                            "Open dialogue with residents"));
        e.organiser = STR("Айыл өкмөтү");
        e.present = 5 + (int64_t)(demo_draw(STR("dialogue"), i) % 4);
        TRY(put_event(tx, &e));
        for (int64_t k = 0; k < e.present; k++)
            TRY(attend(tx, d, &e, resident_of(unit, i * 13 + (size_t)k * 5)));
    }
out:
    return rc;
}

/* Everybody comes to one training, every third to another one too. */
static enum err put_trainings(struct tx *tx, struct demo *d)
{
    static const struct {
        const char *topics;
        const char *title[3];
    } courses[] = {
        {"service_management",
         {"Кызматтарды башкаруу", "Управление услугами", "Managing services"}},
        {"budget", {"Бюджетти пландоо", "Планирование бюджета", "Planning a budget"}},
        {"participation hearings",
         {"Тургундар менен иштөө", "Работа с жителями", "Working with residents"}},
        {"enterprises",
         {"Муниципалдык ишкананы башкаруу", "Управление муниципальным предприятием",
          "Running a municipal enterprise"}},
        {"siap",
         {"Кызматтарды жакшыртуу планы", "План улучшения услуг",
          "The service improvement action plan"}},
    };
    enum err rc = ERR_OK;
    int64_t from = civil_day(2017, 2, 6), days = civil_day(2018, 11, 26) - from;
    for (size_t i = 0; i < TRAININGS; i++) {
        const char *const *t = courses[i % COUNT_OF(courses)].title;
        struct event e =
            event_of(d, "training", courses[i % COUNT_OF(courses)].topics, i % UNITS,
                     from + (int64_t)i * days / TRAININGS, 12, title3(t[0], t[1], t[2]));
        e.to_day = e.from_day + 1;
        e.test_max = I64(20);
        e.certificate_minutes = I64(10 * 60);
        e.cost = I64((int64_t)(85000 + i % 7 * 4500) * 100);
        for (size_t p = 0; p < TRAINED; p++)
            e.present += p % TRAININGS == i || (p % 3 == 0 && (p + 7) % TRAININGS == i);
        TRY(put_event(tx, &e));
        for (size_t p = 0; p < TRAINED; p++)
            if (p % TRAININGS == i || (p % 3 == 0 && (p + 7) % TRAININGS == i))
                TRY(attend(tx, d, &e, p));
    }
out:
    return rc;
}

/* `n` people of the units from `first` on, one after another. */
static enum err put_meeting(struct tx *tx, struct demo *d, struct event e, size_t first,
                            size_t units, size_t n)
{
    enum err rc = ERR_OK;
    e.present = (int64_t)n;
    TRY(put_event(tx, &e));
    for (size_t k = 0; k < n; k++)
        TRY(attend(tx, d, &e, trained_of((first + k % units) % UNITS, k / units)));
out:
    return rc;
}

static enum err put_forums(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    enum { SOUTH = 18 };
    struct event e = event_of(d, "forum", "service_management", 3, civil_day(2018, 5, 17), 7,
                              title3("Мыкты тажрыйбалардын аймактык форуму (түндүк)",
                                     "Региональный форум лучших практик (север)",
                                     "Regional forum of best practices (north)"));
    TRY(put_meeting(tx, d, e, 0, FORUM_UNITS - SOUTH, FORUM_PEOPLE / 2));
    e = event_of(d, "forum", "service_management", 30, civil_day(2018, 9, 20), 7,
                 title3("Мыкты тажрыйбалардын аймактык форуму (түштүк)",
                        "Региональный форум лучших практик (юг)",
                        "Regional forum of best practices (south)"));
    TRY(put_meeting(tx, d, e, FORUM_UNITS - SOUTH, SOUTH, FORUM_PEOPLE - FORUM_PEOPLE / 2));
    e = event_of(d, "national_forum", "authority", 0, civil_day(2019, 11, 14), 8,
                 title3("Аймактар форуму", "Форум аймаков", "Forum of Aimaks"));
    TRY(put_meeting(tx, d, e, 0, UNITS, AIMAKS_PEOPLE));
    /* Peers: eight study tours and eight roundtables of four municipalities each. */
    for (size_t i = 0; i < 16; i++) {
        bool tour = i % 2 == 0;
        size_t first = i / 2 * (PEER_UNITS / 8);
        e = event_of(d, tour ? "study_tour" : "roundtable", tour ? "waste" : "cooperation",
                     (first + 9) % UNITS, civil_day(2017, 4, 12) + (int64_t)i * 38, tour ? 10 : 4,
                     tour ? title3("Коңшу аймактын тажрыйбасын көрүү",
                                   "Поездка за опытом к соседям", "Study tour to neighbours")
                          : title3("Тегерек стол: биргелешкен кызматтар",
                                   "Круглый стол: совместные услуги",
                                   "Roundtable: services provided together"));
        TRY(put_meeting(tx, d, e, first, PEER_UNITS / 8, tour ? 16 : 12));
    }
out:
    return rc;
}

/* What is going on in the demonstration's present. */
static enum err put_present(struct tx *tx, struct demo *d)
{
    enum err rc = ERR_OK;
    size_t home = 0;
    while (home < UNITS && !str_eq(d->codes[home], STR("41704235837000")))
        home++;
    home %= UNITS;
    struct event e =
        event_of(d, "training", "budget hearings", home, d->today + 9, 6,
                 title3("Бюджеттик угууну кантип өткөрөбүз", "Как провести бюджетные слушания",
                        "How to hold a budget hearing"));
    e.state = STR("planned");
    e.open_registration = true;
    e.test_max = I64(20);
    e.certificate_minutes = I64(300);
    e.agenda = STR("09:00 Ачылышы\n09:30 Бюджеттин циклы\n11:00 Угууга даярдык: топтордо иштөө\n"
                   "14:00 Суроо-жооп\n15:30 Тест");
    d->upcoming = e.id;
    TRY(put_event(tx, &e));
    for (size_t k = 0; k < 12; k++)
        TRY(sql_guest_put(tx, NULL, .event_id = e.id, .person = d->people[trained_of(home, k)].id,
                          .code = id_number_of(d->a, 770100 + k),
                          .rsvp = k % 4 == 0   ? STR("maybe")
                                  : k % 7 == 6 ? STR("no")
                                               : STR("yes"),
                          .source = STR("staff"), .at_ms = day_start_ms(d->today) - MS_DAY,
                          .once = STR_NULL));
    e = event_of(d, "training", "service_management", home, d->today - 12, 6,
                 title3("Хартияны аткарууну көзөмөлдөө", "Контроль выполнения хартии",
                        "Watching over the charter"));
    e.test_max = I64(20);
    e.certificate_minutes = I64(300);
    d->recent = e.id;
    TRY(put_meeting(tx, d, e, home, 3, 24));
    e = event_of(d, "hearing", "budget hearings", home, d->today, 3,
                 title3("Келерки жылдын бюджети боюнча коомдук угуу",
                        "Общественные слушания по бюджету будущего года",
                        "Public hearing on next year's budget"));
    e.state = STR("planned");
    e.organiser = STR("Айыл өкмөтү");
    TRY(put_event(tx, &e));
    for (size_t k = 0; k < 20; k++)
        TRY(sql_guest_put(tx, NULL, .event_id = e.id, .person = d->people[resident_of(home, k)].id,
                          .code = id_number_of(d->a, 770200 + k), .rsvp = STR("invited"),
                          .source = STR("staff"), .at_ms = day_start_ms(d->today) - 3 * MS_DAY,
                          .once = STR_NULL));
    e = event_of(d, "council", "reform", 0, d->today - 30, 3,
                 title3("Координациялык кеңештин отуруму", "Заседание координационного совета",
                        "Meeting of the coordination council"));
    TRY(put_meeting(tx, d, e, 5, 12, 18));
    e = event_of(d, "mentoring", "gender", home, d->today - 20, 2,
                 title3("Депутат айымдардын насаатчылар менен жолугушуусу",
                        "Встреча депутаток с наставницами", "Women deputies meet their mentors"));
    TRY(put_meeting(tx, d, e, home, 6, 8));
out:
    return rc;
}

/* Of a demonstration that is there already: its address is told again. */
static enum err find_upcoming(struct tx *tx, struct demo *d)
{
    struct event_list list;
    struct event_ask ask = {.kind = STR("training"),
                            .to_day = INT64_MAX,
                            .edge_day = INT64_MAX,
                            .edge_id = INT64_MAX,
                            .max = 50};
    enum err rc = events_list(tx, d->a, &ask, &list);
    for (size_t i = 0; rc == ERR_OK && i < list.n && !d->upcoming; i++)
        if (list.v[i].open_registration)
            d->upcoming = list.v[i].id;
    return rc;
}

static enum err make_all(struct tx *tx, void *arg)
{
    struct demo *d = arg;
    enum err rc = ERR_OK;
    struct event_list any;
    struct event_ask ask = {.from_day = 0, .to_day = d->today, .edge_day = INT64_MAX, .max = 1};
    d->serial = 0;
    TRY(events_list(tx, d->a, &ask, &any));
    d->there = any.n > 0;
    if (d->there) {
        rc = find_upcoming(tx, d);
        goto out;
    }
    TRY(put_people(tx, d));
    TRY(put_hearings(tx, d));
    TRY(put_dialogues(tx, d));
    TRY(put_trainings(tx, d));
    TRY(put_forums(tx, d));
    TRY(put_present(tx, d));
out:
    return rc;
}

static enum err certify(struct tx *tx, void *arg)
{
    struct demo *d = arg;
    int64_t issued = 0;
    return events_certify(tx, d->a, d->recent, 0, &issued);
}

enum err events_demo(struct app *app, struct demo_context *context)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    struct demo *d = ARENA_NEW(a, struct demo);
    const struct territory *t = territory_get(app, a);
    size_t n = 0;
    *d = (struct demo){.app = app, .a = a, .today = context->today};
    for (size_t i = 0; i < t->n && n < UNITS; i++)
        if (t->all[i]->partner && !t->all[i]->successor && place_is_municipality(t->all[i])) {
            d->units[n] = t->all[i];
            d->codes[n++] = t->all[i]->code;
        }
    if (n < UNITS) /* another territory: nothing to show it on */
        goto out;
    make_people(d);
    TRY(db_write(app->db, SCOPE_COUNTRY, make_all, d));
    if (!d->there) {
        TRY(tally_rebuild(app, &events_held, d->codes, UNITS));
        TRY(tally_rebuild(app, &events_participations, d->codes, UNITS));
        TRY(db_write(app->db, SCOPE_COUNTRY, certify, d));
    }
    if (d->upcoming)
        demo_note_address(context,
                          (struct demo_address){STR("A training with open registration"),
                                                arena_printf(context->arena, "/events/%lld",
                                                             (long long)d->upcoming)});
    demo_note_address(context,
                      (struct demo_address){STR("Trainings, hearings and forums"), STR("/events")});
out:
    arena_free(a);
    return rc;
}
