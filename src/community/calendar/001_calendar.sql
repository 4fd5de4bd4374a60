-- Public holidays that fall on the same date every year (Labour Code of the Kyrgyz Republic).
CREATE TABLE holiday_rule (
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,
    from_year BIGINT NOT NULL,
    to_year BIGINT,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    PRIMARY KEY (month, day, from_year)
);

-- Single days: movable feasts, days off and working days moved by decision of the Cabinet.
CREATE TABLE holiday_day (
    day BIGINT NOT NULL PRIMARY KEY,
    off BIGINT NOT NULL,
    name_ky TEXT NOT NULL,
    name_ru TEXT NOT NULL,
    name_en TEXT NOT NULL,
    source TEXT NOT NULL
);

INSERT INTO holiday_rule (month, day, from_year, to_year, name_ky, name_ru, name_en) VALUES
(1, 1, 1992, NULL, 'Жаңы жыл', 'Новый год', 'New Year'),
(1, 7, 1992, NULL, 'Рождество', 'Рождество Христово', 'Orthodox Christmas'),
(2, 23, 1992, NULL, 'Мекенди коргоочулар күнү', 'День защитника Отечества', 'Defender of the Fatherland Day'),
(3, 8, 1992, NULL, 'Аялдардын эл аралык күнү', 'Международный женский день', 'International Women''s Day'),
(3, 21, 1992, NULL, 'Нооруз майрамы', 'Праздник Нооруз', 'Nooruz'),
(4, 7, 2016, NULL, 'Элдик Апрель революциясы күнү', 'День народной Апрельской революции', 'Day of the People''s April Revolution'),
(5, 1, 1992, NULL, 'Эмгек майрамы', 'Праздник труда', 'Labour Day'),
(5, 5, 1994, NULL, 'Конституция күнү', 'День Конституции', 'Constitution Day'),
(5, 9, 1992, NULL, 'Жеңиш күнү', 'День Победы', 'Victory Day'),
(8, 31, 1992, NULL, 'Көз карандысыздык күнү', 'День независимости', 'Independence Day'),
(11, 7, 2017, NULL, 'Тарых жана ата-бабаларды эскерүү күнү', 'День истории и памяти предков', 'Day of History and Remembrance of Ancestors'),
(11, 8, 2017, NULL, 'Тарых жана ата-бабаларды эскерүү күнү', 'День истории и памяти предков', 'Day of History and Remembrance of Ancestors');

-- Orozo ait and Kurman ait as announced by the Spiritual Administration of Muslims for each year
-- (the date stands in the last column; `day` counts from 1970-01-01).
INSERT INTO holiday_day (day, off, name_ky, name_ru, name_en, source) VALUES
(18406, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2020-05-24'),
(18760, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2021-05-13'),
(19114, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2022-05-02'),
(19468, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2023-04-21'),
(19823, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2024-04-10'),
(20177, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2025-03-30'),
(20532, 1, 'Орозо айт', 'Орозо айт', 'Orozo ait', '2026-03-20'),
(18474, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2020-07-31'),
(18828, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2021-07-20'),
(19182, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2022-07-09'),
(19536, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2023-06-28'),
(19890, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2024-06-16'),
(20245, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2025-06-06'),
(20600, 1, 'Курман айт', 'Курман айт', 'Kurman ait', '2026-05-27');
