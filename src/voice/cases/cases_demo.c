/*
 * Demo reports: several hundred over the demo municipalities, most in the two that the tour shows,
 * of all ages and endings, with promises kept and broken. Nobody in them is real.
 *
 * Everything follows from the municipality's code and the report's place in its list, so each run
 * makes the same reports, numbers included; only their days move with the demo's present day. A
 * municipality's reports are made in one transaction by the same rules as real ones, in the past;
 * those that are there already (known by their idempotency key) are left alone.
 */
#include "voice/cases/cases_demo.h"
#include "voice/cases/cases_internal.h"

#include "community/people/people.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/demo.h"

#include <inttypes.h>

/* What happens in some months only. */
static const struct {
    struct str fault;
    int first, last; /* months, over the turn of the year when last < first */
} seasons[] = {
    {STRI("roads.snow"), 11, 3},
    {STRI("irrigation.none"), 4, 9},
    {STRI("irrigation.canal"), 4, 10},
    {STRI("kindergarten.heating"), 10, 4},
};
static bool in_season(struct str fault, int64_t day)
{
    int month = day_to_civil(day).month;
    for (size_t i = 0; i < COUNT_OF(seasons); i++)
        if (str_eq(fault, seasons[i].fault))
            return seasons[i].first <= seasons[i].last
                       ? month >= seasons[i].first && month <= seasons[i].last
                       : month >= seasons[i].first || month <= seasons[i].last;
    return true;
}

struct demo_text {
    struct str fault;
    struct str words[2], done[2]; /* Kyrgyz, Russian */
};
static const struct demo_text texts[] = {
    {STRI("water.none"),
     {STRI("Кечээ кечтен бери көчөбүздө ичүүчү суу жок. Кошуналарда да ушундай."),
      STRI("Со вчерашнего вечера на нашей улице нет воды. У соседей то же самое.")},
     {STRI("Насостун автоматы алмаштырылды, суу кайра келди."),
      STRI("Заменили автомат насоса, вода снова идёт.")}},
    {STRI("water.none"),
     {STRI("Түшкө чейин гана суу келет, кечинде такыр жок. Үйдө кичинекей балдар бар."),
      STRI("Вода идёт только до обеда, вечером её нет совсем. В доме маленькие дети.")},
     {STRI("Резервуарга суу толтуруу тартиби өзгөртүлдү, эми кечинде да суу бар."),
      STRI("Изменили порядок наполнения резервуара, теперь вода есть и вечером.")}},
    {STRI("water.leak"),
     {STRI("Жол боюндагы түтүктөн суу агып, жолду жууп кетти."),
      STRI("Из трубы у дороги течёт вода, дорогу уже размыло.")},
     {STRI("Түтүктүн жарылган жери алмаштырылды, жол тегизделди."),
      STRI("Повреждённый участок трубы заменили, дорогу выровняли.")}},
    {STRI("water.leak"),
     {STRI("Кудуктун капкагынын астынан суу чыгып, көчөгө жайылып жатат."),
      STRI("Из-под крышки колодца вода растекается по улице.")},
     {STRI("Задвижка алмаштырылды, агуу токтоду."), STRI("Заменили задвижку, течь остановлена.")}},
    {STRI("water.quality"),
     {STRI("Крандан сары суу келип жатат, ичүүгө болбойт."),
      STRI("Из крана идёт жёлтая вода, пить нельзя.")},
     {STRI("Тармак жуулду, суу тазаланды. Анализи жарыяланат."),
      STRI("Сеть промыли, вода чистая. Анализ опубликуем.")}},
    {STRI("water.pressure"),
     {STRI("Экинчи кабатка суу чыкпайт, басымы өтө начар."),
      STRI("На второй этаж вода не доходит, напор очень слабый.")},
     {STRI("Басым жөнгө салынды: чыпкалар тазаланды."),
      STRI("Напор отрегулировали: прочистили фильтры.")}},
    {STRI("water.standpost"),
     {STRI("Мектептин жанындагы колонка бузулган, туткасы сынган."),
      STRI("Колонка у школы сломана, ручка отломана.")},
     {STRI("Колонканын туткасы алмаштырылды."), STRI("Ручку колонки заменили.")}},
    {STRI("waste.missed"),
     {STRI("Бул жумада таштанды алынган жок, челек толуп калды."),
      STRI("На этой неделе мусор не вывезли, бак полный.")},
     {STRI("Унаа ремонттон чыкты, таштанды алынды."),
      STRI("Машину отремонтировали, мусор вывезен.")}},
    {STRI("waste.missed"),
     {STRI("Таштанды ташуучу унаа биздин көчөгө кирбей өтүп кетти."),
      STRI("Мусоровоз проехал мимо, на нашу улицу не заехал.")},
     {STRI("Айдоочуга маршрут кайра түшүндүрүлдү, таштанды алынды."),
      STRI("Водителю уточнили маршрут, мусор вывезли.")}},
    {STRI("waste.dump"),
     {STRI("Дайранын жээгине таштанды төгүп кетишиптир, жыты чыгып жатат."),
      STRI("На берегу реки свалили мусор, идёт запах.")},
     {STRI("Жээк тазаланды, тыюу белгиси коюлду."),
      STRI("Берег убрали, поставили запрещающий знак.")}},
    {STRI("waste.container"),
     {STRI("Дүкөндүн жанындагы контейнер сынып, иттер чачып жатат."),
      STRI("Контейнер у магазина сломан, собаки растаскивают мусор.")},
     {STRI("Контейнер жаңысына алмаштырылды."), STRI("Контейнер заменили новым.")}},
    {STRI("waste.burning"),
     {STRI("Кечинде таштанды өрттөп жатышат, түтүн үйлөргө кирип жатат."),
      STRI("По вечерам жгут мусор, дым идёт в дома.")},
     {STRI("Тургундар менен сүйлөшүлдү, эскертүү берилди."),
      STRI("С жителями поговорили, вынесли предупреждение.")}},
    {STRI("lighting.dark"),
     {STRI("Үйүбүздүн алдындагы чырак эки жумадан бери күйбөйт."),
      STRI("Фонарь перед домом не горит уже две недели.")},
     {STRI("Лампа алмаштырылды."), STRI("Лампу заменили.")}},
    {STRI("lighting.dark"),
     {STRI("Аялдаманын жанында чырак жок, кечинде балдар караңгыда күтөт."),
      STRI("У остановки не горит фонарь, дети вечером ждут в темноте.")},
     {STRI("Чырак оңдолду, азыр күйүп турат."), STRI("Фонарь починили, горит.")}},
    {STRI("lighting.street_dark"),
     {STRI("Көчө башынан аягына чейин караңгы, бир да чырак күйбөйт."),
      STRI("Вся улица тёмная, не горит ни один фонарь.")},
     {STRI("Башкаруу кутусу оңдолду, көчө жарык."),
      STRI("Щит управления отремонтировали, улица освещена.")}},
    {STRI("lighting.wire"),
     {STRI("Зым салаңдап, мал тийип калчудай болуп турат."),
      STRI("Провод провис, скот может задеть.")},
     {STRI("Зым тартылып, бекитилди."), STRI("Провод натянули и закрепили.")}},
    {STRI("roads.pothole"),
     {STRI("Жолдо чоң чуңкур бар, унаалар айланып өтүп жатат."),
      STRI("На дороге большая яма, машины её объезжают.")},
     {STRI("Чуңкур шагыл менен толтурулуп, басылды."), STRI("Яму засыпали щебнем и уплотнили.")}},
    {STRI("roads.pothole"),
     {STRI("Көпүрөгө чыга бериште жол чөгүп кеткен."), STRI("На въезде на мост просела дорога.")},
     {STRI("Чөккөн жер толтурулду."), STRI("Просевшее место засыпали.")}},
    {STRI("roads.snow"),
     {STRI("Кар тазаланган жок, тез жардам өтө албай калды."),
      STRI("Снег не убран, скорая не смогла проехать.")},
     {STRI("Кар тазаланды, кум чачылды."), STRI("Снег убрали, посыпали песком.")}},
    {STRI("roads.bridge"),
     {STRI("Жөө көпүрөнүн тосмосу сынган, балдар үчүн кооптуу."),
      STRI("У пешеходного моста сломаны перила, опасно для детей.")},
     {STRI("Көпүрөнүн тосмосу ширетилди."), STRI("Перила моста приварили.")}},
    {STRI("roads.ditch"),
     {STRI("Арык тыгылып, суу короого кирип жатат."), STRI("Арык засорён, вода заходит во двор.")},
     {STRI("Арык тазаланды."), STRI("Арык прочистили.")}},
    {STRI("parks.playground"),
     {STRI("Балдар аянтчасындагы селкинчек сынып калган."),
      STRI("На детской площадке сломаны качели.")},
     {STRI("Селкинчек оңдолду."), STRI("Качели починили.")}},
    {STRI("parks.dogs"),
     {STRI("Мектепке бараткан жолдо тентиген иттер көбөйдү."),
      STRI("По дороге в школу много бродячих собак.")},
     {STRI("Ветеринардык кызмат менен бирге чара көрүлдү."),
      STRI("Вместе с ветеринарной службой приняли меры.")}},
    {STRI("parks.tree"),
     {STRI("Шамалдан кийин дарактын бутагы сынып, жолго түшүп калыптыр."),
      STRI("После ветра на дорогу упала большая ветка.")},
     {STRI("Бутак алынып, дарак кесилди."), STRI("Ветку убрали, дерево обрезали.")}},
    {STRI("irrigation.none"),
     {STRI("Биздин кезекте сугат суусу келген жок, картошка кургап жатат."),
      STRI("В нашу очередь поливная вода не пришла, картофель сохнет.")},
     {STRI("Кезек кайра түзүлдү, суу берилди."), STRI("Очередь пересмотрели, воду дали.")}},
    {STRI("irrigation.canal"),
     {STRI("Каналдын бетону жарылып, суу талаага кетип жатат."),
      STRI("Бетон канала треснул, вода уходит в поле.")},
     {STRI("Жарылган жер бекитилди."), STRI("Трещину заделали.")}},
    {STRI("kindergarten.heating"),
     {STRI("Бала бакчанын кичинекейлер бөлмөсүндө суук."),
      STRI("В младшей группе детского сада холодно.")},
     {STRI("Радиатор алмаштырылды, бөлмө жылуу."), STRI("Радиатор заменили, в группе тепло.")}},
    {STRI("transport.late"),
     {STRI("Эртең мененки маршрутка бир саатка кечикти, балдар мектепке жетпей калды."),
      STRI("Утренняя маршрутка опоздала на час, дети не успели в школу.")},
     {STRI("Айдоочу менен жадыбал такталды."), STRI("С водителем уточнили график.")}},
    {STRI("veterinary.absent"),
     {STRI("Малды эмдөөгө ветврач белгиленген күнү келген жок."),
      STRI("Ветврач не приехал на вакцинацию в назначенный день.")},
     {STRI("Эмдөө өткөрүлдү, жаңы күнү алдын ала айтылды."),
      STRI("Вакцинация проведена, о новом дне сообщили заранее.")}},
    {STRI("culture.closed"),
     {STRI("Китепкана жумуш убагында жабык экен."),
      STRI("Библиотека была закрыта в рабочее время.")},
     {STRI("Иштөө убактысы такталып, эшикке жазылды."),
      STRI("Часы работы уточнили и вывесили на дверях.")}},
    {STRI("sport.ground"),
     {STRI("Футбол аянтчасынын дарбазасы сынган."), STRI("На футбольном поле сломаны ворота.")},
     {STRI("Дарбаза ширетилди."), STRI("Ворота приварили.")}},
};

static const struct str streets[][2] = {
    {STRI("Достук көчөсү"), STRI("улица Достук")},
    {STRI("Манас көчөсү"), STRI("улица Манаса")},
    {STRI("Бирдик көчөсү"), STRI("улица Бирдик")},
    {STRI("Мектеп көчөсү"), STRI("Школьная улица")},
    {STRI("Жаштык көчөсү"), STRI("улица Жаштык")},
    {STRI("Булак көчөсү"), STRI("улица Булак")},
    {STRI("мектептин каршысында"), STRI("напротив школы")},
    {STRI("ФАПтын жанында"), STRI("возле ФАПа")},
    {STRI("көпүрөнүн башында"), STRI("у моста")},
    {STRI("дүкөндүн жанында"), STRI("рядом с магазином")},
};
static const struct str started[2] = {
    STRI("Жер-жеринде карап чыктык, материал алынды. Ушул жумада бүтүрөбүз."),
    STRI("Осмотрели на месте, материал закуплен. Закончим на этой неделе.")};
static const struct str refused[2] = {
    STRI("Бул жер жеке менчик, айыл өкмөтү ал жерде иш жүргүзө албайт. Ээсине кат жөнөтүлдү."),
    STRI("Это частная территория, айыл окмоту не может вести там работы. Владельцу отправили "
         "письмо.")};
static const struct str passed[2] = {
    STRI("Бул райондук кызматтын милдети. Катыбыз жөнөтүлдү, жообун ушул жерден билдиребиз."),
    STRI("Это обязанность районной службы. Письмо отправлено, об ответе сообщим здесь.")};
static const struct str passed_to[2] = {STRI("Райондук жол башкармалыгы"),
                                        STRI("Районное дорожное управление")};
static const struct str not_fixed[2] = {STRI("Эки күндөн кийин кайра эле ошондой болду."),
                                        STRI("Через два дня всё повторилось.")};
static const struct str again[2] = {
    STRI("Кайра барып, толук оңдодук. Кечирим сурайбыз."),
    STRI("Приехали ещё раз и исправили полностью. Приносим извинения.")};

/* Splitmix64 of a code and a place: the same draw in every run. */
struct dice {
    uint64_t state;
};
static struct dice dice_of(struct str code, uint64_t salt)
{
    struct dice d = {.state = salt * UINT64_C(0x9e3779b97f4a7c15)};
    for (size_t i = 0; i < code.n; i++)
        d.state = d.state * 31 + (unsigned char)code.p[i];
    return d;
}
static uint64_t roll(struct dice *d)
{
    uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}
static int64_t between(struct dice *d, int64_t least, int64_t most)
{
    return least + (int64_t)(roll(d) % (uint64_t)(most - least + 1));
}
static bool chance(struct dice *d, int per_cent)
{
    return between(d, 1, 100) <= per_cent;
}

struct demo_photos {
    struct demo_photo {
        struct str service;
        struct case_photo_input photo;
    } * v;
    size_t n, cap;
};

/* One municipality's reports in the making. */
struct demo_unit {
    const struct demo_photos *photos;
    struct app *app;
    struct arena *arena;
    struct tx *tx;
    const struct place *unit;
    int64_t today, now_ms;
    int64_t officer;   /* 0: none yet */
    int diligence;     /* per cent of promises kept */
    struct str newest; /* number of the latest open report, for duplicates */
    struct str newest_fault;
    int forgotten; /* reports left undone past their day */
};
struct demo_case {
    struct demo_unit *u;
    struct dice dice;
    const struct demo_text *text;
    int lang; /* 0 Kyrgyz, 1 Russian */
    int64_t id, created_ms, due_day;
    struct case_change change;
    struct str number;
    bool forgotten;
    bool joined; /* others stand behind it: it can no longer be withdrawn */
};

/* An instant in working hours of a day, not before the latest step and not in the future. */
static int64_t office_time(struct demo_case *c, int64_t day)
{
    int64_t at = day_start_ms(day) + between(&c->dice, 9 * 60, 17 * 60) * MS_MINUTE;
    if (at <= c->change.at_ms)
        at = c->change.at_ms + between(&c->dice, 20, 90) * MS_MINUTE;
    return at < c->u->now_ms ? at : c->u->now_ms - MS_MINUTE;
}

/* The promised day may pass before the next step does. */
static enum err mark_late(struct demo_case *c, int64_t next_ms)
{
    if (!c->due_day || day_of_ms(next_ms) <= c->due_day)
        return ERR_OK;
    struct case_change change = c->change;
    struct case_work w;
    change.by = CASE_BY_SYSTEM;
    change.person = 0;
    change.at_ms = day_start_ms(c->due_day + 1) + 5 * MS_MINUTE;
    if (change.at_ms < c->change.at_ms)
        change.at_ms = c->change.at_ms + MS_MINUTE;
    enum err rc = case_work_begin(&w, c->u->app, c->u->tx, c->u->arena, &change);
    if (rc == ERR_OK && w.is.open && !w.is.late_ms.set)
        rc = case_work_late(&w);
    return rc;
}

static enum err step(struct demo_case *c, enum case_by by, int64_t at_ms, enum case_state to,
                     struct str words)
{
    struct case_faults faults = {0};
    struct case_step s = {.to = to, .answer = words};
    enum err rc = mark_late(c, at_ms);
    if (rc != ERR_OK)
        return rc;
    if (to == CASE_PASSED)
        s.passed_to = passed_to[c->lang];
    if (to == CASE_DUPLICATE)
        s.duplicate = c->u->newest;
    c->change.by = by;
    c->change.person = by == CASE_BY_STAFF ? c->u->officer : 0;
    c->change.at_ms = at_ms;
    return cases_transition(c->u->app, c->u->tx, c->u->arena, &c->change, &s, &faults);
}

static enum err look(struct demo_case *c, const struct case_input *in)
{
    struct case_faults faults = {0};
    struct case_look shown = {.words = in->hide ? STR_NULL : in->words,
                              .street = in->hide ? STR_NULL : in->street};
    c->change.by = CASE_BY_STAFF;
    c->change.person = c->u->officer;
    c->change.at_ms = c->created_ms + between(&c->dice, 30, 600) * MS_MINUTE;
    if (c->change.at_ms >= c->u->now_ms)
        c->change.at_ms = c->u->now_ms - MS_MINUTE;
    return cases_look(c->u->app, c->u->tx, c->u->arena, &c->change, &shown, &faults);
}

static enum err join(struct demo_case *c, int64_t people)
{
    enum err rc = ERR_OK;
    c->joined = true;
    for (int64_t i = 0; rc == ERR_OK && i < people; i++) {
        bool counted;
        rc = cases_support(c->u->app, c->u->tx, c->u->arena, &c->change,
                           arena_printf(c->u->arena, "demo:%" PRId64, i), &counted);
    }
    return rc;
}

/* Nobody said whether it is fixed, and the time for saying so is over. */
static enum err settle(struct demo_case *c)
{
    struct case_change change = c->change;
    struct case_work w;
    change.by = CASE_BY_SYSTEM;
    change.person = 0;
    enum err rc = case_work_begin(&w, c->u->app, c->u->tx, c->u->arena, &change);
    if (rc != ERR_OK)
        return rc;
    w.now_ms = w.is.state_ms + CASE_REOPEN_DAYS * MS_DAY;
    if (w.now_ms >= c->u->now_ms)
        return ERR_OK;
    struct case_event_input event = {.kind = CASE_EVENT_SETTLED, .visible = CASE_SHOWN};
    return case_work_event(&w, &event);
}

static enum err rate(struct demo_case *c, int stars)
{
    struct case_faults faults = {0};
    c->change.by = CASE_BY_REPORTER;
    c->change.person = 0;
    return cases_rate(c->u->app, c->u->tx, c->u->arena, &c->change, stars, STR_NULL, &faults);
}

/* After the municipality says it is done: what the reporter says. */
static enum err after_resolution(struct demo_case *c)
{
    int64_t day = day_of_ms(c->change.at_ms) + between(&c->dice, 1, 4), left = c->u->today - day;
    enum err rc = ERR_OK;
    int what = (int)between(&c->dice, 1, 100);
    if (left <= 0 || what > 70)
        return settle(c);
    if (what <= 58) {
        TRY(step(c, CASE_BY_REPORTER, day_start_ms(day) + 19 * MS_HOUR, CASE_CONFIRMED, STR_NULL));
        if (chance(&c->dice, 70))
            TRY(rate(c, (int)between(&c->dice, 3, 5)));
        goto out;
    }
    TRY(step(c, CASE_BY_REPORTER, day_start_ms(day) + 20 * MS_HOUR, CASE_REOPENED,
             not_fixed[c->lang]));
    int64_t fixed_day = day + between(&c->dice, 2, 9);
    if (fixed_day >= c->u->today)
        goto out;
    TRY(step(c, CASE_BY_STAFF, office_time(c, fixed_day), CASE_RESOLVED, again[c->lang]));
    TRY(rate(c, (int)between(&c->dice, 1, 4)));
    TRY(settle(c));
out:
    return rc;
}

/* The day on which it will be done: by the promise, or after it. */
static int64_t day_of_resolution(struct demo_case *c)
{
    int64_t day = day_of_ms(c->created_ms);
    int64_t due = c->due_day ? c->due_day : day + 7;
    if (chance(&c->dice, c->u->diligence))
        return due > day ? between(&c->dice, day + 1, due) : day;
    return due + between(&c->dice, 1, 11);
}

static enum err live(struct demo_case *c)
{
    struct demo_unit *u = c->u;
    int64_t day = day_of_ms(c->created_ms), first = day + between(&c->dice, 0, 3);
    int64_t done = day_of_resolution(c);
    int what = (int)between(&c->dice, 1, 100);
    enum err rc = ERR_OK;
    if (first >= u->today)
        goto out; /* nobody has had the time */
    if (c->forgotten)
        what = 100;
    if (what <= 4 && !c->joined) {
        TRY(step(c, CASE_BY_REPORTER, day_start_ms(first) + 20 * MS_HOUR, CASE_WITHDRAWN,
                 STR_NULL));
        goto out;
    }
    if (what <= 9 && u->newest.p && str_eq(u->newest_fault, c->text->fault)) {
        TRY(step(c, CASE_BY_STAFF, office_time(c, first), CASE_DUPLICATE, STR_NULL));
        goto out;
    }
    if (what <= 15) {
        TRY(step(c, CASE_BY_STAFF, office_time(c, first), CASE_REFUSED, refused[c->lang]));
        goto out;
    }
    if (what <= 21) {
        TRY(step(c, CASE_BY_STAFF, office_time(c, first), CASE_PASSED, passed[c->lang]));
        goto out;
    }
    TRY(step(c, CASE_BY_STAFF, office_time(c, first), CASE_ACCEPTED, STR_NULL));
    if (u->officer && u->forgotten != 2) /* one of the forgotten was given to nobody */
        TRY(cases_assign(u->app, u->tx, u->arena, &c->change, u->officer));
    /* Some are forgotten. */
    if (c->forgotten || (what > 96 && u->today - day > 20))
        goto out;
    if (done > first + 1 && first + 1 < u->today)
        TRY(step(c, CASE_BY_STAFF, office_time(c, first + 1), CASE_IN_PROGRESS,
                 chance(&c->dice, 50) ? started[c->lang] : STR_NULL));
    if (done >= u->today)
        goto out;
    TRY(step(c, CASE_BY_STAFF, office_time(c, done), CASE_RESOLVED, c->text->done[c->lang]));
    TRY(after_resolution(c));
out:
    return rc;
}

static void place_it(struct demo_case *c, struct case_input *in)
{
    const struct place *unit = c->u->unit;
    if (unit->child_count) {
        const struct place *village =
            unit->children[between(&c->dice, 0, (int64_t)unit->child_count - 1)];
        in->village = village->code;
        in->has_point = village->has_point && chance(&c->dice, 75);
        in->lat = village->lat + (double)between(&c->dice, -50, 50) / 10000;
        in->lon = village->lon + (double)between(&c->dice, -70, 70) / 10000;
    }
    const struct str *street = streets[between(&c->dice, 0, (int64_t)COUNT_OF(streets) - 1)];
    in->street = street[c->lang];
    if (chance(&c->dice, 50) && str_find(street[1], STR("улица")) >= 0)
        in->street = arena_printf(c->u->arena, "%.*s, %d", STRF(street[c->lang]),
                                  (int)between(&c->dice, 1, 90));
}

static void attach_photo(struct demo_case *c, struct case_input *in)
{
    struct str service = str_slice(in->fault, 0, (size_t)str_find_char(in->fault, '.'));
    for (size_t i = 0; i < c->u->photos->n; i++)
        if (str_eq(c->u->photos->v[i].service, service)) {
            in->photos = &c->u->photos->v[i].photo;
            in->photo_count = 1;
        }
}

/* The look at the photos, with that at the words. */
static enum err show_photos(struct demo_case *c)
{
    struct case_photos photos = {0};
    enum err rc = cases_photos(c->u->tx, c->u->arena, c->change.unit, c->change.id, &photos);
    for (size_t i = 0; rc == ERR_OK && i < photos.n; i++)
        if (photos.v[i].visible == CASE_WAITS)
            rc = cases_look_photo(c->u->app, c->u->tx, c->u->arena, &c->change, photos.v[i].id,
                                  true);
    return rc;
}

static bool is_on_tour(struct str code)
{
    return str_eq(code, STR("41704235837000")) || str_eq(code, STR("41702205848000"));
}

static enum err make_case(struct demo_unit *u, int number, int64_t age_days)
{
    struct demo_case c = {.u = u, .dice = dice_of(u->unit->code, (uint64_t)number + 1)};
    struct case_receipt receipt = {0};
    struct sql_case_by_once_row known = {0};
    enum err rc = ERR_OK;
    do
        c.text = &texts[between(&c.dice, 0, (int64_t)COUNT_OF(texts) - 1)];
    while (!in_season(c.text->fault, u->today - age_days));
    c.lang = chance(&c.dice, 70) ? 0 : 1;
    c.created_ms = day_start_ms(u->today - age_days) +
                   between(&c.dice, 7 * 60, age_days ? 22 * 60 : 8 * 60) * MS_MINUTE;
    if (c.created_ms > u->now_ms - 5 * MS_MINUTE)
        c.created_ms = u->now_ms - between(&c.dice, 5, 90) * MS_MINUTE;
    struct case_input in = {.unit = u->unit->code,
                            .fault = c.text->fault,
                            .words = c.text->words[c.lang],
                            .lang = c.lang ? LANG_RU : LANG_KY,
                            .channel = STR("web"),
                            .hide = chance(&c.dice, 3),
                            .at_ms = c.created_ms};
    place_it(&c, &in);
    if (chance(&c.dice, 40))
        attach_photo(&c, &in);
    if (chance(&c.dice, 45)) {
        in.reporter_name = arena_printf(u->arena, "Демо Тургун %d", number + 1);
        in.reporter_phone = arena_printf(u->arena, "+996 000 000 %03d", number % 1000);
    }
    if (chance(&c.dice, 12)) {
        in.channel = STR("phone");
        in.entered_by = u->officer;
    }
    in.once = arena_printf(u->arena, "demo-%d", number);
    struct case_identity identity = {.id = id_floor(c.created_ms) +
                                           (int64_t)(roll(&c.dice) & 0xfffff),
                                     .number = id_number_of(u->arena, roll(&c.dice)),
                                     .secret = cases_secret(u->app, u->arena, in.unit, in.once)};
    struct case_faults faults = {0};
    rc = cases_check(u->app, u->arena, &in, &faults);
    INVARIANT(rc != ERR_INPUT); /* the lists are ours */
    TRY(rc);
    rc = sql_case_by_once(u->tx, u->arena, &known, .unit = in.unit, .once = in.once);
    if (rc != ERR_NOT_FOUND) /* made by an earlier run */
        return rc;
    TRY(cases_report(u->app, u->tx, u->arena, &in, &identity, &receipt));
    c.id = identity.id;
    c.number = receipt.number;
    c.due_day = receipt.due_day;
    c.change = (struct case_change){.unit = in.unit, .id = c.id, .at_ms = c.created_ms};
    /* The tour shows what is late and how late: three of the last weeks, from one service or more.
     */
    if (is_on_tour(in.unit) && u->forgotten < 3 && age_days > 5 && age_days < 40 &&
        number % 3 == 0 && c.due_day && c.due_day < u->today - 1) {
        c.forgotten = true;
        u->forgotten++;
    }
    /* The latest ones wait for a look, so that there is one to take. */
    if (!in.entered_by && age_days > 0)
        TRY(look(&c, &in));
    if (!in.entered_by && age_days > 0 && !in.hide)
        TRY(show_photos(&c));
    if (chance(&c.dice, 30))
        TRY(join(&c, between(&c.dice, 1, 9)));
    TRY(live(&c));
    TRY(mark_late(&c, u->now_ms));
    u->newest = c.number;
    u->newest_fault = c.text->fault;
out:
    return rc;
}

static int case_count(struct str code)
{
    struct dice d = dice_of(code, 77);
    if (is_on_tour(code))
        return 64;
    return (int)between(&d, 6, 12);
}

static enum err unit_fn(struct tx *tx, void *arg)
{
    struct demo_unit *u = arg;
    struct dice d = dice_of(u->unit->code, 99);
    struct person_names officers = {0};
    enum err rc = ERR_OK;
    u->tx = tx;
    u->newest = STR_NULL;
    u->forgotten = 0;
    u->diligence = (int)between(&d, 55, 95);
    TRY(people_with_roles(tx, u->arena, u->unit->code, 1u << ROLE_OFFICER, &officers));
    u->officer = officers.n ? officers.v[0].id : 0;
    int count = case_count(u->unit->code);
    for (int i = 0; i < count; i++) {
        /* Oldest first; more of late than long ago. */
        int64_t back = count - 1 - i;
        int64_t age = back * back * 380 / ((int64_t)count * count) + (back > 1);
        TRY(make_case(u, i, age));
    }
out:
    return rc;
}

enum err cases_demo(struct app *app, struct demo_context *demo)
{
    struct arena *a = arena_new();
    const struct territory *t = territory_get(app, a);
    const struct catalogue *catalogue = catalogue_get(app, a);
    struct demo_photos photos = {0};
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < catalogue->n; i++) {
        struct demo_photo photo = {.service = catalogue->v[i].code};
        bool drawn = false;
        rc = cases_demo_photo(app, a, photo.service, &photo.photo, &drawn);
        if (drawn)
            ARENA_PUSH(a, photos, photo);
    }
    for (size_t i = 0; rc == ERR_OK && i < t->n; i++) {
        const struct place *p = t->all[i];
        if (!place_is_municipality(p) || !p->partner || p->valid_to != INT64_MAX)
            continue;
        struct demo_unit u = {.photos = &photos,
                              .app = app,
                              .arena = arena_new(),
                              .unit = p,
                              .today = demo->today,
                              .now_ms = clock_now_ms()};
        rc = db_write(app->db, p->code, unit_fn, &u);
        arena_free(u.arena);
    }
    if (rc == ERR_OK)
        rc = cases_fold(app);
    arena_free(a);
    demo_note_address(demo, (struct demo_address){STR("Report a fault (Kok-Jar)"),
                                                  STR("/m/41704235837000/report")});
    demo_note_address(demo, (struct demo_address){STR("What residents reported (Kok-Jar)"),
                                                  STR("/m/41704235837000/reports")});
    return rc;
}
