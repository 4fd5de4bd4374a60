/*
 * A small territory for the demo: all oblasts and raions, and fifty municipalities of the four
 * oblasts in which the two programmes worked.
 *
 * Names and codes are those of the state classifier (SOATE, 2021). Everything else is made for the
 * demo and marked so in the database and on every page: which villages are listed, how many people
 * live in them (drawn from the code, so each run gives the same), and positions, which are only
 * about right (a tenth of a degree, villages spread around it).
 */
#include "community/places/places_internal.h"

#include "platform/core/clock.h"
#include "platform/web/demo.h"

struct demo_area {
    const char *code, *kind, *parent, *ky, *ru, *en;
};

static const struct demo_area areas[] = {
    {"41700000000000", "country", "", "Кыргыз Республикасы", "Кыргызская Республика",
     "Kyrgyz Republic"},
    {"41702000000000", "oblast", "41700000000000", "Ысык-Көл облусу", "Иссык-Кульская область",
     "Issyk-Kul oblast"},
    {"41703000000000", "oblast", "41700000000000", "Жалал-Абад облусу", "Джалал-Абадская область",
     "Jalal-Abad oblast"},
    {"41704000000000", "oblast", "41700000000000", "Нарын облусу", "Нарынская область",
     "Naryn oblast"},
    {"41705000000000", "oblast", "41700000000000", "Баткен облусу", "Баткенская область",
     "Batken oblast"},
    {"41706000000000", "oblast", "41700000000000", "Ош облусу", "Ошская область", "Osh oblast"},
    {"41707000000000", "oblast", "41700000000000", "Талас облусу", "Таласская область",
     "Talas oblast"},
    {"41708000000000", "oblast", "41700000000000", "Чүй облусу", "Чуйская область", "Chui oblast"},
    {"41711000000000", "city_republican", "41700000000000", "Бишкек шаары", "город Бишкек",
     "Bishkek city"},
    {"41721000000000", "city_republican", "41700000000000", "Ош шаары", "город Ош", "Osh city"},
    {"41702205000000", "raion", "41702000000000", "Ак-Суу району", "Ак-Суйский район",
     "Ak-Suu raion"},
    {"41702210000000", "raion", "41702000000000", "Жети-Өгүз району", "Жети-Огузский район",
     "Jeti-Oguz raion"},
    {"41702215000000", "raion", "41702000000000", "Ысык-Көл району", "Иссык-Кульский район",
     "Issyk-Kul raion"},
    {"41702220000000", "raion", "41702000000000", "Тоң району", "Тонский район", "Ton raion"},
    {"41702225000000", "raion", "41702000000000", "Түп району", "Тюпский район", "Tup raion"},
    {"41703204000000", "raion", "41703000000000", "Ала-Бука району", "Ала-Букинский район",
     "Ala-Buka raion"},
    {"41703207000000", "raion", "41703000000000", "Базар-Коргон району", "Базар-Коргонский район",
     "Bazar-Korgon raion"},
    {"41703211000000", "raion", "41703000000000", "Аксы району", "Аксыйский район", "Aksy raion"},
    {"41703215000000", "raion", "41703000000000", "Ноокен району", "Ноокенский район",
     "Nooken raion"},
    {"41703220000000", "raion", "41703000000000", "Сузак району", "Сузакский район", "Suzak raion"},
    {"41703223000000", "raion", "41703000000000", "Тогуз-Торо району", "Тогуз-Тороуский район",
     "Toguz-Toro raion"},
    {"41703225000000", "raion", "41703000000000", "Токтогул району", "Токтогульский район",
     "Toktogul raion"},
    {"41703230000000", "raion", "41703000000000", "Чаткал району", "Чаткальский район",
     "Chatkal raion"},
    {"41704210000000", "raion", "41704000000000", "Ак-Талаа району", "Ак-Талинский район",
     "Ak-Talaa raion"},
    {"41704220000000", "raion", "41704000000000", "Ат-Башы району", "Ат-Башынский район",
     "At-Bashy raion"},
    {"41704230000000", "raion", "41704000000000", "Жумгал району", "Жумгальский район",
     "Jumgal raion"},
    {"41704235000000", "raion", "41704000000000", "Кочкор району", "Кочкорский район",
     "Kochkor raion"},
    {"41704245000000", "raion", "41704000000000", "Нарын району", "Нарынский район", "Naryn raion"},
    {"41705214000000", "raion", "41705000000000", "Баткен району", "Баткенский район",
     "Batken raion"},
    {"41705236000000", "raion", "41705000000000", "Лейлек району", "Лейлекский район",
     "Leilek raion"},
    {"41705258000000", "raion", "41705000000000", "Кадамжай району", "Кадамжайский район",
     "Kadamjai raion"},
    {"41706207000000", "raion", "41706000000000", "Алай району", "Алайский район", "Alai raion"},
    {"41706211000000", "raion", "41706000000000", "Араван району", "Араванский район",
     "Aravan raion"},
    {"41706226000000", "raion", "41706000000000", "Кара-Суу району", "Кара-Сууский район",
     "Kara-Suu raion"},
    {"41706242000000", "raion", "41706000000000", "Ноокат району", "Ноокатский район",
     "Nookat raion"},
    {"41706246000000", "raion", "41706000000000", "Кара-Кулжа району", "Кара-Кулжинский район",
     "Kara-Kulja raion"},
    {"41706255000000", "raion", "41706000000000", "Өзгөн району", "Узгенский район", "Uzgen raion"},
    {"41706259000000", "raion", "41706000000000", "Чоң-Алай району", "Чон-Алайский район",
     "Chon-Alai raion"},
    {"41707215000000", "raion", "41707000000000", "Кара-Буура району", "Кара-Бууринский район",
     "Kara-Buura raion"},
    {"41707220000000", "raion", "41707000000000", "Бакай-Ата району", "Бакай-Атинский район",
     "Bakai-Ata raion"},
    {"41707225000000", "raion", "41707000000000", "Манас району", "Манасский район", "Manas raion"},
    {"41707232000000", "raion", "41707000000000", "Талас району", "Таласский район", "Talas raion"},
    {"41708203000000", "raion", "41708000000000", "Аламүдүн району", "Аламудунский район",
     "Alamudun raion"},
    {"41708206000000", "raion", "41708000000000", "Ысык-Ата району", "Ысык-Атинский район",
     "Ysyk-Ata raion"},
    {"41708209000000", "raion", "41708000000000", "Жайыл району", "Жайылский район", "Jaiyl raion"},
    {"41708213000000", "raion", "41708000000000", "Кемин району", "Кеминский район", "Kemin raion"},
    {"41708217000000", "raion", "41708000000000", "Москва району", "Московский район",
     "Moskva raion"},
    {"41708219000000", "raion", "41708000000000", "Панфилов району", "Панфиловский район",
     "Panfilov raion"},
    {"41708222000000", "raion", "41708000000000", "Сокулук району", "Сокулукский район",
     "Sokuluk raion"},
    {"41708223000000", "raion", "41708000000000", "Чүй району", "Чуйский район", "Chui raion"},
};

/* Villages as "Kyrgyz/Russian/English", parted by semicolons. */
struct demo_aimak {
    const char *code, *ky, *ru, *en;
    double lat, lon;
    const char *villages;
};

static const struct demo_aimak aimaks[] = {
    {"41702205848000", "Теплоключенка", "Теплоключенский", "Teploklyuchenka", 42.5, 78.5,
     "Ак-Суу/Теплоключенка/Ak-Suu;Лесное/Лесное/Lesnoe"},
    {"41702205805000", "Ак-Булуң", "Ак-Булунский", "Ak-Bulun", 42.6, 78.5,
     "Ак-Булуң/Ак-Булун/Ak-Bulun;Ак-Булак/Ак-Булак/Ak-Bulak;Токтогул/Токтогул/Toktogul"},
    {"41702205850000", "Челпек", "Челпекский", "Chelpek", 42.5, 78.4,
     "Челпек/Челпек/Chelpek;Бурма-Суу/Бурма-Суу/Burma-Suu;Таш-Кыя/Таш-Кыя/Tash-Kyia"},
    {"41702210820000", "Даркан", "Дарканский", "Darkhan", 42.3, 77.8, "Даркан/Даркан/Darkhan"},
    {"41702210815000", "Барскоон", "Барскоонский", "Barskoon", 42.2, 77.6,
     "Барскоон/Барскоон/Barskoon;Кара-Сай/Кара-Сай/Kara-Sai"},
    {"41702210850000", "Кызыл-Суу", "Кызыл-Сууский", "Kyzyl-Suu", 42.3, 78.0,
     "Кызыл-Суу/Кызыл-Суу/Kyzyl-Suu;Жалгыз-Өрүк/Жалгыз-Орюк/Jalgyz-Oruk;Кайнар/Кайнар/Kainar"},
    {"41702210862000", "Тамга", "Тамгинский", "Tamga", 42.2, 77.5,
     "Тамга/Тамга/Tamga;Тосор/Тосор/Tosor"},
    {"41702215815000", "Кара-Ой", "Кара-Ойский", "Kara-Oi", 42.7, 77.1, "Кара-Ой/Кара-Ой/Kara-Oi"},
    {"41702215830000", "Тамчы", "Тамчынский", "Tamchy", 42.6, 76.7,
     "Тамчы/Тамчы/Tamchy;Кош-Көл/Кош-Кель/Kosh-Kol;Чырпыкты/Чырпыкты/Chyrpykty"},
    {"41702215835000", "Абдрахманов", "Абдрахмановский", "Abdrakhmanov", 42.7, 77.8,
     "Жаркынбаев/Жаркынбаево/Jarkynbaev;Кароол-Дөбө/Кароол-Дебе/Karool-Dobo"},
    {"41702220825000", "Улакол", "Улаколский", "Ulakhol", 42.2, 76.6, "Улакол/Улакол/Ulakhol"},
    {"41702220820000", "Төрт-Күл", "Терт-Кульский", "Tort-Kul", 42.1, 77.1,
     "Төрт-Күл/Терт-Куль/Tort-Kul;Темир-Канат/Темир-Канат/Temir-Kanat;Туура-Суу/Туура-Суу/"
     "Tuura-Suu"},
    {"41702220815000", "Тоң", "Тонский", "Ton", 42.2, 76.9,
     "Тоң/Тон/Ton;Ак-Сай/Ак-Сай/Ak-Sai;Кажы-Саз/Каджи-Саз/Kaji-Saz"},
    {"41702220828000", "Кажы-Сай", "Каджи-Сайский", "Kaji-Sai", 42.1, 77.2,
     "Кажы-Сай/Каджи-Сай/Kaji-Sai"},
    {"41703207808000", "Акман", "Акманский", "Akman", 41.1, 72.8,
     "Жаңы-Акман/Джаны-Акман/Jany-Akman;Кайырма/Кайырма/Kaiyrma;Колот/Колот/Kolot"},
    {"41703207815000", "Бешик-Жон", "Бешик-Жонский", "Beshik-Jon", 41.1, 72.6,
     "Бешик-Жон/Бешик-Джон/Beshik-Jon;Бай-Мундуз/Баймундуз/Bai-Munduz;Карача/Карача/Karacha"},
    {"41703207832000", "Кызыл-Үңкүр", "Кызыл-Ункюрский", "Kyzyl-Unkur", 41.4, 73.0,
     "Кызыл-Үңкүр/Кызыл-Ункюр/Kyzyl-Unkur;Ак-Булак/Ак-Булак/Ak-Bulak"},
    {"41703207859000", "Кеңеш", "Кенешский", "Kenesh", 41.0, 72.7,
     "Аук/Аук/Auk;Кара-Жыгач/Кара-Джыгач/Kara-Jygach;Могол-Коргон/Могол-Коргон/Mogol-Korgon"},
    {"41703215804000", "Арал", "Аралский", "Aral", 41.0, 72.4,
     "Арал/Арал/Aral;Рассвет/Рассвет/Rassvet;Интернационал/Интернационал/Internatsional"},
    {"41703215819000", "Бүргөндү", "Бюргендинский", "Burgondu", 41.1, 72.4,
     "Бүргөндү/Бюргендю/Burgondu;Жеңиш/Джениш/Jenish;Кокандык/Кокандык/Kokandyk"},
    {"41703215836000", "Масы", "Массынский", "Masy", 41.0, 72.6,
     "Масы/Массы/Masy;Апыртан/Апыртан/Apyrtan;Бегет/Бегет/Beget"},
    {"41703215851000", "Сакалды", "Сакалдинский", "Sakaldy", 40.9, 72.7,
     "Сакалды/Сакалды/Sakaldy;Арымжан/Аримджан/Arymjan;Кагазды/Кагазды/Kagazdy"},
    {"41703220851000", "Багыш", "Багышский", "Bagysh", 41.0, 73.1,
     "Багыш/Багыш/Bagysh;Беш-Бала/Беш-Бала/Besh-Bala;Кедей-Арык/Кедей-Арык/Kedei-Aryk"},
    {"41703220812000", "Барпы", "Барпынский", "Barpy", 40.9, 72.9,
     "Ачы/Ачы/Achy;Боз-Чычкан/Боз-Чычкан/Boz-Chychkan;Жаңы-Айыл/Джаны-Айыл/Jany-Aiyl"},
    {"41703220856000", "Сузак", "Сузакский", "Suzak", 40.9, 72.9,
     "Сузак/Сузак/Suzak;Жаңы-Дыйкан/Джаны-Дыйкан/Jany-Dyikan;Достук/Достук/Dostuk"},
    {"41703225825000", "Кетмен-Дөбө", "Кетмень-Дебенский", "Ketmen-Dobo", 41.8, 72.9,
     "Терек-Суу/Терек-Суу/Terek-Suu;Чоң-Арык/Чон-Арык/Chon-Aryk"},
    {"41703225853000", "Чолпон-Ата", "Чолпон-Атинский", "Cholpon-Ata", 41.9, 73.0,
     "Чолпон-Ата/Чолпон-Ата/Cholpon-Ata;Балыкты/Балыкты/Balykty"},
    {"41703211808000", "Авлетим", "Авлетимский", "Avletim", 41.5, 72.1,
     "Авлетим/Авлетим/Avletim;Бай-Кашка-Терек/Байкашка-Терек/Bai-Kashka-Terek"},
    {"41704235837000", "Көк-Жар", "Кок-Жарский", "Kok-Jar", 42.2, 75.7, "Көк-Жар/Кок-Жар/Kok-Jar"},
    {"41704235825000", "Кум-Дөбө", "Кум-Дебенский", "Kum-Dobo", 42.2, 75.6,
     "Кум-Дөбө/Кум-Дебе/Kum-Dobo;Ак-Жар/Ак-Джар/Ak-Jar;Бугучу/Бугучу/Buguchu;Шамшы/Шамшы/Shamshy"},
    {"41704235842000", "Чолпон", "Чолпонский", "Cholpon", 42.2, 75.4,
     "Чолпон/Чолпон/Cholpon;Ара-Көл/Ара-Кель/Ara-Kol;Эпкин/Эпкин/Epkin"},
    {"41704210806000", "Ак-Тал", "Ак-Талский", "Ak-Tal", 41.4, 75.0, "Ак-Тал/Ак-Тал/Ak-Tal"},
    {"41704210840000", "Үгүт", "Угутский", "Ugut", 41.4, 74.8,
     "Үгүт/Угют/Ugut;Байгөнчөк/Байгенчек/Baigonchok"},
    {"41704220812000", "Ат-Башы", "Ат-Башынский", "At-Bashy", 41.2, 75.8,
     "Ат-Башы/Ат-Башы/At-Bashy"},
    {"41704220832000", "Кара-Коюн", "Кара-Коюнский", "Kara-Koiun", 41.1, 75.7,
     "Кызыл-Туу/Кызыл-Туу/Kyzyl-Tuu;Кара-Булуң/Кара-Булун/Kara-Bulun"},
    {"41704230836000", "Чаек", "Чаекский", "Chaek", 41.9, 74.5,
     "Чаек/Чаек/Chaek;Ак-Татыр/Ак-Татыр/Ak-Tatyr;Беш-Терек/Беш-Терек/Besh-Terek"},
    {"41704245815000", "Жан-Булак", "Джан-Булакский", "Jan-Bulak", 41.4, 75.7,
     "Жан-Булак/Джан-Булак/Jan-Bulak"},
    {"41704245829000", "Кара-Кужур", "Кара-Куджурский", "Kara-Kujur", 41.8, 76.3,
     "Лакол/Лакол/Lakol;Жер-Көчкү/Джер-Кечкю/Jer-Kochku"},
    {"41706211807000", "Алля Анаров", "Алля Анаровский", "Allya Anarov", 40.5, 72.4,
     "Араван/Араван/Aravan;Кара-Булак/Кара-Булак/Kara-Bulak;Жаңы-Араван/Жаны-Араван/Jany-Aravan"},
    {"41706211823000", "Тепе-Коргон", "Тепе-Коргонский", "Tepe-Korgon", 40.5, 72.6,
     "Тепе-Коргон/Тепе-Коргон/Tepe-Korgon;Уйгур-Абад/Уйгур-Абад/Uigur-Abad"},
    {"41706226868000", "Шарк", "Шаркский", "Shark", 40.6, 72.8,
     "Шарк/Шарк/Shark;Маданият/Маданият/Madaniiat;Имам-Ата/Имам-Ата/Imam-Ata"},
    {"41706226850000", "Савай", "Савайский", "Savai", 40.7, 73.0,
     "Кызыл-Шарк/Кызыл-Шарк/Kyzyl-Shark;Кыдырша/Кыдырша/Kydyrsha"},
    {"41706226842000", "Папан", "Папанский", "Papan", 40.4, 72.9,
     "Папан/Папан/Papan;Ак-Терек/Ак-Терек/Ak-Terek;Алчалы/Алчалы/Alchaly"},
    {"41706242829000", "Кыргыз-Ата", "Кыргыз-Атинский", "Kyrgyz-Ata", 40.2, 72.7,
     "Көтөрмө/Кетерме/Kotormo;Кара-Ой/Кара-Ой/Kara-Oi;Борко/Борко/Borko"},
    {"41706242838000", "Көк-Бел", "Кок-Бельский", "Kok-Bel", 40.3, 72.6,
     "Көк-Бел/Кок-Бель/Kok-Bel;Кайыңды/Кайынды/Kaiyndy"},
    {"41706246820000", "Кара-Кулжа", "Кара-Кульджинский", "Kara-Kulja", 40.6, 73.4,
     "Кара-Кулжа/Кара-Кульджа/Kara-Kulja;Бий-Мырза/Бий-Мырза/Bii-Myrza;Сары-Камыш/Сары-Камыш/"
     "Sary-Kamysh"},
    {"41706255847000", "Кызыл-Тоо", "Кызыл-Тооский", "Kyzyl-Too", 40.9, 73.4,
     "Кызыл-Тоо/Кызыл-Тоо/Kyzyl-Too;Эркин-Тоо/Эркин-Тоо/Erkin-Too;Ак-Кыя/Ак-Кыя/Ak-Kyia"},
    {"41706255859000", "Мырза-Аке", "Мырза-Акинский", "Myrza-Ake", 40.7, 73.4,
     "Мырза-Аке/Мырза-Аке/Myrza-Ake;Адыр/Адыр/Adyr;Бабыр/Бабыр/Babyr"},
    {"41706255865000", "Салам-Алик", "Саламаликский", "Salam-Alik", 40.8, 73.5,
     "Салам-Алик/Саламалик/Salam-Alik;Ак-Терек/Ак-Терек/Ak-Terek;Ара-Көл/Ара-Кель/Ara-Kol"},
    {"41706259851000", "Чоң-Алай", "Чон-Алайский", "Chon-Alai", 39.6, 72.2,
     "Дароот-Коргон/Дароот-Коргон/Daroot-Korgon;Жаш-Тилек/Жаш-Тилек/Jash-Tilek;Кочкорчу/Кочкорчу/"
     "Kochkorchu"},
};

static void write_row(struct csv_writer *w, struct str code, int level, const char *kind,
                      struct str parent, struct str ky, struct str ru, struct str en,
                      const double *point, bool partner)
{
    csv_text(w, code);
    csv_number(w, level);
    csv_text(w, str_from(kind));
    csv_text(w, parent);
    csv_text(w, ky);
    csv_text(w, ru);
    csv_text(w, en);
    if (point) {
        csv_double(w, point[0]);
        csv_double(w, point[1]);
    } else {
        csv_text(w, STR(""));
        csv_text(w, STR(""));
    }
    csv_number(w, partner);
    csv_end(w);
}

static const char age_bands[][6] = {"0-15", "16-29", "30-59", "60+"};
static const int age_shares[] = {35, 24, 32, 9}; /* per cent, about the country's of 2024 */

static void write_people(struct csv_writer *w, struct str code, int64_t people)
{
    for (int band = 0; band < 4; band++) {
        int64_t all = people * age_shares[band] / 100;
        int64_t women = all * (band == 3 ? 57 : 49) / 100; /* women live longer */
        for (int sex = 0; sex < 2; sex++) {
            csv_text(w, code);
            csv_number(w, 2025);
            csv_text(w, sex ? STR("m") : STR("f"));
            csv_text(w, str_from(age_bands[band]));
            csv_number(w, sex ? all - women : women);
            csv_text(w, STR("demo"));
            csv_end(w);
        }
    }
}

static void write_aimak(struct arena *a, const struct demo_aimak *aimak, struct csv_writer *units,
                        struct csv_writer *people)
{
    struct str code = str_from(aimak->code);
    double point[2] = {aimak->lat, aimak->lon};
    struct str raion = arena_printf(a, "%.8s000000", aimak->code);
    write_row(units, code, 3, "ayil_aimak", raion, arena_printf(a, "%s айыл аймагы", aimak->ky),
              arena_printf(a, "%s айылный аймак", aimak->ru),
              arena_printf(a, "%s aiyl aimak", aimak->en), point, true);
    struct str rest = str_from(aimak->villages), village;
    for (int i = 1; str_split(&rest, ';', &village); i++) {
        struct str name[3] = {STR_NULL, STR_NULL, STR_NULL};
        for (int l = 0; l < 3; l++)
            str_split(&village, '/', &name[l]);
        struct str village_code = arena_printf(a, "%.11s%03d", aimak->code, i * 10);
        uint64_t dice = demo_draw(village_code, 1);
        double at[2] = {aimak->lat + ((double)(dice % 61) - 30) / 1000,
                        aimak->lon + ((double)(dice / 64 % 81) - 40) / 1000};
        write_row(units, village_code, 4, "village", code, name[0], name[1], name[2], at, false);
        write_people(people, village_code, 420 + (int64_t)(dice / 8192 % 2900));
    }
}

enum err places_demo(struct app *app, struct demo_context *demo)
{
    struct arena *a = arena_new();
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    enum err rc = ERR_OK;
    struct csv_writer units = {.out = buf_in(a)}, people = {.out = buf_in(a)};
    buf_cstr(units.out, "code,level,type,parent_code,name_ky,name_ru,name_en,lat,lon,partner\r\n");
    buf_cstr(people.out, "code,year,sex,age,people,source\r\n");
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        const struct demo_area *area = &areas[i];
        int level = area->parent[0] == '\0' ? 0 : strcmp(area->kind, "raion") == 0 ? 2 : 1;
        write_row(&units, str_from(area->code), level, area->kind, str_from(area->parent),
                  str_from(area->ky), str_from(area->ru), str_from(area->en), NULL, false);
    }
    for (size_t i = 0; i < COUNT_OF(aimaks); i++)
        write_aimak(a, &aimaks[i], &units, &people);

    TRY(places_load_units(app, a, buf_view(units.out), false, true, &table, &counts));
    TRY(places_load_population(app, a, buf_view(people.out), false, &table, &counts));
    demo_note_address(demo, (struct demo_address){STR("Find your municipality"), STR("/")});
    demo_note_address(demo, (struct demo_address){STR("A municipality (Kok-Jar, Naryn)"),
                                                  STR("/m/41704235837000")});
out:
    /* The lists are ours: a fault in them is a bug. */
    INVARIANT(rc != ERR_INPUT);
    arena_free(a);
    return rc;
}
